import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.interchange.inventory import ImportLimits, ImportSeverity, InventoryFileError, read_backstage
from itsmkit.interchange.inventory._backstage_terms import EDGES, SPEC_EDGES, EntityRef, class_of

FIXTURES = Path(__file__).parent / "fixtures"
SEEN_AT = datetime(2026, 4, 2, tzinfo=UTC)


def read(text, **options):
    return read_backstage(io.BytesIO(text.encode()), seen_at=SEEN_AT, **options)


def an_entity(kind, name, *, namespace=None, relations=(), **spec):
    metadata = {"name": name} if namespace is None else {"name": name, "namespace": namespace}
    entity = {"apiVersion": "backstage.io/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec}
    return {**entity, "relations": [*relations]} if relations else entity


def read_entities(*entities):
    return read(json.dumps(entities))


def by_key(importing):
    return {each.key: each for each in importing}


def related(records):
    return {
        (*((each.other, record.key) if each.from_other else (record.key, each.other)), each.type)
        for record in records
        for each in record.relations
    }


@pytest.fixture(scope="module")
def store():
    importing = read_backstage(FIXTURES / "backstage.yaml", seen_at=SEEN_AT)
    return by_key(importing), importing.report


def test_the_classes_follow_kinds_and_types(store):
    assert {key: (each.ci_class, each.name) for key, each in store[0].items()} == {
        "domain:default/commerce": ("business service", "Commerce"),
        "system:default/store": ("technical service", "store"),
        "component:default/storefront": ("application", "Storefront"),
        "component:default/order-service": ("application", "order-service"),
        "component:default/cart-lib": ("software", "cart-lib"),
        "component:default/worse": ("application", "worse"),
        "api:default/orders": ("api", "orders"),
        "resource:default/orders-db": ("database", "orders-db"),
        "resource:default/pictures": ("storage volume", "pictures"),
        "group:default/example": ("organisation", "Example Ltd"),
        "group:default/shop-team": ("group", "shop-team"),
        "user:default/ada": ("person", "Ada L."),
    }


def test_references_become_relations(store):
    owned = {
        *("domain:default/commerce", "system:default/store", "component:default/storefront"),
        *("component:default/cart-lib", "api:default/orders", "resource:default/orders-db"),
        "resource:default/pictures",
    }
    assert related(store[0].values()) == {
        *((key, "group:default/shop-team", "operated_by") for key in owned),
        ("component:default/order-service", "user:default/ada", "operated_by"),
        ("domain:default/commerce", "system:default/store", "composed_of"),
        ("system:default/store", "component:default/storefront", "composed_of"),
        ("system:default/store", "component:default/order-service", "composed_of"),
        ("system:default/store", "api:default/orders", "composed_of"),
        ("system:default/store", "resource:default/orders-db", "composed_of"),
        ("system:default/store", "resource:default/pictures", "depends_on"),
        ("component:default/storefront", "component:default/order-service", "composed_of"),
        ("component:default/storefront", "resource:default/orders-db", "depends_on"),
        ("component:default/storefront", "component:default/cart-lib", "depends_on"),
        ("component:default/storefront", "api:default/orders", "depends_on"),
        ("api:default/orders", "component:default/order-service", "depends_on"),
        ("component:default/order-service", "api:elsewhere/billing", "depends_on"),
        ("component:default/order-service", "resource:default/orders-db", "depends_on"),
        ("group:default/shop-team", "group:default/example", "member_of"),
        ("user:default/ada", "group:default/shop-team", "member_of"),
    }


def test_attributes_are_those_of_the_class(store):
    assert store[0]["api:default/orders"].attributes == {"api_type": "openapi"}
    assert store[0]["component:default/storefront"].attributes == {"lifecycle": "live"}
    assert store[0]["user:default/ada"].attributes == {"email": "ada@example.com"}


def test_nothing_is_fetched_but_told(store):
    fields = {each.field: each.problem for each in store[1].of(ImportSeverity.FIELD)}
    assert "not fetched" in fields["target ./a/catalog-info.yaml"]
    assert "not fetched" in fields["target ./b/catalog-info.yaml"]
    assert "not fetched" in fields["spec.definition"]
    assert {"kind location", "kind template"} <= set(fields)


def test_an_entity_that_is_elsewhere_is_told_and_not_lost(store):
    found = [each for each in store[1].of(ImportSeverity.VALUE) if "elsewhere" in each.field]
    assert [each.record for each in found] == ["component:default/order-service"]


def test_what_is_left_out_is_told_with_its_document(store):
    left_out = store[1].of(ImportSeverity.RECORD)
    assert [each.position.partition(" (")[0] for each in left_out] == [
        f"document {number}" for number in (14, 15, 16, 16, 17)
    ]
    assert "'Spaceship'" in left_out[0].problem
    assert "stands twice" in left_out[4].problem


def test_relations_of_the_api_are_those_of_the_spec():
    records = by_key(read_backstage(FIXTURES / "backstage-api.json", seen_at=SEEN_AT))
    assert related(records.values()) == {
        ("component:pos/till", "group:pos/cashiers", "operated_by"),
        ("api:pos/receipts", "group:pos/cashiers", "operated_by"),
        ("system:pos/counter", "group:pos/cashiers", "operated_by"),
        ("system:pos/counter", "component:pos/till", "composed_of"),
        ("api:pos/receipts", "component:pos/till", "depends_on"),
        ("user:pos/ada", "group:pos/cashiers", "member_of"),
    }


def test_an_answer_with_items_is_read_as_well():
    document = {"items": [an_entity("Component", "a")], "totalItems": 1, "pageInfo": {}, "more": 1}
    importing = read(json.dumps(document))
    assert [each.key for each in importing] == ["component:default/a"]
    assert [each.field for each in importing.report.findings] == ["more"]
    assert not list(read(json.dumps({"items": [], "totalItems": 0})))


def test_one_entity_may_stand_alone():
    assert [each.key for each in read(json.dumps(an_entity("API", "b")))] == ["api:default/b"]


def test_an_entity_that_stands_twice_is_taken_once():
    importing = read_entities(an_entity("API", "b", type="grpc"), an_entity("Api", "B", type="soap"))
    assert [each.attributes["api_type"] for each in importing] == ["grpc"]
    assert importing.report.left_out == 1


@pytest.mark.parametrize("value", [[], {}, "", None])
def test_what_says_nothing_is_not_told(value):
    importing = read_entities({**an_entity("API", "b"), "status": value})
    assert list(importing)
    assert not importing.report.findings


def test_entities_of_other_systems_are_left_out():
    importing = read_entities(
        an_entity("API", "b"), {**an_entity("Group", "c"), "apiVersion": "user.example/v1"}
    )
    assert [each.key for each in importing] == ["api:default/b"]
    assert "user.example/v1" in importing.report.of(ImportSeverity.RECORD)[0].problem


def test_what_a_template_has_yet_to_fill_in_is_left_out():
    importing = read("kind: Component\nmetadata:\n  name: ${{ values.name }}\n")
    assert not list(importing)
    assert "placeholder" in importing.report.of(ImportSeverity.RECORD)[0].problem


def test_an_alias_bomb_is_refused():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    importing = read("kind: Component\nmetadata: {name: a}\n" + "\n".join(lines))
    assert not list(importing)
    (found,) = importing.report.of(ImportSeverity.RECORD)
    assert "values, aliases counted each time" in found.problem


def test_documents_with_too_much_are_left_out_and_the_rest_goes_on():
    deep = "kind: Component\nmetadata: {name: a}\nspec: " + "[" * 30 + "]" * 30
    fine = "kind: Component\nmetadata: {name: b}"
    importing = read(f"{deep}\n---\n{fine}\n", limits=ImportLimits(depth=20))
    assert [each.key for each in importing] == ["component:default/b"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("swagger: '2.0'\npaths: {}\n", "is no catalogue of Backstage"),
        ("- 1\n- 2\n", "is no catalogue of Backstage"),
        ("# nothing\n", "nothing is in it"),
        ("a: [1\n", "is not valid YAML"),
        ("7", "is no catalogue of Backstage"),
    ],
)
def test_what_is_no_catalogue_is_refused(text, sentence):
    with pytest.raises(InventoryFileError, match=sentence):
        next(read(text))


