"""Calendars that changed: each version in its own span."""

import copy
import pickle
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from itsmkit.calendars import (
    BusinessCalendar,
    BusinessDays,
    CalendarVersions,
    HolidayCalendar,
    OutOfRangeError,
    TimeSpan,
    merge_spans,
)
from itsmkit.errors import DefinitionError
from itsmkit.testing.strategies import GRID, business_calendars, instants, waits

DAY = timedelta(days=1)
ZERO = timedelta(0)
BERLIN = ZoneInfo("Europe/Berlin")
OLD = BusinessCalendar("Mon-Fri 08:00-16:00", BERLIN)
NEW = BusinessCalendar("Mon-Fri 08:00-18:00", BERLIN, name="new hours")
NIGHTS = BusinessCalendar("Mon-Sun 22:00-06:00", BERLIN)
TOKYO = BusinessCalendar("Mon-Fri 09:00-17:00", "Asia/Tokyo")
JULY = date(2026, 7, 1)
DESK = CalendarVersions([(None, OLD), (JULY, NEW)])


def local(text: str, tz: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=tz)


@st.composite
def versions(draw: st.DrawFn) -> CalendarVersions:
    """A calendar with two to four versions, which begin in 2026 on dates or at instants."""
    calendars = draw(st.lists(business_calendars(), min_size=2, max_size=4))
    # Three days apart: a date begins up to fourteen hours before midnight in UTC.
    dates = draw(st.lists(st.integers(0, 100), min_size=len(calendars), max_size=len(calendars), unique=True))
    beginnings: list[date | datetime | None] = []
    for number in sorted(dates):
        day = date(2026, 1, 20) + 3 * number * DAY
        at = datetime(day.year, day.month, day.day, 13, 15, tzinfo=UTC)
        beginnings.append(draw(st.sampled_from((day, at))))
    if draw(st.booleans()):
        beginnings[0] = None
    return CalendarVersions(zip(beginnings, calendars, strict=True))


def begins(since: date | datetime | None, calendar: BusinessCalendar) -> datetime:
    """The first quarter of an hour, on the UTC line, at which a version is valid."""
    if since is None:
        return datetime(1970, 1, 1, tzinfo=UTC)
    if isinstance(since, datetime):
        return since
    at = datetime(since.year, since.month, since.day, tzinfo=UTC) - DAY
    while at.astimezone(calendar.tz).date() < since:
        at += GRID
    return at


def in_force(desk: CalendarVersions, at: datetime) -> BusinessCalendar | None:
    found = None
    for since, calendar in desk.versions:
        if begins(since, calendar) <= at:
            found = calendar
    return found


