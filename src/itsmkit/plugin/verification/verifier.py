"""The fold over the rows of a dump that finds what is wrong with it."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeVar

from itsmkit._frozen import EMPTY, FrozenDict
from itsmkit.cmdb.history import ConfigurationEvent
from itsmkit.errors import DefinitionError
from itsmkit.plugin.documents import (
    Cursor,
    Document,
    StagingRow,
    canonical_bytes,
    is_erased,
    problems_of_personal,
    staging_from_rows,
    unseal,
)
from itsmkit.plugin.documents.standard import DOCUMENTS
from itsmkit.plugin.dump import RowKind, StoreRow
from itsmkit.plugin.dump_reading import is_text, parts_of_row
from itsmkit.plugin.errors import DamagedStoreError
from itsmkit.plugin.integrity import Checkpoint, configuration_record, record_name, ticket_record
from itsmkit.plugin.records import ERASURE, Record, RecordEvent
from itsmkit.plugin.storage import (
    DEFAULT_TENANT,
    OF_NO_TICKET,
    LedgerEntry,
    OutboxEntry,
    StoredTicket,
    Timer,
)
from itsmkit.plugin.verification._chains import Chains, Positions
from itsmkit.plugin.verification._histories import Histories, Records
from itsmkit.plugin.verification._seals import broken_seal
from itsmkit.plugin.verification.anchors import Anchor
from itsmkit.plugin.verification.findings import MOST_KEPT, FindingKind, SealCheck, StoreFinding, Verification
from itsmkit.tickets import PersonalDataErased, TicketEvent, TicketId

if TYPE_CHECKING:
    from itsmkit.plugin.documents import Documents

__all__ = ["Verifier", "verify"]

Value = TypeVar("Value")

_ORDER = {kind: place for place, kind in enumerate(RowKind)}
_FEEDS = RowKind.EVENT, RowKind.CONFIGURATION, RowKind.RECORD_EVENT
_STAGING_ROWS = StagingRow.__args__


def verify(
    rows: Iterable[StoreRow],
    anchors: Iterable[Anchor] = (),
    *,
    prefixes: Mapping[str, str] = EMPTY,
    documents: "Documents" = DOCUMENTS,
) -> Verification:
    """
    Find what is wrong with what a store keeps.

    The rows are read once, and the memory is bounded by the number of records, not by that of events.

    Args:
        rows: A dump: `Store.dump`, or one that was read from a file.
        anchors: What the chains are held to: checkpoints that are kept elsewhere, and those that the dump
            itself holds, see `checkpoints_in` and `Store.checkpoints`. Of those that it holds and that are
            not among them, only such as cover its newest event are looked at.
        prefixes: What the numbers of a desk begin with, by the series that they are drawn from.
        documents: What the documents are of; with kinds of tickets of your own, `DOCUMENTS.extended`.
    """
    verifier = Verifier(anchors, prefixes=prefixes, documents=documents)
    try:
        for row in rows:
            verifier.read(row)
    except DamagedStoreError as error:
        verifier.give_up(str(error))
    return verifier.verification()


class Verifier:
    """
    A verification that is told row by row; `verify` is one in a call.

    Args:
        anchors: As for `verify`.
        prefixes: As for `verify`.
        documents: As for `verify`.
    """

    def __init__(
        self,
        anchors: Iterable[Anchor] = (),
        *,
        prefixes: Mapping[str, str] = EMPTY,
        documents: "Documents" = DOCUMENTS,
    ) -> None:
        self._anchors = sorted(set(anchors), key=lambda each: (each.checkpoint.position, each.checkpoint.at))
        self._prefixes = prefixes
        self._documents = documents
        self._row = 0
        self._is_whole = True
        self._rows: Counter[RowKind] = Counter()
        self._newest = 0  # the place of the kind of the row before
        self._findings: list[StoreFinding] = []
        self._counts: Counter[FindingKind] = Counter()
        self._chains = Chains(each.checkpoint.position for each in self._anchors)
        self._feeds = {kind: Positions() for kind in _FEEDS}
        self._histories = Histories()
        self._others = Records()
        self._erased = 0
        self._bare: dict[str, tuple[int, int, int]] = {}  # row, sequence and position of an erased event
        self._taken: dict[str, int] = {}
        self._series: dict[str, int] = {}
        self._staged: list[Any] = []
        self._keys: dict[RowKind, object] = {}
        self._entries: set[str] = set()
        self._found: list[Checkpoint] = []
        self._readers: Mapping[RowKind, Callable[[Document], None]] = {
            RowKind.TICKET: self._ticket,
            RowKind.EVENT: self._event,
            RowKind.CONFIGURATION: self._configuration_event,
            RowKind.RECORD: self._record,
            RowKind.RECORD_EVENT: self._record_event,
            RowKind.STAGING_VERSION: self._staging_version,
            RowKind.STAGED: self._staged_row,
            RowKind.SERIES: self._series_row,
            RowKind.TIMER: self._timer,
            RowKind.OUTBOX: self._outbox,
            RowKind.CURSOR: self._cursor,
            RowKind.REMEMBERED: self._remembered,
            RowKind.ATTACHMENT: self._attachment,
            RowKind.CHECKPOINT: self._checkpoint,
        }

    def read(self, row: StoreRow) -> None:
        """Look at the next row."""
        self._row += 1
        try:
            kind, data = parts_of_row(row)
        except DefinitionError as error:
            self._tell(FindingKind.MALFORMED, "; ".join(error.problems))
            return
        self._rows[kind] += 1
        place = _ORDER[kind]
        if place < self._newest:
            self._tell(FindingKind.DISORDERED, f"a row of the kind {kind} comes after those of later kinds")
        self._newest = max(self._newest, place)
        self._readers[kind](data)

    def give_up(self, problem: str) -> None:
        """Note that there are more rows, and that they cannot be read: what they say is not missed."""
        self._row += 1
        self._tell(FindingKind.UNREADABLE, f"{problem}; this row, and what follows it, was not looked at")
        self._is_whole = False

    def verification(self) -> Verification:
        """Return what came of it. No row is read afterwards."""
        if not self._is_whole:
            return self._told((), 0)
        self._row = 0
        for ticket_id, row, kind, problem in self._histories.unfinished():
            self._keep(StoreFinding(kind, problem, row, ticket_record(ticket_id)))
        for name, row, kind, problem in self._others.unfinished():
            self._keep(StoreFinding(kind, problem, row, name))
        for record, (row, sequence, position) in self._bare.items():
            problem = "what was personal in it is gone, and no later event says that it was erased"
            self._keep(StoreFinding(FindingKind.MISSING, problem, row, record, sequence, position))
        self._look_at_staging()
        for series, number in self._taken.items():
            last = self._series.get(series, 0)
            if last < number:
                taken = f"{self._prefixes[series]}{number}"
                problem = f"the series {series} is at {last}, and the number {taken} is in use"
                self._keep(StoreFinding(FindingKind.SERIES_BEHIND, problem))
        return self._told(*self._look_at_seals())

    def _told(self, seals: tuple[SealCheck, ...], unchecked: int) -> Verification:
        return Verification(
            FrozenDict(self._rows),
            len(self._chains),
            self._end,
            seals,
            unchecked,
            tuple(self._findings),
            FrozenDict(self._counts),
            self._is_whole,
            self._erased,
        )

    # -- what is found ---------------------------------------------------------------------------

    def _keep(self, finding: StoreFinding) -> None:
        self._counts[finding.kind] += 1
        if self._counts[finding.kind] <= MOST_KEPT:
            self._findings.append(finding)

    def _tell(self, kind: FindingKind, problem: str, record: str | None = None) -> None:
        self._keep(StoreFinding(kind, problem, self._row, record))

    def _value(self, document: Document, *kinds: type[Value]) -> Value | None:
        """Return the value of a document of one of *kinds*; ``None`` if it is none, which is told."""
        try:
            value = self._documents.from_document(document)
        except DefinitionError as error:
            self._tell(FindingKind.UNREADABLE, "; ".join(error.problems))
            return None
        if not isinstance(value, kinds):
            self._tell(FindingKind.UNREADABLE, f"its document is of another type: {document.get('type')}")
            return None
        return value

    def _in_order(self, kind: RowKind, key: Any, told: str) -> None:
        """See that a row of *kind* comes after those before it, by its key."""
        before: Any = self._keys.get(kind)
        if before is not None and key == before:
            self._tell(FindingKind.REPEATED, f"{told} stands there twice")
        elif before is not None and key < before:
            self._tell(FindingKind.DISORDERED, f"{told} comes after one that follows it")
        self._keys[kind] = key

    # -- tickets and events ----------------------------------------------------------------------

    def _ticket(self, data: Document) -> None:
        stored = self._value(data["ticket"], StoredTicket)
        if stored is None:
            inner = data["ticket"].get("ticket")
            raw = inner.get("id") if isinstance(inner, dict) else None
            if not isinstance(raw, str):
                return
            ticket_id, saved = TicketId(raw), None
        else:
            ticket_id, saved = stored.ticket.id, stored.ticket
            for series, prefix in self._prefixes.items():
                if series == saved.kind or series.startswith(f"{saved.kind}."):
                    self._take(series, prefix, saved.number)
        for kind, problem in self._histories.begin(ticket_id, self._row, saved):
            self._tell(kind, problem, ticket_record(ticket_id))

    def _take(self, series: str, prefix: str, number: str) -> None:
        if number.startswith(prefix):
            digits = number.removeprefix(prefix)
            if digits.isascii() and digits.isdigit() and not digits.startswith("0"):
                self._taken[series] = max(self._taken.get(series, 0), int(digits))

    def _event(self, data: Document) -> None:
        event = self._parted(data, TicketEvent)
        ticket_id = data["event"].get("ticket_id") if event is None else event.ticket_id
        sequence = data["event"].get("sequence") if event is None else event.sequence
        self._see_position(RowKind.EVENT, data["position"])
        if not isinstance(ticket_id, str) or type(sequence) is not int:
            return  # it cannot be read, which is told
        record = ticket_record(TicketId(ticket_id))
        wrong = self._chained_parted(record, sequence, data, event)
        if event is None or wrong is FindingKind.MISSING:
            self._histories.give_up(TicketId(ticket_id))
        elif wrong is not FindingKind.REPEATED:
            self._see_erased(record, sequence, data, is_told=isinstance(event.fact, PersonalDataErased))
            for kind, problem in self._histories.follow(event):
                self._keep(StoreFinding(kind, problem, self._row, record, sequence, data["position"]))

    def _configuration_event(self, data: Document) -> None:
        event = self._value(data["event"], ConfigurationEvent)
        self._see_position(RowKind.CONFIGURATION, data["position"])
        if event is not None:
            self._chained(configuration_record(event.record.key), event.sequence, data)

    # -- records of any kind ---------------------------------------------------------------------

    def _record(self, data: Document) -> None:
        record = self._value(data["record"], Record)
        key = _key_in(data["record"]) if record is None else (record.kind, record.id)
        if key is None:
            return  # it cannot be read, which is told
        self._in_order(RowKind.RECORD, key, f"the record {key[1]!r} of the kind {key[0]!r}")
        self._others.begin(record_name(*key), self._row, None if record is None else record.version)

    def _record_event(self, data: Document) -> None:
        event = self._parted(data, RecordEvent)
        key = _key_in(data["event"]) if event is None else (event.kind, event.id)
        sequence = data["event"].get("sequence") if event is None else event.sequence
        self._see_position(RowKind.RECORD_EVENT, data["position"])
        if key is None or type(sequence) is not int:
            return  # as above
        name = record_name(*key)
        wrong = self._chained_parted(name, sequence, data, event)
        if wrong is FindingKind.MISSING:
            self._others.give_up(name)
        elif wrong is not FindingKind.REPEATED:
            if event is not None:
                self._see_erased(name, sequence, data, is_told=event.name == ERASURE)
            for kind, problem in self._others.follow(name, sequence):
                self._keep(StoreFinding(kind, problem, self._row, name, sequence, data["position"]))

    # -- what is personal in events --------------------------------------------------------------

    def _parted(self, data: Document, kind: type[Value]) -> Value | None:
        """Return the event of a row with what is personal in it, as `_value` does."""
        try:
            document = unseal(data["event"], data["personal"])
        except DefinitionError:
            document = data["event"]  # the form is told, and the document cannot be read
        return self._value(document, kind)

    def _chained_parted(
        self, record: str, sequence: int, data: Document, event: object
    ) -> FindingKind | None:
        """Add an event to its chain as `_chained` does, and see that what is personal is what was sealed."""
        wrong = self._chained(record, sequence, data)
        if event is not None and wrong is None:
            for problem in problems_of_personal(data["event"], data["personal"]):
                told = record, sequence, data["position"]
                self._keep(StoreFinding(FindingKind.CHANGED, problem, self._row, *told))
        return wrong

    def _see_erased(self, record: str, sequence: int, data: Document, *, is_told: bool) -> None:
        """Count an event that is erased. That it was, a later event has to say."""
        if is_told:
            self._bare.pop(record, None)
        if is_erased(data["event"], data["personal"]):
            self._erased += 1
            self._bare.setdefault(record, (self._row, sequence, data["position"]))

    # -- what all events have in common ----------------------------------------------------------

    def _see_position(self, kind: RowKind, position: int) -> None:
        own = self._feeds[kind]
        if any(position in feed for feed in self._feeds.values() if feed is not own):
            problem = "another event, of another feed, has the same position"
            self._keep(StoreFinding(FindingKind.REPEATED, problem, self._row, position=position))
        end = own.end
        if not own.add(position):
            problem = f"it comes after position {end}: positions grow from event to event"
            self._keep(StoreFinding(FindingKind.DISORDERED, problem, self._row, position=position))

    def _chained(self, record: str, sequence: int, data: Document) -> FindingKind | None:
        """Add an event to its chain, and return the kind of what is wrong with that."""
        position = data["position"]
        try:
            document = canonical_bytes(data["event"])
        except DefinitionError as error:
            told: tuple[FindingKind, str] | None = FindingKind.UNREADABLE, "; ".join(error.problems)
        else:
            told = self._chains.extend(record, sequence, position, data["digest"], document)
        if told is None:
            return None
        self._keep(StoreFinding(*told, self._row, record, sequence, position))
        return told[0]

    @property
    def _end(self) -> int:
        return max(feed.end for feed in self._feeds.values())

    # -- everything else -------------------------------------------------------------------------

    def _staging_version(self, _data: Document) -> None:
        if self._rows[RowKind.STAGING_VERSION] > 1:
            self._tell(FindingKind.REPEATED, "the staging area has a version already")

    def _staged_row(self, data: Document) -> None:
        row = self._value(data["row"], *_STAGING_ROWS)
        if row is None:
            return
        if not self._rows[RowKind.STAGING_VERSION]:
            self._tell(FindingKind.ORPHAN, "there is a row of a staging area that was never saved")
        self._in_order(RowKind.STAGED, row.key, f"the row {' '.join(row.key)!r} of the staging area")
        self._staged.append(row)

    def _look_at_staging(self) -> None:
        try:
            staging_from_rows(self._staged)
        except DefinitionError as error:
            for problem in error.problems:
                self._keep(StoreFinding(FindingKind.MISSING, problem))

    def _series_row(self, data: Document) -> None:
        series = data["series"]
        self._in_order(RowKind.SERIES, series, f"the series {series}")
        self._series[series] = data["last"]

    def _timer(self, data: Document) -> None:
        timer = self._value(data["timer"], Timer)
        if timer is not None:
            told = f"the timer {timer.name!r} of ticket {timer.ticket_id}"
            self._in_order(RowKind.TIMER, (timer.ticket_id, timer.name), told)
            is_of_record = record_name(timer.name, timer.ticket_id) in self._others
            is_of_digest = timer.ticket_id.startswith(OF_NO_TICKET)
            if timer.ticket_id not in self._histories and not is_of_record and not is_of_digest:
                self._tell(FindingKind.ORPHAN, f"{told}: there is no such ticket")

    def _outbox(self, data: Document) -> None:
        key, state = data["key"], data["state"]
        told = f"the notification {key!r}"
        if key in self._entries:
            self._tell(FindingKind.REPEATED, f"{told} stands in the outbox twice")
        self._entries.add(key)
        if data["entry"] is None:
            if state != "delivered":
                self._tell(FindingKind.MALFORMED, f"{told} is {state}, and there is no entry")
            return
        entry = self._value(data["entry"], OutboxEntry)
        if entry is None:
            return
        notification = entry.notification
        if notification.key != key:
            self._tell(FindingKind.MALFORMED, f"{told} has the entry of {notification.key!r}")
        wanted = "waiting" if entry.parked is None else "parked"
        if state != wanted:
            self._tell(FindingKind.MALFORMED, f"{told} is {state} by its row, and {wanted} by its entry")
        about = notification.ticket_id
        if not (about in self._histories or about in self._others or about.startswith(OF_NO_TICKET)):
            problem = f"{told} is of ticket {about}, and there is no such ticket"
            self._tell(FindingKind.ORPHAN, problem)

    def _cursor(self, data: Document) -> None:
        cursor = self._value(data["cursor"], Cursor)
        if cursor is not None:
            self._in_order(RowKind.CURSOR, cursor.reader, f"the cursor of {cursor.reader!r}")
            if cursor.position > self._end:
                problem = (
                    f"{cursor.reader!r} has read to position {cursor.position}; the newest is {self._end}"
                )
                self._tell(FindingKind.AHEAD, problem)

    def _remembered(self, data: Document) -> None:
        entry = self._value(data["entry"], LedgerEntry)
        if entry is not None:
            self._in_order(RowKind.REMEMBERED, entry.key, f"the entry {entry.key!r} of the ledger")

    def _attachment(self, data: Document) -> None:
        digest = data["digest"]
        self._in_order(RowKind.ATTACHMENT, digest, f"the attachment {digest}")
        try:
            content = b64decode(data["content"], validate=True)
        except (Base64Error, ValueError) as error:
            self._tell(FindingKind.DAMAGED, f"the content of the attachment {digest} is no base64: {error}")
            return
        if sha256(content).hexdigest() != digest:
            self._tell(FindingKind.DAMAGED, f"the content of the attachment {digest} is another one")

    def _checkpoint(self, data: Document) -> None:
        checkpoint = self._value(data["checkpoint"], Checkpoint)
        if checkpoint is not None:
            self._found.append(checkpoint)

    # -- seals -----------------------------------------------------------------------------------

    def _look_at_seals(self) -> tuple[tuple[SealCheck, ...], int]:
        known = {each.checkpoint for each in self._anchors}
        others = [each for each in self._found if each not in known]
        ready = [Anchor(DEFAULT_TENANT, each) for each in others if each.position >= self._end]
        seals: list[SealCheck] = []
        last_good: int | None = None
        for anchor in (*self._anchors, *ready):
            found = broken_seal(anchor, self._chains, end=self._end, last_good=last_good)
            for finding in found:
                self._keep(finding)
            if not found:
                last_good = anchor.checkpoint.position
            seals.append(SealCheck(anchor.checkpoint, holds=not found))
        return tuple(seals), len(others) - len(ready)


def _key_in(document: Document) -> tuple[str, str] | None:
    """Return kind and id of a document that cannot be read, or ``None`` if it has none that are text."""
    kind, record_id = document.get("kind"), document.get("id")
    if isinstance(kind, str) and isinstance(record_id, str) and is_text(kind) and is_text(record_id):
        return kind, record_id
    return None
