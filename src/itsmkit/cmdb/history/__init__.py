"""
The configuration over time: what held when, and what was known of it when.

A `ConfigurationTimeline` is made of all that was recorded. Its views are configurations like any other, so
that whatever can be asked of a graph can be asked of the past, of the future, and of what was believed.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.cmdb.history._fields import ABSENT, Absent
    from itsmkit.cmdb.history.configuration_diff import ConfigurationDiff, FieldChange, RecordChange, diff
    from itsmkit.cmdb.history.configuration_merge import (
        CombinationConflict,
        FieldConflict,
        FindingConflict,
        Merge,
        MergeConflict,
        MissingEndConflict,
        RemovalConflict,
        SettingConflict,
        Side,
        merge,
    )
    from itsmkit.cmdb.history.impact_difference import ImpactDiff, LevelChange, impact_diff
    from itsmkit.cmdb.history.records import (
        ConfigurationEvent,
        ConfigurationRecord,
        Recorded,
        RecordKey,
        key_of,
    )
    from itsmkit.cmdb.history.timeline import (
        ConfigurationTimeline,
        ConfigurationVersion,
        UnreadableRecord,
    )
    from itsmkit.cmdb.history.view import Baseline, Configuration, ConfigurationView
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.cmdb.history._fields": (
                "ABSENT",
                "Absent",
            ),
            "itsmkit.cmdb.history.configuration_diff": (
                "ConfigurationDiff",
                "FieldChange",
                "RecordChange",
                "diff",
            ),
            "itsmkit.cmdb.history.impact_difference": (
                "ImpactDiff",
                "LevelChange",
                "impact_diff",
            ),
            "itsmkit.cmdb.history.configuration_merge": (
                "CombinationConflict",
                "FieldConflict",
                "FindingConflict",
                "Merge",
                "MergeConflict",
                "MissingEndConflict",
                "RemovalConflict",
                "SettingConflict",
                "Side",
                "merge",
            ),
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
                "UnreadableRecord",
            ),
            "itsmkit.cmdb.history.view": (
                "Baseline",
                "Configuration",
                "ConfigurationView",
            ),
        },
    )

__all__ = [
    "ABSENT",
    "Absent",
    "Baseline",
    "CombinationConflict",
    "Configuration",
    "ConfigurationDiff",
    "ConfigurationEvent",
    "ConfigurationRecord",
    "ConfigurationTimeline",
    "ConfigurationVersion",
    "ConfigurationView",
    "FieldChange",
    "FieldConflict",
    "FindingConflict",
    "ImpactDiff",
    "LevelChange",
    "Merge",
    "MergeConflict",
    "MissingEndConflict",
    "RecordChange",
    "RecordKey",
    "Recorded",
    "RemovalConflict",
    "SettingConflict",
    "Side",
    "UnreadableRecord",
    "diff",
    "impact_diff",
    "key_of",
    "merge",
]
