import json
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit._documents import toml_text
from itsmkit.cmdb import (
    STANDARD_RELATION_TYPES,
    AllowedRelation,
    AtLeast,
    CIClass,
    ClassModel,
    Facet,
    Flow,
    ImpactRule,
    RelationType,
)
from itsmkit.cmdb.class_model_form import (
    class_model_from,
    class_model_to_mapping,
    load_class_model,
    standard_class_model,
)
from itsmkit.errors import DefinitionError


@settings(max_examples=60)
@given(data=st.data())
def test_a_model_that_is_written_reads_back_as_it_was(data, models):
    model = data.draw(models)
    plain = class_model_to_mapping(model)
    assert class_model_from(plain) == model
    assert class_model_from(json.loads(json.dumps(plain))) == model
    assert class_model_from(tomllib.loads(toml_text(plain))) == model


def test_only_what_is_added_to_the_standard_model_is_written():
    model = standard_class_model().extended(
        classes=[CIClass("camera", "device", leaf=True), CIClass("printer", "device")],
        allowed=[AllowedRelation("camera", "used_by", "camera")],
        replacing=["printer"],
    )
    assert class_model_to_mapping(model) == {
        "extends": "standard",
        "replacing": ["printer"],
        "classes": [
            {"name": "printer", "parent": "device"},
            {"name": "camera", "parent": "device", "leaf": True},
        ],
        "allowed": ["camera used_by camera"],
    }
    assert class_model_to_mapping(ClassModel()) == {"standard_relation_types": False}
    assert class_model_to_mapping(ClassModel(relation_types=STANDARD_RELATION_TYPES)) == {}


DOCUMENT = """
[[facets]]
name = "rented"
attributes = { landlord = "text" }

[[relation_types]]
name = "cooled_by"
inverse = "cools"
flow = "reverse"
effect = "at most degraded"

[[classes]]
name = "rack"
facets = ["rented"]
attributes = { units = "number" }
required = ["units"]
stale_after = "90d"

[[classes.impact_rules]]
name = "cooling"
relation_type = "cooled_by"
rule = "at least 2"

[[classes]]
name = "cooling unit"

[[allowed]]
source = ["rack", "cooling unit"]
type = "cooled_by"
target = "cooling unit"
at_most_targets = 2
"""


def test_a_model_reads_as_it_is_written_by_hand(tmp_path):
    path = tmp_path / "model.toml"
    path.write_text(
        'allowed = ["cooling unit powered_by rack"]\n' + DOCUMENT.split("[[allowed]]", maxsplit=1)[0], "utf-8"
    )
    assert load_class_model(path).allowed == (AllowedRelation("cooling unit", "powered_by", "rack"),)
    path.write_text(DOCUMENT, "utf-8")
    model = load_class_model(path)
    assert model.relation_types[: len(STANDARD_RELATION_TYPES)] == STANDARD_RELATION_TYPES
    assert model.relation_type("cooled_by").flow is Flow.REVERSE
    assert model.facets == (Facet("rented", {"landlord": "text"}),)
    assert model.impact_rules_of("rack") == (ImpactRule("cooling", "cooled_by", AtLeast(2)),)
    assert model.stale_after("rack").days == 90
    assert model.allowed == (
        AllowedRelation("rack", "cooled_by", "cooling unit", at_most_targets=2),
        AllowedRelation("cooling unit", "cooled_by", "cooling unit", at_most_targets=2),
    )


def test_the_standard_model_is_known_by_its_name():
    assert class_model_from("standard") is standard_class_model()
    assert class_model_from({"extends": "standard"}) == standard_class_model()


