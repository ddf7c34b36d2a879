"""The device that an inventory is of."""

import ipaddress
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from itsmkit.cmdb.class_model import ClassModel
from itsmkit.cmdb.source_record import SourceRecord
from itsmkit.interchange.inventory._draft import Draft
from itsmkit.interchange.inventory._glpi_sections import Inventory, Section, real
from itsmkit.interchange.inventory._values import instant_of, is_nothing, mac_of, number_of

__all__ = ["CONTAINERS", "GlpiDevice", "gigabytes"]

CONTAINERS = frozenset({"docker", "lxc", "openvz", "virtuozzo", "bsdjail", "solariszone", "systemd-nspawn"})
"""The kinds of virtualisation that share the kernel of their host."""

_ITEM_TYPES = {
    "computer": "",  # its chassis and firmware say more
    "esx": "physical host",
    "networkequipment": "network device",
    "networking": "network device",
    "network": "network device",
    "printer": "printer",
    "phone": "phone",
    "storage": "storage system",
    "nas": "storage system",
    "power": "power supply",
    "ups": "power supply",
    "pdu": "power supply",
    "rack": "rack",
    "monitor": "device",
    "peripheral": "device",
    "unmanaged": "device",
    "video": "device",
    "kvm": "device",
    "enclosure": "device",
}
_KINDS_OF_NETWORK_DEVICE = (
    (
        re.compile(r"\b(firewall|fortigate)\b", re.IGNORECASE),
        "firewall",
    ),
    (re.compile(r"\b(load ?balancer|big-?ip)\b", re.IGNORECASE), "load balancer"),
    (re.compile(r"\b(access point|aironet|wireless ap)\b", re.IGNORECASE), "access point"),
    (re.compile(r"\b(switch|catalyst|procurve|nexus|interconnect)\b", re.IGNORECASE), "switch"),
    (re.compile(r"\brouter\b", re.IGNORECASE), "router"),
)
_SERVER_CHASSIS = re.compile(r"rack|blade|main server|multi-?system|enclosure", re.IGNORECASE)

_CLIENT_CHASSIS = re.compile(
    r"notebook|laptop|portable|desktop|tower|tablet|convertible|detachable|all in one|pizza|hand held"
    r"|lunch box|space-saving|mini pc|stick pc|docking|low profile|thin ?client",
    re.IGNORECASE,
)
_VIRTUAL_FIRMWARE = re.compile(
    r"vmware|virtualbox|innotek|qemu|\bkvm\b|\bxen\b|bochs|virtual machine|parallels|bhyve|amazon ec2"
    r"|google compute|openstack",
    re.IGNORECASE,
)
_SERVER_SYSTEM = re.compile(r"server|esxi|hypervisor|proxmox|xenserver|solaris|aix|hp-ux", re.IGNORECASE)
_CLIENT_SYSTEM = re.compile(r"windows|mac ?os|os x|workstation|chrome ?os", re.IGNORECASE)
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)", re.ASCII)
_ETHERNET = ("6", "117", "ethernetcsmacd", "gigabitethernet")


