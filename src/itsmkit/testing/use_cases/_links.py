"""What can be asked of links between tickets."""

from itsmkit.testing.use_cases._beginnings import assigned, under_way
from itsmkit.testing.use_cases._stage import Stage, UseCase
from itsmkit.tickets import Ticket, TicketId

__all__ = ["USE_CASES"]


def _pair(stage: Stage) -> tuple[TicketId, TicketId]:
    """Let two incidents be there."""
    other = stage.steady.incidents.log("No mail", requester="eve", details={"cable": "red"})
    return under_way(stage).id, other.id


def _linked_pair(stage: Stage) -> tuple[TicketId, TicketId]:
    """Let one of them be fixed by the other."""
    one, other = _pair(stage)
    stage.steady.links.link(one, "fixed_by", other)
    return one, other


def _merged_pair(stage: Stage) -> tuple[TicketId, TicketId]:
    """Let one of them go on in the other, which was commented on."""
    one, other = _pair(stage)
    stage.steady.links.merge(one, into=other)
    stage.steady.tickets.comment(other, "The same fuse")
    return one, other


def _said_of_two(stage: Stage) -> Ticket:
    """Let a comment be about something else."""
    return stage.steady.tickets.comment(under_way(stage).id, "And the lamp flickers", public=True)


def _asked(stage: Stage) -> Ticket:
    """Let it be asked of an incident whether it works again."""
    cause, asked = under_way(stage), assigned(stage)
    stage.steady.links.link(asked.id, "fixed_by", cause.id)
    stage.steady.incidents.transition(cause.id, "wait", pending_reason="it seems to work")
    stage.steady.run_due()
    return asked


USE_CASES = (
    UseCase(
        "links.link", lambda desk, pair, once: desk.links.link(pair[0], "child_of", pair[1], **once), _pair
    ),
    UseCase(
        "links.unlink",
        lambda desk, pair, once: desk.links.unlink(pair[1], "fixes", pair[0], **once),
        _linked_pair,
    ),
    UseCase("links.merge", lambda desk, pair, once: desk.links.merge(pair[0], into=pair[1], **once), _pair),
    UseCase("links.unmerge", lambda desk, pair, once: desk.links.unmerge(pair[0], **once), _merged_pair),
    UseCase(
        "links.split",
        lambda desk, ticket, once: desk.links.split(
            ticket.id, "The lamp flickers", messages=[ticket.version], **once
        ),
        _said_of_two,
    ),
    UseCase(
        "links.answer",
        lambda desk, ticket, once: desk.links.answer(ticket.id, accepted=True, **once),
        _asked,
    ),
)
