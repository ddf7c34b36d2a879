"""JSON by msgspec is the JSON of the codecs, and tells of what is wrong as they do."""

import json
import pickle
import sys
from collections.abc import Callable, Mapping
from copy import copy, deepcopy
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Any

import attrs
import pytest
from attrs import evolve, field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit._frozen import FrozenDict
from itsmkit.errors import DefinitionError
from itsmkit.plugin import StoredTicket
from itsmkit.plugin.documents import (
    DOCUMENTS,
    Documents,
    DocumentType,
    canonical_bytes,
    from_document,
    to_document,
)
from itsmkit.practices import Incident
from itsmkit.testing import A_MONDAY, an_incident, an_incident_logged
from itsmkit.testing.stored_values import incidents, stored_values, ticket_events
from itsmkit.tickets import Actor, Attachment, Commented, Ticket, TicketId

AN_EVENT = an_incident_logged().events[0]


class Word(str):
    """A text that is not of the class of texts."""

    __slots__ = ()


class Level(StrEnum):
    HIGH = "high"


class Figure(int):
    """A whole number that is not of the class of such."""


def outcome(work: Callable[[], Any]) -> Any:
    """Return what *work* returns, with the class of everything in it, or what it says is wrong."""
    try:
        return exact(work())
    except DefinitionError as error:
        return error.problems


def exact(value: Any) -> Any:
    """Return *value* as plain tuples with the name of every class, fields in the order they are kept in."""
    name = type(value).__name__
    if attrs.has(type(value)):
        kept = [each for each in getattr(value, "__dict__", ()) if each != "_attrs_cached_hash"]
        names = kept or [each.name for each in attrs.fields(type(value))]
        return name, tuple((each, exact(getattr(value, each))) for each in names)
    if isinstance(value, dict):
        return name, tuple((exact(key), exact(each)) for key, each in value.items())
    if isinstance(value, list | tuple):
        return name, tuple(map(exact, value))
    if isinstance(value, set | frozenset):
        return name, frozenset(map(exact, value))
    return name, repr(value)


def told(text: bytes | str, documents: Documents = DOCUMENTS) -> Any:
    """Return what reading *text* by the standard library and the codecs comes to."""
    try:
        document = json.loads(text)
    except ValueError as error:
        return (f"the document: is no JSON: {error}",)
    return outcome(lambda: documents.from_document(document))


def canonical_of(value: object, documents: Documents = DOCUMENTS) -> bytes:
    """Return the document of *value* as JSON by the codecs."""
    return canonical_bytes(documents.to_document(value))


def fits(value: object, documents: Documents = DOCUMENTS) -> bool:
    """Tell whether *value* is written, and what is written is read, without the codecs."""
    twins = documents._twins
    assert twins is not None
    text = twins.written(value)
    return text is not None and twins.read(text) is not None


# -- what is right -----------------------------------------------------------------------------------------


@settings(max_examples=200)
@given(stored_values())
def test_the_json_of_a_value_is_that_of_its_document(value: Any) -> None:
    text = DOCUMENTS.to_json(value)
    assert text == canonical_of(value)
    assert outcome(lambda: DOCUMENTS.from_json(text)) == outcome(lambda: from_document(json.loads(text)))
    assert DOCUMENTS.from_json(text) == value
    assert fits(value) or not text.isascii()


def in_other_order(plain: Any, shuffle: Callable[[list[Any]], None]) -> Any:
    """Return *plain* with the keys of each object in another order."""
    if isinstance(plain, list):
        return [in_other_order(each, shuffle) for each in plain]
    if not isinstance(plain, dict):
        return plain
    items = [*plain.items()]
    shuffle(items)
    return {key: in_other_order(each, shuffle) for key, each in items}


@settings(max_examples=60)
@given(st.data(), stored_values())
def test_neither_order_nor_spacing_of_what_is_read_matters(data: st.DataObject, value: Any) -> None:
    document = in_other_order(to_document(value), lambda items: data.draw(st.randoms()).shuffle(items))
    text = json.dumps(
        document, indent=data.draw(st.none() | st.just(1)), ensure_ascii=data.draw(st.booleans())
    )
    assert DOCUMENTS.from_json(text) == value
    assert DOCUMENTS.from_json(text.encode()) == value
    assert DOCUMENTS.from_json(text.encode("utf-16")) == value


def test_names_are_in_the_order_of_utf_16() -> None:
    ticket = evolve(an_incident(), details={"\ue000": 1, "😀": 2, "é": 3})
    text = DOCUMENTS.to_json(ticket)
    assert text == canonical_of(ticket)
    assert '"details":{"é":3,"😀":2,"\ue000":1}' in text.decode()
    assert DOCUMENTS.from_json(text) == ticket
    assert fits(evolve(ticket, details={"\ue000": 1, "é": 3}))
    assert fits(evolve(ticket, details={"😀": 2, "é": 3}))