@settings(max_examples=60, deadline=None)
@given(versions(), instants(), waits(8 * DAY))
def test_elapsed_counts_the_quarters_at_which_the_version_in_force_is_open(desk, start, wait):
    starts = [begins(since, calendar) for since, calendar in desk.versions]
    counted = ZERO
    for step in range(wait // GRID):
        at = start + step * GRID
        valid = [calendar for since, (_, calendar) in zip(starts, desk.versions, strict=True) if since <= at]
        counted += GRID * bool(valid and valid[-1].is_open(at))
    assert desk.elapsed(start, start + wait) == counted


@settings(max_examples=60, deadline=None)
@given(versions(), instants())
def test_the_version_at_an_instant_is_the_one_that_began_last(desk, at):
    expected = in_force(desk, at)
    if expected is None:
        assert not desk.is_open(at)
        with pytest.raises(OutOfRangeError, match="the first version is valid from 2026"):
            desk.version_at(at)
    else:
        assert desk.version_at(at) == expected
        assert desk.is_open(at) == expected.is_open(at)


@settings(max_examples=60, deadline=None)
@given(versions(), instants(), waits(20 * DAY))
def test_elapsed_undoes_advance(desk, start, wait):
    amount = desk.elapsed(start, start + wait)
    landed = desk.advance(start, amount)
    assert desk.elapsed(start, landed) == amount


@settings(max_examples=40, deadline=None)
@given(versions(), instants())
def test_the_hours_of_all_dates_are_all_the_open_time(desk, start):
    first = start.astimezone(desk.tz).date()
    parts = [part for number in range(-4, 20) for part in desk.hours_of(first + number * DAY)]
    for one in desk.open_spans(start, start + 10 * DAY):
        assert merge_spans(shared for shared in (one & part for part in parts) if shared) == (one,)
    for part in parts:
        assert desk.elapsed(part.start, part.end) == part.duration


def test_each_version_counts_in_its_own_span():
    assert DESK.elapsed(local("2026-06-30 00:00"), local("2026-07-02 00:00")) == timedelta(hours=18)
    assert DESK.newest == NEW
    assert DESK.newest.elapsed(local("2026-06-30 00:00"), local("2026-07-02 00:00")) == timedelta(hours=20)


def test_a_calendar_by_itself_is_its_only_version():
    assert OLD.newest is OLD
    assert OLD.version_at(local("2026-06-30 00:00")) is OLD
    with pytest.raises(DefinitionError):
        OLD.version_at(datetime(2026, 6, 30))  # noqa: DTZ001  that is what is refused


def test_a_shift_is_cut_where_the_next_version_begins():
    desk = CalendarVersions({None: NIGHTS, JULY: NEW})
    assert desk.open_spans(local("2026-06-30 20:00"), local("2026-07-01 09:00")) == (
        TimeSpan(local("2026-06-30 22:00"), local("2026-07-01 00:00")),
        TimeSpan(local("2026-07-01 08:00"), local("2026-07-01 09:00")),
    )
    assert desk.hours_of(date(2026, 6, 30)) == (
        TimeSpan(local("2026-06-30 22:00"), local("2026-07-01 00:00")),
    )


def test_a_version_begins_at_the_midnight_of_its_own_zone():
    moved = CalendarVersions([(None, OLD), (JULY, TOKYO)])
    assert moved.tz == TOKYO.tz
    assert moved.version_at(local("2026-07-01 00:00", TOKYO.tz)) == TOKYO
    assert moved.version_at(local("2026-06-30 23:59", TOKYO.tz)) == OLD
    # Seen from Tokyo, the old office opens in the afternoon and closes after 23:00.
    assert moved.is_working_date(date(2026, 6, 30))
    assert not moved.is_working_date(date(2026, 6, 28))
    assert moved.advance(local("2026-06-29 12:00", TOKYO.tz), BusinessDays(2)) == local(
        "2026-07-01 12:00", TOKYO.tz
    )


def test_before_the_first_version_nothing_is_open():
    desk = CalendarVersions([(JULY, NEW)])
    assert desk.elapsed(local("2026-06-01 00:00"), local("2026-07-02 00:00")) == timedelta(hours=10)
    assert not desk.is_working_date(date(2026, 6, 30))
    assert desk.next_open(local("2026-06-01 00:00")) == local("2026-07-01 08:00")


def test_a_version_may_begin_at_an_instant():
    noon = local("2026-07-01 12:00")
    desk = CalendarVersions([(None, OLD), (noon, NEW)])
    assert desk.versions[1][0] == noon.astimezone(UTC)
    assert desk.hours_of(date(2026, 7, 1)) == (
        TimeSpan(local("2026-07-01 08:00"), local("2026-07-01 18:00")),
    )
    assert desk == CalendarVersions([(None, OLD), (noon.astimezone(TOKYO.tz), NEW)])


def test_a_version_may_begin_on_a_date_that_the_clocks_left_out():
    apia = BusinessCalendar.always("Pacific/Apia")
    desk = CalendarVersions([(date(2011, 12, 30), apia)])
    assert desk.next_open(datetime(2011, 1, 1, tzinfo=UTC)) == datetime(2011, 12, 30, 10, tzinfo=UTC)


GERMAN = BusinessCalendar("Mon-Fri 08:00-17:00", BERLIN, holidays=HolidayCalendar.of("DE", language="en_US"))
GERMAN_YEARS = GERMAN.holidays.years


@pytest.mark.parametrize(
    ("pairs", "known", "unknown"),
    [
        pytest.param([(None, GERMAN), (JULY, NEW)], 2199, GERMAN_YEARS[0] - 3, id="an old one known late"),
        pytest.param([(None, OLD), (JULY, GERMAN)], 1971, GERMAN_YEARS[-1] + 2, id="a new one known early"),
        pytest.param(
            [(None, GERMAN), (date(GERMAN_YEARS[-1] + 9, 1, 1), NEW)],
            GERMAN_YEARS[-1] + 10,
            2026,
            id="one not known up to its end",
        ),
    ],
)
def test_it_answers_as_far_as_each_version_is_known_in_its_span(pairs, known, unknown):
    desk = CalendarVersions(pairs)
    assert desk.elapsed(datetime(known, 3, 1, tzinfo=UTC), datetime(known, 4, 1, tzinfo=UTC)) > ZERO
    with pytest.raises(OutOfRangeError, match="holidays of DE are known"):
        desk.is_open(datetime(unknown, 3, 1, tzinfo=UTC))


def test_hours_of_a_date_between_versions_that_are_not_known_there():
    desk = CalendarVersions([(None, GERMAN), (date(GERMAN_YEARS[-1] + 9, 1, 1), NEW)])
    assert desk.hours_of(date(GERMAN_YEARS[-1] + 9, 1, 2)) is not None


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        pytest.param([], "at least one version", id="no version"),
        pytest.param([(None, OLD), (None, NEW)], "only the first", id="two ever since"),
        pytest.param([(JULY, OLD), (date(2026, 6, 1), NEW)], "does not come after", id="out of order"),
        pytest.param([(JULY, OLD), (JULY, NEW)], "does not come after", id="twice the same date"),
        pytest.param([("2026-07-01", OLD)], "from a date or an aware datetime", id="a text for a date"),
        pytest.param([(datetime(2026, 7, 1), OLD)], "time zone", id="a naive instant"),  # noqa: DTZ001
        pytest.param([(date(1969, 7, 1), OLD)], "1970 to 2200", id="before 1970"),
        pytest.param([(JULY, "24x7")], "a version is a calendar", id="a text for a calendar"),
        pytest.param(
            [
                (None, OLD & TimeSpan(local("2026-07-02 00:00"), local("2026-07-03 00:00"))),
                (JULY, OLD & TimeSpan(local("2026-06-02 00:00"), local("2026-06-03 00:00"))),
            ],
            "never open",
            id="never open",
        ),
    ],
)
def test_versions_that_cannot_be_are_refused(pairs, sentence):
    with pytest.raises(DefinitionError, match=sentence):
        CalendarVersions(pairs)


