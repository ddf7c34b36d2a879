"""Rotas on a database: what one process keeps, all see at once; of what cannot both be, one is refused."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Barrier, Thread

from attrs import evolve
from sqlalchemy import create_engine

from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.errors import ConflictError, RefusedError
from itsmkit.rotas import Rota, RotaLayer, Swap
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Actor
from itsmkit.tickets.structure import Person, Structure
from itsmkit_sql import SQLStore

DAY = timedelta(days=1)
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
LAYER = RotaLayer("days", ["ann", "bob", "cid"], "2026-03-02T00:00", rule="FREQ=DAILY")
CONFIG = evolve(
    DeskConfig.standard(),
    structure=Structure(people=map(Person, ("ann", "bob", "cid"))),
    rotas=[Rota("network", "network", [LAYER], on_leave="next person")],
)


def a_desk(store: SQLStore, seed: int = 1) -> Desk:
    desk = Desk(CONFIG, store=store, clock=ManualClock(A_MONDAY), random=Random(seed))
    return desk.acting_as(Actor("lee"))


@contextmanager
def desks(url: str, count: int) -> Iterator[list[Desk]]:
    """Let there be desks on one database, each as in a process of its own."""
    with ExitStack() as stack:
        stores = [stack.enter_context(closing(SQLStore.open(url))) for _ in range(count)]
        yield [a_desk(store, seed) for seed, store in enumerate(stores)]


def on_duty(desk: Desk) -> str:
    noons = [MONDAY + (day + 0.5) * DAY for day in range(6)]
    return "".join(desk.rotas.on_duty("network", noon).people[0][0] for noon in noons)


def test_what_one_keeps_all_see(url: str) -> None:
    with desks(url, 2) as (one, other):
        assert on_duty(one) == on_duty(other) == "abcabc"
        leave = one.rotas.take_leave(MONDAY, MONDAY + DAY, person="ann", reason="a doctor")
        assert on_duty(other) == "bbcabc"
        override = other.rotas.override("network", "ann", MONDAY + DAY, MONDAY + 2 * DAY)
        assert on_duty(one) == "bacabc"
        one.rotas.erase(leave.id, "asked for")
        assert [getattr(each, "reason", None) for each in other.rotas.changes(MONDAY, MONDAY + DAY)] == [
            "[erased]"
        ]
        other.rotas.withdraw_leave(leave.id)
        one.rotas.withdraw_override(override.id)
        assert on_duty(one) == on_duty(other) == "abcabc"
        assert one.audit.verify().findings == ()
    with desks(url, 1) as (late,):
        late.rotas.override("network", "ann", MONDAY + DAY, MONDAY + 2 * DAY)
        assert on_duty(late) == "aacabc"


def test_of_swaps_of_one_day_one_is_agreed(url: str) -> None:
    with desks(url, 3) as all_desks:
        proposed = []
        for who, day in (("ann", 3), ("cid", 2), ("cid", 5)):
            start, other = MONDAY + day * DAY, MONDAY + 4 * DAY
            rotas = all_desks[0].acting_as(Actor(who)).rotas
            proposed.append(
                rotas.propose_swap(
                    "network", start, start + DAY, other="bob", other_start=other, other_end=other + DAY
                )
            )
        begin, refused = Barrier(len(proposed)), []

        def accept(desk: Desk, swap: Swap) -> None:
            begin.wait()
            try:
                desk.acting_as(Actor("bob")).rotas.accept_swap(swap.id)
            except (RefusedError, ConflictError) as error:
                refused.append(error)

        threads = [Thread(target=accept, args=each) for each in zip(all_desks, proposed, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for desk in all_desks:
            found = desk.rotas.changes(MONDAY, MONDAY + 6 * DAY)
            assert [each.holds for each in found].count(True) == 1
        assert len(refused) == len(proposed) - 1


def test_what_the_host_takes_back_has_never_held(url: str) -> None:
    engine = create_engine(url)
    with desks(url, 1) as (outside,), engine.connect() as connection:
        inside = a_desk(SQLStore.on(connection))
        kept = inside.rotas.take_leave(MONDAY, MONDAY + DAY, person="ann")
        connection.commit()
        assert on_duty(inside) == on_duty(outside) == "bbcabc"
        inside.rotas.withdraw_leave(kept.id)
        inside.rotas.override("network", "cid", MONDAY + DAY, MONDAY + 2 * DAY)
        assert on_duty(inside) == "accabc"
        connection.rollback()
        assert on_duty(inside) == on_duty(outside) == "bbcabc"
    engine.dispose()
