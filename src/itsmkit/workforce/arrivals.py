"""
How much arrives in each hour: what was counted, the pattern that it follows, and what is to be expected.

A forecast is a product of three factors, each of which is told.

=========  =============================================================================================
Factor     How it is found
=========  =============================================================================================
level      how much arrives in a week now: exponential smoothing of the weeks, with a trend that fades, its
           parameters being those that would have foretold the weeks so far best
profile    which share of a week falls on each hour of it: the mean of all weeks, drawn towards what its
           day and its time of day say by themselves as far as it is no more than chance
holidays   which share comes on dates that are closed but for their weekday: as counted, drawn towards what
           comes on weekdays that are closed anyway
=========  =============================================================================================

An interval is that of a negative binomial distribution, which has scattered as widely about the forecasts of
the weeks so far as the counts did. Nothing is drawn by lot: the same history gives the same forecast.

Source:
    Level: E. S. Gardner and E. McKenzie, "Forecasting trends in time series", Management Science 31 (1985).
    Profile: B. Efron and C. Morris, "Stein's estimation rule and its competitors: an empirical Bayes
    approach", Journal of the American Statistical Association 68 (1973).
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from itertools import accumulate, count, product
from math import ceil, exp, floor, inf, log, log1p, sqrt
from statistics import NormalDist
from typing import NamedTuple

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc, utc
from itsmkit._figures import plural
from itsmkit._frozen import as_tuple
from itsmkit._problems import instance_problems, shown
from itsmkit.calendars import BusinessTime, TimeSpan
from itsmkit.errors import DefinitionError
from itsmkit.workforce._numbers import as_float, is_amount, is_number

__all__ = [
    "ArrivalForecast",
    "ArrivalHistory",
    "ArrivalModel",
    "HOURS_OF_WEEK",
    "HourForecast",
    "fit_arrivals",
]

HOURS_OF_WEEK = 168
"""The hours of a week, from Monday 00:00 of the clocks of a zone."""

_HOUR = timedelta(hours=1)
_MOST_HOURS = 24 * 366 * 30
_FEWEST_WEEKS = 2
_PRIOR_HOLIDAYS = 1.0
"""For how many days of evidence counts what weekdays say of holidays, of which there are few."""


# -- what was counted --------------------------------------------------------------------------------------


@frozen
class ArrivalHistory:
    """
    How much has arrived in each hour.

    Args:
        since: When the first hour begins; kept in UTC.
        counts: How much arrived in each hour from then on; an hour without any is a 0.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    since: datetime = field(converter=in_utc, validator=aware_instant)
    counts: tuple[int, ...] = field(converter=as_tuple, repr=False)

    def __attrs_post_init__(self) -> None:
        problems = [
            f"counts[{place}]: must be a whole number of 0 or more, not {shown(each)}"
            for place, each in enumerate(self.counts)
            if type(each) is not int or each < 0
        ]
        if len(self.counts) > _MOST_HOURS:
            problems = [f"counts: are of {len(self.counts):,} hours; 30 years are the most"]
        if problems:
            raise DefinitionError(*(f"ArrivalHistory: {each}" for each in problems))

    @classmethod
    def of(cls, instants: Iterable[datetime], since: datetime, until: datetime) -> "ArrivalHistory":
        """
        Count instants by hours. What is not from *since* to *until* is left out.

        Args:
            instants: When something has arrived; aware, in any order.
            since: When the first hour begins: on the full hour of the clocks of the zone that is asked of.
            until: When the last one has ended. A part of an hour at the end is left out.

        Raises:
            DefinitionError: If an instant is naive, or *until* is before *since*.

        >>> from datetime import UTC
        >>> monday = datetime(2026, 3, 2, tzinfo=UTC)
        >>> ArrivalHistory.of([monday, monday + timedelta(minutes=90)], monday, monday + 3 * _HOUR).counts
        (1, 1, 0)
        """
        since, until = utc(since, "since"), utc(until, "until")
        if until < since:
            problem = f"until {until} is before since {since}; a history runs forward"
            raise DefinitionError(problem)
        hours = (until - since) // _HOUR
        if hours > _MOST_HOURS:
            problem = f"from {since} to {until} are {hours:,} hours; 30 years are the most"
            raise DefinitionError(problem)
        counts = [0] * hours
        for each in instants:
            place = (utc(each, "an instant") - since) // _HOUR
            if 0 <= place < hours:
                counts[place] += 1
        return cls(since, counts)

    @property
    def until(self) -> datetime:
        """When the last hour has ended, in UTC."""
        return self.since + len(self.counts) * _HOUR

    @property
    def total(self) -> int:
        """How much has arrived in all."""
        return sum(self.counts)

    def up_to(self, until: datetime) -> "ArrivalHistory":
        """
        Return what was known at an instant: all hours that had ended.

        Raises:
            DefinitionError: If *until* is naive, or before the first hour.
        """
        hours = (utc(until, "until") - self.since) // _HOUR
        if hours < 0:
            problem = f"until {until} is before the first hour, {self.since}"
            raise DefinitionError(problem)
        return ArrivalHistory(self.since, self.counts[:hours])


