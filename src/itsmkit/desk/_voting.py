"""Voting on orders: what waits for somebody, who may vote on it, and what they are shown of it."""

from collections.abc import Iterator, Sequence

from itsmkit.desk._access import Access, Guard, looking_in, unguarded
from itsmkit.desk._answers import TICKET
from itsmkit.desk._commands import Runner
from itsmkit.desk._fulfilment import approval_now, item_ordered
from itsmkit.desk._once import Answer, Plain
from itsmkit.desk._votes import REQUESTED
from itsmkit.errors import NotFoundError
from itsmkit.plugin import StoredTicket, TicketQuery, UnitOfWork
from itsmkit.plugin.queries import MAX_PAGE
from itsmkit.practices.access import AccessDeniedError
from itsmkit.practices.catalogue import VoteAwaited, as_approver, votes_awaited
from itsmkit.tickets import Actor, Ticket, TicketEvent, TicketId
from itsmkit.workflow.approvals import VoteRequest

__all__ = ["answer_of_vote", "order_to_vote_on", "requests_of", "to_be_cast", "votes_on", "votes_waiting"]


def requests_of(
    runner: Runner, unit: UnitOfWork, order: Ticket, history: Sequence[TicketEvent], person: str
) -> tuple[VoteRequest, ...]:
    """
    Return by what somebody is asked to approve an order now, for themselves or in the place of others.

    Args:
        runner: What runs the command, or the read.
        unit: The unit of work, in which all tickets can be seen.
        order: The order.
        history: All of its events.
        person: Who.
    """
    item = item_ordered(unit, history)
    reading = None if item is None else approval_now(runner, unit, order, history, item)
    if reading is None or order.fact("approval") != "requested":
        return ()
    return tuple(each for each in reading.open_requests if each.person == person)


def order_to_vote_on(runner: Runner, unit: UnitOfWork, order_id: TicketId) -> StoredTicket:
    """
    Return an order on which who asks is to vote.

    Who is asked in the place of an approver passes as if they took part in it, for as long as they are.

    Raises:
        NotFoundError: If there is no such order for them.
        AccessDeniedError: If there is, and they may not vote on it.
    """
    try:
        return runner.to_change(unit, order_id)
    except (NotFoundError, AccessDeniedError):
        guard, everything = runner.guard, unguarded(unit)
        if guard is None:
            raise
        stored = everything.ticket(order_id)
        person, history = guard.actor.id, everything.history(order_id)
        if not any(each.via for each in requests_of(runner, everything, stored.ticket, history, person)):
            raise
        guard.passed(StoredTicket(as_approver(stored.ticket, person)), order_id)
        return stored


def answer_of_vote(runner: Runner) -> Answer[Ticket]:
    """
    Return how the answer to a vote is kept.

    Who voted in the place of another is told it again, be their delegation over or not, as long as one who
    takes part as an approver may see the order.
    """

    def read(plain: Plain, unit: UnitOfWork) -> Ticket:
        try:
            found: Ticket = TICKET.read(plain, unit)
        except NotFoundError:
            # An answer is that of who asked: they have voted.
            guard, everything = runner.guard, unguarded(unit)
            assert guard is not None  # noqa: S101  # without one, every order is there
            order = everything.ticket(TicketId(plain["ticket"])).ticket
            guard.passed(StoredTicket(as_approver(order, guard.actor.id)), order.id)
            found = TICKET.read(plain, everything)
        return found

    return Answer(TICKET.write, read)


def votes_waiting(runner: Runner, actor: Actor) -> Iterator[VoteAwaited]:
    """Go through what waits for the vote of somebody, the order that was placed first before the others."""
    reader = runner.privileged_reader("orders.awaiting")
    for each in reader.pages(TicketQuery(REQUESTED, (), MAX_PAGE)):
        yield from votes_on(runner, each.ticket, actor)


def votes_on(runner: Runner, order: Ticket, actor: Actor) -> tuple[VoteAwaited, ...]:
    """
    Return the votes of somebody for which an order waits, their own before those of others.

    On a desk with rules of access those are left out which these do not let them cast.
    """
    with runner.store.begin() as unit:
        history = unit.history(order.id)
        asked = requests_of(runner, unit, order, history, actor.id)
    if not asked:
        return ()
    access = _access_of(runner)
    if access is None:
        return votes_awaited(order, history, asked, actor.id)
    guard, look = access.guard("orders.approve", actor), looking_in(runner.store)
    allowed = to_be_cast(runner, order, asked, actor)
    if not allowed:
        return ()
    judged = as_approver(order, actor.id) if all(each.via for each in allowed) else order
    shown = guard.shown(order, look, now=judged)
    return votes_awaited(shown, guard.events(judged, history, look), allowed, actor.id)


def to_be_cast(
    runner: Runner, order: Ticket, asked: tuple[VoteRequest, ...], actor: Actor
) -> tuple[VoteRequest, ...]:
    """Return the votes, of those for which somebody is asked, that the rules of access let them cast."""
    access = _access_of(runner)
    if access is None:
        return asked
    guard = access.guard("orders.approve", actor)
    return tuple(each for each in asked if _passes(guard, order, each))


def _access_of(runner: Runner) -> Access | None:
    return None if runner.privileged else runner.access


def _passes(guard: Guard, order: Ticket, asked: VoteRequest) -> bool:
    """Tell whether the rules of access let somebody vote as they are asked to."""
    judged = as_approver(order, asked.person) if asked.via else order
    try:
        guard.passed(StoredTicket(judged), order.id)
    except (NotFoundError, AccessDeniedError):
        return False
    return True
