import copy
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.cmdb import LookUp
from itsmkit.errors import DefinitionError
from itsmkit.interchange.inventory import ImportLimits, ImportSeverity, InventoryFileError, read_glpi
from itsmkit.interchange.inventory._glpi_sections import Inventory
from itsmkit.interchange.inventory._source_file import SourceFile
from itsmkit.interchange.inventory.inventory_import import Reading

LAPTOP = {
    "action": "inventory",
    "deviceid": "ada-2026-01-05-08-00-00",
    "itemtype": "Computer",
    "content": {
        "versionclient": "an agent",
        "accesslog": {"logdate": "2026-03-01 10:00:00"},
        "hardware": {
            "name": "ada", "memory": 16384, "uuid": "4C4C4544-0001", "chassis_type": "Laptop",
            "vmsystem": "Physical", "workgroup": "example",
        },
        "bios": {"smanufacturer": "Acme", "smodel": "Book 5", "ssn": "SN-1", "assettag": "Default string"},
        "operatingsystem": {
            "full_name": "Example Linux 9", "fqdn": "Ada.example.org", "timezone": {"offset": "+0200"},
        },
        "cpus": [{"core": 4}, {"core": "4"}],
        "networks": [
            {"description": "lo", "mac": "00:00:00:00:00:00", "ipaddress": "127.0.0.1", "virtualdev": True},
            {"description": "eth0", "mac": "02:00:5E:00:00:01", "ipaddress": "192.0.2.7"},
            {"description": "eth0", "mac": "02:00:5E:00:00:01", "ipaddress6": "fe80::1"},
            {"description": "eth0", "mac": "02:00:5e:00:00:01", "ipaddress6": "2001:db8::7"},
            {"description": "br0", "mac": "02:00:5e:00:00:99", "virtualdev": True},
        ],
        "softwares": [
            {"name": "editor", "version": "1.2", "publisher": "Acme", "comments": "edits"},
            {"name": "editor", "version": "1.3"},
            {"name": "editor", "version": "1.2"},
            {"version": "7"},
        ],
        "databases_services": [
            {"name": "Store", "type": "sql", "version": "15", "manufacturer": "Acme",
             "instances": [{"name": "main", "port": 5432}, {"name": "main", "port": 5432}]},
            {"type": "kv", "port": "6379"},
        ],
        "virtualmachines": [
            {"name": "web", "vmtype": "docker", "image": "web:1", "uuid": "0a1b"},
            {"name": "test", "vmtype": "kvm", "uuid": "AB-1", "vcpu": 2, "memory": "2048",
             "operatingsystem": {"full_name": "Example Linux 8"}},
            {"name": "bare"}, {"vmtype": "kvm"},
        ],
        "monitors": [
            {"caption": "Wide 27", "manufacturer": "Acme", "serial": "M-1"},
            {"caption": "Wide 27", "serial": "M-1"},
            {"base64": "AA=="},
        ],
        "printers": [
            {"name": "Floor 2", "driver": "PCL"}, {"name": "Floor 2"},
            {"name": "Print to PDF"}, {"port": "x"},
        ],
        "storages": [{"name": "sda"}],
    },
}  # fmt: skip
SWITCH = {
    "action": "netinventory",
    "deviceid": "sw1-2026",
    "itemtype": "NetworkEquipment",
    "content": {
        "network_device": {
            "type": "Networking", "name": "sw1", "model": "Switch 24", "manufacturer": "Acme",
            "serial": "S-9", "mac": "02:00:5e:00:01:00", "ips": ["192.0.2.1", "bogus"],
            "firmware": "1", "ram": 512,
        },
        "network_ports": [
            {"ifnumber": 1, "iftype": 6, "mac": "02:00:5e:00:01:01"},
            {"ifnumber": 2, "iftype": "6", "ips": {"ip": ["192.0.2.2"]}},
            {"ifnumber": 3, "iftype": 24},
        ],
    },
}  # fmt: skip


