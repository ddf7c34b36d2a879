"""Whether rules fire: what each of them makes of a moment, and why."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter

from attrs import evolve, field, frozen

from itsmkit._frozen import as_tuple
from itsmkit.calendars import BusinessTime, NeverClosesError, NeverOpenError
from itsmkit.conditions import Condition, Explanation, Predicate, compile_condition, explain
from itsmkit.practices.automation.moment import Moment, chain_problem, has_fired, teller_of
from itsmkit.practices.automation.preview import StepPreview
from itsmkit.practices.automation.rule import Hours, Otherwise, Rule
from itsmkit.practices.automation.trigger import EventTrigger
from itsmkit.tickets import RuleFired, RuleRefused, Ticket, TicketEvent

__all__ = [
    "CalendarOf",
    "Judgement",
    "RuleSet",
    "Ruling",
    "judge",
    "judge_history",
    "moments_of",
    "runs_at",
]

CalendarOf = Callable[[Rule], BusinessTime]
"""Finds the calendar that a rule counts by."""


class Ruling(StrEnum):
    """What a rule makes of a moment."""

    FIRES = "fires"
    """It fires."""
    WAITS = "waits"
    """It is to fire later, if its condition still holds by then."""
    ANSWERS_OTHERS = "answers other events"
    """It is not asked: it answers other events."""
    IDLE = "is idle"
    """It is not asked: it is retired, paused or parked, or was kept later."""
    STOPPED = "is stopped"
    """It is not asked: another that comes before it stops it."""
    NOT_MET = "is not met"
    """Its condition does not hold."""
    OUT_OF_HOURS = "is out of hours"
    """It does not run at that time, and does not wait for another."""
    GOES_ROUND = "goes round"
    """It would follow itself, or too many that lead to one another."""
    HAS_FIRED = "has fired before"
    """It fires once on a ticket, and has."""


@frozen
class Judgement:
    """
    What a rule makes of a moment, and why.

    Args:
        rule: The rule.
        occasion: What happened: see `Moment`.
        ruling: What comes of it.
        because: Why, in a sentence.
        due: When it is due, if it waits; ``None`` if there is no such time.
        met: What its condition came to, part by part; ``None`` if it was not asked.
        recorded: What the history of the ticket tells of it, if it does.
        steps: What its steps would do now, if that was looked into.
    """

    rule: Rule
    occasion: str
    ruling: Ruling
    because: str
    due: datetime | None = None
    met: Explanation | None = None
    recorded: RuleFired | RuleRefused | None = None
    steps: tuple[StepPreview, ...] = field(default=(), converter=as_tuple)

    @property
    def is_matched(self) -> bool:
        """Whether its trigger and its condition are met, whatever keeps it from firing."""
        return self.met is not None and self.met.outcome

    def explain(self) -> str:
        """Return it as text: what comes of it and why; below it each part of the condition, and each step."""
        lines = [f"{self.rule.id} at {self.occasion} {self.ruling}: {self.because}"]
        if self.met is not None:
            lines += (f"  {line}" for line in self.met.explain().splitlines())
        if isinstance(self.recorded, RuleRefused):
            lines += (f"  refused: {reason}" for reason in self.recorded.reasons)
        elif self.recorded is not None:
            lines.append(f"  fired in version {self.recorded.version}")
        lines += (f"  step {number}: {each.explain()}" for number, each in enumerate(self.steps, 1))
        return "\n".join(lines)


@lru_cache(maxsize=4096)
def _predicate(condition: Condition) -> Predicate:
    return compile_condition(condition)


class RuleSet:
    """
    Rules, ready to be asked: by the events that they answer, in their order.

    Args:
        rules: The rules, kept or not.
        condition: What the condition of a rule comes to for those with whose rights it acts; by default,
            what it says.
    """

    __slots__ = ("_by_event", "rules")

    def __init__(
        self, rules: Iterable[Rule], condition: Callable[[Rule], Condition] = attrgetter("when")
    ) -> None:
        self.rules = tuple(sorted(rules, key=lambda rule: (rule.order, rule.id)))
        by_event: dict[str, list[tuple[Rule, Predicate]]] = {}
        for rule in self.rules:
            if isinstance(rule.trigger, EventTrigger) and rule.why_idle is None:
                for name in rule.trigger.on:
                    by_event.setdefault(name, []).append((rule, _predicate(condition(rule))))
        self._by_event: Mapping[str, Sequence[tuple[Rule, Predicate]]] = by_event

    @property
    def events(self) -> frozenset[str]:
        """The names of the events that any of them answers."""
        return frozenset(self._by_event)

    def matching(self, moment: Moment) -> tuple[Rule, ...]:
        """
        Return the rules whose trigger and condition a moment meets, in order, up to the first that stops.

        It is what `judge_history` finds to be matched, without saying why, and as fast as can be.

        Args:
            moment: That of an event.
        """
        event = moment.event
        asked = () if event is None else self._by_event.get(event.name, ())
        if not asked:
            return ()
        assert event is not None  # noqa: S101  # what is asked answers an event
        facts, recorded_at = moment.facts(), event.recorded_at
        found = []
        for rule, holds in asked:
            if rule.since is not None and recorded_at >= rule.since and holds(facts):
                found.append(rule)
                if rule.stops:
                    break
        return tuple(found)


def runs_at(rule: Rule, at: datetime, calendar: BusinessTime) -> datetime | None:
    """
    Return the earliest instant, not before *at*, at which a rule runs; ``None`` if there is none.

    Args:
        rule: The rule.
        at: An instant, aware.
        calendar: The calendar that it counts by.
    """
    if rule.hours is Hours.ANY or calendar.is_open(at) is (rule.hours is Hours.INSIDE):
        return at
    try:
        return calendar.next_open(at) if rule.hours is Hours.INSIDE else calendar.next_close(at)
    except (NeverOpenError, NeverClosesError):
        return None


def judge(
    rule: Rule,
    moment: Moment,
    calendar: BusinessTime,
    now: datetime,
    *,
    stopped_by: Rule | None = None,
    history: Sequence[TicketEvent] = (),
) -> Judgement:
    """
    Return what a rule makes of a moment, and why.

    Args:
        rule: The rule.
        moment: What happens.
        calendar: The calendar that it counts by.
        now: When it is asked, aware.
        stopped_by: The rule before it that stops those behind, if one does.
        history: The events of the ticket before, which tell whether it has fired.
    """

    def judged(
        ruling: Ruling, because: str, met: Explanation | None = None, due: datetime | None = None
    ) -> Judgement:
        return Judgement(rule, moment.occasion, ruling, because, due, met)

    aside = _not_asked(rule, moment, stopped_by)
    if aside is not None:
        return judged(*aside)
    met = explain(rule.when, moment.facts())
    if not met.outcome:
        return judged(Ruling.NOT_MET, "; ".join(each.sentence for each in met.because), met)
    problem = chain_problem(rule.id, moment.chain)
    if problem is not None:
        return judged(Ruling.GOES_ROUND, problem, met)
    if rule.once and has_fired(history, rule.id):
        return judged(Ruling.HAS_FIRED, "it fires once on each ticket", met)
    return _judged_by_time(rule, moment, calendar, now, met)


def _not_asked(rule: Rule, moment: Moment, stopped_by: Rule | None) -> tuple[Ruling, str] | None:
    """Return why a rule is not asked at all; ``None`` if it is."""
    trigger, event = rule.trigger, moment.event
    answers = isinstance(trigger, EventTrigger) and event is not None and event.name in trigger.on
    is_of_time = event is None and not isinstance(trigger, EventTrigger)
    if not (answers or is_of_time):
        return Ruling.ANSWERS_OTHERS, f"it is asked {trigger}"
    if rule.why_idle is not None:
        return Ruling.IDLE, rule.why_idle
    if event is not None and rule.since is not None and event.recorded_at < rule.since:
        return Ruling.IDLE, f"it is kept since {rule.since.isoformat()}, which is later"
    if stopped_by is not None:
        return Ruling.STOPPED, f"{stopped_by.id} comes before it, and stops what follows"
    return None


def _judged_by_time(
    rule: Rule, moment: Moment, calendar: BusinessTime, now: datetime, met: Explanation
) -> Judgement:
    """Return when a rule fires whose condition is met."""
    due, waits = now, False
    if isinstance(rule.trigger, EventTrigger) and rule.trigger.waits:
        assert moment.event is not None  # noqa: S101  # its trigger answers one
        try:
            due = max(now, rule.trigger.due(moment.event.effective_at, calendar))
        except NeverOpenError as error:
            return Judgement(rule, moment.occasion, Ruling.OUT_OF_HOURS, str(error), None, met)
        waits = due > now
    runs = runs_at(rule, due, calendar)
    if runs is None or (runs > due and rule.otherwise is Otherwise.SKIP):
        because = f"it runs only {rule.hours} the hours of its calendar"
        return Judgement(rule, moment.occasion, Ruling.OUT_OF_HOURS, because, None, met)
    if waits or runs > now:
        because = f"it is due at {runs.isoformat()}"
        return Judgement(rule, moment.occasion, Ruling.WAITS, because, runs, met)
    return Judgement(rule, moment.occasion, Ruling.FIRES, "its condition holds", None, met)


def moments_of(
    history: Sequence[TicketEvent], kind: type[Ticket], *, after: int = 0
) -> Iterator[tuple[TicketEvent, Ticket | None, Ticket]]:
    """
    Go through the events of a ticket, each with the ticket before and after it.

    Args:
        history: All its events, in order.
        kind: The class of its kind of work.
        after: The sequence of the last event that is left out.
    """
    before: Ticket | None = None
    for event in history:
        ticket = kind.logged(event) if before is None else before.after(event)
        if event.sequence > after:
            yield event, before, ticket
        before = ticket


@frozen
class _Asked:
    """Rules in order, and where each finds its calendar."""

    rules: tuple[Rule, ...] = field(converter=as_tuple)
    calendar_of: CalendarOf

    def at(self, moment: Moment, now: datetime, history: Sequence[TicketEvent]) -> Iterator[Judgement]:
        stopped_by: Rule | None = None
        for rule in self.rules:
            found = judge(rule, moment, self.calendar_of(rule), now, stopped_by=stopped_by, history=history)
            if found.is_matched and rule.stops:
                stopped_by = rule
            yield found


def _as_it_is(ticket: Ticket) -> Ticket:
    return ticket


def judge_history(
    rules: Iterable[Rule],
    history: Sequence[TicketEvent],
    kind: type[Ticket],
    calendar_of: CalendarOf,
    *,
    after: int = 0,
    told: Sequence[TicketEvent] | None = None,
    seen: Callable[[Ticket], Ticket] = _as_it_is,
) -> Iterator[Judgement]:
    """
    Go through what rules make of each event of a ticket, and why: what has happened, or would have.

    Each is asked as of when the desk came to know of the event. What the history records of a rule on an
    event stands beside. What may not be told of the history is as good as missing: of an event that may not,
    nothing is said.

    Args:
        rules: The rules; one that is not kept counts as kept for ever.
        history: All events of the ticket, in order.
        kind: The class of its kind of work.
        calendar_of: Finds the calendar of a rule.
        after: The sequence of the last event that is left out.
        told: What may be told of the history, in order; by default, all of it.
        seen: Returns what may be told of the ticket as it was; by default, all of it.
    """
    asked = _Asked(sorted(rules, key=lambda rule: (rule.order, rule.id)), calendar_of)
    triggers = (rule.trigger for rule in asked.rules)
    answered = {name for each in triggers if isinstance(each, EventTrigger) for name in each.on}
    past = history if told is None else told
    places = {event.sequence: place for place, event in enumerate(past)}
    recorded = {
        (each.fact.rule, each.fact.occasion): each.fact
        for each in past
        if isinstance(each.fact, RuleFired | RuleRefused)
    }
    for event, before, ticket in moments_of(history, kind, after=after):
        place = places.get(event.sequence)
        if place is None or event.name not in answered:
            continue
        teller = teller_of(history, event.sequence)
        moment = Moment.of_event(
            past[place],
            None if before is None else seen(before),
            seen(ticket),
            () if teller is None or teller[0].sequence not in places else teller[1],
        )
        for found in asked.at(moment, event.recorded_at, past[:place]):
            known = recorded.get((found.rule.id, found.occasion))
            yield found if known is None else evolve(found, recorded=known)
