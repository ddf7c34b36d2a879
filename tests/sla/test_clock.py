"""
What clocks show, as tables.

The office is open from Monday to Friday, nine to five in UTC, and the target is eight hours of it, one
working day. Histories are written as ``Mon 09:00 opened``; ``Mon+`` is the Monday after.
"""

import copy
import pickle
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from itsmkit.conditions import equals
from itsmkit.errors import DefinitionError
from itsmkit.sla import (
    BREACH,
    BusinessCalendar,
    Checkpoint,
    ClockEvent,
    ClockPhase,
    ClockReading,
    ClockState,
    DueCheckpoint,
    NeverOpenError,
    Reopening,
    Target,
    Verdict,
    advance_clock,
    next_checkpoint,
    read_clock,
    read_state,
)

OFFICE = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC")
DAY = Target("resolve", timedelta(hours=8))
RESTARTING = Target("resolve", timedelta(hours=8), on_reopen=Reopening.RESTART)
MICROSECOND = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
CATEGORIES = {"opened": "new", "reopened": "active", "commented": "active", "reinstated": "active"}


def instant(text: str) -> datetime:
    """Return ``Tue 10:30`` of the first week of March 2026, or ``Tue+ 10:30`` of the second."""
    day, clock = text.split()
    hours, minutes = map(int, clock.split(":"))
    days = WEEKDAYS.index(day[:3]) + 7 * day.count("+")
    return MONDAY + timedelta(days=days, hours=hours, minutes=minutes)


def told(*lines: str) -> list[ClockEvent]:
    """Return events such as ``Tue 10:30 pending``: a category entered, or one of `CATEGORIES`."""
    events = []
    for line in lines:
        when, _, what = line.rpartition(" ")
        name = what if what in CATEGORIES else "state_changed"
        events.append(ClockEvent(instant(when), name, CATEGORIES.get(what, what)))
    return events


def shown(reading: ClockReading) -> tuple[object, ...]:
    """Return a reading as phase, verdict, hours elapsed, due, due if resumed now, and was due."""
    dues = (reading.due, reading.due_if_resumed_now, reading.was_due)
    phase, verdict = reading.phase.value, reading.verdict.value
    written = tuple(due and f"{WEEKDAYS[due.weekday()]} {due:%d %H:%M}" for due in dues)
    return phase, verdict, reading.elapsed / timedelta(hours=1), *written


