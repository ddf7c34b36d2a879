import pytest

from itsmkit.cmdb import LookUp, SourceRelation, standard_class_model
from itsmkit.interchange.inventory import ImportLimits
from itsmkit.interchange.inventory._draft import Draft
from itsmkit.interchange.inventory._source_file import SourceFile
from itsmkit.interchange.inventory.inventory_import import Reading


@pytest.fixture
def reading(as_file, seen_at):
    return Reading("x", SourceFile(as_file([]), ImportLimits()), "scan", {"seen_at": seen_at})


@pytest.fixture
def draft(reading):
    return Draft(reading, standard_class_model(), "line 1", "k", "physical host")


def told(reading):
    return [(each.severity, each.field, each.problem) for each in reading.findings()]


def test_a_record_keeps_to_its_class(draft, reading, seen_at):
    draft.call(" srv ")
    draft.call("other")
    draft.put("ram_gb", "16", "ram")
    draft.put("ram_gb", "32", "memory")
    draft.put("dns_name", "", "fqdn")
    draft.put("ip_addresses", [None], "ips")
    draft.look_up("serial number", serial_number="S", maker=None)
    draft.look_up("serial number", serial_number="S")
    draft.look_up("serial number", serial_number=None, maker="M")
    assert draft.relate("contains", "rack", "rack", from_other=True, field="rack")
    assert draft.relate("contains", "rack", "rack", from_other=True, field="rack")
    [record] = draft.record()
    assert (record.name, dict(record.attributes), record.seen_at) == ("srv", {"ram_gb": 16}, seen_at)
    assert record.lookups == (LookUp("serial number", {"serial_number": "S"}),)
    assert record.relations == (SourceRelation("contains", "rack", from_other=True),)
    assert told(reading) == []


def test_what_does_not_fit_its_class_is_noted(draft, reading):
    draft.call(["x"])
    draft.put("ram_gb", "much", "ram")
    draft.put("lifecycle", "unheard of", "state")
    draft.put("colour", "red", "paint")
    assert not draft.relate("runs_on", "other", "site", field="home")
    [record] = draft.record()
    assert (record.name, record.attributes, record.relations) == (None, {}, ())
    choices = "'planned', 'in build', 'live', 'in maintenance', 'retired'"
    assert told(reading) == [
        ("value", "name", "must be text, not list ['x']"),
        ("value", "ram", "must be a number, not str 'much'"),
        ("value", "state", f"must be one of {choices}, not 'unheard of'"),
        ("value", "home", "the class model does not allow 'physical host' runs_on 'site'"),
        ("field", "paint", "class 'physical host' has no attribute 'colour'"),
    ]


def test_a_record_that_cannot_be_is_left_out(reading):
    draft = Draft(reading, standard_class_model(), "line 1", " ", "host")
    assert list(draft.record()) == []
    assert told(reading) == [
        ("record", "", "SourceRecord.key must be a name without surrounding spaces, not ' '")
    ]
