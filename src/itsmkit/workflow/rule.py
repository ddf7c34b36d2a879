"""What a workflow promises whichever way is taken; the checks prove it, or show the way that breaks it."""

import attrs
from attrs import frozen

from itsmkit._problems import name_problems
from itsmkit.errors import DefinitionError

__all__ = ["NeverWithout", "never_without"]


@frozen
class NeverWithout:
    """
    No ticket gets into the state *before* without having passed *gate*.

    A gate is passed by entering the state of that name, by firing the trigger of that name, or by a move
    that cannot happen unless the guard of that name holds.

    Args:
        gate: The name of a state, a trigger or a guard. A name that is several of these stands for any of
            them.
        before: The name of a state.
        since: The name of a state: the gate must be passed after the ticket was last there, so that what was
            approved, changed and not approved again is found. Left out, once is enough.

    Raises:
        DefinitionError: With every problem, if a name is none.
    """

    gate: str
    before: str = attrs.field(kw_only=True)
    since: str | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [*name_problems("never_without", self.gate), *name_problems("before", self.before)]
        if self.since is not None:
            problems += name_problems("since", self.since)
        if problems:
            raise DefinitionError(*problems)

    def __str__(self) -> str:
        since = "" if self.since is None else f" since {self.since}"
        return f"never {self.before} without {self.gate}{since}"


def never_without(gate: str, *, before: str, since: str | None = None) -> NeverWithout:
    """
    Return the rule that no way leads to the state *before* without passing *gate*: see `NeverWithout`.

    >>> print(never_without("approved", before="Implementing", since="Draft"))
    never Implementing without approved since Draft
    """
    return NeverWithout(gate, before=before, since=since)
