"""
What sessions that work at the same time may come to on a store: every order of their steps is tried.

Subclass `ConcurrencyContract` as any other suite of `itsmkit.testing.contracts`.
"""

from collections.abc import Generator
from datetime import datetime, timedelta
from itertools import count, pairwise
from typing import Any

import pytest

from itsmkit.cmdb import CIId, ConfigurationItem, SourceRecord
from itsmkit.cmdb.history import ConfigurationEvent, ConfigurationRecord
from itsmkit.plugin import (
    LedgerEntry,
    OutboxEntry,
    PositionedEvent,
    Record,
    RecordEvent,
    Store,
    StoredTicket,
    Timer,
    UnitOfWork,
)
from itsmkit.practices import Decision, Incident, Occasion, happen, incident_kind
from itsmkit.testing.builders import A_MONDAY, AN_AGENT, a_notification, an_incident_logged
from itsmkit.testing.interleavings import Interleaving, Outcome, Session, in_some_order, try_interleavings
from itsmkit.tickets import Commented, TicketEvent, TicketId

__all__ = ["ConcurrencyContract", "INTERLEAVINGS"]

LEASE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
FIRST, SECOND = TicketId("ticket-INC-1"), TicketId("ticket-INC-2")
Steps = Generator[None, None, object]
SilentSteps = Generator[None, None, None]


# -- what is there before ----------------------------------------------------------------------------------


def _two_tickets(store: Store) -> None:
    for number in ("INC-1", "INC-2"):
        with store.begin() as unit:
            _save(unit, an_incident_logged(number))


def _a_timer(store: Store) -> None:
    _two_tickets(store)
    with store.begin() as unit:
        unit.set_timer(Timer(FIRST, "resolve", A_MONDAY))


def _two_notifications(store: Store) -> None:
    with store.begin() as unit:
        unit.enqueue(_entry("one"))
        unit.enqueue(_entry("two"))


def _two_records(store: Store) -> None:
    with store.begin() as unit:
        for each in ("ann", "bob"):
            _keep(unit, each, None, "hired")


def _keep(unit: UnitOfWork, person: str, record: Record | None, text: str) -> None:
    """Save the next version of a record, which tells what was there before, or its first."""
    expected, before = (0, None) if record is None else (record.version, record.document["text"])
    following = Record("person", person, expected + 1, {"text": text, "before": before})
    event = RecordEvent("person", person, expected + 1, A_MONDAY, AN_AGENT, "Changed", following.document)
    unit.save_record(following, [event], expected=expected)


def _save(unit: UnitOfWork, decision: Decision[Incident]) -> None:
    expected = 0 if decision.before is None else decision.before.version
    unit.save(StoredTicket(decision.ticket), decision.events, expected=expected)


def _comment(unit: UnitOfWork, ticket_id: TicketId, text: str) -> None:
    """Read a ticket, and save it with a comment."""
    _save(unit, _commented(_read(unit, ticket_id), text))


def _read(unit: UnitOfWork, ticket_id: TicketId) -> Incident:
    ticket = unit.ticket(ticket_id).ticket
    assert isinstance(ticket, Incident)
    return ticket


def _commented(incident: Incident, text: str) -> Decision[Incident]:
    return happen(incident, Occasion(AN_AGENT, A_MONDAY), Commented(text, public=False))


def _entry(key: str, **changes: object) -> OutboxEntry:
    return OutboxEntry(a_notification(key, **changes), 0, A_MONDAY)


# -- sessions ----------------------------------------------------------------------------------------------


def _comments(text: str, *tickets: TicketId) -> Session:
    """Read tickets, decide, and save them, one after the other."""

    def session(store: Store) -> SilentSteps:
        with store.begin() as unit:
            read = [_read(unit, each) for each in tickets]
            yield
            for each in read:
                _save(unit, _commented(each, text))
                yield

    return session


def _comments_at_once(text: str, ticket: TicketId) -> Session:
    """Read a ticket and save it in one step, and leave the unit in another."""

    def session(store: Store) -> SilentSteps:
        with store.begin() as unit:
            _comment(unit, ticket, text)
            yield

    return session


def _rewrites(text: str, *people: str) -> Session:
    """Read records, decide, and save them, one after the other."""

    def session(store: Store) -> SilentSteps:
        with store.begin() as unit:
            read = [unit.record_of("person", each) for each in people]
            yield
            for each in read:
                _keep(unit, each.id, each, text)
                yield

    return session


def _hires(text: str, *people: str) -> Session:
    """Save records that are new."""

    def session(store: Store) -> SilentSteps:
        with store.begin() as unit:
            for each in people:
                _keep(unit, each, None, text)
                yield

    return session


