"""The schema of configurations agrees with what reads them: it takes what is shipped, and refuses no more."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from attrs import field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import itsmkit
from itsmkit._schemas import SchemaMaker, embedded
from itsmkit.desk import DeskConfig, desk_schema
from itsmkit.desk.profiles import PROFILES, profile_text
from itsmkit.errors import DefinitionError
from itsmkit.tickets.structure import Organisation

SOURCE = Path(itsmkit.__file__).parent
ROOT = SOURCE.parent.parent
VALIDATOR = Draft202012Validator(desk_schema())
FILES = [
    SOURCE / "desk" / "standard.toml",
    SOURCE / "simulate" / "desk.toml",
    *sorted((SOURCE / "packs").glob("*.toml")),
    *(SOURCE / "desk" / "profiles" / f"{name}.toml" for name in PROFILES),
]

WITH_EVERYTHING: dict[str, Any] = {
    **tomllib.loads(profile_text("dispatch")),
    "people": [{"id": "ann", "kind": "external", "email": "ann@example.org", "organisation": "bau"}],
    "organisations": [{"id": "bau", "agreements": [], "catalogue": ["gold"], "is_provider": True}],
    "services": [{"id": "mail", "owner": "ann", "criticality": "low", "supported_by": "Technicians"}],
    "offerings": [{"id": "gold", "service": "mail", "calendar": "office"}],
    "operational_agreements": [
        {"name": "Network", "calendar": "office", "within": {"business_days": 1}, "checkpoints": ["75%"]}
    ],
    "contracts": [{"name": "Vendor", "calendar": "office", "within": "2h", "pauses_ours": True}],
    "chains": [{"clock": "resolve", "legs": ["Network"]}],
    "cmdb": {"model": {"classes": [{"name": "machine"}]}, "levels": ["up", "down"], "strict": False},
    "log": {"columns": {"ticket": "number", "at": "updated", "state": "state"}, "facts": {"x": "y"}},
    "kinds": {
        "question": {},
        "task": {
            "workflow": "task",
            "prefix": "T-",
            "priority": tomllib.loads(profile_text("helpdesk"))["priority"],
        },
        "visit": {
            "workflow": tomllib.loads(profile_text("dispatch"))["workflow"],
            "variants": {"by": "type", "workflows": {"short": "task"}},
            "fields_version": 2,
            "fields": {
                "room": "text",
                "type": {"kind": "choice", "choices": ["short", "long"], "label": "Type of visit"},
                "key": {"kind": "flag", "required_when": 'type = "long"', "visible_to": ["agent"]},
                "phone": {"required": True, "personal": True, "longest": 30, "formerly": ["fax"]},
            },
        },
    },
    "categories": {
        "version": 3,
        "nodes": {
            "power": "Power",
            "mains": {"label": "Mains", "parent": "power", "active": False, "successor": "power"},
        },
    },
    "link_types": [
        {
            "name": "ordered_by",
            "inverse": "orders",
            "source_kinds": ["task"],
            "has_one_target": True,
            "is_acyclic": True,
            "cascades": [
                {
                    "name": "cancel",
                    "do": "transition",
                    "on_category": "cancelled",
                    "trigger": "cancel",
                    "from_target": True,
                    "when": 'priority = "P3"',
                    "carries": ["resolution"],
                    "notify": ["assignee"],
                }
            ],
        }
    ],
    "tickets": {
        "default_owner": "office",
        "resolution": {"codes": ["mended"], "required": ["code"]},
        "reopening": {"within": "2d"},
        "work": {
            "rounding": "nearest",
            "step": "6min",
            "rates": [{"hourly": "80.50 EUR", "activity": "travel"}],
            "activities": ["travel", "repair"],
        },
        "attachments": {"max_bytes": 1000},
        "tags": {"max_tags": 3},
    },
    "effects": {"hand over": {"support_group": "Technicians", "fields": {"x": 1}, "notify": ["assignee"]}},
    "promises": {"clock": "resolve", "notice_from": "1h", "words": {"late": "Late."}},
    "roles": [
        {
            "name": "agent",
            "groups": ["Technicians"],
            "sees": [{"relations": ["support_group"], "when": 'priority = "P1"'}, {}],
            "permits": [{"operations": ["tickets.*"], "relations": ["assignee"]}],
            "hides": ["internal_notes"],
        },
        {"name": "boss"},
    ],
    "default_roles": ["agent"],
    "restrictions": [{"name": "secret", "roles": ["boss"], "relations": ["requester"], "prefix": "S-"}],
    "separation_of_duties": [{"roles": ["agent", "boss"], "because": "two pairs of eyes"}],
}
DOCUMENTS = [*(tomllib.loads(path.read_text("utf-8")) for path in FILES), WITH_EVERYTHING]


def as_json(plain: Any) -> Any:
    """Return a document as an editor sees it: dates are text."""
    return json.loads(json.dumps(plain, default=str))


def refused(plain: Any) -> tuple[str, ...]:
    try:
        DeskConfig.load(plain)
    except DefinitionError as error:
        return error.problems
    return ()


def test_it_is_a_schema_and_ready_for_json() -> None:
    Draft202012Validator.check_schema(desk_schema())
    assert json.loads(json.dumps(desk_schema())) == desk_schema()


def test_every_reference_leads_somewhere() -> None:
    schema = desk_schema()

    def references(part: Any) -> list[str]:
        if isinstance(part, dict):
            own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
            return own + [each for value in part.values() for each in references(value)]
        return [each for value in part for each in references(value)] if isinstance(part, list) else []

    assert {each.removeprefix("#/$defs/") for each in references(schema)} <= schema["$defs"].keys()


def test_the_published_file_is_what_the_command_prints() -> None:
    published = (ROOT / "docs" / "reference" / "desk.schema.json").read_text("utf-8")
    assert json.loads(published) == desk_schema()


@pytest.mark.parametrize("plain", DOCUMENTS)
def test_what_is_shipped_is_accepted(plain: dict[str, Any]) -> None:
    assert refused(plain) == ()
    VALIDATOR.validate(as_json(plain))


def places(plain: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of everything in a document, itself included."""
    inner = plain.items() if isinstance(plain, dict) else enumerate(plain) if isinstance(plain, list) else ()
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


