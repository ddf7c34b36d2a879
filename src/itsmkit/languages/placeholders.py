"""
Placeholders: where the arguments of a message go, by name.

A placeholder is a name in braces, ``{due}``, which may say how its value is told, ``{due:date}``. Two braces
stand for one. Nothing else is a placeholder, so a text that somebody else wrote reaches no attribute.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from string import Formatter

from attrs import frozen

from itsmkit._problems import shown
from itsmkit.errors import DefinitionError

__all__ = ["Placeholder", "STYLES", "pieces_of", "placeholder_problems", "placeholders_of"]

STYLES = ("", "clock", "date", "percent", "short", "time")
"""
How a value may be told, where that fits its type: of an instant, ``date`` and ``time`` are its parts, and
``short`` has it in figures; ``clock`` is a duration as ``1:30:00``, and ``percent`` a share of 1.
"""


@frozen
class Placeholder:
    """
    Where an argument goes.

    Args:
        name: That of the argument.
        style: How it is told; empty for as usual.
    """

    name: str
    style: str = ""


@lru_cache(maxsize=4096)
def pieces_of(text: str) -> tuple[str | Placeholder, ...]:
    """
    Return the words and the placeholders of a text, in their order.

    Raises:
        DefinitionError: With every brace in it that begins or ends no placeholder.

    >>> pieces_of("{number} is due {due:date}")
    (Placeholder(name='number', style=''), ' is due ', Placeholder(name='due', style='date'))
    """
    problems: list[str] = []
    pieces: list[str | Placeholder] = []
    try:
        parsed = [*Formatter().parse(text)]
    except ValueError as error:
        problem = f"{shown(text)}: {error}; write {{{{ and }}}} for braces that are meant as such"
        raise DefinitionError(problem) from None
    for words, name, style, conversion in parsed:
        if words:
            pieces.append(words)
        if name is None:
            continue
        if not name.isidentifier() or conversion is not None:
            problems.append(f"{shown(text)}: {{{name}}} is no name; write it as {{due}} or {{due:date}}")
        elif style not in STYLES:
            known = ", ".join(filter(None, STYLES))
            problems.append(f"{shown(text)}: {{{name}:{style}}}: unknown style {style!r}; known: {known}")
        else:
            pieces.append(Placeholder(name, style or ""))
    if problems:
        raise DefinitionError(*problems)
    return tuple(pieces)


def placeholders_of(text: str) -> frozenset[str]:
    """Return the names of the placeholders of a text: see `pieces_of`."""
    return frozenset(piece.name for piece in pieces_of(text) if isinstance(piece, Placeholder))


def placeholder_problems(path: str, text: object, known: Iterable[str]) -> Iterator[str]:
    """
    List what keeps *text* from being words in which only *known* placeholders stand.

    Args:
        path: Where it stands.
        text: The words.
        known: The names that may stand there.
    """
    if not isinstance(text, str):
        yield f"{path}: must be text, not {shown(text)}"
        return
    try:
        found = placeholders_of(text)
    except DefinitionError as error:
        yield from (f"{path}: {problem}" for problem in error.problems)
        return
    known = tuple(known)
    there = ", ".join(f"{{{name}}}" for name in known) or "none"
    for name in sorted(found.difference(known)):
        yield f"{path}: nothing is known to put in place of {{{name}}}; known: {there}"
