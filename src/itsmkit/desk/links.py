"""The commands and reads of what stands between tickets: links, mergers and splits."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from attrs import field, frozen

from itsmkit._frozen import EMPTY
from itsmkit.desk._access import unguarded
from itsmkit.desk._answers import TICKET
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._reading import Reader
from itsmkit.desk.work import number_of_new
from itsmkit.errors import NotFoundError
from itsmkit.plugin import StoredTicket, UnitOfWork
from itsmkit.practices import Decision
from itsmkit.practices.links import answer, goes_on_in, link, merge, split, unlink, unmerge
from itsmkit.tickets import Actor, Link, Ticket, TicketEvent, TicketId

__all__ = ["LinkCommands", "LinkedTicket"]


class LinkedTicket(NamedTuple):
    """
    A ticket at the other end of a link.

    Args:
        name: How the link is read from the ticket that was asked for, such as ``"child_of"``.
        ticket: The ticket at the other end; of one that was merged, that in which it goes on.
        link: The link, as the ticket that was asked for has it, or one that goes on in it.
    """

    name: str
    ticket: Ticket
    link: Link


@looking_at_arguments()
@frozen
class LinkCommands:
    """
    What can be asked of links between tickets, of merging and splitting; reached as ``desk.links``.

    Every command takes ``by``, who does it, unless the desk is bound to an actor; and ``idempotency_key``, by
    which it is done once, and answers the same, however often it is asked for. It raises, and changes
    nothing, if a rule refuses.
    """

    _runner: Runner
    _actor: Actor | None

    # -- reads -----------------------------------------------------------------------------------

    def _reader(self, read: str) -> Reader:
        return self._runner.reader(f"links.{read}", self._actor)

    def of(self, ticket_id: TicketId) -> tuple[LinkedTicket, ...]:
        """
        Return the tickets to which one is linked, in the order in which they were.

        Links of what was merged are those of the ticket in which it goes on, at both ends. A ticket that may
        not be seen is left out.

        Raises:
            NotFoundError: If there is no such ticket.
        """
        reader = self._reader("of")
        with self._runner.store.begin() as unit:
            tickets = _Tickets(unit, reader)
            ticket = tickets(ticket_id)
            links = [link for member in tickets.family(ticket) for link in member.links]
            found: dict[tuple[str, TicketId], LinkedTicket] = {}
            for each in links:
                other = tickets.at(each.other)
                if other is not None and other.id != ticket.id:
                    name = self._called(each)
                    found.setdefault((name, other.id), LinkedTicket(name, other, each))
        return tuple(found.values())

    def _called(self, link: Link) -> str:
        for link_type in self._runner.config.link_types:
            if link_type.name == link.link_type:
                return link_type.called(is_source=link.is_source)
        # Of a type that the desk has no more.
        return link.link_type if link.is_source else f"{link.link_type} (other end)"

    def goes_on_in(self, ticket_id: TicketId) -> Ticket:
        """
        Return the ticket in which one goes on: itself, unless it was merged.

        Raises:
            NotFoundError: If there is no such ticket.
        """
        with self._runner.store.begin() as unit:
            tickets = _Tickets(unit, self._reader("goes_on_in"))
            return goes_on_in(tickets(ticket_id), tickets)

    def family(self, ticket_id: TicketId) -> tuple[Ticket, ...]:
        """
        Return a ticket with all that go on in it, itself first: what is summed up for it, is so over these.

        Raises:
            NotFoundError: If there is no such ticket.
        """
        with self._runner.store.begin() as unit:
            tickets = _Tickets(unit, self._reader("family"))
            return tuple(tickets.family(tickets(ticket_id)))

    def timeline(self, ticket_id: TicketId) -> tuple[TicketEvent, ...]:
        """
        Return what happened to a ticket and to all that go on in it, in the order in which it took effect.

        Raises:
            NotFoundError: If there is no such ticket.
        """
        reader = self._reader("timeline")
        with self._runner.store.begin() as unit:
            tickets = _Tickets(unit, reader)
            histories = [reader.history(unit, member.id) for member in tickets.family(tickets(ticket_id))]
        events = (event for history in histories for event in history)
        return tuple(sorted(events, key=lambda event: event.effective_at))

    # -- commands: links ---------------------------------------------------------------------------

    def link(
        self,
        ticket_id: TicketId,
        name: str,
        other: TicketId,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Link a ticket to another, and return it; the other gets the other end.

        Args:
            ticket_id: The ticket.
            name: How the link is read from it, such as ``"parent_of"`` or ``"child_of"``.
            other: The ticket at the other end.
            by: Who links them.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            DefinitionError: If the desk has no link of this name.
            NotFoundError: If there is no such ticket.
            RefusedError: If they cannot be linked so, with every reason.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("links.link", actor, idempotency_key, ticket_id, name, other)
        occasion, link_types = runner.occasion(), runner.config.link_types

        def work(unit: UnitOfWork) -> Ticket:
            tickets = _Tickets(unit)
            return tickets.saved(
                runner,
                *link(
                    tickets(ticket_id),
                    name,
                    tickets(other),
                    occasion,
                    link_types=link_types,
                    ticket_of=tickets.even_unseen,
                ),
            )

        return _answered(runner, work)

    def unlink(
        self,
        ticket_id: TicketId,
        name: str,
        other: TicketId,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Take a link away, at both ends, and return the ticket: see `link`.

        Args:
            ticket_id: The ticket.
            name: How the link is read from it.
            other: The ticket at the other end.
            by: Who unlinks them.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            DefinitionError: If the desk has no link of this name.
            NotFoundError: If there is no such ticket.
            RefusedError: If they are not linked so.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("links.unlink", actor, idempotency_key, ticket_id, name, other)
        occasion, link_types = runner.occasion(), runner.config.link_types

        def work(unit: UnitOfWork) -> Ticket:
            tickets = _Tickets(unit)
            pair = unlink(tickets(ticket_id), name, tickets(other), occasion, link_types=link_types)
            return tickets.saved(runner, *pair)

        return _answered(runner, work)

    def answer(
        self,
        ticket_id: TicketId,
        *,
        accepted: bool,
        reason: str | None = None,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Answer what a cascade has asked: whether a ticket is to go along with the one that it is linked to.

        Args:
            ticket_id: The ticket of which it was asked.
            accepted: Whether it is; then it moves at once.
            reason: Why, or why not.
            by: Who answers.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such ticket.
            RefusedError: If nothing is asked that was not answered, or the workflow forbids the move.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("links.answer", actor, idempotency_key, ticket_id, accepted, reason)
        occasion = runner.occasion()

        def work(unit: UnitOfWork) -> Ticket:
            tickets = _Tickets(unit)
            ticket = tickets(ticket_id)
            workflow = runner.config.kind_of(ticket).workflow_of(ticket)
            history = unit.history(ticket_id)
            decision = answer(ticket, history, workflow, occasion, accepted=accepted, reason=reason)
            return tickets.saved(runner, decision)

        return _answered(runner, work)

    # -- commands: merging and splitting -----------------------------------------------------------

    def merge(
        self,
        ticket_id: TicketId,
        *,
        into: TicketId,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Let a ticket go on in another, and return the other.

        Args:
            ticket_id: The ticket on which nothing is to be done any more.
            into: The ticket that goes on.
            by: Who merges them.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such ticket.
            RefusedError: If they cannot be merged, with every reason.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("links.merge", actor, idempotency_key, ticket_id, into)
        occasion, link_types = runner.occasion(), runner.config.link_types

        def work(unit: UnitOfWork) -> Ticket:
            tickets = _Tickets(unit)
            source, target = merge(
                tickets(ticket_id),
                tickets(into),
                occasion,
                link_types=link_types,
                ticket_of=tickets.even_unseen,
            )
            return tickets.saved(runner, target, source)

        return _answered(runner, work)

    def unmerge(
        self, ticket_id: TicketId, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> Ticket:
        """
        Let a ticket that was merged go on by itself again, as it was, and return it.

        What was done meanwhile on the ticket that it was merged into, stays there.

        Args:
            ticket_id: The ticket that was merged.
            by: Who undoes the merger.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such ticket.
            RefusedError: If it was not merged into a ticket that is there for who asks, or that was itself
                merged since.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("links.unmerge", actor, idempotency_key, ticket_id)
        occasion = runner.occasion()

        def work(unit: UnitOfWork) -> Ticket:
            tickets = _Tickets(unit)
            source = tickets(ticket_id)
            target = tickets.next_of(source)
            pair = unmerge(source, unit.history(source.id), target, unit.history(target.id), occasion)
            return tickets.saved(runner, *pair)

        return _answered(runner, work)

    def split(
        self,
        ticket_id: TicketId,
        title: str,
        *,
        messages: Iterable[int] = (),
        attachments: Iterable[str] = (),
        kind: str | None = None,
        opened_at: datetime | None = None,
        details: Mapping[str, object] = EMPTY,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Make a ticket of its own from a part of another, and return it. Merged back, it is undone.

        Args:
            ticket_id: The other.
            title: What the new ticket is about, in a line.
            messages: What was said of it: the sequences of comments in the history of the other.
            attachments: The files that belong to it, by their digests.
            kind: Its kind of work; by default, that of the other.
            opened_at: When its need arose, aware; by default, when the first of *messages* was said, or else
                now.
            details: What is known of it otherwise than of the other, by name.
            by: Who splits.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            DefinitionError: If *opened_at* is naive.
            NotFoundError: If there is no such ticket, or the desk has no such kind.
            RefusedError: With every message and file that is not there; or if the other was merged.
        """
        actor = acting(by, self._actor)
        said, files = tuple(messages), tuple(attachments)
        runner = self._runner.asked(
            "links.split", actor, idempotency_key, ticket_id, title, said, files, kind, opened_at, details
        )
        occasion = runner.occasion()

        def work(unit: UnitOfWork) -> Ticket:
            tickets = _Tickets(unit)
            ticket = tickets(ticket_id)
            of_kind = runner.config.kind(kind or ticket.kind)
            new, original = split(
                ticket,
                unit.history(ticket.id),
                occasion,
                kind=of_kind,
                ticket_id=runner.new_id(),
                number=number_of_new(runner, unit, of_kind, ticket.restricted_to),
                title=title,
                messages=said,
                attachments=files,
                opened_at=opened_at,
                details=details,
            )
            return tickets.saved(runner, new, original)

        return _answered(runner, work)


def _answered(runner: Runner, work: Callable[[UnitOfWork], Ticket]) -> Ticket:
    ticket: Ticket = runner.answered(work, TICKET)
    return ticket


@frozen
class _Tickets:
    """
    The tickets that are read in a unit of work.

    Args:
        unit: The unit of work.
        reader: Who reads them; ``None`` for a command, which needs all of a ticket, and comes to it by the
            guard of the unit of work.
        read: What was read, by key.
    """

    unit: UnitOfWork
    reader: Reader | None = None
    read: dict[TicketId, StoredTicket] = field(factory=dict, init=False)

    def __call__(self, ticket_id: TicketId) -> Ticket:
        """Return a ticket. Raises `NotFoundError` if there is none that may be seen."""
        unit, reader = self.unit, self.reader
        stored = unit.ticket(ticket_id) if reader is None else reader.ticket(unit, ticket_id)
        return self.read.setdefault(ticket_id, stored).ticket

    def even_unseen(self, ticket_id: TicketId) -> Ticket:
        """Return a ticket for a rule that is about all of them, such as that links close no circle."""
        if ticket_id not in self.read:
            self.read[ticket_id] = unguarded(self.unit).ticket(ticket_id)
        return self.read[ticket_id].ticket

    def next_of(self, ticket: Ticket) -> Ticket:
        """Return the ticket that one was merged into; itself, if it was into none that may be seen."""
        if ticket.merged_into is None:
            return ticket
        try:
            return self(ticket.merged_into)
        except NotFoundError:
            return ticket

    def at(self, ticket_id: TicketId) -> Ticket | None:
        """Return the ticket in which one goes on; ``None`` if it may not be seen."""
        try:
            return goes_on_in(self(ticket_id), self)
        except NotFoundError:
            return None

    def family(self, ticket: Ticket) -> Iterator[Ticket]:
        """Go through a ticket and those that go on in it, as far as they may be seen."""
        yield ticket
        for source in ticket.merged_from:
            try:
                member = self(source)
            except NotFoundError:
                continue
            yield from self.family(member)

    def saved(self, runner: Runner, answer: Decision[Ticket], *others: Decision[Ticket]) -> Ticket:
        """
        Save what was decided, and return the ticket after the first decision.

        What was read besides must be as it was: others may be about to link that, too, and each alone would
        close no circle.
        """
        decisions = [answer, *others]
        decided = {each.ticket.id for each in decisions}
        for ticket_id, stored in self.read.items():
            if ticket_id not in decided:
                self.unit.save(stored, (), expected=stored.ticket.version)
        for decision in decisions:
            runner.save(self.unit, decision, self.read.get(decision.ticket.id))
        return answer.ticket
