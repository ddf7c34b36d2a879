"""
What an asset is worth in the books on any day, and what each period takes of that: to the cent.

Days are dates, without a clock or a zone. Every figure is one of the *start* of its day, and periods are
half-open: the book value at the end of 2026 is that of 2027-01-01. What is rounded is the sum written off up
to a day. So the charges of any periods that follow on each other sum exactly to what was written off, however
the time is cut.

>>> from datetime import date
>>> from itsmkit.money import Money
>>> terms = DepreciationTerms(life_months=36)
>>> laptop = Depreciation(Money("1000", "EUR"), terms, date(2026, 5, 20))
>>> for period in laptop.schedule():
...     print(period)
2026-01-01 to 2027-01-01: 1,000.00 EUR - 222.22 EUR = 777.78 EUR
2027-01-01 to 2028-01-01: 777.78 EUR - 333.34 EUR = 444.44 EUR
2028-01-01 to 2029-01-01: 444.44 EUR - 333.33 EUR = 111.11 EUR
2029-01-01 to 2030-01-01: 111.11 EUR - 111.11 EUR = 0.00 EUR
"""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from attrs import evolve, field, frozen

from itsmkit._frozen import as_tuple
from itsmkit._problems import instance_problems, items_problems, shown
from itsmkit.errors import DefinitionError
from itsmkit.money import Money, total
from itsmkit.practices.assets._checks import amount_problems, check_day, check_period, date_problems
from itsmkit.practices.assets._value_curve import ValueCurve, first_of_month
from itsmkit.practices.assets.depreciation_terms import (
    DepreciationTerms,
    Proration,
    StartConvention,
)
from itsmkit.practices.assets.re_estimate import ReEstimate

__all__ = ["Depreciation", "DepreciationPeriod"]


@frozen
class DepreciationPeriod:
    """
    What a period does to the value of an asset.

    Args:
        since: Its first day.
        until: The first day after it.
        opening: The book value when it begins.
        charge: What is written off in it.
        impairment: What the value falls by beside that.
        closing: The book value when it has ended.
    """

    since: date
    until: date
    opening: Money
    charge: Money
    impairment: Money
    closing: Money

    def __str__(self) -> str:
        impairment = f" - {self.impairment} (impairment)" if self.impairment else ""
        return f"{self.since} to {self.until}: {self.opening} - {self.charge}{impairment} = {self.closing}"


