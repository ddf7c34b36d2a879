"""
Hypothesis strategies for everything that a store keeps, with whatever its fields may hold.

This module needs hypothesis. Other than those of `itsmkit.testing.strategies`, these values need not make
sense: they are there to be written and read back.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from attrs import evolve
from hypothesis import strategies as st

from itsmkit._frozen import frozen_dict
from itsmkit.cmdb import (
    CIId,
    ConfigurationItem,
    LookUp,
    Override,
    Provenance,
    RedundancySet,
    Relation,
    SourceRecord,
    SourceRelation,
)
from itsmkit.cmdb.history import ConfigurationEvent, ConfigurationRecord, RecordKey
from itsmkit.cmdb.reconciliation import AttributeLock, StagingArea
from itsmkit.money import Money
from itsmkit.plugin import (
    Checkpoint,
    LedgerEntry,
    Notification,
    OutboxEntry,
    Record,
    RecordEvent,
    StoredTicket,
    Timer,
)
from itsmkit.plugin._json_pointers import escaped
from itsmkit.plugin.documents import Cursor, staging_rows
from itsmkit.practices import INCIDENT, TICKET_CLASSES
from itsmkit.testing.strategies import effects, redundancy_rules
from itsmkit.tickets import (
    Actor,
    ApprovalDecided,
    ApprovalOpened,
    ApproversAsked,
    AskedToVote,
    Assigned,
    Attached,
    Attachment,
    BallotCast,
    Became,
    CascadeAdvanced,
    CascadeAnswered,
    Cascaded,
    CascadeRefusal,
    CheckpointPassed,
    Commented,
    Detached,
    DetailsChanged,
    Escalated,
    EscalationAcknowledged,
    EscalationStepTaken,
    Fact,
    FulfilmentBegun,
    FulfilmentEnded,
    ImpactDerived,
    InternalNote,
    ItemOrdered,
    Linked,
    MergedFrom,
    MergedInto,
    MergeUndone,
    NeedMet,
    OwnershipTransferred,
    Participant,
    ParticipantAdded,
    ParticipantRemoved,
    PersonalDataErased,
    Prioritised,
    PromiseMoved,
    PublicMessage,
    RobotReported,
    RoutingRecorded,
    RuleFired,
    RuleRefused,
    SplitFrom,
    StateChanged,
    StateCorrected,
    Tagged,
    TaskAdvanced,
    TaskGiven,
    Ticket,
    TicketEvent,
    TicketId,
    TicketLogged,
    TimerRefused,
    Unlinked,
    Unmerged,
    Untagged,
    WorkCorrected,
    WorkEntry,
    WorkLogged,
)
from itsmkit.workflow import StateCategory

__all__ = [
    "attribute_values",
    "checkpoints",
    "configuration_events",
    "detail_values",
    "facts",
    "incidents",
    "ledger_entries",
    "outbox_entries",
    "record_events",
    "records",
    "source_records",
    "staging_areas",
    "stored_values",
    "ticket_events",
]

_NAMES = st.text(min_size=1, max_size=12).map(str.strip).filter(bool)
_TEXTS = st.text(max_size=12)
_PERHAPS = st.none() | _NAMES
_COUNTS = st.integers(0, 2**40)
_INSTANTS = st.datetimes(timezones=st.just(UTC))
_CIS = _NAMES.map(CIId)
_SALTS = st.just("") | st.text("0123456789abcdef", min_size=32, max_size=32)

_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    st.text(max_size=12),
    st.decimals(allow_nan=False),
    st.fractions(),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.uuids(),
    st.binary(max_size=12),
    _INSTANTS,
    st.datetimes(),
    st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.timezones(), allow_imaginary=True),  # noqa: DTZ001
    st.datetimes(
        datetime(1900, 1, 1),  # noqa: DTZ001
        datetime(2100, 1, 1),  # noqa: DTZ001
        timezones=st.just(timezone(timedelta(hours=5, minutes=45))),
    ),
    st.sampled_from([*Provenance, *StateCategory]),
    st.sampled_from([Money("12.50", "EUR"), Money("-0.125", "USD"), Money(7, "JPY")]),
)
_KEYS = _NAMES | st.sampled_from(["$", "$int", "$pairs", "type", "schema"])


def attribute_values() -> st.SearchStrategy[Any]:
    """Return what attributes of items can be: values that cannot change, and collections of such."""
    return st.recursive(
        _SCALARS,
        lambda inner: (
            st.lists(inner, max_size=3).map(tuple)
            | st.frozensets(inner, max_size=3)
            | st.dictionaries(_KEYS, inner, max_size=3).map(frozen_dict)
        ),
        max_leaves=4,
    )


def detail_values() -> st.SearchStrategy[Any]:
    """Return what details of tickets can be: lists, sets and mappings with names of any kind, too."""
    return st.recursive(
        attribute_values(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.sets(_SCALARS, max_size=3)
            | st.dictionaries(_KEYS | st.integers() | st.booleans(), inner, max_size=3)
            | st.lists(inner, max_size=3).map(tuple)
        ),
        max_leaves=4,
    )


_DETAILS = st.dictionaries(_KEYS, detail_values(), max_size=3)
_ATTRIBUTES = st.dictionaries(_KEYS, attribute_values(), max_size=3)
_PRICES = st.none() | st.integers(0, 10**6).map(lambda cents: Money(Decimal(cents).scaleb(-2), "EUR"))


def facts() -> st.SearchStrategy[Fact]:
    """Return everything that can happen to a ticket."""
    reasons = st.lists(_TEXTS, max_size=2).map(tuple)
    tickets = _NAMES.map(TicketId)
    files = st.builds(Attachment, _NAMES, _NAMES, _COUNTS, _NAMES, st.booleans())
    taken_over = (
        st.lists(st.builds(Participant, _NAMES, _NAMES), max_size=2),
        st.lists(_NAMES, max_size=2),
        st.lists(files, max_size=2),
    )
    refusals = st.builds(CascadeRefusal, tickets, _NAMES, reasons)
    participants = st.builds(Participant, _NAMES, _NAMES)
    files = st.builds(Attachment, _NAMES, _NAMES, _COUNTS, _NAMES, is_public=st.booleans())
    return st.one_of(
        st.builds(TicketLogged, _NAMES, _NAMES, _NAMES, _NAMES, _INSTANTS, _DETAILS, reasons),
        st.builds(StateChanged, _TEXTS, _TEXTS, _TEXTS, _TEXTS, _DETAILS),
        st.builds(StateCorrected, _TEXTS, _TEXTS, _TEXTS, reasons),
        st.builds(Assigned, _PERHAPS, _PERHAPS),
        st.builds(Prioritised, _PERHAPS, _PERHAPS, _PERHAPS, _TEXTS),
        st.builds(Commented, _TEXTS, st.booleans()),
        st.builds(DetailsChanged, _DETAILS, reasons),
        st.builds(CheckpointPassed, _TEXTS, _COUNTS, _TEXTS, _TEXTS, reasons),
        st.builds(Linked, _NAMES, st.booleans(), tickets),
        st.builds(Unlinked, _NAMES, st.booleans(), tickets),
        st.builds(
            Cascaded,
            _NAMES,
            _NAMES,
            tickets,
            _COUNTS,
            _PERHAPS,
            _PERHAPS,
            _DETAILS,
            st.lists(_NAMES, max_size=3),
        ),
        st.builds(CascadeAnswered, _COUNTS, st.booleans(), _PERHAPS),
        st.builds(
            CascadeAdvanced,
            _NAMES,
            _NAMES,
            _COUNTS,
            _COUNTS,
            st.lists(refusals, max_size=2),
            st.booleans(),
        ),
        st.builds(MergedInto, tickets),
        st.builds(Unmerged, tickets, _NAMES),
        st.builds(MergedFrom, tickets, *taken_over),
        st.builds(MergeUndone, tickets, *taken_over),
        st.builds(SplitFrom, tickets, st.lists(_COUNTS, max_size=2), st.lists(files, max_size=2)),
        st.builds(OwnershipTransferred, _NAMES, _TEXTS),
        st.builds(ParticipantAdded, participants),
        st.builds(ParticipantRemoved, participants),
        st.builds(PublicMessage, _TEXTS),
        st.builds(InternalNote, _TEXTS),
        st.builds(Attached, files),
        st.builds(Detached, files),
        st.builds(WorkLogged, work_entries()),
        st.builds(WorkCorrected, st.lists(work_entries(), max_size=2), _TEXTS),
        st.builds(Tagged, st.lists(_NAMES, max_size=2)),
        st.builds(Untagged, st.lists(_NAMES, max_size=2)),
        st.builds(NeedMet, _TEXTS),
        st.builds(TimerRefused, _NAMES, reasons),
        st.builds(PromiseMoved, _NAMES, st.none() | _INSTANTS, st.none() | _INSTANTS, _TEXTS),
        st.builds(PersonalDataErased, _NAMES),
        st.builds(ItemOrdered, _NAMES, _COUNTS, _ATTRIBUTES, _PRICES, st.booleans()),
        st.builds(TaskGiven, tickets, _NAMES, _NAMES, _COUNTS, _ATTRIBUTES),
        st.builds(ApprovalOpened, _ATTRIBUTES),
        st.builds(ApproversAsked, st.lists(st.builds(AskedToVote, _NAMES, _NAMES, _PERHAPS), max_size=2)),
        st.builds(BallotCast, _NAMES, _NAMES, _PERHAPS, _TEXTS),
        st.builds(ApprovalDecided, _NAMES, _TEXTS),
        st.builds(FulfilmentBegun, _ATTRIBUTES),
        st.builds(TaskAdvanced, _NAMES, st.sampled_from(Became), st.none() | tickets, _TEXTS),
        st.builds(FulfilmentEnded),
        st.builds(
            ImpactDerived,
            _NAMES,
            _NAMES,
            *[_PERHAPS] * 3,
            st.none() | _COUNTS,
            st.lists(_NAMES, max_size=3),
            _PERHAPS,
        ),
        st.builds(
            RoutingRecorded,
            _NAMES,
            _NAMES,
            _PERHAPS,
            _TEXTS,
            _PERHAPS,
            *[st.lists(_NAMES, max_size=3)] * 2,
            st.none() | _INSTANTS,
            *[_PERHAPS] * 3,
            st.none() | st.sampled_from([0.25, 0.5, 1.0]),
            st.booleans(),
            _TEXTS,
            st.lists(_NAMES, max_size=3),
        ),
        st.builds(
            Escalated, _NAMES, _PERHAPS, st.none() | _COUNTS, st.none() | _COUNTS, _TEXTS, _TEXTS, _COUNTS
        ),
        st.builds(EscalationStepTaken, _NAMES, _NAMES, _COUNTS, _INSTANTS, reasons, reasons, _TEXTS),
        st.builds(EscalationAcknowledged, _NAMES, _NAMES, _TEXTS),
        st.builds(RuleFired, _NAMES, _COUNTS, _NAMES, st.lists(_NAMES, max_size=3), _COUNTS),
        st.builds(RuleRefused, _NAMES, _COUNTS, _NAMES, st.lists(_NAMES, max_size=3), reasons),
        st.builds(RobotReported, _NAMES, _NAMES, _COUNTS, _NAMES, _TEXTS),
    )


def work_entries() -> st.SearchStrategy[WorkEntry]:
    """Return entries of work logs, with and without a rate."""
    spans = st.integers(0, 10**9).map(lambda each: timedelta(microseconds=each))
    return st.builds(
        WorkEntry, _NAMES, _NAMES, spans, _NAMES, _TEXTS, _PRICES, role=_PERHAPS, billed=spans, rate=_PRICES
    )


def ticket_events() -> st.SearchStrategy[TicketEvent]:
    """Return events of tickets, each for itself."""
    actors = st.builds(Actor, _NAMES, st.booleans(), roles=st.lists(_NAMES, max_size=2))
    tickets = _NAMES.map(TicketId)
    return st.builds(TicketEvent, tickets, _COUNTS, _INSTANTS, _INSTANTS, _INSTANTS, actors, facts(), _SALTS)


def incidents() -> st.SearchStrategy[Ticket]:
    """Return incidents of any content."""
    return _tickets_of(INCIDENT)


def tickets() -> st.SearchStrategy[Ticket]:
    """Return tickets of any content, of each kind that itsmkit brings."""
    return st.sampled_from([*TICKET_CLASSES]).flatmap(_tickets_of)


def _tickets_of(kind: str) -> st.SearchStrategy[Ticket]:
    return st.builds(
        TICKET_CLASSES[kind],
        id=_NAMES.map(TicketId),
        kind=st.just(kind),
        number=_NAMES,
        version=_COUNTS,
        state=_TEXTS,
        state_category=_TEXTS,
        opened_at=_INSTANTS,
        updated_at=_INSTANTS,
        title=_PERHAPS,
        requester=_PERHAPS,
        category=_PERHAPS,
        assignee=_PERHAPS,
        reassignments=_COUNTS,
        details=_DETAILS,
        fields_version=st.none() | _COUNTS,
    )


@st.composite
def configuration_events(draw: st.DrawFn) -> ConfigurationEvent:
    """Return events of the configuration, each for itself: of items, relations, sets and rulings."""
    members = draw(st.lists(_CIS, min_size=1, max_size=3, unique=True))
    others = _CIS.filter(lambda ci: ci not in members)
    since, until = sorted(draw(st.tuples(_INSTANTS, _INSTANTS)))
    value = draw(
        st.one_of(
            st.builds(ConfigurationItem, _CIS, _NAMES, _NAMES, _ATTRIBUTES),
            st.builds(
                Relation,
                _CIS,
                _NAMES,
                _CIS,
                qualifier=_TEXTS,
                effect=st.none() | effects(),
                attributes=_ATTRIBUTES,
            ),
            st.builds(
                RedundancySet, others, _NAMES, st.just(tuple(members)), redundancy_rules(members), _PERHAPS
            ),
            st.builds(Override, _CIS, _NAMES, _NAMES, st.just(until), _TEXTS),
        )
    )
    is_so = draw(st.booleans())
    record = ConfigurationRecord(
        RecordKey.of(value),
        value if is_so else None,
        draw(st.sampled_from([since, None])) if since < until else None,
        draw(st.sampled_from([until, None])),
        sources=tuple(draw(st.lists(_NAMES, max_size=2))),
        last_seen=draw(st.none() | _INSTANTS),
    )
    return ConfigurationEvent(record, draw(_COUNTS) + 1, draw(_INSTANTS), draw(_NAMES), reason=draw(_TEXTS))


def source_records() -> st.SearchStrategy[SourceRecord]:
    """Return records of few sources and keys, so that some contradict each other."""
    return st.builds(
        SourceRecord,
        st.sampled_from(["netbox", "backstage"]),
        st.sampled_from(["17", "18"]),
        _NAMES,
        _PERHAPS,
        _ATTRIBUTES,
        seen_at=st.sampled_from([datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 3, 9, tzinfo=UTC)]),
        lookups=st.lists(st.builds(LookUp, _NAMES, _ATTRIBUTES), max_size=2),
        relations=st.lists(
            st.builds(
                SourceRelation,
                _NAMES,
                _NAMES,
                from_other=st.booleans(),
                qualifier=_TEXTS,
                attributes=_ATTRIBUTES,
            ),
            max_size=2,
        ),
    )


@st.composite
def staging_areas(draw: st.DrawFn) -> StagingArea:
    """Return staging areas with records, contradictions, loads, locks and identities."""
    locks = st.builds(
        AttributeLock,
        _CIS,
        st.just("ram_gb") | st.just("owner"),
        attribute_values().filter(lambda value: value is not None),
        _NAMES,
        _TEXTS,
        st.none() | _INSTANTS,
    )
    area = StagingArea().with_records(draw(st.lists(source_records(), max_size=5)))
    area = area.with_lock(*draw(st.lists(locks, max_size=2)))
    for source, at in draw(st.lists(st.tuples(_NAMES, _INSTANTS), max_size=2)):
        area = area.with_full_load(source, at, draw(st.lists(_NAMES, max_size=2, unique=True)))
    return area.with_identities(draw(st.dictionaries(st.tuples(_NAMES, _NAMES), _CIS, max_size=2)))


def outbox_entries() -> st.SearchStrategy[OutboxEntry]:
    """Return notifications on their way."""
    notifications = st.builds(Notification, _NAMES, _NAMES, _TEXTS, _TEXTS, _NAMES, _PERHAPS, _PERHAPS)
    return st.builds(OutboxEntry, notifications, _COUNTS, _INSTANTS, st.none() | _TEXTS)


def ledger_entries() -> st.SearchStrategy[LedgerEntry]:
    """Return entries of an ingest ledger."""
    answers = st.dictionaries(_NAMES, st.none() | st.booleans() | _COUNTS | _TEXTS, max_size=3)
    return st.builds(LedgerEntry, _NAMES, _NAMES, answers, _INSTANTS)


def checkpoints() -> st.SearchStrategy[Checkpoint]:
    """Return checkpoints; their roots are of no chains at all."""
    roots = st.text("0123456789abcdef", min_size=64, max_size=64)
    return st.builds(Checkpoint, _COUNTS, _INSTANTS, _COUNTS, roots)


_PLAIN = st.dictionaries(
    _KEYS,
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**70), 2**70)
        | st.floats(allow_nan=False, allow_infinity=False)
        | _TEXTS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
        max_leaves=4,
    ),
    max_size=3,
)


def records() -> st.SearchStrategy[Record]:
    """Return records of any kind and content, tombstones among them."""
    versions = st.integers(1, 2**40)
    return st.builds(Record, _NAMES, _NAMES, versions, _PLAIN) | st.builds(
        Record, _NAMES, _NAMES, versions, st.just({}), is_deleted=st.just(True)
    )


@st.composite
def record_events(draw: st.DrawFn) -> RecordEvent:
    """Return events of records, each for itself; something may be personal in them."""
    actors = st.builds(Actor, _NAMES, st.booleans(), roles=st.lists(_NAMES, max_size=2))
    event = draw(
        st.builds(RecordEvent, _NAMES, _NAMES, st.integers(1, 2**40), _INSTANTS, actors, _NAMES, _PLAIN)
    )
    drawn = draw(st.sets(st.sampled_from(pointers), max_size=3)) if (pointers := [*_pointers(event)]) else ()
    personal = [each for each in sorted(drawn) if not any(each.startswith(f"{other}/") for other in drawn)]
    return evolve(event, salt=draw(_SALTS), personal=personal)


def _pointers(event: RecordEvent) -> Iterator[str]:
    """Yield a JSON Pointer to each part of the data of an event that may be personal."""
    waiting: list[tuple[str, object]] = [("", event.data)]
    while waiting:
        at, value = waiting.pop()
        if at and at != "/changes" and not f"{at}/".startswith("/removed/"):
            yield at
        if isinstance(value, Mapping):
            waiting += ((f"{at}/{escaped(name)}", each) for name, each in value.items())
        elif isinstance(value, tuple):
            waiting += ((f"{at}/{number}", each) for number, each in enumerate(value))


def stored_values() -> st.SearchStrategy[Any]:
    """Return all that a store keeps: one value of whatever type."""
    rows = staging_areas().map(lambda area: [*staging_rows(area)]).filter(bool).flatmap(st.sampled_from)
    return st.one_of(
        incidents(),
        tickets().map(StoredTicket),
        ticket_events(),
        configuration_events(),
        configuration_events().map(lambda event: event.record),
        rows,
        st.builds(
            Timer, _NAMES.map(TicketId), _TEXTS, _INSTANTS, st.none() | _INSTANTS, parked=st.none() | _TEXTS
        ),
        outbox_entries(),
        outbox_entries().map(lambda entry: entry.notification),
        st.builds(Cursor, _NAMES, _COUNTS),
        ledger_entries(),
        records(),
        record_events(),
        checkpoints(),
    )
