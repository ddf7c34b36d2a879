"""What becomes of a request: seats, stages, conflicts of interest, stand-ins, deadlines, and who is told."""

import pickle
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import BusinessCalendar, BusinessDays, NeverOpenError
from itsmkit.conditions import equals
from itsmkit.errors import DefinitionError
from itsmkit.workflow.approvals import (
    ANY_ONE,
    EVERYBODY,
    ApprovalEvent,
    ApprovalPolicy,
    ApprovalReading,
    ApprovalRequest,
    Approver,
    AtLeast,
    Ballot,
    BallotRefusedError,
    Delegation,
    Delegations,
    EachRole,
    FactApprovers,
    InParallel,
    InSequence,
    Outcome,
    ReasonKind,
    RoleApprovers,
    Seat,
    Stage,
    StageStatus,
    Step,
    Vote,
    Withdrawal,
    WithdrawalRefusedError,
    cast,
    open_approval,
    read_approval,
    withdraw,
)

# A Monday, at the opening.
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOBODY = Delegations()
OFFICE = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC")


def people(*names: str) -> list[Approver]:
    return [Approver(name) for name in names]


def opened(steps: Step, *, requester: str = "noa", facts: object = (), roles: object = (), **options: object):
    policy = ApprovalPolicy("change", steps, **options)
    return open_approval(policy, requester=requester, at=NINE, facts=dict(facts), roles=dict(roles))


def votes(*told: str, stage: str = "board") -> list[Ballot]:
    """Return ballots written as ``2 kim approve`` or ``2 kim for lee approve``: so many hours after nine."""
    ballots = []
    for line in told:
        hours, voter, *owner, vote = line.split()
        owner = owner[1:]
        ballots.append(Ballot(stage, voter, vote, NINE + float(hours) * HOUR, owner[0] if owner else None))
    return ballots


def read(
    request: ApprovalRequest,
    *events: ApprovalEvent,
    hours: float = 0,
    delegations: Delegations = NOBODY,
) -> ApprovalReading:
    return read_approval(request, events, at=NINE + hours * HOUR, delegations=delegations, calendar=OFFICE)


def asked(reading: ApprovalReading) -> list[str]:
    return [str(each) for each in reading.open_requests]


def standing_in(*told: str, first: float = 0, end: float = 1000) -> Delegations:
    """Return delegations written as ``kim lee``: kim lets lee stand in, for so many hours after nine."""
    return Delegations([Delegation(*line.split(), NINE + first * HOUR, NINE + end * HOUR) for line in told])


# -- seats -------------------------------------------------------------------------------------------------


def test_one_person_has_one_seat_from_wherever_they_come():
    stage = Stage(
        "board",
        [
            RoleApprovers("cab", weight=2),
            Approver("kim", weight=3, roles=["owner"]),
            RoleApprovers("security", veto=True),
            FactApprovers("service_owners"),
        ],
        EachRole({"network": 1, "owner": 1}),
    )
    request = opened(
        stage,
        facts={"service_owners": {"lee", "abe"}},
        roles={"cab": ["kim", "lee"], "security": ["lee"], "network": ["max", "kim"], "unasked": ["kim"]},
    )
    assert request.stages[0].seats == (
        Seat("kim", {"cab", "owner", "network"}, 3),
        Seat("lee", {"cab", "security"}, 2, veto=True),
        Seat("abe"),
    )


@pytest.mark.parametrize(
    ("value", "seats"),
    [
        pytest.param(None, [], id="nobody"),
        pytest.param("kim", ["kim"], id="one"),
        pytest.param(["lee", "kim", "lee"], ["lee", "kim"], id="several in order"),
        pytest.param(frozenset({"lee", "kim"}), ["kim", "lee"], id="a set"),
    ],
)
def test_a_fact_names_a_person_or_several(value, seats):
    stage = Stage("manager", [FactApprovers("manager")], ANY_ONE)
    request = opened(stage, facts={"manager": value})
    assert [seat.person for seat in request.stages[0].seats] == seats
    assert read(request).is_decided is (not seats)


