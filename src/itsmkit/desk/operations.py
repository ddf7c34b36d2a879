"""
The one table of all that a desk can be asked, and of what each needs on a desk with rules of access.

What is missing here needs a permit, so that what is forgotten stays shut; and the tests of itsmkit find it.
"""

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum

from itsmkit._frozen import FrozenDict
from itsmkit._problems import close_to
from itsmkit.practices import (
    CHANGE,
    COMPLAINT,
    INCIDENT,
    ORDER,
    PROBLEM,
    QUESTION,
    RELEASE,
    SERVICE_REQUEST,
    WORK_TASK,
)
from itsmkit.practices.access import ACCESS_GRANT, AccessRules, Permit

__all__ = [
    "LOGGING_BESIDE",
    "Need",
    "OPERATIONS",
    "ROOMS",
    "need_of",
    "operation_on",
    "spelled",
    "unknown_operation",
    "unknown_permits",
]


class Need(StrEnum):
    """What an operation needs."""

    SIGHT = "sight"
    """It reads tickets: it needs nothing, and shows what its viewer may see."""
    PERMIT_ON_TICKET = "a permit on the ticket"
    """It changes a ticket: its viewer sees that, and is permitted it there."""
    PERMIT_FOR_NEW = "a permit for the new ticket"
    """It begins a ticket: its viewer is permitted to log such a one."""
    EACH = "what each needs"
    """It does other operations with many tickets, each of which needs what it needs by itself."""
    AUDIENCE = "an audience"
    """It reads what is no ticket: it needs nothing, and shows what is for its viewer."""
    OWN = "that it is their own"
    """It concerns what is who acts's own, and nothing besides: it needs nothing, of who has not left."""
    TOKEN = "a token"  # noqa: S105  # it is none
    """What lets in is the token that it is given, which only who may has been sent."""
    PERMIT = "a permit"
    """It is about the desk as a whole. As far as it reads tickets, it shows what its viewer may see."""


_OF_WORK = {
    "log": Need.PERMIT_FOR_NEW,
    "transition": Need.PERMIT_ON_TICKET,
    "prioritise": Need.PERMIT_ON_TICKET,
    "take_over": Need.PERMIT_FOR_NEW,
    "catch_up": Need.PERMIT_ON_TICKET,
}

ROOMS: Mapping[str, str] = FrozenDict(
    {
        INCIDENT: "incidents",
        QUESTION: "questions",
        SERVICE_REQUEST: "requests",
        ORDER: "orders",
        COMPLAINT: "complaints",
        PROBLEM: "problems",
        CHANGE: "changes",
        RELEASE: "releases",
        WORK_TASK: "work_tasks",
        ACCESS_GRANT: "access",
    }
)
"""Where a desk has the commands of the kinds of work that it brings itself: ``desk.changes``, by the kind."""

_READS_OF_TICKETS = (
    "tickets.get",
    "tickets.by_number",
    "tickets.find",
    "tickets.count",
    "tickets.matching",
    "tickets.all",
    "tickets.history",
    "tickets.clocks",
    "tickets.readings",
    "tickets.attachment",
    "tickets.billing_rows",
    "tickets.explain_priority",
    "tickets.history_of",
    "tickets.promise",
    "tickets.public_view",
    "tickets.work_list",
    "links.of",
    "links.goes_on_in",
    "links.family",
    "links.timeline",
    "search.tickets",
    "search.similar_tickets",
    "knowledge.suggest_for",
    "aids.offered",
    "checklists.of",
    "appointments.of",
    "appointments.history",
    "remote_sessions.of",
    "escalation.bounces",
    "next_deadlines",
    "orders.progress",
    "classification.of",
)

