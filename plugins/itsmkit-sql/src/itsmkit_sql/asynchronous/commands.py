"""The commands and reads of a desk, to be awaited."""

from typing import Any

from itsmkit.desk.audit import Audit
from itsmkit.desk.cmdb import ConfigurationCommands
from itsmkit.desk.discovery import DiscoveryCommands
from itsmkit.desk.incidents import IncidentCommands
from itsmkit.desk.tickets import TicketCommands
from itsmkit.desk.work import WorkCommands
from itsmkit_sql.asynchronous._twins import Twin, awaited, iterated

__all__ = [
    "AsyncAudit",
    "AsyncConfigurationCommands",
    "AsyncDiscoveryCommands",
    "AsyncIncidentCommands",
    "AsyncTicketCommands",
    "AsyncWorkCommands",
]


class AsyncWorkCommands(Twin[WorkCommands[Any]]):
    """What can be asked of a kind of work: see `WorkCommands`."""

    log = awaited(WorkCommands.log)
    transition = awaited(WorkCommands.transition)
    prioritise = awaited(WorkCommands.prioritise)
    take_over = awaited(WorkCommands.take_over)
    catch_up = awaited(WorkCommands.catch_up)


class AsyncIncidentCommands(Twin[IncidentCommands]):
    """What can be asked of incident management: see `IncidentCommands`."""

    log = awaited(IncidentCommands.log)
    transition = awaited(IncidentCommands.transition)
    prioritise = awaited(IncidentCommands.prioritise)
    take_over = awaited(IncidentCommands.take_over)
    catch_up = awaited(IncidentCommands.catch_up)


class AsyncTicketCommands(Twin[TicketCommands]):
    """What can be asked of a ticket of any kind: see `TicketCommands`."""

    get = awaited(TicketCommands.get)
    by_number = awaited(TicketCommands.by_number)
    find = awaited(TicketCommands.find)
    count = awaited(TicketCommands.count)
    matching = iterated(TicketCommands.matching)
    __aiter__ = iterated(TicketCommands.__iter__)
    history = awaited(TicketCommands.history)
    clocks = awaited(TicketCommands.clocks)
    readings = iterated(TicketCommands.readings)

    assign = awaited(TicketCommands.assign)
    comment = awaited(TicketCommands.comment)
    describe = awaited(TicketCommands.describe)
    erase = awaited(TicketCommands.erase)
    erase_person = awaited(TicketCommands.erase_person)


class AsyncConfigurationCommands(Twin[ConfigurationCommands]):
    """What can be asked of service configuration management: see `ConfigurationCommands`."""

    as_of = awaited(ConfigurationCommands.as_of)
    graph = awaited(ConfigurationCommands.graph)
    findings = awaited(ConfigurationCommands.findings)
    history = awaited(ConfigurationCommands.history)
    events = awaited(ConfigurationCommands.events)
    overrides = awaited(ConfigurationCommands.overrides)
    impact_of = awaited(ConfigurationCommands.impact_of)
    open_tickets = awaited(ConfigurationCommands.open_tickets)
    tickets_of = awaited(ConfigurationCommands.tickets_of)
    context = awaited(ConfigurationCommands.context)

    put = awaited(ConfigurationCommands.put)
    relate = awaited(ConfigurationCommands.relate)
    declare_redundancy = awaited(ConfigurationCommands.declare_redundancy)
    retire = awaited(ConfigurationCommands.retire)
    unrelate = awaited(ConfigurationCommands.unrelate)
    withdraw_redundancy = awaited(ConfigurationCommands.withdraw_redundancy)
    override = awaited(ConfigurationCommands.override)
    lift_override = awaited(ConfigurationCommands.lift_override)
    apply = awaited(ConfigurationCommands.apply)
    load = awaited(ConfigurationCommands.load)


class AsyncDiscoveryCommands(Twin[DiscoveryCommands]):
    """What can be asked of discovery: see `DiscoveryCommands`."""

    staging = awaited(DiscoveryCommands.staging)
    reconciliation = awaited(DiscoveryCommands.reconciliation)
    provenance = awaited(DiscoveryCommands.provenance)
    decision = awaited(DiscoveryCommands.decision)

    receive = awaited(DiscoveryCommands.receive)
    run = awaited(DiscoveryCommands.run)
    reconcile = awaited(DiscoveryCommands.reconcile)
    lock = awaited(DiscoveryCommands.lock)
    unlock = awaited(DiscoveryCommands.unlock)


class AsyncAudit(Twin[Audit]):
    """What can be asked of the desk's own books: see `Audit`."""

    checkpoint = awaited(Audit.checkpoint)
    verify = awaited(Audit.verify)
