import pickle
from decimal import Decimal
from fractions import Fraction

import pytest

from itsmkit.cmdb import RedundancySet, UnknownItemError
from itsmkit.cmdb.risk import (
    Importance,
    TooManyCombinationsError,
    cut_sets,
    false_redundancy,
    importance,
    risk_ranking,
    spofs,
)
from itsmkit.errors import DefinitionError


@pytest.fixture
def pair(a_graph):
    return a_graph(
        ["shop depends_on web-1", "shop depends_on web-2", "rack contains web-1", "rack contains web-2"],
        redundancy=[RedundancySet("shop", "web servers", ["web-1", "web-2"], "any")],
    )


# Size


def test_all_of_a_long_chain_are_single_points_of_failure(a_graph):
    graph = a_graph(f"{number + 1:05} depends_on {number:05}" for number in range(10_000))
    assert spofs(graph, "10000") == tuple(f"{number:05}" for number in range(10_000))
    assert len(risk_ranking(graph, ["10000"])) == 10_000


def test_a_ring_of_a_thousand_fails_as_one(a_graph):
    graph = a_graph(f"{number:04} connects_to {(number + 1) % 1000:04}" for number in range(1000))
    assert len(spofs(graph, "0500")) == 999


def test_pairs_are_found_among_more_than_are_tried_at_once(a_graph):
    pairs = [(f"a{number:03}", f"b{number:03}") for number in range(200)]
    graph = a_graph(
        [f"shop depends_on {each}" for pair in pairs for each in pair],
        redundancy=[RedundancySet("shop", f"pair {one}", [one, other], "any") for one, other in pairs],
    )
    assert cut_sets(graph, "shop") == tuple(map(frozenset, pairs))


def test_a_long_series_stands_in_for_its_end(a_graph):
    length = 3_000
    graph = a_graph(
        [
            *(f"a{number + 1:04} depends_on a{number:04}" for number in range(length)),
            f"shop depends_on a{length}",
            "shop depends_on b",
        ],
        redundancy=[RedundancySet("shop", "two", [f"a{length}", "b"], "any")],
    )
    assert cut_sets(graph, "shop") == tuple(frozenset({f"a{n:04}", "b"}) for n in range(length + 1))


def test_too_many_at_three_at_a_time_are_refused(a_graph):
    members = [f"web-{number}" for number in range(401)]
    graph = a_graph(
        (f"shop depends_on {each}" for each in members),
        redundancy=[RedundancySet("shop", "web servers", members, "at least 399")],
    )
    assert cut_sets(graph, "shop") == ()
    with pytest.raises(TooManyCombinationsError) as raised:
        cut_sets(graph, "shop", 3)
    expected = (
        "cut sets of 'shop' of order 3: 401 different items can play a part, at most 400 can be tried 3 at "
        "a time; ask for order 2, or about one of its providers"
    )
    assert str(raised.value) == str(pickle.loads(pickle.dumps(raised.value))) == expected
    assert (raised.value.ci, raised.value.size, raised.value.most) == ("shop", 401, 400)


# What cannot be asked


@pytest.mark.parametrize("order", [0, 4, True, "2"])
def test_another_order_is_refused(pair, order):
    with pytest.raises(DefinitionError, match="order: must be 1, 2 or 3, not"):
        cut_sets(pair, "shop", order)


def test_to_be_up_is_no_failure(pair):
    with pytest.raises(DefinitionError, match="'up' is no failure; say one that is worse: degraded, down"):
        spofs(pair, "shop", "up")


@pytest.mark.parametrize(
    "question",
    [
        pytest.param(lambda graph: spofs(graph, "shp"), id="spofs"),
        pytest.param(lambda graph: spofs(graph, "shop", given=["shp"]), id="given"),
        pytest.param(lambda graph: importance(graph, "shop", probabilities={"shp": 0.5}), id="importance"),
        pytest.param(lambda graph: risk_ranking(graph, ["shp"]), id="services"),
        pytest.param(lambda graph: risk_ranking(graph, weights={"shp": 2}), id="weights"),
    ],
)
def test_an_unknown_item_is_an_error(pair, question):
    with pytest.raises(UnknownItemError, match="did you mean 'shop'"):
        question(pair)


