"""Rows of CSV or JSON, made into records by a column map."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Unpack
from zoneinfo import ZoneInfo

from itsmkit._checks import is_a
from itsmkit._problems import close_to, shown
from itsmkit.cmdb.class_model import ClassModel
from itsmkit.cmdb.source_record import LookUp, SourceRecord, SourceRelation
from itsmkit.errors import DefinitionError
from itsmkit.interchange.inventory._csv_table import CsvTable
from itsmkit.interchange.inventory._json_stream import (
    JsonPiece,
    is_json_lines,
    json_lines,
    json_pieces,
    path_text,
)
from itsmkit.interchange.inventory._source_file import InventorySource
from itsmkit.interchange.inventory._values import (
    collection_of,
    instant_of,
    is_nothing,
    number_of,
    text_of,
    truth_of,
)
from itsmkit.interchange.inventory.column_map import AttributeColumn, ColumnMap, ColumnType
from itsmkit.interchange.inventory.errors import InventoryFileError
from itsmkit.interchange.inventory.inventory_import import ImportOptions, InventoryImport, Reading

__all__ = ["read_csv", "read_json"]

_CORRECT = "correct it in the source, or change the column map"


def read_csv(
    source: InventorySource,
    column_map: ColumnMap,
    *,
    model: ClassModel | None = None,
    **options: Unpack[ImportOptions],
) -> InventoryImport:
    """
    Return the records of a CSV file with a header: one of each row.

    A row whose key, class or required attribute cannot be read, or that has too few or too many cells, is
    left out. Of any other value that cannot be read, the record is made without it. Both are in the report,
    and so are the columns of which nothing is made.

    Args:
        source: The file, plain or gzip.
        column_map: What its columns mean.
        model: The class model that the records are for, against which the map is checked; ``None`` for any.
        **options: As `ImportOptions` says.

    Raises:
        DefinitionError: If the map does not fit the model, or an option is wrong.
    """
    _check(column_map, model)
    return InventoryImport("csv", source, lambda reading: _csv_records(reading, column_map), options)


def read_json(
    source: InventorySource,
    column_map: ColumnMap,
    *,
    model: ClassModel | None = None,
    **options: Unpack[ImportOptions],
) -> InventoryImport:
    """
    Return the records of rows of JSON: a list of objects, an object with such a list in it, or JSON Lines.

    What becomes of rows and values that cannot be read: see `read_csv`.

    Args:
        source: The file, plain or gzip.
        column_map: What the members of the objects mean.
        model: As for `read_csv`.
        **options: As `ImportOptions` says.

    Raises:
        DefinitionError: If the map does not fit the model, or an option is wrong.
    """
    _check(column_map, model)
    return InventoryImport("json", source, lambda reading: _json_records(reading, column_map), options)


def _check(column_map: object, model: ClassModel | None) -> None:
    if not is_a(column_map, ColumnMap):
        problem = f"column_map: must be a ColumnMap, not {shown(column_map)}"
        raise DefinitionError(problem)
    problems = list(column_map.model_problems(model)) if model and isinstance(column_map, ColumnMap) else []
    if problems:
        raise DefinitionError(*(f"column map: {each}" for each in problems))


def _csv_records(reading: Reading, column_map: ColumnMap) -> Iterator[SourceRecord]:
    table = CsvTable(reading.file, reading.limits, column_map.delimiter, column_map.encoding)
    _check_header(table, column_map, reading)
    rows = _Rows(reading, column_map)
    for row in table.rows():
        position = f"line {row.line}"
        if row.problem:
            reading.leave_out(position, "", row.problem, "quote each cell that holds the delimiter")
        else:
            yield from rows.record(position, row.cells.get)


def _check_header(table: CsvTable, column_map: ColumnMap, reading: Reading) -> None:
    problems = [
        f"has no column {column!r} ({close_to(column, table.header)})"
        for column in column_map.needed
        if column not in table.header
    ]
    used = column_map.columns
    problems += [f"has several columns {column!r}" for column in table.repeated if column in used]
    if problems:
        problem = f"{'; '.join(problems)}; correct the column map, or the header"
        raise InventoryFileError(reading.file.name, "header", problem)
    for column in used:
        if column not in table.header:
            way_out = "export it, or take it out of the column map"
            reading.drop("header", "", column, "the column is not there", way_out)
    for column in table.header:
        if column and column not in used and not column_map.ignores(column):
            way_out = "map it, or name it under ignore"
            reading.pass_over("header", "", column, "nothing is made of this column", way_out)


def _json_records(reading: Reading, column_map: ColumnMap) -> Iterator[SourceRecord]:
    rows = _Rows(reading, column_map)
    used = frozenset(each.split(".")[0] for each in column_map.columns) | frozenset(column_map.columns)
    has_rows = False
    for piece in _pieces(reading, column_map):
        if column_map.rows and not _is_row(piece, column_map.rows):
            continue
        has_rows = True
        if piece.problem or not isinstance(piece.value, dict):
            problem = piece.problem or f"a row must be an object, not {shown(piece.value)}"
            reading.leave_out(piece.place, "", problem, "mend the row")
            continue
        for member in piece.value:
            if member not in used and not column_map.ignores(member):
                way_out = "map it, or name it under ignore"
                reading.pass_over(piece.place, "", member, "nothing is made of this member", way_out)
        yield from rows.record(piece.place, _Members(piece.value))
    if column_map.rows and not has_rows:
        problem = f"there are no rows under {column_map.rows!r}; correct rows in the column map"
        reading.pass_over("", "", "rows", problem, "or leave it, if there were none to export")


def _pieces(reading: Reading, column_map: ColumnMap) -> Iterator[JsonPiece]:
    if column_map.rows:
        steps = column_map.rows.split(".")
        return json_pieces(
            reading.file, reading.limits, *(".".join(steps[:count]) for count in range(len(steps) + 1))
        )
    if is_json_lines(reading.file):
        return json_lines(reading.file, reading.limits)
    # An object that is one row is no list to go into.
    start = reading.file.start_of_text().lstrip()[:1]
    return json_pieces(reading.file, reading.limits, *([""] if start == "[" else []))


def _is_row(piece: JsonPiece, rows: str) -> bool:
    return path_text(piece.path[:-1]).casefold() == rows.casefold()


class _Members:
    """The members of an object by name, and those of objects in it by their path."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self._row = row

    def __call__(self, column: str) -> Any:
        if column in self._row:
            return self._row[column]
        found: Any = self._row
        for step in column.split("."):
            found = found.get(step) if isinstance(found, dict) else None
        return found


