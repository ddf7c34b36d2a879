"""Words and letters of texts as numbers: how much each counts in a text, in one line with a vocabulary."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from attrs import field, frozen

from itsmkit_ml._values import as_tuple

__all__ = ["Words"]

_SETTINGS: Mapping[str, Mapping[str, Any]] = {
    # One word and two; ``char_wb`` are letters within words, which see typing errors and compounds.
    "words": {"ngram_range": (1, 2)},
    "letters": {"analyzer": "char_wb", "ngram_range": (3, 5)},
}


@frozen(eq=False)
class Words:
    """
    A vocabulary: words with pairs of neighbours, or runs of three to five letters.

    Args:
        sort: ``"words"`` or ``"letters"``.
        vocabulary: What is known, sorted.
        rarity: How rare each is.
    """

    sort: str
    vocabulary: tuple[str, ...] = field(converter=as_tuple)
    rarity: Any
    _vectorizer: Any = field(init=False, repr=False)

    @_vectorizer.default
    def _made(self) -> Any:
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415  # slow to import

        made = TfidfVectorizer(
            sublinear_tf=True,
            vocabulary={each: place for place, each in enumerate(self.vocabulary)},
            dtype=np.float32,
            **_SETTINGS[self.sort],
        )
        made.idf_ = np.asarray(self.rarity, dtype=np.float32)
        return made

    @classmethod
    def learned(cls, sort: str, texts: Sequence[str], least: int) -> "Words":
        """
        Return the vocabulary of texts.

        Args:
            sort: As above.
            texts: The texts.
            least: In how many of them something has to stand to be known.
        """
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415  # as above

        told = TfidfVectorizer(sublinear_tf=True, min_df=least, dtype=np.float32, **_SETTINGS[sort])
        told.fit(texts)
        return cls(sort, told.get_feature_names_out().tolist(), told.idf_.astype(np.float32))

    def vectors(self, texts: Sequence[str]) -> Any:
        """Return a row for each text: a sparse matrix, each row of length 1."""
        return self._vectorizer.transform(texts)
