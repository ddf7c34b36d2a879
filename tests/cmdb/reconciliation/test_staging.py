from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import (
    CIId,
    ConfigurationGraph,
    ConfigurationItem,
    LookUp,
    Relation,
    SourceRecord,
    SourceRelation,
)
from itsmkit.cmdb.reconciliation import (
    AttributeLock,
    StagingArea,
    load_staging,
    records_of,
    save_staging,
    staging_from,
    staging_lines,
)
from itsmkit.errors import DefinitionError

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def record(source="netbox", key="17", hours=0, **options):
    return SourceRecord(source, key, "host", seen_at=NOON + hours * HOUR, **options)


def problems_of(make):
    with pytest.raises(DefinitionError) as caught:
        make()
    return list(caught.value.problems)


values = st.sampled_from([1, True, 1.0, "1", None, ("a",), (1,), (True,)])
records = st.builds(
    record,
    st.sampled_from(["a", "b"]),
    st.sampled_from(["1", "2"]),
    st.integers(0, 2),
    attributes=st.dictionaries(st.sampled_from(["x", "y"]), values, max_size=2),
    lookups=st.lists(st.builds(LookUp, st.sampled_from(["m", "n"])), max_size=2),
    relations=st.lists(st.builds(SourceRelation, st.just("t"), st.sampled_from(["1", "2"])), max_size=2),
)


@given(st.lists(records, max_size=8), st.randoms())
def test_neither_order_nor_repetition_matters(given_records, random):
    shuffled = given_records * 2
    random.shuffle(shuffled)
    cut = random.randrange(len(shuffled) + 1)
    one = StagingArea().with_records(given_records)
    other = StagingArea().with_records(shuffled[:cut]).with_records(shuffled[cut:])
    assert list(staging_lines(one)) == list(staging_lines(other))
    assert one.with_records(one.records.values()) == one


@given(st.lists(records, max_size=8))
def test_a_staging_area_is_read_as_it_was_written(given_records):
    area = StagingArea().with_records(given_records)
    lines = list(staging_lines(area))
    assert list(staging_lines(staging_from(lines[::-1]))) == lines
    assert staging_from(lines) == area


def test_an_older_record_changes_nothing():
    area = StagingArea().with_records([record(hours=2, name="new")])
    assert area.with_records([record(hours=1, name="old")]) == area


def test_records_of_one_instant_that_differ_are_both_kept():
    one, other = record(attributes={"x": 1}), record(attributes={"x": True})
    area = StagingArea().with_records([other, one])
    assert [area.records[one.origin].attributes["x"], area.contradictions[one.origin][0].attributes["x"]] == [
        1,
        True,
    ]
    newer = area.with_records([record(hours=1)])
    assert not newer.contradictions


def test_what_is_no_record_is_told():
    assert problems_of(lambda: StagingArea().with_records([record(), "x"])) == [
        "records[1]: must be a SourceRecord, not str 'x'"
    ]
    with pytest.raises(DefinitionError, match="records: several are asked for, not SourceRecord"):
        StagingArea().with_records(record())


def test_only_the_last_full_load_counts():
    area = StagingArea().with_full_load("a", NOON).with_full_load("a", NOON - HOUR)
    assert area.loads == {("a", "*"): NOON}
    area = area.with_full_load("a", NOON, ["host", "rack"]).with_full_load("a", NOON + HOUR, "rack")
    assert area.loads == {("a", "*"): NOON, ("a", "host"): NOON, ("a", "rack"): NOON + HOUR}


def test_a_full_load_has_names_and_a_time():
    assert problems_of(lambda: StagingArea().with_full_load("", NOON, [""])) == [
        "source: must be a name without surrounding spaces, not str ''",
        "ci_classes[0]: must be a name without surrounding spaces, not str ''",
    ]
    with pytest.raises(DefinitionError, match="at has no time zone"):
        StagingArea().with_full_load("a", datetime(2026, 3, 2))  # noqa: DTZ001  that is the point


