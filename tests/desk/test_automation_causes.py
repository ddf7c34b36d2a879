"""What the desk does by itself because of a rule tells so, and what goes round by way of it comes to rest."""

from typing import Any

import pytest
from attrs import evolve
from tests.desk.automation_kit import (
    CONFIG,
    HOUR,
    a_desk,
    a_rule,
    facts_of,
    put_past_the_check,
    step,
)

from itsmkit.desk import Desk, InMemoryStore, ManualClock
from itsmkit.desk._rule_answers import MOST_A_DAY
from itsmkit.practices.automation import Ruling
from itsmkit.practices.links import STANDARD_LINK_TYPES, Cascade, LinkType
from itsmkit.practices.routing import FallbackStep, RoutingPolicy, RoutingRule, SkillNeed
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import SYSTEM, Assigned, Cascaded, RoutingRecorded, RuleFired, RuleRefused, Ticket
from itsmkit.tickets.structure import Person, Structure, SupportGroup

WAIT = Cascade("wait", "comment", on_trigger="assign", text="Somebody is on it.")
BACK = Cascade("back", "comment", on_trigger="assign", text="It goes on.", from_target=True)
PEOPLE = Structure(
    people=[Person("zoe"), Person("kim")],
    groups=[SupportGroup("network", members=["zoe"]), SupportGroup("desk", members=["kim"])],
)
TO_NETWORK = RoutingPolicy(rules=[RoutingRule(name="all", group="network")], automatic=["incident"])
ASSIGN = step("transition", trigger="assign", support_group="network")


def with_cascades(*cascades: Cascade, **more: Any) -> Any:
    own = LinkType("parent_of", "child_of", is_acyclic=True, has_one_source=True, cascades=cascades)
    return evolve(CONFIG, link_types=[own, *STANDARD_LINK_TYPES[1:]], structure=PEOPLE, **more)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(A_MONDAY)


def rest(desk: Desk, clock: ManualClock, turns: int = 150) -> int:
    """Let a desk work until nothing is left to do, and return how often rules have fired."""
    fired = 0
    for _ in range(turns):
        report = desk.run_due().rules
        fired += report.fired
        clock.advance(HOUR / 60)
        if not report.fired and not report.troubles:
            return fired
    return pytest.fail("it never comes to rest")


def family(desk: Desk, children: int = 2) -> tuple[Ticket, list[Ticket]]:
    parent = desk.incidents.log("No network in the house", requester="bob")
    below = [desk.incidents.log(f"No network {number}", requester="bob") for number in range(children)]
    for each in below:
        desk.links.link(each.id, "child_of", parent.id)
    return parent, below


def test_a_cascade_tells_which_rules_have_led_to_it(clock: ManualClock) -> None:
    desk = a_desk(clock, config=with_cascades(WAIT))
    desk.automation.keep(a_rule("take", "Tagged", ASSIGN))
    desk.automation.keep(a_rule("seen", "Commented", step("tag", tags=["seen"])))
    parent, children = family(desk)
    desk.tickets.tag(parent.id, "x")
    rest(desk, clock)
    for child in children:
        [reached] = facts_of(desk, child, Cascaded)
        assert reached.chain == ("take",)
        [refused] = facts_of(desk, child, RuleRefused)
        assert (refused.rule, refused.chain) == ("take", ("take", "seen"))
        [fired] = facts_of(desk, child, RuleFired)
        assert (fired.rule, fired.chain) == ("seen", ("take",))
        judged = [each for each in desk.automation.explain(child.id) if each.rule.id == "take"]
        assert judged[-1].ruling is Ruling.GOES_ROUND
    by_hand = family(desk)
    desk.incidents.transition(by_hand[0].id, "assign", support_group="network")
    rest(desk, clock)
    assert facts_of(desk, by_hand[1][0], Cascaded)[0].chain == ()


def test_what_goes_round_by_cascades_comes_to_rest_by_its_chain(clock: ManualClock) -> None:
    desk = a_desk(clock, config=with_cascades(WAIT, BACK))
    put_past_the_check(
        desk,
        a_rule("again", ["Commented", "PublicMessage"], ASSIGN, tries=999),
    )
    parent, children = family(desk)
    desk.incidents.transition(parent.id, "assign", support_group="desk")
    fired = rest(desk, clock)
    assert fired < MOST_A_DAY
    rounds = [fact for each in (parent, *children) for fact in facts_of(desk, each, RuleRefused)]
    assert any("the rules again → again go round" in reason for fact in rounds for reason in fact.reasons)


