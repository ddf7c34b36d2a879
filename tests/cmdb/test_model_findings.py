import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import AllowedRelation, CIClass, ClassModel, ImpactRule, RelationType

TYPES = [
    RelationType("used_by", "uses", "impact"),
    RelationType("runs_on", "runs", "reverse"),
    RelationType("meets", "meets", "both"),
    RelationType("documented_by", "documents", "none"),
    RelationType("near", "near_to", "impact", "none"),
]
NAMES = ["a", "b", "c"]


@st.composite
def models(draw):
    names = st.sampled_from([*NAMES, "*"])
    types = st.sampled_from([each.name for each in TYPES])
    rules = st.builds(ImpactRule, st.sampled_from("rs"), types, st.just("any"), names)
    classes = [
        CIClass(
            name,
            draw(st.none() | st.sampled_from(NAMES[:place])) if place else None,
            operational=draw(st.sampled_from([None, True, False])),
            leaf=draw(st.sampled_from([None, True, False])),
            inherit=draw(st.booleans()),
            impact_rules=draw(st.lists(rules, unique_by=lambda each: each.name, max_size=2)),
            orphan_rule=draw(st.none() | st.lists(types, unique=True, max_size=2)),
        )
        for place, name in enumerate(NAMES)
    ]
    allowed = draw(st.lists(st.builds(AllowedRelation, names, types, names), unique_by=str, max_size=6))
    return ClassModel(classes, TYPES, allowed=allowed)


def possible_ways(model):
    """Return each way of impact that could be between two operational classes, with its type."""
    return {
        (provider, dependent, each.name)
        for each in TYPES
        for source in NAMES
        for target in NAMES
        if model.allows(source, each.name, target)
        for provider, dependent in {
            "impact": [(source, target)],
            "reverse": [(target, source)],
            "both": [(source, target), (target, source)],
            "none": [],
        }[each.flow.value]
        if model.is_operational(provider) and model.is_operational(dependent)
    }


@given(models())
def test_what_could_fail_without_impact_is_found(model):
    felt = {way for way in possible_ways(model) if way[2] != "near"}
    expected = [
        (name, any(dependent == name for _, dependent, _ in felt))
        for name in NAMES
        if model.is_operational(name) and not model.is_leaf(name)
        if not any(provider == name for provider, _, _ in felt)
    ]
    found = [each for each in model.findings if type(each).__name__ == "ClassWithoutDependents"]
    assert [(each.ci_class, each.related) for each in found] == expected


@given(models())
def test_rules_that_never_apply_are_found(model):
    ways = possible_ways(model)
    expected = [
        (each.name, rule.name)
        for each in model.classes
        for rule in sorted(each.impact_rules, key=lambda rule: rule.name)
        if not any(
            name == rule.relation_type
            and model.is_a(provider, rule.provider_class)
            and model.is_a(dependent, each.name)
            and rule in model.impact_rules_of(dependent)
            for provider, dependent, name in ways
        )
    ]
    found = [each for each in model.findings if type(each).__name__ == "IdleImpactRule"]
    assert [(each.ci_class, each.name) for each in found] == expected


@given(models())
def test_orphan_rules_that_nothing_can_keep_are_found(model):
    expected = [
        name
        for name in NAMES
        if model.orphan_rule(name)
        and not any(
            model.allows(name, each, other) or model.allows(other, each, name)
            for each in model.orphan_rule(name)
            for other in NAMES
        )
    ]
    found = [each for each in model.findings if type(each).__name__ == "UnkeepableOrphanRule"]
    assert [each.ci_class for each in found] == expected


@pytest.mark.parametrize(
    ("rack", "said"),
    [
        pytest.param(
            {},
            [
                (
                    "class 'rack': nothing can depend on its items, nor depend on anything, so that a "
                    "failure would show no impact; allow a relation that carries it, or say leaf = true or "
                    "operational = false"
                )
            ],
            id="forgotten",
        ),
        pytest.param({"leaf": True}, [], id="declared a leaf"),
        pytest.param({"operational": False}, [], id="not operational"),
        pytest.param(
            {
                "leaf": True,
                "impact_rules": [ImpactRule("pair", "runs_on", "any", "host")],
                "orphan_rule": ["runs_on", "used_by"],
            },
            [
                (
                    "class 'rack': impact rule 'pair' never applies: no runs_on can make its items depend on "
                    "class 'host'; allow that, or remove the rule"
                ),
                (
                    "class 'rack': its orphan rule asks for runs_on or used_by, which no item of it can "
                    "have; allow one of these, or give it a rule of its own"
                ),
            ],
            id="rules in vain",
        ),
    ],
)
def test_a_class_whose_outage_would_show_nothing_is_told(rack, said):
    model = ClassModel(
        [CIClass("host"), CIClass("rack", **rack)],
        TYPES[:2],
        allowed=[AllowedRelation("host", each.name, "host") for each in TYPES[:2]],
    )
    assert list(map(str, model.findings)) == said
