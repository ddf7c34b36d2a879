"""The impact of a ticket follows from what its item takes down: by thresholds that are data."""

from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import CIId, ConfigurationItem, LevelChain, RedundancySet, Relation
from itsmkit.cmdb.history import (
    ConfigurationEvent,
    ConfigurationRecord,
    ConfigurationTimeline,
    ConfigurationView,
)
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices import (
    ImpactPolicy,
    ImpactRule,
    Incident,
    KindOfWork,
    Occasion,
    derive_impact,
    explain_priority,
    impact_policy_problems,
    incident_kind,
    prioritise,
)
from itsmkit.tickets import STANDARD_PRIORITIES, Actor, ImpactDerived, Prioritised, Ticket, TicketId, replay

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
POLICY = ImpactPolicy(
    rules=[
        ImpactRule(impact="high", criticality="critical", levels="down"),
        ImpactRule(impact="high", users=100),
        ImpactRule(impact="medium", criticality=["critical", "high"]),
        ImpactRule(impact="medium", users=10),
    ]
)
KIND: KindOfWork[Incident] = incident_kind()
BY_ANN = Occasion(Actor("ann"), NINE)


def item(name: str, ci_class: str = "host", **attributes: object) -> ConfigurationItem:
    return ConfigurationItem(CIId(name), ci_class, name, attributes)


def needs(one: str, other: str) -> Relation:
    return Relation(CIId(one), "depends_on", CIId(other))


def view(*values: ConfigurationItem | Relation | RedundancySet) -> ConfigurationView:
    events = [ConfigurationEvent(ConfigurationRecord.of(each, NINE), 1, NINE, "ann") for each in values]
    return ConfigurationTimeline().after(*events).as_of(NINE)


def nobody_knows(_service: str) -> None:
    return None


def derived(
    shown: ConfigurationView, policy: ImpactPolicy = POLICY, knows: Any = nobody_knows, **details: object
) -> ImpactDerived | None:
    return derive_impact(policy, details, shown, knows, least="low")


SHOP = view(
    item("db"),
    item("web-1"),
    item("web-2"),
    item("shop", "service", criticality="critical", users=40),
    item("intranet", "service", criticality="low", users=120),
    item("mail", "service"),
    needs("shop", "db"),
    needs("shop", "web-1"),
    needs("shop", "web-2"),
    needs("intranet", "web-2"),
    needs("mail", "web-1"),
    RedundancySet(CIId("shop"), "web", [CIId("web-1"), CIId("web-2")], "any", relation_type="depends_on"),
)


@pytest.mark.parametrize(
    ("details", "sentence"),
    [
        pytest.param(
            {"configuration_item": "db"},
            "impact high: shop of criticality critical is down by db → shop",
            id="what is critical is down",
        ),
        pytest.param(
            {"configuration_item": "web-2"},
            "impact high: 120 users affected, as intranet of criticality low is down by web-2 → intranet",
            id="many people are affected, and redundancy shields the shop from going down",
        ),
        pytest.param(
            {"configuration_item": "web-1"},
            "impact medium: shop of criticality critical is degraded by web-1 → shop",
            id="what is critical is degraded",
        ),
        pytest.param(
            {"configuration_item": "mail"},
            "impact low: nothing that mail takes down says otherwise",
            id="no rule",
        ),
        pytest.param(
            {"configuration_item": "unheard of", "service": "shop"},
            "impact high: shop of criticality critical is down",
            id="the service, where the item is unknown",
        ),
    ],
)
def test_the_first_rule_that_fits_decides_and_says_by_what(details: dict[str, str], sentence: str) -> None:
    assert str(derived(SHOP, **details)) == sentence


def test_what_nobody_knows_has_no_impact_by_itself() -> None:
    assert derived(SHOP) is None
    assert derived(SHOP, configuration_item="x", service="y") is None
    assert derived(SHOP, configuration_item=7, service=None) is None


