"""Which column of a table means what: the map by which rows become records."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import field, frozen

from itsmkit._checks import is_a
from itsmkit._frozen import EMPTY, FrozenDict, as_tuple
from itsmkit._problems import (
    close_to,
    distinct_problems,
    instance_problems,
    items_problems,
    name_problems,
    names,
    names_problems,
    shown,
)
from itsmkit.cmdb.class_model import ClassModel
from itsmkit.errors import DefinitionError

__all__ = ["AttributeColumn", "ClassColumn", "ColumnMap", "ColumnType", "LookUpColumns", "RelationColumn"]

REST = "*"
"""Among the columns to ignore: all that nothing is made of."""


class ColumnType(StrEnum):
    """What the text of a cell is."""

    TEXT = "text"
    NUMBER = "number"
    TRUTH = "truth"
    INSTANT = "instant"
    """A date and time; without a zone, of the zone of the map."""
    DATE = "date"
    """A date: the first instant of that day in the zone of the map."""
    COLLECTION = "collection"
    """Several texts, parted by the separator of the column; or a list of JSON."""


def _column_type(given: ColumnType | str) -> ColumnType:
    try:
        return ColumnType(given)
    except ValueError:
        problem = f"type: must be one of {', '.join(ColumnType)}, not {shown(given)}"
        raise DefinitionError(problem) from None


def _values(values: Mapping[str, Any]) -> FrozenDict[str, Any]:
    if not is_a(values, Mapping):
        problem = f"values: must be a mapping, not {shown(values)}"
        raise DefinitionError(problem)
    return FrozenDict(values)


@frozen
class AttributeColumn:
    """
    Where an attribute is.

    Args:
        column: The name of the column; in rows of JSON, of a member, or a path such as ``"os.name"``.
        type: What its text is: a `ColumnType`, or its text.
        time_format: How instants and dates are spelled, as for `datetime.strptime`; ``None`` for ISO 8601.
        separator: What parts the texts of a collection.
        values: What to put in place of values, by the text of the cell; others stay as they are.
        default: What to take if the cell is empty.
        required: Whether a row without a value that can be read is left out; else it is made without it.

    Raises:
        DefinitionError: With all that is wrong.
    """

    column: str
    type: ColumnType = field(default=ColumnType.TEXT, converter=_column_type)
    time_format: str | None = field(default=None, kw_only=True)
    separator: str = field(default=",", kw_only=True)
    values: Mapping[str, str] = field(default=EMPTY, converter=_values, kw_only=True)
    default: str | None = field(default=None, kw_only=True)
    required: bool = field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = list(name_problems("column", self.column))
        if not is_a(self.separator, str) or not self.separator:
            problems.append(f"separator: must be at least one character, not {shown(self.separator)}")
        if self.time_format is not None and self.type not in (ColumnType.INSTANT, ColumnType.DATE):
            problems.append(
                f"time_format: is for instants and dates, and this is a {self.type}; leave it out"
            )
        if problems:
            raise DefinitionError(*problems)


@frozen
class ClassColumn:
    """
    Where the class of a record is.

    Args:
        column: The name of the column.
        values: The classes by the text of the cell, capital letters or not. If there are none, the text is
            the class.
        default: The class of a row whose text is none of these, or that has none; ``None`` to leave it out.

    Raises:
        DefinitionError: With all that is wrong.
    """

    column: str
    values: Mapping[str, str] = field(default=EMPTY, converter=_values)
    default: str | None = None

    def __attrs_post_init__(self) -> None:
        problems = list(name_problems("column", self.column))
        for text, ci_class in self.values.items():
            problems += name_problems(f"values.{text}", ci_class, "a class")
        if self.default is not None:
            problems += name_problems("default", self.default, "a class")
        if problems:
            raise DefinitionError(*problems)

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that it names."""
        return (*self.values.values(), *((self.default,) if self.default else ()))


def _attribute_columns(columns: Mapping[str, "AttributeColumn | str"]) -> FrozenDict[str, AttributeColumn]:
    if not is_a(columns, Mapping):
        problem = f"attributes: must be a mapping of attributes to columns, not {shown(columns)}"
        raise DefinitionError(problem)
    return FrozenDict(
        {name: AttributeColumn(each) if isinstance(each, str) else each for name, each in columns.items()}
    )


@frozen
class LookUpColumns:
    """
    Where a part is by which the item can be recognised.

    Args:
        kind: What the part is, such as ``"serial number"``.
        attributes: Its attributes with their columns. A row that has none of them, has no such part.

    Raises:
        DefinitionError: With all that is wrong.
    """

    kind: str
    attributes: Mapping[str, AttributeColumn] = field(converter=_attribute_columns)

    def __attrs_post_init__(self) -> None:
        problems = [*name_problems("kind", self.kind), *_attribute_problems(self.attributes)]
        if not self.attributes:
            problems.append("attributes: at least one is needed")
        if problems:
            raise DefinitionError(*problems)


@frozen
class RelationColumn:
    """
    Where the keys of other records are, to which this one is related.

    Args:
        type: The type of the relation.
        column: The name of the column, which holds the keys of others in the same source.
        from_other: Whether the relation leads from the other to this one.
        separator: What parts several keys in one cell; ``None`` if it holds one.

    Raises:
        DefinitionError: With all that is wrong.
    """

    type: str
    column: str
    from_other: bool = False
    separator: str | None = None

    def __attrs_post_init__(self) -> None:
        problems = [*name_problems("type", self.type), *name_problems("column", self.column)]
        problems += instance_problems("from_other", self.from_other, bool)
        if self.separator is not None and (not is_a(self.separator, str) or not self.separator):
            problems.append(f"separator: must be at least one character, not {shown(self.separator)}")
        if problems:
            raise DefinitionError(*problems)


