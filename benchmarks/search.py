"""
Suggestions out of 10,000 articles: in memory and in SQLite, beside the peers a user would pick instead.

The texts are made of words of which few are frequent and most are rare, as in any language. Each index is
asked the same questions, and is timed only after its answers are those of the formula for all articles.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module
from itertools import accumulate
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks._measure import Row, interleaved, micro, table
from itsmkit.desk import Desk, InMemorySearchIndex, InMemoryStore
from itsmkit.desk._feeding import ARTICLE
from itsmkit.plugin import Record, RecordEvent, SearchIndex, Store
from itsmkit.practices.knowledge import Article, ArticleText, PublishedVersion, Variant
from itsmkit.search import Hit, SearchDocument, SearchQuery, WordIndex, best, counted, plan_of, words_of
from itsmkit.tickets import Actor
from itsmkit_sql import SQLStore

__all__ = ["run"]

ARTICLES = 10_000
_QUESTIONS = 30
_HITS = 5
_VOCABULARY = 30_000
_NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
_LENGTHS = {"of 3 words": 3, "of 12 words": 12, "of 60 words, as a ticket": 60}


class _Texts:
    """Makes texts of words whose frequencies fall with their rank, the same each time."""

    def __init__(self) -> None:
        self._dice = Random(1)
        letters = "abcdefghijklmnopqrstuvwxyz"
        self._words = [
            "".join(self._dice.choices(letters, k=self._dice.randint(2, 11))) for _ in range(_VOCABULARY)
        ]
        self._weights = [*accumulate(1 / (rank + 3) for rank in range(_VOCABULARY))]

    def text(self, length: int) -> str:
        return " ".join(self._dice.choices(self._words, cum_weights=self._weights, k=length))


def run(articles: int = ARTICLES) -> str:
    """Return the table, whose answers are checked before."""
    texts = _Texts()
    documents = [
        SearchDocument(f"en a-{number:05}", {"title": texts.text(7), "body": texts.text(150)})
        for number in range(articles)
    ]
    asked = {name: [texts.text(length) for _ in range(_QUESTIONS)] for name, length in _LENGTHS.items()}
    asked["the title of one"] = [each.texts["title"] for each in documents[:_QUESTIONS]]
    with TemporaryDirectory() as folder:
        store = SQLStore.open(f"sqlite:///{Path(folder, 'index.db')}")
        try:
            return table(f"A suggestion out of {articles:,} articles", _rows(folder, store, documents, asked))
        finally:
            store.close()


def _rows(
    folder: str, store: SQLStore, documents: Sequence[SearchDocument], asked: Mapping[str, Sequence[str]]
) -> list[Row]:
    in_memory, in_sqlite = InMemorySearchIndex(), store.search_index()
    for index in (in_memory, in_sqlite):
        _feed(index, documents)
    _check(in_memory, in_sqlite, documents, asked)
    desks = {
        "in memory": Desk(store=_filled(InMemoryStore(), documents)),
        "in SQLite": Desk(store=_filled(SQLStore.open(f"sqlite:///{Path(folder, 'desk.db')}"), documents)),
    }
    peers: dict[str, Callable[[str], object]] = {"SQLite FTS5 by itself": _fts5(documents)}
    rank_bm25 = _rank_bm25(documents)
    if rank_bm25 is not None:
        peers["rank_bm25"] = rank_bm25
    rows: list[Row] = []
    for name, questions in asked.items():
        ways: dict[str, Callable[[str], object]] = {
            "in memory": lambda text: in_memory.search("articles", SearchQuery(text, limit=_HITS)),
            "in SQLite": lambda text: in_sqlite.search("articles", SearchQuery(text, limit=_HITS)),
            **{f"desk.knowledge.suggest {where}": desk.knowledge.suggest for where, desk in desks.items()},
            **peers,
        }
        took = interleaved({way: _timed(ask, questions) for way, ask in ways.items()}, rounds=3)
        rows += [
            (f"{name}: {way}", _milliseconds(took[way]), peer, f"{took[way] / took[peer]:.2f} ×")
            for way in ways
            if way not in peers
            for peer in peers
        ]
    for desk in desks.values():
        desk.close()
    return rows


def _feed(index: SearchIndex, documents: Sequence[SearchDocument]) -> None:
    mark: str | None = None
    for start in range(0, len(documents), 500):
        fed = str(start)
        assert index.feed("articles", put=documents[start : start + 500], before=mark, mark=fed)
        mark = fed


def _check(
    in_memory: SearchIndex,
    in_sqlite: SearchIndex,
    documents: Sequence[SearchDocument],
    asked: Mapping[str, Sequence[str]],
) -> None:
    """See that what is timed is right: in memory exactly, in SQLite as far as the best goes."""
    reference = WordIndex(documents)
    words = [(each.id, counted(each)) for each in documents]
    same = total = 0
    for questions in asked.values():
        for text in questions[:5]:
            query = SearchQuery(text, limit=_HITS)
            expected = best(plan_of(query, reference), query, words)
            assert tuple(in_memory.search("articles", query)) == expected
            same += _id(in_sqlite.search("articles", query)) == _id(expected)
            total += 1
    assert same >= 0.8 * total, f"SQLite finds the best of {same} of {total}"


def _id(hits: Sequence[Hit]) -> str | None:
    return hits[0].id if hits else None


def _filled(store: Store, documents: Sequence[SearchDocument]) -> Store:
    """Return *store* with the articles published in it, as a desk keeps them."""
    author = Actor("kim")
    for start in range(0, len(documents), 500):
        with store.begin() as unit:
            for document in documents[start : start + 500]:
                key = document.id.partition(" ")[2]
                text = ArticleText(document.texts["title"], document.texts["body"])
                version = PublishedVersion(1, text, "kim", "lee", _NOW)
                variant = Variant(language="en", state="Published", author="kim", versions=[version])
                article = Article(id=key, owner="kim", variants=[variant])
                plain = ARTICLE.to_document(article)
                event = RecordEvent(
                    ARTICLE.name, key, 1, _NOW, author, "ArticlePublished", {"changes": plain}
                )
                unit.save_record(Record(ARTICLE.name, key, 1, plain), [event], expected=0)
    return store


def _fts5(documents: Sequence[SearchDocument]) -> Callable[[str], object]:
    """Return what asks FTS5 as one would by hand: any of the words, the best by its own rank."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE articles USING fts5(title, body)")
    connection.executemany(
        "INSERT INTO articles VALUES (?, ?)",
        [(each.texts["title"], each.texts["body"]) for each in documents],
    )
    statement = "SELECT rowid FROM articles WHERE articles MATCH ? ORDER BY bm25(articles, 3, 1) LIMIT ?"

    def ask(text: str) -> object:
        match = " OR ".join(f'"{word}"' for word in dict.fromkeys(text.split()))
        return connection.execute(statement, (match, _HITS)).fetchall()

    return ask


def _rank_bm25(documents: Sequence[SearchDocument]) -> Callable[[str], object] | None:
    """Return what asks rank_bm25, or ``None`` where that is not installed."""
    try:
        module: Any = import_module("rank_bm25")
    except ModuleNotFoundError:
        return None
    corpus = module.BM25Okapi([[*words_of(" ".join(each.texts.values()))] for each in documents])
    ids = [each.id for each in documents]
    return lambda text: corpus.get_top_n([*words_of(text)], ids, n=_HITS)


def _timed(ask: Callable[[str], object], questions: Sequence[str]) -> Callable[[], float]:
    def all_of_them() -> None:
        for text in questions:
            ask(text)

    ask(questions[0])  # whatever is made at the first question
    return lambda: micro(all_of_them, repeats=1) / len(questions)


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1_000:.2f} ms"
