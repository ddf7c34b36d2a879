"""Service levels of a desk: every kind of work, states that end, promises, deadlines, changed agreements."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import BusinessDays
from itsmkit.conditions import ALWAYS, equals
from itsmkit.desk import Desk, DeskConfig, InMemoryNotifier, InMemoryStore, ManualClock, Worker
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.plugin import hookimpl
from itsmkit.practices import (
    Audience,
    Effect,
    EscalationPolicy,
    EscalationStep,
    KindOfWork,
    Observation,
    PromisePolicy,
    follow_history,
    incident_kind,
    ticket_class_of,
)
from itsmkit.practices.effects import STANDARD_EFFECTS
from itsmkit.sla import BusinessCalendar, Checkpoint, Promise, ServiceLevelAgreement, Target
from itsmkit.testing import A_MONDAY, AN_AGENT, office_hours
from itsmkit.tickets import SYSTEM, Assigned, PromiseMoved, StateChanged, Ticket, TicketId, TimerRefused
from itsmkit.workflow import State, StateTimer, Transition, Workflow, WorkflowDefinition

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OFFICE = office_hours()
ALL_DAY = BusinessCalendar.always("UTC")
MARKS = (Checkpoint.at_share(50), Checkpoint.at_breach())


def agreement(name: str, hours: int, when: Any = ALWAYS, calendar: BusinessCalendar = OFFICE) -> Any:
    return ServiceLevelAgreement(
        name, calendar, [Promise(Target("resolve", hours * HOUR, checkpoints=MARKS))], when
    )


def kind(name: str, *timers: StateTimer) -> KindOfWork[Any]:
    """Return a kind of work whose tickets are open, wait, are answered, or are dropped."""
    definition = WorkflowDefinition(
        name,
        initial="Open",
        states=[
            State("Open", "active"),
            State("Waiting", "pending", timers=timers),
            State("Answered", "resolved"),
            State("Dropped", "cancelled"),
        ],
        transitions=[
            Transition("wait", "Open", "Waiting"),
            Transition("go_on", ["Waiting", "Answered", "Dropped"], "Open"),
            Transition("answer", ["Open", "Waiting"], "Answered", required="resolution", effects="thank"),
            Transition("drop", ["Open", "Waiting"], "Dropped"),
        ],
    )
    return KindOfWork(name, Workflow(definition), ticket_class_of(name), prefix=f"{name[:3].upper()}-")


REMINDED = (StateTimer("answer", after=8 * HOUR), StateTimer("drop", after=BusinessDays(3)))
KINDS = [incident_kind(), kind("question", *REMINDED), kind("complaint", StateTimer("drop", after=2 * HOUR))]
EFFECTS = {"thank": Effect(support_group="aftercare", fields={"thanked": True}, notify=["requester"])}
AGREEMENTS = (
    agreement("incidents", 8, equals("kind", "incident")),
    agreement("urgent", 4, equals("kind", "incident") & equals("priority", "P1"), ALL_DAY),
    agreement("questions", 16, equals("kind", "question")),
)
CONFIG = DeskConfig(
    name="Desk under test",
    kinds=KINDS,
    reporting_hours=OFFICE,
    agreements=AGREEMENTS,
    effects=EFFECTS,
    escalation=EscalationPolicy([EscalationStep("breach", ["service desk manager"])]),
)
OTHERS = (agreement("all", 6), agreement("questions", 3, equals("kind", "question"), ALL_DAY))


def a_desk(
    rules: DeskConfig = CONFIG, store: Any = None, clock: ManualClock | None = None, *plugins: object
) -> Desk:
    store = InMemoryStore() if store is None else store
    clock = clock or ManualClock(A_MONDAY)
    desk = Desk(rules, store=store, clock=clock, random=Random(1), plugins=plugins, pause=lambda _: None)
    return desk.acting_as(AN_AGENT)


def timers(desk: Desk, ticket_id: TicketId) -> dict[str, datetime]:
    with desk.store.begin() as unit:
        return {each.name: each.due for each in unit.timers(ticket_id)}


def told(desk: Desk, ticket_id: TicketId) -> list[str]:
    return [event.name for event in desk.tickets.history(ticket_id)]


# -- every kind of work ------------------------------------------------------------------------------------

DEEDS = st.sampled_from(["wait", "go_on", "answer", "drop", "assign", "comment", "urgent", "time", "time"])
LIVES = st.lists(st.tuples(st.integers(0, 2), DEEDS, st.integers(0, 20)), max_size=16)


def live(desk: Desk, clock: ManualClock, life: list[tuple[int, str, int]]) -> list[Ticket]:
    """Let tickets of every kind live; what is refused does not happen."""
    logged = [desk.work(each.name).log("Help", requester="bob") for each in KINDS]
    for number, deed, hours in life:
        ticket = logged[number]
        work = desk.work(ticket.kind)
        try:
            match deed:
                case "time":
                    clock.advance(hours * HOUR)
                    desk.run_due()
                case "assign":
                    desk.tickets.assign(ticket.id, support_group="network", assignee=f"agent {hours % 3}")
                case "comment":
                    desk.tickets.comment(ticket.id, "Hello", public=True)
                case "urgent":
                    work.prioritise(ticket.id, impact="high", urgency="high" if hours % 2 else "low")
                case _ if ticket.kind == "incident":
                    verb = {"wait": "wait", "go_on": "resume", "answer": "resolve", "drop": "cancel"}[deed]
                    work.transition(
                        ticket.id, verb, pending_reason="parts", resolution="done", cancellation_reason="none"
                    )
                case _:
                    work.transition(ticket.id, deed, **({"resolution": "42"} if hours % 2 else {}))
        except RefusedError:
            pass
    return logged


def afresh(config: DeskConfig, history: Any, ticket: Ticket) -> dict[str, datetime]:
    """Oracle: return the timers of a ticket from nothing but its history, by other means than the desk's."""
    found = {
        name: clock.due.at
        for name, clock in follow_history(config.agreements, history).items()
        if clock.due is not None
    }
    entered = max(number for number, event in enumerate(history) if hasattr(event.fact, "category"))
    tried = {event.fact.trigger for event in history[entered:] if isinstance(event.fact, TimerRefused)}
    state = config.kinds[ticket.kind].workflow.definition.state(ticket.state)
    since = history[entered].effective_at
    waits = [OFFICE.advance(since, each.after) for each in state.timers if each.trigger not in tried]
    if waits:
        found[f"state:{ticket.state}"] = min(waits)
    return found


