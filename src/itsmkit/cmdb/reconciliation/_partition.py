"""
Which records are of one item: those under one rule, united by its entries, the surest first.

At each entry, the records with a value in common are a group. A group that would join what a surer entry
tells apart is dropped; so is one that would join several records of a source, if the entry does not outweigh
the source's own keys. What the others unite is made of them all at once, unless all together would join what
a surer entry tells apart: then none of it is made. So nothing depends on the order of records.

An entry counts for a record whether or not a surer one has found it a match: otherwise it would depend on who
else is there by which of its values a record can be found.
"""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence

from attrs import frozen

from itsmkit.cmdb.reconciliation._disjoint_sets import DisjointSets, hang_together
from itsmkit.cmdb.reconciliation._identifiers import Key

__all__ = ["Blocked", "Level", "State", "agreed", "groups_of", "settled", "united"]

Level = Mapping[int, tuple[Key, ...]]
"""What one entry finds in each record, by its number; records in which it finds nothing are left out."""


@frozen
class Blocked:
    """
    Groups that are not united.

    Args:
        level: The number of the entry that makes them.
        keys: What their records have in common.
        higher: The number of the surer entry that tells some of these apart; ``None`` if one source has
            several of them, and its own keys do.
    """

    level: int
    keys: tuple[Key, ...]
    higher: int | None


def groups_of(level: Level) -> dict[Key, list[int]]:
    """Return the records of each key, in ascending order if *level* is."""
    groups: dict[Key, list[int]] = {}
    for number, keys in level.items():
        for key in keys:
            found = groups.get(key)
            if found is None:
                groups[key] = [number]
            else:
                found.append(number)
    return groups


def united(
    sets: DisjointSets, sources: Sequence[str], levels: Sequence[Level], apart: Container[int] = ()
) -> list[Blocked]:
    """
    Unite records in *sets*, and return what is not united.

    Args:
        sets: Where each record is for itself.
        sources: The source of each record under one rule.
        levels: What its entries find in them, the surest first.
        apart: The numbers of the entries that do not unite several records of one source.
    """
    work = _Work(sets, sources, levels, apart)
    for number in range(len(levels)):
        work.unite(number)
    return work.blocked


class _Work:
    def __init__(
        self, sets: DisjointSets, sources: Sequence[str], levels: Sequence[Level], apart: Container[int]
    ) -> None:
        self._sets = sets
        self._sources = sources
        self._levels = levels
        self._apart = apart
        self._clusters: dict[int, list[int]] = {}
        self.blocked: list[Blocked] = []

    def unite(self, number: int) -> None:
        find = self._sets.find
        groups: dict[Key, list[int]] = {}
        for key, records in groups_of(self._levels[number]).items():
            if len(records) > 1:
                clusters = sorted({find(record) for record in records})
                if len(clusters) > 1:
                    groups[key] = clusters
        if number == 0 and number not in self._apart:
            for clusters in groups.values():
                self._sets.unite(clusters)
            return
        if not groups:
            return
        self._gather()
        groups = {
            key: clusters for key, clusters in groups.items() if not self._stops(number, (key,), clusters)
        }
        for keys, clusters in _joined(groups):
            if len(keys) == 1 or not self._stops(number, keys, clusters):
                self._sets.unite(clusters)

    def _gather(self) -> None:
        find = self._sets.find
        self._clusters = {}
        for record in range(len(self._sources)):
            self._clusters.setdefault(find(record), []).append(record)

    def _stops(self, number: int, keys: tuple[Key, ...], clusters: list[int]) -> bool:
        """Tell whether a surer entry, or the keys of a source, tell some of *clusters* apart, and note it."""
        if number in self._apart and self._are_twins(clusters):
            self.blocked.append(Blocked(number, keys, None))
            return True
        for higher in range(number):
            found = self._levels[higher].get
            values = [
                values
                for cluster in clusters
                if (values := {key for record in self._clusters[cluster] for key in found(record, ())})
            ]
            if len(values) > 1 and not hang_together(values):
                self.blocked.append(Blocked(number, keys, higher))
                return True
        return False

    def _are_twins(self, clusters: list[int]) -> bool:
        """Tell whether one source tells of several of *clusters*."""
        seen: set[str] = set()
        for cluster in clusters:
            own = {self._sources[record] for record in self._clusters[cluster]}
            if not seen.isdisjoint(own):
                return True
            seen |= own
        return False


def _joined(groups: Mapping[Key, list[int]]) -> Iterator[tuple[tuple[Key, ...], list[int]]]:
    """Go through what *groups* unite all together: their keys, and the clusters, sorted."""
    places: dict[int, int] = {}
    for clusters in groups.values():
        for cluster in clusters:
            places.setdefault(cluster, len(places))
    sets = DisjointSets(len(places))
    for clusters in groups.values():
        sets.unite(places[cluster] for cluster in clusters)
    keys: dict[int, list[Key]] = {}
    for key, clusters in groups.items():
        keys.setdefault(sets.find(places[clusters[0]]), []).append(key)
    parts: dict[int, list[int]] = {}
    for cluster, place in places.items():
        parts.setdefault(sets.find(place), []).append(cluster)
    for root, found in keys.items():
        yield tuple(found), sorted(parts[root])


State = tuple[int, ...]


def settled(step: Callable[[State], State], start: State, most: int) -> list[State]:
    """
    Return the state that *step* leaves as it is, as the only one; or those that it runs through in a ring.

    Args:
        step: Makes the next state of a state.
        start: The first.
        most: After how many steps to give up: the last two states are returned then.
    """
    places = {start: 0}
    states = [start]
    while len(states) <= most:
        state = step(states[-1])
        if state in places:
            return states[places[state] :]
        places[state] = len(states)
        states.append(state)
    return states[-2:]


def agreed(states: Sequence[State]) -> State:
    """Return the labels by which two are together if they are together in all *states*: the least of each."""
    if len(states) == 1:
        return states[0]
    least: dict[tuple[int, ...], int] = {}
    return tuple(least.setdefault(labels, number) for number, labels in enumerate(zip(*states, strict=True)))
