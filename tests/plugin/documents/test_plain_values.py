"""What stands among details and attributes, as plain data."""

from collections import OrderedDict
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from itsmkit._frozen import FrozenDict
from itsmkit.cmdb import Provenance
from itsmkit.errors import DefinitionError
from itsmkit.money import Money
from itsmkit.plugin.documents import from_document, to_document
from itsmkit.tickets import DetailsChanged

BERLIN = ZoneInfo("Europe/Berlin")


def written(value: object) -> Any:
    return to_document(DetailsChanged({"it": value}))["changes"]["it"]


def read(plain: object) -> Any:
    document = {"type": "ticket.details-changed", "schema": 1, "changes": {"it": plain}}
    return from_document(document).changes["it"]


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        pytest.param(None, None, id="None"),
        pytest.param(True, True, id="a boolean"),
        pytest.param("text", "text", id="text"),
        pytest.param(2**53 - 1, 2**53 - 1, id="the largest whole number that every reader has"),
        pytest.param(2**53, {"$int": "9007199254740992"}, id="a larger one"),
        pytest.param(-(2**53), {"$int": "-9007199254740992"}, id="a smaller one"),
        pytest.param(1.0, {"$float": "1.0"}, id="a whole float"),
        pytest.param(-0.0, {"$float": "-0.0"}, id="minus zero"),
        pytest.param(float("inf"), {"$float": "inf"}, id="infinity"),
        pytest.param(Decimal("1.50"), {"$decimal": "1.50"}, id="a decimal with a trailing zero"),
        pytest.param(Decimal("1E+3"), {"$decimal": "1E+3"}, id="a decimal with an exponent"),
        pytest.param(Fraction(4, 6), {"$fraction": "2/3"}, id="a fraction"),
        pytest.param(date(2026, 3, 29), {"$date": "2026-03-29"}, id="a date"),
        pytest.param(time(9, 30), {"$time": "09:30:00"}, id="a time of day"),
        pytest.param(time(9, tzinfo=UTC), {"$time": "09:00:00+00:00"}, id="a time of day in UTC"),
        pytest.param(
            timedelta(days=-1, microseconds=1), {"$duration": "-23h59min59.999999s"}, id="a duration"
        ),
        pytest.param(
            datetime(2026, 3, 29, 9, 0, 0, 1, UTC),
            {"$datetime": "2026-03-29T09:00:00.000001Z"},
            id="an instant",
        ),
        pytest.param(
            datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN),
            {"$datetime": ["2026-10-25T02:30:00.000000", "Europe/Berlin", 1]},
            id="the second of two hours",
        ),
        pytest.param(
            datetime(2026, 3, 29, 9),  # noqa: DTZ001
            {"$datetime": "2026-03-29T09:00:00.000000"},
            id="a wall clock somewhere",
        ),
        pytest.param(
            datetime(2026, 3, 29, 9, fold=1),  # noqa: DTZ001
            {"$datetime": ["2026-03-29T09:00:00.000000", None, 1]},
            id="the second time that it shows this",
        ),
        pytest.param(UUID(int=1), {"$uuid": "00000000-0000-0000-0000-000000000001"}, id="a UUID"),
        pytest.param(b"\xff\xfe", {"$bytes": "//4="}, id="bytes"),
        pytest.param(Money("1234.50", "EUR"), {"$money": "1234.50 EUR"}, id="money"),
        pytest.param(Provenance.ASSUMED, {"$provenance": "assumed"}, id="a member of an enumeration"),
        pytest.param((1, ()), [1, []], id="a tuple"),
        pytest.param([1, []], {"$list": [1, {"$list": []}]}, id="a list"),
        pytest.param({"b", "a"}, {"$set": ["a", "b"]}, id="a set"),
        pytest.param(frozenset({(2,), "a"}), {"$frozenset": ["a", [2]]}, id="a frozenset"),
        pytest.param(FrozenDict({"a": 1}), {"a": 1}, id="a read-only mapping"),
        pytest.param({"a": 1}, {"$dict": {"a": 1}}, id="a mapping"),
        pytest.param(
            FrozenDict({"$list": []}), {"$pairs": [["$list", {"$list": []}]]}, id="the name of a tag"
        ),
        pytest.param(
            {2: "b", 1: "a"}, {"$dict": {"$pairs": [[1, "a"], [2, "b"]]}}, id="names that are no text"
        ),
    ],
)
def test_a_value_has_one_plain_form(value: object, plain: object) -> None:
    assert written(value) == plain
    back = read(plain)
    assert back == value
    assert written(back) == plain
    assert type(back) is type(value)