@settings(max_examples=60)
@given(LIVES)
def test_timers_of_every_kind_are_those_of_a_fresh_reading(life: list[tuple[int, str, int]]) -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock=clock)
    for ticket in live(desk, clock, life):
        now, history = desk.tickets.get(ticket.id), desk.tickets.history(ticket.id)
        assert timers(desk, ticket.id) == afresh(CONFIG, history, now)
        shown = {name: each.reading(clock()) for name, each in follow_history(AGREEMENTS, history).items()}
        assert desk.tickets.clocks(ticket.id) == shown


@settings(max_examples=40)
@given(LIVES, st.integers(1, 3), st.booleans())
def test_changed_agreements_reach_every_open_ticket(
    life: list[tuple[int, str, int]], limit: int, kinds_too: bool
) -> None:
    clock, store = ManualClock(A_MONDAY), InMemoryStore()
    before = a_desk(CONFIG, store, clock)
    tickets = live(before, clock, life)
    assert before.reread_agreements().changed == 0
    rules = evolve(CONFIG, agreements=OTHERS)
    if kinds_too:
        rules = evolve(rules, kinds=[incident_kind(), kind("question", *REMINDED[1:]), kind("complaint")])
    desk, rounds = a_desk(rules, store, clock), 0
    while not (report := desk.reread_agreements(limit=limit)).is_done:
        rounds += 1
        desk = a_desk(rules, store, clock)  # another worker goes on
        assert report.reread <= limit
    assert rounds <= len(tickets)
    for ticket in tickets:
        now, history = desk.tickets.get(ticket.id), desk.tickets.history(ticket.id)
        if now.state_category not in {"closed", "cancelled"}:
            assert timers(desk, ticket.id) == afresh(rules, history, now)
    dump = [*store.dump()]
    assert desk.reread_agreements() == evolve(report, reread=0, changed=0)
    assert [*store.dump()] == dump
    # And there and back again.
    assert before.reread_agreements().is_done
    for ticket in tickets:
        now, history = desk.tickets.get(ticket.id), desk.tickets.history(ticket.id)
        if now.state_category not in {"closed", "cancelled"}:
            assert timers(desk, ticket.id) == afresh(CONFIG, history, now)


