"""Rules of the machine: tickets begin, and what is written and known of them."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from itsmkit.desk import Desk
from itsmkit.testing.builders import A_MONDAY
from itsmkit.testing.desk_machine._asking import A_TICKET, COLLEAGUE, ONE_OF_THEM, SOMEBODY, DeskAtWork
from itsmkit.testing.desk_machine._world import (
    BUDGET,
    COST,
    GROUPS,
    HOUR,
    KINDS,
    MONITOR,
    NOTE,
    REASON,
    RESTRICTION,
    STAFF,
    WORK,
    hidden_from,
)
from itsmkit.tickets import Actor, Ticket

__all__ = ["TicketRules"]


class TicketRules(DeskAtWork):
    """People log tickets, write on them, describe them, and have to do with them."""

    # -- rules: tickets begin ------------------------------------------------------------------------

    @rule(
        who=SOMEBODY,
        kind=st.sampled_from(KINDS),
        requester=ONE_OF_THEM,
        group=st.sampled_from([None, None, *GROUPS.values()]),
        channel=st.sampled_from([None, "event"]),
        secret=st.integers(0, 9).map(lambda drawn: RESTRICTION if drawn == 0 else None),
        level=st.sampled_from(["high", "low"]),
    )
    def log(
        self,
        *,
        who: Actor,
        kind: str,
        requester: str,
        group: str | None,
        channel: str | None,
        secret: str | None,
        level: str,
    ) -> None:
        """Log a ticket of some kind for somebody."""
        ticket = self.ask(
            who,
            lambda desk: desk.work(kind).log(
                f"Something of {requester}",
                requester=requester,
                support_group=group,
                channel=channel,
                impact=level,
                urgency=level,
                restricted_to=secret,
            ),
            permitted=who in (*STAFF, MONITOR) or who.id == requester,
        )
        if ticket is not None and secret is not None:
            assert "SECURITY-" in ticket.number

    # -- rules: what is written ----------------------------------------------------------------------

    @rule(who=SOMEBODY, nth=A_TICKET, public=st.booleans())
    def comment(self, who: Actor, nth: int, public: bool) -> None:
        """Write on a ticket, twice under the same key."""
        ticket, text = self.one(nth), "Any news?" if public else NOTE

        def twice(desk: Desk) -> Ticket:
            key = f"{self.steps} {who.id}"
            first = desk.tickets.comment(ticket.id, text, public=public, idempotency_key=key)
            again = desk.tickets.comment(ticket.id, text, public=public, idempotency_key=key)
            assert first == again
            return again

        self.ask(who, twice, ticket, permitted=True)

    @rule(who=SOMEBODY, nth=A_TICKET)
    def send_message(self, who: Actor, nth: int) -> None:
        """Write to everybody who takes part."""
        ticket = self.one(nth)
        self.ask(who, lambda desk: desk.tickets.send_message(ticket.id, "Dear all"), ticket, permitted=True)

    @rule(who=SOMEBODY, nth=A_TICKET)
    def add_note(self, who: Actor, nth: int) -> None:
        """Write for colleagues."""
        ticket = self.one(nth)
        self.ask(who, lambda desk: desk.tickets.add_note(ticket.id, NOTE), ticket)

    @rule(who=SOMEBODY, nth=A_TICKET, public=st.booleans(), content=st.sampled_from([b"one", b"two"]))
    def attach(self, who: Actor, nth: int, public: bool, content: bytes) -> None:
        """Attach a file, which the requester may see or not."""
        ticket, name = self.one(nth), "photo.png" if public else f"{NOTE}.txt"
        self.ask(
            who,
            lambda desk: desk.tickets.attach(ticket.id, name, content, public=public),
            ticket,
            permitted=True,
        )

    @precondition(lambda self: any(each.attachments for each in self.tickets))
    @rule(who=SOMEBODY, nth=A_TICKET)
    def detach(self, who: Actor, nth: int) -> None:
        """Take a file off."""
        having = [each for each in self.tickets if each.attachments]
        ticket = having[nth % len(having)]
        digest = ticket.attachments[0].digest
        self.ask(who, lambda desk: desk.tickets.detach(ticket.id, digest), ticket)

    @rule(who=SOMEBODY, nth=A_TICKET, hours=st.integers(1, 3))
    def log_work(self, who: Actor, nth: int, hours: int) -> None:
        """Enter work."""
        ticket = self.one(nth)
        self.ask(
            who, lambda desk: desk.tickets.log_work(ticket.id, hours * HOUR, "repair", note=WORK), ticket
        )

    @precondition(lambda self: any(each.work_log for each in self.tickets))
    @rule(who=SOMEBODY, nth=A_TICKET, hours=st.integers(0, 3))
    def correct_work(self, who: Actor, nth: int, hours: int) -> None:
        """Set an entry of the work log right."""
        having = [each for each in self.tickets if each.work_log]
        ticket = having[nth % len(having)]
        entry = ticket.work_log[nth % len(ticket.work_log)].id
        self.ask(
            who,
            lambda desk: desk.tickets.correct_work(ticket.id, entry, reason=WORK, duration=hours * HOUR),
            ticket,
        )

    # -- rules: what is known ------------------------------------------------------------------------

    @rule(
        who=SOMEBODY,
        nth=A_TICKET,
        changes=st.sampled_from(
            [
                {"cost": COST},
                {"budget": BUDGET},
                {"cost": None, "budget": None},
                {"organisation": "other"},
                {"requester": "eve"},
                {"needed_by": A_MONDAY + 50 * HOUR},
            ]
        ),
    )
    def describe(self, who: Actor, nth: int, changes: Mapping[str, Any]) -> None:
        """Change what is known of a ticket, and by that perhaps who may see it."""
        ticket = self.one(nth)
        self.ask(who, lambda desk: desk.tickets.describe(ticket.id, **changes), ticket)

    @rule(who=SOMEBODY, nth=A_TICKET, levels=st.tuples(*[st.sampled_from(["high", "medium", "low"])] * 2))
    def prioritise(self, who: Actor, nth: int, levels: tuple[str, str]) -> None:
        """Judge a ticket anew."""
        ticket, (impact, urgency) = self.one(nth), levels
        self.ask(
            who,
            lambda desk: desk.tickets.prioritise(
                ticket.id, impact=impact, urgency=urgency, priority="P1", reason=REASON
            ),
            ticket,
        )

    @rule(who=SOMEBODY, nth=A_TICKET, word=st.sampled_from(["vip", "flood"]), off=st.booleans())
    def tag(self, who: Actor, nth: int, word: str, off: bool) -> None:
        """Put a word on a ticket, or take it off."""
        ticket = self.one(nth)
        self.ask(who, lambda desk: (desk.tickets.untag if off else desk.tickets.tag)(ticket.id, word), ticket)

    @rule(who=SOMEBODY, nth=A_TICKET)
    def meet_need(self, who: Actor, nth: int) -> None:
        """Say that what was needed is there."""
        ticket = self.one(nth)
        self.ask(who, lambda desk: desk.tickets.meet_need(ticket.id, REASON), ticket)

    @rule(who=SOMEBODY, nth=A_TICKET, secret=st.booleans())
    def restrict(self, who: Actor, nth: int, secret: bool) -> None:
        """Put a ticket under the restriction, or take it out."""
        ticket, restriction = self.one(nth), RESTRICTION if secret else None
        self.ask(who, lambda desk: desk.tickets.restrict(ticket.id, restriction, reason=REASON), ticket)

    # -- rules: who has to do with it ----------------------------------------------------------------

    @rule(
        who=SOMEBODY,
        nth=A_TICKET,
        to=st.sampled_from([("network", "ann"), ("mail", "ned"), ("network", None), (None, None)]),
    )
    def assign(self, who: Actor, nth: int, to: tuple[str | None, str | None]) -> None:
        """Hand the work over, perhaps to where they do not see it."""
        ticket, (group, person) = self.one(nth), to
        self.ask(
            who, lambda desk: desk.tickets.assign(ticket.id, support_group=group, assignee=person), ticket
        )

    @rule(who=SOMEBODY, nth=A_TICKET, owner=ONE_OF_THEM)
    def transfer_ownership(self, who: Actor, nth: int, owner: str) -> None:
        """Let another answer for a ticket."""
        ticket = self.one(nth)
        self.ask(who, lambda desk: desk.tickets.transfer_ownership(ticket.id, owner, reason=REASON), ticket)

    @rule(who=SOMEBODY, nth=A_TICKET, person=ONE_OF_THEM, off=st.booleans())
    def take_part(self, who: Actor, nth: int, person: str, off: bool) -> None:
        """Let somebody take part in a ticket, or no more."""
        ticket = self.one(nth)
        self.ask(
            who,
            lambda desk: (desk.tickets.remove_participant if off else desk.tickets.add_participant)(
                ticket.id, person
            ),
            ticket,
        )

    @rule(who=COLLEAGUE, nth=A_TICKET, further=A_TICKET)
    def do_many(self, who: Actor, nth: int, further: int) -> None:
        """Do the same with two tickets, as far as they are there for who asks, and go on by themselves."""
        both = {each.id: each for each in (self.one(nth), self.one(further))}
        outcomes = self.desk.acting_as(who).tickets.bulk(both, "tag", tags=["flood"]).outcomes
        for each in outcomes:
            ticket = both[each.ticket_id]
            is_there = hidden_from(who, ticket) is not None
            assert (is_there and ticket.merged_into is None) is (each.outcome != "refused")
        self.look()
        for each in outcomes:
            if each.ticket is not None:
                self.see_nothing_forbidden(who, self.stored[each.ticket_id].ticket, [each.ticket])
