"""
Escalation in figures, and what a policy would have done with what has happened.

Everything is read from events: how often each line hands work on, how often it comes back, how many steps of
ladders were taken and acknowledged. `backtest` lets other ladders run over histories, as if a worker had
looked at every instant; nothing is changed by it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType

from attrs import evolve, field, frozen

from itsmkit._frozen import EMPTY, as_tuple, frozen_dict
from itsmkit.errors import DefinitionError
from itsmkit.practices import Decision, follow
from itsmkit.practices.escalation import (
    NO_STANDINGS,
    EscalationPolicy,
    Hours,
    Ladder,
    NextStep,
    Standings,
    bounces_of,
    next_steps,
    standings_after,
)
from itsmkit.sla import CheckpointKey, Clocks, ServiceLevelAgreement, after_checkpoint, as_agreements
from itsmkit.tickets import (
    SYSTEM,
    CheckpointPassed,
    Escalated,
    EscalationAcknowledged,
    EscalationStepTaken,
    Ticket,
    TicketEvent,
    TicketId,
)

__all__ = ["Backtest", "EscalationFigures", "WouldTake", "backtest", "escalation_figures"]

NO_LINE = "no line"
"""What stands for the line of a group of which nobody knows it."""


@frozen
class EscalationFigures:
    """
    How work was escalated.

    Args:
        tickets: How many tickets there were.
        escalated: How many of them went to another group by escalation, at least once.
        from_lines: How often each line handed work on: ``"line 1"``, or ``"no line"``.
        reached_lines: On how many tickets each line has handed on work, or got some by escalation.
        bounced: How many tickets came back to a group that had just handed them on.
        flagged: How many did so more often than the policy allows.
        steps: How many steps of each ladder were taken, by the ladder and the number: ``"idle, step 1"``.
        passed_over: How many were found too late to be taken.
        acknowledged: How many occasions of ladders somebody took notice of.
    """

    tickets: int = 0
    escalated: int = 0
    from_lines: Mapping[str, int] = field(default=EMPTY, converter=frozen_dict)
    reached_lines: Mapping[str, int] = field(default=EMPTY, converter=frozen_dict)
    bounced: int = 0
    flagged: int = 0
    steps: Mapping[str, int] = field(default=EMPTY, converter=frozen_dict)
    passed_over: int = 0
    acknowledged: int = 0

    @property
    def rate(self) -> float | None:
        """The share of tickets that were escalated; ``None`` if there are no tickets."""
        return self.escalated / self.tickets if self.tickets else None

    def explain(self) -> str:
        """Return the figures as lines of text."""
        share = "" if self.rate is None else f" ({self.rate:.1%})"
        lines = [f"{self.escalated} of {self.tickets} tickets escalated{share}"]
        lines += (
            f"  from {line}: {count} times, on {self.reached_lines.get(line, 0)} tickets of it"
            for line, count in sorted(self.from_lines.items())
        )
        lines.append(f"{self.bounced} tickets bounced, {self.flagged} too often")
        lines += (f"{step}: {count} taken" for step, count in sorted(self.steps.items()))
        lines.append(f"{self.acknowledged} acknowledged, {self.passed_over} passed over")
        return "\n".join(lines)


def escalation_figures(
    histories: Iterable[Sequence[TicketEvent]], policy: EscalationPolicy | None = None
) -> EscalationFigures:
    """
    Return how the tickets of *histories* were escalated.

    Args:
        histories: The whole history of each ticket, in order.
        policy: Says how often a ticket may bounce; by default, once.
    """
    limit = EscalationPolicy().bounces if policy is None else policy.bounces
    counts: Counter[str] = Counter()
    handed, reached, steps = Counter[str](), Counter[str](), Counter[str]()
    for history in histories:
        counts["tickets"] += 1
        lines: set[str] = set()
        for event in history:
            fact = event.fact
            if isinstance(fact, Escalated):
                source = _line(fact.from_line)
                handed[source] += 1
                lines |= {source, _line(fact.to_line)}
            elif isinstance(fact, EscalationStepTaken):
                if fact.passed_over:
                    counts["passed over"] += 1
                else:
                    steps[f"{fact.ladder}, step {fact.step}"] += 1
            elif isinstance(fact, EscalationAcknowledged):
                counts["acknowledged"] += 1
        reached.update(lines)
        counts["escalated"] += bool(lines)
        found = bounces_of(history, limit)
        counts["bounced"] += found.returns > 0
        counts["flagged"] += found.is_flagged
    return EscalationFigures(
        counts["tickets"],
        counts["escalated"],
        handed,
        reached,
        counts["bounced"],
        counts["flagged"],
        steps,
        counts["passed over"],
        counts["acknowledged"],
    )


def _line(line: int | None) -> str:
    return NO_LINE if line is None else f"line {line}"


@frozen
class WouldTake:
    """
    A step that a policy would have taken.

    Args:
        ticket_id: The ticket.
        number: Its display number.
        ladder: The ladder.
        occasion: What it would have been about.
        step: The number of the step, from 1.
        due: When; in UTC.
    """

    ticket_id: TicketId
    number: str
    ladder: str
    occasion: str
    step: int
    due: datetime

    def explain(self) -> str:
        """Return it as a line of text."""
        return f"{self.due:%Y-%m-%d %H:%M}Z {self.number}: {self.ladder}, step {self.step} ({self.occasion})"


@frozen
class Backtest:
    """
    What a policy would have done.

    Args:
        tickets: How many histories were read.
        taken: The steps, by ticket and in the order of time.
    """

    tickets: int
    taken: tuple[WouldTake, ...] = field(converter=as_tuple)

    @property
    def by_step(self) -> Mapping[tuple[str, int], int]:
        """How often each step would have been taken, by ladder and number."""
        return MappingProxyType(Counter((each.ladder, each.step) for each in self.taken))

    def explain(self) -> str:
        """Return the counts as lines of text."""
        lines = [f"{len(self.taken)} steps on {self.tickets} tickets"]
        lines += (
            f"  {ladder}, step {step}: {count}" for (ladder, step), count in sorted(self.by_step.items())
        )
        return "\n".join(lines)


def backtest(
    policy: EscalationPolicy,
    histories: Iterable[Sequence[TicketEvent]],
    hours: Hours,
    *,
    agreements: Iterable[ServiceLevelAgreement] | None = None,
    until: datetime | None = None,
) -> Backtest:
    """
    Return which steps the ladders of *policy* would have taken over *histories*, and when.

    It is as if somebody had looked at every instant, and nobody had acknowledged anything. What falls on the
    very instant of an event comes after it. Steps that were taken then, by other ladders, change nothing.

    Args:
        policy: The ladders to try.
        histories: The whole history of each ticket, in order.
        hours: What steps count on.
        agreements: The agreements by which clocks are read, and pass their checkpoints; by default, the
            passings are those that the histories have.
        until: Up to when it goes on after the last event of a ticket; by default, not at all.

    Raises:
        DefinitionError: If a ladder counts on a calendar that is not among *hours*.
    """
    ladders = policy.ladders
    names = {ladder.calendar for ladder in ladders if ladder.calendar is not None}
    unknown = sorted(names - hours.calendars.keys())
    if unknown:
        raise DefinitionError(*(f"the ladders count on an unknown calendar {name!r}" for name in unknown))
    terms = None if agreements is None else as_agreements(agreements)
    taken: list[WouldTake] = []
    count = 0
    for history in histories:
        count += 1
        taken += _Replay(ladders, hours, terms).of(history, until)
    return Backtest(count, taken)


_FIRST = datetime.min.replace(tzinfo=UTC)
_NOT_TRIED = (EscalationStepTaken, EscalationAcknowledged)


class _Replay:
    """The ladders on one ticket, as its history goes on."""

    def __init__(
        self, ladders: tuple[Ladder, ...], hours: Hours, agreements: Sequence[ServiceLevelAgreement] | None
    ) -> None:
        self.ladders, self.hours, self.agreements = ladders, hours, agreements
        self.standings: Standings = NO_STANDINGS
        self.clocks: Clocks = {}
        self.upcoming: tuple[NextStep, ...] | None = ()
        self.latest = _FIRST

    def of(self, history: Sequence[TicketEvent], until: datetime | None) -> Iterator[WouldTake]:
        ticket: Ticket | None = None
        for place, event in enumerate(history):
            if ticket is not None:
                yield from self._up_to(ticket, event.effective_at)
            self.latest = event.effective_at
            before, ticket = ticket, Ticket.logged(event) if ticket is None else ticket.after(event)
            fact = event.fact
            if isinstance(fact, _NOT_TRIED):
                continue
            if self.agreements is not None:
                if isinstance(fact, CheckpointPassed):
                    continue
                step = Decision(before, ((event, ticket),))
                past = history[:place]
                self.clocks = follow(self.agreements, self.clocks, step, lambda past=past: past)  # type: ignore[misc]
                self.upcoming = None
            self._note(before, event, ticket)
        if ticket is not None and until is not None:
            yield from self._up_to(ticket, until)

    def _note(self, before: Ticket | None, event: TicketEvent, ticket: Ticket) -> None:
        after = standings_after(self.ladders, self.standings, before, [(event, ticket)])
        if after is not self.standings:
            self.standings, self.upcoming = after, None

    def _up_to(self, ticket: Ticket, end: datetime) -> Iterator[WouldTake]:
        """Take what is due before *end*, steps and checkpoints in the order of time."""
        while True:
            if self.upcoming is None:
                steps = next_steps(self.ladders, self.standings, self.hours, self.clocks)
                self.upcoming = tuple(sorted(steps, key=lambda each: each.due))
            step = self.upcoming[0] if self.upcoming else None
            due = min(
                (
                    (clock.due.at, name)
                    for name, clock in self.clocks.items()
                    if self.agreements is not None and clock.due is not None
                ),
                default=None,
            )
            if due is not None and due[0] < end and (step is None or due[0] <= step.due):
                self._pass(ticket, due[1], due[0])
            elif step is not None and step.due < end:
                yield self._take(ticket, step)
            else:
                return

    def _pass(self, ticket: Ticket, name: str, at: datetime) -> None:
        clock = self.clocks[name]
        key = clock.key(ticket.id)
        assert key is not None  # noqa: S101  # something is due
        fact = CheckpointPassed(name, key.cycle, key.terms, key.checkpoint)
        known = CheckpointKey(ticket.id, name, key.cycle, key.terms, key.checkpoint)
        self.clocks = after_checkpoint(self.clocks, known)
        # What is found to have passed before the last event happens after it, as on a desk.
        self.latest = max(at, self.latest)
        event = TicketEvent(ticket.id, ticket.version, at, self.latest, self.latest, SYSTEM, fact)
        self._note(ticket, event, ticket)

    def _take(self, ticket: Ticket, step: NextStep) -> WouldTake:
        name, standing = step.ladder.name, step.standing
        climbed = {**self.standings.ladders, name: evolve(standing, taken=step.number)}
        self.standings, self.upcoming = evolve(self.standings, ladders=climbed), None
        return WouldTake(ticket.id, ticket.number, name, standing.occasion, step.number, step.due)
