"""Transitions between states, and what must be true before they happen."""

from collections.abc import Iterable

import attrs
from attrs import frozen

from itsmkit.conditions import Condition
from itsmkit.errors import DefinitionError
from itsmkit.workflow._checking import distinct_problems, instance_problems, name_problems

__all__ = ["Guard", "Transition"]


@frozen
class Guard:
    """
    A condition that must hold for a transition to happen, and what to say where it does not.

    Args:
        name: What programs call it; distinct within a transition.
        condition: Asked of the facts at hand.
        reason: A sentence for people, shown when the condition does not hold: what is wrong, and
            preferably the way out.

    Raises:
        DefinitionError: With every problem, if one of them is anything else.
    """

    name: str
    condition: Condition
    reason: str

    def __attrs_post_init__(self) -> None:
        problems = [
            *name_problems("name", self.name),
            *instance_problems("condition", self.condition, Condition),
            *name_problems("reason", self.reason, "a sentence"),
        ]
        if problems:
            raise DefinitionError(*problems)


def _tuple(names: str | Iterable[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _guards(guards: Iterable[Guard]) -> tuple[Guard, ...]:
    return tuple(guards)


@frozen
class Transition:
    """
    A way from one or several states to another, taken when its trigger is fired.

    Args:
        trigger: The verb, such as ``resolve``. Several transitions may share one, from different states.
        sources: The names of the states that it leaves, at least one; a single name may stand alone.
        target: The name of the state that it leads to, which may be a source too.
        guards: All of them must hold.
        required: The names of the facts that must have a value, in the sense of
            `Presence <itsmkit.conditions.Presence>`; a single name may stand alone.

    Raises:
        DefinitionError: With every problem, if a name is none or stands twice, or a guard is no `Guard`.
    """

    trigger: str
    sources: tuple[str, ...] = attrs.field(converter=_tuple)
    target: str
    guards: tuple[Guard, ...] = attrs.field(default=(), converter=_guards, kw_only=True)
    required: tuple[str, ...] = attrs.field(default=(), converter=_tuple, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [*name_problems("trigger", self.trigger), *name_problems("target", self.target)]
        if not self.sources:
            problems.append("sources: there are none; name at least one state")
        for what, names in (("sources", self.sources), ("required", self.required)):
            for index, name in enumerate(names):
                problems += name_problems(f"{what}[{index}]", name)
            problems += distinct_problems(what, names)
        for index, guard in enumerate(self.guards):
            problems += instance_problems(f"guards[{index}]", guard, Guard)
        problems += distinct_problems("guards", [getattr(guard, "name", None) for guard in self.guards])
        if problems:
            raise DefinitionError(*problems)
