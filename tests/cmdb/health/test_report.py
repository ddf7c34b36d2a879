"""What is said of each finding: what is wrong, where, and the way out."""

from datetime import timedelta
from fractions import Fraction

import pytest

from itsmkit.cmdb import (
    AtLeast,
    CIId,
    ConfigurationGraph,
    ConfigurationItem,
    RedundancySet,
    Relation,
)
from itsmkit.cmdb.health import Aspect, HealthMetric, HealthRules, health_of
from itsmkit.cmdb.history import RecordKey
from itsmkit.errors import DefinitionError


def item(ci, ci_class, name=None, **attributes):
    return ConfigurationItem(CIId(ci), ci_class, name or ci, attributes)


@pytest.fixture
def graph(model):
    return ConfigurationGraph(
        [
            item("blade-1", "blade", ram=1),
            item("host-1", "host", os="linux", ram=1, tags=("x",)),
            item("host-2", "host", os="linux", ram=1),
            item("host-3", "host", "host-1", duplicate_of="host-1"),
            item("host-4", "host", "host-4", os=3, colour="red", duplicate_of="host-9"),
            item("vm-1", "vm"),
            item("shop", "service"),
            item("mail", "service"),
        ],
        [
            "host-1 runs vm-1",
            Relation("host-1", "runs", "vm-1", qualifier="again"),
            "host-1 linked_to host-2",
            "host-2 linked_to host-1",
            "vm-1 runs shop",
            "shop needs host-1",
            "shop needs host-2",
            "shop needs blade-1",
            "mail needs host-3",
            "mail needs gone",
            "lost needs gone",
        ],
        [RedundancySet("shop", "hosts", ["host-1", "host-2", "host-4"], AtLeast(3))],
        model=model,
    )


def test_each_finding_says_what_is_wrong_and_the_way_out(graph, a_view, rules, now):
    view = a_view(graph, [(("discovery", "hand"), 20)])
    report = health_of(view, rules, used={"shop": 1, RecordKey.of(graph.relations[0]): 2})
    told = {metric.name: [str(issue) for issue in metric.failing] for metric in report.metrics}
    item = "configuration item"
    assert told["required_attributes"] == [
        f"{item} blade-1: 'os' is required of class 'blade', and missing; fill in",
        f"{item} host-3: 'os' is required of class 'host', and missing; fill in",
        f"{item} vm-1: 'os' is required of class 'vm', and missing; fill in",
    ]
    assert told["recommended_attributes"][1:4] == [
        f"{item} host-2: 'tags' is recommended of class 'host', and missing; fill in",
        f"{item} host-3: 'ram', 'tags' are recommended of class 'host', and missing; fill in",
        f"{item} host-4: 'ram', 'tags' are recommended of class 'host', and missing; fill in",
    ]
    assert told["attribute_values"] == [
        (
            f"{item} host-4: attribute 'colour' is none of class 'host'; declare it, or leave it out; "
            "attribute "
            "'os' must be text, not the number 3"
        )
    ]
    assert told["orphans"] == [
        f"{item} {ci}: an orphan, for class {name!r} asks for runs or linked_to; relate it, or remove it"
        for ci, name in [("blade-1", "blade"), ("host-3", "host"), ("host-4", "host")]
    ]
    assert told["stale_items"][0] == (
        f"{item} blade-1: last seen 2026-02-09 00:00:00+00:00, 480h ago, where 240h is allowed; have it "
        "discovered again, or end it"
    )
    assert told["duplicate_items"] == [
        (
            f"{item} host-1: has os 'linux', ram 1, as host-2 too; merge what is one, or correct what "
            "tells them "
            "apart"
        ),
        (
            f"{item} host-2: has os 'linux', ram 1, as host-1 too; merge what is one, or correct what "
            "tells them "
            "apart"
        ),
        f"{item} host-3: is marked as a duplicate of host-1; merge it into that",
        (
            f"{item} host-4: is marked as a duplicate of host-9, which is not there; correct the mark, or "
            "remove it"
        ),
    ]
    assert told["dangling_relations"] == [
        "relation lost needs gone: no configuration item 'lost' or 'gone'; add it, or remove the relation",
        "relation mail needs gone: no configuration item 'gone'; add it, or remove the relation",
    ]
    assert told["duplicate_relations"] == [
        (
            "relation host-1 runs vm-1: says what host-1 runs vm-1 (again) says; remove it, or tell "
            "it apart by a "
            "qualifier of its own"
        ),
        (
            "relation host-2 linked_to host-1: says what host-1 linked_to host-2 says; remove it, or "
            "tell it apart "
            "by a qualifier of its own"
        ),
    ]
    assert told["relations_of_duplicates"] == [
        "relation mail needs host-3: host-3 is a duplicate of host-1; relate host-1 instead"
    ]
    assert told["asymmetric_members"] == [
        (
            f"{item} host-2: in group 'hosts' of shop, it has no relation runs (as source), which "
            "host-1 has; add "
            "it, or say that it is another class"
        )
    ]
    assert told["unmet_rules"][0].endswith("there are only 2 members; add members, or ask for less")
    assert told["confidence"][0] == (
        f"{item} blade-1: discovery is believed by 2.8 % only, where 33.3 % is asked for; have it confirmed"
    )
    assert told["unused_items"][0] == (
        f"{item} blade-1: took part in no decision; ask whether it needs to be kept"
    )
    assert told["unused_relations"][-1].startswith("relation vm-1 runs shop: took part in no decision; ask")
    assert report.metric("unused_items").weight == 0
    assert str(report.metric("unused_items")) == "unused_items: 12.5%; 7 of 8 fail; it does not count"
    assert report.at == now


