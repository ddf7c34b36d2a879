"""How commands run: conflicts, gates, and clocks that are cached or not."""

import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from attrs import evolve

from itsmkit.desk import Desk, DeskConfig, InMemoryStore, ManualClock
from itsmkit.desk._backoff import pause_after
from itsmkit.desk._ids import uuid7
from itsmkit.errors import ConflictError, PluginError, RefusedError
from itsmkit.plugin import StoredTicket, hookimpl
from itsmkit.practices import Incident, follow_history
from itsmkit.sla import Promise, ServiceLevelAgreement, Target
from itsmkit.testing import A_MONDAY, AN_AGENT, office_hours
from itsmkit.tickets import Actor, Commented, Ticket, replay

HOUR = timedelta(hours=1)


class Gate:
    """A gate that says what *answer* says, and remembers what it was asked."""

    def __init__(self, answer: Callable[[], object] = lambda: None) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str, str, str]] = []

    @hookimpl
    def itsmkit_before_transition(self, ticket: Ticket, trigger: str, target: str, actor: Actor) -> Any:
        self.asked.append((ticket.state, trigger, target, actor.id))
        return self.answer()


class FirstGate(Gate):
    """As `Gate`, under another name."""


def refuse(*reasons: str) -> Callable[[], object]:
    def answer() -> object:
        raise RefusedError(*reasons)

    return answer


# -- conflicts -----------------------------------------------------------------------------------------


def test_a_command_that_meets_another_runs_again_on_the_fresh_ticket(desk: Desk, store: Any) -> None:
    incident = desk.incidents.log("No network")
    store.meanwhile = [lambda: desk.tickets.comment(incident.id, "first")]
    after = desk.tickets.comment(incident.id, "second")
    history = desk.tickets.history(incident.id)
    assert [event.fact for event in history[1:]] == [Commented("first", False), Commented("second", False)]
    assert after == replay(history, Incident)


def test_a_command_that_meets_another_may_be_refused_by_what_it_finds(desk: Desk, store: Any) -> None:
    incident = desk.incidents.log("No network")
    store.meanwhile = [
        lambda: desk.incidents.transition(incident.id, "cancel", cancellation_reason="by mistake")
    ]
    with pytest.raises(RefusedError, match="cannot assign from Cancelled"):
        desk.incidents.transition(incident.id, "assign", support_group="Network")
    assert desk.tickets.get(incident.id).version == 2


def test_a_command_gives_up_to_those_who_always_save_first(
    make_desk: Callable[..., Desk], store: Any, pauses: list[timedelta]
) -> None:
    desk, other = make_desk(), make_desk()
    incident = desk.incidents.log("No network")
    store.always(lambda: other.tickets.comment(incident.id, "me first"))
    with pytest.raises(ConflictError) as conflict:
        desk.incidents.prioritise(incident.id, impact="high", urgency="high")
    # Five tries; each met a comment.
    assert (conflict.value.expected, conflict.value.found) == (5, 6)
    assert desk.tickets.get(incident.id).priority == "P5"
    # Between five tries there are four pauses.
    bounds = [timedelta(milliseconds=each) for each in (5, 10, 20, 40)]
    assert len(pauses) == 4
    assert all(timedelta(0) <= pause < bound for pause, bound in zip(pauses, bounds, strict=True))


def test_those_who_met_wait_for_times_that_differ() -> None:
    random = Random(1)
    pauses = [pause_after(3, random) for _ in range(1000)]
    assert len({*pauses}) > 900
    assert timedelta(0) <= min(pauses) < timedelta(milliseconds=1)
    assert timedelta(milliseconds=19) < max(pauses) < timedelta(milliseconds=20)


def test_a_command_without_a_conflict_waits_for_nothing_and_draws_only_an_id_and_a_salt() -> None:
    desk = Desk(random=Random(1), clock=ManualClock(A_MONDAY)).acting_as(AN_AGENT)
    random = Random(1)
    for _ in range(3):
        found = desk.incidents.log("No network").id
        [logged] = desk.tickets.history(found)
        assert found == uuid7(lambda: A_MONDAY, random)
        assert logged.salt == f"{random.getrandbits(128):032x}"


