"""What is installed on a device or attached to it, each a record of its own."""

import re
from collections.abc import Callable, Iterator

from itsmkit.cmdb.class_model import ClassModel
from itsmkit.cmdb.source_record import SourceRecord
from itsmkit.interchange.inventory._draft import Draft
from itsmkit.interchange.inventory._glpi_device import CONTAINERS, GlpiDevice, gigabytes
from itsmkit.interchange.inventory._glpi_sections import Inventory, Section, real
from itsmkit.interchange.inventory._values import mac_of

__all__ = ["PARTS"]

Part = Callable[[Inventory, GlpiDevice, ClassModel], Iterator[SourceRecord]]

_PAPERLESS = re.compile(
    r"print to pdf|pdfcreator|xps document|onenote|\bfax\b|adobe pdf|cups-pdf|send to", re.IGNORECASE
)
_CORRECT = "correct it in the source"


def _softwares(inventory: Inventory, device: GlpiDevice, model: ClassModel) -> Iterator[SourceRecord]:
    for place, each in inventory.enumerated("softwares"):
        name, version = each.text("name", "guid"), each.text("version")
        key = _key(device, "software", name, version, each.text("arch"))
        if not name or inventory.reading.has(key):
            _tell_repeated(inventory, place, key, "softwares", "software", name)
            continue
        draft = Draft(inventory.reading, model, place, key, "software instance", zone=device.zone)
        draft.call(_on(device, name), "softwares.name")
        draft.put("version", version, "softwares.version")
        draft.put("publisher", each.text("publisher"), "softwares.publisher")
        draft.relate("runs_on", device.key, device.ci_class, field="softwares")
        yield from draft.record(device.seen_at)


def _databases(inventory: Inventory, device: GlpiDevice, model: ClassModel) -> Iterator[SourceRecord]:
    for place, each in inventory.enumerated("databases_services", "databases_servers"):
        name, engine = each.text("name", "type"), each.text("type")
        instances = each.take("instances")
        instances = instances if isinstance(instances, list) else [instances]
        tables = [Section("instances", found) for found in instances if isinstance(found, dict)]
        for table in tables or [each]:
            called = table.text("name") if table.get("name") != each.get("name") else ""
            port = table.take("port") or each.take("port")
            key = _key(device, "database", name, called, str(port or ""))
            if inventory.reading.has(key):
                _tell_repeated(inventory, place, key, each.name, "database", name)
                continue
            draft = Draft(inventory.reading, model, place, key, "database", zone=device.zone)
            draft.call(_on(device, f"{name} {called}".strip() or "database"), f"{each.name}.name")
            draft.put("engine", engine, f"{each.name}.type")
            draft.put("version", each.text("version"), f"{each.name}.version")
            draft.put("publisher", each.text("manufacturer"), f"{each.name}.manufacturer")
            draft.put("port", port, f"{each.name}.port")
            draft.relate("runs_on", device.key, device.ci_class, field=each.name)
            yield from draft.record(device.seen_at)


def _virtual_machines(inventory: Inventory, device: GlpiDevice, model: ClassModel) -> Iterator[SourceRecord]:
    for place, each in inventory.enumerated("virtualmachines"):
        kind = each.text("vmtype", "subsystem").lower()
        ci_class = "container" if kind in CONTAINERS else "virtual machine"
        uuid, name = each.text("uuid", "vmid").lower(), each.text("name")
        key = _key(device, ci_class, uuid or name)
        if not (uuid or name) or inventory.reading.has(key):
            _tell_repeated(inventory, place, key, "virtualmachines", ci_class, uuid or name)
            continue
        draft = Draft(inventory.reading, model, place, key, ci_class, zone=device.zone)
        called = _on(device, name) if name and ci_class == "container" else name or uuid
        draft.call(called, "virtualmachines.name")
        if ci_class == "container":
            draft.put("image", each.text("image"), "virtualmachines.image")
        else:
            draft.put("uuid", uuid, "virtualmachines.uuid")
            draft.put("cpu_count", each.take("vcpu"), "virtualmachines.vcpu")
            memory = each.take("memory")
            draft.put("ram_gb", None if memory is None else gigabytes(memory), "virtualmachines.memory")
            system = each.get("operatingsystem")
            if isinstance(system, dict):
                each.used.add("operatingsystem")
                system_name = Section("operatingsystem", system).text("full_name", "name")
                draft.put("operating_system", system_name, "virtualmachines.operatingsystem")
        draft.look_up("uuid", uuid=uuid)
        macs = [mac for told in each.text("mac").split("/") if (mac := mac_of(told))]
        draft.put("mac_addresses", macs, "virtualmachines.mac")
        for mac in macs:
            draft.look_up("network adapter", mac=mac)
        draft.relate("runs_on", device.key, device.ci_class, field="virtualmachines")
        yield from draft.record(device.seen_at)


