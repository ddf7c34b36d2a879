import json
import tomllib
from datetime import UTC, date, datetime

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.calendars import (
    Breaks,
    BusinessCalendar,
    HolidayCalendar,
    calendar_from,
    to_mapping,
)
from itsmkit.errors import DefinitionError
from itsmkit.testing.strategies import business_calendars, holiday_calendars

OFFICE = {"hours": "Mon-Fri 08:00-17:00", "time_zone": "Europe/Berlin"}
FULL = """
hours = "Mon-Fri 08:00-17:00"
time_zone = "Europe/Berlin"
name = "office"
holidays = "DE-NW"
language = "de"
extra_holidays = { 2026-12-24 = "Company day" }
removed_holidays = [2026-06-04, "2026-05-01"]
special_hours = { 2026-12-31 = "09:00-13:00,14:00-15:00", 2026-12-23 = "closed" }
breaks = "12:00-13:00"
dated_breaks = { 2026-12-22 = "10:00-11:00" }
dst = "edges"
holiday_beats_special = true
"""


@st.composite
def regions(draw):
    region, language = draw(st.sampled_from([("DE-NW", "de"), ("US-CA", "en_US"), ("NZ", "en_US")]))
    listed = draw(holiday_calendars())
    removed = draw(st.frozensets(st.dates(date(2027, 2, 1), date(2028, 1, 1)), max_size=3))
    return evolve(listed, region=region, language=language, removed=removed)


@given(
    business_calendars(holidays=st.none() | holiday_calendars() | regions()),
    st.none() | st.sampled_from(["office", "Überall – rund um die Uhr"]),
)
def test_a_plain_mapping_says_all_of_a_calendar(calendar, name):
    calendar = evolve(calendar, name=name)
    plain = to_mapping(calendar)
    assert calendar_from(plain) == calendar
    assert calendar_from(json.loads(json.dumps(plain))) == calendar
    assert BusinessCalendar.parse(str(calendar), **calendar.options) == calendar


def test_a_toml_table_says_all_of_a_calendar():
    calendar = calendar_from(tomllib.loads(FULL))
    assert calendar == BusinessCalendar(
        "Mon-Fri 08:00-17:00",
        "Europe/Berlin",
        holidays=HolidayCalendar.of(
            "DE-NW",
            language="de",
            dates={date(2026, 12, 24): "Company day"},
            removed=[date(2026, 6, 4), date(2026, 5, 1)],
        ),
        special_hours={date(2026, 12, 31): "09:00-13:00,14:00-15:00", date(2026, 12, 23): ()},
        breaks=Breaks("Mon-Sun 12:00-13:00", dated={date(2026, 12, 22): "10:00-11:00"}),
        dst="edges",
        holiday_beats_special=True,
        name="office",
    )
    assert calendar_from(to_mapping(calendar)) == calendar


def test_what_is_the_default_is_left_out():
    calendar = calendar_from(OFFICE)
    assert calendar == BusinessCalendar("Mon-Fri 08:00-17:00", "Europe/Berlin")
    assert to_mapping(calendar) == OFFICE
    assert to_mapping(calendar_from(OFFICE | {"extra_holidays": {}, "breaks": "closed"})) == OFFICE


def test_the_language_of_holidays_is_stated():
    calendar = calendar_from(OFFICE | {"holidays": "DE"})
    assert to_mapping(calendar)["language"] == "en_US"


def test_dates_may_be_dates_too():
    plain = OFFICE | {"special_hours": {date(2026, 12, 24): "closed"}}
    assert calendar_from(plain).special_hours == {date(2026, 12, 24): ()}


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        pytest.param(
            {"hours": 8}, ["hours: must be text such as 'Mon-Fri 08:00-17:00', not 8"], id="no text"
        ),
        pytest.param(
            {"hours": "Mon 9-17"}, ["hours: 'Mon 9-17': '9' is", "hours: 'Mon 9-17': '17' is"], id="hours"
        ),
        pytest.param({"time_zone": "Mars"}, ["time_zone: unknown time zone 'Mars'"], id="zone"),
        pytest.param(
            {"timezone": "UTC"}, ["timezone: is not known here; did you mean time_zone?"], id="unknown key"
        ),
        pytest.param({"holidays": "XX"}, ["holidays: unknown country 'XX'"], id="region"),
        pytest.param(
            {"holidays": "DE", "language": "tlh"}, ["holidays: unknown language 'tlh'"], id="language"
        ),
        pytest.param({"language": "de"}, ["language: language 'de' without a region"], id="no region"),
        pytest.param(
            {"extra_holidays": {"24.12.": "x", "2026-02-30": "y"}},
            [
                "extra_holidays.\"24.12.\": must be a date such as 2026-03-29, not '24.12.'",
                "extra_holidays.2026-02-30: must be a date such as 2026-03-29, not '2026-02-30'",
            ],
            id="no dates",
        ),
        pytest.param(
            {"extra_holidays": {"2026-12-24": ""}}, ["the holiday on 2026-12-24 needs a name"], id="no name"
        ),
        pytest.param(
            {"removed_holidays": [datetime(2026, 1, 1, tzinfo=UTC), 3]},
            ["removed_holidays[0]: must be a date", "removed_holidays[1]: must be a date"],
            id="instants",
        ),
        pytest.param(
            {"special_hours": {"2026-12-24": "9:00"}},
            ["special_hours.2026-12-24: '9:00' are no hours"],
            id="special",
        ),
        pytest.param(
            {"breaks": "Mon 12:00-12:00"}, ["breaks: 'Mon 12:00-12:00': hours open and"], id="breaks"
        ),
        pytest.param(
            {"dated_breaks": {"2026-12-24": "closed"}},
            ["breaks on 2026-12-24 have no hours"],
            id="empty break",
        ),
        pytest.param({"dst": "wall"}, ["dst: must be one of 'elapsed', 'edges', not 'wall'"], id="dst"),
        pytest.param(
            {"holiday_beats_special": 1}, ["holiday_beats_special: must be true or false"], id="flag"
        ),
        pytest.param(
            {"breaks": "00:00-24:00"}, ["calendar 'Mon-Fri 08:00-17:00' is never open"], id="never open"
        ),
        pytest.param(
            {
                "hours": "Mon 25:00-26:00",
                "time_zone": "Mars",
                "holidays": "XX",
                "special_hours": {"x": "closed"},
                "dated_breaks": [],
            },
            ["hours: ", "hours: ", "time_zone: ", "special_hours.x: ", "dated_breaks: must be", "holidays: "],
            id="everything at once",
        ),
    ],
)
def test_every_fault_is_told_with_its_path(change, problems):
    for at, prefix in (("", "desk.toml: "), ("calendars.office", "desk.toml: calendars.office")):
        with pytest.raises(DefinitionError) as refused:
            calendar_from(OFFICE | change, where="desk.toml", at=at)
        found = refused.value.problems
        assert len(found) == len(problems)
        for problem, expected in zip(found, problems, strict=True):
            assert problem.startswith(prefix)
            assert expected in problem


@pytest.mark.parametrize("plain", [None, [], "Mon-Fri 08:00-17:00"])
def test_what_is_no_table_is_refused(plain):
    with pytest.raises(DefinitionError, match="the calendar: must be a table"):
        calendar_from(plain)
