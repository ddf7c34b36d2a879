"""Tickets, their histories, and that a unit of work saves all of it or nothing."""

from datetime import timedelta
from threading import Barrier

import pytest

from itsmkit.errors import ConflictError, NotFoundError
from itsmkit.plugin import Store, StoredTicket, Timer
from itsmkit.practices import Occasion, incident_kind
from itsmkit.testing.builders import A_MONDAY, AN_AGENT, an_incident_logged
from itsmkit.testing.contracts.steps import (
    LEASE,
    Undo,
    commented,
    entry,
    keys,
    run_together,
    salted,
    save,
    saved,
)
from itsmkit.tickets import TicketId

__all__ = ["TicketContract"]


class TicketContract:
    """Tickets are saved with their histories, in units of work."""

    def test_a_saved_ticket_comes_back_equal(self, store: Store) -> None:
        incident = saved(store)
        with store.begin() as unit:
            assert unit.ticket(incident.id).ticket == incident
        assert store.find_ticket("INC-1").ticket == incident

    def test_a_history_comes_back_in_order(self, store: Store) -> None:
        incident = saved(store)
        decision = commented(incident, "one")
        second = commented(decision.ticket, "two")
        with store.begin() as unit:
            save(unit, decision, expected=1)
            save(unit, second, expected=2)
        with store.begin() as unit:
            history = unit.history(incident.id)
        assert [event.sequence for event in history] == [1, 2, 3]
        assert list(history[1:]) == [*salted(decision), *salted(second)]

    def test_what_is_not_there_is_not_found(self, store: Store) -> None:
        with store.begin() as unit:
            assert list(unit.history(TicketId("none"))) == []
            with pytest.raises(NotFoundError):
                unit.ticket(TicketId("none"))
        with pytest.raises(NotFoundError):
            store.find_ticket("INC-404")

    def test_tickets_come_in_the_order_of_their_first_save(self, store: Store) -> None:
        incidents = [saved(store, f"INC-{n}") for n in (3, 1, 2)]
        with store.begin() as unit:
            save(unit, commented(incidents[0]), expected=1)
        assert [stored.ticket.number for stored in store.tickets()] == ["INC-3", "INC-1", "INC-2"]

    def test_a_number_belongs_to_one_ticket(self, store: Store) -> None:
        incident = saved(store)
        other = incident_kind().log(TicketId("another"), incident.number, Occasion(AN_AGENT, A_MONDAY))
        with pytest.raises(ConflictError), store.begin() as unit:
            save(unit, other, expected=0)
        assert [stored.ticket for stored in store.tickets()] == [incident]

    def test_a_cache_comes_back_as_it_was_or_not_at_all(self, store: Store) -> None:
        decision = an_incident_logged()
        cache = {"clocks": {"resolve": A_MONDAY}}
        with store.begin() as unit:
            unit.save(StoredTicket(decision.ticket, cache), decision.events, expected=0)
        assert store.find_ticket("INC-1").cache in (cache, {})

    def test_instants_keep_their_microseconds(self, store: Store) -> None:
        at = A_MONDAY + timedelta(microseconds=1)
        decision = an_incident_logged(at=at)
        with store.begin() as unit:
            save(unit, decision, expected=0)
        with store.begin() as unit:
            assert unit.history(decision.ticket.id)[0].at == at

    def test_a_unit_of_work_sees_what_it_has_saved(self, store: Store) -> None:
        decision = an_incident_logged()
        with store.begin() as unit:
            save(unit, decision, expected=0)
            assert unit.ticket(decision.ticket.id).ticket == decision.ticket
            assert tuple(unit.history(decision.ticket.id)) == salted(decision)

    # -- all or nothing --------------------------------------------------------------------------

    def test_an_exception_undoes_everything(self, store: Store) -> None:
        incident = saved(store)
        decision = commented(incident)
        with pytest.raises(Undo), store.begin() as unit:
            save(unit, decision, expected=1)
            unit.set_timer(Timer(incident.id, "resolve", A_MONDAY))
            unit.enqueue(entry("key-1"))
            unit.set_cursor("reader", 7)
            raise Undo
        assert store.find_ticket("INC-1").ticket == incident
        assert len(store.events(after=0, limit=10)) == 1
        assert store.next_due() is None
        assert keys(store.claim_outbox(A_MONDAY, lease=LEASE, limit=10)) == []
        assert store.cursor("reader") == 0

    @pytest.mark.parametrize("expected", [0, 2], ids=["as if new", "a later version"])
    def test_a_save_over_another_version_is_a_conflict(self, store: Store, expected: int) -> None:
        incident = saved(store)
        with pytest.raises(ConflictError), store.begin() as unit:
            save(unit, commented(incident), expected=expected)
        assert len(store.events(after=0, limit=10)) == 1

    def test_a_unit_that_saves_twice_goes_by_what_it_has_saved(self, store: Store) -> None:
        incident = saved(store)
        once = commented(incident)
        with pytest.raises(ConflictError), store.begin() as unit:
            save(unit, once, expected=1)
            save(unit, once, expected=1)
        assert store.find_ticket("INC-1").ticket == incident

    def test_a_conflict_undoes_the_whole_unit(self, store: Store) -> None:
        first, second = saved(store, "INC-1"), saved(store, "INC-2")
        with pytest.raises(ConflictError), store.begin() as unit:
            save(unit, commented(first), expected=1)
            save(unit, commented(second), expected=9)
        assert store.find_ticket("INC-1").ticket == first

    def test_of_two_who_read_the_same_version_one_saves(self, store: Store) -> None:
        incident = saved(store)
        together = Barrier(2)
        outcomes: list[str] = []

        def work(text: str) -> None:
            together.wait()
            try:
                with store.begin() as unit:
                    save(unit, commented(incident, text), expected=1)
            except ConflictError:
                outcomes.append("conflict")
            else:
                outcomes.append("saved")

        run_together([lambda: work("one"), lambda: work("two")])
        assert sorted(outcomes) == ["conflict", "saved"]
        assert store.find_ticket("INC-1").ticket.version == 2
