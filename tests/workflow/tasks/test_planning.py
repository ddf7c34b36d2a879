"""Schedules: by examples, and against every path tried by itself."""

import pickle
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import BusinessCalendar, BusinessDays, BusinessTime, NeverOpenError, TimeOfDay
from itsmkit.conditions import equals
from itsmkit.errors import DefinitionError
from itsmkit.workflow.tasks import (
    OnFailure,
    PlanCauseKind,
    Schedule,
    Task,
    TaskDone,
    TaskEvent,
    TaskFailed,
    TaskGraph,
    TaskGraphBegun,
    TaskGraphError,
    TaskSkipped,
    TaskStarted,
    UnknownTaskError,
    read_tasks,
    schedule,
)

HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)
TICK = timedelta(microseconds=1)
ZERO = timedelta(0)
OFFICE = BusinessCalendar("Mon-Fri 09:00-17:00", "Europe/Berlin")
CALENDARS: dict[str, BusinessTime] = {
    "office": OFFICE,
    "boston": BusinessCalendar("Mon-Fri 08:00-12:00, 13:00-17:00", "America/New_York"),
    "nights": BusinessCalendar("Mon-Sun 22:00-06:00", "Asia/Kolkata"),
    "always": BusinessCalendar.always("UTC"),
}
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
"""09:00 in Berlin, 03:00 in Boston."""


def at(hours: float) -> datetime:
    return MONDAY + hours * HOUR


def office(name: str, hours: float, *after: str, **options: Any) -> Task:
    return Task(name, after=after, duration=hours * HOUR, calendar="office", **options)


def planned(*tasks: Task, start: datetime = MONDAY, **options: Any) -> Schedule:
    return schedule(TaskGraph("g", tasks), start, CALENDARS, **options)


def test_the_longest_way_decides_when_the_whole_ends() -> None:
    plan = planned(office("a", 2), office("b", 1), office("c", 8, "a", "b"), office("d", 1, "b"))
    assert plan.finish == datetime(2026, 3, 3, 11, tzinfo=OFFICE.tz)
    assert plan.critical_path == ("a", "c")
    assert plan.critical == ("a", "c")
    assert [(name, each.slack) for name, each in plan.tasks.items()] == [
        ("a", ZERO),
        ("b", HOUR),
        ("c", ZERO),
        ("d", 8 * HOUR),
    ]
    b = plan["b"]
    assert (b.earliest_start, b.earliest_finish, b.latest_start, b.latest_finish) == (
        at(0),
        at(1),
        at(1),
        at(2),
    )
    assert (
        b.explain() == "b: 2026-03-02 09:00+01:00 to 2026-03-02 10:00+01:00, slack 1:00:00 (at the beginning)"
    )


def test_teams_in_two_zones_hand_over_when_the_other_one_works() -> None:
    boston = Task("ship", after="order", duration=2 * HOUR, calendar="boston")
    plan = planned(office("order", 1), boston, office("unpack", 1, "ship"))
    assert str(plan["ship"].earliest_start) == "2026-03-02 04:00:00-05:00"
    assert str(plan["ship"].earliest_finish) == "2026-03-02 10:00:00-05:00"
    assert str(plan["unpack"].earliest_finish) == "2026-03-02 17:00:00+01:00"
    # Boston opens at 14:00 in Berlin, so that the order decides nothing before.
    assert plan.critical_path == ("order", "ship", "unpack")
    assert plan["order"].slack == 4 * HOUR
    assert plan.critical == ("ship", "unpack")


def test_a_plan_shows_the_finish_in_the_zone_that_was_asked_in() -> None:
    plan = planned(office("a", 2), start=datetime(2026, 3, 2, 13, 30, tzinfo=CALENDARS["nights"].tz))
    assert str(plan.finish) == "2026-03-02 15:30:00+05:30"


def test_without_an_estimate_a_task_takes_no_time_and_without_a_calendar_none_waits() -> None:
    plan = planned(office("a", 1), Task("approve", after="a"), Task("b", after="approve", duration=24 * HOUR))
    assert plan["approve"].earliest_finish == at(1)
    assert plan.finish == at(25)
    assert plan["b"].earliest_finish.tzinfo == BusinessCalendar.always("UTC").tz


