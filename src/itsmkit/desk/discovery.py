"""The commands and reads of discovery: what sources say, and the configuration that follows from it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property

from attrs import frozen

from itsmkit.cmdb import CIId, SourceRecord, UnknownItemError
from itsmkit.cmdb.history import (
    ConfigurationDiff,
    ConfigurationEvent,
    ConfigurationTimeline,
    ConfigurationView,
    diff,
)
from itsmkit.cmdb.reconciliation import (
    AttributeLock,
    EffectiveValue,
    IdentificationDecision,
    IdleLock,
    Origin,
    Reconciliation,
    StagingArea,
    reconcile,
)
from itsmkit.desk._admission import Batch, faults_of_batch
from itsmkit.desk._answers import EVENTS, discovery_run_from, discovery_run_to_plain
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._configuration import Configuration
from itsmkit.desk._following import Following, sources_known
from itsmkit.desk._once import Answer, Plain
from itsmkit.desk._own_word import overruled, with_own_word, without, without_own_source
from itsmkit.desk._received import loads_of, records_of
from itsmkit.errors import NotFoundError, RefusedError
from itsmkit.plugin import DiscoveryRun, UnitOfWork
from itsmkit.tickets import Actor

__all__ = ["DiscoveryCommands", "Reconciled"]

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
        set_aside: The records that do not count, sorted, as people have retired their items since they were
            seen. When the source sees such an item again, its record counts again.
    """

    reconciliation: Reconciliation
    before: ConfigurationView
    after: ConfigurationView
    events: tuple[ConfigurationEvent, ...] = ()
    set_aside: tuple[Origin, ...] = ()

    @cached_property
    def difference(self) -> ConfigurationDiff:
        """What changes by it. It costs the building of the graphs of both."""
        return diff(self.before, self.after)

    def explain(self) -> str:
        """Return it as text: what changes, then what does not count, then what is questionable."""
        aside = (
            f"record {key!r} of {source}: set aside; its item was retired by hand after it was seen"
            for source, key in self.set_aside
        )
        return "\n".join([self.difference.explain(), *aside, *map(str, self.reconciliation.findings)])


