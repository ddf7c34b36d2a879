"""Dumps that no store may load: each is what `lived` leaves, changed in one thing."""

from collections.abc import Callable
from typing import Any

import pytest

from itsmkit.plugin import RowKind, StoreRow

__all__ = ["Rows", "WRONG_DUMPS"]

Rows = list[StoreRow]
Change = Callable[[Rows], object]


def _row(kind: RowKind, place: int = 0) -> Callable[[Rows], int]:
    """Return what finds the index of a row among those of its kind."""
    return lambda rows: [index for index, row in enumerate(rows) if row.kind is kind][place]


def _with(find: Callable[[Rows], int], *path: str, value: object) -> Change:
    """Return what puts a value at a path into the data of a row."""

    def change(rows: Rows) -> None:
        part: Any = rows[find(rows)].data
        for name in path[:-1]:
            part = part[name]
        part[path[-1]] = value

    return change


def _without(find: Callable[[Rows], int], *names: str) -> Change:
    """Return what takes a row out, or only something out of its data."""

    def change(rows: Rows) -> None:
        index = find(rows)
        if not names:
            del rows[index]
        for name in names:
            del rows[index].data[name]

    return change


def _without_all(kind: RowKind, *finds: Callable[[Rows], int]) -> Change:
    """Return what takes all rows of a kind out, and some others."""

    def change(rows: Rows) -> None:
        others = {find(rows) for find in finds}
        rows[:] = [row for index, row in enumerate(rows) if row.kind is not kind and index not in others]

    return change


def _placed_as(find: Callable[[Rows], int], other: Callable[[Rows], int]) -> Change:
    """Return what gives an event the position of another."""

    def change(rows: Rows) -> None:
        rows[find(rows)].data["position"] = rows[other(rows)].data["position"]

    return change


def _twice(find: Callable[[Rows], int]) -> Change:
    """Return what lets a row stand twice."""
    return lambda rows: rows.insert(find(rows), rows[find(rows)])


def _moved(find: Callable[[Rows], int], to: Callable[[Rows], int]) -> Change:
    """Return what moves a row to where another stands."""
    return lambda rows: rows.insert(to(rows), rows.pop(find(rows)))


def _replaced(find: Callable[[Rows], int], row: Any) -> Change:
    """Return what puts something else in place of a row."""

    def change(rows: Rows) -> None:
        rows[find(rows)] = row

    return change


_TICKET, _SECOND_TICKET = _row(RowKind.TICKET), _row(RowKind.TICKET, 1)  # of two events, and of one
_LOGGED, _SECOND_LOGGED, _COMMENTED = (_row(RowKind.EVENT, place) for place in range(3))
_SAID, _UNSAID = _row(RowKind.CONFIGURATION), _row(RowKind.CONFIGURATION, 1)
_PERSON, _ARTICLE = _row(RowKind.RECORD, 1), _row(RowKind.RECORD)  # of two events each
_HIRED, _WRITTEN, _MOVED, _REMOVED = (_row(RowKind.RECORD_EVENT, place) for place in range(4))
_VERSION = _row(RowKind.STAGING_VERSION)
_CONTRADICTION, _IDENTITY = _row(RowKind.STAGED), _row(RowKind.STAGED, 1)
_RECORD = _row(RowKind.STAGED, -1)
_SERIES, _TIMER, _SECOND_TIMER = _row(RowKind.SERIES), _row(RowKind.TIMER), _row(RowKind.TIMER, 1)
_WAITING, _PARKED, _DELIVERED = (_row(RowKind.OUTBOX, place) for place in range(3))
_CURSOR, _REMEMBERED = _row(RowKind.CURSOR), _row(RowKind.REMEMBERED)
_ATTACHMENT, _CHECKPOINT = _row(RowKind.ATTACHMENT), _row(RowKind.CHECKPOINT)

_A_TIMER = {
    "type": "timer",
    "schema": 1,
    "ticket_id": "ticket-INC-1",
    "name": "resolve",
    "due": "2026-03-02T09:00:00.000000Z",
}

