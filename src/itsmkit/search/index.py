"""An index in memory: documents come, change and go, and are found at any time."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from heapq import heapify, heappop, nlargest, nsmallest

from itsmkit.search.document import FIELD_WEIGHTS, CountedWords, SearchDocument, counted
from itsmkit.search.query import SearchQuery
from itsmkit.search.ranking import RANKING, Hit, QueryPlan, Ranking, WeighedTerm, plan_of
from itsmkit.search.words import STEM

__all__ = ["WordIndex"]

_END = "\U0010ffff"

_SPARE = 4
"""How many times the limit of a query is looked at before all documents are: some may not be found."""

_MANY = 200
"""How many documents have words for which it is worth to ask which documents are out of the race."""

_ROUNDED = 1 + 1e-9
"""What sums of floats may be off."""


class WordIndex:
    """
    Documents by their words.

    To put one in or take it out costs what its words cost. It belongs to one thread at a time.

    Args:
        documents: Those that there are to begin with.
        weights: How often a word of a field counts; 1 where nothing is said.
        ranking: How documents are ranked.

    >>> index = WordIndex([SearchDocument("a-1", {"title": "Printer jams"})])
    >>> index.put(SearchDocument("a-2", {"title": "VPN", "body": "If the printer at home is not found"}))
    >>> [hit.id for hit in index.search(SearchQuery("printers"))]
    ['a-1', 'a-2']
    """

    def __init__(
        self,
        documents: Iterable[SearchDocument] = (),
        *,
        weights: Mapping[str, int] = FIELD_WEIGHTS,
        ranking: Ranking = RANKING,
    ) -> None:
        self._weights = weights
        self._ranking = ranking
        self._places: dict[str, int] = {}
        self._ids: list[str] = []
        self._words: list[CountedWords] = []
        self._labels: list[frozenset[str]] = []
        self._free: list[int] = []
        self._having: dict[str, dict[int, int]] = {}
        self._labelled: dict[str, set[int]] = {}
        self._length = 0
        self._norms: list[float] = []
        self._sorted: list[str] = []
        self._fresh: set[str] = set()
        for each in documents:
            self.put(each)

    # -- what is in it ---------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, document: object) -> bool:
        return document in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    @property
    def documents(self) -> int:
        """How many documents there are."""
        return len(self._places)

    @property
    def length(self) -> int:
        """How long they are together: the sum of `CountedWords.length`."""
        return self._length

    def labels(self) -> list[str]:
        """Return the labels of the documents, each once, by their code points."""
        return sorted(label for label, places in self._labelled.items() if places)

    def frequencies(self, words: Iterable[str]) -> Mapping[str, int]:
        """Return how many documents have each of *words*, of those that one has."""
        return {word: len(having) for word in words if (having := self._having.get(word))}

    def beginning(self, prefix: str, limit: int) -> list[str]:
        """Return words that begin with *prefix*, at most *limit*: the most frequent, then by code points."""
        if self._fresh:
            self._sorted = sorted({*filter(self._having.__contains__, self._sorted), *self._fresh})
            self._fresh = set()
        start = bisect_left(self._sorted, prefix)
        end = bisect_left(self._sorted, prefix + _END, start)
        known = ((-len(self._having.get(word, ())), word) for word in self._sorted[start:end])
        return [word for count, word in nsmallest(limit, known) if count]

    def put(self, document: SearchDocument) -> None:
        """Put *document* in, in place of the one of its id, if there is one."""
        words = counted(document, self._weights)
        self.remove(document.id)
        place = self._free.pop() if self._free else len(self._ids)
        if place == len(self._ids):
            self._ids.append(document.id)
            self._words.append(words)
            self._labels.append(document.labels)
        else:
            self._ids[place], self._words[place] = document.id, words
            self._labels[place] = document.labels
        self._places[document.id] = place
        self._length += words.length
        self._norms = []
        for word, count in words.counts.items():
            having = self._having.get(word)
            if having is None:
                having = self._having[word] = {}
                if not word.endswith(STEM):
                    self._fresh.add(word)
            having[place] = count
        for label in document.labels:
            self._labelled.setdefault(label, set()).add(place)

    def remove(self, document: str) -> None:
        """Take the document of an id out, if there is one."""
        place = self._places.pop(document, None)
        if place is None:
            return
        words = self._words[place]
        for word in words.counts:
            having = self._having[word]
            del having[place]
            if not having:
                del self._having[word]
                self._fresh.discard(word)
        for label in self._labels[place]:
            self._labelled[label].discard(place)
        self._length -= words.length
        self._norms = []
        self._free.append(place)

    # -- finding ---------------------------------------------------------------------------------

    def search(self, query: SearchQuery, admits: Callable[[str], bool] | None = None) -> tuple[Hit, ...]:
        """
        Return the documents that answer *query* best, by falling score, then by the code points of their ids.

        Args:
            query: What is searched for.
            admits: Tells by its id which document may be found. It is asked of the best first, so that there
                are as many hits as there are such documents, up to the limit of the query.
        """
        plan = plan_of(query, self, self._ranking)
        allowed = self._allowed(query)
        if not self._norms:
            norm, average = self._ranking.norm, plan.average
            self._norms = [norm(words.length, average) for words in self._words]
        enough = query.looked_at if query.at_least else _SPARE * query.limit
        scores, is_pruned = self._scores(plan, allowed, enough)
        hits, is_certain = self._best(query, plan, scores, admits, enough if is_pruned else len(scores))
        if is_pruned and not is_certain:
            scores, _ = self._scores(plan, allowed, len(self._ids))
            hits, _ = self._best(query, plan, scores, admits, len(scores))
        return hits

    def _best(
        self,
        query: SearchQuery,
        plan: QueryPlan,
        scores: dict[int, float],
        admits: Callable[[str], bool] | None,
        among: int,
    ) -> tuple[tuple[Hit, ...], bool]:
        """Return the hits *among* so many of the best, and whether a look at more would find no others."""
        ids, words = self._ids, self._words
        ranked = [(-score, ids[place], place) for place, score in scores.items()]
        heapify(ranked)
        hits: list[Hit] = []
        left = query.looked_at if query.at_least else len(ranked) + 1
        while ranked and among and left and len(hits) < query.limit:
            _, document, place = heappop(ranked)
            among -= 1
            if admits is None or admits(document):
                left -= 1
                hit = plan.hit(document, words[place])
                if hit is not None and hit.share >= query.at_least:
                    hits.append(hit)
        return tuple(hits), not left or len(hits) == query.limit

    def _allowed(self, query: SearchQuery) -> set[int] | None:
        """Return the places of the documents that *query* is kept to; ``None`` if it is to none."""
        allowed: set[int] | None = None
        if query.labels is not None:
            allowed = set().union(*(self._labelled.get(label, ()) for label in query.labels))
        if query.among is not None:
            among = {self._places[each] for each in query.among if each in self._places}
            allowed = among if allowed is None else allowed & among
        return allowed

    def _scores(
        self, plan: QueryPlan, allowed: set[int] | None, enough: int
    ) -> tuple[dict[int, float], bool]:
        """
        Return the scores of documents that have a word of the plan, by place, and whether some are left out.

        Where the words to come bring less than what tells the best *enough* from the others by now, others
        are left out.
        """
        scores: dict[int, float] = {}
        bounds = [max(most for _, most in term.answers) for term in plan.terms]
        to_come = sum(bounds)
        is_pruned = False
        for term, bound in zip(plan.terms, bounds, strict=True):
            if len(scores) > enough and sum(len(self._having[word]) for word, _ in term.answers) > _MANY:
                least = nlargest(enough, scores.values())[-1]
                if to_come * _ROUNDED < least:
                    is_pruned = True
                    floor = least - to_come * _ROUNDED
                    scores = {place: score for place, score in scores.items() if score >= floor}
                    allowed = set(scores)
            points = self._points(term, allowed)
            if scores:
                so_far = scores.get
                for place, each in points.items():
                    scores[place] = so_far(place, 0.0) + each
            else:
                scores = points
            to_come -= bound
        return scores, is_pruned

    def _points(self, term: WeighedTerm, allowed: set[int] | None) -> dict[int, float]:
        """Return the points that a term brings to documents, by place."""
        norms = self._norms
        points: dict[int, float] = {}
        for word, most in term.answers:
            having = self._having[word]
            if allowed is not None:
                having = {place: having[place] for place in allowed & having.keys()}
            worth = {place: most * count / (count + norms[place]) for place, count in having.items()}
            if points:
                so_far = points.get
                for place, each in worth.items():
                    points[place] = max(each, so_far(place, 0.0))
            else:
                points = worth
        return points
