"""The commands and reads of a desk, to be awaited."""

from typing import Any

from itsmkit.desk.audit import Audit
from itsmkit.desk.catalogue import CatalogueCommands
from itsmkit.desk.cmdb import ConfigurationCommands
from itsmkit.desk.discovery import DiscoveryCommands
from itsmkit.desk.incidents import IncidentCommands
from itsmkit.desk.kinds import (
    ChangeCommands,
    ComplaintCommands,
    ProblemCommands,
    QuestionCommands,
    ReleaseCommands,
    RequestCommands,
    TaskCommands,
)
from itsmkit.desk.links import LinkCommands
from itsmkit.desk.ordering import OrderCommands
from itsmkit.desk.rules import RulesCommands
from itsmkit.desk.tickets import TicketCommands
from itsmkit.desk.work import WorkCommands
from itsmkit.practices import KindOfWork
from itsmkit_sql.asynchronous._twins import Twin, awaited, iterated

__all__ = [
    "AsyncAudit",
    "AsyncCatalogueCommands",
    "AsyncChangeCommands",
    "AsyncComplaintCommands",
    "AsyncConfigurationCommands",
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
]


class AsyncWorkCommands(Twin[WorkCommands[Any]]):
    """What can be asked of a kind of work: see `WorkCommands`."""

    @property
    def kind(self) -> KindOfWork[Any]:
        """The kind of work."""
        return self._commands.kind

    log = awaited(WorkCommands.log)
    transition = awaited(WorkCommands.transition)
    prioritise = awaited(WorkCommands.prioritise)
    take_over = awaited(WorkCommands.take_over)
    catch_up = awaited(WorkCommands.catch_up)


class AsyncIncidentCommands(AsyncWorkCommands):
    """What can be asked of incident management: see `IncidentCommands`."""

    log = awaited(IncidentCommands.log)
    transition = awaited(IncidentCommands.transition)
    prioritise = awaited(IncidentCommands.prioritise)
    take_over = awaited(IncidentCommands.take_over)
    catch_up = awaited(IncidentCommands.catch_up)


class AsyncQuestionCommands(AsyncWorkCommands):
    """What can be asked of questions: see `QuestionCommands`."""

    log = awaited(QuestionCommands.log)
    transition = awaited(QuestionCommands.transition)
    prioritise = awaited(QuestionCommands.prioritise)
    take_over = awaited(QuestionCommands.take_over)
    catch_up = awaited(QuestionCommands.catch_up)


class AsyncRequestCommands(AsyncWorkCommands):
    """What can be asked of service requests: see `RequestCommands`."""

    log = awaited(RequestCommands.log)
    transition = awaited(RequestCommands.transition)
    prioritise = awaited(RequestCommands.prioritise)
    take_over = awaited(RequestCommands.take_over)
    catch_up = awaited(RequestCommands.catch_up)


class AsyncOrderCommands(AsyncWorkCommands):
    """What can be asked of orders: see `OrderCommands`."""

    log = awaited(OrderCommands.log)
    transition = awaited(OrderCommands.transition)
    prioritise = awaited(OrderCommands.prioritise)
    take_over = awaited(OrderCommands.take_over)
    catch_up = awaited(OrderCommands.catch_up)

    place = awaited(OrderCommands.place)
    approve = awaited(OrderCommands.approve)
    reject = awaited(OrderCommands.reject)
    skip_task = awaited(OrderCommands.skip_task)
    retry_task = awaited(OrderCommands.retry_task)
    progress = awaited(OrderCommands.progress)


class AsyncComplaintCommands(AsyncWorkCommands):
    """What can be asked of complaints: see `ComplaintCommands`."""

    log = awaited(ComplaintCommands.log)
    transition = awaited(ComplaintCommands.transition)
    prioritise = awaited(ComplaintCommands.prioritise)
    take_over = awaited(ComplaintCommands.take_over)
    catch_up = awaited(ComplaintCommands.catch_up)


class AsyncProblemCommands(AsyncWorkCommands):
    """What can be asked of problem management: see `ProblemCommands`."""

    log = awaited(ProblemCommands.log)
    transition = awaited(ProblemCommands.transition)
    prioritise = awaited(ProblemCommands.prioritise)
    take_over = awaited(ProblemCommands.take_over)
    catch_up = awaited(ProblemCommands.catch_up)