def test_business_days_are_counted_on_the_calendar_of_the_task() -> None:
    end_of_day = BusinessDays(2, time_of_day=TimeOfDay.END_OF_WORKING_DAY)
    plan = planned(Task("a", duration=end_of_day, calendar="office"), office("b", 1, "a"), office("c", 20))
    assert str(plan["a"].earliest_finish) == "2026-03-04 17:00:00+01:00"
    assert str(plan["b"].earliest_finish) == "2026-03-05 10:00:00+01:00"
    # On Monday it may begin at any time.
    assert str(plan["a"].latest_start) == "2026-03-02 17:00:00+01:00"
    assert plan["a"].slack == 8 * HOUR
    assert plan["c"].slack == 5 * HOUR


def test_a_join_of_some_counts_on_those_that_end_first() -> None:
    plan = planned(office("a", 3), office("b", 1), office("c", 2), office("d", 6, "a", "b", "c", join=2))
    assert plan["d"].earliest_start == at(2)
    assert plan.critical_path == ("c", "d")
    assert {name: each.slack for name, each in plan.tasks.items()} == {
        "a": 5 * HOUR,
        "b": HOUR,
        "c": ZERO,
        "d": ZERO,
    }


def test_who_ends_at_a_closing_may_be_critical_beside_the_critical_path() -> None:
    plan = planned(office("a", 8), Task("b", duration=9 * HOUR))
    assert plan.critical_path == ("b",)
    assert plan.critical == ("a", "b")


def test_two_ways_that_are_equally_long_are_both_critical() -> None:
    plan = planned(office("a", 2), office("b", 2), office("c", 1, "b", "a"), office("d", 3))
    assert list(plan.critical_paths()) == [("b", "c"), ("a", "c"), ("d",)]
    assert plan.critical_path == ("b", "c")


def test_a_milestone_at_the_end_belongs_to_the_critical_path() -> None:
    plan = planned(office("a", 2), Task("handed over", after="a"))
    assert list(plan.critical_paths()) == [("a", "handed over")]


def test_what_is_planned_without_leaves_out_what_only_follows_from_it() -> None:
    tasks = [
        office("a", 2),
        office("b", 4, "a"),
        office("c", 1, "b"),
        office("d", 1, "b", regardless=True),
        office("e", 1, "a", "b", join=2),
    ]
    plan = planned(*tasks, without=["b"])
    assert set(plan.tasks) == {"a", "d", "e"}
    assert plan["d"].earliest_start == at(0)
    assert plan["e"].earliest_start == at(2)


def test_nothing_to_plan_ends_at_once() -> None:
    plan = planned()
    assert plan.finish == MONDAY
    assert plan.critical_path == ()
    assert plan.explain() == "ends 2026-03-02 08:00+00:00"


@pytest.mark.parametrize(
    ("options", "problems"),
    [
        pytest.param(
            {"calendars": {"ofice": OFFICE}},
            ["tasks[0].calendar: unknown calendar 'office'; did you mean 'ofice'?"],
            id="an unknown calendar",
        ),
        pytest.param(
            {"calendars": {"office": "Mon-Fri"}, "without": ["b"]},
            [
                "calendars.office: must be a calendar, not str 'Mon-Fri'",
                "without: unknown task 'b'; known: a",
            ],
            id="no calendar and no task",
        ),
        pytest.param(
            {"calendars": CALENDARS, "reading": read_tasks(TaskGraph("h", [], version="3"), [])},
            ["reading: is of 'h' of version '3', not of this graph"],
            id="a reading of another graph",
        ),
    ],
)
def test_what_cannot_be_planned_is_refused(options: dict[str, Any], problems: list[str]) -> None:
    with pytest.raises(TaskGraphError) as caught:
        schedule(TaskGraph("g", [office("a", 1)]), MONDAY, **options)
    assert list(caught.value.problems) == problems


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(DefinitionError, match="at has no time zone"):
        planned(start=MONDAY.replace(tzinfo=None))


