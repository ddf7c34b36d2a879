"""Values as the text of a column, and back."""

import json
from collections.abc import Iterable

from attrs import frozen

from itsmkit.errors import DefinitionError
from itsmkit.plugin.documents import Documents
from itsmkit.plugin.integrity import link
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

    def value(self, text: str, row: str) -> object:
        """
        Return the value of a document.

        Args:
            text: What `of` made.
            row: What it is the document of.

        Raises:
            DamagedRowError: If it is damaged, or newer than this version of itsmkit.
        """
        try:
            return self.documents.from_json(text)
        except DefinitionError as error:
            problem = f"the document of {row} cannot be read: {error}"
            way_out = "restore it from a backup, or install a newer itsmkit"
            raise DamagedRowError(self.database, problem, way_out) from error


def key_text(*parts: Iterable[str] | str) -> str:
    """Return texts, and several of them, as one key: JSON."""
    return json.dumps(parts)
