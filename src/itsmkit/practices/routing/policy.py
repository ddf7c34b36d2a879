"""The routing of a desk: all its rules, what tickets weigh, and how much anybody can have."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from attrs import field, frozen
from attrs.validators import optional

from itsmkit._checks import is_a, named
from itsmkit._frozen import EMPTY, as_tuple, frozen_dict
from itsmkit._problems import (
    close_to,
    distinct_problems,
    instance_problems,
    items_problems,
    names,
    names_problems,
    shown,
)
from itsmkit.conditions import ALWAYS
from itsmkit.errors import DefinitionError
from itsmkit.practices.kind_of_work import KindOfWork
from itsmkit.practices.routing.advice import AdvicePolicy
from itsmkit.practices.routing.need import CategoryNeed, SkillNeed, Strength
from itsmkit.practices.routing.rule import RoutingRule
from itsmkit.tickets import Ticket

__all__ = ["LoadWeights", "RoutingPolicy", "needs_of", "routing_policy_problems"]

_HOUR = timedelta(hours=1)
_QUARTER = timedelta(minutes=15)
_FORTNIGHT = timedelta(days=14)


@frozen(kw_only=True)
class LoadWeights:
    """
    How much a ticket weighs on whoever has it, in whole points.

    A ticket weighs what its priority does, times its effort. Points are whole, so that sums are exact, and
    nobody is preferred by a rounding.

    Args:
        priorities: The points of a ticket by its priority.
        otherwise: The points of a ticket of any other priority, or none.
        effort: The fact that tells the effort of a ticket: a number, or a length of time in hours; what has
            begun counts in full, and what has none counts as 1. ``None`` if it does not count.
        pending: Whether tickets count that wait for somebody else, in a state of the category ``pending``.

    Raises:
        DefinitionError: With everything that is wrong.

    >>> from itsmkit.testing import an_incident
    >>> ticket = an_incident()
    >>> ticket.priority, LoadWeights(priorities={"P5": 5}).points_of(ticket)
    ('P5', 5)
    """

    priorities: Mapping[str, int] = field(default=EMPTY, converter=frozen_dict)
    otherwise: int = 1
    effort: str | None = field(default=None, validator=optional(named))
    pending: bool = True

    def __attrs_post_init__(self) -> None:
        problems = [
            f"{path}: must be a whole number, not negative, not {shown(value)}"
            for path, value in (
                *((f"priorities.{name}", each) for name, each in self.priorities.items()),
                ("otherwise", self.otherwise),
            )
            if type(value) is not int or value < 0
        ]
        problems += instance_problems("pending", self.pending, bool)
        if problems:
            raise DefinitionError(*problems)

    def points_of(self, ticket: Ticket) -> int:
        """Return what *ticket* weighs on whoever has it."""
        priority = ticket.priority
        points = self.otherwise if priority is None else self.priorities.get(priority, self.otherwise)
        return points if self.effort is None else points * _effort(ticket.fact(self.effort))

    def points_now(self, ticket: Ticket) -> int:
        """Return what *ticket* weighs in its present state: nothing where it is done, or does not count."""
        counts = ticket.is_open and (self.pending or ticket.state_category != "pending")
        return self.points_of(ticket) if counts else 0


_WHY_FOR_ALL = "so that none is left unrouted"
_MOST_EFFORT = 1_000_000


def _effort(told: object) -> int:
    if isinstance(told, timedelta):
        return max(1, -(-told // _HOUR))
    # What is no number, or more than anybody could do, says nothing.
    if not isinstance(told, int | float | Decimal) or isinstance(told, bool) or not 0 < told <= _MOST_EFFORT:
        return 1
    return ceil(told)


@frozen(kw_only=True)
class RoutingPolicy:
    """
    How a desk routes its tickets.

    Args:
        rules: The rules; the first that holds for a ticket decides. The last one holds for every ticket, so
            that none is left unrouted, and no other does.
        automatic: The kinds of work that the desk routes by itself, when a ticket is logged and when it is
            moved to the queue of a group.
        needs: What tickets need somebody to be able to do, by their categories.
        load: What tickets weigh.
        capacity: How many points anybody has at most; ``None`` for any number.
        capacities: The same for some people, by their ids.
        advice: What becomes of what plugins advise.
        retry_after: After which time the desk tries again, where nobody has room.
        horizon: How far ahead it looks for the next shift of somebody who is away.

    Raises:
        DefinitionError: With everything that is wrong: there are no rules, the last is not for all, another
            one is, or one has the name of another.

    >>> from itsmkit.conditions import equals
    >>> RoutingPolicy(rules=[RoutingRule(name="vip", group="gold", when=equals("tag.vip", value=True))])
    Traceback (most recent call last):
        ...
    itsmkit.errors.DefinitionError: rules[0].when: the last rule must hold for every ticket, so that none is \