def test_what_was_written_under_an_earlier_schema_is_read() -> None:
    event = evolve(an_incident_logged().events[0], fact=Commented("Is it done?", public=True))
    document = to_document(event)
    ticket = to_document(an_incident())
    del ticket["tags"]
    assert DOCUMENTS.from_json(json.dumps(document)) == event
    assert DOCUMENTS.from_json(json.dumps({**ticket, "schema": 1})) == an_incident()
    assert told(json.dumps(ticket)) == ("incident: tags: is missing",)


def test_the_last_of_two_values_of_a_name_counts() -> None:
    text = DOCUMENTS.to_text(an_incident())
    for twice in (
        f'{text[:-1]},"title":"other"}}',
        f'{text[:-1]},"title":5}}',
        f'{{"title":5,{text[1:]}',
        f'{text[:-1]},"type":"change"}}',
        f'{{"type":"change",{text[1:]}',
        f'{{"type":7,{text[1:]}',
        f'{text[:-1]},"details":{{"a":1,"b":2,"a":3}}}}',
    ):
        assert outcome(partial(DOCUMENTS.from_json, twice)) == told(twice)


# -- what is not -------------------------------------------------------------------------------------------

odd: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, True, False, 0, 1, 2**53 - 1, 2**53, -(2**53), 2**70, 1.0, 0.5, "", "a", "\ud800", b"a"),
        *((), (1,), ("a",), ("a", Word("b")), [], ["a"], {}, {"a": 1}, frozenset(), {"a"}, FrozenDict(a=1)),
        *(
            Word("a"),
            Level.HIGH,
            Figure(3),
            Decimal("1.0"),
            timedelta(0),
            timedelta(1),
            object(),
            Actor("ann"),
        ),
        *({"a": Word("b")}, {Word("a"): 1}, {1: 1}, {"a": 2**53}, {"a": 1.5}, {"a": object()}, {"$a": 1}),
        *(A_MONDAY, A_MONDAY.replace(tzinfo=None), A_MONDAY.replace(tzinfo=timezone(timedelta(hours=5)))),
        *((Attachment("a", "b", 1, "c"),), [Attachment("a", "b", 1, "c")], (Attachment, None)),
        *(datetime.min.replace(tzinfo=timezone(timedelta(hours=5))), Commented("text", public=True)),
    ]
)


def with_odd_field(value: Any, name: str, odd_value: Any) -> Any:
    """Return *value* with something in a field that nobody can put there."""
    found = attrs.evolve(value)
    object.__setattr__(found, name, odd_value)
    return found


@settings(max_examples=200)
@given(st.data(), incidents() | ticket_events() | incidents().map(StoredTicket))
def test_what_has_no_json_is_refused_as_it_has_no_document(data: st.DataObject, value: Any) -> None:
    name = data.draw(st.sampled_from([each.name for each in attrs.fields(type(value))]))
    value = with_odd_field(value, name, data.draw(odd))
    assert outcome(lambda: DOCUMENTS.to_json(value)) == outcome(lambda: canonical_of(value))


def test_every_field_refuses_all_that_is_odd() -> None:
    samples = [an_incident(), AN_EVENT, evolve(AN_EVENT, fact=Commented("a", public=True)), AN_EVENT.actor]
    choices = odd.elements  # type: ignore[attr-defined]
    documents = DOCUMENTS.extended(DocumentType("actor", Actor))
    for value in samples:
        for each in attrs.fields(type(value)):
            for choice in choices:
                strange = with_odd_field(value, each.name, choice)
                assert outcome(partial(documents.to_json, strange)) == outcome(
                    partial(canonical_of, strange, documents)
                )


def places(plain: Any) -> list[tuple[Any, Any]]:
    """Return every object and list in *plain*, with each of its keys."""
    keys = plain if isinstance(plain, dict) else range(len(plain)) if isinstance(plain, list) else ()
    found = [(plain, key) for key in keys]
    return found + [place for key in keys for place in places(plain[key])]


