"""
A desk for event loops: the same commands, each to be awaited.

It runs the code of `itsmkit.desk.Desk` in the thread of the loop. Whenever that waits for the database, the
loop goes on with other tasks. It needs the extra ``async``.
"""

from itsmkit_sql.asynchronous.commands import (
    AsyncAudit,
    AsyncCatalogueCommands,
    AsyncChangeCommands,
    AsyncComplaintCommands,
    AsyncConfigurationCommands,
    AsyncDiscoveryCommands,
    AsyncIncidentCommands,
    AsyncLinkCommands,
    AsyncOrderCommands,
    AsyncProblemCommands,
    AsyncQuestionCommands,
    AsyncReleaseCommands,
    AsyncRequestCommands,
    AsyncRulesCommands,
    AsyncTaskCommands,
    AsyncTicketCommands,
    AsyncWorkCommands,
)
from itsmkit_sql.asynchronous.desk import AsyncBind, AsyncDesk, Opening

__all__ = [
    "AsyncAudit",
    "AsyncCatalogueCommands",
    "AsyncBind",
    "AsyncChangeCommands",
    "AsyncComplaintCommands",
    "AsyncConfigurationCommands",
    "AsyncDesk",
    "AsyncDiscoveryCommands",
    "AsyncIncidentCommands",
    "AsyncLinkCommands",
    "AsyncOrderCommands",
    "AsyncProblemCommands",
    "AsyncQuestionCommands",
    "AsyncReleaseCommands",
    "AsyncRequestCommands",
    "AsyncRulesCommands",
    "AsyncTaskCommands",
    "AsyncTicketCommands",
    "AsyncWorkCommands",
    "Opening",
]
