"""Waking up: timers that have become due, and what follows."""

from collections.abc import Callable
from datetime import timedelta

from attrs import evolve, frozen

from itsmkit.desk._commands import Runner
from itsmkit.desk._turns import Turn
from itsmkit.errors import ConflictError, NotFoundError
from itsmkit.plugin import ClaimedTimer, Notification, OutboxEntry, StoredTicket, Timer, UnitOfWork
from itsmkit.practices import FollowedClock, due_steps, happen, recipients
from itsmkit.sla import DueCheckpoint
from itsmkit.tickets import CheckpointPassed, TicketId

__all__ = ["DueReport", "TimerFailure", "Waker"]

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
        failures: The timers that could not be run. They kept nobody else waiting, and come back when their
            leases end.
        is_cut_short: Whether the turn has ended while more may be due.
    """

    passed: int = 0
    failures: tuple[TimerFailure, ...] = ()
    is_cut_short: bool = False


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
        store, clock, passed = self.runner.store, self.runner.clock, 0
        failures: dict[tuple[TicketId, str], TimerFailure] = {}
        turn = Turn(stop, clock, length)
        while not turn() and (claimed := store.claim_due(clock(), lease=lease, limit=_AT_ONCE)):
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
                    passed += self._wake(each)
                except Exception as error:  # noqa: BLE001  whatever it is, the others must not wait for it
                    # If it is the store that fails, it fails here, too, and the round ends.
                    store.next_due()
                    timer = each.timer
                    failures[timer.ticket_id, timer.name] = TimerFailure(timer, error)
        return DueReport(passed, tuple(failures.values()), turn.is_cut_short)

    def _wake(self, claimed: ClaimedTimer) -> bool:
        """Pass the checkpoint that *claimed* stands for, if it is still due; tell whether it was."""
        try:
            return self.runner.retried(lambda unit: self._pass(unit, claimed))
        except ConflictError:
            # Another worker holds the timer by now, or a command has set it anew or cleared it. Or others
            # saved first, every time: then it comes back when the lease ends.
            return False

    def _pass(self, unit: UnitOfWork, claimed: ClaimedTimer) -> bool:
        runner, timer = self.runner, claimed.timer
        unit.finish_timer(claimed)
        try:
            stored = unit.ticket(timer.ticket_id)
        except NotFoundError:
            return False
        followed = runner.clocks(stored, unit.history).get(timer.name)
        if followed is None or followed.due is None:
            return False
        due = followed.due
        if due.at > runner.clock():
            # The terms have changed since the timer was set.
            unit.set_timer(evolve(timer, due=due.at))
            return False
        self._escalate(unit, stored, followed, due)
        return True

    def _escalate(
        self, unit: UnitOfWork, stored: StoredTicket, followed: FollowedClock, due: DueCheckpoint
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
        subject = f"{ticket.number}: {clock} clock at {checkpoint}"
        body = followed.reading(due.at).explain()
        for recipient in told:
            notification = Notification(
                key="/".join([ticket.id, *map(str, fact.key), recipient]),
                recipient=recipient,
                subject=subject,
                body=body,
                ticket_id=ticket.id,
            )
            unit.enqueue(OutboxEntry(notification, 0, occasion.recorded_at))
