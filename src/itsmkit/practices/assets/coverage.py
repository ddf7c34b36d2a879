"""
Contracts and warranties: what they cover on a day, what ends soon, and what they cost in a period.

Both of their days are inclusive, as people write them: *last_day* is the last one on which they hold. An end
that is left out is open.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import Enum
from fractions import Fraction

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._frozen import as_tuple
from itsmkit._problems import instance_problems, names_problems, shown
from itsmkit.errors import DefinitionError
from itsmkit.money import Money
from itsmkit.practices.assets._checks import amount_problems, check_day, check_period, date_problems
from itsmkit.practices.assets._value_curve import months_after
from itsmkit.practices.assets.events import AssetId

__all__ = ["Contract", "Coverage", "Ending", "PricePer", "Warranty", "coverage_of", "ending_within"]

_ONE_DAY = timedelta(days=1)


class PricePer(Enum):
    """For how long a contract's price is paid."""

    MONTH = "month"
    """For each month from its first day on."""
    YEAR = "year"
    """For each year from its first day on."""
    TERM = "term"
    """Once, for all its days."""


def _range_problems(first_day: object, last_day: object) -> Iterator[str]:
    problems = [
        problem
        for name, day in (("first_day", first_day), ("last_day", last_day))
        if day is not None
        for problem in date_problems(name, day)
    ]
    yield from problems
    if not problems and first_day is not None and last_day is not None and last_day < first_day:  # type: ignore[operator]  # both are dates
        yield f"last_day: {last_day} precedes the first, {first_day}"


@frozen(kw_only=True)
class Contract:
    """
    An agreement with a supplier about assets: maintenance, lease, support.

    Args:
        id: The key.
        name: What people call it.
        supplier: With whom.
        assets: The ids of the assets that it covers.
        first_day: The first day on which it holds; ``None`` if it always did.
        last_day: The last day on which it holds; ``None`` if it has no end.
        notice_days: How many days before the end of the last day notice must have been given.
        price: What is paid for it, in whole minor units, or ``None``.
        price_per: For how long that is paid.

    Raises:
        DefinitionError: With everything that cannot be: a price needs a first day, and one for the term both.
    """

    id: str = field(validator=named)
    name: str = field(validator=named)
    supplier: str = field(validator=named)
    assets: tuple[AssetId, ...] = field(default=(), converter=as_tuple)
    first_day: date | None = None
    last_day: date | None = None
    notice_days: int = 0
    price: Money | None = None
    price_per: PricePer = PricePer.YEAR

    def __attrs_post_init__(self) -> None:
        problems = [*names_problems("assets", self.assets), *_range_problems(self.first_day, self.last_day)]
        if type(self.notice_days) is not int or not 0 <= self.notice_days <= 3660:
            problems.append(
                f"notice_days: must be a number of days from 0 to 3660, not {shown(self.notice_days)}"
            )
        problems += instance_problems("price_per", self.price_per, PricePer)
        if self.price is not None:
            problems += amount_problems("price", self.price)
            if self.first_day is None:
                problems.append("first_day: is needed to reckon what the price comes to")
            if self.last_day is None and self.price_per is PricePer.TERM:
                problems.append("last_day: is needed to spread the price of the term")
        if problems:
            raise DefinitionError(*(f"contract {self.id}: {problem}" for problem in problems))

    def holds_on(self, day: date) -> bool:
        """
        Tell whether it holds on *day*.

        Raises:
            DefinitionError: If that is no day.
        """
        return _holds(self, day)

    @property
    def notice_by(self) -> date | None:
        """The last day on which notice can be given; ``None`` if it has no end."""
        return None if self.last_day is None else self.last_day - self.notice_days * _ONE_DAY

    def cost(self, since: date, until: date) -> Money | None:
        """
        Return what it costs from *since* up to, but not including, *until*: pro rata by days.

        Each day costs as much as any other of its month, year or term. What is rounded is the sum up to a
        day, so that periods which follow on each other sum exactly to what is paid.

        Returns:
            ``None`` if it has no price.

        Raises:
            DefinitionError: If a day is none, or *until* precedes *since*.
        """
        check_period(since, until)
        return None if self.price is None else self._paid(until) - self._paid(since)

    def _paid(self, day: date) -> Money:
        """Return what it has cost when *day* begins."""
        assert self.price is not None and self.first_day is not None  # noqa: S101, PT018  # as was checked
        if self.last_day is not None:
            day = min(day, self.last_day + _ONE_DAY)
        if day <= self.first_day:
            return Money.zero(self.price.currency)
        terms = self._terms(day)
        return Money.nearest(Fraction(self.price.amount) * terms, self.price.currency)

    def _terms(self, day: date) -> Fraction:
        """Return how many of what the price is for have passed when *day* begins."""
        first = self.first_day
        assert first is not None  # noqa: S101  # as was checked
        if self.price_per is PricePer.TERM:
            assert self.last_day is not None  # noqa: S101  # as was checked
            return Fraction((day - first).days, (self.last_day - first).days + 1)
        months = 1 if self.price_per is PricePer.MONTH else 12
        whole = ((day.year - first.year) * 12 + day.month - first.month) // months
        if months_after(first, whole * months) > day:
            whole -= 1
        begun, ends = months_after(first, whole * months), months_after(first, (whole + 1) * months)
        return whole + Fraction((day - begun).days, (ends - begun).days)


