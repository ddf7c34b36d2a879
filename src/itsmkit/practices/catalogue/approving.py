"""How an order is approved: who is asked, what they said, and what came of it, read from its history."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from attrs import evolve, field, frozen

from itsmkit._frozen import EMPTY, frozen_dict, thawed
from itsmkit.calendars import BusinessTime
from itsmkit.errors import RefusedError
from itsmkit.languages import message
from itsmkit.money import Money
from itsmkit.practices.catalogue.catalogue_item import CatalogueItem
from itsmkit.practices.catalogue.ordering import facts_of_order
from itsmkit.practices.decision import Notice, Occasion
from itsmkit.tickets import (
    ApprovalDecided,
    ApprovalOpened,
    ApproversAsked,
    AskedToVote,
    BallotCast,
    Fact,
    ItemOrdered,
    Participant,
    ParticipantAdded,
    Ticket,
    TicketEvent,
    TicketId,
)
from itsmkit.workflow.approvals import (
    ApprovalReading,
    ApprovalRequest,
    Ballot,
    Delegations,
    Vote,
    VoteRequest,
    cast,
    open_approval,
    read_approval,
)
from itsmkit.workflow.approvals.history_form import request_from, request_to_mapping

__all__ = [
    "APPROVER",
    "NOBODY_STANDS_IN",
    "OrderApproval",
    "VoteAwaited",
    "approval_notices",
    "approval_of",
    "as_approver",
    "ask_for_approval",
    "cast_ballot",
    "told_to_vote",
    "votes_awaited",
]

NOBODY_STANDS_IN = Delegations()
"""What holds where nobody has delegated a vote."""

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

    def at(
        self, instant: datetime, calendar: BusinessTime, delegations: Delegations = NOBODY_STANDS_IN
    ) -> ApprovalReading:
        """
        Return how it stands at an instant.

        Args:
            instant: The instant.
            calendar: Where the time of its stages is counted.
            delegations: Who may stand in for whom now. A ballot that was cast needs none any more.
        """
        return read_approval(
            self.request,
            self.ballots,
            at=instant,
            delegations=delegations,
            calendar=calendar,
            on_record=True,
        )

    def asked_at(
        self, instant: datetime, calendar: BusinessTime, delegations: Delegations = NOBODY_STANDS_IN
    ) -> tuple[AskedToVote, ...]:
        """Return who is asked to vote at an instant; nobody, if it is decided."""
        reading = self.at(instant, calendar, delegations)
        return tuple(
            AskedToVote(each.stage, each.person, each.on_behalf_of) for each in reading.open_requests
        )


@frozen
class VoteAwaited:
    """
    An order that waits for the vote of somebody.

    Args:
        order: The key of the order.
        number: Its display number.
        title: What is ordered.
        requester: Who orders it.
        price: What it costs once, if anything.
        answers: What was answered to its form, by the names of fields.
        stage: The stage of the approval.
        on_behalf_of: Whose vote it is, if it is not their own.
    """

    order: TicketId
    number: str
    title: str | None
    requester: str | None
    price: Money | None
    answers: Mapping[str, object] = field(converter=frozen_dict)
    stage: str
    on_behalf_of: str | None = None


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
    delegations: Delegations = NOBODY_STANDS_IN,
    not_before: datetime | None = None,
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
        delegations: Who may stand in for whom.
        not_before: The effective instant of what happened to the order last: the ballot is cast then, if the
            clock of who acts is late.

    Raises:
        RefusedError: If the order asks for no approval, or several stages ask who acts.
        BallotRefusedError: With every reason, if it may not be cast.
    """
    if approval is None or approval.is_over:
        refusal = f"cannot {vote} {order.number}: nobody is asked for its approval"
        raise RefusedError(refusal)
    at = occasion.at if not_before is None else max(occasion.at, not_before)
    if stage is None:
        asked = approval.at(at, calendar, delegations).open_requests
        stage = _only_one(asked, f"cannot {vote} {order.number}", occasion.actor.id, on_behalf_of)
    ballot = Ballot(stage, occasion.actor.id, vote, at, on_behalf_of, comment)
    cast(
        approval.request,
        approval.ballots,
        ballot,
        delegations=delegations,
        calendar=calendar,
        on_record=True,
    )
    return BallotCast(stage, vote.value, on_behalf_of, comment)


