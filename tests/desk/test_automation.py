"""Rules of automation on a desk: each answers an event once, whoever works, and any set comes to rest."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Barrier

import pytest
from attrs import evolve
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.desk.automation_kit import (
    CONFIG,
    DAY,
    HOUR,
    NOTE,
    TAG,
    a_desk,
    a_rule,
    facts_of,
    put_past_the_check,
    step,
    told,
)

from itsmkit.calendars import BusinessDays
from itsmkit.desk import (
    Desk,
    InMemoryDirectory,
    InMemoryNotifier,
    InMemoryStore,
    ManualClock,
    Worker,
)
from itsmkit.desk._deeds import DEEDS
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.plugin import hookimpl
from itsmkit.practices.access import AccessDeniedError, AccessRules, Restriction, Role, Scope
from itsmkit.practices.automation import (
    DateTrigger,
    EventTrigger,
    RecurrenceTrigger,
    RobotReport,
    RobotTask,
    Rule,
    RuleFault,
    Ruling,
)
from itsmkit.practices.automation._steps import is_known_command
from itsmkit.practices.work_aids import ChecklistTemplate, TicketTemplate
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Actor, RobotReported, RuleFired, RuleRefused, TicketId, replay
from itsmkit.tickets.structure import Person, Structure


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(A_MONDAY)


@pytest.fixture
def desk(clock: ManualClock) -> Desk:
    return a_desk(clock)


def test_a_rule_fires_once_and_says_so(desk: Desk) -> None:
    kept = desk.automation.keep(a_rule("vip", "TicketLogged", TAG, when='requester = "bob"'))
    bobs, kims = (desk.incidents.log("No network", requester=each) for each in ("bob", "kim"))
    report = desk.run_due().rules
    assert (report.fired, report.is_done, report.troubles) == (1, True, ())
    assert told(desk, bobs) == ["TicketLogged", "Tagged", "RuleFired"]
    assert told(desk, kims) == ["TicketLogged"]
    history = desk.tickets.history(bobs.id)
    assert [(each.actor.id, each.actor.automated) for each in history[1:]] == [("ann", True)] * 2
    assert history[2].fact == RuleFired("vip", kept.version, "event 1", (), 2)
    assert desk.tickets.get(bobs.id) == replay(history, type(desk.tickets.get(bobs.id)))
    assert desk.run_due().rules.fired == 0
    assert desk.audit.verify().is_intact


def test_what_happened_before_a_rule_was_kept_is_no_concern_of_it(desk: Desk, clock: ManualClock) -> None:
    before = desk.incidents.log("No network")
    clock.advance(HOUR)
    desk.automation.keep(a_rule("first", "TicketLogged"))
    clock.advance(HOUR)
    between = desk.incidents.log("No power")
    clock.advance(HOUR)
    desk.automation.keep(a_rule("second", "TicketLogged"))
    desk.run_due()
    assert told(desk, before) == ["TicketLogged"]
    assert [each.rule for each in facts_of(desk, between, RuleFired)] == ["first"]


def test_steps_are_done_as_one_or_not_at_all(desk: Desk) -> None:
    desk.automation.keep(a_rule("both", "TicketLogged", TAG, step("transition", trigger="close"), tries=2))
    tickets = [desk.incidents.log("No network") for _ in range(3)]
    report = desk.run_due().rules
    assert [(each.rule, each.is_parked) for each in report.troubles] == [("both", False), ("both", True)]
    assert "cannot" in str(report.troubles[0])
    assert [told(desk, each) for each in tickets] == [
        ["TicketLogged", "RuleRefused"],
        ["TicketLogged", "RuleRefused"],
        ["TicketLogged"],
    ]
    [kept] = desk.automation.all()
    assert kept.parked is not None
    assert kept.parked.startswith("it has failed 2 times in a row")
    assert [each.event for each in desk.automation.history("both")] == [
        "RuleKept",
        "RuleFailed",
        "RuleParked",
    ]
    assert desk.tickets.get(tickets[0].id).tags == ()
    resumed = desk.automation.resume("both")
    assert (resumed.parked, resumed.failures) == (None, 0)


def test_a_rule_that_recovers_begins_anew(desk: Desk) -> None:
    desk.automation.keep(
        a_rule("reply", "TicketLogged", step("send_message", text="{site}: we come."), tries=2)
    )
    for site in (None, "north", None, "north"):
        desk.incidents.log("No network", site=site)
    report = desk.run_due().rules
    assert (report.fired, len(report.troubles)) == (2, 2)
    [kept] = desk.automation.all()
    assert (kept.parked, kept.failures) == (None, 0)


def test_rules_lead_to_one_another_and_what_goes_round_is_refused_by_name(desk: Desk) -> None:
    desk.automation.keep(a_rule("a", "Tagged", NOTE))
    with pytest.raises(DefinitionError, match="rules a → b → a go round: a leads to b by InternalNote"):
        desk.automation.keep(a_rule("b", "InternalNote", TAG))
    desk.automation.keep(a_rule("b", "InternalNote", TAG, is_retired=True))
    desk.automation.keep(
        a_rule("c", "InternalNote", step("describe", title="Noted"), when="event.automated = true")
    )
    ticket = desk.incidents.log("No network")
    desk.tickets.tag(ticket.id, "x")
    desk.run_due()
    fired = facts_of(desk, ticket, RuleFired)
    assert [(each.rule, each.chain) for each in fired] == [("a", ()), ("c", ("a",))]
    assert desk.automation.check() == ()


def test_what_goes_round_all_the_same_stops_with_a_report_that_names_it(desk: Desk) -> None:
    put_past_the_check(
        desk,
        a_rule("a", "Tagged", NOTE, step("tag", tags=["b"])),
        a_rule("b", "InternalNote", step("untag", tags=["b"]), TAG),
    )
    assert [each.fault for each in desk.automation.check()] == [RuleFault.GOES_ROUND]
    ticket = desk.incidents.log("No network")
    desk.tickets.tag(ticket.id, "x")
    report = desk.run_due().rules
    assert report.is_done
    assert {reason for each in report.troubles for reason in each.reasons} >= {
        "the rules a → b → a go round: each leads to the next"
    }


def test_a_rule_that_logs_tickets_for_each_ticket_stops_too(desk: Desk) -> None:
    desk.aids.keep(TicketTemplate(id="t", name="T", kind="incident", title="Another"))
    put_past_the_check(
        desk, a_rule("more", "TicketLogged", step("log_from", template="t", details={"floor": 3}))
    )
    first = desk.incidents.log("No network")
    report = desk.run_due().rules
    assert (report.fired, report.is_done, desk.tickets.count()) == (1, True, 2)
    [trouble] = report.troubles
    assert trouble.reasons == ("the rules more → more go round: each leads to the next",)
    other = next(each for each in desk.tickets if each.id != first.id)
    assert (other.title, other.details["rule"], other.details["floor"]) == ("Another", "more", 3)


steps = st.sampled_from(
    [
        TAG,
        step("untag", tags=["vip"]),
        step("tag", tags=["x"]),
        step("untag", tags=["x"]),
        NOTE,
        step("describe", floor=1),
        step("describe", floor=2),
        step("assign", support_group="network"),
        step("assign"),
        step("transition", trigger="assign"),
        step("log_from", template="t"),
        step("prioritise", impact="high", urgency="high"),
        step("begin_checklist", template="none"),
    ]
)
names = [
    "TicketLogged",
    "Tagged",
    "Untagged",
    "InternalNote",
    "DetailsChanged",
    "Assigned",
    "StateChanged",
    "Prioritised",
]
wheres = st.sampled_from(["", "tag.vip = true", "not tag.x = true", "floor = 1", "event.automated = true"])


@st.composite
def rule_sets(draw: st.DrawFn) -> list[Rule]:
    return [
        a_rule(
            f"r{number}",
            EventTrigger(
                on=draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)),
                after=draw(st.sampled_from([timedelta(0), timedelta(0), HOUR])),
            ),
            *draw(st.lists(steps, min_size=1, max_size=3)),
            when=draw(wheres),
            once=draw(st.booleans()),
            stops=draw(st.integers(0, 5)) == 0,
        )
        for number in range(draw(st.integers(1, 4)))
    ]


@settings(max_examples=40, deadline=None)
@given(rule_sets(), st.integers(0, 2))
@example(
    [
        a_rule("r0", ["TicketLogged", "Assigned"], TAG),
        a_rule("r1", "Tagged", step("assign", support_group="network"), once=True),
    ],
    0,
)
def test_any_set_of_rules_comes_to_rest(rules: list[Rule], tags: int) -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock)
    desk.aids.keep(TicketTemplate(id="t", name="T", kind="incident", title="Another"))
    put_past_the_check(desk, *rules)
    ticket = desk.incidents.log("No network")
    for number in range(tags):
        desk.tickets.tag(ticket.id, f"t{number}")
    for _ in range(60):
        report = desk.run_due().rules
        assert report.is_done
        clock.advance(2 * HOUR)
        if report.fired == report.put_off == 0 and not report.troubles:
            break
    else:
        pytest.fail("they never come to rest")
    assert desk.tickets.count() < 300
    for each in desk.tickets:
        history = desk.tickets.history(each.id)
        assert replay(history, type(each)) == each
        done = [
            (fact.rule, fact.occasion)
            for fact in (event.fact for event in history)
            if isinstance(fact, RuleFired | RuleRefused)
        ]
        assert len(done) == len(set(done))
    going = [each for each in desk.automation.check() if each.is_error]
    # A round in which one fires once on a ticket comes to an end, if not before, where it would begin anew.
    once = {each.id for each in rules if each.once}
    rounds = [
        reason
        for each in desk.tickets
        for fact in facts_of(desk, each, RuleRefused)
        for reason in fact.reasons
        if "go round" in reason and once.isdisjoint(reason.split())
    ]
    assert going or not rounds


@pytest.mark.parametrize("workers", [2, 4, 8])
def test_however_many_work_each_event_is_answered_once(workers: int) -> None:
    store, clock = InMemoryStore(), ManualClock(A_MONDAY)
    setup = a_desk(clock, store)
    setup.automation.keep(a_rule("tag", "TicketLogged", TAG))
    setup.automation.keep(a_rule("note", "Tagged", NOTE))
    setup.automation.keep(a_rule("later", EventTrigger(on="Tagged", after=HOUR), step("describe", floor=1)))
    tickets = [setup.incidents.log(f"No network {number}") for number in range(20)]
    together = Barrier(workers)

    def work(number: int) -> None:
        desk = Desk(CONFIG, store=store, clock=clock, random=Random(number)).acting_as(Actor("worker"))
        together.wait()
        for _ in range(20):
            desk.run_due()

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, range(workers)))
    clock.advance(2 * HOUR)
    setup.run_due()
    for each in tickets:
        assert sorted(fact.rule for fact in facts_of(setup, each, RuleFired)) == ["later", "note", "tag"]
    assert setup.run_due().rules.fired == 0
    assert setup.audit.verify().is_intact


def test_rules_in_order_and_one_that_stops_the_others(desk: Desk) -> None:
    desk.automation.keep(a_rule("second", "TicketLogged", NOTE, order=2, stops=True))
    desk.automation.keep(a_rule("first", "TicketLogged", TAG, order=1))
    desk.automation.keep(a_rule("third", "TicketLogged", NOTE, order=3))
    ticket = desk.incidents.log("No network")
    desk.run_due()
    assert [each.rule for each in facts_of(desk, ticket, RuleFired)] == ["first", "second"]
    judged = {each.rule.id: each for each in desk.automation.explain(ticket.id)}
    assert judged["third"].ruling is Ruling.STOPPED


def test_what_no_longer_holds_when_a_rule_comes_to_it_is_left_alone(desk: Desk) -> None:
    desk.automation.keep(
        a_rule("take", "TicketLogged", step("assign", support_group="desk"), when="support_group is missing")
    )
    ticket = desk.incidents.log("No network")
    desk.tickets.assign(ticket.id, support_group="network")
    assert desk.run_due().rules.fired == 0
    assert desk.tickets.get(ticket.id).support_group == "network"


def test_a_rule_fires_once_on_a_ticket_if_it_is_to(desk: Desk) -> None:
    desk.automation.keep(a_rule("once", "Tagged", NOTE, once=True))
    ticket = desk.incidents.log("No network")
    for word in ("a", "b", "c"):
        desk.tickets.tag(ticket.id, word)
        desk.run_due()
    assert [each.occasion for each in facts_of(desk, ticket, RuleFired)] == ["event 2"]


def test_time_passes_before_a_rule_unless_something_calls_it_off(desk: Desk, clock: ManualClock) -> None:
    wait = EventTrigger(on="PublicMessage", after=BusinessDays(1), unless="StateChanged")
    desk.automation.keep(a_rule("remind", wait, NOTE, when='state_category != "closed"'))
    left, answered = (desk.incidents.log("No network", requester="bob") for _ in range(2))
    for each in (left, answered):
        desk.tickets.send_message(each.id, "Which room?")
    assert desk.run_due().rules.put_off == 2
    clock.advance(HOUR)
    desk.incidents.transition(answered.id, "assign", support_group="network")
    assert desk.run_due().rules.fired == 0
    clock.advance(DAY)
    assert desk.run_due().rules.fired == 1
    assert facts_of(desk, left, RuleFired)[0].rule == "remind"
    assert facts_of(desk, answered, RuleFired) == []
    assert desk.next_due() is None or desk.next_due() > clock()  # type: ignore[operator]


def test_a_waiting_rule_survives_a_new_reading_of_agreements(desk: Desk, clock: ManualClock) -> None:
    desk.automation.keep(a_rule("remind", EventTrigger(on="TicketLogged", after=HOUR), NOTE))
    ticket = desk.incidents.log("No network")
    desk.run_due()
    with desk.store.begin() as unit:
        assert desk._runner.renew(unit, unit.ticket(ticket.id)) in (True, False)
    clock.advance(2 * HOUR)
    assert desk.run_due().rules.fired == 1


def test_hours(desk: Desk, clock: ManualClock) -> None:
    desk.automation.keep(a_rule("inside", "TicketLogged", hours="inside", calendar="office"))
    desk.automation.keep(a_rule("outside", "TicketLogged", hours="outside"))
    desk.automation.keep(a_rule("only", "TicketLogged", hours="inside", otherwise="skip"))
    clock.set(A_MONDAY.replace(hour=20))
    ticket = desk.incidents.log("No network")
    report = desk.run_due().rules
    assert (report.fired, report.put_off) == (1, 1)
    clock.set(A_MONDAY.replace(hour=8) + DAY)
    desk.run_due()
    assert [each.rule for each in facts_of(desk, ticket, RuleFired)] == ["outside", "inside"]


def test_a_time_that_comes_again(desk: Desk, clock: ManualClock) -> None:
    daily = RecurrenceTrigger(every="FREQ=DAILY", first="2026-03-01T10:00", tz="UTC", shift="skip")
    desk.automation.keep(a_rule("look", daily, NOTE, when='state_category = "new"'))
    new, done = (desk.incidents.log("No network") for _ in range(2))
    desk.incidents.transition(done.id, "assign", support_group="network")
    assert desk.run_due().rules.fired == 0
    fired = []
    for _ in range(7):
        clock.advance(DAY)
        fired.append(desk.run_due().rules.fired)
        desk.run_due()
    assert fired == [1, 1, 1, 1, 1, 0, 0]
    assert len(facts_of(desk, new, RuleFired)) == 5
    assert facts_of(desk, done, RuleFired) == []


def test_a_time_that_comes_again_waits_for_the_hours_of_its_rule(desk: Desk, clock: ManualClock) -> None:
    nightly = RecurrenceTrigger(every="FREQ=DAILY", first="2026-03-02T03:00", tz="UTC")
    desk.automation.keep(a_rule("wait", nightly, hours="inside"))
    desk.automation.keep(a_rule("skip", nightly, hours="inside", otherwise="skip"))
    ticket = desk.incidents.log("No network")
    clock.set(A_MONDAY.replace(hour=4) + DAY)
    assert desk.run_due().rules.fired == 0
    clock.set(A_MONDAY.replace(hour=9) + DAY)
    assert desk.run_due().rules.fired == 1
    assert facts_of(desk, ticket, RuleFired)[0].rule == "wait"


def test_a_date_on_the_ticket(desk: Desk, clock: ManualClock) -> None:
    before = desk.incidents.log("No network", needed_by=A_MONDAY + 7 * DAY)
    past = desk.incidents.log("No network", needed_by=A_MONDAY + HOUR)
    clock.advance(2 * HOUR)
    desk.automation.keep(a_rule("near", DateTrigger(field="needed_by", offset=BusinessDays(-2))))
    moved = desk.incidents.log("No network", needed_by=A_MONDAY + 8 * DAY)
    assert desk.run_due().rules.put_off >= 2
    desk.tickets.describe(moved.id, needed_by=A_MONDAY + 30 * DAY)
    desk.run_due()
    clock.advance(14 * DAY)
    desk.run_due()
    clock.advance(30 * DAY)
    desk.run_due()
    assert [len(facts_of(desk, each, RuleFired)) for each in (before, past, moved)] == [1, 0, 1]
    assert facts_of(desk, before, RuleFired)[0].occasion == "date 20260309T090000.000000Z"


def test_pausing_and_retiring(desk: Desk, clock: ManualClock) -> None:
    desk.automation.keep(a_rule("note", "TicketLogged"))
    assert desk.automation.pause("note", "a fault").paused == "a fault"
    missed = desk.incidents.log("No network")
    desk.run_due()
    clock.advance(HOUR)
    desk.automation.resume("note")
    seen = desk.incidents.log("No network")
    desk.run_due()
    assert told(desk, missed) == ["TicketLogged"]
    assert told(desk, seen) == ["TicketLogged", "InternalNote", "RuleFired"]
    assert desk.automation.retire("note").is_retired
    assert desk.automation.retire("note").version == desk.automation.retire("note").version
    desk.incidents.log("No network")
    assert desk.run_due().rules.fired == 0
    with pytest.raises(NotFoundError):
        desk.automation.pause("none", "why")


class Robot:
    """A robot that fails some times before it does its work."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.tasks: list[RobotTask] = []

    @hookimpl
    def itsmkit_run_robot(self, task: RobotTask) -> RobotReport | None:
        if task.robot != "payroll":
            return None
        self.tasks.append(task)
        if len(self.tasks) <= self.failures:
            raise OSError("busy")
        return RobotReport("done", f"account of {task.arguments['who']} is made")


