"""Each metric, by a definition that is as plain as can be."""

from collections import Counter
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.cmdb import ConfigurationGraph, ConfigurationItem, RedundancySet, Relation
from itsmkit.cmdb.health import STANDARD_METRICS, health_of
from itsmkit.cmdb.history import RecordKey
from itsmkit.testing.strategies import configuration_graphs


def blank(value):
    return value is None or value in ("", " ", ())


def item_key(item):
    return RecordKey("item", (item.id,))


class Naive:
    """What fails, and how many could, by metric: quadratic, and from the words of the documentation."""

    def __init__(self, view, rules):
        self.view, self.graph, self.rules = view, view.graph, rules
        self.model = self.graph.model
        self.by_id = {item.id: item for item in self.graph.items}
        self.records = [event.record for event in view.events.values()]

    def value(self, item, name):
        return item.name if name == "name" else item.attributes.get(name)

    def asks(self, asked):
        return [item for item in self.graph.items if asked(item.ci_class)]

    def required_attributes(self):
        asked = self.asks(self.model.required_of)
        failing = [
            item
            for item in asked
            if any(blank(self.value(item, name)) for name in self.model.required_of(item.ci_class))
        ]
        return map(item_key, failing), len(asked)

    def recommended_attributes(self):
        asked = self.asks(self.model.recommended_of)
        failing = [
            item
            for item in asked
            if any(blank(self.value(item, name)) for name in self.model.recommended_of(item.ci_class))
        ]
        return map(item_key, failing), len(asked)

    def attribute_values(self):
        kinds = {"os": str, "ram": int, "tags": tuple, "duplicate_of": str}
        asked = self.asks(lambda name: self.model.attributes_of(name).types)
        failing = [
            item
            for item in asked
            if any(
                name not in kinds or not (value is None or isinstance(value, kinds[name]))
                for name, value in item.attributes.items()
            )
        ]
        return map(item_key, failing), len(asked)

    def connected(self, relation):
        return relation.source != relation.target and {relation.source, relation.target} <= self.by_id.keys()

    def orphans(self):
        asked = self.asks(self.model.orphan_rule)
        failing = [
            item
            for item in asked
            if not any(
                relation.type in self.model.orphan_rule(item.ci_class)
                and item.id in relation.ends
                and self.connected(relation)
                for relation in self.graph.relations
            )
        ]
        return map(item_key, failing), len(asked)

    def identifier(self, item):
        # Written out: which class declares the identifiers that hold of each.
        declared = {
            "host": ("host", [["os", "ram"], ["name"]]),
            "vm": ("host", [["os", "ram"], ["name"]]),
            "blade": ("blade", [["ram"]]),
        }
        declaring, sets = declared.get(item.ci_class, ("", []))
        for names in sets:
            values = [self.value(item, name) for name in names]
            if not any(map(blank, values)):
                return declaring, names, values
        return None

    def duplicate_items(self):
        marked = [item for item in self.graph.items if not blank(item.attributes.get("duplicate_of"))]
        others = [item for item in self.graph.items if item not in marked and self.identifier(item)]
        failing = [
            one
            for one in others
            if any(one is not two and self.identifier(one) == self.identifier(two) for two in others)
        ]
        return map(item_key, [*marked, *failing]), len(marked) + len(others)

    def dangling_relations(self):
        failing = [each for each in self.graph.relations if not set(each.ends) <= self.by_id.keys()]
        return map(RecordKey.of, failing), len(self.graph.relations)

    def governance(self):
        allowed = {(each.source, each.relation_type, each.target) for each in self.model.allowed}
        judged = [
            each
            for each in self.graph.relations
            if each.type in {kind for _, kind, _ in allowed} and set(each.ends) <= self.by_id.keys()
        ]
        failing = [
            each
            for each in judged
            if not any(
                (one, each.type, two) in allowed
                for one, two in product(
                    self.model.lineage(self.by_id[each.source].ci_class),
                    self.model.lineage(self.by_id[each.target].ci_class),
                )
            )
        ]
        return map(RecordKey.of, failing), len(judged)

    def cardinality(self):
        def others(item, kind, is_a):
            return {
                each.target
                for each in self.graph.relations
                if each.source == item.id
                and each.type == kind
                and each.target in self.by_id
                and self.model.is_a(self.by_id[each.target].ci_class, is_a)
            }

        hosts = [item for item in self.graph.items if self.model.is_a(item.ci_class, "host")]
        services = [item for item in self.graph.items if item.ci_class == "service"]
        failing = [item for item in hosts if len(others(item, "runs", "vm")) > 1]
        failing += [item for item in services if not others(item, "needs", "host")]
        return map(item_key, failing), len(hosts) + len(services)

    def duplicate_relations(self):
        def same(one, two):
            if one.type != two.type:
                return False
            if one.type == "linked_to":
                return {one.source, one.target} == {two.source, two.target}
            return (one.source, one.target) == (two.source, two.target)

        failing = [
            one
            for one in self.graph.relations
            if any(
                one is not two
                and same(one, two)
                and (
                    (not one.qualifier and two.qualifier)
                    or (one.qualifier == two.qualifier and two.key < one.key)
                )
                for two in self.graph.relations
            )
        ]
        return map(RecordKey.of, failing), len(self.graph.relations)

    def relations_of_duplicates(self):
        failing = [
            each
            for each in self.graph.relations
            if any(
                end in self.by_id and not blank(self.by_id[end].attributes.get("duplicate_of"))
                for end in each.ends
            )
        ]
        return map(RecordKey.of, failing), len(self.graph.relations)

    def limit(self, value):
        ends = value.ends if isinstance(value, Relation) else [value.id]
        found = [self.model.stale_after(self.by_id[end].ci_class) for end in ends if end in self.by_id]
        return min((each for each in found if each is not None), default=None)

    def stale(self, kind):
        judged = [
            each
            for each in self.records
            if each.key.kind == kind and each.last_seen is not None and self.limit(each.value) is not None
        ]
        failing = [each for each in judged if each.last_seen < self.view.valid - self.limit(each.value)]
        return [each.key for each in failing], len(judged)

    def stale_items(self):
        return self.stale("item")

    def stale_relations(self):
        return self.stale("relation")

    def confidence(self):
        named = {each.source: each for each in self.rules.sources}
        judged = [
            each
            for each in self.records
            if each.key.kind != "redundancy" and each.last_seen is not None and each.sources
        ]
        failing = [
            each
            for each in judged
            if max(
                named.get(name, named["*"]).after(self.view.valid - each.last_seen) for name in each.sources
            )
            < self.rules.least_confidence
        ]
        return [each.key for each in failing], len(judged)


