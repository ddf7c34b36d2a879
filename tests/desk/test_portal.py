"""The portal: all that its viewer may see and do, and nothing internal or of others, whatever is asked."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.conditions import ALWAYS, Condition, equals
from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.desk.portal import Portal
from itsmkit.errors import DefinitionError, ItsmkitError, NotFoundError, RefusedError
from itsmkit.money import Money
from itsmkit.practices import Field, FieldSet, Resolution
from itsmkit.practices.access import AccessRules, Permit, Relation, Restriction, Role, Scope
from itsmkit.practices.catalogue import CatalogueItem
from itsmkit.practices.experience import SurveyPolicy
from itsmkit.practices.forms import Form, FormField
from itsmkit.practices.portal import PortalOrder, PortalRules, PublicStatus
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Actor, Ticket
from itsmkit.tickets.structure import Organisation, Person, Structure
from itsmkit.workflow.approvals import ApprovalPolicy, Approver
from itsmkit.workflow.approvals import Stage as ApprovalStage
from itsmkit.workflow.tasks import Task

DAY = timedelta(days=1)
ANN, BOB, EVE, KIM = (Actor(name) for name in ("ann", "bob", "eve", "kim"))
STRUCTURE = Structure(
    people=[
        Person("bob", organisation="acme"),
        Person("eve", organisation="acme"),
        Person("kim", organisation="other"),
    ],
    organisations=[Organisation("acme"), Organisation("other")],
)
CONFIG = evolve(
    DeskConfig.standard(),
    structure=STRUCTURE,
    surveys=[SurveyPolicy(name="all")],
    portal=PortalRules(sees_organisation=True),
)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(A_MONDAY)


@pytest.fixture
def desk(clock: ManualClock) -> Desk:
    return Desk(CONFIG, clock=clock, random=Random(1)).acting_as(ANN)


def under_way(desk: Desk, number: str) -> Ticket:
    ticket = desk.tickets.by_number(number)
    desk.tickets.assign(ticket.id, support_group="network", assignee="ann")
    return desk.tickets.transition(ticket.id, "start")


def solved(desk: Desk, number: str) -> Ticket:
    return desk.tickets.resolve(under_way(desk, number).id, Resolution("fixed", "a new cable"))


def test_what_is_submitted_is_ones_own(desk: Desk) -> None:
    seen = desk.portal(BOB).submit("No mail", description="since nine", service="mail")
    assert (seen.number, seen.kind, seen.status) == ("INC-1", "incident", PublicStatus.RECEIVED)
    ticket = desk.tickets.by_number("INC-1")
    assert (ticket.requester, ticket.organisation, ticket.channel) == ("bob", "acme", "portal")
    assert (ticket.details["description"], ticket.service) == ("since nine", "mail")
    assert [each.number for each in desk.portal(BOB).mine()] == ["INC-1"]
    assert [*desk.portal(EVE).mine()] == []


@pytest.mark.parametrize(
    ("kind", "number"), [("service_request", "REQ-1"), ("question", "QST-1"), ("complaint", "CMP-1")]
)
def test_other_kinds_are_submitted_too(desk: Desk, kind: str, number: str) -> None:
    assert desk.portal(BOB).submit("Please", kind=kind).kind == kind
    assert desk.tickets.count(f'kind = "{kind}"') == 1


def test_the_portal_takes_what_it_offers(desk: Desk) -> None:
    with pytest.raises(DefinitionError, match="the portal does not take str 'change'"):
        desk.portal(BOB).submit("Let me in", kind="change")
    with pytest.raises(DefinitionError) as refused:
        desk.portal(BOB).submit("Let me in", support_group="board", priority="P1")
    assert len(refused.value.problems) == 2
    with pytest.raises(DefinitionError, match="incident has no such field"):
        desk.portal(BOB).submit("Let me in", by=ANN, impact="high", restricted_to="x", number=1)


def test_all_that_is_wrong_with_what_a_portal_offers_is_told() -> None:
    with pytest.raises(DefinitionError) as refused:
        PortalRules(kinds=["incident", " "], outages="x", sees_organisation=1, confirm="")  # type: ignore[arg-type]
    assert [each.partition(":")[0] for each in refused.value.problems] == [
        "kinds[1]",
        "outages",
        "sees_organisation",
        "confirm",
    ]


def test_fields_of_the_kind_are_taken(clock: ManualClock) -> None:
    kinds = {
        name: evolve(kind, fields=FieldSet(1, [Field("floor", "number")])) if name == "question" else kind
        for name, kind in CONFIG.kinds.items()
    }
    desk = Desk(evolve(CONFIG, kinds=kinds), clock=clock, random=Random(1)).acting_as(ANN)
    desk.portal(BOB).submit("Where is it?", kind="question", floor=3)
    [ticket] = desk.tickets
    assert ticket.details["floor"] == 3


def test_a_ticket_is_shown_by_public_words(desk: Desk, clock: ManualClock) -> None:
    portal = desk.portal(BOB)
    portal.submit("No mail")
    ticket = under_way(desk, "INC-1")
    desk.tickets.send_message(ticket.id, "Which room?")
    desk.tickets.add_note(ticket.id, "He always forgets")
    clock.advance(timedelta(minutes=5))
    seen = portal.comment("INC-1", "Room 7")
    assert seen.status is PublicStatus.IN_PROGRESS
    assert [(each.author, each.message.text) for each in seen.letters] == [
        ("IT service desk", "Which room?"),
        ("bob", "Room 7"),
    ]
    assert (seen.may_confirm, seen.may_reopen) == (False, False)
    assert desk.portal(EVE).ticket("INC-1").letters == seen.letters


def test_who_waits_for_whom_is_told(desk: Desk) -> None:
    portal = desk.portal(BOB)
    portal.submit("No mail")
    ticket = under_way(desk, "INC-1")
    triggers = [each.trigger for each in desk.config.kind("incident").workflow.definition.transitions]
    assert "wait" in triggers
    desk.tickets.transition(ticket.id, "wait", pending_reason="user")
    assert portal.ticket("INC-1").status is PublicStatus.WAITING_FOR_YOU


def test_what_is_solved_is_confirmed_or_taken_up_again(desk: Desk) -> None:
    portal = desk.portal(BOB)
    portal.submit("No mail")
    with pytest.raises(RefusedError, match="INC-1 cannot be confirmed now: it is received; ask the desk"):
        portal.confirm("INC-1")
    with pytest.raises(RefusedError, match="INC-1 cannot be taken up again now: it is received"):
        portal.reopen("INC-1", "not solved")
    solved(desk, "INC-1")
    seen = portal.ticket("INC-1")
    assert (seen.status, seen.resolution) == (PublicStatus.SOLVED, "a new cable")
    assert (seen.may_confirm, seen.may_reopen) == (True, True)
    with pytest.raises(RefusedError, match="say why"):
        portal.reopen("INC-1", " ")
    assert portal.reopen("INC-1", "It is back").status is PublicStatus.IN_PROGRESS
    desk.tickets.resolve(desk.tickets.by_number("INC-1").id, Resolution("fixed", "another cable"))
    assert portal.confirm("INC-1").status is PublicStatus.CLOSED
    # What was closed goes on in another, which says so.
    again = portal.reopen("INC-1", "It is back once more")
    assert again.number != "INC-1"
    assert again.status is PublicStatus.RECEIVED


def test_colleagues_see_and_do_not_act(desk: Desk, clock: ManualClock) -> None:
    desk.portal(BOB).submit("No mail")
    solved(desk, "INC-1")
    colleague = desk.portal(EVE)
    assert [each.number for each in colleague.of_my_organisation(is_open=False)] == ["INC-1"]
    assert [*colleague.of_my_organisation(is_open=True)] == []
    seen = colleague.ticket("INC-1")
    assert (seen.may_confirm, seen.may_reopen) == (False, False)
    for act in (
        lambda: colleague.confirm("INC-1"),
        lambda: colleague.comment("INC-1", "me too"),
        lambda: colleague.reopen("INC-1", "me too"),
        lambda: colleague.rate("INC-1", 1),
    ):
        with pytest.raises(RefusedError, match="one of your organisation, and not yours; ask bob"):
            act()
    with pytest.raises(NotFoundError):
        desk.portal(KIM).ticket("INC-1")
    alone = Desk(evolve(CONFIG, portal=PortalRules()), store=desk.store, clock=clock)
    with pytest.raises(NotFoundError):
        alone.portal(EVE).ticket("INC-1")
    assert [*alone.portal(EVE).of_my_organisation()] == []


def test_files_are_those_that_are_public(desk: Desk) -> None:
    portal = desk.portal(BOB)
    portal.submit("No mail")
    ticket = desk.tickets.by_number("INC-1")
    desk.tickets.attach(ticket.id, "map.txt", b"a map", public=True)
    after = desk.tickets.attach(ticket.id, "notes.txt", b"internal", public=False)
    digests = {each.name: each.digest for each in after.attachments}
    assert [each.name for each in portal.ticket("INC-1").files] == ["map.txt"]
    assert portal.file("INC-1", digests["map.txt"]) == b"a map"
    for number, digest in (
        ("INC-1", digests["notes.txt"]),
        ("INC-1", "0" * 64),
        ("INC-9", digests["map.txt"]),
    ):
        with pytest.raises(NotFoundError):
            portal.file(number, digest)


def test_outages_are_told_to_everybody_by_their_titles(desk: Desk, clock: ManualClock) -> None:
    first = desk.incidents.log("Mail is down", service="mail", requester="ann")
    clock.advance(DAY)
    second = desk.incidents.log("Printing is down", service="print", requester="ann")
    for each in (first, second):
        desk.tickets.tag(each.id, "outage")
    known = desk.portal(KIM).outages()
    assert [(each.title, each.status, each.since) for each in known] == [
        ("Printing is down", "received", A_MONDAY + DAY),
        ("Mail is down", "received", A_MONDAY),
    ]
    assert [each.service for each in desk.portal(KIM).outages(service="mail")] == ["mail"]
    solved(desk, first.number)
    assert [each.title for each in desk.portal(KIM).outages()] == ["Printing is down"]


def test_who_was_asked_rates_without_a_token(desk: Desk) -> None:
    portal = desk.portal(BOB)
    portal.submit("No mail")
    with pytest.raises(RefusedError, match="you are asked nothing about it"):
        portal.rate("INC-1", 5)
    solved(desk, "INC-1")
    desk.surveys.send()
    rating = portal.rate("INC-1", 4, "Quick!", idempotency_key="k")
    assert (rating.measure, rating.score, rating.comment) == ("csat", 4, "Quick!")
    assert portal.rate("INC-1", 4, "Quick!", idempotency_key="k") == rating
    with pytest.raises(RefusedError, match="was answered"):
        portal.rate("INC-1", 5)


def test_the_rules_of_the_desk_hold_besides(clock: ManualClock) -> None:
    rules = AccessRules(
        [
            Role(
                "customer",
                sees=[Scope(relations=[Relation.REQUESTER])],
                permits=[Permit("incidents.log"), Permit("tickets.send_message")],
            ),
            Role("agent", sees=[Scope()], permits=["*"]),
        ],
        restrictions=[Restriction("security", roles=["agent"])],
        default=["customer"],
    )
    desk = Desk(evolve(CONFIG, access=rules), clock=clock, random=Random(1))
    portal = desk.portal(BOB)
    portal.submit("No mail")
    assert portal.comment("INC-1", "Hello?").letters[0].author == "bob"
    with pytest.raises(ItsmkitError):
        portal.submit("Please", kind="question")
    agent = desk.acting_as(Actor("ann", roles=["agent"]))
    solved(agent, "INC-1")
    with pytest.raises(RefusedError, match="cannot be confirmed now: it is solved; ask the desk"):
        portal.confirm("INC-1")
    agent.tickets.restrict(agent.tickets.by_number("INC-1").id, "security", reason="a leak")
    assert [*portal.mine()] == []
    with pytest.raises(NotFoundError):
        portal.ticket("INC-1")


def test_a_portal_is_of_its_viewer_even_on_a_privileged_desk(desk: Desk) -> None:
    desk.portal(BOB).submit("No mail")
    assert [*desk.privileged("worker").portal(KIM).mine()] == []


# -- the catalogue, and knowledge ----------------------------------------------------------------------

LAPTOP = CatalogueItem(
    key="laptop",
    title="Laptop",
    price=Money("1299.00", "EUR"),
    form=Form("laptop", [FormField("model", "choice", choices=["light", "strong"], required_when=ALWAYS)]),
    approval=ApprovalPolicy(
        "budget",
        ApprovalStage("budget", [Approver("eve")], when=equals("answer.model", "strong")),
        if_empty="approved",
    ),
    tasks=[Task("buy", group="purchasing"), Task("hand over", after="buy", group="workplace")],
)


@pytest.fixture
def offering(desk: Desk) -> Desk:
    desk.catalogue.draft(LAPTOP)
    desk.catalogue.publish("laptop")
    desk.catalogue.draft(evolve(LAPTOP, key="yacht", audience=equals("viewer.organisation", "other")))
    desk.catalogue.publish("yacht")
    return desk


def test_what_is_offered_is_what_is_for_them(offering: Desk) -> None:
    [offer] = offering.portal(BOB).offers()
    assert (offer.key, offer.title, offer.price) == ("laptop", "Laptop", Money("1299.00", "EUR"))
    assert {each.key for each in offering.portal(KIM).offers()} == {"laptop", "yacht"}
    with pytest.raises(NotFoundError):
        offering.portal(BOB).order("yacht", {"model": "light"})
    assert not hasattr(offer, "approval")


def test_an_order_is_followed_by_what_is_done_of_it(offering: Desk) -> None:
    portal = offering.portal(BOB)
    number = portal.order("laptop", {"model": "light"}).number
    assert portal.progress(number) == PortalOrder(number, "approved", 0, 2)
    order = offering.tickets.by_number(number)
    [task] = offering.orders.progress(order.id).tickets.values()
    offering.tickets.transition(task.id, "complete", resolution="bought")
    offering.run_due()
    assert portal.progress(number) == PortalOrder(number, "approved", 1, 2)
    # How it is fulfilled is the business of the desk.
    assert [each.number for each in portal.mine()] == [number]
    with pytest.raises(NotFoundError):
        portal.ticket(task.number)
    portal.submit("No mail")
    with pytest.raises(RefusedError, match="is no order of the service catalogue"):
        portal.progress("INC-1")


def test_who_is_asked_approves(offering: Desk) -> None:
    bob, eve, kim = (offering.portal(each) for each in (BOB, EVE, KIM))
    number = bob.order("laptop", {"model": "strong"}).number
    [asked] = eve.to_approve()
    assert (asked.number, asked.title, asked.requester) == (number, "Laptop", "bob")
    assert (asked.price, asked.answers, asked.stage) == (LAPTOP.price, {"model": "strong"}, "budget")
    assert bob.to_approve() == kim.to_approve() == ()
    for other in (bob, kim):
        with pytest.raises(NotFoundError, match=f"no order '{number}'"):
            other.approve(number)
    eve.approve(number, "at last")
    assert bob.progress(number).approval == "approved"
    assert eve.to_approve() == ()
    with pytest.raises(NotFoundError):
        eve.reject(number, "too late")
    another = bob.order("laptop", {"model": "strong"}).number
    eve.reject(another, "next year")
    assert bob.progress(another).approval == "rejected"


def test_what_is_no_order_is_not_voted_on(offering: Desk) -> None:
    eve = offering.portal(EVE)
    eve.submit("No mail")
    for number in ("REQ-77", "INC-1"):
        with pytest.raises(NotFoundError, match=f"no order '{number}'"):
            eve.approve(number)


@pytest.fixture
def knowing(desk: Desk) -> Desk:
    writer = desk.acting_as(Actor("writer", roles=["knowledge_manager"]))
    reviewer = desk.acting_as(Actor("reviewer", roles=["knowledge_manager"]))
    for key, audience in (("vpn", ALWAYS), ("vpn-board", equals("viewer.organisation", "other"))):
        writer.knowledge.draft(
            key, "en", "VPN does not connect", "Restart the VPN client.", audience=audience
        )
        writer.knowledge.submit(key, "en")
        reviewer.knowledge.publish(key, "en")
    return desk


def test_what_may_help_is_shown_first(knowing: Desk) -> None:
    portal = knowing.portal(BOB)
    outage = knowing.incidents.log("VPN is down", service="vpn", requester="ann")
    knowing.tickets.tag(outage.id, "outage")
    advice = portal.advice("my VPN does not connect")
    assert [each.title for each in advice.outages] == ["VPN is down"]
    assert [(each.key, each.title, each.language) for each in advice.articles] == [
        ("vpn", "VPN does not connect", "en")
    ]
    portal.solved(advice.session, "vpn")
    assert knowing.knowledge.report().deflected == 1
    assert portal.article("vpn").body == "Restart the VPN client."
    assert [each.key for each in portal.search("VPN")] == ["vpn"]
    with pytest.raises(NotFoundError):
        portal.article("vpn-board")
    with pytest.raises(RefusedError):
        knowing.portal(EVE).solved(portal.advice("VPN").session, "vpn")


# -- whatever is asked ---------------------------------------------------------------------------------

SECRET, OTHERS, ACME = "INTERNAL", "OFKIM", "OFACME"
LEAK = {
    "bob": re.compile(f"{SECRET}|{OTHERS}"),
    "eve": re.compile(f"{SECRET}|{OTHERS}"),
    "mallory": re.compile(f"{SECRET}|{OTHERS}|{ACME}"),
}


def crowded(clock: ManualClock) -> Desk:
    """Return a desk on which all that is internal, and all of kim's, has a word by which it is known."""
    desk = Desk(CONFIG, clock=clock, random=Random(1)).acting_as(Actor(f"{SECRET}-agent"))
    for person, word in (("bob", ACME), ("eve", ACME), ("kim", OTHERS)):
        for place in range(3):
            ticket = desk.incidents.log(
                f"{word} {place}",
                requester=person,
                service="mail" if word == ACME else OTHERS,
                category=f"{SECRET}-category",
                details={"cause": SECRET},
            )
            desk.tickets.assign(ticket.id, support_group=f"{SECRET}-group", assignee=f"{SECRET}-agent")
            desk.tickets.add_note(ticket.id, f"{SECRET} note")
            desk.tickets.comment(ticket.id, f"{SECRET} comment")
            desk.tickets.comment(ticket.id, f"{word} words", public=True)
            desk.tickets.attach(ticket.id, f"{SECRET}.txt", SECRET.encode(), public=False)
            desk.tickets.log_work(ticket.id, timedelta(hours=1), "repair", note=SECRET)
            desk.tickets.tag(ticket.id, SECRET.lower())
            if place:
                desk.incidents.transition(ticket.id, "start")
            if place > 1:
                desk.tickets.resolve(ticket.id, Resolution("fixed", f"{word} cable", cause=SECRET))
    desk.surveys.send()
    offered = evolve(
        LAPTOP,
        owner=f"{SECRET}-owner",
        approval=ApprovalPolicy(
            f"{SECRET}-policy",
            ApprovalStage("budget", [Approver("eve")], when=equals("answer.model", "strong")),
            if_empty="approved",
        ),
        tasks=[Task(f"{SECRET} task", group=f"{SECRET}-group")],
    )
    desk.catalogue.draft(offered)
    desk.catalogue.publish("laptop")
    desk.catalogue.draft(evolve(offered, key="yacht", title=OTHERS, audience=of_others()))
    desk.catalogue.publish("yacht")
    managers = [desk.acting_as(Actor(f"{SECRET}-{n}", roles=["knowledge_manager"])) for n in range(2)]
    for key, audience in (("vpn", ALWAYS), ("of-kim", of_others()), ("draft", ALWAYS)):
        body = {"vpn": "Restart it.", "of-kim": OTHERS, "draft": SECRET}[key]
        managers[0].knowledge.draft(key, "en", "VPN", body, audience=audience)
        if key != "draft":
            managers[0].knowledge.submit(key, "en")
            managers[1].knowledge.publish(key, "en")
    return desk


