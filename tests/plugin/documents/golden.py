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
from itsmkit.practices import Incident
from itsmkit.tickets import (
    Actor,
    Assigned,
    Attachment,
    CheckpointPassed,
    Commented,
    DetailsChanged,
    Link,
    Participant,
    PersonalDataErased,
    Prioritised,
    StateChanged,
    StateCorrected,
    Ticket,
    TicketEvent,
    TicketId,
    TicketLogged,
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

_OF_BOTH: dict[str, Any] = {
    "owner": "desk",
    "affected_person": "yan",
    "organisation": "acme",
    "needed_by": TEN,
    "need_met_at": NINE,
    "restricted_to": "security",
    "tags": ("urgent", "vip"),
    "participants": (Participant("kim", "expert"),),
    "attachments": (Attachment("0" * 64, "screen.png", 17, "image/png", is_public=False),),
    "links": (Link("parent_of", True, TicketId("01890a5e")),),
    "merged_into": TicketId("01890a5f"),
}
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
    # Since what is personal can be erased.
    evolve(of_ticket(Commented("Is it done?", public=True)), salt="0123456789abcdef" * 2),
    of_ticket(PersonalDataErased("asked for by the person")),
)
