"""
Definitions held against real history: do tickets do what the workflow says, and what do they do instead?

`conformance` replays a log on a definition and tells how well they agree, where they differ, and which part
of the definition nobody uses. `discover` goes the other way and drafts a definition from a log.

>>> from datetime import UTC, datetime
>>> from itsmkit.workflow import incident_workflow
>>> from itsmkit.workflow.conformance import StateSeen, conformance
>>> log = [
...     StateSeen("INC-1", "New", datetime(2026, 3, 2, 9, tzinfo=UTC)),
...     StateSeen("INC-1", "Closed", datetime(2026, 3, 2, 12, tzinfo=UTC)),
... ]
>>> found = conformance(incident_workflow(), log)
>>> found.deviations[0].skipped
('Assigned', 'Resolved')
"""

from itsmkit.workflow.conformance.against_history import conformance
from itsmkit.workflow.conformance.alignment import Alignment, AlignmentStep, StepKind, align
from itsmkit.workflow.conformance.deviation import Deviation, DeviationKind
from itsmkit.workflow.conformance.directly_follows import DirectlyFollows
from itsmkit.workflow.conformance.discovery import Discovery, Guess, discover
from itsmkit.workflow.conformance.history import HistoryEntry, StateSeen
from itsmkit.workflow.conformance.result import Conformance, Variant
from itsmkit.workflow.conformance.stay import Stay

__all__ = [
    "Alignment",
    "AlignmentStep",
    "Conformance",
    "Deviation",
    "DeviationKind",
    "DirectlyFollows",
    "Discovery",
    "Guess",
    "HistoryEntry",
    "StateSeen",
    "Stay",
    "StepKind",
    "Variant",
    "align",
    "conformance",
    "discover",
]
