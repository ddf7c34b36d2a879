import pickle
from datetime import UTC, date, datetime

import pytest

from itsmkit.calendars import HolidayCalendar, UnknownHolidaysError
from itsmkit.errors import DefinitionError

COMPANY_DAY = date(2026, 12, 24)
CORPUS_CHRISTI = date(2026, 6, 4)


def test_listed_dates_are_holidays_by_name():
    holidays = HolidayCalendar({COMPANY_DAY: "Company day"})
    assert holidays.name_of(COMPANY_DAY) == "Company day"
    assert holidays.name_of(date(2026, 12, 25)) is None
    assert COMPANY_DAY in holidays
    assert holidays.in_year(2025) == {}
    assert {1, 2026, 9999} <= set(holidays.years)


@pytest.mark.parametrize(
    ("region", "language", "name"),
    [
        pytest.param("DE-NW", "en_US", "Corpus Christi", id="subdivision"),
        pytest.param("DE-NW", "de", "Fronleichnam", id="language"),
        pytest.param("DE", "en_US", None, id="country alone"),
    ],
)
def test_a_region_has_its_public_holidays(region, language, name):
    assert HolidayCalendar.of(region, language=language).name_of(CORPUS_CHRISTI) == name


def test_a_country_without_stated_languages_has_english_names():
    new_zealand = HolidayCalendar.of("NZ", language="en_US")
    assert new_zealand.name_of(date(2026, 4, 25)) == "Anzac Day"


def test_a_region_may_gain_and_lose_holidays():
    holidays = HolidayCalendar.of(
        "DE-NW",
        language="en_US",
        dates={COMPANY_DAY: "Company day", date(2026, 5, 1): "May Day"},
        removed=[CORPUS_CHRISTI],
    )
    year = holidays.in_year(2026)
    assert year[COMPANY_DAY] == "Company day"
    assert year[date(2026, 5, 1)] == "May Day"
    assert CORPUS_CHRISTI not in year
    assert list(year) == sorted(year)
    assert len(year) == 11


def test_a_year_outside_the_data_is_not_taken_for_one_without_holidays():
    germany = HolidayCalendar.of("DE", language="en_US")
    assert (germany.years[0], germany.years[-1]) == (1991, 2100)
    with pytest.raises(UnknownHolidaysError, match="not known for 1990, only for 1991 to 2100") as e:
        germany.name_of(date(1990, 12, 31))
    assert (e.value.region, e.value.year) == ("DE", 1990)
    assert (e.value.first_year, e.value.last_year) == (1991, 2100)


@pytest.mark.parametrize(
    ("arguments", "problems"),
    [
        pytest.param({"region": "XX", "language": "en_US"}, ["unknown country 'XX'"], id="country"),
        pytest.param(
            {"region": "DE-QQ", "language": "tlh"},
            ["unknown subdivision 'QQ' in region 'DE-QQ'; known: BB", "unknown language 'tlh'"],
            id="subdivision and language",
        ),
        pytest.param({"region": "AF-X", "language": "en_US"}, ["known: none, so say AF"], id="undivided"),
        pytest.param({"region": "DE-", "language": "en_US"}, ["unknown subdivision ''"], id="half a region"),
        pytest.param({"region": "DE"}, ["name the language"], id="no language"),
        pytest.param({"language": "de"}, ["without a region"], id="no region"),
        pytest.param(
            {"dates": {datetime(2026, 1, 1, tzinfo=UTC): "New Year"}}, ["a date without a time"], id="a time"
        ),
        pytest.param({"dates": [COMPANY_DAY]}, ["holidays are given by date"], id="no names"),
        pytest.param({"dates": {COMPANY_DAY: " "}}, ["needs a name"], id="no name"),
        pytest.param(
            {"dates": {COMPANY_DAY: "Company day"}, "removed": [COMPANY_DAY]},
            ["2026-12-24 (Company day) is both listed and removed"],
            id="listed and removed",
        ),
        pytest.param(
            {"dates": {"2026-01-01": ""}, "removed": [3], "language": "de"},
            ["not '2026-01-01'", "not 3", "needs a name", "without a region"],
            id="everything at once",
        ),
    ],
)
def test_holidays_that_cannot_be_are_refused_with_every_problem(arguments, problems):
    with pytest.raises(DefinitionError) as refused:
        HolidayCalendar(**arguments)
    assert len(refused.value.problems) == len(problems)
    for expected, problem in zip(problems, refused.value.problems, strict=True):
        assert expected in problem


def test_equal_holidays_are_equal_in_any_order():
    days = {COMPANY_DAY: "Company day", date(2026, 1, 2): "Inventory"}
    one = HolidayCalendar(days)
    other = HolidayCalendar(sorted(days.items()))
    one.in_year(2026)
    assert one == other
    assert hash(one) == hash(other)
    assert pickle.loads(pickle.dumps(one)) == one
    assert pickle.loads(pickle.dumps(one)).in_year(2026) == one.in_year(2026)
