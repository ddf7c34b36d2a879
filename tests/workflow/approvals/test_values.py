"""The values that policies and histories are made of: what they refuse, and that they are plain values."""

import pickle
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import attrs
import pytest

from itsmkit._frozen import FrozenDict
from itsmkit.calendars import BusinessDays
from itsmkit.conditions import equals
from itsmkit.errors import DefinitionError
from itsmkit.workflow import WorkflowDefinitionError
from itsmkit.workflow.approvals import (
    ANY_ONE,
    AllRules,
    AnyRule,
    ApprovalPolicy,
    ApprovalRequest,
    Approver,
    ApproverSource,
    AtLeast,
    Ballot,
    BallotRefusedError,
    Count,
    Delegation,
    Delegations,
    EachRole,
    Everybody,
    FactApprovers,
    InParallel,
    InSequence,
    Quorum,
    RoleApprovers,
    Rule,
    Seat,
    SeatedStage,
    Share,
    Stage,
    Tally,
    Vote,
    WeightAtLeast,
    Withdrawal,
    WithdrawalRefusedError,
    board_majority,
    emergency_board,
    four_eyes,
    manager_approval,
)

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
NAIVE = datetime(2026, 3, 2, 9)  # noqa: DTZ001  that is the point
CAB = RoleApprovers("cab")
BOARD = Stage("board", [CAB])
POLICY = ApprovalPolicy("change", BOARD)


def nested(depth: int) -> Rule:
    rule: Rule = ANY_ONE
    for _ in range(depth - 1):
        rule = AllRules([rule])
    return rule


def nested_steps(depth: int) -> InSequence:
    steps = InSequence([BOARD])
    for _ in range(depth - 2):
        steps = InSequence([steps])
    return steps


