"""The in-memory adapters keep their contracts; here stands what only they promise."""

import pytest
from attrs import evolve

from itsmkit.desk import InMemoryNotifier, InMemoryStore
from itsmkit.errors import ConflictError
from itsmkit.plugin import StoredTicket, Timer
from itsmkit.testing import A_MONDAY, a_notification, an_incident_logged
from itsmkit.testing.contracts import HOUR, LEASE, NotifierContract, StorageContract, saved


@pytest.mark.usefixtures("busy_threads")
class TestInMemoryStore(StorageContract):
    @pytest.fixture
    def store(self) -> InMemoryStore:
        return InMemoryStore()


class TestInMemoryNotifier(NotifierContract):
    @pytest.fixture
    def notifier(self) -> InMemoryNotifier:
        return InMemoryNotifier()


def test_a_notification_that_comes_again_is_kept_once() -> None:
    notifier = InMemoryNotifier()
    sent = [a_notification("a"), a_notification("b"), a_notification("a", body="again")]
    assert [notifier.itsmkit_deliver(each).key for each in sent] == ["a", "b", "a"]
    assert notifier.delivered == sent[:2]


def test_what_was_delivered_is_handed_out_as_a_copy() -> None:
    notifier = InMemoryNotifier()
    notifier.delivered.append(a_notification())
    assert notifier.delivered == []


def test_nothing_is_saved_before_the_unit_of_work_is_left() -> None:
    store, decision = InMemoryStore(), an_incident_logged()
    with store.begin() as unit:
        unit.save(StoredTicket(decision.ticket), decision.events, expected=0)
        assert not store.tickets()
        assert not store.events(after=0, limit=1)
    assert [stored.ticket for stored in store.tickets()] == [decision.ticket]


def test_two_tickets_of_one_unit_cannot_share_a_number() -> None:
    store = InMemoryStore()
    first, second = an_incident_logged("INC-1"), an_incident_logged("INC-2")
    with pytest.raises(ConflictError, match="ticket number INC-1"), store.begin() as unit:  # noqa: PT012  # one unit
        unit.save(StoredTicket(first.ticket), first.events, expected=0)
        unit.save(StoredTicket(evolve(second.ticket, number="INC-1")), second.events, expected=0)
    assert not store.tickets()


def test_a_timer_can_be_finished_once() -> None:
    store = InMemoryStore()
    incident = saved(store)
    with store.begin() as unit:
        unit.set_timer(Timer(incident.id, "resolve", A_MONDAY))
    (claimed,) = store.claim_due(A_MONDAY, lease=LEASE, limit=1)
    with store.begin() as unit:
        unit.finish_timer(claimed)
        unit.finish_timer(claimed)
    assert store.next_due() is None
    with pytest.raises(ConflictError, match="cannot save timer ticket-INC-1/resolve"), store.begin() as unit:
        unit.finish_timer(claimed)


def test_a_claim_that_is_taken_over_while_its_unit_runs_is_lost() -> None:
    store = InMemoryStore()
    incident = saved(store)
    with store.begin() as unit:
        unit.set_timer(Timer(incident.id, "resolve", A_MONDAY))
    (claimed,) = store.claim_due(A_MONDAY, lease=LEASE, limit=1)
    with pytest.raises(ConflictError), store.begin() as unit:  # noqa: PT012  # one unit
        unit.finish_timer(claimed)
        assert store.claim_due(A_MONDAY + LEASE, lease=LEASE, limit=1)
    assert store.next_due() == A_MONDAY + 2 * LEASE


def test_timers_of_one_instant_are_claimed_in_the_order_of_their_setting() -> None:
    store = InMemoryStore()
    incident = saved(store)
    names = ["c", "a", "b"]
    with store.begin() as unit:
        for name in names:
            unit.set_timer(Timer(incident.id, name, A_MONDAY))
    claimed = store.claim_due(A_MONDAY + HOUR, lease=LEASE, limit=10)
    assert [each.timer.name for each in claimed] == names


def test_an_undone_unit_leaves_a_gap_in_the_numbers() -> None:
    store = InMemoryStore()
    with pytest.raises(KeyError), store.begin() as unit:  # noqa: PT012  # one unit
        assert unit.next_number("incident") == 1
        raise KeyError
    with store.begin() as unit:
        assert unit.next_number("incident") == 2
