"""
The laws of business time, over random hours and holidays in zones with every known oddity.

Two oracles stand against the calendar. Both ask only one thing of a zone, what its clocks show at an
instant, and neither knows a table, a transition or the classes under test.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache, partial
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from itsmkit.calendars import (
    BusinessCalendar,
    HolidayCalendar,
    HoursSpan,
    Landing,
    NeverOpenError,
    WeeklyHours,
)

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


class Place(NamedTuple):
    """A calendar, and the plain facts that it was made of."""

    calendar: BusinessCalendar
    openings: tuple[Opening, ...]
    holidays: frozenset[date]
    tz: ZoneInfo

    def shows_open(self, wall: datetime) -> bool:
        """Tell whether clocks that show *wall* show an open time."""
        for opening in self.openings:
            for day in (wall.date(), wall.date() - DAY):
                if day.weekday() == opening.weekday and day not in self.holidays:
                    opens = datetime.combine(day, time()) + opening.opens
                    if opens <= wall < opens + opening.length:
                        return True
        return False

    def is_open(self, instant: datetime) -> bool:
        return self.shows_open(instant.astimezone(self.tz).replace(tzinfo=None))


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
    if changes and draw(st.booleans()):
        return draw(st.sampled_from(changes)) + draw(st.timedeltas(-2 * DAY, 2 * DAY))
    return datetime(year, 1, 1, tzinfo=UTC) + draw(st.timedeltas(ZERO, 365 * DAY))


# Two years in, so that a law may look 400 days back from any instant of them.
YEARS = st.one_of(st.sampled_from(ODD_YEARS), st.integers(1972, 2100))


@st.composite
def visits(
    draw: st.DrawFn,
    years: st.SearchStrategy[int] = YEARS,
    steps: tuple[timedelta, ...] = (timedelta(minutes=15), MICROSECOND),
) -> tuple[Place, datetime]:
    """A place whose hours are multiples of a step, and an instant near its holidays, in its zone."""
    tz = ZoneInfo(draw(st.sampled_from(ZONES)))
    instant = draw(instants(tz, years))
    drawn = draw(openings(draw(st.sampled_from(steps))))
    days: list[list[HoursSpan]] = [[] for _ in range(7)]
    for weekday, opens, length in drawn:
        days[weekday].append(HoursSpan(opens, opens + length - (opens + length > DAY) * DAY))
    off = draw(st.frozensets(st.integers(-8, 8), max_size=5))
    holidays = frozenset(instant.date() + number * DAY for number in off)
    calendar = BusinessCalendar(
        WeeklyHours(days), tz, holidays=HolidayCalendar(dict.fromkeys(holidays, "a holiday"))
    )
    return Place(calendar, drawn, holidays, tz), instant.astimezone(tz)


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
    day = start.date() - 3 * DAY
    while day <= end.date() + 2 * DAY:
        for opening in place.openings:
            opens = datetime.combine(day, time()) + opening.opens
            for wall in (opens, opens + opening.length):
                for fold in (0, 1):
                    found.add(wall.replace(tzinfo=place.tz, fold=fold).astimezone(UTC))
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


@settings(max_examples=60, deadline=None)
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


@settings(max_examples=300, deadline=None)
@given(visits(), st.timedeltas(ZERO, 40 * DAY))
def test_elapsed_sums_the_open_spans_between_breakpoints(visit, span):
    place, start = visit
    end = later(start, span)
    expected = open_time(place, start.astimezone(UTC), end.astimezone(UTC))
    assert place.calendar.elapsed(start, end) == expected


@settings(deadline=None)
@given(visits(), st.timedeltas(ZERO, 40 * DAY))
def test_open_spans_are_apart_open_throughout_and_add_up(visit, span):
    place, start = visit
    end = later(start, span)
    spans = place.calendar.open_spans(start, end)
    assert sum((one.duration for one in spans), ZERO) == place.calendar.elapsed(start, end)
    assert all(one.end < other.start for one, other in pairwise(spans))
    for one in spans:
        assert place.is_open(one.start)
        assert place.is_open(one.end - MICROSECOND)
        assert one.end == end.astimezone(UTC) or not place.is_open(one.end)
        assert place.calendar.elapsed(one.start, one.end) == one.duration


@settings(deadline=None)
@given(visits())
def test_it_is_open_when_the_clock_shows_an_open_time(visit):
    place, instant = visit
    assert place.calendar.is_open(instant) == place.is_open(instant)
    passed = place.calendar.elapsed(instant, later(instant, MICROSECOND))
    assert passed == place.calendar.is_open(instant) * MICROSECOND


@settings(deadline=None)
@given(visits(), st.tuples(*[st.timedeltas(-400 * DAY, 400 * DAY)] * 2))
def test_elapsed_is_antisymmetric_and_adds_up_in_any_order(visit, spans):
    place, a = visit
    b, c = (later(a, span) for span in spans)
    elapsed = place.calendar.elapsed
    assert elapsed(a, a) == ZERO
    assert elapsed(b, a) == -elapsed(a, b)
    assert elapsed(a, b) + elapsed(b, c) == elapsed(a, c)
    assert abs(elapsed(a, b)) <= abs(spans[0])


@st.composite
def journeys(draw: st.DrawFn) -> tuple[Place, datetime, timedelta, timedelta]:
    """A visit, and two amounts of open time that a few weeks can hold, often up to an edge."""
    place, start = draw(visits())
    most = 3 * place.calendar.hours.length
    amounts = []
    for _ in range(2):
        amount = draw(st.timedeltas(ZERO, most))
        if draw(st.booleans()):
            amount = place.calendar.elapsed(start, later(start, draw(st.integers(0, 14)) * DAY))
        amounts.append(amount)
    return place, start, *amounts


landings = st.sampled_from(Landing)
edges = st.sampled_from((Landing.EARLIEST, Landing.OPEN))


@settings(max_examples=300, deadline=None)
@given(journeys(), landings)
def test_elapsed_undoes_advance_and_retreat(journey, landing):
    place, start, amount, _ = journey
    calendar = place.calendar
    assert calendar.elapsed(start, calendar.advance(start, amount, landing=landing)) == amount
    assert calendar.elapsed(calendar.retreat(start, amount, landing=landing), start) == amount


@settings(deadline=None)
@given(journeys(), edges)
def test_no_instant_before_a_landing_would_have_done(journey, landing):
    place, start, amount, _ = journey
    calendar = place.calendar
    landed = calendar.advance(start, amount, landing=landing)
    assert start.astimezone(UTC) <= landed.astimezone(UTC)
    before = later(landed, -MICROSECOND)
    if landing is Landing.OPEN:
        assert place.is_open(landed)
        # Either less has passed just before, or an opening is what was waited for.
        assert calendar.elapsed(before, landed) == MICROSECOND or not place.is_open(before)
    elif landed.astimezone(UTC) > start.astimezone(UTC):
        assert calendar.elapsed(start, before) < amount
        assert place.is_open(before)


@settings(deadline=None)
@given(journeys(), edges)
def test_no_instant_after_a_retreat_would_have_done(journey, landing):
    place, end, amount, _ = journey
    calendar = place.calendar
    landed = calendar.retreat(end, amount, landing=landing)
    assert landed.astimezone(UTC) <= end.astimezone(UTC)
    if landing is Landing.OPEN:
        assert place.is_open(later(landed, -MICROSECOND))
    elif landed.astimezone(UTC) < end.astimezone(UTC):
        assert calendar.elapsed(later(landed, MICROSECOND), end) < amount
        assert place.is_open(landed)


@settings(deadline=None)
@given(journeys(), landings)
def test_two_ways_in_one_direction_are_one_way(journey, landing):
    place, start, one, other = journey
    for move in (place.calendar.advance, place.calendar.retreat):
        halfway = move(start, one, landing=landing)
        arrived = move(halfway, other, landing=landing, in_zone=UTC)
        assert arrived == move(start, one + other, landing=landing, in_zone=UTC)


@settings(deadline=None)
@given(journeys(), landings)
def test_backwards_is_retreat_and_no_time_is_no_move(journey, landing):
    place, start, amount, _ = journey
    assume(amount)
    advance = partial(place.calendar.advance, start, in_zone=UTC)
    retreat = partial(place.calendar.retreat, start, in_zone=UTC)
    assert advance(-amount, landing=landing) == retreat(amount, landing=landing)
    assert retreat(-amount, landing=landing) == advance(amount, landing=landing)
    assert advance(ZERO) == start.astimezone(UTC) == retreat(ZERO)


@settings(deadline=None)
@given(journeys(), landings, st.timedeltas(ZERO, 10 * DAY))
def test_more_time_and_a_later_start_never_come_earlier(journey, landing, delay):
    place, start, one, other = journey
    for move in (place.calendar.advance, place.calendar.retreat):
        near, far = (move(start, amount, landing=landing, in_zone=UTC) for amount in sorted((one, other)))
        delayed = move(later(start, delay), one, landing=landing, in_zone=UTC)
        assert near <= far if move == place.calendar.advance else far <= near
        assert move(start, one, landing=landing, in_zone=UTC) <= delayed


@settings(deadline=None)
@given(visits())
def test_the_next_opening_and_closing_are_the_edges_that_follow(visit):
    place, at = visit
    calendar = place.calendar
    opens = calendar.next_open(at, in_zone=UTC)
    assert place.is_open(opens)
    assert calendar.elapsed(at, opens) == ZERO
    assert opens == at.astimezone(UTC) or not place.is_open(opens - MICROSECOND)
    if calendar.hours.is_always:
        # It closes on a holiday, if one follows; and not on the one that Apia left out.
        today = opens.astimezone(place.tz).date()
        assume(date(2011, 12, 30) not in place.holidays)
        assume(any(day > today for day in place.holidays))
    closes = calendar.next_close(at, in_zone=UTC)
    assert closes > opens
    assert not place.is_open(closes)
    assert calendar.elapsed(at, closes) == closes - opens


@settings(max_examples=40, deadline=None)
@given(journeys(), st.permutations(range(4)))
def test_the_order_of_questions_changes_no_answer(journey, order):
    place, start, amount, _ = journey
    far = later(start, -800 * DAY) if start.year > 1980 else later(start, 800 * DAY)
    questions = (
        lambda calendar: calendar.elapsed(start, far),
        lambda calendar: calendar.advance(start, amount, in_zone=UTC),
        lambda calendar: calendar.retreat(start, amount, landing=Landing.OPEN, in_zone=UTC),
        lambda calendar: calendar.open_spans(start, later(start, 30 * DAY)),
    )
    shared = BusinessCalendar(place.calendar.hours, place.tz, holidays=place.calendar.holidays)
    answers = {number: questions[number](shared) for number in order}
    for number, question in enumerate(questions):
        fresh = BusinessCalendar(place.calendar.hours, place.tz, holidays=place.calendar.holidays)
        assert question(fresh) == answers[number]


@settings(max_examples=30, deadline=None)
@given(visits(st.integers(2199, 2200)), st.timedeltas(ZERO, 800 * DAY), landings)
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