@pytest.mark.parametrize(
    ("make", "problems"),
    [
        pytest.param(
            lambda: Approver(" kim", roles=["a", "a", 1], weight=0, veto="no"),
            ["person: ", "roles[2]: ", "roles: 'a' stands there more than once", "weight: ", "veto: "],
            id="approver",
        ),
        pytest.param(lambda: Approver("kim", roles="network"), ["one text stands"], id="roles as text"),
        pytest.param(lambda: RoleApprovers("", weight=True), ["role: ", "weight: "], id="role"),
        pytest.param(lambda: FactApprovers(None, roles=[""]), ["fact: ", "roles[0]: "], id="fact"),
        pytest.param(
            lambda: Seat("", [" a"], 0, None), ["person: ", "roles: ", "weight: ", "veto: "], id="seat"
        ),
        pytest.param(
            lambda: Ballot("", 1, "yes", NAIVE, "", None),
            [
                "stage: ",
                "voter: ",
                "vote: must be one of 'approve', 'reject', 'abstain', not str 'yes'",
                "at has",
                "on_behalf_of: ",
                "comment: must be text",
            ],
            id="ballot",
        ),
        pytest.param(lambda: Withdrawal("", "now", 1), ["by: ", "at must be", "comment: "], id="withdrawal"),
        pytest.param(
            lambda: AtLeast(0), ["number: must be a whole number of at least 1, not int 0"], id="none"
        ),
        pytest.param(lambda: AtLeast(True), ["number: "], id="a truth is no number"),
        pytest.param(lambda: WeightAtLeast(1.5), ["weight: "], id="half a weight"),
        pytest.param(
            lambda: Share("half", of="people", more_than=1, weighted=None),
            [
                "part: must be a part such as '50%' or '2/3'",
                "of: must be one of",
                "more_than: ",
                "weighted: ",
            ],
            id="share",
        ),
        pytest.param(lambda: Share("0%"), ["part: must be more than nothing"], id="no share"),
        pytest.param(lambda: Share("101%"), ["part: must be more than nothing and at most"], id="beyond all"),
        pytest.param(lambda: Share("1/0"), ["part: must be a part"], id="by nothing"),
        pytest.param(
            lambda: Share("100%", more_than=True), ["part: must be less than 100%"], id="more than all"
        ),
        pytest.param(lambda: EachRole({}), ["minimums: there are none"], id="no roles"),
        pytest.param(
            lambda: EachRole({"": 1, "network": 0}), ["minimums: ", "minimums['network']: "], id="each role"
        ),
        pytest.param(lambda: AllRules([]), ["rules: there are none"], id="all of nothing"),
        pytest.param(lambda: AnyRule([ANY_ONE, 2]), ["rules[1]: must be a Rule"], id="any of no rule"),
        pytest.param(lambda: nested(21), ["rules: nested too deeply; 20 is the most"], id="deep rule"),
        pytest.param(lambda: Quorum(-1, "150%"), ["ballots: ", "part: "], id="negative quorum"),
        pytest.param(
            lambda: Stage(
                "", [], 2, when="now", within=3, on_timeout="wait", barred=[""], apart_from=["a", "a"]
            ),
            [
                "name: ",
                "approvers: there are none",
                "rule: ",
                "when: ",
                "within: must be a duration or",
                "on_timeout: ",
                "barred[0]: ",
                "apart_from: 'a'",
            ],
            id="stage",
        ),
        pytest.param(
            lambda: Stage("a", ["kim", CAB, CAB], quorum=2, within=timedelta(0)),
            ["approvers[0]: must be an ApproverSource", "approvers[2]: the same", "within: must be more"],
            id="approvers",
        ),
        pytest.param(
            lambda: Stage("a", [CAB], within=BusinessDays(0)), ["within: must be at least 1"], id="0 days"
        ),
        pytest.param(
            lambda: Stage("a", [CAB], on_timeout="count"), ["on_timeout: 'count' never comes"], id="no end"
        ),
        pytest.param(
            lambda: Stage("a", [Approver("kim"), Approver("kim", weight=2)], AtLeast(3), quorum=4),
            [
                "approvers: 'kim' stands there more than once",
                "quorum: a quorum of 4 cannot",
                "rule: at least 3",
            ],
            id="out of reach",
        ),
        pytest.param(lambda: InSequence([]), ["steps: there are none"], id="no steps"),
        pytest.param(lambda: InParallel([CAB]), ["steps[0]: must be a Stage, an InSequence"], id="no step"),
        pytest.param(lambda: nested_steps(21), ["steps: nested too deeply; 20 is the most"], id="deep steps"),
        pytest.param(
            lambda: ApprovalPolicy("", BOARD, barred=[1], max_chain=1.0, if_empty="pending"),
            ["name: ", "barred[0]: ", "max_chain: ", "if_empty: must be 'approved' or 'rejected'"],
            id="policy",
        ),
        pytest.param(
            lambda: ApprovalPolicy("p", InParallel([Stage("a", [CAB], apart_from=["a"]), Stage("a", [CAB])])),
            [
                "steps: 'a' stands there more than once",
                "stages['a'].apart_from: no stage 'a' stands before it",
            ],
            id="references",
        ),
        pytest.param(
            lambda: Delegation("kim", "kim", NINE, NINE, policies=[""], stages=[1]),
            ["policies[0]: ", "stages[0]: ", "delegate: 'kim' cannot stand in for themselves", "end: "],
            id="delegation",
        ),
        pytest.param(
            lambda: Delegation("", 1, NAIVE, 2),
            ["delegator: ", "delegate: ", "start has", "end must"],
            id="no delegation",
        ),
        pytest.param(
            lambda: Delegations(["kim"]), ["delegations[0]: must be a Delegation"], id="delegations"
        ),
        pytest.param(
            lambda: SeatedStage(
                "", [Seat("kim"), Seat("kim"), 1], {"kim": "is out"}, kept_out=["lee"], skipped=1
            ),
            [
                "name: ",
                "skipped: ",
                "seats[2]: ",
                "seats: 'kim' stands",
                "seats: 'kim' is out",
                "kept_out: 'lee'",
            ],
            id="seated stage",
        ),
        pytest.param(
            lambda: SeatedStage("a", [Seat("kim")], skipped=True), ["seats: a stage that is"], id="skipped"
        ),
        pytest.param(
            lambda: ApprovalRequest("policy", "", NAIVE, [BOARD]),
            ["policy: ", "requester: ", "opened_at has", "stages[0]: must be a SeatedStage"],
            id="request",
        ),
        pytest.param(
            lambda: ApprovalRequest(POLICY, "kim", NINE, []),
            ["stages: must be those of the policy, board; they are none"],
            id="stages of another policy",
        ),
    ],
)
def test_what_cannot_be_right_is_refused_with_every_problem(make, problems):
    with pytest.raises(DefinitionError) as caught:
        make()
    assert len(caught.value.problems) == len(problems), caught.value.problems
    for found, expected in zip(caught.value.problems, problems, strict=True):
        assert found.startswith(expected)


