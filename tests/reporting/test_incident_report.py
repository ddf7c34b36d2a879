"""Every figure against histories that were lived on paper."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.practices import Incident, Occasion, happen
from itsmkit.reporting import Attainment, Day, IncidentReport, ResolutionTimes, incident_report
from itsmkit.sla import ClockPhase, ClockReading, Verdict
from itsmkit.testing import A_MONDAY, AN_AGENT, an_incident_logged, office_hours
from itsmkit.tickets import (
    Assigned,
    CheckpointPassed,
    Commented,
    Fact,
    StateChanged,
    StateCorrected,
    TicketEvent,
)

HOUR = timedelta(hours=1)
CATEGORIES = {
    "New": "new",
    "Assigned": "active",
    "In Progress": "active",
    "Pending": "pending",
    "Resolved": "resolved",
    "Closed": "closed",
    "Cancelled": "cancelled",
}

Life = tuple[list[TicketEvent], Incident]


def to(source: str, target: str) -> StateChanged:
    return StateChanged(source, target, CATEGORIES[target], "move")


def corrected(source: str, target: str) -> StateCorrected:
    return StateCorrected(source, target, CATEGORIES[target], ("no move leads there",))


def lived(
    number: str, opened: float, *steps: tuple[float, Fact], impact: str = "low", **details: object
) -> Life:
    """Return a history: opened so many hours after Monday, nine o'clock, then each fact at its hour."""
    decision = an_incident_logged(
        number, at=A_MONDAY + opened * HOUR, impact=impact, urgency=impact, details=details
    )
    events, incident = list(decision.events), decision.ticket
    for hours, fact in steps:
        happened = happen(incident, Occasion(AN_AGENT, A_MONDAY + hours * HOUR), fact)
        events.extend(happened.events)
        incident = happened.ticket
    return events, incident


def reading(phase: ClockPhase, verdict: Verdict, clock: str = "resolve") -> ClockReading:
    return ClockReading(clock, A_MONDAY, phase, verdict, 1, HOUR, HOUR, None, None, None, ())


def report(
    *lives: Life, readings: Sequence[dict[str, ClockReading]] = (), zone: str = "UTC"
) -> IncidentReport:
    feed = sorted((event for events, _ in lives for event in events), key=lambda event: event.effective_at)
    shown = [*readings, *({} for _ in lives[len(readings) :])]
    tickets = [(incident, clocks) for (_, incident), clocks in zip(lives, shown, strict=True)]
    return incident_report(feed, tickets, office_hours(zone))


# Monday is hour 0 to 15, Tuesday 15 to 39, Wednesday 39 to 63; the office is open from 0 to 8 each day.
WEEK = (
    lived(
        "A", 0, (1, to("New", "Assigned")), (25, to("Assigned", "Resolved")), impact="high", channel="email"
    ),
    lived(
        "B",
        7,
        (9, to("New", "Resolved")),
        (24, to("Resolved", "In Progress")),
        (48, to("In Progress", "Resolved")),
        channel="phone",
    ),
    lived("C", 27, (51, to("New", "Cancelled")), support_group="Network"),
    lived("D", 47, (56, corrected("New", "Closed")), impact="high", channel="email", site="floor 3"),
    lived("E", 59, (60, Commented("looked at it", public=False))),
)


def test_an_empty_desk_has_an_empty_report() -> None:
    empty = report()
    assert (empty.incidents, empty.events, empty.first_at, empty.last_at) == (0, 0, None, None)
    assert (empty.resolved, empty.days) == (ResolutionTimes(0), ())
    assert empty.opened_by_hour == ((0,) * 24,) * 7
    for figures in (empty.final_states, empty.by_priority, empty.attainment, empty.time_in_state):
        assert figures == {}
    assert json.loads(json.dumps(empty.to_plain()))["resolved"] == {
        "n": 0,
        "calendar_hours_median": None,
        "calendar_hours_p90": None,
        "business_hours_median": None,
        "business_hours_p90": None,
    }


