"""What is written off by some point of a life: exact, before any rounding."""

from bisect import bisect_right
from calendar import monthrange
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property

from attrs import frozen

from itsmkit.practices.assets.depreciation_terms import (
    DepreciationMethod,
    DepreciationTerms,
    Proration,
    StartConvention,
)

__all__ = ["ValueCurve", "first_of_month", "months_after"]

_ONE_DAY = timedelta(days=1)


def first_of_month(day: date, months: int = 0) -> date:
    """Return the first day of the month that lies *months* after that of *day*."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def months_after(day: date, months: int) -> date:
    """Return the same day *months* later, or the last one of that month where it is shorter."""
    first = first_of_month(day, months)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


@frozen(slots=False)
class ValueCurve:
    """
    What is written off of an amount by each day of a life.

    Args:
        base: What stands in the books at the start.
        residual: What shall be left at the end; not more than *base*.
        terms: How it is spread.
        in_service_on: The day on which the asset comes into service.
    """

    base: Fraction
    residual: Fraction
    terms: DepreciationTerms
    in_service_on: date

    def written_off(self, on: date) -> Fraction:
        """Return what is written off when day *on* begins."""
        if self.terms.by is Proration.MONTH:
            return self._by_months(on)
        return self._by_days(on)

    @cached_property
    def end(self) -> date:
        """The first day on which nothing more is written off."""
        if self.terms.by is Proration.DAY:
            return self._dates[-1]
        whole = self._first_share == 1
        return first_of_month(self.in_service_on, self.terms.life_months + (0 if whole else 1))

    @cached_property
    def _knots(self) -> tuple[tuple[int, Fraction], ...]:
        """What is written off after so many months of the life; in between, it grows evenly."""
        terms, life, depreciable = self.terms, self.terms.life_months, self.base - self.residual
        if terms.method is DepreciationMethod.STRAIGHT_LINE:
            return (0, Fraction(0)), (life, depreciable)
        knots = [(0, Fraction(0))]
        for month in range(0, life, terms.compounded_months):
            length = min(terms.compounded_months, life - month)
            gone = knots[-1][1]
            charge = (self.base - gone) * terms.share_of(terms.compounded_months)
            charge *= Fraction(length, terms.compounded_months)
            if terms.switch:
                charge = max(charge, (depreciable - gone) * Fraction(length, life - month))
            knots.append((month + length, gone + min(charge, depreciable - gone)))
        return tuple(knots)

    @cached_property
    def _first_share(self) -> Fraction:
        """Which part of its first calendar month counts, where months do."""
        day = self.in_service_on
        days = monthrange(day.year, day.month)[1]
        return {
            StartConvention.FULL_MONTH: Fraction(1),
            StartConvention.MID_MONTH: Fraction(1, 2),
            StartConvention.EXACT_DAY: Fraction(days - day.day + 1, days),
        }[self.terms.start]

    def _by_months(self, on: date) -> Fraction:
        start = self.in_service_on
        ended = (on.year - start.year) * 12 + on.month - start.month
        if ended <= 0:
            return Fraction(0)
        lived = min(self._first_share + ended - 1, Fraction(self.terms.life_months))
        number = min(bisect_right(self._knots, lived, key=_first), len(self._knots) - 1)
        (left, below), (right, above) = self._knots[number - 1 : number + 1]
        return below + (above - below) * (lived - left) / (right - left)

    @cached_property
    def _dates(self) -> tuple[date, ...]:
        """The days on which the knots lie, where days count."""
        start = self.in_service_on
        if self.terms.start is not StartConvention.EXACT_DAY:
            start = start.replace(day=1)
        if self.terms.start is StartConvention.MID_MONTH:
            start += _ONE_DAY * (monthrange(start.year, start.month)[1] // 2)
        return tuple(months_after(start, months) for months, _ in self._knots)

    def _by_days(self, on: date) -> Fraction:
        dates = self._dates
        if on <= dates[0]:
            return Fraction(0)
        if on >= dates[-1]:
            return self._knots[-1][1]
        number = bisect_right(dates, on)
        below, above = self._knots[number - 1][1], self._knots[number][1]
        passed, length = on - dates[number - 1], dates[number] - dates[number - 1]
        return below + (above - below) * Fraction(passed // _ONE_DAY, length // _ONE_DAY)


def _first(knot: tuple[int, Fraction]) -> Fraction:
    return Fraction(knot[0])
