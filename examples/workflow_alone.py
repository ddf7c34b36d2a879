"""Only the workflow engine: a change that is approved by a board. No desk, no ticket, no database."""

from datetime import datetime, timedelta

from attrs import evolve

from itsmkit.calendars import BusinessCalendar, BusinessDays
from itsmkit.conditions import parse_condition
from itsmkit.workflow import (
    Guard,
    State,
    StateTimer,
    Transition,
    TransitionRefusedError,
    Workflow,
    WorkflowDefinition,
    check_definition,
    never_without,
    require_sound,
)
from itsmkit.workflow.approvals import (
    MAJORITY,
    ApprovalPolicy,
    Ballot,
    RoleApprovers,
    Stage,
    cast,
    open_approval,
    read_approval,
)
from itsmkit.workflow.diagrams import mermaid_text

# A definition is data: states with categories, ways between them, and what must hold whichever way is taken.
approved = Guard("approved", parse_condition('approval = "approved"'), "it is not approved")
emergency = Guard("emergency", parse_condition('type = "emergency"'), "it is no emergency")
draft = WorkflowDefinition(
    "change",
    initial="Draft",
    states=[
        State("Draft", "new"),
        State("Awaiting Approval", "pending"),
        State("Implementing", "active", required="assignee"),
        State("In Review", "resolved", timers=StateTimer("close", after=BusinessDays(5))),
        State("Closed", "closed"),
    ],
    transitions=[
        Transition("submit", "Draft", "Awaiting Approval", required="plan"),
        Transition("start", "Awaiting Approval", "Implementing", guards=approved),
        Transition("hurry", "Draft", "Implementing", guards=emergency),
        Transition("finish", "Implementing", "In Review", required="result"),
        Transition("close", "In Review", "Closed"),
    ],
    rules=[never_without("approved", before="Implementing")],
)

# The checks look at every move that a change could ever make, and show the way past the approval.
print("wrong:")
for finding in check_definition(draft):
    print(" ", finding)
    for step in finding.witness:
        print("   ", step)

# The approval belongs to the state, whichever way leads there. Then there is nothing to find.
change = evolve(
    draft,
    states=[evolve(each, guards=approved) if each.name == "Implementing" else each for each in draft.states],
)
require_sound(change)
workflow = Workflow(change)

# What may happen now, and every reason why the rest may not.
print("\nwhat a draft may do:")
for way in workflow.available("Draft", {"type": "emergency", "plan": "replace the switch"}):
    print(f"  {way.trigger} -> {way.target}:", "; ".join(way.reasons) or "yes")
try:
    workflow.fire("Draft", "hurry", {"type": "normal"})
except TransitionRefusedError as refusal:
    print(" ", refusal)

# The board decides as soon as no vote that is left can change it. Whoever asks has no vote.
office = BusinessCalendar.parse("Mon-Fri 09:00-17:00", tz="Europe/Berlin", holidays="DE-NW")
monday = datetime(2026, 3, 30, 10, tzinfo=office.tz)
policy = ApprovalPolicy("normal change", Stage("board", [RoleApprovers("cab")], MAJORITY))
request = open_approval(policy, requester="noa", at=monday, roles={"cab": ["kim", "lee", "max", "noa"]})
ballots = cast(request, (), Ballot("board", "kim", "approve", monday + timedelta(hours=1)))
ballots = cast(request, ballots, Ballot("board", "lee", "approve", monday + timedelta(hours=2)))
reading = read_approval(request, ballots, at=monday + timedelta(hours=2))
print(f"\n{reading.explain()}")

# Its outcome is a fact; all that a change keeps is the name of its state.
state = change.initial
for trigger, facts in (
    ("submit", {"plan": "replace the switch"}),
    ("start", {"approval": reading.outcome.value, "assignee": "ben"}),
    ("finish", {"result": "all ports are up"}),
):
    state = workflow.fire(state, trigger, facts).target
    print(f"{trigger}: {state}")

# A timer counts in business days, here across Easter. Whoever keeps the time fires the trigger then.
for deadline in workflow.deadlines(state, datetime(2026, 4, 2, 16, tzinfo=office.tz), office):
    print(f"{deadline.trigger}: due {deadline.at.astimezone(office.tz)}")

# The same definition as a picture, in the language of Mermaid.
print(f"\n{mermaid_text(change)}", end="")
