"""What can be asked of the service catalogue and of its orders."""

from datetime import timedelta
from typing import Any

from attrs import evolve

from itsmkit.conditions import ALWAYS, equals
from itsmkit.money import Money
from itsmkit.practices.catalogue import CatalogueItem
from itsmkit.practices.delegated_votes import VoteDelegation
from itsmkit.practices.forms import Form, FormField
from itsmkit.testing.builders import A_MONDAY, AN_AGENT
from itsmkit.testing.use_cases._stage import DAY, HOUR, STAFF, Stage, UseCase
from itsmkit.testing.use_cases._upkeep import run_due
from itsmkit.tickets import Actor, Ticket
from itsmkit.workflow.approvals import ApprovalPolicy, Approver
from itsmkit.workflow.approvals import Stage as ApprovalStage
from itsmkit.workflow.tasks import Task

__all__ = ["LAPTOP", "USE_CASES"]


LAPTOP = CatalogueItem(
    key="laptop",
    title="Laptop",
    price=Money("1299.00", "EUR"),
    form=Form(
        "laptop",
        [
            FormField("model", "choice", choices=["light", "strong"], required_when=ALWAYS),
            FormField("plan", "attachment", shown_when=equals("model", "light")),
        ],
    ),
    approval=ApprovalPolicy(
        "budget",
        ApprovalStage("budget", [Approver(AN_AGENT.id)], when=equals("answer.model", "strong")),
        barred=[],
        if_empty="approved",
    ),
    tasks=[Task("buy", group="purchasing"), Task("hand over", after="buy", group="workplace")],
)
"""An item of the catalogue, of which the strong model needs approval."""


_STRONG = {"model": "strong"}


def _drafted(stage: Stage) -> None:
    if not [*stage.steady.catalogue.entries()]:
        stage.steady.catalogue.draft(LAPTOP)


def _offered(stage: Stage) -> None:
    _drafted(stage)
    if stage.steady.catalogue.entry("laptop").draft is not None:
        stage.steady.catalogue.publish("laptop")


def _ordered(stage: Stage) -> Ticket:
    """Let an order wait for the approval of who acts."""
    _offered(stage)
    return stage.steady.orders.place("laptop", _STRONG)


def _delegated(stage: Stage) -> VoteDelegation:
    """Let who acts have let another vote in their place, from now on."""
    return stage.steady.delegations.give("ann", A_MONDAY + DAY, reason="at sea").given[-1]


def _ordered_for_a_stand_in(stage: Stage) -> Ticket:
    """Let an order wait for the approval of somebody for whom who acts stands in."""
    desk = stage.steady
    if not [*desk.catalogue.entries()]:
        boss = ApprovalStage("boss", [Approver("boss")])
        desk.catalogue.draft(evolve(LAPTOP, approval=ApprovalPolicy("boss", boss)))
        desk.catalogue.publish("laptop")
        desk.delegations.give(STAFF.id, A_MONDAY + DAY, by=Actor("boss"))
    return desk.orders.place("laptop", _STRONG, requester="kim")


def _begun_meanwhile(stage: Stage) -> None:
    """Let an order wait for somebody whose delegation has begun since, of which nobody has heard yet."""
    _ordered(stage)
    _delegated(stage)


def _order_approved(stage: Stage) -> Ticket:
    return stage.steady.orders.approve(_ordered(stage).id)


def _bought(stage: Stage, trigger: str, **details: Any) -> Ticket:
    """Let the first task of an order be moved, of which the order has not heard yet."""
    order = _order_approved(stage)
    [task] = stage.steady.orders.progress(order.id).tickets.values()
    stage.steady.tickets.transition(task.id, trigger, **details)
    return order


def _task_done(stage: Stage) -> Ticket:
    return _bought(stage, "complete", resolution="bought")


def _failed(stage: Stage) -> Ticket:
    """Let the first task of an order have failed."""
    order = _bought(stage, "cancel", cancellation_reason="sold out")
    stage.steady.run_due()
    return order


USE_CASES = (
    UseCase("catalogue.draft", lambda desk, _, once: desk.catalogue.draft(LAPTOP, **once)),
    UseCase(
        "catalogue.revise",
        lambda desk, _, once: desk.catalogue.revise(evolve(LAPTOP, title="A laptop"), **once),
        _offered,
    ),
    UseCase("catalogue.publish", lambda desk, _, once: desk.catalogue.publish("laptop", **once), _drafted),
    UseCase(
        "catalogue.retire",
        lambda desk, _, once: desk.catalogue.retire("laptop", "nobody wants it", **once),
        _offered,
    ),
    UseCase(
        "orders.place",
        lambda desk, _, once: desk.orders.place("laptop", _STRONG, **once),
        _offered,
    ),
    UseCase(
        "orders.place",
        lambda desk, _, once: desk.orders.place(
            "laptop", {"model": "light", "plan": "plan.pdf"}, files={"plan.pdf": b"a plan"}, **once
        ),
        _offered,
        variant="with a file, and no approval",
    ),
    UseCase("orders.approve", lambda desk, order, once: desk.orders.approve(order.id, **once), _ordered),
    UseCase(
        "orders.reject",
        lambda desk, order, once: desk.orders.reject(order.id, reason="next year", **once),
        _ordered,
    ),
    UseCase(
        "orders.skip_task",
        lambda desk, order, once: desk.orders.skip_task(order.id, "buy", "there is one left", **once),
        _order_approved,
    ),
    UseCase(
        "orders.retry_task",
        lambda desk, order, once: desk.orders.retry_task(order.id, "buy", "from another", **once),
        _failed,
    ),
    UseCase(
        "orders.approve",
        lambda desk, order, once: desk.orders.approve(order.id, on_behalf_of="boss", **once),
        _ordered_for_a_stand_in,
        variant="in the place of another",
    ),
    UseCase(
        "delegations.give",
        lambda desk, _, once: desk.delegations.give("ann", A_MONDAY + DAY, reason="at sea", **once),
        _ordered,
    ),
    UseCase(
        "delegations.withdraw",
        lambda desk, given, once: desk.delegations.withdraw(given.id, reason="back", **once),
        _delegated,
    ),
    UseCase(
        "delegations.give_for",
        lambda desk, _, once: desk.delegations.give_for(
            "kim", "ann", A_MONDAY + DAY, since=A_MONDAY + HOUR, items=["laptop"], reason="ill", **once
        ),
    ),
    UseCase(
        "delegations.withdraw_for",
        lambda desk, given, once: desk.delegations.withdraw_for(STAFF.id, given.id, reason="back", **once),
        _delegated,
    ),
    UseCase(
        "delegations.erase",
        lambda desk, _, once: desk.delegations.erase(STAFF.id, "they asked for it", **once),
        _delegated,
    ),
    UseCase("run_due", run_due, _task_done, variant="an order goes on", lease=timedelta(minutes=1)),
    UseCase("run_due", run_due, _begun_meanwhile, variant="a delegation begins", lease=timedelta(minutes=1)),
)
