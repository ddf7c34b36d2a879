"""The commands and reads of a desk that are about no single kind of work, to be awaited."""

from itsmkit.desk.aids import AidCommands
from itsmkit.desk.appointments import AppointmentCommands
from itsmkit.desk.audit import Audit
from itsmkit.desk.automation import AutomationCommands
from itsmkit.desk.catalogue import CatalogueCommands
from itsmkit.desk.checklists import ChecklistCommands
from itsmkit.desk.classification import ClassificationCommands
from itsmkit.desk.cmdb import ConfigurationCommands
from itsmkit.desk.coaching import CoachingCommands
from itsmkit.desk.conversations import ConversationCommands
from itsmkit.desk.delegations import DelegationCommands
from itsmkit.desk.discovery import DiscoveryCommands
from itsmkit.desk.escalation import EscalationCommands
from itsmkit.desk.improvements import ImprovementCommands
from itsmkit.desk.knowledge import KnowledgeCommands
from itsmkit.desk.links import LinkCommands
from itsmkit.desk.portal import Portal
from itsmkit.desk.remote_sessions import RemoteSessionCommands
from itsmkit.desk.replies import ReplyCommands
from itsmkit.desk.rotas import RotaCommands
from itsmkit.desk.routing import RoutingCommands
from itsmkit.desk.rules import RulesCommands
from itsmkit.desk.schedules import ScheduleCommands
from itsmkit.desk.search import SearchCommands
from itsmkit.desk.surveys import SurveyCommands
from itsmkit.desk.tickets import TicketCommands
from itsmkit.desk.workforce import WorkforceReads
from itsmkit_sql.asynchronous._twins import Twin, awaited, iterated

__all__ = [
    "AsyncAidCommands",
    "AsyncAppointmentCommands",
    "AsyncAudit",
    "AsyncAutomationCommands",
    "AsyncCatalogueCommands",
    "AsyncChecklistCommands",
    "AsyncCoachingCommands",
    "AsyncDelegationCommands",
    "AsyncConfigurationCommands",
    "AsyncConversationCommands",
    "AsyncDiscoveryCommands",
    "AsyncEscalationCommands",
    "AsyncImprovementCommands",
    "AsyncKnowledgeCommands",
    "AsyncLinkCommands",
    "AsyncPortal",
    "AsyncRemoteSessionCommands",
    "AsyncReplyCommands",
    "AsyncRotaCommands",
    "AsyncRoutingCommands",
    "AsyncRulesCommands",
    "AsyncScheduleCommands",
    "AsyncSearchCommands",
    "AsyncSurveyCommands",
    "AsyncTicketCommands",
    "AsyncWorkforceReads",
]


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


class AsyncAidCommands(Twin[AidCommands]):
    """What can be asked of work aids: see `AidCommands`."""

    all = iterated(AidCommands.all)
    history = awaited(AidCommands.history)
    offered = awaited(AidCommands.offered)
    templates = awaited(AidCommands.templates)

    keep = awaited(AidCommands.keep)
    retire = awaited(AidCommands.retire)
    apply_macro = awaited(AidCommands.apply_macro)
    reply = awaited(AidCommands.reply)
    log_from = awaited(AidCommands.log_from)


class AsyncChecklistCommands(Twin[ChecklistCommands]):
    """What can be asked of the checklists of tickets: see `ChecklistCommands`."""

    of = awaited(ChecklistCommands.of)

    begin = awaited(ChecklistCommands.begin)
    check = awaited(ChecklistCommands.check)


class AsyncSearchCommands(Twin[SearchCommands]):
    """What can be found of tickets by words: see `SearchCommands`."""

    tickets = awaited(SearchCommands.tickets)
    similar_tickets = awaited(SearchCommands.similar_tickets)

    refresh = awaited(SearchCommands.refresh)
    rebuild = awaited(SearchCommands.rebuild)


class AsyncKnowledgeCommands(Twin[KnowledgeCommands]):
    """What can be asked of knowledge management: see `KnowledgeCommands`."""

    get = awaited(KnowledgeCommands.get)
    articles = iterated(KnowledgeCommands.articles)
    history = awaited(KnowledgeCommands.history)
    overdue_reviews = awaited(KnowledgeCommands.overdue_reviews)
    read = awaited(KnowledgeCommands.read)
    search = awaited(KnowledgeCommands.search)
    suggest = awaited(KnowledgeCommands.suggest)
    suggest_for = awaited(KnowledgeCommands.suggest_for)
    feedback = iterated(KnowledgeCommands.feedback)
    sessions = iterated(KnowledgeCommands.sessions)
    report = awaited(KnowledgeCommands.report)

    draft = awaited(KnowledgeCommands.draft)
    describe = awaited(KnowledgeCommands.describe)
    revise = awaited(KnowledgeCommands.revise)
    submit = awaited(KnowledgeCommands.submit)
    send_back = awaited(KnowledgeCommands.send_back)
    publish = awaited(KnowledgeCommands.publish)
    confirm = awaited(KnowledgeCommands.confirm)
    retire = awaited(KnowledgeCommands.retire)
    discard = awaited(KnowledgeCommands.discard)
    link_ticket = awaited(KnowledgeCommands.link_ticket)
    give_feedback = awaited(KnowledgeCommands.give_feedback)
    erase_feedback = awaited(KnowledgeCommands.erase_feedback)
    begin_session = awaited(KnowledgeCommands.begin_session)
    solved = awaited(KnowledgeCommands.solved)
    led_to_ticket = awaited(KnowledgeCommands.led_to_ticket)
    erase_session = awaited(KnowledgeCommands.erase_session)


