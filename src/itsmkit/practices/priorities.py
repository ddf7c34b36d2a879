"""Why a ticket has the priority that it has."""

from collections.abc import Iterable
from datetime import datetime

from attrs import frozen

from itsmkit.tickets import (
    ImpactDerived,
    Prioritised,
    PriorityMatrix,
    Ticket,
    TicketEvent,
)

__all__ = ["PriorityExplanation", "explain_priority"]


@frozen
class PriorityExplanation:
    """
    Where a priority comes from.

    Args:
        priority: The priority; ``None`` if nobody judged.
        impact: The impact that was judged.
        urgency: The urgency that was judged.
        by_matrix: What the desk's matrix gives for them by now; ``None`` if it has no such levels.
        because: What gave it when it was judged: the cell of the matrix, or who set another one, and why.
        by: Who judged.
        at: When.
        derived: Which impact followed from the configuration then, and from which service; ``None`` if none
            did, or it was not asked.
    """

    priority: str | None
    impact: str | None
    urgency: str | None
    by_matrix: str | None
    because: str
    by: str
    at: datetime
    derived: ImpactDerived | None = None

    @property
    def is_overridden(self) -> bool:
        """Whether it is another one than the matrix gives."""
        return self.by_matrix is not None and self.priority != self.by_matrix

    def __str__(self) -> str:
        """Return it as a sentence."""
        other = f" (the matrix gives {self.by_matrix})" if self.is_overridden else ""
        derived = "" if self.derived is None else f"; {self.derived}"
        judged = f"judged by {self.by} on {self.at:%Y-%m-%d}"
        return f"{self.priority or 'no priority'}, {self.because}{other}{derived}; {judged}"


def explain_priority(
    ticket: Ticket, history: Iterable[TicketEvent], matrix: PriorityMatrix
) -> PriorityExplanation:
    """
    Return why *ticket* has its priority.

    Args:
        ticket: The ticket.
        history: All of its events, in order; not empty.
        matrix: The matrix of its kind.
    """
    judged, derived = _last_judged(history)
    impact, urgency = ticket.impact, ticket.urgency
    knows = impact in matrix.impacts and urgency in matrix.urgencies
    fact = judged.fact
    return PriorityExplanation(
        priority=ticket.priority,
        impact=impact,
        urgency=urgency,
        by_matrix=matrix.priority_of(str(impact), str(urgency)) if knows else None,
        because=(
            fact.because
            if isinstance(fact, Prioritised)
            else f"as logged: impact {impact or 'unknown'} × urgency {urgency or 'unknown'}"
        ),
        by=judged.actor.id,
        at=judged.effective_at,
        derived=derived,
    )


def _last_judged(history: Iterable[TicketEvent]) -> tuple[TicketEvent, ImpactDerived | None]:
    """Return the event by which it was judged last, and what was derived with it."""
    events = iter(history)
    judged, derived = next(events), None
    for event in events:
        if isinstance(event.fact, Prioritised):
            judged, derived = event, None
        elif isinstance(event.fact, ImpactDerived):
            derived = event.fact
    return judged, derived
