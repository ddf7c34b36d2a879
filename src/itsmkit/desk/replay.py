"""
Reliving a history: the event log of another system, run through a desk under its own time.

Nothing is judged afterwards. Every entry arrives when it arrived; clocks run, pause and stop in between, and
checkpoints wake the desk at their own instants.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from operator import attrgetter

from attrs import define, field, frozen

from itsmkit.desk.clock import ManualClock
from itsmkit.desk.desk import Desk
from itsmkit.desk.incidents import IncidentCommands
from itsmkit.errors import ConflictError, NotFoundError
from itsmkit.interchange import Finding, FindingKind, LogEntry
from itsmkit.practices import Incident, Observation
from itsmkit.tickets import Actor, StateCorrected, TicketEvent, TicketId, TicketLogged

__all__ = ["Relived", "relive"]

_SOMEBODY = Actor("unknown")
_PAGE = 1000


@frozen
class Relived:
    """
    What came of a replay.

    Args:
        entries: How many entries were applied.
        checkpoints: How many checkpoints were passed on the way.
        notifications: How many notifications were delivered.
        findings: Where the history departs from the desk's workflow; the entries were applied all the same,
            as administrative corrections.
    """

    entries: int
    checkpoints: int
    notifications: int
    findings: tuple[Finding, ...]


def relive(
    desk: Desk,
    clock: ManualClock,
    entries: Iterable[LogEntry],
    *,
    progress: Callable[[int], None] | None = None,
) -> Relived:
    """
    Run *entries* through *desk*, each at its own instant.

    Tickets move as they moved there: the timers of states do not move them meanwhile.
    `Desk.reread_agreements` sets these, once the desk goes on by itself. Checkpoints beyond the last entry
    are left to whoever goes on with the desk. In a batch, so are all notifications.

    Args:
        desk: The desk; it reads its time from *clock*. It may have tickets of its own, under other numbers.
        clock: Moved to the effective instant of each entry, and on the way to that of each checkpoint.
        entries: In the order of their effective instants.
        progress: Told after each entry how many are done.

    Raises:
        ConflictError: If the desk has a ticket of the same number already.
        DefinitionError: If the entries are out of order, or begin before the time of the clock.
        NotFoundError: If the desk's workflow does not know the state of an entry.
    """
    player = _Player(desk._following(), clock)
    player.skip()
    done = 0
    for done, entry in enumerate(entries, start=1):
        player.wait_until(entry.effective_at)
        player.play(entry)
        if progress is not None:
            progress(done)
    player.deliver()
    return Relived(done, player.checkpoints, player.notifications, tuple(player.findings()))


@define
class _Player:
    """The hand that moves the clock and the desk."""

    desk: Desk
    clock: ManualClock
    checkpoints: int = 0
    notifications: int = 0
    _position: int = 0
    _is_alone: bool = True
    _known: dict[str, tuple[LogEntry, Incident]] = field(factory=dict)
    _moves: dict[tuple[TicketId, int], LogEntry] = field(factory=dict)
    _actors: dict[str, Actor] = field(factory=dict)
    _incidents: IncidentCommands = field(init=False)

    @_incidents.default
    def _of_the_desk(self) -> IncidentCommands:
        return self.desk.incidents

    def wait_until(self, instant: datetime) -> None:
        """Move the clock to *instant*, and do on the way what becomes due."""
        while (due := self.desk.next_due()) is not None and due <= instant:
            if due > self.clock():
                self.clock.set(due)
            self.checkpoints += self.desk.run_due().passed
            self.deliver()
        self.clock.set(instant)

    def deliver(self) -> None:
        """Deliver what waits, unless that is for later."""
        if self.desk.is_batch:
            return
        self.notifications += self.desk.deliver().delivered

    def play(self, entry: LogEntry) -> None:
        """Apply one entry."""
        actor = self._actor(entry.actor)
        number, incidents = entry.ticket, self._incidents
        known = self._known.get(number)
        if known is not None:
            last, before = known
            after = incidents.catch_up(before.id, observation(entry, last), at=entry.at, by=actor)
            moved = after.state != before.state
        else:
            self._check_number(number)
            seen = observation(entry)
            after = incidents.take_over(number, seen, opened_at=entry.opened_at, at=entry.at, by=actor)
            moved = True
        self._known[number] = entry, after
        if moved:
            self._moves[after.id, after.version] = entry  # to move is the last thing that an entry does

    def _check_number(self, number: str) -> None:
        """See at once that *number* is free: a batch would meet another ticket of it only at its end."""
        if self._is_alone:
            return
        try:
            found = self.desk.store.find_ticket(number)
        except NotFoundError:
            return
        raise ConflictError("ticket number", number, 0, found.ticket.version)

    def skip(self) -> None:
        """Take no note of what the desk has done so far."""
        for _ in self._news():
            self._is_alone = False

    def findings(self) -> Iterator[Finding]:
        """Go through what it took to apply the entries, as the events of their moves tell it."""
        for event in self._news():
            fact = event.fact
            if isinstance(fact, TicketLogged):
                kind, reasons = FindingKind.IRREGULAR_START, fact.irregular
            elif isinstance(fact, StateCorrected):
                kind, reasons = FindingKind.FORBIDDEN_MOVE, fact.reasons
            else:
                continue
            entry = self._moves.get((event.ticket_id, event.sequence))
            if reasons and entry is not None:  # others may work on the desk meanwhile
                yield Finding(kind, entry.line, entry.ticket, "; ".join(reasons))

    def _news(self) -> Iterator[TicketEvent]:
        """Go through what happened since the last time."""
        full = True
        while full:
            page = self.desk.events(after=self._position, limit=_PAGE)
            for positioned in page:
                yield positioned.event
                self._position = positioned.position
            full = len(page) == _PAGE

    def _actor(self, name: str | None) -> Actor:
        if name is None:
            return _SOMEBODY
        if name not in self._actors:
            self._actors[name] = Actor(name)
        return self._actors[name]


def observation(entry: LogEntry, last: LogEntry | None = None) -> Observation:
    """
    Return how *entry* shows its ticket.

    Args:
        entry: The entry.
        last: The entry before, if its details are known: then only those that differ from it are told.
    """
    return Observation(
        state=entry.state,
        support_group=entry.group,
        assignee=entry.assignee,
        impact=entry.impact,
        urgency=entry.urgency,
        priority=entry.priority,
        details=_details(entry) if last is None else _changes(entry, last),
    )


_DESCRIPTION = ("requester", "channel", "site", "service", "configuration_item", "category")
_described = attrgetter(*_DESCRIPTION)


def _details(entry: LogEntry) -> dict[str, object]:
    return {**entry.facts, **dict(zip(_DESCRIPTION, _described(entry), strict=True))}


def _changes(entry: LogEntry, last: LogEntry) -> Mapping[str, object]:
    facts, known = entry.facts, last.facts
    changes: dict[str, object] = {}
    if facts is not known:  # entries of a ticket share their facts while they stay the same
        changes = {name: value for name, value in facts.items() if known.get(name) != value}
    described = _described(entry)
    if described != _described(last):
        changes |= zip(_DESCRIPTION, described, strict=True)
    return changes