def test_no_number_comes_back_as_none() -> None:
    assert written(float("nan")) == {"$float": "nan"}
    assert repr(read({"$float": "nan"})) == "nan"


def test_an_instant_at_an_offset_is_kept_in_utc() -> None:
    instant = datetime(2026, 3, 29, 9, tzinfo=timezone(timedelta(hours=2)))
    assert written(instant) == {"$datetime": "2026-03-29T07:00:00.000000Z"}
    assert read(written(instant)) == instant


@pytest.mark.parametrize(
    "mapping", [MappingProxyType({"a": 1}), OrderedDict(a=1)], ids=["a view", "an ordered one"]
)
def test_other_mappings_come_back_as_read_only_ones(mapping: Any) -> None:
    assert written(mapping) == {"a": 1}
    assert read({"a": 1}) == mapping


def test_the_order_of_sets_and_mappings_makes_no_difference() -> None:
    names = [f"name {number}" for number in range(50)]
    assert written(frozenset(names)) == written(frozenset(reversed(names)))
    pairs = [(number, "x") for number in range(20)]
    assert written(dict(pairs)) == written(dict(reversed(pairs)))


class Named(StrEnum):
    HERE = "here"


class Pair(NamedTuple):
    a: int
    b: int


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        pytest.param(object(), "changes.it: has no plain form: object <object", id="an object"),
        pytest.param(
            Named.HERE, "changes.it: has no plain form: Named <Named.HERE: 'here'>", id="another enumeration"
        ),
        pytest.param(Pair(1, 2), "changes.it: has no plain form: Pair Pair(a=1, b=2)", id="a named tuple"),
        pytest.param([(0, 3j)], "changes.it[0][1]: has no plain form: complex 3j", id="deep inside"),
        pytest.param(
            {1: {"a": 3j}},
            "changes.it['1'].a: has no plain form: complex 3j",
            id="under a name that is no text",
        ),
        pytest.param(
            time(9, tzinfo=BERLIN), "changes.it: must be a time of day without a zone", id="a zoned time"
        ),
        pytest.param(10**5000, "changes.it: has no plain form: int with too many digits", id="a huge number"),
        pytest.param(
            datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
            "changes.it: lies outside",
            id="before all time",
        ),
        pytest.param({"\ud800"}, None, id="text that UTF-8 cannot hold, alone in a set"),
        pytest.param(
            {"\ud800", "a"}, "changes.it: must be text that UTF-8 can hold", id="the same, to be sorted"
        ),
    ],
)
def test_what_has_no_plain_form_is_refused(value: object, sentence: str | None) -> None:
    sentence = sentence or "changes.it: must be text that UTF-8 can hold"
    with pytest.raises(DefinitionError) as refused:
        written(value)
    assert refused.value.problems[0].startswith(f"ticket.details-changed: {sentence}")


