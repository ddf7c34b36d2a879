"""Putting a ticket under a restriction, and taking it out of one."""

from typing import TypeVar

from itsmkit._problems import close_to
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices.access.rules import AccessRules, Restriction
from itsmkit.practices.decision import Decision, Occasion, happen, unchanged
from itsmkit.tickets import Restricted, Ticket

__all__ = ["restrict", "restriction_of"]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)


def restriction_of(rules: AccessRules | None, name: str) -> Restriction:
    """
    Return a restriction by its name.

    Raises:
        DefinitionError: If the rules declare none of this name, or there are none.
    """
    found = None if rules is None else rules.restriction(name)
    if found is None:
        known = [] if rules is None else [each.name for each in rules.restrictions]
        problem = f"unknown restriction {name!r}; {close_to(name, known)}"
        raise DefinitionError(problem)
    return found


def restrict(
    ticket: AnyTicket, rules: AccessRules | None, occasion: Occasion, restriction: str | None, reason: str
) -> Decision[AnyTicket]:
    """
    Put *ticket* under a restriction, or take it out of the one that it is under.

    Its number stays, as people know it.

    Args:
        ticket: The ticket.
        rules: The rules of the desk.
        occasion: When, and by whom.
        restriction: The name of the restriction; ``None`` for none.
        reason: Why.

    Raises:
        DefinitionError: If there is no such restriction.
        RefusedError: If no reason is given.
    """
    if restriction is not None:
        restriction_of(rules, restriction)
    if not reason.strip():
        refusal = f"cannot change who may see {ticket.number}: say why in `reason`"
        raise RefusedError(refusal)
    if ticket.restricted_to == restriction:
        return unchanged(ticket)
    return happen(ticket, occasion, Restricted(restriction, reason))
