"""
Values as documents: plain data that JSON holds without loss, each with the name of its type and its schema.

A schema never changes: what is written differently from some release on is the next schema, and `upgrades`
turn documents of the ones before into it when they are read.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs
from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._documents import Form
from itsmkit._frozen import EMPTY, as_tuple, frozen_dict
from itsmkit._problems import close_to, distinct_problems, shown
from itsmkit.errors import DefinitionError
from itsmkit.plugin.documents._canonical_json import written
from itsmkit.plugin.documents._codecs import Codec, Table, codec_of, form_codec, table_codec
from itsmkit.plugin.documents._faults import Fault, refused
from itsmkit.plugin.documents._parsing import parsed
from itsmkit.plugin.documents._plain_values import PlainValues, class_name, each_of
from itsmkit.plugin.documents._scalars import ValueForm
from itsmkit.plugin.documents._upgrading import newest
from itsmkit.plugin.documents.canonical import canonical_bytes

if TYPE_CHECKING:
    from itsmkit.plugin.documents._by_msgspec import Twins

__all__ = ["Document", "DocumentType", "Documents", "Upgrade"]

Document = dict[str, Any]
"""Objects, lists, text, whole numbers, booleans and ``None``."""

Upgrade = Callable[[Document], Document]
"""
Returns a document of one schema as one of the next.

