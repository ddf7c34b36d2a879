import pickle
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import OutOfRangeError, Recurrence, TimeSpan
from itsmkit.errors import DefinitionError

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = datetime.fromisoformat("2026-01-04 22:00")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def window(rule: str, first: datetime = FIRST, lasting: timedelta = HOUR) -> Recurrence:
    return Recurrence(rule, first, "Europe/Berlin", lasting=lasting)


def local(*when: int) -> datetime:
    return datetime(*when, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        pytest.param("FREQ=DAILY;COUNT=3", [(1, 4), (1, 5), (1, 6)], id="count"),
        pytest.param("FREQ=WEEKLY;BYDAY=SU;INTERVAL=2;COUNT=2", [(1, 4), (1, 18)], id="interval"),
        pytest.param("rrule:freq=monthly;byday=1su;count=3", [(1, 4), (2, 1), (3, 1)], id="loosely"),
        pytest.param("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=2", [(1, 31), (2, 28)], id="last of month"),
        pytest.param("FREQ=DAILY;UNTIL=20260105T220000", [(1, 4), (1, 5)], id="until, local"),
        pytest.param("FREQ=DAILY;UNTIL=20260105T210000Z", [(1, 4), (1, 5)], id="until, in UTC"),
        pytest.param("FREQ=DAILY;UNTIL=20260105T205959Z", [(1, 4)], id="until just before, in UTC"),
        pytest.param(
            "FREQ=MONTHLY;BYMONTHDAY=4;UNTIL=99991231T235959Z",
            [(month, 4) for month in range(1, 13)],
            id="until the end of time",
        ),
    ],
)
def test_windows_come_again_by_the_rule(rule, days):
    found = window(rule).spans(local(2026, 1, 1), local(2027, 1, 1))
    starts = [local(2026, month, day, 22) for month, day in days]
    assert found == tuple(TimeSpan(start, start.astimezone(UTC) + HOUR) for start in starts)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param((2026, 3, 28), 7, id="an hour is missing"),
        pytest.param((2026, 10, 24), 9, id="an hour comes twice"),
        pytest.param((2026, 6, 6), 8, id="any other night"),
    ],
)
def test_a_window_ends_when_the_clocks_show_it(day, expected):
    nightly = window("FREQ=DAILY", lasting=8 * HOUR)
    (night,) = nightly.spans(local(*day, 12), local(*day, 12).astimezone(UTC) + DAY)
    assert night.duration == expected * HOUR
    assert night.end.astimezone(BERLIN).hour == 6


def test_windows_are_clipped_and_those_that_touch_are_one():
    daily = window("FREQ=DAILY", lasting=DAY)
    asked = TimeSpan(local(2026, 2, 1, 5), local(2026, 2, 7, 9))
    assert daily.spans(asked.start, asked.end) == (asked,)
    assert daily.spans(asked.start, asked.start) == ()
    before = local(2026, 1, 1)
    assert daily.spans(before, asked.end) == (TimeSpan(local(2026, 1, 4, 22), asked.end),)


@settings(deadline=None)
@given(
    st.sets(st.integers(0, 6), min_size=1),
    st.dates(date(2026, 1, 1), date(2035, 1, 1)),
    st.integers(1, 40),
    st.integers(1, 30 * 60),
)
def test_weekdays_are_the_days_that_have_them(weekdays, start, number, minutes):
    names = [("MO", "TU", "WE", "TH", "FR", "SA", "SU")[weekday] for weekday in weekdays]
    rule = Recurrence(
        f"FREQ=WEEKLY;BYDAY={','.join(names)}",
        datetime.fromisoformat("2026-01-01 09:30"),
        "UTC",
        lasting=timedelta(minutes=minutes),
    )
    since = datetime.combine(start, time(), UTC)
    until = since + number * DAY
    expected = set()
    for day in range(-2, number):
        opens = since + day * DAY + timedelta(hours=9, minutes=30)
        if opens.weekday() in weekdays and opens.year >= 2026:
            expected |= {opens + timedelta(minutes=one) for one in range(minutes)}
    found = rule.spans(since, until)
    counted = sum((one.duration for one in found), timedelta(0))
    assert counted == timedelta(minutes=len([one for one in expected if since <= one < until]))