def _listens(store: Store) -> Steps:
    """Read the stream of records, and go on where it has ended."""
    heard: list[PositionedEvent[RecordEvent]] = []
    for turn in range(3):
        if turn:
            yield
        heard += store.record_events(after=heard[-1].position if heard else 0, limit=10)
    return heard


def _undoes(store: Store) -> Steps:
    """Save a ticket, and undo it."""
    try:
        with store.begin() as unit:
            _comment(unit, FIRST, "never said")
            unit.enqueue(_entry("never sent"))
            yield
            raise _UndoneError
    except _UndoneError:
        return "undone"


class _UndoneError(Exception):
    """Undoes a unit of work."""


def _looks(store: Store) -> Steps:
    """See what is saved, once."""
    with store.begin() as unit:
        seen = [event.sequence for event in unit.history(FIRST)]
        yield
    return seen


def _once(text: str, ticket: TicketId) -> Session:
    """Comment on a ticket, unless the same key has done so: whoever comes later gets the first answer."""

    def session(store: Store) -> Steps:
        with store.begin() as unit:
            before = unit.remembered("key")
            if before is not None:
                return dict(before.answer)
            yield
            _comment(unit, ticket, text)
            yield
            unit.remember(LedgerEntry("key", "digest", {"said": text}, A_MONDAY))
            yield
        return {"said": text}

    return session


def _fires(text: str, now: datetime = A_MONDAY) -> Session:
    """Claim what is due, and do its work."""

    def session(store: Store) -> Steps:
        claimed = store.claim_due(now, lease=LEASE, limit=5)
        yield
        with store.begin() as unit:
            for each in claimed:
                unit.finish_timer(each)
                unit.enqueue(_entry(f"fired by {text}"))
            yield
        return [each.timer for each in claimed]

    return session


def _sets_anew(store: Store) -> SilentSteps:
    """Put off a timer together with what the ticket is told."""
    with store.begin() as unit:
        _comment(unit, FIRST, "later")
        unit.set_timer(Timer(FIRST, "resolve", A_MONDAY + HOUR))
        yield


def _fires_at_once(text: str) -> Session:
    """Claim what is due, and do its work in one more step."""

    def session(store: Store) -> Steps:
        claimed = store.claim_due(A_MONDAY, lease=LEASE, limit=5)
        yield
        with store.begin() as unit:
            for each in claimed:
                unit.finish_timer(each)
                unit.enqueue(_entry(f"fired by {text}"))
        return [each.timer for each in claimed]

    return session


def _clears(store: Store) -> SilentSteps:
    """Clear a timer together with what the ticket is told."""
    with store.begin() as unit:
        _comment(unit, FIRST, "done")
        unit.clear_timer(FIRST, "resolve")
        yield


def _begins(text: str) -> Session:
    """Begin a ticket, the number of which another has, too."""

    def session(store: Store) -> SilentSteps:
        practice = incident_kind()
        with store.begin() as unit:
            _save(unit, practice.log(TicketId(text), "INC-7", Occasion(AN_AGENT, A_MONDAY)))
            yield

    return session


def _draws(store: Store) -> Steps:
    """Draw two numbers."""
    with store.begin() as unit:
        first = unit.next_number("incident")
        yield
        second = unit.next_number("incident")
        yield
    return [first, second]


def _skips(store: Store) -> Steps:
    """Leave out numbers, which others have given."""
    with store.begin() as unit:
        unit.skip_numbers("incident", 10)
        yield
    with store.begin() as unit:
        return [unit.next_number("incident")]


def _records(name: str) -> Session:
    """Read the whole configuration, and record that an item is there if there is nothing else."""

    def session(store: Store) -> Steps:
        known = store.configuration_events(after=0, limit=100)
        yield
        with store.begin() as unit:
            unit.record([_said(name)], after=known[-1].position if known else 0)
            yield
        return len(known)

    return session


def _said(name: str) -> ConfigurationEvent:
    record = ConfigurationRecord.of(ConfigurationItem(CIId(name), "server", name))
    return ConfigurationEvent(record, 1, A_MONDAY, "agent")


def _stages(key: str, *, records: bool = False) -> Session:
    """Read the staging area, and add a record to it; perhaps record what follows from it."""

    def session(store: Store) -> Steps:
        known = store.configuration_events(after=0, limit=100)
        stored = store.staging()
        yield
        area = stored.area.with_records([SourceRecord("scan", key, "server", key, seen_at=A_MONDAY)])
        with store.begin() as unit:
            if records:
                unit.record([_said(key)], after=known[-1].position if known else 0)
            unit.save_staging(area, expected=stored.version)
            yield
        return len(stored.area.records)

    return session