@pytest.fixture
def read(as_file, seen_at):
    return lambda content, **options: read_glpi(as_file(content), **{"seen_at": seen_at, **options})


def changed(**content):
    return {"deviceid": "x", "content": {"hardware": {"name": "x"}, **content}}


def told(reading, severity):
    return {(each.field, each.problem): each.count for each in reading.report.of(severity)}


def test_a_computer_and_what_is_on_it_become_records(read, questionable):
    reading = read(LAPTOP)
    records = {record.key.removeprefix("ada-2026-01-05-08-00-00"): record for record in reading}
    assert [(key, record.ci_class, record.name) for key, record in records.items()] == [
        ("", "workstation", "ada"),
        ("/software/editor/1.2", "software instance", "editor on ada"),
        ("/software/editor/1.3", "software instance", "editor on ada"),
        ("/database/Store/main/5432", "database", "Store main on ada"),
        ("/database/kv/6379", "database", "kv on ada"),
        ("/container/0a1b", "container", "web on ada"),
        ("/virtual machine/ab-1", "virtual machine", "test"),
        ("/virtual machine/bare", "virtual machine", "bare"),
        ("/monitor/M-1", "device", "Wide 27"),
        ("/printer/Floor 2", "printer", "Floor 2 on ada"),
    ]
    device = records[""]
    assert device.attributes == {
        "operating_system": "Example Linux 9",
        "dns_name": "ada.example.org",
        "cpu_count": 8,
        "ram_gb": 16,
        "manufacturer": "Acme",
        "model": "Book 5",
        "serial_number": "SN-1",
        "uuid": "4c4c4544-0001",
        "ip_addresses": ("192.0.2.7", "2001:db8::7"),
        "mac_addresses": ("02:00:5e:00:00:01",),
    }
    assert device.lookups == (
        LookUp("serial number", {"serial_number": "SN-1", "manufacturer": "Acme"}),
        LookUp("uuid", {"uuid": "4c4c4544-0001"}),
        LookUp("network adapter", {"mac": "02:00:5e:00:00:01"}),
    )
    assert {record.seen_at for record in records.values()} == {datetime(2026, 3, 1, 8, tzinfo=UTC)}
    assert records["/database/Store/main/5432"].attributes == {
        "engine": "sql", "version": "15", "publisher": "Acme", "port": 5432,
    }  # fmt: skip
    assert records["/virtual machine/ab-1"].attributes == {
        "uuid": "ab-1", "cpu_count": 2, "ram_gb": 2, "operating_system": "Example Linux 8",
    }  # fmt: skip
    related = {key: [(r.type, r.from_other) for r in record.relations] for key, record in records.items()}
    assert related.pop("") == []
    assert related.pop("/monitor/M-1") == [("composed_of", True)]
    assert related.pop("/printer/Floor 2") == [("depends_on", True)]
    assert set(map(tuple, related.values())) == {(("runs_on", False),)}
    assert questionable(records.values()) == []


def test_what_nothing_is_made_of_is_told(read):
    reading = read(LAPTOP)
    list(reading)
    assert told(reading, ImportSeverity.RECORD) == {}
    assert told(reading, ImportSeverity.VALUE) == {
        ("softwares", "software 'editor' stands further up already"): 2,
        ("databases_services", "database 'Store' stands further up already"): 1,
        ("virtualmachines", "virtual machine without a name"): 1,
        ("monitors", "monitor 'M-1' stands further up already"): 1,
        ("monitors", "has no name and no serial number"): 1,
        ("printers", "printer 'Floor 2' stands further up already"): 1,
    }
    fields = {field for field, _ in told(reading, ImportSeverity.FIELD)}
    assert fields == {
        "versionclient", "storages", "hardware.workgroup", "networks.description", "softwares.comments",
        "monitors.base64", "printers", "printers.port",
    }  # fmt: skip


