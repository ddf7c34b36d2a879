from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from itsmkit.cmdb import CIId, ConfigurationGraph, ConfigurationItem
from itsmkit.cmdb.health import (
    DesiredState,
    HealthRules,
    SourceConfidence,
    health_of,
    health_rules_from,
    load_health_rules,
)
from itsmkit.conditions import parse_condition
from itsmkit.errors import DefinitionError

LINUX = parse_condition('os = "linux"')
BIG = parse_condition("ram > 1")


def test_a_document_is_read(tmp_path):
    text = """
        least_confidence = "1/3"
        weights = { orphans = "1/2", unused_items = 1 }

        [[desired_states]]
        name = "linux"
        class = "host"
        where = "ram > 1"
        must = { field = "os", equals = "linux" }
        weight = 2

        [[desired_states]]
        name = "everything is big"
        class = "*"
        must = "ram > 1"

        [[sources]]
        source = "discovery"
        initial = "9/10"
        half_life = "30d"
    """
    path = tmp_path / "health.toml"
    path.write_text(text, "utf-8")
    assert load_health_rules(path) == HealthRules(
        [DesiredState("linux", "host", LINUX, BIG, 2), DesiredState("everything is big", "*", BIG)],
        [SourceConfidence("discovery", Fraction(9, 10), timedelta(days=30))],
        Fraction(1, 3),
        {"orphans": Fraction(1, 2), "unused_items": 1},
    )


def test_every_fault_of_a_document_is_told_with_its_path():
    with pytest.raises(DefinitionError) as refused:
        health_rules_from(
            {
                "least_confidence": 2,
                "weights": {"orphan": 1, "orphans": -1},
                "desired_states": [
                    {"name": "a", "ci_class": "host", "must": "os ="},
                    {"name": "b", "class": "host", "must": "os is present", "weight": -1},
                    {"name": "orphans", "class": "host", "must": "os is present", "wen": "x"},
                    {"name": "stale_items", "class": "host", "must": "os is present"},
                ],
                "sources": [{"source": "x", "initial": 2, "half_life": "30d"}, {"source": "y"}],
            },
            where="health",
        )
    problems = [problem.partition(": expected")[0] for problem in refused.value.problems]
    assert problems == [
        "health.desired_states[0].class: is missing",
        "health.desired_states[0].must: condition: column 5",
        "health.desired_states[0].ci_class: is not known here; did you mean class?",
        (
            "health.desired_states[1]: desired state 'b': weight: must be a whole number or a "
            "Fraction, 0 or more, "
            "not int -1"
        ),
        "health.desired_states[2].wen: is not known here; known are class, must, name, weight, where",
        (
            "health.sources[0]: source 'x': initial: must be a whole number or a Fraction, more than "
            "0 and at most "
            "1, not int 2"
        ),
        "health.sources[1].initial: is missing",
        "health.sources[1].half_life: is missing",
        "health.least_confidence: must be a whole number or a Fraction, more than 0 and at most 1, not int 2",
        "health.weights.orphan: no such metric; did you mean 'orphans'?",
        "health.weights.orphans: must be a whole number or a Fraction, 0 or more, not int -1",
        "health.desired_states: 'stale_items' is the name of a metric; call the rule otherwise",
    ]


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        pytest.param([], [": must be a table, not []"], id="no table"),
        pytest.param(
            {"rules": 1, "sources": [{"source": "x"}]},
            [
                "rules: is not known here; ",
                "sources[0].initial: is missing",
                "sources[0].half_life: is missing",
            ],
            id="an unknown key hides nothing",
        ),
        pytest.param({"sources": 3}, ["sources: must be a list, not 3"], id="no list"),
        pytest.param(
            {"weights": {"orphans": 0.5}},
            ["weights.orphans: must be a whole number, or a fraction as text such as '1/3', not float 0.5"],
            id="a float is not exact",
        ),
    ],
)
def test_what_is_no_document_of_rules_is_refused(document, problems):
    with pytest.raises(DefinitionError) as refused:
        health_rules_from(document)
    found = refused.value.problems
    assert len(found) == len(problems)
    assert all(one.startswith(start.removeprefix(": ")) for one, start in zip(found, problems, strict=True))


