"""Whose values hold, beside an oracle that follows the text."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import CIClass, CIId, ClassModel, SourceRecord, UnknownItemError
from itsmkit.cmdb.reconciliation import (
    AttributeLock,
    ClashingClasses,
    IdentificationRule,
    IdleLock,
    PrecedenceRule,
    ReconciliationRules,
    StagingArea,
    reconcile,
)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MODEL = ClassModel(
    [CIClass("device"), CIClass("host", "device"), CIClass("vm", "host"), CIClass("phone", "device")]
)
ONE = IdentificationRule("*", [["id"]])


def record(source="a", key="1", ci_class="host", ago=0, name=None, **attributes):
    return SourceRecord(source, key, ci_class, name, {"id": "x", **attributes}, seen_at=NOW - ago * HOUR)


def reconciled(records, precedence=(), locks=(), model=MODEL):
    staging = StagingArea().with_records(records).with_lock(*locks)
    rules = ReconciliationRules([IdentificationRule("device", [["id"]])], precedence)
    return reconcile(staging, rules, model=model, now=NOW)


def value_of(records, attribute, precedence=(), locks=(), **options):
    (item,) = reconciled(records, precedence, locks, **options).items
    return {"name": item.name, "ci_class": item.ci_class}.get(attribute, item.attributes.get(attribute))


# -- the oracle ----------------------------------------------------------------------------------------


def rule_for(precedence, lineage, attribute):
    for names_it in (True, False):
        for ci_class in (*lineage, "*"):
            for rule in precedence:
                if rule.ci_class == ci_class and (
                    attribute in rule.attributes if names_it else not rule.attributes
                ):
                    return rule
    return None


def oracle(records, precedence, lineage, attribute):
    """Return the value that holds: the first source with a fresh value, else the first with any."""
    known = sorted(
        (each for each in records if each.attributes.get(attribute) is not None), key=lambda each: each.origin
    )
    rule = rule_for(precedence, lineage, attribute)
    if rule is None:
        newest = max((each.seen_at for each in known), default=None)
        return next((each.attributes[attribute] for each in known if each.seen_at == newest), None)
    for wanted in ("fresh", "any"):
        for source in rule.sources:
            of = [
                each
                for each in known
                if (each.source not in rule.sources if source == "*" else each.source == source)
                and (wanted == "any" or rule.valid_for is None or each.seen_at + rule.valid_for > NOW)
            ]
            if of:
                newest = max(each.seen_at for each in of)
                return next(each.attributes[attribute] for each in of if each.seen_at == newest)
    return None


sources = st.permutations(["a", "b", "c"]).flatmap(
    lambda order: st.builds(
        lambda count, rest: [*order[:count], *rest], st.integers(1, 3), st.sampled_from([[], ["*"]])
    )
)
rules = st.lists(
    st.builds(
        PrecedenceRule,
        sources,
        st.sampled_from(["*", "device", "host", "vm"]),
        st.sampled_from([[], ["x"], ["y"], ["x", "y"]]),
        st.sampled_from([None, 2 * HOUR, 4 * HOUR]),
    ),
    max_size=4,
).filter(
    lambda given: (
        len({(each.ci_class, name) for each in given for name in each.attributes or ("",)})
        == sum(len(each.attributes) or 1 for each in given)
    )
)
records = st.lists(
    st.builds(
        record,
        st.sampled_from("abcd"),
        st.sampled_from("12"),
        st.just("host"),
        st.integers(0, 5),
        x=st.sampled_from([None, 1, 2, 3]),
        y=st.sampled_from([None, "p", "q"]),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda each: each.origin,
)


@given(records, rules)
def test_the_values_are_those_of_the_text(given_records, precedence):
    for attribute in ("x", "y"):
        expected = oracle(given_records, precedence, ("host", "device"), attribute)
        assert value_of(given_records, attribute, precedence) == expected


@given(records, rules)
def test_every_value_names_its_source_and_is_what_that_says(given_records, precedence):
    found = reconciled(given_records, precedence)
    (item,) = found.items
    told = {each.attribute: each for each in found.provenance(item.id)}
    assert {name: told[name].value for name in told if name not in {"name", "ci_class"}} == item.attributes
    by_origin = {each.origin: each for each in given_records}
    for name in item.attributes:
        value = told[name]
        assert by_origin[value.source, value.key].attributes[name] == value.value
        assert by_origin[value.source, value.key].seen_at == value.seen_at
        others = {(each.source, each.key) for each in value.rejected} | {(value.source, value.key)}
        assert others == {each.origin for each in given_records if each.attributes.get(name) is not None}
        for each in value.rejected:
            assert by_origin[each.source, each.key].attributes[name] == each.value
    assert (told["name"].value, told["ci_class"].value) == (item.name, item.ci_class)


@given(records, rules, st.sampled_from([1, 2, 9]), st.sampled_from([None, NOW, NOW + HOUR]))
def test_a_lock_wins_as_long_as_it_holds(given_records, precedence, value, expires):
    (item,) = reconciled(given_records, precedence).items
    lock = AttributeLock(item.id, "x", value, "ann", expires=expires)
    found = value_of(given_records, "x", precedence, [lock])
    assert found == (value if expires is None or expires > NOW else item.attributes.get("x"))


@given(records, rules, rules)
def test_another_rule_and_back_loses_nothing(given_records, one, other):
    first = reconciled(given_records, one)
    second = reconcile(
        first.staging,
        ReconciliationRules([IdentificationRule("device", [["id"]])], other),
        model=MODEL,
        now=NOW,
    )
    third = reconcile(second.staging, first.rules, model=MODEL, now=NOW)
    assert third.items == first.items


@given(records)
def test_a_source_that_is_not_believed_never_overwrites(given_records):
    believed = [each for each in given_records if each.source in "ab"]
    precedence = [PrecedenceRule(["a", "b"])]
    if believed:
        (expected,) = reconciled(believed, precedence).items
        (found,) = reconciled(given_records, precedence).items
        assert found.attributes == expected.attributes


# -- name and class ------------------------------------------------------------------------------------


def test_a_name_is_a_value_like_others():
    both = [record("a", name="old", ago=1), record("b", name="new"), record("c")]
    assert value_of(both, "name") == "new"
    assert value_of(both, "name", [PrecedenceRule(["c", "a"], attributes=["name"])]) == "old"


def test_what_nobody_may_name_goes_by_its_id():
    precedence = [PrecedenceRule(["b"], attributes=["name"])]
    found = reconciled([record(name="web")], precedence)
    (item,) = found.items
    assert item.name == item.id == "a:1"
    name = found.provenance(item.id)[0]
    assert name.because == "nobody who may gives it a name"
    assert [str(each) for each in name.rejected] == [
        "not 'web' of a '1': precedence of name of *: b does not name it"
    ]


@pytest.mark.parametrize(
    ("classes", "precedence", "expected"),
    [
        pytest.param(["vm", "host"], (), "vm", id="the most specific"),
        pytest.param(["host", "vm"], (), "vm", id="the most specific, though older"),
        pytest.param(["phone", "vm"], (), "phone", id="the newest of what has nothing in common"),
        pytest.param(["device", "vm"], [PrecedenceRule(["s0"])], "device", id="by precedence"),
        pytest.param(
            ["device", "vm"], [PrecedenceRule(["other"], attributes=["ci_class"])], "vm", id="nobody may say"
        ),
        pytest.param(["host", "phone"], [PrecedenceRule(["s1"], "device")], "phone", id="by a common rule"),
    ],
)
def test_the_class_is_the_most_specific_one_unless_a_rule_speaks(classes, precedence, expected):
    said = [record(f"s{ago}", ci_class=name, ago=ago) for ago, name in enumerate(classes)]
    assert value_of(said, "ci_class", precedence) == expected
    assert value_of(said[::-1], "ci_class", precedence) == expected
    found = reconciled(said, precedence)
    (item,) = found.items
    assert found.provenance(item.id)[1].value == expected
    clashes = [each for each in found.findings if isinstance(each, ClashingClasses)]
    assert bool(clashes) is ("phone" in classes)


def test_classes_that_have_nothing_in_common_are_told():
    found = reconciled([record("a", ci_class="vm", ago=1), record("b", ci_class="phone")])
    (finding,) = found.findings
    assert str(finding) == (
        "configuration item a:1: is said to be 'phone' and 'vm', of which some are no kinds of each other; "
        "'phone' is taken"
    )


def test_a_class_below_has_rules_of_its_own():
    precedence = [PrecedenceRule(["a"], "host"), PrecedenceRule(["b"], "vm")]
    both = [record("a", x=1), record("b", x=2, ago=1)]
    assert value_of(both, "x", precedence) == 1
    vms = [record("a", ci_class="vm", x=1), record("b", ci_class="vm", x=2, ago=1)]
    assert value_of(vms, "x", precedence) == 2


# -- why -----------------------------------------------------------------------------------------------


def test_every_reason_is_told():
    precedence = [
        PrecedenceRule(["a", "b", "*"], "host", ["x"], 2 * HOUR),
        PrecedenceRule(["a", "b"], "host", ["y"]),
    ]
    found = reconciled(
        [
            record("a", ago=3, x=1, y=1, z=1, name="old"),
            record("b", x=2, y=2, z=2, ago=1),
            record("b", "2", x=3, ago=2),
            record("c", x=2, y=3, z=1),
            record("d", x=4, z=1, y=1),
        ],
        precedence,
    )
    (item,) = found.items
    assert item.attributes == {"id": "x", "x": 2, "y": 1, "z": 1}
    assert found.explain(item.id) == (
        "a:1 (host): old, of c '1', d '1', b '1', b '2', a '1'\n"
        "name is 'old' of a '1': it is the newest\n"
        "ci_class is 'host' of c '1': all say so\n"
        "    not 'host' of d '1': says the same\n"
        "    not 'host' of b '1': says the same\n"
        "    not 'host' of b '2': says the same\n"
        "    not 'host' of a '1': says the same\n"
        "id is 'x' of c '1': it is the newest\n"
        "    not 'x' of d '1': says the same\n"
        "    not 'x' of b '1': says the same\n"
        "    not 'x' of b '2': says the same\n"
        "    not 'x' of a '1': says the same\n"
        "x is 2 of b '1': precedence of x of host: a, b, *\n"
        "    not 2 of c '1': says the same\n"
        "    not 4 of d '1': stands behind b\n"
        "    not 3 of b '2': it is not fresh: last seen at 2026-03-02 10:00:00+00:00\n"
        "    not 1 of a '1': it is not fresh: last seen at 2026-03-02 09:00:00+00:00\n"
        "y is 1 of a '1': precedence of y of host: a, b\n"
        "    not 3 of c '1': precedence of y of host: a, b does not name it\n"
        "    not 1 of d '1': says the same\n"
        "    not 2 of b '1': stands behind a\n"
        "z is 1 of c '1': it is the newest\n"
        "    not 1 of d '1': says the same\n"
        "    not 2 of b '1': it is older\n"
        "    not 1 of a '1': says the same"
    )


def test_a_tie_and_a_value_that_nobody_has_fresh_are_told():
    precedence = [PrecedenceRule(["a", "b"], attributes=["x"], valid_for=HOUR)]
    found = reconciled([record("a", x=1, y=1, ago=2), record("b", x=2, y=2, ago=2)], precedence)
    told = {each.attribute: each for each in found.provenance(CIId("a:1"))}
    assert told["x"].because == "precedence of x of *: a, b, though it is not fresh, as no other is"
    assert told["y"].rejected[0].because == "it comes later by source and key"


def test_a_class_that_is_less_specific_is_told():
    found = reconciled([record("a", ci_class="device"), record("b", ci_class="vm", ago=1)])
    ci_class = found.provenance(CIId("a:1"))[1]
    assert (ci_class.because, ci_class.rejected[0].because) == (
        "it is the most specific",
        "it is less specific, or older",
    )
    found = reconciled([record("a", ci_class="phone"), record("b", ci_class="vm", ago=1)])
    assert found.provenance(CIId("a:1"))[1].because == "it is the newest"


def test_a_value_that_only_others_know_does_not_hold_and_is_left_out():
    found = reconciled([record("a", x=1)], [PrecedenceRule(["b"], attributes=["x"])])
    (item,) = found.items
    assert "x" not in item.attributes
    assert "x" not in {each.attribute for each in found.provenance(item.id)}


# -- locks ---------------------------------------------------------------------------------------------


def lock(attribute, value, ci="a:1", **options):
    return AttributeLock(CIId(ci), attribute, value, "ann", **options)


def test_name_class_and_attributes_can_be_locked():
    locks = [lock("name", "Web"), lock("ci_class", "vm", reason="seen it"), lock("x", 9), lock("new", (1,))]
    found = reconciled([record(x=1)], [PrecedenceRule(["b"], "vm")], locks)
    (item,) = found.items
    assert (item.name, item.ci_class, item.attributes) == ("Web", "vm", {"x": 9, "new": (1,)})
    told = {each.attribute: each for each in found.provenance(item.id)}
    assert told["ci_class"].because == "locked by ann: seen it"
    assert told["x"].source is None
    assert told["x"].rejected[0].because == "precedence of vm: b does not name it"
    assert str(told["new"]) == "new is (1,): locked by ann"


def test_a_lock_says_until_when():
    until = NOW + HOUR
    found = reconciled([record(x=1)], (), [lock("x", 9, expires=until)])
    told = {each.attribute: each for each in found.provenance(CIId("a:1"))}
    assert told["x"].because == "locked by ann until 2026-03-02 13:00:00+00:00"
    assert told["x"].rejected[0].because == "it is locked"


@pytest.mark.parametrize(
    ("idle", "because"),
    [
        (lock("x", 1, expires=NOW), "it expired at 2026-03-02 12:00:00+00:00"),
        (lock("x", 1, "b:2"), "there is no configuration item 'b:2'"),
        (lock("ci_class", "hots"), "no class 'hots'; did you mean 'host'?"),
    ],
)
def test_a_lock_that_does_nothing_is_told(idle, because):
    found = reconciled([record()], (), [idle])
    assert found.findings == (IdleLock(idle, because),)
    assert str(found.findings[0]).endswith(f": {because}")


def test_an_unknown_item_has_no_provenance():
    found = reconciled([record()])
    with pytest.raises(UnknownItemError, match="did you mean 'a:1'"):
        found.provenance(CIId("a:2"))
    with pytest.raises(UnknownItemError):
        found.explain(CIId("zzz"))
