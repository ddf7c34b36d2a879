"""
ITIL 4 practices as pure functions on tickets: every rule of the desk, without its memory.

A practice takes the ticket as it is and what is asked, and returns a `Decision`: the events that happen and
the ticket after them. Nothing here reads a clock, draws an identifier or saves anything.
"""

from itsmkit.practices.decision import Decision, Occasion, happen
from itsmkit.practices.escalation import EscalationPolicy, EscalationStep, due_steps, recipients
from itsmkit.practices.handling import assign, comment, describe, erase, prioritise, transition
from itsmkit.practices.incident import INCIDENT, Incident, incident_kind
from itsmkit.practices.kind_of_work import KindOfWork
from itsmkit.practices.service_levels import FollowedClock, clock_events, follow, follow_history, read_clocks
from itsmkit.practices.take_over import Observation, catch_up, take_over
from itsmkit.practices.ticket_classes import TICKET_CLASSES, ticket_class_of

__all__ = [
    "Decision",
    "EscalationPolicy",
    "EscalationStep",
    "FollowedClock",
    "INCIDENT",
    "Incident",
    "KindOfWork",
    "Observation",
    "Occasion",
    "TICKET_CLASSES",
    "assign",
    "catch_up",
    "clock_events",
    "comment",
    "describe",
    "erase",
    "due_steps",
    "follow",
    "follow_history",
    "happen",
    "incident_kind",
    "prioritise",
    "read_clocks",
    "recipients",
    "take_over",
    "ticket_class_of",
    "transition",
]
