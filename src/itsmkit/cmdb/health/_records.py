"""Who says what there is, how long ago, and whether anybody asks for it."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import NamedTuple

from itsmkit._problems import shown
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.health._measure import Looked, Measure
from itsmkit.cmdb.health.confidence import ANY_SOURCE, SourceConfidence
from itsmkit.cmdb.health.findings import DoubtfulRecord, StaleRecord, UnusedRecord
from itsmkit.cmdb.health.rules import HealthRules
from itsmkit.cmdb.history.records import RecordKey
from itsmkit.cmdb.history.view import ConfigurationView
from itsmkit.cmdb.redundancy import RedundancySet
from itsmkit.cmdb.relation import Relation
from itsmkit.errors import DefinitionError

__all__ = ["record_measures", "use_measures"]

_NO_TIME = timedelta()


def record_measures(looked: Looked, view: ConfigurationView | None, rules: HealthRules) -> Iterator[Measure]:
    """Take the metrics that ask when a thing was last seen, and by whom. A mere graph does not know."""
    items, relations, confidence = Measure("stale_items"), Measure("stale_relations"), Measure("confidence")
    if view is not None:
        limits, trust = _Limits(looked), _Trust(rules)
        for event in view._holding():
            record = event.record
            value, last_seen = record.value, record.last_seen
            if last_seen is None or isinstance(value, RedundancySet):
                continue
            age = view.valid - last_seen
            if isinstance(value, Relation):
                (ci_class, limit), stale = limits.of_relation(value), relations
            else:
                (ci_class, limit), stale = limits.of_item(CIId(record.key.parts[0])), items
            if limit is not None:
                stale.eligible[ci_class] += 1
                if age > limit:
                    stale.fail(record.key, ci_class, StaleRecord(record.key, last_seen, age, limit))
            believed = trust.of(record.sources)
            if believed is not None:
                confidence.eligible[ci_class] += 1
                if max(age, _NO_TIME) > believed.lasts:
                    finding = DoubtfulRecord(record.key, age, believed.sources, trust.least)
                    confidence.fail(record.key, ci_class, finding)
    yield items
    yield relations
    yield confidence


class _Limits:
    """How long things of each class may go unseen: of two that are related, the shorter time."""

    def __init__(self, looked: Looked) -> None:
        self._classes = looked.classes
        self._limits = {c: looked.model.stale_after(c) for c in looked.counts}
        self._known: dict[tuple[str, ...], tuple[str, timedelta | None]] = {}

    def of_item(self, ci: CIId) -> tuple[str, timedelta | None]:
        """Return the class of an item, and how long it may go unseen."""
        ci_class = self._classes[ci]
        return ci_class, self._limits[ci_class]

    def of_relation(self, relation: Relation) -> tuple[str, timedelta | None]:
        """Return the class that a relation counts for, and how long it may go unseen."""
        ends = self._classes.get(relation.source, ""), self._classes.get(relation.target, "")
        found = self._known.get(ends)
        if found is None:
            limits = [limit for each in ends if (limit := self._limits.get(each)) is not None]
            found = self._known[ends] = (ends[0] or ends[1], min(limits, default=None))
        return found


class _Believed(NamedTuple):
    sources: tuple[tuple[str, SourceConfidence], ...]
    lasts: timedelta


class _Trust:
    """How long what several sources say is believed enough, found once for each several."""

    def __init__(self, rules: HealthRules) -> None:
        self._named = {each.source: each for each in rules.sources}
        self.least = rules.least
        self._known: dict[tuple[str, ...], _Believed | None] = {}

    def of(self, sources: tuple[str, ...]) -> _Believed | None:
        """Return those of *sources* of which it is said how much they are believed; ``None`` without any."""
        if sources not in self._known:
            found = [(name, self._named.get(name, self._named.get(ANY_SOURCE))) for name in set(sources)]
            judged = tuple(sorted((name, each) for name, each in found if each is not None))
            lasts = max((each.lasts(self.least) for _, each in judged), default=_NO_TIME)
            self._known[sources] = _Believed(judged, lasts) if judged else None
        return self._known[sources]


def use_measures(looked: Looked, used: Mapping[CIId | RecordKey, int] | None) -> Iterator[Measure]:
    """
    Take the metrics that ask what took part in decisions.

    Relations are only asked about if *used* names some.

    Raises:
        DefinitionError: With everything in *used* that is no key, or no number of times.
    """
    items, relations = Measure("unused_items"), Measure("unused_relations")
    if used is not None:
        counts = _counts(used)
        items.eligible.update(looked.counts)
        for item in looked.items:
            key = RecordKey("item", (item.id,))
            if not counts.get(key):
                items.fail(key, item.ci_class, UnusedRecord(key))
        if any(key.kind == "relation" for key in counts):
            relations.eligible.update(looked.relation_counts)
            for relation in looked.graph.relations:
                key = RecordKey.of(relation)
                if not counts.get(key):
                    relations.fail(key, looked.class_of(relation), UnusedRecord(key))
    yield items
    yield relations


def _counts(used: Mapping[CIId | RecordKey, int]) -> dict[RecordKey, int]:
    counts: dict[RecordKey, int] = {}
    problems: list[str] = []
    for given, times in used.items():
        try:
            counts[RecordKey.given(given)] = times
        except DefinitionError as error:
            problems += [f"used: {problem}" for problem in error.problems]
        if type(times) is not int or times < 0:
            problems.append(f"used of {given}: must be a whole number, 0 or more, not {shown(times)}")
    if problems:
        raise DefinitionError(*problems)
    return counts
