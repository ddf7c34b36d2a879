"""What the models of NetBox are, how they are named, and what they mean here."""

import re
from collections.abc import Iterator, Mapping

from itsmkit.interchange.inventory._json_stream import JsonPath

__all__ = [
    "CLASSES",
    "LIFECYCLES",
    "REFERENCE_MODELS",
    "SILENT",
    "TAKEN",
    "device_class",
    "model_named",
    "model_of_url",
    "paths",
]

_ENDPOINTS = {
    "circuits": "circuits circuit-terminations circuit-types providers provider-accounts provider-networks",
    "dcim": (
        "cables cable-terminations console-ports console-server-ports devices device-bays device-roles "
        "device-types front-ports interfaces inventory-items locations mac-addresses manufacturers modules "
        "module-bays module-types platforms power-feeds power-outlets power-panels power-ports racks "
        "rack-groups rack-reservations rack-roles rack-types rear-ports regions sites site-groups "
        "virtual-chassis virtual-device-contexts"
    ),
    "extras": "tags config-contexts custom-fields",
    "ipam": (
        "aggregates asns fhrp-groups ip-addresses ip-ranges prefixes rirs roles route-targets services vlans "
        "vlan-groups vrfs"
    ),
    "tenancy": "contacts contact-assignments contact-groups contact-roles tenants tenant-groups",
    "virtualization": "clusters cluster-groups cluster-types interfaces virtual-disks virtual-machines",
    "wireless": "wireless-lans wireless-lan-groups wireless-links",
}
_RENAMED = {"virtualization.interface": "virtualization.vminterface", "dcim.rackgroup": "dcim.location"}

CLASSES: Mapping[str, str] = {
    "circuits.circuit": "network link",
    "circuits.provider": "supplier",
    "dcim.device": "device",
    "dcim.location": "room",
    "dcim.powerfeed": "power supply",
    "dcim.powerpanel": "power supply",
    "dcim.rack": "rack",
    "dcim.site": "site",
    "dcim.virtualchassis": "cluster",
    "ipam.service": "software instance",
    "tenancy.contact": "person",
    "tenancy.tenant": "organisation",
    "virtualization.cluster": "cluster",
    "virtualization.virtualmachine": "virtual machine",
}
"""The class of what is a configuration item; that of a device depends on its role and type, too."""

REFERENCE_MODELS = frozenset(
    {
        *("dcim.devicerole", "dcim.devicetype", "dcim.manufacturer", "dcim.platform"),
        *("dcim.interface", "virtualization.vminterface", "dcim.macaddress", "ipam.ipaddress"),
        *("dcim.cable", "dcim.cabletermination", "circuits.circuittermination"),
        *("dcim.consoleport", "dcim.consoleserverport", "dcim.frontport", "dcim.rearport"),
        *("dcim.powerport", "dcim.poweroutlet", "tenancy.contactassignment", "contenttypes.contenttype"),
    }
)
"""What is no item itself, but tells something of one."""

SILENT = frozenset(
    {
        *("id", "url", "display", "display_url", "display_name", "name", "slug", "created", "last_updated"),
        *("custom_fields", "custom_field_data", "status", "tenant", "lft", "rght", "tree_id", "level"),
    }
)
"""Fields of every model that are looked at elsewhere, or only tell how NetBox keeps an object."""

TAKEN: Mapping[str, frozenset[str]] = {
    model: frozenset(names.split())
    for model, names in {
        "circuits.circuit": "cid commit_rate provider termination_a termination_z",
        "circuits.provider": "account",
        "dcim.device": (
            "device_type device_role role platform serial asset_tag site location rack parent_device cluster "
            "virtual_chassis primary_ip primary_ip4 primary_ip6 oob_ip"
        ),
        "dcim.location": "site",
        "dcim.powerfeed": "power_panel rack",
        "dcim.powerpanel": "site location rack_group",
        "dcim.rack": "site location group u_height serial asset_tag",
        "dcim.site": "physical_address time_zone",
        "ipam.service": "device virtual_machine parent parent_object_type parent_object_id ports port",
        "tenancy.contact": "title phone email",
        "virtualization.virtualmachine": (
            "cluster device platform vcpus memory serial primary_ip primary_ip4 primary_ip6"
        ),
    }.items()
}
"""Fields of each model of which something is made."""

LIFECYCLES = {
    "active": "live",
    "decommissioned": "retired",
    "decommissioning": "retired",
    "deprovisioning": "retired",
    "failed": "live",
    "planned": "planned",
    "provisioning": "in build",
    "retired": "retired",
    "staged": "in build",
    "staging": "in build",
}
"""Lifecycles by status. What has failed is still in use; what is offline or stored may be anything."""

