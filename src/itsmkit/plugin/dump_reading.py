"""
Dumps read: every row checked against those before it, and what it holds made of its document.

A store that loads a dump takes the rows from here, inside its transaction: so what does not fit is refused by
every store, in the same words.
"""

import base64
import binascii
import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, NamedTuple

from attrs import define

from itsmkit._checks import is_a, member_of
from itsmkit._problems import shown
from itsmkit.cmdb.history import ConfigurationEvent
from itsmkit.errors import DefinitionError
from itsmkit.plugin.documents import (
    Cursor,
    Document,
    Documents,
    StagedContradiction,
    StagedIdentity,
    StagedLoad,
    StagedLock,
    StagedRecord,
    canonical_bytes,
    problems_of_personal,
    unseal,
)
from itsmkit.plugin.dump import RowKind, StoreRow
from itsmkit.plugin.integrity import Checkpoint, configuration_record, link, record_name, ticket_record
from itsmkit.plugin.records import Record, RecordEvent
from itsmkit.plugin.storage import LedgerEntry, OutboxEntry, StoredTicket, Timer
from itsmkit.tickets import TicketEvent

__all__ = ["ReadRow", "is_text", "parts_of_row", "read_dump"]


class ReadRow(NamedTuple):
    """
    A row of a dump that fits to those before it.

    Args:
        kind: What it holds.
        data: The data of the row, every part of its type.
        value: What its document was read as; of a `RowKind.ATTACHMENT`, its content. ``None`` if it has
            neither.
        text: Its document in canonical form, as it is to be kept; empty if it has none.
        record: The name of the chain that an event belongs to; empty otherwise.
    """

    kind: RowKind
    data: Document
    value: Any
    text: str = ""
    record: str = ""


def read_dump(rows: Iterable[StoreRow], documents: Documents) -> Iterator[ReadRow]:
    """
    Go through the rows of a dump, each of them checked; nothing but a digest for each record is held.

    Args:
        rows: In the order of a dump.
        documents: What reads the documents, of this or an earlier schema.

    Raises:
        DefinitionError: At the first row that is none, is out of order, stands twice, or does not fit. It
            names the row by its number, from 1. When all rows have come, there is nothing left to refuse.
    """
    reader = _Reader(documents)
    for number, row in enumerate(rows, 1):
        with _of_row(number):
            kind, data = parts_of_row(row)
        if kind is not reader.kind:
            reader.come_to(kind, number)
        with _of_row(number):
            found = reader.read(number, kind, data)
        yield found
    reader.come_to(None, 0)


@contextmanager
def _of_row(number: int) -> Iterator[None]:
    """Say of each problem in which row it is."""
    try:
        yield
    except DefinitionError as error:
        raise DefinitionError(*(f"row {number}: {problem}" for problem in error.problems)) from error


_HALF = re.compile("[\ud800-\udfff]")
_LARGEST = 2**63 - 1  # so large are the whole numbers of databases
_TEXT, _WHOLE, _DOCUMENT = "text of whole characters", f"a whole number from 0 to {_LARGEST}", "an object"


def is_text(value: object) -> bool:
    """Tell whether *value* is text that can be written: JSON can name half of a character."""
    return isinstance(value, str) and _HALF.search(value) is None


_IS: Mapping[str, Callable[[object], bool]] = {
    _TEXT: is_text,
    _WHOLE: lambda value: type(value) is int and 0 <= value <= _LARGEST,
    _DOCUMENT: lambda value: isinstance(value, dict),
}
_EVENT = {"position": _WHOLE, "digest": _TEXT, "event": _DOCUMENT}
_PARTED = {**_EVENT, "personal": ""}  # an object, or nothing: see `problems_of_personal`
_PARTS: Mapping[RowKind, Mapping[str, str]] = {
    RowKind.TICKET: {"ticket": _DOCUMENT},
    RowKind.EVENT: _PARTED,
    RowKind.CONFIGURATION: _EVENT,
    RowKind.RECORD: {"record": _DOCUMENT},
    RowKind.RECORD_EVENT: _PARTED,
    RowKind.STAGING_VERSION: {"version": _WHOLE},
    RowKind.STAGED: {"row": _DOCUMENT},
    RowKind.SERIES: {"series": _TEXT, "last": _WHOLE},
    RowKind.TIMER: {"timer": _DOCUMENT},
    RowKind.OUTBOX: {"key": _TEXT, "state": _TEXT, "entry": ""},  # an object, or nothing if it was delivered
    RowKind.CURSOR: {"cursor": _DOCUMENT},
    RowKind.REMEMBERED: {"entry": _DOCUMENT},
    RowKind.ATTACHMENT: {"digest": _TEXT, "content": _TEXT},
    RowKind.CHECKPOINT: {"checkpoint": _DOCUMENT},
}
_ORDER = {kind: place for place, kind in enumerate(RowKind)}
_FEEDS = {
    RowKind.EVENT: "a ticket",
    RowKind.CONFIGURATION: "the configuration",
    RowKind.RECORD_EVENT: "a record",
}


