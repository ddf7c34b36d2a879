from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    FactKind,
    FactSchema,
    FactType,
    Membership,
    Not,
    Presence,
    Scalar,
    check_types,
    compile_condition,
    equals,
    fact_problems,
    holds,
    not_equals,
    parse_condition,
    to_mapping,
    type_problems,
)
from itsmkit.errors import DefinitionError

SCHEMA = FactSchema(
    {
        "priority": FactType("text", choices=["P1", "P2", "P3"], optional=False),
        "title": FactType("text"),
        "vip": FactType("truth"),
        "impact": FactType("number", choices=[1, 2, 3]),
        "opened_at": FactType("instant", optional=False),
        "waited": FactType("duration"),
        "labels": FactType("collection"),
        "sites": FactType("collection", optional=False),
        "due date": FactType("instant"),
    }
)
COMPLETE = {"priority": "P1", "opened_at": datetime(2026, 5, 4, tzinfo=UTC), "sites": ("Essen",)}


@pytest.mark.parametrize(
    "text",
    [
        'priority = "P1" and priority in ["P2", "P3"] or priority is missing',
        'title > "a" and title = "anything"',
        "vip = true or vip != false",
        "impact >= 2.5 and impact = 2.0 and impact != decimal 3.0 and impact < 7",
        "opened_at < 2026-01-01T00:00:00Z and `due date` is present",
        "not waited > 8h",
        "labels is present",
        "always or never",
    ],
)
def test_what_can_be_meant_has_no_problems(text: str) -> None:
    assert type_problems(parse_condition(text), SCHEMA) == ()
    check_types(parse_condition(text), SCHEMA)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("prioriti is present", "field: there is no fact 'prioriti'; did you mean priority?"),
        ("xyz = 1", "field: there is no fact 'xyz'"),
        ("`duedate` is present", "field: there is no fact 'duedate'; did you mean `due date`?"),
        ("priority = 1", "equals: must be text, as priority is, not the number 1"),
        ("`due date` < 8h", "less: must be an instant, as `due date` is, not the duration 8h"),
        ("vip = 'yes'", 'equals: must be true or false, as vip is, not the text "yes"'),
        ("impact = true", "equals: must be a number, as impact is, not true"),
        ("waited > 8", "greater: must be a duration, as waited is, not the number 8"),
        (
            "title in ['a', 3, 2026-01-01T00:00:00Z]",
            "one_of[1]: must be text, as title is, not the number 3",
        ),
        ("priority > 'P2'", "greater: the choices of priority have no order; list those that are meant"),
        (
            "priority = 'P9'",
            'equals: must be one of "P1", "P2", "P3", as priority is, not the text "P9"',
        ),
        ("impact != 4", "not_equals: must be one of 1, 2, 3, as impact is, not the number 4"),
        (
            "labels = 'a'",
            "equals: labels is a collection, which compares with nothing; ask whether it is pre",
        ),
        (
            "vip = true and (never or not prioriti is present)",
            "all[1].any[1].not.field: there is no fact 'prioriti'; did you mean priority?",
        ),
    ],
)
def test_what_cannot_be_meant_is_a_problem_with_its_path(text: str, problem: str) -> None:
    first, *_ = type_problems(parse_condition(text), SCHEMA)
    assert first.startswith(problem)


def test_all_problems_are_listed_at_once() -> None:
    condition = parse_condition("not title in [1, 'a', true] and (vip = 3 or x = 1)")
    with pytest.raises(DefinitionError) as caught:
        check_types(condition, SCHEMA, where="guards[0].when")
    assert [problem.partition(": ")[0] for problem in caught.value.problems] == [
        "guards[0].when.all[0].not.one_of[0]",
        "guards[0].when.all[0].not.one_of[2]",
        "guards[0].when.all[1].any[0].equals",
        "guards[0].when.all[1].any[1].field",
    ]


def test_only_conditions_are_checked() -> None:
    with pytest.raises(TypeError, match="not a condition of this language: str 'a = 1'"):
        type_problems("a = 1", SCHEMA)  # type: ignore[arg-type]


def asked_in(condition: Condition) -> Iterator[Comparison | Membership | Presence]:
    match condition:
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            for part in parts:
                yield from asked_in(part)
        case Not(condition=part):
            yield from asked_in(part)
        case Comparison() | Membership() | Presence():
            yield condition


def kind(value: object) -> str:
    """Independently of the code: the kind of a value."""
    for kinds, name in (
        (bool, "truth"),
        (str, "text"),
        ((int, float, Decimal), "number"),
        (timedelta, "duration"),
    ):
        if isinstance(value, kinds):
            return name
    return "instant" if isinstance(value, datetime) else "collection"


def literals(test: Comparison | Membership | Presence) -> tuple[Scalar, ...]:
    match test:
        case Comparison(value=value):
            return (value,)
        case Membership(values=values):
            return values
    return ()


@given(data=st.data())
def test_what_is_accepted_compares_only_what_is_of_one_kind(
    data: st.DataObject,
    schemas: st.SearchStrategy[FactSchema],
    conforming_facts,
    nearly_typed,
) -> None:
    schema = data.draw(schemas)
    condition = data.draw(nearly_typed(schema))
    facts = data.draw(conforming_facts(schema))
    assert fact_problems(facts, schema) == ()
    answer = holds(condition, facts)
    assert compile_condition(condition)(facts) is answer
    if type_problems(condition, schema):
        return
    for test in asked_in(condition):
        assert test.field in schema.types
        fact = facts.get(test.field)
        for value in literals(test):
            assert fact is None or kind(fact) == kind(value)
            if not schema.types[test.field].optional:  # then one of the two is true: nothing is left out
                same, other = equals(test.field, value), not_equals(test.field, value)
                assert holds(same, facts) != holds(other, facts)


