"""The types of values, each found when it is asked for: by its name, its class, or as what a field holds."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from importlib import import_module
from itertools import takewhile
from typing import Any, NamedTuple, get_args, get_origin
from zoneinfo import ZoneInfo

from itsmkit._frozen import EMPTY
from itsmkit._problems import close_to, one, shown
from itsmkit.errors import DefinitionError
from itsmkit.plain._anything import Anything
from itsmkit.plain._codec import Codec, Schema, any_of
from itsmkit.plain._codecs import codec_of
from itsmkit.plain._declared import DeclaredField, class_behind, declared_fields, has_fields
from itsmkit.plain._errors import error_codec
from itsmkit.plain._fields import fields_codec
from itsmkit.plain._forms import DECLARED, FAMILIES, KEYS, UPGRADES, StandIn, stand_in_of
from itsmkit.plain._names import ROWS, Row
from itsmkit.plain._stored_shapes import StoredShapes
from itsmkit.plain._types import StoredType, ValueType
from itsmkit.plugin.documents import Document, Documents, DocumentType
from itsmkit.plugin.documents._codecs import bare
from itsmkit.plugin.documents._faults import Fault

__all__ = ["Registry"]

_ROWS: Mapping[str, Row] = {row.name: row for row in ROWS}
_ROWS_OF: dict[str, list[Row]] = {}
for _each in ROWS:
    _ROWS_OF.setdefault(_each.kind, []).append(_each)
_MEANINGS: Mapping[str, Any] = {
    "Decimal": Decimal,
    "Document": dict[str, Any],
    "Mapping": Mapping,
    "ZoneInfo": ZoneInfo,
    "datetime": datetime,
    "timedelta": timedelta,
}
"""What modules import for type checkers alone, beside the classes of values."""


class _Valued(NamedTuple):
    """What stands in for a value that is not written as its fields."""

    value: Any


class Registry:
    """
    The types of values.

    Args:
        documents: Those of what a store keeps.
        types: Further ones.
    """

    def __init__(self, documents: Documents, types: Iterable[DocumentType]) -> None:
        self._documents = documents
        self._declared = {each.name: each for each in types}
        self._stored = {each.name: each for each in documents.types}
        self._by_kind = {each.kind: each.name for each in (*documents.types, *self._declared.values())}
        self._types: dict[str, ValueType] = {}
        self._names: dict[type, str | None] = {}
        self._codecs: dict[Any, Codec] = {}
        self._anything = Anything(self._written_if_any, self.read)
        self._stored_shapes = StoredShapes(documents, self.fields_of, self._anything)

    # -- types ---------------------------------------------------------------------------------------------

    def names(self) -> tuple[str, ...]:
        """Return what all types are called, sorted."""
        return tuple(sorted({*_ROWS, *self._stored, *self._declared}))

    def is_built_in(self, name: str) -> bool:
        """Tell whether a type of that name is there, whatever is declared beside."""
        return name in _ROWS or name in self._stored

    def named(self, name: str) -> ValueType | None:
        """Return the type of a name, if there is one."""
        found = self._types.get(name)
        if found is None:
            made = self._made(name)
            if made is None:
                return None
            found = self._types[name] = made
        return found

    def of(self, kind: type) -> ValueType | None:
        """Return the type of the values of a class, if there is one."""
        if kind not in self._names:
            self._names[kind] = self._name_of(kind)
        name = self._names[kind]
        return None if name is None else self.named(name)

    def _name_of(self, kind: type) -> str | None:
        # A timer is kept without its failures, which are a column of its own, and is sent with them.
        for base in kind.__mro__:
            for row in _ROWS_OF.get(base.__name__, ()):
                if _class_of(row) is base and (base is kind or row.name in FAMILIES):
                    return row.name
        return self._by_kind.get(kind)

    def _made(self, name: str) -> ValueType | None:
        if name in self._declared:
            return self._of_fields(self._declared[name])
        if name in self._stored:
            kind = self._stored[name]
            return StoredType(kind, self._documents, lambda: self._stored_shapes.codec(kind))
        row = _ROWS.get(name)
        return None if row is None else self._of_row(row)

    def _of_fields(self, kind: DocumentType) -> ValueType:
        def codec() -> Codec:
            return self._fields(kind.kind, _head(kind), kind.keys, without=kind.without)

        return ValueType(kind.name, kind.kind, kind.upgrades, codec)

    def _of_row(self, row: Row) -> ValueType:
        kind, upgrades = _class_of(row), UPGRADES.get(row.name, ())
        head = {"type": row.name, "schema": len(upgrades) + 1}

        def codec() -> Codec:
            stand_in = stand_in_of(row.name)
            if stand_in is None and issubclass(kind, Enum):
                stand_in = StandIn(kind, _itself, _itself)
            if stand_in is not None:
                return self._standing_in(stand_in, head)
            return self._fields(kind, head, KEYS.get(row.name, EMPTY), DECLARED.get(row.name, EMPTY))

        return ValueType(row.name, kind, upgrades, codec)

    def _fields(
        self,
        kind: type,
        head: Mapping[str, Any],
        keys: Mapping[str, str] = EMPTY,
        otherwise: Mapping[str, Any] = EMPTY,
        without: Iterable[str] = (),
    ) -> Codec:
        fields = [
            each._replace(key=keys.get(each.key, each.key), kind=otherwise.get(each.key, each.kind))
            for each in self.fields_of(kind)
            if each.key not in without
        ]
        taken = [each.key for each in fields if each.key in head]
        if taken:
            problem = f"{kind.__qualname__}: {', '.join(taken)}: is taken; give it another key"
            raise DefinitionError(problem)
        return fields_codec(kind, fields, self.find, head, _maker(kind, keys))

    def fields_of(self, kind: type) -> Iterable[DeclaredField]:
        """Return the fields that values of a class are made of."""
        return declared_fields(kind, lambda name: self._meaning(name, kind))

    def _meaning(self, name: str, within: type) -> Any:
        """Return what *name* means in the annotations of a class, where only a type checker imports it."""
        if name in _MEANINGS:
            return _MEANINGS[name]
        rows = _ROWS_OF.get(name, [])
        if rows:
            return _class_of(max(rows, key=lambda row: _nearness(row.module, within.__module__)))
        kept = [kind for kind in self._by_kind if kind.__name__ == name]
        # What nobody knows has no plain form: that is told if a value is made of it.
        return kept[0] if kept else type(name, (), {})

    def _standing_in(self, stand_in: StandIn, head: Mapping[str, Any]) -> Codec:
        if has_fields(stand_in.kind):
            inner = self._fields(stand_in.kind, head)
            wrap: Callable[[Any], Any] = _itself
            unwrap: Callable[[Any], Any] = _itself
        else:
            fields = [DeclaredField("value", "value", stand_in.kind)]
            inner = fields_codec(_Valued, fields, self._inline, head, _Valued)
            wrap, unwrap = _Valued, _content

        def write(value: object) -> Any:
            return inner.write(wrap(stand_in.made_of(value)))

        def read(plain: object) -> Any:
            part = unwrap(inner.read(plain))
            try:
                return stand_in.back(part)
            except ValueError as error:
                raise Fault.of(error) from error

        return Codec(write, read, inner.schema)

    # -- documents -----------------------------------------------------------------------------------------

    def read(self, document: object) -> Any:
        """Return the value of a document; raises a `Fault`."""
        plain, kind = self.typed(document)
        return kind.read(plain)

    def typed(self, document: object) -> tuple[Document, ValueType]:
        """Return what is a document, and its type; raises a `Fault`."""
        if not isinstance(document, dict):
            raise Fault.at("", f"must be an object, not {shown(document)}")
        name = document.get("type")
        kind = self.named(name) if isinstance(name, str) else None
        if kind is None:
            told = "is missing" if name is None else f"is not known here: {shown(name)}"
            raise Fault.at("type", f"{told}; {close_to(name, self.names())}")
        return document, kind

    def _written_if_any(self, value: object) -> Document | None:
        kind = self.of(type(value))
        return None if kind is None else kind.write(value)

    # -- fields --------------------------------------------------------------------------------------------

    def find(self, kind: Any) -> Codec:
        """
        Return the codec of what a field is declared to be: a class, several as a tuple, or an annotation.

        Raises:
            DefinitionError: If it has no plain form.
        """
        kind = bare(kind)
        found = self._codecs.get(kind)
        if found is None:
            found = self._codecs[kind] = self._found(kind)
        return found

    def _found(self, kind: Any) -> Codec:
        if isinstance(kind, tuple):
            return self._documents_of(tuple(class_behind(each) for each in kind))
        kind = class_behind(kind)
        if get_origin(kind) is type:
            return self._class_codec(class_behind(get_args(kind)[0]))
        if (
            not isinstance(kind, type)
            or kind is object
            or issubclass(kind, Enum)
            or self._anything.knows(kind)
        ):
            return self._inline(kind)
        if issubclass(kind, BaseException):
            return error_codec(kind)
        if self.of(kind) is not None or kind.__subclasses__():
            return self._documents_of((kind,))
        return self._fields(kind, EMPTY) if has_fields(kind) else self._inline(kind)

    def _inline(self, kind: Any) -> Codec:
        return codec_of(kind, self.find, self._anything)

    def _documents_of(self, kinds: tuple[type, ...]) -> Codec:
        """Return the codec of values of some classes, and of those below, as documents with their types."""
        expected = " or ".join(one(kind.__qualname__) for kind in kinds)

        def write(value: object) -> Document:
            if not isinstance(value, kinds):
                raise Fault.at("", f"must be {expected}, not {shown(value)}")
            found = self.of(type(value))
            if found is None:
                raise Fault.at("", f"is of no type of values: {shown(value)}; `Values.extended` adds one")
            return found.write(value)

        def read(plain: object) -> Any:
            document, found = self.typed(plain)
            if not issubclass(found.kind, kinds):
                raise Fault.at("type", f"must be that of {expected}, not {found.name!r}")
            return found.read(document)

        return Codec(write, read, lambda: self._schema_of(kinds))

    def _schema_of(self, kinds: tuple[type, ...]) -> Schema:
        types = (self.named(name) for name in self.names())
        names = [each.name for each in types if each is not None and issubclass(each.kind, kinds)]
        return any_of([{"$ref": f"#/$defs/{name}"} for name in names])

    def _class_codec(self, base: type) -> Codec:
        """Return the codec of classes below another one, which are called as their types."""

        def write(value: object) -> str:
            found = self.of(value) if isinstance(value, type) and issubclass(value, base) else None
            if found is None:
                raise Fault.at("", f"must be a class of values below {base.__name__}, not {shown(value)}")
            return found.name

        def read(plain: object) -> type:
            found = self.named(plain) if isinstance(plain, str) else None
            if found is None or not issubclass(found.kind, base):
                raise Fault.at("", f"must be the name of a class below {base.__name__}, not {shown(plain)}")
            return found.kind

        return Codec(write, read, lambda: {"type": "string"})


def _head(kind: DocumentType) -> Mapping[str, Any]:
    return {"type": kind.name, "schema": kind.schema}


def _itself(value: Any) -> Any:
    return value


def _content(holder: _Valued) -> Any:
    return holder.value


def _maker(kind: type, keys: Mapping[str, str]) -> Callable[..., Any]:
    if not keys:
        return kind
    fields = {key: field for field, key in keys.items()}
    return lambda **values: kind(**{fields.get(key, key): value for key, value in values.items()})


def _class_of(row: Row) -> type:
    kind: type = getattr(import_module(row.module), row.kind)
    return kind


def _nearness(module: str, other: str) -> int:
    """Return how many packages two modules share."""
    pairs = zip(module.split("."), other.split("."), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
