"""
Release management: make new and changed services available for use.

Source:
    ITIL 4, practice "Release management".
"""

from datetime import datetime

from itsmkit.practices._details import instant_of
from itsmkit.practices.kind_of_work import KindOfWork
from itsmkit.tickets import STANDARD_PRIORITIES, PriorityMatrix, Ticket
from itsmkit.workflow import Workflow, release_workflow

__all__ = ["RELEASE", "Release", "release_kind"]

RELEASE = "release"
"""The kind of work."""


class Release(Ticket):
    """Changes that go out together."""

    @property
    def planned_start(self) -> datetime | None:
        """Return when it is to begin."""
        return instant_of(self, "planned_start")

    @property
    def planned_end(self) -> datetime | None:
        """Return when it is to be over."""
        return instant_of(self, "planned_end")


def release_kind(
    workflow: Workflow | None = None,
    priorities: PriorityMatrix = STANDARD_PRIORITIES,
    prefix: str = "REL-",
) -> KindOfWork[Release]:
    """
    Return releases as a kind of work.

    Args:
        workflow: The states and moves; by default, the standard ones.
        priorities: The matrix of impact and urgency.
        prefix: What display numbers begin with.
    """
    return KindOfWork(RELEASE, workflow or Workflow(release_workflow()), Release, priorities, prefix=prefix)
