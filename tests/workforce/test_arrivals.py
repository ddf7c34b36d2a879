"""Forecasts of arrivals: what is put in comes out, holidays and weekdays are known, errors are as defined."""

import csv
import gzip
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, pairwise
from math import comb, exp, factorial
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import BusinessCalendar
from itsmkit.errors import DefinitionError
from itsmkit.workforce import (
    ArrivalForecast,
    ArrivalHistory,
    ArrivalModel,
    ForecastBacktest,
    backtest_arrivals,
    fit_arrivals,
)
from itsmkit.workforce.arrivals import _interval

HOUR = timedelta(hours=1)
WEEK = timedelta(weeks=1)
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 1, 5, tzinfo=BERLIN)
OFFICE = BusinessCalendar("Mon-Fri 08:00-18:00", "Europe/Berlin")
WITH_HOLIDAYS = BusinessCalendar(
    "Mon-Fri 08:00-18:00",
    "Europe/Berlin",
    special_hours={date(2026, 1, 13): (), date(2026, 1, 29): (), date(2026, 3, 17): ()},
)
ALWAYS = BusinessCalendar.always("UTC")


def a_history(
    rate: Callable[[datetime], float], weeks: int, *, seed: int | None = None, since: datetime = MONDAY
) -> ArrivalHistory:
    """Return counts that are a rate of the local time, exact or by chance."""
    random = Random(seed)
    counts = []
    for place in range(weeks * 168):
        mean = rate((since.astimezone(UTC) + place * HOUR).astimezone(BERLIN))
        counts.append(round(mean) if seed is None else by_chance(mean, random))
    return ArrivalHistory(since, counts)


def by_chance(mean: float, random: Random) -> int:
    """Draw from a Poisson distribution, by Knuth."""
    number, left, limit = 0, random.random(), exp(-mean)
    while left > limit:
        number += 1
        left *= random.random()
    return number


def in_office(local: datetime) -> float:
    """Return 20 an hour in office hours, 2 at other hours of weekdays, none at weekends."""
    if local.weekday() >= 5:
        return 0
    return 20 if 8 <= local.hour < 18 else 2


# -- counting ----------------------------------------------------------------------------------------------


@given(
    st.lists(st.integers(-100_000, 1_000_000).map(lambda each: MONDAY + timedelta(seconds=each)), max_size=30)
)
def test_each_instant_counts_in_its_hour(instants: list[datetime]) -> None:
    until = MONDAY + timedelta(days=9)
    history = ArrivalHistory.of(instants, MONDAY, until)
    assert history.until == until
    assert history.total == sum(MONDAY <= each < until for each in instants)
    for place, number in enumerate(history.counts):
        start = MONDAY + place * HOUR
        assert number == sum(start <= each < start + HOUR for each in instants)


def test_what_was_known_is_a_history_of_hours_that_had_ended() -> None:
    history = ArrivalHistory(MONDAY, [1, 2, 3])
    assert history.up_to(MONDAY + 2.5 * HOUR).counts == (1, 2)
    assert history.up_to(MONDAY + 9 * HOUR) == history
    with pytest.raises(DefinitionError, match="before the first hour"):
        history.up_to(MONDAY - HOUR)


def test_what_is_no_history_is_refused() -> None:
    with pytest.raises(DefinitionError) as refused:
        ArrivalHistory(MONDAY, [1, -1, 1.5])  # type: ignore[list-item]
    assert len(refused.value.problems) == 2
    with pytest.raises(DefinitionError, match="30 years are the most"):
        ArrivalHistory(MONDAY, [0] * 300_000)
    with pytest.raises(DefinitionError, match="runs forward"):
        ArrivalHistory.of([], MONDAY, MONDAY - HOUR)
    with pytest.raises(DefinitionError, match="30 years are the most"):
        ArrivalHistory.of([], MONDAY, MONDAY + 100_000 * WEEK / 50)


# -- finding a pattern -------------------------------------------------------------------------------------


