"""
Finding texts by their words, as people type them, whatever their script.

`words_of` says what the words of a text are, `WordIndex` keeps documents by them, and a `SearchQuery` asks
for the best. Which documents somebody may find is part of the question, so that the hits are the best of
these. A `Hit` says which words counted, and `snippet_of` shows them.

It needs nothing but Python, reads no clock and no files, and knows nothing of tickets and articles.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.search.document import FIELD_WEIGHTS, CountedWords, SearchDocument, counted
    from itsmkit.search.folding import folded
    from itsmkit.search.index import WordIndex
    from itsmkit.search.query import MAX_HITS, MAX_TEXT, SearchQuery, Term, terms_of
    from itsmkit.search.ranking import (
        RANKING,
        CountedTerm,
        Hit,
        QueryPlan,
        Ranking,
        Vocabulary,
        WeighedTerm,
        best,
        plan_of,
    )
    from itsmkit.search.snippets import Snippet, snippet_of
    from itsmkit.search.words import STEM, stem_of, words_of
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.search.document": ("CountedWords", "FIELD_WEIGHTS", "SearchDocument", "counted"),
            "itsmkit.search.folding": ("folded",),
            "itsmkit.search.index": ("WordIndex",),
            "itsmkit.search.query": ("MAX_HITS", "MAX_TEXT", "SearchQuery", "Term", "terms_of"),
            "itsmkit.search.ranking": (
                "CountedTerm",
                "Hit",
                "QueryPlan",
                "RANKING",
                "Ranking",
                "Vocabulary",
                "WeighedTerm",
                "best",
                "plan_of",
            ),
            "itsmkit.search.snippets": ("Snippet", "snippet_of"),
            "itsmkit.search.words": ("STEM", "stem_of", "words_of"),
        },
    )

__all__ = [
    "CountedTerm",
    "CountedWords",
    "FIELD_WEIGHTS",
    "Hit",
    "MAX_HITS",
    "MAX_TEXT",
    "QueryPlan",
    "RANKING",
    "Ranking",
    "STEM",
    "SearchDocument",
    "SearchQuery",
    "Snippet",
    "Term",
    "Vocabulary",
    "WeighedTerm",
    "WordIndex",
    "best",
    "counted",
    "folded",
    "plan_of",
    "snippet_of",
    "stem_of",
    "terms_of",
    "words_of",
]
