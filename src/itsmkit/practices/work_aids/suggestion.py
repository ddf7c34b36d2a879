"""
Suggested replies: what a plugin would write, and whether that is sent, drafted or dropped.

What is sent by itself is marked as automatic, and is no first response unless the policy says so: a clock
that promises an answer by a person keeps running.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._frozen import as_tuple
from itsmkit._problems import instance_problems, shown
from itsmkit.conditions import compile_condition
from itsmkit.errors import DefinitionError
from itsmkit.practices.correspondence import PublicLetter
from itsmkit.practices.work_aids.reply_policy import ReplyPolicy, is_share
from itsmkit.tickets import Ticket

__all__ = ["ReplyAction", "SuggestedReply", "Suggestion", "chosen_reply"]


@frozen
class Suggestion:
    """
    A reply that a plugin suggests.

    Args:
        text: The words.
        source: Where they come from, such as the id of an article.
        confidence: How sure the plugin is, 0 to 1.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    text: str
    source: str = field(validator=named)
    confidence: float

    def __attrs_post_init__(self) -> None:
        problems = [*instance_problems("text", self.text, str)]
        if not problems and not self.text.strip():
            problems.append("text: there is none")
        if not is_share(self.confidence):
            problems.append(f"confidence: must be a number from 0 to 1, not {shown(self.confidence)}")
        if problems:
            raise DefinitionError(*(f"Suggestion.{each}" for each in problems))


class ReplyAction(StrEnum):
    """What is done with a suggestion."""

    SEND = "send"
    """It is sent, marked as automatic."""
    DRAFT = "draft"
    """It is noted for who works on the ticket, who may send it."""
    DROP = "drop"


@frozen
class SuggestedReply:
    """
    What is done with what was suggested for a ticket.

    Args:
        action: What is done with the best suggestion.
        suggestion: The best suggestion; ``None`` if there was none.
        others: The others, the surest first.
        because: Why.
        failures: Which plugins could not be asked, a sentence each.
    """

    action: ReplyAction
    suggestion: Suggestion | None
    others: tuple[Suggestion, ...] = field(default=(), converter=as_tuple)
    because: str = ""
    failures: tuple[str, ...] = field(default=(), converter=as_tuple)


def chosen_reply(
    ticket: Ticket,
    suggestions: Iterable[Suggestion],
    policy: ReplyPolicy,
    letters: Sequence[PublicLetter] = (),
) -> SuggestedReply:
    """
    Decide what is done with what was suggested for a ticket.

    Of equal confidence, the first is taken. A program is never answered by a program: where the last letter
    is automatic, be it one that was sent so before, nothing is sent.

    Args:
        ticket: The ticket.
        suggestions: What was suggested.
        policy: From which confidence on what is done.
        letters: What was written, as its requester sees it, in order.

    >>> from itsmkit.testing import an_incident_logged
    >>> ticket = an_incident_logged().ticket
    >>> sure = Suggestion("Press the button.", "article-7", 0.9)
    >>> chosen_reply(ticket, [sure], ReplyPolicy(send_from=0.8)).action
    <ReplyAction.SEND: 'send'>
    >>> print(chosen_reply(ticket, [sure], ReplyPolicy()).because)
    confidence 0.9 is at least 0.5, and nothing is sent by itself
    """
    ordered = sorted(suggestions, key=lambda each: -each.confidence)
    if not ordered:
        return SuggestedReply(ReplyAction.DROP, None, because="nothing was suggested")
    best, others = ordered[0], ordered[1:]
    told = f"confidence {best.confidence:g}"
    if best.confidence < policy.draft_from:
        return SuggestedReply(ReplyAction.DROP, best, others, f"{told} is less than {policy.draft_from:g}")
    if policy.send_from is None:
        because = f"{told} is at least {policy.draft_from:g}, and nothing is sent by itself"
    elif best.confidence < policy.send_from:
        because = f"{told} is at least {policy.draft_from:g}, and less than {policy.send_from:g}"
    elif letters and letters[-1].is_automatic:
        because = f"{told} would do, but the last letter is automatic, and no program answers another"
    elif compile_condition(policy.never_when)(ticket.facts()):
        because = f"{told} would do, but nothing is sent by itself where {policy.never_when}"
    else:
        because = f"{told} is at least {policy.send_from:g}"
        return SuggestedReply(ReplyAction.SEND, best, others, because)
    return SuggestedReply(ReplyAction.DRAFT, best, others, because)
