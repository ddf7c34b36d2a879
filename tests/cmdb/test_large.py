"""What is long, or has very many paths, is followed once and without recursion."""

import gc
import tracemalloc
from itertools import pairwise

import pytest

from itsmkit.cmdb import CIId, ConfigurationGraph, ConfigurationItem, LevelChain, RedundancySet, Relation

LENGTH = 1_000_000
TWO_LEVELS = LevelChain(["up", "down"])


@pytest.fixture(scope="module")
def chain():
    """Return a million items in a row, each of which depends on the one before."""
    # To look through so many new objects for rings, again and again, would take longer than all else.
    gc.disable()
    ids = [CIId(f"{number:07}") for number in range(LENGTH)]
    items = [ConfigurationItem(ci, "server", ci) for ci in ids]
    relations = [Relation(after, "depends_on", before) for before, after in pairwise(ids)]
    yield ConfigurationGraph(items, relations, levels=TWO_LEVELS)
    gc.enable()


def test_a_chain_of_a_million_is_followed_to_its_end(chain):
    reached = chain.descendants(CIId("0000000"))
    assert len(reached) == LENGTH - 1
    assert reached[-1] == "0999999"


def test_the_impact_on_a_chain_of_a_million_has_reasons_at_its_end(chain):
    impact = chain.impact_of([CIId("0999000")])
    assert len(impact.levels) == 1_000
    proof = impact.why(CIId("0999999"))
    assert len(proof.steps) == 1_000
    assert [seed.ci for seed in proof.seeds] == ["0999000"]
    assert chain.impact_of([CIId("0000000")]).level(CIId("0999999")) == "down"


def test_what_a_question_takes_follows_what_it_reaches(chain):
    chain.impact_of([CIId("0000000")]).levels  # noqa: B018  compiles it
    tracemalloc.start()
    assert len(chain.impact_of([CIId("0999900")]).levels) == 100
    assert chain.descendants(CIId("0999900"))[-1] == "0999999"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200_000


def ladder(rungs, rule):
    """Return a ladder of diamonds: each foot carries a pair, which carries the next foot."""
    ids = [CIId(f"{side}{rung:02}") for rung in range(rungs) for side in "abf"]
    relations = []
    for rung in range(rungs):
        for side in "ab":
            relations.append(Relation(f"{side}{rung:02}", "depends_on", f"f{rung:02}"))
            relations.append(Relation(f"f{rung + 1:02}", "depends_on", f"{side}{rung:02}"))
    items = [ConfigurationItem(ci, "server", ci) for ci in [*ids, CIId(f"f{rungs:02}")]]
    pairs = [
        RedundancySet(f"f{rung + 1:02}", "pair", [f"a{rung:02}", f"b{rung:02}"], rule)
        for rung in range(rungs)
    ]
    return ConfigurationGraph(items, relations, pairs)


@pytest.mark.parametrize("rule", ["all", "any"])
def test_a_ladder_of_forty_diamonds_is_followed_once_although_it_has_a_billion_paths(rule):
    graph = ladder(40, rule)
    impact = graph.impact_of(["f00"])
    assert len(graph.descendants("f00")) == 120
    assert set(impact.levels.values()) == {"down"}
    assert len(impact.levels) == 121
    fired = len(impact._run.order)
    # Each item at two levels, and the counters of each pair.
    assert fired <= 2 * 121 + 40 * 2
    assert len(impact.why("f40").steps) <= 121


def test_half_of_each_pair_takes_down_no_more_than_itself():
    graph = ladder(40, "any")
    impact = graph.impact_of([f"a{rung:02}" for rung in range(40)])
    assert len(impact.at_level("down")) == 40
    assert set(impact.at_level("degraded")) == {
        f"{side}{rung:02}" for rung in range(1, 41) for side in "fb"
    } - {"b40"}