@frozen(slots=False)
class Depreciation:
    """
    The value of one asset in the books, from the day it comes into service.

    Args:
        cost: What it cost, in whole minor units.
        terms: How that is spread over its life.
        in_service_on: The day on which it comes into service.
        re_estimates: What was found out later, each on a later day than the one before.
        stopped_on: The day from which on it is not written off any more, as when it was disposed of.

    Raises:
        DefinitionError: With everything that cannot be.
    """

    cost: Money
    terms: DepreciationTerms
    in_service_on: date
    re_estimates: tuple[ReEstimate, ...] = field(default=(), converter=as_tuple)
    stopped_on: date | None = None

    def __attrs_post_init__(self) -> None:
        problems = [
            *amount_problems("cost", self.cost),
            *instance_problems("terms", self.terms, DepreciationTerms),
            *date_problems("in_service_on", self.in_service_on),
            *([] if self.stopped_on is None else date_problems("stopped_on", self.stopped_on)),
        ]
        problems += items_problems("re_estimates", self.re_estimates, ReEstimate)
        problems = problems or list(self._re_estimate_problems())
        if problems:
            raise DefinitionError(*problems)

    def _re_estimate_problems(self) -> Iterator[str]:
        foreign = [
            f"re_estimates[{number}].{name}: must be in {self.cost.currency}, as the cost is, not {amount}"
            for number, each in enumerate(self.re_estimates)
            for name, amount in (("impairment", each.impairment), ("residual", each.residual))
            if amount is not None and amount.currency != self.cost.currency
        ]
        if foreign:  # what is left cannot be reckoned
            yield from foreign
            return
        before, fits = self.in_service_on, True
        for number, each in enumerate(self.re_estimates):
            path = f"re_estimates[{number}]"
            if each.on <= before:
                yield f"{path}.on: must be after {before}, not {each.on}"
            if self.stopped_on is not None and each.on >= self.stopped_on:
                yield f"{path}.on: must be before it stopped on {self.stopped_on}, not {each.on}"
            if self.terms.by is Proration.MONTH and each.on.day != 1:
                yield f"{path}.on: must be the first of a month, since months count, not {each.on}"
            before = max(before, each.on)
            life = self._lives[number + 1]
            if fits and life.base < life.residual:
                fits = False  # nor do those that follow
                yield (
                    f"{path}: leaves {life.base}, which is less than the residual value of {life.residual}; "
                    "give a smaller residual"
                )

    @cached_property
    def _lives(self) -> "tuple[_Life, ...]":
        """The life as it was expected at first, and as of each re-estimate."""
        terms, currency = self.terms, self.cost.currency
        share = Fraction(self.cost.amount) * Fraction(terms.residual)
        lives = [
            _Life.of(
                date.min, self.cost, Money.nearest(share, currency, terms.rounding), terms, self.in_service_on
            )
        ]
        for each in self.re_estimates:
            base = lives[-1].value(each.on) - (each.impairment or Money.zero(currency))
            residual = lives[-1].residual if each.residual is None else each.residual
            anew = evolve(terms, life_months=each.remaining_months, start=StartConvention.EXACT_DAY)
            lives.append(_Life.of(each.on, base, residual, anew, each.on))
        return tuple(lives)

    @cached_property
    def residual(self) -> Money:
        """What shall be left at the end of the life, as it is expected at last."""
        return self._lives[-1].residual

    @cached_property
    def ends_on(self) -> date:
        """The first day on which nothing more is written off."""
        end = self._lives[-1].curve.end
        return end if self.stopped_on is None else min(end, self.stopped_on)

    def book_value(self, on: date) -> Money:
        """
        Return what it is worth in the books when day *on* begins; its cost, if it was not in service then.

        An impairment on that day is not taken off yet.

        Raises:
            DefinitionError: If *on* is no day.
        """
        check_day("on", on)
        day = on if self.stopped_on is None else min(on, self.stopped_on)
        life = next(life for life in reversed(self._lives) if life.since < day or life is self._lives[0])
        return life.value(day)

    def impairments(self, since: date, until: date) -> Money:
        """
        Return what the value falls by from *since* up to, but not including, *until*, beside the wear.

        Raises:
            DefinitionError: If a day is none, or *until* precedes *since*.
        """
        check_period(since, until)
        return total(
            (each.impairment for each in self.re_estimates if each.impairment and since <= each.on < until),
            self.cost.currency,
        )

    def charge(self, since: date, until: date) -> Money:
        """
        Return what is written off from *since* up to, but not including, *until*.

        Raises:
            DefinitionError: If a day is none, or *until* precedes *since*.
        """
        check_period(since, until)
        return self.book_value(since) - self.book_value(until) - self.impairments(since, until)

    def schedule(self, months: int = 12, *, first_month: int = 1) -> tuple[DepreciationPeriod, ...]:
        """
        Return every period in which something is written off, from the first to the last.

        Args:
            months: How long a period is: 12, 6, 4, 3, 2 or 1 months.
            first_month: The month with which years begin, from 1 to 12.

        Raises:
            DefinitionError: If there are no such periods.
        """
        problems = []
        if type(months) is not int or months not in (1, 2, 3, 4, 6, 12):
            problems.append(f"months: must be 1, 2, 3, 4, 6 or 12, not {shown(months)}")
        if type(first_month) is not int or not 1 <= first_month <= 12:
            problems.append(f"first_month: must be a month from 1 to 12, not {shown(first_month)}")
        if problems:
            raise DefinitionError(*problems)
        start = self.in_service_on
        days = [first_of_month(start, -((start.month - first_month) % months))]
        while days[-1] < self.ends_on or len(days) == 1:
            days.append(first_of_month(days[-1], months))
        return tuple(self._period(since, until) for since, until in pairwise(days))

    def explain(self, months: int = 12) -> str:
        """Return the terms, what was estimated anew and the schedule as text."""
        head = f"{self.cost} from {self.in_service_on}: {self.terms}; {self._lives[0].residual} stays"
        return "\n".join([head, *map(str, self.re_estimates), *map(str, self.schedule(months))])

    def _period(self, since: date, until: date) -> DepreciationPeriod:
        return DepreciationPeriod(
            since,
            until,
            self.book_value(since),
            self.charge(since, until),
            self.impairments(since, until),
            self.book_value(until),
        )


class _Life(NamedTuple):
    """An expected life: what holds for the days after *since*."""

    since: date
    base: Money
    residual: Money
    curve: ValueCurve

    @classmethod
    def of(cls, since: date, base: Money, residual: Money, terms: DepreciationTerms, start: date) -> "_Life":
        return cls(
            since, base, residual, ValueCurve(Fraction(base.amount), Fraction(residual.amount), terms, start)
        )

    def value(self, on: date) -> Money:
        written_off = self.curve.written_off(on)
        return self.base - Money.nearest(written_off, self.base.currency, self.curve.terms.rounding)
