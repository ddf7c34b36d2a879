"""
When a stage is approved: rules about its tally.

Every rule is monotone. A seat that approves instead of abstaining, or abstains instead of rejecting, never
makes it fail. So the best that can still happen is that all who are left approve, and the worst that all of
them reject; two looks at a rule tell whether the remaining votes can change its answer. And no rule holds
without an approval: nobody's consent is no consent.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from enum import StrEnum
from fractions import Fraction

from attrs import field, frozen

from itsmkit._checks import is_a
from itsmkit._frozen import FrozenDict, as_tuple, frozen_dict
from itsmkit._problems import items_problems, name_problems, shown
from itsmkit.workflow.approvals._checking import (
    depth_problems,
    member,
    member_problems,
    truth_problems,
    whole_problems,
)
from itsmkit.workflow.approvals.tally import Count, Tally
from itsmkit.workflow.errors import WorkflowDefinitionError

__all__ = [
    "ANY_ONE",
    "AllRules",
    "AnyRule",
    "AtLeast",
    "EVERYBODY",
    "EachRole",
    "Everybody",
    "MAJORITY",
    "Of",
    "Rule",
    "Share",
    "WeightAtLeast",
    "fraction",
    "fraction_text",
]

_FRACTION = re.compile(r"(?P<percent>\d{1,3})%|(?P<upper>\d{1,9})/(?P<lower>\d{1,9})", re.ASCII)


class Rule(ABC):
    """
    A question about a `Tally`. Rules combine by ``&`` and ``|``.

    >>> from itsmkit.workflow.approvals import AtLeast, EachRole
    >>> print(AtLeast(3) & EachRole({"security": 1}))
    at least 3 approvals and 1 approval of role 'security'
    """

    __slots__ = ()

    @property
    def depth(self) -> int:
        """How deeply the rule nests, itself included."""
        return 1

    @property
    def roles(self) -> frozenset[str]:
        """The roles that it asks about."""
        return frozenset()

    @abstractmethod
    def holds(self, tally: Tally) -> bool:
        """Tell whether the votes in *tally* are enough, with those that are still open not given."""

    def __and__(self, other: "Rule") -> "AllRules":
        """Return the rule that holds where this one and *other* both do."""
        return AllRules((self, other)) if isinstance(other, Rule) else NotImplemented

    def __or__(self, other: "Rule") -> "AnyRule":
        """Return the rule that holds where this one or *other* does."""
        return AnyRule((self, other)) if isinstance(other, Rule) else NotImplemented


@frozen
class Everybody(Rule):
    """
    Every seat approves, and there is at least one.

    An abstention is no approval. Where those who abstain do not stand in the way, `Share` of all that is
    cast is meant: ``Share("100%", of="cast")``.
    """

    def holds(self, tally: Tally) -> bool:
        """Tell whether nobody is left who has not approved."""
        return tally.approved.seats == tally.total.seats > 0

    def __str__(self) -> str:
        return "the approval of everybody"


@frozen
class AtLeast(Rule):
    """
    So many seats approve.

    Args:
        number: How many, at least 1.

    Raises:
        WorkflowDefinitionError: If it is less, or no whole number.
    """

    number: int

    def __attrs_post_init__(self) -> None:
        problems = list(whole_problems("number", self.number, 1))
        if problems:
            raise WorkflowDefinitionError(*problems)

    def holds(self, tally: Tally) -> bool:
        """Tell whether so many have approved."""
        return tally.approved.seats >= self.number

    def __str__(self) -> str:
        return f"at least {_approvals(self.number)}"


@frozen
class WeightAtLeast(Rule):
    """
    The seats that approve weigh so much together.

    Args:
        weight: How much, at least 1.

    Raises:
        WorkflowDefinitionError: If it is less, or no whole number.
    """

    weight: int

    def __attrs_post_init__(self) -> None:
        problems = list(whole_problems("weight", self.weight, 1))
        if problems:
            raise WorkflowDefinitionError(*problems)

    def holds(self, tally: Tally) -> bool:
        """Tell whether those who have approved weigh so much."""
        return tally.approved.weight >= self.weight

    def __str__(self) -> str:
        return f"approvals with a weight of at least {self.weight}"


class Of(StrEnum):
    """What a `Share` is a share of."""

    SEATS = "seats"
    """Of all seats: who abstains or stays silent counts against it."""

    CAST = "cast"
    """Of the approvals and rejections: who abstains or stays silent does not count."""


def _of(of: str) -> Of:
    named: Of = member(Of, of)
    return named


def fraction(part: str | Fraction) -> Fraction:
    """
    Return the part that *part* spells: ``"50%"``, or ``"2/3"``. What spells none comes back as it is.

    >>> fraction("50%") == fraction("1/2")
    True
    """
    found = _FRACTION.fullmatch(part) if isinstance(part, str) else None
    if found is None or (found["lower"] is not None and int(found["lower"]) == 0):
        return part  # type: ignore[return-value]  # whoever converts by this checks it too
    if found["percent"]:
        return Fraction(int(found["percent"]), 100)
    return Fraction(int(found["upper"]), int(found["lower"]))


def fraction_text(part: Fraction) -> str:
    """
    Return the text that `fraction` reads as *part*: percent, where these are whole.

    >>> fraction_text(Fraction(1, 2)), fraction_text(Fraction(2, 3))
    ('50%', '2/3')
    """
    percent = part * 100
    return f"{percent}%" if percent.denominator == 1 else str(part)


@frozen
class Share(Rule):
    """
    A part of the seats, or of the votes cast, approves. The part is exact: two of three are two thirds.

    Args:
        part: ``"50%"``, ``"2/3"`` or a fraction, more than 0 and at most 1; with *more_than*, less than 1.
        of: What it is a part of. Of the votes cast, abstentions are left out: they are no votes.
        more_than: Whether the part itself is not enough.
        weighted: Whether the seats count by their weight instead of one each.

    Raises:
        WorkflowDefinitionError: With every problem.

    Source:
        Robert's Rules of Order: a majority is more than half of the votes cast, abstentions excluded.

    >>> print(Share("50%", more_than=True))
    approvals of more than 50% of the seats
    """

    part: Fraction = field(converter=fraction)
    of: Of = field(default=Of.SEATS, converter=_of, kw_only=True)
    more_than: bool = field(default=False, kw_only=True)
    weighted: bool = field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [
            *self._part_problems(),
            *member_problems("of", self.of, Of),
            *truth_problems("more_than", self.more_than),
            *truth_problems("weighted", self.weighted),
        ]
        if problems:
            raise WorkflowDefinitionError(*problems)

    def _part_problems(self) -> Iterator[str]:
        if not is_a(self.part, Fraction):
            yield f"part: must be a part such as '50%' or '2/3', not {shown(self.part)}"
        elif self.more_than is True and not 0 <= self.part < 1:
            yield f"part: must be less than 100%, for nothing is more than that, not {self.part}"
        elif self.more_than is not True and not 0 < self.part <= 1:
            yield f"part: must be more than nothing and at most 100%, not {self.part}"

    def holds(self, tally: Tally) -> bool:
        """Tell whether those who have approved are so large a part."""
        whole = tally.total if self.of is Of.SEATS else tally.approved + tally.rejected
        got, total = self._size(tally.approved), self._size(whole)
        left, right = got * self.part.denominator, total * self.part.numerator
        return got > 0 and (left > right if self.more_than else left >= right)

    def _size(self, count: Count) -> int:
        return count.weight if self.weighted else count.seats

    def __str__(self) -> str:
        more = "more than " if self.more_than else "at least "
        what = "the seats" if self.of is Of.SEATS else "the votes cast"
        by = ", by weight" if self.weighted else ""
        return f"approvals of {more}{fraction_text(self.part)} of {what}{by}"


def _minimums(minimums: Mapping[str, int]) -> FrozenDict[str, int]:
    return frozen_dict(minimums)


@frozen
class EachRole(Rule):
    """
    Each of some roles approves, by so many of its holders.

    Whoever holds several of the roles counts for each of them.

    Args:
        minimums: For each role, how many of its holders have to approve; at least 1.

    Raises:
        WorkflowDefinitionError: With every problem.
    """

    minimums: FrozenDict[str, int] = field(converter=_minimums)

    def __attrs_post_init__(self) -> None:
        problems = [] if self.minimums else ["minimums: there are none; name at least one role"]
        for role, least in self.minimums.items():
            problems += [
                *name_problems("minimums", role),
                *whole_problems(f"minimums[{role!r}]", least, 1),
            ]
        if problems:
            raise WorkflowDefinitionError(*problems)

    @property
    def roles(self) -> frozenset[str]:
        """The roles that have to approve."""
        return frozenset(self.minimums)

    def holds(self, tally: Tally) -> bool:
        """Tell whether so many of each role have approved."""
        return all(tally.approved.roles.get(role, 0) >= least for role, least in self.minimums.items())

    def __str__(self) -> str:
        return " and ".join(f"{_approvals(least)} of role {role!r}" for role, least in self.minimums.items())


@frozen
class _Several(Rule):
    rules: tuple[Rule, ...] = field(converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        problems = [] if self.rules else ["rules: there are none; name at least one"]
        problems += items_problems("rules", self.rules, Rule)
        if not problems:
            problems += depth_problems("rules", self.depth)
        if problems:
            raise WorkflowDefinitionError(*problems)

    @property
    def depth(self) -> int:
        """How deeply the rule nests, itself included."""
        return 1 + max(rule.depth for rule in self.rules)

    @property
    def roles(self) -> frozenset[str]:
        """The roles that any of the rules asks about."""
        return frozenset().union(*(rule.roles for rule in self.rules))

    def _joined(self, word: str) -> str:
        return f" {word} ".join(
            f"({rule})" if isinstance(rule, _Several) and len(rule.rules) > 1 else str(rule)
            for rule in self.rules
        )


@frozen
class AllRules(_Several):
    """
    All of some rules hold.

    Args:
        rules: At least one.

    Raises:
        WorkflowDefinitionError: If there is none, one of them is no rule, or they nest too deeply.
    """

    def holds(self, tally: Tally) -> bool:
        """Tell whether all of them hold."""
        return all(rule.holds(tally) for rule in self.rules)

    def __str__(self) -> str:
        return self._joined("and")


@frozen
class AnyRule(_Several):
    """
    At least one of some rules holds.

    Args:
        rules: At least one.

    Raises:
        WorkflowDefinitionError: If there is none, one of them is no rule, or they nest too deeply.
    """

    def holds(self, tally: Tally) -> bool:
        """Tell whether one of them holds."""
        return any(rule.holds(tally) for rule in self.rules)

    def __str__(self) -> str:
        return self._joined("or")


ANY_ONE = AtLeast(1)
"""One approval is enough."""

EVERYBODY = Everybody()
"""Every seat has to approve."""

MAJORITY = Share("50%", more_than=True)
"""More than half of the seats have to approve."""


def _approvals(number: int) -> str:
    return f"{number} approval{'' if number == 1 else 's'}"
