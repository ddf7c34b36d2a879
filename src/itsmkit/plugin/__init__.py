"""
Where plugins meet a desk: the hooks they may implement, and the values that pass through these.

A plugin is a module or an object with functions marked by `hookimpl` and called like a hook of
`itsmkit.plugin.hookspecs`. A distribution offers it as an entry point of the group ``itsmkit``. A plugin is
code with all the rights of its host; nothing here pretends otherwise.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
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
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.plugin._pluggy": ("hookimpl",),
            "itsmkit.plugin.directory": ("Directory",),
            "itsmkit.plugin.discovery": ("Discovery", "DiscoveryProblem", "DiscoveryRun"),
            "itsmkit.plugin.dump": ("RowKind", "StoreNotEmptyError", "StoreRow"),
            "itsmkit.plugin.errors": (
                "DamagedStoreError",
                "IncompleteStoreError",
                "PluginError",
                "PluginWarning",
            ),
            "itsmkit.plugin.facets": ("CIFacet",),
            "itsmkit.plugin.hookspecs": ("API",),
            "itsmkit.plugin.integrity": ("ChainHead", "Checkpoint", "Heads"),
            "itsmkit.plugin.maintenance": (
                "BackupReport",
                "MaintenanceProgress",
                "StoreMaintenance",
                "StoreVersions",
                "UpgradeStep",
            ),
            "itsmkit.plugin.manager": ("Plugins",),
            "itsmkit.plugin.notification": ("DeliveryReceipt", "Notification"),
            "itsmkit.plugin.queries": ("Order", "TicketPage", "TicketQuery"),
            "itsmkit.plugin.records": ("Record", "RecordEvent", "changes_between", "document_after"),
            "itsmkit.plugin.search": ("IndexedStore", "SearchIndex"),
            "itsmkit.plugin.shifts": ("DutyShifts", "Shifts"),
            "itsmkit.plugin.status": ("PluginState", "PluginStatus"),
            "itsmkit.plugin.storage": (
                "ClaimedTimer",
                "DEFAULT_TENANT",
                "LedgerEntry",
                "OutboxEntry",
                "PositionedEvent",
                "Store",
                "StoredStaging",
                "StoredTicket",
                "TicketDeadline",
                "Timer",
                "UnitOfWork",
            ),
        },
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
