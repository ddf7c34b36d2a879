from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from itsmkit.conditions import (
    ALWAYS,
    MAX_DEPTH,
    MAX_SIZE,
    MAX_TEXT_LENGTH,
    NEVER,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Not,
    Operator,
    Presence,
    all_of,
    any_of,
    at_least,
    equals,
    fields_of,
    greater,
    less,
    not_equals,
    one_of,
    parse_condition,
    present,
    to_mapping,
    to_text,
)
from itsmkit.errors import DefinitionError

A, B, C = present("a"), present("b"), present("c")


def problems_of(text: str) -> tuple[str, ...]:
    with pytest.raises(DefinitionError) as caught:
        parse_condition(text)
    return tuple(problem.removeprefix("condition: ") for problem in caught.value.problems)


@given(data=st.data())
def test_a_condition_survives_its_text(data: st.DataObject, conditions: st.SearchStrategy[Condition]):
    condition = data.draw(conditions)
    text = to_text(condition)
    again = parse_condition(text)
    assert again == condition
    assert to_mapping(again) == to_mapping(condition)  # where equal values may be written otherwise
    assert to_text(again) == text == str(condition)
    assert text.isprintable()


@given(st.text(st.characters(exclude_categories=[]), min_size=1).filter(lambda name: name == name.strip()))
@example("or")
@example("a-b.c")
@example("a-")
@example("\u202eevil")
@example("a\nb`c\\")
@example("\ud83d\ude00")
def test_every_name_and_every_text_survives(anything: str):
    condition = equals(anything, anything)
    assert parse_condition(to_text(condition)) == condition


@pytest.mark.parametrize(
    "value",
    [
        timedelta.min,
        timedelta.max,
        timedelta(microseconds=-1),
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        10**5000,
        -(10**5000),
        10**600,
        Decimal("1E+999999"),
        Decimal("-0E-7"),
        5e-324,
        -1.7976931348623157e308,
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_extremes_survive(value: object):
    condition = Comparison("f", Operator.EQUALS, value)
    assert parse_condition(to_text(condition)) == condition


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ('state = "Active"', equals("state", "Active")),
        ('state != "Active"', not_equals("state", "Active")),
        ("n < 3", less("n", 3)),
        ("n <= 3", Comparison("n", "at_most", 3)),
        ("n > 3", greater("n", 3)),
        ("n >= 3", at_least("n", 3)),
        ('category in ["new", 3, true]', one_of("category", "new", 3, True)),
        ("assignee is present", present("assignee")),
        ("assignee is missing", Not(present("assignee"))),
        ("always", ALWAYS),
        ("never", NEVER),
        ('`in progress` = "yes"', equals("in progress", "yes")),
        ("`not` is present", present("not")),
        (r"`a\`b` is present", present("a`b")),
        ("größe.in-cm = 3", equals("größe.in-cm", 3)),
        ("n = -3", equals("n", -3)),
        ("n = 255", equals("n", 255)),
        ("n = 0.5", equals("n", 0.5)),
        ("n = 1e+23", equals("n", 1e23)),
        ("n = decimal 0.50", equals("n", Decimal("0.50"))),
        ("n = decimal 1E+3", equals("n", Decimal("1E+3"))),
        ("vip = false", equals("vip", False)),
        ("at < 2026-03-29T01:30:00Z", less("at", datetime(2026, 3, 29, 1, 30, tzinfo=UTC))),
        ("waited > 8h30min", greater("waited", timedelta(hours=8.5))),
        ("waited > -1min0.5s", greater("waited", timedelta(minutes=-1, seconds=-0.5))),
        ("waited > 0s", greater("waited", timedelta())),
        ("waited > 48h", greater("waited", timedelta(days=2))),
        (r'f = "say \"hi\"\n\t\\ \u200b \U000e0001"', equals("f", 'say "hi"\n\t\\ \u200b \U000e0001')),
        ("a is present and b is present and c is present", all_of(A, B, C)),
        ("(a is present and b is present) and c is present", AllOf([AllOf([A, B]), C])),
        ("(a is present and b is present) or c is present", any_of(all_of(A, B), C)),
        ("a is present and (b is present or c is present)", all_of(A, any_of(B, C))),
        ("not (a is present and b is present)", Not(AllOf([A, B]))),
        ("not a is missing", Not(Not(A))),
        ("not not a is missing", Not(Not(Not(A)))),
        ("not n = 3 and a is present", all_of(Not(equals("n", 3)), A)),
        ("all(a is present)", AllOf([A])),
        ("any(all(a is present))", AnyOf([AllOf([A])])),
        ("always and not never", AllOf([ALWAYS, Not(NEVER)])),
    ],
)
def test_each_form_is_read_and_written(text, condition):
    assert parse_condition(text) == condition
    assert to_text(condition) == text


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        pytest.param("state='Active'", 'state = "Active"', id="single quotes and no spaces"),
        pytest.param("not assignee is present", "assignee is missing", id="not present"),
        pytest.param(
            "a is present and b is present or c is present",
            "(a is present and b is present) or c is present",
            id="and binds closer than or",
        ),
        pytest.param(
            "not a is present or b is present", "a is missing or b is present", id="not binds closest"
        ),
        pytest.param("all()", "always", id="all of none"),
        pytest.param("any( )", "never", id="any of none"),
        pytest.param("all(a = 1, b = 2 or c = 3)", "a = 1 and (b = 2 or c = 3)", id="all of several"),
        pytest.param("any(a = 1 and b = 2, c = 3)", "(a = 1 and b = 2) or c = 3", id="any of several"),
        pytest.param("(((a = 1)))", "a = 1", id="brackets group, and are nothing themselves"),
        pytest.param("a = 1\n\tand\r\nb = 2", "a = 1 and b = 2", id="on lines"),
        pytest.param("`a` = 0x1F", "a = 31", id="quotes that are not needed"),
        pytest.param("a = 90min", "a = 1h30min", id="duration"),
        pytest.param("a=2026-03-29T03:30+02:00", "a = 2026-03-29T01:30:00Z", id="instants are kept in UTC"),
        pytest.param(
            "a = 2026-03-29T01:30:00.5Z", "a = 2026-03-29T01:30:00.500000Z", id="fraction of a second"
        ),
    ],
)
def test_what_may_be_written_otherwise(text, canonical):
    assert to_text(parse_condition(text)) == canonical


