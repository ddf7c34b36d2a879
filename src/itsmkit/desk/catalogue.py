"""What can be asked of the service catalogue."""

from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

from attrs import frozen

from itsmkit._problems import close_to
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._catalogue_records import ENTRY, PUBLISHED, published
from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._shelf import Shelf
from itsmkit.desk.config import DeskConfig
from itsmkit.errors import DefinitionError, NotFoundError
from itsmkit.plugin import UnitOfWork
from itsmkit.practices import WORK_TASK, Outcome
from itsmkit.practices._arguments import instance
from itsmkit.practices.access import Viewer
from itsmkit.practices.catalogue import (
    CatalogueEntry,
    CatalogueItem,
    DirectoryLine,
    catalogue_item_to_mapping,
    directory,
    draft_item,
    publish_item,
    published_item,
    retire_item,
    revise_item,
)
from itsmkit.practices.inheritance import inherit, known
from itsmkit.tickets import Actor

__all__ = ["CatalogueCommands", "catalogue_of_person", "offered", "viewer_of_order"]

_TRIGGERS = ("submit", "approve", "reject", "fulfil")
"""The moves that the workflow of an order must have."""


@looking_at_arguments(but=("item", "zone"))
@frozen
class CatalogueCommands:
    """
    What can be asked of the service catalogue; reached as ``desk.catalogue``.

    Every command takes ``by`` and ``idempotency_key``, as those of tickets do, and returns the entry after
    it. What is published is ordered by ``desk.orders.place``.
    """

    _runner: Runner
    _actor: Actor | None

    # -- reads -----------------------------------------------------------------------------------

    def directory(self, *, zone: str | None = None) -> tuple[DirectoryLine, ...]:
        """
        Return what who asks may order, with who answers for it and when there is support.

        What is not for them is not there. Without an actor, there is what is for everybody.

        Args:
            zone: The name of the zone in which hours are told; by default, that of who asks, or of the desk.

        Raises:
            DefinitionError: If there is no such zone.
        """
        runner = self._runner
        config, actor = runner.config, self._actor
        told = _zone(zone) or (None if actor is None else runner.speaker.to(actor.id).zone)
        sees, catalogue = runner.sight(actor), _catalogue_of(runner, actor)
        with runner.store.begin() as unit:
            items = [item for item in _offered(runner, unit) if sees(item.audience)]
        owners = {
            name: found.owner
            for name in {item.service for item in items if item.service is not None}
            if (found := known(runner.directory.service, name)) is not None and found.owner is not None
        }
        viewer = _seeing(runner, actor)
        return directory(
            items,
            viewer,
            runner.clock(),
            told or config.reporting_hours.tz,
            catalogue=catalogue,
            calendars=config.calendars,
            owners=owners,
        )

    def item(self, key: str) -> CatalogueItem:
        """
        Return an item as it is offered now.

        Raises:
            NotFoundError: If none of this key is offered to who asks.
        """
        with self._runner.store.begin() as unit:
            found = offered(self._runner, unit, key)
        sees = self._runner.sight(self._actor)
        if not sees(found.audience) or not found.is_in(_catalogue_of(self._runner, self._actor)):
            raise NotFoundError("catalogue item", key)
        return found

    def entry(self, key: str) -> CatalogueEntry:
        """
        Return an entry, with its draft, whatever is offered of it.

        Raises:
            NotFoundError: If there is none of this key.
        """
        self._runner.admit("catalogue.entry", self._actor)
        return Shelf(ENTRY, self._runner).get(key)

    def entries(self) -> Iterator[CatalogueEntry]:
        """Go through all entries, by their keys."""
        self._runner.admit("catalogue.entries", self._actor)
        return Shelf(ENTRY, self._runner).each()

    def versions(self, key: str) -> tuple[CatalogueItem, ...]:
        """
        Return all versions of an item that were ever published, in their order.

        Raises:
            NotFoundError: If there is no entry of this key.
        """
        self._runner.admit("catalogue.versions", self._actor)
        with self._runner.store.begin() as unit:
            entry = Shelf(ENTRY, self._runner).of(unit, key)
            return tuple(published(unit, key, version) for version in range(1, entry.latest + 1))

    # -- commands --------------------------------------------------------------------------------

    def draft(
        self, item: CatalogueItem, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> CatalogueEntry:
        """
        Begin an entry with the first draft of an item.

        Args:
            item: The item; its version becomes 1.
            by: Who drafts it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            RefusedError: If there is an entry of its key.
            DefinitionError: If nobody knows its offering.
        """
        runner = self._asked("draft", by, idempotency_key, _plain(item))
        _check_offering(runner, item)
        return Shelf(ENTRY, runner).begin(lambda _unit: draft_item(item))

    def revise(
        self, item: CatalogueItem, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> CatalogueEntry:
        """
        Replace the draft of an entry, or begin one for its next version.

        What is published stays as it is, and is offered until the draft is published.

        Args:
            item: The item as it shall be; its version becomes the one after the latest.
            by: Who revises it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no entry of its key.
            DefinitionError: If nobody knows its offering.
        """
        runner = self._asked("revise", by, idempotency_key, _plain(item))
        _check_offering(runner, item)
        return _changed(runner, item.key, lambda entry: revise_item(entry, item))

    def publish(
        self, key: str, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> CatalogueEntry:
        """
        Offer the draft of an entry from now on; its version stays as it is for ever.

        Args:
            key: The key of the item.
            by: Who publishes it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such entry.
            RefusedError: If it has no draft.
            DefinitionError: With everything that the desk has not got: the kind of work, its moves, the
                calendar, the agreement, the restriction.
        """
        runner = self._asked("publish", by, idempotency_key, key)

        def decide(unit: UnitOfWork, entry: CatalogueEntry) -> Outcome[CatalogueEntry]:
            outcome = publish_item(entry)
            assert entry.draft is not None  # noqa: S101  # it was refused without one
            _check(runner.config, entry.draft)
            Shelf(PUBLISHED, runner).add(unit, published_item(entry))
            return outcome

        return Shelf(ENTRY, runner).change(key, decide)

    def retire(
        self, key: str, reason: str, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> CatalogueEntry:
        """
        Offer an entry no more. What was ordered goes on.

        Args:
            key: The key of the item.
            reason: Why.
            by: Who retires it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such entry.
            RefusedError: If nothing of it is offered, or no reason is said.
        """
        runner = self._asked("retire", by, idempotency_key, key, reason)
        return _changed(runner, key, lambda entry: retire_item(entry, reason))

    def _asked(self, verb: str, by: Actor | None, key: str | None, *arguments: object) -> Runner:
        return self._runner.asked(f"catalogue.{verb}", acting(by, self._actor), key, *arguments)


def offered(runner: Runner, unit: UnitOfWork, key: str) -> CatalogueItem:
    """
    Return an item in the version that is offered now, to whomever.

    Raises:
        NotFoundError: If none is.
    """
    entry = Shelf(ENTRY, runner).find(unit, key)
    if entry is None or entry.published is None:
        raise NotFoundError("catalogue item", key)
    return published(unit, key, entry.published)


def _offered(runner: Runner, unit: UnitOfWork) -> Iterator[CatalogueItem]:
    for entry in Shelf(ENTRY, runner).each():
        if entry.published is not None:
            yield published(unit, entry.id, entry.published)


def viewer_of_order(runner: Runner, actor: Actor, requester: str) -> Viewer | None:
    """Return for whom something is ordered, as far as it matters for what they may have."""
    return _seeing(runner, actor if requester == actor.id else Actor(requester))


def _catalogue_of(runner: Runner, actor: Actor | None) -> tuple[str, ...] | None:
    """Return what `catalogue_of_person` does for who acts; all for nobody in particular."""
    return None if actor is None else catalogue_of_person(runner, actor.id)


def catalogue_of_person(runner: Runner, person_id: str) -> tuple[str, ...] | None:
    """
    Return the ids of the service offerings that somebody may order, by their site and organisation.

    It asks the directory, which may be far away: not for a unit of work. ``None`` stands for all.
    """
    person = None if runner.privileged else known(runner.directory.person, person_id)
    if person is None:
        return None
    return inherit(runner.directory, organisation=person.organisation, site=person.site).catalogue.value


def _seeing(runner: Runner, actor: Actor | None) -> Viewer | None:
    if actor is None or runner.gate is None:
        return Viewer("nobody")
    return runner.gate.viewer(actor)


def _changed(
    runner: Runner, key: str, decide: Callable[[CatalogueEntry], Outcome[CatalogueEntry]]
) -> CatalogueEntry:
    return Shelf(ENTRY, runner).change(key, lambda _unit, entry: decide(entry))


def _plain(item: CatalogueItem) -> dict[str, object]:
    return catalogue_item_to_mapping(instance("item", item, CatalogueItem))


def _zone(name: str | None) -> ZoneInfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        problem = f"zone: there is no time zone {name!r}; write one such as 'Europe/Berlin'"
        raise DefinitionError(problem) from None


def _check_offering(runner: Runner, item: CatalogueItem) -> None:
    """Refuse an offering that the directory does not know. It may be far away: not for a unit of work."""
    if item.offering is not None and known(runner.directory.offering, item.offering) is None:
        problem = f"offering: unknown service offering {item.offering!r}; declare it in [[offerings]]"
        raise DefinitionError(problem)


def _check(config: DeskConfig, item: CatalogueItem) -> None:
    """Refuse what the desk could not do for an order of *item*, with every problem."""
    problems: list[str] = []
    kind = config.kinds.get(item.kind)
    if kind is None:
        problems.append(
            f"kind: the desk has no kind of work {item.kind!r}; {close_to(item.kind, config.kinds)}"
        )
    else:
        moves = {each.trigger for each in kind.workflow.definition.transitions}
        lacking = [each for each in _TRIGGERS if each not in moves]
        if lacking:
            problems.append(
                f"kind: the workflow of {item.kind!r} has no move {', '.join(lacking)}, by which orders go; "
                "take another kind, or give it these"
            )
    if item.tasks and WORK_TASK not in config.kinds:
        problems.append(f"tasks: the desk has no kind of work {WORK_TASK!r}, of which their tickets are")
    if item.hours is not None and item.hours not in config.calendars:
        problems.append(f"hours: unknown calendar {item.hours!r}; {close_to(item.hours, config.calendars)}")
    agreements = [each.name for each in config.agreements]
    if item.agreement is not None and item.agreement not in agreements:
        problems.append(f"agreement: unknown {item.agreement!r}; {close_to(item.agreement, agreements)}")
    restrictions = [each.name for each in (() if config.access is None else config.access.restrictions)]
    if item.restriction is not None and item.restriction not in restrictions:
        problems.append(
            f"restriction: unknown {item.restriction!r}; {close_to(item.restriction, restrictions)}"
        )
    if problems:
        raise DefinitionError(*(f"cannot publish {item.key!r}: {problem}" for problem in problems))
