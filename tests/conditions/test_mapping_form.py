import json
import tomllib
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import (
    ALWAYS,
    MAX_DEPTH,
    MAX_SIZE,
    Condition,
    Not,
    at_least,
    condition_from,
    equals,
    greater,
    less,
    one_of,
    present,
    to_mapping,
    to_text,
)
from itsmkit.errors import DefinitionError


@given(data=st.data())
def test_a_condition_survives_its_mapping_and_json(
    data: st.DataObject, conditions: st.SearchStrategy[Condition]
):
    condition = data.draw(conditions)
    plain = to_mapping(condition)
    assert condition_from(plain) == condition
    assert condition_from(json.loads(json.dumps(plain))) == condition
    assert to_mapping(condition_from(plain)) == plain


@pytest.mark.parametrize(
    ("document", "condition"),
    [
        ({"field": "state", "equals": "Active"}, equals("state", "Active")),
        ({"field": "category", "one_of": ["pending"]}, one_of("category", "pending")),
        ({"field": "n", "at_least": 3}, at_least("n", 3)),
        ({"field": "assignee", "present": True}, present("assignee")),
        ({"field": "assignee", "present": False}, ~present("assignee")),
        ({"all": []}, ALWAYS),
        ({"not": {"field": "n", "less": 0.5}}, Not(less("n", 0.5))),
        ({"field": "left", "less": {"hours": 1, "minutes": -30}}, less("left", timedelta(minutes=30))),
        ({"field": "code", "at_least": {"text": "1h"}}, at_least("code", "1h")),
        ({"field": "code", "equals": "1h"}, equals("code", "1h")),
        ({"field": "code", "at_least": "1h later"}, at_least("code", "1h later")),
        ({"field": "cost", "greater": {"decimal": "0.10"}}, greater("cost", Decimal("0.10"))),
        (
            {"field": "at", "less": {"instant": "2026-03-29T03:30:00+02:00"}},
            less("at", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ),
    ],
    ids=str,
)
def test_each_form_is_read(document, condition):
    assert condition_from(document) == condition


@pytest.mark.parametrize("operator", ["less", "at_most", "at_least", "greater"])
@pytest.mark.parametrize(
    ("text", "units"),
    [("1h", "{hours = 1}"), ("-90min", "{hours = -1, minutes = -30}"), ("0.5s", "{microseconds = 500000}")],
)
def test_a_text_like_a_duration_has_no_order_of_time(operator: str, text: str, units: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        condition_from({"all": [{"field": "waited", operator: text}]})
    assert refused.value.problems == (
        f"all[0].{operator}: {text!r} is a text here, and no duration; write {units}, or {{text = {text!r}}}",
    )


@given(st.sampled_from([at_least, greater, less]), st.sampled_from(["1h", "0s", "-8h", "8 h", "1d", "9", ""]))
def test_a_text_that_is_ordered_survives_its_mapping(make, text: str) -> None:
    condition = make("code", text)
    assert condition_from(json.loads(json.dumps(to_mapping(condition)))) == condition


@pytest.mark.parametrize(
    ("duration", "plain"),
    [
        (timedelta(), {"seconds": 0}),
        (timedelta(days=2), {"hours": 48}),
        (-timedelta(hours=1, seconds=5), {"hours": -1, "seconds": -5}),
        (timedelta(microseconds=1), {"microseconds": 1}),
        (timedelta(minutes=90), {"hours": 1, "minutes": 30}),
    ],
    ids=str,
)
def test_durations_are_written_in_units(duration, plain):
    assert to_mapping(equals("left", duration)) == {"field": "left", "equals": plain}


@pytest.mark.parametrize("duration", [timedelta.min, timedelta.max], ids=str)
def test_the_longest_durations_survive(duration):
    assert condition_from(to_mapping(equals("left", duration))) == equals("left", duration)


def test_toml_is_read_as_it_is_written():
    document = tomllib.loads("""
        all = [
            { field = "at", at_least = 2026-03-29T03:30:00+02:00 },
            { not = { field = "waited", greater = { hours = 8 } } },
        ]
    """)
    at = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert condition_from(document) == at_least("at", at) & ~greater("waited", timedelta(hours=8))


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        pytest.param([], ["condition: must be a mapping or a text, not list []"], id="no mapping"),
        pytest.param({}, ["condition: has no field", "condition: needs exactly one of"], id="empty"),
        pytest.param(
            {"field": "a", "equal": 1}, ["condition: unknown key 'equal'; known: field"], id="misspelt"
        ),
        pytest.param({"field": "a", "less": 1, "greater": 2}, ["found less and greater"], id="two tests"),
        pytest.param({"field": "a"}, ["one_of, present; found none"], id="no test"),
        pytest.param({"field": 3, "equals": 1}, ["field: must be the name of a fact, not int 3"], id="field"),
        pytest.param({"equals": "x"}, ["condition: has no field"], id="no field"),
        pytest.param({"field": "a", "equals": None}, ["equals: the value must be text"], id="None"),
        pytest.param({"field": "a", "less": True}, ["less: True has no order"], id="order of truth"),
        pytest.param(
            {"field": "a", "present": 1}, ["present: must be true or false, not int 1"], id="present"
        ),
        pytest.param(
            {"field": "a", "one_of": []}, ["one_of: must be a list of at least one"], id="one of none"
        ),
        pytest.param({"field": "a", "one_of": "bc"}, ["one_of: must be a list"], id="one of text"),
        pytest.param(
            {"field": "a", "one_of": [1, None, [2]]},
            ["one_of[1]: the value must", "one_of[2]: the value must"],
            id="some of one_of",
        ),
        pytest.param({"field": "a", "one_of": [None]}, ["one_of[0]: the value must"], id="all of one_of"),
        pytest.param({"all": {}}, ["all: must be a list of conditions, not dict {}"], id="all"),
        pytest.param(
            {"any": [], "not": {}, "field": "a"},
            ["condition: unknown key 'not'; known: any", "condition: unknown key 'field'; known: any"],
            id="two forms at once",
        ),
        pytest.param(
            {"all": [{"any": []}, {"not": {"field": "", "equals": 1}}, {"any": [3]}]},
            ["all[1].not.field: must be the name", "all[2].any[0]: must be a mapping or a text, not int 3"],
            id="all problems and their paths",
        ),
        *(
            pytest.param({"field": "a", "equals": value}, ["equals: cannot read"], id=str(value))
            for value in (
                {},
                {"decimal": "one"},
                {"decimal": 1.5},
                {"decimal": "1", "hours": 1},
                {"instant": "yesterday"},
                {"days": 1},
                {"hours": 1.5},
                {"hours": True},
                {"hours": 10**30},
            )
        ),
        pytest.param({"field": "a", "equals": {"decimal": "NaN"}}, ["equals: the value must"], id="NaN"),
        pytest.param(
            {"field": "a", "equals": {"instant": "2026-01-01T00:00"}},
            ["equals: the value has no time zone"],
            id="naive",
        ),
    ],
)
def test_a_refusal_lists_all_problems_with_their_paths(document, problems):
    with pytest.raises(DefinitionError) as caught:
        condition_from(document)
    assert len(caught.value.problems) == len(problems)
    for found, expected in zip(caught.value.problems, problems, strict=True):
        assert expected in found


