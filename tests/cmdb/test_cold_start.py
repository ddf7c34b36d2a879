from hypothesis import given

from itsmkit.cmdb import RedundancySet
from itsmkit.testing.strategies import configuration_graphs


@given(configuration_graphs())
def test_the_levels_are_the_greatest_solution_of_the_equations(oracle, graph):
    start, greatest = graph.cold_start, oracle(graph).greatest()
    assert start.levels == greatest
    assert start.blocked == tuple(sorted(ci for ci, level in greatest.items() if level == graph.levels.down))
    assert sorted(start.order + start.blocked) == sorted(item.id for item in graph.items)


@given(configuration_graphs())
def test_each_wave_needs_only_the_waves_before_it_and_all_of_them(oracle, graph):
    reckoning, up = oracle(graph), set()
    for wave in graph.cold_start.waves:
        # What is not up is at the worst level; what is up is as good as it can be without it.
        waiting = {item.id: reckoning.top for item in graph.items if item.id not in up}
        names = graph.levels.names
        greatest = reckoning.fixpoint(reckoning.top, waiting, {})
        at = {item.id: names.index(greatest.get(item.id, names[0])) for item in graph.items}
        ready = {
            item.id
            for item in graph.items
            if item.id not in up and reckoning.step(at, {}, {})[item.id] < reckoning.top
        }
        assert ready == set(wave)
        assert list(wave) == sorted(wave)
        up |= ready


@given(configuration_graphs())
def test_rings_are_blocked_and_wait_for_themselves(graph):
    start = graph.cold_start
    for ring in start.rings:
        assert set(ring) <= set(start.blocked)
        for ci in ring:
            assert set(ring) - {ci} <= set(graph.ancestors(ci))
    assert bool(start.rings) == bool(start.blocked)
    for ci in start.blocked:
        assert any(set(ring) & ({ci} | set(graph.ancestors(ci))) for ring in start.rings)


@given(configuration_graphs())
def test_without_a_ring_everything_starts(graph):
    if all(item.id not in graph.predecessors(item.id) for item in graph.items) and not any(
        item.id in graph.ancestors(other) for item in graph.items for other in graph.ancestors(item.id)
    ):
        assert graph.cold_start.blocked == ()
        assert graph.cold_start.levels == {}


def test_a_ring_is_up_under_failures_and_still_cannot_start(a_graph):
    graph = a_graph(["dns runs_on vm", "vm depends_on dns", "web depends_on dns", "vm runs_on host"])
    assert graph.impact_of([]).levels == {}
    start = graph.cold_start
    assert start.waves == (("host",),)
    assert start.blocked == ("dns", "vm", "web")
    assert start.rings == (("dns", "vm"),)
    assert start.explain() == "1. host\nwait for each other: dns, vm\nwait for these: web"


def test_one_way_out_of_a_ring_is_enough(a_graph):
    graph = a_graph(
        ["dns runs_on vm", "dns runs_on box", "vm depends_on dns"],
        redundancy=[RedundancySet("dns", "servers", ["vm", "box"], "any")],
    )
    assert graph.cold_start.waves == (("box",), ("dns",), ("vm",))
    assert graph.cold_start.order == ("box", "dns", "vm")
    assert graph.cold_start.rings == ()


def test_nothing_starts_with_nothing(a_graph):
    assert a_graph().cold_start.order == ()
    assert a_graph().cold_start.explain() == ""
