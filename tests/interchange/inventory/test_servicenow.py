import json
from datetime import UTC, datetime

import pytest

from itsmkit.cmdb import LookUp, standard_class_model
from itsmkit.errors import DefinitionError
from itsmkit.interchange.inventory import ImportSeverity, InventoryFileError, read_servicenow
from itsmkit.interchange.inventory._servicenow_terms import ATTRIBUTES, RELATION_TYPES, RELATIONS, class_of

ID = "{:032x}".format
UUID = "4210AF3C-5D6E-0F71-8293-A4B5C6D7E8F9"


def pair(value, shown):
    return {"value": value, "display_value": shown}


def reference(key, shown):
    return {"link": f"https://example.org/api/now/table/x/{key}", "display_value": shown}


SERVER = {
    "sys_id": ID(1),
    "sys_class_name": pair("cmdb_ci_linux_server", "Linux Server"),
    "name": "srv1",
    "serial_number": "SN-1",
    "manufacturer": reference(ID(90), "Acme"),
    "model_id": reference(ID(91), "Acme Rack 1"),
    "os": "Example Linux",
    "os_version": "9.3",
    "ram": "16384",
    "cpu_count": "2",
    "ip_address": "192.0.2.7",
    "mac_address": "02:00:5E:00:00:01",
    "host_name": "SRV1",
    "dns_domain": "example.org",
    "install_status": pair("1", "Installed"),
    "used_for": "Production",
    "location": reference(ID(5), "Berlin"),
    "last_discovered": pair("2026-02-01 10:00:00", "2026-02-01 11:00:00"),
    "support_group": reference(ID(92), "Unix"),
    "asset_tag": "",
    "sys_updated_by": "admin",
}
ROWS = [
    SERVER,
    {"sys_id": ID(2), "sys_class_name": "cmdb_ci_appl", "name": "shop", "version": "7"},
    {"sys_id": ID(3), "sys_class_name": "cmdb_ci_vmware_instance", "name": "vm1", "bios_uuid": UUID},
    {"sys_id": ID(4), "sys_class_name": "cmdb_ci_service_auto", "name": "Shop"},
    {"sys_id": ID(5), "sys_class_name": "cmn_location", "name": "Berlin", "street": "Long Street 1"},
]  # fmt: skip
LINKS = [
    {"sys_id": ID(70), "parent": ID(2), "child": ID(1), "type": pair("t1", "Runs on::Runs")},
    {"parent": reference(ID(4), "Shop"), "child": reference(ID(2), "shop"), "type": "Depends on::Used by"},
    {"parent": ID(1), "child": ID(3), "type": "Hosts::Hosted on"},
]


@pytest.fixture
def read(as_file, seen_at):
    def read_rows(content, relations=None, **options):
        other = as_file(relations) if relations is not None else None
        return read_servicenow(as_file(content), relations=other, **{"seen_at": seen_at, **options})

    return read_rows


def told(reading, severity):
    return [(each.field, each.problem) for each in reading.report.of(severity)]


def relations(records):
    return {(r.key, each.type, each.other, each.from_other) for r in records for each in r.relations}


EXPECTED = {
    (ID(2), "runs_on", ID(1), False),
    (ID(4), "depends_on", ID(2), False),
    (ID(1), "runs_on", ID(3), True),
    (ID(1), "contains", ID(5), True),
}


