"""The commands of the kinds of work that itsmkit brings beside incidents, by the words of their practices."""

from collections.abc import Mapping
from datetime import datetime

from attrs import frozen

from itsmkit._frozen import EMPTY
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk.work import WorkCommands
from itsmkit.practices import (
    CHANGE,
    CHANGE_TYPE,
    COMPLAINT,
    PROBLEM,
    QUESTION,
    RELEASE,
    SERVICE_REQUEST,
    WORK_TASK,
    Change,
    Complaint,
    Problem,
    Question,
    Release,
    ServiceRequest,
    WorkTask,
)
from itsmkit.tickets import Actor

__all__ = [
    "ChangeCommands",
    "ComplaintCommands",
    "ProblemCommands",
    "QuestionCommands",
    "ReleaseCommands",
    "RequestCommands",
    "TaskCommands",
]


@frozen
class QuestionCommands(WorkCommands[Question]):
    """What can be asked of questions; reached as ``desk.questions``: see `WorkCommands`."""

    _kind: str = QUESTION


@frozen
class RequestCommands(WorkCommands[ServiceRequest]):
    """What can be asked of service requests; reached as ``desk.requests``: see `WorkCommands`."""

    _kind: str = SERVICE_REQUEST


@frozen
class ComplaintCommands(WorkCommands[Complaint]):
    """What can be asked of complaints; reached as ``desk.complaints``: see `WorkCommands`."""

    _kind: str = COMPLAINT


@frozen
class ProblemCommands(WorkCommands[Problem]):
    """What can be asked of problem management; reached as ``desk.problems``: see `WorkCommands`."""

    _kind: str = PROBLEM


@frozen
class ReleaseCommands(WorkCommands[Release]):
    """What can be asked of release management; reached as ``desk.releases``: see `WorkCommands`."""

    _kind: str = RELEASE


@frozen
class TaskCommands(WorkCommands[WorkTask]):
    """What can be asked of tasks; reached as ``desk.work_tasks``: see `WorkCommands`."""

    _kind: str = WORK_TASK


@looking_at_arguments()
@frozen
class ChangeCommands(WorkCommands[Change]):
    """What can be asked of change enablement; reached as ``desk.changes``: see `WorkCommands`."""

    _kind: str = CHANGE

    def propose(
        self,
        title: str,
        *,
        change_type: str = "normal",
        requester: str | None = None,
        impact: str | None = None,
        urgency: str | None = None,
        channel: str | None = None,
        site: str | None = None,
        service: str | None = None,
        configuration_item: str | None = None,
        category: str | None = None,
        support_group: str | None = None,
        opened_at: datetime | None = None,
        details: Mapping[str, object] = EMPTY,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Change:
        """
        Propose a change: log it, on the way that its type goes.

        Args:
            title: What shall be changed, in a line.
            change_type: ``"standard"``, ``"normal"`` or ``"emergency"``.
            requester: Who asks for it; by default, the actor.
            impact: A level of the desk's matrix; by default, the least grave.
            urgency: A level of the desk's matrix; by default, the least urgent.
            channel: The way it came in.
            site: The place.
            service: The service.
            configuration_item: The configuration item.
            category: The desk's own classification.
            support_group: The group that takes it first.
            opened_at: When the need arose, if that was before now; aware.
            details: Further fields of the desk's own, by name.
            by: Who proposes it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            DefinitionError: If a level is unknown, or *opened_at* is naive.
            FieldsRefusedError: If there is no such type, with every other field that stands against it.
        """
        return self.log(
            title,
            requester=requester,
            impact=impact,
            urgency=urgency,
            channel=channel,
            site=site,
            service=service,
            configuration_item=configuration_item,
            category=category,
            support_group=support_group,
            opened_at=opened_at,
            details={**details, CHANGE_TYPE: change_type},
            by=by,
            idempotency_key=idempotency_key,
        )