damages: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, True, 0, 1, 2, 1.0, 12.0, -0.0, 1e300, 2**53, 2**64, 10**30, "", "a", "2026-03-02T09:00:00Z"),
        *("2026-03-02T09:00:00.000000+00:00", "2026-03-02 09:00:00.000000Z", "2026-W10-1T09:00:00.000000Z"),
        *("2026-03-02T09:00:00.000000Z", "20260302T09:00:00.000000Z", "2026-03-02T09:00:00,000000Z"),
        *([], ["a"], [1], [None], {}, {"a": 1}, {"$int": "9007199254740993"}, {"$int": "1"}, {"$a": 1}),
        *({"$duration": "0s"}, {"$duration": "0S"}, {"$duration": 1}, {"$decimal": "1.50"}, {"a": 0.5}),
        *(
            {"$duration": "1h", "a": "b"},
            float("nan"),
            float("inf"),
            "\ud800",
            "incident",
            "ticket.commented",
        ),
    ]
)


@settings(max_examples=200)
@given(st.data(), stored_values())
def test_damage_is_told_as_of_the_document(data: st.DataObject, value: Any) -> None:
    document = json.loads(DOCUMENTS.to_json(value))
    holder, key = data.draw(st.sampled_from(places(document)))
    if isinstance(holder, dict) and data.draw(st.booleans()):
        if data.draw(st.booleans()):
            del holder[key]
        else:
            holder["further"] = data.draw(damages)
    else:
        holder[key] = data.draw(damages)
    text = json.dumps(document)
    assert outcome(lambda: DOCUMENTS.from_json(text)) == told(text)


def test_every_field_of_a_ticket_tells_of_all_damage() -> None:
    document = to_document(evolve(an_incident(), details={"a": 1}))
    for name in document:
        for damage in damages.elements:  # type: ignore[attr-defined]
            text = json.dumps({**document, name: damage})
            assert outcome(partial(DOCUMENTS.from_json, text)) == told(text)


@settings(max_examples=200)
@given(st.data())
def test_damaged_bytes_are_told_of(data: st.DataObject) -> None:
    text = bytearray(
        DOCUMENTS.to_json(evolve(an_incident(), title="é😀", details={"a": -1, "b": {"c": "d"}}))
    )
    place = data.draw(st.integers(0, len(text) - 1))
    text[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
    damaged = bytes(text)
    assert outcome(lambda: DOCUMENTS.from_json(damaged)) == told(damaged)


@pytest.mark.parametrize(
    "text", ["", "null", "[]", '"incident"', '{"type":"other"}', '{"type":null}', "{", "\ud800"]
)
def test_what_is_no_document_is_refused(text: str) -> None:
    assert outcome(lambda: DOCUMENTS.from_json(text)) == told(text)
    with pytest.raises(DefinitionError, match="the document"):
        DOCUMENTS.from_json(text)


def test_what_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(DefinitionError, match="the document: is nested too deeply"):
        DOCUMENTS.from_json("[" * 100_000 + "]" * 100_000)


# -- classes of a desk's own -------------------------------------------------------------------------------


@frozen(slots=False)
class Errand(Ticket):
    """A kind of work with fields of its own."""

    distance: int = 0
    stops: tuple[str, ...] = ()
    _note: str = ""


def _far(_: object, __: object, value: int) -> None:
    if value < 10:
        problem = f"must be 10 or more, not {value}"
        raise DefinitionError(problem)


@frozen(slots=False)
class Journey(Ticket):
    """A kind of work that checks a field."""

    distance: int = field(default=10, validator=_far)


@frozen(slots=False)
class Trip(Ticket):
    """A kind of work that changes a field."""

    goal: str = field(default="", converter=str.strip)


@frozen(slots=False, cache_hash=True)
class Walk(Ticket):
    """A kind of work that keeps its hash."""


@frozen(slots=False)
class Ride(Ticket):
    """A kind of work that does more when it is made."""

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "made", True)


@frozen
class Tree:
    """What holds others of its class."""

    name: str
    branches: "tuple[Tree, ...]" = ()
    schema_: int = 1


@frozen
class Bare:
    """What has no field."""


@frozen(slots=False)
class One:
    """What has one field, and a part without one."""

    part: Bare


@frozen(slots=False)
class Lone:
    """What has no field, and a dict."""


@frozen
class Named:
    """What has fields that are called as the head of a document."""

    type: str
    schema: int
    flags: tuple[tuple[bool, ...], ...] = ()
    spans: tuple[timedelta, ...] = ()
    times: tuple[datetime | None, ...] = ()
    weights: Mapping[str, int] = field(factory=dict)
    either: str | int | None = None
    lone: Lone | None = None
    trees: tuple[Tree | None, ...] = ()


OWN = DOCUMENTS.extended(
    DocumentType("errand", Errand, keys={"note": "the note"}),
    DocumentType("journey", Journey),
    DocumentType("trip", Trip),
    DocumentType("walk", Walk),
    DocumentType("ride", Ride),
    DocumentType("tree", Tree),
    DocumentType("bare", Bare),
    DocumentType("one", One),
    DocumentType("named", Named, keys={"type": "kind", "schema": "plan"}),
)


