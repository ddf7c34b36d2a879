"""
Where the ladders of a ticket stand, as a fold over its history.

What is kept between two events is a cache: `standings_after` carries it on, `standings_of` makes it anew, and
both give the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from attrs import evolve, field, frozen

from itsmkit._frozen import EMPTY, frozen_dict
from itsmkit.conditions import ALWAYS
from itsmkit.practices.escalation.ladder import Ladder, Trigger
from itsmkit.tickets import (
    Assigned,
    Attached,
    CheckpointPassed,
    Commented,
    DetailsChanged,
    Escalated,
    EscalationAcknowledged,
    EscalationStepTaken,
    InternalNote,
    Prioritised,
    PublicMessage,
    StateChanged,
    StateCorrected,
    Ticket,
    TicketEvent,
    TicketLogged,
    WorkLogged,
)

__all__ = [
    "NO_STANDINGS",
    "Standing",
    "Standings",
    "is_told_by_desk",
    "is_touch",
    "standings_after",
    "standings_of",
]


@frozen
class Standing:
    """
    Where a ladder stands.

    Args:
        occasion: What it is about; the natural key of a step is that of ladder, occasion and step.
        since: From when its steps count, in UTC; ``None`` while it rests, as the ticket is not meant for it
            or is done.
        taken: How many of its steps were taken, or passed over.
        acknowledged_by: Who has taken notice; then it goes no further.
    """

    occasion: str
    since: datetime | None
    taken: int = 0
    acknowledged_by: str | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether further steps may come, if there are any."""
        return self.since is not None and self.acknowledged_by is None


@frozen
class Standings:
    """
    Where the ladders of a ticket stand.

    Args:
        ladders: Those that have been set off, by name.
        group: The group that had the work last.
        came_from: The one that had it before that.
        returns: How often the work came back to the group that had just handed it on.
    """

    ladders: Mapping[str, Standing] = field(default=EMPTY, converter=frozen_dict)
    group: str | None = None
    came_from: str | None = None
    returns: int = 0


NO_STANDINGS = Standings()
"""Those of a ticket of which nothing is known yet, and of every ticket where there are no ladders."""

_WORK = (
    Assigned,
    Attached,
    Commented,
    DetailsChanged,
    Escalated,
    InternalNote,
    Prioritised,
    PublicMessage,
    StateChanged,
    StateCorrected,
    WorkLogged,
)
_WORDS = (PublicMessage, Commented)


def is_touch(event: TicketEvent, ticket: Ticket) -> bool:
    """
    Tell whether *event* is work of the staff on *ticket*.

    Programs do no work, and neither do those that it is done for, nor who takes part for them: the requester
    and the affected person. That is our choice: whoever else acts is of the staff.
    """
    return isinstance(event.fact, _WORK) and _is_of_staff(event, ticket)


def is_told_by_desk(event: TicketEvent, ticket: Ticket) -> bool:
    """Tell whether by *event* the desk has told the requester something, whatever the channel."""
    fact = event.fact
    if not isinstance(fact, _WORDS) or (isinstance(fact, Commented) and not fact.public):
        return False
    return _is_of_staff(event, ticket)


def _is_of_staff(event: TicketEvent, ticket: Ticket) -> bool:
    actor = event.actor
    return not actor.automated and actor.id not in (ticket.requester, ticket.affected_person)


def standings_of(ladders: Iterable[Ladder], history: Iterable[TicketEvent]) -> Standings:
    """Return where *ladders* stand, read from nothing but the history of a ticket."""
    return standings_after(tuple(ladders), NO_STANDINGS, None, _steps(history))


def _steps(history: Iterable[TicketEvent]) -> Iterator[tuple[TicketEvent, Ticket]]:
    ticket: Ticket | None = None
    for event in history:
        ticket = Ticket.logged(event) if ticket is None else ticket.after(event)
        yield event, ticket