CALL = step("call_robot", robot="payroll", arguments={"who": "{requester}", "floor": "{floor}"})


def test_a_robot_is_called_after_the_commit_and_reports_once(clock: ManualClock) -> None:
    robot = Robot(failures=2)
    desk = a_desk(clock, plugins=[robot, InMemoryNotifier()])
    desk.automation.keep(a_rule("hire", "TicketLogged", CALL))
    desk.automation.keep(
        a_rule("thank", "RobotReported", step("send_message", text="Done."), when='event.outcome = "done"')
    )
    ticket = desk.incidents.log("A new colleague", requester="bob", details={"floor": 3})
    desk.run_due()
    assert robot.tasks == []
    for _ in range(4):
        desk.deliver()
        clock.advance(2 * HOUR)
    assert len({task.key for task in robot.tasks}) == 1
    assert len(robot.tasks) == 3
    [report] = facts_of(desk, ticket, RobotReported)
    assert (report.text, report.outcome, report.fired) == ("account of bob is made", "done", 2)
    assert dict(robot.tasks[0].arguments) == {"who": "bob", "floor": "3"}
    desk.run_due()
    assert [(each.rule, each.chain) for each in facts_of(desk, ticket, RuleFired)] == [
        ("hire", ()),
        ("thank", ("hire",)),
    ]


