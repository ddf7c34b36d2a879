import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import (
    OPEN_MODEL,
    CIClass,
    CIId,
    ClassModel,
    ConfigurationGraph,
    ConfigurationItem,
    LevelChain,
    RedundancySet,
    Relation,
)
from itsmkit.cmdb.history import (
    ABSENT,
    ConfigurationDiff,
    ConfigurationEvent,
    ConfigurationRecord,
    ConfigurationTimeline,
    FieldChange,
    RecordChange,
    RecordKey,
    diff,
    impact_diff,
    merge,
)
from itsmkit.errors import DefinitionError, RefusedError

A = ConfigurationItem(CIId("a"), "server", "A", {"os": "linux", "cores": 4})
B = ConfigurationItem(CIId("b"), "server", "B")
RUNS = Relation(A.id, "runs_on", B.id)
PAIR = RedundancySet(A.id, "pair", ["b", "c"], "any")


def keyed(graph):
    return {RecordKey.of(each): each for each in (*graph.items, *graph.relations, *graph.redundancy)}


@given(data=st.data())
def test_a_diff_leads_from_one_configuration_to_the_other(data, graphs):
    a, b = data.draw(graphs), data.draw(graphs)
    found = diff(a, b)
    assert found.apply_to(a) == b
    assert found.apply_to(b) == b
    assert found.inverse.apply_to(b) == a
    assert found.inverse.inverse == found
    assert found.inverse == diff(b, a)


@given(data=st.data())
def test_a_diff_is_empty_exactly_if_there_is_none(data, graphs, make_graph):
    a, b = data.draw(graphs), data.draw(graphs)
    same = make_graph(reversed(keyed(a).values()))
    assert diff(a, a) == diff(a, same) == ConfigurationDiff()
    assert diff(a, a).is_empty
    assert diff(a, b).is_empty is (a == b)


@given(data=st.data())
def test_a_diff_says_what_sets_say(data, graphs, sides):
    a = data.draw(graphs)
    b = data.draw(sides(a))
    before, after, found = keyed(a), keyed(b), diff(a, b)
    assert [RecordKey.of(each) for each in found.added] == sorted(after.keys() - before.keys())
    assert [RecordKey.of(each) for each in found.removed] == sorted(before.keys() - after.keys())
    both = sorted(key for key in before.keys() & after.keys() if before[key] != after[key])
    assert [each.key for each in found.changed] == both
    assert all(each.fields for each in found.changed)
    assert {each.key: (each.before, each.after) for each in found.changed} == {
        key: (before[key], after[key]) for key in both
    }


@given(data=st.data())
def test_the_diff_of_views_is_that_of_their_graphs(data, histories, day):
    timeline = ConfigurationTimeline(data.draw(histories))
    early, late = timeline.as_of(day(1.5)), timeline.as_of(day(4.5))
    found = diff(early, late)
    assert found == diff(early.graph, late.graph)
    assert found.apply_to(early) == late.graph
    assert diff(early, timeline.as_of(day(1.5))).is_empty


def test_each_field_that_differs_is_told(make_graph):
    other = ConfigurationItem(A.id, "service", "A", {"os": "bsd", "site": None})
    relation = Relation(A.id, "runs_on", B.id, effect="at most degraded", attributes={"port": 1})
    group = RedundancySet(A.id, "pair", ["b", "d"], "at least 2", "runs_on")
    found = diff(make_graph([A, RUNS, PAIR]), make_graph([other, relation, group]))
    assert found.changed[0].fields == (
        FieldChange("ci_class", "server", "service"),
        FieldChange("attributes.cores", 4, ABSENT),
        FieldChange("attributes.os", "linux", "bsd"),
        FieldChange("attributes.site", ABSENT, None),
    )
    assert found.explain().splitlines() == [
        (
            "configuration item a: ci_class was 'server', is 'service'; attributes.cores was 4, is absent; "
            "attributes.os was 'linux', is 'bsd'; attributes.site was absent, is not set"
        ),
        (
            "redundancy set 'pair' of a: members was ('b', 'c'), is ('b', 'd'); rule was any, is at least 2; "
            "relation_type was not set, is 'runs_on'"
        ),
        "relation a runs_on b: effect was not set, is at most degraded; attributes.port was absent, is 1",
    ]
    assert str(found) == "3 changed"
    assert repr(pickle.loads(pickle.dumps(found)).changed[0].fields[3].before) == "ABSENT"
    assert pickle.loads(pickle.dumps(ABSENT)) is ABSENT