def test_opening_lists_every_problem():
    stages = [Stage("a", [RoleApprovers("cap")]), Stage("b", people("kim"), EachRole({"network": 1}))]
    with pytest.raises(DefinitionError) as caught:
        open_approval(
            ApprovalPolicy("change", InSequence(stages)),
            requester="",
            at=NINE.replace(tzinfo=None),
            facts={"requester": "lee"},
            roles={"cab": "kim", "ecab": ["kim", 3]},
        )
    assert [problem.partition(": ")[0] for problem in caught.value.problems] == [
        "requester",
        "at has no time zone",
        "facts.requester",
        "roles['cab']",
        "roles['ecab']",
        "roles",
        "roles",
    ]
    facts = {"manager": 3, "implementer": ["kim", ""]}
    with pytest.raises(DefinitionError) as caught:
        opened(Stage("a", [FactApprovers("manager")]), facts=facts, barred=["implementer"])
    assert [problem[:20] for problem in caught.value.problems] == [
        "facts.implementer: m",
        "facts.manager: must ",
    ]


def test_who_asks_is_a_fact_for_conditions_and_approvers():
    stage = Stage("board", [RoleApprovers("cab")], when=equals("requester", "noa"))
    with pytest.raises(
        DefinitionError, match="roles: stage 'board' asks for 'cab', of which nothing is told"
    ):
        opened(stage)
    own = Stage("own word", [FactApprovers("requester")])
    assert asked(read(opened(InSequence([own]), barred=()))) == ["noa"]


def test_a_role_of_a_stage_that_is_skipped_need_not_be_told():
    stages = [Stage("a", [RoleApprovers("cab")], when=equals("risk", "high")), Stage("b", people("kim"))]
    assert opened(InSequence(stages)).stages[0].skipped


# -- conflicts of interest ---------------------------------------------------------------------------------


def test_whoever_asks_does_not_decide_nor_does_anybody_for_them():
    request = opened(
        Stage("board", people("kim", "lee", "max"), AtLeast(1), barred=["implementer"]),
        requester="kim",
        facts={"implementer": "lee"},
    )
    together = standing_in("kim sam", "max lee", "max kim", "max sam")
    assert asked(read(request, delegations=together)) == ["max", "sam for max"]
    for line, reason in {
        "0 kim approve": "kim is barred by the fact 'requester'",
        "0 lee approve": "lee is barred by the fact 'implementer'",
        "0 lee for max approve": "lee is barred by the fact 'implementer'",
        "0 sam for kim approve": "kim is barred by the fact 'requester', and nobody stands in",
    }.items():
        with pytest.raises(BallotRefusedError) as caught:
            cast(request, (), votes(line)[0], delegations=together)
        assert caught.value.reasons == (reason,)


def test_nobody_is_barred_where_the_policy_says_so():
    request = opened(Stage("board", people("kim")), requester="kim", barred=())
    assert read(request, *votes("0 kim approve")).outcome is Outcome.APPROVED


@pytest.mark.parametrize(
    ("stage", "kind", "text"),
    [
        pytest.param(
            Stage("board", people("kim"), ANY_ONE),
            ReasonKind.NOBODY_MAY_VOTE,
            "nobody may vote (kim is barred by the fact 'requester')",
            id="nobody",
        ),
        pytest.param(
            Stage("board", people("kim", "lee"), AtLeast(2)),
            ReasonKind.OUT_OF_REACH,
            "at least 2 approvals cannot be reached (kim is barred by the fact 'requester')",
            id="rule",
        ),
        pytest.param(
            Stage("board", people("kim", "lee"), ANY_ONE, quorum=2),
            ReasonKind.QUORUM_OUT_OF_REACH,
            "a quorum of 2 cannot be reached by 1 who may vote (kim is barred by the fact 'requester')",
            id="quorum",
        ),
    ],
)
def test_a_stage_that_barring_has_made_impossible_is_rejected_at_once(
    stage: Stage, kind: ReasonKind, text: str
):
    """Nobody is asked in vain: neither there nor in a stage before it."""
    request = opened(InSequence([Stage("manager", people("max")), stage]), requester="kim")
    reading = read(request)
    assert (reading.outcome, reading.decided_at) == (Outcome.REJECTED, NINE)
    assert reading.because.stages == ("board",)
    assert (reading.stage("board").because.kind, str(reading.stage("board").because)) == (kind, text)
    assert reading.stage("manager").status is StageStatus.WITHDRAWN
    assert not reading.open_requests
    assert not reading.withdrawn_requests


