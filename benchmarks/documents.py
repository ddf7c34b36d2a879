"""
What writing and reading a ticket costs, beside json and cattrs, by which a store would keep it otherwise.

These keep a ticket whose details are text and whole numbers; a decimal or a date among them they do not.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import cycle
from typing import Any

import msgspec
import rfc8785
from attrs import evolve
from cattrs.preconf.json import make_converter

from benchmarks._measure import Row, interleaved, micro, table
from itsmkit.plugin.documents import DOCUMENTS, canonical_bytes, from_document, to_document
from itsmkit.practices import Incident
from itsmkit.testing import AN_AGENT
from itsmkit.tickets import StateChanged, TicketEvent, TicketId

ROUNDS = 7
REPEATS = 2_000
VARIOUS = REPEATS * (ROUNDS + 1)  # each is written once, so that nothing is known of it
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def a_ticket(**details: object) -> Incident:
    """Return a ticket of 45 fields: 38 of its own, and seven details."""
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
    converter.register_unstructure_hook(timedelta, timedelta.total_seconds)
    converter.register_structure_hook(timedelta, lambda seconds, _: timedelta(seconds=seconds))
    converter.register_structure_hook_func(
        lambda kind: kind == Mapping[str, object], lambda value, _: dict(value)
    )
    return converter.unstructure, lambda plain: converter.structure(plain, Incident)


def bare_pair(document: dict[str, Any]) -> tuple[Callable[[], bytes], Callable[[bytes], Any]]:
    """Return what msgspec alone writes and reads: a struct of the same fields, written unchecked."""
    keys = sorted(document)
    kinds = [(f"field_{number}", type(document[key])) for number, key in enumerate(keys)]
    kind = msgspec.defstruct(
        "Bare", kinds, rename={f"field_{n}": key for n, key in enumerate(keys)}, gc=False
    )
    struct = kind(*(document[key] for key in keys))
    encode = msgspec.json.Encoder(order="deterministic").encode
    return lambda: encode(struct), msgspec.json.Decoder(kind).decode


def various_tickets() -> list[Incident]:
    """
    Return tickets that differ in their texts, instants and details, more than any cache holds.

    Their instants are as a clock gives them: with microseconds.
    """
    return [
        evolve(
            a_ticket(**{f"answer {number % 5}": number}),
            id=TicketId(f"01890a5d-ac96-774b-bcce-{number:012d}"),
            number=f"INC-{number}",
            version=number,
            opened_at=NINE + timedelta(seconds=number, microseconds=7 * number),
            updated_at=NINE + timedelta(hours=number, microseconds=number),
            assignee="ann" if number % 3 else None,
            needed_by=NINE + timedelta(days=number) if number % 7 == 0 else None,
            tags=("vip",) if number % 11 == 0 else (),
        )
        for number in range(VARIOUS)
    ]


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
        assert DOCUMENTS.to_json(value) == canonical_bytes(document)
        assert DOCUMENTS.from_json(json.dumps(document)) == value


def run() -> str:
    """Return the table of documents."""
    ticket, event = a_ticket(), an_event()
    check(ticket, event)
    write, read = cattrs_pair()
    document, theirs, of_event = to_document(ticket), write(ticket), to_document(event)
    text, their_text, canonical = json.dumps(document), json.dumps(theirs), canonical_bytes(document)
    various = various_tickets()
    texts = [DOCUMENTS.to_json(each) for each in various_tickets()]
    their_texts = [json.dumps(write(each)) for each in various]
    assert [DOCUMENTS.from_json(each) for each in texts] == [read(json.loads(each)) for each in their_texts]
    bare_text, of_bare_text = bare_pair(document)
    assert bare_text() == canonical
    assert msgspec.json.encode(of_bare_text(canonical), order="deterministic") == canonical
    event_text = DOCUMENTS.to_json(event)
    next_ticket, next_text = cycle(various).__next__, cycle(texts).__next__
    next_peer, next_peers_text = cycle(various).__next__, cycle(their_texts).__next__
    work: dict[str, Callable[[], object]] = {
        "write": lambda: to_document(ticket),
        "write, cattrs": lambda: write(ticket),
        "read": lambda: from_document(document),
        "read, cattrs": lambda: read(theirs),
        "to text": lambda: json.dumps(to_document(ticket)),
        "to text, peers": lambda: json.dumps(write(ticket)),
        "to json": lambda: DOCUMENTS.to_json(ticket),
        "from json": lambda: DOCUMENTS.from_json(canonical),
        "to json, floor": bare_text,
        "from json, floor": lambda: of_bare_text(canonical),
        "various to json": lambda: DOCUMENTS.to_json(next_ticket()),
        "various to json, peers": lambda: json.dumps(write(next_peer())),
        "various from json": lambda: DOCUMENTS.from_json(next_text()),
        "various from json, peers": lambda: read(json.loads(next_peers_text())),
        "event to json": lambda: DOCUMENTS.to_json(event),
        "event to json, before": lambda: json.dumps(to_document(event)),
        "event from json": lambda: DOCUMENTS.from_json(event_text),
        "event from json, before": lambda: from_document(json.loads(event_text)),
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
        "Documents: a ticket of 45 fields",
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
            _row("a ticket as JSON, `to_json`", "cattrs and json", took["to json"], took["to text, peers"]),
            _row(
                "JSON as a ticket, `from_json`",
                "cattrs and json",
                took["from json"],
                took["from text, peers"],
            ),
            _row("a ticket as JSON, `to_json`", "msgspec alone", took["to json"], took["to json, floor"]),
            _row(
                "JSON as a ticket, `from_json`", "msgspec alone", took["from json"], took["from json, floor"]
            ),
            _row(
                f"`to_json` of {VARIOUS:,} tickets, one by one",
                "cattrs and json",
                took["various to json"],
                took["various to json, peers"],
            ),
            _row(
                f"`from_json` of {VARIOUS:,} tickets, one by one",
                "cattrs and json",
                took["various from json"],
                took["various from json, peers"],
            ),
            _row(
                "an event as JSON, `to_json`",
                "`to_document` and json",
                took["event to json"],
                took["event to json, before"],
            ),
            _row(
                "JSON as an event, `from_json`",
                "json and `from_document`",
                took["event from json"],
                took["event from json, before"],
            ),
            _row("canonical JSON of a document", "rfc8785", took["canonical"], took["canonical, peer"]),
            _row("an event as a document", "json alone", took["event"], took["event, floor"]),
        ],
    )


def _row(what: str, peer: str, ours: float, theirs: float) -> Row:
    return what, f"{ours * 1e6:.1f} µs", f"{peer}, {theirs * 1e6:.1f} µs", f"{ours / theirs:.2f} ×"


if __name__ == "__main__":
    print(run())
