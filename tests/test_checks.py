from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from attrs import field, frozen
from hypothesis import given
from hypothesis import strategies as st

from itsmkit._checks import aware, aware_instant, in_utc, is_a, named, utc
from itsmkit._problems import one
from itsmkit.errors import DefinitionError

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAIVE = NOON.replace(tzinfo=None)
ZONES = [
    UTC,
    ZoneInfo("UTC"),
    ZoneInfo("Europe/Berlin"),
    timezone(timedelta(hours=-5)),
    ZoneInfo("Asia/Kolkata"),
]


class Undecided(tzinfo):
    """A zone that does not tell its offset."""

    def utcoffset(self, dt: datetime | None) -> None:
        return None

    def dst(self, dt: datetime | None) -> None:
        return None

    def tzname(self, dt: datetime | None) -> None:
        return None


@frozen
class Thing:
    name: str = field(default="thing", validator=named)
    at: datetime = field(default=NOON, converter=in_utc, validator=aware_instant)


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_an_instant_with_a_zone_passes(zone: tzinfo) -> None:
    instant = NOON.astimezone(zone)
    assert aware(instant, "at") is instant
    assert utc(instant, "at") == NOON
    assert Thing(at=instant).at == NOON
    assert Thing(at=instant).at.tzinfo is UTC


WRONG = [
    pytest.param(
        NAIVE,
        "at has no time zone: 2026-03-02 12:00:00; attach one, for example "
        ".replace(tzinfo=ZoneInfo('Europe/Berlin'))",
        id="naive",
    ),
    pytest.param(NAIVE.replace(tzinfo=Undecided()), "at has no time zone: ", id="without an offset"),
    pytest.param(date(2026, 3, 2), "at must be a datetime, not date datetime.date(2026, 3, 2)", id="date"),
    pytest.param("now", "at must be a datetime, not str 'now'", id="text"),
    pytest.param(None, "at must be a datetime, not NoneType None", id="nothing"),
]


@pytest.mark.parametrize(("instant", "problem"), WRONG)
def test_what_is_no_instant_is_told_with_its_name(instant: object, problem: str) -> None:
    for check in (aware, utc):
        with pytest.raises(DefinitionError) as caught:
            check(instant, "at")
        assert str(caught.value).startswith(problem)


@pytest.mark.parametrize(("instant", "problem"), WRONG)
def test_a_field_that_is_no_instant_is_told_with_its_class(instant: datetime, problem: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        Thing(at=instant)
    assert str(caught.value).startswith(f"Thing.{problem}")


@pytest.mark.parametrize(
    "instant",
    [
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=1))),
    ],
    ids=["after", "before"],
)
def test_an_instant_outside_the_years_of_utc_is_refused(instant: datetime) -> None:
    with pytest.raises(DefinitionError, match="at lies outside the years 1 to 9999 in UTC"):
        utc(instant, "at")
    with pytest.raises(DefinitionError, match="an instant lies outside the years 1 to 9999 in UTC"):
        Thing(at=instant)


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.sampled_from(ZONES)),  # noqa: DTZ001
    st.timedeltas(timedelta(0), timedelta(days=1)),
)
def test_in_utc_adding_means_real_time(instant: datetime, wait: timedelta) -> None:
    offset = instant.utcoffset()
    assert offset is not None
    in_real_time = instant.replace(tzinfo=None) - offset + wait
    assert (utc(instant, "at") + wait).replace(tzinfo=None) == in_real_time


@pytest.mark.parametrize("name", ["a", "two words", "INC-1"])
def test_a_name_passes(name: str) -> None:
    assert Thing(name).name == name


@pytest.mark.parametrize("name", ["", " ", " a", "a\n", None, 7, b"a"])
def test_what_is_no_name_is_told(name: str) -> None:
    with pytest.raises(DefinitionError, match=r"Thing\.name must be a name without surrounding spaces, not"):
        Thing(name)


def test_a_value_is_of_one_of_some_kinds():
    assert is_a("text", bytes, str)
    assert not is_a(5, bytes, str)


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("Actor", "an Actor"),
        ("Incident", "an Incident"),
        ("UnknownItem", "an UnknownItem"),
        ("UUID", "a UUID"),
        ("Timer", "a Timer"),
    ],
)
def test_a_class_is_told_with_its_article(name: str, spoken: str) -> None:
    assert one(name) == spoken
