"""What holds of every format whose file is read to its end before the first record."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.cmdb import (
    AttributeFault,
    CIClass,
    CIId,
    ClassModel,
    ConfigurationGraph,
    ConfigurationItem,
    GovernanceViolation,
    Relation,
)
from itsmkit.interchange.inventory import (
    ImportLimits,
    ImportSeverity,
    InventoryError,
    InventoryFileError,
    read_backstage,
    read_cyclonedx,
    read_netbox,
    sniff,
)

FIXTURES = Path(__file__).parent / "fixtures"
SEEN_AT = datetime(2026, 4, 2, tzinfo=UTC)
READERS = {"backstage": read_backstage, "cyclonedx": read_cyclonedx, "netbox": read_netbox}
FILES = sorted(path for path in FIXTURES.iterdir() if path.name.split("-")[0].split(".")[0] in READERS)
JSON_FILES = [path for path in FILES if path.suffix == ".json"]


def reader_of(path):
    return READERS[path.name.split("-")[0].split(".")[0]]


def read(path, **options):
    return reader_of(path)(path, seen_at=SEEN_AT, **options)


def read_text(reader, text, **options):
    data = text if isinstance(text, bytes) else text.encode()
    return reader(io.BytesIO(data), seen_at=SEEN_AT, **options)


def faults_of(records):
    """Return in what items and relations made of records depart from the standard class model."""
    items = [
        ConfigurationItem(CIId(each.key), each.ci_class, each.name or each.key, each.attributes)
        for each in records
    ]
    keys = {each.key for each in records}
    relations = {}
    for record in records:
        for each in record.relations:
            ends = (record.key, each.other)[:: -1 if each.from_other else 1]
            found = Relation(CIId(ends[0]), each.type, CIId(ends[1]), qualifier=each.qualifier)
            if each.other in keys:
                relations[found.key] = found
    graph = ConfigurationGraph(items, relations.values(), model="standard")
    return [each for each in graph.findings if isinstance(each, AttributeFault | GovernanceViolation)]


def by_name(path):
    return pytest.param(path, id=path.name)


@pytest.fixture(params=[*map(by_name, FILES)])
def path(request):
    return request.param


def test_the_format_is_told_by_the_content(path):
    assert sniff(path).reader is reader_of(path)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"count": 1, "next": null, "previous": null, "results": [{"id": 1, "name": "a"}]}', "netbox"),
        ('[{"id": 1, "vcpus": 2, "cluster": {"id": 3}}]', "netbox"),
        ('[{"id": 1, "device_type": {}, "role": {}, "site": {}}]', "netbox"),
        ('{"devices": [{"url": "https://x/api/dcim/devices/1/"}]}', "netbox"),
        ('[{"model": "sessions.session"}, {"model": "dcim.site", "pk": 1}]', "netbox"),
        ('<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.6"/>', "cyclonedx"),
        ('{"specVersion": "1.4", "bomFormat": "CycloneDX"}', "cyclonedx"),
        ("---\n'apiVersion': 'backstage.io/v1alpha1'\nkind: API", "backstage"),
        ("# c\nkind: Template\napiVersion: scaffolder.backstage.io/v1beta3", "backstage"),
        ('{"items": [{"apiVersion":"backstage.io/v1alpha1"}]}', "backstage"),
    ],
)
def test_a_file_is_known_by_what_it_says(text, name):
    assert sniff(io.BytesIO(text.encode())).name == name


def test_the_records_keep_to_the_class_model(path):
    records = list(read(path))
    assert records
    assert not faults_of(records)


def test_the_records_keep_to_a_class_model_of_ones_own(path):
    bare = ClassModel([CIClass(name) for name in sorted({each.ci_class for each in read(path)})])
    for record in reader_of(path)(path, seen_at=SEEN_AT, model=bare):
        assert not record.attributes


def test_reading_again_gives_the_same(path):
    first, second = read(path), read(path)
    assert list(first) == list(second)
    assert first.report == second.report


def test_resuming_gives_the_rest(path):
    records = list(read(path))
    for count in range(len(records) + 1):
        begun = read(path)
        head = [next(begun) for _ in range(count)]
        position = begun.report.position
        rest = list(read(path, resume_after=position)) if position else list(read(path))
        assert head + rest == records
        begun.close()


def test_all_or_nothing_gives_nothing_if_a_record_is_left_out(path):
    collected = read(path)
    records = tuple(collected)
    if collected.report.of(ImportSeverity.RECORD):
        with pytest.raises(InventoryError):
            next(read(path, on_error="raise"))
    else:
        assert tuple(read(path, on_error="raise")) == records


def test_every_finding_tells_where_and_what_to_do(path):
    importing = read(path)
    list(importing)
    for each in importing.report.findings:
        assert each.position
        assert each.problem
        assert each.way_out


@pytest.mark.parametrize("path", [*map(by_name, JSON_FILES)])
def test_a_json_file_that_was_cut_off_gives_no_record(path):
    data = path.read_bytes().rstrip()
    for end in range(0, len(data), 7):
        with pytest.raises(InventoryFileError):
            next(read_text(reader_of(path), data[:end]))


def test_a_yaml_file_that_was_cut_off_gives_whole_records_or_none():
    data = (FIXTURES / "backstage.yaml").read_bytes()
    for end in range(0, len(data), 11):
        importing = read_text(read_backstage, data[:end])
        try:
            records = list(importing)
        except InventoryFileError:
            continue
        assert not faults_of(records)


def test_a_file_without_anything_in_it_is_refused(path):
    with pytest.raises(InventoryFileError, match="nothing is in it"):
        next(read_text(reader_of(path), ""))


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize("text", ["7", '"text"', "null", "[]7", "{", "[1,", "\x00"])
def test_what_is_something_else_is_refused(reader, text):
    with pytest.raises(InventoryFileError):
        next(read_text(reader, text))


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_an_object_of_another_kind_is_refused_in_one_sentence(reader):
    with pytest.raises(InventoryFileError, match="is no ") as refused:
        next(read_text(reader, '{"colour": "red", "kinds": [1, 2]}'))
    assert len(refused.value.problems) == 1


# Any value in any place

PLAIN = st.none() | st.booleans() | st.integers(-2, 9) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.sampled_from(
    ["", " ", "name", "a b", " spaced ", "x:y/z", "dcim.device", "device", "api", "\x07", "ü", "1", "active"]
)
JSON = st.recursive(
    PLAIN | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "name", "kind", "value", "ref", "model", "$text"]), inner)
    ),
    max_leaves=5,
)


def places_in(value, place=()):
    yield place
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in inner:
        yield from places_in(each, (*place, step))


def replaced(value, place, news):
    if not place:
        return news
    step, *rest = place
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[step] = replaced(copy[step], rest, news)
    return copy


DOCUMENTS = {path.name: json.loads(path.read_text("utf-8")) for path in JSON_FILES}
PLACES = {name: list(places_in(document)) for name, document in DOCUMENTS.items()}


@pytest.mark.parametrize("path", [*map(by_name, JSON_FILES)])
@given(st.data())
@settings(max_examples=60)
def test_whatever_stands_in_a_file_the_records_keep_to_the_class_model(path, data):
    document = DOCUMENTS[path.name]
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(list(places_in(document))))
        document = replaced(document, place, data.draw(JSON))
    try:
        records = list(read_text(reader_of(path), json.dumps(document)))
    except InventoryFileError:
        return
    assert not faults_of(records)


@pytest.mark.parametrize("path", [*map(by_name, JSON_FILES)])
def test_too_much_in_a_record_leaves_it_out(path):
    importing = read(path, limits=ImportLimits(items=6))
    records = list(importing)
    assert importing.report.findings
    assert not faults_of(records)
