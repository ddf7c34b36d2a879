"""
Health: whether the data of a configuration are complete, correct, as desired, and to be believed.

`health_of` measures a graph, or better a view, which also knows when things were last seen. Each
`HealthMetric` has the full list of what fails and an exact score; `HealthRules` hold what is asked beside the
class model: desired states, how much each source is believed, and how much each metric counts.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.cmdb.health.assessment import health_of
    from itsmkit.cmdb.health.confidence import ANY_SOURCE, SourceConfidence
    from itsmkit.cmdb.health.desired_state import DesiredState
    from itsmkit.cmdb.health.findings import (
        AsymmetricMember,
        DoubtfulRecord,
        DuplicateItem,
        DuplicateRelation,
        MarkedDuplicate,
        MissingAttributes,
        NotAsDesired,
        Orphan,
        RelationOfDuplicate,
        StaleRecord,
        UnusedRecord,
        WrongAttributes,
    )
    from itsmkit.cmdb.health.metric import (
        STANDARD_METRICS,
        Aspect,
        HealthFinding,
        HealthIssue,
        HealthMetric,
    )
    from itsmkit.cmdb.health.report import ClassHealth, HealthReport
    from itsmkit.cmdb.health.rules import HealthRules
    from itsmkit.cmdb.health.rules_form import health_rules_from, load_health_rules
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.cmdb.health.assessment": ("health_of",),
            "itsmkit.cmdb.health.confidence": ("ANY_SOURCE", "SourceConfidence"),
            "itsmkit.cmdb.health.desired_state": ("DesiredState",),
            "itsmkit.cmdb.health.findings": (
                "AsymmetricMember",
                "DoubtfulRecord",
                "DuplicateItem",
                "DuplicateRelation",
                "MarkedDuplicate",
                "MissingAttributes",
                "NotAsDesired",
                "Orphan",
                "RelationOfDuplicate",
                "StaleRecord",
                "UnusedRecord",
                "WrongAttributes",
            ),
            "itsmkit.cmdb.health.metric": (
                "Aspect",
                "HealthFinding",
                "HealthIssue",
                "HealthMetric",
                "STANDARD_METRICS",
            ),
            "itsmkit.cmdb.health.report": ("ClassHealth", "HealthReport"),
            "itsmkit.cmdb.health.rules": ("HealthRules",),
            "itsmkit.cmdb.health.rules_form": ("health_rules_from", "load_health_rules"),
        },
    )

__all__ = [
    "ANY_SOURCE",
    "Aspect",
    "AsymmetricMember",
    "ClassHealth",
    "DesiredState",
    "DoubtfulRecord",
    "DuplicateItem",
    "DuplicateRelation",
    "HealthFinding",
    "HealthIssue",
    "HealthMetric",
    "HealthReport",
    "HealthRules",
    "MarkedDuplicate",
    "MissingAttributes",
    "NotAsDesired",
    "Orphan",
    "RelationOfDuplicate",
    "STANDARD_METRICS",
    "SourceConfidence",
    "StaleRecord",
    "UnusedRecord",
    "WrongAttributes",
    "health_of",
    "health_rules_from",
    "load_health_rules",
]