@frozen(kw_only=True)
class ColumnMap:
    """
    Which column means what.

    Args:
        key: The columns that tell one row from another; the texts of several are joined by ``"/"``.
        ci_class: The class of all records; or else *class_by* says it.
        class_by: The column that says the class of each record.
        name: The column with the name, if there is one.
        attributes: The attributes with their columns: an `AttributeColumn`, or the name of one with text.
        lookups: The parts by which items can be recognised.
        relations: The columns with the keys of related records.
        ignore: Columns that nothing is to be made of, so that they need not be reported; ``"*"`` for all.
        missing: Texts that stand for no value, beside an empty cell, such as ``"n/a"``.
        rows: In JSON, the path of the rows, such as ``"data.hosts"``; empty if the file is a list of them, or
            JSON Lines.
        delimiter: What parts the columns of CSV; ``None`` to see by the header.
        encoding: The encoding of a file without a byte-order mark.
        time_zone: The zone of dates, and of times without one.

    Raises:
        DefinitionError: With all that is wrong.

    Example:
        >>> hosts = ColumnMap(
        ...     key="Hostname",
        ...     ci_class="physical host",
        ...     name="Hostname",
        ...     attributes={"serial_number": "Serial", "ram_gb": AttributeColumn("RAM", "number")},
        ... )
        >>> hosts.columns
        ('Hostname', 'Serial', 'RAM')
    """

    key: tuple[str, ...] = field(converter=names)
    ci_class: str | None = None
    class_by: ClassColumn | None = None
    name: str | None = None
    attributes: Mapping[str, AttributeColumn] = field(default=EMPTY, converter=_attribute_columns)
    lookups: tuple[LookUpColumns, ...] = field(default=(), converter=as_tuple)
    relations: tuple[RelationColumn, ...] = field(default=(), converter=as_tuple)
    ignore: tuple[str, ...] = field(default=(), converter=names)
    missing: tuple[str, ...] = field(default=(), converter=names)
    rows: str = ""
    delimiter: str | None = None
    encoding: str = "utf-8"
    time_zone: str = "UTC"

    def __attrs_post_init__(self) -> None:
        problems = list(self._problems())
        if problems:
            raise DefinitionError(*(f"column map: {each}" for each in problems))

    def _problems(self) -> Iterator[str]:
        yield from names_problems("key", self.key)
        if not self.key:
            yield "key: at least one column is needed"
        if (self.ci_class is None) == (self.class_by is None):
            yield "ci_class: give either one class for all, or class_by with a column that says it"
        if self.ci_class is not None:
            yield from name_problems("ci_class", self.ci_class, "a class")
        if self.name is not None:
            yield from name_problems("name", self.name, "a column")
        yield from _attribute_problems(self.attributes)
        yield from items_problems("lookups", self.lookups, LookUpColumns)
        yield from items_problems("relations", self.relations, RelationColumn)
        yield from distinct_problems("ignore", self.ignore)
        yield from _layout_problems(self)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that something is made of, each once."""
        found = [*self.key]
        found += [self.class_by.column] if self.class_by else []
        found += [self.name] if self.name else []
        found += [each.column for each in self.attributes.values()]
        found += [each.column for lookup in self.lookups for each in lookup.attributes.values()]
        found += [each.column for each in self.relations]
        return tuple(dict.fromkeys(found))

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns without which no record can be made."""
        found = [*self.key, *(each.column for each in self.attributes.values() if each.required)]
        if self.class_by and self.class_by.default is None:
            found.append(self.class_by.column)
        return tuple(dict.fromkeys(found))

    def ignores(self, column: str) -> bool:
        """Tell whether *column* is one that nothing is to be made of."""
        return column in self.ignore or REST in self.ignore

    def model_problems(self, model: ClassModel) -> Iterator[str]:
        """List what *model* does not know: classes, attributes of a class, types of relations."""
        classes = (self.ci_class,) if self.ci_class else self.class_by.classes if self.class_by else ()
        known = [each for each in dict.fromkeys(classes) if model.knows(each)]
        yield from (model.unknown_class(each) for each in dict.fromkeys(classes) if not model.knows(each))
        for name in self.attributes:
            if known and not any(name in model.attributes_of(each).types for each in known):
                declared = dict.fromkeys(found for each in known for found in model.attributes_of(each).types)
                yield f"attributes.{name}: no class of the map has it; {close_to(name, declared)}"
        for number, each in enumerate(self.relations):
            if not model.knows_type(each.type):
                yield f"relations[{number}]: {model.unknown_type(each.type)}"


def _attribute_problems(attributes: Mapping[str, AttributeColumn]) -> Iterator[str]:
    for name, each in attributes.items():
        yield from name_problems("attributes", name)
        if not is_a(each, AttributeColumn):
            yield from instance_problems(f"attributes.{name}", each, AttributeColumn)


def _layout_problems(found: ColumnMap) -> Iterator[str]:
    if found.class_by is not None:
        yield from instance_problems("class_by", found.class_by, ClassColumn)
    if found.delimiter is not None and (not is_a(found.delimiter, str) or len(found.delimiter) != 1):
        yield f"delimiter: must be one character, not {shown(found.delimiter)}"
    try:
        "".encode(found.encoding)
    except (LookupError, TypeError):
        yield f"encoding: {shown(found.encoding)} is none that Python knows; utf-8 or cp1252, for example"
    try:
        ZoneInfo(found.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError, AttributeError):
        yield f"time_zone: {shown(found.time_zone)} is no zone; Europe/Berlin, for example"