def a_ticket_of(kind: Callable[..., Ticket], **fields: object) -> Ticket:
    known = {"id": TicketId("t-1"), "kind": "own", "number": "OWN-1", "version": 1, "state": "New"}
    since = {"state_category": "new", "opened_at": A_MONDAY, "updated_at": A_MONDAY.replace(microsecond=5)}
    return kind(**{**known, **since, **fields})


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(a_ticket_of(Errand, distance=5, stops=("a", "b"), note="n"), id="fields of its own"),
        pytest.param(a_ticket_of(Journey), id="a check"),
        pytest.param(a_ticket_of(Trip, goal="a "), id="a change"),
        pytest.param(a_ticket_of(Walk), id="a kept hash"),
        pytest.param(a_ticket_of(Ride), id="a further step"),
        pytest.param(Tree("a", (Tree("b"), Tree("c", (Tree("d"),)))), id="itself"),
        pytest.param(Bare(), id="nothing"),
        pytest.param(One(Bare()), id="a part of nothing"),
        pytest.param(
            Named(
                "a",
                2,
                ((True, False), ()),
                (timedelta(0), timedelta(1)),
                (None, A_MONDAY.astimezone(UTC)),
                FrozenDict(a=1),
                5,
                Lone(),
                (None, Tree("b")),
            ),
            id="all kinds of fields",
        ),
    ],
)
def test_classes_of_every_kind_fit(value: Any) -> None:
    assert fits(value, OWN)
    text = OWN.to_json(value)
    assert text == canonical_of(value, OWN)
    back = OWN.from_json(text)
    assert back == value
    assert hash(back) == hash(value)
    assert exact(back) == exact(OWN.from_document(json.loads(text))) == exact(value)
    for name in json.loads(text):
        for damage in damages.elements:  # type: ignore[attr-defined]
            damaged = json.dumps({**json.loads(text), name: damage})
            assert outcome(partial(OWN.from_json, damaged)) == told(damaged, OWN)


def test_a_value_that_its_class_refuses_is_told_of() -> None:
    text = json.dumps({**OWN.to_document(a_ticket_of(Journey)), "distance": 5})
    with pytest.raises(DefinitionError, match="journey: must be 10 or more, not 5"):
        OWN.from_json(text)


@frozen
class Wrapped:
    """What has a part whose type stands behind its own."""

    part: Commented


BEHIND = DOCUMENTS.extended(DocumentType("wrapped", Wrapped, keys={"part": "zone"}))


def test_the_type_of_a_part_is_not_taken_for_that_of_the_document() -> None:
    inner = Commented("a", public=True)
    for documents in (BEHIND, BEHIND.extended()):  # where documents of the part were read before, or not
        assert documents.from_json(documents.to_json(inner)) == inner
        assert documents.from_json(documents.to_json(Wrapped(inner))) == Wrapped(inner)
        text = documents.to_json(Wrapped(inner)).replace(b',"type":"wrapped"', b"")
        assert b"wrapped" not in text
        assert outcome(partial(documents.from_json, text)) == told(text, documents)


@pytest.mark.parametrize("name", ["type", "schema"])
def test_a_document_without_its_head_is_refused(name: str) -> None:
    for value in (AN_EVENT, Commented("a", public=True), an_incident()):
        document = {key: each for key, each in to_document(value).items() if key != name}
        for text in (canonical_bytes(document), canonical_bytes(document).decode(), json.dumps(document)):
            problems = outcome(partial(DOCUMENTS.from_json, text))
            assert problems == told(text)
            assert name in problems[0]


def test_what_stands_in_memory_is_read_as_bytes_are() -> None:
    text = DOCUMENTS.to_json(an_incident())
    assert DOCUMENTS.from_json(bytearray(text)) == an_incident()  # type: ignore[arg-type]


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("size", [2**30 - 1, 2**30, 2**31, 2**53 - 1, 2**53, 2**64])
def test_whole_numbers_of_every_size_are_as_the_codecs_write_them(size: int, sign: int) -> None:
    number = sign * size
    ticket = with_odd_field(evolve(an_incident(), details={"a": number}), "fields_version", number)
    assert outcome(partial(DOCUMENTS.to_json, ticket)) == outcome(partial(canonical_of, ticket))
    told_of = evolve(an_incident(), details={"a": number})
    assert DOCUMENTS.to_json(told_of) == canonical_of(told_of)
    assert DOCUMENTS.from_json(DOCUMENTS.to_json(told_of)) == told_of


