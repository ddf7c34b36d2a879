"""
Change enablement: change as much as possible as safely as necessary.

Source:
    ITIL 4, practice "Change enablement".
"""

from datetime import datetime

from itsmkit.practices._details import instant_of, text_of
from itsmkit.practices.kind_of_work import KindOfWork, Variants
from itsmkit.tickets import STANDARD_PRIORITIES, PriorityMatrix, Ticket
from itsmkit.workflow import (
    Workflow,
    emergency_change_workflow,
    normal_change_workflow,
    standard_change_workflow,
)

__all__ = ["CHANGE", "CHANGE_TYPE", "Change", "change_kind"]

CHANGE = "change"
"""The kind of work."""

CHANGE_TYPE = "change_type"
"""The detail that says which way a change goes: ``"standard"``, ``"normal"`` or ``"emergency"``."""


class Change(Ticket):
    """Something is added, modified or removed that could affect services."""

    @property
    def change_type(self) -> str | None:
        """Return which way it goes: ``"standard"``, ``"normal"`` or ``"emergency"``."""
        return text_of(self, CHANGE_TYPE)

    @property
    def planned_start(self) -> datetime | None:
        """Return when it is to begin."""
        return instant_of(self, "planned_start")

    @property
    def planned_end(self) -> datetime | None:
        """Return when it is to be over."""
        return instant_of(self, "planned_end")


def change_kind(
    workflow: Workflow | None = None,
    priorities: PriorityMatrix = STANDARD_PRIORITIES,
    prefix: str = "CHG-",
) -> KindOfWork[Change]:
    """
    Return changes as a kind of work.

    Args:
        workflow: The states and moves of all changes; by default, the standard ones of each type, and those
            of normal changes where a type is not told.
        priorities: The matrix of impact and urgency.
        prefix: What display numbers begin with.
    """
    if workflow is not None:
        return KindOfWork(CHANGE, workflow, Change, priorities, prefix=prefix)
    normal = Workflow(normal_change_workflow())
    ways = {
        "standard": Workflow(standard_change_workflow()),
        "normal": normal,
        "emergency": Workflow(emergency_change_workflow()),
    }
    return KindOfWork(CHANGE, normal, Change, priorities, prefix=prefix, variants=Variants(CHANGE_TYPE, ways))