def test_locks_come_and_go():
    lock = AttributeLock(CIId("web"), "ram", 64, "ann")
    other = AttributeLock(CIId("web"), "ram", 32, "bob")
    area = StagingArea().with_lock(lock).with_lock(other)
    assert area.locks == {("web", "ram"): other}
    assert area.without_lock(CIId("web"), "ram") == StagingArea()
    assert area.without_lock(CIId("web"), "cpu") is not None
    assert area.without_lock(CIId("web"), "cpu") == area
    assert problems_of(lambda: area.with_lock("x")) == ["locks[0]: must be an AttributeLock, not str 'x'"]


def test_a_lock_reads_as_a_sentence_and_ends():
    lock = AttributeLock(CIId("web"), "ram", [64], "ann", "measured", NOON)
    assert str(lock) == "ram of web is (64,), by ann until 2026-03-02 12:00:00+00:00"
    assert (lock.holds_at(NOON - HOUR), lock.holds_at(NOON)) == (True, False)
    assert AttributeLock(CIId("web"), "ram", 64, "ann").holds_at(NOON)


@pytest.mark.parametrize(
    ("attribute", "value", "problem"),
    [
        ("ram", None, "value: None is no value; take the lock away, to leave it to the sources"),
        ("name", 3, "value: must be a name without surrounding spaces, not int 3"),
        ("ci_class", "", "value: must be a name without surrounding spaces, not str ''"),
    ],
)
def test_a_lock_needs_a_value_that_the_attribute_can_have(attribute, value, problem):
    assert problems_of(lambda: AttributeLock(CIId("web"), attribute, value, "ann")) == [
        f"lock of web, {attribute}: {problem}"
    ]


def test_a_lock_cannot_change():
    with pytest.raises(
        DefinitionError, match="lock of web, ram: attribute 'ram': must be a value that cannot"
    ):
        AttributeLock(CIId("web"), "ram", bytearray(), "ann")


def test_records_can_be_taken_out_with_their_identities():
    area = StagingArea().with_records([record(), record(key="18")])
    area = area.with_identities({("netbox", "17"): CIId("web"), ("netbox", "18"): CIId("db")})
    left = area.without_records([("netbox", "17")])
    assert list(left.records) == [("netbox", "18")]
    assert left.identities == {("netbox", "18"): "db"}


GRAPH = ConfigurationGraph(
    [
        ConfigurationItem(CIId("web"), "server", "Web", {"ram": 4}),
        ConfigurationItem(CIId("db"), "server", "db"),
    ],
    [
        Relation(CIId("web"), "depends_on", CIId("db"), qualifier="q", attributes={"port": 5432}),
        Relation(CIId("web"), "depends_on", CIId("gone")),
    ],
)


def test_a_configuration_can_stand_as_a_source():
    web, db = records_of(GRAPH, "cmdb", NOON)
    assert web == SourceRecord(
        "cmdb",
        "web",
        "server",
        "Web",
        {"ram": 4},
        seen_at=NOON,
        relations=[SourceRelation("depends_on", "db", qualifier="q", attributes={"port": 5432})],
    )
    assert db.relations == ()
    area = StagingArea().with_configuration(GRAPH, "cmdb", NOON)
    assert area.records == {web.origin: web, db.origin: db}
    assert area.identities == {web.origin: "web", db.origin: "db"}


FULL = (
    StagingArea()
    .with_records(
        [
            record(
                name="Ärger",
                attributes={"a": None, "b": (1, {"x": 1.5}), "when": NOON, "span": HOUR},
                lookups=[LookUp("disk", {"serial": "s"}), LookUp("disk")],
                relations=[
                    SourceRelation("runs_on", "18"),
                    SourceRelation("runs_on", "19", from_other=True, qualifier="q", attributes={"n": 1}),
                ],
            ),
            record(key="18"),
            record(key="18", name="other"),
        ]
    )
    .with_full_load("netbox", NOON)
    .with_full_load("netbox", NOON + HOUR, ["rack"])
    .with_lock(AttributeLock(CIId("web"), "ram", (64,), "ann", "measured", NOON))
    .with_lock(AttributeLock(CIId("web"), "name", "x", "ann"))
    .with_identities({("netbox", "17"): CIId("web")})
)


