"""
Values as JSON: each public value of itsmkit in one form, which carries its type and its schema.

What a store keeps has the form in which it is kept. A schema never changes: what is written differently from
some release on is the next one, and documents of those before are upgraded when they are read.
"""

from collections.abc import Iterable
from typing import Any

from itsmkit._problems import close_to, distinct_problems
from itsmkit.errors import DefinitionError
from itsmkit.plain._codec import Schema
from itsmkit.plain._registry import Registry
from itsmkit.plain._types import ValueType
from itsmkit.plugin.documents import DOCUMENTS, Document, Documents, DocumentType, canonical_bytes
from itsmkit.plugin.documents._faults import refused
from itsmkit.plugin.documents._parsing import parsed

__all__ = ["VALUES", "Values", "from_document", "from_json", "to_document", "to_json"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Values:
    """
    The types of values, and what turns values into JSON and back.

    A value within another is a document in the document, with its own type and schema. Members of
    enumerations, amounts of money and what `itsmkit.plugin.documents` tells of scalars stand for themselves.

    Making one costs little: the room of a type is loaded when a value or a document of it comes.

    Args:
        documents: The types of what a store keeps, with the kinds of tickets of a desk's own.
        types: Further ones.

    Raises:
        DefinitionError: If a name stands twice.

    Example:
        >>> from datetime import UTC, datetime
        >>> from itsmkit.calendars import TimeSpan
        >>> values = Values()
        >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
        >>> text = values.to_json(TimeSpan(noon, noon.replace(hour=13)))
        >>> values.from_json(text).duration
        datetime.timedelta(seconds=3600)
    """

    def __init__(self, documents: Documents = DOCUMENTS, *, types: Iterable[DocumentType] = ()) -> None:
        self._documents = documents
        self._further = tuple(types)
        self._registry = Registry(documents, self._further)
        doubles = [
            *distinct_problems("types of values", (each.name for each in self._further)),
            *(
                f"types of values: {each.name!r} is taken"
                for each in self._further
                if self._registry.is_built_in(each.name)
            ),
        ]
        if doubles:
            raise DefinitionError(*doubles)

    def extended(self, *types: DocumentType) -> "Values":
        """
        Return these and further types, of attrs classes of one's own.

        Raises:
            DefinitionError: If a name stands twice.
        """
        return Values(self._documents, types=(*self._further, *types))

    @property
    def names(self) -> tuple[str, ...]:
        """What the types are called, sorted."""
        return self._registry.names()

    def name_of(self, kind: type) -> str | None:
        """
        Return what the type of the values of a class is called; ``None`` if there is none.

        Example:
            >>> from itsmkit.sla import ClockReading
            >>> VALUES.name_of(ClockReading)
            'sla.clock-reading'
        """
        found = self._registry.of(kind)
        return None if found is None else found.name

    def schema_of(self, name: str) -> int:
        """
        Return the schema in which values of a type are written.

        Raises:
            DefinitionError: If no type is called so.
        """
        return self._named(name).newest

    def kind_of(self, name: str) -> type:
        """
        Return the class of a type.

        Raises:
            DefinitionError: If no type is called so.
        """
        return self._named(name).kind

    def to_document(self, value: object) -> Document:
        """
        Return *value* as plain data that JSON holds without loss, with its type and schema.

        Every field is written, whatever its default.

        Raises:
            DefinitionError: If its class has no type, or with each part of it that has no plain form.

        Example:
            >>> from itsmkit.tickets import Participant
            >>> VALUES.to_document(Participant("ann", "watcher"))
            {'type': 'tickets.participant', 'schema': 1, 'person': 'ann', 'role': 'watcher'}
        """
        found = self._registry.of(type(value))
        if found is None:
            problem = f"there is no type of values for {type(value).__qualname__}; `Values.extended` adds one"
            raise DefinitionError(problem)
        with refused(found.name):
            return found.write(value)

    def from_document(self, document: object) -> Any:
        """
        Return the value that *document* was made of, upgraded to the newest schema first if it is older.

        Raises:
            DefinitionError: With everything in it that cannot be read, and its path: its type is unknown, its
                schema newer than what is known, a key missing or unknown, a value none.

        Example:
            >>> VALUES.from_document({"type": "tickets.participant", "schema": 1, "person": 7, "rol": ""})
            Traceback (most recent call last):
                ...
            itsmkit.errors.DefinitionError: 3 problems:
            - tickets.participant: person: must be text, not int 7
            - tickets.participant: role: is missing
            - tickets.participant: rol: is not known here; did you mean 'role'?
        """
        with refused("the document"):
            plain, found = self._registry.typed(document)
        with refused(found.name):
            return found.read(plain)

    def to_json(self, value: object) -> bytes:
        """
        Return the document of *value* as canonical JSON in UTF-8: the same bytes for equal values.

        Raises:
            DefinitionError: As `to_document`, and for text that UTF-8 does not hold.

        Example:
            >>> from itsmkit.tickets import Participant
            >>> VALUES.to_json(Participant("ann", "watcher"))
            b'{"person":"ann","role":"watcher","schema":1,"type":"tickets.participant"}'
        """
        found = self._registry.of(type(value))
        if found is not None and found.is_stored:
            return self._documents.to_json(value)
        return canonical_bytes(self.to_document(value))

    def from_json(self, text: bytes | str) -> Any:
        """
        Return the value of a document that is JSON, in whatever order and spacing, of whatever schema.

        Raises:
            DefinitionError: If it is no JSON; and as `from_document`.
        """
        return self.from_document(parsed(text))

    def json_schema(self, *names: str) -> Schema:
        """
        Return a JSON Schema of documents of some types, or of all if none is named.

        What it accepts may still be refused, as where two fields do not fit: the classes are the judges.

        Raises:
            DefinitionError: If no type is called so.
        """
        asked = [self._named(name).name for name in names] or list(self.names)
        found: dict[str, Schema] = {}
        missing = list(asked)
        while missing:
            name = missing.pop()
            if name not in found:
                found[name] = self._named(name).schema()
                missing += _referred(found[name])
        return {
            "$schema": _DIALECT,
            "anyOf": [{"$ref": f"#/$defs/{name}"} for name in asked],
            "$defs": dict(sorted(found.items())),
        }

    def _named(self, name: str) -> ValueType:
        found = self._registry.named(name)
        if found is None:
            problem = f"there is no type of values {name!r}; {close_to(name, self.names)}"
            raise DefinitionError(problem)
        return found


def _referred(schema: Any) -> list[str]:
    """Return the types that a schema refers to."""
    if isinstance(schema, list):
        return [name for each in schema for name in _referred(each)]
    if not isinstance(schema, dict):
        return []
    if isinstance(schema.get("$ref"), str):
        return [schema["$ref"].removeprefix("#/$defs/")]
    return [name for each in schema.values() for name in _referred(each)]


VALUES = Values()
"""The types of all public values of itsmkit."""


def to_document(value: object) -> Document:
    """Return *value* as plain data that JSON holds without loss: see `Values.to_document`."""
    return VALUES.to_document(value)


def from_document(document: object) -> Any:
    """Return the value of a document, whatever release wrote it: see `Values.from_document`."""
    return VALUES.from_document(document)


def to_json(value: object) -> bytes:
    """Return *value* as canonical JSON in UTF-8: see `Values.to_json`."""
    return VALUES.to_json(value)


def from_json(text: bytes | str) -> Any:
    """Return the value that JSON tells of: see `Values.from_json`."""
    return VALUES.from_json(text)
