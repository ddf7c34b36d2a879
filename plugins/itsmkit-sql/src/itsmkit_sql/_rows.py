"""Values as the text of a column, and back."""

import json
from collections.abc import Iterable

from itsmkit.errors import DefinitionError
from itsmkit.plugin.documents import canonical_bytes, from_document, to_document
from itsmkit_sql.errors import DatabaseError

__all__ = ["key_text", "text_of", "value_of"]


def text_of(value: object) -> str:
    """Return the document of *value* as text: of equal values, the same."""
    return canonical_bytes(to_document(value)).decode()


def value_of(text: str, database: str, row: str) -> object:
    """
    Return the value of a document.

    Args:
        text: What `text_of` made.
        database: Which database it was read from.
        row: Which row.

    Raises:
        DatabaseError: If it is damaged, or newer than this version of itsmkit.
    """
    try:
        return from_document(json.loads(text))
    except (DefinitionError, ValueError) as error:
        problem = f"the document of {row} cannot be read: {error}"
        raise DatabaseError(
            database, problem, "restore it from a backup, or install a newer itsmkit"
        ) from error


def key_text(*parts: Iterable[str] | str) -> str:
    """Return texts, and several of them, as one key: JSON."""
    return json.dumps(parts)
