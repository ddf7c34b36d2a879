"""The commands of a kind of work, whichever it is."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

from attrs import frozen

from itsmkit._frozen import EMPTY
from itsmkit.desk._answers import TICKET
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._directory import placed_by
from itsmkit.desk._impact import impact_before, impact_of_new
from itsmkit.desk.operations import operation_on
from itsmkit.plugin import UnitOfWork
from itsmkit.practices import (
    Decision,
    KindOfWork,
    Observation,
    Occasion,
    catch_up,
    prioritise,
    refuse_late,
    take_over,
)
from itsmkit.practices.access import restriction_of
from itsmkit.tickets import Actor, Ticket, TicketId

__all__ = ["WorkCommands", "moved", "number_of_new"]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)

_DIGITS = re.compile(r"[1-9][0-9]{0,17}")
"""A number as the desk writes it, and no greater than every store can count."""


@looking_at_arguments()
@frozen
class WorkCommands(Generic[AnyTicket]):
    """
    What can be asked of a kind of work; reached as ``desk.work("complaint")`` by the name of the kind.

    Every command takes ``by``, who does it, unless the desk is bound to an actor; and ``idempotency_key``, by
    which it is done once, and answers the same, however often it is asked for. It returns the ticket after
    it. It raises, and changes nothing, if a rule refuses.
    """

    _runner: Runner
    _actor: Actor | None
    _kind: str

    def _command(self, verb: str) -> str:
        """Return the name of a command, which stays for ever, as digests are made of it."""
        return operation_on(self._kind, verb)

    @property
    def kind(self) -> KindOfWork[AnyTicket]:
        """The kind of work. Raises `NotFoundError` if the desk has none of this name."""
        return self._runner.config.kind(self._kind)

    def log(
        self,
        title: str,
        *,
        requester: str | None = None,
        impact: str | None = None,
        urgency: str | None = None,
        channel: str | None = None,
        site: str | None = None,
        service: str | None = None,
        configuration_item: str | None = None,
        category: str | None = None,
        support_group: str | None = None,
        owner: str | None = None,
        affected_person: str | None = None,
        organisation: str | None = None,
        needed_by: datetime | None = None,
        opened_at: datetime | None = None,
        details: Mapping[str, object] = EMPTY,
        restricted_to: str | None = None,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> AnyTicket:
        """
        Log a ticket.

        Args:
            title: What it is about, in a line.
            requester: Who is affected; by default, the actor.
            impact: A level of the desk's matrix; by default, the one that follows from the configuration by
                the rules of the desk, or else the least grave.
            urgency: A level of the desk's matrix; by default, the least urgent.
            channel: The way it came in.
            site: The place.
            service: The service.
            configuration_item: The configuration item.
            category: The desk's own classification.
            support_group: The group that takes it first.
            owner: Who answers for it; by default, who logs it for somebody else, or the desk's own owner.
            affected_person: Who has the need, if that is not who asks.
            organisation: The organisation of the requester.
            needed_by: When the requester needs it, whatever was agreed; aware.
            opened_at: When the need arose, if that was before now; aware.
            details: Further fields of the desk's own, by name.
            restricted_to: The restriction of the desk that it is under from the beginning. Its number is of
                another series then.
            by: Who logs it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            DefinitionError: If a level or the restriction is unknown, or an instant is naive.
            AccessDeniedError: If it is not permitted.
            FieldsRefusedError: With every field of the kind that is missing, and every value that it does not
                take.
        """
        actor = acting(by, self._actor)
        described = {
            **details,
            "title": title,
            "requester": requester or actor.id,
            "channel": channel,
            "site": site,
            "service": service,
            "configuration_item": configuration_item,
            "category": category,
            "support_group": support_group,
        }
        later = {
            "owner": owner,
            "affected_person": affected_person,
            "organisation": organisation,
            "needed_by": needed_by,
        }
        # What was asked for before there were these is the same request by its digest.
        described.update((name, value) for name, value in later.items() if value is not None)
        runner = self._runner.asked(
            self._command("log"), actor, idempotency_key, impact, urgency, opened_at, described, restricted_to
        )
        occasion = runner.occasion()
        kind = self.kind
        # Outside of the transaction: the directory may be far away.
        details = placed_by(runner.directory, described)
        derived = impact_of_new(runner, kind.name, details)
        if restricted_to is not None:
            restriction_of(runner.config.access, restricted_to)

        options: dict[str, Any] = {
            "opened_at": opened_at,
            "impact": impact,
            "urgency": urgency,
            "details": details,
            "restricted_to": restricted_to,
            "derived": derived,
            "rules": runner.config.tickets,
        }
        predict = runner.config.classification.at_log
        if predict and (done := runner.known(TICKET)) is not None:
            return cast("AnyTicket", runner.shown(done))
        predicted = None
        if predict:
            from itsmkit.desk._classifying import predicted_of_new  # noqa: PLC0415  # most desks do without

            predicted = predicted_of_new(runner, kind, occasion, options)

        def decide(unit: UnitOfWork) -> Decision[AnyTicket]:
            number = number_of_new(runner, unit, kind, restricted_to)
            decision = kind.log(runner.new_id(), number, occasion, **options)
            if predicted is None:
                return decision
            from itsmkit.desk._classifying import classified  # noqa: PLC0415  # as above

            decided = {name for name, given in (*options.items(), *details.items()) if given is not None}
            return classified(runner, unit, decision, predicted, decided | ({"impact"} if derived else set()))

        return runner.begin(decide)

    def transition(
        self,
        /,
        ticket_id: TicketId,
        trigger: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
        **details: object,
    ) -> AnyTicket:
        """
        Move a ticket through its workflow.

        Args:
            ticket_id: The ticket.
            trigger: What is asked for, such as ``"start"``.
            by: Who asks.
            idempotency_key: Chosen by who asks, to have it done once.
            **details: What the move needs to be told, such as ``resolution="…"``.

        Raises:
            NotFoundError: If there is no such ticket of this kind.
            TransitionRefusedError: If the workflow or a field forbids it, or it would be resolved without
                what the desk asks for, with every reason.
            RefusedError: If it would be reopened too late.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked(
            self._command("transition"), actor, idempotency_key, ticket_id, trigger, details
        ).moving(trigger)
        occasion = runner.occasion()

        def decide(unit: UnitOfWork, ticket: Ticket) -> Decision[Ticket]:
            return moved(runner, unit, ticket, trigger=trigger, occasion=occasion, details=details)

        return cast("AnyTicket", runner.change_knowing(ticket_id, decide, kind=self.kind.name))

    def prioritise(
        self,
        ticket_id: TicketId,
        *,
        impact: str | None = None,
        urgency: str,
        priority: str | None = None,
        reason: str | None = None,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> AnyTicket:
        """
        Judge a ticket's impact and urgency, and with them its priority.

        Args:
            ticket_id: The ticket.
            impact: A level of the desk's matrix; by default, the one that follows from the configuration by
                the rules of the desk.
            urgency: A level of the desk's matrix.
            priority: Another priority than the matrix gives.
            reason: Why; needed with another priority, and with another impact than follows or the ticket has.
            by: Who judges.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            DefinitionError: If a level or the priority is unknown.
            RefusedError: If another priority or impact comes without a reason, or no impact is given and none
                follows.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked(
            self._command("prioritise"),
            actor,
            idempotency_key,
            ticket_id,
            impact,
            urgency,
            priority,
            reason,
        )
        occasion = runner.occasion()
        matrix, derived = self.kind.priorities, impact_before(runner, ticket_id)
        return runner.change_of(
            self.kind,
            ticket_id,
            lambda ticket: prioritise(
                ticket,
                matrix,
                occasion,
                impact=impact,
                urgency=urgency,
                priority=priority,
                reason=reason,
                derived=derived(ticket),
            ),
        )

    def take_over(
        self,
        number: str,
        seen: Observation,
        *,
        opened_at: datetime,
        at: datetime | None = None,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> AnyTicket:
        """
        Begin the history of a ticket that another system keeps.

        If its number is of the desk's own form, the numbers of new tickets follow it.

        Args:
            number: Its number there, and here.
            seen: How it looks there.
            opened_at: When the need arose; aware.
            at: When it was seen so, aware; by default, now.
            by: Who changed it there.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            ConflictError: If a ticket of this number is here already.
            DefinitionError: If an instant is naive.
            NotFoundError: If our workflow does not know its state.
            AccessDeniedError: If it is not permitted; or if the number, be it in use or not, is one of those
                that tickets have under a restriction, and who asks may not see these.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked(
            self._command("take_over"), actor, idempotency_key, number, seen, opened_at, at
        )
        occasion = runner.occasion(at)
        kind = self.kind

        def decide(unit: UnitOfWork) -> Decision[AnyTicket]:
            decision = take_over(
                kind,
                runner.new_id(),
                number,
                seen,
                occasion,
                opened_at=opened_at,
                rules=runner.config.tickets,
            )
            for series, prefix in runner.config.prefixes.items():
                taken = _place_in_series(prefix, number)
                if taken is None:
                    continue
                name, _, restriction = series.partition(".")
                if runner.guard is not None and restriction:
                    runner.guard.judge_number(decision.ticket, prefix, restriction)
                if name == kind.name:
                    unit.skip_numbers(series, taken)
            return decision

        return runner.begin(decide)

    def catch_up(
        self,
        ticket_id: TicketId,
        seen: Observation,
        *,
        at: datetime | None = None,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> AnyTicket:
        """
        Bring a ticket to where another system shows it.

        A move that our workflow forbids becomes an administrative correction that says so.

        Args:
            ticket_id: The ticket.
            seen: How it looks there.
            at: When it was seen so, aware; by default, now.
            by: Who changed it there.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            DefinitionError: If *at* is naive.
            NotFoundError: If there is no such ticket of this kind, or our workflow does not know its state.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked(self._command("catch_up"), actor, idempotency_key, ticket_id, seen, at)
        occasion = runner.occasion(at)
        kind = self.kind
        rules = runner.config.tickets
        return runner.change_of(
            kind, ticket_id, lambda ticket: catch_up(kind, ticket, seen, occasion, rules=rules)
        )


def moved(
    runner: Runner,
    unit: UnitOfWork,
    ticket: Ticket,
    *,
    trigger: str,
    occasion: Occasion,
    details: Mapping[str, object] = EMPTY,
) -> Decision[Ticket]:
    """
    Decide to move a ticket through the workflow of its kind, as the desk's rules let it.

    Raises:
        NotFoundError: If the desk has not got its kind.
        TransitionRefusedError: If the workflow or a field forbids it, or it would be resolved without what
            the desk asks for, with every reason.
        RefusedError: If it would be reopened too late.
    """
    rules = runner.config.tickets
    kind = runner.config.kind_of(ticket)
    decision = kind.transition(ticket, trigger, occasion, details, rules=rules, effects=runner.config.effects)
    if rules.reopening.within is not None and not ticket.is_open and decision.ticket.is_open:
        refuse_late(ticket, rules.reopening, unit.history(ticket.id), occasion.at)
    return decision


def number_of_new(runner: Runner, unit: UnitOfWork, kind: KindOfWork[Any], restricted_to: str | None) -> str:
    """
    Draw the display number of a new ticket.

    What is under a restriction has numbers of another series, so that no gap tells of it.
    """
    rules = runner.config.access
    restriction = None if rules is None or restricted_to is None else rules.restriction(restricted_to)
    if restriction is None:
        return f"{kind.prefix}{unit.next_number(kind.name)}"
    number = unit.next_number(f"{kind.name}.{restriction.name}")
    return f"{kind.prefix}{restriction.prefix}{number}"


def _place_in_series(prefix: str, number: str) -> int | None:
    """Return which number of the desk's own series *number* is, or ``None`` if it is of another form."""
    digits = number.removeprefix(prefix)
    return int(digits) if number.startswith(prefix) and _DIGITS.fullmatch(digits) else None
