"""Opening a request for approval: who has a seat in which stage, fixed for as long as the request lives."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from attrs import field, frozen

from itsmkit._checks import in_utc
from itsmkit._frozen import EMPTY, FrozenDict, as_tuple, frozen_dict
from itsmkit._problems import distinct_problems, instance_problems, items_problems, name_problems, shown
from itsmkit.conditions import Facts, holds
from itsmkit.errors import DefinitionError
from itsmkit.workflow.approvals._checking import instant_problems, truth_problems
from itsmkit.workflow.approvals.approver import ApproverSource, Seat, people_in
from itsmkit.workflow.approvals.policy import ApprovalPolicy
from itsmkit.workflow.approvals.stage import Stage

__all__ = ["ApprovalRequest", "SeatedStage", "open_approval"]


@frozen
class SeatedStage:
    """
    A stage of a request that was opened.

    Args:
        name: The name of the stage.
        seats: Who may vote, in the order of the policy; one seat for each person.
        barred: Who may neither vote nor stand in here, and why: the end of a sentence that begins with them.
        kept_out: Those of them who would have a seat otherwise.
        skipped: Whether the condition of the stage did not hold; it has no seats then.

    Raises:
        DefinitionError: With every problem.
    """

    name: str
    seats: tuple[Seat, ...] = field(default=(), converter=as_tuple)
    barred: FrozenDict[str, str] = field(default=EMPTY, converter=frozen_dict)
    kept_out: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)
    skipped: bool = field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [
            *name_problems("name", self.name),
            *truth_problems("skipped", self.skipped),
        ]
        problems += items_problems("seats", self.seats, Seat)
        people = [getattr(seat, "person", None) for seat in self.seats]
        problems += distinct_problems("seats", people)
        problems += [f"seats: {name!r} {why}" for name, why in self.barred.items() if name in people]
        problems += [f"kept_out: {name!r} is not barred" for name in self.kept_out if name not in self.barred]
        if self.skipped is True and self.seats:
            problems.append("seats: a stage that is skipped has none")
        if problems:
            raise DefinitionError(*problems)


@frozen
class ApprovalRequest:
    """
    A request for approval, as `open_approval` makes it. It does not change; what happens to it are events.

    Args:
        policy: How it is approved.
        requester: Who asks, and may take it back.
        opened_at: Since when it is asked for.
        stages: Who sits where: one for each stage of the policy, in its order.

    Raises:
        DefinitionError: With every problem, such as stages that are not those of the policy.
    """

    policy: ApprovalPolicy
    requester: str
    opened_at: datetime = field(converter=in_utc)
    stages: tuple[SeatedStage, ...] = field(converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        problems = [
            *instance_problems("policy", self.policy, ApprovalPolicy),
            *name_problems("requester", self.requester),
            *instant_problems("opened_at", self.opened_at),
        ]
        problems += items_problems("stages", self.stages, SeatedStage)
        if not problems:
            asked = [stage.name for stage in self.policy.stages]
            seated = [stage.name for stage in self.stages]
            if asked != seated:
                problems.append(
                    f"stages: must be those of the policy, {', '.join(asked)}; they are "
                    f"{', '.join(seated) or 'none'}"
                )
        if problems:
            raise DefinitionError(*problems)


def open_approval(
    policy: ApprovalPolicy,
    *,
    requester: str,
    at: datetime,
    facts: Facts = EMPTY,
    roles: Mapping[str, Iterable[str]] = EMPTY,
) -> ApprovalRequest:
    """
    Return the request for approval that begins now, with everybody in their seats.

    The conditions of the stages are asked here, once: a request is about the facts as they were when it was
    made. Where they change so that others would have to be asked, it is taken back and a new one opened.

    Args:
        policy: How it is approved.
        requester: Who asks; the fact ``requester`` too.
        at: Since when it is asked for.
        facts: What conditions and approvers look up.
        roles: For each role that a stage asks about, who holds it; more roles do no harm.

    Raises:
        DefinitionError: With every problem: a role that is not told, or a fact that names no people.

    >>> from datetime import UTC, datetime
    >>> from itsmkit.workflow.approvals import RoleApprovers, Stage
    >>> policy = ApprovalPolicy("change", Stage("board", [RoleApprovers("board")]))
    >>> request = open_approval(
    ...     policy,
    ...     requester="kim",
    ...     at=datetime(2026, 3, 2, 9, tzinfo=UTC),
    ...     roles={"board": ["kim", "lee", "max"]},
    ... )
    >>> [seat.person for seat in request.stages[0].seats]
    ['lee', 'max']
    """
    problems = [*name_problems("requester", requester), *instant_problems("at", at)]
    if facts.get("requester", requester) != requester:
        problems.append(f"facts.requester: must be the requester, {requester!r}, not {facts['requester']!r}")
    facts = {**facts, "requester": requester}
    holders = {role: _people(f"roles[{role!r}]", people, problems) for role, people in roles.items()}
    asked = [stage for stage in policy.stages if holds(stage.when, facts)]
    problems += [problem for stage in asked for problem in _untold_roles(stage, holders)]
    if problems:
        raise DefinitionError(*problems)
    opening = _Opening(policy, facts, holders)
    stages = opening.stages()
    if opening.problems:
        raise DefinitionError(*dict.fromkeys(opening.problems))
    return ApprovalRequest(policy, requester, at, stages)


def _people(path: str, people: object, problems: list[str]) -> tuple[str, ...]:
    if isinstance(people, str) or not isinstance(people, Iterable):
        problems.append(f"{path}: must be several people, not {shown(people)}")
        return ()
    listed = tuple(dict.fromkeys(people))
    problems += [problem for each in listed for problem in name_problems(path, each, "a person")]
    return listed


def _untold_roles(stage: Stage, holders: Mapping[str, object]) -> Iterator[str]:
    """List the roles that *stage* asks about, and neither it nor *holders* says who holds them."""
    given = {role for source in stage.approvers for role in source.gives}
    known = ", ".join(sorted(holders)) or "none"
    for role in sorted(stage.asks_roles - given - set(holders)):
        yield (
            f"roles: stage {stage.name!r} asks for {role!r}, of which nothing is told; known: {known}; "
            "a role that nobody holds has an empty list"
        )


class _Opening:
    """The seating of one request, and what was found wrong so far."""

    def __init__(self, policy: ApprovalPolicy, facts: Facts, holders: Mapping[str, tuple[str, ...]]) -> None:
        self._policy = policy
        self._facts = facts
        self._holders = holders
        self.problems: list[str] = []

    def stages(self) -> list[SeatedStage]:
        """Return all stages, seated."""
        seats: dict[str, tuple[Seat, ...]] = {}
        barred: dict[str, dict[str, str]] = {}
        kept_out: dict[str, list[str]] = {}
        for stage in self._policy.stages:
            barred[stage.name] = here = self._named_by_facts(stage)
            if not holds(stage.when, self._facts):
                continue
            for other in stage.apart_from:
                for seat in seats.get(other, ()):
                    here.setdefault(seat.person, _sits_in(other))
            asked = self._asked(stage)
            kept_out[stage.name] = [person for person in asked if person in here]
            seats[stage.name] = tuple(
                self._seat(stage, person, sources) for person, sources in asked.items() if person not in here
            )
            # Nor does anybody stand in there who sits here.
            for other in stage.apart_from:
                for seat in seats[stage.name]:
                    barred[other].setdefault(seat.person, _sits_in(stage.name))
        return [
            SeatedStage(
                stage.name,
                seats.get(stage.name, ()),
                barred[stage.name],
                kept_out=kept_out.get(stage.name, ()),
                skipped=stage.name not in seats,
            )
            for stage in self._policy.stages
        ]

    def _named_by_facts(self, stage: Stage) -> dict[str, str]:
        barred: dict[str, str] = {}
        for fact in (*self._policy.barred, *stage.barred):
            for person in self._named(fact):
                barred.setdefault(person, f"is barred by the fact {fact!r}")
        return barred

    def _named(self, fact: str) -> tuple[str, ...]:
        try:
            return people_in(self._facts, fact)
        except DefinitionError as error:
            self.problems += error.problems
            return ()

    def _asked(self, stage: Stage) -> dict[str, list[ApproverSource]]:
        """Return for each person whom *stage* would ask where they come from."""
        asked: dict[str, list[ApproverSource]] = {}
        for source in stage.approvers:
            for person in self._from(source):
                asked.setdefault(person, []).append(source)
        return asked

    def _from(self, source: ApproverSource) -> tuple[str, ...]:
        try:
            return source.people(self._facts, self._holders)
        except DefinitionError as error:
            self.problems += error.problems
            return ()

    def _seat(self, stage: Stage, person: str, sources: list[ApproverSource]) -> Seat:
        held: set[str] = {role for source in sources for role in source.held}
        held |= {role for role in stage.asks_roles if person in self._holders.get(role, ())}
        return Seat(
            person,
            held,
            max(source.weight for source in sources),
            any(source.veto for source in sources),
        )


def _sits_in(stage: str) -> str:
    return f"has a seat in stage {stage!r}, which is kept apart"
