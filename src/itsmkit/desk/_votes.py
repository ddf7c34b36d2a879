"""
Delegated votes on a desk: who may vote in whose place on an order now.

Nothing follows from a timer but that people are told. Whoever decides about an order, or shows what waits for
somebody, reads in its unit of work what is delegated then; so a worker that is late lets no ballot through
that is not permitted, and refuses none that is.
"""

from collections.abc import Iterable
from datetime import datetime

from itsmkit.conditions import any_of, equals
from itsmkit.desk._commands import Runner
from itsmkit.desk._record_kind import RecordKind
from itsmkit.desk._timer_names import FULFILMENT, VOTES
from itsmkit.errors import NotFoundError
from itsmkit.plugin import ClaimedTimer, TicketQuery, Timer, UnitOfWork
from itsmkit.plugin.queries import MAX_PAGE
from itsmkit.practices.catalogue import NOBODY_STANDS_IN, OrderApproval, approval_of
from itsmkit.practices.delegated_votes import (
    DELEGATORS,
    DelegatedVotes,
    Delegators,
    stand_ins_for,
)
from itsmkit.tickets import ApproversAsked, ItemOrdered, Ticket, TicketId
from itsmkit.workflow.approvals import Delegations

__all__ = [
    "DELEGATED_VOTES",
    "LISTED",
    "REQUESTED",
    "delegations_on",
    "is_told_for_another",
    "listed",
    "run_votes",
    "set_timer_of_votes",
    "votes_of",
    "votes_of_all",
]

DELEGATED_VOTES = RecordKind(VOTES, DelegatedVotes, personal=["given.*.reason"], personal_said=["reason"])
LISTED = RecordKind("delegators of votes", Delegators)

REQUESTED = equals("approval", "requested")
"""The condition that an order waits for its approval."""


def votes_of(unit: UnitOfWork, person: str) -> DelegatedVotes:
    """Return what somebody has delegated. Raises `NotFoundError` if they never have."""
    return DELEGATED_VOTES.of(unit.record_of(DELEGATED_VOTES.name, person))


def listed(unit: UnitOfWork) -> Delegators | None:
    """Return who has delegated votes; ``None`` if nobody ever has."""
    try:
        return LISTED.of(unit.record_of(LISTED.name, DELEGATORS))
    except NotFoundError:
        return None


def votes_of_all(unit: UnitOfWork) -> tuple[DelegatedVotes, ...]:
    """Return what is delegated on the desk, by the ids of those who have, except of some who have ended."""
    known = listed(unit)
    return () if known is None else tuple(votes_of(unit, person) for person in known.people)


def delegations_on(unit: UnitOfWork, order: Ticket, approval: OrderApproval, item: str) -> Delegations:
    """
    Return who may stand in for whom when an order is approved.

    The requester never stands in for anybody there, whatever the policy of the item says.

    Args:
        unit: The unit of work, in which the order was read.
        order: The order.
        approval: Its approval.
        item: The key of the item.
    """
    known = listed(unit)
    if known is None:
        return NOBODY_STANDS_IN
    request = approval.request
    return stand_ins_for(
        dict.fromkeys(seat.person for stage in request.stages for seat in stage.seats),
        # Of who is not listed, nothing has to be read: they have delegated nothing that holds.
        lambda person: votes_of(unit, person) if person in known.people else None,
        item=item,
        barred={request.requester, *(() if order.requester is None else (order.requester,))},
        max_chain=request.policy.max_chain,
    )


def is_told_for_another(unit: UnitOfWork, order: Ticket, person: str, now: datetime) -> bool:
    """Tell whether somebody was asked to approve an order in the place of another, whom they stand in for."""
    history = unit.history(order.id)
    approval = approval_of(history)
    item = next((each.fact.item for each in history if isinstance(each.fact, ItemOrdered)), None)
    told = next((each.fact for each in reversed(history) if isinstance(each.fact, ApproversAsked)), None)
    if approval is None or item is None or told is None:
        return False
    delegations, policy = delegations_on(unit, order, approval, item), approval.request.policy
    return any(
        person
        in delegations.stand_ins(
            each.on_behalf_of, at=now, policy=policy.name, stage=each.stage, max_chain=policy.max_chain
        )
        for each in told.asked
        if each.person == person and each.on_behalf_of is not None
    )


# -- people are told ---------------------------------------------------------------------------------------


def set_timer_of_votes(runner: Runner, unit: UnitOfWork, votes: DelegatedVotes, *, is_now: bool) -> None:
    """
    Have the orders looked at that wait for whoever has delegated, when who is asked changes next.

    Args:
        runner: What runs the command.
        unit: The unit of work in which it was saved.
        votes: What they have delegated.
        is_now: Whether who is asked changes now.
    """
    now, key = runner.clock(), TicketId(votes.id)
    due = now if is_now else votes.next_change(now)
    if due is None:
        unit.clear_timer(key, VOTES)
    else:
        unit.set_timer(Timer(key, VOTES, due))


def run_votes(runner: Runner, claimed: ClaimedTimer) -> None:
    """
    Have all orders looked at that wait for whom the person of a claimed timer may vote.

    An order that is placed meanwhile reads itself what is delegated.

    Raises:
        ConflictError: If another worker holds the timer by now.
    """
    person = str(claimed.timer.ticket_id)
    with runner.store.begin() as unit:
        waiting = _those_before(person, votes_of_all(unit))
    asked = any_of(*(equals(f"participant.{each}", value=True) for each in sorted(waiting)))
    query = TicketQuery(REQUESTED & asked, (), MAX_PAGE)
    reader = runner.privileged_reader("orders.awaiting")
    orders = [each.ticket.id for each in reader.pages(query)]

    def work(unit: UnitOfWork) -> None:
        unit.finish_timer(claimed)
        for each in orders:
            unit.set_timer(Timer(each, FULFILMENT, claimed.timer.due))
        set_timer_of_votes(runner, unit, votes_of(unit, person), is_now=False)

    runner.retried(work)


def _those_before(person: str, votes: Iterable[DelegatedVotes]) -> set[str]:
    """Return *person*, and all from whom a chain of delegations leads to them, whenever it holds."""
    found, ends = {person}, {person}
    given = [(each.id, {one.delegate for one in each.given}) for each in votes]
    while ends:
        ends = {who for who, delegates in given if delegates & ends} - found
        found |= ends
    return found
