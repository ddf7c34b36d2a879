"""How long a ticket that is done may be taken up again."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from attrs import field, frozen

from itsmkit._checks import is_a, named
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.tickets import DONE_CATEGORIES, StateChanged, StateCorrected, Ticket, TicketEvent, TicketLogged

__all__ = ["ReopenPolicy", "done_at", "refuse_late"]


@frozen
class ReopenPolicy:
    """
    How long a ticket that is done may be taken up again.

    Args:
        within: How long after it was done; ``None`` for as long as its workflow lets it.
        trigger: What the workflow calls it.

    Raises:
        DefinitionError: If *within* is negative.
    """

    within: timedelta | None = None
    trigger: str = field(default="reopen", kw_only=True, validator=named)

    def __attrs_post_init__(self) -> None:
        within = self.within
        if within is not None and (not is_a(within, timedelta) or within < timedelta(0)):
            problem = f"ReopenPolicy.within must be a duration that is not negative, not {shown(within)}"
            raise DefinitionError(problem)


def done_at(history: Iterable[TicketEvent]) -> datetime | None:
    """Return since when a ticket is done, by its history; ``None`` if it is not."""
    since: datetime | None = None
    for event in history:
        fact = event.fact
        if isinstance(fact, TicketLogged | StateChanged | StateCorrected):
            if fact.category not in DONE_CATEGORIES:
                since = None
            elif since is None:
                since = event.effective_at
    return since


def refuse_late(ticket: Ticket, policy: ReopenPolicy, history: Iterable[TicketEvent], at: datetime) -> None:
    """
    Let *ticket* be taken up again at the instant *at*.

    Args:
        ticket: The ticket.
        policy: How long it may be.
        history: All of its events, in order.
        at: When somebody asks.

    Raises:
        RefusedError: If it was done too long before.
    """
    since = done_at(history)
    if policy.within is not None and since is not None and at - since > policy.within:
        refusal = (
            f"cannot reopen {ticket.number}: it is {ticket.state_category} since {since:%Y-%m-%d %H:%M} UTC, "
            f"which is longer ago than {policy.within}"
        )
        raise RefusedError(refusal)
