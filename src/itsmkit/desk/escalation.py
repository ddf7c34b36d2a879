"""What can be asked of escalation: other groups, taking notice, and where ladders stand."""

from attrs import evolve, field, frozen

from itsmkit._frozen import as_tuple
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner, acting
from itsmkit.errors import DefinitionError, NotFoundError
from itsmkit.plugin import UnitOfWork
from itsmkit.practices.decision import Decision, Occasion
from itsmkit.practices.escalation import (
    Bounces,
    NextStep,
    RoleHolder,
    Standing,
    acknowledge,
    bounces_of,
    escalate,
    group_for,
    next_steps,
)
from itsmkit.practices.inheritance import known
from itsmkit.tickets import Actor, EscalationAcknowledged, EscalationStepTaken, Ticket, TicketId

__all__ = ["EscalationCommands", "LadderStanding", "escalated"]


@frozen
class LadderStanding:
    """
    Where a ladder stands on a ticket.

    Args:
        ladder: The name of the ladder.
        standing: Its occasion, from when it counts, and who has acknowledged it.
        taken: What history keeps of the steps of this occasion, in order.
        next: What comes next; ``None`` if nothing does.
        would_tell: Who had the roles of that step if it were taken now.
    """

    ladder: str
    standing: Standing
    taken: tuple[EscalationStepTaken, ...] = field(default=(), converter=as_tuple)
    next: NextStep | None = None
    would_tell: tuple[RoleHolder, ...] = field(default=(), converter=as_tuple)

    def explain(self) -> str:
        """Return it as lines of text."""
        standing = self.standing
        lines = [f"{self.ladder}: {standing.occasion}, {len(self.taken)} steps taken"]
        lines += (f"  step {each.step}: {'; '.join(each.because) or each.passed_over}" for each in self.taken)
        if standing.acknowledged_by is not None:
            lines.append(f"  acknowledged by {standing.acknowledged_by}")
        elif standing.since is None:
            lines.append("  it rests: the ticket is done, or not meant")
        if self.next is not None:
            lines.append(f"  next: {self.next.explain()}")
            lines += (f"    {each.explain()}" for each in self.would_tell)
        return "\n".join(lines)


