"""Texts with places for facts of a ticket: ``{requester}``; a brace by itself is written twice, ``{{``."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from itsmkit._problems import close_to
from itsmkit.errors import DefinitionError, RefusedError

__all__ = ["filled", "placeholders_in", "text_problems"]

_PARTS = re.compile(r"\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_.]*)\}|[{}]")


def placeholders_in(text: str) -> tuple[str, ...]:
    """
    Return the names of the places in *text*, each once.

    Raises:
        DefinitionError: If a brace stands alone, with where it stands.

    >>> placeholders_in("{number}: dear {requester}, {{sic}}")
    ('number', 'requester')
    """
    problems = [*text_problems("text", text)]
    if problems:
        raise DefinitionError(*problems)
    return tuple(dict.fromkeys(name for each in _PARTS.finditer(text) if (name := each[1]) is not None))


def text_problems(path: str, text: str) -> Iterator[str]:
    """Yield where a brace stands alone in *text*."""
    for each in _PARTS.finditer(text):
        if each[0] in ("{", "}"):
            yield (
                f"{path}: has a {each[0]!r} as character {each.start() + 1} that belongs to no place; write "
                f"{each[0] * 2!r} for the character, or a place such as '{{requester}}'"
            )


def filled(text: str, facts: Mapping[str, object]) -> str:
    """
    Return *text* with facts in their places. Nothing else than facts can be named: no attribute, no call.

    Instants are written in UTC, to the minute; every other value as `str` writes it.

    Args:
        text: The text.
        facts: What there is, by name.

    Raises:
        DefinitionError: If a brace stands alone.
        RefusedError: With each name that there is no fact for.

    >>> filled("Dear {requester}", {"assignee": "ann"})
    Traceback (most recent call last):
    itsmkit.errors.RefusedError: there is no 'requester' to put into the text; known: assignee
    """
    known = [name for name, value in facts.items() if value is not None]
    missing = [name for name in placeholders_in(text) if facts.get(name) is None]
    if missing:
        raise RefusedError(
            *(f"there is no {name!r} to put into the text; {close_to(name, known)}" for name in missing)
        )

    def put(part: re.Match[str]) -> str:
        return part[0][0] if part[1] is None else _written(facts[part[1]])

    return _PARTS.sub(put, text)


def _written(value: object) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else str(value)
