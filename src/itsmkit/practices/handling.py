"""
What can be done with a ticket of any kind.

Every function takes the ticket as it is and returns a `Decision`, or raises and decides nothing. What would
change nothing decides that nothing happens.
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from itsmkit._frozen import EMPTY
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices.decision import Decision, Occasion, happen, unchanged
from itsmkit.tickets import (
    Assigned,
    Commented,
    DetailsChanged,
    PersonalDataErased,
    Prioritised,
    PriorityMatrix,
    StateChanged,
    Ticket,
)
from itsmkit.workflow import ACTOR_ROLES, Workflow

__all__ = [
    "assign",
    "comment",
    "describe",
    "differences",
    "erase",
    "facts_of_move",
    "prioritise",
    "refuse_commanded",
    "transition",
]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)


def transition(
    ticket: AnyTicket,
    workflow: Workflow,
    trigger: str,
    occasion: Occasion,
    details: Mapping[str, object] = EMPTY,
) -> Decision[AnyTicket]:
    """
    Move *ticket* through its workflow.

    Args:
        ticket: The ticket.
        workflow: The workflow of its kind.
        trigger: What is asked for, such as ``"resolve"``.
        occasion: When, and by whom.
        details: What the move needs to be told, such as the resolution; kept with the ticket. A
            ``support_group`` or ``assignee`` among them is given the work first.

    Raises:
        DefinitionError: If the group or person to give the work to is no text.
        TransitionRefusedError: If the workflow forbids it, with every reason.
        RefusedError: If a name in *details* is set by another command, such as ``priority``.
    """
    refuse_commanded(ticket.number, details.keys() - _PLACES)
    given = _given(ticket, details)
    told = details
    if given is not None:
        told = {**details, "support_group": given.support_group, "assignee": given.assignee}
    fired = workflow.fire(ticket.state, trigger, facts_of_move(ticket, occasion, told))
    kept = {name: value for name, value in details.items() if name not in _PLACES}
    moved = StateChanged(fired.source, fired.target, fired.category.value, trigger, kept)
    return happen(ticket, occasion, moved) if given is None else happen(ticket, occasion, given, moved)


def facts_of_move(ticket: Ticket, occasion: Occasion, details: Mapping[str, object]) -> dict[str, object]:
    """Return what the guards of a workflow see: the ticket, what is handed in, and who acts."""
    actor, facts = occasion.actor, ticket.facts()
    # Last, so that nobody hands in who they are.
    facts.update(details, actor=actor.id, automated=actor.automated)
    facts[ACTOR_ROLES] = actor.roles
    return facts


_PLACES = frozenset({"support_group", "assignee"})


def _given(ticket: Ticket, details: Mapping[str, object]) -> Assigned | None:
    """Return the handing over that *details* ask for, if they ask for one that changes anything."""
    group = _name(details, "support_group", ticket.support_group)
    assignee = _name(details, "assignee", ticket.assignee if group == ticket.support_group else None)
    if (group, assignee) == (ticket.support_group, ticket.assignee):
        return None
    return Assigned(group, assignee)


def _name(details: Mapping[str, object], field: str, otherwise: str | None) -> str | None:
    name = details.get(field, otherwise)
    if name is not None and not isinstance(name, str):
        problem = f"{field} must be a name, not {name!r}"
        raise DefinitionError(problem)
    return name


def assign(
    ticket: AnyTicket, occasion: Occasion, *, support_group: str | None, assignee: str | None = None
) -> Decision[AnyTicket]:
    """Give the work to *assignee* in *support_group*, to the group's queue, or back to nobody."""
    if (support_group, assignee) == (ticket.support_group, ticket.assignee):
        return unchanged(ticket)
    return happen(ticket, occasion, Assigned(support_group, assignee))


