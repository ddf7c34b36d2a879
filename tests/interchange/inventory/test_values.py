from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import FactKind
from itsmkit.errors import DefinitionError
from itsmkit.interchange.inventory._values import (
    collection_of,
    instant_of,
    is_nothing,
    mac_of,
    number_of,
    text_of,
    truth_of,
    value_of,
)
from itsmkit.interchange.inventory._zones import zone_of

BERLIN = ZoneInfo("Europe/Berlin")
EAST = timezone(timedelta(hours=5, minutes=30))


@pytest.mark.parametrize("value", [None, "", "  ", [], {}, ()])
def test_some_values_say_nothing(value):
    assert is_nothing(value)


@pytest.mark.parametrize("value", [0, False, "0", [None], 0.0])
def test_others_say_something(value):
    assert not is_nothing(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [(" a ", "a"), (5, "5"), (5.0, "5"), (5.5, "5.5"), (1e300, "1e+300"), (True, "true"), (False, "false"),
     (Decimal("1.50"), "1.50")],
)  # fmt: skip
def test_values_read_as_text(value, text):
    assert text_of(value) == text


@pytest.mark.parametrize("value", [[1], {"a": 1}, None, "a\0b", "\x1b[0m"])
def test_what_is_no_text_is_refused(value):
    with pytest.raises(ValueError, match="must be text"):
        text_of(value)


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.decimals(-(10**9), 10**9))
def test_numbers_read_back_from_how_they_are_written(number):
    found = number_of(str(number))
    assert found == (number if isinstance(number, int) else float(number))
    assert number_of(number) == found
    assert isinstance(found, int) or not found.is_integer() or abs(found) >= 1e15


@pytest.mark.parametrize(
    "value", ["", "abc", "1,5", "1e9999", True, None, float("nan"), float("inf"), "٣", "9" * 500]
)
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="must be a number"):
        number_of(value)


@pytest.mark.parametrize(
    ("value", "truth"), [("Yes", True), (" 0 ", False), (1, True), (True, True), ("off", False)]
)
def test_truths_are_read(value, truth):
    assert truth_of(value) is truth


@pytest.mark.parametrize("value", ["maybe", 2, None, 1.0])
def test_what_is_no_truth_is_refused(value):
    with pytest.raises(ValueError, match="must be true or false"):
        truth_of(value)


@given(st.datetimes(datetime(1970, 1, 2), datetime(2199, 1, 1), timezones=st.sampled_from([UTC, EAST])))  # noqa: DTZ001
def test_instants_read_back_from_how_they_are_written(instant):
    instant = instant.replace(microsecond=0)
    assert instant_of(instant.isoformat()) == instant
    assert instant_of(instant) == instant
    assert instant_of(int(instant.timestamp())) == instant


@pytest.mark.parametrize(
    ("value", "options", "instant"),
    [
        pytest.param("2026-07-01", {}, datetime(2026, 6, 30, 22, tzinfo=UTC), id="a date"),
        pytest.param("2026-07-01 12:00:00", {}, datetime(2026, 7, 1, 10, tzinfo=UTC), id="a space"),
        pytest.param("2026/07/01 12:00:00", {}, datetime(2026, 7, 1, 10, tzinfo=UTC), id="slashes"),
        pytest.param("2026-07-01 12:00:00 UTC", {}, datetime(2026, 7, 1, 12, tzinfo=UTC), id="a zone's name"),
        pytest.param(
            "1.7.26", {"time_format": "%d.%m.%y"}, datetime(2026, 6, 30, 22, tzinfo=UTC), id="as told"
        ),
    ],
)  # fmt: skip
def test_instants_are_read_however_they_are_spelled(value, options, instant):
    assert instant_of(value, BERLIN, **options) == instant


@pytest.mark.parametrize(
    "value", ["", "soon", "2026-13-01", None, True, 0, -5, 10**15, "0001-01-01", [], float("nan")]
)
def test_what_is_no_instant_is_refused(value):
    with pytest.raises(ValueError, match="must be a date and time such as 2026"):
        instant_of(value, BERLIN)
    with pytest.raises(ValueError, match="written as '%d.%m.%y'" if isinstance(value, str) else "must be"):
        instant_of(value, BERLIN, time_format="%d.%m.%y")


def test_collections_are_parted_and_have_each_text_once():
    assert collection_of(" a; b ;;a", ";") == ("a", "b")
    assert collection_of("a;b") == ("a;b",)
    assert collection_of([1, None, "1", " x "]) == ("1", "x")
    assert collection_of(5) == ("5",)
    with pytest.raises(ValueError, match="must be text"):
        collection_of([{}, {"a": 1}])


@pytest.mark.parametrize(
    ("value", "mac"),
    [
        ("00-1A-2b-3C-4D-5E", "00:1a:2b:3c:4d:5e"), ("001a.2b3c.4d5e", "00:1a:2b:3c:4d:5e"),
        ("00:00:00:00:00:00", None), ("ff:ff:ff:ff:ff:ff", None), ("00:1a", None),
        ("zz:1a:2b:3c:4d:5e", None),
        (5, None), (None, None),
    ],
)  # fmt: skip
def test_hardware_addresses_have_one_spelling(value, mac):
    assert mac_of(value) == mac


@pytest.mark.parametrize(
    ("value", "kind", "found"),
    [
        (5, FactKind.TEXT, "5"),
        ("5", FactKind.NUMBER, 5),
        ("yes", FactKind.TRUTH, True),
        ("a", FactKind.COLLECTION, ("a",)),
        ("2h", FactKind.DURATION, timedelta(hours=2)),
        ("2026-07-01", FactKind.INSTANT, datetime(2026, 7, 1, tzinfo=UTC)),
    ],
)
def test_values_are_read_as_their_kind(value, kind, found):
    assert value_of(value, kind) == found


def test_a_zone_is_found_by_its_name():
    assert zone_of("Europe/Berlin") == BERLIN
    for name in ("Europe/Nowhere", "Europe", "", "../x", 5):
        with pytest.raises(DefinitionError, match="is no zone; Europe/Berlin, for example"):
            zone_of(name)
