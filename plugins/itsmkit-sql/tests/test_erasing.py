"""What was erased is nowhere in a database, and what goes on beside it is not lost."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random
from threading import Event, Thread

import pytest
from attrs import evolve
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from itsmkit.desk import Desk, ManualClock
from itsmkit.errors import NotFoundError
from itsmkit.plugin import DamagedStoreError, OutboxEntry, Record, RecordEvent, StoredTicket
from itsmkit.plugin.records import ERASURE
from itsmkit.practices import Incident
from itsmkit.testing import A_MONDAY, AN_AGENT, a_notification
from itsmkit.testing.contracts import commented, kept, save, saved
from itsmkit.tickets import Attachment, TicketId, replay
from itsmkit_sql import AsyncDesk, SQLStore
from itsmkit_sql._attachments import attach, digest_of
from itsmkit_sql._database import PooledDatabase

WORDS = "Ann Onym", "migraine", "her cable", "plugged in"
WHY = "asked for by the person"


def a_life(desk: Desk) -> TicketId:
    incident = desk.incidents.log(
        "Ann Onym has a migraine",
        requester="ann",
        impact="high",
        urgency="high",
        details={"cable": "her cable"},
    )
    desk.tickets.comment(incident.id, "a migraine", public=True)
    desk.incidents.transition(incident.id, "assign", support_group="Network", assignee="kim")
    desk.incidents.transition(incident.id, "start")
    with desk.store.begin() as unit:
        about = a_notification("told", ticket_id=incident.id, body="Ann Onym")
        unit.enqueue(OutboxEntry(about, 0, A_MONDAY))
    desk.incidents.transition(incident.id, "resolve", resolution="plugged in")
    return incident.id


def a_desk(url: str) -> Desk:
    return Desk(store=SQLStore.open(url), clock=ManualClock(A_MONDAY), random=Random(1)).acting_as(AN_AGENT)


def rows_of(connection: Connection) -> str:
    names = [name for name in inspect(connection).get_table_names() if name.startswith("itsmkit_")]
    rows = [connection.execute(text(f"SELECT * FROM {name}")).all() for name in names]  # ours
    return str(rows)


def test_no_row_holds_a_word_of_it(url: str) -> None:
    with a_desk(url) as desk, closing(create_engine(url, poolclass=NullPool).connect()) as connection:
        ticket_id = a_life(desk)
        assert all(word in rows_of(connection) for word in WORDS)
        connection.rollback()
        anchor = desk.audit.checkpoint()
        after = desk.tickets.erase(ticket_id, reason=WHY)
        assert not [word for word in WORDS if word in rows_of(connection)]
        assert desk.audit.verify([anchor]).is_intact
        assert replay(desk.tickets.history(ticket_id), Incident) == after
    with a_desk(url) as again:
        assert again.tickets.get(ticket_id) == after
        assert again.tickets.count("title = '[erased]'") == 1


def test_a_file_that_was_vacuumed_holds_no_word_of_it(sqlite_url: str) -> None:
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent
    with a_desk(sqlite_url) as desk:
        ticket_id = a_life(desk)
    assert all(word in files_in(folder) for word in WORDS)
    with a_desk(sqlite_url) as desk:
        desk.tickets.erase(ticket_id, reason=WHY)
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert not [word for word in WORDS if word in files_in(folder)]
    with a_desk(sqlite_url) as desk:
        assert desk.audit.verify().is_intact


def files_in(folder: Path) -> str:
    return "".join(each.read_bytes().decode("latin-1") for each in sorted(folder.iterdir()))


def test_tasks_erase_as_threads_do(url: str) -> None:
    with a_desk(url) as desk:
        first, second = a_life(desk), desk.incidents.log("Ann Onym", requester="ann").id

    async def erase() -> None:
        async with await AsyncDesk.open(url, clock=ManualClock(A_MONDAY)) as desk:
            tasks = desk.acting_as(AN_AGENT)
            assert (await tasks.tickets.erase(first, reason=WHY)).title == "[erased]"
            page = await tasks.tickets.erase_person("ann", reason=WHY)
            assert page.erased == (first, second)
            assert (await tasks.audit.verify()).is_intact

    asyncio.run(erase())


def test_who_attaches_a_file_meanwhile_keeps_it(url: str) -> None:
    content = b"a logo"
    digest = digest_of(content)
    with closing(SQLStore.open(url)) as store:
        first, other = saved(store), saved(store, "INC-2")
        with store.begin() as unit:
            unit.attach(content)
            file = Attachment(digest, "logo.png", 6)
            save(unit, commented(evolve(first, attachments=[file])), expected=1)
        begun = Event()

        def erase() -> None:
            with store.begin() as unit:
                bare = replay(unit.erase(first.id), Incident)
                unit.save(StoredTicket(bare), (), expected=2)
                begun.set()

        thread = Thread(target=erase)
        database = store._database
        assert isinstance(database, PooledDatabase)
        with database.writing() as connection:
            attach(connection, store._tenancy, {digest: content})
            thread.start()
            assert begun.wait(30)
            thread.join(0.3)
            assert thread.is_alive()  # it waits for who attaches
            named = StoredTicket(evolve(other, attachments=[file]))
            change = store._tickets.prepared(named, expected=1, head=None)
            store._tickets.change(connection, {other.id: change})
        thread.join(30)
        assert not thread.is_alive()
        assert store.attachment(digest) == content
        with store.begin() as unit:
            assert unit.ticket(first.id).ticket.attachments == ()
            unit.erase(other.id)
            unit.save(StoredTicket(other), (), expected=1)
        with pytest.raises(NotFoundError):
            store.attachment(digest)


def test_a_file_whose_content_is_not_there_is_no_hindrance(url: str) -> None:
    lost, there = sorted((b"a plan", b"a logo"), key=digest_of)  # the first that is looked for is lost
    files = [Attachment(digest_of(each), "file.png", 6) for each in (lost, there)]
    with closing(SQLStore.open(url)) as store:
        first = saved(store)
        with store.begin() as unit:
            unit.attach(there)
            save(unit, commented(evolve(first, attachments=files)), expected=1)
        with store.begin() as unit:
            bare = replay(unit.erase(first.id), Incident)
            unit.save(StoredTicket(bare), (), expected=2)
        for each in files:
            with pytest.raises(NotFoundError):
                store.attachment(each.digest)


@pytest.mark.parametrize("damaged", ["{", "[]", "7", '{"salt":7,"values":{}}'])
def test_what_is_personal_and_damaged_is_named(url: str, damaged: str) -> None:
    with closing(SQLStore.open(url)) as store:
        incident = saved(store)
        kept(store, "ann", name="Ann Onym")
        with store._database.writing() as connection:
            for table in ("ticket", "record"):
                statement = f"UPDATE itsmkit_{table}_events SET personal = :it"  # ours
                connection.execute(text(statement), {"it": damaged})
        with pytest.raises(DamagedStoreError, match="event 1 of ticket"), store.begin() as unit:
            unit.history(incident.id)
        with pytest.raises(DamagedStoreError, match="event 1 of person ann"), store.begin() as unit:
            unit.record_history("person", "ann")


def test_a_document_that_is_damaged_is_not_erased(url: str) -> None:
    with closing(SQLStore.open(url)) as store:
        incident = saved(store)
        kept(store, "ann", name="Ann Onym")
        with store._database.writing() as connection:
            for table in ("ticket", "record"):
                connection.execute(text(f"UPDATE itsmkit_{table}_events SET document = '[]'"))  # ours
        with pytest.raises(DamagedStoreError, match="it is no object"), store.begin() as unit:
            unit.erase(incident.id)
        with pytest.raises(DamagedStoreError, match="it is no object"), store.begin() as unit:
            unit.erase_record("person", "ann")


def test_no_row_holds_a_word_of_a_record(url: str) -> None:
    with a_desk(url) as desk, closing(create_engine(url, poolclass=NullPool).connect()) as connection:
        kept(desk.store, "ann", name="Ann Onym", site="Bonn")
        assert "Ann Onym" in rows_of(connection)
        connection.rollback()
        anchor = desk.audit.checkpoint()
        with desk.store.begin() as unit:
            [event] = unit.erase_record("person", "ann")
            after = Record("person", "ann", 2, event.data)
            said = RecordEvent("person", "ann", 2, A_MONDAY, AN_AGENT, ERASURE, {"reason": WHY})
            unit.save_record(after, [said], expected=1)
        assert "Ann Onym" not in rows_of(connection)
        found = desk.audit.verify([anchor])
        assert (found.is_intact, found.erased) == (True, 1)
    with a_desk(url) as again, again.store.begin() as unit:
        assert unit.record_of("person", "ann").document == {"name": "[erased]", "site": "Bonn"}


def test_many_tickets_are_erased_at_once(url: str) -> None:
    with a_desk(url) as desk:
        for _ in range(7):
            a_life(desk)
        page = desk.tickets.erase_person("ann", reason=WHY, limit=5)
        rest = desk.tickets.erase_person("ann", reason=WHY, limit=5, after=page.next)
        assert (len(page.erased), len(rest.erased), rest.next) == (5, 2, None)
        assert desk.audit.verify().is_intact
        assert desk.tickets.count("title = '[erased]'") == 7
