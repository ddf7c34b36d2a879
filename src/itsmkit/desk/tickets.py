"""The commands and reads that tickets of every kind share."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from attrs import frozen

from itsmkit.conditions import ALWAYS, Comparison, Condition, Operator, condition_from
from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._once import Answer, Plain
from itsmkit.desk._reading import Reader
from itsmkit.errors import RefusedError
from itsmkit.plugin import Order, TicketQuery, UnitOfWork
from itsmkit.plugin.queries import MAX_PAGE
from itsmkit.practices import Decision, Occasion, assign, comment, describe, erase, read_clocks
from itsmkit.sla import ClockReading
from itsmkit.tickets import Actor, PersonalDataErased, Ticket, TicketEvent, TicketId

__all__ = ["ErasedTickets", "FoundTickets", "TicketCommands"]

Where = Condition | str | Mapping[str, object]
"""A condition, its text, or its mapping form."""

OrderBy = str | Order | Iterable[str | Order]
"""Facts to sort by; a text stands for an order by that fact, ascending."""


class FoundTickets(NamedTuple):
    """
    A page of tickets.

    Args:
        tickets: The tickets, in the order that was asked for.
        next: What to give as ``after`` to `TicketCommands.find`, to go on; ``None`` if there are no more.
    """

    tickets: tuple[Ticket, ...]
    next: str | None


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


@frozen
class TicketCommands:
    """
    What can be asked of a ticket of any kind; reached as ``desk.tickets``.

    Every command takes ``by``, who does it, unless the desk is bound to an actor; and ``idempotency_key``, by
    which it is done once, and answers the same, however often it is asked for. It returns the ticket after
    it. It raises, and changes nothing, if a rule refuses.
    """

    _runner: Runner
    _actor: Actor | None

    # -- reads -----------------------------------------------------------------------------------

    def _reader(self, read: str) -> Reader:
        return Reader(self._runner.store, f"tickets.{read}", self._actor)

    def get(self, ticket_id: TicketId) -> Ticket:
        """Return a ticket by its key. Raises `NotFoundError` if there is none."""
        with self._runner.store.begin() as unit:
            return self._reader("get").ticket(unit, ticket_id).ticket

    def by_number(self, number: str) -> Ticket:
        """Return a ticket by its display number. Raises `NotFoundError` if there is none."""
        return self._reader("by_number").by_number(number).ticket

    def find(
        self,
        where: Where = ALWAYS,
        *,
        order_by: OrderBy = (),
        limit: int = 50,
        after: str | None = None,
    ) -> FoundTickets:
        """
        Return a page of the tickets for which a condition holds.

        Args:
            where: What holds for them: a condition on `Ticket.facts`, its text such as
                ``'priority = "P1" and assignee is missing'``, or its mapping form.
            order_by: What they are sorted by: names of facts, or an `Order` each. What this leaves open is in
                the order in which they were logged.
            limit: The most to return, 1 to `MAX_PAGE`.
            after: Where to go on: the ``next`` of the page before. Tickets that neither change nor are new
                come on exactly one page.

        Raises:
            DefinitionError: With all that is wrong with *where*, each with its place in it; or if another
                argument cannot be right.
        """
        page = self._reader("find").find(TicketQuery(_condition(where), order_by, limit, after))
        return FoundTickets(tuple(stored.ticket for stored in page.tickets), page.next)

    def count(self, where: Where = ALWAYS) -> int:
        """Return for how many tickets a condition holds: see `find`."""
        return self._reader("count").count(_condition(where))

    def matching(self, where: Where = ALWAYS, order_by: OrderBy = ()) -> Iterator[Ticket]:
        """
        Go through all tickets for which a condition holds, page by page: see `find`.

        It sees what is saved meanwhile, as far as that comes behind the page that it has reached.
        """
        query = TicketQuery(_condition(where), order_by, MAX_PAGE)
        return (stored.ticket for stored in self._reader("matching").pages(query))

    def __iter__(self) -> Iterator[Ticket]:
        """Go through the tickets that there are now, in the order in which they were logged."""
        return (stored.ticket for stored in self._reader("all").all())

    def history(self, ticket_id: TicketId) -> Sequence[TicketEvent]:
        """Return all events of a ticket, in order. Raises `NotFoundError` if there is none."""
        with self._runner.store.begin() as unit:
            return self._reader("history").history(unit, ticket_id)

    def clocks(self, ticket_id: TicketId) -> dict[str, ClockReading]:
        """
        Return what the service-level clocks of a ticket show now, by name.

        Raises:
            NotFoundError: If there is no such ticket.
        """
        with self._runner.store.begin() as unit:
            clocks = self._runner.clocks(self._reader("clocks").ticket(unit, ticket_id), unit.history)
        return read_clocks(clocks, self._runner.clock())

    def readings(self) -> Iterator[tuple[Ticket, dict[str, ClockReading]]]:
        """Go through all tickets with what their clocks show now, in the order in which they were logged."""
        runner = self._runner
        now = runner.clock()
        for stored in self._reader("readings").all():
            yield stored.ticket, read_clocks(runner.clocks(stored, self.history), now)

    # -- commands --------------------------------------------------------------------------------

    def assign(
        self,
        ticket_id: TicketId,
        *,
        support_group: str | None = None,
        assignee: str | None = None,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Give the work to a person, to a group's queue, or back to nobody.

        Args:
            ticket_id: The ticket.
            support_group: The group.
            assignee: The person in it.
            by: Who hands it over.
            idempotency_key: Chosen by who asks, to have it done once.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked(
            "tickets.assign", actor, idempotency_key, ticket_id, support_group, assignee
        )
        occasion = runner.occasion()
        return runner.change(
            ticket_id,
            lambda ticket: assign(ticket, occasion, support_group=support_group, assignee=assignee),
        )

    def comment(
        self,
        ticket_id: TicketId,
        text: str,
        *,
        public: bool = False,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Write on a ticket.

        Args:
            ticket_id: The ticket.
            text: The words.
            public: Whether the requester may read them.
            by: Who writes.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            RefusedError: If the text is empty.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("tickets.comment", actor, idempotency_key, ticket_id, text, public)
        occasion = runner.occasion()
        return runner.change(ticket_id, lambda ticket: comment(ticket, occasion, text, public=public))

    def describe(
        self,
        /,
        ticket_id: TicketId,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
        **changes: object,
    ) -> Ticket:
        """
        Change descriptive fields and further details of a ticket.

        Args:
            ticket_id: The ticket.
            by: Who changes them.
            idempotency_key: Chosen by who asks, to have it done once.
            **changes: The new values by name; ``None`` empties a field.

        Raises:
            RefusedError: If a field is one that only another command may change.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("tickets.describe", actor, idempotency_key, ticket_id, changes)
        occasion = runner.occasion()
        return runner.change(ticket_id, lambda ticket: describe(ticket, occasion, changes))

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
        actor = acting(by, self._actor)
        runner = self._runner.asked("tickets.erase", actor, idempotency_key, ticket_id, reason)
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
        actor = acting(by, self._actor)
        runner = self._runner.asked(
            "tickets.erase_person", actor, idempotency_key, person, reason, limit, after
        )
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


def _condition(where: Where) -> Condition:
    return where if isinstance(where, Condition) else condition_from(where, where="where")
