"""What is searched: texts by fields, and the words that are counted in them."""

from collections import Counter
from collections.abc import Iterable, Mapping

from attrs import field, frozen

from itsmkit._checks import is_a, named
from itsmkit._frozen import FrozenDict, frozen_dict
from itsmkit._problems import is_name, shown
from itsmkit.errors import DefinitionError
from itsmkit.search.words import stem_of, words_of

__all__ = ["CountedWords", "FIELD_WEIGHTS", "SearchDocument", "counted"]

FIELD_WEIGHTS: Mapping[str, int] = FrozenDict({"title": 3, "keywords": 3})
"""How often a word of a field counts, such as one in a title; a word of another field counts once."""


def _labels(given: Iterable[str]) -> frozenset[str]:
    if isinstance(given, str) or not is_a(given, Iterable):
        problem = f"labels must be several names, not {shown(given)}"
        raise DefinitionError(problem)
    return frozenset(given)


def _texts(_document: object, _attribute: object, texts: Mapping[object, object]) -> None:
    problems = [
        f"texts[{name!r}]: must be text under a name, not {shown(text)}"
        for name, text in texts.items()
        if not (is_name(name) and isinstance(text, str))
    ]
    if problems:
        raise DefinitionError(*problems)


def _names(_document: object, _attribute: object, labels: frozenset[object]) -> None:
    problems = [f"labels: must be names, not {shown(each)}" for each in labels if not is_name(each)]
    if problems:
        raise DefinitionError(*problems)


@frozen
class SearchDocument:
    """
    Something that can be found.

    Args:
        id: What it is found as: one document of a collection has it.
        texts: What is said in it, by the names of fields, such as ``"title"``.
        labels: What a search can be kept to, such as who it is for.

    Raises:
        DefinitionError: With everything that is no name, or no text.
    """

    id: str = field(validator=named)
    texts: Mapping[str, str] = field(converter=frozen_dict, validator=_texts)
    labels: frozenset[str] = field(default=frozenset(), converter=_labels, validator=_names)


@frozen
class CountedWords:
    """
    The words of a document.

    Args:
        counts: How often each is in it, times the weights of the fields; stems are among them.
        length: How many words it has, counted likewise, without the stems.
    """

    counts: Mapping[str, int] = field(converter=frozen_dict)
    length: int


def counted(document: SearchDocument, weights: Mapping[str, int] = FIELD_WEIGHTS) -> CountedWords:
    """
    Return the words of *document*; the cost is that of its texts.

    Args:
        document: The document.
        weights: How often a word of a field counts; 1 where nothing is said.

    >>> words = counted(SearchDocument("a-1", {"title": "VPN", "body": "How to use the VPN"}))
    >>> words.counts["vpn"], words.counts["use"], words.length
    (4, 1, 8)

    Source:
        Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted fields", CIKM 2004: a word
        of a field of weight two counts as if the field were there twice.
    """
    counts: Counter[str] = Counter()
    length = 0
    for name, text in document.texts.items():
        weight = weights.get(name, 1)
        for word, times in Counter(words_of(text)).items():
            counts[word] += times * weight
            length += times * weight
            stem = stem_of(word)
            if stem is not None:
                counts[stem] += times * weight
    return CountedWords(counts, length)
