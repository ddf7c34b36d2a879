"""Who writes in the same transaction as a unit of work."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import Connection, text

from itsmkit.errors import ConflictError
from itsmkit.plugin import Timer
from itsmkit.testing import A_MONDAY
from itsmkit.testing.contracts import HOUR, commented, entry, save, saved
from itsmkit.tickets import TicketId
from itsmkit_sql import SQLStore, Wake


class Jobs:
    """A queue in the same database: a table with a row for each wake."""

    def __init__(self) -> None:
        self.told: list[Wake] = []
        self.fails = False

    def within(self, connection: Connection, wake: Wake) -> None:
        self.told.append(wake)
        given = {"due": ",".join(map(str, wake.due)), "deliveries": wake.deliveries}
        connection.execute(text("INSERT INTO jobs VALUES (:due, :deliveries)"), given)
        if self.fails:
            raise RuntimeError("the queue is closed")


@pytest.fixture
def jobs() -> Jobs:
    return Jobs()


@pytest.fixture
def store(url: str, jobs: Jobs) -> Iterator[SQLStore]:
    with closing(SQLStore.open(url, companions=[jobs])) as store:
        with store._database.writing() as connection:
            connection.execute(text("CREATE TABLE jobs (due TEXT, deliveries INTEGER)"))
        yield store


def rows(store: SQLStore) -> int:
    with store._database.reading() as connection:
        found: int = connection.execute(text("SELECT count(*) FROM jobs")).scalar_one()
        return found


def test_is_told_what_a_unit_leaves_to_do(store: SQLStore, jobs: Jobs) -> None:
    ticket = TicketId("t-1")
    with store.begin() as unit:
        unit.set_timer(Timer(ticket, "response", A_MONDAY + HOUR))
        unit.set_timer(Timer(ticket, "resolution", A_MONDAY))
        unit.set_timer(Timer(TicketId("t-2"), "resolution", A_MONDAY))
        unit.clear_timer(TicketId("t-3"), "resolution")
        unit.enqueue(entry("a"))
        unit.enqueue(entry("b"))
    assert jobs.told == [Wake(store.tenant, (A_MONDAY, A_MONDAY + HOUR), 2)]
    assert rows(store) == 1


def test_is_not_told_of_a_unit_that_leaves_nothing(store: SQLStore, jobs: Jobs) -> None:
    saved(store)
    with store.begin() as unit:
        unit.clear_timer(TicketId("t-1"), "resolution")
        unit.set_cursor("reader", 1)
    assert jobs.told == []


def test_is_not_told_of_a_unit_that_conflicts(store: SQLStore, jobs: Jobs) -> None:
    incident = saved(store)

    def late() -> None:
        with store.begin() as unit:
            unit.enqueue(entry("a"))
            save(unit, commented(incident), expected=1)
            with store.begin() as other:
                save(other, commented(incident), expected=1)

    with pytest.raises(ConflictError):
        late()
    assert jobs.told == []


def test_its_exception_undoes_the_unit_and_what_it_wrote(store: SQLStore, jobs: Jobs) -> None:
    incident = saved(store)
    jobs.fails = True

    def told() -> None:
        with store.begin() as unit:
            save(unit, commented(incident), expected=1)
            unit.enqueue(entry("a"))

    with pytest.raises(RuntimeError, match="the queue is closed"):
        told()
    assert [each.ticket for each in store.tickets()] == [incident]
    assert store.claim_outbox(A_MONDAY, lease=HOUR, limit=9) == []
    assert rows(store) == 0


def test_is_told_again_when_the_unit_is_run_again(store: SQLStore, jobs: Jobs) -> None:
    jobs.fails = True
    with pytest.raises(RuntimeError), store.begin() as unit:
        unit.enqueue(entry("a"))
    jobs.fails = False
    with store.begin() as unit:
        unit.enqueue(entry("a"))
    assert jobs.told == [Wake(store.tenant, (), 1)] * 2
    assert rows(store) == 1


def test_companions_are_told_in_their_order(url: str, jobs: Jobs) -> None:
    heard = []

    class Second:
        def within(self, connection: Connection, _wake: Wake) -> None:
            heard.append(connection.execute(text("SELECT count(*) FROM jobs")).scalar_one())

    with closing(SQLStore.open(url, companions=[jobs, Second()])) as store:
        with store._database.writing() as connection:
            connection.execute(text("CREATE TABLE jobs (due TEXT, deliveries INTEGER)"))
        with store.begin() as unit:
            unit.enqueue(entry("a"))
    assert heard == [1]