@settings(max_examples=30)
@given(LIVES)
def test_what_if_tells_what_comes_and_changes_nothing(life: list[tuple[int, str, int]]) -> None:
    clock, store = ManualClock(A_MONDAY), InMemoryStore()
    desk = a_desk(CONFIG, store, clock)
    tickets = live(desk, clock, life)
    dump = [*store.dump()]
    found = {each.ticket.id: each for each in desk.what_if(OTHERS)}
    assert [*store.dump()] == dump
    changed = a_desk(evolve(CONFIG, agreements=OTHERS), store, clock)
    for ticket in tickets:
        if desk.tickets.get(ticket.id).state_category in {"closed", "cancelled"}:
            assert ticket.id not in found
            continue
        before, after = desk.tickets.clocks(ticket.id), changed.tickets.clocks(ticket.id)
        if before == after:
            assert ticket.id not in found
        else:
            assert (found[ticket.id].before, found[ticket.id].after) == (before, after)
            assert found[ticket.id].clocks == ("resolve",)


def test_agreements_are_read_anew_in_rounds_that_go_on_where_the_last_was_left(clock: ManualClock) -> None:
    store = InMemoryStore()
    before = a_desk(CONFIG, store, clock)
    incidents = [before.incidents.log(f"{n}") for n in range(3)]
    before.incidents.transition(before.incidents.log("over").id, "cancel", cancellation_reason="gone")
    rules = evolve(CONFIG, agreements=OTHERS)
    seen = []
    for _ in range(4):
        desk = a_desk(rules, store, clock)  # each time another worker
        seen.append(desk.reread_agreements(limit=1))
        dues = [timers(desk, each.id)["resolve"] - A_MONDAY for each in incidents]
        anew = min(len(seen), 3)
        assert dues == [3 * HOUR] * anew + [4 * HOUR] * (3 - anew)
    assert [(each.reread, each.changed, each.is_done) for each in seen] == [
        (1, 1, False),
        (1, 1, False),
        (1, 1, True),
        (0, 0, True),
    ]
    assert not a_desk(CONFIG, store, clock).reread_agreements(stop=lambda: True).is_done


def test_a_ticket_that_others_change_all_the_time_is_left_for_another_round(
    make_desk: Callable[..., Desk], config: DeskConfig, store: Any
) -> None:
    incident = make_desk().incidents.log("No network")
    desk = make_desk(rules=evolve(config, agreements=OTHERS))
    store.always(lambda: make_desk().tickets.comment(incident.id, "me first"))
    assert not desk.reread_agreements().is_done
    store.meanwhile = []
    assert desk.reread_agreements().is_done
    assert timers(desk, incident.id) == {"resolve": A_MONDAY + 3 * HOUR}


def test_a_batch_reads_no_agreements_anew() -> None:
    with a_desk().batch() as batch, pytest.raises(RefusedError, match="in a batch"):
        batch.reread_agreements()


def test_a_worker_reads_them_anew(clock: ManualClock) -> None:
    store = InMemoryStore()
    incident = a_desk(CONFIG, store, clock).incidents.log("No network")
    desk = a_desk(evolve(CONFIG, agreements=OTHERS), store, clock)
    assert str(Worker(desk).round()) == ("0 checkpoints passed, 0 notifications delivered, 1 ticket set anew")
    assert timers(desk, incident.id) == {"resolve": A_MONDAY + 3 * HOUR}


# -- states that end ---------------------------------------------------------------------------------------


def test_a_state_ends_once_by_itself(clock: ManualClock) -> None:
    notifier = InMemoryNotifier()
    desk = a_desk(CONFIG, None, clock, notifier)
    complaint = desk.work("complaint").log("Too slow", requester="bob")
    desk.work("complaint").transition(complaint.id, "wait")
    clock.advance(HOUR)
    assert desk.run_due().fired == 0
    clock.advance(DAY)
    assert (desk.run_due().fired, desk.run_due().fired) == (1, 0)
    last = desk.tickets.history(complaint.id)[-1]
    assert isinstance(last.fact, StateChanged)
    assert (last.fact.trigger, last.fact.target) == ("drop", "Dropped")
    assert (last.actor, last.at, last.recorded_at) == (SYSTEM, A_MONDAY + 2 * HOUR, clock())
    assert timers(desk, complaint.id) == {}


