"""
The laws of business time, over random calendars in zones with every known oddity.

Two oracles stand against the calendar. Both ask only one thing of a zone, what its clocks show at an
instant, and neither knows a table, a transition or the classes under test.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, example, given, reject, settings
from hypothesis import strategies as st

from itsmkit.calendars import (
    Breaks,
    BusinessCalendar,
    HolidayCalendar,
    HoursSpan,
    Landing,
    NeverOpenError,
    WeeklyHours,
)
from itsmkit.errors import DefinitionError
from itsmkit.testing.laws import LAWS, journeys

ZONES = (
    "UTC", "Africa/Abidjan", "Africa/Cairo", "Africa/Casablanca", "Africa/El_Aaiun",
    "Africa/Johannesburg", "Africa/Juba", "Africa/Monrovia", "America/Anchorage",
    "America/Argentina/San_Luis", "America/Caracas", "America/Goose_Bay", "America/Havana",
    "America/Los_Angeles", "America/Moncton", "America/New_York", "America/Nuuk",
    "America/Recife", "America/Santiago", "America/Sao_Paulo", "America/St_Johns",
    "Antarctica/Casey", "Antarctica/Troll", "Asia/Amman", "Asia/Dhaka", "Asia/Gaza",
    "Asia/Kathmandu", "Asia/Kolkata", "Asia/Pyongyang", "Asia/Shanghai", "Asia/Singapore",
    "Asia/Tehran", "Asia/Tokyo", "Atlantic/Azores", "Australia/Lord_Howe", "Australia/Sydney",
    "Europe/Berlin", "Europe/Dublin", "Europe/Istanbul", "Europe/Lisbon", "Europe/London",
    "Pacific/Apia", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati",
    "Pacific/Kwajalein", "Pacific/Norfolk",
)  # fmt: skip
ODD_YEARS = (1981, 1986, 1987, 1993, 1994, 2005, 2007, 2009, 2010, 2011, 2016, 2018, 2026)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
WEEK = 7 * DAY
MICROSECOND = timedelta(microseconds=1)
ZERO = timedelta(0)


class Opening(NamedTuple):
    """What the oracles know of weekly hours: a weekday, when it opens, and how long that lasts."""

    weekday: int
    opens: timedelta
    length: timedelta


Hours = tuple[tuple[timedelta, timedelta], ...]
"""What the oracles know of the hours of a date: when they open, and how long that lasts."""


@dataclass
class Place:
    """A calendar, and the plain facts that it was made of."""

    calendar: BusinessCalendar
    openings: tuple[Opening, ...]
    holidays: frozenset[date]
    tz: ZoneInfo
    special: dict[date, Hours] = field(default_factory=dict)
    weekly_breaks: tuple[Opening, ...] = ()
    dated_breaks: dict[date, Hours] = field(default_factory=dict)
    edges_only: bool = False
    holiday_first: bool = False

    def hours_of(self, day: date) -> list[tuple[timedelta, timedelta]]:
        """Return the hours that begin on *day*."""
        if day in self.holidays and (self.holiday_first or day not in self.special):
            return []
        if day in self.special:
            return [*self.special[day]]
        return [(opens, length) for weekday, opens, length in self.openings if weekday == day.weekday()]

    def breaks_of(self, day: date) -> list[tuple[timedelta, timedelta]]:
        """Return the breaks that begin on *day*."""
        weekly = [
            (opens, length) for weekday, opens, length in self.weekly_breaks if weekday == day.weekday()
        ]
        return [*weekly, *self.dated_breaks.get(day, ())]

    def is_open(self, instant: datetime) -> bool:
        return self.lies_in(self.hours_of, instant) and not self.lies_in(self.breaks_of, instant)

    def lies_in(
        self, spans_of: Callable[[date], list[tuple[timedelta, timedelta]]], instant: datetime
    ) -> bool:
        """Tell whether an instant lies in a span of a date close to it."""
        wall = instant.astimezone(self.tz).replace(tzinfo=None)
        for number in range(-3, 3):
            day = wall.date() + number * DAY
            for opens, length in spans_of(day):
                start = datetime.combine(day, time()) + opens
                if self.edges_only:
                    if shown_at(self.tz.key, start) <= instant < shown_at(self.tz.key, start + length):
                        return True
                elif start <= wall < start + length:
                    return True
        return False


@lru_cache(maxsize=65_536)
def shown_at(key: str, wall: datetime) -> datetime:
    """Return when clocks first show *wall*; if they skip it, the time later by as much as they skip."""
    tz = ZoneInfo(key)
    # Whatever offset holds within some days before or after, it is the one of *wall* if it shows it.
    around = [wall.replace(tzinfo=UTC) + hours * timedelta(hours=6) for hours in range(-12, 13)]
    offsets = [instant.astimezone(tz).utcoffset() for instant in around]
    instants = {wall.replace(tzinfo=UTC) - offset for offset in offsets}
    shown = [instant for instant in instants if instant.astimezone(tz).replace(tzinfo=None) == wall]
    return min(shown) if shown else wall.replace(tzinfo=UTC) - offsets[0]


@lru_cache(maxsize=4096)
def changes_of(key: str, year: int) -> tuple[datetime, ...]:
    """Return the instants of *year* from which the clocks of a zone show another offset."""
    tz = ZoneInfo(key)

    def offset(instant: datetime) -> timedelta | None:
        return instant.astimezone(tz).utcoffset()

    found = []
    day = datetime(year, 1, 1, tzinfo=UTC)
    while day.year == year:
        following = day + DAY
        if offset(day) != offset(following):
            low, high = 0, 86_400
            while low < high:
                middle = (low + high) // 2
                if offset(day + timedelta(seconds=middle)) == offset(day):
                    low = middle + 1
                else:
                    high = middle
            found.append(day + timedelta(seconds=low))
        day = following
    return tuple(found)


@st.composite
def openings(draw: st.DrawFn, step: timedelta) -> tuple[Opening, ...]:
    """Weekly hours without an overlap: split, overnight, touching, whole days, around the clock."""
    if draw(st.integers(0, 9)) == 0:
        return tuple(Opening(weekday, ZERO, DAY) for weekday in range(7))
    edges = draw(st.lists(st.integers(0, WEEK // step - 1), min_size=2, max_size=14, unique=True))
    edges.sort()
    turn = draw(st.integers(0, 7 * 24)) * timedelta(hours=1)
    found = []
    for opens, closes in pairwise(edges):
        if not found or draw(st.integers(0, 2)):
            start = (opens * step + turn) % WEEK
            length = min((closes - opens) * step, DAY - step)
            found.append(Opening(start // DAY, start % DAY, length))
    return tuple(found)


@st.composite
def instants(draw: st.DrawFn, tz: ZoneInfo, years: st.SearchStrategy[int]) -> datetime:
    """An instant to the microsecond, often within two days of a change of the clocks."""
    year = draw(years)
    changes = changes_of(tz.key, year)
    if changes and draw(st.integers(0, 3)):
        return draw(st.sampled_from(changes)) + draw(st.timedeltas(-2 * DAY, 2 * DAY))
    return datetime(year, 1, 1, tzinfo=UTC) + draw(st.timedeltas(ZERO, 365 * DAY))


# Two years in, so that a law may look 400 days back from any instant of them.
YEARS = st.one_of(st.sampled_from(ODD_YEARS), st.integers(1972, 2100))


def weekly(openings: Iterable[Opening]) -> WeeklyHours:
    days: list[list[HoursSpan]] = [[] for _ in range(7)]
    for weekday, opens, length in openings:
        days[weekday].append(span(opens, length))
    return WeeklyHours(days)


def span(opens: timedelta, length: timedelta) -> HoursSpan:
    return HoursSpan(opens, opens + length - (opens + length > DAY) * DAY)


@st.composite
def hours_of_a_date(draw: st.DrawFn, step: timedelta, least: int = 0) -> Hours:
    """Hours of one date, without an overlap: none, split, overnight."""
    edges = draw(st.lists(st.integers(0, DAY // step - 1), min_size=2 * least, max_size=4, unique=True))
    edges.sort()
    if len(edges) % 2:
        edges.append(edges[-1] + draw(st.integers(1, DAY // step - 1)))
    return tuple(
        (opens * step, (closes - opens) * step) for opens, closes in zip(edges[::2], edges[1::2], strict=True)
    )


@st.composite
def hours_around(
    draw: st.DrawFn, change: datetime, tz: ZoneInfo, steps: tuple[timedelta, ...]
) -> tuple[date, Hours]:
    """A date, and hours of it with edges among the times that are repeated or skipped at a change."""
    before = (change - MICROSECOND).astimezone(tz).replace(tzinfo=None) + MICROSECOND
    step = timedelta(minutes=15) + draw(st.booleans()) * (min(steps) % timedelta(minutes=15))
    edges = sorted(
        before + number * step for number in draw(st.sets(st.integers(-8, 8), min_size=2, max_size=2))
    )
    midnight = datetime.combine(edges[0].date(), time())
    return midnight.date(), ((edges[0] - midnight, edges[1] - edges[0]),)


@st.composite
def visits(
    draw: st.DrawFn,
    years: st.SearchStrategy[int] = YEARS,
    steps: tuple[timedelta, ...] = (timedelta(minutes=15), MICROSECOND),
) -> tuple[Place, datetime]:
    """A place whose hours are multiples of a step, and an instant near its exceptions, in its zone."""
    tz = ZoneInfo(draw(st.sampled_from(ZONES)))
    instant = max(draw(instants(tz, years)), EPOCH)
    step = draw(st.sampled_from(steps))
    drawn = draw(openings(step))
    near = st.integers(-8, 8).map(lambda number: instant.date() + number * DAY)
    holidays = draw(st.frozensets(near, max_size=5))
    special: dict[date, Hours] = {}
    weekly_breaks: tuple[Opening, ...] = ()
    dated_breaks: dict[date, Hours] = {}
    if draw(st.booleans()):
        special = draw(st.dictionaries(near, hours_of_a_date(step), max_size=5))
    if draw(st.booleans()):
        weekly_breaks = draw(openings(step))
        dated_breaks = draw(st.dictionaries(near, hours_of_a_date(step, least=1), max_size=3))
    for change in changes_of(tz.key, instant.year):
        if abs(change - instant) < 3 * DAY:
            entries = special if draw(st.booleans()) else dated_breaks
            entries.update([draw(hours_around(change, tz, steps))])
    place = Place(
        BusinessCalendar.always(),
        drawn,
        holidays,
        tz,
        special,
        weekly_breaks,
        dated_breaks,
        edges_only=draw(st.booleans()),
        holiday_first=draw(st.booleans()),
    )
    try:
        place.calendar = built(place)
    except DefinitionError:
        reject()  # there is a break whenever it would be open
    return place, instant.astimezone(tz)


def built(place: Place) -> BusinessCalendar:
    return BusinessCalendar(
        weekly(place.openings),
        place.tz,
        holidays=HolidayCalendar(dict.fromkeys(place.holidays, "a holiday")),
        special_hours={day: [span(*each) for each in hours] for day, hours in place.special.items()},
        breaks=Breaks(
            weekly(place.weekly_breaks),
            dated={day: [span(*each) for each in hours] for day, hours in place.dated_breaks.items()},
        ),
        dst="edges" if place.edges_only else "elapsed",
        holiday_beats_special=place.holiday_first,
    )


def later(start: datetime, span: timedelta) -> datetime:
    """Return the instant that lies *span* of real time from *start*."""
    return (start.astimezone(UTC) + span).astimezone(start.tzinfo)


def open_minutes(place: Place, start: datetime, end: datetime) -> timedelta:
    """Oracle one: step from minute to minute, and ask the clock on the wall each time."""
    total = ZERO
    minute = start
    while minute < end:
        total += place.is_open(minute) * timedelta(minutes=1)
        minute += timedelta(minutes=1)
    return total


def breakpoints(place: Place, start: datetime, end: datetime) -> Iterable[datetime]:
    """Return all instants from *start* to *end* at which a calendar could open or close."""
    found = {start, end}
    for year in range(start.year, end.year + 1):
        found.update(changes_of(place.tz.key, year))
    day = start.date() - 4 * DAY
    while day <= end.date() + 3 * DAY:
        for opens, length in [*place.hours_of(day), *place.breaks_of(day)]:
            for wall in (datetime.combine(day, time()) + edge for edge in (opens, opens + length)):
                found.add(shown_at(place.tz.key, wall))
                found.update(wall.replace(tzinfo=place.tz, fold=fold).astimezone(UTC) for fold in (0, 1))
        day += DAY
    return sorted(point for point in found if start <= point <= end)


def open_time(place: Place, start: datetime, end: datetime) -> timedelta:
    """Oracle two: between two breakpoints it is open throughout, or closed throughout."""
    return sum(
        (
            after - before
            for before, after in pairwise(breakpoints(place, start, end))
            if place.is_open(before)
        ),
        ZERO,
    )


@settings(max_examples=40, deadline=None)
@given(
    # Before 1973 the clocks of Monrovia were 44 minutes and 30 seconds behind.
    visits(st.one_of(st.sampled_from(ODD_YEARS), st.integers(1973, 2100)), (timedelta(minutes=15),)),
    st.integers(0, 14_400),
)
def test_elapsed_counts_the_minutes_whose_clock_shows_an_open_time(visit, minutes):
    place, instant = visit
    start = instant.astimezone(UTC).replace(second=0, microsecond=0)
    end = start + timedelta(minutes=minutes)
    assert place.calendar.elapsed(start, end) == open_minutes(place, start, end)


@settings(max_examples=150, deadline=None)
@given(visits(st.one_of(st.sampled_from(ODD_YEARS), st.integers(1970, 2100))), st.timedeltas(ZERO, 40 * DAY))
def test_elapsed_sums_the_open_spans_between_breakpoints(visit, span):
    place, instant = visit
    start = max(later(instant, -2 * DAY), EPOCH)
    end = later(start, span)
    expected = open_time(place, start.astimezone(UTC), end.astimezone(UTC))
    assert place.calendar.elapsed(start, end) == expected


@settings(max_examples=60, deadline=None)
@given(visits(), st.timedeltas(ZERO, 40 * DAY))
def test_open_spans_begin_and_end_where_the_clock_says(visit, span):
    place, start = visit
    end = later(start, span)
    for one in place.calendar.open_spans(start, end):
        assert place.is_open(one.start)
        assert place.is_open(one.end - MICROSECOND)
        assert one.start == start.astimezone(UTC) or not place.is_open(one.start - MICROSECOND)
        assert one.end == end.astimezone(UTC) or not place.is_open(one.end)


@settings(max_examples=60, deadline=None)
@given(visits())
def test_it_is_open_when_the_clock_shows_an_open_time(visit):
    place, instant = visit
    assert place.calendar.is_open(instant) == place.is_open(instant)
    passed = place.calendar.elapsed(instant, later(instant, MICROSECOND))
    assert passed == place.calendar.is_open(instant) * MICROSECOND


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(visits(), st.data())
def test_every_law_of_business_time_holds(law, visit, data):
    place, instant = visit
    law(data.draw(journeys(place.calendar, later(instant, -30 * DAY), later(instant, 30 * DAY))))


@settings(max_examples=40, deadline=None)
@given(visits(), st.timedeltas(ZERO, 10 * DAY), st.permutations(range(4)))
def test_the_order_of_questions_changes_no_answer(visit, amount, order):
    place, start = visit
    far = later(start, -800 * DAY) if start.year > 1980 else later(start, 800 * DAY)

    def landed(move):
        try:
            return move(start, amount, in_zone=UTC)
        except NeverOpenError as error:
            return error.args

    questions = (
        lambda calendar: calendar.elapsed(start, far),
        lambda calendar: landed(calendar.advance),
        lambda calendar: landed(calendar.retreat),
        lambda calendar: calendar.open_spans(start, later(start, 30 * DAY)),
    )
    shared = built(place)
    answers = {number: questions[number](shared) for number in order}
    for number, question in enumerate(questions):
        assert question(built(place)) == answers[number]


@settings(max_examples=30, deadline=None)
@given(visits(st.integers(2199, 2200)), st.timedeltas(ZERO, 800 * DAY), st.sampled_from(Landing))
@example(
    (Place(BusinessCalendar.always(), (), frozenset(), ZoneInfo("UTC")), EPOCH),
    timedelta.max,
    Landing.EARLIEST,
)
def test_the_laws_hold_up_to_the_end_or_the_end_is_named(visit, amount, landing):
    place, start = visit
    assume(start.astimezone(UTC) < datetime(2201, 1, 1, tzinfo=UTC))
    calendar = place.calendar
    try:
        landed = calendar.advance(start, amount, landing=landing)
    except NeverOpenError as raised:
        error = raised
    else:
        assert calendar.elapsed(start, landed) == amount
        return
    assert error.limit == datetime(2201, 1, 1, tzinfo=UTC)
    last = error.limit - MICROSECOND
    assert calendar.elapsed(start, last) <= amount
    assert error.nearest is not None
    assert calendar.elapsed(min(error.nearest, last), last) == ZERO


QUARTER = timedelta(hours=6)
SOME_DAYS = st.integers(0, 6).map(lambda number: date(2026, 6, 1) + number * DAY)


@settings(max_examples=150, deadline=None)
@given(
    st.builds(
        Place,
        st.just(BusinessCalendar.always()),
        st.just(()) | openings(QUARTER),
        st.frozensets(SOME_DAYS, max_size=3),
        st.just(ZoneInfo("UTC")),
        st.dictionaries(SOME_DAYS, hours_of_a_date(QUARTER), max_size=3),
        st.just(()) | openings(QUARTER),
        st.dictionaries(SOME_DAYS, hours_of_a_date(QUARTER, least=1), max_size=3),
        st.booleans(),
        st.booleans(),
    )
)
def test_a_calendar_is_refused_if_and_only_if_it_is_never_open(place):
    # The hours begin and end on the hour; a week without exceptions is like all others.
    hours = [datetime(2026, 5, 30, tzinfo=UTC) + number * timedelta(hours=1) for number in range(21 * 24)]
    if any(map(place.is_open, hours)):
        assert built(place).next_open(datetime(1970, 1, 1, tzinfo=UTC))
    else:
        with pytest.raises(DefinitionError, match="is never open"):
            built(place)