def test_a_calendar_that_ends_before_the_work_says_so() -> None:
    with pytest.raises(NeverOpenError):
        planned(office("a", 10_000_000))


def test_who_is_not_in_the_plan_is_named() -> None:
    with pytest.raises(UnknownTaskError, match="unknown task 'b'; known: a"):
        planned(office("a", 1))["b"]


def test_a_schedule_can_be_pickled() -> None:
    plan = planned(office("a", 1), office("b", 1, "a"))
    assert pickle.loads(pickle.dumps(plan)) == plan


# -- running graphs ----------------------------------------------------------------------------------


def started(task: str, hours: float) -> TaskStarted:
    return TaskStarted(task, at=at(hours), by="kim")


def done(task: str, hours: float) -> TaskDone:
    return TaskDone(task, at=at(hours), by="kim")


def replanned(graph: TaskGraph, hours: float, *events: TaskEvent) -> Schedule:
    begun = TaskGraphBegun(graph.name, graph.version, {}, at=MONDAY, by="kim")
    return schedule(graph, at(hours), CALENDARS, reading=read_tasks(graph, [begun, *events]))


CHAIN = TaskGraph("chain", [office("a", 2), office("b", 1, "a"), office("c", 4)])


def test_what_has_ended_keeps_its_instants() -> None:
    plan = replanned(CHAIN, 3, started("a", 0.5), done("a", 3))
    a = plan["a"]
    assert (a.earliest_start, a.earliest_finish, a.latest_start, a.latest_finish) == (
        at(0.5),
        at(3),
        at(0.5),
        at(3),
    )
    assert a.slack is None
    assert not a.is_critical
    assert a.because.kind is PlanCauseKind.ENDED
    assert a.explain() == "a: 2026-03-02 09:30+01:00 to 2026-03-02 12:00+01:00 (ended)"
    assert plan["b"].earliest_start == at(3)
    assert plan["b"].because.tasks == ("a",)


def test_what_runs_goes_on_for_what_is_left_of_its_time() -> None:
    plan = replanned(CHAIN, 1, started("c", 0.5))
    assert (plan["c"].earliest_start, plan["c"].earliest_finish) == (at(0.5), at(4.5))
    assert plan["c"].because.kind is PlanCauseKind.RUNNING
    assert plan["c"].slack == ZERO
    assert plan["a"].earliest_start == at(1)
    assert plan["a"].slack == HOUR / 2


def test_what_runs_over_its_time_may_end_at_any_moment() -> None:
    plan = replanned(CHAIN, 3, started("a", 0))
    assert plan["a"].because.kind is PlanCauseKind.OVERDUE
    assert plan["a"].earliest_finish == at(3)
    assert plan["b"].earliest_finish == at(4)
    assert plan["a"].slack == 3 * HOUR  # c ends at 16:00


def test_what_could_have_begun_begins_now() -> None:
    plan = replanned(CHAIN, 6, started("a", 0), done("a", 2))
    assert plan["b"].because.kind is PlanCauseKind.NOT_BEFORE
    assert plan["b"].earliest_start == at(6)
    assert str(plan["b"].because) == "not before the present"


def test_what_failed_for_good_counts_as_begun_anew() -> None:
    plan = replanned(CHAIN, 6, started("a", 0), TaskFailed("a", "no power", at=at(1), by="kim"))
    assert plan["a"].because.kind is PlanCauseKind.AGAIN
    assert plan["b"].earliest_start == at(8)
    assert plan.critical_path == ("c",)  # it is blocked, and would begin now, too


def test_what_the_work_has_gone_on_from_has_ended() -> None:
    graph = TaskGraph("g", [office("a", 2, on_failure=OnFailure.CONTINUE), office("b", 1, "a")])
    plan = replanned(graph, 1, started("a", 0), TaskFailed("a", "no power", at=at(1), by="kim"))
    assert plan["a"].because.kind is PlanCauseKind.ENDED
    assert plan["b"].earliest_start == at(1)


