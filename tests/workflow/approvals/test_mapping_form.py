"""Policies, requests, histories and delegations as plain data, and back; every fault has its path."""

import json
import tomllib
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

import itsmkit.workflow.approvals.mapping_form as module
from itsmkit.calendars import BusinessDays, CountFrom, TimeOfDay
from itsmkit.conditions import at_least, equals
from itsmkit.errors import DefinitionError
from itsmkit.workflow import WorkflowDefinitionError
from itsmkit.workflow.approvals import (
    ANY_ONE,
    EVERYBODY,
    MAJORITY,
    AllRules,
    AnyRule,
    ApprovalPolicy,
    Approver,
    AtLeast,
    Ballot,
    Delegation,
    Delegations,
    EachRole,
    FactApprovers,
    InParallel,
    InSequence,
    Quorum,
    RoleApprovers,
    Rule,
    Share,
    Stage,
    Tally,
    WeightAtLeast,
    Withdrawal,
    board_majority,
    delegations_from,
    delegations_to_list,
    emergency_board,
    events_from,
    events_to_list,
    four_eyes,
    manager_approval,
    open_approval,
    policy_from,
    policy_to_mapping,
    request_from,
    request_to_mapping,
)

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
CAB = RoleApprovers("cab")
RULES = [
    EVERYBODY,
    ANY_ONE,
    MAJORITY,
    AtLeast(3),
    WeightAtLeast(5),
    Share("2/3"),
    Share("50%", of="cast", weighted=True),
    EachRole({"network": 1, "security": 2}),
    AllRules([AtLeast(2), AnyRule([EachRole({"network": 1}), Share("100%", of="cast")])]),
]
STAGES = [
    *(Stage(f"rule {i}", [CAB], rule) for i, rule in enumerate(RULES)),
    *(Stage(f"quorum {i}", [CAB], quorum=each) for i, each in enumerate([2, "50%", Quorum(2, "1/3")])),
    *(
        Stage(f"within {i}", [CAB], within=within, on_timeout=on_timeout)
        for i, (within, on_timeout) in enumerate(
            product(
                [
                    timedelta(hours=8),
                    BusinessDays(2),
                    BusinessDays(
                        1, count_from=CountFrom.NEXT_OPENING, time_of_day=TimeOfDay.END_OF_WORKING_DAY
                    ),
                ],
                ["reject", "approve", "count"],
            )
        )
    ),
    Stage("when", [CAB], when=equals("risk", "high") & at_least("cost", 1000)),
    Stage(
        "who",
        [
            Approver("kim", roles=["network"], weight=2, veto=True),
            FactApprovers("owner", roles=["network"]),
            RoleApprovers("security", veto=True),
        ],
        barred=["implementer"],
        apart_from=["when"],
    ),
]
POLICIES = [
    ApprovalPolicy("all of it", InSequence(STAGES), barred=(), max_chain=0, if_empty="approved"),
    ApprovalPolicy("groups", InSequence([STAGES[0], InParallel([InSequence(STAGES[1:3]), STAGES[3]])])),
    manager_approval(),
    board_majority(within=BusinessDays(2)),
    board_majority(quorum=3, more_than="2/3"),
    emergency_board(within=timedelta(hours=1)),
    four_eyes("network"),
]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_a_policy_survives_json(policy: ApprovalPolicy):
    plain = json.loads(json.dumps(policy_to_mapping(policy)))
    assert policy_from(plain) == policy


def test_the_example_of_the_module_is_a_policy():
    text = (module.__doc__ or "").split(".. code-block:: toml\n\n")[1].split("\nA rule is")[0]
    policy = policy_from(tomllib.loads(text))
    assert [stage.name for stage in policy.stages] == ["manager", "board", "owner"]
    assert policy.stages[1].quorum == Quorum(part="50%")
    assert policy.stages[0].within == BusinessDays(2)
    assert policy_from(policy_to_mapping(policy)) == policy


def test_a_rule_of_ones_own_has_no_plain_form():
    class Never(Rule):
        def holds(self, tally: Tally) -> bool:
            return False

    with pytest.raises(TypeError, match="has no plain form"):
        policy_to_mapping(ApprovalPolicy("own", Stage("board", [CAB], Never())))


def step(**keys: object) -> dict[str, object]:
    return {"stage": "board", "approvers": [{"role": "cab"}], **keys}