def test_a_pattern_without_chance_is_found_and_goes_on() -> None:
    history = a_history(in_office, 4)
    model = fit_arrivals(history, OFFICE)
    assert model.working == (True, True, True, True, True, False, False)
    assert model.dispersion == 0
    assert model.level == pytest.approx(5 * 228)
    assert sum(model.profile) == pytest.approx(1)
    found = model.forecast(history.until, history.until + WEEK, OFFICE)
    for each in found.hours:
        assert each.expected == pytest.approx(in_office(each.at.astimezone(BERLIN)))
        assert each.low <= each.expected <= each.high
    assert found.expected == pytest.approx(5 * 228)


def test_the_pattern_follows_the_clocks_over_a_change_of_them() -> None:
    since = datetime(2026, 3, 2, tzinfo=BERLIN)
    history = a_history(in_office, 5, since=since)  # the clocks go forward on 29 March
    model = fit_arrivals(history, OFFICE)
    found = model.forecast(history.until, history.until + WEEK, OFFICE)
    for each in found.hours:
        assert each.expected == pytest.approx(in_office(each.at.astimezone(BERLIN)), rel=0.02, abs=0.02)


def test_a_holiday_brings_what_holidays_have_brought() -> None:
    def rate(local: datetime) -> float:
        usual = in_office(local)
        return usual if WITH_HOLIDAYS.is_working_date(local.date()) else usual / 2

    history = a_history(rate, 8)  # to 2 March
    model = fit_arrivals(history, WITH_HOLIDAYS)
    assert model.holidays == pytest.approx(1 / 3, abs=0.01)  # two days of a half, one of a weekend's none
    found = model.forecast(history.until, history.until + 4 * WEEK, WITH_HOLIDAYS)
    noon = {each.at.astimezone(BERLIN): each for each in found.hours}
    fair = noon[datetime(2026, 3, 17, 12, tzinfo=BERLIN)]
    other = noon[datetime(2026, 3, 24, 12, tzinfo=BERLIN)]
    assert fair.expected == pytest.approx(other.expected * model.holidays, rel=0.01)
    assert "for the holiday" in fair.explain()
    assert "for the holiday" not in other.explain()


def test_a_week_of_holidays_does_not_pull_the_level_down() -> None:
    closed = {date(2026, 1, 19) + timedelta(days=place): () for place in range(5)}
    calendar = BusinessCalendar("Mon-Fri 08:00-18:00", "Europe/Berlin", special_hours=closed)

    def rate(local: datetime) -> float:
        return in_office(local) if calendar.is_working_date(local.date()) else 0

    model = fit_arrivals(a_history(rate, 4), calendar)
    assert model.level == pytest.approx(5 * 228, rel=0.02)


def test_a_trend_is_found_and_fades() -> None:
    history = a_history(lambda local: in_office(local) * (20 + (local - MONDAY).days // 7), 20)
    model = fit_arrivals(history, OFFICE)
    assert model.trend > 0
    levels = [model.level_in(week) for week in range(1, 9)]
    steps = [later - earlier for earlier, later in pairwise(levels)]
    assert all(0 < later < earlier for earlier, later in pairwise(steps))


def test_a_shrinking_level_never_falls_below_nothing() -> None:
    model = ArrivalModel(
        until=MONDAY, profile=[1 / 168] * 168, working=[True] * 7, level=10, trend=-8, damping=0.9
    )
    assert model.level_in(5) == 0


def test_chance_is_told_from_pattern() -> None:
    even = fit_arrivals(a_history(lambda _: 2.0, 6, seed=3), ALWAYS)
    assert max(even.profile) / min(even.profile) < 2.2  # of the counts themselves: 6
    assert even.dispersion < 0.05
    lively = fit_arrivals(a_history(in_office, 6, seed=3), OFFICE)
    assert lively.profile[10] / lively.profile[3] == pytest.approx(10, rel=0.3)


def test_nothing_at_all_is_foretold_as_nothing() -> None:
    model = fit_arrivals(ArrivalHistory(MONDAY, [0] * 400), OFFICE)
    found = model.forecast(model.until, model.until + 5 * HOUR, OFFICE)
    assert found.expected == 0
    assert {(each.low, each.high) for each in found.hours} == {(0, 0)}


def test_a_desk_of_no_working_days_has_no_holidays() -> None:
    never = BusinessCalendar("closed", "Europe/Berlin", special_hours={date(2030, 1, 1): "09:00-10:00"})
    model = fit_arrivals(a_history(in_office, 3), never)
    assert model.working == (False,) * 7
    assert model.holidays == 1


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=336, max_size=700), st.integers(0, 167))
def test_the_same_history_gives_the_same_forecast_and_shares_add_up(counts: list[int], shift: int) -> None:
    history = ArrivalHistory(MONDAY + shift * HOUR, counts)
    model, again = fit_arrivals(history, WITH_HOLIDAYS), fit_arrivals(history, WITH_HOLIDAYS)
    assert model == again
    assert sum(model.profile) == pytest.approx(1)
    found = model.forecast(model.until, model.until + WEEK, WITH_HOLIDAYS)
    assert all(each.low <= each.high and each.expected >= 0 for each in found.hours)
    assert [each.at for each in found.hours] == [model.until + place * HOUR for place in range(168)]


