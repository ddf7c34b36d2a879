from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.interchange._instants import ISO, Instants, instant_writer, time_format_problem

FORMATS = [
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%Y-%m-%d",
    "%Y%m%d%H%M",
    "%H:%M %d.%m.%Y",
    "(%d) %m %Y",
    "%Y-%m-%d %M",
    "%d/%m/%y %H:%M",
    "%Y-%m-%d %I:%M %p",
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%d %H:%M:%S.%f",
    "%%%Y-%m-%d",
]
ZONES = ["UTC", "Europe/Berlin", "America/New_York"]


def by_the_book(text: str, time_format: str, zone: ZoneInfo) -> datetime | None:
    try:
        moment = datetime.strptime(text, time_format)  # noqa: DTZ007  the zone follows
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@given(st.sampled_from(FORMATS), st.sampled_from(ZONES).map(ZoneInfo), st.data())
def test_a_text_is_read_as_strptime_reads_it(time_format, zone, data):
    spelled = st.datetimes(min_value=datetime(1000, 1, 1)).map(  # noqa: DTZ001  the zone follows
        lambda moment: moment.replace(tzinfo=UTC).strftime(time_format)
    )
    text = data.draw(spelled)
    for mark in data.draw(
        st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["", "0", "1", "9", " ", "/", "٣"])))
    ):
        text = text[: mark[0]] + mark[1] + text[mark[0] + 1 :]
    assert Instants(time_format, zone)[text] == by_the_book(text, time_format, zone)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("29/2/2016 01:16", datetime(2016, 2, 29, 1, 16, tzinfo=UTC)),
        ("1/3/2016 1:16", datetime(2016, 3, 1, 1, 16, tzinfo=UTC)),
        ("29/2/2015 01:16", None),
        ("1/13/2016 01:16", None),
        ("1/3/2016", None),
        ("", None),
        (None, None),
    ],
)
def test_days_come_first_and_need_no_zero(text, instant):
    assert Instants("%d/%m/%Y %H:%M", ZoneInfo("UTC"))[text] == instant


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        pytest.param(
            "2026-03-29T01:59", datetime(2026, 3, 29, 0, 59, tzinfo=UTC), id="before the hour is skipped"
        ),
        pytest.param("2026-03-29T03:00", datetime(2026, 3, 29, 1, tzinfo=UTC), id="after it is skipped"),
        pytest.param("2026-10-25T02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), id="the first of two"),
        pytest.param(
            "2026-10-25T02:30+01:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC), id="the other, by name"
        ),
        pytest.param("2026-07-01", datetime(2026, 6, 30, 22, tzinfo=UTC), id="a day begins at midnight"),
        pytest.param("0001-01-01T00:00", None, id="before all time in UTC"),
        pytest.param("yesterday", None, id="no time"),
    ],
)
def test_iso_times_without_offset_are_of_the_zone(text, instant):
    assert Instants(ISO, ZoneInfo("Europe/Berlin"))[text] == instant


@given(st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC)), st.sampled_from(ZONES))  # noqa: DTZ001
def test_iso_says_every_instant_exactly(instant, zone):
    assert Instants(ISO, ZoneInfo(zone))[instant_writer(ISO, ZoneInfo(zone))(instant)] == instant


def test_other_formats_say_the_wall_clock():
    assert (
        instant_writer("%d.%m.%Y %H:%M", ZoneInfo("Europe/Berlin"))(datetime(2026, 7, 1, 7, tzinfo=UTC))
        == "01.07.2026 09:00"
    )


@pytest.mark.parametrize("time_format", [*FORMATS, ISO])
def test_formats_of_a_date_are_without_problem(time_format):
    assert time_format_problem(time_format) is None
