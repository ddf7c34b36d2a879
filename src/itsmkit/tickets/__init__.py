"""
The records of a desk: people, kinds of work, tickets and what happens to them.

Everything here is a value. Which moves are allowed, who is told and when is decided in
`itsmkit.practices`; saving is the business of `itsmkit.desk`.
"""

from itsmkit.tickets.attachment import Attached, Attachment, Detached
from itsmkit.tickets.automation import RobotReported, RuleFired, RuleRefused
from itsmkit.tickets.connections import (
    CascadeAdvanced,
    CascadeAnswered,
    Cascaded,
    CascadeRefusal,
    Linked,
    MergedFrom,
    MergedInto,
    MergeUndone,
    SplitFrom,
    Unlinked,
    Unmerged,
)
from itsmkit.tickets.correspondence import InternalNote, PublicMessage
from itsmkit.tickets.erasure import PersonalDataErased, files_of
from itsmkit.tickets.escalation import Escalated, EscalationAcknowledged, EscalationStepTaken
from itsmkit.tickets.event import TicketEvent, TicketId
from itsmkit.tickets.facts import (
    Assigned,
    CheckpointPassed,
    Commented,
    DetailsChanged,
    Fact,
    Prioritised,
    PromiseMoved,
    Restricted,
    StateChanged,
    StateCorrected,
    TicketLogged,
    TimerRefused,
)
from itsmkit.tickets.impact import ImpactDerived
from itsmkit.tickets.link import Link
from itsmkit.tickets.need import NeedMet
from itsmkit.tickets.ordering import (
    ANSWER,
    FACTS_OF_ORDERS,
    ApprovalDecided,
    ApprovalOpened,
    ApproversAsked,
    AskedToVote,
    BallotCast,
    Became,
    FulfilmentBegun,
    FulfilmentEnded,
    ItemOrdered,
    TaskAdvanced,
    TaskGiven,
)
from itsmkit.tickets.participant import Participant
from itsmkit.tickets.participation import OwnershipTransferred, ParticipantAdded, ParticipantRemoved
from itsmkit.tickets.people import SYSTEM, Actor
from itsmkit.tickets.priority import STANDARD_PRIORITIES, PriorityMatrix
from itsmkit.tickets.routing import RoutingRecorded
from itsmkit.tickets.tagging import Tagged, Untagged
from itsmkit.tickets.ticket import DESCRIPTIVE_FIELDS, DONE_CATEGORIES, FACTS_OF_PARTS, Ticket, replay
from itsmkit.tickets.work_log import WorkCorrected, WorkEntry, WorkLogged

__all__ = [
    "ANSWER",
    "Actor",
    "ApprovalDecided",
    "ApprovalOpened",
    "ApproversAsked",
    "AskedToVote",
    "Assigned",
    "Attached",
    "Attachment",
    "BallotCast",
    "Became",
    "CascadeAdvanced",
    "CascadeAnswered",
    "CascadeRefusal",
    "Cascaded",
    "CheckpointPassed",
    "Commented",
    "DESCRIPTIVE_FIELDS",
    "DONE_CATEGORIES",
    "Detached",
    "DetailsChanged",
    "Escalated",
    "EscalationAcknowledged",
    "EscalationStepTaken",
    "FACTS_OF_ORDERS",
    "FACTS_OF_PARTS",
    "Fact",
    "FulfilmentBegun",
    "FulfilmentEnded",
    "ImpactDerived",
    "InternalNote",
    "ItemOrdered",
    "Link",
    "Linked",
    "MergeUndone",
    "MergedFrom",
    "MergedInto",
    "NeedMet",
    "OwnershipTransferred",
    "Participant",
    "ParticipantAdded",
    "ParticipantRemoved",
    "PersonalDataErased",
    "Prioritised",
    "PriorityMatrix",
    "PromiseMoved",
    "PublicMessage",
    "Restricted",
    "RobotReported",
    "RoutingRecorded",
    "RuleFired",
    "RuleRefused",
    "STANDARD_PRIORITIES",
    "SYSTEM",
    "SplitFrom",
    "StateChanged",
    "StateCorrected",
    "Tagged",
    "TaskAdvanced",
    "TaskGiven",
    "Ticket",
    "TicketEvent",
    "TicketId",
    "TicketLogged",
    "TimerRefused",
    "Unlinked",
    "Unmerged",
    "Untagged",
    "WorkCorrected",
    "WorkEntry",
    "WorkLogged",
    "files_of",
    "replay",
]