def test_four_eyes_who_sits_in_one_stage_does_not_vote_in_the_other():
    first = Stage("first", people("kim", "lee"), ANY_ONE)
    second = Stage("second", people("lee", "max"), ANY_ONE, apart_from=["first"])
    request = opened(InParallel([first, second]))
    assert [seat.person for seat in request.stages[1].seats] == ["max"]
    together = standing_in("kim max", "kim sam", "max sam", "lee max")
    assert asked(read(request, delegations=together)) == ["kim", "sam for kim", "lee", "max", "sam for max"]
    events = votes("0 sam for kim abstain", stage="first")
    assert asked(read(request, *events, delegations=together)) == ["lee", "max"]
    late = votes("0 sam for max approve", stage="second")[0]
    with pytest.raises(BallotRefusedError, match="sam has voted in stage 'first', which is kept apart"):
        cast(request, events, late, delegations=together)


def test_a_stage_that_is_skipped_keeps_nobody_apart():
    first = Stage("first", people("kim"), when=equals("risk", "high"))
    request = opened(InSequence([first, Stage("second", people("kim"), apart_from=["first"])]))
    assert asked(read(request)) == ["kim"]


# -- standing in -------------------------------------------------------------------------------------------


def test_a_delegate_cannot_vote_twice():
    request = opened(Stage("board", people("kim", "lee", "max"), AtLeast(2)))
    together = standing_in("kim sam", "lee sam", "lee max")
    events = cast(request, (), votes("0 sam for kim approve")[0], delegations=together)
    for line, reasons in {
        "1 sam for lee approve": ("sam has voted already, for the seat of kim; one person has one vote",),
        "1 sam approve": (
            "sam has voted already, for the seat of kim; one person has one vote",
            "sam has no seat here",
        ),
        "1 kim approve": ("the seat of kim is filled already, by sam",),
        "1 max for lee approve": ("max has a seat of their own, and votes for that alone",),
        "1 lee for max approve": (
            "lee has a seat of their own, and votes for that alone",
            f"max has not let lee stand in at {NINE + HOUR}",
        ),
    }.items():
        with pytest.raises(BallotRefusedError) as caught:
            cast(request, events, votes(line)[0], delegations=together)
        assert caught.value.reasons == reasons
    assert (
        read(request, *events, *votes("1 lee approve"), hours=1, delegations=together).outcome
        is Outcome.APPROVED
    )


def test_who_forgets_for_whom_they_vote_is_told():
    request = opened(Stage("board", people("kim", "lee"), ANY_ONE))
    together = standing_in("kim sam", "lee sam")
    with pytest.raises(BallotRefusedError, match="sam has no seat here; say on behalf of whom: kim, lee"):
        cast(request, (), votes("0 sam approve")[0], delegations=together)


@pytest.mark.parametrize(
    ("max_chain", "expected"),
    [
        pytest.param(0, ["kim"], id="nobody stands in"),
        pytest.param(1, ["kim", "sam for kim"], id="one"),
        pytest.param(2, ["kim", "sam for kim", "uma for kim"], id="a chain of two"),
    ],
)
def test_chains_are_limited(max_chain: int, expected: list[str]):
    request = opened(Stage("board", people("kim")), max_chain=max_chain)
    together = standing_in("kim sam", "sam uma")
    assert asked(read(request, delegations=together)) == expected
    if max_chain == 1:
        with pytest.raises(
            BallotRefusedError, match="kim → sam → uma are 2 delegations, and the policy allows 1"
        ):
            cast(request, (), votes("0 uma for kim approve")[0], delegations=together)