def _enqueues(text: str) -> Session:
    """Put a notification into the outbox, the key of which another has, too."""

    def session(store: Store) -> SilentSteps:
        with store.begin() as unit:
            unit.enqueue(_entry("key", subject=text))
            yield

    return session


def _delivers(store: Store) -> Steps:
    """Take what waits, one by one, and deliver it."""
    taken: list[str] = []
    for _ in range(2):
        entries = store.claim_outbox(A_MONDAY, lease=LEASE, limit=1)
        yield
        for each in entries:
            taken.append(each.notification.key)
            store.settle(each.notification.key, None)
    return taken


def _notes(position: int) -> Session:
    """Note how far a reader has read."""

    def session(store: Store) -> SilentSteps:
        with store.begin() as unit:
            unit.set_cursor("reader", position)
            yield

    return session


def _attaches(store: Store) -> Steps:
    """Keep the same content as another."""
    with store.begin() as unit:
        digest = unit.attach(b"a picture of the cable")
        yield
    return digest


def _follows(store: Store) -> Steps:
    """Read the feed, and go on where it has ended."""
    heard: list[PositionedEvent[TicketEvent]] = []
    for turn in range(3):
        if turn:
            yield
        heard += store.events(after=heard[-1].position if heard else 0, limit=10)
    return heard


# -- what is judged otherwise ------------------------------------------------------------------------------


def _draws_apart(_interleaving: Interleaving, outcome: Outcome) -> str | None:
    """No number is drawn twice, and each session draws greater and greater ones."""
    drawn = [list(answer) for answer in outcome.answers.values() if isinstance(answer, list)]
    every = [number for numbers in drawn for number in numbers]
    if len(set(every)) < len(every) or any(b <= a for numbers in drawn for a, b in pairwise(numbers)):
        return f"numbers were drawn twice, or fell: {dict(outcome.answers)}"
    return None


def _draws_beyond(interleaving: Interleaving, outcome: Outcome) -> str | None:
    """As `_draws_apart`; and whoever draws after numbers were left out draws none of them."""
    if outcome.answers["skips"] <= [10]:  # type: ignore[operator]  # it returns a list of one number
        return f"some of these were to be left out: {outcome.answers['skips']}"
    return _draws_apart(interleaving, outcome)


def _hands_out_once(_interleaving: Interleaving, outcome: Outcome) -> str | None:
    """Each entry is handed out once, and all are delivered."""
    taken = sorted(key for answer in outcome.answers.values() for key in answer)  # type: ignore[attr-defined]
    if taken != ["one", "two"]:
        return f"taken were {taken}"
    left = outcome.store.claim_outbox(A_MONDAY + HOUR, lease=LEASE, limit=5)
    return f"left are {left}" if left else None


def _skips_nothing(_interleaving: Interleaving, outcome: Outcome) -> str | None:
    """What was heard is the feed, up to where it was heard."""
    heard = list(outcome.answers["reader"])  # type: ignore[call-overload]  # what the session returns
    return _is_the_beginning(heard, list(outcome.store.events(after=0, limit=100)))


def _skips_no_record(_interleaving: Interleaving, outcome: Outcome) -> str | None:
    """As `_skips_nothing`, of the stream of records."""
    heard = list(outcome.answers["reader"])  # type: ignore[call-overload]  # as above
    return _is_the_beginning(heard, list(outcome.store.record_events(after=0, limit=100)))


def _is_the_beginning(heard: list[Any], feed: list[Any]) -> str | None:
    if heard != feed[: len(heard)]:
        return f"heard was {[each.position for each in heard]} of {[each.position for each in feed]}"
    return None


