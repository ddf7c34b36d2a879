"""Histories to read ladders from: made by the rules, event by event."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from itsmkit.practices import KindOfWork, Occasion, happen, incident_kind
from itsmkit.practices.decision import unchanged
from itsmkit.tickets import Actor, Fact, Ticket, TicketEvent, TicketId

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class Story:
    """A ticket to which things happen."""

    def __init__(self, **details: object) -> None:
        kind: KindOfWork[Ticket] = incident_kind()  # type: ignore[assignment]  # an incident is a ticket
        told = {"title": "No mail", "requester": "bob", **details}
        logged = kind.log(TicketId("t1"), "INC-1", Occasion(Actor("ann"), START), details=told)
        self.kind = kind
        self.ticket: Ticket = logged.ticket
        self.history: list[TicketEvent] = list(logged.events)

    def then(self, minutes: float, *facts: Fact, by: str = "ann", automated: bool = False) -> "Story":
        """Let *facts* happen, so many minutes after the start."""
        at = START + timedelta(minutes=minutes)
        decision = happen(self.ticket, Occasion(Actor(by, automated=automated), at), *facts)
        return self._after(decision)

    def move(self, minutes: float, trigger: str, **details: object) -> "Story":
        """Move it through its workflow."""
        at = START + timedelta(minutes=minutes)
        return self._after(self.kind.transition(self.ticket, trigger, Occasion(Actor("ann"), at), details))

    def _after(self, decision: object) -> "Story":
        assert isinstance(decision, type(unchanged(self.ticket)))
        self.ticket = decision.ticket
        self.history += decision.events
        return self


@pytest.fixture(scope="session")
def story() -> Callable[..., Story]:
    """Return what begins a story: a ticket that ann logs for bob on a Monday at nine."""
    return Story
