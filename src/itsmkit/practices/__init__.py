"""
ITIL 4 practices as pure functions on tickets: every rule of the desk, without its memory.

A practice takes the ticket as it is and what is asked, and returns a `Decision`: the events that happen and
the ticket after them. Nothing here reads a clock, draws an identifier or saves anything.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.practices.attachments import AttachmentRules, attach, attachments_of, detach
    from itsmkit.practices.categories import Category, CategoryTree
    from itsmkit.practices.change import CHANGE, CHANGE_TYPE, Change, change_kind
    from itsmkit.practices.complaint import COMPLAINT, Complaint, complaint_kind
    from itsmkit.practices.correspondence import (
        PublicFile,
        PublicLetter,
        PublicTicket,
        add_note,
        public_view,
        render_for_requester,
        render_letter,
        send_message,
    )
    from itsmkit.practices.decision import Decision, Notice, Occasion, happen
    from itsmkit.practices.effects import Effect
    from itsmkit.practices.escalation import EscalationPolicy, EscalationStep, due_steps, holders, recipients
    from itsmkit.practices.fields import (
        Field,
        FieldKind,
        FieldMigration,
        FieldSet,
        FieldsRefusedError,
        migration,
    )
    from itsmkit.practices.handling import assign, comment, describe, erase, prioritise, transition
    from itsmkit.practices.impacts import ImpactPolicy, ImpactRule, derive_impact, impact_policy_problems
    from itsmkit.practices.incident import INCIDENT, Incident, incident_kind
    from itsmkit.practices.inheritance import Inheritance, Inherited, Level, Places, inherit, offerings_at
    from itsmkit.practices.involvement import involving
    from itsmkit.practices.kind_of_work import KindOfWork, Variants
    from itsmkit.practices.order import ORDER, Order, order_kind
    from itsmkit.practices.outcome import Outcome
    from itsmkit.practices.ownership import (
        add_participant,
        first_owner,
        remove_participant,
        transfer_ownership,
    )
    from itsmkit.practices.placing import placed, placed_agreements, structure_problems
    from itsmkit.practices.priorities import PriorityExplanation, explain_priority
    from itsmkit.practices.problem import PROBLEM, Problem, problem_kind
    from itsmkit.practices.promises import Audience, PromisedTime, PromisePolicy, PromiseWords, promise
    from itsmkit.practices.question import QUESTION, Question, question_kind
    from itsmkit.practices.release import RELEASE, Release, release_kind
    from itsmkit.practices.reopen_policy import ReopenPolicy, done_at, refuse_late
    from itsmkit.practices.reopening import FOLLOW_UP_OF, FOLLOWED_UP_BY, follow_up, reopen
    from itsmkit.practices.resolution import RESOLUTION_DETAILS, Resolution, ResolutionRules, resolution_of
    from itsmkit.practices.service_levels import (
        FollowedClock,
        ServiceLevelDifference,
        clock_events,
        follow,
        follow_history,
        read_clocks,
        what_if,
    )
    from itsmkit.practices.service_request import SERVICE_REQUEST, ServiceRequest, service_request_kind
    from itsmkit.practices.tagging import TagRules, normal_tag, tag, untag
    from itsmkit.practices.taking_over import Observation, catch_up, take_over
    from itsmkit.practices.ticket_classes import STANDARD_KINDS, TICKET_CLASSES, ticket_class_of
    from itsmkit.practices.ticket_rules import STANDARD_TICKET_RULES, TicketRules
    from itsmkit.practices.work_items import WorkItem, meet_need, work_item, work_list
    from itsmkit.practices.work_log import (
        BillingRow,
        DurationRounding,
        Rate,
        RoundedBy,
        WorkLogPolicy,
        billing_rows,
        correct_work,
        costs_of,
        log_work,
    )
    from itsmkit.practices.work_task import WORK_TASK, WorkTask, work_task_kind
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.practices.attachments": ("AttachmentRules", "attach", "attachments_of", "detach"),
            "itsmkit.practices.categories": ("Category", "CategoryTree"),
            "itsmkit.practices.change": ("CHANGE", "CHANGE_TYPE", "Change", "change_kind"),
            "itsmkit.practices.complaint": ("COMPLAINT", "Complaint", "complaint_kind"),
            "itsmkit.practices.correspondence": (
                "PublicFile",
                "PublicLetter",
                "PublicTicket",
                "add_note",
                "public_view",
                "render_for_requester",
                "render_letter",
                "send_message",
            ),
            "itsmkit.practices.decision": ("Decision", "Notice", "Occasion", "happen"),
            "itsmkit.practices.effects": ("Effect",),
            "itsmkit.practices.escalation": (
                "EscalationPolicy",
                "EscalationStep",
                "due_steps",
                "holders",
                "recipients",
            ),
            "itsmkit.practices.fields": (
                "Field",
                "FieldKind",
                "FieldMigration",
                "FieldSet",
                "FieldsRefusedError",
                "migration",
            ),
            "itsmkit.practices.handling": (
                "assign",
                "comment",
                "describe",
                "erase",
                "prioritise",
                "transition",
            ),
            "itsmkit.practices.impacts": (
                "ImpactPolicy",
                "ImpactRule",
                "derive_impact",
                "impact_policy_problems",
            ),
            "itsmkit.practices.incident": ("INCIDENT", "Incident", "incident_kind"),
            "itsmkit.practices.inheritance": (
                "Inheritance",
                "Inherited",
                "Level",
                "Places",
                "inherit",
                "offerings_at",
            ),
            "itsmkit.practices.involvement": ("involving",),
            "itsmkit.practices.kind_of_work": ("KindOfWork", "Variants"),
            "itsmkit.practices.order": ("ORDER", "Order", "order_kind"),
            "itsmkit.practices.outcome": ("Outcome",),
            "itsmkit.practices.ownership": (
                "add_participant",
                "first_owner",
                "remove_participant",
                "transfer_ownership",
            ),
            "itsmkit.practices.placing": ("placed", "placed_agreements", "structure_problems"),
            "itsmkit.practices.priorities": ("PriorityExplanation", "explain_priority"),
            "itsmkit.practices.problem": ("PROBLEM", "Problem", "problem_kind"),
            "itsmkit.practices.promises": (
                "Audience",
                "PromisePolicy",
                "PromiseWords",
                "PromisedTime",
                "promise",
            ),
            "itsmkit.practices.question": ("QUESTION", "Question", "question_kind"),
            "itsmkit.practices.release": ("RELEASE", "Release", "release_kind"),
            "itsmkit.practices.reopen_policy": ("ReopenPolicy", "done_at", "refuse_late"),
            "itsmkit.practices.reopening": ("FOLLOWED_UP_BY", "FOLLOW_UP_OF", "follow_up", "reopen"),
            "itsmkit.practices.resolution": (
                "RESOLUTION_DETAILS",
                "Resolution",
                "ResolutionRules",
                "resolution_of",
            ),
            "itsmkit.practices.service_levels": (
                "FollowedClock",
                "ServiceLevelDifference",
                "clock_events",
                "follow",
                "follow_history",
                "read_clocks",
                "what_if",
            ),
            "itsmkit.practices.service_request": (
                "SERVICE_REQUEST",
                "ServiceRequest",
                "service_request_kind",
            ),
            "itsmkit.practices.tagging": ("TagRules", "normal_tag", "tag", "untag"),
            "itsmkit.practices.taking_over": ("Observation", "catch_up", "take_over"),
            "itsmkit.practices.ticket_classes": ("STANDARD_KINDS", "TICKET_CLASSES", "ticket_class_of"),
            "itsmkit.practices.ticket_rules": ("STANDARD_TICKET_RULES", "TicketRules"),
            "itsmkit.practices.work_items": ("WorkItem", "meet_need", "work_item", "work_list"),
            "itsmkit.practices.work_log": (
                "BillingRow",
                "DurationRounding",
                "Rate",
                "RoundedBy",
                "WorkLogPolicy",
                "billing_rows",
                "correct_work",
                "costs_of",
                "log_work",
            ),
            "itsmkit.practices.work_task": ("WORK_TASK", "WorkTask", "work_task_kind"),
        },
    )

__all__ = [
    "AttachmentRules",
    "Audience",
    "BillingRow",
    "CHANGE",
    "CHANGE_TYPE",
    "COMPLAINT",
    "Category",
    "CategoryTree",
    "Change",
    "Complaint",
    "Decision",
    "DurationRounding",
    "Effect",
    "EscalationPolicy",
    "EscalationStep",
    "FOLLOWED_UP_BY",
    "FOLLOW_UP_OF",
    "Field",
    "FieldKind",
    "FieldMigration",
    "FieldSet",
    "FieldsRefusedError",
    "FollowedClock",
    "INCIDENT",
    "ImpactPolicy",
    "ImpactRule",
    "Incident",
    "Inheritance",
    "Inherited",
    "KindOfWork",
    "Level",
    "Notice",
    "ORDER",
    "Observation",
    "Occasion",
    "Order",
    "Outcome",
    "PROBLEM",
    "Places",
    "PriorityExplanation",
    "Problem",
    "PromisePolicy",
    "PromiseWords",
    "PromisedTime",
    "PublicFile",
    "PublicLetter",
    "PublicTicket",
    "QUESTION",
    "Question",
    "RELEASE",
    "RESOLUTION_DETAILS",
    "Rate",
    "Release",
    "ReopenPolicy",
    "Resolution",
    "ResolutionRules",
    "RoundedBy",
    "SERVICE_REQUEST",
    "STANDARD_KINDS",
    "STANDARD_TICKET_RULES",
    "ServiceLevelDifference",
    "ServiceRequest",
    "TICKET_CLASSES",
    "TagRules",
    "TicketRules",
    "Variants",
    "WORK_TASK",
    "WorkItem",
    "WorkLogPolicy",
    "WorkTask",
    "add_note",
    "add_participant",
    "assign",
    "attach",
    "attachments_of",
    "billing_rows",
    "catch_up",
    "change_kind",
    "clock_events",
    "comment",
    "complaint_kind",
    "correct_work",
    "costs_of",
    "derive_impact",
    "describe",
    "detach",
    "done_at",
    "due_steps",
    "erase",
    "explain_priority",
    "first_owner",
    "follow",
    "follow_history",
    "follow_up",
    "happen",
    "holders",
    "impact_policy_problems",
    "incident_kind",
    "inherit",
    "involving",
    "log_work",
    "meet_need",
    "migration",
    "normal_tag",
    "offerings_at",
    "order_kind",
    "placed",
    "placed_agreements",
    "prioritise",
    "problem_kind",
    "promise",
    "public_view",
    "question_kind",
    "read_clocks",
    "recipients",
    "refuse_late",
    "release_kind",
    "remove_participant",
    "render_for_requester",
    "render_letter",
    "reopen",
    "resolution_of",
    "send_message",
    "service_request_kind",
    "structure_problems",
    "tag",
    "take_over",
    "ticket_class_of",
    "transfer_ownership",
    "transition",
    "untag",
    "what_if",
    "work_item",
    "work_list",
    "work_task_kind",
]