def test_numbers_of_different_types_stay_apart():
    for text, kind in {"1": int, "1.0": float, "1e0": float, "decimal 1": Decimal, "0x1": int}.items():
        assert type(parse_condition(f"n = {text}").value) is kind  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("", "column 1: expected the name of a fact, 'not', '(', 'always'", id="empty"),
        pytest.param(" \n ", "line 2, column 2: expected the name", id="blank"),
        pytest.param(
            "a = 1 AND b = 2",
            "column 7: expected 'and', 'or' or the end, found 'AND'; did you mean 'and'?",
            id="upper case",
        ),
        pytest.param("a = 1 nad b = 2", "found 'nad'; did you mean 'and'?", id="misspelt"),
        pytest.param("a = 1 && b = 2", "found '&&'; did you mean 'and'?", id="as in C"),
        pytest.param(
            "a == 1",
            "column 3: expected '=', '!=', '<', '<=', '>', '>=', 'in' or 'is', found '=='; did you mean '='?",
            id="twice equal",
        ),
        pytest.param("a <> 1", "did you mean '!='?", id="as in SQL"),
        pytest.param("a equals 1", "did you mean '='?", id="as in the mapping form"),
        pytest.param("a iss present", "did you mean 'is'?", id="misspelt is"),
        pytest.param("a not in [1]", "found 'not'; write not before the name of the fact", id="not in"),
        pytest.param(
            "a is 1",
            "column 6: expected 'present' or 'missing', found '1'; to compare with a value",
            id="is a value",
        ),
        pytest.param("a is presnet", "did you mean 'present'?", id="misspelt present"),
        pytest.param("a is not present", "expected 'present' or 'missing', found 'not'", id="is not"),
        pytest.param("!a = 1", "column 1: expected the name of a fact", id="negated as in C"),
        pytest.param("! a = 1", "found '!'; did you mean 'not'?", id="negated as in C, with a space"),
        pytest.param(
            "a = P1", "column 5: expected a value, found 'P1'; text stands in quotes: \"P1\"", id="no quotes"
        ),
        pytest.param("a = True", "found 'True'; did you mean 'true'?", id="as in Python"),
        pytest.param(
            "a = null", "found 'null'; to ask whether there is a value, write is missing", id="null"
        ),
        pytest.param("a = ", "column 5: expected a value, found the end; such as", id="no value"),
        pytest.param("a = `b`", "expected a value, found `b`", id="a name for a value"),
        pytest.param("a = decimal b", "expected a decimal number such as 0.10, found 'b'", id="no decimal"),
        pytest.param("a = decimal 1h", "column 13: 1h is no decimal number", id="no decimal number"),
        pytest.param(
            "a = decimal 1e9999999999999999999999", "has an exponent that no decimal has", id="exponent"
        ),
        pytest.param("a", "expected '=', '!='", id="only a name"),
        pytest.param(
            '"a" = 1',
            "expected the name of a fact, 'not', '(', 'always', 'never', 'all' or 'any', found \"a\"",
            id="text for a name",
        ),
        pytest.param("in = 1", "found 'in'; a fact of that name is written `in`", id="a word for a name"),
        pytest.param(
            "a = 1 b = 2", "column 7: expected 'and', 'or' or the end, found 'b'", id="nothing between"
        ),
        pytest.param("(a = 1", "column 7: expected 'and', 'or' or ')', found the end", id="open"),
        pytest.param("all(a = 1", "expected 'and', 'or', ',' or ')', found the end", id="open list"),
        pytest.param("a = 1)", "column 6: expected 'and', 'or' or the end, found ')'", id="never opened"),
        pytest.param("a = 1, b = 2", "expected 'and', 'or' or the end, found ','", id="comma outside"),
        pytest.param("(a = 1, b = 2)", "expected 'and', 'or' or ')', found ','", id="comma in brackets"),
        pytest.param("all(a = 1,)", "column 11: expected the name of a fact", id="comma at the end"),
        pytest.param("all a = 1", "column 5: expected '(', found 'a'", id="all without brackets"),
        pytest.param("a in 1", "column 6: expected '[', found '1'", id="in a value"),
        pytest.param("a in []", "column 7: expected a value, found ']'", id="in nothing"),
        pytest.param("a in [1 2]", "column 9: expected ',' or ']', found '2'", id="no comma"),
        pytest.param("a = 'b", "column 5: a text has no end; close it by '", id="open text"),
        pytest.param('a = "b\n"', 'line 1, column 5: a text has no end; close it by "', id="text on lines"),
        pytest.param("`a = 1", "column 1: a name has no end; close it by `", id="open name"),
        pytest.param("a = 1 ; b = 2", "column 7: ';' has no meaning here", id="strange"),
        pytest.param("a = 1 and\n b = 2 or\n  c = x", "line 3, column 7: expected a value", id="on lines"),
        pytest.param('a = "\\x"', r"column 5: there is no escape \x; known: \n", id="escape"),
        pytest.param('a = "\\U00110000"', r"there is no escape \U00110000", id="beyond the last character"),
        pytest.param(
            "a > true", "column 5: true and false have no order; compare them by = or !=", id="order"
        ),
        pytest.param("a = 8hrs", "column 5: 8hrs is no number (3, 0.5, 1e6), no duration", id="no figure"),
        pytest.param("a = 2d", "2d has days, which could be working days; write hours", id="days"),
        pytest.param("a = 1d8h", "1d8h has days", id="days and hours"),
        pytest.param("a = 2days", "2days has days", id="days in full"),
        pytest.param("a = 9999999999999999h", "is longer than a duration can be", id="long"),
        pytest.param(f"a = {'9' * 5000}h", "9… is longer than a duration can be", id="very long"),
        pytest.param(f"a = {'9' * 641}", "9… has 641 digits; write it in base 16", id="digits"),
        pytest.param("a = 1e999", "1e999 is more than a float can hold; write decimal 1e999", id="float"),
        pytest.param("a = 2026-03-29", "2026-03-29 is a date, not an instant; add a time", id="date"),
        pytest.param("a = 2026-03-29T01:30:00", "has no time zone; add Z for UTC", id="naive"),
        pytest.param(
            "a = 2026-02-30T01:30:00Z",
            "2026-02-30T01:30:00Z is no date and time: day is out of range",
            id="no such day",
        ),
        pytest.param(
            "a = 0001-01-01T00:00:00+14:00", "is outside the years 1 to 9999", id="before the first year"
        ),
        pytest.param(
            "`` = 1", "column 1: a fact has a name without surrounding spaces, not ``", id="no name"
        ),
        pytest.param("` a` = 1", "a fact has a name without surrounding spaces", id="spaces around a name"),
        pytest.param("`\\x` = 1", "there is no escape", id="escape in a name"),
    ],
)
def test_a_refusal_says_where_and_what_was_expected(text, problem):
    (found,) = problems_of(text)
    assert problem in found


