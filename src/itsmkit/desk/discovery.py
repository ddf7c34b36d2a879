"""The commands and reads of discovery: what sources say, and the configuration that follows from it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property

from attrs import evolve, frozen

from itsmkit._checks import is_a
from itsmkit._figures import plural
from itsmkit._frozen import as_tuple
from itsmkit._problems import instance_problems, names_problems, shown
from itsmkit.cmdb import CIId, ConfigurationItem, SourceRecord, UnknownItemError
from itsmkit.cmdb.history import (
    ConfigurationDiff,
    ConfigurationEvent,
    ConfigurationRecord,
    ConfigurationView,
    RecordKey,
    diff,
)
from itsmkit.cmdb.reconciliation import (
    AttributeLock,
    EffectiveValue,
    IdentificationDecision,
    Reconciliation,
    StagingArea,
    reconcile,
)
from itsmkit.desk._admission import Batch, faults_of_batch
from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._configuration import Configuration
from itsmkit.desk._own_word import OWN_SOURCE, with_own_word
from itsmkit.desk.cmdb import ended
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.plugin import DiscoveryRun, UnitOfWork
from itsmkit.tickets import Actor

__all__ = ["DiscoveryCommands", "Reconciled"]

DUPLICATE_OF = "duplicate_of"
"""The attribute by which a duplicate names its main item, where its class has one."""

Change = Callable[[StagingArea, datetime], StagingArea]


@frozen(eq=False)
class Reconciled:
    """
    What a reconciliation did to the configuration of a desk, or would do.

    Args:
        reconciliation: What was decided, and why.
        before: The configuration as it was.
        after: The configuration as it is then.
        events: What was recorded; empty after a dry run.
    """

    reconciliation: Reconciliation
    before: ConfigurationView
    after: ConfigurationView
    events: tuple[ConfigurationEvent, ...] = ()

    @cached_property
    def difference(self) -> ConfigurationDiff:
        """What changes by it. It costs the building of the graphs of both."""
        return diff(self.before, self.after)

    def explain(self) -> str:
        """Return it as text: what changes, then what is questionable."""
        return "\n".join([self.difference.explain(), *map(str, self.reconciliation.findings)])


@frozen
class DiscoveryCommands:
    """
    What can be asked of discovery; reached as ``desk.discovery``.

    What sources say is kept apart from the configuration, the newest record of each origin. Each command
    reconciles all of it anew, by the rules of the desk, and records in the configuration what follows: in one
    unit of work, or it raises and changes nothing. What people recorded themselves, by ``desk.cmdb``, takes
    part as the source ``"desk"``. So nothing that was said is lost when a rule, a lock or a source changes.

    The configuration is judged as for every command of ``desk.cmdb``. What a reconciliation does not know of
    is left alone: only what it made itself does it end.
    """

    _runner: Runner
    _actor: Actor | None
    _configuration: Configuration

    # -- reads -----------------------------------------------------------------------------------

    def staging(self) -> StagingArea:
        """Return what the sources say, as of the last command."""
        return self._runner.store.staging().area

    def reconciliation(self) -> Reconciliation:
        """Return what would be decided now. Nothing is changed."""
        return self.reconcile(dry_run=True).reconciliation

    def provenance(self, ci: str) -> tuple[EffectiveValue, ...]:
        """
        Return by which source each value of an item is what it is, and whose word did not count.

        Its name comes first, then its class, then its attributes, sorted. ``reconciliation().explain(ci)``
        tells it as text.

        Raises:
            UnknownItemError: If no source tells of such an item.
        """
        return self.reconciliation().provenance(CIId(ci))

    def decision(self, source: str, key: str) -> IdentificationDecision:
        """
        Return which item a record is found to be, and by what.

        Raises:
            NotFoundError: If the source has told of no such record.
        """
        return self.reconciliation().decision(source, key)

    # -- commands --------------------------------------------------------------------------------

    def receive(
        self,
        records: Iterable[SourceRecord],
        *,
        full_loads: Mapping[str, datetime] | Iterable[str] = (),
        dry_run: bool = False,
        reason: str = "",
        by: Actor | None = None,
    ) -> Reconciled:
        """
        Take in what sources say, and record what follows from it.

        Args:
            records: The records. Of those of one origin, the newest counts; one that is older than what is
                known changes nothing.
            full_loads: The sources of which these are all records that there are, perhaps each with the
                instant at which its load began; by default, that is the earliest at which it saw one of them.
                What they told of before is then stale, and the rules say what becomes of it.
            dry_run: Whether only to tell what would change.
            reason: Why.
            by: Who does it.

        Raises:
            RefusedError: With every reason, if the configuration must not be so.
            DefinitionError: If something else is given than records, or a full load is of a source that tells
                of nothing and has no instant.
            ConflictError: If others recorded something first, every time.
        """
        given = _records(records)
        loads = _loads(full_loads, given)

        def change(area: StagingArea, _now: datetime) -> StagingArea:
            area = area.with_records(given)
            for source, at in loads.items():
                area = area.with_full_load(source, at)
            return area

        return self._reconciled(change, dry_run=dry_run, reason=reason, by=by)

    def run(
        self, *, dry_run: bool = False, reason: str = "", by: Actor | None = None
    ) -> tuple[DiscoveryRun, Reconciled]:
        """
        Let the plugins find out which configuration items there are, and `receive` what they found.

        They are asked outside of any transaction. A plugin that fails takes nothing from the others, and what
        it would have told does not count as gone; neither does what a source says it could not read.

        Args:
            dry_run: Whether only to tell what would change. The plugins are asked all the same.
            reason: Why.
            by: Who does it.

        Returns:
            What the plugins found, failures among it, and what follows from it.

        Raises:
            RefusedError: With every reason, if the configuration must not be so.
            ConflictError: If others recorded something first, every time.
        """
        found = self._runner.plugins.discover(self._runner.clock())
        full = {
            each.source: min((record.seen_at for record in each.records), default=found.at)
            for each in found.discoveries
            if each.is_full
        }
        done = self.receive(found.records, full_loads=full, dry_run=dry_run, reason=reason, by=by)
        return found, done

    def reconcile(self, *, dry_run: bool = False, reason: str = "", by: Actor | None = None) -> Reconciled:
        """
        Reconcile what the sources say anew: after a change of the rules, or because time has passed.

        Raises:
            RefusedError: With every reason, if the configuration must not be so.
            ConflictError: If others recorded something first, every time.
        """
        return self._reconciled(lambda area, _now: area, dry_run=dry_run, reason=reason, by=by)

    def lock(
        self,
        ci: str,
        attribute: str,
        value: object,
        *,
        expires: datetime | None = None,
        dry_run: bool = False,
        reason: str = "",
        by: Actor | None = None,
    ) -> Reconciled:
        """
        Say what an attribute of an item is, whatever the sources say.

        Args:
            ci: The item.
            attribute: The attribute; ``"name"`` is its name and ``"ci_class"`` its class.
            value: What it is.
            expires: Until when this holds, not included, aware; by default, until it is unlocked.
            dry_run: Whether only to tell what would change.
            reason: Why.
            by: Who says so.

        Raises:
            UnknownItemError: If there is no such item.
            RefusedError: With every reason, if the configuration must not be so.
            DefinitionError: If the lock cannot be right.
            ConflictError: If others recorded something first, every time.
        """
        if ci not in self._configuration.known().timeline.as_of(self._runner.clock()):
            raise UnknownItemError(ci)
        author = acting(by, self._actor).id
        lock = AttributeLock(CIId(ci), attribute, value, author, reason, expires)
        return self._reconciled(
            lambda area, _now: area.with_lock(lock), dry_run=dry_run, reason=reason, by=by
        )

    def unlock(
        self, ci: str, attribute: str, *, dry_run: bool = False, reason: str = "", by: Actor | None = None
    ) -> Reconciled:
        """
        Leave an attribute to the sources again.

        Raises:
            NotFoundError: If it is not locked.
            RefusedError: With every reason, if the configuration must not be so.
            ConflictError: If others recorded something first, every time.
        """

        def change(area: StagingArea, _now: datetime) -> StagingArea:
            if (ci, attribute) not in area.locks:
                raise NotFoundError("lock", f"{attribute} of {ci}")
            return area.without_lock(CIId(ci), attribute)

        return self._reconciled(change, dry_run=dry_run, reason=reason, by=by)

    # -- how it is done --------------------------------------------------------------------------

    def _reconciled(self, change: Change, *, dry_run: bool, reason: str, by: Actor | None) -> Reconciled:
        now, configuration, rules = self._runner.clock(), self._configuration, self._runner.config.cmdb
        actor = "nobody" if dry_run else acting(by, self._actor).id

        def work(unit: UnitOfWork) -> Reconciled:
            stored, known = self._runner.store.staging(), configuration.known()
            before = known.timeline.as_of(now)
            area = with_own_word(change(stored.area, now), before)
            found = reconcile(area, rules.reconciliation, model=rules.model, now=now)
            records = list(self._following(found, before, now))
            batch = Batch(known.timeline, records, recorded_at=now, actor=actor, reason=reason)
            reasons = faults_of_batch(batch, rules, configuration, now)
            if reasons:
                raise RefusedError(*reasons)
            events = tuple(batch.events)
            after = known.timeline.after(*events).as_of(now)
            if dry_run:
                return Reconciled(found, before, after)
            if events:
                unit.record(events, after=known.position)
            if found.staging != stored.area:
                unit.save_staging(found.staging, expected=stored.version)
            return Reconciled(found, before, after, events)

        with configuration.turn:
            return self._runner.retried(work)

    def _following(
        self, found: Reconciliation, before: ConfigurationView, now: datetime
    ) -> Iterator[ConfigurationRecord]:
        """Yield what is to be recorded, so that the configuration is as it was found."""
        for ci in found.retired:
            if ci in before:
                yield from ended(ci, before.timeline, self._configuration, now)
        told = {record.key: record for record in found.records(since=now)}
        for key, event in before.events.items():
            record, by_hand = told.get(key), not event.record.sources
            if key.kind == "relation" and by_hand:
                # People said so, whoever says it too.
                told.pop(key, None)
            elif key.kind == "relation" and record is None:
                yield ConfigurationRecord(key, None, now)
            elif by_hand and record is not None and record.sources == (OWN_SOURCE,):
                # Nobody else says anything: but for a lock, it is as they said it.
                told[key] = evolve(record, sources=(), last_seen=None)
        for ci, main in found.duplicates.items():
            if ci in before and _has_attribute(found, before.item(ci)):
                item = before.item(ci)
                marked = evolve(item, attributes={**item.attributes, DUPLICATE_OF: main})
                sources = before.events[RecordKey("item", (ci,))].record.sources
                yield ConfigurationRecord.of(marked, now, sources=sources)
        yield from told.values()


def _has_attribute(found: Reconciliation, item: ConfigurationItem) -> bool:
    """Tell whether an item can say of what it is a duplicate."""
    attributes = found.model.attributes_of(item.ci_class)
    return not attributes.types or DUPLICATE_OF in attributes.types


def _records(records: Iterable[SourceRecord]) -> tuple[SourceRecord, ...]:
    if is_a(records, SourceRecord, str) or not is_a(records, Iterable):
        problem = f"receive takes several records: receive([record]), not {shown(records)}"
        raise DefinitionError(problem)
    given = as_tuple(records)
    problems = [
        problem
        for number, each in enumerate(given)
        for problem in instance_problems(f"records[{number}]", each, SourceRecord)
    ]
    if problems:
        raise DefinitionError(*problems)
    return given


def _loads(
    full_loads: Mapping[str, datetime] | Iterable[str], records: Iterable[SourceRecord]
) -> dict[str, datetime]:
    """Return when each full load began."""
    if isinstance(full_loads, Mapping):
        return dict(full_loads)
    names = as_tuple(full_loads)
    problems = list(names_problems("full_loads", names))
    began: dict[str, datetime] = {}
    for each in records:
        began[each.source] = min(each.seen_at, began.get(each.source, each.seen_at))
    known = plural(len(began), "source")
    problems += [
        f"full_loads: {name!r} tells of nothing here (records are of {known}); say when its load began: "
        f"{{{name!r}: instant}}"
        for name in names
        if name not in began
    ]
    if problems:
        raise DefinitionError(*problems)
    return {name: began[name] for name in names}
