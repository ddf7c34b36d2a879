"""What may be recorded of a configuration: decided by what is around it, however large the rest."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain

from attrs import frozen

from itsmkit.cmdb import (
    CIId,
    ConfigurationGraph,
    ConfigurationItem,
    DanglingRelation,
    GovernanceViolation,
    Override,
    RedundancySet,
    Relation,
    UnrelatedMembers,
)
from itsmkit.cmdb.findings import AttributeFault, BrokenCardinality, UnmetRule
from itsmkit.cmdb.history import ConfigurationEvent, ConfigurationRecord, ConfigurationTimeline, RecordKey
from itsmkit.cmdb.history._fields import same
from itsmkit.desk._configuration import Configuration, mentioned
from itsmkit.desk._segments import EVER, Segments, Span, span_of
from itsmkit.desk.config import ConfigurationRules

__all__ = ["Batch", "faults_of_batch"]

Value = ConfigurationItem | Relation | RedundancySet | Override
Look = Callable[[RecordKey, datetime], Value | None]
Judged = GovernanceViolation | BrokenCardinality | AttributeFault | UnrelatedMembers | UnmetRule


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
        timed = _with_times_of_their_own(records)
        said = _what_is_said(timeline, timed)
        for record, spans in timed:
            segments = said[record.key]
            if not any(_is_news(record, each.what) for span in spans for each in segments.within(span)):
                continue
            segments.relay(span_of(record), record)
            pending = self._pending.setdefault(record.key, [])
            sequence = timeline.next_sequence(record.key) + len(pending)
            event = ConfigurationEvent(record, sequence, recorded_at, actor, reason)
            pending.append(event)
            self.events.append(event)

    def newest_first(self, key: RecordKey) -> Iterator[ConfigurationRecord]:
        """Go through all records of *key* from the last one back, those of the batch included."""
        yield from self.pending(key)
        yield from self.known(key)

    def pending(self, key: RecordKey) -> Iterator[ConfigurationRecord]:
        """Go through the records of *key* in the batch, from the last one back."""
        return (event.record for event in reversed(self._pending.get(key, [])))

    def known(self, key: RecordKey) -> Iterator[ConfigurationRecord]:
        """Go through the records of *key* that were made before, from the last one back."""
        return (event.record for event in self._timeline.newest_first(key))

    def is_readable(self, value: Value) -> bool:
        """Tell whether *value* can be in a graph."""
        return not self._timeline.value_problems(value)

    def problems(self) -> tuple[str, ...]:
        """List what in the batch could not be read back: see `ConfigurationTimeline.value_problems`."""
        values = (event.record.value for event in self.events)
        return self._timeline.value_problems(*(each for each in values if each is not None))

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
    free: dict[RecordKey, Segments[None]] = {}
    found = []
    for record in reversed(tuple(records)):
        if record.key not in free:
            free[record.key] = Segments()
            free[record.key].lay(EVER, None)
        own = [(start, stop) for start, stop, _ in free[record.key].cut(span_of(record))]
        found.append((record, own))
    return found[::-1]


def _what_is_said(
    timeline: ConfigurationTimeline, timed: Iterable[tuple[ConfigurationRecord, list[Span]]]
) -> dict[RecordKey, Segments[ConfigurationRecord | None]]:
    """
    Return what *timeline* says of each key for the times of *timed*; ``None`` where it says nothing.

    Of the history of a key it goes no further back than to where all of these times are covered.
    """
    open_: dict[RecordKey, Segments[None]] = {}
    said: dict[RecordKey, Segments[ConfigurationRecord | None]] = {}
    for record, spans in timed:
        rest = open_.setdefault(record.key, Segments())
        known = said.setdefault(record.key, Segments())
        for span in spans:
            rest.lay(span, None)
            known.lay(span, None)
    for key, rest in open_.items():
        for event in timeline.newest_first(key):
            if not rest:
                break
            for start, stop, _ in rest.cut(span_of(event.record)):
                said[key].lay((start, stop), event.record)
    return said


def _is_news(record: ConfigurationRecord, said: ConfigurationRecord | None) -> bool:
    """Tell whether *record* says something else than what is said already."""
    return record.value is not None if said is None else not _says_so(said, record)


def _says_so(other: ConfigurationRecord, record: ConfigurationRecord) -> bool:
    """Tell whether *other* says what *record* does; what this leaves out, it leaves as it is."""
    return (
        same(other.value, record.value)
        and record.sources in ((), other.sources)
        and record.last_seen in (None, other.last_seen)
    )


# -- what is wrong -----------------------------------------------------------------------------------


def faults_of_batch(
    batch: Batch, rules: ConfigurationRules, configuration: Configuration, now: datetime
) -> tuple[str, ...]:
    """
    Return every reason why *batch* must not be recorded: what would be wrong with it that was not before.

    What no view could read back is wrong for whatever time it is said. All else is judged as things would be
    after all of the batch: now, and at each later instant at which something in the neighbourhood begins or
    ends. What was wrong in the past may be told. A fault that is there already, and grows no worse, is no
    reason. The cost is that of the relations of what the batch speaks of, as far as they are there now or
    later; and for each later instant, that of the relations of what begins or ends then.

    Args:
        batch: What is to be recorded.
        rules: What is asked of a configuration.
        configuration: What is known.
        now: The instant of the desk's clock.
    """
    reasons = {problem: problem for problem in batch.problems()}
    neighbourhood = _Neighbourhood(batch, configuration, now)
    for instant, keys in neighbourhood.changes():
        found = _State.of(keys, batch, instant, rules, is_after=True).faults(strict=rules.strict)
        if found:
            known: dict[Hashable, list[_Fault]] = {}
            before = _State.of(keys, batch, instant, rules, is_after=False)
            for fault in before.faults(strict=rules.strict):
                known.setdefault(fault.subject, []).append(fault)
            since = "" if instant == now else f" (from {instant.isoformat()} on)"
            for fault in found:
                if not any(map(fault.is_covered_by, known.get(fault.subject, ()))):
                    reasons.setdefault(fault.text, fault.text + since)
    return tuple(reasons.values())


class _Neighbourhood:
    """What a batch can make wrong, and when."""

    def __init__(self, batch: Batch, configuration: Configuration, now: datetime) -> None:
        self._batch = batch
        self._own = batch.mentioning()
        self._configuration = configuration
        self._now = now
        self._known: dict[CIId, set[RecordKey]] = {}

    def changes(self) -> Iterator[tuple[datetime, set[RecordKey]]]:
        """Go through the instants at which to judge, in order, each with what is to be judged then."""
        keys = self._judged(self._own)
        yield self._now, keys
        changing: dict[datetime, set[CIId]] = {}
        for key in keys:
            bounds = chain.from_iterable((each.since, each.until) for each in self._batch.pending(key))
            later = {each for each in bounds if each is not None and each > self._now}
            later.update(self._bounds(key))
            if later:
                cis = self._mentioned(key)
                for instant in later:
                    changing.setdefault(instant, set()).update(cis)
        for instant in sorted(changing):
            yield instant, self._judged(changing[instant])

    def _judged(self, cis: Iterable[CIId]) -> set[RecordKey]:
        keys = self._around(cis)
        return keys | self._around(self._beside_other_classes(keys))

    def _bounds(self, key: RecordKey) -> tuple[datetime, ...]:
        return self._configuration.bounds(key, self._now)

    def _mentioned(self, key: RecordKey) -> set[CIId]:
        if key.kind == "redundancy":
            return {ci for record in self._batch.newest_first(key) for ci in mentioned(record)}
        return {*mentioned(ConfigurationRecord(key, None))}

    def _changes_class(self, key: RecordKey) -> bool:
        said = [each.value for each in self._batch.pending(key)]
        if not said or key.kind != "item":
            return False
        said += (self._batch.before(key, instant) for instant in (self._now, *self._bounds(key)))
        return len({each.ci_class for each in said if isinstance(each, ConfigurationItem)}) > 1

    def _beside_other_classes(self, keys: Iterable[RecordKey]) -> set[CIId]:
        """Return the neighbours of the items whose class the batch changes: it counts for their rules too."""
        changing = {key.parts[0] for key in keys if self._changes_class(key)}
        relations = (key for key in keys if key.kind == "relation")
        ends = ((key.parts[0], key.parts[2]) for key in relations)
        return {CIId(ci) for pair in ends if not changing.isdisjoint(pair) for ci in pair}

    def _around(self, cis: Iterable[CIId]) -> set[RecordKey]:
        """Return what speaks of *cis*; and what of the dependents of the sets among it."""
        cis = set(cis)
        keys = {key for ci in cis for key in self._speaking_of(ci)}
        # The rule of a set is judged by all relations of its dependent.
        others = {CIId(key.parts[0]) for key in keys if key.kind == "redundancy"} - cis
        return keys.union(*map(self._speaking_of, others))

    def _speaking_of(self, ci: CIId) -> set[RecordKey]:
        if ci not in self._known:
            known = self._configuration.mentioning(ci, self._now)
            self._known[ci] = {*known, *self._own.get(ci, ())}
        return self._known[ci]


_NOTHING: frozenset[CIId] = frozenset()


@frozen
class _Fault:
    """
    Something wrong, to be compared with what was wrong before.

    Args:
        text: What is wrong, in a sentence.
        subject: What is wrong with what.
        missing: What is missing for it to be right.
        distance: How far it is from what is asked for.
        there: What is there, although it does not do.
    """

    text: str
    subject: Hashable
    missing: frozenset[CIId] = _NOTHING
    distance: int = 0
    there: frozenset[CIId] = _NOTHING

    def is_covered_by(self, known: "_Fault") -> bool:
        """Tell whether it is no worse than one with the same subject that is *known*."""
        return self.text == known.text or (
            self.missing <= known.missing and self.distance <= known.distance and self.there >= known.there
        )


def _fault(finding: Judged, graph: ConfigurationGraph) -> _Fault:
    text = str(finding)
    match finding:
        case GovernanceViolation(relation, source, target):
            return _Fault(text, ("allowed", relation.key, source, target))
        case BrokenCardinality(ci, allowed, end, others):
            least, most = allowed.bounds(end)
            if len(others) < least:
                return _Fault(text, ("least", ci, allowed.key, end), distance=least - len(others))
            return _Fault(text, ("most", ci, allowed.key, end), distance=len(others) - (most or 0))
        case AttributeFault(ci, _, attribute, problem, detail):
            return _Fault(text, ("attribute", ci, attribute, problem, detail))
        case UnrelatedMembers(redundancy_set, unrelated):
            return _Fault(text, ("related", redundancy_set.key), frozenset(unrelated))
        case _:
            # What makes up the group is not told; with more providers than before it is met no less.
            dependent, name = finding.dependent, finding.name
            rule = next((each.rule for each in graph.redundancy if each.key == (dependent, name)), None)
            there = frozenset(graph.predecessors(dependent))
            return _Fault(text, ("met", dependent, name, rule), there=there)


@frozen
class _State:
    """
    A part of the configuration at an instant.

    Args:
        found: What there is, but the items.
        there: The ids of the items.
        graph: What of it can be read.
    """

    found: list[Value]
    there: frozenset[CIId]
    graph: ConfigurationGraph

    @classmethod
    def of(
        cls,
        keys: Iterable[RecordKey],
        batch: Batch,
        instant: datetime,
        rules: ConfigurationRules,
        *,
        is_after: bool,
    ) -> "_State":
        """
        Return what there is of *keys*, with all items that it speaks of, before the batch or after it.

        What cannot be read is left out of the graph. An item of the batch counts as there nevertheless: that
        it cannot be read is a reason by itself, and none against what relates to it.
        """
        look = batch.after if is_after else batch.before
        found = [value for key in sorted(keys) if (value := look(key, instant)) is not None]
        named: set[CIId] = set()
        for value in found:
            named.update(_named(value))
        item_keys = [RecordKey("item", (ci,)) for ci in sorted(named)]
        at_hand = [value for key in item_keys if isinstance(value := look(key, instant), ConfigurationItem)]
        items = [each for each in at_hand if batch.is_readable(each)]
        there = frozenset(each.id for each in items)
        wrong = [each for each in at_hand if each.id not in there]
        said = {each.id for each in wrong if is_after and batch.before(RecordKey.of(each), instant) != each}
        sound = [each for each in found if said.isdisjoint(_named(each)) and batch.is_readable(each)]
        graph = ConfigurationGraph(
            items,
            [each for each in sound if isinstance(each, Relation)],
            [each for each in sound if isinstance(each, RedundancySet)],
            model=rules.model,
            levels=rules.levels,
        )
        return cls([each for each in found if not isinstance(each, ConfigurationItem)], there | said, graph)

    def faults(self, *, strict: bool) -> list[_Fault]:
        """List what is wrong."""
        faults = [
            fault for each in self.found if (missing := self._missing(each)) for fault in _lost(each, missing)
        ]
        for finding in self.graph.findings if strict else ():
            if isinstance(finding, DanglingRelation) or (
                isinstance(finding, UnrelatedMembers) and not self.there.issuperset(finding.unrelated)
            ):
                continue  # told above
            faults.append(_fault(finding, self.graph))
        return faults

    def _missing(self, value: Value) -> tuple[CIId, ...]:
        return tuple(ci for ci in _named(value) if ci not in self.there)


def _named(value: Value) -> tuple[CIId, ...]:
    """Return the items that *value* speaks of, each once."""
    return tuple(dict.fromkeys(mentioned(ConfigurationRecord.of(value))))


def _lost(value: Value, missing: tuple[CIId, ...]) -> Iterator[_Fault]:
    """List what is wrong with *value*, if *missing* are not there."""
    if isinstance(value, Relation):
        text = str(DanglingRelation(value, missing))
        yield _Fault(text, ("ends", value.key), frozenset(missing))
    elif isinstance(value, RedundancySet):
        for ci in missing:
            text = f"redundancy set {value}: no configuration item {ci!r}; add it, or leave it out"
            yield _Fault(text, ("members", value.key, ci))
    else:
        text = f"override of {missing[0]}: there is no such configuration item; add it first"
        yield _Fault(text, ("ruled", *missing))