def _only_one(asked: Iterable[VoteRequest], what: str, person: str, on_behalf_of: str | None) -> str:
    """Return the only stage in which somebody is asked, for themselves or for another."""
    theirs = [each for each in asked if each.person == person]
    stages = [each.stage for each in theirs if each.on_behalf_of == on_behalf_of]
    if len(stages) == 1:
        return stages[0]
    if stages:
        refusal = f"{what}: several stages ask {person}, {', '.join(stages)}; say which in `stage`"
    elif on_behalf_of is not None:
        refusal = f"{what}: {person} is not asked to vote on it for {on_behalf_of} now"
    else:
        refusal = f"{what}: {person} is not asked to vote on it now"
        others = dict.fromkeys(each.on_behalf_of for each in theirs if each.on_behalf_of is not None)
        if others:
            refusal += f", but for others; say for whom in `on_behalf_of`: {', '.join(others)}"
    raise RefusedError(refusal)


def as_approver(order: Ticket, person: str) -> Ticket:
    """
    Return *order* as it would be if somebody took part in it as one who is asked for its approval.

    So the rules of access judge who stands in for an approver: by what they themselves may do with what they
    are asked about. Nothing is saved of it.
    """
    return evolve(order, participants=(*order.participants, Participant(person, APPROVER)))


def told_to_vote(history: Sequence[TicketEvent], calendar: BusinessTime) -> tuple[AskedToVote, ...]:
    """
    Return who was told already that they are asked to vote on an order: a function of its history.

    Args:
        history: What has happened before it is looked at anew.
        calendar: Where the time of stages is counted.
    """
    for event in reversed(history):
        if isinstance(event.fact, ApproversAsked):
            return event.fact.asked
    for place in range(len(history) - 1, -1, -1):
        event = history[place]
        # With these it was looked at: who was asked at that instant was told. Nobody stood in.
        if isinstance(event.fact, ApprovalOpened | BallotCast):
            approval = approval_of(history[: place + 1])
            assert approval is not None  # noqa: S101  # it was opened, by then at the latest
            return approval.asked_at(event.effective_at, calendar)
    return ()


def votes_awaited(
    order: Ticket, history: Iterable[TicketEvent], asked: Iterable[VoteRequest], person: str
) -> tuple[VoteAwaited, ...]:
    """
    Return the votes of somebody for which an order waits, their own before those of others.

    Args:
        order: The order, as they may see it.
        history: Its history, as they may see it.
        asked: Who is asked now.
        person: Who looks.
    """
    ordered = next((each.fact for each in history if isinstance(each.fact, ItemOrdered)), None)
    price, answers = (None, EMPTY) if ordered is None else (ordered.price, ordered.answers)
    theirs = [each for each in asked if each.person == person]
    theirs.sort(key=lambda each: each.on_behalf_of is not None)
    return tuple(
        VoteAwaited(
            order.id,
            order.number,
            order.title,
            order.requester,
            price,
            answers,
            each.stage,
            each.on_behalf_of,
        )
        for each in theirs
    )


def approval_notices(order: Ticket, asked: Iterable[AskedToVote], version: int) -> Iterator[Notice]:
    """
    Go through what those are told who are asked to vote on an order from now on, sorted by person.

    Who votes only in the place of others is told in whose.
    """
    of: dict[str, list[str | None]] = {}
    for each in asked:
        of.setdefault(each.person, []).append(each.on_behalf_of)
    for person, seats in sorted(of.items()):
        others = [each for each in dict.fromkeys(seats) if each is not None]
        stands_in = None not in seats
        if order.title:
            subject = message(
                "{number}: {title} asks for your approval", number=order.number, title=order.title
            )
        else:
            subject = message("{number} asks for your approval", number=order.number)
        if stands_in and order.requester:
            body = message(
                "{requester} has ordered it. Please approve or reject {number} in the place of {people}.",
                requester=order.requester,
                number=order.number,
                people=", ".join(others),
            )
        elif stands_in:
            body = message(
                "Please approve or reject {number} in the place of {people}.",
                number=order.number,
                people=", ".join(others),
            )
        elif order.requester:
            body = message(
                "{requester} has ordered it. Please approve or reject {number}.",
                requester=order.requester,
                number=order.number,
            )
        else:
            body = message("Please approve or reject {number}.", number=order.number)
        yield Notice(
            person, subject, body, f"approval/{version}", taking_part_as=APPROVER if stands_in else None
        )
