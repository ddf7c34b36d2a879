"""
What was recorded, in the order in which it was: one list that grows, read by many timelines.

A timeline reads the events up to its own length and no further, so that a longer one can share all of them:
what is appended stays out of sight of the shorter ones. Nothing is ever taken out or put between.
"""

from bisect import bisect_right, insort
from collections import OrderedDict
from collections.abc import Callable, Container, Hashable, Iterable, Iterator
from datetime import datetime
from threading import Lock
from typing import NamedTuple

from itsmkit.cmdb.graph import ConfigurationGraph
from itsmkit.cmdb.history.records import ConfigurationEvent, RecordKey

__all__ = ["Entry", "GRAPHS_KEPT", "Log"]

GRAPHS_KEPT = 8
"""How many graphs a timeline and all that share its events keep, those asked for last."""

_FEW = 16


class Entry(NamedTuple):
    """
    One event in the log, with the one before it about the same thing.

    Args:
        place: Its place in the log, from 0.
        event: The event.
        earlier: The entry before it of the same key, or ``None``.
    """

    place: int
    event: ConfigurationEvent
    earlier: "Entry | None"


class Log:
    """
    Events, with what makes them quick to read. Fit for use by several threads at once.

    The entries of a key are chained from the last one back: a reader passes over those that are too new for
    it, and a copy of the log needs a copy of the chains' ends only.
    """

    __slots__ = (
        "_bounds",
        "_events",
        "_first",
        "_graphs",
        "_known",
        "_latest",
        "_lock",
        "_ruled",
        "_unreadable",
    )

    def __init__(self) -> None:
        self._lock = Lock()
        self._events: list[ConfigurationEvent] = []
        # When each event counts as known: never before the ones ahead of it, whatever its clock said.
        self._known: list[datetime] = []
        self._latest: dict[RecordKey, Entry] = {}
        # The keys of all rulings, few among all keys.
        self._ruled: set[RecordKey] = set()
        # The instants at which some record begins or ends, sorted; and the first event that has each.
        self._bounds: list[datetime] = []
        self._first: dict[datetime, int] = {}
        self._graphs: OrderedDict[Hashable, ConfigurationGraph] = OrderedDict()
        # The places of the events whose values are kept out of every graph, in order.
        self._unreadable: dict[int, None] = {}

    def appended(
        self,
        length: int,
        events: Iterable[ConfigurationEvent],
        unreadable: Callable[[ConfigurationEvent], bool] = lambda _: False,
    ) -> tuple["Log", int]:
        """
        Return a log that has *events* after the first *length* ones of this one, and how many that makes.

        It is this log itself, if it has no others; then the cost is that of the new events. The values of
        those that are *unreadable* are there in the history, and never `holding`.
        """
        with self._lock:
            log = self if length == len(self._events) else self._up_to(length)
            log._append(events, unreadable)
            return log, len(log._events)

    def _up_to(self, length: int) -> "Log":
        log = Log()
        log._events = self._events[:length]
        log._known = self._known[:length]
        log._latest = self._latest.copy()
        for key in {event.record.key for event in self._events[length:]}:
            entry = self._entry(key, length)
            if entry is None:
                del log._latest[key]
            else:
                log._latest[key] = entry
        log._ruled = {key for key in self._ruled if key in log._latest}
        log._first = {bound: place for bound, place in self._first.items() if place < length}
        log._bounds = [bound for bound in self._bounds if bound in log._first]
        log._unreadable = {place: None for place in self._unreadable if place < length}
        return log

    def _append(
        self, events: Iterable[ConfigurationEvent], unreadable: Callable[[ConfigurationEvent], bool]
    ) -> None:
        fresh = []
        for event in events:
            place, record = len(self._events), event.record
            for bound in (record.since, record.until):
                if bound is not None and bound not in self._first:
                    self._first[bound] = place
                    fresh.append(bound)
            self._known.append(max(event.recorded_at, self._known[-1]) if place else event.recorded_at)
            if record.key.kind == "override":
                self._ruled.add(record.key)
            self._latest[record.key] = Entry(place, event, self._latest.get(record.key))
            if unreadable(event):
                self._unreadable[place] = None
            self._events.append(event)
        if len(fresh) > _FEW:
            self._bounds += fresh
            self._bounds.sort()
        else:
            for bound in fresh:
                insort(self._bounds, bound)

    # -- reading: *length* says how many events the reader sees -----------------------------------------

    def events(self, length: int) -> tuple[ConfigurationEvent, ...]:
        """Return the first *length* events."""
        return tuple(self._events[:length])

    def known(self, length: int, recorded: datetime | None) -> int:
        """Return how many of the first *length* events were known at *recorded*; all, if it is ``None``."""
        return length if recorded is None else bisect_right(self._known, recorded, hi=length)

    def known_since(self, length: int) -> datetime | None:
        """Return since when all of the first *length* events are known; ``None``, if there are none."""
        return self._known[length - 1] if length else None

    def entries(self, key: RecordKey, length: int) -> Iterator[Entry]:
        """Go through what the first *length* events have about *key*, from the last one back."""
        entry = self._entry(key, length)
        while entry is not None:
            yield entry
            entry = entry.earlier

    def _entry(self, key: RecordKey, length: int) -> Entry | None:
        entry = self._latest.get(key)
        while entry is not None and entry.place >= length:
            entry = entry.earlier
        return entry

    def keys(self, length: int) -> list[RecordKey]:
        """Return what the first *length* events are about, sorted."""
        with self._lock:
            latest = list(self._latest)
        return sorted(key for key in latest if self._entry(key, length) is not None)

    def holding(self, length: int, instant: datetime) -> list[ConfigurationEvent]:
        """Return of the first *length* events those by which something is there at *instant*."""
        with self._lock:
            latest = list(self._latest.values())
        return _holding(latest, length, instant, self._unreadable)

    def ruling(self, length: int, instant: datetime) -> list[ConfigurationEvent]:
        """Return of the first *length* events those by which a ruling holds at *instant*, sorted by key."""
        with self._lock:
            latest = [self._latest[key] for key in sorted(self._ruled)]
        return _holding(latest, length, instant, self._unreadable)

    def effective(self, key: RecordKey, length: int, instant: datetime) -> Entry | None:
        """Return by which of the first *length* events *key* is as it is at *instant*; ``None`` for none."""
        return next((each for each in self.entries(key, length) if each.event.record.holds_at(instant)), None)

    def kept_out(self, length: int, instant: datetime) -> list[ConfigurationEvent]:
        """Return of the first *length* events those that would be `holding`, were they not unreadable."""
        with self._lock:
            places = [place for place in self._unreadable if place < length]
        events = (self._events[place] for place in places)
        effective = [self.effective(event.record.key, length, instant) for event in events]
        return [
            entry.event
            for place, entry in zip(places, effective, strict=True)
            if entry is not None and entry.place == place
        ]

    def begin(self, length: int, instant: datetime) -> datetime | None:
        """
        Return where the elementary interval of valid time around *instant* begins, or ``None`` for always.

        Within it, none of the first *length* events begins or ends to hold.
        """
        with self._lock:
            index = bisect_right(self._bounds, instant)
            while index and self._first[self._bounds[index - 1]] >= length:
                index -= 1
            return self._bounds[index - 1] if index else None

    def graph(self, key: Hashable, build: Callable[[], ConfigurationGraph]) -> ConfigurationGraph:
        """Return the graph that is kept as *key*, or else build it and keep it."""
        graph = self._kept(key)
        if graph is None:
            graph = build()
            with self._lock:
                graph = self._graphs.setdefault(key, graph)
                while len(self._graphs) > GRAPHS_KEPT:
                    self._graphs.popitem(last=False)
        return graph

    def _kept(self, key: Hashable) -> ConfigurationGraph | None:
        with self._lock:
            if key in self._graphs:
                self._graphs.move_to_end(key)
            return self._graphs.get(key)


def _holding(
    latest: list[Entry], length: int, instant: datetime, unreadable: Container[int]
) -> list[ConfigurationEvent]:
    found = []
    for last in latest:
        entry: Entry | None = last
        while entry is not None and (entry.place >= length or not entry.event.record.holds_at(instant)):
            entry = entry.earlier
        if entry is not None and entry.event.record.value is not None and entry.place not in unreadable:
            found.append(entry.event)
    return found
