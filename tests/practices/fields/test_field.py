"""What each kind of field takes, and as what it keeps it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import FactType, equals
from itsmkit.errors import DefinitionError
from itsmkit.practices.fields import Field, FieldKind

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
ANOTHER = "give this field another name, or that kind"
COURT = Field("court", "choice", choices=["Bonn", "Essen"])


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        pytest.param(Field("f"), "  12 O 345 ", "12 O 345", id="text"),
        pytest.param(Field("f"), "two\nlines\tand a tab", "two\nlines\tand a tab", id="lines"),
        pytest.param(Field("f", "number"), 7, 7, id="whole"),
        pytest.param(Field("f", "number"), "-7", -7, id="whole as text"),
        pytest.param(Field("f", "number"), "1.50", Decimal("1.50"), id="decimal as text"),
        pytest.param(Field("f", "number"), 0.5, 0.5, id="float"),
        pytest.param(Field("f", "flag"), False, False, id="flag"),
        pytest.param(Field("f", "flag"), " Yes ", True, id="flag as text"),
        pytest.param(Field("f", "date"), date(2026, 3, 29), "2026-03-29", id="date"),
        pytest.param(Field("f", "date"), "2026-03-29", "2026-03-29", id="date as text"),
        pytest.param(Field("f", "instant"), "2026-03-02T10:00:00+01:00", NINE, id="instant as text"),
        pytest.param(Field("f", "instant"), NINE, NINE, id="instant"),
        pytest.param(Field("f", "duration"), "1h30min", timedelta(minutes=90), id="duration as text"),
        pytest.param(Field("f", "duration"), timedelta(1), timedelta(1), id="duration"),
        pytest.param(COURT, " Bonn ", "Bonn", id="choice"),
        *(
            pytest.param(
                Field("f", kind, choices=["x"] if kind == "choice" else ()),
                blank,
                None,
                id=f"{kind}: {blank!r}",
            )
            for kind in FieldKind
            for blank in (None, "", " \n")
        ),
    ],
)
def test_a_value_is_kept_as_its_kind(field, value, kept):
    found = field.read(value)
    assert (type(found), found) == (type(kept), kept)
    assert field.read(found) == found


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        pytest.param(Field("f"), 7, "must be text, not int 7", id="text"),
        pytest.param(Field("f", longest=3), "four", "must have 3 characters at most, not 4", id="long"),
        pytest.param(Field("f"), "a\x00b", "must have no control characters, such as U+0000", id="control"),
        pytest.param(Field("f"), "a\u202eb", "must have no control characters, such as U+202E", id="bidi"),
        pytest.param(Field("f", "number"), True, "must be a number, not bool True", id="no number"),
        pytest.param(Field("f", "number"), "seven", "must be a number, not str 'seven'", id="a word"),
        pytest.param(Field("f", "number"), "NaN", "must be a number, not str 'NaN'", id="nan"),
        pytest.param(Field("f", "number"), float("inf"), "must be a number, not float inf", id="infinite"),
        pytest.param(Field("f", "flag"), 1, "must be true or false, not int 1", id="no flag"),
        pytest.param(Field("f", "flag"), "perhaps", "must be true or false, not str 'perhaps'", id="perhaps"),
        pytest.param(
            Field("f", "date"), NINE, "must be a date such as 2026-03-29, not datetime", id="instant"
        ),
        pytest.param(
            Field("f", "date"), "29.3.", "must be a date such as 2026-03-29, not str '29.3.'", id="day"
        ),
        pytest.param(
            Field("f", "instant"), "2026-03-29T09:00:00", "must be an instant with its zone", id="naive"
        ),
        pytest.param(Field("f", "instant"), 7, "must be an instant with its zone", id="no instant"),
        pytest.param(Field("f", "duration"), "soon", "must be a duration such as '8h'", id="soon"),
        pytest.param(
            COURT, "Esen", "must be one of its choices, not str 'Esen'; did you mean 'Essen'?", id="close"
        ),
        pytest.param(
            COURT, ["Bonn"], "must be one of its choices, not list ['Bonn']; known: Bonn, Essen", id="list"
        ),
    ],
)
def test_what_is_no_value_is_refused(field, value, problem):
    with pytest.raises(DefinitionError) as refused:
        field.read(value)
    assert str(refused.value).startswith(problem)


@given(
    st.text() | st.integers() | st.floats() | st.booleans() | st.binary() | st.decimals(),
    st.sampled_from(FieldKind),
)
def test_whatever_is_given_is_kept_in_a_stable_form_or_refused(value, kind):
    field = Field("f", kind, choices=["x"] if kind == "choice" else ())
    try:
        kept = field.read(value)
    except DefinitionError:
        return
    assert field.read(kept) == kept


@pytest.mark.parametrize(
    ("kind", "fact"),
    [
        ("text", FactType("text")),
        ("number", FactType("number")),
        ("flag", FactType("truth")),
        ("date", FactType("text")),
        ("instant", FactType("instant")),
        ("duration", FactType("duration")),
    ],
)
def test_a_field_is_a_fact_of_its_kind(kind, fact):
    assert Field("f", kind).fact_type == fact
    assert COURT.fact_type == FactType("text", choices=["Bonn", "Essen"])


@pytest.mark.parametrize(
    ("declare", "problems"),
    [
        pytest.param(
            lambda: Field("court file"),
            ["name: must be an identifier such as \"court_file\", not str 'court file'"],
            id="no identifier",
        ),
        pytest.param(
            lambda: Field("state"),
            ["name: 'state' is no field of the desk's own: it moves through its workflow; use `transition`"],
            id="of the ticket",
        ),
        pytest.param(
            lambda: Field("by"),
            ["name: 'by' is no field of the desk's own: commands call an option so"],
            id="option",
        ),
        pytest.param(
            lambda: Field("site", "number"),
            [
                f"kind: site of all tickets is of kind text or choice; {ANOTHER}",
            ],
            id="of all tickets",
        ),
        pytest.param(
            lambda: Field("needed_by"),
            [f"kind: needed_by of all tickets is of kind instant; {ANOTHER}"],
            id="an instant of all tickets",
        ),
        pytest.param(
            lambda: Field("f", formerly=["f"]),
            ["formerly: 'f' is its present name; leave it out"],
            id="formerly",
        ),
        pytest.param(
            lambda: Field("f", choices=["x"]),
            ["choices: a field of kind text has none; leave them out"],
            id="text with choices",
        ),
        pytest.param(lambda: Field("f", "choice"), ["choices: must be at least one text"], id="no choice"),
        pytest.param(
            lambda: Field("f", "choice", choices=["x", "x", " y"]),
            [
                "choices[2]: must be a text without surrounding spaces, not str ' y'",
                "choices: 'x' stands there more than once",
            ],
            id="odd choices",
        ),
        pytest.param(
            lambda: Field("f", label=" ", required_when="x", personal=1, visible_to=[""], longest=0),
            [
                "label must be a text that can be read, not str ' '",
                "required_when must be a condition, not str 'x'",
                "personal must be true or false, not int 1",
                "visible_to[0]: must be the name of a role, not str ''",
                "longest must be a whole number from 1 on, not int 0",
            ],
            id="all at once",
        ),
        pytest.param(
            lambda: Field("f", "flg"),
            [
                f"the kind of a field must be one of {', '.join(FieldKind)}, not 'flg'",
            ],
            id="kind",
        ),
    ],
)
def test_a_field_that_cannot_be_right_is_refused(declare, problems):
    with pytest.raises(DefinitionError) as refused:
        declare()
    assert list(refused.value.problems) == problems


def test_the_name_is_the_label_unless_there_is_one():
    assert Field("court_file").label == "court_file"
    assert Field("court_file", label="File", required_when=equals("court", "Bonn")).label == "File"
