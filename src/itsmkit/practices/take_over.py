"""
Taking over histories from other systems.

Another desk's log says what became of a ticket, not what was asked for. Each entry is turned into the events
that explain it. A move that our own workflow forbids is not hidden and not lost: it becomes an administrative
correction that carries every reason of the refusal.
"""

from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen

from itsmkit._frozen import EMPTY, frozen_dict
from itsmkit.practices.decision import Decision, Occasion, happen
from itsmkit.practices.handling import differences, facts_of_move
from itsmkit.practices.incident import INCIDENT, Incident, IncidentManagement, begin
from itsmkit.tickets import (
    Assigned,
    DetailsChanged,
    Fact,
    Prioritised,
    StateChanged,
    StateCorrected,
    TicketId,
    TicketLogged,
)
from itsmkit.workflow import TransitionRefusedError

__all__ = ["Observation", "catch_up", "take_over"]


@frozen
class Observation:
    """
    How another system shows a ticket at an instant.

    Args:
        state: Its state; one of our workflow's.
        support_group: The group that has the work.
        assignee: The person that has the work.
        impact: A level, as the other system names it.
        urgency: A level, as the other system names it.
        priority: The priority, as the other system gives it.
        details: Descriptive fields and further details, by name.
    """

    state: str
    support_group: str | None = None
    assignee: str | None = None
    impact: str | None = None
    urgency: str | None = None
    priority: str | None = None
    details: Mapping[str, object] = field(default=EMPTY, converter=frozen_dict)

    def facts(self) -> dict[str, object]:
        """Return all that is seen besides the state, by the names that the ticket has for it."""
        return {
            **self.details,
            "impact": self.impact,
            "urgency": self.urgency,
            "priority": self.priority,
            "support_group": self.support_group,
            "assignee": self.assignee,
        }


def take_over(
    practice: IncidentManagement,
    ticket_id: TicketId,
    number: str,
    seen: Observation,
    occasion: Occasion,
    *,
    opened_at: datetime,
) -> Decision[Incident]:
    """
    Begin the history of an incident with the first that is known of it.

    Args:
        practice: How the desk handles incidents.
        ticket_id: Its key.
        number: Its number in the other system.
        seen: How it looks.
        occasion: When it was seen so, and by whom it was changed.
        opened_at: When the need arose. An entry from before takes effect only then.

    Raises:
        NotFoundError: If the workflow does not know the state.
    """
    initial = practice.workflow.definition.initial
    category = practice.workflow.category_of(seen.state).value
    irregular = () if seen.state == initial else (f"the history begins in {seen.state}, not in {initial}",)
    fact = TicketLogged(
        kind=INCIDENT,
        number=number,
        state=seen.state,
        category=category,
        opened_at=opened_at,
        details={name: value for name, value in seen.facts().items() if value is not None},
        irregular=irregular,
    )
    return begin(occasion.event(ticket_id, 1, fact, not_before=fact.opened_at))


def catch_up(
    practice: IncidentManagement, incident: Incident, seen: Observation, occasion: Occasion
) -> Decision[Incident]:
    """
    Bring *incident* to where another system shows it.

    What is judged comes before what is done: a new priority or group holds for the move that came with it.

    Args:
        practice: How the desk handles incidents.
        incident: The incident as we know it.
        seen: How it looks now.
        occasion: When it was seen so, and by whom it was changed.

    Returns:
        The decision; without events if nothing differs.

    Raises:
        NotFoundError: If the workflow does not know the state.
    """
    facts: list[Fact] = []
    news = differences(incident, seen.details)
    if news:
        facts.append(DetailsChanged(news))
    judged = (seen.impact, seen.urgency, seen.priority)
    if judged != (incident.impact, incident.urgency, incident.priority):
        facts.append(Prioritised(*judged, because=f"as {occasion.actor} judged it"))
    if (seen.support_group, seen.assignee) != (incident.support_group, incident.assignee):
        facts.append(Assigned(seen.support_group, seen.assignee))
    if seen.state != incident.state:
        facts.append(_move(practice, incident, seen, occasion))
    return happen(incident, occasion, *facts)


def _move(practice: IncidentManagement, incident: Incident, seen: Observation, occasion: Occasion) -> Fact:
    workflow = practice.workflow
    source, target = incident.state, seen.state
    category = workflow.category_of(target).value
    trigger = workflow.trigger_to(source, target)
    if trigger is None:
        return StateCorrected(source, target, category, (f"no move leads from {source} to {target}",))
    if not workflow.is_unconditional(source, trigger):
        try:
            workflow.fire(source, trigger, facts_of_move(incident, occasion, seen.facts()))
        except TransitionRefusedError as refusal:
            return StateCorrected(source, target, category, refusal.reasons)
    return StateChanged(source, target, category, trigger)
