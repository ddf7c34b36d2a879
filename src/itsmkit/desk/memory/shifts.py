"""Shifts by the calendars of people and their support groups, and by rotas."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import chain

from attrs import field, frozen

from itsmkit._frozen import as_tuple
from itsmkit.calendars import BusinessTime, TimeSpan, merge_spans, subtract_spans
from itsmkit.errors import NotFoundError
from itsmkit.plugin import Directory
from itsmkit.rotas import Leave, Roster

__all__ = ["CalendarShifts", "RotaShifts"]


@frozen
class CalendarShifts:
    """
    People work in the hours of their calendar; who has none, in those of their support groups.

    Keeps the contract of `itsmkit.plugin.Shifts`. Who has no calendar either way, never works.

    Args:
        directory: Where people and groups are known.
        calendars: The calendars, by the names that people and groups give them.
    """

    directory: Directory
    calendars: Mapping[str, BusinessTime]

    def shifts_of(self, person: str, since: datetime, until: datetime) -> tuple[TimeSpan, ...]:
        """See `Shifts.shifts_of`."""
        try:
            found = self.directory.person(person)
            named = (
                [group.calendar for group in self.directory.groups_of(person)]
                if found.calendar is None
                else [found.calendar]
            )
        except NotFoundError:
            return ()
        calendars = [self.calendars[name] for name in named if name is not None and name in self.calendars]
        return merge_spans(span for each in calendars for span in each.open_spans(since, until))


@frozen
class RotaShifts:
    """
    People work in the hours of their calendar and while they are on duty, but for their leaves.

    Keeps the contracts of `itsmkit.plugin.Shifts` and `itsmkit.plugin.DutyShifts`. Without rotas and leaves
    it is `CalendarShifts`.

    Args:
        directory: Where people and groups are known.
        calendars: The calendars, by the names that people and groups give them.
        rosters: The rotas with all that has changed them.
        leaves: Who is away. They hold for everybody, in a rota or not; those of rosters need not be named
            again.
    """

    directory: Directory
    calendars: Mapping[str, BusinessTime]
    rosters: tuple[Roster, ...] = field(default=(), converter=as_tuple)
    leaves: tuple[Leave, ...] = field(default=(), converter=as_tuple)

    def shifts_of(self, person: str, since: datetime, until: datetime) -> tuple[TimeSpan, ...]:
        """See `Shifts.shifts_of`."""
        asked = TimeSpan(since, until)
        working = [*self._by_calendar.shifts_of(person, since, until)]
        for roster in self._rosters_of(person):
            known = asked & roster.known
            if known is not None:
                working += (
                    duty.span for duty in roster.duties(known.start, known.end) if duty.person == person
                )
        return self.without_leaves(person, merge_spans(working))

    def without_leaves(self, person: str, spans: Sequence[TimeSpan]) -> tuple[TimeSpan, ...]:
        """
        Return *spans* but for when somebody is away.

        Args:
            person: The id of the person.
            spans: In order, with a gap between neighbours.
        """
        away = self._away.get(person)
        return tuple(spans) if away is None else subtract_spans(spans, away)

    def on_duty(self, team: str, at: datetime) -> tuple[str, ...] | None:
        """See `DutyShifts.on_duty`; of several rotas of a team, the first comes first."""
        rosters = [each for each in self.rosters if each.rota.team == team]
        if not rosters:
            return None
        found = (person for each in rosters if at in each.known for person in each.on_duty(at).people)
        return tuple(dict.fromkeys(found))

    def may_be_on_duty(self, person: str) -> bool:
        """Tell whether somebody is on duty at some time, as far as the rosters tell."""
        return bool(self._rosters_of(person))

    @cached_property
    def _by_calendar(self) -> CalendarShifts:
        return CalendarShifts(self.directory, self.calendars)

    def _rosters_of(self, person: str) -> tuple[Roster, ...]:
        """Return the rosters in which somebody may be on duty."""
        return tuple(each for each in self.rosters if person in each.people)

    @cached_property
    def _away(self) -> Mapping[str, tuple[TimeSpan, ...]]:
        """When people are away, in order, by their ids."""
        spans: defaultdict[str, list[TimeSpan]] = defaultdict(list)
        for leave in chain(self.leaves, *(each.leaves for each in self.rosters)):
            if leave.holds:
                spans[leave.person].append(leave.span)
        return {person: merge_spans(found) for person, found in spans.items()}