def test_a_fault_of_a_file_names_the_file(tmp_path):
    path = Path(tmp_path / "health.json")
    path.write_text('{"weights": {"orphan": 1}}', "utf-8")
    with pytest.raises(DefinitionError, match=r"health\.json: weights\.orphan: no such metric; did you mean"):
        load_health_rules(path)


def test_rules_check_themselves():
    rule = DesiredState("linux", "host", LINUX)
    scan = SourceConfidence("scan", 1, timedelta(days=1))
    with pytest.raises(DefinitionError) as refused:
        HealthRules([rule, rule, 3], [scan, scan, None], 0, {"linux": 1})
    assert list(refused.value.problems) == [
        "least_confidence: must be a whole number or a Fraction, more than 0 and at most 1, not int 0",
        "weights.linux: a desired state says its weight itself; say it there",
        "desired_states[2]: must be a DesiredState, not int 3",
        "sources[2]: must be a SourceConfidence, not NoneType None",
        "desired_states: 'linux' stands there more than once",
        "sources: 'scan' stands there more than once",
    ]
    with pytest.raises(DefinitionError) as refused:
        DesiredState("linux", "host", None, "x", 0.5)
    assert list(refused.value.problems) == [
        "desired state 'linux': weight: must be a whole number or a Fraction, 0 or more, not float 0.5",
        (
            "desired state 'linux': must: must be a condition, such as parse_condition returns, not "
            "NoneType None"
        ),
        "desired state 'linux': where: must be a condition, such as parse_condition returns, not str 'x'",
    ]


def test_a_rule_asks_only_what_the_items_of_its_class_can_answer(model):
    rules = HealthRules(
        [
            DesiredState("gone", "hoost", LINUX),
            DesiredState("wrong", "host", parse_condition('oss = "linux"'), parse_condition('ram = "much"')),
            DesiredState("free", "service", parse_condition("colour is present")),
            DesiredState("known", "host", parse_condition('id = "a" or ci_class = "vm" or name = "A"')),
            DesiredState("all", "*", parse_condition("colour is present")),
        ]
    )
    with pytest.raises(DefinitionError) as refused:
        health_of(ConfigurationGraph([], model=model), rules)
    assert list(refused.value.problems) == [
        "desired state 'gone': no class 'hoost'; did you mean 'host'?",
        "desired state 'wrong': where.equals: must be a number, as ram is, not the text \"much\"",
        "desired state 'wrong': must.field: there is no fact 'oss'; did you mean os?",
    ]


def test_without_classes_a_rule_can_ask_anything():
    graph = ConfigurationGraph([ConfigurationItem(CIId("a"), "host", "A", {"os": "linux"})])
    report = health_of(graph, HealthRules([DesiredState("linux", "host", LINUX)]))
    assert report.metric("linux").score == 1


def test_an_item_that_is_not_as_desired_is_explained(model):
    items = [
        ConfigurationItem(CIId("a"), "host", "A", {"os": "bsd", "ram": 2}),
        ConfigurationItem(CIId("b"), "vm", "B", {"os": "linux", "ram": 2}),
        ConfigurationItem(CIId("c"), "vm", "C", {"os": "bsd", "ram": 1}),
        ConfigurationItem(CIId("d"), "service", "D", {"os": "bsd", "ram": 2}),
    ]
    rules = HealthRules([DesiredState("linux", "host", LINUX, BIG, 3)])
    metric = health_of(ConfigurationGraph(items, model=model), rules).metric("linux")
    assert metric.explain() == (
        "linux: 50.0%; 1 of 2 fail\n"
        '  configuration item a: not as \'linux\' asks: os is "bsd", not equal to "linux"; change it, or '
        "exempt it from the rule"
    )
    assert metric.weight == 3


def test_what_are_no_rules_is_refused(model):
    graph = ConfigurationGraph([], model=model)
    with pytest.raises(DefinitionError, match="rules must be HealthRules, such as load_health_rules returns"):
        health_of(graph, {})
    with pytest.raises(DefinitionError, match="a configuration must be a ConfigurationGraph, or a view"):
        health_of([])
    with pytest.raises(DefinitionError) as refused:
        health_of(graph, used={3: 1, "a": -1, "b": True})
    assert [problem.partition(",")[0] for problem in refused.value.problems] == [
        "used: a key must be a RecordKey",
        "used of a: must be a whole number",
        "used of b: must be a whole number",
    ]
