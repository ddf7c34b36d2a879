"""Which records are of one item, beside an oracle that tries everything."""

from datetime import UTC, datetime
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.cmdb import CIClass, ClassModel, LookUp, SourceRecord, SourceRelation
from itsmkit.cmdb.reconciliation import (
    CyclicParents,
    IdentificationRule,
    IdentifierConflict,
    IdentifierEntry,
    Matcher,
    Outcome,
    ReconciliationRules,
    RepeatedIdentifier,
    StagingArea,
    UnsettledRecords,
    reconcile,
)
from itsmkit.cmdb.reconciliation._disjoint_sets import DisjointSets, hang_together
from itsmkit.cmdb.reconciliation._identifiers import Identifiers
from itsmkit.cmdb.reconciliation._partition import agreed, settled
from itsmkit.cmdb.relation import STANDARD_RELATION_TYPES
from itsmkit.errors import DefinitionError

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MACS = IdentifierEntry(lookup="adapter", lookup_attributes=["mac"])


def record(key, ci_class="host", *, source="a", name=None, macs=(), within=(), **attributes):
    return SourceRecord(
        source,
        key,
        ci_class,
        name,
        attributes,
        seen_at=NOON,
        lookups=[LookUp("adapter", {"mac": mac}) for mac in macs],
        relations=[SourceRelation("runs_on", other) for other in within],
    )


def rules(*entries, ci_class="host"):
    return ReconciliationRules([IdentificationRule(ci_class, entries)])


def reconciled(records, given_rules, **options):
    return reconcile(StagingArea().with_records(records), given_rules, now=NOON, **options)


def partition(records, given_rules, **options):
    found = reconciled(records, given_rules, **options)
    items = {}
    for each in records:
        items.setdefault(found.ci_of(*each.origin), set()).add(each.key)
    return set(map(frozenset, items.values()))


def conflicts(records, given_rules):
    found = reconciled(records, given_rules).findings
    return [each for each in found if isinstance(each, IdentifierConflict)]


# -- the oracle ----------------------------------------------------------------------------------------


def oracle(records, entries, found_in):
    """
    Unite by the text: for each entry, the surest first, what has a value in common, unless that would join
    two different values of a surer one, or two records of one source by their name; *found_in* returns the
    values of an entry in a record.
    """
    blocks = [{each.key} for each in records]
    for number, entry in enumerate(entries):
        groups = {}
        for each in records:
            for value in found_in(each, entry):
                groups.setdefault(value, set()).add(each.key)
        unions = []
        for keys in groups.values():
            touched = [block for block in blocks if block & keys]
            if not stops(records, entries[: number + 1], touched, found_in):
                unions.append(set().union(*touched))
        for union in merged(unions):
            touched = [block for block in blocks if block & union]
            if not stops(records, entries[: number + 1], touched, found_in):
                blocks = [block for block in blocks if not block & union] + [union]
    return set(map(frozenset, blocks))


def stops(records, entries, blocks, found_in):
    """Tell whether something keeps *blocks* from being united by the last of *entries*."""
    *surer, entry = entries
    if str(entry) == "name" and not entry.within_source:
        pairs = {(block, source_of(records, key)) for block in map(frozenset, blocks) for key in block}
        if len({source for _, source in pairs}) < len(pairs):
            return True
    return any(differ(records, each, blocks, found_in) for each in surer)


def source_of(records, key):
    return next(each.source for each in records if each.key == key)


def differ(records, entry, blocks, found_in):
    """Tell whether some of *blocks* have different values of an entry; what overlaps is the same."""
    values = [
        set().union(*(found_in(each, entry) for each in records if each.key in block)) for block in blocks
    ]
    return len(merged(list(filter(None, values)))) > 1


def merged(sets):
    """Return the unions of the sets that overlap, directly or through others."""
    while pair := next(((x, y) for x, y in combinations(sets, 2) if x & y), None):
        sets = [each for each in sets if each is not pair[0] and each is not pair[1]] + [pair[0] | pair[1]]
    return sets


values = st.sampled_from([None, "x", "y", "X ", "n/a"])
small_records = st.lists(
    st.tuples(values, values, values, st.lists(st.sampled_from("mno"), max_size=2)), min_size=1, max_size=6
)


def spelt(value):
    return None if value in {None, "n/a"} else value.strip().lower()


