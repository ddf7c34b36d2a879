"""Policies that many desks need, ready-made. Each is an ordinary value, of which others can be made."""

from fractions import Fraction

from itsmkit.calendars import Amount
from itsmkit.workflow.approvals.approver import FactApprovers, RoleApprovers
from itsmkit.workflow.approvals.policy import ApprovalPolicy, InSequence
from itsmkit.workflow.approvals.rule import ANY_ONE, AtLeast, Of, Share
from itsmkit.workflow.approvals.stage import OnTimeout, Quorum, Stage

__all__ = ["board_majority", "emergency_board", "four_eyes", "manager_approval"]


def manager_approval(fact: str = "manager", *, within: Amount | None = None) -> ApprovalPolicy:
    """
    Return the policy by which a manager approves, or any one of several.

    Args:
        fact: The fact that names the manager.
        within: How much time there is; then it is rejected.
    """
    return ApprovalPolicy("manager approval", Stage("manager", [FactApprovers(fact)], ANY_ONE, within=within))


def board_majority(
    role: str = "cab",
    *,
    quorum: int | str | Quorum = "50%",
    within: Amount | None = None,
    more_than: str | Fraction = "50%",
) -> ApprovalPolicy:
    """
    Return the policy by which a board decides, such as a change advisory board (CAB).

    Args:
        role: The role that its members hold.
        quorum: How many of them have to vote, abstentions among them.
        within: How much time there is; then the votes that are cast decide.
        more_than: What part of the approvals and rejections has to be exceeded.
    """
    rule = Share(more_than, of=Of.CAST, more_than=True)
    on_timeout = OnTimeout.REJECT if within is None else OnTimeout.COUNT
    board = Stage("board", [RoleApprovers(role)], rule, quorum=quorum, within=within, on_timeout=on_timeout)
    return ApprovalPolicy("board majority", board)


def emergency_board(role: str = "ecab", *, within: Amount | None = None) -> ApprovalPolicy:
    """
    Return the policy by which any one member of an emergency board decides, such as an emergency CAB.

    Args:
        role: The role that its members hold.
        within: How much time there is; then it is rejected.
    """
    return ApprovalPolicy(
        "emergency", Stage("emergency board", [RoleApprovers(role)], ANY_ONE, within=within)
    )


def four_eyes(role: str, *, within: Amount | None = None) -> ApprovalPolicy:
    """
    Return the policy by which two persons approve, of whom neither is the requester nor the implementer.

    Args:
        role: The role that they hold.
        within: How much time there is; then it is rejected.
    """
    stage = Stage("four eyes", [RoleApprovers(role)], AtLeast(2), within=within)
    return ApprovalPolicy("four eyes", InSequence([stage]), barred=("requester", "implementer"))
