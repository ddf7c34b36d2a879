"""The commands of each kind of work, to be awaited."""

from typing import Generic, TypeVar

from itsmkit.desk.access import AccessCommands
from itsmkit.desk.kinds import (
    ChangeCommands,
)
from itsmkit.desk.ordering import OrderCommands
from itsmkit.desk.work import WorkCommands
from itsmkit.practices import (
    Change,
    Complaint,
    Incident,
    KindOfWork,
    Order,
    Problem,
    Question,
    Release,
    ServiceRequest,
    WorkTask,
)
from itsmkit.tickets import Ticket
from itsmkit_sql.asynchronous._twins import Twin, awaited

__all__ = [
    "AsyncAccessCommands",
    "AsyncChangeCommands",
    "AsyncComplaintCommands",
    "AsyncIncidentCommands",
    "AsyncOrderCommands",
    "AsyncProblemCommands",
    "AsyncQuestionCommands",
    "AsyncReleaseCommands",
    "AsyncRequestCommands",
    "AsyncTaskCommands",
    "AsyncWorkCommands",
]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)


class AsyncWorkCommands(Twin[WorkCommands[AnyTicket]], Generic[AnyTicket]):
    """What can be asked of a kind of work: see `WorkCommands`."""

    @property
    def kind(self) -> KindOfWork[AnyTicket]:
        """The kind of work."""
        return self._commands.kind

    log = awaited(WorkCommands[AnyTicket].log)
    transition = awaited(WorkCommands[AnyTicket].transition)
    prioritise = awaited(WorkCommands[AnyTicket].prioritise)
    take_over = awaited(WorkCommands[AnyTicket].take_over)
    catch_up = awaited(WorkCommands[AnyTicket].catch_up)


class AsyncIncidentCommands(AsyncWorkCommands[Incident]):
    """What can be asked of incident management: see `IncidentCommands`."""


class AsyncQuestionCommands(AsyncWorkCommands[Question]):
    """What can be asked of questions: see `QuestionCommands`."""


class AsyncRequestCommands(AsyncWorkCommands[ServiceRequest]):
    """What can be asked of service requests: see `RequestCommands`."""


class AsyncOrderCommands(AsyncWorkCommands[Order]):
    """What can be asked of orders: see `OrderCommands`."""

    place = awaited(OrderCommands.place)
    approve = awaited(OrderCommands.approve)
    reject = awaited(OrderCommands.reject)
    skip_task = awaited(OrderCommands.skip_task)
    retry_task = awaited(OrderCommands.retry_task)
    awaiting = awaited(OrderCommands.awaiting)
    progress = awaited(OrderCommands.progress)


class AsyncComplaintCommands(AsyncWorkCommands[Complaint]):
    """What can be asked of complaints: see `ComplaintCommands`."""


class AsyncProblemCommands(AsyncWorkCommands[Problem]):
    """What can be asked of problem management: see `ProblemCommands`."""


class AsyncChangeCommands(AsyncWorkCommands[Change]):
    """What can be asked of change enablement: see `ChangeCommands`."""

    propose = awaited(ChangeCommands.propose)


class AsyncReleaseCommands(AsyncWorkCommands[Release]):
    """What can be asked of release management: see `ReleaseCommands`."""


class AsyncTaskCommands(AsyncWorkCommands[WorkTask]):
    """What can be asked of tasks: see `TaskCommands`."""


class AsyncAccessCommands(AsyncWorkCommands[Ticket]):
    """What can be asked of access management: see `AccessCommands`."""

    grants_of = awaited(AccessCommands.grants_of)
    due_for_recertification = awaited(AccessCommands.due_for_recertification)
    conflicts = awaited(AccessCommands.conflicts)

    request = awaited(AccessCommands.request)
    approve = awaited(AccessCommands.approve)
    reject = awaited(AccessCommands.reject)
    grant = awaited(AccessCommands.grant)
    recertify = awaited(AccessCommands.recertify)
    revoke = awaited(AccessCommands.revoke)
    confirm_removal = awaited(AccessCommands.confirm_removal)
