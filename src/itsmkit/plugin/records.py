"""
Records: what a desk keeps beside tickets and the configuration, such as people, articles, rotas or surveys.

A store knows of a record its kind, its id, its version and a document, and does not ask what the document
means. Whoever brings a kind of records turns its values into such documents and back.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Self, cast

from attrs import evolve, field, frozen

from itsmkit._checks import aware_instant, in_utc, is_a, named
from itsmkit._frozen import EMPTY, FrozenDict, as_tuple
from itsmkit._problems import close_to, distinct_problems, shown
from itsmkit.errors import DefinitionError
from itsmkit.plugin._json_pointers import Steps, part_at, steps_of
from itsmkit.tickets import Actor
from itsmkit.tickets.salt import salt_or_none

if TYPE_CHECKING:
    from attrs import Attribute

__all__ = [
    "ERASURE",
    "MOST_NESTED",
    "Record",
    "RecordEvent",
    "changes_between",
    "check_step",
    "document_after",
    "files_named_in",
]

MOST_NESTED = 50
"""How deep lists and mappings may stand in each other: deeper ones are a mistake, or meant to do harm."""

ERASURE = "PersonalDataErased"
"""
The name of an event that says that what was personal in those before it was erased. Whoever erases saves one
in the same unit of work: without it, a verification misses what is gone.
"""

_HALF = re.compile("[\ud800-\udfff]")
_DIGEST = re.compile("[0-9a-f]{64}")


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
        salt: 32 hexadecimal digits that nobody can guess, of this event alone. Stores chain nothing personal
            but its digest with the salt: so it can be erased. Empty for an event with nothing personal in
            it; and after that was erased.
        personal: Which parts of *data* are personal, with all that stands under them: JSON Pointers
            (RFC 6901). They stay when what they lead to is erased, so that names in them are nobody's.

    Raises:
        DefinitionError: If a name is none, the sequence is below 1, the instant has no zone, *data* holds
            what JSON cannot, or the salt is none; with each pointer that is none, leads nowhere, stands there
            twice or under another, or to what `document_after` goes by: the changes as a whole, and the
            names of what is removed.

    >>> from itsmkit.testing import A_MONDAY, AN_AGENT
    >>> hired = {"changes": {"name": "Ann", "sites": ["north"]}}
    >>> RecordEvent("person", "ann", 1, A_MONDAY, AN_AGENT, "PersonHired", hired, personal=["/changes/nam"])
    Traceback (most recent call last):
    itsmkit.errors.DefinitionError: RecordEvent.personal: '/changes/nam' leads to nothing in the data
    """

    kind: str = field(validator=named)
    id: str = field(validator=named)
    sequence: int = field(validator=_counted)
    recorded_at: datetime = field(converter=in_utc, validator=aware_instant)
    actor: Actor
    name: str = field(validator=named)
    data: Mapping[str, object] = field(factory=dict, converter=_document, validator=_plain)
    salt: str = field(default="", repr=False, validator=salt_or_none)
    personal: tuple[str, ...] = field(default=(), converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        if self.personal:
            problems = [*_pointer_problems(self.personal, self.data)]
            if problems:
                raise DefinitionError(*(f"RecordEvent.personal: {problem}" for problem in problems))

    def salted(self, salt: str) -> Self:
        """Return the event with a salt; see the class."""
        return evolve(self, salt=salt)


def _pointer_problems(pointers: Sequence[str], data: Mapping[str, object]) -> Iterator[str]:
    """Yield what keeps *pointers* from saying which parts of *data* are personal."""
    known: dict[Steps, str] = {}
    for pointer in pointers:
        try:
            steps = steps_of(pointer)
            part_at(data, steps)
        except DefinitionError as error:
            yield from error.problems
            continue
        except LookupError:
            yield f"{pointer!r} leads to nothing in the data"
            continue
        if steps == ("changes",) or steps[0] == "removed":
            yield f"{pointer!r} is what a history is replayed by; name parts, such as '/changes/name'"
        if steps in known:
            yield f"{pointer!r} stands there more than once"
        known[steps] = pointer
    for steps, pointer in known.items():
        for length in range(1, len(steps)):
            outer = known.get(steps[:length])
            if outer is not None:
                yield f"{pointer!r} stands under {outer!r}, which covers it; leave it out"


def files_named_in(history: Iterable[RecordEvent]) -> frozenset[str]:
    """Return the digests of contents (see `UnitOfWork.attach`) among what is personal in events."""
    parts = (part_at(event.data, steps_of(pointer)) for event in history for pointer in event.personal)
    return frozenset(text for part in parts for text in _texts_in(part) if _DIGEST.fullmatch(text))


def _texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | tuple):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _texts_in(each)