def test_a_desk_sleeps_unless_it_is_told_how_to_wait(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("itsmkit.desk.clock.sleep", slept.append)
    desk = Desk(store=store, random=Random(1)).acting_as(AN_AGENT)
    incident = desk.incidents.log("No network")
    store.meanwhile = [lambda: desk.tickets.comment(incident.id, "first")]
    desk.tickets.comment(incident.id, "second")
    assert len(slept) == 1
    assert 0 <= slept[0] < 0.005


@pytest.mark.usefixtures("busy_threads")
def test_threads_that_hammer_one_ticket_lose_nothing(desk: Desk) -> None:
    incident = desk.incidents.log("No network")
    said = [[f"{who} {n}" for n in range(100)] for who in ("ann", "bob")]

    def hammer(texts: list[str]) -> list[str]:
        saved = []
        for text in texts:
            try:
                desk.tickets.comment(incident.id, text)
            except ConflictError:  # the other was faster, five times in a row
                continue
            saved.append(text)
        return saved

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(hammer, said)
    history = desk.tickets.history(incident.id)
    assert [event.sequence for event in history] == list(range(1, len(first) + len(second) + 2))
    texts = [event.fact.text for event in history[1:] if isinstance(event.fact, Commented)]
    assert sorted(texts) == sorted([*first, *second])
    assert [text for text in texts if text in first] == first
    assert desk.tickets.get(incident.id) == replay(history, Incident)
    assert list(desk.feed()) == list(history)


@pytest.mark.usefixtures("busy_threads")
def test_threads_that_log_get_numbers_of_their_own(desk: Desk) -> None:
    with ThreadPoolExecutor(4) as pool:
        incidents = list(pool.map(desk.incidents.log, [f"Incident {n}" for n in range(80)]))
    assert sorted(int(incident.number.removeprefix("INC-")) for incident in incidents) == [*range(1, 81)]
    assert len({incident.id for incident in incidents}) == 80


# -- gates ---------------------------------------------------------------------------------------------


def test_a_gate_that_has_nothing_against_it_lets_a_move_pass(make_desk: Callable[..., Desk]) -> None:
    gate = Gate()
    desk = make_desk(gate)
    incident = desk.incidents.log("No network")
    moved = desk.incidents.transition(incident.id, "assign", support_group="Network")
    assert moved.state == "Assigned"
    assert gate.asked == [("New", "assign", "Assigned", "agent")]


def test_only_moves_are_asked_about(make_desk: Callable[..., Desk]) -> None:
    gate = Gate(refuse("never"))
    desk = make_desk(gate)
    incident = desk.incidents.log("No network")
    desk.tickets.comment(incident.id, "looked at it")
    desk.tickets.assign(incident.id, support_group="Network")
    assert gate.asked == []


def test_a_veto_changes_nothing(make_desk: Callable[..., Desk], store: InMemoryStore) -> None:
    desk = make_desk(Gate(refuse("the office is closed")))
    incident = desk.incidents.log("No network")
    due = desk.next_due()
    with pytest.raises(RefusedError, match="the office is closed"):
        desk.incidents.transition(incident.id, "cancel", cancellation_reason="by mistake")
    assert desk.tickets.get(incident.id) == incident
    assert len(desk.events()) == 1
    assert desk.next_due() == due


def test_the_reasons_of_all_gates_are_joined(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(Gate(refuse("one", "two")), FirstGate(refuse("three")))
    incident = desk.incidents.log("No network")
    with pytest.raises(RefusedError) as refused:
        desk.incidents.transition(incident.id, "assign", support_group="Network")
    assert sorted(refused.value.reasons) == ["one", "three", "two"]


def broken() -> object:
    return 1 / 0


@pytest.mark.parametrize("answer", [broken, lambda: False], ids=["raises", "returns something"])
def test_a_broken_gate_stays_shut(make_desk: Callable[..., Desk], answer: Callable[[], object]) -> None:
    desk = make_desk(Gate(answer), FirstGate())
    incident = desk.incidents.log("No network")
    with pytest.raises(PluginError) as failed:
        desk.incidents.transition(incident.id, "assign", support_group="Network")
    assert (failed.value.plugin, failed.value.hook) == ("Gate", "itsmkit_before_transition")
    assert desk.tickets.get(incident.id) == incident


def test_gates_are_asked_again_when_a_command_runs_again(make_desk: Callable[..., Desk], store: Any) -> None:
    gate = Gate()
    desk = make_desk(gate)
    incident = desk.incidents.log("No network")
    store.meanwhile = [lambda: desk.tickets.comment(incident.id, "first")]
    desk.incidents.transition(incident.id, "assign", support_group="Network")
    assert len(gate.asked) == 2


# -- cached clocks -------------------------------------------------------------------------------------


class ForgetfulStore(InMemoryStore):
    """A store that keeps no caches, as it may."""

    def begin(self) -> Any:
        kept = self._room.kept
        kept.tickets = {key: evolve(each, cache={}) for key, each in kept.tickets.items()}
        return super().begin()


def test_clocks_need_no_cache(config: DeskConfig) -> None:
    def life(store: InMemoryStore) -> list[object]:
        clock = ManualClock(A_MONDAY)
        desk = Desk(config, store=store, clock=clock).acting_as(AN_AGENT)
        incident = desk.incidents.log("No network", impact="high", urgency="high", support_group="Network")
        seen: list[object] = [desk.next_due()]
        for step in (
            lambda: desk.incidents.transition(incident.id, "assign"),
            lambda: desk.incidents.transition(incident.id, "wait", pending_reason="a part is missing"),
            desk.run_due,
            lambda: desk.incidents.transition(incident.id, "resume"),
            desk.run_due,
            lambda: desk.incidents.prioritise(incident.id, impact="low", urgency="low"),
            desk.run_due,
        ):
            clock.advance(HOUR)
            step()
            seen += [desk.next_due(), desk.tickets.clocks(incident.id)]
        return [*seen, [reading for _, reading in desk.tickets.readings()]]

    assert life(ForgetfulStore()) == life(InMemoryStore())


def test_what_is_cached_equals_what_the_history_tells(desk: Desk, clock: ManualClock) -> None:
    incident = desk.incidents.log("No network", impact="high", urgency="high")
    clock.advance(3 * HOUR)
    desk.run_due()
    stored = desk.store.find_ticket(incident.number)
    anew = follow_history(desk.config.agreements, desk.tickets.history(incident.id))
    assert stored.cache["clocks"] == anew
    assert pickle.loads(pickle.dumps(stored)) == stored


def test_clocks_cached_under_other_agreements_are_read_anew(
    make_desk: Callable[..., Desk], config: DeskConfig, clock: ManualClock
) -> None:
    old = make_desk()
    incident = old.incidents.log("No network")
    slow = ServiceLevelAgreement("support", office_hours(), [Promise(Target("resolve", 16 * HOUR))])
    new = make_desk(rules=evolve(config, agreements=[slow]))
    clock.advance(HOUR)
    assert old.tickets.clocks(incident.id)["resolve"].within == 8 * HOUR
    assert new.tickets.clocks(incident.id)["resolve"].within == 16 * HOUR
    assert [clocks["resolve"].within for _, clocks in new.tickets.readings()] == [16 * HOUR]


def test_a_read_takes_no_note_of_what_is_saved_meanwhile(desk: Desk, clock: ManualClock) -> None:
    incident = desk.incidents.log("No network")
    read = StoredTicket(incident)
    clock.advance(HOUR)
    desk.incidents.transition(incident.id, "cancel", cancellation_reason="by mistake")
    clocks = desk._runner.clocks(read, desk.tickets.history)
    assert clocks == follow_history(desk.config.agreements, desk.tickets.history(incident.id)[:1])
