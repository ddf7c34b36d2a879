"""A kind of work of a desk's own: complaints that go to court, with states, fields and categories."""

import tomllib

from itsmkit.desk import Desk, DeskConfig
from itsmkit.errors import RefusedError
from itsmkit.tickets import Actor

CONFIG = DeskConfig.load(
    tomllib.loads("""
[kinds.legal_complaint]
prefix = "LEG-"
[kinds.legal_complaint.workflow]
name = "legal_complaint"
version = "1"
initial = "Filed"
states = { Filed = "new", "In Court" = "active", Decided = "resolved", Over = "closed", Dropped = "cancelled"}
transitions = [
  { trigger = "sue", from = "Filed", to = "In Court", required = "assignee" },
  { trigger = "decide", from = "In Court", to = "Decided" },
  { trigger = "appeal", from = "Decided", to = "In Court", required = "reopen_reason" },
  { trigger = "close", from = "Decided", to = "Over" },
  { trigger = "drop", from = ["Filed", "In Court"], to = "Dropped", required = "cancellation_reason" },
]
[kinds.legal_complaint.fields]
court_file = { label = "File of the court", required_when = 'state_category = "active"' }
verdict = { kind = "choice", choices = ["won", "lost", "settled"], required_when = 'state = "Decided"' }
costs = { kind = "number", required_when = 'state = "Decided" and not verdict = "won"' }
[categories.nodes]
contract = "Contract law"
warranty = { label = "Warranty", parent = "contract" }
""")
)

if __name__ == "__main__":
    legal = Desk(CONFIG).acting_as(Actor("ann")).work("legal_complaint")
    case = legal.log("Bought as new, and broken", category="warranty")
    print(case.number, case.state, case.category)
    try:
        legal.transition(case.id, "sue", cuort_file="12 O 345/26")
    except RefusedError as refusal:
        print(refusal)
    legal.transition(case.id, "sue", assignee="ben", court_file="12 O 345/26")
    print(legal.transition(case.id, "decide", verdict="settled", costs="1250.00").details["costs"])