def test_rows_of_the_table_api_become_records(read, questionable):
    reading = read({"result": [*ROWS, *LINKS]})
    records = list(reading)
    assert [(r.key, r.ci_class, r.name) for r in records] == [
        (ID(1), "physical host", "srv1"),
        (ID(2), "software instance", "shop"),
        (ID(3), "virtual machine", "vm1"),
        (ID(4), "service", "Shop"),
        (ID(5), "site", "Berlin"),
    ]
    server = records[0]
    assert server.attributes == {
        "serial_number": "SN-1",
        "manufacturer": "Acme",
        "model": "Acme Rack 1",
        "operating_system": "Example Linux 9.3",
        "ram_gb": 16,
        "cpu_count": 2,
        "ip_addresses": ("192.0.2.7",),
        "mac_addresses": ("02:00:5e:00:00:01",),
        "dns_name": "srv1.example.org",
        "lifecycle": "live",
        "environment": "production",
        "support_group": "Unix",
    }
    assert server.lookups == (
        LookUp("serial number", {"serial_number": "SN-1", "manufacturer": "Acme"}),
        LookUp("network adapter", {"mac": "02:00:5e:00:00:01"}),
    )
    assert server.seen_at == datetime(2026, 2, 1, 10, tzinfo=UTC)
    assert relations(records) == EXPECTED
    assert questionable(records) == []
    assert told(reading, ImportSeverity.RECORD) == []
    assert told(reading, ImportSeverity.VALUE) == []
    assert told(reading, ImportSeverity.FIELD) == [("sys_updated_by", "nothing is made of this field")]


@pytest.mark.parametrize(
    "wrap",
    [
        pytest.param(lambda rows: rows, id="a list"),
        pytest.param(lambda rows: {"records": rows}, id="records"),
        pytest.param(lambda rows: "\n".join(map(json.dumps, rows)), id="lines"),
        pytest.param(lambda rows: {"cmdb_ci": rows[:5], "cmdb_rel_ci": rows[5:]}, id="tables"),
        pytest.param(lambda rows: {"result": rows[::-1]}, id="the other way round"),
    ],
)
def test_the_rows_may_be_wrapped_in_several_ways(read, wrap):
    records = list(read(wrap([*ROWS, *LINKS])))
    assert sorted(r.key for r in records) == [ID(number) for number in range(1, 6)]
    assert relations(records) == EXPECTED


def test_relations_may_stand_in_a_file_of_their_own(read):
    assert relations(read({"result": ROWS}, {"result": LINKS})) == EXPECTED
    lines = (
        "parent,type,child\nshop,Runs on::Runs,srv1\n"
        "Shop,Depends on::Used by,shop\nsrv1,Hosts::Hosted on,vm1\n"
    )
    assert relations(read({"result": ROWS}, lines)) == EXPECTED


def test_one_row_may_stand_alone(read):
    for content in ({"result": SERVER}, SERVER):
        assert [r.key for r in read(content)] == [ID(1)]
    reading = read('{"sys_id": "1", "sys_id": "2"}')
    assert [(r.key, r.ci_class) for r in reading] == []
    assert told(reading, ImportSeverity.RECORD)[0] == ("", "the key 'sys_id' stands twice in one object")
    reading = read({"status": "ok"})
    assert list(reading) == []
    assert told(reading, ImportSeverity.FIELD) == [("status", "nothing is made of this field")]


def test_an_export_of_a_list_becomes_records(read, questionable):
    lines = (
        "Name,Class,Serial number,Manufacturer,Operating System,RAM (MB),Status,sys_id\n"
        f"srv1,Linux Server,SN-1,Acme,Example,2048,In Stock,{ID(1)}\n"
        f"sw1,IP Switch,,,,,,{ID(2)}\n"
    )
    records = list(read(lines))
    assert [(r.key, r.ci_class) for r in records] == [(ID(1), "physical host"), (ID(2), "switch")]
    assert records[0].attributes == {
        "serial_number": "SN-1", "manufacturer": "Acme", "operating_system": "Example", "ram_gb": 2,
        "lifecycle": "planned",
    }  # fmt: skip
    assert questionable(records) == []


def test_without_a_sys_id_the_name_is_the_key(read):
    reading = read(
        [{"name": "a", "sys_class_name": "cmdb_ci_server"}, {"sys_class_name": "cmdb_ci_server", "os": "x"}]
    )
    assert [r.key for r in reading] == ["a"]
    assert told(reading, ImportSeverity.VALUE) == [("sys_id", "is missing; the name is the key")]
    assert told(reading, ImportSeverity.RECORD) == [("", "has neither a sys_id nor a name")]


