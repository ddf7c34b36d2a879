"""The class model to start with is one that a desk can use as it is."""

import doctest
import importlib.util
import tomllib
from collections import Counter
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from itsmkit.cmdb import STANDARD_RELATION_TYPES, ConfigurationGraph, ConfigurationItem, Relation
from itsmkit.cmdb.class_model_form import class_model_from, load_class_model, standard_class_model
from itsmkit.cmdb.mapping_form import load_configuration

MODEL = standard_class_model()


def test_it_is_read_once_from_a_file_to_copy():
    assert standard_class_model() is MODEL
    text = (files("itsmkit.cmdb") / "standard_model.toml").read_text("utf-8")
    assert class_model_from(tomllib.loads(text)) == MODEL


def test_it_has_no_findings():
    assert MODEL.findings == ()


def test_the_standard_relation_types_come_first_and_are_the_same():
    assert MODEL.relation_types[: len(STANDARD_RELATION_TYPES)] == STANDARD_RELATION_TYPES


def test_every_relation_type_is_governed():
    assert {each.relation_type for each in MODEL.allowed} == {each.name for each in MODEL.relation_types}


def test_every_facet_is_used():
    used = {facet for each in MODEL.classes for facet in each.facets}
    assert used == {each.name for each in MODEL.facets}


@pytest.mark.parametrize("ci_class", [each.name for each in MODEL.classes])
def test_every_class_can_be_identified_and_knows_some_attribute(ci_class):
    assert MODEL.identifiers_of(ci_class)
    assert MODEL.attributes_of(ci_class).types


def test_nothing_is_allowed_twice():
    pairs = Counter()
    for each in MODEL.allowed:
        for source in MODEL.classes:
            for target in MODEL.classes:
                if MODEL.is_a(source.name, each.source) and MODEL.is_a(target.name, each.target):
                    pairs[source.name, each.relation_type, target.name] += 1
    doubled = {each for each, times in pairs.items() if times > 1}
    assert not doubled


@pytest.mark.parametrize(
    ("sentence", "is_allowed"),
    [
        ("virtual machine/runs_on/physical host", True),
        ("virtual machine/runs_on/cluster", True),
        ("physical host/runs_on/virtual machine", False),
        ("database/runs_on/container", True),
        ("business service/depends_on/database", True),
        ("database/depends_on/business process", False),
        ("rack/contains/switch", True),
        ("switch/contains/rack", False),
        ("workstation/attached_to/access point", True),
        ("workstation/used_by/person", True),
        ("person/used_by/workstation", False),
        ("switch/connects_to/uplink", True),
        ("uplink/connects_to/router", True),
        ("workstation/connects_to/switch", False),
        ("rack/powered_by/power supply", True),
        ("printer/covered_by/contract", True),
        ("contract/covered_by/printer", False),
        ("firewall/documented_by/document", True),
    ],
)
def test_what_makes_sense_is_allowed_and_nothing_else(sentence, is_allowed):
    assert MODEL.allows(*sentence.split("/")) is is_allowed


def a_graph(items, relations):
    return ConfigurationGraph(
        [ConfigurationItem(ci, ci_class, ci) for ci, ci_class in items.items()],
        [Relation(*sentence.split()) for sentence in relations],
        model=MODEL,
        strict=True,
    )


def test_the_outage_of_a_rack_is_felt_by_people():
    graph = a_graph(
        {
            "room": "room",
            "rack": "rack",
            "host": "physical host",
            "vm": "virtual machine",
            "db": "database",
            "shop": "business service",
            "sales": "group",
            "lease": "document",
        },
        [
            "room contains rack",
            "rack contains host",
            "vm runs_on host",
            "db runs_on vm",
            "shop depends_on db",
            "shop used_by sales",
            "rack documented_by lease",
        ],
    )
    assert graph.impact_of(["rack"]).levels == dict.fromkeys(
        ["rack", "host", "vm", "db", "shop", "sales"], "down"
    )


def test_a_cluster_lives_on_with_one_node():
    graph = a_graph(
        {"n1": "physical host", "n2": "physical host", "c": "cluster", "vm": "virtual machine"},
        ["c composed_of n1", "c composed_of n2", "vm runs_on c"],
    )
    assert graph.impact_of(["n1"]).levels == {"n1": "down", "c": "degraded", "vm": "degraded"}
    assert graph.impact_of(["n1", "n2"]).levels["vm"] == "down"


def test_a_workstation_that_fails_does_not_take_its_switch_with_it():
    graph = a_graph({"pc": "workstation", "switch": "switch"}, ["pc attached_to switch"])
    assert graph.impact_of(["pc"]).levels == {"pc": "down"}
    assert graph.impact_of(["switch"]).levels == {"switch": "down", "pc": "down"}


# The pages about it

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_shows_what_the_model_is():
    spec = importlib.util.spec_from_file_location("class_model_page", DOCS / "class_model.py")
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    page = maker.PAGE.read_text("utf-8")
    assert page == maker.page_text(), "run docs/class_model.py"
    for each in MODEL.classes:
        assert f"\n| `{each.name}` | " in page
    for each in MODEL.relation_types:
        assert f"\n| `{each.name}` | `{each.inverse}` | " in page


def blocks(language):
    _, *fenced = (DOCS / "how-to" / "define-a-class-model.md").read_text("utf-8").split("```")
    return [block.removeprefix(f"{language}\n") for block in fenced[::2] if block.startswith(f"{language}\n")]


def test_the_guide_extends_the_model_as_a_file_and_in_python_alike(tmp_path):
    configuration, model = blocks("toml")
    path = tmp_path / "model.toml"
    path.write_text(model, "utf-8")
    (written,) = (block for block in blocks("python") if "at_most_targets=2" in block)
    names = {}
    for example in doctest.DocTestParser().get_examples(written):
        if not example.source.startswith("model.is_a"):
            exec(example.source, names)
    in_python, in_file = names["model"], load_class_model(path)
    assert set(in_file.allowed) == set(in_python.allowed)
    assert in_file.classes == in_python.classes
    assert in_file.facets == in_python.facets
    assert in_file.relation_types == in_python.relation_types
    path = tmp_path / "cmdb.toml"
    path.write_text(configuration, "utf-8")
    document = load_configuration(path)
    graph = document.graph(datetime(2026, 5, 1, tzinfo=UTC), strict=True)
    assert graph.impact_of(["host-1"]).levels["shop"] == "degraded"