def test_an_organisation_has_no_attribute_of_a_component():
    (record,) = read_entities(an_entity("System", "a", profile={"email": "x@example.com"}))
    assert not record.attributes


@pytest.mark.parametrize(
    ("entity_type", "ci_class"),
    [
        ("database", "database"),
        ("MySQL Server", "database"),
        ("kafka-cluster", "middleware"),
        ("s3_bucket", "storage volume"),
        ("kubernetes cluster", "cluster"),
        ("EC2", "virtual machine"),
        ("host", "host"),
        ("container", "container"),
        ("teapot", "technical service"),
        (None, "technical service"),
    ],
)
def test_a_resource_is_what_its_type_names(entity_type, ci_class):
    assert class_of("resource", entity_type) == ci_class


# References


NAMES = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,8}\Z")


@given(NAMES, NAMES, NAMES, NAMES, NAMES)
def test_a_reference_says_what_it_says_and_the_rest_is_as_usual(kind, namespace, name, usual, here):
    for text, parts in {
        name: (usual, here, name),
        f"{namespace}/{name}": (usual, namespace, name),
        f"{kind}:{name}": (kind, here, name),
        f"{kind}:{namespace}/{name}": (kind, namespace, name),
    }.items():
        expected = "{}:{}/{}".format(*parts).casefold()
        assert EntityRef.of(text, usual, here).key == expected
        told = {"kind": parts[0], "namespace": parts[1], "name": parts[2]}
        assert EntityRef.of(told, usual, here).key == expected


