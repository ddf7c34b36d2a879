"""A state of a graph on which changes can be tried and taken back, at the cost of what they reach."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from itsmkit.cmdb._program import Fixpoint
from itsmkit.cmdb._reasons import shortfalls
from itsmkit.cmdb.change.errors import UnknownInChangesError
from itsmkit.cmdb.change.planned_change import PlannedChange
from itsmkit.cmdb.errors import UnknownItemError
from itsmkit.cmdb.graph import ConfigurationGraph
from itsmkit.cmdb.impact import worst_of
from itsmkit.cmdb.seed import Override, Seed
from itsmkit.errors import DefinitionError

__all__ = ["Outcome", "Stage", "levels_of", "slack_of"]

Levels = Mapping[int, int]
"""Levels by items, both as numbers."""


class Outcome(NamedTuple):
    """
    What changes do to a state.

    Args:
        worse: The levels of what they make worse, nearest to a cause first.
        losses: Whose slack they lower without taking it to the worst level: before and after.
        votes: What they add to the counters of redundancy that they do not fire.
    """

    worse: Levels
    losses: Mapping[int, tuple[int, int]]
    votes: Mapping[int, int]


class Stage:
    """
    A state of a graph, with what changes do to it.

    Args:
        graph: The graph.
        seeds: What has failed.
        overrides: What is ruled not to have.
        at: The instant, aware.
    """

    def __init__(
        self,
        graph: ConfigurationGraph,
        seeds: Iterable[Seed],
        overrides: Iterable[Override],
        at: datetime,
    ) -> None:
        self.graph = graph
        self.impact = graph.impact_of(seeds, overrides=overrides, at=at)
        self.caps = self.impact._caps
        self._fixpoint = Fixpoint(graph._program, self.impact._pinned)
        self.levels: Levels = {}
        self._border = 0
        self.levels = self._fire(worst_of(graph, self.impact.seeds))
        self._slacks: dict[int, int | None] = {}

    @contextmanager
    def trying(self, levels: Levels) -> Iterator[Levels]:
        """Take items to levels for as long as the block lasts; gives the levels of what gets worse."""
        fixpoint, before, border, slacks = self._fixpoint, self.levels, self._border, self._slacks
        fired, counts = len(fixpoint.order), fixpoint.counts
        self._border = fired
        fixpoint.counts = dict(counts)
        worse = self._fire(levels)
        self.levels, self._slacks = {**before, **worse}, {}
        try:
            yield worse
        finally:
            flags = fixpoint.flags
            for number in fixpoint.order[fired:]:
                flags[number] = 0
            del fixpoint.order[fired:]
            fixpoint.counts = counts
            self.levels, self._border, self._slacks = before, border, slacks

    def outcome(self, levels: Levels) -> Outcome:
        """Return what taking items to levels does."""
        before, slacks, counts = self.levels, self._slacks, self._fixpoint.counts
        with self.trying(levels) as worse:
            flags = self._fixpoint.flags
            votes = {
                counter: count - counts.get(counter, 0)
                for counter, count in self._fixpoint.counts.items()
                if count != counts.get(counter, 0) and not flags[counter]
            }
            return Outcome(worse, dict(self._losses(before, slacks, worse)), votes)

    def news(self) -> set[int]:
        """Return the literals and counters that fired in the innermost block of `trying`."""
        return set(self._fixpoint.order[self._border :])

    def behind(self, numbers: Iterable[int], news: set[int]) -> set[int]:
        """Return what of *news* could have led to some of its numbers, these included."""
        program = self.graph._program
        found = list(numbers)
        seen = set(found)
        for number in found:
            counted = program.literals <= number
            sources = [each for each, _ in program.members(number)] if counted else program.into[number]
            for source in sources:
                if source in news and source not in seen:
                    seen.add(source)
                    found.append(source)
        return seen

    def swayed(self, alone: set[int], news: set[int]) -> set[int]:
        """
        Return the literals and counters of *news* that what fires alone may decide in some company.

        At a counter it may, if some of the other members add up to so much that it fires with those that
        are swayed, and not without. What is not among these fires, or not, whatever is done about *alone*.

        Args:
            alone: What fires alone.
            news: What fires in the largest company, *alone* included.
        """
        program = self.graph._program
        seen, found = set(alone), list(alone)
        for number in found:
            for target in program.out[number]:
                after, _ = program.counted(target)
                if after not in news or after in seen:
                    continue
                if after < program.literals or self._may_turn(after, seen, news):
                    seen.add(after)
                    found.append(after)
        return seen - alone

    def _may_turn(self, counter: int, swayed: set[int], news: set[int]) -> bool:
        """Tell whether some of the other members of a counter leave the last word to the swayed ones."""
        need = self.need(counter)
        weighed = [
            (each in swayed, weight) for each, weight in self.graph._program.members(counter) if each in news
        ]
        lack = need - sum(weight for is_swayed, weight in weighed if is_swayed)
        others = [weight for is_swayed, weight in weighed if not is_swayed]
        if lack <= 0 or need > _MOST_WEIGHT or others.count(1) >= need:
            return True
        # Bit i of the sums says whether some of the others weigh i.
        sums, below = 1, (1 << need) - 1
        for weight in others:
            sums |= sums << weight & below
        return bool(sums >> lack)

    def turning_points(self, literal: int, swayed: set[int]) -> list[int]:
        """Return the counters at which those decide whether a literal fires that sway it."""
        program = self.graph._program
        found = [literal] if literal in swayed else []
        seen = set(found)
        for number in found:
            if number < program.literals:
                for source in program.into[number]:
                    if source in swayed and source not in seen:
                        seen.add(source)
                        found.append(source)
        return [number for number in found if number >= program.literals]

    def need(self, counter: int) -> int:
        """Return how much weight a counter still lacks."""
        return self.graph._program.need[counter] - self._fixpoint.counts.get(counter, 0)

    def release(self) -> None:
        """Hand back what it took of the graph; nothing may be tried any more."""
        self._fixpoint.release()

    def _fire(self, levels: Levels) -> dict[int, int]:
        program, order = self.graph._program, self._fixpoint.order
        start = len(order)
        self._fixpoint.fire([program.literal(item, levels[item]) for item in sorted(levels)])
        return program.levels(order[start:], self._fixpoint.pinned)

    def _losses(
        self, before: Levels, slacks: dict[int, int | None], worse: Levels
    ) -> Iterator[tuple[int, tuple[int, int]]]:
        """Go through what loses slack; that of the state *before* is asked of each item once."""
        dependents, grouped = self.graph._dependents, self.graph._ways.of_dependent
        if not grouped:
            return
        candidates = dict.fromkeys(
            dependent for item in worse for dependent in dependents[item] if dependent in grouped
        )
        for item in candidates:
            if item not in slacks:
                slacks[item] = slack_of(self.graph, before, self.caps, item)
            had = slacks[item]
            if had:
                left = slack_of(self.graph, self.levels, self.caps, item)
                if left is not None and left < had:
                    yield item, (had, left)


_MOST_WEIGHT = 1 << 16
"""Up to which weight it is reckoned exactly what members can add up to."""


def slack_of(graph: ConfigurationGraph, levels: Levels, caps: Levels, item: int) -> int | None:
    """Return the slack of an item, as `Impact.slack` does."""
    if levels.get(item, 0) >= graph.levels.top:
        return None
    least: int | None = None
    for shortfall in shortfalls(graph, levels, caps, item, graph.levels.top):
        slack = shortfall.failures - 1
        if least is None or slack < least:
            least = slack
        if not least:
            break
    return least


def levels_of(graph: ConfigurationGraph, changes: Iterable[PlannedChange]) -> list[dict[int, int]]:
    """
    Return for each change the levels to which it takes its items, those that are well left out.

    Raises:
        UnknownInChangesError: With everything that is wrong, if an item is not in the graph.
        DefinitionError: With everything that is wrong, if only levels are unknown.
    """
    found, problems = [], []
    unknown: UnknownItemError | None = None
    for change in changes:
        levels: dict[int, int] = {}
        found.append(levels)
        for ci, level in sorted(change.cis.items()):
            where = f"change {change.id}: cis[{ci!r}]"
            number = wanted = 0
            try:
                number = graph._number(ci)
            except UnknownItemError as error:
                unknown = unknown or error
                problems.append(f"{where}: {error}")
            try:
                wanted = graph._level_number(level)
            except DefinitionError as error:
                problems.append(f"{where}: {error}")
            if wanted:
                levels[number] = wanted
    if unknown is not None:
        raise UnknownInChangesError(unknown.args[0], unknown.closest, *problems)
    if problems:
        raise DefinitionError(*problems)
    return found
