"""Values as the text of a column, and back."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from attrs import frozen

from itsmkit.errors import DefinitionError
from itsmkit.plugin import RecordEvent
from itsmkit.plugin.documents import Document, Documents, unseal
from itsmkit.plugin.documents.personal import SEALED, sealed_text
from itsmkit.plugin.integrity import link
from itsmkit.tickets import TicketEvent
from itsmkit_sql.errors import DamagedRowError

__all__ = ["Texts", "key_text"]


@frozen
class Texts:
    """
    What turns the values of a database into documents and back.

    Args:
        documents: The types of documents.
        database: What the database is called.
    """

    documents: Documents
    database: str

    def of(self, value: object) -> str:
        """Return the document of *value* as text: of equal values, the same."""
        return self.documents.to_text(value)

    def linked(self, previous: str | None, event: object) -> tuple[str, str]:
        """
        Return the document of an event as text, and the digest of the chain up to it.

        Args:
            previous: The digest of the chain before it; ``None`` for the first.
            event: The event.
        """
        document = self.documents.to_json(event)
        return document.decode(), link(previous, document)

    def sealed(self, previous: str | None, event: TicketEvent | RecordEvent) -> tuple[str, str | None, str]:
        """Return the sealed document of an event, what is personal in it, and the digest as `linked`."""
        document, personal = sealed_text(event, self.documents)
        return document, personal, link(previous, document.encode())

    def event(self, text: str, personal: str | None, row: str) -> object:
        """
        Return the event that `sealed` has written.

        Raises:
            DamagedRowError: As `value`.
        """
        if personal is None and SEALED not in text:
            return self.value(text, row)
        with self._read(row):
            document = unseal(json.loads(text), None if personal is None else json.loads(personal))
            return self.documents.from_document(document)

    def document(self, text: str, row: str) -> Document:
        """Return a document as it was written. Raises `DamagedRowError` if it is none."""
        with self._read(row):
            document = json.loads(text)
            if not isinstance(document, dict):
                problem = "it is no object"
                raise DefinitionError(problem)
            return document

    def value(self, text: str, row: str) -> object:
        """
        Return the value of a document.

        Args:
            text: What `of` made.
            row: What it is the document of.

        Raises:
            DamagedRowError: If it is damaged, or newer than this version of itsmkit.
        """
        with self._read(row):
            return self.documents.from_json(text)

    @contextmanager
    def _read(self, row: str) -> Iterator[None]:
        try:
            yield
        except (DefinitionError, RecursionError, ValueError) as error:
            problem = f"the document of {row} cannot be read: {error}"
            way_out = "restore it from a backup, or install a newer itsmkit"
            raise DamagedRowError(self.database, problem, way_out) from error


def key_text(*parts: Iterable[str] | str) -> str:
    """Return texts, and several of them, as one key: JSON."""
    return json.dumps(parts)
