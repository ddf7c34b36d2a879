"""A desk with rules of access: what is seen, what is refused, what is kept secret."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from attrs import evolve

from itsmkit.cmdb import CIId, ConfigurationItem
from itsmkit.conditions import equals, present
from itsmkit.desk import (
    Desk,
    DeskConfig,
    InMemoryDirectory,
    InMemoryNotifier,
    InMemoryStore,
    ManualClock,
    Worker,
)
from itsmkit.errors import DefinitionError, NotFoundError, PluginError, RefusedError
from itsmkit.plugin import StoredTicket, Timer, hookimpl
from itsmkit.practices import Effect, EscalationPolicy, EscalationStep, Observation, Occasion, happen
from itsmkit.practices.access import (
    AccessDeniedError,
    AccessRules,
    Permit,
    Restriction,
    Role,
    Scope,
    Verdict,
    Viewer,
)
from itsmkit.practices.links import Cascade, LinkType
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Actor, Commented, Link, TicketId
from itsmkit.tickets.structure import Person, SupportGroup

HOUR = timedelta(hours=1)

RULES = AccessRules(
    [
        Role(
            "customer",
            sees=[Scope(relations=["requester"])],
            permits=[Permit("incidents.log", relations=["requester"]), Permit("tickets.comment")],
            hides=["internal_notes", "cost"],
        ),
        Role(
            "agent",
            sees=[Scope()],
            permits=["tickets.*", "incidents.*", "events", "feed", "report", "cmdb.*"],
        ),
        Role("security", groups=["soc"], sees=[Scope(when=present("restricted_to"))]),
        Role("worker", permits=["run_due", "deliver", "next_due"]),
    ],
    restrictions=[Restriction("security", roles=["security"], prefix="SEC-")],
    default=["customer"],
)
CONFIG = evolve(
    DeskConfig.standard(),
    access=RULES,
    escalation=EscalationPolicy([EscalationStep("breach", ["assignee", "security", "soc", "requester"])]),
)
ANN, SAM, BOB, EVE = (
    Actor("ann", roles=["agent"]),
    Actor("sam", roles=["agent", "security"]),
    Actor("bob"),
    Actor("eve"),
)
ABSENT = TicketId("absent")


class People(InMemoryDirectory):
    """A directory; sam is of the security operations, and gus has left."""

    def person(self, person_id: str) -> Person:
        return Person(person_id, left_at=A_MONDAY if person_id == "gus" else None)

    def groups_of(self, person_id: str) -> tuple[SupportGroup, ...]:
        return (SupportGroup("soc"),) if person_id == "sam" else ()


class Place:
    """A desk for everybody, on one store."""

    def __init__(self, *plugins: object, config: DeskConfig = CONFIG) -> None:
        self.clock = ManualClock(A_MONDAY)
        self.store = InMemoryStore()
        self.notifier = InMemoryNotifier()
        self.desk = Desk(
            config,
            store=self.store,
            clock=self.clock,
            random=Random(1),  # the same keys each time
            plugins=[self.notifier, *plugins],
            directory=People(),
        )

    def of(self, actor: Actor) -> Desk:
        return self.desk.acting_as(actor)


@pytest.fixture
def place() -> Place:
    return Place()


def test_what_one_may_not_see_looks_like_what_is_not_there(place: Place) -> None:
    mine = place.of(BOB).incidents.log("No network")
    eve = place.of(EVE)
    for hidden, absent in (
        (lambda: eve.tickets.get(mine.id), lambda: eve.tickets.get(ABSENT)),
        (lambda: eve.tickets.history(mine.id), lambda: eve.tickets.history(ABSENT)),
        (lambda: eve.tickets.clocks(mine.id), lambda: eve.tickets.clocks(ABSENT)),
        (lambda: eve.tickets.by_number(mine.number), lambda: eve.tickets.by_number("INC-77")),
        (lambda: eve.tickets.comment(mine.id, "hi"), lambda: eve.tickets.comment(ABSENT, "hi")),
        (
            lambda: eve.incidents.transition(mine.id, "start"),
            lambda: eve.incidents.transition(ABSENT, "start"),
        ),
    ):
        one, other = refused(hidden), refused(absent)
        names = {mine.id: "absent", mine.number: "INC-77"}
        said = str(one)
        for name, instead in names.items():
            said = said.replace(name, instead)
        assert said == str(other)


def refused(call: Callable[[], object]) -> NotFoundError:
    with pytest.raises(NotFoundError) as raised:
        call()
    return raised.value


def test_what_is_seen_and_not_permitted_is_refused_with_who_may(place: Place) -> None:
    mine = place.of(BOB).incidents.log("No network")
    with pytest.raises(
        AccessDeniedError, match=r"'bob' may not tickets.assign: none of their roles"
    ) as raised:
        place.of(BOB).tickets.assign(mine.id, assignee="bob")
    assert raised.value.roles == ("agent",)
    assert place.of(BOB).tickets.get(mine.id) == mine


def test_the_permit_for_a_new_ticket_is_asked_about_that_ticket(place: Place) -> None:
    with pytest.raises(AccessDeniedError, match=r"incidents\.log"):
        place.of(BOB).incidents.log("No network", requester="eve")
    assert place.of(ANN).tickets.count() == 0


def test_nobody_reads_a_desk_with_rules(place: Place) -> None:
    with pytest.raises(AccessDeniedError, match=r"nobody may not tickets\.find: nobody asks: bind the desk"):
        place.desk.tickets.find()
    with pytest.raises(AccessDeniedError, match="nobody asks"):
        place.desk.run_due()
    with pytest.raises(AccessDeniedError, match="the store keeps nobody off"):
        place.desk.store  # noqa: B018  # it is a question


def test_who_has_left_is_told_nothing_secret(place: Place) -> None:
    access = place.desk._runner.access
    assert access is not None
    secret = place.of(SAM).incidents.log("A breach", restricted_to="security")
    assert [access.may_be_told(who, secret) for who in ("sam", "soc", "bob", "gus")] == [
        True,
        True,
        False,
        False,
    ]


def test_the_history_of_what_is_absent_is_empty_in_a_guarded_unit(place: Place) -> None:
    secret = place.of(SAM).incidents.log("A breach", restricted_to="security")
    runner = place.desk._runner.asked("tickets.comment", BOB, None)
    found = runner.retried(lambda unit: [unit.history(each) for each in (ABSENT, secret.id)])
    assert found == [(), ()]


def test_who_has_left_is_shown_nothing(place: Place) -> None:
    gus = Actor("gus", roles=["agent"])
    place.of(ANN).incidents.log("No network")
    assert place.of(gus).tickets.count() == 0
    with pytest.raises(AccessDeniedError, match="they have left"):
        place.of(gus).incidents.log("No network")


def test_internal_notes_and_hidden_fields_stay_inside(place: Place) -> None:
    mine = place.of(BOB).incidents.log("No network")
    place.of(ANN).tickets.describe(mine.id, cost=300)
    place.of(ANN).tickets.comment(mine.id, "he pulled the plug")
    told = place.of(BOB).tickets.comment(mine.id, "any news?", public=True)
    assert "cost" not in told.details
    bob = place.of(BOB)
    assert "cost" not in bob.tickets.get(mine.id).details
    notes = [each.fact.text for each in bob.tickets.history(mine.id) if isinstance(each.fact, Commented)]
    assert notes == ["any news?"]
    # Nor is it found out by questions.
    assert bob.tickets.count("cost > 100") == 0
    assert bob.tickets.count("cost is missing") == 1
    assert place.of(ANN).tickets.count("cost > 100") == 1
    with pytest.raises(AccessDeniedError, match="cost is hidden from them"):
        bob.tickets.find(order_by="cost")
    assert [each.details for each in bob.tickets.matching()] == [{}]
    assert [each.details for each, _ in bob.tickets.readings()] == [{}]


def test_the_past_is_read_as_far_as_what_is_now_may_be() -> None:
    bonn = Role("bonn", sees=[Scope(when=equals("site", "Bonn"))])
    place = Place(config=evolve(CONFIG, access=evolve(RULES, roles=[*RULES.roles, bonn])))
    ann, bob, sam = place.of(ANN), place.of(BOB), place.of(SAM)
    mine = bob.incidents.log("No network")
    ann.tickets.describe(mine.id, cost=300)
    sam.incidents.log("A breach", requester="bob", restricted_to="security")
    place.clock.advance(HOUR)
    ann.tickets.describe(mine.id, title="No mail", cost=400, site="Bonn")
    bob.incidents.log("No light")

    def then(desk: Desk) -> list[tuple[str | None, Any]]:
        found = desk.tickets.history_of(person="bob", as_of=A_MONDAY)
        return [(each.title, each.details.get("cost")) for each in found]

    assert then(bob) == [("No network", None)]
    # It was elsewhere then; but it is the ticket as it is now that says who may read of it.
    assert then(place.of(Actor("bob", roles=["bonn"]))) == [("No network", 300)]
    assert then(ann) == [("No network", 300)]
    assert then(sam) == [("No network", 300), ("A breach", None)]
    assert then(place.of(EVE)) == []


def test_deadlines_are_those_of_what_one_sees_however_many_others_there_are(place: Place) -> None:
    for _ in range(5):
        place.of(EVE).incidents.log("No network", impact="high", urgency="high")
    place.of(BOB).incidents.log("No mail")
    place.of(BOB).incidents.log("No light")
    bob, ann = (Actor(each.id, roles=[*each.roles, "planner"]) for each in (BOB, ANN))
    rules = evolve(RULES, roles=[*RULES.roles, Role("planner", permits=["next_deadlines"])])
    desk = Desk(evolve(CONFIG, access=rules), store=place.store, clock=place.clock, directory=People())
    everything = desk.acting_as(ann).next_deadlines(99)
    his = [each for each in everything if each.ticket.requester == "bob"]
    assert (len(everything), len(his)) == (14, 4)
    for limit in (1, 3, 9):
        found = desk.acting_as(bob).next_deadlines(limit)
        assert [(each.at, each.what, each.ticket.number) for each in found] == [
            (each.at, each.what, each.ticket.number) for each in his[:limit]
        ]


def test_clocks_run_by_the_whole_history_whoever_reads_them(place: Place) -> None:
    mine = place.of(BOB).incidents.log("No network")
    place.of(ANN).tickets.assign(mine.id, support_group="network", assignee="ann")
    place.of(ANN).incidents.transition(mine.id, "start")
    place.clock.advance(HOUR)
    # A store that has lost its cache.
    with place.store.begin() as unit:
        stored = unit.ticket(mine.id)
    place.store._room.kept.tickets[mine.id] = evolve(stored, cache={})
    by_id = place.of(ANN).tickets.clocks(mine.id)
    assert place.of(BOB).tickets.clocks(mine.id) == by_id
    assert [each for _, each in place.of(BOB).tickets.readings()] == [by_id]


# -- restricted tickets ------------------------------------------------------------------------------------


def test_a_restricted_ticket_is_there_for_nobody_else(place: Place) -> None:
    sam, ann = place.of(SAM), place.of(ANN)
    secret = sam.incidents.log(
        "A breach", requester="bob", restricted_to="security", configuration_item="web"
    )
    sam.incidents.log("No network", requester="bob", configuration_item="web")
    place.of(ANN).cmdb.put(ConfigurationItem(CIId("web"), "physical host", "web"))
    assert sam.tickets.get(secret.id).restricted_to == "security"
    for desk in (ann, place.of(BOB)):
        assert [each.title for each in desk.tickets] == ["No network"]
        assert desk.tickets.count() == 1
        assert desk.tickets.count(equals("restricted_to", "security")) == 0
        refused(lambda: desk.tickets.get(secret.id))  # noqa: B023  # it is called at once
    assert [each.ticket.title for each in ann.cmdb.open_tickets("web")] == ["No network"]
    assert [each.title for each in ann.cmdb.tickets_of("web")] == ["No network"]
    assert len(ann.cmdb.context("web").open_tickets) == 1
    assert {each.ticket_id for each in ann.feed()}.isdisjoint({secret.id})
    assert all(each.event.ticket_id != secret.id for each in ann.events())
    assert ann.report() != sam.report()


def test_links_to_what_may_not_be_seen_are_not_there(place: Place) -> None:
    sam = place.of(SAM)
    secret = sam.incidents.log("A breach", restricted_to="security")
    known = sam.incidents.log("No mail")
    incident = sam.incidents.log("No network", requester="bob")
    absent = Link("related_to", False, ABSENT)
    links = (Link("caused_by", True, secret.id), Link("related_to", True, known.id), absent)

    def connect(merged_into: TicketId | None) -> None:
        with place.store.begin() as unit:
            ticket = evolve(unit.ticket(incident.id).ticket, merged_into=None)
            decision = happen(ticket, Occasion(SAM, A_MONDAY), Commented("linked", public=True))
            both = (known.id, secret.id)
            linked = evolve(decision.ticket, links=links, merged_into=merged_into, merged_from=both)
            unit.save(StoredTicket(linked), decision.events, expected=ticket.version)

    connect(secret.id)
    for desk, expected in ((sam, links), (place.of(ANN), links[1:]), (place.of(BOB), (absent,))):
        by_id = desk.tickets.get(incident.id)
        assert by_id.links == expected
        assert (by_id.merged_into is None) is (desk is not sam)
        assert by_id.merged_from == tuple(each.other for each in expected if each.other != ABSENT)[::-1]
        assert desk.tickets.by_number(incident.number) == by_id
        assert by_id in desk.tickets.find().tickets
    connect(None)
    assert place.of(BOB).tickets.comment(incident.id, "thanks").links == (absent,)


def test_who_links_and_merges_what_they_see_a_part_of_loses_nothing_of_the_rest() -> None:
    role = Role("agent", sees=[Scope()], permits=["links.*", "incidents.log"], hides=["cost", "links"])
    rules = evolve(RULES, roles=[role, *(each for each in RULES.roles if each.name != "agent")])
    place = Place(config=evolve(CONFIG, access=rules))
    ann, all_of_it = place.of(ANN), place.desk.privileged("to look").acting_as(SAM)
    secret = all_of_it.incidents.log("A breach", restricted_to="security")
    one, other = (
        ann.incidents.log(title, requester="eve", details={"cost": 3}) for title in ("No network", "No mail")
    )
    all_of_it.links.link(one.id, "caused_by", secret.id)
    told = ann.links.link(one.id, "related_to", other.id)
    assert (told.details, told.links) == ({}, ())
    whole = all_of_it.tickets.get(one.id)
    assert whole.details == {"cost": 3}
    assert {each.other for each in whole.links} == {secret.id, other.id}
    ann.links.unlink(one.id, "related_to", other.id)
    ann.links.merge(one.id, into=other.id)
    ann.links.unmerge(one.id)
    assert [each.other for each in all_of_it.tickets.get(one.id).links] == [secret.id]
    for ticket in (one, other):
        assert all_of_it.tickets.get(ticket.id).details == {"cost": 3}
    # What may not be seen is as absent here as everywhere.
    for ask in (ann.links.link, ann.links.unlink):
        with pytest.raises(NotFoundError) as hidden:
            ask(one.id, "related_to", secret.id)
        with pytest.raises(NotFoundError) as absent:
            ask(one.id, "related_to", ABSENT)
        assert str(hidden.value).replace(secret.id, ABSENT) == str(absent.value)


def test_a_cascade_tells_nobody_of_what_they_may_not_know() -> None:
    tell = Cascade(
        "tell",
        "transition",
        on_category="resolved",
        from_target=True,
        trigger="resolve",
        carries=["resolution"],
        notify=["requester"],
    )
    fixed_by = LinkType("fixed_by", "fixes", is_acyclic=True, cascades=[tell])
    place = Place(config=evolve(CONFIG, link_types=[fixed_by]))
    desk = place.desk.privileged("to begin").acting_as(SAM)

    def logged(requester: str, restricted_to: str | None) -> TicketId:
        it = desk.incidents.log("x", requester=requester, restricted_to=restricted_to).id
        desk.tickets.assign(it, support_group="network", assignee="ann")
        return desk.incidents.transition(it, "start").id

    cause, *others = (logged(who, of) for who, of in (("eve", None), ("bob", None), ("bob", "security")))
    for each in others:
        desk.links.link(each, "fixed_by", cause)
    desk.incidents.transition(cause, "resolve", resolution="a new cable")
    desk.run_due()
    assert [desk.tickets.get(each).state for each in others] == ["Resolved", "Resolved"]
    desk.deliver()
    told = [(each.subject, each.recipient) for each in place.notifier.delivered]
    assert told == [("INC-2: x", "bob")]


def test_the_rules_and_what_is_parked_are_told_to_who_may_ask() -> None:
    rules = evolve(
        RULES,
        roles=[*RULES.roles, Role("keeper", sees=[Scope()], permits=["parked_timers", "configuration.*"])],
    )
    place = Place(config=evolve(CONFIG, access=rules))
    sam, keeper = place.of(SAM), place.of(Actor("kay", roles=["keeper"]))
    secret = sam.incidents.log("A breach", restricted_to="security")
    known = sam.incidents.log("No mail")
    with place.store.begin() as unit:
        for ticket in (secret, known):
            unit.set_timer(Timer(ticket.id, "resolve", A_MONDAY, parked="given up"))
    assert [each.ticket_id for each in keeper.parked_timers()] == [known.id]
    assert keeper.configuration.history() == ()
    for read in (sam.parked_timers, sam.configuration.current, sam.configuration.history):
        with pytest.raises(AccessDeniedError):
            read()


def test_restricted_tickets_leave_no_gap_in_the_numbers(place: Place) -> None:
    sam = place.of(SAM)
    numbers = [
        sam.incidents.log("x", restricted_to=secret).number for secret in (None, "security", None, "security")
    ]
    assert numbers == ["INC-1", "INC-SEC-1", "INC-2", "INC-SEC-2"]
    taken = sam.incidents.take_over("INC-SEC-7", Observation("New"), opened_at=A_MONDAY)
    assert taken.number == "INC-SEC-7"
    assert sam.incidents.log("x", restricted_to="security").number == "INC-SEC-8"
    assert sam.incidents.log("x").number == "INC-3"
    assert sam.privileged("to look").audit.verify().is_intact


def test_who_may_not_know_of_a_ticket_is_not_told_of_it(place: Place) -> None:
    sam = place.of(SAM)
    for secret in ("security", None):
        incident = sam.incidents.log(
            "x", requester="bob", impact="high", urgency="high", restricted_to=secret
        )
        sam.tickets.assign(incident.id, support_group="network", assignee="ann")
    place.clock.advance(timedelta(days=9))
    desk = place.desk.privileged("worker")
    desk.run_due()
    desk.deliver()
    told = {(each.subject.partition(":")[0], each.recipient) for each in place.notifier.delivered}
    assert {who for number, who in told if number == "INC-SEC-1"} == {"security", "soc"}
    assert {who for number, who in told if number == "INC-1"} == {"ann", "security", "soc", "bob"}


def test_what_becomes_restricted_withholds_what_is_on_its_way(place: Place) -> None:
    sam = place.of(SAM)
    incident = sam.incidents.log("x", requester="bob", impact="high", urgency="high")
    place.clock.advance(timedelta(days=9))
    desk = place.desk.privileged("worker")
    desk.run_due()
    sam.tickets.restrict(incident.id, "security", reason="it is a breach")
    report = desk.deliver()
    assert {each.recipient for each in place.notifier.delivered} == {"security", "soc"}
    assert {each.notification.recipient for each in report.parked} == {"bob"}
    assert {each.parked for each in report.parked} == {
        "withheld: its ticket is under a restriction by now, and they may not see it"
    }


def test_what_waits_for_an_approval_without_an_order_is_withheld_as_all_is() -> None:
    # Who takes part would be told: but nobody has asked for the vote of who has only asked for it.
    effect = Effect(fields={"approval": "requested"}, notify=["requester"])
    sees = [Scope(relations=["requester"]), Scope(relations=["participant"])]
    rules = AccessRules(
        [Role("customer", sees=sees), Role("board")],
        restrictions=[Restriction("board", roles=["board"], relations=["participant"])],
        default=["customer"],
    )
    place = Place(config=evolve(CONFIG, access=rules, effects={**CONFIG.effects, "open_approval": effect}))
    desk = place.desk.privileged("worker").acting_as(SAM)
    asked = [desk.requests.log("A laptop", requester="bob") for _ in range(2)]
    for each in asked:
        assert desk.requests.transition(each.id, "submit").fact("approval") == "requested"
    desk.tickets.restrict(asked[0].id, "board", reason="it is a surprise")
    [parked] = desk.deliver().parked
    assert (parked.notification.recipient, parked.notification.ticket_id) == ("bob", asked[0].id)
    assert [each.ticket_id for each in place.notifier.delivered] == [asked[1].id]


def test_a_restriction_comes_and_goes(place: Place) -> None:
    sam = place.of(SAM)
    incident = place.of(BOB).incidents.log("A strange mail")
    secret = place.of(ANN).tickets.restrict(incident.id, "security", reason="phishing")
    assert (secret.restricted_to, secret.number) == ("security", incident.number)
    assert place.of(BOB).tickets.count() == place.of(ANN).tickets.count() == 0
    assert sam.tickets.restrict(incident.id, "security", reason="again") == secret
    with pytest.raises(RefusedError, match="say why"):
        sam.tickets.restrict(incident.id, None, reason=" ")
    with pytest.raises(DefinitionError, match="unknown restriction 'securty'; did you mean 'security'"):
        sam.tickets.restrict(incident.id, "securty", reason="x")
    sam.tickets.restrict(incident.id, None, reason="harmless")
    assert place.of(BOB).tickets.count() == 1
    with pytest.raises(DefinitionError, match="unknown restriction 'hr'; known: none"):
        Desk().incidents.log("x", restricted_to="hr", by=ANN)


# -- asking again ------------------------------------------------------------------------------------------


def test_an_answer_is_not_given_again_to_who_may_not_see_it_any_more(place: Place) -> None:
    incident = place.of(BOB).incidents.log("A strange mail", idempotency_key="once")
    assert place.of(BOB).incidents.log("A strange mail", idempotency_key="once") == incident
    place.of(SAM).tickets.restrict(incident.id, "security", reason="phishing")
    with pytest.raises(NotFoundError):
        place.of(BOB).incidents.log("A strange mail", idempotency_key="once")
    with pytest.raises(NotFoundError):
        place.of(BOB).tickets.comment(incident.id, "hello", idempotency_key="twice")


def test_a_command_is_judged_again_after_a_conflict() -> None:
    place = Place()
    incident = place.of(BOB).incidents.log("A strange mail")
    tries = 0

    class Racing:
        @hookimpl
        def itsmkit_authorise(self, viewer: Viewer, operation: str) -> None:
            nonlocal tries
            if viewer.person == "bob" and operation == "tickets.comment":
                tries += 1
                if tries == 1:
                    place.of(SAM).tickets.restrict(incident.id, "security", reason="phishing")

    racing = Desk(
        CONFIG, store=place.store, clock=place.clock, plugins=[Racing()], pause=lambda _: None
    ).acting_as(BOB)
    with pytest.raises(NotFoundError):
        racing.tickets.comment(incident.id, "hello")
    assert tries == 1
    assert len(place.of(SAM).tickets.history(incident.id)) == 2


# -- the privileged context, and outside engines ------------------------------------------------------------


def test_a_privileged_context_is_asked_for_by_name_and_stands_in_the_books(place: Place) -> None:
    place.of(BOB).incidents.log("No network")
    desk = place.desk.privileged("nightly import")
    assert desk.tickets.count() == 1
    assert desk.store is place.store
    incident = desk.incidents.log("x", requester="eve", by=Actor("import"))
    [event] = desk.tickets.history(incident.id)
    assert event.actor.roles == ("privileged: nightly import",)
    with pytest.raises(DefinitionError, match="reason: must be what it is for"):
        place.desk.privileged(" ")
    # Of a desk without rules it changes nothing.
    open_desk = Desk(config=DeskConfig.standard()).privileged("x")
    logged = open_desk.incidents.log("x", by=ANN)
    assert open_desk.tickets.history(logged.id)[0].actor == ANN


def test_workers_work_in_a_privileged_context_or_with_a_permit(place: Place) -> None:
    place.of(BOB).incidents.log("No network", impact="high", urgency="high")
    place.clock.advance(timedelta(days=9))
    with pytest.raises(AccessDeniedError):
        Worker(place.of(ANN))
    assert place.of(Actor("robot", roles=["worker"])).run_due().passed > 0
    assert Worker(place.desk.privileged("worker")).round().delivered > 0


def test_batches_and_tenants_keep_the_rules(place: Place) -> None:
    with pytest.raises(AccessDeniedError, match="batch"), place.of(ANN).batch():
        pass
    with place.desk.privileged("import").acting_as(ANN).batch() as batch:
        batch.incidents.log("x", requester="eve")
    assert place.of(BOB).of_tenant("other").tickets.count() == 0
    with pytest.raises(AccessDeniedError):
        place.of(BOB).of_tenant("other").incidents.log("x", requester="eve")


def test_a_desk_tells_what_one_may(place: Place) -> None:
    incident = place.of(BOB).incidents.log("x")
    assert place.of(BOB).may("tickets.comment", incident).because == (
        "role 'customer' permits tickets.comment",
    )
    assert not place.of(BOB).may("tickets.assign", incident).allowed
    assert place.of(EVE).may("tickets.comment", incident).because == ("there is no such ticket for them",)
    assert place.of(EVE).may("tickets.find").allowed
    assert place.of(ANN).may("incidents.transition:start", incident).allowed
    assert not place.of(ANN).may("run_due").allowed
    assert Desk().may("run_due").allowed
    with pytest.raises(AccessDeniedError):
        place.desk.may("run_due")


class Engine:
    """An outside policy engine that answers as it is told."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str, str | None]] = []

    @hookimpl
    def itsmkit_authorise(self, viewer: Viewer, operation: str, ticket: Any) -> Any:
        self.asked.append((viewer.person, operation, None if ticket is None else ticket.number))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (None, None, ""),
        (Verdict(allowed=True, because=()), None, ""),
        (Verdict(allowed=False, because=("out of hours",)), AccessDeniedError, "out of hours"),
        (Verdict(allowed=False, because=()), AccessDeniedError, "plugin 'Engine' gives no reason"),
        (ValueError("no connection"), PluginError, "no connection"),
        (True, PluginError, "it returned bool in place of a Verdict or None"),
    ],
    ids=["no opinion", "allows", "refuses", "refuses without a word", "fails", "answers nonsense"],
)
def test_an_outside_engine_may_refuse_and_a_broken_one_does(answer: Any, error: Any, said: str) -> None:
    engine = Engine(answer)
    place = Place(engine)
    call = place.of(BOB).incidents.log
    if error is None:
        assert call("No network").number == "INC-1"
    else:
        with pytest.raises(error, match=said):
            call("No network")
        assert place.desk.privileged("to look").tickets.count() == 0
    assert engine.asked == [("bob", "incidents.log", "INC-1")]


def test_an_outside_engine_permits_nothing_that_the_rules_do_not() -> None:
    engine = Engine(Verdict(allowed=True, because=("ask me",)))
    place = Place(engine)
    with pytest.raises(AccessDeniedError):
        place.of(BOB).run_due()
    assert engine.asked == []


def test_the_feed_ends_only_where_nothing_more_is_to_be_read(place: Place) -> None:
    sam = place.of(SAM)
    for _ in range(3):
        sam.incidents.log("A breach", restricted_to="security")
    sam.incidents.log("No network")
    assert [each.position for each in place.of(ANN).events(limit=2)] == [4]
    assert place.of(ANN).events(after=4) == []


def test_policies_of_many_viewers_are_made_anew(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itsmkit.desk._access._MOST_KEPT", 2)
    for name in ("a", "b", "c", "a"):
        place.of(Actor(name)).incidents.log("x")
        assert place.of(Actor(name)).tickets.count() >= 1
    assert place.of(Actor("a")).tickets.count() == 2
