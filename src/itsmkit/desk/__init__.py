"""
The shell: the one place that reads a clock, draws identifiers, saves and tells plugins.

Everything that decides stands in the rooms below. A desk runs one of their rules in a unit of work, saves
what it decided together with clocks, timers and outbox, and delivers afterwards.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.desk._delivery import DeliveryReport
    from itsmkit.desk._own_word import OWN_SOURCE
    from itsmkit.desk._timers import DueReport, TimerFailure
    from itsmkit.desk.audit import Audit
    from itsmkit.desk.ci_context import CIContext
    from itsmkit.desk.clock import Clock, ManualClock, Pause, system_clock, system_pause
    from itsmkit.desk.cmdb import ConfigurationCommands
    from itsmkit.desk.config import ConfigurationRules, DeskConfig
    from itsmkit.desk.connected_tickets import ConnectedTicket
    from itsmkit.desk.desk import MIN_RETENTION, Desk
    from itsmkit.desk.discovery import DiscoveryCommands, Reconciled
    from itsmkit.desk.incidents import IncidentCommands
    from itsmkit.desk.item_facets import ItemFacets
    from itsmkit.desk.memory import InMemoryNotifier, InMemoryStore
    from itsmkit.desk.replay import Relived, relive
    from itsmkit.desk.tickets import ErasedTickets, FoundTickets, TicketCommands
    from itsmkit.desk.work import WorkCommands
    from itsmkit.desk.worker import Worker, WorkReport
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.desk._delivery": ("DeliveryReport",),
            "itsmkit.desk._own_word": ("OWN_SOURCE",),
            "itsmkit.desk._timers": ("DueReport", "TimerFailure"),
            "itsmkit.desk.audit": ("Audit",),
            "itsmkit.desk.ci_context": ("CIContext",),
            "itsmkit.desk.clock": ("Clock", "ManualClock", "Pause", "system_clock", "system_pause"),
            "itsmkit.desk.cmdb": ("ConfigurationCommands",),
            "itsmkit.desk.config": ("ConfigurationRules", "DeskConfig"),
            "itsmkit.desk.connected_tickets": ("ConnectedTicket",),
            "itsmkit.desk.desk": ("MIN_RETENTION", "Desk"),
            "itsmkit.desk.discovery": ("DiscoveryCommands", "Reconciled"),
            "itsmkit.desk.incidents": ("IncidentCommands",),
            "itsmkit.desk.item_facets": ("ItemFacets",),
            "itsmkit.desk.memory": ("InMemoryNotifier", "InMemoryStore"),
            "itsmkit.desk.replay": ("Relived", "relive"),
            "itsmkit.desk.tickets": ("ErasedTickets", "FoundTickets", "TicketCommands"),
            "itsmkit.desk.work": ("WorkCommands",),
            "itsmkit.desk.worker": ("WorkReport", "Worker"),
        },
    )

__all__ = [
    "Audit",
    "CIContext",
    "Clock",
    "ConfigurationCommands",
    "ConfigurationRules",
    "ConnectedTicket",
    "DeliveryReport",
    "Desk",
    "DeskConfig",
    "DiscoveryCommands",
    "DueReport",
    "ErasedTickets",
    "FoundTickets",
    "InMemoryNotifier",
    "InMemoryStore",
    "IncidentCommands",
    "ItemFacets",
    "MIN_RETENTION",
    "ManualClock",
    "OWN_SOURCE",
    "Pause",
    "Reconciled",
    "Relived",
    "TicketCommands",
    "TimerFailure",
    "WorkCommands",
    "WorkReport",
    "Worker",
    "relive",
    "system_clock",
    "system_pause",
]