def check_step(record: Record, events: Sequence[RecordEvent], *, expected: int) -> None:
    """
    See that *events* lead from the version *expected* of a record to that of *record*.

    A store asks before it saves, so that every store refuses the same in the same words.

    Raises:
        DefinitionError: With each event that is of another record or out of sequence, or has something
            personal and no salt, so that it could never be erased; if there is none, or the record is of
            another version than the last.

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
        if event.personal and not event.salt:
            problems.append(
                f"{name}: event {event.name} has no salt, so that {', '.join(event.personal)} could never be "
                "erased; draw one: event.salted(secrets.token_hex(16))"
            )
    if events and record.version != expected + len(events):
        problems.append(
            f"{name} is of version {record.version}; after {len(events)} events on version {expected}, it "
            f"must be {expected + len(events)}"
        )
    if problems:
        raise DefinitionError(*problems)


# -- the document that a history makes -------------------------------------------------------------------


def document_after(
    events: Iterable[RecordEvent], document: Mapping[str, object] = EMPTY
) -> Mapping[str, object]:
    """
    Return the document that *events* make of another, each in its turn.

    The data of an event says what becomes of the document by two of its names, and may hold more, which is
    not looked at: ``changes`` are new values of parts of the document, each in place of what there was;
    ``removed`` are the names of parts that are gone. An event that has neither changes nothing.

    Args:
        events: Of one record, in order.
        document: What there is before the first of them: nothing, if the record is new.

    Raises:
        DefinitionError: At the first event whose ``changes`` are no mapping, whose ``removed`` are no list of
            names, or that removes what is not there, or what it changes, too; with all that is wrong with it.

    Example:
        >>> from itsmkit.testing import A_MONDAY, AN_AGENT
        >>> hired = {"changes": {"name": "Ann", "site": "north"}, "by": "letter"}
        >>> moved = {"changes": {"site": "south"}, "removed": ["name"]}
        >>> document_after(
        ...     RecordEvent("person", "ann", number, A_MONDAY, AN_AGENT, "PersonChanged", data)
        ...     for number, data in enumerate([hired, moved], 1)
        ... )
        {'site': 'south'}
    """
    parts = dict(document)
    for event in events:
        problems = [*_fold_problems(event, parts)]
        if problems:
            raise DefinitionError(*problems)
        for name in _removed_by(event):
            del parts[name]
        parts.update(_changed_by(event))
    return FrozenDict(parts)


def changes_between(before: Mapping[str, object], after: Mapping[str, object]) -> Mapping[str, object]:
    """
    Return the data of an event that makes *after* of the document *before*: see `document_after`.

    Returns:
        ``changes``, ``removed`` or both; what there would be nothing in is left out. A part is changed, too,
        where ``1`` becomes ``True`` or ``1.0``, which Python calls equal.

    Raises:
        DefinitionError: With each part of *after* that JSON could not hold.

    >>> changes_between({"name": "Ann", "site": "north"}, {"site": "south"})
    {'changes': {'site': 'south'}, 'removed': ('name',)}
    """
    problems = [*_plain_problems(_read_only(after), "the document", 0)]
    if problems:
        raise DefinitionError(*problems)
    old, new = _document(before), _document(after)
    changes = {
        name: value for name, value in new.items() if name not in old or not _exactly(old[name], value)
    }
    removed = [name for name in old if name not in new]
    said = (("changes", changes), ("removed", removed))
    return _document({name: value for name, value in said if value})


def _changed_by(event: RecordEvent) -> Mapping[str, object]:
    return cast("Mapping[str, object]", event.data.get("changes", EMPTY))


def _removed_by(event: RecordEvent) -> tuple[str, ...]:
    return cast("tuple[str, ...]", event.data.get("removed", ()))


def _fold_problems(event: RecordEvent, parts: Mapping[str, object]) -> Iterator[str]:
    """Yield what keeps *event* from being read as a change of the document *parts*."""
    where = f"event {event.sequence} of {event.kind} {event.id}"
    changes: object = _changed_by(event)
    removed: object = _removed_by(event)
    if not isinstance(changes, Mapping):
        yield f"{where}: its changes must be a mapping of parts to their new values, not {shown(changes)}"
        changes = EMPTY
    if not isinstance(removed, tuple) or not all(type(name) is str for name in removed):
        yield f"{where}: what is removed must be a list of names of parts, not {shown(removed)}"
        return
    yield from distinct_problems(f"{where}: removed", removed)
    for name in dict.fromkeys(removed):
        if name in changes:
            yield f"{where} both changes and removes {name!r}; say one of them"
        elif name not in parts:
            yield f"{where} removes {name!r}, which is not there; {close_to(name, parts)}"


def _exactly(one: object, other: object) -> bool:
    """Tell whether two pieces of plain data are the same to the types of their numbers."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_exactly(one[name], other[name]) for name in one)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_exactly, one, other))
    return one == other
