"""What routing does to a ticket: it is assigned, and its history tells why."""

from collections.abc import Iterable
from typing import TypeVar

from attrs import evolve

from itsmkit.practices.decision import Decision, Occasion, happen
from itsmkit.practices.routing.decision import RoutingDecision, Unassignable
from itsmkit.tickets import Assigned, Fact, RoutingRecorded, Ticket

__all__ = ["given_by_routing"]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)


def given_by_routing(
    ticket: AnyTicket,
    routed: RoutingDecision,
    occasion: Occasion,
    *,
    last: RoutingRecorded | None = None,
    chain: Iterable[str] = (),
) -> Decision[AnyTicket]:
    """
    Return that a ticket goes where routing has decided.

    Args:
        ticket: The ticket that was routed.
        routed: What was decided.
        occasion: When, and by whom.
        last: What its history tells of its routing last. What would say the same again, is not said.
        chain: The rules of automation that have led to it, the first of them first.

    Raises:
        RefusedError: If it was merged.
    """
    recorded = _recorded(routed)
    facts: list[Fact] = []
    goes = (routed.support_group, routed.assignee)
    if goes != (ticket.support_group, ticket.assignee):
        facts = [evolve(recorded, chain=chain), Assigned(*goes)]
    elif last is None or evolve(last, retry_at=recorded.retry_at, chain=()) != recorded:
        facts = [evolve(recorded, chain=chain)]
    return happen(ticket, occasion, *facts)


def _recorded(routed: RoutingDecision) -> RoutingRecorded:
    """Return what the history of the ticket tells of a decision."""
    weighed = routed.advice
    recorded = RoutingRecorded(
        routed.rule.name,
        routed.group,
        routed.assignee,
        "; ".join(routed.because),
        needs=[need.name for need in routed.needs if need.is_hard],
    )
    if isinstance(routed, Unassignable):
        recorded = evolve(
            recorded,
            fallback=routed.fallback.step.value,
            lacking=[need.name for need in routed.lacking],
            retry_at=routed.retry_at,
        )
    if weighed is None:
        return recorded
    return evolve(
        recorded,
        advised_by=weighed.source,
        advised_group=weighed.advice.group,
        advised_person=weighed.advice.person,
        confidence=float(weighed.advice.confidence),
        is_followed=weighed.is_followed,
        advised_because=weighed.advice.because,
    )
