"""
The laws of clocks, over random histories and random business calendars.

Instants and openings lie on a grid of quarters of an hour, so that the oracle can count quarters off, one by
one, by the hours on the wall.
"""

from datetime import UTC, datetime, timedelta
from itertools import accumulate

from hypothesis import assume, given
from hypothesis import strategies as st

from itsmkit.sla import (
    REINSTATED,
    BusinessCalendar,
    ClockEvent,
    ClockPhase,
    Reopening,
    Target,
    TimeSpan,
    Verdict,
    advance_clock,
    next_checkpoint,
    read_clock,
    read_state,
)
from itsmkit.testing.strategies import GRID, business_calendars, clock_histories, targets, time_spans, waits

MICROSECOND = timedelta(microseconds=1)
ZERO = timedelta(0)
DAY = timedelta(days=1)
IN_UTC = business_calendars(st.just("UTC"), st.none(), special=st.just({}), without=st.none())
UNTIDY = clock_histories(orderly=False)
RUNNING = {"new", "active"}


def last_instant(history: tuple[ClockEvent, ...]) -> datetime:
    return max(event.at for event in history)


def shows_open(calendar: BusinessCalendar, instant: datetime) -> bool:
    """Tell by the weekly hours alone whether a calendar in UTC is open."""
    midnight = instant.replace(hour=0, minute=0)
    since = instant - midnight
    today, yesterday = calendar.hours.days[instant.weekday()], calendar.hours.days[instant.weekday() - 1]
    return any(span.opens <= since < span.ends for span in today) or any(
        span.opens <= since + DAY < span.ends for span in yesterday
    )


def counted_off(
    target: Target, calendar: BusinessCalendar, history: tuple[ClockEvent, ...], at: datetime
) -> timedelta:
    """Oracle: go from quarter to quarter, and count those in which the clock runs and somebody works."""
    effective = list(accumulate((event.at for event in history), max))
    total = ZERO
    category, cancelled = None, False
    quarter, number = effective[0], 0
    while quarter <= at:
        while number < len(history) and effective[number] <= quarter:
            event = history[number]
            if event.name == "reopened" and not cancelled and target.on_reopen is Reopening.RESTART:
                total = ZERO
            category = event.category
            cancelled = category == "cancelled" or (cancelled and event.name != REINSTATED)
            number += 1
        if quarter < at and not cancelled and category in RUNNING and shows_open(calendar, quarter):
            total += GRID
        quarter += GRID
    return total


@given(targets(), IN_UTC, UNTIDY, waits())
def test_elapsed_is_the_open_time_of_the_running_spans(
    target: Target, calendar: BusinessCalendar, history: tuple[ClockEvent, ...], later: timedelta
) -> None:
    at = last_instant(history) + later
    reading = read_clock(target, calendar, history, at)
    assert reading.elapsed == counted_off(target, calendar, history, at)


@given(targets(), business_calendars(), UNTIDY, st.data())
def test_carrying_a_state_on_equals_reading_it_afresh_at_every_split(
    target: Target, calendar: BusinessCalendar, history: tuple[ClockEvent, ...], data: st.DataObject
) -> None:
    split = data.draw(st.integers(0, len(history)))
    first = advance_clock(target, calendar, history[:split])
    carried = advance_clock(target, calendar, history[split:], first)
    assert carried == advance_clock(target, calendar, history)
    at = last_instant(history) + data.draw(waits())
    assert read_state(target, calendar, carried, at) == read_clock(target, calendar, history, at)


@given(targets(), business_calendars(), UNTIDY, st.data())
def test_events_to_come_do_not_change_what_a_clock_shows(
    target: Target, calendar: BusinessCalendar, history: tuple[ClockEvent, ...], data: st.DataObject
) -> None:
    at = data.draw(st.sampled_from([event.at for event in history])) + data.draw(waits())
    effective = list(accumulate((event.at for event in history), max))
    past = [event for event, instant in zip(history, effective, strict=True) if instant <= at]
    assert read_clock(target, calendar, history, at) == read_clock(target, calendar, past, at)


@given(targets(), business_calendars(), clock_histories(), waits())
def test_what_concerns_no_clock_changes_nothing(
    target: Target, calendar: BusinessCalendar, history: tuple[ClockEvent, ...], later: timedelta
) -> None:
    at = last_instant(history) + later
    noisy = [
        told
        for event in history
        for told in (event, ClockEvent(event.at, "commented", event.category, {"public": True}))
    ]
    assert read_clock(target, calendar, noisy, at) == read_clock(target, calendar, history, at)


@given(targets(), business_calendars(), clock_histories(), waits())
def test_a_stop_on_the_way_at_the_same_instant_changes_nothing(
    target: Target, calendar: BusinessCalendar, history: tuple[ClockEvent, ...], later: timedelta
) -> None:
    at = last_instant(history) + later
    detoured = []
    category = "new"
    for event in history:
        if category in {"new", "active", "pending"} and event.name == "state_changed":
            ways = (("state_changed", "pending"), ("state_changed", "active"))
            detoured += [ClockEvent(event.at, name, way) for name, way in ways]
        detoured.append(event)
        category = event.category
    assert read_clock(target, calendar, detoured, at) == read_clock(target, calendar, history, at)


def paused(begin: datetime, end: datetime) -> list[ClockEvent]:
    return [ClockEvent(begin, "state_changed", "pending"), ClockEvent(end, "state_changed", "active")]


