"""What becomes of records: items, relations, identities, and what is told of them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.cmdb import (
    CIClass,
    CIId,
    ClassModel,
    ConfigurationGraph,
    ConfigurationItem,
    LookUp,
    RedundancySet,
    Relation,
    SourceRecord,
    SourceRelation,
    capped,
)
from itsmkit.cmdb.history import ConfigurationRecord
from itsmkit.cmdb.reconciliation import (
    AttributeLock,
    ContradictingRecords,
    DuplicateItems,
    IdentificationRule,
    IdentifierEntry,
    IdleLock,
    Outcome,
    PrecedenceRule,
    ReconciliationRules,
    SeveralValues,
    SourcePolicy,
    SplitItem,
    StagingArea,
    TwinRecords,
    UnknownClass,
    UnknownRelationType,
    UnresolvedRelation,
    reconcile,
)
from itsmkit.cmdb.relation import STANDARD_RELATION_TYPES
from itsmkit.errors import DefinitionError, NotFoundError

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
BY_ID = IdentificationRule("*", [["id"], ["name"]])


def record(source="a", key="1", *, ago=0, ci_class="host", name=None, relations=(), lookups=(), **attributes):
    return SourceRecord(
        source,
        key,
        ci_class,
        name,
        attributes,
        seen_at=NOW - ago * HOUR,
        relations=relations,
        lookups=lookups,
    )


def rules(*policies, identification=BY_ID, precedence=()):
    return ReconciliationRules([identification], precedence, policies)


def reconciled(given, given_rules=None, now=NOW, **options):
    staging = given if isinstance(given, StagingArea) else StagingArea().with_records(given)
    return reconcile(staging, rules() if given_rules is None else given_rules, now=now, **options)


def ids(found):
    return [item.id for item in found.items]


def findings(found, kind):
    return [each for each in found.findings if isinstance(each, kind)]


# -- laws ----------------------------------------------------------------------------------------------

few = st.sampled_from([None, "x", "y"])
records = st.lists(
    st.builds(
        lambda source, key, ago, number, name, others: record(
            source,
            key,
            ago=ago,
            id=number,
            name=name,
            value=f"{source}{key}",
            relations=[SourceRelation("connects_to", other) for other in others],
        ),
        st.sampled_from("abc"),
        st.sampled_from("123"),
        st.integers(0, 3),
        few,
        few,
        st.lists(st.sampled_from("1234"), max_size=2, unique=True),
    ),
    max_size=8,
    unique_by=lambda each: each.origin,
)
known = st.dictionaries(
    st.tuples(st.sampled_from("abc"), st.sampled_from("123")),
    st.sampled_from(["a:1", "b:1", "w", "v"]).map(CIId),
    max_size=4,
)
policies = st.lists(
    st.builds(
        SourcePolicy,
        st.sampled_from("abc"),
        st.sampled_from([(), ("*",), ("host",)]),
        st.sampled_from(["keep", "ignore", "retire", "delete"]),
        st.sampled_from([timedelta(), 2 * HOUR]),
    ),
    max_size=3,
    unique_by=lambda each: each.source,
)
loads = st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), max_size=2)


def staged(given_records, given_known, given_loads):
    staging = StagingArea().with_records(given_records).with_identities(given_known)
    for source, ago in given_loads.items():
        staging = staging.with_full_load(source, NOW - ago * HOUR)
    return staging


@settings(max_examples=100)
@given(records, known, policies, loads, st.randoms())
def test_the_order_of_records_does_not_matter(
    given_records, given_known, given_policies, given_loads, random
):
    shuffled = random.sample(given_records, len(given_records))
    found = [
        reconciled(staged(each, given_known, given_loads), rules(*given_policies))
        for each in (given_records, shuffled)
    ]
    assert found[0] == found[1]


@settings(max_examples=100)
@given(records, known, policies, loads)
def test_to_import_again_changes_nothing(given_records, given_known, given_policies, given_loads):
    found = reconciled(staged(given_records, given_known, given_loads), rules(*given_policies))
    again = reconciled(found.staging, rules(*given_policies))
    assert again.against(found.graph(), whole=True).is_empty
    assert again.items == found.items
    assert again.staging == reconciled(again.staging, rules(*given_policies)).staging
    assert found.staging.with_records(found.staging.records.values()) == found.staging


@settings(max_examples=100)
@given(records, known, policies, loads)
def test_what_is_there_holds_together(given_records, given_known, given_policies, given_loads):
    found = reconciled(staged(given_records, given_known, given_loads), rules(*given_policies))
    graph = found.graph()
    assert not [each for each in graph.findings if type(each).__name__ == "DanglingRelation"]
    assert set(ids(found)).isdisjoint(found.retired)
    assert set(ids(found)).isdisjoint(found.duplicates)
    assert set(found.duplicates.values()) <= {*ids(found), *found.retired}
    for each in given_records:
        decision = found.decision(*each.origin)
        assert decision.explain()
        assert (decision.outcome is Outcome.PARKED) is (each.origin in found.parked)
        assert (decision.outcome is Outcome.DELETED) is (each.origin in found.deleted)
        if decision.outcome in {Outcome.CREATED, Outcome.UPDATED}:
            assert decision.ci in ids(found)
            assert found.ci_of(*each.origin) == decision.ci
    for item in found.items:
        assert found.explain(item.id)


@settings(max_examples=100)
@given(records)
def test_other_rules_and_back_give_the_same_items(given_records):
    first = reconciled(given_records)
    other = rules(identification=IdentificationRule("*", [["name"]]))
    back = reconciled(reconciled(first.staging, other).staging)

    def told(found):
        origins = {}
        for each in given_records:
            origins.setdefault(found.ci_of(*each.origin), set()).add(each.origin)
        attributes = {item.id: item.attributes for item in found.items}
        return {(frozenset(of), attributes[ci]) for ci, of in origins.items()}

    assert told(back) == told(first)


# -- identities ----------------------------------------------------------------------------------------


def test_a_new_item_is_called_after_its_first_record():
    found = reconciled([record("b", "2", id="x"), record("a", "9", id="x"), record("c", "1")])
    assert ids(found) == ["a:9", "c:1"]
    assert found.identities == {("a", "9"): "a:9", ("b", "2"): "a:9", ("c", "1"): "c:1"}
    assert found.findings == ()


def test_an_id_that_is_taken_is_not_given_again():
    staging = StagingArea().with_records([record("a:b", "c"), record("a", "b:c"), record("d", "1")])
    staging = staging.with_identities({("gone", "1"): CIId("d:1")})
    assert ids(reconciled(staging)) == ["a:b:c", "a:b:c~2", "d:1~2"]


def test_an_item_keeps_its_id_whoever_joins_it():
    found = reconciled([record("b", "2", id="x")])
    found = reconciled(found.staging.with_records([record("a", "1", id="x")]))
    assert ids(found) == ["b:2"]
    assert found.decision("a", "1").outcome is Outcome.UPDATED


def test_items_that_turn_out_to_be_one_are_duplicates():
    staging = StagingArea().with_records([record(source, id="x") for source in "abcd"])
    staging = staging.with_identities(
        {("a", "1"): CIId("w"), ("b", "1"): CIId("v"), ("c", "1"): CIId("v"), ("d", "1"): CIId("u")}
    )
    found = reconciled(staging)
    assert ids(found) == ["v"]
    assert found.duplicates == {"w": "v", "u": "v"}
    assert found.findings == (
        DuplicateItems(CIId("v"), (CIId("u"), CIId("w")), tuple((source, "1") for source in "abcd")),
    )
    assert str(found.findings[0]) == "configuration item v: u, w turn out to be the same; v stands for all"
    assert found.ci_of("a", "1") == "v"
    assert found.identities["a", "1"] == "w"
    assert found.provenance(CIId("w")) == found.provenance(CIId("v"))


def test_of_duplicates_of_as_many_records_the_first_by_id_stands_for_all():
    staging = StagingArea().with_records([record(source, id="x") for source in "ab"])
    found = reconciled(staging.with_identities({("a", "1"): CIId("w"), ("b", "1"): CIId("v")}))
    assert ids(found) == ["v"]


def test_an_item_that_turns_out_to_be_several_is_kept_by_the_first():
    staging = StagingArea().with_records([record("a", id="x"), record("b", id="y"), record("c", id="y")])
    found = reconciled(staging.with_identities({(source, "1"): CIId("w") for source in "abc"}))
    assert ids(found) == ["b:1", "w"]
    assert found.findings == (SplitItem(CIId("w"), ("a", "1"), (("b", "1"),)),)
    assert str(found.findings[0]) == (
        "configuration item w: record '1' of a keeps it; record '1' of b turn out to be others"
    )
    assert found.ci_of("c", "1") == "b:1"
    assert reconciled(found.staging).findings == ()


def test_a_lock_of_a_duplicate_is_one_of_the_item_unless_that_has_one():
    staging = StagingArea().with_records([record(source, id="x") for source in "ab"])
    staging = staging.with_identities({("a", "1"): CIId("w"), ("b", "1"): CIId("v")})
    other = AttributeLock(CIId("w"), "ram", 1, "ann")
    (item,) = reconciled(staging.with_lock(other)).items
    assert (item.id, item.attributes["ram"]) == ("v", 1)
    own = AttributeLock(CIId("v"), "ram", 2, "bob")
    found = reconciled(staging.with_lock(other, own))
    assert found.items[0].attributes["ram"] == 2
    assert findings(found, IdleLock) == [IdleLock(other, "v is locked, which is the same item")]


# -- who may create ------------------------------------------------------------------------------------


def test_what_may_not_be_created_waits_for_who_may():
    barred = rules(SourcePolicy("a", ["*"]))
    found = reconciled([record("a", id="x", ram=1)], barred)
    assert (found.items, found.parked) == ((), (("a", "1"),))
    assert found.decision("a", "1").explain() == (
        "record '1' of a: parked\nnot by id: nothing else has 'x'\nnot by name: name is not known"
    )
    found = reconciled(found.staging.with_records([record("b", id="x", ago=1)]), barred)
    (item,) = found.items
    assert (item.id, item.attributes["ram"], found.parked) == ("a:1", 1, ())
    assert found.decision("a", "1").outcome is Outcome.CREATED


def test_what_is_known_may_be_updated_by_anybody():
    staging = StagingArea().with_records([record("a", id="x")]).with_identities({("a", "1"): CIId("w")})
    found = reconciled(staging, rules(SourcePolicy("a", ["host"])))
    assert ids(found) == ["w"]


MODEL = ClassModel(
    [CIClass("device"), CIClass("host", "device"), CIClass("rack")],
    STANDARD_RELATION_TYPES,
)


def test_a_class_that_may_not_be_created_stands_for_those_below_it():
    both = [record(key="1"), record(key="2", ci_class="rack")]
    found = reconciled(both, rules(SourcePolicy("a", ["device"])), model=MODEL)
    assert (ids(found), found.parked) == (["a:2"], (("a", "1"),))


# -- what is no longer told ----------------------------------------------------------------------------


def with_load(*given_records, ago=1, known=(), ci_classes=(), source="a"):
    staging = StagingArea().with_records(given_records).with_identities(dict(known))
    return staging.with_full_load(source, NOW - ago * HOUR, ci_classes)


KNOWN = {("a", "1"): CIId("w")}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("keep", (["w"], (), ["a", "1"])),
        ("ignore", (["w"], (), ["a", "1"])),
        ("retire", ([], ("w",), ["a", "1"])),
        ("delete", ([], ("w",), None)),
    ],
)
def test_what_only_a_stale_record_tells(policy, expected):
    staging = with_load(record(ago=2, id="x"), known=KNOWN)
    found = reconciled(staging, rules(SourcePolicy("a", when_stale=policy)))
    items, retired, left = expected
    assert (ids(found), found.retired, found.stale) == (items, retired, (("a", "1"),))
    assert list(found.staging.records) == ([] if left is None else [tuple(left)])
    assert found.staging.identities == ({} if left is None else KNOWN)
    outcome = {"retire": Outcome.STALE, "delete": Outcome.DELETED}.get(policy, Outcome.UPDATED)
    assert found.decision("a", "1").outcome is outcome


@pytest.mark.parametrize(
    ("policy", "ram", "cpu"), [("keep", 1, 1), ("ignore", 2, None), ("retire", 2, None), ("delete", 2, None)]
)
def test_what_others_tell_too(policy, ram, cpu):
    staging = with_load(
        record("a", ago=2, id="x", ram=1, cpu=1), record("b", ago=9, id="x", ram=2), known=KNOWN
    )
    found = reconciled(staging, rules(SourcePolicy("a", when_stale=policy)))
    (item,) = found.items
    assert (item.attributes["ram"], item.attributes.get("cpu")) == (ram, cpu)
    assert item.id == ("b:1" if policy == "delete" else "w")
    assert found.retired == (("w",) if policy == "delete" else ())
    if policy in {"ignore", "retire"}:
        assert found.decision("a", "1").outcome is Outcome.STALE
        assert found.decision("a", "1").ci == "w"


def test_a_record_that_was_never_known_and_counts_no_more_makes_nothing():
    found = reconciled(with_load(record(ago=2)), rules(SourcePolicy("a", when_stale="retire")))
    assert (found.items, found.retired, found.parked, dict(found.identities)) == ((), (), (), {})
    assert found.decision("a", "1").outcome is Outcome.STALE


def test_nothing_happens_before_the_time_is_over():
    retire = rules(SourcePolicy("a", when_stale="retire", retention=2 * HOUR))
    staging = with_load(record(ago=2, id="x"), known=KNOWN)
    assert reconciled(staging, retire, now=NOW - HOUR / 2).retired == ()
    assert reconciled(staging, retire, now=NOW - HOUR / 2).stale == (("a", "1"),)
    assert reconciled(staging, retire, now=NOW).retired == ("w",)


def test_what_was_seen_since_the_load_is_not_stale():
    found = reconciled(with_load(record(ago=1)), rules(SourcePolicy("a", when_stale="delete")))
    assert found.stale == ()
    assert reconciled(with_load(record(ago=5), source="b")).stale == ()


def test_a_load_of_a_class_speaks_of_those_below_it_only():
    retire = rules(SourcePolicy("a", when_stale="retire"))
    both = record(key="1", ago=2), record(key="2", ago=2, ci_class="rack")
    found = reconciled(with_load(*both, ci_classes="device"), retire, model=MODEL)
    assert (found.stale, ids(found)) == ((("a", "1"),), ["a:2"])


def test_a_record_that_comes_back_while_it_is_deleted_stays():
    delete = rules(SourcePolicy("a", when_stale="delete"))
    staging = with_load(record(ago=2, id="x"), known=KNOWN)
    found = reconciled(staging, delete)
    newer = staging.with_records([record(ago=0, id="x")])
    assert newer.after(found) == newer
    assert found.staging.after(found) == found.staging


# -- relations -----------------------------------------------------------------------------------------


def related(key, *others, source="a", ago=0, name="depends_on", **options):
    return record(
        source, key, ago=ago, id=key, relations=[SourceRelation(name, other, **options) for other in others]
    )


def test_relations_are_those_of_all_sources():
    found = reconciled(
        [
            related("1", "2", attributes={"port": 1, "speed": 9, "note": None}, ago=1),
            related("2"),
            related("1", source="b"),
            related("2", "1", source="b", from_other=True, attributes={"port": 2}),
            related("1", "2", source="c", qualifier="q"),
            related("2", source="c"),
        ]
    )
    assert found.relations == (
        Relation(CIId("a:1"), "depends_on", CIId("a:2"), attributes={"port": 2, "speed": 9}),
        Relation(CIId("a:1"), "depends_on", CIId("a:2"), qualifier="q"),
    )
    told = {each.key.parts: each for each in found.records(NOW)}
    both = told["a:1", "depends_on", "a:2", ""]
    assert (both.sources, both.last_seen, both.since) == (("a", "b"), NOW, NOW)
    assert told["a:1", "depends_on", "a:2", "q"].sources == ("c",)
    assert told["a:1",] == ConfigurationRecord.of(found.items[0], NOW, sources=("a", "b", "c"), last_seen=NOW)
    assert found.graph().relations == found.relations


def test_what_has_no_direction_is_one_relation_told_both_ways():
    cable = {"name": "connects_to", "qualifier": "x"}
    found = reconciled([related("1", "2", **cable), related("2", "1", ago=1, **cable)])
    assert [each.key for each in found.relations] == [("a:1", "connects_to", "a:2", "x")]
    found = reconciled([related("1"), related("2", "1", **cable)])
    assert [each.key for each in found.relations] == [("a:2", "connects_to", "a:1", "x")]


def test_a_relation_told_twice_with_other_attributes_does_not_depend_on_their_order():
    parts = [SourceRelation("depends_on", "2", attributes={"port": port}) for port in (2, 1)]
    both = [record(key="1", id="1", relations=order) for order in (parts, parts[::-1])]
    found = [reconciled([each, related("2")]).relations for each in both]
    assert found[0] == found[1]
    assert found[0][0].attributes == {"port": 1}


def test_a_relation_without_an_item_at_its_end_is_told():
    delete = SourcePolicy("a", ["rack"], "delete")
    retire = SourcePolicy("b", ["*"], "retire")
    staging = StagingArea().with_records(
        [
            record("a", "1", relations=[SourceRelation("runs_on", each) for each in ("gone", "2", "3", "4")]),
            record("a", "2", ci_class="hots"),
            record("a", "3", ci_class="rack"),
            record("a", "4", ago=5),
            record("b", "1", id="p", relations=[SourceRelation("runs_on", "2", from_other=True)]),
            record("b", "2", ago=5, id="q"),
            record("c", "1", id="p"),
        ]
    )
    staging = staging.with_full_load("a", NOW - HOUR).with_full_load("b", NOW - HOUR)
    found = reconciled(staging, rules(delete, retire), model=MODEL)
    assert list(map(str, findings(found, UnresolvedRelation))) == [
        "record '1' of a: relation runs_on to 'gone': the source has no such record",
        "record '1' of a: relation runs_on to '2': its class 'hots' is not known",
        "record '1' of a: relation runs_on to '3': it is not created yet",
        "record '1' of a: relation runs_on to '4': its record is deleted",
        "record '1' of b: relation runs_on from '2': none of its records counts any more",
    ]
    assert found.relations == ()


def test_a_relation_of_an_unknown_type_is_told_once():
    found = reconciled([related("1", "2", "2", name="dependson"), related("2", "1", name="supports")])
    assert findings(found, UnknownRelationType) == [
        UnknownRelationType(
            "dependson", (("a", "1"),), "'dependson' is no relation type; did you mean 'depends_on'?"
        ),
        UnknownRelationType(
            "supports",
            (("a", "2"),),
            "'supports' is the inverse of 'depends_on': swap source and target, and say that",
        ),
    ]
    assert str(found.findings[0]) == (
        "record '1' of a: 'dependson' is no relation type; did you mean 'depends_on'?"
    )


def test_what_no_longer_counts_tells_of_no_relations():
    staging = StagingArea().with_records([related("1", "2", ago=2), related("1", source="b"), related("2")])
    found = reconciled(staging.with_full_load("a", NOW), rules(SourcePolicy("a", when_stale="retire")))
    assert found.relations == ()


# -- what is questionable ------------------------------------------------------------------------------


def test_records_of_an_unknown_class_are_left_out_and_told():
    found = reconciled([record(key="1", ci_class="hots"), record(key="2", ci_class="hots")], model=MODEL)
    assert found.findings == (UnknownClass("hots", (("a", "1"), ("a", "2")), "did you mean 'host'?"),)
    assert str(found.findings[0]) == "records '1', '2' of a: no class 'hots'; did you mean 'host'?"
    assert found.decision("a", "1").outcome is Outcome.LEFT_OUT
    assert (found.items, found.ci_of("a", "1")) == ((), None)


def test_many_records_are_told_by_some():
    many = [record(f"s{number}", "1", ci_class="hots") for number in range(8)]
    (finding,) = reconciled(many, model=MODEL).findings
    assert str(finding).startswith("record '1' of s0; record '1' of s1; record '1' of s2;")
    assert "record '1' of s4 and 3 others: no class" in str(finding)


def test_records_of_one_source_that_are_one_item_are_told():
    found = reconciled([record(key="1", id="x"), record(key="2", id="x"), record("b", id="x")])
    assert found.findings == (TwinRecords(CIId("a:1"), (("a", "1"), ("a", "2"))),)
    assert str(found.findings[0]) == (
        "records '1', '2' of a: all of configuration item a:1; correct the source if they should be several"
    )


def test_records_that_contradict_each_other_are_told():
    one, other = record(name="one"), record(name="other")
    found = reconciled([other, one])
    assert found.findings == (ContradictingRecords(("a", "1"), (one, other)),)
    assert str(found.findings[0]) == (
        "record '1' of a: says 2 different things as of 2026-03-02 12:00:00+00:00; the first by its text is "
        "taken"
    )
    assert found.items[0].name == "one"


def test_an_item_with_several_values_of_what_should_identify_it_is_told():
    identification = IdentificationRule("host", [["id"], ["serial"], IdentifierEntry(["name"])])
    both = [record("a", id="x", serial="S1", name="n"), record("b", id="x", serial="S2", name="m")]
    found = reconciled(both, rules(identification=identification))
    assert found.findings == (SeveralValues(CIId("a:1"), "serial", ("s1", "s2")),)
    assert str(found.findings[0]) == (
        "configuration item a:1: 'serial' should identify it, and is said to be s1 and s2"
    )


# -- a dry run -----------------------------------------------------------------------------------------


def test_a_dry_run_tells_what_would_change():
    old = ConfigurationGraph(
        [
            ConfigurationItem(CIId("w"), "host", "w", {"id": "x", "ram": 1}),
            ConfigurationItem(CIId("v"), "host", "v"),
            ConfigurationItem(CIId("own"), "host", "own"),
        ],
        [
            Relation(CIId("w"), "depends_on", CIId("own")),
            Relation(CIId("v"), "depends_on", CIId("own")),
            Relation(CIId("w"), "runs_on", CIId("w"), effect=capped("degraded")),
        ],
        [RedundancySet(CIId("w"), "pair", ["own", "v"], "any")],
    )
    staging = with_load(
        record(key="1", name="w", id="x", ram=2, relations=[SourceRelation("runs_on", "1")]),
        record(key="2", ago=2),
        record(key="3", name="new"),
        known={("a", "1"): CIId("w"), ("a", "2"): CIId("v")},
    )
    found = reconciled(staging, rules(SourcePolicy("a", when_stale="retire")))
    assert found.against(old).explain() == (
        "configuration item a:3: added\n"
        "configuration item v: removed\n"
        "relation v depends_on own: removed\n"
        "configuration item w: attributes.ram was 1, is 2"
    )
    assert found.against(old, whole=True).explain() == (
        "configuration item a:3: added\n"
        "configuration item own: removed\n"
        "configuration item v: removed\n"
        "relation v depends_on own: removed\n"
        "relation w depends_on own: removed\n"
        "configuration item w: attributes.ram was 1, is 2"
    )


def test_duplicates_are_for_people_to_merge():
    graph = ConfigurationGraph(
        [ConfigurationItem(CIId(key), "host", "n", {"id": "x"}) for key in ("p", "q")], ["q depends_on p"]
    )
    found = reconciled(StagingArea().with_configuration(graph, "cmdb", NOW))
    assert found.duplicates == {"q": "p"}
    assert found.against(graph).explain() == "relation p depends_on p: added"
    assert found.against(graph, whole=True).explain() == (
        "relation p depends_on p: added\nconfiguration item q: removed\nrelation q depends_on p: removed"
    )


def test_a_configuration_as_a_source_is_itself_again():
    graph = ConfigurationGraph(
        [ConfigurationItem(CIId(key), "host", key.upper(), {"id": key}) for key in ("p", "q")],
        ["p depends_on q", "q connects_to p"],
    )
    found = reconciled(StagingArea().with_configuration(graph, "cmdb", NOW))
    assert found.graph() == graph
    assert found.against(graph, whole=True).is_empty


# -- decisions -----------------------------------------------------------------------------------------


def test_a_decision_says_by_what_and_why_not_by_others():
    adapter = IdentifierEntry(lookup="adapter", lookup_attributes=["mac"])
    identification = IdentificationRule("host", [["serial"], ["id", "site"], adapter, ["name"]])
    macs = [LookUp("adapter", {"mac": mac}) for mac in ("m1", "m2")]
    found = reconciled(
        [
            record("a", serial="s1", id="N/A", name="web", lookups=macs),
            record("b", serial="none", site="x", name="WEB", lookups=macs[:1]),
            record("c", serial="s2", name="web"),
            record("d", name="web"),
        ],
        rules(identification=identification),
    )
    assert found.decision("b", "1").explain() == (
        "record '1' of b: created as a:1\n"
        "by adapter mac 'm1', as a '1'\n"
        "not by serial: serial 'none' identifies nothing\n"
        "not by id, site: id is not known"
    )
    assert str(found.decision("c", "1")) == "record '1' of c: created as c:1"
    assert found.decision("c", "1").explain() == (
        "record '1' of c: created as c:1\n"
        "not by serial: nothing else has 's2'\n"
        "not by id, site: id is not known; site is not known\n"
        "not by adapter mac: no adapter of which mac is known\n"
        "not by name: a '1', b '1', d '1' would join it, which serial tells apart"
    )
    assert found.decision("a", "1").values == ("m1",)
    assert found.decision("a", "1").matches == (("b", "1"),)


def test_of_an_unknown_record_nothing_is_decided():
    with pytest.raises(NotFoundError, match="no source record"):
        reconciled([]).decision("a", "1")


def test_rules_that_do_not_fit_are_refused():
    with pytest.raises(DefinitionError, match="no class 'hots'"):
        reconciled([], rules(precedence=[PrecedenceRule(["a"], "hots")]), model=MODEL)


def test_the_instant_needs_a_zone():
    with pytest.raises(DefinitionError, match="now has no time zone"):
        reconciled([], now=datetime(2026, 3, 2))  # noqa: DTZ001  that is the point


def test_an_answer_is_a_value():
    one, other = reconciled([record()]), reconciled([record()])
    assert (one == other, hash(one) == hash(other)) == (True, True)
    assert one != reconciled([record(key="2")])