# -- which hour it is --------------------------------------------------------------------------------------


class _Hour(NamedTuple):
    """What the clocks and the calendar say of an hour, at its beginning."""

    slot: int
    day: date
    is_working: bool


def _hours(calendar: BusinessTime, since: datetime, number: int) -> Iterator[_Hour]:
    """Yield what *calendar* says of each hour from an instant on."""
    zone = calendar.tz
    is_working = cache(calendar.is_working_date)
    for place in range(number):
        local = (since + place * _HOUR).astimezone(zone)
        day = local.date()
        yield _Hour(24 * day.weekday() + local.hour, day, is_working(day))


def _usually_working(hours: Sequence[_Hour]) -> tuple[bool, ...]:
    """Tell of each weekday whether most of its dates are working ones."""
    dates = {each.day: each.is_working for each in hours}
    working, other = [0] * 7, [0] * 7
    for day, is_working in dates.items():
        (working if is_working else other)[day.weekday()] += 1
    return tuple(here > there for here, there in zip(working, other, strict=True))


# -- what is to be expected --------------------------------------------------------------------------------


@frozen(kw_only=True)
class HourForecast:
    """
    How much is to be expected in an hour, and why: the product of a level, a share and a factor.

    Args:
        at: When the hour begins; in UTC.
        expected: How much arrives on average.
        low: The least of the interval in which the count is likely to lie.
        high: The most of it.
        level: How much arrives in such a week.
        share: The share of that which falls on this hour of a week.
        holiday: The share of that which comes in spite of a holiday; 1 if there is none.

    Raises:
        DefinitionError: If the instant is naive.
    """

    at: datetime = field(converter=in_utc, validator=aware_instant)
    expected: float = field(converter=as_float)
    low: int
    high: int
    level: float = field(converter=as_float)
    share: float = field(converter=as_float)
    holiday: float = field(default=1.0, converter=as_float)

    @property
    def span(self) -> TimeSpan:
        """The hour."""
        return TimeSpan(self.at, self.at + _HOUR)

    def explain(self) -> str:
        """Return how it was reckoned, as a sentence."""
        holiday = "" if self.holiday == 1 else f" × {self.holiday:.2f} for the holiday"
        return (
            f"{self.expected:.1f} = {self.level:.1f} a week × {self.share:.2%} in this hour{holiday}; "
            f"{self.low} to {self.high} are likely"
        )


@frozen
class ArrivalForecast:
    """
    How much is to be expected in each hour.

    Args:
        confidence: How likely an hour is to have a count within its interval.
        hours: The hours, in order.
    """

    confidence: float = field(converter=as_float)
    hours: tuple[HourForecast, ...] = field(converter=as_tuple)

    @property
    def expected(self) -> float:
        """How much is to be expected in all."""
        return sum(each.expected for each in self.hours)


# -- the pattern -------------------------------------------------------------------------------------------


def _shares(given: Iterable[float]) -> tuple[float, ...]:
    return tuple(map(as_float, as_tuple(given)))


