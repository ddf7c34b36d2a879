"""
The configuration over time: what held when, and what was known of it when.

A `ConfigurationTimeline` is made of all that was recorded. Its views are configurations like any other, so
that whatever can be asked of a graph can be asked of the past, of the future, and of what was believed.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.cmdb.history.records import (
        ConfigurationEvent,
        ConfigurationRecord,
        Recorded,
        RecordKey,
        key_of,
    )
    from itsmkit.cmdb.history.timeline import ConfigurationTimeline, ConfigurationVersion
    from itsmkit.cmdb.history.view import Baseline, Configuration, ConfigurationView
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.cmdb.history.records": (
                "ConfigurationEvent",
                "ConfigurationRecord",
                "RecordKey",
                "Recorded",
                "key_of",
            ),
            "itsmkit.cmdb.history.timeline": (
                "ConfigurationTimeline",
                "ConfigurationVersion",
            ),
            "itsmkit.cmdb.history.view": (
                "Baseline",
                "Configuration",
                "ConfigurationView",
            ),
        },
    )

__all__ = [
    "Baseline",
    "Configuration",
    "ConfigurationEvent",
    "ConfigurationRecord",
    "ConfigurationTimeline",
    "ConfigurationVersion",
    "ConfigurationView",
    "RecordKey",
    "Recorded",
    "key_of",
]
