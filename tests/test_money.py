import copy
import pickle
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.money import Money, Rounding, total

amounts = st.decimals(-(10**15), 10**15, allow_nan=False, places=12)
cents = st.integers(-(10**12), 10**12).map(lambda units: Decimal(units).scaleb(-2))
currencies = st.sampled_from(["EUR", "JPY", "KWD", "CLF"])
weights = st.lists(
    st.one_of(st.integers(0, 10**6), st.decimals(0, 1000, places=3), st.fractions(0, 100)),
    min_size=1,
    max_size=12,
).filter(any)


@pytest.mark.parametrize(
    ("money", "text", "plain"),
    [
        pytest.param(Money("1234.5", "EUR"), "1,234.50 EUR", "1234.50 EUR", id="cents are filled up"),
        pytest.param(Money(-1234567, "JPY"), "-1,234,567 JPY", "-1234567 JPY", id="no minor unit"),
        pytest.param(Money("0.0005", "EUR"), "0.0005 EUR", "0.0005 EUR", id="finer than cents"),
        pytest.param(Money("1.500000", "EUR"), "1.50 EUR", "1.50 EUR", id="zeros at the end"),
        pytest.param(Money(Decimal("1E+3"), "KWD"), "1,000.000 KWD", "1000.000 KWD", id="an exponent"),
        pytest.param(Money(Decimal("-0E+50"), "EUR"), "0.00 EUR", "0.00 EUR", id="nothing"),
    ],
)
def test_money_is_written_with_the_places_of_its_currency(money: Money, text: str, plain: str) -> None:
    assert (str(money), money.plain()) == (text, plain)
    assert Money.parse(plain) == money
    assert hash(Money.parse(plain)) == hash(money)


@given(amounts, currencies)
def test_the_plain_form_is_read_back(amount: Decimal, currency: str) -> None:
    money = Money(amount, currency)
    assert Money.parse(money.plain()) == money
    assert Decimal(str(money).split()[0].replace(",", "")) == amount
    assert pickle.loads(pickle.dumps(money)) == copy.copy(money) == money


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        pytest.param(lambda: Money(1.5, "EUR"), "not float 1.5", id="float"),  # type: ignore[arg-type]
        pytest.param(lambda: Money(True, "EUR"), "not bool True", id="bool"),
        pytest.param(lambda: Money("much", "EUR"), "text such as '12.50', not str 'much'", id="word"),
        pytest.param(lambda: Money("NaN", "EUR"), "must be finite, not NaN", id="NaN"),
        pytest.param(lambda: Money(1, "EUO"), "not str 'EUO'; did you mean 'EUR'?", id="currency"),
        pytest.param(lambda: Money(1, None), "ISO 4217, not NoneType None", id="none"),  # type: ignore[arg-type]
        pytest.param(lambda: Money(1, ["EUR"]), "ISO 4217, not list ['EUR']", id="list"),  # type: ignore[arg-type]
        pytest.param(lambda: Money(10**18, "EUR"), "at most 18 digits", id="too large"),
        pytest.param(
            lambda: Money("1E-13", "EUR"), "and 12 behind it, not Decimal Decimal('1E-13')", id="too fine"
        ),
        pytest.param(lambda: Money("1.0000000000001", "EUR"), "and 12 behind", id="too many places"),
        pytest.param(lambda: Money(10**17, "EUR") * 10**9, "at most 18 digits", id="product"),
        pytest.param(lambda: Money.parse("1,50 EUR"), "such as '1234.50 EUR', not str '1,50", id="comma"),
        pytest.param(lambda: Money.parse(12), "such as '1234.50 EUR', not int 12", id="no text"),
        pytest.param(lambda: Money(1, "EUR") + Money(1, "USD"), "are of two currencies", id="sum"),
        pytest.param(lambda: Money(1, "EUR") < Money(1, "USD"), "are of two currencies", id="order"),
        pytest.param(lambda: Money(1, "EUR").allocate([]), "more than zero", id="no weight"),
        pytest.param(lambda: Money(1, "EUR").allocate([0, 0]), "more than zero", id="no weight that counts"),
        pytest.param(lambda: Money("0.001", "EUR").allocate([1]), "round it before", id="not whole"),
    ],
)
def test_what_is_no_money_is_refused(make: Callable[[], object], sentence: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        make()
    assert sentence in str(caught.value)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(DefinitionError) as caught:
        Money("Infinity", "Euro")
    assert len(caught.value.problems) == 2
    with pytest.raises(DefinitionError) as caught:
        Money("0.001", "EUR").allocate([-1, 0.5, Decimal("NaN"), "3", 2])  # type: ignore[list-item]
    assert len(caught.value.problems) == 5
    with pytest.raises(DefinitionError) as caught:
        Money("1", "EUR").allocate([True, Decimal("1E+100"), Decimal("1E-101"), 1])
    assert len(caught.value.problems) == 3


def test_an_amount_that_is_no_money_is_not_told_at_length() -> None:
    with pytest.raises(DefinitionError) as caught:
        Money(10**4000, "EUR")
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("text", "whole"), [("999999999999999999.999", False), ("999999999999999999.99", True)]
)
def test_the_largest_amounts_are_whole_or_not(text: str, whole: bool) -> None:
    assert Money(text, "EUR").is_whole is whole


