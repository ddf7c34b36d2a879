"""
What of a ticket and its history reaches somebody: what is hidden from them is left out.

What is hidden is never replaced by a placeholder, whose place would tell that there is something.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from attrs import evolve, fields

from itsmkit.practices.access.policy import Policy
from itsmkit.practices.access.rules import INTERNAL_NOTES, AccessRules
from itsmkit.practices.access.viewer import Viewer
from itsmkit.tickets import (
    Assigned,
    DetailsChanged,
    Fact,
    Prioritised,
    StateChanged,
    Ticket,
    TicketEvent,
    TicketLogged,
)

__all__ = ["redacted", "shown_history", "shown_ticket"]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)

_SEVERAL = {
    "tags": {"tag"},
    "participants": {"participant"},
    "attachments": {"attachment", "digest"},
    "links": {"link", "link_type"},
}
"""What facts call one of several."""

_PUBLIC = ("public", "is_public")


def redacted(
    ticket: AnyTicket, history: Iterable[TicketEvent], rules: AccessRules, viewer: Viewer
) -> tuple[AnyTicket, tuple[TicketEvent, ...]]:
    """
    Return *ticket* and *history* as *viewer* may read them.

    The events keep their numbers, and some may be missing: the history is to be read, not to be replayed.
    """
    policy = Policy(rules, viewer)
    return shown_ticket(ticket, policy), shown_history(ticket, history, policy)


def shown_ticket(ticket: AnyTicket, policy: Policy) -> AnyTicket:
    """Return *ticket* without what is hidden from the viewer of *policy*."""
    hidden = policy.hidden(ticket)
    if not hidden:
        return ticket
    changes: dict[str, Any] = {}
    for each in fields(type(ticket)):
        if each.name in hidden:
            changes[each.name] = () if isinstance(getattr(ticket, each.name), tuple) else None
    if INTERNAL_NOTES in hidden and "attachments" not in hidden:
        changes["attachments"] = [each for each in ticket.attachments if each.is_public]
    if not hidden.isdisjoint(ticket.details):
        changes["details"] = _without(ticket.details, hidden)
    return evolve(ticket, **changes)


def shown_history(ticket: Ticket, history: Iterable[TicketEvent], policy: Policy) -> tuple[TicketEvent, ...]:
    """
    Return what the viewer of *policy* may read of a history.

    Args:
        ticket: The ticket as it is now: what is hidden follows from that.
        history: Events of it.
        policy: What the viewer may see.
    """
    hidden = policy.hidden(ticket)
    return tuple(history) if not hidden else tuple(_shown(history, hidden))


def _shown(history: Iterable[TicketEvent], hidden: frozenset[str]) -> Iterable[TicketEvent]:
    for event in history:
        fact = _shown_fact(event.fact, hidden)
        if fact is event.fact:
            yield event
        elif fact is not None:
            yield evolve(event, fact=fact)


def _shown_fact(fact: Fact, hidden: frozenset[str]) -> Fact | None:
    """Return what is left of *fact*; ``None`` if nothing is."""
    if type(fact).__name__ in hidden:
        return None
    match fact:
        case TicketLogged(details=details) | StateChanged(details=details):
            return fact if hidden.isdisjoint(details) else evolve(fact, details=_without(details, hidden))
        case DetailsChanged(changes=changes):
            if hidden.isdisjoint(changes):
                return fact
            left = _without(changes, hidden)
            return evolve(fact, changes=left) if left else None
        case Assigned():
            return _emptied(fact, ("support_group", "assignee"), hidden)
        case Prioritised():
            emptied = _emptied(fact, ("impact", "urgency", "priority"), hidden)
            # The reason tells the levels.
            return emptied if emptied is fact or emptied is None else evolve(emptied, because="")
    kind: Any = type(fact)  # of which there may be more than are known here
    return None if _tells_of(kind, hidden) or _is_internal(fact, hidden) else fact


AnyFact = TypeVar("AnyFact", Assigned, Prioritised)


def _emptied(fact: AnyFact, names: Sequence[str], hidden: frozenset[str]) -> AnyFact | None:
    gone = [name for name in names if name in hidden]
    if not gone:
        return fact
    emptied: dict[str, Any] = dict.fromkeys(gone)
    return None if len(gone) == len(names) else evolve(fact, **emptied)


@cache
def _tells_of(kind: type[Any], hidden: frozenset[str]) -> bool:
    """Tell whether facts of *kind* hold something that is hidden."""
    names = {each.name for each in fields(kind)}
    return any(not names.isdisjoint({name, *_SEVERAL.get(name, ())}) for name in hidden)


def _is_internal(fact: object, hidden: frozenset[str]) -> bool:
    """Tell whether *fact* is for colleagues only, which is hidden."""
    if INTERNAL_NOTES not in hidden:
        return False
    told = (fact, getattr(fact, "attachment", None))
    return any(getattr(each, name, None) is False for each in told for name in _PUBLIC)


def _without(values: Mapping[str, object], hidden: frozenset[str]) -> dict[str, object]:
    return {name: value for name, value in values.items() if name not in hidden}
