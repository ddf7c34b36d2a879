"""Which group and who in it: rules, skills, shifts, familiarity, fallbacks, advice; and why."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.calendars import TimeSpan
from itsmkit.conditions import Condition, parse_condition
from itsmkit.practices.routing import (
    AdvicePolicy,
    CategoryNeed,
    FallbackStep,
    Familiarity,
    Obstacle,
    Routed,
    RoutingAdvice,
    RoutingPolicy,
    RoutingRule,
    RoutingState,
    Situation,
    SkillNeed,
    Strategy,
    Strength,
    Team,
    Unassignable,
    groups_in_question,
    route,
)
from itsmkit.testing import an_incident
from itsmkit.tickets.structure import Person, Skill

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOW = TimeSpan(NOON - HOUR, NOON + HOUR)
TOMORROW = TimeSpan(NOON + 20 * HOUR, NOON + 28 * HOUR)
WIFI = evolve(an_incident(), category="network/wifi")
ANN = Person("ann", qualifications=[Skill("network", 3)], language="de")
BOB = Person("bob", skills=["network"])
CAS = Person("cas", qualifications=[Skill("network", 2, valid_until=NOON)])
NETWORK = Team("network", [ANN, BOB, CAS], lead=Person("lee"))
DESK = Team("desk", [Person("dee"), Person("eve")])
ALL = ("ann", "bob", "cas", "dee", "eve", "lee")


def when(text: str) -> Condition:
    return parse_condition(text)


def policy(*rules: RoutingRule, **options: Any) -> RoutingPolicy:
    return RoutingPolicy(rules=[*rules, RoutingRule(name="all", group="desk")], **options)


def network(**options: Any) -> RoutingRule:
    return RoutingRule(name="network", group="network", when=when("category.network = true"), **options)


def situation(there: Iterable[str] = ALL, **options: Any) -> Situation:
    shifts: Mapping[str, list[TimeSpan]] = {name: [NOW] for name in there}
    return Situation(**{"at": NOON, "teams": [NETWORK, DESK], "shifts": shifts, **options})


def test_the_first_rule_that_holds_leads_to_the_group() -> None:
    rules = policy(network(), RoutingRule(name="later", group="desk", when=when("category is present")))
    assert route(rules, WIFI, situation()).support_group == "network"
    assert route(rules, an_incident(), situation()).support_group == "desk"


@given(
    st.lists(st.sampled_from(['priority = "P1"', "category is present", 'site = "x"', "tag.vip = true"])),
    st.sampled_from(["P1", "P2", None]),
    st.sampled_from([None, "network/wifi", "printer"]),
    st.sets(st.sampled_from(ALL)),
    st.sampled_from(Strategy),
)
def test_no_rules_leave_a_ticket_unrouted(
    conditions: list[str],
    priority: str | None,
    category: str | None,
    there: set[str],
    strategy: Strategy,
) -> None:
    rules = policy(
        *(
            RoutingRule(name=f"{place}", group="network", when=when(each), strategy=strategy)
            for place, each in enumerate(conditions)
        )
    )
    ticket = evolve(an_incident(), priority=priority, category=category)
    found = route(rules, ticket, situation(there))
    assert found.support_group in ("network", "desk")
    held = [each.name for each in rules.rules if each.applies(ticket.facts())]
    assert found.rule.name == held[0]
    explained = found.explain()
    for rule in (*found.tried, found.rule):
        assert f"rule {rule.name}: " in explained
    for each in found.candidates:
        assert f"  {each.person}: " in explained


def test_every_rule_and_every_candidate_is_explained() -> None:
    rules = policy(
        RoutingRule(name="vip", group="gold", when=when("tag.vip = true")),
        network(skills=[SkillNeed("network", 2)]),
        capacity=9,
    )
    known = situation(("ann", "cas"), loads={"cas": 9}, states=[RoutingState("network", 4, {"ann": 4})])
    assert route(rules, WIFI, known).explain().splitlines() == [
        "INC-1 goes to ann in network",
        "rule vip: does not hold: tag.vip is missing, not equal to true",
        "rule network: holds, and leads to network; ann is the only one who can have it",
        "needs: network at level 2",
        "  ann: can have it: 0 points of work, last given turn 4",
        "  bob: is away then; cannot do network at level 2",
        "  cas: cannot do network at level 2; has no room, with 9 points of work",
    ]


def test_a_certificate_that_has_expired_is_none() -> None:
    rules = policy(network(skills=[SkillNeed("network", 2)]))
    found = route(rules, WIFI, situation(["cas"]))
    assert isinstance(found, Unassignable)
    assert found.candidates[2].obstacles == (Obstacle.UNSKILLED,)
    before = situation(["cas"], at=NOON - timedelta(minutes=1))
    assert route(rules, WIFI, before).assignee == "cas"


def test_what_has_to_be_met_keeps_out_and_what_should_be_met_comes_first() -> None:
    soft = policy(network(skills=[SkillNeed("network", 3, strength=Strength.SOFT)]))
    assert route(soft, WIFI, situation()).assignee == "ann"
    assert route(soft, WIFI, situation(["bob"])).assignee == "bob"
    hard = policy(network(skills=[SkillNeed("network", 3)]))
    assert isinstance(route(hard, WIFI, situation(["bob"])), Unassignable)


def test_categories_say_what_is_needed_of_those_below_them() -> None:
    need = CategoryNeed("network", [SkillNeed("network", 3)], kind="incident")
    assert route(policy(network(), needs=[need]), WIFI, situation()).assignee == "ann"
    other = evolve(need, kind="question")
    assert len(_eligible(route(policy(network(), needs=[other]), WIFI, situation()))) == 3


def test_of_two_who_ask_for_a_skill_the_harder_one_counts() -> None:
    need = CategoryNeed("network", [SkillNeed("network", 3, strength=Strength.SOFT)])
    found = route(policy(network(skills=[SkillNeed("network")]), needs=[need]), WIFI, situation())
    assert found.needs == (SkillNeed("network", 3),)


def test_the_best_or_those_who_are_just_good_enough_come_first() -> None:
    asked = [SkillNeed("network")]
    best = policy(network(skills=asked, strategy=Strategy.BEST_SKILLED))
    closest = policy(network(skills=asked, strategy=Strategy.CLOSEST_SKILLED))
    assert route(best, WIFI, situation()).assignee == "ann"
    found = route(closest, WIFI, situation())
    assert found.assignee == "bob"
    assert found.because[1] == "bob is good enough for it, at the lowest levels"


def test_the_language_of_the_requester_has_to_be_spoken_or_should() -> None:
    hard = policy(network(language=Strength.HARD))
    assert route(hard, WIFI, situation(language="de-AT")).assignee == "ann"
    assert isinstance(route(hard, WIFI, situation(language="fr")), Unassignable)
    soft = policy(network(language=Strength.SOFT))
    assert route(soft, WIFI, situation(language="fr")).assignee == "ann"
    assert route(soft, WIFI, situation(["bob", "ann"], language="de")).assignee == "ann"
    spoken = Team("network", [BOB, Person("fay", skills=["language:fr"])])
    found = route(hard, WIFI, situation(["bob", "fay"], language="fr-CA", teams=[spoken]))
    assert found.assignee == "fay"
    assert route(hard, WIFI, situation()).needs == ()


def test_who_knows_the_matter_comes_first_if_they_can_have_it() -> None:
    rules = policy(network(familiar=[Familiarity.REOPENED, Familiarity.REQUESTER]))
    handlers = {Familiarity.REQUESTER: "cas", Familiarity.REOPENED: "bob"}
    found = route(rules, WIFI, situation(handlers=handlers))
    assert (found.assignee, found.because[1]) == (
        "bob",
        "bob knows the matter: they had it before it was reopened",
    )
    assert route(rules, WIFI, situation(["ann", "cas"], handlers=handlers)).assignee == "cas"
    assert route(rules, WIFI, situation(handlers={Familiarity.CONFIGURATION_ITEM: "cas"})).assignee == "ann"


def test_who_had_the_least_turn_is_told() -> None:
    rules = policy(network(strategy=Strategy.LEAST_LOADED))
    found = route(rules, WIFI, situation(loads={"ann": 3}))
    assert found.because[1] == (
        "of 2, each of whom has the least work of those who can have it, it is the turn of bob"
    )
    assert route(rules, WIFI, situation()).because[1] == "it is the turn of ann"
    soft = policy(network(skills=[SkillNeed("network", 3, strength=Strength.SOFT)]))
    assert route(soft, WIFI, situation()).because[1] == "ann meets more of what should be met than the others"


def test_who_has_left_or_is_full_is_given_nothing() -> None:
    gone = evolve(BOB, left_at=NOON)
    rules = policy(network(), capacity=3, capacities={"ann": 1})
    found = route(rules, WIFI, situation(teams=[Team("network", [ANN, gone])], loads={"ann": 1}))
    assert isinstance(found, Unassignable)
    assert [each.obstacles for each in found.candidates] == [(Obstacle.FULL,), (Obstacle.LEFT,)]
    assert found.retry_at == NOON + timedelta(minutes=15)
    assert "  bob: is not of the house then" in found.explain().splitlines()


def test_who_may_not_see_it_is_not_given_it() -> None:
    found = route(policy(network()), WIFI, situation(barred=["ann", "lee"]))
    assert found.assignee == "bob"
    nobody = route(policy(network()), WIFI, situation(barred=ALL))
    assert isinstance(nobody, Unassignable)
    assert nobody.candidates[0].obstacles == (Obstacle.BARRED,)
    assert (nobody.retry_at, nobody.assignee) == (None, None)
    assert "  ann: is not known to be among those who may see it" in nobody.explain().splitlines()


def test_what_somebody_has_already_takes_no_more_room() -> None:
    rules = policy(network(), capacity=1)
    own = evolve(WIFI, support_group="network", assignee="ann")
    assert route(rules, own, situation(["ann"], loads={"ann": 1})).assignee == "ann"


# -- nobody can have it ------------------------------------------------------------------------------


def test_it_waits_where_somebody_comes_who_can_have_it() -> None:
    shifts = {"ann": [TOMORROW], "bob": [NOW], "lee": [NOW]}
    found = route(policy(network(skills=[SkillNeed("network", 3)])), WIFI, situation(shifts=shifts))
    assert isinstance(found, Unassignable)
    assert (found.support_group, found.assignee, found.fallback.step) == ("network", None, FallbackStep.QUEUE)
    assert found.retry_at == TOMORROW.start
    assert found.lacking == ()
    assert found.explain().splitlines()[-2:] == [
        "queue: ann can have it later",
        "tried again at 2026-03-03T08:00:00+00:00",
    ]


def test_the_lead_has_it_where_nobody_ever_can() -> None:
    rules = policy(network(skills=[SkillNeed("sap")]))
    found = route(rules, WIFI, situation())
    assert isinstance(found, Unassignable)
    assert (found.support_group, found.assignee, found.fallback.step) == ("network", "lee", FallbackStep.LEAD)
    assert found.lacking == (SkillNeed("sap"),)
    assert found.retry_at is None
    assert (
        found.explain().splitlines()[0] == "nobody in network can have INC-1 now; it goes to lee in network"
    )


def test_the_fallback_group_has_it_where_the_lead_cannot() -> None:
    rule = network(skills=[SkillNeed("sap")], fallback_group="desk")
    found = route(policy(rule), WIFI, situation(["ann"]))
    assert isinstance(found, Unassignable)
    assert (found.support_group, found.assignee, found.fallback.step) == ("desk", None, FallbackStep.GROUP)
    assert found.fallback.because == (
        "nobody of the group can have it later either; the lead lee is away then; desk is the fallback group"
    )


def test_where_nothing_helps_it_waits_nevertheless() -> None:
    bare = policy(RoutingRule(name="none", group="nobody", when=when("category is present")))
    found = route(bare, WIFI, situation())
    assert isinstance(found, Unassignable)
    assert (found.support_group, found.assignee, found.fallback.step) == ("nobody", None, FallbackStep.QUEUE)
    assert found.because[1] == "the group has no people"
    assert found.fallback.because.endswith(
        "it waits in the queue of nobody nevertheless, so that it is not lost"
    )
    assert found.lacking == ()
    alone = situation([], teams=[Team("desk", [Person("dee")])])
    assert route(policy(), WIFI, alone).because[1] == "its one member cannot have it"


def test_the_steps_are_taken_in_the_order_of_the_rule() -> None:
    rule = network(fallback=[FallbackStep.LEAD, FallbackStep.QUEUE])
    assert route(policy(rule), WIFI, situation(["lee"])).assignee == "lee"
    assert route(policy(rule), WIFI, situation([])).assignee is None


# -- within a group ----------------------------------------------------------------------------------


def test_a_ticket_that_a_group_has_stays_in_it() -> None:
    rules = policy(network(strategy=Strategy.LEAST_LOADED))
    found = route(rules, WIFI, situation(), within="desk")
    assert (found.support_group, found.assignee) == ("desk", "dee")
    assert "rule network: is for network" in found.explain().splitlines()
    other = route(rules, an_incident(), situation(), within="network")
    assert (other.support_group, other.rule.name) == ("network", "network")
    assert other.because[0] == (
        "network has the ticket; chosen as by this rule, but for the skills that it asks for"
    )
    assert "rule all: is for desk" in other.explain().splitlines()


def test_a_group_of_which_no_rule_speaks_takes_from_its_queue() -> None:
    found = route(policy(), WIFI, situation(), within="network")
    assert isinstance(found, Routed)
    assert (found.support_group, found.assignee) == ("network", None)
    assert found.explain().splitlines() == [
        "INC-1 goes to the queue of network",
        "rule all: is for desk",
        (
            "rule queue of network: no rule leads to network, which has the ticket; nobody is chosen, the "
            "group takes from its queue"
        ),
    ]


def test_the_groups_in_question_are_those_that_route_asks_about() -> None:
    rules = policy(network())
    advice = ("oracle", RoutingAdvice("gold", confidence=0.5))
    assert groups_in_question(rules, WIFI) == ("network",)
    assert groups_in_question(rules, WIFI, within="desk", advice=advice) == ("desk", "gold")


# -- advice ------------------------------------------------------------------------------------------

SURE = ("oracle", RoutingAdvice("network", "bob", 0.9, "sounds like a switch"))


def test_advice_is_followed_from_the_confidence_on_that_the_desk_names() -> None:
    rules = policy(network(), advice=AdvicePolicy(follow_from=0.9))
    found = route(rules, an_incident(), situation(), advice=SURE)
    assert (found.support_group, found.assignee) == ("network", "bob")
    assert found.because == ("network was advised", "bob was advised")
    assert found.explain().splitlines()[1] == (
        "advice: oracle advised bob in network, confidence 0.9: sounds like a switch; followed: its "
        "confidence is at least 0.9"
    )


@pytest.mark.parametrize(
    ("follow_from", "advice", "within", "because"),
    [
        pytest.param(None, SURE[1], None, "advice is recorded only", id="shadow mode"),
        pytest.param(0.95, SURE[1], None, "its confidence is less than 0.95", id="not sure enough"),
        pytest.param(0.5, SURE[1], "desk", "desk has the ticket", id="another group has it"),
        pytest.param(
            0.5, RoutingAdvice("gold", None, 1), None, "there is no such support group", id="unknown"
        ),
    ],
)
def test_advice_that_is_not_followed_changes_nothing_but_what_is_told_of_it(
    follow_from: float | None, advice: RoutingAdvice, within: str | None, because: str
) -> None:
    rules = policy(network(), advice=AdvicePolicy(follow_from=follow_from))
    found = route(rules, an_incident(), situation(), within=within, advice=("oracle", advice))
    assert found.advice is not None
    assert (found.advice.is_followed, found.advice.because) == (False, because)
    assert evolve(found, advice=None) == route(rules, an_incident(), situation(), within=within)


def test_somebody_who_is_advised_and_cannot_have_it_does_not_get_it() -> None:
    rules = policy(network(), advice=AdvicePolicy(follow_from=0.5))
    found = route(rules, an_incident(), situation(["ann", "cas"]), advice=SURE)
    assert (found.support_group, found.assignee) == ("network", "ann")
    same = route(rules, WIFI, situation(), advice=("oracle", RoutingAdvice("network", "cas", 1)))
    assert same.assignee == "cas"
    assert same.because[0] == "holds, and leads to network"


def test_the_rule_may_leave_it_to_the_group() -> None:
    found = route(policy(network(strategy=Strategy.QUEUE)), WIFI, situation())
    assert isinstance(found, Routed)
    assert (found.assignee, found.candidates) == (None, ())


def test_shifts_may_come_in_any_order_and_say_when_somebody_is_back() -> None:
    shifts = {"ann": [TOMORROW, TimeSpan(NOON - 5 * HOUR, NOON)], "bob": []}
    known = situation(shifts=shifts)
    assert not known.is_there("ann")
    assert known.back_at("ann") == TOMORROW.start
    assert known.back_at("bob") is None
    assert known.back_at("nobody") is None


def _eligible(found: Routed | Unassignable) -> list[str]:
    return [each.person for each in found.candidates if each.is_eligible]
