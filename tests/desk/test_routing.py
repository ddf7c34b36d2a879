"""Routing on a desk: by command and by itself, once, in turn, and with advice that changes nothing else."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from attrs import evolve

from itsmkit.calendars import BusinessCalendar, TimeSpan
from itsmkit.conditions import equals
from itsmkit.desk import Desk, DeskConfig, InMemoryStore, ManualClock
from itsmkit.errors import ConflictError, DefinitionError, NotFoundError, RefusedError
from itsmkit.plugin import Directory, hookimpl
from itsmkit.practices import Resolution
from itsmkit.practices.access import AccessRules, Permit, Restriction, Role, Scope
from itsmkit.practices.routing import (
    AdvicePolicy,
    FallbackStep,
    Familiarity,
    LoadWeights,
    Routed,
    RoutingAdvice,
    RoutingPolicy,
    RoutingRule,
    RoutingState,
    SkillNeed,
    Strategy,
    Strength,
    Unassignable,
)
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.tickets import SYSTEM, Actor, Assigned, RoutingRecorded, Ticket
from itsmkit.tickets.structure import Person, Skill, Structure, SupportGroup

HOUR = timedelta(hours=1)
EARLY = BusinessCalendar("Mon-Fri 06:00-14:00", "UTC")
LATE = BusinessCalendar("Mon-Fri 14:00-22:00", "UTC")
PEOPLE = (
    Person("ann", calendar="early", qualifications=[Skill("network", 3)]),
    Person("bob", calendar="early"),
    Person("cas", calendar="late", qualifications=[Skill("sap", 2)]),
    Person("dee"),
    Person("lee", calendar="early"),
    Person("kim", language="de"),
)
GROUPS = (
    SupportGroup("network", members=["ann", "bob", "cas"], lead="lee"),
    SupportGroup("desk", members=["dee"]),
)
NETWORK = RoutingRule(name="network", group="network", when=equals("category", "network"))
ALL = RoutingRule(name="all", group="desk")
POLICY = RoutingPolicy(rules=[NETWORK, ALL])
AUTOMATIC = evolve(POLICY, automatic=["incident"])


def config(policy: RoutingPolicy | None = POLICY, **changes: Any) -> DeskConfig:
    changes = {"structure": Structure(people=PEOPLE, groups=GROUPS), **changes}
    standard = DeskConfig.standard()
    calendars = {**standard.calendars, "early": EARLY, "late": LATE}
    return evolve(standard, routing=policy, calendars=calendars, **changes)


def a_desk(policy: RoutingPolicy | None = POLICY, *plugins: object, **options: Any) -> Desk:
    changes = options.pop("changes", {})
    options = {"clock": ManualClock(A_MONDAY), "random": Random(1), "pause": lambda _: None, **options}
    return Desk(config(policy, **changes), plugins=plugins, **options).acting_as(AN_AGENT)


def logged(desk: Desk, category: str | None = "network", **options: Any) -> Ticket:
    return desk.incidents.log("No network", requester="kim", category=category, **options)


def recorded(desk: Desk, ticket: Ticket) -> list[RoutingRecorded]:
    facts = [event.fact for event in desk.tickets.history(ticket.id)]
    return [fact for fact in facts if isinstance(fact, RoutingRecorded)]


# -- by command --------------------------------------------------------------------------------------


def test_a_ticket_goes_where_the_rules_lead_it_and_its_history_tells_why() -> None:
    desk = a_desk()
    ticket = logged(desk)
    explained = desk.routing.route(ticket.id)
    assert desk.tickets.get(ticket.id) == ticket
    after = desk.routing.assign(ticket.id)
    assert (
        (after.support_group, after.assignee)
        == ("network", "ann")
        == (
            explained.support_group,
            explained.assignee,
        )
    )
    assert recorded(desk, ticket) == [
        RoutingRecorded("network", "network", "ann", "holds, and leads to network; it is the turn of ann")
    ]
    assert desk.routing.turns("network") == RoutingState("network", 1, {"ann": 1})
    assert desk.routing.turns("desk") == RoutingState("desk")


def test_people_take_turns() -> None:
    desk = a_desk()
    given = [desk.routing.assign(logged(desk).id).assignee for _ in range(5)]
    assert given == ["ann", "bob", "ann", "bob", "ann"]


def test_who_works_late_gets_what_comes_late() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock=clock)
    clock.set(A_MONDAY.replace(hour=15))
    assert desk.routing.assign(logged(desk).id).assignee == "cas"


def test_shifts_of_another_system_are_asked() -> None:
    class OnlyBob:
        def shifts_of(self, person: str, since: datetime, until: datetime) -> Sequence[TimeSpan]:
            return [TimeSpan(since, until)] if person == "bob" else []

    desk = a_desk(shifts=OnlyBob())
    assert desk.routing.assign(logged(desk).id).assignee == "bob"


def test_who_has_no_calendar_works_in_the_hours_of_the_desk() -> None:
    hours = BusinessCalendar("Mon-Fri 09:00-10:00", "UTC")
    clock = ManualClock(A_MONDAY.replace(hour=9))
    desk = a_desk(clock=clock, changes={"reporting_hours": hours})
    assert desk.routing.assign(logged(desk, None).id).assignee == "dee"
    clock.set(A_MONDAY.replace(hour=11))
    found = desk.routing.route(logged(desk, None).id)
    assert isinstance(found, Unassignable)
    assert found.retry_at == A_MONDAY.replace(hour=9) + timedelta(days=1)


def test_load_is_that_of_open_tickets_and_counts_by_weight() -> None:
    weights = LoadWeights(priorities={"P1": 9}, pending=False)
    rules = [evolve(NETWORK, strategy=Strategy.LEAST_LOADED), ALL]
    desk = a_desk(RoutingPolicy(rules=rules, load=weights, capacity=9))
    first = logged(desk, impact="high", urgency="high")
    desk.tickets.assign(first.id, support_group="network", assignee="ann")
    second = desk.routing.assign(logged(desk).id)
    assert second.assignee == "bob"
    found = desk.routing.route(logged(desk).id)
    assert [(each.person, each.load) for each in found.candidates] == [("ann", 9), ("bob", 1), ("cas", 0)]
    desk.tickets.transition(first.id, "start")
    desk.tickets.transition(first.id, "wait", blocked_by="customer", pending_reason="a part")
    assert desk.routing.route(logged(desk).id).candidates[0].load == 0
    desk.tickets.transition(first.id, "resume")
    desk.tickets.resolve(first.id, Resolution("fixed", "a new cable"))
    assert desk.routing.assign(logged(desk).id).assignee == "ann"


def test_who_knows_the_matter_gets_it() -> None:
    known = [Familiarity.REOPENED, Familiarity.REQUESTER, Familiarity.CONFIGURATION_ITEM]
    desk = a_desk(RoutingPolicy(rules=[evolve(NETWORK, familiar=known), ALL]))
    first = logged(desk, configuration_item="switch")
    assert desk.routing.route(first.id).because[1] == "it is the turn of ann"
    desk.tickets.assign(first.id, support_group="network", assignee="bob")
    assert desk.routing.route(logged(desk).id).because[1] == (
        "bob knows the matter: they had the last ticket of its requester"
    )
    other = desk.incidents.log("x", requester="joe", category="network", configuration_item="switch")
    assert desk.routing.route(other.id).because[1] == (
        "bob knows the matter: they had the last ticket of its configuration item"
    )
    desk.tickets.transition(first.id, "start")
    desk.tickets.resolve(first.id, Resolution("fixed", "a new cable"))
    desk.tickets.reopen(first.id, "again")
    desk.tickets.assign(first.id, support_group="network")
    assert desk.routing.route(first.id).because[1] == (
        "bob knows the matter: they had it before it was reopened"
    )


def test_the_language_of_the_requester_is_looked_up() -> None:
    people = [*PEOPLE[:1], evolve(PEOPLE[1], language="de-AT"), *PEOPLE[2:]]
    rule = evolve(NETWORK, language=Strength.HARD)
    desk = a_desk(
        RoutingPolicy(rules=[rule, ALL]), changes={"structure": Structure(people=people, groups=GROUPS)}
    )
    assert desk.routing.assign(logged(desk).id).assignee == "bob"


def test_a_ticket_that_a_group_has_stays_in_it_unless_it_is_routed_anew() -> None:
    desk = a_desk()
    ticket = logged(desk, support_group="desk")
    assert desk.routing.assign(ticket.id).assignee == "dee"
    with pytest.raises(RefusedError, match="dee has it; pass `anew=True`"):
        desk.routing.assign(ticket.id)
    after = desk.routing.assign(ticket.id, anew=True)
    assert (after.support_group, after.assignee) == ("network", "ann")


def test_what_is_done_is_not_routed() -> None:
    desk = a_desk()
    ticket = logged(desk)
    desk.tickets.transition(ticket.id, "cancel", cancellation_reason="gone")
    for ask in (desk.routing.route, desk.routing.assign):
        with pytest.raises(RefusedError, match="it is cancelled; reopen it first"):
            ask(ticket.id)


def test_a_desk_without_rules_says_where_they_go() -> None:
    desk = a_desk(None)
    for ask in (desk.routing.route, desk.routing.assign):
        with pytest.raises(RefusedError, match=r"the table \[routing\]"):
            ask(logged(desk).id)
    desk.run_due()


def test_a_group_that_nobody_knows_has_no_people() -> None:
    empty = Structure(people=PEOPLE)
    desk = a_desk(changes={"structure": empty})
    after = desk.routing.assign(logged(desk).id)
    assert (after.support_group, after.assignee) == ("network", None)


def test_what_is_under_a_restriction_goes_to_those_who_may_see_it() -> None:
    everything = Role("everybody", sees=[Scope()], permits=[Permit("*")])
    restricted = AccessRules(
        [everything, Role("officer", sees=[Scope()], permits=[Permit("*")])],
        restrictions=[Restriction("security", roles=["officer"])],
        default=["everybody"],
    )
    desk = a_desk(changes={"access": restricted})
    officer = desk.acting_as(Actor("olga", roles=["officer"]))
    secret = officer.incidents.log("Leak", requester="kim", category="network", restricted_to="security")
    after = officer.routing.assign(secret.id)
    assert (after.support_group, after.assignee) == ("network", None)
    assert desk.routing.assign(logged(desk).id).assignee == "ann"


# -- fairness, whoever works at once -----------------------------------------------------------------


def test_workers_who_route_at_once_never_give_two_tickets_in_one_turn() -> None:
    store, clock = InMemoryStore(), ManualClock(A_MONDAY)
    desk = a_desk(store=store, clock=clock)
    tickets = [logged(desk).id for _ in range(24)]

    def work(number: int) -> None:
        own = Desk(config(), store=store, clock=clock, random=Random(number)).acting_as(AN_AGENT)
        for ticket in tickets[number::4]:
            while True:
                try:
                    own.routing.assign(ticket)
                    break
                except ConflictError:
                    continue

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    given = Counter(desk.tickets.get(ticket).assignee for ticket in tickets)
    assert given == {"ann": 12, "bob": 12}
    assert desk.routing.turns("network").turn == 24


def test_what_was_seen_is_looked_at_again_if_others_were_faster() -> None:
    class Looking:
        """A directory at which others are faster as often as it is told."""

        def __init__(self, directory: Directory) -> None:
            self._directory, self.times = directory, 0
            self.meanwhile: Any = None

        def __getattr__(self, name: str) -> Any:
            if name == "members_of" and self.times:
                self.times -= 1
                self.meanwhile()
            return getattr(self._directory, name)

    store, clock = InMemoryStore(), ManualClock(A_MONDAY)
    desk = a_desk(store=store, clock=clock)
    looking = Looking(desk.directory)
    slow = a_desk(store=store, clock=clock, directory=looking, random=Random(2))
    looking.meanwhile, looking.times = lambda: desk.routing.assign(logged(desk).id), 1
    assert slow.routing.assign(logged(desk).id).assignee == "bob"
    ticket = logged(desk)
    looking.meanwhile, looking.times = lambda: desk.tickets.comment(ticket.id, "hm"), 99
    with pytest.raises(ConflictError):
        slow.routing.assign(ticket.id)
    assert desk.tickets.get(ticket.id).assignee is None


def test_who_asks_again_with_the_same_key_gets_the_first_answer() -> None:
    desk = a_desk()
    ticket = logged(desk)
    first = desk.routing.assign(ticket.id, idempotency_key="1")
    assert desk.routing.assign(ticket.id, idempotency_key="1") == first
    assert desk.routing.turns("network").turn == 1


# -- by itself ---------------------------------------------------------------------------------------


def test_what_is_logged_is_routed_by_the_desk_itself() -> None:
    desk = a_desk(AUTOMATIC)
    ticket, question = logged(desk), desk.questions.log("Why?", requester="kim")
    desk.run_due()
    assert desk.tickets.get(ticket.id).assignee == "ann"
    assert desk.tickets.get(question.id).assignee is None
    assert desk.tickets.history(ticket.id)[-1].actor == SYSTEM
    due = desk.next_due()
    assert due is None or due > A_MONDAY


def test_what_is_moved_to_a_queue_is_given_to_somebody_of_that_group() -> None:
    desk = a_desk(AUTOMATIC)
    ticket = logged(desk)
    desk.run_due()
    desk.tickets.assign(ticket.id, support_group="desk")
    desk.run_due()
    after = desk.tickets.get(ticket.id)
    assert (after.support_group, after.assignee) == ("desk", "dee")
    desk.tickets.assign(ticket.id, support_group="nobody knows")
    desk.run_due()
    assert desk.tickets.get(ticket.id).assignee is None


def test_what_somebody_takes_first_is_not_taken_from_them() -> None:
    desk = a_desk(AUTOMATIC)
    ticket = logged(desk)
    desk.tickets.assign(ticket.id, support_group="network", assignee="cas")
    gone = logged(desk)
    desk.tickets.transition(gone.id, "cancel", cancellation_reason="gone")
    desk.run_due()
    assert desk.tickets.get(ticket.id).assignee == "cas"
    assert recorded(desk, gone) == []


def test_what_waits_is_routed_when_the_shift_begins() -> None:
    clock = ManualClock(A_MONDAY)
    sap = evolve(NETWORK, skills=[SkillNeed("sap")])
    desk = a_desk(evolve(AUTOMATIC, rules=[sap, ALL]), clock=clock)
    ticket = logged(desk)
    desk.run_due()
    (first,) = recorded(desk, ticket)
    assert (first.fallback, first.retry_at, first.needs) == ("queue", A_MONDAY.replace(hour=14), ("sap",))
    assert desk.tickets.get(ticket.id).support_group == "network"
    clock.set(A_MONDAY.replace(hour=14))
    desk.run_due()
    assert desk.tickets.get(ticket.id).assignee == "cas"


def test_where_nobody_has_room_it_is_tried_again_and_told_once() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(evolve(AUTOMATIC, capacity=0, capacities={"bob": 1}), clock=clock)
    first, second = logged(desk), logged(desk)
    desk.run_due()
    assert desk.tickets.get(first.id).assignee == "bob"
    for _ in range(3):
        clock.advance(HOUR)
        desk.run_due()
    assert len(recorded(desk, second)) == 1
    desk.tickets.transition(first.id, "cancel", cancellation_reason="gone")
    clock.advance(HOUR / 4)
    desk.run_due()
    assert desk.tickets.get(second.id).assignee == "bob"


def test_what_goes_to_the_fallback_group_is_given_to_somebody_there() -> None:
    rule = evolve(
        NETWORK, skills=[SkillNeed("mainframe")], fallback=[FallbackStep.GROUP], fallback_group="desk"
    )
    desk = a_desk(evolve(AUTOMATIC, rules=[rule, ALL]))
    ticket = logged(desk)
    desk.run_due()
    after = desk.tickets.get(ticket.id)
    assert (after.support_group, after.assignee) == ("desk", "dee")
    assert [each.lacking for each in recorded(desk, ticket)] == [("mainframe",), ()]


def test_the_lead_has_what_nobody_can_do() -> None:
    rule = evolve(NETWORK, skills=[SkillNeed("mainframe")])
    desk = a_desk(evolve(AUTOMATIC, rules=[rule, ALL]))
    ticket = logged(desk)
    desk.run_due()
    assert desk.tickets.get(ticket.id).assignee == "lee"
    assert desk.routing.turns("network").turn == 0


def test_rules_that_are_given_up_leave_what_waits_alone() -> None:
    clock, store = ManualClock(A_MONDAY), InMemoryStore()
    desk = a_desk(AUTOMATIC, clock=clock, store=store)
    ticket = logged(desk)
    a_desk(POLICY, clock=clock, store=store).run_due()
    assert desk.tickets.get(ticket.id).assignee is None


# -- advice ------------------------------------------------------------------------------------------


class Adviser:
    """A plugin that advises what it was told to, and counts how often it is asked."""

    def __init__(self, advice: Any) -> None:
        self.advice, self.asked = advice, 0

    @hookimpl
    def itsmkit_route(self, ticket: Ticket) -> Any:
        assert ticket.title == "No network"
        self.asked += 1
        if isinstance(self.advice, Exception):
            raise self.advice
        return self.advice


class LessSure(Adviser):
    """Another of its kind."""


SURE = RoutingAdvice("desk", "dee", 0.9, "sounds like a printer")


def test_advice_is_asked_for_once_followed_and_recorded() -> None:
    adviser, other = Adviser(SURE), LessSure(RoutingAdvice("network", None, 0.2))
    desk = a_desk(evolve(POLICY, advice=AdvicePolicy(follow_from=0.8)), adviser, other)
    ticket = logged(desk)
    after = desk.routing.assign(ticket.id, idempotency_key="1")
    desk.routing.assign(ticket.id, idempotency_key="1")
    assert (after.support_group, after.assignee, adviser.asked) == ("desk", "dee", 1)
    (fact,) = recorded(desk, ticket)
    assert (fact.advised_by, fact.advised_group, fact.advised_person) == ("Adviser", "desk", "dee")
    assert (fact.confidence, fact.is_followed, fact.advised_because) == (0.9, True, "sounds like a printer")


@pytest.mark.parametrize(
    "advice",
    [
        pytest.param(SURE, id="in shadow mode"),
        pytest.param(None, id="none"),
        pytest.param("the network people", id="something else"),
        pytest.param(OSError("gone"), id="a failure"),
    ],
)
def test_a_plugin_that_is_not_followed_changes_no_other_result(advice: Any) -> None:
    adviser = Adviser(advice)
    without, with_it = a_desk(AUTOMATIC), a_desk(AUTOMATIC, adviser)
    for desk in (without, with_it):
        for _ in range(5):
            logged(desk)
        desk.run_due()
    assert adviser.asked == 5
    plain = [evolve(each, version=0, updated_at=A_MONDAY) for each in without.tickets]
    assert [evolve(each, version=0, updated_at=A_MONDAY) for each in with_it.tickets] == plain
    assert with_it.routing.turns("network") == without.routing.turns("network")
    for one, other in zip(without.tickets, with_it.tickets, strict=True):
        (bare,), (told,) = recorded(without, one), recorded(with_it, other)
        advised = evolve(
            told,
            advised_by=None,
            advised_group=None,
            advised_person=None,
            confidence=None,
            advised_because="",
        )
        assert evolve(advised, because=bare.because) == bare
        assert told.because.startswith(bare.because)
        assert ("Adviser" in told.because) == (isinstance(advice, str | OSError))


# -- configuration -----------------------------------------------------------------------------------

TABLES: dict[str, Any] = {
    "groups": [{"id": "network", "members": ["ann"]}, {"id": "desk"}],
    "people": [
        {
            "id": "ann",
            "qualifications": [{"name": "network", "level": 3, "valid_until": A_MONDAY}],
        }
    ],
    "routing": {
        "automatic": ["incident"],
        "capacity": 12,
        "capacities": {"ann": 3},
        "retry_after": "30min",
        "load": {"priorities": {"P1": 5}, "effort": "effort"},
        "advice": {"follow_from": 0.8},
        "needs": [{"category": "sap", "skills": [{"name": "sap", "level": 2, "strength": "soft"}]}],
        "rules": [
            {
                "name": "network",
                "group": "network",
                "when": {"field": "priority", "equals": "P1"},
                "strategy": "least_loaded",
                "familiar": ["requester"],
                "language": "soft",
                "fallback": ["lead", "group"],
                "fallback_group": "desk",
            },
            {"name": "all", "group": "desk", "strategy": "queue"},
        ],
    },
}


def test_the_rules_stand_in_the_configuration() -> None:
    policy = DeskConfig.load(TABLES).routing
    assert policy is not None
    assert policy.rules[0].strategy is Strategy.LEAST_LOADED
    assert policy.needs[0].skills[0] == SkillNeed("sap", 2, strength=Strength.SOFT)
    assert (policy.retry_after, policy.capacity_of("ann"), policy.capacity_of("bob")) == (HOUR / 2, 3, 12)


def test_what_is_wrong_in_the_configuration_is_told_with_its_path() -> None:
    routing = TABLES["routing"]
    wrong = {
        **routing,
        "automatic": ["incidnt"],
        "rules": [
            {**routing["rules"][0], "group": "netwrk", "when": {"field": "state_category", "equals": "x"}},
            routing["rules"][1],
        ],
    }
    with pytest.raises(DefinitionError) as refusal:
        DeskConfig.load({**TABLES, "routing": wrong})
    told = [problem.removeprefix("the configuration: ") for problem in refusal.value.problems]
    assert told[:2] == [
        "routing.automatic[0]: unknown kind of work 'incidnt'; did you mean 'incident'?",
        "routing.rules[0].group: unknown support group 'netwrk'; did you mean 'network'?",
    ]
    assert told[2].startswith("routing.rules[0].when.equals: must be one of")
    with pytest.raises(DefinitionError, match=r"routing: rules\[0\]\.when: the last rule must hold"):
        DeskConfig.load({**TABLES, "routing": {**routing, "rules": routing["rules"][:1]}})


def test_a_ticket_that_is_not_there_is_not_found() -> None:
    desk = a_desk()
    for ask in (desk.routing.route, desk.routing.assign):
        with pytest.raises(NotFoundError):
            ask("nothing")  # type: ignore[arg-type]


def test_a_rule_that_leaves_it_to_the_group_has_it_wait_in_the_queue() -> None:
    desk = a_desk(evolve(AUTOMATIC, rules=[evolve(ALL, strategy=Strategy.QUEUE)]))
    ticket = logged(desk)
    desk.run_due()
    assert desk.tickets.get(ticket.id).support_group == "desk"
    assert [event.fact for event in desk.tickets.history(ticket.id)][-1] == Assigned("desk")
    assert isinstance(desk.routing.route(ticket.id), Routed)


def test_what_the_desk_lacks_is_told_of_what_may_be_seen() -> None:
    sap = evolve(NETWORK, skills=[SkillNeed("mainframe")])
    desk = a_desk(evolve(POLICY, rules=[sap, ALL]))
    for _ in range(3):
        desk.routing.assign(logged(desk).id)
    report = desk.routing.skill_gaps()
    assert [(each.skill, each.needed) for each in report.gaps] == [("mainframe", 3)]
    assert desk.routing.skill_gaps(since=A_MONDAY + HOUR).gaps == ()
    without = a_desk(None)
    assert without.routing.skill_gaps().gaps == ()
