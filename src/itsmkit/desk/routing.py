"""What can be asked of routing: where a ticket would go, letting it go there, and whose turn it is."""

from datetime import datetime

from attrs import frozen

from itsmkit.desk._access import guarded
from itsmkit.desk._answers import TICKET
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._routing import ROUTING_STATE, Router, asked_for_advice, policy_of
from itsmkit.desk._shelf import Shelf
from itsmkit.practices.routing import RoutingDecision, RoutingState
from itsmkit.reporting.skill_gaps import SkillGapReport, skill_gaps
from itsmkit.tickets import Actor, Ticket, TicketId

__all__ = ["MOST_PEOPLE", "RoutingCommands"]

MOST_PEOPLE = 1_000_000
"""How many people of the directory are asked at most for what they can do."""


@looking_at_arguments()
@frozen
class RoutingCommands:
    """
    What can be asked of routing; reached as ``desk.routing``.

    The rules stand in the configuration: see `RoutingPolicy`. Plugins may advise: see the hook
    `itsmkit_route`. What the desk routes by itself, `Desk.run_due` sees to.
    """

    _runner: Runner
    _actor: Actor | None

    # -- reads -----------------------------------------------------------------------------------

    def route(self, ticket_id: TicketId, *, anew: bool = False) -> RoutingDecision:
        """
        Return where `assign` would let a ticket go now, and why. Nothing is done.

        It tells who is away and who has how much work, which is for those who plan the work: so it needs a
        permit.

        Args:
            ticket_id: The ticket.
            anew: Whether the rules choose the group, whichever has the ticket.

        Raises:
            NotFoundError: If there is no such ticket.
            RefusedError: If the desk has no rules of routing, the ticket is done, or somebody has it and it
                is not routed anew.
        """
        runner = self._runner
        reader = runner.reader("routing.route", self._actor)
        runner.admit("routing.route", self._actor)
        with runner.store.begin() as unit:
            ticket = reader.ticket(unit, ticket_id).ticket
            history = unit.history(ticket_id)
        router = Router(runner, policy_of(runner), anew)
        router.refuse(ticket)
        asked = asked_for_advice(runner, ticket)
        return Router(runner, router.policy, anew, asked).decided(ticket, history)[0]

    def turns(self, group: str) -> RoutingState:
        """
        Return whose turn it is in a support group: who was given a ticket the longest ago is next.

        Args:
            group: The id of the group. Of one that never was given a ticket, nobody had a turn.
        """
        runner = self._runner
        runner.admit("routing.turns", self._actor)
        with runner.store.begin() as unit:
            return Shelf(ROUTING_STATE, runner).find(unit, group) or RoutingState(group)

    def skill_gaps(
        self,
        *,
        needed_at_least: int = 3,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> SkillGapReport:
        """
        Return which skills the desk lacks: see `itsmkit.reporting.skill_gaps`.

        Tickets count as far as they may be seen; what their categories need, the rules of routing say.

        Args:
            needed_at_least: How many tickets have to need a skill that nobody has, for it to come first.
            since: From when on tickets count that were logged; by default, from the beginning.
            until: Up to when, not included; by default, up to now.

        Raises:
            DefinitionError: If *needed_at_least* is less than 1, or an instant is naive.
        """
        runner = self._runner
        runner.admit("routing.skill_gaps", self._actor)
        policy = runner.config.routing
        return skill_gaps(
            runner.reader("routing.skill_gaps", self._actor).feed(),
            runner.directory.find_people("", limit=MOST_PEOPLE),
            at=runner.clock(),
            needs=() if policy is None else policy.needs,
            needed_at_least=needed_at_least,
            since=since,
            until=until,
        )

    # -- commands --------------------------------------------------------------------------------

    def assign(
        self,
        ticket_id: TicketId,
        *,
        anew: bool = False,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Let a ticket go where the rules lead it: to somebody, or to the queue of a group.

        A ticket that a group has stays in that group. Its history tells why it went where it did; plugins are
        asked once, outside of any transaction.

        Args:
            ticket_id: The ticket.
            anew: Whether the rules choose the group, whichever has the ticket, and whoever.
            by: Who asks.
            idempotency_key: Chosen by who asks, to have it done once.

        Returns:
            The ticket after it.

        Raises:
            NotFoundError: If there is no such ticket.
            RefusedError: If the desk has no rules of routing, the ticket is done, or somebody has it and it
                is not routed anew.
            ConflictError: If others saved first, every time.
        """
        runner = self._runner.asked(
            "routing.assign", acting(by, self._actor), idempotency_key, ticket_id, anew
        )
        done = runner.known(TICKET)
        if done is not None:
            shown: Ticket = runner.shown(done)
            return shown
        with runner.store.begin() as unit:
            ticket = runner.to_change(guarded(unit, runner.guard), ticket_id).ticket
        router = Router(runner, policy_of(runner), anew)
        router.refuse(ticket)
        asked = asked_for_advice(runner, ticket)
        return Router(runner, router.policy, anew, asked).routed(ticket_id)