@pytest.mark.parametrize(
    ("history", "at", "expected"),
    [
        pytest.param(
            (), "Mon 09:00", ("not_started", "open", 0, None, None, None), id="nothing happened",
        ),
        pytest.param(
            ("Mon 09:00 commented",), "Mon 12:00",
            ("not_started", "open", 0, None, None, None), id="nothing that starts it",
        ),
        pytest.param(
            ("Mon 11:00 opened",), "Mon 13:00",
            ("running", "open", 2, "Tue 03 11:00", None, None), id="it runs",
        ),
        pytest.param(
            ("Sun 11:00 opened",), "Sun 13:00",
            ("running", "open", 0, "Mon 09 17:00", None, None), id="it runs, but no time counts",
        ),
        pytest.param(
            ("Mon 09:00 opened",), "Mon 17:00",
            ("running", "open", 8, "Mon 02 17:00", None, None), id="used up exactly is in time",
        ),
        pytest.param(
            ("Mon 09:00 opened",), "Tue 08:00",
            ("running", "open", 8, "Mon 02 17:00", None, None), id="and is all night",
        ),
        pytest.param(
            ("Mon 09:00 opened",), "Tue 09:06",
            ("running", "breached", 8.1, "Mon 02 17:00", None, None), id="overdue, it keeps its due",
        ),
        pytest.param(
            ("Mon 11:00 opened", "Mon 13:00 pending"), "Mon 16:00",
            ("paused", "open", 2, None, "Tue 03 14:00", None), id="it is paused",
        ),
        pytest.param(
            ("Mon 11:00 opened", "Mon 13:00 pending", "Mon 16:00 active"), "Mon 16:30",
            ("running", "open", 2.5, "Tue 03 14:00", None, None), id="it runs again",
        ),
        pytest.param(
            ("Mon 09:00 opened", "Tue 11:00 pending"), "Wed 12:00",
            ("paused", "breached", 10, None, "Mon 02 17:00", None), id="paused and breached at once",
        ),
        pytest.param(
            ("Mon 09:00 opened", "Tue 11:00 pending", "Wed 12:00 active"), "Wed 13:00",
            ("running", "breached", 11, "Mon 02 17:00", None, None), id="it stays breached, with its due",
        ),
        pytest.param(
            ("Mon 09:00 opened", "Mon 17:00 pending"), "Tue 12:00",
            ("paused", "open", 8, None, "Mon 02 17:00", None), id="paused with nothing left",
        ),
        pytest.param(
            ("Mon 09:00 opened", "Mon 12:00 resolved"), "Fri 12:00",
            ("stopped", "met", 3, None, None, "Mon 02 17:00"), id="it stopped in time",
        ),
        pytest.param(
            ("Mon 09:00 opened", "Mon 17:00 resolved"), "Fri 12:00",
            ("stopped", "met", 8, None, None, "Mon 02 17:00"), id="it stopped at the last instant",
        ),
        pytest.param(
            ("Mon 09:00 opened", "Tue 10:00 resolved"), "Fri 12:00",
            ("stopped", "breached", 9, None, None, "Mon 02 17:00"), id="it stopped too late",
        ),
        pytest.param(
            ("Mon 09:00 opened", "Mon 10:00 pending", "Tue 12:00 resolved"), "Fri 12:00",
            ("stopped", "met", 1, None, None, "Wed 04 11:00"), id="it stopped while it was paused",
        ),
        pytest.param(
            ("Mon 09:00 opened", "Tue 10:00 pending", "Tue 12:00 resolved"), "Fri 12:00",
            ("stopped", "breached", 9, None, None, "Mon 02 17:00"), id="it stopped while paused and breached",
        ),
        pytest.param(
            ("Mon 09:00 opened", "Mon 10:00 resolved", "Mon 11:00 closed"), "Fri 12:00",
            ("stopped", "met", 1, None, None, "Mon 02 17:00"), id="it stops once",
        ),
        pytest.param(
            ("Mon 09:00 opened", "Mon 12:00 cancelled"), "Fri 12:00",
            ("cancelled", "open", 3, None, None, None), id="cancelled without a verdict",
        ),
        pytest.param(
            ("Mon 09:00 opened", "Mon 12:00 cancelled", "Mon 13:00 reopened"), "Fri 12:00",
            ("cancelled", "open", 3, None, None, None), id="what was cancelled stays so",
        ),
        pytest.param(
            ("Mon 09:00 opened", "Mon 12:00 cancelled", "Tue 13:00 reinstated"), "Tue 14:00",
            ("running", "open", 4, "Wed 04 10:00", None, None), id="a cancellation is taken back",
        ),
        pytest.param(
            ("Mon 09:00 opened", "Mon 12:00 resolved", "Tue 09:00 reopened"), "Tue 10:00",
            ("running", "open", 4, "Tue 03 14:00", None, None), id="reopened, it goes on",
        ),
        pytest.param(
            ("Mon 09:00 opened", "Tue 12:00 resolved", "Wed 09:00 reopened"), "Wed 10:00",
            ("running", "breached", 12, "Mon 02 17:00", None, None), id="reopened, still breached",
        ),
        pytest.param(
            ("Mon 09:00 opened", "Mon 12:00 pending", "Mon 11:00 active"), "Mon 13:00",
            ("running", "open", 4, "Mon 02 17:00", None, None), id="time never runs back",
        ),
    ],
)  # fmt: skip
def test_a_clock_shows(history: tuple[str, ...], at: str, expected: tuple[object, ...]) -> None:
    reading = read_clock(DAY, OFFICE, told(*history), instant(at))
    assert shown(reading) == expected
    assert reading.clock == "resolve"
    assert reading.remaining == DAY.within - reading.elapsed


