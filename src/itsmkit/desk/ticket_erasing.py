"""The commands that erase what is personal in tickets, and in the conversations before them."""

from typing import NamedTuple

from attrs import frozen

from itsmkit.conditions import Comparison, Operator
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner
from itsmkit.desk._once import Answer, Plain
from itsmkit.desk._ticket_door import TicketDoor
from itsmkit.errors import RefusedError
from itsmkit.plugin import TicketQuery, UnitOfWork
from itsmkit.practices import Decision, Occasion, erase
from itsmkit.tickets import Actor, PersonalDataErased, Ticket, TicketId

__all__ = ["ErasedTickets", "ErasingOfTickets"]


class ErasedTickets(NamedTuple):
    """
    What came of erasing a page of tickets and conversations.

    Args:
        erased: The tickets in which nothing personal is left.
        refused: The tickets and conversations that stay as they are, each with the reason; all conversations
            together, as ``"conversations"``, if whoever erases may not erase any.
        next: What to give as ``after`` to `TicketCommands.erase_person`, to go on; ``None`` if there are no
            more.
        conversations: The keys of the conversations in which nothing personal is left.
    """

    erased: tuple[TicketId, ...]
    refused: tuple[tuple[str, str], ...]
    next: str | None
    conversations: tuple[str, ...] = ()


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
        Erase what is personal in the tickets that somebody has requested, and in their conversations.

        Tickets come first, a page of them: see `erase`; then the conversations, as
        `ConversationCommands.erase` has it, which who erases must be permitted as well. A page is done as a
        whole or not at all. Go on from ``next`` until there is none; whoever was interrupted may as well
        begin anew, since what is erased stays as it is.

        Args:
            person: Who has requested the tickets, and talked in the conversations.
            reason: Why. It stays in the histories.
            limit: The most tickets to look at, and the most conversations, 1 to `MAX_PAGE`.
            after: Where to go on: the ``next`` of the page before.
            by: Who erases.
            idempotency_key: Chosen by who asks, to have the page done once.

        Raises:
            DefinitionError: If there is no reason, or *limit* or *after* cannot be right.
        """
        runner = self._asked("erase_person", by, idempotency_key, person, reason, limit, after)
        erasing = _Erasing(runner.occasion(), reason)
        talk = None if after is None or not after.startswith(_TALKS) else after.removeprefix(_TALKS)
        place = after if talk is None else None
        query = TicketQuery(Comparison("requester", Operator.EQUALS, person), (), limit, place)
        reader = runner.reader("tickets.erase_person", runner.actor)

        def work(unit: UnitOfWork) -> ErasedTickets:
            if talk is not None:
                return _talks_erased(runner, unit, person, reason=reason, after=talk, limit=limit)
            page = reader.find(query)
            done: list[TicketId] = []
            refused: list[tuple[str, str]] = []
            for stored in page.tickets:
                ticket_id = stored.ticket.id
                try:
                    runner.erase_in(unit, ticket_id, erasing)
                except RefusedError as error:
                    refused.append((ticket_id, str(error)))
                else:
                    done.append(ticket_id)
            if page.next is not None:
                return ErasedTickets(tuple(done), tuple(refused), page.next)
            talks = _talks_erased(runner, unit, person, reason=reason, after="", limit=limit)
            return talks._replace(erased=tuple(done), refused=(*refused, *talks.refused))

        return runner.answered(work, _ERASED_TICKETS)


_TALKS = "conversations:"
"""What a place to go on begins with, once all tickets are done: the key of the last conversation follows."""


def _talks_erased(
    runner: Runner, unit: UnitOfWork, person: str, *, reason: str, after: str, limit: int
) -> ErasedTickets:
    """Erase a page of the conversations of somebody: see `erase_talks_of`."""
    if not runner.store.records("conversation", limit=1):
        return ErasedTickets((), (), None)
    from itsmkit.desk._talk_erasing import erase_talks_of  # noqa: PLC0415  # many desks have no bots

    done, refused, last = erase_talks_of(runner, unit, person, reason=reason, after=after, limit=limit)
    return ErasedTickets((), refused, None if last is None else f"{_TALKS}{last}", done)


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
        "conversations": [*page.conversations],
    }


def _erased_from(plain: Plain, _unit: UnitOfWork) -> ErasedTickets:
    refused = tuple((key, reason) for key, reason in plain["refused"])
    talks = tuple(plain.get("conversations", ()))  # answers of earlier releases know of none
    return ErasedTickets(tuple(map(TicketId, plain["erased"])), refused, plain["next"], talks)


_ERASED_TICKETS = Answer(_erased_to_plain, _erased_from)
