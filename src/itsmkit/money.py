"""
Amounts of money: decimals with a currency, which never turn into floats and never lose a cent.

>>> price = Money("1234.50", "EUR")
>>> print(price + Money(1, "EUR"))
1,235.50 EUR
>>> [each.plain() for each in Money(100, "EUR").allocate([1, 1, 1])]
['33.34 EUR', '33.33 EUR', '33.33 EUR']
>>> price + Money(1, "USD")
Traceback (most recent call last):
    ...
itsmkit.errors.DefinitionError: 1,234.50 EUR and 1.00 USD are of two currencies; convert one of them first
"""

import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from enum import Enum
from fractions import Fraction
from functools import total_ordering

from attrs import field, frozen

from itsmkit._checks import is_a
from itsmkit._currencies import MINOR_UNITS
from itsmkit._problems import close_to, shown
from itsmkit.errors import DefinitionError

__all__ = ["Money", "Rounding", "total"]

_MOST_DIGITS = 18
_MOST_PLACES = 12
_MOST_WEIGHT_DIGITS = 100
# With so many digits, whatever is made of two amounts is exact, or too large to be one.
_WIDE = Context(prec=4 * (_MOST_DIGITS + _MOST_PLACES))
_PLAIN = re.compile(r"(?P<amount>-?\d+(?:\.\d+)?) (?P<currency>[A-Z]{3})", re.ASCII)


class Rounding(Enum):
    """What becomes of what lies in the middle between two amounts."""

    HALF_UP = "half up"
    """Away from zero, as in trade: 0.125 becomes 0.13, and -0.125 becomes -0.13."""
    HALF_EVEN = "half even"
    """To the even neighbour, as banks do, so that many of them do not drift: 0.125 becomes 0.12."""


_MODES = {Rounding.HALF_UP: ROUND_HALF_UP, Rounding.HALF_EVEN: ROUND_HALF_EVEN}


def _amount(given: Decimal | int | str) -> Decimal:
    if isinstance(given, Decimal):
        return given or Decimal(0)
    if isinstance(given, str) or type(given) is int:
        try:
            return Decimal(given) or Decimal(0)
        except InvalidOperation:
            pass
    problem = f"Money.amount must be a Decimal, a whole number or text such as '12.50', not {shown(given)}"
    raise DefinitionError(problem)


def _is_weight(given: object) -> bool:
    if isinstance(given, Decimal):
        return given.is_finite() and given >= 0 and _is_short(given)
    return isinstance(given, int | Fraction) and type(given) is not bool and given >= 0


def _is_short(given: Decimal) -> bool:
    """Tell whether a fraction can hold it: one would write out all digits of ``1e999999999``."""
    return given.adjusted() < _MOST_WEIGHT_DIGITS and int(given.as_tuple().exponent) >= -_MOST_WEIGHT_DIGITS


