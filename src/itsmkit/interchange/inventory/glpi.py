"""Inventories of the GLPI agent, and of FusionInventory before it: one device, and what is on it."""

from collections.abc import Iterator
from typing import Any, Unpack
from zoneinfo import ZoneInfo

from itsmkit._problems import shown
from itsmkit.cmdb.class_model import ClassModel
from itsmkit.cmdb.source_record import SourceRecord
from itsmkit.interchange.inventory._glpi_device import GlpiDevice
from itsmkit.interchange.inventory._glpi_parts import PARTS
from itsmkit.interchange.inventory._glpi_sections import Inventory, lowered
from itsmkit.interchange.inventory._json_stream import JsonPiece, is_json_lines, json_lines, json_pieces
from itsmkit.interchange.inventory._source_file import InventorySource
from itsmkit.interchange.inventory._zones import zone_of
from itsmkit.interchange.inventory.inventory_import import ImportOptions, InventoryImport, Reading

__all__ = ["read_glpi"]

_WAY_OUT = "export the inventory again; the agent writes one with --json"


def read_glpi(
    source: InventorySource,
    *,
    time_zone: str = "UTC",
    model: ClassModel | None = None,
    **options: Unpack[ImportOptions],
) -> InventoryImport:
    """
    Return the records of an inventory by the GLPI agent: a device, and what is installed on it or attached.

    A computer becomes a virtual machine, a container, a physical host or a workstation, as its chassis and
    its firmware say; other devices what their item type says. Software, databases, virtual machines, monitors
    and printers become records of their own, related to the device. What others have under the same name, as
    with software, is named with the device: ``editor on ada``. What only stands in for a serial number ("To
    be filled by O.E.M.") is none.

    A file may hold one inventory, a list of them, or one on each line. Each is held in memory as a whole. An
    inventory that is no table with a content, or from which no key can be read, is left out.

    Args:
        source: The file, JSON, plain or gzip.
        time_zone: The zone of times of devices that do not tell theirs.
        model: The class model, by default the standard one, whose classes and attributes the records keep to.
            One of your own has to have those of the standard one that are to be filled.
        **options: As `ImportOptions` says.

    Raises:
        DefinitionError: If an option is wrong.

    Source:
        The format of inventories of GLPI, https://github.com/glpi-project/inventory_format.
    """
    from itsmkit.cmdb.class_model_form import standard_class_model  # noqa: PLC0415  # reads a file

    used = model or standard_class_model()
    zone = zone_of(time_zone)
    return InventoryImport("glpi", source, lambda reading: _records(reading, used, zone), options)


def _records(reading: Reading, model: ClassModel, zone: ZoneInfo) -> Iterator[SourceRecord]:
    for piece in _pieces(reading):
        content = None if piece.problem else _content(piece.value)
        if content is None:
            problem = piece.problem or f"is no inventory: there is no content in {shown(piece.value)}"
            reading.leave_out(piece.place, "", problem, _WAY_OUT)
            continue
        head, inner = content
        devices = _devices(inner)
        for number, each in enumerate(devices):
            inventory = Inventory(reading, piece.place, head, each, number if len(devices) > 1 else None)
            device = GlpiDevice(inventory, model, zone)
            if not device.key:
                problem = "has neither a deviceid, nor a UUID, a serial number, a hardware address or a name"
                reading.leave_out(piece.place, "", problem, _WAY_OUT)
                continue
            yield from device.record()
            for part in PARTS:
                yield from part(inventory, device, model)
            inventory.report_the_rest()
            if inventory.head.take("partial") is True:
                problem, way_out = "it tells of a part only", "do not take what is missing for gone"
                reading.pass_over(piece.place, device.key, "partial", problem, way_out)


def _pieces(reading: Reading) -> Iterator[JsonPiece]:
    if is_json_lines(reading.file):
        return json_lines(reading.file, reading.limits)
    start = reading.file.start_of_text().lstrip()
    return json_pieces(reading.file, reading.limits, *([""] if start.startswith("[") else []))


def _content(value: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return what stands around the content, and the content itself."""
    head = lowered(value)
    if isinstance(head, dict) and isinstance(head.get("request"), dict):  # as converted from XML
        head = head["request"]
    content = head.get("content") if isinstance(head, dict) else None
    return (head, content) if isinstance(content, dict) else None


def _devices(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the content of each device: older network inventories list several."""
    listed = content.get("device")
    found = listed if isinstance(listed, list) else [listed]
    devices = []
    for each in found:
        if isinstance(each, dict):
            inner = {name: value for name, value in each.items() if name != "info"}
            info = each.get("info") if isinstance(each.get("info"), dict) else {}
            devices.append({**inner, "network_device": info})
    return devices or [content]
