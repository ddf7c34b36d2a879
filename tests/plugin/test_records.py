"""Records and their events: plain data, checked at birth."""

import json
import pickle
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import Any, cast

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.plugin import Record, RecordEvent
from itsmkit.plugin._json_pointers import part_at, steps_of
from itsmkit.plugin.documents import ERASED, erased, from_document, to_document
from itsmkit.plugin.records import MOST_NESTED, changes_between, check_step, document_after, files_named_in
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.testing.stored_values import record_events, records

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
PLAIN = st.recursive(
    SCALARS | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab$"), inner, max_size=3),
)


class Colour(StrEnum):
    RED = "red"


def an_event(sequence: int = 1, **changes: Any) -> RecordEvent:
    event = RecordEvent("person", "ann", sequence, A_MONDAY, AN_AGENT, "PersonMoved", {"site": "north"})
    return evolve(event, **changes)


def nested(depth: int) -> Any:
    value: Any = "core"
    for number in range(depth):
        value = [value] if number % 2 else {"in": value}
    return value


@given(st.dictionaries(st.sampled_from("abc"), PLAIN))
def test_plain_data_is_kept_as_it_was_and_cannot_change(document: dict[str, Any]) -> None:
    record = Record("person", "ann", 1, document)
    assert thawed(record.document) == document
    assert hash(record) == hash(Record("person", "ann", 1, document))
    assert pickle.loads(pickle.dumps(record)) == record
    assert from_document(to_document(record)) == record
    document["a"] = "changed behind its back"
    assert record.document.get("a") != "changed behind its back" or document == {"a": record.document["a"]}


def thawed(value: Any) -> Any:
    """Return plain data as JSON would read it."""
    if isinstance(value, Mapping):
        return {name: thawed(each) for name, each in value.items()}
    return [thawed(each) for each in value] if isinstance(value, tuple) else value