class AsyncAppointmentCommands(Twin[AppointmentCommands]):
    """What can be asked of appointments: see `AppointmentCommands`."""

    of = awaited(AppointmentCommands.of)
    history = awaited(AppointmentCommands.history)
    slots = awaited(AppointmentCommands.slots)

    book = awaited(AppointmentCommands.book)
    move = awaited(AppointmentCommands.move)
    cancel = awaited(AppointmentCommands.cancel)
    hold = awaited(AppointmentCommands.hold)


class AsyncAutomationCommands(Twin[AutomationCommands]):
    """What can be asked of automation: see `AutomationCommands`."""

    all = iterated(AutomationCommands.all)
    history = awaited(AutomationCommands.history)
    check = awaited(AutomationCommands.check)
    explain = awaited(AutomationCommands.explain)
    dry_run = awaited(AutomationCommands.dry_run)
    rehearse = awaited(AutomationCommands.rehearse)

    keep = awaited(AutomationCommands.keep)
    retire = awaited(AutomationCommands.retire)
    pause = awaited(AutomationCommands.pause)
    resume = awaited(AutomationCommands.resume)


class AsyncEscalationCommands(Twin[EscalationCommands]):
    """What can be asked of escalation: see `EscalationCommands`."""

    of = awaited(EscalationCommands.of)
    bounces = awaited(EscalationCommands.bounces)

    escalate = awaited(EscalationCommands.escalate)
    acknowledge = awaited(EscalationCommands.acknowledge)


class AsyncScheduleCommands(Twin[ScheduleCommands]):
    """What can be asked of schedules: see `ScheduleCommands`."""

    all = iterated(ScheduleCommands.all)
    history = awaited(ScheduleCommands.history)
    upcoming = awaited(ScheduleCommands.upcoming)

    keep = awaited(ScheduleCommands.keep)
    retire = awaited(ScheduleCommands.retire)
    run = awaited(ScheduleCommands.run)


class AsyncRemoteSessionCommands(Twin[RemoteSessionCommands]):
    """What can be asked of remote sessions: see `RemoteSessionCommands`."""

    of = awaited(RemoteSessionCommands.of)

    give_consent = awaited(RemoteSessionCommands.give_consent)
    withdraw_consent = awaited(RemoteSessionCommands.withdraw_consent)
    start = awaited(RemoteSessionCommands.start)
    stop = awaited(RemoteSessionCommands.stop)


class AsyncRoutingCommands(Twin[RoutingCommands]):
    """What can be asked of routing: see `RoutingCommands`."""

    route = awaited(RoutingCommands.route)
    turns = awaited(RoutingCommands.turns)
    skill_gaps = awaited(RoutingCommands.skill_gaps)

    assign = awaited(RoutingCommands.assign)


class AsyncDelegationCommands(Twin[DelegationCommands]):
    """What can be asked of delegations: see `DelegationCommands`."""

    mine = awaited(DelegationCommands.mine)
    to_me = awaited(DelegationCommands.to_me)
    of = awaited(DelegationCommands.of)
    history = awaited(DelegationCommands.history)

    give = awaited(DelegationCommands.give)
    withdraw = awaited(DelegationCommands.withdraw)
    give_for = awaited(DelegationCommands.give_for)
    withdraw_for = awaited(DelegationCommands.withdraw_for)
    erase = awaited(DelegationCommands.erase)


class AsyncCoachingCommands(Twin[CoachingCommands]):
    """What can be asked of coaching: see `CoachingCommands`."""

    about = awaited(CoachingCommands.about)

    write = awaited(CoachingCommands.write)
    erase = awaited(CoachingCommands.erase)


class AsyncConversationCommands(Twin[ConversationCommands]):
    """What can be asked of conversations: see `ConversationCommands`."""

    get = awaited(ConversationCommands.get)
    of = awaited(ConversationCommands.of)
    waiting = awaited(ConversationCommands.waiting)
    find = iterated(ConversationCommands.find)
    history = awaited(ConversationCommands.history)
    report = awaited(ConversationCommands.report)

    begin = awaited(ConversationCommands.begin)
    say = awaited(ConversationCommands.say)
    hand_over = awaited(ConversationCommands.hand_over)
    end = awaited(ConversationCommands.end)
    take = awaited(ConversationCommands.take)
    reply = awaited(ConversationCommands.reply)
    erase = awaited(ConversationCommands.erase)


