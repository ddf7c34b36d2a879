"""After the commit: notifications go out, observers are told, access is provisioned."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from random import Random
from threading import Lock

from attrs import evolve, field, frozen

from itsmkit.desk._access import Gate
from itsmkit.desk._backoff import growing_pause
from itsmkit.desk._provisioning import change_of_access
from itsmkit.desk._robots import ROBOT_CHANNEL, Robots
from itsmkit.desk._turns import Turn
from itsmkit.desk.clock import Clock, due_clock
from itsmkit.errors import NotFoundError, PluginError
from itsmkit.plugin import DamagedStoreError, OutboxEntry, Plugins, PositionedEvent, Store
from itsmkit.tickets import TicketEvent, TicketId

__all__ = ["Courier", "DeliveryReport"]

_TRIES = 8
"""How often a notification, or an event for an observer, is offered before it is given up."""

_FIRST_PAUSE = timedelta(seconds=30)
"""
The longest pause after the first failure; after each one more it is twice as long. They add up to about an
hour.
"""

_LONGEST_PAUSE = timedelta(hours=1)

_AT_ONCE = 100
"""How many events an observer is told before it is noted that it has heard them."""


@frozen
class DeliveryReport:
    """
    What came of a round of deliveries.

    Args:
        delivered: How many notifications were handed over.
        retried: How many will be tried again, later.
        parked: The notifications that were given up in this round; each says why.
        observer_failures: What observers and provisioners raised. The event is offered to them again, unless
            the error says that it was given up.
        again_at: The earliest instant at which something that failed is tried again, as far as this desk
            knows; or ``None``.
        is_cut_short: Whether a turn has ended while there may be more to deliver, or to tell observers.
    """

    delivered: int = 0
    retried: int = 0
    parked: tuple[OutboxEntry, ...] = ()
    observer_failures: tuple[PluginError, ...] = ()
    again_at: datetime | None = None
    is_cut_short: bool = False


@frozen
class _Trouble:
    """An event that an observer has failed on, so often, and the instant at which it is offered again."""

    position: int
    tries: int
    again_at: datetime


@frozen
class _Listener:
    """
    Somebody who hears the feed.

    Args:
        reader: By which its place in the feed is kept.
        hear: Tells it of an event. Raises `PluginError` if it fails.
    """

    reader: str
    hear: Callable[[TicketEvent], None]


@frozen(eq=False)
class Courier:
    """
    Delivers.

    How often an observer has failed on an event is counted in this process; another one counts for itself.

    Args:
        store: Where outbox and feed are kept.
        plugins: Who takes notifications, who observes, and who provisions.
        clock: The desk's clock.
        random: The desk's random source.
        gate: What stands in front of the desk: not everybody may be told of every ticket.
        robots: Who hands tasks to robots; ``None`` if nobody does.
    """

    store: Store
    plugins: Plugins
    clock: Clock
    random: Random
    _due_now: Clock = field(init=False)
    gate: Gate | None = None
    robots: Robots | None = None
    _telling: Lock = field(factory=Lock, init=False)
    _troubles: dict[str, _Trouble] = field(factory=dict, init=False)

    @_due_now.default
    def _shared_clock(self) -> Clock:
        return due_clock(self.clock, self.store)

    def deliver(self, lease: timedelta, stop: Callable[[], bool], length: timedelta | None) -> DeliveryReport:
        """See `Desk.deliver`."""
        delivered = 0
        retried: list[datetime] = []
        parked: list[OutboxEntry] = []
        # One at a time, so that the lease begins with the attempt, however long those before it took.
        damaged: dict[str, DamagedStoreError] = {}
        turn = Turn(stop, self.clock, length)
        while not turn():
            try:
                entries = self.store.claim_outbox(self._due_now(), lease=lease, limit=1)
            except DamagedStoreError as error:
                # What can be read does not wait for what cannot; a store that says it twice hides it not.
                if str(error) in damaged:
                    break
                damaged[str(error)] = error
                continue
            if not entries:
                break
            for entry in entries:
                turn.use()
                outcome = self._attempt(entry)
                self.store.settle(entry.notification.key, outcome)
                if outcome is None:
                    delivered += 1
                elif outcome.parked is None:
                    retried.append(outcome.not_before)
                else:
                    parked.append(outcome)
        failures, is_cut_short = self._tell_observers(stop, length)
        for each in damaged.values():
            raise each
        again_at = (*retried, *(trouble.again_at for trouble in tuple(self._troubles.values())))
        return DeliveryReport(
            delivered,
            len(retried),
            tuple(parked),
            failures,
            min(again_at, default=None),
            turn.is_cut_short or is_cut_short,
        )

    def _attempt(self, entry: OutboxEntry) -> OutboxEntry | None:
        if entry.notification.channel == ROBOT_CHANNEL and self.robots is not None:
            problem = self.robots.run(entry.notification)
            return None if problem is None else self._again(entry, problem)
        if not self._may_be_told(entry):
            withheld = "withheld: its ticket is under a restriction by now, and they may not see it"
            return evolve(entry, parked=withheld)
        try:
            receipt = self.plugins.deliver(entry.notification)
        except PluginError as error:
            problem = str(error)
        else:
            if receipt is not None:
                return None
            problem = f"no plugin delivers to {entry.notification.recipient!r}"
        return self._again(entry, problem)

    def _again(self, entry: OutboxEntry, problem: str) -> OutboxEntry:
        """Return an entry that could not be delivered, to be tried again or given up."""
        tries = entry.attempts + 1
        if tries >= _TRIES:
            return evolve(entry, attempts=tries, parked=f"given up after {tries} tries: {problem}")
        return evolve(entry, attempts=tries, not_before=self._later(tries))

    def _may_be_told(self, entry: OutboxEntry) -> bool:
        """Tell whether the recipient may still know of the ticket, which may be restricted by now."""
        notification = entry.notification
        access = None if self.gate is None else self.gate.access
        if access is None or notification.ticket_id is None:
            return True
        recipient = notification.recipient
        try:
            with self.store.begin() as unit:
                ticket = unit.ticket(TicketId(notification.ticket_id)).ticket
                if access.may_be_told(recipient, ticket):
                    return True
                if ticket.fact("approval") != "requested":
                    return False
                from itsmkit.desk._votes import is_told_for_another  # noqa: PLC0415  # many have no orders
                from itsmkit.practices.catalogue import as_approver  # noqa: PLC0415  # as above

                # Who stands in for an approver is told what they are asked, for as long as they do.
                stands_in = is_told_for_another(unit, ticket, recipient, self.clock())
        except NotFoundError:
            return True  # it is about none that could be secret
        return stands_in and access.may_be_told(recipient, as_approver(ticket, recipient))

    def _later(self, tries: int) -> datetime:
        """Return the instant of the next attempt after so many."""
        return self._due_now() + growing_pause(tries, _FIRST_PAUSE, _LONGEST_PAUSE, self.random)

    def _tell_observers(
        self, stop: Callable[[], bool], length: timedelta | None
    ) -> tuple[tuple[PluginError, ...], bool]:
        """Tell each observer in a turn of its own; return what they raised, and whether a turn was cut."""
        # One thread at a time, or an observer would hear the feed out of order. Whoever comes meanwhile
        # leaves it to that one, be it an observer that calls the desk.
        if not self._telling.acquire(blocking=False):
            return (), False
        failures: list[PluginError] = []
        is_cut_short = False
        try:
            for listener in self._listeners():
                turn = Turn(stop, self.clock, length)
                failure = self._tell(listener, turn)
                if failure is not None:
                    failures.append(failure)
                is_cut_short |= turn.is_cut_short
            return tuple(failures), is_cut_short
        finally:
            self._telling.release()

    def _listeners(self) -> Iterator[_Listener]:
        """Go through those who hear the feed, each from its own place in it."""
        for name in self.plugins.observers():
            yield _Listener(f"observer:{name}", partial(self.plugins.tell, name))
        for name in self.plugins.provisioners():
            yield _Listener(f"provisioner:{name}", partial(self._provision, name))

    def _provision(self, provisioner: str, event: TicketEvent) -> None:
        change = change_of_access(self.store, event)
        if change is not None:
            tell = self.plugins.provision if change.is_given else self.plugins.deprovision
            tell(provisioner, change.grant, change.key)

    def _tell(self, listener: _Listener, turn: Turn) -> PluginError | None:
        """Tell *listener* the events that it has not heard of, up to the first that it fails on."""
        reader = listener.reader
        trouble = self._troubles.get(reader)
        if trouble is not None and self._due_now() < trouble.again_at:
            return None
        position = self.store.cursor(reader)
        failure: PluginError | None = None
        while (
            failure is None and not turn() and (events := self.store.events(after=position, limit=_AT_ONCE))
        ):
            heard = position
            for positioned in events:
                if turn():
                    break
                turn.use()
                failure = self._offer(listener, positioned)
                if reader not in self._troubles:
                    heard = positioned.position
                if failure is not None:
                    break
            if heard > position:
                with self.store.begin() as unit:
                    unit.set_cursor(reader, heard)
            position = heard
        return failure

    def _offer(self, listener: _Listener, positioned: PositionedEvent[TicketEvent]) -> PluginError | None:
        """Tell *listener* of one event; return what it raised. It is in trouble then, or gives it up."""
        reader = listener.reader
        trouble, place = self._troubles.pop(reader, None), positioned.position
        try:
            listener.hear(positioned.event)
        except PluginError as error:
            tries = 1 if trouble is None or trouble.position != place else trouble.tries + 1
            if tries < _TRIES:
                self._troubles[reader] = _Trouble(place, tries, self._later(tries))
                return error
            problem = f"{error.problem}; given up after {tries} tries: it misses event {place} of the feed"
            given_up = PluginError(error.plugin, error.hook, problem)
            given_up.__cause__ = error
            return given_up
        return None
