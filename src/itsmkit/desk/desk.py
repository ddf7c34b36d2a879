"""The desk: the one object that a host holds."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from os import PathLike, environ
from random import Random, SystemRandom
from threading import RLock
from typing import TYPE_CHECKING, Any, Self

from attrs import evolve

from itsmkit._problems import name_problems
from itsmkit.desk._backoff import pause_after
from itsmkit.desk._commands import Runner, in_own_transactions
from itsmkit.desk._configuration import Configuration, NewLock
from itsmkit.desk._delivery import Courier, DeliveryReport
from itsmkit.desk._ids import uuid7
from itsmkit.desk._timers import DueReport, Waker
from itsmkit.desk.audit import Audit
from itsmkit.desk.batch import BatchStore, batch_on
from itsmkit.desk.clock import Clock, Pause, system_clock, system_pause, utc_clock
from itsmkit.desk.config import DeskConfig
from itsmkit.desk.incidents import IncidentCommands
from itsmkit.desk.item_facets import ItemFacets
from itsmkit.desk.memory import InMemoryStore
from itsmkit.desk.tickets import TicketCommands
from itsmkit.desk.work import WorkCommands
from itsmkit.errors import DefinitionError
from itsmkit.plugin import (
    API,
    IncompleteStoreError,
    Plugins,
    PositionedEvent,
    Store,
)
from itsmkit.plugin.storage import lacking_members
from itsmkit.tickets import Actor, TicketEvent, TicketId

if TYPE_CHECKING:
    from itsmkit.desk.cmdb import ConfigurationCommands
    from itsmkit.desk.discovery import DiscoveryCommands
    from itsmkit.reporting import IncidentReport

__all__ = ["Desk", "MIN_RETENTION"]

MIN_RETENTION = timedelta(hours=24)
"""How long it is remembered at least what was done under an idempotency key."""


class Desk:
    """
    A service desk: commands in, events out.

    A desk may be used by several threads. It owns its plugins, reads time only from its clock and draws
    identifiers only from its random source, so that a whole day of it can be run again and again.

    Args:
        config: What is agreed, allowed and escalated; by default, the standard of an IT desk.
        store: Where it keeps its records: a store, or a URL that a plugin understands. By default, in
            memory.
        tenant: Whose data of the store it works on, which nobody finds at the desk of another tenant; by
            default, that of the store at hand, which is as a rule ``"default"``.
        plugins: Plugins as objects, modules or names, or ``"auto"`` for those that are installed; the
            environment may keep some of them out, see `Plugins`. Or a `Plugins` made before, to which
            nothing is added; otherwise `ItemFacets` comes first.
        clock: Where it gets its time from, aware; by default, the machine's clock.
        random: Where its identifiers get their random bits from; by default, the operating system.
        pause: How it waits a moment before it runs a command again that others came before; by default, its
            thread sleeps.

    Raises:
        IncompleteStoreError: If the store lacks what a store must have.
        DefinitionError: If *tenant* is no name.

    >>> from itsmkit.desk import Desk
    >>> from itsmkit.tickets import Actor
    >>> desk = Desk().acting_as(Actor("ann"))
    >>> incident = desk.incidents.log("No network on floor 3", requester="bob", impact="high")
    >>> incident.number, incident.state, incident.priority
    ('INC-1', 'New', 'P3')
    """

    _new_lock: NewLock = staticmethod(RLock)
    """Makes the locks that are held while the store is asked: other ones where tasks share a thread."""

    def __init__(
        self,
        config: DeskConfig | None = None,
        *,
        store: Store | str | None = None,
        tenant: str | None = None,
        plugins: Plugins | Iterable[object] | str = (),
        clock: Clock = system_clock,
        random: Random | None = None,
        pause: Pause = system_pause,
    ) -> None:
        self.config = DeskConfig.standard() if config is None else config
        if not isinstance(plugins, Plugins):
            plugins = Plugins(plugins, built_in=[ItemFacets()], environ=environ)
        self.plugins = plugins
        self.clock = now = utc_clock(clock)
        self.store = self._place(store, tenant)
        source = random or SystemRandom()
        self._runner = Runner(
            self.config,
            self.store,
            self.plugins,
            now,
            new_id=lambda: TicketId(uuid7(now, source)),
            new_salt=lambda: f"{source.getrandbits(128):032x}",
            pause=lambda conflicts: pause(pause_after(conflicts, source)),
        )
        self._configuration = Configuration(self.store, self.config.cmdb, self._new_lock)
        self._waker = Waker(self._runner)
        self._courier = Courier(self.store, self.plugins, now, source)
        self._actor: Actor | None = None

    def _place(self, store: Store | str | None, tenant: str | None) -> Store:
        """Return the store for the data of *tenant*."""
        problems = [] if tenant is None else [*name_problems("tenant", tenant)]
        if problems:
            raise DefinitionError(*problems)
        if store is None:
            store = InMemoryStore()
        found = self.plugins.make_store(store) if isinstance(store, str) else store
        lacking = lacking_members(found)
        if lacking:
            raise IncompleteStoreError(type(found).__name__, lacking, API)
        return found if tenant is None else found.of_tenant(tenant)

    @classmethod
    def from_config(
        cls,
        config: "str | PathLike[str] | Mapping[str, object]",
        *,
        store: Store | str | None = None,
        tenant: str | None = None,
        plugins: Plugins | Iterable[object] | str = (),
        clock: Clock = system_clock,
        random: Random | None = None,
        pause: Pause = system_pause,
    ) -> "Desk":
        """
        Make a desk as a TOML file, or a mapping of the same shape, describes it.

        Raises:
            DefinitionError: With every fault of the description, each with its path; and as the class says.
        """
        found = DeskConfig.load(config)
        return cls(
            found, store=store, tenant=tenant, plugins=plugins, clock=clock, random=random, pause=pause
        )

    @classmethod
    def open(
        cls,
        url: str,
        *,
        config: "DeskConfig | str | PathLike[str] | Mapping[str, object] | None" = None,
        tenant: str | None = None,
        plugins: Plugins | Iterable[object] | str = "auto",
        clock: Clock = system_clock,
        random: Random | None = None,
        pause: Pause = system_pause,
    ) -> "Desk":
        """
        Open the desk whose records are where *url* says, with the plugins that are installed.

        Args:
            url: Such as ``sqlite:///desk.db`` or ``postgresql+psycopg://user:password@host/database``, for
                which the plugin itsmkit-sql is installed.
            config: The rules: as a value, the path of a TOML file or a mapping of the same shape; by default,
                the standard of an IT desk.
            tenant: As for `Desk`.
            plugins: As for `Desk`.
            clock: As for `Desk`.
            random: As for `Desk`.
            pause: As for `Desk`.

        Raises:
            DefinitionError: With every fault of the description, each with its path; if *tenant* is no name;
                or if no plugin is installed for such a URL.
        """
        if config is not None and not isinstance(config, DeskConfig):
            config = DeskConfig.load(config)
        return cls(config, store=url, tenant=tenant, plugins=plugins, clock=clock, random=random, pause=pause)

    def of_tenant(self, tenant: str) -> Self:
        """Return a desk of the same rules and plugins for the records of *tenant*, at the same place."""
        return self._on(self.store.of_tenant(tenant))

    def _on(self, store: Store) -> Self:
        """Return the same desk with its records in *store*."""
        bound = object.__new__(type(self))
        bound.__dict__.update(self.__dict__)
        bound.store = store
        bound._runner = evolve(self._runner, store=store)
        bound._configuration = Configuration(store, self.config.cmdb, self._new_lock)
        bound._waker = Waker(bound._runner)
        bound._courier = Courier(store, self.plugins, self.clock, self._courier.random)
        return bound

    @contextmanager
    def batch(self) -> Iterator[Self]:
        """
        Return this desk bound to one transaction, for the length of a ``with`` block: for imports.

        At the end of the block all that was done is saved at once; an exception that passes through undoes
        it. Commands in it see what was done before. Only when it ends, it is met by what others have saved
        meanwhile. It draws numbers at once: those of a batch that is undone are left out.

        The batch belongs to one thread, and keeps in memory what it is to save. `run_due` and `next_due` are
        about the timers that were set in it; the others are left to workers. Nothing is delivered before it
        is saved. Positions in the feed are provisional until then, and to search is to go through all
        tickets.

        Raises:
            RefusedError: If the desk is a batch already, or its store takes part in the transaction of its
                host.
            ConflictError: At the end, if others have saved meanwhile what the batch has changed, or have a
                number that it has used. Nothing of it is saved then.

        >>> desk = Desk().acting_as(Actor("import"))
        >>> with desk.batch() as batch:
        ...     for title in ("No network", "No power"):
        ...         incident = batch.incidents.log(title)
        ...     _ = batch.tickets.comment(incident.id, "The same fuse?")
        >>> [ticket.title for ticket in desk.tickets]
        ['No network', 'No power']
        """
        with batch_on(self.store) as store:
            yield self._on(store)

    @property
    def is_batch(self) -> bool:
        """Whether this is a desk bound to one transaction, as `batch` makes it."""
        return isinstance(self.store, BatchStore)

    def acting_as(self, actor: Actor) -> Self:
        """Return the same desk, with *actor* doing whatever does not name another."""
        bound = object.__new__(type(self))
        bound.__dict__.update(self.__dict__)
        bound._actor = actor
        return bound

    @property
    def tenant(self) -> str:
        """Whose data it works on."""
        return self.store.tenant

    @property
    def incidents(self) -> IncidentCommands:
        """What can be asked of incident management."""
        return IncidentCommands(self._runner, self._actor)

    def work(self, kind: str) -> WorkCommands[Any]:
        """
        Return what can be asked of a kind of work, by its name.

        Raises:
            NotFoundError: If the desk has no such kind.
        """
        return WorkCommands(self._runner, self._actor, self.config.kind(kind).name)

    @property
    def tickets(self) -> TicketCommands:
        """What can be asked of tickets of any kind."""
        return TicketCommands(self._runner, self._actor)

    @property
    def cmdb(self) -> "ConfigurationCommands":
        """What can be asked of service configuration management."""
        from itsmkit.desk.cmdb import ConfigurationCommands  # noqa: PLC0415  # many a desk has tickets only

        return ConfigurationCommands(self._runner, self._actor, self._configuration)

    @property
    def discovery(self) -> "DiscoveryCommands":
        """What can be asked of discovery: what sources say of the configuration."""
        from itsmkit.desk.discovery import DiscoveryCommands  # noqa: PLC0415  # as above

        return DiscoveryCommands(self._runner, self._actor, self._configuration)

    @property
    def audit(self) -> Audit:
        """What can be asked of the desk's own books: whether they are whole, and as they were written."""
        return Audit(self.store, self.clock, self.config)

    def events(self, *, after: int = 0, limit: int = 1000) -> Sequence[PositionedEvent[TicketEvent]]:
        """
        Return the feed: every event of the desk, in the order of the commits.

        Args:
            after: The position that the reader has reached; 0 to begin with.
            limit: The most to return at once.

        Returns:
            The events with their positions. Give the last position as *after* to go on; no event is ever
            skipped.
        """
        return self.store.events(after=after, limit=limit)

    def feed(self) -> Iterator[TicketEvent]:
        """Go through every event of the desk, in the order of the commits."""
        position = 0
        while page := self.events(after=position):
            position = page[-1].position
            yield from (positioned.event for positioned in page)

    def report(self) -> "IncidentReport":
        """Return the figures of the desk's incidents as they stand now, in its reporting hours."""
        from itsmkit.reporting import incident_report  # noqa: PLC0415  # as above

        return incident_report(self.feed(), self.tickets.readings(), self.config.reporting_hours)

    def next_due(self) -> datetime | None:
        """Return the earliest instant at which `run_due` has something to do, or ``None``."""
        return self.store.next_due()

    def run_due(
        self,
        *,
        lease: timedelta = timedelta(minutes=1),
        stop: Callable[[], bool] = lambda: False,
        turn: timedelta | None = None,
    ) -> DueReport:
        """
        Do what has become due by the desk's clock: checkpoints of service-level clocks, and who is told.

        Any number of workers may call it, as often as they like: each checkpoint passes exactly once. A timer
        that fails keeps nobody else waiting.

        Args:
            lease: How long a timer is this worker's alone. One that dies loses it after that.
            stop: Asked before each timer: whether to leave the rest, which others may take at once.
            turn: How long to go on by the desk's clock, so that others have their turn: what is begun then
                is finished, and the rest left. By default, until nothing is due.

        Returns:
            How many checkpoints were passed, and which timers failed.

        Raises:
            DefinitionError: If *lease* is not more than zero.
            RefusedError: In a transaction of the host: see `Store.is_joined`.
        """
        in_own_transactions(self.store, "run_due")
        return self._waker.run_due(_checked(lease), stop, turn)

    def deliver(
        self,
        *,
        lease: timedelta = timedelta(minutes=1),
        stop: Callable[[], bool] = lambda: False,
        turn: timedelta | None = None,
    ) -> DeliveryReport:
        """
        Deliver what waits in the outbox, and tell observers what happened since they were last told.

        Any number of workers may call it. What a recipient is told of a ticket comes in order: what is to be
        tried again holds up what follows it for the same recipient and ticket, and nothing else. While one
        thread tells the observers of this desk, another that
        comes leaves them to it.

        Args:
            lease: How long a notification is this worker's alone: longer than one delivery takes.
            stop: Asked before each delivery, and before each event that an observer is told: whether to
                leave the rest.
            turn: How long to go on by the desk's clock, first with notifications and then with each
                observer, so that others have their turn: what is begun then is finished, and the rest left.
                By default, until nothing is left.

        Returns:
            What was delivered, will be tried again, and was given up.

        Raises:
            DefinitionError: If *lease* is not more than zero.
            RefusedError: In a transaction of the host: see `Store.is_joined`; or in a `batch`.
            DamagedStoreError: After all else is done, if there is a notification that cannot be read.
        """
        in_own_transactions(self.store, "deliver")
        return self._courier.deliver(_checked(lease), stop, turn)

    def forget(self, *, older_than: timedelta) -> int:
        """
        Forget which commands were done under idempotency keys a long time ago.

        Nothing is forgotten by itself. A command that is asked for again after that is done again.

        Args:
            older_than: How long ago, at least `MIN_RETENTION`: longer than anybody tries again.

        Returns:
            How many there were.

        Raises:
            DefinitionError: If *older_than* is less.
        """
        if older_than < MIN_RETENTION:
            problem = (
                f"older_than must be {MIN_RETENTION} or more, not {older_than}: "
                "whoever asks again would be taken for new"
            )
            raise DefinitionError(problem)
        return self.store.forget(self.clock() - older_than)

    def close(self) -> None:
        """Let go of what the store holds open; the desk is not used afterwards."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


def _checked(lease: timedelta) -> timedelta:
    if lease <= timedelta(0):
        problem = (
            f"a lease must be more than zero, not {lease}: nobody else may take the work while it is done"
        )
        raise DefinitionError(problem)
    return lease