def test_incidents_and_events_are_counted() -> None:
    week = report(*WEEK)
    assert (week.incidents, week.events, week.time_zone) == (5, 13, "UTC")
    assert (week.first_at, week.last_at) == (A_MONDAY, A_MONDAY + 60 * HOUR)
    assert week.final_states == {"Resolved": 2, "Cancelled": 1, "Closed": 1, "New": 1}
    assert week.by_priority == {"P5": 3, "P1": 2}
    assert week.by_channel == {"email": 2, "unknown": 2, "phone": 1}
    assert week.by_site == {"unknown": 4, "floor 3": 1}
    assert week.by_group == {"none": 4, "Network": 1}


def test_the_most_frequent_comes_first_and_equals_by_name() -> None:
    assert list(report(*WEEK).final_states) == ["Resolved", "Cancelled", "Closed", "New"]
    assert list(report(*WEEK).by_channel) == ["email", "unknown", "phone"]


def test_resolving_takes_from_the_opening_to_the_last_resolution() -> None:
    week = report(*WEEK)
    # A: 25 hours, 9 of them in the office; B: 41 hours to the second resolution, 9 in the office.
    assert week.resolved == ResolutionTimes(2, 33 * HOUR, 39.4 * HOUR, 9 * HOUR, 9 * HOUR)
    assert week.resolved_by_priority == {
        "P1": ResolutionTimes(1, 25 * HOUR, 25 * HOUR, 9 * HOUR, 9 * HOUR),
        "P5": ResolutionTimes(1, 41 * HOUR, 41 * HOUR, 9 * HOUR, 9 * HOUR),
    }


def test_a_history_that_begins_resolved_counts_from_its_beginning() -> None:
    events, incident = lived("A", 2)
    logged = events[0]
    fact = evolve(logged.fact, state="Resolved", category="resolved", opened_at=A_MONDAY)
    done = evolve(incident, state="Resolved", state_category="resolved", opened_at=A_MONDAY)
    figures = report(([evolve(logged, fact=fact)], done))
    assert figures.resolved == ResolutionTimes(1, 2 * HOUR, 2 * HOUR, 2 * HOUR, 2 * HOUR)
    assert figures.days == (Day(A_MONDAY.date(), 1, 1, 0),)
    assert figures.state_changes == {}


def test_a_day_tells_what_was_open_at_its_end() -> None:
    # On Monday evening A is open; on Tuesday B, which came back, and C; on Wednesday E.
    assert report(*WEEK).days == (
        Day(date(2026, 3, 2), opened=2, resolved=0, backlog=1),
        Day(date(2026, 3, 3), opened=1, resolved=1, backlog=2),
        Day(date(2026, 3, 4), opened=2, resolved=1, backlog=1),
    )


def test_a_day_without_anything_is_a_day() -> None:
    days = report(lived("A", 0, (72, to("New", "Resolved")))).days
    assert [(day.opened, day.resolved, day.backlog) for day in days] == [
        (1, 0, 1),
        (0, 0, 1),
        (0, 0, 1),
        (0, 1, 0),
    ]


@given(st.lists(st.tuples(st.integers(0, 80), st.lists(st.sampled_from(sorted(CATEGORIES)))), max_size=6))
def test_the_backlog_of_the_last_day_is_what_is_open(plan: list[tuple[int, list[str]]]) -> None:
    lives = []
    for number, (opened, states) in enumerate(plan):
        moves = [(opened + 7 * n, corrected(*move)) for n, move in enumerate(pairwise(["New", *states]))]
        lives.append(lived(f"INC-{number}", opened, *moves))
    figures = report(*lives)
    still_open = sum(incident.is_open for _, incident in lives)
    assert (figures.days[-1].backlog if figures.days else 0) == still_open
    assert sum(day.opened for day in figures.days) == len(lives)
    assert sum(day.resolved for day in figures.days) == figures.resolved.n
    assert all(day.backlog >= 0 for day in figures.days)


