"""What conditions find, remembered by the few facts that they ask for."""

from collections.abc import Iterable
from typing import TypeVar

__all__ = ["Kind", "kind_of", "remember"]

T = TypeVar("T")

Kind = tuple[str | None, ...]
"""The values of some facts. Whatever has the same ones is of one kind to those who ask for nothing else."""

_MOST_KINDS = 1000
"""How many kinds are remembered, so that strange logs do not fill the memory."""


def kind_of(values: Iterable[object]) -> Kind | None:
    """
    Return the kind that *values* make, or ``None`` if some of them are neither text nor missing.

    Of other values some are equal that conditions tell apart, such as 1 and ``True``.
    """
    kind: list[str | None] = []
    for value in values:
        if value is not None and type(value) is not str:
            return None
        kind.append(value)
    return tuple(kind)


def remember(known: dict[Kind, T], kind: Kind, found: T) -> T:
    """Return *found*, after noting in *known* that it holds for *kind*."""
    if len(known) >= _MOST_KINDS:
        known.clear()
    known[kind] = found
    return found