def test_a_switch_becomes_a_record(read, questionable):
    reading = read(SWITCH)
    [record] = reading
    assert (record.key, record.ci_class, record.name) == ("sw1-2026", "switch", "sw1")
    assert record.attributes == {
        "manufacturer": "Acme",
        "model": "Switch 24",
        "serial_number": "S-9",
        "ports": 2,
        "ip_addresses": ("192.0.2.2", "192.0.2.1"),
        "mac_addresses": ("02:00:5e:00:01:01", "02:00:5e:00:01:00"),
    }
    assert questionable([record]) == []


@pytest.mark.parametrize(
    ("item_type", "content", "ci_class"),
    [
        ("Computer", {"hardware": {"vmsystem": "KVM"}}, "virtual machine"),
        ("Computer", {"hardware": {"vmsystem": "Docker"}}, "container"),
        ("Computer", {"bios": {"smanufacturer": "VMware, Inc."}}, "virtual machine"),
        ("Computer", {"hardware": {"chassis_type": "Rack Mount Chassis"}}, "physical host"),
        (
            "Computer",
            {"hardware": {"chassis_type": "Desktop", "osname": "Example Server 2022"}},
            "physical host",
        ),
        ("Computer", {"hardware": {"osname": "Windows 11"}}, "workstation"),
        ("Computer", {"operatingsystem": {"name": "macOS", "version": "14"}}, "workstation"),
        ("Computer", {}, "physical host"),
        (None, {"hardware": {"chassis_type": "Notebook"}}, "workstation"),
        ("Phone", {"simcards": [{"phone_number": "+49 30 1"}, {"phone_number": "+49 30 2"}]}, "phone"),
        ("Printer", {"network_device": {"type": "Printer"}}, "printer"),
        ("Glpi\\\\Socket", {}, "device"),
        ("Storage", {}, "storage system"),
        (None, {"network_device": {"type": "Networking", "model": "An ordinary box"}}, "network device"),
        (None, {"network_device": {"type": "Networking", "description": "Firewall 60"}}, "firewall"),
        ("NetworkEquipment", {"network_device": {"description": "Access Point 7"}}, "access point"),
        ("NetworkEquipment", {"network_device": {"description": "Load Balancer"}}, "load balancer"),
        ("NetworkEquipment", {"network_device": {"comments": "edge router"}}, "router"),
        ("Esx", {}, "physical host"),
        ("Strange", {"network_device": {"type": "Power"}}, "power supply"),
    ],
)
def test_the_class_is_what_the_inventory_says(read, questionable, item_type, content, ci_class):
    inventory = {"deviceid": "x", "content": content, **({"itemtype": item_type} if item_type else {})}
    reading = read(inventory)
    [record] = reading
    assert record.ci_class == ci_class
    assert questionable([record]) == []
    is_odd = item_type in ("Strange", "Glpi\\\\Socket")
    assert ("itemtype" in {field for field, _ in told(reading, ImportSeverity.VALUE)}) == is_odd


@pytest.mark.parametrize(
    ("head", "content", "key"),
    [
        ({"deviceid": "d"}, {"hardware": {"uuid": "U"}}, "d"),
        ({}, {"hardware": {"uuid": "U", "name": "n"}, "bios": {"ssn": "S"}}, "u"),
        ({}, {"bios": {"ssn": "S"}, "networks": [{"mac": "02:00:5e:00:00:01"}]}, "S"),
        (
            {},
            {"networks": [{"macaddr": "02:00:5e:00:00:01"}], "hardware": {"name": "n"}},
            "02:00:5e:00:00:01",
        ),
        ({"deviceid": None}, {"hardware": {"name": "n"}}, "n"),
        ({}, {"bios": {"ssn": "a\0b", "enclosureserial": "E"}}, "E"),
    ],
)
def test_the_key_is_the_surest_there_is(read, head, content, key):
    assert [record.key for record in read({**head, "content": content})] == [key]


