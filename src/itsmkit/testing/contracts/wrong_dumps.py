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
        ("a part too many", _with(_SERIES, "first", value=1), 14, "must be an object of series"),
        ("text for a number", _with(_LOGGED, "position", value="1"), 3, "position must be a whole number"),
        ("true for a number", _with(_SERIES, "last", value=True), 14, "last must be a whole number"),
        (
            "a number that no database holds",
            _with(_COMMENTED, "position", value=2**63),
            5,
            "position must be a whole number from 0 to 9223372036854775807",
        ),
        ("half of a character", _with(_SERIES, "series", value="\ud800"), 14, "series must be text of whole"),
        ("a number for text", _with(_SERIES, "series", value=7), 14, "series must be text"),
        ("no document", _with(_CURSOR, "cursor", value=[]), 21, "cursor must be an object"),
        ("kinds out of order", _moved(_SERIES, _VERSION), 9, "staging-version comes after series"),
        # documents
        ("another type", _with(_TICKET, "ticket", value=_A_TIMER), 1, "must be of StoredTicket"),
        ("an unknown type", _with(_LOGGED, "event", "type", value="ticket.evnt"), 3, "ticket.evnt"),
        ("a newer schema", _with(_TIMER, "timer", "schema", value=99), 15, "99 is newer"),
        (
            "no row of staging",
            _with(_IDENTITY, "row", value=_A_TIMER),
            10,
            "must be of StagedRecord or",
        ),
        ("a damaged checkpoint", _without(_CHECKPOINT, "checkpoint"), 24, "must be an object of checkpoint"),
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
        ("a changed digest", _with(_LOGGED, "digest", value="0" * 64), 3, "is not that of its chain"),
        ("no position", _with(_LOGGED, "position", value=0), 3, "position 0 does not come after 0"),
        ("events out of order", _moved(_SECOND_LOGGED, _LOGGED), 4, "does not come after"),
        ("an event twice", _twice(_LOGGED), 4, "does not come after"),
        # the configuration
        ("the first record is missing", _without(_SAID), 6, "follows event 0"),
        ("a changed record", _with(_SAID, "event", "actor", value="nobody"), 6, "is not that of its chain"),
        ("a place of a ticket", _with(_SAID, "position", value=1), 6, "that of an event of a ticket already"),
        ("records out of order", _moved(_UNSAID, _SAID), 6, "follows event 0"),
        # the staging area, and numbers
        ("no version of staging", _without(_VERSION), 8, "the version of the staging area is missing"),
        ("the version twice", _twice(_VERSION), 9, "stands there already"),
        ("version nothing", _with(_VERSION, "version", value=0), 8, "is 1 or more"),
        ("a staged row twice", _twice(_IDENTITY), 11, "stands there already"),
        ("staged rows out of order", _moved(_IDENTITY, _CONTRADICTION), 10, "comes after 'identity"),
        ("a contradiction of nothing", _without(_RECORD), 9, "which the contradiction follows, is missing"),
        (
            "a second contradiction alone",
            _with(_CONTRADICTION, "row", "place", value=1),
            9,
            "'contradiction scan [^ ]+ 0', which the contradiction follows",
        ),
        ("a series twice", _twice(_SERIES), 15, "'incident' stands there already"),
        # work that waits
        ("a timer twice", _twice(_TIMER), 16, "'ticket-INC-1 resolve' stands there already"),
        ("timers out of order", _moved(_SECOND_TIMER, _TIMER), 16, "comes after 'ticket-INC-1 respond'"),
        ("a key twice", _twice(_WAITING), 18, "'waiting' stands in the outbox already"),
        ("an unknown state", _with(_WAITING, "state", value="lost"), 17, "waiting, parked or delivered"),
        ("parked as waiting", _with(_PARKED, "state", value="waiting"), 18, "is not that of the entry"),
        ("nothing waits", _with(_WAITING, "entry", value=None), 17, "must be an object"),
        (
            "delivered with content",
            _with(_DELIVERED, "entry", value={}),
            19,
            "of the delivered 'delivered' only the key is kept",
        ),
        ("another key", _with(_WAITING, "key", value="other"), 17, "the key 'waiting', not of 'other'"),
        # the rest
        ("a cursor twice", _twice(_CURSOR), 22, "'reader' stands there already"),
        ("an entry of the ledger twice", _twice(_REMEMBERED), 23, "'form 17' stands there already"),
        ("an attachment twice", _twice(_ATTACHMENT), 24, "stands there already"),
        ("no base64", _with(_ATTACHMENT, "content", value="*"), 23, "is no base64"),
        ("other content", _with(_ATTACHMENT, "content", value="AAAA"), 23, "is not of this digest"),
    ]
]
