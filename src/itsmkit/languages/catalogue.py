"""Catalogues: the words of one language for messages of English."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from attrs import field, frozen

from itsmkit._packaged import packaged
from itsmkit.languages._installed import needed_for
from itsmkit.languages.tag import LanguageTag

__all__ = ["Catalogue", "SHIPPED", "shipped"]

SHIPPED = ("en", "fa", "id", "nl", "sv")
"""The languages in which everything is said that itsmkit says; English is that of the source."""

_Key = tuple[str | None, str]


def _as_in_english(number: int) -> int:
    return 0 if number == 1 else 1


@frozen(eq=False)
class Catalogue:
    """
    The words of one language.

    Args:
        texts: The translations by kind and English words: one for each form of the language, or a single one.
        form_of: Tells which of the forms is for a number of zero or more.
        is_of_any_kind: Whether words are found whatever they name.
    """

    texts: Mapping[_Key, tuple[str, ...]] = field(factory=dict)
    form_of: Callable[[int], int] = _as_in_english
    is_of_any_kind: bool = False

    @classmethod
    def of_own(cls, words: Mapping[str, str]) -> "Catalogue":
        """Return the words of a desk's own, which do not tell what they name."""
        return cls({(None, text): (each,) for text, each in words.items()}, is_of_any_kind=True)

    def find(self, text: str, *, kind: str | None = None, quantity: int | None = None) -> str | None:
        """
        Return the words for *text*, or ``None`` if there are none.

        Args:
            text: The words in English; of those that count, the words for one.
            kind: What they name, if they are a name.
            quantity: How many of it there are, for words that count.
        """
        found = self.texts.get((None if self.is_of_any_kind else kind, text))
        if found is None:
            return None
        return found[0] if quantity is None or len(found) == 1 else found[self.form_of(abs(quantity))]


@lru_cache(maxsize=len(SHIPPED))
def shipped(language: str) -> Catalogue:
    """
    Return the words that itsmkit brings for one of the languages of `SHIPPED`.

    A file is read once, when somebody first asks for its language.

    Raises:
        ModuleNotFoundError: If the extra ``languages`` is not installed, and it is another than English.
    """
    if language == "en":
        return Catalogue()
    needed_for(LanguageTag(language))
    from gettext import c2py  # noqa: PLC0415  # who speaks English needs neither

    from itsmkit.languages._babel import read_po  # noqa: PLC0415  an extra

    name = f"{language}.po"
    file = read_po(packaged("itsmkit.languages", f"catalogues/{name}"), name)
    texts = {each.key: each.texts for each in file.entries if all(each.texts) and not each.is_fuzzy}
    return Catalogue(texts, c2py(file.plural))
