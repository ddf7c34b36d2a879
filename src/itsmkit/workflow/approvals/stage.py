"""One stage of an approval: who is asked, what is enough, and until when."""

from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from types import NoneType

from attrs import field, frozen

from itsmkit._checks import is_a
from itsmkit._frozen import FrozenDict, as_tuple
from itsmkit._problems import instance_problems, name_problems, names_problems, shown
from itsmkit.calendars import Amount, BusinessDays
from itsmkit.conditions import ALWAYS, Condition
from itsmkit.workflow.approvals._checking import (
    member,
    member_problems,
    whole_problems,
)
from itsmkit.workflow.approvals.approver import Approver, ApproverSource
from itsmkit.workflow.approvals.rule import EVERYBODY, Rule, fraction, fraction_text
from itsmkit.workflow.approvals.tally import Count, Tally
from itsmkit.workflow.errors import WorkflowDefinitionError

__all__ = ["OnTimeout", "Quorum", "Stage", "best_of"]

"""How much time a stage has: open time of the calendar, or business days."""


class OnTimeout(StrEnum):
    """What becomes of a stage that the votes have not decided when its time is up."""

    REJECT = "reject"
    """It is rejected: silence is no consent."""

    APPROVE = "approve"
    """It is approved: silence is consent."""

    COUNT = "count"
    """The votes that are cast decide: approved where they are enough by the rule and the quorum."""


def _on_timeout(on_timeout: str) -> OnTimeout:
    named: OnTimeout = member(OnTimeout, on_timeout)
    return named


