"""The pool of connections: it lends as many as it may, and none that is lost takes the place of another."""

import gc
import sqlite3
from collections.abc import Iterator
from threading import Thread

import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import PoolProxiedConnection

from itsmkit_sql._pool import LivingPool


class Server:
    """What takes connections, or does not."""

    def __init__(self) -> None:
        self.taken = 0
        self.is_up = True

    def connect(self) -> sqlite3.Connection:
        if not self.is_up:
            raise sqlite3.OperationalError("nobody answers")
        self.taken += 1
        return sqlite3.connect(":memory:", check_same_thread=False)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def pool(server: Server) -> Iterator[LivingPool]:
    """Return a pool of two connections, and one more."""
    made = LivingPool(server.connect, pool_size=2, max_overflow=1, timeout=0.01)
    yield made
    made.dispose()


def counts(pool: LivingPool) -> tuple[int, int, int]:
    """Return how many are lent, how many are here, and how many more there are than stay."""
    return pool.checkedout(), pool.checkedin(), pool.overflow()


def test_it_lends_as_many_as_it_may_and_keeps_as_many_as_stay(pool: LivingPool, server: Server) -> None:
    assert counts(pool) == (0, 0, -2)
    lent = [pool.connect() for _ in range(3)]
    assert counts(pool) == (3, 0, 1)
    with pytest.raises(PoolTimeoutError, match=r"none of 3 connections came back within 0\.01 s"):
        pool.connect()
    for each in lent:
        each.close()
    assert counts(pool) == (0, 2, 0)
    pool.connect().close()
    assert server.taken == 3


def test_who_waits_has_the_next_that_is_given_back(server: Server) -> None:
    pool = LivingPool(server.connect, pool_size=1, max_overflow=0)
    first = pool.connect()
    had: list[PoolProxiedConnection] = []
    waiting = Thread(target=lambda: had.append(pool.connect()))
    waiting.start()
    first.close()
    waiting.join()
    had.pop().close()
    assert server.taken == 1
    pool.dispose()


@pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_one_that_is_lost_makes_room_for_another(pool: LivingPool, server: Server) -> None:
    lent = [pool.connect() for _ in range(2)]
    lost = pool._do_get()  # as it is when an interruption comes before anybody has it
    assert counts(pool) == (3, 0, 1)
    del lost
    gc.collect()
    assert counts(pool) == (2, 0, 0)
    lent.append(pool.connect())
    assert server.taken == 3
    for each in lent:
        each.close()


def test_a_place_stays_when_its_connection_cannot_be_made(pool: LivingPool, server: Server) -> None:
    server.is_up = False
    for _ in range(5):
        with pytest.raises(sqlite3.OperationalError, match="nobody answers"):
            pool.connect()
    assert pool.checkedout() == 0
    server.is_up = True
    lent = [pool.connect() for _ in range(3)]
    assert (counts(pool), server.taken) == ((3, 0, 1), 3)
    for each in lent:
        each.close()


def test_it_is_made_anew_as_it_was(pool: LivingPool) -> None:
    again = pool.recreate()
    assert isinstance(again, LivingPool)
    lent = [again.connect() for _ in range(3)]
    with pytest.raises(PoolTimeoutError):
        again.connect()
    for each in lent:
        each.close()
    again.dispose()
    assert again.checkedout() == 0