@pytest.mark.parametrize(
    ("reading", "sentence"),
    [
        pytest.param((), "resolve: not started, open; 0:00:00 of 8:00:00 used", id="not started"),
        pytest.param(
            ("Mon 11:00 opened",),
            "resolve: running, open; 6:00:00 of 8:00:00 used, due 2026-03-03 11:00:00+00:00",
            id="running",
        ),
        pytest.param(
            ("Mon 11:00 opened", "Mon 12:00 pending"),
            "resolve: paused, open; 1:00:00 of 8:00:00 used, "
            "due 2026-03-03 16:00:00+00:00 if it ran on from now",
            id="paused",
        ),
        pytest.param(
            ("Mon 11:00 opened", "Mon 12:00 resolved"),
            "resolve: stopped, met; 1:00:00 of 8:00:00 used, was due 2026-03-03 11:00:00+00:00",
            id="stopped",
        ),
        pytest.param(
            ("Mon 11:00 opened", "Mon 12:00 resolved", "Mon 13:00 reopened", "Mon 14:00 cancelled"),
            "resolve: cancelled, open; 2:00:00 of 8:00:00 used, cycle 2",
            id="cancelled in the second cycle",
        ),
    ],
)
def test_a_reading_explains_itself(reading: tuple[str, ...], sentence: str) -> None:
    assert read_clock(DAY, OFFICE, told(*reading), instant("Mon 17:00")).explain() == sentence


# -- what does not matter ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "history",
    [
        pytest.param(("Mon 17:00 pending", "Tue 09:00 active"), id="all of the night"),
        pytest.param(("Mon 20:00 pending", "Mon 21:00 active"), id="an hour of the night"),
        pytest.param(("Mon 18:00 pending", "Mon 18:00 active"), id="no time at all"),
    ],
)
def test_a_pause_outside_hours_moves_nothing(history: tuple[str, ...]) -> None:
    without = read_clock(DAY, OFFICE, told("Mon 11:00 opened"), instant("Tue 10:00"))
    assert read_clock(DAY, OFFICE, told("Mon 11:00 opened", *history), instant("Tue 10:00")) == without


@pytest.mark.parametrize(
    "saves",
    [
        pytest.param(("resolved",), id="at once"),
        pytest.param(("active", "resolved"), id="by way of active"),
        pytest.param(("active", "commented", "active", "resolved"), id="with a comment between"),
        pytest.param(("active", "pending", "resolved", "closed"), id="there and back, and closed"),
    ],
)
def test_how_many_saves_lead_from_paused_to_resolved_does_not_matter(saves: tuple[str, ...]) -> None:
    history = ["Mon 09:00 opened", "Mon 10:00 pending", *(f"Mon 15:00 {save}" for save in saves)]
    reading = read_clock(DAY, OFFICE, told(*history), instant("Mon 16:00"))
    assert shown(reading) == ("stopped", "met", 1, None, None, "Tue 03 14:00")


def test_events_after_the_instant_are_not_read() -> None:
    history = told("Mon 09:00 opened", "Mon 12:00 resolved")
    reading = read_clock(DAY, OFFICE, history, instant("Mon 11:00"))
    assert (reading.phase, reading.cycles) == (ClockPhase.RUNNING, ())


def test_an_instant_before_what_is_known_is_read_as_the_last_event() -> None:
    state = advance_clock(DAY, OFFICE, told("Mon 09:00 opened", "Mon 12:00 commented"))
    assert read_state(DAY, OFFICE, state, instant("Mon 10:00")) == read_state(
        DAY, OFFICE, state, instant("Mon 12:00")
    )


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(DefinitionError, match="at has no time zone"):
        read_clock(DAY, OFFICE, [], datetime(2026, 3, 2))  # noqa: DTZ001  # that is the point


