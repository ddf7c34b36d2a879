"""
Sets of changes that do together what none of them does alone.

What changes do together beyond what they do alone begins at a redundancy rule, of which several add some
members and none adds enough: at a counter. A change that adds to no counter without firing it is in no such
set; and where the votes of all changes, added up, are not enough for any counter, there is no such set.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, cast

from itsmkit.cmdb.change._stage import Levels, Outcome, Stage

__all__ = ["Excess", "Excesses"]

Places = frozenset[int]


class Excess(NamedTuple):
    """
    A set of changes, of which none can be left out.

    Args:
        changes: The places of the changes, sorted.
        items: What they make worse than any change alone, sorted.
        complete: Whether all sets were found, for each of the items.
    """

    changes: tuple[int, ...]
    items: tuple[int, ...]
    complete: bool


class _AtOnce(NamedTuple):
    """
    What changes do together.

    Args:
        worse: The levels of what they make worse.
        news: What fires.
        swayed: What of it the focus may decide; empty without one.
    """

    worse: Levels
    news: set[int]
    swayed: set[int]


class Excesses:
    """
    The search for such sets under one state.

    Args:
        stage: The state.
        wanted: To which levels each change takes its items.
        outcomes: What each change does alone, by its place.
        focus: The change that the sets are to contain, or ``None``.
        most_sets: After how many sets, for one item and one level, to stop.
    """

    def __init__(
        self,
        stage: Stage,
        wanted: Sequence[Levels],
        outcomes: Mapping[int, Outcome],
        focus: int | None,
        most_sets: int,
    ) -> None:
        self._stage = stage
        self._wanted = wanted
        self._outcomes = outcomes
        self._focus = focus
        self._most_sets = most_sets
        self._voters = frozenset(place for place, outcome in outcomes.items() if outcome.votes)
        self._by_focus: set[int] = set()
        self._touching: dict[int, list[tuple[int, int]]] | None = None
        self._last: tuple[Places, _AtOnce] | None = None
        self._known: dict[Places, Levels] = {}
        self._solved: dict[tuple[Places, int, int], tuple[list[Places], bool]] = {}

    def are_possible(self) -> bool:
        """
        Tell, at the cost of one propagation, whether all changes at once could make such a set.

        What does not lie behind a counter that the focus may decide, is in no set with it, and is forgotten.
        """
        if not self._enough(self._voters):
            return False
        if self._focus is None:
            return True
        if self._focus not in self._voters:
            return False
        with self._stage.trying(self._together({self._focus})):
            self._by_focus = self._stage.news()
        at_once = self._at_once(self._voters)
        self._voters = self._behind(at_once.swayed, at_once.news)
        return self._focus in self._voters

    def among(self, under_way: tuple[int, ...]) -> tuple[Excess, ...]:
        """
        Return the sets among the changes that are under way, sorted.

        A set of the focus alone says that it was not found out whether there are some, for its items.
        """
        voters = self._voters.intersection(under_way)
        if not self._enough(voters):
            return ()
        items: dict[Places, list[int]] = {}
        cut_short: set[Places] = set()
        program, now = self._stage.graph._program, frozenset(under_way)
        at_once = self._at_once(voters)
        for item, worst in sorted(at_once.worse.items()):
            found: dict[Places, bool] = {}
            for level in range(self._alone(item, now) + 1, worst + 1):
                universe = self._universe(voters, at_once, program.literal(item, level))
                sets, complete = self._minimal(universe, item, level)
                if not sets and not complete:
                    sets = [frozenset({cast("int", self._focus)})]
                for each in sets:
                    found[each] = found.get(each, True) and complete
            for each, complete in found.items():
                items.setdefault(each, []).append(item)
                if not complete:
                    cut_short.add(each)
        return tuple(
            Excess(tuple(sorted(each)), tuple(items[each]), each not in cut_short)
            for each in sorted(items, key=sorted)
        )

    def _universe(self, voters: Places, at_once: "_AtOnce", literal: int) -> Places:
        """
        Return the changes of which the sets that make a literal fire can be.

        With a focus, it must decide: so what else leads to the literal without it is left out, and from the
        counters at which it may decide everything counts that is behind them.
        """
        if self._focus is None:
            return voters & self._behind([literal], at_once.news)
        turning = self._stage.turning_points(literal, at_once.swayed)
        return voters & self._behind(turning, at_once.news) if turning else frozenset()

    def _at_once(self, voters: Places) -> "_AtOnce":
        """Return what changes do together."""
        if self._last is None or self._last[0] != voters:
            with self._stage.trying(self._together(voters)) as worse:
                news = self._stage.news()
            swayed = self._stage.swayed(self._by_focus, news) if self._by_focus else set()
            self._last = voters, _AtOnce(worse, news, swayed)
        return self._last[1]

    def _alone(self, item: int, now: Places) -> int:
        """Return the worst level to which one of the changes that are under way takes an item alone."""
        if self._touching is None:
            self._touching = {}
            for place, outcome in self._outcomes.items():
                for each, level in outcome.worse.items():
                    self._touching.setdefault(each, []).append((place, level))
        touching = self._touching.get(item, ())
        return max((level for place, level in touching if place in now), default=0)

    def _behind(self, numbers: Iterable[int], news: set[int]) -> Places:
        """Return the changes that have a part in some literals or counters of *news*."""
        levels = self._stage.graph._program.levels(self._stage.behind(numbers, news))
        return frozenset(place for place in self._voters if not self._wanted[place].keys().isdisjoint(levels))

    def _enough(self, voters: Places) -> bool:
        """Tell whether the votes of changes, added up, could make a counter fire."""
        need = self._stage.need
        votes: dict[int, int] = {}
        for place in voters:
            for counter, vote in self._outcomes[place].votes.items():
                votes[counter] = votes.get(counter, 0) + vote
        return any(vote >= need(counter) for counter, vote in votes.items())

    def _minimal(self, universe: Places, item: int, level: int) -> tuple[list[Places], bool]:
        """
        Return the minimal sets of changes that take an item to a level, and whether these are all.

        A set that is not the one found lacks one of its changes: so it is looked for without each of them in
        turn (Reiter 1987, on diagnoses). Whether a change is in any minimal set is hard to tell in general
        (NP-complete), so the search is cut short also where it has found none.
        """
        key = universe, item, level
        if key not in self._solved:
            self._solved[key] = self._searched(universe, item, level)
        return self._solved[key]

    def _searched(self, universe: Places, item: int, level: int) -> tuple[list[Places], bool]:
        found: list[Places] = []
        seen, pending = {universe}, [universe]
        most_tried = _UNIVERSES * self._most_sets
        # In depth first: a set with the focus can be many steps away.
        while pending:
            left = pending.pop()
            if (self._focus is not None and self._focus not in left) or not self._takes(left, item, level):
                continue
            if len(found) >= self._most_sets or len(seen) > (most_tried if found else most_tried + _TO_FIRST):
                return found, False
            smallest = self._shrunk(left, item, level)
            if smallest not in found and (self._focus is None or self._focus in smallest):
                found.append(smallest)
            for place in sorted(smallest, reverse=True):
                fewer = left - {place}
                if place != self._focus and fewer not in seen:
                    seen.add(fewer)
                    pending.append(fewer)
        return found, True

    def _shrunk(self, changes: Places, item: int, level: int) -> Places:
        """Return a minimal set within one that takes an item to a level; without the focus last of all."""
        kept = sorted(changes, key=lambda place: (place == self._focus, place))
        step = max(1, len(kept) // 2)
        while step:
            start = 0
            while start < len(kept):
                fewer = kept[:start] + kept[start + step :]
                if self._takes(frozenset(fewer), item, level):
                    kept = fewer
                else:
                    start += step
            step //= 2
        return frozenset(kept)

    def _takes(self, changes: Places, item: int, level: int) -> bool:
        return self._levels(changes).get(item, 0) >= level

    def _levels(self, changes: Places) -> Levels:
        """Return the levels of what some changes make worse together."""
        if changes not in self._known:
            with self._stage.trying(self._together(changes)) as worse:
                self._known[changes] = worse
        return self._known[changes]

    def _together(self, changes: Iterable[int]) -> Levels:
        found: dict[int, int] = {}
        for place in changes:
            for item, level in self._wanted[place].items():
                if level > found.get(item, 0):
                    found[item] = level
        return found


_UNIVERSES = 20
"""How many times the number of sets that are looked for may be looked through."""

_TO_FIRST = 1_000
"""How many more may be looked through before there is a first one."""
