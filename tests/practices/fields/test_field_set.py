"""The fields of a kind, and what becomes of values from one version to the next."""

import pickle

import pytest

from itsmkit.conditions import ALWAYS, NEVER, Condition, FactSchema, FactType, equals, parse_condition
from itsmkit.errors import DefinitionError
from itsmkit.practices.fields import (
    TICKET_FACTS,
    Field,
    FieldMigration,
    FieldSet,
    FieldsRefusedError,
    ReadValues,
    fact_schema,
    migration,
)
from itsmkit.practices.fields.ticket_facts import ticket_condition_problems

FIELDS = FieldSet(
    2,
    [
        Field("court_file", required_when=ALWAYS, formerly=["file", "reference"]),
        Field("hours", "number"),
        Field("verdict", "choice", choices=["won", "lost"], required_when=equals("state_category", "closed")),
    ],
)


def test_what_is_given_is_read_as_the_fields_say():
    given = {"court_file": " 12 O ", "hours": "8", "site": "Bonn", "verdict": None}
    assert FIELDS.read(given, known=["site"]) == ReadValues(
        {"court_file": "12 O", "hours": 8, "site": "Bonn", "verdict": None}
    )


def test_everything_wrong_is_told_at_once():
    found = FIELDS.read({"hours": "many", "verdict": "lose", "huors": 8}, known=["site"])
    assert found.problems == (
        "hours must be a number, not str 'many'",
        "verdict must be one of its choices, not str 'lose'; did you mean 'lost'?",
        "there is no field 'huors'; did you mean 'hours'?",
    )
    assert found.values["hours"] == "many"


def test_what_is_required_depends_on_the_ticket():
    assert FIELDS.missing({"state_category": "new"}) == ("court_file",)
    assert FIELDS.missing({"state_category": "closed", "court_file": " "}) == ("court_file", "verdict")
    assert FIELDS.missing({"state_category": "closed", "court_file": "1", "verdict": "won"}) == ()


@pytest.mark.parametrize(
    ("details", "changes"),
    [
        pytest.param({"file": "12 O"}, {"file": None, "court_file": "12 O"}, id="renamed"),
        pytest.param({"file": "1", "court_file": "2"}, {"file": None}, id="there under both"),
        pytest.param(
            {"reference": "1", "hours": "8"}, {"reference": None, "court_file": "1", "hours": 8}, id="read"
        ),
        pytest.param({"hours": "many", "else": 1}, {}, id="what cannot be read stays"),
        pytest.param({"court_file": "1", "hours": 8}, {}, id="as it should be"),
        pytest.param({}, {}, id="nothing"),
    ],
)
def test_old_values_are_brought_forward(details, changes):
    assert FIELDS.brought_forward(details) == changes


def test_a_migration_says_what_changes():
    before = FieldSet(1, [Field("file"), Field("hours"), Field("judge"), Field("verdict")])
    found = migration(before, FieldSet(2, [*FIELDS.fields, Field("fee", "number")]))
    assert found == FieldMigration(
        1,
        2,
        added=("fee",),
        removed=("judge",),
        renamed=(("file", "court_file"),),
        changed=(
            f"court_file: required_when was {NEVER} and is {ALWAYS}",
            "hours: kind was text and is number",
            "verdict: kind was text and is choice",
            "verdict: choices was none and is won, lost",
            f"verdict: required_when was {NEVER} and is {equals('state_category', 'closed')}",
        ),
    )
    assert str(found).startswith(
        "fields 1 to 2: new: fee; gone, and readable where it stands: judge; renamed: file to court_file; "
    )
    assert str(migration(before, FieldSet(2, before.fields))) == "fields 1 to 2: nothing changes"


def test_versions_go_up():
    with pytest.raises(DefinitionError, match="version 2 does not come after version 2; count"):
        migration(FIELDS, FIELDS)


@pytest.mark.parametrize(
    ("declare", "problem"),
    [
        pytest.param(
            lambda: FieldSet(0), "version must be a whole number from 1 on, not int 0", id="version"
        ),
        pytest.param(lambda: FieldSet(1, ["a"]), "fields[0]: must be a Field, not str 'a'", id="no field"),
        pytest.param(
            lambda: FieldSet(1, [Field("a", formerly=["b"]), Field("b")]),
            "fields: 'b' stands there more than once",
            id="twice",
        ),
    ],
)
def test_fields_that_cannot_be_right_are_refused(declare, problem):
    with pytest.raises(DefinitionError) as refused:
        declare()
    assert refused.value.problems == (problem,)


def test_conditions_are_checked_against_the_fields_of_all_kinds():
    schema = fact_schema([FIELDS, None, FieldSet(1, [Field("fee", "number"), Field("hours")])])
    assert schema.types["fee"] == FactType("number")
    assert "hours" not in schema.types  # which two kinds use for different things
    assert schema.types.keys() >= TICKET_FACTS.keys()
    assert fact_schema([FieldSet(1, [Field("site", "choice", choices=["Bonn"])])]).types["site"].choices == (
        "Bonn",
    )
    assert fact_schema([]) == FactSchema(TICKET_FACTS)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ('court_file = "12 O" and kind = "legal"', []),
        ("court_file = 12", ["must be text, as court_file is, not the number 12"]),
        (
            'verdict = "won" or verdict = "loose"',
            ['must be one of "won", "lost", as verdict is, not the text "loose"'],
        ),
        (
            '(anything > 3 or not verdict in ["loose", "won"]) and kind is present',
            ['must be one of "won", "lost", as verdict is, not the text "loose"'],
        ),
        ("anything > 3", []),
    ],
)
def test_what_can_never_be_meant_is_found(text, problems):
    found = ticket_condition_problems(parse_condition(text), fact_schema([FIELDS]), where="when")
    assert all(problem.startswith("when") for problem in found)
    assert [problem.partition(": ")[2] for problem in found] == problems


def test_what_is_no_condition_is_a_mistake_of_the_caller():
    with pytest.raises(TypeError):
        ticket_condition_problems(Condition(), fact_schema([FIELDS]), where="when")


def test_a_refusal_says_all_and_can_be_sent():
    refused = FieldsRefusedError("log CMP-1", ("court",), ("hours must be a number, not str 'x'",))
    assert str(refused) == "cannot log CMP-1: court is missing; hours must be a number, not str 'x'"
    again = pickle.loads(pickle.dumps(refused))
    assert (str(again), again.what, again.missing, again.wrong, again.reasons) == (
        str(refused),
        refused.what,
        refused.missing,
        refused.wrong,
        refused.reasons,
    )
