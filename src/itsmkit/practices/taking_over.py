"""
Taking over histories from other systems.

Another desk's log says what became of a ticket, not what was asked for. Each entry is turned into the events
that explain it. A move that our own workflow forbids is not hidden and not lost: it becomes an administrative
correction that carries every reason of the refusal.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from attrs import field, frozen

from itsmkit._frozen import EMPTY, frozen_dict
from itsmkit.errors import DefinitionError
from itsmkit.practices.decision import Decision, Occasion, happen
from itsmkit.practices.handling import checked, differences, facts_of_move
from itsmkit.practices.kind_of_work import KindOfWork, begin
from itsmkit.practices.ownership import first_owner
from itsmkit.practices.ticket_rules import STANDARD_TICKET_RULES, TicketRules
from itsmkit.tickets import (
    DONE_CATEGORIES,
    FACTS_OF_PARTS,
    Assigned,
    DetailsChanged,
    Fact,
    OwnershipTransferred,
    Prioritised,
    StateChanged,
    StateCorrected,
    Ticket,
    TicketId,
    TicketLogged,
)
from itsmkit.workflow import StateCategory, TransitionRefusedError

__all__ = ["Observation", "catch_up", "take_over"]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)


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

    def __attrs_post_init__(self) -> None:
        problems = [
            f"details: {name!r} tells of tags, participants or links, which are no details"
            for name in self.details
            if name.startswith(FACTS_OF_PARTS)
        ]
        if problems:
            raise DefinitionError(*problems)

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
    kind: KindOfWork[AnyTicket],
    ticket_id: TicketId,
    number: str,
    seen: Observation,
    occasion: Occasion,
    *,
    opened_at: datetime,
    rules: TicketRules = STANDARD_TICKET_RULES,
) -> Decision[AnyTicket]:
    """
    Begin the history of a ticket with the first that is known of it.

    Details that the fields of the kind do not take are taken as they are, and the event says why they should
    not be.

    Args:
        kind: The kind of work.
        ticket_id: Its key.
        number: Its number in the other system.
        seen: How it looks.
        occasion: When it was seen so, and by whom it was changed.
        opened_at: When the need arose. An entry from before takes effect only then.
        rules: What the desk asks of every ticket.

    Raises:
        NotFoundError: If the workflow does not know the state.
    """
    told = kind.read_leniently(checked(seen.details))
    workflow = kind.workflow_for(told.values)
    initial = workflow.definition.initial
    category = workflow.category_of(seen.state).value
    irregular = () if seen.state == initial else (f"the history begins in {seen.state}, not in {initial}",)
    facts = {**seen.facts(), **told.values}
    facts["owner"] = first_owner(facts, occasion, rules.default_owner)
    fact = TicketLogged(
        kind=kind.name,
        number=number,
        state=seen.state,
        category=category,
        opened_at=opened_at,
        details={name: value for name, value in facts.items() if value is not None},
        irregular=(*irregular, *told.problems),
    )
    return begin(kind, occasion.event(ticket_id, 1, fact, not_before=fact.opened_at))


def catch_up(
    kind: KindOfWork[AnyTicket],
    ticket: AnyTicket,
    seen: Observation,
    occasion: Occasion,
    *,
    rules: TicketRules = STANDARD_TICKET_RULES,
) -> Decision[AnyTicket]:
    """
    Bring *ticket* to where another system shows it.

    What is judged comes before what is done: a new priority or group holds for the move that came with it.
    Details are taken as `take_over` does.

    Args:
        kind: The kind of work.
        ticket: The ticket as we know it.
        seen: How it looks now.
        occasion: When it was seen so, and by whom it was changed.
        rules: What the desk asks of every ticket. A resolution that lacks what they ask for is an
            administrative correction.

    Returns:
        The decision; without events if nothing differs.

    Raises:
        NotFoundError: If the workflow does not know the state.
    """
    facts: list[Fact] = []
    owner: object = None
    if seen.details:
        told = kind.read_leniently(differences(ticket, checked(seen.details)))
        news = differences(ticket, told.values)
        owner = news.pop("owner", None)
        if news.keys() - {"fields_version"}:
            facts.append(DetailsChanged(news, told.problems))
    if owner is not None:
        facts.append(OwnershipTransferred(str(owner), f"as {occasion.actor} told"))
    judged = (seen.impact, seen.urgency, seen.priority)
    if judged != (ticket.impact, ticket.urgency, ticket.priority):
        facts.append(Prioritised(*judged, because=f"as {occasion.actor} judged it"))
    if (seen.support_group, seen.assignee) != (ticket.support_group, ticket.assignee):
        facts.append(Assigned(seen.support_group, seen.assignee))
    if seen.state != ticket.state:
        move = _move(kind, ticket, seen, occasion, rules)
        facts.append(move)
        if ticket.owner is None and owner is None and move.category not in DONE_CATEGORIES:
            facts.append(OwnershipTransferred(rules.default_owner, "nobody answered for it"))
    return happen(ticket, occasion, *facts)


def _move(
    kind: KindOfWork[AnyTicket],
    ticket: AnyTicket,
    seen: Observation,
    occasion: Occasion,
    rules: TicketRules,
) -> StateChanged | StateCorrected:
    workflow = kind.workflow_of(ticket)
    source, target = ticket.state, seen.state
    category = workflow.category_of(target).value
    trigger = workflow.trigger_to(source, target)
    if trigger is None:
        return StateCorrected(source, target, category, (f"no move leads from {source} to {target}",))
    if category == StateCategory.RESOLVED.value:
        lacking = (*rules.resolution.reasons(facts_of_move(ticket, occasion, seen.facts())),)
        if lacking:
            return StateCorrected(source, target, category, lacking)
    if not workflow.is_unconditional(source, trigger):
        try:
            workflow.fire(source, trigger, facts_of_move(ticket, occasion, seen.facts()))
        except TransitionRefusedError as refusal:
            return StateCorrected(source, target, category, refusal.reasons)
    return StateChanged(source, target, category, trigger)