WRONG_DUMPS = [
    pytest.param(change, row, problem, id=name)
    for name, change, row, problem in [
        # rows
        ("no row", _replaced(_TICKET, "ticket"), 1, "must be a kind and its data"),
        ("an unknown kind", _replaced(_TICKET, ("tickets", {})), 1, "must be one of ticket, event"),
        ("no data", _replaced(_LOGGED, (RowKind.EVENT, None)), 3, "must be an object of position"),
        ("a part is missing", _without(_LOGGED, "digest"), 3, "must be an object of position"),
        ("a part too many", _with(_SERIES, "first", value=1), 20, "must be an object of series"),
        ("text for a number", _with(_LOGGED, "position", value="1"), 3, "position must be a whole number"),
        ("true for a number", _with(_SERIES, "last", value=True), 20, "last must be a whole number"),
        (
            "a number that no database holds",
            _with(_COMMENTED, "position", value=2**63),
            5,
            "position must be a whole number from 0 to 9223372036854775807",
        ),
        ("half of a character", _with(_SERIES, "series", value="\ud800"), 20, "series must be text of whole"),
        ("a number for text", _with(_SERIES, "series", value=7), 20, "series must be text"),
        ("no document", _with(_CURSOR, "cursor", value=[]), 27, "cursor must be an object"),
        ("kinds out of order", _moved(_SERIES, _VERSION), 15, "staging-version comes after series"),
        # documents
        ("another type", _with(_TICKET, "ticket", value=_A_TIMER), 1, "must be of StoredTicket"),
        ("an unknown type", _with(_LOGGED, "event", "type", value="ticket.evnt"), 3, "ticket.evnt"),
        ("a newer schema", _with(_TIMER, "timer", "schema", value=99), 21, "99 is newer"),
        (
            "no row of staging",
            _with(_IDENTITY, "row", value=_A_TIMER),
            16,
            "must be of StagedRecord or",
        ),
        ("a damaged checkpoint", _without(_CHECKPOINT, "checkpoint"), 30, "must be an object of checkpoint"),
        # tickets and their histories
        ("a ticket twice", _twice(_TICKET), 2, "stands in row 1 already"),
        (
            "a number twice",
            _with(_SECOND_TICKET, "ticket", "ticket", "number", value="INC-1"),
            2,
            "'INC-1' is that of another ticket",
        ),
        (
            "an event too few",
            _with(_TICKET, "ticket", "ticket", "version", value=3),
            1,
            "of version 3, but its history has 2 events",
        ),
        (
            "an event too many",
            _with(_TICKET, "ticket", "ticket", "version", value=1),
            5,
            "beyond the version of the ticket, 1, as row 1 has it",
        ),
        ("the last event is missing", _without(_COMMENTED), 1, "but its history has 1 events"),
        ("the first event is missing", _without(_LOGGED), 4, "follows event 0; a history has no gap"),
        ("the ticket is missing", _without(_SECOND_TICKET), 3, "no ticket 'ticket-INC-2'"),
        (
            "a changed event",
            _with(_COMMENTED, "event", "fact", "text", value="something else"),
            5,
            "the digest of event 2 of ticket/ticket-INC-1 is not that of its chain",
        ),
        (
            "a changed text",
            _with(_COMMENTED, "personal", "values", "/fact/text", value="something else"),
            5,
            "/fact/text is not the personal value that was sealed",
        ),
        (
            "another salt",
            _with(_COMMENTED, "personal", "salt", value="0" * 32),
            5,
            "/fact/text is not the personal value that was sealed",
        ),
        (
            "a salt that is none",
            _with(_COMMENTED, "personal", "salt", value="salt"),
            5,
            "the salt must be 32 hexadecimal digits, not str 'salt'",
        ),
        (
            "no text",
            _with(_COMMENTED, "personal", "values", value={}),
            5,
            "the values must be an object of one or more by their places",
        ),
        (
            "a text too many",
            _with(_COMMENTED, "personal", "values", "/fact/reason", value="as told"),
            5,
            "/fact/reason stands beside the event, which has no personal value there",
        ),
        (
            "a text alone",
            _with(_COMMENTED, "personal", value="as told"),
            5,
            "must be an object of salt, values",
        ),
        ("a changed digest", _with(_LOGGED, "digest", value="0" * 64), 3, "is not that of its chain"),
        ("no position", _with(_LOGGED, "position", value=0), 3, "position 0 does not come after 0"),
        ("events out of order", _moved(_SECOND_LOGGED, _LOGGED), 4, "does not come after"),
        ("an event twice", _twice(_LOGGED), 4, "does not come after"),
        # the configuration
        ("the first record is missing", _without(_SAID), 6, "follows event 0"),
        ("a changed record", _with(_SAID, "event", "actor", value="nobody"), 6, "is not that of its chain"),
        ("a place of a ticket", _with(_SAID, "position", value=1), 6, "that of an event of a ticket already"),
        ("records out of order", _moved(_UNSAID, _SAID), 6, "follows event 0"),
        # records
        ("a record twice", _twice(_ARTICLE), 9, "the record 'article vpn' stands there already"),
        ("records by another order", _moved(_PERSON, _ARTICLE), 9, "'article vpn' comes after 'person ann'"),
        ("a record is missing", _without(_PERSON), 9, "no record 'ann' of the kind 'person'"),
        (
            "a tombstone with a document",
            _with(_ARTICLE, "record", "document", value={"text": "a"}),
            8,
            "record: .*a tombstone has an empty one",
        ),
        ("no record of a kind", _with(_PERSON, "record", value=_A_TIMER), 9, "must be of Record, not"),
        (
            "an event of a record too few",
            _with(_PERSON, "record", "version", value=3),
            9,
            "of version 3, but its history has 2 events",
        ),
        (
            "an event of a record too many",
            _with(_PERSON, "record", "version", value=1),
            12,
            "beyond the version of the record, 1, as row 9 has it",
        ),
        ("the last event of a record is missing", _without(_REMOVED), 8, "but its history has 1 events"),
        (
            "all events of a record are missing",
            _without_all(RowKind.RECORD_EVENT, _ARTICLE),
            8,
            "its history has 0 events",
        ),
        ("the first event of a record is missing", _without(_HIRED), 11, "event 2 of .* follows event 0"),
        (
            "a changed event of a record",
            _with(_WRITTEN, "event", "data", "text", value="something else"),
            11,
            "the digest of event 1 of record/.* is not that of its chain",
        ),
        (
            "a changed name",
            _with(_HIRED, "personal", "values", "/data/name", value="Eve"),
            10,
            "event 1 of record/.*: /data/name is not the personal value that was sealed",
        ),
        (
            "a name alone",
            _with(_HIRED, "personal", value="Ann"),
            10,
            "what is personal must be an object of salt, values",
        ),
        (
            "something personal that no pointer leads to",
            _with(_WRITTEN, "personal", value={"salt": "0" * 32, "values": {"/data/text": "a"}}),
            11,
            "/data/text stands beside the event, which has no personal value there",
        ),
        (
            "a pointer that leads nowhere",
            _with(_WRITTEN, "event", "personal", value=["/nme"]),
            11,
            "'/nme' leads to nothing in the data",
        ),
        ("an event of a record twice", _twice(_MOVED), 13, "does not come after"),
        (
            "the place of another event",
            _with(_HIRED, "position", value=1),
            10,
            "the position 1 is that of an event of a ticket already",
        ),
        (
            "the place of a word on the configuration",
            _placed_as(_HIRED, _UNSAID),
            10,
            "is that of an event of the configuration already",
        ),
        # the staging area, and numbers
        ("no version of staging", _without(_VERSION), 14, "the version of the staging area is missing"),
        ("the version twice", _twice(_VERSION), 15, "stands there already"),
        ("version nothing", _with(_VERSION, "version", value=0), 14, "is 1 or more"),
        ("a staged row twice", _twice(_IDENTITY), 17, "stands there already"),
        ("staged rows out of order", _moved(_IDENTITY, _CONTRADICTION), 16, "comes after 'identity"),
        ("a contradiction of nothing", _without(_RECORD), 15, "which the contradiction follows, is missing"),
        (
            "a second contradiction alone",
            _with(_CONTRADICTION, "row", "place", value=1),
            15,
            "'contradiction scan [^ ]+ 0', which the contradiction follows",
        ),
        ("a series twice", _twice(_SERIES), 21, "'incident' stands there already"),
        # work that waits
        ("a timer twice", _twice(_TIMER), 22, "'ticket-INC-1 resolve' stands there already"),
        ("timers out of order", _moved(_SECOND_TIMER, _TIMER), 22, "comes after 'ticket-INC-1 respond'"),
        ("a key twice", _twice(_WAITING), 24, "'waiting' stands in the outbox already"),
        ("an unknown state", _with(_WAITING, "state", value="lost"), 23, "waiting, parked or delivered"),
        ("parked as waiting", _with(_PARKED, "state", value="waiting"), 24, "is not that of the entry"),
        ("nothing waits", _with(_WAITING, "entry", value=None), 23, "must be an object"),
        (
            "delivered with content",
            _with(_DELIVERED, "entry", value={}),
            25,
            "of the delivered 'delivered' only the key is kept",
        ),
        ("another key", _with(_WAITING, "key", value="other"), 23, "the key 'waiting', not of 'other'"),
        # the rest
        ("a cursor twice", _twice(_CURSOR), 28, "'reader' stands there already"),
        ("an entry of the ledger twice", _twice(_REMEMBERED), 29, "'form 17' stands there already"),
        ("an attachment twice", _twice(_ATTACHMENT), 30, "stands there already"),
        ("no base64", _with(_ATTACHMENT, "content", value="*"), 29, "is no base64"),
        ("other content", _with(_ATTACHMENT, "content", value="AAAA"), 29, "is not of this digest"),
    ]
]
