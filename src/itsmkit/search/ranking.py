"""How well a document answers a query: Okapi BM25 over weighted fields, and which words decided it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import nlargest
from math import log
from typing import Protocol

from attrs import define, field, frozen

from itsmkit._frozen import as_tuple
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError
from itsmkit.search.document import CountedWords
from itsmkit.search.query import SearchQuery, Term, terms_of

__all__ = [
    "CountedTerm",
    "Hit",
    "QueryPlan",
    "RANKING",
    "Ranking",
    "Vocabulary",
    "WeighedTerm",
    "best",
    "plan_of",
]

MOST_TERMS = 24
"""How many words of a query are looked up: those that tell most. Long texts have many that tell little."""

MOST_BEGINNING = 16
"""How many words an unfinished one may become: the most frequent."""

_OTHERS = 100
"""How many documents without any of the words are taken to be there when shares are measured."""


@frozen
class Ranking:
    """
    How documents are ranked.

    Args:
        k1: How soon more of the same word adds little: from 0, where only counts that it is there.
        b: How far long documents are held to be long-winded: from 0, not at all, to 1.

    Raises:
        DefinitionError: If one of them is out of its range.

    Source:
        Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", Foundations and
        Trends in Information Retrieval 3 (2009), where the defaults are among those that do well.
        The weight of a word is that of its sections 3.1 and 3.3 with one added within the logarithm, so that
        a word of most documents still counts a little, rather than against them.
    """

    k1: float = 1.2
    b: float = 0.75

    def __attrs_post_init__(self) -> None:
        problems = []
        if not 0 <= self.k1 <= 1_000:
            problems.append(f"k1: must be from 0 to 1,000, such as 1.2, not {shown(self.k1)}")
        if not 0 <= self.b <= 1:
            problems.append(f"b: must be from 0 to 1, such as 0.75, not {shown(self.b)}")
        if problems:
            raise DefinitionError(*problems)

    def weight(self, documents: int, having: int) -> float:
        """
        Return how much a word tells.

        Args:
            documents: How many documents there are.
            having: How many of them have the word.
        """
        return log(1 + (documents - having + 0.5) / (having + 0.5))

    def norm(self, length: int, average: float) -> float:
        """Return how often a word has to be in a document of *length* to count half of what it can."""
        return self.k1 * (1 - self.b + self.b * length / average) if average else self.k1


RANKING = Ranking()
"""What is used where nothing else is said."""


class Vocabulary(Protocol):
    """What a ranking has to know of an index."""

    @property
    def documents(self) -> int:
        """How many documents there are."""

    @property
    def length(self) -> int:
        """How long they are together: the sum of `CountedWords.length`."""

    def frequencies(self, words: Iterable[str]) -> Mapping[str, int]:
        """Return how many documents have each of *words*; those that none has may be missing."""

    def beginning(self, prefix: str, limit: int) -> Sequence[str]:
        """Return words that begin with *prefix*, at most *limit*: the most frequent, then by code points."""


@frozen
class WeighedTerm:
    """
    A word that is asked for, and what answers it.

    Args:
        word: The word.
        weight: How much it tells.
        answers: The words in documents that answer it, each with the points that it can bring at most.
    """

    word: str
    weight: float
    answers: tuple[tuple[str, float], ...] = field(converter=as_tuple)


@frozen
class CountedTerm:
    """
    Why a document was found.

    Args:
        asked: The word that was asked for.
        found: The word of the document that answers it best.
        points: What it adds to the score.
    """

    asked: str
    found: str
    points: float

    def __str__(self) -> str:
        found = "" if self.found == self.asked else f" by {self.found}"
        return f"{self.asked}{found} ({self.points:.2f})"


@frozen
class Hit:
    """
    A document that was found.

    Args:
        id: The document.
        score: How well it answers, comparable only within one search. It follows from all documents of the
            index, those too that the search was not kept to.
        share: How much of what was asked for it has, from 0 to 1: the weights of its words in those of all
            words of the query, or of those that tell most.
        because: The words that counted, those first that counted most.
    """

    id: str
    score: float
    share: float
    because: tuple[CountedTerm, ...] = field(converter=as_tuple)

    def explain(self) -> str:
        """Return which words counted, and how much, as a sentence."""
        return f"{self.id} scores {self.score:.2f}: {', '.join(map(str, self.because))}"


@define(frozen=True)
class QueryPlan:
    """
    A query with the weights that its words have in an index.

    Args:
        terms: What is looked up, that first which tells most.
        total: The weight of the query as a whole, for `Hit.share`.
        average: How long a document is on average.
        ranking: How documents are ranked.
    """

    terms: tuple[WeighedTerm, ...]
    total: float
    average: float
    ranking: Ranking

    def words(self) -> tuple[str, ...]:
        """Return the words that are looked up, each once."""
        return tuple(dict.fromkeys(word for term in self.terms for word, _ in term.answers))

    def hit(self, document: str, words: CountedWords) -> Hit | None:
        """Return what *document* is found as, or ``None`` if it has none of the words."""
        norm = self.ranking.norm(words.length, self.average)
        counts = words.counts
        because: list[CountedTerm] = []
        score = told = 0.0
        for term in self.terms:
            points, found = 0.0, ""
            for word, most in term.answers:
                count = counts.get(word)
                if count and (worth := most * count / (count + norm)) > points:
                    points, found = worth, word
            if found:
                because.append(CountedTerm(term.word, found, points))
                score += points
                told += term.weight
        if not because:
            return None
        because.sort(key=lambda each: -each.points)
        return Hit(document, score, min(1.0, told / self.total), because)


def plan_of(query: SearchQuery, vocabulary: Vocabulary, ranking: Ranking = RANKING) -> QueryPlan:
    """
    Return how *query* is looked up in an index.

    For `Hit.share`, words that no document has are weighed as if one had them, so that what asks for much
    that is not there is known to be answered badly; and among few documents, as if there were more, since
    words that all of these have may tell much nevertheless.
    """
    terms = terms_of(query)
    answers = {term: [*term.shares(_beginning(term, vocabulary))] for term in terms}
    known = vocabulary.frequencies({word for each in answers.values() for word, _ in each})
    documents = vocabulary.documents

    def weight(word: str) -> float:
        return ranking.weight(documents, known.get(word) or 1)

    def telling(word: str) -> float:
        return ranking.weight(documents + _OTHERS, known.get(word) or 1)

    weighed: list[WeighedTerm] = []
    weights: list[float] = []
    for term in terms:
        there = [(word, share) for word, share in answers[term] if known.get(word)]
        worth = telling(there[0][0] if there else term.word)
        weights.append(worth)
        if there:
            scale = ranking.k1 + 1
            points = [(word, scale * share * weight(word)) for word, share in there]
            weighed.append(WeighedTerm(term.word, worth, points))
    weighed.sort(key=lambda each: (-max(points for _, points in each.answers), each.word))
    total = sum(nlargest(MOST_TERMS, weights))
    average = vocabulary.length / documents if documents else 0.0
    return QueryPlan(tuple(weighed[:MOST_TERMS]), total, average, ranking)


def _beginning(term: Term, vocabulary: Vocabulary) -> Sequence[str]:
    return vocabulary.beginning(term.word, MOST_BEGINNING) if term.is_unfinished else ()


def best(
    plan: QueryPlan,
    query: SearchQuery,
    candidates: Iterable[tuple[str, CountedWords]],
    admits: Callable[[str], bool] = lambda _: True,
) -> tuple[Hit, ...]:
    """
    Return the best of *candidates*, by falling score, then by the code points of their ids.

    Args:
        plan: How the query is looked up.
        query: How many hits there may be, and what share of it they have.
        candidates: Documents and their words.
        admits: Tells which documents may be found.
    """
    hits = (plan.hit(each, words) for each, words in candidates if admits(each))
    ranked = sorted((each for each in hits if each is not None), key=lambda each: (-each.score, each.id))
    if query.at_least:
        ranked = [each for each in ranked[: query.looked_at] if each.share >= query.at_least]
    return tuple(ranked[: query.limit])
