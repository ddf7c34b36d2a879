"""Planning the workforce of a desk, and the measures of its people, by what its tickets say."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from itsmkit.calendars import TimeSpan
from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices.access import AccessDeniedError, AccessRules, Role, Scope
from itsmkit.practices.measuring import MeasuresPolicy
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Actor
from itsmkit.workforce import Agent, Roster, ServiceGoal, simulate_roster

HOUR = timedelta(hours=1)
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
