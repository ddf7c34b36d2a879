"""The configuration over time: what held when, and what was known of it when."""

from itsmkit.cmdb.history.records import (
    ConfigurationEvent,
    ConfigurationRecord,
    Recorded,
    RecordKey,
    key_of,
)

__all__ = ["ConfigurationEvent", "ConfigurationRecord", "RecordKey", "Recorded", "key_of"]
