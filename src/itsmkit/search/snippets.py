"""The part of a text that shows why it was found."""

import re

from attrs import field, frozen

from itsmkit._frozen import as_tuple
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError
from itsmkit.search.ranking import Hit
from itsmkit.search.words import stem_of, words_of

__all__ = ["Snippet", "snippet_of"]

_CHUNK = re.compile(r"[^\s.,:;!?…()\[\]{}<>\"“”„«»]+(?:[.,:][^\s.,:;!?…()\[\]{}<>\"“”„«»]+)*")
_MARGIN = 30


@frozen
class Snippet:
    """
    A part of a text.

    Args:
        text: The part, in one line, with "…" where something is left out.
        marks: Where the words stand in it that were found: start and end, as in a slice, in their order.
    """

    text: str
    marks: tuple[tuple[int, int], ...] = field(default=(), converter=as_tuple)

    def marked(self, before: str = "**", after: str = "**") -> str:
        """Return the text with its marks; what a page needs to escape is to be escaped before."""
        parts, end = [], 0
        for start, stop in self.marks:
            parts += [self.text[end:start], before, self.text[start:stop], after]
            end = stop
        return "".join([*parts, self.text[end:]])


def snippet_of(text: str, hit: Hit, *, length: int = 160) -> Snippet:
    """
    Return the part of *text* that shows most of the words for which *hit* was found.

    Args:
        text: The text, such as a field of the document.
        hit: How it was found.
        length: How many characters of the text there may be, 40 or more.

    Returns:
        The beginning of the text if it has none of the words. The first of parts that are equally good.

    Raises:
        DefinitionError: If *length* is less.

    >>> from itsmkit.search import SearchDocument, SearchQuery, WordIndex
    >>> body = "Restart the router. Then the VPN connects by itself."
    >>> [hit] = WordIndex([SearchDocument("a-1", {"body": body})]).search(SearchQuery("vpn connection"))
    >>> print(snippet_of(body, hit).marked())
    Restart the router. Then the **VPN** **connects** by itself.
    """
    if type(length) is not int or length < 40:
        problem = f"length: must be a whole number of 40 or more, not {shown(length)}"
        raise DefinitionError(problem)
    line = " ".join(text.split())
    points = {each.found: each.points for each in hit.because}
    found = [
        (chunk.start(), chunk.end(), word)
        for chunk in _CHUNK.finditer(line)
        if (word := _found_in(chunk.group(), points)) is not None
    ]
    start = 0 if len(line) <= length else _best_start(found, points, length)
    end = min(len(line), start + length)
    start, end = _whole_words(line, start, end)
    before, after = "…" if start else "", "…" if end < len(line) else ""
    marks = [
        (each - start + len(before), stop - start + len(before))
        for each, stop, _ in found
        if each >= start and stop <= end
    ]
    return Snippet(f"{before}{line[start:end]}{after}", marks)


def _found_in(chunk: str, points: dict[str, float]) -> str | None:
    """Return the word of a chunk that was found and tells most; ``None`` if none was."""
    words: set[str] = set()
    for word in words_of(chunk):
        words.add(word)
        words.add(stem_of(word) or word)
    told = [word for word in words if word in points]
    return max(told, key=lambda word: (points[word], word), default=None)


def _best_start(found: list[tuple[int, int, str]], points: dict[str, float], length: int) -> int:
    """Return where a part begins that has the words with the most points, each counted once."""
    best, start, first = 0.0, 0, 0
    for last, (_, end, _) in enumerate(found):
        while end - found[first][0] > length - _MARGIN and first < last:
            first += 1
        words = {word for _, _, word in found[first : last + 1]}
        told = sum(points[word] for word in words)
        if told > best:
            best, start = told, max(0, min(found[first][0] - _MARGIN // 2, end))
    return start


def _whole_words(line: str, start: int, end: int) -> tuple[int, int]:
    """Return a part without the words that it cuts in two, unless it were nothing then."""
    if start:
        space = line.find(" ", start - 1, end)
        start = space + 1 if space >= 0 else start
    if end < len(line) and line[end] != " ":
        space = line.rfind(" ", start, end)
        end = space if space > start else end
    return start, end