_ON_TICKETS = (
    "tickets.assign",
    "tickets.comment",
    "tickets.erase",
    "tickets.describe",
    "tickets.restrict",
    "tickets.transition",
    "tickets.prioritise",
    "tickets.resolve",
    "tickets.reopen",
    "tickets.transfer_ownership",
    "tickets.add_participant",
    "tickets.remove_participant",
    "tickets.send_message",
    "tickets.add_note",
    "tickets.attach",
    "tickets.detach",
    "tickets.log_work",
    "tickets.correct_work",
    "tickets.meet_need",
    "tickets.tag",
    "tickets.untag",
    "tickets.resume_timer",
    # Both tickets are changed, so that it is permitted on both.
    "links.link",
    "links.unlink",
    "links.merge",
    "links.unmerge",
    "links.split",
    "links.answer",
    "knowledge.link_ticket",
    "orders.approve",
    "orders.reject",
    "orders.skip_task",
    "orders.retry_task",
    "checklists.begin",
    "checklists.check",
    "appointments.book",
    "appointments.move",
    "appointments.cancel",
    "appointments.hold",
    "remote_sessions.give_consent",
    "remote_sessions.withdraw_consent",
    "remote_sessions.start",
    "remote_sessions.stop",
    "replies.suggest",
    "routing.assign",
    "escalation.escalate",
    "escalation.acknowledge",
    "classification.classify",
)

_OF_ACCESS = (
    "access.approve",
    "access.reject",
    "access.grant",
    "access.recertify",
    "access.revoke",
    "access.confirm_removal",
)

_OF_THE_DESK = (
    "tickets.erase_person",
    "access.grants_of",
    "access.due_for_recertification",
    "access.conflicts",
    "events",
    "feed",
    "report",
    "figures",
    "what_if",
    "next_due",
    "run_due",
    "deliver",
    "parked_timers",
    "reread_agreements",
    "forget",
    "batch",
    "configuration.current",
    "configuration.history",
    "configuration.as_of",
    "configuration.change",
    "aids.keep",
    "aids.retire",
    "aids.all",
    "aids.history",
    "automation.keep",
    "automation.retire",
    "automation.pause",
    "automation.resume",
    "automation.all",
    "automation.history",
    "automation.check",
    "automation.explain",
    "automation.dry_run",
    "automation.rehearse",
    "schedules.keep",
    "schedules.retire",
    "schedules.all",
    "schedules.history",
    "schedules.upcoming",
    "schedules.run",
    "appointments.slots",
    "replies.preview",
    "routing.route",
    "routing.turns",
    "routing.skill_gaps",
    "escalation.of",
    "rotas.on_duty",
    "rotas.next_on_duty",
    "rotas.duties",
    "rotas.gaps",
    "rotas.overlaps",
    "rotas.fairness",
    "rotas.calendar",
    "rotas.changes",
    "rotas.history",
    "rotas.notes",
    "rotas.notes_of_shift",
    "rotas.override",
    "rotas.withdraw_override",
    "rotas.propose_swap",
    "rotas.accept_swap",
    "rotas.decline_swap",
    "rotas.withdraw_swap",
    "rotas.take_leave",
    "rotas.withdraw_leave",
    "rotas.approve_leave",
    "rotas.reject_leave",
    "rotas.write_note",
    "rotas.acknowledge_note",
    "rotas.erase",
    "coaching.write",
    "coaching.erase",
    "delegations.give_for",
    "delegations.withdraw_for",
    "delegations.of",
    "delegations.history",
    "delegations.erase",
    "conversations.begin",
    "conversations.say",
    "conversations.hand_over",
    "conversations.end",
    "conversations.take",
    "conversations.reply",
    "conversations.erase",
    "conversations.waiting",
    "conversations.find",
    "conversations.history",
    "conversations.report",
    "classification.preview",
    "classification.train",
    "classification.models",
    "classification.forget_model",
    "classification.evaluate",
    "classification.shadow_report",
    "experience",
    "value",
    "surveys.send",
    "surveys.get",
    "surveys.erase",
    "surveys.find",
    "improvements.get",
    "improvements.register",
    "improvements.themes",
    "improvements.propose",
    "improvements.propose_from_themes",
    "improvements.begin",
    "improvements.remeasure",
    "improvements.close",
    "improvements.drop",
    "workforce.arrivals",
    "workforce.handling",
    "workforce.forecast",
    "workforce.backtest",
    "workforce.staffing",
    "workforce.stream",
    "workforce.roster",
    "workforce.attainment",
    "workforce.measures",
    "workforce.own_measures",
    "search.refresh",
    "search.rebuild",
    "knowledge.get",
    "knowledge.articles",
    "knowledge.history",
    "knowledge.overdue_reviews",
    "knowledge.draft",
    "knowledge.describe",
    "knowledge.revise",
    "knowledge.submit",
    "knowledge.send_back",
    "knowledge.publish",
    "knowledge.confirm",
    "knowledge.retire",
    "knowledge.discard",
    "knowledge.give_feedback",
    "knowledge.feedback",
    "knowledge.erase_feedback",
    "knowledge.begin_session",
    "knowledge.solved",
    "knowledge.led_to_ticket",
    "knowledge.sessions",
    "knowledge.erase_session",
    "knowledge.report",
    "catalogue.entry",
    "catalogue.entries",
    "catalogue.versions",
    "catalogue.draft",
    "catalogue.revise",
    "catalogue.publish",
    "catalogue.retire",
    "audit.checkpoint",
    "audit.verify",
    "cmdb.as_of",
    "cmdb.graph",
    "cmdb.findings",
    "cmdb.history",
    "cmdb.events",
    "cmdb.overrides",
    "cmdb.impact_of",
    "cmdb.open_tickets",
    "cmdb.tickets_of",
    "cmdb.context",
    "cmdb.put",
    "cmdb.relate",
    "cmdb.declare_redundancy",
    "cmdb.retire",
    "cmdb.unrelate",
    "cmdb.withdraw_redundancy",
    "cmdb.override",
    "cmdb.lift_override",
    "cmdb.apply",
    "cmdb.load",
    "discovery.staging",
    "discovery.reconciliation",
    "discovery.provenance",
    "discovery.decision",
    "discovery.receive",
    "discovery.run",
    "discovery.reconcile",
    "discovery.lock",
    "discovery.unlock",
)

