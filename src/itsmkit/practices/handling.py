"""
What can be done with a ticket of any kind.

Every function takes the ticket as it is and returns a `Decision`, or raises and decides nothing. What would
change nothing decides that nothing happens.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from attrs import evolve

from itsmkit._checks import utc
from itsmkit._frozen import EMPTY
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices.decision import Decision, Occasion, happen, refuse_merged, unchanged
from itsmkit.practices.effects import Effect, with_effects
from itsmkit.practices.resolution import SAID_ANEW
from itsmkit.practices.ticket_rules import STANDARD_TICKET_RULES, TicketRules
from itsmkit.tickets import (
    DESCRIPTIVE_FIELDS,
    DONE_CATEGORIES,
    FACTS_OF_ORDERS,
    FACTS_OF_PARTS,
    Assigned,
    Commented,
    DetailsChanged,
    Fact,
    ImpactDerived,
    OwnershipTransferred,
    PersonalDataErased,
    Prioritised,
    PriorityMatrix,
    StateChanged,
    Ticket,
)
from itsmkit.workflow import ACTOR_ROLES, Availability, Fired, StateCategory, TransitionRefusedError, Workflow

__all__ = [
    "COMMANDED",
    "Demands",
    "assign",
    "checked",
    "commanded_problems",
    "comment",
    "describe",
    "differences",
    "erase",
    "facts_of_move",
    "prioritise",
    "refuse_commanded",
    "refuse_settled",
    "transition",
]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)

Demands = Callable[[Mapping[str, object]], tuple[tuple[str, ...], tuple[str, ...]]]
"""Asked about a ticket as it will be: which fields it lacks, and a sentence for each that is wrong."""


def transition(
    ticket: AnyTicket,
    workflow: Workflow,
    trigger: str,
    occasion: Occasion,
    details: Mapping[str, object] = EMPTY,
    *,
    rules: TicketRules = STANDARD_TICKET_RULES,
    demands: Demands | None = None,
    effects: Mapping[str, Effect] = EMPTY,
) -> Decision[AnyTicket]:
    """
    Move *ticket* through its workflow: what `KindOfWork.transition` does beside looking at fields.

    One that is open after it and has no owner, from before there were any, gets the desk's. One that is taken
    up again is no longer told to be solved.

    Args:
        ticket: The ticket.
        workflow: The workflow of its kind.
        trigger: What is asked for, such as ``"resolve"``.
        occasion: When, and by whom.
        details: What the move needs to be told, such as the resolution; kept with the ticket. A
            ``support_group`` or ``assignee`` among them is given the work first.
        rules: What the desk asks of every ticket.
        demands: What is asked for beside the workflow's own demands.
        effects: What the effects that transitions name stand for.

    Raises:
        DefinitionError: If the group or person to give the work to is no text, or an effect stands for
            nothing.
        TransitionRefusedError: If the workflow forbids it, or the ticket would be resolved without what the
            rules ask for, with every reason.
        RefusedError: If a name in *details* is set by another command, such as ``priority``; or if the ticket
            was merged.
    """
    refuse_merged(ticket)
    if demands is None:  # else the names were looked at already, and there may be some of the desk's own
        refuse_commanded(ticket.number, details.keys() - _PLACES)
    details = checked(details)
    given = _given(ticket, details)
    told = details
    if given is not None:
        told = {**details, "support_group": given.support_group, "assignee": given.assignee}
    refuse_settled(ticket, details)
    facts = facts_of_move(ticket, occasion, told)

    def demanded(after: Mapping[str, object]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        missing, wrong = ((), ()) if demands is None else demands(after)
        if after["state_category"] == StateCategory.RESOLVED.value:
            wrong = (*wrong, *rules.resolution.reasons(after))
        return missing, wrong

    fired = _fired(workflow, ticket.state, trigger, facts, demanded)
    kept = {name: value for name, value in details.items() if name not in _PLACES}
    if not ticket.is_open and fired.category.value not in DONE_CATEGORIES:
        # How it was solved did not last: whoever solves it again says how.
        kept = {**dict.fromkeys(SAID_ANEW.intersection(ticket.details)), **kept}
    moved = StateChanged(fired.source, fired.target, fired.category.value, trigger, kept)
    happened: list[Fact] = [moved] if given is None else [given, moved]
    if ticket.owner is None and moved.category not in DONE_CATEGORIES:
        happened.append(OwnershipTransferred(rules.default_owner, "nobody answered for it"))
    decision = happen(ticket, occasion, *happened)
    return with_effects(decision, occasion, fired.effects, effects) if fired.effects else decision


def _fired(
    workflow: Workflow, state: str, trigger: str, facts: Mapping[str, object], demands: Demands
) -> Fired:
    """Return what *trigger* does, or refuse it with all that the workflow and *demands* ask for together."""
    try:
        fired = workflow.fire(state, trigger, facts)
    except TransitionRefusedError as refusal:
        found = tuple(_demanding(way, facts, demands) for way in refusal.found)
        raise TransitionRefusedError(trigger, state, refusal.legal, found) from None
    way = _demanding(Availability(trigger, fired.target, fired.category), facts, demands)
    if way.is_allowed:
        return fired
    legal = tuple(dict.fromkeys(each.trigger for each in workflow.available(state, facts)))
    raise TransitionRefusedError(trigger, state, legal, (way,))


def _demanding(way: Availability, facts: Mapping[str, object], demands: Demands) -> Availability:
    """Return *way* with what is demanded of a ticket that has gone it."""
    missing, wrong = demands({**facts, "state": way.target, "state_category": way.category.value})
    more = tuple(name for name in missing if name not in way.missing)
    told = (*(f"{name} is missing" for name in more), *wrong)
    # What is missing stands together, before all else.
    place = len(way.missing)
    reasons = (*way.reasons[:place], *told, *way.reasons[place:])
    return evolve(way, missing=(*way.missing, *more), reasons=reasons)


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
    impact: str | None = None,
    urgency: str,
    priority: str | None = None,
    reason: str | None = None,
    derived: ImpactDerived | None = None,
) -> Decision[AnyTicket]:
    """
    Judge the ticket's impact and urgency, and with them its priority.

    Args:
        ticket: The ticket.
        matrix: The desk's matrix.
        occasion: When, and by whom.
        impact: A level of the matrix; by default, that of *derived*.
        urgency: A level of the matrix.
        priority: Another priority than the matrix gives.
        reason: Why; needed with another *priority*, and with another impact than is *derived*.
        derived: Which impact follows from the configuration: see `derive_impact`. It is noted, whether it
            holds or *impact* does.

    Raises:
        DefinitionError: If a level or the priority is unknown.
        RefusedError: If another priority comes without a reason, or another impact than is derived or the
            ticket has; or if there is no impact, neither given nor derived.
    """
    judged = derived.impact if impact is None and derived is not None else impact
    if judged is None:
        refusal = (
            f"cannot judge {ticket.number} by its urgency alone: no impact follows from the configuration; "
            "give `impact`"
        )
        raise RefusedError(refusal)
    by_matrix = matrix.priority_of(judged, urgency)
    if derived is not None and judged not in (derived.impact, ticket.impact) and not reason:
        refusal = (
            f"cannot set {ticket.number} to impact {judged}: the configuration gives {derived}; "
            "to set another one, say why in `reason`"
        )
        raise RefusedError(refusal)
    if priority is None or priority == by_matrix:
        because = f"matrix: impact {judged} × urgency {urgency}"
        if derived is not None and judged != derived.impact and reason:
            because = f"{because}; impact set by {occasion.actor}: {reason}"
        fact = Prioritised(judged, urgency, by_matrix, because)
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
        fact = Prioritised(judged, urgency, priority, f"set by {occasion.actor}: {reason}")
    if (fact.impact, fact.urgency, fact.priority) == (ticket.impact, ticket.urgency, ticket.priority):
        return unchanged(ticket)
    return happen(ticket, occasion, fact, *_noted(derived, impact))


def _noted(derived: ImpactDerived | None, given: str | None) -> tuple[ImpactDerived, ...]:
    return () if derived is None else (evolve(derived, given=given),)


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
        DefinitionError: If an instant is naive.
    """
    refuse_commanded(ticket.number, changes)
    refuse_settled(ticket, changes)
    news = differences(ticket, checked(changes))
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
    problems = commanded_problems(number, names)
    if problems:
        raise RefusedError(*problems)


