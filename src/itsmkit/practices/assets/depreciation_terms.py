"""How the cost of assets is spread over their useful life: terms as data."""

from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from attrs import field, frozen

from itsmkit._figures import plural
from itsmkit._problems import instance_problems, shown
from itsmkit.errors import DefinitionError
from itsmkit.money import Rounding

__all__ = ["DepreciationMethod", "DepreciationTerms", "LONGEST_LIFE", "Proration", "StartConvention"]

LONGEST_LIFE = 1200
"""The longest life that is reckoned with, in months."""

# Figures are exact, so that each further place costs time and space: compounded over 1200 months, it is there
# 1200 times.
_PLACES_OF_RATES, _PLACES_OF_SHARES = 6, 12


class DepreciationMethod(Enum):
    """How much of the cost each stretch of the life takes."""

    STRAIGHT_LINE = "straight line"
    """As much in each."""
    DECLINING_BALANCE = "declining balance"
    """A fixed share of what is left, so that less is taken later."""


class Proration(Enum):
    """By what the time of use is measured, and so when the value falls."""

    MONTH = "month"
    """By calendar months, each as long as any other. The value falls when a month has ended."""
    DAY = "day"
    """
    By days, each as long as any other of its stretch of the life (actual/actual), so that a leap day counts.
    A stretch is the whole life for the straight line, and what is compounded for the declining balance.
    """


class StartConvention(Enum):
    """When the life begins, by the day on which the asset comes into service."""

    EXACT_DAY = "exact day"
    """On that day. By months, the first takes the share of it that is left, and the last the rest."""
    FULL_MONTH = "full month"
    """On the first of that month."""
    MID_MONTH = "mid-month"
    """In the middle of that month: half of it counts. By days, it is the 16th; the 15th in February."""


def _decimal(given: object) -> object:
    return Decimal(given) if type(given) is int else given


@frozen(kw_only=True)
class DepreciationTerms:
    """
    How the cost of an asset is spread over its useful life.

    Args:
        life_months: The useful life, in months; from 1 to 1200.
        method: How much each stretch of the life takes.
        residual: The share of the cost that is never written off: 0 or more, and less than 1; to 12 places.
        factor: By declining balance, how many times the rate of the straight line is taken: 2 is the double
            declining balance. Up to 1200, to 6 places.
        rate: By declining balance, the share that a year takes, instead of *factor*: ``Decimal("0.3")``. To 6
            places.
        compounded_months: After how many months the share is taken of what is left then: 12 or 1, say.
            In between, the value falls evenly.
        switch: Whether the declining balance gives way to the straight line over the rest of the life, as
            soon as that takes as much. Without that, something above the residual value may be left at the
            end, and stays in the books until the asset leaves them.
        by: What the time of use is measured by.
        start: When the life begins.
        rounding: What becomes of half a minor unit. What is rounded is the sum written off up to a day, so
            that no remainder is ever lost.

    Raises:
        DefinitionError: With everything that cannot be.
    """

    life_months: int
    method: DepreciationMethod = DepreciationMethod.STRAIGHT_LINE
    residual: Decimal = field(default=Decimal(0), converter=_decimal)
    factor: Decimal = field(default=Decimal(2), converter=_decimal)
    rate: Decimal | None = field(default=None, converter=_decimal)
    compounded_months: int = 12
    switch: bool = True
    by: Proration = Proration.MONTH
    start: StartConvention = StartConvention.FULL_MONTH
    rounding: Rounding = Rounding.HALF_UP

    def __attrs_post_init__(self) -> None:
        problems = list(self._problems())
        if problems:
            raise DefinitionError(*problems)

    def _problems(self) -> Iterator[str]:
        for name in ("life_months", "compounded_months"):
            months = getattr(self, name)
            if type(months) is not int or not 1 <= months <= LONGEST_LIFE:
                yield f"{name}: must be a number of months from 1 to {LONGEST_LIFE}, not {shown(months)}"
        if not (_is_number(self.residual) and 0 <= self.residual < 1):
            yield f"residual: must be a share of the cost from 0 to less than 1, not {shown(self.residual)}"
        if not (_is_number(self.factor) and 0 < self.factor <= LONGEST_LIFE):
            yield f"factor: must be a number above 0 and up to {LONGEST_LIFE}, not {shown(self.factor)}"
        if self.rate is not None and not (_is_number(self.rate) and 0 < self.rate <= 1):
            yield f"rate: must be a share of a year above 0 and up to 1, not {shown(self.rate)}"
        for name, most in (
            ("residual", _PLACES_OF_SHARES),
            ("factor", _PLACES_OF_RATES),
            ("rate", _PLACES_OF_RATES),
        ):
            value = getattr(self, name)
            if _is_number(value) and int(value.as_tuple().exponent) < -most:
                yield f"{name}: must have at most {most} places behind the point, not {shown(value)}"
        for name, kind in (
            ("method", DepreciationMethod),
            ("by", Proration),
            ("start", StartConvention),
            ("rounding", Rounding),
        ):
            yield from instance_problems(name, getattr(self, name), kind)

    def share_of(self, months: int) -> Fraction:
        """Return the share of what is left that *months* take by declining balance: at most all of it."""
        yearly = Fraction(self.factor) * 12 / self.life_months if self.rate is None else Fraction(self.rate)
        return min(yearly * months / 12, Fraction(1))

    def __str__(self) -> str:
        declining = "" if self.method is DepreciationMethod.STRAIGHT_LINE else f" ({self._told_rate})"
        return (
            f"{self.method.value}{declining} over {plural(self.life_months, 'month')}, by {self.by.value} "
            f"from {self.start.value}"
        )

    @property
    def _told_rate(self) -> str:
        rate = f"factor {self.factor}" if self.rate is None else f"rate {self.rate}"
        return f"{rate}, {'then straight line' if self.switch else 'without a switch'}"


def _is_number(value: object) -> bool:
    return isinstance(value, Decimal) and value.is_finite()