def policy(*steps: object, **keys: object) -> dict[str, object]:
    return {"name": "change", "steps": list(steps), **keys}


def deep(depth: int, innermost: object, key: str) -> object:
    for _ in range(depth):
        innermost = {key: [innermost]}
    return innermost


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        pytest.param([], ["must be a table, not list []"], id="no table"),
        pytest.param({}, ["name: is missing", "steps: is missing"], id="empty"),
        pytest.param(
            policy(nam="x", max_chain=-1, if_empty="maybe", barred="requester"),
            [
                "nam: is not known here; did you mean 'name'?",
                "steps: there are none",
                "barred: must be a list, not str 'requester'",
                "max_chain: must be a whole number of at least 0",
                "if_empty: must be 'approved' or 'rejected'",
            ],
            id="keys of the policy",
        ),
        pytest.param(
            {"name": 1, "steps": 1}, ["steps: must be a list", "name: must be a name"], id="no steps"
        ),
        pytest.param(
            policy(1, {"stage": "a"}, {"parallel": 1}, {"sequence": [], "stage": "b"}),
            [
                "steps[0]: must be a table, not int 1",
                "steps[1].approvers: is missing",
                "steps[2].parallel: must be a list, not int 1",
                "steps[3].stage: is not known here; known: sequence",
                "steps[3].sequence: there are none",
            ],
            id="steps",
        ),
        pytest.param(
            policy(
                step(quorum=-1),
                step(stage="b", quorum="half", rule="most"),
                step(stage="c", quorum={"part": 2}),
            ),
            [
                "steps[0].quorum: must be a whole number of at least 0, not int -1",
                "steps[1].rule: must be one of 'everybody', 'any_one', 'majority', or a table, not 'most'",
                "steps[1].quorum: must be a part such as '50%' or '2/3'",
                "steps[2].quorum.part: must be a part such as",
            ],
            id="quorums",
        ),
        pytest.param(
            policy(step(quorum={"ballot": 1})),
            ["steps[0].quorum.ballot: is not known here; did you mean"],
            id="quorum",
        ),
        pytest.param(
            policy(
                step(
                    stage="",
                    approvers=[
                        {"person": "kim", "role": "cab"},
                        {"role": "a", "roles": []},
                        {"fact": "", "veto": 1},
                        3,
                    ],
                    when={"field": "risk"},
                    within="soon",
                    on_timeout="wait",
                    apart_from=1,
                    barred=[""],
                )
            ),
            [
                "steps[0].approvers[0]: needs exactly one of person, role, fact; found person and role",
                "steps[0].approvers[1].roles: belongs to a person or a fact",
                "steps[0].approvers[2].fact: must be a name",
                "steps[0].approvers[2].veto: must be true or false",
                "steps[0].approvers[3]: must be a table",
                "steps[0].when: needs exactly one of",
                "steps[0].within: must be a duration",
                "steps[0].apart_from: must be a list",
                "steps[0].stage: must be a name",
                "steps[0].on_timeout: must be one of 'reject', 'approve', 'count'",
                "steps[0].barred[0]: must be a name",
            ],
            id="everything about a stage",
        ),
        pytest.param(policy(step(approvers=[])), ["steps[0].approvers: there are none"], id="nobody"),
        pytest.param(policy(step(approvers={})), ["steps[0].approvers: must be a list"], id="approvers"),
        pytest.param(
            policy(step(approvers=[{"person": "kim"}], rule={"at_least": 2})),
            ["steps[0].rule: at least 2 approvals cannot be reached by 1 approvers"],
            id="out of reach",
        ),
        pytest.param(
            policy(step(), step(), step(stage="c", apart_from=["d"])),
            [
                "steps: 'board' stands there more than once",
                "stages['c'].apart_from: no stage 'd' stands before it",
            ],
            id="references",
        ),
        pytest.param(
            policy(deep(21, step(), "parallel")), ["steps[0]" + 19 * ".parallel[0]" + ": nested"], id="deep"
        ),
        pytest.param(
            policy(deep(19, step(), "sequence")),
            ["steps[0]" + 19 * ".sequence[0]" + ": nested too deeply; 20 is the most"],
            id="one too deep",
        ),
    ],
)
def test_every_fault_of_a_policy_is_told_with_its_path(document: object, problems: list[str]):
    with pytest.raises(DefinitionError) as caught:
        policy_from(document, where="change.toml")
    found = [problem.removeprefix("change.toml: ") for problem in caught.value.problems]
    assert len(found) == len(problems), found
    for each, expected in zip(found, problems, strict=True):
        assert each.startswith(expected)


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        pytest.param(3, ": must be a table", id="number"),
        pytest.param(
            {}, ": needs exactly one of at_least, weight, share, each_role, all, any; found none", id="none"
        ),
        pytest.param({"at_least": 1, "weight": 1}, ": needs exactly one of", id="two"),
        pytest.param({"at_least": "2"}, ".at_least: must be a whole number", id="text"),
        pytest.param({"weight": 0}, ".weight: must be a whole number of at least 1", id="no weight"),
        pytest.param({"at_least": 2, "of": "cast"}, ".of: is not known here; known: at_least", id="of"),
        pytest.param({"share": "x"}, ".share: must be a part", id="share"),
        pytest.param({"share": "50%", "of": "all"}, ".of: must be one of 'seats', 'cast'", id="share of"),
        pytest.param({"each_role": []}, ".each_role: must be a table", id="each role"),
        pytest.param({"each_role": {}}, ".each_role: there are none", id="no role"),
        pytest.param({"each_role": {"a": 0}}, ".each_role['a']: must be a whole number", id="none of a role"),
        pytest.param({"all": []}, ".all: there are none", id="all of none"),
        pytest.param({"any": 1}, ".any: must be a list", id="any of no list"),
        pytest.param({"any": ["majority", {"all": ["mine"]}]}, ".any[1].all[0]: must be one of", id="nested"),
        pytest.param(deep(20, "majority", "all"), 20 * ".all[0]" + ": nested too deeply", id="deep"),
        pytest.param(deep(40, {"at_least": 1}, "all"), 20 * ".all[0]" + ": nested too deeply", id="deeper"),
    ],
)
def test_every_fault_of_a_rule_is_told_with_its_path(rule: object, problem: str):
    with pytest.raises(DefinitionError) as caught:
        policy_from(policy(step(rule=rule)), where="")
    assert len(caught.value.problems) == 1, caught.value.problems
    assert problem in str(caught.value)
    assert str(caught.value).startswith("steps[0].rule")


