"""The impact of a ticket: it follows from the configuration before the unit of work in which it is judged."""

from collections.abc import Callable, Mapping

from itsmkit.cmdb.history import ConfigurationView
from itsmkit.desk._access import guarded
from itsmkit.desk._commands import Runner
from itsmkit.errors import NotFoundError
from itsmkit.practices import derive_impact
from itsmkit.tickets import ImpactDerived, Ticket, TicketId

__all__ = ["DerivedImpact", "impact_before", "impact_of_new", "nothing_derived"]

DerivedImpact = Callable[[Ticket], ImpactDerived | None]
"""Tells which impact of a ticket follows from the configuration; ``None`` if none does."""


def nothing_derived(_ticket: Ticket) -> None:
    """Tell that no impact follows, where nobody asks for it."""


def impact_of_new(runner: Runner, kind: str, details: Mapping[str, object]) -> ImpactDerived | None:
    """
    Return which impact follows for a new ticket of a kind from the configuration as it is now.

    Returns:
        ``None`` if the desk derives none for the kind, or the ticket names nothing that is known.
    """
    policy = runner.config.impact
    if policy is None or kind not in policy.kinds:
        return None
    return _derived(runner, kind, details, runner.view())


def impact_before(runner: Runner, ticket_id: TicketId) -> DerivedImpact:
    """
    Return what gives the impact of a ticket that is to be changed, from the configuration as it is now.

    It is known beforehand for what the ticket names now. What has come to be named meanwhile, is looked at
    when it is asked for, in the same configuration.

    Raises:
        NotFoundError: If there is no such ticket for who asks.
        AccessDeniedError: If there is, and what they ask for is not permitted.
    """
    policy = runner.config.impact
    if policy is None:
        return nothing_derived
    with runner.store.begin() as unit:
        before = guarded(unit, runner.guard).ticket(ticket_id).ticket
    if before.kind not in policy.kinds:
        return nothing_derived
    view, named = runner.view(), _named(before)
    derived = _derived(runner, before.kind, named, view)

    def of(ticket: Ticket) -> ImpactDerived | None:
        now = _named(ticket)
        return derived if now == named else _derived(runner, ticket.kind, now, view)

    return of


def _derived(
    runner: Runner, kind: str, details: Mapping[str, object], view: ConfigurationView
) -> ImpactDerived | None:
    policy = runner.config.impact
    assert policy is not None  # noqa: S101  # who calls has seen to it

    def criticality_of(service: str) -> str | None:
        try:
            return runner.directory.service(service).criticality.value
        except NotFoundError:
            return None

    least = runner.config.kind(kind).priorities.impacts[-1]
    return derive_impact(policy, details, view, criticality_of, least=least)


def _named(ticket: Ticket) -> dict[str, object]:
    """Return what is said of a ticket from which its impact follows."""
    return {name: ticket.fact(name) for name in ("configuration_item", "service")}