def test_one_that_was_open_only_in_the_past_is_a_calendar():
    past = OLD & TimeSpan(local("2026-06-02 00:00"), local("2026-06-03 00:00"))
    desk = CalendarVersions([(None, OLD), (JULY, past)])
    assert desk.next_close(local("2026-06-30 12:00")) == local("2026-06-30 16:00")


def test_versions_are_values():
    again = pickle.loads(pickle.dumps(DESK))
    assert again == copy.deepcopy(DESK) == DESK
    assert hash(again) == hash(DESK)
    named = CalendarVersions(DESK.versions, name="desk")
    assert pickle.loads(pickle.dumps(named)).name == named.label == "desk"
    assert str(DESK) == "[ever since: Mon-Fri 08:00-16:00 Europe/Berlin; from 2026-07-01: new hours]"
    content = DESK.content()
    assert [version["valid_from"] for version in content["versions"]] == [None, "2026-07-01"]
    assert content["versions"][1]["calendar"] == NEW.content()
    assert hash(named.content()) == hash(content)


@settings(max_examples=30, deadline=None)
@given(versions(), business_calendars(), instants())
def test_versions_can_be_combined(desk, other, at):
    assume(desk.elapsed(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)))
    assert (desk | other).is_open(at) == (desk.is_open(at) or other.is_open(at))
