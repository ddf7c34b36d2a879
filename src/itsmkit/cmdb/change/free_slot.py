"""When a change can be made without being in anybody's way."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from attrs import evolve, frozen

from itsmkit._checks import utc
from itsmkit.calendars import TimeSpan, subtract_spans
from itsmkit.cmdb.change.change_calendar import ChangeCalendar
from itsmkit.cmdb.change.collision import BLOCKING_KINDS, Collision, CollisionKind
from itsmkit.cmdb.change.detection import Failures, collisions_of
from itsmkit.cmdb.change.planned_change import ChangeId, PlannedChange
from itsmkit.cmdb.graph import ConfigurationGraph
from itsmkit.cmdb.seed import Override
from itsmkit.errors import DefinitionError

__all__ = ["NoFreeSlot", "next_free_slot"]

_NO_RULES = ChangeCalendar()


@frozen
class NoFreeSlot:
    """
    That a change finds no slot, and what is in its way.

    Args:
        change: The change.
        duration: How long it takes.
        within: Where it was looked for.
        longest: The longest time in a row without collision.
        obstacles: The collisions that it would have, if it took all that time; sorted by start.
    """

    change: ChangeId
    duration: timedelta
    within: TimeSpan
    longest: timedelta
    obstacles: tuple[Collision, ...]

    def explain(self) -> str:
        """Return it as text, one line for each obstacle."""
        start, end = self.within.start.isoformat(), self.within.end.isoformat()
        head = (
            f"{self.change} finds no slot of {self.duration} from {start} to {end}: "
            f"the longest is {self.longest}"
        )
        return "\n".join([head, *(each.explain().partition("\n")[0] for each in self.obstacles)])


def next_free_slot(
    graph: ConfigurationGraph,
    change: PlannedChange,
    planned: Iterable[PlannedChange],
    *,
    within: timedelta,
    after: datetime | None = None,
    duration: timedelta | None = None,
    failures: Failures = (),
    overrides: Iterable[Override] = (),
    calendar: ChangeCalendar = _NO_RULES,
    kinds: Collection[CollisionKind] = BLOCKING_KINDS,
) -> TimeSpan | NoFreeSlot:
    """
    Return the earliest window for a change without collision.

    It is exact: changes collide or not at each instant, so that the slots are what is left between the
    collisions, and the earliest that is long enough begins at *after* or where a collision ends.

    Args:
        graph: The graph.
        change: The change. Its window only says how long it takes, and from when on it may be made.
        planned: The other changes; one of the same id is left out.
        within: How far to look: the slot ends no later than so long after *after*. More than 0.
        after: From when on, aware; by default from the start of the change's window.
        duration: How long the change takes, more than 0; by default as long as its window.
        failures: As for `collisions`.
        overrides: As for `collisions`.
        calendar: As for `collisions`.
        kinds: The kinds of collision to keep clear of; by default all but warnings.

    Returns:
        The slot; or why there is none. Where it cannot be told in reasonable time whether there is a joint
        excess, there is no slot.

    Raises:
        UnknownItemError: If an item of a change, a failure, an override or a rule is not in the graph.
        DefinitionError: If *after* is naive, a time is not more than 0, a level is unknown, or two changes
            have the same id.
        OutOfRangeError: If the time looked through lies outside the years that a calendar knows.

    Cost:
        That of `collisions_of` for a change that lasts all the time looked through.
    """
    duration = change.window.duration if duration is None else duration
    problems = [
        f"{name}: must be more than 0, not {value}"
        for name, value in (("within", within), ("duration", duration))
        if value <= timedelta()
    ]
    if problems:
        raise DefinitionError(*problems)
    start = change.window.start if after is None else utc(after, "after")
    looked_through = TimeSpan(start, start + within)
    obstacles = collisions_of(
        graph,
        evolve(change, window=looked_through),
        planned,
        failures=failures,
        overrides=overrides,
        calendar=calendar,
        kinds=kinds,
        most_sets=1,
    )
    longest = timedelta()
    for gap in subtract_spans([looked_through], (each.during for each in obstacles)):
        if gap.duration >= duration:
            return TimeSpan(gap.start, gap.start + duration)
        longest = max(longest, gap.duration)
    return NoFreeSlot(change.id, duration, looked_through, longest, obstacles)
