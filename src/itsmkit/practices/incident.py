"""
Incident management: restore normal service as quickly as possible.

Source:
    ITIL 4, practice "Incident management".
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from attrs import frozen

from itsmkit._frozen import EMPTY
from itsmkit.practices.decision import Decision, Occasion
from itsmkit.practices.handling import refuse_commanded
from itsmkit.tickets import STANDARD_PRIORITIES, PriorityMatrix, Ticket, TicketId, TicketLogged
from itsmkit.workflow import Workflow, incident_workflow

if TYPE_CHECKING:
    from itsmkit.tickets import TicketEvent

__all__ = ["INCIDENT", "Incident", "IncidentManagement"]

INCIDENT = "incident"
"""The kind of work."""


@frozen(slots=False)
class Incident(Ticket):
    """An unplanned interruption to a service, or a reduction in its quality."""

    @property
    def resolution(self) -> str | None:
        """Return how it was solved, in words, once it was."""
        return _text(self.details.get("resolution"))

    @property
    def resolution_code(self) -> str | None:
        """Return the desk's code for how it was solved."""
        return _text(self.details.get("resolution_code"))

    @property
    def workaround(self) -> str | None:
        """Return what helps until it is solved."""
        return _text(self.details.get("workaround"))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


@frozen
class IncidentManagement:
    """
    How a desk handles incidents.

    Args:
        workflow: The states and moves.
        priorities: The matrix of impact and urgency.
        prefix: What display numbers begin with.
    """

    workflow: Workflow
    priorities: PriorityMatrix = STANDARD_PRIORITIES
    prefix: str = "INC-"

    @classmethod
    def standard(cls) -> "IncidentManagement":
        """Return the practice with the standard workflow and matrix."""
        return cls(Workflow(incident_workflow()))

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
    ) -> Decision[Incident]:
        """
        Log a new incident.

        Args:
            ticket_id: Its key.
            number: Its display number.
            occasion: When, and by whom.
            opened_at: When the requester's need arose; by default, when it is logged.
            impact: A level of the matrix; by default, the least grave one.
            urgency: A level of the matrix; by default, the least urgent one.
            details: Title, requester, channel, support group and further fields, by name; ``None`` is as good
                as nothing.

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
        fact = TicketLogged(
            kind=INCIDENT,
            number=number,
            state=start,
            category=self.workflow.category_of(start).value,
            opened_at=opened_at or occasion.at,
            details={**{name: value for name, value in details.items() if value is not None}, **judged},
        )
        return begin(occasion.event(ticket_id, 1, fact, not_before=fact.opened_at))


def begin(event: "TicketEvent") -> Decision[Incident]:
    """Return the decision that a history begins with *event*."""
    return Decision(None, ((event, Incident.logged(event)),))
