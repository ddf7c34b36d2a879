"""How events get their positions in PostgreSQL, where writers do not wait for each other."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from attrs import evolve
from sqlalchemy import Engine, event, make_url

from itsmkit.plugin import RowKind, Store, StoredTicket
from itsmkit.testing import an_incident_logged
from itsmkit.testing.contracts import commented, newest, said, save, saved
from itsmkit.tickets import Commented
from itsmkit_sql import ConcurrentUnitError, DatabaseError, SQLStore
from itsmkit_sql._positions import _AT_ONCE


@pytest.fixture
def server_url(postgresql_url: str) -> str:
    """Return the URL of a schema where nobody waits for long."""
    url = make_url(postgresql_url)
    options = f"{url.query['options']} -c lock_timeout=10000"
    return url.update_query_dict({"options": options}).render_as_string(hide_password=False)


@pytest.fixture
def store(server_url: str) -> Iterator[SQLStore]:
    with closing(SQLStore.open(server_url)) as store:
        yield store


@pytest.fixture
def other(server_url: str, store: SQLStore) -> Iterator[SQLStore]:
    with closing(SQLStore.open(server_url)) as other:
        yield other


def positions(store: Store, after: int = 0) -> list[tuple[int, str]]:
    """Return what a reader of the feed sees."""
    return [(each.position, each.event.ticket_id) for each in store.events(after=after, limit=10_000)]


def once(engine: Engine, moment: str, work: Callable[[], object]) -> None:
    """Do something the next time that an engine is at a moment: ``begin``, or ``commit``."""
    event.listen(engine, moment, lambda _: work(), once=True)


def test_a_reader_passes_by_no_event_that_is_committed_late(store: SQLStore, other: SQLStore) -> None:
    seen: list[tuple[int, str]] = []

    def meanwhile() -> None:
        saved(other, "INC-2")  # it waits for nobody
        seen.extend(positions(other))

    once(store._database._writing, "commit", meanwhile)
    late = saved(store, "INC-1")
    assert [ticket for _, ticket in seen] == ["ticket-INC-2"]
    assert positions(other, after=seen[-1][0]) == [(2, late.id)]


def test_units_of_work_that_follow_each_other_keep_their_order(store: SQLStore, other: SQLStore) -> None:
    for number in range(6):
        saved((store, other)[number % 2], f"INC-{number}")
    assert positions(store) == [(n + 1, f"ticket-INC-{n}") for n in range(6)]


def test_readers_that_come_at_once_give_each_position_once(store: SQLStore, other: SQLStore) -> None:
    for number in range(20):
        saved(store, f"INC-{number}")
    together = threading.Barrier(4)
    found: list[list[tuple[int, str]]] = []

    def read(store: SQLStore) -> None:
        together.wait()
        found.append(positions(store))

    threads = [threading.Thread(target=read, args=[each]) for each in (store, other, store, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[(n + 1, f"ticket-INC-{n}") for n in range(20)]] * 4


def test_who_records_gives_positions_to_what_waits(store: SQLStore, other: SQLStore) -> None:
    saved(store)
    with store.begin() as unit:
        unit.record([said()], after=0)
        save(unit, an_incident_logged("INC-2"), expected=0)
    assert newest(other) == 3
    with other.begin() as unit:
        unit.record([said("host-2")], after=3)
    assert [position for position, _ in positions(store)] == [1, 2]


def test_more_than_one_statement_takes_get_their_positions(store: SQLStore) -> None:
    first = saved(store)
    comment = commented(first)
    latest = _AT_ONCE + 2

    def comments(begin: int, end: int) -> None:
        events = [
            evolve(comment.events[0], sequence=n, fact=Commented(str(n), public=False))
            for n in range(begin, end + 1)
        ]
        with store.begin() as unit:
            unit.save(StoredTicket(evolve(comment.ticket, version=end)), events, expected=begin - 1)

    comments(2, latest)
    with store.begin() as unit:
        unit.record([said()], after=0)
    assert newest(store) == latest + 1
    comments(latest + 1, 2 * latest)
    assert len(positions(store)) == _AT_ONCE
    assert [position for position, _ in positions(store, after=2 * latest - 1)] == [
        2 * latest,
        2 * latest + 1,
    ]


@pytest.mark.parametrize("recorded", [False, True])
def test_what_is_committed_while_a_dump_begins_has_its_place_in_it(
    store: SQLStore, other: SQLStore, recorded: bool
) -> None:
    saved(store)

    def meanwhile() -> None:
        saved(other, "INC-2")
        saved(other, "INC-3")

    once(store._database._snapshot, "begin", meanwhile)
    rows = store.dump()
    first = next(rows)
    if recorded:
        with other.begin() as unit:
            unit.record([said()], after=0)
    saved(other, "INC-4")
    dumped = [first, *rows]
    events = [row.data["position"] for row in dumped if row.kind is RowKind.EVENT]
    assert events == [1, 2, 3]
    assert [position for position, _ in positions(other)][:3] == [1, 2, 3]
    of_first_three = {f"ticket-INC-{n}" for n in (1, 2, 3)}
    assert {ticket for _, ticket in positions(other)[:3]} == of_first_three


def test_the_heads_are_those_of_what_their_position_covers(store: SQLStore, other: SQLStore) -> None:
    incident = saved(store)

    def meanwhile() -> None:
        with other.begin() as unit:
            save(unit, commented(incident), expected=1)

    once(store._database._snapshot, "begin", meanwhile)
    heads = store.heads()
    assert (heads.position, heads.heads[0].sequence) == (2, 2)
    assert store.heads() == heads


def test_who_waits_for_too_long_to_record_is_told(store: SQLStore, postgresql_url: str) -> None:
    url = make_url(postgresql_url)
    options = f"{url.query['options']} -c lock_timeout=50"
    hasty_url = url.update_query_dict({"options": options}).render_as_string(hide_password=False)
    with closing(SQLStore.open(hasty_url)) as hasty:

        def meanwhile() -> None:
            with hasty.begin() as unit:
                unit.record([said("host-2")], after=0)

        once(store._database._writing, "commit", meanwhile)
        with pytest.raises((DatabaseError, ConcurrentUnitError), match="lock timeout"), store.begin() as unit:
            unit.record([said()], after=0)
    assert newest(store) == 0
