"""
What follows at the other ends of links, as work that can be resumed.

A cascade begins with a timer of the ticket that moved, set in the unit of work of the move. Whoever claims it
reaches the tickets one by one, each in a unit of work of its own that also holds whom it tells. After some
of them, the timer is set anew for the rest. A worker that dies leaves nothing half done: the next one begins
where the timer says, and each ticket that was reached says so in its history.
"""

from collections.abc import Callable

from attrs import evolve, frozen

from itsmkit.desk._causes import led_by
from itsmkit.desk._commands import Runner
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.languages import Term, message
from itsmkit.plugin import ClaimedTimer, OutboxEntry, StoredTicket, Timer, UnitOfWork
from itsmkit.practices import Decision, Occasion, happen, holders
from itsmkit.practices.decision import Notice
from itsmkit.practices.links import Course, Milestone, cascade_onto, goes_on_in, is_still_so, was_reached
from itsmkit.tickets import CascadeAdvanced, Cascaded, CascadeRefusal, Ticket, TicketId

__all__ = ["run_cascade"]

AT_ONCE = 50
"""How many tickets are reached before the timer is set anew: few enough to be done within a lease."""


def run_cascade(runner: Runner, claimed: ClaimedTimer, milestone: Milestone) -> None:
    """
    Go on with the cascade of a claimed timer, for some tickets.

    A ticket that does not go along is told of in the history of the one where the cascade began, and the
    others are reached. If reaching one fails otherwise, such as by a broken gate, the cascade stops there,
    and goes on when the lease of its timer ends.

    Raises:
        ConflictError: If another worker holds the timer by now.
    """
    found = _found(runner, claimed.timer.ticket_id, milestone)
    if found is None:
        runner.retried(lambda unit: unit.finish_timer(claimed))
        return
    # However late a worker comes, it happened when the ticket moved.
    occasion = runner.occasion(claimed.timer.due)
    lot = found.goals[:AT_ONCE]
    reached: set[TicketId] = set()
    refused: list[CascadeRefusal] = []
    for goal in lot:
        try:
            came_to = runner.retried(_reaching(runner, found, goal, occasion))
        except (RefusedError, DefinitionError, NotFoundError) as error:
            refused.append(_refusal(runner, goal, error))
        else:
            reached.update(came_to)
    is_done = lot == found.goals
    course, origin = found.course, found.origin
    advanced = CascadeAdvanced(
        course.link_type.name, course.cascade.name, course.sequence, len(reached), refused, is_done
    )

    def advance(unit: UnitOfWork) -> None:
        unit.finish_timer(claimed)
        if reached or refused:
            stored = unit.ticket(origin.id)
            runner.save(unit, happen(stored.ticket, occasion, advanced), stored)
        if not is_done:
            unit.set_timer(Timer(origin.id, course.timer_name(lot[-1]), claimed.timer.due))

    runner.retried(advance)


@frozen
class _Found:
    """
    A cascade as it stands.

    Args:
        course: The cascade.
        origin: The ticket where it began.
        reaching: What happens to each that it reaches.
        goals: The tickets that are left.
    """

    course: Course
    origin: Ticket
    reaching: Cascaded
    goals: tuple[TicketId, ...]


def _found(runner: Runner, origin_id: TicketId, milestone: Milestone) -> _Found | None:
    """Return a cascade; ``None`` if it is no longer declared, or what began it was taken back."""
    course = milestone.course(runner.config.link_types)
    if course is None:
        return None
    with runner.store.begin() as unit:
        origin = unit.ticket(origin_id).ticket
        history = unit.history(origin.id)
        if not is_still_so(origin, history[milestone.sequence - 1]):
            return None
        goals = course.goals(origin, _tickets_of(unit))
    # Rules that have led to the move of the origin have led to what follows.
    reaching = evolve(course.reaching(origin), chain=led_by(history, milestone.sequence))
    return _Found(course, origin, reaching, tuple(each for each in goals if each > milestone.behind))


def _tickets_of(unit: UnitOfWork) -> Callable[[TicketId], Ticket]:
    return lambda ticket_id: unit.ticket(ticket_id).ticket


def _reaching(
    runner: Runner, found: _Found, goal: TicketId, occasion: Occasion
) -> Callable[[UnitOfWork], tuple[TicketId, ...]]:
    """Return the unit of work that reaches one ticket, and returns it if it was reached by now."""

    def reach(unit: UnitOfWork) -> tuple[TicketId, ...]:
        goes_on = goes_on_in(unit.ticket(goal).ticket, _tickets_of(unit)).id
        stored = unit.ticket(goes_on)
        ticket = stored.ticket
        if ticket.id == found.origin.id:
            return ()
        if was_reached(unit.history(ticket.id), found.reaching):
            return (ticket.id,)
        workflow = runner.config.kind_of(ticket).workflow_of(ticket)
        decision = cascade_onto(ticket, found.course, found.reaching, workflow, occasion)
        if not decision.steps:
            return ()
        runner.save(unit, decision, stored)
        _tell(runner, unit, found, decision, stored)
        return (ticket.id,)

    return reach


def _tell(
    runner: Runner, unit: UnitOfWork, found: _Found, decision: Decision[Ticket], stored: StoredTicket
) -> None:
    cascade, ticket = found.course.cascade, decision.ticket
    at = decision.events[-1].recorded_at
    number, state = ticket.number, Term("state", ticket.state)
    about = Term("text", ticket.title) if ticket.title else state
    subject = message("{number}: {about}", number=number, about=about)
    body = cascade.text or message("{number} is {state} now.", number=number, state=state)
    for recipient in holders(cascade.notify, stored.ticket):
        if runner.access is not None and not runner.access.may_be_told(recipient, ticket):
            continue
        notice = Notice(recipient, subject, body, "cascade")
        key = "/".join([ticket.id, "cascade", *map(str, found.reaching.key), recipient])
        notification = runner.speaker.notification(notice, ticket, key=key)
        unit.enqueue(OutboxEntry(notification, 0, at))


def _refusal(
    runner: Runner, goal: TicketId, error: RefusedError | DefinitionError | NotFoundError
) -> CascadeRefusal:
    with runner.store.begin() as unit:
        ticket = unit.ticket(goal).ticket
    if isinstance(error, RefusedError):
        reasons = error.reasons
    else:
        reasons = error.problems if isinstance(error, DefinitionError) else (str(error),)
    return CascadeRefusal(goal, ticket.number, reasons)
