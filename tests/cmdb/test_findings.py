from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import (
    STANDARD_RELATION_TYPES,
    AllowedRelation,
    CIClass,
    ClassModel,
    ConfigurationGraph,
    ConfigurationItem,
    RedundancySet,
    Relation,
)
from itsmkit.cmdb.findings import AttributeFault, AttributeProblem, BrokenCardinality
from itsmkit.conditions import FactSchema, FactType, fact_problems
from itsmkit.errors import DefinitionError


def items_of(classes):
    return [ConfigurationItem(ci, ci_class, ci) for ci, ci_class in classes.items()]


def found(graph, kind):
    return [each for each in graph.findings if isinstance(each, kind)]


# Cardinality

CLASSES = {"h1": "host", "h2": "host", "v1": "vm", "v2": "vm", "r1": "rack"}
ends = st.sampled_from([*CLASSES, "gone"])
relations = st.lists(
    st.builds(
        Relation,
        ends,
        st.sampled_from(["runs_on", "connects_to"]),
        ends,
        qualifier=st.sampled_from(["", "2"]),
    ),
    unique_by=lambda each: each.key,
    max_size=14,
)


@st.composite
def bounded(draw):
    names = st.sampled_from(["host", "vm", "rack", "*"])
    least = {f"at_least_{end}": draw(st.integers(0, 2)) for end in ("targets", "sources")}
    most = {
        f"at_most_{end}": draw(st.none() | st.integers(max(1, least[f"at_least_{end}"]), 3))
        for end in ("targets", "sources")
    }
    type_name = draw(st.sampled_from(["runs_on", "connects_to"]))
    return AllowedRelation(draw(names), type_name, draw(names), **least, **most)


@given(relations, st.lists(bounded(), unique_by=str, max_size=3))
def test_whoever_has_too_few_or_too_many_is_found(related, allowed):
    model = ClassModel(
        [CIClass("host"), CIClass("vm", "host"), CIClass("rack")], STANDARD_RELATION_TYPES, allowed=allowed
    )
    pairs = {(each.source, each.type, each.target) for each in related}
    pairs |= {(target, name, source) for source, name, target in pairs if name == "connects_to"}
    expected = []
    for each in sorted(allowed, key=lambda each: each.key):
        for end, least, most in (
            ("targets", each.at_least_targets, each.at_most_targets),
            ("sources", each.at_least_sources, each.at_most_sources),
        ):
            own, other = (each.source, each.target) if end == "targets" else (each.target, each.source)
            for ci in sorted(CLASSES):
                if not model.is_a(CLASSES[ci], own):
                    continue
                others = sorted(
                    there
                    for there in CLASSES
                    if model.is_a(CLASSES[there], other)
                    and (
                        (ci, each.relation_type, there)
                        if end == "targets"
                        else (there, each.relation_type, ci)
                    )
                    in pairs
                )
                if len(others) < least or (most is not None and len(others) > most):
                    expected.append(BrokenCardinality(ci, each, end, tuple(others)))
    graph = ConfigurationGraph(items_of(CLASSES), related, model=model)
    assert found(graph, BrokenCardinality) == expected


def test_a_broken_cardinality_says_how_many_there_are_and_may_be():
    model = ClassModel(
        [CIClass("host"), CIClass("vm", "host")],
        STANDARD_RELATION_TYPES,
        allowed=[AllowedRelation("vm", "runs_on", "host", at_most_targets=1, at_least_sources=1)],
    )
    related = [Relation("v1", "runs_on", "h1"), Relation("v1", "runs_on", "h2")]
    graph = ConfigurationGraph(items_of({"v1": "vm", "h1": "host", "h2": "host"}), related, model=model)
    assert list(map(str, graph.findings)) == [
        (
            "configuration item v1: has 2 targets of 'vm runs_on host' ('h1', 'h2'), where the model asks "
            "for at most 1; correct the relations, or the model"
        ),
        (
            "configuration item v1: has 0 sources of 'vm runs_on host', where the model asks for at least 1; "
            "correct the relations, or the model"
        ),
    ]


# Attributes

