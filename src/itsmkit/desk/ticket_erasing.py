"""The commands that erase what is personal: in a ticket, and wherever a desk keeps something of a person."""

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
    What came of erasing a page of tickets and of all else that is personal.

    Args:
        erased: The tickets in which nothing personal is left.
        refused: The tickets and records that stay as they are, each with the reason; all records of a room
            together, such as ``"conversations"`` or ``"rotas"``, if whoever erases may not erase any there.
        next: What to give as ``after`` to `TicketCommands.erase_person`, to go on; ``None`` if there are no
            more.
        conversations: The keys of the conversations in which nothing personal is left.
        records: The kind and the key of each other record in which nothing personal is left.
    """

    erased: tuple[TicketId, ...]
    refused: tuple[tuple[str, str], ...]
    next: str | None
    conversations: tuple[str, ...] = ()
    records: tuple[tuple[str, str], ...] = ()


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
        Erase what is personal of somebody: in the tickets that they have requested, and in all records.

        Tickets come first, a page of them: see `erase`. Then come their conversations, searches for help,
        feedback and surveys, notes of their coaching, delegated votes, leaves, overrides, swaps and hand-off
        notes, as the command of each room erases them: who erases must be permitted that as well. A page is
        done as a whole or not at all. Go on from ``next`` until there is none; whoever was interrupted may as
        well begin anew, since what is erased stays as it is.

        Args:
            person: Who has requested the tickets, and whose the records are.
            reason: Why. It stays in the histories.
            limit: The most tickets to look at, and the most records, 1 to `MAX_PAGE`.
            after: Where to go on: the ``next`` of the page before.
            by: Who erases.
            idempotency_key: Chosen by who asks, to have the page done once.

        Raises:
            DefinitionError: If there is no reason, or *limit* or *after* cannot be right.
        """
        runner = self._asked("erase_person", by, idempotency_key, person, reason, limit, after)
        erasing = _Erasing(runner.occasion(), reason)
        place = _place_of(after)
        query = TicketQuery(
            Comparison("requester", Operator.EQUALS, person), (), limit, after if place is None else None
        )
        reader = runner.reader("tickets.erase_person", runner.actor)

        def work(unit: UnitOfWork) -> ErasedTickets:
            if place is not None:
                return _records_erased(runner, unit, person, reason=reason, after=place, limit=limit)
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
            rest = _records_erased(runner, unit, person, reason=reason, after=None, limit=limit)
            return rest._replace(erased=tuple(done), refused=(*refused, *rest.refused))

        return runner.answered(work, _ERASED_TICKETS)


_RECORDS = "records:"
"""What a place to go on begins with once all tickets are done: the kind and key of the last record follow."""


def _place_of(after: str | None) -> tuple[str, str] | None:
    """Return the kind and the key of the record after which to go on; ``None`` as long as tickets do."""
    if after is None or not after.startswith(_RECORDS):
        return None
    kind, _, key = after.removeprefix(_RECORDS).partition(":")
    return kind, key


def _records_erased(
    runner: Runner, unit: UnitOfWork, person: str, *, reason: str, after: tuple[str, str] | None, limit: int
) -> ErasedTickets:
    """Erase a page of the records of somebody: see `erase_records_of`."""
    from itsmkit.desk._person_erasing import erase_records_of  # noqa: PLC0415  # it loads all rooms

    page = erase_records_of(runner, unit, person, reason=reason, after=after, limit=limit)
    place = None if page.next is None else f"{_RECORDS}{page.next[0]}:{page.next[1]}"
    talks = tuple(key for kind, key in page.done if kind == _CONVERSATION)
    others = tuple(each for each in page.done if each[0] != _CONVERSATION)
    return ErasedTickets((), page.refused, place, talks, others)


_CONVERSATION = "conversation"
"""The kind of records that are told apart from the others."""


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
        "records": [[kind, key] for kind, key in page.records],
    }


def _erased_from(plain: Plain, _unit: UnitOfWork) -> ErasedTickets:
    refused = tuple((key, reason) for key, reason in plain["refused"])
    # Answers of earlier releases know of none.
    talks, records = tuple(plain.get("conversations", ())), plain.get("records", ())
    others = tuple((kind, key) for kind, key in records)
    return ErasedTickets(tuple(map(TicketId, plain["erased"])), refused, plain["next"], talks, others)


_ERASED_TICKETS = Answer(_erased_to_plain, _erased_from)
