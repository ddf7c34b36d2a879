import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import (
    CIId,
    ConfigurationItem,
    Override,
    RedundancySet,
    Relation,
    Seed,
    UnknownItemError,
)
from itsmkit.cmdb.history import (
    Baseline,
    ConfigurationEvent,
    ConfigurationRecord,
    ConfigurationTimeline,
    RecordKey,
)
from itsmkit.conditions import ALWAYS, NEVER, equals, one_of, parse_condition, present
from itsmkit.errors import DefinitionError

conditions = st.sampled_from(
    [
        ALWAYS,
        NEVER,
        equals("ci_class", "service"),
        equals("name", "A"),
        one_of("id", "a", "b"),
        present("os"),
        equals("os", 1),
        ~equals("id", "c"),
    ]
)


def recorded(graph, day):
    values = (*graph.items, *graph.relations, *graph.redundancy)
    return ConfigurationTimeline(
        ConfigurationEvent(ConfigurationRecord.of(value), 1, day(1), "anna") for value in values
    )


def provider_closure(graph, chosen):
    """Return the closure over providers, by asking each item for its own again and again."""
    inside = {item.id for item in graph.items if chosen(item)}
    while more := {each for ci in inside for each in graph.predecessors(ci)} - inside:
        inside |= more
    return inside


CHOSEN = {
    'ci_class = "service"': lambda item: item.ci_class == "service",
    'name = "A"': lambda item: item.name == "A",
    'id = "b"': lambda item: item.id == "b",
    "os = 1": lambda item: item.attributes.get("os") == 1,
}


@given(data=st.data())
def test_a_baseline_has_all_that_its_items_depend_on(data, graphs, day):
    graph = data.draw(graphs)
    text = data.draw(st.sampled_from(sorted(CHOSEN)))
    timeline = recorded(graph, day)
    part = timeline.view_of(timeline.baseline("part", day(1), day(1), parse_condition(text)))
    inside = provider_closure(graph, CHOSEN[text])
    assert {item.id for item in part.graph.items} == inside
    outside = {item.id for item in graph.items} - inside
    assert set(part.graph.relations) == {
        each for each in graph.relations if not outside & set(each.ends) and inside & set(each.ends)
    }
    assert set(part.graph.redundancy) == {each for each in graph.redundancy if each.dependent in inside}
    for ci in inside:
        assert part.graph.ancestors(ci) == graph.ancestors(ci)


@given(data=st.data())
def test_failures_within_a_baseline_do_there_what_they_do_to_it_in_the_whole(data, graphs, day):
    graph = data.draw(graphs)
    timeline = recorded(graph, day)
    part = timeline.view_of(Baseline("part", day(1), day(1), data.draw(conditions)))
    ids = sorted(item.id for item in part.graph.items)
    failures = (
        data.draw(st.dictionaries(st.sampled_from(ids), st.sampled_from(["degraded", "down"]))) if ids else {}
    )
    whole = graph.impact_of(failures).levels
    assert part.impact_of(failures).levels == {ci: level for ci, level in whole.items() if ci in part}
    unmet = {str(each) for each in part.graph.findings}
    assert unmet <= {str(each) for each in graph.findings}


@given(data=st.data())
def test_a_view_of_everything_says_by_which_event_each_thing_is_there(data, graphs, day):
    graph = data.draw(graphs)
    timeline = recorded(graph, day)
    view = timeline.view_of(Baseline("part", day(1), day(1), data.draw(conditions)))
    shown = (*view.graph.items, *view.graph.relations, *view.graph.redundancy)
    assert [event.record.value for event in view.events.values()] == sorted(shown, key=RecordKey.of)
    assert timeline.view_of(Baseline("all", day(1), day(1))).graph == graph


HOST, WEB, SHOP = (
    ConfigurationItem(CIId(key), ci_class, key)
    for key, ci_class in [("host", "server"), ("web", "application"), ("shop", "service")]
)
RUNS, USES = Relation(WEB.id, "runs_on", HOST.id), Relation(WEB.id, "used_by", SHOP.id)


@pytest.fixture
def timeline(day):
    values = [HOST, WEB, SHOP, RUNS, USES]
    return ConfigurationTimeline(
        ConfigurationEvent(ConfigurationRecord.of(value, day(1), day(9)), 1, day(number), "anna")
        for number, value in enumerate(values, 1)
    )