def test_lists_and_mappings_inside_cannot_be_changed_from_outside() -> None:
    inner: dict[str, Any] = {"sites": ["north"], "contact": {"mail": "a@example.org"}}
    record = Record("person", "ann", 1, MappingProxyType(inner))
    inner["sites"].append("south")
    inner["contact"]["mail"] = "b@example.org"
    assert record.document == {"sites": ("north",), "contact": {"mail": "a@example.org"}}
    with pytest.raises(TypeError, match="read-only"):
        record.document["contact"]["mail"] = "b@example.org"  # type: ignore[index]


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        pytest.param([], "Record.document must be a mapping of names to plain data, not list", id="a list"),
        pytest.param(
            {1: "a"}, "Record.document must have names of text, .* not int 1", id="a number as name"
        ),
        pytest.param({"a": {"\ud800": 1}}, "Record.document.a must have names of text", id="half a name"),
        pytest.param(
            {"a": ["\udfff"]}, r"Record.document.a\[0\] must be text of whole", id="half a character"
        ),
        pytest.param(
            {"a": float("nan")}, "Record.document.a must be a finite number, not nan", id="no number"
        ),
        pytest.param({"a": -float("inf")}, "must be a finite number, not -inf", id="infinity"),
        pytest.param(
            {"a": A_MONDAY}, "Record.document.a must be text, a number, .* not datetime", id="instant"
        ),
        pytest.param({"a": {1}}, "Record.document.a must be text, a number, .* not set", id="a set"),
        pytest.param({"a": b"a"}, "Record.document.a must be text, a number, .* not bytes", id="bytes"),
        pytest.param({"a": Colour.RED}, "Record.document.a must be text, a number", id="a member"),
        pytest.param(
            {"a": nested(MOST_NESTED)},
            f"is nested deeper than {MOST_NESTED} levels; keep what",
            id="too deep",
        ),
    ],
)
def test_what_json_cannot_hold_is_refused_with_its_place(document: Any, problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        Record("person", "ann", 1, document)
    with pytest.raises(DefinitionError, match=problem.replace("Record.document", "RecordEvent.data")):
        an_event(data=document)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(DefinitionError) as raised:
        Record("person", "ann", 1, {"a": {2}, "b": [{"c": float("inf")}]})
    assert [each.partition(" ")[0] for each in raised.value.problems] == [
        "Record.document.a",
        "Record.document.b[0].c",
    ]


def test_what_is_nested_as_deep_as_may_be_is_kept() -> None:
    record = Record("person", "ann", 1, {"a": nested(MOST_NESTED - 1)})
    assert from_document(to_document(record)) == record


def test_what_holds_itself_is_refused() -> None:
    ring: dict[str, Any] = {}
    ring["ring"] = ring
    with pytest.raises(DefinitionError, match="nested deeper"):
        Record("person", "ann", 1, ring)


@pytest.mark.parametrize("name", ["", " ann", None, 7])
def test_a_record_has_a_kind_and_an_id(name: Any) -> None:
    with pytest.raises(DefinitionError, match=r"Record\.kind must be a name"):
        Record(name, "ann", 1, {})
    with pytest.raises(DefinitionError, match=r"Record\.id must be a name"):
        Record("person", name, 1, {})
    for part in ("kind", "id", "name"):
        with pytest.raises(DefinitionError, match=rf"RecordEvent\.{part} must be a name"):
            an_event(**{part: name})


@pytest.mark.parametrize("number", [0, -1, True, 1.0, "1"])
def test_versions_and_sequences_are_counted_from_one(number: Any) -> None:
    with pytest.raises(DefinitionError, match=r"Record\.version must be a whole number of 1 or more"):
        Record("person", "ann", number, {})
    with pytest.raises(DefinitionError, match=r"RecordEvent\.sequence must be a whole number of 1 or more"):
        an_event(number)


def test_an_event_happens_at_an_instant_of_utc() -> None:
    local = A_MONDAY.astimezone(timezone(timedelta(hours=2)))
    event = an_event(recorded_at=local)
    assert (event.recorded_at, event.recorded_at.tzinfo) == (A_MONDAY, UTC)
    with pytest.raises(DefinitionError, match=r"RecordEvent\.recorded_at has no time zone"):
        an_event(recorded_at=datetime(2026, 3, 2, 9))  # noqa: DTZ001


# -- what is personal ----------------------------------------------------------------------------------

SALT = "0123456789abcdef" * 2
DATA = {"changes": {"a/b": [1, {"~": "x"}], "": "y"}, "removed": ["z"], "by": "letter"}


@pytest.mark.parametrize(
    "personal", [["/by"], ["/changes/a~1b/1/~0", "/changes/a~1b/0"], ["/changes/"], ["/changes/a~1b"], ()]
)
def test_parts_of_the_data_are_personal(personal: list[str]) -> None:
    event = an_event(data=DATA, personal=personal, salt=SALT)
    assert event.personal == tuple(personal)
    assert pickle.loads(pickle.dumps(event)) == event
    assert SALT not in repr(event)


@pytest.mark.parametrize(
    ("personal", "problem"),
    [
        pytest.param("", "must be a JSON Pointer to a part, such as '/changes/name', not str ''", id="all"),
        pytest.param("by", "must be a JSON Pointer", id="a name"),
        pytest.param(7, "must be a JSON Pointer to a part, .* not int 7", id="a number"),
        pytest.param("/changes/~2", "must be a JSON Pointer", id="an unknown escape"),
        pytest.param("/changes/~", "must be a JSON Pointer", id="half an escape"),
        pytest.param("/site", "'/site' leads to nothing in the data", id="nowhere"),
        pytest.param("/by/0", "'/by/0' leads to nothing", id="into a text"),
        pytest.param("/changes/a~1b/2", "leads to nothing", id="behind the end"),
        pytest.param("/changes/a~1b/01", "leads to nothing", id="a number written oddly"),
        pytest.param("/changes/a~1b/-", "leads to nothing", id="the place after the last"),
        pytest.param(f"/changes/a~1b/{'9' * 5000}", "leads to nothing", id="far behind the end"),
        pytest.param("/changes", "'/changes' is what a history is replayed by; name parts", id="all changes"),
        pytest.param("/removed", "'/removed' is what a history is replayed by", id="what is removed"),
        pytest.param("/removed/0", "'/removed/0' is what a history is replayed by", id="a name of that"),
    ],
)
def test_a_pointer_that_cannot_be_followed_is_told(personal: Any, problem: str) -> None:
    with pytest.raises(DefinitionError, match=rf"^RecordEvent\.personal: .*{problem}"):
        an_event(data=DATA, personal=[personal])


def test_all_pointers_that_are_wrong_are_told_at_once() -> None:
    personal = ["/by", "/by", "/changes/a~1b", "/changes/a~1b/1/~0", "/nowhere"]
    with pytest.raises(DefinitionError) as raised:
        an_event(data=DATA, personal=personal)
    covered = "'/changes/a~1b/1/~0' stands under '/changes/a~1b', which covers it; leave it out"
    assert raised.value.problems == (
        "RecordEvent.personal: '/by' stands there more than once",
        "RecordEvent.personal: '/nowhere' leads to nothing in the data",
        f"RecordEvent.personal: {covered}",
    )


@pytest.mark.parametrize("salt", ["0" * 31, "X" * 32, 7, None])
def test_a_salt_is_32_hexadecimal_digits(salt: Any) -> None:
    with pytest.raises(
        DefinitionError, match=r"RecordEvent\.salt must be 32 hexadecimal digits, or empty, not"
    ):
        an_event().salted(salt)


def test_what_is_personal_needs_a_salt_to_be_saved() -> None:
    event = an_event(personal=["/site"])
    record = Record("person", "ann", 1, {})
    with pytest.raises(DefinitionError) as raised:
        check_step(record, [event], expected=0)
    way_out = "draw one: event.salted(secrets.token_hex(16))"
    assert raised.value.problems == (
        f"record person/ann: event PersonMoved has no salt, so that /site could never be erased; {way_out}",
    )
    check_step(record, [event.salted(SALT)], expected=0)


def test_files_are_named_where_something_is_personal() -> None:
    one, two, three = ("0" * 64, "1" * 64, "2" * 64)
    data = {"a": {"b": [one, {"c": two}], "d": 7}, "e": three, "f": "not a digest"}
    events = [an_event(data=data, personal=["/a", "/f"]), an_event(data=data)]
    assert files_named_in(events) == {one, two}


@given(record_events())
def test_an_event_that_was_erased_reads_so_at_its_pointers_alone(event: RecordEvent) -> None:
    after = erased(event)
    assert erased(after) == after
    assert (after.personal, after.salt or event.salt) == (event.personal, event.salt)
    assert apart(after) == apart(event)
    assert all(part_at(after.data, steps_of(each)) in (ERASED, "", None) for each in event.personal)


def apart(event: RecordEvent) -> dict[str, Any]:
    """Return the data of an event without what is personal, taken out by hand."""
    data = thawed(event.data)
    for pointer in event.personal:
        *way, last = steps_of(pointer)
        inner = data
        for step in way:
            inner = inner[int(step)] if isinstance(inner, list) else inner[step]
        inner[int(last) if isinstance(inner, list) else last] = "personal"
    return cast("dict[str, Any]", data)


def test_a_tombstone_has_no_document() -> None:
    with pytest.raises(
        DefinitionError, match=r"record person/ann is deleted, and has a document with name, a;"
    ):
        Record("person", "ann", 1, {"name": "Ann", "a": 1}, is_deleted=True)


def test_conditions_are_asked_of_the_parts_of_a_document() -> None:
    assert Record("person", "ann", 1, {"name": "Ann"}).facts == {"id": "ann", "name": "Ann"}
    assert Record("person", "ann", 1, {"id": "its own"}).facts == {"id": "its own"}


# -- steps -------------------------------------------------------------------------------------------------


@given(st.integers(0, 5), st.integers(1, 4))
def test_events_in_sequence_lead_from_one_version_to_another(expected: int, count: int) -> None:
    events = [an_event(expected + number) for number in range(1, count + 1)]
    check_step(Record("person", "ann", expected + count, {}), events, expected=expected)


def test_all_that_is_wrong_with_a_step_is_told_at_once() -> None:
    events = [an_event(2), an_event(2), an_event(4, kind="article", name="Written")]
    with pytest.raises(DefinitionError) as raised:
        check_step(Record("person", "ann", 9, {}), events, expected=1)
    assert raised.value.problems == (
        "record person/ann: event PersonMoved is event 2; it must be 3",
        "record person/ann: event Written is of article/ann; save that by itself",
        "record person/ann is of version 9; after 3 events on version 1, it must be 4",
    )


@given(records() | record_events())
def test_what_is_drawn_is_written_and_read_back(value: Record | RecordEvent) -> None:
    assert from_document(to_document(value)) == value


# -- the document that a history makes -------------------------------------------------------------------

DOCUMENTS = st.dictionaries(st.sampled_from(["a", "b", "", "a/b", " "]), PLAIN)


@given(st.lists(DOCUMENTS, max_size=5))
def test_what_changed_between_documents_makes_one_of_the_other(documents: list[dict[str, Any]]) -> None:
    steps = [changes_between(*pair) for pair in pairwise([{}, *documents])]
    events = [an_event(number, data={**step, "why": "told"}) for number, step in enumerate(steps, 1)]
    for number, document in enumerate([{}, *documents]):
        # `repr` tells numbers apart that are equal: 1, 1.0 and True.
        made = document_after(events[:number])
        assert sorted(map(repr, thawed(made).items())) == sorted(map(repr, document.items()))
        assert document_after(events[number:], made) == document_after(events)


@given(DOCUMENTS, DOCUMENTS)
def test_what_changed_names_the_parts_that_differ_and_no_others(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    data = changes_between(before, after)
    assert {*data.get("removed", ())} == before.keys() - after.keys()
    same = {each for each in before.keys() & after.keys() if written(before[each]) == written(after[each])}
    assert {*data.get("changes", {})} == after.keys() - same
    assert data.keys() == {name for name in ("changes", "removed") if data.get(name)}


def written(value: Any) -> str:
    """Return plain data as text, which tells 1, 1.0 and True apart, and not the order of names."""
    return json.dumps(value, sort_keys=True)


def test_an_event_that_changes_nothing_leaves_the_document_as_it_is() -> None:
    document = {"site": "north"}
    assert (
        document_after([], document)
        == document_after([an_event(data={"by": "letter"})], document)
        == document
    )


def test_nothing_is_a_value_and_not_a_removal() -> None:
    assert document_after([an_event(data={"changes": {"site": None}})], {"site": "north"}) == {"site": None}


def test_the_documents_that_are_handed_in_stay_as_they_are() -> None:
    document = {"site": "north"}
    after = document_after([an_event(data={"changes": {"site": "south"}})], document)
    assert (document["site"], after["site"]) == ("north", "south")
    with pytest.raises(TypeError, match="read-only"):
        after["site"] = "west"  # type: ignore[index]


@pytest.mark.parametrize(
    ("data", "problems"),
    [
        pytest.param(
            {"changes": ["site"], "removed": "site"},
            [
                "its changes must be a mapping of parts to their new values, not tuple ('site',)",
                "what is removed must be a list of names of parts, not str 'site'",
            ],
            id="of another form",
        ),
        pytest.param({"removed": [7]}, ["what is removed must be a list of names"], id="a number as name"),
        pytest.param({"changes": None}, ["its changes must be a mapping"], id="nothing as changes"),
        pytest.param(
            {"changes": {"site": "south"}, "removed": ["site", "sites"]},
            [
                "both changes and removes 'site'; say one",
                "removes 'sites', which is not there; did you mean 'site'?",
            ],
            id="changed and removed, and not there",
        ),
        pytest.param(
            {"removed": ["site", "site"]}, ["removed: 'site' stands there more than once"], id="twice"
        ),
    ],
)
def test_an_event_that_cannot_be_replayed_is_told(data: dict[str, Any], problems: list[str]) -> None:
    first = an_event(data={"changes": {"site": "north"}})
    with pytest.raises(DefinitionError) as raised:
        document_after([first, an_event(2, data=data)])
    assert len(raised.value.problems) == len(problems)
    for told, problem in zip(raised.value.problems, problems, strict=True):
        assert told.startswith("event 2 of person ann")
        assert problem in told


def test_what_json_cannot_hold_is_no_change() -> None:
    with pytest.raises(DefinitionError, match=r"the document\.since must be text, a number"):
        changes_between({}, {"since": A_MONDAY})
