"""Texts as numbers: how much each of their parts counts, in one of several views of the same words."""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from attrs import field, frozen

from itsmkit_ml._values import as_tuple

__all__ = ["VIEWS", "Words", "tokens_of"]

_TOKEN = re.compile(r"\b\w\w+\b")
_FIRST = 3
_STEM = 5
_FAR = 3


def tokens_of(text: str) -> list[str]:
    """Return the words of a text in small letters, in order; single letters and signs are none."""
    return _TOKEN.findall(text.lower())


def _in_order(tokens: Sequence[str]) -> list[str]:
    """Return words and pairs of neighbours, and once more those that a text begins with: its subject."""
    parts = [*tokens, *_pairs(tokens)]
    first = tokens[:_FIRST]
    parts += [f"^{each}" for each in (*first, *_pairs(first))]
    return parts


def _stems(tokens: Sequence[str]) -> list[str]:
    """Return the same of how words begin, so that forms of one word count as one."""
    begun = [each[:_STEM] for each in tokens]
    return [*begun, *_pairs(begun), *(f"^{each}" for each in begun[:2])]


def _near(tokens: Sequence[str]) -> list[str]:
    """Return words, and which of them stand near each other, in whichever order."""
    near = (
        "&".join(sorted(each))
        for far in range(1, _FAR + 1)
        for each in zip(tokens, tokens[far:], strict=False)
    )
    return [*tokens, *near]


def _pairs(tokens: Sequence[str]) -> list[str]:
    return [f"{one} {other}" for one, other in pairwise(tokens)]


VIEWS: Mapping[str, Callable[[Sequence[str]], list[str]]] = {
    "in order": _in_order,
    "stems": _stems,
    "near": _near,
}
"""What parts of a text are, by the view: what each of them makes of its words."""


@frozen(eq=False)
class Words:
    """
    What a view knows: a vocabulary of parts of texts.

    Args:
        view: One of `VIEWS`.
        vocabulary: What is known, sorted.
        rarity: How rare each is: its inverse document frequency.
    """

    view: str
    vocabulary: tuple[str, ...] = field(converter=as_tuple)
    rarity: Any
    _vectorizer: Any = field(init=False, repr=False)

    @_vectorizer.default
    def _made(self) -> Any:
        known = {each: place for place, each in enumerate(self.vocabulary)}
        made = _untaught(self.view, vocabulary=known)
        made.idf_ = np.asarray(self.rarity, dtype=np.float32)
        return made

    @classmethod
    def learned(cls, view: str, texts: Sequence[Sequence[str]], least: int) -> "Words":
        """
        Return the vocabulary of texts.

        Args:
            view: One of `VIEWS`.
            texts: The words of each text.
            least: In how many of them a part has to stand to be known.

        Raises:
            ValueError: If none does.
        """
        told = _untaught(view, min_df=least)
        told.fit(texts)
        return cls(view, told.get_feature_names_out().tolist(), told.idf_.astype(np.float32))

    def vectors(self, texts: Sequence[Sequence[str]]) -> Any:
        """Return a row for each text, whose words are given: a sparse matrix, each row of length 1."""
        return self._vectorizer.transform(texts).tocsr()


def _untaught(view: str, **more: Any) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415  # slow to import

    return TfidfVectorizer(analyzer=VIEWS[view], sublinear_tf=True, dtype=np.float32, **more)
