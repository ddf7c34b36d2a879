"""What changes the rotas of a desk: kept in memory, and read again where the feed tells of news."""

from collections.abc import Iterable, Mapping, Sequence

from attrs import define, field, frozen

from itsmkit.desk._configuration import NewLock
from itsmkit.desk._followed_feed import FollowedFeed
from itsmkit.desk._rota_kinds import CHANGES, LEDGER, LEDGER_ID
from itsmkit.errors import NotFoundError
from itsmkit.plugin import RecordEvent, Store, UnitOfWork
from itsmkit.plugin.queries import MAX_PAGE
from itsmkit.rotas import Leave, Override, Swap

__all__ = ["NO_CHANGES", "RotaBook", "RotaChanges"]

_Change = Override | Swap | Leave
_Key = tuple[str, str]


@frozen(eq=False)
class RotaChanges:
    """
    All that changes the rotas of a desk, as of one moment.

    Args:
        version: The version of the ledger; what is kept is not older than that.
        kept: The changes, by kind and id, those too that do not hold.
    """

    version: int
    kept: Mapping[_Key, _Change]
    overrides: tuple[Override, ...] = field(init=False)
    swaps: tuple[Swap, ...] = field(init=False)
    leaves: tuple[Leave, ...] = field(init=False)

    @overrides.default
    def _all_overrides(self) -> tuple[Override, ...]:
        return tuple(each for each in self.kept.values() if isinstance(each, Override) and each.holds)

    @swaps.default
    def _all_swaps(self) -> tuple[Swap, ...]:
        return tuple(each for each in self.kept.values() if isinstance(each, Swap) and each.holds)

    @leaves.default
    def _all_leaves(self) -> tuple[Leave, ...]:
        return tuple(each for each in self.kept.values() if isinstance(each, Leave) and each.holds)


NO_CHANGES = RotaChanges(0, {})
"""What there is on a desk on which nobody has changed anything."""


@define(eq=False)
class RotaBook:
    """
    Tells what changes the rotas.

    To ask costs one look into the feed; what is new in it is read. In a transaction of the host, which may
    take everything back, all of it is read anew.

    Args:
        store: Where the changes are, and the feed.
        new_lock: Makes the lock under which the store is asked.
    """

    _store: Store
    _new_lock: NewLock
    _feed: FollowedFeed[RecordEvent] = field(init=False)
    _known: RotaChanges = field(default=NO_CHANGES, init=False)

    @_feed.default
    def _of_records(self) -> FollowedFeed[RecordEvent]:
        return FollowedFeed(self._store.record_events, self._new_lock)

    def changes(self) -> RotaChanges:
        """Return all changes as of now: the very same value as before, if nothing is new."""
        with self._feed.lock:
            if self._store.is_joined:
                self._read_all()
            else:
                self._feed.follow(self._read_all, self._take)
            return self._known

    def _read_all(self) -> None:
        with self._store.begin() as unit:
            version = _version_in(unit)  # first: what is read after it is not older
        kept: dict[_Key, _Change] = {}
        for name, kind in CHANGES.items():
            after, is_more = "", True
            while is_more:
                page = self._store.records(name, after=after, limit=MAX_PAGE)
                kept |= {(name, record.id): kind.of(record) for record in page}
                is_more = len(page) == MAX_PAGE
                after = page[-1].id if page else ""
        if (version, kept) != (self._known.version, self._known.kept):
            self._known = RotaChanges(version, kept)

    def _take(self, news: Sequence[RecordEvent]) -> None:
        changed = dict.fromkeys((event.kind, event.id) for event in news if event.kind in CHANGES)
        version = max(
            (event.sequence for event in news if event.kind == LEDGER.name), default=self._known.version
        )
        if changed or version != self._known.version:
            self._known = RotaChanges(version, {**self._known.kept, **self._fresh(changed)})

    def _fresh(self, keys: Iterable[_Key]) -> dict[_Key, _Change]:
        with self._store.begin() as unit:
            return {(kind, key): CHANGES[kind].of(unit.record_of(kind, key)) for kind, key in keys}


def _version_in(unit: UnitOfWork) -> int:
    try:
        return unit.record_of(LEDGER.name, LEDGER_ID).version
    except NotFoundError:
        return 0