_DEVICES = tuple(
    (re.compile(pattern), ci_class)
    for pattern, ci_class in (
        (r"\b(pdu|ups|ats)s?\b|\bpower\b", "power supply"),
        (
            r"(console|terminal)-?server|patch|panel|modem|multiplex|\bnid\b|wireless-controller|\bwlc\b",
            "network device",
        ),
        (r"load-?balanc|\badc\b|big-?ip", "load balancer"),
        (r"firewall|fortigate|\b(fw|utm)\b", "firewall"),
        (r"access-?point|\bw?aps?\b|wi-?fi|wlan|wireless", "access point"),
        (r"router|gateway|\b(cpe|pe)\b", "router"),
        (r"switch|catalyst|nexus|spine|leaf|\btor\b|distribution|aggregation", "switch"),
        (r"storage|powervault|\b(nas|san)\b|filer|disk-array", "storage system"),
        (r"chassis|enclosure|shelf", "device"),
        (
            r"server|poweredge|proliant|thinksystem|hypervisor|compute|\bhosts?\b|\bblade\b|\bnode\b|esxi?\b|proxmox",
            "physical host",
        ),
        (r"printer", "printer"),
        (r"phone|voip", "phone"),
        (r"workstation|desktop|laptop|\bpc\b", "workstation"),
        (r"network", "network device"),
    )
)


def device_class(*told: str | None) -> str:
    """
    Return the class of a device by what is told of it: the first that says something counts.

    >>> device_class("Core Switch"), device_class("Top of rack", "PowerEdge blade"), device_class("Art")
    ('switch', 'physical host', 'device')
    """
    for text in told:
        spelled = re.sub(r"[\s_]+", "-", (text or "").casefold())
        for pattern, ci_class in _DEVICES:
            if pattern.search(spelled):
                return ci_class
    return "device"


def _singular(name: str) -> str:
    if name.endswith(("chassis", "ss")):
        return name
    if name.endswith(("sses", "xes")):
        return name.removesuffix("es")
    return name.removesuffix("s")


def _labels() -> Iterator[tuple[str, str]]:
    """Yield each spelling of each model with the model's label; of two of one spelling, the first counts."""
    for app, endpoints in _ENDPOINTS.items():
        for endpoint in endpoints.split():
            one = _singular(endpoint)
            label = f"{app}.{one.replace('-', '')}"
            label = _RENAMED.get(label, label)
            for spelling in (
                endpoint,
                one,
                endpoint.replace("-", "_"),
                one.replace("-", "_"),
                one.replace("-", ""),
            ):
                yield f"{app}.{spelling}", label
                yield f"{app}/{spelling}", label
                yield spelling, label
            yield f"{one.replace('-', '_')}_list", label  # as GraphQL names it
            yield label, label


_SPELLINGS: Mapping[str, str] = {
    **dict(reversed(tuple(_labels()))),
    "vminterfaces": "virtualization.vminterface",
    "vms": "virtualization.virtualmachine",
}
_WITHIN = frozenset(
    {"asns", "custom-fields", "ip-addresses", "mac-addresses", "tags", "virtual-chassis", "wireless-lans"}
)
_URL = re.compile(r"/api/([a-z-]+)/([a-z-]+)/[^/]+/?$")


def model_named(name: object) -> str | None:
    """
    Return the label of a model by any of its names; ``None`` if there is none.

    >>> model_named("ip-addresses"), model_named("virtual_machines"), model_named("dcim.Device")
    ('ipam.ipaddress', 'virtualization.virtualmachine', 'dcim.device')
    """
    return _SPELLINGS.get(name.strip().casefold()) if isinstance(name, str) else None


def model_of_url(url: object) -> str | None:
    """
    Return the label of the model of an object by its address; ``None`` if that is none of the API's.

    >>> model_of_url("https://netbox.example/api/virtualization/interfaces/7/")
    'virtualization.vminterface'
    """
    found = _URL.search(url) if isinstance(url, str) else None
    if found is None:
        return None
    return _SPELLINGS.get(f"{found[1]}.{found[2]}", f"{found[1]}.{_singular(found[2]).replace('-', '')}")


def paths() -> Iterator[JsonPath]:
    """
    Yield where lists of objects may lie in an export.

    Names in the singular, and of what is listed within other objects, are not among them: a single object
    has fields of such names.
    """
    yield from ((), ("results",), ("data",), *((app,) for app in _ENDPOINTS))
    for app, endpoints in _ENDPOINTS.items():
        for endpoint in endpoints.split():
            label = _SPELLINGS[f"{app}.{endpoint}"]
            listed = f"{_singular(endpoint).replace('-', '_')}_list"
            names = {label, f"{app}.{endpoint}", f"{app}/{endpoint}", listed}
            yield ("data", listed)
            if endpoint not in _WITHIN:
                names |= {endpoint, endpoint.replace("-", "_")}
                yield from ((app, endpoint), (app, endpoint, "results"))
            for name in names:
                yield from ((name,), (name, "results"))