def test_paths_start_where_the_document_stands():
    with pytest.raises(DefinitionError) as caught:
        condition_from({"all": [{}, 3]}, where="guards[0].when")
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        "guards[0].when.all[0]",
        "guards[0].when.all[0]",
        "guards[0].when.all[1]",
    ]
    with pytest.raises(DefinitionError, match=r"^guards\[0\]\.when: must be a mapping or a text, not int"):
        condition_from(3, where="guards[0].when")


@given(data=st.data())
def test_a_text_stands_wherever_a_condition_does(
    data: st.DataObject, conditions: st.SearchStrategy[Condition]
):
    condition = data.draw(conditions)

    def partly_text(document: object) -> object:
        if data.draw(st.booleans()):
            return to_text(condition_from(document))
        match document:
            case {"all": parts} | {"any": parts}:
                return {key: [partly_text(part) for part in parts] for key in document}
            case {"not": part}:
                return {"not": partly_text(part)}
        return document

    assert condition_from(partly_text(to_mapping(condition))) == condition


def test_problems_in_texts_keep_their_paths():
    with pytest.raises(DefinitionError) as caught:
        condition_from({"all": ["a = 2d and b > true", {"not": "a"}]}, where="guards[0].when")
    assert caught.value.problems == (
        "guards[0].when.all[0]: column 5: 2d has days, which could be working days; write hours, such as 48h",
        "guards[0].when.all[0]: column 16: true and false have no order; compare them by = or !=",
        (
            "guards[0].when.all[1].not: column 2: "
            "expected '=', '!=', '<', '<=', '>', '>=', 'in' or 'is', found the end"
        ),
    )


