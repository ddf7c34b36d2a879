"""Work aids on a desk: kept in versions, there for their audience, done as one."""

from random import Random

import pytest
from attrs import evolve

from itsmkit.conditions import equals
from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.desk.aids import OfferedAids
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.practices.access import AccessRules, Role, Scope
from itsmkit.practices.work_aids import (
    CannedReply,
    ChecklistTemplate,
    Macro,
    MacroStep,
    TicketTemplate,
)
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Actor, Ticket

BOSS = Actor("kim", roles=["boss"])
ASK = Macro(
    id="ask",
    name="Ask back",
    steps=[
        MacroStep("assign", {"support_group": "network", "assignee": "ann"}),
        MacroStep("send_message", {"text": "Dear {requester}, {assignee} asks: which room?"}),
        MacroStep("transition", {"trigger": "start"}),
    ],
)


@pytest.fixture
def desk() -> Desk:
    return Desk(clock=ManualClock(A_MONDAY), random=Random(1)).acting_as(Actor("ann"))


@pytest.fixture
def incident(desk: Desk) -> Ticket:
    return desk.incidents.log("No network", requester="bob")


def test_a_macro_does_all_of_it(desk: Desk, incident: Ticket) -> None:
    desk.aids.keep(ASK)
    after = desk.aids.apply_macro(incident.id, "ask")
    assert (after.assignee, after.state) == ("ann", "In Progress")
    letter = desk.tickets.public_view(incident.id).letters[0]
    # Each step sees what those before it have done.
    assert letter.message.text == "Dear bob, ann asks: which room?"


def test_a_macro_does_all_of_it_or_nothing(desk: Desk, incident: Ticket) -> None:
    desk.aids.keep(evolve(ASK, steps=[*ASK.steps, MacroStep("transition", {"trigger": "start"})]))
    before = [*desk.store.dump()]
    with pytest.raises(RefusedError):
        desk.aids.apply_macro(incident.id, "ask")
    assert [*desk.store.dump()] == before


def test_a_macro_is_done_once_for_its_key(desk: Desk, incident: Ticket) -> None:
    desk.aids.keep(ASK)
    first = desk.aids.apply_macro(incident.id, "ask", idempotency_key="k")
    assert desk.aids.apply_macro(incident.id, "ask", idempotency_key="k") == first
    assert desk.tickets.get(incident.id).version == first.version


def test_an_aid_is_there_for_its_audience(desk: Desk, incident: Ticket) -> None:
    of_bosses = equals("viewer.role.boss", value=True)
    desk.aids.keep(evolve(ASK, audience=of_bosses))
    desk.aids.keep(CannedReply(id="no", name="No", text="No.", audience=of_bosses))
    desk.aids.keep(ChecklistTemplate(id="exit", name="Exit", items=["keys"], audience=of_bosses))
    desk.aids.keep(TicketTemplate(id="t", name="T", kind="incident", title="T", audience=of_bosses))
    boss = desk.acting_as(BOSS)
    assert [each.id for each in boss.aids.offered(incident.id).macros] == ["ask"]
    assert [each.id for each in boss.aids.offered(incident.id).replies] == ["no"]
    assert [each.id for each in boss.aids.offered(incident.id).checklists] == ["exit"]
    assert [each.id for each in boss.aids.templates()] == ["t"]
    assert desk.aids.offered(incident.id) == OfferedAids((), (), ())
    assert desk.aids.templates() == ()
    for use in (
        lambda desk: desk.aids.apply_macro(incident.id, "ask"),
        lambda desk: desk.aids.reply(incident.id, "no"),
        lambda desk: desk.aids.log_from("t"),
        lambda desk: desk.checklists.begin(incident.id, "exit"),
    ):
        with pytest.raises(NotFoundError):
            use(desk)
        assert use(boss)


def test_what_is_retired_or_for_others_is_not_used(desk: Desk, incident: Ticket) -> None:
    desk.aids.keep(evolve(ASK, when=equals("kind", "change")))
    assert desk.aids.offered(incident.id).macros == ()
    with pytest.raises(RefusedError, match='it is for tickets where kind = "change"'):
        desk.aids.apply_macro(incident.id, "ask")
    desk.aids.keep(ASK)
    desk.aids.retire("macro", "ask")
    assert desk.aids.retire("macro", "ask").version == 3
    with pytest.raises(RefusedError, match="it is retired"):
        desk.aids.apply_macro(incident.id, "ask")
    desk.aids.keep(TicketTemplate(id="t", name="T", kind="incident", title="T", is_retired=True))
    with pytest.raises(RefusedError, match="it is retired"):
        desk.aids.log_from("t")


