from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.money import Money
from itsmkit.practices.assets import (
    AssetId,
    Contract,
    PricePer,
    Warranty,
    coverage_of,
    ending_within,
)

DAY = timedelta(days=1)
NOON = datetime(2026, 3, 1, 12)  # noqa: DTZ001
NO_DATE = "must be a date, not datetime datetime.date..., 3, 1, 12, 0)"
REPAIR = Contract(
    id="C-1",
    name="Repair",
    supplier="Acme",
    assets=["a", "b"],
    first_day=date(2026, 1, 1),
    last_day=date(2026, 12, 31),
    notice_days=30,
)
PROMISE = Warranty(asset=AssetId("a"), provider="Maker", last_day=date(2026, 6, 30))
days = st.dates(date(2023, 1, 1), date(2029, 12, 31))


@pytest.mark.parametrize(
    ("first", "last", "on", "holds"),
    [
        pytest.param(date(2026, 1, 2), date(2026, 1, 4), date(2026, 1, 1), False, id="the day before"),
        pytest.param(date(2026, 1, 2), date(2026, 1, 4), date(2026, 1, 2), True, id="the first day"),
        pytest.param(date(2026, 1, 2), date(2026, 1, 4), date(2026, 1, 4), True, id="the last day"),
        pytest.param(date(2026, 1, 2), date(2026, 1, 4), date(2026, 1, 5), False, id="the day after"),
        pytest.param(None, date(2026, 1, 4), date.min, True, id="no beginning"),
        pytest.param(date(2026, 1, 2), None, date.max, True, id="no end"),
        pytest.param(None, None, date(2026, 1, 1), True, id="always"),
    ],
)
def test_both_days_are_inclusive(first: date | None, last: date | None, on: date, holds: bool) -> None:
    contract = evolve(REPAIR, first_day=first, last_day=last)
    warranty = evolve(PROMISE, first_day=first, last_day=last)
    assert contract.holds_on(on) is holds
    assert warranty.holds_on(on) is holds


def test_coverage_tells_what_holds() -> None:
    def covers(asset: str, on: date) -> str:
        held = coverage_of(AssetId(asset), on, contracts=[REPAIR], warranties=[PROMISE])
        assert bool(held) == ("is covered" in held.explain())
        return held.explain()

    assert covers("a", date(2026, 6, 30)) == (
        "a is covered on 2026-06-30 by warranty of Maker to 2026-06-30; Repair with Acme to 2026-12-31"
    )
    assert covers("a", date(2026, 7, 1)) == "a is covered on 2026-07-01 by Repair with Acme to 2026-12-31"
    assert covers("c", date(2026, 7, 1)) == "c is not covered on 2026-07-01"
    assert covers("b", date(2027, 1, 1)) == "b is not covered on 2027-01-01"
    open_end = coverage_of(AssetId("a"), date(2027, 1, 1), contracts=[evolve(REPAIR, last_day=None)])
    assert open_end.explain() == "a is covered on 2027-01-01 by Repair with Acme"


@pytest.mark.parametrize(
    ("on", "within", "told"),
    [
        pytest.param(date(2026, 6, 1), 28, [], id="nothing yet"),
        pytest.param(date(2026, 6, 1), 29, ["warranty of a ends after 2026-06-30"], id="a warranty"),
        pytest.param(date(2026, 6, 30), 0, ["warranty of a ends after 2026-06-30"], id="on its last day"),
        pytest.param(
            date(2026, 6, 1),
            200,
            ["warranty of a ends after 2026-06-30", "Repair ends after 2026-12-31; notice by 2026-12-01"],
            id="the most urgent first",
        ),
        pytest.param(
            date(2026, 12, 1),
            0,
            ["Repair ends after 2026-12-31; notice by 2026-12-01"],
            id="last day for notice",
        ),
        pytest.param(date(2026, 12, 2), 5, [], id="too late for notice, too early for the end"),
        pytest.param(date(2026, 12, 2), 29, ["Repair ends after 2026-12-31"], id="notice has passed"),
        pytest.param(date(2027, 1, 1), 999, [], id="it has ended"),
    ],
)
def test_what_ends_soon_is_told(on: date, within: int, told: list[str]) -> None:
    agreed = [REPAIR, PROMISE, evolve(REPAIR, last_day=None), evolve(PROMISE, last_day=None)]
    assert list(map(str, ending_within(agreed, on, within))) == told


def test_what_has_no_end_has_no_day_for_notice() -> None:
    assert evolve(REPAIR, last_day=None).notice_by is None
    assert REPAIR.notice_by == date(2026, 12, 1)
    with pytest.raises(DefinitionError, match="days: must be a whole number, not below 0, not int -1"):
        ending_within([REPAIR], date(2026, 1, 1), -1)


# -- costs ------------------------------------------------------------------------------------------