def test_the_substitute_is_told_when_the_holiday_begins_and_when_it_ends():
    request = opened(Stage("board", people("kim", "lee"), EVERYBODY))
    holiday = standing_in("kim sam", first=24, end=48)
    assert (asked(read(request, delegations=holiday)), read(request, delegations=holiday).next_change) == (
        ["kim", "lee"],
        NINE + 24 * HOUR,
    )
    during = read(request, hours=24, delegations=holiday)
    assert (asked(during), during.next_change) == (["kim", "sam for kim", "lee"], NINE + 48 * HOUR)
    after = read(request, hours=48, delegations=holiday)
    assert (asked(after), after.next_change) == (["kim", "lee"], None)
    # What was voted in the meantime stays.
    cast_then = votes("47 sam for kim approve")
    assert asked(read(request, *cast_then, hours=48, delegations=holiday)) == ["lee"]
    rejected = read(request, *cast_then, *votes("47 lee reject"), hours=48, delegations=holiday)
    assert rejected.outcome is Outcome.REJECTED
    too_late = votes("48 sam for kim approve")
    assert read(request, *too_late, hours=48, delegations=holiday).ignored[0].reasons == (
        f"kim has not let sam stand in at {NINE + 48 * HOUR}",
    )


def test_a_decision_withdraws_what_the_substitutes_were_asked_too():
    request = opened(Stage("board", people("kim", "lee"), ANY_ONE))
    reading = read(request, *votes("0 lee approve"), delegations=standing_in("kim sam"))
    assert [str(each) for each in reading.withdrawn_requests] == ["kim", "sam for kim"]
    assert reading.withdrawn_requests[1].on_behalf_of == "kim"
    assert reading.withdrawn_requests[0].on_behalf_of is None


NAMES = ("kim", "lee", "max", "sam", "uma")


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_who_is_asked_is_exactly_who_may_vote(data: st.DataObject):
    """Whatever was delegated and voted: one person one vote, and no ballot but of those who are asked."""
    links = data.draw(st.lists(st.sampled_from([*product(NAMES, NAMES)]), max_size=6))
    try:
        together = Delegations(
            [Delegation(a, b, NINE, NINE + DAY) for a, b in links if NAMES.index(a) < NAMES.index(b)]
        )
        backwards = Delegations(
            [Delegation(a, b, NINE, NINE + DAY) for a, b in links if NAMES.index(a) > NAMES.index(b)]
        )
        together = data.draw(st.sampled_from([together, backwards]))
    except DefinitionError:
        return
    seats = data.draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=4, unique=True))
    first = Stage("first", people(*seats[:2]), EVERYBODY)
    board = Stage("board", people(*seats), EVERYBODY, apart_from=data.draw(st.sampled_from([[], ["first"]])))
    request = opened(
        InParallel([first, board]),
        requester=data.draw(st.sampled_from(NAMES)),
        max_chain=data.draw(st.integers(0, 2)),
    )
    events: tuple[ApprovalEvent, ...] = ()
    for _ in range(4):
        reading = read(request, *events, delegations=together)
        allowed = {
            (each.stage, each.person, each.on_behalf_of or each.person) for each in reading.open_requests
        }
        for stage, voter, owner in product(("first", "board"), NAMES, NAMES):
            ballot = Ballot(stage, voter, Vote.APPROVE, NINE, None if voter == owner else owner)
            try:
                cast(request, events, ballot, delegations=together)
            except BallotRefusedError:
                assert (stage, voter, owner) not in allowed
            else:
                assert (stage, voter, owner) in allowed
        if not reading.open_requests:
            break
        chosen = data.draw(st.sampled_from(reading.open_requests))
        events = cast(request, events, chosen.ballot(Vote.APPROVE, NINE), delegations=together)
    reading = read(request, *events, delegations=together)
    for stage in reading.stages:
        voters = [ballot.voter for ballot in stage.ballots]
        assert len(voters) == len(set(voters))
        assert len({ballot.seat for ballot in stage.ballots}) == len(voters)


