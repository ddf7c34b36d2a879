"""The records of the service catalogue: entries, and the versions of items that were published."""

from collections.abc import Mapping
from functools import lru_cache

from itsmkit._documents import Form
from itsmkit.desk._record_kind import RecordKind
from itsmkit.plugin import UnitOfWork
from itsmkit.practices.catalogue import (
    CatalogueEntry,
    CatalogueItem,
    PublishedItem,
    catalogue_item_from,
    catalogue_item_to_mapping,
    published_id,
)

__all__ = ["ENTRY", "PUBLISHED", "published"]

_FORMS = (Form(CatalogueItem, catalogue_item_from, catalogue_item_to_mapping),)

ENTRY = RecordKind("catalogue-entry", CatalogueEntry, forms=_FORMS)
PUBLISHED = RecordKind("catalogue-version", PublishedItem, forms=_FORMS)


@lru_cache(maxsize=256)
def _read(document: Mapping[str, object]) -> CatalogueItem:
    """Return the item of a document, which never changes: to check a large form takes some time."""
    return PUBLISHED.from_document(document, 1).item


def published(unit: UnitOfWork, key: str, version: int) -> CatalogueItem:
    """
    Return a version of an item that was published.

    Raises:
        NotFoundError: If there is none.
    """
    return _read(unit.record_of(PUBLISHED.name, published_id(key, version)).document)
