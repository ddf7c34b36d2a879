import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.interchange.inventory import ImportSeverity, InventoryFileError, read_netbox, sniff
from itsmkit.interchange.inventory._netbox_terms import CLASSES, device_class, model_named, model_of_url

FIXTURES = Path(__file__).parent / "fixtures"
SEEN_AT = datetime(2026, 4, 2, tzinfo=UTC)


def read(document, **options):
    return read_netbox(io.BytesIO(json.dumps(document).encode()), seen_at=SEEN_AT, **options)


def by_key(importing):
    return {each.key: each for each in importing}


def related(records):
    return {
        (*((each.other, record.key) if each.from_other else (record.key, each.other)), each.type)
        for record in records
        for each in record.relations
    }


@pytest.fixture(scope="module")
def export():
    importing = read_netbox(FIXTURES / "netbox-export.json", seen_at=SEEN_AT)
    return by_key(importing), importing.report


@pytest.fixture(scope="module")
def dump():
    importing = read_netbox(FIXTURES / "netbox-dump.json", seen_at=SEEN_AT)
    return by_key(importing), importing.report


# What becomes of an export


def test_each_model_has_its_class(export):
    classes = {}
    for key, record in export[0].items():
        classes.setdefault(key.partition(":")[0], set()).add(record.ci_class)
    devices = classes.pop("dcim.device")
    assert classes == {model: {ci_class} for model, ci_class in CLASSES.items() if model != "dcim.device"}
    assert devices == {
        "switch", "physical host", "power supply", "network device", "device", "storage system"
    }  # fmt: skip


def test_everything_stands_in_the_nearest_place(export):
    assert {each for each in related(export[0].values()) if each[2] == "contains"} == {
        ("dcim.site:1", "dcim.location:3", "contains"),
        ("dcim.location:3", "dcim.rack:4", "contains"),
        *(("dcim.rack:4", f"dcim.device:{number}", "contains") for number in (20, 21, 22, 23, 24, 25)),
        ("dcim.site:1", "dcim.powerpanel:71", "contains"),
        ("dcim.site:1", "circuits.circuit:80", "contains"),
    }


def test_cables_become_what_they_carry(export):
    cables = {
        (record.key, each.type, each.other, each.qualifier)
        for record in export[0].values()
        for each in record.relations
        if each.qualifier
    }
    assert cables == {
        ("dcim.device:20", "connects_to", "dcim.device:21", "dcim.cable:50"),
        ("dcim.device:22", "attached_to", "dcim.device:20", "dcim.cable:51"),
        ("dcim.device:22", "powered_by", "dcim.device:23", "dcim.cable:52"),
        ("dcim.device:22", "attached_to", "dcim.device:21", "dcim.cable:55"),
        ("dcim.device:22", "attached_to", "circuits.circuit:80", "dcim.cable:56"),
        ("dcim.device:23", "powered_by", "dcim.powerfeed:70", "dcim.cable:57"),
    }


def test_all_other_relations(export):
    assert {
        each
        for each in related(export[0].values())
        if each[2] not in ("contains", "connects_to", "attached_to")
    } == {
        ("dcim.site:1", "tenancy.contact:1", "operated_by"),
        ("dcim.device:22", "dcim.device:23", "powered_by"),
        ("dcim.device:23", "dcim.powerfeed:70", "powered_by"),
        ("dcim.device:25", "dcim.device:26", "composed_of"),
        ("dcim.powerfeed:70", "dcim.powerpanel:71", "powered_by"),
        ("dcim.rack:4", "dcim.powerfeed:70", "powered_by"),
        ("virtualization.virtualmachine:30", "virtualization.cluster:2", "runs_on"),
        ("virtualization.virtualmachine:30", "dcim.device:22", "runs_on"),
        ("virtualization.virtualmachine:30", "tenancy.tenant:9", "used_by"),
        ("ipam.service:60", "virtualization.virtualmachine:30", "runs_on"),
        ("ipam.service:61", "dcim.device:22", "runs_on"),
        ("ipam.service:62", "dcim.device:22", "runs_on"),
        ("circuits.circuit:80", "circuits.provider:81", "supplied_by"),
    }


