"""What the tables, the kinds of relations and the states of ServiceNow are called here."""

import re
from collections.abc import Mapping

__all__ = ["ATTRIBUTES", "ENVIRONMENTS", "LIFECYCLES", "RELATIONS", "RELATION_TYPES", "class_of"]

_CLASSES = {
    "cmdb_ci_acc_point": "access point",
    "cmdb_ci_access_point": "access point",
    "cmdb_ci_aix_server": "host",
    "cmdb_ci_app_server": "middleware",
    "cmdb_ci_appl": "software instance",
    "cmdb_ci_application_cluster": "cluster",
    "cmdb_ci_application_software": "software",
    "cmdb_ci_business_app": "application",
    "cmdb_ci_business_process": "business process",
    "cmdb_ci_certificate": "certificate",
    "cmdb_ci_circuit": "network link",
    "cmdb_ci_cloud_database": "database",
    "cmdb_ci_cloud_load_balancer": "load balancer",
    "cmdb_ci_cloud_subnet": "network link",
    "cmdb_ci_cluster": "cluster",
    "cmdb_ci_cluster_node": "software instance",
    "cmdb_ci_comm": "device",
    "cmdb_ci_computer": "workstation",
    "cmdb_ci_computer_room": "room",
    "cmdb_ci_container": "container",
    "cmdb_ci_datacenter": "site",
    "cmdb_ci_database": "database",
    "cmdb_ci_db": "database",
    "cmdb_ci_db_instance": "database",
    "cmdb_ci_directory_server": "middleware",
    "cmdb_ci_disk": "storage volume",
    "cmdb_ci_docker_container": "container",
    "cmdb_ci_docker_engine": "software instance",
    "cmdb_ci_ec2_instance": "virtual machine",
    "cmdb_ci_email_server": "middleware",
    "cmdb_ci_esx_server": "physical host",
    "cmdb_ci_file_system": "storage volume",
    "cmdb_ci_hardware": "device",
    "cmdb_ci_hpux_server": "host",
    "cmdb_ci_hyper_v_server": "physical host",
    "cmdb_ci_infra_service": "software instance",
    "cmdb_ci_ip_device": "network device",
    "cmdb_ci_ip_firewall": "firewall",
    "cmdb_ci_ip_phone": "phone",
    "cmdb_ci_ip_router": "router",
    "cmdb_ci_ip_switch": "switch",
    "cmdb_ci_kubernetes_cluster": "cluster",
    "cmdb_ci_kubernetes_node": "host",
    "cmdb_ci_kubernetes_pod": "container",
    "cmdb_ci_lb": "load balancer",
    "cmdb_ci_lb_bigip": "load balancer",
    "cmdb_ci_linux_server": "host",
    "cmdb_ci_mainframe": "physical host",
    "cmdb_ci_mainframe_hardware": "physical host",
    "cmdb_ci_mass_storage_device": "storage system",
    "cmdb_ci_msd": "storage system",
    "cmdb_ci_nas_file_system": "storage volume",
    "cmdb_ci_netgear": "network device",
    "cmdb_ci_network_appliance": "network device",
    "cmdb_ci_network_firewall": "firewall",
    "cmdb_ci_network_gear": "network device",
    "cmdb_ci_network_link": "network link",
    "cmdb_ci_pc_hardware": "workstation",
    "cmdb_ci_pdu": "power supply",
    "cmdb_ci_peripheral": "device",
    "cmdb_ci_phone": "phone",
    "cmdb_ci_printer": "printer",
    "cmdb_ci_rack": "rack",
    "cmdb_ci_san": "storage system",
    "cmdb_ci_san_switch": "switch",
    "cmdb_ci_server": "host",
    "cmdb_ci_service": "service",
    "cmdb_ci_service_auto": "service",
    "cmdb_ci_service_business": "business service",
    "cmdb_ci_service_calculated": "service",
    "cmdb_ci_service_discovered": "service",
    "cmdb_ci_service_technical": "technical service",
    "cmdb_ci_solaris_server": "host",
    "cmdb_ci_spkg": "software",
    "cmdb_ci_storage_device": "storage system",
    "cmdb_ci_storage_server": "storage system",
    "cmdb_ci_storage_switch": "switch",
    "cmdb_ci_storage_volume": "storage volume",
    "cmdb_ci_unix_server": "host",
    "cmdb_ci_ucs_blade": "physical host",
    "cmdb_ci_ucs_chassis": "device",
    "cmdb_ci_ucs_equipment": "device",
    "cmdb_ci_ucs_rack_unit": "physical host",
    "cmdb_ci_ups": "power supply",
    "cmdb_ci_vcenter": "software instance",
    "cmdb_ci_vcenter_cluster": "cluster",
    "cmdb_ci_vcenter_datacenter": "site",
    "cmdb_ci_vm": "virtual machine",
    "cmdb_ci_vm_instance": "virtual machine",
    "cmdb_ci_vmware_instance": "virtual machine",
    "cmdb_ci_vpn": "network link",
    "cmdb_ci_web_server": "web server",
    "cmdb_ci_web_service": "software instance",
    "cmdb_ci_win_cluster": "cluster",
    "cmdb_ci_win_server": "host",
    "cmdb_ci_windows_server": "host",
    "cmdb_ci_zone": "site",
    "cmn_building": "site",
    "cmn_location": "site",
    "cmn_department": "organisation",
    "core_company": "organisation",
    "service_offering": "service offering",
    "sys_user": "person",
    "sys_user_group": "group",
}
_LABELS = {
    "business application": "cmdb_ci_business_app",
    "business service": "cmdb_ci_service_business",
    "application service": "cmdb_ci_service_auto",
    "mapped application service": "cmdb_ci_service_discovered",
    "application": "cmdb_ci_appl",
    "database": "cmdb_ci_database",
    "database instance": "cmdb_ci_db_instance",
    "esx server": "cmdb_ci_esx_server",
    "group": "sys_user_group",
    "ip firewall": "cmdb_ci_ip_firewall",
    "ip router": "cmdb_ci_ip_router",
    "ip switch": "cmdb_ci_ip_switch",
    "load balancer": "cmdb_ci_lb",
    "location": "cmn_location",
    "mass storage device": "cmdb_ci_msd",
    "network gear": "cmdb_ci_netgear",
    "software package": "cmdb_ci_spkg",
    "technical service": "cmdb_ci_service_technical",
    "user": "sys_user",
    "virtual machine instance": "cmdb_ci_vm_instance",
    "vmware virtual machine instance": "cmdb_ci_vmware_instance",
    "windows cluster": "cmdb_ci_win_cluster",
    "windows server": "cmdb_ci_win_server",
}
_ENDINGS = {
    "_cluster": "cluster",
    "_firewall": "firewall",
    "_instance": "software instance",
    "_router": "router",
    "_server": "host",
    "_service": "service",
    "_switch": "switch",
    "_volume": "storage volume",
}
"""What tables are that have nothing above them, by the end of their names."""

