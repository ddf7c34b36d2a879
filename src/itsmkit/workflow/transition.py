"""Transitions between states, and what must be true before they happen."""

import attrs
from attrs import frozen

from itsmkit._problems import name_problems, names, names_problems
from itsmkit.errors import DefinitionError
from itsmkit.workflow.guard import GuardExpression, guard_tuple, guards_problems

__all__ = ["ACTOR_ROLES", "Transition"]

ACTOR_ROLES = "actor_roles"
"""The name of the fact that holds the roles of whoever fires: a tuple, list, set or frozenset of text."""


@frozen
class Transition:
    """
    A way from one or several states to another, taken when its trigger is fired.

    Several transitions may share a trigger, from different states or from the same. From one state, the
    guards choose: the first in the order of declaration whose guards hold is taken, what lies in a
    composite state going before the composite. Facts and roles do not choose; what is taken demands them.

    Args:
        trigger: The verb, such as ``resolve``.
        sources: The names of the states that it leaves, at least one; a single name may stand alone.
        target: The name of the state that it leads to, which may be a source too.
        guards: All of them must hold; a single one may stand alone.
        required: The names of the facts that must have a value, in the sense of
            `Presence <itsmkit.conditions.Presence>`; a single name may stand alone.
        roles: Whoever fires must have one of these, told by the fact `ACTOR_ROLES`; without any, everybody
            may. A single name may stand alone.
        effects: The names of what shall be done once the ticket has moved, in this order. The engine only
            names them: see `resolve_effects`.

    Raises:
        DefinitionError: With every problem, if a name is none or stands twice, or a guard is none.
    """

    trigger: str
    sources: tuple[str, ...] = attrs.field(converter=names)
    target: str
    guards: tuple[GuardExpression, ...] = attrs.field(default=(), converter=guard_tuple, kw_only=True)
    required: tuple[str, ...] = attrs.field(default=(), converter=names, kw_only=True)
    roles: tuple[str, ...] = attrs.field(default=(), converter=names, kw_only=True)
    effects: tuple[str, ...] = attrs.field(default=(), converter=names, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [*name_problems("trigger", self.trigger), *name_problems("target", self.target)]
        if not self.sources:
            problems.append("sources: there are none; name at least one state")
        for what in ("sources", "required", "roles", "effects"):
            problems += names_problems(what, getattr(self, what))
        problems += guards_problems("guards", self.guards)
        if problems:
            raise DefinitionError(*problems)