def test_depth_and_size_are_bounded_together_with_texts():
    deep = "not " * (MAX_DEPTH - 2) + "a = 1"
    assert condition_from({"not": deep}).depth == MAX_DEPTH
    with pytest.raises(DefinitionError, match=r"^not\.not: nested too deeply; 100 is the most"):
        condition_from({"not": {"not": deep}})

    large = " or ".join(["a = 1"] * (MAX_SIZE // 2 - 1))
    assert condition_from({"all": [large, large[8:]]}).size == MAX_SIZE
    with pytest.raises(DefinitionError) as caught:
        condition_from({"all": [large, large, "never", "nonsense"]})
    assert caught.value.problems == ("all[1]: one condition too many; 10,000 are the most",)
    with pytest.raises(DefinitionError, match=r"^all\[2\]: one condition too many"):
        condition_from({"all": [large, large[8:], "nonsense"]})


def test_depth_and_size_count_what_present_negates():
    absent = {"field": "a", "present": False}
    assert condition_from({"all": [absent] * 4_999}).size == 9_999
    with pytest.raises(DefinitionError, match=r"^all\[4999\]\.present: one condition too many"):
        condition_from({"all": [absent] * 5_000})
    document: dict[str, object] = absent
    for _ in range(MAX_DEPTH - 2):
        document = {"not": document}
    assert condition_from(document).depth == MAX_DEPTH
    with pytest.raises(DefinitionError, match="nested too deeply"):
        condition_from({"not": document})


def test_depth_is_bounded():
    document: dict[str, object] = to_mapping(present("a"))
    for _ in range(MAX_DEPTH - 1):
        document = {"not": document}
    assert condition_from(document).depth == MAX_DEPTH
    with pytest.raises(DefinitionError, match="nested too deeply; 100 is the most"):
        condition_from({"not": document})


def test_a_mapping_that_contains_itself_is_refused():
    document: dict[str, list[object]] = {"all": []}
    document["all"] += [document, document]
    with pytest.raises(DefinitionError, match="10,000 are the most"):
        condition_from(document)


def test_size_is_bounded():
    part = to_mapping(present("a"))
    assert condition_from({"all": [part] * (MAX_SIZE - 1)}).size == MAX_SIZE
    with pytest.raises(DefinitionError, match="one condition too many; 10,000 are the most"):
        condition_from({"all": [part] * (MAX_SIZE + 5)})


def test_only_conditions_have_a_mapping():
    with pytest.raises(TypeError, match="not a condition of this language: dict"):
        to_mapping({})


def test_a_number_with_too_many_digits_is_told_too():
    with pytest.raises(DefinitionError, match="int with too many digits to be shown"):
        condition_from({"not": 16**5000})
