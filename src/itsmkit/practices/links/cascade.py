"""What moves along links: a cascade as it is declared for a type of links."""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import cached_property

from attrs import field, frozen

from itsmkit._checks import member_of
from itsmkit._frozen import as_tuple
from itsmkit._problems import close_to, name_problems, names_problems
from itsmkit.conditions import ALWAYS, Condition, compile_condition
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices.handling import refuse_commanded
from itsmkit.workflow import StateCategory

__all__ = ["Cascade", "CascadeAction", "unfit_for_timers"]


class CascadeAction(StrEnum):
    """What a cascade does with each ticket that it reaches."""

    TRANSITION = "transition"
    """It moves the ticket through its workflow."""

    ASK = "ask"
    """It asks whether the ticket is to be moved; whoever confirms that moves it."""

    COMMENT = "comment"
    """It writes on the ticket, for the requester to read."""


def _action(value: CascadeAction | str) -> CascadeAction:
    return member_of(CascadeAction, value, "what a cascade does")


@frozen
class Cascade:
    """
    What follows at the other ends of links when a ticket moves.

    Only tickets on which work is expected are reached: neither resolved, closed, cancelled nor merged.

    Args:
        name: What it is called, among those of its type of links.
        do: What is done with each ticket.
        on_category: It begins when the ticket comes into a state of this category, such as ``"resolved"``.
        on_trigger: Or when it moves by this trigger.
        from_target: Whether it goes from the target of the links to their sources; by default, from the
            source to the targets, such as from a parent to its children.
        trigger: The move of each ticket; for all but a comment.
        text: What is said with it: the comment, the question, or what those who are told read.
        when: Which tickets it is meant for.
        carries: The fields and details of the first ticket that are handed in with the move of each other,
            such as ``resolution``.
        notify: Whom to tell, once for each ticket: as in `EscalationStep`.

    Raises:
        DefinitionError: With all that cannot be right.
    """

    name: str
    do: CascadeAction = field(converter=_action)
    on_category: str | None = field(default=None, kw_only=True)
    on_trigger: str | None = field(default=None, kw_only=True)
    from_target: bool = field(default=False, kw_only=True)
    trigger: str | None = field(default=None, kw_only=True)
    text: str | None = field(default=None, kw_only=True)
    when: Condition = field(default=ALWAYS, kw_only=True)
    carries: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)
    notify: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [*self._problems()]
        if problems:
            raise DefinitionError(*problems)

    def _problems(self) -> Iterator[str]:
        yield from unfit_for_timers("name", self.name)
        if (self.on_category is None) is (self.on_trigger is None):
            yield (
                f"the cascade {self.name!r} must begin with one thing: name a category in `on_category`, "
                "such as 'resolved', or a trigger in `on_trigger`"
            )
        if self.on_category is not None and self.on_category not in _CATEGORIES:
            yield f"on_category: unknown {self.on_category!r}; {close_to(self.on_category, _CATEGORIES)}"
        if (self.do is CascadeAction.COMMENT) is (self.trigger is not None):
            if self.trigger is None:
                yield f"the cascade {self.name!r} must name the move of each ticket in `trigger`"
            else:
                yield f"the cascade {self.name!r} only comments, which moves nothing: leave `trigger` out"
        if self.do is not CascadeAction.TRANSITION and not (self.text or "").strip():
            yield f"the cascade {self.name!r} has nothing to say: write it in `text`"
        yield from names_problems("carries", self.carries)
        try:
            refuse_commanded("what is reached", {*self.carries} - {"support_group", "assignee"})
        except RefusedError as refusal:
            yield from (f"carries: {reason}" for reason in refusal.reasons)
        yield from names_problems("notify", self.notify)

    @cached_property
    def applies(self) -> Callable[[Mapping[str, object]], bool]:
        """The condition, compiled."""
        return compile_condition(self.when)


_CATEGORIES = tuple(category.value for category in StateCategory)


def unfit_for_timers(path: str, name: object) -> Iterator[str]:
    """List what keeps *name* from being a part of the name of a timer."""
    yield from name_problems(path, name)
    if isinstance(name, str) and ":" in name:
        yield f"{path}: must be without a colon, not {name!r}: it stands between the parts of a timer's name"