def test_classes_that_are_unknown_are_told(read):
    rows = [
        {"sys_id": "1", "sys_class_name": "cmdb_ci_db_mssql_instance"},
        {"sys_id": "2", "sys_class_name": "u_thing"},
        {"sys_id": "3"},
        {"sys_id": "4", "sys_class_name": "x_acme_cmdb_ci_linux_server_special"},
        {"sys_id": "5", "sys_class_name": "cmdb_ci_shiny_switch"},
        {"sys_id": "6", "sys_class_name": "Shiny Server"},
    ]
    reading = read(rows)
    assert [(r.key, r.ci_class) for r in reading] == [
        ("1", "database"),
        ("4", "host"),
        ("5", "switch"),
        ("6", "host"),
    ]
    assert told(reading, ImportSeverity.RECORD) == [
        ("", "the class 'u_thing' is none that is known"),
        ("", "has no sys_class_name"),
    ]
    assert len(told(reading, ImportSeverity.VALUE)) == 4
    reading = read(rows, default_class="device")
    assert [(r.key, r.ci_class) for r in reading][1:3] == [("2", "device"), ("3", "device")]
    assert reading.report.left_out == 0


def test_relations_that_cannot_be_are_told(read):
    links = [
        {"parent": ID(1), "child": ID(1), "type": "Runs on::Runs"},
        {"parent": ID(1), "child": "", "type": "Runs on::Runs", "sys_class_name": "cmdb_rel_ci"},
        {"parent": ID(1), "child": ID(99), "type": "Runs on::Runs"},
        {"parent": ID(99), "child": ID(1), "type": "Runs on::Runs"},
        {"parent": ID(1), "child": ID(2), "type": ID(55)},
        {"parent": ID(1), "child": ID(4), "type": "Contains::Contained by"},
    ]
    reading = read([*ROWS, *links])
    assert relations(reading) == {(ID(1), "contains", ID(5), True)}
    assert [problem for _, problem in told(reading, ImportSeverity.VALUE)] == [
        "relates an item to itself",
        f"there is no item {ID(99)!r} in the file",
        f"the type {ID(55)!r} of a relation is none that is known",
        "the class model does not allow 'physical host' contains 'service'",
    ]
    assert sum(each.count for each in reading.report.of(ImportSeverity.VALUE)) == 6


def test_values_that_cannot_be_read_are_told(read, questionable):
    row = {
        "sys_id": "1", "sys_class_name": "cmdb_ci_server", "name": ["x"], "ram": "much", "cpu_count": "two",
        "mac_address": "none", "install_status": "Lost", "used_for": "Fun", "last_discovered": "01/02/2026",
        "virtual": "perhaps", "asset_tag": "A\0B", "purchase_date": "yesterday", "cost": "1.50",
    }  # fmt: skip
    reading = read([row])
    [record] = reading
    assert record.attributes == {"asset_tag": "A B", "price": 1.5}
    assert questionable([record]) == []
    assert [field for field, _ in told(reading, ImportSeverity.VALUE)] == [
        "cpu_count", "purchase_date", "ram", "mac_address", "install_status", "used_for", "last_discovered",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "ci_class"),
    [
        ({"virtual": "true"}, "virtual machine"),
        ({"virtual": pair("false", "No")}, "physical host"),
        ({"manufacturer": "VMware, Inc."}, "virtual machine"),
        ({"virtual": "false", "manufacturer": "VMware, Inc."}, "physical host"),
        ({"asset_tag": "A"}, "physical host"),
        ({}, "host"),
    ],
)
def test_a_server_is_virtual_or_physical_as_it_says(read, fields, ci_class):
    [record] = read([{"sys_id": "1", "sys_class_name": "cmdb_ci_win_server", **fields}])
    assert record.ci_class == ci_class


