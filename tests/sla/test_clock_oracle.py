"""
Clocks beside an oracle that lives through their history.

The oracle goes from one quarter of an hour to the next. In each it looks at the clock on the wall and at the
declared hours and holidays to see whether anybody works, and it asks every condition of every event again. It
knows neither tables nor states, and is as slow as it is plain.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import accumulate

from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.conditions import equals, holds
from itsmkit.sla import BusinessCalendar, ClockEvent, Reopening, Target, read_clock
from itsmkit.testing.strategies import GRID, business_calendars, clock_histories, targets, waits

DAY = timedelta(days=1)
ZERO = timedelta(0)

# Over both changes of the clocks in 2026, night shifts and holidays; special hours and breaks have laws of
# their own.
CALENDARS = business_calendars(special=st.just({}), without=st.none(), dst=st.just("elapsed"))

RESUMED = equals("public", value=True)
ASKED_ANEW = equals("event", "commented") & equals("public", value=False)


def is_open(calendar: BusinessCalendar, instant: datetime) -> bool:
    """Tell by the wall clock, the weekly hours and the listed holidays whether anybody works."""
    wall = instant.astimezone(calendar.tz).replace(tzinfo=None)
    holidays = {day for day, _ in calendar.holidays.dates} if calendar.holidays else set()
    for back in (0, 1):
        midnight = datetime.combine(wall.date() - back * DAY, datetime.min.time())
        if midnight.date() in holidays:
            continue
        for span in calendar.hours.days[midnight.weekday()]:
            if midnight + span.opens <= wall < midnight + span.ends:
                return True
    return False


class Life:
    """A clock that lives through its history, quarter by quarter."""

    def __init__(self, target: Target, calendar: BusinessCalendar) -> None:
        self.target, self.calendar = target, calendar
        self.phase = "not_started"
        self.elapsed = ZERO
        self.used_up_at: datetime | None = None
        self.cycles: list[tuple[timedelta, str]] = []

    def hear(self, event: ClockEvent) -> None:
        view = event.view()
        said = {
            name
            for name in ("start", "stop", "pause", "resume", "reset", "cancel", "reopen")
            if (condition := getattr(self.target, name)) is not None and holds(condition, view)
        }
        if event.name == "reinstated":
            said.add("reinstate")
        if self.concerns(said):
            self.settle(said)

    def concerns(self, said: set[str]) -> bool:
        """Tell whether a cycle is under way, which may begin only now."""
        if self.phase == "cancelled":
            return "reinstate" in said and "cancel" not in said
        if self.phase == "not_started":
            return "start" in said
        if self.phase == "stopped":
            if "reopen" in said and self.target.on_reopen is Reopening.RESTART:
                self.elapsed, self.used_up_at = ZERO, None
            return "reopen" in said
        if "reset" in said and not said & {"cancel", "stop"}:
            self.judge()
            self.elapsed, self.used_up_at = ZERO, None
        return True

    def settle(self, said: set[str]) -> None:
        waits_on = self.phase == "paused" and self.target.resume is not None and "resume" not in said
        if "cancel" in said:
            self.phase = "cancelled"
        elif "stop" in said:
            self.phase = "stopped"
            self.judge()
        else:
            self.phase = "paused" if "pause" in said or waits_on else "running"

    def judge(self) -> None:
        self.cycles.append((self.elapsed, "met" if self.elapsed <= self.target.within else "breached"))

    def work(self, quarter: datetime) -> None:
        if self.phase == "running" and is_open(self.calendar, quarter):
            self.elapsed += GRID
            if self.elapsed == self.target.within:
                self.used_up_at = quarter + GRID

    def due(self, at: datetime) -> datetime:
        """Return when the target is used up if the clock runs from *at* on."""
        if self.used_up_at is not None:
            return self.used_up_at
        left = self.target.within - self.elapsed
        while True:
            if is_open(self.calendar, at):
                left -= GRID
            at += GRID
            if left == ZERO:
                return at


def lived(target: Target, calendar: BusinessCalendar, history: Sequence[ClockEvent], at: datetime) -> Life:
    life = Life(target, calendar)
    effective = list(accumulate((event.at for event in history), max))
    quarter, number = effective[0], 0
    while quarter <= at:
        while number < len(history) and effective[number] <= quarter and history[number].at <= at:
            life.hear(history[number])
            number += 1
        if quarter < at:
            life.work(quarter)
        quarter += GRID
    return life


@st.composite
def any_targets(draw: st.DrawFn) -> Target:
    target = draw(targets())
    return Target(
        target.clock,
        draw(st.integers(1, 60)) * GRID,
        on_reopen=target.on_reopen,
        resume=draw(st.sampled_from([None, RESUMED])),
        reset=draw(st.sampled_from([None, ASKED_ANEW])),
    )


@settings(deadline=None, max_examples=60)
@given(any_targets(), CALENDARS, clock_histories(most=8, orderly=False), waits())
def test_a_clock_shows_what_living_through_its_history_shows(
    target: Target, calendar: BusinessCalendar, history: tuple[ClockEvent, ...], wait: timedelta
) -> None:
    at = max(event.at for event in history) + wait
    life = lived(target, calendar, history, at)
    reading = read_clock(target, calendar, history, at)
    assert reading.phase == life.phase
    assert reading.elapsed == life.elapsed
    assert [(cycle.elapsed, cycle.verdict) for cycle in reading.cycles] == life.cycles
    if life.phase == "stopped":
        assert reading.verdict == life.cycles[-1][1]
    else:
        assert reading.verdict == ("breached" if life.elapsed > target.within else "open")


@settings(deadline=None, max_examples=60)
@given(any_targets(), CALENDARS, clock_histories(most=4), waits(DAY))
def test_a_clock_is_due_when_living_on_uses_the_target_up(
    target: Target, calendar: BusinessCalendar, history: tuple[ClockEvent, ...], wait: timedelta
) -> None:
    at = history[-1].at + wait
    reading = read_clock(target, calendar, history, at)
    if reading.phase in {"running", "paused"}:
        due = reading.due or reading.due_if_resumed_now
        assert due == lived(target, calendar, history, at).due(at)