def test_a_reading_is_due_in_the_zone_of_the_calendar() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    office = BusinessCalendar("Mon-Fri 09:00-17:00", berlin)
    paused = told("Mon 08:00 opened", "Mon 10:00 pending")
    for history in (paused[:1], paused, [*paused, *told("Mon 11:00 resolved")]):
        reading = read_clock(DAY, office, history, instant("Mon 12:00"))
        dues = [due for due in (reading.due, reading.due_if_resumed_now, reading.was_due) if due]
        assert [due.tzinfo for due in dues] == [berlin]
        assert reading.at.tzinfo is UTC


def test_a_repeated_hour_counts_twice() -> None:
    always = BusinessCalendar.always("Europe/Berlin")
    berlin = ZoneInfo("Europe/Berlin")
    history = [
        ClockEvent(datetime(2026, 10, 25, 2, 30, tzinfo=berlin), "opened", "new"),
        ClockEvent(datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=berlin), "state_changed", "resolved"),
    ]
    reading = read_clock(DAY, always, history, datetime(2026, 10, 25, 2, 40, fold=1, tzinfo=berlin))
    assert (reading.phase, reading.elapsed) == (ClockPhase.STOPPED, timedelta(hours=1))


# -- cycles ------------------------------------------------------------------------------------------

TWICE = told("Mon 09:00 opened", "Tue 10:00 resolved", "Wed 09:00 reopened", "Wed 11:00 resolved")


@pytest.mark.parametrize(
    ("target", "hours", "verdicts"),
    [
        pytest.param(DAY, [9, 11], [Verdict.BREACHED, Verdict.BREACHED], id="continue"),
        pytest.param(RESTARTING, [9, 2], [Verdict.BREACHED, Verdict.MET], id="restart"),
    ],
)
def test_every_cycle_keeps_its_verdict(target: Target, hours: list[int], verdicts: list[Verdict]) -> None:
    reading = read_clock(target, OFFICE, TWICE, instant("Fri 12:00"))
    assert [cycle.verdict for cycle in reading.cycles] == verdicts
    assert [cycle.elapsed / timedelta(hours=1) for cycle in reading.cycles] == hours
    assert [cycle.number for cycle in reading.cycles] == [1, 2]
    assert [(cycle.started_at, cycle.stopped_at) for cycle in reading.cycles] == [
        (instant("Mon 09:00"), instant("Tue 10:00")),
        (instant("Wed 09:00"), instant("Wed 11:00")),
    ]
    assert (reading.verdict, reading.cycle) == (verdicts[-1], 2)
    assert reading.was_due == reading.cycles[-1].was_due


def test_a_restarted_cycle_is_due_anew() -> None:
    reading = read_clock(RESTARTING, OFFICE, TWICE[:3], instant("Wed 10:00"))
    assert shown(reading) == ("running", "open", 1, "Wed 04 17:00", None, None)
    assert [cycle.verdict for cycle in reading.cycles] == [Verdict.BREACHED]


def test_a_cycle_may_begin_with_a_pause() -> None:
    history = [*TWICE[:2], ClockEvent(instant("Wed 09:00"), "reopened", "pending")]
    reading = read_clock(RESTARTING, OFFICE, history, instant("Wed 10:00"))
    assert shown(reading) == ("paused", "open", 0, None, "Thu 05 10:00", None)


def test_a_clock_of_one_cycle_stays_stopped() -> None:
    once = Target("respond", timedelta(hours=8), reopen=None)
    assert read_clock(once, OFFICE, TWICE, instant("Fri 12:00")).cycle == 1