@pytest.mark.parametrize(
    ("arguments", "problems"),
    [
        pytest.param({"rule": ""}, ["unknown part ''", "no readable value", "a frequency"], id="none"),
        pytest.param({"rule": "FREQ=HOURLY"}, ["FREQ=DAILY, FREQ=WEEKLY"], id="frequency"),
        pytest.param({"rule": "FREQ=DAILY;BYEASTER=0"}, ["unknown part 'BYEASTER'"], id="no part"),
        pytest.param({"rule": "FREQ=DAILY;INTERVAL=0"}, ["INTERVAL counts from 1"], id="interval"),
        pytest.param({"rule": "FREQ=DAILY;COUNT=-1"}, ["COUNT counts from 1"], id="count"),
        pytest.param({"rule": "FREQ=DAILY;BYDAY=XX"}, ["cannot be read: invalid"], id="weekday"),
        pytest.param({"rule": "FREQ=DAILY;BYHOUR=25"}, ["cannot be read"], id="hour"),
        pytest.param(
            {"rule": "FREQ=DAILY;BYDAY=MO\nEXDATE:20260105T220000"},
            ["part BYDAY of the rule has no readable value"],
            id="more than a rule",
        ),
        pytest.param({"rule": "FREQ=DAILY;UNTIL=20261231"}, ["UNTIL=20261231 is no time"], id="until"),
        pytest.param(
            {"rule": "FREQ=DAILY;COUNT=2;UNTIL=20261231T000000"},
            ["COUNT and UNTIL exclude each other"],
            id="two ends",
        ),
        pytest.param({"rule": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"}, ["never occurs"], id="no such date"),
        pytest.param({"rule": "FREQ=DAILY;UNTIL=20200101T000000Z"}, ["never occurs"], id="over before"),
        pytest.param(
            {"first": FIRST.replace(tzinfo=UTC), "lasting": timedelta(0), "rule": "x"},
            ["without a zone", "more than nothing", "unknown part 'X'", "no readable", "a frequency"],
            id="everything at once",
        ),
        pytest.param(
            {"first": FIRST.replace(year=1969)}, ["a whole second of the years 1970 to 2200"], id="too early"
        ),
        pytest.param({"first": FIRST.replace(microsecond=1)}, ["a whole second"], id="a fraction"),
        pytest.param(
            {"rule": "FREQ=DAILY;UNTIL=00010101T000000Z", "tz": "America/New_York"},
            ["cannot be read"],
            id="until the beginning of time",
        ),
        pytest.param({"first": date(2026, 1, 1)}, ["a datetime without a zone"], id="a date"),
        pytest.param({"lasting": timedelta(days=367)}, ["at most 366 days"], id="too long"),
        pytest.param({"tz": "Europe/Berln"}, ["unknown time zone"], id="zone"),
    ],
)
def test_a_recurrence_that_cannot_be_is_refused_with_every_problem(arguments, problems):
    usual = {"rule": "FREQ=DAILY", "first": FIRST, "tz": "UTC", "lasting": HOUR}
    with pytest.raises(DefinitionError) as refused:
        Recurrence(**usual | arguments)
    assert len(refused.value.problems) == len(problems)
    for expected, problem in zip(problems, refused.value.problems, strict=True):
        assert expected in problem


@pytest.mark.parametrize("at", [datetime(1969, 12, 31, tzinfo=UTC), datetime(2201, 1, 1, tzinfo=UTC)])
def test_an_instant_outside_1970_to_2200_is_refused(at):
    inside = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(OutOfRangeError, match="1970 to 2200"):
        window("FREQ=DAILY").spans(min(at, inside), max(at, inside))


def test_a_recurrence_is_a_value():
    one, other = window("FREQ=DAILY"), window("FREQ=DAILY")
    asked = local(2026, 1, 1), local(2026, 2, 1)
    expected = one.spans(*asked)
    assert one == other
    assert hash(one) == hash(other)
    assert pickle.loads(pickle.dumps(one)).spans(*asked) == expected


@settings(deadline=None)
@given(
    st.sampled_from(["Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]),
    st.datetimes(datetime(2011, 1, 1), datetime(2011, 12, 28)),  # noqa: DTZ001  what the clocks show
    st.lists(st.integers(0, 23), min_size=1, max_size=4, unique=True),
    st.sampled_from([0, 15, 30]),
)
def test_a_window_opens_once_for_each_time_that_the_clocks_are_to_show(zone, since, hours, minute):
    # Apia left out a day that year, and Lord Howe Island puts its clocks on by half an hour.
    tz = ZoneInfo(zone)
    listed = ",".join(str(hour) for hour in hours)
    rule = f"FREQ=DAILY;BYHOUR={listed};BYMINUTE={minute};BYSECOND=0"
    recurrence = Recurrence(rule, datetime(2010, 12, 20), tz, lasting=HOUR)  # noqa: DTZ001  as above
    start = since.replace(tzinfo=UTC, microsecond=0)
    end = start + 3 * DAY
    openings = recurrence.openings(start)
    found = []
    while (opening := next(openings)) < end:
        found.append(opening)

    days = [start.date() + each * DAY for each in range(-2, 6)]
    # Minute by minute, from a day before the first of them to a day after the last: the first instant at
    # which the clocks show each time.
    around = datetime.combine(days[0], time(), UTC) - DAY
    shown = {}
    for each in (around + timedelta(minutes=each) for each in range((len(days) + 2) * 24 * 60)):
        shown.setdefault(each.astimezone(tz).replace(tzinfo=None), each)

    def instant(wall: datetime) -> datetime:
        """Return the first instant at which the clocks show a time."""
        if wall in shown:
            return shown[wall]
        # It is never shown: as if the clocks had not been put ahead.
        before = max(each for each in shown if each < wall)
        return shown[before] + (wall - before)

    walls = [datetime.combine(day, time(hour, minute)) for day in days for hour in hours]
    expected = sorted({at for wall in walls if start <= (at := instant(wall)) < end})
    assert found == expected


def test_openings_end_with_the_rule_and_with_the_years_that_are_known():
    assert [each.day for each in window("FREQ=DAILY;COUNT=2").openings(local(2026, 1, 1))] == [4, 5]
    century = window("FREQ=YEARLY;INTERVAL=100")
    assert [each.year for each in century.openings(local(1969, 1, 1))] == [2026, 2126]
    with pytest.raises(DefinitionError, match="since has no time zone"):
        next(century.openings(FIRST))
