"""What makes two recorded values the same."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit._frozen import FrozenDict
from itsmkit.cmdb import CIId, ConfigurationGraph, ConfigurationItem, RedundancySet, Relation
from itsmkit.cmdb.history import FieldChange, FieldConflict, RecordKey, diff, merge
from itsmkit.cmdb.history._fields import same

scalars = st.sampled_from([0, 1, True, False, 0.0, 1.0, "1", "True", None, float("nan"), Decimal("NaN")])
nested = st.recursive(
    scalars,
    lambda each: (
        st.lists(each, max_size=2).map(tuple)
        | st.dictionaries(st.sampled_from([1, True, "a"]), each, max_size=1)
        | st.lists(scalars, max_size=1).map(frozenset)
    ),
    max_leaves=4,
)


def item(value):
    return ConfigurationItem(CIId("a"), "server", "A", {"x": value})


def relation(value):
    return Relation(CIId("a"), "runs_on", CIId("b"), attributes={"x": value})


def graph(value):
    return ConfigurationGraph([item(value)], [relation(value)])


@given(nested, nested)
def test_what_is_written_alike_is_the_same(one, other):
    # What `repr` writes tells all kinds apart, and no NaN from another.
    assert same(one, other) is (repr(one) == repr(other))


@given(nested, nested)
def test_two_configurations_are_the_same_if_their_attributes_are(one, other):
    alike = repr(item(one).attributes) == repr(item(other).attributes)
    assert same(item(one), item(other)) is same(relation(one), relation(other)) is alike
    found = diff(graph(one), graph(other))
    assert found.is_empty is alike
    assert repr(found.apply_to(graph(one)).item("a")) == repr(item(other))
    assert merge(graph(one), graph(other), graph(one)).is_clean


@pytest.mark.parametrize(
    ("one", "other"),
    [((1,), (True,)), ({"a": 1}, {"a": 1.0}), (1, True), ({1}, {True}), ({1: "a"}, {True: "a"})],
)
def test_a_change_of_kind_is_a_change(one, other):
    (change, _) = diff(graph(one), graph(other)).changed
    kept = item(one).attributes["x"], item(other).attributes["x"]
    assert change.fields == (FieldChange("attributes.x", *kept),)
    assert repr(diff(graph(one), graph(other)).apply_to(graph(one)).item("a")) == repr(item(other))
    assert repr(merge(graph(one), graph(other), graph(one)).merged.item("a")) == repr(item(other))
    both = merge(graph("before"), graph(one), graph(other)).conflicts
    assert both[0] == FieldConflict(RecordKey("item", ("a",)), "attributes.x", "before", *kept)


def test_values_of_different_kinds_are_never_the_same():
    pair = RedundancySet(CIId("a"), "x", ["b"], "any")
    for one, other in [(item(1), relation(1)), (relation(1), item(1)), (item(1), None), (pair, item(1))]:
        assert not same(one, other)
    assert same(pair, RedundancySet(CIId("a"), "x", ["b"], "any"))
    assert not same(item(1), ConfigurationItem(CIId("a"), "server", "B", {"x": 1}))
    assert not same(
        relation(1), Relation(CIId("a"), "runs_on", CIId("b"), effect="none", attributes={"x": 1})
    )


def test_mappings_and_sets_are_the_same_whether_or_not_they_can_change():
    assert same({"a": [1, {2}]}, FrozenDict({"a": [1, frozenset([2])]}))
    assert not same({"a": [1]}, {"a": (1,)})