def test_what_will_be_skipped_takes_no_time() -> None:
    graph = TaskGraph("g", [office("a", 2), office("b", 4, "a"), office("c", 1, "b"), office("d", 3)])
    skip_ahead = TaskSkipped("b", "no need", at=MONDAY, by="kim")
    skipped = TaskSkipped("d", "no need", at=at(0.5), by="kim")
    plan = replanned(graph, 1, skip_ahead, skipped)
    assert plan["b"].earliest_start == plan["b"].earliest_finish == at(3)
    assert (plan["d"].earliest_start, plan["d"].earliest_finish) == (at(0.5), at(0.5))
    assert plan.critical_path == ("a", "b", "c")


def test_what_is_not_needed_is_not_planned() -> None:
    never = office("a", 2, when=equals("vip", True))
    graph = TaskGraph("g", [never, office("b", 4, "a"), office("c", 1, "b", "d"), office("d", 1)], facts=VIP)
    assert set(replanned(graph, 0).tasks) == {"c", "d"}
    assert set(schedule(graph, MONDAY, CALENDARS).tasks) == {"a", "b", "c", "d"}


VIP = {"vip": "truth"}


def test_a_finished_graph_shows_the_way_it_took() -> None:
    plan = replanned(
        CHAIN, 6, started("a", 0), started("c", 0), done("c", 1), done("a", 2), started("b", 4), done("b", 5)
    )
    assert plan.finish == at(5)
    assert plan.critical_path == ("a", "b")
    assert str(plan["b"].because) == "ended; after a"


# -- all rules at once -------------------------------------------------------------------------------


@st.composite
def plannable(draw: st.DrawFn, *, joins: bool, calendars: tuple[str, ...] = tuple(CALENDARS)) -> TaskGraph:
    names = "abcdefg"[: draw(st.integers(1, 7))]
    tasks = []
    for place, name in enumerate(names):
        after = draw(st.lists(st.sampled_from(names[:place]), unique=True, max_size=3)) if place else []
        join = draw(st.integers(1, len(after))) if joins and after else "all"
        hours = draw(st.integers(0, 80)) * QUARTER
        calendar = draw(st.sampled_from(calendars))
        tasks.append(Task(name, after=after, join=join, duration=hours, calendar=calendar))
    return TaskGraph("g", tasks)


starts = st.integers(0, 14 * 96).map(lambda count: MONDAY + count * QUARTER)


def taken(graph: TaskGraph, name: str, begin: datetime, delay: timedelta = ZERO) -> datetime:
    """Return when a task ends that was let go on at *begin* and put off by *delay* of its own open time."""
    task = graph[name]
    calendar = CALENDARS[task.calendar or ""]
    return calendar.advance(calendar.advance(begin, delay), task.duration or ZERO).astimezone(UTC)


def paths(graph: TaskGraph, name: str) -> Iterator[tuple[str, ...]]:
    """Yield every way from a task without predecessors to *name*."""
    for before in graph[name].after:
        for path in paths(graph, before):
            yield (*path, name)
    if not graph[name].after:
        yield (name,)


def finish_by_paths(graph: TaskGraph, start: datetime, delays: Mapping[str, timedelta]) -> datetime:
    """Return when the last task ends if all wait for all: by walking every path by itself."""
    ends = [start]
    for task in graph:
        for path in paths(graph, task.name):
            end = start
            for name in path:
                end = taken(graph, name, end, delays.get(name, ZERO))
            ends.append(end)
    return max(ends)


@settings(max_examples=150, deadline=None)
@given(plannable(joins=False), starts)
def test_the_finish_is_that_of_the_longest_path(graph: TaskGraph, start: datetime) -> None:
    plan = schedule(graph, start, CALENDARS)
    assert plan.finish == finish_by_paths(graph, start, {})
    for path in plan.critical_paths():
        end = start
        for name in path:
            assert plan[name].earliest_start == end
            end = taken(graph, name, end)
        assert end == plan.finish


@settings(max_examples=150, deadline=None)
@given(plannable(joins=True), starts)
def test_a_join_lets_go_on_when_so_many_have_ended(graph: TaskGraph, start: datetime) -> None:
    plan = schedule(graph, start, CALENDARS)
    ends: dict[str, datetime] = {}
    for name in graph.topological_order:
        task = graph[name]
        begin = sorted(ends[before] for before in task.after)[task.needed - 1] if task.after else start
        ends[name] = taken(graph, name, begin)
        assert (plan[name].earliest_start, plan[name].earliest_finish) == (begin, ends[name])
    assert plan.finish == max(ends.values())


