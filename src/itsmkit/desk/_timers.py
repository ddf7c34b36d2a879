"""Waking up: timers that have become due, and what follows."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum, auto

from attrs import evolve, field, frozen

from itsmkit.desk._cascades import run_cascade
from itsmkit.desk._commands import Known, Runner
from itsmkit.desk._gathered import gathers
from itsmkit.desk._ladders import climb, tell_gathered
from itsmkit.desk._rule_reports import RulesReport
from itsmkit.desk._timer_names import (
    ASKED_ROUTING,
    CONVERSATION_TIMER,
    FULFILMENT,
    LADDERS,
    ROUTING,
    RULE_TIMER,
    VOTES,
    clock_timer,
    name_of_state,
    of_state,
    state_timer,
)
from itsmkit.desk._turns import Turn
from itsmkit.desk.clock import due_clock
from itsmkit.errors import ConflictError, NotFoundError, RefusedError
from itsmkit.languages import Term, message
from itsmkit.plugin import ClaimedTimer, OutboxEntry, StoredTicket, Timer, UnitOfWork
from itsmkit.practices import FollowedClock, due_steps, happen, recipients
from itsmkit.practices.decision import Notice
from itsmkit.practices.links import Milestone
from itsmkit.practices.promises import told_reading
from itsmkit.practices.state_timers import fire, refused
from itsmkit.sla import DueCheckpoint
from itsmkit.tickets import CheckpointPassed, TicketId

__all__ = ["DueReport", "TimerFailure", "Waker"]


class _Done(Enum):
    """What came of a timer."""

    NOTHING = auto()
    PASSED = auto()
    FIRED = auto()
    CLIMBED = auto()


_AT_ONCE = 20
"""
How many timers are claimed in one go: few enough to be done within the lease. And few enough that workers
seldom hold two clocks of one ticket at the same time, over which one of them would have to begin again.
"""


@frozen
class TimerFailure:
    """
    A timer that could not be run. It comes back when its lease ends.

    Args:
        timer: The timer.
        error: What was raised.
    """

    timer: Timer
    error: Exception

    def __str__(self) -> str:
        timer, error = self.timer, self.error
        return f"the timer {timer.name!r} of ticket {timer.ticket_id}: {type(error).__name__}: {error}"


@frozen
class DueReport:
    """
    What came of a round through the timers that were due.

    Args:
        passed: How many checkpoints were passed.
        fired: How many timers of states fired: each moved its ticket, or was refused, as the history tells.
        failures: The timers that could not be run. They kept nobody else waiting, and come back when their
            leases end.
        climbed: On how many tickets steps of ladders were taken, or passed over.
        parked: Those of *failures* that have failed so often that they are tried no more.
        rules: What came of asking the rules of automation.
        is_cut_short: Whether the turn has ended while more may be due.
    """

    passed: int = 0
    failures: tuple[TimerFailure, ...] = ()
    is_cut_short: bool = False
    fired: int = 0
    parked: tuple[Timer, ...] = ()
    rules: RulesReport = field(factory=RulesReport)
    climbed: int = 0


@frozen
class Waker:
    """
    Runs what is due.

    Args:
        runner: The desk's commands.
    """

    runner: Runner

    def run_due(self, lease: timedelta, stop: Callable[[], bool], length: timedelta | None) -> DueReport:
        """See `Desk.run_due`."""
        store, clock = self.runner.store, self.runner.clock
        done = dict.fromkeys(_Done, 0)
        parked: list[Timer] = []
        failures: dict[tuple[TicketId, str], TimerFailure] = {}
        turn, due_now = Turn(stop, clock, length), due_clock(clock, store)
        ruled: list[RulesReport] = []
        while not turn() and (claimed := store.claim_due(now := due_now(), lease=lease, limit=_AT_ONCE)):
            # What has failed, and is back as its lease has ended meanwhile, is left for another time.
            fresh = [each for each in claimed if (each.timer.ticket_id, each.timer.name) not in failures]
            if not fresh:
                break
            for place, each in enumerate(fresh):
                if turn():
                    store.release(fresh[place:])
                    break
                turn.use()
                try:
                    done[self._wake(each, now, ruled)] += 1
                except Exception as error:  # noqa: BLE001  whatever it is, the others must not wait for it
                    # If it is the store that fails, it fails here, too, and the round ends.
                    store.next_due()
                    timer = each.timer
                    failures[timer.ticket_id, timer.name] = failure = TimerFailure(timer, error)
                    why = self._why_no_more(failure)
                    store.fail(each, why)
                    if why is not None:
                        parked.append(evolve(timer, failures=timer.failures + 1, parked=why))
        rules = sum(ruled, self._ask_rules(stop, length))
        return DueReport(
            done[_Done.PASSED],
            tuple(failures.values()),
            turn.is_cut_short or not rules.is_done,
            done[_Done.FIRED],
            tuple(parked),
            rules,
            done[_Done.CLIMBED],
        )

    def _ask_rules(self, stop: Callable[[], bool], length: timedelta | None) -> RulesReport:
        """Let the rules of automation answer what has happened, in a turn of their own."""
        if self.runner.book.rules(self.runner.store) is None:
            return RulesReport()
        from itsmkit.desk._rule_runs import run_rules  # noqa: PLC0415  # many a desk has no rules

        return run_rules(self.runner, stop, length)

    def _why_no_more(self, failure: TimerFailure) -> str | None:
        """Return why a timer that has failed once more is parked; ``None`` if it is to be tried again."""
        tries, error = failure.timer.failures + 1, failure.error
        if tries < self.runner.config.timer_tries:
            return None
        return f"given up after {tries} tries: {type(error).__name__}: {error}"

    def _wake(self, claimed: ClaimedTimer, now: datetime, ruled: list[RulesReport]) -> _Done:
        """Do what *claimed* stands for, if it is still due *now*; tell what was done."""
        try:
            milestone = Milestone.of_timer(claimed.timer.name)
            if milestone is not None:
                run_cascade(self.runner, claimed, milestone)
                return _Done.NOTHING
            if claimed.timer.name.startswith(RULE_TIMER):
                from itsmkit.desk._rule_answers import run_rule_timer  # noqa: PLC0415  # as above

                ruled.append(run_rule_timer(self.runner, claimed))
                return _Done.NOTHING
            if claimed.timer.name == FULFILMENT:
                from itsmkit.desk._fulfilment import run_fulfilment  # noqa: PLC0415  # many a desk has no orders

                run_fulfilment(self.runner, claimed)
                return _Done.NOTHING
            if claimed.timer.name == ROUTING:
                from itsmkit.desk._routing import run_routing  # noqa: PLC0415  # as above

                run_routing(self.runner, claimed)
                return _Done.NOTHING
            if claimed.timer.name.startswith(ASKED_ROUTING):
                from itsmkit.desk._routing import run_asked_routing  # noqa: PLC0415  # as above

                run_asked_routing(self.runner, claimed)
                return _Done.NOTHING
            if claimed.timer.name == CONVERSATION_TIMER:
                from itsmkit.desk._conversing import run_conversation  # noqa: PLC0415  # many have no bots

                run_conversation(self.runner, claimed)
                return _Done.NOTHING
            if claimed.timer.name == VOTES:
                from itsmkit.desk._votes import run_votes  # noqa: PLC0415  # many have no orders

                run_votes(self.runner, claimed)
                return _Done.NOTHING
            if gathers(claimed.timer):
                self.runner.retried(lambda unit: tell_gathered(self.runner, unit, claimed, now))
                return _Done.NOTHING
            return self.runner.retried(lambda unit: self._do(unit, claimed, now))
        except ConflictError:
            # Another worker holds the timer by now, or a command has set it anew or cleared it. Or others
            # saved first, every time: then it comes back when the lease ends.
            return _Done.NOTHING

    def _do(self, unit: UnitOfWork, claimed: ClaimedTimer, now: datetime) -> _Done:
        unit.finish_timer(claimed)
        try:
            stored = unit.ticket(claimed.timer.ticket_id)
        except NotFoundError:
            return _Done.NOTHING
        known = self.runner.known_of(stored, unit.history)
        name = claimed.timer.name
        if name == LADDERS:
            return _Done.CLIMBED if climb(self.runner, unit, stored, known, now) else _Done.NOTHING
        if of_state(name):
            return self._fire(unit, stored, known, name, now)
        return self._pass(unit, stored, known.clocks.get(name), now)

    def _pass(
        self, unit: UnitOfWork, stored: StoredTicket, followed: FollowedClock | None, now: datetime
    ) -> _Done:
        """Pass the checkpoint of a clock that is due by now."""
        if followed is None or followed.due is None:
            return _Done.NOTHING
        due = followed.due
        if due.at > now:
            # The terms have changed since the timer was set.
            unit.set_timer(clock_timer(stored.ticket.id, followed, due))
            return _Done.NOTHING
        self._escalate(unit, stored, followed, due, now)
        return _Done.PASSED

    def _fire(self, unit: UnitOfWork, stored: StoredTicket, known: Known, name: str, now: datetime) -> _Done:
        """Fire what the state of a ticket asks for by now."""
        runner, ticket = self.runner, stored.ticket
        deadline = runner.deadline(ticket, known.stay)
        if deadline is None or name != name_of_state(ticket.state):
            return _Done.NOTHING
        if deadline.at > now:
            # The workflow, or a calendar, has changed since the timer was set.
            unit.set_timer(state_timer(ticket, deadline))
            return _Done.NOTHING
        config, occasion = runner.config, runner.occasion(deadline.at)
        decision = fire(
            config.kind(ticket.kind), ticket, deadline, occasion, effects=config.effects, rules=config.tickets
        )
        try:
            runner.save(unit, decision, stored)
        except RefusedError as refusal:  # a plugin has something against it; nothing is saved by then
            runner.save(unit, refused(ticket, deadline, occasion, refusal), stored)
        return _Done.FIRED

    def _escalate(
        self,
        unit: UnitOfWork,
        stored: StoredTicket,
        followed: FollowedClock,
        due: DueCheckpoint,
        now: datetime,
    ) -> None:
        runner, ticket, terms = self.runner, stored.ticket, followed.terms
        clock, checkpoint = terms.target.clock, due.checkpoint.name
        steps = due_steps(runner.config.escalation, ticket, clock=clock, checkpoint=checkpoint)
        told = recipients(steps, ticket)
        if runner.access is not None:
            told = tuple(each for each in told if runner.access.may_be_told(each, ticket))
        fact = CheckpointPassed(clock, followed.state.cycle, terms.digest, checkpoint, told)
        occasion = runner.occasion(due.at)
        runner.save(unit, happen(ticket, occasion, fact), stored)
        if not told:
            return
        subject = message(
            "{number}: {clock} clock at {checkpoint}",
            number=ticket.number,
            clock=Term("clock", clock),
            checkpoint=Term("checkpoint", checkpoint),
        )
        body = told_reading(followed.reading(due.at))
        for recipient in told:
            notice = Notice(recipient, subject, body, "escalation")
            key = "/".join([ticket.id, *map(str, fact.key), recipient])
            notification = runner.speaker.notification(notice, ticket, key=key)
            unit.enqueue(OutboxEntry(notification, 0, now))