JUDGED = sorted(name for name in vars(Naive) if name in STANDARD_METRICS)


@pytest.mark.parametrize("name", JUDGED)
@given(data=st.data())
@settings(max_examples=60)
def test_a_metric_finds_what_its_definition_says(name, data, views, rules):
    view = data.draw(views)
    failing, eligible = getattr(Naive(view, rules), name)()
    metric = health_of(view, rules).metric(name)
    assert Counter(issue.subject for issue in metric.failing) == Counter(failing)
    assert metric.eligible == eligible


@given(configuration_graphs())
@settings(max_examples=60)
def test_members_lack_what_all_their_siblings_have(graph: ConfigurationGraph):
    flows = {each.name: each.flow.value for each in graph.model.relation_types}

    def provides(member, dependent):
        return any(
            (flows[each.type] in {"impact", "both"} and (each.source, each.target) == (member, dependent))
            or (flows[each.type] in {"reverse", "both"} and (each.target, each.source) == (member, dependent))
            for each in graph.relations
        )

    def has(ci, kind, end):
        return any(
            each.type == kind and getattr(each, end) == ci and each.source != each.target
            for each in graph.relations
        )

    expected, eligible = Counter(), 0
    for each in graph.redundancy:
        members = [member for member in each.members if provides(member, each.dependent)]
        if len(members) < 2:
            continue
        eligible += len(members)
        for member in members:
            siblings = [sibling for sibling in members if sibling != member]
            lacking = tuple(
                (kind, end)
                for kind, end in sorted(product(flows, ["source", "target"]))
                if not has(member, kind, end) and all(has(sibling, kind, end) for sibling in siblings)
            )
            if lacking:
                expected[member, each.dependent, lacking] += 1
    metric = health_of(graph).metric("asymmetric_members")
    found = [issue.finding for issue in metric.failing]
    assert Counter((each.ci, each.dependent, each.lacking) for each in found) == expected
    assert metric.eligible == eligible