def test_what_comes_and_goes_is_told(make_graph):
    found = diff(make_graph([A, RUNS]), make_graph([B]))
    assert found.explain() == (
        "configuration item b: added\nconfiguration item a: removed\nrelation a runs_on b: removed"
    )
    assert str(found) == "1 added, 2 removed"
    assert str(ConfigurationDiff()) == ConfigurationDiff().explain() == "no difference"


def test_what_holds_for_the_whole_is_part_of_a_diff():
    model = ClassModel([CIClass("server")], OPEN_MODEL.relation_types)
    a = ConfigurationGraph([A])
    b = ConfigurationGraph(
        [A], model=model, levels=LevelChain(("up", "degraded", "bad", "down")), strict=True
    )
    found = diff(a, b)
    assert not found.is_empty
    assert found.apply_to(a) == b
    assert found.inverse.apply_to(b) == a
    assert str(found) == "model changed, levels changed, strict changed"
    assert found.explain().splitlines() == [
        "model was one of 0 classes and 8 relation types, is one of 1 class and 8 relation types",
        "levels was up < degraded < down, is up < degraded < bad < down",
        "strict was False, is True",
    ]


def test_only_what_differs_is_touched(make_graph):
    renamed = ConfigurationItem(A.id, "server", "A1", A.attributes)
    grown = ConfigurationItem(A.id, "server", "A", {"os": "linux", "cores": 8})
    both = ConfigurationItem(A.id, "server", "A1", {"os": "linux", "cores": 8})
    found = diff(make_graph([A]), make_graph([renamed]))
    assert found.apply_to(make_graph([grown, B])) == make_graph([both, B])


def test_all_that_is_in_the_way_is_told_at_once(make_graph):
    before = make_graph([A, RUNS, PAIR])
    renamed = ConfigurationItem(A.id, "server", "A1", A.attributes)
    after = make_graph([renamed, B, RedundancySet(A.id, "pair", ["b", "c"], "at least 2")])
    other = make_graph(
        [
            ConfigurationItem(A.id, "server", "A2", A.attributes),
            ConfigurationItem(B.id, "server", "B", {"os": "bsd"}),
            Relation(A.id, "runs_on", B.id, attributes={"port": 1}),
        ]
    )
    with pytest.raises(RefusedError) as refused:
        diff(before, after).apply_to(other)
    assert refused.value.reasons == (
        "cannot remove relation a runs_on b: it is no longer as it was: attributes.port was absent, is 1",
        (
            "cannot add configuration item b: it is there already, and differs: attributes.os was absent, "
            "is 'bsd'"
        ),
        "cannot change configuration item a: name is 'A2', neither 'A' as before nor 'A1' as after",
        "cannot change redundancy set 'pair' of a: it is not there",
    )


def test_fields_that_do_not_go_together_are_in_the_way(make_graph):
    three = RedundancySet(A.id, "trio", ["b", "c", "d"], "at least 2")
    two = RedundancySet(A.id, "trio", ["b", "c"], "at least 2")
    strict = RedundancySet(A.id, "trio", ["b", "c", "d"], "at least 3")
    with pytest.raises(RefusedError, match="at least 3 are asked for, but there are only 2 members"):
        diff(make_graph([three]), make_graph([two])).apply_to(make_graph([strict]))


def test_an_outcome_that_is_no_graph_is_refused(make_graph):
    known = ConfigurationGraph([], model=ClassModel([CIClass("service")]))
    with pytest.raises(DefinitionError, match="no class 'server'"):
        diff(make_graph([]), make_graph([A])).apply_to(known)


def test_a_change_is_of_one_thing():
    with pytest.raises(DefinitionError, match="not from configuration item a to configuration item b"):
        RecordChange(A, B)


def test_what_views_share_is_not_looked_into(day):
    class Unequal:
        __hash__ = object.__hash__

        def __eq__(self, other):
            raise AssertionError

    values = [ConfigurationItem(CIId(each), "server", each, {"x": Unequal()}) for each in "abc"]
    timeline = ConfigurationTimeline(
        ConfigurationEvent(ConfigurationRecord.of(value, day(number)), 1, day(1), "anna")
        for number, value in enumerate(values)
    )
    assert diff(timeline.as_of(day(0)), timeline.as_of(day(2))).added == tuple(values[1:])


@pytest.mark.parametrize(
    "ask",
    [
        diff,
        lambda graph, other: diff(other, other),
        lambda graph, other: diff(graph, graph).apply_to(other),
        lambda graph, other: merge(graph, other, graph),
        lambda graph, other: impact_diff(other, graph, []),
    ],
)
def test_what_is_no_configuration_is_refused(ask, make_graph):
    with pytest.raises(
        DefinitionError, match=r"must be a ConfigurationGraph, or a view such as .*, not int 3"
    ):
        ask(make_graph([]), 3)
