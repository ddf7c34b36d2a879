"""
The kit for those who test with itsmkit: a settable clock, builders, fakes that are real adapters.

The contract suites stand in `itsmkit.testing.contracts` (they need pytest), the Hypothesis strategies in
`itsmkit.testing.strategies` (they need hypothesis).
"""

from itsmkit.desk import InMemoryNotifier, InMemoryStore, ManualClock
from itsmkit.testing.builders import (
    A_MONDAY,
    AN_AGENT,
    a_notification,
    an_incident,
    an_incident_logged,
    events_of,
    office_hours,
)

__all__ = [
    "AN_AGENT",
    "A_MONDAY",
    "InMemoryNotifier",
    "InMemoryStore",
    "ManualClock",
    "a_notification",
    "an_incident",
    "an_incident_logged",
    "events_of",
    "office_hours",
]
