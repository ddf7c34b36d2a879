"""
What a desk asks of whoever knows when people work: a rota, a calendar of the house, a workforce system.

A desk that is given none goes by the calendars of people and their support groups.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from itsmkit.calendars import TimeSpan

__all__ = ["Shifts"]


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
