"""
How good a search is: short articles in three languages, what people type, and measures of the answers.

The articles and queries are made by hand, in English, Swedish and Persian. What people type has other forms
of words, misses accents, or comes from a keyboard for Arabic.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from math import fsum, log2

from attrs import field, frozen

from itsmkit._documents import load_document
from itsmkit._frozen import as_tuple, frozen_dict
from itsmkit.search import SearchDocument

__all__ = ["JudgedQuery", "Relevance", "RelevanceSet", "relevance_of", "relevance_set"]


@frozen
class JudgedQuery:
    """
    What somebody types, and what answers it.

    Args:
        text: What is typed.
        judged: How well articles answer it, by their ids: 2 for what is wanted, 1 for what is of some help.
            Others do not; if there are none, nothing does.
    """

    text: str
    judged: Mapping[str, int] = field(converter=frozen_dict)


@frozen
class RelevanceSet:
    """
    Articles, and queries with their answers.

    Args:
        articles: The articles.
        queries: The queries.
    """

    articles: tuple[SearchDocument, ...] = field(converter=as_tuple)
    queries: tuple[JudgedQuery, ...] = field(converter=as_tuple)


@frozen
class Relevance:
    """
    How good the answers to several queries are.

    Args:
        ndcg: The normalised discounted cumulative gain of the first ten, on average: 1 if what is wanted
            comes first, and everything else in the order of its help.
        mrr: The mean of one by the rank of the first answer that is of any help: 1 if it is always the first.
        missed: The queries of which no answer is of any help, and those that are answered although nothing
            answers them.
    """

    ndcg: float
    mrr: float
    missed: tuple[str, ...] = field(converter=as_tuple)

    def __str__(self) -> str:
        return f"nDCG@10 {self.ndcg:.3f}, MRR {self.mrr:.3f}, {len(self.missed)} missed"


@cache
def relevance_set() -> RelevanceSet:
    """Return the articles and queries that come with itsmkit."""
    document = load_document(str(files("itsmkit.testing").joinpath("relevance.toml")))
    return RelevanceSet(
        (
            SearchDocument(each["id"], {"title": each["title"], "body": each["body"]})
            for each in document["articles"]
        ),
        (JudgedQuery(each["text"], each["judged"]) for each in document["queries"]),
    )


def relevance_of(queries: Iterable[JudgedQuery], answers: Callable[[str], Sequence[str]]) -> Relevance:
    """
    Return how good the *answers* to *queries* are.

    Args:
        queries: The queries, with what answers them.
        answers: Returns the ids of what is found for a text, the best first.

    Source:
        Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM Transactions on
        Information Systems 20 (2002), with the gains of the judgements as they are.

    >>> relevance_of([JudgedQuery("vpn", {"a": 2, "b": 1})], lambda text: ["b", "a"]).mrr
    1.0
    """
    gains, ranks, missed = [], [], []
    for query in queries:
        found = answers(query.text)[:10]
        first = next((rank for rank, each in enumerate(found, 1) if query.judged.get(each)), None)
        if not query.judged:
            if found:
                missed.append(query.text)
            continue
        if first is None:
            missed.append(query.text)
        ranks.append(0.0 if first is None else 1 / first)
        ideal = _gain(sorted(query.judged.values(), reverse=True)[:10])
        gains.append(_gain([query.judged.get(each, 0) for each in found]) / ideal)
    number = len(gains) or 1
    return Relevance(fsum(gains) / number, fsum(ranks) / number, missed)


def _gain(judgements: Iterable[int]) -> float:
    return fsum(each / log2(rank + 1) for rank, each in enumerate(judgements, 1))
