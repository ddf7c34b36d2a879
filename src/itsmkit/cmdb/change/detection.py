"""Finding the changes that collide: in time, in people, and through the graph."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from itsmkit._checks import is_a
from itsmkit._problems import shown
from itsmkit.calendars import TimeSpan, merge_spans
from itsmkit.cmdb.change._excess import Excesses
from itsmkit.cmdb.change._stage import Outcome, Stage, levels_of
from itsmkit.cmdb.change._stretches import cut, steady
from itsmkit.cmdb.change.change_calendar import ChangeCalendar
from itsmkit.cmdb.change.collision import STANDARD_KINDS, Collision, CollisionKind, Scene
from itsmkit.cmdb.change.planned_change import PlannedChange, distinct_changes
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.graph import ConfigurationGraph
from itsmkit.cmdb.seed import Override, Seed, seeds_from
from itsmkit.errors import DefinitionError

__all__ = ["collisions", "collisions_of"]

Failures = Iterable[Seed | CIId] | Mapping[CIId, str]

_NO_RULES = ChangeCalendar()
_MOST_SETS = 100


def collisions(
    graph: ConfigurationGraph,
    changes: Iterable[PlannedChange],
    *,
    failures: Failures = (),
    overrides: Iterable[Override] = (),
    calendar: ChangeCalendar = _NO_RULES,
    kinds: Collection[CollisionKind] = STANDARD_KINDS,
    most_sets: int = _MOST_SETS,
) -> tuple[Collision, ...]:
    """
    Return all collisions among changes, and with the rules of a calendar.

    Every kind is a matter of instants: changes collide while all of them are under way, and windows that
    touch share no instant. What a change does alone, is what it does under the failures.

    For a joint excess, a configuration item must be worse under all changes that are under way than under
    the worst of them alone; it is then told for each set of changes that takes it to a level worse than
    that, of which no change can be left out. So a change that has announced an outage for an item hides
    that others add up to no more than that; and three changes that only together break a group of which
    one of three must be up are found, although each two of them get along.

    A shared provider counts if its failure alone, under the failures there are, takes an item of each of two
    changes to the worst level: it is a single point of failure of both, or the last of its redundancy. Only
    the nearest are told. It is a warning, as `CollisionKind.is_warning` says.

    Args:
        graph: The graph.
        changes: The changes, each with an id of its own.
        failures: What has failed, as for `ConfigurationGraph.impact_of`; seeds count while they hold.
        overrides: Rulings that an item is no worse than some level; each counts until it expires.
        calendar: Maintenance windows and blackouts.
        kinds: The kinds of collision to look for.
        most_sets: How many sets of changes are looked for, for each item and level that is in excess at one
            time; at least 1. There can be exponentially many. Those that are told say if there may be more.

    Returns:
        Sorted by start, kind and changes; what collides without interruption and in the same items, is one.

    Raises:
        UnknownItemError: If an item of a failure, an override or a rule is not in the graph; if one of a
            change is not, an `UnknownInChangesError` with everything that is wrong with items of changes.
        DefinitionError: If a level is unknown, with all that are in changes; or two changes have the same id.
        OutOfRangeError: If a window lies outside the years that a calendar knows.

    Cost:
        That of what each change reaches, that of comparing changes that overlap two by two, that of what each
        provider reaches that two of them share and that has to be tried, and for each
        stretch of time in which votes of several changes could make a redundancy rule fire, that of what
        the changes then under way reach, for each set that is tried.
    """
    search = _Search(graph, distinct_changes(changes), failures, overrides, calendar, kinds, most_sets)
    return search.run(None)


def collisions_of(
    graph: ConfigurationGraph,
    change: PlannedChange,
    planned: Iterable[PlannedChange],
    *,
    failures: Failures = (),
    overrides: Iterable[Override] = (),
    calendar: ChangeCalendar = _NO_RULES,
    kinds: Collection[CollisionKind] = STANDARD_KINDS,
    most_sets: int = _MOST_SETS,
) -> tuple[Collision, ...]:
    """
    Return the collisions of one change with those that are planned, and with the rules of a calendar.

    They are those of `collisions` among all of them that involve the change; those of the planned changes
    among each other are left out, and cost nothing.

    Args:
        graph: The graph.
        change: The change.
        planned: The other changes; one of the same id is taken for an earlier plan of it, and left out.
        failures: As for `collisions`.
        overrides: As for `collisions`.
        calendar: As for `collisions`.
        kinds: As for `collisions`.
        most_sets: As for `collisions`; the sets that are counted contain the change. Where the change takes
            part only in larger sets than necessary, that can be as hard to tell as to find all sets. If it is
            not told after 1000 sets, and 20 more for each that is looked for, there is a joint excess of the
            change alone that is not complete.

    Returns:
        As `collisions`.

    Raises:
        UnknownItemError: As `collisions`.
        DefinitionError: As `collisions`.
        OutOfRangeError: As `collisions`.
    """
    others = [each for each in distinct_changes(planned) if each.id != change.id]
    overlapping = [each for each in others if each.window & change.window]
    changes = distinct_changes([change, *overlapping])
    search = _Search(graph, changes, failures, overrides, calendar, kinds, most_sets)
    return search.run(changes.index(change))


class _Found(NamedTuple):
    """What was found of a collision, but for its time."""

    kind: CollisionKind
    changes: tuple[int, ...]
    cis: tuple[int, ...] = ()
    assignees: tuple[str, ...] = ()
    complete: bool = True


_ORDER = {kind: place for place, kind in enumerate(CollisionKind)}


class _Search:
    """
    The search for collisions among changes, which are known by their place.

    Args:
        graph: The graph.
        changes: The changes, sorted.
        failures: What has failed.
        overrides: The rulings.
        calendar: The rules.
        kinds: What to look for.
        most_sets: How many sets of changes to look for.
    """

    def __init__(  # noqa: PLR0917  private, and called twice
        self,
        graph: ConfigurationGraph,
        changes: tuple[PlannedChange, ...],
        failures: Failures,
        overrides: Iterable[Override],
        calendar: ChangeCalendar,
        kinds: Collection[CollisionKind],
        most_sets: int,
    ) -> None:
        self._graph = graph
        self._changes = changes
        self._seeds = seeds_from(failures)
        self._overrides = tuple(overrides)
        self._calendar = calendar
        self._kinds = _checked(kinds)
        self._most_sets = _positive(most_sets)
        self._wanted = levels_of(graph, changes)
        self._own = [{graph._number(ci) for ci in each.cis} for each in changes]
        self._ruled = [graph._number(ci) for ci in calendar.cis]
        self._worked_on = set[int]().union(*self._own)
        self._above: dict[int, set[int]] = {}
        self._down: dict[int, set[int]] = {}

    def run(self, focus: int | None) -> tuple[Collision, ...]:
        """Return the collisions, sorted; of one change only, if *focus* is one."""
        if not self._changes:
            return ()
        found: dict[_Found, list[TimeSpan]] = {}
        windows = [each.window for each in self._changes]
        hull = TimeSpan(min(each.start for each in windows), max(each.end for each in windows))
        for stretch in steady(hull if focus is None else windows[focus], self._seeds, self._overrides):
            parts = {
                place: part for place, window in enumerate(windows) if (part := window & stretch) is not None
            }
            if parts:
                for each, span in self._in(stretch, parts, focus):
                    found.setdefault(each, []).append(span)
        return tuple(
            Collision(
                each.kind,
                tuple(self._changes[place].id for place in each.changes),
                span,
                self._graph._ids(each.cis),
                each.assignees,
                each.complete,
                scene=Scene(
                    self._graph,
                    self._seeds,
                    self._overrides,
                    tuple(self._changes[place] for place in each.changes),
                ),
            )
            for each, span in sorted(
                ((each, span) for each, spans in found.items() for span in merge_spans(spans)),
                key=lambda pair: (pair[1].start, _ORDER[pair[0].kind], pair[0][1:], pair[1].end),
            )
        )

    def _in(
        self, stretch: TimeSpan, parts: Mapping[int, TimeSpan], focus: int | None
    ) -> Iterator[tuple[_Found, TimeSpan]]:
        """Go through what is found in a stretch in which the failures do not change."""
        stage = Stage(self._graph, self._seeds, self._overrides, stretch.start)
        self._down = {}
        near = None if focus is None else self._near(focus)
        outcomes: dict[int, Outcome] = {
            place: stage.outcome(self._wanted[place])
            for place in parts
            if near is None or place == focus or near & self._own[place]
        }
        for one, other, span in _pairs(parts, focus):
            for each in self._between(stage, one, other, outcomes):
                yield each, span
        if CollisionKind.JOINT_EXCESS in self._kinds:
            live = {place: parts[place] for place in outcomes}
            yield from self._excess(stage, stretch, live, outcomes, focus)
        for place in parts if focus is None else (focus,):
            yield from self._broken_rules(place, parts[place], outcomes[place])
        stage.release()

    def _near(self, focus: int) -> set[int]:
        """Return everything that can reach what a change can reach."""
        own = sorted(self._own[focus])
        cone = [*own, *self._graph._dependents.reach(own)]
        return {*cone, *self._graph._providers.reach(cone)}

    def _between(
        self, stage: Stage, one: int, other: int, outcomes: Mapping[int, Outcome]
    ) -> Iterator[_Found]:
        """Go through the collisions of two changes that both are under way."""
        pair, kinds = (one, other), self._kinds
        if CollisionKind.SHARED_ASSIGNEE in kinds:
            assignees = {*self._changes[one].assignees}.intersection(self._changes[other].assignees)
            if assignees:
                yield _Found(CollisionKind.SHARED_ASSIGNEE, pair, (), tuple(sorted(assignees)))
        if CollisionKind.SHARED_PROVIDER in kinds:
            providers = self._shared_providers(stage, one, other)
            if providers:
                yield _Found(CollisionKind.SHARED_PROVIDER, pair, tuple(sorted(providers)))
        if one not in outcomes or other not in outcomes:
            return
        own, others = self._own[one], self._own[other]
        first, second = outcomes[one], outcomes[other]
        for kind, cis in (
            (CollisionKind.SHARED_CI, own & others),
            (
                CollisionKind.IN_RADIUS,
                {item for item in others - own if item in first.worse}
                | {item for item in own - others if item in second.worse},
            ),
            (
                CollisionKind.SHARED_IMPACT,
                _touched(first) & _touched(second) - own - others
                if CollisionKind.SHARED_IMPACT in kinds
                else (),
            ),
        ):
            if cis and kind in kinds:
                yield _Found(kind, pair, tuple(sorted(cis)))

    def _shared_providers(self, stage: Stage, one: int, other: int) -> set[int]:
        """Return the nearest items that each take items of both changes down, and neither works on."""
        own, others = self._own[one], self._own[other]
        above, above_other = self._providers_of(one), self._providers_of(other)
        shared = above & above_other
        # Up from where the ways of both come together, and no further than to what takes both down.
        around = (above | above_other | own | others) - shared
        dependents, providers = self._graph._dependents, self._graph._providers
        pending = sorted(item for item in shared if not around.isdisjoint(dependents[item]))
        seen, found = set(pending), set()
        for item in pending:
            down = self._taken_down(stage, item)
            if not (down.isdisjoint(own) or down.isdisjoint(others)):
                found.add(item)
                continue
            more = [each for each in providers[item] if each in shared and each not in seen]
            seen.update(more)
            pending += more
        nearest = {item for item in found if found.isdisjoint(dependents[item])}
        return nearest or found

    def _taken_down(self, stage: Stage, item: int) -> set[int]:
        """Return what of all that is worked on an item takes to the worst level by failing alone."""
        if item not in self._down:
            top = self._graph.levels.top
            with stage.trying({item: top}) as worse:
                self._down[item] = {each for each in self._worked_on if worse.get(each) == top}
        return self._down[item]

    def _providers_of(self, place: int) -> set[int]:
        if place not in self._above:
            self._above[place] = set(self._graph._providers.reach(sorted(self._own[place])))
        return self._above[place]

    def _excess(
        self,
        stage: Stage,
        stretch: TimeSpan,
        live: Mapping[int, TimeSpan],
        outcomes: Mapping[int, Outcome],
        focus: int | None,
    ) -> Iterator[tuple[_Found, TimeSpan]]:
        excesses = Excesses(stage, self._wanted, outcomes, focus, self._most_sets)
        if not excesses.are_possible():
            return
        edges = [instant for span in live.values() for instant in (span.start, span.end)]
        within = stretch if focus is None else live[focus]
        for part, under_way in _under_way(list(cut(within, edges)), live):
            for each in excesses.among(under_way):
                yield (
                    _Found(CollisionKind.JOINT_EXCESS, each.changes, each.items, (), each.complete),
                    part,
                )

    def _broken_rules(
        self, place: int, part: TimeSpan, outcome: Outcome
    ) -> Iterator[tuple[_Found, TimeSpan]]:
        touched: list[int | None] = [
            item for item in self._ruled if item in self._own[place] or item in outcome.worse
        ]
        for item in (None, *touched):
            ci = None if item is None else self._graph._sorted[item].id
            cis = () if item is None else (item,)
            for kind, spans in (
                (CollisionKind.BLACKOUT, self._calendar.forbidden),
                (CollisionKind.OUTSIDE_WINDOW, self._calendar.closed),
            ):
                if kind in self._kinds:
                    for span in spans(ci, part):
                        yield _Found(kind, (place,), cis), span


def _touched(outcome: Outcome) -> set[int]:
    return {*outcome.worse, *outcome.losses}


def _pairs(parts: Mapping[int, TimeSpan], focus: int | None) -> Iterator[tuple[int, int, TimeSpan]]:
    """Go through each two changes that overlap, and when they do."""
    if focus is not None:
        for place, part in parts.items():
            if place != focus:
                yield min(place, focus), max(place, focus), part
        return
    open_ones: list[int] = []
    for place in sorted(parts, key=lambda each: parts[each].start):
        part = parts[place]
        open_ones = [other for other in open_ones if parts[other].end > part.start]
        for other in open_ones:
            shared = TimeSpan(part.start, min(part.end, parts[other].end))
            yield min(place, other), max(place, other), shared
        open_ones.append(place)


def _under_way(
    stretches: list[TimeSpan], live: Mapping[int, TimeSpan]
) -> Iterator[tuple[TimeSpan, tuple[int, ...]]]:
    """Go through stretches, each with the changes that are under way all through it, sorted."""
    starts = sorted(live, key=lambda place: live[place].start, reverse=True)
    under_way: set[int] = set()
    for stretch in stretches:
        while starts and live[starts[-1]].start <= stretch.start:
            under_way.add(starts.pop())
        under_way = {place for place in under_way if live[place].end > stretch.start}
        yield stretch, tuple(sorted(under_way))


def _checked(kinds: Collection[CollisionKind]) -> frozenset[CollisionKind]:
    problems = [
        f"kinds: must be CollisionKinds, not {shown(each)}" for each in kinds if not is_a(each, CollisionKind)
    ]
    if problems:
        raise DefinitionError(*problems)
    return frozenset(kinds)


def _positive(most_sets: int) -> int:
    if type(most_sets) is not int or most_sets < 1:
        problem = f"most_sets: must be a whole number of 1 or more, not {shown(most_sets)}"
        raise DefinitionError(problem)
    return most_sets
