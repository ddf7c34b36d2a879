"""What holds of every score, whatever the configuration."""

from fractions import Fraction

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.cmdb import CIId, ConfigurationGraph, ConfigurationItem
from itsmkit.cmdb.health import HealthRules, health_of
from itsmkit.cmdb.health.metric import weighted_score


@given(data=st.data())
@settings(max_examples=60)
def test_scores_are_shares_and_the_classes_add_up(data, views, rules):
    report = health_of(data.draw(views), rules)
    for part in (report, *report.classes):
        for metric in part.metrics:
            assert len(metric.failing) <= metric.eligible
            if metric.eligible:
                assert metric.score == Fraction(metric.eligible - len(metric.failing), metric.eligible)
            else:
                assert metric.score is None
        assert part.score is None or 0 <= part.score <= 1
        assert part.score is None or isinstance(part.score, Fraction)
        assert part.is_healthy == (part.score in {None, 1})
    for number, metric in enumerate(report.metrics):
        parts = [each.metrics[number] for each in report.classes]
        if metric.name != "class_model":  # which also counts classes above those that there are items of
            mine = [issue for issue in metric.failing if issue.ci_class]
            assert sorted(map(str, mine)) == sorted(str(i) for part in parts for i in part.failing)
        subjects = [issue.subject or () for issue in metric.failing]
        assert subjects == sorted(subjects)
    assert sum(each.items for each in report.classes) == report.items


@given(data=st.data())
@settings(max_examples=40)
def test_one_more_that_fails_never_raises_a_score(data, graphs, model):
    graph = data.draw(graphs)
    bad = ConfigurationItem(CIId("z"), "host", "Z", {"colour": "blue"})
    worse = evolve(graph, items=[*graph.items, bad])
    before, after = health_of(graph), health_of(worse)
    for name in ("required_attributes", "recommended_attributes", "attribute_values", "orphans"):
        old, new = before.metric(name), after.metric(name)
        assert old.score is None or new.score <= old.score
        assert len(new.failing) == len(old.failing) + 1


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3), st.integers(0, 3)), max_size=5),
    st.integers(0, 4),
)
def test_a_score_of_several_is_their_mean_by_weight(parts, more):
    from itsmkit.cmdb.health import Aspect, HealthMetric
    from itsmkit.cmdb.health.findings import UnusedRecord
    from itsmkit.cmdb.health.metric import HealthIssue
    from itsmkit.cmdb.history import RecordKey

    key = RecordKey("item", ("a",))
    issue = HealthIssue(key, "host", UnusedRecord(key))
    metrics = tuple(
        HealthMetric(f"m{number}", Aspect.USE, [issue] * failing, failing + fine, weight)
        for number, (failing, fine, weight) in enumerate(parts)
    )
    counted = [each for each in metrics if each.eligible and each.weight]
    total = sum(each.weight for each in counted)
    expected = sum(each.score * each.weight for each in counted) / total if total else None
    assert weighted_score(metrics) == expected
    worse = tuple(
        evolve(each, failing=[*each.failing, issue], eligible=each.eligible + 1) for each in counted
    )
    assert not counted or weighted_score(worse) <= expected


@given(data=st.data())
@settings(max_examples=30)
def test_the_order_of_things_does_not_matter(data, graphs):
    graph = data.draw(graphs)
    shuffled = ConfigurationGraph(
        data.draw(st.permutations(graph.items)),
        data.draw(st.permutations(graph.relations)),
        data.draw(st.permutations(graph.redundancy)),
        model=graph.model,
    )
    assert health_of(graph).explain() == health_of(shuffled).explain()


@given(data=st.data())
@settings(max_examples=30)
def test_a_class_is_told_with_all_that_are_a_kind_of_it(data, graphs, model):
    graph = data.draw(graphs)
    report = health_of(graph)
    kinds = {item.ci_class for item in graph.items if model.is_a(item.ci_class, "host")}
    if not kinds:
        return
    hosts = report.of_class("host")
    assert hosts.items == sum(item.ci_class in kinds for item in graph.items)
    for whole, part in zip(report.metrics, hosts.metrics, strict=True):
        assert [i for i in whole.failing if i.ci_class in kinds] == list(part.failing)


def test_many_failures_are_not_cut(model):
    graph = ConfigurationGraph(
        [ConfigurationItem(CIId(f"h{number}"), "host", f"h{number}") for number in range(2_000)], model=model
    )
    report = health_of(graph, HealthRules(weights={"orphans": 0}))
    assert len(report.metric("orphans").failing) == 2_000
    assert report.metric("orphans").explain().count("\n") == 2_000
