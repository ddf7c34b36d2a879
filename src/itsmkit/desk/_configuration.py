"""The configuration as a desk knows it: read from the store once, and brought up to date after that."""

from collections.abc import Iterable
from threading import Lock, RLock
from typing import NamedTuple

from itsmkit.cmdb import CIId, RedundancySet
from itsmkit.cmdb.history import ConfigurationRecord, ConfigurationTimeline, RecordKey
from itsmkit.desk.config import ConfigurationRules
from itsmkit.plugin import Store

__all__ = ["Configuration", "Known", "mentioned"]

_PAGE = 1000


class Known(NamedTuple):
    """
    What is known of the configuration.

    Args:
        position: The position of the newest event; 0 if there is none.
        timeline: All events up to it.
    """

    position: int
    timeline: ConfigurationTimeline


class Configuration:
    """
    The configuration of one desk, shared by all that are bound to it. Fit for use by several threads.

    Args:
        store: Where it is kept.
        rules: The class model and the levels.
    """

    def __init__(self, store: Store, rules: ConfigurationRules) -> None:
        self._store = store
        self._lock = Lock()
        self._known = Known(0, ConfigurationTimeline(model=rules.model, levels=rules.levels))
        self._mentions: dict[CIId, set[RecordKey]] = {}
        self._rulings: set[RecordKey] = set()
        # Two threads of one desk that record at once would only conflict with each other: they take turns.
        # Whoever records on another desk of the same store is met by the version check.
        self.turn = RLock()

    def known(self) -> Known:
        """Return all that is recorded by now."""
        with self._lock:
            while page := self._store.configuration_events(after=self._known.position, limit=_PAGE):
                timeline = self._known.timeline.after(*(each.event for each in page))
                for each in page:
                    self._note(each.event.record)
                self._known = Known(page[-1].position, timeline)
            return self._known

    def mentioning(self, ci: CIId) -> tuple[RecordKey, ...]:
        """Return the keys of all that was ever said of *ci*, or of something together with it, sorted."""
        with self._lock:
            return tuple(sorted(self._mentions.get(ci, ())))

    def rulings(self) -> tuple[RecordKey, ...]:
        """Return the keys of all rulings that there ever were, sorted."""
        with self._lock:
            return tuple(sorted(self._rulings))

    def _note(self, record: ConfigurationRecord) -> None:
        for ci in mentioned(record):
            self._mentions.setdefault(ci, set()).add(record.key)
        if record.key.kind == "override":
            self._rulings.add(record.key)


def mentioned(record: ConfigurationRecord) -> Iterable[CIId]:
    """Return the configuration items that *record* is about, or speaks of."""
    kind, parts = record.key
    members = record.value.members if isinstance(record.value, RedundancySet) else ()
    ends = (parts[0], parts[2]) if kind == "relation" else (parts[0],)
    return [*map(CIId, ends), *members]