_NO_NAME = re.compile(r"[^a-z0-9]+")
_TABLE = re.compile(r"(?:cmdb_ci|cmn_|sys_user|core_company|service_offering)\w*")

RELATIONS: Mapping[str, tuple[tuple[str, bool], ...]] = {
    "allocated from": (("depends_on", False),),
    "applicative flow to": (("depends_on", False),),
    "cluster of": (("composed_of", False),),
    "composed of": (("composed_of", False), ("contains", False)),
    "connects to": (("connects_to", False), ("attached_to", False), ("depends_on", False)),
    "connected by": (("connects_to", True), ("attached_to", True), ("depends_on", True)),
    "consists of": (("composed_of", False), ("contains", False)),
    "consumes": (("depends_on", False),),
    "contained by": (("contains", True), ("composed_of", True), ("runs_on", False)),
    "contains": (("contains", False), ("composed_of", False), ("runs_on", True)),
    "depends on": (("depends_on", False), ("runs_on", False)),
    "exchanges data with": (("depends_on", False),),
    "has member": (("composed_of", False), ("member_of", True)),
    "hosted on": (("runs_on", False), ("depends_on", False)),
    "hosts": (("runs_on", True), ("depends_on", True)),
    "houses": (("contains", False),),
    "impacts": (("depends_on", True),),
    "instantiated by": (("runs_on", False), ("depends_on", False)),
    "instantiates": (("runs_on", True), ("depends_on", True)),
    "ip connection": (("connects_to", False), ("attached_to", False), ("depends_on", False)),
    "located in": (("contains", True),),
    "managed by": (("operated_by", False), ("depends_on", False)),
    "manages": (("operated_by", True), ("depends_on", True)),
    "member of": (("composed_of", True), ("member_of", False)),
    "members": (("composed_of", False), ("member_of", True)),
    "node of": (("composed_of", True),),
    "owned by": (("operated_by", False), ("composed_of", True)),
    "owns": (("operated_by", True), ("composed_of", False)),
    "powered by": (("powered_by", False),),
    "powers": (("powered_by", True),),
    "provided by": (("depends_on", False), ("supplied_by", False)),
    "provides": (("depends_on", True), ("supplied_by", True)),
    "provides storage for": (("depends_on", True), ("runs_on", True)),
    "receives data from": (("depends_on", False),),
    "registered on": (("runs_on", False), ("depends_on", False)),
    "runs": (("runs_on", True), ("depends_on", True)),
    "runs on": (("runs_on", False), ("depends_on", False)),
    "sends data to": (("depends_on", True),),
    "stored on": (("runs_on", False), ("depends_on", False)),
    "supported by": (("operated_by", False), ("depends_on", False)),
    "supports": (("operated_by", True), ("depends_on", True)),
    "used by": (("used_by", False), ("depends_on", True)),
    "uses": (("depends_on", False), ("used_by", True)),
    "uses storage from": (("depends_on", False), ("runs_on", False)),
    "virtualized by": (("runs_on", False), ("depends_on", False)),
    "virtualizes": (("runs_on", True), ("depends_on", True)),
}
"""
What a parent does to its child, in small letters: the types of relations to try in turn, and whether the
relation leads from the child to the parent. The first that the class model allows is taken.
"""

