"""
Workflows to start with, one for each kind of work: ready to use, and to copy and change.

=======================  =====================================================================================
Name                     What goes through it
=======================  =====================================================================================
``incident``             An interruption of a service, until it is restored
``service_request``      What was ordered, through approval and fulfilment
``problem``              The cause of incidents, until it is removed or accepted
``standard_change``      A change from a template that was approved and tested once
``normal_change``        A change that is assessed, approved, tested and scheduled before it is made
``emergency_change``     A change that cannot wait: approved before, documented and reviewed after
``release``              Changes that go out together
``knowledge_article``    What is worth knowing, reviewed by another and looked at again each year
``asset``                A piece of equipment, from its order to its disposal
``access_grant``         Somebody's access to something, looked at again each quarter
``question``             What somebody wants to know, until it is answered
``order``                What must be bought, through approval and delivery
``complaint``            What somebody is not content with, until it is answered with a finding
``task``                 A piece of work, often as a part of something larger
=======================  =====================================================================================

Each is a TOML file beside this module, in the form that `itsmkit.workflow.mapping_form` describes, with the
rules that hold whichever way is taken. They share their words:

- What came of an approval is the fact ``approval``: ``"approved"`` or ``"rejected"``. Who may vote is the
  business of the approval; ``approve`` follows its outcome, and so asks for no role.
- What must be true for a gate to open must be told: where nothing is known, it stays shut. Only a freeze is
  told while it holds, as ``change_freeze``.
- What was approved stands on what was shown. Where that is changed, an effect such as ``withdraw_approval``
  names what the host takes back, and a new approval cannot be asked for while the former one stands.
- What a timer fires asks for no fact and no role, since nobody is there to give it.

>>> sorted(STANDARD_WORKFLOWS) == sorted(definition().name for definition in STANDARD_WORKFLOWS.values())
True
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.standard.access_grant import access_grant_workflow
from itsmkit.workflow.standard.asset import asset_workflow
from itsmkit.workflow.standard.change import (
    emergency_change_workflow,
    normal_change_workflow,
    standard_change_workflow,
)
from itsmkit.workflow.standard.complaint import complaint_workflow
from itsmkit.workflow.standard.errors import UnknownWorkflowError
from itsmkit.workflow.standard.incident import incident_workflow
from itsmkit.workflow.standard.knowledge_article import knowledge_article_workflow
from itsmkit.workflow.standard.order import order_workflow
from itsmkit.workflow.standard.problem import problem_workflow
from itsmkit.workflow.standard.question import question_workflow
from itsmkit.workflow.standard.release import release_workflow
from itsmkit.workflow.standard.service_request import service_request_workflow
from itsmkit.workflow.standard.task import task_workflow

__all__ = [
    "STANDARD_WORKFLOWS",
    "UnknownWorkflowError",
    "access_grant_workflow",
    "asset_workflow",
    "complaint_workflow",
    "emergency_change_workflow",
    "incident_workflow",
    "knowledge_article_workflow",
    "normal_change_workflow",
    "order_workflow",
    "problem_workflow",
    "question_workflow",
    "release_workflow",
    "service_request_workflow",
    "standard_change_workflow",
    "standard_workflow",
    "task_workflow",
]

STANDARD_WORKFLOWS: Mapping[str, Callable[[], WorkflowDefinition]] = MappingProxyType(
    {
        "incident": incident_workflow,
        "service_request": service_request_workflow,
        "problem": problem_workflow,
        "standard_change": standard_change_workflow,
        "normal_change": normal_change_workflow,
        "emergency_change": emergency_change_workflow,
        "release": release_workflow,
        "knowledge_article": knowledge_article_workflow,
        "asset": asset_workflow,
        "access_grant": access_grant_workflow,
        "question": question_workflow,
        "order": order_workflow,
        "complaint": complaint_workflow,
        "task": task_workflow,
    }
)
"""What returns each definition, by its name."""


def standard_workflow(name: str) -> WorkflowDefinition:
    """
    Return the standard definition called *name*. Each is read once, and then the same value.

    Raises:
        UnknownWorkflowError: If there is none; it says which was meant, or which there are.

    >>> standard_workflow("normal_change").initial
    'Draft'
    >>> standard_workflow("aset")
    Traceback (most recent call last):
        ...
    itsmkit.workflow.standard.errors.UnknownWorkflowError: no standard workflow 'aset'; did you mean 'asset'?
    """
    returned = STANDARD_WORKFLOWS.get(name)
    if returned is None:
        raise UnknownWorkflowError(name, tuple(STANDARD_WORKFLOWS))
    return returned()