@looking_at_arguments()
@frozen
class EscalationCommands:
    """
    What can be asked of escalation; reached as ``desk.escalation``.

    Each command needs a permit on the ticket, and so does the read that tells who is there. Ladders are
    climbed by ``desk.run_due()``.
    """

    _runner: Runner
    _actor: Actor | None

    def of(self, ticket_id: TicketId) -> tuple[LadderStanding, ...]:
        """
        Return where the ladders of a ticket stand, and what comes next on each.

        Those that were never set off are left out. Costs a read of the ticket's history.

        It tells who is told, and who of them is away, which is for those who work: so it needs a permit. What
        is hidden in the history of the ticket is left out here, too.

        Raises:
            NotFoundError: If there is no such ticket.
        """
        runner = self._runner
        reader = runner.reader("escalation.of", self._actor)
        runner.admit("escalation.of", self._actor)
        with runner.store.begin() as unit:
            reader.ticket(unit, ticket_id)
            ticket, history = unit.ticket(ticket_id).ticket, unit.history(ticket_id)
            shown = [event.fact for event in reader.history(unit, ticket_id)]
        now = runner.clock()
        found = runner.read(history)
        ladders = runner.config.escalation.ladders
        steps = next_steps(ladders, found.standings, runner.hours, found.clocks)
        coming = {each.ladder.name: each for each in steps}
        facts = [fact for fact in shown if isinstance(fact, EscalationStepTaken)]
        noticed = {(each.ladder, each.occasion) for each in shown if isinstance(each, EscalationAcknowledged)}
        standings = []
        for ladder in ladders:
            standing = found.standings.ladders.get(ladder.name)
            if standing is None:
                continue
            step = coming.get(ladder.name)
            taken = [
                each for each in facts if (each.ladder, each.occasion) == (ladder.name, standing.occasion)
            ]
            if (ladder.name, standing.occasion) not in noticed:
                standing = evolve(standing, acknowledged_by=None)
            told = () if step is None else runner.role_book.holders(step.step.notify, ticket, now)
            standings.append(LadderStanding(ladder.name, standing, taken, step, told))
        return tuple(standings)

    def bounces(self, ticket_id: TicketId) -> Bounces:
        """
        Return the way of a ticket from group to group, and whether it went to and fro too often.

        Raises:
            NotFoundError: If there is no such ticket.
        """
        runner = self._runner
        with runner.store.begin() as unit:
            history = runner.reader("escalation.bounces", self._actor).history(unit, ticket_id)
            return bounces_of(history, runner.config.escalation.bounces)

    def escalate(
        self,
        ticket_id: TicketId,
        to: str | int,
        *,
        reason: str,
        note: str = "",
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Hand the work to another support group, as one that can do what the present one cannot.

        The owner stays, and the work is nobody's in particular there. What it had come back from before is
        counted: see `bounces`.

        Args:
            ticket_id: The ticket.
            to: The group; or the line of support, whose group a route of the desk names, or which has one.
            reason: Why.
            note: What was found and done so far; needed, unless the desk does without.
            by: Who escalates it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            RefusedError: With every reason: the ticket is done, or with that group already; there is no
                reason, no note, or no one group of that line.
            DefinitionError: If *to* is neither.
        """
        if not isinstance(to, str | int) or isinstance(to, bool) or to == "":
            problem = f"to: must be a support group or a line, not {to!r}"
            raise DefinitionError(problem)
        arguments = (ticket_id, to, reason, note)
        actor = acting(by, self._actor)
        runner = self._runner.asked("escalation.escalate", actor, idempotency_key, *arguments)
        occasion = runner.occasion()

        def decide(unit: UnitOfWork, ticket: Ticket) -> Decision[Ticket]:
            return escalated(runner, unit, ticket, occasion, to=to, reason=reason, note=note)

        return runner.change_knowing(ticket_id, decide)

    def acknowledge(
        self,
        ticket_id: TicketId,
        ladder: str | None = None,
        *,
        note: str = "",
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Take notice of an escalation: its ladder goes no further on this occasion.

        Args:
            ticket_id: The ticket.
            ladder: The name of the ladder; by default, each on which a step was taken.
            note: What to say to it.
            by: Who takes notice.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            RefusedError: If no such ladder is under way.
            NotFoundError: If the desk has no such ladder.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("escalation.acknowledge", actor, idempotency_key, ticket_id, ladder, note)
        occasion, policy = runner.occasion(), runner.config.escalation

        def decide(unit: UnitOfWork, ticket: Ticket) -> Decision[Ticket]:
            if ladder is not None and policy.ladder(ladder) is None:
                raise NotFoundError("ladder", ladder)
            standings = runner.read(unit.history(ticket_id)[: ticket.version]).standings
            return acknowledge(ticket, standings, occasion, ladder=ladder, note=note)

        return runner.change_knowing(ticket_id, decide)


def escalated(
    runner: Runner,
    unit: UnitOfWork,
    ticket: Ticket,
    occasion: Occasion,
    *,
    to: str | int,
    reason: str,
    note: str = "",
) -> Decision[Ticket]:
    """
    Decide that the work of a ticket is handed to another support group: see `EscalationCommands.escalate`.

    Args:
        runner: What runs the command.
        unit: The unit of work.
        ticket: The ticket.
        occasion: When, and by whom.
        to: The group, or the line of support.
        reason: Why.
        note: What was found and done so far.

    Raises:
        RefusedError: With every reason.
    """
    config = runner.config
    policy = config.escalation
    group = group_for(to, ticket, policy.routes, config.structure.groups) if isinstance(to, int) else to
    before = bounces_of(unit.history(ticket.id)[: ticket.version])
    return escalate(
        ticket,
        occasion,
        to_group=group,
        reason=reason,
        note=note,
        to_line=_line(runner, group),
        from_line=_line(runner, ticket.support_group),
        returns=before.returns + (before.path[-2:-1] == (group,)),
        needs_note=policy.needs_note,
    )


def _line(runner: Runner, group: str | None) -> int | None:
    found = known(runner.directory.group, group)
    return None if found is None else found.line
