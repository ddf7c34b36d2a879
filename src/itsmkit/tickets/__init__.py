"""
The records of a desk: people, kinds of work, tickets and what happens to them.

Everything here is a value. Which moves are allowed, who is told and when is decided in
`itsmkit.practices`; saving is the business of `itsmkit.desk`.
"""

from itsmkit.tickets.attachment import Attachment
from itsmkit.tickets.erasure import PersonalDataErased, files_of
from itsmkit.tickets.event import TicketEvent, TicketId
from itsmkit.tickets.facts import (
    Assigned,
    CheckpointPassed,
    Commented,
    DetailsChanged,
    Fact,
    Prioritised,
    StateChanged,
    StateCorrected,
    TicketLogged,
)
from itsmkit.tickets.link import Link
from itsmkit.tickets.participant import Participant
from itsmkit.tickets.people import SYSTEM, Actor
from itsmkit.tickets.priority import STANDARD_PRIORITIES, PriorityMatrix
from itsmkit.tickets.ticket import DESCRIPTIVE_FIELDS, DONE_CATEGORIES, Ticket, replay

__all__ = [
    "Actor",
    "Assigned",
    "Attachment",
    "CheckpointPassed",
    "Commented",
    "DESCRIPTIVE_FIELDS",
    "DONE_CATEGORIES",
    "DetailsChanged",
    "Fact",
    "Link",
    "Participant",
    "PersonalDataErased",
    "Prioritised",
    "PriorityMatrix",
    "STANDARD_PRIORITIES",
    "SYSTEM",
    "StateChanged",
    "StateCorrected",
    "Ticket",
    "TicketEvent",
    "TicketId",
    "TicketLogged",
    "files_of",
    "replay",
]
