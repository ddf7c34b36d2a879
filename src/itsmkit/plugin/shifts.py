"""
What a desk asks of whoever knows when people work: a rota, a calendar of the house, a workforce system.

A desk that is given none goes by its rotas, and by the calendars of people and their support groups.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from itsmkit.calendars import TimeSpan

__all__ = ["DutyShifts", "Shifts"]


class Shifts(Protocol):
    """
    When people work.

    It may be asked by several threads, and outside of any transaction of the store.
    """

    def shifts_of(self, person: str, since: datetime, until: datetime) -> Sequence[TimeSpan]:
        """
        Return when somebody works, as far as it is between two instants, absences left out.

        Args:
            person: The id of the person.
            since: Timezone-aware.
            until: Timezone-aware, not before *since*.

        Returns:
            The spans in any order; empty for somebody who is not known, or does not work then.
        """


@runtime_checkable
class DutyShifts(Shifts, Protocol):
    """
    When people work, and who is on duty.

    What keeps `Shifts` alone is asked for the shifts of the members of a group instead.
    """

    def on_duty(self, team: str, at: datetime) -> Sequence[str] | None:
        """
        Return who is on duty for a team at an instant.

        Args:
            team: The id of its support group.
            at: Timezone-aware.

        Returns:
            The ids of people, each once, who is to be called first coming first; empty if nobody is on duty.
            ``None`` if nobody plans who is on duty for this team, so that whoever of it is on shift is.
        """