def test_interfaces_and_addresses_are_those_of_the_item(export):
    told = {key: each.attributes for key, each in export[0].items() if "mac_addresses" in each.attributes}
    assert {key: (each["mac_addresses"], each["ip_addresses"]) for key, each in told.items()} == {
        "dcim.device:20": (("aa:bb:cc:00:00:20",), ("10.0.0.20",)),
        "dcim.device:21": (("aa:bb:cc:00:00:21",), ("10.0.0.21",)),
        "dcim.device:22": (("aa:bb:cc:00:00:22",), ("10.0.0.25",)),
        "virtualization.virtualmachine:30": (("aa:bb:cc:00:00:01",), ("10.0.0.30",)),
    }
    assert told["dcim.device:20"]["dns_name"] == "sw-1.example"
    assert [dict(each.attributes) for each in export[0]["dcim.device:20"].lookups] == [
        {"mac": "aa:bb:cc:00:00:20"}
    ]


def test_sizes_are_in_the_units_of_the_class(export):
    machine, circuit = export[0]["virtualization.virtualmachine:30"], export[0]["circuits.circuit:80"]
    assert (machine.attributes["ram_gb"], machine.attributes["cpu_count"]) == (3, 2)
    assert circuit.attributes["bandwidth_mbps"] == 100
    assert "bandwidth_mbps" not in export[0]["circuits.circuit:82"].attributes


def test_a_service_is_told_from_those_of_its_name_elsewhere(export):
    names = {key: each.name for key, each in export[0].items() if each.ci_class == "software instance"}
    assert names == {
        "ipam.service:60": "https on vm-1",
        "ipam.service:61": "mail on host-1",
        "ipam.service:62": "ssh on host-1",
    }
    (record,) = read([{"id": 1, "name": "ssh", "protocol": "tcp", "parent": {"id": 3, "name": "x"}}])
    assert record.name == "ssh on x"
    (record,) = read([{"id": 1, "name": "ssh", "protocol": "tcp"}])
    assert record.name == "ssh"


def test_what_nothing_is_made_of_is_counted_by_model_and_field(export):
    counted = {each.field: each.count for each in export[1].of(ImportSeverity.FIELD)}
    assert counted["ipam.vlan"] == 2
    assert counted["ipam.service.protocol"] == 3
    assert counted["dcim.interface"] == 1
    assert counted["holidays"] == 1


def test_an_answer_of_the_api_is_read_whatever_its_version():
    records = by_key(read_netbox(FIXTURES / "netbox-devices.json", seen_at=SEEN_AT))
    assert {key: (each.ci_class, each.name) for key, each in records.items()} == {
        "dcim.device:12": ("switch", "core-1"),
        "dcim.device:13": ("device", "Thing (13)"),
        "dcim.device:14": ("physical host", "srv-1"),
    }
    assert records["dcim.device:12"].attributes == {
        "model": "QX-48",
        "manufacturer": "Quux",
        "serial_number": "S-12",
        "asset_tag": "A-12",
        "lifecycle": "live",
        "ip_addresses": ("10.0.0.1",),
    }
    assert records["dcim.device:14"].attributes["health"] == "critical"


def test_what_is_in_another_file_is_related_all_the_same():
    importing = read_netbox(FIXTURES / "netbox-devices.json", seen_at=SEEN_AT)
    assert related(importing) == {
        ("dcim.rack:4", "dcim.device:12", "contains"),
        ("dcim.device:12", "tenancy.tenant:9", "used_by"),
        ("dcim.site:1", "dcim.device:13", "contains"),
        ("dcim.rack:4", "dcim.device:14", "contains"),
        ("virtualization.cluster:2", "dcim.device:14", "composed_of"),
        ("dcim.virtualchassis:6", "dcim.device:14", "composed_of"),
        ("dcim.device:14", "dcim.device:13", "depends_on"),
    }
    counted = {each.field: each.count for each in importing.report.of(ImportSeverity.VALUE)}
    assert counted["rack"] == 2


def test_a_dump_says_the_same_by_ids(dump):
    assert related(dump[0].values()) == {
        ("dcim.site:1", "dcim.location:2", "contains"),
        ("dcim.location:2", "dcim.rack:3", "contains"),
        ("dcim.rack:3", "dcim.device:10", "contains"),
        ("dcim.location:2", "dcim.device:11", "contains"),
        ("dcim.device:11", "dcim.device:10", "attached_to"),
        ("dcim.device:11", "tenancy.contact:61", "operated_by"),
        ("dcim.site:1", "circuits.circuit:50", "contains"),
    }
    assert dump[0]["dcim.device:10"].attributes == {
        "model": "QX-48",
        "manufacturer": "Quux",
        "serial_number": "D-10",
        "lifecycle": "live",
        "mac_addresses": ("aa:00:00:00:00:10",),
        "ip_addresses": ("192.0.2.10",),
        "dns_name": "acc-1.example",
    }
    assert dump[0]["dcim.device:11"].attributes["operating_system"] == "ESXi"