class GlpiDevice:
    """
    The device that an inventory is of: its key, its class and its record.

    Args:
        inventory: The inventory.
        model: The class model.
        default_zone: The zone of times, if the device does not tell its own.
    """

    def __init__(self, inventory: Inventory, model: ClassModel, default_zone: ZoneInfo) -> None:
        self._inventory = inventory
        self._hardware = inventory.section("hardware")
        self._bios = inventory.section("bios")
        self._system = inventory.section("operatingsystem")
        self._network = inventory.section("network_device")
        self.zone = _zone(self._system, default_zone)
        self.seen_at = self._seen_at()
        self.ports = inventory.sections("network_ports", "ports")
        self._macs, self._ips = self._addresses()
        names = (self._hardware.text("name"), self._network.text("name"), self._system.text("hostid"))
        self.name = next(filter(None, names), "")
        self.key = self._key()
        self.ci_class = self._class()
        self._model = model

    def record(self) -> Iterator[SourceRecord]:
        """Yield its record."""
        place = self._inventory.place
        draft = Draft(self._inventory.reading, self._model, place, self.key, self.ci_class, zone=self.zone)
        hardware, bios, network = self._hardware, self._bios, self._network
        draft.call(self.name)
        self._put_system(draft)
        maker = bios.text("smanufacturer", "mmanufacturer", "bmanufacturer") or network.text("manufacturer")
        draft.put("manufacturer", maker, "bios.smanufacturer")
        draft.put(
            "model", bios.text("smodel", "mmodel") or network.text("model", "description"), "bios.smodel"
        )
        serial = self._serial()
        draft.put("serial_number", serial, "bios.ssn")
        draft.put("asset_tag", real(bios.take("assettag")), "bios.assettag")
        draft.put("uuid", hardware.text("uuid").lower(), "hardware.uuid")
        draft.put("ip_addresses", self._ips, "networks.ipaddress")
        draft.put("mac_addresses", self._macs, "networks.mac")
        if self.ci_class == "switch":
            count = sum(1 for each in self.ports if str(each.get("iftype", "")).lower() in _ETHERNET)
            draft.put("ports", count or None, "network_ports")
        for card in self._inventory.sections("simcards") if self.ci_class == "phone" else ():
            draft.put("phone_number", card.take("phone_number"), "simcards.phone_number")
        draft.look_up("serial number", serial_number=serial, manufacturer=maker)
        draft.look_up("uuid", uuid=hardware.text("uuid").lower())
        for mac in self._macs:
            draft.look_up("network adapter", mac=mac)
        yield from draft.record(self.seen_at)

    def _put_system(self, draft: Draft) -> None:
        hardware, system = self._hardware, self._system
        name = self._system_name()
        draft.put("operating_system", name, "operatingsystem.full_name")
        full_name = system.text("fqdn") or hardware.text("fqdn")
        draft.put("dns_name", full_name.lower() if "." in full_name else None, "operatingsystem.fqdn")
        cores = self._cores()
        draft.put("cpu_count", cores or None, "cpus")
        memory = hardware.take("memory") or self._network.take("ram", "memory")
        if draft.ci_class != "network device" and memory is not None:
            draft.put("ram_gb", gigabytes(memory), "hardware.memory")

    def _cores(self) -> int | float:
        total: int | float = 0
        for each in self._inventory.sections("cpus"):
            value = each.take("core", "corecount")
            try:
                total += number_of(value) if value is not None else 1
            except ValueError:
                total += 1  # a processor has one at least
        return total

    def _system_name(self) -> str:
        system, hardware = self._system, self._hardware
        name, version = system.text("name"), system.text("version")
        short = f"{name} {version}" if version and version not in name else name
        return system.text("full_name") or short.strip() or hardware.text("osname")

    def _serial(self) -> str:
        return self._bios.text("ssn", "enclosureserial", "biosserial") or self._network.text("serial")

    def _key(self) -> str:
        head = self._inventory.head
        uuid = self._hardware.text("uuid").lower()
        name = self.name
        if self._inventory.number is not None:  # several devices have one deviceid, which is the agent's
            return self._serial() or next(iter(self._macs), "") or name
        return head.text("deviceid") or uuid or self._serial() or next(iter(self._macs), "") or name

    def _class(self) -> str:
        item_type = (
            self._inventory.head.text("itemtype").rpartition("\\")[2]
            or self._network.text("type")
            or "Computer"
        ).lower()
        found = _ITEM_TYPES.get(item_type)
        if found is None:
            known = self._network.text("type").lower()
            found = _ITEM_TYPES.get(known, "device")
            problem = f"item type {item_type!r} is unknown; it is taken for a {found or 'computer'}"
            way_out = "correct the class afterwards, if it is another"
            self._inventory.reading.drop(self._inventory.place, self.key, "itemtype", problem, way_out)
        if found == "network device":
            told = " ".join(self._network.text(each) for each in ("description", "model", "name", "comments"))
            return next((name for sign, name in _KINDS_OF_NETWORK_DEVICE if sign.search(told)), found)
        return found or self._class_of_computer()

    def _class_of_computer(self) -> str:
        system = self._hardware.text("vmsystem").lower()
        if system and system not in ("physical", "hyper-v server"):
            return "container" if system in CONTAINERS else "virtual machine"
        told = f"{self._bios.text('smanufacturer')} {self._bios.text('smodel')}"
        if not system and _VIRTUAL_FIRMWARE.search(told):
            return "virtual machine"
        chassis = self._hardware.text("chassis_type") or self._bios.text("type")
        name = self._system_name()
        if _SERVER_CHASSIS.search(chassis) or _SERVER_SYSTEM.search(name):
            return "physical host"
        if _CLIENT_CHASSIS.search(chassis) or _CLIENT_SYSTEM.search(name):
            return "workstation"
        return "physical host"

    def _addresses(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the hardware and the network addresses of all adapters and ports that are real."""
        macs: dict[str, None] = {}
        ips: dict[str, None] = {}
        adapters = [*self._inventory.sections("networks"), *self.ports, self._network]
        for each in adapters:
            is_virtual = str(each.take("virtualdev")).lower() in ("true", "1", "yes")
            mac = mac_of(each.take("mac", "macaddr"))
            if mac and not is_virtual:
                macs[mac] = None
            given = [each.take("ipaddress"), each.take("ipaddress6"), each.take("ips", "ip")]
            ips.update(dict.fromkeys(ip for value in given for ip in _ips(value)))
        return tuple(macs), tuple(ips)

    def _seen_at(self) -> datetime | None:
        logged = self._inventory.section("accesslog").take("logdate")
        if is_nothing(logged):
            return None
        try:
            return instant_of(logged, self.zone)
        except ValueError as error:
            way_out = "the time that was given for the file is taken"
            self._inventory.reading.drop(self._inventory.place, "", "accesslog.logdate", str(error), way_out)
            return None


def gigabytes(megabytes: object) -> object:
    """Return a number of gigabytes for one of megabytes; what is no number comes back as it is."""
    try:
        return round(number_of(megabytes) / 1024, 2)
    except ValueError:
        return megabytes


def _zone(system: Section, default: tzinfo) -> tzinfo:
    zone = system.take("timezone")
    offset = _OFFSET.fullmatch(str(zone.get("offset", "")).strip()) if isinstance(zone, dict) else None
    if offset is None or int(offset[2]) > 23 or int(offset[3]) > 59:
        return default
    span = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
    return timezone(-span if offset[1] == "-" else span) if span else UTC


def _ips(value: object) -> Iterator[str]:
    """Yield the addresses by which others can reach it."""
    if isinstance(value, dict):
        value = value.get("ip")
    for each in value if isinstance(value, list) else [value]:
        for text in each.replace(",", " ").replace("/", " ").split() if isinstance(each, str) else ():
            try:
                address = ipaddress.ip_address(text)
            except ValueError:  # a name, a mask
                continue
            if not (address.is_loopback or address.is_link_local or address.is_unspecified):
                yield str(address)
