from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.calendars import BusinessDays, CountFrom, TimeOfDay, amount_from, amount_to_plain
from itsmkit.errors import DefinitionError

DAYS = st.builds(
    BusinessDays,
    st.integers(-999_999, 999_999) | st.integers(),
    count_from=st.sampled_from(CountFrom),
    time_of_day=st.sampled_from(TimeOfDay),
)


@given(st.timedeltas() | DAYS)
def test_an_amount_survives_its_plain_form(amount):
    assert amount_from(amount_to_plain(amount)) == amount


@pytest.mark.parametrize(
    ("plain", "amount"),
    [
        pytest.param("2d", timedelta(hours=48), id="days of clock time"),
        pytest.param("3bd", BusinessDays(3), id="short"),
        pytest.param("1 business day", BusinessDays(1), id="one"),
        pytest.param({"business_days": 2}, BusinessDays(2), id="a table"),
    ],
)
def test_each_form_is_read(plain, amount):
    assert amount_from(plain) == amount


@pytest.mark.parametrize(
    ("plain", "problem"),
    [
        pytest.param(8, "must be a duration", id="a number"),
        pytest.param("soon", "must be a duration", id="a word"),
        pytest.param("half a business day", "write '3 business days'", id="no number of days"),
        pytest.param({"business_days": 1, "days": 2}, "days: is not known here", id="an unknown key"),
    ],
)
def test_what_is_no_amount_is_refused_with_the_way_out(plain, problem):
    with pytest.raises(DefinitionError, match=problem):
        amount_from(plain)
