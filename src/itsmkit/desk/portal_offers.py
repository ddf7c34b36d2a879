"""The part of a portal for the service catalogue: what is offered, ordered and approved."""

from collections.abc import Mapping
from datetime import datetime

from attrs import frozen

from itsmkit._frozen import EMPTY
from itsmkit.conditions import equals
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._fulfilment import hours_of_approval, item_ordered
from itsmkit.desk._portal_door import PortalDoor
from itsmkit.desk.catalogue import CatalogueCommands
from itsmkit.desk.ordering import OrderCommands
from itsmkit.errors import NotFoundError, RefusedError
from itsmkit.plugin import TicketQuery
from itsmkit.plugin.queries import MAX_PAGE
from itsmkit.practices.catalogue import approval_of, progress_of
from itsmkit.practices.portal import (
    PortalApproval,
    PortalOffer,
    PortalOrder,
    PortalTicket,
)
from itsmkit.tickets import ItemOrdered, Ticket, TicketId
from itsmkit.workflow.tasks import TaskStatus

__all__ = ["OffersOfPortal"]

_REQUESTED = equals("approval", "requested")


@looking_at_arguments()
@frozen
class OffersOfPortal(PortalDoor):
    """The part of `Portal` for the service catalogue."""

    def offers(self, *, zone: str | None = None) -> tuple[PortalOffer, ...]:
        """
        Return what can be ordered, with its support hours.

        Args:
            zone: The name of the zone in which these are told; by default, UTC.

        Raises:
            DefinitionError: If there is no such zone.
        """
        directory = CatalogueCommands(self._runner, self._viewer).directory(zone=zone)
        return tuple(PortalOffer.of(each) for each in directory)

    def order(
        self,
        key: str,
        answers: Mapping[str, object] = EMPTY,
        *,
        needed_by: datetime | None = None,
        files: Mapping[str, bytes] = EMPTY,
        idempotency_key: str | None = None,
    ) -> PortalTicket:
        """
        Order something.

        Args:
            key: What, by its key.
            answers: What is answered to its form, by the names of fields.
            needed_by: When they need it; aware.
            files: The contents of files that are handed in with the form, by their names.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If no such item is offered to them.
            AnswersRefusedError: With everything that is wrong with the answers.
            AccessDeniedError: If it is not permitted.
        """
        order = OrderCommands(self._runner, self._viewer).place(
            key,
            answers,
            channel="portal",
            needed_by=needed_by,
            files=files,
            idempotency_key=idempotency_key,
        )
        return self._shown(order)

    def progress(self, number: str) -> PortalOrder:
        """
        Return how far an order is.

        Raises:
            NotFoundError: If there is no such ticket for them.
            RefusedError: If it is no order.
        """
        ticket = self._seen(number)
        with self._runner.store.begin() as unit:
            history = unit.history(ticket.id)
            item = item_ordered(unit, history)
        if item is None:
            refusal = f"{number} is no order of the service catalogue"
            raise RefusedError(refusal)
        tasks = progress_of(item, history).tasks.tasks.values()
        approval = ticket.fact("approval")
        done = sum(each.status in (TaskStatus.DONE, TaskStatus.SKIPPED) for each in tasks)
        return PortalOrder(number, None if approval is None else str(approval), done, len(tasks))

    # -- approving -------------------------------------------------------------------------------

    def to_approve(self) -> tuple[PortalApproval, ...]:
        """Return the orders that wait for their approval, the one that was placed first before the others."""
        # Who is asked may see what they are asked about, whatever else they see.
        reader = self._runner.privileged_reader("portal.to_approve")
        found = (each.ticket for each in reader.pages(TicketQuery(_REQUESTED, (), MAX_PAGE)))
        return tuple(each for order in found for each in self._asked(order))

    def approve(self, number: str, reason: str = "", *, idempotency_key: str | None = None) -> None:
        """
        Approve an order, as one who is asked.

        Args:
            number: The order.
            reason: What they say to it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no order of this number that waits for them.
        """
        order, stage = self._awaited(number)
        self._orders.approve(order.id, stage=stage, reason=reason, idempotency_key=idempotency_key)

    def reject(self, number: str, reason: str, *, idempotency_key: str | None = None) -> None:
        """
        Reject an order, as one who is asked.

        Args:
            number: The order.
            reason: Why.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no order of this number that waits for them.
        """
        order, stage = self._awaited(number)
        self._orders.reject(order.id, stage=stage, reason=reason, idempotency_key=idempotency_key)

    @property
    def _orders(self) -> OrderCommands:
        return OrderCommands(self._runner, self._viewer)

    def _awaited(self, number: str) -> tuple[Ticket, str]:
        """Return an order that waits for the viewer, and the stage at which they are asked."""
        try:
            order = self._runner.privileged_reader("portal.approve").by_number(number).ticket
        except NotFoundError:
            raise NotFoundError("order", number) from None
        for asked in self._asked(order):
            return order, asked.stage
        raise NotFoundError("order", number)

    def _asked(self, order: Ticket) -> tuple[PortalApproval, ...]:
        """Return what the viewer is asked to approve of an order, stage by stage; empty if nothing."""
        if order.restricted_to is not None:
            return ()
        with self._runner.store.begin() as unit:
            history = unit.history(TicketId(order.id))
            item = item_ordered(unit, history)
        approval = approval_of(history)
        if item is None or approval is None or approval.is_over:
            return ()
        now = max(self._runner.clock(), history[-1].effective_at)
        reading = approval.at(now, hours_of_approval(self._runner, item))
        [ordered] = [each.fact for each in history if isinstance(each.fact, ItemOrdered)]
        return tuple(
            PortalApproval(
                order.number, order.title, order.requester, ordered.price, ordered.answers, each.stage
            )
            for each in reading.open_requests
            if each.person == self._viewer.id
        )