A pure function, which leaves what it is given as it is. Documents inside are still as they were written, each
of its own schema, and are upgraded after it. The keys ``type`` and ``schema`` are set by the caller.
"""


@frozen
class DocumentType:
    """
    A type of documents.

    Args:
        name: What a document carries as its ``type``; it stays for ever.
        kind: The attrs class of the values, and no subclass of it.
        upgrades: What turns schema 1 into 2, 2 into 3 and so on; the newest schema is one more than these.
        keys: The key of each field that is not called as in the class; ``type`` and ``schema`` are taken.
        without: The fields that are not kept, and have a default.

    Raises:
        DefinitionError: If *name* is none, *kind* is no attrs class, a key is taken, a field is unknown or
            has no default.
    """

    name: str = field(validator=named)
    kind: type
    upgrades: tuple[Upgrade, ...] = field(default=(), converter=as_tuple, kw_only=True)
    keys: Mapping[str, str] = field(default=EMPTY, converter=frozen_dict, kw_only=True)
    without: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not attrs.has(self.kind):
            problem = f"document type {self.name!r}: must be of an attrs class, not {shown(self.kind)}"
            raise DefinitionError(problem)
        fields = {each.alias: each for each in attrs.fields(self.kind) if each.init}
        problems = [
            *(f"there is no field {name!r}" for name in (*self.keys, *self.without) if name not in fields),
            *(
                f"field {name!r} has no default, so that it cannot be left out"
                for name in self.without
                if name in fields and fields[name].default is attrs.NOTHING
            ),
            *distinct_problems("keys", ["type", "schema", *(self.keys.get(name, name) for name in fields)]),
        ]
        if problems:
            raise DefinitionError(*(f"document type {self.name!r}: {problem}" for problem in problems))

    @property
    def schema(self) -> int:
        """The schema that is written."""
        return len(self.upgrades) + 1


class Documents:
    """
    Types of documents, and what turns values into them and back.

    A field whose class is a type of its own, or a base class of some, is a document in the document; one of
    another attrs class is a part of it without a type. A change of such a part is a new schema of all that
    hold it.

    Args:
        types: The types.
        forms: The plain forms of classes that fields have and that are no attrs classes, or are to be written
            otherwise; a form serves the subclasses, too.
        values: The forms of what may stand among details and attributes, beside those that all have.

    Raises:
        DefinitionError: If a name, a class or a tag stands twice.

    >>> from itsmkit.plugin import Timer
    >>> documents = Documents([DocumentType("timer", Timer)])
    >>> documents.from_document({"type": "timer", "schema": 2})
    Traceback (most recent call last):
    itsmkit.errors.DefinitionError: timer: schema: 2 is newer than 1, the newest known here; upgrade itsmkit
    """

    def __init__(
        self, types: Iterable[DocumentType], *, forms: Iterable[Form] = (), values: Iterable[ValueForm] = ()
    ) -> None:
        self._types = tuple(types)
        self._forms = tuple(forms)
        self._value_forms = tuple(values)
        problems = [
            *distinct_problems("document types", (each.name for each in self._types)),
            *distinct_problems("classes of documents", (class_name(each.kind) for each in self._types)),
        ]
        if problems:
            raise DefinitionError(*problems)
        self._by_name = {each.name: each for each in self._types}
        self._by_kind = {each.kind: each for each in self._types}
        self._values = PlainValues(self._value_forms)
        self._codecs: dict[type, Codec] = {each.kind: form_codec(each) for each in self._forms}
        self._tables: dict[str, Codec] = {}

    @property
    def types(self) -> tuple[DocumentType, ...]:
        """The types, in the order in which they were given."""
        return self._types

    def extended(self, *types: DocumentType, values: Iterable[ValueForm] = ()) -> "Documents":
        """
        Return these and further types, such as kinds of tickets of a desk's own.

        Raises:
            DefinitionError: If a name, a class or a tag stands twice.
        """
        return Documents((*self._types, *types), forms=self._forms, values=(*self._value_forms, *values))

    # -- as JSON -------------------------------------------------------------------------------------------

    def to_json(self, value: object) -> bytes:
        """
        Return the document of *value* as canonical JSON in UTF-8: what `canonical_bytes` makes of it, sooner.

        With the extra ``json`` it takes a fraction of the time. The bytes are the same.

        Raises:
            DefinitionError: As `to_document` and `canonical_bytes`.

        Example:
            >>> from itsmkit.plugin.documents import Cursor
            >>> documents = Documents([DocumentType("cursor", Cursor)])
            >>> documents.to_json(Cursor("search", 7))
            b'{"position":7,"reader":"search","schema":1,"type":"cursor"}'
        """
        if (twins := self._twins) is not None and (text := twins.written(value)) is not None:
            return text
        if (kind := self._by_kind.get(type(value))) is not None:
            with suppress(
                Fault, RecursionError, UnicodeEncodeError
            ):  # what is wrong, and where, is told below
                return self._table(kind).text(value).encode()
        return canonical_bytes(self.to_document(value))

    def from_json(self, text: bytes | str) -> Any:
        """
        Return the value of a document that is JSON, in whatever order and spacing, of whatever schema.

        With the extra ``json`` it takes a fraction of the time that ``json`` and `from_document` need. The
        result, and what is told of a document that cannot be read, are the same.

        Raises:
            DefinitionError: If it is no JSON; and as `from_document`.

        Example:
            >>> from itsmkit.plugin.documents import Cursor
            >>> documents = Documents([DocumentType("cursor", Cursor)])
            >>> documents.from_json('{"type": "cursor", "schema": 1, "reader": "search", "position": 7}')
            Cursor(reader='search', position=7)
        """
        if (twins := self._twins) is not None and (value := twins.read(text)) is not None:
            return value
        return self.from_document(parsed(text))

    @cached_property
    def _twins(self) -> "Twins | None":
        try:
            from itsmkit.plugin.documents._by_msgspec import Twins  # noqa: PLC0415  # an extra, and slow to load
        except ModuleNotFoundError as missing:
            if missing.name != "msgspec":
                raise
            return None
        return Twins(
            {each.kind: _layout(each) for each in self._types},
            self._codec,
            lambda kind: [_layout(each) for each in self._types_of(kind)],
            lambda kind: any(kind is form.kind for form in self._forms),
        )

    def to_document(self, value: object) -> Document:
        """
        Return *value* as a document of the newest schema; every field is written, whatever its default.

        Raises:
            DefinitionError: If no type is of its class, or with each part of it that has no plain form.
        """
        kind = self._by_kind.get(type(value))
        if kind is None:
            problem = (
                f"there is no document type of {type(value).__qualname__}; known: {', '.join(self._by_name)}"
            )
            raise DefinitionError(problem)
        with refused(kind.name):
            return self._write(value, kind)

    def to_text(self, value: object) -> str:
        """
        Return the document of *value* as canonical JSON: the text of `to_json`.

        Raises:
            DefinitionError: As `to_document` and `canonical_bytes`.
        """
        return self.to_json(value).decode()

    def value_text(self, value: object) -> str:
        """Return what may stand among details and attributes as canonical JSON; raises a `Fault`."""
        return written(self._values.write(value))

    def to_plain(self, value: object, *, where: str = "the value") -> Any:
        """
        Return plain data that is the same for equal values: a document, if there is a type for *value*.

        It is there to be compared, not to be read.

        Args:
            value: A value of one of the types, of another attrs class whose fields have a plain form, or what
                may stand among details and attributes; or a tuple of such.
            where: What it is called in the sentences of problems.

        Raises:
            DefinitionError: With each part of it that has no plain form.
        """
        with refused(where):
            return self._plain(value)

    def to_plain_detail(self, value: object, *, where: str = "the value") -> Any:
        """
        Return the plain form of what may stand among the details of a ticket or the attributes of an item.

        Raises:
            DefinitionError: With each part of it that has no plain form.
        """
        with refused(where):
            return self._values.write(value)

    def _plain(self, value: object) -> Any:
        if type(value) is tuple:
            return each_of(value, self._plain)
        kind = type(value)
        if attrs.has(kind) or any(kind is form.kind for form in self._forms):
            return self._codec(kind).write(value)
        return self._values.write(value)

    def from_document(self, document: object) -> Any:
        """
        Return the value that *document* was made of, upgraded to the newest schema first if it is older.

        Raises:
            DefinitionError: With everything in it that cannot be read, and its path: its type is unknown, its
                schema is newer than what is known, a key is missing or unknown, a value is none.
        """
        name = document.get("type") if isinstance(document, dict) else None
        with refused(name if isinstance(name, str) and name in self._by_name else "the document"):
            return self._read(document, self._by_name)

    def upgraded(self, document: object) -> Document:
        """
        Return *document* in the newest schema of its type, without what it is of being read.

        Documents inside it stay of the schema that they are of.

        Raises:
            DefinitionError: If its type is unknown, its schema newer than what is known, or an upgrade fails.
        """
        with refused("the document"):
            return self._newest(*self._typed(document, self._by_name))

    # -- one document --------------------------------------------------------------------------------------

    def _write(self, value: object, kind: DocumentType) -> Document:
        plain: Document = self._table(kind).write(value)
        return plain

    def _read(self, document: object, known: Mapping[str, DocumentType]) -> Any:
        plain, kind = self._typed(document, known)
        return self._table(kind).read(self._newest(plain, kind))

    def _table(self, kind: DocumentType) -> Codec:
        found = self._tables.get(kind.name)
        if found is None:
            found = self._tables[kind.name] = table_codec(_layout(kind), self._codec)
        return found

    def _typed(self, document: object, known: Mapping[str, DocumentType]) -> tuple[Document, DocumentType]:
        if not isinstance(document, dict):
            raise Fault.at("", f"must be an object, not {shown(document)}")
        name = document.get("type")
        if not isinstance(name, str) or name not in known:
            told = "is missing" if name is None else f"is not known here: {shown(name)}"
            raise Fault.at("type", f"{told}; {close_to(name, known)}")
        return document, known[name]

    def _newest(self, document: Document, kind: DocumentType) -> Document:
        return newest(document, kind.name, kind.upgrades)

    # -- fields --------------------------------------------------------------------------------------------

    def _codec(self, kind: Any) -> Codec:
        """Return the codec of what a class or another annotation is of."""
        found = self._codecs.get(kind) if isinstance(kind, type) else None
        if found is None:
            found = self._document_codec(kind) or codec_of(kind, self._codec, self._values)
            if isinstance(kind, type):
                self._codecs[kind] = found
        return found

    def _document_codec(self, kind: Any) -> Codec | None:
        """Return the codec of documents of one or more types, or ``None`` if there are none for *kind*."""
        types = self._types_of(kind)
        if not types:
            return None
        by_name = {each.name: each for each in types}
        by_kind = {each.kind: each for each in types}

        def write(value: object) -> Document:
            found = by_kind.get(type(value))
            if found is None:
                raise Fault.at("", f"has no document type: {shown(value)}; known: {', '.join(by_name)}")
            return self._write(value, found)

        def text(value: object) -> str:
            found = by_kind.get(type(value))
            if found is None:
                raise Fault.at("", f"has no document type: {shown(value)}; known: {', '.join(by_name)}")
            return self._table(found).text(value)

        return Codec(write, lambda plain: self._read(plain, by_name), text)

    def _types_of(self, kind: Any) -> list[DocumentType]:
        """Return the types of a class, or of several as a tuple, and of all classes below."""
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if not all(isinstance(each, type) for each in kinds) or object in kinds:
            return []
        return [each for each in self._types if issubclass(each.kind, kinds)]


def _layout(kind: DocumentType) -> Table:
    return Table(kind.kind, {"type": kind.name, "schema": kind.schema}, kind.keys, kind.without)
