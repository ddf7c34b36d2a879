from datetime import timedelta

import pytest

from itsmkit import testing
from itsmkit.errors import DefinitionError
from itsmkit.practices import Incident, incident_kind
from itsmkit.testing import (
    A_MONDAY,
    AN_AGENT,
    a_notification,
    an_incident,
    an_incident_logged,
    events_of,
    office_hours,
)
from itsmkit.tickets import Assigned, Commented, replay

HOUR = timedelta(hours=1)


def test_a_monday_is_an_ordinary_morning_at_the_office() -> None:
    assert (A_MONDAY.weekday(), A_MONDAY.hour, A_MONDAY.utcoffset()) == (0, 9, timedelta(0))
    assert office_hours().is_open(A_MONDAY)
    assert not office_hours().is_open(A_MONDAY + 8 * HOUR)
    assert office_hours("Asia/Tokyo").tz.key == "Asia/Tokyo"


def test_an_incident_needs_nothing_said() -> None:
    incident = an_incident()
    assert (incident.id, incident.number, incident.version) == ("ticket-INC-1", "INC-1", 1)
    assert (incident.title, incident.requester, incident.priority) == ("Something is broken", "caller", "P5")
    assert incident.opened_at == A_MONDAY


def test_an_incident_is_as_it_is_said_to_be() -> None:
    decision = an_incident_logged(
        "INC-7",
        at=A_MONDAY + HOUR,
        practice=incident_kind(),
        impact="high",
        urgency="high",
        details={"title": "No network", "cable": "red"},
    )
    incident = decision.ticket
    assert (incident.number, incident.title, incident.priority) == ("INC-7", "No network", "P1")
    assert (incident.opened_at, dict(incident.details)) == (A_MONDAY + HOUR, {"cable": "red"})
    assert an_incident("INC-7", impact="high", urgency="high").priority == "P1"


def test_events_follow_one_another() -> None:
    logged = an_incident_logged()
    facts = [Assigned("Network"), Commented("looked at it", public=False)]
    events = events_of(logged.ticket, *facts)
    assert [event.fact for event in events] == facts
    assert [event.sequence for event in events] == [2, 3]
    assert [(event.at - A_MONDAY, event.actor) for event in events] == [
        (timedelta(minutes=10), AN_AGENT),
        (timedelta(minutes=20), AN_AGENT),
    ]
    assert replay([*logged.events, *events], Incident).support_group == "Network"
    assert events_of(logged.ticket, *facts, every=HOUR)[-1].at == A_MONDAY + 2 * HOUR
    assert events_of(logged.ticket) == []


def test_a_notification_is_about_an_incident() -> None:
    assert a_notification().ticket_id == an_incident().id
    assert a_notification("key-2", body="words").body == "words"
    with pytest.raises(DefinitionError):
        a_notification(recipient="")


def test_the_kit_offers_what_it_names() -> None:
    assert testing.__all__ == sorted(testing.__all__)
    assert all(hasattr(testing, name) for name in testing.__all__)
