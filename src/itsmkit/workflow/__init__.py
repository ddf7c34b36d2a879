"""
Workflows: states, the transitions between them, and every reason why one may not happen.

A `WorkflowDefinition` is data, checked as a whole when it is made; a `Workflow` answers by it. Neither
knows tickets: a state is a name, and what guards ask about is a mapping of facts. Everything outside
asks for a state's `StateCategory` and never for its name.

>>> from itsmkit.workflow import Workflow, incident_workflow
>>> workflow = Workflow(incident_workflow())
>>> workflow.fire("New", "start", {"assignee": "kim"}).target
'In Progress'
>>> workflow.fire("New", "resolve", {"resolution": "restarted"})
Traceback (most recent call last):
    ...
itsmkit.workflow.errors.TransitionRefusedError: cannot resolve from New: legal here are assign, start, cancel
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.workflow.availability import Availability
    from itsmkit.workflow.checks import check_definition, require_sound
    from itsmkit.workflow.definition import WorkflowDefinition, resolve_effects
    from itsmkit.workflow.documents import json_text, load_definition, toml_text
    from itsmkit.workflow.engine import Deadline, Fired, Workflow
    from itsmkit.workflow.errors import (
        MigrationRefusedError,
        TransitionRefusedError,
        UnknownStateError,
        WorkflowDefinitionError,
    )
    from itsmkit.workflow.finding import Finding, FindingKind, Severity, Step
    from itsmkit.workflow.guard import AllGuards, AnyGuard, Guard, GuardExpression, NegatedGuard, Verdict
    from itsmkit.workflow.json_schema import definition_schema
    from itsmkit.workflow.mapping_form import definition_from, to_mapping
    from itsmkit.workflow.migration import Migration, MigrationPreview
    from itsmkit.workflow.rule import NeverWithout, never_without
    from itsmkit.workflow.standard import (
        STANDARD_WORKFLOWS,
        UnknownWorkflowError,
        access_grant_workflow,
        asset_workflow,
        complaint_workflow,
        emergency_change_workflow,
        incident_workflow,
        knowledge_article_workflow,
        normal_change_workflow,
        order_workflow,
        problem_workflow,
        question_workflow,
        release_workflow,
        service_request_workflow,
        standard_change_workflow,
        standard_workflow,
        task_workflow,
    )
    from itsmkit.workflow.state import CompositeState, State, StateCategory
    from itsmkit.workflow.state_timer import StateTimer
    from itsmkit.workflow.transition import ACTOR_ROLES, Transition
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.workflow.availability": ("Availability",),
            "itsmkit.workflow.checks": ("check_definition", "require_sound"),
            "itsmkit.workflow.definition": ("WorkflowDefinition", "resolve_effects"),
            "itsmkit.workflow.documents": ("json_text", "load_definition", "toml_text"),
            "itsmkit.workflow.engine": ("Deadline", "Fired", "Workflow"),
            "itsmkit.workflow.errors": (
                "MigrationRefusedError",
                "TransitionRefusedError",
                "UnknownStateError",
                "WorkflowDefinitionError",
            ),
            "itsmkit.workflow.finding": ("Finding", "FindingKind", "Severity", "Step"),
            "itsmkit.workflow.guard": (
                "AllGuards",
                "AnyGuard",
                "Guard",
                "GuardExpression",
                "NegatedGuard",
                "Verdict",
            ),
            "itsmkit.workflow.json_schema": ("definition_schema",),
            "itsmkit.workflow.mapping_form": ("definition_from", "to_mapping"),
            "itsmkit.workflow.migration": ("Migration", "MigrationPreview"),
            "itsmkit.workflow.rule": ("NeverWithout", "never_without"),
            "itsmkit.workflow.standard": (
                "STANDARD_WORKFLOWS",
                "UnknownWorkflowError",
                "access_grant_workflow",
                "asset_workflow",
                "complaint_workflow",
                "emergency_change_workflow",
                "incident_workflow",
                "knowledge_article_workflow",
                "order_workflow",
                "normal_change_workflow",
                "problem_workflow",
                "question_workflow",
                "release_workflow",
                "service_request_workflow",
                "standard_change_workflow",
                "standard_workflow",
                "task_workflow",
            ),
            "itsmkit.workflow.state": ("CompositeState", "State", "StateCategory"),
            "itsmkit.workflow.state_timer": ("StateTimer",),
            "itsmkit.workflow.transition": ("ACTOR_ROLES", "Transition"),
        },
    )

__all__ = [
    "ACTOR_ROLES",
    "AllGuards",
    "AnyGuard",
    "Availability",
    "CompositeState",
    "Deadline",
    "Finding",
    "FindingKind",
    "Fired",
    "Guard",
    "GuardExpression",
    "Migration",
    "MigrationPreview",
    "MigrationRefusedError",
    "NegatedGuard",
    "NeverWithout",
    "STANDARD_WORKFLOWS",
    "Severity",
    "State",
    "StateCategory",
    "StateTimer",
    "Step",
    "Transition",
    "TransitionRefusedError",
    "UnknownStateError",
    "UnknownWorkflowError",
    "Verdict",
    "Workflow",
    "WorkflowDefinition",
    "WorkflowDefinitionError",
    "access_grant_workflow",
    "asset_workflow",
    "check_definition",
    "complaint_workflow",
    "definition_from",
    "definition_schema",
    "emergency_change_workflow",
    "incident_workflow",
    "json_text",
    "knowledge_article_workflow",
    "load_definition",
    "never_without",
    "normal_change_workflow",
    "order_workflow",
    "problem_workflow",
    "question_workflow",
    "release_workflow",
    "require_sound",
    "resolve_effects",
    "service_request_workflow",
    "standard_change_workflow",
    "standard_workflow",
    "task_workflow",
    "to_mapping",
    "toml_text",
]