@frozen(kw_only=True)
class ArrivalModel:
    """
    The pattern that arrivals follow.

    Args:
        until: Up to when arrivals were counted; in UTC.
        profile: For each hour of the week, from Monday 00:00, its share of what arrives in a week.
        working: Of each weekday, whether it usually is a working one.
        level: How much arrives in a week of no holidays, at the end of what was counted.
        trend: By how much the next week would exceed that, but for the damping.
        damping: How much of the trend of a week is left in the next one: 0 to 1.
        holidays: The share of what arrives usually that comes on a closed date of a working weekday.
        dispersion: By how much counts scatter more than chance alone would have it; 0 if they do not.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    until: datetime = field(converter=in_utc, validator=aware_instant)
    profile: tuple[float, ...] = field(converter=_shares, repr=False)
    working: tuple[bool, ...] = field(converter=as_tuple)
    level: float = field(converter=as_float)
    trend: float = field(default=0.0, converter=as_float)
    damping: float = field(default=0.0, converter=as_float)
    holidays: float = field(default=1.0, converter=as_float)
    dispersion: float = field(default=0.0, converter=as_float)

    def __attrs_post_init__(self) -> None:
        problems = []
        if len(self.profile) != HOURS_OF_WEEK or not all(map(is_amount, self.profile)):
            problems.append(f"profile: must be {HOURS_OF_WEEK} numbers of 0 or more")
        if len(self.working) != 7:
            problems.append("working: must tell of 7 weekdays")
        problems += [
            f"{name}: must be a number of 0 or more, not {shown(value)}"
            for name in ("level", "holidays", "dispersion")
            if not is_amount(value := getattr(self, name))
        ]
        if not is_number(self.trend):
            problems.append(f"trend: must be a number, not {shown(self.trend)}")
        if not is_amount(self.damping) or self.damping > 1:
            problems.append(f"damping: must be from 0 to 1, not {shown(self.damping)}")
        if problems:
            raise DefinitionError(*(f"ArrivalModel: {each}" for each in problems))

    def level_in(self, weeks: int) -> float:
        """
        Return how much is to be expected in a week of no holidays.

        Args:
            weeks: Which one: 1 for that which begins at `until`.
        """
        return max(0.0, self.level + self.trend * _faded(self.damping, weeks))

    def forecast(
        self, since: datetime, until: datetime, calendar: BusinessTime, *, confidence: float = 0.9
    ) -> ArrivalForecast:
        """
        Return how much is to be expected in each hour.

        Args:
            since: When the first hour begins, not before `until` of the model; aware.
            until: When the last one has ended; aware. A part of an hour at the end is left out.
            calendar: What is closed, in the zone of which the hours are.
            confidence: How likely an hour is to have a count within its interval: above 0, below 1.

        Raises:
            DefinitionError: With everything that is wrong.
            OutOfRangeError: If the calendar does not know these days.
        """
        since, until = utc(since, "since"), utc(until, "until")
        problems = [*instance_problems("calendar", calendar, BusinessTime)]
        if since < self.until:
            problems.append(f"since: must not be before {self.until}, up to which was counted, as {since} is")
        if not is_number(confidence) or not 0 < confidence < 1:
            problems.append(f"confidence: must lie between 0 and 1, such as 0.9, not {shown(confidence)}")
        number = max(0, (until - since) // _HOUR)
        if number > _MOST_HOURS:
            problems.append(f"until: is {number:,} hours after since; 30 years are the most")
        if problems:
            raise DefinitionError(*problems)
        begun = (since - self.until) // _HOUR
        levels = cache(self.level_in)

        @cache
        def interval(mean: float) -> tuple[int, int]:
            return _interval(mean, self.dispersion, confidence)

        return ArrivalForecast(
            confidence,
            tuple(
                _hour_forecast(self, since + place * _HOUR, hour, levels(week), interval)
                for place, hour in enumerate(_hours(calendar, since, number))
                for week in ((begun + place) // HOURS_OF_WEEK + 1,)
            ),
        )


def _faded(damping: float, weeks: int) -> float:
    """Return how many times the trend of a week is gone through in some weeks."""
    return sum(damping**week for week in range(weeks))


def _hour_forecast(
    model: ArrivalModel, at: datetime, hour: _Hour, level: float, interval: Callable[[float], tuple[int, int]]
) -> HourForecast:
    share = model.profile[hour.slot]
    factor = model.holidays if model.working[hour.day.weekday()] and not hour.is_working else 1.0
    expected = level * share * factor
    low, high = interval(expected)
    return HourForecast(
        at=at, expected=expected, low=low, high=high, level=level, share=share, holiday=factor
    )


# -- finding the pattern -----------------------------------------------------------------------------------


def fit_arrivals(history: ArrivalHistory, calendar: BusinessTime) -> ArrivalModel:
    """
    Return the pattern that arrivals follow.

    Cost: grows with the hours of the history, some microseconds for each.

    Args:
        history: What was counted, of two weeks at least.
        calendar: What is closed, in the zone of whose clocks the hours are. One that is always open has no
            holidays.

    Raises:
        DefinitionError: If one of them is none, or the history is too short.
        OutOfRangeError: If the calendar does not know these days.
    """
    problems = [
        *instance_problems("history", history, ArrivalHistory),
        *instance_problems("calendar", calendar, BusinessTime),
    ]
    if not problems and len(history.counts) < _FEWEST_WEEKS * HOURS_OF_WEEK:
        told = plural(len(history.counts), "hour")
        problems.append(
            f"history: is of {told}; a pattern shows in {_FEWEST_WEEKS * HOURS_OF_WEEK} hours, two weeks"
        )
    if problems:
        raise DefinitionError(*problems)
    counted = _counted(history, calendar)
    profile = _profile(counted)
    holidays = _holidays(counted, profile)
    counts, working = counted.counts, counted.working
    shares = [
        profile[each.slot] * (1 if is_usual else holidays)
        for each, is_usual in zip(counted.hours, counted.usual, strict=True)
    ]
    levels = [*_weekly_levels(counts, shares)]
    smoothed = _smoothed(levels)
    means = [
        max(0.0, smoothed.foretold[place // HOURS_OF_WEEK]) * share for place, share in enumerate(shares)
    ]
    return ArrivalModel(
        until=history.until,
        profile=profile,
        working=working,
        level=max(0.0, smoothed.level),
        trend=smoothed.trend,
        damping=smoothed.damping,
        holidays=holidays,
        # Of the first week nothing was foretold.
        dispersion=_dispersion(counts[HOURS_OF_WEEK:], means[HOURS_OF_WEEK:]),
    )


class _Counted(NamedTuple):
    """
    The whole weeks at the end of a history.

    Args:
        hours: What the clocks and the calendar say of each hour.
        counts: How much arrived in it.
        usual: Whether it is open or closed as its weekday usually is.
        working: Of each weekday, whether it usually is a working one.
    """

    hours: Sequence[_Hour]
    counts: Sequence[int]
    usual: Sequence[bool]
    working: tuple[bool, ...]


def _counted(history: ArrivalHistory, calendar: BusinessTime) -> _Counted:
    # Whole weeks, so that no weekday counts for more than another.
    length = len(history.counts) // HOURS_OF_WEEK * HOURS_OF_WEEK
    beginning = len(history.counts) - length
    hours = [*_hours(calendar, history.since + beginning * _HOUR, length)]
    working = _usually_working(hours)
    usual = [each.is_working or not working[each.day.weekday()] for each in hours]
    return _Counted(hours, history.counts[beginning:], usual, working)


def _profile(counted: _Counted) -> list[float]:
    """Return the share of a week that falls on each hour of it."""
    arrived, seen = [0] * HOURS_OF_WEEK, [0] * HOURS_OF_WEEK
    for hour, number, is_usual in zip(counted.hours, counted.counts, counted.usual, strict=True):
        if is_usual:
            arrived[hour.slot] += number
            seen[hour.slot] += 1
    rates = [number / times if times else 0.0 for number, times in zip(arrived, seen, strict=True)]
    shrunk = [0.0] * HOURS_OF_WEEK
    for is_working in (True, False):
        slots = [slot for slot in range(HOURS_OF_WEEK) if counted.working[slot // 24] is is_working]
        for slot, rate in _shrunk(slots, rates, seen):
            shrunk[slot] = rate
    total = sum(shrunk)
    return [each / total for each in shrunk] if total else [1 / HOURS_OF_WEEK] * HOURS_OF_WEEK


def _shrunk(slots: Sequence[int], rates: Sequence[float], seen: Sequence[int]) -> Iterator[tuple[int, float]]:
    """Yield the rates of *slots*, drawn towards what their day and time of day say by themselves."""
    by_day = {day: sum(rates[slot] for slot in slots if slot // 24 == day) for day in range(7)}
    by_time = {time: sum(rates[slot] for slot in slots if slot % 24 == time) for time in range(24)}
    total = sum(by_day.values())
    if not total:
        return
    priors = {slot: by_day[slot // 24] * by_time[slot % 24] / total for slot in slots}
    # By chance alone, a rate would scatter about its prior as counts do; what is more, is a pattern.
    chance = {slot: priors[slot] / max(1, seen[slot]) for slot in slots}
    pattern = max(0.0, sum((rates[slot] - priors[slot]) ** 2 - chance[slot] for slot in slots) / len(slots))
    for slot in slots:
        prior = priors[slot]
        kept = pattern / (pattern + chance[slot]) if pattern and seen[slot] else 0.0
        yield slot, prior + kept * (rates[slot] - prior)


def _holidays(counted: _Counted, profile: Sequence[float]) -> float:
    """Return the share of what arrives usually that comes on a closed date of a working weekday."""
    hours, counts, usual, working = counted
    open_days, closed_days = sum(working), 7 - sum(working)
    if not open_days:
        return 1.0
    on_open = sum(profile[slot] for slot in range(HOURS_OF_WEEK) if working[slot // 24])
    on_closed = sum(profile) - on_open
    prior = on_closed / closed_days / (on_open / open_days) if closed_days and on_open else 1.0
    mean = sum(counts) * HOURS_OF_WEEK / len(counts)
    came = sum(number for number, is_usual in zip(counts, usual, strict=True) if not is_usual)
    would_have = mean * sum(
        profile[hour.slot] for hour, is_usual in zip(hours, usual, strict=True) if not is_usual
    )
    weight = _PRIOR_HOLIDAYS * mean * on_open / open_days
    return (came + weight * prior) / (would_have + weight) if would_have + weight else prior


def _weekly_levels(counts: Sequence[int], shares: Sequence[float]) -> Iterator[float]:
    """Yield what each week would have had without holidays; a week of nothing else is as the one before."""
    level = 0.0
    for start in range(0, len(counts), HOURS_OF_WEEK):
        share = sum(shares[start : start + HOURS_OF_WEEK])
        if share > 0:
            level = sum(counts[start : start + HOURS_OF_WEEK]) / share
        yield level


class _Smoothed(NamedTuple):
    """What exponential smoothing says of weeks."""

    level: float
    trend: float
    damping: float
    foretold: list[float]


_WAYS = (
    *product((0.1, 0.2, 0.3, 0.5, 0.7, 0.9), (0.0,), (0.0,)),
    *product((0.3, 0.5), (0.1, 0.3), (0.8, 0.9)),
)
"""
How much of a surprise goes into the level, how much of that into the trend, and how much of a trend is left
after a week.
"""

_FEWEST_FOR_TREND = 6


def _smoothed(levels: Sequence[float]) -> _Smoothed:
    """Smooth weeks in the way that would have foretold them best; of equally good ones, the simplest."""
    ways = _WAYS if len(levels) >= _FEWEST_FOR_TREND else _WAYS[:6]
    tried = [_smoothed_by(levels, *way) for way in ways]

    def missed(one: _Smoothed) -> float:
        return sum(
            abs(level - foretold) for level, foretold in zip(levels[1:], one.foretold[1:], strict=True)
        )

    return min(tried, key=missed)


def _smoothed_by(levels: Sequence[float], alpha: float, beta: float, damping: float) -> _Smoothed:
    level, trend = levels[0], 0.0
    foretold = []
    for each in levels:
        expected = level + damping * trend
        foretold.append(expected)
        level = expected + alpha * (each - expected)
        trend = damping * trend + alpha * beta * (each - expected)
    return _Smoothed(level, damping * trend, damping, foretold)


def _dispersion(counts: Sequence[int], means: Sequence[float]) -> float:
    """Return the dispersion of counts about their means, by moments: the variance is m + dispersion * m²."""
    squares = sum(mean * mean for mean in means)
    if not squares:
        return 0.0
    beyond = sum((number - mean) ** 2 - mean for number, mean in zip(counts, means, strict=True))
    return max(0.0, beyond / squares)


# -- the interval ------------------------------------------------------------------------------------------

_MOST_SUMMED = 100_000


def _interval(mean: float, dispersion: float, confidence: float) -> tuple[int, int]:
    """
    Return the bounds between which a count lies with a confidence: quantiles, to the same share on each side.

    Source:
        The negative binomial distribution of mean m and variance m + dispersion * m²; without dispersion,
        that of Poisson.
    """
    tail = (1 - confidence) / 2
    if not mean:
        return 0, 0
    spread = sqrt(mean + dispersion * mean * mean)
    if mean + 10 * spread > _MOST_SUMMED:
        reach = NormalDist(0.0, 1.0).inv_cdf(1 - tail) * spread
        return max(0, floor(mean - reach)), ceil(mean + reach)
    sums = [*accumulate(_shares_of_counts(mean, dispersion, 1 - tail / 16))]
    return bisect_left(sums, tail), min(bisect_left(sums, 1 - tail), len(sums) - 1)


def _shares_of_counts(mean: float, dispersion: float, enough: float) -> Iterator[float]:
    """Yield how likely a count of 0, 1, 2 … is, until *enough* is told of."""
    if dispersion * mean < 1e-9:  # one cannot tell it from none
        logarithm, shape = -mean, inf
    else:
        shape = 1 / dispersion
        logarithm = -shape * log1p(mean / shape)
    told = 0.0
    for number in count(1):
        share = exp(logarithm)
        yield share
        told += share
        if told >= enough or number > _MOST_SUMMED:
            return
        growth = mean if shape == inf else mean * (shape + number - 1) / (shape + mean)
        logarithm += log(growth / number)