@frozen
class Quorum:
    """
    How many ballots have to be cast for an approval; abstentions are among them.

    Args:
        ballots: So many at least.
        part: So large a part of the seats at least: ``"50%"``, ``"2/3"`` or a fraction. Both must be reached.

    Raises:
        WorkflowDefinitionError: With every problem.

    >>> Quorum(part="50%").needed(5)
    3
    """

    ballots: int = 0
    part: Fraction = field(default=Fraction(0), converter=fraction)

    def __attrs_post_init__(self) -> None:
        problems = list(whole_problems("ballots", self.ballots, 0))
        if not isinstance(self.part, Fraction) or not 0 <= self.part <= 1:
            problems.append(
                f"part: must be a part such as '50%' or '2/3', at most 100%, not {shown(self.part)}"
            )
        if problems:
            raise WorkflowDefinitionError(*problems)

    def needed(self, seats: int) -> int:
        """Return how many ballots that is where there are so many *seats*."""
        return max(self.ballots, -(-seats * self.part.numerator // self.part.denominator))

    def __str__(self) -> str:
        said = [str(self.ballots)] if self.ballots else []
        said += [f"{fraction_text(self.part)} of the seats"] if self.part else []
        return f"a quorum of {' and '.join(said) or 'nobody'}"


def _quorum(quorum: "int | str | Quorum") -> Quorum:
    try:
        return _read_quorum(quorum)
    except WorkflowDefinitionError:
        return quorum  # type: ignore[return-value]  # told with all else, by `_quorum_problems`


def _read_quorum(quorum: "int | str | Quorum") -> Quorum:
    if isinstance(quorum, Quorum):
        return quorum
    return Quorum(part=quorum) if isinstance(quorum, str) else Quorum(quorum)


def _quorum_problems(quorum: Quorum) -> Iterator[str]:
    try:
        _read_quorum(quorum)
    except WorkflowDefinitionError as error:
        yield from (f"quorum: {problem.partition(': ')[2]}" for problem in error.problems)


@frozen
class Stage:
    """
    One stage of an approval.

    Args:
        name: Distinct within the policy.
        approvers: Where those who are asked come from. Whoever comes from several has one seat, with all the
            roles, the greatest weight, and a veto if any of them gives one.
        rule: When the votes are enough.
        quorum: How many ballots have to be cast for an approval: a `Quorum`, a number, or a part of the seats
            such as ``"50%"``.
        when: Asked of the facts when the request is opened; where it does not hold, the stage is skipped.
        within: How much time there is from the moment when the stage opens; ``None`` for no end.
        on_timeout: What becomes of it if the votes have not decided by then.
        barred: The facts that name people who may not vote here, beside those of the policy.
        apart_from: Stages that stand before this one in the policy. Who has a seat there gets none here, and
            who stands in for somebody in one of them does not vote in the other: four eyes.

    Raises:
        WorkflowDefinitionError: With every problem; one is a rule or quorum that people who are all named by
            the stage itself cannot reach.

    >>> from itsmkit.workflow.approvals import Approver, AtLeast, Stage
    >>> Stage("board", [Approver("kim"), Approver("lee")], AtLeast(3))
    ... # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    itsmkit.workflow.errors.WorkflowDefinitionError: rule: at least 3 approvals cannot be reached by ...
    """

    name: str
    approvers: tuple[ApproverSource, ...] = field(converter=as_tuple)
    rule: Rule = EVERYBODY
    quorum: Quorum = field(default=Quorum(), converter=_quorum, kw_only=True)
    when: Condition = field(default=ALWAYS, kw_only=True)
    within: Amount | None = field(default=None, kw_only=True)
    on_timeout: OnTimeout = field(default=OnTimeout.REJECT, converter=_on_timeout, kw_only=True)
    barred: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)
    apart_from: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [
            *name_problems("name", self.name),
            *self._approver_problems(),
            *instance_problems("rule", self.rule, Rule),
            *_quorum_problems(self.quorum),
            *instance_problems("when", self.when, Condition),
            *self._time_problems(),
            *names_problems("barred", self.barred),
            *names_problems("apart_from", self.apart_from),
        ]
        if not problems:
            problems += self._reach_problems()
        if problems:
            raise WorkflowDefinitionError(*problems)

    @property
    def asks_roles(self) -> frozenset[str]:
        """The roles whose holders have to be known: those of its approvers and of its rule."""
        return frozenset().union(self.rule.roles, *(source.held for source in self.approvers))

    def _approver_problems(self) -> Iterator[str]:
        if not self.approvers:
            yield "approvers: there are none; name at least one"
        for index, source in enumerate(self.approvers):
            yield from instance_problems(f"approvers[{index}]", source, ApproverSource)
            if source in self.approvers[:index]:
                yield f"approvers[{index}]: the same stands there already"

    def _time_problems(self) -> Iterator[str]:
        within = self.within
        if isinstance(within, timedelta):
            if within <= timedelta(0):
                yield f"within: must be more than nothing, not {within}; leave it out for no end"
        elif isinstance(within, BusinessDays):
            if within.number < 1:
                yield f"within: must be at least 1 business day, not {within.number}"
        elif not is_a(within, NoneType):
            yield f"within: must be a duration or a number of business days, not {shown(within)}"
        yield from member_problems("on_timeout", self.on_timeout, OnTimeout)
        if within is None and self.on_timeout in (OnTimeout.APPROVE, OnTimeout.COUNT):
            yield f"on_timeout: {self.on_timeout.value!r} never comes; say within what time"

    def _reach_problems(self) -> Iterator[str]:
        people = [source.person for source in self.approvers if isinstance(source, Approver)]
        for name in dict.fromkeys(people):
            if people.count(name) > 1:
                yield f"approvers: {name!r} stands there more than once; one person has one seat"
        if len(people) < len(self.approvers):
            return  # who they are is known when the request is opened
        if self.quorum.needed(len(people)) > len(people):
            yield f"quorum: {self.quorum} cannot be reached by {len(people)} approvers"
        if not self.rule.holds(best_of(self)):
            yield f"rule: {self.rule} cannot be reached by {len(people)} approvers"


def best_of(stage: Stage) -> Tally:
    """Return the tally if all whom *stage* names approve, and hold every role that it asks about."""
    weight = sum(source.weight for source in stage.approvers)
    number = len(stage.approvers)
    return Tally(approved=Count(number, weight, FrozenDict(dict.fromkeys(stage.rule.roles, number))))
