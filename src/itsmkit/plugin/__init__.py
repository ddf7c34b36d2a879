"""
Where plugins meet a desk: the hooks they may implement, and the values that pass through these.

A plugin is a module or an object with functions marked by `hookimpl` and called like a hook of
`itsmkit.plugin.hookspecs`. A distribution offers it as an entry point of the group ``itsmkit``. A plugin is
code with all the rights of its host; nothing here pretends otherwise.
"""

from itsmkit.plugin._pluggy import hookimpl
from itsmkit.plugin.discovery import Discovery, DiscoveryProblem, DiscoveryRun
from itsmkit.plugin.errors import NoConfigurationStoreError, NoStagingStoreError, PluginError, PluginWarning
from itsmkit.plugin.facets import CIFacet
from itsmkit.plugin.hookspecs import API
from itsmkit.plugin.manager import Plugins
from itsmkit.plugin.notification import DeliveryReceipt, Notification
from itsmkit.plugin.status import PluginState, PluginStatus
from itsmkit.plugin.storage import (
    ClaimedTimer,
    OutboxEntry,
    PositionedEvent,
    Store,
    StoredStaging,
    StoredTicket,
    Timer,
    UnitOfWork,
)

__all__ = [
    "API",
    "CIFacet",
    "ClaimedTimer",
    "DeliveryReceipt",
    "Discovery",
    "DiscoveryProblem",
    "DiscoveryRun",
    "NoConfigurationStoreError",
    "NoStagingStoreError",
    "Notification",
    "OutboxEntry",
    "PluginError",
    "PluginState",
    "PluginStatus",
    "PluginWarning",
    "Plugins",
    "PositionedEvent",
    "Store",
    "StoredStaging",
    "StoredTicket",
    "Timer",
    "UnitOfWork",
    "hookimpl",
]
