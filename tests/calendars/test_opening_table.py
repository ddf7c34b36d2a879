"""
An index gives the answer that a search through the table gives, whatever zone the question comes in.

The first question of its kind is answered by searching, the second one by an index.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from itsmkit.calendars import BusinessCalendar, NeverOpenError
from itsmkit.calendars._opening_table import NOTHING_KNOWN, OpeningTable, bin_of
from itsmkit.calendars._wall_clock import offset_changes
from itsmkit.testing.strategies import business_calendars

DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = (
    "UTC", "Africa/Casablanca", "America/New_York", "America/Sao_Paulo", "America/St_Johns",
    "Antarctica/Casey", "Antarctica/Troll", "Asia/Tehran", "Australia/Lord_Howe", "Europe/Berlin",
    "Pacific/Apia",
)  # fmt: skip
CHANGES = {
    key: [at for at, _ in offset_changes(ZoneInfo(key), range(12_000, 16_500))]  # 2002 to 2015
    for key in ZONES
}


@st.composite
def questions(draw: st.DrawFn) -> tuple[BusinessCalendar, datetime, datetime]:
    """A calendar, and two instants near to a change of its clocks, in its own zone or another one."""
    key = draw(st.sampled_from(ZONES))
    calendar = draw(business_calendars(st.just(key)))
    change = EPOCH + draw(st.sampled_from(CHANGES[key]))
    found = []
    for _ in range(2):
        instant = change + draw(st.timedeltas(-2 * DAY, 2 * DAY) | st.timedeltas(-400 * DAY, 400 * DAY))
        shown = draw(st.sampled_from(("own", "face", "UTC", "Asia/Tokyo")))
        if shown == "face":  # also what the clocks show twice, or never
            wall = instant.astimezone(calendar.tz).replace(tzinfo=None) + draw(st.timedeltas(-DAY, DAY))
            found.append(wall.replace(tzinfo=calendar.tz, fold=draw(st.integers(0, 1))))
        else:
            found.append(instant.astimezone(calendar.tz if shown == "own" else ZoneInfo(shown)))
    return calendar, *found


@settings(max_examples=400, deadline=None)
@given(
    questions(), st.timedeltas(timedelta(0), 30 * DAY), st.sampled_from((None, UTC, ZoneInfo("Asia/Tokyo")))
)
def test_the_second_answer_is_the_first(question, amount, in_zone):
    calendar, start, end = question
    passed = calendar.elapsed(start, end)
    landed = calendar.advance(start, amount, in_zone=in_zone)
    is_open = calendar.is_open(start)
    for _ in range(2):
        assert calendar.elapsed(start, end) == passed
        assert calendar.elapsed(end, start) == -passed
        again = calendar.advance(start, amount, in_zone=in_zone)
        assert (again, again.tzinfo, again.utcoffset()) == (landed, landed.tzinfo, landed.utcoffset())
        assert calendar.is_open(start) == is_open
    if passed > timedelta(0):
        arrived = calendar.advance(start, passed, in_zone=in_zone)
        assert calendar.elapsed(start, arrived) == passed
        assert arrived.astimezone(UTC) <= end.astimezone(UTC)


def test_an_office_is_looked_up_by_its_wall_clock() -> None:
    office = BusinessCalendar("Mon-Fri 09:00-17:00", "Europe/Berlin")
    start = datetime(2026, 10, 23, 16, tzinfo=office.tz)
    for _ in range(2):
        assert office.elapsed(start, datetime(2026, 10, 26, 10, tzinfo=office.tz)) == timedelta(hours=2)
    assert start.date().toordinal() - EPOCH.toordinal() in office._indexes[2]


@pytest.mark.parametrize("hours", ["24x7", "Sun 01:00-02:00", "Sat 22:00-02:01"])
def test_hours_near_a_change_of_the_clocks_are_looked_up_in_utc(hours: str) -> None:
    calendar = BusinessCalendar(hours, "Europe/Berlin")
    start, end = (datetime(2026, 3, day, tzinfo=calendar.tz) for day in (28, 30))
    answers = {calendar.elapsed(start, end) for _ in range(3)}
    assert len(answers) == 1
    zone, _, by_day, _, by_utc, _ = calendar._indexes
    assert zone is not calendar.tz
    assert not by_day
    assert by_utc


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(1, 10**7)), min_size=1, max_size=20))
@example([(0, 86_400), (0, 86_400)])
@example([(0, 16_384), (1, 16_384), (1, 1)])
def test_each_bin_begins_with_the_opening_of_its_first_moment(gaps_and_lengths):
    at, spans = 0, []
    for gap, length in gaps_and_lengths:
        spans.append((timedelta(seconds=at + gap), timedelta(seconds=at + gap + length)))
        at += gap + length
    table = OpeningTable.compiled(spans, range(at // 86_400 + 1))
    by_bin = table.index_by_utc().at_bin
    assert len(by_bin) == bin_of(table.opened[-1])
    for number, (_, _, opened, after) in enumerate(by_bin):
        begins = timedelta(days=number // 6, seconds=number % 6 * 16_384)
        assert bin_of(begins) == number
        assert opened < begins <= after[2] or (opened == begins == timedelta(0))


def test_openings_of_a_few_moments_each_are_searched() -> None:
    moment = timedelta(seconds=1)
    table = OpeningTable.compiled([(2 * n * moment, (2 * n + 1) * moment) for n in range(30_000)], range(1))
    assert table.index_by_utc().at_bin == []


def test_too_few_days_have_no_index_by_the_wall_clock() -> None:
    table = OpeningTable.compiled([(DAY, 2 * DAY)], range(3))
    assert table.index_by_wall([(timedelta(0), timedelta(0))]).at_day == {}
    assert table.index_by_wall([]) is table.by_wall
    assert table.by_wall is not NOTHING_KNOWN


def test_what_lies_at_the_very_end_is_not_reached_by_an_index() -> None:
    always = BusinessCalendar.always()
    start = datetime(2200, 12, 31, 23, tzinfo=UTC)
    for _ in range(2):
        with pytest.raises(NeverOpenError):
            always.advance(start, timedelta(hours=1), in_zone=UTC)
        assert always.advance(start, timedelta(minutes=59), in_zone=UTC).minute == 59