def test_what_is_refused_is_told_and_the_next_timer_has_its_turn(clock: ManualClock) -> None:
    desk = a_desk(clock=clock)
    question = desk.work("question").log("Where is it?")
    desk.work("question").transition(question.id, "wait")
    clock.advance(DAY)
    assert desk.run_due().fired == 1
    refused = desk.tickets.history(question.id)[-1].fact
    assert refused == TimerRefused("answer", ("resolution is missing",))
    clock.advance(2 * DAY)
    assert desk.run_due().fired == 1
    assert desk.tickets.get(question.id).state == "Dropped"


def test_what_plugins_veto_is_refused(clock: ManualClock) -> None:
    class Gate:
        @hookimpl
        def itsmkit_before_transition(self, trigger: str) -> None:
            if trigger == "drop":
                raise RefusedError("not while the auditors are here")

    desk = a_desk(CONFIG, None, clock, Gate())
    complaint = desk.work("complaint").log("Too slow")
    desk.work("complaint").transition(complaint.id, "wait")
    clock.advance(DAY)
    assert desk.run_due().fired == 1
    (refused,) = (e.fact for e in desk.tickets.history(complaint.id) if isinstance(e.fact, TimerRefused))
    assert refused.trigger == "drop"
    assert "not while the auditors are here" in refused.reasons[0]
    assert desk.next_due() is None


def test_who_comes_first_leaves_no_timer_and_coming_back_begins_anew(clock: ManualClock) -> None:
    desk = a_desk(clock=clock)
    work = desk.work("complaint")
    complaint = work.log("Too slow")
    work.transition(complaint.id, "wait")
    clock.advance(HOUR)
    work.transition(complaint.id, "go_on")
    assert timers(desk, complaint.id) == {}
    work.transition(complaint.id, "wait")
    assert timers(desk, complaint.id) == {"state:Waiting": A_MONDAY + 3 * HOUR}


def test_a_timer_of_a_state_that_has_changed_is_set_anew_or_goes(clock: ManualClock) -> None:
    store = InMemoryStore()
    desk = a_desk(CONFIG, store, clock)
    complaints = [desk.work("complaint").log("Too slow") for _ in range(2)]
    for each in complaints:
        desk.work("complaint").transition(each.id, "wait")
    clock.advance(2 * HOUR)
    later = [incident_kind(), KINDS[1], kind("complaint", StateTimer("drop", after=4 * HOUR))]
    desk = a_desk(evolve(CONFIG, kinds=later), store, clock)
    assert desk.run_due().fired == 0
    assert desk.next_due() == A_MONDAY + 4 * HOUR
    clock.advance(2 * HOUR)
    never = a_desk(evolve(CONFIG, kinds=[incident_kind()]), store, clock)
    assert (never.run_due().fired, never.next_due()) == (0, None)
    assert never.tickets.get(complaints[0].id).state == "Waiting"


def test_effects_happen_with_the_move(clock: ManualClock) -> None:
    notifier = InMemoryNotifier()
    desk = a_desk(CONFIG, None, clock, notifier)
    work = desk.work("question")
    question = work.log("Where is it?", requester="bob")
    answered = work.transition(question.id, "answer", resolution="There")
    assert (answered.support_group, answered.fact("thanked")) == ("aftercare", True)
    assert told(desk, question.id) == ["TicketLogged", "StateChanged", "Assigned", "DetailsChanged"]
    desk.deliver()
    ((recipient, subject, body),) = [(each.recipient, each.subject, each.body) for each in notifier.delivered]
    assert (recipient, subject, body) == ("bob", "QUE-1: Answered", "QUE-1 is Answered now")
    work.transition(question.id, "go_on")
    work.transition(question.id, "answer", resolution="There")
    assert not any(isinstance(e.fact, Assigned) for e in desk.tickets.history(question.id)[4:])
    assert desk.deliver().delivered == 1


