"""
One rule of automation and one thing that it may answer: whether it fires, when, and what comes of it.

What comes of it is done in a unit of work of its own, which also notes in the history of the ticket that the
rule has fired on this occasion, so that it fires once, whoever asks. What is due later is woken by a timer of
the ticket, and asked again then.

A rule that fails spoils nothing but itself: its unit is undone, another notes why, and what fails so often in
a row is parked.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from enum import Enum, auto
from functools import partial

from attrs import evolve, frozen

from itsmkit.calendars import BusinessTime, NeverOpenError
from itsmkit.conditions import Condition, holds
from itsmkit.desk._access import unguarded
from itsmkit.desk._commands import Runner
from itsmkit.desk._impact import DerivedImpact, impact_before, nothing_derived
from itsmkit.desk._rule_kind import RULE
from itsmkit.desk._rule_reports import RulesReport, RuleTrouble
from itsmkit.desk._rule_steps import Firing, condition_of
from itsmkit.desk._shelf import Shelf
from itsmkit.desk._timer_names import RULE_TIMER
from itsmkit.errors import (
    ConflictError,
    DefinitionError,
    ItsmkitError,
    PluginError,
    RefusedError,
)
from itsmkit.plugin import ClaimedTimer, StoredTicket, Timer, UnitOfWork
from itsmkit.practices import Occasion, happen
from itsmkit.practices.automation import (
    DateTrigger,
    EventTrigger,
    Moment,
    Otherwise,
    RecurrenceTrigger,
    Rule,
    chain_of,
    chain_problem,
    has_fired,
    moments_of,
    note_failure,
    note_success,
    runs_at,
    settled,
)
from itsmkit.tickets import RuleFired, RuleRefused, Ticket, TicketEvent, TicketId

__all__ = [
    "Answering",
    "Came",
    "calendar_of",
    "judges_impact",
    "reasons_of",
    "run_rule_timer",
    "stamp",
    "timer_of_date",
]

MOST_A_DAY = 100
"""
How often a rule fires on one ticket within a day at most. Rules that lead to one another are found by their
chain; this is for what goes round where no desk can see it, such as by way of another system.
"""

_A_DAY = timedelta(days=1)


class Came(Enum):
    """What came of a rule on an occasion."""

    NOTHING = auto()
    """It has not fired, and does not wait."""
    PUT_OFF = auto()
    """It waits for its time."""
    FIRED = auto()
    """It has fired."""


class _RunsWildError(RefusedError):
    """It has fired too often on one ticket."""


def calendar_of(runner: Runner, rule: Rule) -> BusinessTime:
    """Return the calendar that a rule counts by; that of the reports if it has gone."""
    config = runner.config
    found = None if rule.calendar is None else config.calendars.get(rule.calendar)
    return config.reporting_hours if found is None else found


@frozen(eq=False)
class Answering:
    """
    A rule that is to answer a moment, in a unit of work of its own.

    Args:
        runner: What runs commands, as the desk itself.
        rule: The rule.
        moment: What it answers.
        claimed: The timer that has woken it, if one has.
        at: When what is neither an event nor woken has happened.
    """

    runner: Runner
    rule: Rule
    moment: Moment
    claimed: ClaimedTimer | None = None
    at: datetime | None = None

    @property
    def happened_at(self) -> datetime:
        """When it happened: however late a worker comes, that was with the event, or when it was due."""
        if self.claimed is not None:
            return self.claimed.timer.due
        if self.moment.event is not None:
            return self.moment.event.recorded_at
        return self.runner.clock() if self.at is None else self.at

    def run(self) -> tuple[Came, RuleTrouble | None]:
        """
        Let it answer, or note why it cannot.

        Raises:
            ConflictError: If others saved first, every time; or hold the timer by now.
        """
        runner, ticket_id = self.runner, self.moment.after.id
        try:
            # Which impact follows from the configuration is read before the unit of work, as for commands.
            derived = impact_before(runner, ticket_id) if judges_impact(self.rule) else nothing_derived
            return runner.retried(partial(self._answer, derived)), None
        except ConflictError:
            raise
        except Exception as error:
            if isinstance(error, ItsmkitError) and not isinstance(error, PluginError):
                return self._refused(error)
            # Nobody foresaw it, so that it may be over soon: it is tried again by a timer, some times.
            if self.claimed is None:
                runner.retried(lambda unit: unit.set_timer(self._timer(self.happened_at)))
                return Came.PUT_OFF, None
            if self.claimed.timer.failures + 1 < runner.config.timer_tries:
                raise
            return self._refused(error)

    def _refused(self, error: Exception) -> tuple[Came, RuleTrouble]:
        reasons = reasons_of(error)
        is_parked = self.runner.retried(partial(self._refuse, reasons, isinstance(error, _RunsWildError)))
        return Came.NOTHING, RuleTrouble(self.rule.id, self.moment.after.id, reasons, is_parked)

    def _timer(self, due: datetime) -> Timer:
        return Timer(self.moment.after.id, f"{RULE_TIMER}{self.moment.occasion}:{self.rule.id}", due)

    def _found(self, unit: UnitOfWork) -> tuple[StoredTicket, Rule]:
        """Return the ticket and the rule as they are now."""
        if self.claimed is not None:
            unit.finish_timer(self.claimed)
        stored = unit.ticket(self.moment.after.id)
        return stored, self.runner.book.of(unit.record_of(RULE.name, self.rule.id))

    def _answer(self, derived: DerivedImpact, guarded: UnitOfWork) -> Came:
        runner, moment, unit = self.runner, self.moment, unguarded(guarded)
        stored, rule = self._found(unit)
        history = unit.history(stored.ticket.id)
        when = condition_of(runner, rule)
        if not _is_still_asked(rule, when, moment, stored, history) or self._is_called_off(rule, history):
            return Came.NOTHING
        now = runner.clock()
        due = _due(runner, rule, moment, now)
        if due is None:
            return Came.NOTHING
        if due > now:
            unit.set_timer(self._timer(due))
            return Came.PUT_OFF
        _refuse_rounds(rule, moment, history, now)
        firing = Firing(runner, unit, rule, moment, derived, self.happened_at)
        firing.acting.save(unit, firing.fire(stored), stored)
        recovered = note_success(rule)
        if recovered is not None:
            Shelf(RULE, runner).save(unit, rule, recovered)
        return Came.FIRED

    def _is_called_off(self, rule: Rule, history: Sequence[TicketEvent]) -> bool:
        """Tell whether something has happened since that calls off what has waited."""
        event, trigger = self.moment.event, rule.trigger
        if self.claimed is None or event is None or not isinstance(trigger, EventTrigger):
            return False
        return any(each.name in trigger.unless for each in history[event.sequence :])

    def _refuse(self, reasons: tuple[str, ...], at_once: bool, guarded: UnitOfWork) -> bool:
        """Note that the rule could not fire; tell whether it is parked by that."""
        runner, moment, unit = self.runner, self.moment, unguarded(guarded)
        stored, rule = self._found(unit)
        if settled(unit.history(stored.ticket.id), rule.id, moment.occasion) is not None:
            return False  # others were here
        fact = RuleRefused(rule.id, rule.version, moment.occasion, moment.chain, reasons)
        occasion = Occasion(rule.actor, runner.clock(), self.happened_at)
        evolve(runner, actor=rule.actor).save(unit, happen(stored.ticket, occasion, fact), stored)
        outcome = note_failure(rule, "; ".join(reasons), at_once=at_once)
        Shelf(RULE, runner).save(unit, rule, outcome)
        return outcome.value.parked is not None


def reasons_of(error: Exception) -> tuple[str, ...]:
    """Return why something was not done, each reason by itself."""
    if isinstance(error, DefinitionError):
        return error.problems
    return (str(error) if isinstance(error, ItsmkitError) else f"{type(error).__name__}: {error}",)


def _is_still_asked(
    rule: Rule, when: Condition, moment: Moment, stored: StoredTicket, history: Sequence[TicketEvent]
) -> bool:
    """Tell whether a rule, as it is now, is asked about a moment, and has not answered it yet."""
    event, ticket = moment.event, stored.ticket
    if rule.why_idle is not None or ticket.merged_into is not None:
        return False
    if event is not None and rule.since is not None and event.recorded_at < rule.since:
        return False
    if settled(history, rule.id, moment.occasion) is not None:
        return False
    if rule.once and has_fired(history, rule.id):
        return False
    return holds(when, moment.facts()) and holds(when, moment.facts(ticket))


def _due(runner: Runner, rule: Rule, moment: Moment, now: datetime) -> datetime | None:
    """Return when a rule is to fire, now or later; ``None`` if it does not."""
    calendar, due, event = calendar_of(runner, rule), now, moment.event
    try:
        if event is not None and isinstance(rule.trigger, EventTrigger):
            due = max(now, rule.trigger.due(event.effective_at, calendar))
        elif isinstance(rule.trigger, DateTrigger):
            at = rule.trigger.due(moment.after.fact(rule.trigger.field), calendar)
            due = now if at is None else max(now, at)
    except NeverOpenError:
        return None
    runs = runs_at(rule, due, calendar)
    return None if runs is None or (runs > due and rule.otherwise is Otherwise.SKIP) else runs


def _refuse_rounds(rule: Rule, moment: Moment, history: Sequence[TicketEvent], now: datetime) -> None:
    problem = chain_problem(rule.id, moment.chain)
    if problem is not None:
        raise RefusedError(problem)
    facts = (each.fact for each in history if each.recorded_at > now - _A_DAY)
    lately = sum(isinstance(fact, RuleFired) and fact.rule == rule.id for fact in facts)
    if lately >= MOST_A_DAY:
        refusal = (
            f"rule {rule.id} has fired {lately} times on this ticket within a day; something leads back to "
            "it that the desk does not see"
        )
        raise _RunsWildError(refusal)


def judges_impact(rule: Rule) -> bool:
    """Tell whether a rule does what needs the impact that follows from the configuration."""
    return any(step.command == "prioritise" for step in rule.steps)


# -- timers -----------------------------------------------------------------------------------------------


def run_rule_timer(runner: Runner, claimed: ClaimedTimer) -> RulesReport:
    """
    Let the rule of a claimed timer fire, if it is still to.

    Raises:
        ConflictError: If another worker holds the timer by now.
    """
    occasion, _, rule_id = claimed.timer.name.removeprefix(RULE_TIMER).partition(":")
    with runner.store.begin() as unit:
        rule = runner.book.of(unit.record_of(RULE.name, rule_id))
    moment = _moment_of(runner, claimed.timer.ticket_id, occasion)
    if not _is_answered(rule, moment):
        runner.retried(lambda unit: unit.finish_timer(claimed))
        return RulesReport()
    came, trouble = Answering(runner, rule, moment, claimed).run()
    troubles = () if trouble is None else (trouble,)
    return RulesReport(fired=int(came is Came.FIRED), put_off=int(came is Came.PUT_OFF), troubles=troubles)


def _moment_of(runner: Runner, ticket_id: TicketId, occasion: str) -> Moment:
    """Return the moment that a timer stands for."""
    with runner.store.begin() as unit:
        ticket, history = unit.ticket(ticket_id).ticket, unit.history(ticket_id)
    what, _, number = occasion.partition(" ")
    if what != "event":
        return Moment(occasion, ticket)
    sequence = int(number)
    step = next(moments_of(history, type(ticket), after=sequence - 1))
    return Moment.of_event(*step, chain_of(history, sequence))


def _is_answered(rule: Rule, moment: Moment) -> bool:
    """Tell whether a rule answers such a moment: of a date, the one that still stands on the ticket."""
    if not isinstance(rule.trigger, DateTrigger):
        return (moment.event is None) is isinstance(rule.trigger, RecurrenceTrigger)
    return moment.occasion == _occasion_of_date(moment.after.fact(rule.trigger.field))


def _occasion_of_date(value: object) -> str | None:
    if isinstance(value, datetime):
        return f"date {stamp(value)}" if value.tzinfo is not None else None
    return f"date {value:%Y%m%d}" if isinstance(value, date) else None


def stamp(instant: datetime) -> str:
    """Return an instant as it stands in the name of a timer, without a colon."""
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"


def timer_of_date(runner: Runner, rule: Rule, ticket: Ticket) -> Timer | None:
    """Return the timer of the date on a ticket that a rule answers; ``None`` if none stands there."""
    assert isinstance(rule.trigger, DateTrigger)  # noqa: S101  # who calls has seen to it
    value = ticket.fact(rule.trigger.field)
    occasion = _occasion_of_date(value)
    try:
        due = rule.trigger.due(value, calendar_of(runner, rule))
    except NeverOpenError:
        return None
    if due is None or occasion is None:
        return None
    return Timer(ticket.id, f"{RULE_TIMER}{occasion}:{rule.id}", due)
