"""Timers, and who holds them."""

from datetime import UTC

import pytest

from itsmkit.errors import ConflictError
from itsmkit.plugin import Store, Timer
from itsmkit.testing.builders import A_MONDAY
from itsmkit.testing.contracts.steps import HOUR, LEASE, commented, run_together, save, saved

__all__ = ["TimerContract"]


class TimerContract:
    """A timer is one worker's at a time."""

    def test_the_clock_that_all_share_shows_utc_and_runs_on(self, store: Store) -> None:
        first = store.now()
        if first is None:
            return  # each machine goes by its own
        assert first.tzinfo is UTC
        second = store.of_tenant("another").now()
        assert second is not None
        assert second >= first

    def test_timers_are_claimed_when_due_the_earliest_first(self, store: Store) -> None:
        incident = saved(store)
        with store.begin() as unit:
            for hours, name in ((2, "b"), (1, "a"), (3, "c")):
                unit.set_timer(Timer(incident.id, name, A_MONDAY + hours * HOUR))
        assert store.next_due() == A_MONDAY + HOUR
        assert not store.claim_due(A_MONDAY, lease=LEASE, limit=10)
        claimed = store.claim_due(A_MONDAY + 2 * HOUR, lease=LEASE, limit=10)
        assert [c.timer.name for c in claimed] == ["a", "b"]

    def test_a_claim_takes_no_more_than_it_may(self, store: Store) -> None:
        incident = saved(store)
        with store.begin() as unit:
            for name in "abc":
                unit.set_timer(Timer(incident.id, name, A_MONDAY))
        assert len(store.claim_due(A_MONDAY, lease=LEASE, limit=2)) == 2
        assert len(store.claim_due(A_MONDAY, lease=LEASE, limit=2)) == 1

    def test_a_claimed_timer_is_nobody_elses_until_the_lease_ends(self, store: Store) -> None:
        incident = saved(store)
        with store.begin() as unit:
            unit.set_timer(Timer(incident.id, "resolve", A_MONDAY))
        (first,) = store.claim_due(A_MONDAY, lease=LEASE, limit=1)
        assert not store.claim_due(A_MONDAY, lease=LEASE, limit=1)
        (second,) = store.claim_due(A_MONDAY + LEASE, lease=LEASE, limit=1)
        assert second.timer == first.timer
        assert second.fence > first.fence
        with pytest.raises(ConflictError), store.begin() as unit:
            unit.finish_timer(first)
        with store.begin() as unit:
            unit.finish_timer(second)
        assert store.next_due() is None

    def test_threads_never_claim_the_same_timer(self, store: Store) -> None:
        incident = saved(store)
        with store.begin() as unit:
            for n in range(40):
                unit.set_timer(Timer(incident.id, f"timer {n}", A_MONDAY))
        names: list[str] = []

        def claim() -> None:
            for _ in range(40):
                names.extend(c.timer.name for c in store.claim_due(A_MONDAY, lease=LEASE, limit=3))

        run_together([claim] * 4)
        assert sorted(names) == sorted(f"timer {n}" for n in range(40))

    def test_a_late_holder_cannot_save(self, store: Store) -> None:
        incident = saved(store)
        with store.begin() as unit:
            unit.set_timer(Timer(incident.id, "resolve", A_MONDAY))
        (late,) = store.claim_due(A_MONDAY, lease=LEASE, limit=1)
        store.claim_due(A_MONDAY + LEASE, lease=LEASE, limit=1)
        with pytest.raises(ConflictError), store.begin() as unit:
            save(unit, commented(incident), expected=1)
            unit.finish_timer(late)
        assert store.find_ticket("INC-1").ticket == incident

    def test_setting_a_timer_anew_ends_a_claim_on_it(self, store: Store) -> None:
        incident = saved(store)
        with store.begin() as unit:
            unit.set_timer(Timer(incident.id, "resolve", A_MONDAY))
        (claimed,) = store.claim_due(A_MONDAY, lease=LEASE, limit=1)
        with store.begin() as unit:
            unit.set_timer(Timer(incident.id, "resolve", A_MONDAY + HOUR))
        with pytest.raises(ConflictError), store.begin() as unit:
            unit.finish_timer(claimed)
        assert store.next_due() == A_MONDAY + HOUR

    def test_a_finished_timer_can_be_set_again_in_the_same_unit(self, store: Store) -> None:
        incident = saved(store)
        with store.begin() as unit:
            unit.set_timer(Timer(incident.id, "resolve", A_MONDAY))
        (claimed,) = store.claim_due(A_MONDAY, lease=LEASE, limit=1)
        with store.begin() as unit:
            unit.finish_timer(claimed)
            unit.set_timer(Timer(incident.id, "resolve", A_MONDAY + HOUR))
        assert store.next_due() == A_MONDAY + HOUR

    def test_a_cleared_timer_is_gone(self, store: Store) -> None:
        incident = saved(store)
        with store.begin() as unit:
            unit.set_timer(Timer(incident.id, "resolve", A_MONDAY))
        with store.begin() as unit:
            unit.clear_timer(incident.id, "resolve")
            unit.clear_timer(incident.id, "never set")
        assert store.next_due() is None

    def test_the_timers_of_a_ticket_are_those_that_are_set(self, store: Store) -> None:
        incident, other = saved(store), saved(store, number="INC-2")
        with store.begin() as unit:
            for name in ("b", "a", "c"):
                unit.set_timer(Timer(incident.id, name, A_MONDAY))
            unit.set_timer(Timer(other.id, "z", A_MONDAY))
            assert [each.name for each in unit.timers(incident.id)] == ["a", "b", "c"]
        (claimed, *_) = store.claim_due(A_MONDAY, lease=LEASE, limit=1)
        with store.begin() as unit:
            unit.finish_timer(claimed)
            unit.clear_timer(incident.id, "c")
            unit.set_timer(Timer(incident.id, "d", A_MONDAY))
            assert [each.name for each in unit.timers(incident.id)] == ["a", "d"]
        with store.begin() as unit:
            assert unit.timers(incident.id) == [Timer(incident.id, name, A_MONDAY) for name in "ad"]
            assert [each.name for each in unit.timers(other.id)] == ["z"]

    def test_a_timer_that_has_failed_comes_back_until_it_is_parked(self, store: Store) -> None:
        incident = saved(store)
        with store.begin() as unit:
            unit.set_timer(Timer(incident.id, "resolve", A_MONDAY))
        now = A_MONDAY
        for failures in range(3):
            (claimed,) = store.claim_due(now, lease=LEASE, limit=1)
            assert (claimed.timer.failures, claimed.timer.parked) == (failures, None)
            store.fail(claimed, "given up" if failures == 2 else None)
            assert not store.claim_due(now, lease=LEASE, limit=1)
            now += LEASE
        assert not store.claim_due(now, lease=LEASE, limit=1)
        assert store.next_due() is None
        parked = Timer(incident.id, "resolve", A_MONDAY, failures=3, parked="given up")
        assert store.parked_timers() == [parked]
        with store.begin() as unit:
            unit.set_timer(Timer(incident.id, "resolve", A_MONDAY))
        assert not store.parked_timers()
        assert len(store.claim_due(now, lease=LEASE, limit=1)) == 1

    def test_a_failure_under_a_claim_that_has_ended_is_let_be(self, store: Store) -> None:
        incident = saved(store)
        with store.begin() as unit:
            unit.set_timer(Timer(incident.id, "resolve", A_MONDAY))
        (late,) = store.claim_due(A_MONDAY, lease=LEASE, limit=1)
        (newer,) = store.claim_due(A_MONDAY + LEASE, lease=LEASE, limit=1)
        store.fail(late, "given up")
        assert not store.parked_timers()
        with store.begin() as unit:
            unit.finish_timer(newer)
        store.fail(newer, "given up")
        assert not store.parked_timers()

    def test_deadlines_come_the_earliest_first_with_their_tickets(self, store: Store) -> None:
        incident, other = saved(store), saved(store, number="INC-2")
        assert not store.deadlines(9)
        with store.begin() as unit:
            unit.set_timer(Timer(incident.id, "resolve", A_MONDAY, A_MONDAY + 8 * HOUR))
            unit.set_timer(Timer(incident.id, "respond", A_MONDAY, A_MONDAY + HOUR))
            unit.set_timer(Timer(incident.id, "leads nowhere", A_MONDAY))
            unit.set_timer(Timer(other.id, "resolve", A_MONDAY, A_MONDAY + 4 * HOUR, parked="given up"))
        found = store.deadlines(9)
        assert [(each.timer.name, each.stored.ticket) for each in found] == [
            ("respond", incident),
            ("resolve", other),
            ("resolve", incident),
        ]
        assert store.deadlines(1) == found[:1]

    def test_what_is_released_may_be_claimed_at_once(self, store: Store) -> None:
        incident = saved(store)
        with store.begin() as unit:
            for name in "ab":
                unit.set_timer(Timer(incident.id, name, A_MONDAY))
        one, two = store.claim_due(A_MONDAY, lease=HOUR, limit=2)
        store.release([two])
        assert store.next_due() == A_MONDAY
        (again,) = store.claim_due(A_MONDAY, lease=HOUR, limit=9)
        assert again.timer == two.timer
        with store.begin() as unit:
            unit.finish_timer(one)
            unit.finish_timer(again)
        assert store.next_due() is None

    def test_a_claim_that_has_ended_is_not_released(self, store: Store) -> None:
        incident = saved(store)
        with store.begin() as unit:
            for name in ("taken over", "set anew", "done"):
                unit.set_timer(Timer(incident.id, name, A_MONDAY))
        late = store.claim_due(A_MONDAY, lease=LEASE, limit=9)
        now = A_MONDAY + LEASE
        newer = {each.timer.name: each for each in store.claim_due(now, lease=HOUR, limit=9)}
        with store.begin() as unit:
            unit.finish_timer(newer["done"])
            unit.set_timer(Timer(incident.id, "set anew", A_MONDAY + 9 * HOUR))
        store.release(late)
        assert not store.claim_due(now, lease=LEASE, limit=9)
        with store.begin() as unit:
            unit.finish_timer(newer["taken over"])
        assert store.next_due() == A_MONDAY + 9 * HOUR
