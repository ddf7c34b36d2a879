"""The people of the desk, the rules that it goes by, and the same rules in other words."""

from collections.abc import Callable
from datetime import timedelta

from attrs import evolve, frozen

from itsmkit.conditions import equals, present
from itsmkit.practices.access import AccessRules, Permit, Restriction, Role, Scope
from itsmkit.practices.links import Cascade
from itsmkit.testing.use_cases import FIXED_BY
from itsmkit.tickets import Actor, Ticket
from itsmkit.tickets.structure import Organisation, Person, Structure, SupportGroup

__all__ = [
    "ANN",
    "BOB",
    "BUDGET",
    "COST",
    "EVE",
    "FIXED_BY_AND_TOLD",
    "FROM_AGENTS",
    "FROM_CUSTOMERS",
    "GROUPS",
    "HOUR",
    "KINDS",
    "LINKS",
    "MARKS",
    "MAX",
    "MONITOR",
    "NED",
    "NOTE",
    "OF_CUSTOMERS",
    "ORGANISATIONS",
    "PEOPLE",
    "QUESTIONS",
    "Question",
    "REASON",
    "RESTRICTION",
    "RULES",
    "STAFF",
    "STRUCTURE",
    "TELL",
    "WORK",
    "hidden_from",
]

HOUR = timedelta(hours=1)

BOB, ANN, NED, MAX, EVE, MONITOR = PEOPLE = (
    Actor("bob"),
    Actor("ann", roles=["agent"]),
    Actor("ned", roles=["agent"]),
    Actor("max", roles=["manager"]),
    Actor("eve", roles=["key user"]),
    Actor("monitor", roles=["program"], automated=True),
)
"""A requester, agents of two groups, a manager, an outsider of another organisation, and a program."""

STAFF = (ANN, NED, MAX)
GROUPS = {"ann": "network", "ned": "mail"}
ORGANISATIONS = {"bob": "acme", "eve": "other"}
RESTRICTION = "security"

NOTE, REASON, WORK, COST, BUDGET = "psst-note", "psst-reason", "psst-work", "psst-cost", "psst-budget"
"""What stands in texts that not everybody may read."""

FROM_CUSTOMERS = frozenset({"internal_notes", "work_log", "time_spent", "cost"})
FROM_AGENTS = frozenset({"budget"})
MARKS = {"internal_notes": NOTE, "work_log": WORK, "cost": COST, "budget": BUDGET}
"""What must not be read by whom a field is hidden from."""

OF_CUSTOMERS = ("tickets.comment", "tickets.send_message", "tickets.attach")
"""What customers may do with tickets."""

KINDS = ("incident", "question", "service_request", "complaint", "problem", "change")
LINKS = ("fixed_by", "fixes", "child_of", "related_to", "duplicate_of")

TELL = Cascade("tell", "comment", on_category="active", from_target=True, text="We have found the cause.")
FIXED_BY_AND_TOLD = evolve(FIXED_BY, cascades=[*FIXED_BY.cascades, TELL])

RULES = AccessRules(
    [
        Role(
            "customer",
            sees=[Scope(relations=["requester", "participant"])],
            permits=[Permit("*.log", relations=["requester"]), *OF_CUSTOMERS],
            hides=sorted(FROM_CUSTOMERS),
        ),
        Role("key user", sees=[Scope(relations=["organisation"])], hides=sorted(FROM_CUSTOMERS)),
        Role(
            "agent",
            sees=[
                Scope(relations=["support_group", "assignee", "owner"]),
                Scope(when=~present("support_group")),
            ],
            permits=["*"],
            hides=sorted(FROM_AGENTS),
        ),
        Role("manager", sees=[Scope()], permits=["*"]),
        Role("program", sees=[Scope(when=equals("channel", "event"))], permits=["*.log"]),
    ],
    restrictions=[Restriction(RESTRICTION, roles=["manager"], relations=["assignee"])],
    default=["customer"],
)

STRUCTURE = Structure(
    people=[Person(each.id, organisation=ORGANISATIONS.get(each.id)) for each in PEOPLE if each != MONITOR],
    groups=[SupportGroup(group, members=[person]) for person, group in GROUPS.items()],
    organisations=[Organisation(each) for each in ORGANISATIONS.values()],
)


# -- the rules in other words ------------------------------------------------------------------------------


def hidden_from(who: Actor, ticket: Ticket) -> frozenset[str] | None:
    """Return what *who* may not read of a ticket; ``None`` if they may not know of it."""
    if ticket.restricted_to is not None and who != MAX and ticket.assignee != who.id:
        return None
    views = []
    if who.id in {ticket.requester, *(each.person for each in ticket.participants)}:
        views.append(FROM_CUSTOMERS)
    if who == EVE and ticket.organisation == ORGANISATIONS["eve"]:
        views.append(FROM_CUSTOMERS)
    if who in (ANN, NED) and (
        who.id in (ticket.assignee, ticket.owner) or ticket.support_group in (None, GROUPS[who.id])
    ):
        views.append(FROM_AGENTS)
    if who == MAX or (who == MONITOR and ticket.channel == "event"):
        views.append(frozenset())
    return frozenset.intersection(*views) if views else None


@frozen
class Question:
    """
    A condition on tickets, and the same in Python.

    Args:
        text: The condition.
        holds: Whether it does, for somebody from whom some fields are hidden.
    """

    text: str
    holds: Callable[[Ticket, frozenset[str]], bool]


def _told(ticket: Ticket, name: str, hidden: frozenset[str]) -> object:
    return None if name in hidden else ticket.details.get(name)


QUESTIONS = (
    Question("always", lambda _ticket, _hidden: True),
    Question('state_category = "new"', lambda ticket, _hidden: ticket.state_category == "new"),
    Question(
        "cost is missing or support_group is missing",
        lambda ticket, hidden: _told(ticket, "cost", hidden) is None or ticket.support_group is None,
    ),
    Question("not (budget is missing)", lambda ticket, hidden: _told(ticket, "budget", hidden) is not None),
    Question(
        f'kind != "incident" and not (budget = "{BUDGET}")',
        lambda ticket, hidden: ticket.kind != "incident" and _told(ticket, "budget", hidden) != BUDGET,
    ),
)
