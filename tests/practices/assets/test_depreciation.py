from calendar import isleap, monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.money import Money, Rounding, total
from itsmkit.practices.assets import (
    Depreciation,
    DepreciationMethod,
    DepreciationTerms,
    Proration,
    ReEstimate,
    StartConvention,
)

DAY = timedelta(days=1)
STRAIGHT, DECLINING = DepreciationMethod
NEW_YEAR = date(2026, 1, 1)


def euro(amount: str | int | Decimal) -> Money:
    return Money(amount, "EUR")


# -- what spreadsheets reckon, written from their definitions ---------------------------------------


def sln(cost: Fraction, salvage: Fraction, life: int) -> list[Fraction]:
    return [(cost - salvage) / life] * life


def ddb(cost: Fraction, salvage: Fraction, life: int, factor: Fraction) -> list[Fraction]:
    charges: list[Fraction] = []
    for _ in range(life):
        left = cost - sum(charges)
        charges.append(max(Fraction(0), min(left * min(factor / life, Fraction(1)), left - salvage)))
    return charges


def vdb(cost: Fraction, salvage: Fraction, life: int, factor: Fraction) -> list[Fraction]:
    charges: list[Fraction] = []
    switched: Fraction | None = None
    for period in range(life):
        left = cost - sum(charges)
        straight = (left - salvage) / (life - period)
        if switched is None and straight > left * min(factor / life, Fraction(1)):
            switched = straight
        declining = min(left * min(factor / life, Fraction(1)), left - salvage)
        charges.append(max(declining, Fraction(0)) if switched is None else switched)
    return charges


def db(cost: Fraction, salvage: Fraction, life: int) -> tuple[Decimal, list[Fraction]]:
    rate = round(Decimal(1 - float(salvage / cost) ** (1 / life)), 3)
    charges: list[Fraction] = []
    for _ in range(life):
        charges.append((cost - sum(charges)) * Fraction(rate))
    return rate, charges


def closings(cost: Money, charges: list[Fraction], rounding: Rounding = Rounding.HALF_UP) -> list[Money]:
    return [
        cost - Money.nearest(sum(charges[: number + 1], Fraction(0)), cost.currency, rounding)
        for number in range(len(charges))
    ]


costs = st.integers(0, 10**9).map(lambda units: euro(Decimal(units).scaleb(-2)))
shares = st.decimals(0, Decimal("0.95"), places=2)
factors = st.decimals(Decimal("0.5"), 4, places=1)
days = st.dates(date(2019, 1, 1), date(2029, 12, 31))


@st.composite
def terms(draw: st.DrawFn) -> DepreciationTerms:
    return DepreciationTerms(
        life_months=draw(st.integers(1, 50)),
        method=draw(st.sampled_from(DepreciationMethod)),
        residual=draw(shares),
        factor=draw(factors),
        rate=draw(st.none() | st.decimals(Decimal("0.01"), 1, places=2)),
        compounded_months=draw(st.sampled_from([1, 3, 12])),
        switch=draw(st.booleans()),
        by=draw(st.sampled_from(Proration)),
        start=draw(st.sampled_from(StartConvention)),
        rounding=draw(st.sampled_from(Rounding)),
    )


@st.composite
def depreciations(draw: st.DrawFn) -> Depreciation:
    return Depreciation(draw(costs), draw(terms()), draw(days))


