"""A dry run of a rule leaves nothing in a database: no row, no number, no timer."""

from random import Random

from itsmkit.desk import Desk, ManualClock
from itsmkit.practices.automation import EventTrigger, Rule
from itsmkit.practices.work_aids import ChecklistTemplate, MacroStep, TicketTemplate
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Actor
from itsmkit_sql import SQLStore

STEPS = [
    MacroStep("tag", {"tags": ["vip"]}),
    MacroStep("transition", {"trigger": "assign", "support_group": "network"}),
    MacroStep("transition", {"trigger": "close"}),
    MacroStep("add_note", {"text": "For {support_group}."}),
    MacroStep("notify", {"to": ["requester"], "subject": "{number}"}),
    MacroStep("log_from", {"template": "t"}),
    MacroStep("begin_checklist", {"template": "move"}),
    MacroStep("call_robot", {"robot": "payroll"}),
]


def test_a_dry_run_leaves_nothing_in_a_database(url: str) -> None:
    store = SQLStore.open(url)
    desk = Desk(store=store, clock=ManualClock(A_MONDAY), random=Random(1)).acting_as(Actor("ann"))
    desk.aids.keep(TicketTemplate(id="t", name="T", kind="incident", title="Another"))
    desk.aids.keep(ChecklistTemplate(id="move", name="A move", items=["desk", "phone"]))
    ticket = desk.incidents.log("No network", requester="bob")
    before = [*store.dump()]
    rule = Rule(id="x", name="X", trigger=EventTrigger(on="TicketLogged"), steps=STEPS)
    [judged] = desk.automation.dry_run(rule, ticket.id)
    assert [each.is_refused for each in judged.steps] == [False, False, True] + 5 * [False]
    assert [each.name for each in judged.steps[1].changes if each.name == "support_group"]
    assert judged.steps[3].events == ("InternalNote",)
    assert [*store.dump()] == before
    assert desk.incidents.log("Later").number == "INC-2"
    store.close()