@pytest.mark.parametrize(
    ("within", "problem"),
    [
        pytest.param("0h", "steps[0].within: must be more than nothing", id="nothing"),
        pytest.param("x business days", "steps[0].within: 'x business days' are no", id="days"),
        pytest.param({}, "steps[0].within.business_days: is missing", id="empty"),
        pytest.param(
            {"business_days": 1.5}, "steps[0].within.business_days: must be a whole number", id="half"
        ),
        pytest.param(
            {"business_days": 1, "count_from": "now"},
            "steps[0].within.count_from: must be one of",
            id="count",
        ),
        pytest.param({"business_days": 1, "day": 1}, "steps[0].within.day: is not known here", id="unknown"),
    ],
)
def test_every_fault_of_a_time_is_told_with_its_path(within: object, problem: str):
    with pytest.raises(DefinitionError) as caught:
        policy_from(policy(step(within=within)), where="")
    assert len(caught.value.problems) == 1, caught.value.problems
    assert str(caught.value).startswith(problem)


def test_a_history_survives_json():
    events = (
        Ballot("board", "kim", "approve", NINE, "lee", "fine"),
        Ballot("board", "max", "abstain", NINE),
        Withdrawal("noa", NINE, "no longer needed"),
    )
    assert events_from(json.loads(json.dumps(events_to_list(events)))) == events


def test_a_history_may_hold_the_instants_of_toml():
    text = '[[events]]\nevent = "withdrawal"\nby = "noa"\nat = 2026-03-02T09:00:00Z\n'
    assert events_from(tomllib.loads(text)["events"]) == (Withdrawal("noa", NINE),)