class _Rows:
    """Makes a record of each row."""

    def __init__(self, reading: Reading, column_map: ColumnMap) -> None:
        self._reading = reading
        self._map = column_map
        self._zone = ZoneInfo(column_map.time_zone)
        self._missing = frozenset(column_map.missing)
        by = column_map.class_by
        self._classes = {text.casefold(): found for text, found in by.values.items()} if by else {}

    def record(self, position: str, cell: Callable[[str], Any]) -> Iterator[SourceRecord]:
        """Yield the record of the row whose cells are *cell* of a column; or note why there is none."""
        found = self._map
        key = ""
        try:
            key = self._key(cell)
            ci_class = found.ci_class or self._class(cell)
            attributes = {
                name: self._value(position, key, each, cell) for name, each in found.attributes.items()
            }
        except ValueError as error:
            self._reading.leave_out(position, key, str(error), _CORRECT)
            return
        yield from self._reading.record(
            position,
            key,
            ci_class,
            name=self._text(position, key, found.name, cell) if found.name else None,
            attributes=attributes,
            lookups=tuple(self._lookups(position, key, cell)),
            relations=tuple(self._relations(position, key, cell)),
        )

    def _given(self, column: str, cell: Callable[[str], Any]) -> Any:
        value = cell(column)
        if is_nothing(value) or (isinstance(value, str) and value.strip() in self._missing):
            return None
        return value

    def _key(self, cell: Callable[[str], Any]) -> str:
        parts = []
        for column in self._map.key:
            value = self._given(column, cell)
            if value is None:
                problem = f"column {column!r}, which is part of the key, is empty"
                raise ValueError(problem)
            try:
                parts.append(text_of(value))
            except ValueError as error:
                problem = f"column {column!r}, which is part of the key, {error}"
                raise ValueError(problem) from None
        return "/".join(parts)

    def _class(self, cell: Callable[[str], Any]) -> str:
        by = self._map.class_by
        assert by is not None  # noqa: S101  # a map has one or the other
        value = self._given(by.column, cell)
        text = text_of(value) if value is not None else ""
        found = self._classes.get(text.casefold()) if self._classes else text
        if not found and by.default is None:
            known = close_to(text, by.values) if by.values else "fill it in"
            problem = f"column {by.column!r}: {text!r} is no class that the map knows; {known}"
            raise ValueError(problem)
        return found or by.default or text

    def _value(self, position: str, key: str, by: AttributeColumn, cell: Callable[[str], Any]) -> object:
        value = self._given(by.column, cell)
        value = by.default if value is None else value
        if isinstance(value, str):
            value = by.values.get(value.strip(), value)
        if value is None:
            if by.required:
                problem = f"column {by.column!r}, which is required, is empty"
                raise ValueError(problem)
            return None
        try:
            return self._read(value, by)
        except ValueError as error:
            if by.required:
                problem = f"column {by.column!r}, which is required, {error}"
                raise ValueError(problem) from None
            self._reading.drop(position, key, by.column, str(error), _CORRECT)
            return None

    def _read(self, value: object, by: AttributeColumn) -> object:
        match by.type:  # what is none of these, is text
            case ColumnType.NUMBER:
                return number_of(value)
            case ColumnType.TRUTH:
                return truth_of(value)
            case ColumnType.INSTANT:
                return instant_of(value, self._zone, time_format=by.time_format)
            case ColumnType.DATE:
                return instant_of(str(value), self._zone, time_format=by.time_format or "%Y-%m-%d")
            case ColumnType.COLLECTION:
                return collection_of(value, by.separator) or None
        return text_of(value) or None

    def _text(self, position: str, key: str, column: str, cell: Callable[[str], Any]) -> str | None:
        value = self._given(column, cell)
        try:
            return None if value is None else text_of(value) or None
        except ValueError as error:
            self._reading.drop(position, key, column, str(error), _CORRECT)
            return None

    def _lookups(self, position: str, key: str, cell: Callable[[str], Any]) -> Iterator[LookUp]:
        for each in self._map.lookups:
            try:
                values = {name: self._value(position, key, by, cell) for name, by in each.attributes.items()}
            except ValueError as error:
                self._reading.drop(position, key, each.kind, str(error), _CORRECT)
                continue
            known = {name: value for name, value in values.items() if value is not None}
            if known:
                yield LookUp(each.kind, known)

    def _relations(self, position: str, key: str, cell: Callable[[str], Any]) -> Iterator[SourceRelation]:
        for each in self._map.relations:
            value = self._given(each.column, cell)
            try:
                others = collection_of(value, each.separator) if value is not None else ()
            except ValueError as error:
                self._reading.drop(position, key, each.column, str(error), _CORRECT)
                continue
            for other in others:
                yield SourceRelation(each.type, str(other), from_other=each.from_other)
