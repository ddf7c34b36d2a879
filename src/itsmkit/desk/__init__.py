"""
The shell: the one place that reads a clock, draws identifiers, saves and tells plugins.

Everything that decides stands in the rooms below. A desk runs one of their rules in a unit of work, saves
what it decided together with clocks, timers and outbox, and delivers afterwards.
"""

from itsmkit.desk._delivery import DeliveryReport
from itsmkit.desk._own_word import OWN_SOURCE
from itsmkit.desk.audit import Audit
from itsmkit.desk.ci_context import CIContext
from itsmkit.desk.clock import Clock, ManualClock, system_clock
from itsmkit.desk.cmdb import ConfigurationCommands
from itsmkit.desk.config import ConfigurationRules, DeskConfig
from itsmkit.desk.connected_tickets import ConnectedTicket
from itsmkit.desk.desk import Desk
from itsmkit.desk.discovery import DiscoveryCommands, Reconciled
from itsmkit.desk.incidents import IncidentCommands
from itsmkit.desk.item_facets import ItemFacets
from itsmkit.desk.memory import InMemoryNotifier, InMemoryStore
from itsmkit.desk.replay import Relived, relive
from itsmkit.desk.tickets import TicketCommands

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
    "InMemoryNotifier",
    "InMemoryStore",
    "IncidentCommands",
    "ItemFacets",
    "ManualClock",
    "OWN_SOURCE",
    "Reconciled",
    "Relived",
    "TicketCommands",
    "relive",
    "system_clock",
]
