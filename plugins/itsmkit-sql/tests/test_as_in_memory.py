"""Whatever is done to a store in memory and to one in a database, both say the same: memory is the oracle."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from attrs import evolve, field, frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from itsmkit.cmdb import CIId
from itsmkit.desk import InMemoryStore
from itsmkit.errors import ConflictError, NotFoundError
from itsmkit.plugin import ClaimedTimer, LedgerEntry, OutboxEntry, Record, Store, Timer, UnitOfWork
from itsmkit.plugin.integrity import Checkpoint, root_of
from itsmkit.practices import Decision, Incident, Occasion, happen, incident_kind
from itsmkit.testing import A_MONDAY, AN_AGENT, a_notification
from itsmkit.testing.contracts import (
    LEASE,
    Undo,
    commented,
    deleted,
    happened,
    newest,
    rewritten,
    said,
    salt_of,
    save,
    staged,
)
from itsmkit.tickets import PersonalDataErased, TicketId, replay
from itsmkit_sql import SQLStore
from itsmkit_sql._schema import metadata

SECOND = timedelta(seconds=1)
TICKETS = st.integers(0, 3)
KEYS = st.sampled_from("abc")
OFF = st.sampled_from([0, 0, 0, 0, 0, 1, -1])  # mostly as it must be


@frozen
class Side:
    """
    A store, and what its caller holds of it.

    Args:
        store: The store.
        claims: All timers that it ever handed out.
    """

    store: Store
    claims: list[ClaimedTimer] = field(factory=list)


# What is done is a function of a side and, within a unit of work, of that; it returns what the caller sees.
Step = Callable[[Side, UnitOfWork], object]
Deed = Callable[[Side], object]


def ticket_id(n: int) -> TicketId:
    return TicketId(f"ticket-{n}")


def logged(n: int) -> Decision[Incident]:
    """Return a new ticket. Two have one number."""
    occasion = Occasion(AN_AGENT, A_MONDAY)
    details = {"title": f"number {n}", "requester": "caller"}
    return incident_kind().log(ticket_id(n), f"INC-{n // 2}", occasion, details=details)


def begin_ticket(n: int) -> Step:
    return lambda _, unit: save(unit, logged(n), expected=0)


def comment(n: int, off: int) -> Step:
    def step(_: Side, unit: UnitOfWork) -> None:
        ticket: Any = unit.ticket(ticket_id(n)).ticket
        save(unit, commented(ticket), expected=ticket.version + off)

    return step


def blindly_comment(n: int, expected: int) -> Step:
    ticket = evolve(logged(n).ticket, version=expected)
    return lambda _, unit: save(unit, commented(ticket), expected=expected)


def say(n: int, off: int, skipped: int) -> Step:
    def step(side: Side, unit: UnitOfWork) -> None:
        sequence = len(unit.configuration_history(said(f"host-{n}").record.key)) + 1 + off
        unit.record([said(f"host-{n}", max(sequence, 1))], after=newest(side.store) + skipped)

    return step


def begin_record(n: int) -> Step:
    return lambda _, unit: rewritten(unit, None, n=n)


def rewrite(n: int, off: int) -> Step:
    def step(_: Side, unit: UnitOfWork) -> Record:
        found = unit.record_of("person", "ann")
        return rewritten(unit, evolve(found, version=max(found.version + off, 1)), n=n)

    return step


def hear(n: int, off: int) -> Step:
    def step(_: Side, unit: UnitOfWork) -> None:
        found = unit.record_of("person", "ann")
        following = evolve(found, version=found.version + 1)
        event = happened(following, following.version)
        data = {"changes": {"words": f"words {n}", "odd": {"$": [n, "said"]}}, "n": n}
        personal = ["/changes/words", "/changes/odd/$/1"]
        event = evolve(event, data=data, salt=salt_of(event), personal=personal)
        unit.save_record(following, [event], expected=found.version + off)

    return step


def erase_record() -> Step:
    return lambda _, unit: list(unit.erase_record("person", "ann"))


def bury() -> Step:
    return lambda _, unit: deleted(unit, unit.record_of("person", "ann"))


def stage(key: str, off: int, gone: bool) -> Step:
    def step(side: Side, unit: UnitOfWork) -> None:
        known = side.store.staging()
        changed = known.area.with_records(staged(key).records.values()).with_identities(
            {("scan", key): CIId(key)}
        )
        area = known.area.without_records([("scan", key)]) if gone else changed
        unit.save_staging(area, expected=known.version + off)

    return step


def set_timer(n: int, name: str, seconds: int) -> Step:
    timer = Timer(ticket_id(n), name, A_MONDAY + seconds * SECOND)
    return lambda _, unit: unit.set_timer(timer)


def clear_timer(n: int, name: str) -> Step:
    return lambda _, unit: unit.clear_timer(ticket_id(n), name)


def finish_timer(which: int) -> Step:
    def step(side: Side, unit: UnitOfWork) -> None:
        if side.claims:
            unit.finish_timer(side.claims[which % len(side.claims)])

    return step


def erase(n: int) -> Step:
    return lambda _, unit: list(unit.erase(ticket_id(n)))


def erase_and_save(n: int, off: int) -> Step:
    def step(_: Side, unit: UnitOfWork) -> None:
        version = unit.ticket(ticket_id(n)).ticket.version
        bare = replay(unit.erase(ticket_id(n)), Incident)
        decision = happen(bare, Occasion(AN_AGENT, A_MONDAY), PersonalDataErased("asked for"))
        save(unit, decision, expected=version + off)

    return step


def about_a_ticket(key: str, at: datetime = A_MONDAY) -> OutboxEntry:
    return OutboxEntry(a_notification(key, ticket_id=ticket_id(0)), 0, at)


def enqueue(key: str, seconds: int) -> Step:
    return lambda _, unit: unit.enqueue(about_a_ticket(key, A_MONDAY + seconds * SECOND))


def remember(key: str, request: str) -> Step:
    def step(_: Side, unit: UnitOfWork) -> object:
        found = unit.remembered(key)
        if found is None or request == "insists":
            unit.remember(LedgerEntry(key, request, {"key": key}, A_MONDAY))
        return found

    return step


def seal(n: int) -> Step:
    def step(side: Side, unit: UnitOfWork) -> object:
        heads = side.store.heads()
        at = A_MONDAY + n * SECOND
        unit.save_checkpoint(Checkpoint(heads.position, at, len(heads.heads), root_of(heads.heads)))
        return heads

    return step


def number(series: str, through: int) -> Step:
    def step(_: Side, unit: UnitOfWork) -> int:
        unit.skip_numbers(series, through)
        return unit.next_number(series)

    return step


def look(n: int) -> Step:
    key = said(f"host-{n}").record.key
    return lambda _, unit: (
        unit.ticket(ticket_id(n)).ticket,
        list(unit.history(ticket_id(n))),
        list(unit.configuration_history(key)),
        list(unit.record_history("person", "ann")),
    )


def undo() -> Step:
    def step(_side: Side, _unit: UnitOfWork) -> None:
        raise Undo

    return step


def meanwhile(deed: Deed) -> Step:
    return lambda side, _: deed(side)


STEPS = st.one_of(
    st.builds(begin_ticket, TICKETS),
    st.builds(comment, TICKETS, OFF),
    st.builds(erase, TICKETS),
    st.builds(erase_and_save, TICKETS, OFF),
    st.builds(blindly_comment, TICKETS, st.integers(1, 3)),
    st.builds(say, TICKETS, OFF, OFF),
    st.builds(begin_record, TICKETS),
    st.builds(rewrite, TICKETS, OFF),
    st.builds(hear, TICKETS, OFF),
    st.builds(erase_record),
    st.builds(bury),
    st.builds(stage, KEYS, OFF, st.booleans()),
    st.builds(set_timer, TICKETS, KEYS, st.integers(0, 300)),
    st.builds(clear_timer, TICKETS, KEYS),
    st.builds(finish_timer, st.integers(0, 9)),
    st.builds(enqueue, KEYS, st.integers(0, 300)),
    st.builds(lambda name, at: lambda _, unit: unit.set_cursor(name, at), KEYS, st.integers(0, 9)),
    st.builds(remember, KEYS, st.sampled_from(["asks", "insists"])),
    st.builds(lambda text: lambda _, unit: unit.attach(text.encode()), KEYS),
    st.builds(seal, TICKETS),
    st.builds(number, KEYS, st.integers(0, 5)),
    st.builds(look, TICKETS),
    st.builds(undo),
)


def work(*steps: Step) -> Deed:
    """Return a unit of work. What its steps return counts if it is saved: conflicts come early or late."""

    def deed(side: Side) -> object:
        try:
            with side.store.begin() as unit:
                return [step(side, unit) for step in steps]
        except (ConflictError, NotFoundError, Undo):
            return "nothing is saved"

    return deed


def claim(seconds: int) -> Deed:
    def deed(side: Side) -> object:
        claimed = side.store.claim_due(A_MONDAY + seconds * SECOND, lease=LEASE, limit=100)
        side.claims.extend(sorted(claimed, key=lambda each: each.timer.ticket_id + each.timer.name))
        return sorted((each.timer.ticket_id, each.timer.name, each.timer.due) for each in claimed)

    return deed


def release(which: int) -> Deed:
    return lambda side: side.store.release([each for n, each in enumerate(side.claims) if n % 3 == which])


def forget(seconds: int) -> Deed:
    return lambda side: side.store.forget(A_MONDAY + seconds * SECOND)


def claim_outbox(seconds: int, limit: int) -> Deed:
    return lambda side: list(side.store.claim_outbox(A_MONDAY + seconds * SECOND, lease=LEASE, limit=limit))


def settle(key: str, attempts: int, parked: str | None) -> Deed:
    outcome = evolve(about_a_ticket(key), attempts=attempts, parked=parked) if attempts else None
    return lambda side: side.store.settle(key, outcome)


DEEDS = st.one_of(
    st.lists(STEPS, max_size=5).map(lambda steps: work(*steps)),
    # A whole unit in the middle of another, as if a second worker had been faster.
    st.builds(
        lambda before, inner, after: work(*before, meanwhile(work(*inner)), *after),
        st.lists(STEPS, max_size=3),
        st.lists(STEPS, max_size=3),
        st.lists(STEPS, max_size=2),
    ),
    st.builds(claim, st.integers(0, 400)),
    st.builds(release, st.integers(0, 2)),
    st.builds(forget, st.integers(-1, 1)),
    st.builds(claim_outbox, st.integers(0, 400), st.integers(1, 3)),
    st.builds(settle, KEYS, st.integers(0, 2), st.sampled_from([None, "given up"])),
)


def seen(store: Store) -> dict[str, object]:
    """Return everything that can be read of a store."""
    found: list[object] = []
    for n in range(4):
        with store.begin() as unit:
            found += [list(unit.history(ticket_id(n))), store.cursor("abc"[n % 3])]
    return {
        "tickets": [stored.ticket for stored in store.tickets()],
        "feed": list(store.events(after=0, limit=1000)),
        "configuration": list(store.configuration_events(after=0, limit=1000)),
        "record events": list(store.record_events(after=0, limit=1000)),
        "records": list(store.records("person", limit=1000)),
        "staging": store.staging(),
        "next due": store.next_due(),
        "parked": sorted(store.parked(), key=lambda each: each.notification.key),
        "checkpoints": store.checkpoints(),
        "heads": store.heads(),
        "dump": list(store.dump()),
        "found": found,
    }


@contextmanager
def emptied(url: str) -> Iterator[SQLStore]:
    """Lend a store without anything in it."""
    store = SQLStore.open(url)
    try:
        with store._database.writing() as connection:
            metadata.drop_all(connection)
    finally:
        store.close()
    store = SQLStore.open(url)
    try:
        yield store
    finally:
        store.close()


def alike(url: str, deeds: list[Deed]) -> None:
    with emptied(url) as store:
        memory, database = Side(InMemoryStore()), Side(store)
        for deed in deeds:
            assert deed(database) == deed(memory)
            assert database.store.next_due() == memory.store.next_due()
        assert seen(store) == seen(memory.store)
        store.close()
        again = SQLStore.open(url)  # nothing of it is kept in the process alone
        assert seen(again) == seen(memory.store)
        again.close()


# The fixtures only name a place, which is emptied for each example.
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(DEEDS, min_size=3, max_size=12))
def test_sqlite_does_what_memory_does(sqlite_url: str, deeds: list[Deed]) -> None:
    alike(f"{sqlite_url}?synchronous=normal", deeds)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(DEEDS, min_size=3, max_size=12))
def test_postgresql_does_what_memory_does(postgresql_url: str, deeds: list[Deed]) -> None:
    alike(postgresql_url, deeds)
