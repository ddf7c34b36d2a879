"""The desk: the one object that a host holds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from os import PathLike, environ
from random import Random, SystemRandom
from typing import Self

from itsmkit._problems import name_problems
from itsmkit.desk._commands import Runner
from itsmkit.desk._configuration import Configuration
from itsmkit.desk._delivery import Courier, DeliveryReport
from itsmkit.desk._ids import uuid7
from itsmkit.desk._timers import Waker
from itsmkit.desk.audit import Audit
from itsmkit.desk.clock import Clock, system_clock, utc_clock
from itsmkit.desk.cmdb import ConfigurationCommands
from itsmkit.desk.config import DeskConfig
from itsmkit.desk.discovery import DiscoveryCommands
from itsmkit.desk.incidents import IncidentCommands
from itsmkit.desk.item_facets import ItemFacets
from itsmkit.desk.memory import InMemoryStore
from itsmkit.desk.tickets import TicketCommands
from itsmkit.errors import DefinitionError
from itsmkit.plugin import API, IncompleteStoreError, Plugins, PositionedEvent, Store
from itsmkit.plugin.storage import lacking_members
from itsmkit.reporting import IncidentReport, incident_report
from itsmkit.tickets import Actor, TicketEvent, TicketId

__all__ = ["Desk"]


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

    def __init__(
        self,
        config: DeskConfig | None = None,
        *,
        store: Store | str | None = None,
        tenant: str | None = None,
        plugins: Plugins | Iterable[object] | str = (),
        clock: Clock = system_clock,
        random: Random | None = None,
    ) -> None:
        self.config = DeskConfig.standard() if config is None else config
        if not isinstance(plugins, Plugins):
            plugins = Plugins(plugins, built_in=[ItemFacets()], environ=environ)
        self.plugins = plugins
        self.clock = now = utc_clock(clock)
        self.store = self._place(store, tenant)
        source = random or SystemRandom()
        self._runner = Runner(
            self.config, self.store, self.plugins, now, lambda: TicketId(uuid7(now, source))
        )
        self._configuration = Configuration(self.store, self.config.cmdb)
        self._waker = Waker(self._runner)
        self._courier = Courier(self.store, self.plugins, now)
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
    ) -> "Desk":
        """
        Make a desk as a TOML file, or a mapping of the same shape, describes it.

        Raises:
            DefinitionError: With every fault of the description, each with its path; and as the class says.
        """
        found = DeskConfig.load(config)
        return cls(found, store=store, tenant=tenant, plugins=plugins, clock=clock, random=random)

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

    @property
    def tickets(self) -> TicketCommands:
        """What can be asked of tickets of any kind."""
        return TicketCommands(self._runner, self._actor)

    @property
    def cmdb(self) -> ConfigurationCommands:
        """What can be asked of service configuration management."""
        return ConfigurationCommands(self._runner, self._actor, self._configuration)

    @property
    def discovery(self) -> DiscoveryCommands:
        """What can be asked of discovery: what sources say of the configuration."""
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

    def report(self) -> IncidentReport:
        """Return the figures of the desk's incidents as they stand now, in its reporting hours."""
        return incident_report(self.feed(), self.tickets.readings(), self.config.reporting_hours)

    def next_due(self) -> datetime | None:
        """Return the earliest instant at which `run_due` has something to do, or ``None``."""
        return self.store.next_due()

    def run_due(self, *, lease: timedelta = timedelta(minutes=1)) -> int:
        """
        Do what has become due by the desk's clock: checkpoints of service-level clocks, and who is told.

        Any number of workers may call it, as often as they like: each checkpoint passes exactly once.

        Args:
            lease: How long a timer is this worker's alone. One that dies loses it after that.

        Returns:
            How many checkpoints were passed.

        Raises:
            DefinitionError: If *lease* is not more than zero.
        """
        return self._waker.run_due(_checked(lease))

    def deliver(self, *, lease: timedelta = timedelta(minutes=1)) -> DeliveryReport:
        """
        Deliver what waits in the outbox, and tell observers what happened since they were last told.

        Any number of workers may call it. While one thread tells the observers of this desk, another that
        comes leaves them to it.

        Args:
            lease: How long a notification is this worker's alone: longer than one delivery takes.

        Returns:
            What was delivered, will be tried again, and was given up.

        Raises:
            DefinitionError: If *lease* is not more than zero.
        """
        return self._courier.deliver(_checked(lease))

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
