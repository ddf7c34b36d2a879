"""Items in the order of their ids, in a small part of the memory that lists and dictionaries of them take."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import overload

from itsmkit.cmdb.configuration_item import CIId, ConfigurationItem

__all__ = ["SortedIds", "SortedItems", "SortedNumbers"]


class SortedItems(Sequence[ConfigurationItem]):
    """
    Items, sorted by id: four bytes for each, beside those that are given.

    Args:
        items: The items, in any order.
    """

    __slots__ = ("_items", "_order")

    def __init__(self, items: tuple[ConfigurationItem, ...]) -> None:
        self._items = items
        self._order = array("i", sorted(range(len(items)), key=lambda place: items[place].id))

    @overload
    def __getitem__(self, place: int) -> ConfigurationItem: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[ConfigurationItem, ...]: ...
    def __getitem__(self, place: int | slice) -> ConfigurationItem | tuple[ConfigurationItem, ...]:
        if isinstance(place, slice):
            return tuple(map(self._items.__getitem__, self._order[place]))
        return self._items[self._order[place]]

    def __iter__(self) -> Iterator[ConfigurationItem]:
        return map(self._items.__getitem__, self._order)

    def __len__(self) -> int:
        return len(self._order)


class SortedIds(Sequence[CIId]):
    """
    The ids of sorted items, read from these when they are asked for.

    Args:
        items: The items.
    """

    __slots__ = ("_items",)

    def __init__(self, items: SortedItems) -> None:
        self._items = items

    @overload
    def __getitem__(self, place: int) -> CIId: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[CIId, ...]: ...
    def __getitem__(self, place: int | slice) -> CIId | tuple[CIId, ...]:
        if isinstance(place, slice):
            return tuple(item.id for item in self._items[place])
        return self._items[place].id

    def __iter__(self) -> Iterator[CIId]:
        return (item.id for item in self._items)

    def __len__(self) -> int:
        return len(self._items)


class SortedNumbers(Mapping[CIId, int]):
    """
    The place of each id among all: slower than a dictionary, and takes nothing.

    Args:
        ids: The ids, sorted.
    """

    __slots__ = ("_ids",)

    def __init__(self, ids: Sequence[CIId]) -> None:
        self._ids = ids

    def __getitem__(self, ci: CIId) -> int:
        place = bisect_left(self._ids, ci)
        if place == len(self._ids) or self._ids[place] != ci:
            raise KeyError(ci)
        return place

    def __iter__(self) -> Iterator[CIId]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)
