"""Waking up: timers that have become due, and what follows."""

from datetime import timedelta

from attrs import evolve, frozen

from itsmkit.desk._commands import Runner, incident_of
from itsmkit.errors import ConflictError, NotFoundError
from itsmkit.plugin import ClaimedTimer, Notification, OutboxEntry, StoredTicket, UnitOfWork
from itsmkit.practices import FollowedClock, due_steps, happen, recipients
from itsmkit.sla import DueCheckpoint
from itsmkit.tickets import SYSTEM, CheckpointPassed

__all__ = ["Waker"]

_AT_ONCE = 100
"""How many timers are claimed in one go: few enough to be done within the lease."""


@frozen
class Waker:
    """
    Runs what is due.

    Args:
        runner: The desk's commands.
    """

    runner: Runner

    def run_due(self, lease: timedelta) -> int:
        """See `Desk.run_due`."""
        passed = 0
        while claimed := self.runner.store.claim_due(self.runner.clock(), lease=lease, limit=_AT_ONCE):
            passed += sum(self._wake(timer) for timer in claimed)
        return passed

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
        runner, ticket, terms = self.runner, incident_of(stored), followed.terms
        clock, checkpoint = terms.target.clock, due.checkpoint.name
        steps = due_steps(runner.config.escalation, ticket, clock=clock, checkpoint=checkpoint)
        told = recipients(steps, ticket)
        fact = CheckpointPassed(clock, followed.state.cycle, terms.digest, checkpoint, told)
        occasion = runner.occasion(SYSTEM, due.at)
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