def prioritise(
    ticket: AnyTicket,
    matrix: PriorityMatrix,
    occasion: Occasion,
    *,
    impact: str,
    urgency: str,
    priority: str | None = None,
    reason: str | None = None,
) -> Decision[AnyTicket]:
    """
    Judge the ticket's impact and urgency, and with them its priority.

    Args:
        ticket: The ticket.
        matrix: The desk's matrix.
        occasion: When, and by whom.
        impact: A level of the matrix.
        urgency: A level of the matrix.
        priority: Another priority than the matrix gives.
        reason: Why; needed with another *priority*.

    Raises:
        DefinitionError: If a level or the priority is unknown.
        RefusedError: If another priority comes without a reason.
    """
    by_matrix = matrix.priority_of(impact, urgency)
    if priority is None or priority == by_matrix:
        fact = Prioritised(impact, urgency, by_matrix, f"matrix: impact {impact} × urgency {urgency}")
    else:
        if priority not in matrix.priorities:
            problem = f"unknown priority {priority!r}; known: {', '.join(matrix.priorities)}"
            raise DefinitionError(problem)
        if not reason:
            refusal = (
                f"cannot set {ticket.number} to priority {priority}: the matrix gives {by_matrix}; "
                "to set another one, say why in `reason`"
            )
            raise RefusedError(refusal)
        fact = Prioritised(impact, urgency, priority, f"set by {occasion.actor}: {reason}")
    if (fact.impact, fact.urgency, fact.priority) == (ticket.impact, ticket.urgency, ticket.priority):
        return unchanged(ticket)
    return happen(ticket, occasion, fact)


def comment(ticket: AnyTicket, occasion: Occasion, text: str, *, public: bool) -> Decision[AnyTicket]:
    """
    Write *text* on the ticket.

    Raises:
        RefusedError: If there is nothing in it.
    """
    if not text.strip():
        refusal = f"cannot comment on {ticket.number}: the text is empty"
        raise RefusedError(refusal)
    return happen(ticket, occasion, Commented(text, public))


def describe(ticket: AnyTicket, occasion: Occasion, changes: Mapping[str, object]) -> Decision[AnyTicket]:
    """
    Change descriptive fields and further details.

    Args:
        ticket: The ticket.
        occasion: When, and by whom.
        changes: The new values by name; ``None`` empties. Those equal to the present ones are dropped.

    Raises:
        RefusedError: If a name is one that only another command may change, such as ``state``.
    """
    refuse_commanded(ticket.number, changes)
    news = differences(ticket, changes)
    return happen(ticket, occasion, DetailsChanged(news)) if news else unchanged(ticket)


def erase(ticket: AnyTicket, occasion: Occasion, *, reason: str) -> Decision[AnyTicket]:
    """
    Note that what is personal in *ticket* has been erased: it goes on without its files.

    Args:
        ticket: The ticket as its history makes it, which nothing personal is in any more.
        occasion: When, and by whom.
        reason: Why.

    Raises:
        DefinitionError: If there is no reason.
    """
    return happen(ticket, occasion, PersonalDataErased(reason))


def refuse_commanded(number: str, names: Iterable[str]) -> None:
    """
    Let *names* pass as those of details.

    Raises:
        RefusedError: If any of them is a field of the ticket that only another command may change.
    """
    fixed = sorted(name for name in names if name in _COMMANDED)
    if fixed:
        raise RefusedError(
            *(f"cannot set {name} of {number} as a detail: {_COMMANDED[name]}" for name in fixed)
        )


def differences(ticket: Ticket, values: Mapping[str, object]) -> dict[str, object]:
    """Return those of *values* that the ticket has not got yet."""
    return {name: value for name, value in values.items() if ticket.fact(name) != value}


_COMMANDED = {
    **dict.fromkeys(("state", "state_category"), "it moves through its workflow; use `transition`"),
    **dict.fromkeys(("impact", "urgency", "priority"), "it is judged; use `prioritise`"),
    **dict.fromkeys(("support_group", "assignee"), "the work is given; use `assign`"),
    **dict.fromkeys(
        (
            "owner",
            "need_met_at",
            "restricted_to",
            "tags",
            "participants",
            "attachments",
            "links",
            "merged_into",
        ),
        "a command of its own changes it",
    ),
    **dict.fromkeys(
        ("id", "kind", "number", "version", "opened_at", "updated_at", "reassignments", "reopens", "details"),
        "it follows from the history",
    ),
    **dict.fromkeys(("actor", "automated", ACTOR_ROLES), "it is told by who acts: see `Desk.acting_as`"),
}
