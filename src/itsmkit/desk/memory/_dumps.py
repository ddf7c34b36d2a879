"""Dumps of the in-memory store: what is kept as rows, and back."""

import base64
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from itsmkit.cmdb.history import ConfigurationEvent, RecordKey
from itsmkit.desk.memory._chains import Event, History, Text
from itsmkit.desk.memory._kept import Kept, KindAndId, Stream, Waiting
from itsmkit.plugin import ChainHead, Heads, OutboxEntry, RecordEvent, RowKind, StoredStaging, StoreRow
from itsmkit.plugin.documents import Document, Documents, StagingRow, staging_from_rows, staging_rows
from itsmkit.plugin.dump_reading import ReadRow, read_dump
from itsmkit.plugin.integrity import configuration_record, record_name, ticket_record
from itsmkit.tickets import TicketEvent, TicketId

__all__ = ["Snapshot", "kept_from"]


class Snapshot:
    """
    All that is kept of a tenant at one moment.

    Args:
        kept: What is copied, as far as it can change; the lock of its room is held.
        documents: What turns values into documents.
    """

    def __init__(self, kept: Kept, documents: Documents) -> None:
        self._documents = documents
        self._chains = kept.chains.copied()
        self._written = kept.written.copied()
        self._end = kept.end
        self._tickets = [*kept.tickets.items()]
        self._feed = kept.feed.copied()
        self._configuration = kept.configuration.copied()
        # To a list of events others may be added, and none is taken away.
        self._histories = [(key, events, len(events)) for key, events in kept.histories.items()]
        self._records = [(key, events, len(events)) for key, events in kept.records.items()]
        self._others = sorted(kept.others.items())
        self._other_feed = kept.other_feed.copied()
        self._other_ends = [(key, events, len(events)) for key, events in kept.other_histories.items()]
        self._staging = kept.staging
        self._series = sorted(kept.series.items())
        self._timers = [(key, held.timer) for key, held in sorted(kept.timers.items())]
        self._outbox = [(key, *_state(kept, key)) for key in kept.known_keys]
        self._cursors = sorted(kept.cursors.items())
        self._ledger = sorted(kept.ledger.items())
        self._attachments = sorted(kept.attachments.items())
        self._checkpoints = [*kept.checkpoints]

    # -- chains ----------------------------------------------------------------------------------

    def heads(self) -> Heads:
        """Return the heads of all chains."""
        histories: Iterator[History[Any]] = chain(
            self._ticket_histories().values(),
            self._record_histories().values(),
            self._other_histories().values(),
        )
        heads = (
            ChainHead(each.record, each.length, self._digests(each)[each.length - 1])
            for each in histories
            if each.length
        )
        return Heads(self._end, tuple(sorted(heads)))

    def _ticket_histories(self) -> dict[TicketId, History[TicketEvent]]:
        return {key: History(ticket_record(key), events, length) for key, events, length in self._histories}

    def _record_histories(self) -> dict[RecordKey, History[ConfigurationEvent]]:
        return {
            key: History(configuration_record(key), events, length) for key, events, length in self._records
        }

    def _other_histories(self) -> dict[KindAndId, History[RecordEvent]]:
        return {key: History(record_name(*key), events, length) for key, events, length in self._other_ends}

    def _digests(self, history: History[Any]) -> list[str]:
        return self._chains.digests(history, self._documents)

    # -- rows ------------------------------------------------------------------------------------

    def rows(self) -> Iterator[StoreRow]:
        """Go through all rows."""
        for key, stored in self._tickets:
            yield self._row(RowKind.TICKET, "ticket", key, stored)
        yield from self._events(
            RowKind.EVENT, self._feed, self._ticket_histories(), lambda event: event.ticket_id
        )
        yield from self._events(
            RowKind.CONFIGURATION,
            self._configuration,
            self._record_histories(),
            lambda event: event.record.key,
        )
        for record_key, record in self._others:
            yield self._row(RowKind.RECORD, "record", record_key, record)
        yield from self._events(
            RowKind.RECORD_EVENT,
            self._other_feed,
            self._other_histories(),
            lambda event: (event.kind, event.id),
        )
        yield from self._staging_rows()
        for series, last in self._series:
            yield StoreRow(RowKind.SERIES, {"series": series, "last": last})
        for timer_key, timer in self._timers:
            yield self._row(RowKind.TIMER, "timer", timer_key, timer)
        for outbox_key, state, entry in self._outbox:
            document = None if entry is None else self._document(RowKind.OUTBOX, outbox_key, entry)
            yield StoreRow(RowKind.OUTBOX, {"key": outbox_key, "state": state, "entry": document})
        for reader, cursor in self._cursors:
            yield self._row(RowKind.CURSOR, "cursor", reader, cursor)
        for ledger_key, remembered in self._ledger:
            yield self._row(RowKind.REMEMBERED, "entry", ledger_key, remembered)
        for digest, content in self._attachments:
            encoded = base64.b64encode(content).decode()
            yield StoreRow(RowKind.ATTACHMENT, {"digest": digest, "content": encoded})
        for place, checkpoint in enumerate(self._checkpoints):
            yield self._row(RowKind.CHECKPOINT, "checkpoint", place, checkpoint)

    def _staging_rows(self) -> Iterator[StoreRow]:
        if self._staging.version:
            yield StoreRow(RowKind.STAGING_VERSION, {"version": self._staging.version})
            rows = self._written.staged(staging_rows(self._staging.area), self._documents)
            yield from (StoreRow(RowKind.STAGED, {"row": document}) for document in rows)

    def _row(self, kind: RowKind, name: str, key: Any, value: object) -> StoreRow:
        return StoreRow(kind, {name: self._document(kind, key, value)})

    def _document(self, kind: RowKind, key: Any, value: object) -> Document:
        return self._written.document(kind, key, value, self._documents)

    def _events(
        self,
        kind: RowKind,
        stream: Stream[Event],
        histories: Mapping[Any, History[Event]],
        key_of: Callable[[Event], object],
    ) -> Iterator[StoreRow]:
        passed: Counter[object] = Counter()
        for position, event in zip(stream.positions, stream.events, strict=True):
            key = key_of(event)
            history, place = histories[key], passed[key]
            passed[key] += 1
            sealed = self._chains.sealed(history.record, place, event, self._documents)
            data = {"position": position, "digest": self._digests(history)[place], "event": sealed.document}
            if kind is not RowKind.CONFIGURATION:
                data["personal"] = sealed.personal
            yield StoreRow(kind, data)


