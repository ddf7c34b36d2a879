"""Values for tests: each fills in what a test does not care about."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from itsmkit._frozen import EMPTY
from itsmkit.calendars import BusinessCalendar
from itsmkit.plugin import Notification
from itsmkit.practices import Decision, Incident, KindOfWork, Occasion, happen, incident_kind
from itsmkit.tickets import Actor, Fact, TicketEvent, TicketId

__all__ = [
    "AN_AGENT",
    "A_MONDAY",
    "a_notification",
    "an_incident",
    "an_incident_logged",
    "events_of",
    "office_hours",
]

A_MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""A Monday morning on which nothing special happens, in UTC."""

AN_AGENT = Actor("agent")
"""Somebody who works on the desk."""


def office_hours(zone: str = "UTC") -> BusinessCalendar:
    """Return Monday to Friday, nine to five, without holidays."""
    return BusinessCalendar("Mon-Fri 09:00-17:00", zone)


def an_incident_logged(
    number: str = "INC-1",
    *,
    at: datetime = A_MONDAY,
    practice: KindOfWork[Incident] | None = None,
    impact: str | None = None,
    urgency: str | None = None,
    details: Mapping[str, object] = EMPTY,
) -> Decision[Incident]:
    """Return the logging of an incident; its key is made from its number."""
    practice = practice or incident_kind()
    return practice.log(
        TicketId(f"ticket-{number}"),
        number,
        Occasion(AN_AGENT, at),
        impact=impact,
        urgency=urgency,
        details={"title": "Something is broken", "requester": "caller", **details},
    )


def an_incident(number: str = "INC-1", **options: Any) -> Incident:
    """Return an incident that was just logged; the options are those of `an_incident_logged`."""
    return an_incident_logged(number, **options).ticket


def events_of(
    incident: Incident, *facts: Fact, every: timedelta = timedelta(minutes=10)
) -> list[TicketEvent]:
    """Return *facts* as events of *incident*, one after the other."""
    events: list[TicketEvent] = []
    for step, fact in enumerate(facts, start=1):
        decision = happen(incident, Occasion(AN_AGENT, incident.opened_at + step * every), fact)
        events.extend(decision.events)
        incident = decision.ticket
    return events


def a_notification(key: str = "key-1", **changes: Any) -> Notification:
    """
    Return a notification about the ticket ``ticket-INC-1``.

    Each key has a recipient of its own, so that no notification waits for another.
    """
    values = {
        "recipient": f"whoever hears of {key}",
        "subject": "INC-1: resolve clock at breach",
        "body": "4:00:00 of 4:00:00 used",
        "ticket_id": "ticket-INC-1",
        **changes,
    }
    return Notification(key, **values)
