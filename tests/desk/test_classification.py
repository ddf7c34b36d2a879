"""Classification on a desk: what is predicted, done and recorded, and that nothing else changes."""

from datetime import timedelta

import pytest
from attrs import evolve

from itsmkit.desk import Desk, DeskConfig
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.plugin import hookimpl
from itsmkit.practices import Resolution
from itsmkit.practices.classification import AdviceAction, ClassificationPolicy, Prediction
from itsmkit.testing import A_MONDAY, ManualClock
from itsmkit.tickets import Actor, InternalNote

ANN = Actor("ann")


class Oracle:
    """A plugin that predicts what it is told to, and notes what it was asked."""

    def __init__(self, *predictions):
        self.predictions = predictions
        self.asked = []

    @hookimpl
    def itsmkit_classify(self, ticket, fields):
        self.asked.append((ticket, fields))
        return self.predictions


def _desk(*arguments, **options):
    return _desk_and_clock(*arguments, **options)[0]


def _desk_and_clock(mode="apply", plugins=(), store=None, **options):
    options = {"gates": {"category": 0.7, "support_group": 0.7}, **options}
    table = {"classification": {"mode": mode, **options}}
    extra = {} if store is None else {"store": store}
    clock = ManualClock(A_MONDAY)
    desk = Desk(DeskConfig.load(table), plugins=plugins, clock=clock, **extra)
    return desk.acting_as(ANN), clock


def _group(value="network", confidence=0.9):
    return Prediction("support_group", value, confidence, ["wifi"], "oracle 1")


def _history(desk, ticket):
    return [(each.name, each.actor.automated) for each in desk.tickets.history(ticket.id)]


def test_what_is_sure_enough_is_filled_in_and_labelled():
    desk = _desk(plugins=[Oracle(_group(), Prediction("category", "wifi", 0.8))])
    ticket = desk.incidents.log("No WiFi")

    told = desk.classification.classify(ticket.id)

    after = desk.tickets.get(ticket.id)
    assert (after.support_group, after.category) == ("network", "wifi")
    events = desk.tickets.history(ticket.id)[1:]
    assert [each.name for each in events] == ["DetailsChanged", "Assigned"]
    assert all(each.actor.automated for each in events)
    assert events[1].actor.roles == ("classified by oracle 1", "asked by ann")
    assert events[0].actor.roles[0] == "classified by Oracle"
    assert [each.action for each in told.advice] == [AdviceAction.APPLY] * 2


def test_impact_and_urgency_go_through_the_matrix():
    predictions = [Prediction("impact", "high", 0.9), Prediction("urgency", "high", 0.9)]
    desk = _desk(plugins=[Oracle(*predictions)], gates={"impact": 0.5, "urgency": 0.5})
    ticket = desk.incidents.log("All is down")

    desk.classification.classify(ticket.id)

    after = desk.tickets.get(ticket.id)
    assert (after.impact, after.urgency) == ("high", "high")
    expected = desk.incidents.log("the same", impact="high", urgency="high").priority
    assert after.priority == expected != ticket.priority


def test_what_people_decided_stays():
    desk = _desk(plugins=[Oracle(_group())])
    ticket = desk.incidents.log("No WiFi", support_group="printing")

    told = desk.classification.classify(ticket.id)

    assert told.advice[0].action is AdviceAction.RECORD
    assert desk.tickets.get(ticket.id).support_group == "printing"


def test_below_the_gate_nothing_is_done():
    desk = _desk(plugins=[Oracle(_group(confidence=0.69))])
    ticket = desk.incidents.log("No WiFi")

    assert desk.classification.classify(ticket.id).advice[0].action is AdviceAction.DROP
    assert _history(desk, ticket) == [("TicketLogged", False)]


def test_what_is_suggested_is_a_note_of_the_desk():
    desk = _desk("suggest", [Oracle(_group())])
    ticket = desk.incidents.log("No WiFi")

    desk.classification.classify(ticket.id)

    note = desk.tickets.history(ticket.id)[-1]
    assert isinstance(note.fact, InternalNote)
    assert note.actor.automated
    assert "- support_group network by oracle 1, confidence 0.90, because of: wifi" in note.fact.text
    assert desk.tickets.get(ticket.id).support_group is None


def test_nothing_is_filled_in_where_the_policy_says_so():
    desk = _desk(plugins=[Oracle(_group())], never_when='title = "No WiFi"')
    ticket = desk.incidents.log("No WiFi")

    assert desk.classification.classify(ticket.id).advice[0].action is AdviceAction.SUGGEST