def found_in(each, entry):
    own = [spelt(each.attributes[name]) for name in entry.attributes]
    if None in own:
        return set()
    if entry.lookup is not None:
        return {(*own, part.attributes["mac"]) for part in each.lookups}
    return {tuple(own)}


@settings(max_examples=150)
@given(
    small_records,
    st.permutations([IdentifierEntry(["p"]), IdentifierEntry(["q"]), IdentifierEntry(["p", "r"]), MACS]),
    st.randoms(),
)
def test_records_are_united_as_the_text_says_in_any_order(rows, entries, random):
    records = [record(str(number), p=p, q=q, r=r, macs=macs) for number, (p, q, r, macs) in enumerate(rows)]
    expected = oracle(records, entries, found_in)
    assert partition(records, rules(*entries)) == expected
    shuffled = random.sample(records, len(records))
    one, other = reconciled(records, rules(*entries)), reconciled(shuffled, rules(*entries))
    assert one == other


@settings(max_examples=100)
@given(
    st.lists(st.tuples(st.sampled_from([None, "x", "y"]), st.sampled_from("pq")), min_size=1, max_size=3),
    st.lists(
        st.tuples(st.sampled_from([None, "s", "t"]), st.sampled_from("uv"), st.integers(0, 2)),
        min_size=1,
        max_size=5,
    ),
    st.randoms(),
)
def test_what_runs_on_something_is_told_apart_by_what_that_is(hosts, applications, random):
    host_rule = IdentificationRule("host", [["serial"], ["name"]])
    within = IdentifierEntry(["name"], parent="runs_on")
    application_rule = IdentificationRule("application", [["licence"], within])
    records = [record(f"h{n}", name=name, serial=serial) for n, (serial, name) in enumerate(hosts)]
    on = {f"a{n}": f"h{place % len(hosts)}" for n, (_, _, place) in enumerate(applications)}
    records += [
        record(f"a{n}", "application", name=name, licence=licence, within=[on[f"a{n}"]])
        for n, (licence, name, _) in enumerate(applications)
    ]

    def found(each, entry):
        own = [each.name if name == "name" else each.attributes.get(name) for name in entry.attributes]
        if None in own:
            return set()
        if entry.parent is not None:
            return {(*own, host) for host in host_items if on[each.key] in host}
        return {tuple(own)}

    host_items = oracle(records[: len(hosts)], host_rule.entries, found)
    application_items = oracle(records[len(hosts) :], application_rule.entries, found)
    both = ReconciliationRules([host_rule, application_rule])
    assert partition(records, both) == host_items | application_items
    assert reconciled(random.sample(records, len(records)), both) == reconciled(records, both)


some_sources = st.tuples(
    st.sampled_from("abc"), st.sampled_from([None, "x", "y"]), st.sampled_from([None, "n", "m"])
)


@settings(max_examples=150)
@given(st.lists(some_sources, max_size=7), st.sampled_from([None, True, False]), st.randoms())
def test_a_name_does_not_outweigh_the_keys_of_a_source(told, within_source, random):
    records = [
        record(str(n), source=source, serial=serial, name=name)
        for n, (source, serial, name) in enumerate(told)
    ]
    by_name = IdentifierEntry(["name"], within_source=within_source)
    given_rules = rules(["serial"], by_name)

    def found(each, entry):
        value = each.name if entry is by_name else each.attributes["serial"]
        return set() if value is None else {value}

    entries = given_rules.identification[0].entries
    assert partition(records, given_rules) == oracle(records, entries, found)
    assert reconciled(random.sample(records, len(records)), given_rules) == reconciled(records, given_rules)


def test_racks_of_one_name_at_two_sites_stay_two_and_are_told():
    records = [record("1", name="R1"), record("2", name="r1"), record("7", source="b", name="R1")]
    by_name = rules(["name"])
    assert partition(records, by_name) == {frozenset("1"), frozenset("2"), frozenset("7")}
    found = reconciled(records, by_name)
    (told,) = found.findings
    assert isinstance(told, RepeatedIdentifier)
    assert str(told) == (
        "records '1', '2' of a; record '7' of b: the same name ('r1'), and one source has several of it; "
        "they stay apart; identify them within their parents, or by something surer"
    )
    assert "which the keys of one source tell apart" in found.decision("a", "1").explain()
    both = rules(IdentifierEntry(["name"], within_source=True))
    assert partition(records, both) == {frozenset("127")}
    matcher = Matcher(StagingArea().with_records(records[:1]), by_name, now=NOON)
    assert matcher.match(records[1]).outcome is Outcome.CREATED
    assert matcher.match(records[2]).outcome is Outcome.UPDATED