def test_routing_tells_which_rules_have_led_to_it(clock: ManualClock) -> None:
    desk = a_desk(clock, config=evolve(CONFIG, structure=PEOPLE, routing=TO_NETWORK))
    desk.automation.keep(a_rule("queue", "Tagged", step("assign", support_group="network")))
    ticket = desk.incidents.log("No network", requester="bob")
    rest(desk, clock)
    assert [each.chain for each in facts_of(desk, ticket, RoutingRecorded)] == [()]
    desk.tickets.tag(ticket.id, "x")
    desk.automation.keep(a_rule("note", "Assigned", step("add_note", text="!"), when="assignee is present"))
    rest(desk, clock)
    desk.tickets.tag(ticket.id, "y")
    rest(desk, clock)
    recorded = facts_of(desk, ticket, RoutingRecorded)
    assert [each.chain for each in recorded] == [(), ("queue",), ("queue",)]
    assert [(each.rule, each.chain) for each in facts_of(desk, ticket, RuleFired)] == [
        ("queue", ()),
        ("note", ("queue",)),
        ("queue", ()),
        ("note", ("queue",)),
    ]


def test_what_goes_round_by_routing_comes_to_rest_by_its_chain(clock: ManualClock) -> None:
    desk = a_desk(clock, config=evolve(CONFIG, structure=PEOPLE, routing=TO_NETWORK))
    desk.automation.keep(
        a_rule(
            "queue", "Assigned", step("assign", support_group="network"), when="assignee is present", tries=9
        )
    )
    ticket = desk.incidents.log("No network", requester="bob")
    assert rest(desk, clock) == 1
    [refused] = facts_of(desk, ticket, RuleRefused)
    assert refused.reasons == ("the rules queue → queue go round: each leads to the next",)
    assert refused.chain == ("queue",)
    # Somebody who hands it back begins anew.
    desk.tickets.assign(ticket.id, support_group="network", assignee="kim")
    assert rest(desk, clock) == 1


def test_a_ticket_that_goes_on_to_another_queue_tells_of_the_first_cause(clock: ManualClock) -> None:
    rule = RoutingRule(
        name="all",
        group="network",
        skills=[SkillNeed("mainframe")],
        fallback=[FallbackStep.GROUP],
        fallback_group="desk",
    )
    policy = RoutingPolicy(rules=[rule], automatic=["incident"])
    desk = a_desk(clock, config=evolve(CONFIG, structure=PEOPLE, routing=policy))
    desk.automation.keep(a_rule("queue", "Tagged", step("assign", support_group="network")))
    ticket = desk.incidents.log("No network", requester="bob", support_group="vendor")
    desk.tickets.assign(ticket.id, support_group="network", assignee="zoe")
    desk.tickets.tag(ticket.id, "x")
    rest(desk, clock)
    chains = [each.chain for each in facts_of(desk, ticket, RoutingRecorded)]
    assert chains
    assert set(chains) == {("queue",)}
    assert facts_of(desk, ticket, Assigned)[-1].support_group == "desk"


def test_two_acts_at_one_instant_are_told_apart_by_who_did_them(clock: ManualClock) -> None:
    store = InMemoryStore()
    desk = a_desk(clock, store, config=evolve(CONFIG, structure=PEOPLE, routing=TO_NETWORK))
    desk.automation.keep(a_rule("queue", "Tagged", step("assign", support_group="network")))
    desk.automation.keep(a_rule("note", "Untagged", step("add_note", text="!")))
    ticket = desk.incidents.log("No network", requester="bob")
    desk.run_due()
    desk.tickets.tag(ticket.id, "x")
    desk.run_due()
    desk.run_due()
    desk.tickets.untag(ticket.id, "x")
    desk.run_due()
    assert [each.actor for each in desk.tickets.history(ticket.id) if each.name == "RoutingRecorded"] == [
        SYSTEM,
        SYSTEM,
    ]
    assert [(each.rule, each.chain) for each in facts_of(desk, ticket, RuleFired)] == [
        ("queue", ()),
        ("note", ()),
    ]
