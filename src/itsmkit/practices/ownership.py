"""
Who answers for a ticket, and who takes part in it.

The owner is accountable from the logging to the end, whoever has the work: to assign and to escalate changes
nothing about that. No open ticket is without one.
"""

from collections.abc import Mapping
from typing import TypeVar

from itsmkit._problems import name_problems
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices._arguments import text
from itsmkit.practices.decision import Decision, Occasion, happen, unchanged
from itsmkit.tickets import OwnershipTransferred, Participant, ParticipantAdded, ParticipantRemoved, Ticket

__all__ = ["add_participant", "first_owner", "remove_participant", "transfer_ownership"]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)


def first_owner(details: Mapping[str, object], occasion: Occasion, default: str) -> str:
    """
    Return who answers for a ticket that nobody was named for.

    It is the one in *details*, if there is one. Otherwise it is who logs it for somebody else, as an agent
    does at the telephone; what requesters and programs log belongs to *default*.

    Args:
        details: What is told of the ticket, by name.
        occasion: When it is logged, and by whom.
        default: The person or team that answers for what nobody else does.

    Raises:
        DefinitionError: If the owner in *details* is no name.
    """
    named = details.get("owner")
    if named is not None:
        return _name("owner", named)
    actor = occasion.actor
    is_for_another = details.get("requester") not in (None, actor.id)
    return actor.id if is_for_another and not actor.automated else default


def transfer_ownership(
    ticket: AnyTicket, occasion: Occasion, owner: str, *, reason: str = ""
) -> Decision[AnyTicket]:
    """
    Let *owner* answer for the ticket.

    Raises:
        DefinitionError: If *owner* is no name.
    """
    _name("owner", owner)
    if owner == ticket.owner:
        return unchanged(ticket)
    return happen(ticket, occasion, OwnershipTransferred(owner, text("reason", reason)))


def add_participant(ticket: AnyTicket, occasion: Occasion, person: str, role: str) -> Decision[AnyTicket]:
    """
    Let *person* take part as *role*; one may have several roles.

    Raises:
        DefinitionError: If either is no name.
    """
    participant = Participant(person, role)
    if participant in ticket.participants:
        return unchanged(ticket)
    return happen(ticket, occasion, ParticipantAdded(participant))


def remove_participant(
    ticket: AnyTicket, occasion: Occasion, person: str, role: str | None = None
) -> Decision[AnyTicket]:
    """
    Let *person* take part no more, as *role* or at all.

    Raises:
        RefusedError: If *person* does not take part so.
    """
    gone = [each for each in ticket.participants if each.person == person and role in (None, each.role)]
    if not gone:
        known = ", ".join(f"{each.person} as {each.role}" for each in ticket.participants) or "nobody"
        how = "" if role is None else f" as {role}"
        refusal = f"cannot remove {person}{how} from {ticket.number}: there takes part {known}"
        raise RefusedError(refusal)
    return happen(ticket, occasion, *map(ParticipantRemoved, gone))


def _name(path: str, value: object) -> str:
    problems = [*name_problems(path, value)]
    if problems:
        raise DefinitionError(*problems)
    return str(value)