@frozen(kw_only=True)
class Warranty:
    """
    A promise that an asset will be repaired or replaced.

    Args:
        asset: The id of the asset.
        provider: Who promises.
        first_day: The first day on which it holds; ``None`` if it always did.
        last_day: The last day on which it holds; ``None`` if it has no end.

    Raises:
        DefinitionError: If *last_day* precedes *first_day*, or either is no date.
    """

    asset: AssetId = field(validator=named)  # type: ignore[assignment]  # attrs takes the type of the validator
    provider: str = field(validator=named)
    first_day: date | None = None
    last_day: date | None = None

    def __attrs_post_init__(self) -> None:
        problems = list(_range_problems(self.first_day, self.last_day))
        if problems:
            raise DefinitionError(*(f"warranty of {self.asset}: {problem}" for problem in problems))

    def holds_on(self, day: date) -> bool:
        """
        Tell whether it holds on *day*.

        Raises:
            DefinitionError: If that is no day.
        """
        return _holds(self, day)


def _holds(agreed: Contract | Warranty, day: date) -> bool:
    check_day("day", day)
    first, last = agreed.first_day, agreed.last_day
    return (first is None or first <= day) and (last is None or day <= last)


@frozen
class Coverage:
    """
    What holds for an asset on a day.

    Args:
        asset: Its id.
        on: The day.
        warranties: The warranties that hold, in the order given.
        contracts: The contracts that hold, in the order given.
    """

    asset: AssetId
    on: date
    warranties: tuple[Warranty, ...]
    contracts: tuple[Contract, ...]

    def __bool__(self) -> bool:
        return bool(self.warranties or self.contracts)

    def explain(self) -> str:
        """Return it as text."""
        if not self:
            return f"{self.asset} is not covered on {self.on}"
        warranties = [f"warranty of {each.provider}{_until(each)}" for each in self.warranties]
        contracts = [f"{each.name} with {each.supplier}{_until(each)}" for each in self.contracts]
        return f"{self.asset} is covered on {self.on} by {'; '.join([*warranties, *contracts])}"


def coverage_of(
    asset: AssetId, on: date, *, contracts: Iterable[Contract] = (), warranties: Iterable[Warranty] = ()
) -> Coverage:
    """
    Return which of *contracts* and *warranties* hold for *asset* on a day.

    Raises:
        DefinitionError: If that is no day.
    """
    check_day("on", on)
    return Coverage(
        asset,
        on,
        tuple(each for each in warranties if each.asset == asset and each.holds_on(on)),
        tuple(each for each in contracts if asset in each.assets and each.holds_on(on)),
    )


@frozen
class Ending:
    """
    Something that ends soon.

    Args:
        what: The contract or warranty.
        last_day: The last day on which it holds.
        act_by: The last day on which something can be done about it: the last for notice, or *last_day*.
    """

    what: Contract | Warranty
    last_day: date
    act_by: date

    def __str__(self) -> str:
        notice = "" if self.act_by == self.last_day else f"; notice by {self.act_by}"
        name = self.what.name if isinstance(self.what, Contract) else f"warranty of {self.what.asset}"
        return f"{name} ends after {self.last_day}{notice}"


def ending_within(agreed: Iterable[Contract | Warranty], on: date, days: int) -> tuple[Ending, ...]:
    """
    Return what of *agreed* ends, or can be given notice for the last time, within some days.

    Args:
        agreed: Contracts and warranties.
        on: The day from which to look ahead.
        days: How far; 0 is that day alone.

    Returns:
        The most urgent first. Where the day for notice has passed, the last day counts.

    Raises:
        DefinitionError: If *on* is no day, or *days* is negative.
    """
    problems = list(date_problems("on", on))
    if type(days) is not int or days < 0:
        problems.append(f"days: must be a whole number, not below 0, not {shown(days)}")
    if problems:
        raise DefinitionError(*problems)
    found = []
    for each in agreed:
        if each.last_day is None:
            continue
        notice_by = each.notice_by if isinstance(each, Contract) else None
        act_by = each.last_day if notice_by is None or notice_by < on else notice_by
        if 0 <= (act_by - on).days <= days:
            found.append(Ending(each, each.last_day, act_by))
    return tuple(sorted(found, key=lambda ending: (ending.act_by, ending.last_day)))


def _until(agreed: Contract | Warranty) -> str:
    return "" if agreed.last_day is None else f" to {agreed.last_day}"