def test_a_robot_that_nobody_runs_is_given_up_and_told(clock: ManualClock) -> None:
    desk = a_desk(clock, plugins=[Robot()])
    desk.automation.keep(a_rule("hire", "TicketLogged", step("call_robot", robot="phone")))
    desk.incidents.log("A new colleague")
    desk.run_due()
    parked = []
    for _ in range(12):
        parked += desk.deliver().parked
        clock.advance(2 * HOUR)
    [entry] = parked
    assert "no plugin runs the robot 'phone'" in str(entry.parked)


def test_people_are_told_and_checklists_begun(clock: ManualClock) -> None:
    notifier = InMemoryNotifier()
    desk = a_desk(clock, plugins=[notifier])
    desk.aids.keep(ChecklistTemplate(id="move", name="A move", items=["desk", "phone"]))
    rule = a_rule(
        "move",
        "TicketLogged",
        step("notify", to=["requester", "zoe"], subject="{number}", body="{title}, {requester}"),
        step("begin_checklist", template="move"),
    )
    desk.automation.keep(rule)
    ticket = desk.incidents.log("A move", requester="bob")
    desk.run_due()
    desk.deliver()
    assert {each.recipient: each.body for each in notifier.delivered if each.subject == "INC-1"} == {
        "bob": "A move, bob",
        "zoe": "A move, bob",
    }
    assert [each.template for each in desk.checklists.of(ticket.id)] == ["move"]


