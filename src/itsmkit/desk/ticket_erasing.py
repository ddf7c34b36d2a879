"""The commands that erase what is personal in tickets."""

from typing import NamedTuple

from attrs import frozen

from itsmkit.conditions import Comparison, Operator
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._once import Answer, Plain
from itsmkit.desk._ticket_door import TicketDoor
from itsmkit.errors import RefusedError
from itsmkit.plugin import TicketQuery, UnitOfWork
from itsmkit.practices import Decision, Occasion, erase
from itsmkit.tickets import Actor, PersonalDataErased, Ticket, TicketId

__all__ = ["ErasedTickets", "ErasingOfTickets"]


class ErasedTickets(NamedTuple):
    """
    What came of erasing a page of tickets.

    Args:
        erased: The tickets in which nothing personal is left.
        refused: Those that stay as they are, each with the reason.
        next: What to give as ``after`` to `TicketCommands.erase_person`, to go on; ``None`` if there are no
            more.
    """

    erased: tuple[TicketId, ...]
    refused: tuple[tuple[TicketId, str], ...]
    next: str | None


@looking_at_arguments()
@frozen
class ErasingOfTickets(TicketDoor):
    """What can be asked to be erased; part of ``desk.tickets``."""

    def erase(
        self,
        ticket_id: TicketId,
        *,
        reason: str,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Erase what is personal in a ticket: what people wrote, its title and further details, and its files.

        Who it is about, and what happened when, stays, and so do the chain of its history and all
        checkpoints. What was to be told about it, and was not delivered yet, is dropped. A ticket in which
        nothing personal is left stays as it is.

        Args:
            ticket_id: The ticket.
            reason: Why. It stays in the history.
            by: Who erases.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            DefinitionError: If there is no reason.
            RefusedError: If events of the ticket were saved without a salt, as earlier releases did: what is
                personal in these stands in its chain for good.
        """
        runner = self._asked("erase", by, idempotency_key, ticket_id, reason)
        erasing = _Erasing(runner.occasion(), reason)
        return runner.change_erased(ticket_id, erasing)

    def erase_person(
        self,
        person: str,
        *,
        reason: str,
        limit: int = 50,
        after: str | None = None,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> ErasedTickets:
        """
        Erase what is personal in the tickets that somebody has requested, a page of them: see `erase`.

        A page is done as a whole or not at all. Go on from ``next`` until there is none; whoever was
        interrupted may as well begin anew, since what is erased stays as it is.

        Args:
            person: Who has requested the tickets.
            reason: Why. It stays in the histories.
            limit: The most tickets to look at, 1 to `MAX_PAGE`.
            after: Where to go on: the ``next`` of the page before.
            by: Who erases.
            idempotency_key: Chosen by who asks, to have the page done once.

        Raises:
            DefinitionError: If there is no reason, or *limit* or *after* cannot be right.
        """
        runner = self._asked("erase_person", by, idempotency_key, person, reason, limit, after)
        erasing = _Erasing(runner.occasion(), reason)
        query = TicketQuery(Comparison("requester", Operator.EQUALS, person), (), limit, after)
        reader = self._reader("erase_person")

        def work(unit: UnitOfWork) -> ErasedTickets:
            page = reader.find(query)
            done: list[TicketId] = []
            refused: list[tuple[TicketId, str]] = []
            for stored in page.tickets:
                ticket_id = stored.ticket.id
                try:
                    runner.erase_in(unit, ticket_id, erasing)
                except RefusedError as error:
                    refused.append((ticket_id, str(error)))
                else:
                    done.append(ticket_id)
            return ErasedTickets(tuple(done), tuple(refused), page.next)

        return runner.answered(work, _ERASED_TICKETS)


class _Erasing:
    """
    Decides what an erasure adds to a ticket.

    Args:
        occasion: When, and by whom.
        reason: Why.

    Raises:
        DefinitionError: If there is no reason.
    """

    def __init__(self, occasion: Occasion, reason: str) -> None:
        PersonalDataErased(reason)  # so that it is refused before anything else is done
        self._occasion = occasion
        self._reason = reason

    def __call__(self, ticket: Ticket) -> Decision[Ticket]:
        return erase(ticket, self._occasion, reason=self._reason)


def _erased_to_plain(page: ErasedTickets) -> dict[str, object]:
    return {
        "erased": [*page.erased],
        "refused": [[ticket_id, reason] for ticket_id, reason in page.refused],
        "next": page.next,
    }


def _erased_from(plain: Plain, _unit: UnitOfWork) -> ErasedTickets:
    refused = tuple((TicketId(ticket_id), reason) for ticket_id, reason in plain["refused"])
    return ErasedTickets(tuple(map(TicketId, plain["erased"])), refused, plain["next"])


_ERASED_TICKETS = Answer(_erased_to_plain, _erased_from)