RELATION_TYPES: Mapping[str, str] = {
    "1a9cb166f1571100a92eb60da2bce5c5": "Depends on::Used by",
    "25242fb2377a9200738d021a54990e88": "Owns::Owned by",
    "41008aa6ef32010098d5925495c0fb94": "Consumes::Consumed by",
    "4afd799338a02000c18673032c71b817": "Provided by::Provides",
    "55c913d3c0a8010e012d1563182d6050": "Members::Member of",
    "55c95bf6c0a8010e0118ec7056ebc54d": "Contains::Contained by",
    "5f985e0ec0a8010e00a9714f2a172815": "Hosted on::Hosts",
    "60bc4e22c0a8010e01f074cbe6bd73c3": "Runs on::Runs",
    "a99d39118f10310091769012cbbe4429": "Cluster of::Cluster",
    "cb5592603751200032ff8c00dfbe5d17": "Uses::Used by",
    "d93304fb0a0a0b78006081a72ef08444": "Virtualized by::Virtualizes",
    "f67e9ecdff602000dada361332f49d35": "Provides::Provided by",
}
"""The types of relations that every instance is delivered with: not every export says their names."""

ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "address": ("street",),
    "asset_tag": ("asset_tag",),
    "bandwidth_mbps": ("bandwidth",),
    "country": ("country",),
    "cpu_count": ("cpu_count", "cpus"),
    "currency": ("cost_cc",),
    "dns_name": ("fqdn", "dns"),
    "email": ("email",),
    "expires": ("valid_to", "expires"),
    "issuer": ("issuer",),
    "job_title": ("title",),
    "manufacturer": ("manufacturer",),
    "model": ("model_id", "model_number"),
    "order_number": ("po_number",),
    "phone_number": ("phone", "phone_number"),
    "ports": ("ports",),
    "price": ("cost",),
    "process_owner": ("process_owner",),
    "publisher": ("vendor", "publisher"),
    "purchased_at": ("purchase_date",),
    "serial_number": ("serial_number",),
    "service_owner": ("owned_by", "service_owner_delegate"),
    "support_group": ("support_group", "assignment_group"),
    "time_zone": ("time_zone",),
    "version": ("version",),
    "vip": ("vip",),
    "warranty_until": ("warranty_expiration",),
}
"""Our attributes, and the fields that tell them, the surest first. Of a reference, the display value."""

ENVIRONMENTS: Mapping[str, str] = {
    "acceptance": "acceptance",
    "dev": "development",
    "development": "development",
    "disaster recovery": "production",
    "prd": "production",
    "prod": "production",
    "production": "production",
    "qa": "test",
    "staging": "acceptance",
    "test": "test",
    "uat": "acceptance",
}
"""What an item is used for, in small letters."""

LIFECYCLES: Mapping[str, str] = {
    "1": "live",
    "2": "planned",
    "3": "in maintenance",
    "4": "in build",
    "5": "in maintenance",
    "6": "planned",
    "7": "retired",
    "8": "retired",
    "100": "retired",
    "absent": "retired",
    "in maintenance": "in maintenance",
    "in stock": "planned",
    "in use": "live",
    "installed": "live",
    "on order": "planned",
    "operational": "live",
    "pending install": "in build",
    "pending repair": "in maintenance",
    "retired": "retired",
    "stolen": "retired",
}
"""Where an item is in its life, by its installation status."""


def class_of(told: str) -> tuple[str | None, bool]:
    """
    Return the class of a table of ServiceNow, and whether the table is one that is known.

    A table that is not known is taken for the nearest one above it by its name: ``cmdb_ci_db_mssql_instance``
    for ``cmdb_ci_db``.

    Args:
        told: The name of the table, or its label.

    Returns:
        ``None`` for a class, if there is nothing above it either.
    """
    text = told.strip().lower()
    table = _LABELS.get(text) or (text if _TABLE.search(text) else f"cmdb_ci_{_NO_NAME.sub('_', text)}")
    if table in _CLASSES:
        return _CLASSES[table], True
    found = _TABLE.search(table)  # tables of an instance's own have something in front
    name = found[0] if found else table
    while name and name not in _CLASSES:
        name = name.rpartition("_")[0]
    if name:
        return _CLASSES[name], False
    return next((found for end, found in _ENDINGS.items() if table.endswith(end)), None), False
