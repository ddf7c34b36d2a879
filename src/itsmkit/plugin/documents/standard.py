"""The documents of itsmkit's own values. A name stays for ever, and so does each schema of it."""

from collections.abc import Mapping
from typing import Any

from itsmkit._documents import Form
from itsmkit._problems import shown
from itsmkit.cmdb import (
    AllNeeded,
    AnySuffices,
    AtLeast,
    Clauses,
    ConfigurationItem,
    Influence,
    Override,
    PercentUp,
    Provenance,
    RedundancySet,
    Relation,
    SourceRecord,
    WeightedNeed,
)
from itsmkit.cmdb.history import ConfigurationEvent, ConfigurationRecord, RecordKey
from itsmkit.cmdb.reconciliation import AttributeLock
from itsmkit.errors import DefinitionError
from itsmkit.plugin.documents._scalars import ValueForm
from itsmkit.plugin.documents.cursor import Cursor
from itsmkit.plugin.documents.documents import Document, Documents, DocumentType
from itsmkit.plugin.documents.rows import (
    StagedContradiction,
    StagedIdentity,
    StagedLoad,
    StagedLock,
    StagedRecord,
)
from itsmkit.plugin.integrity import Checkpoint
from itsmkit.plugin.notification import Notification
from itsmkit.plugin.records import Record, RecordEvent
from itsmkit.plugin.storage import LedgerEntry, OutboxEntry, StoredTicket, Timer
from itsmkit.practices import INCIDENT, TICKET_CLASSES, Incident
from itsmkit.tickets import (
    ApprovalDecided,
    ApprovalOpened,
    ApproversAsked,
    Assigned,
    Attached,
    BallotCast,
    CascadeAdvanced,
    CascadeAnswered,
    Cascaded,
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
    Linked,
    MergedFrom,
    MergedInto,
    MergeUndone,
    NeedMet,
    OwnershipTransferred,
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
    TicketLogged,
    TimerRefused,
    Unlinked,
    Unmerged,
    Untagged,
    WorkCorrected,
    WorkLogged,
)
from itsmkit.workflow import StateCategory

__all__ = [
    "DOCUMENTS",
    "EVENT_OF_RECORD",
    "EVENT_OF_TICKET",
    "PERSONAL",
    "STRUCTURED",
    "from_document",
    "to_document",
    "to_plain",
    "to_plain_detail",
]


def _key_to_plain(key: RecordKey) -> list[str]:
    return [key.kind, *key.parts]


def _key_from(plain: Any) -> RecordKey:
    if not isinstance(plain, list) or not plain or not all(type(part) is str for part in plain):
        problem = f'must be a list of texts such as ["item", "web"], not {shown(plain)}'
        raise DefinitionError(problem)
    kind, *parts = plain
    return RecordKey(kind, parts)


_NEW_IN_INCIDENT_2: Mapping[str, Any] = {
    "owner": None,
    "affected_person": None,
    "organisation": None,
    "needed_by": None,
    "need_met_at": None,
    "restricted_to": None,
    "tags": [],
    "participants": [],
    "attachments": [],
    "links": [],
    "merged_into": None,
    "merged_from": [],
    "work_log": [],
    "time_spent": {"$duration": "0s"},
    "fields_version": None,
    "promised_by": None,
}
"""The fields that incidents have from schema 2 on, and what they are in one of schema 1."""


def _incident_2(plain: Document) -> Document:
    return {**_NEW_IN_INCIDENT_2, **plain}


def _details_changed_2(plain: Document) -> Document:
    return {"irregular": [], **plain}


def _timer_2(plain: Document) -> Document:
    return {"deadline": None, "parked": None, **plain}


def _notification_2(plain: Document) -> Document:
    return {"language": None, **plain}


def _event_2(plain: Document) -> Document:
    return {**plain, "salt": ""}


def _record_event_2(plain: Document) -> Document:
    return {**plain, "salt": "", "personal": []}


def _led_by_rules(plain: Document) -> Document:
    return {"chain": [], **plain}


EVENT_OF_TICKET = "ticket.event"
EVENT_OF_RECORD = "record.event"

