"""What people said of configuration items themselves, as the records of one more source."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from attrs import evolve

from itsmkit.cmdb import CIId, ConfigurationItem, SourceRecord
from itsmkit.cmdb.history import ConfigurationTimeline, ConfigurationView, RecordKey
from itsmkit.cmdb.reconciliation import Origin, StagingArea
from itsmkit.plugin import DiscoveryRun, PluginError

__all__ = [
    "OWN_SOURCE",
    "ended_by_hand",
    "overruled",
    "own_source_problem",
    "with_own_word",
    "without",
    "without_own_source",
]

OWN_SOURCE = "desk"
"""The name of the source that stands for all that is recorded by hand."""


def own_source_problem() -> str:
    """Return why nobody else may speak for people."""
    return f"the source {OWN_SOURCE!r} stands for what people record themselves; give this one another name"


def with_own_word(area: StagingArea, view: ConfigurationView) -> StagingArea:
    """
    Return what the sources say, with the items that people recorded themselves.

    What has no sources was recorded by people. What they said of an item before a reconciliation joined it
    with the word of others stays known, for as long as the item is there. Of their relations nothing need be
    known: a reconciliation ends only what has sources.

    The ids of items that they have ended, or planned, are theirs: nothing new gets them.

    Args:
        area: What the sources say.
        view: The configuration as it is.
    """
    known = {origin: record for origin, record in area.records.items() if record.source == OWN_SOURCE}
    there = {key.parts[0] for key in view.events if key.kind == "item"}
    own = {origin: record for origin, record in known.items() if record.key in there}
    for event in view.events.values():
        item = event.record.value
        if isinstance(item, ConfigurationItem) and not event.record.sources:
            record = SourceRecord(
                OWN_SOURCE, item.id, item.ci_class, item.name, item.attributes, seen_at=event.recorded_at
            )
            own[record.origin] = record
    ids = {(OWN_SOURCE, ci): CIId(ci) for ci in _not_there(view.timeline, there)}
    ids |= {origin: CIId(record.key) for origin, record in own.items()}
    if own == known and ids.keys() <= area.identities.keys():
        return area
    # They take the place of what was known, though they may be no newer.
    return area.without_records(known).with_records(own.values()).with_identities(ids)


def _not_there(timeline: ConfigurationTimeline, there: set[str]) -> Iterator[str]:
    """Go through the ids of items that people have recorded, and that are not there at present."""
    for key in timeline.keys:
        if key.kind == "item" and key.parts[0] not in there:
            said = (event.record for event in timeline.newest_first(key))
            if any(each.value is not None and not each.sources for each in said):
                yield key.parts[0]


def without(area: StagingArea, records: Mapping[Origin, CIId]) -> StagingArea:
    """Return what the sources say without some records, of which stays known which items they are."""
    return area.without_records(records).with_identities(records) if records else area


def overruled(area: StagingArea, view: ConfigurationView) -> dict[Origin, CIId]:
    """
    Return the records of items that people have ended after they were seen, and of which item each is.

    Args:
        area: What the sources say.
        view: The configuration as it is.
    """
    ends: dict[CIId, datetime | None] = {}
    found: dict[Origin, CIId] = {}
    for origin, ci in area.identities.items():
        key = RecordKey("item", (ci,))
        record = area.records.get(origin)
        if record is None or key in view.events:
            continue
        if ci not in ends:
            ends[ci] = ended_by_hand(view.timeline, key, view.valid)
        gone = ends[ci]
        if gone is not None and record.seen_at <= gone:
            found[origin] = ci
    return found


def ended_by_hand(timeline: ConfigurationTimeline, key: RecordKey, now: datetime) -> datetime | None:
    """Return up to when nothing that was seen counts any more, if people said that something is not there."""
    event = timeline.effective(key, now)
    if event is None or event.record.value is not None or event.record.sources:
        return None
    since = event.record.since
    return event.recorded_at if since is None else max(since, event.recorded_at)


def without_own_source(run: DiscoveryRun) -> DiscoveryRun:
    """Return what plugins found; one that spoke for people has failed."""
    wrong = [each for each in run.discoveries if each.source == OWN_SOURCE]
    if not wrong:
        return run
    others = [each for each in run.discoveries if each.source != OWN_SOURCE]
    failure = PluginError(run.plugins.get(OWN_SOURCE, OWN_SOURCE), "itsmkit_discover", own_source_problem())
    return evolve(run, discoveries=others, failures=(*run.failures, failure))
