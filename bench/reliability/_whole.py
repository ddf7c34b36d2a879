"""
Whether all that a store keeps belongs together: seen by its dump, and reckoned anew from it.

The digests are computed here by hand, and not by what the stores compute them with.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from itsmkit.plugin import RecordEvent, RowKind, StoreRow
from itsmkit.plugin.documents import DOCUMENTS, unseal
from itsmkit.plugin.documents.canonical import canonical_bytes
from itsmkit.tickets import TicketEvent, replay

__all__ = ["problems_of"]


def problems_of(rows: Iterable[StoreRow]) -> Iterator[str]:
    """
    Yield what does not fit in a dump.

    Positions go up by one; the events of each record are numbered from 1 without a gap, and their chain of
    digests holds; each ticket is what its history makes of it, and none has the number of another; timers are
    of tickets that are there.
    """
    positions: list[int] = []
    chains: dict[str, tuple[int, str]] = {}
    tickets: dict[str, Any] = {}
    histories: dict[str, list[TicketEvent]] = {}
    timers: list[Any] = []
    for row in rows:
        data: Any = row.data
        if row.kind is RowKind.TICKET:
            stored = DOCUMENTS.from_document(data["ticket"])
            tickets[stored.ticket.id] = stored.ticket
        elif row.kind in {RowKind.EVENT, RowKind.CONFIGURATION, RowKind.RECORD_EVENT}:
            positions.append(data["position"])
            event = DOCUMENTS.from_document(unseal(data["event"], data.get("personal")))
            record = _record_of(event)
            sequence, digest = chains.get(record, (0, "00" * 32))
            if event.sequence != sequence + 1:
                yield f"event {event.sequence} of {record} follows event {sequence}"
            expected = sha256(b"\x02" + bytes.fromhex(digest) + canonical_bytes(data["event"])).hexdigest()
            if expected != data["digest"]:
                yield f"the chain of {record} breaks at event {event.sequence}"
            chains[record] = event.sequence, data["digest"]
            if row.kind is RowKind.EVENT:
                histories.setdefault(record, []).append(event)
        elif row.kind is RowKind.TIMER:
            timers.append(DOCUMENTS.from_document(data["timer"]))
    if sorted(positions) != list(range(1, len(positions) + 1)):
        yield f"the positions of {len(positions)} events are not 1 to {len(positions)}"
    yield from _problems_of_tickets(tickets, histories)
    yield from (
        f"a timer of {each.ticket_id}, which is not there" for each in timers if each.ticket_id not in tickets
    )


def _record_of(event: Any) -> str:
    match event:
        case TicketEvent():
            return event.ticket_id
        case RecordEvent():
            return f"{event.kind} {event.id}"
        case _:
            return str(event.record.key)


def _problems_of_tickets(tickets: dict[str, Any], histories: dict[str, list[TicketEvent]]) -> Iterator[str]:
    yield from (
        f"{ticket_id} has events, and is not there" for ticket_id in histories.keys() - tickets.keys()
    )
    numbers: dict[str, str] = {}
    for ticket in tickets.values():
        if ticket.number in numbers:
            yield f"{ticket.number} is the number of {ticket.id} and of {numbers[ticket.number]}"
        numbers[ticket.number] = ticket.id
        history = histories.get(ticket.id, [])
        if not history or replay(history, type(ticket)) != ticket:
            yield f"{ticket.number} is not what its {len(history)} events make of it"
