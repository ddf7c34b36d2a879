"""What values are made with."""

from collections.abc import Iterable
from typing import Any

__all__ = ["as_tuple"]


def as_tuple(values: Iterable[Any]) -> tuple[Any, ...]:
    """Return *values* as a tuple; fit as an attrs converter, unlike the class to a type checker."""
    return tuple(values)
