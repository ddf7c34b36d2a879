"""What people are told of a step of a ladder, alone or together with others."""

from collections.abc import Sequence

from itsmkit.languages import Sayable, Term, counted, joined, message
from itsmkit.practices.decision import Notice
from itsmkit.practices.escalation.climbing import NextStep
from itsmkit.practices.escalation.ladder import Trigger
from itsmkit.tickets import Ticket

__all__ = ["digest_subject", "line_of_digest", "notice_of_step"]


def notice_of_step(ticket: Ticket, step: NextStep, recipient: str) -> Notice:
    """Return what *recipient* is told of a step on a ladder of *ticket*."""
    subject = message(
        "{number}: {ladder}, step {step}",
        number=ticket.number,
        ladder=Term("text", step.ladder.name),
        step=step.number,
    )
    parts: list[Sayable] = [_why(ticket, step)]
    if step.number < len(step.ladder.steps):
        parts.append(message("Until somebody acknowledges it, others will be told, too."))
    return Notice(recipient, subject, joined(parts, "\n\n"), f"escalation/{step.ladder.name}")


def line_of_digest(ticket: Ticket, ladder: str, step: int) -> Sayable:
    """Return what a digest says of a step on a ladder of *ticket*: nothing that could be personal."""
    return message(
        "{number} is {state}: {ladder}, step {step}",
        number=ticket.number,
        state=Term("state", ticket.state),
        ladder=Term("text", ladder),
        step=step,
    )


def digest_subject(lines: Sequence[object]) -> Sayable:
    """Return what a digest is called."""
    return counted("{n} escalation", "{n} escalations", n=len(lines))


def _why(ticket: Ticket, step: NextStep) -> Sayable:
    """Return what has set the ladder off."""
    ladder, since, number, n = step.ladder, step.standing.since, ticket.number, step.ladder.at_least
    match ladder.on:
        case Trigger.CHECKPOINT:
            return message(
                "{number}: its {clock} clock has been at {checkpoint} since {since}",
                number=number,
                clock=Term("clock", str(ladder.clock)),
                checkpoint=Term("checkpoint", str(ladder.checkpoint)),
                since=since,
            )
        case Trigger.IDLE:
            return message("{number}: nobody has worked on it since {since}", number=number, since=since)
        case Trigger.SILENT:
            return message(
                "{number}: its requester has been told nothing since {since}", number=number, since=since
            )
        case Trigger.REASSIGNED:
            return counted(
                "{ticket} has been handed on {n} time or more",
                "{ticket} has been handed on {n} times or more",
                ticket=number,
                n=n,
            )
        case Trigger.REOPENED:
            return counted(
                "{ticket} has been reopened {n} time or more",
                "{ticket} has been reopened {n} times or more",
                ticket=number,
                n=n,
            )
        case Trigger.BOUNCED:
            return counted(
                "{ticket} has come back {n} time or more to a group that had just handed it on",
                "{ticket} has come back {n} times or more to a group that had just handed it on",
                ticket=number,
                n=n,
            )