def parts_of_row(row: StoreRow) -> tuple[RowKind, Document]:
    """
    Return the parts of a row.

    Raises:
        DefinitionError: If the row lacks something that its kind asks for, or has anything else.
    """
    if not is_a(row, tuple) or len(row) != 2:
        problem = f"must be a kind and its data, not {shown(row)}"
        raise DefinitionError(problem)
    kind, data = member_of(RowKind, row[0], "the kind"), row[1]
    parts = _PARTS[kind]
    if parts is _PARTED and is_a(data, dict):
        data = {"personal": None, **data}  # which is missing where nothing could be erased yet
    if not is_a(data, dict) or data.keys() != parts.keys():
        problem = f"the data of a {kind} must be an object of {', '.join(parts)}, not {shown(data)}"
        raise DefinitionError(problem)
    problems = [
        f"{name} must be {what}, not {shown(data[name])}"
        for name, what in parts.items()
        if what and not _IS[what](data[name])
    ]
    if problems:
        raise DefinitionError(*problems)
    return kind, data


@define
class _Chain:
    """
    What the events of a record have led to.

    Args:
        row: The row in which the record came first.
        version: How many events there must be; ``None`` if nothing says so.
        of: What is of that version.
        length: How many there were.
        digest: The digest of the last of them.
    """

    row: int
    version: int | None
    of: str = ""
    length: int = 0
    digest: str | None = None