@given(data=st.data())
@settings(max_examples=60)
def test_what_took_part_in_no_decision_is_unused(data, graphs):
    graph = data.draw(graphs)
    keys = [RecordKey.of(each) for each in [*graph.items, *graph.relations]]
    used = data.draw(st.dictionaries(st.sampled_from([*keys, "elsewhere"]), st.integers(0, 2)))
    report = health_of(graph, used=used)
    for name, kind in (("unused_items", "item"), ("unused_relations", "relation")):
        asked = kind == "item" or any(getattr(key, "kind", None) == kind for key in used)
        unused = [key for key in keys if asked and key.kind == kind and not used.get(key)]
        assert [issue.subject for issue in report.metric(name).failing] == sorted(unused)
        assert report.metric(name).eligible == asked * sum(key.kind == kind for key in keys)


@given(data=st.data())
@settings(max_examples=40)
def test_groups_and_the_model_are_as_others_find_them(data, graphs):
    from itsmkit.cmdb import UnmetRule, UnrelatedMembers
    from itsmkit.cmdb.risk import false_redundancy

    graph = data.draw(graphs)
    report = health_of(graph)

    def found(name):
        return [issue.finding for issue in report.metric(name).failing]

    assert found("unrelated_members") == [e for e in graph.findings if isinstance(e, UnrelatedMembers)]
    assert report.metric("unrelated_members").eligible == len(graph.redundancy)
    assert Counter(found("unmet_rules")) == Counter(e for e in graph.findings if isinstance(e, UnmetRule))
    assert found("false_redundancy") == list(false_redundancy(graph))
    classes = {name for item in graph.items for name in graph.model.lineage(item.ci_class)}
    questionable = [each for each in graph.model.findings if each.ci_class in classes]
    assert found("class_model") == questionable
    # Of services an impact rule, of paper one that never applies, of hosts and blades an orphan rule; and
    # each of what can fail may be without dependents.
    asked = {"service": 2, "host": 2, "blade": 2, "vm": 1, "paper": 1}
    assert report.metric("class_model").eligible == sum(asked[name] for name in classes)


def test_a_source_that_sees_the_future_has_just_seen_it(a_view, a_graph, rules, now):
    graph = a_graph(items=["a"])
    view = a_view(graph, [(("hand",), 0)], now - timedelta(days=9))
    assert health_of(view, rules).metric("confidence").score == 1


def failing_of(name, *parts, **options):
    return [str(issue.subject) for issue in health_of(*parts, **options).metric(name).failing]


def test_of_two_ends_the_shorter_time_counts(model, a_view):
    graph = ConfigurationGraph(
        [ConfigurationItem("h", "host", "h"), ConfigurationItem("v", "vm", "v")],
        [Relation("h", "runs", "v"), Relation("v", "linked_to", "h")],
        model=model,
    )
    stale = ["relation h runs v", "relation v linked_to h"]
    assert failing_of("stale_relations", a_view(graph, [((), 6)])) == stale
    assert failing_of("stale_relations", a_view(graph, [((), 5)])) == []


def test_what_tells_items_apart_is_asked_of_all_that_take_it_over_and_only_the_first(model):
    items = [
        ConfigurationItem("a", "host", "A", {"os": "linux", "ram": 1}),
        ConfigurationItem("b", "vm", "B", {"os": "linux", "ram": 1}),
        ConfigurationItem("c", "host", "B", {"os": "linux", "ram": 2}),
        ConfigurationItem("d", "vm", "B", {"os": " ", "ram": 2}),
        ConfigurationItem("e", "blade", "A", {"ram": 1}),
        ConfigurationItem("f", "vm", "F", {"os": " ", "ram": 2}),
    ]
    same = ["configuration item a", "configuration item b"]
    metric = health_of(ConfigurationGraph(items, model=model)).metric("duplicate_items")
    assert [str(issue.subject) for issue in metric.failing] == same
    assert metric.eligible == 6


def test_a_relation_whose_ends_are_alike_is_the_same_from_either_end(model):
    hosts = [ConfigurationItem(ci, "host", ci) for ci in "abx"]
    graph = ConfigurationGraph(
        [ConfigurationItem("s", "service", "s"), *hosts],
        ["s needs a", "s needs b", "a linked_to x", "x linked_to b"],
        [RedundancySet("s", "pair", ["a", "b"], "any")],
        model=model,
    )
    assert failing_of("asymmetric_members", graph) == []
