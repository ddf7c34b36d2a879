"""The configuration as a desk knows it: read from the store once, and brought up to date after that."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from threading import RLock
from typing import TYPE_CHECKING, NamedTuple

from itsmkit.cmdb import CIId, RedundancySet
from itsmkit.cmdb.history import ConfigurationRecord, RecordKey
from itsmkit.desk.config import ConfigurationRules
from itsmkit.plugin import Store

if TYPE_CHECKING:
    from itsmkit.cmdb.history import ConfigurationTimeline

__all__ = ["Configuration", "Known", "NewLock", "mentioned"]

NewLock = Callable[[], AbstractContextManager[object]]

_PAGE = 1000
_BEGIN = datetime.min.replace(tzinfo=UTC)
_FOREVER = datetime.max.replace(tzinfo=UTC)


class Known(NamedTuple):
    """
    What is known of the configuration.

    Args:
        position: The position of the newest event; 0 if there is none.
        timeline: All events up to it, those too whose class or relation type the model knows no more.
    """

    position: int
    timeline: "ConfigurationTimeline"


class Configuration:
    """
    The configuration of one desk, shared by all that are bound to it. Fit for use by several threads.

    Args:
        store: Where it is kept.
        rules: The class model and the levels.
        new_lock: Makes a lock that whoever holds it can take again; by default, for threads.
    """

    _known: Known | None
    _mentions: "_Mentions"
    _rulings: "_Ends"
    _bounds: dict[RecordKey, list[datetime]]

    def __init__(self, store: Store, rules: ConfigurationRules, new_lock: NewLock = RLock) -> None:
        self._store = store
        self._rules = rules
        self._lock = new_lock()
        self._forget()
        # Two threads of one desk that record at once would only conflict with each other: they take turns.
        # Whoever records on another desk of the same store is met by the version check.
        self.turn = new_lock()

    def follow(self, rules: ConfigurationRules) -> None:
        """Go by other rules from now on."""
        with self._lock:
            if rules != self._rules:
                self._rules = rules
                self._forget()

    def known(self) -> Known:
        """Return all that is recorded by now. In a transaction of the host's, all of it is read anew."""
        with self._lock:
            if self._store.is_joined:
                self._forget()  # the host may have taken it back
            known = self._known or self._nothing()
            while page := self._store.configuration_events(after=known.position, limit=_PAGE):
                timeline = known.timeline.after(*(each.event for each in page))
                for each in page:
                    self._note(each.event.record)
                known = Known(page[-1].position, timeline)
                self._known = known
            self._known = known
            return known

    def mentioning(self, ci: CIId, since: datetime) -> tuple[RecordKey, ...]:
        """
        Return the keys of all that was ever said of *ci*, or of something together with it, sorted.

        What has ended for good by *since* is left out. The cost is that of the result.
        """
        with self._lock:
            return tuple(sorted(self._mentions.of(ci, since)))

    def rulings(self, since: datetime) -> tuple[RecordKey, ...]:
        """Return the keys of all rulings of which one lasts longer than *since*, sorted."""
        with self._lock:
            return tuple(sorted(self._rulings.after(since)))

    def bounds(self, key: RecordKey, after: datetime) -> tuple[datetime, ...]:
        """Return the instants after *after* at which a record of *key* begins or ends to hold, in order."""
        with self._lock:
            bounds = self._bounds.get(key, [])
            return tuple(bounds[bisect_right(bounds, after) :])

    def _forget(self) -> None:
        self._known = None
        self._mentions = _Mentions()
        self._rulings = _Ends()
        self._bounds = {}

    def _nothing(self) -> Known:
        """Return what is known before anything is read."""
        from itsmkit.cmdb.history import ConfigurationTimeline  # noqa: PLC0415  # many a desk has none

        rules = self._rules
        return Known(0, ConfigurationTimeline(model=rules.model, levels=rules.levels, tolerant=True))

    def _note(self, record: ConfigurationRecord) -> None:
        self._mentions.note(record)
        if record.key.kind == "override" and record.value is not None:
            # A ruling that was taken back counts as lasting: that is looked up when it is asked for.
            until = record.until or _FOREVER
            self._rulings.move(record.key, max(until, self._rulings.of(record.key) or until))
        bounds = self._bounds.setdefault(record.key, [])
        for bound in (record.since, record.until):
            if bound is not None:
                place = bisect_left(bounds, bound)
                if bounds[place : place + 1] != [bound]:
                    bounds.insert(place, bound)


class _Ends:
    """Keys, and when each ends for good."""

    __slots__ = ("_ends", "_lasting", "_sorted")

    def __init__(self) -> None:
        self._ends: dict[RecordKey, datetime] = {}
        self._lasting: set[RecordKey] = set()
        self._sorted: list[tuple[datetime, RecordKey]] = []

    def of(self, key: RecordKey) -> datetime | None:
        """Return when *key* ends, or ``None`` if nothing is known of it."""
        return self._ends.get(key)

    def move(self, key: RecordKey, end: datetime) -> None:
        """Note that *key* ends at *end*, whatever was noted before."""
        before = self._ends.get(key)
        if before == end:
            return
        if before == _FOREVER:
            self._lasting.remove(key)
        elif before is not None:
            del self._sorted[bisect_left(self._sorted, (before, key))]
        self._ends[key] = end
        if end == _FOREVER:
            self._lasting.add(key)
        else:
            insort(self._sorted, (end, key))

    def after(self, instant: datetime) -> list[RecordKey]:
        """Return the keys that end later than *instant*, in no order."""
        ending = self._sorted[bisect_right(self._sorted, instant, key=lambda each: each[0]) :]
        return [*self._lasting, *(key for _, key in ending)]


class _Mentions:
    """What speaks of which configuration item, and up to when it can be so."""

    __slots__ = ("_ends", "_of", "_speaking_of")

    def __init__(self) -> None:
        self._ends: dict[RecordKey, datetime] = {}
        self._speaking_of: dict[RecordKey, set[CIId]] = {}
        self._of: dict[CIId, _Ends] = {}

    def of(self, ci: CIId, since: datetime) -> list[RecordKey]:
        """Return what can speak of *ci* at *since* or later."""
        ends = self._of.get(ci)
        return [] if ends is None else ends.after(since)

    def note(self, record: ConfigurationRecord) -> None:
        """Take note of one record more."""
        key = record.key
        before, end = self._ends.get(key), record.until or _FOREVER
        if record.value is not None:
            end = end if before is None else max(before, end)
        elif before is None:
            return
        else:
            # Where it speaks of the end, all that was said from its own start on is taken back.
            end = min(before, record.since or _BEGIN) if end >= before else before
        cis = self._speaking_of.setdefault(key, set())
        fresh = {*mentioned(record)} - cis
        cis |= fresh
        for ci in fresh if end == before else cis:
            self._of.setdefault(ci, _Ends()).move(key, end)
        self._ends[key] = end


def mentioned(record: ConfigurationRecord) -> Iterable[CIId]:
    """Return the configuration items that *record* is about, or speaks of."""
    kind, parts = record.key
    members = record.value.members if isinstance(record.value, RedundancySet) else ()
    ends = (parts[0], parts[2]) if kind == "relation" else (parts[0],)
    return [*map(CIId, ends), *members]
