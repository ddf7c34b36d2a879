"""
Where something is personal in events: in their documents, and in the events themselves.

In the facts of tickets, `PERSONAL` says where; in the data of a record, the event itself does.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from operator import is_
from typing import Any, TypeVar

import attrs

from itsmkit._frozen import FrozenDict
from itsmkit.errors import DefinitionError
from itsmkit.plugin._json_pointers import Steps, changed_at, escaped, item_at, steps_of
from itsmkit.plugin.documents.documents import Document
from itsmkit.plugin.documents.standard import (
    DOCUMENTS,
    EVENT_OF_RECORD,
    EVENT_OF_TICKET,
    PERSONAL,
    STRUCTURED,
)
from itsmkit.plugin.records import RecordEvent
from itsmkit.tickets import TicketEvent

__all__ = ["Change", "Event", "changed_document", "changed_event", "is_parted", "may_be_parted"]

Event = TypeVar("Event", bound=TicketEvent | RecordEvent)

Change = Callable[[str, Any], Any]
"""Returns what is to stand in place of a personal value; is told its place, a JSON Pointer, and the value."""

_EACH = "*"
_PAIRS = "$pairs"  # what mappings with odd names are written as: see `_plain_values`


def _paths(names: Iterable[str]) -> tuple[Steps, ...]:
    return tuple(tuple(each.split(".")) for each in names)


_PATHS: Mapping[str, tuple[Steps, ...]] = {name: _paths(places) for name, places in PERSONAL.items()}
_PATHS_OF_KIND = {each.kind: _PATHS[each.name] for each in DOCUMENTS.types if each.name in _PATHS}


def is_parted(document: object) -> bool:
    """Tell whether what may be a document is that of an event in which something may be personal."""
    if not isinstance(document, dict):
        return False
    if document.get("type") == EVENT_OF_TICKET:
        return isinstance(document.get("fact"), dict)
    return (
        document.get("type") == EVENT_OF_RECORD
        and isinstance(document.get("data"), dict)
        and isinstance(document.get("personal"), list)
    )


def may_be_parted(event: TicketEvent | RecordEvent) -> bool:
    """Tell whether something in *event* is personal by its form, and can be put apart."""
    if isinstance(event, RecordEvent):
        return bool(event.salt and event.personal)
    return bool(event.salt) and type(event.fact) in _PATHS_OF_KIND


# -- documents -------------------------------------------------------------------------------------


def changed_document(document: Document, change: Change) -> Document:
    """Return a document, for which `is_parted` holds, with each personal value changed."""
    if document["type"] == EVENT_OF_TICKET:
        return {**document, "fact": _changed_fact(document["fact"], change)}
    data = document["data"]
    for pointer in document["personal"]:
        try:
            first, *rest = steps_of(pointer)
        except DefinitionError:
            continue  # so the document cannot be read, which is told then
        if first in data:  # whose names are as they are, however odd
            data = {**data, first: _changed_plain(data[first], rest, f"/data{pointer}", change)}
    return {**document, "data": data}


def _changed_fact(fact: Document, change: Change) -> Document:
    kind = fact.get("type")
    for path in _PATHS.get(kind, ()) if isinstance(kind, str) else ():
        fact = _changed(fact, path, "/fact", change)
    return fact


def _changed(plain: Any, path: Steps, place: str, change: Change) -> Any:
    if not path:
        return change(place, plain)
    name, rest = path[0], path[1:]
    if name != _EACH:
        if not isinstance(plain, dict) or name not in plain:
            return plain
        return {**plain, name: _changed(plain[name], rest, f"{place}/{name}", change)}
    if isinstance(plain, list):
        return [_changed(each, rest, f"{place}/{number}", change) for number, each in enumerate(plain)]
    if not isinstance(plain, dict):
        return plain
    return {
        each: value if each in STRUCTURED else _changed(value, rest, f"{place}/{escaped(each)}", change)
        for each, value in plain.items()
    }


def _changed_plain(plain: Any, steps: list[str], place: str, change: Change) -> Any:
    """Return the plain form of a value with the part changed that *steps* lead to in the value."""
    if not steps:
        return change(place, plain)
    first, *rest = steps
    if isinstance(plain, dict) and plain.keys() == {_PAIRS}:
        return {_PAIRS: [_changed_pair(each, first, rest, place, change) for each in plain[_PAIRS]]}
    if isinstance(plain, dict) and first in plain:
        return {**plain, first: _changed_plain(plain[first], rest, place, change)}
    if isinstance(plain, list):
        try:
            number = item_at(first, len(plain))
        except LookupError:
            return plain
        return [
            _changed_plain(each, rest, place, change) if n == number else each for n, each in enumerate(plain)
        ]
    return plain


def _changed_pair(pair: Any, first: str, rest: list[str], place: str, change: Change) -> Any:
    if not isinstance(pair, list) or len(pair) != 2 or pair[0] != first:
        return pair
    return [first, _changed_plain(pair[1], rest, place, change)]


# -- events ----------------------------------------------------------------------------------------


def changed_event(event: Event, change: Change) -> Event:
    """Return *event* with each personal value changed, and without its salt; the very same if none is."""
    if isinstance(event, RecordEvent):
        data = _changed_data(event, change)
        return event if data is event.data else attrs.evolve(event, data=data, salt="")
    fact: Any = event.fact
    for path in _PATHS_OF_KIND.get(type(fact), ()):
        fact = _altered(fact, path, "/fact", change)
    return event if fact is event.fact else attrs.evolve(event, fact=fact, salt="")


def _changed_data(event: RecordEvent, change: Change) -> Any:
    data: Any = event.data
    for pointer in event.personal:
        data = changed_at(data, steps_of(pointer), partial(change, f"/data{pointer}"))
    return data


def _altered(value: Any, path: Steps, place: str, change: Change) -> Any:
    """Return a part of a fact as `_changed` does its document; the very same if nothing is changed."""
    if not path:
        return change(place, value)
    name, rest = path[0], path[1:]
    if name != _EACH:
        before = getattr(value, name)
        after = _altered(before, rest, f"{place}/{name}", change)
        return value if after is before else attrs.evolve(value, **{name: after})
    if isinstance(value, tuple):
        several = tuple(_altered(each, rest, f"{place}/{n}", change) for n, each in enumerate(value))
        return value if all(map(is_, several, value)) else several
    news = {
        each: v if each in STRUCTURED else _altered(v, rest, f"{place}/{escaped(each)}", change)
        for each, v in value.items()
    }
    return value if all(map(is_, news.values(), value.values())) else FrozenDict(news)
