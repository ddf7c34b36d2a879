import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.interchange.inventory import ImportSeverity, InventoryFileError, read_cyclonedx

FIXTURES = Path(__file__).parent / "fixtures"
SEEN_AT = datetime(2026, 4, 2, tzinfo=UTC)


def read(document, **options):
    return read_cyclonedx(io.BytesIO(json.dumps(document).encode()), seen_at=SEEN_AT, **options)


def a_bill(*components, **more):
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [*components], **more}


def by_key(importing):
    return {each.key: each for each in importing}


def related(records):
    return {
        (*((each.other, record.key) if each.from_other else (record.key, each.other)), each.type)
        for record in records
        for each in record.relations
    }


def fields(importing, severity):
    return {each.field for each in importing.report.of(severity)}


# What becomes of a whole bill


@pytest.fixture(scope="module")
def shop():
    importing = read_cyclonedx(FIXTURES / "cyclonedx-1.6.json", seen_at=SEEN_AT, name="build")
    return by_key(importing), importing.report


def test_the_classes_follow_the_types(shop):
    assert {key: each.ci_class for key, each in shop[0].items()} == {
        "shop": "application",
        "pkg:npm/%40till/cart@1.2.3": "software",
        "cart-tax": "software",
        "spin": "software",
        "os": "software",
        "hsm": "device",
        "hsm-fw": "software",
        "cert": "certificate",
        "odd": "software",
        "plain@7": "software",
        "pay": "technical service",
        "pay-refund": "technical service",
    }


def test_a_component_keeps_what_its_class_declares(shop):
    cart = shop[0]["pkg:npm/%40till/cart@1.2.3"]
    assert cart.name == "@till/cart"
    assert cart.attributes == {
        "version": "1.2.3",
        "purl": "pkg:npm/%40till/cart@1.2.3",
        "cpe": "cpe:2.3:a:till:cart:1.2.3:*:*:*:*:*:*:*",
        "publisher": "Till Ltd",
        "licences": ("MIT", "House licence"),
        "hashes": ("SHA-256:aa11", "SHA-1:bb22"),
    }
    assert [(each.kind, dict(each.attributes)) for each in cart.lookups] == [
        ("package", {"purl": "pkg:npm/%40till/cart@1.2.3"})
    ]


def test_dependencies_and_parts_become_relations(shop):
    assert related(shop[0].values()) == {
        ("shop", "pkg:npm/%40till/cart@1.2.3", "depends_on"),
        ("shop", "spin", "depends_on"),
        ("shop", "pay", "depends_on"),
        ("shop", "cert", "depends_on"),
        ("spin", "os", "depends_on"),
        ("spin", "plain@7", "depends_on"),
        ("pay", "os", "depends_on"),
        ("pkg:npm/%40till/cart@1.2.3", "cart-tax", "composed_of"),
        ("hsm-fw", "hsm", "runs_on"),
        ("pay", "pay-refund", "composed_of"),
    }


def test_the_records_were_seen_when_the_bill_was_made(shop):
    assert {each.seen_at for each in shop[0].values()} == {datetime(2026, 4, 1, 6, 30, tzinfo=UTC)}
    assert {each.source for each in shop[0].values()} == {"build"}


def test_what_dangles_is_told_by_its_name(shop):
    told = {each.field for each in shop[1].of(ImportSeverity.VALUE)}
    assert {"dependsOn 'gone'", "dependsOn 'urn:cdx:other/1#x'", "ref 'nobody'"} <= told


def test_a_reference_that_stands_twice_keeps_the_first(shop):
    assert shop[0]["spin"].name == "spin"
    left_out = shop[1].of(ImportSeverity.RECORD)
    assert [each.record for each in left_out] == ["spin", "nameless"]


def test_without_dependencies_the_whole_is_composed_of_all():
    importing = read_cyclonedx(FIXTURES / "cyclonedx-1.2.json", seen_at=SEEN_AT)
    records = by_key(importing)
    assert related(records.values()) == {
        ("gate@11", "org.example/lock@1", "composed_of"),
        ("gate@11", "pkg:generic/hinge", "composed_of"),
    }
    assert records["org.example/lock@1"].attributes["publisher"] == "L. Smith"
    assert {each.seen_at for each in records.values()} == {SEEN_AT}
    assert fields(importing, ImportSeverity.VALUE) == {"metadata.timestamp"}


# What is no bill