def standings_after(
    ladders: tuple[Ladder, ...],
    standings: Standings,
    before: Ticket | None,
    steps: "Iterable[tuple[TicketEvent, Ticket]]",
) -> Standings:
    """
    Return where *ladders* stand after *steps*: the very same standings if nothing has changed.

    Args:
        ladders: The ladders of the desk.
        standings: Where they stood before.
        before: The ticket before; ``None`` for the first event.
        steps: Each event with the ticket after it, in order.
    """
    if not ladders:
        return standings
    for event, ticket in steps:
        standings = _after(ladders, standings, before, event, ticket)
        before = ticket
    return standings


def _after(
    ladders: tuple[Ladder, ...],
    standings: Standings,
    before: Ticket | None,
    event: TicketEvent,
    ticket: Ticket,
) -> Standings:
    fact = event.fact
    if isinstance(fact, EscalationStepTaken | EscalationAcknowledged):
        return _noted(standings, event, fact)
    if isinstance(fact, Assigned | TicketLogged):
        standings = _moved(standings, ticket.support_group)
    found: dict[str, Standing] = {}
    is_meant = _meaning(ticket)
    for ladder in ladders:
        standing = standings.ladders.get(ladder.name)
        occasion = _occasion(ladder, standings, before, event, ticket)
        if occasion is not None and (standing is None or standing.occasion != occasion):
            standing = Standing(occasion, None)
        if standing is None:
            continue
        if is_meant(ladder) != (standing.since is not None):
            standing = evolve(standing, since=event.effective_at if standing.since is None else None)
        found[ladder.name] = standing
    return standings if found == standings.ladders else evolve(standings, ladders=found)


def _noted(
    standings: Standings, event: TicketEvent, fact: EscalationStepTaken | EscalationAcknowledged
) -> Standings:
    """Return *standings* after a step was taken, or acknowledged."""
    standing = standings.ladders.get(fact.ladder)
    if standing is None or standing.occasion != fact.occasion:
        return standings
    if isinstance(fact, EscalationStepTaken):
        return _with(standings, fact.ladder, evolve(standing, taken=max(standing.taken, fact.step)))
    return _with(standings, fact.ladder, evolve(standing, acknowledged_by=event.actor.id))


def _meaning(ticket: Ticket) -> Callable[[Ladder], bool]:
    """Return what tells whether a ladder is meant for *ticket*, which is seen by conditions once at most."""
    is_open = ticket.is_open
    facts: list[dict[str, object]] = []

    def is_meant(ladder: Ladder) -> bool:
        if not is_open or ladder.when is ALWAYS:
            return is_open
        if not facts:
            facts.append(ticket.facts())
        return ladder.applies(facts[0])

    return is_meant


def _with(standings: Standings, ladder: str, standing: Standing) -> Standings:
    return evolve(standings, ladders={**standings.ladders, ladder: standing})


def _moved(standings: Standings, group: object) -> Standings:
    """Return *standings* after the work went to a group, perhaps back to one."""
    if not isinstance(group, str) or group == standings.group:
        return standings
    is_back = group == standings.came_from
    return evolve(standings, group=group, came_from=standings.group, returns=standings.returns + is_back)


def _occasion(
    ladder: Ladder, standings: Standings, before: Ticket | None, event: TicketEvent, ticket: Ticket
) -> str | None:
    """Return the occasion that *event* sets *ladder* off on; ``None`` if it does not."""
    fact, on = event.fact, ladder.on
    if on == Trigger.CHECKPOINT:
        if not isinstance(fact, CheckpointPassed):
            return None
        is_it = fact.clock == ladder.clock and fact.checkpoint == ladder.checkpoint
        return f"{fact.clock}/{fact.cycle}/{fact.checkpoint}" if is_it else None
    if on in (Trigger.IDLE, Trigger.SILENT):
        is_begun = isinstance(fact, TicketLogged) or (before is not None and ticket.reopens > before.reopens)
        tells = is_touch if on == Trigger.IDLE else is_told_by_desk
        return f"since {event.sequence}" if is_begun or tells(event, ticket) else None
    if on == Trigger.REASSIGNED:
        count = ticket.reassignments
    else:
        count = ticket.reopens if on == Trigger.REOPENED else standings.returns
    assert ladder.at_least is not None  # noqa: S101  # a ladder that counts has it
    return f"{on.value} {ladder.at_least} times" if count >= ladder.at_least else None
