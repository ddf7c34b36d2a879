"""What routing does to a ticket, and what its history tells of it."""

from datetime import UTC, datetime, timedelta

from attrs import evolve

from itsmkit.calendars import TimeSpan
from itsmkit.practices import Occasion
from itsmkit.practices.routing import (
    AdvicePolicy,
    RoutingAdvice,
    RoutingPolicy,
    RoutingRule,
    Situation,
    SkillNeed,
    Team,
    given_by_routing,
    route,
)
from itsmkit.testing import an_incident
from itsmkit.tickets import SYSTEM, Assigned, RoutingRecorded
from itsmkit.tickets.structure import Person

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OCCASION = Occasion(SYSTEM, NOON)
TEAM = Team("desk", [Person("ann", skills=["sap"])])
RULES = RoutingPolicy(
    rules=[RoutingRule(name="all", group="desk", skills=[SkillNeed("sap")])],
    advice=AdvicePolicy(follow_from=0.5),
)
THERE = {"ann": [TimeSpan(NOON, NOON + timedelta(hours=1))]}
TICKET = evolve(an_incident(), support_group=None, assignee=None)


def test_it_is_assigned_and_its_history_tells_why() -> None:
    advice = ("oracle", RoutingAdvice("desk", "ann", 1))
    found = route(RULES, TICKET, Situation(at=NOON, teams=[TEAM], shifts=THERE), advice=advice)
    decision = given_by_routing(TICKET, found, OCCASION)
    assert [event.fact for event in decision.events] == [
        RoutingRecorded(
            "all",
            "desk",
            "ann",
            "holds, and leads to desk; ann is the only one who can have it",
            needs=["sap"],
            advised_by="oracle",
            advised_group="desk",
            advised_person="ann",
            confidence=1.0,
            is_followed=True,
        ),
        Assigned("desk", "ann"),
    ]
    assert (decision.ticket.support_group, decision.ticket.assignee) == ("desk", "ann")


def test_that_nobody_can_have_it_is_told_once() -> None:
    nobody = Situation(at=NOON, teams=[Team("desk", [Person("bob")])])
    found = route(RULES, TICKET, nobody)
    decision = given_by_routing(TICKET, found, OCCASION)
    recorded, assigned = [event.fact for event in decision.events]
    assert isinstance(recorded, RoutingRecorded)
    assert (recorded.fallback, recorded.needs, recorded.lacking) == ("queue", ("sap",), ("sap",))
    assert assigned == Assigned("desk")
    again = route(RULES, decision.ticket, nobody)
    assert given_by_routing(decision.ticket, again, OCCASION, last=recorded).events == ()
    later = evolve(recorded, retry_at=NOON)
    assert given_by_routing(decision.ticket, again, OCCASION, last=later).events == ()
    other = evolve(recorded, rule="another")
    assert len(given_by_routing(decision.ticket, again, OCCASION, last=other).events) == 1
    assert len(given_by_routing(decision.ticket, again, OCCASION).events) == 1
