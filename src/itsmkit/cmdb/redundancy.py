"""
Redundancy: how many of several providers may fail before a dependent does.

A rule becomes *clauses*, each of which says: providers of so much weight at this level or worse put the
dependent at that level. Weights are not negative and thresholds are positive, so that no rule can be made
that more failures would improve.

=========================  =============================================  ============================
Rule, of n providers       the dependent is down with                     and degraded with
=========================  =============================================  ============================
``all``                    1 down                                         1 degraded
``any``                    n down                                         1 down, or n degraded
``at least k``             n - k + 1 down                                 1 down, or n - k + 1 degraded
``p %``                    at least ceil(n p / 100) must be up            as ``at least``
weights and a need         lost weight ≥ total - need + 1                 1 down, or as much degraded
``influence p %``          ceil(n p / 100) down                           1 down
=========================  =============================================  ============================

A chain of more levels is filled in the same way: what holds of *down* in the middle column holds of each
level above the best, and what one provider at the worst level does to it, is that the dependent is at the
first level after the best.

>>> RedundancySet("shop", "web servers", ["web-1", "web-2", "web-3"], "at least 2")
... # doctest: +NORMALIZE_WHITESPACE
RedundancySet(dependent='shop', name='web servers', members=('web-1', 'web-2', 'web-3'),
rule=AtLeast(count=2),
    relation_type=None)
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import ceil, lcm
from typing import NamedTuple

from attrs import evolve, field, frozen

from itsmkit._checks import named
from itsmkit._frozen import as_tuple, frozen_dict
from itsmkit._problems import close_to, items_problems, names_problems, shown
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.levels import LevelChain
from itsmkit.errors import DefinitionError

__all__ = [
    "AllNeeded",
    "AnySuffices",
    "AtLeast",
    "Clause",
    "Clauses",
    "Influence",
    "PercentUp",
    "RedundancyRule",
    "RedundancySet",
    "Threshold",
    "WeightedNeed",
    "rule_from",
]

Weight = int | Fraction


class Threshold(NamedTuple):
    """
    A clause in numbers, as the engine reads it.

    Args:
        at: The level that members must be at, or worse; more than 0.
        need: The weight that must be there; more than 0.
        then: The level that the dependent is then at, or worse; more than 0.
        weights: The weight of each member, in their order; ``None`` if each is 1.
    """

    at: int
    need: int
    then: int
    weights: tuple[int, ...] | None = None


class RedundancyRule(ABC):
    """How many providers must fail before a dependent does. The subclasses are all that there are."""

    __slots__ = ()

    def problems(self, members: Sequence[str]) -> tuple[str, ...]:
        """List why this rule cannot be met by *members*, or names others."""
        return self.shortages(members)

    def shortages(self, members: Sequence[str]) -> tuple[str, ...]:  # noqa: ARG002  most can always be met
        """List why this rule cannot be met by *members*, even if all of them work."""
        return ()

    def level_problems(self, levels: LevelChain) -> tuple[str, ...]:  # noqa: ARG002  most name no level
        """List why this rule cannot be read on *levels*."""
        return ()

    def without(self, member: str) -> "RedundancyRule":  # noqa: ARG002  most name no member
        """Return this rule for the same providers but *member*: what is needed stays, its weight goes."""
        return self

    @abstractmethod
    def thresholds(self, members: Sequence[str], levels: LevelChain) -> tuple[Threshold, ...]:
        """
        Return the clauses of this rule for *members* on *levels*.

        Fewer members than the rule asks for, as when some are missing from a graph, count as if all the
        weight that is left were needed.
        """


def _counted(lost: int, levels: LevelChain) -> tuple[Threshold, ...]:
    """Return the clauses of *lost* members at a level, and of the first that is lost."""
    graded = [Threshold(level, lost, level) for level in range(1, levels.top + 1)]
    if lost > 1 and levels.top > 1:
        graded.append(Threshold(levels.top, 1, 1))
    return tuple(graded)


@frozen
class AllNeeded(RedundancyRule):
    """Every provider is needed: there is no redundancy."""

    def thresholds(self, members: Sequence[str], levels: LevelChain) -> tuple[Threshold, ...]:  # noqa: ARG002
        """Return the clauses: see `RedundancyRule.thresholds`."""
        return _counted(1, levels)

    def __str__(self) -> str:
        return "all"


@frozen
class AnySuffices(RedundancyRule):
    """One provider is enough: full redundancy."""

    def thresholds(self, members: Sequence[str], levels: LevelChain) -> tuple[Threshold, ...]:
        """Return the clauses: see `RedundancyRule.thresholds`."""
        return _counted(len(members), levels)

    def __str__(self) -> str:
        return "any"


@frozen
class AtLeast(RedundancyRule):
    """
    So many providers must be up.

    Args:
        count: How many; a whole number, at least 1.

    Raises:
        DefinitionError: If it is none.
    """

    count: int

    def __attrs_post_init__(self) -> None:
        if type(self.count) is not int or self.count < 1:
            problem = (
                f"at least so many providers: must be a whole number of 1 or more, not {shown(self.count)}"
            )
            raise DefinitionError(problem)

    def shortages(self, members: Sequence[str]) -> tuple[str, ...]:
        """List that there are too few members."""
        if self.count <= len(members):
            return ()
        return (f"at least {self.count} are asked for, but there are only {len(members)} members",)

    def thresholds(self, members: Sequence[str], levels: LevelChain) -> tuple[Threshold, ...]:
        """Return the clauses: see `RedundancyRule.thresholds`."""
        return _counted(max(1, len(members) - self.count + 1), levels)

    def __str__(self) -> str:
        return f"at least {self.count}"


def _percentage(value: object) -> Fraction:
    try:
        percentage = Fraction(value) if isinstance(value, int | str | Fraction) else None
    except (ValueError, ZeroDivisionError):
        percentage = None
    if percentage is None or isinstance(value, bool) or not 0 < percentage <= 100:
        problem = (
            f"a percentage must be more than 0 and at most 100, as a whole number, a fraction or text, "
            f"not {shown(value)}"
        )
        raise DefinitionError(problem)
    return percentage


def _percent_text(percentage: Fraction) -> str:
    text = str(percentage)
    if "/" in text:
        # Ten and hundred divide to a decimal that ends; thirds do not.
        scaled = percentage * 10**6
        if scaled.denominator == 1:
            text = f"{scaled.numerator / 10**6:f}".rstrip("0")
    return f"{text} %"


@frozen
class PercentUp(RedundancyRule):
    """
    So much of the providers must be up.

    Args:
        percentage: More than 0, at most 100: a whole number, a `Fraction` or text such as ``"33.3"``; never
            a float, of which 7 % of 100 would be 8.

    Raises:
        DefinitionError: If it is anything else.
    """

    percentage: Fraction = field(converter=_percentage)

    def thresholds(self, members: Sequence[str], levels: LevelChain) -> tuple[Threshold, ...]:
        """Return the clauses: see `RedundancyRule.thresholds`."""
        return _counted(len(members) - ceil(len(members) * self.percentage / 100) + 1, levels)

    def __str__(self) -> str:
        return _percent_text(self.percentage)


@frozen
class Influence(RedundancyRule):
    """
    So much of the providers must be down for the dependent to be down; one that is down degrades it.

    Args:
        percentage: More than 0, at most 100, as for `PercentUp`.

    Raises:
        DefinitionError: If it is anything else.
    """

    percentage: Fraction = field(converter=_percentage)

    def thresholds(self, members: Sequence[str], levels: LevelChain) -> tuple[Threshold, ...]:
        """Return the clauses: see `RedundancyRule.thresholds`."""
        lost = ceil(len(members) * self.percentage / 100)
        first = (Threshold(levels.top, 1, 1),) if lost > 1 and levels.top > 1 else ()
        return (Threshold(levels.top, lost, levels.top), *first)

    def __str__(self) -> str:
        return f"influence {_percent_text(self.percentage)}"


def _weight_problems(weights: Mapping[str, object]) -> list[str]:
    return [
        f"weight of {name!r}: must be a whole number or a fraction, 0 or more, not {shown(weight)}"
        for name, weight in weights.items()
        if not isinstance(weight, int | Fraction) or isinstance(weight, bool) or weight < 0
    ]


def _strangers(weights: Iterable[str], members: Sequence[str]) -> list[str]:
    known = set(members)
    return [
        f"weight of {name!r}: no such member; {close_to(name, members)}"
        for name in weights
        if name not in known
    ]


def _others(weights: Mapping[str, Weight], member: str) -> Mapping[str, Weight]:
    return {name: weight for name, weight in weights.items() if name != member}


def _scaled(numbers: Sequence[Weight]) -> tuple[int, ...]:
    """Return whole numbers in the same proportions."""
    scale = lcm(*(Fraction(number).denominator for number in numbers))
    return tuple(int(number * scale) for number in numbers)


@frozen
class WeightedNeed(RedundancyRule):
    """
    Providers of so much weight must be up.

    Args:
        weights: The weight of each provider, by its id; 1 for one that is not named. Whole numbers or
            fractions, 0 or more.
        need: How much must be up; more than 0.

    Raises:
        DefinitionError: With every weight, or need, that is none.
    """

    weights: Mapping[str, Weight] = field(converter=frozen_dict)
    need: Weight

    def __attrs_post_init__(self) -> None:
        problems = _weight_problems(self.weights)
        if not isinstance(self.need, int | Fraction) or isinstance(self.need, bool) or self.need <= 0:
            problems.append(
                f"need: must be a whole number or a fraction of more than 0, not {shown(self.need)}"
            )
        if problems:
            raise DefinitionError(*problems)

    def problems(self, members: Sequence[str]) -> tuple[str, ...]:
        """List weights of others, and a need that all members together do not meet."""
        return (*_strangers(self.weights, members), *self.shortages(members))

    def shortages(self, members: Sequence[str]) -> tuple[str, ...]:
        """List that all members together do not meet the need."""
        total = sum(self.weights.get(member, 1) for member in members)
        if self.need <= total:
            return ()
        return (f"a weight of {self.need} is needed, but all members together have {total}",)

    def without(self, member: str) -> "WeightedNeed":
        """Return this rule without the weight of *member*: see `RedundancyRule.without`."""
        return evolve(self, weights=_others(self.weights, member))

    def thresholds(self, members: Sequence[str], levels: LevelChain) -> tuple[Threshold, ...]:
        """Return the clauses: see `RedundancyRule.thresholds`."""
        *weights, need = _scaled([*(self.weights.get(member, 1) for member in members), self.need])
        lost = max(1, sum(weights) - need + 1)
        graded = [Threshold(level, lost, level, tuple(weights)) for level in range(1, levels.top + 1)]
        first = [Threshold(levels.top, 1, 1)] if levels.top > 1 else []
        return (*graded, *first)

    def __str__(self) -> str:
        weights = ", ".join(f"{name} = {weight}" for name, weight in self.weights.items())
        return f"a weight of {self.need} of {weights}" if weights else f"a weight of {self.need}"


@frozen
class Clause:
    """
    Members of so much weight at one level put the dependent at another.

    Args:
        members_at: The level that members must be at, or worse.
        weight: How much weight of them there must be; more than 0.
        then: The level that the dependent is then at, or worse.
        weights: The weight of each member, by its id; 1 for one that is not named.

    Raises:
        DefinitionError: With every name or weight that is none. A weight of less than 0, or a threshold of 0,
            would make a rule that further failures could improve.
    """

    members_at: str = field(validator=named)
    weight: Weight
    then: str = field(validator=named)
    weights: Mapping[str, Weight] = field(factory=dict, converter=frozen_dict)

    def __attrs_post_init__(self) -> None:
        problems = _weight_problems(self.weights)
        if not isinstance(self.weight, int | Fraction) or isinstance(self.weight, bool) or self.weight <= 0:
            problems.append(
                f"weight: must be a whole number or a fraction of more than 0, not {shown(self.weight)}; "
                "a rule that holds without any failure, or that failures improve, cannot be declared"
            )
        if problems:
            raise DefinitionError(*problems)


@frozen
class Clauses(RedundancyRule):
    """
    A rule of one's own.

    Args:
        clauses: At least one `Clause`; the worst level of those that hold counts.

    Raises:
        DefinitionError: If there is none.
    """

    clauses: tuple[Clause, ...] = field(converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        problems = [*items_problems("clauses", self.clauses, Clause)]
        if not self.clauses:
            problems.append("clauses: at least one is needed")
        if problems:
            raise DefinitionError(*problems)

    def problems(self, members: Sequence[str]) -> tuple[str, ...]:
        """List weights of others, and thresholds that all members together do not reach."""
        strangers = [
            f"clauses[{number}]: {problem}"
            for number, clause in enumerate(self.clauses)
            for problem in _strangers(clause.weights, members)
        ]
        return (*strangers, *self.shortages(members))

    def shortages(self, members: Sequence[str]) -> tuple[str, ...]:
        """List the thresholds that all members together do not reach."""
        return tuple(
            f"clauses[{number}]: a weight of {clause.weight} is asked for, but all members together "
            f"have {total}"
            for number, clause in enumerate(self.clauses)
            if (total := sum(clause.weights.get(member, 1) for member in members)) < clause.weight
        )

    def without(self, member: str) -> "Clauses":
        """Return this rule without the weights of *member*: see `RedundancyRule.without`."""
        return Clauses(evolve(clause, weights=_others(clause.weights, member)) for clause in self.clauses)

    def level_problems(self, levels: LevelChain) -> tuple[str, ...]:
        """List the levels that there are not, and those at which nothing has failed."""
        named_levels = [
            (number, level)
            for number, clause in enumerate(self.clauses)
            for level in (clause.members_at, clause.then)
        ]
        return tuple(
            f"clauses[{number}]: {levels.up!r} is no failure; say a worse level"
            if level == levels.up
            else f"clauses[{number}]: no level {level!r}; {close_to(level, levels.names)}"
            for number, level in named_levels
            if level not in levels.names[1:]
        )

    def thresholds(self, members: Sequence[str], levels: LevelChain) -> tuple[Threshold, ...]:
        """Return the clauses: see `RedundancyRule.thresholds`."""
        found = []
        for clause in self.clauses:
            at, then = levels.number(clause.members_at), levels.number(clause.then)
            *weights, need = _scaled([*(clause.weights.get(member, 1) for member in members), clause.weight])
            need = max(1, min(need, sum(weights)))
            found.append(Threshold(at, need, then, tuple(weights)))
        return tuple(found)

    def __str__(self) -> str:
        return ", ".join(
            f"{clause.then} if {clause.weight} at {clause.members_at}"
            + "".join(f", {name} = {weight}" for name, weight in clause.weights.items())
            for clause in self.clauses
        )


_COUNT = re.compile(r"at least (\d+)", re.ASCII)
_PERCENT = re.compile(r"(influence )?(\d+(?:\.\d+|/\d+)?) ?%", re.ASCII)
_FORMS = "all, any, at least 2, 50 %, influence 30 %, or a table of weights and need, or of clauses"


def rule_from(value: object) -> RedundancyRule:
    """
    Return the rule that *value* stands for.

    Args:
        value: A rule, or its text: ``all``, ``any``, ``at least 2``, ``50 %``, ``influence 30 %``.

    Raises:
        DefinitionError: If it stands for none.

    >>> rule_from("at least 2"), str(rule_from("33.3%"))
    (AtLeast(count=2), '33.3 %')
    """
    if isinstance(value, RedundancyRule):
        return value
    if isinstance(value, str):
        if value == "all":
            return AllNeeded()
        if value == "any":
            return AnySuffices()
        if count := _COUNT.fullmatch(value):
            return AtLeast(int(count[1]))
        if percent := _PERCENT.fullmatch(value):
            return (Influence if percent[1] else PercentUp)(percent[2])
    problem = f"rule: must be {_FORMS}, not {shown(value)}"
    raise DefinitionError(problem)


@frozen
class RedundancySet:
    """
    Providers of one configuration item that can stand in for each other.

    The relations between the members and the dependent count together, by the rule, and no longer one by one.

    Args:
        dependent: Whose providers they are.
        name: What the set is called; unique for the dependent.
        members: The providers, at least one, each once.
        rule: How many of them are needed: a `RedundancyRule`, or its text.
        relation_type: The type of the relations that count together; by default, all between these CIs.

    Raises:
        DefinitionError: With everything that is wrong: names, members, a rule that they cannot meet.
    """

    dependent: CIId = field(validator=named)  # type: ignore[assignment]  # attrs takes the type of the validator
    name: str = field(validator=named)
    members: tuple[CIId, ...] = field(converter=as_tuple)
    rule: RedundancyRule = field(converter=rule_from)
    relation_type: str | None = None

    def __attrs_post_init__(self) -> None:
        problems = list(names_problems("members", self.members))
        if not self.members:
            problems.append("members: at least one provider is needed")
        elif not problems:
            problems += self.rule.problems(self.members)
        if self.dependent in self.members:
            problems.append(f"members: {self.dependent!r} cannot stand in for its own providers")
        if problems:
            raise DefinitionError(*(f"redundancy set {self}: {problem}" for problem in problems))

    @property
    def key(self) -> tuple[CIId, str]:
        """Return what it is known by: the dependent, and the name."""
        return self.dependent, self.name

    def __str__(self) -> str:
        return f"{self.name!r} of {self.dependent}"
