"""The rows of an export of ServiceNow, whichever way it was exported."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from itsmkit._problems import shown
from itsmkit.interchange.inventory._csv_table import CsvTable
from itsmkit.interchange.inventory._json_stream import JsonPiece, is_json_lines, json_lines, json_pieces
from itsmkit.interchange.inventory._source_file import SourceFile
from itsmkit.interchange.inventory._values import is_nothing, text_of
from itsmkit.interchange.inventory.errors import InventoryFileError
from itsmkit.interchange.inventory.inventory_import import Reading

__all__ = ["ServiceNowRow", "servicenow_rows"]

_RELATIONS = "cmdb_rel_ci"
_NO_NAME = re.compile(r"[^a-z0-9]+")
_SYS_ID = re.compile(r"[0-9a-f]{32}")
_REFERENCES = frozenset(
    {
        *("assignment_group", "location", "manufacturer", "model_id", "owned_by", "process_owner"),
        *("service_owner_delegate", "support_group", "vendor"),
    }
)
"""Fields that name another row, which an export without display values does by its key alone."""


class ServiceNowRow:
    """
    One row.

    Args:
        place: Where it stands.
        fields: Its fields that say something; a value is plain, or a table of value, display value and link.
        problem: Why it cannot be taken; empty if it can.
        table: The table that the file says it is of; empty if it does not say so.
    """

    def __init__(self, place: str, fields: dict[str, Any], problem: str = "", table: str = "") -> None:
        self.place = place
        self.fields = {name: value for name, value in fields.items() if not is_nothing(value)}
        self.problem = problem
        self._table = table

    @cached_property
    def table(self) -> str:
        """The name of its table, or its label."""
        return self.stored("sys_class_name") or self.shown("sys_class_name") or self._table

    @cached_property
    def key(self) -> str:
        """What it is known by; empty if there is nothing."""
        return self.stored("sys_id") or self.shown("name")

    @cached_property
    def is_relation(self) -> bool:
        """Whether it relates two others, and is no item itself."""
        return self.table == _RELATIONS or (not self.table and bool(self.parent and self.child))

    @cached_property
    def is_relation_type(self) -> bool:
        """Whether it is a type of relations."""
        return self.table == "cmdb_rel_type" or (not self.table and "parent_descriptor" in self.fields)

    @cached_property
    def parent(self) -> str:
        """The key, or else the name, of the parent of a relation."""
        return self._end("parent")

    @cached_property
    def child(self) -> str:
        """The key, or else the name, of the child of a relation."""
        return self._end("child")

    def _end(self, end: str) -> str:
        # With a dot or, from CSV, an underscore: fields of the other row, which were exported with this one.
        keys = (self.reference(end), self.shown(f"{end}.sys_id"), self.shown(f"{end}_sys_id"))
        names = (self.shown(end), self.shown(f"{end}.name"), self.shown(f"{end}_name"))
        return next(filter(None, (*keys, *names)), "")

    def stored(self, field: str) -> str:
        """Return the value of *field* as it is stored: of a time, in UTC if it is known to be; else empty."""
        value = self.fields.get(field)
        if isinstance(value, dict):
            text = _text(value.get("value"))
            is_time = re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", text)
            return f"{text}+00:00" if is_time and "display_value" in value else text
        return _text(value)

    def shown(self, field: str) -> str:
        """Return the value of *field* as it is displayed, or as it is stored; empty if there is neither."""
        value = self.fields.get(field)
        if isinstance(value, dict):
            return _text(value.get("display_value")) or _text(value.get("value"))
        return _text(value)

    def bare_reference(self, field: str) -> str:
        """Return the key of the row that *field* refers to, if the file does not say its name there."""
        value = self.fields.get(field)
        if isinstance(value, dict):
            is_bare = not _text(value.get("display_value")) and "link" in value
            return self.reference(field) if is_bare else ""
        return self.reference(field) if field in _REFERENCES else ""

    def reference(self, field: str) -> str:
        """Return the key of the row that *field* refers to; empty if it does not say one."""
        value = self.fields.get(field)
        if isinstance(value, dict):
            linked = _text(value.get("link")).rpartition("/")[2]
            return _text(value.get("value")) or linked.partition("?")[0]
        text = _text(value)
        return text if _SYS_ID.fullmatch(text) else ""


def _text(value: object) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    try:
        return text_of(value)
    except ValueError:  # control characters, which nothing here may have
        return " ".join("".join(each if each.isprintable() else " " for each in str(value)).split())


def servicenow_rows(reading: Reading, file: SourceFile, *, tells: bool = True) -> Iterator[ServiceNowRow]:
    """
    Yield the rows of *file*: JSON or CSV, told by its content.

    Args:
        reading: The reading.
        file: The file.
        tells: Whether what stands beside the rows is noted, as in one of several readings of a file.

    Raises:
        InventoryFileError: If it is neither, or tells of an error in place of rows.
    """
    start = file.start_of_text().lstrip()
    if start.startswith("<"):
        raise InventoryFileError(file.name, "", "is XML; export it as JSON or CSV instead")
    if is_json_lines(file):
        for piece in json_lines(file, reading.limits):
            yield from _rows(piece)
    elif start.startswith(("{", "[")):
        yield from _json_rows(reading, file, tells=tells)
    else:
        yield from _csv_rows(reading, file)


def _json_rows(reading: Reading, file: SourceFile, *, tells: bool) -> Iterator[ServiceNowRow]:
    alone: dict[str, Any] = {}
    for piece in json_pieces(file, reading.limits, "", "*[]"):
        first = piece.path[0]
        if len(piece.path) > 1:  # in one list among others, which may be named for its table
            named = str(first)
            table = named if named.startswith(("cmdb_", "cmn_", "sys_user", "core_")) else ""
            yield from _rows(piece, table)
        elif isinstance(first, int) or piece.problem or _is_row(piece.value):
            yield from _rows(piece)
        else:
            alone[first] = piece.value
    if _is_row(alone):
        yield ServiceNowRow("line 1", alone)
    elif "error" in alone:
        error = alone["error"]
        told = error.get("message") if isinstance(error, dict) else error
        problem = f"is an error in place of an export: {shown(told)}; mend that, and export it again"
        raise InventoryFileError(file.name, "", problem)
    elif tells:
        for name in alone:
            reading.pass_over("", "", name)


def _is_row(value: object) -> bool:
    return isinstance(value, dict) and not value.keys().isdisjoint(("sys_id", "sys_class_name", "attributes"))


def _rows(piece: JsonPiece, table: str = "") -> Iterator[ServiceNowRow]:
    """Yield the row of a piece, and its relations if it is what the API of CMDB instances answers."""
    value = piece.value
    if piece.problem or not isinstance(value, dict) or not isinstance(value.get("attributes"), dict):
        yield _row(piece, table)
        return
    item = ServiceNowRow(piece.place, value["attributes"], "", table)
    yield item
    for field, own, other in (
        ("outbound_relations", "parent", "child"),
        ("inbound_relations", "child", "parent"),
    ):
        told = value.get(field)
        for each in told if isinstance(told, list) else ():
            if isinstance(each, dict):
                fields = {own: item.key, other: each.get("target"), "type": each.get("type")}
                yield ServiceNowRow(f"{piece.place}.{field}", fields, "", _RELATIONS)


def _row(piece: JsonPiece, table: str) -> ServiceNowRow:
    if not piece.problem and isinstance(piece.value, dict):
        return ServiceNowRow(piece.place, piece.value, "", table)
    return ServiceNowRow(
        piece.place, {}, piece.problem or f"must be an object, not {shown(piece.value)}", table
    )


def _csv_rows(reading: Reading, file: SourceFile) -> Iterator[ServiceNowRow]:
    table = CsvTable(file, reading.limits)
    names = {each: _NO_NAME.sub("_", each.lower()).strip("_") for each in table.header}  # labels, from Excel
    names = {each: _LABELS.get(name, name) for each, name in names.items()}
    if not any(each.startswith(_TELLING) for each in names.values()):
        problem = f"has none of the columns {', '.join(_TELLING)}; export these, or use a column map"
        raise InventoryFileError(file.name, "header", problem)
    for row in table.rows():
        fields = {names[column]: cell for column, cell in row.cells.items()}
        yield ServiceNowRow(f"line {row.line}", fields, row.problem)


_TELLING = ("child", "name", "parent", "sys_class_name", "sys_id")
_LABELS = {
    "class": "sys_class_name",
    "operating_system": "os",
    "os": "os",
    "sys_id": "sys_id",
    "status": "install_status",
    "ram_mb": "ram",
    "fully_qualified_domain_name": "fqdn",
    "model": "model_id",
}
"""Fields by their labels, where the one is not made from the other."""