def test_all_values_that_cannot_be_meant_are_listed_in_their_order():
    found = problems_of("a = 2d and\n(`` > true or b in [1, 8hrs, 2026-03-29])\nand c = (")
    assert [problem.partition(": ")[0] for problem in found] == [
        "line 1, column 5",
        "line 2, column 2",
        "line 2, column 7",
        "line 2, column 24",
        "line 2, column 30",
        "line 3, column 9",
    ]


def test_a_problem_begins_with_where_the_text_stands():
    with pytest.raises(DefinitionError, match=r"^guards\[0\]\.when: column 1: expected"):
        parse_condition("", where="guards[0].when")


def test_only_text_is_read():
    with pytest.raises(DefinitionError, match="condition: must be text, not dict"):
        parse_condition({})  # type: ignore[arg-type]


def test_only_conditions_have_a_text():
    with pytest.raises(TypeError, match="not a condition of this language: dict"):
        to_text({})  # type: ignore[arg-type]


@pytest.mark.parametrize("wrap", ["not ({})", "all({})", "any(a = 1, {})", "a = 1 and ({})", "a = 1 or ({})"])
def test_depth_is_bounded(wrap: str):
    text = "a is present"
    for _ in range(MAX_DEPTH - 1):
        text = wrap.replace("{}", text)
    assert parse_condition(text).depth == MAX_DEPTH
    (problem,) = problems_of(wrap.replace("{}", text))
    assert "column 1: a condition nests 101 deep; 100 is the most" in problem


