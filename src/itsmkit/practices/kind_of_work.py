"""
Kinds of work: what makes an incident an incident, a question a question.

A kind is data: a name, a workflow, a series of numbers and a matrix of priorities. What all kinds share
stands in `itsmkit.practices.handling`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Generic, TypeVar

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._frozen import EMPTY
from itsmkit.practices.decision import Decision, Occasion
from itsmkit.practices.handling import refuse_commanded
from itsmkit.tickets import STANDARD_PRIORITIES, PriorityMatrix, Ticket, TicketEvent, TicketId, TicketLogged
from itsmkit.workflow import Workflow

__all__ = ["KindOfWork", "begin"]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)


@frozen
class KindOfWork(Generic[AnyTicket]):
    """
    A kind of work, and how a desk handles it.

    Args:
        name: What it is called: `Ticket.kind` of each ticket, and the series of their numbers.
        workflow: The states and moves.
        ticket_class: The class of its tickets; `Ticket` itself for a kind of the desk's own.
        priorities: The matrix of impact and urgency.
        prefix: What display numbers begin with.
    """

    name: str = field(validator=named)
    workflow: Workflow
    ticket_class: type[AnyTicket]
    priorities: PriorityMatrix = STANDARD_PRIORITIES
    prefix: str = field(default="", kw_only=True)

    def log(
        self,
        ticket_id: TicketId,
        number: str,
        occasion: Occasion,
        *,
        opened_at: datetime | None = None,
        impact: str | None = None,
        urgency: str | None = None,
        details: Mapping[str, object] = EMPTY,
        restricted_to: str | None = None,
    ) -> Decision[AnyTicket]:
        """
        Log a new ticket of this kind.

        Args:
            ticket_id: Its key.
            number: Its display number.
            occasion: When, and by whom.
            opened_at: When the requester's need arose; by default, when it is logged.
            impact: A level of the matrix; by default, the least grave one.
            urgency: A level of the matrix; by default, the least urgent one.
            details: Title, requester, channel, support group and further fields, by name; ``None`` is as good
                as nothing.
            restricted_to: The restriction that it is under from the beginning.

        Raises:
            DefinitionError: If a level is unknown.
            RefusedError: If a name in *details* is one that they cannot set, such as ``state``.
        """
        refuse_commanded(number, details.keys() - {"support_group", "assignee"})
        impact = impact or self.priorities.impacts[-1]
        urgency = urgency or self.priorities.urgencies[-1]
        start = self.workflow.definition.initial
        judged = {
            "impact": impact,
            "urgency": urgency,
            "priority": self.priorities.priority_of(impact, urgency),
        }
        if restricted_to is not None:
            judged["restricted_to"] = restricted_to
        fact = TicketLogged(
            kind=self.name,
            number=number,
            state=start,
            category=self.workflow.category_of(start).value,
            opened_at=opened_at or occasion.at,
            details={**{name: value for name, value in details.items() if value is not None}, **judged},
        )
        return begin(self, occasion.event(ticket_id, 1, fact, not_before=fact.opened_at))


def begin(kind: KindOfWork[AnyTicket], event: TicketEvent) -> Decision[AnyTicket]:
    """Return the decision that the history of a ticket of *kind* begins with *event*."""
    return Decision(None, ((event, kind.ticket_class.logged(event)),))
