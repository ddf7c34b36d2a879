from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from itsmkit.desk import Desk, DeskConfig, ManualClock, system_clock
from itsmkit.errors import DefinitionError
from itsmkit.testing import A_MONDAY, AN_AGENT

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_manual_clock_stands_still() -> None:
    clock = ManualClock(A_MONDAY)
    assert [clock(), clock()] == [A_MONDAY, A_MONDAY]


def test_a_manual_clock_is_moved_on_and_shows_utc() -> None:
    clock = ManualClock(datetime(2026, 3, 2, 10, tzinfo=BERLIN))
    clock.advance(timedelta(hours=1))
    assert clock() == datetime(2026, 3, 2, 10, tzinfo=UTC)
    clock.set(datetime(2026, 3, 2, 12, tzinfo=BERLIN))
    assert clock() == datetime(2026, 3, 2, 11, tzinfo=UTC)
    assert clock().tzinfo is UTC


def test_a_manual_clock_may_be_set_to_what_it_shows() -> None:
    clock = ManualClock(A_MONDAY)
    clock.set(A_MONDAY)
    assert clock() == A_MONDAY


def test_a_manual_clock_is_never_set_back() -> None:
    clock = ManualClock(A_MONDAY)
    with pytest.raises(DefinitionError, match="cannot be set back"):
        clock.set(A_MONDAY - timedelta(microseconds=1))
    with pytest.raises(DefinitionError, match="cannot be set back"):
        clock.advance(timedelta(microseconds=-1))
    assert clock() == A_MONDAY


def test_a_manual_clock_knows_the_two_hours_of_one_name() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    second = first.replace(fold=1)
    clock = ManualClock(first)
    clock.set(second)
    assert clock() == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    with pytest.raises(DefinitionError, match="cannot be set back"):
        clock.set(first)


def test_a_manual_clock_refuses_naive_instants() -> None:
    naive = A_MONDAY.replace(tzinfo=None)
    with pytest.raises(DefinitionError, match="has no time zone"):
        ManualClock(naive)
    with pytest.raises(DefinitionError, match="has no time zone"):
        ManualClock(A_MONDAY).set(naive)


def test_the_system_clock_shows_utc() -> None:
    assert system_clock().tzinfo is UTC


def test_a_desk_keeps_utc_whatever_its_clock_shows(config: DeskConfig) -> None:
    desk = Desk(config, clock=lambda: A_MONDAY.astimezone(BERLIN)).acting_as(AN_AGENT)
    began = datetime(2026, 3, 2, 9, 30, tzinfo=BERLIN)
    incident = desk.incidents.log("No network", opened_at=began)
    (event,) = desk.tickets.history(incident.id)
    instants = (event.at, event.effective_at, event.recorded_at, incident.opened_at, incident.updated_at)
    assert [instant.tzinfo for instant in instants] == [UTC] * 5
    assert (event.at, incident.opened_at) == (A_MONDAY, began)


def test_a_desk_refuses_a_naive_clock(config: DeskConfig) -> None:
    desk = Desk(config, clock=lambda: A_MONDAY.replace(tzinfo=None)).acting_as(AN_AGENT)
    with pytest.raises(DefinitionError, match="the time of the desk's clock has no time zone"):
        desk.incidents.log("No network")


def test_a_desk_refuses_a_naive_opening(desk: Desk) -> None:
    with pytest.raises(DefinitionError, match="opened_at has no time zone"):
        desk.incidents.log("No network", opened_at=A_MONDAY.replace(tzinfo=None))
    assert not desk.events()