def test_rows_that_are_none_are_left_out(read):
    reading = read(
        '{"result": [{"sys_id": "1", "sys_id": "2"}, 5, {"sys_id": "3", "sys_class_name": "cmdb_ci_ups"}]}'
    )
    assert [r.key for r in reading] == ["3"]
    assert told(reading, ImportSeverity.RECORD) == [
        ("", "the key 'sys_id' stands twice in one object"),
        ("", "must be an object, not int 5"),
    ]


def test_times_without_zone_are_of_the_zone_that_is_told(read):
    row = {"sys_id": "1", "sys_class_name": "cmdb_ci_ups", "last_discovered": "2026-07-01 10:00:00"}
    assert [r.seen_at.hour for r in read([row], time_zone="Europe/Berlin")] == [8]
    assert [r.seen_at.hour for r in read([row])] == [10]


def test_a_place_is_an_attribute_where_it_is_no_record(read):
    row = {"sys_id": "1", "sys_class_name": "cmdb_ci_ups", "location": reference("77", "Berlin")}
    [record] = read([row])
    assert (record.attributes, record.relations) == ({"location": "Berlin"}, ())


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"default_class": "thing"}, "default_class: no class 'thing'"),
        ({"default_class": " "}, "default_class: must be a name"),
        ({"time_zone": 5}, "time_zone: int 5 is no zone"),
    ],
)
def test_wrong_options_are_told(read, options, told):
    with pytest.raises(DefinitionError, match=told):
        read([], **options)


def test_all_that_the_tables_name_is_in_the_standard_model():
    model = standard_class_model()
    declared = {name for each in model.classes for name in model.attributes_of(each.name).types}
    assert set(ATTRIBUTES) <= declared
    assert {kind for choices in RELATIONS.values() for kind, _ in choices} <= {
        t.name for t in model.relation_types
    }
    for table in ("cmdb_ci_server", "cmdb_ci_lb_bigip", "Application", "sys_user"):
        assert model.knows(class_of(table)[0])
    assert class_of("") == (None, False)


def test_a_file_cut_off_anywhere_gives_whole_records_or_says_why(read):
    text = json.dumps({"result": [*ROWS[1:], LINKS[1]]}).encode()
    for end in range(0, len(text), 3):
        with pytest.raises(InventoryFileError):
            list(read(text[:end]))


def test_types_of_relations_may_stand_in_rows_of_their_own(read):
    kinds = [
        {
            "sys_id": ID(60),
            "name": "Runs on::Runs",
            "parent_descriptor": "Runs on",
            "child_descriptor": "Runs",
        },
        {"sys_id": ID(61), "sys_class_name": "cmdb_rel_type", "parent_descriptor": "Depends on"},
    ]
    links = [
        {"parent": ID(2), "child": ID(1), "type": ID(60)},
        {"parent.sys_id": ID(4), "child.name": "shop", "type": ID(61)},
    ]
    records = list(read([*ROWS, *links], kinds))
    assert len(records) == len(ROWS)
    assert relations(records) == {each for each in EXPECTED if each[1] != "runs_on" or not each[3]}
    lines = f"parent.name,type.name,child.sys_id\nshop,Runs on::Runs,{ID(1)}\n"
    assert (ID(2), "runs_on", ID(1), False) in relations(read(ROWS, lines))


def test_a_relation_that_is_told_from_both_ends_counts_once(read, questionable):
    links = [
        {"parent": ID(3), "child": ID(1), "type": "Hosted on::Hosts"},
        {"parent": ID(1), "child": ID(3), "type": "Hosts::Hosted on"},
        {"parent": ID(5), "child": ID(1), "type": "Houses::Located in"},
    ]
    records = list(read([*ROWS, *links]))
    assert relations(records) == {(ID(3), "runs_on", ID(1), False), (ID(5), "contains", ID(1), False)}
    assert questionable(records) == []