def _state(kept: Kept, key: str) -> tuple[str, OutboxEntry | None]:
    """Return what has become of a notification, and what is left of it."""
    if key in kept.outbox:
        return "waiting", kept.outbox[key].entry
    return ("parked", kept.parked[key]) if key in kept.parked else ("delivered", None)


def kept_from(rows: Iterable[StoreRow], documents: Documents) -> Kept:
    """
    Return what the rows of a dump are of.

    Raises:
        DefinitionError: If a row does not fit; see `read_dump`.
    """
    kept = Kept()
    staged: list[StagingRow] = []
    version = 0
    for row in read_dump(rows, documents):
        match row:
            case ReadRow(RowKind.STAGING_VERSION):
                version = row.data["version"]
            case ReadRow(RowKind.STAGED):
                staged.append(row.value)
                kept.written.keep_staged(row.value, row.text)
            case _:
                _KEEP[row.kind](kept, row)
    kept.staging = StoredStaging(staging_from_rows(staged), version)
    return kept


def _keep_ticket(kept: Kept, row: ReadRow) -> None:
    key = row.value.ticket.id
    kept.save(row.value)
    kept.numbers[row.value.ticket.number] = key
    kept.written.keep(row.kind, key, row.value, row.text)


def _keep_event(kept: Kept, row: ReadRow) -> None:
    kept.histories[row.value.ticket_id].append(row.value)
    kept.feed.add(row.data["position"], row.value)
    _keep_link(kept, row)


def _keep_configuration(kept: Kept, row: ReadRow) -> None:
    kept.records[row.value.record.key].append(row.value)
    kept.configuration.add(row.data["position"], row.value)
    _keep_link(kept, row)


def _keep_record(kept: Kept, row: ReadRow) -> None:
    kept.keep_record(row.value)
    kept.written.keep(row.kind, (row.value.kind, row.value.id), row.value, row.text)


def _keep_record_event(kept: Kept, row: ReadRow) -> None:
    kept.other_histories[row.value.kind, row.value.id].append(row.value)
    kept.other_feed.add(row.data["position"], row.value)
    _keep_link(kept, row)


def _keep_link(kept: Kept, row: ReadRow) -> None:
    kept.chains.load(row.record, Text(row.text, row.data.get("personal")), row.data["digest"])
    kept.end = max(kept.end, row.data["position"])


def _keep_series(kept: Kept, row: ReadRow) -> None:
    kept.series[row.data["series"]] = row.data["last"]


def _keep_timer(kept: Kept, row: ReadRow) -> None:
    kept.set_timer(row.value)
    kept.written.keep(row.kind, (row.value.ticket_id, row.value.name), row.value, row.text)


def _keep_notification(kept: Kept, row: ReadRow) -> None:
    key, entry = row.data["key"], row.value
    kept.known_keys[key] = None
    if entry is not None:
        if entry.parked is None:
            kept.outbox[key] = Waiting(entry, entry.not_before)
        else:
            kept.parked[key] = entry
        kept.written.keep(row.kind, key, entry, row.text)


def _keep_cursor(kept: Kept, row: ReadRow) -> None:
    kept.cursors[row.value.reader] = row.value
    kept.written.keep(row.kind, row.value.reader, row.value, row.text)


def _keep_remembered(kept: Kept, row: ReadRow) -> None:
    kept.ledger[row.value.key] = row.value
    kept.written.keep(row.kind, row.value.key, row.value, row.text)


def _keep_attachment(kept: Kept, row: ReadRow) -> None:
    kept.attachments[row.data["digest"]] = row.value


def _keep_checkpoint(kept: Kept, row: ReadRow) -> None:
    kept.written.keep(row.kind, len(kept.checkpoints), row.value, row.text)
    kept.checkpoints.append(row.value)


_KEEP: Mapping[RowKind, Callable[[Kept, ReadRow], None]] = {
    RowKind.TICKET: _keep_ticket,
    RowKind.EVENT: _keep_event,
    RowKind.CONFIGURATION: _keep_configuration,
    RowKind.RECORD: _keep_record,
    RowKind.RECORD_EVENT: _keep_record_event,
    RowKind.SERIES: _keep_series,
    RowKind.TIMER: _keep_timer,
    RowKind.OUTBOX: _keep_notification,
    RowKind.CURSOR: _keep_cursor,
    RowKind.REMEMBERED: _keep_remembered,
    RowKind.ATTACHMENT: _keep_attachment,
    RowKind.CHECKPOINT: _keep_checkpoint,
}