def test_work_that_is_done_when_it_starts_is_done_in_time() -> None:
    history = [ClockEvent(instant("Mon 09:00"), "opened", "closed")]
    assert shown(read_clock(DAY, OFFICE, history, instant("Mon 10:00"))) == (
        "stopped", "met", 0, None, None, "Mon 02 17:00",
    )  # fmt: skip


def test_a_verdict_tells_what_it_was_judged_by() -> None:
    other = BusinessCalendar("Mon-Fri 09:00-16:00", "UTC", name="shorter")
    named = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC", name="another name")
    at = instant("Fri 12:00")
    first, second = read_clock(DAY, OFFICE, TWICE, at).cycles
    assert (first.terms, first.calendar) == (second.terms, second.calendar)
    (judged, _), (renamed, _), (shorter, _), (restarted, _) = (
        read_clock(target, calendar, TWICE, at).cycles
        for target, calendar in ((DAY, OFFICE), (DAY, named), (DAY, other), (RESTARTING, OFFICE))
    )
    assert (judged.terms, judged.calendar) == (renamed.terms, renamed.calendar)
    assert judged.terms not in {shorter.terms, restarted.terms}
    assert judged.calendar != shorter.calendar
    assert judged.calendar == restarted.calendar


# -- nothing promised --------------------------------------------------------------------------------


@pytest.mark.parametrize("within", [timedelta(0), None])
def test_a_clock_that_nothing_is_promised_for_never_starts(within: timedelta | None) -> None:
    nothing = Target("resolve", within)
    reading = read_clock(nothing, OFFICE, TWICE, instant("Fri 12:00"))
    assert shown(reading) == ("not_started", "open", 0, None, None, None)
    assert (reading.cycle, reading.within, reading.cycles) == (0, timedelta(0), ())


# -- resume and reset --------------------------------------------------------------------------------

WAITING = Target(
    "resolve",
    timedelta(hours=8),
    pause=equals("event", "waits"),
    resume=equals("event", "goes_on"),
    reset=equals("event", "asked_anew"),
)


@pytest.mark.parametrize(
    ("target", "history", "expected"),
    [
        pytest.param(
            WAITING, ("09 opened", "10 waits", "11 commented", "12 state_changed"),
            ("paused", 1, []), id="a pause lasts until the clock resumes",
        ),
        pytest.param(
            WAITING, ("09 opened", "10 waits", "12 goes_on"), ("running", 6, []), id="it resumes",
        ),
        pytest.param(
            WAITING, ("09 opened", "10 goes_on"), ("running", 8, []), id="what runs cannot resume",
        ),
        pytest.param(
            WAITING, ("09 opened", "10 waits", "11 resolved"), ("stopped", 1, [1]), id="a pause may end it",
        ),
        pytest.param(
            WAITING, ("09 opened", "11 asked_anew"), ("running", 6, [2]), id="a reset starts from nothing",
        ),
        pytest.param(
            WAITING, ("09 opened", "10 waits", "11 asked_anew"), ("paused", 0, [1]),
            id="what was paused is paused after a reset",
        ),
        pytest.param(
            WAITING, ("09 opened", "10 waits", "11 asked_anew", "12 goes_on"), ("running", 5, [1]),
            id="and resumes",
        ),
        pytest.param(
            WAITING, ("09 asked_anew", "10 opened", "11 resolved", "12 asked_anew"), ("stopped", 1, [1]),
            id="only what is under way is reset",
        ),
        pytest.param(
            Target("resolve", 8 * HOUR, reset=equals("event", "reopened")),
            ("09 opened", "10 resolved", "11 reopened"), ("running", 7, [1]), id="a reopening is no reset",
        ),
        pytest.param(
            Target("resolve", 8 * HOUR, reset=equals("event", "closing"), stop=equals("last", value=True)),
            ("09 opened", "10 closing", "12 closing last"), ("stopped", 2, [1, 2]), id="to stop comes first",
        ),
        pytest.param(
            Target("resolve", 8 * HOUR, reset=equals("event", "opened")),
            ("09 opened",), ("running", 8, []), id="what starts is not reset by it",
        ),
    ],
)  # fmt: skip
def test_a_clock_can_resume_and_be_reset(
    target: Target, history: tuple[str, ...], expected: tuple[str, float, list[float]]
) -> None:
    events = []
    for line in history:
        hour, name, *last = line.split()
        category = {"resolved": "resolved"}.get(name, "active")
        events.append(ClockEvent(instant(f"Mon {hour}:00"), name, category, {"last": bool(last)}))
    reading = read_clock(target, OFFICE, events, instant("Mon 17:00"))
    hour = timedelta(hours=1)
    phase, elapsed, cycles = expected
    assert (reading.phase, reading.elapsed) == (phase, elapsed * hour)
    assert [cycle.elapsed / hour for cycle in reading.cycles] == cycles
    assert reading.cycle == len(cycles) + (phase != "stopped")