class AsyncChangeCommands(AsyncWorkCommands):
    """What can be asked of change enablement: see `ChangeCommands`."""

    log = awaited(ChangeCommands.log)
    transition = awaited(ChangeCommands.transition)
    prioritise = awaited(ChangeCommands.prioritise)
    take_over = awaited(ChangeCommands.take_over)
    catch_up = awaited(ChangeCommands.catch_up)
    propose = awaited(ChangeCommands.propose)


class AsyncReleaseCommands(AsyncWorkCommands):
    """What can be asked of release management: see `ReleaseCommands`."""

    log = awaited(ReleaseCommands.log)
    transition = awaited(ReleaseCommands.transition)
    prioritise = awaited(ReleaseCommands.prioritise)
    take_over = awaited(ReleaseCommands.take_over)
    catch_up = awaited(ReleaseCommands.catch_up)


class AsyncTaskCommands(AsyncWorkCommands):
    """What can be asked of tasks: see `TaskCommands`."""

    log = awaited(TaskCommands.log)
    transition = awaited(TaskCommands.transition)
    prioritise = awaited(TaskCommands.prioritise)
    take_over = awaited(TaskCommands.take_over)
    catch_up = awaited(TaskCommands.catch_up)


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
    promise = awaited(TicketCommands.promise)
    readings = iterated(TicketCommands.readings)
    history_of = iterated(TicketCommands.history_of)
    billing_rows = iterated(TicketCommands.billing_rows)
    explain_priority = awaited(TicketCommands.explain_priority)
    public_view = awaited(TicketCommands.public_view)
    attachment = awaited(TicketCommands.attachment)
    work_list = awaited(TicketCommands.work_list)

    assign = awaited(TicketCommands.assign)
    comment = awaited(TicketCommands.comment)
    describe = awaited(TicketCommands.describe)
    transfer_ownership = awaited(TicketCommands.transfer_ownership)
    add_participant = awaited(TicketCommands.add_participant)
    remove_participant = awaited(TicketCommands.remove_participant)
    send_message = awaited(TicketCommands.send_message)
    add_note = awaited(TicketCommands.add_note)
    attach = awaited(TicketCommands.attach)
    detach = awaited(TicketCommands.detach)
    log_work = awaited(TicketCommands.log_work)
    correct_work = awaited(TicketCommands.correct_work)
    meet_need = awaited(TicketCommands.meet_need)
    tag = awaited(TicketCommands.tag)
    untag = awaited(TicketCommands.untag)
    resolve = awaited(TicketCommands.resolve)
    reopen = awaited(TicketCommands.reopen)
    bulk = awaited(TicketCommands.bulk)
    transition = awaited(TicketCommands.transition)
    prioritise = awaited(TicketCommands.prioritise)
    resume_timer = awaited(TicketCommands.resume_timer)
    restrict = awaited(TicketCommands.restrict)
    erase = awaited(TicketCommands.erase)
    erase_person = awaited(TicketCommands.erase_person)


class AsyncLinkCommands(Twin[LinkCommands]):
    """What can be asked of links between tickets, of merging and splitting: see `LinkCommands`."""

    of = awaited(LinkCommands.of)
    goes_on_in = awaited(LinkCommands.goes_on_in)
    family = awaited(LinkCommands.family)
    timeline = awaited(LinkCommands.timeline)

    link = awaited(LinkCommands.link)
    unlink = awaited(LinkCommands.unlink)
    answer = awaited(LinkCommands.answer)
    merge = awaited(LinkCommands.merge)
    unmerge = awaited(LinkCommands.unmerge)
    split = awaited(LinkCommands.split)


class AsyncRulesCommands(Twin[RulesCommands]):
    """What can be asked of the desk's own rules: see `RulesCommands`."""

    current = awaited(RulesCommands.current)
    history = awaited(RulesCommands.history)
    as_of = awaited(RulesCommands.as_of)
    refresh = awaited(RulesCommands.refresh)

    change = awaited(RulesCommands.change)


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


class AsyncCatalogueCommands(Twin[CatalogueCommands]):
    """What can be asked of the service catalogue: see `CatalogueCommands`."""

    directory = awaited(CatalogueCommands.directory)
    item = awaited(CatalogueCommands.item)
    entry = awaited(CatalogueCommands.entry)
    entries = iterated(CatalogueCommands.entries)
    versions = awaited(CatalogueCommands.versions)
    draft = awaited(CatalogueCommands.draft)
    revise = awaited(CatalogueCommands.revise)
    publish = awaited(CatalogueCommands.publish)
    retire = awaited(CatalogueCommands.retire)