def test_everything_is_read_as_it_was_written(tmp_path):
    path = tmp_path / "staging.jsonl"
    save_staging(FULL, path)
    assert load_staging(path) == FULL
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes() + b"\n\n")
    assert load_staging(path) == FULL


def test_what_has_no_plain_form_is_told_before_anything_is_written(tmp_path):
    tags = {"tags": frozenset("ab"), "ok": 1}
    area = StagingArea().with_records(
        [
            record(attributes=tags, lookups=[LookUp("disk", tags)]),
            record(key="18", relations=[SourceRelation("runs_on", "17", attributes=tags)]),
        ]
    )
    area = area.with_lock(AttributeLock(CIId("web"), "tags", frozenset("a"), "ann"))
    path = tmp_path / "staging.jsonl"
    problems = problems_of(lambda: save_staging(area, path))
    assert [problem.split(": has no plain form")[0] for problem in problems] == [
        "record '17' of netbox: attribute 'tags'",
        "record '17' of netbox: disk: attribute 'tags'",
        "record '18' of netbox: runs_on: attribute 'tags'",
        "lock of web: attribute 'value'",
    ]
    assert not path.exists()


def test_every_fault_is_told_with_its_line():
    lines = [
        (
            '{"record": {"source": "a", "key": "1", "class": "host", "seen_at": "2026-03-02T12:00:00Z",'
            ' "attributes": {"x": {"instant": "soon"}},'
            ' "lookups": [{"kind": "d", "attributes": {"y": {"decimal": "z"}}}],'
            ' "relations": [{"type": "t", "other": "2", "attributes": {"z": {"duration": "q"}}}]}}'
        ),
        "",
        "{",
        '{"record": {}, "load": {}}',
        '{"recrod": {}}',
        "[" * 100_000,
        '{"record": {"source": " ", "key": "1", "class": "host", "seen_at": "2026-03-02T12:00:00Z"}}',
        '{"load": {"source": "", "at": "2026-03-02"}}',
        '{"load": {"source": "", "at": "2026-03-02T12:00:00Z"}}',
        '{"lock": {"ci": "web", "attribute": "ram", "value": null, "author": "ann"}}',
        '{"lock": {"ci": "web"}}',
        '{"identity": {"source": "a"}}',
        '{"load": {"class": "*"}}',
        '{"identity": {"source": "a", "key": "1", "ci": ""}}',
        '{"record": {"source": "a", "key": "1", "class": "host"}}',
    ]
    problems = problems_of(lambda: staging_from(lines, where="staging.jsonl"))
    assert [problem.split(": ")[1] for problem in problems] == [
        *["line 1"] * 3,
        *["line 3", "line 4", "line 5", "line 6", "line 7", "line 8", "line 9", "line 10"],
        *["line 11"] * 3,
        *["line 12"] * 2,
        *["line 13"] * 2,
        "line 14",
        "line 15",
    ]
    assert problems[0] == (
        "staging.jsonl: line 1: record.attributes.x: must be a date and time such as 2026-03-29T09:00:00Z, "
        "not 'soon'"
    )
    assert problems[10] == (
        "staging.jsonl: line 10: lock: lock of web, ram: value: None is no value; take the lock away, to "
        "leave it to the sources"
    )


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    path = tmp_path / "staging.jsonl"
    assert problems_of(lambda: load_staging(path)) == [f"{path}: cannot be read: No such file or directory"]
    path.write_bytes(b"\n\xff\n")
    assert problems_of(lambda: load_staging(path)) == [
        f"{path}: line 2 is not UTF-8; save the file in that encoding"
    ]
