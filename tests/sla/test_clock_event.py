import copy
import pickle
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from itsmkit.errors import DefinitionError
from itsmkit.sla import ClockEvent

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_conditions_see_the_facts_beside_the_event_and_its_category() -> None:
    event = ClockEvent(NOON, "opened", "new", {"priority": "P1", "event": "hidden"})
    assert event.view() == {"priority": "P1", "event": "opened", "state_category": "new"}


def test_a_view_is_the_callers_own() -> None:
    event = ClockEvent(NOON, "opened", "new")
    event.view()["event"] = "changed"
    assert event.view()["event"] == "opened"


def test_an_instant_is_kept_in_utc_so_that_a_repeated_hour_is_in_order() -> None:
    first = ClockEvent(datetime(2026, 10, 25, 2, 50, tzinfo=BERLIN), "opened", "new")
    second = ClockEvent(datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=BERLIN), "state_changed", "active")
    assert second.at - first.at == timedelta(minutes=20)
    assert {first.at.tzinfo, second.at.tzinfo} == {UTC}


def test_events_hash_copy_and_pickle() -> None:
    event = ClockEvent(NOON, "opened", "new", {"priority": "P1"})
    copies = [copy.copy(event), copy.deepcopy(event), pickle.loads(pickle.dumps(event))]
    assert {event, *copies} == {event}


@pytest.mark.parametrize(
    ("at", "name", "category", "problem"),
    [
        pytest.param(datetime(2026, 3, 2), "opened", "new", "at has no time zone", id="naive"),  # noqa: DTZ001
        pytest.param("2026-03-02", "opened", "new", "at must be a datetime", id="text"),
        pytest.param(NOON, "", "new", "name must be a name", id="no name"),
        pytest.param(NOON, "opened", " new", "category must be a name", id="a space"),
    ],
)
def test_an_event_is_right_from_birth(at: datetime, name: str, category: str, problem: str) -> None:
    with pytest.raises(DefinitionError, match=rf"ClockEvent\.{problem}"):
        ClockEvent(at, name, category)
