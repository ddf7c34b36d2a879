"""
The search index of a desk: what has changed is put in when somebody searches.

So a command costs what it costs without an index, one that fails blocks nothing, and what was committed
before a search is found by it, by whatever process it was. An index is a cache: one that has read another
history, such as after a restore, is dropped and fed anew.
"""

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

from attrs import define, field

from itsmkit.desk.batch import BatchStore
from itsmkit.errors import RefusedError
from itsmkit.plugin import IndexedStore, Store

if TYPE_CHECKING:
    from itsmkit.plugin import SearchIndex

__all__ = ["ARTICLES", "Searching", "TICKETS"]

TICKETS, ARTICLES = "tickets", "articles"
"""The collections of the index."""


@define
class Searching:
    """
    The search index of a desk.

    Args:
        store: Where the records are.
        make: Makes the index of a store, unless the store brings one.
    """

    store: Store
    make: "Callable[[], SearchIndex] | None" = None
    _index: "SearchIndex | None" = field(default=None, init=False)
    _lock: Lock = field(factory=Lock, init=False)

    def on(self, store: Store) -> "Searching":
        """Return the same for the records of another store of the same place."""
        found = Searching(store, self.make)
        if self.make is not None and not _is_in_transaction(store):
            found._index = self.kept().of_tenant(store.tenant)
        return found

    def kept(self) -> "SearchIndex":
        """Return the index that outlives a search, as far as it was fed."""
        with self._lock:
            if self._index is None:
                self._index = self._made()
            return self._index

    def _made(self) -> "SearchIndex":
        if self.make is not None:
            return self.make().of_tenant(self.store.tenant)
        if isinstance(self.store, IndexedStore):
            return self.store.search_index()
        return _in_memory().of_tenant(self.store.tenant)

    def close(self) -> None:
        """Close an index that is no part of the store."""
        if self.make is not None and self._index is not None:
            self._index.close()

    def index(self, collection: str) -> "SearchIndex":
        """
        Return an index in which all is found of a collection that is committed by now.

        Within a transaction that is not committed yet, it is one for this search alone: it costs what all
        documents cost.
        """
        if _is_in_transaction(self.store):
            index: SearchIndex = _in_memory()
        else:
            index = self.kept()
        _feed(index, self.store, collection)
        return index

    def refresh(self) -> None:
        """Feed what was fed before: what has been erased since is gone from it then."""
        if _is_in_transaction(self.store):
            return
        for collection in (TICKETS, ARTICLES):
            if self.kept().mark(collection) is not None:
                _feed(self.kept(), self.store, collection)

    def rebuild(self) -> None:
        """
        Drop the index and feed it anew.

        Raises:
            RefusedError: In a transaction of the host, or in a batch.
        """
        if _is_in_transaction(self.store):
            refusal = (
                "cannot rebuild the search index within a transaction that is not committed yet; do it "
                "afterwards, on the desk itself"
            )
            raise RefusedError(refusal)
        for collection in (TICKETS, ARTICLES):
            self.kept().clear(collection)
            _feed(self.kept(), self.store, collection)


def _feed(index: "SearchIndex", store: Store, collection: str) -> None:
    from itsmkit.desk._feeding import feed  # noqa: PLC0415  # many a desk is never searched

    feed(index, store, collection)


def _in_memory() -> "SearchIndex":
    from itsmkit.desk.memory import InMemorySearchIndex  # noqa: PLC0415  # as above

    return InMemorySearchIndex()


def _is_in_transaction(store: Store) -> bool:
    return store.is_joined or isinstance(store, BatchStore)
