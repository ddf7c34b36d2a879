"""What the suites are made of: short ways to do what a test is about, and values."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from hashlib import sha256

from attrs import evolve

from itsmkit.cmdb import CIId, ConfigurationItem, LookUp, SourceRecord, SourceRelation
from itsmkit.cmdb.history import ConfigurationEvent, ConfigurationRecord
from itsmkit.cmdb.reconciliation import AttributeLock, StagingArea
from itsmkit.errors import ConflictError
from itsmkit.plugin import (
    Checkpoint,
    LedgerEntry,
    OutboxEntry,
    Record,
    RecordEvent,
    Store,
    StoredTicket,
    Timer,
    UnitOfWork,
)
from itsmkit.plugin.integrity import root_of
from itsmkit.practices import Decision, Incident, Occasion, happen
from itsmkit.testing.builders import A_MONDAY, AN_AGENT, a_notification, an_incident_logged
from itsmkit.tickets import Commented, TicketEvent

__all__ = [
    "HOUR",
    "LEASE",
    "Undo",
    "commented",
    "deleted",
    "done",
    "entry",
    "happened",
    "insisting",
    "kept",
    "keys",
    "lived",
    "newest",
    "recorded",
    "rewritten",
    "run_together",
    "said",
    "salt_of",
    "salted",
    "save",
    "saved",
    "staged",
]

LEASE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class Undo(Exception):  # noqa: N818  # it is no error but a signal of the suite's own
    """Raised inside a unit of work to undo it."""


def saved(store: Store, number: str = "INC-1", *, erasable: bool = True) -> Incident:
    """Save a new incident and return it."""
    decision = an_incident_logged(number)
    with store.begin() as unit:
        save(unit, decision, expected=0, erasable=erasable)
    return decision.ticket


def save(unit: UnitOfWork, decision: Decision[Incident], *, expected: int, erasable: bool = True) -> None:
    """Save what was decided; if it is not to be *erasable*, without salts, as earlier releases did."""
    events = salted(decision) if erasable else decision.events
    unit.save(StoredTicket(decision.ticket, {}), events, expected=expected)


def salted(decision: Decision[Incident]) -> tuple[TicketEvent, ...]:
    """Return the events of what was decided as `save` saves them: each with a salt of its own."""
    return tuple(event.salted(salt_of(event)) for event in decision.events)


def salt_of(event: TicketEvent | RecordEvent) -> str:
    """Return the salt of an event, as no desk would draw it: the same each time."""
    of = f"{event.kind} {event.id}" if isinstance(event, RecordEvent) else event.ticket_id
    return sha256(f"{of} {event.sequence}".encode()).hexdigest()[:32]


def commented(incident: Incident, text: str = "looked at it", at: datetime = A_MONDAY) -> Decision[Incident]:
    """Return a comment on *incident*."""
    return happen(incident, Occasion(AN_AGENT, at), Commented(text, public=False))


def entry(key: str, not_before: datetime = A_MONDAY) -> OutboxEntry:
    """Return an entry of the outbox that was never tried."""
    return OutboxEntry(a_notification(key), 0, not_before)


def done(key: str, mark: str = "done") -> LedgerEntry:
    """Return an entry of the ledger."""
    return LedgerEntry(key, f"digest of {mark}", {"answer": mark}, A_MONDAY)


def said(
    name: str = "host-1", sequence: int = 1, *, at: datetime = A_MONDAY, there: bool = True
) -> ConfigurationEvent:
    """Return an event that says of an item that it is, or is not, there."""
    record = ConfigurationRecord.of(ConfigurationItem(CIId(name), "server", name))
    return ConfigurationEvent(record if there else evolve(record, value=None), sequence, at, "agent")


def staged(key: str = "1") -> StagingArea:
    """Return a staging area with something of every kind in it."""
    records = [
        SourceRecord(
            "scan",
            key,
            "server",
            name,
            {"memory": 64, "tags": ("blue", "old"), "bought": A_MONDAY, "spare": False, "share": 0.5},
            seen_at=A_MONDAY + timedelta(microseconds=1),
            lookups=[LookUp("network adapter", {"mac": "00:16:3e:0a:0b:0c"})],
            relations=[SourceRelation("runs_on", "2", from_other=True, qualifier="a", attributes={"n": 1})],
        )
        for name in ("Host 1", None)
    ]
    lock = AttributeLock(CIId("host-1"), "memory", 32, "ann", "as ordered", A_MONDAY + HOUR)
    area = StagingArea().with_records(records).with_full_load("scan", A_MONDAY, ["server"])
    return area.with_lock(lock).with_identities({("scan", key): CIId("host-1")})


def recorded(store: Store, *events: ConfigurationEvent) -> None:
    """Record *events*, each in a unit of work of its own."""
    for event in events:
        with store.begin() as unit:
            unit.record([event], after=newest(store))


def newest(store: Store) -> int:
    """Return the position of the newest event of the configuration."""
    return max((each.position for each in store.configuration_events(after=0, limit=1000)), default=0)


def happened(record: Record, sequence: int, name: str = "PersonChanged") -> RecordEvent:
    """Return an event of a record; if that has a name, it is personal."""
    event = RecordEvent(record.kind, record.id, sequence, A_MONDAY, AN_AGENT, name, record.document)
    return evolve(event, salt=salt_of(event), personal=["/name"]) if "name" in event.data else event


def rewritten(unit: UnitOfWork, record: Record | None, **document: object) -> Record:
    """Save the next version of a record, or the first one of a person, and return it."""
    expected = 0 if record is None else record.version
    kind, record_id = ("person", "ann") if record is None else (record.kind, record.id)
    following = Record(kind, record_id, expected + 1, document)
    unit.save_record(following, [happened(following, expected + 1)], expected=expected)
    return following


def kept(store: Store, record_id: str, *, kind: str = "person", **document: object) -> Record:
    """Save a new record and return it."""
    record = Record(kind, record_id, 1, document)
    with store.begin() as unit:
        unit.save_record(record, [happened(record, 1)], expected=0)
    return record


def deleted(unit: UnitOfWork, record: Record) -> Record:
    """Save the tombstone of a record and return it."""
    tombstone = Record(record.kind, record.id, record.version + 1, {}, is_deleted=True)
    unit.save_record(tombstone, [happened(tombstone, tombstone.version, "Deleted")], expected=record.version)
    return tombstone


def lived(store: Store, mark: str = "a") -> None:
    """Leave something of every kind in a new store; what is said in it carries *mark*, its names do not."""
    first = an_incident_logged("INC-1", details={"title": f"first {mark}"})
    second = an_incident_logged("INC-2", details={"title": f"second {mark}"})
    with store.begin() as unit:
        save(unit, first, expected=0)
        save(unit, second, expected=0)
        unit.skip_numbers("incident", 2)
        unit.set_timer(Timer(first.ticket.id, "resolve", A_MONDAY))
        unit.set_timer(Timer(first.ticket.id, "respond", A_MONDAY + HOUR))
        for key in ("waiting", "parked", "delivered", "to retry"):
            notification = a_notification(key, body=f"{key} {mark}")
            unit.enqueue(OutboxEntry(notification, 0, A_MONDAY))
        unit.set_cursor("reader", 2)
        unit.remember(done("form 17", mark))
        unit.attach(f"content {mark}".encode())
    with store.begin() as unit:
        save(unit, commented(first.ticket, f"comment {mark}"), expected=1)
    recorded(store, said(), evolve(said(sequence=2, there=False), reason=mark))
    person, article = kept(store, "ann", name=f"Ann {mark}"), kept(store, "vpn", kind="article", text=mark)
    with store.begin() as unit:
        rewritten(unit, person, name=f"Anna {mark}")
        deleted(unit, article)
    with store.begin() as unit:
        unit.save_staging(staged(mark), expected=0)
    store.claim_due(A_MONDAY, lease=LEASE, limit=1)
    claimed = {each.notification.key: each for each in store.claim_outbox(A_MONDAY, lease=LEASE, limit=9)}
    store.settle("delivered", None)
    store.settle("parked", evolve(claimed["parked"], attempts=8, parked=f"given up {mark}"))
    store.settle("to retry", evolve(claimed["to retry"], attempts=1, not_before=A_MONDAY + HOUR))
    heads = store.heads()
    with store.begin() as unit:
        checkpoint = Checkpoint(heads.position, A_MONDAY, len(heads.heads), root_of(heads.heads))
        unit.save_checkpoint(checkpoint)


def keys(entries: object) -> list[str]:
    """Return the keys of outbox entries."""
    return [e.notification.key for e in entries]  # type: ignore[attr-defined]  # a sequence of entries


def insisting(job: Callable[[], None]) -> None:
    """Run *job* until it meets no conflict, but not for ever."""
    for _ in range(1000):
        try:
            return job()
        except ConflictError:
            continue
    return job()


def run_together(jobs: list[Callable[[], None]]) -> None:
    """Run each of *jobs* in a thread of its own, and raise what one of them raises."""
    with ThreadPoolExecutor(len(jobs)) as pool:
        for running in [pool.submit(job) for job in jobs]:
            running.result()
