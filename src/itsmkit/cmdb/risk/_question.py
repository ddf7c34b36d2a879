"""What all questions of risk begin with: which conclusions are asked for, and how things stand."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from itsmkit.cmdb.impact import impact_of
from itsmkit.cmdb.risk._cone import Cone, bits, cone_of
from itsmkit.cmdb.seed import Override, Seed
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from itsmkit.cmdb.graph import ConfigurationGraph

__all__ = ["Failures", "cone_above", "goal_of", "single_failures"]

Failures = Iterable[Seed | str] | Mapping[str, str]

_AT_ONCE = 4096


def goal_of(graph: "ConfigurationGraph", ci: str, level: str | None) -> int:
    """
    Return the literal that an item is at a level, or worse; by default, at the worst.

    Raises:
        UnknownItemError: If there is no such item.
        DefinitionError: If there is no such level, or it is the best.
    """
    number, wanted = graph._number(ci), graph._level_number(level)  # type: ignore[arg-type]  # any text will do
    if not wanted:
        worse = ", ".join(graph.levels.names[1:])
        problem = f"level: {graph.levels.up!r} is no failure; say one that is worse: {worse}"
        raise DefinitionError(problem)
    return graph._program.literal(number, wanted)


def cone_above(
    graph: "ConfigurationGraph",
    goals: Iterable[int],
    *,
    given: Failures = (),
    overrides: Iterable[Override] = (),
    at: datetime | None = None,
) -> Cone:
    """Return what can lead to some goals as things stand: see `ConfigurationGraph.impact_of`."""
    state = impact_of(graph, given, overrides=overrides, at=at)
    ruled_out = state._pinned
    return cone_of(graph._program, goals, ruled_out, state._run.order if state.seeds else ())


def single_failures(
    cone: Cone, goals: Iterable[int], *, but: int | None = None
) -> Iterator[tuple[int, list[int]]]:
    """
    Go through the goals and the items of which each alone leads to them.

    Items fail 4096 at a time: enough for the steps of Python to cost little, and so few that what is
    reckoned with stays near the processor.

    Args:
        cone: What can lead to the goals.
        goals: The goals; those that are reached without any failure are passed over.
        but: An item that is left out.

    Returns:
        Some goals several times, with different items; the items providers first.
    """
    goals = [goal for goal in goals if goal in cone.sources and goal not in cone.fixed]
    for start, items in cone.failing(but=but, at_once=_AT_ONCE):
        fired = cone.fired(
            {item: 1 << bit for bit, item in enumerate(items)}, (1 << len(items)) - 1, start=start
        )
        for goal in goals:
            if fired[goal]:
                yield goal, [items[bit] for bit in bits(fired[goal])]
