"""What is worked on tickets, what is to be done next, and the words by which they are sorted."""

from collections.abc import Iterator
from datetime import timedelta

from attrs import frozen

from itsmkit.conditions import ALWAYS, one_of
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._ticket_door import TicketDoor, changed
from itsmkit.desk._where import Where, condition
from itsmkit.money import Money
from itsmkit.plugin import TicketQuery
from itsmkit.plugin.queries import MAX_PAGE
from itsmkit.practices import (
    BillingRow,
    WorkItem,
    billing_rows,
    correct_work,
    log_work,
    meet_need,
    read_clocks,
    tag,
    untag,
    work_list,
)
from itsmkit.tickets import DONE_CATEGORIES, Actor, Ticket, TicketId

__all__ = ["WorkOnTickets"]


@looking_at_arguments()
@frozen
class WorkOnTickets(TicketDoor):
    """The part of `TicketCommands` for work logs, needs and tags."""

    def work_list(self, where: Where = ALWAYS, *, language: str | None = None) -> tuple[WorkItem, ...]:
        """
        Return the open tickets for which a condition holds, what is to be done first before the others.

        The earliest of what its clocks promise and of what the requester needs says when a ticket is to be
        done; what nothing presses comes last.

        Args:
            where: What holds for them: see `TicketCommands.find`.
            language: The tag of the language that says why; by default, that of the desk.

        Raises:
            DefinitionError: With all that is wrong with *where*, each with its place in it; or if
                *language* is no tag.
        """
        runner, reader = self._runner, self._reader("work_list")
        now, messages = runner.clock(), runner.config.languages.messages(language)
        query = TicketQuery(
            condition(where) & ~one_of("state_category", *sorted(DONE_CATEGORIES)), (), MAX_PAGE
        )
        with runner.store.begin() as unit:
            items = (
                (stored.ticket, read_clocks(runner.clocks(stored, unit.history), now))
                for stored in reader.pages(query)
            )
            return work_list(items, messages)

    def billing_rows(self, where: Where = ALWAYS) -> Iterator[BillingRow]:
        """
        Go through the work logs of the tickets for which a condition holds, entry by entry, for a bill.

        Args:
            where: What holds for them: see `TicketCommands.find`.

        Raises:
            DefinitionError: With all that is wrong with *where*, each with its place in it.
        """
        reader, query = self._reader("billing_rows"), TicketQuery(condition(where), (), MAX_PAGE)

        def rows() -> Iterator[BillingRow]:
            for stored in reader.pages(query):
                with self._runner.store.begin() as unit:
                    history = unit.history(stored.ticket.id)[: stored.ticket.version]
                yield from billing_rows(stored.ticket, history)

        return rows()

    def log_work(
        self,
        ticket_id: TicketId,
        duration: timedelta,
        activity: str,
        *,
        person: str | None = None,
        role: str | None = None,
        note: str = "",
        cost: Money | None = None,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Enter work into the log of a ticket.

        Args:
            ticket_id: The ticket.
            duration: How long it took; more than nothing.
            activity: What was done, in one of the desk's words.
            person: Who did it; by default, the actor.
            role: As what, if the rate goes by that.
            note: What there is to say about it, for those who work on the ticket.
            cost: What it costs, whatever the rates say.
            by: Who enters it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            DefinitionError: If *duration* is none, or the person or the activity is no name.
            RefusedError: If *duration* is nothing, or the desk does not know the activity.
        """
        runner = self._asked(
            "log_work", by, idempotency_key, ticket_id, duration, activity, person, role, note, cost
        )
        policy = runner.config.tickets.work
        return changed(
            runner,
            ticket_id,
            lambda ticket, occasion: log_work(
                ticket, occasion, policy, duration, activity, person=person, role=role, note=note, cost=cost
            ),
        )

    def correct_work(
        self,
        ticket_id: TicketId,
        entry_id: str,
        *,
        reason: str,
        duration: timedelta | None = None,
        activity: str | None = None,
        note: str | None = None,
        cost: Money | None = None,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Set an entry of a work log right; what is not given stays.

        Args:
            ticket_id: The ticket.
            entry_id: The name of the entry.
            reason: What was wrong.
            duration: How long it took; nothing takes the entry back.
            activity: What was done.
            note: What there is to say about it.
            cost: What it costs, whatever the rates say.
            by: Who corrects it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such entry.
            RefusedError: If there is no reason, or the desk does not know the activity.
        """
        runner = self._asked(
            "correct_work",
            by,
            idempotency_key,
            ticket_id,
            entry_id,
            reason,
            duration,
            activity,
            note,
            cost,
        )
        policy = runner.config.tickets.work
        return changed(
            runner,
            ticket_id,
            lambda ticket, occasion: correct_work(
                ticket,
                occasion,
                policy,
                entry_id,
                reason=reason,
                duration=duration,
                activity=activity,
                note=note,
                cost=cost,
            ),
        )

    def meet_need(
        self,
        ticket_id: TicketId,
        how: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Note that what the requester needed is there, if only by a workaround. No clock is touched.

        Args:
            ticket_id: The ticket.
            how: By what.
            by: Who notes it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            RefusedError: If nothing is said, or it was met before.
        """
        runner = self._asked("meet_need", by, idempotency_key, ticket_id, how)
        return changed(runner, ticket_id, lambda ticket, occasion: meet_need(ticket, occasion, how))

    def tag(
        self,
        ticket_id: TicketId,
        *tags: str,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Put words on a ticket, by which conditions find it: ``tag.vip = true``.

        Args:
            ticket_id: The ticket.
            *tags: The words; they are kept in small letters, with hyphens for spaces.
            by: Who does.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            RefusedError: With every word that is none, and if there are too many.
        """
        runner = self._asked("tag", by, idempotency_key, ticket_id, tags)
        rules = runner.config.tickets.tags
        return changed(runner, ticket_id, lambda ticket, occasion: tag(ticket, occasion, tags, rules))

    def untag(
        self,
        ticket_id: TicketId,
        *tags: str,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Take words off a ticket; those that it has not got are passed over.

        Args:
            ticket_id: The ticket.
            *tags: The words.
            by: Who does.
            idempotency_key: Chosen by who asks, to have it done once.
        """
        runner = self._asked("untag", by, idempotency_key, ticket_id, tags)
        return changed(runner, ticket_id, lambda ticket, occasion: untag(ticket, occasion, tags))