# -- intervals ---------------------------------------------------------------------------------------------


@given(st.floats(0.05, 40), st.sampled_from([0.5, 0.8, 0.9, 0.99]))
def test_an_interval_without_dispersion_is_that_of_poisson(mean: float, confidence: float) -> None:
    sums = [*accumulate(exp(-mean) * mean**number / factorial(number) for number in range(140))]
    tail = (1 - confidence) / 2
    low = next(number for number, each in enumerate(sums) if each >= tail)
    high = next(number for number, each in enumerate(sums) if each >= 1 - tail - 1e-12)
    found = _interval(mean, 0.0, confidence)
    assert found[0] == low
    assert abs(found[1] - high) <= 1


@given(st.floats(0.1, 20), st.integers(1, 8))
def test_an_interval_with_dispersion_is_that_of_the_negative_binomial(mean: float, shape: int) -> None:
    hit = shape / (shape + mean)
    terms = (comb(number + shape - 1, number) * hit**shape * (1 - hit) ** number for number in range(900))
    sums = [*accumulate(terms)]
    low = next(number for number, each in enumerate(sums) if each >= 0.05 - 1e-12)
    high = next(number for number, each in enumerate(sums) if each >= 0.95 - 1e-12)
    found = _interval(mean, 1 / shape, 0.9)
    assert abs(found[0] - low) <= 1
    assert abs(found[1] - high) <= 1


def test_an_interval_of_very_many_is_that_of_the_normal_distribution() -> None:
    low, high = _interval(1_000_000.0, 0.0, 0.95)
    assert (low, high) == pytest.approx((1_000_000 - 1960, 1_000_000 + 1960), abs=2)


# -- how good it is ----------------------------------------------------------------------------------------


def test_counts_lie_within_their_intervals_as_often_as_they_should() -> None:
    tested = backtest_arrivals(a_history(in_office, 16, seed=8), OFFICE, folds=8)
    assert tested.coverage is not None
    assert 0.88 < tested.coverage <= 0.99  # whole numbers hold more than asked for
    assert tested.skill is not None
    assert tested.skill > 0.15
    assert tested.mase is not None
    assert tested.mase < 0.85