def test_a_file_that_is_no_model_is_refused_with_its_name(tmp_path):
    path = tmp_path / "model.json"
    path.write_text('{"clases": []}', "utf-8")
    with pytest.raises(
        DefinitionError, match=r"^model.json: clases: is not known here; did you mean classes"
    ):
        load_class_model(path)


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        pytest.param(3, ["m: must be a table, not 3"], id="no table"),
        pytest.param("standart", ["m: must be a table, not 'standart'"], id="another name"),
        pytest.param({"allowed": 3}, ["m.allowed: must be a list, not 3"], id="no list"),
        pytest.param(
            {"extends": "standart", "relation_types": [3, {"inverse": 1}]},
            [
                "m.relation_types[0]: must be a table, not 3",
                "m.relation_types[1].name: is missing",
                "m.relation_types[1].inverse: must be text, not 1",
                "m.relation_types[1].flow: is missing",
                "m.extends: no class model 'standart'; did you mean 'standard'?",
            ],
            id="another base",
        ),
        pytest.param(
            {"extends": "standard", "standard_relation_types": False},
            [
                "m.standard_relation_types: the standard class model has them; leave it out, or extends",
            ],
            id="the standard model without its types",
        ),
        pytest.param(
            {
                "allowed": [
                    "a runs_on",
                    {"source": [], "type": "runs_on", "target": "b", "at_most_target": 1},
                    {"source": [], "type": "runs_on", "target": []},
                    {"source": "a", "type": "runs_on", "target": "b", "at_most_targets": 0},
                    3,
                ]
            },
            [
                (
                    "m.allowed[0]: must read as source, relation type and target, such as 'web runs_on "
                    "host', not 'a runs_on'; write a table if a name has spaces in it"
                ),
                "m.allowed[1].at_most_target: is not known here; did you mean at_most_targets?",
                "m.allowed[2]: source: at least one class is needed",
                "m.allowed[2]: target: at least one class is needed",
                (
                    "m.allowed[3]: allowed 'a runs_on b': at_most_targets: must be a whole number of 1 or "
                    "more, not int 0"
                ),
                "m.allowed[4]: must be a table, not 3",
            ],
            id="what is allowed",
        ),
        pytest.param(
            {"classes": [{"name": "a", "parent": "b"}]},
            ["m: class 'a'.parent: no class 'b'; known: a"],
            id="names that are not there",
        ),
        pytest.param(
            {
                "classes": [
                    {
                        "name": "a",
                        "attributes": {"ram": "nubmer"},
                        "impact_rules": [
                            {"name": "r", "relation_type": "runs_on", "rule": "two"},
                            {"name": "s", "relation_type": "runs_on", "rule": {"need": "x", "weight": 2}},
                            {"name": "t", "relation_type": "runs_on", "rule": {"clauses": [{"weight": 0.5}]}},
                            {"name": "u", "relation_type": "runs_on", "rule": {"clauses": []}},
                        ],
                    }
                ]
            },
            [
                "m.classes[0].attributes: ram: unknown kind 'nubmer'; did you mean number?",
                (
                    "m.classes[0].impact_rules[0].rule: must be all, any, at least 2, 50 %, influence 30 %, "
                    "or a table of weights and need, or of clauses, not str 'two'"
                ),
                (
                    "m.classes[0].impact_rules[1].rule: need: must be a whole number, or a fraction as text "
                    "such as '1/3', not str 'x'"
                ),
                "m.classes[0].impact_rules[1].rule: weight: is not known here; did you mean weights?",
                "m.classes[0].impact_rules[2].rule: clauses[0].members_at: is missing",
                (
                    "m.classes[0].impact_rules[2].rule: clauses[0].weight: must be a whole number, or a "
                    "fraction as text such as '1/3', not float 0.5"
                ),
                "m.classes[0].impact_rules[2].rule: clauses[0].then: is missing",
                "m.classes[0].impact_rules[3].rule: clauses: at least one is needed",
            ],
            id="rules",
        ),
    ],
)
def test_all_that_is_wrong_is_told_at_once_with_its_path(document, problems):
    with pytest.raises(DefinitionError) as raised:
        class_model_from(document, where="m")
    assert list(raised.value.problems) == problems


def test_without_a_place_the_problems_of_the_model_stand_alone():
    with pytest.raises(DefinitionError, match=r"^class 'a'.parent: no class 'b'"):
        class_model_from({"classes": [{"name": "a", "parent": "b"}]})


def test_a_type_of_ones_own_makes_a_sentence_readable():
    model = class_model_from(
        {
            "standard_relation_types": False,
            "relation_types": [{"name": "cools", "inverse": "cooled_by", "flow": "impact"}],
            "classes": [{"name": "cooling unit"}, {"name": "runs_on rack"}],
            "allowed": ["cooling unit cools runs_on rack"],
        }
    )
    assert model.relation_types == (RelationType("cools", "cooled_by", "impact"),)
    assert model.allowed == (AllowedRelation("cooling unit", "cools", "runs_on rack"),)


def test_what_a_sentence_would_say_otherwise_stays_a_table():
    types = [RelationType("is", "is_of", "none"), RelationType("is a", "is of", "none")]
    model = ClassModel(
        [CIClass("host"), CIClass("a host")], types, allowed=[AllowedRelation("host", "is a", "host")]
    )
    plain = class_model_to_mapping(model)
    assert plain["allowed"] == [{"source": "host", "type": "is a", "target": "host"}]
    assert class_model_from(plain) == model
