"""Who is there and who is on duty, by the rules of a desk as they are at present: one answer for all."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from attrs import define, field

from itsmkit._checks import utc
from itsmkit.calendars import TimeSpan
from itsmkit.desk._rules import Rules
from itsmkit.desk.config import DeskConfig
from itsmkit.desk.memory.shifts import RotaShifts
from itsmkit.errors import NotFoundError
from itsmkit.plugin import Directory, DutyShifts, Shifts
from itsmkit.rotas import Roster

__all__ = ["DeskShifts", "is_on_shift", "on_duty_for"]

_MOMENT = timedelta.resolution


@define(eq=False)
class DeskShifts:
    """
    The shifts of a desk that was given none: its rotas, its calendars and its directory.

    It follows the rules of the desk when they change. The rosters, with all that is compiled of them, are
    kept as long as the rules are.

    Args:
        rules: The desk's rules, which may change meanwhile.
        directory: Where people and groups are known.
    """

    _rules: Rules
    _directory: Directory
    _made: tuple[DeskConfig, RotaShifts] | None = field(default=None, init=False)

    @property
    def current(self) -> RotaShifts:
        """The shifts by the rules as they are now."""
        config, made = self._rules.config, self._made
        if made is None or made[0] is not config:
            rosters = [Roster(rota) for rota in config.rotas]
            made = config, RotaShifts(self._directory, config.calendars, rosters)
            self._made = made
        return made[1]

    def shifts_of(self, person: str, since: datetime, until: datetime) -> tuple[TimeSpan, ...]:
        """See `Shifts.shifts_of`."""
        return self.current.shifts_of(person, since, until)

    def on_duty(self, team: str, at: datetime) -> tuple[str, ...] | None:
        """See `DutyShifts.on_duty`."""
        return self.current.on_duty(team, at)


def is_on_shift(shifts: Shifts, person: str, at: datetime) -> bool:
    """
    Tell whether somebody works at an instant, and is not away.

    Args:
        shifts: Who knows.
        person: The id of the person.
        at: Timezone-aware.

    Raises:
        DefinitionError: If *at* is naive.
    """
    at = utc(at, "at")
    return any(at in span for span in shifts.shifts_of(person, at, at + _MOMENT))


def on_duty_for(shifts: Shifts, directory: Directory, team: str, at: datetime) -> Sequence[str]:
    """
    Return who is on duty for a team at an instant.

    Where nobody plans who is, that is whoever of the team is on shift.

    Args:
        shifts: Who knows.
        directory: Where the members of the team are known.
        team: The id of its support group.
        at: Timezone-aware.

    Returns:
        The ids of people, who is to be called first coming first; empty if nobody is on duty, or there is no
        such team.

    Raises:
        DefinitionError: If *at* is naive.
    """
    at = utc(at, "at")
    planned = shifts.on_duty(team, at) if isinstance(shifts, DutyShifts) else None
    if planned is not None:
        return tuple(planned)
    try:
        members = directory.members_of(team)
    except NotFoundError:
        return ()
    return tuple(each.id for each in members if is_on_shift(shifts, each.id, at))
