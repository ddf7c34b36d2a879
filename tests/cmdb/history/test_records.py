import copy
import pickle
from datetime import datetime

import pytest

from itsmkit.cmdb import CIId, ConfigurationItem, Override, RedundancySet, Relation
from itsmkit.cmdb.history import ConfigurationEvent, ConfigurationRecord, RecordKey, key_of
from itsmkit.errors import DefinitionError

WEB = ConfigurationItem(CIId("web"), "server", "Web")
POWER = Relation(CIId("web"), "powered_by", CIId("mains"), qualifier="A")
PAIR = RedundancySet(CIId("shop"), "front", ["web", "web-2"], "any")


@pytest.mark.parametrize(
    ("value", "kind", "parts", "sentence"),
    [
        (WEB, "item", ("web",), "configuration item web"),
        (POWER, "relation", ("web", "powered_by", "mains", "A"), "relation web powered_by mains (A)"),
        (
            Relation(CIId("web"), "runs_on", CIId("host")),
            "relation",
            ("web", "runs_on", "host", ""),
            "relation web runs_on host",
        ),
        (PAIR, "redundancy", ("shop", "front"), "redundancy set 'front' of shop"),
    ],
)
def test_what_a_record_is_about_follows_from_its_value(value, kind, parts, sentence):
    assert key_of(value) == RecordKey.of(value) == RecordKey(kind, parts)
    assert str(key_of(value)) == sentence
    assert ConfigurationRecord.of(value).key == key_of(value)


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        (RecordKey("item", ("a", "b")), "a key of kind 'item' has 1 part, not 2"),
        (RecordKey("relation", ("a",)), "a key of kind 'relation' has 4 parts, not 1"),
        (
            RecordKey("person", ("a",)),
            "'person' is no kind of record; known: item, relation, redundancy, override",
        ),
    ],
)
def test_a_key_that_is_none_is_refused(key, problem):
    with pytest.raises(DefinitionError) as refused:
        ConfigurationRecord(key, None)
    assert refused.value.problems == (f"record of {key.kind} {' '.join(key.parts)}: {problem}",)


def test_all_that_is_wrong_with_a_record_is_told_at_once(day):
    with pytest.raises(DefinitionError) as refused:
        ConfigurationRecord(RecordKey("item", ("host",)), WEB, day(2), day(2))
    assert [problem.partition(": ")[2] for problem in refused.value.problems] == [
        "its value is configuration item web; use that as the key",
        f"it ends at {day(2)}, which is not after its start at {day(2)}",
    ]


def test_a_record_ends_before_its_end(day):
    record = ConfigurationRecord.of(WEB, day(1), day(2), sources=["scan"], last_seen=day(1))
    assert [record.holds_at(day(each)) for each in (0, 1, 1.5, 2)] == [False, True, True, False]
    assert record.sources == ("scan",)
    assert ConfigurationRecord.of(WEB).holds_at(day(0))


@pytest.mark.parametrize("sequence", [0, -1, 1.0, True, "1", None])
def test_an_event_has_a_place_in_the_history_of_its_thing(day, sequence):
    with pytest.raises(DefinitionError, match=r"ConfigurationEvent\.sequence must be a whole number of 1 or"):
        ConfigurationEvent(ConfigurationRecord.of(WEB), sequence, day(1), "anna")


def test_an_event_says_when_in_a_zone():
    with pytest.raises(DefinitionError, match="has no time zone"):
        ConfigurationEvent(ConfigurationRecord.of(WEB), 1, datetime(2026, 3, 1), "anna")  # noqa: DTZ001


def test_a_key_is_a_tuple_that_can_be_copied_and_sorted():
    key = RecordKey("item", ["web"])
    assert key == ("item", ("web",)) == pickle.loads(pickle.dumps(key)) == copy.copy(key)
    assert type(pickle.loads(pickle.dumps(key))) is RecordKey
    assert sorted([RecordKey.of(POWER), key]) == [key, RecordKey.of(POWER)]


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ("a", r"RecordKey\.parts: one text stands where several are asked for; write \('a',\)"),
        (None, r"RecordKey\.parts must be texts, such as \('web',\), not NoneType None"),
        ((1, "a"), r"RecordKey\.parts must be texts, such as \('web',\), not tuple \(1, 'a'\)"),
    ],
)
def test_the_parts_of_a_key_are_texts(parts, problem):
    with pytest.raises(DefinitionError, match=problem):
        RecordKey("item", parts)


def test_a_record_is_of_something_that_can_be_recorded():
    with pytest.raises(DefinitionError) as refused:
        ConfigurationRecord(("item", ("web",)), WEB)
    assert refused.value.problems == (
        (
            "a key must be a RecordKey, such as RecordKey('item', ('web',)), not tuple ('item', ('web',)); "
            "RecordKey.of(value) is that of a value"
        ),
    )
    kinds = "what is recorded must be a ConfigurationItem, a Relation, a RedundancySet or an Override"
    with pytest.raises(DefinitionError) as refused:
        ConfigurationRecord(RecordKey("item", ("web",)), "web")
    assert refused.value.problems == (f"record of configuration item web: {kinds}, not str 'web'",)
    with pytest.raises(DefinitionError, match=f"^{kinds}, not str 'web'$"):
        ConfigurationRecord.of("web")


def test_the_record_of_a_ruling_ends_with_it(day):
    ruling = Override(WEB.id, "degraded", "anna", day(3))
    assert ConfigurationRecord.of(ruling, day(1)).until == ruling.expires
    assert ConfigurationRecord.of(ruling, day(1), day(2)).until == day(2)
    assert ConfigurationRecord(RecordKey.of(ruling), None, day(1)).until is None
    with pytest.raises(DefinitionError) as refused:
        ConfigurationRecord.of(ruling, day(1), day(4))
    (problem,) = refused.value.problems
    assert problem == (
        f"record of override of web: it ends at {day(4)}, but the ruling expires at {day(3)}; leave out its "
        "end, or let the ruling last longer"
    )
    with pytest.raises(DefinitionError, match="which is not after its start"):
        ConfigurationRecord.of(ruling, day(3))
