"""Exports of NetBox: answers of its API, lists of objects, and dumps of its database, all as JSON."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Unpack

from itsmkit.cmdb.class_model import ClassModel
from itsmkit.cmdb.source_record import SourceRecord
from itsmkit.errors import DefinitionError
from itsmkit.interchange.inventory._draft import Draft
from itsmkit.interchange.inventory._drafts import Drafts, clean
from itsmkit.interchange.inventory._netbox_network import Network
from itsmkit.interchange.inventory._netbox_rows import (
    Row,
    Seen,
    choice,
    model_of_type,
    ref_id,
    ref_name,
    rows_of,
)
from itsmkit.interchange.inventory._netbox_terms import (
    CLASSES,
    LIFECYCLES,
    REFERENCE_MODELS,
    SILENT,
    TAKEN,
    device_class,
    model_named,
)
from itsmkit.interchange.inventory._source_file import InventorySource
from itsmkit.interchange.inventory._values import is_nothing, number_of
from itsmkit.interchange.inventory.inventory_import import ImportOptions, InventoryImport, Reading

__all__ = ["read_netbox"]

_MIB_PER_GIB = 1024
_KBPS_PER_MBPS = 1000


def read_netbox(
    source: InventorySource,
    *,
    object_type: str | None = None,
    model: ClassModel | None = None,
    **options: Unpack[ImportOptions],
) -> InventoryImport:
    """
    Return the records of an export of NetBox.

    It may be an answer of the API, a list of objects, an object that holds lists of objects by their model,
    one object, or a dump of the database (``dumpdata``); or a file named ``.yml`` or ``.yaml`` such as those
    that fill a new NetBox. A record has the key ``<model>:<id>``, such as
    ``dcim.device:12``, so that the records of several files fit together; what has no id, has its name there.

    Sites, locations, racks, devices, virtual machines, clusters, services, circuits, power panels and feeds,
    tenants, contacts and providers become items; what a device is, its role tells, or else its type.
    Interfaces and addresses become attributes and look-ups of what they belong to, and cables become
    relations. A relation to an object that is not in the file is kept if its model tells the class.

    Args:
        source: The file.
        object_type: What the objects are that do not say so themselves, such as ``"devices"``.
        model: The class model, by default the standard one, whose classes and attributes the records keep to.
        **options: As `ImportOptions` says.

    Raises:
        DefinitionError: With every option that is wrong.
    """
    label = model_named(object_type)
    if object_type is not None and label is None:
        known = ", ".join(sorted(CLASSES))
        problem = f"object_type: {object_type!r} is none that is known; known: {known}"
        raise DefinitionError(problem)

    def read(reading: Reading) -> Iterator[SourceRecord]:
        export = _Export(rows_of(reading, label), Drafts(reading, model), reading)
        export.make()
        yield from export.drafts.records()

    return InventoryImport("netbox", source, read, options)


class _Export:
    """An export on its way to drafts."""

    def __init__(self, rows: Seen, drafts: Drafts, reading: Reading) -> None:
        self._reading = reading
        self._rows = rows
        self.drafts = drafts

    def make(self) -> None:
        """Make the drafts of all objects."""
        for model, rows in tuple(self._rows.items()):
            describe = self._describing.get(model)
            if describe is None:
                self._pass_over(model, rows)
                continue
            for row in rows.values():
                self._item(row, describe)
        Network(self._rows, self.drafts, self._reading).relate()
        for row in self._rows["tenancy.contactassignment"].values():
            self._assignment(row)

    def _pass_over(self, model: str, rows: Mapping[str, Row]) -> None:
        for row in rows.values():
            problem, way_out = f"{model} is no configuration item", "do without it"
            if model in REFERENCE_MODELS:
                problem, way_out = f"{model} only tells of items", "nothing, if they are in this file, too"
            self._reading.pass_over(row.position, row.key, model, problem, way_out)

    def _item(self, row: Row, describe: Callable[["_Export", Draft, Row], None]) -> None:
        draft = self.drafts.begin(row.position, row.key, self._class_of(row), self._name_of(row))
        fields = row.fields
        describe(self, draft, row)
        draft.call(fields.get("display") or fields.get("display_name"), "display")
        self._status(draft, fields)
        if not is_nothing(fields.get("tenant")):
            self._refer(draft, "used_by", fields["tenant"], "tenancy.tenant", "tenant")
        taken = TAKEN.get(row.model, frozenset()) | SILENT
        for name, value in fields.items():
            if (
                name in taken
                or is_nothing(value)
                or name.startswith(("_", "count_"))
                or name.endswith("_count")
            ):
                continue
            self.drafts.pass_over(draft, f"{row.model}.{name}")
        for name in ("custom_fields", "custom_field_data"):
            custom = fields.get(name)
            for each, value in custom.items() if isinstance(custom, dict) else ():
                if not is_nothing(value):
                    self.drafts.pass_over(draft, f"{row.model}.custom_fields.{each}")

    def _name_of(self, row: Row) -> str | None:
        """Return its name; of a service, with what it runs on, since there is one of the name on each."""
        name = clean(row.fields.get("name"))
        if row.model != "ipam.service" or name is None:
            return name
        model = model_of_type(row.fields.get("parent_object_type"), self._rows)
        owners = [
            ref_name(row.fields.get("device"), self._rows["dcim.device"]),
            ref_name(row.fields.get("virtual_machine"), self._rows["virtualization.virtualmachine"]),
            ref_name(row.fields.get("parent"), {}),
            ref_name(row.fields.get("parent_object_id"), self._rows[model or ""]),
        ]
        owner = next(filter(None, owners), None)
        return name if owner is None else f"{name} on {owner}"

    def _class_of(self, row: Row) -> str:
        if row.model != "dcim.device":
            return CLASSES[row.model]
        fields = row.fields
        role = fields.get("role") or fields.get("device_role")
        return device_class(
            ref_name(role, self._rows["dcim.devicerole"]),
            ref_name(fields.get("device_type"), self._rows["dcim.devicetype"]),
        )

    def _status(self, draft: Draft, fields: Mapping[str, Any]) -> None:
        status = choice(fields.get("status"))
        if status is None or not self.drafts.knows(draft, "lifecycle"):
            return
        if status in LIFECYCLES:
            draft.put("lifecycle", LIFECYCLES[status], "status")
        else:
            problem = f"the status {status!r} says nothing of where an item is in its life"
            self.drafts.pass_over(draft, f"status {status}", problem, "do without it")
        if status == "failed":
            draft.put("health", "critical", "status")

    def _refer(
        self,
        draft: Draft,
        relation_type: str,
        value: object,
        model: str,
        field: str,
        *,
        from_other: bool = False,
    ) -> None:
        """Note a relation to what a field names, if it names anything."""
        key = ref_id(value)
        if key is not None:
            self.drafts.relate(
                draft,
                relation_type,
                f"{model}:{key}",
                field,
                from_other=from_other,
                other_class="physical host" if model == "dcim.device" else CLASSES[model],
            )

    def _place(self, draft: Draft, fields: Mapping[str, Any]) -> None:
        """Note in what it stands: the nearest that is told."""
        for field, model in (
            ("rack", "dcim.rack"),
            ("location", "dcim.location"),
            ("rack_group", "dcim.location"),
            ("site", "dcim.site"),
        ):
            if ref_id(fields.get(field)) is not None:
                self._refer(draft, "contains", fields[field], model, field, from_other=True)
                return

    # -- the models ------------------------------------------------------------------------------

    def _site(self, draft: Draft, row: Row) -> None:
        draft.put("address", row.fields.get("physical_address"), "dcim.site.physical_address")
        draft.put("time_zone", row.fields.get("time_zone"), "dcim.site.time_zone")

    def _location(self, draft: Draft, row: Row) -> None:
        self._place(draft, {"site": row.fields.get("site")})

    def _rack(self, draft: Draft, row: Row) -> None:
        fields = row.fields
        draft.put("height_units", fields.get("u_height"), "dcim.rack.u_height")
        draft.look_up("serial number", serial_number=clean(fields.get("serial")))
        draft.look_up("asset tag", asset_tag=clean(fields.get("asset_tag")))
        self._place(
            draft, {"location": fields.get("location") or fields.get("group"), "site": fields.get("site")}
        )

    def _device(self, draft: Draft, row: Row) -> None:
        fields = row.fields
        kind = fields.get("device_type")
        told: Mapping[str, Any] = kind if isinstance(kind, dict) else {}
        if not told and (key := ref_id(kind)) in self._rows["dcim.devicetype"]:
            told = self._rows["dcim.devicetype"][str(key)].fields
        maker = ref_name(told.get("manufacturer"), self._rows["dcim.manufacturer"])
        model = ref_name(kind, self._rows["dcim.devicetype"])
        draft.put("model", told.get("model") or model, "dcim.device.device_type")
        draft.put("manufacturer", maker, "dcim.devicetype.manufacturer")
        draft.put("serial_number", fields.get("serial"), "dcim.device.serial")
        draft.put("asset_tag", fields.get("asset_tag"), "dcim.device.asset_tag")
        draft.look_up("serial number", serial_number=clean(fields.get("serial")), manufacturer=maker)
        self._platform(draft, row)
        self._place(draft, fields)
        self._refer(
            draft, "composed_of", fields.get("cluster"), "virtualization.cluster", "cluster", from_other=True
        )
        chassis = fields.get("virtual_chassis")
        self._refer(draft, "composed_of", chassis, "dcim.virtualchassis", "virtual_chassis", from_other=True)
        if not is_nothing(fields.get("parent_device")):
            self._housed(draft, f"dcim.device:{ref_id(fields['parent_device'])}")

    def _housed(self, draft: Draft, parent: str) -> None:
        """Note what a device is plugged into, of which it is a part unless it is a host."""
        field = "parent_device"
        if self.drafts.model.is_a(draft.ci_class, "device"):
            self.drafts.relate(draft, "composed_of", parent, field, from_other=True, other_class="device")
        else:
            self.drafts.relate(draft, "depends_on", parent, field, other_class="device")

    def _platform(self, draft: Draft, row: Row) -> None:
        platform = ref_name(row.fields.get("platform"), self._rows["dcim.platform"])
        draft.put("operating_system", platform, f"{row.model}.platform")

    def _virtual_machine(self, draft: Draft, row: Row) -> None:
        fields = row.fields
        self._platform(draft, row)
        draft.put("cpu_count", fields.get("vcpus"), f"{row.model}.vcpus")
        draft.put("ram_gb", _parted(fields.get("memory"), _MIB_PER_GIB), f"{row.model}.memory")
        draft.look_up("serial number", serial_number=clean(fields.get("serial")))
        self._refer(draft, "runs_on", fields.get("cluster"), "virtualization.cluster", "cluster")
        self._refer(draft, "runs_on", fields.get("device"), "dcim.device", "device")

    def _service(self, draft: Draft, row: Row) -> None:
        fields = row.fields
        ports = fields.get("ports") or fields.get("port")
        if isinstance(ports, list) and len(ports) > 1:
            self.drafts.pass_over(draft, "ipam.service.ports", "it has several ports", "do without them")
        else:
            draft.put("port", ports[0] if isinstance(ports, list) and ports else ports, "ipam.service.ports")
        model = model_of_type(fields.get("parent_object_type"), self._rows)
        if model in ("dcim.device", "virtualization.virtualmachine"):
            self._refer(draft, "runs_on", fields.get("parent_object_id"), model, "parent_object_id")
        self._refer(draft, "runs_on", fields.get("device"), "dcim.device", "device")
        machine = fields.get("virtual_machine")
        self._refer(draft, "runs_on", machine, "virtualization.virtualmachine", "virtual_machine")

    def _circuit(self, draft: Draft, row: Row) -> None:
        fields = row.fields
        draft.call(fields.get("cid"), "cid")
        draft.put("circuit_id", fields.get("cid"), "circuits.circuit.cid")
        rate = _parted(fields.get("commit_rate"), _KBPS_PER_MBPS)
        draft.put("bandwidth_mbps", rate, "circuits.circuit.commit_rate")
        self._refer(draft, "supplied_by", fields.get("provider"), "circuits.provider", "provider")

    def _provider(self, draft: Draft, row: Row) -> None:
        draft.put("customer_number", row.fields.get("account"), "circuits.provider.account")

    def _power_panel(self, draft: Draft, row: Row) -> None:
        self._place(draft, row.fields)

    def _power_feed(self, draft: Draft, row: Row) -> None:
        self._refer(draft, "powered_by", row.fields.get("power_panel"), "dcim.powerpanel", "power_panel")
        self._refer(draft, "powered_by", row.fields.get("rack"), "dcim.rack", "rack", from_other=True)

    def _contact(self, draft: Draft, row: Row) -> None:
        draft.put("job_title", row.fields.get("title"), "tenancy.contact.title")
        draft.put("phone_number", row.fields.get("phone"), "tenancy.contact.phone")
        draft.put("email", row.fields.get("email"), "tenancy.contact.email")

    def _named_only(self, draft: Draft, row: Row) -> None:
        """Take nothing but what every model has."""

    def _assignment(self, row: Row) -> None:
        fields = row.fields
        told = fields.get("object_type") or fields.get("content_type")
        model = model_of_type(told, self._rows)
        draft = self.drafts.get(f"{model}:{ref_id(fields.get('object_id'))}")
        contact = ref_id(fields.get("contact"))
        if draft is not None and contact is not None:
            self.drafts.relate(
                draft, "operated_by", f"tenancy.contact:{contact}", row.model, other_class="person"
            )
        else:
            problem = "what it assigns a contact to is no item of this file"
            self._reading.pass_over(row.position, row.key, row.model, problem, "do without it")

    _describing: Mapping[str, Callable[["_Export", Draft, Row], None]] = {
        "circuits.circuit": _circuit,
        "circuits.provider": _provider,
        "dcim.device": _device,
        "dcim.location": _location,
        "dcim.powerfeed": _power_feed,
        "dcim.powerpanel": _power_panel,
        "dcim.rack": _rack,
        "dcim.site": _site,
        "dcim.virtualchassis": _named_only,
        "ipam.service": _service,
        "tenancy.contact": _contact,
        "tenancy.tenant": _named_only,
        "virtualization.cluster": _named_only,
        "virtualization.virtualmachine": _virtual_machine,
    }


def _parted(value: object, parts: int) -> object:
    """Return a number as that of a unit so many times larger; what is no number, as it is."""
    if is_nothing(value):
        return None
    try:
        return number_of(value) / parts
    except ValueError:
        return value