@pytest.mark.parametrize(
    "told", [None, "", "a:b:c", "a/b/c", "/a", "a:", 7, {"kind": "x"}, {"name": 7}, [], " : "]
)
def test_anything_else_is_no_reference(told):
    assert EntityRef.of(told, "component", "default") is None


OPPOSITES = {
    "ownedBy": "ownerOf",
    "partOf": "hasPart",
    "dependsOn": "dependencyOf",
    "providesApi": "apiProvidedBy",
    "consumesApi": "apiConsumedBy",
    "memberOf": "hasMember",
    "childOf": "parentOf",
}


def test_every_relation_has_its_opposite():
    assert {*OPPOSITES, *OPPOSITES.values()} == set(EDGES)


@pytest.mark.parametrize(("one", "other"), OPPOSITES.items())
def test_both_ends_tell_the_same(one, other):
    assert EDGES[one].relation_type == EDGES[other].relation_type
    assert EDGES[one].from_other is not EDGES[other].from_other


@given(st.data())
@settings(max_examples=60)
def test_what_the_spec_says_the_relations_of_the_api_say_as_well(data):
    """The API derives the relations of an entity from its spec: reading both gives no more than the spec."""
    relation_names = {
        "owner": "ownedBy",
        "system": "partOf",
        "subcomponentOf": "partOf",
        "dependsOn": "dependsOn",
        "dependencyOf": "dependencyOf",
        "providesApis": "providesApi",
        "consumesApis": "consumesApi",
    }
    spec, relations = {}, []
    for name in data.draw(st.sets(st.sampled_from(sorted(relation_names)))):
        refs = data.draw(st.lists(NAMES, min_size=1, max_size=2, unique_by=str.casefold))
        spec[name] = refs if name.endswith(("On", "Of", "Apis")) and name != "subcomponentOf" else refs[0]
        for ref in spec[name] if isinstance(spec[name], list) else [spec[name]]:
            key = f"{SPEC_EDGES[name].kind}:default/{ref}"
            relations.append({"type": relation_names[name], "targetRef": key})
    plain = list(read_entities(an_entity("Component", "mine", **spec)))
    both = list(read_entities(an_entity("Component", "mine", relations=relations, **spec)))
    assert related(plain) == related(both)
