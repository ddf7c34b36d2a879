"""Figures, as folds over events: what happened decides, not a counter that somebody forgot to raise."""

from itsmkit._percentiles import percentile
from itsmkit.reporting.incident_report import (
    Attainment,
    Day,
    IncidentReport,
    ResolutionTimes,
    incident_report,
)

__all__ = ["Attainment", "Day", "IncidentReport", "ResolutionTimes", "incident_report", "percentile"]