def test_days_months_and_hours_are_those_of_the_zone() -> None:
    late = lived("A", 24 * 28 + 20)  # Monday 30 March, and the small hours of 31 March in Tokyo
    very_late = lived("B", 24 * 30 + 14)  # the last hour of 1 April, and 2 April in Tokyo
    in_london, in_tokyo = report(late, very_late), report(late, very_late, zone="Asia/Tokyo")
    assert [day.date.isoformat() for day in in_tokyo.days] == ["2026-03-31", "2026-04-01", "2026-04-02"]
    assert in_london.opened_by_month == {"2026-03": 1, "2026-04": 1}
    assert in_tokyo.opened_by_hour[1][14] == 1
    assert in_london.opened_by_hour[1][5] == 1
    assert sum(map(sum, in_tokyo.opened_by_hour)) == 2


def test_openings_are_counted_by_weekday_and_hour() -> None:
    hours = report(*WEEK).opened_by_hour
    openings = {(day, hour): n for day, row in enumerate(hours) for hour, n in enumerate(row) if n}
    assert openings == {(0, 9): 1, (0, 16): 1, (1, 12): 1, (2, 8): 1, (2, 20): 1}


def test_months_come_in_order() -> None:
    figures = report(lived("A", 24 * 40), lived("B", 0), lived("C", 24 * 40))
    assert list(figures.opened_by_month.items()) == [("2026-03", 1), ("2026-04", 2)]


def test_moves_and_the_time_between_them_are_summed() -> None:
    week = report(*WEEK)
    assert week.state_changes == {
        ("New", "Assigned"): 1,
        ("Assigned", "Resolved"): 1,
        ("New", "Resolved"): 1,
        ("Resolved", "In Progress"): 1,
        ("In Progress", "Resolved"): 1,
        ("New", "Cancelled"): 1,
        ("New", "Closed"): 1,
    }
    spent = [("New", 36 * HOUR), ("In Progress", 24 * HOUR), ("Assigned", 24 * HOUR), ("Resolved", 15 * HOUR)]
    assert week.time_in_state == dict(spent)
    assert [time for _, time in week.time_in_state.items()] == [36 * HOUR, 24 * HOUR, 24 * HOUR, 15 * HOUR]


def test_corrections_are_irregular_once_for_each_incident() -> None:
    twice = lived("F", 0, (1, corrected("New", "Closed")), (2, corrected("Closed", "New")))
    assert (report(*WEEK).irregular, report(*WEEK, twice).irregular) == (1, 2)


def test_what_came_back_or_was_handed_on_is_counted_by_the_events() -> None:
    handed_on = lived("F", 0, (1, Assigned("Network")), (2, Assigned("Servers")))
    given_once = lived("G", 0, (1, Assigned("Network")))
    figures = report(*WEEK, handed_on, given_once)
    assert (figures.reopened, figures.never_reassigned) == (1, 6)


@pytest.mark.parametrize(
    ("counters", "reopened", "never_reassigned"),
    [
        pytest.param({}, 0, 1, id="none kept"),
        pytest.param({"reopen_count": "2", "reassignment_count": "1"}, 1, 0, id="kept by the log"),
        pytest.param({"reopen_count": "0", "reassignment_count": "0"}, 0, 1, id="kept and nothing"),
        pytest.param({"reopen_count": "many", "reassignment_count": 3}, 0, 1, id="not numbers in words"),
    ],
)
def test_a_counter_of_the_log_goes_before_our_own(
    counters: dict[str, object], reopened: int, never_reassigned: int
) -> None:
    figures = report(lived("A", 0, **counters))
    assert (figures.reopened, figures.never_reassigned) == (reopened, never_reassigned)


def test_promises_are_counted_by_clock_and_priority() -> None:
    met, breached = (reading(ClockPhase.STOPPED, verdict) for verdict in (Verdict.MET, Verdict.BREACHED))
    running = reading(ClockPhase.RUNNING, Verdict.OPEN)
    overdue = reading(ClockPhase.RUNNING, Verdict.BREACHED)
    figures = report(
        *WEEK,
        readings=[
            {"resolve": met, "respond": met},
            {"resolve": breached},
            {"resolve": running},
            {"resolve": overdue, "respond": running},
            {"resolve": met},
        ],
    )
    assert figures.attainment == {
        "resolve": {"P1": Attainment(1, 1, 0), "P5": Attainment(1, 1, 1)},
        "respond": {"P1": Attainment(1, 0, 1)},
    }