DOCUMENTS = Documents(
    [
        DocumentType("stored-ticket", StoredTicket, without=["cache"]),
        DocumentType("ticket", Ticket),  # of a kind that a desk brings
        DocumentType(INCIDENT, Incident, upgrades=[_incident_2]),
        *(DocumentType(name, kind) for name, kind in TICKET_CLASSES.items() if name != INCIDENT),
        DocumentType(EVENT_OF_TICKET, TicketEvent, upgrades=[_event_2]),
        DocumentType("ticket.logged", TicketLogged),
        DocumentType("ticket.state-changed", StateChanged),
        DocumentType("ticket.state-corrected", StateCorrected),
        DocumentType("ticket.assigned", Assigned),
        DocumentType("ticket.prioritised", Prioritised),
        DocumentType("ticket.commented", Commented),
        DocumentType("ticket.details-changed", DetailsChanged, upgrades=[_details_changed_2]),
        DocumentType("ticket.restricted", Restricted),
        DocumentType("ticket.checkpoint-passed", CheckpointPassed),
        DocumentType("ticket.linked", Linked),
        DocumentType("ticket.unlinked", Unlinked),
        DocumentType("ticket.cascaded", Cascaded, upgrades=[_led_by_rules]),
        DocumentType("ticket.cascade-answered", CascadeAnswered),
        DocumentType("ticket.cascade-advanced", CascadeAdvanced),
        DocumentType("ticket.merged-into", MergedInto),
        DocumentType("ticket.unmerged", Unmerged),
        DocumentType("ticket.merged-from", MergedFrom),
        DocumentType("ticket.merge-undone", MergeUndone),
        DocumentType("ticket.split-from", SplitFrom),
        DocumentType("ticket.ownership-transferred", OwnershipTransferred),
        DocumentType("ticket.participant-added", ParticipantAdded),
        DocumentType("ticket.participant-removed", ParticipantRemoved),
        DocumentType("ticket.public-message", PublicMessage),
        DocumentType("ticket.internal-note", InternalNote),
        DocumentType("ticket.attached", Attached),
        DocumentType("ticket.detached", Detached),
        DocumentType("ticket.work-logged", WorkLogged),
        DocumentType("ticket.work-corrected", WorkCorrected),
        DocumentType("ticket.tagged", Tagged),
        DocumentType("ticket.untagged", Untagged),
        DocumentType("ticket.need-met", NeedMet),
        DocumentType("ticket.timer-refused", TimerRefused),
        DocumentType("ticket.promise-moved", PromiseMoved),
        DocumentType("ticket.personal-data-erased", PersonalDataErased),
        DocumentType("ticket.item-ordered", ItemOrdered),
        DocumentType("ticket.task-given", TaskGiven),
        DocumentType("ticket.approval-opened", ApprovalOpened),
        DocumentType("ticket.approvers-asked", ApproversAsked),
        DocumentType("ticket.ballot-cast", BallotCast),
        DocumentType("ticket.approval-decided", ApprovalDecided),
        DocumentType("ticket.fulfilment-begun", FulfilmentBegun),
        DocumentType("ticket.task-advanced", TaskAdvanced),
        DocumentType("ticket.fulfilment-ended", FulfilmentEnded),
        DocumentType("ticket.impact-derived", ImpactDerived),
        DocumentType("ticket.routing-recorded", RoutingRecorded, upgrades=[_led_by_rules]),
        DocumentType("ticket.escalated", Escalated),
        DocumentType("ticket.escalation-step-taken", EscalationStepTaken),
        DocumentType("ticket.escalation-acknowledged", EscalationAcknowledged),
        DocumentType("ticket.rule-fired", RuleFired),
        DocumentType("ticket.rule-refused", RuleRefused),
        DocumentType("ticket.robot-reported", RobotReported),
        DocumentType("configuration.event", ConfigurationEvent),
        DocumentType("configuration.record", ConfigurationRecord),
        DocumentType("configuration.item", ConfigurationItem),
        DocumentType("configuration.relation", Relation, keys={"type": "relation_type"}),
        DocumentType("configuration.redundancy-set", RedundancySet),
        DocumentType("configuration.override", Override),
        DocumentType("redundancy.all", AllNeeded),
        DocumentType("redundancy.any", AnySuffices),
        DocumentType("redundancy.at-least", AtLeast),
        DocumentType("redundancy.percent-up", PercentUp),
        DocumentType("redundancy.influence", Influence),
        DocumentType("redundancy.weighted-need", WeightedNeed),
        DocumentType("redundancy.clauses", Clauses),
        DocumentType("record", Record),
        DocumentType(EVENT_OF_RECORD, RecordEvent, upgrades=[_record_event_2]),
        DocumentType("staging.record", StagedRecord),
        DocumentType("staging.contradiction", StagedContradiction),
        DocumentType("staging.load", StagedLoad),
        DocumentType("staging.lock", StagedLock),
        DocumentType("staging.identity", StagedIdentity),
        DocumentType("source-record", SourceRecord),
        DocumentType("attribute-lock", AttributeLock),
        DocumentType("timer", Timer, upgrades=[_timer_2], without=["failures"]),
        DocumentType("notification", Notification, upgrades=[_notification_2]),
        DocumentType("outbox-entry", OutboxEntry),
        DocumentType("cursor", Cursor),
        DocumentType("ledger-entry", LedgerEntry),
        DocumentType("checkpoint", Checkpoint),
    ],
    forms=[Form(RecordKey, _key_from, _key_to_plain)],
    values=[
        ValueForm.of_enum("$provenance", Provenance),
        ValueForm.of_enum("$state-category", StateCategory),
    ],
)
"""
The types of all that a store is handed.

Further kinds of tickets join by `Documents.extended`, under the name of the kind.
"""