ROLES = AccessRules(
    [
        Role("lead", sees=[Scope()], permits=["*"]),
        Role(
            "clerk",
            sees=[Scope(equal={"service": "mail"})] if False else [Scope()],
            permits=["tickets.tag", "automation.keep", "incidents.log"],
        ),
        Role("worker", sees=[Scope()], permits=["*"]),
    ],
    restrictions=[Restriction("security", roles=["lead"])],
)


def guarded_desk(clock: ManualClock) -> Desk:
    return a_desk(clock, config=evolve(CONFIG, access=ROLES))


CLERK, LEAD = Actor("cleo", roles=("clerk",)), Actor("lea", roles=("lead",))


def test_nobody_keeps_a_rule_that_does_what_they_may_not(clock: ManualClock) -> None:
    desk = guarded_desk(clock)
    with pytest.raises(DefinitionError) as refused:
        desk.automation.keep(a_rule("x", "TicketLogged", TAG, NOTE, roles=["lead"]), by=CLERK)
    assert refused.value.problems == (
        "rule 'x': roles: cleo has not got the role 'lead', so that no rule of theirs acts with it",
        "rule 'x': steps[1]: cleo is not permitted tickets.add_note, so that no rule of theirs does it",
    )
    with pytest.raises(AccessDeniedError):
        desk.automation.keep(a_rule("x", "TicketLogged", TAG), by=Actor("kim"))
    assert desk.automation.keep(a_rule("x", "TicketLogged", TAG), by=CLERK).author == "cleo"