# Ways to write it


DEVICE = {"id": 1, "name": "d", "device_type": {"model": "M"}, "role": {"name": "switch"}}


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(DEVICE, id="one object"),
        pytest.param([DEVICE], id="list"),
        pytest.param({"results": [DEVICE]}, id="answer"),
        pytest.param([{"count": 1, "results": [DEVICE]}], id="list of answers"),
        pytest.param({"devices": [DEVICE]}, id="by endpoint"),
        pytest.param({"device": [DEVICE]}, id="by singular"),
        pytest.param({"dcim.device": [DEVICE]}, id="by label"),
        pytest.param({"dcim": {"devices": {"count": 1, "results": [DEVICE], "next": None}}}, id="by app"),
        pytest.param({"dcim": {"devices": [DEVICE], "colours": 3}}, id="by app, with more"),
        pytest.param({"dcim/devices": [DEVICE]}, id="by path"),
        pytest.param({"data": {"device_list": [DEVICE]}}, id="GraphQL"),
        pytest.param([{"model": "dcim.Device", "pk": 1, "fields": {**DEVICE, "id": 7}}], id="row of a dump"),
    ],
)
def test_a_device_is_found_wherever_it_lies(document):
    assert [(each.key, each.ci_class) for each in read(document)] == [("dcim.device:1", "switch")]


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        ("dcim.device", {"url": "https://x/api/dcim/devices/1/", "name": "a"}),
        ("dcim.rack", {"u_height": 42, "site": 1, "name": "a"}),
        ("virtualization.virtualmachine", {"vcpus": 1, "name": "a"}),
        ("virtualization.virtualmachine", {"cluster": 1, "memory": 1, "name": "a"}),
        ("ipam.service", {"protocol": "tcp", "name": "a"}),
        ("circuits.circuit", {"cid": "a"}),
        ("dcim.site", {"slug": "a", "time_zone": None, "name": "a"}),
    ],
)
def test_an_object_tells_of_which_model_it_is(model, fields):
    assert [each.key for each in read([{"id": 1, **fields}])] == [f"{model}:1"]


def test_the_name_of_the_file_tells_the_model(tmp_path):
    path = tmp_path / "netbox_virtual_machines.2026.json"
    path.write_text(json.dumps([{"id": 1, "name": "a"}]), "utf-8")
    assert [each.ci_class for each in read_netbox(path, seen_at=SEEN_AT)] == ["virtual machine"]


def test_the_model_may_be_named():
    assert [each.ci_class for each in read([{"id": 1, "name": "a"}], object_type="tenants")] == [
        "organisation"
    ]
    with pytest.raises(DefinitionError, match="object_type: 'cars' is none that is known"):
        read([], object_type="cars")


def test_every_model_is_known_by_several_names():
    for name in (
        "dcim.powerfeed",
        "power-feeds",
        "power_feeds",
        "PowerFeed",
        "dcim/power-feeds",
        "power_feed",
    ):
        assert model_named(name) == "dcim.powerfeed"
    assert model_named(None) is None
    assert model_named("car") is None


@pytest.mark.parametrize(
    ("url", "model"),
    [
        ("https://x/api/ipam/ip-addresses/4/", "ipam.ipaddress"),
        ("/api/virtualization/interfaces/4/", "virtualization.vminterface"),
        ("/api/dcim/console-server-port-templates/4/", "dcim.consoleserverporttemplate"),
        ("/api/dcim/virtual-chassis/4/", "dcim.virtualchassis"),
        ("/dcim/sites/4/", None),
        (7, None),
    ],
)
def test_an_address_names_the_model(url, model):
    assert model_of_url(url) == model


# What is not as it should be


@pytest.mark.parametrize(
    "document",
    [
        pytest.param([{"id": 1, "name": "who knows"}], id="nothing tells the model"),
        pytest.param([1, 2], id="numbers"),
        pytest.param({"colour": "red"}, id="another object"),
    ],
)
def test_what_is_no_export_is_refused(document):
    with pytest.raises(InventoryFileError, match="is no export of NetBox"):
        next(read(document))