def test_a_directory_knows_what_the_configuration_does_not_say() -> None:
    knows = {"mail": "high", "phone": "critical", "web-1": "critical"}.get
    found = derived(SHOP, evolve(POLICY, rules=POLICY.rules[2:]), knows, configuration_item="web-1")
    assert str(found) == "impact medium: mail of criticality high is down by web-1 → mail"
    # Of an item that is no service, it is not asked.
    found = derived(SHOP, evolve(POLICY, rules=POLICY.rules[:1]), knows, configuration_item="web-1")
    assert found == ImpactDerived("low", "web-1")
    by_mail = derived(SHOP, knows=knows, service="mail")
    assert str(by_mail) == "impact medium: mail of criticality high is down"
    alone = derived(SHOP, knows=knows, service="phone")
    assert str(alone) == "impact high: phone of criticality critical is down"
    alone = derived(SHOP, evolve(POLICY, failed="degraded"), knows, service="phone")
    assert str(alone) == "impact medium: phone of criticality critical is degraded"


def test_people_are_counted_one_by_one_and_groups_as_they_say() -> None:
    shown = view(
        item("printer"),
        item("print", "service", users=3),
        item("sales", "user", users=9),
        item("ann", "user"),
        needs("print", "printer"),
        needs("sales", "print"),
        needs("ann", "print"),
    )
    found = derived(shown, configuration_item="printer")
    assert found is not None
    assert (found.impact, found.users, found.service) == ("medium", 10, "ann")
    assert found.path == ("printer", "print", "ann")


def test_anything_that_says_it_is_critical_counts() -> None:
    shown = view(
        item("robot"), item("assembly", "process", criticality="critical"), needs("assembly", "robot")
    )
    found = derived(shown, configuration_item="robot")
    assert found is not None
    assert (found.impact, found.service, found.path) == ("high", "assembly", ("robot", "assembly"))


@given(
    st.lists(st.tuples(st.sampled_from([None, "critical", "high", "low"]), st.integers(0, 150)), max_size=5),
    st.sets(st.integers(0, 4)),
)
def test_the_impact_is_that_of_an_oracle(services: list[tuple[str | None, int]], reached: set[int]) -> None:
    values: list[ConfigurationItem | Relation] = [item("x")]
    for place, (criticality, users) in enumerate(services):
        known = {} if criticality is None else {"criticality": criticality}
        values.append(item(f"s{place}", "service", users=users, **known))
        if place in reached:
            values.append(needs(f"s{place}", "x"))
    found = derived(view(*values), configuration_item="x")
    affected = [each for place, each in enumerate(services) if place in reached]
    most = max((users for _, users in affected), default=0)
    critical = {criticality for criticality, _ in affected}
    if "critical" in critical or most >= 100:
        expected = "high"
    elif "high" in critical or most >= 10:
        expected = "medium"
    else:
        expected = "low"
    assert found is not None
    assert found.impact == expected
    assert (found.service is None) is (expected == "low")
    if found.service is not None:
        assert found.path == ("x", found.service)


@pytest.mark.parametrize(
    ("wrong", "problems"),
    [
        (
            lambda: ImpactRule(impact="high"),
            ["criticality: is missing, and so is users; a rule needs one of them"],
        ),
        (lambda: ImpactRule(impact="high", users=0), ["users: must be a whole number, at least 1, not 0"]),
        (
            lambda: ImpactRule(impact="high", users=True),
            ["users: must be a whole number, at least 1, not True"],
        ),
        (
            lambda: ImpactRule(impact="high", criticality=[" x"], levels=[""]),
            [
                "criticality[0]: must be a name without surrounding spaces, not str ' x'",
                "levels[0]: must be a name without surrounding spaces, not str ''",
            ],
        ),
        (lambda: ImpactPolicy(rules=[], kinds=[]), ["rules: there are none", "kinds: there are none"]),
        (lambda: ImpactPolicy(rules=["high"]), ["rules[0]: must be an ImpactRule, not str 'high'"]),
    ],
)
def test_a_policy_that_cannot_be_right_is_refused(wrong: Any, problems: list[str]) -> None:
    with pytest.raises(DefinitionError) as caught:
        wrong()
    assert [*caught.value.problems] == problems