def test_every_gap_between_resets_has_a_verdict_of_its_own() -> None:
    history = [ClockEvent(instant("Mon 09:00"), "opened", "new")]
    history += [ClockEvent(instant(f"{day} 12:00"), "asked_anew", "active") for day in ("Mon", "Wed")]
    reading = read_clock(WAITING, OFFICE, history, instant("Thu 12:00"))
    assert [cycle.verdict for cycle in reading.cycles] == [Verdict.MET, Verdict.BREACHED]
    assert (reading.verdict, reading.due) == (Verdict.OPEN, instant("Thu 12:00"))


# -- checkpoints -------------------------------------------------------------------------------------

HALF, SOON = Checkpoint.at_share(50), Checkpoint.before_target(timedelta(hours=1))
LATE = Checkpoint.at_breach(after=timedelta(hours=1))
WATCHED = Target("resolve", timedelta(hours=8), checkpoints=(LATE, BREACH, SOON, HALF))


@pytest.mark.parametrize(
    ("passed", "checkpoint", "at"),
    [
        pytest.param((), HALF, instant("Fri 13:00"), id="half of it"),
        pytest.param(("50%",), SOON, instant("Fri 16:00"), id="an hour before"),
        pytest.param(
            ("50%", SOON.name), BREACH, instant("Mon+ 09:00") + MICROSECOND, id="Friday breaches on Monday"
        ),
        pytest.param(
            ("50%", SOON.name, "breach"), LATE, instant("Mon+ 10:00") + MICROSECOND, id="an hour after"
        ),
        pytest.param((SOON.name,), HALF, instant("Fri 13:00"), id="what is passed is left out"),
    ],
)
def test_the_next_checkpoint_is_the_first_that_was_not_passed(
    passed: tuple[str, ...], checkpoint: Checkpoint, at: datetime
) -> None:
    state = advance_clock(WATCHED, OFFICE, told("Fri 09:00 opened"))
    assert next_checkpoint(WATCHED, OFFICE, state, passed) == DueCheckpoint(checkpoint, at)


def test_a_target_that_ends_at_closing_is_in_time_until_the_next_opening() -> None:
    history = told("Fri 09:00 opened")
    opening = instant("Mon+ 09:00")
    verdicts = [
        read_clock(DAY, OFFICE, history, at).verdict
        for at in (instant("Fri 17:00"), instant("Sun 12:00"), opening, opening + MICROSECOND)
    ]
    assert verdicts == [Verdict.OPEN, Verdict.OPEN, Verdict.OPEN, Verdict.BREACHED]


def test_what_was_reached_before_a_pause_is_due_when_the_clock_resumes() -> None:
    history = told("Mon 09:00 opened", "Mon 15:00 pending", "Tue 12:00 active")
    state = advance_clock(WATCHED, OFFICE, history)
    assert next_checkpoint(WATCHED, OFFICE, state, ()) == DueCheckpoint(HALF, instant("Tue 12:00"))
    assert next_checkpoint(WATCHED, OFFICE, state, {"50%"}) == DueCheckpoint(SOON, instant("Tue 13:00"))


