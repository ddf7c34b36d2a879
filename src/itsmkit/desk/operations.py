"""
The one table of all that a desk can be asked, and of what each needs on a desk with rules of access.

What is missing here needs a permit, so that what is forgotten stays shut; and the tests of itsmkit find it.
"""

from collections.abc import Mapping
from enum import StrEnum

from itsmkit._frozen import FrozenDict

__all__ = [
    "Need",
    "OPERATIONS",
    "need_of",
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
    "aids.offered",
    "checklists.of",
    "appointments.of",
    "appointments.history",
    "remote_sessions.of",
    "next_deadlines",
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
)

_OF_THE_DESK = (
    "tickets.erase_person",
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
    "schedules.keep",
    "schedules.retire",
    "schedules.all",
    "schedules.history",
    "schedules.upcoming",
    "schedules.run",
    "appointments.slots",
    "replies.preview",
    "experience",
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
        **{f"incidents.{verb}": need for verb, need in _OF_WORK.items()},
        **{f"work.*.{verb}": need for verb, need in _OF_WORK.items()},
        **dict.fromkeys(_READS_OF_TICKETS, Need.SIGHT),
        **dict.fromkeys(_ON_TICKETS, Need.PERMIT_ON_TICKET),
        "tickets.bulk": Need.EACH,
        "aids.apply_macro": Need.EACH,
        "aids.reply": Need.EACH,
        "aids.log_from": Need.EACH,
        "surveys.answer": Need.TOKEN,
        "aids.templates": Need.AUDIENCE,
        "changes.propose": Need.PERMIT_FOR_NEW,
        **dict.fromkeys(_OF_THE_DESK, Need.PERMIT),
    }
)
"""
What each operation needs, by its name: as one would write it after ``desk.``. ``work.*.log`` stands for the
kinds of work, which are named in its place: ``desk.changes.log`` is ``"work.change.log"``, and so is
``desk.changes.propose``, which is another way to ask for it.
"""


def need_of(operation: str) -> Need:
    """
    Return what an operation needs; a permit, if nobody has said.

    >>> need_of("tickets.find").value
    'sight'
    >>> need_of("work.complaint.transition:resolve").value
    'a permit on the ticket'
    >>> need_of("tickets.yet_unheard_of").value
    'a permit'
    """
    name = operation.partition(":")[0]
    if name.startswith("work."):
        name = f"work.*.{name.rpartition('.')[2]}"
    return OPERATIONS.get(name, Need.PERMIT)