OPERATIONS: Mapping[str, Need] = FrozenDict(
    {
        **{f"{room}.{verb}": need for room in ROOMS.values() for verb, need in _OF_WORK.items()},
        **{f"work.*.{verb}": need for verb, need in _OF_WORK.items()},
        **dict.fromkeys(_READS_OF_TICKETS, Need.SIGHT),
        **dict.fromkeys(_ON_TICKETS, Need.PERMIT_ON_TICKET),
        "tickets.bulk": Need.EACH,
        "aids.apply_macro": Need.EACH,
        "aids.reply": Need.EACH,
        "aids.log_from": Need.EACH,
        "surveys.answer": Need.TOKEN,
        "delegations.give": Need.OWN,
        "delegations.withdraw": Need.OWN,
        "delegations.mine": Need.AUDIENCE,
        "delegations.to_me": Need.AUDIENCE,
        "orders.awaiting": Need.AUDIENCE,
        "aids.templates": Need.AUDIENCE,
        "coaching.about": Need.AUDIENCE,
        "conversations.get": Need.AUDIENCE,
        "conversations.of": Need.AUDIENCE,
        "knowledge.read": Need.AUDIENCE,
        "knowledge.search": Need.AUDIENCE,
        "knowledge.suggest": Need.AUDIENCE,
        "catalogue.directory": Need.AUDIENCE,
        "catalogue.item": Need.AUDIENCE,
        "changes.propose": Need.PERMIT_FOR_NEW,
        "orders.place": Need.PERMIT_FOR_NEW,
        "access.request": Need.PERMIT_FOR_NEW,
        **dict.fromkeys(_OF_ACCESS, Need.PERMIT_ON_TICKET),
        **dict.fromkeys(_OF_THE_DESK, Need.PERMIT),
    }
)
"""
What each operation needs, by its name: as one would write it after ``desk.``. ``work.*.log`` stands for all
kinds that a desk has no commands of by another name: ``desk.work("visit").log`` is ``"work.visit.log"``, and
``desk.work("change").log`` is ``"changes.log"``. ``desk.access.request`` is another way to ask for
``"access.log"``, and ``desk.access.approve`` for ``"access.transition:approve"``.
"""

