"""Attributes of configuration items and relations cannot change, whatever they are given as."""

from collections import UserDict
from datetime import UTC, datetime

import pytest

from itsmkit.cmdb import CIId, ConfigurationGraph, ConfigurationItem, Relation
from itsmkit.errors import DefinitionError


def item(attributes):
    return ConfigurationItem(CIId("a"), "server", "A", attributes)


def relation(attributes):
    return Relation(CIId("a"), "runs_on", CIId("b"), attributes=attributes)


@pytest.mark.parametrize("make", [item, relation])
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ([1, [2]], (1, (2,))),
        ({1, 2}, frozenset({1, 2})),
        ({"a": [1]}, {"a": (1,)}),
        (b"a", b"a"),
        (("x", None), ("x", None)),
        (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)),
    ],
)
def test_what_can_change_is_kept_as_what_cannot(make, given, kept):
    made = make({"x": given, "y": "text"})
    assert made.attributes == {"x": kept, "y": "text"}
    assert type(made.attributes["x"]) is not type(given) or made.attributes["x"] is given
    assert hash(made) == hash(make({"x": kept, "y": "text"}))


@pytest.mark.parametrize("make", [item, relation])
def test_every_attribute_that_can_change_and_has_no_counterpart_is_refused(make):
    with pytest.raises(DefinitionError) as refused:
        make({"x": bytearray(b"a"), "y": [1], "z": {"deep": [bytearray()]}})
    assert [problem.partition(",")[0] for problem in refused.value.problems] == [
        f"attribute {name!r}: must be a value that cannot change" for name in "xz"
    ]
    with pytest.raises(DefinitionError, match="attributes must be a mapping of names to values, not int 3"):
        make(3)


def test_any_mapping_gives_attributes():
    assert item(UserDict(x=1)).attributes == {"x": 1}


def test_a_graph_of_items_with_lists_has_a_hash():
    assert hash(ConfigurationGraph([item({"x": [1]})])) == hash(ConfigurationGraph([item({"x": (1,)})]))
