"""The commands and reads that tickets of every kind share."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from itsmkit._checks import utc
from itsmkit.calendars._zones import zone as zone_of
from itsmkit.conditions import ALWAYS, holds
from itsmkit.desk._access import unguarded
from itsmkit.desk._answers import NOTHING
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import acting
from itsmkit.desk._impact import impact_before
from itsmkit.desk._where import Where, condition
from itsmkit.desk.bulk import BulkOfTickets
from itsmkit.desk.ticket_correspondence import CorrespondenceOfTickets
from itsmkit.desk.ticket_ending import EndingOfTickets
from itsmkit.desk.ticket_erasing import ErasingOfTickets
from itsmkit.desk.ticket_people import PeopleOfTickets
from itsmkit.desk.ticket_work import WorkOnTickets
from itsmkit.desk.work import moved
from itsmkit.errors import NotFoundError
from itsmkit.plugin import Order, TicketQuery, UnitOfWork
from itsmkit.plugin.queries import MAX_PAGE
from itsmkit.practices import (
    Audience,
    PriorityExplanation,
    PromisedTime,
    PromisePolicy,
    assign,
    comment,
    explain_priority,
    involving,
    prioritise,
    promise,
    read_clocks,
)
from itsmkit.practices.access import restrict
from itsmkit.practices.inheritance import known
from itsmkit.sla import ClockReading
from itsmkit.tickets import Actor, Ticket, TicketEvent, TicketId

__all__ = ["FoundTickets", "TicketCommands"]

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


@looking_at_arguments()
@frozen
class TicketCommands(
    PeopleOfTickets, CorrespondenceOfTickets, WorkOnTickets, EndingOfTickets, ErasingOfTickets, BulkOfTickets
):
    """
    What can be asked of a ticket of any kind; reached as ``desk.tickets``.

    Every command takes ``by``, who does it, unless the desk is bound to an actor; and ``idempotency_key``, by
    which it is done once, and answers the same, however often it is asked for. It returns the ticket after
    it. It raises, and changes nothing, if a rule refuses.
    """

    # -- reads -----------------------------------------------------------------------------------

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
        page = self._reader("find").find(TicketQuery(condition(where), order_by, limit, after))
        return FoundTickets(tuple(stored.ticket for stored in page.tickets), page.next)

    def count(self, where: Where = ALWAYS) -> int:
        """Return for how many tickets a condition holds: see `find`."""
        return self._reader("count").count(condition(where))

    def matching(self, where: Where = ALWAYS, order_by: OrderBy = ()) -> Iterator[Ticket]:
        """
        Go through all tickets for which a condition holds, page by page: see `find`.

        It sees what is saved meanwhile, as far as that comes behind the page that it has reached.
        """
        query = TicketQuery(condition(where), order_by, MAX_PAGE)
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

    def promise(
        self,
        ticket_id: TicketId,
        audience: Audience = Audience.REQUESTER,
        *,
        time_zone: str | ZoneInfo | None = None,
        language: str | None = None,
    ) -> PromisedTime:
        """
        Return when the work will be done, as somebody is told now: with the reason, and what it depends on.

        Args:
            ticket_id: The ticket.
            audience: Whom it is told to.
            time_zone: The zone of who is told, or its name; by default, that of the calendar that counts.
            language: The tag of the language of who is told; by default, that of the desk.

        Raises:
            DefinitionError: If there is no such zone, or *language* is no tag.
            NotFoundError: If there is no such ticket.
        """
        runner = self._runner
        with runner.store.begin() as unit:
            stored = self._reader("promise").ticket(unit, ticket_id)
            clocks = runner.clocks(stored, unit.history)
        policy = runner.config.promises or PromisePolicy()
        zone = None if time_zone is None else zone_of(time_zone)
        messages = runner.config.languages.messages(language)
        now = runner.clock()
        return promise(stored.ticket, clocks, now, audience, policy=policy, zone=zone, messages=messages)

    def readings(self, where: Where = ALWAYS) -> Iterator[tuple[Ticket, dict[str, ClockReading]]]:
        """
        Go through all tickets with what their clocks show now, in the order in which they were logged.

        Args:
            where: Which tickets: see `find`.
        """
        runner = self._runner
        now = runner.clock()

        def past(ticket_id: TicketId) -> Sequence[TicketEvent]:
            # The clocks are those of the whole history, whatever of it may be read.
            with runner.store.begin() as unit:
                return unit.history(ticket_id)

        reader, asked = self._reader("readings"), condition(where)
        found = reader.all() if asked == ALWAYS else reader.pages(TicketQuery(asked, limit=MAX_PAGE))
        for stored in found:
            yield stored.ticket, read_clocks(runner.clocks(stored, past), now)

    def explain_priority(self, ticket_id: TicketId) -> PriorityExplanation:
        """
        Return why a ticket has its priority: the cell of the matrix, or who set another one, and why.

        Where its impact follows from the configuration, it tells which service decided. That is for
        colleagues, as internal notes are.

        Raises:
            NotFoundError: If there is no such ticket, or the desk knows no such kind of work by now.
        """
        with self._runner.store.begin() as unit:
            reader = self._reader("explain_priority")
            ticket, history = reader.ticket(unit, ticket_id).ticket, reader.history(unit, ticket_id)
        return explain_priority(ticket, history, self._runner.config.kind(ticket.kind).priorities)

    def history_of(
        self,
        *,
        person: str | None = None,
        configuration_item: str | None = None,
        service: str | None = None,
        organisation: str | None = None,
        as_of: datetime | None = None,
    ) -> Iterator[Ticket]:
        """
        Go through the tickets that have to do with all that is given, in the order of their logging.

        Args:
            person: Who asked, is affected, owns it, has the work, or takes part.
            configuration_item: The configuration item that it concerns.
            service: The service that it concerns.
            organisation: The organisation of the requester.
            as_of: What the desk knew at this instant, aware: tickets as they were then, whatever has become
                of them. By default, now. It goes through the history of all tickets.

        Raises:
            DefinitionError: If nothing is given, or *as_of* is naive.
        """
        where = involving(
            person=person, configuration_item=configuration_item, service=service, organisation=organisation
        )
        reader = self._reader("history_of")
        if as_of is None:
            return (stored.ticket for stored in reader.pages(TicketQuery(where, (), MAX_PAGE)))
        known_at = utc(as_of, "as_of")
        found = (reader.as_it_was(stored.ticket.id, known_at) for stored in reader.all())
        return (ticket for ticket in found if ticket is not None and holds(where, ticket.facts()))

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
            FieldsRefusedError: With every value that the fields of its kind do not take, and every field that
                would be missing.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("tickets.describe", actor, idempotency_key, ticket_id, changes)
        occasion = runner.occasion()
        kind_of = self._runner.config.kind_of
        return runner.change(ticket_id, lambda ticket: kind_of(ticket).describe(ticket, occasion, changes))

    def transition(
        self,
        /,
        ticket_id: TicketId,
        trigger: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
        **details: object,
    ) -> Ticket:
        """
        Move a ticket through the workflow of its kind, whichever that is.

        Args:
            ticket_id: The ticket.
            trigger: What is asked for, such as ``"start"``.
            by: Who asks.
            idempotency_key: Chosen by who asks, to have it done once.
            **details: What the move needs to be told, such as ``resolution="…"``.

        Raises:
            NotFoundError: If there is no such ticket, or the desk has not got its kind.
            TransitionRefusedError: If the workflow or a field forbids it, with every reason.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked(
            "tickets.transition", actor, idempotency_key, ticket_id, trigger, details
        ).moving(trigger)
        occasion = runner.occasion()
        return runner.change_knowing(
            ticket_id,
            lambda unit, ticket: moved(
                runner, unit, ticket, trigger=trigger, occasion=occasion, details=details
            ),
        )

    def prioritise(
        self,
        ticket_id: TicketId,
        *,
        impact: str | None = None,
        urgency: str,
        priority: str | None = None,
        reason: str | None = None,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Judge a ticket's impact and urgency, and with them its priority, by the matrix of its kind.

        Args:
            ticket_id: The ticket.
            impact: A level of the matrix; by default, the one that follows from the configuration by the
                rules of the desk.
            urgency: A level of the matrix.
            priority: Another priority than the matrix gives.
            reason: Why; needed with another priority, and with another impact than follows or the ticket has.
            by: Who judges.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            DefinitionError: If a level or the priority is unknown.
            NotFoundError: If there is no such ticket, or the desk has not got its kind.
            RefusedError: If another priority or impact comes without a reason, or no impact is given and none
                follows.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked(
            "tickets.prioritise", actor, idempotency_key, ticket_id, impact, urgency, priority, reason
        )
        occasion = runner.occasion()
        kind_of, derived = self._runner.config.kind_of, impact_before(runner, ticket_id)
        return runner.change(
            ticket_id,
            lambda ticket: prioritise(
                ticket,
                kind_of(ticket).priorities,
                occasion,
                impact=impact,
                urgency=urgency,
                priority=priority,
                reason=reason,
                derived=derived(ticket),
            ),
        )

    def resume_timer(
        self,
        ticket_id: TicketId,
        name: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> None:
        """
        Let a parked timer run again, once what it has failed with is mended; one that is not parked goes on.

        One of no ticket, such as of what somebody is to be told together, is about the desk as a whole: it
        takes a permit that holds whatever the ticket.

        Args:
            ticket_id: The ticket; or what a timer of none stands for instead: its `Timer.ticket_id`.
            name: The name of the timer: see `Desk.parked_timers`.
            by: Who asks.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such ticket, or it has no such timer.
        """
        actor, command = acting(by, self._actor), "tickets.resume_timer"
        runner = self._runner.asked(command, actor, idempotency_key, ticket_id, name)

        def work(unit: UnitOfWork) -> None:
            timers, ticket = unit.timers(ticket_id), known(unguarded(unit).ticket, ticket_id)
            if ticket is not None or not timers or not runner.may(command, actor, None).allowed:
                unit.ticket(ticket_id)
            found = next((each for each in timers if each.name == name), None)
            if found is None:
                raise NotFoundError("timer", name)
            if found.parked is not None:
                unit.set_timer(evolve(found, failures=0, parked=None))

        runner.answered(work, NOTHING)

    def restrict(
        self,
        ticket_id: TicketId,
        restriction: str | None,
        *,
        reason: str,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Put a ticket under a restriction of the desk, or take it out of the one that it is under.

        Who may not see it then, does not know any more that it exists.

        Args:
            ticket_id: The ticket.
            restriction: The name of the restriction; ``None`` for none.
            reason: Why.
            by: Who decides so.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            DefinitionError: If the desk has no such restriction.
            RefusedError: If no reason is given.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked(
            "tickets.restrict", actor, idempotency_key, ticket_id, restriction, reason
        )
        occasion, rules = runner.occasion(), runner.config.access
        return runner.change(ticket_id, lambda ticket: restrict(ticket, rules, occasion, restriction, reason))
