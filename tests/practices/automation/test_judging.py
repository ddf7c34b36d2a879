"""What a rule makes of a moment: what it is asked, when it runs, what stops it, and what it tells of that."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.calendars import BusinessCalendar, BusinessDays, BusinessTime, TimeSpan
from itsmkit.conditions import equals, explain, parse_condition
from itsmkit.practices import Occasion, happen
from itsmkit.practices.automation import (
    MAX_CHAIN,
    DateTrigger,
    EventTrigger,
    Judgement,
    Moment,
    Rule,
    RuleSet,
    Ruling,
    chain_of,
    chain_problem,
    judge,
    judge_history,
    moments_of,
    runs_at,
    settled,
)
from itsmkit.practices.work_aids import MacroStep
from itsmkit.testing import A_MONDAY, an_incident_logged
from itsmkit.tickets import (
    SYSTEM,
    Actor,
    Commented,
    DetailsChanged,
    Fact,
    Prioritised,
    PromiseMoved,
    RobotReported,
    RuleFired,
    RuleRefused,
    StateChanged,
    Tagged,
    Ticket,
    TicketEvent,
)

OFFICE = BusinessCalendar("Mon-Fri 08:00-17:00", "UTC", name="office")
NEVER_OPEN = OFFICE & TimeSpan(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
ALWAYS_OPEN = BusinessCalendar.always("UTC")
KIM = Actor("kim", roles=("agent",))
NOTE = [MacroStep("add_note", {"text": "seen"})]
EVENING = A_MONDAY.replace(hour=20)


def a_rule(name: str = "a", on: str | list[str] = "Tagged", **more: object) -> Rule:
    values = {"trigger": EventTrigger(on=on), "steps": NOTE, "since": A_MONDAY, "author": "ann", **more}
    return Rule(id=name, name=name, **values)  # type: ignore[arg-type]


def history_of(*facts: tuple[Actor, Fact] | Fact, at: datetime = A_MONDAY) -> list[TicketEvent]:
    decision = an_incident_logged(details={"floor": 1})
    events, ticket = [*decision.events], decision.ticket
    for number, each in enumerate(facts, 1):
        actor, fact = each if isinstance(each, tuple) else (KIM, each)
        more = happen(ticket, Occasion(actor, at + number * timedelta(seconds=1)), fact)
        events += more.events
        ticket = more.ticket
    return events


def moment_of(history: Sequence[TicketEvent]) -> Moment:
    *_, (event, before, after) = moments_of(history, type(an_incident_logged().ticket))
    return Moment.of_event(event, before, after, chain_of(history, event.sequence))


TAGGED = history_of(Tagged(["x"]))
NOW = TAGGED[-1].recorded_at


@pytest.mark.parametrize(
    ("when", "outcome"),
    [
        ("tag.x = true and changed.tag.x = true and before.tag.x is missing", True),
        ('event.name = "Tagged" and event.actor = "kim" and event.automated = false', True),
        ("event.role.agent = true and event.role.lead is missing and event.by_rule is missing", True),
        ("before.floor = 1 and floor = 1 and changed.floor is missing", True),
        ("event.tags is missing and event.nothing is missing", True),
        ('before.title = "Something else"', False),
    ],
)
def test_conditions_ask_of_the_ticket_before_and_after_and_of_the_event(when: str, outcome: bool) -> None:
    facts = moment_of(TAGGED).facts()
    found = explain(parse_condition(when), facts)
    assert found.outcome is outcome, found.explain()


def test_all_facts_of_a_moment_can_be_gone_through() -> None:
    history = history_of(StateChanged("New", "Assigned", "active", "assign"))
    facts = moment_of(history).facts()
    assert len(facts) == len([*facts])
    assert facts["event.trigger"] == "assign"
    assert {"state", "before.state", "event.name", "event.role.agent", "event.target"} <= set(facts)
    assert "event.by_rule" not in facts
    assert all(facts[name] is not None for name in facts)
    with pytest.raises(KeyError):
        facts["before.nothing"]
    assert facts.get("nothing", 7) == 7


def test_a_ticket_without_an_event_has_no_other_facts() -> None:
    ticket = an_incident_logged().ticket
    facts = Moment("at nine", ticket).facts()
    assert facts.get("event.name") is None
    assert facts.get("before.state") is None
    assert facts.get("changed.state") is None
    assert set(facts) == {name for name, value in ticket.facts().items() if value is not None}


def judged(rule: Rule, calendar: BusinessTime = OFFICE, now: datetime = NOW, **more: object) -> Judgement:
    return judge(rule, moment_of(TAGGED), calendar, now, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "ruling", "because"),
    [
        pytest.param(a_rule(), Ruling.FIRES, "its condition holds", id="it fires"),
        pytest.param(
            a_rule(on="Untagged"), Ruling.ANSWERS_OTHERS, "it is asked on Untagged", id="another event"
        ),
        pytest.param(
            a_rule(trigger=DateTrigger(field="needed_by")),
            Ruling.ANSWERS_OTHERS,
            "it is asked at needed_by",
            id="a time",
        ),
        pytest.param(a_rule(paused="a fault"), Ruling.IDLE, "it is paused: a fault", id="paused"),
        pytest.param(a_rule(since=None), Ruling.IDLE, "it is not kept", id="not kept"),
        pytest.param(
            a_rule(since=EVENING),
            Ruling.IDLE,
            "it is kept since 2026-03-02T20:00:00+00:00, which is later",
            id="kept later",
        ),
        pytest.param(
            a_rule(when=equals("floor", 2)), Ruling.NOT_MET, "floor is 1, not equal to 2", id="another ticket"
        ),
        pytest.param(
            a_rule(trigger=EventTrigger(on="Tagged", after=timedelta(hours=1))),
            Ruling.WAITS,
            "it is due at 2026-03-02T10:00:01+00:00",
            id="later",
        ),
        pytest.param(
            a_rule(hours="outside"), Ruling.WAITS, "it is due at 2026-03-02T17:00:00+00:00", id="after hours"
        ),
        pytest.param(
            a_rule(hours="outside", otherwise="skip"),
            Ruling.OUT_OF_HOURS,
            "it runs only outside the hours of its calendar",
            id="only after hours",
        ),
        pytest.param(a_rule(hours="inside"), Ruling.FIRES, "its condition holds", id="in hours"),
        pytest.param(
            a_rule(hours="outside", trigger=EventTrigger(on="Tagged", after=BusinessDays(1))),
            Ruling.WAITS,
            "it is due at 2026-03-03T17:00:00+00:00",
            id="a day later, after hours",
        ),
    ],
)
def test_what_comes_of_a_rule(rule: Rule, ruling: Ruling, because: str) -> None:
    found = judged(rule)
    assert (found.ruling, found.because) == (ruling, because)
    assert found.explain().startswith(f"a at event 2 {ruling}: {because}")


def test_a_rule_that_is_stopped_by_another_says_which() -> None:
    found = judged(a_rule(), stopped_by=a_rule("first", stops=True))
    assert found.ruling is Ruling.STOPPED
    assert found.because == "first comes before it, and stops what follows"


def test_a_rule_that_has_fired_once() -> None:
    fired = history_of(RuleFired("a", 1, "event 1", [], 2))
    assert judged(a_rule(once=True), history=fired).ruling is Ruling.HAS_FIRED
    assert judged(a_rule("b", once=True), history=fired).ruling is Ruling.FIRES
    assert judged(a_rule(), history=fired).ruling is Ruling.FIRES


def test_a_calendar_that_is_never_open_lets_nothing_be_due() -> None:
    waits = a_rule(trigger=EventTrigger(on="Tagged", after=timedelta(hours=1)))
    assert judged(waits, NEVER_OPEN).ruling is Ruling.OUT_OF_HOURS
    assert judged(a_rule(hours="inside"), NEVER_OPEN).ruling is Ruling.OUT_OF_HOURS
    assert judged(a_rule(hours="outside"), ALWAYS_OPEN).ruling is Ruling.OUT_OF_HOURS


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(["any", "inside", "outside"]),
)
def test_a_rule_runs_at_the_first_instant_at_which_it_may(at: datetime, hours: str) -> None:
    rule = a_rule(hours=hours)
    runs = runs_at(rule, at, OFFICE)
    assert runs is not None
    assert runs >= at
    assert hours == "any" or OFFICE.is_open(runs) is (hours == "inside")
    if runs > at:
        tick = timedelta(microseconds=1)
        middle = at + (runs - at) / 2
        assert all(OFFICE.is_open(each) is (hours == "outside") for each in (at, middle, runs - tick))


def test_rules_are_asked_in_order_up_to_the_first_that_stops() -> None:
    rules = [
        a_rule("last", order=300),
        a_rule("stop", order=200, stops=True),
        a_rule("b"),
        a_rule("a"),
        a_rule("other", order=1, stops=True, when=equals("floor", 2)),
        a_rule("away", order=1, stops=True, on="Untagged"),
        a_rule("idle", order=1, stops=True, paused="why"),
        a_rule("later", order=1, stops=True, since=EVENING),
    ]
    known = RuleSet(rules)
    assert [rule.id for rule in known.matching(moment_of(TAGGED))] == ["a", "b", "stop"]
    assert known.events == {"Tagged", "Untagged"}
    assert known.matching(moment_of(history_of(Commented("!", public=False)))) == ()
    assert known.matching(Moment("at nine", moment_of(TAGGED).after)) == ()


@given(
    st.lists(st.sampled_from([1, 2]), min_size=1, max_size=6), st.lists(st.booleans(), min_size=6, max_size=6)
)
def test_what_is_asked_fast_is_what_is_explained(floors: list[int], stops: list[bool]) -> None:
    rules = [
        a_rule(f"r{number}", when=equals("floor", floor), stops=stop, order=number // 2)
        for number, (floor, stop) in enumerate(zip(floors, stops, strict=False))
    ]
    told = judge_history(rules, TAGGED, type(an_incident_logged().ticket), lambda _rule: OFFICE)
    matched = [each.rule.id for each in told if each.is_matched]
    assert matched == [rule.id for rule in RuleSet(rules).matching(moment_of(TAGGED))]


def test_a_history_tells_what_came_of_each_rule_beside_why() -> None:
    history = history_of(
        Tagged(["x"]),
        RuleFired("a", 3, "event 2", [], 3),
        RuleRefused("b", 1, "event 2", [], ["no such state"]),
        Tagged(["y"]),
    )
    kind = type(an_incident_logged().ticket)
    found = [*judge_history([a_rule("b"), a_rule("a")], history, kind, lambda _rule: OFFICE)]
    assert [(each.rule.id, each.occasion) for each in found] == [
        ("a", "event 2"),
        ("b", "event 2"),
        ("a", "event 5"),
        ("b", "event 5"),
    ]
    assert found[0].explain().splitlines()[-1] == "  fired in version 3"
    assert found[1].explain().splitlines()[-1] == "  refused: no such state"
    assert [each.recorded for each in found[2:]] == [None, None]
    assert found[2].explain().splitlines() == ["a at event 5 fires: its condition holds", "  true: always"]
    later = judge_history([a_rule("a")], history, kind, lambda _rule: OFFICE, after=2)
    assert [each.occasion for each in later] == ["event 5"]


def test_what_has_led_to_an_event() -> None:
    ann = Actor("ann", automated=True)
    history = history_of(
        Tagged(["x"]),
        (ann, DetailsChanged({"floor": 2})),
        (ann, RuleFired("a", 1, "event 2", [], 3)),
        (SYSTEM, PromiseMoved("resolve", None, None, "it moved")),
        Commented("!", public=False),
        (ann, Prioritised("high", "high", "P1", "so")),
        (ann, RuleFired("b", 1, "event 3", ["a"], 7)),
        (Actor("robot", automated=True), RobotReported("payroll", "k", 8, "done", "")),
    )
    assert [chain_of(history, each.sequence) for each in history] == [
        (),
        (),
        ("a",),
        ("a",),
        ("a",),
        (),
        ("a", "b"),
        ("a", "b"),
        ("a", "b"),
    ]
    assert moment_of(history).facts()["event.by_rule"] == "b"
    assert settled(history, "a", "event 2") == history[3].fact
    assert settled(history, "a", "event 3") is None


def test_rules_that_follow_themselves_are_named() -> None:
    assert chain_problem("c", ("a", "b")) is None
    assert chain_problem("b", ("a", "b", "c")) == "the rules b → c → b go round: each leads to the next"
    many = tuple(f"r{number}" for number in range(MAX_CHAIN))
    told = chain_problem("last", many)
    assert told is not None
    assert told.endswith("→ last are more than 10 that lead to one another")
    moment = evolve(moment_of(TAGGED), chain=("a", "b"))
    assert judge(a_rule("a"), moment, OFFICE, NOW).ruling is Ruling.GOES_ROUND


def test_a_time_is_judged_without_an_event() -> None:
    ticket: Ticket = an_incident_logged(details={"floor": 1}).ticket
    moment = Moment("needed_by 2026", ticket)
    rule = a_rule(trigger=DateTrigger(field="needed_by"), when=equals("floor", 1))
    assert judge(rule, moment, OFFICE, NOW).ruling is Ruling.FIRES
    assert judge(a_rule(), moment, OFFICE, NOW).ruling is Ruling.ANSWERS_OTHERS
