"""The commands and reads of service configuration management."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from os import PathLike
from pathlib import Path

from attrs import evolve, frozen

from itsmkit._checks import is_a, utc
from itsmkit._frozen import EMPTY, as_tuple
from itsmkit._problems import closest, items_problems, shown
from itsmkit.cmdb import (
    CIId,
    ConfigurationGraph,
    ConfigurationItem,
    Effect,
    GraphFinding,
    Impact,
    Override,
    RedundancyRule,
    RedundancySet,
    Relation,
    Seed,
    UnknownItemError,
)
from itsmkit.cmdb.configuration_document import ConfigurationDocument
from itsmkit.cmdb.errors import UnknownRecordError
from itsmkit.cmdb.history import (
    ConfigurationEvent,
    ConfigurationRecord,
    ConfigurationTimeline,
    ConfigurationView,
    RecordKey,
    UnreadableRecord,
)
from itsmkit.cmdb.mapping_form import configuration_from, load_configuration
from itsmkit.desk._admission import Batch, faults_of_batch
from itsmkit.desk._answers import EVENTS
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._configuration import Configuration
from itsmkit.desk.ci_context import CIContext
from itsmkit.desk.connected_tickets import STILL_OPEN, ConnectedTicket, connected_tickets, names_one_of
from itsmkit.desk.tickets import TicketCommands
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.plugin import PositionedEvent, UnitOfWork
from itsmkit.tickets import Actor, Ticket

__all__ = ["ConfigurationCommands", "ended"]

Events = tuple[ConfigurationEvent, ...]
Decide = Callable[[ConfigurationTimeline, datetime], Iterable[ConfigurationRecord]]


@looking_at_arguments(but=("records", "key", "sources"))
@frozen
class ConfigurationCommands:
    """
    What can be asked of service configuration management; reached as ``desk.cmdb``.

    Every command takes ``by``, who does it, unless the desk is bound to an actor; ``reason``, why; and
    ``idempotency_key``, by which it is done once, and answers the same, however often it is asked for. It
    records all that it says in one unit of work, or raises and changes nothing. It returns the events that
    it recorded, which are none if it says nothing that is not known already.

    A command is judged by what the configuration would be after all of it, now and at every later instant
    at which something around it begins or ends. It is refused, with every reason, if then there were a
    fault that is not there without it: an unknown class, relation type or level, a relation, redundancy set
    or ruling whose configuration item is not there; and, unless the rules of the desk say
    ``strict = false``, any other of the `ConfigurationGraph.findings`, such as a relation between classes
    that the model does not allow. The cost is that of the relations around what the command speaks of.
    """

    _runner: Runner
    _actor: Actor | None
    _configuration: Configuration

    # -- reads -----------------------------------------------------------------------------------

    def as_of(self, valid: datetime | None = None, recorded: datetime | None = None) -> ConfigurationView:
        """
        Return the configuration that held at one instant, as it was known at another.

        Args:
            valid: When it held, aware; by default, now by the desk's clock.
            recorded: When it was known, aware; by default, all that is recorded counts.

        Raises:
            DefinitionError: If an instant is naive.
        """
        self._admit("as_of")
        return self._view(valid, recorded)

    def graph(self) -> ConfigurationGraph:
        """Return the configuration as it is now. It is compiled once, and again when it has changed."""
        self._admit("graph")
        return self._view().graph

    def findings(self) -> tuple[GraphFinding | UnreadableRecord, ...]:
        """
        Return what is questionable in the configuration as it is now, sorted by kind and key.

        Last stands what is left out of it, because the class model or the levels of the desk do not know it
        any more: an `UnreadableRecord` for each, with the way out. What it was stays in the history.
        """
        self._admit("findings")
        view = self._view()
        return (*view.graph.findings, *view.timeline.unreadable(view.valid))

    def history(self, key: RecordKey | str) -> Events:
        """
        Return all that was ever said of one thing, in the order in which it was recorded.

        Args:
            key: What it is about: see `RecordKey`. The id of a configuration item may stand for it.

        Raises:
            NotFoundError: If nothing ever was.
            DefinitionError: If *key* is none.
        """
        self._admit("history")
        return self._history(key)

    def events(self, *, after: int = 0, limit: int = 1000) -> Sequence[PositionedEvent[ConfigurationEvent]]:
        """
        Return the stream of all records, in the order of the commits, as `Desk.events` does for tickets.

        Args:
            after: The position that the reader has reached; 0 to begin with.
            limit: The most to return at once, 1 or more.

        Raises:
            DefinitionError: If *after* is less than 0, or *limit* less than 1.
        """
        self._admit("events")
        problems = [f"after: must be 0 or more, not {after}"] if after < 0 else []
        if limit < 1:
            problems.append(f"limit: must be 1 or more, not {limit}")
        if problems:
            raise DefinitionError(*problems)
        return self._runner.store.configuration_events(after=after, limit=limit)

    def overrides(self, at: datetime | None = None, recorded: datetime | None = None) -> tuple[Override, ...]:
        """
        Return the rulings that hold at an instant, sorted by configuration item.

        Args:
            at: The instant, aware; by default, now by the desk's clock.
            recorded: When they were known, aware; by default, all that is recorded counts.

        Raises:
            DefinitionError: If an instant is naive.
        """
        self._admit("overrides")
        at = self._runner.clock() if at is None else utc(at, "at")
        recorded = None if recorded is None else utc(recorded, "recorded")
        timeline = self._timeline
        events = (timeline.effective(key, at, recorded) for key in self._configuration.rulings(at))
        rulings = (event.record.value for event in events if event is not None)
        return tuple(each for each in rulings if isinstance(each, Override) and each.holds_at(at))

    def impact_of(
        self,
        failures: Iterable[Seed | CIId] | Mapping[CIId, str],
        *,
        at: datetime | None = None,
        recorded: datetime | None = None,
    ) -> Impact:
        """
        Return at which level everything is, given what has failed; with the rulings that hold.

        Its ``services`` and ``users`` are what people ask for first. It is advice: the impact of an incident
        is judged by people.

        Args:
            failures: What has failed, is planned or assumed to: see `ConfigurationGraph.impact_of`.
            at: The instant for which configuration, failures and rulings are read, aware; by default, now by
                the desk's clock.
            recorded: What was known when, aware; by default, all that is recorded counts.

        Raises:
            UnknownItemError: If a failure is of an item that is not there.
            DefinitionError: If a level is unknown, or an instant naive.
        """
        self._admit("impact_of")
        return self._view(at, recorded).impact_of(failures)

    # -- tickets and plugins ---------------------------------------------------------------------

    def open_tickets(self, ci: str) -> tuple[ConnectedTicket, ...]:
        """
        Return the open tickets about a configuration item, or about anything that it depends on.

        So a business process shows what is open on all that it stands on. A ticket counts if the id of such
        an item is its ``configuration_item`` or its ``service``, and if it is open by the category of its
        state. The cost is that of the relations that lead to *ci*, and of finding those tickets.

        Args:
            ci: The configuration item, as it is now.

        Returns:
            Nearest first, then in the order in which they were logged; each with the way to *ci*.

        Raises:
            UnknownItemError: If there is no such item now.
        """
        self._admit("open_tickets")
        return self._open_tickets(ci)

    def tickets_of(self, ci: str) -> tuple[Ticket, ...]:
        """
        Return the tickets about a configuration item itself, open or not, in the order of their logging.

        Raises:
            UnknownItemError: If there never was such an item.
        """
        self._admit("tickets_of")
        self._history(ci)
        return tuple(self._tickets.matching(names_one_of([CIId(ci)])))

    def context(self, ci: str) -> CIContext:
        """
        Return all that is known around a configuration item: open tickets, and what plugins tell.

        A plugin that fails is named among the failures, and takes nothing from the others: see the hook
        `itsmkit.plugin.hookspecs.itsmkit_ci_facets`.

        Raises:
            UnknownItemError: If there is no such item now.
        """
        self._admit("context")
        at = self._runner.clock()
        item = self._view(at).item(CIId(ci))
        facets, failures = self._runner.plugins.ci_facets(item, at)
        return CIContext(item, at, self._open_tickets(ci), facets, failures)

    # -- commands --------------------------------------------------------------------------------

    def put(
        self,
        *values: ConfigurationItem | Relation | RedundancySet,
        since: datetime | None = None,
        until: datetime | None = None,
        sources: Iterable[str] = (),
        reason: str = "",
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Events:
        """
        Record that configuration items, relations and redundancy sets are so.

        Args:
            *values: What is so. It takes the place of what was said of the same id or key for that time.
            since: From when on, aware; by default, from now on, so that the past stays what it was.
            until: Up to when, not included, aware; by default, for ever.
            sources: Who says so, such as names of discovery tools.
            reason: Why.
            by: Who records it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            RefusedError: With every reason.
            DefinitionError: If something else is put, an instant is naive, or *until* not after *since*. A
                ruling ends by itself and has an author: that is what `override` is for.
            ConflictError: If others recorded something first, every time.
        """
        problems = [problem for number, each in enumerate(values) for problem in _no_value(number, each)]
        if problems:
            raise DefinitionError(*problems)
        told_by = as_tuple(sources)

        def decide(_timeline: ConfigurationTimeline, now: datetime) -> Iterator[ConfigurationRecord]:
            begin = now if since is None else since
            return (ConfigurationRecord.of(value, begin, until, sources=told_by) for value in values)

        asked = "cmdb.put", values, since, until, told_by
        return self._record(decide, *asked, key=idempotency_key, reason=reason, by=by)

    def relate(
        self,
        source: str,
        type: str,  # noqa: A002  # as `Relation` calls it
        target: str,
        *,
        qualifier: str = "",
        effect: Effect | None = None,
        attributes: Mapping[str, object] = EMPTY,
        since: datetime | None = None,
        until: datetime | None = None,
        sources: Iterable[str] = (),
        reason: str = "",
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Events:
        """
        Record a relation; the first arguments are those of `Relation`, the others those of `put`.

        Raises:
            RefusedError: With every reason.
            DefinitionError: If the relation cannot be right.
            ConflictError: If others recorded something first, every time.
        """
        relation = Relation(
            CIId(source), type, CIId(target), qualifier=qualifier, effect=effect, attributes=attributes
        )
        return self.put(
            relation,
            since=since,
            until=until,
            sources=sources,
            reason=reason,
            by=by,
            idempotency_key=idempotency_key,
        )

    def declare_redundancy(
        self,
        dependent: str,
        name: str,
        members: Iterable[str],
        rule: RedundancyRule | str,
        *,
        relation_type: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        sources: Iterable[str] = (),
        reason: str = "",
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Events:
        """
        Record which providers can stand in for each other; arguments as for `RedundancySet` and `put`.

        Raises:
            RefusedError: With every reason.
            DefinitionError: If the set cannot be right.
            ConflictError: If others recorded something first, every time.
        """
        redundancy = RedundancySet(
            CIId(dependent),
            name,
            members,
            rule,
            relation_type,
        )
        return self.put(
            redundancy,
            since=since,
            until=until,
            sources=sources,
            reason=reason,
            by=by,
            idempotency_key=idempotency_key,
        )

    def retire(
        self,
        ci: str,
        *,
        at: datetime | None = None,
        reason: str = "",
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Events:
        """
        Record that a configuration item is no longer there, nor what cannot be without it.

        With it end its relations, its own redundancy sets and the ruling about it. The sets of others go on
        without it, as a rule says what is needed, not what is there; a set without any member left ends.
        Whoever loses something by this is not asked: look at `impact_of` before. The history of all of it
        stays.

        Args:
            ci: The configuration item.
            at: From when on, aware; by default, from now on.
            reason: Why.
            by: Who records it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            UnknownItemError: If there never was such an item.
            RefusedError: If a redundancy set cannot meet its rule with what is left.
            DefinitionError: If *at* is naive.
            ConflictError: If others recorded something first, every time.
        """
        key = RecordKey("item", (ci,))

        def decide(timeline: ConfigurationTimeline, now: datetime) -> Iterator[ConfigurationRecord]:
            if not timeline.history(key):
                raise _not_found(key, timeline)
            yield from ended(CIId(ci), timeline, self._configuration, now if at is None else utc(at, "at"))

        return self._record(decide, "cmdb.retire", ci, at, key=idempotency_key, reason=reason, by=by)

    def unrelate(
        self,
        source: str,
        type: str,  # noqa: A002  # as `Relation` calls it
        target: str,
        *,
        qualifier: str = "",
        at: datetime | None = None,
        reason: str = "",
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Events:
        """
        Record that a relation is no longer there: from *at* on, aware; by default, from now on.

        Raises:
            NotFoundError: If there never was such a relation.
            RefusedError: If a redundancy set counts on it: declare the set without that member first.
            DefinitionError: If *at* is naive.
            ConflictError: If others recorded something first, every time.
        """
        record = RecordKey("relation", (source, type, target, qualifier))
        return self._end(record, "cmdb.unrelate", at, key=idempotency_key, reason=reason, by=by)

    def withdraw_redundancy(
        self,
        dependent: str,
        name: str,
        *,
        at: datetime | None = None,
        reason: str = "",
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Events:
        """
        Record that a redundancy set is no longer there: from *at* on, aware; by default, from now on.

        Its members count one by one then: each is needed.

        Raises:
            NotFoundError: If there never was such a set.
            DefinitionError: If *at* is naive.
            ConflictError: If others recorded something first, every time.
        """
        record = RecordKey("redundancy", (dependent, name))
        return self._end(record, "cmdb.withdraw_redundancy", at, key=idempotency_key, reason=reason, by=by)

    def override(
        self,
        ci: str,
        level: str,
        expires: datetime,
        reason: str = "",
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Events:
        """
        Rule that a configuration item is no worse than a level, whatever its providers do.

        It holds from now on, takes the place of an earlier ruling about the same item, and is listed in
        every impact that it changes.

        Args:
            ci: The configuration item.
            level: The worst level that it can be at.
            expires: Until when the ruling holds, not included; aware.
            reason: Why.
            by: Who rules so: its author.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            RefusedError: If there is no such item or level.
            DefinitionError: If *expires* is naive, or not after now.
            ConflictError: If others recorded something first, every time.
        """
        ruling = Override(CIId(ci), level, acting(by, self._actor).id, expires, reason)

        def decide(timeline: ConfigurationTimeline, now: datetime) -> Iterator[ConfigurationRecord]:
            return _ruled(timeline, ruling, now)

        return self._record(decide, "cmdb.override", ruling, key=idempotency_key, reason=reason, by=by)

    def lift_override(
        self, ci: str, *, reason: str = "", by: Actor | None = None, idempotency_key: str | None = None
    ) -> Events:
        """
        Withdraw the ruling about a configuration item, from now on.

        Raises:
            NotFoundError: If there never was one.
            ConflictError: If others recorded something first, every time.
        """
        record = RecordKey("override", (ci,))
        return self._end(record, "cmdb.lift_override", None, key=idempotency_key, reason=reason, by=by)

    def apply(
        self,
        records: Iterable[ConfigurationRecord],
        *,
        reason: str = "",
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Events:
        """
        Make many records in one unit of work: all of them, or none.

        A record that says, for all of its time, what is known already makes no event; sources and the
        instant of the last sight count only where the record names them. So applying twice changes nothing.

        Args:
            records: What is said. Of several about the same thing, the later one wins where they overlap.
            reason: Why.
            by: Who records it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            RefusedError: With every reason.
            DefinitionError: If something else is given than records.
            ConflictError: If others recorded something first, every time.
        """
        if not is_a(records, Iterable) or is_a(records, str):
            problem = (
                f"apply takes several records: apply([ConfigurationRecord.of(item)]), not {shown(records)}"
            )
            raise DefinitionError(problem)
        given = tuple(records)
        problems = [
            f"{problem}; ConfigurationRecord.of(value) is the record that a value is so"
            for problem in items_problems("records", given, ConfigurationRecord)
        ]
        if problems:
            raise DefinitionError(*problems)
        asked = "cmdb.apply", given
        return self._record(lambda _timeline, _now: given, *asked, key=idempotency_key, reason=reason, by=by)

    def load(
        self,
        source: "ConfigurationDocument | str | PathLike[str] | Mapping[str, object]",
        *,
        reason: str = "",
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Events:
        """
        Record what a document says, as `apply` does: all of it, or nothing.

        What the document leaves out stays as it is: nothing ends by not being named. What it gives no start
        holds from always, as long as the desk knows nothing yet; after that it holds from now on. So the same
        document can be loaded every night: it records nothing as long as it says what is so, a change in it
        holds from its loading on, and what was so before stays as it was. Of something that the desk has
        heard of, a record without a start that has ended by now says nothing.

        Its rulings are recorded from now on, as long as they last, each in place of earlier ones as by
        `override`; what it says to have failed is no configuration, and is left to `impact_of`. The desk's
        own class model and levels decide what may be.

        Args:
            source: A `ConfigurationDocument`, the path of a TOML or JSON file, or a mapping of the same
                shape. Where it names no class model, it is read by that of the desk.
            reason: Why.
            by: Who records it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            DefinitionError: If the source cannot be read, with every fault and its path.
            RefusedError: With every reason.
            ConflictError: If others recorded something first, every time.
        """
        document = self._document(source)

        def decide(timeline: ConfigurationTimeline, now: datetime) -> Iterator[ConfigurationRecord]:
            for record in document.records:
                yield from _begun(timeline, record, now)
            for ruling in document.overrides:
                if ruling.expires > now:
                    yield from _ruled(timeline, ruling, now)

        asked = "cmdb.load", document.records, document.overrides
        return self._record(decide, *asked, key=idempotency_key, reason=reason, by=by)

    # -- how it is done --------------------------------------------------------------------------

    @property
    def _timeline(self) -> ConfigurationTimeline:
        return self._configuration.known().timeline

    def _document(
        self, source: "ConfigurationDocument | str | PathLike[str] | Mapping[str, object]"
    ) -> ConfigurationDocument:
        if isinstance(source, ConfigurationDocument):
            return source
        model = self._runner.config.cmdb.model
        if isinstance(source, Mapping):
            return configuration_from(source, model=model)
        return load_configuration(Path(source), model=model)

    def _admit(self, read: str) -> None:
        self._runner.admit(f"cmdb.{read}", self._actor)

    def _view(self, valid: datetime | None = None, recorded: datetime | None = None) -> ConfigurationView:
        return self._timeline.as_of(self._runner.clock() if valid is None else valid, recorded)

    def _history(self, key: RecordKey | str) -> Events:
        key = RecordKey.given(key)
        timeline = self._timeline
        history = timeline.history(key)
        if not history:
            raise _not_found(key, timeline)
        return history

    def _open_tickets(self, ci: str) -> tuple[ConnectedTicket, ...]:
        graph = self._view().graph
        named = names_one_of([CIId(ci), *graph.ancestors(CIId(ci))])
        return connected_tickets(graph, CIId(ci), self._tickets.matching(STILL_OPEN & named))

    @property
    def _tickets(self) -> TicketCommands:
        return TicketCommands(self._runner, self._actor)

    def _end(
        self,
        record: RecordKey,
        command: str,
        at: datetime | None,
        *,
        key: str | None,
        reason: str,
        by: Actor | None,
    ) -> Events:
        def decide(timeline: ConfigurationTimeline, now: datetime) -> Iterator[ConfigurationRecord]:
            if not timeline.history(record):
                raise _not_found(record, timeline)
            yield ConfigurationRecord(record, None, now if at is None else at)

        return self._record(decide, command, record, at, key=key, reason=reason, by=by)

    def _record(
        self,
        decide: Decide,
        command: str,
        *arguments: object,
        key: str | None,
        reason: str,
        by: Actor | None,
    ) -> Events:
        actor = acting(by, self._actor)
        runner = self._runner.asked(command, actor, key, reason, *arguments)
        now, configuration, rules = runner.clock(), self._configuration, runner.config.cmdb

        def work(unit: UnitOfWork) -> Events:
            known = configuration.known()
            records = decide(known.timeline, now)
            batch = Batch(known.timeline, records, recorded_at=now, actor=actor.id, reason=reason)
            reasons = faults_of_batch(batch, rules, configuration, now)
            if reasons:
                raise RefusedError(*reasons)
            if batch.events:
                unit.record(batch.events, after=known.position)
            return tuple(batch.events)

        with configuration.turn:
            return runner.answered(work, EVENTS)


def _no_value(number: int, value: object) -> Iterator[str]:
    """List what keeps a value from being put."""
    if isinstance(value, Override):
        yield f"values[{number}]: a ruling ends by itself and has an author: use override, not put"
    elif isinstance(value, list | tuple | set | frozenset):
        yield f"values[{number}]: put takes values one by one: put(*values), not {shown(value)}"
    elif not isinstance(value, ConfigurationItem | Relation | RedundancySet):
        kinds = "a ConfigurationItem, a Relation or a RedundancySet"
        yield f"values[{number}]: must be {kinds}, not {shown(value)}"


def _ruled(timeline: ConfigurationTimeline, ruling: Override, now: datetime) -> Iterator[ConfigurationRecord]:
    """Yield that *ruling* holds from now on, in place of all others about the item."""
    key = RecordKey.of(ruling)
    yield ConfigurationRecord.of(ruling, now, ruling.expires)
    if any(each.until is None or each.until > ruling.expires for each in timeline.spans(key)):
        yield ConfigurationRecord(key, None, ruling.expires)


def _begun(
    timeline: ConfigurationTimeline, record: ConfigurationRecord, now: datetime
) -> Iterator[ConfigurationRecord]:
    """Yield a record of a document; one without a start begins now, unless nothing at all is known."""
    if record.since is not None or not timeline:
        yield record
    elif record.until is None or record.until > now:
        yield evolve(record, since=now)
    elif timeline.next_sequence(record.key) == 1:
        yield record


_KINDS = {"relation": "relation", "redundancy": "redundancy set", "override": "override of"}


def _not_found(key: RecordKey, timeline: ConfigurationTimeline) -> NotFoundError:
    names = {_name(each) for each in timeline.keys if each.kind == key.kind}
    name = _name(key)
    close = closest(name, sorted(names))
    if key.kind == "item":
        return UnknownItemError(name, close)
    return UnknownRecordError(_KINDS.get(key.kind, str(key.kind)), name, close)


def _name(key: RecordKey) -> str:
    """Return what a thing is called among those of its kind."""
    parts = tuple(map(str, key.parts))
    return " of ".join(reversed(parts)) if key.kind == "redundancy" else " ".join(filter(None, parts))


def ended(
    ci: CIId, timeline: ConfigurationTimeline, configuration: Configuration, end: datetime
) -> Iterator[ConfigurationRecord]:
    """
    Yield that an item is no longer there from an instant on, nor what cannot be without it.

    Raises:
        RefusedError: If a redundancy set cannot meet its rule with what is left.
    """
    key = RecordKey("item", (ci,))
    problems: list[str] = []
    yield ConfigurationRecord(key, None, end)
    for each in configuration.mentioning(ci, end):
        if each.kind == "redundancy" and each.parts[0] != ci:
            yield from _without(timeline, each, ci, end, problems)
        elif each != key:
            yield ConfigurationRecord(each, None, end)
    if problems:
        raise RefusedError(*(f"cannot retire {ci}: {problem}" for problem in problems))


def _without(
    timeline: ConfigurationTimeline, key: RecordKey, ci: CIId, end: datetime, problems: list[str]
) -> Iterator[ConfigurationRecord]:
    """Yield what is said of a redundancy set, from *end* on, when *ci* is no longer there."""
    for version in timeline.spans(key):
        value = version.value
        if not isinstance(value, RedundancySet) or ci not in value.members:
            continue
        if version.until is not None and version.until <= end:
            continue
        since = end if version.since is None else max(end, version.since)
        members = tuple(each for each in value.members if each != ci)
        left: RedundancySet | None = None
        # What the model knows no more could not be recorded with one member less.
        if members and not timeline.value_problems(value):
            try:
                left = evolve(value, members=members, rule=value.rule.without(ci))
            except DefinitionError as error:
                problems += error.problems
                continue
        said = version.event.record
        yield ConfigurationRecord(
            key, left, since, version.until, sources=said.sources, last_seen=said.last_seen
        )