def test_every_wrong_or_missing_probability_is_told(pair):
    with pytest.raises(DefinitionError) as raised:
        importance(pair, "shop", probabilities={"rack": 1.5, "web-1": True})
    assert raised.value.problems == (
        "probability of 'rack': must be a number from 0 to 1, not float 1.5",
        "probability of 'web-1': must be a number from 0 to 1, not bool True",
        "probability of 'web-2': is missing, though it is in a cut set; give one, 0 if it never fails",
    )


def test_every_weight_that_is_none_is_told(pair):
    with pytest.raises(DefinitionError) as raised:
        risk_ranking(pair, ["shop"], {"shop": -1, "rack": 0.5, "web-1": "1/0", "web-2": True})
    assert len(raised.value.problems) == 4
    assert raised.value.problems[1].endswith("not float 0.5; a float is not exact, write '0.5'")
    assert raised.value.problems[0] == (
        "weights of 'shop': must be a whole number, a fraction or text such as '2.5', 0 or more, not int -1"
    )


def test_only_what_is_shared_is_explained(pair):
    [found] = false_redundancy(pair)
    assert found.shared == ("rack",)
    assert found.lost("rack") == ("web-1", "web-2")
    for question in (found.lost, found.why):
        with pytest.raises(
            DefinitionError, match="'web-1' is not shared by group 'web servers'; shared are rack"
        ):
            question("web-1")


@pytest.mark.parametrize(
    "weight", [2.5, float("inf"), float("nan"), Decimal("NaN"), Decimal("Infinity"), -2.0, None]
)
def test_what_is_no_exact_weight_is_refused(pair, weight):
    with pytest.raises(DefinitionError, match="weights of 'shop': must be a whole number"):
        risk_ranking(pair, ["shop"], {"shop": weight})


@pytest.mark.parametrize(
    ("weight", "score"), [(3.0, 3), (Decimal("2.5"), Fraction(5, 2)), ("2.5", Fraction(5, 2)), (0.0, 0)]
)
def test_decimals_and_whole_floats_are_weights(pair, weight, score):
    assert [each.score for each in risk_ranking(pair, ["shop"], {"shop": weight})] == [score]


def test_one_text_is_not_taken_for_its_letters(pair):
    with pytest.raises(DefinitionError, match=r"services: one id stands where .*: 'shop'; write \['shop'\]"):
        risk_ranking(pair, "shop")


