"""Rules of the machine: tickets move."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from itsmkit.practices import Resolution
from itsmkit.testing.desk_machine._asking import A_TICKET, SOMEBODY, DeskAtWork
from itsmkit.testing.desk_machine._world import MAX, REASON
from itsmkit.tickets import Actor

__all__ = ["MoveRules"]


class MoveRules(DeskAtWork):
    """People move tickets, resolve them and take them up again."""

    # -- rules: tickets move -------------------------------------------------------------------------

    @rule(who=SOMEBODY, nth=A_TICKET, way=st.integers(0, 9), of_kind=st.booleans())
    def move(self, who: Actor, nth: int, way: int, of_kind: bool) -> None:
        """Move a ticket on a way that its workflow has from where it is."""
        ticket = self.one(nth)
        workflow = self.config.kind_of(ticket).workflow_of(ticket)
        facts = {**ticket.facts(), **dict.fromkeys([f"actor.role.{each}" for each in who.roles], True)}
        ways = workflow.available(ticket.state, facts)
        if not ways:
            return
        possible = [each for each in ways if not each.failed and not each.roles] or ways
        chosen = possible[way % len(possible)]
        known = {"assignee": "ann", "support_group": "network", "resolution": "a new cable"}
        details: dict[str, Any] = {name: known.get(name, REASON) for name in chosen.missing}
        self.ask(
            who,
            lambda desk: (desk.work(ticket.kind) if of_kind else desk.tickets).transition(
                ticket.id, chosen.trigger, **details
            ),
            ticket,
        )

    @rule(who=SOMEBODY, nth=A_TICKET)
    def resolve(self, who: Actor, nth: int) -> None:
        """Resolve a ticket, on which somebody begins to work first."""
        ticket = self.one(nth)
        if ticket.state_category == "new":
            # Few would be resolved, if chance had to bring them there step by step.
            self.ask(MAX, lambda desk: desk.tickets.assign(ticket.id, assignee="ann"), ticket)
            self.ask(MAX, lambda desk: desk.tickets.transition(ticket.id, "start"), ticket)
            ticket = self.one(nth)
        resolution = Resolution("fixed", "a new cable", REASON)
        self.ask(who, lambda desk: desk.tickets.resolve(ticket.id, resolution), ticket)

    @precondition(lambda self: any(not each.is_open for each in self.tickets))
    @rule(who=SOMEBODY, nth=A_TICKET, follow_up=st.booleans())
    def reopen(self, who: Actor, nth: int, follow_up: bool) -> None:
        """Take up again what was done, or follow it up."""
        done = [each for each in self.tickets if not each.is_open]
        ticket = done[nth % len(done)]
        again = self.ask(
            who, lambda desk: desk.tickets.reopen(ticket.id, REASON, follow_up=follow_up), ticket
        )
        if again is not None:
            self.see_like(ticket, again.id)