def refuse_settled(ticket: Ticket, names: Iterable[str]) -> None:
    """
    Let *names* pass as those of details of *ticket*.

    Raises:
        RefusedError: If it is an order of the service catalogue, and any of them follows from its course.
    """
    if "catalogue_item" not in ticket.details:
        return
    settled = sorted(_SETTLED_FOR_ORDERS.intersection(names))
    if settled:
        raise RefusedError(
            *(
                f"cannot set {name} of {ticket.number}: it follows from the course of the order"
                for name in settled
            )
        )


_SETTLED_FOR_ORDERS = frozenset({"approval", "approval_required", "tasks_done"})


def commanded_problems(number: str, names: Iterable[str]) -> tuple[str, ...]:
    """List those of *names* that are fields of the ticket *number* which only another command may change."""
    fixed = {name: why for name in sorted(names) if (why := _why_commanded(name)) is not None}
    return tuple(f"cannot set {name} of {number} as a detail: {why}" for name, why in fixed.items())


_TEXTS = DESCRIPTIVE_FIELDS - {"needed_by"}


def checked(details: Mapping[str, object]) -> Mapping[str, object]:
    """
    Return *details* with the instant of a need in UTC.

    Raises:
        DefinitionError: If it is none, or with each descriptive field that is no text.
    """
    problems = [
        f"{name} must be text, not {shown(details[name])}"
        for name in sorted(_TEXTS.intersection(details))
        if details[name] is not None and not isinstance(details[name], str)
    ]
    if problems:
        raise DefinitionError(*problems)
    needed_by = details.get("needed_by")
    return details if needed_by is None else {**details, "needed_by": utc(needed_by, "needed_by")}