@settings(max_examples=150, deadline=None)
@given(plannable(joins=False), starts, st.data())
def test_slack_is_exactly_what_a_task_may_be_put_off_by(
    graph: TaskGraph, start: datetime, data: st.DataObject
) -> None:
    plan = schedule(graph, start, CALENDARS)
    name = data.draw(st.sampled_from(graph.topological_order))
    each = plan[name]
    assert each.slack is not None
    less = data.draw(st.integers(0, each.slack // QUARTER)) * QUARTER
    more = data.draw(st.sampled_from([TICK, QUARTER, 10 * HOUR]))
    assert finish_by_paths(graph, start, {name: less}) == plan.finish
    assert finish_by_paths(graph, start, {name: each.slack}) == plan.finish
    assert finish_by_paths(graph, start, {name: each.slack + more}) > plan.finish
    assert each.is_critical == (finish_by_paths(graph, start, {name: TICK}) > plan.finish)


@settings(max_examples=150, deadline=None)
@given(plannable(joins=True), starts, st.data())
def test_slack_is_safe_where_a_join_waits_for_some(
    graph: TaskGraph, start: datetime, data: st.DataObject
) -> None:
    plan = schedule(graph, start, CALENDARS)
    name = data.draw(st.sampled_from(graph.topological_order))
    slack = plan[name].slack
    assert slack is not None
    ends: dict[str, datetime] = {}
    for each in graph.topological_order:
        task = graph[each]
        begin = sorted(ends[before] for before in task.after)[task.needed - 1] if task.after else start
        ends[each] = taken(graph, each, begin, slack if each == name else ZERO)
    assert max(ends.values()) == plan.finish


@settings(max_examples=100, deadline=None)
@given(plannable(joins=False), starts)
def test_forward_and_backward_agree(graph: TaskGraph, start: datetime) -> None:
    plan = schedule(graph, start, CALENDARS)
    for name, each in plan.tasks.items():
        assert each.earliest_start <= each.latest_start
        assert each.earliest_finish <= each.latest_finish <= plan.finish
        assert taken(graph, name, each.latest_start) <= each.latest_finish
        for after in graph.successors(name):
            assert each.latest_finish <= plan[after].latest_start


@settings(max_examples=100, deadline=None)
@given(plannable(joins=False, calendars=("always",)), starts)
def test_round_the_clock_the_critical_tasks_are_those_of_the_critical_paths(
    graph: TaskGraph, start: datetime
) -> None:
    plan = schedule(graph, start, CALENDARS)
    assert set(plan.critical) == {name for path in plan.critical_paths() for name in path}
    for path in plan.critical_paths():
        for one, next_one in pairwise(path):
            assert plan[one].latest_finish == plan[next_one].latest_start


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 4),
    st.sampled_from(TimeOfDay),
    st.integers(0, 8 * 32 - 1),
    st.integers(0, 200),
    st.sampled_from(["office", "boston"]),
)
def test_days_may_be_put_off_by_their_slack_and_no_more(
    number: int, time_of_day: TimeOfDay, opened: int, other: int, calendar: str
) -> None:
    days = BusinessDays(number, time_of_day=time_of_day)
    start = CALENDARS[calendar].advance(MONDAY, opened * QUARTER)
    graph = TaskGraph(
        "g",
        [
            Task("days", duration=days, calendar=calendar),
            Task("hours", duration=other * QUARTER, calendar="office"),
        ],
    )
    plan = schedule(graph, start, CALENDARS)
    slack = plan["days"].slack
    assert slack is not None

    def end(delay: timedelta) -> datetime:
        return CALENDARS[calendar].advance(CALENDARS[calendar].advance(start, delay), days)

    assert plan["days"].earliest_finish == end(ZERO)
    assert end(slack) <= plan.finish < end(slack + TICK)
    assert CALENDARS[calendar].elapsed(start, plan["days"].latest_start) == slack
