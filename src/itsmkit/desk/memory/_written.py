"""Documents that were loaded, for as long as what they are of is kept unchanged."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from attrs import define, field

from itsmkit.cmdb.reconciliation import StagingArea
from itsmkit.plugin import RowKind

if TYPE_CHECKING:
    from itsmkit.plugin.documents import Document, Documents, StagingRow

__all__ = ["Written"]

Key = int | str | tuple[str, ...]


@define
class Written:
    """
    The documents of a dump, as they were written, of whatever schema.

    What came in by units of work has no document before one is asked for.
    """

    _texts: dict[tuple[RowKind, Key], tuple[object, str]] = field(factory=dict)
    _staged: dict[tuple[str, ...], tuple["StagingRow", str]] = field(factory=dict)

    def keep(self, kind: RowKind, key: Key, value: object, text: str) -> None:
        """Keep the text of the document that *value* was read from."""
        self._texts[kind, key] = value, text

    def forget(self, kind: RowKind, key: Key) -> None:
        """Forget the document of a value, if there is one."""
        self._texts.pop((kind, key), None)

    def keep_staged(self, row: "StagingRow", text: str) -> None:
        """Keep the text of the document that a row of the staging area was read from."""
        self._staged[row.key] = row, text

    def restage(self, area: StagingArea) -> None:
        """Forget the documents of the rows of the staging area that *area* has no more."""
        if self._staged:
            from itsmkit.plugin.documents import staging_rows  # noqa: PLC0415  # only what was loaded needs it

            now = {row.key: row for row in staging_rows(area)}
            self._staged = {key: kept for key, kept in self._staged.items() if now.get(key) == kept[0]}

    def document(self, kind: RowKind, key: Key, value: object, documents: "Documents") -> "Document":
        """Return the document of *value*: as it was written, if that is what it was read from."""
        found = self._texts.get((kind, key))
        return _read(found[1]) if found and found[0] is value else documents.to_document(value)

    def staged(self, rows: "Iterable[StagingRow]", documents: "Documents") -> "list[Document]":
        """Return the documents of the rows of the staging area, ordered by their keys."""
        return [
            _read(self._staged[row.key][1]) if row.key in self._staged else documents.to_document(row)
            for row in sorted(rows, key=lambda row: row.key)
        ]

    def copied(self) -> "Written":
        """Return the same, apart from what will be kept from now on."""
        return Written(self._texts.copy(), self._staged)


def _read(text: str) -> "Document":
    document: Document = json.loads(text)
    return document
