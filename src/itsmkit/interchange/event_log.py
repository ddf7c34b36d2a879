"""The history of many tickets as another system logged it: one entry for each change."""

from collections.abc import Mapping
from datetime import UTC, datetime

from attrs import Factory, field, frozen

from itsmkit._checks import aware
from itsmkit._frozen import EMPTY, frozen_dict
from itsmkit.errors import DefinitionError
from itsmkit.interchange.finding import Finding

__all__ = ["EventLog", "LogEntry"]


def _utc(instant: datetime) -> datetime:
    return instant if instant.tzinfo is UTC else aware(instant, "LogEntry").astimezone(UTC)


@frozen(kw_only=True)
class LogEntry:
    """
    A ticket as it was after one change.

    Args:
        ticket: What the other system calls the ticket.
        order: The ticket's modification counter after the change. In a log without one, the place of the
            entry among those of its ticket, from 0.
        at: When the change was logged, by the row's own clock.
        state: The state after the change, in the other system's words.
        line: The line of the file where the row begins, from 1; 0 for an entry that was in no file.
        effective_at: The later of *at* and the effective instant of the ticket's entry before: never
            earlier than it, whatever the clocks of the other system did. *at*, if left out.
        opened_at: When the ticket was opened. *at*, if left out.
        actor: Who made the change.
        requester: Who asked for help.
        channel: How the ticket came in.
        site: Where the requester is.
        category: What the ticket is about.
        impact: How much is affected, in the other system's words; so are *urgency* and *priority*.
        urgency: How soon it matters.
        priority: What follows from both.
        group: The support group.
        assignee: Who works on it.
        service: The service affected.
        configuration_item: The configuration item affected.
        facts: Further columns, as text; ``None`` where the value is missing or not yet revealed.

    Raises:
        DefinitionError: If ticket or state is empty, an instant has no zone, or the entry takes effect
            before its own time.
    """

    ticket: str
    order: int
    at: datetime = field(converter=_utc)
    state: str
    line: int = 0
    effective_at: datetime = field(default=Factory(lambda self: self.at, takes_self=True), converter=_utc)
    opened_at: datetime = field(default=Factory(lambda self: self.at, takes_self=True), converter=_utc)
    actor: str | None = None
    requester: str | None = None
    channel: str | None = None
    site: str | None = None
    category: str | None = None
    impact: str | None = None
    urgency: str | None = None
    priority: str | None = None
    group: str | None = None
    assignee: str | None = None
    service: str | None = None
    configuration_item: str | None = None
    facts: Mapping[str, str | None] = field(default=EMPTY, converter=frozen_dict)

    def __attrs_post_init__(self) -> None:
        if not self.ticket or not self.state:
            problem = f"LogEntry needs a ticket and a state, not {self.ticket!r} and {self.state!r}"
            raise DefinitionError(problem)
        if self.effective_at < self.at:
            problem = (
                f"LogEntry of {self.ticket} takes effect at {self.effective_at}, before its time {self.at}"
            )
            raise DefinitionError(problem)


@frozen
class EventLog:
    """
    A log as it was read: what happened, and what was wrong with the file.

    Args:
        entries: In the order to replay them: by effective instant, and the entries of each ticket in
            their own order. At the same instant, the ticket that began first goes first.
        rows_read: How many rows of data were read; blank lines are none.
        findings: Everything that was wrong, in file order.

    Raises:
        DefinitionError: If a row is unaccounted for: each becomes an entry, or is dropped by one finding.
    """

    entries: tuple[LogEntry, ...]
    rows_read: int
    findings: tuple[Finding, ...] = ()

    def __attrs_post_init__(self) -> None:
        dropped = sum(finding.kind.drops_row for finding in self.findings)
        if self.rows_read != len(self.entries) + dropped:
            problem = (
                f"EventLog of {self.rows_read} rows must account for each: {len(self.entries)} entries and "
                f"{dropped} dropped rows do not"
            )
            raise DefinitionError(problem)
