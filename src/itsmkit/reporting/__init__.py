"""Figures, as folds over events: what happened decides, not a counter that somebody forgot to raise."""

from itsmkit._percentiles import percentile
from itsmkit.reporting.grouped_figures import GroupFigures, events_of_kind, grouped_figures
from itsmkit.reporting.incident_report import (
    Attainment,
    Day,
    IncidentReport,
    ResolutionTimes,
    incident_report,
)

__all__ = [
    "Attainment",
    "Day",
    "GroupFigures",
    "IncidentReport",
    "ResolutionTimes",
    "events_of_kind",
    "grouped_figures",
    "incident_report",
    "percentile",
]