def test_what_a_policy_names_is_there() -> None:
    policy = evolve(
        POLICY,
        kinds=("incident", "complain"),
        rules=[ImpactRule(impact="huge", users=1, levels=["up", "broken"])],
        failed="dawn",
    )
    found = impact_policy_problems(policy, {"incident": KIND, "complaint": KIND}, LevelChain(["up", "down"]))
    assert [*found] == [
        "rules[0].impact: 'huge' is no impact of incident; known: high, medium, low",
        "kinds[1]: unknown kind of work 'complain'; did you mean 'complaint'?",
        "failed: 'dawn' is no level below the best; known: down",
        "rules[0].levels[0]: 'up' is no level below the best; known: down",
        "rules[0].levels[1]: 'broken' is no level below the best; known: down",
    ]
    assert [*impact_policy_problems(POLICY, {"incident": KIND}, LevelChain(["up", "down"]))] == []


# -- what becomes of it --------------------------------------------------------------------------------------


def logged(impact: str | None = None) -> tuple[Ticket, list[Any]]:
    found = derived(SHOP, configuration_item="db")
    decision = KIND.log(TicketId("t"), "INC-1", BY_ANN, impact=impact, urgency="high", derived=found)
    assert replay(decision.events, Incident) == decision.ticket
    return decision.ticket, [*decision.events]


def test_what_follows_holds_and_says_why() -> None:
    ticket, history = logged()
    assert (ticket.impact, ticket.priority) == ("high", "P1")
    explained = explain_priority(ticket, history, STANDARD_PRIORITIES)
    assert str(explained) == (
        "P1, as logged: impact high × urgency high; "
        "impact high: shop of criticality critical is down by db → shop; judged by ann on 2026-03-02"
    )
    assert explained.derived is not None
    assert explained.derived.service == "shop"


def test_what_is_given_by_hand_wins_and_says_so() -> None:
    ticket, history = logged("low")
    assert (ticket.impact, ticket.priority) == ("low", "P3")
    assert "; impact low as given by hand; the configuration gives high: shop of criticality critical" in str(
        explain_priority(ticket, history, STANDARD_PRIORITIES)
    )


def test_another_impact_than_follows_needs_a_reason() -> None:
    ticket, history = logged()
    found = derived(SHOP, configuration_item="db")

    def judge(ticket: Ticket, **said: Any) -> Any:
        return prioritise(ticket, STANDARD_PRIORITIES, BY_ANN, urgency="high", derived=found, **said)

    with pytest.raises(RefusedError) as refused:
        judge(ticket, impact="low")
    (reason,) = refused.value.reasons
    assert reason == (
        "cannot set INC-1 to impact low: the configuration gives impact high: shop of criticality critical "
        "is down by db → shop; to set another one, say why in `reason`"
    )
    decision = judge(ticket, impact="low", reason="it is a demo")
    judged, noted = (event.fact for event in decision.events)
    assert judged == Prioritised(
        "low", "high", "P3", "matrix: impact low × urgency high; impact set by ann: it is a demo"
    )
    assert noted == evolve(found, given="low")
    history += decision.events
    assert replay(history, Incident) == decision.ticket
    # What a ticket has by a person's word is no new word; and it may follow again.
    assert judge(decision.ticket, impact="low").steps == ()
    again = judge(decision.ticket)
    assert again.ticket.impact == "high"
    explained = explain_priority(again.ticket, [*history, *again.events], STANDARD_PRIORITIES)
    assert explained.derived == found


def test_where_nothing_follows_an_impact_is_given() -> None:
    ticket, _ = logged()
    with pytest.raises(RefusedError, match="no impact follows from the configuration; give `impact`"):
        prioritise(ticket, STANDARD_PRIORITIES, BY_ANN, urgency="low")


def test_what_is_judged_by_hand_later_was_not_derived() -> None:
    ticket, history = logged()
    decision = prioritise(ticket, STANDARD_PRIORITIES, BY_ANN, impact="low", urgency="low")
    explained = explain_priority(decision.ticket, [*history, *decision.events], STANDARD_PRIORITIES)
    assert explained.derived is None