@total_ordering
@frozen(order=False)
class Money:
    """
    An amount in one currency.

    Adding, subtracting and comparing need the same currency on both sides, and are exact.

    Args:
        amount: A `Decimal`, a whole number or text; never a float. At most 18 digits stand before the point,
            and 12 behind it.
        currency: The code of ISO 4217, such as ``"EUR"``.

    Raises:
        DefinitionError: If the amount is none, or the currency is unknown.
    """

    amount: Decimal = field(converter=_amount)
    currency: str

    def __attrs_post_init__(self) -> None:
        problems = []
        if not self.amount.is_finite():
            problems.append(f"Money.amount must be finite, not {self.amount}")
        elif not -_MOST_PLACES <= self.amount.adjusted() < _MOST_DIGITS or self._exponent < -_MOST_PLACES:
            problems.append(
                f"Money.amount must have at most {_MOST_DIGITS} digits before the point and {_MOST_PLACES} "
                f"behind it, not {shown(self.amount)}"
            )
        if not is_a(self.currency, str) or self.currency not in MINOR_UNITS:
            problems.append(
                f"Money.currency must be a code of ISO 4217, not {shown(self.currency)}; "
                f"{close_to(self.currency, MINOR_UNITS)}"
            )
        if problems:
            raise DefinitionError(*problems)

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Return nothing, in a currency."""
        return cls(Decimal(0), currency)

    @classmethod
    def nearest(cls, exact: Fraction, currency: str, rounding: Rounding = Rounding.HALF_UP) -> "Money":
        """Return the amount in whole minor units that is nearest to *exact*."""
        scaled = exact * 10 ** cls.zero(currency).places
        below = scaled.numerator // scaled.denominator
        twice = 2 * (scaled - below)
        if twice > 1 or (twice == 1 and (below % 2 if rounding is Rounding.HALF_EVEN else scaled > 0)):
            below += 1
        return cls._of_units(below, currency)

    @classmethod
    def _of_units(cls, units: int, currency: str) -> "Money":
        return cls(Decimal(units).scaleb(-MINOR_UNITS[currency], context=_WIDE), currency)

    @classmethod
    def parse(cls, text: object) -> "Money":
        """
        Return the amount that `plain` wrote.

        Raises:
            DefinitionError: If it is written otherwise. A comma is refused, since it parts thousands for some
                readers and cents for others.

        >>> Money.parse("1234.50 EUR")
        Money(amount=Decimal('1234.50'), currency='EUR')
        """
        found = _PLAIN.fullmatch(text) if isinstance(text, str) else None
        if found is None:
            problem = f"must be an amount and a currency, such as '1234.50 EUR', not {shown(text)}"
            raise DefinitionError(problem)
        return cls(found["amount"], found["currency"])

    @property
    def places(self) -> int:
        """How many places the minor unit of the currency has: 2 for cents."""
        return MINOR_UNITS[self.currency]

    @property
    def is_whole(self) -> bool:
        """Whether it is a whole number of minor units, so that it can be paid."""
        return -self._exponent <= self.places

    def rounded(self, rounding: Rounding = Rounding.HALF_UP) -> "Money":
        """Return the nearest whole number of minor units."""
        unit = Decimal(1).scaleb(-self.places)
        return Money(self.amount.quantize(unit, rounding=_MODES[rounding], context=_WIDE), self.currency)

    def allocate(self, weights: Iterable[int | Decimal | Fraction]) -> tuple["Money", ...]:
        """
        Share it out by weights, in whole minor units, so that the shares are all of it.

        Each gets its share rounded toward zero; the units that are left go one each to those that lost most
        by that (largest remainder), the first of them first.

        Args:
            weights: One for each share, not negative, and not all zero; decimals of at most 100 digits before
                the point, and 100 behind it.

        Raises:
            DefinitionError: If there is no such weight, or this is no whole number of minor units.
        """
        given = tuple(weights)
        problems = [
            f"weights[{number}] must be a number that is not negative, not {shown(weight)}"
            for number, weight in enumerate(given)
            if not _is_weight(weight)
        ]
        if not problems and not any(given):
            problems.append("weights must have one that is more than zero")
        if not self.is_whole:
            problems.append(f"{self} is no whole number of minor units; round it before it is shared out")
        if problems:
            raise DefinitionError(*problems)
        return self._shares([Fraction(weight) for weight in given])

    def _shares(self, weights: Sequence[Fraction]) -> tuple["Money", ...]:
        units, whole = int(self.amount.copy_abs().scaleb(self.places, context=_WIDE)), sum(weights)
        quotas = [units * weight / whole for weight in weights]
        shares = [quota.numerator // quota.denominator for quota in quotas]
        by_loss = sorted(range(len(quotas)), key=lambda number: shares[number] - quotas[number])
        for number in by_loss[: units - sum(shares)]:
            shares[number] += 1
        sign = -1 if self.amount < 0 else 1
        return tuple(self._of_units(sign * share, self.currency) for share in shares)

    def __add__(self, other: "Money") -> "Money":
        if not isinstance(other, Money):
            return NotImplemented
        self._like(other)
        return Money(_WIDE.add(self.amount, other.amount), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        if not isinstance(other, Money):
            return NotImplemented
        return self + -other

    def __neg__(self) -> "Money":
        return Money(self.amount.copy_negate(), self.currency)

    def __abs__(self) -> "Money":
        return Money(self.amount.copy_abs(), self.currency)

    def __mul__(self, times: int) -> "Money":
        """Return it so many times. For a share of it, see `allocate` and `nearest`."""
        if type(times) is not int:
            return NotImplemented
        return Money(_WIDE.multiply(self.amount, Decimal(times)), self.currency)

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __lt__(self, other: "Money") -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        self._like(other)
        return self.amount < other.amount

    def _like(self, other: "Money") -> None:
        if self.currency != other.currency:
            problem = f"{self} and {other} are of two currencies; convert one of them first"
            raise DefinitionError(problem)

    def plain(self) -> str:
        """Return it as text for documents and stores, which `parse` reads back: ``"1234.50 EUR"``."""
        return f"{self._padded():f} {self.currency}"

    def __str__(self) -> str:
        return f"{self._padded():,f} {self.currency}"

    def _padded(self) -> Decimal:
        """Return the amount with as many places as its currency has, and more only where they are needed."""
        places = max(self.places, -self._exponent)
        return self.amount.quantize(Decimal(1).scaleb(-places), context=_WIDE)

    @property
    def _exponent(self) -> int:
        """The place of the last digit that is not zero: -2 for cents."""
        digits = self.amount.as_tuple()
        last = max((number for number, digit in enumerate(digits.digits) if digit), default=0)
        return int(digits.exponent) + len(digits.digits) - 1 - last


def total(amounts: Iterable[Money], currency: str) -> Money:
    """
    Return the sum of *amounts*, which is nothing in *currency* if there are none.

    Raises:
        DefinitionError: If one of them is of another currency.
    """
    return sum(amounts, Money.zero(currency))
