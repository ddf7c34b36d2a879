"""
Approvals checked against a model: every rule, up to five voters, every way in which they can vote.

The oracle counts on its fingers. It gives every voter who is left every vote, and silence, and looks whether
all that can come of it agree; it knows nothing of best and worst cases. Voters who count alike are
interchangeable, so that one of them stands for all: only what differs is tried.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from itertools import permutations, product
from typing import Any

import pytest
from attrs import frozen

from itsmkit.calendars import BusinessCalendar
from itsmkit.workflow.approvals import (
    EVERYBODY,
    MAJORITY,
    ApprovalPolicy,
    ApprovalReading,
    ApprovalRequest,
    Approver,
    AtLeast,
    Ballot,
    BallotRefusedError,
    EachRole,
    InParallel,
    InSequence,
    OnTimeout,
    Outcome,
    Quorum,
    Rule,
    Share,
    Stage,
    StageStatus,
    Vote,
    WeightAtLeast,
    cast,
    open_approval,
    read_approval,
)

pytestmark = pytest.mark.no_cover  # examples go once through what this goes through for every vote

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALL_DAY = BusinessCalendar.always("UTC")

# Five voters: two count alike, and the rest differ by weight or role.
WEIGHTS = (1, 1, 2, 3, 1)
ROLES = ((), (), ("network",), ("network", "security"), ("security",))

Seats = tuple[int, ...]
Votes = tuple[Vote | None, ...]  # by seat; None is silence
LEFT = "left"  # what a seat holds that may still vote, where silence is a choice


@frozen
class Poll:
    """What a stage is made of."""

    rule: Rule
    voters: int
    quorum: int = 0
    veto: bool = False
    on_timeout: OnTimeout | None = None

    @property
    def looks(self) -> tuple[tuple[object, ...], ...]:
        """What tells the seats apart, so that those that look alike are interchangeable."""
        kinds = str(self.rule)
        by_weight, by_role = "weight" in kinds, "role" in kinds
        return tuple(
            (by_weight and WEIGHTS[i], by_role and ROLES[i], self.veto and i == 0) for i in range(self.voters)
        )

    def request(self) -> ApprovalRequest:
        stage = Stage(
            "board",
            [
                Approver(f"p{i}", weight=WEIGHTS[i], roles=ROLES[i], veto=self.veto and i == 0)
                for i in range(self.voters)
            ],
            self.rule,
            quorum=self.quorum,
            within=None if self.on_timeout is None else HOUR,
            on_timeout=self.on_timeout or OnTimeout.REJECT,
        )
        return open_approval(
            ApprovalPolicy("model", stage), requester="noa", at=NINE, roles={"network": [], "security": []}
        )


def weight(seats: Seats) -> int:
    return sum(WEIGHTS[i] for i in seats)


def holding(role: str, seats: Seats) -> int:
    return sum(role in ROLES[i] for i in seats)


# Each rule, and when the votes are enough by its definition: asked about the seats that approve, the seats
# that reject, and all seats.
RULES: dict[str, tuple[Rule, Callable[[Seats, Seats, Seats], bool]]] = {
    "one": (AtLeast(1), lambda yes, _no, _all: len(yes) >= 1),
    "two": (AtLeast(2), lambda yes, _no, _all: len(yes) >= 2),
    "three": (AtLeast(3), lambda yes, _no, _all: len(yes) >= 3),
    "everybody": (EVERYBODY, lambda yes, _no, every: yes == every),
    "half of seats": (Share("50%"), lambda yes, _no, every: len(yes) / len(every) >= 0.5),
    "majority of seats": (MAJORITY, lambda yes, _no, every: len(yes) > len(every) - len(yes)),
    "two thirds of cast": (
        Share("2/3", of="cast"),
        lambda yes, no, _all: bool(yes) and Fraction(len(yes), len(yes + no)) >= Fraction(2, 3),
    ),
    "majority of cast": (Share("50%", of="cast", more_than=True), lambda yes, no, _all: len(yes) > len(no)),
    "more than nothing of cast": (
        Share("0%", of="cast", more_than=True),
        lambda yes, _no, _all: bool(yes),
    ),
    "unanimous cast": (Share("100%", of="cast"), lambda yes, no, _all: bool(yes) and not no),
    "weight of three": (WeightAtLeast(3), lambda yes, _no, _all: weight(yes) >= 3),
    "half by weight": (
        Share("50%", weighted=True),
        lambda yes, _no, every: weight(yes) / weight(every) >= 0.5,
    ),
    "majority of cast by weight": (
        Share("50%", of="cast", more_than=True, weighted=True),
        lambda yes, no, _all: weight(yes) > weight(no),
    ),
    "each role": (
        EachRole({"network": 1, "security": 1}),
        lambda yes, _no, _all: bool(holding("network", yes) and holding("security", yes)),
    ),
    "two of a role": (EachRole({"network": 2}), lambda yes, _no, _all: holding("network", yes) >= 2),
    "two and a role": (
        AtLeast(2) & EachRole({"security": 1}),
        lambda yes, _no, _all: len(yes) >= 2 and holding("security", yes) >= 1,
    ),
    "three or a role": (
        AtLeast(3) | EachRole({"security": 1}),
        lambda yes, _no, _all: len(yes) >= 3 or holding("security", yes) >= 1,
    ),
}


@cache
def approves(name: str, quorum: int, veto: bool, votes: Votes) -> bool:
    """Tell whether *votes* approve when nobody votes any more."""
    yes, no, silent = (
        tuple(i for i, vote in enumerate(votes) if vote is asked)
        for asked in (Vote.APPROVE, Vote.REJECT, None)
    )
    every = tuple(range(len(votes)))
    vetoed = veto and 0 in no
    return not vetoed and len(every) - len(silent) >= quorum and RULES[name][1](yes, no, every)


def oracle(name: str, poll: Poll, votes: Votes) -> Outcome:
    """Return what all completions of *votes* agree on, or that they do not."""
    choices = tuple(Vote) if poll.on_timeout is OnTimeout.APPROVE else (*Vote, None)
    left = tuple(LEFT if vote is None else vote for vote in votes)
    verdicts = completions(name, poll.quorum, poll.veto, choices, left)
    if len(verdicts) > 1:
        return Outcome.PENDING
    return Outcome.APPROVED if True in verdicts else Outcome.REJECTED


@cache
def completions(
    name: str, quorum: int, veto: bool, choices: Votes, votes: tuple[Any, ...]
) -> frozenset[bool]:
    """Return every verdict that comes of giving each voter who is left every choice."""
    if LEFT not in votes:
        return frozenset({approves(name, quorum, veto, votes)})
    i = votes.index(LEFT)
    filled = ((*votes[:i], choice, *votes[i + 1 :]) for choice in choices)
    return frozenset().union(*(completions(name, quorum, veto, choices, each) for each in filled))


def polls(name: str, voters: int) -> Iterator[Poll]:
    rule, _ = RULES[name]
    # Five voters are many: how a quorum, a veto and consent go together is seen with four.
    for quorum in sorted({0, 2, voters} if voters < 5 else {0, 3}):
        for veto, on_timeout in product((False, True), (None, OnTimeout.APPROVE)):
            if quorum <= voters and not (voters == 5 and veto and on_timeout):
                yield Poll(rule, voters, quorum, veto, on_timeout)


# How many voters it takes for a rule that may be declared; one, unless it says so.
LEAST = {"two": 2, "three": 3, "weight of three": 3, "two of a role": 2, "two and a role": 2}


def read(request: ApprovalRequest, events: tuple[Ballot, ...], at: datetime = NINE) -> ApprovalReading:
    return read_approval(request, events, at=at, calendar=ALL_DAY)


def histories(poll: Poll, is_decided: "dict[Votes, bool]") -> Iterator[tuple[Votes, tuple[Ballot, ...]]]:
    """
    Yield all votes that can come about, each with a history that leads there: up to a decision.

    Voters who look alike vote in the order of their seats, and of histories that end alike one is enough.
    """
    seen = set()
    waiting: list[tuple[Votes, tuple[Ballot, ...]]] = [((None,) * poll.voters, ())]
    while waiting:
        votes, events = waiting.pop()
        alike = tuple(sorted((str(look), str(vote)) for look, vote in zip(poll.looks, votes, strict=True)))
        if alike in seen:
            continue
        seen.add(alike)
        yield votes, events
        if not is_decided[votes]:
            firsts = {look: i for i, look in reversed([*enumerate(poll.looks)]) if votes[i] is None}
            waiting += [
                ((*votes[:i], vote, *votes[i + 1 :]), (*events, Ballot("board", f"p{i}", vote, NINE)))
                for i, vote in product(firsts.values(), Vote)
            ]


CASES = [
    pytest.param(name, voters, id=f"{name} by {voters}")
    for name in RULES
    for voters in range(LEAST.get(name, 1), 6)
]


@pytest.mark.parametrize(("name", "voters"), CASES)
def test_a_poll_is_decided_exactly_when_no_vote_can_change_it(name: str, voters: int):
    for poll in polls(name, voters):
        request = poll.request()
        decided: dict[Votes, bool] = {}
        for votes, events in histories(poll, decided):
            reading = read(request, events)
            decided[votes] = reading.is_decided
            assert reading.outcome is oracle(name, poll, votes), (poll, votes)


@pytest.mark.parametrize(("name", "voters"), [case for case in CASES if case.values[1] == 3])
def test_what_is_decided_never_changes_afterwards(name: str, voters: int):
    for poll in polls(name, voters):
        request = poll.request()
        decided: dict[Votes, bool] = {}
        for votes, events in histories(poll, decided):
            reading = read(request, events)
            decided[votes] = reading.is_decided
            if not reading.is_decided:
                assert {each.person for each in reading.open_requests} == {
                    f"p{i}" for i, vote in enumerate(votes) if vote is None
                }
                assert not reading.withdrawn_requests
                continue
            left = {f"p{i}" for i, vote in enumerate(votes) if vote is None}
            assert not reading.open_requests
            # Where nobody could have approved, nobody was asked.
            assert {each.person for each in reading.withdrawn_requests} == (left if events else set())
            for i, vote in product(sorted(left), Vote):
                late = Ballot("board", i, vote, NINE)
                with pytest.raises(BallotRefusedError, match=f"the approval is {reading.outcome} since"):
                    cast(request, events, late, calendar=ALL_DAY)
                after = read(request, (*events, late), NINE + 2 * HOUR)
                assert (after.outcome, after.because) == (reading.outcome, reading.because)
                assert after.stages == reading.stages
                assert [each.event for each in after.ignored] == [late]


@pytest.mark.parametrize(("name", "voters"), [case for case in CASES if case.values[1] < 4])
def test_while_it_is_pending_both_ends_are_open(name: str, voters: int):
    """Some votes still lead to an approval, and others, or none at all, to something else."""
    for poll in polls(name, voters):
        request = poll.request()
        decided: dict[Votes, bool] = {}
        for votes, events in histories(poll, decided):
            reading = read(request, events)
            decided[votes] = reading.is_decided
            if reading.is_decided:
                continue
            futures = {
                read(request, (*events, *rest), NINE + 2 * HOUR).outcome
                for vote in Vote
                for rest in (tuple(each.ballot(vote, NINE) for each in reading.open_requests), ())
            }
            assert Outcome.APPROVED in futures
            assert futures != {Outcome.APPROVED}


@pytest.mark.parametrize(("name", "voters"), [case for case in CASES if case.values[1] == 3])
def test_the_order_of_ballots_of_different_voters_does_not_matter(name: str, voters: int):
    poll = Poll(RULES[name][0], voters, 2, veto=True)
    request = poll.request()
    for votes in product(Vote, repeat=voters):
        events = [Ballot("board", f"p{i}", vote, NINE) for i, vote in enumerate(votes)]
        outcomes = {read(request, order).outcome for order in permutations(events)}
        assert outcomes == {
            Outcome.APPROVED if approves(name, poll.quorum, poll.veto, votes) else Outcome.REJECTED
        }


@pytest.mark.parametrize("on_timeout", OnTimeout)
@pytest.mark.parametrize("name", RULES)
def test_the_end_of_the_time_decides_what_the_votes_leave_open(name: str, on_timeout: OnTimeout):
    for quorum in (0, 2, 4):
        poll = Poll(RULES[name][0], 4, quorum, on_timeout=on_timeout)
        request = poll.request()
        decided: dict[Votes, bool] = {}
        for votes, events in histories(poll, decided):
            before = read(request, events, NINE + HOUR - timedelta(microseconds=1))
            after = read(request, events, NINE + HOUR)
            decided[votes] = before.is_decided
            if before.is_decided:
                assert after.outcome is before.outcome
                continue
            expected = {
                OnTimeout.REJECT: False,
                OnTimeout.APPROVE: True,
                OnTimeout.COUNT: approves(name, poll.quorum, poll.veto, votes),
            }[on_timeout]
            assert after.outcome is (Outcome.APPROVED if expected else Outcome.REJECTED)
            assert after.decided_at == NINE + HOUR


# -- several stages ----------------------------------------------------------------------------------------

A = Stage("a", [Approver("a0"), Approver("a1")], AtLeast(1))
B = Stage("b", [Approver("b0"), Approver("b1")], EVERYBODY)
C = Stage("c", [Approver("c0"), Approver("c1")], Share("50%", of="cast", more_than=True), quorum=Quorum(1))
TREES = {
    "in sequence": InSequence([A, B, C]),
    "in parallel": InParallel([A, B, C]),
    "one, then two": InSequence([A, InParallel([B, C])]),
    "two, then one": InSequence([InParallel([A, B]), C]),
    "a sequence beside one": InParallel([InSequence([A, B]), C]),
}
_OF_STAGE = {"a": lambda yes, _no: yes >= 1, "b": lambda yes, _no: yes == 2, "c": lambda yes, no: yes > no}


@cache
def stage_verdicts(name: str, votes: Votes) -> frozenset[bool]:
    """Return what can become of one stage, whoever votes what."""
    verdicts = set()
    for choice in product((*Vote, None), repeat=votes.count(None)):
        rest = iter(choice)
        completed = [next(rest) if vote is None else vote for vote in votes]
        verdicts.add(_OF_STAGE[name](completed.count(Vote.APPROVE), completed.count(Vote.REJECT)))
    return frozenset(verdicts)


@pytest.mark.parametrize("tree", TREES.values(), ids=TREES)
def test_the_whole_is_decided_exactly_when_no_vote_can_change_it(tree: InSequence | InParallel):
    request = open_approval(ApprovalPolicy("model", tree), requester="noa", at=NINE)
    waiting: list[tuple[Ballot, ...]] = [()]
    seen = set()
    while waiting:
        events = waiting.pop()
        by_seat = {ballot.voter: ballot.vote for ballot in events}
        alike = tuple(tuple(sorted(str(by_seat.get(f"{s}{i}")) for i in (0, 1))) for s in "abc")
        if alike in seen:
            continue
        seen.add(alike)
        reading = read_approval(request, events, at=NINE)
        verdicts = [stage_verdicts(s, (by_seat.get(f"{s}0"), by_seat.get(f"{s}1"))) for s in "abc"]
        together = {all(choice) for choice in product(*verdicts)}
        expected = {True: Outcome.APPROVED, False: Outcome.REJECTED}
        assert reading.outcome is (Outcome.PENDING if len(together) > 1 else expected[together.pop()])
        if reading.is_decided:
            assert not reading.open_requests
            assert not {StageStatus.OPEN, StageStatus.WAITING} & {each.status for each in reading.stages}
        waiting += [(*events, each.ballot(vote, NINE)) for each in reading.open_requests for vote in Vote]
    assert len(seen) > 50
