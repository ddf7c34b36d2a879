from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import strategies as st

from itsmkit.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Facts,
    Membership,
    Not,
    Operator,
    Presence,
    Scalar,
)

# Few names and few values of each kind, so that facts and conditions meet often.
FIELDS = st.sampled_from(["state", "count", "in progress", "a.b"])
ZONES = st.sampled_from(
    [UTC, timezone(timedelta(hours=14)), ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")]
)
TEXTS = st.sampled_from(["", " ", "Active", "active", "1"]) | st.text(max_size=3)
NUMBERS = (
    st.integers(-2, 3)
    | st.sampled_from([0.1, 1.0, -0.0, 1e23, Decimal("0.10"), Decimal("1E+3"), Decimal(1), 10**30])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.decimals(allow_nan=False, allow_infinity=False)
)
INSTANTS = st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=ZONES)  # noqa: DTZ001 - zones are drawn


@pytest.fixture(scope="session")
def scalars() -> st.SearchStrategy[Scalar]:
    return st.one_of(TEXTS, st.booleans(), NUMBERS, INSTANTS, st.timedeltas())


@pytest.fixture(scope="session")
def conditions(scalars: st.SearchStrategy[Scalar]) -> st.SearchStrategy[Condition]:
    equality = st.sampled_from([Operator.EQUALS, Operator.NOT_EQUALS])
    ordered = scalars.filter(lambda value: not isinstance(value, bool))
    tests = st.one_of(
        st.builds(Comparison, FIELDS, equality, scalars),
        st.builds(Comparison, FIELDS, st.sampled_from(Operator), ordered),
        st.builds(Membership, FIELDS, st.lists(scalars, min_size=1, max_size=4)),
        st.builds(Presence, FIELDS),
    )
    return st.recursive(
        tests,
        lambda parts: st.one_of(
            st.builds(AllOf, st.lists(parts, max_size=3)),
            st.builds(AnyOf, st.lists(parts, max_size=3)),
            st.builds(Not, parts),
        ),
        max_leaves=8,
    )


@pytest.fixture(scope="session")
def facts(scalars: st.SearchStrategy[Scalar]) -> st.SearchStrategy[Facts]:
    anything = st.one_of(
        scalars,
        st.none(),
        st.floats(),
        st.decimals(),
        st.datetimes(),
        st.dates(),
        st.binary(max_size=2),
        st.lists(st.integers(), max_size=1),
        st.dictionaries(st.text(max_size=1), st.none(), max_size=1),
        st.builds(object),
    )
    return st.dictionaries(FIELDS, anything)
