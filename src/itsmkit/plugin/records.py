"""
Records: what a desk keeps beside tickets and the configuration, such as people, articles, rotas or surveys.

A store knows of a record its kind, its id, its version and a document, and does not ask what the document
means. Whoever brings a kind of records turns its values into such documents and back.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, cast

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc, is_a, named
from itsmkit._frozen import FrozenDict
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError
from itsmkit.tickets import Actor

if TYPE_CHECKING:
    from attrs import Attribute

__all__ = ["MOST_NESTED", "Record", "RecordEvent", "check_step"]

MOST_NESTED = 50
"""How deep lists and mappings may stand in each other: deeper ones are a mistake, or meant to do harm."""

_HALF = re.compile("[\ud800-\udfff]")


def _counted(instance: object, attribute: "Attribute[int]", value: int) -> None:
    if type(value) is not int or value < 1:
        name = f"{type(instance).__name__}.{attribute.name}"
        problem = f"{name} must be a whole number of 1 or more, not {shown(value)}"
        raise DefinitionError(problem)


def _read_only(value: object, depth: int = 0) -> object:
    """Return plain data that cannot change: the converter of the fields. What is none is left as it is."""
    if isinstance(value, Mapping) and depth <= MOST_NESTED:
        return FrozenDict({name: _read_only(each, depth + 1) for name, each in value.items()})
    if isinstance(value, list | tuple) and depth <= MOST_NESTED:
        return tuple(_read_only(each, depth + 1) for each in value)
    return value


def _plain(instance: object, attribute: "Attribute[Mapping[str, object]]", value: object) -> None:
    name = f"{type(instance).__name__}.{attribute.name}"
    if not is_a(value, Mapping):
        problem = f"{name} must be a mapping of names to plain data, not {shown(value)}"
        raise DefinitionError(problem)
    problems = [*_plain_problems(value, name, 0)]
    if problems:
        raise DefinitionError(*problems)


def _plain_problems(value: object, path: str, depth: int) -> Iterator[str]:
    """Yield what JSON could not hold of *value*."""
    if depth > MOST_NESTED:
        yield f"{path} is nested deeper than {MOST_NESTED} levels; keep what is inside as a record of its own"
    elif isinstance(value, Mapping):
        for key, each in value.items():
            if type(key) is not str or _HALF.search(key) is not None:
                yield f"{path} must have names of text, of whole characters, not {shown(key)}"
            else:
                yield from _plain_problems(each, f"{path}.{key}", depth + 1)
    elif isinstance(value, tuple):
        for number, each in enumerate(value):
            yield from _plain_problems(each, f"{path}[{number}]", depth + 1)
    else:
        yield from _scalar_problems(value, path)


def _scalar_problems(value: object, path: str) -> Iterator[str]:
    if type(value) is str:
        if _HALF.search(value) is not None:
            yield f"{path} must be text of whole characters, not {shown(value)}"
    elif type(value) is float:
        if not math.isfinite(value):
            yield f"{path} must be a finite number, not {value}"
    elif value is not None and type(value) not in (bool, int):
        yield f"{path} must be text, a number, true, false, nothing, a list or a mapping, not {shown(value)}"


def _document(value: Mapping[str, object]) -> Mapping[str, object]:
    # What is none is left to the validator, which knows the name of the field.
    return cast("Mapping[str, object]", _read_only(value)) if is_a(value, Mapping) else value


@frozen
class Record:
    """
    A record as it is saved.

    A record that is deleted stays as a tombstone: it has an empty document, its version goes on, and its
    history remains. So who has seen it can tell that it was there, and its id is not taken for another.

    Args:
        kind: What it is a record of, such as ``"person"``.
        id: What it is called among those of its kind.
        version: How many events have made it: the sequence of the newest.
        document: What is known of it, as plain data: text, numbers, booleans, ``None``, lists and mappings
            with names of text. Kept read-only; lists are kept as tuples.
        is_deleted: Whether it is a tombstone.

    Raises:
        DefinitionError: If a name is none, the version is below 1, the document holds what JSON cannot, or a
            tombstone has a document.

    >>> Record("person", "ann", 1, {"name": "Ann", "sites": ["north"]}).document["sites"]
    ('north',)
    """

    kind: str = field(validator=named)
    id: str = field(validator=named)
    version: int = field(validator=_counted)
    document: Mapping[str, object] = field(converter=_document, validator=_plain)
    is_deleted: bool = field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.is_deleted and self.document:
            problem = (
                f"record {self.kind}/{self.id} is deleted, and has a document with "
                f"{', '.join(self.document)}; a tombstone has an empty one"
            )
            raise DefinitionError(problem)

    @property
    def facts(self) -> Mapping[str, object]:
        """What conditions are asked about: its id, and the parts of its document by their names."""
        return FrozenDict({"id": self.id, **self.document})


@frozen
class RecordEvent:
    """
    Something that has happened to a record.

    Args:
        kind: The kind of the record.
        id: The record.
        sequence: Its place in the history of the record, from 1, without gaps.
        recorded_at: When the desk heard of it. Kept in UTC.
        actor: Who did it.
        name: What has happened, in the past tense, such as ``"PersonMoved"``.
        data: What there is to say of it: plain data, as the document of a `Record`.

    Raises:
        DefinitionError: If a name is none, the sequence is below 1, the instant has no zone, or *data* holds
            what JSON cannot.
    """

    kind: str = field(validator=named)
    id: str = field(validator=named)
    sequence: int = field(validator=_counted)
    recorded_at: datetime = field(converter=in_utc, validator=aware_instant)
    actor: Actor
    name: str = field(validator=named)
    data: Mapping[str, object] = field(factory=dict, converter=_document, validator=_plain)


def check_step(record: Record, events: Sequence[RecordEvent], *, expected: int) -> None:
    """
    See that *events* lead from the version *expected* of a record to that of *record*.

    A store asks before it saves, so that every store refuses the same in the same words.

    Raises:
        DefinitionError: With each event that is of another record or out of sequence; if there is none, or
            the record is of another version than the last.

    >>> check_step(Record("person", "ann", 2, {}), [], expected=1)
    Traceback (most recent call last):
    itsmkit.errors.DefinitionError: record person/ann is to be saved without an event; say what has happened
    """
    name = f"record {record.kind}/{record.id}"
    problems = [] if events else [f"{name} is to be saved without an event; say what has happened"]
    for sequence, event in enumerate(events, expected + 1):
        if (event.kind, event.id) != (record.kind, record.id):
            problems.append(f"{name}: event {event.name} is of {event.kind}/{event.id}; save that by itself")
        if event.sequence != sequence:
            problems.append(f"{name}: event {event.name} is event {event.sequence}; it must be {sequence}")
    if events and record.version != expected + len(events):
        problems.append(
            f"{name} is of version {record.version}; after {len(events)} events on version {expected}, it "
            f"must be {expected + len(events)}"
        )
    if problems:
        raise DefinitionError(*problems)
