"""
ITIL 4 practices as pure functions on tickets: every rule of the desk, without its memory.

A practice takes the ticket as it is and what is asked, and returns a `Decision`: the events that happen and
the ticket after them. Nothing here reads a clock, draws an identifier or saves anything.
"""

from itsmkit.practices.categories import Category, CategoryTree
from itsmkit.practices.change import CHANGE, CHANGE_TYPE, Change, change_kind
from itsmkit.practices.complaint import COMPLAINT, Complaint, complaint_kind
from itsmkit.practices.decision import Decision, Occasion, happen
from itsmkit.practices.escalation import EscalationPolicy, EscalationStep, due_steps, recipients
from itsmkit.practices.fields import Field, FieldKind, FieldMigration, FieldSet, FieldsRefusedError, migration
from itsmkit.practices.handling import assign, comment, describe, prioritise, transition
from itsmkit.practices.incident import INCIDENT, Incident, incident_kind
from itsmkit.practices.kind_of_work import KindOfWork, Variants
from itsmkit.practices.order import ORDER, Order, order_kind
from itsmkit.practices.problem import PROBLEM, Problem, problem_kind
from itsmkit.practices.question import QUESTION, Question, question_kind
from itsmkit.practices.release import RELEASE, Release, release_kind
from itsmkit.practices.service_levels import FollowedClock, clock_events, follow, follow_history, read_clocks
from itsmkit.practices.service_request import SERVICE_REQUEST, ServiceRequest, service_request_kind
from itsmkit.practices.take_over import Observation, catch_up, take_over
from itsmkit.practices.ticket_classes import STANDARD_KINDS, TICKET_CLASSES, ticket_class_of
from itsmkit.practices.work_task import WORK_TASK, WorkTask, work_task_kind

__all__ = [
    "CHANGE",
    "CHANGE_TYPE",
    "COMPLAINT",
    "Category",
    "CategoryTree",
    "Change",
    "Complaint",
    "Decision",
    "EscalationPolicy",
    "EscalationStep",
    "Field",
    "FieldKind",
    "FieldMigration",
    "FieldSet",
    "FieldsRefusedError",
    "FollowedClock",
    "INCIDENT",
    "Incident",
    "KindOfWork",
    "ORDER",
    "Observation",
    "Occasion",
    "Order",
    "PROBLEM",
    "Problem",
    "QUESTION",
    "Question",
    "RELEASE",
    "Release",
    "SERVICE_REQUEST",
    "STANDARD_KINDS",
    "ServiceRequest",
    "TICKET_CLASSES",
    "Variants",
    "WORK_TASK",
    "WorkTask",
    "assign",
    "catch_up",
    "change_kind",
    "clock_events",
    "comment",
    "complaint_kind",
    "describe",
    "due_steps",
    "follow",
    "follow_history",
    "happen",
    "incident_kind",
    "migration",
    "order_kind",
    "prioritise",
    "problem_kind",
    "question_kind",
    "read_clocks",
    "recipients",
    "release_kind",
    "service_request_kind",
    "take_over",
    "ticket_class_of",
    "transition",
    "work_task_kind",
]
