"""
Climbing a ladder: which steps are due, which were missed, and what is told to whom.

A step has a natural key: ticket, ladder, occasion and number. What was recorded under it is not due any more,
so a step happens once whoever evaluates it, how often, and however late. What was saved first wins: where the
staff has touched a ticket before anybody found that it was idle, there is nothing to tell.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from attrs import evolve, field, frozen

from itsmkit._frozen import EMPTY, as_tuple
from itsmkit._problems import close_to
from itsmkit.calendars import BusinessTime
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices.decision import Decision, Occasion, happen, refuse_merged, unchanged
from itsmkit.practices.escalation.ladder import CatchUp, Importance, Ladder, LadderStep, Trigger
from itsmkit.practices.escalation.roles import RoleBook, RoleHolder
from itsmkit.practices.escalation.standing import Standing, Standings
from itsmkit.practices.escalation.telling import DeliveryRule, Telling, telling_of
from itsmkit.sla import ClockPhase, FollowedClock
from itsmkit.tickets import EscalationAcknowledged, EscalationStepTaken, Ticket

__all__ = ["DueStep", "Hours", "NextStep", "Taken", "acknowledge", "due_on_ladders", "next_steps", "take"]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)
Clocks = Mapping[str, FollowedClock]
_OVER = frozenset({ClockPhase.STOPPED, ClockPhase.CANCELLED})


@frozen
class Hours:
    """
    What steps count on.

    Args:
        usual: The calendar of ladders that name none.
        calendars: The others, by name.
    """

    usual: BusinessTime
    calendars: Mapping[str, BusinessTime] = EMPTY

    def of(self, ladder: Ladder) -> BusinessTime:
        """
        Return the calendar of a ladder.

        Raises:
            DefinitionError: If there is none of the name.
        """
        if ladder.calendar is None:
            return self.usual
        found = self.calendars.get(ladder.calendar)
        if found is None:
            known = close_to(ladder.calendar, self.calendars)
            problem = f"the ladder {ladder.name!r} counts on an unknown calendar {ladder.calendar!r}; {known}"
            raise DefinitionError(problem)
        return found


@frozen
class NextStep:
    """
    What comes next on a ladder.

    Args:
        ladder: The ladder.
        standing: Where it stands.
        number: The number of the step, from 1.
        due: When it is taken, in UTC.
    """

    ladder: Ladder
    standing: Standing
    number: int
    due: datetime

    @property
    def step(self) -> LadderStep:
        """The step."""
        return self.ladder.steps[self.number - 1]

    @property
    def importance(self) -> Importance:
        """How much it matters."""
        return self.ladder.importance_of(self.step)

    def explain(self) -> str:
        """Return it as a line of text."""
        since = f"{self.standing.since:%Y-%m-%d %H:%M}Z"
        return (
            f"{self.ladder.name}: step {self.number} at {self.due:%Y-%m-%d %H:%M}Z, {self.step.after} of "
            f"open time after {since} ({self.standing.occasion}); it tells {', '.join(self.step.notify)}"
        )


@frozen
class DueStep:
    """
    A step that is due.

    Args:
        next: The step.
        passed_over: Why it is not taken any more; empty if it is.
    """

    next: NextStep
    passed_over: str = ""


def next_steps(
    ladders: Iterable[Ladder], standings: Standings, hours: Hours, clocks: Clocks = EMPTY
) -> Iterator[NextStep]:
    """
    Go through what comes next on each ladder that is under way.

    Args:
        ladders: The ladders of the desk.
        standings: Where they stand on a ticket.
        hours: What steps count on.
        clocks: The clocks of the ticket: a ladder on a checkpoint ends when its clock does.

    Raises:
        DefinitionError: If a ladder counts on a calendar that is not among *hours*.
        NeverOpenError: If a calendar has not so much open time.
    """
    for ladder in ladders:
        standing = standings.ladders.get(ladder.name)
        if standing is not None and not _is_over(ladder, standing, clocks):
            yield from _from_there(ladder, standing, hours, 1)


def _from_there(ladder: Ladder, standing: Standing, hours: Hours, most: int) -> Iterator[NextStep]:
    since = standing.since
    if since is None or standing.acknowledged_by is not None:
        return
    for number in range(standing.taken + 1, min(standing.taken + most, len(ladder.steps)) + 1):
        after = ladder.steps[number - 1].after
        due = hours.of(ladder).advance(since, after).astimezone(UTC) if after else since
        yield NextStep(ladder, standing, number, due)


def _is_over(ladder: Ladder, standing: Standing, clocks: Clocks) -> bool:
    """Tell whether the clock that set a ladder off has come to its end."""
    if ladder.on != Trigger.CHECKPOINT or ladder.clock is None:
        return False
    clock = clocks.get(ladder.clock)
    if clock is None:
        return False
    state = clock.state
    return clock.withdrawn or state.phase in _OVER or f"/{state.cycle}/" not in standing.occasion


def due_on_ladders(
    ladders: Iterable[Ladder],
    standings: Standings,
    now: datetime,
    hours: Hours,
    clocks: Clocks = EMPTY,
) -> tuple[DueStep, ...]:
    """
    Return all steps that are due by *now*, in the order in which they were to be taken.

    A step is late that is found more than the ladder's grace after it was due; what becomes of it, says
    `Ladder.catch_up`. Each is returned, so that each is recorded.

    Args:
        ladders: The ladders of the desk.
        standings: Where they stand on a ticket.
        now: The present instant; aware.
        hours: What steps count on.
        clocks: As for `next_steps`.

    Raises:
        DefinitionError: As `next_steps`.
        NeverOpenError: As `next_steps`.
    """
    found: list[DueStep] = []
    for ladder in ladders:
        standing = standings.ladders.get(ladder.name)
        if standing is None or _is_over(ladder, standing, clocks):
            continue
        due = [each for each in _from_there(ladder, standing, hours, len(ladder.steps)) if each.due <= now]
        late = [each.number for each in due if now - each.due > ladder.grace]
        found += (DueStep(each, _why_not(each, late, now)) for each in due)
    return tuple(sorted(found, key=lambda each: each.next.due))


def _why_not(step: NextStep, late: list[int], now: datetime) -> str:
    policy = step.ladder.catch_up
    if step.number not in late or policy == CatchUp.ALL:
        return ""
    if policy == CatchUp.LATEST and step.number == late[-1]:
        return ""
    told = "the latest of late steps is taken" if policy == CatchUp.LATEST else "late steps are not taken"
    return f"found {now - step.due} late: {told}"


@frozen
class Taken:
    """
    What became of a step.

    Args:
        due: The step.
        fact: What history keeps of it.
        holders: Who has the roles that it names.
        tellings: How each of them is told, or why somebody is not.
    """

    due: DueStep
    fact: EscalationStepTaken
    holders: tuple[RoleHolder, ...] = field(default=(), converter=as_tuple)
    tellings: tuple[Telling, ...] = field(default=(), converter=as_tuple)


def _anybody(_name: str) -> bool:
    return True


def take(
    ticket: AnyTicket,
    due: Iterable[DueStep],
    occasion: Occasion,
    book: RoleBook,
    *,
    rules: Sequence[DeliveryRule] = (),
    calendars: Mapping[str, BusinessTime] = EMPTY,
    may_be_told: Callable[[str], bool] = _anybody,
) -> tuple[Decision[AnyTicket], tuple[Taken, ...]]:
    """
    Return the decision that steps are taken, and who is told by each.

    Roles are looked up now, not when the ladder was set off: who has the work by then is told.

    Args:
        ticket: The ticket.
        due: The steps, as `due_on_ladders` has them.
        occasion: Now, by the desk itself.
        book: Who has which role.
        rules: How people want to be told.
        calendars: The calendars of the desk, by name.
        may_be_told: Tells who may hear of the ticket; by default, everybody may.
    """
    decision = unchanged(ticket)
    taken: list[Taken] = []
    now = occasion.recorded_at
    for each in due:
        holders = () if each.passed_over else _holders(each.next.step, decision.ticket, now, book)
        roles = {name: holder.role for holder in reversed(holders) for name in holder.names}
        names = dict.fromkeys(name for holder in holders for name in holder.names if may_be_told(name))
        tellings = [
            telling_of(rules, name, roles[name], each.next.importance, at=now, calendars=calendars)
            for name in names
        ]
        fact = EscalationStepTaken(
            each.next.ladder.name,
            each.next.standing.occasion,
            each.next.number,
            each.next.due,
            [telling.recipient for telling in tellings if telling.at is not None],
            [holder.explain() for holder in holders]
            + [telling.explain() for telling in tellings if telling.at is None],
            each.passed_over,
        )
        at = evolve(occasion, at=each.next.due)
        decision = decision.then(happen(decision.ticket, at, fact))
        taken.append(Taken(each, fact, holders, tellings))
    return decision, tuple(taken)


def _holders(step: LadderStep, ticket: Ticket, now: datetime, book: RoleBook) -> tuple[RoleHolder, ...]:
    found = book.holders(step.notify, ticket, now)
    if any(holder.names for holder in found):
        return found
    return (*found, *book.holders(step.otherwise, ticket, now))


def acknowledge(
    ticket: AnyTicket,
    standings: Standings,
    occasion: Occasion,
    *,
    ladder: str | None = None,
    note: str = "",
) -> Decision[AnyTicket]:
    """
    Take notice of a ladder, which then goes no further on its occasion.

    To acknowledge is no touch of the ticket: a ladder on idleness stays still until somebody works on it.

    Args:
        ticket: The ticket.
        standings: Where its ladders stand.
        occasion: When, and by whom.
        ladder: The name of the ladder; by default, each of which a step was taken.
        note: What to say to it.

    Returns:
        Nothing for a ladder that was acknowledged already.

    Raises:
        RefusedError: If no such ladder is under way.
    """
    refuse_merged(ticket)
    found = {
        name: standing
        for name, standing in standings.ladders.items()
        if standing.since is not None and (standing.taken if ladder is None else name == ladder)
    }
    if not found:
        which = "no ladder on which a step was taken" if ladder is None else f"no ladder {ladder!r}"
        under_way = ", ".join(name for name, each in standings.ladders.items() if each.is_under_way)
        refusal = (
            f"cannot acknowledge {ticket.number}: {which} is under way; these are: {under_way or 'none'}"
        )
        raise RefusedError(refusal)
    facts = [
        EscalationAcknowledged(name, standing.occasion, note)
        for name, standing in found.items()
        if standing.acknowledged_by is None
    ]
    return happen(ticket, occasion, *facts) if facts else unchanged(ticket)
