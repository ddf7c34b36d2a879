"""A type of values: its name in JSON, the class, and what writes and reads it."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from itsmkit.errors import DefinitionError
from itsmkit.plain._codec import Codec, Schema
from itsmkit.plugin.documents import Document, Documents, DocumentType, Upgrade
from itsmkit.plugin.documents._faults import Fault
from itsmkit.plugin.documents._upgrading import newest

__all__ = ["StoredType", "ValueType"]


class ValueType:
    """
    A type of values.

    Args:
        name: What it is called in JSON.
        kind: The class; those below may be of the same type.
        upgrades: What turns schema 1 into 2, 2 into 3 and so on.
        codec: Makes the codec of documents of the newest schema, when it is needed first.
    """

    is_stored = False
    """Whether a store keeps such values."""

    def __init__(
        self, name: str, kind: type, upgrades: Sequence[Upgrade], codec: Callable[[], Codec]
    ) -> None:
        self.name = name
        self.kind = kind
        self.upgrades = tuple(upgrades)
        self._make_codec = codec

    @property
    def newest(self) -> int:
        """The schema that is written."""
        return len(self.upgrades) + 1

    @cached_property
    def codec(self) -> Codec:
        """What writes and reads documents of the newest schema."""
        return self._make_codec()

    def write(self, value: object) -> Document:
        """Return the document of *value*; raises a `Fault`."""
        document: Document = self.codec.write(value)
        return document

    def read(self, document: Document) -> Any:
        """Return the value of a document of this type, of whatever schema; raises a `Fault`."""
        return self.codec.read(newest(document, self.name, self.upgrades))

    def schema(self) -> Schema:
        """Return the JSON Schema of documents of the newest schema."""
        return self.codec.schema()


class StoredType(ValueType):
    """
    A type of what a store keeps, written and read as it is kept.

    Args:
        kind: The type of documents.
        documents: What writes and reads them.
        codec: Makes what the JSON Schema is taken from.
    """

    is_stored = True

    def __init__(self, kind: DocumentType, documents: Documents, codec: Callable[[], Codec]) -> None:
        super().__init__(kind.name, kind.kind, kind.upgrades, codec)
        self._documents = documents

    def write(self, value: object) -> Document:
        """Return the document of *value*; raises a `Fault`."""
        try:
            return self._documents.to_document(value)
        except DefinitionError as error:
            raise _within(self.name, error) from error

    def read(self, document: Document) -> Any:
        """Return the value of a document of this type, of whatever schema; raises a `Fault`."""
        try:
            return self._documents.from_document(document)
        except DefinitionError as error:
            raise _within(self.name, error) from error


def _within(name: str, error: DefinitionError) -> Fault:
    """Return what is wrong in a document without the name of its type, which the one around it tells."""
    return Fault(("", problem.removeprefix(f"{name}: ")) for problem in error.problems)