@looking_at_arguments(but=("records", "full_loads"))
@frozen
class DiscoveryCommands:
    """
    What can be asked of discovery; reached as ``desk.discovery``.

    What sources say is kept apart from the configuration, the newest record of each origin. Each command
    reconciles all of it anew, by the rules of the desk, and records in the configuration what follows: in one
    unit of work, or it raises and changes nothing. What people recorded themselves, by ``desk.cmdb``, takes
    part as the source ``"desk"``. So nothing that was said is lost when a rule, a lock or a source changes.

    The configuration is judged as for every command of ``desk.cmdb``. What a reconciliation does not know of
    is left alone: only what it made itself does it end. What people have planned for later stays planned; and
    what they have ended comes back only when a source sees it after that.

    Every command takes ``by``, who does it, unless the desk is bound to an actor; and ``idempotency_key``, by
    which it is done once, however often it is asked for. Asked again, it answers with what it recorded then;
    `Reconciled.reconciliation` alone is of what the sources say by now. A dry run does nothing, and the key
    does not count for it.
    """

    _runner: Runner
    _actor: Actor | None
    _configuration: Configuration

    # -- reads -----------------------------------------------------------------------------------

    def staging(self) -> StagingArea:
        """Return what the sources say, as of the last command."""
        self._admit("staging")
        return self._area

    def reconciliation(self) -> Reconciliation:
        """Return what would be decided now, were it allowed or not. Nothing is changed."""
        self._admit("reconciliation")
        return self._reconciliation()

    def provenance(self, ci: str) -> tuple[EffectiveValue, ...]:
        """
        Return by which source each value of an item is what it is, and whose word did not count.

        Its name comes first, then its class, then its attributes, sorted. ``reconciliation().explain(ci)``
        tells it as text.

        Raises:
            UnknownItemError: If no source tells of such an item.
        """
        self._admit("provenance")
        return self._reconciliation().provenance(CIId(ci))

    def decision(self, source: str, key: str) -> IdentificationDecision:
        """
        Return which item a record is found to be, and by what.

        Raises:
            NotFoundError: If the source has told of no such record.
        """
        self._admit("decision")
        return self._reconciliation().decision(source, key)

    # -- commands --------------------------------------------------------------------------------

    def receive(
        self,
        records: Iterable[SourceRecord],
        *,
        full_loads: Mapping[str, datetime] | Iterable[str] = (),
        dry_run: bool = False,
        reason: str = "",
        by: Actor | None = None,
        idempotency_key: str | None = None,
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
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            RefusedError: With every reason, if the configuration must not be so.
            DefinitionError: If something else is given than records, if a full load is of a source that tells
                of nothing and has no instant, or if a source is called ``"desk"``.
            ConflictError: If others recorded something first, every time.
        """
        given = records_of(records)
        loads = loads_of(full_loads, given)
        asked = self._asked(by, idempotency_key, dry_run, reason, "discovery.receive", given, loads)
        return self._reconciled(asked, _taking_in(given, loads))

    def run(
        self,
        *,
        dry_run: bool = False,
        reason: str = "",
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> tuple[DiscoveryRun, Reconciled]:
        """
        Let the plugins find out which configuration items there are, and `receive` what they found.

        They are asked outside of any transaction. A plugin that fails takes nothing from the others, and what
        it would have told does not count as gone; neither does what a source says it could not read. The name
        ``"desk"`` is that of what people record: to speak for it is a failure.

        Args:
            dry_run: Whether only to tell what would change. The plugins are asked all the same.
            reason: Why.
            by: Who does it.
            idempotency_key: Chosen by who asks, to have it done once.

        Returns:
            What the plugins found, failures among it, and what follows from it.

        Raises:
            RefusedError: With every reason, if the configuration must not be so.
            ConflictError: If others recorded something first, every time.
        """
        asked = self._asked(by, idempotency_key, dry_run, reason, "discovery.run")
        done = asked.runner.known(self._run_answer)
        if done is not None:
            return done
        found = without_own_source(self._runner.plugins.discover(self._runner.clock()))
        full = {
            each.source: min((record.seen_at for record in each.records), default=found.at)
            for each in found.discoveries
            if each.is_full
        }
        given = records_of(found.records)
        work = self._work(asked, _taking_in(given, loads_of(full, given)))
        with self._configuration.turn:
            return asked.runner.answered(lambda unit: (found, work(unit)), self._run_answer)

    def reconcile(
        self,
        *,
        dry_run: bool = False,
        reason: str = "",
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Reconciled:
        """
        Reconcile what the sources say anew: after a change of the rules, or because time has passed.

        Raises:
            RefusedError: With every reason, if the configuration must not be so.
            ConflictError: If others recorded something first, every time.
        """
        asked = self._asked(by, idempotency_key, dry_run, reason, "discovery.reconcile")
        return self._reconciled(asked, lambda area, _now: area)

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
        idempotency_key: str | None = None,
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
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            UnknownItemError: If there is no such item.
            RefusedError: With every reason, if the configuration must not be so, or if the lock would do
                nothing, as where it has expired already.
            DefinitionError: If the lock cannot be right.
            ConflictError: If others recorded something first, every time.
        """
        author = acting(by, self._actor).id
        lock = AttributeLock(CIId(ci), attribute, value, author, reason, expires)

        def change(area: StagingArea, now: datetime) -> StagingArea:
            if ci not in self._configuration.known().timeline.as_of(now):
                raise UnknownItemError(ci)
            return area.with_lock(lock)

        asked = self._asked(by, idempotency_key, dry_run, reason, "discovery.lock", lock)
        return self._reconciled(asked, change, new_lock=lock)

    def unlock(
        self,
        ci: str,
        attribute: str,
        *,
        dry_run: bool = False,
        reason: str = "",
        by: Actor | None = None,
        idempotency_key: str | None = None,
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

        asked = self._asked(by, idempotency_key, dry_run, reason, "discovery.unlock", ci, attribute)
        return self._reconciled(asked, change)

    # -- how it is done --------------------------------------------------------------------------

    def _reconciliation(self) -> Reconciliation:
        rules, now = self._runner.config.cmdb, self._runner.clock()
        view = self._configuration.known().timeline.as_of(now)
        area = with_own_word(self._area, view)
        counting = without(area, overruled(area, view))
        return reconcile(counting, rules.reconciliation, model=rules.model, now=now)

    def _admit(self, read: str) -> None:
        self._runner.admit(f"discovery.{read}", self._actor)

    @property
    def _area(self) -> StagingArea:
        return self._runner.store.staging().area

    def _asked(
        self,
        by: Actor | None,
        key: str | None,
        dry_run: bool,
        reason: str,
        command: str,
        *arguments: object,
    ) -> "_Asked":
        if dry_run:
            self._runner.admit(command, by or self._actor)
            return _Asked(self._runner, "nobody", reason, is_dry=True)
        actor = acting(by, self._actor)
        runner = self._runner.asked(command, actor, key, reason, *arguments)
        return _Asked(runner, actor.id, reason, is_dry=False)

    def _reconciled(
        self, asked: "_Asked", change: Change, new_lock: AttributeLock | None = None
    ) -> Reconciled:
        with self._configuration.turn:
            return asked.runner.answered(self._work(asked, change, new_lock), self._answer)

    def _work(
        self, asked: "_Asked", change: Change, new_lock: AttributeLock | None = None
    ) -> Callable[[UnitOfWork], Reconciled]:
        """Return what reconciles in a unit of work."""
        now, configuration, rules = self._runner.clock(), self._configuration, self._runner.config.cmdb

        def work(unit: UnitOfWork) -> Reconciled:
            # In this order: whoever saves both in between is met by the check of the position.
            known, stored = configuration.known(), self._runner.store.staging()
            before = known.timeline.as_of(now)
            area = with_own_word(change(stored.area, now), before)
            aside = overruled(area, before)
            found = reconcile(without(area, aside), rules.reconciliation, model=rules.model, now=now)
            # What is there again, is as it was seen last: what was set aside of it, counts no more for good.
            there = {item.id for item in found.items} if aside else set()
            back = {origin: ci for origin, ci in aside.items() if ci in there}
            staging = without(area.after(found), back)
            following = Following(found, before, configuration, sources_known(stored.area, area), now)
            batch = Batch(
                known.timeline,
                list(following.records()),
                recorded_at=now,
                actor=asked.actor,
                reason=asked.reason,
            )
            reasons = (*_idle(new_lock, found, before), *faults_of_batch(batch, rules, configuration, now))
            if reasons:
                raise RefusedError(*reasons)
            events = tuple(batch.events)
            after = known.timeline.after(*events).as_of(now)
            set_aside = tuple(sorted(aside))
            if asked.is_dry:
                return Reconciled(found, before, after, set_aside=set_aside)
            if events:
                unit.record(events, after=known.position)
            if events or staging != stored.area:
                unit.save_staging(staging, expected=stored.version)
            return Reconciled(found, before, after, events, set_aside)

        return work

    @property
    def _answer(self) -> Answer[Reconciled]:
        """How what a reconciliation did is kept: what it recorded, and where that begins."""

        def write(done: Reconciled) -> Plain:
            return {
                "at": done.before.valid.isoformat(),
                "known": len(done.before.timeline),
                "set_aside": [[*each] for each in done.set_aside],
                **EVENTS.write(done.events),
            }

        def read(plain: Plain, unit: UnitOfWork) -> Reconciled:
            at, rules = datetime.fromisoformat(plain["at"]), self._runner.config.cmdb
            events = EVENTS.read(plain, unit)
            newest = self._configuration.known().timeline
            then = ConfigurationTimeline(
                newest.events[: plain["known"]], model=newest.model, levels=newest.levels, tolerant=True
            )
            before, after = then.as_of(at), then.after(*events).as_of(at)
            area = with_own_word(self._area, after)
            counting = without(area, overruled(area, after))
            found = reconcile(counting, rules.reconciliation, model=rules.model, now=at)
            set_aside = tuple((source, key) for source, key in plain["set_aside"])
            return Reconciled(found, before, after, events, set_aside)

        return Answer(write, read)

    @property
    def _run_answer(self) -> Answer[tuple[DiscoveryRun, Reconciled]]:
        """How what `run` answers is kept."""
        answer = self._answer
        return Answer(
            lambda done: {**answer.write(done[1]), "run": discovery_run_to_plain(done[0])},
            lambda plain, unit: (discovery_run_from(plain["run"]), answer.read(plain, unit)),
        )


@frozen
class _Asked:
    """
    What a command is to know of the call.

    Args:
        runner: What runs it, once or each time.
        actor: The id of who does it.
        reason: Why.
        is_dry: Whether it is only to tell what would change.
    """

    runner: Runner
    actor: str
    reason: str
    is_dry: bool


def _taking_in(records: Iterable[SourceRecord], loads: Mapping[str, datetime]) -> Change:
    """Return what puts into a staging area what sources say."""

    def change(area: StagingArea, _now: datetime) -> StagingArea:
        area = area.with_records(records)
        for source, at in loads.items():
            area = area.with_full_load(source, at)
        return area

    return change


def _idle(lock: AttributeLock | None, found: Reconciliation, before: ConfigurationView) -> Iterator[str]:
    """List why a new lock would do nothing."""
    if lock is None:
        return
    for each in found.findings:
        if isinstance(each, IdleLock) and each.lock == lock:
            told = {item.id for item in found.items}
            if lock.ci in before and lock.ci not in told and lock.ci not in found.duplicates:
                because = "no source tells of it; put it with desk.cmdb"
                yield f"cannot lock {lock.attribute} of {lock.ci}: {because}"
            else:
                yield str(each)
