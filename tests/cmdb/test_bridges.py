"""Bridges: both libraries are asked, and their answers held against the graph's own."""

import sys

import networkx as nx
import pytest
import rustworkx
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import CIId, ConfigurationGraph, ConfigurationItem, Relation
from itsmkit.cmdb.bridges import to_networkx, to_rustworkx

TYPES = ["depends_on", "runs_on", "used_by", "connects_to", "documented_by"]


@st.composite
def graphs(draw):
    ids = [f"ci-{number}" for number in range(draw(st.integers(0, 8)))]
    items = [
        ConfigurationItem(CIId(each), draw(st.sampled_from("ab")), each.upper(), {"n": 1}) for each in ids
    ]
    ends = st.sampled_from([*ids, "missing"])
    keys = draw(
        st.lists(
            st.tuples(ends, st.sampled_from(TYPES), ends, st.sampled_from(["", "cable 2"])),
            max_size=16,
            unique=True,
        )
    )
    return ConfigurationGraph(
        draw(st.permutations(items)),
        [Relation(CIId(a), name, CIId(b), qualifier=qualifier) for a, name, b, qualifier in keys],
    )


def ways(graph):
    """Return each way that impact goes, by the letter of the types."""
    known = {item.id for item in graph.items}
    found = []
    for each in graph.relations:
        if {each.source, each.target} <= known:
            if each.type in {"used_by", "connects_to"}:
                found.append((each.source, each.target, each))
            if each.type in {"depends_on", "runs_on", "connects_to"}:
                found.append((each.target, each.source, each))
    return sorted(found, key=str)


@given(graphs())
def test_networkx_reaches_what_the_graph_reaches(graph):
    made = to_networkx(graph)
    assert list(made) == sorted(item.id for item in graph.items)
    assert sorted(((a, b, data["relation"]) for a, b, data in made.edges(data=True)), key=str) == ways(graph)
    for item in graph.items:
        node = made.nodes[item.id]
        assert node == {"ci_class": item.ci_class, "name": item.name, "attributes": {"n": 1}}
        assert set(nx.descendants(made, item.id)) == set(graph.descendants(item.id))
        assert set(nx.ancestors(made, item.id)) == set(graph.ancestors(item.id))


@given(graphs())
def test_rustworkx_reaches_what_the_graph_reaches(graph):
    made = to_rustworkx(graph)
    ids = [item.id for item in made.nodes()]
    assert ids == sorted(item.id for item in graph.items)
    drawn = [(ids[a], ids[b], relation) for a, b, relation in made.weighted_edge_list()]
    assert sorted(drawn, key=str) == ways(graph)
    for number, item in enumerate(made.nodes()):
        assert item == graph.item(item.id)
        reached = {ids[each] for each in rustworkx.descendants(made, number)}
        assert reached == set(graph.descendants(item.id))


def test_edges_of_networkx_are_named_by_type_and_qualifier(a_graph):
    graph = ConfigurationGraph(
        [ConfigurationItem(CIId(each), "switch", each) for each in "ab"],
        [
            Relation(CIId("a"), "connects_to", CIId("b")),
            Relation(CIId("b"), "connects_to", CIId("a")),
            Relation(CIId("a"), "connects_to", CIId("b"), qualifier="spare"),
        ],
    )
    keys = [key for a, _, key in to_networkx(graph).edges(keys=True) if a == "a"]
    assert keys == ["connects_to", "connects_to (spare)", "b connects_to a"]


@pytest.mark.parametrize(
    ("bridge", "library", "name"),
    [(to_networkx, "networkx", "NetworkX"), (to_rustworkx, "rustworkx", "rustworkx")],
)
def test_without_the_library_it_says_what_to_install(a_graph, monkeypatch, bridge, library, name):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ModuleNotFoundError, match=rf"this needs {name}: python -m pip install") as caught:
        bridge(a_graph(["a depends_on b"]))
    assert caught.value.name == library
