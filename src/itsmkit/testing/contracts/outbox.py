"""The outbox."""

from collections import Counter

import pytest
from attrs import evolve

from itsmkit.plugin import OutboxEntry, Store
from itsmkit.testing.builders import A_MONDAY, a_notification
from itsmkit.testing.contracts.steps import HOUR, LEASE, entry, keys, run_together

__all__ = ["OutboxContract"]


def _entry_of(ticket_id: str, recipient: str, n: int) -> OutboxEntry:
    key = f"{ticket_id}/{recipient}/{n:02}"
    return OutboxEntry(a_notification(key, ticket_id=ticket_id, recipient=recipient), 0, A_MONDAY)


def _enqueue_lines(store: Store) -> None:
    """Fill the outbox for two recipients of one ticket, and for one of them of another ticket."""
    with store.begin() as unit:
        for n in (1, 2):
            for line, ticket_id, recipient in (
                ("ann", "ticket-1", "ann"),
                ("bob", "ticket-1", "bob"),
                ("other", "ticket-2", "ann"),
            ):
                note = a_notification(f"{line}/{n}", ticket_id=ticket_id, recipient=recipient)
                unit.enqueue(OutboxEntry(note, 0, A_MONDAY))


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

    def test_what_a_recipient_is_told_of_a_ticket_is_handed_out_in_order(self, store: Store) -> None:
        _enqueue_lines(store)
        assert keys(store.claim_outbox(A_MONDAY, lease=LEASE, limit=9)) == ["ann/1", "bob/1", "other/1"]
        assert keys(store.claim_outbox(A_MONDAY, lease=LEASE, limit=9)) == []
        store.settle("ann/1", None)
        store.settle("other/1", None)
        assert keys(store.claim_outbox(A_MONDAY, lease=LEASE, limit=9)) == ["ann/2", "other/2"]
        # Whoever has held the others is gone.
        assert keys(store.claim_outbox(A_MONDAY + LEASE, lease=LEASE, limit=9)) == [
            "bob/1",
            "ann/2",
            "other/2",
        ]

    def test_what_is_tried_again_is_not_overtaken_by_the_next_of_its_line(self, store: Store) -> None:
        _enqueue_lines(store)
        first, *_ = store.claim_outbox(A_MONDAY, lease=LEASE, limit=9)
        again = evolve(first, attempts=1, not_before=A_MONDAY + HOUR)
        store.settle("ann/1", again)
        for key in ("bob/1", "other/1"):
            store.settle(key, None)
        assert keys(store.claim_outbox(A_MONDAY, lease=LEASE, limit=9)) == ["bob/2", "other/2"]
        for key in ("bob/2", "other/2"):
            store.settle(key, None)
        assert keys(store.claim_outbox(A_MONDAY + HOUR - LEASE, lease=LEASE, limit=9)) == []
        assert list(store.claim_outbox(A_MONDAY + HOUR, lease=LEASE, limit=9)) == [again]

    def test_what_is_parked_holds_up_nothing(self, store: Store) -> None:
        _enqueue_lines(store)
        first, *_ = store.claim_outbox(A_MONDAY, lease=LEASE, limit=9)
        store.settle("ann/1", evolve(first, attempts=8, parked="given up"))
        assert keys(store.claim_outbox(A_MONDAY, lease=LEASE, limit=9)) == ["ann/2"]

    def test_threads_deliver_each_line_in_order(self, store: Store) -> None:
        lines = [("ticket-1", "ann"), ("ticket-1", "bob"), ("ticket-2", "ann")]
        with store.begin() as unit:
            for n in range(12):
                for ticket_id, recipient in lines:
                    unit.enqueue(_entry_of(ticket_id, recipient, n))
        taken: list[str] = []
        tries: Counter[str] = Counter()

        def deliver() -> None:
            # What is taken is tried twice, and noted before anybody can be handed what follows.
            while len(taken) < 12 * len(lines):
                for each in store.claim_outbox(A_MONDAY, lease=LEASE, limit=2):
                    key = each.notification.key
                    tries[key] += 1
                    if tries[key] == 1:
                        store.settle(key, evolve(each, attempts=1))
                    else:
                        taken.append(key)
                        store.settle(key, None)

        run_together([deliver] * 3)
        for ticket_id, recipient in lines:
            begin = f"{ticket_id}/{recipient}/"
            assert [each for each in taken if each.startswith(begin)] == [f"{begin}{n:02}" for n in range(12)]

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
