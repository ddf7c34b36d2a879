from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.calendars import BusinessDays
from itsmkit.cli._instants import read_amount, read_instant, read_pause
from itsmkit.cli.errors import UsageError

BERLIN = ZoneInfo("Europe/Berlin")
YEARS = (datetime(1970, 1, 2), datetime(2200, 1, 1))  # noqa: DTZ001  hypothesis takes naive bounds


@pytest.mark.parametrize(
    ("text", "instant", "naive"),
    [
        pytest.param("2026-03-27", "2026-03-27T00:00+01:00", True, id="a date is its midnight"),
        pytest.param("2026-03-27T16:00", "2026-03-27T16:00+01:00", True, id="winter"),
        pytest.param("2026-06-27 16:00", "2026-06-27T16:00+02:00", True, id="summer, a space"),
        pytest.param(" 2026-03-27T16:00:07.5 ", "2026-03-27T16:00:07.500000+01:00", True, id="a fraction"),
        pytest.param("2026-03-27t16:00z", "2026-03-27T16:00+00:00", False, id="UTC, small letters"),
        pytest.param("2026-03-27T16:00+05:30", "2026-03-27T16:00+05:30", False, id="an offset"),
        pytest.param("2026-03-27T16:00 -0330", "2026-03-27T16:00-03:30", False, id="without a colon"),
        pytest.param("2026-03-27T16:00+01", "2026-03-27T16:00+01:00", False, id="whole hours"),
        pytest.param("2026-10-25T02:30+02:00", "2026-10-25T02:30+02:00", False, id="a repeated hour, told"),
    ],
)
def test_an_instant_is_read(text: str, instant: str, naive: bool) -> None:
    found = read_instant(text, "START", BERLIN)
    assert found.at == datetime.fromisoformat(instant)
    assert found.in_zone_of_calendar is naive


@pytest.mark.parametrize(
    ("text", "part"),
    [
        pytest.param("yesterday", "2026-03-27T16:00 or 2026-03-27T16:00+01:00, not 'yesterday'", id="a word"),
        pytest.param("", "not ''", id="nothing"),
        pytest.param("2026-02-30", "2026-02-30", id="no such day"),
        pytest.param("2026-03-27T25:00", "25:00", id="no such hour"),
        pytest.param("2026-03-27T24:00", "24:00", id="the end of a day is the next day"),
        pytest.param("20260327T1600", "20260327T1600", id="the basic format"),
        pytest.param("2026-W13-5", "2026-W13-5", id="a week date"),
        pytest.param("2026-03-27T16:00+25:00", "+25:00", id="no such offset"),
        pytest.param("2026-03-27T16:00:00.1234567", ".1234567", id="finer than a microsecond"),
        pytest.param("2026-03-27T16:00Europe/Berlin", "Europe", id="a zone"),
        pytest.param("٢٠٢٦-03-27", "٢٠٢٦", id="other digits"),
        pytest.param(
            "2026-10-25T02:30",
            "shown twice by the clocks of Europe/Berlin; write which one: 2026-10-25T02:30:00+02:00 or "
            "2026-10-25T02:30:00+01:00",
            id="shown twice",
        ),
        pytest.param(
            "2026-03-29T02:30",
            "never shown by the clocks of Europe/Berlin, which are put forward there; write a time that is, "
            "or an offset: 2026-03-29T02:30:00+01:00",
            id="never shown",
        ),
    ],
)
def test_what_is_no_instant_is_refused(text: str, part: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_instant(text, "START", BERLIN)
    [problem] = caught.value.problems
    assert problem.startswith("START ")
    assert part in problem


@given(st.datetimes(*YEARS), st.integers(-23 * 60, 23 * 60))
def test_what_python_writes_is_read_back(shown: datetime, minutes: int) -> None:
    at = shown.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert read_instant(at.isoformat(), "START", BERLIN).at == at


@given(st.datetimes(*YEARS, timezones=st.just(UTC)))
def test_an_offset_is_asked_for_just_where_one_is_needed(at: datetime) -> None:
    local = at.astimezone(BERLIN)
    text = local.replace(tzinfo=None).isoformat()
    candidates = {at + timedelta(hours=hours) for hours in (-1, 0, 1)}
    meant = {each for each in candidates if each.astimezone(BERLIN).replace(tzinfo=None).isoformat() == text}
    if len(meant) == 1:
        assert read_instant(text, "START", BERLIN).at == at
    else:
        with pytest.raises(UsageError, match="twice"):
            read_instant(text, "START", BERLIN)


def test_a_pause_is_two_instants() -> None:
    pause = read_pause("2026-03-27T16:30/2026-03-30T08:00Z", BERLIN)
    assert pause.start == datetime(2026, 3, 27, 15, 30, tzinfo=UTC)
    assert pause.end == datetime(2026, 3, 30, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        pytest.param("2026-03-27T16:30", "START/END", id="one instant"),
        pytest.param("2026-03-27T16:30/", "the end of --pause", id="no end"),
        pytest.param("then/2026-03-27", "the start of --pause", id="no start"),
        pytest.param("2026-03-28/2026-03-27", "precedes its start", id="backwards"),
        pytest.param("0001-01-01T00:00+14:00/2026-03-27", "outside the years", id="before all years"),
    ],
)
def test_what_is_no_pause_is_refused(text: str, part: str) -> None:
    with pytest.raises(UsageError, match=part):
        read_pause(text, BERLIN)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        pytest.param("8h", timedelta(hours=8), id="hours"),
        pytest.param(" 1h30min ", timedelta(minutes=90), id="hours and minutes"),
        pytest.param("2d", timedelta(hours=48), id="days are 24 hours"),
        pytest.param("0s", timedelta(0), id="nothing"),
        pytest.param("3bd", BusinessDays(3), id="business days"),
        pytest.param("1 business day", BusinessDays(1), id="in words"),
        pytest.param("0bd", BusinessDays(0), id="no day"),
    ],
)
def test_an_amount_is_read(text: str, amount: timedelta | BusinessDays) -> None:
    assert read_amount(text) == amount


@pytest.mark.parametrize(
    ("text", "part"),
    [
        pytest.param(
            "soon", "AMOUNT must be a duration such as '8h'.*not 'soon'; working days .* '3bd'", id="a word"
        ),
        pytest.param("8", "not '8'", id="no unit"),
        pytest.param("999999999999d", "shorter", id="longer than can be"),
        pytest.param("-8h", "must not be negative", id="a negative duration"),
        pytest.param("-1bd", "must not be negative", id="negative days"),
        pytest.param("1.5bd", "1.5bd", id="half a day"),
    ],
)
def test_what_is_no_amount_is_refused(text: str, part: str) -> None:
    with pytest.raises(UsageError, match=part):
        read_amount(text)
