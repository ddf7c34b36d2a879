from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import Override, RedundancySet, UnknownItemError
from itsmkit.errors import DefinitionError
from itsmkit.testing.strategies import configuration_graphs

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@st.composite
def stories(draw):
    """Draw a graph, rulings, and failures that come and go one after the other."""
    graph = draw(configuration_graphs())
    ids = st.sampled_from([item.id for item in graph.items])
    levels = st.sampled_from(graph.levels.names)
    caps = draw(st.dictionaries(ids, levels, max_size=2))
    return graph, caps, draw(st.lists(st.tuples(ids, levels), max_size=12))


@given(stories())
def test_following_failures_gives_what_starting_from_scratch_does(story):
    graph, caps, steps = story
    rulings = [Override(ci, level, "ann", NOON + timedelta(hours=1)) for ci, level in caps.items()]
    live = graph.live_impact(overrides=rulings, at=NOON)
    failures, before = {}, {}
    for ci, level in steps:
        failures[ci] = level
        changed = live.recover(ci) if level == graph.levels.up else live.fail(ci, level)
        scratch = graph.impact_of(failures, overrides=rulings, at=NOON)
        assert dict(live.levels) == dict(scratch.levels)
        assert live.impact().levels == scratch.levels
        assert live.failures == {
            each: failures[each] for each in sorted(failures) if failures[each] != graph.levels.up
        }
        up = graph.levels.up
        expected = {
            item.id: live.level(item.id)
            for item in graph.items
            if live.level(item.id) != before.get(item.id, up)
        }
        assert dict(changed) == expected
        before = dict(live.levels)


def test_what_waits_for_itself_recovers_with_its_cause(a_graph):
    live = a_graph(["a depends_on b", "b depends_on a", "a depends_on root"]).live_impact()
    assert live.fail("root") == {"root": "down", "a": "down", "b": "down"}
    assert live.recover("root") == {"root": "up", "a": "up", "b": "up"}
    assert live.levels == {}


def test_what_has_another_cause_stays_down(a_graph):
    live = a_graph(["a depends_on b", "b depends_on a", "a depends_on one", "b depends_on two"]).live_impact()
    live.fail("one")
    assert live.fail("two") == {"two": "down"}
    assert live.recover("one") == {"one": "up"}
    assert live.levels == {"two": "down", "b": "down", "a": "down"}


def test_a_failure_noted_again_changes_nothing(a_graph):
    live = a_graph(["web runs_on host"]).live_impact()
    assert live.fail("host") == {"host": "down", "web": "down"}
    assert live.fail("host") == {}
    assert live.recover("web") == {}


def test_redundancy_is_counted_anew_after_a_recovery(a_graph):
    graph = a_graph(
        ["shop runs_on a", "shop runs_on b"],
        redundancy=[RedundancySet("shop", "web", ["a", "b"], "any")],
    )
    live = graph.live_impact()
    for _ in range(2):
        assert live.fail("a") == {"a": "down", "shop": "degraded"}
        assert live.fail("b") == {"b": "down", "shop": "down"}
        assert live.recover("a") == {"a": "up", "shop": "degraded"}
        assert live.recover("b") == {"b": "up", "shop": "up"}


def test_a_group_that_a_later_failure_holds_down_stays_down(a_graph):
    graph = a_graph(
        [f"shop runs_on {each}" for each in "abc"],
        redundancy=[RedundancySet("shop", "web", ["a", "b", "c"], "at least 2")],
    )
    live = graph.live_impact()
    for each in "abc":
        live.fail(each)
    assert live.recover("a") == {"a": "up"}
    assert live.levels == {"b": "down", "c": "down", "shop": "down"}


def test_what_was_ruled_out_holds_nothing_down(a_graph):
    graph = a_graph(["b runs_on a", "c runs_on b", "c runs_on d"])
    ruling = Override("b", "up", "eve", NOON + timedelta(hours=1))
    live = graph.live_impact(overrides=[ruling], at=NOON)
    assert live.fail("a") == {"a": "down"}
    assert live.fail("d") == {"d": "down", "c": "down"}
    assert live.recover("d") == {"d": "up", "c": "up"}


def test_unknown_items_and_levels_change_nothing(a_graph):
    live = a_graph(["web runs_on host"]).live_impact()
    live.fail("host")
    for question in (live.fail, live.recover, live.level):
        with pytest.raises(UnknownItemError):
            question("hots")
    with pytest.raises(DefinitionError, match="no level"):
        live.fail("host", "dwon")
    assert live.levels == {"host": "down", "web": "down"}
