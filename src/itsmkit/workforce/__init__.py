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

__all__ = [
    "ArrivalForecast",
    "ArrivalHistory",
    "ArrivalModel",
    "Demand",
    "ForecastBacktest",
    "ForecastFold",
    "HOURS_OF_WEEK",
    "HourForecast",
    "QueueFigures",
    "Requirement",
    "ServiceGoal",
    "agents_needed",
    "backtest_arrivals",
    "erlang_b",
    "erlang_c",
    "fit_arrivals",
    "queue_figures",
]
