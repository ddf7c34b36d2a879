"""The part of a portal for the service catalogue: what is offered, ordered and approved."""

from collections.abc import Mapping
from datetime import datetime

from attrs import frozen

from itsmkit._frozen import EMPTY
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._fulfilment import item_ordered
from itsmkit.desk._portal_door import PortalDoor
from itsmkit.desk._votes import REQUESTED
from itsmkit.desk._voting import requests_of, to_be_cast
from itsmkit.desk.catalogue import CatalogueCommands
from itsmkit.desk.ordering import OrderCommands
from itsmkit.errors import NotFoundError, RefusedError
from itsmkit.plugin import TicketQuery
from itsmkit.plugin.queries import MAX_PAGE
from itsmkit.practices.catalogue import progress_of, votes_awaited
from itsmkit.practices.portal import (
    PortalApproval,
    PortalOffer,
    PortalOrder,
    PortalTicket,
)
from itsmkit.tickets import Ticket
from itsmkit.workflow.tasks import TaskStatus

__all__ = ["OffersOfPortal"]


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
        """
        Return the orders that wait for their approval, the one that was placed first before the others.

        Those are among them that wait for somebody whom they stand in for now.
        """
        # Who is asked may see what they are asked about, whatever else they see.
        reader = self._runner.privileged_reader("portal.to_approve")
        found = (each.ticket for each in reader.pages(TicketQuery(REQUESTED, (), MAX_PAGE)))
        return tuple(each for order in found for each in self._asked(order))

    def approve(
        self,
        number: str,
        reason: str = "",
        *,
        on_behalf_of: str | None = None,
        idempotency_key: str | None = None,
    ) -> None:
        """
        Approve an order, as one who is asked, or who stands in for one.

        Args:
            number: The order.
            reason: What they say to it.
            on_behalf_of: Whose vote it is; by default, their own, or that of the only one for whom they are
                asked.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no order of this number that waits for them.
            RefusedError: If they are asked in the place of several, and do not say of whom.
        """
        order, asked = self._awaited(number, on_behalf_of)
        self._orders.approve(
            order.id,
            stage=asked.stage,
            on_behalf_of=asked.on_behalf_of,
            reason=reason,
            idempotency_key=idempotency_key,
        )

    def reject(
        self,
        number: str,
        reason: str,
        *,
        on_behalf_of: str | None = None,
        idempotency_key: str | None = None,
    ) -> None:
        """
        Reject an order, as one who is asked, or who stands in for one.

        Args:
            number: The order.
            reason: Why.
            on_behalf_of: As for `approve`.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no order of this number that waits for them.
            RefusedError: If they are asked in the place of several, and do not say of whom.
        """
        order, asked = self._awaited(number, on_behalf_of)
        self._orders.reject(
            order.id,
            stage=asked.stage,
            on_behalf_of=asked.on_behalf_of,
            reason=reason,
            idempotency_key=idempotency_key,
        )

    @property
    def _orders(self) -> OrderCommands:
        return OrderCommands(self._runner, self._viewer)

    def _awaited(self, number: str, on_behalf_of: str | None) -> tuple[Ticket, PortalApproval]:
        """Return an order that waits for the viewer, and as what they are asked, their own seat first."""
        try:
            order = self._runner.privileged_reader("portal.approve").by_number(number).ticket
        except NotFoundError:
            raise NotFoundError("order", number) from None
        asked = [each for each in self._asked(order) if on_behalf_of in (None, each.on_behalf_of)]
        if not asked:
            raise NotFoundError("order", number)
        others = dict.fromkeys(each.on_behalf_of for each in asked if each.on_behalf_of is not None)
        if asked[0].on_behalf_of is not None and len(others) > 1:
            refusal = f"{number} waits for several whom you stand in for; say for whom: {', '.join(others)}"
            raise RefusedError(refusal)
        return order, asked[0]

    def _asked(self, order: Ticket) -> tuple[PortalApproval, ...]:
        """Return what the viewer is asked to approve of an order, stage by stage; empty if nothing."""
        if order.restricted_to is not None:
            return ()
        runner, viewer = self._runner, self._viewer
        with runner.store.begin() as unit:
            history = unit.history(order.id)
            asked = requests_of(runner, unit, order, history, viewer.id)
        may = to_be_cast(runner, order, asked, viewer) if asked else ()
        # Whoever has a seat is shown it; who stands in, what they may vote on.
        shown = [each for each in asked if not each.via or each in may]
        return tuple(
            PortalApproval(
                each.number,
                each.title,
                each.requester,
                each.price,
                each.answers,
                each.stage,
                each.on_behalf_of,
            )
            for each in votes_awaited(order, history, shown, viewer.id)
        )