def test_an_export_as_xml_is_refused(read):
    with pytest.raises(InventoryFileError, match="is XML; export it as JSON or CSV instead"):
        list(read("<?xml version='1.0'?><unload/>"))


@pytest.mark.parametrize("content", ["7", "a,b\n1,2", '"x"'])
def test_a_file_that_is_none_of_servicenow_is_refused(read, content):
    with pytest.raises(InventoryFileError, match="header: has none of the columns child, name, parent"):
        list(read(content))


def test_a_reference_is_its_display_value_or_the_name_of_the_row_it_leads_to(read):
    bare = {"link": f"https://example.org/api/now/table/core_company/{ID(90)}", "value": ID(90)}
    plain = {**SERVER, "sys_id": ID(8), "manufacturer": ID(90), "serial_number": "SN-8", "location": ""}
    rows = [
        {**SERVER, "manufacturer": bare, "model_id": {**bare, "value": ID(93), "display_value": ""}},
        plain,
        {"sys_id": ID(90), "sys_class_name": "core_company", "name": "Acme"},
    ]
    importing = read(rows)
    first, second, _ = importing
    assert "model" not in first.attributes  # and not the key of a row that is not there
    assert [each.attributes["manufacturer"] for each in (first, second)] == ["Acme", "Acme"]
    assert LookUp("serial number", {"serial_number": "SN-8", "manufacturer": "Acme"}) in second.lookups
    (found,) = (each for each in importing.report.findings if each.field == "model_id")
    assert found.severity is ImportSeverity.VALUE
    assert "export display values" in found.way_out


def test_types_of_relations_that_every_instance_has_are_known_by_their_keys(read):
    kind = {"link": "", "value": "60bc4e22c0a8010e01f074cbe6bd73c3"}
    found = relations(read([*ROWS, {"parent": ID(2), "child": ID(1), "type": kind}]))
    assert (ID(2), "runs_on", ID(1), False) in found
    assert all(told.partition("::")[0].lower() in RELATIONS for told in RELATION_TYPES.values())


def test_the_answer_for_one_instance_has_its_attributes_and_relations(read):
    answer = {
        "attributes": {"sys_id": ID(2), "sys_class_name": "cmdb_ci_appl", "name": "shop"},
        "outbound_relations": [{"type": pair("t", "Runs on::Runs"), "target": reference(ID(1), "srv1")}, 7],
        "inbound_relations": [{"type": pair("t", "Depends on::Used by"), "target": pair(ID(4), "Shop")}],
    }
    service = {"sys_id": ID(4), "sys_class_name": "cmdb_ci_service_auto", "name": "Shop"}
    assert relations(read({"result": [answer, {**SERVER, "location": ""}, service]})) == {
        (ID(2), "runs_on", ID(1), False),
        (ID(4), "depends_on", ID(2), False),
    }
    (alone,) = read({"result": answer})
    assert alone.name == "shop"


@pytest.mark.parametrize("error", [{"message": "Record not found", "detail": ""}, "Record not found"])
def test_an_error_in_place_of_an_export_is_refused(read, error):
    with pytest.raises(InventoryFileError, match="is an error in place of an export: str 'Record not found'"):
        list(read({"error": error, "status": "failure"}))


def test_what_stands_beside_the_rows_is_told_once(read):
    importing = read({"result": ROWS, "total": 5})
    list(importing)
    assert [each.count for each in importing.report.findings if each.field == "total"] == [1]


def test_only_a_uuid_is_one(read):
    machine = {"sys_id": ID(3), "sys_class_name": "cmdb_ci_vm_instance", "name": "vm1", "memory": "8192"}
    importing = read([{**machine, "vm_inst_id": "vm-21", "vm_instance_uuid": UUID}])
    (record,) = importing
    assert record.lookups == (LookUp("uuid", {"uuid": UUID.lower()}),)
    assert record.attributes == {"uuid": UUID.lower(), "ram_gb": 8}
    assert "vm_inst_id" in {each.field for each in importing.report.of(ImportSeverity.FIELD)}