def test_false_redundancy_says_what_to_do(a_graph):
    graph = a_graph(
        ["shop depends_on web-1", "shop depends_on web-2", "web-1 runs_on host", "web-2 runs_on host"],
        redundancy=[RedundancySet("shop", "web", ["web-1", "web-2"], "any")],
    )
    (issue,) = health_of(graph).metric("false_redundancy").failing
    assert str(issue).endswith("its members share host; spread them, or declare them as all needed")
    assert issue.ci_class == "server"
    assert not health_of(graph).is_healthy


def test_a_relation_of_nothing_counts_for_no_class(graph):
    metric = health_of(graph).metric("dangling_relations")
    assert [issue.ci_class for issue in metric.failing] == ["", "service"]
    assert sum(each.metrics[6].eligible for each in health_of(graph).classes) == metric.eligible - 1


def test_a_mere_graph_cannot_be_stale(graph, rules):
    report = health_of(graph, rules)
    assert report.metric("stale_items").explain() == "stale_items: no score, as there is nothing to judge"
    assert report.at is None


def test_a_healthy_configuration_is_told_in_one_word(a_graph):
    report = health_of(a_graph(["web runs_on host"]))
    assert report.is_healthy
    assert report.classes[0].is_healthy
    assert report.score == 1
    assert report.explain().splitlines()[0] == "health of 2 items: 100%"
    assert report.explain().splitlines()[-1] == "class 'server', 2 items: 100%"
    assert report.classes[0].explain().splitlines()[0] == "class 'server', 2 items: 100%"


def test_without_anything_there_is_no_score(a_graph):
    report = health_of(a_graph())
    assert report.score is None
    assert str(report) == "health of 0 items: no score, as there is nothing to judge"
    assert report.is_healthy


def test_weights_say_what_counts(a_graph):
    graph = a_graph(["web runs_on gone"], items=["web"])
    assert health_of(graph).score == Fraction(2, 3)  # of dangling, duplicate and relations of duplicates
    rules = HealthRules(weights={"dangling_relations": 0})
    assert health_of(graph, rules).score == 1
    assert health_of(graph, rules).is_healthy
    only = HealthRules(weights={"duplicate_relations": 0, "relations_of_duplicates": 0})
    assert health_of(graph, only).score == 0


def test_an_unknown_metric_or_class_is_told(graph):
    report = health_of(graph)
    with pytest.raises(DefinitionError, match="no metric 'orphan'; did you mean 'orphans'"):
        report.metric("orphan")
    with pytest.raises(DefinitionError, match="no class 'hoost'; did you mean 'host'"):
        report.of_class("hoost")
    with pytest.raises(
        DefinitionError, match="there is no item of class 'paper'; known: blade, host, service"
    ):
        report.of_class("paper")


def test_a_metric_that_cannot_be_is_refused():
    with pytest.raises(DefinitionError) as refused:
        HealthMetric("m", "use", (), -1, 0.5)
    assert list(refused.value.problems) == [
        "metric 'm': aspect: must be an Aspect, not str 'use'",
        "metric 'm': weight: must be a whole number or a Fraction, 0 or more, not float 0.5",
        "metric 'm': eligible: must be a whole number of at least as many as fail, which are 0, not int -1",
    ]
    assert HealthMetric("m", Aspect.USE, (), 0).score is None


def test_only_what_a_chosen_view_holds_is_judged(graph, a_view, rules):
    from attrs import evolve

    from itsmkit.conditions import parse_condition

    view = a_view(graph, [(("hand",), 0)])
    chosen = evolve(view, where=parse_condition('id = "vm-1"'))
    report = health_of(chosen, rules)
    held = [*chosen.graph.items, *chosen.graph.relations]
    assert report.items == len(chosen.graph.items) < len(graph.items)
    assert report.metric("confidence").eligible == len(held)
    assert sorted(chosen.events) == sorted(map(RecordKey.of, held))


def test_age_is_that_of_the_instant_of_the_view(graph, a_view, now):
    view = a_view(graph, [(("hand",), 0)], now + timedelta(days=10))
    assert {issue.ci_class for issue in health_of(view).metric("stale_items").failing} == {"vm"}
    later = a_view(graph, [(("hand",), 0)], now + timedelta(days=10, microseconds=1))
    assert len(health_of(later).metric("stale_items").failing) == 6
