"""A desk derives the impact of tickets from its configuration: once, before it is judged, and for good."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from attrs import evolve

from itsmkit.cmdb import CIId, ConfigurationItem, Relation
from itsmkit.desk import Desk, DeskConfig, InMemoryStore, ManualClock
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices import Incident
from itsmkit.practices.access import AccessRules, Role, Scope
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Actor, ImpactDerived, Ticket, replay

RULES: dict[str, Any] = {
    "impact": {
        "rules": [
            {"impact": "high", "criticality": ["critical"]},
            {"impact": "medium", "criticality": ["high"], "users": 10},
        ],
    },
    "services": [{"id": "phone", "criticality": "high"}, {"id": "print", "criticality": "low"}],
}
ANN = Actor("ann")


def a_desk(rules: Any = RULES, **options: Any) -> Desk:
    desk = Desk.from_config(rules, clock=ManualClock(A_MONDAY), random=Random(1), **options).acting_as(ANN)
    desk.cmdb.put(
        ConfigurationItem(CIId("db"), "database", "db"),
        ConfigurationItem(CIId("shop"), "service", "shop", {"criticality": "critical", "users": 40}),
        ConfigurationItem(CIId("web"), "host", "web"),
        ConfigurationItem(CIId("news"), "service", "news", {"criticality": "low", "users": 12}),
        Relation(CIId("shop"), "depends_on", CIId("db")),
        Relation(CIId("news"), "depends_on", CIId("web")),
    )
    return desk


def facts(desk: Desk, ticket: Ticket) -> list[object]:
    return [event.fact for event in desk.tickets.history(ticket.id)]


def test_an_incident_has_the_impact_of_what_its_item_takes_down() -> None:
    desk = a_desk()
    incident = desk.incidents.log("Slow queries", configuration_item="db", urgency="high")
    assert (incident.impact, incident.priority) == ("high", "P1")
    explained = desk.tickets.explain_priority(incident.id)
    assert explained.derived == ImpactDerived(
        "high", "db", "shop", "down", "critical", None, ("db", "shop"), None
    )
    history = desk.tickets.history(incident.id)
    assert replay(history, Incident) == incident
    assert [event.effective_at for event in history] == [A_MONDAY] * 2
    # What becomes of the configuration later, changes nothing in what was judged.
    desk.cmdb.retire("shop", reason="sold")
    assert desk.tickets.explain_priority(incident.id) == explained
    assert desk.tickets.get(incident.id) == incident
    desk.tickets.describe(incident.id, title="Slow")
    assert desk.tickets.get(incident.id).impact == "high"


def test_services_of_the_directory_count_and_other_kinds_do_not() -> None:
    desk = a_desk({**RULES, "kinds": {"question": {}}})
    assert desk.incidents.log("No dial tone", service="phone").impact == "medium"
    assert desk.incidents.log("No toner", service="print").impact == "low"
    assert desk.incidents.log("No cake", service="kitchen").version == 1
    question = desk.questions.log("How?", configuration_item="db")
    assert question.version == 1
    with pytest.raises(RefusedError, match="no impact follows from the configuration"):
        desk.questions.prioritise(question.id, urgency="high")
    assert desk.questions.prioritise(question.id, impact="high", urgency="high").priority == "P1"


def test_given_by_hand_it_wins_and_judging_anew_asks_for_a_reason() -> None:
    desk = a_desk()
    incident = desk.incidents.log("A test database", configuration_item="db", impact="low")
    assert incident.impact == "low"
    assert "impact low as given by hand" in str(desk.tickets.explain_priority(incident.id))
    for prioritise in (desk.tickets.prioritise, desk.incidents.prioritise):
        with pytest.raises(RefusedError, match="the configuration gives impact high: shop"):
            prioritise(incident.id, impact="medium", urgency="low")
        assert prioritise(incident.id, impact="low", urgency="medium").priority == "P4"
        assert prioritise(incident.id, urgency="medium").priority == "P2"
        again = prioritise(incident.id, impact="low", urgency="low", reason="a test database")
        assert again.impact == "low"


def test_many_are_judged_each_by_its_own_item() -> None:
    desk = a_desk()
    ids = [desk.incidents.log("x", configuration_item=item, impact="low").id for item in ("db", "web", None)]
    found = desk.tickets.bulk(ids, "prioritise", urgency="high")
    assert [each.outcome for each in found.outcomes] == ["changed", "changed", "refused"]
    assert [desk.tickets.get(each).impact for each in ids] == ["high", "medium", "low"]
    assert found.outcomes[2].reasons[0].endswith("no impact follows from the configuration; give `impact`")


def test_what_has_come_to_name_something_else_is_judged_by_that() -> None:
    class Meddling(InMemoryStore):
        """Between reading the ticket and judging it, somebody names another item."""

        meddle: Any = None

        def begin(self) -> Any:
            if self.meddle is not None:
                self.countdown -= 1
                if self.countdown == 0:
                    meddle, self.meddle = self.meddle, None
                    meddle()
            return super().begin()

    store = Meddling()
    desk = a_desk(store=store)
    incident = desk.incidents.log("x", configuration_item="db", impact="low")
    store.countdown = 2
    store.meddle = lambda: desk.tickets.describe(incident.id, configuration_item="web")
    judged = desk.tickets.prioritise(incident.id, urgency="high")
    assert (judged.configuration_item, judged.impact) == ("web", "medium")
    derived = desk.tickets.explain_priority(incident.id).derived
    assert derived is not None
    assert derived.service == "news"


def test_done_once_it_is_derived_once() -> None:
    desk = a_desk()
    first = desk.incidents.log("x", configuration_item="db", idempotency_key="7")
    desk.cmdb.retire("shop", reason="sold")
    assert desk.incidents.log("x", configuration_item="db", idempotency_key="7") == first
    assert len(facts(desk, first)) == 2


def test_a_batch_derives_from_what_it_has_recorded_itself() -> None:
    desk = a_desk()
    with desk.batch() as batch:
        batch.cmdb.put(
            ConfigurationItem(CIId("new"), "service", "new", {"criticality": "critical"}),
            Relation(CIId("new"), "depends_on", CIId("web")),
        )
        incident = batch.incidents.log("x", configuration_item="web")
    assert desk.tickets.get(incident.id).impact == "high"


def test_clocks_run_from_the_first_by_the_derived_impact() -> None:
    target = {"clock": "resolve", "within": "4h", "when": 'priority = "P1"'}
    rules = {
        **RULES,
        "calendars": {"always": {"hours": "24x7", "time_zone": "UTC"}},
        "agreements": [
            {
                "name": "a",
                "calendar": "always",
                "targets": [target, {"clock": "resolve", "within": "5d"}],
            }
        ],
    }
    desk = a_desk(rules)
    incident = desk.incidents.log("x", configuration_item="db", urgency="high")
    reading = desk.tickets.clocks(incident.id)["resolve"]
    assert reading.due == A_MONDAY + timedelta(hours=4)
    assert desk.privileged("to look").audit.verify().is_intact


def test_who_reads_no_internal_notes_is_not_told_which_way_a_failure_goes() -> None:
    access = AccessRules(
        [
            Role("agent", sees=[Scope()], permits=["*"]),
            Role("customer", sees=[Scope(relations=["requester"])], hides=["internal_notes"]),
        ]
    )
    desk = Desk(evolve(DeskConfig.load(RULES), access=access), clock=ManualClock(A_MONDAY))
    agent = desk.acting_as(Actor("ann", roles=["agent"]))
    agent.cmdb.put(ConfigurationItem(CIId("shop"), "service", "shop", {"criticality": "critical"}))
    incident = agent.incidents.log("x", configuration_item="shop", requester="bob")
    bob = desk.acting_as(Actor("bob", roles=["customer"]))
    assert bob.tickets.get(incident.id).impact == "high"
    assert bob.tickets.explain_priority(incident.id).derived is None
    assert agent.tickets.explain_priority(incident.id).derived is not None
    with pytest.raises(RefusedError):
        bob.tickets.prioritise(incident.id, urgency="high")


def test_a_configuration_is_told_all_that_is_wrong() -> None:
    with pytest.raises(DefinitionError) as caught:
        DeskConfig.load(
            {
                "impact": {
                    "kinds": ["incident", "incidents"],
                    "rules": [{"impact": "huge", "users": 3, "levels": ["gone"]}],
                }
            }
        )
    assert [each.removeprefix("the configuration: impact.") for each in caught.value.problems] == [
        "rules[0].impact: 'huge' is no impact of incident; known: high, medium, low",
        "kinds[1]: unknown kind of work 'incidents'; did you mean 'incident'?",
        "rules[0].levels[0]: 'gone' is no level below the best; known: degraded, down",
    ]
    with pytest.raises(DefinitionError, match=r"impact\.rules\[0\]: criticality: is missing"):
        DeskConfig.load({"impact": {"rules": [{"impact": "high"}]}})