class AsyncRotaCommands(Twin[RotaCommands]):
    """What can be asked of rotas: see `RotaCommands`."""

    on_duty = awaited(RotaCommands.on_duty)
    next_on_duty = awaited(RotaCommands.next_on_duty)
    duties = awaited(RotaCommands.duties)
    gaps = awaited(RotaCommands.gaps)
    overlaps = awaited(RotaCommands.overlaps)
    fairness = awaited(RotaCommands.fairness)
    calendar = awaited(RotaCommands.calendar)
    changes = awaited(RotaCommands.changes)
    history = awaited(RotaCommands.history)
    notes = awaited(RotaCommands.notes)
    notes_of_shift = awaited(RotaCommands.notes_of_shift)

    override = awaited(RotaCommands.override)
    withdraw_override = awaited(RotaCommands.withdraw_override)
    propose_swap = awaited(RotaCommands.propose_swap)
    accept_swap = awaited(RotaCommands.accept_swap)
    decline_swap = awaited(RotaCommands.decline_swap)
    withdraw_swap = awaited(RotaCommands.withdraw_swap)
    take_leave = awaited(RotaCommands.take_leave)
    withdraw_leave = awaited(RotaCommands.withdraw_leave)
    approve_leave = awaited(RotaCommands.approve_leave)
    reject_leave = awaited(RotaCommands.reject_leave)
    write_note = awaited(RotaCommands.write_note)
    acknowledge_note = awaited(RotaCommands.acknowledge_note)
    erase = awaited(RotaCommands.erase)


class AsyncReplyCommands(Twin[ReplyCommands]):
    """What can be asked of suggested replies: see `ReplyCommands`."""

    preview = awaited(ReplyCommands.preview)

    suggest = awaited(ReplyCommands.suggest)


class AsyncClassificationCommands(Twin[ClassificationCommands]):
    """What can be asked of classification that learns: see `ClassificationCommands`."""

    preview = awaited(ClassificationCommands.preview)
    of = awaited(ClassificationCommands.of)
    models = awaited(ClassificationCommands.models)
    evaluate = awaited(ClassificationCommands.evaluate)
    shadow_report = awaited(ClassificationCommands.shadow_report)

    classify = awaited(ClassificationCommands.classify)
    train = awaited(ClassificationCommands.train)
    forget_model = awaited(ClassificationCommands.forget_model)


class AsyncSurveyCommands(Twin[SurveyCommands]):
    """What can be asked of surveys: see `SurveyCommands`."""

    get = awaited(SurveyCommands.get)
    find = iterated(SurveyCommands.find)

    send = awaited(SurveyCommands.send)
    answer = awaited(SurveyCommands.answer)
    erase = awaited(SurveyCommands.erase)


class AsyncImprovementCommands(Twin[ImprovementCommands]):
    """What can be asked of the register of continual improvement: see `ImprovementCommands`."""

    get = awaited(ImprovementCommands.get)
    register = iterated(ImprovementCommands.register)
    themes = awaited(ImprovementCommands.themes)

    propose = awaited(ImprovementCommands.propose)
    propose_from_themes = awaited(ImprovementCommands.propose_from_themes)
    begin = awaited(ImprovementCommands.begin)
    remeasure = awaited(ImprovementCommands.remeasure)
    close = awaited(ImprovementCommands.close)
    drop = awaited(ImprovementCommands.drop)


class AsyncWorkforceReads(Twin[WorkforceReads]):
    """What can be asked of planning the workforce: see `WorkforceReads`."""

    arrivals = awaited(WorkforceReads.arrivals)
    handling = awaited(WorkforceReads.handling)
    forecast = awaited(WorkforceReads.forecast)
    backtest = awaited(WorkforceReads.backtest)
    staffing = awaited(WorkforceReads.staffing)
    stream = awaited(WorkforceReads.stream)
    roster = awaited(WorkforceReads.roster)
    attainment = awaited(WorkforceReads.attainment)
    measures = awaited(WorkforceReads.measures)
    own_measures = awaited(WorkforceReads.own_measures)


class AsyncPortal(Twin[Portal]):
    """What one of the people whom a desk works for can see and do: see `Portal`."""

    outages = awaited(Portal.outages)
    mine = iterated(Portal.mine)
    of_my_organisation = iterated(Portal.of_my_organisation)
    ticket = awaited(Portal.ticket)
    file = awaited(Portal.file)
    article = awaited(Portal.article)
    search = awaited(Portal.search)
    advice = awaited(Portal.advice)
    offers = awaited(Portal.offers)
    progress = awaited(Portal.progress)
    to_approve = awaited(Portal.to_approve)

    submit = awaited(Portal.submit)
    comment = awaited(Portal.comment)
    confirm = awaited(Portal.confirm)
    reopen = awaited(Portal.reopen)
    rate = awaited(Portal.rate)
    solved = awaited(Portal.solved)
    order = awaited(Portal.order)
    approve = awaited(Portal.approve)
    reject = awaited(Portal.reject)
