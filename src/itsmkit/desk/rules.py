"""The rules of a desk as something that is changed while it runs: kept, versioned, tried before it is so."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from os import PathLike
from typing import Any

from attrs import evolve, field, frozen

from itsmkit._checks import in_utc, is_a, utc
from itsmkit._frozen import EMPTY, as_tuple, deeply_frozen
from itsmkit._problems import close_to, shown
from itsmkit.conditions import Condition, all_of, equals, one_of
from itsmkit.desk._access import unguarded
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._kept_rules import ID, KIND, kept, loaded, rules_of
from itsmkit.desk._once import Answer
from itsmkit.desk._plain_rules import (
    Difference,
    differences,
    from_json,
    plain_of,
    read_source,
    text_of,
    to_json,
)
from itsmkit.desk._reading import Reader
from itsmkit.desk._rules import Rules
from itsmkit.desk.batch import BatchStore
from itsmkit.desk.config import DeskConfig
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.plugin import Record, RecordEvent, StoredTicket, TicketQuery, UnitOfWork
from itsmkit.plugin.queries import MAX_PAGE
from itsmkit.practices import KindOfWork, happen
from itsmkit.tickets import DONE_CATEGORIES, SYSTEM, Actor, StateCorrected
from itsmkit.workflow import Migration

__all__ = ["Difference", "KeptConfiguration", "RulesChange", "RulesCommands"]

_CHANGED = "ConfigurationChanged"
_OPEN = ~one_of("state_category", *sorted(DONE_CATEGORIES))

Adopt = Callable[[DeskConfig, int], object]


@frozen
class KeptConfiguration:
    """
    A version of a desk's configuration, as it is kept.

    Args:
        version: Its number, from 1.
        plain: The tables, as `DeskConfig.load` reads them.
        changed_at: Since when it is the newest.
        changed_by: Who made it so.
        reason: Why.
    """

    version: int
    plain: Mapping[str, Any] = field(converter=deeply_frozen)
    changed_at: datetime = field(converter=in_utc)
    changed_by: Actor
    reason: str

    def load(self) -> DeskConfig:
        """
        Return the rules that it describes.

        Raises:
            DefinitionError: If it cannot be read, such as by an older itsmkit.
        """
        return loaded(_listed(self.plain), f"version {self.version} of the kept configuration")


@frozen
class RulesChange:
    """
    What a change of the configuration does, or would do.

    Args:
        version: The version that it makes.
        differences: In what it differs from the version before.
        consequences: What follows for the tickets there are, a sentence each.
        refusals: Why it must not be, a sentence each; empty for what was done.
    """

    version: int
    differences: tuple[Difference, ...] = field(converter=as_tuple)
    consequences: tuple[str, ...] = field(converter=as_tuple)
    refusals: tuple[str, ...] = field(default=(), converter=as_tuple)

    @property
    def is_possible(self) -> bool:
        """Whether nothing stands against it."""
        return not self.refusals

    def explain(self) -> str:
        """Return all of it as text, one thing to a line."""
        return "\n".join(
            [
                f"version {self.version}",
                *(f"- {each.explain()}" for each in self.differences),
                *(f"> {each}" for each in self.consequences),
                *(f"! {each}" for each in self.refusals),
            ]
        )


@looking_at_arguments(but=("source", "reason", "moves", "instant"))
@frozen
class RulesCommands:
    """
    What can be asked of a desk's own rules; reached as ``desk.configuration``.

    A configuration that is changed here is kept in the store, with all its versions. From then on this desk
    works by it, and so do all that are bound to it. Another desk on the same store, if it was opened without
    rules of its own, works by it once it has asked `refresh`, as workers do.
    """

    _runner: Runner
    _actor: Actor | None
    _adopt: Adopt

    # -- reads -----------------------------------------------------------------------------------

    def current(self) -> KeptConfiguration | None:
        """Return the newest version that is kept, or ``None`` if the desk has only what it was given."""
        self._admit("current")
        with self._runner.store.begin() as unit:
            return _newest(unit)

    def history(self) -> tuple[KeptConfiguration, ...]:
        """Return all versions that were ever kept, in order."""
        self._admit("history")
        return self._all()

    def _all(self) -> tuple[KeptConfiguration, ...]:
        with self._runner.store.begin() as unit:
            return _versions(unit)

    def _admit(self, read: str) -> None:
        self._runner.admit(f"configuration.{read}", self._actor)

    def as_of(self, instant: datetime) -> KeptConfiguration | None:
        """
        Return the version that was the newest at *instant*, or ``None`` if none was kept by then.

        Raises:
            DefinitionError: If *instant* is naive.
        """
        self._admit("as_of")
        at = utc(instant, "instant")
        then = [version for version in self._all() if version.changed_at <= at]
        return then[-1] if then else None

    def refresh(self) -> bool:
        """
        Work by the newest version that is kept, if that is newer than the one at hand.

        A desk that was given rules of its own stays with them, until they are changed by itself.

        Returns:
            Whether there was a newer one.

        Raises:
            DefinitionError: If it cannot be read.
        """
        return self._runner.rules.version is not None and self._follow()

    def _follow(self) -> bool:
        found = kept(self._runner.store)
        if found is None or found.version <= (self._runner.rules.version or 0):
            return False
        self._adopt(rules_of(found), found.version)
        return True

    # -- commands --------------------------------------------------------------------------------

    def change(
        self,
        source: "str | PathLike[str] | Mapping[str, object]",
        *,
        reason: str,
        moves: Mapping[str, Mapping[str, str]] = EMPTY,
        dry_run: bool = False,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> RulesChange:
        """
        Change the rules of the desk, and of the tickets it has.

        What files it names is kept with it. Clocks of open tickets are read anew where agreements change. In
        a batch or a transaction of the host, the desk works by the new rules only after `refresh`.

        Args:
            source: The path of a TOML file, or a mapping of the same shape: all of the new rules.
            reason: Why.
            moves: For a kind of work by its name, to which states tickets go whose states vanish.
            dry_run: Only tell what would be done, and why it must not.
            by: Who changes them.
            idempotency_key: Chosen by who asks, to have it done once.

        Returns:
            What it did.

        Raises:
            DefinitionError: With every fault of the rules, each with its path; if a name in *moves* is none.
            RefusedError: If *reason* is empty; with every reason why it must not be, such as tickets in a
                state that vanishes.
        """
        actor = acting(by, self._actor)
        if not is_a(reason, str) or not reason.strip():
            refusal = f"cannot change the configuration without a reason; write one, not {shown(reason)}"
            raise RefusedError(refusal)
        _check_moves(moves)
        plain, where = read_source(source)
        text = text_of(plain, where)
        config = loaded(plain, where)
        runner = self._runner.asked(
            "configuration.change",
            actor,
            None if dry_run else idempotency_key,
            text,
            reason,
            {name: dict(states) for name, states in moves.items()},
        )
        if dry_run:
            with runner.store.begin() as unit:
                return _Plan(runner, unit, config, moves, reason).judged(plain)

        def work(unit: UnitOfWork) -> RulesChange:
            plan = _Plan(runner, unit, config, moves, reason)
            found = plan.judged(plain)
            if not found.is_possible:
                raise RefusedError(*found.refusals)
            if found.version == plan.version:
                plan.keep(text)
                plan.carry_out()
            return found

        done = runner.answered(work, _ANSWER)
        if not runner.store.is_joined and not isinstance(runner.store, BatchStore):
            self._follow()
        return done


def _check_moves(moves: object) -> None:
    inner = moves.values() if isinstance(moves, Mapping) else ()
    if isinstance(moves, Mapping) and all(isinstance(each, Mapping) for each in inner):
        names = [*moves, *(name for each in inner for pair in each.items() for name in pair)]
        if all(isinstance(name, str) for name in names):
            return
    problem = (
        "moves: must be a mapping from kinds of work to mappings from states to states, such as "
        f"{{'incident': {{'Waiting': 'Doing'}}}}, not {shown(moves)}"
    )
    raise DefinitionError(problem)


class _Plan:
    """A change of the rules, and what it does to tickets."""

    def __init__(
        self,
        runner: Runner,
        unit: UnitOfWork,
        config: DeskConfig,
        moves: Mapping[str, Mapping[str, str]],
        reason: str,
    ) -> None:
        self._runner = runner
        self._unit = unit
        self._new = config
        self._newest = newest = _newest(unit)
        at_hand = runner.rules.version
        is_behind = newest is not None and at_hand is not None and newest.version > at_hand
        self._old = newest.load() if newest is not None and is_behind else runner.config
        self._reason = reason
        self.version = 1 if newest is None else newest.version + 1
        # All tickets count, whoever may see them: none may be left in a state that is gone.
        self._reader = Reader(runner.store, "configuration.change", SYSTEM, None)
        self._migrations = dict(self._migrated(moves))

    def _migrated(self, moves: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, Migration]]:
        problems = [
            f"moves.{name}: the desk has no such kind of work before and after; "
            f"{close_to(name, self._old.kinds)}"
            for name in moves
            if name not in self._old.kinds or name not in self._new.kinds
        ]
        for name, (old, new) in self._kinds().items():
            before, after = old.workflow.definition, new.workflow.definition
            if before == after:
                continue
            try:
                yield name, Migration(before, after, moves.get(name, EMPTY))
            except DefinitionError as error:
                problems += (f"moves.{name}.{problem}" for problem in error.problems)
        if problems:
            raise DefinitionError(*problems)

    def _kinds(self) -> dict[str, tuple[KindOfWork[Any], KindOfWork[Any]]]:
        new = self._new.kinds
        return {name: (kind, new[name]) for name, kind in self._old.kinds.items() if name in new}

    def judged(self, plain: Mapping[str, Any]) -> RulesChange:
        """Return what the change does; if it changes nothing, that there is the version there was."""
        known = self._newest
        found = [*differences({} if known is None else _listed(known.plain), _listed(plain))]
        if known is not None and not found:
            return RulesChange(known.version, (), ())
        return RulesChange(self.version, found, self._consequences(), self._refusals())

    def _refusals(self) -> Iterator[str]:
        for name in self._old.kinds:
            if name not in self._new.kinds and (number := self._count(equals("kind", name))):
                yield (
                    f"the kind of work {name!r} vanishes, and {_tickets(number)} of it; "
                    "keep it, though nobody need log any more"
                )
        for name, migration in self._migrations.items():
            for state in migration.unmapped:
                if number := self._count(_in_state(name, state)):
                    yield (
                        f"the state {state!r} of {name!r} vanishes or means something else, and "
                        f"{_tickets(number)} in it; say where they go: moves={{{name!r}: {{{state!r}: ...}}}}"
                    )

    def _consequences(self) -> Iterator[str]:
        for name, (source, target) in self._moving():
            if number := self._count(_in_state(name, source)):
                yield f"{_tickets(number)} of {name!r} in {source!r}, and will be in {target!r}"
        for name, (old, new) in self._kinds().items():
            if old.prefix != new.prefix:
                yield f"numbers of {name!r} begin with {new.prefix!r} from now on"
            for priority in old.priorities.priorities:
                if priority in new.priorities.priorities:
                    continue
                if number := self._count(equals("kind", name), equals("priority", priority), _OPEN):
                    yield f"{_tickets(number)} of {name!r}, open, and of priority {priority!r}, which goes"
        if self._agreements_change and (number := self._count(_OPEN)):
            yield f"agreements change: the clocks of what is open are read anew, {number:,} of them"

    @property
    def _agreements_change(self) -> bool:
        return self._old.agreements != self._new.agreements

    def _moving(self) -> Iterator[tuple[str, tuple[str, str]]]:
        """Go through the states that tickets leave, or that change their meaning: kind, state, where to."""
        for name, migration in self._migrations.items():
            for state in migration.old.states:
                target = migration.target_of(state.name)
                if target is None:
                    continue
                if (target, migration.new.category_of(target)) != (state.name, state.category):
                    yield name, (state.name, target)

    def _count(self, *conditions: Condition) -> int:
        return self._reader.count(all_of(*conditions))

    def keep(self, text: str) -> None:
        """Save the new version."""
        occasion = self._runner.occasion()
        data = {"configuration": text, "reason": self._reason}
        at, actor, version = occasion.recorded_at, self._runner.actor, self.version
        event = RecordEvent(KIND, ID, version, at, actor, _CHANGED, data)
        self._unit.save_record(
            Record(KIND, ID, version, {"configuration": text}), [event], expected=version - 1
        )

    def carry_out(self) -> None:
        """Move the tickets whose states vanish, and set the timers of those whose agreements change."""
        runner = evolve(self._runner, rules=Rules(self._new, self.version))
        # None may be left behind, whoever may see it.
        unit = unguarded(self._unit)
        occasion = runner.occasion()
        because = (f"version {self.version} of the configuration: {self._reason}",)
        for name, (source, target) in self._moving():
            category = self._new.kind(name).workflow.category_of(target).value
            for found in self._pages(_in_state(name, source)):
                stored = unit.ticket(found.ticket.id)
                fact = StateCorrected(stored.ticket.state, target, category, because)
                runner.save(unit, happen(stored.ticket, occasion, fact), stored)
        if self._agreements_change:
            for found in self._pages(_OPEN):
                runner.renew(unit, unit.ticket(found.ticket.id))

    def _pages(self, where: Condition) -> Sequence[StoredTicket]:
        return [*self._reader.pages(TicketQuery(where, (), MAX_PAGE))]


def _newest(unit: UnitOfWork) -> KeptConfiguration | None:
    versions = _versions(unit)
    return versions[-1] if versions else None


def _versions(unit: UnitOfWork) -> tuple[KeptConfiguration, ...]:
    return tuple(_version(event) for event in unit.record_history(KIND, ID))


def _version(event: RecordEvent) -> KeptConfiguration:
    data: Mapping[str, Any] = event.data
    return KeptConfiguration(
        event.sequence, plain_of(data["configuration"]), event.recorded_at, event.actor, data["reason"]
    )


def _listed(plain: Any) -> Any:
    """Return plain data with lists, as JSON has them, whoever made it."""
    return from_json(to_json(plain))


def _in_state(kind: str, state: str) -> Condition:
    return all_of(equals("kind", kind), equals("state", state))


def _tickets(number: int) -> str:
    return "1 ticket is" if number == 1 else f"{number:,} tickets are"


def _write(change: RulesChange) -> Mapping[str, Any]:
    return {"version": change.version, "consequences": [*change.consequences]}


def _read(plain: Mapping[str, Any], unit: UnitOfWork) -> RulesChange:
    version: int = plain["version"]
    versions = [_listed(each.plain) for each in _versions(unit)[:version]]
    before, after = [{}, {}, *versions][-2:]
    return RulesChange(version, differences(before, after), plain["consequences"])


_ANSWER = Answer(_write, _read)