@pytest.mark.parametrize(
    ("plain", "problems"),
    [
        pytest.param({}, ["must be a list, not dict {}"], id="no list"),
        pytest.param(
            [1, {"event": "vote"}, {"event": "withdrawal", "by": "noa", "at": "now"}],
            [
                "[0]: must be a table whose event is one of 'ballot', 'withdrawal', not int 1",
                "[1]: must be a table whose event is one of",
                "[2].at: must be an instant such as",
            ],
            id="events",
        ),
        pytest.param(
            [{"event": "withdrawal", "by": "noa", "at": "2026-03-02T09:00:00", "why": ""}],
            ["[0].why: is not known here"],
            id="unknown",
        ),
        pytest.param(
            [{"event": "withdrawal", "by": "", "at": "2026-03-02T09:00:00"}],
            ["[0]: by: must be a name", "[0]: at has no time zone"],
            id="values",
        ),
        pytest.param(
            [{"event": "withdrawal", "by": "noa", "at": 9}], ["[0].at: must be an instant"], id="number"
        ),
    ],
)
def test_every_fault_of_a_history_is_told_with_its_path(plain: object, problems: list[str]):
    with pytest.raises(DefinitionError) as caught:
        events_from(plain, where="history.json")
    found = [problem.removeprefix("history.json: ") for problem in caught.value.problems]
    assert len(found) == len(problems), found
    for each, expected in zip(found, problems, strict=True):
        assert each.startswith(expected)


def test_delegations_survive_json_and_loops_are_refused():
    one = Delegation("kim", "lee", NINE, NINE + timedelta(days=1), policies=["change"], stages=["board"])
    together = Delegations([one])
    plain = json.loads(json.dumps(delegations_to_list(together)))
    assert delegations_from(plain) == together
    with pytest.raises(DefinitionError, match=r"leave\.json: loop kim → lee → kim at"):
        delegations_from([*plain, {**plain[0], "delegator": "lee", "delegate": "kim"}], where="leave.json")
    with pytest.raises(DefinitionError) as caught:
        delegations_from([{**plain[0], "start": "x"}, {"delegate": 1}], where="leave.json")
    assert [problem.partition(": ")[2].partition(": ")[0] for problem in caught.value.problems] == [
        "delegations[0].start",
        "delegations[1].delegator",
        "delegations[1].delegate",
        "delegations[1].start",
        "delegations[1].end",
    ]


def test_a_request_survives_json():
    request = open_approval(
        POLICIES[0],
        requester="noa",
        at=NINE,
        facts={"risk": "high", "cost": 2000, "owner": "lee", "implementer": "max"},
        roles={"cab": ["kim", "max"], "network": ["kim"], "security": []},
    )
    assert request_from(json.loads(json.dumps(request_to_mapping(request)))) == request


def test_every_fault_of_a_request_is_told_with_its_path():
    request = open_approval(four_eyes("network"), requester="noa", at=NINE, roles={"network": ["kim", "lee"]})
    plain = request_to_mapping(request)
    plain["policy"] = {**plain["policy"], "max_chain": -1}
    plain["stages"][0]["seats"][0]["weight"] = 0
    with pytest.raises(DefinitionError) as caught:
        request_from(plain, where="request.json")
    assert [problem.partition(", not")[0] for problem in caught.value.problems] == [
        "request.json: policy: max_chain: must be a whole number of at least 0",
        "request.json: stages[0].seats[0]: weight: must be a whole number of at least 1",
    ]


def test_a_stage_that_looks_like_a_placeholder_is_kept() -> None:
    plain = {
        "name": "x",
        "steps": [
            {"stage": "somebody", "approvers": [{"fact": "somebody"}]},
            {"stage": "cab", "approvers": [{"role": "cab"}]},
        ],
    }
    policy = policy_from(plain)
    assert [stage.name for stage in policy.stages] == ["somebody", "cab"]
    assert policy_from(policy_to_mapping(policy)) == policy


def test_an_option_that_does_not_belong_to_a_rule_is_told_once() -> None:
    rule = {"at_least": 1, "foo": 2, "of": "cast"}
    plain = {"name": "x", "steps": [{"stage": "a", "approvers": [{"fact": "b"}], "rule": rule}]}
    with pytest.raises(WorkflowDefinitionError) as caught:
        policy_from(plain, where="")
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        "steps[0].rule.foo",
        "steps[0].rule.of",
    ]


def test_a_step_that_cannot_be_read_hides_no_fault_of_those_that_can() -> None:
    def stage(name: str, **more: object) -> dict[str, object]:
        return {"stage": name, "approvers": [{"fact": "boss"}], **more}

    steps = [
        stage("a"),
        stage("a", apart_from=["nope"]),
        stage("c", approvers=5),
        stage("d", apart_from=["c"]),
    ]
    with pytest.raises(WorkflowDefinitionError) as caught:
        policy_from({"name": "x", "steps": steps}, where="")
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        "steps[2].approvers",
        "steps",
        "stages['a'].apart_from",
    ]