def changed(plain: Any, path: tuple[Any, ...], change: Any) -> Any:
    if not path:
        return change(plain)
    key, *rest = path
    if isinstance(plain, dict):
        return {**plain, key: changed(plain[key], tuple(rest), change)}
    return [*plain[:key], changed(plain[key], tuple(rest), change), *plain[key + 1 :]]


CHANGES = [
    lambda _: 3,
    lambda _: "",
    lambda _: "no such thing",
    lambda _: [],
    lambda _: {},
    lambda _: True,
    lambda _: 1.5,
    lambda old: [old],
    lambda old: {**old, "odd": 1} if isinstance(old, dict) else old,
    lambda old: dict(list(old.items())[1:]) if isinstance(old, dict) else old,
]
READ_ELSEWHERE = {"calendars", "operational_agreements", "contracts", "chains", "cmdb", "log"}
COMPARED = {"equals", "one_of"}
STRUCTURAL = ("is not known here", "is missing", "must be text", "must be a table", "must be a list")


@settings(max_examples=80)
@given(data=st.data())
def test_what_the_schema_refuses_is_refused(data: st.DataObject) -> None:
    plain = data.draw(st.sampled_from(DOCUMENTS))
    path = data.draw(st.sampled_from(places(plain)))
    spoilt = changed(plain, path, data.draw(st.sampled_from(CHANGES)))
    if not isinstance(spoilt, dict):
        return
    problems = refused(spoilt)
    errors = [*VALIDATOR.iter_errors(as_json(spoilt))]
    if errors:
        assert problems, (path, errors[0].message)
    # What stands in the tables of the desk itself is told by the schema, too; not what facts are compared to.
    own = VALIDATOR.schema["properties"].keys() - READ_ELSEWHERE
    if (
        path
        and path[0] in own
        and COMPARED.isdisjoint(path)
        and any(each in problem for problem in problems for each in STRUCTURAL)
    ):
        assert errors, (path, problems)


def test_words_come_from_the_docstrings() -> None:
    properties = desk_schema()["$defs"]["Person"]["properties"]
    assert properties["email"]["description"] == "The address of mail."
    assert desk_schema()["$defs"]["Person"]["description"] == "Somebody whom a desk knows."
    assert desk_schema()["$defs"]["Agreement"]["properties"]["when"]["description"]


def test_what_has_no_plain_form_has_no_schema() -> None:
    with pytest.raises(TypeError, match="has no plain form"):
        SchemaMaker({}).of(complex)


def test_a_class_has_one_schema_wherever_it_stands() -> None:
    maker = SchemaMaker({})
    assert maker.of(Organisation) == maker.of(Organisation) == {"$ref": "#/$defs/Organisation"}
    assert list(maker.definitions) == ["Organisation"]


@frozen
class Nested:
    """
    Something in itself.

    Words that are no arguments.

    Args:
        inner: What is
            in it.

    Raises:
        Nothing: ever.
    """

    inner: "tuple[Nested, ...]" = ()
    size: int = field(init=False, default=0)


def test_a_class_in_itself_comes_to_an_end() -> None:
    maker = SchemaMaker({})
    assert maker.of(Nested | None) == {"anyOf": [{"$ref": "#/$defs/Nested"}, {"type": "null"}]}
    assert maker.definitions["Nested"] == {
        "description": "Something in itself.",
        "type": "object",
        "properties": {
            "inner": {
                "description": "What is in it.",
                "type": "array",
                "items": {"$ref": "#/$defs/Nested"},
            }
        },
        "additionalProperties": False,
    }


def test_parts_of_two_schemas_stay_apart() -> None:
    inner = {"$schema": "x", "items": {"$ref": "#/$defs/a"}, "$defs": {"a": {"not": {"$ref": "#/$defs/a"}}}}
    assert embedded(inner, "one") == (
        {"items": {"$ref": "#/$defs/one_a"}},
        {"one_a": {"not": {"$ref": "#/$defs/one_a"}}},
    )
