"""Every value that a store keeps comes back from its document as it was."""

import json

from hypothesis import given, settings

from itsmkit.plugin import StoredTicket
from itsmkit.plugin.documents import canonical_bytes, from_document, to_document
from itsmkit.practices import Incident
from itsmkit.testing.strategies import incident_histories
from itsmkit.tickets import TicketEvent, replay


@settings(max_examples=50)
@given(incident_histories())
def test_a_history_and_its_ticket_come_back(history: tuple[TicketEvent, ...]) -> None:
    stored = StoredTicket(replay(history, Incident))
    for value in (*history, stored):
        assert from_document(json.loads(canonical_bytes(to_document(value)))) == value
