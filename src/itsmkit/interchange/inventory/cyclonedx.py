"""Bills of materials in CycloneDX, as JSON."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Unpack

from attrs import define, field

from itsmkit._problems import shown
from itsmkit.cmdb.class_model import ClassModel
from itsmkit.cmdb.source_record import SourceRecord
from itsmkit.interchange.inventory._cyclonedx_terms import (
    CLASSES,
    CLASSES_OF_THE_WHOLE,
    COMPONENT_FIELDS,
    LISTS,
    NO_ITEMS,
    SERVICE_FIELDS,
    SILENT,
    VERSIONS,
    certificate_of,
    hashes_of,
    key_of,
    licences_of,
    maker_of,
    name_of,
    several,
)
from itsmkit.interchange.inventory._draft import Draft
from itsmkit.interchange.inventory._drafts import Drafts, clean
from itsmkit.interchange.inventory._json_stream import JsonPiece, json_pieces, path_text
from itsmkit.interchange.inventory._source_file import InventorySource
from itsmkit.interchange.inventory._values import is_nothing
from itsmkit.interchange.inventory.errors import InventoryFileError
from itsmkit.interchange.inventory.inventory_import import ImportOptions, InventoryImport, Reading

__all__ = ["read_cyclonedx"]


def read_cyclonedx(
    source: InventorySource, *, model: ClassModel | None = None, **options: Unpack[ImportOptions]
) -> InventoryImport:
    """
    Return the records of a bill of materials in CycloneDX 1.2 to 1.7, written as JSON.

    What the bill is of becomes an application, unless it is a device, firmware or an operating system; its
    components become software, devices and certificates, and services become technical services. Files and
    data are no configuration items. A record has the key ``bom-ref``, or else its package URL, or else its
    name and version. Of dependencies come ``depends_on``; of what lies in something else, ``composed_of``.
    What the bill is of is composed of all components, if no dependencies of it are told.

    Unless the bill says when it was made, its records were seen at *seen_at*. It is read as a whole, since
    what something depends on may stand anywhere.

    Args:
        source: The file.
        model: The class model, by default the standard one, whose classes and attributes the records keep to.
        **options: As `ImportOptions` says.

    Raises:
        DefinitionError: With every option that is wrong.

    Source:
        ECMA-424, CycloneDX bill of materials specification.
    """
    return InventoryImport("cyclonedx", source, lambda reading: _read(reading, model), options)


def _read(reading: Reading, model: ClassModel | None) -> Iterator[SourceRecord]:
    bill = _Bill(reading, Drafts(reading, model))
    bill.read()
    yield from bill.drafts.records(seen_at=bill.made_at)


@define(eq=False)
class _Bill:
    """A bill of materials on its way to drafts."""

    reading: Reading
    drafts: Drafts
    head: dict[str, Any] = field(factory=dict)
    lists: dict[str, list[JsonPiece]] = field(factory=lambda: {name: [] for name in LISTS})
    passed_over: set[str] = field(factory=set)
    by_purl: dict[str, str] = field(factory=dict)
    whole: str | None = None
    made_at: datetime | None = None

    def read(self) -> None:
        """Read the file, and make the drafts."""
        self._gather()
        self._check()
        self._date()
        whole = self._whole()
        tops = [self._component(piece.value, _Place(piece)) for piece in self._taken("components")]
        for piece in self._taken("services"):
            self._service(piece.value, _Place(piece))
        told = self._dependencies()
        if whole is not None and whole.key not in told:
            for part in filter(None, tops):
                self._contain(whole, part, "components")

    def _gather(self) -> None:
        file = self.reading.file
        if file.start_of_text().lstrip().startswith("<"):
            problem = "is XML; export it as CycloneDX JSON (most tools have an option for the output format)"
            raise InventoryFileError(file.name, "", problem)
        for piece in json_pieces(file, self.reading.limits, "", "metadata", *LISTS):
            match piece.path:
                case (str(name), int()) if name in LISTS:
                    self.lists[name].append(piece)
                case (str(name),) | ("metadata", str(name)):
                    self._field(name, piece)
                case _:
                    problem = f"is no CycloneDX: it must hold an object, not {shown(piece.value)}"
                    raise InventoryFileError(file.name, piece.place, problem)

    def _field(self, name: str, piece: JsonPiece) -> None:
        """Take one field of the bill, or of its metadata."""
        if piece.problem:
            note = self.reading.leave_out if name in (*LISTS, "component") else self._pass_over
            note(piece.place, name, piece.problem, "correct it in the source")
        elif name in LISTS and piece.value is not None:
            self._not_an_object(piece.place, name, piece.value, "a list")
        else:
            self.head[name] = piece.value
            if name not in SILENT and not is_nothing(piece.value):
                self.reading.pass_over(piece.place, "", name)

    def _pass_over(self, position: str, field: str, problem: str, way_out: str) -> None:
        self.reading.pass_over(position, "", field, problem, way_out)

    def _check(self) -> None:
        name, head = self.reading.file.name, self.head
        told, version = head.get("bomFormat"), head.get("specVersion")
        is_told = isinstance(told, str) and told.casefold() == "cyclonedx"
        if not is_told and not (told is None and "cyclonedx" in str(head.get("$schema"))):
            problem = (
                f"is no CycloneDX: bomFormat must be 'CycloneDX', not {shown(told)}"
                if "spdxVersion" not in head
                else "is an SPDX document; export it as CycloneDX JSON"
            )
            raise InventoryFileError(name, "", problem)
        if str(version) not in VERSIONS:
            problem = (
                f"specVersion must be one of {', '.join(VERSIONS)}, not {shown(version)}; "
                "export it as one of these"
            )
            raise InventoryFileError(name, "", problem)

    def _date(self) -> None:
        told = self.head.get("timestamp")
        try:
            made_at = datetime.fromisoformat(told) if told is not None else None
        except (TypeError, ValueError):
            made_at = None
        if made_at is not None and made_at.utcoffset() is not None:
            self.made_at = made_at
        elif told is not None:
            problem = f"must be an instant with its offset, as ISO 8601 writes it, not {shown(told)}"
            way_out = "seen_at is taken in its place"
            self.reading.drop("metadata", "", "metadata.timestamp", problem, way_out)

    def _taken(self, name: str) -> Iterator[JsonPiece]:
        for piece in self.lists[name]:
            if piece.problem:
                self.reading.leave_out(piece.place, "", piece.problem, "correct it in the source")
            elif isinstance(piece.value, dict):
                yield piece
            else:
                self._not_an_object(piece.place, name, piece.value)

    def _not_an_object(self, place: str, name: str, value: object, kind: str = "an object") -> None:
        problem = f"{name}: must be {kind}, not {shown(value)}"
        self.reading.leave_out(place, "", problem, "correct it in the source")

    # -- what there is ---------------------------------------------------------------------------

    def _whole(self) -> Draft | None:
        found = self.head.get("component")
        if found is None:
            return None
        place = _Place(JsonPiece(("metadata", "component"), 0, None))
        if not isinstance(found, dict):
            self._not_an_object(str(place), "metadata.component", found)
            return None
        ci_class = CLASSES_OF_THE_WHOLE.get(str(found.get("type")), "application")
        self.whole = key_of(found)
        return self._component(found, place, ci_class)

    def _component(self, told: Mapping[str, Any], place: "_Place", ci_class: str = "") -> Draft | None:
        """Make the drafts of a component and of all that lie in it; return that of the component."""
        kind = str(told.get("type"))
        draft = self._draft(told, place, ci_class or self._class_of(kind, told, place))
        if draft is not None:
            self._describe(draft, told, kind)
            taken = COMPONENT_FIELDS | ({"cryptoProperties"} if draft.ci_class == "certificate" else set())
            self._note_rest(draft, told, taken, "components[]")
        for part in self._inner(told, "components", place):
            inner = self._component(part[0], part[1])
            if draft is not None and inner is not None:
                self._contain(draft, inner, "components[].components")
        return draft

    def _class_of(self, kind: str, told: Mapping[str, Any], place: "_Place") -> str | None:
        if kind in NO_ITEMS or (kind == "cryptographic-asset" and not certificate_of(told)):
            self.passed_over.add(key_of(told) or "")
            problem, way_out = f"a component of type {kind!r} is no configuration item", "do without it"
            self.reading.pass_over(str(place), key_of(told) or "", f"type {kind}", problem, way_out)
            return None
        if kind not in CLASSES:
            problem, way_out = f"{shown(told.get('type'))} is no known type", "it is taken as software"
            self.reading.pass_over(str(place), key_of(told) or "", "components[].type", problem, way_out)
        return CLASSES.get(kind, "software")

    def _draft(self, told: Mapping[str, Any], place: "_Place", ci_class: str | None) -> Draft | None:
        key, name = key_of(told), name_of(told)
        if ci_class is None:
            return None
        if key is None or name is None:
            problem = f"it must have a name, not {shown(told.get('name'))}"
            self.reading.leave_out(str(place), key or "", problem, "name it in the source")
            return None
        if key == self.whole and self.drafts.get(key):
            problem, way_out = "what the bill is of stands once more among its components", "nothing"
            self.reading.pass_over(str(place), key, "components[]", problem, way_out)
            return None
        return self.drafts.add(str(place), key, ci_class, name)

    def _describe(self, draft: Draft, told: Mapping[str, Any], kind: str) -> None:
        put = draft.put
        if draft.ci_class == "certificate":
            properties = certificate_of(told)
            put("issuer", properties.get("issuerName"), "issuerName")
            put("expires", properties.get("notValidAfter"), "notValidAfter")
            put("serial_number", properties.get("serialNumber"), "serialNumber")
            return
        put("version", told.get("version"), "components[].version")
        put("cpe", told.get("cpe"), "components[].cpe")
        if purl := clean(told.get("purl")):
            self.by_purl.setdefault(purl, draft.key)
        put("purl", told.get("purl"), "components[].purl")
        put("licences", licences_of(told.get("licenses")), "components[].licenses")
        put("hashes", hashes_of(told.get("hashes")), "components[].hashes")
        maker = "manufacturer" if kind == "device" else "publisher"
        put(maker, maker_of(told), f"components[].{maker}")
        draft.look_up("package", purl=clean(told.get("purl")))

    def _service(self, told: Mapping[str, Any], place: "_Place") -> Draft | None:
        draft = self._draft(told, place, "technical service")
        if draft is not None:
            self._note_rest(draft, told, SERVICE_FIELDS, "services[]")
        for part in self._inner(told, "services", place):
            inner = self._service(part[0], part[1])
            if draft is not None and inner is not None:
                self._contain(draft, inner, "services[].services")
        return draft

    def _inner(
        self, told: Mapping[str, Any], name: str, place: "_Place"
    ) -> Iterator[tuple[Mapping[str, Any], "_Place"]]:
        several = told.get(name) or ()
        if not isinstance(several, list | tuple):
            self._not_an_object(str(place), name, several, "a list")
            return
        for number, each in enumerate(several):
            below = place.below(f"{name}[{number}]")
            if isinstance(each, dict):
                yield each, below
            else:
                self._not_an_object(str(below), name, each)

    def _note_rest(self, draft: Draft, told: Mapping[str, Any], known: frozenset[str], where: str) -> None:
        if told.keys() <= known:
            return
        for name, value in told.items():
            if name not in known and value not in (None, "", [], {}):
                self.drafts.pass_over(draft, f"{where}.{name}")

    # -- how it is related -----------------------------------------------------------------------

    def _contain(self, whole: Draft, part: Draft, told_by: str) -> None:
        """Relate something to what lies in it, in the first way that the class model has for the two."""
        ways = (
            (whole, "composed_of", part),
            (part, "runs_on", whole),  # software in a device
            (whole, "depends_on", part),  # a certificate
        )
        allows = self.drafts.model.allows
        found = [way for way in ways if allows(way[0].ci_class, way[1], way[2].ci_class)]
        source, relation_type, target = (found or ways)[0]
        self.drafts.relate(source, relation_type, target.key, told_by)

    def _dependencies(self) -> set[str]:
        """Note all dependencies, and return whose were told."""
        told = set()
        for piece in self._taken("dependencies"):
            ref = self._ref(piece.value.get("ref"))
            others = several(piece.value.get("dependsOn"))
            if others:
                told.add(ref)
            draft = self.drafts.get(ref)
            if draft is None:
                self._unknown(piece, ref)
                continue
            for other in others:
                target = self._ref(other)
                if not target or target in self.passed_over:
                    self.reading.pass_over(piece.place, ref, "dependencies[].dependsOn", "names no item")
                    continue
                is_known = target in self.drafts
                field = "dependsOn" if is_known else f"dependsOn {target!r}"
                self.drafts.relate(draft, "depends_on", target, field)
            if piece.value.get("provides"):
                self.reading.pass_over(piece.place, ref, "dependencies[].provides")
        return told

    def _unknown(self, piece: JsonPiece, ref: str) -> None:
        if ref in self.passed_over:
            self.reading.pass_over(piece.place, ref, "dependencies[].ref", "it is of no item")
        else:
            problem, way_out = f"there is no component or service {ref!r}", "add it to the bill"
            self.reading.drop(piece.place, ref, f"ref {ref!r}", problem, way_out)

    def _ref(self, ref: object) -> str:
        """Return the key of what *ref* names, be it by a link into this very bill, or by its package URL."""
        text = clean(ref) or ""
        if text.startswith("urn:cdx:"):
            serial = str(self.head.get("serialNumber")).removeprefix("urn:uuid:")
            return text.partition("#")[2] if text.startswith(f"urn:cdx:{serial}/") else text
        return text if text in self.drafts else self.by_purl.get(text, text)


@define
class _Place:
    """Where something stands; the line is that of the piece it lies in."""

    piece: JsonPiece
    path: str = ""

    def below(self, step: str) -> "_Place":
        return _Place(self.piece, f"{self.path}.{step}")

    def __str__(self) -> str:
        line = f" (line {self.piece.line})" if self.piece.line else ""
        return f"{path_text(self.piece.path)}{self.path}{line}"