@pytest.mark.parametrize(
    ("phase", "verdict", "expected"),
    [
        pytest.param(ClockPhase.PAUSED, Verdict.OPEN, Attainment(open=1), id="paused"),
        pytest.param(ClockPhase.PAUSED, Verdict.BREACHED, Attainment(breached=1), id="paused and late"),
        pytest.param(
            ClockPhase.CANCELLED, Verdict.BREACHED, Attainment(breached=1), id="late, then cancelled"
        ),
        pytest.param(ClockPhase.CANCELLED, Verdict.OPEN, None, id="cancelled in time"),
        pytest.param(ClockPhase.NOT_STARTED, Verdict.OPEN, None, id="never started"),
    ],
)
def test_what_will_never_be_decided_is_not_open(
    phase: ClockPhase, verdict: Verdict, expected: Attainment | None
) -> None:
    incident = lived("A", 0, made_sla="true")
    figures = report(incident, readings=[{"resolve": reading(phase, verdict)}])
    assert figures.attainment == ({} if expected is None else {"resolve": {"P5": expected}})
    assert figures.foreign_verdicts == ({} if expected is None else {"true": expected})


def test_the_verdicts_of_the_log_meet_our_own() -> None:
    met, breached = (reading(ClockPhase.STOPPED, verdict) for verdict in (Verdict.MET, Verdict.BREACHED))
    lives = [lived(f"INC-{n}", 0, made_sla=verdict) for n, verdict in enumerate(("true", "true", "false"))]
    unjudged = lived("INC-8", 0)
    clockless = lived("INC-9", 0, made_sla="false")
    figures = report(
        *lives,
        unjudged,
        clockless,
        readings=[{"resolve": met}, {"resolve": breached}, {"resolve": breached}, {"resolve": met}],
    )
    assert list(figures.foreign_verdicts.items()) == [("true", Attainment(1, 1)), ("false", Attainment(0, 1))]


def test_a_share_is_of_what_is_decided() -> None:
    assert Attainment(3, 1, 96).share == 0.75
    assert Attainment(0, 0, 5).share is None


def test_checkpoints_are_counted_by_clock_and_name() -> None:
    passed = [CheckpointPassed("resolve", 1, "digest", name) for name in ("breach", "75%", "75%")]
    passed.append(CheckpointPassed("respond", 1, "digest", "breach"))
    figures = report(lived("A", 0, *((hour, fact) for hour, fact in enumerate(passed))))
    assert list(figures.checkpoints.items()) == [
        (("resolve", "75%"), 2),
        (("resolve", "breach"), 1),
        (("respond", "breach"), 1),
    ]


def test_a_feed_that_was_not_read_from_its_beginning_is_refused() -> None:
    events, incident = WEEK[0]
    with pytest.raises(DefinitionError, match="comes without its logging"):
        incident_report(events[1:], [(incident, {})], office_hours())


def test_the_plain_form_is_json_in_hours() -> None:
    met = reading(ClockPhase.STOPPED, Verdict.MET)
    life = lived("A", 0, (1, CheckpointPassed("resolve", 1, "digest", "75%")), (25, to("New", "Resolved")))
    plain = json.loads(json.dumps(report(life, readings=[{"resolve": met}]).to_plain()))
    assert plain["resolved"] == plain["resolved_by_priority"]["P5"]
    assert plain["resolved"]["calendar_hours_median"] == 25.0
    assert plain["resolved"]["business_hours_p90"] == 9.0
    assert plain["state_changes"] == {"New -> Resolved": 1}
    assert plain["checkpoints"] == {"resolve 75%": 1}
    assert plain["hours_in_state"] == {"New": 25.0}
    assert plain["attainment"] == {"resolve": {"P5": {"met": 1, "breached": 0, "open": 0}}}
    assert (plain["incidents"], plain["illegal_moves"], plain["reopened_incidents"]) == (1, 0, 0)
