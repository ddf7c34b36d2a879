"""
What of a ticket and its history reaches somebody: what is hidden from them is left out.

What is hidden is never replaced by a placeholder, whose place would tell that there is something.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from attrs import evolve, fields

from itsmkit.practices.access.policy import Policy
from itsmkit.practices.access.rules import INTERNAL_NOTES, AccessRules
from itsmkit.practices.access.viewer import Viewer
from itsmkit.tickets import (
    Assigned,
    Attachment,
    DetailsChanged,
    Fact,
    Prioritised,
    StateChanged,
    StateCorrected,
    Ticket,
    TicketEvent,
    TicketLogged,
)

__all__ = ["redacted", "shown_history", "shown_ticket"]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)

SeesTicket = Callable[[str], bool]
"""Tells whether somebody may see the ticket of a key."""

_SEVERAL = {
    "tags": {"tag"},
    "participants": {"participant"},
    "attachments": {"attachment", "digest"},
    "links": {"link", "link_type"},
    "work_log": {"entry", "entries"},
}
"""What facts call one of several."""

_PUBLIC = ("public", "is_public")
_INTERNAL = frozenset({"InternalNote"})
"""The kinds of facts that are for colleagues only, whatever is in them."""

_OTHERS = ("other", "origin", "source", "target")
"""What facts call another ticket."""


def _any_ticket(_key: str) -> bool:
    return True


def redacted(
    ticket: AnyTicket,
    history: Iterable[TicketEvent],
    rules: AccessRules,
    viewer: Viewer,
    *,
    sees: SeesTicket = _any_ticket,
) -> tuple[AnyTicket, tuple[TicketEvent, ...]]:
    """
    Return *ticket* and *history* as *viewer* may read them.

    The events keep their numbers, and some may be missing: the history is to be read, not to be replayed.

    Args:
        ticket: The ticket as it is now.
        history: Its events.
        rules: The rules of the desk.
        viewer: Who reads.
        sees: Tells whether they may see the ticket of a key, to which this one may be linked; ``True`` for a
            key of none.
    """
    policy = Policy(rules, viewer)
    return shown_ticket(ticket, policy, sees), shown_history(ticket, history, policy, sees)


def shown_ticket(ticket: AnyTicket, policy: Policy, sees: SeesTicket = _any_ticket) -> AnyTicket:
    """Return *ticket* without what is hidden from the viewer of *policy*, and without links to what is."""
    hidden = policy.hidden(ticket)
    changes: dict[str, Any] = {}
    if hidden:
        for each in fields(type(ticket)):
            if each.name in hidden:
                changes[each.name] = () if isinstance(getattr(ticket, each.name), tuple) else None
        if INTERNAL_NOTES in hidden and "attachments" not in hidden:
            changes["attachments"] = _public(ticket.attachments)
        if not hidden.isdisjoint(ticket.details):
            changes["details"] = _without(ticket.details, hidden)
    if ticket.links and "links" not in hidden:
        changes["links"] = tuple(link for link in ticket.links if sees(link.other))
    if ticket.merged_into is not None and not sees(ticket.merged_into):
        changes["merged_into"] = None
    changes = {name: value for name, value in changes.items() if value != getattr(ticket, name)}
    return evolve(ticket, **changes) if changes else ticket


def shown_history(
    ticket: Ticket, history: Iterable[TicketEvent], policy: Policy, sees: SeesTicket = _any_ticket
) -> tuple[TicketEvent, ...]:
    """
    Return what the viewer of *policy* may read of a history.

    Args:
        ticket: The ticket as it is now: what is hidden follows from that.
        history: Events of it.
        policy: What the viewer may see.
        sees: As for `redacted`.
    """
    return tuple(_shown(history, policy.hidden(ticket), sees))


def _shown(history: Iterable[TicketEvent], hidden: frozenset[str], sees: SeesTicket) -> Iterable[TicketEvent]:
    for event in history:
        fact = _shown_fact(event.fact, hidden, sees)
        if fact is event.fact:
            yield event
        elif fact is not None:
            yield evolve(event, fact=fact)


def _shown_fact(fact: Fact, hidden: frozenset[str], sees: SeesTicket) -> Fact | None:
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
        case StateCorrected():
            return fact
    left_of_it: Fact | None = _shown_other_fact(fact, hidden, sees)
    return left_of_it


def _shown_other_fact(fact: Any, hidden: frozenset[str], sees: SeesTicket) -> Any:
    """Return what is left of a fact that may be of any kind: judged by what its fields are called."""
    if _tells_of(fact, hidden) or (INTERNAL_NOTES in hidden and _is_internal(fact)):
        return None
    told = [getattr(fact, name, None) for name in _OTHERS]
    if not all(sees(key) for key in told if isinstance(key, str)):
        return None
    if INTERNAL_NOTES in hidden and isinstance(files := getattr(fact, "attachments", None), tuple):
        fact = evolve(fact, attachments=_public(files))
    # What became of other tickets, such as those that refused to follow.
    refused = getattr(fact, "refused", ())
    if isinstance(refused, tuple) and not all(sees(each.ticket) for each in refused):
        fact = evolve(fact, refused=[each for each in refused if sees(each.ticket)])
    return fact


AnyFact = TypeVar("AnyFact", Assigned, Prioritised)


def _emptied(fact: AnyFact, names: Sequence[str], hidden: frozenset[str]) -> AnyFact | None:
    gone = [name for name in names if name in hidden]
    if not gone:
        return fact
    emptied: dict[str, Any] = dict.fromkeys(gone)
    return None if len(gone) == len(names) else evolve(fact, **emptied)


def _tells_of(fact: Any, hidden: frozenset[str]) -> bool:
    """Tell whether *fact* holds something that is hidden."""
    names = {each.name for each in fields(type(fact))} if hidden else set()
    return any(not names.isdisjoint({name, *_SEVERAL.get(name, ())}) for name in hidden)


def _is_internal(fact: object) -> bool:
    """Tell whether *fact* is for colleagues only."""
    told = (fact, getattr(fact, "attachment", None))
    return type(fact).__name__ in _INTERNAL or any(
        getattr(each, name, None) is False for each in told for name in _PUBLIC
    )


def _public(files: Iterable[Attachment]) -> tuple[Attachment, ...]:
    return tuple(each for each in files if each.is_public)


def _without(values: Mapping[str, object], hidden: frozenset[str]) -> dict[str, object]:
    return {name: value for name, value in values.items() if name not in hidden}