def test_one_odd_item_of_several_is_refused() -> None:
    for strange in (Word("b"), Level.HIGH, 5, 2**70, None):
        ticket = with_odd_field(an_incident(), "tags", ("a", strange))
        assert outcome(partial(DOCUMENTS.to_json, ticket)) == outcome(partial(canonical_of, ticket))


@given(st.data())
def test_an_instant_is_spelled_in_one_way(data: st.DataObject) -> None:
    text = [
        *DOCUMENTS.to_document(
            evolve(an_incident(), needed_by=data.draw(st.datetimes(timezones=st.just(UTC))))
        )["needed_by"]
    ]
    for _ in range(data.draw(st.integers(0, 2))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(
            st.sampled_from([*"0123456789-:.,TtZzW+ ", "", "00"])
        )
    spelled = "".join(text)
    document = {**to_document(an_incident()), "needed_by": spelled}
    try:
        right = datetime.fromisoformat(spelled).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        right = None
    if right is not None and f"{right.isoformat(timespec='microseconds')}Z" == spelled:
        assert from_document(document).needed_by == right.replace(tzinfo=UTC)
        assert DOCUMENTS.from_json(json.dumps(document)).needed_by == right.replace(tzinfo=UTC)
    else:
        with pytest.raises(DefinitionError, match="must be an instant such as"):
            from_document(document)
        assert outcome(lambda: DOCUMENTS.from_json(json.dumps(document))) == told(json.dumps(document))


# -- without msgspec ---------------------------------------------------------------------------------------


def test_without_msgspec_all_is_as_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "msgspec", None)
    monkeypatch.delitem(sys.modules, "itsmkit.plugin.documents._by_msgspec", raising=False)
    plain = DOCUMENTS.extended()
    assert plain._twins is None
    for value in (an_incident(), AN_EVENT, evolve(an_incident(), title="\U0001f600\ue000")):
        text = plain.to_json(value)
        assert text == DOCUMENTS.to_json(value) == plain.to_text(value).encode()
        assert plain.from_json(text) == plain.from_json(text.decode()) == value
    for odd_value in (
        object(),
        evolve(an_incident(), title="\ud800"),
        evolve(an_incident(), title=Word("a")),
    ):
        assert outcome(partial(plain.to_json, odd_value)) == outcome(partial(DOCUMENTS.to_json, odd_value))
    assert outcome(lambda: plain.from_json("{}")) == told("{}")


def test_a_module_that_msgspec_misses_is_no_lack_of_msgspec(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "msgspec.structs", None)
    monkeypatch.delitem(sys.modules, "itsmkit.plugin.documents._by_msgspec", raising=False)
    with pytest.raises(ModuleNotFoundError, match=r"msgspec\.structs"):
        DOCUMENTS.extended().to_json(an_incident())


def test_tickets_that_are_read_go_on_as_others_do() -> None:
    events = an_incident_logged().events
    ticket = Incident.logged(events[0])
    back = DOCUMENTS.from_json(DOCUMENTS.to_json(ticket))
    further = evolve(AN_EVENT, sequence=2, fact=Commented("a", public=True))
    assert back.after(further) == ticket.after(further)
    assert [*back.facts().items()] == [*ticket.facts().items()]
    assert repr(back) == repr(ticket)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        back.title = "other"


@given(incidents(), st.integers(2, 4))
def test_what_is_written_again_is_written_as_before(ticket: Incident, times: int) -> None:
    for _ in range(times):
        assert DOCUMENTS.to_json(ticket) == canonical_bytes(to_document(ticket))


def test_details_that_were_written_are_still_what_they_were() -> None:
    details = FrozenDict({"b": "x", "a": 1})
    ticket = evolve(an_incident(), details=details)
    again = [DOCUMENTS.to_json(ticket) for _ in range(3)]
    assert again == [canonical_bytes(to_document(ticket))] * 3
    for same in (pickle.loads(pickle.dumps(details)), copy(details), deepcopy(details)):
        assert (type(same), same, [*same]) == (FrozenDict, details, [*details])
    # What is made of them is made anew, and with it what it looks like.
    other = evolve(ticket, details={**details, "a": 2})
    assert DOCUMENTS.to_json(other) == canonical_bytes(to_document(other))
    holding = evolve(ticket, details=FrozenDict({"a": [1]}))
    assert [DOCUMENTS.to_json(holding) for _ in range(3)] == [canonical_bytes(to_document(holding))] * 3
    holding.details["a"].append(2)  # type: ignore[attr-defined]  # lists may change, so that nothing is kept
    assert DOCUMENTS.to_json(holding) == canonical_bytes(to_document(holding))
