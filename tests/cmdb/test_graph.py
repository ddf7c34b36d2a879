import pickle
from itertools import permutations
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import (
    ClassModel,
    ConfigurationGraph,
    ConfigurationItem,
    LevelChain,
    RedundancySet,
    Relation,
    RelationType,
    UnknownItemError,
    WeightedNeed,
    standard_class_model,
)
from itsmkit.errors import DefinitionError, NotFoundError

IDS = [f"ci-{number}" for number in range(8)]
WAYS = {
    "used_by": lambda source, target: {(source, target)},
    "depends_on": lambda source, target: {(target, source)},
    "connects_to": lambda source, target: {(source, target), (target, source)},
    "documented_by": lambda source, target: set(),
}
"""The ways of impact, provider before dependent, of one relation type for each flow."""

sentences = st.lists(
    st.tuples(st.sampled_from(IDS), st.sampled_from(sorted(WAYS)), st.sampled_from([*IDS, "absent"])).map(
        " ".join
    ),
    unique=True,
    max_size=20,
)
failures = st.sets(st.sampled_from(IDS))


def ways_of(relations):
    triples = [sentence.split() for sentence in relations]
    edges = {edge for source, name, target in triples for edge in WAYS[name](source, target)}
    return {edge for edge in edges if "absent" not in edge}


def distances(edges, sources):
    """Return the fewest relations from *sources* to all that they reach, one ring at a time."""
    rings = [set(sources)]
    while rings[-1]:
        known = set().union(*rings)
        rings.append({end for start, end in edges if start in rings[-1]} - known)
    return {ci: distance for distance, ring in enumerate(rings) for ci in ring}


# Impact


@given(sentences, failures)
def test_the_impact_is_all_that_can_be_reached_nearest_first(a_graph, relations, failed):
    expected = distances(ways_of(relations), failed)
    found = a_graph(relations, items=IDS).descendants(*failed)
    assert set(found) == expected.keys() - failed
    assert len(set(found)) == len(found)
    assert [expected[ci] for ci in found] == sorted(expected[ci] for ci in found)


@given(sentences, failures, st.randoms(use_true_random=False))
def test_no_answer_depends_on_the_order_of_declaration(a_graph, relations, failed, random):
    shuffled = [random.sample(each, len(each)) for each in (relations, IDS, sorted(failed))]
    graph, other = a_graph(relations, items=IDS), a_graph(shuffled[0], items=shuffled[1])
    assert graph == other
    assert hash(graph) == hash(other)
    assert graph.descendants(*failed) == other.descendants(*shuffled[2])
    assert graph.findings == other.findings
    for ci in IDS:
        assert graph.successors(ci) == other.successors(ci)
        assert graph.ancestors(ci) == other.ancestors(ci)


@given(sentences, failures, failures)
def test_more_failures_never_reach_less(a_graph, relations, failed, also_failed):
    graph, both = a_graph(relations, items=IDS), failed | also_failed
    assert set(graph.descendants(*failed)) <= set(graph.descendants(*both)) | both


@given(sentences, sentences, failures)
def test_more_relations_never_reach_less(a_graph, relations, more, failed):
    graph = a_graph(relations, items=IDS)
    larger = a_graph(dict.fromkeys(relations + more), items=IDS)
    assert set(graph.descendants(*failed)) <= set(larger.descendants(*failed))


@given(sentences, st.lists(failures, max_size=4))
def test_a_question_leaves_no_trace_for_the_next(a_graph, relations, questions):
    graph = a_graph(relations, items=IDS)
    for failed in questions:
        assert graph.descendants(*failed) == a_graph(relations, items=IDS).descendants(*failed)


@given(sentences, st.sampled_from(IDS))
def test_the_questions_about_one_item_agree_with_each_other(a_graph, relations, ci):
    graph, ways = a_graph(relations, items=IDS), ways_of(relations)
    assert graph.successors(ci) == tuple(sorted(end for start, end in ways if start == ci))
    assert graph.predecessors(ci) == tuple(sorted(start for start, end in ways if end == ci))
    assert graph.descendants(ci) == graph.descendants(ci)
    assert set(graph.ancestors(ci)) == {other for other in IDS if ci in graph.descendants(other)}


def test_equally_near_ones_come_in_the_order_of_what_they_were_reached_from(a_graph):
    graph = a_graph(["z depends_on b", "a depends_on c", "b depends_on r", "c depends_on r"])
    assert graph.descendants("r") == ("b", "c", "z", "a")