def test_whether_a_name_unites_records_of_one_source_is_yes_or_no():
    with pytest.raises(DefinitionError, match="within_source: must be True, False or None, not int 1"):
        IdentifierEntry(["name"], within_source=1)


# -- values --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("Web", " wEB ", True, id="case and spaces around"),
        pytest.param("a  b", "a b", True, id="spaces within"),
        pytest.param("ab", "a b", False, id="a space more"),
        pytest.param("STRASSE", "straße", True, id="letters that fold"),
        pytest.param("00:16:3E:0A:0B:0C", "0016.3e0a.0b0c", True, id="a MAC address"),
        pytest.param("00-16-3e-0a-0b-0c", "00163e0a0b0c", True, id="a MAC address without separators"),
        pytest.param("00-16-3e-0a-0b-0g", "00163e0a0b0g", False, id="no MAC address"),
        pytest.param(17, "17", True, id="digits"),
        pytest.param(17, "17.0", False, id="a number of another kind"),
        pytest.param(1, True, False, id="one and true"),
        pytest.param(True, "True", False, id="true and its text"),
        pytest.param(True, True, True, id="true"),
        pytest.param(1.5, 1.5, True, id="fractions"),
        pytest.param(("a", 1), ("a", 1), True, id="lists"),
        pytest.param(("a", 1), ("a", True), False, id="lists of other kinds"),
        pytest.param(frozenset("ab"), frozenset("ba"), True, id="sets"),
        pytest.param({"a": 1, "b": 2}, {"b": 2, "a": 1}, True, id="tables"),
        pytest.param("", "", False, id="nothing"),
        pytest.param(" ", " ", False, id="spaces"),
        pytest.param(None, None, False, id="not known"),
        pytest.param("To be filled by O.E.M.", "To Be Filled By O.E.M.", False, id="what firmware says"),
        pytest.param(0, "0", False, id="zero"),
        pytest.param("00:00:00:00:00:00", "000000000000", False, id="no address"),
    ],
)
def test_values_are_the_same_if_they_mean_the_same(one, other, same):
    records = [record("1", serial=one), record("2", serial=other)]
    assert (partition(records, rules(["serial"])) == {frozenset("12")}) is same


def test_what_identifies_nothing_can_be_said():
    records = [record("1", serial="web"), record("2", serial="WEB")]
    own = ReconciliationRules([IdentificationRule("host", [["serial"]])], placeholders=["Web "])
    assert partition(records, own) == {frozenset("1"), frozenset("2")}
    assert Identifiers(()).normal("none") == "none"


def test_one_of_several_parts_is_enough():
    records = [record("1", macs="ab"), record("2", macs="bc"), record("3", macs="d"), record("4")]
    assert partition(records, rules(MACS)) == {frozenset("12"), frozenset("3"), frozenset("4")}


def test_a_part_counts_only_with_all_that_is_asked_of_it():
    entry = IdentifierEntry(["site"], "adapter", ["mac", "port"])
    records = [record(key, macs="a", site="x") for key in "12"]
    assert partition(records, rules(entry)) == {frozenset("1"), frozenset("2")}


# -- which rule ----------------------------------------------------------------------------------------


MODEL = ClassModel(
    [
        CIClass("device", attributes={"asset": "text"}, identifiers=[["asset"], ["name"]]),
        CIClass("host", "device"),
        CIClass("vm", "host"),
        CIClass("phone", "device", inherit=False),
        CIClass("printer", "device", attributes={"queue": "text"}, identifiers=[["queue"]], inherit=False),
    ],
    STANDARD_RELATION_TYPES,
)


def test_without_a_rule_the_class_model_identifies():
    records = [record("1", "host", asset="x"), record("2", "vm", asset="X"), record("3", "device", name="n")]
    assert partition(records, ReconciliationRules(), model=MODEL) == {frozenset("12"), frozenset("3")}


def test_what_inherits_nothing_is_identified_by_nothing():
    records = [record("1", "phone", asset="x"), record("2", "phone", asset="x"), record("3", asset="x")]
    alone = {frozenset("1"), frozenset("2"), frozenset("3")}
    assert partition(records, ReconciliationRules(), model=MODEL) == alone
    assert partition(records, rules(["asset"], ci_class="device"), model=MODEL) == alone
    assert partition(records, rules(["asset"], ci_class="*"), model=MODEL) == {
        frozenset("12"),
        frozenset("3"),
    }
    queues = [record(key, "printer", queue="q") for key in "12"]
    assert partition(queues, ReconciliationRules(), model=MODEL) == {frozenset("12")}


