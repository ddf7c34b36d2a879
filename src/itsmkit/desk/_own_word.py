"""What people said of configuration items themselves, as the records of one more source."""

from itsmkit.cmdb import CIId, ConfigurationItem, SourceRecord
from itsmkit.cmdb.history import ConfigurationView
from itsmkit.cmdb.reconciliation import StagingArea

__all__ = ["OWN_SOURCE", "with_own_word"]

OWN_SOURCE = "desk"
"""The name of the source that stands for all that is recorded by hand."""


def with_own_word(area: StagingArea, view: ConfigurationView) -> StagingArea:
    """
    Return what the sources say, with the items that people recorded themselves.

    What has no sources was recorded by people. What they said of an item before a reconciliation joined it
    with the word of others stays known, for as long as the item is there. Of their relations nothing need be
    known: a reconciliation ends only what has sources.

    Args:
        area: What the sources say.
        view: The configuration as it is.
    """
    known = {origin: record for origin, record in area.records.items() if record.source == OWN_SOURCE}
    own = {origin: record for origin, record in known.items() if record.key in view}
    for event in view.events.values():
        item = event.record.value
        if isinstance(item, ConfigurationItem) and not event.record.sources:
            record = SourceRecord(
                OWN_SOURCE, item.id, item.ci_class, item.name, item.attributes, seen_at=event.recorded_at
            )
            own[record.origin] = record
    if own == known and own.keys() <= area.identities.keys():
        return area
    # They take the place of what was known, though they may be no newer.
    area = area.without_records(known).with_records(own.values())
    return area.with_identities({origin: CIId(record.key) for origin, record in own.items()})
