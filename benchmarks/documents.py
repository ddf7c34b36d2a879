"""
What writing and reading a ticket costs, beside json and cattrs, by which a store would keep it otherwise.

These keep a ticket whose details are text and whole numbers; a decimal or a date among them they do not.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import msgspec
import rfc8785
from cattrs.preconf.json import make_converter

from benchmarks._measure import Row, interleaved, micro, table
from itsmkit.plugin.documents import canonical_bytes, from_document, to_document
from itsmkit.practices import Incident
from itsmkit.testing import AN_AGENT
from itsmkit.tickets import StateChanged, TicketEvent, TicketId

ROUNDS = 7
REPEATS = 2_000
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def a_ticket(**details: object) -> Incident:
    """Return a ticket of 30 fields: 23 of its own, of which the last holds seven details."""
    told = {f"detail {number}": number if number % 2 else f"text {number}" for number in range(7)}
    return Incident(
        id=TicketId("01890a5d-ac96-774b-bcce-b302099a8057"),
        kind="incident",
        number="INC-1042",
        version=12,
        state="In Progress",
        state_category="active",
        opened_at=NINE,
        updated_at=NINE + timedelta(hours=1),
        title="Mail is down",
        requester="zoe",
        channel="email",
        site="Essen",
        service="mail",
        configuration_item="mail-1",
        category="software",
        impact="high",
        urgency="medium",
        priority="P2",
        support_group="Mail",
        assignee="ann",
        reassignments=2,
        reopens=1,
        details={**told, **details},
    )


def an_event() -> TicketEvent:
    """Return a move of that ticket."""
    fact = StateChanged("New", "In Progress", "active", "start", {"note": "on it"})
    return TicketEvent(TicketId("01890a5d-ac96-774b-bcce-b302099a8057"), 2, NINE, NINE, NINE, AN_AGENT, fact)


def cattrs_pair() -> tuple[Callable[[Incident], Any], Callable[[Any], Incident]]:
    """Return what cattrs makes of a ticket and back, with its own forms for JSON."""
    converter = make_converter()
    converter.register_structure_hook_func(
        lambda kind: kind == Mapping[str, object], lambda value, _: dict(value)
    )
    return converter.unstructure, lambda plain: converter.structure(plain, Incident)


def check(ticket: Incident, event: TicketEvent) -> None:
    """Hold every side to the right answer before it is timed."""
    write, read = cattrs_pair()
    exact = a_ticket(cost=Decimal("1.50"))
    assert read(json.loads(json.dumps(write(ticket)))) == ticket
    for value in (ticket, exact, event):
        document = to_document(value)
        assert from_document(json.loads(json.dumps(document))) == value
        assert canonical_bytes(document) == rfc8785.dumps(document)
        assert msgspec.json.decode(canonical_bytes(document)) == document


def run() -> str:
    """Return the table of documents."""
    ticket, event = a_ticket(), an_event()
    check(ticket, event)
    write, read = cattrs_pair()
    document, theirs, of_event = to_document(ticket), write(ticket), to_document(event)
    text, their_text, canonical = json.dumps(document), json.dumps(theirs), canonical_bytes(document)
    work: dict[str, Callable[[], object]] = {
        "write": lambda: to_document(ticket),
        "write, cattrs": lambda: write(ticket),
        "read": lambda: from_document(document),
        "read, cattrs": lambda: read(theirs),
        "to text": lambda: json.dumps(to_document(ticket)),
        "to text, peers": lambda: json.dumps(write(ticket)),
        "from text": lambda: from_document(json.loads(text)),
        "from text, msgspec": lambda: from_document(msgspec.json.decode(canonical)),
        "from text, peers": lambda: read(json.loads(their_text)),
        "canonical": lambda: canonical_bytes(document),
        "canonical, peer": lambda: rfc8785.dumps(document),
        "event": lambda: to_document(event),
        "event, floor": lambda: json.dumps(of_event),
    }
    took = interleaved(
        {name: partial(micro, each, repeats=REPEATS) for name, each in work.items()}, rounds=ROUNDS
    )
    return table(
        "Documents: a ticket of 30 fields",
        [
            _row("a ticket as a document", "cattrs", took["write"], took["write, cattrs"]),
            _row("a document as a ticket, checked", "cattrs", took["read"], took["read, cattrs"]),
            _row("a ticket as text", "cattrs and json", took["to text"], took["to text, peers"]),
            _row("text as a ticket, by json", "cattrs and json", took["from text"], took["from text, peers"]),
            _row(
                "text as a ticket, by msgspec",
                "cattrs and json",
                took["from text, msgspec"],
                took["from text, peers"],
            ),
            _row("canonical JSON of a document", "rfc8785", took["canonical"], took["canonical, peer"]),
            _row("an event as a document", "json alone", took["event"], took["event, floor"]),
        ],
    )


def _row(what: str, peer: str, ours: float, theirs: float) -> Row:
    return what, f"{ours * 1e6:.1f} µs", f"{peer}, {theirs * 1e6:.1f} µs", f"{ours / theirs:.2f} ×"


if __name__ == "__main__":
    print(run())
