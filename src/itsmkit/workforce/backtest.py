"""How good a forecast would have been: its errors on weeks that it did not know, beside the simplest."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc
from itsmkit._figures import percent, plural
from itsmkit._frozen import as_tuple
from itsmkit._problems import instance_problems, shown
from itsmkit.calendars import BusinessTime
from itsmkit.errors import DefinitionError
from itsmkit.workforce._numbers import as_float, is_number
from itsmkit.workforce.arrivals import HOURS_OF_WEEK, ArrivalHistory, fit_arrivals

__all__ = ["ForecastBacktest", "ForecastFold", "backtest_arrivals"]

_HOUR = timedelta(hours=1)


@frozen(kw_only=True)
class ForecastFold:
    """
    How good a forecast of some weeks was that was made before them.

    Args:
        at: When it was made: what was counted from then on was not known to it; in UTC.
        hours: Of how many hours it was.
        arrived: How much arrived in them.
        missed: By how much the forecasts of the hours missed the counts, in all.
        missed_by_naive: By how much the same hours of the last known week did.
        within: In how many hours the count lay within the interval.
        scale: By how much, on average, an hour of what was known missed that of the week before.

    Raises:
        DefinitionError: If the instant is naive.
    """

    at: datetime = field(converter=in_utc, validator=aware_instant)
    hours: int
    arrived: int
    missed: float = field(converter=as_float)
    missed_by_naive: float = field(converter=as_float)
    within: int
    scale: float = field(converter=as_float)


@frozen
class ForecastBacktest:
    """
    How good forecasts would have been.

    Args:
        confidence: How many counts the intervals were to hold.
        folds: The forecasts, one after the other; at least one.

    Raises:
        DefinitionError: If there is none.

    Source:
        MASE: R. J. Hyndman and A. B. Koehler, "Another look at measures of forecast accuracy", International
        Journal of Forecasting 22 (2006). The errors are scaled by those of the naive forecast for a season,
        which is a week, on what was known.
    """

    confidence: float = field(converter=as_float)
    folds: tuple[ForecastFold, ...] = field(converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        if not self.folds:
            problem = "ForecastBacktest.folds: must be one at least"
            raise DefinitionError(problem)

    @property
    def wape(self) -> float | None:
        """The sum of what was missed, as a share of what arrived; ``None`` if nothing did."""
        arrived = sum(each.arrived for each in self.folds)
        return sum(each.missed for each in self.folds) / arrived if arrived else None

    @property
    def naive_wape(self) -> float | None:
        """The same of the forecast that says: as in the last known week."""
        arrived = sum(each.arrived for each in self.folds)
        return sum(each.missed_by_naive for each in self.folds) / arrived if arrived else None

    @property
    def mase(self) -> float | None:
        """What was missed on average, scaled; below 1 is better than naive. ``None`` without a scale."""
        scaled = [each.missed / each.hours / each.scale for each in self.folds if each.scale and each.hours]
        return sum(scaled) / len(scaled) if scaled else None

    @property
    def skill(self) -> float | None:
        """By which share less was missed than by the naive forecast; ``None`` if that missed nothing."""
        naive = sum(each.missed_by_naive for each in self.folds)
        return 1 - sum(each.missed for each in self.folds) / naive if naive else None

    @property
    def coverage(self) -> float | None:
        """The share of hours whose counts lay within their intervals; ``None`` of no hours."""
        hours = sum(each.hours for each in self.folds)
        return sum(each.within for each in self.folds) / hours if hours else None

    def explain(self) -> str:
        """Return the figures as a sentence."""
        mase = "–" if self.mase is None else f"{self.mase:.2f}"
        return (
            f"{plural(len(self.folds), 'forecast')}: WAPE {percent(self.wape)} (as last week: "
            f"{percent(self.naive_wape)}), MASE {mase}, {percent(self.coverage)} of hours within intervals "
            f"of {percent(self.confidence)}"
        )


def backtest_arrivals(
    history: ArrivalHistory,
    calendar: BusinessTime,
    *,
    weeks: int = 1,
    folds: int = 4,
    confidence: float = 0.9,
) -> ForecastBacktest:
    """
    Return how good forecasts would have been that were made again and again, as time went on.

    Cost: that of a `fit_arrivals` for each.

    Args:
        history: What was counted; two weeks more, at least, than are forecast.
        calendar: What is closed, in the zone of whose clocks the hours are.
        weeks: For how long each forecast is.
        folds: How many are made: each for the weeks after those of the one before, the last for the end of
            the history.
        confidence: How many counts the intervals are to hold.

    Raises:
        DefinitionError: With everything that is wrong.
        OutOfRangeError: If the calendar does not know these days.
    """
    problems = [
        f"{name}: must be a whole number of 1 or more, not {shown(value)}"
        for name, value in (("weeks", weeks), ("folds", folds))
        if type(value) is not int or value < 1
    ]
    problems += instance_problems("history", history, ArrivalHistory)
    if not is_number(confidence) or not 0 < confidence < 1:
        problems.append(f"confidence: must lie between 0 and 1, such as 0.9, not {shown(confidence)}")
    if not problems and len(history.counts) < (2 + weeks * folds) * HOURS_OF_WEEK:
        problems.append(
            f"history: is of {plural(len(history.counts) // HOURS_OF_WEEK, 'week')}; "
            f"{plural(folds, 'forecast')} of {plural(weeks, 'week')} ask for {2 + weeks * folds}"
        )
    if problems:
        raise DefinitionError(*problems)
    return ForecastBacktest(confidence, tuple(_folds(history, calendar, weeks, folds, confidence)))


def _folds(
    history: ArrivalHistory, calendar: BusinessTime, weeks: int, folds: int, confidence: float
) -> Iterator[ForecastFold]:
    length = weeks * HOURS_OF_WEEK
    for ahead in range(folds, 0, -1):
        known = history.up_to(history.until - ahead * length * _HOUR)
        held = history.counts[len(known.counts) :][:length]
        model = fit_arrivals(known, calendar)
        found = model.forecast(known.until, known.until + length * _HOUR, calendar, confidence=confidence)
        last = known.counts[-HOURS_OF_WEEK:]
        yield ForecastFold(
            at=known.until,
            hours=length,
            arrived=sum(held),
            missed=sum(abs(number - each.expected) for number, each in zip(held, found.hours, strict=True)),
            missed_by_naive=float(
                sum(abs(number - last[place % HOURS_OF_WEEK]) for place, number in enumerate(held))
            ),
            within=sum(
                each.low <= number <= each.high for number, each in zip(held, found.hours, strict=True)
            ),
            scale=_scale(known.counts),
        )


def _scale(counts: Sequence[int]) -> float:
    """Return by how much an hour misses that of the week before, on average."""
    pairs = len(counts) - HOURS_OF_WEEK
    missed = sum(abs(here - there) for here, there in zip(counts[HOURS_OF_WEEK:], counts, strict=False))
    return missed / pairs
