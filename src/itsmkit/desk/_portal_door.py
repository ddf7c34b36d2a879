"""What the parts of a portal share: whose it is, and which tickets are there for them."""

from attrs import frozen

from itsmkit.conditions import NEVER, Condition, all_of, any_of, compile_condition, one_of, present
from itsmkit.desk._commands import Runner
from itsmkit.desk._directory import organisation_of
from itsmkit.desk._searching import Searching
from itsmkit.errors import NotFoundError, RefusedError
from itsmkit.plugin import TicketQuery
from itsmkit.plugin.queries import MAX_PAGE
from itsmkit.practices import PromisePolicy
from itsmkit.practices.portal import (
    Outage,
    PortalRules,
    PortalTicket,
    is_own,
    of_organisation,
    outage_of,
    own,
    portal_ticket,
)
from itsmkit.tickets import DONE_CATEGORIES, Actor, Ticket, TicketId

__all__ = ["PortalDoor"]


@frozen
class PortalDoor:
    """
    The way of one of the people whom a desk works for.

    The parts of a portal stand in modules of their own; `Portal` is all of them.
    """

    _runner: Runner
    _viewer: Actor
    _searching: Searching

    @property
    def _rules(self) -> PortalRules:
        return self._runner.config.portal

    @property
    def _promises(self) -> PromisePolicy:
        return self._runner.config.promises or PromisePolicy()

    def outages(self, service: str | None = None) -> tuple[Outage, ...]:
        """
        Return what is known to be out of order, the newest first: to be shown before anything is submitted.

        Args:
            service: Only what concerns this service.
        """
        is_outage = all_of(
            self._rules.outages,
            ~one_of("state_category", *sorted(DONE_CATEGORIES)),
            ~present("restricted_to"),
            ~present("merged_into"),
        )
        # Everybody is told of it, whoever may see the ticket.
        reader = self._runner.privileged_reader("portal.outages")
        found = (each.ticket for each in reader.pages(TicketQuery(is_outage, (), MAX_PAGE)))
        some = [each for each in found if service is None or each.service == service]
        some.sort(key=lambda ticket: (ticket.opened_at, ticket.id), reverse=True)
        return tuple(outage_of(each, self._promises) for each in some)

    def _of_organisation(self) -> Condition:
        if not self._rules.sees_organisation:
            return NEVER
        return of_organisation(organisation_of(self._runner.directory, self._viewer.id))

    def _seen(self, number: str) -> Ticket:
        """Return a ticket that they may see here."""
        try:
            ticket = self._runner.reader("tickets.by_number", self._viewer).by_number(number).ticket
        except NotFoundError:
            raise NotFoundError("ticket", number) from None
        sees = compile_condition(any_of(own(self._viewer.id), self._of_organisation()))
        if not sees(ticket.facts()):
            raise NotFoundError("ticket", number)
        return ticket

    def _own(self, number: str) -> Ticket:
        """Return a ticket that they may act on here."""
        ticket = self._seen(number)
        if not is_own(ticket, self._viewer.id):
            refusal = f"{number} is one of your organisation, and not yours; ask {ticket.requester}"
            raise RefusedError(refusal)
        return ticket

    def _shown(self, ticket: Ticket) -> PortalTicket:
        runner = self._runner
        with runner.store.begin() as unit:
            history = runner.reader("tickets.history", self._viewer).history(unit, TicketId(ticket.id))
        return portal_ticket(
            ticket,
            history[: ticket.version],
            person=self._viewer.id,
            desk=runner.config.name,
            promises=self._promises,
        )