def test_a_rule_never_reaches_what_its_author_may_not_see(clock: ManualClock) -> None:
    desk = guarded_desk(clock)
    desk.automation.keep(a_rule("x", "TicketLogged", TAG), by=CLERK)
    secret = desk.incidents.log("A breach", restricted_to="security", by=LEAD)
    plain = desk.incidents.log("No network", by=CLERK)
    worker = desk.acting_as(Actor("w", roles=("worker",)))
    report = worker.run_due().rules
    assert (report.fired, len(report.troubles)) == (1, 1)
    reader = desk.privileged("test")
    assert reader.tickets.get(secret.id).tags == ()
    assert reader.tickets.get(plain.id).tags == ("vip",)


def test_what_is_taken_from_an_author_is_taken_from_their_rules(clock: ManualClock) -> None:
    store = InMemoryStore()
    desk = a_desk(clock, store, config=evolve(CONFIG, access=ROLES))
    desk.automation.keep(a_rule("x", "TicketLogged", TAG, acts_as="tagger", roles=["clerk"]), by=CLERK)
    without = evolve(
        ROLES, roles=[ROLES.roles[0], evolve(ROLES.roles[1], permits=["incidents.log"]), ROLES.roles[2]]
    )
    later = a_desk(clock, store, config=evolve(CONFIG, access=without))
    ticket = later.incidents.log("No network", by=CLERK)
    [trouble] = later.acting_as(Actor("w", roles=("worker",))).run_due().rules.troubles
    assert "none of their roles (clerk) permits it" in str(trouble)
    assert later.privileged("test").tickets.get(ticket.id).tags == ()


