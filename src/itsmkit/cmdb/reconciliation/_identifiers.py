"""The values by which records are compared: one spelling for what means the same."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from itsmkit.cmdb.class_model import OWN_NAME
from itsmkit.cmdb.reconciliation._content import told
from itsmkit.cmdb.reconciliation.rules import IdentifierEntry
from itsmkit.cmdb.source_record import LookUp, SourceRecord

__all__ = ["Identifiers", "Key", "Normal", "shown_key"]

Normal = str | tuple[str, str]
"""A value in its one spelling: text; or its type, and its text."""

Key = tuple[Normal | int, ...]
"""What an entry finds in a record: the values, and the number of the parent at the end."""

_MAC = re.compile(r"[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}|[0-9a-f]{4}(?:\.[0-9a-f]{4}){2}", re.ASCII)
_SEPARATORS = str.maketrans("", "", ":-.")


def _spelt(text: str) -> str:
    found = " ".join(text.split()).casefold()
    if len(found) in {14, 17} and _MAC.fullmatch(found):
        return found.translate(_SEPARATORS)
    return found


class Identifiers:
    """
    What identifies records, given what identifies nothing.

    Case and spaces do not matter, nor how a MAC address is separated. A whole number is the same as its
    digits, as some sources know no numbers; what is of another type is the same only within that type.

    Args:
        placeholders: Texts that identify nothing.
    """

    def __init__(self, placeholders: Iterable[str]) -> None:
        self._placeholders = frozenset(map(_spelt, placeholders))
        self._known: dict[str, str | None] = {}

    def normal(self, value: object) -> Normal | None:
        """Return a value in its one spelling, or ``None`` if it identifies nothing."""
        if type(value) is int:
            value = str(value)
        if type(value) is str:
            try:
                return self._known[value]
            except KeyError:
                spelt = _spelt(value)
                found = spelt if spelt and spelt not in self._placeholders else None
                self._known[value] = found
                return found
        return None if value is None else (type(value).__name__, told(value))

    def values_of(self, record: SourceRecord, names: Iterable[str]) -> tuple[Normal, ...] | None:
        """Return the values of attributes of the item itself, or ``None`` if one identifies nothing."""
        found: list[Normal] = []
        for name in names:
            value = self.normal(record.name if name == OWN_NAME else record.attributes.get(name))
            if value is None:
                return None
            found.append(value)
        return tuple(found)

    def keys_of(
        self,
        record: SourceRecord,
        entry: IdentifierEntry,
        parents: Callable[[str], Sequence[int]],
    ) -> tuple[Key, ...]:
        """
        Return what an entry finds in a record: one key, none, or one for each part and parent.

        Args:
            record: The record.
            entry: The entry.
            parents: Returns the numbers of the parents that a relation leads to.
        """
        own = self.values_of(record, entry.attributes)
        if own is None:
            return ()
        keys: tuple[Key, ...] = (own,)
        if entry.lookup is not None:
            keys = tuple(
                {
                    (*own, *found): None
                    for each in record.lookups
                    if each.kind == entry.lookup
                    and (found := self._part(each, entry.lookup_attributes)) is not None
                }
            )
        if entry.parent is not None and keys:
            numbers = dict.fromkeys(parents(entry.parent))
            keys = tuple((*key, number) for key in keys for number in numbers)
        return keys

    def _part(self, lookup: LookUp, names: Iterable[str]) -> tuple[Normal, ...] | None:
        values = [self.normal(lookup.attributes.get(name)) for name in names]
        return None if None in values else tuple(value for value in values if value is not None)

    def lacking(self, record: SourceRecord, entry: IdentifierEntry, parents: Sequence[int]) -> Iterator[str]:
        """List what keeps an entry from finding anything in a record."""
        for name in entry.attributes:
            value = record.name if name == OWN_NAME else record.attributes.get(name)
            if self.normal(value) is None:
                yield f"{name} is not known" if value is None else f"{name} {value!r} identifies nothing"
        if entry.lookup is not None and not any(
            each.kind == entry.lookup and self._part(each, entry.lookup_attributes) is not None
            for each in record.lookups
        ):
            yield f"no {entry.lookup} of which {' and '.join(entry.lookup_attributes)} is known"
        if entry.parent is not None and not parents:
            yield f"{entry.parent} nothing that is known"


def shown_key(key: Key, name_of: Callable[[int], str]) -> str:
    """Return a key for a sentence; *name_of* tells a parent by its number."""
    return ", ".join(
        part if isinstance(part, str) else name_of(part) if isinstance(part, int) else part[1] for part in key
    )