# -- stages ------------------------------------------------------------------------------------------------


def test_each_stage_has_its_own_votes():
    manager, board = Stage("manager", people("kim")), Stage("board", people("kim", "lee"), ANY_ONE)
    request = opened(InSequence([manager, board]))
    first = votes("0 kim approve", stage="manager")
    reading = read(request, *first)
    assert [each.status for each in reading.stages] == [StageStatus.APPROVED, StageStatus.OPEN]
    assert asked(reading) == ["kim", "lee"]
    assert reading.stage("board").tally.ballots == 0


def test_what_comes_later_waits_and_takes_no_votes_yet():
    request = opened(InSequence([Stage("manager", people("kim")), Stage("board", people("lee"))]))
    with pytest.raises(BallotRefusedError) as caught:
        cast(request, (), votes("0 lee approve")[0])
    assert caught.value.reasons == ("the stage is waiting: a stage before it is not decided",)
    early = read(request, *votes("0 lee approve"))
    assert [each.event.voter for each in early.ignored] == ["lee"]
    assert early.stage("board").status is StageStatus.WAITING


def test_a_rejection_of_one_stage_rejects_the_whole_and_asks_nobody_else():
    stages = [Stage(name, people(f"{name}1", f"{name}2")) for name in ("a", "b")]
    request = opened(InSequence([InParallel(stages), Stage("c", people("kim"))]))
    reading = read(request, *votes("2 a1 reject", stage="a"), hours=3)
    assert (reading.outcome, reading.decided_at) == (Outcome.REJECTED, NINE + 2 * HOUR)
    assert (reading.because.kind, reading.because.stages) == (ReasonKind.STAGE_REJECTED, ("a",))
    assert [each.status.value for each in reading.stages] == ["rejected", "withdrawn", "withdrawn"]
    assert [str(each) for each in reading.withdrawn_requests] == ["a2", "b1", "b2"]
    assert reading.explain().splitlines() == [
        "approval 'change' is rejected at 2026-03-02 11:00:00+00:00: rejected by stage 'a'",
        "- stage 'a' is rejected at 2026-03-02 11:00:00+00:00: the approval of everybody cannot be reached",
        "  votes: 0 approve, 1 reject, 0 abstain, 1 open",
        "- stage 'b' is withdrawn at 2026-03-02 11:00:00+00:00: rejected by stage 'a'",
        "  votes: 0 approve, 0 reject, 0 abstain, 2 open",
        "- stage 'c' is withdrawn at 2026-03-02 11:00:00+00:00: rejected by stage 'a'",
    ]


def test_several_stages_that_are_impossible_are_all_named():
    request = opened(InSequence([Stage("a", people("noa")), Stage("b", people("noa"))]))
    assert str(read(request).because) == "rejected by stages 'a', 'b'"


@pytest.mark.parametrize(
    ("risk", "statuses"),
    [
        pytest.param("high", ["open", "waiting"], id="asked"),
        pytest.param("low", ["skipped", "open"], id="skipped"),
    ],
)
def test_a_stage_whose_condition_does_not_hold_is_skipped(risk: str, statuses: list[str]):
    stages = [Stage("board", people("kim"), when=equals("risk", "high")), Stage("manager", people("lee"))]
    reading = read(opened(InSequence(stages), facts={"risk": risk}))
    assert [each.status.value for each in reading.stages] == statuses
    if risk == "low":
        assert reading.stage("board").because.kind is ReasonKind.CONDITION
        assert reading.stage("board").decided_at is None