VALUES = [
    Approver("kim", roles=["network"], weight=2, veto=True),
    CAB,
    FactApprovers("manager"),
    Seat("kim", ["network"]),
    Ballot("board", "kim", "approve", NINE, "lee", "fine"),
    Withdrawal("noa", NINE),
    Share("2/3", of="cast") & EachRole({"network": 1}) | WeightAtLeast(3),
    Tally.unvoted([Seat("kim", ["network"])]),
    Quorum(1, "50%"),
    Stage("board", [CAB], when=equals("risk", "high"), within=BusinessDays(2)),
    ApprovalPolicy("change", InParallel([BOARD, InSequence([Stage("owner", [FactApprovers("owner")])])])),
    Delegations([Delegation("kim", "lee", NINE, NINE + timedelta(days=1), stages=["board"])]),
    SeatedStage("board", [Seat("kim")], {"lee": "is out"}),
    manager_approval(),
    emergency_board(within=timedelta(hours=1)),
    board_majority(within=BusinessDays(1)),
    four_eyes("network"),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_they_are_plain_values(value):
    copy = pickle.loads(pickle.dumps(value))
    assert copy == value == attrs.evolve(value)
    assert hash(copy) == hash(value)


def test_what_is_alike_and_of_another_kind_is_another():
    assert InSequence([BOARD]) != InParallel([BOARD])
    assert AllRules([ANY_ONE]) != AnyRule([ANY_ONE])


def test_an_instant_is_kept_in_utc():
    from zoneinfo import ZoneInfo

    local = NINE.astimezone(ZoneInfo("Asia/Tokyo"))
    assert Ballot("board", "kim", Vote.APPROVE, local).at.tzinfo is UTC


@pytest.mark.parametrize(
    ("error", "text"),
    [
        pytest.param(
            BallotRefusedError(Ballot("board", "kim", "reject", NINE), ("a", "b")),
            "kim cannot vote in stage 'board': a; b",
            id="ballot",
        ),
        pytest.param(
            WithdrawalRefusedError(Withdrawal("kim", NINE), ("a", "b")),
            "kim cannot take the request back: a; b",
            id="withdrawal",
        ),
    ],
)
def test_refusals_keep_every_reason_when_they_are_pickled(error, text):
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.reasons, copy.args) == (text, ("a", "b"), error.args)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        pytest.param(Everybody(), "the approval of everybody", id="everybody"),
        pytest.param(AtLeast(1), "at least 1 approval", id="one"),
        pytest.param(WeightAtLeast(4), "approvals with a weight of at least 4", id="weight"),
        pytest.param(
            Share("2/3", of="cast", weighted=True),
            "approvals of at least 2/3 of the votes cast, by weight",
            id="share",
        ),
        pytest.param(
            (AtLeast(2) | EachRole({"network": 2})) & AtLeast(1),
            "(at least 2 approvals or 2 approvals of role 'network') and at least 1 approval",
            id="nested",
        ),
    ],
)
def test_rules_read_as_what_they_ask_for(rule, text):
    assert str(rule) == text


def test_rules_combine_with_rules_only():
    for combine in (lambda: ANY_ONE & 1, lambda: ANY_ONE | 1):
        with pytest.raises(TypeError, match="unsupported operand"):
            combine()
    assert (ANY_ONE & EachRole({"network": 1})).roles == {"network"}
    assert (ANY_ONE & (ANY_ONE | ANY_ONE)).depth == 3


@pytest.mark.parametrize(
    ("quorum", "seats", "needed", "text"),
    [
        pytest.param(Quorum(), 5, 0, "a quorum of nobody", id="none"),
        pytest.param(Quorum(3), 5, 3, "a quorum of 3", id="ballots"),
        pytest.param(Quorum(part="2/3"), 4, 3, "a quorum of 2/3 of the seats", id="rounded up"),
        pytest.param(Quorum(part=Fraction(1)), 4, 4, "a quorum of 100% of the seats", id="all"),
        pytest.param(Quorum(2, "10%"), 5, 2, "a quorum of 2 and 10% of the seats", id="both"),
    ],
)
def test_a_quorum_says_how_many_ballots_it_needs(quorum, seats, needed, text):
    assert (quorum.needed(seats), str(quorum)) == (needed, text)


def test_counts_add_up_and_are_taken_apart_again():
    kim, lee = Seat("kim", ["network", "security"], 2), Seat("lee", ["network"])
    both = Count.of([kim, lee])
    assert both == Count(2, 3, FrozenDict(network=2, security=1))
    assert both - Count.of([lee]) == Count(1, 2, FrozenDict(network=1, security=1))


def test_what_sources_and_rules_have_in_common_is_none_of_them():
    for kind in (ApproverSource, Rule):
        with pytest.raises(TypeError, match="abstract"):
            kind()


def test_a_wrong_quorum_hides_nothing_else() -> None:
    with pytest.raises(WorkflowDefinitionError) as caught:
        Stage("", [], "x", quorum=-1, within=5)  # type: ignore[arg-type]  # all of it is wrong
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        "name",
        "approvers",
        "rule",
        "quorum",
        "within",
    ]
