"""What is searched for."""

from collections.abc import Iterable, Iterator
from itertools import islice

from attrs import field, frozen

from itsmkit._checks import is_a
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError
from itsmkit.search.words import stem_of, words_of

__all__ = ["MAX_HITS", "MAX_TEXT", "SearchQuery", "Term", "terms_of"]

MAX_TEXT = 10_000
"""How many characters a query has at most."""

MAX_HITS = 10_000
"""How many hits a query asks for at most."""

_LEAST_LOOKED_AT = 100
_MOST_WORDS = 1_000
_STEM_SHARE = 0.4


def _text(_query: object, _attribute: object, text: str) -> None:
    if not is_a(text, str):
        problem = f"text: must be text, not {shown(text)}"
        raise DefinitionError(problem)
    if len(text) > MAX_TEXT:
        problem = f"text: {len(text):,} characters are too many to search for; at most {MAX_TEXT:,} can be"
        raise DefinitionError(problem)


def _limit(_query: object, _attribute: object, limit: object) -> None:
    if type(limit) is not int or not 1 <= limit <= MAX_HITS:
        problem = f"limit: must be a whole number from 1 to {MAX_HITS:,}, not {shown(limit)}"
        raise DefinitionError(problem)


def _share(_query: object, _attribute: object, share: object) -> None:
    if type(share) not in (int, float) or not 0 <= share <= 1:  # type: ignore[operator]  # a number, by now
        problem = f"at_least: must be a share from 0 to 1, not {shown(share)}"
        raise DefinitionError(problem)


def _names_if_any(given: Iterable[str] | None) -> frozenset[str] | None:
    if given is None:
        return None
    if isinstance(given, str) or not is_a(given, Iterable):
        problem = f"must be several names, or None for all documents, not {shown(given)}"
        raise DefinitionError(problem)
    return frozenset(given)


@frozen
class SearchQuery:
    """
    A question to an index. Whatever people type is a question: no sign in it means anything special.

    Args:
        text: What is searched for, as it was typed. Without a word in it, nothing is found.
        limit: How many hits there may be, from 1 to `MAX_HITS`.
        labels: Only documents with one of these labels are found; ``None`` for all.
        among: Only documents of these ids are found; ``None`` for all.
        is_being_typed: Whether the last word may be unfinished; a space behind it finishes it.
        at_least: What share of the query a hit has to have, from 0 to 1: see `Hit.share`. It is asked of the
            `looked_at` best.

    Raises:
        DefinitionError: If *text* is longer than `MAX_TEXT`, or a field is none of this.
    """

    text: str = field(validator=_text)
    limit: int = field(default=10, kw_only=True, validator=_limit)
    labels: frozenset[str] | None = field(default=None, kw_only=True, converter=_names_if_any)
    among: frozenset[str] | None = field(default=None, kw_only=True, converter=_names_if_any)
    is_being_typed: bool = field(default=False, kw_only=True)
    at_least: float = field(default=0.0, kw_only=True, validator=_share)

    @property
    def looked_at(self) -> int:
        """Of how many of the best documents it is asked what share of the query they have."""
        return max(_LEAST_LOOKED_AT, 10 * self.limit)


@frozen
class Term:
    """
    A word that is asked for.

    Args:
        word: The word.
        stem: The stem that stands for its inflections, if it has one.
        is_unfinished: Whether words that begin with it are asked for, too.
    """

    word: str
    stem: str | None = None
    is_unfinished: bool = False

    def shares(self, beginning: Iterable[str] = ()) -> Iterator[tuple[str, float]]:
        """
        Yield the words that answer it, each with how much of it they are worth.

        Args:
            beginning: Words that begin with it.
        """
        yield self.word, 1.0
        for each in beginning:
            if each != self.word:
                yield each, len(self.word) / len(each)
        if self.stem is not None:
            yield self.stem, _STEM_SHARE


def terms_of(query: SearchQuery) -> tuple[Term, ...]:
    """
    Return the words that *query* asks for, in their order, each once.

    Of very many, the first thousand are taken.

    >>> [term.word for term in terms_of(SearchQuery("the C++ (vpn"))]
    ['the', 'c++', 'vpn']
    """
    words = tuple(dict.fromkeys(islice(words_of(query.text), _MOST_WORDS)))
    last = words[-1] if words and query.is_being_typed and not query.text[-1].isspace() else None
    return tuple(Term(word, stem_of(word), word == last) for word in words)
