"""Types of documents, their schemas and upgrades, on made-up kinds of values."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import define, field, frozen

from itsmkit.errors import DefinitionError
from itsmkit.plugin.documents import DOCUMENTS, Document, Documents, DocumentType, Form, ValueForm
from itsmkit.practices import Incident
from itsmkit.tickets import Actor, Commented, TicketId


class Colour(Enum):
    RED = "red"
    BLUE = "blue"
    FIRST = 1


@frozen
class Leg:
    length: int
    colour: Colour = Colour.RED


@frozen
class Point:
    x: int
    y: int


class Shape:
    """A base class of kinds of documents."""


@frozen
class Table(Shape):
    legs: tuple[Leg, ...]
    names: frozenset[str] = frozenset()
    price: Decimal | int | None = None
    made_on: date | None = None
    weights: Mapping[str, int] = field(factory=dict)
    extra: Any = None
    at: Point | None = None
    _hidden: str = ""
    derived: int = field(init=False, default=7)


@frozen
class Room:
    shape: Shape
    since: datetime | None = None


TYPES = [DocumentType("table", Table, keys={"at": "place"}), DocumentType("room", Room)]
POINTS = Form(Point, lambda plain: Point(*plain), lambda point: [point.x, point.y])
DOCS = Documents(TYPES, forms=[POINTS], values=[ValueForm.of_enum("$colour", Colour)])
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)

A_TABLE = Table(
    (Leg(70), Leg(71, Colour.FIRST)),
    frozenset({"b", "a"}),
    Decimal("9.90"),
    date(2026, 3, 2),
    {"top": 2**60},
    Colour.BLUE,
    Point(1, 2),
    "drawer",
)
ITS_DOCUMENT = {
    "type": "table",
    "schema": 1,
    "legs": [{"length": 70, "colour": "red"}, {"length": 71, "colour": 1}],
    "names": ["a", "b"],
    "price": {"$decimal": "9.90"},
    "made_on": {"$date": "2026-03-02"},
    "weights": {"top": {"$int": "1152921504606846976"}},
    "extra": {"$colour": "blue"},
    "place": [1, 2],
    "hidden": "drawer",
}


def problems_of(document: object, documents: Documents = DOCS) -> tuple[str, ...]:
    with pytest.raises(DefinitionError) as refused:
        documents.from_document(document)
    return refused.value.problems


def test_fields_have_the_form_of_what_they_are_declared_to_be() -> None:
    assert DOCS.to_document(A_TABLE) == ITS_DOCUMENT
    assert DOCS.from_document(ITS_DOCUMENT) == A_TABLE


def test_whatever_its_default_a_field_is_written() -> None:
    document = DOCS.to_document(Table(()))
    assert document.keys() == ITS_DOCUMENT.keys()
    assert DOCS.from_document(document) == Table(())


@pytest.mark.parametrize("zone", [UTC, ZoneInfo("Europe/Berlin"), timezone(timedelta(hours=-3))])
def test_declared_instants_are_kept_in_utc(zone: Any) -> None:
    room = Room(A_TABLE, NINE.astimezone(zone))
    document = DOCS.to_document(room)
    assert document["since"] == "2026-03-02T09:00:00.000000Z"
    back = DOCS.from_document(document)
    assert back == room
    assert back.since.tzinfo is UTC


def test_a_document_stands_in_another_with_its_own_type() -> None:
    document = DOCS.to_document(Room(A_TABLE))
    assert document == {"type": "room", "schema": 1, "shape": ITS_DOCUMENT, "since": None}
    assert DOCS.from_document(document) == Room(A_TABLE)


def test_reading_leaves_a_document_as_it_is() -> None:
    document = {**ITS_DOCUMENT, "legs": [{"length": 1, "colour": "blue"}]}
    before = repr(document)
    DOCS.from_document(document)
    assert repr(document) == before


# -- upgrades ------------------------------------------------------------------------------------------


@frozen
class Chair:
    height_mm: int
    colour: str


def with_colour(document: Document) -> Document:
    return {**document, "colour": document["colours"][0]}


def without_colours(document: Document) -> Document:
    return {name: value for name, value in document.items() if name != "colours"}


def in_millimetres(document: Document) -> Document:
    rest = {name: value for name, value in document.items() if name != "height"}
    return {**rest, "height_mm": document["height"] * 10}


CHAIRS = DocumentType("chair", Chair, upgrades=[with_colour, without_colours, in_millimetres])


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({"type": "chair", "schema": 1, "height": 45, "colours": ["red", "blue"]}, id="1"),
        pytest.param(
            {"type": "chair", "schema": 2, "height": 45, "colours": ["red"], "colour": "red"}, id="2"
        ),
        pytest.param({"type": "chair", "schema": 3, "height": 45, "colour": "red"}, id="3"),
        pytest.param({"type": "chair", "schema": 4, "height_mm": 450, "colour": "red"}, id="4"),
    ],
)
def test_a_document_of_any_schema_is_read(document: Document) -> None:
    documents = Documents([CHAIRS])
    before = repr(document)
    assert documents.from_document(document) == Chair(450, "red")
    newest = {"type": "chair", "schema": 4, "height_mm": 450, "colour": "red"}
    assert documents.upgraded(document) == newest
    assert documents.to_document(Chair(450, "red")) == newest
    assert repr(document) == before


@frozen
class Set:
    chairs: tuple[Chair, ...]
    name: str


def test_documents_inside_are_upgraded_on_their_own() -> None:
    named = DocumentType("set", Set, upgrades=[lambda document: {**document, "name": "no name"}])
    documents = Documents([named, CHAIRS])
    old = {
        "type": "set",
        "schema": 1,
        "chairs": [
            {"type": "chair", "schema": 1, "height": 45, "colours": ["red"]},
            {"type": "chair", "schema": 4, "height_mm": 440, "colour": "blue"},
        ],
    }
    assert documents.from_document(old) == Set((Chair(450, "red"), Chair(440, "blue")), "no name")
    assert documents.upgraded(old) == {**old, "schema": 2, "name": "no name"}


def test_an_upgrade_that_fails_is_told_with_its_cause() -> None:
    documents = Documents([CHAIRS])
    with pytest.raises(DefinitionError) as refused:
        documents.from_document({"type": "chair", "schema": 1, "height": 45})
    assert str(refused.value) == "chair: schema: cannot be made 2 of 1: KeyError: 'colours'"
    assert isinstance(refused.value.__cause__, KeyError)
    with pytest.raises(DefinitionError, match="the document: schema: cannot be made 2 of 1"):
        documents.upgraded({"type": "chair", "schema": 1, "height": 45})


def test_a_newer_schema_is_refused() -> None:
    assert problems_of({**ITS_DOCUMENT, "schema": 2}) == (
        "table: schema: 2 is newer than 1, the newest known here; upgrade itsmkit",
    )
    inside = {"type": "room", "schema": 1, "shape": {**ITS_DOCUMENT, "schema": 9}, "since": None}
    assert problems_of(inside) == (
        "room: shape.schema: 9 is newer than 1, the newest known here; upgrade itsmkit",
    )


# -- what cannot be read -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        pytest.param([], "the document: must be an object, not list []", id="a list"),
        pytest.param({}, "the document: type: is missing; known: table, room", id="nothing"),
        pytest.param(
            {"type": "tabel", "schema": 1},
            "the document: type: is not known here: str 'tabel'; did you mean 'table'?",
            id="an unknown type",
        ),
        pytest.param(
            {"type": ["table"]},
            "the document: type: is not known here: list ['table']; did you mean 'table'?",
            id="a type that is no text",
        ),
        pytest.param({"type": "table"}, "table: schema: is missing", id="no schema"),
        pytest.param(
            {"type": "table", "schema": True},
            "table: schema: must be a whole number of 1 or more, not bool True",
            id="a schema that is no number",
        ),
        pytest.param(
            {"type": "table", "schema": 0},
            "table: schema: must be a whole number of 1 or more, not int 0",
            id="a schema before the first",
        ),
    ],
)
def test_a_document_without_a_known_type_and_schema_is_refused(document: object, problem: str) -> None:
    assert problems_of(document) == (problem,)


NO_VALUE = "must be text, a whole number, true, false, null, a list or object"


def test_everything_that_is_wrong_is_told_with_its_path() -> None:
    document = {
        "type": "table",
        "schema": 1,
        "legs": [{"length": "70", "colour": "green"}, 7, {"length": 70, "color": "red", "more": 1}],
        "names": "a",
        "price": {"$decimal": "9,90"},
        "made_on": "2026-03-02",
        "weights": {"top": 1.5, "a b": True},
        "extra": {"$color": "red"},
        "hiden": "drawer",
    }
    assert problems_of(document) == (
        "table: legs[0].length: must be a whole number, not str '70'",
        "table: legs[0].colour: must be one of 'red', 'blue', 1, not str 'green'",
        "table: legs[1]: must be an object, not int 7",
        "table: legs[2].colour: is missing",
        "table: legs[2].color: is not known here; did you mean 'colour'?",
        "table: legs[2].more: is not known here; known: length, colour",
        "table: names: must be a list, not str 'a'",
        "table: price.$decimal: is no Decimal: str '9,90'",
        "table: made_on: must be a date, not str '2026-03-02'",
        f"table: weights.top: {NO_VALUE}, not float 1.5",
        "table: weights['a b']: must be a whole number, not bool True",
        "table: extra.$color: is no kind of value; did you mean '$colour'?",
        "table: place: is missing",
        "table: hidden: is missing",
        "table: hiden: is not known here; did you mean 'hidden'?",
    )


def test_what_a_class_refuses_is_told_with_its_path() -> None:
    documents = DOCUMENTS.extended(DocumentType("actor", Actor))
    document = {"type": "actor", "schema": 1, "id": " ", "automated": False, "roles": []}
    assert problems_of(document, documents) == (
        "actor: Actor.id must be a name without surrounding spaces, not ' '",
    )


def test_an_instant_must_be_written_in_one_way() -> None:
    for text in ("2026-03-02T09:00:00Z", "2026-03-02T10:00:00.000000+01:00", "soon", 7):
        document = {"type": "room", "schema": 1, "shape": ITS_DOCUMENT, "since": text}
        assert problems_of(document)[0].startswith("room: since: must be an instant such as 2026-")


# -- what cannot be written ----------------------------------------------------------------------------


def test_what_a_given_form_refuses_is_told_with_its_path() -> None:
    def point(plain: Any) -> Point:
        if not isinstance(plain, list):
            problem = "must be a list of two"
            raise ValueError(problem)
        return Point(*plain)

    documents = Documents(TYPES, forms=[Form(Point, point, lambda each: [each.x, each.y])])
    table = documents.to_document(Table(()))
    assert problems_of({**table, "place": "here"}, documents) == ("table: place: must be a list of two",)
    odd = Table((), at=Leg(1))  # type: ignore[arg-type]  # what a type checker would tell
    with pytest.raises(DefinitionError, match=r"table: place: must be a Point, not Leg Leg\(length=1"):
        documents.to_document(odd)


def refusals_of(value: object, documents: Documents = DOCS) -> tuple[str, ...]:
    with pytest.raises(DefinitionError) as refused:
        documents.to_document(value)
    return refused.value.problems


WAY_OUT = "give it as text, a number, a list or a mapping"


def test_a_value_of_an_unknown_class_is_refused() -> None:
    assert refusals_of(Leg(1)) == ("there is no document type of Leg; known: table, room",)


def test_everything_that_cannot_be_written_is_told_with_its_path() -> None:
    odd: Any = Table(
        [7],  # type: ignore[arg-type]  # what a type checker would tell
        frozenset({1}),  # type: ignore[arg-type]
        1.5,  # type: ignore[arg-type]
        None,
        {1: 1, "a": "b"},  # type: ignore[dict-item]
        [object, {"deep": (1, range(3))}],
        None,
        7,  # type: ignore[arg-type]
    )
    assert refusals_of(odd) == (
        "table: legs: must be a tuple, not list [7]",
        "table: names[0]: must be text, not int 1",
        "table: price: must be a Decimal or a whole number, not float 1.5",
        "table: weights: the name of a value must be text, not int 1",
        "table: weights.a: must be a whole number, not str 'b'",
        f"table: extra[0]: has no plain form: type <class 'object'>; {WAY_OUT}",
        f"table: extra[1].deep[1]: has no plain form: range range(0, 3); {WAY_OUT}",
        "table: hidden: must be text, not int 7",
    )


def test_parts_must_be_of_their_very_class() -> None:
    table = Table((Point(1, 2), Leg(1, "red")), weights=7)  # type: ignore[arg-type]
    assert refusals_of(table) == (
        "table: legs[0]: must be a Leg, not Point Point(x=1, y=2)",
        "table: legs[1].colour: must be a Colour, not str 'red'",
        "table: weights: must be a mapping, not int 7",
    )
    assert refusals_of(Room(Shape()))[0].startswith("room: shape: has no document type: Shape")
    naive = Room(A_TABLE, datetime(2026, 3, 2))  # noqa: DTZ001
    assert refusals_of(naive)[0].startswith("room: since: it has no time zone")
    early = Room(A_TABLE, datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=3))))
    assert refusals_of(early)[0].startswith("room: since: lies outside the years 1 to 9999 in UTC")


def test_what_is_nested_too_deeply_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert refusals_of(Table((), extra=deep)) == ("table: is nested too deeply",)
    document = {**ITS_DOCUMENT, "extra": deep}
    assert problems_of(document) == ("table: is nested too deeply",)


# -- declaring types -----------------------------------------------------------------------------------


def test_a_desk_may_add_kinds_of_tickets_and_of_values() -> None:
    @frozen(slots=False)
    class Outage(Incident):
        cause: str | None = None

    documents = DOCUMENTS.extended(
        DocumentType("outage", Outage), values=[ValueForm.of_enum("$colour", Colour)]
    )
    outage = Outage(
        TicketId("p-1"), "outage", "OUT-1", 1, "New", "new", NINE, NINE, details={"tag": Colour.RED}
    )
    document = documents.to_document(outage)
    assert document["type"] == "outage"
    assert document["details"] == {"tag": {"$colour": "red"}}
    assert documents.from_document(document) == outage
    assert documents.types[: len(DOCUMENTS.types)] == DOCUMENTS.types


@define
class Slotless:
    type: str


@pytest.mark.parametrize(
    ("declare", "problem"),
    [
        pytest.param(lambda: DocumentType("", Table), "must be a name", id="no name"),
        pytest.param(lambda: DocumentType("int", int), "must be of an attrs class, not type", id="no class"),
        pytest.param(
            lambda: DocumentType("slotless", Slotless),
            "document type 'slotless': keys: 'type' stands there more than once",
            id="a key that is taken",
        ),
        pytest.param(
            lambda: DocumentType("room", Room, keys={"form": "shape"}, without=["size", "shape"]),
            "there is no field 'form'\n.*there is no field 'size'\n.*field 'shape' has no default",
            id="unknown fields",
        ),
        pytest.param(
            lambda: Documents([*TYPES, DocumentType("table", Leg)]),
            "document types: 'table' stands there more than once",
            id="a name twice",
        ),
        pytest.param(
            lambda: DOCUMENTS.extended(DocumentType("remark", Commented)),
            "classes of documents: 'itsmkit.tickets.facts.Commented' stands there more than once",
            id="a class twice",
        ),
        pytest.param(
            lambda: Documents([], values=[ValueForm("$list", Point, str, str)]),
            "the tags of values: '\\$list' stands there more than once",
            id="a tag twice",
        ),
        pytest.param(
            lambda: Documents([], values=[ValueForm("$text", Decimal, str, str)]),
            "the classes of values: 'decimal.Decimal' stands there more than once",
            id="a class of values twice",
        ),
        pytest.param(
            lambda: ValueForm("point", Point, str, str),
            "ValueForm.tag must be a name that begins with \\$, not str 'point'",
            id="a tag that looks like a name",
        ),
    ],
)
def test_what_cannot_be_declared(declare: Any, problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        declare()
