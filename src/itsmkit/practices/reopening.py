"""
When a ticket that is done may be taken up again.

Within the window it is the same need: the same ticket goes on, with a new cycle of its clocks. What comes
later is as a rule another need, which would spoil the figures of the old one: it is a new ticket, which says
what it follows up.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from attrs import field, frozen

from itsmkit._checks import is_a
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.tickets import DONE_CATEGORIES, StateChanged, StateCorrected, Ticket, TicketEvent, TicketLogged

__all__ = ["FOLLOWED_UP_BY", "FOLLOW_UP_OF", "ReopenPolicy", "done_at", "follow_up_details", "refuse_late"]


FOLLOW_UP_OF = "follow_up_of"
"""The detail of a new ticket with the number of the one that it follows up."""

FOLLOWED_UP_BY = "followed_up_by"
"""The detail of that one with the number of the new ticket."""


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
    trigger: str = field(default="reopen", kw_only=True)

    def __attrs_post_init__(self) -> None:
        within = self.within
        if within is not None and (not is_a(within, timedelta) or within < timedelta(0)):
            problem = f"ReopenPolicy.within must be a duration that is not negative, not {shown(within)}"
            raise DefinitionError(problem)

    def is_late(self, done_at: datetime | None, at: datetime) -> bool:
        """Tell whether the window of what was done at an instant is past."""
        return self.within is not None and done_at is not None and at - done_at > self.within


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

    Raises:
        RefusedError: If it was done too long before.
    """
    since = done_at(history)
    if since is not None and policy.is_late(since, at):
        refusal = (
            f"cannot reopen {ticket.number}: it is {ticket.state_category} since {since:%Y-%m-%d %H:%M} UTC, "
            f"which is longer ago than {policy.within}; ask for a new ticket that follows it up: "
            "`reopen(..., follow_up=True)`"
        )
        raise RefusedError(refusal)


def follow_up_details(ticket: Ticket, reason: str) -> Mapping[str, object]:
    """Return what a new ticket that follows up *ticket* is logged with."""
    same = (
        "requester",
        "affected_person",
        "organisation",
        "site",
        "service",
        "configuration_item",
        "category",
        "support_group",
    )
    return {
        "title": ticket.title,
        **{name: getattr(ticket, name) for name in same},
        FOLLOW_UP_OF: ticket.number,
        "reopen_reason": reason,
    }
