"""Rules of the machine: time passes."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from itsmkit.testing.desk_machine._asking import DeskAtWork
from itsmkit.testing.desk_machine._world import HOUR, MARKS, REASON
from itsmkit.tickets import TicketId

__all__ = ["TimeRules"]


class TimeRules(DeskAtWork):
    """Time passes, workers work, and notifications go out."""

    # -- rules: time passes --------------------------------------------------------------------------

    @rule(hours=st.sampled_from([0, 1, 5, 30, 200]), work=st.booleans(), reread=st.booleans())
    def time_passes(self, hours: int, work: bool, reread: bool) -> None:
        """Let time pass, and perhaps a worker do what is due by then."""
        self.clock.advance(hours * HOUR)
        if work:
            report = self.all_seeing.run_due()
            assert report.failures == ()
            due = self.all_seeing.next_due()
            assert due is None or due > self.clock()
            self.look()
            self.deliver()
        if reread:
            before = self.timers()
            self.all_seeing.reread_agreements()
            assert self.timers() == before

    def timers(self) -> list[object]:
        """Return all timers, in order."""
        with self.store.begin() as unit:
            return [timer for each in self.ids for timer in unit.timers(each)]

    def deliver(self) -> None:
        """Deliver what waits, and see that nobody is told what they must not know."""
        self.all_seeing.deliver()
        told = self.notifier.delivered[self.delivered :]
        self.delivered += len(told)
        for each in told:
            ticket = self.stored[TicketId(each.ticket_id)].ticket
            if each.recipient in ("bob", "eve"):
                text = f"{each.subject} {each.body}"
                assert not [mark for mark in (*MARKS.values(), REASON) if mark in text]
            if ticket.restricted_to is not None:
                assert each.recipient in ("max", ticket.assignee), f"{each.recipient} is told of a secret"
