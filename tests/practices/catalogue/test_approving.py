"""Approvals of orders as values: in which stage a vote is cast, and what those who are asked are told."""

from datetime import UTC, datetime
from typing import Any

import pytest

from itsmkit.calendars import BusinessCalendar
from itsmkit.errors import RefusedError
from itsmkit.practices import Occasion
from itsmkit.practices.catalogue import OrderApproval
from itsmkit.practices.catalogue.approving import approval_notices, cast_ballot
from itsmkit.tickets import Actor, AskedToVote, BallotCast, Ticket, TicketId
from itsmkit.workflow.approvals import ApprovalPolicy, Approver, InParallel, Stage, Vote, open_approval

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def an_order(**fields: Any) -> Ticket:
    return Ticket(TicketId("t"), "service_request", "REQ-1", 1, "New", "new", NINE, NINE, **fields)


def test_who_is_asked_by_several_stages_says_which_one_they_mean() -> None:
    policy = ApprovalPolicy("p", InParallel([Stage(each, [Approver("mia")]) for each in ("budget", "law")]))
    approval = OrderApproval(open_approval(policy, requester="ann", at=NINE))
    asked = (an_order(), approval, Vote.APPROVE, Occasion(Actor("mia"), NINE), BusinessCalendar.always())
    with pytest.raises(RefusedError) as refused:
        cast_ballot(*asked)
    assert str(refused.value) == (
        "cannot approve REQ-1: several stages ask mia, budget, law; say which in `stage`"
    )
    assert cast_ballot(*asked, stage="law") == BallotCast("law", "approve")


@pytest.mark.parametrize(
    ("order", "asked", "subject", "body"),
    [
        pytest.param(
            an_order(title="Laptop", requester="ann"),
            [AskedToVote("board", "mia")],
            "REQ-1: Laptop asks for your approval",
            "ann has ordered it. Please approve or reject REQ-1.",
            id="for themselves",
        ),
        pytest.param(
            an_order(title="Laptop", requester="ann"),
            [AskedToVote("board", "mia", "lee"), AskedToVote("law", "mia")],
            "REQ-1: Laptop asks for your approval",
            "ann has ordered it. Please approve or reject REQ-1.",
            id="for themselves and for another",
        ),
        pytest.param(
            an_order(title="Laptop", requester="ann"),
            [AskedToVote("a", "mia", "lee"), AskedToVote("b", "mia", "sam"), AskedToVote("c", "mia", "lee")],
            "REQ-1: Laptop asks for your approval",
            "ann has ordered it. Please approve or reject REQ-1 in the place of lee, sam.",
            id="for others",
        ),
        pytest.param(
            an_order(),
            [AskedToVote("board", "mia")],
            "REQ-1 asks for your approval",
            "Please approve or reject REQ-1.",
            id="an order of which nothing is known any more",
        ),
        pytest.param(
            an_order(),
            [AskedToVote("board", "mia", "lee")],
            "REQ-1 asks for your approval",
            "Please approve or reject REQ-1 in the place of lee.",
            id="such an order, for another",
        ),
    ],
)
def test_who_is_asked_is_told_of_what_and_in_whose_place(
    order: Ticket, asked: list[AskedToVote], subject: str, body: str
) -> None:
    [notice] = approval_notices(order, asked, 3)
    assert (notice.recipient, str(notice.subject), str(notice.body)) == ("mia", subject, body)
