"""Configuration items of ServiceNow, from its Table API or an export of a list."""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import Unpack
from zoneinfo import ZoneInfo

from itsmkit._problems import name_problems
from itsmkit.cmdb.class_model import ClassModel
from itsmkit.cmdb.source_record import SourceRecord
from itsmkit.errors import DefinitionError
from itsmkit.interchange.inventory._draft import Draft
from itsmkit.interchange.inventory._servicenow_links import Links
from itsmkit.interchange.inventory._servicenow_rows import ServiceNowRow, servicenow_rows
from itsmkit.interchange.inventory._servicenow_terms import ATTRIBUTES, ENVIRONMENTS, LIFECYCLES
from itsmkit.interchange.inventory._source_file import InventorySource, SourceFile
from itsmkit.interchange.inventory._values import instant_of, mac_of, number_of
from itsmkit.interchange.inventory._zones import zone_of
from itsmkit.interchange.inventory.inventory_import import ImportOptions, InventoryImport, Reading

__all__ = ["read_servicenow"]

_CORRECT = "correct it in the source"
_UUID = re.compile(r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)
_UUIDS = ("bios_uuid", "vm_instance_uuid", "vm_inst_id", "object_id", "uuid")
"""What may tell a UUID; identifiers such as ``vm-21``, which each vCenter gives anew, stand there, too."""
_HANDLED = frozenset(
    {
        "cpu_core_count",
        "dns_domain",
        "environment",
        "host_name",
        "install_status",
        "ip_address",
        "last_discovered",
        "location",
        "mac_address",
        "memory",
        "name",
        "os",
        "os_version",
        "ram",
        "sys_class_name",
        "sys_id",
        "u_environment",
        "used_for",
        "virtual",
        *_UUIDS,
        *(field for fields in ATTRIBUTES.values() for field in fields),
    }
)
_EXACT = frozenset({"cpu_count", "expires", "price", "purchased_at", "vip", "warranty_until"})
"""What is read from the stored value, and not from how it is displayed."""


def read_servicenow(
    source: InventorySource,
    *,
    relations: InventorySource | None = None,
    time_zone: str = "UTC",
    default_class: str | None = None,
    model: ClassModel | None = None,
    **options: Unpack[ImportOptions],
) -> InventoryImport:
    """
    Return the records of configuration items of ServiceNow.

    The file is what the Table API answers, with values plain or as ``value`` and ``display_value``, or an
    export of a list as JSON or CSV. Rows of ``cmdb_rel_ci`` become relations of the records, wherever they
    stand in the file, by the name of their type or by rows of ``cmdb_rel_type``. ``sys_id`` is the key, or
    the name where it was not exported. The file is read twice, and the key, the name and the class of each
    row are held in memory.

    A table that is unknown is taken for the one above it by its name; a row for which there is none, and no
    *default_class*, is left out. Relations that the class model does not allow are reported.

    Args:
        source: The file, plain or gzip.
        relations: A file of its own for the rows of ``cmdb_rel_ci``. Whether it is still the same when a
            reading is resumed, is not looked at.
        time_zone: The zone of times without one. ServiceNow stores UTC, and displays the zone of the user.
        default_class: The class of rows of tables that nothing is known of.
        model: The class model, by default the standard one, whose classes and attributes the records keep to.
        **options: As `ImportOptions` says.

    Raises:
        DefinitionError: If an option is wrong.
    """
    from itsmkit.cmdb.class_model_form import standard_class_model  # noqa: PLC0415  # reads a file

    used = model or standard_class_model()
    zone = zone_of(time_zone)
    problems = list(name_problems("default_class", default_class)) if default_class is not None else []
    if default_class is not None and not problems and not used.knows(default_class):
        problems.append(f"default_class: {used.unknown_class(default_class)}")
    if problems:
        raise DefinitionError(*problems)

    def read(reading: Reading) -> Iterator[SourceRecord]:
        links = Links(default_class, used)
        links.learn(reading, reading.file)
        if relations is not None:
            with closing(SourceFile(relations, reading.limits)) as file:
                links.learn(reading, file)
        links.settle(reading)
        for row in servicenow_rows(reading, reading.file):
            if not (row.is_relation or row.is_relation_type):
                yield from _Item(reading, row, links=links, model=used, zone=zone).record()

    return InventoryImport("servicenow", source, read, options)