def test_an_object_of_no_known_model_is_left_out_beside_others():
    importing = read([DEVICE, {"id": 2, "name": "who knows"}, {"device_type": 3}])
    assert [each.key for each in importing] == ["dcim.device:1"]
    assert [each.position for each in importing.report.of(ImportSeverity.RECORD)] == [
        "[1] (line 1)",
        "[2] (line 1)",
    ]


def test_an_object_that_stands_twice_is_taken_once():
    importing = read([DEVICE, {**DEVICE, "name": "again"}])
    assert [each.name for each in importing] == ["d"]
    assert importing.report.left_out == 1


def test_a_key_twice_leaves_the_object_out():
    text = f'[{json.dumps(DEVICE)}, {{"id": 2, "id": 3}}]'
    importing = read_netbox(io.BytesIO(text.encode()), seen_at=SEEN_AT)
    assert [each.key for each in importing] == ["dcim.device:1"]
    assert importing.report.left_out == 1


def test_a_key_twice_in_a_list_of_no_known_place_is_told():
    text = f'{{"devices": [{json.dumps(DEVICE)}], "other": {{"a": 1, "a": 2}}}}'
    importing = read_netbox(io.BytesIO(text.encode()), seen_at=SEEN_AT)
    assert [each.key for each in importing] == ["dcim.device:1"]
    assert importing.report.left_out == 1


def test_a_cable_to_a_peer_that_is_not_told_is_passed_over():
    interface = {"id": 4, "device": {"id": 1}, "name": "e", "cable": {"id": 9}, "link_peers": [{"id": 5}]}
    importing = read({"devices": [DEVICE], "interfaces": [interface, {"id": 5, "device": None}]})
    assert not related(importing)
    assert "dcim.cable" in {each.field for each in importing.report.findings}


@given(
    st.sampled_from(["switch", "router", "server", "printer", "thing"]), st.sampled_from([None, "switch", ""])
)
def test_the_role_counts_before_the_type(role, kind):
    expected = device_class(kind) if device_class(role) == "device" else device_class(role)
    assert device_class(role, kind) == expected


def test_an_interface_may_list_its_addresses():
    addresses = [{"address": "10.0.0.1/8"}, "10.0.0.2/8", None]
    interface = {"id": 4, "device": {"id": 1}, "ip_addresses": addresses}
    (record,) = read({"devices": [DEVICE], "interfaces": [interface]})
    assert record.attributes["ip_addresses"] == ("10.0.0.1", "10.0.0.2")


def test_a_circuit_that_ends_in_no_site_stands_nowhere():
    terminations = [
        {"id": 1, "circuit": 5, "termination_type": "circuits.providernetwork", "termination_id": 1},
        {"id": 2, "circuit": None, "term_side": "Z", "site": 1},
    ]
    circuit = {"id": 5, "cid": "L"}
    assert not related(read({"circuits": [circuit], "circuit-terminations": terminations}))


@pytest.mark.parametrize(
    ("kind", "ci_class"),
    [
        ("PowerEdge R650", "physical host"),
        ("PowerVault ME5", "storage system"),
        ("Power strip", "power supply"),
        ("Catalyst 9300", "switch"),
        ("FortiGate 60F", "firewall"),
        ("Blade chassis", "device"),
        ("Wireless controller", "network device"),
        ("Access point", "access point"),
        ("Load balancer", "load balancer"),
        ("Laptop", "workstation"),
    ],
)
def test_the_type_tells_what_no_role_does(kind, ci_class):
    (record,) = read([{**DEVICE, "role": None, "device_type": {"model": kind}}])
    assert record.ci_class == ci_class


@pytest.mark.parametrize("told", [5, "5", "0190a1b2-0000-7000-8000-00000000000a"])
def test_an_id_of_what_is_not_in_the_file_is_no_name(told):
    (record,) = read([{"id": 1, "name": "vm", "vcpus": 1, "platform": told}])
    assert "operating_system" not in record.attributes