@given(targets(), business_calendars(), st.lists(time_spans(), min_size=1, max_size=4))
def test_a_pause_never_brings_the_due_instant_nearer(
    target: Target, calendar: BusinessCalendar, pauses: list[TimeSpan]
) -> None:
    opened = ClockEvent(datetime(2026, 1, 1, tzinfo=UTC), "opened", "new")
    state = advance_clock(target, calendar, [opened])
    dues = [read_state(target, calendar, state, opened.at).due]
    for pause in sorted(pauses, key=lambda pause: pause.start):
        state = advance_clock(target, calendar, paused(pause.start, pause.end), state)
        dues.append(read_state(target, calendar, state, opened.at).due)
    assert dues == sorted(dues, key=lambda due: due.astimezone(UTC))


@given(targets(), business_calendars(), waits(), waits(timedelta(hours=12)))
def test_a_pause_outside_hours_moves_nothing(
    target: Target, calendar: BusinessCalendar, wait: timedelta, length: timedelta
) -> None:
    assume(not calendar.hours.is_always)
    opened = ClockEvent(datetime(2026, 1, 1, tzinfo=UTC), "opened", "new")
    closing = calendar.next_close(opened.at + wait, in_zone=UTC)
    opening = calendar.next_open(closing, in_zone=UTC)
    pause = paused(closing, min(closing + length, opening))
    at = opening + DAY
    assert read_clock(target, calendar, [opened, *pause], at) == read_clock(target, calendar, [opened], at)


@given(targets(), business_calendars(), UNTIDY, waits(), waits())
def test_a_breach_stands_as_long_as_its_cycle(
    target: Target,
    calendar: BusinessCalendar,
    history: tuple[ClockEvent, ...],
    first: timedelta,
    second: timedelta,
) -> None:
    begin = history[0].at
    now = read_clock(target, calendar, history, begin + first)
    then = read_clock(target, calendar, history, begin + first + second)
    if now.cycle == then.cycle and now.verdict is Verdict.BREACHED:
        assert then.verdict is Verdict.BREACHED
    if now.cycle == then.cycle:
        assert now.elapsed <= then.elapsed
    assert then.cycles[: len(now.cycles)] == now.cycles


@given(targets(), business_calendars(), UNTIDY, waits())
def test_the_verdict_tells_whether_more_than_the_target_has_elapsed(
    target: Target, calendar: BusinessCalendar, history: tuple[ClockEvent, ...], later: timedelta
) -> None:
    reading = read_clock(target, calendar, history, last_instant(history) + later)
    assert (reading.verdict is Verdict.BREACHED) == (reading.elapsed > target.within)
    assert (reading.verdict is Verdict.MET) == (
        reading.phase is ClockPhase.STOPPED and reading.elapsed <= target.within
    )


@given(targets(), business_calendars(), UNTIDY, waits())
def test_only_a_running_clock_is_due_and_only_a_stopped_one_was(
    target: Target, calendar: BusinessCalendar, history: tuple[ClockEvent, ...], later: timedelta
) -> None:
    reading = read_clock(target, calendar, history, last_instant(history) + later)
    assert (reading.due is not None) == (reading.phase is ClockPhase.RUNNING)
    assert (reading.due_if_resumed_now is not None) == (reading.phase is ClockPhase.PAUSED)
    assert (reading.was_due is not None) == (reading.phase is ClockPhase.STOPPED)


@given(targets(), business_calendars(), UNTIDY)
def test_a_running_clock_is_due_at_the_first_instant_at_which_the_target_is_used_up(
    target: Target, calendar: BusinessCalendar, history: tuple[ClockEvent, ...]
) -> None:
    due = read_clock(target, calendar, history, last_instant(history)).due
    if due is not None:
        at_due, before = (read_clock(target, calendar, history, at) for at in (due, due - MICROSECOND))
        assert at_due.elapsed == target.within
        assert before.elapsed < target.within


@given(targets(), business_calendars(), UNTIDY, st.data())
def test_the_next_checkpoint_is_the_first_instant_at_which_a_reading_reaches_its_point(
    target: Target, calendar: BusinessCalendar, history: tuple[ClockEvent, ...], data: st.DataObject
) -> None:
    names = [checkpoint.name for checkpoint in target.checkpoints]
    passed = data.draw(st.sets(st.sampled_from(names))) if names else set()
    state = advance_clock(target, calendar, history)
    due = next_checkpoint(target, calendar, state, passed)
    if state.running_since is None or passed == set(names):
        assert due is None
        return
    assert due is not None
    assert due.checkpoint.name not in passed
    point = due.checkpoint.point(target.within)
    assert all(other.name in passed for other in target.checkpoints if other.point(target.within) < point)
    reached = read_clock(target, calendar, history, due.at).elapsed
    if due.at > state.running_since:
        assert reached == point
        assert read_clock(target, calendar, history, due.at - MICROSECOND).elapsed < point
    else:
        assert reached >= point


@given(targets(), targets(), business_calendars(), clock_histories(), waits())
def test_reading_under_other_terms_loses_no_pause(
    target: Target,
    other: Target,
    calendar: BusinessCalendar,
    history: tuple[ClockEvent, ...],
    later: timedelta,
) -> None:
    assume(target.on_reopen is other.on_reopen)
    at = last_instant(history) + later
    one, two = (read_clock(terms, calendar, history, at) for terms in (target, other))
    assert (one.elapsed, one.phase, one.cycle) == (two.elapsed, two.phase, two.cycle)
    assert [cycle.elapsed for cycle in one.cycles] == [cycle.elapsed for cycle in two.cycles]