def test_a_rule_of_a_program_of_the_host_may_do_all(clock: ManualClock) -> None:
    desk = guarded_desk(clock)
    host = desk.privileged("set-up")
    host.automation.keep(a_rule("x", "TicketLogged", NOTE), by=Actor("installer"))
    ticket = desk.incidents.log("No network", by=CLERK)
    assert host.run_due().rules.fired == 1
    assert len(facts_of(host, ticket, RuleFired)) == 1


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        (a_rule("x", "Tagged", calendar="nowhere"), "calendar: there is no calendar 'nowhere'"),
        (a_rule("x", "Tagged", step("tag", words=["a"])), "steps[0]: tag: "),
        (
            a_rule("x", "Tagged", step("transition", trigger="jump")),
            "steps[0]: no workflow of the desk has a move",
        ),
        (a_rule("x", "Tagged", step("log_from", template="t")), "steps[0]: there is no ticket template 't'"),
        (
            a_rule("x", "Tagged", step("begin_checklist", template="t")),
            "steps[0]: there is no checklist template",
        ),
        (a_rule("x", "Tagged", when='state_category = "actve"'), "when.equals: must be one of"),
        (a_rule("x", "Tagged", acts_as="zoe"), "acts_as: 'zoe' is somebody else of the directory"),
    ],
)
def test_what_the_desk_has_not_is_refused(rule: Rule, problem: str, clock: ManualClock) -> None:
    config = evolve(CONFIG, structure=Structure(people=[Person("zoe", "Zoe")]))
    desk = a_desk(clock, config=config)
    with pytest.raises(DefinitionError) as refused:
        desk.automation.keep(rule)
    assert refused.value.problems[0].startswith(f"rule 'x': {problem}")


