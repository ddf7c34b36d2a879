"""From a forecast to a roster: every need is covered that can be, by needed shifts, by people who may."""

from datetime import UTC, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import BusinessCalendar, TimeSpan
from itsmkit.errors import DefinitionError
from itsmkit.workforce import (
    ArrivalForecast,
    Demand,
    HourForecast,
    HourlyNeed,
    PlannedShift,
    ServiceGoal,
    ShiftPattern,
    ShiftPlan,
    StaffMember,
    agents_needed,
    fill_shifts,
    plan_shifts,
    rates_of,
    staffing,
)

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 3, 2, tzinfo=BERLIN)
HOUR = timedelta(hours=1)
GOAL = ServiceGoal(0.8, timedelta(minutes=1))

EARLY = ShiftPattern("early", BusinessCalendar("Mon-Sun 06:00-14:00", "Europe/Berlin"))
LATE = ShiftPattern("late", BusinessCalendar("Mon-Sun 14:00-22:00", "Europe/Berlin"))
DAY = ShiftPattern("day", BusinessCalendar("Mon-Fri 08:00-12:00,12:30-16:30", "Europe/Berlin"))
SHORT = ShiftPattern("short", BusinessCalendar("Mon-Sat 10:00-14:00", "Europe/Berlin"))
PATTERNS = (EARLY, LATE, DAY, SHORT)


def a_forecast(*expected: float) -> ArrivalForecast:
    return ArrivalForecast(
        0.9,
        [
            HourForecast(
                at=MONDAY + (8 + place) * HOUR, expected=each, low=0, high=ceil(2 * each), level=1, share=1
            )
            for place, each in enumerate(expected)
        ],
    )


# -- how many ----------------------------------------------------------------------------------------------


def test_each_hour_needs_what_its_formula_says() -> None:
    needs = staffing(a_forecast(30, 0, 60), 6 * timedelta(minutes=1), GOAL)
    expected = [agents_needed(Demand(each, timedelta(minutes=6)), GOAL) for each in (30, 0, 60)]
    assert [each.requirement for each in needs] == expected
    assert [each.heads for each in needs] == [each.agents for each in expected]
    assert [each.at for each in needs] == [each.at for each in a_forecast(1, 1, 1).hours]


def test_who_is_there_but_not_at_it_is_added() -> None:
    plain = staffing(a_forecast(60), timedelta(minutes=6), GOAL)[0].heads
    assert staffing(a_forecast(60), timedelta(minutes=6), GOAL, shrinkage=0.25)[0].heads == ceil(plain / 0.75)
    most = staffing(a_forecast(60), timedelta(minutes=6), GOAL, for_the_most=True)[0]
    assert most.requirement == agents_needed(Demand(120, timedelta(minutes=6)), GOAL)
    with pytest.raises(DefinitionError) as refused:
        staffing(None, timedelta(minutes=6), GOAL, shrinkage=1)  # type: ignore[arg-type]
    assert len(refused.value.problems) == 2


def test_rates_are_a_share_of_the_forecast() -> None:
    assert [each.per_hour for each in rates_of(a_forecast(30, 60), 0.5)] == [15, 30]


# -- which shifts ------------------------------------------------------------------------------------------

all_needs = st.lists(st.integers(0, 6), min_size=1, max_size=60).map(
    lambda heads: [HourlyNeed(MONDAY + place * HOUR, each) for place, each in enumerate(heads)]
)
some_patterns = st.lists(st.sampled_from(PATTERNS), unique=True, max_size=4)


def covered_by(shifts: tuple[PlannedShift, ...], at: datetime) -> float:
    hour = TimeSpan(at, at + HOUR)
    shared = [hour & span for shift in shifts for span in shift.spans]
    return sum(each.duration / HOUR for each in shared if each is not None)


@settings(max_examples=60, deadline=None)
@given(all_needs, some_patterns)
def test_a_plan_covers_what_can_be_covered_with_no_shift_too_many(
    needs: list[HourlyNeed], patterns: list[ShiftPattern]
) -> None:
    plan = plan_shifts(needs, patterns)
    for need, covered in zip(plan.needs, plan.covered, strict=True):
        assert covered == pytest.approx(covered_by(plan.shifts, need.at), abs=1e-6)
        open_hour = TimeSpan(need.at, need.at + HOUR)
        coverable = any(
            open_hour & span
            for each in patterns
            for day in {at.astimezone(BERLIN).date() for at in (each.at for each in needs)}
            for span in each.hours.hours_of(day)
        )
        assert not coverable or covered >= need.heads - 1e-6
    for place in range(len(plan.shifts)):
        others = plan.shifts[:place] + plan.shifts[place + 1 :]
        assert any(covered_by(others, need.at) < need.heads - 1e-6 for need in needs)
    short = sum(max(0.0, each.heads - covered_by(plan.shifts, each.at)) for each in needs)
    assert plan.missing == pytest.approx(short, abs=1e-6)
    assert plan.spare >= -1e-6


def test_a_plan_tells_why_of_each_shift() -> None:
    needs = [HourlyNeed(MONDAY + hour * HOUR, 1) for hour in range(6, 22)]
    plan = plan_shifts(needs, PATTERNS)
    assert [each.pattern for each in plan.shifts] == ["early", "late"]
    assert (plan.missing, plan.spare) == (0, 0)
    assert plan.shifts[0].explain() == ("early on 2026-03-02: somebody was missing for 8.0 of its 8.0 hours")


