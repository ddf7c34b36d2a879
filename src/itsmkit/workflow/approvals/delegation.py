"""Standing in for others: delegations, dated and scoped, and what is wrong with them together."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from attrs import field, frozen

from itsmkit._checks import in_utc
from itsmkit._frozen import as_tuple
from itsmkit._problems import items_problems, name_problems, names_problems
from itsmkit.workflow.approvals._checking import instant_problems
from itsmkit.workflow.errors import WorkflowDefinitionError

__all__ = ["Delegation", "Delegations"]


@frozen
class Delegation:
    """
    One person lets another stand in.

    The delegator keeps the right to vote: both are asked, and the first ballot fills the seat.

    Args:
        delegator: Who is stood in for.
        delegate: Who stands in.
        start: The first instant at which it holds.
        end: The end; not included.
        policies: The names of the policies that it is for; all if there are none.
        stages: The names of the stages that it is for; all if there are none.

    Raises:
        WorkflowDefinitionError: With every problem.
    """

    delegator: str
    delegate: str
    start: datetime = field(converter=in_utc)
    end: datetime = field(converter=in_utc)
    policies: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)
    stages: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)

    def __attrs_post_init__(self) -> None:
        times = [*instant_problems("start", self.start), *instant_problems("end", self.end)]
        problems = [
            *name_problems("delegator", self.delegator),
            *name_problems("delegate", self.delegate),
            *times,
            *names_problems("policies", self.policies),
            *names_problems("stages", self.stages),
        ]
        if self.delegator == self.delegate:
            problems.append(f"delegate: {self.delegate!r} cannot stand in for themselves")
        if not times and self.end <= self.start:
            problems.append(f"end: {self.end} must be after the start, {self.start}")
        if problems:
            raise WorkflowDefinitionError(*problems)

    def covers(self, at: datetime, policy: str | None, stage: str | None) -> bool:
        """Tell whether it holds *at* this instant, for this policy and stage; ``None`` is any other one."""
        return self.start <= at < self.end and self.concerns(policy, stage)

    def concerns(self, policy: str | None, stage: str | None) -> bool:
        """Tell whether it is for this policy and stage, at whatever time."""
        return (not self.policies or policy in self.policies) and (not self.stages or stage in self.stages)


@frozen
class Delegations:
    """
    All delegations that hold, taken together.

    Args:
        delegations: In any order.

    Raises:
        WorkflowDefinitionError: With every problem: what is no delegation, and every loop, in which people
            stand in for each other at the same time for the same policy and stage.

    >>> from datetime import UTC, datetime
    >>> from itsmkit.workflow.approvals import Delegation, Delegations
    >>> july, august, september = (datetime(2026, month, 1, tzinfo=UTC) for month in (7, 8, 9))
    >>> Delegations([Delegation("kim", "lee", july, september), Delegation("lee", "kim", august, september)])
    ... # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    itsmkit.workflow.errors.WorkflowDefinitionError: loop kim → lee → kim at 2026-08-01 ...
    """

    delegations: tuple[Delegation, ...] = field(default=(), converter=as_tuple)
    _of: Mapping[str, tuple[Delegation, ...]] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        problems = [*items_problems("delegations", self.delegations, Delegation)]
        if not problems:
            problems += _loops(self.delegations)
        if problems:
            raise WorkflowDefinitionError(*problems)
        of: dict[str, tuple[Delegation, ...]] = {}
        for each in self.delegations:
            of[each.delegator] = (*of.get(each.delegator, ()), each)
        object.__setattr__(self, "_of", of)

    def stand_ins(
        self,
        person: str,
        *,
        at: datetime,
        policy: str,
        stage: str,
        max_chain: int = 1,
        without: Collection[str] = (),
    ) -> dict[str, tuple[str, ...]]:
        """
        Return who may stand in for *person* at an instant, nearest first.

        Args:
            person: Who is stood in for.
            at: The instant.
            policy: The name of the policy.
            stage: The name of the stage.
            max_chain: How many delegations may follow each other.
            without: People who may not, and through whom no chain goes either.

        Returns:
            For each of them the shortest chain, from *person* to them, both included.
        """
        chains: dict[str, tuple[str, ...]] = {}
        ends: list[tuple[str, ...]] = [(person,)]
        while ends and len(ends[0]) <= max_chain:
            longer = []
            for chain in ends:
                for each in self._of.get(chain[-1], ()):
                    name = each.delegate
                    if name in chains or name in without or not each.covers(at, policy, stage):
                        continue
                    chains[name] = (*chain, name)
                    longer.append(chains[name])
            ends = longer
        return chains

    def next_change(self, after: datetime, *, policy: str, stages: Collection[str]) -> datetime | None:
        """Return the first instant after *after* at which a delegation for any of *stages* starts or ends."""
        instants = (
            instant
            for each in self.delegations
            if any(each.concerns(policy, stage) for stage in stages)
            for instant in (each.start, each.end)
            if instant > after
        )
        return min(instants, default=None)


def _loops(delegations: tuple[Delegation, ...]) -> Iterator[str]:
    """
    List every loop: for each instant and scope at which it can begin, the shortest through each person.

    What is in a loop together holds at the latest of its starts. Delegations that lead nowhere are put aside
    first, so that this costs little where there is no loop, which is the rule.
    """
    delegations = _in_rings(delegations)
    told: set[tuple[str, ...]] = set()
    for at in sorted({each.start for each in delegations}):
        # At most instants nobody who is in a loop over the years is in one.
        now = _in_rings(tuple(each for each in delegations if each.start <= at < each.end))
        for policy in [None, *sorted({name for each in now for name in each.policies})]:
            for stage in [None, *sorted({name for each in now for name in each.stages})]:
                here = tuple(each for each in now if each.covers(at, policy, stage))
                for loop in _shortest_loops(_in_rings(here)):
                    if loop not in told:
                        told.add(loop)
                        yield (
                            f"loop {' → '.join((*loop, loop[0]))} at {at}"
                            f"{_scope(policy, stage)}; end one before"
                        )


def _scope(policy: str | None, stage: str | None) -> str:
    said = [
        f" for {what} {name!r}" for what, name in (("policy", policy), ("stage", stage)) if name is not None
    ]
    return ",".join(said)


def _in_rings(delegations: tuple[Delegation, ...]) -> tuple[Delegation, ...]:
    """Return those of *delegations* that may be part of a loop: none, if there is no loop."""
    while True:
        given = {each.delegator for each in delegations}
        taken = {each.delegate for each in delegations}
        kept = tuple(each for each in delegations if each.delegator in taken and each.delegate in given)
        if len(kept) == len(delegations):
            return kept
        delegations = kept


def _shortest_loops(delegations: tuple[Delegation, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the shortest loop through each person who is in one, from its first name on."""
    ways: dict[str, dict[str, None]] = {}
    for each in delegations:
        ways.setdefault(each.delegator, {})[each.delegate] = None
    for person in sorted(ways):
        loop = _back_to(person, ways)
        if loop:
            first = loop.index(min(loop))
            yield (*loop[first:], *loop[:first])


def _back_to(person: str, ways: Mapping[str, Mapping[str, None]]) -> tuple[str, ...]:
    """Return the people on the shortest way from *person* back, which is empty if there is none."""
    seen = {person}
    ends: list[tuple[str, ...]] = [(person,)]
    while ends:
        longer = []
        for chain in ends:
            for name in ways.get(chain[-1], ()):
                if name == person:
                    return chain
                if name not in seen:
                    seen.add(name)
                    longer.append((*chain, name))
        ends = longer
    return ()
