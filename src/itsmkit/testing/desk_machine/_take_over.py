"""Rules of the machine: tickets of another system."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from itsmkit.practices import Observation
from itsmkit.testing.desk_machine._asking import A_TICKET, ONE_OF_THEM, SOMEBODY, DeskAtWork
from itsmkit.testing.desk_machine._world import COST, GROUPS, HOUR, KINDS
from itsmkit.tickets import Actor

__all__ = ["TakeOverRules"]

GROUP = st.sampled_from([None, *GROUPS.values()])
LEVEL = st.sampled_from([None, "high", "low"])


class TakeOverRules(DeskAtWork):
    """Another system has tickets of its own, which begin here, and are brought to where they are there."""

    def observed(
        self, kind: str, place: int, group: str | None, level: str | None, **details: object
    ) -> Observation:
        """Return how the other system shows a ticket: in any state of the workflow of its kind."""
        states = sorted(state.name for state in self.config.kind(kind).workflow.definition.states)
        return Observation(
            states[place % len(states)], support_group=group, impact=level, urgency=level, details=details
        )

    @rule(
        who=SOMEBODY,
        kind=st.sampled_from(KINDS),
        place=st.integers(0, 9),
        requester=ONE_OF_THEM,
        group=GROUP,
        level=LEVEL,
        ours=st.booleans(),
    )
    def take_over(
        self,
        *,
        who: Actor,
        kind: str,
        place: int,
        requester: str,
        group: str | None,
        level: str | None,
        ours: bool,
    ) -> None:
        """Begin the history of a ticket that the other system has, perhaps under a number like ours."""
        number = f"{self.config.kind(kind).prefix if ours else 'OLD-'}{1000 + self.steps}"
        seen = self.observed(kind, place, group, level, title="Something", requester=requester, cost=COST)
        opened_at = self.clock() - 3 * HOUR
        ticket = self.ask(who, lambda desk: desk.work(kind).take_over(number, seen, opened_at=opened_at))
        if ticket is not None:
            assert (ticket.number, ticket.state, ticket.opened_at) == (number, seen.state, opened_at)

    @rule(who=SOMEBODY, nth=A_TICKET, place=st.integers(0, 9), group=GROUP, level=LEVEL)
    def catch_up(self, who: Actor, nth: int, place: int, group: str | None, level: str | None) -> None:
        """Bring a ticket to where the other system shows it, be it on a way that ours has not."""
        ticket = self.one(nth)
        seen = self.observed(ticket.kind, place, group, level)
        after = self.ask(who, lambda desk: desk.work(ticket.kind).catch_up(ticket.id, seen), ticket)
        if after is not None:
            assert self.stored[ticket.id].ticket.state == seen.state