@pytest.mark.parametrize("if_empty", [Outcome.APPROVED, Outcome.REJECTED])
def test_where_every_stage_is_skipped_the_policy_says_what_that_means(if_empty: Outcome):
    stage = Stage("board", people("kim"), when=equals("risk", "high"), within=HOUR)
    request = opened(stage, if_empty=if_empty)
    reading = read_approval(request, (), at=NINE)  # and no calendar is needed
    assert (reading.outcome, reading.because.kind, reading.decided_at) == (if_empty, ReasonKind.EMPTY, NINE)
    assert ApprovalPolicy("change", stage).if_empty is Outcome.REJECTED


def test_a_veto_rejects_alone_and_says_whose_it_was():
    stage = Stage("board", [*people("kim", "lee", "max"), RoleApprovers("security", veto=True)], AtLeast(2))
    request = opened(stage, roles={"security": ["uma"]})
    enough = votes("0 kim approve", "0 lee approve")
    assert read(request, *enough).outcome is Outcome.PENDING
    assert read(request, *enough, *votes("0 uma abstain")).outcome is Outcome.APPROVED
    reading = read(request, *enough, *votes("0 uma reject"))
    assert reading.outcome is Outcome.REJECTED
    assert reading.stage("board").because.kind is ReasonKind.VETO
    assert reading.stage("board").because.people == ("uma",)


def test_a_quorum_has_to_be_cast_and_is_asked_for():
    request = opened(Stage("board", people("kim", "lee", "max"), ANY_ONE, quorum=2))
    reading = read(request, *votes("0 kim approve"))
    assert reading.outcome is Outcome.PENDING
    assert str(reading.stage("board").because) == "awaits at least 1 approval; 1 more for a quorum of 2"
    assert read(request, *votes("0 kim approve", "0 lee abstain")).outcome is Outcome.APPROVED


# -- time --------------------------------------------------------------------------------------------------


def test_the_time_of_a_stage_is_business_time_from_when_it_opens():
    stages = [
        Stage("manager", people("kim"), within=BusinessDays(1)),
        Stage("board", people("lee", "max"), within=8 * HOUR, on_timeout="count"),
    ]
    request = opened(InSequence(stages))
    assert read(request).due_at == NINE + DAY
    friday = NINE + 4 * DAY + 4 * HOUR
    slow = opened(InSequence([Stage("manager", people("kim")), stages[1]]))
    approved = Ballot("manager", "kim", "approve", friday)
    opened_on_friday = read(slow, approved, hours=100)
    # Four hours are left on Friday, and the rest is counted on Monday.
    assert opened_on_friday.stage("board").opened_at == friday
    assert opened_on_friday.due_at == opened_on_friday.next_change == NINE + 7 * DAY + 4 * HOUR
    due = 7 * 24 + 4
    assert read(slow, approved, *votes(f"{due - 1} lee approve"), hours=due - 1).outcome is Outcome.PENDING
    counted = read(slow, approved, *votes(f"{due - 1} lee approve"), hours=due)
    assert (counted.outcome, counted.decided_at) == (Outcome.REJECTED, NINE + due * HOUR)
    assert counted.stage("board").because.kind is ReasonKind.TIME_UP


def test_a_ballot_at_the_very_end_comes_too_late():
    request = opened(Stage("board", people("kim"), within=HOUR))
    reading = read(request, *votes("1 kim approve"), hours=1)
    assert (reading.outcome, reading.decided_at) == (Outcome.REJECTED, NINE + HOUR)
    assert str(reading.stage("board").because) == "the time was up, and silence is no consent"
    assert [each.person for each in reading.withdrawn_requests] == ["kim"]
    assert reading.due_at is reading.next_change is None
    assert reading.explain().endswith(
        "- ignored: kim voted approve at 2026-03-02 10:00:00+00:00: "
        "the approval is rejected since 2026-03-02 10:00:00+00:00"
    )
    in_time = read(request, *votes("0.999 kim approve"), hours=1)
    assert in_time.outcome is Outcome.APPROVED


