"""The states of a workflow, and the six categories that the rest of itsmkit asks for."""

from enum import StrEnum

import attrs
from attrs import frozen

from itsmkit._checks import named
from itsmkit.errors import DefinitionError

__all__ = ["ENDS", "State", "StateCategory"]


class StateCategory(StrEnum):
    """
    What a state means, whatever a desk calls it.

    Logic outside a workflow asks for a state's category and never for its name, so that states may
    be renamed, split and added without changing what they do.
    """

    NEW = "new"
    """Nobody has taken it up yet."""

    ACTIVE = "active"
    """Somebody works on it, or should."""

    PENDING = "pending"
    """It waits for somebody outside: the requester, a supplier, a date."""

    RESOLVED = "resolved"
    """The work is done; the requester may still object."""

    CLOSED = "closed"
    """It is over."""

    CANCELLED = "cancelled"
    """It is over without having been done."""


ENDS = frozenset({StateCategory.RESOLVED, StateCategory.CLOSED, StateCategory.CANCELLED})
"""The categories in which work ends; every state of a workflow has a way to one of them."""


def _category(category: str) -> StateCategory:
    try:
        return StateCategory(category)
    except ValueError:
        problem = f"unknown category {category!r}; known: {', '.join(StateCategory)}"
        raise DefinitionError(problem) from None


@frozen
class State:
    """
    A state that a ticket can be in.

    Args:
        name: What the desk calls it.
        category: A `StateCategory`, or its text.

    Raises:
        DefinitionError: If the name is none, or the category unknown.
    """

    name: str = attrs.field(validator=named)
    category: StateCategory = attrs.field(converter=_category)