LOGGING_BESIDE = frozenset({"links.split"})
"""
The operations on a ticket that log another besides, as who asks wants it: they need the permit for that, too.
Where the desk's own rules begin one, as for what is reopened too late, the one permit is enough.
"""

_ALSO = {"changes.propose": "changes.log"}
"""Other ways to ask for the same."""


def operation_on(kind: str, verb: str) -> str:
    """
    Return the name of what is asked of a kind of work.

    >>> operation_on("change", "log"), operation_on("visit", "log")
    ('changes.log', 'work.visit.log')
    """
    room = ROOMS.get(kind)
    return f"work.{kind}.{verb}" if room is None else f"{room}.{verb}"


def spelled(operation: str) -> str:
    """
    Return the one name of an operation, whichever way one asks for it.

    >>> spelled("work.change.transition:resolve"), spelled("changes.propose"), spelled("run_due")
    ('changes.transition:resolve', 'changes.log', 'run_due')
    """
    name, colon, trigger = operation.partition(":")
    if name.startswith("work."):
        kind, _, verb = name.removeprefix("work.").rpartition(".")
        name = operation_on(kind, verb) if kind in ROOMS else name
    return f"{_ALSO.get(name, name)}{colon}{trigger}"


def need_of(operation: str) -> Need:
    """
    Return what an operation needs; a permit, if nobody has said.

    >>> need_of("tickets.find").value
    'sight'
    >>> need_of("complaints.transition:resolve").value
    'a permit on the ticket'
    >>> need_of("tickets.yet_unheard_of").value
    'a permit'
    """
    name = operation.partition(":")[0]
    if name.startswith("work."):
        name = f"work.*.{name.rpartition('.')[2]}"
    return OPERATIONS.get(name, Need.PERMIT)


def unknown_operation(operation: str, kinds: Collection[str]) -> str | None:
    """
    Return what to say of an operation that is none; ``None`` if it is one.

    Args:
        operation: Its name.
        kinds: The names of the kinds of work of the desk.

    >>> unknown_operation("tickets.coment", ())
    "there is no operation 'tickets.coment'; did you mean 'tickets.comment'?"
    """
    names = [*_names(kinds)]
    if spelled(operation).partition(":")[0] in names:
        return None
    return f"there is no operation {operation!r}; {close_to(operation.partition(':')[0], names)}"


def unknown_permits(rules: AccessRules, kinds: Collection[str], triggers: Collection[str]) -> Iterator[str]:
    """
    List the permits of roles that permit nothing which a desk can be asked.

    Args:
        rules: The rules of access.
        kinds: The names of the kinds of work of the desk.
        triggers: The names of the moves of their workflows.
    """
    # Who permits what may be asked of all further kinds, may do so before there are any.
    names = [*_names(kinds), *(name for name in OPERATIONS if name.startswith("work.*."))]
    moves = [f"{name}:{trigger}" for name in names for trigger in triggers]
    for place, role in enumerate(rules.roles):
        for number, permit in enumerate(role.permits):
            for index, pattern in enumerate(permit.operations):
                covers = Permit(pattern).covers
                if not any(map(covers, names)) and not any(map(covers, moves)):
                    path = f"roles[{place}].permits[{number}].operations[{index}]"
                    told = f"{pattern!r} permits nothing that the desk can be asked"
                    yield f"{path}: {told}; {_way_out(pattern, names)}"


def _way_out(pattern: str, names: Collection[str]) -> str:
    better = spelled(pattern)
    if better != pattern:
        return f"write {better!r}"
    if pattern.startswith("work."):
        return f"what itsmkit brings is called {', '.join(f'{room}.*' for room in ROOMS.values())}"
    return close_to(pattern.partition(":")[0], names)


def _names(kinds: Collection[str]) -> Iterator[str]:
    for name in OPERATIONS:
        if name.startswith("work.*."):
            yield from (name.replace("*", kind, 1) for kind in kinds if kind not in ROOMS)
        else:
            yield name