@pytest.mark.parametrize(("order", "lengths", "size"), [(2, (450, 450), 202_500), (3, (90, 90, 90), 729_000)])
def test_more_cut_sets_than_anyone_reads_are_counted_and_not_told(a_graph, order, lengths, size):
    chains = {f"c{place}": length for place, length in enumerate(lengths)}
    graph = a_graph(
        [
            *(f"{c}-{n:03} depends_on {c}-{n + 1:03}" for c, most in chains.items() for n in range(most - 1)),
            *(f"shop depends_on {c}-000" for c in chains),
        ],
        redundancy=[RedundancySet("shop", "chains", [f"{c}-000" for c in chains], "any")],
    )
    with pytest.raises(TooManyCombinationsError) as raised:
        cut_sets(graph, "shop", order)
    expected = (
        f"cut sets of 'shop' of order {order}: there are {size:,}, at most 200,000 are told; ask for order "
        f"{order - 1}, for importance() without probabilities, which only counts them, or about one of its "
        "providers"
    )
    assert str(raised.value) == str(pickle.loads(pickle.dumps(raised.value))) == expected
    assert raised.value.of_sets
    counts = {each.cut_sets for each in importance(graph, "shop", order)}
    assert counts == {(0,) * (order - 1) + (size // lengths[0],)}


# Special cases


def test_what_is_down_already_needs_no_further_failure(pair):
    assert cut_sets(pair, "shop", given=["rack"]) == (frozenset(),)
    assert spofs(pair, "shop", given=["rack"]) == ()
    assert importance(pair, "shop", given=["rack"]) == ()


def test_an_item_without_providers_has_no_cut_set_but_itself(pair):
    assert spofs(pair, "rack") == cut_sets(pair, "rack", 3) == ()


def test_a_group_of_which_all_are_needed_claims_no_redundancy(a_graph):
    graph = a_graph(
        ["shop depends_on web", "shop depends_on db", "web depends_on san", "db depends_on san"],
        redundancy=[RedundancySet("shop", "both", ["web", "db"], "all")],
    )
    assert false_redundancy(graph) == ()


def test_a_member_on_which_the_others_rest_is_shared(a_graph):
    graph = a_graph(
        ["shop depends_on a", "shop depends_on b", "b depends_on a"],
        redundancy=[RedundancySet("shop", "two", ["a", "b"], "any")],
    )
    [found] = false_redundancy(graph)
    assert str(found) == "group 'two' of shop (any of a, b): its members share a"
    assert found.why("a").cis == ("a", "b", "shop")


def test_a_small_graph_is_told_in_sentences(pair):
    assert [str(each) for each in importance(pair, "shop")] == [
        "rack: alone in 1 way",
        "web-1: with one other in 1 way",
        "web-2: with one other in 1 way",
    ]
    assert str(Importance("db", (1, 0, 2))) == "db: alone in 1 way, with two others in 2 ways"
    [risk] = risk_ranking(pair, ["shop"], {"shop": "2.5"})
    assert risk.explain() == "rack: 5/2, takes down 1 service: shop"


def test_three_at_a_time_are_found(a_graph):
    members = ["a", "b", "c", "d"]
    graph = a_graph(
        (f"shop depends_on {each}" for each in members),
        redundancy=[
            RedundancySet("shop", "three", members[:3], "any"),
            RedundancySet("shop", "two", ["a", "d"], "any"),
        ],
    )
    assert [sorted(each) for each in cut_sets(graph, "shop", 3)] == [["a", "d"], ["a", "b", "c"]]


def test_what_was_ruled_out_cannot_be_caused(pair, a_ruling):
    options = {"overrides": [a_ruling("shop", "degraded")], "at": a_ruling.at}
    assert spofs(pair, "shop", **options) == cut_sets(pair, "shop", **options) == ()
    assert spofs(pair, "shop", "degraded", **options) == ("rack", "web-1", "web-2")


def test_the_dependent_is_not_shared_by_its_own_providers(a_graph):
    graph = a_graph(
        ["shop depends_on a", "shop depends_on b", "a depends_on shop", "b depends_on shop"],
        redundancy=[RedundancySet("shop", "two", ["a", "b"], "any")],
    )
    assert false_redundancy(graph) == ()


def test_what_reaches_the_members_only_through_the_dependent_is_not_shared(a_graph):
    relations = ["shop depends_on a", "shop depends_on b", "shop depends_on db"]
    relations += ["a depends_on shop", "b depends_on shop"]
    two = [RedundancySet("shop", "two", ["a", "b"], "any")]
    assert false_redundancy(a_graph(relations, redundancy=two)) == ()
    rest = ["a depends_on rack", "b depends_on host", "host depends_on rack"]
    [found] = false_redundancy(a_graph(relations + rest, redundancy=two))
    assert (found.shared, found.lost("rack")) == (("rack",), ("a", "b"))


def test_members_that_are_lost_through_the_dependent_are_not_told(a_graph):
    relations = [f"shop depends_on {each}" for each in "abc"] + ["c depends_on shop"]
    relations += [f"{each} depends_on rack" for each in "ab"]
    three = [RedundancySet("shop", "three", ["a", "b", "c"], "at least 2")]
    [found] = false_redundancy(a_graph(relations, redundancy=three))
    assert (found.shared, found.lost("rack")) == (("rack",), ("a", "b"))


def test_an_empty_graph_has_no_risk(a_graph):
    assert risk_ranking(a_graph()) == false_redundancy(a_graph()) == ()
