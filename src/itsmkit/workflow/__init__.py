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

from itsmkit.workflow.availability import Availability
from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.engine import Fired, Workflow
from itsmkit.workflow.errors import (
    TransitionRefusedError,
    UnknownStateError,
    WorkflowDefinitionError,
)
from itsmkit.workflow.mapping_form import definition_from, to_mapping
from itsmkit.workflow.standard import incident_workflow
from itsmkit.workflow.state import State, StateCategory
from itsmkit.workflow.transition import Guard, Transition

__all__ = [
    "Availability",
    "Fired",
    "Guard",
    "State",
    "StateCategory",
    "Transition",
    "TransitionRefusedError",
    "UnknownStateError",
    "Workflow",
    "WorkflowDefinition",
    "WorkflowDefinitionError",
    "definition_from",
    "incident_workflow",
    "to_mapping",
]
