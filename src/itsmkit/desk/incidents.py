"""The commands of incident management."""

import re
from collections.abc import Mapping
from datetime import datetime

from attrs import frozen

from itsmkit._frozen import EMPTY
from itsmkit.desk._commands import Runner, acting
from itsmkit.plugin import UnitOfWork
from itsmkit.practices import (
    INCIDENT,
    Decision,
    Incident,
    Observation,
    catch_up,
    prioritise,
    take_over,
    transition,
)
from itsmkit.tickets import Actor, TicketId

__all__ = ["IncidentCommands"]

_DIGITS = re.compile(r"[1-9][0-9]{0,17}")
"""A number as the desk writes it, and no greater than every store can count."""


@frozen
class IncidentCommands:
    """
    What can be asked of incident management; reached as ``desk.incidents``.

    Every command takes ``by``, who does it, unless the desk is bound to an actor; and ``idempotency_key``, by
    which it is done once, and answers the same, however often it is asked for. It returns the incident after
    it. It raises, and changes nothing, if a rule refuses.
    """

    _runner: Runner
    _actor: Actor | None

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
        opened_at: datetime | None = None,
        details: Mapping[str, object] = EMPTY,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Incident:
        """
        Log an incident.

        Args:
            title: What it is about, in a line.
            requester: Who is affected; by default, the actor.
            impact: A level of the desk's matrix; by default, the least grave.
            urgency: A level of the desk's matrix; by default, the least urgent.
            channel: The way it came in.
            site: The place.
            service: The service.
            configuration_item: The configuration item.
            category: The desk's own classification.
            support_group: The group that takes it first.
            opened_at: When the need arose, if that was before now; aware.
            details: Further fields of the desk's own, by name.
            by: Who logs it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            DefinitionError: If a level is unknown, or *opened_at* is naive.
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
        runner = self._runner.once(
            idempotency_key, "incidents.log", actor, impact, urgency, opened_at, described
        )
        occasion = runner.occasion(actor)
        practice = runner.config.incidents

        def decide(unit: UnitOfWork) -> Decision[Incident]:
            return practice.log(
                runner.new_id(),
                f"{practice.prefix}{unit.next_number(INCIDENT)}",
                occasion,
                opened_at=opened_at,
                impact=impact,
                urgency=urgency,
                details=described,
            )

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
    ) -> Incident:
        """
        Move an incident through its workflow.

        Args:
            ticket_id: The incident.
            trigger: What is asked for, such as ``"start"``.
            by: Who asks.
            idempotency_key: Chosen by who asks, to have it done once.
            **details: What the move needs to be told, such as ``resolution="…"``.

        Raises:
            NotFoundError: If there is no such incident.
            TransitionRefusedError: If the workflow forbids it, with every reason.
        """
        actor = acting(by, self._actor)
        runner = self._runner.once(
            idempotency_key, "incidents.transition", actor, ticket_id, trigger, details
        )
        occasion = runner.occasion(actor)
        workflow = runner.config.incidents.workflow
        return runner.change(
            ticket_id, lambda incident: transition(incident, workflow, trigger, occasion, details)
        )

    def prioritise(
        self,
        ticket_id: TicketId,
        *,
        impact: str,
        urgency: str,
        priority: str | None = None,
        reason: str | None = None,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Incident:
        """
        Judge an incident's impact and urgency, and with them its priority.

        Args:
            ticket_id: The incident.
            impact: A level of the desk's matrix.
            urgency: A level of the desk's matrix.
            priority: Another priority than the matrix gives.
            reason: Why; needed with another priority.
            by: Who judges.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            DefinitionError: If a level or the priority is unknown.
            RefusedError: If another priority comes without a reason.
        """
        actor = acting(by, self._actor)
        runner = self._runner.once(
            idempotency_key, "incidents.prioritise", actor, ticket_id, impact, urgency, priority, reason
        )
        occasion = runner.occasion(actor)
        matrix = runner.config.incidents.priorities
        return runner.change(
            ticket_id,
            lambda incident: prioritise(
                incident, matrix, occasion, impact=impact, urgency=urgency, priority=priority, reason=reason
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
    ) -> Incident:
        """
        Begin the history of an incident that another system keeps.

        If its number is of the desk's own form, the numbers of new incidents follow it.

        Args:
            number: Its number there, and here.
            seen: How it looks there.
            opened_at: When the need arose; aware.
            at: When it was seen so, aware; by default, now.
            by: Who changed it there.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            ConflictError: If an incident of this number is here already.
            DefinitionError: If an instant is naive.
            NotFoundError: If our workflow does not know its state.
        """
        actor = acting(by, self._actor)
        runner = self._runner.once(idempotency_key, "incidents.take_over", actor, number, seen, opened_at, at)
        occasion = runner.occasion(actor, at)
        practice = runner.config.incidents

        def decide(unit: UnitOfWork) -> Decision[Incident]:
            taken = _place_in_series(practice.prefix, number)
            if taken is not None:
                unit.skip_numbers(INCIDENT, taken)
            return take_over(practice, runner.new_id(), number, seen, occasion, opened_at=opened_at)

        return runner.begin(decide)

    def catch_up(
        self,
        ticket_id: TicketId,
        seen: Observation,
        *,
        at: datetime | None = None,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Incident:
        """
        Bring an incident to where another system shows it.

        A move that our workflow forbids becomes an administrative correction that says so.

        Args:
            ticket_id: The incident.
            seen: How it looks there.
            at: When it was seen so, aware; by default, now.
            by: Who changed it there.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            DefinitionError: If *at* is naive.
            NotFoundError: If there is no such incident, or our workflow does not know its state.
        """
        actor = acting(by, self._actor)
        runner = self._runner.once(idempotency_key, "incidents.catch_up", actor, ticket_id, seen, at)
        occasion = runner.occasion(actor, at)
        practice = runner.config.incidents
        return runner.change(ticket_id, lambda incident: catch_up(practice, incident, seen, occasion))


def _place_in_series(prefix: str, number: str) -> int | None:
    """Return which number of the desk's own series *number* is, or ``None`` if it is of another form."""
    digits = number.removeprefix(prefix)
    return int(digits) if number.startswith(prefix) and _DIGITS.fullmatch(digits) else None