@pytest.mark.parametrize("version", ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"])
def test_every_version_that_has_json_is_read(version):
    assert not list(read({"bomFormat": "CycloneDX", "specVersion": version, "components": None}))


@pytest.mark.parametrize("version", ["1.1", "2.0", None, 7, "", ["1.4"]])
def test_another_version_is_refused_in_one_sentence(version):
    with pytest.raises(InventoryFileError, match=r"specVersion must be one of 1\.2, ") as refused:
        next(read({"specVersion": version, "bomFormat": "CycloneDX"}))
    assert len(refused.value.problems) == 1


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        pytest.param(
            {"bomFormat": "SPDX", "specVersion": "1.4"}, "bomFormat must be 'CycloneDX'", id="format"
        ),
        pytest.param({"spdxVersion": "SPDX-2.3"}, "is an SPDX document", id="SPDX"),
        pytest.param([], "nothing|must hold an object|bomFormat", id="empty list"),
        pytest.param([1], "must hold an object", id="list"),
    ],
)
def test_what_is_no_bill_is_refused(document, sentence):
    with pytest.raises(InventoryFileError, match=sentence):
        next(read(document))


def test_xml_is_refused_and_json_named():
    text = b'\xef\xbb\xbf <?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.4"/>'
    with pytest.raises(InventoryFileError, match="is XML; export it as CycloneDX JSON"):
        next(read_cyclonedx(io.BytesIO(text), seen_at=SEEN_AT))


def test_a_schema_says_what_it_is_too():
    document = {"$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json", "specVersion": "1.5"}
    assert not list(read(document))


# Parts that are not as they should be


@pytest.mark.parametrize(
    ("document", "record"),
    [
        pytest.param(a_bill("text"), "", id="component that is text"),
        pytest.param(a_bill(components="text"), "", id="components that are text"),
        pytest.param(a_bill(metadata={"component": 7}), "", id="whole that is a number"),
        pytest.param(a_bill({"name": "a", "components": {"name": "b"}}), "", id="parts that are no list"),
        pytest.param(a_bill({"name": "a", "components": [3]}), "", id="part that is a number"),
        pytest.param(a_bill({"bom-ref": "r"}), "r", id="component without a name"),
        pytest.param(a_bill(services=[{"bom-ref": "s"}]), "s", id="service without a name"),
    ],
)
def test_what_cannot_be_right_is_left_out_and_told(document, record):
    importing = read(document)
    assert record not in by_key(importing)
    assert [each.record for each in importing.report.of(ImportSeverity.RECORD)] == [record]


def test_a_key_twice_in_a_component_leaves_it_out():
    text = b'{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{"name": "a", "name": "b"}]}'
    importing = read_cyclonedx(io.BytesIO(text), seen_at=SEEN_AT)
    assert not list(importing)
    assert importing.report.left_out == 1


def test_a_key_twice_elsewhere_is_told():
    text = b'{"bomFormat": "CycloneDX", "specVersion": "1.5", "specVersion": "1.5"}'
    importing = read_cyclonedx(io.BytesIO(text), seen_at=SEEN_AT)
    assert not list(importing)
    assert fields(importing, ImportSeverity.FIELD) == {"specVersion"}


def test_a_whole_that_has_a_key_twice_is_left_out():
    text = b'{"bomFormat": "CycloneDX", "specVersion": "1.5", "metadata": {"component": {"a": 1, "a": 2}}}'
    importing = read_cyclonedx(io.BytesIO(text), seen_at=SEEN_AT)
    assert not list(importing)
    assert importing.report.left_out == 1


def test_a_part_of_what_is_left_out_stands_alone():
    records = by_key(read(a_bill({"bom-ref": "r", "components": [{"name": "inner"}]})))
    assert not records["inner"].relations


def test_a_part_of_a_service_that_is_left_out_stands_alone():
    records = by_key(read(a_bill(services=[{"bom-ref": "r", "services": [{"name": "inner"}]}])))
    assert records["inner"].ci_class == "technical service"


