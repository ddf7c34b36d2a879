"""
The kit for those who test with itsmkit: a settable clock, builders, fakes that are real adapters.

The contract suites stand in `itsmkit.testing.contracts` (they need pytest), the Hypothesis strategies in
`itsmkit.testing.strategies` (they need hypothesis), and so do the laws of business time: `calendar_laws`.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily
from itsmkit.desk import InMemoryDirectory, InMemoryNotifier, InMemoryStore, ManualClock
from itsmkit.testing.builders import (
    A_MONDAY,
    AN_AGENT,
    a_notification,
    an_incident,
    an_incident_logged,
    events_of,
    office_hours,
)

if TYPE_CHECKING:
    from itsmkit.testing.laws import calendar_laws
else:
    __getattr__, __dir__ = lazily(__name__, {"itsmkit.testing.laws": ("calendar_laws",)})

__all__ = [
    "AN_AGENT",
    "A_MONDAY",
    "InMemoryDirectory",
    "InMemoryNotifier",
    "InMemoryStore",
    "ManualClock",
    "a_notification",
    "an_incident",
    "an_incident_logged",
    "calendar_laws",
    "events_of",
    "office_hours",
]