def test_capital_letters_make_no_difference(read):
    def shouted(value):
        if isinstance(value, dict):
            return {key.upper(): shouted(each) for key, each in value.items()}
        return [shouted(each) for each in value] if isinstance(value, list) else value

    assert list(read(shouted(LAPTOP))) == list(read(LAPTOP))
    assert list(read({"REQUEST": shouted(LAPTOP)})) == list(read(LAPTOP))


def test_several_inventories_may_stand_in_one_file(read):
    both = [record.key for each in (LAPTOP, SWITCH) for record in read(each)]
    assert [record.key for record in read([LAPTOP, SWITCH])] == both
    lines = "\n".join(map(json.dumps, (LAPTOP, SWITCH)))
    assert [record.key for record in read(lines)] == both


def test_older_network_inventories_list_their_devices(read):
    info = {"type": "NETWORKING", "name": "a", "serial": "A1", "ips": {"ip": "192.0.2.3"}}
    ports = {"port": [{"ifnumber": 1}]}
    content = {
        "device": [{"info": info, "ports": ports}, {"info": {"name": "b", "mac": "02:00:5e:00:00:01"}}, "x"]
    }
    reading = read({"deviceid": "agent", "content": content})
    assert [(r.key, r.name) for r in reading] == [("A1", "a"), ("02:00:5e:00:00:01", "b")]
    assert [r.key for r in read({"deviceid": "agent", "content": {"device": {"info": info}}})] == ["agent"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ({"deviceid": "x"}, "is no inventory: there is no content in dict {'deviceid': 'x'}"),
        ([[]], "is no inventory: there is no content in list []"),
        ({"content": {}}, "has neither a deviceid, nor a UUID"),
        ('{"content": {"a": 1, "a": 2}}', "the key 'a' stands twice in one object"),
    ],
)
def test_what_is_no_inventory_is_left_out(read, content, problem):
    reading = read(content)
    assert list(reading) == []
    [finding] = reading.report.findings
    assert finding.problem.startswith(problem)


def test_sections_may_be_odd(read, questionable):
    reading = read(
        changed(
            bios=None, cpus={"core": "four"}, softwares={"name": "one"}, networks="none", monitors=[None, 5],
            databases_services=[{"name": "a", "instances": {"name": "b"}}, {"name": "c", "instances": ["x"]}],
            virtualmachines=[{"name": "v", "memory": "much", "vcpu": "x"}], accesslog={"logdate": "today"},
            operatingsystem={
                "timezone": {"offset": "+9900"}, "fqdn": "short", "name": "Linux 5", "version": "5",
            },
        )
    )  # fmt: skip
    records = list(reading)
    assert [record.key for record in records] == [
        "x", "x/software/one", "x/database/a/b", "x/database/c", "x/virtual machine/v",
    ]  # fmt: skip
    assert records[0].attributes == {"operating_system": "Linux 5", "cpu_count": 1}
    assert questionable(records) == []
    assert {field for field, _ in told(reading, ImportSeverity.VALUE)} == {
        "networks", "monitors", "accesslog.logdate", "virtualmachines.memory", "virtualmachines.vcpu",
    }  # fmt: skip


def test_the_zone_of_times_is_the_device_s_or_else_the_one_that_is_told(read):
    for offset, hour in ((None, 8), ("-0130", 11), ("+0000", 10), ("odd", 8)):
        system = {"timezone": {"offset": offset}} if offset else {}
        content = changed(accesslog={"logdate": "2026-07-01 10:00:00"}, operatingsystem=system)
        [record] = read(content, time_zone="Europe/Berlin")
        assert record.seen_at == datetime(2026, 7, 1, hour, 30 if offset == "-0130" else 0, tzinfo=UTC)
    with pytest.raises(DefinitionError, match="time_zone: str 'Mars' is no zone"):
        read(LAPTOP, time_zone="Mars")


def test_a_file_cut_off_anywhere_gives_nothing_but_says_why(read):
    text = json.dumps(SWITCH).encode()
    for end in range(len(text)):
        reading = read(text[:end])
        with pytest.raises(InventoryFileError):
            list(reading)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(["", "x", "\0", "0"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "mac", "ip"]), inner)
    ),
    max_leaves=4,
)