def test_in_the_shadow_tickets_are_what_they_would_be_without():
    with_plugin = _desk("shadow", [Oracle(_group())], at_log=True)
    without = _desk("off")

    for desk in (with_plugin, without):
        ticket = desk.incidents.log("No WiFi")
        desk.tickets.assign(ticket.id, support_group="network")

    ours, theirs = (next(desk.tickets.matching()) for desk in (with_plugin, without))
    assert evolve(ours, id=theirs.id) == theirs
    assert with_plugin.classification.of(ours.id).advice[0].value == "network"


def test_switching_the_plugin_off_changes_no_other_result():
    def worked(plugins):
        desk = _desk(plugins=plugins, at_log=True)
        ticket = desk.incidents.log("No WiFi", category="wifi", support_group="network", idempotency_key="k")
        desk.incidents.transition(ticket.id, "start", assignee="kim")
        desk.tickets.resolve(ticket.id, Resolution("fixed", "a new cable"))
        return [(each.name, each.fact, each.actor, each.at) for each in desk.tickets.history(ticket.id)]

    assert worked([Oracle(_group(confidence=0.1))]) == worked([])


def test_while_a_ticket_is_logged_a_model_is_asked_once_and_before():
    oracle = Oracle(_group())
    desk = _desk(plugins=[oracle], at_log=True)

    ticket = desk.incidents.log("No WiFi", category="wifi", idempotency_key="k")

    assert ticket.support_group == "network"
    assert _history(desk, ticket) == [("TicketLogged", False), ("Assigned", True)]
    assert desk.incidents.log("No WiFi", category="wifi", idempotency_key="k") == ticket
    ((asked, fields),) = oracle.asked
    assert (asked.title, asked.category, asked.number) == ("No WiFi", None, "INC-new")
    assert fields == ("category", "support_group")
    assert desk.classification.of(ticket.id).advice[0].action is AdviceAction.APPLY


def test_of_kinds_that_are_not_named_nothing_is_asked():
    oracle = Oracle(_group())
    desk = _desk(plugins=[oracle], at_log=True, kinds=[])

    assert desk.incidents.log("No WiFi").support_group is None
    assert oracle.asked == []


def test_a_plugin_that_fails_blocks_no_ticket():
    class Broken:
        @hookimpl
        def itsmkit_classify(self):
            raise ValueError("no model")

    class Strange:
        @hookimpl
        def itsmkit_classify(self):
            return ["network"]

    desk = _desk(plugins=[Oracle(_group()), Broken(), Strange()], at_log=True)

    ticket = desk.incidents.log("No WiFi")

    assert ticket.support_group == "network"
    assert desk.classification.of(ticket.id).failures == (
        "plugin 'Strange' could not be asked",
        "plugin 'Broken' could not be asked",
    )


def test_what_the_desk_refuses_is_dropped_and_says_why():
    groups = [{"id": "network", "name": "Network"}]
    config = DeskConfig.load(
        {
            "groups": groups,
            "categories": {"nodes": {"wifi": "WiFi"}},
            "classification": {
                "mode": "apply",
                "gates": {"category": 0.5, "support_group": 0.5, "impact": 0.5},
            },
        }
    )
    predictions = [
        _group("nobody"), Prediction("category", "wify", 0.9), Prediction("impact", "cosmic", 1.0)
    ]  # fmt: skip
    desk = Desk(config, plugins=[Oracle(*predictions)]).acting_as(ANN)

    told = desk.classification.classify(desk.incidents.log("No WiFi").id)

    assert [each.reason for each in told.advice] == [
        "the desk has no category 'wify'",
        "the desk has no support_group 'nobody'",
        "the desk has no impact 'cosmic'",
    ]


def test_done_tickets_are_only_recorded():
    desk = _desk(plugins=[Oracle(_group())])
    ticket = desk.incidents.log("No WiFi")
    desk.incidents.transition(ticket.id, "cancel", cancellation_reason="an error")

    assert desk.classification.classify(ticket.id).advice[0].action is AdviceAction.RECORD


def test_it_is_done_once_for_a_key():
    oracle = Oracle(_group())
    desk = _desk(plugins=[oracle])
    ticket = desk.incidents.log("No WiFi")

    first = desk.classification.classify(ticket.id, idempotency_key="k")

    assert desk.classification.classify(ticket.id, idempotency_key="k") == first
    assert len(oracle.asked) == 1
    assert desk.classification.classify(ticket.id).version == 2