def stretch(contract: Contract, number: int) -> tuple[date, date]:
    """Return the days of the number-th month, year or term, by counting months."""
    first = contract.first_day
    assert first is not None
    if contract.price_per is PricePer.TERM:
        assert contract.last_day is not None
        return first, contract.last_day + DAY

    def later(months: int) -> date:
        year, month = first.year + (first.month - 1 + months) // 12, (first.month - 1 + months) % 12 + 1
        for day in range(first.day, 27, -1):
            try:
                return date(year, month, day)
            except ValueError:
                continue
        return date(year, month, min(first.day, 28))

    length = 1 if contract.price_per is PricePer.MONTH else 12
    return later(number * length), later((number + 1) * length)


@st.composite
def priced(draw: st.DrawFn) -> Contract:
    first = draw(days)
    return evolve(
        REPAIR,
        first_day=first,
        last_day=first + draw(st.integers(0, 900)) * DAY,
        price=Money(draw(st.integers(0, 99999)), "JPY"),
        price_per=draw(st.sampled_from(PricePer)),
    )


@settings(max_examples=50)
@given(priced(), st.integers(0, 1000))
def test_a_contract_costs_what_its_days_cost(contract: Contract, passed: int) -> None:
    assert contract.first_day is not None
    assert contract.last_day is not None
    assert contract.price is not None
    until = contract.first_day + passed * DAY
    expected, day, number = Fraction(0), contract.first_day, 0
    while day < until and day <= contract.last_day:
        begun, ends = stretch(contract, number)
        if day >= ends:
            number += 1
            continue
        expected += Fraction(int(contract.price.amount), (ends - begun).days)
        day += DAY
    assert contract.cost(contract.first_day - 99 * DAY, until) == Money.nearest(expected, "JPY")


@given(priced(), days, days, days)
def test_a_period_costs_what_its_parts_cost(contract: Contract, a: date, b: date, c: date) -> None:
    first, middle, last = sorted([a, b, c])
    parts = [contract.cost(first, middle), contract.cost(middle, last)]
    assert contract.cost(first, last) == sum(filter(None, parts), Money.zero("JPY"))


def test_a_term_is_paid_once_and_a_year_each_year() -> None:
    price = Money("100", "EUR")
    term = evolve(REPAIR, price=price, price_per=PricePer.TERM)
    assert term.cost(date(2020, 1, 1), date(2030, 1, 1)) == price
    endless = evolve(REPAIR, price=price, last_day=None)
    assert endless.cost(date(2026, 1, 1), date(2029, 1, 1)) == price * 3
    assert REPAIR.cost(date(2026, 1, 1), date(2029, 1, 1)) is None


@pytest.mark.parametrize(
    ("make", "problems"),
    [
        pytest.param(
            lambda: evolve(
                REPAIR,
                assets=["a", "a", ""],
                first_day="May",
                notice_days=-1,
                price_per="week",
                price=Money("0.001", "EUR"),
            ),
            [
                "contract C-1: assets[2]: must be a name without surrounding spaces, not str ''",
                "contract C-1: assets: 'a' stands there more than once",
                "contract C-1: first_day: must be a date, not str 'May'",
                "contract C-1: notice_days: must be a number of days from 0 to 3660, not int -1",
                "contract C-1: price_per: must be a PricePer, not str 'week'",
                "contract C-1: price: must be a whole number of minor units, not below 0, not 0.001 EUR",
            ],
            id="contract",
        ),
        pytest.param(
            lambda: evolve(
                REPAIR, price=Money(1, "EUR"), price_per=PricePer.TERM, first_day=None, last_day=None
            ),
            [
                "contract C-1: first_day: is needed to reckon what the price comes to",
                "contract C-1: last_day: is needed to spread the price of the term",
            ],
            id="price",
        ),
        pytest.param(
            lambda: evolve(PROMISE, first_day=date(2026, 7, 1)),
            ["warranty of a: last_day: 2026-06-30 precedes the first, 2026-07-01"],
            id="warranty",
        ),
        pytest.param(
            lambda: REPAIR.cost(date(2026, 2, 1), date(2026, 1, 1)),
            ["a period cannot end on 2026-01-01, before it begins on 2026-02-01"],
            id="period",
        ),
        pytest.param(
            lambda: REPAIR.cost(NOON, date.max),
            [f"since: {NO_DATE}", "until: must lie in the years 1000 to 9799, not 9999-12-31"],
            id="period of no days",
        ),
        pytest.param(lambda: REPAIR.holds_on(NOON), [f"day: {NO_DATE}"], id="no day of a contract"),
        pytest.param(lambda: coverage_of(AssetId("a"), NOON), [f"on: {NO_DATE}"], id="no day of coverage"),
        pytest.param(
            lambda: ending_within([], NOON, 1.5),  # type: ignore[arg-type]
            [f"on: {NO_DATE}", "days: must be a whole number, not below 0, not float 1.5"],
            id="no day to look ahead from",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_every_problem(
    make: Callable[[], object], problems: list[str]
) -> None:
    with pytest.raises(DefinitionError) as caught:
        make()
    assert list(caught.value.problems) == problems
