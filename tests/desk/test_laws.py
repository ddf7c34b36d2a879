"""What must hold of every ticket, whatever happened to it: shown on a month of a simulated desk."""

from collections import Counter
from itertools import pairwise

import pytest

from itsmkit.desk import Desk, InMemoryStore, ManualClock, relive
from itsmkit.practices import Incident, follow_history
from itsmkit.simulate import month
from itsmkit.sla import read_state
from itsmkit.tickets import CheckpointPassed, replay


@pytest.fixture(scope="module")
def desk():
    simulated = month(7, incidents=400)
    clock = ManualClock(simulated.begins_at)
    desk = Desk(simulated.config, store=InMemoryStore(), clock=clock)
    relive(desk, clock, simulated.entries)
    return desk


@pytest.fixture(scope="module")
def histories(desk):
    return [(stored, desk.tickets.history(stored.ticket.id)) for stored in desk.store.tickets()]


def test_replaying_a_history_gives_the_saved_ticket(histories):
    for stored, history in histories:
        assert replay(history, Incident) == stored.ticket


def test_every_beginning_of_a_history_replays_to_what_the_ticket_was_then(histories):
    for _, history in histories[::20]:
        ticket = replay(history[:1], Incident)
        for length in range(2, len(history) + 1):
            ticket = ticket.after(history[length - 1])
            assert replay(history[:length], Incident) == ticket


def test_clocks_read_anew_from_history_equal_the_cached_ones(desk, histories):
    for stored, history in histories:
        assert dict(follow_history(desk.config.agreements, history)) == stored.cache["clocks"]


def test_what_a_clock_shows_needs_no_cache(desk, histories):
    now = desk.clock()
    for stored, history in histories[::20]:
        anew = follow_history(desk.config.agreements, history)
        shown = {
            name: read_state(clock.terms.target, clock.terms.calendar, clock.state, now)
            for name, clock in anew.items()
        }
        assert desk.tickets.clocks(stored.ticket.id) == shown


def test_a_history_has_no_gap_and_never_goes_back(histories):
    for stored, history in histories:
        assert [event.sequence for event in history] == list(range(1, stored.ticket.version + 1))
        assert {event.ticket_id for event in history} == {stored.ticket.id}
        assert all(before.effective_at <= after.effective_at for before, after in pairwise(history))
        assert all(event.at <= event.effective_at for event in history)


def test_every_checkpoint_passes_once(histories):
    for _, history in histories:
        passed = Counter(event.fact.key for event in history if isinstance(event.fact, CheckpointPassed))
        assert set(passed.values()) <= {1}


def test_a_checkpoint_passes_at_its_own_instant(desk, histories):
    passed = 0
    for _, history in histories:
        for place, event in enumerate(history):
            fact = event.fact
            if not isinstance(fact, CheckpointPassed):
                continue
            passed += 1
            clocks = follow_history(desk.config.agreements, history[:place])
            due = clocks[fact.clock].due
            assert due is not None
            assert (due.checkpoint.name, due.at) == (fact.checkpoint, event.at)
            assert event.recorded_at == event.effective_at
    assert passed


def test_the_feed_holds_every_history_and_nothing_else(desk, histories):
    fed = {}
    for event in desk.feed():
        fed.setdefault(event.ticket_id, []).append(event)
    assert fed == {stored.ticket.id: list(history) for stored, history in histories}


def test_nothing_that_was_due_is_left_undone(desk):
    due = desk.next_due()
    assert due is not None
    assert due > desk.clock()
