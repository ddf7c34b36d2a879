from datetime import UTC, datetime, timedelta, timezone

import pytest

from itsmkit.cmdb import LookUp, SourceRecord, SourceRelation
from itsmkit.errors import DefinitionError

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def record(**changes):
    return SourceRecord(**{"source": "netbox", "key": "17", "ci_class": "host", "seen_at": NOON} | changes)


def test_a_record_is_known_by_its_source_and_key():
    assert record(name="web").origin == ("netbox", "17")
    assert str(record()) == "record '17' of netbox"


def test_the_time_is_kept_in_utc():
    east = timezone(timedelta(hours=2))
    assert record(seen_at=NOON.astimezone(east)).seen_at.tzinfo is UTC


def test_a_naive_time_is_refused():
    with pytest.raises(DefinitionError, match=r"SourceRecord\.seen_at has no time zone"):
        record(seen_at=datetime(2026, 3, 2, 12))  # noqa: DTZ001  that is the point


@pytest.mark.parametrize("field", ["source", "key", "ci_class", "name"])
def test_the_texts_of_a_record_are_names(field):
    with pytest.raises(DefinitionError, match=rf"SourceRecord\.{field} must be a name"):
        record(**{field: " x"})


@pytest.mark.parametrize(
    ("kind", "field"),
    [(LookUp, "kind"), (SourceRelation, "type"), (SourceRelation, "other")],
)
def test_the_texts_of_its_parts_are_names(kind, field):
    given = {"kind": "disk"} if kind is LookUp else {"type": "runs_on", "other": "18"}
    with pytest.raises(DefinitionError, match=rf"{kind.__name__}\.{field} must be a name"):
        kind(**given | {field: ""})


def test_what_it_holds_cannot_change_and_has_a_hash():
    found = record(
        attributes={"tags": ["a", "b"], "size": {"cores": 4}},
        lookups=[LookUp("disk", {"serials": ["x"]})],
        relations=[SourceRelation("runs_on", "18", attributes={"ports": [1, 2]})],
    )
    assert found.attributes == {"tags": ("a", "b"), "size": {"cores": 4}}
    assert {found, record()} == {record(), found}
    with pytest.raises(TypeError, match="read-only"):
        found.attributes["tags"] = ()


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda value: record(attributes=value), id="record"),
        pytest.param(lambda value: LookUp("disk", value), id="look-up"),
        pytest.param(lambda value: SourceRelation("runs_on", "18", attributes=value), id="relation"),
    ],
)
def test_attributes_that_can_change_are_refused(make):
    with pytest.raises(DefinitionError, match="attribute 'raw': must be a value that cannot change"):
        make({"raw": bytearray(b"x")})


def test_parts_of_another_kind_are_all_told():
    with pytest.raises(DefinitionError) as caught:
        record(lookups=["mac"], relations=[LookUp("disk")])
    assert caught.value.problems == (
        "record '17' of netbox: lookups[0]: must be a LookUp, not str 'mac'",
        (
            "record '17' of netbox: relations[0]: must be a SourceRelation, not LookUp "
            "LookUp(kind='...attributes={})"
        ),
    )
