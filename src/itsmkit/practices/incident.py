"""
Incident management: restore normal service as quickly as possible.

Source:
    ITIL 4, practice "Incident management".
"""

from itsmkit.practices.kind_of_work import KindOfWork
from itsmkit.tickets import STANDARD_PRIORITIES, PriorityMatrix, Ticket
from itsmkit.workflow import Workflow, incident_workflow

__all__ = ["INCIDENT", "Incident", "incident_kind"]

INCIDENT = "incident"
"""The kind of work."""


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


def incident_kind(
    workflow: Workflow | None = None,
    priorities: PriorityMatrix = STANDARD_PRIORITIES,
    prefix: str = "INC-",
) -> KindOfWork[Incident]:
    """
    Return incidents as a kind of work.

    Args:
        workflow: The states and moves; by default, the standard ones.
        priorities: The matrix of impact and urgency.
        prefix: What display numbers begin with.
    """
    return KindOfWork(
        INCIDENT, workflow or Workflow(incident_workflow()), Incident, priorities, prefix=prefix
    )
