"""How an order is approved: who is asked, what they said, and what came of it, read from its history."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from attrs import frozen

from itsmkit._frozen import EMPTY, thawed
from itsmkit.calendars import BusinessTime
from itsmkit.errors import RefusedError
from itsmkit.languages import message
from itsmkit.practices.catalogue.catalogue_item import CatalogueItem
from itsmkit.practices.catalogue.ordering import facts_of_order
from itsmkit.practices.decision import Notice, Occasion
from itsmkit.tickets import (
    ApprovalDecided,
    ApprovalOpened,
    BallotCast,
    Fact,
    Participant,
    ParticipantAdded,
    Ticket,
    TicketEvent,
)
from itsmkit.workflow.approvals import (
    ApprovalReading,
    ApprovalRequest,
    Ballot,
    Vote,
    cast,
    open_approval,
    read_approval,
)
from itsmkit.workflow.approvals.history_form import request_from, request_to_mapping

__all__ = [
    "APPROVER",
    "OrderApproval",
    "approval_notices",
    "approval_of",
    "ask_for_approval",
    "cast_ballot",
]

APPROVER = "approver"
"""As what those who are asked take part in the order, so that they may see it."""


@frozen
class OrderApproval:
    """
    The approval of an order, as its history tells.

    Args:
        request: Who sits where.
        ballots: What was voted, in order.
        is_over: Whether the history says that it came to its end.
    """

    request: ApprovalRequest
    ballots: tuple[Ballot, ...] = ()
    is_over: bool = False

    def at(self, instant: datetime, calendar: BusinessTime) -> ApprovalReading:
        """Return how it stands at an instant, the time of its stages being counted by *calendar*."""
        return read_approval(self.request, self.ballots, at=instant, calendar=calendar)

    def asked_at(self, instant: datetime, calendar: BusinessTime) -> frozenset[tuple[str, str]]:
        """Return who is asked to vote at an instant: the stage, and the person."""
        return frozenset((each.stage, each.person) for each in self.at(instant, calendar).open_requests)


def approval_of(history: Iterable[TicketEvent]) -> OrderApproval | None:
    """Return the approval of an order: a function of its history; ``None`` if none was asked for."""
    request: ApprovalRequest | None = None
    ballots: list[Ballot] = []
    is_over = False
    for event in history:
        match event.fact:
            case ApprovalOpened(request=plain):
                request = request_from(thawed(plain))
            case BallotCast(stage=stage, vote=vote, on_behalf_of=seat, comment=comment):
                ballots.append(Ballot(stage, event.actor.id, Vote(vote), event.effective_at, seat, comment))
            case ApprovalDecided():
                is_over = True
    return None if request is None else OrderApproval(request, tuple(ballots), is_over)


def ask_for_approval(
    item: CatalogueItem,
    order: Ticket,
    occasion: Occasion,
    *,
    manager: str | None = None,
    roles: Mapping[str, Iterable[str]] = EMPTY,
) -> tuple[Fact, ...]:
    """
    Ask for the approval of an order: seat who may vote, and let them take part in it.

    Args:
        item: The item, which is ordered with approval.
        order: The order.
        occasion: When, and by whom.
        manager: Whom the requester reports to.
        roles: Who holds the roles that the policy asks about.

    Returns:
        What happens to the order.

    Raises:
        DefinitionError: With every problem: a role that is not told, or a fact that names no people.
    """
    assert item.approval is not None  # noqa: S101  # who calls has seen to it
    request = open_approval(
        item.approval,
        requester=order.requester or occasion.actor.id,
        at=occasion.at,
        facts=facts_of_order(item, order, manager),
        roles=roles,
    )
    people = dict.fromkeys(seat.person for stage in request.stages for seat in stage.seats)
    known = {each.person for each in order.participants if each.role == APPROVER}
    return (
        ApprovalOpened(request_to_mapping(request)),
        *(ParticipantAdded(Participant(each, APPROVER)) for each in people if each not in known),
    )


def cast_ballot(
    order: Ticket,
    approval: OrderApproval | None,
    vote: Vote,
    occasion: Occasion,
    calendar: BusinessTime,
    *,
    stage: str | None = None,
    on_behalf_of: str | None = None,
    comment: str = "",
) -> BallotCast:
    """
    Vote on an order, as who acts.

    Args:
        order: The order.
        approval: Its approval.
        vote: For or against it.
        occasion: When, and by whom.
        calendar: Where the time of stages is counted.
        stage: The stage; by default, the only one in which they are asked.
        on_behalf_of: Whose seat it fills, if it is not their own.
        comment: What they say to it.

    Raises:
        RefusedError: If the order asks for no approval, or several stages ask who acts.
        BallotRefusedError: With every reason, if it may not be cast.
    """
    if approval is None or approval.is_over:
        refusal = f"cannot {vote} {order.number}: nobody is asked for its approval"
        raise RefusedError(refusal)
    if stage is None:
        asked = [
            each.stage
            for each in approval.at(occasion.at, calendar).open_requests
            if (each.person, each.on_behalf_of) == (occasion.actor.id, on_behalf_of)
        ]
        stage = _only_one(asked, f"cannot {vote} {order.number}", occasion.actor.id)
    ballot = Ballot(stage, occasion.actor.id, vote, occasion.at, on_behalf_of, comment)
    cast(approval.request, approval.ballots, ballot, calendar=calendar)
    return BallotCast(stage, vote.value, on_behalf_of, comment)


def _only_one(stages: list[str], what: str, person: str) -> str:
    if len(stages) == 1:
        return stages[0]
    if stages:
        refusal = f"{what}: several stages ask {person}, {', '.join(stages)}; say which in `stage`"
    else:
        refusal = f"{what}: {person} is not asked to vote on it now"
    raise RefusedError(refusal)


def approval_notices(order: Ticket, people: Iterable[str], version: int) -> Iterator[Notice]:
    """Go through what those are told who are asked to vote on an order from now on."""
    for person in sorted({*people}):
        if order.title:
            subject = message(
                "{number}: {title} asks for your approval", number=order.number, title=order.title
            )
        else:
            subject = message("{number} asks for your approval", number=order.number)
        body = message("Please approve or reject {number}.", number=order.number)
        if order.requester:
            body = message(
                "{requester} has ordered it. Please approve or reject {number}.",
                requester=order.requester,
                number=order.number,
            )
        yield Notice(person, subject, body, f"approval/{version}")
