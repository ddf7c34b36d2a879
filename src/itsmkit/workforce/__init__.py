"""
How many people a desk needs, and when: forecasts of what arrives, formulas of queues, rosters, simulation.

It asks for instants and lengths of time, and knows nothing of tickets.
"""

from itsmkit.workforce.arrivals import (
    HOURS_OF_WEEK,
    ArrivalForecast,
    ArrivalHistory,
    ArrivalModel,
    HourForecast,
    fit_arrivals,
)
from itsmkit.workforce.backtest import ForecastBacktest, ForecastFold, backtest_arrivals
from itsmkit.workforce.erlang import (
    Demand,
    QueueFigures,
    Requirement,
    ServiceGoal,
    agents_needed,
    erlang_b,
    erlang_c,
    queue_figures,
)
from itsmkit.workforce.roster import (
    Agent,
    ExponentialTimes,
    LognormalTimes,
    ObservedTimes,
    Rate,
    Roster,
    WorkStream,
    rates_of,
)
from itsmkit.workforce.simulation import (
    Estimate,
    RosterComparison,
    RosterOutcome,
    StreamDifference,
    StreamOutcome,
    compare_rosters,
    simulate_roster,
)
from itsmkit.workforce.staffing import (
    HourlyNeed,
    OpenShift,
    PlannedShift,
    ShiftPattern,
    ShiftPlan,
    StaffedRoster,
    StaffMember,
    fill_shifts,
    plan_shifts,
    staffing,
)

__all__ = [
    "Agent",
    "ArrivalForecast",
    "ArrivalHistory",
    "ArrivalModel",
    "Demand",
    "Estimate",
    "ExponentialTimes",
    "ForecastBacktest",
    "ForecastFold",
    "HOURS_OF_WEEK",
    "HourForecast",
    "HourlyNeed",
    "LognormalTimes",
    "ObservedTimes",
    "OpenShift",
    "PlannedShift",
    "QueueFigures",
    "Rate",
    "Requirement",
    "Roster",
    "RosterComparison",
    "RosterOutcome",
    "ServiceGoal",
    "ShiftPattern",
    "ShiftPlan",
    "StaffMember",
    "StaffedRoster",
    "StreamDifference",
    "StreamOutcome",
    "WorkStream",
    "agents_needed",
    "backtest_arrivals",
    "compare_rosters",
    "erlang_b",
    "erlang_c",
    "fill_shifts",
    "fit_arrivals",
    "plan_shifts",
    "queue_figures",
    "rates_of",
    "simulate_roster",
    "staffing",
]
