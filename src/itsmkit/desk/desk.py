"""The desk: the one object that a host holds."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from os import PathLike, environ
from random import Random, SystemRandom
from threading import RLock
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from attrs import evolve

from itsmkit._problems import name_problems, shown
from itsmkit.calendars._zones import zone as zone_of
from itsmkit.desk._access import Gate, PeopleNow
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._backoff import pause_after
from itsmkit.desk._commands import Runner, in_own_transactions
from itsmkit.desk._configuration import Configuration, NewLock
from itsmkit.desk._delivery import Courier, DeliveryReport
from itsmkit.desk._desk_reads import DeskReads, check_least
from itsmkit.desk._granted import GrantBook
from itsmkit.desk._ids import uuid7
from itsmkit.desk._kept_rules import kept_rules
from itsmkit.desk._load_book import LoadBook
from itsmkit.desk._rereading import Rereader, RereadReport
from itsmkit.desk._robots import Robots
from itsmkit.desk._rule_book import RuleBook
from itsmkit.desk._rules import Rules
from itsmkit.desk._searching import Searching
from itsmkit.desk._shifts import DeskShifts
from itsmkit.desk._timers import DueReport, Waker
from itsmkit.desk.batch import BatchStore, batch_on
from itsmkit.desk.clock import Clock, Pause, system_clock, system_pause, utc_clock
from itsmkit.desk.config import DeskConfig
from itsmkit.desk.item_facets import ItemFacets
from itsmkit.desk.memory import InMemoryDirectory, InMemoryStore
from itsmkit.desk.operations import unknown_operation
from itsmkit.desk.scripted_answers import ScriptedAnswers
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.languages import Messages
from itsmkit.plugin import (
    API,
    Directory,
    IncompleteStoreError,
    Plugins,
    SearchIndex,
    Shifts,
    Store,
)
from itsmkit.plugin.search import lacking_index_members
from itsmkit.plugin.storage import lacking_members
from itsmkit.practices.access import AccessDeniedError, Verdict
from itsmkit.tickets import Actor, Ticket, TicketId

if TYPE_CHECKING:
    from itsmkit.desk.audit import Audit
    from itsmkit.desk.rules import RulesCommands

__all__ = ["Desk", "MIN_RETENTION"]

MIN_RETENTION = timedelta(hours=24)
"""How long it is remembered at least what was done under an idempotency key."""

_FIRST = datetime.min.replace(tzinfo=UTC)


@looking_at_arguments(but=("lease", "older_than", "tenant"))
class Desk(DeskReads):
    """
    A service desk: commands in, events out.

    A desk may be used by several threads. It owns its plugins, reads time only from its clock and draws
    identifiers only from its random source, so that a whole day of it can be run again and again.

    Args:
        config: What is agreed, allowed and escalated; by default, what is kept in the store, or the standard
            of an IT desk if nothing is.
        store: Where it keeps its records: a store, or a URL that a plugin understands. By default, in
            memory.
        tenant: Whose data of the store it works on, which nobody finds at the desk of another tenant; by
            default, that of the store at hand, which is as a rule ``"default"``.
        plugins: Plugins as objects, modules or names, or ``"auto"`` for those that are installed; the
            environment may keep some of them out, see `Plugins`. Or a `Plugins` made before, to which
            nothing is added; otherwise `ItemFacets` and `ScriptedAnswers` come first.
        clock: Where it gets its time from, aware; by default, the machine's clock. Then the clock of a
            database server, which all machines share, says what is due: see `SystemClock`.
        random: Where its identifiers get their random bits from; by default, the operating system.
        directory: Where it looks up people and structure; by default, what its rules say.
        search: Where it finds tickets and articles by words: an index, or a URL that a plugin understands. By
            default, beside its records if the store keeps an index, else in memory.
        shifts: Who knows when people work; by default, its rotas, and the calendars of people and their
            support groups say so, see `RotaShifts`.
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
        directory: Directory | None = None,
        search: SearchIndex | str | None = None,
        shifts: Shifts | None = None,
    ) -> None:
        if not isinstance(plugins, Plugins):
            plugins = Plugins(plugins, built_in=[ItemFacets(), ScriptedAnswers()], environ=environ)
        self.plugins = plugins
        self.clock = now = utc_clock(clock)
        self._store = self._place(store, tenant)
        kept = kept_rules(self._store) if config is None else None
        if config is not None:
            self._rules = Rules(config, None)
        else:
            self._rules = kept or Rules(DeskConfig.standard(), 0)
        self.directory = _OwnDirectory(self._rules.config.structure) if directory is None else directory
        source = random or SystemRandom()
        gate = self._gate()
        self._configuration = Configuration(self._store, self._rules.config.cmdb, self._new_lock)
        self._runner = Runner(
            self._rules,
            self._store,
            self.plugins,
            now,
            new_id=lambda: TicketId(uuid7(now, source)),
            new_salt=lambda: f"{source.getrandbits(128):032x}",
            pause=lambda conflicts: pause(pause_after(conflicts, source)),
            directory=self.directory,
            configuration=self._configuration,
            book=RuleBook(),
            shifts=self._own_shifts() if shifts is None else shifts,
            loads=LoadBook(self._store, self._new_lock),
            gate=gate,
        )
        self._waker = Waker(self._runner)
        self._rereader = Rereader(self._runner)
        self._courier = Courier(self._store, self.plugins, now, source, gate, Robots(self._runner))
        self._searching = Searching(self._store, self._index_of(search))
        self._actor: Actor | None = None

    def _index_of(self, search: SearchIndex | str | None) -> Callable[[], SearchIndex] | None:
        """Return what makes the index that is named; ``None`` if none is."""
        if search is None:
            return None
        index = self.plugins.make_search_index(search) if isinstance(search, str) else search
        lacking = lacking_index_members(index)
        if lacking:
            problem = f"{type(index).__name__} is no SearchIndex: it lacks {', '.join(lacking)}"
            raise DefinitionError(problem)
        return lambda: index

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
        directory: Directory | None = None,
        shifts: Shifts | None = None,
        search: SearchIndex | str | None = None,
    ) -> "Desk":
        """
        Make a desk as a TOML file, or a mapping of the same shape, describes it.

        Raises:
            DefinitionError: With every fault of the description, each with its path; and as the class says.
        """
        found = DeskConfig.load(config)
        return cls(
            found,
            store=store,
            tenant=tenant,
            plugins=plugins,
            clock=clock,
            random=random,
            pause=pause,
            directory=directory,
            shifts=shifts,
            search=search,
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
        directory: Directory | None = None,
        shifts: Shifts | None = None,
        search: SearchIndex | str | None = None,
    ) -> "Desk":
        """
        Open the desk whose records are where *url* says, with the plugins that are installed.

        Args:
            url: Such as ``sqlite:///desk.db`` or ``postgresql+psycopg://user:password@host/database``, for
                which the plugin itsmkit-sql is installed.
            config: The rules: as a value, the path of a TOML file or a mapping of the same shape; by default,
                what is kept there, or the standard of an IT desk.
            tenant: As for `Desk`.
            plugins: As for `Desk`.
            clock: As for `Desk`.
            random: As for `Desk`.
            pause: As for `Desk`.
            directory: As for `Desk`.
            shifts: As for `Desk`.
            search: As for `Desk`.

        Raises:
            DefinitionError: With every fault of the description, each with its path; if *tenant* is no name;
                or if no plugin is installed for such a URL.
        """
        if config is not None and not isinstance(config, DeskConfig):
            config = DeskConfig.load(config)
        return cls(
            config,
            store=url,
            tenant=tenant,
            plugins=plugins,
            clock=clock,
            random=random,
            pause=pause,
            directory=directory,
            shifts=shifts,
            search=search,
        )

    def of_tenant(self, tenant: str) -> Self:
        """
        Return a desk of the same rules and plugins for the records of *tenant*, at the same place.

        Rules that are kept there, it goes by after ``desk.configuration.refresh()``.
        """
        # Rules that are kept for one tenant are none for another.
        rules = Rules(self.config, None if self._rules.version is None else 0)
        return self._on(self._store.of_tenant(tenant), rules)

    def _on(self, store: Store, rules: Rules | None = None) -> Self:
        """Return the same desk with its records in *store*, and perhaps with rules of its own."""
        bound = object.__new__(type(self))
        bound.__dict__.update(self.__dict__)
        bound._store = store
        if rules is not None:
            bound._rules = rules
            if isinstance(self.directory, _OwnDirectory):
                bound.directory = _OwnDirectory(rules.config.structure)
        gate = bound._gate()
        bound._configuration = Configuration(store, self.config.cmdb, self._new_lock)
        shifts = self._runner.shifts
        if isinstance(shifts, DeskShifts):
            shifts = bound._own_shifts()
        bound._runner = evolve(
            self._runner,
            store=store,
            rules=bound._rules,
            directory=bound.directory,
            shifts=shifts,
            loads=LoadBook(store, self._new_lock),
            configuration=bound._configuration,
            book=RuleBook(),
            gate=gate,
        )
        bound._waker = Waker(bound._runner)
        bound._rereader = Rereader(bound._runner)
        bound._courier = evolve(self._courier, store=store, gate=gate, robots=Robots(bound._runner))
        bound._searching = self._searching.on(store)
        return bound

    def _own_shifts(self) -> DeskShifts:
        """Return the shifts by the rotas and the records of this desk."""
        return DeskShifts(self._rules, self.directory, self._store, self._new_lock)

    def _gate(self) -> Gate:
        """Return what stands in front of the records of this desk."""
        book = GrantBook(self._store, self.clock, self._new_lock)
        return Gate(self._rules, self.plugins, PeopleNow(self.directory, self.clock), book)

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
        self._admit("batch")
        with batch_on(self._store) as store:
            yield self._on(store)

    @property
    def is_batch(self) -> bool:
        """Whether this is a desk bound to one transaction, as `batch` makes it."""
        return isinstance(self._store, BatchStore)

    def acting_as(self, actor: Actor) -> Self:
        """Return the same desk, with *actor* doing whatever does not name another."""
        bound = object.__new__(type(self))
        bound.__dict__.update(self.__dict__)
        bound._actor = actor
        return bound

    def privileged(self, reason: str) -> Self:
        """
        Return the same desk for a program of the host, such as a worker: it may see and do everything.

        What it does is recorded with the reason, as a role of who acts. On a desk without rules of access it
        is as any other.

        Args:
            reason: What for, such as ``"worker"``.

        Raises:
            DefinitionError: If *reason* is no such text.

        >>> Desk().privileged("worker").run_due().passed
        0
        """
        problems = [*name_problems("reason", reason, "what it is for,")]
        if problems:
            raise DefinitionError(*problems)
        bound = object.__new__(type(self))
        bound.__dict__.update(self.__dict__)
        bound._runner = evolve(self._runner, privileged=reason)
        bound._waker = Waker(bound._runner)
        return bound

    def may(self, operation: str, ticket: Ticket | None = None) -> Verdict:
        """
        Return whether the actor that the desk is bound to may do something, and why.

        Args:
            operation: What, such as ``"tickets.comment"`` or ``"incidents.transition:resolve"``.
            ticket: The ticket that it is about, as the actor has read it; for what is about the desk as a
                whole, none.

        Raises:
            DefinitionError: If there is no such operation.
            AccessDeniedError: If the desk is bound to nobody.
        """
        problem = unknown_operation(operation, self.config.kinds)
        if problem is not None:
            raise DefinitionError(problem)
        return self._runner.may(operation, self._actor, ticket)

    def messages(
        self,
        person: str | None = None,
        *,
        language: str | None = None,
        time_zone: str | ZoneInfo | None = None,
    ) -> Messages:
        """
        Return what says messages to somebody, with the desk's own words among them.

        Args:
            person: Who: in their language and zone, as far as the directory knows these, else in those of
                their site.
            language: The tag of a language to take before theirs, such as the one that a browser asks for.
            time_zone: A zone to take before theirs, or its name.

        Raises:
            DefinitionError: If *language* is no tag, or there is no such zone.

        >>> from itsmkit.languages import Term
        >>> desk = Desk()
        >>> print(desk.messages(language="sv").say(Term("state", "In Progress")))
        Pågår
        """
        speaker = self._runner.speaker
        zone = None if time_zone is None else zone_of(time_zone)
        return speaker.to(person, language=language, zone=zone)

    @property
    def store(self) -> Store:
        """
        Where it keeps its records, of which nobody is kept off there.

        Raises:
            AccessDeniedError: On a desk with rules of access, outside of a privileged context.
        """
        if self._runner.access is not None and not self._runner.privileged:
            reason = "the store keeps nobody off: take `desk.privileged(reason)`"
            raise AccessDeniedError("store", None if self._actor is None else self._actor.id, (reason,))
        return self._store

    @property
    def tenant(self) -> str:
        """Whose data it works on."""
        return self._store.tenant

    @property
    def configuration(self) -> "RulesCommands":
        """What can be asked of the desk's own rules: which there were, and other ones."""
        from itsmkit.desk.rules import RulesCommands  # noqa: PLC0415  # many a desk keeps its first ones

        return RulesCommands(self._runner, self._actor, self._adopt)

    def _adopt(self, config: DeskConfig, version: int) -> None:
        """Work by other rules from now on, and all that are bound to this desk with it."""
        if isinstance(self.directory, _OwnDirectory):
            self.directory.structure = config.structure
        self._rules.adopt(config, version)
        self._configuration.follow(config.cmdb)

    @property
    def audit(self) -> "Audit":
        """What can be asked of the desk's own books: whether they are whole, and as they were written."""
        from itsmkit.desk.audit import Audit  # noqa: PLC0415  # it is for upkeep

        return Audit(self._store, self.clock, self.config, self._admit)

    def next_due(self) -> datetime | None:
        """Return the earliest instant at which `run_due` has something to do, or ``None``."""
        self._admit("next_due")
        return self._store.next_due()

    def run_due(
        self,
        *,
        lease: timedelta = timedelta(minutes=1),
        stop: Callable[[], bool] = lambda: False,
        turn: timedelta | None = None,
    ) -> DueReport:
        """
        Do what has become due by the desk's clock: pass checkpoints, tell whom they concern, follow links.

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
        self._admit("run_due")
        in_own_transactions(self._store, "run_due")
        return self._waker.run_due(_checked(lease), stop, turn)

    def reread_agreements(
        self,
        *,
        limit: int = 1000,
        stop: Callable[[], bool] = lambda: False,
        turn: timedelta | None = None,
    ) -> RereadReport:
        """
        Set clocks and timers of all open tickets anew, if the rules that they follow from have changed.

        Commands read by the present rules, always; but nobody wakes for a ticket that is not touched. A
        worker calls it, so that whoever changes agreements, calendars or workflows need only restart the
        workers. It goes on where it was left, and any number of workers may call it. While workers of other
        rules are still at work, either begins anew.

        Args:
            limit: The most tickets to read in this call.
            stop: Asked before each page: whether to leave the rest.
            turn: How long to go on by the desk's clock. By default, until *limit* is reached.

        Raises:
            DefinitionError: If *limit* is below 1.
            RefusedError: In a transaction of the host: see `Store.is_joined`; or in a `batch`.
        """
        check_least(1, limit=limit)
        self._admit("reread_agreements")
        in_own_transactions(self._store, "reread_agreements")
        if self.is_batch:
            refusal = "cannot read agreements anew in a batch; do it before or after the batch"
            raise RefusedError(refusal)
        return self._rereader.reread(limit, stop, turn)

    def _following(self) -> Self:
        """Return the same desk for tickets that another system moves: timers of states move them not."""
        bound = object.__new__(type(self))
        bound.__dict__.update(self.__dict__)
        bound._runner = evolve(self._runner, fires=False)
        bound._waker = Waker(bound._runner)
        return bound

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
        self._admit("deliver")
        in_own_transactions(self._store, "deliver")
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
        if not isinstance(older_than, timedelta) or older_than < MIN_RETENTION:
            problem = (
                f"older_than must be {MIN_RETENTION} or more, not {_told(older_than)}: "
                "whoever asks again would be taken for new"
            )
            raise DefinitionError(problem)
        self._admit("forget")
        now = self.clock()
        return self._store.forget(now - min(older_than, now - _FIRST))

    def close(self) -> None:
        """Let go of what the store holds open; the desk is not used afterwards."""
        self._searching.close()
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


class _OwnDirectory(InMemoryDirectory):
    """The directory of what the desk's own rules say, and of what they say after a change."""


def _told(length: object) -> str:
    return str(length) if isinstance(length, timedelta) else f"{shown(length)}, which is no length of time"


def _checked(lease: timedelta) -> timedelta:
    if not isinstance(lease, timedelta) or lease <= timedelta(0):
        problem = (
            f"a lease must be more than zero, not {_told(lease)}: "
            "nobody else may take the work while it is done"
        )
        raise DefinitionError(problem)
    return lease
