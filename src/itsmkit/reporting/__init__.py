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
from itsmkit.reporting.lead_time import ELSEWHERE, STANDARD_STAGES, LeadTime, StageOfWork, lead_time

__all__ = [
    "Attainment",
    "Day",
    "ELSEWHERE",
    "GroupFigures",
    "IncidentReport",
    "LeadTime",
    "ResolutionTimes",
    "STANDARD_STAGES",
    "StageOfWork",
    "events_of_kind",
    "grouped_figures",
    "incident_report",
    "lead_time",
    "percentile",
]
