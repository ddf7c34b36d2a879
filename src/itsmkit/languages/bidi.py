"""
Words of two directions in one line: what is foreign to a sentence is set apart, so that it moves nothing.

A ticket's number in a Persian sentence, or a Persian title in an English one, would otherwise pull the
punctuation around it to the wrong side.

Source:
    Unicode Standard Annex 9, in which the isolates FSI and PDI are sections 2.4 and 2.5, and the classes of
    characters table 4; the HTML standard, whose ``bdi`` is the same.
"""

import re
from enum import StrEnum
from html import escape
from unicodedata import bidirectional

__all__ = ["Direction", "as_html", "isolated", "without_controls"]

_FSI, _PDI = "\u2068", "\u2069"
_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_LINE_ENDS = re.compile("(\r\n|[\n\r\x1c-\x1e\x85\u2029])")
_PARAGRAPHS = re.compile("\n{2,}")
_LEFT = frozenset({"L"})
_RIGHT = frozenset({"R", "AL"})
_MOVES_NOTHING = frozenset({*_RIGHT, "WS", "NSM", "BN"})


class Direction(StrEnum):
    """In which direction a language is written; the values are those of ``dir`` in HTML."""

    LEFT_TO_RIGHT = "ltr"
    RIGHT_TO_LEFT = "rtl"


def without_controls(text: str) -> str:
    r"""
    Return *text* without the characters that embed, override or isolate directions.

    What somebody typed could otherwise turn around what stands beside it, or close our own isolates.

    >>> without_controls("report\u202egpj.exe")
    'reportgpj.exe'
    """
    return _CONTROLS.sub("", text)


def isolated(text: str, base: Direction) -> str:
    r"""
    Return *text* between isolates if it has anything that is foreign to a sentence written towards *base*.

    Each line gets its own, as isolates end with the paragraph.

    >>> isolated("INC-7", Direction.LEFT_TO_RIGHT)
    'INC-7'
    >>> isolated("INC-7", Direction.RIGHT_TO_LEFT)
    '\u2068INC-7\u2069'
    """
    if base is Direction.LEFT_TO_RIGHT and text.isascii():
        return text  # ASCII has nothing that is written towards the left
    parts = _LINE_ENDS.split(text)
    return "".join(
        part if place % 2 or not _is_foreign(part, base) else f"{_FSI}{part}{_PDI}"
        for place, part in enumerate(parts)
    )


def _is_foreign(line: str, base: Direction) -> bool:
    classes = {bidirectional(character) for character in line}
    if base is Direction.LEFT_TO_RIGHT:
        return not classes.isdisjoint({*_RIGHT, "AN"})
    # Signs and digits stand in another order to the right of Arabic letters, so only letters are at home.
    return not classes <= _MOVES_NOTHING


def as_html(text: str, *, language: str, direction: Direction) -> str:
    r"""
    Return what was said as HTML: an element with its language and direction, and a paragraph in it for each.

    Args:
        text: What was said. Isolates in it are balanced and become ``bdi``.
        language: The tag of its language.
        direction: In which it is written.

    >>> print(as_html("a < b\n\n\u2068متن\u2069!", language="en", direction=Direction.LEFT_TO_RIGHT))
    <div lang="en" dir="ltr"><p>a &lt; b</p><p><bdi>متن</bdi>!</p></div>
    """
    marked = escape(text).replace(_FSI, "<bdi>").replace(_PDI, "</bdi>")
    paragraphs = (part.replace("\n", "<br>") for part in _PARAGRAPHS.split(marked))
    body = "".join(f"<p>{part}</p>" for part in paragraphs)
    return f'<div lang="{escape(language)}" dir="{direction}">{body}</div>'
