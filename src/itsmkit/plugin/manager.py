"""The plugins of one desk: which are loaded, what became of the others, and a typed caller for each hook."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from attrs import evolve

from itsmkit._checks import utc
from itsmkit._version import __version__
from itsmkit.cmdb import ConfigurationItem
from itsmkit.errors import DefinitionError, NotFoundError, PluginError, RefusedError
from itsmkit.plugin import hookspecs
from itsmkit.plugin._calls import answers, ask, attempt, first_answer, formatted, pass_gate
from itsmkit.plugin._candidates import COMMANDS, GROUP, STORAGE, Candidate, given, installed
from itsmkit.plugin._hook_answers import (
    as_advice,
    as_facets,
    as_predictions,
    as_suggestions,
    as_verdict,
    no_index,
    no_maintenance,
    no_receipt,
    no_robot_report,
    no_session,
    no_status,
    no_store,
    no_turn,
)
from itsmkit.plugin._lists import Lists
from itsmkit.plugin._names import canonical, did_you_mean
from itsmkit.plugin._pluggy import Hooks
from itsmkit.plugin._requirement import unmet
from itsmkit.plugin.discovery import DiscoveryRun, SourcesOnce
from itsmkit.plugin.errors import PluginWarning
from itsmkit.plugin.facets import CIFacet
from itsmkit.plugin.maintenance import StoreMaintenance
from itsmkit.plugin.notification import DeliveryReceipt, Notification
from itsmkit.plugin.search import SearchIndex
from itsmkit.plugin.status import PluginState, PluginStatus
from itsmkit.plugin.storage import Store
from itsmkit.tickets import Actor, Ticket, TicketEvent

if TYPE_CHECKING:
    from itsmkit.languages import Messages
    from itsmkit.practices import PublicLetter
    from itsmkit.practices.access import Grant, Verdict, Viewer
    from itsmkit.practices.automation import RobotReport, RobotTask
    from itsmkit.practices.classification import Prediction
    from itsmkit.practices.conversations import BotTurn, ConversationSession, ScriptedBot
    from itsmkit.practices.knowledge import Reading
    from itsmkit.practices.remote_sessions import SessionRef
    from itsmkit.practices.routing import RoutingAdvice
    from itsmkit.practices.work_aids import Suggestion

__all__ = ["Plugins"]

_AUTO = "auto"
_MAKE_STORE = "itsmkit_make_store"
_BEFORE_TRANSITION = "itsmkit_before_transition"
_DELIVER = "itsmkit_deliver"
_ON_EVENT = "itsmkit_on_event"
_CI_FACETS = "itsmkit_ci_facets"
_DISCOVER = "itsmkit_discover"
_MAINTAIN_STORE = "itsmkit_maintain_store"
_AUTHORISE = "itsmkit_authorise"
_PROVISION = "itsmkit_provision"
_DEPROVISION = "itsmkit_deprovision"
_MAKE_SEARCH_INDEX = "itsmkit_make_search_index"
_REMOTE_SESSION = "itsmkit_remote_session"
_SUGGEST_REPLY = "itsmkit_suggest_reply"
_ROUTE = "itsmkit_route"
_RUN_ROBOT = "itsmkit_run_robot"
_BOT_TURN = "itsmkit_bot_turn"
_CLASSIFY = "itsmkit_classify"
_RUN_COMMAND = "itsmkit_run_command"

_WELL_KNOWN = {"sqlite": "itsmkit-sql", "postgresql": "itsmkit-sql[postgresql]"}
"""What to install for a scheme."""


class Plugins:
    """
    The plugins of one desk.

    They are registered in the order given, the built-in ones first; of several that implement a hook, the
    last is asked first. ``"auto"`` stands for all installed ones of the entry-point group ``itsmkit``,
    sorted by name; those also asked for by name, and those called like an object in *plugins*, are left to
    that. Once the desk is built, several threads may call hooks at once.

    Args:
        plugins: Modules, objects, names of installed plugins and ``"auto"``; a name may stand alone.
        built_in: The plugins that the desk brings itself.
        allow: The installed plugins that may be used, by their name, scheme or distribution; ``None`` for
            all. What the caller hands over as an object is not asked.
        block: Plugins that are never used nor imported, named likewise.
        environ: The environment, such as ``os.environ``; nothing is read from it otherwise. It wins over
            the arguments: ``ITSMKIT_PLUGINS_AUTOLOAD=0`` makes ``"auto"`` stand for nothing, and
            ``ITSMKIT_PLUGINS_DISABLE=a,b`` blocks.

    Raises:
        PluginError: If a plugin that was handed over or asked for by name cannot be used; to be blocked is
            no error. One that only ``"auto"`` found gives a `PluginWarning`. `status` tells of all.
        DefinitionError: If the environment cannot be understood.

    Example:
        >>> from itsmkit.plugin import hookimpl
        >>> class Journal:
        ...     @hookimpl
        ...     def itsmkit_on_event(self, event):
        ...         print(event.name)
        >>> plugins = Plugins([Journal()])
        >>> plugins.observers()
        ('Journal',)
        >>> print(*plugins.status())
        plugin 'Journal' is loaded
    """

    def __init__(
        self,
        plugins: Iterable[object] = (),
        *,
        built_in: Iterable[object] = (),
        allow: Iterable[str] | None = None,
        block: Iterable[str] = (),
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._lists = Lists.of(allow, block, {} if environ is None else environ)
        self._hooks = Hooks(hookspecs)
        self._statuses: dict[tuple[str, str | None], PluginStatus] = {}
        self._loaded: set[str] = set()
        wanted = (plugins,) if isinstance(plugins, str) else tuple(plugins)
        found = installed(GROUP) if self._lists.names or any(isinstance(each, str) for each in wanted) else ()
        own = tuple(given(each) for each in built_in)
        objects = tuple(given(each) for each in wanted if not isinstance(each, str))
        if self._lists.names:
            for problem in self._lists.unknown(
                (*own, *objects, *found, *installed(STORAGE), *installed(COMMANDS))
            ):
                warnings.warn(problem, PluginWarning, stacklevel=2)
        for candidate in own:
            self._require(candidate)
        reserved = frozenset(candidate.name for candidate in objects)
        for candidate, required in self._chosen(wanted, found):
            if required:
                self._require(candidate)
            elif self._admit(candidate, reserved) is not None:
                warnings.warn(str(self._statuses[_key(candidate)]), PluginWarning, stacklevel=2)

    def status(self) -> tuple[PluginStatus, ...]:
        """Return what became of each plugin that was considered, in the order in which that happened."""
        return tuple(self._statuses.values())

    def make_store(self, url: str) -> Store:
        """
        Return the store that *url* names.

        The plugins at hand are asked first. If none takes the URL, the one installed plugin whose entry
        point in the group ``itsmkit.storage`` is called like the scheme is loaded, becomes one of this
        desk's plugins, and is asked. For ``postgresql+psycopg://`` the entry point of the whole scheme is
        looked for, then that of ``postgresql``.

        Args:
            url: ``scheme://…``. Our errors repeat no more of it than the scheme: it may hold a password.

        Raises:
            DefinitionError: If there is no scheme, or nothing stands for it.
            PluginError: If the plugin fails, is kept out, makes no store, or is not the only one for its
                scheme.
        """
        store: Store = self._for_scheme(_MAKE_STORE, url, no_store, "made no store of such a URL")
        return store

    def maintain_store(self, url: str) -> StoreMaintenance:
        """
        Return what tends the place that *url* names: asked for as `make_store` asks for a store.

        Raises:
            DefinitionError: If there is no scheme, or nothing stands for it.
            PluginError: If the plugin fails, is kept out, offers no upkeep, or is not the only one for its
                scheme.
        """
        way_out = "move them with 'itsmkit store export' and 'itsmkit store import'"
        lacking = f"does not tend what it keeps data in; {way_out}"
        upkeep: StoreMaintenance = self._for_scheme(_MAINTAIN_STORE, url, no_maintenance, lacking)
        return upkeep

    def make_search_index(self, url: str) -> SearchIndex:
        """
        Return the search index that *url* names: of the plugins at hand, the first that takes it.

        Raises:
            DefinitionError: If none does.
            PluginError: If the plugin fails, or makes no such index.
        """
        made: SearchIndex | None = first_answer(self._hooks[_MAKE_SEARCH_INDEX], {"url": url}, no_index)
        if made is None:
            # No more of it is repeated: it may hold a password.
            scheme, _, _ = url.partition("://")
            asked = ", ".join(each.plugin for each in self._hooks[_MAKE_SEARCH_INDEX]) or "none"
            problem = (
                f"no plugin makes a search index for the scheme {scheme!r}: asked {asked}; "
                "install one, or leave the index to the store"
            )
            raise DefinitionError(problem)
        return made

    def before_transition(self, ticket: Ticket, trigger: str, target: str, actor: Actor) -> None:
        """
        Ask every gate whether *ticket* may move; return if none objects.

        All gates are asked, whatever the others say. Without a gate this costs next to nothing.

        Args:
            ticket: The ticket before the move.
            trigger: What was asked for.
            target: The state that the workflow would move to.
            actor: Who asked.

        Raises:
            RefusedError: If a gate refuses; the reasons of all that do.
            PluginError: If a gate fails, or returns anything: a broken gate stays shut. Further failures
                and the reasons of gates that refuse are notes of the error.
        """
        gates = self._hooks[_BEFORE_TRANSITION]
        if not gates:
            return
        arguments = {"ticket": ticket, "trigger": trigger, "target": target, "actor": actor}
        reasons: list[str] = []
        failures: list[PluginError] = []
        for gate in gates:
            try:
                pass_gate(gate, arguments)
            except PluginError as error:
                if isinstance(error.__cause__, RefusedError):
                    reasons += error.__cause__.reasons or [f"plugin {gate.plugin!r} gives no reason"]
                else:
                    failures.append(error)
        if failures:
            first, *others = failures
            for note in (*map(str, others), *(f"refused: {reason}" for reason in reasons)):
                first.add_note(note)
            raise first
        if reasons:
            raise RefusedError(*reasons)

    def authorise(self, viewer: "Viewer", operation: str, ticket: Ticket | None) -> "Verdict | None":
        """
        Ask every gate of access whether *viewer* may do *operation*; without one this costs next to nothing.

        Args:
            viewer: Who asks.
            operation: What is asked for.
            ticket: The ticket that it is about, or ``None``.

        Returns:
            A refusal with the reasons of all that refuse; ``None`` if none does.

        Raises:
            PluginError: If a gate fails, or returns something else than a verdict or ``None``.
        """
        gates = self._hooks[_AUTHORISE]
        if not gates:
            return None
        arguments = {"viewer": viewer, "operation": operation, "ticket": ticket}
        verdicts, failures = answers(gates, arguments, as_verdict)
        if failures:
            raise failures[0]
        refusals = [each for each in verdicts if each is not None and not each.allowed]
        if not refusals:
            return None
        return evolve(refusals[0], because=tuple(chain.from_iterable(each.because for each in refusals)))

    def deliver(self, notification: Notification) -> DeliveryReceipt | None:
        """
        Return the receipt of the first plugin that delivers *notification*, or ``None`` if none takes it.

        Raises:
            PluginError: If the attempt fails, or the plugin returns something else than a receipt.
        """
        receipt: DeliveryReceipt | None = first_answer(
            self._hooks[_DELIVER], {"notification": notification}, no_receipt
        )
        return receipt

    def observers(self) -> tuple[str, ...]:
        """Return the names of the plugins that take note of events, in the order of asking."""
        return tuple(dict.fromkeys(each.plugin for each in self._hooks[_ON_EVENT]))

    def tell(self, observer: str, event: TicketEvent) -> None:
        """
        Let one observer take note of *event*.

        Args:
            observer: One of `observers`.
            event: What happened.

        Raises:
            NotFoundError: If there is no observer of this name.
            PluginError: If it fails.
        """
        told = [each for each in self._hooks[_ON_EVENT] if each.plugin == observer]
        if not told:
            raise NotFoundError("observer", observer)
        for each in told:
            ask(each, {"event": event})

    def provisioners(self) -> tuple[str, ...]:
        """Return the names of the plugins that give or take access elsewhere, in the order of asking."""
        both = (*self._hooks[_PROVISION], *self._hooks[_DEPROVISION])
        return tuple(dict.fromkeys(each.plugin for each in both))

    def provision(self, provisioner: str, grant: "Grant", key: str) -> None:
        """
        Let one provisioner give what *grant* stands for.

        Args:
            provisioner: One of `provisioners`; one that only removes does nothing.
            grant: Who holds what.
            key: Stands for this change.

        Raises:
            PluginError: If it fails.
        """
        self._told_of(_PROVISION, provisioner, grant, key)

    def deprovision(self, provisioner: str, grant: "Grant", key: str) -> None:
        """Let one provisioner take away what *grant* stood for: see `provision`."""
        self._told_of(_DEPROVISION, provisioner, grant, key)

    def _told_of(self, hook: str, provisioner: str, grant: "Grant", key: str) -> None:
        for each in self._hooks[hook]:
            if each.plugin == provisioner:
                ask(each, {"grant": grant, "key": key})

    def ci_facets(
        self, ci: ConfigurationItem, at: datetime
    ) -> tuple[tuple[CIFacet, ...], tuple[PluginError, ...]]:
        """
        Return what the plugins tell of a configuration item.

        All are asked. One that fails, or returns something else than facets, takes nothing from the others.

        Args:
            ci: The configuration item.
            at: The instant of the question, in UTC.

        Returns:
            The facets by name, those of one name in the order of asking; and the failures, in that order.
        """
        facets, failures = answers(self._hooks[_CI_FACETS], {"ci": ci, "at": at}, as_facets)
        return tuple(sorted(chain.from_iterable(facets), key=attrgetter("name"))), failures

    def discover(self, at: datetime) -> DiscoveryRun:
        """
        Let the plugins find out which configuration items there are.

        All are asked. One that fails, or returns something else than a `Discovery`, takes nothing from the
        others. So does one that speaks for a source for which another has spoken already: a source is known
        by its name, and has one voice.

        Args:
            at: The instant of the question, aware.

        Returns:
            The discoveries and the failures, each in the order of asking.

        Raises:
            DefinitionError: If *at* is naive.
        """
        at = utc(at, "at")
        sources = SourcesOnce()
        found, failures = answers(self._hooks[_DISCOVER], {"at": at}, sources.read)
        discoveries = (each for each in found if each is not None)
        return DiscoveryRun(at, discoveries, failures, sources.plugins)

    def remote_session(self, ci: ConfigurationItem, agent: Actor, ticket: Ticket) -> "SessionRef | None":
        """
        Return where the first plugin that takes the machine has opened a session; ``None`` if none does.

        Args:
            ci: The machine.
            agent: Who will work in it.
            ticket: The ticket that it is for.

        Raises:
            PluginError: If a plugin fails, or returns something else than a `SessionRef`.
        """
        arguments = {"ci": ci, "agent": agent, "ticket": ticket}
        ref: SessionRef | None = first_answer(self._hooks[_REMOTE_SESSION], arguments, no_session)
        return ref

    def run_robot(self, task: "RobotTask") -> "RobotReport | None":
        """
        Return what came of a task of a robot, of the first plugin that runs it; ``None`` if none does.

        Args:
            task: What it is to do.

        Raises:
            PluginError: If a plugin fails, or returns something else than a `RobotReport`.
        """
        report: RobotReport | None = first_answer(self._hooks[_RUN_ROBOT], {"task": task}, no_robot_report)
        return report

    def run_command(self, name: str, arguments: Sequence[str]) -> int | None:
        """
        Run a command that a plugin brings to the command line, and return its exit status.

        The plugins at hand are asked first; then the installed one is loaded, if any, whose entry point in
        the group ``itsmkit.commands`` is called so.

        Args:
            name: The command.
            arguments: The words after it.

        Returns:
            The status; ``None`` if no plugin brings such a command.

        Raises:
            PluginError: If the plugin fails, is kept out, returns no status, or is not the only one.
        """
        told = {"name": name, "arguments": tuple(arguments)}
        status: int | None = first_answer(self._hooks[_RUN_COMMAND], told, no_status)
        named = [each for each in installed(COMMANDS) if each.name == f"{COMMANDS}:{name}"]
        if status is not None or not named:
            return status
        command = self._only(named) or named[0]
        self._require(command)
        if command.name not in self._loaded:
            raise PluginError(command.name, "load", f"it is kept out: {self._lists.objection(command)}")
        own = [each for each in self._hooks[_RUN_COMMAND] if each.plugin == command.name]
        status = first_answer(own, told, no_status)
        if status is None:
            raise PluginError(command.name, _RUN_COMMAND, "it has run nothing; it must return an exit status")
        return status

    def suggest_replies(
        self, ticket: Ticket, letters: "Sequence[PublicLetter]"
    ) -> "tuple[tuple[Suggestion, ...], tuple[PluginError, ...]]":
        """
        Return what the plugins suggest to answer on a ticket.

        All are asked. One that fails, or returns something else than suggestions, takes nothing from the
        others.

        Args:
            ticket: The ticket.
            letters: What was written, as its requester sees it, in order.

        Returns:
            The suggestions and the failures, each in the order of asking.
        """
        arguments = {"ticket": ticket, "letters": letters}
        found, failures = answers(self._hooks[_SUGGEST_REPLY], arguments, as_suggestions)
        return tuple(chain.from_iterable(found)), failures

    def advise_routing(
        self, ticket: Ticket
    ) -> "tuple[tuple[str, RoutingAdvice] | None, tuple[PluginError, ...]]":
        """
        Return the plugin that is the surest where a ticket should go, with its advice; and the failures.

        All are asked. One that fails, or returns something else than advice, takes nothing from the others.
        Of equal confidence, the one asked first counts. Without such a plugin this costs next to nothing.

        Args:
            ticket: The ticket.
        """
        advisers = self._hooks[_ROUTE]
        if not advisers:
            return None, ()
        found, failures = answers(advisers, {"ticket": ticket}, as_advice)
        advised = [each for each in found if each is not None]
        return max(advised, key=lambda each: each[1].confidence, default=None), failures

    def bot_turn(
        self,
        bot: "ScriptedBot",
        conversation: "ConversationSession",
        articles: "Sequence[Reading]",
        messages: "Messages",
    ) -> "BotTurn | None":
        """
        Return what the first plugin that answers for a bot wants to say; ``None`` if none does.

        Args:
            bot: The bot.
            conversation: The conversation, in which the person has spoken last.
            articles: What is likely to help, of what is there for the person; the best first.
            messages: What says messages in their language.

        Raises:
            PluginError: If a plugin fails, or returns something else than a turn.
        """
        arguments = {
            "bot": bot,
            "conversation": conversation,
            "articles": articles,
            "messages": messages,
        }
        turn: BotTurn | None = first_answer(self._hooks[_BOT_TURN], arguments, no_turn)
        return turn

    def classify(
        self, ticket: Ticket, fields: Sequence[str]
    ) -> "tuple[tuple[Prediction, ...], tuple[PluginError, ...]]":
        """
        Return what the plugins predict of a ticket; each prediction names its plugin, unless it says more.

        All are asked. One that fails, or returns something else than predictions, takes nothing from the
        others.

        Args:
            ticket: The ticket, without what is asked for.
            fields: What is asked for.

        Returns:
            The predictions of these fields and the failures, each in the order of asking.
        """
        arguments = {"ticket": ticket, "fields": fields}
        found, failures = answers(self._hooks[_CLASSIFY], arguments, as_predictions)
        return tuple(each for each in chain.from_iterable(found) if each.field in fields), failures

    def _chosen(
        self, wanted: Sequence[object], found: Sequence[Candidate]
    ) -> Iterator[tuple[Candidate, bool]]:
        """Yield the candidates that *wanted* means, each with whether it is required."""
        named = {canonical(each) for each in wanted if isinstance(each, str)}
        for each in wanted:
            if not isinstance(each, str):
                yield given(each), True
            elif each != _AUTO:
                yield self._named(each, found), True
            elif self._lists.autoload:
                yield from ((other, False) for other in found if canonical(other.name) not in named)

    def _named(self, name: str, found: Sequence[Candidate]) -> Candidate:
        """Return the installed candidate of this name; only a blocked one if all of them are."""
        named = [each for each in found if canonical(each.name) == canonical(name)]
        if not named:
            names = sorted({each.name for each in found})
            known = f"installed are {', '.join(names)}" if names else "none is installed"
            problem = f"no installed plugin is called so ({known}){did_you_mean(name, names)}"
            raise PluginError(name, "load", problem)
        return self._only(named) or named[0]

    def _for_scheme(self, hook: str, url: str, flaw: Callable[[object], str | None], lacking: str) -> Any:
        """
        Return what the first plugin makes of *url*; see `make_store`.

        Args:
            hook: The factory.
            url: The URL.
            flaw: Tells what is wrong with an answer.
            lacking: What is wrong if the plugin of the scheme gives none.
        """
        scheme, separator, _ = url.partition("://")
        scheme = scheme.lower()
        if not separator or not scheme:
            problem = "the URL of a store begins with a scheme and '://', such as 'memory://'"
            raise DefinitionError(problem)
        arguments = {"url": url}
        made = first_answer(self._hooks[hook], arguments, flaw)
        if made is None:
            maker = self._maker(scheme)
            if maker.name not in self._loaded:
                self._require(maker)
                if maker.name not in self._loaded:
                    raise PluginError(maker.name, "load", f"it is kept out: {self._lists.objection(maker)}")
                makers = [each for each in self._hooks[hook] if each.plugin == maker.name]
                made = first_answer(makers, arguments, flaw)
            if made is None:
                problem = f"it stands for the scheme {scheme!r} and {lacking}"
                raise PluginError(maker.name, hook, problem)
        return made

    def _maker(self, scheme: str) -> Candidate:
        """Return the installed candidate that makes the stores of *scheme*."""
        found = installed(STORAGE)
        for each in dict.fromkeys((scheme, scheme.partition("+")[0])):
            named = [candidate for candidate in found if candidate.name == f"{STORAGE}:{each}"]
            if named:
                return self._only(named) or named[0]
        schemes = sorted({each.name.removeprefix(f"{STORAGE}:") for each in found})
        asked = [each.plugin for each in self._hooks[_MAKE_STORE]]
        known = _WELL_KNOWN.get(scheme.partition("+")[0])
        way_out = did_you_mean(scheme, schemes) if known is None else f"; install it: pip install '{known}'"
        problem = (
            f"no plugin makes a store for the scheme {scheme!r}: asked {', '.join(asked) or 'none'}; "
            f"installed for {', '.join(schemes) or 'no scheme'}{way_out}"
        )
        raise DefinitionError(problem)

    def _only(self, named: Sequence[Candidate]) -> Candidate | None:
        """Return the one of *named* that is not kept out, or ``None`` if all are."""
        free = [each for each in named if self._lists.objection(each) is None]
        if len(free) > 1:
            claims = " and ".join(f"{each.distribution} {each.version}" for each in free)
            problem = (
                f"{claims} claim the same name; keep one out, such as block={{{free[0].distribution!r}}}"
            )
            raise PluginError(free[0].name, "load", problem)
        return free[0] if free else None

    def _require(self, candidate: Candidate) -> None:
        """Load and register *candidate* unless it is blocked. Raises `PluginError` if that is impossible."""
        error = self._admit(candidate)
        if error is not None:
            raise error

    def _admit(self, candidate: Candidate, reserved: frozenset[str] = frozenset()) -> PluginError | None:
        """Load and register *candidate*, note where it ended, and return what went wrong."""
        objection = self._lists.objection(candidate)
        if objection is not None:
            self._note(candidate, PluginState.BLOCKED, problem=objection)
            return None
        if candidate.name in self._loaded or candidate.name in reserved:
            return self._reject(candidate, PluginState.SHADOWED, "another plugin of this name is used")
        requirement = unmet(candidate.requires, "itsmkit", __version__)
        if requirement is not None:
            problem = f"it requires {requirement}, and this is itsmkit {__version__}"
            return self._reject(candidate, PluginState.INCOMPATIBLE, problem)
        try:
            plugin = attempt(candidate.name, "load", candidate.load)
            problems = attempt(candidate.name, "load", self._hooks.problems, plugin)
            twin = attempt(candidate.name, "load", self._hooks.name_of, plugin)
        except PluginError as error:
            return self._reject(candidate, PluginState.FAILED, error.problem, error.__cause__)
        if twin is not None:
            return self._reject(candidate, PluginState.SHADOWED, f"it is loaded already as {twin!r}")
        if problems:
            return self._reject(candidate, PluginState.FAILED, "; ".join(problems))
        hooks = self._hooks.register(plugin, candidate.name)
        self._loaded.add(candidate.name)
        self._note(candidate, PluginState.LOADED, hooks=hooks)
        return None

    def _reject(
        self, candidate: Candidate, state: PluginState, problem: str, cause: BaseException | None = None
    ) -> PluginError:
        error = PluginError(candidate.name, "load", problem)
        error.__cause__ = cause
        self._note(candidate, state, problem=problem, traceback=None if cause is None else formatted(cause))
        return error

    def _note(
        self,
        candidate: Candidate,
        state: PluginState,
        *,
        hooks: tuple[str, ...] = (),
        problem: str | None = None,
        traceback: str | None = None,
    ) -> None:
        self._statuses[_key(candidate)] = PluginStatus(
            candidate.name, state, candidate.distribution, candidate.version, hooks, problem, traceback
        )


def _key(candidate: Candidate) -> tuple[str, str | None]:
    return candidate.name, candidate.distribution
