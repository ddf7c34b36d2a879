"""Commands that are given within the unit of work of another."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from itsmkit.plugin import Store, UnitOfWork

__all__ = ["within"]


class _StoreWithin:
    """A store whose every unit of work is one that is open already, and is ended by who has opened it."""

    __slots__ = ("_store", "_unit")

    is_joined = True

    def __init__(self, store: Store, unit: UnitOfWork) -> None:
        self._store = store
        self._unit = unit

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        yield self._unit


def within(store: Store, unit: UnitOfWork) -> Store:
    """
    Return *store* for commands that are a part of *unit*: what they do is saved with it, or not at all.

    Who is refused by one of them has to undo the whole of *unit*: it may have done a part before.
    """
    return cast("Store", _StoreWithin(store, unit))