INTERLEAVINGS = (
    Interleaving(
        "two change one ticket",
        {"a": _comments("a", FIRST), "b": _comments("b", FIRST)},
        _two_tickets,
    ),
    Interleaving(
        "three change one ticket",
        {name: _comments_at_once(name, FIRST) for name in "abc"},
        _two_tickets,
    ),
    Interleaving(
        "two change a ticket each",
        {"a": _comments("a", FIRST), "b": _comments("b", SECOND)},
        _two_tickets,
        refuses=False,
    ),
    Interleaving(
        "two change two tickets, the other first",
        {"a": _comments("a", FIRST, SECOND), "b": _comments("b", SECOND, FIRST)},
        _two_tickets,
    ),
    Interleaving(
        "what is undone is seen by nobody",
        {"undoes": _undoes, "looks": _looks, "saves": _comments_at_once("said", FIRST)},
        _two_tickets,
        refuses=False,
    ),
    Interleaving(
        "one key on one ticket",
        {"a": _once("a", FIRST), "b": _once("b", FIRST)},
        _two_tickets,
    ),
    Interleaving(
        "one key on a ticket each: neither write would stand against the other",
        {"a": _once("a", FIRST), "b": _once("b", SECOND)},
        _two_tickets,
    ),
    Interleaving("two workers and one timer", {"a": _fires("a"), "b": _fires("b")}, _a_timer, refuses=False),
    Interleaving(
        "a worker after the lease of another",
        {"slow": _fires("slow"), "other": _fires("other", A_MONDAY + LEASE)},
        _a_timer,
    ),
    Interleaving("a worker, and a timer set anew", {"fires": _fires("a"), "sets": _sets_anew}, _a_timer),
    Interleaving("a worker, and a timer cleared", {"fires": _fires("a"), "clears": _clears}, _a_timer),
    Interleaving(
        "two workers, and a timer set anew",
        {"a": _fires_at_once("a"), "b": _fires_at_once("b"), "sets": _sets_anew},
        _a_timer,
        judge=in_some_order,
    ),
    Interleaving("two begin a ticket of one number", {"a": _begins("a"), "b": _begins("b")}),
    Interleaving("two draw numbers", {"a": _draws, "b": _draws}, judge=_draws_apart, refuses=False),
    Interleaving(
        "one draws numbers, and one leaves some out",
        {"draws": _draws, "skips": _skips},
        judge=_draws_beyond,
        refuses=False,
    ),
    Interleaving("two record something of the configuration", {"a": _records("a"), "b": _records("b")}),
    Interleaving(
        "one records something of the configuration, and one changes a ticket",
        {"records": _records("a"), "changes": _comments_at_once("b", FIRST)},
        _two_tickets,
        refuses=False,
    ),
    Interleaving(
        "two change one record", {"a": _rewrites("a", "ann"), "b": _rewrites("b", "ann")}, _two_records
    ),
    Interleaving(
        "two change a record each",
        {"a": _rewrites("a", "ann"), "b": _rewrites("b", "bob")},
        _two_records,
        refuses=False,
    ),
    Interleaving(
        "two change two records, the other first",
        {"a": _rewrites("a", "ann", "bob"), "b": _rewrites("b", "bob", "ann")},
        _two_records,
    ),
    Interleaving(
        "two begin two records, the other first",
        {"a": _hires("a", "cid", "dee"), "b": _hires("b", "dee", "cid")},
    ),
    Interleaving(
        "a reader follows the stream of records while two save",
        {"a": _rewrites("a", "ann"), "b": _hires("b", "cid"), "reader": _listens},
        _two_records,
        judge=_skips_no_record,
        refuses=False,
    ),
    Interleaving("two stage what sources say", {"a": _stages("a"), "b": _stages("b")}),
    Interleaving(
        "one stages and records, one records",
        {"stages": _stages("a", records=True), "records": _records("b")},
    ),
    Interleaving("two stage and record", {"a": _stages("a", records=True), "b": _stages("b", records=True)}),
    Interleaving("one key into the outbox", {"a": _enqueues("a"), "b": _enqueues("b")}, refuses=False),
    Interleaving(
        "two deliver",
        {"a": _delivers, "b": _delivers},
        _two_notifications,
        judge=_hands_out_once,
        refuses=False,
    ),
    Interleaving("two note one cursor", {"a": _notes(1), "b": _notes(2)}, refuses=False),
    Interleaving("two attach the same", {"a": _attaches, "b": _attaches}, refuses=False),
    Interleaving(
        "a reader follows the feed while two save",
        {"a": _comments_at_once("a", FIRST), "b": _comments_at_once("b", SECOND), "reader": _follows},
        _two_tickets,
        judge=_skips_nothing,
        refuses=False,
    ),
)
"""What is tried on every store."""


class ConcurrencyContract:
    """What sessions at the same time come to: provide the fixture ``store``, a new and empty one each."""

    @pytest.fixture
    def store(self) -> Store:
        """Return a new, empty store."""
        message = "subclass ConcurrencyContract and provide the fixture `store`"
        raise NotImplementedError(message)

    @pytest.mark.parametrize("interleaving", INTERLEAVINGS, ids=lambda each: each.name)
    def test_sessions_at_once_come_to_what_they_do_one_after_the_other(
        self, store: Store, interleaving: Interleaving
    ) -> None:
        tenants = (f"order {number}" for number in count(1))
        problems = list(try_interleavings(interleaving, lambda: store.of_tenant(next(tenants))))
        assert not problems, "\n".join(problems[:5])
