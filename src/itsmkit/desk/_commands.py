"""How every command runs: load, decide, save, all in one unit of work."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Self, TypeVar, cast

from attrs import evolve, frozen

from itsmkit.desk._answers import TICKET
from itsmkit.desk._once import Answer, Request
from itsmkit.desk.clock import Clock
from itsmkit.desk.config import DeskConfig
from itsmkit.errors import ConflictError, NotFoundError, RefusedError
from itsmkit.plugin import LedgerEntry, Plugins, Store, StoredTicket, Timer, UnitOfWork
from itsmkit.practices import Decision, FollowedClock, KindOfWork, Occasion, follow, follow_history
from itsmkit.tickets import SYSTEM, Actor, StateChanged, Ticket, TicketEvent, TicketId, replay

__all__ = ["Clocks", "Runner", "acting", "in_own_transactions"]

_TRIES = 5
"""How often a command runs before it gives up to those who save first."""

Clocks = dict[str, FollowedClock]
History = Callable[[TicketId], Sequence[TicketEvent]]
Result = TypeVar("Result")
AnyTicket = TypeVar("AnyTicket", bound=Ticket)


def acting(by: Actor | None, bound: Actor | None) -> Actor:
    """
    Return who acts: the one named in the call, else the one that the desk is bound to.

    Raises:
        RefusedError: If nobody does.
    """
    actor = by or bound
    if actor is None:
        refusal = "nobody acts: pass `by=Actor(...)`, or bind the desk with `desk.acting_as(actor)`"
        raise RefusedError(refusal)
    return actor


def in_own_transactions(store: Store, what: str) -> None:
    """
    Refuse *what* where the store is in a transaction of the host.

    Raises:
        RefusedError: If it is.
    """
    if store.is_joined:
        refusal = (
            f"{what} makes transactions of its own, and this desk is in one of its host, who alone ends it; "
            "call it after the commit, or from a worker, on a desk that opens the database itself"
        )
        raise RefusedError(refusal)


@frozen
class Runner:
    """
    Runs commands on a store.

    Args:
        config: The desk's rules.
        store: Where records are kept.
        plugins: Who may join in.
        clock: The desk's clock.
        new_id: Draws a key.
        new_salt: Draws what nobody can guess, for the texts of one event: see `TicketEvent`.
        pause: Waits after a conflict: told how many there were.
        operation: The name of the command that is run; empty for what the desk does by itself.
        actor: Who asks.
        request: What is asked for, if it is to be done once.
    """

    config: DeskConfig
    store: Store
    plugins: Plugins
    clock: Clock
    new_id: Callable[[], TicketId]
    new_salt: Callable[[], str]
    pause: Callable[[int], object]
    operation: str = ""
    actor: Actor = SYSTEM
    request: Request | None = None

    def asked(self, command: str, actor: Actor, key: str | None, *arguments: object) -> Self:
        """
        Return what runs a command: once for an idempotency key; each time, without one.

        Args:
            command: The name of the command, which stays for ever.
            actor: Who asks.
            key: The key, or ``None``.
            *arguments: What is asked for: all that makes one request another, in an order that stays for
                ever. Further ones come last.

        Raises:
            DefinitionError: If *key* is none, or an argument has no plain form.
        """
        request = None if key is None else Request.of(key, command, actor, arguments)
        return evolve(self, operation=command, actor=actor, request=request)

    def occasion(self, at: datetime | None = None) -> Occasion:
        """Return the occasion of the command: now, or *at* if it happened earlier."""
        now = self.clock()
        return Occasion(self.actor, now, now if at is None else at)

    def begin(self, decide: Callable[[UnitOfWork], Decision[AnyTicket]]) -> AnyTicket:
        """
        Run a command that begins a ticket, and return the ticket.

        Raises:
            ConflictError: If another ticket has its number.
        """
        ticket: AnyTicket = self.answered(lambda unit: self.save(unit, decide(unit)), TICKET)
        return ticket

    def change(self, ticket_id: TicketId, decide: Callable[[Ticket], Decision[Ticket]]) -> Ticket:
        """
        Run a command on a ticket of any kind, and return the ticket after it.

        A conflict runs *decide* again on the fresh ticket; it must be a pure function of it.

        Raises:
            NotFoundError: If there is no such ticket.
            ConflictError: If others saved first, every time.
        """

        def work(unit: UnitOfWork) -> Ticket:
            stored = unit.ticket(ticket_id)
            return self.save(unit, decide(stored.ticket), stored)

        ticket: Ticket = self.answered(work, TICKET)
        return ticket

    def change_erased(self, ticket_id: TicketId, decide: Callable[[Ticket], Decision[Ticket]]) -> Ticket:
        """
        Run a command on a ticket in which all that is personal is erased: see `erase_in`.

        Raises:
            NotFoundError: If there is no such ticket.
            RefusedError: If something personal stands in the chain of the ticket for good.
            ConflictError: If others saved first, every time.
        """
        ticket: Ticket = self.answered(lambda unit: self.erase_in(unit, ticket_id, decide), TICKET)
        return ticket

    def erase_in(
        self, unit: UnitOfWork, ticket_id: TicketId, decide: Callable[[Ticket], Decision[Ticket]]
    ) -> Ticket:
        """
        Erase what is personal in a ticket, and save it as it reads afterwards, with what *decide* adds.

        If nothing personal is left in it, nothing happens to it.
        """
        stored, history = unit.ticket(ticket_id), unit.history(ticket_id)
        after = unit.erase(ticket_id)
        if after == history and not stored.ticket.attachments:
            return stored.ticket
        # Without its cache: what clocks were computed from may read otherwise now.
        bare = StoredTicket(replay(after, type(stored.ticket)))
        return self.save(unit, decide(bare.ticket), bare)

    def change_of(
        self,
        kind: KindOfWork[AnyTicket],
        ticket_id: TicketId,
        decide: Callable[[AnyTicket], Decision[AnyTicket]],
    ) -> AnyTicket:
        """
        Run a command on a ticket of one kind, and return the ticket after it: as `change`.

        Raises:
            NotFoundError: If there is no such ticket of this kind.
            ConflictError: If others saved first, every time.
        """

        def decided(ticket: Ticket) -> Decision[Ticket]:
            if ticket.kind != kind.name:
                raise NotFoundError(kind.name, ticket_id)
            return cast("Decision[Ticket]", decide(cast("AnyTicket", ticket)))

        return cast("AnyTicket", self.change(ticket_id, decided))

    def answered(self, work: Callable[[UnitOfWork], Result], answer: Answer[Result]) -> Result:
        """
        Run *work* as `retried` does; if it is to be done `once` and was done, return what it returned then.

        Args:
            work: What is to be done.
            answer: How what it returns is kept.

        Raises:
            IdempotencyError: If something else was done under the idempotency key.
        """
        request = self.request
        if request is None:
            return self.retried(work)

        def first(unit: UnitOfWork) -> Result:
            known = request.known(unit)
            if known is not None:
                return answer.read(known, unit)
            result = work(unit)
            unit.remember(LedgerEntry(request.key, request.digest, answer.write(result), self.clock()))
            return result

        return self.retried(first)

    def known(self, answer: Answer[Result]) -> Result | None:
        """
        Return what a command that is to be done `once` has returned; ``None`` if it was not done yet.

        Raises:
            IdempotencyError: If something else was done under the idempotency key.
        """
        if self.request is None:
            return None
        with self.store.begin() as unit:
            known = self.request.known(unit)
            return None if known is None else answer.read(known, unit)

    def retried(self, work: Callable[[UnitOfWork], Result]) -> Result:
        """
        Run *work* in a unit of work, again after a conflict, a bounded number of times, with pauses.

        In a transaction of the host a conflict is there to stay: then *work* runs once.
        """
        tries = 1 if self.store.is_joined else _TRIES
        for conflicts in range(1, tries):
            try:
                with self.store.begin() as unit:
                    return work(unit)
            except ConflictError:
                self.pause(conflicts)
        with self.store.begin() as unit:
            return work(unit)

    def clocks(self, stored: StoredTicket, history: History) -> Clocks:
        """
        Return the clocks of a stored ticket under the desk's agreements.

        Args:
            stored: The ticket, with the clocks cached when it was saved.
            history: Gives the events of a ticket. Asked only if the cache is lost or of other agreements.
        """
        cached = self._cached(stored)
        if cached is not None:
            return cached
        # Others may have saved since the ticket was read: what they did is not this ticket's past.
        past = history(stored.ticket.id)[: stored.ticket.version]
        return dict(follow_history(self.config.agreements, past))

    def save(
        self, unit: UnitOfWork, decision: Decision[AnyTicket], stored: StoredTicket | None = None
    ) -> AnyTicket:
        """
        Save what a rule decided, with the clocks and timers that follow from it.

        Args:
            unit: The unit of work in which the ticket was read.
            decision: What was decided.
            stored: The ticket before, as it was read; ``None`` for a new one.
        """
        ticket = decision.ticket
        if not decision.steps:
            return ticket
        self._ask_gates(decision)
        before = 0 if decision.before is None else decision.before.version
        agreements = self.config.agreements

        def past() -> Sequence[TicketEvent]:
            # As in `clocks`: others may have saved meanwhile.
            return unit.history(ticket.id)[:before]

        known = {} if stored is None else self._cached(stored)
        clocks = dict(follow_history(agreements, past())) if known is None else known
        after = follow(agreements, clocks, decision, past)
        now = clocks if after is clocks else dict(after)
        cache = {"agreements": agreements, "clocks": now}
        # Drawn last: whoever asks for what was done already draws nothing.
        events = [event.salted(self.new_salt()) for event in decision.events]
        unit.save(StoredTicket(ticket, cache), events, expected=before)
        if now is not known:
            self._set_timers(unit, ticket.id, known, now)
        return ticket

    def _cached(self, stored: StoredTicket) -> Clocks | None:
        clocks = stored.cache.get("clocks")
        if isinstance(clocks, dict) and stored.cache.get("agreements") == self.config.agreements:
            return clocks
        return None

    def _ask_gates(self, decision: Decision[AnyTicket]) -> None:
        before = decision.before
        for event, after in decision.steps:
            fact = event.fact
            if before is not None and isinstance(fact, StateChanged):
                self.plugins.before_transition(before, fact.trigger, fact.target, event.actor)
            before = after

    def _set_timers(self, unit: UnitOfWork, ticket_id: TicketId, old: Clocks | None, new: Clocks) -> None:
        """Set the timers of *new*: those that differ from *old*, or all if nobody knows how they stand."""
        known = {} if old is None else old
        for name in new.keys() | known.keys():
            before = known[name].due if name in known else None
            after = new[name].due if name in new else None
            if before == after and old is not None:
                continue
            if after is None:
                unit.clear_timer(ticket_id, name)
            else:
                unit.set_timer(Timer(ticket_id, name, after.at))
