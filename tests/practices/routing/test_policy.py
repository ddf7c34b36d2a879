"""What routing refuses to be told, and what tickets weigh."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from itsmkit.conditions import NEVER
from itsmkit.errors import DefinitionError
from itsmkit.practices import Category, CategoryTree, KindOfWork, incident_kind, question_kind
from itsmkit.practices.routing import (
    AdvicePolicy,
    CategoryNeed,
    LoadWeights,
    RoutingAdvice,
    RoutingPolicy,
    RoutingRule,
    RoutingState,
    SkillNeed,
    Strength,
    Team,
    WeighedAdvice,
    language_need,
    routing_policy_problems,
)
from itsmkit.practices.routing.state import take_turn
from itsmkit.testing import an_incident
from itsmkit.tickets.structure import Person, Skill

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ALL = RoutingRule(name="all", group="desk")
BAD: Any = 7


@pytest.mark.parametrize(
    ("make", "problems"),
    [
        pytest.param(
            lambda: RoutingPolicy(rules=[]),
            ["rules: there are none; add one that holds for every ticket, so that none is left unrouted"],
            id="no rules",
        ),
        pytest.param(
            lambda: RoutingPolicy(rules=[ALL, evolve(ALL, name="more", when=NEVER)]),
            [
                (
                    "rules[1].when: the last rule must hold for every ticket, so that none is left unrouted; "
                    "leave `when` out, or add a rule without it"
                ),
                (
                    "rules[0].when: holds for every ticket, so that none comes to rules[1]; put it last, or "
                    "say for which it is"
                ),
            ],
            id="no catch-all",
        ),
        pytest.param(
            lambda: RoutingPolicy(rules=[evolve(ALL, when=NEVER), ALL]),
            ["rules: 'all' stands there more than once"],
            id="a name twice",
        ),
        pytest.param(
            lambda: RoutingPolicy(
                rules=[ALL, BAD],
                needs=[BAD],
                load=BAD,
                advice=BAD,
                automatic=["incident", "incident"],
                capacity=-1,
                capacities={"ann": True},
                retry_after=timedelta(0),
                horizon=BAD,
            ),
            [
                "rules[1]: must be a RoutingRule, not int 7",
                "needs[0]: must be a CategoryNeed, not int 7",
                "load: must be a LoadWeights, not int 7",
                "advice: must be an AdvicePolicy, not int 7",
                "automatic: 'incident' stands there more than once",
                "capacities.ann: must be a whole number, not negative, not bool True",
                "capacity: must be a whole number, not negative, not int -1",
                (
                    "retry_after: must be a length of time, more than nothing, not timedelta "
                    "datetime.timedelta(0)"
                ),
                "horizon: must be a length of time, more than nothing, not int 7",
            ],
            id="all of the wrong kind",
        ),
        pytest.param(
            lambda: RoutingRule(
                name="x",
                group="desk",
                when=BAD,
                strategy=BAD,
                language=BAD,
                skills=[BAD],
                familiar=[BAD],
                fallback=[BAD],
                fallback_group="desk",
            ),
            [
                "when: must be a Condition, not int 7",
                (
                    "strategy: must be one of 'round_robin', 'least_loaded', 'best_skilled', "
                    "'closest_skilled', 'queue', not int 7"
                ),
                "language: must be one of 'hard', 'soft', not int 7",
                "skills[0]: must be a SkillNeed, not int 7",
                "familiar[0]: must be a Familiarity, not int 7",
                "fallback[0]: must be a FallbackStep, not int 7",
                'fallback_group: is never asked; put "group" into fallback, or leave it out',
                "fallback_group: is the group itself; name another, or leave it out",
            ],
            id="a rule",
        ),
        pytest.param(
            lambda: SkillNeed("language:Klingon!", 11, strength=BAD),
            [
                "level: must be a whole number from 1 to 10, not int 11",
                'strength: must be "hard" or "soft", not int 7',
                "name: what stands behind 'language:' must be a language tag, not 'language:Klingon!'",
            ],
            id="a need",
        ),
        pytest.param(
            lambda: CategoryNeed("network", []),
            ["skills: there are none; leave the category out"],
            id="a category without needs",
        ),
        pytest.param(
            lambda: CategoryNeed("network", [BAD]),
            ["skills[0]: must be a SkillNeed, not int 7"],
            id="no need",
        ),
        pytest.param(
            lambda: LoadWeights(priorities={"P1": -1}, otherwise=BAD * 1.0, pending=BAD),
            [
                "priorities.P1: must be a whole number, not negative, not int -1",
                "otherwise: must be a whole number, not negative, not float 7.0",
                "pending: must be a bool, not int 7",
            ],
            id="weights",
        ),
        pytest.param(
            lambda: AdvicePolicy(follow_from=1.5),
            ["follow_from: must be a number from 0 to 1, not float 1.5"],
            id="a policy of advice",
        ),
        pytest.param(
            lambda: RoutingAdvice("desk", None, BAD, BAD),
            [
                "RoutingAdvice.because: must be a str, not int 7",
                "RoutingAdvice.confidence: must be a number from 0 to 1, not int 7",
            ],
            id="advice",
        ),
        pytest.param(
            lambda: WeighedAdvice("oracle", BAD, False, "no"),
            ["WeighedAdvice.advice must be a RoutingAdvice, not int 7"],
            id="weighed advice",
        ),
        pytest.param(
            lambda: RoutingState("desk", -1),
            ["turn: must be a whole number, not negative, not int -1"],
            id="a turn below nothing",
        ),
        pytest.param(
            lambda: RoutingState("desk", 2, {"ann": 3, " bob": 1}),
            [
                "turns. bob: must be a name without surrounding spaces, not str ' bob'",
                "turns.ann: must be a whole number from 1 to 2, not int 3",
            ],
            id="a turn that was not yet",
        ),
        pytest.param(
            lambda: Team("desk", [BAD], BAD),
            ["members[0]: must be a Person, not int 7", "lead: must be a Person, not int 7"],
            id="a team",
        ),
        pytest.param(
            lambda: Skill("sap", 0, valid_from=NOON, valid_until=NOON),
            [
                "Skill.level must be a whole number from 1 to 10, not int 0",
                (
                    "Skill.valid_until: 'sap' is valid until 2026-03-02T12:00:00+00:00, and only from "
                    "2026-03-02T12:00:00+00:00 on"
                ),
            ],
            id="a skill",
        ),
        pytest.param(
            lambda: Person("ann", qualifications=[BAD]),
            ["Person.qualifications[0]: must be a Skill, not int 7"],
            id="a person",
        ),
    ],
)
def test_what_is_wrong_is_refused_with_every_problem(make: Callable[[], object], problems: list[str]) -> None:
    with pytest.raises(DefinitionError) as refusal:
        make()
    assert sorted(refusal.value.problems) == sorted(problems)


def test_what_the_desk_has_not_is_told_with_its_path() -> None:
    policy = RoutingPolicy(
        rules=[
            evolve(ALL, name="first", when=NEVER, group="dsk", fallback_group="net"),
            ALL,
        ],
        automatic=["incidents"],
        needs=[
            CategoryNeed("wify", [SkillNeed("x")], kind="incident"),
            CategoryNeed("wify", [SkillNeed("x")], kind="question"),
            CategoryNeed("wify", [SkillNeed("x")]),
            CategoryNeed("wify", [SkillNeed("x")], kind="visit"),
        ],
        load=LoadWeights(priorities={"P9": 3}),
        capacities={"an": 3},
    )
    incident = evolve(incident_kind(), categories=CategoryTree(1, [Category("wifi")]))
    kinds: dict[str, KindOfWork[Any]] = {"incident": incident, "question": question_kind()}
    assert [*routing_policy_problems(policy, kinds, ["desk", "network"], ["ann"])] == [
        "automatic[0]: unknown kind of work 'incidents'; did you mean 'incident'?",
        "rules[0].group: unknown support group 'dsk'; did you mean 'desk'?",
        "rules[0].fallback_group: unknown support group 'net'; did you mean 'network'?",
        "capacities.an: unknown person 'an'; did you mean 'ann'?",
        "load.priorities.P9: unknown priority 'P9'; known: P1, P2, P3, P4, P5",
        "needs[0].category: unknown category 'wify'; did you mean 'wifi'?",
        "needs[3].kind: unknown kind of work 'visit'; known: incident, question",
    ]
    # Where another directory knows groups and people, it is asked when a ticket is routed.
    assert len([*routing_policy_problems(policy, kinds, (), ())]) == 4


@pytest.mark.parametrize(
    ("effort", "points"),
    [
        pytest.param(None, 3, id="none"),
        pytest.param(2, 6, id="a whole number"),
        pytest.param(1.2, 6, id="what has begun"),
        pytest.param(Decimal("2.5"), 9, id="a decimal"),
        pytest.param(timedelta(minutes=61), 6, id="two hours have begun"),
        pytest.param(timedelta(0), 3, id="no time"),
        pytest.param(0, 3, id="nothing"),
        pytest.param(True, 3, id="no number"),
        pytest.param(float("nan"), 3, id="not a number"),
        pytest.param(float("inf"), 3, id="more than anybody could do"),
        pytest.param("much", 3, id="a word"),
    ],
)
def test_a_ticket_weighs_its_priority_times_its_effort(effort: object, points: int) -> None:
    weights = LoadWeights(priorities={"P2": 3}, effort="effort")
    assert weights.points_of(evolve(an_incident(), priority="P2", details={"effort": effort})) == points
    assert LoadWeights(otherwise=4).points_of(evolve(an_incident(), priority="P2")) == 4
    assert LoadWeights().points_of(evolve(an_incident(), priority=None)) == 1


def test_of_several_qualifications_the_highest_that_is_valid_counts() -> None:
    later = NOON + timedelta(days=1)
    ann = Person(
        "ann",
        skills=["sap", "printers"],
        qualifications=[
            Skill("sap", 2, valid_until=later),
            Skill("sap", 3, valid_from=later),
            Skill("vpn", 4),
        ],
    )
    assert ann.skills_at(NOON) == {"sap": 2, "printers": 1, "vpn": 4}
    assert ann.level_of("sap", later) == 3
    assert ann.level_of("cooking", NOON) == 0
    expired = Person("bob", qualifications=[Skill("sap", valid_until=NOON)])
    assert expired.skills_at(NOON) == {}


def test_a_need_for_a_language_is_met_by_who_speaks_it() -> None:
    need = language_need("pt-BR", Strength.HARD)
    assert need.is_met_by(Person("ann", language="pt"), NOON)
    assert need.is_met_by(Person("bob", skills=["language:PT-pt"]), NOON)
    assert not need.is_met_by(Person("cas", language="en", skills=["pt"]), NOON)


def test_a_turn_is_told_with_the_ticket() -> None:
    outcome = take_turn(RoutingState("desk"), "ann", "INC-1")
    assert outcome.value == RoutingState("desk", 1, {"ann": 1})
    assert (outcome.event, dict(outcome.said)) == ("TurnTaken", {"person": "ann", "ticket": "INC-1"})


def test_the_last_rule_is_the_catch_all() -> None:
    assert RoutingPolicy(rules=[evolve(ALL, name="never", when=NEVER), ALL]).catch_all is ALL
    assert str(ALL) == "all"
