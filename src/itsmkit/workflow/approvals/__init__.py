"""
Approvals: who has to agree, what is enough, and what becomes of it.

An `ApprovalPolicy` is data. `open_approval` seats the people who may vote on a request; what happens then is
a history of ballots, and `read_approval` tells from it at any instant what was decided, why, who is still
asked, and who need not vote any more. It is decided as soon as no vote that is left can change it.

>>> from datetime import UTC, datetime
>>> from itsmkit.workflow.approvals import ApprovalPolicy, MAJORITY, RoleApprovers, Stage
>>> from itsmkit.workflow.approvals import Ballot, Vote, cast, open_approval, read_approval
>>> policy = ApprovalPolicy("change", Stage("board", [RoleApprovers("board")], MAJORITY))
>>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
>>> request = open_approval(policy, requester="noa", at=nine, roles={"board": ["kim", "lee", "max"]})
>>> events = cast(request, (), Ballot("board", "kim", Vote.APPROVE, nine))
>>> events = cast(request, events, Ballot("board", "lee", Vote.APPROVE, nine))
>>> reading = read_approval(request, events, at=nine)
>>> print(reading.outcome, [each.person for each in reading.withdrawn_requests])
approved ['max']
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily
from itsmkit.workflow.approvals.approval_reading import (
    ApprovalReading,
    IgnoredEvent,
    Reason,
    ReasonKind,
    StageReading,
    StageStatus,
    VoteRequest,
)
from itsmkit.workflow.approvals.approver import (
    Approver,
    ApproverSource,
    FactApprovers,
    RoleApprovers,
    Seat,
)
from itsmkit.workflow.approvals.ballot import ApprovalEvent, Ballot, Vote, Withdrawal
from itsmkit.workflow.approvals.delegation import Delegation, Delegations
from itsmkit.workflow.approvals.errors import BallotRefusedError, WithdrawalRefusedError
from itsmkit.workflow.approvals.policy import ApprovalPolicy, InParallel, InSequence, Outcome, Step
from itsmkit.workflow.approvals.reading import cast, read_approval, withdraw
from itsmkit.workflow.approvals.request import ApprovalRequest, SeatedStage, open_approval
from itsmkit.workflow.approvals.rule import (
    ANY_ONE,
    EVERYBODY,
    MAJORITY,
    AllRules,
    AnyRule,
    AtLeast,
    EachRole,
    Everybody,
    Of,
    Rule,
    Share,
    WeightAtLeast,
)
from itsmkit.workflow.approvals.stage import OnTimeout, Quorum, Stage
from itsmkit.workflow.approvals.standard import (
    board_majority,
    emergency_board,
    four_eyes,
    manager_approval,
)
from itsmkit.workflow.approvals.tally import Count, Tally

if TYPE_CHECKING:
    from itsmkit.workflow.approvals.history_form import (
        delegations_from,
        delegations_to_list,
        events_from,
        events_to_list,
        request_from,
        request_to_mapping,
    )
    from itsmkit.workflow.approvals.mapping_form import policy_from, policy_to_mapping
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.workflow.approvals.history_form": (
                "delegations_from",
                "delegations_to_list",
                "events_from",
                "events_to_list",
                "request_from",
                "request_to_mapping",
            ),
            "itsmkit.workflow.approvals.mapping_form": ("policy_from", "policy_to_mapping"),
        },
    )

__all__ = [
    "ANY_ONE",
    "AllRules",
    "AnyRule",
    "ApprovalEvent",
    "ApprovalPolicy",
    "ApprovalReading",
    "ApprovalRequest",
    "Approver",
    "ApproverSource",
    "AtLeast",
    "Ballot",
    "BallotRefusedError",
    "Count",
    "Delegation",
    "Delegations",
    "EVERYBODY",
    "EachRole",
    "Everybody",
    "FactApprovers",
    "IgnoredEvent",
    "InParallel",
    "InSequence",
    "MAJORITY",
    "Of",
    "OnTimeout",
    "Outcome",
    "Quorum",
    "Reason",
    "ReasonKind",
    "RoleApprovers",
    "Rule",
    "Seat",
    "SeatedStage",
    "Share",
    "Stage",
    "StageReading",
    "StageStatus",
    "Step",
    "Tally",
    "Vote",
    "VoteRequest",
    "WeightAtLeast",
    "Withdrawal",
    "WithdrawalRefusedError",
    "board_majority",
    "cast",
    "delegations_from",
    "delegations_to_list",
    "emergency_board",
    "events_from",
    "events_to_list",
    "four_eyes",
    "manager_approval",
    "open_approval",
    "policy_from",
    "policy_to_mapping",
    "read_approval",
    "request_from",
    "request_to_mapping",
    "withdraw",
]
