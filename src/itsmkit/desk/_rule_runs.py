"""
Rules of automation at work: what has happened is read from the feed, and what comes again is looked at.

No command waits for a rule. A worker reads the feed behind its mark, asks the rules what they make of each
event, and lets those that match answer: see `itsmkit.desk._rule_answers`. Whoever comes to the same event
again, as after a crash or beside another worker, finds it answered and does nothing; the mark only saves
reading.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property, partial

from attrs import evolve, frozen

from itsmkit.conditions import Condition, present
from itsmkit.desk._commands import Runner
from itsmkit.desk._rule_answers import Answering, Came, calendar_of, stamp, timer_of_date
from itsmkit.desk._rule_kind import RULE
from itsmkit.desk._rule_reports import RulesReport, RuleTrouble
from itsmkit.desk._rule_steps import condition_of
from itsmkit.desk._shelf import Shelf
from itsmkit.desk._turns import Turn
from itsmkit.errors import ConflictError
from itsmkit.plugin import PositionedEvent, Timer, UnitOfWork
from itsmkit.plugin.queries import MAX_PAGE, TicketQuery
from itsmkit.practices.automation import (
    DateTrigger,
    Moment,
    Otherwise,
    RecurrenceTrigger,
    Rule,
    RuleSet,
    chain_of,
    moments_of,
    runs_at,
    settle_times,
)
from itsmkit.practices.work_aids import due_occurrence
from itsmkit.tickets import RuleFired, RuleRefused, Ticket, TicketEvent, TicketId

__all__ = ["READER", "run_rules"]

READER = "automation"
"""By which the mark in the feed is kept, up to which the rules have been asked."""

_AT_ONCE = 100
"""How many events of the feed are read at once."""


def run_rules(runner: Runner, stop: Callable[[], bool], length: timedelta | None) -> RulesReport:
    """Ask the rules about what has happened since they were asked last, and what comes again."""
    rules = runner.book.rules(runner.store)
    if rules is None or all(rule.why_idle is not None for rule in rules.rules):
        return RulesReport()
    return _Run(runner, rules, Turn(stop, runner.clock, length)).run()


class _Run:
    """One call, and what has come of it so far."""

    def __init__(self, runner: Runner, rules: RuleSet, turn: Turn) -> None:
        self._runner = runner
        self._rules = rules
        self._turn = turn
        self._used = [rule for rule in rules.rules if rule.why_idle is None]
        self._dates = [rule for rule in self._used if isinstance(rule.trigger, DateTrigger)]
        self._read = 0
        self._came = dict.fromkeys(Came, 0)
        self._troubles: list[RuleTrouble] = []

    def run(self) -> RulesReport:
        try:
            is_done = self._arm_dates() and self._see_to_times() and self._read_feed()
        except ConflictError:
            is_done = False  # others are at it
        return RulesReport(
            self._read, self._came[Came.FIRED], self._came[Came.PUT_OFF], tuple(self._troubles), is_done
        )

    @cached_property
    def _asked(self) -> RuleSet:
        """The rules, each with what its condition comes to for those with whose rights it acts."""
        if self._runner.access is None:
            return self._rules
        return RuleSet(self._rules.rules, partial(condition_of, self._runner))

    # -- the feed --------------------------------------------------------------------------------

    def _read_feed(self) -> bool:
        """Ask the rules about each event behind the mark; tell whether none is left."""
        store = self._runner.store
        while not self._turn():
            position = store.cursor(READER)
            page = store.events(after=position, limit=_AT_ONCE)
            if not page:
                return True
            reached = self._ask_about(page)
            if reached > position:
                with store.begin() as unit:
                    unit.set_cursor(READER, reached)
        return False

    def _ask_about(self, page: Sequence[PositionedEvent[TicketEvent]]) -> int:
        """Ask the rules about events, and return up to which position that is done."""
        answered = self._rules.events
        histories: dict[TicketId, _Past] = {}
        wanted: dict[TicketId, int] = {}
        for _, event in page:
            if self._is_asked_about(event, answered):
                wanted.setdefault(event.ticket_id, event.sequence - 1)
        reached = 0
        for position, event in page:
            if self._turn():
                return reached
            self._turn.use()
            if event.ticket_id in wanted and self._is_asked_about(event, answered):
                past = histories.get(event.ticket_id)
                if past is None:
                    past = histories[event.ticket_id] = _Past.of(
                        self._runner, event.ticket_id, wanted[event.ticket_id]
                    )
                self._ask(past, event)
            self._read += 1
            reached = position
        return reached

    def _is_asked_about(self, event: TicketEvent, answered: frozenset[str]) -> bool:
        return event.name in answered or (
            bool(self._dates) and not isinstance(event.fact, RuleFired | RuleRefused)
        )

    def _ask(self, past: "_Past", event: TicketEvent) -> None:
        moment = past.moment(event)
        for rule in self._asked.matching(moment):
            self._answer(rule, moment)
        for rule in self._dates:
            self._note_date(rule, moment)

    def _answer(self, rule: Rule, moment: Moment, at: datetime | None = None) -> None:
        """Let a rule answer a moment. Raises `ConflictError` if others saved first, every time."""
        came, trouble = Answering(self._runner, rule, moment, at=at).run()
        self._came[came] += 1
        if trouble is not None:
            self._troubles.append(trouble)

    # -- dates -----------------------------------------------------------------------------------

    def _note_date(self, rule: Rule, moment: Moment) -> None:
        """Set the timer of a date that has come to stand on a ticket."""
        assert isinstance(rule.trigger, DateTrigger)  # noqa: S101  # who calls has seen to it
        name, event = rule.trigger.field, moment.event
        assert event is not None and rule.since is not None  # noqa: S101, PT018  # as above
        before = None if moment.before is None else moment.before.fact(name)
        if moment.after.fact(name) == before or event.recorded_at < rule.since:
            return
        timer = timer_of_date(self._runner, rule, moment.after)
        if timer is not None:
            self._runner.retried(lambda unit: unit.set_timer(timer))
            self._came[Came.PUT_OFF] += 1

    def _arm_dates(self) -> bool:
        """Set the timers of the dates on tickets that were there before a rule; tell whether all are set."""
        for rule in self._dates:
            if rule.is_armed:
                continue
            assert isinstance(rule.trigger, DateTrigger)  # noqa: S101  # as above
            for ticket in self._tickets(present(rule.trigger.field)):
                if self._turn():
                    return False
                self._turn.use()
                timer = timer_of_date(self._runner, rule, ticket)
                if timer is not None and rule.since is not None and timer.due > rule.since:
                    self._runner.retried(partial(_set, timer))
                    self._came[Came.PUT_OFF] += 1
            self._settle(rule, is_armed=True)
        return True

    # -- times that come again -------------------------------------------------------------------

    def _see_to_times(self) -> bool:
        """Let the rules fire whose time has come again; tell whether none is left."""
        for rule in self._used:
            if isinstance(rule.trigger, RecurrenceTrigger) and not self._see_to(rule, rule.trigger):
                return False
        return True

    def _see_to(self, rule: Rule, trigger: RecurrenceTrigger) -> bool:
        runner, calendar = self._runner, calendar_of(self._runner, rule)
        done_until = rule.done_until
        while True:
            now = runner.clock()
            due = due_occurrence(trigger.schedule(rule.id, done_until), calendar, now)
            if due is None:
                return True
            runs = runs_at(rule, now, calendar)
            is_skipped = (
                due.occurrence is None or runs is None or (runs > now and rule.otherwise is Otherwise.SKIP)
            )
            if not is_skipped and runs != now:
                return True  # it waits for the hours of the rule
            if due.occurrence is not None and not is_skipped:
                occasion = f"time {stamp(due.occurrence.nominal)}"
                for ticket in self._tickets(condition_of(runner, rule)):
                    if self._turn():
                        return False
                    self._turn.use()
                    self._answer(rule, Moment(occasion, ticket), due.occurrence.at)
            done_until = due.until
            self._settle(rule, done_until=done_until)

    def _tickets(self, where: Condition) -> Iterator[Ticket]:
        """Go through the tickets for which a condition holds, and that go on in no other."""
        query: TicketQuery | None = TicketQuery(where, limit=MAX_PAGE)
        while query is not None:
            page = self._runner.store.find(query)
            yield from (each.ticket for each in page.tickets if each.ticket.merged_into is None)
            query = None if page.next is None else evolve(query, after=page.next)

    def _settle(
        self, rule: Rule, *, done_until: datetime | None = None, is_armed: bool | None = None
    ) -> None:
        shelf = Shelf(RULE, self._runner)

        def work(unit: UnitOfWork) -> None:
            kept = shelf.find(unit, rule.id)
            if kept is None or kept.since != rule.since:
                return  # it was kept anew meanwhile
            if done_until is not None and kept.done_until is not None and kept.done_until >= done_until:
                return  # others were here
            shelf.save(unit, kept, settle_times(kept, done_until=done_until, is_armed=is_armed))

        self._runner.retried(work)


def _set(timer: Timer, unit: UnitOfWork) -> None:
    unit.set_timer(timer)


@frozen(eq=False)
class _Past:
    """
    What has happened to a ticket, gone through once for all events of a page.

    Args:
        history: All its events.
        steps: The ticket before and after those that are asked about, by their sequence.
    """

    history: Sequence[TicketEvent]
    steps: "dict[int, tuple[TicketEvent, Ticket | None, Ticket]]"

    @classmethod
    def of(cls, runner: Runner, ticket_id: TicketId, after: int) -> "_Past":
        with runner.store.begin() as unit:
            kind, history = type(unit.ticket(ticket_id).ticket), unit.history(ticket_id)
        return cls(history, {each[0].sequence: each for each in moments_of(history, kind, after=after)})

    def moment(self, event: TicketEvent) -> Moment:
        return Moment.of_event(*self.steps[event.sequence], chain_of(self.history, event.sequence))