def _why_commanded(name: str) -> str | None:
    if name.startswith(FACTS_OF_PARTS):
        return "it tells of tags, participants or links, which have commands of their own"
    if name.startswith(FACTS_OF_ORDERS):
        return "it follows from the course of an order of the service catalogue"
    return _COMMANDED.get(name)


def differences(ticket: Ticket, values: Mapping[str, object]) -> dict[str, object]:
    """Return those of *values* that the ticket has not got yet."""
    return {name: value for name, value in values.items() if ticket.fact(name) != value}


_COMMANDED = {
    **dict.fromkeys(("state", "state_category"), "it moves through its workflow; use `transition`"),
    **dict.fromkeys(("impact", "urgency", "priority"), "it is judged; use `prioritise`"),
    **dict.fromkeys(("support_group", "assignee"), "the work is given; use `assign`"),
    "owner": "it is handed over; use `transfer_ownership`",
    "need_met_at": "it is noted; use `meet_need`",
    "tags": "use `tag` and `untag`",
    "participants": "use `add_participant` and `remove_participant`",
    "attachments": "use `attach` and `detach`",
    **dict.fromkeys(("work_log", "time_spent"), "it follows from work; use `log_work`"),
    **dict.fromkeys(
        ("restricted_to", "links", "merged_into", "merged_from", "promised_by"),
        "a command of its own changes it",
    ),
    **dict.fromkeys(
        (
            *("id", "kind", "number", "version", "opened_at", "updated_at", "reassignments", "reopens"),
            *("details", "fields_version"),
        ),
        "it follows from the history",
    ),
    **dict.fromkeys(
        ("catalogue_item", "catalogue_version", "order_task"),
        "it is settled when an item of the service catalogue is ordered; use `desk.orders.place`",
    ),
    **dict.fromkeys(("actor", "automated", ACTOR_ROLES), "it is told by who acts: see `Desk.acting_as`"),
}

COMMANDED: Mapping[str, str] = _COMMANDED
"""What cannot be set as a detail, and why."""
