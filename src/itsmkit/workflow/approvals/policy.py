"""How something is approved: stages, in sequence and in parallel, as one value that is checked as a whole."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Union

from attrs import field, frozen

from itsmkit._checks import is_a
from itsmkit._frozen import as_tuple
from itsmkit._problems import distinct_problems, name_problems, names_problems, shown
from itsmkit.workflow.approvals._checking import (
    depth_problems,
    member,
    whole_problems,
)
from itsmkit.workflow.approvals.stage import Stage
from itsmkit.workflow.errors import WorkflowDefinitionError

__all__ = [
    "ApprovalPolicy",
    "InParallel",
    "InSequence",
    "Outcome",
    "Step",
    "apart_problems",
    "double_problems",
]


class Outcome(StrEnum):
    """What became of a request for approval."""

    PENDING = "pending"
    """Votes that are still open can decide it."""

    APPROVED = "approved"
    """Every stage is approved or skipped."""

    REJECTED = "rejected"
    """One stage is rejected, so that the whole is."""

    WITHDRAWN = "withdrawn"
    """The requester took it back."""


@frozen
class _Group:
    steps: "tuple[Step, ...]" = field(converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        problems = [] if self.steps else ["steps: there are none; name at least one"]
        for index, step in enumerate(self.steps):
            if not is_a(step, Stage, _Group):
                problems.append(
                    f"steps[{index}]: must be a Stage, an InSequence or an InParallel, not {shown(step)}"
                )
        if not problems:
            problems += depth_problems("steps", self.depth)
        if problems:
            raise WorkflowDefinitionError(*problems)

    @property
    def depth(self) -> int:
        """How deeply the steps nest, this one included."""
        return 1 + max(step.depth if isinstance(step, _Group) else 1 for step in self.steps)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """All stages in it, in the order in which they stand there."""
        return tuple(stage for step in self.steps for stage in _stages(step))


def _stages(step: "Step") -> tuple[Stage, ...]:
    return (step,) if isinstance(step, Stage) else step.stages


@frozen
class InSequence(_Group):
    """
    Steps of which each begins when the one before is approved or skipped.

    Args:
        steps: Stages and groups, at least one.

    Raises:
        WorkflowDefinitionError: With every problem.
    """


@frozen
class InParallel(_Group):
    """
    Steps that begin together, and must all be approved or skipped.

    Args:
        steps: Stages and groups, at least one.

    Raises:
        WorkflowDefinitionError: With every problem.
    """


Step = Union[Stage, InSequence, InParallel]  # noqa: UP007  # the names stand in quotes above
"""A stage, or a group of steps."""


def _sequence(steps: Step) -> InSequence:
    return steps if isinstance(steps, InSequence) else InSequence((steps,))


def _outcome(outcome: str) -> Outcome:
    named: Outcome = member(Outcome, outcome)
    return named


@frozen
class ApprovalPolicy:
    """
    How something is approved.

    A rejection of one stage rejects the whole. A person casts one ballot in a stage; whoever has a seat casts
    it for that seat, and stands in for nobody else there.

    Args:
        name: What it is called.
        steps: A stage or a group; kept as a sequence.
        barred: The facts that name people who may not vote in any stage, nor stand in for others. A fact
            without a value bars nobody.
        max_chain: How many delegations may follow each other from the owner of a seat to who stands in; 0 if
            nobody may stand in.
        if_empty: The outcome if every stage is skipped. Nobody's consent is no consent, unless the policy
            says otherwise.

    Raises:
        WorkflowDefinitionError: With every problem.

    >>> from itsmkit.workflow.approvals import ApprovalPolicy, InSequence, RoleApprovers, Stage
    >>> board = Stage("board", [RoleApprovers("board")], apart_from=["manger"])
    >>> ApprovalPolicy("purchase", InSequence([board, board]), max_chain=-1)
    Traceback (most recent call last):
        ...
    itsmkit.workflow.errors.WorkflowDefinitionError: 4 problems:
    - max_chain: must be a whole number of at least 0, not int -1
    - steps: 'board' stands there more than once
    - stages['board'].apart_from: no stage 'manger' stands before it; before it: none
    - stages['board'].apart_from: no stage 'manger' stands before it; before it: board
    """

    name: str
    steps: InSequence = field(converter=_sequence)
    barred: tuple[str, ...] = field(default=("requester",), converter=as_tuple, kw_only=True)
    max_chain: int = field(default=1, kw_only=True)
    if_empty: Outcome = field(default=Outcome.REJECTED, converter=_outcome, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [
            *name_problems("name", self.name),
            *names_problems("barred", self.barred),
            *whole_problems("max_chain", self.max_chain, 0),
            *double_problems(self.stages),
            *apart_problems(self.stages),
        ]
        if self.if_empty not in (Outcome.APPROVED, Outcome.REJECTED):
            problems.append(f"if_empty: must be 'approved' or 'rejected', not {shown(self.if_empty)}")
        if problems:
            raise WorkflowDefinitionError(*problems)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """All stages, in the order in which they stand in the policy."""
        return self.steps.stages

    def apart(self, name: str) -> frozenset[str]:
        """Return the stages that are kept apart from the one of this *name*, by its own word or by theirs."""
        return frozenset(
            (stage.name if other == name else other)
            for stage in self.stages
            for other in stage.apart_from
            if name in (stage.name, other)
        )


def double_problems(stages: Iterable[Stage]) -> Iterator[str]:
    """List the names that several of *stages* have."""
    yield from distinct_problems("steps", [stage.name for stage in stages])


def apart_problems(stages: Iterable[Stage]) -> Iterator[str]:
    """List what *stages* shall be kept apart from that does not stand before them."""
    before: dict[str, None] = {}
    for stage in stages:
        for name in stage.apart_from:
            if name not in before:
                listed = ", ".join(before) or "none"
                yield (
                    f"stages[{stage.name!r}].apart_from: no stage {name!r} stands before it; "
                    f"before it: {listed}"
                )
        before[stage.name] = None