left unrouted; leave `when` out, or add a rule without it
    """

    rules: tuple[RoutingRule, ...] = field(converter=as_tuple)
    automatic: tuple[str, ...] = field(default=(), converter=names)
    needs: tuple[CategoryNeed, ...] = field(default=(), converter=as_tuple)
    load: LoadWeights = field(factory=LoadWeights)
    capacity: int | None = None
    capacities: Mapping[str, int] = field(default=EMPTY, converter=frozen_dict)
    advice: AdvicePolicy = field(factory=AdvicePolicy)
    retry_after: timedelta = _QUARTER
    horizon: timedelta = _FORTNIGHT

    def __attrs_post_init__(self) -> None:
        problems = [
            problem
            for path, values, kind in (
                ("rules", self.rules, RoutingRule),
                ("needs", self.needs, CategoryNeed),
            )
            for problem in items_problems(path, values, kind)
        ]
        problems += instance_problems("load", self.load, LoadWeights)
        problems += instance_problems("advice", self.advice, AdvicePolicy)
        problems += names_problems("automatic", self.automatic)
        limits = [(f"capacities.{name}", each) for name, each in self.capacities.items()]
        if self.capacity is not None:
            limits.append(("capacity", self.capacity))
        for path, limit in limits:
            if type(limit) is not int or limit < 0:
                problems.append(f"{path}: must be a whole number, not negative, not {shown(limit)}")
        for path, length in (("retry_after", self.retry_after), ("horizon", self.horizon)):
            if not is_a(length, timedelta) or length <= timedelta(0):
                problems.append(f"{path}: must be a length of time, more than nothing, not {shown(length)}")
        problems = problems or [*self._wrong_order()]
        if problems:
            raise DefinitionError(*problems)

    def _wrong_order(self) -> Iterator[str]:
        if not self.rules:
            yield f"rules: there are none; add one that holds for every ticket, {_WHY_FOR_ALL}"
            return
        yield from distinct_problems("rules", (rule.name for rule in self.rules))
        last = len(self.rules) - 1
        if self.rules[last].when != ALWAYS:
            yield (
                f"rules[{last}].when: the last rule must hold for every ticket, {_WHY_FOR_ALL}; leave `when` "
                "out, or add a rule without it"
            )
        for place, rule in enumerate(self.rules[:last]):
            if rule.when == ALWAYS:
                yield (
                    f"rules[{place}].when: holds for every ticket, so that none comes to rules[{place + 1}]; "
                    "put it last, or say for which it is"
                )

    @property
    def catch_all(self) -> RoutingRule:
        """The last rule, which holds for every ticket."""
        return self.rules[-1]

    def capacity_of(self, person: str) -> int | None:
        """Return how many points somebody has at most; ``None`` for any number."""
        return self.capacities.get(person, self.capacity)


def needs_of(policy: RoutingPolicy, rule: RoutingRule, ticket: Ticket) -> tuple[SkillNeed, ...]:
    """
    Return what *ticket* needs somebody to be able to do: what the rule and its categories ask for.

    Where a skill is asked for more than once, the highest level counts, and to have to weighs more than
    should.
    """
    found: dict[str, SkillNeed] = {}
    asked = [*rule.skills]
    for need in policy.needs:
        if need.kind in (None, ticket.kind) and ticket.fact(f"category.{need.category}"):
            asked += need.skills
    for each in asked:
        before = found.get(each.name)
        if before is None:
            found[each.name] = each
        else:
            strength = Strength.HARD if before.is_hard or each.is_hard else Strength.SOFT
            found[each.name] = SkillNeed(each.name, max(before.level, each.level), strength=strength)
    return tuple(found.values())


def routing_policy_problems(
    policy: RoutingPolicy,
    kinds: Mapping[str, KindOfWork[Any]],
    groups: Collection[str],
    people: Collection[str],
) -> Iterator[str]:
    """
    List what *policy* names that is not there: kinds of work, categories, priorities, groups, people.

    Args:
        policy: The policy.
        kinds: The kinds of work of the desk, by name.
        groups: The ids of its support groups; empty where another directory knows them.
        people: The ids of its people, likewise.
    """
    priorities = dict.fromkeys(each for kind in kinds.values() for each in kind.priorities.priorities)
    named_groups = [
        (f"rules[{place}].{path}", group)
        for place, rule in enumerate(policy.rules)
        for path, group in (("group", rule.group), ("fallback_group", rule.fallback_group))
        if group is not None
    ]
    yield from _unknown(
        "kind of work", kinds, ((f"automatic[{place}]", each) for place, each in enumerate(policy.automatic))
    )
    if groups:
        yield from _unknown("support group", groups, named_groups)
    if people:
        yield from _unknown("person", people, ((f"capacities.{each}", each) for each in policy.capacities))
    yield from _unknown(
        "priority", priorities, ((f"load.priorities.{each}", each) for each in policy.load.priorities)
    )
    for place, need in enumerate(policy.needs):
        if need.kind is not None and need.kind not in kinds:
            yield from _unknown("kind of work", kinds, [(f"needs[{place}].kind", need.kind)])
            continue
        trees = [kind.categories for kind in kinds.values() if need.kind in (None, kind.name)]
        if None not in trees:  # a kind without a tree takes any category
            known = dict.fromkeys(each for tree in trees if tree is not None for each in tree.by_id)
            yield from _unknown("category", known, [(f"needs[{place}].category", need.category)])


def _unknown(what: str, known: Collection[str], told: Iterable[tuple[str, str]]) -> Iterator[str]:
    for path, name in told:
        if name not in known:
            yield f"{path}: unknown {what} {name!r}; {close_to(name, known)}"