@settings(max_examples=20)
@given(costs, shares, st.integers(1, 6), st.tuples(factors, st.sampled_from(Proration), st.booleans()))
def test_years_are_those_of_a_spreadsheet(
    cost: Money, residual: Decimal, life: int, how: tuple[Decimal, Proration, bool]
) -> None:
    factor, by, monthly = how
    plain = DepreciationTerms(life_months=12 * life, residual=residual, factor=factor, by=by)
    paid = Fraction(cost.amount)
    salvage = Fraction(Depreciation(cost, plain, NEW_YEAR).residual.amount)
    if by is Proration.MONTH:  # by days, a leap year takes more of a straight line
        got = [period.closing for period in Depreciation(cost, plain, NEW_YEAR).schedule()]
        assert got == closings(cost, sln(paid, salvage, life))
    for switch, function in ((False, ddb), (True, vdb)):
        months = 1 if monthly else 12
        declining = evolve(plain, method=DECLINING, switch=switch, compounded_months=months)
        schedule = Depreciation(cost, declining, NEW_YEAR).schedule(months)
        expected = function(paid, salvage, 12 * life // months, Fraction(factor))
        assert [period.closing for period in schedule] == closings(cost, expected)


@given(st.integers(1000, 10**8), st.integers(10, 900), st.integers(2, 10))
def test_a_rate_gives_the_fixed_declining_balance_of_a_spreadsheet(
    units: int, per_mille: int, life: int
) -> None:
    cost = euro(units)
    rate, expected = db(Fraction(units), Fraction(units * per_mille, 1000), life)
    declining = DepreciationTerms(
        life_months=12 * life, method=DECLINING, rate=rate or Decimal("0.001"), switch=False
    )
    if rate:
        schedule = Depreciation(cost, declining, NEW_YEAR).schedule()
        assert [period.closing for period in schedule] == closings(cost, expected)


def test_a_leap_year_takes_a_day_more_by_days() -> None:
    by_days = DepreciationTerms(life_months=48, by=Proration.DAY, start=StartConvention.EXACT_DAY)
    schedule = Depreciation(euro(1461), by_days, date(2026, 1, 1)).schedule()
    assert [str(period.charge.amount) for period in schedule] == ["365.00", "365.00", "366.00", "365.00"]


@pytest.mark.parametrize(
    ("start", "first", "last"),
    [
        pytest.param(StartConvention.FULL_MONTH, "31.00", "2026-12", id="full month"),
        pytest.param(StartConvention.MID_MONTH, "15.50", "2027-01", id="mid-month"),
        pytest.param(StartConvention.EXACT_DAY, "12.00", "2027-01", id="exact day"),
    ],
)
def test_the_first_month_takes_what_the_convention_says(
    start: StartConvention, first: str, last: str
) -> None:
    yearly = DepreciationTerms(life_months=12, start=start)
    schedule = Depreciation(euro(372), yearly, date(2026, 1, 20)).schedule(1)
    assert str(schedule[0].charge.amount) == first
    assert str(schedule[-1].since)[:7] == last
    assert schedule[-1].charge == euro(372) - total((p.charge for p in schedule[:-1]), "EUR")


@pytest.mark.parametrize(
    ("month", "begins"),
    [
        pytest.param(1, date(2026, 1, 16), id="31 days"),
        pytest.param(4, date(2026, 4, 16), id="30 days"),
        pytest.param(2, date(2026, 2, 15), id="28 days"),
    ],
)
def test_by_days_the_middle_of_a_month_is_a_day(month: int, begins: date) -> None:
    daily = DepreciationTerms(life_months=12, by=Proration.DAY, start=StartConvention.MID_MONTH)
    asset = Depreciation(euro(36500), daily, date(2026, month, 27))
    assert asset.book_value(begins) == euro(36500)
    assert asset.book_value(begins + DAY) == euro(36400)


# -- an oracle that walks through a life, one month or day after the other --------------------------


def walked(asset: Depreciation) -> dict[date, Fraction]:
    """Return what is written off when each day begins, from the definition alone."""
    how = asset.terms
    life = how.life_months
    unit = life if how.method is STRAIGHT else how.compounded_months
    left, residual = Fraction(asset.cost.amount), Fraction(asset.residual.amount)
    per_month: list[Fraction] = []
    while len(per_month) < life:
        months = min(unit, life - len(per_month))
        even = (left - residual) / (life - len(per_month))
        if how.method is STRAIGHT:
            charge = even * months
        else:
            yearly = Fraction(how.rate) if how.rate is not None else Fraction(how.factor) / Fraction(life, 12)
            share = min(yearly * unit / 12, Fraction(1)) * months / unit
            charge = min(max(left * share, even * months if how.switch else Fraction(0)), left - residual)
        per_month += [charge / months] * months
        left -= charge
    return _by_months(asset, per_month) if how.by is Proration.MONTH else _by_days(asset, per_month, unit)


def _by_months(asset: Depreciation, per_month: list[Fraction]) -> dict[date, Fraction]:
    start = asset.in_service_on
    length = monthrange(start.year, start.month)[1]
    share = {
        StartConvention.FULL_MONTH: Fraction(1),
        StartConvention.MID_MONTH: Fraction(1, 2),
        StartConvention.EXACT_DAY: Fraction(length + 1 - start.day, length),
    }[asset.terms.start]
    gone, found, day = Fraction(0), {}, start.replace(day=1)
    # Each calendar month takes the end of one month of the life, and the beginning of the next.
    for before, now in pairwise([Fraction(0), *per_month, Fraction(0)]):
        found[day] = gone
        gone += before * (1 - share) + now * share
        day = (day + 31 * DAY).replace(day=1)
    found[day] = gone
    return found


def _by_days(asset: Depreciation, per_month: list[Fraction], unit: int) -> dict[date, Fraction]:
    start = asset.in_service_on
    if asset.terms.start is StartConvention.FULL_MONTH:
        start = date(start.year, start.month, 1)
    if asset.terms.start is StartConvention.MID_MONTH:
        start = date(start.year, start.month, 15 if start.month == 2 else 16)

    def later(months: int) -> date:
        year, month = start.year + (start.month - 1 + months) // 12, (start.month - 1 + months) % 12 + 1
        longest = (
            29 if month == 2 and isleap(year) else [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
        )
        return date(year, month, min(start.day, longest))

    gone, found = Fraction(0), {}
    for first in range(0, len(per_month), unit):
        here = per_month[first : first + unit]
        since, until = later(first), later(first + len(here))
        for passed in range((until - since).days):
            found[since + passed * DAY] = gone + sum(here) * Fraction(passed, (until - since).days)
        gone += sum(here)
    found[later(len(per_month))] = gone
    return found


@settings(max_examples=25)
@given(depreciations())
def test_every_value_is_that_of_a_walk_through_the_life(asset: Depreciation) -> None:
    walk = walked(asset)
    step = max(1, len(walk) // 20)
    for day in [*sorted(walk)[::step], max(walk)]:
        gone = Money.nearest(walk[day], "EUR", asset.terms.rounding)
        assert asset.book_value(day) == asset.cost - gone
    assert asset.book_value(max(walk) + 400 * DAY) == asset.book_value(max(walk))
    assert asset.ends_on <= max(walk)


@settings(max_examples=60)
@given(depreciations(), st.sampled_from([1, 2, 3, 4, 6, 12]), st.integers(1, 12))
def test_the_charges_sum_to_cost_less_what_is_left(asset: Depreciation, months: int, first: int) -> None:
    schedule = asset.schedule(months, first_month=first)
    charged = total((period.charge for period in schedule), "EUR")
    assert charged == asset.cost - schedule[-1].closing
    if asset.terms.method is STRAIGHT or asset.terms.switch:
        assert schedule[-1].closing == asset.residual
    assert schedule[-1].closing >= asset.residual
    assert all(period.charge.amount >= 0 and period.charge.is_whole for period in schedule)
    assert all(a.until == b.since and a.closing == b.opening for a, b in pairwise(schedule))
    assert all((period.since.month - first) % months == 0 for period in schedule)
    assert schedule[0].since <= asset.in_service_on < schedule[0].until


@settings(max_examples=60)
@given(depreciations(), days, days, days)
def test_a_period_takes_what_its_parts_take(asset: Depreciation, a: date, b: date, c: date) -> None:
    first, middle, last = sorted([a, b, c])
    assert asset.charge(first, last) == asset.charge(first, middle) + asset.charge(middle, last)


# -- what becomes otherwise later -------------------------------------------------------------------


@settings(max_examples=60)
@given(depreciations(), st.integers(1, 40), st.integers(1, 40), st.integers(0, 100), days)
def test_a_re_estimate_spreads_what_is_left_over_the_rest(
    asset: Depreciation, months: int, remaining: int, percent: int, stop: date
) -> None:
    on = asset.in_service_on
    for _ in range(months):
        on = (on.replace(day=1) + 31 * DAY).replace(day=1)
    value = asset.book_value(on)
    falls = Money.nearest(Fraction((value - asset.residual).amount) * percent / 100, "EUR")
    news = ReEstimate(on, remaining_months=remaining, impairment=falls)
    later = evolve(asset, re_estimates=[news])
    assert later.book_value(on) == value
    assert later.impairments(on, on + DAY) == falls
    rest = Depreciation(value - falls, evolve(asset.terms, residual=0), on)
    if asset.terms.method is STRAIGHT and not asset.terms.residual:
        end = on + 2000 * DAY
        assert later.book_value(on + 100 * DAY) == evolve(
            rest, terms=evolve(rest.terms, life_months=remaining, start=StartConvention.EXACT_DAY)
        ).book_value(on + 100 * DAY)
        assert later.book_value(end) == later.residual
    schedule = later.schedule(1)
    taken = total((p.charge + p.impairment for p in schedule), "EUR")
    assert taken == asset.cost - schedule[-1].closing
    stopped = evolve(asset, stopped_on=stop)
    assert stopped.book_value(stop + 3000 * DAY) == asset.book_value(stop)
    assert stopped.ends_on <= stop


def test_what_is_left_may_be_estimated_anew() -> None:
    plain = DepreciationTerms(life_months=24)
    news = [
        ReEstimate(date(2027, 1, 1), remaining_months=6, residual=euro(100)),
        ReEstimate(date(2027, 3, 1), remaining_months=2, impairment=euro(50)),
    ]
    asset = Depreciation(euro(1000), plain, NEW_YEAR, news)
    assert asset.residual == euro(100)
    assert [str(period) for period in asset.schedule(3)] == [
        "2026-01-01 to 2026-04-01: 1,000.00 EUR - 125.00 EUR = 875.00 EUR",
        "2026-04-01 to 2026-07-01: 875.00 EUR - 125.00 EUR = 750.00 EUR",
        "2026-07-01 to 2026-10-01: 750.00 EUR - 125.00 EUR = 625.00 EUR",
        "2026-10-01 to 2027-01-01: 625.00 EUR - 125.00 EUR = 500.00 EUR",
        "2027-01-01 to 2027-04-01: 500.00 EUR - 241.67 EUR - 50.00 EUR (impairment) = 208.33 EUR",
        "2027-04-01 to 2027-07-01: 208.33 EUR - 108.33 EUR = 100.00 EUR",
    ]


def test_a_depreciation_tells_its_terms() -> None:
    declining = DepreciationTerms(life_months=24, method=DECLINING, residual=Decimal("0.1"))
    assert Depreciation(euro(1000), declining, NEW_YEAR).explain() == (
        "1,000.00 EUR from 2026-01-01: declining balance (factor 2, then straight line) over 24 months, "
        "by month from full month; 100.00 EUR stays\n"
        "2026-01-01 to 2027-01-01: 1,000.00 EUR - 900.00 EUR = 100.00 EUR\n"
        "2027-01-01 to 2028-01-01: 100.00 EUR - 0.00 EUR = 100.00 EUR"
    )
    assert "straight line over 1 month, by month" in str(DepreciationTerms(life_months=1))
    assert "(rate 0.3, without a switch)" in str(evolve(declining, rate=Decimal("0.3"), switch=False))
    assert str(DepreciationTerms(life_months=3)) == "straight line over 3 months, by month from full month"


PLAIN = DepreciationTerms(life_months=24)


@pytest.mark.parametrize(
    "ask",
    [
        lambda books, instant: books.book_value(instant),
        lambda books, instant: books.charge(NEW_YEAR, instant),
        lambda books, instant: books.impairments(instant, NEW_YEAR),
    ],
)
def test_an_instant_is_no_day(ask: Callable[[Depreciation, datetime], object]) -> None:
    with pytest.raises(DefinitionError, match="must be a date, not datetime"):
        ask(Depreciation(euro(1000), PLAIN, NEW_YEAR), datetime(2026, 3, 1, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("make", "problems"),
    [
        pytest.param(
            lambda: DepreciationTerms(
                life_months=0,
                compounded_months=1.5,  # type: ignore[arg-type]
                residual=1,
                factor=Decimal("NaN"),
                rate=0.3,  # type: ignore[arg-type]
                method="fast",  # type: ignore[arg-type]
            ),
            [
                "life_months: must be a number of months from 1 to 1200, not int 0",
                "compounded_months: must be a number of months from 1 to 1200, not float 1.5",
                "residual: must be a share of the cost from 0 to less than 1, not Decimal Decimal('1')",
                "factor: must be a number above 0 and up to 1200, not Decimal Decimal('NaN')",
                "rate: must be a share of a year above 0 and up to 1, not float 0.3",
                "method: must be a DepreciationMethod, not str 'fast'",
            ],
            id="terms",
        ),
        pytest.param(
            lambda: DepreciationTerms(
                life_months=12, residual=Decimal("1E-13"), factor=Decimal("1E+99"), rate=Decimal("0.1234567")
            ),
            [
                "factor: must be a number above 0 and up to 1200, not Decimal Decimal('1E+99')",
                "residual: must have at most 12 places behind the point, not Decimal Decimal('1E-13')",
                "rate: must have at most 6 places behind the point, not Decimal Decimal('0.1234567')",
            ],
            id="terms that would take for ever to reckon with",
        ),
        pytest.param(
            lambda: Depreciation("1000", None, datetime(2026, 1, 1), stopped_on=date(9999, 1, 1)),  # type: ignore[arg-type]  # noqa: DTZ001
            [
                "cost: must be an amount of money, not str '1000'",
                "terms: must be a DepreciationTerms, not NoneType None",
                "in_service_on: must be a date, not datetime datetime.date...6, 1, 1, 0, 0)",
                "stopped_on: must lie in the years 1000 to 9799, not 9999-01-01",
            ],
            id="depreciation",
        ),
        pytest.param(
            lambda: Depreciation(euro("-0.01"), PLAIN, NEW_YEAR),
            ["cost: must be a whole number of minor units, not below 0, not -0.01 EUR"],
            id="cost below nothing",
        ),
        pytest.param(
            lambda: ReEstimate(2027, remaining_months=0, impairment=euro("0.001")),  # type: ignore[arg-type]
            [
                "on: must be a date, not int 2027",
                "remaining_months: must be a number of months from 1 to 1200, not int 0",
                "impairment: must be a whole number of minor units, not below 0, not 0.001 EUR",
            ],
            id="re-estimate",
        ),
        pytest.param(
            lambda: Depreciation(euro(9), PLAIN, NEW_YEAR, [None]),  # type: ignore[list-item]
            ["re_estimates[0]: must be a ReEstimate, not NoneType None"],
            id="no re-estimate",
        ),
        pytest.param(
            lambda: Depreciation(
                euro(9),
                PLAIN,
                NEW_YEAR,
                [
                    ReEstimate(date(2027, 1, 2), remaining_months=1, impairment=euro(9)),
                    ReEstimate(NEW_YEAR, remaining_months=1),
                ],
                stopped_on=NEW_YEAR,
            ),
            [
                "re_estimates[0].on: must be before it stopped on 2026-01-01, not 2027-01-02",
                "re_estimates[0].on: must be the first of a month, since months count, not 2027-01-02",
                (
                    "re_estimates[0]: leaves -4.50 EUR, which is less than the residual value of 0.00 EUR; "
                    "give a smaller residual"
                ),
                "re_estimates[1].on: must be after 2027-01-02, not 2026-01-01",
                "re_estimates[1].on: must be before it stopped on 2026-01-01, not 2026-01-01",
            ],
            id="re-estimates that do not fit",
        ),
        pytest.param(
            lambda: Depreciation(
                euro(9),
                PLAIN,
                NEW_YEAR,
                [ReEstimate(date(2027, 1, 1), remaining_months=1, residual=Money(1, "USD"))],
            ),
            ["re_estimates[0].residual: must be in EUR, as the cost is, not 1.00 USD"],
            id="another currency",
        ),
        pytest.param(
            lambda: Depreciation(euro(9), PLAIN, NEW_YEAR).schedule(5, first_month=13),
            [
                "months: must be 1, 2, 3, 4, 6 or 12, not int 5",
                "first_month: must be a month from 1 to 12, not int 13",
            ],
            id="no periods",
        ),
        pytest.param(
            lambda: Depreciation(euro(9), PLAIN, NEW_YEAR).charge(date(2027, 1, 1), NEW_YEAR),
            ["a period cannot end on 2026-01-01, before it begins on 2027-01-01"],
            id="backwards",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_every_problem(
    make: Callable[[], object], problems: list[str]
) -> None:
    with pytest.raises(DefinitionError) as caught:
        make()
    assert list(caught.value.problems) == problems
