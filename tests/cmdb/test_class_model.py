import pickle
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import (
    STANDARD_RELATION_TYPES,
    AllowedRelation,
    AtLeast,
    CIClass,
    ClassModel,
    Facet,
    ImpactRule,
    RelationType,
)
from itsmkit.conditions import FactSchema, FactType
from itsmkit.errors import DefinitionError

NAMES = ["host", "virtual machine", "rack", "switch", "shop"]


@st.composite
def models(draw):
    """Make a model of a few classes, some of them kinds of others, and of what may be related."""
    parents = {
        name: draw(st.none() | st.sampled_from(NAMES[:place])) if place else None
        for place, name in enumerate(NAMES)
    }
    ends = st.sampled_from([*NAMES, "*"])
    types = st.sampled_from(["runs_on", "connects_to"])
    allowed = draw(st.lists(st.builds(AllowedRelation, ends, types, ends), unique_by=str, max_size=4))
    return ClassModel(
        [CIClass(name, parent) for name, parent in parents.items()], STANDARD_RELATION_TYPES, allowed=allowed
    )


def ancestors(model, name):
    by_name = {each.name: each for each in model.classes}
    found = []
    while name is not None:
        found.append(name)
        name = by_name[name].parent
    return found


# What there is


@given(models(), st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_a_class_is_itself_and_all_that_it_is_a_kind_of(model, name, other):
    assert model.lineage(name) == tuple(ancestors(model, name))
    assert model.is_a(name, other) == (other in ancestors(model, name))
    assert model.is_a(name, "*")
    assert model.subclasses(name) == tuple(sorted(each for each in NAMES if name in ancestors(model, each)))


@given(models(), st.sampled_from(NAMES), st.sampled_from(["runs_on", "connects_to"]), st.sampled_from(NAMES))
def test_a_relation_is_allowed_if_some_line_allows_it_or_none_speaks_of_its_type(model, source, name, target):
    def fits(ci_class, asked):
        return asked == "*" or asked in ancestors(model, ci_class)

    lines = [each for each in model.allowed if each.relation_type == name]
    expected = [
        each
        for each in lines
        if (fits(source, each.source) and fits(target, each.target))
        or (name == "connects_to" and fits(target, each.source) and fits(source, each.target))
    ]
    assert model.allowing(source, name, target) == tuple(expected)
    assert model.allows(source, name, target) == (bool(expected) or not lines)


def test_classes_and_types_are_found_by_their_names():
    model = ClassModel([CIClass("host")], STANDARD_RELATION_TYPES)
    assert model.ci_class("host") == model.classes[0]
    assert model.relation_type("runs_on").inverse == "runs"
    assert model.knows("host")
    assert not model.knows("hots")
    assert model.knows_type("runs_on")
    assert not model.knows_type("runs")
    with pytest.raises(DefinitionError, match="no class 'hots'; did you mean 'host'"):
        model.ci_class("hots")
    with pytest.raises(DefinitionError, match="'runs' is the inverse of 'runs_on': swap"):
        model.relation_type("runs")
    with pytest.raises(DefinitionError, match="'run_on' is no relation type; did you mean 'runs_on'"):
        model.relation_type("run_on")


def test_without_classes_any_name_will_do_and_is_its_own_facet():
    model = ClassModel()
    assert model.knows("service")
    assert model.lineage("service") == ("service",)
    assert model.facets_of("service") == {"service"}
    assert model.is_operational("service")
    assert not model.is_leaf("service")
    assert model.allows("service", "runs_on", "host")


def test_nothing_is_asked_of_an_unknown_class():
    model = ClassModel([CIClass("host", attributes={"ram": "number"})])
    assert model.facets_of("rack") == frozenset()
    assert model.attributes_of("rack").types == {}
    assert model.subclasses("rack") == ()


# What holds of a class

WHOLE = ClassModel(
    [
        CIClass(
            "device",
            facets=["bought"],
            attributes={"serial": "text", "size": "number"},
            identifiers=[["serial"], ["name"]],
            required=["serial"],
            recommended=["price", "size"],
            impact_rules=[ImpactRule("power", "powered_by", "any"), ImpactRule("net", "depends_on", "any")],
            stale_after=timedelta(days=90),
            orphan_rule=["powered_by"],
            leaf=True,
            operational=False,
        ),
        CIClass(
            "server",
            "device",
            facets=["networked"],
            attributes={"size": "text"},
            required=["size"],
            impact_rules=[ImpactRule("power", "powered_by", "at least 2")],
        ),
        CIClass("mainframe", "server", identifiers=[["size"]], orphan_rule=[], leaf=False, operational=True),
        CIClass("laptop", "server", inherit=False, recommended=["address"]),
        CIClass("tablet", "laptop", stale_after=timedelta(days=1)),
    ],
    STANDARD_RELATION_TYPES,
    [
        Facet("bought", {"price": "number"}),
        Facet("networked", FactSchema({"address": FactType("text"), "price": FactType("text")})),
    ],
)


def test_rules_are_inherited_until_a_class_says_otherwise():
    assert WHOLE.identifiers_of("server") == (("serial",), ("name",))
    assert WHOLE.identifiers_of("mainframe") == (("size",),)
    assert WHOLE.required_of("mainframe") == ("serial", "size")
    assert WHOLE.recommended_of("device") == ("price", "size")
    assert WHOLE.recommended_of("server") == ("price",)
    assert WHOLE.stale_after("server") == timedelta(days=90)
    assert WHOLE.orphan_rule("server") == ("powered_by",)
    assert WHOLE.orphan_rule("mainframe") == ()


def test_an_impact_rule_replaces_that_of_the_same_name_and_keeps_the_others():
    assert [(each.name, str(each.rule)) for each in WHOLE.impact_rules_of("server")] == [
        ("net", "any"),
        ("power", "at least 2"),
    ]
    assert WHOLE.impact_rules_of("device")[1].rule == WHOLE.ci_class("device").impact_rules[0].rule
    assert ImpactRule("power", "powered_by", "at least 2").rule == AtLeast(2)


def test_a_class_that_does_not_inherit_has_no_rules_but_its_own_and_hands_these_on():
    for name in ("laptop", "tablet"):
        assert WHOLE.identifiers_of(name) == ()
        assert WHOLE.required_of(name) == ()
        assert WHOLE.recommended_of(name) == ("address",)
        assert WHOLE.impact_rules_of(name) == ()
        assert WHOLE.orphan_rule(name) == ()
    assert WHOLE.stale_after("laptop") is None
    assert WHOLE.stale_after("tablet") == timedelta(days=1)


def test_what_a_class_is_its_subclasses_are_whether_they_inherit_rules_or_not():
    assert WHOLE.facets_of("tablet") == {"bought", "networked"}
    assert WHOLE.is_leaf("tablet")
    assert not WHOLE.is_operational("tablet")
    assert not WHOLE.is_leaf("mainframe")
    assert WHOLE.is_operational("mainframe")


def test_of_attributes_of_one_name_that_of_the_nearest_class_holds():
    types = WHOLE.attributes_of("mainframe").types
    assert {name: each.kind.value for name, each in types.items()} == {
        "serial": "text",
        "size": "text",
        "price": "text",
        "address": "text",
    }
    assert WHOLE.attributes_of("device").types["price"].kind == "number"


def test_what_was_asked_before_is_answered_from_what_is_kept():
    assert WHOLE.attributes_of("tablet") is WHOLE.attributes_of("tablet")
    copy = pickle.loads(pickle.dumps(WHOLE))
    assert copy == WHOLE
    assert copy.required_of("mainframe") == ("serial", "size")


def test_attributes_may_be_declared_in_several_ways():
    declared = {"size": {"kind": "number", "optional": False}, "vip": FactType("truth")}
    found = CIClass("host", attributes=declared).attributes
    assert found == FactSchema({"size": FactType("number", optional=False), "vip": FactType("truth")})


def test_alike_ends_are_those_of_a_type_that_is_its_own_inverse():
    model = ClassModel(relation_types=STANDARD_RELATION_TYPES)
    assert [each.name for each in STANDARD_RELATION_TYPES if model.is_symmetric(each.name)] == ["connects_to"]
    assert not model.is_symmetric("unknown")


# What is wrong


def test_all_that_is_no_part_of_a_class_is_told_at_once():
    with pytest.raises(DefinitionError) as raised:
        CIClass("a", 3, impact_rules=["x"], stale_after=5, operational="no", leaf=1, inherit=None)
    assert raised.value.problems == (
        "class 'a': parent: must be a name without surrounding spaces, not int 3",
        "class 'a': impact_rules[0]: must be an ImpactRule, not str 'x'",
        "class 'a': stale_after: must be a timedelta, not int 5",
        "class 'a': operational: must be True, False or None, not str 'no'",
        "class 'a': leaf: must be True, False or None, not int 1",
        "class 'a': inherit: must be True or False, not NoneType None",
    )


def test_all_that_is_no_part_of_a_model_is_told_at_once():
    said = (
        "classes[0]: must be a CIClass, not str 'a'",
        "relation_types[0]: must be a RelationType, not str 'b'",
        "facets[0]: must be a Facet, not str 'c'",
        "allowed[0]: must be an AllowedRelation, not str 'd'",
    )
    for make in (
        lambda: ClassModel(["a"], ["b"], ["c"], ["d"]),
        lambda: ClassModel().extended(classes=["a"], relation_types=["b"], facets=["c"], allowed=["d"]),
    ):
        with pytest.raises(DefinitionError) as raised:
            make()
        assert raised.value.problems == said


@pytest.mark.parametrize(
    ("make", "problems"),
    [
        pytest.param(
            lambda: CIClass(
                "*",
                facets=["a", "a"],
                attributes={"name": "text"},
                identifiers=[[], ["x", "x"]],
                required=[""],
                impact_rules=[ImpactRule("r", "runs_on", "any"), ImpactRule("r", "runs_on", "all")],
                stale_after=timedelta(),
                orphan_rule=["p", "p"],
            ),
            [
                "class '*': attributes: 'name' is what every item is called; leave it out",
                "class '*': name: stands for every class; call it otherwise",
                "class '*': facets: 'a' stands there more than once",
                "class '*': required[0]: must be a name without surrounding spaces, not str ''",
                "class '*': orphan_rule: 'p' stands there more than once",
                "class '*': identifiers[0]: at least one attribute is needed",
                "class '*': identifiers[1]: 'x' stands there more than once",
                "class '*': impact_rules: 'r' stands there more than once",
                "class '*': stale_after: must be longer than no time at all, not 0:00:00",
            ],
            id="a class",
        ),
        pytest.param(
            lambda: Facet("f", {"name": "text"}),
            ["facet 'f': attributes: 'name' is what every item is called; leave it out"],
            id="a facet",
        ),
        pytest.param(
            lambda: CIClass("host", attributes={"ram": "nubmer"}),
            ["attributes.ram: unknown kind 'nubmer'; did you mean number?"],
            id="an attribute of no kind",
        ),
        pytest.param(
            lambda: CIClass("host", attributes=3),
            ["attributes: must be a mapping from facts to their types, not the number 3"],
            id="attributes that are none",
        ),
        pytest.param(
            lambda: AllowedRelation(
                "a",
                "runs_on",
                "b",
                at_least_targets=-1,
                at_most_targets=0,
                at_least_sources=3,
                at_most_sources=2,
            ),
            [
                "allowed 'a runs_on b': at_least_targets: must be a whole number of 0 or more, not int -1",
                "allowed 'a runs_on b': at_most_targets: must be a whole number of 1 or more, not int 0",
                "allowed 'a runs_on b': at_most_sources: 2 is less than at_least_sources, which is 3",
            ],
            id="a cardinality",
        ),
        pytest.param(
            lambda: ClassModel(
                [
                    CIClass("a", "b"),
                    CIClass("b", "c"),
                    CIClass("c", "b"),
                    CIClass("d", "d"),
                    CIClass("a", "nowhere"),
                ],
                [RelationType("runs_on", "runs", "reverse"), RelationType("runs", "run_by", "none")],
                [Facet("f"), Facet("f")],
                [AllowedRelation("a", "runs_on", "x"), AllowedRelation("a", "runs_on", "x")],
            ),
            [
                "classes: 'a' stands there more than once",
                "facets: 'f' stands there more than once",
                "relation_types: 'runs' stands there more than once",
                "allowed: 'a runs_on x' stands there more than once",
                "classes: b is a c is a b: a class cannot be its own ancestor",
                "classes: d is a d: a class cannot be its own ancestor",
                "class 'a'.parent: no class 'nowhere'; known: a, b, c, d",
                "allowed 'a runs_on x': no class 'x'; known: a, b, c, d",
                "allowed 'a runs_on x': no class 'x'; known: a, b, c, d",
            ],
            id="a model",
        ),
        pytest.param(
            lambda: ClassModel(
                [
                    CIClass(
                        "host",
                        facets=["networkd"],
                        required=["ram"],
                        recommended=["size"],
                        identifiers=[["name", "seril"]],
                        attributes={"serial": "text"},
                        impact_rules=[ImpactRule("r", "runs", "any", "hots")],
                        orphan_rule=["contain"],
                    )
                ],
                STANDARD_RELATION_TYPES,
                [Facet("networked")],
                [AllowedRelation("*", "hosts", "*")],
            ),
            [
                "class 'host'.facets: no facet 'networkd'; did you mean 'networked'?",
                (
                    "class 'host'.impact_rules: 'r': 'runs' is the inverse of 'runs_on': swap source and "
                    "target, and say that"
                ),
                "class 'host'.impact_rules: 'r': no class 'hots'; did you mean 'host'?",
                "class 'host'.orphan_rule: 'contain' is no relation type; did you mean 'contains'?",
                "class 'host'.required: no attribute 'ram'; known: serial",
                "class 'host'.recommended: no attribute 'size'; known: serial",
                "class 'host'.identifiers[0]: no attribute 'seril'; did you mean 'serial'?",
                (
                    "allowed '* hosts *': 'hosts' is no relation type; known: depends_on, runs_on, used_by, "
                    "contains, composed_of, powered_by, connects_to, documented_by"
                ),
            ],
            id="names that are not there",
        ),
    ],
)
def test_all_that_is_wrong_is_told_at_once_and_where(make, problems):
    with pytest.raises(DefinitionError) as raised:
        make()
    assert list(raised.value.problems) == problems


def test_facets_that_differ_need_a_word_of_the_class():
    facets = [Facet("f", {"x": "text", "y": "text"}), Facet("g", {"x": "number", "y": "text"})]
    with pytest.raises(
        DefinitionError, match="facets: 'f' and 'g' differ in attribute 'x'; say in attributes"
    ):
        ClassModel([CIClass("host", facets=["f", "g"])], facets=facets)
    model = ClassModel([CIClass("host", facets=["f", "g"], attributes={"x": "text"})], facets=facets)
    assert model.attributes_of("host").types["x"].kind == "text"


# What is added

BASE = ClassModel(
    [CIClass("host"), CIClass("rack")],
    STANDARD_RELATION_TYPES,
    [Facet("bought", {"price": "number"})],
    [AllowedRelation("rack", "contains", "host")],
)


def test_what_is_added_may_build_on_what_is_there():
    more = BASE.extended(
        classes=[CIClass("mainframe", "host", facets=["bought", "cooled"])],
        relation_types=[RelationType("cooled_by", "cools", "reverse")],
        facets=[Facet("cooled")],
        allowed=[AllowedRelation("mainframe", "cooled_by", "rack")],
    )
    assert [each.name for each in more.classes] == ["host", "rack", "mainframe"]
    assert more.attributes_of("mainframe").types.keys() == {"price"}
    assert more.allows("mainframe", "cooled_by", "rack")
    assert more.allowed[0] == BASE.allowed[0]


def test_what_is_replaced_stays_in_its_place():
    other = AllowedRelation("rack", "contains", "host", at_most_sources=1)
    more = BASE.extended(
        classes=[CIClass("host", leaf=True)], allowed=[other], replacing=["host", "rack contains host"]
    )
    assert more.classes == (CIClass("host", leaf=True), CIClass("rack"))
    assert more.allowed == (other,)


def test_nothing_is_redefined_by_accident():
    with pytest.raises(DefinitionError) as raised:
        BASE.extended(
            classes=[CIClass("host", leaf=True), CIClass("rack")],
            relation_types=[RelationType("runs_on", "runs", "none")],
            facets=[Facet("bought")],
            allowed=[AllowedRelation("rack", "contains", "host", at_most_sources=1)],
            replacing=["rack", "bugoht"],
        )
    way_out = "is there already, and different; say that it is to be replaced by"
    assert raised.value.problems == (
        f"classes: 'host' {way_out} replacing=['host'], or call it otherwise",
        f"relation_types: 'runs_on' {way_out} replacing=['runs_on'], or call it otherwise",
        f"facets: 'bought' {way_out} replacing=['bought'], or call it otherwise",
        f"allowed: 'rack contains host' {way_out} replacing=['rack contains host'], or call it otherwise",
        "replacing: 'bugoht' must stand both in the model and in what is added to it",
    )


def test_what_is_added_twice_is_told():
    with pytest.raises(DefinitionError, match="classes: 'vm' stands there more than once"):
        BASE.extended(classes=[CIClass("vm"), CIClass("vm", leaf=True)])


@given(models())
def test_a_model_with_itself_or_with_nothing_is_itself(model):
    assert model | model == model
    assert model | ClassModel() == model
    assert ClassModel() | model == model
    assert model.extended() == model


def test_models_that_have_nothing_different_join():
    other = ClassModel([CIClass("shop")], STANDARD_RELATION_TYPES)
    joined = BASE | other
    assert [each.name for each in joined.classes] == ["host", "rack", "shop"]
    with pytest.raises(DefinitionError, match="'host' is there already"):
        BASE | ClassModel([CIClass("host", leaf=True)])
    with pytest.raises(TypeError):
        BASE | "standard"


def test_a_cardinality_is_said_of_both_ends():
    allowed = AllowedRelation("a", "runs_on", "b", at_least_targets=1, at_most_sources=2)
    assert allowed.is_bounded
    assert allowed.bounds("targets") == (1, None)
    assert allowed.bounds("sources") == (0, 2)
    assert allowed.key == ("a", "runs_on", "b")
    assert not AllowedRelation("a", "runs_on", "b").is_bounded
