"""How values are written and read, and what is refused."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from attrs import frozen

import itsmkit
from itsmkit.calendars import BusinessCalendar, BusinessDays, TimeSpan
from itsmkit.conditions import Condition, equals
from itsmkit.desk import TimerFailure, WorkReport
from itsmkit.errors import DefinitionError, NotFoundError, PluginError
from itsmkit.money import Money
from itsmkit.plain import VALUES, ReportedError, Values, from_document, from_json, to_document, to_json
from itsmkit.plain._registry import Registry
from itsmkit.plugin import PositionedEvent, Timer
from itsmkit.plugin.documents import DOCUMENTS, DocumentType
from itsmkit.practices import Incident, KindOfWork, WorkItem, incident_kind
from itsmkit.testing import an_incident, an_incident_logged
from itsmkit.tickets import Participant, Ticket, TicketId
from itsmkit.workflow import StateCategory, WorkflowDefinition, incident_workflow

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Colour(Enum):
    RED = "red"
    BLUE = 2


class Size(NamedTuple):
    width: int
    unit: str = "mm"


@frozen
class Part:
    """What is no type of its own."""

    name: str


@frozen
class Shift:
    """A field of each kind."""

    person: Participant
    part: Part
    colour: Colour
    size: Size
    amount: timedelta | BusinessDays
    span: TimeSpan | tuple[TimeSpan, ...]
    join: Literal["all", "any"] | int
    zone: ZoneInfo
    days: Mapping[date, int]
    pairs: Mapping[tuple[str, int], Decimal]
    colours: Mapping[Colour, int]
    categories: Mapping[StateCategory, int]
    place: tuple[str, int]
    several: Sequence[str]
    once: frozenset[int]
    kind: type[Ticket]
    anything: object
    condition: Condition | None = None


SHIFT = Shift(
    Participant("ann", "watcher"),
    Part("rota"),
    Colour.BLUE,
    Size(7),
    BusinessDays(2),
    (TimeSpan(NOON, NOON),),
    "all",
    ZoneInfo("Europe/Berlin"),
    {date(2026, 3, 2): 1},
    {("a", 1): Decimal("1.50"), ("a", 0): Decimal(1)},
    {Colour.RED: 1, Colour.BLUE: 2},
    {StateCategory.ACTIVE: 3},
    ("x", 2**60),
    ["b", "a"],
    frozenset({3, 1}),
    Incident,
    (Participant("bob", "watcher"), StateCategory.NEW, {"$value": 1.5}),
    equals("state", "New"),
)
VALUES_WITH_SHIFTS = VALUES.extended(DocumentType("shift", Shift))


def problems_of(document: object, values: Values = VALUES) -> list[str]:
    with pytest.raises(DefinitionError) as refused:
        values.from_document(document)
    return list(refused.value.problems)


def test_each_field_has_the_form_of_what_it_is_declared_to_be() -> None:
    document = VALUES_WITH_SHIFTS.to_document(SHIFT)
    head = {"schema": 1}
    assert document == {
        "type": "shift",
        **head,
        "person": {"type": "tickets.participant", **head, "person": "ann", "role": "watcher"},
        "part": {"name": "rota"},
        "colour": 2,
        "size": {"width": 7, "unit": "mm"},
        "amount": to_document(BusinessDays(2)),
        "span": [
            {
                "type": "calendars.time-span",
                **head,
                "start": "2026-03-02T12:00:00.000000Z",
                "end": "2026-03-02T12:00:00.000000Z",
            }
        ],
        "join": "all",
        "zone": "Europe/Berlin",
        "days": {"2026-03-02": 1},
        "pairs": [[["a", 0], {"$decimal": "1"}], [["a", 1], {"$decimal": "1.50"}]],
        "colours": [["red", 1], [2, 2]],
        "categories": {"active": 3},
        "place": ["x", {"$int": str(2**60)}],
        "several": ["b", "a"],
        "once": [1, 3],
        "kind": "incident",
        "anything": [
            {"$value": {"type": "tickets.participant", **head, "person": "bob", "role": "watcher"}},
            {"$value": {"type": "workflow.state-category", **head, "value": "new"}},
            {"$dict": {"$pairs": [["$value", {"$float": "1.5"}]]}},
        ],
        "condition": {
            "type": "conditions.condition",
            **head,
            "value": {"field": "state", "equals": "New"},
        },
    }
    assert VALUES_WITH_SHIFTS.from_document(document) == SHIFT
    assert VALUES_WITH_SHIFTS.from_json(VALUES_WITH_SHIFTS.to_json(SHIFT)) == SHIFT


@pytest.mark.parametrize(
    ("field", "plain", "problem"),
    [
        ("person", 7, "person: must be an object, not int 7"),
        ("person", {"type": "ticket"}, "person.type: must be that of a Participant, not 'ticket'"),
        ("person", {"type": "nobody"}, "person.type: is not known here: str 'nobody'; known: "),
        ("person", {"schema": 1}, "person.type: is missing; known: "),
        ("person", {"type": "tickets.participant"}, "person.schema: is missing"),
        ("part", "rota", "part: must be an object, not str 'rota'"),
        ("colour", "green", "colour: must be one of 'red', 2, not str 'green'"),
        ("colour", [], "colour: must be one of 'red', 2, not list []"),
        ("amount", "8h", "amount: must be a timedelta, not str '8h'"),
        ("amount", {"$duration": "8x"}, "amount.$duration: is no timedelta: str '8x'"),
        ("span", [7], "span[0]: must be an object, not int 7"),
        ("span", 7, "span: must be an object, not int 7"),
        ("join", "some", "join: must be one of 'all', 'any', not str 'some'"),
        ("join", True, "join: must be a whole number, not bool True"),
        ("zone", "Berlin/Europe", "zone: unknown time zone 'Berlin/Europe'"),
        ("zone", 1, "zone: must be text, not int 1"),
        ("days", {"monday": 1}, "days.monday: must be a date such as 2026-03-29, not str 'monday'"),
        ("days", {"20260302": 1}, "days['20260302']: must be a date such as 2026-03-29, not str '20260302'"),
        ("days", [], "days: must be a mapping, not list []"),
        ("pairs", {}, "pairs: must be a list, not dict {}"),
        ("pairs", [[["a", 0]]], "pairs[0]: must be of 2 values, not 1"),
        ("pairs", [[["a", 0], {"$decimal": "1"}]] * 2, "pairs: a name stands there more than once"),
        ("pairs", [[[1, "a"], 1]], "pairs[0][0][0]: must be text, not int 1"),
        ("place", ["x"], "place: must be of 2 values, not 1"),
        ("place", 7, "place: must be a list, not int 7"),
        ("once", [1, 1], "once: a value stands there more than once"),
        ("kind", "nothing", "kind: must be the name of a class below Ticket, not str 'nothing'"),
        ("kind", "tickets.actor", "kind: must be the name of a class below Ticket, not str 'tickets.actor'"),
        ("kind", 7, "kind: must be the name of a class below Ticket, not int 7"),
        ("anything", {"$value": 7}, "anything.$value: must be an object, not int 7"),
        ("anything", {"$value": {"type": "x"}}, "anything.$value.type: is not known here: str 'x'; known: "),
        ("condition", {"type": "conditions.condition", "schema": 1, "value": {}}, "condition: condition: "),
    ],
)  # fmt: skip
def test_what_is_no_form_of_a_field_is_refused_with_its_path(field: str, plain: object, problem: str) -> None:
    document = {**VALUES_WITH_SHIFTS.to_document(SHIFT), field: plain}
    found = problems_of(document, VALUES_WITH_SHIFTS)
    assert any(each.startswith(f"shift: {problem}") for each in found), found


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("person", Part("ann"), "person: must be a Participant, not Part Part(name='ann')"),
        ("part", "rota", "part: must be a Part, not str 'rota'"),
        ("colour", "red", "colour: must be a Colour, not str 'red'"),
        ("amount", 8, "amount: must be a BusinessDays, not int 8"),
        ("span", (7,), "span[0]: must be a TimeSpan, not int 7"),
        ("join", "some", "join: must be one of 'all', 'any', not str 'some'"),
        ("zone", UTC, "zone: must be a time zone with a name, not timezone datetime.timezone.utc"),
        ("days", {NOON: 1}, "days"),
        ("days", [], "days: must be a mapping, not list []"),
        ("pairs", [], "pairs: must be a mapping, not list []"),
        ("pairs", {7: Decimal(1)}, "pairs[0][0]: must be a tuple, not int 7"),
        ("place", 7, "place: must be a tuple, not int 7"),
        ("several", "text", "several: must be a Sequence, not str 'text'"),
        ("kind", Part, "kind: must be a class of values below Ticket, not type <class "),
        ("kind", "incident", "kind: must be a class of values below Ticket, not str 'incident'"),
        ("anything", object, "anything: has no plain form: type <class 'object'>"),
    ],
)
def test_what_is_not_what_a_field_is_declared_to_be_is_not_written(
    field: str, value: object, problem: str
) -> None:
    odd = Shift(**{**{each: getattr(SHIFT, each) for each in Shift.__annotations__}, field: value})
    with pytest.raises(DefinitionError) as refused:
        VALUES_WITH_SHIFTS.to_document(odd)
    assert any(each.startswith(f"shift: {problem}") for each in refused.value.problems), refused.value


# -- types -------------------------------------------------------------------------------------------------


def with_role(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "person": {**document["person"], "schema": 1, "role": "watcher"}}


@frozen
class Offer:
    person: Participant
    price: Money


def in_money(document: dict[str, Any]) -> dict[str, Any]:
    rest = {key: value for key, value in document.items() if key != "euros"}
    return {**rest, "price": {"$money": f"{document['euros']} EUR"}}


def test_a_document_of_any_schema_is_read() -> None:
    values = VALUES.extended(DocumentType("offer", Offer, upgrades=[in_money, with_role]))
    offer = Offer(Participant("ann", "watcher"), Money("12.50", "EUR"))
    person = {"type": "tickets.participant", "person": "ann"}
    newest = values.to_document(offer)
    assert newest["schema"] == 3
    assert values.schema_of("offer") == 3
    for old in (
        {"type": "offer", "schema": 1, "person": person, "euros": "12.50"},
        {"type": "offer", "schema": 2, "person": person, "price": {"$money": "12.50 EUR"}},
        newest,
    ):
        assert values.from_document(old) == offer
        assert values.from_json(json.dumps(old)) == offer
    broken = {"type": "offer", "schema": 1, "person": person}
    assert problems_of(broken, values) == ["offer: schema: cannot be made 2 of 1: KeyError: 'euros'"]
    inside = {"type": "list", "schema": 1}
    assert problems_of(inside, values)[0].startswith("the document: type: is not known here: str 'list'")


def test_an_old_document_of_a_store_is_read_within_another_value() -> None:
    event = an_incident_logged().events[0]
    positioned = PositionedEvent(7, event)
    document = to_document(positioned)
    newest = document["event"]["$value"]
    assert newest["schema"] == 2
    old = {key: value for key, value in newest.items() if key != "salt"} | {"schema": 1}
    assert from_document({**document, "event": {"$value": old}}) == positioned


def test_what_is_wrong_within_a_kept_value_is_told_with_its_path() -> None:
    document = to_document(WorkItem(an_incident(), None, "it is new"))
    document["ticket"]["title"] = 7
    document["due"] = "tomorrow"
    found = problems_of(document)
    assert found[0].startswith("practices.work-item: ticket")
    assert "title: must be text or null, not int 7" in found[0]
    assert found[1].startswith("practices.work-item: due: must be an instant such as")


def test_what_cannot_be_written_within_a_kept_value_is_told_with_its_path() -> None:
    item = WorkItem(an_incident(details={"size": 3j}), None, "it is new")
    with pytest.raises(
        DefinitionError, match=r"practices.work-item: ticket.*details.size: has no plain form"
    ):
        to_document(item)


def test_a_class_without_a_type_is_refused() -> None:
    with pytest.raises(
        DefinitionError, match=r"there is no type of values for Part; `Values.extended` adds one"
    ):
        to_document(Part("rota"))
    assert VALUES.name_of(Part) is None


@frozen
class SmallPart(Participant):
    """A class below one that has a type, and of none itself."""


def test_a_class_below_one_with_a_type_is_not_taken_for_it() -> None:
    values = VALUES.extended(DocumentType("offer", Offer))
    with pytest.raises(DefinitionError, match=r"offer: person: is of no type of values: SmallPart"):
        values.to_document(Offer(SmallPart("ann", "watcher"), Money(1, "EUR")))


def test_a_name_stands_for_one_type() -> None:
    with pytest.raises(DefinitionError, match=r"types of values: 'sla.promise' is taken"):
        VALUES.extended(DocumentType("sla.promise", Part))
    with pytest.raises(DefinitionError, match="'timer' is taken"):
        VALUES.extended(DocumentType("timer", Part))
    with pytest.raises(DefinitionError, match="stands there more than once"):
        VALUES.extended(DocumentType("part", Part), DocumentType("part", Shift))


@pytest.mark.parametrize("ask", [VALUES.schema_of, VALUES.kind_of, VALUES.json_schema])
def test_an_unknown_name_is_refused(ask: Any) -> None:
    with pytest.raises(DefinitionError, match=r"there is no type of values 'sla.promis'"):
        ask("sla.promis")


def test_what_is_no_document_is_refused() -> None:
    assert problems_of(7) == ["the document: must be an object, not int 7"]
    with pytest.raises(DefinitionError, match="the document: is no JSON"):
        from_json("{")
    with pytest.raises(DefinitionError, match="the document: is nested too deeply"):
        from_json("[" * 100_000)


def test_a_field_may_be_left_out_and_called_otherwise() -> None:
    values = VALUES.extended(DocumentType("size", _Sized, keys={"type": "size_type"}, without=["note"]))
    document = values.to_document(_Sized("wide", "gone"))
    assert document == {"type": "size", "schema": 1, "size_type": "wide"}
    assert values.from_document(document) == _Sized("wide")


@frozen
class _Sized:
    type: str
    note: str = ""


@frozen
class _Odd:
    work: "Unheard"  # type: ignore[name-defined]  # noqa: F821  # nobody knows it at run time


def test_a_field_that_has_no_plain_form_is_told() -> None:
    values = VALUES.extended(DocumentType("odd", _Odd))
    with pytest.raises(DefinitionError, match="has no plain form"):
        values.to_document(_Odd(lambda: None))


def test_a_field_cannot_be_called_as_what_stands_in_every_document() -> None:
    with pytest.raises(DefinitionError, match="_Sized: type: is taken; give it another key"):
        Registry(DOCUMENTS, ())._fields(_Sized, {"type": "size", "schema": 1})


def test_what_a_class_refuses_is_told_with_its_path() -> None:
    span = to_document(TimeSpan(NOON, NOON))
    document = {
        **VALUES_WITH_SHIFTS.to_document(SHIFT),
        "span": {**span, "end": "2026-03-01T12:00:00.000000Z"},
    }
    [problem] = problems_of(document, VALUES_WITH_SHIFTS)
    assert problem.startswith("shift: span: ")


# -- single values -----------------------------------------------------------------------------------------


def test_members_and_money_stand_under_value() -> None:
    assert to_document(StateCategory.ACTIVE) == {
        "type": "workflow.state-category",
        "schema": 1,
        "value": "active",
    }
    assert to_json(Money("12.50", "EUR")) == b'{"schema":1,"type":"money.money","value":"12.50 EUR"}'
    assert from_json(to_json(Money("12.50", "EUR"))) == Money("12.50", "EUR")
    refused = problems_of({"type": "money.money", "schema": 1, "value": "12.50"})
    assert refused[0].startswith("money.money: ")


def test_the_order_of_the_states_of_a_workflow_is_kept() -> None:
    definition = incident_workflow()
    back = from_json(to_json(definition))
    assert isinstance(back, WorkflowDefinition)
    assert back.states == definition.states


def test_a_kind_of_work_names_the_class_of_its_tickets() -> None:
    kind: KindOfWork[Incident] = incident_kind()
    assert to_document(kind)["ticket_class"] == "incident"
    assert from_json(to_json(kind)) == kind


def test_a_calendar_keeps_all_that_was_said_of_it() -> None:
    office = BusinessCalendar(
        "Mon-Fri 08:00-17:00", "Europe/Berlin", special_hours={date(2026, 12, 24): "09:00-12:00"}
    )
    assert from_json(to_json(office)) == office


def test_a_timer_is_sent_with_its_failures() -> None:
    timer = Timer(TicketId("t-1"), "resolve", NOON, failures=3)
    assert from_json(to_json(timer)) == timer
    assert from_document(DOCUMENTS.to_document(timer)) == Timer(TicketId("t-1"), "resolve", NOON)


# -- errors ------------------------------------------------------------------------------------------------


def test_errors_are_sent_as_what_they_tell() -> None:
    failures = {
        "deliver": PluginError("mail", "itsmkit_deliver", "no answer"),
        "due": ValueError("no number"),
    }
    report = WorkReport(1, 2, 3, 4, 5, failures)
    document = to_document(report)
    assert document["failures"] == {
        "deliver": {
            "error": "PluginError",
            "plugin": "mail",
            "hook": "itsmkit_deliver",
            "problem": "no answer",
        },
        "due": {"error": "ValueError", "sentence": "no number"},
    }
    back = from_document(document)
    assert isinstance(back.failures["deliver"], PluginError)
    assert str(back.failures["deliver"]) == str(failures["deliver"])
    assert isinstance(back.failures["due"], ReportedError)
    assert (back.failures["due"].name, str(back.failures["due"])) == ("ValueError", "no number")
    assert to_document(back) == document


def test_what_is_no_error_is_refused() -> None:
    document = to_document(
        TimerFailure(Timer(TicketId("t-1"), "resolve", NOON), NotFoundError("ticket", "t-1"))
    )
    for plain, problem in [
        (7, "error: must be an object, not int 7"),
        ({}, "error.error: is missing"),
        ({"error": "X", "sentence": 7}, "error.sentence: must be text, not int 7"),
        ({"error": "X", "sentence": "", "odd": 1}, "error.odd: is not known here"),
    ]:
        assert f"desk.timer-failure: {problem}" in problems_of({**document, "error": plain})
    report = {"type": "plugin.discovery-run", "schema": 1, "at": "2026-03-02T12:00:00.000000Z"}
    run = {**report, "discoveries": [], "plugins": {}, "failures": [{"error": "X", "sentence": "y"}]}
    assert problems_of(run) == ["plugin.discovery-run: failures[0].error: must be a PluginError, not X"]
    with pytest.raises(DefinitionError, match="error: must be an Exception, not str 'no'"):
        to_document(TimerFailure(Timer(TicketId("t-1"), "resolve", NOON), "no"))  # type: ignore[arg-type]


# -- loading -----------------------------------------------------------------------------------------------


def test_only_the_room_of_a_type_is_loaded() -> None:
    program = """
import sys
from itsmkit.plain import from_json, to_json
from itsmkit.tickets import Participant
assert from_json(to_json(Participant("ann", "watcher"))) == Participant("ann", "watcher")
rooms = {"itsmkit.desk", "itsmkit.simulate", "itsmkit.reporting", "itsmkit.interchange"}
print(sorted(rooms & sys.modules.keys()))
"""
    source = {**os.environ, "PYTHONPATH": str(Path(itsmkit.__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=source
    )
    assert done.stdout.strip() == "[]"
