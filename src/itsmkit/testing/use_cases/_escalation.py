"""What can be asked of escalation."""

from itsmkit.testing.use_cases._beginnings import assigned, under_way
from itsmkit.testing.use_cases._stage import HOUR, Stage, UseCase
from itsmkit.tickets import Ticket

__all__ = ["USE_CASES"]


def _told_of(stage: Stage) -> Ticket:
    """Let somebody have been told that nobody works on a ticket."""
    ticket = stage.steady.tickets.tag(under_way(stage).id, "watched")
    stage.clock.advance(HOUR)
    stage.steady.run_due()
    return ticket


USE_CASES = (
    UseCase(
        "escalation.escalate",
        lambda desk, ticket, once: desk.escalation.escalate(
            ticket.id, "database", reason="the disk is full", note="the network is fine", **once
        ),
        assigned,
    ),
    UseCase(
        "escalation.acknowledge",
        lambda desk, ticket, once: desk.escalation.acknowledge(ticket.id, "watch", note="on it", **once),
        _told_of,
    ),
)
