"""
What follows at the other ends of links when a ticket moves.

A cascade is decided ticket by ticket, and each ticket tells in its history that it was reached: so whoever
goes on after a crash sees who was, and nobody is reached twice.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from attrs import frozen

from itsmkit.errors import RefusedError
from itsmkit.practices.decision import Decision, Occasion, happen, unchanged
from itsmkit.practices.handling import comment, transition
from itsmkit.practices.links.cascade import Cascade, CascadeAction
from itsmkit.practices.links.families import TicketOf, family_of
from itsmkit.practices.links.link_type import LinkEnd, LinkType
from itsmkit.tickets import (
    DONE_CATEGORIES,
    CascadeAnswered,
    Cascaded,
    StateChanged,
    StateCorrected,
    Ticket,
    TicketEvent,
    TicketId,
)
from itsmkit.workflow import Workflow

__all__ = ["Course", "Milestone", "answer", "cascade_onto", "courses_of", "is_still_so", "was_reached"]


AnyTicket = TypeVar("AnyTicket", bound=Ticket)

_PREFIX = "cascade:"


class Milestone(NamedTuple):
    """
    How far a cascade has come, as the name of its timer tells.

    Args:
        link_type: The name of the type of links.
        cascade: The name of the cascade among those of the type.
        sequence: The event of the ticket that began it.
        behind: The key of the last ticket that it has come to; empty at the beginning.
    """

    link_type: str
    cascade: str
    sequence: int
    behind: str

    @property
    def timer_name(self) -> str:
        """The name of the timer."""
        return f"{_PREFIX}{self.link_type}:{self.cascade}:{self.sequence}:{self.behind}"

    @classmethod
    def of_timer(cls, name: str) -> "Milestone | None":
        """Return what the name of a timer tells; ``None`` if it is that of something else."""
        if not name.startswith(_PREFIX):
            return None
        link_type, cascade, sequence, behind = name.removeprefix(_PREFIX).split(":", 3)
        return cls(link_type, cascade, int(sequence), behind)

    def course(self, link_types: Iterable[LinkType]) -> "Course | None":
        """Return the cascade; ``None`` if it is no longer declared."""
        for link_type in link_types:
            for cascade in link_type.cascades:
                if (link_type.name, cascade.name) == (self.link_type, self.cascade):
                    return Course(link_type, cascade, self.sequence)
        return None


@frozen
class Course:
    """
    A cascade on its way: begun by an event of a ticket.

    Args:
        link_type: The type of the links that it goes along.
        cascade: The cascade.
        sequence: The event of the ticket that began it.
    """

    link_type: LinkType
    cascade: Cascade
    sequence: int

    def timer_name(self, behind: str = "") -> str:
        """Return the name of its timer when it has come to the ticket *behind*."""
        return Milestone(self.link_type.name, self.cascade.name, self.sequence, behind).timer_name

    @property
    def end(self) -> LinkEnd:
        """The end of the links at which the ticket is where it begins."""
        return LinkEnd(self.link_type, not self.cascade.from_target)

    def goals(self, origin: Ticket, ticket_of: TicketOf) -> tuple[TicketId, ...]:
        """
        Return the tickets to which *origin*, or what goes on in it, is linked, by their keys in order.

        Some of them may have been merged: then what goes on in their place is reached.
        """
        return tuple(
            sorted({link.other for member in family_of(origin, ticket_of) for link in self.end.of(member)})
        )

    def reaching(self, origin: Ticket) -> Cascaded:
        """Return what happens to a ticket that it reaches."""
        cascade = self.cascade
        carried = ((name, origin.fact(name)) for name in cascade.carries)
        return Cascaded(
            self.link_type.name,
            cascade.name,
            origin.id,
            self.sequence,
            cascade.text,
            cascade.trigger if cascade.do is CascadeAction.ASK else None,
            {name: value for name, value in carried if value is not None},
        )


def courses_of(link_types: Sequence[LinkType], decision: Decision[AnyTicket]) -> Iterator[Course]:
    """Go through the cascades that begin with what was decided."""
    before: Ticket | None = decision.before
    for event, after in decision.steps:
        fact = event.fact
        if before is not None and isinstance(fact, StateChanged | StateCorrected):
            came_in = before.state_category != after.state_category
            for link_type in link_types:
                for cascade in link_type.cascades:
                    if cascade.on_trigger is None:
                        begins = came_in and cascade.on_category == after.state_category
                    else:
                        begins = isinstance(fact, StateChanged) and cascade.on_trigger == fact.trigger
                    course = Course(link_type, cascade, event.sequence)
                    if begins and (after.merged_from or course.end.of(after)):
                        yield course
        before = after


def is_still_so(origin: Ticket, event: TicketEvent) -> bool:
    """Tell whether what began with *event* goes on: not if *origin* was done by it, and is open again."""
    fact = event.fact
    ended = isinstance(fact, StateChanged | StateCorrected) and fact.category in DONE_CATEGORIES
    return not (ended and origin.is_open)


def was_reached(history: Sequence[TicketEvent], reaching: Cascaded) -> bool:
    """Tell whether *reaching* is in a history already."""
    return any(isinstance(event.fact, Cascaded) and event.fact.key == reaching.key for event in history)


def cascade_onto(
    ticket: Ticket, course: Course, reaching: Cascaded, workflow: Workflow, occasion: Occasion
) -> Decision[Ticket]:
    """
    Let a cascade reach *ticket*.

    Args:
        ticket: The ticket, which was not reached yet.
        course: The cascade.
        reaching: What happens: see `Course.reaching`.
        workflow: The workflow of the kind of *ticket*.
        occasion: When, and by whom.

    Returns:
        The decision. Nothing happens if no work is expected on it, or it is not meant for it.

    Raises:
        RefusedError: If the ticket does not go along, with every reason.
    """
    cascade = course.cascade
    if not ticket.is_open or not cascade.applies(ticket.facts()):
        return unchanged(ticket)
    reached = happen(ticket, occasion, reaching)
    if cascade.do is CascadeAction.TRANSITION:
        assert cascade.trigger is not None  # noqa: S101  # it is checked where it is declared
        moved = transition(reached.ticket, workflow, cascade.trigger, occasion, reaching.details)
        return Decision(ticket, reached.steps + moved.steps)
    if cascade.do is CascadeAction.COMMENT:
        said = comment(reached.ticket, occasion, cascade.text or "", public=True)
        return Decision(ticket, reached.steps + said.steps)
    return reached


def answer(
    ticket: Ticket,
    history: Sequence[TicketEvent],
    workflow: Workflow,
    occasion: Occasion,
    *,
    accepted: bool,
    reason: str | None = None,
) -> Decision[Ticket]:
    """
    Answer what a cascade has asked last: whether *ticket* is to be moved.

    Args:
        ticket: The ticket.
        history: Its events.
        workflow: The workflow of its kind.
        occasion: When, and by whom.
        accepted: Whether it is; then it is moved at once.
        reason: Why, or why not.

    Raises:
        RefusedError: If nothing is asked, or all is answered; or if the workflow forbids the move.
    """
    answered = {event.fact.sequence for event in history if isinstance(event.fact, CascadeAnswered)}
    open_questions = [
        (event.sequence, event.fact)
        for event in history
        if isinstance(event.fact, Cascaded) and event.fact.asks is not None and event.sequence not in answered
    ]
    if not open_questions:
        refusal = f"cannot answer for {ticket.number}: nothing is asked of it that was not answered"
        raise RefusedError(refusal)
    sequence, question = open_questions[-1]
    said = happen(ticket, occasion, CascadeAnswered(sequence, accepted, reason))
    if not accepted:
        return said
    assert question.asks is not None  # noqa: S101  # these are chosen above
    moved = transition(said.ticket, workflow, question.asks, occasion, question.details)
    return Decision(ticket, said.steps + moved.steps)
