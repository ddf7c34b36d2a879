"""What is to be recorded of a configuration, so that it is as a reconciliation found it."""

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property

from attrs import evolve, frozen

from itsmkit.cmdb import ConfigurationItem
from itsmkit.cmdb.history import ConfigurationRecord, ConfigurationView, RecordKey
from itsmkit.cmdb.history._fields import same
from itsmkit.cmdb.reconciliation import Reconciliation, StagingArea
from itsmkit.desk._configuration import Configuration
from itsmkit.desk._own_word import OWN_SOURCE, ended_by_hand
from itsmkit.desk.cmdb import ended

__all__ = ["Following", "sources_known"]

DUPLICATE_OF = "duplicate_of"
"""The attribute by which a duplicate names its main item, where its class has one."""


def sources_known(*areas: StagingArea) -> frozenset[str]:
    """Return the sources that have told of something in one of *areas*."""
    return frozenset(source for area in areas for source, _ in (*area.records, *area.identities))


@frozen(eq=False)
class Following:
    """
    What follows from a reconciliation.

    What has no sources is the word of people: it is never ended, nor is what they have planned for later.

    Args:
        found: The reconciliation.
        before: The configuration as it is.
        configuration: Where all that is known of it is found.
        sources: The sources that the staging area knows. What others have told, is left alone.
        now: From when on all of it holds.
    """

    found: Reconciliation
    before: ConfigurationView
    configuration: Configuration
    sources: frozenset[str]
    now: datetime

    def records(self) -> Iterator[ConfigurationRecord]:
        """Go through what is to be recorded."""
        told = {record.key: record for record in self.found.records(since=self.now)}
        yield from self._retired()
        for key, event in self.before.events.items():
            record, sources = told.get(key), event.record.sources
            if key.kind == "relation":
                if not sources:
                    # People said so, whoever says it too.
                    told.pop(key, None)
                elif record is None and not self.sources.isdisjoint(sources):
                    yield self._until_planned(ConfigurationRecord(key, None, self.now, sources=sources))
            elif (
                record is not None
                and not sources
                and record.sources == (OWN_SOURCE,)
                and same(record.value, event.record.value)
            ):
                # Nobody else says anything, and it is as they said it.
                del told[key]
        yield from self._duplicates()
        for record in told.values():
            if not self._is_overruled(record):
                yield self._until_planned(record)

    def _retired(self) -> Iterator[ConfigurationRecord]:
        events = self.before.events
        for ci in self.found.retired:
            if RecordKey("item", (ci,)) in events:
                for each in ended(ci, self.before.timeline, self.configuration, self.now):
                    if each.value is None and each.key in events:
                        # With sources, so that nobody takes it for the word of people.
                        sources = events[each.key].record.sources or (OWN_SOURCE,)
                        yield self._until_planned(evolve(each, sources=sources))
                    else:
                        yield each

    def _duplicates(self) -> Iterator[ConfigurationRecord]:
        """Go through the items that are others, each with the mark that it is."""
        for ci, main in self.found.duplicates.items():
            event = self.before.events.get(RecordKey("item", (ci,)))
            item = None if event is None else event.record.value
            if event is not None and isinstance(item, ConfigurationItem) and self._has_mark(item):
                marked = evolve(item, attributes={**item.attributes, DUPLICATE_OF: main})
                # With sources, so that the mark is not taken for the word of people.
                sources = event.record.sources or (OWN_SOURCE,)
                yield self._until_planned(ConfigurationRecord.of(marked, self.now, sources=sources))

    def _has_mark(self, item: ConfigurationItem) -> bool:
        """Tell whether an item can say of what it is a duplicate."""
        attributes = self.found.model.attributes_of(item.ci_class)
        return not attributes.types or DUPLICATE_OF in attributes.types

    def _is_overruled(self, record: ConfigurationRecord) -> bool:
        """Tell whether people have ended a relation after it was seen."""
        if record.key.kind != "relation" or record.key in self._there or record.last_seen is None:
            return False
        gone = ended_by_hand(self.before.timeline, record.key, self.now)
        return gone is not None and record.last_seen <= gone

    @cached_property
    def _there(self) -> frozenset[RecordKey]:
        return frozenset(self.before.events)

    def _until_planned(self, record: ConfigurationRecord) -> ConfigurationRecord:
        """Return a record that ends where something else is planned."""
        if not self.configuration.bounds(record.key, self.now):
            return record
        bounds = (
            bound
            for version in self.before.timeline.spans(record.key)
            for bound in (version.since, version.until)
            if bound is not None and bound > self.now
        )
        until = min(bounds, default=None)
        return record if until is None else evolve(record, until=until)
