"""Waiting for work."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest

from itsmkit.plugin import Store, Timer
from itsmkit.testing.builders import A_MONDAY
from itsmkit.testing.contracts.steps import entry, saved

__all__ = ["WaitingContract"]


class WaitingContract:
    """
    Who waits is woken by work.

    Attributes:
        patience: The longest that a wait may take to notice it.
    """

    patience = timedelta(seconds=20)

    def test_a_wait_ends_without_work(self, store: Store) -> None:
        for _ in range(3):
            store.wait(timedelta(milliseconds=1))
        store.wait(timedelta(0))

    def test_a_timer_wakes_who_waits(self, store: Store) -> None:
        incident = saved(store)

        def set_one(n: int) -> None:
            with store.begin() as unit:
                unit.set_timer(Timer(incident.id, f"timer {n}", A_MONDAY))

        self._woken_by(store, set_one)

    def test_a_notification_wakes_who_waits(self, store: Store) -> None:
        def enqueue_one(n: int) -> None:
            with store.begin() as unit:
                unit.enqueue(entry(f"key {n}"))

        self._woken_by(store, enqueue_one)

    def _woken_by(self, store: Store, work: Callable[[int], None]) -> None:
        """Work until a wait ends: it may begin late, or look only now and then, but not for ever."""
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(store.wait, 2 * self.patience)
            for n in range(_TURNS):
                work(n)
                if wait([waiting], timeout=(self.patience / _TURNS).total_seconds()).done:
                    waiting.result()
                    return
            pytest.fail("nothing has woken who waits")


_TURNS = 200
