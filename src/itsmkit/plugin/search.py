"""
What a desk asks of a search index.

An index is a cache: what is in it follows from the records of a store, and it can be dropped and fed again at
any time. It is fed with changes up to a mark, which says how far, so that what was committed before a search
is found by it, whoever has committed it. It knows no one's rights: who may find what is part of each query,
and whoever asks looks at the records themselves before it shows any.

The contract is tested by `itsmkit.testing.contracts.SearchIndexContract`; the in-memory index of
`itsmkit.desk` is the reference.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from itsmkit.search import Hit, SearchDocument, SearchQuery

__all__ = ["IndexedStore", "SearchIndex", "lacking_index_members"]


class SearchIndex(Protocol):
    """
    Documents in collections, found by their words. Fit for use by several threads at once.

    What a word is, and how documents are ranked, is said by `itsmkit.search`. An index may pick documents by
    means of its own, and rank those that it has picked by `itsmkit.search.best`. It picks as many as
    `SearchQuery.looked_at` says, so that of fewer documents all indexes find the same, in the same order.

    Attributes:
        tenant: Whose documents it holds.
    """

    tenant: str

    def of_tenant(self, tenant: str) -> "SearchIndex":
        """
        Return the same index for the documents of *tenant*; a new one is empty.

        They share what they hold open: to close one is to close all.

        Raises:
            DefinitionError: If *tenant* is no name.
        """

    def mark(self, collection: str) -> str | None:
        """Return up to which mark a collection was fed; ``None`` if it never was."""

    def feed(
        self,
        collection: str,
        *,
        put: "Sequence[SearchDocument]" = (),
        remove: Sequence[str] = (),
        before: str | None,
        mark: str,
    ) -> bool:
        """
        Put documents in, each in place of the one of its id, and take others out: all of it, or nothing.

        Args:
            collection: Which documents they are among.
            put: The documents, each id once.
            remove: The ids of those that are no more; one that is not there is no mistake.
            before: The mark up to which the caller has found it fed.
            mark: Up to what it is fed then: text that only the caller understands.

        Returns:
            Whether it was done. If it is fed up to another mark by now, nothing is changed.
        """

    def clear(self, collection: str) -> None:
        """Drop all documents of a collection, and its mark."""

    def labels(self, collection: str) -> Sequence[str]:
        """Return the labels of the documents of a collection, each once, by their code points."""

    def search(self, collection: str, query: "SearchQuery") -> "Sequence[Hit]":
        """
        Return the documents that answer *query* best.

        Returns:
            By falling score, then by the code points of their ids. Fewer than the query asks for only if
            there are no others. What is in `SearchQuery.text` is never an error.
        """

    def close(self) -> None:
        """Give up what it holds open. Those of other tenants are closed, too."""


@runtime_checkable
class IndexedStore(Protocol):
    """A store that keeps a search index beside its records, which a desk uses unless it is told otherwise."""

    def search_index(self) -> SearchIndex:
        """
        Return the index of the same tenant, which is closed with the store.

        It is not asked for where the store takes part in a transaction of its host.
        """


_METHODS = tuple(name for name in vars(SearchIndex) if not name.startswith("_"))


def lacking_index_members(index: object) -> tuple[str, ...]:
    """Return the members of `SearchIndex` that *index* lacks."""
    tenant = () if hasattr(index, "tenant") else ("tenant",)
    return tenant + tuple(name for name in _METHODS if not callable(getattr(index, name, None)))