def _monitors(inventory: Inventory, device: GlpiDevice, model: ClassModel) -> Iterator[SourceRecord]:
    for place, each in inventory.enumerated("monitors"):
        serial = real(each.take("serial", "altserial")) or ""
        name = each.text("caption", "name", "description")
        maker = each.text("manufacturer")
        if not (name or serial):
            inventory.reading.drop(
                place, device.key, "monitors", "has no name and no serial number", _CORRECT
            )
            continue
        draft = _attached(inventory, device, model, place, "monitor", str(serial) or name)
        if draft is None:
            continue
        draft.call((name if serial else _on(device, name)) or serial, "monitors.caption")
        draft.put("manufacturer", maker, "monitors.manufacturer")
        draft.put("model", name, "monitors.caption")
        draft.put("serial_number", serial, "monitors.serial")
        draft.look_up("serial number", serial_number=serial, manufacturer=maker)
        relation = "composed_of" if model.allows(device.ci_class, "composed_of", "device") else "depends_on"
        draft.relate(relation, device.key, device.ci_class, from_other=True, field="monitors")
        yield from draft.record(device.seen_at)


def _printers(inventory: Inventory, device: GlpiDevice, model: ClassModel) -> Iterator[SourceRecord]:
    for place, each in inventory.enumerated("printers"):
        name, serial = each.text("name", "driver"), each.text("serial")
        if not name or _PAPERLESS.search(name):
            problem = f"{name!r} is no printer that has paper" if name else "has no name"
            inventory.reading.pass_over(place, device.key, "printers", problem)
            continue
        draft = _attached(inventory, device, model, place, "printer", serial or name)
        if draft is None:
            continue
        draft.call(name if serial else _on(device, name), "printers.name")
        draft.put("model", each.text("driver"), "printers.driver")
        draft.put("serial_number", serial, "printers.serial")
        draft.look_up("serial number", serial_number=serial)
        draft.relate("depends_on", device.key, device.ci_class, from_other=True, field="printers")
        yield from draft.record(device.seen_at)


def _attached(
    inventory: Inventory, device: GlpiDevice, model: ClassModel, place: str, *names: str
) -> Draft | None:
    kind, name = names
    key = _key(device, kind, name)
    if inventory.reading.has(key):
        _tell_repeated(inventory, place, key, f"{kind}s", kind, name)
        return None
    ci_class = "printer" if kind == "printer" else "device"
    return Draft(inventory.reading, model, place, key, ci_class, zone=device.zone)


def _on(device: GlpiDevice, name: str) -> str:
    """Return the name of what stands on a device, where others have one of the same name."""
    return f"{name} on {device.name}" if device.name else name


def _key(device: GlpiDevice, *names: str) -> str:
    return "/".join([device.key, *filter(None, names)])


def _tell_repeated(inventory: Inventory, place: str, key: str, *told: str) -> None:
    """Note a part that has no name, or that stands further up already: that is one installation."""
    section, what, name = told
    problem = f"{what} {name!r} stands further up already" if name else f"{what} without a name"
    inventory.reading.drop(place, key, section, problem, "nothing, if it is the same; else correct it")


PARTS: tuple[Part, ...] = (_softwares, _databases, _virtual_machines, _monitors, _printers)