def test_only_what_is_under_one_rule_is_compared():
    records = [record("1", "device", asset="x"), record("2", "host", asset="x"), record("3", "vm", asset="x")]
    assert partition(records, rules(["asset"]), model=MODEL) == {frozenset("1"), frozenset("23")}


def test_without_any_rule_each_record_is_an_item():
    records = [record("1", serial="x", name="n"), record("2", serial="x", name="n")]
    assert partition(records, ReconciliationRules()) == {frozenset("1"), frozenset("2")}


# -- what is not united --------------------------------------------------------------------------------


def test_what_a_surer_entry_tells_apart_is_not_united_and_told():
    records = [
        record("1", serial="x", name="n"),
        record("2", serial="y", name="n"),
        record("3", name="n"),
    ]
    by_name = IdentifierEntry(["name"], within_source=True)
    two = rules(["serial"], by_name)
    assert partition(records, two) == {frozenset("1"), frozenset("2"), frozenset("3")}
    (conflict,) = conflicts(records, two)
    assert conflict == IdentifierConflict(
        "host",
        by_name,
        ("n",),
        (("a", "1"), ("a", "2"), ("a", "3")),
        IdentifierEntry(["serial"]),
        ("x", "y"),
    )
    assert str(conflict) == (
        "records '1', '2', '3' of a: the same name ('n'), but different serial ('x', 'y'); they stay apart"
    )


def test_what_only_together_would_join_different_values_is_not_united_at_all():
    entries = rules(["serial"], MACS)
    records = [
        record("1", serial="x", macs="a"),
        record("2", macs="ab"),
        record("3", serial="y", macs="b"),
    ]
    assert partition(records, entries) == {frozenset("1"), frozenset("2"), frozenset("3")}
    (conflict,) = conflicts(records, entries)
    assert (conflict.values, conflict.higher_values) == (("a", "b"), ("x", "y"))
    assert conflict.records == (("a", "1"), ("a", "2"), ("a", "3"))


def test_a_surer_match_does_not_keep_a_record_from_counting_by_other_entries():
    records = [
        record("1", serial="x", name="m"),
        record("2", serial="x", name="n"),
        record("3", source="b", name="n"),
    ]
    assert partition(records, rules(["serial"], ["name"])) == {frozenset("123")}


# -- parents -------------------------------------------------------------------------------------------


WITHIN = rules(["code"], IdentifierEntry(["name"], parent="runs_on"))


def test_nested_things_are_identified_from_the_outside_in():
    names = "abcdefgh"
    records = [
        record(f"{source}{n}", source=source, name=name, within=[f"{source}{n - 1}"] if n else ())
        for source in "xy"
        for n, name in enumerate(names)
    ]
    records += [
        record("x0", source="x", name="a", code="root"),
        record("y0", source="y", name="a", code="root"),
    ]
    records = [each for each in records if each.name != "a" or "code" in each.attributes]
    assert partition(records, WITHIN) == {frozenset({f"x{n}", f"y{n}"}) for n in range(len(names))}


def test_a_parent_may_be_told_by_the_parent():
    inverse = rules(["code"], IdentifierEntry(["name"], parent="runs"))
    records = [
        record("1", code="c", within=["2"]),
        record("2", name="n"),
        record("3", code="c", within=["4"]),
        record("4", name="n"),
        record("5", name="n"),
    ]
    assert partition(records, inverse) == {frozenset("13"), frozenset("24"), frozenset("5")}


def test_what_has_no_known_parent_is_not_identified_within_one():
    records = [record("1", name="n", within=["9"]), record("2", name="n", within=["9"])]
    cable = SourceRelation("connects_to", "1")
    records.append(SourceRecord("a", "3", "other", "n", seen_at=NOON, relations=[cable]))
    records.append(record("4", "other", name="n", within=["1"]))
    assert partition(records, WITHIN) == {frozenset("1"), frozenset("2"), frozenset("3"), frozenset("4")}
    found = reconciled(records, WITHIN)
    assert found.decision("a", "1").rejected[1].because == "runs_on nothing that is known"


