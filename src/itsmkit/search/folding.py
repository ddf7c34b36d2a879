"""
Text as it is compared: what people type in several ways, or without the marks, is one text.

Compatibility forms, letter case, accents, vowel points and stretched letters do not count. Letters that
Arabic and Persian keyboards write differently are one letter, and digits of every script are those of ASCII.
"""

from unicodedata import category, decimal, normalize

__all__ = ["INSIDE", "JOINERS", "folded", "folded_letter"]

JOINERS = "-‐‑_'’\u200c\u00ad"
"""What joins the parts of a word, which others write together or apart: ``e-mail``, ``می‌خواهم``."""

INSIDE = "+#./\\:@&"
"""What stands within terms that are no words, and tells them apart: ``C++``, ``node.js``, ``10.0.0.1``."""

_JOINER = "-"

_ALIKE = {
    # Arabic letters in the form that Persian keyboards write; those with hamza or madda are decomposed first.
    "ي": "ی", "ى": "ی", "ې": "ی", "ے": "ی",
    "ك": "ک", "ڪ": "ک",
    "ة": "ه", "ە": "ه", "ہ": "ه", "ھ": "ه", "ۃ": "ه",
    "ٱ": "ا",
    "ء": "",
    "ـ": "",
    # Latin letters whose stroke or ligature is no mark of its own.
    "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ŧ": "t", "ŋ": "n", "ı": "i",
    "æ": "ae", "œ": "oe", "þ": "th", "ĸ": "k",
}  # fmt: skip

_MARKS = (
    (0x0300, 0x036F),  # of Latin, Greek and Cyrillic letters
    (0x0483, 0x0489),
    (0x0591, 0x05C7),  # Hebrew points
    (0x0610, 0x061A),  # Arabic vowel signs
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06ED),
    (0x08CA, 0x08FF),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE20, 0xFE2F),
)
"""Marks that are left out. Those of other scripts, such as the vowels of Devanagari, make the word."""


def folded_letter(letter: str) -> str:
    """
    Return what one character is compared by: word characters, a sign of `INSIDE`, ``-`` or a space.

    >>> [folded_letter(each) for each in "Éß٣ی(—"]
    ['e', 'ss', '3', 'ی', ' ', ' ']
    """
    if letter in JOINERS:
        return _JOINER
    if letter in INSIDE:
        return letter
    parts = normalize("NFKD", normalize("NFKD", letter).casefold())
    return "".join(map(_part, parts))


def _part(letter: str) -> str:
    if letter in _ALIKE:
        return _ALIKE[letter]
    if letter in INSIDE:
        return letter
    kind = category(letter)
    if kind[0] == "M":
        return "" if any(first <= ord(letter) <= last for first, last in _MARKS) else letter
    if kind == "Nd":
        return str(decimal(letter))
    if kind[0] in "LN":
        return letter
    # Signs that are not seen, such as those of direction, part nothing.
    return "" if kind == "Cf" else " "


class _Table(dict[int, str]):
    """What each character becomes, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        found = self[code] = folded_letter(chr(code))
        return found


_TABLE = _Table()


def folded(text: str) -> str:
    """
    Return *text* as it is compared: words, and signs within terms, with spaces between.

    Folding what is folded changes nothing. The cost is that of the length.

    >>> folded("Crème BRÛLÉE, naïve  Ångström")
    'creme brulee  naive  angstrom'
    >>> folded("كتابٌ") == folded("کتاب")
    True
    >>> folded("خطای ۰۸x") == folded("خطای 08x")
    True

    Source:
        Compatibility decomposition and case folding are those of Unicode Standard Annex 15 and the Unicode
        Standard, section 3.13. Which letters and marks are one is our choice: what a person who searches
        would not notice, or cannot type.
    """
    return text.translate(_TABLE)
