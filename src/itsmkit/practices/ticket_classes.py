"""Which class the tickets of which kind have, and the kinds that itsmkit brings."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from itsmkit.practices.change import CHANGE, Change, change_kind
from itsmkit.practices.complaint import COMPLAINT, Complaint, complaint_kind
from itsmkit.practices.incident import INCIDENT, Incident, incident_kind
from itsmkit.practices.kind_of_work import KindOfWork
from itsmkit.practices.order import ORDER, Order, order_kind
from itsmkit.practices.problem import PROBLEM, Problem, problem_kind
from itsmkit.practices.question import QUESTION, Question, question_kind
from itsmkit.practices.release import RELEASE, Release, release_kind
from itsmkit.practices.service_request import SERVICE_REQUEST, ServiceRequest, service_request_kind
from itsmkit.practices.work_task import WORK_TASK, WorkTask, work_task_kind
from itsmkit.tickets import Ticket

__all__ = ["STANDARD_KINDS", "TICKET_CLASSES", "ticket_class_of"]

TICKET_CLASSES: Mapping[str, type[Ticket]] = MappingProxyType(
    {
        INCIDENT: Incident,
        QUESTION: Question,
        SERVICE_REQUEST: ServiceRequest,
        ORDER: Order,
        COMPLAINT: Complaint,
        PROBLEM: Problem,
        CHANGE: Change,
        RELEASE: Release,
        WORK_TASK: WorkTask,
    }
)
"""The classes of the kinds that itsmkit brings, by their names."""

STANDARD_KINDS: Mapping[str, Callable[..., KindOfWork[Any]]] = MappingProxyType(
    {
        INCIDENT: incident_kind,
        QUESTION: question_kind,
        SERVICE_REQUEST: service_request_kind,
        ORDER: order_kind,
        COMPLAINT: complaint_kind,
        PROBLEM: problem_kind,
        CHANGE: change_kind,
        RELEASE: release_kind,
        WORK_TASK: work_task_kind,
    }
)
"""What returns each kind that itsmkit brings, by its name."""


def ticket_class_of(kind: str) -> type[Ticket]:
    """Return the class of the tickets of *kind*: that of a kind which itsmkit brings, or `Ticket` itself."""
    return TICKET_CLASSES.get(kind, Ticket)
