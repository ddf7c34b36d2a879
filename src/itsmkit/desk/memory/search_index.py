"""The search index that keeps everything in this process."""

from collections.abc import Sequence
from threading import Lock
from typing import Self

from attrs import define, field

from itsmkit._problems import name_problems
from itsmkit.errors import DefinitionError
from itsmkit.plugin import DEFAULT_TENANT
from itsmkit.search import Hit, SearchDocument, SearchQuery, WordIndex

__all__ = ["InMemorySearchIndex"]


@define
class _Collection:
    documents: WordIndex = field(factory=WordIndex)
    mark: str | None = None


class InMemorySearchIndex:
    """A search index in memory. Keeps the contract of `itsmkit.plugin.SearchIndex`."""

    def __init__(self) -> None:
        self.tenant = DEFAULT_TENANT
        self._lock = Lock()
        self._collections: dict[tuple[str, str], _Collection] = {}

    def of_tenant(self, tenant: str) -> Self:
        """See `SearchIndex.of_tenant`."""
        problems = [*name_problems("tenant", tenant)]
        if problems:
            raise DefinitionError(*problems)
        found = type(self).__new__(type(self))
        found.__dict__.update(self.__dict__)
        found.tenant = tenant
        return found

    def mark(self, collection: str) -> str | None:
        """See `SearchIndex.mark`."""
        with self._lock:
            return self._of(collection).mark

    def feed(
        self,
        collection: str,
        *,
        put: Sequence[SearchDocument] = (),
        remove: Sequence[str] = (),
        before: str | None,
        mark: str,
    ) -> bool:
        """See `SearchIndex.feed`."""
        with self._lock:
            found = self._of(collection)
            if found.mark != before:
                return False
            for each in remove:
                found.documents.remove(each)
            for document in put:
                found.documents.put(document)
            found.mark = mark
            self._collections[self.tenant, collection] = found
            return True

    def clear(self, collection: str) -> None:
        """See `SearchIndex.clear`."""
        with self._lock:
            self._collections.pop((self.tenant, collection), None)

    def labels(self, collection: str) -> Sequence[str]:
        """See `SearchIndex.labels`."""
        with self._lock:
            return self._of(collection).documents.labels()

    def search(self, collection: str, query: SearchQuery) -> Sequence[Hit]:
        """See `SearchIndex.search`."""
        with self._lock:
            return self._of(collection).documents.search(query)

    def close(self) -> None:
        """See `SearchIndex.close`."""
        with self._lock:
            self._collections.clear()

    def _of(self, collection: str) -> _Collection:
        return self._collections.get((self.tenant, collection)) or _Collection()