PERSONAL: Mapping[str, tuple[str, ...]] = {
    "ticket.logged": ("details.*", "irregular.*"),
    "ticket.state-changed": ("details.*",),
    "ticket.prioritised": ("because",),
    "ticket.commented": ("text",),
    "ticket.state-corrected": ("reasons.*",),
    "ticket.details-changed": ("changes.*", "irregular.*"),
    "ticket.restricted": ("because",),
    "ticket.cascaded": ("details.*",),
    "ticket.cascade-answered": ("reason",),
    "ticket.merged-from": ("attachments.*.name",),
    "ticket.merge-undone": ("attachments.*.name",),
    "ticket.split-from": ("attachments.*.name",),
    "ticket.public-message": ("text",),
    "ticket.internal-note": ("text",),
    "ticket.attached": ("attachment.name",),
    "ticket.detached": ("attachment.name",),
    "ticket.work-logged": ("entry.note",),
    "ticket.work-corrected": ("entries.*.note", "reason"),
    "ticket.ownership-transferred": ("reason",),
    "ticket.need-met": ("how",),
    "ticket.item-ordered": ("answers.*",),
    "ticket.task-given": ("answers.*",),
    "ticket.approval-decided": ("because",),
    "ticket.ballot-cast": ("comment",),
    "ticket.task-advanced": ("reason",),
    "ticket.routing-recorded": ("because", "advised_because"),
    "ticket.escalated": ("reason", "note"),
    "ticket.escalation-acknowledged": ("note",),
    "ticket.rule-refused": ("reasons.*",),
    "ticket.robot-reported": ("text",),
}
"""
What is personal in the facts of tickets, by the type of document: the paths of fields, in which ``*`` stands
for each of several. A path is added and never changed, since events of old are read by it, too.
"""

STRUCTURED = frozenset(
    {
        "affected_person",
        "assignee",
        "category",
        "change_type",
        "channel",
        "configuration_item",
        "fields_version",
        "impact",
        "needed_by",
        "organisation",
        "owner",
        "priority",
        "requester",
        "restricted_to",
        "service",
        "site",
        "support_group",
        "urgency",
    }
)
"""The details that are not personal: identifiers of people are pseudonyms, and the directory says whose."""


def to_document(value: object) -> Document:
    """
    Return *value*, which a store keeps, as a document: data that JSON holds without loss.

    Raises:
        DefinitionError: If there is no document of its class, or with each part of it that has no plain form.

    Example:
        >>> to_document(Commented("Is it done?", public=True))
        {'type': 'ticket.commented', 'schema': 1, 'text': 'Is it done?', 'public': True}
    """
    return DOCUMENTS.to_document(value)


def to_plain(value: object, *, where: str = "the value") -> Any:
    """
    Return plain data that is the same for equal values, there to be compared: see `Documents.to_plain`.

    Raises:
        DefinitionError: With each part of it that has no plain form.
    """
    return DOCUMENTS.to_plain(value, where=where)


def to_plain_detail(value: object, *, where: str = "the value") -> Any:
    """
    Return the plain form of a detail of a ticket: see `Documents.to_plain_detail`.

    Raises:
        DefinitionError: With each part of it that has no plain form.
    """
    return DOCUMENTS.to_plain_detail(value, where=where)


def from_document(document: object) -> Any:
    """
    Return the value of a document, equal to the one that `to_document` was given, whatever release wrote it.

    Raises:
        DefinitionError: With everything in it that cannot be read, and its path.

    Example:
        >>> from_document({"type": "ticket.commented", "schema": 1, "text": 7, "public": True})
        Traceback (most recent call last):
        itsmkit.errors.DefinitionError: ticket.commented: text: must be text, not int 7
    """
    return DOCUMENTS.from_document(document)
