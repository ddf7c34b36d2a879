"""The desk of the machine: what there is, and how somebody asks for something."""

from collections.abc import Callable, Iterable
from random import Random
from typing import Any

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from itsmkit.desk import Desk, DeskConfig, InMemoryNotifier, InMemoryStore, ManualClock
from itsmkit.errors import NotFoundError, RefusedError
from itsmkit.plugin import Store, StoredTicket
from itsmkit.practices import EscalationPolicy, EscalationStep, PromisePolicy
from itsmkit.practices.access import AccessDeniedError
from itsmkit.practices.links import STANDARD_LINK_TYPES
from itsmkit.testing.builders import A_MONDAY
from itsmkit.testing.desk_machine._world import (
    ANN,
    FIXED_BY_AND_TOLD,
    KINDS,
    MARKS,
    MAX,
    PEOPLE,
    RULES,
    STAFF,
    STRUCTURE,
    hidden_from,
)
from itsmkit.tickets import Actor, Ticket, TicketEvent, TicketId

__all__ = ["A_TICKET", "COLLEAGUE", "DeskAtWork", "ONE_OF_THEM", "SOMEBODY"]


def _text_of(values: Iterable[object]) -> str:
    """Return all that stands in tickets or events, as text."""
    return " ".join(map(repr, values))


A_TICKET = st.integers(0, 30)
SOMEBODY = st.sampled_from((MAX, *PEOPLE, *STAFF, MAX))
COLLEAGUE = st.sampled_from((*STAFF, MAX))
ONE_OF_THEM = st.sampled_from([each.id for each in PEOPLE])


class DeskAtWork(RuleBasedStateMachine):
    """The desk, its tickets as they are saved, and people who ask."""

    def new_store(self) -> Store:
        """Return the store to work on, empty."""
        return InMemoryStore()

    def __init__(self) -> None:
        super().__init__()
        self.clock, self.notifier = ManualClock(A_MONDAY), InMemoryNotifier()
        self.config = evolve(
            DeskConfig.standard(),
            access=RULES,
            link_types=[*STANDARD_LINK_TYPES, FIXED_BY_AND_TOLD],
            structure=STRUCTURE,
            promises=PromisePolicy(),
            escalation=EscalationPolicy(
                [EscalationStep("breach", ["requester", "assignee", "support_group", "max"])]
            ),
        )
        self.desk = Desk(
            self.config,
            store=self.new_store(),
            clock=self.clock,
            random=Random(1),  # noqa: S311  # the same keys each time
            plugins=[self.notifier],
        )
        self.all_seeing = self.desk.privileged("to look")
        self.store = self.all_seeing.store
        self.ids: list[TicketId] = []
        self.stored: dict[TicketId, StoredTicket] = {}
        self.looked_at: dict[tuple[str, TicketId], object] = {}
        self.delivered = 0
        self.steps = 0

    # -- what there is ---------------------------------------------------------------------------

    @property
    def tickets(self) -> list[Ticket]:
        """All tickets, as they are saved."""
        return [each.ticket for each in self.stored.values()]

    def one(self, nth: int) -> Ticket:
        """Return a ticket, as it is saved."""
        return self.stored[self.ids[nth % len(self.ids)]].ticket

    def look(self) -> list[TicketId]:
        """Read what is saved, and return what has changed."""
        with self.store.begin() as unit:
            self.ids = [each.id for each in self.all_seeing.tickets]
            now = {each: unit.ticket(each) for each in self.ids}
        changed = [each for each, stored in now.items() if stored != self.stored.get(each)]
        self.stored = now
        return changed

    def history(self, ticket_id: TicketId) -> tuple[TicketEvent, ...]:
        """Return all that happened to a ticket."""
        with self.store.begin() as unit:
            return tuple(unit.history(ticket_id))

    # -- asking ----------------------------------------------------------------------------------

    def ask(
        self, who: Actor, call: Callable[[Desk], object], *about: Ticket, permitted: bool | None = None
    ) -> Any:
        """
        Let somebody ask for something; see that it is done, or refused, for the right reasons.

        Args:
            who: Who asks.
            call: Asks.
            about: The tickets that it is about.
            permitted: Whether they may; by default, if they are of the desk.

        Returns:
            What comes of it; ``None`` if it was refused.
        """
        may = who in STAFF if permitted is None else permitted
        there = all(hidden_from(who, each) is not None for each in about)
        try:
            answer = call(self.desk.acting_as(who))
        except NotFoundError:
            assert not there, f"{who.id} may see all of it"
        except AccessDeniedError:
            assert not may, f"{who.id} is permitted it"
        except RefusedError:
            assert there, f"{who.id} may see nothing of it"
            assert may, f"{who.id} is not permitted it"
        else:
            assert there, f"{who.id} may see nothing of it"
            assert may, f"{who.id} is not permitted it"
            if isinstance(answer, Ticket):
                self.look()
                after = self.stored[answer.id].ticket
                # Who hands a ticket over, is still answered as one who sees it.
                handed_over = hidden_from(who, after) is None and len(about) > 0
                self.see_nothing_forbidden(who, about[0] if handed_over else after, [answer])
            return answer
        assert self.look() == [], "what was refused has changed something"
        return None

    def see_nothing_forbidden(self, who: Actor, ticket: Ticket, read: Iterable[object]) -> None:
        """See that nothing in what *who* has read of a ticket is hidden from them."""
        text = _text_of(read)
        for other in self.tickets:
            if other.id != ticket.id and hidden_from(who, other) is None:
                assert other.id not in text, f"{who.id} reads of {other.number} in {ticket.number}"
        hidden = hidden_from(who, ticket)
        for name, mark in MARKS.items():
            if hidden is None or name in hidden:
                assert mark not in text, f"{who.id} reads {name} of {ticket.number}"

    def see_like(self, original: Ticket, ticket_id: TicketId) -> None:
        """See that what was made of a ticket is as secret as that."""
        ticket = self.stored[ticket_id].ticket
        assert ticket.restricted_to == original.restricted_to
        if ticket_id != original.id and ticket.restricted_to is not None:
            assert "SECURITY-" in ticket.number, "a gap in the numbers would tell of it"

    @initialize(kind=st.sampled_from(KINDS))
    def begin(self, kind: str) -> None:
        """Let there be some tickets, so that most of what is asked for is about something."""
        ann, maximilian = (self.desk.acting_as(each) for each in (ANN, MAX))
        first = ann.incidents.log("No network", requester="bob", support_group="network")
        second = ann.incidents.log("No mail", requester="eve", support_group="mail", impact="high")
        third = maximilian.work(kind).log("Something", requester="bob", channel="event")
        ann.tickets.assign(first.id, support_group="network", assignee="ann")
        maximilian.links.link(second.id, "fixed_by", first.id)
        maximilian.links.link(third.id, "related_to", second.id)
        self.look()