def test_an_aid_is_kept_in_versions(desk: Desk) -> None:
    assert desk.aids.keep(ASK).version == 1
    assert desk.aids.keep(ASK).version == 1
    assert desk.aids.keep(evolve(ASK, name="Ask first")).version == 2
    assert [(each.event, each.value.name) for each in desk.aids.history("macro", "ask")] == [
        ("AidKept", "Ask back"),
        ("AidChanged", "Ask first"),
    ]
    assert [each.id for each in desk.aids.all("macro")] == ["ask"]
    with pytest.raises(DefinitionError, match="there are no work aids 'spell'"):
        desk.aids.all("spell")


@pytest.mark.parametrize(
    ("aid", "problem"),
    [
        (Macro(id="x", name="X", steps=[MacroStep("explode")]), r"steps\[0\]: command: there is no"),
        (Macro(id="x", name="X", steps=[MacroStep("comment")]), r"steps\[0\]: comment: missing a required"),
        (TicketTemplate(id="x", name="X", kind="spell", title="X"), "kind: there is no kind of work 'spell'"),
        (TicketTemplate(id="x", name="X", kind="incident", title="X", impact="huge"), "impact: there is no"),
        (CannedReply(id="x", name="X", text="X", when=equals("state_category", "actve")), "when.equals"),
        ("no aid", "aid: must be one of Macro"),
    ],
)
def test_what_the_desk_could_not_do_is_refused(desk: Desk, aid: object, problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        desk.aids.keep(aid)  # type: ignore[arg-type]
    assert [*desk.store.dump()] == []


def test_a_reply_says_what_is_missing(desk: Desk, incident: Ticket) -> None:
    desk.aids.keep(CannedReply(id="x", name="X", text="Ask at {site}."))
    with pytest.raises(RefusedError, match="there is no 'site' to put into the text"):
        desk.aids.reply(incident.id, "x")


def test_a_template_fills_in_what_is_not_said(desk: Desk) -> None:
    desk.aids.keep(
        TicketTemplate(
            id="printer",
            name="Printer",
            kind="incident",
            title="A printer is down",
            impact="low",
            details={"support_group": "print", "floor": "1", "service": "print"},
        )
    )
    ticket = desk.aids.log_from("printer", requester="bob", floor="3", title="The big printer is down")
    assert (ticket.title, ticket.requester, ticket.impact) == ("The big printer is down", "bob", "low")
    assert (ticket.support_group, ticket.service, ticket.details["floor"]) == ("print", "print", "3")
    first = desk.aids.log_from("printer", idempotency_key="k")
    assert desk.aids.log_from("printer", idempotency_key="k") == first


def test_a_checklist_says_who_has_seen_to_what(desk: Desk, incident: Ticket) -> None:
    desk.aids.keep(ChecklistTemplate(id="handover", name="Hand over", items=["who", "what"]))
    begun = desk.checklists.begin(incident.id, "handover")
    desk.aids.keep(ChecklistTemplate(id="handover", name="Hand over", items=["who", "what", "when"]))
    desk.checklists.check(begun.id, "who", by=Actor("eve"))
    after = desk.checklists.check(begun.id, "what")
    assert after.is_complete
    assert [each.done_by for each in after.items] == ["eve", "ann"]
    assert desk.checklists.of(incident.id) == (after,)
    assert not desk.checklists.check(begun.id, "who", done=False).is_complete
    with pytest.raises(NotFoundError):
        desk.checklists.check("no list", "who")


def test_a_checklist_of_a_hidden_ticket_looks_as_if_it_were_not_there() -> None:
    user = Role("user", sees=[Scope(when=equals("requester", "bob"))], permits=["checklists.*", "tickets.*"])
    boss = Role("boss", sees=[Scope()], permits=["*"])
    access = AccessRules([user, boss], default=["user"])
    desk = Desk(evolve(DeskConfig.standard(), access=access), clock=ManualClock(A_MONDAY), random=Random(1))
    desk.aids.keep(ChecklistTemplate(id="handover", name="Hand over", items=["who"]), by=BOSS)
    hidden = desk.incidents.log("No network", requester="eve", by=BOSS)
    begun = desk.checklists.begin(hidden.id, "handover", by=BOSS)
    with pytest.raises(NotFoundError, match=f"checklist '{begun.id}'"):
        desk.checklists.check(begun.id, "who", by=Actor("bob"))
    assert not desk.acting_as(BOSS).checklists.of(hidden.id)[0].is_complete
