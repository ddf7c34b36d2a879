"""The desk at work in any order, in memory; and what that has found, each by itself."""

from attrs import evolve
from hypothesis import settings

from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.practices import Resolution
from itsmkit.practices.access import AccessRules, Restriction, Role, Scope
from itsmkit.practices.links import STANDARD_LINK_TYPES, Cascade, LinkType
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.testing.desk_machine import DeskMachine
from itsmkit.tickets import Ticket, TicketId

TestDeskAtWork = DeskMachine.TestCase
# Long runs rather than many: what meets here was begun many steps before.
TestDeskAtWork.settings = settings(TestDeskAtWork.settings, max_examples=8, stateful_step_count=30)

FIXED_BY = LinkType(
    "fixed_by",
    "fixes",
    is_acyclic=True,
    cascades=[Cascade("tell", "comment", on_category="resolved", from_target=True, text="It is fixed.")],
)
RULES = AccessRules(
    [Role("everybody", sees=[Scope()], permits=["*"])],
    restrictions=[Restriction("security", roles=["everybody"])],
    default=["everybody"],
)


def a_desk() -> Desk:
    config = evolve(DeskConfig.standard(), link_types=[*STANDARD_LINK_TYPES, FIXED_BY], access=RULES)
    return Desk(config, clock=ManualClock(A_MONDAY)).privileged("to look").acting_as(AN_AGENT)


def resolved(desk: Desk, ticket: Ticket) -> Ticket:
    desk.tickets.assign(ticket.id, support_group="network", assignee="ann")
    desk.tickets.transition(ticket.id, "start")
    return desk.tickets.resolve(ticket.id, Resolution("fixed", "a new cable"))


def timers(desk: Desk, ticket_id: TicketId) -> list[str]:
    with desk.store.begin() as unit:
        return [each.name for each in unit.timers(ticket_id)]


def test_the_books_are_whole_when_agreements_were_read_anew() -> None:
    desk = a_desk()
    desk.incidents.log("No network")
    assert desk.reread_agreements().reread == 1
    assert desk.reread_agreements().reread == 0
    assert desk.audit.verify().is_intact


def test_a_cascade_goes_on_when_agreements_are_read_anew() -> None:
    desk = a_desk()
    cause, effect = desk.incidents.log("No power"), desk.incidents.log("No network", requester="bob")
    desk.links.link(effect.id, "fixed_by", cause.id)
    resolved(desk, cause)
    desk.reread_agreements()
    desk.run_due()
    [letter] = desk.tickets.public_view(effect.id).letters
    assert letter.message.text == "It is fixed."


def test_the_timer_of_a_state_waits_while_a_ticket_goes_on_in_another() -> None:
    desk = a_desk()
    ticket, other = resolved(desk, desk.incidents.log("No network")), desk.incidents.log("No mail")
    assert timers(desk, ticket.id) == ["state:Resolved"]
    desk.links.merge(ticket.id, into=other.id)
    assert timers(desk, ticket.id) == []
    desk.links.unmerge(ticket.id)
    assert timers(desk, ticket.id) == ["state:Resolved"]


def test_what_is_made_of_a_secret_is_one() -> None:
    desk = a_desk()
    secret = resolved(desk, desk.incidents.log("A virus", restricted_to="security"))
    desk.incidents.transition(secret.id, "close")
    follow_up = desk.tickets.reopen(secret.id, "It is back", follow_up=True)
    part = desk.links.split(follow_up.id, "And a worm")
    assert [each.restricted_to for each in (follow_up, part)] == ["security", "security"]
    assert [each.number for each in (secret, follow_up, part)] == [
        "INC-SECURITY-1",
        "INC-SECURITY-2",
        "INC-SECURITY-3",
    ]
    assert desk.incidents.log("No network").number == "INC-1"
