"""The outbox."""

import pytest
from attrs import evolve

from itsmkit.plugin import (
    Store,
)
from itsmkit.testing.builders import A_MONDAY
from itsmkit.testing.contracts.steps import HOUR, LEASE, entry, keys, run_together

__all__ = ["OutboxContract"]


class OutboxContract:
    """What is to be delivered is handed out until it is."""

    def test_a_key_enters_the_outbox_once_for_all_time(self, store: Store) -> None:
        with store.begin() as unit:
            unit.enqueue(entry("a"))
            unit.enqueue(entry("a"))
        assert keys(store.claim_outbox(A_MONDAY, lease=LEASE, limit=10)) == ["a"]
        store.settle("a", None)
        with store.begin() as unit:
            unit.enqueue(entry("a"))
        assert keys(store.claim_outbox(A_MONDAY + HOUR, lease=LEASE, limit=10)) == []

    def test_entries_are_handed_out_oldest_first_and_hidden_for_the_lease(self, store: Store) -> None:
        with store.begin() as unit:
            for key in ("a", "b", "c"):
                unit.enqueue(entry(key))
            unit.enqueue(entry("later", A_MONDAY + HOUR))
        assert keys(store.claim_outbox(A_MONDAY, lease=LEASE, limit=2)) == ["a", "b"]
        assert keys(store.claim_outbox(A_MONDAY, lease=LEASE, limit=2)) == ["c"]
        assert keys(store.claim_outbox(A_MONDAY + LEASE, lease=LEASE, limit=9)) == ["a", "b", "c"]

    def test_an_entry_to_retry_comes_back_at_its_time(self, store: Store) -> None:
        with store.begin() as unit:
            unit.enqueue(entry("a"))
        (claimed,) = store.claim_outbox(A_MONDAY, lease=LEASE, limit=1)
        again = evolve(claimed, attempts=1, not_before=A_MONDAY + HOUR)
        store.settle("a", again)
        assert not store.claim_outbox(A_MONDAY + 2 * LEASE, lease=LEASE, limit=1)
        assert list(store.claim_outbox(A_MONDAY + HOUR, lease=LEASE, limit=1)) == [again]

    def test_threads_never_claim_the_same_entry(self, store: Store) -> None:
        with store.begin() as unit:
            for n in range(40):
                unit.enqueue(entry(f"key {n}"))
        taken: list[str] = []

        def claim() -> None:
            for _ in range(40):
                taken.extend(keys(store.claim_outbox(A_MONDAY, lease=LEASE, limit=3)))

        run_together([claim] * 4)
        assert sorted(taken) == sorted(f"key {n}" for n in range(40))

    @pytest.mark.parametrize("parked", [None, "given up"], ids=["to retry", "to park"])
    def test_what_was_delivered_stays_so_whatever_a_late_worker_says(
        self, store: Store, parked: str | None
    ) -> None:
        with store.begin() as unit:
            unit.enqueue(entry("a"))
        (late,) = store.claim_outbox(A_MONDAY, lease=LEASE, limit=1)
        assert keys(store.claim_outbox(A_MONDAY + LEASE, lease=LEASE, limit=1)) == ["a"]
        store.settle("a", None)
        store.settle("a", evolve(late, attempts=1, parked=parked))
        assert not store.claim_outbox(A_MONDAY + HOUR, lease=LEASE, limit=1)
        assert not store.parked()

    def test_a_parked_entry_is_kept_and_not_handed_out(self, store: Store) -> None:
        with store.begin() as unit:
            unit.enqueue(entry("a"))
        (claimed,) = store.claim_outbox(A_MONDAY, lease=LEASE, limit=1)
        parked = evolve(claimed, attempts=8, parked="given up")
        store.settle("a", parked)
        assert not store.claim_outbox(A_MONDAY + HOUR, lease=LEASE, limit=1)
        assert list(store.parked()) == [parked]
