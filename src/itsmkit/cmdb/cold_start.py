"""What comes up from a black start, in which order, and what waits for itself."""

from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING

from attrs import frozen

from itsmkit._components import rings_of
from itsmkit._frozen import FrozenDict
from itsmkit.cmdb._program import Program
from itsmkit.cmdb.configuration_item import CIId

if TYPE_CHECKING:
    from itsmkit.cmdb.graph import ConfigurationGraph

__all__ = ["ColdStart", "cold_start"]


@frozen
class ColdStart:
    """
    The start of everything from nothing: the answer of `ConfigurationGraph.cold_start`.

    Args:
        waves: What can start, wave by wave: each item needs only what stands in waves before its own; sorted.
        blocked: What cannot start because it waits for itself, directly or through others, or for what does;
            sorted.
        rings: The items of *blocked* that wait for each other, one ring after another: break one by starting
            one of its items by other means. Each is a strongly connected part of the waiting, sorted.
        levels: The level of everything that does not come up to the best one.
    """

    waves: tuple[tuple[CIId, ...], ...]
    blocked: tuple[CIId, ...]
    rings: tuple[tuple[CIId, ...], ...]
    levels: Mapping[CIId, str]

    @property
    def order(self) -> tuple[CIId, ...]:
        """Return what can start, in an order in which nothing waits for something after it."""
        return tuple(chain.from_iterable(self.waves))

    def explain(self) -> str:
        """Return it as text, one line for each wave and ring."""
        lines = [f"{number}. {', '.join(wave)}" for number, wave in enumerate(self.waves, 1)]
        lines += [f"wait for each other: {', '.join(ring)}" for ring in self.rings]
        ringed = set(chain.from_iterable(self.rings))
        waiting = [ci for ci in self.blocked if ci not in ringed]
        if waiting:
            lines.append(f"wait for these: {', '.join(waiting)}")
        return "\n".join(lines)


def cold_start(graph: "ConfigurationGraph") -> ColdStart:
    """
    Return the greatest fixpoint of the levels, by waves: see `ConfigurationGraph.cold_start`.

    It is found as the least fixpoint of the opposite: an item is *better* than a level once no clause can
    take it there any more, because so much of its members' weight is better than the clause asks for.
    """
    program = graph._program
    better = bytearray(len(program.out))
    missing = _missing(program)
    waves: list[list[int]] = []
    wave = [number for number, left in enumerate(missing) if not left]
    while wave:
        following: list[int] = []
        for number in wave:
            better[number] = 1
            weight = program.weight(number)
            for target in program.out[number]:
                missing[target] -= weight
                if missing[target] <= 0 < missing[target] + weight:
                    # Only what another item waits for takes a wave; counters, and the better levels of the
                    # same item, follow at once.
                    at_once = target >= program.literals or program.implies(number, target)
                    (wave if at_once else following).append(target)
        waves.append(sorted(number for number in wave if number < program.items))
        wave = following
    names, items = graph.levels.names, range(program.items)
    levels = {
        item: level
        for level in range(1, program.top + 1)
        for item in items
        if not better[program.literal(item, level)]
    }
    rings = [
        sorted({number for number in ring if number < program.items})
        for ring in rings_of(
            [number for number, holds in enumerate(better) if not holds],
            lambda number: [target for target in program.out[number] if not better[target]],
        )
    ]
    return ColdStart(
        waves=tuple(graph._ids(each) for each in waves if each),
        blocked=graph._ids(item for item in items if not better[item]),
        rings=tuple(graph._ids(ring) for ring in sorted(rings) if ring),
        levels=FrozenDict({graph._sorted[item].id: names[levels[item]] for item in sorted(levels)}),
    )


def _missing(program: Program) -> list[int]:
    """
    Return what each number waits for.

    A literal waits for each of its causes to be better, a counter for so much weight that what is left cannot
    reach its need.
    """
    missing = [0] * len(program.out)
    for source, targets in enumerate(program.out):
        weight = program.weight(source)
        for target in targets:
            missing[target] += weight
    for counter in range(program.literals, program.counters_end):
        missing[counter] -= program.need[counter] - 1
    return missing
