"""Every value that a store keeps comes back from its document as it was."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, time, timezone
from pathlib import Path
from typing import Any, get_args

import attrs
import msgspec
import pytest
import rfc8785
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.cmdb import Override, RedundancyRule
from itsmkit.cmdb.history import Recorded, RecordKey
from itsmkit.cmdb.reconciliation import StagingArea
from itsmkit.errors import DefinitionError
from itsmkit.plugin import StoredTicket
from itsmkit.plugin.documents import (
    DOCUMENTS,
    StagingRow,
    canonical_bytes,
    digest,
    from_document,
    staging_from_rows,
    staging_rows,
    to_document,
    to_plain,
)
from itsmkit.practices import TICKET_CLASSES, Incident, Observation
from itsmkit.testing import A_MONDAY, an_incident, an_incident_logged
from itsmkit.testing.stored_values import staging_areas, stored_values
from itsmkit.testing.strategies import incident_histories
from itsmkit.tickets import Actor, Commented, Fact, Ticket, TicketEvent, TicketId, replay

TAGS = [
    f"${name}"
    for name in (
        *("int", "float", "decimal", "fraction", "datetime", "date", "time", "duration", "uuid", "bytes"),
        *("money", "list", "set", "frozenset", "dict", "pairs"),
    )
]


AN_EVENT = an_incident_logged().events[0]


def exact(value: object) -> object:
    """Return *value* as plain tuples with the name of every class, so that 1, 1.0 and True differ."""
    name = type(value).__name__
    if attrs.has(type(value)):
        return name, tuple(
            (each.name, exact(getattr(value, each.name))) for each in attrs.fields(type(value))
        )
    if isinstance(value, Mapping):
        return name, frozenset((exact(key), exact(each)) for key, each in value.items())
    if isinstance(value, list | tuple):
        return name, tuple(map(exact, value))
    if isinstance(value, set | frozenset):
        return name, frozenset(map(exact, value))
    if isinstance(value, datetime) and isinstance(value.tzinfo, timezone):
        return name, repr(value.astimezone(UTC).replace(fold=0))  # they are kept in UTC
    if isinstance(value, time):
        return name, repr(value.replace(fold=0))
    return name, str(value) if isinstance(value, float) else repr(value)


def is_hashable(value: object) -> bool:
    """Tell whether *value* has a hash: details may be lists."""
    try:
        hash(value)
    except TypeError:
        return False
    return True


def through_json(document: dict[str, Any]) -> Any:
    """Return *document* as it comes out of a store."""
    return json.loads(canonical_bytes(document))


def is_json(plain: object) -> bool:
    """Tell whether *plain* is of nothing but what JSON keeps exactly."""
    if isinstance(plain, dict):
        return all(type(key) is str and is_json(each) for key, each in plain.items())
    if isinstance(plain, list):
        return all(map(is_json, plain))
    if type(plain) is int:
        return abs(plain) < 2**53
    return plain is None or type(plain) in (str, bool)


@settings(max_examples=150)
@given(stored_values())
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    document = to_document(value)
    assert is_json(document)
    assert through_json(document) == document
    assert msgspec.json.decode(canonical_bytes(document)) == document
    back = from_document(through_json(document))
    assert back == value
    assert type(back) is type(value)
    assert exact(back) == exact(value)
    assert to_document(back) == document
    assert digest(to_document(back)) == digest(document)
    if is_hashable(value):
        assert hash(back) == hash(value)


@settings(max_examples=150)
@given(stored_values())
def test_the_text_of_a_value_is_the_canonical_json_of_its_document(value: Any) -> None:
    assert DOCUMENTS.to_text(value) == rfc8785.dumps(to_document(value)).decode()


def test_names_and_texts_are_as_canonical_in_a_text() -> None:
    ticket = evolve(an_incident(), title="%d % é 😀\x7f\u2028", details={"\ue000": 1, "😀": 2, "%s": "100 %"})
    text = DOCUMENTS.to_text(ticket)
    assert '"details":{"%s":"100 %","😀":2,"\ue000":1}' in text
    assert '"title":"%d % é 😀\x7f\u2028"' in text
    assert text == rfc8785.dumps(to_document(ticket)).decode()


def nested(depth: int) -> tuple[Any, ...]:
    """Return so many tuples in each other."""
    value: tuple[Any, ...] = ()
    for _ in range(depth):
        value = (value,)
    return value


def an_odd_actor() -> Actor:
    """Return an actor whose roles are what nobody can give them."""
    actor = Actor("ann")
    object.__setattr__(actor, "roles", ["agent"])
    return actor


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(object(), id="of no type"),
        pytest.param(Commented("\ud800", public=True), id="half a surrogate pair"),
        pytest.param(evolve(an_incident(), title=5, version=None), id="other scalars"),
        pytest.param(evolve(an_incident(), details={"a": nested(100_000)}), id="nested too deeply"),
        pytest.param(StoredTicket(Commented("a", public=True)), id="a document of another class"),  # type: ignore[arg-type]
        pytest.param(evolve(AN_EVENT, actor="ann", fact=5), id="no part, and no document"),
        pytest.param(evolve(AN_EVENT, actor=an_odd_actor()), id="another collection"),
    ],
)
def test_what_has_no_text_is_refused_as_it_has_no_document(value: object) -> None:
    with pytest.raises(DefinitionError) as refused:
        canonical_bytes(to_document(value))
    with pytest.raises(DefinitionError) as told:
        DOCUMENTS.to_text(value)
    assert told.value.problems == refused.value.problems


@settings(max_examples=30)
@given(incident_histories())
def test_a_history_and_its_ticket_come_back(history: tuple[TicketEvent, ...]) -> None:
    ticket = replay(history, Incident)
    back = tuple(from_document(through_json(to_document(event))) for event in history)
    assert back == history
    assert tuple(map(hash, back)) == tuple(map(hash, history))
    stored = from_document(through_json(to_document(StoredTicket(ticket, {"clocks": object()}))))
    assert stored == StoredTicket(replay(back, Incident))
    assert hash(stored.ticket) == hash(ticket)
    assert stored.cache == {}


@settings(max_examples=40)
@given(staging_areas())
def test_a_staging_area_comes_back_from_its_rows(area: StagingArea) -> None:
    rows = [*staging_rows(area)]
    assert len({row.key for row in rows}) == len(rows)
    back = [from_document(through_json(to_document(row))) for row in reversed(rows)]
    assert [row.key for row in reversed(back)] == [row.key for row in rows]
    found = staging_from_rows(back)
    assert found == area
    assert hash(found) == hash(area)


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        | st.tuples(st.sampled_from(TAGS), inner).map(lambda pair: dict([pair]))
    ),
    max_leaves=4,
)


def places(plain: Any) -> list[tuple[Any, Any]]:
    """Return every object and list in *plain*, with each of its keys."""
    keys = plain if isinstance(plain, dict) else range(len(plain)) if isinstance(plain, list) else ()
    found = [(plain, key) for key in keys]
    return found + [place for key in keys for place in places(plain[key])]


@settings(max_examples=150)
@given(st.data())
def test_no_damage_raises_anything_but_a_clear_error(data: st.DataObject) -> None:
    document = through_json(to_document(data.draw(stored_values())))
    holder, key = data.draw(st.sampled_from(places(document)))
    if isinstance(holder, dict) and data.draw(st.booleans()):
        del holder[key]
    else:
        holder[key] = data.draw(json_values)
    try:
        value = from_document(document)
    except DefinitionError:
        return
    again = to_document(value)
    assert to_document(from_document(again)) == again


def below(kind: type) -> set[type]:
    """Return the classes below *kind* that are of itsmkit."""
    found = {each for each in kind.__subclasses__() if each.__module__.startswith("itsmkit.")}
    return found.union(*map(below, found))


@pytest.mark.parametrize(
    "kinds",
    [
        pytest.param(get_args(Fact), id="facts"),
        pytest.param((*get_args(Recorded), Override), id="what is recorded"),
        pytest.param(get_args(StagingRow), id="rows of a staging area"),
        pytest.param(below(RedundancyRule), id="rules of redundancy"),
        pytest.param(below(Ticket), id="kinds of tickets"),
    ],
)
def test_nothing_that_a_store_keeps_is_without_a_document(kinds: Any) -> None:
    known = {each.kind for each in DOCUMENTS.types}
    assert kinds
    assert not set(kinds) - known


def test_kinds_of_tickets_are_called_as_they_are() -> None:
    of_tickets = {each.name: each.kind for each in DOCUMENTS.types if issubclass(each.kind, Ticket)}
    assert of_tickets == {"ticket": Ticket, **TICKET_CLASSES}


def test_a_field_that_holds_something_else_is_refused() -> None:
    ticket = Incident(TicketId("t-1"), "incident", "INC-1", 1, "New", "new", A_MONDAY, A_MONDAY)
    odd = attrs.evolve(ticket, title=5, version=None)
    with pytest.raises(DefinitionError) as refused:
        to_document(StoredTicket(odd))
    assert refused.value.problems == (
        "stored-ticket: ticket.version: must be a whole number, not NoneType None",
        "stored-ticket: ticket.title: must be text or null, not int 5",
    )
    with pytest.raises(DefinitionError, match="incident: title: must be text or null, not int 5"):
        from_document({**to_document(ticket), "title": 5})


def test_a_damaged_document_gives_nothing() -> None:
    document = to_document(Commented("Is it done?", public=True))
    for key in document:
        with pytest.raises(DefinitionError):
            from_document({name: value for name, value in document.items() if name != key})
        with pytest.raises(DefinitionError):
            from_document({**document, key: [document[key]]})


def test_the_page_tells_of_every_type() -> None:
    page = (Path(__file__).parents[3] / "docs/reference/documents.md").read_text("utf-8")
    assert [each.name for each in DOCUMENTS.types if f"`{each.name}`" not in page] == []


# -- to be compared ------------------------------------------------------------------------------------


@given(stored_values())
def test_what_has_a_document_is_compared_as_that(value: Any) -> None:
    assert to_plain(value) == to_document(value)
    assert to_plain((value, [1])) == [to_document(value), {"$list": [1]}]


def test_other_values_are_compared_as_their_fields() -> None:
    instant = {"$datetime": "2026-03-02T09:00:00.000000Z"}
    to_document(Commented("text", public=False))
    assert to_plain(A_MONDAY) == instant  # whatever was written before
    assert to_plain((A_MONDAY, RecordKey("item", ("web",)))) == [instant, ["item", "web"]]
    assert to_plain(Observation("New", details={"seen": A_MONDAY})) == {
        **dict.fromkeys(["assignee", "impact", "priority", "support_group", "urgency"]),
        "state": "New",
        "details": {"seen": instant},
    }


def test_what_cannot_be_compared_is_told_with_its_path() -> None:
    seen = Observation("New", details={"a": object, "b": {"c": range(3)}})
    with pytest.raises(DefinitionError) as refused:
        to_plain((1, seen), where="what was seen")
    assert [problem.partition(": has")[0] for problem in refused.value.problems] == [
        "what was seen: [1].details.a",
        "what was seen: [1].details.b.c",
    ]
