"""Waiting for work."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from time import monotonic

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
        """
        Work until a wait ends: it may begin late, or look only now and then.

        Who waits looks at the clock: a wait that has lasted as long as it may was not ended by work, however
        slow the machine is.
        """
        longest = 2 * self.patience

        def is_woken() -> bool:
            began = monotonic()
            store.wait(longest)
            return monotonic() - began < longest.total_seconds()

        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(is_woken)
            for n in range(_TURNS):
                work(n)
                # On a busy machine, all turns may take longer than the wait, which then ends by itself.
                if wait([waiting], timeout=(self.patience / _TURNS).total_seconds()).done:
                    break
            if not waiting.result():
                pytest.fail("nothing has woken who waits")


_TURNS = 200