@pytest.mark.parametrize(
    ("plain", "sentence"),
    [
        pytest.param(1.0, ": must be text, a whole number, true", id="a bare float"),
        pytest.param(2**53, ': must be written as {"$int": "9007199254740992"}', id="a bare large number"),
        pytest.param({"$int": "7"}, ".$int: is no int: str '7'", id="a small number as a large one"),
        pytest.param({"$int": 2**60}, ".$int: is no int: int 1152921504606846976", id="a number in a tag"),
        pytest.param(
            {"$int": "9_007_199_254_740_993"}, ".$int: must be str '9007199254740993', not", id="underscores"
        ),
        pytest.param(
            {"$float": "1"}, ".$float: must be str '1.0', not str '1'", id="a float without a point"
        ),
        pytest.param({"$float": True}, ".$float: is no float: bool True", id="a float that is none"),
        pytest.param({"$decimal": "one"}, ".$decimal: is no Decimal: str 'one'", id="no decimal"),
        pytest.param({"$decimal": 1}, ".$decimal: is no Decimal: int 1", id="a decimal that is no text"),
        pytest.param(
            {"$fraction": "1/0"}, ".$fraction: is no Fraction: str '1/0'", id="nothing divided by zero"
        ),
        pytest.param({"$fraction": "1e999999999"}, ".$fraction: is no Fraction", id="too long a number"),
        pytest.param(
            {"$fraction": "2/4"}, ".$fraction: must be str '1/2', not str '2/4'", id="a longer fraction"
        ),
        pytest.param({"$date": "2026-02-30"}, ".$date: is no date", id="no such date"),
        pytest.param({"$date": 20260230}, ".$date: is no date", id="a date as a number"),
        pytest.param({"$time": "24:00"}, ".$time: is no time", id="no time of day"),
        pytest.param({"$duration": "soon"}, ".$duration: is no timedelta", id="no duration"),
        pytest.param(
            {"$duration": "60min"}, ".$duration: must be str '1h', not str '60min'", id="a longer duration"
        ),
        pytest.param(
            {"$datetime": "2026-03-29T09:00Z"}, ".$datetime: must be str '2026-", id="a shorter instant"
        ),
        pytest.param(
            {"$datetime": ["2026-03-29T09:00:00.000000", "Nowhere", 0]},
            ".$datetime: is no datetime",
            id="no zone",
        ),
        pytest.param(
            {"$datetime": ["2026-03-29T09:00:00.000000", None, 0]},
            ".$datetime: must be str '2026",
            id="no need",
        ),
        pytest.param(
            {"$datetime": ["2026-03-29T09:00:00.000000"]}, ".$datetime: is no datetime", id="a part"
        ),
        pytest.param({"$uuid": "1"}, ".$uuid: is no UUID", id="no UUID"),
        pytest.param({"$uuid": 1}, ".$uuid: is no UUID", id="a UUID as a number"),
        pytest.param({"$bytes": "é"}, ".$bytes: is no bytes", id="no bytes"),
        pytest.param({"$money": "1,50 EUR"}, ".$money: is no Money", id="no money"),
        pytest.param({"$provenance": "rumour"}, ".$provenance: is no Provenance", id="no member"),
        pytest.param({"$list": {}}, ".$list: must be a list, not dict {}", id="a list that is none"),
        pytest.param({"$set": [1, 1]}, ".$set: a value stands there more than once", id="a value twice"),
        pytest.param(
            {"$set": [{"$list": []}]}, ".$set: must be of values that cannot change", id="a list in a set"
        ),
        pytest.param({"$frozenset": [1.5, {}, 2.5]}, ".$frozenset[0]: must be text", id="a set with floats"),
        pytest.param({"$dict": []}, ".$dict: must be a mapping, not list []", id="a mapping that is none"),
        pytest.param(
            {"$dict": {"$x": 1}}, ".$dict.$x: is no kind of value", id="an unknown tag in a mapping"
        ),
        pytest.param({"$pairs": [[1]]}, ".$pairs[0]: must be a list of a name and a value", id="half a pair"),
        pytest.param({"$pairs": [7]}, ".$pairs[0]: must be a list of a name and a value", id="no pair"),
        pytest.param(
            {"$pairs": [[1, 2], [1, 3]]}, ".$pairs: a name stands there more than once", id="a name twice"
        ),
        pytest.param(
            {"$pairs": [[{"$list": []}, 2]]},
            ".$pairs: must have names that cannot change",
            id="a list as a name",
        ),
        pytest.param(
            {"$mony": 1}, ".$mony: is no kind of value; did you mean '$money'?", id="an unknown tag"
        ),
        pytest.param({"$int": "1", "b": 2}, ".$int: is no kind of value", id="a tag beside other names"),
        pytest.param({1: 2}, ": the name of a value must be text, not int 1", id="a name that is no text"),
    ],
)
def test_damaged_values_are_refused(plain: object, sentence: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        read(plain)
    assert refused.value.problems[0].startswith(f"ticket.details-changed: changes.it{sentence}")