def test_errors_are_as_they_are_defined() -> None:
    history = a_history(in_office, 8, seed=4)
    tested = backtest_arrivals(history, OFFICE, weeks=2, folds=2, confidence=0.8)
    missed = naive = arrived = 0.0
    scaled = []
    for fold in tested.folds:
        known = [*history.counts[: (fold.at - history.since) // HOUR]]
        held = history.counts[len(known) : len(known) + 336]
        found = fit_arrivals(ArrivalHistory(history.since, known), OFFICE).forecast(
            fold.at, fold.at + 2 * WEEK, OFFICE
        )
        errors = [abs(one - each.expected) for one, each in zip(held, found.hours, strict=True)]
        steps = [abs(known[place] - known[place - 168]) for place in range(168, len(known))]
        missed += sum(errors)
        arrived += sum(held)
        naive += sum(abs(one - known[-168:][place % 168]) for place, one in enumerate(held))
        scaled.append(sum(errors) / 336 / (sum(steps) / len(steps)))
    assert tested.wape == pytest.approx(missed / arrived)
    assert tested.naive_wape == pytest.approx(naive / arrived)
    assert tested.skill == pytest.approx(1 - missed / naive)
    assert tested.mase == pytest.approx(sum(scaled) / 2)
    assert "2 forecasts: WAPE" in tested.explain()


def test_a_backtest_of_nothing_has_no_figures() -> None:
    tested = backtest_arrivals(ArrivalHistory(MONDAY, [0] * 700), OFFICE, folds=1)
    assert (tested.wape, tested.naive_wape, tested.mase, tested.skill) == (None, None, None, None)
    assert tested.explain() == (
        "1 forecast: WAPE – (as last week: –), MASE –, 100% of hours within intervals of 90.0%"
    )


def test_what_cannot_be_tested_is_refused() -> None:
    with pytest.raises(DefinitionError, match="2 forecasts of 1 week ask for 4"):
        backtest_arrivals(ArrivalHistory(MONDAY, [0] * 400), OFFICE, folds=2)
    with pytest.raises(DefinitionError) as refused:
        backtest_arrivals(None, OFFICE, weeks=0, folds=True, confidence=2)  # type: ignore[arg-type]
    assert len(refused.value.problems) == 4
    with pytest.raises(DefinitionError, match="one at least"):
        ForecastBacktest(0.9, [])


# -- what is refused ---------------------------------------------------------------------------------------


def test_what_no_pattern_shows_in_is_refused() -> None:
    with pytest.raises(DefinitionError, match="is of 335 hours; a pattern shows in 336"):
        fit_arrivals(ArrivalHistory(MONDAY, [0] * 335), OFFICE)
    with pytest.raises(DefinitionError) as refused:
        fit_arrivals(None, None)  # type: ignore[arg-type]
    assert len(refused.value.problems) == 2


def test_every_problem_of_a_model_is_told() -> None:
    with pytest.raises(DefinitionError) as refused:
        ArrivalModel(
            until=MONDAY,
            profile=[-1.0],
            working=[True],
            level=-1,
            trend=float("nan"),
            damping=2,
            holidays=-1,
            dispersion=-1,
        )
    assert len(refused.value.problems) == 7


def test_every_problem_of_what_is_to_be_foretold_is_told() -> None:
    model = fit_arrivals(a_history(in_office, 3), OFFICE)
    with pytest.raises(DefinitionError) as refused:
        model.forecast(MONDAY, MONDAY + 2000 * WEEK, None, confidence=1)  # type: ignore[arg-type]
    assert len(refused.value.problems) == 4
    assert model.forecast(model.until, model.until - WEEK, OFFICE) == ArrivalForecast(0.9, ())


# -- a real desk -------------------------------------------------------------------------------------------


def test_the_forecast_beats_last_week_on_a_real_desk(audit_log: Path) -> None:
    opened = {}
    with gzip.open(audit_log, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            opened[row["number"]] = row["opened_at"]
    instants = [datetime.strptime(each, "%d/%m/%Y %H:%M").replace(tzinfo=UTC) for each in opened.values()]
    since = datetime(2016, 2, 29, tzinfo=UTC)
    history = ArrivalHistory.of(instants, since, since + 10 * WEEK)
    hours = BusinessCalendar("Mon-Fri 08:00-18:00", "UTC")
    tested = backtest_arrivals(history, hours, folds=6)
    assert tested.skill is not None
    assert tested.skill > 0.25
    assert tested.mase is not None
    assert tested.mase < 0.8
    assert tested.coverage == pytest.approx(0.9, abs=0.03)
