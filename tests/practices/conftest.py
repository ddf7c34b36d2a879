from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from itsmkit.practices import Incident, KindOfWork, Occasion, incident_kind
from itsmkit.tickets import Actor, TicketId

OPENED = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="session")
def practice() -> KindOfWork[Incident]:
    return incident_kind()


@pytest.fixture(scope="session")
def opened() -> datetime:
    """Return the Monday morning on which everything begins."""
    return OPENED


@pytest.fixture(scope="session")
def occasion() -> Callable[..., Occasion]:
    """Return what makes an occasion: hours after the opening, and by whom."""

    def make(hours: float = 1, by: str = "ann", *, automated: bool = False) -> Occasion:
        return Occasion(Actor(by, automated=automated), OPENED + timedelta(hours=hours))

    return make


@pytest.fixture(scope="session")
def incident(practice: KindOfWork[Incident]) -> Incident:
    """Return an incident that was just logged: low impact, low urgency, P5, nobody's."""
    occasion = Occasion(Actor("caller"), OPENED)
    details = {"title": "No mail", "requester": "caller", "colour": "red"}
    return practice.log(TicketId("t1"), "INC-1", occasion, details=details).ticket
