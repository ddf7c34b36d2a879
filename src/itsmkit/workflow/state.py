"""The states of a workflow, and the six categories that the rest of itsmkit asks for."""

from collections.abc import Iterable
from enum import StrEnum

import attrs
from attrs import frozen

from itsmkit._checks import named
from itsmkit._problems import close_to, items_problems, names, names_problems
from itsmkit.errors import DefinitionError
from itsmkit.workflow.guard import GuardExpression, guard_tuple, guards_problems
from itsmkit.workflow.state_timer import StateTimer

__all__ = ["CompositeState", "ENDS", "State", "StateCategory"]


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
"""The categories in which work ends."""


def _category(category: str) -> StateCategory:
    try:
        return StateCategory(category)
    except ValueError:
        problem = f"unknown category {category!r}; known: {', '.join(StateCategory)}"
        raise DefinitionError(problem) from None


def _timers(timers: StateTimer | Iterable[StateTimer]) -> tuple[StateTimer, ...]:
    return (timers,) if isinstance(timers, StateTimer) else tuple(timers)


@frozen
class State:
    """
    A state that a ticket can be in.

    Args:
        name: What the desk calls it.
        category: A `StateCategory`, or its text.
        required: The names of the facts that must have a value for a ticket to enter, by whichever
            transition; a single name may stand alone.
        guards: What must hold for a ticket to enter; a single guard may stand alone.
        timers: What happens to a ticket that stays.

    Raises:
        DefinitionError: If the name is none, the category unknown, a required name stands twice, or a guard
            or a timer is none.
    """

    name: str = attrs.field(validator=named)
    category: StateCategory = attrs.field(converter=_category)
    required: tuple[str, ...] = attrs.field(default=(), converter=names, kw_only=True)
    guards: tuple[GuardExpression, ...] = attrs.field(default=(), converter=guard_tuple, kw_only=True)
    timers: tuple[StateTimer, ...] = attrs.field(default=(), converter=_timers, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [*names_problems("required", self.required), *guards_problems("guards", self.guards)]
        problems += items_problems("timers", self.timers, StateTimer)
        if problems:
            raise DefinitionError(*problems)


@frozen
class CompositeState:
    """
    States that belong together, so that transitions can leave all of them, or lead into the first.

    A ticket is never in a composite state alone, but in one of its states. A transition from a composite
    leaves every state in it, unless one further in takes the trigger (and its guards hold); a
    transition into a composite leads to its initial state.

    Args:
        name: What the desk calls it; states and composite states have names of their own.
        states: The names of what it consists of: states, or composite states.
        initial: The one of them that is entered first.

    Raises:
        DefinitionError: With every problem, if a name is none or stands twice, or *initial* is not among
            *states*.

    Source:
        The composite states of Harel's statecharts and of UML, with orthogonal regions left out: a ticket
        is in one state at a time.
    """

    name: str = attrs.field(validator=named)
    states: tuple[str, ...] = attrs.field(converter=names, kw_only=True)
    initial: str = attrs.field(kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [*names_problems("states", self.states)]
        if not problems and self.initial not in self.states:
            problems.append(
                f"initial: {self.initial!r} is none of its states; {close_to(self.initial, self.states)}"
            )
        if problems:
            raise DefinitionError(*problems)
