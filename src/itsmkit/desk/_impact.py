"""The impact of a ticket, derived before the unit of work in which it is judged."""

from collections.abc import Callable, Mapping

from itsmkit.desk._access import guarded
from itsmkit.desk._commands import Runner
from itsmkit.errors import ConflictError, NotFoundError
from itsmkit.practices import derive_impact
from itsmkit.tickets import ImpactDerived, Ticket, TicketId

__all__ = ["impact_before", "impact_of_new"]


def impact_of_new(runner: Runner, kind: str, details: Mapping[str, object]) -> ImpactDerived | None:
    """
    Return which impact follows for a new ticket of a kind from the configuration as it is now.

    Returns:
        ``None`` if the desk derives none for the kind, or the ticket names nothing that is known.
    """
    policy = runner.config.impact
    if policy is None or kind not in policy.kinds:
        return None

    def criticality_of(service: str) -> str | None:
        try:
            return runner.directory.service(service).criticality.value
        except NotFoundError:
            return None

    least = runner.config.kind(kind).priorities.impacts[-1]
    return derive_impact(policy, details, runner.view(), criticality_of, least=least)


def impact_before(runner: Runner, ticket_id: TicketId) -> Callable[[Ticket], ImpactDerived | None]:
    """
    Return what gives the impact of a ticket that is to be changed, as it follows from how it is now.

    It raises `ConflictError` of a ticket that has come to name something else meanwhile: ask again.

    Raises:
        NotFoundError: If there is no such ticket for who asks.
        AccessDeniedError: If there is, and what they ask for is not permitted.
    """
    if runner.config.impact is None:
        return lambda _ticket: None
    with runner.store.begin() as unit:
        before = guarded(unit, runner.guard).ticket(ticket_id).ticket
    derived = impact_of_new(runner, before.kind, _named(before))

    def of(ticket: Ticket) -> ImpactDerived | None:
        if _named(ticket) != _named(before):
            raise ConflictError("ticket", ticket.id, before.version, ticket.version)
        return derived

    return of


def _named(ticket: Ticket) -> dict[str, object]:
    """Return what is said of a ticket from which its impact follows."""
    return {name: ticket.fact(name) for name in ("configuration_item", "service")}