def test_deadlines_that_nobody_looked_at_take_effect_one_after_the_other():
    stages = [Stage(name, people("kim"), within=HOUR, on_timeout="approve") for name in ("a", "b")]
    request = opened(InSequence([*stages, Stage("c", people("lee"))]))
    reading = read(request, hours=5)
    assert [each.decided_at for each in reading.stages] == [NINE + HOUR, NINE + 2 * HOUR, None]
    assert str(reading.stage("a").because) == "the time was up, and silence is consent"
    assert asked(reading) == ["lee"]


def test_the_earlier_deadline_of_two_comes_first():
    late = Stage("late", people("kim"), within=2 * HOUR, on_timeout="approve")
    early = Stage("early", people("lee"), within=HOUR)
    reading = read(opened(InParallel([late, early])), hours=5)
    assert (reading.outcome, reading.decided_at, reading.because.stages) == (
        Outcome.REJECTED,
        NINE + HOUR,
        ("early",),
    )


def test_a_calendar_is_needed_only_where_time_counts():
    with pytest.raises(DefinitionError, match="calendar: is missing, and 'board' end in time; hand in one"):
        read_approval(opened(Stage("board", people("kim"), within=HOUR)), (), at=NINE)
    never = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC")
    ages = Stage("board", people("kim"), within=timedelta(days=100_000))
    with pytest.raises(NeverOpenError):
        read_approval(opened(ages), (), at=NINE, calendar=never)


# -- history -----------------------------------------------------------------------------------------------


def test_the_requester_and_nobody_else_takes_it_back():
    request = opened(Stage("board", people("kim", "lee")))
    events = cast(request, (), votes("0 kim approve")[0])
    with pytest.raises(WithdrawalRefusedError) as caught:
        withdraw(request, events, Withdrawal("kim", NINE))
    assert caught.value.reasons == ("only the requester, 'noa', takes it back",)
    events = withdraw(request, events, Withdrawal("noa", NINE + HOUR, "no longer needed"))
    reading = read(request, *events, hours=1)
    assert (reading.outcome, str(reading.because)) == (
        Outcome.WITHDRAWN,
        "noa took it back: no longer needed",
    )
    assert [each.person for each in reading.withdrawn_requests] == ["lee"]
    again = Withdrawal("noa", NINE + 2 * HOUR)
    with pytest.raises(WithdrawalRefusedError, match="the approval is withdrawn since"):
        withdraw(request, events, again)
    assert (
        read(request, *events, again, hours=2)
        .explain()
        .endswith(f"- ignored: noa withdrew at {again.at}: the approval is withdrawn since {NINE + HOUR}")
    )
    assert str(read(request, Withdrawal("noa", NINE)).because) == "noa took it back"


def test_every_reason_is_told_at_once():
    request = opened(Stage("board", people("kim", "lee"), ANY_ONE))
    events = votes("2 kim approve")
    with pytest.raises(BallotRefusedError) as caught:
        cast(request, events, votes("1 noa for kim reject")[0])
    assert caught.value.reasons == (
        f"{NINE + HOUR} is before what happened last, at {NINE + 2 * HOUR}",
        f"the approval is approved since {NINE + 2 * HOUR}",
        "noa is barred by the fact 'requester'",
        "the seat of kim is filled already, by kim",
    )
    with pytest.raises(BallotRefusedError, match=r"there is no such stage; there are board$"):
        cast(request, (), votes("0 kim approve", stage="bord")[0])
    with pytest.raises(BallotRefusedError, match=r"is before what happened last"):
        cast(request, (), votes("-1 kim approve")[0])


def test_a_history_that_cannot_be_is_refused_with_every_problem():
    request = opened(Stage("board", people("kim", "lee")))
    told = [*votes("-1 kim approve", "2 kim approve", "1 lee approve"), "lee"]
    with pytest.raises(DefinitionError) as caught:
        read(request, *told)
    assert caught.value.problems == (
        f"events[0].at: {NINE - HOUR} is before the opening, at {NINE}",
        f"events[2].at: {NINE + HOUR} is before the event before it, at {NINE + 2 * HOUR}",
        "events[3]: must be a Ballot or a Withdrawal, not str 'lee'",
    )
    with pytest.raises(DefinitionError, match=r"events\[0\]\.at"):
        cast(request, told[:1], told[1])
    with pytest.raises(
        DefinitionError, match=r"at: 2026-03-02 08:00:00.00:00 is before the request was opened"
    ):
        read(request, hours=-1)


