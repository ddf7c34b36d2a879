"""
What of a ticket and its history reaches somebody: what is hidden from them is left out.

What is hidden is never replaced by a placeholder, whose place would tell that there is something.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from attrs import NOTHING, Factory, evolve, fields

from itsmkit.practices.access.policy import Policy
from itsmkit.practices.access.rules import INTERNAL_NOTES, AccessRules
from itsmkit.practices.access.viewer import Viewer
from itsmkit.tickets import (
    ANSWER,
    Assigned,
    Attachment,
    CascadeAdvanced,
    DetailsChanged,
    Fact,
    FulfilmentBegun,
    Prioritised,
    StateChanged,
    StateCorrected,
    Ticket,
    TicketEvent,
    TicketLogged,
    WorkEntry,
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

_TOLD_BY: Mapping[str, frozenset[str]] = {
    "merged_into": frozenset({"MergedInto", "Unmerged"}),
    "merged_from": frozenset({"MergedFrom", "MergeUndone"}),
    "links": frozenset({"Cascaded", "CascadeAnswered", "CascadeAdvanced", "SplitFrom"}),
    "need_met_at": frozenset({"NeedMet"}),
    "promised_by": frozenset({"PromiseMoved"}),
    "catalogue_item": frozenset({"ItemOrdered", "TaskGiven"}),
    "catalogue_version": frozenset({"ItemOrdered", "TaskGiven"}),
    "approval": frozenset({"ApprovalOpened", "ApproversAsked", "BallotCast", "ApprovalDecided"}),
}
"""The kinds of facts that tell of a field of the ticket, although none of their own is called so."""

_PUBLIC = ("public", "is_public")
_INTERNAL = frozenset(
    {
        "InternalNote",
        "ImpactDerived",
        "RoutingRecorded",
        "Escalated",
        "EscalationStepTaken",
        "EscalationAcknowledged",
        "RuleFired",
        "RuleRefused",
        "RobotReported",
    }
)
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


def shown_ticket(
    ticket: AnyTicket, policy: Policy, sees: SeesTicket = _any_ticket, *, now: Ticket | None = None
) -> AnyTicket:
    """
    Return *ticket* without what is hidden from the viewer of *policy*, and without links to what is.

    Args:
        ticket: The ticket, as it is or as it was.
        policy: What the viewer may see.
        sees: As for `redacted`.
        now: The ticket as it is now, from which it follows what is hidden; by default, *ticket* is that.
    """
    hidden = policy.hidden(ticket if now is None else now)
    changes: dict[str, Any] = {}
    if hidden:
        changes = {each.name: _empty(each.default) for each in fields(type(ticket)) if each.name in hidden}
        if INTERNAL_NOTES in hidden and "attachments" not in hidden:
            changes["attachments"] = _public(ticket.attachments)
        if "work_log" not in hidden:
            changes["work_log"] = tuple(_shown_entry(each, hidden) for each in ticket.work_log)
        if not hidden.isdisjoint(ticket.details):
            changes["details"] = _without(ticket.details, hidden)
    if ticket.links and "links" not in hidden:
        changes["links"] = tuple(link for link in ticket.links if sees(link.other))
    if ticket.merged_into is not None and not sees(ticket.merged_into):
        changes["merged_into"] = None
    if ticket.merged_from and "merged_from" not in hidden:
        changes["merged_from"] = tuple(each for each in ticket.merged_from if sees(each))
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
    return tuple(_shown(ticket, history, policy.hidden(ticket), sees))


def _shown(
    ticket: Ticket, history: Iterable[TicketEvent], hidden: frozenset[str], sees: SeesTicket
) -> Iterable[TicketEvent]:
    for event in history:
        # How many were reached tells of those that are not there for the viewer.
        if isinstance(event.fact, CascadeAdvanced) and not all(sees(each.other) for each in ticket.links):
            continue
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
    names = {each.name for each in fields(type(fact))}
    if "details" in names and not hidden.isdisjoint(fact.details):
        fact = evolve(fact, details=_without(fact.details, hidden))
    if "answers" in names and hidden:
        fact = _with_shown_answers(fact, hidden)
    if isinstance(fact, FulfilmentBegun) and not hidden.isdisjoint(fact.facts):
        fact = evolve(fact, facts=_without(fact.facts, hidden))
    fact = _with_shown_entries(fact, names, hidden)
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
    kind = type(fact).__name__
    return any(
        not names.isdisjoint({name, *_SEVERAL.get(name, ())}) or kind in _TOLD_BY.get(name, ())
        for name in hidden
    )


def _shown_entry(entry: WorkEntry, hidden: frozenset[str]) -> WorkEntry:
    """Return what is left of an entry of a work log: its note is for colleagues, as notes are."""
    changes: dict[str, Any] = {}
    if entry.note and not hidden.isdisjoint({INTERNAL_NOTES, "note"}):
        changes["note"] = ""
    if "cost" in hidden and (entry.cost is not None or entry.rate is not None):
        changes |= {"cost": None, "rate": None}
    return evolve(entry, **changes) if changes else entry


def _with_shown_entries(fact: Any, names: Collection[str], hidden: frozenset[str]) -> Any:
    """Return a fact with what is left of the entries of a work log in it."""
    changes: dict[str, Any] = {}
    if isinstance(entry := getattr(fact, "entry", None), WorkEntry):
        changes["entry"] = _shown_entry(entry, hidden)
    if "entries" in names and isinstance(entries := fact.entries, tuple):
        changes["entries"] = tuple(
            _shown_entry(each, hidden) if isinstance(each, WorkEntry) else each for each in entries
        )
        if INTERNAL_NOTES in hidden and getattr(fact, "reason", None):
            # What was wrong with an entry is a note on it.
            changes["reason"] = ""
    changes = {name: value for name, value in changes.items() if value != getattr(fact, name)}
    return evolve(fact, **changes) if changes else fact


def _with_shown_answers(fact: Any, hidden: frozenset[str]) -> Any:
    """Return a fact with what is left of the answers in it, each of which is a fact of its ticket."""
    shown = {name: value for name, value in fact.answers.items() if f"{ANSWER}{name}" not in hidden}
    return fact if len(shown) == len(fact.answers) else evolve(fact, answers=shown)


def _empty(default: Any) -> Any:
    """Return what stands in a field that is hidden: what does in one of which nothing is known."""
    if isinstance(default, Factory):  # type: ignore[arg-type]  # attrs says it is a function
        return default.factory()
    return None if default is NOTHING else default


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
