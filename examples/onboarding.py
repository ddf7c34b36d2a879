"""
A new colleague: one order, fulfilled by three departments, each with its own tasks and clocks.

What the people department asks has no word of IT in it: which notebook there is, know those who hand it out.
"""

from datetime import UTC, date, datetime, timedelta
from random import Random

from attrs import evolve

from itsmkit.conditions import ALWAYS, parse_condition
from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.practices.catalogue import CatalogueItem
from itsmkit.practices.forms import Form, FormField
from itsmkit.reporting import lead_time
from itsmkit.tickets import Actor
from itsmkit.tickets.structure import Person, Structure
from itsmkit.workflow.approvals import ApprovalPolicy, FactApprovers, Stage
from itsmkit.workflow.tasks import Task

HOUR = timedelta(hours=1)

ONBOARDING = CatalogueItem(
    key="onboarding",
    title="Welcome a new colleague",
    description="Everything is ready on the first day",
    owner="paula",
    form=Form(
        "onboarding",
        [
            FormField("colleague", required_when=ALWAYS, personal=True, label="Who joins us?"),
            FormField("first_day", "date", required_when=ALWAYS),
            FormField("place", "choice", choices=["office", "home"], required_when=ALWAYS),
            FormField(
                "delivery_address",
                "long_text",
                shown_when=parse_condition('place = "home"'),
                required_when=ALWAYS,
                personal=True,
            ),
        ],
    ),
    approval=ApprovalPolicy("headcount", Stage("head of department", [FactApprovers("manager")])),
    tasks=[
        Task("contract", group="people"),
        Task("payroll", group="people", after="contract"),
        Task("account", group="it", after="contract"),
        Task("notebook", group="it", after="contract"),
        Task("desk and badge", group="facilities", when=parse_condition('answer.place = "office"')),
        Task("parcel", group="facilities", after="notebook", when=parse_condition('answer.place = "home"')),
        Task(
            "welcome",
            group="people",
            after=["payroll", "account", "notebook", "desk and badge", "parcel"],
        ),
    ],
)
HOUSE = Structure(people=[Person("ann", manager="mia"), Person("mia"), Person("paula")])


def main() -> None:
    """Offer it, order it, and fulfil it."""
    clock = ManualClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
    desk = Desk(evolve(DeskConfig.standard(), structure=HOUSE), clock=clock, random=Random(1))  # noqa: S311  # the same each time
    desk = desk.acting_as(Actor("paula"))
    desk.catalogue.draft(ONBOARDING)
    desk.catalogue.publish("onboarding")

    answers = {"colleague": "Noa Levi", "first_day": date(2026, 4, 1), "place": "home"}
    order = desk.orders.place(
        "onboarding", {**answers, "delivery_address": "1 Sea Road"}, by=Actor("ann"), requester="ann"
    )
    print(f"{order.number} is {order.state}")
    clock.advance(4 * HOUR)
    order = desk.orders.approve(order.id, by=Actor("mia"), reason="as planned")
    print(f"{order.number} is {order.state}")

    while True:
        view = desk.orders.progress(order.id)
        ready = [view.tickets[name] for name in view.tasks.ready]
        if not ready:
            break
        for task in ready:
            clock.advance(HOUR)
            desk.tickets.transition(task.id, "start", assignee=f"somebody of {task.support_group}")
            clock.advance(2 * HOUR)
            desk.tickets.transition(task.id, "complete", resolution="done")
            print(f"{task.support_group}: {task.fact('order_task')}")
            desk.run_due()

    order = desk.tickets.get(order.id)
    print(f"{order.number} is {order.state}")
    tickets = desk.orders.progress(order.id).tickets.values()
    found = lead_time(
        desk.tickets.history(order.id), at=clock(), tasks=[desk.tickets.history(each.id) for each in tickets]
    )
    for stage, took in found.stages.items():
        if took:
            print(f"{stage}: {took}")
    print(f"all in all: {found.total}")


if __name__ == "__main__":
    main()
