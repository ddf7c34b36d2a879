"""
A desk for event loops: the same commands, each to be awaited.

It runs the code of `itsmkit.desk.Desk` in the thread of the loop. Whenever that waits for the database, the
loop goes on with other tasks. It needs the extra ``async``.
"""

from itsmkit_sql.asynchronous.commands import (
    AsyncAidCommands,
    AsyncAppointmentCommands,
    AsyncAudit,
    AsyncCatalogueCommands,
    AsyncChecklistCommands,
    AsyncConfigurationCommands,
    AsyncDiscoveryCommands,
    AsyncImprovementCommands,
    AsyncKnowledgeCommands,
    AsyncLinkCommands,
    AsyncPortal,
    AsyncRemoteSessionCommands,
    AsyncReplyCommands,
    AsyncRoutingCommands,
    AsyncRulesCommands,
    AsyncScheduleCommands,
    AsyncSearchCommands,
    AsyncSurveyCommands,
    AsyncTicketCommands,
)
from itsmkit_sql.asynchronous.desk import AsyncBind, AsyncDesk, Opening
from itsmkit_sql.asynchronous.kinds import (
    AsyncAccessCommands,
    AsyncChangeCommands,
    AsyncComplaintCommands,
    AsyncIncidentCommands,
    AsyncOrderCommands,
    AsyncProblemCommands,
    AsyncQuestionCommands,
    AsyncReleaseCommands,
    AsyncRequestCommands,
    AsyncTaskCommands,
    AsyncWorkCommands,
)

__all__ = [
    "AsyncAccessCommands",
    "AsyncAidCommands",
    "AsyncAppointmentCommands",
    "AsyncAudit",
    "AsyncBind",
    "AsyncCatalogueCommands",
    "AsyncChangeCommands",
    "AsyncChecklistCommands",
    "AsyncComplaintCommands",
    "AsyncConfigurationCommands",
    "AsyncDesk",
    "AsyncDiscoveryCommands",
    "AsyncImprovementCommands",
    "AsyncIncidentCommands",
    "AsyncKnowledgeCommands",
    "AsyncLinkCommands",
    "AsyncOrderCommands",
    "AsyncPortal",
    "AsyncProblemCommands",
    "AsyncQuestionCommands",
    "AsyncReleaseCommands",
    "AsyncRemoteSessionCommands",
    "AsyncReplyCommands",
    "AsyncRoutingCommands",
    "AsyncRequestCommands",
    "AsyncRulesCommands",
    "AsyncScheduleCommands",
    "AsyncSearchCommands",
    "AsyncSurveyCommands",
    "AsyncTaskCommands",
    "AsyncTicketCommands",
    "AsyncWorkCommands",
    "Opening",
]