def test_what_is_after_the_instant_has_not_happened_yet():
    request = opened(Stage("board", people("kim")))
    later = votes("2 kim approve")
    assert read(request, *later, hours=1) == read(request, hours=1)
    assert read(request, *later, hours=2).outcome is Outcome.APPROVED


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_reading_at_any_instant_agrees_with_what_was_read_before(data: st.DataObject):
    """Decided stays decided, and a reading depends on nothing but the past."""
    stages = [
        Stage("a", people("kim", "lee", "max"), AtLeast(2), within=6 * HOUR, on_timeout="count"),
        Stage("b", people("kim", "sam"), ANY_ONE, within=BusinessDays(1), on_timeout="approve"),
        Stage("c", people("uma", "sam"), EVERYBODY),
    ]
    request = opened(data.draw(st.sampled_from([InSequence(stages), InParallel(stages)])))
    times = sorted(data.draw(st.lists(st.integers(0, 60), max_size=8)))
    events = [
        Ballot(
            data.draw(st.sampled_from("abc")),
            data.draw(st.sampled_from(NAMES)),
            data.draw(st.sampled_from(Vote)),
            NINE + time * HOUR,
        )
        for time in times
    ]
    readings = [read(request, *events, hours=hours) for hours in range(0, 64, 3)]
    first = next((each for each in readings if each.is_decided), None)
    for hours, reading in zip(range(0, 64, 3), readings, strict=True):
        past = [event for event in events if event.at <= reading.at]
        assert reading == read(request, *past, hours=hours)
        assert pickle.loads(pickle.dumps(reading)) == reading
        assert reading.next_change is None or reading.next_change > reading.at
        if first is not None and reading.at >= first.at:
            assert (reading.outcome, reading.decided_at) == (first.outcome, first.decided_at)
            assert reading.stages == first.stages


def test_a_reading_knows_its_stages_by_name():
    reading = read(opened(Stage("board", people("kim"), within=HOUR)))
    assert reading.stage("board") is reading.stages[0]
    assert str(reading.stages[0]) == (
        "stage 'board' is open, due 2026-03-02 10:00:00+00:00: awaits the approval of everybody"
    )
    assert "  asked: kim" in reading.explain().splitlines()
    with pytest.raises(KeyError):
        reading.stage("bord")


def test_only_ballots_are_cast_and_only_withdrawals_take_back() -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    request = open_approval(ApprovalPolicy("x", Stage("board", [Approver("kim")])), requester="noa", at=start)
    with pytest.raises(DefinitionError, match="ballot: must be a Ballot, not Withdrawal"):
        cast(request, (), Withdrawal("noa", start))  # type: ignore[arg-type]  # the wrong event
    with pytest.raises(DefinitionError, match="withdrawal: must be a Withdrawal, not Ballot"):
        withdraw(request, (), Ballot("board", "kim", "approve", start))  # type: ignore[arg-type]  # as above


def test_of_several_open_stages_the_one_whose_time_is_up_first_decides_first() -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    hour = timedelta(hours=1)
    slow = Stage("slow", [Approver("kim")], within=3 * hour)
    quick = Stage("quick", [Approver("lee")], within=hour)
    policy = ApprovalPolicy("x", InParallel([slow, quick]))
    request = open_approval(policy, requester="noa", at=start)
    always = BusinessCalendar.always("UTC")
    assert read_approval(request, (), at=start, calendar=always).due_at == start + hour
    reading = read_approval(request, (), at=start + 4 * hour, calendar=always)
    assert (reading.outcome.value, reading.decided_at) == ("rejected", start + hour)
    assert reading.stage("slow").status.value == "withdrawn"
