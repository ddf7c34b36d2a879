"""
Sets of open time: against the openness of their sides, and against each other.

Two oracles know nothing of the sets under test: one asks both sides at each quarter of an hour, the other
sums what lies between all the edges of both sides.
"""

import copy
import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from operator import and_, or_, sub
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from itsmkit.calendars import (
    BusinessCalendar,
    BusinessTime,
    CalendarVersions,
    CombinedTime,
    HolidayCalendar,
    Landing,
    NeverOpenError,
    OutOfRangeError,
    Recurrence,
    SetOperation,
    TimeSpan,
    merge_spans,
)
from itsmkit.errors import DefinitionError
from itsmkit.testing.strategies import GRID, business_calendars, instants, time_spans, waits

DAY = timedelta(days=1)
ZERO = timedelta(0)
MICROSECOND = timedelta(microseconds=1)
BERLIN = ZoneInfo("Europe/Berlin")
WALL = datetime(2026, 1, 1)  # noqa: DTZ001  the clock face of a zone

OFFICE = BusinessCalendar("Mon-Fri 08:00-17:00", BERLIN)
LONDON = BusinessCalendar("Mon-Fri 09:00-18:00", "Europe/London", name="London")
NIGHTS = BusinessCalendar("Mon-Fri 22:00-06:00", BERLIN)
ALWAYS = BusinessCalendar.always("Europe/Berlin")
PATCHING = Recurrence(
    "FREQ=WEEKLY;BYDAY=WE", WALL + timedelta(days=6, hours=10), "Europe/Berlin", lasting=timedelta(hours=2)
)
WEDNESDAY = datetime(2026, 10, 28, tzinfo=BERLIN)

Side = BusinessTime | tuple[TimeSpan, ...] | Recurrence
MEANINGS: dict[Callable, Callable[[bool, bool], bool]] = {
    and_: lambda left, right: left and right,
    or_: lambda left, right: left or right,
    sub: lambda left, right: left and not right,
}


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def span(start: str, end: str) -> TimeSpan:
    return TimeSpan(*(datetime.fromisoformat(at).replace(tzinfo=BERLIN) for at in (start, end)))


@st.composite
def recurrences(draw: st.DrawFn) -> Recurrence:
    """Windows of each day or week, some of them overnight."""
    rule = draw(st.sampled_from(("FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=MONTHLY;BYMONTHDAY=-1")))
    first = WALL + draw(st.integers(0, 95)) * GRID
    zone = draw(st.sampled_from(("UTC", "Europe/Berlin", "America/St_Johns")))
    return Recurrence(rule, first, zone, lasting=GRID + draw(waits(hours(30))))


right_sides = st.one_of(business_calendars(), st.lists(time_spans(), max_size=6).map(tuple), recurrences())
operations = st.sampled_from((and_, or_, sub))


def openness(side: Side, at: datetime) -> bool:
    if isinstance(side, BusinessTime):
        return side.is_open(at)
    if isinstance(side, Recurrence):
        return bool(side.spans(at, at + MICROSECOND))
    return any(at in one for one in side)


def edges(side: Side, start: datetime, end: datetime) -> set[datetime]:
    if isinstance(side, BusinessTime):
        spans = side.open_spans(start, end)
    elif isinstance(side, Recurrence):
        spans = side.spans(start, end)
    else:
        spans = side
    return {edge for one in spans for edge in (one.start, one.end) if start < edge < end}


def built(operation: Callable, left: BusinessTime, right: Side, near: datetime) -> BusinessTime:
    """Return the combination if weeks show that it opens: it takes all years to find that it does not."""
    meaning = MEANINGS[operation]
    points = sorted({near, *edges(left, near, near + 21 * DAY), *edges(right, near, near + 21 * DAY)})
    assume(any(meaning(openness(left, at), openness(right, at)) for at in points))
    return operation(left, right)


starts = instants(datetime(2026, 1, 10, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))


