"""
Where plugins meet a desk: the hooks they may implement, and the values that pass through these.

A plugin is a module or an object with functions marked by `hookimpl` and called like a hook of
`itsmkit.plugin.hookspecs`. A distribution offers it as an entry point of the group ``itsmkit``. A plugin is
code with all the rights of its host; nothing here pretends otherwise.
"""

from itsmkit.plugin._pluggy import hookimpl
from itsmkit.plugin.directory import Directory
from itsmkit.plugin.discovery import Discovery, DiscoveryProblem, DiscoveryRun
from itsmkit.plugin.dump import RowKind, StoreNotEmptyError, StoreRow
from itsmkit.plugin.errors import DamagedStoreError, IncompleteStoreError, PluginError, PluginWarning
from itsmkit.plugin.facets import CIFacet
from itsmkit.plugin.hookspecs import API
from itsmkit.plugin.integrity import ChainHead, Checkpoint, Heads
from itsmkit.plugin.maintenance import (
    BackupReport,
    MaintenanceProgress,
    StoreMaintenance,
    StoreVersions,
    UpgradeStep,
)
from itsmkit.plugin.manager import Plugins
from itsmkit.plugin.notification import DeliveryReceipt, Notification
from itsmkit.plugin.queries import Order, TicketPage, TicketQuery
from itsmkit.plugin.records import Record, RecordEvent, changes_between, document_after
from itsmkit.plugin.search import IndexedStore, SearchIndex
from itsmkit.plugin.shifts import DutyShifts, Shifts
from itsmkit.plugin.status import PluginState, PluginStatus
from itsmkit.plugin.storage import (
    DEFAULT_TENANT,
    ClaimedTimer,
    LedgerEntry,
    OutboxEntry,
    PositionedEvent,
    Store,
    StoredStaging,
    StoredTicket,
    TicketDeadline,
    Timer,
    UnitOfWork,
)

__all__ = [
    "API",
    "BackupReport",
    "CIFacet",
    "ChainHead",
    "Checkpoint",
    "ClaimedTimer",
    "DEFAULT_TENANT",
    "DamagedStoreError",
    "DeliveryReceipt",
    "Directory",
    "Discovery",
    "DiscoveryProblem",
    "DiscoveryRun",
    "DutyShifts",
    "Heads",
    "IncompleteStoreError",
    "IndexedStore",
    "LedgerEntry",
    "MaintenanceProgress",
    "Notification",
    "Order",
    "OutboxEntry",
    "PluginError",
    "PluginState",
    "PluginStatus",
    "PluginWarning",
    "Plugins",
    "PositionedEvent",
    "Record",
    "RecordEvent",
    "RowKind",
    "SearchIndex",
    "Shifts",
    "Store",
    "StoreMaintenance",
    "StoreNotEmptyError",
    "StoreRow",
    "StoreVersions",
    "StoredStaging",
    "StoredTicket",
    "TicketDeadline",
    "TicketPage",
    "TicketQuery",
    "Timer",
    "UnitOfWork",
    "UpgradeStep",
    "changes_between",
    "document_after",
    "hookimpl",
]