@pytest.mark.parametrize(
    "history",
    [
        pytest.param((), id="not started"),
        pytest.param(("Mon 09:00 opened", "Mon 10:00 pending"), id="paused"),
        pytest.param(("Mon 09:00 opened", "Mon 10:00 resolved"), id="stopped"),
        pytest.param(("Mon 09:00 opened", "Mon 10:00 cancelled"), id="cancelled"),
    ],
)
def test_a_clock_that_does_not_run_wakes_nobody(history: tuple[str, ...]) -> None:
    assert next_checkpoint(WATCHED, OFFICE, advance_clock(WATCHED, OFFICE, told(*history)), ()) is None


def test_a_clock_that_passed_everything_wakes_nobody() -> None:
    state = advance_clock(WATCHED, OFFICE, told("Mon 09:00 opened"))
    assert next_checkpoint(WATCHED, OFFICE, state, {HALF.name, SOON.name, "breach", LATE.name}) is None


# -- the state ---------------------------------------------------------------------------------------


def test_nothing_is_known_of_a_fresh_clock() -> None:
    assert advance_clock(DAY, OFFICE, []) == ClockState()


def test_an_event_at_the_same_instant_that_concerns_no_clock_leaves_the_state_itself() -> None:
    state = advance_clock(DAY, OFFICE, told("Mon 09:00 opened"))
    assert advance_clock(DAY, OFFICE, told("Mon 09:00 commented"), state) is state


def test_states_and_readings_hash_copy_and_pickle() -> None:
    state = advance_clock(DAY, OFFICE, TWICE[:3])
    reading = read_state(DAY, OFFICE, state, instant("Fri 12:00"))
    for value in (state, reading):
        assert {copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))} == {value}


def test_a_target_that_no_open_time_is_left_for_says_so() -> None:
    within = timedelta(days=400_000)
    with pytest.raises(NeverOpenError):
        read_clock(Target("resolve", within), OFFICE, told("Mon 09:00 opened"), instant("Mon 10:00"))


# -- instants of a state are in UTC, wherever the calendar stands --------------------------------------


def test_what_a_clock_keeps_is_in_utc_and_what_it_tells_in_the_zone_of_the_calendar() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    office = BusinessCalendar("Mon-Fri 09:00-17:00", berlin)
    running = advance_clock(DAY, office, told("Mon 08:00 opened"))
    due = next_checkpoint(DAY, office, running, ())
    assert due is not None
    assert due.at.tzinfo is UTC
    overdue = advance_clock(DAY, office, told("Tue 10:00 pending"), running)
    assert overdue.used_up_at is not None
    assert overdue.used_up_at.tzinfo is UTC
    for before, resolved in ((running, "Mon 12:00 resolved"), (overdue, "Tue 12:00 resolved")):
        stopped = advance_clock(DAY, office, told(resolved), before)
        assert stopped.cycles[-1].was_due.tzinfo is UTC
        reading = read_state(DAY, office, stopped, instant("Wed 12:00"))
        assert reading.was_due is not None
        assert reading.was_due.tzinfo is berlin


def test_a_cycle_says_with_which_one_its_time_began() -> None:
    first = advance_clock(DAY, OFFICE, told("Mon 09:00 opened", "Mon 10:00 resolved"))
    assert (first.cycle, first.counted_from) == (1, 1)
    again = told("Mon 11:00 reopened")
    assert advance_clock(DAY, OFFICE, again, first).counted_from == 1
    assert advance_clock(RESTARTING, OFFICE, again, first).counted_from == 2


def test_an_instant_without_a_zone_is_refused_by_its_name() -> None:
    with pytest.raises(DefinitionError, match=r"^at has no time zone"):
        read_state(DAY, OFFICE, ClockState(), datetime(2026, 3, 2))  # noqa: DTZ001  that is the point
