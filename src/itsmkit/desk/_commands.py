"""How every command runs: load, decide, save, all in one unit of work."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Self, TypeVar, cast

from attrs import evolve, frozen

from itsmkit.conditions import ALWAYS, Condition
from itsmkit.desk._access import Access, Gate, Guard, guarded, looking_in
from itsmkit.desk._answers import TICKET
from itsmkit.desk._causes import waits_by
from itsmkit.desk._configuration import Configuration
from itsmkit.desk._load_book import LoadBook
from itsmkit.desk._once import Answer, Request
from itsmkit.desk._reading import Reader
from itsmkit.desk._rule_book import RuleBook
from itsmkit.desk._rules import Rules
from itsmkit.desk._shifts import is_on_shift, on_duty_for
from itsmkit.desk._speaking import Speaker
from itsmkit.desk._timer_names import (
    FULFILMENT,
    LADDERS,
    ROUTING,
    clock_timer,
    follows_from_history,
    name_of_state,
    state_timer,
)
from itsmkit.desk.clock import Clock
from itsmkit.desk.config import DeskConfig
from itsmkit.errors import ConflictError, NotFoundError, RefusedError
from itsmkit.plugin import (
    Directory,
    LedgerEntry,
    OutboxEntry,
    Plugins,
    Shifts,
    Store,
    StoredTicket,
    Timer,
    UnitOfWork,
)
from itsmkit.practices import (
    Decision,
    FollowedClock,
    KindOfWork,
    Notice,
    Occasion,
    follow,
    follow_history,
    happen,
    promise,
)
from itsmkit.practices.access import ACCESS_GRANT, Verdict, is_among
from itsmkit.practices.decision import unchanged
from itsmkit.practices.escalation import (
    NO_STANDINGS,
    Hours,
    RoleBook,
    Standings,
    next_steps,
    standings_after,
    standings_of,
)
from itsmkit.practices.links import courses_of
from itsmkit.practices.order import order_to_look_at
from itsmkit.practices.promises import moved_promise, notice_of
from itsmkit.practices.state_timers import Stay, next_deadline, stay_after, stay_of
from itsmkit.tickets import SYSTEM, Actor, Participant, StateChanged, Ticket, TicketEvent, TicketId, replay
from itsmkit.workflow import Deadline

if TYPE_CHECKING:
    from itsmkit.cmdb.history import ConfigurationView

__all__ = [
    "Clocks",
    "Known",
    "Runner",
    "acting",
    "in_own_transactions",
]

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


class _Rehearsed(Exception):  # noqa: N818  # no error: it undoes a unit of work
    """Everything was tried."""


class Known(NamedTuple):
    """
    What is known of a ticket besides itself: what its history makes under the rules of the desk.

    Args:
        clocks: Its clocks.
        stay: How long it has been in its state.
        standings: Where its ladders of escalation stand.
    """

    clocks: Clocks
    stay: Stay
    standings: Standings = NO_STANDINGS


@frozen(slots=False)  # each command runs on a copy: see `_with`
class Runner:
    """
    Runs commands on a store.

    Args:
        rules: The desk's rules, which may change meanwhile.
        store: Where records are kept.
        plugins: Who may join in.
        clock: The desk's clock.
        new_id: Draws a key.
        new_salt: Draws what nobody can guess, for the texts of one event: see `TicketEvent`.
        pause: Waits after a conflict: told how many there were.
        directory: Where people and structure are looked up.
        configuration: What is recorded of the configuration.
        book: The rules of automation, as they were read last.
        shifts: Who knows when people work.
        loads: How much work they have.
        operation: The name of the command that is run; empty for what the desk does by itself.
        actor: Who asks.
        request: What is asked for, if it is to be done once.
        fires: Whether timers of states are set. They are not while another system moves the tickets.
        gate: What stands in front of the desk.
        privileged: Why it runs in a privileged context; empty if it does not.
        guard: What stands in front of the command that is run.
    """

    rules: Rules
    store: Store
    plugins: Plugins
    clock: Clock
    new_id: Callable[[], TicketId]
    new_salt: Callable[[], str]
    pause: Callable[[int], object]
    directory: Directory
    configuration: Configuration
    book: RuleBook
    shifts: Shifts
    loads: LoadBook
    operation: str = ""
    actor: Actor = SYSTEM
    request: Request | None = None
    fires: bool = True

    gate: Gate | None = None
    privileged: str = ""
    guard: Guard | None = None

    @property
    def config(self) -> DeskConfig:
        """The rules of the desk, as they are at present."""
        return self.rules.config

    def is_on_shift(self, person: str, at: datetime) -> bool:
        """Tell whether somebody works at an instant, and is not away: see `itsmkit.desk._shifts`."""
        return is_on_shift(self.shifts, person, at)

    def on_duty(self, team: str, at: datetime) -> Sequence[str]:
        """Return who is on duty for a team at an instant: see `itsmkit.desk._shifts`."""
        return on_duty_for(self.shifts, self.directory, team, at)

    @property
    def speaker(self) -> Speaker:
        """What finds the language of whom the desk tells something."""
        return Speaker(self.config.languages, self.directory)

    @property
    def access(self) -> Access | None:
        """Who may see and do what at present; ``None`` if everybody may see and do everything."""
        return None if self.gate is None else self.gate.access

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
            AccessDeniedError: If it is about the desk as a whole, and not permitted.
        """
        request = None if key is None else Request.of(key, command, actor, arguments)
        access = self.access
        if access is None:
            return self._with(operation=command, actor=actor, request=request)
        if self.privileged:
            # So that the books tell of it.
            actor = evolve(actor, roles=(*actor.roles, f"privileged: {self.privileged}"))
            return self._with(operation=command, actor=actor, request=request)
        guard = access.guard(command, actor)
        return self._with(operation=command, actor=actor, request=request, guard=guard)

    def _with(self, **changes: object) -> Self:
        # In a tenth of the time that `evolve` takes, which every command would pay.
        copy = object.__new__(type(self))
        object.__setattr__(copy, "__dict__", {**self.__dict__, **changes})
        return copy

    def moving(self, trigger: str) -> Self:
        """Return what runs one move of a workflow, which may be permitted by itself."""
        return self if self.guard is None else evolve(self, guard=self.guard.narrowed(trigger))

    def reader(self, operation: str, actor: Actor | None) -> Reader:
        """Return what reads tickets for *actor*, in an operation such as ``"tickets.find"``."""
        return Reader(self.store, operation, actor, None if self.privileged else self.access)

    def privileged_reader(self, operation: str) -> Reader:
        """Return what reads all tickets, for an answer that tells of them only what is for all."""
        return Reader(self.store, operation, None, None)

    def sight(self, actor: Actor | None) -> Callable[[Condition], bool]:
        """
        Return what tells whether something is there for *actor*, by the condition of whom it is for.

        For nobody in particular, there is what is for everybody.
        """
        if self.privileged:
            return lambda _audience: True
        if actor is None or self.gate is None:
            return lambda audience: audience is ALWAYS
        return partial(is_among, viewer=self.gate.viewer(actor))

    def admit(self, operation: str, actor: Actor | None) -> None:
        """
        Let *actor* do something about the desk as a whole that is no command.

        Raises:
            AccessDeniedError: If it is not permitted.
        """
        if self.access is not None and not self.privileged:
            self.access.guard(operation, actor)

    def occasion(self, at: datetime | None = None) -> Occasion:
        """Return the occasion of the command: now, or *at* if it happened earlier."""
        now = self.clock()
        return Occasion(self.actor, now, now if at is None else at)

    def view(self) -> "ConfigurationView":
        """Return the configuration as it is now; outside of a unit of work, since it reads the store."""
        return self.configuration.known().timeline.as_of(self.clock())

    def may(self, operation: str, actor: Actor | None, ticket: Ticket | None) -> Verdict:
        """Return whether *actor* may do *operation*: see `Desk.may`."""
        if self.access is None or self.privileged:
            return Verdict(allowed=True, because=("everybody may, on a desk without rules of access",))
        return self.access.verdict(operation, actor, ticket)

    def begin(self, decide: Callable[[UnitOfWork], Decision[AnyTicket]]) -> AnyTicket:
        """
        Run a command that begins a ticket, and return the ticket.

        Raises:
            AccessDeniedError: If it is not permitted.
            ConflictError: If another ticket has its number.
        """
        ticket: AnyTicket = self.answered(lambda unit: self.save(unit, decide(unit)), TICKET)
        return ticket

    def change(self, ticket_id: TicketId, decide: Callable[[Ticket], Decision[Ticket]]) -> Ticket:
        """
        Run a command on a ticket of any kind, and return the ticket after it.

        A conflict runs *decide* again on the fresh ticket; it must be a pure function of it.

        Raises:
            NotFoundError: If there is no such ticket for who asks.
            AccessDeniedError: If there is, and it is not permitted.
            ConflictError: If others saved first, every time.
        """
        return self.change_knowing(ticket_id, lambda _unit, ticket: decide(ticket))

    def change_knowing(
        self,
        ticket_id: TicketId,
        decide: Callable[[UnitOfWork, Ticket], Decision[Ticket]],
        *,
        kind: str | None = None,
    ) -> Ticket:
        """
        Run a command on a ticket of any kind as `change` does, where *decide* needs more than the ticket.

        What else it reads, and keeps, goes through the unit of work: it may run again.

        Args:
            ticket_id: The ticket.
            decide: Decides what happens to it.
            kind: The kind that it must be of; by default, any.

        Raises:
            NotFoundError: If there is no such ticket of this kind for who asks.
            AccessDeniedError: If there is, and it is not permitted.
            ConflictError: If others saved first, every time.
        """

        def work(unit: UnitOfWork) -> Ticket:
            stored = self.to_change(unit, ticket_id, kind)
            return self.save(unit, decide(unit, stored.ticket), stored)

        ticket: Ticket = self.answered(work, TICKET)
        return ticket

    def to_change(self, unit: UnitOfWork, ticket_id: TicketId, kind: str | None = None) -> StoredTicket:
        """Return a ticket that is to be changed: the one door by which commands come to it."""
        if kind is None:
            return unit.ticket(ticket_id)
        try:
            stored = unit.ticket(ticket_id)
        except NotFoundError:
            # What is absent looks like what is of another kind.
            raise NotFoundError(kind, ticket_id) from None
        if stored.ticket.kind != kind:
            raise NotFoundError(kind, ticket_id)
        return stored

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
            NotFoundError: If there is no such ticket of this kind for who asks.
            AccessDeniedError: If there is, and it is not permitted.
            ConflictError: If others saved first, every time.
        """
        changed = self.change_knowing(
            ticket_id,
            lambda _unit, ticket: cast("Decision[Ticket]", decide(cast("AnyTicket", ticket))),
            kind=kind.name,
        )
        return cast("AnyTicket", changed)

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
            return self.shown(self.retried(work))

        def first(unit: UnitOfWork) -> Result:
            known = request.known(unit)
            if known is not None:
                return answer.read(known, unit)
            result = work(unit)
            unit.remember(LedgerEntry(request.key, request.digest, answer.write(result), self.clock()))
            return result

        return self.shown(self.retried(first))

    def shown(self, result: Result) -> Result:
        """Return what of the *result* of a command may be read by who asked."""
        if self.guard is None or not isinstance(result, Ticket):
            return result
        return cast("Result", self.guard.shown(result, looking_in(self.store)))

    def rehearsed(self, work: Callable[[UnitOfWork], Result]) -> Result:
        """Run *work* in a unit of work that is undone at its end, and return what it returned."""
        done: list[Result] = []
        try:
            with self.store.begin() as unit:
                done.append(work(guarded(unit, self.guard)))
                raise _Rehearsed
        except _Rehearsed:
            return done[0]

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
            return None if known is None else answer.read(known, guarded(unit, self.guard))

    def retried(self, work: Callable[[UnitOfWork], Result]) -> Result:
        """
        Run *work* in a unit of work, again after a conflict, a bounded number of times, with pauses.

        In a transaction of the host a conflict is there to stay: then *work* runs once.
        """
        tries = 1 if self.store.is_joined else _TRIES
        for conflicts in range(1, tries):
            try:
                with self.store.begin() as unit:
                    return work(guarded(unit, self.guard))
            except ConflictError:
                self.pause(conflicts)
        with self.store.begin() as unit:
            return work(guarded(unit, self.guard))

    def clocks(self, stored: StoredTicket, history: History) -> Clocks:
        """
        Return the clocks of a stored ticket under the desk's agreements.

        Args:
            stored: The ticket, with the clocks cached when it was saved.
            history: Gives the events of a ticket. Asked only if the cache is lost or of other agreements.
        """
        return self.known_of(stored, history).clocks

    def known_of(self, stored: StoredTicket, history: History) -> Known:
        """Return what is known of a stored ticket: as `clocks`."""
        cached = self._cached(stored)
        if cached is not None:
            return cached
        # Others may have saved since the ticket was read: what they did is not this ticket's past.
        return self.read(history(stored.ticket.id)[: stored.ticket.version])

    def read(self, history: Sequence[TicketEvent]) -> Known:
        """Return what is known of a ticket from nothing but its history."""
        clocks = dict(follow_history(self.config.agreements, history))
        return Known(clocks, stay_of(history), standings_of(self.config.escalation.ladders, history))

    def save(
        self, unit: UnitOfWork, decision: Decision[AnyTicket], stored: StoredTicket | None = None
    ) -> AnyTicket:
        """
        Save what a rule decided, with the clocks, timers and notifications that follow from it.

        Args:
            unit: The unit of work in which the ticket was read.
            decision: What was decided.
            stored: The ticket before, as it was read; ``None`` for a new one.
        """
        ticket = decision.ticket
        if not decision.steps:
            return ticket
        before = 0 if decision.before is None else decision.before.version

        def past() -> Sequence[TicketEvent]:
            # As in `known_of`: others may have saved meanwhile.
            return unit.history(ticket.id)[:before]

        if ticket.kind == ACCESS_GRANT and self.access is not None:
            self.access.check_grant(decision, past() if before else ())
        self._ask_gates(decision)
        cached = None if stored is None else self._cached(stored)
        is_known = stored is None or cached is not None
        old = cached if is_known else self.read(past())
        clocks, stay, standings = ({}, None, NO_STANDINGS) if old is None else old
        after = follow(self.config.agreements, clocks, decision, past)
        events = decision.events
        climbed = standings_after(self.config.escalation.ladders, standings, decision.before, decision.steps)
        now = Known(clocks if after is clocks else dict(after), stay_after(stay, events), climbed)
        if self.config.promises is not None and now.clocks is not clocks:
            decision = self._with_promise(decision, now.clocks, events)
            ticket, events = decision.ticket, decision.events
        # Drawn last: whoever asks for what was done already draws nothing.
        unit.save(self.stored(ticket, now), self.salted(events), expected=before)
        if not is_known or now.clocks is not clocks:
            self._set_timers(unit, ticket.id, clocks if is_known else None, now.clocks)
        # What goes on in another ticket stays in its state, and its timer waits until it is unmerged.
        is_elsewhere = decision.before is not None and decision.before.merged_into != ticket.merged_into
        if not is_known or now.stay is not stay or is_elsewhere:
            self._set_state_timer(unit, decision.before, ticket, now.stay, is_known=is_known)
        if climbed is not standings or now.clocks is not clocks or not is_known:
            self._set_ladder_timer(unit, ticket.id, old if is_known else None, now)
        if decision.notices:
            self._tell(unit, ticket, decision.notices)
        self._begin_what_follows(unit, decision)
        return ticket

    def _begin_what_follows(self, unit: UnitOfWork, decision: Decision[AnyTicket]) -> None:
        """Set the timers of what follows: routing, cascades, and the order of a task."""
        order, ticket = order_to_look_at(decision), decision.ticket
        if order is not None:
            unit.set_timer(Timer(order, FULFILMENT, self.clock()))
        policy = self.config.routing
        if (
            policy is not None
            and self.fires
            and ticket.kind in policy.automatic
            and waits_by(decision.before, ticket)
        ):
            unit.set_timer(Timer(ticket.id, ROUTING, self.clock()))
        if ticket.links or ticket.merged_from:
            for course in courses_of(self.config.link_types, decision):
                unit.set_timer(Timer(ticket.id, course.timer_name(), self.clock()))

    def salted(self, events: Sequence[TicketEvent]) -> list[TicketEvent]:
        """Return *events* as they are saved: what is personal in them can be erased."""
        return [event.salted(self.new_salt()) for event in events]

    def stored(self, ticket: Ticket, known: Known) -> StoredTicket:
        """Return *ticket* as it is saved, with what is *known* of it under the rules of the desk."""
        return StoredTicket(
            ticket,
            {
                "agreements": self.config.agreements,
                "ladders": self.config.escalation.ladders,
                "clocks": known.clocks,
                "stay": known.stay,
                "standings": known.standings,
            },
        )

    def timers(self, ticket: Ticket, known: Known) -> Mapping[str, Timer]:
        """Return the timers that a ticket has by all that is *known* of it, by name."""
        found = {
            name: clock_timer(ticket.id, clock, clock.due)
            for name, clock in known.clocks.items()
            if clock.due is not None
        }
        deadline = self.deadline(ticket, known.stay)
        if deadline is not None:
            timer = state_timer(ticket, deadline)
            found[timer.name] = timer
        due = self.ladders_due(known)
        if due is not None:
            found[LADDERS] = Timer(ticket.id, LADDERS, due)
        return found

    @property
    def role_book(self) -> RoleBook:
        """What looks up who has a role on a ticket."""
        return RoleBook(self.directory, self.on_duty)

    @property
    def hours(self) -> Hours:
        """What steps of ladders count on."""
        return Hours(self.config.reporting_hours, self.config.calendars)

    def ladders_due(self, known: Known) -> datetime | None:
        """Return when the next step on a ladder of a ticket is due; ``None`` if none is to come."""
        if not known.standings.ladders:
            return None
        ladders = self.config.escalation.ladders
        coming = next_steps(ladders, known.standings, self.hours, known.clocks)
        return min((each.due for each in coming), default=None)

    def renew(self, unit: UnitOfWork, stored: StoredTicket) -> bool:
        """
        Make anew all that follows from the history of a ticket: clocks and timers, whatever they were before.

        Returns:
            Whether a timer or the promise is another now.

        Raises:
            ConflictError: If others save the ticket meanwhile.
        """
        ticket, version = stored.ticket, stored.ticket.version
        now = self.read(unit.history(ticket.id)[:version])
        decision = unchanged(ticket)
        if self.config.promises is not None:
            decision = self._with_promise(decision, now.clocks, ())
            ticket = decision.ticket
        timers = self.timers(ticket, now)
        stale = {timer.name: timer for timer in unit.timers(ticket.id) if follows_from_history(timer.name)}
        for name in stale.keys() - timers.keys():
            unit.clear_timer(ticket.id, name)
        is_changed = not stale.keys() <= timers.keys() or bool(decision.steps)
        for name, timer in timers.items():
            before = stale.get(name)
            if before is None or (before.due, before.deadline) != (timer.due, timer.deadline):
                unit.set_timer(timer)
                is_changed = True
        if is_changed or self._cached(stored) is None:
            # Also where no event is added: so that it conflicts with whatever others save meanwhile.
            unit.save(self.stored(ticket, now), self.salted(decision.events), expected=version)
            self._tell(unit, ticket, decision.notices)
        return is_changed

    def _with_promise(
        self, decision: Decision[AnyTicket], clocks: Clocks, events: Sequence[TicketEvent]
    ) -> Decision[AnyTicket]:
        """Return *decision*, and that what the requester was promised has moved by it, if it has."""
        policy, ticket = self.config.promises, decision.ticket
        assert policy is not None  # noqa: S101  # who calls has seen to it
        change = moved_promise(ticket, clocks, events, policy)
        if change is None:
            return decision
        now = self.clock()
        at = events[-1].effective_at if events else now
        follows = happen(ticket, Occasion(SYSTEM, now, at), change.fact)
        promised = promise(follows.ticket, clocks, now, policy=policy)
        # What is logged is acknowledged, not told to have moved.
        notice = None if decision.before is None else notice_of(follows.ticket, change, promised)
        told = decision.notices if notice is None else (*decision.notices, notice)
        return Decision(decision.before, (*decision.steps, *follows.steps), told)

    def deadline(self, ticket: Ticket, stay: Stay) -> Deadline | None:
        """Return which timer of its state a ticket meets next, and when, if it meets any."""
        kind = self.config.kinds.get(ticket.kind)
        if kind is None or not self.fires:
            return None
        config = self.config
        return next_deadline(kind, ticket, stay, config.reporting_hours, config.calendars)

    def _cached(self, stored: StoredTicket) -> Known | None:
        cache, agreements = stored.cache, self.config.agreements
        clocks, stay, read_under = cache.get("clocks"), cache.get("stay"), cache.get("agreements")
        if not isinstance(clocks, dict) or not isinstance(stay, Stay):
            return None
        ladders, standings = self.config.escalation.ladders, cache.get("standings", NO_STANDINGS)
        # As a rule they are the very same; to compare two hundred takes as long as a comment.
        if read_under is not agreements and read_under != agreements:
            return None
        climbed_on = cache.get("ladders", ())
        if not isinstance(standings, Standings) or (climbed_on is not ladders and climbed_on != ladders):
            return None
        return Known(clocks, stay, standings)

    def may_be_told(self, notice: Notice, ticket: Ticket) -> bool:
        """Tell whether the recipient of a notice about *ticket* may be told of it."""
        access = self.access
        return access is None or access.may_be_told(notice.recipient, _told_of(ticket, notice))

    def _tell(self, unit: UnitOfWork, ticket: Ticket, notices: Sequence[Notice]) -> None:
        for notice in notices:
            if not self.may_be_told(notice, ticket):
                continue
            key = "/".join([ticket.id, str(ticket.version), notice.what_for, notice.recipient])
            notification = self.speaker.notification(notice, ticket, key=key)
            unit.enqueue(OutboxEntry(notification, 0, self.clock()))

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
                unit.set_timer(clock_timer(ticket_id, new[name], after))

    def _set_ladder_timer(
        self, unit: UnitOfWork, ticket_id: TicketId, before: Known | None, now: Known
    ) -> None:
        """Set the timer of the ladders of a ticket, or clear it, if that is another than it was *before*."""
        due = self.ladders_due(now)
        if before is not None and self.ladders_due(before) == due:
            return
        if due is not None:
            unit.set_timer(Timer(ticket_id, LADDERS, due))
        elif self.config.escalation.ladders:
            unit.clear_timer(ticket_id, LADDERS)

    def _set_state_timer(
        self, unit: UnitOfWork, before: Ticket | None, ticket: Ticket, stay: Stay, *, is_known: bool
    ) -> None:
        """Set the timer of the state that *ticket* is in, and clear that of the one it was in *before*."""
        kind = self.config.kinds.get(ticket.kind)
        timed = frozenset() if kind is None else kind.timed_states
        if is_known and ticket.state not in timed and (before is None or before.state not in timed):
            return  # which is the rule, so it comes first
        deadline = self.deadline(ticket, stay)
        stale = set(timed)
        if is_known:
            stale &= {each.state for each in (before, ticket) if each is not None}
        if deadline is not None:
            stale.discard(ticket.state)
            unit.set_timer(state_timer(ticket, deadline))
        for state in sorted(stale):
            unit.clear_timer(ticket.id, name_of_state(state))


def _told_of(ticket: Ticket, notice: Notice) -> Ticket:
    """Return *ticket* as it is judged whether the recipient of a notice may be told of it."""
    if notice.taking_part_as is None:
        return ticket
    participant = Participant(notice.recipient, notice.taking_part_as)
    return evolve(ticket, participants=(*ticket.participants, participant))