def faults(document: dict, schema: FactSchema, path: str) -> Iterator[str]:
    """Independently of the code: the paths of what is wrong in the mapping form."""
    ((key, content),) = ((key, content) for key, content in document.items() if key != "field")
    dot = f"{path}." if path else ""
    if key == "not":
        yield from faults(content, schema, f"{dot}not")
    elif key in ("all", "any"):
        for index, part in enumerate(content):
            yield from faults(part, schema, f"{dot}{key}[{index}]")
    elif document["field"] not in schema.types:
        yield f"{dot}field"
    elif key == "one_of":
        for index, value in enumerate(content):
            if is_fault(value, "equals", schema.types[document["field"]]):
                yield f"{dot}one_of[{index}]"
    elif key != "present" and is_fault(content, key, schema.types[document["field"]]):
        yield f"{dot}{key}"


def is_fault(plain: object, key: str, found: FactType) -> bool:
    if isinstance(plain, dict):
        (unit, *_) = plain
        value_kind = {"decimal": "number", "instant": "instant"}.get(unit, "duration")
    else:
        value_kind = kind(plain)
    if value_kind != found.kind.value:
        return True
    if key not in ("equals", "not_equals"):
        return found.kind.value == "text" and found.choices is not None
    return found.choices is not None and not found.has_choice(
        Decimal(plain["decimal"]) if isinstance(plain, dict) and "decimal" in plain else plain
    )


@given(data=st.data())
def test_what_is_refused_is_wrong_and_what_is_wrong_is_refused(
    data: st.DataObject, schemas: st.SearchStrategy[FactSchema], nearly_typed
) -> None:
    schema = data.draw(schemas.filter(only_simple_choices))
    condition = data.draw(nearly_typed(schema))
    found = [problem.partition(": ")[0] for problem in type_problems(condition, schema)]
    assert found == list(faults(to_mapping(condition), schema, ""))


def only_simple_choices(schema: FactSchema) -> bool:
    """Leave out choices whose plain form is not the value itself."""
    return all(
        found.choices is None or found.kind.value in ("text", "number") for found in schema.types.values()
    )


@pytest.mark.parametrize(
    ("facts", "problems"),
    [
        pytest.param({}, (), id="complete"),
        pytest.param({"priority": None}, ("priority: is missing",), id="None"),
        pytest.param({"priority": " "}, ("priority: is missing",), id="blank"),
        pytest.param({"sites": ()}, ("sites: is missing",), id="empty"),
        pytest.param({"title": " ", "labels": [], "impact": None}, (), id="no value where none is needed"),
        pytest.param(
            {"vip": ""}, ('vip: must be true or false, not the text ""',), id="blank of another kind"
        ),
        pytest.param(
            {"priority": "P9"}, ('priority: must be one of "P1", "P2", "P3", not the text "P9"',), id="choice"
        ),
        pytest.param(
            {"impact": 2.0, "title": "x", "waited": timedelta(1), "labels": {"a"}}, (), id="all right"
        ),
        pytest.param({"impact": "2"}, ('impact: must be a number, not the text "2"',), id="kind"),
        pytest.param({"impact": True}, ("impact: must be a number, not true",), id="truth is no number"),
        pytest.param({"impact": float("nan")}, ("impact: must be a number, not no number (NaN)",), id="NaN"),
        pytest.param(
            {"opened_at": datetime(2026, 1, 1)},  # noqa: DTZ001 - under test
            ("opened_at: must be an instant, not a datetime without a zone",),
            id="naive",
        ),
        pytest.param(
            {"opened_at": date(2026, 1, 1)},
            ("opened_at: must be an instant, not a value of type date",),
            id="date",
        ),
        pytest.param({"labels": "a"}, ('labels: must be a collection, not the text "a"',), id="text of one"),
        pytest.param(
            {"xyz": None, "prioriti": 1},
            ("xyz: there is no such fact", "prioriti: there is no such fact; did you mean priority?"),
            id="unknown",
        ),
    ],
)
def test_facts_that_depart_from_the_schema(facts: dict[str, object], problems: tuple[str, ...]) -> None:
    assert fact_problems({**COMPLETE, **facts}, SCHEMA) == problems


def test_departures_are_listed_with_where_the_facts_stand() -> None:
    assert fact_problems({"vip": 1, "x": 1}, SCHEMA, where="form") == (
        "form.priority: is missing",
        "form.vip: must be true or false, not the number 1",
        "form.opened_at: is missing",
        "form.sites: is missing",
        "form.x: there is no such fact",
    )


@given(data=st.data())
def test_any_facts_can_be_checked(data: st.DataObject, facts, schemas) -> None:
    problems = fact_problems(data.draw(facts), data.draw(schemas))
    assert all(problem.isprintable() for problem in problems)


def test_no_fact_makes_the_check_raise(hostile_fact) -> None:
    types = [FactType(kind) for kind in FactKind]
    types += [FactType("number", choices=[1, 2]), FactType("text", choices=["a"]), FactType("instant")]
    for found in types:
        problems = fact_problems({"f": hostile_fact}, FactSchema({"f": found}))
        assert all(problem.startswith("f: must be ") and len(problem) < 200 for problem in problems)


def test_among_very_many_facts_none_is_suggested():
    schema = FactSchema({f"fact {n}": FactType(FactKind.TEXT) for n in range(500)})
    (problem,) = type_problems(parse_condition("`fact x` is present"), schema)
    assert "did you mean" not in problem
