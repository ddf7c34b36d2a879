"""What stands side by side and goes on in the next row, as the entries of a legend do."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

__all__ = ["in_rows"]


class _Wide(Protocol):
    @property
    def width(self) -> float: ...


E = TypeVar("E", bound=_Wide)


def in_rows(entries: Iterable[E], most: float, gap: float) -> tuple[tuple[tuple[E, float], ...], ...]:
    """
    Return *entries* in rows of at most *most* pixels, each with how far to the right it stands.

    The width of an entry includes the *gap* after it, which the last one in a row does not need.
    """
    rows: list[list[tuple[E, float]]] = [[]]
    x = 0.0
    for entry in entries:
        if x + entry.width - gap > most and rows[-1]:
            rows.append([])
            x = 0.0
        rows[-1].append((entry, x))
        x += entry.width
    return tuple(map(tuple, rows))
