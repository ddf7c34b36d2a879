"""What everybody keeps who knows when people work."""

from datetime import UTC, datetime, timedelta

import pytest

from itsmkit.calendars import BusinessCalendar, TimeSpan, merge_spans
from itsmkit.errors import DefinitionError
from itsmkit.plugin import DutyShifts, Shifts
from itsmkit.tickets.structure import Person, Structure, SupportGroup

__all__ = ["A_TEAM", "DutyShiftsContract", "OFFICE", "ShiftsContract"]

OFFICE = BusinessCalendar("Mon-Fri 08:00-17:00", "Europe/Berlin", name="office")
"""When ann and the group desk work."""

A_TEAM = Structure(
    people=[Person("ann", calendar="office"), Person("bob"), Person("cyn")],
    groups=[SupportGroup("desk", members=["ann", "bob"], calendar="office")],
)
"""Who is known: ann works in the hours of `OFFICE`, bob in those of the group, cyn never."""

_DAY = timedelta(days=1)
_SUNDAY = datetime(2026, 3, 22, tzinfo=UTC)
_WEEK = (_SUNDAY, _SUNDAY + 8 * _DAY)  # over the night in which the clocks are put ahead


class ShiftsContract:
    """
    What everybody keeps who knows when people work: provide the fixture ``shifts``.

    It knows `A_TEAM`, and the calendar ``"office"`` as `OFFICE`.
    """

    @pytest.fixture
    def shifts(self) -> Shifts:
        """Return who knows when the people of `A_TEAM` work."""
        raise NotImplementedError

    @pytest.mark.parametrize("person", ["ann", "bob"])
    def test_people_work_in_their_hours(self, shifts: Shifts, person: str) -> None:
        assert merge_spans(shifts.shifts_of(person, *_WEEK)) == tuple(
            TimeSpan(span.start, span.end) for span in OFFICE.open_spans(*_WEEK)
        )

    @pytest.mark.parametrize("person", ["cyn", "nobody", ""])
    def test_who_is_not_known_or_has_no_hours_never_works(self, shifts: Shifts, person: str) -> None:
        assert not shifts.shifts_of(person, *_WEEK)

    def test_shifts_are_cut_to_what_is_asked(self, shifts: Shifts) -> None:
        monday = datetime(2026, 3, 23, 10, tzinfo=UTC)
        asked = TimeSpan(monday, monday + timedelta(minutes=7))
        assert list(shifts.shifts_of("ann", asked.start, asked.end)) == [asked]

    def test_nothing_is_between_an_instant_and_itself(self, shifts: Shifts) -> None:
        monday = datetime(2026, 3, 23, 10, tzinfo=UTC)
        assert not shifts.shifts_of("ann", monday, monday)

    def test_the_shifts_of_some_time_are_those_of_its_parts(self, shifts: Shifts) -> None:
        since, until = _WEEK
        cuts = [since + number * timedelta(hours=7) for number in range(28)]
        parts = [
            span
            for start, end in zip(cuts, [*cuts[1:], until], strict=True)
            for span in shifts.shifts_of("ann", start, end)
        ]
        assert merge_spans(parts) == merge_spans(shifts.shifts_of("ann", since, until))

    def test_the_zone_of_who_asks_does_not_matter(self, shifts: Shifts) -> None:
        since, until = (each.astimezone(OFFICE.tz) for each in _WEEK)
        assert list(shifts.shifts_of("ann", since, until)) == list(shifts.shifts_of("ann", *_WEEK))

    def test_an_instant_without_a_zone_is_refused(self, shifts: Shifts) -> None:
        with pytest.raises(DefinitionError):
            shifts.shifts_of("ann", _SUNDAY.replace(tzinfo=None), _SUNDAY)


class DutyShiftsContract(ShiftsContract):
    """What everybody keeps who knows who is on duty, too: provide the fixture ``shifts`` as above."""

    def test_it_can_be_asked_who_is_on_duty(self, shifts: Shifts) -> None:
        assert isinstance(shifts, DutyShifts)

    @pytest.mark.parametrize("team", ["desk", "nobody", ""])
    def test_nobody_plans_for_a_team_without_a_rota(self, shifts: DutyShifts, team: str) -> None:
        assert shifts.on_duty(team, _SUNDAY) is None
