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
    "get",
    "by_number",
    "find",
    "count",
    "matching",
    "all",
    "history",
    "clocks",
    "readings",
)

_OF_THE_DESK = (
    "events",
    "feed",
    "report",
    "next_due",
    "run_due",
    "deliver",
    "forget",
    "batch",
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
        **{f"tickets.{read}": Need.SIGHT for read in _READS_OF_TICKETS},
        "tickets.assign": Need.PERMIT_ON_TICKET,
        "tickets.comment": Need.PERMIT_ON_TICKET,
        "tickets.describe": Need.PERMIT_ON_TICKET,
        "tickets.restrict": Need.PERMIT_ON_TICKET,
        **dict.fromkeys(_OF_THE_DESK, Need.PERMIT),
    }
)
"""
What each operation needs, by its name: as one would write it after ``desk.``. ``work.*.log`` stands for the
kinds of work, which are named in its place.
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