@pytest.mark.parametrize(
    "operate",
    [
        lambda money: money + 1,
        lambda money: money - 1,
        lambda money: money * 1.5,
        lambda money: Decimal(2) * money,
        lambda money: money < 1,
    ],
)
def test_numbers_are_no_money(operate: Callable[[Money], object]) -> None:
    with pytest.raises(TypeError):
        operate(Money(1, "EUR"))


@given(amounts, amounts, st.integers(-9, 9), currencies)
def test_arithmetic_is_that_of_exact_numbers(a: Decimal, b: Decimal, times: int, currency: str) -> None:
    left, right = Money(a, currency), Money(b, currency)
    x, y = Fraction(a), Fraction(b)
    assert Fraction((left + right).amount) == x + y
    assert Fraction((left - right).amount) == x - y
    assert Fraction((times * left).amount) == x * times
    assert Fraction((-left).amount) == -x
    assert Fraction(abs(left).amount) == abs(x)
    assert (left < right, left <= right, left == right, bool(left)) == (x < y, x <= y, x == y, bool(x))
    assert total([left, right, left], currency) == left + right + left


@pytest.mark.parametrize(("code", "places"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("UYW", 4), ("XCG", 2)])
def test_a_currency_has_the_minor_unit_of_the_standard(code: str, places: int) -> None:
    assert Money.zero(code).places == places


@pytest.mark.parametrize("code", ["BGN", "XAU", "XXX", "eur"])
def test_what_is_no_currency_any_more_or_has_no_minor_unit_is_refused(code: str) -> None:
    with pytest.raises(DefinitionError, match="must be a code of ISO 4217"):
        Money.zero(code)


def test_the_sum_of_no_amounts_is_nothing() -> None:
    assert total([], "JPY") == Money.zero("JPY")


@given(amounts, currencies, st.sampled_from(Rounding))
def test_rounding_agrees_with_the_definition_on_fractions(
    amount: Decimal, currency: str, rounding: Rounding
) -> None:
    money = Money(amount, currency)
    assert money.rounded(rounding) == Money.nearest(Fraction(amount), currency, rounding)
    assert money.rounded(rounding).is_whole


@pytest.mark.parametrize(
    ("exact", "up", "even"),
    [
        pytest.param(Fraction(1, 8), "0.13", "0.12", id="a half above an even cent"),
        pytest.param(Fraction(3, 8), "0.38", "0.38", id="a half above an odd cent"),
        pytest.param(Fraction(-1, 8), "-0.13", "-0.12", id="a half below zero"),
        pytest.param(Fraction(2, 3), "0.67", "0.67", id="above the middle"),
        pytest.param(Fraction(1, 3), "0.33", "0.33", id="below the middle"),
    ],
)
def test_the_middle_is_rounded_as_declared(exact: Fraction, up: str, even: str) -> None:
    assert Money.nearest(exact, "EUR") == Money(up, "EUR")
    assert Money.nearest(exact, "EUR", Rounding.HALF_EVEN) == Money(even, "EUR")


@settings(max_examples=50)
@given(st.decimals(-(10**6), 10**6, places=6))
def test_rounding_is_that_of_the_decimal_module(amount: Decimal) -> None:
    cent = Decimal("0.01")
    money = Money(amount, "USD")
    assert money.rounded().amount == amount.quantize(cent, ROUND_HALF_UP)
    assert money.rounded(Rounding.HALF_EVEN).amount == amount.quantize(cent, ROUND_HALF_EVEN)


@given(cents, weights)
def test_shares_are_all_of_it_and_each_is_near_its_quota(amount: Decimal, parts: list[Fraction]) -> None:
    money = Money(amount, "EUR")
    shares = money.allocate(parts)
    assert list(accumulate(shares))[-1] == money
    whole = sum(map(Fraction, parts))
    for share, weight in zip(shares, parts, strict=True):
        assert abs(Fraction(share.amount) - Fraction(amount) * Fraction(weight) / whole) < Fraction(1, 100)
        assert share.is_whole
        assert weight or not share


@given(cents, weights)
def test_none_that_lost_less_gets_the_unit_of_one_that_lost_more(
    amount: Decimal, parts: list[Fraction]
) -> None:
    units, whole = abs(Fraction(amount) * 100), sum(map(Fraction, parts))
    quotas = [units * Fraction(weight) / whole for weight in parts]
    losses = [quota - quota.numerator // quota.denominator for quota in quotas]
    shares = Money(amount, "EUR").allocate(parts)
    got = [abs(Fraction(s.amount) * 100) > quota for s, quota in zip(shares, quotas, strict=True)]
    lucky = [loss for loss, more in zip(losses, got, strict=True) if more]
    others = [loss for loss, more in zip(losses, got, strict=True) if not more]
    assert not lucky or not others or min(lucky) >= max(others)
