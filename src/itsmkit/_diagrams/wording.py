"""Text as any format can hold it, and names that Mermaid and DOT take without quotes."""

import re
from collections.abc import Iterable, Mapping
from itertools import chain, count

__all__ = [
    "RANK_DIRECTIONS",
    "dot_attributes",
    "dot_text_of",
    "identifiers",
    "mermaid_text_of",
    "on_one_line",
]

RANK_DIRECTIONS: Mapping[str, str] = {"up": "BT", "down": "TB", "left": "RL", "right": "LR"}
"""What Mermaid and DOT call the directions of a flow."""

_REPLACED = "\N{REPLACEMENT CHARACTER}"
_SPACE = re.compile(r"\s+")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_NOT_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

_NOT_PLAIN = re.compile(r"[^A-Za-z0-9]+")

# What Mermaid takes for itself somewhere: quotes, separators, comments, markup, and two signs that it puts in
# their place. Nothing else beyond ASCII means anything to it.
_SPECIAL = re.compile(
    r"[^A-Za-z0-9_ .,()\[\]/?!'+\-\x80-\U0010ffff]|[\xb6\ufb02]"
    r"|(?<=-)-|(?<=\[)\[|(?<=\])\]|d(?=irection\s)",
    re.IGNORECASE,
)

# What Mermaid or DOT read as words of their own, in capitals too, and what JavaScript's objects have already.
_RESERVED = frozenset(
    [
        "accdescr",
        "acctitle",
        "as",
        "choice",
        "class",
        "classdef",
        "click",
        "constructor",
        "default",
        "digraph",
        "direction",
        "edge",
        "end",
        "fork",
        "graph",
        "hide",
        "href",
        "join",
        "node",
        "note",
        "root",
        "scale",
        "state",
        "statediagram",
        "strict",
        "style",
        "subgraph",
        "title",
    ]
)


def on_one_line(text: str) -> str:
    r"""
    Return *text* as any format can hold it: on one line, and without what is no text.

    Spaces and line breaks become single spaces, control characters and halves of surrogate pairs the
    replacement character, and so does what would be nothing. Characters that turn the direction of what
    follows are dropped; the letters of right-to-left scripts do that by themselves.

    >>> on_one_line("In\n Progress\x07")
    'In Progress\ufffd'
    """
    told = _NOT_TEXT.sub(_REPLACED, _SPACE.sub(" ", _DIRECTION.sub("", text)))
    return told.strip() or _REPLACED


def identifiers(names: Iterable[str]) -> dict[str, str]:
    """
    Return an identifier for each name, as near to it as Mermaid and DOT take one without quotes.

    All differ even to those who do not tell capitals, and none holds two underscores in a row.

    >>> identifiers(["In Progress", "in-progress", "بسته", "end", "3rd line"]).values()
    dict_values(['In_Progress', 'in_progress_2', 's', 'end_2', 's_3rd_line'])
    """
    found: dict[str, str] = {}
    taken = set(_RESERVED)
    for name in names:
        plain = _NOT_PLAIN.sub("_", name).strip("_")
        if not plain[:1].isalpha():
            plain = f"s_{plain}".rstrip("_")
        numbered = (f"{plain}_{number}" for number in count(2))
        found[name] = next(
            each
            for each in chain([plain], numbered)
            if each.lower() not in taken and not each.lower().endswith("direction")
        )
        taken.add(found[name].lower())
    return found


def mermaid_text_of(text: str) -> str:
    """
    Return *text* with what Mermaid would take for itself as character codes.

    >>> mermaid_text_of('say "end"; 50 %')
    'say #34;end#34;#59; 50 #37;'
    """
    return _SPECIAL.sub(lambda found: f"#{ord(found[0])};", on_one_line(text))


def dot_attributes(told: Mapping[str, str]) -> str:
    """Return attributes of DOT, each value as it is to be written, in brackets; nothing if there are none."""
    return f" [{', '.join(f'{key}={value}' for key, value in told.items())}]" if told else ""


def dot_text_of(*lines: str) -> str:
    r"""
    Return lines as a label of DOT: neither quotes, nor backslashes, nor ``&`` mean anything in them.

    >>> print(dot_text_of('the "old" one', "R&D"))
    "the \"old\" one\nR&amp;D"
    """
    joined = r"\n".join(
        on_one_line(line).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") for line in lines
    )
    return f'"{joined}"'
