"""What a calendar was taken for: its expansion, and the digest that stands for it."""

import subprocess
import sys
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve, frozen

from itsmkit.calendars import (
    BusinessCalendar,
    BusinessTime,
    HolidayCalendar,
    OutOfRangeError,
    TimeSpan,
)
from itsmkit.errors import DefinitionError

OFFICE = BusinessCalendar(
    "Mon-Fri 08:00-17:00",
    "Europe/Berlin",
    holidays=HolidayCalendar.of("DE-NW", language="en_US", dates={date(2026, 12, 24): "Company day"}),
    name="office",
)


@frozen
class Branch(BusinessTime):
    """Another kind of business time, which knows no more than its openings."""

    office: BusinessCalendar
    tz = ZoneInfo("UTC")

    def __attrs_post_init__(self):
        self._answering(self.office._timeline)

    def content(self):
        return {"branch": self.office.content()}


def test_the_holidays_and_offsets_of_the_years_are_written_out():
    expansion = OFFICE.expansion(2025, 2026)
    assert len(expansion["holidays"]) == 11 + 12
    assert {"2025-12-25", "2026-06-04", "2026-12-24"} <= set(expansion["holidays"])
    assert expansion["offsets"] == (
        ("2025-01-01T00:00:00+00:00", 3600),
        ("2025-03-30T01:00:00+00:00", 7200),
        ("2025-10-26T01:00:00+00:00", 3600),
        ("2026-03-29T01:00:00+00:00", 7200),
        ("2026-10-25T01:00:00+00:00", 3600),
    )
    assert hash(expansion)
    assert BusinessCalendar.always().expansion(2026, 2026) == {
        "holidays": (),
        "offsets": (("2026-01-01T00:00:00+00:00", 0),),
    }


def test_a_digest_is_the_same_for_the_same_open_time_whatever_its_name():
    digest = OFFICE.expanded_digest(2025, 2026)
    assert evolve(OFFICE, name="branch").expanded_digest(2025, 2026) == digest
    german = evolve(OFFICE.holidays, language="de", dates={date(2026, 12, 24): "Brückentag"})
    assert evolve(OFFICE, holidays=german).expanded_digest(2025, 2026) == digest


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(evolve(OFFICE, hours="Mon-Fri 08:00-16:00"), id="hours"),
        pytest.param(evolve(OFFICE, tz="Europe/Paris"), id="zone"),
        pytest.param(
            evolve(OFFICE, special_hours={date(2030, 1, 1): "closed"}), id="special hours, whenever"
        ),
        pytest.param(evolve(OFFICE, holidays=None), id="holidays"),
    ],
)
def test_a_digest_tells_other_open_time(other):
    assert other.expanded_digest(2025, 2026) != OFFICE.expanded_digest(2025, 2026)


def test_a_digest_tells_other_holidays_of_the_same_region(monkeypatch):
    before = OFFICE.expanded_digest(2026, 2026)
    elsewhere = OFFICE.expanded_digest(2027, 2027)
    in_year = HolidayCalendar.in_year

    def with_another(self: HolidayCalendar, year: int) -> dict[date, str]:
        return in_year(self, year) | ({date(2026, 5, 4): "a new law"} if year == 2026 else {})

    monkeypatch.setattr(HolidayCalendar, "in_year", with_another)
    assert OFFICE.expanded_digest(2026, 2026) != before
    assert OFFICE.expanded_digest(2027, 2027) == elsewhere


def test_a_digest_tells_other_years():
    assert OFFICE.expanded_digest(2025, 2025) != OFFICE.expanded_digest(2026, 2026)


def test_a_digest_is_the_same_in_another_process():
    program = (
        "from itsmkit.calendars import BusinessCalendar, HolidayCalendar; from datetime import date;"
        "print(BusinessCalendar('Mon-Fri 08:00-17:00', 'Europe/Berlin', holidays=HolidayCalendar.of('DE-NW',"
        "language='de', dates={date(2026, 12, 24): 'frei'})).expanded_digest(2020, 2030))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == OFFICE.expanded_digest(2020, 2030)


def test_another_kind_of_business_time_is_expanded_to_its_openings():
    branch = Branch(OFFICE)
    openings = branch.expansion(2026, 2026)["openings"]
    assert openings[0] == ("2026-01-02T07:00:00+00:00", "2026-01-02T16:00:00+00:00")
    assert len(openings) == len(
        OFFICE.open_spans(*(datetime(year, 1, 1, tzinfo=UTC) for year in (2026, 2027)))
    )
    assert branch.expanded_digest(2026, 2026) == Branch(evolve(OFFICE)).expanded_digest(2026, 2026)
    assert branch.expanded_digest(2026, 2026) != OFFICE.expanded_digest(2026, 2026)
    with pytest.raises(OutOfRangeError):
        branch.expansion(2026, 2101)


def test_the_first_and_the_last_year_that_are_known_can_be_expanded():
    for calendar in (OFFICE, evolve(OFFICE, tz="America/New_York"), BusinessCalendar.always()):
        first, last = calendar.known.start.year, calendar.known.end.year - (calendar.known.end.month == 1)
        for year in (first, last):
            assert calendar.expansion(year, year)["offsets"]
            assert calendar.expanded_digest(year, year)
    round_the_clock = Branch(BusinessCalendar.always())
    (opening,) = round_the_clock.expansion(2200, 2200)["openings"]
    assert opening[0] == "2200-01-01T00:00:00+00:00"


def test_what_is_known_is_told():
    assert BusinessCalendar.always().known == TimeSpan(
        datetime(1970, 1, 1, tzinfo=UTC), datetime(2201, 1, 1, tzinfo=UTC)
    )
    assert OFFICE.known == TimeSpan(datetime(1991, 1, 1, tzinfo=UTC), datetime(2100, 12, 31, tzinfo=UTC))


@pytest.mark.parametrize(
    ("years", "error", "message"),
    [
        pytest.param((2026, 2025), DefinitionError, "not from 2026 to 2025", id="reversed"),
        pytest.param((0, 2025), DefinitionError, "not from 0 to 2025", id="no year"),
        pytest.param((2025, 10_000), DefinitionError, "not from 2025 to 10000", id="too far"),
        pytest.param((1990, 2025), OutOfRangeError, "known for the years 1991 to 2100", id="too early"),
        pytest.param((2025, 2101), OutOfRangeError, "known for the years 1991 to 2100", id="too late"),
    ],
)
def test_years_that_cannot_be_expanded_are_refused(years, error, message):
    for ask in (OFFICE.expansion, OFFICE.expanded_digest):
        with pytest.raises(error, match=message):
            ask(*years)


def test_a_kind_says_itself_what_decides_about_it():
    with pytest.raises(NotImplementedError):
        BusinessTime().content()
