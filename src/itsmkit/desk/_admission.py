"""What may be recorded of a configuration: decided by what is around it, however large the rest."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime

from attrs import frozen

from itsmkit.cmdb import (
    CIId,
    ConfigurationGraph,
    ConfigurationItem,
    DanglingRelation,
    Override,
    RedundancySet,
    Relation,
    UnrelatedMembers,
)
from itsmkit.cmdb.history import ConfigurationEvent, ConfigurationRecord, ConfigurationTimeline, RecordKey
from itsmkit.cmdb.history._fields import same
from itsmkit.desk._configuration import mentioned
from itsmkit.desk.config import ConfigurationRules
from itsmkit.errors import DefinitionError

__all__ = ["Batch", "faults_of_batch"]

_EVER = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
Value = ConfigurationItem | Relation | RedundancySet | Override
Span = tuple[datetime, datetime]
Look = Callable[[RecordKey, datetime], Value | None]


class Batch:
    """
    Records that are to be made together, on top of what is known: those that say something new.

    Args:
        timeline: What is known.
        records: What is said. Of several about the same thing, the later one wins where they overlap; what
            others take from a record altogether is not recorded at all.
        recorded_at: The instant of recording.
        actor: The id of who says it.
        reason: Why.
    """

    def __init__(
        self,
        timeline: ConfigurationTimeline,
        records: Iterable[ConfigurationRecord],
        *,
        recorded_at: datetime,
        actor: str,
        reason: str,
    ) -> None:
        self._timeline = timeline
        self._pending: dict[RecordKey, list[ConfigurationEvent]] = {}
        self.events: list[ConfigurationEvent] = []
        for record, spans in _with_times_of_their_own(records):
            if not _is_news(record, spans, self.newest_first(record.key)):
                continue
            pending = self._pending.setdefault(record.key, [])
            sequence = timeline.next_sequence(record.key) + len(pending)
            event = ConfigurationEvent(record, sequence, recorded_at, actor, reason)
            pending.append(event)
            self.events.append(event)

    def newest_first(self, key: RecordKey) -> Iterator[ConfigurationRecord]:
        """Go through all records of *key* from the last one back, those of the batch included."""
        yield from (event.record for event in reversed(self._pending.get(key, [])))
        yield from self.known(key)

    def known(self, key: RecordKey) -> Iterator[ConfigurationRecord]:
        """Go through the records of *key* that were made before, from the last one back."""
        yield from (event.record for event in reversed(self._timeline.history(key)))

    def before(self, key: RecordKey, instant: datetime) -> Value | None:
        """Return what was so at *instant*, without the batch."""
        return _effective(self.known(key), instant)

    def after(self, key: RecordKey, instant: datetime) -> Value | None:
        """Return what is so at *instant*, with the batch."""
        return _effective(self.newest_first(key), instant)

    def mentioning(self) -> Mapping[CIId, set[RecordKey]]:
        """Return for each item that the batch speaks of, what of the batch does so."""
        found: dict[CIId, set[RecordKey]] = {}
        for event in self.events:
            for ci in mentioned(event.record):
                found.setdefault(ci, set()).add(event.record.key)
        return found


def _effective(newest_first: Iterator[ConfigurationRecord], instant: datetime) -> Value | None:
    return next((each.value for each in newest_first if each.holds_at(instant)), None)


def _with_times_of_their_own(
    records: Iterable[ConfigurationRecord],
) -> list[tuple[ConfigurationRecord, list[Span]]]:
    """Return each record with the part of its time that no later one about the same thing takes from it."""
    taken: dict[RecordKey, list[Span]] = {}
    found = []
    for record in reversed(tuple(records)):
        later = taken.setdefault(record.key, [])
        own = [_span(record)]
        for span in later:
            own = _less(own, span)
        later.append(_span(record))
        found.append((record, own))
    return found[::-1]


def _is_news(
    record: ConfigurationRecord, spans: list[Span], newest_first: Iterator[ConfigurationRecord]
) -> bool:
    """Tell whether *record* says anything, for some of *spans*, that the others together do not say."""
    for other in newest_first:
        if not spans:
            return False
        rest = _less(spans, _span(other))
        if rest != spans and not _says_so(other, record):
            return True
        spans = rest
    return bool(spans) and record.value is not None


def _less(spans: list[Span], taken: Span) -> list[Span]:
    """Return what is left of *spans* without *taken*; equal to *spans* if they do not overlap."""
    begin, end = taken
    rest: list[Span] = []
    for start, stop in spans:
        if stop <= begin or end <= start:
            rest.append((start, stop))
        else:
            rest += [each for each in ((start, begin), (end, stop)) if each[0] < each[1]]
    return rest


def _span(record: ConfigurationRecord) -> Span:
    return record.since or _EVER[0], record.until or _EVER[1]


def _says_so(other: ConfigurationRecord, record: ConfigurationRecord) -> bool:
    """Tell whether *other* says what *record* does; what this leaves out, it leaves as it is."""
    return (
        same(other.value, record.value)
        and record.sources in ((), other.sources)
        and record.last_seen in (None, other.last_seen)
    )


# -- what is wrong -----------------------------------------------------------------------------------


def faults_of_batch(
    batch: Batch,
    rules: ConfigurationRules,
    mentioning: Callable[[CIId], Iterable[RecordKey]],
    now: datetime,
) -> tuple[str, ...]:
    """
    Return every reason why *batch* must not be recorded: what would be wrong with it that was not before.

    It is judged as things would be after all of it: now, and at each later instant at which something in
    the neighbourhood begins or ends. What was wrong in the past may be told. The cost is that of the
    relations of what the batch speaks of.

    Args:
        batch: What is to be recorded.
        rules: What is asked of a configuration.
        mentioning: Gives the keys of what was ever said of an item.
        now: The instant of the desk's clock.
    """
    own = batch.mentioning()

    def around(cis: Iterable[CIId]) -> set[RecordKey]:
        return {key for ci in cis for key in (*own.get(ci, ()), *mentioning(ci))}

    keys = around(own)
    # The rule of a set is judged by all relations of its dependent.
    keys |= around({CIId(key.parts[0]) for key in keys if key.kind == "redundancy"} - own.keys())
    instants = {now}
    for key in keys:
        for record in batch.newest_first(key):
            instants.update(each for each in (record.since, record.until) if each is not None and each > now)
    reasons: dict[str, str] = {}
    for instant in sorted(instants):
        found = _State.of(keys, batch.after, instant).faults(rules)
        if found:
            known = set(_State.of(keys, batch.before, instant).faults(rules))
            since = "" if instant == now else f" (from {instant.isoformat()} on)"
            for fault in found:
                if fault not in known:
                    reasons.setdefault(fault, fault + since)
    return tuple(reasons.values())


@frozen
class _State:
    """A part of the configuration at an instant."""

    items: list[ConfigurationItem]
    relations: list[Relation]
    redundancy: list[RedundancySet]
    overrides: list[Override]

    @classmethod
    def of(cls, keys: Iterable[RecordKey], look: Look, instant: datetime) -> "_State":
        """Return what *look* shows of *keys*, with all items that it speaks of."""
        found = [value for key in sorted(keys) if (value := look(key, instant)) is not None]
        named: set[CIId] = set()
        for value in found:
            named.update(mentioned(ConfigurationRecord.of(value)))
        at_hand = [look(RecordKey("item", (ci,)), instant) for ci in sorted(named)]
        return cls(
            [each for each in at_hand if isinstance(each, ConfigurationItem)],
            [each for each in found if isinstance(each, Relation)],
            [each for each in found if isinstance(each, RedundancySet)],
            [each for each in found if isinstance(each, Override)],
        )

    def faults(self, rules: ConfigurationRules) -> list[str]:
        """List what is wrong, each in a sentence."""
        there = {item.id for item in self.items}
        faults: list[str] = []
        try:
            graph = self._graph(rules)
        except DefinitionError as error:
            faults += error.problems
            graph = self._sound(rules)._graph(rules)
        for relation in self.relations:
            lost = tuple(ci for ci in relation.ends if ci not in there)
            if lost:
                faults.append(str(DanglingRelation(relation, lost)))
        for each in self.redundancy:
            missing = [ci for ci in (each.dependent, *each.members) if ci not in there]
            faults += (
                f"redundancy set {each}: no configuration item {ci!r}; add it, or leave it out"
                for ci in missing
            )
        faults += (
            f"override of {each.ci}: there is no such configuration item; add it first"
            for each in self.overrides
            if each.ci not in there
        )
        faults += (
            f"override of {each.ci}: {problem}"
            for each in self.overrides
            for problem in _level_problems(each, rules)
        )
        for finding in graph.findings:
            told = isinstance(finding, DanglingRelation) or (
                isinstance(finding, UnrelatedMembers) and not there.issuperset(finding.unrelated)
            )
            if rules.strict and not told:
                faults.append(str(finding))
        return faults

    def _graph(self, rules: ConfigurationRules) -> ConfigurationGraph:
        return ConfigurationGraph(
            self.items, self.relations, self.redundancy, model=rules.model, levels=rules.levels
        )

    def _sound(self, rules: ConfigurationRules) -> "_State":
        """Return what can be in a graph: there, more can be found to be wrong."""

        def alone(
            *, item: ConfigurationItem | None = None, other: Relation | RedundancySet | None = None
        ) -> bool:
            relation = [other] if isinstance(other, Relation) else []
            redundancy = [other] if isinstance(other, RedundancySet) else []
            try:
                _State([] if item is None else [item], relation, redundancy, [])._graph(rules)
            except DefinitionError:
                return False
            return True

        items = [each for each in self.items if alone(item=each)]
        wrong = {each.id for each in self.items} - {each.id for each in items}
        return _State(
            items,
            [each for each in self.relations if wrong.isdisjoint(each.ends) and alone(other=each)],
            [
                each
                for each in self.redundancy
                if wrong.isdisjoint((each.dependent, *each.members)) and alone(other=each)
            ],
            self.overrides,
        )


def _level_problems(override: Override, rules: ConfigurationRules) -> tuple[str, ...]:
    try:
        rules.levels.number(override.level)
    except DefinitionError as error:
        return error.problems
    return ()
