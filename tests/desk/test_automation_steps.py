"""Steps that restrict, link, escalate and route, never with more rights than their author has by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from attrs import evolve
from tests.desk.automation_kit import CONFIG, HOUR, NOTE, a_desk, a_rule, facts_of, step

from itsmkit.conditions import parse_condition
from itsmkit.desk import Desk, InMemoryStore, ManualClock
from itsmkit.errors import DefinitionError
from itsmkit.plugin import Store, UnitOfWork
from itsmkit.practices.access import AccessRules, Restriction, Role, Scope
from itsmkit.practices.automation import Rule
from itsmkit.practices.routing import RoutingPolicy, RoutingRule
from itsmkit.practices.work_aids import MacroStep
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import (
    Actor,
    Escalated,
    Link,
    Linked,
    Restricted,
    RoutingRecorded,
    RuleFired,
    RuleRefused,
    Ticket,
    replay,
)
from itsmkit.tickets.structure import Person, Structure, SupportGroup

PEOPLE = Structure(
    people=[Person("zoe"), Person("kim"), Person("lee")],
    groups=[
        SupportGroup("desk", members=["kim"], line=1),
        SupportGroup("network", members=["zoe", "lee"], line=2),
    ],
)
ROUTING = RoutingPolicy(rules=[RoutingRule(name="all", group="network")])
CONFIG_HERE = evolve(CONFIG, structure=PEOPLE, routing=ROUTING)
LEAD, CLERK = Actor("lea", roles=("lead",)), Actor("cleo", roles=("clerk",))


ANEW = parse_condition("tag.anew = true")
USUAL = ("automation.keep", "incidents.log", "tickets.tag")


def roles(*permits: str) -> AccessRules:
    return AccessRules(
        [
            Role("lead", sees=[Scope()], permits=["*"]),
            Role(
                "clerk", sees=[Scope()], permits=["automation.keep", "incidents.log", "tickets.tag", *permits]
            ),
        ],
        restrictions=[Restriction("security", roles=["lead"])],
    )


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(A_MONDAY)


@pytest.fixture
def desk(clock: ManualClock) -> Desk:
    return a_desk(clock, config=CONFIG_HERE)


def refusals(desk: Desk, ticket: Ticket) -> list[str]:
    return [reason for each in facts_of(desk, ticket, RuleRefused) for reason in each.reasons]


def is_replayed(desk: Desk) -> bool:
    histories = ((each, desk.tickets.history(each.id)) for each in desk.tickets)
    return all(replay(history, type(ticket)) == ticket for ticket, history in histories)


RESTRICT = step("restrict", restriction="security", reason="It is about {requester}.")


# -- restricting ---------------------------------------------------------------------------------------


def test_a_rule_restricts_a_ticket_and_is_kept_out_itself_afterwards(clock: ManualClock) -> None:
    store = InMemoryStore()
    desk = a_desk(clock, store, config=evolve(CONFIG_HERE, access=roles("tickets.restrict")))
    desk.automation.keep(a_rule("hide", "TicketLogged", RESTRICT), by=CLERK)
    desk.automation.keep(a_rule("note", "Restricted", step("tag", tags=["seen"])), by=CLERK)
    ticket = desk.incidents.log("A breach", requester="bob", by=CLERK)
    worker = desk.privileged("worker")
    worker.run_due()
    assert worker.tickets.get(ticket.id).restricted_to == "security"
    [restricted] = facts_of(worker, ticket, Restricted)
    assert restricted.because == "It is about bob."
    assert [each.rule for each in facts_of(worker, ticket, RuleFired)] == ["hide"]
    assert [each.rule for each in facts_of(worker, ticket, RuleRefused)] == ["note"]
    assert worker.tickets.get(ticket.id).tags == ()


# -- what is kept, and by whom -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("does", "permit"),
    [
        (RESTRICT, "tickets.restrict"),
        (step("link", name="parent_of", other="INC-1"), "links.link"),
        (step("escalate", to="network", reason="!", note="-"), "escalation.escalate"),
        (step("route"), "routing.assign"),
    ],
    ids=lambda each: each if isinstance(each, str) else each.command,
)
def test_each_needs_the_permit_that_it_needs_by_hand_whenever_it_is_done(
    clock: ManualClock, does: MacroStep, permit: str
) -> None:
    store = InMemoryStore()
    without = a_desk(clock, store, config=evolve(CONFIG_HERE, access=roles()))
    rule = a_rule("x", "Tagged", does, tries=9, when="not event.automated = true")
    with pytest.raises(DefinitionError, match=f"cleo is not permitted {permit}, so that no rule of theirs"):
        without.automation.keep(rule, by=CLERK)
    permitted = a_desk(clock, store, config=evolve(CONFIG_HERE, access=roles(permit)))
    permitted.incidents.log("First", by=CLERK)
    ticket = permitted.incidents.log("No network", requester="bob", by=CLERK)
    permitted.automation.keep(rule, by=CLERK)
    permitted.tickets.tag(ticket.id, "x", by=CLERK)
    without.privileged("worker").run_due()
    [reason] = refusals(without.privileged("test"), ticket)
    assert permit in reason
    permitted.tickets.tag(ticket.id, "y", by=CLERK)
    assert permitted.privileged("worker").run_due().rules.fired == 1


@pytest.mark.parametrize(
    ("does", "problem"),
    [
        (step("restrict", restriction="hr", reason="!"), "the desk has no restriction 'hr'"),
        (step("link", name="parnt_of", other="INC-1"), "'parnt_of'"),
        (step("restrict", restriction="hr"), "missing a required"),
    ],
)
def test_what_the_desk_has_not_is_refused_when_it_is_kept(desk: Desk, does: MacroStep, problem: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        desk.automation.keep(a_rule("x", "Tagged", does))
    assert problem in str(refused.value) or "hr" in str(refused.value)
    assert str(refused.value).startswith("rule 'x': steps[0]: ")


def test_a_desk_that_routes_nothing_keeps_no_rule_that_has_it_route(clock: ManualClock) -> None:
    with pytest.raises(DefinitionError, match=r"steps\[0\]: this desk has no rules of routing"):
        a_desk(clock).automation.keep(a_rule("x", "Tagged", step("route")))


@pytest.mark.parametrize(
    ("does", "problem"),
    [
        ({"command": "escalate", "to": True, "reason": "!"}, "to: must be a support group or a line"),
        ({"command": "escalate", "to": "network"}, "escalate lacks 'reason'"),
        ({"command": "route", "anew": "yes"}, "anew: must be true or false"),
        ({"command": "link", "name": "parent_of"}, "link lacks 'other'"),
        ({"command": "link", "name": "x", "other": 3}, "other: must be a text"),
    ],
)
def test_arguments_that_do_not_fit_are_told(does: dict[str, Any], problem: str) -> None:
    command = does.pop("command")
    with pytest.raises(DefinitionError) as refused:
        a_rule("x", "Tagged", MacroStep(command, does))
    assert problem in str(refused.value)


# -- linking -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["number", "id"])
def test_a_rule_links_two_tickets_and_both_tell_of_it(desk: Desk, by: str) -> None:
    major = desk.incidents.log("No network in the house")
    desk.automation.keep(
        a_rule("join", "TicketLogged", step("link", name="child_of", other=getattr(major, by)), once=True)
    )
    desk.automation.keep(a_rule("note", "Linked", NOTE))
    ticket = desk.incidents.log("No network")
    desk.run_due()
    assert [each.ticket.id for each in desk.links.of(ticket.id)] == [major.id]
    assert [each.ticket.id for each in desk.links.of(major.id)] == [ticket.id]
    there = [each for each in facts_of(desk, major, RuleFired) if each.rule == "join"]
    assert [(each.occasion, each.chain) for each in there] == [(f"{ticket.id} event 1", ())]
    for each in (ticket, major):
        notes = [fact for fact in facts_of(desk, each, RuleFired) if fact.rule == "note"]
        assert [fact.chain for fact in notes] == [("join",)]
    assert is_replayed(desk)
    assert desk.audit.verify().is_intact


def test_a_rule_that_fires_once_still_may_where_it_was_reached_from_another(desk: Desk) -> None:
    major = desk.incidents.log("No network in the house")
    desk.automation.keep(a_rule("join", "Tagged", step("link", name="child_of", other="{into}"), once=True))
    ticket = desk.incidents.log("No network", details={"into": major.number})
    other = desk.incidents.log("No power", details={"into": major.number})
    for each in (ticket, other):
        desk.tickets.tag(each.id, "x")
    desk.tickets.describe(major.id, into="INC-9")
    desk.run_due()
    desk.tickets.tag(major.id, "x")
    desk.run_due()
    assert len(facts_of(desk, major, Linked)) == 2
    assert len(refusals(desk, major)) == 1
    assert "INC-9" in refusals(desk, major)[0]
    desk.tickets.tag(ticket.id, "y")
    assert desk.run_due().rules.fired == 0


def test_links_that_cannot_be_are_refused_with_nothing_done(desk: Desk) -> None:
    first, second, third = (desk.incidents.log(f"No network {number}") for number in range(3))
    desk.links.link(second.id, "child_of", first.id)
    desk.links.link(third.id, "child_of", second.id)
    link = step("link", name="child_of", other="{into}")
    desk.automation.keep(a_rule("join", "Tagged", step("describe", floor=3), link, tries=9))
    for ticket, other in ((first, third), (second, second), (third, first)):
        desk.tickets.describe(ticket.id, into=other.number)
        desk.tickets.tag(ticket.id, "x")
    assert desk.run_due().rules.fired == 0
    told = [" ".join(refusals(desk, each)) for each in (first, second, third)]
    assert "it would close a circle" in told[0]
    assert "cannot be linked to itself" in told[1]
    assert "can be that of one only" in told[2]
    assert all("floor" not in desk.tickets.get(each.id).details for each in (first, second, third))


def test_what_stands_above_the_other_end_has_to_be_as_it_was(desk: Desk) -> None:
    """Others may be about to link that, and each alone would close no circle."""
    top, middle, ticket = (desk.incidents.log(f"No network {number}") for number in range(3))
    desk.links.link(middle.id, "child_of", top.id)
    desk.automation.keep(a_rule("join", "Tagged", step("link", name="child_of", other=middle.number)))
    desk.tickets.tag(ticket.id, "x")
    numbers = iter(range(9))

    class Meanwhile:
        """A store in which the top is linked below the ticket, just before the rule is saved."""

        def __getattr__(self, name: str) -> Any:
            return getattr(desk.store, name)

        @contextmanager
        def begin(self) -> Iterator[UnitOfWork]:
            with desk.store.begin() as unit:
                yield unit
                if unit.ticket(ticket.id).ticket.links and next(numbers) == 0:
                    desk.links.link(top.id, "child_of", ticket.id)

    other = a_desk(desk.clock, cast("Store", Meanwhile()), config=CONFIG_HERE)
    assert other.run_due().rules.fired == 0
    assert "it would close a circle" in refusals(desk, ticket)[0]
    assert desk.tickets.get(middle.id).links == (Link("parent_of", False, top.id),)


def test_a_ticket_that_an_author_may_not_see_is_not_there_for_their_rules(clock: ManualClock) -> None:
    desk = a_desk(clock, config=evolve(CONFIG_HERE, access=roles("links.link")))
    secret = desk.incidents.log("A breach", restricted_to="security", by=LEAD)
    for name, other in (("number", secret.number), ("id", secret.id), ("none", "INC-99")):
        desk.automation.keep(a_rule(name, "Tagged", step("link", name="child_of", other=other)), by=CLERK)
    ticket = desk.incidents.log("No network", by=CLERK)
    desk.tickets.tag(ticket.id, "x", by=CLERK)
    desk.privileged("worker").run_due()
    reader = desk.privileged("test")
    told = {each.rule: each.reasons for each in facts_of(reader, ticket, RuleRefused)}
    assert told["number"] == (told["none"][0].replace("INC-99", secret.number),)
    assert told["id"] == (told["none"][0].replace("INC-99", secret.id),)
    assert reader.tickets.get(secret.id).links == ()


# -- escalating ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["network", 2])
def test_a_rule_hands_the_work_to_another_group_with_a_note(desk: Desk, to: object) -> None:
    desk.automation.keep(
        a_rule("up", "Tagged", step("escalate", to=to, reason="{title}", note="Nothing was tried."))
    )
    ticket = desk.incidents.log("No network", support_group="desk")
    desk.tickets.tag(ticket.id, "x")
    desk.run_due()
    [escalated] = facts_of(desk, ticket, Escalated)
    assert (escalated.to_group, escalated.to_line, escalated.reason) == ("network", 2, "No network")
    assert desk.tickets.get(ticket.id).support_group == "network"
    desk.tickets.tag(ticket.id, "y")
    desk.run_due()
    assert refusals(desk, ticket) == [f"cannot escalate {ticket.number} to network: it has the work already"]
    assert is_replayed(desk)


def test_without_the_note_that_is_needed_nothing_is_handed_on(desk: Desk) -> None:
    desk.automation.keep(a_rule("up", "Tagged", step("escalate", to="network", reason="!")))
    ticket = desk.incidents.log("No network", support_group="desk")
    desk.tickets.tag(ticket.id, "x")
    desk.run_due()
    assert "tell those who go on" in refusals(desk, ticket)[0]
    assert desk.tickets.get(ticket.id).support_group == "desk"


# -- routing -------------------------------------------------------------------------------------------


def a_routing_rule(**told: object) -> Rule:
    return a_rule("route", "Tagged", step("describe", floor=3), step("route", **told), acts_as="router")


def test_a_rule_has_a_ticket_routed_with_its_actor_and_its_chain(desk: Desk) -> None:
    desk.automation.keep(a_routing_rule())
    desk.automation.keep(a_rule("note", "Assigned", NOTE))
    ticket = desk.incidents.log("No network")
    desk.tickets.tag(ticket.id, "x")
    assert desk.run_due().rules.fired == 1
    assert desk.tickets.get(ticket.id).assignee is None
    desk.run_due()
    after = desk.tickets.get(ticket.id)
    assert (after.support_group, after.assignee) in {("network", "zoe"), ("network", "lee")}
    [recorded] = facts_of(desk, ticket, RoutingRecorded)
    assert recorded.chain == ("route",)
    [event] = [each for each in desk.tickets.history(ticket.id) if each.name == "RoutingRecorded"]
    assert (event.actor.id, event.actor.automated) == ("router", True)
    assert [(each.rule, each.chain) for each in facts_of(desk, ticket, RuleFired)] == [
        ("route", ()),
        ("note", ("route",)),
    ]
    assert is_replayed(desk)


def test_what_somebody_has_is_routed_only_anew(desk: Desk) -> None:
    desk.automation.keep(a_routing_rule())
    desk.automation.keep(evolve(a_routing_rule(anew=True), id="anew", when=ANEW))
    ticket = desk.incidents.log("No network", details={"floor": 1})
    desk.tickets.assign(ticket.id, support_group="desk", assignee="kim")
    desk.tickets.tag(ticket.id, "x")
    desk.run_due()
    desk.run_due()
    assert "kim has it" in refusals(desk, ticket)[0]
    assert desk.tickets.get(ticket.id).assignee == "kim"
    desk.tickets.tag(ticket.id, "anew")
    desk.run_due()
    desk.run_due()
    assert desk.tickets.get(ticket.id).support_group == "network"


def test_what_somebody_takes_before_it_is_routed_stays_with_them(desk: Desk) -> None:
    desk.automation.keep(a_routing_rule())
    ticket = desk.incidents.log("No network")
    desk.tickets.tag(ticket.id, "x")
    desk.run_due()
    desk.tickets.assign(ticket.id, support_group="desk", assignee="kim")
    assert desk.run_due().failures == ()
    assert desk.tickets.get(ticket.id).assignee == "kim"
    assert timers_of_routing(desk, ticket) == []


def test_a_desk_that_routes_no_more_leaves_what_was_asked_for(clock: ManualClock) -> None:
    store = InMemoryStore()
    desk = a_desk(clock, store, config=CONFIG_HERE)
    desk.automation.keep(a_routing_rule())
    ticket = desk.incidents.log("No network")
    desk.tickets.tag(ticket.id, "x")
    desk.run_due()
    with desk.store.begin() as unit:
        desk._runner.renew(unit, unit.ticket(ticket.id))
    assert timers_of_routing(desk, ticket) == ["routing:as it is:event 2:route"]
    later = a_desk(clock, store, config=evolve(CONFIG_HERE, routing=None))
    clock.advance(HOUR)
    assert later.run_due().failures == ()
    assert timers_of_routing(later, ticket) == []
    assert later.tickets.get(ticket.id).assignee is None
    desk.tickets.tag(ticket.id, "y")
    later.run_due()
    assert refusals(later, ticket)[0].startswith("this desk has no rules of routing")


def timers_of_routing(desk: Desk, ticket: Ticket) -> list[str]:
    with desk.store.begin() as unit:
        return [each.name for each in unit.timers(ticket.id) if each.name.startswith("routing")]


def test_a_dry_run_tells_what_they_would_do(desk: Desk) -> None:
    major = desk.incidents.log("No network in the house")
    ticket = desk.incidents.log("No network", support_group="desk")
    rule = a_rule(
        "x",
        "TicketLogged",
        step("link", name="child_of", other=major.number),
        step("escalate", to="network", reason="!", note="-"),
        step("route"),
        step("restrict", restriction="security", reason="!"),
    )
    [judged] = desk.automation.dry_run(rule, ticket.id)
    link, escalate, route, restrict = judged.steps
    assert (link.events, link.besides) == (("Linked",), (f"links {major.number}, too",))
    assert escalate.events == ("Escalated", "Assigned")
    assert route.besides == ("hands the ticket to routing",)
    assert restrict.is_refused
    assert desk.links.of(ticket.id) == ()
    assert desk.tickets.get(major.id) == major
    assert timers_of_routing(desk, ticket) == []
