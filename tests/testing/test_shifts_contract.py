"""The contract of shifts is worth what it catches: each of those below breaks one promise."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from inspect import getmembers

import pytest
from attrs import evolve

from itsmkit.calendars import TimeSpan
from itsmkit.desk import CalendarShifts, InMemoryDirectory, RotaShifts
from itsmkit.errors import DefinitionError, ItsmkitError
from itsmkit.plugin import Shifts
from itsmkit.rotas import Leave, Roster, Rota, RotaLayer
from itsmkit.testing.contracts import A_TEAM, OFFICE, DutyShiftsContract, ShiftsContract

DIRECTORY = InMemoryDirectory(A_TEAM)
CALENDARS = {"office": OFFICE}


class TestCalendarShifts(ShiftsContract):
    @pytest.fixture
    def shifts(self) -> Shifts:
        return CalendarShifts(DIRECTORY, CALENDARS)


class TestRotaShifts(DutyShiftsContract):
    @pytest.fixture
    def shifts(self) -> Shifts:
        return RotaShifts(DIRECTORY, CALENDARS)


class Wrong(RotaShifts):
    """Fit to be broken."""


class NotCut(Wrong):
    def shifts_of(self, person: str, since: datetime, until: datetime) -> tuple[TimeSpan, ...]:
        day = timedelta(days=1)
        return super().shifts_of(person, since - day, until + day)


class OnlyOwnHours(Wrong):
    def shifts_of(self, person: str, since: datetime, until: datetime) -> tuple[TimeSpan, ...]:
        return super().shifts_of(person, since, until) if person == "ann" else ()


class WorksAlways(Wrong):
    def shifts_of(self, person: str, since: datetime, until: datetime) -> tuple[TimeSpan, ...]:
        return (TimeSpan(since, until),)


class WallClock(Wrong):
    def shifts_of(self, person: str, since: datetime, until: datetime) -> tuple[TimeSpan, ...]:
        as_utc = (each.replace(tzinfo=UTC) for each in (since, until))
        return super().shifts_of(person, *as_utc)


class PlansForNobody(Wrong):
    def on_duty(self, team: str, at: datetime) -> tuple[str, ...]:
        return ()


@pytest.mark.parametrize("kind", [NotCut, OnlyOwnHours, WorksAlways, WallClock, PlansForNobody])
def test_the_contract_finds_it(kind: Callable[..., Shifts]) -> None:
    shifts, suite = kind(DIRECTORY, CALENDARS), DutyShiftsContract()
    caught = 0
    for _, test in getmembers(suite, callable):
        if not getattr(test, "__name__", "").startswith("test_"):
            continue
        [*marks] = getattr(test, "pytestmark", [])
        for case in marks[0].args[1] if marks else [None]:
            try:
                test(shifts, *([] if case is None else [case]))
            except (AssertionError, ItsmkitError, pytest.fail.Exception):
                caught += 1
    assert caught


# -- what rotas add --------------------------------------------------------------------------------

MONDAY = datetime(2026, 3, 23, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NIGHT = Roster(
    Rota("nights", "desk", [RotaLayer("all", ["bob", "cyn"], "2026-03-23T20:00", rule="FREQ=DAILY")])
)


def test_who_is_on_duty_works() -> None:
    shifts = RotaShifts(DIRECTORY, CALENDARS, [NIGHT])
    assert shifts.shifts_of("cyn", MONDAY, MONDAY + 2 * DAY) == (
        TimeSpan(MONDAY + 44 * HOUR, MONDAY + 48 * HOUR),
    )
    assert shifts.on_duty("desk", MONDAY + 21 * HOUR) == ("bob",)
    assert shifts.on_duty("desk", MONDAY) == ()
    assert shifts.on_duty("network", MONDAY) is None
    assert shifts.on_duty("desk", datetime(2300, 1, 1, tzinfo=UTC)) == ()


def test_who_is_away_does_not_work() -> None:
    leave = Leave(id="l", person="ann", start=MONDAY + 9 * HOUR, end=MONDAY + 10 * HOUR)
    shifts = RotaShifts(DIRECTORY, CALENDARS, leaves=[leave])
    assert shifts.shifts_of("ann", MONDAY, MONDAY + DAY) == (
        TimeSpan(MONDAY + 7 * HOUR, MONDAY + 9 * HOUR),
        TimeSpan(MONDAY + 10 * HOUR, MONDAY + 16 * HOUR),
    )
    assert evolve(shifts, leaves=[leave.withdrawn()]).shifts_of("ann", MONDAY, MONDAY + DAY) == (
        TimeSpan(MONDAY + 7 * HOUR, MONDAY + 16 * HOUR),
    )
    at_dawn = evolve(leave, start=MONDAY - DAY, end=MONDAY + 17 * HOUR)
    assert evolve(shifts, leaves=[at_dawn]).shifts_of("ann", MONDAY, MONDAY + DAY) == ()


def test_the_leaves_of_a_roster_hold_for_hours_too() -> None:
    leave = Leave(id="l", person="bob", start=MONDAY, end=MONDAY + 2 * DAY, covered_by="dee")
    shifts = RotaShifts(DIRECTORY, CALENDARS, [evolve(NIGHT, leaves=[leave])])
    assert shifts.shifts_of("bob", MONDAY, MONDAY + DAY) == ()
    assert shifts.shifts_of("dee", MONDAY, MONDAY + DAY) == (
        TimeSpan(MONDAY + 20 * HOUR, MONDAY + 24 * HOUR),
    )
    with pytest.raises(DefinitionError):
        shifts.on_duty("desk", datetime(2026, 1, 1))  # noqa: DTZ001  # what is to be refused