def test_a_baseline_stays_what_it_was(timeline, day):
    baseline = timeline.baseline("go live", day(5), day(5), equals("ci_class", "service"))
    assert baseline == Baseline("go live", day(5), day(5), equals("ci_class", "service"))
    before = timeline.view_of(baseline)
    grown = timeline.after(
        ConfigurationEvent(ConfigurationRecord(RecordKey.of(USES), None), 2, day(6), "ben")
    )
    after = grown.view_of(baseline)
    assert before == after
    assert before.graph is after.graph
    assert set(after.graph.items) == {HOST, WEB, SHOP}
    assert grown.view_of(grown.baseline("later", day(5), day(6), baseline.where)).graph.items == (SHOP,)


def test_one_baseline_has_one_graph(timeline, day):
    graphs = [
        timeline.view_of(timeline.baseline("x", day(5), day(8), equals("id", each))).graph
        for each in ("web", "host", "web", True)
    ]
    assert graphs[0] is graphs[2]
    assert len({id(graph) for graph in graphs}) == 3
    assert [len(graph.items) for graph in graphs] == [2, 1, 2, 0]


def test_the_own_name_of_an_item_hides_an_attribute_of_that_name(day, make_graph):
    item = ConfigurationItem(CIId("a"), "server", "A", {"name": "other", "os": "linux"})
    timeline = recorded(make_graph([item]), day)
    for condition, there in [
        (equals("name", "A"), True),
        (equals("name", "other"), False),
        (present("os"), True),
    ]:
        assert ("a" in timeline.view_of(Baseline("x", day(1), day(1), condition))) is there


def test_a_relation_that_dangles_stays_in_a_baseline(day, make_graph):
    dangling = Relation(WEB.id, "documented_by", CIId("nobody"))
    beside = Relation(WEB.id, "documented_by", SHOP.id)
    stray = Relation(SHOP.id, "documented_by", CIId("nobody"))
    spare = RedundancySet(WEB.id, "spare", ["host", "nobody"], "any")
    graph = make_graph([HOST, WEB, SHOP, RUNS, dangling, beside, stray, spare])
    part = recorded(graph, day).view_of(Baseline("x", day(1), day(1), equals("id", "web"))).graph
    assert part == make_graph([HOST, WEB, RUNS, dangling, spare])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": " "}, "name must be a name"),
        ({"valid": None}, "valid must be a datetime"),
        ({"recorded": None}, "recorded must be a datetime"),
        ({"where": "ci_class = 1"}, "where must be a condition"),
    ],
)
def test_a_baseline_is_valid_from_birth(day, change, problem):
    with pytest.raises(DefinitionError, match=problem):
        Baseline(**{"name": "x", "valid": day(1), "recorded": day(1), **change})


def test_impact_is_asked_for_the_instant_of_the_view(timeline, day):
    view = timeline.as_of(day(5))
    planned = Seed(HOST.id, "down", "planned", since=day(5), until=day(6))
    assert view.impact_of([planned]).levels == {"host": "down", "web": "down", "shop": "down"}
    assert view.impact_of([planned], at=day(7)).levels == {}
    ruling = Override(WEB.id, "degraded", "anna", day(6))
    assert view.impact_of([HOST.id], overrides=[ruling]).level(SHOP.id) == "degraded"
    assert view.impact_of([HOST.id], overrides=[ruling], at=day(6)).level(SHOP.id) == "down"
    assert [str(step) for step in view.impact_of({HOST.id: "down"}).why(SHOP.id).steps] == [
        "host is down: observed",
        "web is down: host down (web runs_on host)",
        "shop is down: web down (web used_by shop)",
    ]


def test_a_view_answers_what_was_there(timeline, day):
    view = timeline.as_of(day(5), day(2))
    assert view.item(WEB.id) == WEB
    assert WEB.id in view
    assert SHOP.id not in view
    with pytest.raises(UnknownItemError):
        view.item(SHOP.id)
    with pytest.raises(UnknownItemError):
        timeline.as_of(day(9)).impact_of([WEB.id])


def test_views_are_equal_if_they_show_the_same(timeline, day):
    assert timeline.as_of(day(5)) == timeline.as_of(day(6)) != timeline.as_of(day(5), day(4))
    assert timeline.as_of(day(5)) != timeline.as_of(day(5)).graph
    assert len({timeline.as_of(day(5)), timeline.as_of(day(6)), timeline.as_of(day(10))}) == 2
