"""The search index in a database, beside the records of a store."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from math import fsum
from operator import attrgetter
from typing import Any, NamedTuple, Self

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Connection,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
    update,
)

from itsmkit._problems import name_problems
from itsmkit.errors import DefinitionError
from itsmkit.search import (
    CountedWords,
    Hit,
    QueryPlan,
    SearchDocument,
    SearchQuery,
    WeighedTerm,
    best,
    counted,
    plan_of,
)
from itsmkit_sql._database import Database, Insert, InsertMaker
from itsmkit_sql._finders import FTS5, Finder, TSVector
from itsmkit_sql._schema import Key
from itsmkit_sql._search_tables import (
    are_there,
    make_search_tables,
    search_documents,
    search_labels,
    search_scopes,
    search_words,
)
from itsmkit_sql.errors import DatabaseError

__all__ = ["SQLSearchIndex"]

_LOOKED_AT = 1_000
"""How many documents have words that are looked for at first: rare words tell most, and cost least."""

_MOST_IDS = 5_000
"""How many ids a statement names at most."""

_BEHIND = "\U0010ffff"

_SCOPE = select(search_scopes).where(
    search_scopes.c.tenant == bindparam("whose"), search_scopes.c.collection == bindparam("of")
)
_OF_SCOPE = bindparam("of_scope", type_=BigInteger())
_FED = (
    update(search_scopes)
    .where(search_scopes.c.scope == _OF_SCOPE)
    .values(mark=bindparam("to"), documents=bindparam("now"), length=bindparam("long"))
)
_FREQUENCIES = select(search_words.c.word, search_words.c.documents).where(
    search_words.c.scope == _OF_SCOPE, search_words.c.word.in_(bindparam("words", expanding=True))
)
_BEGINNING = (
    select(search_words.c.word)
    .where(
        search_words.c.scope == _OF_SCOPE,
        search_words.c.word >= bindparam("first"),
        search_words.c.word < bindparam("last"),
        search_words.c.word.not_like("%~"),
    )
    .order_by(search_words.c.documents.desc(), search_words.c.word)
    .limit(bindparam("most"))
)
_THERE = select(search_documents).where(
    search_documents.c.scope == _OF_SCOPE,
    search_documents.c.document.in_(bindparam("ids", expanding=True)),
)
_DROP_DOCUMENTS = delete(search_documents).where(
    search_documents.c.scope == _OF_SCOPE,
    search_documents.c.document.in_(bindparam("ids", expanding=True)),
)
_DROP_LABELS = delete(search_labels).where(
    search_labels.c.scope == _OF_SCOPE, search_labels.c.number.in_(bindparam("numbers", expanding=True))
)
_DROP_WORDS = delete(search_words).where(search_words.c.scope == _OF_SCOPE, search_words.c.documents <= 0)
_FOUND = (search_documents.c.document, search_documents.c.words, search_documents.c.length)
_LABELLED = "scope = :of_scope AND label IN :labels"
_NAMED = "scope = :of_scope AND document IN :among"
_ALL = select(search_documents).where(search_documents.c.scope == _OF_SCOPE)


def _each_label() -> Select[str]:
    """Select the labels of a scope: each is looked up in the index, rather than in every row."""
    label = search_labels.c.label
    known = select(func.min(label).label("label")).where(search_labels.c.scope == _OF_SCOPE)
    found = known.cte("of_scope_labels", recursive=True)
    following = (
        select(func.min(label))
        .where(search_labels.c.scope == _OF_SCOPE, label > found.c.label)
        .scalar_subquery()
    )
    found = found.union_all(select(following).where(found.c.label.is_not(None)))
    return select(found.c.label).where(found.c.label.is_not(None)).order_by(found.c.label)


_LABELS = _each_label()


class SQLSearchIndex:
    """
    A search index in a database. Keeps the contract of `itsmkit.plugin.SearchIndex`.

    SQLite finds words by FTS5, PostgreSQL by vectors of words with an inverted index. Of what the database
    finds, it picks the best by its own ranks, a hundred or more, and these are ranked as everywhere in
    itsmkit.

    Args:
        database: Where it is.
        tenant: Whose documents it holds.
    """

    def __init__(self, database: Database, tenant: str) -> None:
        self.tenant = tenant
        self._database = database
        self._finder: Finder = FTS5() if database.address.is_sqlite else TSVector()
        self._ready: list[bool] = []  # shared by the tenants

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
        if not self._is_there():
            return None
        with self._database.reading() as connection:
            scope = self._scope(connection, collection)
        return None if scope is None else scope.mark

    def feed(
        self,
        collection: str,
        *,
        put: Sequence[SearchDocument] = (),
        remove: Sequence[str] = (),
        before: str | None,
        mark: str,
    ) -> bool:
        """See `SearchIndex.feed`. Who feeds the same collection waits until the transaction has ended."""
        self._prepare()
        words = {each.id: counted(each) for each in put}
        with self._database.writing(durable=False) as connection:
            scope = self._locked(connection, collection)
            if scope.mark != before:
                return False
            old = self._take_out(connection, scope.scope, {*words, *remove})
            self._put_in(connection, scope.scope, put, words)
            self._count(connection, scope.scope, old.values(), words.values())
            numbers = {
                "now": scope.documents - len(old) + len(words),
                "long": scope.length + _length(words.values()) - _length(old.values()),
            }
            connection.execute(_FED, {"of_scope": scope.scope, "to": mark, **numbers})
        return True

    def clear(self, collection: str) -> None:
        """See `SearchIndex.clear`."""
        if not self._is_there():
            return
        with self._database.writing(durable=False) as connection:
            scope = self._locked(connection, collection)
            rows = connection.execute(_ALL, {"of_scope": scope.scope}).all()
            self._finder.remove(connection, scope.scope, {row.number: _read(row.words) for row in rows})
            for table in (search_documents, search_labels, search_words):
                connection.execute(delete(table).where(table.c.scope == _OF_SCOPE), {"of_scope": scope.scope})
            connection.execute(_FED, {"of_scope": scope.scope, "to": None, "now": 0, "long": 0})

    def labels(self, collection: str) -> Sequence[str]:
        """See `SearchIndex.labels`."""
        if not self._is_there():
            return ()
        with self._database.snapshot() as connection:
            scope = self._scope(connection, collection)
            if scope is None:
                return ()
            return connection.execute(_LABELS, {"of_scope": scope.scope}).scalars().all()

    def search(self, collection: str, query: SearchQuery) -> Sequence[Hit]:
        """See `SearchIndex.search`. It is of one moment."""
        if not self._is_there():
            return ()
        with self._database.snapshot() as connection:
            scope = self._scope(connection, collection)
            if scope is None or _is_of_none(query):
                return ()
            vocabulary = _Vocabulary(connection, scope)
            plan = plan_of(query, vocabulary)
            hits: tuple[Hit, ...] = ()
            for look in _looks(plan, query, vocabulary.known):
                found = self._candidates(connection, scope.scope, look, query, plan.words())
                hits = best(plan, query, found, _admitted(query))
                if look.suffices(hits, query, len(found)):
                    break
            return hits

    def close(self) -> None:
        """See `SearchIndex.close`. What it works on is the store's to close."""

    # -- the parts -------------------------------------------------------------------------------

    def _is_there(self) -> bool:
        """Tell whether anything was ever fed to an index of this database."""
        if not self._ready:
            with self._database.reading() as connection:
                if are_there(connection):
                    self._ready.append(True)
        return bool(self._ready)

    def _prepare(self) -> None:
        if self._is_there():
            return
        with self._making(), self._database.writing() as connection:
            make_search_tables(connection, self._database, self._finder.table, *self._finder.making)
        self._ready.append(True)

    @contextmanager
    def _making(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            if "fts5" not in error.problem:
                raise
            way_out = "use a Python whose SQLite has it, or Desk(…, search=InMemorySearchIndex())"
            raise DatabaseError(error.database, error.problem, way_out) from error

    def _scope(self, connection: Connection, collection: str) -> "_Scope | None":
        row = connection.execute(_SCOPE, {"whose": self.tenant, "of": collection}).one_or_none()
        return None if row is None else _Scope(row.scope, row.mark, row.documents, row.length)

    def _locked(self, connection: Connection, collection: str) -> "_Scope":
        """Return a scope, or a new one, which nobody else changes until the transaction ends."""
        given = {"tenant": self.tenant, "collection": collection, "documents": 0, "length": 0}
        connection.execute(_begun(self._database.insert), given)
        row = connection.execute(_SCOPE.with_for_update(), {"whose": self.tenant, "of": collection}).one()
        return _Scope(row.scope, row.mark, row.documents, row.length)

    def _take_out(self, connection: Connection, scope: int, ids: Iterable[str]) -> dict[str, CountedWords]:
        """Take out the documents of *ids* that are there; return their words."""
        old: dict[str, CountedWords] = {}
        for several in _parts(sorted(ids)):
            given = {"of_scope": scope, "ids": several}
            rows = connection.execute(_THERE, given).all()
            words = {row.number: _read(row.words) for row in rows}
            old.update((row.document, CountedWords(words[row.number], row.length)) for row in rows)
            self._finder.remove(connection, scope, words)
            if rows:
                connection.execute(_DROP_DOCUMENTS, given)
                connection.execute(_DROP_LABELS, {"of_scope": scope, "numbers": [*words]})
        return old

    def _put_in(
        self,
        connection: Connection,
        scope: int,
        documents: Sequence[SearchDocument],
        words: Mapping[str, CountedWords],
    ) -> None:
        if not documents:
            return
        rows = [
            {
                "scope": scope,
                "document": document,
                "words": _written(each.counts),
                "length": each.length,
            }
            for document, each in words.items()
        ]
        connection.execute(insert(search_documents), rows)
        numbers: dict[str, int] = {}
        for several in _parts([*words]):
            found = connection.execute(_THERE, {"of_scope": scope, "ids": several})
            numbers.update((row.document, row.number) for row in found)
        self._finder.put(
            connection, scope, {numbers[document]: each.counts for document, each in words.items()}
        )
        labels = [
            {"scope": scope, "label": label, "number": numbers[each.id]}
            for each in documents
            for label in each.labels
        ]
        if labels:
            connection.execute(insert(search_labels), labels)

    def _count(
        self,
        connection: Connection,
        scope: int,
        gone: Iterable[CountedWords],
        come: Iterable[CountedWords],
    ) -> None:
        """Count in how many documents each word is."""
        changes = Counter[str]()
        for each in come:
            changes.update(each.counts.keys())
        for each in gone:
            changes.subtract(each.counts.keys())
        rows = [
            {"scope": scope, "word": word, "documents": change}
            for word, change in sorted(changes.items())
            if change
        ]
        if rows:
            connection.execute(_counting(self._database.insert), rows)
        if any(row["documents"] < 0 for row in rows):  # type: ignore[operator]  # a number
            connection.execute(_DROP_WORDS, {"of_scope": scope})

    def _candidates(
        self, connection: Connection, scope: int, look: "_Look", query: SearchQuery, words: Sequence[str]
    ) -> list[tuple[str, CountedWords]]:
        """Return the documents that are looked at, and how often each of *words* is in them."""
        within, lists = _within(query)
        most = None if query.among is not None and not _are_few(query.among) else look.most
        numbers, values = self._finder.best(scope, look.terms, within=within, most=most)
        if lists:
            values["of_scope"] = scope
        statement = text(
            f"SELECT document, words, length FROM {search_documents.name} WHERE number IN ({numbers})"  # noqa: S608  # of our own words
        )
        rows = connection.execute(statement.bindparams(*lists).columns(*_FOUND), values)
        return [(row.document, CountedWords(_some(row.words, words), row.length)) for row in rows]


class _Scope(NamedTuple):
    scope: int
    mark: str | None
    documents: int
    length: int


class _Vocabulary:
    """The words of a scope, as rankings ask for them."""

    def __init__(self, connection: Connection, scope: _Scope) -> None:
        self._connection = connection
        self._scope = scope
        self.documents = scope.documents
        self.length = scope.length
        self.known: Mapping[str, int] = {}

    def frequencies(self, words: Iterable[str]) -> Mapping[str, int]:
        """See `Vocabulary.frequencies`. What was asked for last is kept."""
        found: dict[str, int] = {}
        for several in _parts(sorted(words)):
            rows = self._connection.execute(_FREQUENCIES, {"of_scope": self._scope.scope, "words": several})
            found.update((row.word, row.documents) for row in rows)
        self.known = found
        return found

    def beginning(self, prefix: str, limit: int) -> Sequence[str]:
        """See `Vocabulary.beginning`."""
        given = {
            "of_scope": self._scope.scope,
            "first": prefix,
            "last": prefix + _BEHIND,
            "most": limit,
        }
        return self._connection.execute(_BEGINNING, given).scalars().all()


class _Look(NamedTuple):
    """
    A look at documents.

    Args:
        terms: The terms of which they have a word.
        most: How many, of those that look best.
        others: The share of the query that documents without any of these words can have.
    """

    terms: Sequence[WeighedTerm]
    most: int
    others: float

    def suffices(self, hits: Sequence[Hit], query: SearchQuery, found: int) -> bool:
        """Tell whether a look at documents with other words is not worth it."""
        return len(hits) == query.limit or found >= self.most or self.others < query.at_least


def _looks(plan: QueryPlan, query: SearchQuery, known: Mapping[str, int]) -> Iterator[_Look]:
    """Yield the looks at documents: first at those with words that few have, then at all."""
    if not plan.terms:
        return
    most = query.looked_at
    looked_at = telling = 0
    for term in plan.terms:
        looked_at += sum(known[word] for word, _ in term.answers)
        if telling and looked_at > _LOOKED_AT:
            break
        telling += 1
    rest = plan.terms[telling:]
    if rest:
        yield _Look(plan.terms[:telling], most, fsum(map(attrgetter("weight"), rest)) / plan.total)
    yield _Look(plan.terms, most, 0.0)


def _within(query: SearchQuery) -> tuple[str, list[BindParameter[Any]]]:
    """Return what selects the numbers of the documents that *query* is kept to, and the lists in it."""
    parts, lists = [], []
    if query.labels is not None:
        parts.append(f"SELECT number FROM {search_labels.name} WHERE {_LABELLED}")  # noqa: S608  # as above
        lists.append(bindparam("labels", sorted(query.labels), Key(), expanding=True))
    if _are_few(query.among):
        parts.append(f"SELECT number FROM {search_documents.name} WHERE {_NAMED}")  # noqa: S608  # as above
        lists.append(bindparam("among", sorted(query.among or ()), Key(), expanding=True))
    return " INTERSECT ".join(parts), lists


def _is_of_none(query: SearchQuery) -> bool:
    """Tell whether no document at all is permitted."""
    return query.labels == frozenset() or query.among == frozenset()


def _admitted(query: SearchQuery) -> Callable[[str], bool]:
    """Return what tells which documents are found, as far as the database is not asked."""
    if query.among is None or _are_few(query.among):
        return lambda _: True
    return query.among.__contains__


def _are_few(ids: frozenset[str] | None) -> bool:
    return ids is not None and len(ids) <= _MOST_IDS


def _written(counts: Mapping[str, int]) -> str:
    """Return counts as a text in which each can be found, since no word has a space or an equals sign."""
    return "".join(f" {word}={count}" for word, count in counts.items()) + " "


def _read(text: str) -> dict[str, int]:
    """Return the counts that `_written` has written."""
    return {word: int(count) for word, _, count in (each.rpartition("=") for each in text.split())}


def _some(text: str, words: Iterable[str]) -> dict[str, int]:
    """Return the counts of *words* only, in a small part of the time."""
    found: dict[str, int] = {}
    for word in words:
        start = text.find(f" {word}=")
        if start >= 0:
            start += len(word) + 2
            found[word] = int(text[start : text.index(" ", start)])
    return found


def _length(documents: Iterable[CountedWords]) -> int:
    return sum(each.length for each in documents)


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + _MOST_IDS] for start in range(0, len(ids), _MOST_IDS))


@cache
def _begun(new: InsertMaker) -> Insert:
    return new(search_scopes).on_conflict_do_nothing(index_elements=["tenant", "collection"])


@cache
def _counting(new: InsertMaker) -> Insert:
    counting = new(search_words)
    return counting.on_conflict_do_update(
        index_elements=["scope", "word"],
        set_={"documents": search_words.c.documents + counting.excluded.documents},
    )
