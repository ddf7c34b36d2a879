import subprocess
import sys
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import CIId, ConfigurationGraph, ConfigurationItem, Relation, _adjacency
from itsmkit.cmdb._adjacency import Adjacency, PackedRows, rows_of, taken_down

NODES = 12
edges = st.lists(st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1)), max_size=60)
sources = st.lists(st.integers(0, NODES - 1), max_size=4)


def searched(rows, sources):
    """Return what a breadth-first search finds, step by step."""
    queue = list(dict.fromkeys(sources))
    given = len(queue)
    for node in queue:
        queue.extend(each for each in rows[node] if each not in queue)
    return queue[given:]


def adjacency(edges, nodes=NODES):
    return Adjacency(rows_of(nodes, [start for start, _ in edges], [end for _, end in edges])[0])


@pytest.fixture(scope="module", params=[(1, 1), (2, 1), (3, 4)], ids=str)
def by_frontiers(request):
    """Let numpy take over wherever so many nodes wait, in graphs of any size."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in zip(("LARGE", "WIDE", "CHUNK"), (0, *request.param), strict=True):
            patch.setattr(_adjacency, name, value)
        yield


@given(edges, sources)
def test_the_order_is_that_of_a_breadth_first_search(edges, sources):
    found = adjacency(edges)
    assert found.reach(sources) == searched(found, sources)


@given(edges, sources)
def test_numpy_finds_the_same_in_the_same_order(by_frontiers, edges, sources):
    found = adjacency(edges)
    assert found.reach(sources) == searched(found, sources)
    assert found.packed().reach(sources) == searched(found, sources)


@given(edges, st.lists(sources, max_size=5))
def test_one_question_leaves_nothing_behind_for_the_next(by_frontiers, edges, questions):
    found = adjacency(edges)
    for sources in questions:
        assert found.reach(sources) == adjacency(edges).reach(sources)


@pytest.mark.parametrize("relations", [1, 2, 5])
def test_a_large_graph_gives_the_same_with_and_without_numpy(monkeypatch, relations):
    random, nodes = Random(relations), 30_000
    pairs = [
        (start, random.randrange(start + 1, min(start + 9_000, nodes)))
        for start in range(nodes - 1)
        for _ in range(relations)
    ]
    found = adjacency(pairs, nodes)
    fast = found.reach([3, 0])
    monkeypatch.setattr(_adjacency, "_has_numpy", lambda: False)
    assert fast == found.reach([3, 0])
    assert len(set(fast)) == len(fast)


@given(edges)
def test_packed_rows_are_the_same_rows(edges):
    rows = adjacency(edges)
    packed = PackedRows(rows)
    assert list(packed) == list(rows) == [packed[node] for node in range(len(packed))]


@given(edges)
def test_rows_are_sorted_and_tell_what_stands_twice(edges):
    rows, twice = rows_of(NODES, [start for start, _ in edges], [end for _, end in edges])
    assert rows == [tuple(sorted({end for start, end in edges if start == node})) for node in range(NODES)]
    assert twice == [
        node for node, row in enumerate(rows) if len(row) < sum(edge[0] == node for edge in edges)
    ]


@given(edges)
def test_turned_twice_it_is_the_same(edges):
    found = adjacency(edges)
    turned = found.turned(range(NODES))
    assert list(turned.turned(range(NODES))) == list(found)
    assert {(end, start) for start in range(NODES) for end in found[start]} == {
        (start, end) for start in range(NODES) for end in turned[start]
    }


@pytest.mark.parametrize("raised", [[3], list(range(100))], ids=["few", "many"])
def test_flags_are_taken_down(raised):
    flags = bytearray(100)
    for each in raised:
        flags[each] = 1
    assert taken_down(flags, raised) == bytearray(100)


# Compact graphs

triples = st.lists(
    st.tuples(
        st.integers(0, 7), st.sampled_from(["depends_on", "used_by", "connects_to"]), st.integers(0, 8)
    ),
    unique=True,
    max_size=24,
)


@given(triples, st.sets(st.integers(0, 7)))
def test_a_compact_graph_gives_the_same_answers(triples, failed):
    items = [ConfigurationItem(CIId(f"ci-{number}"), "server", "a server") for number in range(8)]
    relations = [Relation(f"ci-{source}", kind, f"ci-{target}") for source, kind, target in triples]
    graph = ConfigurationGraph(items, relations)
    compact = ConfigurationGraph(items, relations, compact=True)
    ids = [f"ci-{number}" for number in failed]
    assert compact == graph
    assert hash(compact) == hash(graph)
    assert compact.findings == graph.findings
    assert compact.descendants(*ids) == graph.descendants(*ids)
    assert compact.ancestors(*ids) == graph.ancestors(*ids)
    assert compact.impact_of(ids).levels == graph.impact_of(ids).levels
    for item in items:
        assert compact.successors(item.id) == graph.successors(item.id)
        assert compact.predecessors(item.id) == graph.predecessors(item.id)
        assert compact.impact_of(ids).why(item.id) == graph.impact_of(ids).why(item.id)
        for other in items:
            between = graph.relations_between(item.id, other.id)
            assert compact.relations_between(item.id, other.id) == between


def test_a_compact_graph_knows_what_is_in_it():
    graph = ConfigurationGraph([ConfigurationItem(CIId("b"), "server", "b")], compact=True)
    assert "b" in graph
    assert list(graph._numbers) == ["b"]
    assert len(graph._numbers) == 1
    assert not {"a", "c"} & set(filter(graph.__contains__, "abc"))


# Imports

STATEMENTS = """
import sys
from itsmkit.cmdb import CIId, ConfigurationGraph, ConfigurationItem, Relation

def asked(count):
    items = [ConfigurationItem(CIId(f"ci-{n:06}"), "server", "x") for n in range(count)]
    relations = [Relation(f"ci-{n:06}", "depends_on", "ci-000000") for n in range(1, count)]
    graph = ConfigurationGraph(items, relations)
    assert len(graph.descendants("ci-000000")) == count - 1
    assert graph.descendants("ci-000001") == ()
"""


@pytest.mark.parametrize(
    ("question", "imported"), [("asked(1_000)", False), ("asked(30_000)", True)], ids=["small", "large"]
)
def test_numpy_is_imported_only_where_much_of_a_large_graph_is_found(question, imported):
    check = f"{STATEMENTS}\n{question}\nassert ('numpy' in sys.modules) is {imported}"
    subprocess.run([sys.executable, "-c", check], check=True)


# Relations by the way that impact takes


@given(triples, st.booleans())
def test_the_relations_of_all_ways_are_those_between_each_two(triples, compact):
    items = [ConfigurationItem(CIId(f"ci-{number}"), "server", "a server") for number in range(8)]
    relations = [Relation(f"ci-{source}", kind, f"ci-{target}") for source, kind, target in triples]
    relations.append(Relation("gone", "depends_on", "ci-0"))
    graph = ConfigurationGraph(items, relations, compact=compact)
    found = dict(graph._relations_by_way.items())
    for provider, one in enumerate(items):
        for dependent, other in enumerate(items):
            between = graph.relations_between(one.id, other.id)
            assert found.get((provider, dependent), ()) == between
            assert bool(between) == (other.id in graph.successors(one.id))
