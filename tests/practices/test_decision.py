from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.practices import Decision, Incident, Occasion, happen, incident_kind
from itsmkit.practices.decision import unchanged
from itsmkit.testing.strategies import actors, decisions, instants, waits
from itsmkit.tickets import SYSTEM, Actor, Assigned, Commented, TicketEvent, TicketId, replay

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANN = Actor("ann")


def test_something_happens_when_it_is_recorded_unless_it_is_said_otherwise() -> None:
    assert Occasion(ANN, NOON).at == NOON
    assert Occasion(ANN, NOON, NOON - HOUR).at == NOON - HOUR


def test_the_instants_of_an_occasion_are_in_utc() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    occasion = Occasion(ANN, NOON.astimezone(berlin), (NOON - HOUR).astimezone(berlin))
    assert (occasion.recorded_at, occasion.at) == (NOON, NOON - HOUR)
    assert {occasion.recorded_at.tzinfo, occasion.at.tzinfo} == {UTC}


@pytest.mark.parametrize("field", ["recorded_at", "at"])
def test_an_occasion_has_a_zone(field: str) -> None:
    with pytest.raises(DefinitionError, match=rf"Occasion\.{field} has no time zone"):
        Occasion(ANN, **{"recorded_at": NOON, field: NOON.replace(tzinfo=None)})


@pytest.mark.parametrize(
    ("not_before", "effective"),
    [
        pytest.param(None, NOON, id="nothing came before"),
        pytest.param(NOON - HOUR, NOON, id="something came before"),
        pytest.param(NOON, NOON, id="something at the same instant"),
        pytest.param(NOON + HOUR, NOON + HOUR, id="something that is later"),
    ],
)
def test_an_event_takes_effect_when_it_happened_but_not_before_the_one_before_it(
    not_before: datetime | None, effective: datetime
) -> None:
    event = Occasion(ANN, NOON + 2 * HOUR, NOON).event(
        TicketId("t1"), 2, Assigned("A"), not_before=not_before
    )
    assert event == TicketEvent(TicketId("t1"), 2, NOON, effective, NOON + 2 * HOUR, ANN, Assigned("A"))


def test_facts_happen_in_order(incident: Incident) -> None:
    facts = (Assigned("A"), Commented("Hello", public=True), Assigned("B"))
    decision = happen(incident, Occasion(SYSTEM, NOON), *facts)
    assert decision.before is incident
    assert [event.fact for event in decision.events] == list(facts)
    assert [event.sequence for event in decision.events] == [2, 3, 4]
    assert [ticket.version for _, ticket in decision.steps] == [2, 3, 4]
    assert decision.ticket == decision.steps[-1][1]


def test_a_decision_without_events_leaves_the_ticket_as_it_was(incident: Incident) -> None:
    assert happen(incident, Occasion(SYSTEM, NOON)) == unchanged(incident) == Decision(incident, ())
    assert unchanged(incident).ticket is incident
    assert unchanged(incident).events == ()


@given(instants(), st.data())
def test_whatever_is_decided_replaying_it_gives_the_ticket_and_time_never_falls(
    now: datetime, data: st.DataObject
) -> None:
    practice = incident_kind()
    logged = practice.log(TicketId("t1"), "INC-1", Occasion(ANN, now), details={"requester": "caller"})
    incident, history = logged.ticket, list(logged.events)
    for _ in range(data.draw(st.integers(0, 8))):
        now += data.draw(waits())
        occasion = Occasion(data.draw(actors()), now, now - data.draw(waits()))
        decision = data.draw(decisions(incident, occasion, practice))
        assert decision.before is incident
        history.extend(decision.events)
        incident = decision.ticket
    assert replay(history, Incident) == incident
    effective = [event.effective_at for event in history]
    assert effective == sorted(effective)
    assert all(event.effective_at >= event.at for event in history)
    assert incident.updated_at == effective[-1]