def test_what_has_no_id_is_known_by_its_name():
    devices = [
        {"name": "sw", "device_role": "Switch", "device_type": "Q", "site": "HQ", "rack": {"name": "R1"}}
    ]
    document = {"dcim.site": [{"name": "HQ"}], "racks": [{"name": "R1", "site": "HQ"}], "devices": devices}
    records = by_key(read(document))
    assert related(records.values()) == {
        ("dcim.site:HQ", "dcim.rack:R1", "contains"),
        ("dcim.rack:R1", "dcim.device:sw", "contains"),
    }
    assert records["dcim.device:sw"].ci_class == "switch"


# Any topology


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12))
@settings(max_examples=60)
def test_each_cable_between_switches_is_one_connection(ends):
    devices = [{**DEVICE, "id": number, "name": f"sw-{number}"} for number in range(6)]
    cables = [
        {
            "id": number,
            "a_terminations": [{"object_type": "dcim.interface", "object": {"device": {"id": one}}}],
            "b_terminations": [{"object_type": "dcim.interface", "object": {"device": {"id": other}}}],
        }
        for number, (one, other) in enumerate(ends)
    ]
    found = {
        (record.key, each.other, each.qualifier)
        for record in read({"devices": devices, "cables": cables})
        for each in record.relations
    }
    assert found == {
        (f"dcim.device:{one}", f"dcim.device:{other}", f"dcim.cable:{number}")
        for number, (one, other) in enumerate(ends)
        if one != other
    }


# What a file is of, and what is left of it


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("circuits_providers.json", "circuits.provider:1"),
        ("circuits.json", "circuits.circuit:1"),
        ("tenancy-tenants.json", "tenancy.tenant:1"),
        ("2026-03 virtual machines.json", "virtualization.virtualmachine:1"),
    ],
)
def test_the_name_of_a_file_may_tell_the_model(tmp_path, name, key):
    path = tmp_path / name
    path.write_text(json.dumps({"count": 1, "results": [{"id": 1, "name": "One", "slug": "one"}]}))
    assert [each.key for each in read_netbox(path, seen_at=SEEN_AT)] == [key]


def test_what_only_tells_of_items_is_counted():
    roles = [{"id": number, "name": f"role {number}"} for number in range(3)]
    importing = read({"device_roles": roles, "manufacturers": [{"id": 1, "name": "Acme"}]})
    assert list(importing) == []
    told = {each.field: each.count for each in importing.report.of(ImportSeverity.FIELD)}
    assert told == {"dcim.devicerole": 3, "dcim.manufacturer": 1}


def test_fields_of_ones_own_are_told_of_the_object_that_has_them():
    site = {"id": 1, "name": "HQ", "slug": "hq", "time_zone": None, "count_racks": 4}
    importing = read({**site, "custom_fields": {"owner": "Ada", "empty": None}})
    assert [each.key for each in importing] == ["dcim.site:1"]
    told = [(each.field, each.record) for each in importing.report.of(ImportSeverity.FIELD)]
    assert told == [("dcim.site.custom_fields.owner", "dcim.site:1")]


# YAML


def read_yaml(tmp_path, name, text, **options):
    path = tmp_path / name
    path.write_text(text)
    return read_netbox(path, seen_at=SEEN_AT, **options)


DEVICES = """
- name: server01
  device_role: server
  device_type: Other
  site: AMS 1
  rack: rack-01
- name: core
  device_role: Core switch
  device_type: Other
  site: AMS 1
- device_role: server
"""


def test_what_fills_a_new_netbox_is_read_by_names(tmp_path):
    importing = read_yaml(tmp_path, "devices.yml", DEVICES)
    server, core = importing
    assert (server.key, server.ci_class, server.attributes["model"]) == (
        "dcim.device:server01",
        "physical host",
        "Other",
    )
    assert related([server, core]) == {
        ("dcim.rack:rack-01", "dcim.device:server01", "contains"),
        ("dcim.site:AMS 1", "dcim.device:core", "contains"),
    }
    assert importing.report.left_out == 1
    assert sniff(tmp_path / "devices.yml").name == "netbox"


def test_lists_of_yaml_may_lie_under_their_models(tmp_path):
    text = "sites:\n- {name: HQ}\n- 7\nracks: [{name: R1, site: HQ}]\nversion: 2\n---\n[\n---\nhello\n"
    importing = read_yaml(tmp_path, "all.yaml", text)
    assert [each.key for each in importing] == ["dcim.site:HQ", "dcim.rack:R1"]
    assert importing.report.left_out == 3
    assert "version" in {each.field for each in importing.report.of(ImportSeverity.FIELD)}
