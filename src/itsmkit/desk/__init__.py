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
    from itsmkit.desk._rereading import RereadReport
    from itsmkit.desk._timers import DueReport, TimerFailure
    from itsmkit.desk.audit import Audit
    from itsmkit.desk.bulk import BulkOutcome, BulkOutcomes
    from itsmkit.desk.catalogue import CatalogueCommands
    from itsmkit.desk.ci_context import CIContext
    from itsmkit.desk.clock import Clock, ManualClock, Pause, SystemClock, system_clock, system_pause
    from itsmkit.desk.cmdb import ConfigurationCommands
    from itsmkit.desk.config import ConfigurationRules, DeskConfig
    from itsmkit.desk.connected_tickets import ConnectedTicket
    from itsmkit.desk.desk import MIN_RETENTION, Desk
    from itsmkit.desk.discovery import DiscoveryCommands, Reconciled
    from itsmkit.desk.incidents import IncidentCommands
    from itsmkit.desk.item_facets import ItemFacets
    from itsmkit.desk.json_schema import desk_schema
    from itsmkit.desk.kinds import (
        ChangeCommands,
        ComplaintCommands,
        ProblemCommands,
        QuestionCommands,
        ReleaseCommands,
        RequestCommands,
        TaskCommands,
    )
    from itsmkit.desk.links import LinkCommands, LinkedTicket
    from itsmkit.desk.memory import (
        CalendarShifts,
        InMemoryDirectory,
        InMemoryNotifier,
        InMemorySearchIndex,
        InMemoryStore,
        RotaShifts,
    )
    from itsmkit.desk.next_deadline import NextDeadline
    from itsmkit.desk.ordering import OrderCommands, OrderView
    from itsmkit.desk.replay import Relived, relive
    from itsmkit.desk.rules import Difference, KeptConfiguration, RulesChange, RulesCommands
    from itsmkit.desk.scripted_answers import ScriptedAnswers
    from itsmkit.desk.ticket_erasing import ErasedTickets
    from itsmkit.desk.tickets import FoundTickets, TicketCommands
    from itsmkit.desk.work import WorkCommands
    from itsmkit.desk.worker import Worker, WorkReport
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.desk._delivery": ("DeliveryReport",),
            "itsmkit.desk._own_word": ("OWN_SOURCE",),
            "itsmkit.desk._rereading": ("RereadReport",),
            "itsmkit.desk._timers": ("DueReport", "TimerFailure"),
            "itsmkit.desk.audit": ("Audit",),
            "itsmkit.desk.bulk": ("BulkOutcome", "BulkOutcomes"),
            "itsmkit.desk.ci_context": ("CIContext",),
            "itsmkit.desk.clock": (
                "Clock",
                "ManualClock",
                "Pause",
                "SystemClock",
                "system_clock",
                "system_pause",
            ),
            "itsmkit.desk.catalogue": ("CatalogueCommands",),
            "itsmkit.desk.cmdb": ("ConfigurationCommands",),
            "itsmkit.desk.config": ("ConfigurationRules", "DeskConfig"),
            "itsmkit.desk.connected_tickets": ("ConnectedTicket",),
            "itsmkit.desk.desk": ("MIN_RETENTION", "Desk"),
            "itsmkit.desk.discovery": ("DiscoveryCommands", "Reconciled"),
            "itsmkit.desk.incidents": ("IncidentCommands",),
            "itsmkit.desk.item_facets": ("ItemFacets",),
            "itsmkit.desk.scripted_answers": ("ScriptedAnswers",),
            "itsmkit.desk.links": ("LinkCommands", "LinkedTicket"),
            "itsmkit.desk.kinds": (
                "ChangeCommands",
                "ComplaintCommands",
                "ProblemCommands",
                "QuestionCommands",
                "ReleaseCommands",
                "RequestCommands",
                "TaskCommands",
            ),
            "itsmkit.desk.json_schema": ("desk_schema",),
            "itsmkit.desk.memory": (
                "CalendarShifts",
                "InMemoryDirectory",
                "InMemoryNotifier",
                "InMemorySearchIndex",
                "InMemoryStore",
                "RotaShifts",
            ),
            "itsmkit.desk.next_deadline": ("NextDeadline",),
            "itsmkit.desk.ordering": ("OrderCommands", "OrderView"),
            "itsmkit.desk.replay": ("Relived", "relive"),
            "itsmkit.desk.rules": ("Difference", "KeptConfiguration", "RulesChange", "RulesCommands"),
            "itsmkit.desk.ticket_erasing": ("ErasedTickets",),
            "itsmkit.desk.tickets": ("FoundTickets", "TicketCommands"),
            "itsmkit.desk.work": ("WorkCommands",),
            "itsmkit.desk.worker": ("WorkReport", "Worker"),
        },
    )

__all__ = [
    "Audit",
    "BulkOutcome",
    "BulkOutcomes",
    "CIContext",
    "CalendarShifts",
    "CatalogueCommands",
    "ChangeCommands",
    "Clock",
    "ComplaintCommands",
    "ConfigurationCommands",
    "ConfigurationRules",
    "ConnectedTicket",
    "DeliveryReport",
    "Desk",
    "DeskConfig",
    "Difference",
    "DiscoveryCommands",
    "DueReport",
    "ErasedTickets",
    "FoundTickets",
    "InMemoryDirectory",
    "InMemoryNotifier",
    "InMemorySearchIndex",
    "InMemoryStore",
    "IncidentCommands",
    "ItemFacets",
    "KeptConfiguration",
    "LinkCommands",
    "LinkedTicket",
    "MIN_RETENTION",
    "ManualClock",
    "NextDeadline",
    "OWN_SOURCE",
    "OrderCommands",
    "OrderView",
    "Pause",
    "ProblemCommands",
    "QuestionCommands",
    "Reconciled",
    "ReleaseCommands",
    "Relived",
    "RequestCommands",
    "RereadReport",
    "RotaShifts",
    "RulesChange",
    "RulesCommands",
    "ScriptedAnswers",
    "SystemClock",
    "TaskCommands",
    "TicketCommands",
    "TimerFailure",
    "WorkCommands",
    "WorkReport",
    "Worker",
    "desk_schema",
    "relive",
    "system_clock",
    "system_pause",
]