def test_an_hour_of_half_a_break_is_half_covered() -> None:
    plan = plan_shifts([HourlyNeed(MONDAY + 12 * HOUR, 1)], [DAY])
    assert len(plan.shifts) == 2
    assert plan.covered == (1.0,)


def test_what_cannot_be_planned_is_refused() -> None:
    with pytest.raises(DefinitionError) as refused:
        plan_shifts([1], [EARLY, EARLY])  # type: ignore[list-item]
    assert len(refused.value.problems) == 2
    with pytest.raises(DefinitionError, match="stands there more than once"):
        plan_shifts([HourlyNeed(MONDAY, 1), HourlyNeed(MONDAY, 2)], [EARLY])
    with pytest.raises(DefinitionError, match="must tell of 1 hour"):
        ShiftPlan([HourlyNeed(MONDAY, 1)], [], [])
    with pytest.raises(DefinitionError, match="whole number"):
        HourlyNeed(MONDAY, -1)
    with pytest.raises(DefinitionError, match="must be a BusinessTime"):
        ShiftPattern("x", None)  # type: ignore[arg-type]


# -- who ---------------------------------------------------------------------------------------------------


def shift(day: int, pattern: ShiftPattern = EARLY) -> PlannedShift:
    on = (MONDAY + timedelta(days=day)).date()
    return PlannedShift(pattern=pattern.name, day=on, spans=pattern.hours.hours_of(on))


members = st.lists(
    st.builds(
        lambda number, patterns, leave, most: StaffMember(
            name=f"member {number}",
            patterns=patterns,
            leave=[TimeSpan(MONDAY + each * 24 * HOUR, MONDAY + (each + 1) * 24 * HOUR) for each in leave],
            most_in_a_week=None if most is None else most * HOUR,
        ),
        st.integers(0, 9),
        st.none() | st.sets(st.sampled_from(["early", "late"]), min_size=1),
        st.lists(st.integers(0, 8), max_size=3),
        st.none() | st.integers(8, 40),
    ),
    unique_by=lambda each: each.name,
    max_size=5,
)
shifts = st.lists(st.builds(shift, st.integers(0, 8), st.sampled_from([EARLY, LATE])), max_size=20)


@settings(max_examples=60, deadline=None)
@given(shifts, members)
def test_nobody_works_when_they_are_away_or_have_to_rest_or_more_than_they_may(
    shifts: list[PlannedShift], staff: list[StaffMember]
) -> None:
    found = fill_shifts(shifts, staff)
    assert [each.name for each in found.roster.agents] == [each.name for each in staff]
    worked = sum((each.time for each in found.roster.agents), timedelta(0))
    unfilled = sum((each.shift.time for each in found.open), timedelta(0))
    assert worked + unfilled == sum((each.time for each in shifts), timedelta(0))
    for agent, member in zip(found.roster.agents, staff, strict=True):
        for span in agent.shifts:
            assert not any(span & off for off in member.leave)
            assert span.duration == 8 * HOUR
            hours = span.start.astimezone(BERLIN).hour
            assert member.patterns is None or {6: "early", 14: "late"}[hours] in member.patterns
            if member.most_in_a_week is not None:
                week = [each for each in agent.shifts if span.start <= each.start < span.start + 168 * HOUR]
                assert sum((each.duration for each in week), timedelta(0)) <= member.most_in_a_week
        for one, next_one in zip(agent.shifts, agent.shifts[1:], strict=False):
            assert next_one.start - one.end >= 11 * HOUR
    for each in found.open:
        assert [name for name, _ in each.reasons] == [member.name for member in staff]
        assert all(reason for _, reason in each.reasons)


def test_work_is_parted_evenly_and_an_open_shift_says_why() -> None:
    staff = [
        StaffMember(name="ann", leave=[TimeSpan(MONDAY, MONDAY + 24 * HOUR)]),
        StaffMember(name="bob", patterns="late"),
        StaffMember(name="cyd", most_in_a_week=8 * HOUR),
    ]
    found = fill_shifts([shift(0), shift(0), shift(1), shift(0, LATE)], staff)
    assert [each.time for each in found.roster.agents] == [8 * HOUR] * 3
    assert dict(found.open[0].reasons) == {
        "ann": "is away from 2026-03-01T23:00:00+00:00",
        "bob": "does not work early",
        "cyd": "works early on 2026-03-02, and rests for 11 h before and after",
    }
    over = fill_shifts([shift(0), shift(1)], staff[2:]).open[0]
    assert dict(over.reasons) == {"cyd": "would work more than 8 h in 7 days"}


def test_what_cannot_be_filled_is_refused() -> None:
    empty = PlannedShift(pattern="x", day=MONDAY.date(), spans=())
    with pytest.raises(DefinitionError) as refused:
        fill_shifts([empty, 1], [StaffMember(name="ann"), StaffMember(name="ann")], rest=-HOUR)  # type: ignore[list-item]
    assert len(refused.value.problems) == 4
    with pytest.raises(DefinitionError) as refused:
        StaffMember(name="ann", leave=[1], most_in_a_week=timedelta(0))  # type: ignore[list-item]
    assert len(refused.value.problems) == 2


def test_a_night_shift_is_planned_from_the_day_it_begins_on() -> None:
    night = ShiftPattern("night", BusinessCalendar("Mon-Sun 22:00-06:00", "UTC"))
    start = datetime(2026, 3, 2, 22, tzinfo=UTC)
    plan = plan_shifts([HourlyNeed(start + place * HOUR, 1) for place in range(8)], [night])
    assert len(plan.shifts) == 1
    assert plan.missing == 0
