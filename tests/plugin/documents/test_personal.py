"""Documents in two parts: what is chained, and what is personal and can be erased."""

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.plugin import RecordEvent
from itsmkit.plugin.documents import (
    DOCUMENTS,
    ERASED,
    canonical_bytes,
    check_erasable,
    erased,
    from_document,
    in_the_clear,
    is_erased,
    kept_by,
    problems_of_personal,
    seal,
    to_document,
    unseal,
)
from itsmkit.plugin.documents.personal import sealed_text
from itsmkit.plugin.documents.standard import PERSONAL, STRUCTURED
from itsmkit.testing.stored_values import record_events, stored_values, ticket_events
from itsmkit.tickets import (
    Actor,
    Commented,
    DetailsChanged,
    Fact,
    Prioritised,
    StateChanged,
    TicketEvent,
    TicketId,
    TicketLogged,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SALT, OTHER_SALT = "0123456789abcdef" * 2, "fedcba9876543210" * 2
DETAILS = {
    "title": "Ann is ill",
    "requester": "ann",
    "site": "Bonn",
    "a/b~c": "a cable",
    "phone": 4711,
    "$sealed": "odd",
    "nothing": None,
    "empty": "",
}


def event(fact: Fact, *, sequence: int = 2, salt: str = SALT, of: str = "t-1") -> TicketEvent:
    return TicketEvent(TicketId(of), sequence, NOON, NOON, NOON, Actor("zoe"), fact, salt)


LOGGED = event(TicketLogged("incident", "INC-1", "New", "new", NOON, DETAILS))
COMMENTED = event(Commented("Ann is ill", public=True))


# -- laws ----------------------------------------------------------------------------------------------


@given(value=stored_values())
def test_what_was_parted_comes_back_whole(value: object) -> None:
    document = to_document(value)
    before = deepcopy(document)
    sealed = seal(document)
    assert unseal(*sealed) == document == before
    assert problems_of_personal(*sealed) == ()
    assert canonical_bytes(sealed.document)
    assert sealed.personal is None or canonical_bytes(sealed.personal)


@given(event=ticket_events() | record_events())
def test_what_is_sealed_says_nothing_personal(event: TicketEvent | RecordEvent) -> None:
    sealed = seal(to_document(event))
    assert (sealed.personal is None) == (not event.salt or not [*personal_in(to_document(event))])
    if event.salt:
        assert in_the_clear(sealed.document) == ()
        left = [*personal_in(sealed.document)]
        assert [value.keys() for value in left] == len(left) * [{"$sealed"}]
        whole = personal_in(to_document(event))
        assert sorted(map(str, whole)) == sorted(
            map(str, (sealed.personal or {"values": {}})["values"].values())
        )


@given(event=ticket_events() | record_events())
def test_an_event_reads_the_same_erased_by_value_and_by_document(event: TicketEvent | RecordEvent) -> None:
    assume(event.salt)
    sealed = seal(to_document(event))
    assert from_document(unseal(sealed.document, None)) == erased(event)
    assert is_erased(sealed.document, None) == (erased(event) != event)
    assert not is_erased(*sealed)
    assert erased(erased(event)) == erased(event)
    assert {*personal_in(to_document(erased(event)))} <= {ERASED}


@given(event=ticket_events() | record_events())
def test_texts_are_written_as_the_documents_are(event: TicketEvent | RecordEvent) -> None:
    document, personal = sealed_text(event, DOCUMENTS)
    sealed = seal(to_document(event))
    assert document == canonical_bytes(sealed.document).decode()
    assert (None if personal is None else json.loads(personal)) == sealed.personal
    if personal is not None:
        assert personal == canonical_bytes(sealed.personal).decode()


@given(event=ticket_events() | record_events(), salt=st.sampled_from([SALT, OTHER_SALT]))
def test_a_seal_is_that_of_its_salt(event: TicketEvent | RecordEvent, salt: str) -> None:
    one, other = (seal(to_document(event.salted(each))) for each in (salt, "5" * 32))
    part = "data" if isinstance(event, RecordEvent) else "fact"
    if one.personal is None:
        assert one.document[part] == other.document[part]
    else:
        assert one.document[part] != other.document[part]
        assert problems_of_personal(one.document, {**one.personal, "salt": "5" * 32}) != ()


@given(event=ticket_events() | record_events())
def test_what_has_no_salt_stays_in_the_clear(event: TicketEvent | RecordEvent) -> None:
    plain = event.salted("")
    document = to_document(plain)
    assert seal(document) == (document, None)
    assert kept_by(plain) == in_the_clear(document)
    assert len(kept_by(plain)) == len([*personal_in(document)])
    assert kept_by(event.salted(SALT)) == ()


_SAID = ("text", "because", "reason", "how", "comment", "note", "advised_because")
_BY_THE_DESK = {
    "ticket.promise-moved",
    "ticket.personal-data-erased",
    "ticket.cascaded",
    "ticket.escalation-step-taken",
}
_WITH_REASONS = {"ticket.state-corrected", "ticket.rule-refused"}
"""Whose reasons may tell what was said."""


def personal_in(document: Any) -> Iterator[Any]:
    """Yield what is personal in the document of an event, found by another way than the table."""
    if document["type"] == "record.event":
        yield from personal_in_data(document)
        return
    fact = document.get("fact") or {}
    kind = fact.get("type")
    for mapping in ("details", "changes", "answers"):
        for name, value in fact.get(mapping, {}).items():
            if name not in STRUCTURED and value not in (None, "", ERASED):
                yield value
    said = [fact.get(name) for name in _SAID]
    if kind in _BY_THE_DESK:
        said = []  # what the desk says, or why something was erased
    said += fact.get("irregular", ())
    said += fact.get("reasons", ()) if kind in _WITH_REASONS else ()
    files = [*fact.get("attachments", ()), *([fact["attachment"]] if "attachment" in fact else ())]
    entries = [*fact.get("entries", ()), *([fact["entry"]] if "entry" in fact else ())]
    said += [each["name"] for each in files] + [each["note"] for each in entries]
    yield from (text for text in said if text not in (None, "", ERASED))


def personal_in_data(document: Any) -> Iterator[Any]:
    """Yield what is personal in the document of an event of a record, taken apart by hand."""
    for pointer in document["personal"]:
        value, is_top = document["data"], True
        for step in pointer.split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            if isinstance(value, list):
                value = value[int(name)]
            elif not is_top and {*value} == {"$pairs"}:
                value = dict(map(tuple, value["$pairs"]))[name]
            else:
                value = value[name]
            is_top = False
        if value not in (None, "", ERASED):
            yield value


# -- what is personal ----------------------------------------------------------------------------------


def test_texts_and_details_are_personal_and_structure_is_not() -> None:
    sealed = seal(to_document(LOGGED))
    assert sealed.personal == {
        "salt": SALT,
        "values": {
            "/fact/details/title": "Ann is ill",
            "/fact/details/a~1b~0c": "a cable",
            "/fact/details/phone": 4711,
            "/fact/details/$sealed": "odd",
        },
    }
    assert sealed.document["salt"] == ""
    after = from_document(unseal(sealed.document, None)).fact.details
    assert dict(after) == {**DETAILS, **dict.fromkeys(("title", "a/b~c", "phone", "$sealed"), ERASED)}


@pytest.mark.parametrize(
    ("fact", "personal"),
    [
        (Commented("Ann is ill", public=False), {"/fact/text": "Ann is ill"}),
        (StateChanged("a", "b", "c", "d", {"resolution": "rest"}), {"/fact/details/resolution": "rest"}),
        (DetailsChanged({"title": "Ann", "site": "Bonn"}), {"/fact/changes/title": "Ann"}),
        (Prioritised(None, None, "P1", "Ann said so"), {"/fact/because": "Ann said so"}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_kind_of_fact_has_its_own(fact: Fact, personal: dict[str, str]) -> None:
    found = seal(to_document(event(fact))).personal
    assert found is not None
    assert found["values"] == personal


def test_the_table_names_types_and_fields_that_there_are() -> None:
    kinds = {each.name: each for each in DOCUMENTS.types}
    for name, paths in PERSONAL.items():
        assert {path.partition(".")[0] for path in paths} <= {
            each.name for each in kinds[name].kind.__attrs_attrs__
        }


def test_a_digest_is_of_salt_sequence_place_and_value() -> None:
    said = f'["{SALT}",2,"/fact/text","Ann is ill"]'
    digest = sha256(said.encode()).hexdigest()
    assert seal(to_document(COMMENTED)).document["fact"]["text"] == {"$sealed": digest}


def test_equal_texts_have_different_digests() -> None:
    events = [
        COMMENTED,
        evolve(COMMENTED, sequence=3),
        evolve(COMMENTED, salt=OTHER_SALT),
        event(DetailsChanged({"title": "Ann is ill", "cable": "Ann is ill"})),
    ]
    marks = [mark for each in events for mark in personal_in(seal(to_document(each)).document)]
    assert len({mark["$sealed"] for mark in marks}) == len(marks) == 5


def test_who_has_a_text_like_a_digest_keeps_it() -> None:
    digest = seal(to_document(COMMENTED)).document["fact"]["text"]["$sealed"]
    odd = event(DetailsChanged({"site": digest, "title": digest}))
    document, personal = sealed_text(odd, DOCUMENTS)
    assert unseal(json.loads(document), personal and json.loads(personal)) == to_document(odd)


def test_parts_of_a_record_are_personal_by_their_pointers() -> None:
    data = {"a": {"b/c": ["x", {"~": 7}], "$d": {"e": True}}, "$pairs": [["f", "g"]], "h": None}
    personal = ["/a/b~1c/1", "/a/$d/e", "/$pairs/0", "/h"]
    heard = RecordEvent("survey", "s", 2, NOON, Actor("zoe"), "Heard", data, SALT, personal)
    sealed = seal(to_document(heard))
    assert sealed.personal == {
        "salt": SALT,
        "values": {"/data/a/b~1c/1": {"~": 7}, "/data/a/$d/e": True, "/data/$pairs/0": ["f", "g"]},
    }
    said = f'["{SALT}",2,"/data/a/b~1c/1",{{"~":7}}]'
    assert {"$sealed": sha256(said.encode()).hexdigest()} in sealed.document["data"]["a"]["$pairs"][1][1]
    assert from_document(unseal(sealed.document, None)).data == {
        "a": {"b/c": ("x", ERASED), "$d": {"e": ERASED}},
        "$pairs": (ERASED,),
        "h": None,
    }


@pytest.mark.parametrize(
    "odd",
    [
        {"data": []},
        {"personal": None},
        {"personal": [7, "a", "/~2", "/nowhere", "/list/7", "/list/x", "/text/0", "/odd/x", "/pairs/x"]},
    ],
)
def test_pointers_of_a_document_that_lead_nowhere_change_nothing(odd: dict[str, Any]) -> None:
    data = {"list": ["a"], "text": "b", "odd": {"$pairs": [7, ["y"], ["z", 1]]}, "pairs": {"$pairs": "x"}}
    document = {"type": "record.event", "salt": SALT, "sequence": 2, "data": data, "personal": [], **odd}
    assert seal(document) == (document, None)
    assert unseal(document, None) == document
    assert not is_erased(document, None)


def test_a_part_that_is_gone_reads_as_erased() -> None:
    sealed = seal(to_document(LOGGED))
    assert sealed.personal is not None
    del sealed.personal["values"]["/fact/details/title"]
    found = from_document(unseal(*sealed))
    assert (found.fact.details["title"], found.fact.details["phone"]) == (ERASED, 4711)


# -- what is wrong -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("personal", "problems"),
    [
        ("text", ("what is personal must be an object of salt, values, not str 'text'",)),
        ({"salt": SALT}, ("what is personal must be an object of salt, values, not",)),
        ({"salt": 7, "values": {}}, ("the salt must be 32", "the values must be an object of one or more")),
        ({"salt": SALT, "values": []}, ("the values must be an object of one or more by their places",)),
        (
            {"salt": SALT, "values": {"/fact/public": True, "/fact/text": 0.5}},
            ("/fact/public stands beside the event", "/fact/text is not the personal value"),
        ),
        (
            {"salt": SALT, "values": {"/fact/words": "Ann is ill"}},
            ("/fact/text is personal, and gone", "/fact/words stands beside the event"),
        ),
        ({"salt": SALT, "values": {"/fact/text": "\ud800"}}, ("/fact/text is not the personal value",)),
        ({"salt": OTHER_SALT, "values": {"/fact/text": "Ann is ill"}}, ("/fact/text is not the personal",)),
        ({"salt": SALT, "values": {"/fact/text": "Ann is ill"}}, ()),
        (None, ()),
    ],
)
def test_what_is_not_what_was_sealed_is_told(personal: Any, problems: tuple[str, ...]) -> None:
    found = problems_of_personal(seal(to_document(COMMENTED)).document, personal)
    assert len(found) == len(problems)
    assert all(told.startswith(begin) for told, begin in zip(found, problems, strict=True)), found


def test_what_is_of_no_form_cannot_be_put_back() -> None:
    sealed = seal(to_document(COMMENTED))
    with pytest.raises(DefinitionError, match="the salt must be 32 hexadecimal digits, not int 7"):
        unseal(sealed.document, {"salt": 7, "values": {"/fact/text": "x"}})


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"type": "ticket.event", "salt": SALT},
        {"type": "ticket.event", "salt": SALT, "fact": []},
        {"type": "ticket.event", "salt": SALT, "fact": {"type": 7}},
        {"type": "ticket.event", "salt": SALT, "fact": {"type": "ticket.commented"}},
        {"type": "ticket.event", "salt": SALT, "fact": {"type": "ticket.details-changed", "changes": 7}},
        {"type": "ticket.event", "salt": 7, "fact": {"type": "ticket.commented", "text": "x"}},
    ],
)
def test_what_is_no_event_is_left_as_it_is(odd: dict[str, Any]) -> None:
    assert seal(odd) == (odd, None)
    assert unseal(odd, None) == odd
    assert not is_erased(odd, None)


def test_what_json_cannot_hold_is_told_as_ever() -> None:
    for odd in ("\ud800", object()):
        with pytest.raises(DefinitionError, match=r"details.title|changes.title"):
            sealed_text(event(DetailsChanged({"title": odd})), DOCUMENTS)


def test_each_event_that_cannot_be_erased_is_told() -> None:
    check_erasable("ticket t-1", {1: (), 2: iter(())})
    with pytest.raises(RefusedError) as raised:
        check_erasable("ticket t-1", {1: iter(("/fact/text",)), 2: (), 7: ("/fact/a", "/fact/b")})
    assert [reason.partition(": it was")[0] for reason in raised.value.reasons] == [
        "cannot erase event 1 of ticket t-1",
        "cannot erase event 7 of ticket t-1",
    ]
    assert "/fact/a, /fact/b stands in its chain for good" in raised.value.reasons[1]