def test_rules_that_name_what_is_not_there_are_refused() -> None:
    with pytest.raises(DefinitionError) as refused:
        evolve(
            CONFIG,
            kinds=[kind("question", StateTimer("drop", after=HOUR, calendar="night"))],
            effects={"thanks": Effect(fields={"state": "Open"})},
            timer_tries=0,
        )
    assert refused.value.problems == (
        (
            "effects.thanks.fields: cannot set state of a ticket as a detail: "
            "it moves through its workflow; use `transition`"
        ),
        "timer_tries must be a whole number, at least 1, not 0",
        "kinds.question: workflow.transitions[2].effects[0]: unknown effect 'thank'; did you mean 'thanks'?",
        (
            "kinds.question: workflow.states.Waiting: the timer that fires 'drop' counts on an unknown "
            "calendar 'night'; known: none"
        ),
    )


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({}, "it does nothing"),
        ({"assignee": "ann", "notify": ["requester"]}, "assignee: 'ann' is of no group"),
        ({"notify": [""]}, "notify"),
    ],
)
def test_an_effect_does_something(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        Effect(**options)


def test_rules_are_read_from_a_description() -> None:
    config = DeskConfig.load(
        {
            "desk": {"timer_tries": 3},
            "effects": {"thank": {"support_group": "aftercare", "notify": ["requester"]}},
            "promises": {"notice_from": "1h", "words": {"done": "{number}: klaar"}},
        }
    )
    assert config.timer_tries == 3
    assert config.effects == {
        **STANDARD_EFFECTS,
        "thank": Effect(support_group="aftercare", notify=["requester"]),
    }
    assert config.promises is not None
    assert (config.promises.notice_from, config.promises.words.done) == (HOUR, "{number}: klaar")
    with pytest.raises(DefinitionError, match="the configuration: timer_tries must be"):
        DeskConfig.load({"desk": {"timer_tries": 0}})


# -- what fails ----------------------------------------------------------------------------------------------


def test_a_timer_that_fails_every_time_is_parked_listed_and_resumed(clock: ManualClock) -> None:
    class Broken:
        works = False

        @hookimpl
        def itsmkit_before_transition(self, trigger: str) -> None:
            if not self.works:
                raise OSError("the line is dead")

    plugin = Broken()
    desk = a_desk(evolve(CONFIG, timer_tries=3), None, clock)
    complaint = desk.work("complaint").log("Too slow")
    desk.work("complaint").transition(complaint.id, "wait")
    clock.advance(2 * HOUR)
    broken = a_desk(evolve(CONFIG, timer_tries=3), desk.store, clock, plugin)
    reports = []
    for _ in range(4):
        reports.append(broken.run_due())
        clock.advance(HOUR)
    assert [len(each.failures) for each in reports] == [1, 1, 1, 0]
    assert [len(each.parked) for each in reports] == [0, 0, 1, 0]
    (parked,) = broken.parked_timers()
    assert (parked,) == reports[2].parked
    assert (parked.ticket_id, parked.name, parked.failures) == (complaint.id, "state:Waiting", 3)
    assert parked.parked is not None
    assert parked.parked.startswith("given up after 3 tries: PluginError: ")
    assert broken.next_due() is None
    plugin.works = True
    assert broken.run_due().fired == 0
    broken.tickets.resume_timer(complaint.id, parked.name)
    assert not broken.parked_timers()
    assert broken.run_due().fired == 1
    with pytest.raises(NotFoundError, match="timer 'state:Waiting'"):
        broken.tickets.resume_timer(complaint.id, parked.name)
    with pytest.raises(NotFoundError, match="ticket 'nobody'"):
        broken.tickets.resume_timer(TicketId("nobody"), "resolve")


def test_to_resume_a_timer_that_runs_changes_nothing() -> None:
    desk = a_desk()
    incident = desk.incidents.log("No network")
    dump = [*desk.store.dump()]
    desk.tickets.resume_timer(incident.id, "resolve")
    assert [*desk.store.dump()] == dump


# -- deadlines ---------------------------------------------------------------------------------------------


def test_the_next_deadlines_of_the_desk_come_in_order(clock: ManualClock) -> None:
    desk = a_desk(clock=clock)
    incident = desk.incidents.log("No network", impact="high", urgency="high")  # 4 hours, around the clock
    question = desk.work("question").log("Where is it?")  # 16 office hours
    complaint = desk.work("complaint").log("Too slow")
    desk.work("complaint").transition(complaint.id, "wait")
    desk.incidents.log("A second one")
    assert [(each.at - A_MONDAY, each.what, each.ticket.number) for each in desk.next_deadlines(3)] == [
        (2 * HOUR, "state:Waiting", "COM-1"),
        (4 * HOUR, "resolve", "INC-1"),
        (8 * HOUR, "resolve", "INC-2"),
    ]
    assert len(desk.next_deadlines()) == 4
    clock.advance(HOUR)
    desk.work("question").transition(question.id, "wait")
    assert "QUE-1" not in [each.ticket.number for each in desk.next_deadlines() if each.what == "resolve"]
    # The deadline is that of the clock, though the desk wakes earlier, and stays when it has warned.
    assert {each.at for each in desk.next_deadlines() if each.ticket.id == incident.id} == {
        desk.tickets.clocks(incident.id)["resolve"].due
    }
    clock.advance(HOUR)
    desk.run_due()
    assert A_MONDAY + 4 * HOUR in [each.at for each in desk.next_deadlines()]
    for limit in (0, 10**6, True, "5"):
        with pytest.raises(DefinitionError, match=r"limit:? must be a whole number"):
            desk.next_deadlines(limit)  # type: ignore[arg-type]
    with desk.batch() as batch, pytest.raises(RefusedError, match="cannot list deadlines in a batch"):
        batch.next_deadlines()


# -- promises ----------------------------------------------------------------------------------------------

PROMISING = evolve(CONFIG, promises=PromisePolicy(notice_from=timedelta(minutes=30)))


@pytest.fixture
def promising(clock: ManualClock) -> tuple[Desk, InMemoryNotifier]:
    notifier = InMemoryNotifier()
    return a_desk(PROMISING, None, clock, notifier), notifier


def notices(desk: Desk, notifier: InMemoryNotifier) -> list[str]:
    desk.deliver()
    return [each.body for each in notifier.delivered if each.recipient == "bob"]


def test_a_promise_is_in_the_zone_and_words_of_the_requester(promising: Any, clock: ManualClock) -> None:
    desk, _ = promising
    incident = desk.incidents.log("No network", requester="bob")
    found = desk.tickets.promise(incident.id, time_zone="Asia/Kolkata")
    assert found.text == "INC-1: we expect to have it done by Mon 02 Mar 2026, 22:30 IST"
    assert (found.by, str(found.by.tzinfo)) == (A_MONDAY + 8 * HOUR, "Asia/Kolkata")
    assert found.because == "8:00:00 of working time are agreed for P5"
    assert found.depends_on == ("the priority stays P5", "nothing has to wait for somebody else")
    agents = desk.tickets.promise(incident.id, Audience.AGENT).because
    assert agents.startswith("8:00:00 of working time are agreed for P5; incidents: resolve: running, open")
    with pytest.raises(DefinitionError, match="unknown time zone 'Utrecht'"):
        desk.tickets.promise(incident.id, time_zone="Utrecht")
    with pytest.raises(NotFoundError):
        desk.tickets.promise(TicketId("nobody"))


def test_each_move_of_a_promise_is_an_event_and_a_notice(promising: Any, clock: ManualClock) -> None:
    desk, notifier = promising
    incident = desk.incidents.log("No network", requester="bob", support_group="network")
    assert incident.promised_by == A_MONDAY + 8 * HOUR
    clock.advance(HOUR)
    desk.tickets.comment(incident.id, "looked at it")
    assert notices(desk, notifier) == []
    urgent = desk.incidents.prioritise(incident.id, impact="high", urgency="high")
    assert urgent.promised_by == A_MONDAY + 4 * HOUR
    assert notices(desk, notifier) == [
        (
            "INC-1: we expect to have it done by Mon 02 Mar 2026, 13:00 UTC\n\n"
            "This has changed because the priority is P1 now."
        )
    ]
    desk.incidents.transition(incident.id, "assign")
    waits = desk.incidents.transition(incident.id, "wait", pending_reason="a question for bob")
    assert waits.promised_by is None
    assert notices(desk, notifier)[1:] == [
        (
            "INC-1: paused: waiting for you; if it went on now, it would be done by Mon 02 Mar 2026, 13:00 "
            "UTC\n\nThis has changed because it is paused: waiting for you."
        )
    ]
    clock.advance(2 * HOUR)
    desk.incidents.transition(incident.id, "resume")
    desk.incidents.transition(incident.id, "resolve", resolution="a cable")
    assert desk.tickets.promise(incident.id).text == "INC-1: it is done"
    moves = [e.fact for e in desk.tickets.history(incident.id) if isinstance(e.fact, PromiseMoved)]
    assert [(each.before, each.after, each.because) for each in moves] == [
        (None, A_MONDAY + 8 * HOUR, "it was logged"),
        (A_MONDAY + 8 * HOUR, A_MONDAY + 4 * HOUR, "the priority is P1 now"),
        (A_MONDAY + 4 * HOUR, None, "it is paused: waiting for you"),
        (None, A_MONDAY + 6 * HOUR, "it is In Progress now"),
    ]
    assert len(notices(desk, notifier)) == 3
    assert desk.tickets.get(incident.id).promised_by == A_MONDAY + 6 * HOUR


@settings(max_examples=40)
@given(LIVES)
def test_the_promise_on_a_ticket_is_never_further_off_than_what_is_not_told(
    life: list[tuple[int, str, int]],
) -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(PROMISING, None, clock)
    for ticket in live(desk, clock, life):
        now, history = desk.tickets.get(ticket.id), desk.tickets.history(ticket.id)
        due = desk.tickets.clocks(ticket.id).get("resolve")
        moves = [event.fact for event in history if isinstance(event.fact, PromiseMoved)]
        assert now.promised_by == (moves[-1].after if moves else None)
        assert [each.before for each in moves] == [None, *(each.after for each in moves)][: len(moves)]
        if due is not None and due.phase in {"running", "paused"}:
            if due.due is None:
                assert now.promised_by is None
            else:
                assert now.promised_by is not None
                assert abs(now.promised_by - due.due) < PROMISING.promises.notice_from


def test_changed_agreements_move_promises(clock: ManualClock) -> None:
    store, notifier = InMemoryStore(), InMemoryNotifier()
    incident = a_desk(PROMISING, store, clock).incidents.log("No network", requester="bob")
    desk = a_desk(evolve(PROMISING, agreements=[agreement("less", 40)]), store, clock, notifier)
    assert desk.reread_agreements().changed == 1
    (moved,) = notices(desk, notifier)
    assert moved.endswith("This has changed because what is agreed has changed.")
    assert desk.tickets.history(incident.id)[-1].name == "PromiseMoved"
    assert desk.tickets.get(incident.id).version == 3


def test_nobody_is_told_where_nobody_asked_and_others_wait_in_other_words(clock: ManualClock) -> None:
    notifier = InMemoryNotifier()
    policy = PromisePolicy(waits_for_requester=equals("pending_reason", "requester"))
    desk = a_desk(evolve(CONFIG, promises=policy), None, clock, notifier)
    seen = Observation("Assigned", "network", "ann", priority="P1")
    incident = desk.incidents.take_over("OLD-1", seen, opened_at=A_MONDAY)
    waits = desk.incidents.transition(incident.id, "wait", pending_reason="a supplier")
    assert (waits.requester, waits.promised_by) == (None, None)
    assert desk.tickets.promise(incident.id).text.startswith("OLD-1: paused: waiting for others; if it went")
    assert desk.deliver().delivered == 0
    clock.advance(100 * HOUR)
    desk.incidents.transition(incident.id, "resume")
    clock.advance(100 * HOUR)
    assert desk.tickets.promise(incident.id).text.startswith("OLD-1: it should have been done by ")
    desk.incidents.transition(incident.id, "wait", pending_reason="requester")
    assert desk.tickets.promise(incident.id).text == "OLD-1: paused: waiting for you"
    desk.incidents.transition(incident.id, "cancel", cancellation_reason="gone")
    assert desk.tickets.promise(incident.id).text == "OLD-1: it is cancelled"
    complaint = desk.work("complaint").log("Too slow")
    nothing = desk.tickets.promise(complaint.id)
    assert (nothing.text, nothing.by) == ("COM-1: no time is agreed for it", None)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"notice_from": -HOUR}, "notice_from must be zero or more"),
        ({"notice_from": 5}, "notice_from"),
        ({"words": "hello"}, "words"),
        ({"waits_for_requester": "always"}, "waits_for_requester"),
    ],
)
def test_a_policy_of_promises_is_checked(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        PromisePolicy(**options)
