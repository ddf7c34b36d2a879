"""One value of each type that a store keeps, with every field filled, as it was when its schema was new."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from attrs import evolve

from itsmkit._frozen import FrozenDict
from itsmkit.cmdb import (
    AllNeeded,
    AnySuffices,
    AtLeast,
    CIId,
    Clause,
    Clauses,
    ConfigurationItem,
    Effect,
    Influence,
    LookUp,
    Override,
    PercentUp,
    Provenance,
    RedundancySet,
    Relation,
    SourceRecord,
    SourceRelation,
    WeightedNeed,
)
from itsmkit.cmdb.history import ConfigurationEvent, ConfigurationRecord
from itsmkit.cmdb.reconciliation import AttributeLock
from itsmkit.money import Money
from itsmkit.plugin import (
    Checkpoint,
    LedgerEntry,
    Notification,
    OutboxEntry,
    Record,
    RecordEvent,
    StoredTicket,
    Timer,
)
from itsmkit.plugin.documents import (
    Cursor,
    StagedContradiction,
    StagedIdentity,
    StagedLoad,
    StagedLock,
    StagedRecord,
)
from itsmkit.practices import TICKET_CLASSES, Incident
from itsmkit.tickets import (
    Actor,
    ApprovalDecided,
    ApprovalOpened,
    ApproversAsked,
    AskedToVote,
    Assigned,
    Attached,
    Attachment,
    BallotCast,
    CascadeAdvanced,
    CascadeAnswered,
    Cascaded,
    CascadeRefusal,
    CheckpointPassed,
    Commented,
    Detached,
    DetailsChanged,
    Escalated,
    EscalationAcknowledged,
    EscalationStepTaken,
    FulfilmentBegun,
    FulfilmentEnded,
    ImpactDerived,
    InternalNote,
    ItemOrdered,
    Link,
    Linked,
    MergedFrom,
    MergedInto,
    MergeUndone,
    NeedMet,
    OwnershipTransferred,
    Participant,
    ParticipantAdded,
    ParticipantRemoved,
    PersonalDataErased,
    Prioritised,
    PromiseMoved,
    PublicMessage,
    Restricted,
    RobotReported,
    RoutingRecorded,
    RuleFired,
    RuleRefused,
    SplitFrom,
    StateChanged,
    StateCorrected,
    Tagged,
    TaskAdvanced,
    TaskGiven,
    Ticket,
    TicketEvent,
    TicketId,
    TicketLogged,
    TimerRefused,
    Unlinked,
    Unmerged,
    Untagged,
    WorkCorrected,
    WorkEntry,
    WorkLogged,
)
from itsmkit.workflow import StateCategory

NINE = datetime(2026, 3, 2, 9, 0, 0, 1, tzinfo=UTC)
TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
EVERYTHING = FrozenDict(
    {
        "text": 'Zoë said "no" 😀',
        "yes": True,
        "nothing": None,
        "whole": -7,
        "large": 2**64,
        "float": 0.1,
        "minus zero": -0.0,
        "decimal": Decimal("1.50"),
        "fraction": Fraction(4, 3),
        "instant": NINE,
        "wall clock": datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin")),
        "local": datetime(2026, 10, 25, 2, 30),  # noqa: DTZ001
        "later local": datetime(2026, 10, 25, 2, 30, fold=1),  # noqa: DTZ001
        "date": date(2026, 3, 2),
        "time": time(9, 30),
        "duration": timedelta(hours=1, microseconds=1),
        "uuid": UUID("01890a5d-ac96-774b-bcce-b302099a8057"),
        "bytes": b"\x00\xff",
        "money": Money("12.50", "EUR"),
        "provenance": Provenance.PLANNED,
        "category": StateCategory.PENDING,
        "tuple": (1, (2, "three")),
        "frozenset": frozenset({"b", "a", 1}),
        "mapping": FrozenDict({"a": FrozenDict({"b": 1})}),
        "odd names": FrozenDict({1: "one", "$int": "text"}),
    }
)
CHANGING = FrozenDict(
    {"list": [1, [2]], "set": {1, "a"}, "dict": {"a": {"b": ()}}, "odd dict": {1: "one", "$dict": {}}}
)

INCIDENT = Incident(
    id=TicketId("01890a5d"),
    kind="incident",
    number="INC-1042",
    version=12,
    state="In Progress",
    state_category="active",
    opened_at=NINE,
    updated_at=TEN,
    title="Mail is down",
    requester="zoe",
    channel="email",
    site="Essen",
    service="mail",
    configuration_item="mail-1",
    category="software",
    impact="high",
    urgency="medium",
    priority="P2",
    support_group="Mail",
    assignee="ann",
    reassignments=2,
    reopens=1,
    details=CHANGING,
)
ITEM = ConfigurationItem(CIId("web-1"), "virtual machine", "web 1", EVERYTHING)
SETS = {
    rule: RedundancySet(CIId("shop"), "web", (CIId("web-1"), CIId("web-2")), rule, "depends_on")
    for rule in (
        AllNeeded(),
        AnySuffices(),
        AtLeast(2),
        PercentUp(Fraction(100, 3)),
        Influence(50),
        WeightedNeed({"web-1": 2, "web-2": Fraction(1, 2)}, Fraction(5, 2)),
        Clauses([Clause("down", 1, "degraded", {"web-1": Fraction(1, 2)})]),
    )
}
OVERRIDE = Override(CIId("shop"), "degraded", "duty manager", TEN, "planned work")
LOCK = AttributeLock(CIId("web-1"), "ram_gb", 64, "ann", "read off", TEN)
RECORD = SourceRecord(
    "netbox",
    "17",
    "host",
    "web 1",
    {"ram_gb": 64},
    seen_at=NINE,
    lookups=[LookUp("network adapter", {"mac": "00:16:3e:0a:0b:0c"})],
    relations=[SourceRelation("runs_on", "18", from_other=True, qualifier="a", attributes={"port": 1})],
)
NOTIFICATION = Notification("k-1", "resolver", "Mail is down", "Please look.", "01890a5d", "email")


PLAIN = {
    "name": "Ann 😀",
    "type": "employee",
    "sites": ["Essen", ["a", {}]],
    "contact": {"mail": "ann@example.org", "$int": "3", "phone": None},
    "active": True,
    "age": 42,
    "large": 2**64,
    "share": 0.5,
}


def of_ticket(fact: object) -> TicketEvent:
    """Return the event of a fact."""
    actor = Actor("ann", automated=True, roles=("agent",))
    return TicketEvent(TicketId("01890a5d"), 3, NINE, NINE, TEN, actor, fact)  # type: ignore[arg-type]  # any


def of_configuration(record: ConfigurationRecord) -> ConfigurationEvent:
    """Return the event of a record."""
    return ConfigurationEvent(record, 2, TEN, "ann", "as seen")


RELATIONS = (
    Relation(CIId("shop"), "depends_on", CIId("web-1"), qualifier="a", attributes={"port": 443}),
    Relation(CIId("a"), "uses", CIId("b"), effect=Effect({"down": "degraded"})),
    Relation(CIId("a"), "uses", CIId("c"), effect=Effect(same=True)),
    Relation(CIId("a"), "uses", CIId("d"), effect=Effect(cap="degraded")),
)

WORK = WorkEntry(
    "1",
    "ann",
    timedelta(minutes=16),
    "repair",
    "a new fuse",
    Money("40.25", "EUR"),
    role="engineer",
    billed=timedelta(minutes=30),
    rate=Money("80.50", "EUR"),
)
FILE = Attachment("0" * 64, "screen.png", 17, "image/png", is_public=False)

_OF_BOTH: dict[str, Any] = {
    "owner": "desk",
    "affected_person": "yan",
    "organisation": "acme",
    "needed_by": TEN,
    "need_met_at": NINE,
    "restricted_to": "security",
    "tags": ("urgent", "vip"),
    "participants": (Participant("kim", "expert"),),
    "attachments": (FILE,),
    "links": (Link("parent_of", True, TicketId("01890a5e")),),
    "merged_into": TicketId("01890a5f"),
    "merged_from": (TicketId("01890a61"),),
    "work_log": (WORK,),
    "time_spent": timedelta(minutes=16),
    "fields_version": 3,
    "promised_by": TEN,
}
_TAKEN_OVER = (_OF_BOTH["participants"], _OF_BOTH["tags"], _OF_BOTH["attachments"])
_REFUSAL = CascadeRefusal(TicketId("01890a5e"), "INC-2", ["no way"])
OF_KINDS = tuple(
    kind(TicketId("01890a61"), name, f"{name}-1", 1, "New", "new", NINE, TEN, **_OF_BOTH)
    for name, kind in TICKET_CLASSES.items()
    if name != "incident"
)
LATER_INCIDENT = evolve(INCIDENT, **_OF_BOTH)
OWN_TICKET = Ticket(TicketId("01890a60"), "complaint-to-legal", "L-1", 1, "New", "new", NINE, TEN, **_OF_BOTH)

VALUES: tuple[object, ...] = (
    StoredTicket(INCIDENT),
    INCIDENT,
    of_ticket(TicketLogged("incident", "INC-1042", "New", "new", NINE, EVERYTHING, ("taken over",))),
    of_ticket(StateChanged("New", "Resolved", "resolved", "resolve", {"resolution": "restarted"})),
    of_ticket(StateCorrected("New", "Closed", "closed", ("no such move",))),
    of_ticket(Assigned("Mail", None)),
    of_ticket(Prioritised("high", None, "P1", "as agreed")),
    of_ticket(Commented("Is it done?", public=True)),
    of_ticket(DetailsChanged({"title": None, "colour": "red"})),
    of_ticket(CheckpointPassed("resolve", 1, "0123456789abcdef", "75%", ("resolver",))),
    TicketLogged("incident", "INC-1", "New", "new", NINE),
    StateChanged("New", "Resolved", "resolved", "resolve"),
    StateCorrected("New", "Closed", "closed", ()),
    Assigned(None),
    Prioritised(None, None, None, ""),
    Commented("", public=False),
    DetailsChanged({}),
    CheckpointPassed("resolve", 1, "0123456789abcdef", "breach"),
    of_configuration(ConfigurationRecord.of(ITEM, NINE, TEN, sources=("netbox",), last_seen=TEN)),
    of_configuration(ConfigurationRecord(ConfigurationRecord.of(ITEM).key, None, since=NINE)),
    of_configuration(ConfigurationRecord.of(OVERRIDE, NINE)),
    *(of_configuration(ConfigurationRecord.of(each)) for each in (*RELATIONS, *SETS.values())),
    ConfigurationRecord.of(RELATIONS[0]),
    ITEM,
    RELATIONS[0],
    OVERRIDE,
    *SETS.values(),
    *SETS,
    StagedRecord(RECORD),
    StagedContradiction(RECORD, 1),
    StagedLoad("netbox", "*", NINE),
    StagedLock(LOCK),
    StagedIdentity("netbox", "17", CIId("web-1")),
    RECORD,
    LOCK,
    Timer(TicketId("01890a5d"), "resolve", NINE),
    NOTIFICATION,
    OutboxEntry(NOTIFICATION, 3, NINE, "gave up"),
    Cursor("reports", 2**40),
    LedgerEntry("form-17", "0" * 64, {"ticket": "01890a5d", "version": 1, "rest": [None, 2.5]}, NINE),
    Checkpoint(42, NINE, 7, "f" * 64),
    Record("person", "ann", 2, PLAIN),
    Record("person", "bob", 3, {}, is_deleted=True),
    RecordEvent("person", "ann", 2, TEN, Actor("zoe", roles=("agent",)), "PersonMoved", PLAIN),
    # Since incidents have owners, participants and links.
    LATER_INCIDENT,
    OWN_TICKET,
    # Since there are facts between tickets.
    of_ticket(Linked("parent_of", True, TicketId("01890a5e"))),
    of_ticket(Unlinked("parent_of", False, TicketId("01890a5e"))),
    of_ticket(Cascaded("parent_of", "resolve", TicketId("01890a5e"), 7, "Fixed?", "resolve", {"code": "x"})),
    of_ticket(CascadeAnswered(9, True, "it works")),
    of_ticket(CascadeAdvanced("parent_of", "resolve", 7, 1, [_REFUSAL], is_done=False)),
    of_ticket(MergedInto(TicketId("01890a5e"))),
    of_ticket(Unmerged(TicketId("01890a5e"), "active")),
    of_ticket(MergedFrom(TicketId("01890a5e"), *_TAKEN_OVER)),
    of_ticket(MergeUndone(TicketId("01890a5e"), *_TAKEN_OVER)),
    of_ticket(SplitFrom(TicketId("01890a5e"), [2, 3], _OF_BOTH["attachments"])),
    # Since they are worked on, written about and shared.
    OwnershipTransferred("zoe", "on holiday"),
    ParticipantAdded(Participant("kim", "expert")),
    ParticipantRemoved(Participant("kim", "expert")),
    PublicMessage("We are on it."),
    InternalNote("The fuse, again."),
    Attached(FILE),
    Detached(FILE),
    WorkLogged(WORK),
    WorkLogged(WorkEntry("2", "ann", timedelta(hours=1), "travel")),
    WorkCorrected([WORK], "it was longer"),
    Tagged(["urgent", "vip"]),
    Untagged(["vip"]),
    NeedMet("a spare phone"),
    # Since there are other kinds of work, and changes say why they are irregular.
    *OF_KINDS,
    of_ticket(DetailsChanged({"hours": "many"}, ("hours must be a number, not str 'many'",))),
    # Since timers lead to deadlines, and the desk fires those of states.
    Timer(TicketId("01890a5d"), "resolve", NINE, TEN, parked="gave up"),
    of_ticket(TimerRefused("close", ("resolution is missing",))),
    of_ticket(PromiseMoved("resolve", NINE, TEN, "the priority is P3 now")),
    TimerRefused("close", ()),
    PromiseMoved("resolve", None, None, ""),
    # Since tickets are restricted.
    of_ticket(Restricted("security", "it tells of a breach")),
    Restricted(None, "all know by now"),
    # Since what is personal can be erased.
    evolve(of_ticket(Commented("Is it done?", public=True)), salt="0123456789abcdef" * 2),
    of_ticket(PersonalDataErased("asked for by the person")),
    # Since it can be erased from records of any kind, too.
    RecordEvent(
        "person",
        "ann",
        3,
        TEN,
        Actor("zoe", roles=("agent",)),
        "PersonMoved",
        PLAIN,
        "0123456789abcdef" * 2,
        ["/name", "/sites/1", "/contact/mail"],
    ),
    # Since people are told in their own language.
    evolve(NOTIFICATION, language="fa-IR"),
    # Since impact is derived from the configuration.
    of_ticket(
        ImpactDerived("high", "db-1", "pay", "down", "critical", 120, ("db-1", "shop", "pay"), "medium")
    ),
    ImpactDerived("low", "db-2"),
    # Since there is a service catalogue.
    of_ticket(
        ItemOrdered("laptop", 3, {"model": "strong", "apps": ("a", "b")}, Money("1299.00", "EUR"), True)
    ),
    of_ticket(TaskGiven(TicketId("01890a5e"), "install", "laptop", 3, {"model": "strong"})),
    of_ticket(ApprovalOpened({"policy": {"name": "budget"}, "stages": ({"name": "manager"},)})),
    of_ticket(BallotCast("manager", "approve", "lee", "fine")),
    of_ticket(ApprovalDecided("approved", "every stage is approved")),
    of_ticket(FulfilmentBegun({"answer.model": "strong"})),
    of_ticket(TaskAdvanced("install", "failed", TicketId("01890a5f"), "no such model")),
    of_ticket(FulfilmentEnded()),
    ItemOrdered("mug", 1),
    TaskGiven(TicketId("01890a5e"), "hand over", "mug", 1),
    BallotCast("manager", "abstain"),
    TaskAdvanced("install", "done"),
    # Since tickets are routed.
    of_ticket(
        RoutingRecorded(
            "network",
            "network",
            "lee",
            "none of its 3 people can have it",
            "lead",
            ("network", "sap"),
            ("sap",),
            datetime(2026, 3, 3, 8, tzinfo=UTC),
            "oracle",
            "network",
            "ann",
            0.75,
            False,
            "sounds like a switch",
        )
    ),
    RoutingRecorded("all", "desk", is_followed=True),
    # Since there are ladders of escalation.
    of_ticket(Escalated("network", "service desk", 2, 1, "needs a switch", "the cable is fine", 1)),
    of_ticket(
        EscalationStepTaken(
            "breach", "resolve/1/breach", 1, TEN, ("kim",), ("group_lead: kim leads network",)
        )
    ),
    of_ticket(EscalationAcknowledged("breach", "resolve/1/breach", "on it")),
    EscalationStepTaken("idle", "7", 2, NINE, passed_over="it came 2h late"),
    # Since rules of automation act.
    of_ticket(RuleFired("vip", 3, "event 7", ["first"], 8)),
    of_ticket(RuleRefused("vip", 3, "event 7", ["first"], ["rules vip → first → vip go round"])),
    of_ticket(RobotReported("payroll", "01890a5d/9/1", 9, "done", "Account ann is made.")),
    RuleFired("vip", 1, "event 1", [], 2),
    RuleRefused("vip", 1, "event 1", [], []),
    # Since votes are delegated.
    of_ticket(ApproversAsked([AskedToVote("manager", "lee"), AskedToVote("manager", "sam", "lee")])),
    ApproversAsked(),
    # Since what the desk does by itself tells which rules have led to it.
    of_ticket(Cascaded("parent_of", "resolve", TicketId("01890a5e"), 7, chain=["first", "vip"])),
    of_ticket(RoutingRecorded("all", "desk", chain=["vip"])),
)
