"""
Causes: what may have failed, judged by who reports, who does not, and what else is known.

`likely_causes` ranks what would explain the reports, redundancy included, puts together what nothing can
tell apart, and says whom to ask next; `common_cause` tells whether reports of many people are one incident.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.cmdb.causes.diagnosis import (
        Cause,
        CauseClass,
        Diagnosis,
        Findings,
        JointCause,
        Question,
        likely_causes,
    )
    from itsmkit.cmdb.causes.evidence import Evidence, OpenChange, Symptom
    from itsmkit.cmdb.causes.major_incident import (
        MajorIncidentEvidence,
        MajorIncidentRule,
        common_cause,
        common_providers,
    )
    from itsmkit.cmdb.causes.priors import Priors
    from itsmkit.cmdb.causes.reporting import Reporting
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.cmdb.causes.diagnosis": (
                "Cause",
                "CauseClass",
                "Diagnosis",
                "Findings",
                "JointCause",
                "Question",
                "likely_causes",
            ),
            "itsmkit.cmdb.causes.evidence": ("Evidence", "OpenChange", "Symptom"),
            "itsmkit.cmdb.causes.major_incident": (
                "MajorIncidentEvidence",
                "MajorIncidentRule",
                "common_cause",
                "common_providers",
            ),
            "itsmkit.cmdb.causes.priors": ("Priors",),
            "itsmkit.cmdb.causes.reporting": ("Reporting",),
        },
    )

__all__ = [
    "Cause",
    "CauseClass",
    "Diagnosis",
    "Evidence",
    "Findings",
    "JointCause",
    "MajorIncidentEvidence",
    "MajorIncidentRule",
    "OpenChange",
    "Priors",
    "Question",
    "Reporting",
    "Symptom",
    "common_cause",
    "common_providers",
    "likely_causes",
]