SCHEMA = {
    "serial": FactType("text", optional=False),
    "ram": FactType("number"),
    "kind": FactType("text", choices=["big", "small"]),
    "vip": FactType("truth"),
    "seen": FactType("instant"),
    "age": FactType("duration"),
    "tags": FactType("collection"),
}
values = st.sampled_from(
    [
        "",
        "  ",
        "x",
        "big",
        0,
        1,
        2.5,
        True,
        False,
        None,
        (),
        ("a",),
        timedelta(1),
        datetime(2026, 1, 1, tzinfo=UTC),
        float("nan"),
        datetime(2026, 1, 1),  # noqa: DTZ001  # one without a zone
        {},
    ]
)


@given(
    st.dictionaries(st.sampled_from([*SCHEMA, "odd", "other"]), values),
    st.sets(st.sampled_from(sorted(SCHEMA))),
)
def test_every_attribute_that_departs_from_the_class_is_found(attributes, required):
    model = ClassModel([CIClass("host", attributes=SCHEMA, required=sorted(required))])
    graph = ConfigurationGraph([ConfigurationItem("h", "host", "h", attributes)], model=model)
    whole = FactSchema(
        {
            name: FactType(each.kind, choices=each.choices, optional=each.optional and name not in required)
            for name, each in SCHEMA.items()
        }
    )
    problems = dict(problem.split(": ", 1) for problem in fact_problems(graph.item("h").attributes, whole))
    faults = {each.attribute: each for each in graph.findings}
    assert faults.keys() == problems.keys()
    assert list(faults) == sorted(faults)
    for name, each in faults.items():
        expected = (
            AttributeProblem.UNKNOWN
            if name not in SCHEMA
            else AttributeProblem.MISSING
            if problems[name] == "is missing"
            else AttributeProblem.WRONG
        )
        assert each.problem is expected
        assert each.detail == (problems[name] if expected is AttributeProblem.WRONG else "")


def test_a_class_without_attributes_lets_its_items_have_any():
    graph = ConfigurationGraph(
        [ConfigurationItem("h", "host", "h", {"ram": 64})], model=ClassModel([CIClass("host")])
    )
    assert graph.findings == ()


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({"ram": 1}, "attribute 'serial' is required of class 'host', and is missing"),
        ({"serial": "1", "rma": 2}, "attribute 'rma' is none of class 'host'; declare it, or leave it out"),
        ({"serial": "1", "ram": "2"}, "attribute 'ram' must be a number, not the text \"2\""),
    ],
)
def test_a_fault_of_an_attribute_says_what_is_wrong(attributes, said):
    model = ClassModel([CIClass("host", attributes={"serial": "text", "ram": "number"}, required=["serial"])])
    graph = ConfigurationGraph([ConfigurationItem("h", "host", "h", attributes)], model=model)
    assert [str(each) for each in graph.findings] == [f"configuration item h: {said}"]
    assert found(graph, AttributeFault) == list(graph.findings)


def test_a_strict_graph_refuses_all_that_is_found_at_once():
    model = ClassModel(
        [CIClass("host", attributes={"ram": "number"}, required=["ram", "name"])],
        STANDARD_RELATION_TYPES,
        allowed=[AllowedRelation("host", "depends_on", "host", at_most_targets=1)],
    )
    related = [Relation("h1", "depends_on", each) for each in ("h2", "h3", "gone")]
    items = items_of({"h1": "host", "h2": "host", "h3": "host"})
    with pytest.raises(DefinitionError) as raised:
        ConfigurationGraph(items, related, model=model, strict=True)
    assert len(raised.value.problems) == 5
    assert raised.value.problems == tuple(map(str, ConfigurationGraph(items, related, model=model).findings))


def test_what_is_wrong_with_redundancy_says_how_to_put_it_right():
    sets = [RedundancySet("shop", "pair", ["h1", "h2"], "at least 2")]
    related = [Relation("shop", "depends_on", "h1")]
    graph = ConfigurationGraph(items_of({"shop": "service", "h1": "host", "h2": "host"}), related, sets)
    assert list(map(str, graph.findings)) == [
        (
            "redundancy set 'pair' of shop: no impact flows from 'h2' to the dependent; add the relation, or "
            "take it out of the set"
        ),
        "group 'pair' of shop: at least 2 are asked for, but there are only 1 members",
    ]
