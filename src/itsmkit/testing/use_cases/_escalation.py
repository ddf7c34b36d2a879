"""What can be asked of escalation."""

from itsmkit.plugin import Timer
from itsmkit.plugin.storage import OF_NO_TICKET
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


def _parked_digest(stage: Stage) -> Timer:
    """Let what the boss is to be told together be parked."""
    _told_of(stage)
    claimed = stage.store.claim_due(stage.clock() + HOUR, lease=HOUR, limit=9)
    [waiting] = [each for each in claimed if each.timer.ticket_id.startswith(OF_NO_TICKET)]
    stage.store.fail(waiting, "given up")
    stage.store.release([each for each in claimed if each is not waiting])
    [parked] = stage.store.parked_timers()
    return parked


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
    UseCase(
        "tickets.resume_timer",
        lambda desk, timer, once: desk.tickets.resume_timer(timer.ticket_id, timer.name, **once),
        _parked_digest,
        variant="of no ticket",
    ),
)
