"""
What finds documents by their words: the text search of SQLite and that of PostgreSQL.

Neither is handed a text of a person: words are folded and told apart in Python, as everywhere in itsmkit, and
each is handed over as one token of its scope. So both find the same, and nothing that is typed means anything
to them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from itsmkit.search import WeighedTerm
from itsmkit_sql._search_tables import PREFIX

__all__ = ["FTS5", "Finder", "TSVector"]

_TABLE = f"{PREFIX}finder"


class Finder(Protocol):
    """
    Finds documents by their words.

    Attributes:
        table: The name of its table.
        making: The statements that make it.
    """

    table: str
    making: tuple[str, ...]

    def put(self, connection: Connection, scope: int, documents: Mapping[int, Mapping[str, int]]) -> None:
        """Put documents in: by their numbers, how often each has which words."""

    def remove(self, connection: Connection, scope: int, documents: Mapping[int, Mapping[str, int]]) -> None:
        """Take documents out, which have been put in so."""

    def best(
        self, scope: int, terms: Sequence[WeighedTerm], *, within: str, most: int | None
    ) -> tuple[str, dict[str, object]]:
        """
        Return a statement that selects the numbers of documents that have a word of *terms*, and its values.

        Args:
            scope: The scope that they are of.
            terms: The terms.
            within: A statement that selects the numbers among which they are; empty for all.
            most: How many, of those that look best; ``None`` for all.
        """


class FTS5:
    """
    The text search of SQLite: an index without contents, whose tokenizer leaves each token as it is.

    To the tokenizer ``ascii``, all that is not of ASCII is part of a token. So signs of ASCII within words
    are written as characters of the private use area, which folded words never have.
    """

    table = _TABLE
    making: tuple[str, ...] = (
        f"CREATE VIRTUAL TABLE {_TABLE} USING fts5(words, content='', tokenize='ascii')",
    )

    def put(self, connection: Connection, scope: int, documents: Mapping[int, Mapping[str, int]]) -> None:
        """See `Finder.put`."""
        rows = [{"number": number, "words": _tokens(scope, words)} for number, words in documents.items()]
        if rows:
            connection.execute(_PUT_FTS5, rows)

    def remove(self, connection: Connection, scope: int, documents: Mapping[int, Mapping[str, int]]) -> None:
        """See `Finder.remove`. An index without contents has to be told what it forgets."""
        rows = [{"number": number, "words": _tokens(scope, words)} for number, words in documents.items()]
        if rows:
            connection.execute(_REMOVE_FTS5, rows)

    def best(
        self, scope: int, terms: Sequence[WeighedTerm], *, within: str, most: int | None
    ) -> tuple[str, dict[str, object]]:
        """See `Finder.best`. It ranks by its own BM25, which is near ours."""
        match = " OR ".join(f'"{_token(scope, word)}"' for word in _words(terms))
        order = "" if most is None else "ORDER BY rank LIMIT :most"
        # With the sign, the words are looked up once and not for each number.
        condition = f"AND +rowid IN ({within})" if within else ""
        statement = f"SELECT rowid AS number FROM {_TABLE} WHERE {_TABLE} MATCH :match {condition} {order}"  # noqa: S608  # of names and parameters
        return statement, {"match": match, **({} if most is None else {"most": most})}


_SIGNS = {code: 0xE000 + code for code in range(128) if not chr(code).isalnum()}
_PUT_FTS5 = text(f"INSERT INTO {_TABLE} (rowid, words) VALUES (:number, :words)")  # noqa: S608  # a name of ours
_REMOVE_FTS5 = text(
    f"INSERT INTO {_TABLE} ({_TABLE}, rowid, words) VALUES ('delete', :number, :words)"  # noqa: S608  # as above
)


def _token(scope: int, word: str) -> str:
    return f"{scope}\ue000{word.translate(_SIGNS)}"


def _tokens(scope: int, words: Mapping[str, int]) -> str:
    """Return words as a text that has each as often as it counts."""
    return " ".join(" ".join([_token(scope, word)] * count) for word, count in words.items())


class TSVector:
    """The text search of PostgreSQL: vectors of words in an inverted index, made without its parser."""

    table = _TABLE
    making: tuple[str, ...] = (
        f"CREATE TABLE {_TABLE} (number BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)",
        f"CREATE INDEX {_TABLE}_words ON {_TABLE} USING gin (words)",
    )

    def put(self, connection: Connection, scope: int, documents: Mapping[int, Mapping[str, int]]) -> None:
        """See `Finder.put`."""
        rows = [
            {"number": number, "words": [_lexeme(scope, word) for word in words]}
            for number, words in documents.items()
        ]
        if rows:
            connection.execute(_PUT_VECTORS, rows)

    def remove(self, connection: Connection, scope: int, documents: Mapping[int, Mapping[str, int]]) -> None:  # noqa: ARG002  # others need it
        """See `Finder.remove`. The numbers suffice, whatever the *scope*."""
        if documents:
            connection.execute(_REMOVE_VECTORS, {"numbers": [*documents]})

    def best(
        self, scope: int, terms: Sequence[WeighedTerm], *, within: str, most: int | None
    ) -> tuple[str, dict[str, object]]:
        """See `Finder.best`. Its own ranks know no rare words: those that are there are weighed."""
        values: dict[str, object] = {"match": _query(scope, _words(terms))}
        order = ""
        if most is not None:
            values["most"] = most
            points = []
            for place, term in enumerate(terms):
                values[f"term_{place}"] = _query(scope, (word for word, _ in term.answers))
                values[f"points_{place}"] = max(each for _, each in term.answers)
                points.append(
                    f"CASE WHEN words @@ CAST(:term_{place} AS tsquery) "
                    f"THEN CAST(:points_{place} AS float8) ELSE 0 END"
                )
            order = f"ORDER BY {' + '.join(points)} DESC, number LIMIT :most"
        condition = f"AND number IN ({within})" if within else ""
        match = "words @@ CAST(:match AS tsquery)"
        return f"SELECT number FROM {_TABLE} WHERE {match} {condition} {order}", values  # noqa: S608  # of names and parameters


_PUT_VECTORS = text(
    f"INSERT INTO {_TABLE} (number, words) VALUES (:number, array_to_tsvector(:words))"  # noqa: S608  # a name of ours
).bindparams(bindparam("words", type_=ARRAY(Text)))
_REMOVE_VECTORS = text(f"DELETE FROM {_TABLE} WHERE number IN :numbers").bindparams(  # noqa: S608  # as above
    bindparam("numbers", expanding=True)
)


def _lexeme(scope: int, word: str) -> str:
    return f"{scope}:{word}"


def _query(scope: int, words: Iterable[str]) -> str:
    """Return words as the text of a query for any of them, each quoted."""
    quoted = (_lexeme(scope, word).replace("\\", "\\\\").replace("'", "''") for word in words)
    return " | ".join(f"'{each}'" for each in quoted)


def _words(terms: Iterable[WeighedTerm]) -> list[str]:
    """Return the words that answer *terms*, each once."""
    return list(dict.fromkeys(word for term in terms for word, _ in term.answers))
