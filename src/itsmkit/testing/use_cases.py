"""
Everything that a desk can be asked to do, each once, as something to run on any store.

What fails somewhere in the middle must leave all of it or nothing, whatever is asked for; so whoever tests
that goes through `USE_CASES`. A command of the desk without a use case is found by the tests of itsmkit.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from inspect import signature
from random import Random
from typing import Any

from attrs import evolve, field, frozen

from itsmkit._frozen import EMPTY
from itsmkit.cmdb import CIId, ConfigurationItem, RedundancySet, Relation, SourceRecord
from itsmkit.cmdb.history import ConfigurationRecord
from itsmkit.conditions import ALWAYS, equals, parse_condition
from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.money import Money
from itsmkit.plugin import OutboxEntry, RowKind, Store, Timer
from itsmkit.practices import ImpactPolicy, ImpactRule, Incident, Observation, Resolution
from itsmkit.practices.access import AccessRules, Restriction, Role, Scope, access_grant_kind
from itsmkit.practices.catalogue import CatalogueItem
from itsmkit.practices.experience import Survey, SurveyPolicy
from itsmkit.practices.forms import Form, FormField
from itsmkit.practices.improvement import Improvement
from itsmkit.practices.knowledge import ArticleFeedback, KnowledgeSession
from itsmkit.practices.links import STANDARD_LINK_TYPES, Cascade, LinkType
from itsmkit.practices.work_aids import (
    CannedReply,
    ChecklistTemplate,
    Macro,
    MacroStep,
    ReplyPolicy,
    Schedule,
    TicketTemplate,
)
from itsmkit.testing.builders import A_MONDAY, AN_AGENT, a_notification
from itsmkit.testing.faults import EveryHook, Faults, failing_clock, failing_store
from itsmkit.tickets import Actor, Ticket, TicketId
from itsmkit.tickets.structure import Person, Structure
from itsmkit.workflow.approvals import ApprovalPolicy, Approver
from itsmkit.workflow.approvals import Stage as ApprovalStage
from itsmkit.workflow.tasks import Task

__all__ = ["EVERYBODY", "Stage", "USE_CASES", "UseCase", "command_of"]

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
HOST, SPARE, SWITCH, OTHER_SWITCH = (CIId(name) for name in ("web-1", "web-2", "switch-1", "switch-2"))
LINK = Relation(HOST, "attached_to", SWITCH)
PAIR = RedundancySet(HOST, "switches", [SWITCH, OTHER_SWITCH], "any", relation_type="attached_to")
RECORD = SourceRecord("scan", "7", "physical host", "web-7", {"ram_gb": 64}, seen_at=A_MONDAY - HOUR)

EVERYBODY = AccessRules(
    [Role("everybody", sees=[Scope()], permits=["*"])],
    restrictions=[Restriction("security", roles=["everybody"])],
    default=["everybody"],
)
"""Rules by which everybody may see and do everything, and a restriction that keeps nobody off."""

STAFF = evolve(AN_AGENT, roles=("access_manager", "resource_owner", "knowledge_manager"))
"""Who asks for all of it."""

Once = Mapping[str, Any]
"""The idempotency key of a command, by its name; empty for one that takes none."""


@frozen(eq=False)
class Stage:
    """
    A desk with all that it reads, and the plan by which any of it fails.

    Args:
        store: Where it keeps its records. Used without failures, to look at.
        faults: What fails.
        clock: What the desk reads its time from.
        plugin: The one plugin of the desk.
        desk: The desk: all that it calls fails as planned.
        steady: A desk on the same store with the same clock, of which nothing fails.
    """

    store: Store
    faults: Faults
    clock: ManualClock
    plugin: EveryHook
    desk: Desk
    steady: Desk

    @classmethod
    def on(cls, store: Store, faults: Faults) -> "Stage":
        """Return the stage on *store*; each has the same rules, instants and random bits."""
        config, clock = _rules(), ManualClock(A_MONDAY)
        plugin = EveryHook(faults, [RECORD])
        desk = Desk(
            config,
            store=failing_store(store, faults),
            plugins=[plugin],
            clock=failing_clock(clock, faults),
            random=Random(2),  # noqa: S311  # the same keys each time
        )
        steady = Desk(config, store=store, clock=clock, random=Random(1))  # noqa: S311  # as above
        return cls(store, faults, clock, plugin, desk.acting_as(STAFF), steady.acting_as(STAFF))


_OTHER_RULES: Mapping[str, Any] = {
    "workflow": {
        "name": "other",
        "initial": "Reported",
        "states": {"Reported": "new", "Solved": "closed"},
        "transitions": [{"trigger": "solve", "from": "Reported", "to": "Solved"}],
    },
}
"""Rules under which tickets go through other states, and nothing is promised."""


def _nothing(_stage: Stage) -> None:
    """Begin with an empty desk."""


@frozen(eq=False)
class UseCase:
    """
    Something that a desk is asked to do.

    Args:
        command: What is asked, as one would write it after ``desk.``, such as ``"tickets.comment"``.
        ask: Asks a desk for it, given what *before* has returned and the idempotency key, if there is one.
        before: Makes what must be there already.
        variant: What is special about it, where a command has several.
        lease: How long what was begun, and failed, is nobody else's.
        goes_without: A call that may fail: then nothing comes of it, and the answer says so.
    """

    command: str
    ask: Callable[[Desk, Any, Once], object]
    before: Callable[[Stage], Any] = _nothing
    variant: str = field(default="", kw_only=True)
    lease: timedelta = field(default=timedelta(0), kw_only=True)
    goes_without: str | None = field(default=None, kw_only=True)

    @property
    def name(self) -> str:
        """What it is called: the command, and in brackets the variant."""
        return f"{self.command} ({self.variant})" if self.variant else self.command

    def once(self, desk: Desk, key: str) -> Once:
        """Return *key* as an option of the command; nothing if it takes none."""
        takes_one = "idempotency_key" in signature(command_of(desk, self.command)).parameters
        return {"idempotency_key": key} if takes_one else EMPTY


def command_of(desk: Desk, command: str) -> Callable[..., object]:
    """Return the method of *desk* that a `UseCase.command` names."""
    found: Any = desk
    for name in command.split("."):
        found = getattr(found, name)
    method: Callable[..., object] = found
    return method


# -- what must be there ------------------------------------------------------------------------------------


def _logged(stage: Stage) -> Incident:
    return stage.steady.incidents.log("No network", requester="bob", impact="high", urgency="high")


def _two_of_bob(stage: Stage) -> None:
    for _ in range(2):
        incident = _logged(stage)
        stage.steady.tickets.comment(incident.id, "It is the cable")


def _assigned(stage: Stage) -> Ticket:
    incident = _logged(stage)
    return stage.steady.tickets.assign(incident.id, support_group="network", assignee="ann")


def _under_way(stage: Stage) -> Incident:
    return stage.steady.incidents.transition(_assigned(stage).id, "start")


def _critical(stage: Stage) -> None:
    """Let a service be there on which the business depends."""
    stage.steady.cmdb.put(ConfigurationItem(CIId("pay"), "service", "Pay", {"criticality": "critical"}))


def _of_a_critical_service(stage: Stage) -> Incident:
    incident = stage.steady.incidents.log("No payments", service="pay")
    _critical(stage)
    return incident


def _requested(stage: Stage) -> Ticket:
    return stage.steady.access.request(
        "everybody", reason="helps out", for_person="bob", until=A_MONDAY + DAY
    )


def _role_approved(stage: Stage) -> Ticket:
    return stage.steady.access.approve(_requested(stage).id)


def _granted(stage: Stage) -> Ticket:
    return stage.steady.access.grant(_role_approved(stage).id)


def _granted_for_good(stage: Stage) -> Ticket:
    asked = stage.steady.access.request("everybody", reason="works here", for_person="bob")
    return stage.steady.access.grant(stage.steady.access.approve(asked.id).id)


def _to_be_confirmed(stage: Stage) -> Ticket:
    """Let a quarter go by, so that a grant has fallen due."""
    granted = _granted_for_good(stage)
    stage.clock.advance(timedelta(days=100))
    return stage.steady.tickets.transition(granted.id, "fall_due")


def _revoked(stage: Stage) -> Ticket:
    return stage.steady.access.revoke(_granted(stage).id, reason="moved on")


def _pair(stage: Stage) -> tuple[TicketId, TicketId]:
    """Let two incidents be there."""
    other = stage.steady.incidents.log("No mail", requester="eve", details={"cable": "red"})
    return _under_way(stage).id, other.id


def _linked_pair(stage: Stage) -> tuple[TicketId, TicketId]:
    """Let one of them be fixed by the other."""
    one, other = _pair(stage)
    stage.steady.links.link(one, "fixed_by", other)
    return one, other


def _merged_pair(stage: Stage) -> tuple[TicketId, TicketId]:
    """Let one of them go on in the other, which was commented on."""
    one, other = _pair(stage)
    stage.steady.links.merge(one, into=other)
    stage.steady.tickets.comment(other, "The same fuse")
    return one, other


def _said_of_two(stage: Stage) -> Ticket:
    """Let a comment be about something else."""
    return stage.steady.tickets.comment(_under_way(stage).id, "And the lamp flickers", public=True)


def _fixed(stage: Stage) -> None:
    """Let two incidents be fixed by a third that is resolved; one can be resolved as it is, one cannot."""
    cause = _under_way(stage)
    for each in (_under_way(stage), _logged(stage)):
        stage.steady.links.link(each.id, "fixed_by", cause.id)
    stage.steady.incidents.transition(cause.id, "resolve", resolution="a new cable")


def _asked(stage: Stage) -> Ticket:
    """Let it be asked of an incident whether it works again."""
    cause, asked = _under_way(stage), _assigned(stage)
    stage.steady.links.link(asked.id, "fixed_by", cause.id)
    stage.steady.incidents.transition(cause.id, "wait", pending_reason="it seems to work")
    stage.steady.run_due()
    return asked


def _shared(stage: Stage) -> Ticket:
    """Let a ticket have a participant, a file, a piece of work and a tag."""
    tickets, incident = stage.steady.tickets, _logged(stage)
    tickets.add_participant(incident.id, "kim", "expert")
    tickets.attach(incident.id, "log.txt", b"no carrier")
    tickets.log_work(incident.id, HOUR, "repair")
    return tickets.tag(incident.id, "vip")


def _resolved(stage: Stage) -> Ticket:
    return stage.steady.tickets.resolve(_under_way(stage).id, Resolution("fixed", "a new cable"))


def _closed(stage: Stage) -> Incident:
    return stage.steady.incidents.transition(_resolved(stage).id, "close")


def _due(stage: Stage) -> None:
    """Let checkpoints be due, the first of which nobody is told of."""
    _logged(stage)
    due = stage.steady.next_due()
    assert due is not None  # noqa: S101  # the standard agreements promise an answer
    stage.clock.set(due)


def _breached(stage: Stage) -> None:
    """Let checkpoints be due of which people are told."""
    _under_way(stage)
    stage.clock.advance(5 * HOUR)


def _parked(stage: Stage) -> Incident:
    """Let a timer be parked."""
    incident = _logged(stage)
    with stage.store.begin() as unit:
        unit.set_timer(Timer(incident.id, "resolve", stage.clock(), parked="given up"))
    return incident


def _resolved_long_ago(stage: Stage) -> None:
    """Let a state be about to end by itself."""
    incident = _under_way(stage)
    stage.steady.incidents.transition(incident.id, "resolve", resolution="a new cable")
    stage.clock.advance(8 * DAY)


def _of_other_agreements(stage: Stage) -> None:
    """Let tickets have the timers of a desk that had no agreements."""
    config = evolve(stage.steady.config, agreements=[])
    desk = Desk(config, store=stage.store, clock=stage.clock, random=Random(3))  # noqa: S311  # as above
    for title in ("No network", "No power"):
        desk.incidents.log(title, by=AN_AGENT)


def _waiting(stage: Stage) -> None:
    """Let a notification wait."""
    _logged(stage)
    with stage.store.begin() as unit:
        unit.enqueue(OutboxEntry(a_notification(), 0, stage.clock()))


def _known(stage: Stage) -> None:
    """Let a host be attached to two switches, which are a redundancy set; and rule on one."""
    cmdb = stage.steady.cmdb
    switches = [_item(name, "switch") for name in (SWITCH, OTHER_SWITCH)]
    links = [LINK, Relation(HOST, "attached_to", OTHER_SWITCH)]
    cmdb.put(_item(HOST), *switches, *links, PAIR)
    cmdb.override(HOST, "degraded", A_MONDAY + DAY)


def _hosts(stage: Stage) -> None:
    """Let a host and two switches be there, and no relation."""
    switches = [_item(name, "switch") for name in (SWITCH, OTHER_SWITCH)]
    stage.steady.cmdb.put(_item(HOST), *switches)


def _linked(stage: Stage) -> None:
    """Let the host be attached to one of them."""
    _hosts(stage)
    stage.steady.cmdb.put(LINK)


def _told(stage: Stage) -> str:
    """Let a source have told of a host; return its id."""
    stage.steady.discovery.receive([RECORD])
    [item] = stage.steady.cmdb.graph().items
    return item.id


def _locked(stage: Stage) -> str:
    """Let what the source says of the memory not count."""
    ci = _told(stage)
    stage.steady.discovery.lock(ci, "ram_gb", 32, reason="as ordered")
    return ci


def _stale(stage: Stage) -> str:
    """Let a lock have expired, so that to reconcile anew changes something."""
    ci = _told(stage)
    stage.steady.discovery.lock(ci, "ram_gb", 32, reason="for a week", expires=A_MONDAY + DAY)
    stage.clock.advance(2 * DAY)
    return ci


def _remembered(stage: Stage) -> None:
    """Let something have been done once, two days ago."""
    stage.steady.incidents.log("No network", idempotency_key="two days ago")
    stage.clock.advance(2 * DAY)


def _item(name: str, ci_class: str = "physical host") -> ConfigurationItem:
    return ConfigurationItem(CIId(name), ci_class, name)


def _rules() -> DeskConfig:
    if not _standard:
        standard = DeskConfig.standard()
        kinds = [*standard.kinds.values(), access_grant_kind()]
        surveys = [SurveyPolicy(name="all", low=2)]
        impact = ImpactPolicy(rules=[ImpactRule(impact="high", criticality=["critical"])])
        rules = evolve(standard, access=EVERYBODY, kinds=kinds, surveys=surveys, impact=impact)
        people = [Person("ann", skills=["network"], calendar="office"), Person("kim", calendar="office")]
        rules = evolve(rules, structure=Structure(people=people), replies=_REPLIES)
        _standard.append(evolve(rules, link_types=[*STANDARD_LINK_TYPES, FIXED_BY]))
    return _standard[0]


_standard: list[DeskConfig] = []

_REPLIES = ReplyPolicy(
    send_from=0.7, never_when=parse_condition("tag.unusual = true"), counts_as_response="start"
)

FIXED_BY = LinkType(
    "fixed_by",
    "fixes",
    is_acyclic=True,
    cascades=[
        Cascade(
            "resolve",
            "transition",
            on_category="resolved",
            from_target=True,
            trigger="resolve",
            carries=["resolution"],
            notify=["requester"],
        ),
        Cascade(
            "confirm",
            "ask",
            on_trigger="wait",
            from_target=True,
            trigger="start",
            text="Does it work again?",
            notify=["requester", "assignee"],
        ),
    ],
)
"""Links along which something moves: incidents that one fixes, are resolved with it."""

SEEN = Observation("In Progress", "network", "ann", impact="high", urgency="high")


_MACRO = Macro(
    id="ask",
    name="Ask back",
    steps=[
        MacroStep("assign", {"support_group": "network", "assignee": "ann"}),
        MacroStep("comment", {"text": "Which room, {requester}?", "public": True}),
        MacroStep("tag", {"tags": ("asked",)}),
    ],
)


def _with_aids(stage: Stage) -> Ticket:
    """Let there be work aids, and a ticket to use them on."""
    aids = stage.steady.aids
    aids.keep(_MACRO)
    aids.keep(CannedReply(id="thanks", name="Thanks", text="Thank you, {requester}."))
    aids.keep(TicketTemplate(id="printer", name="Printer", kind="incident", title="A printer is down"))
    aids.keep(ChecklistTemplate(id="handover", name="Hand over", items=["who knows it", "what was tried"]))
    return _logged(stage)


@frozen
class _TicketWith:
    """A ticket with a record of its own, by its id."""

    id: TicketId
    record: str
    at: datetime = A_MONDAY


def _with_a_checklist(stage: Stage) -> _TicketWith:
    ticket_id = _with_aids(stage).id
    return _TicketWith(ticket_id, stage.steady.checklists.begin(ticket_id, "handover").id)


def _booked(stage: Stage) -> _TicketWith:
    """Let ann have an appointment on a ticket, each in another week."""
    ticket_id = _logged(stage).id
    at = A_MONDAY + HOUR + stage.steady.tickets.count() * 7 * DAY
    booked = stage.steady.appointments.book(ticket_id, at, HOUR, attendees=["ann"], skill="network")
    return _TicketWith(ticket_id, booked.id, at)


def _begun_by_now(stage: Stage) -> _TicketWith:
    """Let an appointment have begun."""
    booked = _booked(stage)
    stage.clock.set(booked.at)
    return booked


_TAPES = Schedule(
    id="tapes",
    name="Change the tapes",
    template="printer",
    rule="FREQ=DAILY",
    first="2026-03-01T09:30",
    tz="Europe/Berlin",
    shift="next open",
    catch_up="latest",
)


def _scheduled(stage: Stage) -> Schedule:
    """Let a schedule be kept, of which something is due."""
    _with_aids(stage)
    kept = stage.steady.schedules.keep(_TAPES)
    stage.clock.advance(2 * DAY)
    return kept


def _scheduled_from_nothing(stage: Stage) -> None:
    """Let a schedule name a template that is retired."""
    _scheduled(stage)
    stage.steady.aids.retire("ticket template", "printer")


def _consented(stage: Stage) -> _TicketWith:
    """Let the requester of a ticket consent to remote sessions on it."""
    if HOST not in stage.steady.cmdb.as_of():
        _hosts(stage)
    ticket = stage.steady.incidents.log("No network", requester="bob", configuration_item=HOST)
    access = stage.steady.remote_sessions.give_consent(ticket.id, "to look at the driver", person="bob")
    return _TicketWith(ticket.id, access.consents[-1].id)


def _in_a_session(stage: Stage) -> _TicketWith:
    """Let a remote session be on for a while."""
    ticket_id = _consented(stage).id
    desk = Desk(
        _rules(),
        store=stage.store,
        plugins=[EveryHook(Faults())],
        clock=stage.clock,
        random=Random(4),  # noqa: S311  # as above
    )
    access = desk.acting_as(AN_AGENT).remote_sessions.start(ticket_id)
    stage.clock.advance(HOUR / 3)
    return _TicketWith(ticket_id, access.sessions[-1].id)


def _unusual(stage: Stage) -> Ticket:
    """Let a ticket be one on which nothing is sent by itself."""
    return stage.steady.tickets.tag(_logged(stage).id, "unusual")


def _asked_how(stage: Stage) -> str:
    """Let it be asked how it was, and return the token."""
    _resolved(stage)
    stage.steady.surveys.send()
    [told] = [str(row.data) for row in stage.store.dump() if row.kind is RowKind.OUTBOX]
    [token] = re.findall("token: ([0-9a-f.]+)", told)
    return str(token)


def _answered(stage: Stage) -> Survey:
    return stage.steady.surveys.answer(_asked_how(stage), 5, "Bob Onym was pleased")


def _complained(stage: Stage) -> None:
    for title in ("Nobody called", "Nobody wrote", "Nobody came"):
        stage.steady.tickets.tag(stage.steady.complaints.log(title).id, "theme-waiting")


_FEWER_CALLS: Mapping[str, Any] = {
    "figure": "calls per ticket",
    "better": "down",
    "baseline": Decimal("2.5"),
    "action": "a form that asks at once",
}


_AN_AUTHOR = Actor("kim")


def _written(stage: Stage) -> None:
    stage.steady.knowledge.draft("vpn", "en", "VPN", "Restart the client.", by=_AN_AUTHOR)


def _submitted(stage: Stage) -> None:
    _written(stage)
    stage.steady.knowledge.submit("vpn", "en", by=_AN_AUTHOR)


def _published(stage: Stage) -> None:
    _submitted(stage)
    stage.steady.knowledge.publish("vpn", "en")


def _published_and_logged(stage: Stage) -> Incident:
    if not any(stage.steady.knowledge.articles()):
        _published(stage)
    return _logged(stage)


def _praised(stage: Stage) -> ArticleFeedback:
    _published(stage)
    return stage.steady.knowledge.give_feedback("vpn", helpful=True, comment="thanks")


def _looking(stage: Stage) -> KnowledgeSession:
    _published(stage)
    return stage.steady.knowledge.begin_session("VPN client")


def _looked_and_logged(stage: Stage) -> tuple[str, TicketId]:
    return _looking(stage).id, _logged(stage).id


def _idea(stage: Stage) -> Improvement:
    return stage.steady.improvements.propose("Fewer calls", owner="kim")


def _begun(stage: Stage) -> Improvement:
    return stage.steady.improvements.begin(_idea(stage).id, **_FEWER_CALLS)


def _measured(stage: Stage) -> Improvement:
    return stage.steady.improvements.remeasure(_begun(stage).id, Decimal("1.5"))


LAPTOP = CatalogueItem(
    key="laptop",
    title="Laptop",
    price=Money("1299.00", "EUR"),
    form=Form(
        "laptop",
        [
            FormField("model", "choice", choices=["light", "strong"], required_when=ALWAYS),
            FormField("plan", "attachment", shown_when=equals("model", "light")),
        ],
    ),
    approval=ApprovalPolicy(
        "budget",
        ApprovalStage("budget", [Approver(AN_AGENT.id)], when=equals("answer.model", "strong")),
        barred=[],
        if_empty="approved",
    ),
    tasks=[Task("buy", group="purchasing"), Task("hand over", after="buy", group="workplace")],
)
"""An item of the catalogue, of which the strong model needs approval."""

_STRONG = {"model": "strong"}


def _drafted(stage: Stage) -> None:
    if not [*stage.steady.catalogue.entries()]:
        stage.steady.catalogue.draft(LAPTOP)


def _offered(stage: Stage) -> None:
    _drafted(stage)
    if stage.steady.catalogue.entry("laptop").draft is not None:
        stage.steady.catalogue.publish("laptop")


def _ordered(stage: Stage) -> Ticket:
    """Let an order wait for the approval of who acts."""
    _offered(stage)
    return stage.steady.orders.place("laptop", _STRONG)


def _order_approved(stage: Stage) -> Ticket:
    return stage.steady.orders.approve(_ordered(stage).id)


def _bought(stage: Stage, trigger: str, **details: Any) -> Ticket:
    """Let the first task of an order be moved, of which the order has not heard yet."""
    order = _order_approved(stage)
    [task] = stage.steady.orders.progress(order.id).tickets.values()
    stage.steady.tickets.transition(task.id, trigger, **details)
    return order


def _task_done(stage: Stage) -> Ticket:
    return _bought(stage, "complete", resolution="bought")


def _failed(stage: Stage) -> Ticket:
    """Let the first task of an order have failed."""
    order = _bought(stage, "cancel", cancellation_reason="sold out")
    stage.steady.run_due()
    return order


def _run_due(desk: Desk, _asked: Any, _once: Once) -> None:
    # A timer that fails keeps nobody waiting: it is reported. Here nobody else waits.
    for failure in desk.run_due().failures:
        raise failure.error


def _two_in_a_batch(desk: Desk, _asked: Any, _once: Once) -> None:
    with desk.batch() as batch:
        batch.incidents.log("No network", requester="bob", idempotency_key="the first")
        batch.incidents.log("No power", requester="bob", idempotency_key="the second")


USE_CASES = (
    # -- incidents ----------------------------------------------------------------------------------
    UseCase(
        "incidents.log",
        lambda desk, _, once: desk.incidents.log("No network", impact="high", urgency="high", **once),
    ),
    UseCase(
        "incidents.log",
        lambda desk, _, once: desk.incidents.log("No mail", requester="eve", site="Bonn", **once),
        _logged,
        variant="the second",
    ),
    UseCase(
        "incidents.log",
        lambda desk, _, once: desk.incidents.log("A virus", restricted_to="security", **once),
        variant="under a restriction",
    ),
    UseCase(
        "incidents.transition",
        lambda desk, incident, once: desk.incidents.transition(incident.id, "start", **once),
        _assigned,
    ),
    UseCase(
        "incidents.transition",
        lambda desk, incident, once: desk.incidents.transition(
            incident.id, "resolve", resolution="a new cable", resolution_code="fixed", **once
        ),
        _under_way,
        variant="which ends clocks",
    ),
    UseCase(
        "incidents.prioritise",
        lambda desk, incident, once: desk.incidents.prioritise(
            incident.id, impact="low", urgency="low", **once
        ),
        _logged,
    ),
    UseCase(
        "incidents.log",
        lambda desk, _, once: desk.incidents.log("No payments", service="pay", **once),
        _critical,
        variant="with the impact of its service",
    ),
    UseCase(
        "tickets.prioritise",
        lambda desk, incident, once: desk.tickets.prioritise(incident.id, urgency="low", **once),
        _of_a_critical_service,
        variant="by the impact of its service",
    ),
    UseCase(
        "incidents.take_over",
        lambda desk, _, once: desk.incidents.take_over("OLD-7", SEEN, opened_at=A_MONDAY - HOUR, **once),
    ),
    UseCase(
        "incidents.catch_up",
        lambda desk, incident, once: desk.incidents.catch_up(incident.id, SEEN, **once),
        _logged,
    ),
    # -- tickets ------------------------------------------------------------------------------------
    UseCase(
        "tickets.assign",
        lambda desk, incident, once: desk.tickets.assign(
            incident.id, support_group="network", assignee="ann", **once
        ),
        _logged,
    ),
    UseCase(
        "tickets.comment",
        lambda desk, incident, once: desk.tickets.comment(incident.id, "It is the cable", **once),
        _logged,
    ),
    UseCase(
        "tickets.comment",
        lambda desk, incident, once: desk.tickets.comment(incident.id, "We are on it", public=True, **once),
        _under_way,
        variant="for the requester",
    ),
    UseCase(
        "tickets.describe",
        lambda desk, incident, once: desk.tickets.describe(incident.id, site="Bonn", cable="blue", **once),
        _logged,
    ),
    # -- links --------------------------------------------------------------------------------------
    UseCase(
        "links.link", lambda desk, pair, once: desk.links.link(pair[0], "child_of", pair[1], **once), _pair
    ),
    UseCase(
        "links.unlink",
        lambda desk, pair, once: desk.links.unlink(pair[1], "fixes", pair[0], **once),
        _linked_pair,
    ),
    UseCase("links.merge", lambda desk, pair, once: desk.links.merge(pair[0], into=pair[1], **once), _pair),
    UseCase("links.unmerge", lambda desk, pair, once: desk.links.unmerge(pair[0], **once), _merged_pair),
    UseCase(
        "links.split",
        lambda desk, ticket, once: desk.links.split(
            ticket.id, "The lamp flickers", messages=[ticket.version], **once
        ),
        _said_of_two,
    ),
    UseCase(
        "links.answer",
        lambda desk, ticket, once: desk.links.answer(ticket.id, accepted=True, **once),
        _asked,
    ),
    UseCase(
        "tickets.transfer_ownership",
        lambda desk, incident, once: desk.tickets.transfer_ownership(incident.id, "zoe", **once),
        _logged,
    ),
    UseCase(
        "tickets.add_participant",
        lambda desk, incident, once: desk.tickets.add_participant(incident.id, "kim", "expert", **once),
        _logged,
    ),
    UseCase(
        "tickets.remove_participant",
        lambda desk, incident, once: desk.tickets.remove_participant(incident.id, "kim", **once),
        _shared,
    ),
    UseCase(
        "tickets.send_message",
        lambda desk, incident, once: desk.tickets.send_message(incident.id, "We are on it", **once),
        _under_way,
    ),
    UseCase(
        "tickets.add_note",
        lambda desk, incident, once: desk.tickets.add_note(incident.id, "It is the cable", **once),
        _logged,
    ),
    UseCase(
        "tickets.attach",
        lambda desk, incident, once: desk.tickets.attach(incident.id, "log.txt", b"no carrier", **once),
        _logged,
    ),
    UseCase(
        "tickets.detach",
        lambda desk, incident, once: desk.tickets.detach(incident.id, incident.attachments[0].digest, **once),
        _shared,
    ),
    UseCase(
        "tickets.log_work",
        lambda desk, incident, once: desk.tickets.log_work(incident.id, HOUR, "repair", **once),
        _logged,
    ),
    UseCase(
        "tickets.correct_work",
        lambda desk, incident, once: desk.tickets.correct_work(
            incident.id, "1", reason="a typing error", duration=HOUR / 2, **once
        ),
        _shared,
    ),
    UseCase(
        "tickets.meet_need",
        lambda desk, incident, once: desk.tickets.meet_need(incident.id, "a spare phone", **once),
        _logged,
    ),
    UseCase(
        "tickets.tag",
        lambda desk, incident, once: desk.tickets.tag(incident.id, "vip", "board member", **once),
        _logged,
    ),
    UseCase(
        "tickets.untag", lambda desk, incident, once: desk.tickets.untag(incident.id, "vip", **once), _shared
    ),
    UseCase(
        "tickets.resolve",
        lambda desk, incident, once: desk.tickets.resolve(
            incident.id, Resolution("fixed", "a new cable"), **once
        ),
        _under_way,
    ),
    UseCase(
        "tickets.reopen",
        lambda desk, incident, once: desk.tickets.reopen(incident.id, "it is broken again", **once),
        _resolved,
    ),
    UseCase(
        "tickets.reopen",
        lambda desk, incident, once: desk.tickets.reopen(
            incident.id, "it is broken again", follow_up=True, **once
        ),
        _closed,
        variant="as a new ticket",
    ),
    UseCase(
        "tickets.bulk",
        lambda desk, incident, once: desk.tickets.bulk([incident.id], "tag", tags=["vip"], **once),
        _logged,
        # A plugin that cannot say whether it may be done for a ticket, refuses that one.
        goes_without="plugin.authorise",
    ),
    UseCase(
        "tickets.transition",
        lambda desk, incident, once: desk.tickets.transition(incident.id, "start", **once),
        _assigned,
    ),
    UseCase(
        "tickets.prioritise",
        lambda desk, incident, once: desk.tickets.prioritise(
            incident.id, impact="low", urgency="low", **once
        ),
        _logged,
    ),
    # -- other kinds of work ------------------------------------------------------------------------
    UseCase(
        "changes.propose",
        lambda desk, _, once: desk.changes.propose("A new router", change_type="emergency", **once),
    ),
    UseCase(
        "tickets.resume_timer",
        lambda desk, incident, once: desk.tickets.resume_timer(incident.id, "resolve", **once),
        _parked,
    ),
    UseCase(
        "tickets.restrict",
        lambda desk, incident, once: desk.tickets.restrict(
            incident.id, "security", reason="it tells of a breach", **once
        ),
        _logged,
    ),
    UseCase(
        "tickets.erase",
        lambda desk, incident, once: desk.tickets.erase(incident.id, reason="asked for", **once),
        _under_way,
    ),
    UseCase(
        "tickets.erase_person",
        lambda desk, _, once: desk.tickets.erase_person("bob", reason="asked for", **once),
        _two_of_bob,
    ),
    # -- access -------------------------------------------------------------------------------------
    UseCase(
        "access.request",
        lambda desk, _, once: desk.access.request(
            "everybody", reason="helps out", until=A_MONDAY + DAY, scope='site = "Bonn"', **once
        ),
    ),
    UseCase("access.approve", lambda desk, grant, once: desk.access.approve(grant.id, **once), _requested),
    UseCase(
        "access.reject",
        lambda desk, grant, once: desk.access.reject(grant.id, reason="not needed", **once),
        _requested,
    ),
    UseCase("access.grant", lambda desk, grant, once: desk.access.grant(grant.id, **once), _role_approved),
    UseCase(
        "access.recertify",
        lambda desk, grant, once: desk.access.recertify(grant.id, **once),
        _to_be_confirmed,
    ),
    UseCase(
        "access.revoke",
        lambda desk, grant, once: desk.access.revoke(grant.id, reason="moved on", **once),
        _granted,
    ),
    UseCase(
        "access.confirm_removal",
        lambda desk, grant, once: desk.access.confirm_removal(grant.id, evidence="log 7", **once),
        _revoked,
    ),
    # -- the configuration --------------------------------------------------------------------------
    UseCase("cmdb.put", lambda desk, _, once: desk.cmdb.put(_item(HOST), **once)),
    UseCase(
        "cmdb.put",
        lambda desk, _, once: desk.cmdb.put(_item(SPARE), Relation(SPARE, "attached_to", SWITCH), **once),
        _known,
        variant="with a relation",
    ),
    UseCase(
        "cmdb.relate",
        lambda desk, _, once: desk.cmdb.relate(HOST, "attached_to", SWITCH, **once),
        _hosts,
    ),
    UseCase(
        "cmdb.declare_redundancy",
        lambda desk, _, once: desk.cmdb.declare_redundancy(
            HOST, "switches", PAIR.members, "all", relation_type="attached_to", **once
        ),
        _known,
    ),
    UseCase("cmdb.retire", lambda desk, _, once: desk.cmdb.retire(SWITCH, **once), _known),
    UseCase(
        "cmdb.unrelate",
        lambda desk, _, once: desk.cmdb.unrelate(HOST, "attached_to", SWITCH, **once),
        _linked,
    ),
    UseCase(
        "cmdb.withdraw_redundancy",
        lambda desk, _, once: desk.cmdb.withdraw_redundancy(HOST, "switches", **once),
        _known,
    ),
    UseCase(
        "cmdb.override",
        lambda desk, _, once: desk.cmdb.override(HOST, "up", A_MONDAY + DAY, "it has a cache", **once),
        _known,
    ),
    UseCase("cmdb.lift_override", lambda desk, _, once: desk.cmdb.lift_override(HOST, **once), _known),
    UseCase(
        "cmdb.apply",
        lambda desk, _, once: desk.cmdb.apply(
            [ConfigurationRecord.of(_item(name), A_MONDAY) for name in (HOST, SPARE)], **once
        ),
    ),
    UseCase(
        "cmdb.load",
        lambda desk, _, once: desk.cmdb.load(
            {"items": [{"id": HOST, "class": "physical host", "name": HOST}]}, **once
        ),
    ),
    # -- discovery ----------------------------------------------------------------------------------
    UseCase("discovery.receive", lambda desk, _, once: desk.discovery.receive([RECORD], **once)),
    UseCase(
        "discovery.run",
        lambda desk, _, once: desk.discovery.run(**once),
        goes_without="plugin.discover",
    ),
    UseCase("discovery.reconcile", lambda desk, _, once: desk.discovery.reconcile(**once), _stale),
    UseCase(
        "discovery.lock",
        lambda desk, ci, once: desk.discovery.lock(ci, "ram_gb", 32, reason="as ordered", **once),
        _told,
    ),
    UseCase("discovery.unlock", lambda desk, ci, once: desk.discovery.unlock(ci, "ram_gb", **once), _locked),
    # -- the desk's own rules ------------------------------------------------------------------------
    UseCase(
        "configuration.change",
        lambda desk, _, once: desk.configuration.change(_OTHER_RULES, reason="a new year", **once),
    ),
    UseCase(
        "configuration.change",
        lambda desk, _, once: desk.configuration.change(
            _OTHER_RULES, reason="a new year", moves={"incident": {"New": "Reported"}}, **once
        ),
        _logged,
        variant="tickets move",
    ),
    # -- work aids ----------------------------------------------------------------------------------
    UseCase("aids.keep", lambda desk, _, once: desk.aids.keep(_MACRO, **once)),
    UseCase(
        "aids.keep",
        lambda desk, _, once: desk.aids.keep(evolve(_MACRO, name="Ask first"), **once),
        _with_aids,
        variant="another version",
    ),
    UseCase("aids.retire", lambda desk, _, once: desk.aids.retire("macro", "ask", **once), _with_aids),
    UseCase(
        "aids.apply_macro",
        lambda desk, incident, once: desk.aids.apply_macro(incident.id, "ask", **once),
        _with_aids,
    ),
    UseCase(
        "aids.reply",
        lambda desk, incident, once: desk.aids.reply(incident.id, "thanks", **once),
        _with_aids,
    ),
    UseCase(
        "aids.log_from",
        lambda desk, _, once: desk.aids.log_from("printer", requester="bob", floor="3", **once),
        _with_aids,
    ),
    UseCase(
        "checklists.begin",
        lambda desk, incident, once: desk.checklists.begin(incident.id, "handover", **once),
        _with_aids,
    ),
    UseCase(
        "checklists.check",
        lambda desk, lists, once: desk.checklists.check(lists.record, "who knows it", **once),
        _with_a_checklist,
    ),
    # -- schedules ----------------------------------------------------------------------------------
    UseCase("schedules.keep", lambda desk, _, once: desk.schedules.keep(_TAPES, **once), _with_aids),
    UseCase(
        "schedules.keep",
        lambda desk, _, once: desk.schedules.keep(evolve(_TAPES, name="Tapes"), **once),
        _scheduled,
        variant="another version",
    ),
    UseCase("schedules.retire", lambda desk, _, once: desk.schedules.retire("tapes", **once), _scheduled),
    UseCase("schedules.run", lambda desk, _, __: desk.schedules.run(), _scheduled),
    UseCase(
        "schedules.run",
        lambda desk, _, __: desk.schedules.run(),
        _scheduled_from_nothing,
        variant="what cannot be logged",
    ),
    # -- appointments -------------------------------------------------------------------------------
    UseCase(
        "appointments.book",
        lambda desk, incident, once: desk.appointments.book(
            incident.id, A_MONDAY + HOUR, HOUR, attendees=["ann", "kim"], skill="network", **once
        ),
        _logged,
    ),
    UseCase(
        "appointments.move",
        lambda desk, booked, once: desk.appointments.move(
            booked.record, booked.at + HOUR, attendees=["ann", "kim"], **once
        ),
        _booked,
    ),
    UseCase(
        "appointments.cancel",
        lambda desk, booked, once: desk.appointments.cancel(booked.record, "it works again", **once),
        _booked,
    ),
    UseCase(
        "appointments.hold",
        lambda desk, booked, once: desk.appointments.hold(booked.record, **once),
        _begun_by_now,
    ),
    # -- remote sessions ----------------------------------------------------------------------------
    UseCase(
        "remote_sessions.give_consent",
        lambda desk, incident, once: desk.remote_sessions.give_consent(
            incident.id, "to look at the driver", person="bob", **once
        ),
        _logged,
    ),
    UseCase(
        "remote_sessions.withdraw_consent",
        lambda desk, ticket, once: desk.remote_sessions.withdraw_consent(ticket.id, ticket.record, **once),
        _consented,
    ),
    UseCase(
        "remote_sessions.start",
        lambda desk, ticket, once: desk.remote_sessions.start(ticket.id, **once),
        _consented,
    ),
    UseCase(
        "remote_sessions.stop",
        lambda desk, ticket, once: desk.remote_sessions.stop(ticket.id, ticket.record, **once),
        _in_a_session,
    ),
    # -- suggested replies --------------------------------------------------------------------------
    UseCase(
        "replies.suggest",
        lambda desk, incident, once: desk.replies.suggest(incident.id, **once),
        _assigned,
        goes_without="plugin.suggest_reply",
    ),
    UseCase(
        "replies.suggest",
        lambda desk, incident, once: desk.replies.suggest(incident.id, **once),
        _unusual,
        variant="which is drafted",
        goes_without="plugin.suggest_reply",
    ),
    # -- experience and improvement -----------------------------------------------------------------
    UseCase("surveys.send", lambda desk, _, __: desk.surveys.send(), _resolved),
    UseCase("surveys.answer", lambda desk, token, once: desk.surveys.answer(token, 5, **once), _asked_how),
    UseCase(
        "surveys.answer",
        lambda desk, token, once: desk.surveys.answer(token, 1, "It took three calls", **once),
        _asked_how,
        variant="which is followed up",
    ),
    UseCase(
        "surveys.erase",
        lambda desk, survey, once: desk.surveys.erase(survey.id, "asked for by the person", **once),
        _answered,
    ),
    UseCase(
        "improvements.propose",
        lambda desk, _, once: desk.improvements.propose("Fewer calls", owner="kim", **once),
    ),
    UseCase(
        "improvements.propose_from_themes",
        lambda desk, _, __: desk.improvements.propose_from_themes(owner="kim"),
        _complained,
    ),
    UseCase(
        "improvements.begin",
        lambda desk, idea, once: desk.improvements.begin(idea.id, **_FEWER_CALLS, **once),
        _idea,
    ),
    UseCase(
        "improvements.remeasure",
        lambda desk, idea, once: desk.improvements.remeasure(idea.id, Decimal("1.5"), **once),
        _begun,
    ),
    UseCase(
        "improvements.close",
        lambda desk, idea, once: desk.improvements.close(idea.id, effective=True, lesson="ask first", **once),
        _measured,
    ),
    UseCase(
        "improvements.drop",
        lambda desk, idea, once: desk.improvements.drop(idea.id, "nobody has time", **once),
        _idea,
    ),
    # -- knowledge and search -----------------------------------------------------------------------
    UseCase(
        "knowledge.draft",
        lambda desk, _, once: desk.knowledge.draft("vpn", "en", "VPN", "Restart the client.", **once),
    ),
    UseCase(
        "knowledge.describe",
        lambda desk, _, once: desk.knowledge.describe("vpn", services=["network"], **once),
        _written,
    ),
    UseCase(
        "knowledge.revise",
        lambda desk, _, once: desk.knowledge.revise("vpn", "en", "VPN", "Call us.", reason="wrong", **once),
        _published,
    ),
    UseCase("knowledge.submit", lambda desk, _, once: desk.knowledge.submit("vpn", "en", **once), _written),
    UseCase(
        "knowledge.send_back",
        lambda desk, _, once: desk.knowledge.send_back("vpn", "en", "too short", **once),
        _submitted,
    ),
    UseCase(
        "knowledge.publish", lambda desk, _, once: desk.knowledge.publish("vpn", "en", **once), _submitted
    ),
    UseCase(
        "knowledge.confirm", lambda desk, _, once: desk.knowledge.confirm("vpn", "en", **once), _published
    ),
    UseCase(
        "knowledge.retire",
        lambda desk, _, once: desk.knowledge.retire("vpn", "en", "no VPN any more", **once),
        _published,
    ),
    UseCase(
        "knowledge.discard",
        lambda desk, _, once: desk.knowledge.discard("vpn", "en", "written twice", **once),
        _written,
    ),
    UseCase(
        "knowledge.link_ticket",
        lambda desk, ticket, once: desk.knowledge.link_ticket(ticket.id, "vpn", **once),
        _published_and_logged,
    ),
    UseCase(
        "knowledge.give_feedback",
        lambda desk, _, once: desk.knowledge.give_feedback("vpn", helpful=True, comment="thanks", **once),
        _published,
    ),
    UseCase(
        "knowledge.erase_feedback",
        lambda desk, said, once: desk.knowledge.erase_feedback(said.id, "she asked", **once),
        _praised,
    ),
    UseCase(
        "knowledge.begin_session",
        lambda desk, _, once: desk.knowledge.begin_session("VPN client", **once),
        _published,
    ),
    UseCase(
        "knowledge.solved",
        lambda desk, session, once: desk.knowledge.solved(session.id, "vpn", **once),
        _looking,
    ),
    UseCase(
        "knowledge.led_to_ticket",
        lambda desk, asked, once: desk.knowledge.led_to_ticket(*asked, **once),
        _looked_and_logged,
    ),
    UseCase(
        "knowledge.erase_session",
        lambda desk, session, once: desk.knowledge.erase_session(session.id, "she asked", **once),
        _looking,
    ),
    # -- the service catalogue and its orders ----------------------------------------------------------
    UseCase("catalogue.draft", lambda desk, _, once: desk.catalogue.draft(LAPTOP, **once)),
    UseCase(
        "catalogue.revise",
        lambda desk, _, once: desk.catalogue.revise(evolve(LAPTOP, title="A laptop"), **once),
        _offered,
    ),
    UseCase("catalogue.publish", lambda desk, _, once: desk.catalogue.publish("laptop", **once), _drafted),
    UseCase(
        "catalogue.retire",
        lambda desk, _, once: desk.catalogue.retire("laptop", "nobody wants it", **once),
        _offered,
    ),
    UseCase(
        "orders.place",
        lambda desk, _, once: desk.orders.place("laptop", _STRONG, **once),
        _offered,
    ),
    UseCase(
        "orders.place",
        lambda desk, _, once: desk.orders.place(
            "laptop", {"model": "light", "plan": "plan.pdf"}, files={"plan.pdf": b"a plan"}, **once
        ),
        _offered,
        variant="with a file, and no approval",
    ),
    UseCase("orders.approve", lambda desk, order, once: desk.orders.approve(order.id, **once), _ordered),
    UseCase(
        "orders.reject",
        lambda desk, order, once: desk.orders.reject(order.id, reason="next year", **once),
        _ordered,
    ),
    UseCase(
        "orders.skip_task",
        lambda desk, order, once: desk.orders.skip_task(order.id, "buy", "there is one left", **once),
        _order_approved,
    ),
    UseCase(
        "orders.retry_task",
        lambda desk, order, once: desk.orders.retry_task(order.id, "buy", "from another", **once),
        _failed,
    ),
    UseCase("run_due", _run_due, _task_done, variant="an order goes on", lease=timedelta(minutes=1)),
    # -- several at once -----------------------------------------------------------------------------
    UseCase("batch", _two_in_a_batch),
    # -- what is due --------------------------------------------------------------------------------
    UseCase("run_due", _run_due, _due, lease=timedelta(minutes=1)),
    UseCase(
        "run_due",
        _run_due,
        _breached,
        variant="people are told",
        lease=timedelta(minutes=1),
    ),
    UseCase("run_due", _run_due, _fixed, variant="a cascade", lease=timedelta(minutes=1)),
    UseCase(
        "run_due",
        _run_due,
        _resolved_long_ago,
        variant="a state ends",
        lease=timedelta(minutes=1),
    ),
    UseCase("reread_agreements", lambda desk, _, __: desk.reread_agreements(), _of_other_agreements),
    UseCase("deliver", lambda desk, _, __: desk.deliver(), _waiting, lease=timedelta(minutes=1)),
    UseCase(
        "deliver",
        lambda desk, _, __: desk.deliver(),
        _revoked,
        variant="access is given and taken",
        lease=timedelta(minutes=1),
    ),
    # -- upkeep -------------------------------------------------------------------------------------
    UseCase("forget", lambda desk, _, __: desk.forget(older_than=DAY), _remembered),
)
"""All of them. Which takes an idempotency key, says the command."""