def test_only_rules_are_kept(desk: Desk) -> None:
    with pytest.raises(DefinitionError, match="must be a Rule"):
        desk.automation.keep("tag everything")  # type: ignore[arg-type]
    with pytest.raises(DefinitionError, match="must be a Rule"):
        desk.automation.dry_run("tag", TicketId("x"))  # type: ignore[arg-type]
    with pytest.raises(DefinitionError, match="leave nothing to be asked about"):
        desk.automation.rehearse(a_rule("x", DateTrigger(field="needed_by")))


def test_a_dry_run_tells_what_would_have_been(desk: Desk) -> None:
    tickets = [desk.incidents.log("No network", requester=each) for each in ("bob", "kim", "bob")]
    rule = a_rule("vip", "TicketLogged", TAG, when='requester = "bob"')
    [judged] = desk.automation.dry_run(rule, tickets[1].id)
    assert judged.ruling is Ruling.NOT_MET
    assert judged.because == 'requester is "kim", not equal to "bob"'
    found = desk.automation.rehearse(rule, limit=2)
    assert [each.number for each in found.found] == ["INC-1"]
    assert not found.is_done
    rest = desk.automation.rehearse(rule, after=found.position)
    assert [(each.number, each.judgement.ruling) for each in rest.found] == [("INC-3", Ruling.FIRES)]
    assert rest.is_done
    assert desk.automation.rehearse(rule, after=rest.position).position == rest.position
    assert [*desk.automation.all()] == []
    assert all(told(desk, each) == ["TicketLogged"] for each in tickets)
    with pytest.raises(NotFoundError):
        desk.automation.dry_run(rule, TicketId("none"))


def test_a_rule_that_runs_wild_where_no_chain_tells_is_parked(desk: Desk, clock: ManualClock) -> None:
    desk.automation.keep(a_rule("note", "Tagged", NOTE))
    ticket = desk.incidents.log("No network")
    for number in range(101):
        desk.tickets.tag(ticket.id, f"t{number % 9}")
        desk.tickets.untag(ticket.id, f"t{number % 9}")
    report = desk.run_due().rules
    assert report.fired == 100
    [trouble] = report.troubles
    assert trouble.is_parked
    assert "has fired 100 times on this ticket within a day" in str(trouble)


