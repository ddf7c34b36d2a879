"""
The words of a text, as they are kept in an index and looked up in it.

A term such as ``C++`` or ``10.0.0.1`` is a word as a whole; what it is made of counts, too. Words that are
joined by a hyphen, or in Persian by a joiner that has no width, are found written together or apart.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from itsmkit.search.folding import folded

__all__ = ["MOST_LETTERS", "STEM", "stem_of", "words_of"]

MOST_LETTERS = 64
"""How long a word is at most; what is longer, such as encoded data, is known by its beginning."""

STEM = "~"
"""What stands behind a stem, which no word has in it."""

_STEM_LETTERS = 5
_SHORTEST_WITH_STEM = 6

_BEFORE = "+#/\\:@&-"
_BEHIND = "./\\:@&-"
_SIGNS = re.compile(r"[+#./\\:@&-]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-f]{2,}")
_LETTERS_AND_DIGITS = re.compile(r"([^\W\d_]{2,})(\d{1,})|(\d{1,})([^\W\d_]{2,})")
# Scripts that are written without spaces: pairs of letters stand for words.
_SPACELESS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")


def words_of(text: str) -> Iterator[str]:
    """
    Yield the words of *text*, folded, in their order; what a term is made of follows the term.

    >>> list(words_of("C++ on Windows 11: error 0x80070005!"))
    ['c++', 'on', 'windows', '11', 'error', '0x80070005', '80070005']
    >>> list(words_of("itsm-kit"))
    ['itsmkit', 'itsm', 'kit']
    >>> list(words_of("?! …"))
    []
    """
    for chunk in folded(text).split():
        if chunk.isalpha() and chunk.isascii():
            yield chunk[:MOST_LETTERS]
        else:
            yield from _of_chunk(chunk)


def _of_chunk(chunk: str) -> Iterator[str]:
    """Yield the words of what stands between two spaces."""
    term = chunk.lstrip(_BEFORE).rstrip(_BEHIND)
    if term.startswith(("..", ".+", ".#", "./", ".\\", ".:", ".@", ".&", ".-")):
        term = term.lstrip("." + _BEFORE)
    parts = [part for part in _SIGNS.split(term) if part]
    if not parts:
        return
    if len(parts) == 1 and parts[0] == term:
        yield from _of_part(term)
        return
    joined = term.replace("-", "")
    yield joined[:MOST_LETTERS]
    for part in parts:
        # A letter that is left of a term, such as that of C++, says nothing by itself.
        if len(part) > 1 or not part.isascii():
            yield from _of_part(part)


def _of_part(part: str) -> Iterator[str]:
    """Yield the words of letters and digits without a sign between them."""
    if _SPACELESS.search(part):
        yield from _of_spaceless(part)
        return
    yield part[:MOST_LETTERS]
    if part.isalpha():
        return
    if _HEXADECIMAL.fullmatch(part):
        yield part[2 : MOST_LETTERS + 2]
        return
    both = _LETTERS_AND_DIGITS.fullmatch(part)
    if both is not None:
        yield from (each[:MOST_LETTERS] for each in both.groups() if each)


def _of_spaceless(part: str) -> Iterator[str]:
    """Yield each pair of neighbours of a run of letters that has no spaces, and what stands around it."""
    end = 0
    for run in _SPACELESS.finditer(part):
        if run.start() > end:
            yield from _of_part(part[end : run.start()])
        letters = run.group()
        if len(letters) == 1:
            yield letters
        yield from map("".join, pairwise(letters))
        end = run.end()
    if end < len(part):
        yield from _of_part(part[end:])


def stem_of(word: str) -> str | None:
    """
    Return the beginning of a word that its inflections have in common, marked as such; ``None`` for others.

    Source:
        McNamee, Nicholas and Mayfield, "Addressing morphological variation in alphabetic languages", SIGIR
        2009, find that parts of words of a fixed length serve many languages as well as the stemmers of each,
        or better. That it is the beginning only, and five letters, is our choice: it adds the least to an
        index.

    >>> stem_of("printers") == stem_of("printing")
    True
    >>> stem_of("vpn") is None
    True
    """
    if len(word) < _SHORTEST_WITH_STEM or not word.isalpha():
        return None
    return word[:_STEM_LETTERS] + STEM