@settings(max_examples=60, deadline=None)
@given(operations, business_calendars(), right_sides, starts, waits(6 * DAY))
def test_elapsed_counts_the_quarters_at_which_the_sides_are_open(operation, left, right, start, wait):
    combined, meaning = built(operation, left, right, start), MEANINGS[operation]
    quarters = (start + number * GRID for number in range(wait // GRID))
    counted = sum(meaning(openness(left, at), openness(right, at)) for at in quarters)
    assert combined.elapsed(start, start + wait) == counted * GRID


@settings(max_examples=120, deadline=None)
@given(
    operations,
    business_calendars(),
    right_sides,
    starts,
    st.timedeltas(ZERO, 60 * DAY),
)
def test_open_spans_are_those_between_the_edges_of_both_sides(operation, left, right, start, wait):
    combined, meaning = built(operation, left, right, start), MEANINGS[operation]
    end = start + wait
    points = sorted({start, end, *edges(left, start, end), *edges(right, start, end)})
    pieces = [
        (since, until)
        for since, until in pairwise(points)
        if meaning(openness(left, since), openness(right, since))
    ]
    spans = combined.open_spans(start, end)
    assert sum((one.duration for one in spans), ZERO) == sum((until - since for since, until in pieces), ZERO)
    assert all(any(since in one for one in spans) for since, _ in pieces)
    assert all(one.end < other.start for one, other in pairwise(spans))
    assert combined.elapsed(start, end) == sum((until - since for since, until in pieces), ZERO)


@settings(max_examples=100, deadline=None)
@given(operations, business_calendars(), right_sides, starts, st.timedeltas(ZERO, 30 * DAY))
def test_it_is_open_as_its_sides_say(operation, left, right, start, wait):
    combined = built(operation, left, right, start)
    at = start + wait
    assert combined.is_open(at) == MEANINGS[operation](openness(left, at), openness(right, at))
    assert combined.tz == left.tz


@settings(max_examples=60, deadline=None)
@given(
    operations,
    business_calendars(),
    right_sides,
    st.tuples(starts, waits(20 * DAY)),
    st.sampled_from(Landing),
)
def test_elapsed_undoes_advance_and_retreat(operation, left, right, times, landing):
    start, wait = times
    combined = built(operation, left, right, start)
    amount = combined.elapsed(start, start + wait)
    for move, passed in (
        (combined.advance, lambda landed: combined.elapsed(start, landed)),
        (combined.retreat, lambda landed: combined.elapsed(landed, start)),
    ):
        try:
            landed = move(start, amount, landing=landing)
        except NeverOpenError:
            # Listed spans end some day, and a recurrence or a project began on one.
            assume(False)
        assert passed(landed) == amount


def same(one: BusinessTime, other: BusinessTime, start: datetime) -> bool:
    end = start + 60 * DAY
    return one.open_spans(start, end) == other.open_spans(start, end)


def make(operation: Callable, near: datetime) -> Callable[[BusinessTime, Side], BusinessTime]:
    return lambda left, right: built(operation, left, right, near)


@pytest.mark.parametrize(
    "law",
    [
        pytest.param(lambda a, b, c, both, less: (a | b, b | a), id="a union either way round"),
        pytest.param(lambda a, b, c, both, less: (both(a, b), both(b, a)), id="common time either way round"),
        pytest.param(lambda a, b, c, both, less: ((a | b) | c, a | (b | c)), id="a union of three"),
        pytest.param(
            lambda a, b, c, both, less: (both(both(a, b), c), both(a, both(b, c))), id="common time of three"
        ),
        pytest.param(
            lambda a, b, c, both, less: (less(a | b, c), less(a, c) | less(b, c)),
            id="taking away from a union",
        ),
        pytest.param(
            lambda a, b, c, both, less: (less(less(a, b), c), less(a, b | c)), id="taking away a union"
        ),
        pytest.param(
            lambda a, b, c, both, less: (less(a, both(b, c)), less(a, b) | less(a, c)),
            id="taking away common time",
        ),
        pytest.param(
            lambda a, b, c, both, less: (less(a, b), less(a, both(a, b))), id="what is taken away is common"
        ),
        pytest.param(
            lambda a, b, c, both, less: (less(a, b) | both(a, b), a), id="what is left and what is taken"
        ),
        pytest.param(
            lambda a, b, c, both, less: (both(a, b | c), both(a, b) | both(a, c)), id="common time of a union"
        ),
    ],
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(business_calendars(), business_calendars(), right_sides, starts)
def test_the_laws_of_sets_hold(law, a, b, c, start):
    one, other = law(
        a, b, c if isinstance(c, BusinessTime) else OFFICE - c, make(and_, start), make(sub, start)
    )
    assert same(one, other, start)


@settings(max_examples=60, deadline=None)
@given(business_calendars(), business_calendars(), starts, st.timedeltas(-60 * DAY, 60 * DAY))
def test_what_two_calendars_count_is_what_either_and_both_count(a, b, start, wait):
    common, either = built(and_, a, b, start), a | b
    end = start + wait
    if not datetime(2025, 1, 1, tzinfo=UTC) < end < datetime(2028, 1, 1, tzinfo=UTC):
        return
    both_counted = common.elapsed(start, end) + either.elapsed(start, end)
    assert both_counted == a.elapsed(start, end) + b.elapsed(start, end)


@pytest.mark.parametrize(
    ("combined", "day", "expected"),
    [
        pytest.param(OFFICE & LONDON, "2026-10-28", 7, id="the hours that two zones share"),
        pytest.param(OFFICE | LONDON, "2026-10-28", 11, id="the hours of either"),
        pytest.param(OFFICE - LONDON, "2026-10-28", 2, id="the hours of one without the other"),
        pytest.param(OFFICE & LONDON, "2026-10-24", 0, id="a Saturday"),
        pytest.param(OFFICE - PATCHING, "2026-10-28", 7, id="without a window that comes again"),
        pytest.param(OFFICE - PATCHING, "2026-10-29", 9, id="a day without the window"),
        pytest.param(OFFICE & PATCHING, "2026-10-28", 2, id="within a window that comes again"),
        pytest.param(ALWAYS - PATCHING, "2026-10-25", 25, id="a day of 25 hours"),
        pytest.param(OFFICE - span("2026-10-28 12:00", "2026-10-29 12:00"), "2026-10-28", 4, id="a freeze"),
        pytest.param(
            OFFICE | span("2026-10-24 10:00", "2026-10-24 12:00"), "2026-10-24", 2, id="an extra shift"
        ),
        pytest.param(OFFICE - [], "2026-10-28", 9, id="nothing taken away"),
        pytest.param(OFFICE | (), "2026-10-28", 9, id="nothing added"),
        pytest.param(
            OFFICE
            - (
                span("2026-10-28 09:00", "2026-10-28 11:00"),
                span("2026-10-28 08:00", "2026-10-28 10:00"),
            ),
            "2026-10-28",
            6,
            id="overlapping outages count once",
        ),
    ],
)
def test_a_day_of_a_combination(combined, day, expected):
    start = datetime.fromisoformat(day).replace(tzinfo=BERLIN)
    assert combined.elapsed(start, start + DAY) == hours(expected)


def test_results_come_in_the_zone_of_the_left_side():
    assert str(OFFICE.tz) == str((OFFICE & LONDON).tz) == "Europe/Berlin"
    assert (LONDON & OFFICE).next_open(WEDNESDAY).tzinfo == LONDON.tz
    assert (LONDON & OFFICE).next_open(WEDNESDAY) == (OFFICE & LONDON).next_open(WEDNESDAY)


def test_spans_are_kept_merged_so_that_equal_sets_of_them_are_equal():
    morning, noon = span("2026-10-28 08:00", "2026-10-28 11:00"), span("2026-10-28 11:00", "2026-10-28 13:00")
    whole = span("2026-10-28 08:00", "2026-10-28 13:00")
    assert OFFICE - [noon, morning] == OFFICE - iter([morning, noon]) == OFFICE - whole
    assert hash(OFFICE - [noon, morning]) == hash(OFFICE - whole)
    assert OFFICE - whole != OFFICE - morning
    assert OFFICE - LONDON != OFFICE & LONDON


@pytest.mark.parametrize(
    "combined",
    [OFFICE & LONDON, OFFICE - PATCHING, (OFFICE | LONDON) - span("2026-10-28 08:00", "2026-10-28 13:00")],
    ids=str,
)
def test_it_can_be_pickled_and_copied_without_its_tables(combined):
    named = CombinedTime(combined.left, combined.operation, combined.right, name="desk")
    for value in (combined, named):
        value.elapsed(WEDNESDAY, WEDNESDAY + DAY)
        again = pickle.loads(pickle.dumps(value))
        assert again == copy.deepcopy(value) == value
        assert again.name == value.name
        assert again.elapsed(WEDNESDAY, WEDNESDAY + DAY) == value.elapsed(WEDNESDAY, WEDNESDAY + DAY)


def test_the_repr_shows_how_it_was_made():
    shown = repr(LONDON & LONDON)
    assert shown.startswith("CombinedTime(left=BusinessCalendar(")
    assert "INTERSECTION" in shown


def test_as_text_it_is_its_formula_or_its_name():
    assert str((OFFICE & LONDON) - PATCHING) == (
        "((Mon-Fri 08:00-17:00 Europe/Berlin & London) - FREQ=WEEKLY;BYDAY=WE)"
    )
    assert str(OFFICE - []) == "(Mon-Fri 08:00-17:00 Europe/Berlin - 0 listed spans)"
    assert str(LONDON - span("2026-10-28 08:00", "2026-10-28 13:00")) == (
        "(London - 2026-10-28 07:00:00+00:00 to 2026-10-28 12:00:00+00:00)"
    )
    assert CombinedTime(OFFICE, SetOperation.UNION, LONDON, name="desk").label == "desk"


def test_the_content_is_plain_and_leaves_out_names():
    content = (OFFICE & LONDON).content()
    assert content["operation"] == "&"
    assert content["left"] == OFFICE.content()
    assert content["right"] == LONDON.content()
    named = CombinedTime(OFFICE, SetOperation.INTERSECTION, LONDON, name="desk")
    assert hash(named.content()) == hash(content)
    assert (OFFICE - span("2026-10-28 08:00", "2026-10-28 13:00")).content()["right"] == (
        "2026-10-28T07:00:00+00:00/2026-10-28T12:00:00+00:00",
    )
    assert (OFFICE - PATCHING).content()["right"] == {
        "rule": "FREQ=WEEKLY;BYDAY=WE",
        "first": "2026-01-07T10:00:00",
        "time_zone": "Europe/Berlin",
        "lasting": "2:00:00",
    }


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        pytest.param(lambda: OFFICE & NIGHTS, "share no time", id="no time in common"),
        pytest.param(lambda: OFFICE - ALWAYS, "nothing is left", id="all taken away"),
        pytest.param(lambda: OFFICE & [], "share no time", id="an empty list"),
        pytest.param(
            lambda: OFFICE & span("2026-10-24 00:00", "2026-10-25 00:00"), "share no time", id="a Saturday"
        ),
        pytest.param(lambda: OFFICE - [1], "not with 1", id="a number in a list"),
        pytest.param(lambda: OFFICE & "Mon-Fri", "not with 'M'", id="a text"),
        pytest.param(lambda: CombinedTime(OFFICE, SetOperation.UNION, LONDON, name=" "), "name", id="a name"),
    ],
)
def test_what_cannot_be_is_refused_when_it_is_built(make, sentence):
    with pytest.raises(DefinitionError, match=sentence):
        make()


@pytest.mark.parametrize("operation", [and_, or_, sub])
def test_what_is_no_set_of_time_is_no_operand(operation):
    with pytest.raises(TypeError):
        operation(OFFICE, 5)


def test_it_answers_for_the_years_that_both_sides_know():
    german = BusinessCalendar(
        "Mon-Fri 08:00-17:00", BERLIN, holidays=HolidayCalendar.of("DE", language="en_US")
    )
    years = german.holidays.years
    for combined in (german & LONDON, LONDON & german, LONDON - german, german | LONDON):
        assert combined.elapsed(WEDNESDAY, WEDNESDAY + DAY) >= ZERO
        with pytest.raises(OutOfRangeError, match="holidays of DE are known"):
            combined.is_open(datetime(years[-1] + 2, 1, 1, tzinfo=UTC))


def test_a_window_after_the_years_that_are_known_shares_no_time():
    german = BusinessCalendar(
        "Mon-Fri 08:00-17:00", BERLIN, holidays=HolidayCalendar.of("DE", language="en_US")
    )
    first = datetime(german.holidays.years[-1] + 5, 1, 1, tzinfo=UTC)
    later = OFFICE & TimeSpan(first, first + 100 * DAY)
    assert later.next_open(WEDNESDAY) > first - DAY
    with pytest.raises(DefinitionError, match="share no time"):
        german & later


def test_two_sides_that_know_no_year_in_common_are_refused():
    german = BusinessCalendar(
        "Mon-Fri 08:00-17:00", BERLIN, holidays=HolidayCalendar.of("DE", language="en_US")
    )
    # The years up to the second version are not known throughout, so that it answers for those after it.
    later = CalendarVersions([(None, german), (date(german.holidays.years[-1] + 9, 1, 1), OFFICE)])
    with pytest.raises(DefinitionError, match="no year in common: holidays of DE"):
        german & later


def test_a_combination_that_ends_says_when_the_last_opening_was():
    project = OFFICE & span("2026-10-28 00:00", "2026-11-03 12:00")
    assert project.elapsed(WEDNESDAY, WEDNESDAY + 30 * DAY) == hours(4 * 9 + 4)
    with pytest.raises(NeverOpenError, match="2026-11-03 11:00"):
        project.advance(WEDNESDAY, hours(41))


@pytest.mark.parametrize(
    ("combined", "day", "expected"),
    [
        pytest.param(
            NIGHTS - span("2026-10-30 22:00", "2026-10-31 00:00"), "2026-10-30", True, id="a tail left over"
        ),
        pytest.param(
            NIGHTS - span("2026-10-30 22:00", "2026-10-31 00:00"), "2026-10-31", False, id="its morning"
        ),
        pytest.param(
            OFFICE - span("2026-10-28 00:00", "2026-10-29 00:00"), "2026-10-28", False, id="a freeze"
        ),
        pytest.param(OFFICE & LONDON, "2026-10-28", True, id="shared hours"),
        pytest.param(OFFICE & LONDON, "2026-10-31", False, id="shared Saturday"),
        pytest.param(OFFICE | NIGHTS, "2026-10-31", False, id="a union's Saturday morning"),
        pytest.param(OFFICE | ALWAYS, "2026-10-31", True, id="round the clock on the right"),
        pytest.param(ALWAYS & NIGHTS, "2026-10-31", True, id="round the clock on the left"),
        pytest.param(
            OFFICE | span("2026-10-31 09:00", "2026-10-31 10:00"), "2026-10-31", True, id="an extra shift"
        ),
        pytest.param(OFFICE | PATCHING, "2026-10-28", True, id="a window"),
        pytest.param(
            OFFICE | BusinessCalendar("Sun 20:00-24:00", "America/New_York"),
            "2026-11-01",
            False,
            id="opens after midnight there, on Sunday here",
        ),
        pytest.param(
            OFFICE | BusinessCalendar("Sat 08:00-12:00", "America/New_York"),
            "2026-10-31",
            True,
            id="opens on a Saturday of another zone",
        ),
    ],
)
def test_working_dates_are_those_of_the_left_side_as_far_as_something_is_left(combined, day, expected):
    assert combined.is_working_date(date.fromisoformat(day)) is expected


@settings(max_examples=60, deadline=None)
@given(operations, business_calendars(), right_sides, starts)
@example(or_, OFFICE, (span("2026-10-24 10:00", "2026-10-27 12:00"),), WEDNESDAY.astimezone(UTC))
def test_the_hours_of_all_dates_are_all_the_open_time(operation, left, right, start):
    combined = built(operation, left, right, start)
    first = start.astimezone(combined.tz).date()
    dates = [first + number * DAY for number in range(-4, 30)]
    hours_of_dates = [one for day in dates for one in combined.hours_of(day)]
    for one in combined.open_spans(start, start + 20 * DAY):
        assert merge_spans(part for part in (one & other for other in hours_of_dates) if part) == (one,)
    for one in hours_of_dates:
        assert combined.elapsed(one.start, one.end) == one.duration