def test_a_ring_of_parents_is_told_and_identifies_nothing():
    records = [
        record("1", name="n", within=["2"]),
        record("2", name="m", within=["1"]),
        record("3", name="n", within=["2"]),
        record("4", name="o", within=["4"]),
    ]
    found = reconciled(records, WITHIN)
    rings = [each for each in found.findings if isinstance(each, CyclicParents)]
    assert rings == [CyclicParents((("a", "1"), ("a", "2"))), CyclicParents((("a", "4"),))]
    assert str(rings[0]) == (
        "records '1', '2' of a: in a ring of parents, so that none of them can be identified by its own"
    )
    assert partition(records, WITHIN) == {frozenset("1"), frozenset("2"), frozenset("3"), frozenset("4")}


def test_ends_that_are_alike_are_each_others_parents():
    alike = rules(["code"], IdentifierEntry(["name"], parent="connects_to"))
    cable = SourceRelation("connects_to", "2")
    records = [SourceRecord("a", "1", "host", "n", seen_at=NOON, relations=[cable]), record("2", name="m")]
    (finding,) = reconciled(records, alike).findings
    assert finding == CyclicParents((("a", "1"), ("a", "2")))


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("ab"), st.sampled_from([None, "x", "y"]), st.lists(st.integers(0, 5), max_size=2)
        ),
        min_size=2,
        max_size=6,
    ),
    st.permutations([IdentifierEntry(["code"]), IdentifierEntry(["name"], parent="runs_on")]),
    st.randoms(),
)
def test_whatever_the_parents_are_the_answer_is_stable_and_independent_of_order(rows, entries, random):
    records = [
        record(str(number), name=name, code=code, within=[str(place % len(rows)) for place in within])
        for number, (name, code, within) in enumerate(rows)
    ]
    one = reconciled(records, rules(*entries))
    other = reconciled(random.sample(records, len(records)), rules(*entries))
    assert one == other
    again = reconcile(one.staging, one.rules, now=NOON)
    assert again.items == one.items


def test_what_never_settles_is_united_only_where_it_makes_no_difference():
    def step(state):
        return {(0, 0, 0, 3): (0, 1, 0, 3), (0, 1, 0, 3): (0, 0, 0, 3)}.get(state, (0, 0, 0, 3))

    ring = settled(step, (0, 1, 2, 3), 10)
    assert sorted(ring) == [(0, 0, 0, 3), (0, 1, 0, 3)]
    assert agreed(ring) == (0, 1, 0, 3)
    assert settled(lambda state: state, (0, 1), 10) == [(0, 1)]
    assert agreed([(0, 0)]) == (0, 0)


def test_what_takes_too_many_rounds_is_given_up():
    assert settled(lambda state: (state[0] + 1,), (0,), 3) == [(2,), (3,)]


def test_records_that_depend_on_themselves_through_their_parents_are_told():
    """While 1 and 2 are the same, 3 is within what they are within, which its code tells from them."""
    records = [
        record("0", name="b", code="x"),
        record("1", name="a", within=["0"]),
        record("2", name="a", code="x", within=["0"]),
        record("3", name="a", code="y", within=["1"]),
    ]
    found = reconciled(records, WITHIN)
    assert found.findings[0] == UnsettledRecords((("a", "1"),))
    assert str(found.findings[0]) == (
        "record '1' of a: how they are identified depends on itself through their parents; they are united "
        "only where it makes no difference"
    )
    assert partition(records, WITHIN) == {frozenset("02"), frozenset("1"), frozenset("3")}
    assert found == reconciled(records[::-1], WITHIN)


# -- sets ----------------------------------------------------------------------------------------------


@given(st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=3), max_size=8))
def test_sets_that_meet_become_one_known_by_its_least_member(unions):
    sets = DisjointSets(10)
    blocks = [{number} for number in range(10)]
    for union in unions:
        sets.unite(union)
        met = [block for block in blocks if block & set(union)]
        blocks = [block for block in blocks if block not in met] + [set().union(*met)]
    assert {number: sets.find(number) for number in range(10)} == {
        number: min(block) for block in blocks for number in block
    }


@pytest.mark.parametrize(
    ("groups", "together"),
    [([], True), ([[1]], True), ([[1], [2]], False), ([[1], [2], [1, 2]], True), ([[1], [1]], True)],
)
def test_groups_hang_together_through_common_members(groups, together):
    assert hang_together(groups) is together
