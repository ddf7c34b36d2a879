"""Planning the workforce of a desk, and the measures of its people, by what its tickets say."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from attrs import evolve

from itsmkit.calendars import BusinessCalendar, TimeSpan
from itsmkit.desk import Desk, DeskConfig, InMemoryStore, ManualClock
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.practices.access import AccessDeniedError, AccessRules, Role, Scope
from itsmkit.practices.measuring import MeasuresPolicy
from itsmkit.rotas import Rota, RotaLayer
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Actor
from itsmkit.tickets.structure import Person, Skill, Structure, SupportGroup
from itsmkit.workforce import Agent, Roster, ServiceGoal, simulate_roster

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEK = timedelta(weeks=1)
PEOPLE = ("ann", "bob", "cyd", "dan")


@pytest.fixture(scope="module")
def desk() -> Desk:
    """A desk that has been at work for six weeks: each working day at nine, four people solve one each."""
    clock = ManualClock(A_MONDAY)
    desk = Desk(evolve(DeskConfig.standard(), measures=MeasuresPolicy(more_people_than=2)), clock=clock)
    desk = desk.acting_as(Actor("lead"))
    for day in range(42):
        clock.set(A_MONDAY + day * 24 * HOUR)
        if day % 7 > 4:
            continue
        for person in PEOPLE:
            ticket = desk.incidents.log(f"{day} {person}")
            desk.tickets.assign(ticket.id, assignee=person, support_group="desk")
            desk.incidents.transition(ticket.id, "start")
            desk.tickets.log_work(ticket.id, HOUR / 2, "repair")
            desk.incidents.transition(ticket.id, "resolve", resolution="Fixed it", resolution_code="fixed")
    clock.set(A_MONDAY + 6 * WEEK)
    return desk


def test_tickets_are_counted_and_forecast_by_the_hour(desk: Desk) -> None:
    end = A_MONDAY + 6 * WEEK
    history = desk.workforce.arrivals(A_MONDAY, end)
    assert history.total == 30 * len(PEOPLE)
    assert desk.workforce.arrivals(A_MONDAY, end, where='assignee = "ann"').total == 30
    found = desk.workforce.forecast(end, end + WEEK, weeks=6)
    assert found.expected == pytest.approx(20, rel=0.01)
    busy = [each.at for each in found.hours if each.expected > 3]
    assert busy == [end + day * 24 * HOUR for day in range(5)]
    assert desk.workforce.backtest(weeks=6, folds=2).wape == pytest.approx(0)


def test_people_are_needed_when_tickets_come(desk: Desk) -> None:
    end = A_MONDAY + 6 * WEEK
    goal = ServiceGoal(0.8, HOUR)
    by_log = desk.workforce.staffing(end, end + 24 * HOUR, goal, weeks=6)
    told = desk.workforce.staffing(end, end + 24 * HOUR, goal, weeks=6, handling=HOUR / 2)
    assert by_log == told
    assert by_log[0].heads >= 2
    assert sum(each.heads for each in by_log[1:]) <= 23
    with pytest.raises(DefinitionError, match="no work was logged on such tickets"):
        desk.workforce.staffing(end, end + HOUR, goal, weeks=6, where='assignee = "nobody"')


def test_a_stream_of_tickets_is_played_through(desk: Desk) -> None:
    end = A_MONDAY + 6 * WEEK
    stream = desk.workforce.stream("incidents", end, end + 24 * HOUR, weeks=6, respond_within=HOUR)
    assert stream.handling.mean == HOUR / 2
    roster = Roster([Agent(each, [TimeSpan(end, end + 8 * HOUR)]) for each in PEOPLE])
    outcome = simulate_roster([stream], roster).streams[0]
    assert outcome.responded is not None
    assert outcome.responded.mean > 0.9
    assert desk.workforce.handling() == stream.handling


# -- who is there ----------------------------------------------------------------------------------------

END = A_MONDAY + 6 * WEEK
"""When the desk of six weeks is asked: a Monday at nine."""
OFFICE = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC", name="office")
TEAM = Structure(
    people=[
        Person("ann", calendar="office", skills=["printers"]),
        Person("bob", calendar="office", qualifications=[Skill("network", 2)]),
        Person("cyd"),
        Person("dan", calendar="office", joined_at=END + 2 * DAY + HOUR, left_at=END + 3 * DAY),
    ],
    groups=[SupportGroup("desk", members=PEOPLE)],
)
NIGHTS = Rota(
    "nights",
    "desk",
    [
        RotaLayer(
            "days",
            ["cyd", "ann"],
            "2026-03-02T20:00",
            rule="FREQ=DAILY",
            hours=BusinessCalendar("Mon-Sun 20:00-06:00", "UTC"),
        )
    ],
)
PLANNED = {"structure": TEAM, "calendars": {"office": OFFICE}, "rotas": [NIGHTS], "reporting_hours": OFFICE}


def planned(desk: Desk, **changes: object) -> Desk:
    """Return a desk with the same tickets, and people with hours, a rota, an override and a leave."""
    store = InMemoryStore()
    store.load(desk.store.dump())
    config = evolve(desk.config, **{**PLANNED, **changes})
    found = Desk(config, store=store, clock=ManualClock(END), random=Random(1)).acting_as(Actor("lead"))
    found.rotas.take_leave(END + DAY, END + DAY + 3 * HOUR, person="bob")
    found.rotas.override("nights", "bob", END + 12 * HOUR, END + 14 * HOUR)
    return found


def test_a_roster_is_who_works_by_calendars_rotas_and_leaves_hour_by_hour(desk: Desk) -> None:
    on = planned(desk)
    roster = on.workforce.roster("desk", END, END + WEEK)
    assert [(each.name, sorted(each.skills)) for each in roster.agents] == [
        ("ann", ["printers"]),
        ("bob", ["network"]),
        ("cyd", []),
        ("dan", []),
    ]
    for hours in range(7 * 24):
        at = END + hours * HOUR
        expected = {*on.rotas.on_duty("nights", at).people}
        if OFFICE.is_open(at):
            expected |= {"ann"}
            if not END + DAY <= at < END + DAY + 3 * HOUR:
                expected |= {"bob"}
            if END + 2 * DAY + HOUR <= at < END + 3 * DAY:
                expected |= {"dan"}
        assert {each.name for each in roster.at_work(at)} == expected, at
    assert {each.name for each in roster.at_work(END + 12 * HOUR)} == {"bob"}


def test_what_a_team_attains_follows_from_its_own_history_and_roster(desk: Desk) -> None:
    on = planned(desk)
    day = (END, END + DAY)
    told = on.workforce.attainment(
        "desk", *day, respond_within=HOUR, resolve_within=8 * HOUR, weeks=6, seed=3
    )
    stream = on.workforce.stream(
        "desk", *day, respond_within=HOUR, resolve_within=8 * HOUR, weeks=6, where='support_group = "desk"'
    )
    by_hand = Roster(
        [
            Agent("ann", [TimeSpan(END, END + 8 * HOUR)], ["printers"]),
            Agent("bob", [TimeSpan(END, END + 8 * HOUR), TimeSpan(END + 11 * HOUR, END + 13 * HOUR)]),
        ]
    )
    assert told.streams[0].arrived == simulate_roster([stream], by_hand, seed=3).streams[0].arrived
    [fares] = told.streams
    # Four come within an hour, and each takes half an hour: two people keep up with that.
    assert fares.arrived.mean == pytest.approx(4, abs=1)
    assert fares.responded is not None
    assert fares.responded.mean > 0.8
    alone = on.workforce.roster("desk", *day)
    tried = on.workforce.attainment(
        "desk", *day, respond_within=HOUR, weeks=6, seed=3, roster=evolve(alone, agents=alone.agents[:1])
    ).streams[0]
    assert tried.responded is not None
    assert tried.responded.mean < fares.responded.mean
    for each in ("ann", "bob", "cyd"):
        on.rotas.take_leave(*day, person=each)
    nobody = on.workforce.attainment("desk", *day, respond_within=HOUR, weeks=6).streams[0]
    assert nobody.responded is not None
    assert nobody.left is not None
    assert (nobody.responded.mean, nobody.left.mean, nobody.average_wait) == (0, 1, None)


def test_what_cannot_be_attained_is_told(desk: Desk) -> None:
    on = planned(desk)
    with pytest.raises(DefinitionError, match="say what is agreed"):
        on.workforce.attainment("desk", END, END + DAY)
    with pytest.raises(NotFoundError):
        on.workforce.attainment("nowhere", END, END + DAY, respond_within=HOUR)
    with pytest.raises(DefinitionError):
        on.workforce.roster("desk", END, END - HOUR)
    with pytest.raises(DefinitionError, match="no work was logged"):
        on.workforce.attainment("desk", END, END + DAY, respond_within=HOUR, where='assignee = "nobody"')


def test_a_roster_is_asked_of_the_system_that_plans(desk: Desk) -> None:
    class Planner:
        def shifts_of(self, person: str, since: datetime, until: datetime) -> tuple[TimeSpan, ...]:
            return (TimeSpan(since, until),) if person == "cyd" else ()

    on = Desk(evolve(desk.config, structure=TEAM), clock=ManualClock(END), shifts=Planner())
    roster = on.workforce.roster("desk", END, END + DAY)
    assert [each.shifts for each in roster.agents] == [(), (), (TimeSpan(END, END + DAY),), ()]


def test_a_lead_sees_everybody_and_an_agent_themselves_and_teams(desk: Desk) -> None:
    year, month = A_MONDAY.year, A_MONDAY.month
    figures = desk.workforce.measures(year, month)
    assert [each.agent for each in figures] == sorted(PEOPLE)
    assert {each.late.observed for each in figures} == {0}
    assert {each.work.ratio for each in figures} == {1}
    view = desk.acting_as(Actor("ann")).workforce.own_measures(year, month)
    assert view.own is not None
    assert view.own == figures[0]
    assert [each.people for each in view.teams] == [4]
    assert view.hidden == ()


def test_measures_are_shown_of_whole_months_that_are_over_to_somebody(desk: Desk) -> None:
    now = A_MONDAY + 6 * WEEK
    with pytest.raises(RefusedError, match="is not over"):
        desk.workforce.own_measures(now.year, now.month)
    with pytest.raises(RefusedError, match="nobody asks"):
        Desk(clock=ManualClock(now)).workforce.own_measures(2020, 1)
    for year, month in ((2026, 13), (10**9, 1), ("2026", 1), (9999, 12)):
        with pytest.raises(DefinitionError, match="there is no month"):
            desk.workforce.measures(year, month)  # type: ignore[arg-type]


def test_own_measures_are_of_all_tickets_and_need_no_sight_of_them() -> None:
    clock = ManualClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
    rules = AccessRules(
        [
            Role("agent", sees=[], permits=["workforce.own_measures"]),
            Role("lead", sees=[Scope()], permits=["*"]),
        ]
    )
    config = evolve(DeskConfig.standard(), access=rules, measures=MeasuresPolicy(more_people_than=2))
    desk = Desk(config, clock=clock)
    lead = desk.acting_as(Actor("lead", roles=["lead"]))
    for person in PEOPLE:
        ticket = lead.incidents.log(person)
        lead.tickets.assign(ticket.id, assignee=person, support_group="desk")
        lead.incidents.transition(ticket.id, "start")
        lead.incidents.transition(ticket.id, "resolve", resolution="Fixed it", resolution_code="fixed")
    clock.set(datetime(2026, 4, 2, 9, tzinfo=UTC))
    agent = desk.acting_as(Actor("ann", roles=["agent"]))
    assert [each.people for each in agent.workforce.own_measures(2026, 3).teams] == [4]
    with pytest.raises(AccessDeniedError):
        agent.workforce.measures(2026, 3)
    assert len(lead.workforce.measures(2026, 3)) == 4


def test_what_is_no_number_of_weeks_is_refused(desk: Desk) -> None:
    with pytest.raises(DefinitionError, match="weeks: must be a whole number from 2 to 520"):
        desk.workforce.backtest(weeks=1)


def test_a_policy_comes_with_the_configuration() -> None:
    config = DeskConfig.load({"measures": {"more_people_than": 7, "adjust_for": ["priority"]}})
    assert config.measures == MeasuresPolicy(more_people_than=7, adjust_for=["priority"])
    with pytest.raises(
        DefinitionError, match=r"measures: .*more_people_than: must be a whole number of 2 or more"
    ):
        DeskConfig.load({"measures": {"more_people_than": 1}})
