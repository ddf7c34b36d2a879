from collections import Counter

import pytest

from itsmkit.cmdb import STANDARD_RELATION_TYPES, CIId, Flow, Relation, RelationType
from itsmkit.errors import DefinitionError


def test_a_relation_reads_as_a_sentence():
    assert str(Relation(CIId("web"), "runs_on", CIId("host-1"))) == "web runs_on host-1"


def test_a_relation_type_reads_as_its_name():
    assert str(RelationType("runs_on", "runs", Flow.REVERSE)) == "runs_on"


def test_the_flow_may_be_written_as_text():
    assert RelationType("runs_on", "runs", "reverse") == RelationType("runs_on", "runs", Flow.REVERSE)


def test_an_unknown_flow_is_an_error_with_the_known_ones():
    with pytest.raises(DefinitionError, match="one of impact, reverse, both, none, not 'down'"):
        RelationType("runs_on", "runs", "down")


@pytest.mark.parametrize("flow", [Flow.IMPACT, Flow.REVERSE])
def test_a_one_way_flow_needs_a_name_that_tells_the_ends_apart(flow):
    with pytest.raises(DefinitionError, match="'mirrors' is its own inverse"):
        RelationType("mirrors", "mirrors", flow)


@pytest.mark.parametrize("flow", [Flow.BOTH, Flow.NONE])
def test_otherwise_a_type_may_be_its_own_inverse(flow):
    assert RelationType("mirrors", "mirrors", flow).inverse == "mirrors"


@pytest.mark.parametrize("field", ["source", "type", "target"])
def test_the_parts_of_a_relation_are_checked(field):
    fields = {"source": "web", "type": "runs_on", "target": "host-1"} | {field: ""}
    with pytest.raises(DefinitionError, match=rf"Relation\.{field} must be a name"):
        Relation(**fields)


def test_the_standard_types_are_told_apart_by_their_names_and_inverses():
    names = Counter(name for each in STANDARD_RELATION_TYPES for name in {each.name, each.inverse})
    assert set(names.values()) == {1}
