"""The tree of categories: ids stay, paths follow the tree, what is given up leads to its successor."""

import pickle

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.practices import Category, CategoryTree
from itsmkit.practices.categories import MAX_LEVELS

TREE = CategoryTree(
    3,
    [
        Category("network", "Network"),
        Category("wifi", "Wireless", parent="network"),
        Category("guests", parent="wifi"),
        Category("wlan", parent="network", active=False, successor="wifi"),
        Category("radio", active=False, successor="wlan"),
        Category("token ring", parent="network", active=False),
        Category("hardware"),
        Category("fax", active=False),
    ],
)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        pytest.param("network", "network", id="at the top"),
        pytest.param("guests", "network/wifi/guests", id="deep"),
        pytest.param("network/wifi/guests", "network/wifi/guests", id="by its path"),
        pytest.param("buildings/guests", "network/wifi/guests", id="by the path of another time"),
        pytest.param("wlan", "network/wifi", id="merged"),
        pytest.param("radio", "network/wifi", id="merged twice"),
    ],
)
def test_a_category_is_found_by_its_id(given, path):
    assert TREE.path(given) == path == TREE.current(given)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        pytest.param("hardwear", "there is no category 'hardwear'; did you mean 'hardware'?", id="unknown"),
        pytest.param(
            "network/token ring", "category 'network/token ring' is retired; choose one of wifi", id="retired"
        ),
        pytest.param("fax", "category 'fax' is retired; choose one of network, hardware", id="at the top"),
        pytest.param(7, "a category must be the text of its id or path, not int 7", id="no text"),
    ],
)
def test_what_tickets_cannot_be_given_is_refused(given, problem):
    with pytest.raises(DefinitionError) as refused:
        TREE.path(given)
    assert str(refused.value) == problem


def test_the_only_one_of_its_level_has_no_neighbour_to_choose():
    with pytest.raises(DefinitionError, match="is retired; choose another"):
        CategoryTree(1, [Category("fax", active=False)]).path("fax")


def test_what_was_never_there_stands_nowhere():
    assert TREE.current("network/bluetooth") is None
    assert TREE.current("token ring") == "network/token ring"


def test_a_moved_category_is_another_path_of_the_same():
    moved = CategoryTree(4, [evolve(n, parent="hardware") if n.id == "wifi" else n for n in TREE.nodes])
    assert moved.current("network/wifi/guests") == "hardware/wifi/guests"
    assert [node.id for node in moved.below("hardware")] == ["wifi"]


def test_the_levels_are_listed_in_their_order():
    assert [node.id for node in TREE.below("")] == ["network", "radio", "hardware", "fax"]
    assert [node.id for node in TREE.below("network")] == ["wifi", "wlan", "token ring"]


@pytest.mark.parametrize(
    ("nodes", "problems"),
    [
        pytest.param(
            [Category("wifi", parent="netwrok"), Category("network")],
            ["wifi.parent: there is no category 'netwrok'; did you mean 'network'?"],
            id="no such parent",
        ),
        pytest.param(
            [Category("a", successor="b")],
            ["a.successor: there is no category 'b'; did you mean 'a'?"],
            id="no such successor",
        ),
        pytest.param(
            [Category("a", parent="b"), Category("b", parent="a")],
            [
                "a.parent: leads in a circle; let one of it stand at the top",
                "b.parent: leads in a circle; let one of it stand at the top",
            ],
            id="a circle of parents",
        ),
        pytest.param(
            [Category("a", successor="b"), Category("b", successor="a"), Category("a")],
            ["nodes: 'a' stands there more than once"],
            id="twice",
        ),
        pytest.param(
            [Category("a", successor="b"), Category("b", active=False)],
            ["a.successor: 'b' is retired; name one that is not"],
            id="a retired successor",
        ),
        pytest.param(["a"], ["nodes[0]: must be a Category, not str 'a'"], id="no category"),
    ],
)
def test_a_tree_that_cannot_be_right_is_refused(nodes, problems):
    with pytest.raises(DefinitionError) as refused:
        CategoryTree(1, nodes)
    expected = [problem.replace("; did you mean 'a'?", "; known: a") for problem in problems]
    assert list(refused.value.problems) in (problems, expected)


def test_a_circle_of_successors_is_refused():
    with pytest.raises(DefinitionError, match=r"a\.successor: leads in a circle; let one of it have none"):
        CategoryTree(1, [Category("a", successor="b"), Category("b", successor="a")])


def test_a_tree_is_not_too_deep():
    chain = [Category(str(n), parent=str(n - 1) if n else None) for n in range(MAX_LEVELS)]
    assert CategoryTree(1, chain).path(str(MAX_LEVELS - 1)).count("/") == MAX_LEVELS - 1
    deeper = Category("deeper", parent=str(MAX_LEVELS - 1))
    with pytest.raises(DefinitionError, match=f"deeper.parent: stands {MAX_LEVELS + 1} levels deep"):
        CategoryTree(1, [*chain, deeper])


def test_a_category_says_all_that_is_wrong_with_it():
    with pytest.raises(DefinitionError) as refused:
        Category("a/b", " ", parent=1, active="yes", successor=2)
    assert [problem.partition(" must")[0] for problem in refused.value.problems] == [
        "id",
        "label",
        "active",
        "parent",
        "successor",
    ]
    with pytest.raises(DefinitionError, match="version must be a whole number from 1 on, not int 0"):
        CategoryTree(0)


@st.composite
def trees(draw: st.DrawFn) -> CategoryTree:
    """Return a tree in which each node stands below an earlier one, or at the top."""
    size = draw(st.integers(1, 8))
    return CategoryTree(
        1,
        [
            Category(
                f"c{n}",
                parent=draw(st.none() | st.integers(0, n - 1).map(lambda p: f"c{p}")) if n else None,
                successor=draw(st.none() | st.integers(0, n - 1).map(lambda p: f"c{p}")) if n else None,
            )
            for n in range(size)
        ],
    )


@given(trees())
def test_every_path_is_the_way_up_from_the_last_successor(tree):
    for node in tree.nodes:
        last = node
        while last.successor is not None:
            last = tree.by_id[last.successor]
        parts = tree.path(node.id).split("/")
        assert parts[-1] == last.id
        for above, below in zip([None, *parts], parts, strict=False):
            assert tree.by_id[below].parent == above


@given(trees())
def test_a_path_leads_to_itself(tree):
    for node in tree.nodes:
        assert tree.path(tree.path(node.id)) == tree.path(node.id)
    assert pickle.loads(pickle.dumps(tree)) == tree