@settings(max_examples=120)
@given(data=st.data(), inventory=st.sampled_from([LAPTOP, SWITCH]))
def test_whatever_a_field_holds_the_records_keep_to_their_classes(as_file, questionable, data, inventory):
    inventory = copy.deepcopy(inventory)
    for _ in range(3):
        holder = inventory["content"]
        while True:
            key = data.draw(
                st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder)))
            )
            inner = holder[key]
            if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
                holder[key] = data.draw(VALUES)
                break
            holder = inner
    text = json.dumps(inventory).replace("Infinity", "1")
    reading = read_glpi(as_file(text), seen_at=datetime(2026, 1, 1, tzinfo=UTC))
    records = list(reading)
    assert records[0].key == inventory["deviceid"]
    assert questionable(records) == []


def test_a_section_may_be_asked_for_again(as_file, seen_at):
    file = SourceFile(as_file([]), ImportLimits())
    reading = Reading("glpi", file, "glpi", {"seen_at": seen_at})
    inventory = Inventory(reading, "line 1", {}, {"monitors": {"caption": "a"}}, None)
    inventory.section("monitors").take("caption")
    assert inventory.sections("monitors")[0].used == {"caption"}
    inventory.report_the_rest()
    assert reading.findings() == ()


def test_adapters_of_virtual_machines_recognise_them(as_file, seen_at, questionable):
    machine = {
        "name": "vm1",
        "vmtype": "VMware",
        "uuid": "420D",
        "mac": "02:00:5E:00:00:01/02:00:5e:00:00:02",
    }
    inventory = {"deviceid": "esx", "content": {"hardware": {"name": "esx"}, "virtualmachines": [machine]}}
    records = list(read_glpi(as_file(inventory), seen_at=seen_at))
    macs = ("02:00:5e:00:00:01", "02:00:5e:00:00:02")
    assert records[1].attributes["mac_addresses"] == macs
    assert records[1].lookups[1:] == tuple(LookUp("network adapter", {"mac": mac}) for mac in macs)
    assert questionable(records) == []


def test_that_an_inventory_is_partial_is_told(as_file, seen_at):
    importing = read_glpi(as_file({**LAPTOP, "partial": True}), seen_at=seen_at)
    list(importing)
    (found,) = (each for each in importing.report.findings if each.field == "partial")
    assert "do not take what is missing for gone" in str(found)


@pytest.mark.parametrize("chassis", ["thinclient", "Thin Client"])
def test_a_thin_client_is_a_workstation(as_file, seen_at, chassis):
    content = {"hardware": {"name": "t", "chassis_type": chassis}, "bios": {"assettag": "release-keys"}}
    (record,) = read_glpi(as_file({"deviceid": "t", "content": content}), seen_at=seen_at)
    assert (record.ci_class, dict(record.attributes)) == ("workstation", {})


def test_what_is_on_two_computers_under_one_name_has_two(as_file, seen_at):
    content = {
        "softwares": [{"name": "editor"}],
        "databases_services": [{"name": "Store"}],
        "virtualmachines": [{"name": "web", "vmtype": "docker"}],
        "monitors": [{"caption": "Wide 27"}],
        "printers": [{"name": "Floor 2"}],
    }
    inventories = [
        {"deviceid": name, "content": {**content, "hardware": {"name": name}}} for name in ("ada", "bob")
    ]
    names = [each.name for each in read_glpi(as_file(inventories), seen_at=seen_at)]
    assert len(set(names)) == len(names) == 12


def test_what_is_on_a_device_without_a_name_has_its_own(as_file, seen_at):
    content = {"hardware": {"uuid": "u-1"}, "softwares": [{"name": "editor"}]}
    _, software = read_glpi(as_file({"content": content}), seen_at=seen_at)
    assert software.name == "editor"