def of_others() -> Condition:
    return equals("viewer.organisation", "other")


NUMBERS = st.sampled_from([*(f"INC-{n}" for n in range(1, 12)), "", "x", "CMP-1", "INC-1 "])
TEXTS = st.text(max_size=20) | st.sampled_from(["fine", " ", "\u202e", "x" * 1001])
FLAGS = st.none() | st.booleans()
ASKS: st.SearchStrategy[Callable[[Portal], Any]] = st.one_of(
    st.just(lambda portal: portal.outages()),
    st.builds(lambda flag: lambda portal: [*portal.mine(is_open=flag)], st.none() | st.booleans()),
    st.builds(
        lambda flag: lambda portal: [*portal.of_my_organisation(is_open=flag)], st.none() | st.booleans()
    ),
    st.builds(lambda n: lambda portal: portal.ticket(n), NUMBERS),
    st.builds(lambda n, d: lambda portal: portal.file(n, d), NUMBERS, TEXTS),
    st.builds(
        lambda title, kind, name, value: lambda portal: portal.submit(title, kind=kind, **{name: value}),
        TEXTS,
        st.sampled_from(["incident", "question", "change", "", SECRET.lower()]),
        st.sampled_from(["service", "description", "cause", "owner", "support_group", "state", "category"]),
        TEXTS,
    ),
    st.builds(lambda n, t: lambda portal: portal.comment(n, t), NUMBERS, TEXTS),
    st.builds(lambda n: lambda portal: portal.confirm(n), NUMBERS),
    st.just(lambda portal: (portal.offers(), portal.to_approve())),
    st.builds(lambda t: lambda portal: (portal.search(t), portal.advice(t)), TEXTS | st.just("VPN")),
    st.builds(lambda k: lambda portal: portal.article(k), st.sampled_from(["vpn", "of-kim", "draft", ""])),
    st.builds(
        lambda k, m: lambda portal: portal.progress(portal.order(k, {"model": m}).number),
        st.sampled_from(["laptop", "yacht", ""]),
        st.sampled_from(["light", "strong", ""]),
    ),
    st.builds(lambda n, t: lambda portal: portal.approve(n, t), NUMBERS, TEXTS),
    st.builds(lambda n, t: lambda portal: portal.reject(n, t), NUMBERS, TEXTS),
    st.builds(lambda n: lambda portal: portal.progress(n), NUMBERS),
    st.builds(lambda n, t: lambda portal: portal.reopen(n, t), NUMBERS, TEXTS),
    st.builds(lambda n, s, t: lambda portal: portal.rate(n, s, t), NUMBERS, st.integers(-1, 6), TEXTS),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["bob", "eve", "mallory"]), ASKS), min_size=1, max_size=8))
def test_nothing_internal_and_nothing_of_others_comes_out(
    asks: list[tuple[str, Callable[[Portal], Any]]],
) -> None:
    desk = crowded(ManualClock(A_MONDAY))
    untouched = list(of_kim(desk))
    for person, ask in asks:
        try:
            answer = repr(ask(desk.portal(Actor(person))))
        except ItsmkitError as error:
            answer = str(error)
        assert LEAK[person].search(answer) is None, answer
    assert list(of_kim(desk)) == untouched


def of_kim(desk: Desk) -> Iterator[Ticket]:
    return desk.tickets.matching('requester = "kim"')