class _Reader:
    """
    What is remembered of the rows before.

    Args:
        documents: What reads the documents.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self.kind: RowKind | None = None
        self._chains: dict[str, _Chain] = {}
        self._numbers: set[str] = set()
        # Of the events of each kind of row: in order, so that they can be searched.
        self._positions = {kind: array("q") for kind in _FEEDS}
        self._position = 0
        self._is_staged = False
        self._contradictions: set[tuple[str, ...]] = set()
        self._missing: dict[tuple[str, ...], int] = {}
        self._keys: set[str] = set()
        self._last: tuple[str, ...] | None = None
        self._read: Mapping[RowKind, Callable[[int, Document], ReadRow]] = {
            RowKind.TICKET: self._ticket,
            RowKind.EVENT: self._event,
            RowKind.CONFIGURATION: self._configuration,
            RowKind.RECORD: self._record,
            RowKind.RECORD_EVENT: self._record_event,
            RowKind.STAGING_VERSION: self._staging_version,
            RowKind.STAGED: self._staged,
            RowKind.SERIES: self._series,
            RowKind.TIMER: self._timer,
            RowKind.OUTBOX: self._outbox,
            RowKind.CURSOR: self._cursor,
            RowKind.REMEMBERED: self._remembered,
            RowKind.ATTACHMENT: self._attachment,
            RowKind.CHECKPOINT: self._checkpoint,
        }

    def come_to(self, kind: RowKind | None, number: int) -> None:
        """Go on to the rows of a kind, ``None`` for the end: what the rows before have promised is due."""
        before, here = _place(self.kind, 0), _place(kind, len(_ORDER))
        if here < before:
            problem = f"row {number}: {kind} comes after {self.kind}; the kinds stand in the order of a dump"
            raise DefinitionError(problem)
        problems: list[str] = []
        if any(before <= _ORDER[kind] < here for kind in (RowKind.EVENT, RowKind.RECORD_EVENT)):
            problems += self._unfinished()
        if before <= _ORDER[RowKind.STAGED] < here:
            problems += (
                f"row {row}: the row {' '.join(key)!r}, which the contradiction follows, is missing"
                for key, row in self._missing.items()
            )
        if problems:
            raise DefinitionError(*problems)
        self.kind, self._last, self._position = kind, None, 0

    def read(self, number: int, kind: RowKind, data: Document) -> ReadRow:
        """Return what a row holds."""
        return self._read[kind](number, data)

    # -- records and their histories -------------------------------------------------------------

    def _ticket(self, number: int, data: Document) -> ReadRow:
        stored, text = self._document(data["ticket"], StoredTicket)
        record = ticket_record(stored.ticket.id)
        if record in self._chains:
            problem = f"ticket {stored.ticket.id!r} stands in row {self._chains[record].row} already"
            raise DefinitionError(problem)
        if stored.ticket.number in self._numbers:
            problem = f"the number {stored.ticket.number!r} is that of another ticket already"
            raise DefinitionError(problem)
        self._chains[record] = _Chain(number, stored.ticket.version, "ticket")
        self._numbers.add(stored.ticket.number)
        return ReadRow(RowKind.TICKET, data, stored, text)

    def _event(self, _number: int, data: Document) -> ReadRow:
        event, text = self._parted(data, TicketEvent)
        record = ticket_record(event.ticket_id)
        chain = self._chains.get(record)
        if chain is None:
            problem = f"there is no ticket {event.ticket_id!r} that the event could be of"
            raise DefinitionError(problem)
        return self._linked_parted(chain, ReadRow(RowKind.EVENT, data, event, text, record))

    def _configuration(self, number: int, data: Document) -> ReadRow:
        event, text = self._document(data["event"], ConfigurationEvent)
        record = configuration_record(event.record.key)
        self._move_to(RowKind.CONFIGURATION, data["position"])
        chain = self._chains.setdefault(record, _Chain(number, None))
        return self._linked(chain, ReadRow(RowKind.CONFIGURATION, data, event, text, record), event.sequence)

    def _record(self, number: int, data: Document) -> ReadRow:
        record, text = self._document(data["record"], Record)
        self._come_after("the record", (record.kind, record.id))
        self._chains[record_name(record.kind, record.id)] = _Chain(number, record.version, "record")
        return ReadRow(RowKind.RECORD, data, record, text)

    def _record_event(self, _number: int, data: Document) -> ReadRow:
        event, text = self._parted(data, RecordEvent)
        record = record_name(event.kind, event.id)
        chain = self._chains.get(record)
        if chain is None:
            problem = f"there is no record {event.id!r} of the kind {event.kind!r} that the event could be of"
            raise DefinitionError(problem)
        return self._linked_parted(chain, ReadRow(RowKind.RECORD_EVENT, data, event, text, record))

    def _parted(self, data: Document, kind: type) -> tuple[Any, str]:
        """Return the event of a row with what is personal in it, and its sealed document as text."""
        event, _ = self._document(unseal(data["event"], data["personal"]), kind)
        return event, canonical_bytes(data["event"]).decode()

    def _linked_parted(self, chain: _Chain, row: ReadRow) -> ReadRow:
        self._move_to(row.kind, row.data["position"])
        row = self._linked(chain, row, row.value.sequence)
        problems = problems_of_personal(row.data["event"], row.data["personal"])
        if problems:
            raise DefinitionError(
                *(f"event {row.value.sequence} of {row.record}: {each}" for each in problems)
            )
        return row

    def _linked(self, chain: _Chain, row: ReadRow, sequence: int) -> ReadRow:
        if sequence != chain.length + 1:
            problem = f"event {sequence} of {row.record} follows event {chain.length}; a history has no gap"
            raise DefinitionError(problem)
        if sequence - 1 == chain.version:
            problem = (
                f"event {sequence} of {row.record} is beyond the version of the {chain.of}, {chain.version}, "
                f"as row {chain.row} has it"
            )
            raise DefinitionError(problem)
        digest = link(chain.digest, row.text.encode())
        if row.data["digest"] != digest:
            problem = (
                f"the digest of event {sequence} of {row.record} is not that of its chain: it, or one before "
                f"it, was changed; expected {digest}, not {shown(row.data['digest'])}"
            )
            raise DefinitionError(problem)
        chain.length, chain.digest = sequence, digest
        return row

    def _move_to(self, kind: RowKind, position: int) -> None:
        if position <= self._position:
            problem = f"the position {position} does not come after {self._position}"
            raise DefinitionError(problem)
        for other, positions in self._positions.items():
            found = bisect_left(positions, position)
            if found < len(positions) and positions[found] == position:
                problem = f"the position {position} is that of an event of {_FEEDS[other]} already"
                raise DefinitionError(problem)
        self._positions[kind].append(position)
        self._position = position

    def _unfinished(self) -> Iterator[str]:
        for record, chain in self._chains.items():
            if chain.version not in (None, chain.length):
                yield (
                    f"row {chain.row}: {record} is of version {chain.version}, but its history has "
                    f"{chain.length} events"
                )

    # -- staging and numbers ---------------------------------------------------------------------

    def _staging_version(self, _number: int, data: Document) -> ReadRow:
        if self._is_staged or not data["version"]:
            problem = (
                "the version of the staging area stands there already"
                if self._is_staged
                else "the version of a staging area that was saved is 1 or more"
            )
            raise DefinitionError(problem)
        self._is_staged = True
        return ReadRow(RowKind.STAGING_VERSION, data, None)

    def _staged(self, number: int, data: Document) -> ReadRow:
        row, text = self._document(data["row"], *_STAGED)
        if not self._is_staged:
            problem = "the version of the staging area is missing"
            raise DefinitionError(problem)
        self._come_after("the row", row.key)
        self._missing.pop(row.key, None)
        if isinstance(row, StagedContradiction):
            self._contradictions.add(row.key)
            origin = row.record.origin
            before = ("contradiction", *origin, str(row.place - 1)) if row.place else ("record", *origin)
            if before not in self._contradictions:
                self._missing[before] = number
        return ReadRow(RowKind.STAGED, data, row, text)

    def _series(self, _number: int, data: Document) -> ReadRow:
        self._come_after("the series", (data["series"],))
        return ReadRow(RowKind.SERIES, data, None)

    # -- work that waits -------------------------------------------------------------------------

    def _timer(self, _number: int, data: Document) -> ReadRow:
        timer, text = self._document(data["timer"], Timer)
        self._come_after("the timer", (timer.ticket_id, timer.name))
        return ReadRow(RowKind.TIMER, data, timer, text)

    def _outbox(self, _number: int, data: Document) -> ReadRow:
        key, state = data["key"], data["state"]
        if key in self._keys:
            problem = f"the key {key!r} stands in the outbox already"
            raise DefinitionError(problem)
        self._keys.add(key)
        if state == "delivered":
            if data["entry"] is not None:
                problem = f"of the delivered {key!r} only the key is kept, not {shown(data['entry'])}"
                raise DefinitionError(problem)
            return ReadRow(RowKind.OUTBOX, data, None)
        entry, text = self._document(data["entry"], OutboxEntry)
        if state != ("waiting" if entry.parked is None else "parked"):
            problem = f"the state {state!r} is not that of the entry; it is waiting, parked or delivered"
            raise DefinitionError(problem)
        if entry.notification.key != key:
            problem = f"the entry is of the key {entry.notification.key!r}, not of {key!r}"
            raise DefinitionError(problem)
        return ReadRow(RowKind.OUTBOX, data, entry, text)

    # -- the rest --------------------------------------------------------------------------------

    def _cursor(self, _number: int, data: Document) -> ReadRow:
        cursor, text = self._document(data["cursor"], Cursor)
        self._come_after("the reader", (cursor.reader,))
        return ReadRow(RowKind.CURSOR, data, cursor, text)

    def _remembered(self, _number: int, data: Document) -> ReadRow:
        entry, text = self._document(data["entry"], LedgerEntry)
        self._come_after("the key", (entry.key,))
        return ReadRow(RowKind.REMEMBERED, data, entry, text)

    def _attachment(self, _number: int, data: Document) -> ReadRow:
        self._come_after("the attachment", (data["digest"],))
        try:
            content = base64.b64decode(data["content"], validate=True)
        except (binascii.Error, ValueError) as error:
            problem = f"the content of attachment {data['digest']} is no base64: {error}"
            raise DefinitionError(problem) from error
        if sha256(content).hexdigest() != data["digest"]:
            problem = f"the content of attachment {data['digest']} is not of this digest"
            raise DefinitionError(problem)
        return ReadRow(RowKind.ATTACHMENT, data, content)

    def _checkpoint(self, _number: int, data: Document) -> ReadRow:
        checkpoint, text = self._document(data["checkpoint"], Checkpoint)
        return ReadRow(RowKind.CHECKPOINT, data, checkpoint, text)

    # -- what rows have in common ----------------------------------------------------------------

    def _document(self, document: object, *kinds: type) -> tuple[Any, str]:
        value = self._documents.from_document(document)
        if not isinstance(value, kinds):
            names = " or ".join(kind.__name__ for kind in kinds)
            problem = f"the document must be of {names}, not {shown(value)}"
            raise DefinitionError(problem)
        return value, canonical_bytes(document).decode()

    def _come_after(self, what: str, key: tuple[str, ...]) -> None:
        if self._last is not None and key <= self._last:
            told = "stands there already" if key == self._last else f"comes after {' '.join(self._last)!r}"
            problem = f"{what} {' '.join(key)!r} {told}; each stands once, in the order of a dump"
            raise DefinitionError(problem)
        self._last = key


_STAGED = StagedRecord, StagedContradiction, StagedLoad, StagedLock, StagedIdentity


def _place(kind: RowKind | None, otherwise: int) -> int:
    return otherwise if kind is None else _ORDER[kind]
