"""The portal of a desk: what one of the people whom it works for can see and do, and nothing besides."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

from attrs import frozen

from itsmkit._problems import close_to, shown
from itsmkit.conditions import Condition, one_of
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk.portal_knowledge import KnowledgeOfPortal
from itsmkit.desk.portal_offers import OffersOfPortal
from itsmkit.desk.surveys import answer_as
from itsmkit.desk.tickets import TicketCommands
from itsmkit.desk.work import WorkCommands
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.plugin import TicketQuery
from itsmkit.plugin.queries import MAX_PAGE
from itsmkit.practices import INCIDENT, FieldsRefusedError
from itsmkit.practices.access import AccessDeniedError
from itsmkit.practices.portal import (
    PortalRating,
    PortalTicket,
    own,
)
from itsmkit.tickets import DONE_CATEGORIES, Ticket

__all__ = ["Portal"]

Result = TypeVar("Result")


@looking_at_arguments()
@frozen
class Portal(KnowledgeOfPortal, OffersOfPortal):
    """
    What one of the people whom a desk works for can see and do; made by ``desk.portal(viewer)``.

    They see their own tickets, and those of their organisation if the rules of the portal say so, whatever
    else they might see as somebody who works for the desk. What is under a restriction is not there. On a
    desk with rules of access, these hold besides.

    Tickets are known by their numbers. Nothing that it returns, or raises, tells of anything internal.
    """

    # -- what there is ---------------------------------------------------------------------------

    def mine(self, *, is_open: bool | None = None) -> Iterator[PortalTicket]:
        """
        Go through their own tickets, in the order in which they were logged.

        Args:
            is_open: Whether only those that are not done, or only those that are; by default, all.
        """
        return self._each(own(self._viewer.id), is_open)

    def of_my_organisation(self, *, is_open: bool | None = None) -> Iterator[PortalTicket]:
        """
        Go through the tickets of their organisation, in the order in which they were logged.

        None is there if the rules of the portal let people see their own only.

        Args:
            is_open: As for `mine`.
        """
        return self._each(self._of_organisation(), is_open)

    def ticket(self, number: str) -> PortalTicket:
        """
        Return a ticket.

        Raises:
            NotFoundError: If there is none of this number for them.
        """
        return self._shown(self._seen(number))

    def file(self, number: str, digest: str) -> bytes:
        """
        Return the content of a file of a ticket.

        Raises:
            NotFoundError: If there is no such ticket for them, or no such file that they may see.
        """
        found = self._seen(number)
        if not any(each.digest == digest and each.is_public for each in found.attachments):
            raise NotFoundError("file", digest)
        return self._runner.store.attachment(digest)

    # -- what they do ----------------------------------------------------------------------------

    def submit(
        self,
        /,
        title: str,
        *,
        kind: str = INCIDENT,
        description: str | None = None,
        service: str | None = None,
        category: str | None = None,
        site: str | None = None,
        needed_by: datetime | None = None,
        idempotency_key: str | None = None,
        **fields: object,
    ) -> PortalTicket:
        """
        Submit a ticket.

        Args:
            title: What it is about, in a line.
            kind: One of the kinds that the portal offers.
            description: More about it.
            service: The service that it concerns.
            category: What it is classified as.
            site: The place; by default, theirs.
            needed_by: When they need it; aware.
            idempotency_key: Chosen by who asks, to have it done once.
            **fields: The fields that the kind declares, by name.

        Raises:
            DefinitionError: If the portal does not offer such a kind, or the kind declares no such field.
            FieldsRefusedError: With every field that is missing or wrong.
            AccessDeniedError: If it is not permitted.
        """
        offered = [each for each in self._rules.kinds if each in self._runner.config.kinds]
        if kind not in offered:
            problem = f"kind: the portal does not take {shown(kind)}; {close_to(kind, offered)}"
            raise DefinitionError(problem)
        self._check_fields(kind, fields)
        given: dict[str, Any] = {
            "service": service,
            "category": category,
            "site": site,
            "needed_by": needed_by,
        }
        said = fields if description is None else {"description": description, **fields}
        work: WorkCommands[Any] = WorkCommands(self._runner, self._viewer, kind)
        ticket: Ticket = work.log(
            title,
            requester=self._viewer.id,
            channel="portal",
            details=said,
            idempotency_key=idempotency_key,
            **{name: value for name, value in given.items() if value is not None},
        )
        return self._shown(ticket)

    def comment(self, number: str, text: str, *, idempotency_key: str | None = None) -> PortalTicket:
        """
        Write on a ticket of their own.

        Args:
            number: The ticket.
            text: The words.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such ticket of theirs.
            RefusedError: If the text is empty, or nothing can be written on it any more.
        """
        ticket = self._own(number)
        if not text.strip():
            refusal = f"cannot write on {number}: the text is empty"
            raise RefusedError(refusal)
        return self._done(
            ticket,
            "written on",
            lambda: self._tickets.send_message(ticket.id, text, idempotency_key=idempotency_key),
        )

    def confirm(self, number: str, *, idempotency_key: str | None = None) -> PortalTicket:
        """
        Confirm that it is solved.

        Args:
            number: The ticket.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such ticket of theirs.
            RefusedError: If it is not solved.
        """
        ticket = self._own(number)
        return self._done(
            ticket,
            "confirmed",
            lambda: self._tickets.transition(ticket.id, self._rules.confirm, idempotency_key=idempotency_key),
        )

    def reopen(self, number: str, reason: str, *, idempotency_key: str | None = None) -> PortalTicket:
        """
        Have it taken up again, since it is not solved after all.

        Args:
            number: The ticket.
            reason: Why.
            idempotency_key: Chosen by who asks, to have it done once.

        Returns:
            The same ticket; or a new one that follows it up, if it was done too long ago.

        Raises:
            NotFoundError: If there is no such ticket of theirs.
            RefusedError: If no reason is given, or it is not done.
        """
        ticket = self._own(number)
        if not reason.strip():
            refusal = f"cannot take up {number} again: say why"
            raise RefusedError(refusal)
        return self._done(
            ticket,
            "taken up again",
            lambda: self._tickets.reopen(ticket.id, reason, follow_up=True, idempotency_key=idempotency_key),
        )

    def rate(
        self, number: str, score: int, comment: str | None = None, *, idempotency_key: str | None = None
    ) -> PortalRating:
        """
        Answer the survey that they were sent about a ticket, without its token.

        Args:
            number: The ticket.
            score: The answer, on the scale of the survey.
            comment: What they say besides.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such ticket of theirs.
            RefusedError: If they are asked nothing about it, or have answered.
            DefinitionError: If the score is not on the scale.
        """
        ticket = self._own(number)
        survey = answer_as(self._runner, self._viewer, ticket, score, comment, key=idempotency_key)
        return PortalRating(number, survey.measure, score, survey.comment)

    # -- how it is done --------------------------------------------------------------------------

    @property
    def _tickets(self) -> TicketCommands:
        return TicketCommands(self._runner, self._viewer)

    def _check_fields(self, kind: str, given: Mapping[str, object]) -> None:
        """Let pass what the kind asks people for; all else could be something of the desk's own."""
        declared = self._runner.config.kind(kind).fields
        known = [] if declared is None else [each.name for each in declared.fields]
        problems = [
            f"{name}: {kind} has no such field; {close_to(name, known)}"
            for name in given
            if name not in known
        ]
        if problems:
            raise DefinitionError(*problems)

    def _each(self, whose: Condition, is_open: bool | None) -> Iterator[PortalTicket]:
        done = one_of("state_category", *sorted(DONE_CATEGORIES))
        where = whose if is_open is None else whose & (~done if is_open else done)
        query = TicketQuery(where, (), MAX_PAGE)
        found = self._runner.reader("tickets.matching", self._viewer).pages(query)
        return (self._shown(each.ticket) for each in found)

    def _done(self, ticket: Ticket, what: str, command: Callable[[], Ticket]) -> PortalTicket:
        """Run a command, and tell nothing of the desk's own rules if one of them refuses."""
        try:
            after = command()
        except (AccessDeniedError, FieldsRefusedError, RefusedError):
            status = self._shown(ticket).status
            refusal = f"{ticket.number} cannot be {what} now: it is {status}; ask the desk"
            raise RefusedError(refusal) from None
        return self._shown(after)