def test_nothing_fails_with_nothing(a_graph):
    assert a_graph(["web runs_on host"]).descendants() == ()
    assert a_graph().descendants() == ()


def test_an_item_that_depends_on_itself_is_not_in_its_own_impact(a_graph):
    graph = a_graph(["host depends_on host"])
    assert graph.descendants("host") == ()
    assert graph.successors("host") == ("host",)


def test_two_relations_between_the_same_items_make_one_neighbour(a_graph):
    graph = a_graph(["web runs_on host", "web depends_on host"])
    assert graph.successors("host") == ("web",)


def test_a_chain_of_a_hundred_thousand_is_followed_to_its_end(a_graph):
    length = 100_000
    graph = a_graph(f"{number + 1} depends_on {number}" for number in range(length))
    reached = graph.descendants("0")
    assert len(reached) == length
    assert reached[-1] == str(length)
    assert graph.ancestors(str(length))[-1] == "0"


def test_a_ladder_of_redundant_pairs_is_followed_once(a_graph):
    steps = range(1_000)
    graph = a_graph(
        f"{side}{step + 1} depends_on {other}{step}" for step in steps for side in "ab" for other in "ab"
    )
    assert len(graph.descendants("a0")) == 2 * len(steps)


def test_threads_do_not_disturb_each_other(a_graph):
    graph = a_graph(f"{number + 1} depends_on {number}" for number in range(300))
    answers = []
    threads = [
        Thread(target=lambda start=start: answers.append((start, len(graph.descendants(str(start))))))
        for start in range(0, 300, 20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [(start, 300 - start) for start in range(0, 300, 20)]


# Items


def test_an_item_is_found_by_its_id(a_graph):
    graph = a_graph(["web runs_on host"])
    assert graph.item("web") == graph.items[0]
    assert "web" in graph
    assert "shop" not in graph


@pytest.mark.parametrize(
    "question",
    [
        pytest.param(lambda graph: graph.item("hots"), id="item"),
        pytest.param(lambda graph: graph.successors("hots"), id="successors"),
        pytest.param(lambda graph: graph.predecessors("hots"), id="predecessors"),
        pytest.param(lambda graph: graph.descendants("hots"), id="descendants"),
        pytest.param(lambda graph: graph.ancestors("hots"), id="ancestors"),
        pytest.param(lambda graph: graph.impact_of(["web", "hots"]), id="impact_of"),
    ],
)
def test_an_unknown_item_is_an_error_with_what_comes_close(a_graph, question):
    graph = a_graph(["web runs_on host", "web runs_on hosts"])
    with pytest.raises(NotFoundError) as raised:
        question(graph)
    expected = "no configuration item 'hots'; did you mean 'hosts' or 'host'?"
    assert str(raised.value) == expected
    assert str(pickle.loads(pickle.dumps(raised.value))) == expected


@pytest.mark.parametrize("size", [1, 6_000])
def test_where_nothing_comes_close_or_there_is_much_to_compare_the_error_is_short(a_graph, size):
    graph = a_graph(items=map(str, range(size)))
    with pytest.raises(UnknownItemError) as raised:
        graph.item("-5999")
    assert str(raised.value) == "no configuration item '-5999'"
    assert raised.value.closest == ()


# Building


def test_all_problems_are_reported_at_once(a_graph):
    with pytest.raises(DefinitionError) as raised:
        a_graph(
            ["web runs_on host", "host runs web", "db runs host", "web hosts db", *["web depends_on db"] * 2],
            items=["web", "web", "host", "db"],
            model=ClassModel(
                relation_types=[
                    RelationType("runs_on", "runs", "reverse"),
                    RelationType("depends_on", "supports", "reverse"),
                ]
            ),
        )
    assert raised.value.problems == (
        "configuration item 'web' is declared 2 times; give each an id of its own",
        "relation web depends_on db is declared 2 times; once is enough",
        (
            "relation host runs web and 1 more: 'runs' is the inverse of 'runs_on': swap source and target, "
            "and say that"
        ),
        ("relation web hosts db: 'hosts' is no relation type; known: runs_on, depends_on"),
    )


def test_redundancy_that_stands_twice_or_names_no_type_is_refused(a_graph):
    twice = [RedundancySet("web", "hosts", ["a", "b"], "any", "rnus_on")] * 2
    with pytest.raises(DefinitionError) as raised:
        a_graph(["web runs_on a", "web runs_on b"], redundancy=twice)
    known = "'rnus_on' is no relation type; did you mean 'runs_on'?"
    assert raised.value.problems == (
        "redundancy set 'hosts' of web is declared 2 times; give each a name of its own",
        *[f"redundancy set {twice[0]}: {known}"] * 2,
    )


def test_a_kind_of_relation_of_ones_own_is_a_relation():
    class Cable(Relation):
        pass

    items = [ConfigurationItem(each, "switch", each) for each in ("a", "b")]
    graph = ConfigurationGraph(items, [Cable("a", "connects_to", "b")])
    assert graph.impact_of({"a"}).levels == {"a": "down", "b": "down"}


def test_relations_levels_and_the_standard_model_can_be_written_as_text():
    graph = ConfigurationGraph(
        [ConfigurationItem("web", "web server", "web"), ConfigurationItem("host", "host", "host")],
        ["web runs_on host"],
        model="standard",
        levels=("up", "down"),
    )
    assert graph.relations == (Relation("web", "runs_on", "host"),)
    assert graph.model == standard_class_model()
    assert graph.levels == LevelChain(["up", "down"])


@pytest.mark.parametrize(
    ("arguments", "options", "problem"),
    [
        pytest.param([["web"]], {}, r"items\[0\]: must be a ConfigurationItem", id="an id as an item"),
        pytest.param(["web"], {}, "items: several are asked for", id="a text as items"),
        pytest.param([[], ["web runs"]], {}, r"relations\[0\]: must be a Relation", id="no sentence"),
        pytest.param([[], [], ["set"]], {}, r"redundancy\[0\]: must be a RedundancySet", id="no set"),
        pytest.param([[]], {"model": "standrd"}, "model: must be a ClassModel or .standard.", id="no model"),
        pytest.param([[]], {"levels": ["up"]}, "at least two levels", id="no levels"),
    ],
)
def test_what_is_no_graph_is_refused(arguments, options, problem):
    with pytest.raises(DefinitionError, match=problem):
        ConfigurationGraph(*arguments, **options)


def test_a_class_rule_that_names_weights_of_others_is_no_fault(a_graph):
    rule = WeightedNeed({"a": 1, "b": 1}, 1)
    graph = a_graph(["s runs_on a"], redundancy=[RedundancySet("s", "set", ["a", "b"], rule)])
    assert [type(finding).__name__ for finding in graph.findings] == ["UnrelatedMembers"]


def test_a_group_that_cannot_meet_its_rule_any_more_is_a_finding(a_graph):
    graph = a_graph(["s runs_on a"], redundancy=[RedundancySet("s", "set", ["a", "b"], "at least 2")])
    assert str(graph.findings[-1]) == (
        "group 'set' of s: at least 2 are asked for, but there are only 1 members"
    )
    assert graph.impact_of(["a"]).level("s") == "down"


def test_without_types_no_relation_is_known(a_graph):
    with pytest.raises(DefinitionError, match="known: none"):
        a_graph(["web runs_on host"], model=ClassModel())


def test_a_relation_with_a_missing_end_is_a_finding_and_carries_no_impact(a_graph):
    graph = a_graph(
        [
            "web runs_on gone",
            "lost depends_on web",
            "lost used_by gone",
            "gone contains gone",
            "web runs_on host",
        ],
        items=["web", "host"],
    )
    assert [str(finding) for finding in graph.findings] == [
        "relation gone contains gone: no configuration item 'gone'; add it, or remove the relation",
        "relation lost depends_on web: no configuration item 'lost'; add it, or remove the relation",
        "relation lost used_by gone: no configuration item 'lost' or 'gone'; add it, or remove the relation",
        "relation web runs_on gone: no configuration item 'gone'; add it, or remove the relation",
    ]
    assert graph.findings[2].missing == ("lost", "gone")
    assert graph.descendants("host") == ("web",)
    assert graph.successors("web") == ()


def test_graphs_differ_where_their_content_does(a_graph):
    graphs = [
        a_graph(["web runs_on host"]),
        a_graph(["web depends_on host"]),
        a_graph(["web runs_on host"], items=["web"]),
        a_graph(
            ["web runs_on host"], model=ClassModel(relation_types=[RelationType("runs_on", "runs", "none")])
        ),
    ]
    assert all(one != other for one, other in permutations(graphs, 2))


def test_a_graph_in_use_can_be_pickled(a_graph):
    graph = a_graph(["web runs_on host"])
    graph.descendants("host")
    copy = pickle.loads(pickle.dumps(graph))
    assert copy == graph
    assert copy.descendants("host") == ("web",)
