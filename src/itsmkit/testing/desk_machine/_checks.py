"""What always holds in the machine."""

from collections.abc import Callable, Iterable

from hypothesis.stateful import invariant

from itsmkit.desk import Desk
from itsmkit.errors import NotFoundError
from itsmkit.plugin import StoredTicket
from itsmkit.practices import follow_history, render_for_requester
from itsmkit.practices.state_timers import next_deadline, stay_of
from itsmkit.testing.desk_machine._asking import DeskAtWork
from itsmkit.testing.desk_machine._world import (
    MARKS,
    MAX,
    PEOPLE,
    QUESTIONS,
    REASON,
    STAFF,
    Question,
    hidden_from,
)
from itsmkit.tickets import Actor, Ticket, replay

__all__ = ["Checked"]


class Checked(DeskAtWork):
    """What always holds, and at the end."""

    # -- what always holds ---------------------------------------------------------------------------

    @invariant()
    def it_is_as_it_should_be(self) -> None:
        """See that all records are right, and that everybody sees what they may."""
        self.steps += 1
        self.look()
        now = {each.ticket.id: each for each in self.stored.values()}
        numbers = [each.number for each in self.tickets]
        assert len(numbers) == len(set(numbers))
        for ticket_id, stored in now.items():
            if self.looked_at.get(("", ticket_id)) != stored:
                self.looked_at["", ticket_id] = stored
                self.it_follows_from_its_history(stored)
                self.its_requester_sees_nothing_internal(stored.ticket)
        question = QUESTIONS[self.steps % len(QUESTIONS)]
        for who in PEOPLE:
            self.they_see_what_they_may(who, question)

    def it_follows_from_its_history(self, stored: StoredTicket) -> None:
        """See that a ticket, its clocks and its timers are what its history makes."""
        ticket, history = stored.ticket, self.history(stored.ticket.id)
        kind = self.config.kind_of(ticket)
        assert replay(history, kind.ticket_class) == ticket
        assert ticket.owner is not None or not ticket.is_open
        clocks, stay = follow_history(self.config.agreements, history), stay_of(history)
        assert stored.cache["clocks"] == clocks
        assert stored.cache["stay"] == stay
        expected = {
            name: (clock.due.at, clock.deadline()) for name, clock in clocks.items() if clock.due is not None
        }
        ends = next_deadline(kind, ticket, stay, self.config.reporting_hours, self.config.calendars)
        if ends is not None:
            expected[f"state:{ticket.state}"] = (ends.at, ends.at)
        with self.store.begin() as unit:
            timers = {
                each.name: (each.due, each.deadline)
                for each in unit.timers(ticket.id)
                if not each.name.startswith("cascade:")
            }
        assert timers == expected, f"{ticket.number} is {ticket.state}, version {ticket.version}"

    def its_requester_sees_nothing_internal(self, ticket: Ticket) -> None:
        """See that nothing internal is in what is shown outside."""
        view = self.all_seeing.tickets.public_view(ticket.id)
        for text in (str(view), render_for_requester(view)):
            assert not [mark for mark in (*MARKS.values(), REASON) if mark in text]

    def they_see_what_they_may(self, who: Actor, question: Question) -> None:
        """See that all reads show somebody what they may see, and no more."""
        desk = self.desk.acting_as(who)
        visible = {each.id: hidden for each in self.tickets if (hidden := hidden_from(who, each)) is not None}
        expected = [
            each.number
            for each in self.tickets
            if each.id in visible and question.holds(each, visible[each.id])
        ]
        found = desk.tickets.find(question.text, limit=1000).tickets
        numbers = [each.number for each in found]
        assert numbers == expected, f"{who.id} asks: {question.text}"
        assert desk.tickets.count(question.text) == len(expected)
        for read in found:
            self.see_nothing_forbidden(who, self.stored[read.id].ticket, [read])
            assert who != MAX or read == self.stored[read.id].ticket
        for ticket in self.tickets:
            unseen = {each.id for each in self.tickets} - visible.keys()
            state = (ticket, ticket.id in visible, unseen)
            if self.looked_at.get((who.id, ticket.id)) != state:
                self.looked_at[who.id, ticket.id] = state
                self.they_read_what_they_may(who, desk, ticket, is_there=ticket.id in visible)

    def they_read_what_they_may(self, who: Actor, desk: Desk, ticket: Ticket, *, is_there: bool) -> None:
        """See what somebody can read of a ticket."""
        reads: tuple[Callable[[], Iterable[object]], ...] = (
            lambda: [desk.tickets.get(ticket.id)],
            lambda: [desk.tickets.by_number(ticket.number)],
            lambda: desk.tickets.history(ticket.id),
            lambda: [each.ticket for each in desk.links.of(ticket.id)],
            lambda: desk.links.family(ticket.id),
            lambda: desk.links.timeline(ticket.id),
        )
        for read in reads:
            try:
                told = [*read()]
            except NotFoundError:
                assert not is_there
                continue
            assert is_there
            for each in told:
                about = each.id if isinstance(each, Ticket) else each.ticket_id  # type: ignore[attr-defined]
                self.see_nothing_forbidden(who, self.stored[about].ticket, [each])
        if who == MAX:
            assert tuple(desk.tickets.history(ticket.id)) == self.history(ticket.id)

    def teardown(self) -> None:
        """See that the books are whole, and that the feed tells nobody of what they may not see."""
        self.look()
        report = self.all_seeing.audit.verify()
        assert report.is_intact, report
        for who in STAFF:
            for event in self.desk.acting_as(who).feed():
                ticket = self.stored[event.ticket_id].ticket
                assert hidden_from(who, ticket) is not None
                self.see_nothing_forbidden(who, ticket, [event])
        self.all_seeing.close()
