"""
Commands on a ticket by name, with their arguments by name: for whatever gives them as data, such as macros.

Each has the arguments of the method of `TicketCommands` of its name, by the same names.
"""

from collections.abc import Callable, Iterable, Mapping
from inspect import signature

from attrs import frozen

from itsmkit._frozen import as_tuple
from itsmkit._problems import close_to, shown
from itsmkit.desk._commands import Runner
from itsmkit.desk._impact import DerivedImpact
from itsmkit.desk.work import moved
from itsmkit.errors import DefinitionError
from itsmkit.plugin import UnitOfWork
from itsmkit.practices import (
    Decision,
    Occasion,
    Resolution,
    add_note,
    add_participant,
    assign,
    comment,
    describe,
    prioritise,
    remove_participant,
    send_message,
    tag,
    transfer_ownership,
    untag,
)
from itsmkit.practices._arguments import instance
from itsmkit.practices.access import restrict
from itsmkit.tickets import Actor, Ticket, TicketId

__all__ = ["DEEDS", "Deed", "DeedPlace", "asked_for", "deed_of"]


@frozen
class DeedPlace:
    """
    Where a deed is done: what it may know beside the ticket and its arguments.

    Args:
        runner: Runs the command.
        unit: The unit of work.
        occasion: When, and by whom.
        derived: Tells which impact of a ticket follows from the configuration.
    """

    runner: Runner
    unit: UnitOfWork
    occasion: Occasion
    derived: DerivedImpact


# Each has the arguments of the command of its name, by the same names.


def _assign(
    place: DeedPlace, ticket: Ticket, *, support_group: str | None = None, assignee: str | None = None
) -> Decision[Ticket]:
    return assign(ticket, place.occasion, support_group=support_group, assignee=assignee)


def _comment(place: DeedPlace, ticket: Ticket, *, text: str, public: bool = False) -> Decision[Ticket]:
    return comment(ticket, place.occasion, text, public=public)


def _send_message(place: DeedPlace, ticket: Ticket, *, text: str) -> Decision[Ticket]:
    return send_message(ticket, place.occasion, text)


def _add_note(place: DeedPlace, ticket: Ticket, *, text: str) -> Decision[Ticket]:
    return add_note(ticket, place.occasion, text)


def _describe(place: DeedPlace, ticket: Ticket, **changes: object) -> Decision[Ticket]:
    return describe(ticket, place.occasion, changes)


def _transfer_ownership(
    place: DeedPlace, ticket: Ticket, *, owner: str, reason: str = ""
) -> Decision[Ticket]:
    return transfer_ownership(ticket, place.occasion, owner, reason=reason)


def _add_participant(
    place: DeedPlace, ticket: Ticket, *, person: str, role: str = "watcher"
) -> Decision[Ticket]:
    return add_participant(ticket, place.occasion, person, role)


def _remove_participant(
    place: DeedPlace, ticket: Ticket, *, person: str, role: str | None = None
) -> Decision[Ticket]:
    return remove_participant(ticket, place.occasion, person, role)


def _tag(place: DeedPlace, ticket: Ticket, *, tags: Iterable[str]) -> Decision[Ticket]:
    return tag(ticket, place.occasion, as_tuple(tags), place.runner.config.tickets.tags)


def _untag(place: DeedPlace, ticket: Ticket, *, tags: Iterable[str]) -> Decision[Ticket]:
    return untag(ticket, place.occasion, as_tuple(tags))


def _transition(place: DeedPlace, ticket: Ticket, *, trigger: str, **details: object) -> Decision[Ticket]:
    return moved(
        place.runner,
        place.unit,
        ticket,
        trigger=trigger,
        occasion=place.occasion,
        details=details,
    )


def _resolve(
    place: DeedPlace, ticket: Ticket, *, resolution: Resolution, trigger: str = "resolve"
) -> Decision[Ticket]:
    said = instance("resolution", resolution, Resolution).details()
    return _transition(place, ticket, trigger=trigger, **said)


def _prioritise(
    place: DeedPlace,
    ticket: Ticket,
    *,
    impact: str | None = None,
    urgency: str,
    priority: str | None = None,
    reason: str | None = None,
) -> Decision[Ticket]:
    return prioritise(
        ticket,
        place.runner.config.kind(ticket.kind).priorities,
        place.occasion,
        impact=impact,
        urgency=urgency,
        priority=priority,
        reason=reason,
        derived=place.derived(ticket),
    )


def _restrict(place: DeedPlace, ticket: Ticket, *, restriction: str | None, reason: str) -> Decision[Ticket]:
    return restrict(ticket, place.runner.config.access, place.occasion, restriction, reason)


Deed = Callable[..., Decision[Ticket]]
"""Decides what a command does, told where it is done, the ticket, and its arguments by name."""

DEEDS: Mapping[str, Deed] = {
    "assign": _assign,
    "comment": _comment,
    "send_message": _send_message,
    "add_note": _add_note,
    "describe": _describe,
    "transfer_ownership": _transfer_ownership,
    "add_participant": _add_participant,
    "remove_participant": _remove_participant,
    "tag": _tag,
    "untag": _untag,
    "transition": _transition,
    "resolve": _resolve,
    "prioritise": _prioritise,
    "restrict": _restrict,
}
"""The commands, by name."""

MOVES: Mapping[str, str | None] = {"transition": None, "resolve": "resolve"}
"""The commands that move a ticket through its workflow, each with the trigger that it has by itself."""


def deed_of(command: str, arguments: Mapping[str, object]) -> Deed:
    """
    Return the deed of a command, which takes these arguments.

    Raises:
        DefinitionError: If there is no such command, or it takes no such arguments.
    """
    deed = DEEDS.get(command)
    if deed is None:
        problem = f"command: there is no {shown(command)} for many tickets; {close_to(command, DEEDS)}"
        raise DefinitionError(problem)
    try:
        signature(deed).bind(None, None, **arguments)
    except TypeError as fault:
        problem = f"{command}: {fault}; it takes what the command for one ticket takes, by name"
        raise DefinitionError(problem) from None
    return deed


def asked_for(
    runner: Runner,
    command: str,
    actor: Actor,
    ticket_id: TicketId,
    arguments: Mapping[str, object],
    *,
    key: str | None = None,
) -> Runner:
    """Return what runs a deed on one ticket, once for a key: who may do it, may do it by name."""
    asked = runner.asked(f"tickets.{command}", actor, key, ticket_id, arguments)
    if command in MOVES:
        asked = asked.moving(str(arguments.get("trigger", MOVES[command])))
    return asked