@pytest.mark.parametrize(
    ("whole", "part", "relation"),
    [
        ("application", "library", ("whole", "part", "composed_of")),
        ("device", "device", ("whole", "part", "composed_of")),
        ("device", "firmware", ("part", "whole", "runs_on")),
        ("library", "device", ("whole", "part", "depends_on")),
        ("application", "cryptographic-asset", ("whole", "part", "depends_on")),
    ],
)
def test_what_lies_in_something_is_related_as_the_class_model_has_it(whole, part, relation):
    asset = {"certificateProperties": {"notValidAfter": "2027-01-01T00:00:00Z"}}
    inner = {"type": part, "bom-ref": "part", "name": "p", "cryptoProperties": asset}
    outer = {"type": whole, "bom-ref": "whole", "name": "w"}
    assert related(read(a_bill({**outer, "components": [inner]}))) == {relation}
    assert related(read(a_bill(inner, metadata={"component": outer}))) >= (
        {relation} if whole in ("application", "device") else set()
    )


def test_a_certificate_without_an_end_is_left_out():
    asset = {
        "type": "cryptographic-asset",
        "name": "c",
        "cryptoProperties": {"certificateProperties": {"issuerName": "X"}},
    }
    importing = read(a_bill(asset))
    assert not list(importing)
    assert importing.report.findings[0].problem == "a certificate must have 'expires'"


def test_what_depends_on_a_record_that_was_left_out_says_so():
    asset = {
        "type": "cryptographic-asset",
        "name": "c",
        "cryptoProperties": {"certificateProperties": {"issuerName": "X"}},
    }
    bill = a_bill(asset, {"name": "a"}, dependencies=[{"ref": "a", "dependsOn": ["c"]}])
    importing = read(bill)
    assert [(each.key, each.relations) for each in importing] == [("a", ())]
    assert len(importing.report.of(ImportSeverity.VALUE)) == 1


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({"supplier": {"name": "S"}, "author": "A"}, "S"),
        ({"manufacturer": {"name": "M"}}, "M"),
        ({"authors": [{"email": "x"}, {"name": "B"}]}, "B"),
        ({"author": "A"}, "A"),
        ({"publisher": " "}, None),
        ({"authors": "nobody"}, None),
    ],
)
def test_the_publisher_is_the_first_that_is_told(told, name):
    (record,) = read(a_bill({"name": "a", **told}))
    assert record.attributes.get("publisher") == name


def test_licences_and_digests_that_say_nothing_are_none():
    odd = {"licenses": ["MIT", {"license": "MIT"}, {"license": {"id": "ISC"}}], "hashes": [{"alg": "MD5"}, 7]}
    (record,) = read(a_bill({"name": "a", **odd}))
    assert record.attributes == {"licences": ("ISC",)}


def test_a_dependency_may_name_a_package_url():
    part = {"name": "b", "bom-ref": "ref-b", "purl": "pkg:generic/b"}
    bill = a_bill({"name": "a"}, part, dependencies=[{"ref": "a", "dependsOn": ["pkg:generic/b"]}])
    assert related(read(bill)) == {("a", "ref-b", "depends_on")}


def test_one_dependency_may_stand_without_a_list():
    bill = a_bill({"name": "a"}, {"name": "b"}, dependencies=[{"ref": "a", "dependsOn": "b"}])
    assert related(read(bill)) == {("a", "b", "depends_on")}


def test_control_characters_are_no_name():
    importing = read(a_bill({"name": "a\x07"}))
    assert not list(importing)
    assert importing.report.left_out == 1


# Graphs of any shape


@given(
    st.integers(0, 8).flatmap(
        lambda count: st.tuples(
            st.just(count),
            st.sets(st.tuples(st.integers(0, count), st.integers(0, count + 2)), max_size=20),
        )
    )
)
@settings(max_examples=80)
def test_each_dependency_that_leads_to_another_component_is_there_and_no_other(graph):
    count, edges = graph
    names = [f"c{number}" for number in range(count)]
    listed = {}
    for source, target in edges:
        listed.setdefault(f"c{source}", []).append(f"c{target}")
    bill = a_bill(
        *({"type": "library", "name": name} for name in names),
        dependencies=[{"ref": ref, "dependsOn": others} for ref, others in listed.items()],
    )
    expected = {
        (f"c{source}", f"c{target}", "depends_on")
        for source, target in edges
        if source != target and source < count and target < count
    }
    assert related(read(bill)) == expected


def test_that_the_whole_stands_among_its_components_is_told():
    whole = {"type": "application", "bom-ref": "shop", "name": "shop"}
    importing = read(a_bill(whole, {"type": "library", "name": "lib"}, metadata={"component": whole}))
    assert related(importing) == {("shop", "lib", "composed_of")}
    (found,) = importing.report.findings
    assert (found.field, found.record, found.severity) == ("components[]", "shop", ImportSeverity.FIELD)
