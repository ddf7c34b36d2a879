"""The rules of routing: which tickets go to which group, and how somebody in it is chosen."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cached_property

from attrs import field, frozen
from attrs.validators import optional

from itsmkit._checks import is_a, named
from itsmkit._frozen import as_tuple
from itsmkit._problems import distinct_problems, instance_problems, items_problems, shown
from itsmkit.conditions import ALWAYS, Condition, compile_condition
from itsmkit.errors import DefinitionError
from itsmkit.practices.routing.need import SkillNeed, Strength

__all__ = ["FallbackStep", "Familiarity", "RoutingRule", "Strategy"]


class Strategy(StrEnum):
    """How one of those is chosen who can have a ticket. What it leaves open, whose turn it is decides."""

    ROUND_ROBIN = "round_robin"
    """Whoever was given a ticket of the group the longest ago: see `RoutingState` for what that promises."""
    LEAST_LOADED = "least_loaded"
    """Whoever has the least work: see `LoadWeights`."""
    BEST_SKILLED = "best_skilled"
    """Whoever meets the needs at the highest levels together."""
    CLOSEST_SKILLED = "closest_skilled"
    """Whoever is good enough at the lowest levels together, so that experts are free for what needs them."""
    QUEUE = "queue"
    """Nobody: the ticket waits in the queue of the group for whoever takes it."""


class Familiarity(StrEnum):
    """Who knows a ticket's matter already, and so gets it before all others who can have it."""

    REOPENED = "reopened"
    """Who had it before it was reopened."""
    REQUESTER = "requester"
    """Who had the last ticket of its requester."""
    CONFIGURATION_ITEM = "configuration_item"
    """Who had the last ticket of its configuration item."""


class FallbackStep(StrEnum):
    """What is done with a ticket that nobody in its group can have now. The first that helps is taken."""

    QUEUE = "queue"
    """It waits in the queue of the group: helps if somebody can do it, who is away or has no room now."""
    LEAD = "lead"
    """The lead of the group gets it: helps if one is there and has room, whatever they can do."""
    GROUP = "group"
    """It goes to the queue of the fallback group of the rule: helps if the rule names one."""


_STEPS = (FallbackStep.QUEUE, FallbackStep.LEAD, FallbackStep.GROUP)


@frozen(kw_only=True)
class RoutingRule:
    """
    Which tickets go to which group, and how somebody in it is chosen.

    Args:
        name: What it is called in explanations.
        group: The id of the support group.
        when: The tickets that it is for: a condition on `Ticket.facts`.
        strategy: How somebody is chosen.
        skills: What they need to be able to do, beside what the category of the ticket asks for.
        familiar: Who is asked first, in this order, if they can have the ticket.
        language: Whether they have to speak the language of the requester, or rather should; ``None`` if
            that does not matter.
        fallback: What is done if nobody can have it. If nothing helps, it waits in the queue of the group.
        fallback_group: The id of the group for the step of this name.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    name: str = field(validator=named)
    group: str = field(validator=named)
    when: Condition = ALWAYS
    strategy: Strategy = Strategy.ROUND_ROBIN
    skills: tuple[SkillNeed, ...] = field(default=(), converter=as_tuple)
    familiar: tuple[Familiarity, ...] = field(default=(), converter=as_tuple)
    language: Strength | None = None
    fallback: tuple[FallbackStep, ...] = field(default=_STEPS, converter=as_tuple)
    fallback_group: str | None = field(default=None, validator=optional(named))

    def __attrs_post_init__(self) -> None:
        problems = [*instance_problems("when", self.when, Condition)]
        for path, value, kind in (
            ("strategy", self.strategy, Strategy),
            ("language", self.language, Strength),
        ):
            if not is_a(value, kind) and not (path == "language" and value is None):
                known = ", ".join(repr(each.value) for each in kind)
                problems.append(f"{path}: must be one of {known}, not {shown(value)}")
        for path, values, each_kind in (
            ("skills", self.skills, SkillNeed),
            ("familiar", self.familiar, Familiarity),
            ("fallback", self.fallback, FallbackStep),
        ):
            problems += items_problems(path, values, each_kind)
        problems += distinct_problems("familiar", self.familiar)
        problems += distinct_problems("fallback", self.fallback)
        if self.fallback_group is not None and FallbackStep.GROUP not in self.fallback:
            problems.append('fallback_group: is never asked; put "group" into fallback, or leave it out')
        if self.fallback_group == self.group:
            problems.append("fallback_group: is the group itself; name another, or leave it out")
        if problems:
            raise DefinitionError(*problems)

    @cached_property
    def applies(self) -> Callable[[Mapping[str, object]], bool]:
        """The condition, compiled."""
        return compile_condition(self.when)

    def __str__(self) -> str:
        """Return what it is called."""
        return self.name
