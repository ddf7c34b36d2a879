"""Who is there and who is on duty, by the rules of a desk as they are at present: one answer for all."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from attrs import define, field

from itsmkit._checks import utc
from itsmkit.calendars import TimeSpan
from itsmkit.desk._configuration import NewLock
from itsmkit.desk._rules import Rules
from itsmkit.desk.config import DeskConfig
from itsmkit.errors import NotFoundError
from itsmkit.plugin import Directory, DutyShifts, Shifts, Store

if TYPE_CHECKING:
    from itsmkit.desk._rota_book import RotaBook, RotaChanges
    from itsmkit.desk.memory.shifts import RotaShifts

__all__ = ["DeskShifts", "KnownShifts", "as_of_now", "is_on_shift", "on_duty_for"]

_MOMENT = timedelta.resolution


class KnownShifts(NamedTuple):
    """
    The shifts of a desk at one moment.

    Args:
        config: The rules of the desk by then.
        changes: What had changed its rotas by then.
        shifts: The shifts that follow from both.
    """

    config: DeskConfig
    changes: "RotaChanges"
    shifts: "RotaShifts"


@define(eq=False)
class DeskShifts:
    """
    The shifts of a desk that was given none: its rotas with what has changed them, calendars and directory.

    It follows the rules of the desk, and the overrides, swaps and leaves that it keeps, when these change.
    The rosters, with all that is compiled of them, are kept until then.

    Args:
        rules: The desk's rules, which may change meanwhile.
        directory: Where people and groups are known.
        store: Where what changes the rotas is kept.
        new_lock: Makes the lock under which that is read.
    """

    _rules: Rules
    _directory: Directory
    _store: Store
    _new_lock: NewLock
    _book: "RotaBook | None" = field(default=None, init=False)
    _made: KnownShifts | None = field(default=None, init=False)

    @property
    def current(self) -> "RotaShifts":
        """The shifts by the rules and the changes as they are now."""
        return self.known().shifts

    def known(self) -> KnownShifts:
        """
        Return the shifts as they are now, with what they follow from. Nowhere else are they put together.

        Cost: one look into the feed of records. After a change, rosters are compiled anew when asked.
        """
        book = self._book
        if book is None:
            from itsmkit.desk._rota_book import RotaBook  # noqa: PLC0415  # many a desk never asks

            # Two threads may make two: either is as good.
            self._book = book = RotaBook(self._store, self._new_lock)
        config, changes, made = self._rules.config, book.changes(), self._made
        if made is None or made.config is not config or made.changes is not changes:
            from itsmkit.desk.memory.shifts import RotaShifts  # noqa: PLC0415  # as above
            from itsmkit.rotas import Roster  # noqa: PLC0415  # as above

            rosters = [
                Roster(rota, overrides=changes.overrides, swaps=changes.swaps, leaves=changes.leaves)
                for rota in config.rotas
            ]
            shifts = RotaShifts(self._directory, config.calendars, rosters, changes.leaves)
            self._made = made = KnownShifts(config, changes, shifts)
        return made

    def shifts_of(self, person: str, since: datetime, until: datetime) -> tuple[TimeSpan, ...]:
        """See `Shifts.shifts_of`."""
        return self.current.shifts_of(person, since, until)

    def on_duty(self, team: str, at: datetime) -> tuple[str, ...] | None:
        """See `DutyShifts.on_duty`."""
        return self.current.on_duty(team, at)


def as_of_now(shifts: Shifts) -> Shifts:
    """Return shifts that do not change between two questions, where the desk knows them: for many at once."""
    return shifts.current if isinstance(shifts, DeskShifts) else shifts


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
    shifts = as_of_now(shifts)
    planned = shifts.on_duty(team, at) if isinstance(shifts, DutyShifts) else None
    if planned is not None:
        return tuple(planned)
    try:
        members = directory.members_of(team)
    except NotFoundError:
        return ()
    return tuple(each.id for each in members if is_on_shift(shifts, each.id, at))
