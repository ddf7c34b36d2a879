"""
What can lead to some conclusions, and many scenarios of it reckoned at once.

A scenario is a set of failures. Each literal has one whole number of which bit *i* says whether it fires in
scenario *i*. What one failure is enough for is an *or* of such numbers; what a counter counts is added up
in binary, bit by bit of the sum, for all scenarios together. Providers come before their dependents, and
within a ring everything is gone through again until nothing changes: as all of it grows from nothing, that
is the least fixpoint.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import islice
from operator import or_

from attrs import define

from itsmkit._components import components_of
from itsmkit.cmdb._program import Pinned, Program

__all__ = ["Cone", "at_least", "bits", "cone_of"]

Step = tuple[int, ...]
"""Numbers of a program that lead to each other; mostly one."""


@define(eq=False)
class Cone:
    """
    The part of a program that can lead to some goals.

    Args:
        program: The program.
        sources: For each number of the part what leads to it.
        steps: The numbers, providers first.
        fixed: Those that fire in every scenario.
    """

    program: Program
    sources: Mapping[int, Sequence[int]]
    steps: Sequence[Step]
    fixed: frozenset[int]

    def failing(self, *, but: int | None = None, at_once: int) -> Iterator[tuple[int, list[int]]]:
        """
        Go through the items whose failure can lead to a goal, providers first, so many at once.

        Args:
            but: An item that is left out.
            at_once: The most items.

        Returns:
            The step of the first, and the items.
        """
        # An item fails at the worst level, and the literals of that are the first.
        items = self.program.items
        placed = [
            (place, number)
            for place, step in enumerate(self.steps)
            for number in step
            if number < items and number != but
        ]
        for first in range(0, len(placed), at_once):
            block = placed[first : first + at_once]
            yield block[0][0], [item for _, item in block]

    def fired(self, failures: Mapping[int, int], everywhere: int, *, start: int = 0) -> Mapping[int, int]:
        """
        Return for each number the scenarios in which it fires.

        The cost is one operation on whole numbers of as many bits as there are scenarios for each edge of
        the cone, some more for those that lead to a counter, and as often as it takes within a ring.

        Args:
            failures: For each number the scenarios in which it fires whatever leads to it.
            everywhere: All scenarios.
            start: The step before which nothing fails.
        """
        found = dict.fromkeys(self.sources, 0)
        found.update(failures)
        found.update(dict.fromkeys(self.fixed, everywhere))
        sources, need, known = self.sources, self.program.need, found.__getitem__
        counters = self.program.literals
        for step in islice(self.steps, start, None):
            if len(step) == 1:
                (number,) = step
                if number < counters or number >= len(need):
                    found[number] = reduce(or_, map(known, sources[number]), found[number])
                else:
                    found[number] = self._counted(number, found, everywhere)
            else:
                self._settle(step, found, everywhere)
        return found

    def _settle(self, ring: Step, found: dict[int, int], everywhere: int) -> None:
        # There and back again: what goes with the order is settled in one pass, and so is what goes
        # against it.
        changed = True
        order: Sequence[int] = ring
        while changed:
            changed = False
            for number in order:
                if self._is_counter(number):
                    new = self._counted(number, found, everywhere)
                else:
                    new = reduce(or_, map(found.__getitem__, self.sources[number]), found[number])
                if new != found[number]:
                    found[number] = new
                    changed = True
            order = order[::-1]

    def _is_counter(self, number: int) -> bool:
        return self.program.literals <= number < self.program.counters_end

    def _counted(self, counter: int, found: Mapping[int, int], everywhere: int) -> int:
        counters_end, votes = self.program.counters_end, self.program.votes
        weighed = (
            (found[source], 1 if source < counters_end else votes[source - counters_end][1])
            for source in self.sources[counter]
        )
        return at_least(self.program.need[counter], weighed, everywhere)

    def without_series(self, goal: int) -> tuple["Cone", Mapping[int, int]]:
        """
        Return this cone without what matters only through one other number, and what stands for each.

        Where one number leads to a second and to nothing else, and is enough for it, the failure of the one
        is as good as that of the other in whatever company.

        Args:
            goal: The only goal.
        """
        readers: dict[int, int] = {}
        shared = {goal}
        for number, sources in self.sources.items():
            for source in sources:
                if source != number and readers.setdefault(source, number) != number:
                    shared.add(source)
        follows = {
            number: reader
            for number, reader in readers.items()
            if number not in shared and not self._is_counter(number) and not self._is_counter(reader)
        }
        stands_for = _ends(self.sources, follows)
        sources_of: dict[int, dict[int, None]] = {}
        for number, sources in self.sources.items():
            end = stands_for[number]
            into = sources_of.setdefault(end, {})
            into.update((stands_for[source], None) for source in sources if stands_for[source] != end)
        steps = [
            left
            for step in self.steps
            if (left := step if len(step) == 1 and step[0] not in follows else _others(step, follows))
        ]
        fixed = frozenset(stands_for[number] for number in self.fixed)
        return Cone(
            self.program, {n: tuple(each) for n, each in sources_of.items()}, steps, fixed
        ), stands_for


def _others(step: Step, left_out: Container[int]) -> Step:
    return tuple(number for number in step if number not in left_out)


def _ends(numbers: Iterable[int], follows: Mapping[int, int]) -> dict[int, int]:
    """Return where following leads from each number, which is nowhere back to it."""
    ends: dict[int, int] = {}
    for number in numbers:
        path, end = [], number
        while end in follows and end not in ends:
            path.append(end)
            end = follows[end]
        end = ends.get(end, end)
        ends[number] = end
        ends.update(dict.fromkeys(path, end))
    return ends


def cone_of(program: Program, goals: Iterable[int], pinned: Pinned, fired: Iterable[int] = ()) -> Cone:
    """
    Return the part of a program that can lead to some goals. The cost is that of the edges in it.

    Args:
        program: The program.
        goals: Literals and counters; a literal that was ruled out is left out.
        pinned: Literals that were ruled out, each with all that may follow from it.
        fired: What fires in every scenario.
    """
    into = program.into
    sources: dict[int, Sequence[int]] = {}

    def leading(number: int) -> Sequence[int]:
        found = into[number]
        if pinned:
            found = tuple(each for each in found if each not in pinned or number in pinned[each])
        sources[number] = found
        return found

    components = components_of([goal for goal in goals if goal not in pinned], leading)
    steps = [tuple(component) for component in components]
    return Cone(program, sources, steps, frozenset(number for number in fired if number in sources))


def at_least(need: int, weighed: Iterable[tuple[int, int]], everywhere: int) -> int:
    """
    Return the scenarios in which enough weight comes together.

    Args:
        need: How much; more than 0.
        weighed: Scenarios, and the weight that each adds; more than 0, less than *need*.
        everywhere: All scenarios.
    """
    # The sums begin so far below a power of two that they reach it where they are enough: it is the carry
    # out of the highest digit that tells.
    digits = (need - 1).bit_length()
    missing = (1 << digits) - need
    sums = [everywhere if missing >> digit & 1 else 0 for digit in range(digits)]
    enough = 0
    for scenarios, weight in weighed:
        if scenarios:
            for first in bits(weight):
                carry, digit = scenarios, first
                while carry and digit < digits:
                    sums[digit], carry = sums[digit] ^ carry, sums[digit] & carry
                    digit += 1
                enough |= carry
    return enough


def bits(number: int) -> Iterator[int]:
    """Go through the bits that are set, the lowest first."""
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest
