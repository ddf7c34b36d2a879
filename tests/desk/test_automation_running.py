"""Rules at work beside others: who comes in between, what is cut short, and what fails."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import count, pairwise
from typing import Any, cast

import pytest
from attrs import evolve
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

from itsmkit.calendars import BusinessCalendar, BusinessDays, WeeklyHours
from itsmkit.desk import Desk, InMemoryStore, ManualClock
from itsmkit.desk._followed_feed import end_of
from itsmkit.desk._rule_runs import READER
from itsmkit.errors import ConflictError, DefinitionError
from itsmkit.plugin import Store, UnitOfWork, hookimpl
from itsmkit.practices.access import AccessRules, Restriction, Role, Scope
from itsmkit.practices.automation import (
    DateTrigger,
    EventTrigger,
    RecurrenceTrigger,
    RobotOutcome,
    RobotReport,
    RobotTask,
)
from itsmkit.practices.work_aids import ChecklistTemplate, MacroStep, TicketTemplate
from itsmkit.testing import A_MONDAY
from itsmkit.testing.faults import Faults, failing_store
from itsmkit.tickets import Actor, RobotReported, RuleFired, RuleRefused, TicketId

ONCE_ONLY = BusinessCalendar(
    WeeklyHours(), "UTC", special_hours={date(2026, 3, 2): "08:00-17:00"}, name="once only"
)
DAILY = RecurrenceTrigger(every="FREQ=DAILY", first="2026-03-02T10:00", tz="UTC")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(A_MONDAY)


@pytest.fixture
def desk(clock: ManualClock) -> Desk:
    return a_desk(clock)


class Between:
    """A store in which somebody else does something just before one of the units of work begins."""

    def __init__(self, store: Store, at: int, work: Callable[[], object]) -> None:
        self._store, self._at, self._work, self._begun = store, at, work, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        self._begun += 1
        if self._begun == self._at:
            self._work()
        with self._store.begin() as unit:
            yield unit


def units_of(work: Callable[[Store], object], store: Store) -> int:
    """Return how many units of work there are to come between, by doing the work on a copy."""
    faults = Faults()
    work(failing_store(store, faults))
    return faults.calls.count("store.begin")


# -- others who work -----------------------------------------------------------------------------------


@pytest.mark.parametrize("at", range(1, 12))
@pytest.mark.parametrize("is_refused", [False, True])
def test_whoever_comes_in_between_an_event_is_answered_once(
    clock: ManualClock, at: int, is_refused: bool
) -> None:
    store = InMemoryStore()
    desk = a_desk(clock, store)
    does = step("transition", trigger="close") if is_refused else TAG
    desk.automation.keep(a_rule("tag", "TicketLogged", does, tries=9))
    desk.automation.keep(a_rule("note", "TicketLogged", NOTE))
    ticket = desk.incidents.log("No network")
    other = a_desk(clock, cast("Store", Between(store, at, desk.run_due)))
    other.run_due()
    desk.run_due()
    assert [each.rule for each in facts_of(desk, ticket, RuleFired)] == (
        ["note"] if is_refused else ["note", "tag"]
    )
    assert [each.rule for each in facts_of(desk, ticket, RuleRefused)] == ["tag"] * is_refused
    failures = {each.id: each.failures for each in desk.automation.all()}
    assert failures == {"note": 0, "tag": int(is_refused)}


@pytest.mark.parametrize("at", range(1, 16))
def test_whoever_comes_in_between_a_time_is_seen_to_once(clock: ManualClock, at: int) -> None:
    store = InMemoryStore()
    desk = a_desk(clock, store)
    desk.automation.keep(a_rule("look", DAILY, NOTE))
    tickets = [desk.incidents.log("No network") for _ in range(2)]
    clock.advance(DAY + 2 * HOUR)
    a_desk(clock, cast("Store", Between(store, at, desk.run_due))).run_due()
    desk.run_due()
    for each in tickets:
        assert len(facts_of(desk, each, RuleFired)) == 1
    [kept] = desk.automation.all()
    assert kept.done_until == A_MONDAY.replace(hour=10) + DAY


def test_a_rule_that_is_kept_anew_meanwhile_has_other_times(clock: ManualClock) -> None:
    store = InMemoryStore()
    desk = a_desk(clock, store)
    desk.automation.keep(a_rule("look", DAILY, NOTE))
    clock.advance(DAY)
    changed = a_rule("look", evolve(DAILY, first="2026-03-02T11:00"), NOTE)

    def work(at: int) -> None:
        store_between = Between(store, at, lambda: desk.automation.keep(changed))
        a_desk(clock, cast("Store", store_between)).run_due()

    # The last unit is the one that notes up to when the times were seen to.
    work(units_of(lambda each: a_desk(clock, each).automation.all(), store) + 1)
    [kept] = desk.automation.all()
    assert (kept.since, kept.trigger) == (clock(), changed.trigger)


def test_who_always_comes_second_leaves_the_rest_to_others(clock: ManualClock) -> None:
    store = InMemoryStore()
    desk = a_desk(clock, store)
    desk.automation.keep(a_rule("tag", "TicketLogged", TAG))
    ticket = desk.incidents.log("No network")
    numbers = count()

    class Late:
        """A store that always finds that others have saved first."""

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        @contextmanager
        def begin(self) -> Iterator[UnitOfWork]:
            with store.begin() as unit:
                yield unit
                raise ConflictError("ticket", ticket.id, next(numbers), 0)

    report = a_desk(clock, cast("Store", Late())).run_due().rules
    assert (report.fired, report.troubles, report.is_done) == (0, (), False)
    assert told(desk, ticket) == ["TicketLogged"]
    assert desk.run_due().rules.fired == 1


@pytest.mark.parametrize("events", [0, 1, 2, 3, 7, 8, 20])
def test_the_first_rule_begins_at_the_end_of_the_feed(desk: Desk, events: int) -> None:
    for _ in range(events):
        desk.incidents.log("No network")
    end = end_of(desk.store.events)
    assert [*desk.store.events(after=end, limit=1)] == []
    if events:
        [last] = desk.store.events(after=end - 1, limit=2)
        assert last.position == end
    desk.automation.keep(a_rule("note", "TicketLogged"))
    assert desk.store.cursor(READER) == end
    assert desk.run_due().rules.read == 0


# -- turns ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answers", ["events", "times", "dates"])
@pytest.mark.parametrize("asked", range(8))
def test_what_is_cut_short_goes_on_where_it_was(clock: ManualClock, answers: str, asked: int) -> None:
    desk = a_desk(clock)
    tickets = [desk.incidents.log("No network", needed_by=A_MONDAY + 7 * DAY) for _ in range(3)]
    trigger = {
        "events": EventTrigger(on="Tagged"),
        "times": evolve(DAILY, every="FREQ=YEARLY"),
        "dates": DateTrigger(field="needed_by", offset=BusinessDays(-2)),
    }[answers]
    desk.automation.keep(a_rule("note", trigger))
    for each in tickets:
        desk.tickets.tag(each.id, "x")
    clock.advance(HOUR)
    reports = []
    for _ in range(2):
        answered = iter([False] * asked)
        reports.append(desk.run_due(stop=lambda answered=answered: next(answered, True)).rules)  # type: ignore[misc]
        clock.advance(7 * DAY)
    desk.run_due()
    desk.run_due()
    if asked == 0:
        assert not any(each.is_done for each in reports)
    assert [len(facts_of(desk, each, RuleFired)) for each in tickets] == [1, 1, 1]


# -- dates and times -----------------------------------------------------------------------------------


def test_a_date_that_is_taken_away_wakes_nobody(desk: Desk, clock: ManualClock) -> None:
    desk.automation.keep(a_rule("near", DateTrigger(field="needed_by")))
    desk.run_due()
    ticket = desk.incidents.log("No network", needed_by=A_MONDAY + DAY)
    assert desk.run_due().rules.put_off == 1
    desk.tickets.describe(ticket.id, needed_by=None)
    assert desk.run_due().rules.put_off == 0
    clock.advance(7 * DAY)
    desk.run_due()
    assert facts_of(desk, ticket, RuleFired) == []


def test_a_day_on_the_ticket_is_its_midnight(desk: Desk, clock: ManualClock) -> None:
    desk.automation.keep(a_rule("birthday", DateTrigger(field="born")))
    desk.run_due()
    ticket = desk.incidents.log("No network", details={"born": date(2026, 3, 4)})
    odd = desk.incidents.log("No network", details={"born": "some day"})
    assert desk.run_due().rules.put_off == 1
    clock.set(A_MONDAY.replace(day=4, hour=0))
    desk.run_due()
    [fired] = facts_of(desk, ticket, RuleFired)
    assert fired.occasion == "date 20260304"
    assert facts_of(desk, odd, RuleFired) == []


def test_in_a_calendar_without_so_much_time_nothing_becomes_due(clock: ManualClock) -> None:
    config = evolve(CONFIG, calendars={"once": ONCE_ONLY})
    desk = a_desk(clock, config=config)
    desk.automation.keep(
        a_rule("later", EventTrigger(on="TicketLogged", after=BusinessDays(9)), calendar="once")
    )
    desk.automation.keep(
        a_rule("near", DateTrigger(field="needed_by", offset=timedelta(hours=40)), calendar="once")
    )
    ticket = desk.incidents.log("No network", needed_by=A_MONDAY + DAY)
    report = desk.run_due().rules
    assert (report.fired, report.put_off, report.troubles, report.is_done) == (0, 0, (), True)
    assert told(desk, ticket) == ["TicketLogged"]


def test_a_date_is_woken_no_more_when_its_calendar_has_changed(clock: ManualClock) -> None:
    store = InMemoryStore()
    desk = a_desk(clock, store)
    rule = a_rule("near", DateTrigger(field="needed_by", offset=timedelta(hours=40)), calendar="office")
    desk.automation.keep(rule)
    desk.run_due()
    ticket = desk.incidents.log("No network", needed_by=A_MONDAY + DAY)
    assert desk.run_due().rules.put_off == 1
    clock.advance(30 * DAY)
    later = a_desk(clock, store, config=evolve(CONFIG, calendars={"office": ONCE_ONLY}))
    report = later.run_due()
    assert (report.rules.fired, report.failures) == (0, ())
    assert facts_of(desk, ticket, RuleFired) == []


def test_what_waits_for_a_rule_is_no_concern_of_its_next_version(desk: Desk, clock: ManualClock) -> None:
    waiting = a_rule("later", EventTrigger(on="TicketLogged", after=HOUR), NOTE)
    desk.automation.keep(waiting)
    ticket = desk.incidents.log("No network")
    assert desk.run_due().rules.put_off == 1
    clock.advance(timedelta(minutes=1))
    desk.automation.keep(evolve(waiting, steps=[TAG]))
    clock.advance(2 * HOUR)
    desk.run_due()
    assert told(desk, ticket) == ["TicketLogged"]


def test_what_waits_for_a_rule_that_answers_times_by_now_is_left(desk: Desk, clock: ManualClock) -> None:
    desk.automation.keep(a_rule("later", EventTrigger(on="TicketLogged", after=HOUR), NOTE))
    ticket = desk.incidents.log("No network")
    assert desk.run_due().rules.put_off == 1
    desk.automation.keep(a_rule("later", evolve(DAILY, first="2027-03-02T10:00"), NOTE))
    clock.advance(2 * HOUR)
    desk.run_due()
    assert facts_of(desk, ticket, RuleFired) == []
    with desk.store.begin() as unit:
        assert [each.name for each in unit.timers(ticket.id) if each.name.startswith("rule:")] == []


# -- steps that are refused ----------------------------------------------------------------------------


def test_each_problem_of_what_is_put_together_is_told(desk: Desk) -> None:
    desk.automation.keep(a_rule("rate", "TicketLogged", step("prioritise", impact="{site}", urgency="high")))
    desk.incidents.log("No network", site="north")
    [trouble] = desk.run_due().rules.troubles
    assert trouble.reasons == ("unknown impact 'north'; known: high, medium, low",)


LEAD, CLERK = Actor("lea", roles=("lead",)), Actor("cleo", roles=("clerk",))
WORKER = Actor("w", roles=("worker",))


def rules_of_access(*permits: str) -> AccessRules:
    return AccessRules(
        [
            Role("lead", sees=[Scope()], permits=["*"]),
            Role("clerk", sees=[Scope()], permits=["automation.keep", "incidents.log", *permits]),
            Role("worker", sees=[Scope()], permits=["*"]),
        ],
        restrictions=[Restriction("security", roles=["lead"])],
    )


@pytest.mark.parametrize(
    ("does", "permit"),
    [
        (step("notify", to=["requester"], subject="!"), "tickets.add_note"),
        (step("call_robot", robot="payroll"), "tickets.add_note"),
        (step("begin_checklist", template="move"), "checklists.begin"),
    ],
)
def test_what_is_no_command_on_the_ticket_needs_a_permit_too(
    clock: ManualClock, does: MacroStep, permit: str
) -> None:
    store = InMemoryStore()
    desk = a_desk(clock, store, config=evolve(CONFIG, access=rules_of_access(permit)))
    desk.privileged("set-up").aids.keep(ChecklistTemplate(id="move", name="Move", items=["desk"]))
    desk.automation.keep(a_rule("x", "TicketLogged", does), by=CLERK)
    allowed = desk.incidents.log("No network", by=CLERK)
    assert desk.acting_as(WORKER).run_due().rules.fired == 1
    without = a_desk(clock, store, config=evolve(CONFIG, access=rules_of_access()))
    denied = without.incidents.log("No network", by=CLERK)
    [trouble] = without.acting_as(WORKER).run_due().rules.troubles
    assert permit in str(trouble)
    reader = without.privileged("test")
    assert facts_of(reader, allowed, RuleFired)
    assert facts_of(reader, denied, RuleFired) == []


def test_a_ticket_that_a_rule_logs_is_restricted_and_permitted_as_by_hand(clock: ManualClock) -> None:
    store = InMemoryStore()
    desk = a_desk(clock, store, config=evolve(CONFIG, access=rules_of_access("tickets.history")))
    desk.privileged("set-up").aids.keep(TicketTemplate(id="t", name="T", kind="incident", title="Another"))
    secret = step("log_from", template="t", details={"restricted_to": "security"})
    desk.automation.keep(a_rule("x", "Tagged", secret), by=LEAD)
    ticket = desk.incidents.log("No network", by=CLERK)
    desk.tickets.tag(ticket.id, "x", by=LEAD)
    assert desk.acting_as(WORKER).run_due().rules.fired == 1
    reader = desk.privileged("test")
    [other] = [each for each in reader.tickets if each.id != ticket.id]
    assert other.restricted_to == "security"
    desk.automation.keep(a_rule("x", "Tagged", secret), by=CLERK)
    desk.tickets.tag(ticket.id, "y", by=LEAD)
    fewer = rules_of_access()
    clerk = evolve(fewer.roles[1], permits=["tickets.history"])
    fewer = evolve(fewer, roles=[fewer.roles[0], clerk, fewer.roles[2]])
    later = a_desk(clock, store, config=evolve(CONFIG, access=fewer))
    [trouble] = later.acting_as(WORKER).run_due().rules.troubles
    assert "incidents.log" in str(trouble)
    assert reader.tickets.count() == 2


def test_a_template_that_is_retired_by_now_logs_nothing(desk: Desk) -> None:
    desk.aids.keep(TicketTemplate(id="t", name="T", kind="incident", title="Another"))
    desk.automation.keep(a_rule("more", "Tagged", step("log_from", template="t")))
    ticket = desk.incidents.log("No network")
    desk.tickets.tag(ticket.id, "x")
    desk.aids.retire("ticket template", "t")
    [trouble] = desk.run_due().rules.troubles
    assert trouble.reasons == ("cannot log from the template 'T': it is retired",)
    assert desk.tickets.count() == 1


# -- robots --------------------------------------------------------------------------------------------


class Failing:
    """A robot that says each time that it cannot be done."""

    def __init__(self) -> None:
        self.tasks: list[RobotTask] = []

    @hookimpl
    def itsmkit_run_robot(self, task: RobotTask) -> RobotReport:
        self.tasks.append(task)
        return RobotReport(RobotOutcome.FAILED, "no such person")


CALL = step("call_robot", robot="payroll")


def test_a_rule_that_calls_its_robot_again_when_that_fails_is_refused_by_name(desk: Desk) -> None:
    again = a_rule("again", ["TicketLogged", "RobotReported"], CALL)
    with pytest.raises(DefinitionError, match="rule again goes round: again leads to again by RobotReported"):
        desk.automation.keep(again)
    assert desk.automation.keep(evolve(again, once=True)).version == 1


@pytest.mark.parametrize("rules", [1, 2, 3])
def test_robots_whose_failures_call_robots_come_to_rest_and_say_so(clock: ManualClock, rules: int) -> None:
    robot = Failing()
    desk = a_desk(clock, plugins=[robot])
    names = [f"r{number}" for number in range(rules)]
    put_past_the_check(
        desk,
        a_rule(names[0], ["TicketLogged", "RobotReported"], CALL),
        *(
            a_rule(name, "RobotReported", CALL, when=f'event.by_rule = "{before}"')
            for before, name in pairwise(names)
        ),
    )
    ticket = desk.incidents.log("A new colleague", requester="bob")
    for _ in range(30):
        desk.run_due()
        desk.deliver()
        clock.advance(HOUR)
    assert len(robot.tasks) == rules
    assert len({task.key for task in robot.tasks}) == rules
    reports = facts_of(desk, ticket, RobotReported)
    assert [(each.outcome, each.text) for each in reports] == [("failed", "no such person")] * rules
    refused = facts_of(desk, ticket, RuleRefused)
    assert {each.rule for each in refused} == {"r0"}
    assert refused[0].reasons == ("the rules r0 → r0 go round: each leads to the next",)
    assert refused[-1].chain == tuple(names)
    assert (desk.run_due().rules.fired, desk.deliver().delivered) == (0, 0)


def test_what_a_robot_reports_is_recorded_once_however_often_it_is_called(clock: ManualClock) -> None:
    robot, store = Failing(), InMemoryStore()
    desk = a_desk(clock, store, plugins=[robot])
    desk.automation.keep(a_rule("hire", "TicketLogged", CALL))
    ticket = desk.incidents.log("A new colleague")
    desk.run_due()

    class Forgetful:
        """A store that loses that the task was settled."""

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        def settle(self, key: str, outcome: object) -> None:
            raise OSError(key, outcome)

    with pytest.raises(OSError, match="rule/hire"):
        a_desk(clock, cast("Store", Forgetful()), plugins=[robot]).deliver()
    clock.advance(DAY)
    assert desk.deliver().delivered == 1
    assert len(robot.tasks) == 2
    assert robot.tasks[0] == robot.tasks[1]
    assert len(facts_of(desk, ticket, RobotReported)) == 1


def test_what_a_robot_reports_of_a_ticket_that_was_merged_is_left(clock: ManualClock) -> None:
    robot = Failing()
    desk = a_desk(clock, plugins=[robot])
    desk.automation.keep(a_rule("hire", "Tagged", CALL))
    ticket, other = desk.incidents.log("A new colleague"), desk.incidents.log("A new colleague")
    desk.tickets.tag(ticket.id, "x")
    desk.run_due()
    desk.links.merge(ticket.id, into=other.id)
    assert desk.deliver().delivered == 1
    assert facts_of(desk, ticket, RobotReported) == []


def test_a_robot_is_called_again_when_others_always_save_first(clock: ManualClock) -> None:
    robot, store = Failing(), InMemoryStore()
    desk = a_desk(clock, store, plugins=[robot])
    desk.automation.keep(a_rule("hire", "TicketLogged", CALL))
    ticket = desk.incidents.log("A new colleague")
    desk.run_due()

    class Late:
        """A store that always finds that others have saved first."""

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        @contextmanager
        def begin(self) -> Iterator[UnitOfWork]:
            with store.begin() as unit:
                yield unit
                raise ConflictError("ticket", ticket.id, 1, 2)

    report = a_desk(clock, cast("Store", Late()), plugins=[robot]).deliver()
    assert (report.delivered, report.retried) == (0, 1)
    clock.advance(DAY)
    assert desk.deliver().delivered == 1
    assert len(facts_of(desk, ticket, RobotReported)) == 1


# -- what its author may read --------------------------------------------------------------------------


def test_a_rehearsal_shows_nothing_of_what_may_not_be_seen(clock: ManualClock) -> None:
    desk = a_desk(clock, config=evolve(CONFIG, access=rules_of_access("automation.rehearse")))
    desk.incidents.log("A breach", restricted_to="security", by=LEAD)
    seen = desk.incidents.log("No network", by=CLERK)
    found = desk.acting_as(CLERK).automation.rehearse(a_rule("x", "TicketLogged", TAG))
    assert [each.ticket_id for each in found.found] == [seen.id]
    assert len(desk.acting_as(LEAD).automation.rehearse(a_rule("x", "TicketLogged", TAG)).found) == 2


def test_a_rule_that_is_kept_so_already_is_left_as_it_is(desk: Desk, clock: ManualClock) -> None:
    kept = desk.automation.keep(a_rule("note", "TicketLogged"))
    clock.advance(HOUR)
    again = desk.automation.keep(a_rule("note", "TicketLogged"))
    assert (again, again.version) == (kept, kept.version)
    assert len(desk.automation.history("note")) == 1


def test_a_move_needs_the_permit_for_it(clock: ManualClock) -> None:
    desk = a_desk(clock, config=evolve(CONFIG, access=rules_of_access("tickets.transition:assign")))
    moves = a_rule("x", "TicketLogged", step("transition", trigger="assign", support_group="network"))
    assert desk.automation.keep(moves, by=CLERK).version == 1
    with pytest.raises(DefinitionError, match=r"cleo is not permitted tickets\.resolve:resolve"):
        desk.automation.keep(
            a_rule("y", "TicketLogged", step("resolve", resolution="{resolution}")), by=CLERK
        )


def test_a_desk_that_is_asked_about_a_ticket_that_it_has_not(desk: Desk) -> None:
    desk.automation.keep(a_rule("note", "TicketLogged"))
    assert desk.automation.explain(desk.incidents.log("No network").id)
    with pytest.raises(LookupError):
        desk.automation.explain(TicketId("none"))
