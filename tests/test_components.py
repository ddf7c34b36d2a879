from hypothesis import given
from hypothesis import strategies as st

from itsmkit._components import components_of, rings_of

graphs = st.lists(st.lists(st.integers(0, 7), max_size=4), min_size=8, max_size=8)


def reached(edges, start):
    found = {start}
    while more := {end for node in found for end in edges[node]} - found:
        found |= more
    return found


@given(graphs)
def test_a_component_is_what_leads_to_each_other(edges):
    found = list(components_of(range(8), edges.__getitem__))
    reach = [reached(edges, node) for node in range(8)]
    expected = {frozenset(other for other in reach[node] if node in reach[other]) for node in range(8)}
    assert set(map(frozenset, found)) == expected
    assert sum(map(len, found)) == 8
    seen = set()
    for component in found:
        seen.update(component)
        assert all(reach[node] <= seen for node in component)


@given(graphs)
def test_a_ring_leads_to_itself(edges):
    found = {node for ring in rings_of(range(8), edges.__getitem__) for node in ring}
    assert found == {node for node in range(8) if any(node in reached(edges, after) for after in edges[node])}


def test_a_deep_graph_does_not_recurse():
    depth = 20_000
    found = list(components_of([0], lambda node: [node + 1] if node < depth else []))
    assert [component[0] for component in found] == list(range(depth, -1, -1))