class _Item:
    """One row in the making."""

    def __init__(
        self, reading: Reading, row: ServiceNowRow, *, links: Links, model: ClassModel, zone: ZoneInfo
    ) -> None:
        self._reading = reading
        self._row = row
        self._links = links
        self._model = model
        self._zone = zone

    def record(self) -> Iterator[SourceRecord]:
        """Yield the record, unless none can be made: that is noted then."""
        row, reading = self._row, self._reading
        ci_class = None if row.problem else self._links.class_of(row)
        if row.problem:
            reading.leave_out(row.place, row.key, row.problem, "export it again")
        elif not row.key:
            reading.leave_out(row.place, "", "has neither a sys_id nor a name", "export the field sys_id")
        elif ci_class is None:
            problem = (
                f"the class {row.table!r} is none that is known" if row.table else "has no sys_class_name"
            )
            reading.leave_out(row.place, row.key, problem, "give a default_class, or use a column map")
        else:
            draft = Draft(reading, self._model, row.place, row.key, ci_class, zone=self._zone)
            self._fill(draft)
            yield from draft.record(self._seen_at())

    def _fill(self, draft: Draft) -> None:
        row, reading = self._row, self._reading
        if not row.shown("sys_id"):
            way_out = "export the field sys_id, so that the key lasts when the name changes"
            reading.drop(row.place, row.key, "sys_id", "is missing; the name is the key", way_out)
        if not self._links.is_known(row):
            problem = f"the class {row.table!r} is unknown; it is taken for {draft.ci_class!r}"
            reading.drop(row.place, row.key, f"sys_class_name {row.table}", problem, "correct it afterwards")
        draft.call(row.shown("name"))
        self._put_attributes(draft)
        self._put_machine(draft)
        self._put_addresses(draft)
        self._put_states(draft)
        self._links.relate(draft, row)
        for field in row.fields:
            if field not in _HANDLED:
                reading.pass_over(row.place, row.key, field)

    def _put_attributes(self, draft: Draft) -> None:
        row = self._row
        maker = ""
        for attribute, fields in ATTRIBUTES.items():
            for field in fields:
                if field in row.fields:
                    value = row.stored(field) if attribute in _EXACT else self._named(field)
                    draft.put(attribute, value, field)
                    if field == "manufacturer":
                        maker = value
        draft.look_up("serial number", serial_number=row.shown("serial_number"), manufacturer=maker)
        if not self._links.is_place(row.reference("location")):  # which makes it a relation
            draft.put("location", self._named("location"), "location")

    def _named(self, field: str) -> str:
        """Return what a field says, or the name of what it refers to; nothing if the file has none."""
        key = self._row.bare_reference(field)
        if not key:
            return self._row.shown(field)
        name = self._links.name_of(key)
        if name is None:
            problem = f"refers to {key!r}, whose name is not in the file"
            way_out = "export display values, too (sysparm_display_value=all)"
            self._reading.drop(self._row.place, self._row.key, field, problem, way_out)
        return name or ""

    def _put_machine(self, draft: Draft) -> None:
        row = self._row
        system, version = row.shown("os"), row.shown("os_version")
        is_told = not version or version in system
        draft.put("operating_system", system if is_told else f"{system} {version}".strip(), "os")
        memory = row.stored("ram") or row.stored("memory")
        if memory:
            try:
                draft.put("ram_gb", round(number_of(memory) / 1024, 2), "ram")
            except ValueError as error:
                self._reading.drop(row.place, row.key, "ram", str(error), _CORRECT)
        for field in _UUIDS:
            told = row.shown(field)
            if _UUID.fullmatch(told):
                draft.put("uuid", told.lower(), field)
                draft.look_up("uuid", uuid=told.lower())
            elif told:
                self._reading.pass_over(row.place, row.key, field, "is no UUID", "do without it")

    def _put_addresses(self, draft: Draft) -> None:
        row = self._row
        host, domain = row.shown("host_name"), row.shown("dns_domain")
        if host and domain:
            draft.put("dns_name", f"{host}.{domain}".lower(), "host_name")
        addresses = [each for each in row.shown("ip_address").split(",") if each.strip()]
        draft.put("ip_addresses", addresses, "ip_address")
        told = row.shown("mac_address")
        macs = [mac for each in told.split(",") if (mac := mac_of(each))]
        if told and not macs:
            self._reading.drop(row.place, row.key, "mac_address", f"{told!r} is no such address", _CORRECT)
        draft.put("mac_addresses", macs, "mac_address")
        for mac in macs:
            draft.look_up("network adapter", mac=mac)

    def _put_states(self, draft: Draft) -> None:
        row = self._row
        for told in (row.stored("install_status"), row.shown("install_status")):
            draft.put("lifecycle", LIFECYCLES.get(told.lower()), "install_status")
        if row.shown("install_status") and "lifecycle" not in draft.attributes:
            draft.put("lifecycle", row.shown("install_status"), "install_status")
        for field in ("environment", "u_environment", "used_for"):
            told = row.shown(field).lower()
            draft.put("environment", ENVIRONMENTS.get(told, told), field)

    def _seen_at(self) -> datetime | None:
        row = self._row
        told = row.stored("last_discovered")
        if not told:
            return None
        try:
            return instant_of(told, self._zone)
        except ValueError as error:
            way_out = "the time that was given for the file is taken"
            self._reading.drop(row.place, row.key, "last_discovered", str(error), way_out)
            return None