class Away(InMemoryDirectory):
    """A directory that cannot be asked for a while."""

    is_away = False

    def person(self, person_id: str) -> Person:
        if self.is_away:
            raise OSError("no answer")
        return super().person(person_id)


@pytest.mark.parametrize("lasting", [True, False])
def test_what_nobody_foresaw_is_tried_again_and_given_up(clock: ManualClock, lasting: bool) -> None:
    directory = Away(Structure())
    desk = a_desk(clock, directory=directory)
    desk.aids.keep(TicketTemplate(id="t", name="T", kind="incident", title="Another"))
    desk.automation.keep(a_rule("more", "Tagged", step("log_from", template="t")))
    desk.automation.keep(a_rule("note", "Tagged", NOTE))
    ticket = desk.incidents.log("No network")
    desk.tickets.tag(ticket.id, "x")
    directory.is_away = True
    assert desk.run_due().rules.fired == 1
    directory.is_away = lasting
    troubles = []
    for _ in range(10):
        troubles += desk.run_due(lease=timedelta(minutes=1)).rules.troubles
        clock.advance(timedelta(minutes=2))
    assert [each.reasons for each in troubles] == ([("OSError: no answer",)] if lasting else [])
    assert desk.tickets.count() == (1 if lasting else 2)
    assert not desk.parked_timers()


def test_a_ticket_that_was_merged_is_left_alone(desk: Desk) -> None:
    desk.automation.keep(a_rule("note", "TicketLogged"))
    first, second = desk.incidents.log("No network"), desk.incidents.log("No network")
    desk.links.merge(first.id, into=second.id)
    assert desk.run_due().rules.fired == 1


def test_many_events_are_read_in_turns(desk: Desk) -> None:
    desk.automation.keep(a_rule("note", "Tagged"))
    ticket = desk.incidents.log("No network")
    for number in range(120):
        desk.tickets.describe(ticket.id, floor=number)
    asked = iter([False] * 50)
    assert not desk.run_due(stop=lambda: next(asked, True)).rules.is_done
    assert desk.run_due().rules.is_done


def test_a_worker_lets_rules_fire_and_tells(clock: ManualClock, caplog: pytest.LogCaptureFixture) -> None:
    desk = a_desk(clock)
    desk.automation.keep(a_rule("note", "TicketLogged"))
    desk.automation.keep(a_rule("close", "TicketLogged", step("transition", trigger="close"), tries=1))
    desk.incidents.log("No network")
    report = Worker(desk).round()
    assert (report.ruled, report.problems) == (1, 1)
    assert "1 rule fired" in str(report)
    assert "it is parked" in caplog.text


def test_a_ticket_cannot_lose_its_rule_by_its_erasure(desk: Desk) -> None:
    desk.automation.keep(a_rule("close", "TicketLogged", step("transition", trigger="close")))
    ticket = desk.incidents.log("Bob's network", requester="bob")
    desk.run_due()
    desk.tickets.erase(ticket.id, reason="asked for")
    [refused] = facts_of(desk, ticket, RuleRefused)
    assert set(refused.reasons) == {"[erased]"}
    assert desk.run_due().rules.fired == 0
    assert desk.audit.verify().is_intact


def test_whatever_is_done_to_tickets_by_name_is_known_to_rules() -> None:
    assert [name for name in DEEDS if not is_known_command(name)] == []


def test_a_rule_of_another_tenant_answers_nothing_here(clock: ManualClock) -> None:
    desk = a_desk(clock)
    desk.of_tenant("other").automation.keep(a_rule("note", "TicketLogged"))
    ticket = desk.incidents.log("No network")
    assert desk.run_due().rules.fired == 0
    assert told(desk, ticket) == ["TicketLogged"]
    with pytest.raises(RefusedError), desk.batch() as batch:
        batch.deliver()
    assert datetime(2026, 3, 2, 9, tzinfo=UTC) == A_MONDAY
