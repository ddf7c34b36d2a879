"""One record at a time, beside an oracle that follows the text."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import CIClass, CIId, ClassModel, LookUp, SourceRecord, SourceRelation
from itsmkit.cmdb.reconciliation import (
    IdentificationRule,
    IdentifierEntry,
    Matcher,
    Outcome,
    ReconciliationRules,
    RejectedEntry,
    SourcePolicy,
    StagingArea,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ENTRIES = [IdentifierEntry(["p"]), IdentifierEntry(["q", "r"]), IdentifierEntry(["r"])]


def record(key, source="a", *, ci_class="host", name=None, relations=(), lookups=(), **attributes):
    return SourceRecord(
        source, key, ci_class, name, attributes, seen_at=NOON, relations=relations, lookups=lookups
    )


def matcher(records, *policies, entries=ENTRIES, known=(), **options):
    staging = StagingArea().with_records(records).with_identities(dict(known))
    rules = ReconciliationRules([IdentificationRule("*", entries)], (), policies)
    return Matcher(staging, rules, now=NOON, **options)


values = st.sampled_from([None, "x", "y"])
attributes = st.fixed_dictionaries({"p": values, "q": values, "r": values})


@given(st.lists(attributes, max_size=5), attributes)
def test_the_first_entry_that_matches_anything_decides(rows, row):
    known = [record(str(number), **each) for number, each in enumerate(rows)]
    found = matcher(known)
    decision = found.match(record("new", **row))
    expected = None
    for entry in ENTRIES:
        asked = [row[name] for name in entry.attributes]
        if None in asked:
            continue
        matches = [each for each in known if [each.attributes[name] for name in entry.attributes] == asked]
        if matches:
            expected = entry, {found.known.ci_of(*each.origin) for each in matches}, matches
            break
    if expected is None:
        assert (decision.outcome, decision.ci, decision.entry) == (Outcome.CREATED, "a:new", None)
        assert [each.entry for each in decision.rejected] == ENTRIES
        return
    entry, items, matches = expected
    assert decision.entry == entry
    assert decision.outcome is (Outcome.UPDATED if len(items) == 1 else Outcome.DUPLICATES)
    assert decision.ci in items
    assert set(decision.candidates) == (items if len(items) > 1 else set())
    assert decision.matches == tuple(sorted(each.origin for each in matches))


@given(st.lists(attributes, max_size=5))
def test_a_record_that_is_there_already_is_of_its_own_item_or_of_one_it_is_like(rows):
    known = [record(str(number), **each) for number, each in enumerate(rows)]
    found = matcher(known)
    for each in known:
        decision = found.match(each)
        assert decision.outcome in {Outcome.UPDATED, Outcome.DUPLICATES}
        if decision.entry is None:
            assert decision.ci == found.known.ci_of(*each.origin)


def test_several_items_are_duplicates_of_which_that_of_the_most_records_comes_first():
    known = [record("1", p="x", r="z"), record("2", p="y", r="z"), record("3", p="y", r="w")]
    decision = matcher(known).match(record("4", r="z"))
    assert decision.candidates == ("a:2", "a:1")
    assert decision.explain() == (
        "record '4' of a: duplicates as a:2\n"
        "it could be a:2, a:1\n"
        "by r 'z', as a '1', a '2'\n"
        "not by p: p is not known\n"
        "not by q, r: q is not known"
    )


def test_what_matches_only_what_waits_is_new_or_waits_too():
    barred = SourcePolicy("b", ["*"])
    found = matcher([record("1", "b", p="x")], barred)
    assert found.match(record("2", "b", p="x")).outcome is Outcome.PARKED
    decision = found.match(record("2", p="x"))
    assert (decision.outcome, decision.ci) == (Outcome.CREATED, "a:2")
    assert decision.rejected[0] == RejectedEntry(ENTRIES[0], "nothing that is created has 'x'")


def test_a_new_id_is_none_that_is_taken():
    decision = matcher([], known={("old", "1"): CIId("a:1")}).match(record("1", p="x"))
    assert decision.ci == "a:1~2"


def test_a_record_of_an_unknown_class_is_left_out():
    decision = matcher([], model=ClassModel([CIClass("host")])).match(record("1", ci_class="hots"))
    assert str(decision) == "record '1' of a: left out"


def test_parents_and_parts_count():
    entries = [
        IdentifierEntry(lookup="adapter", lookup_attributes=["mac"]),
        IdentifierEntry(["name"], parent="runs_on"),
    ]
    host, other = record("h"), record("i")
    known = [
        host,
        other,
        record("1", name="db", relations=[SourceRelation("runs_on", "h")]),
        record("2", lookups=[LookUp("adapter", {"mac": "m"})]),
    ]
    found = matcher(known, entries=entries)
    assert found.match(record("n", name="DB", relations=[SourceRelation("runs_on", "h")])).ci == "a:1"
    assert found.match(record("n", name="DB", relations=[SourceRelation("runs_on", "i")])).ci == "a:n"
    assert found.match(record("n", name="DB", relations=[SourceRelation("runs_on", "gone")])).ci == "a:n"
    assert found.match(record("n", lookups=[LookUp("adapter", {"mac": "M"})])).ci == "a:2"