def test_if_it_is_off_nobody_is_asked():
    oracle = Oracle(_group())
    desk = _desk("off", [oracle], at_log=True)
    ticket = desk.incidents.log("No WiFi")

    for ask in (desk.classification.classify, desk.classification.preview):
        with pytest.raises(RefusedError, match="classification is off"):
            ask(ticket.id)
    assert oracle.asked == []
    assert desk.classification.of(ticket.id).advice == ()


# -- the model of the desk ---------------------------------------------------------------------------


def _learned():
    desk, clock = _desk_and_clock()
    for number in range(8):
        for words, group in (("wifi router slow", "network"), ("printer toner jam", "printing")):
            clock.advance(timedelta(hours=1))
            ticket = desk.incidents.log(f"{words} {number}")
            desk.tickets.assign(ticket.id, support_group=group)
            desk.incidents.transition(ticket.id, "cancel", cancellation_reason="an example")
    return desk


def test_a_desk_learns_from_its_own_history():
    desk = _learned()

    trained = desk.classification.train("support_group", idempotency_key="k")

    assert (trained.examples, trained.labels) == (16, ("network", "printing"))
    assert desk.classification.train("support_group", idempotency_key="k") == trained
    assert desk.classification.models() == (trained,)
    ticket = desk.incidents.log("The router is slow")
    told = desk.classification.preview(ticket.id)
    assert (told.advice[0].value, told.advice[0].source) == ("network", f"baseline {trained.digest[:8]}")
    assert "router" in told.explain()
    assert desk.classification.of(ticket.id).advice == ()
    assert desk.classification.evaluate("support_group").accuracy == 1


def test_a_plugin_is_believed_before_the_model_of_the_desk():
    desk = _learned()
    desk.classification.train("support_group")
    other = _desk(plugins=[Oracle(_group("elsewhere"))], store=desk.store)

    told = other.classification.preview(other.incidents.log("The router is slow").id)

    assert [each.value for each in told.advice] == ["elsewhere"]


def test_what_the_desk_filled_in_itself_teaches_it_nothing():
    desk = _desk(plugins=[Oracle(_group())], at_log=True)
    ticket = desk.incidents.log("No WiFi")
    desk.incidents.transition(ticket.id, "cancel", cancellation_reason="x")

    with pytest.raises(DefinitionError, match="there are 0 examples"):
        desk.classification.train("support_group")


def test_a_model_that_was_forgotten_predicts_nothing():
    desk = _learned()
    desk.classification.train("support_group")

    left = desk.classification.forget_model("support_group", reason="it holds names")

    assert not left.is_usable
    assert "router" not in repr(left)
    assert desk.classification.preview(desk.incidents.log("The router is slow").id).advice == ()
    assert desk.classification.train("support_group").is_usable


def test_only_fields_that_can_be_predicted_are_learned():
    desk = _desk()

    for ask in (desk.classification.train, desk.classification.evaluate):
        with pytest.raises(DefinitionError, match="'title' cannot be predicted"):
            ask("title")
    with pytest.raises(NotFoundError):
        desk.classification.forget_model("category", reason="x")


def test_the_shadow_report_compares_with_what_people_did():
    desk = _desk("shadow", [Oracle(_group())], at_log=True)
    for group in ("network", "network", "printing"):
        desk.tickets.assign(desk.incidents.log("No WiFi").id, support_group=group)
    desk.incidents.log("No WiFi")

    (outlook,) = desk.classification.shadow_report().outlooks

    assert (outlook.predicted, outlook.awaited) == (4, 1)
    assert (outlook.at_gate.count, outlook.at_gate.right) == (3, 2)


@pytest.mark.parametrize(
    ("table", "path"),
    [
        pytest.param({"gates": {"title": 0.5}}, "classification: gates", id="no such field"),
        pytest.param({"gates": {"category": 2}}, "classification.gates.category", id="no share"),
        pytest.param({"mode": "always"}, "classification.mode", id="no such mode"),
        pytest.param({"mode": "shadow", "kinds": ["incidant"]}, "classification.kinds[0]", id="no such kind"),
        pytest.param({"never_when": 'state_category = "actve"'}, "classification.never_when", id="never"),
    ],
)
def test_a_configuration_says_where_it_is_wrong(table, path):
    with pytest.raises(DefinitionError, match=path.replace("[", r"\[").replace(".", r"\.")):
        DeskConfig.load({"classification": table})


def test_unless_it_is_told_to_a_desk_predicts_nothing():
    assert DeskConfig.standard().classification == ClassificationPolicy()
    assert not ClassificationPolicy().is_on