@pytest.mark.parametrize("text", ["not " * 200_000, "not " * 99 + "(" + "not " * 99 + "a = 1)"])
def test_negations_are_bounded(text: str):
    (problem,) = problems_of(text)
    assert "100" in problem


def test_size_is_bounded():
    assert parse_condition(" and ".join(["a = 1"] * (MAX_SIZE - 1))).size == MAX_SIZE
    (problem,) = problems_of(" and ".join(["a = 1"] * MAX_SIZE))
    assert problem == "column 1: a condition has 10,001 parts; 10,000 are the most"


def test_length_is_bounded():
    longest = f'a = "{"x" * (MAX_TEXT_LENGTH - 6)}"'
    assert to_text(parse_condition(longest)) == longest
    assert problems_of(longest + " ") == ("has 1,000,001 characters; 1,000,000 are the most",)


@pytest.mark.parametrize(
    "unit",
    [
        "(",
        "all(",
        "a = 2d and ",
        "`",
        "'\\",
        "a=1 or ",
        "a in [2d,",
        "2026-",
        "a.",
        "a-",
        "1",
        "\n",
        "<",
        "\\",
    ],
)
def test_the_time_grows_with_the_length_only(unit: str):
    # Quadratic time would take hours.
    for prefix in ("", "a = ", "a in [1,"):
        assert problems_of(prefix + unit * (MAX_TEXT_LENGTH // 4 // len(unit)))


WORDS = ["a", "`b c`", *"=<()[],1;\n", "!=", "==", "in", "is", "present", "missing", "not", "and", "or"]
WORDS += ["all", "any", "always", "never", "true", "decimal", "'x'", "2d", "8h"]


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join) | st.text(max_size=20))
def test_whatever_is_written_is_read_or_refused_with_its_place(text: str):
    read = read_or_refused(text)
    if isinstance(read, Condition):
        assert parse_condition(to_text(read)) == read
    else:
        assert read
        assert all("column" in problem for problem in read)


def read_or_refused(text: str) -> Condition | tuple[str, ...]:
    try:
        return parse_condition(text)
    except DefinitionError as refused:
        return refused.problems


def meaning(text: str, names: dict[str, bool]) -> bool:
    """Independently of the code: Python has the same words, and binds them alike."""
    return bool(eval(text.replace(" is present", ""), {}, names))


WRITTEN = st.recursive(
    st.sampled_from(["a is present", "b is present", "c is present"]),
    lambda parts: st.one_of(
        parts.map("not {}".format),
        parts.map("({})".format),
        st.tuples(parts, st.sampled_from(["and", "or"]), parts).map(" ".join),
    ),
)


@given(WRITTEN)
def test_not_and_or_bind_as_in_python(text: str):
    condition = parse_condition(text)
    assert fields_of(condition) <= {"a", "b", "c"}
    for values in product([True, False], repeat=3):
        names = dict(zip("abc", values, strict=True))
        facts = {name: "there" for name, there in names.items() if there}
        assert asked(condition, facts) == meaning(text, names)


def asked(condition: Condition, facts: dict[str, str]) -> bool:
    match condition:
        case Presence(field=field):
            return field in facts
        case Not(condition=part):
            return not asked(part, facts)
        case AllOf(conditions=parts):
            return all(asked(part, facts) for part in parts)
        case AnyOf(conditions=parts):
            return any(asked(part, facts) for part in parts)
    raise AssertionError(condition)
