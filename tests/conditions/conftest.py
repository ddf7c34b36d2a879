from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import strategies as st

from itsmkit.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    FactKind,
    Facts,
    FactSchema,
    FactType,
    Membership,
    Not,
    Operator,
    Presence,
    Scalar,
)
from itsmkit.testing.queries import conditions_of

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


class Hostile:
    """Whatever is asked of it, it raises."""

    def _raise(self, *_: object) -> bool:
        raise RuntimeError

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _raise
    __hash__ = __bool__ = __len__ = __iter__ = __getattr__ = _raise
    __repr__ = __str__ = __format__ = _raise
    __class__ = property(_raise)


class HostileText(str):
    __slots__ = ()

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = Hostile._raise
    __hash__ = __str__ = __repr__ = __format__ = strip = Hostile._raise


class HostileNumber(int):
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __int__ = __hash__ = Hostile._raise
    __repr__ = __str__ = __format__ = Hostile._raise


class HostileZone(tzinfo):
    def utcoffset(self, _: datetime | None) -> timedelta:
        raise RuntimeError


def of_a_hostile_type() -> object:
    methods = {"__name__": property(Hostile._raise), "__hash__": Hostile._raise, "__eq__": Hostile._raise}
    return type("HostileMeta", (type,), methods)("", (), {})()


HOSTILE = {
    "raises whatever is asked": Hostile,
    "text that raises": lambda: HostileText("Active"),
    "a number that raises": lambda: HostileNumber(3),
    "a zone that raises": lambda: datetime(2026, 1, 1, tzinfo=HostileZone()),
    "a type that raises": of_a_hostile_type,
    "signalling NaN": lambda: Decimal("sNaN"),
    "a huge exponent": lambda: Decimal("1E+999999999"),
    "a huge number": lambda: 10**5000,
    "before the first year": lambda: datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
    "unhashable": lambda: {"unhashable": []},
    "a type": lambda: type,
}


@pytest.fixture(params=HOSTILE)
def hostile_fact(request: pytest.FixtureRequest) -> object:
    return HOSTILE[request.param]()


@pytest.fixture(scope="session")
def scalars() -> st.SearchStrategy[Scalar]:
    return st.one_of(TEXTS, st.booleans(), NUMBERS, INSTANTS, st.timedeltas())


@pytest.fixture(scope="session")
def conditions(scalars: st.SearchStrategy[Scalar]) -> st.SearchStrategy[Condition]:
    return conditions_of(FIELDS, scalars, max_leaves=8)


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


OF_KIND = {
    "text": st.sampled_from(["Active", "active", "1"]) | st.text(min_size=1, max_size=3).filter(str.strip),
    "truth": st.booleans(),
    "number": NUMBERS,
    "instant": INSTANTS,
    "duration": st.timedeltas(),
    "collection": st.lists(st.integers(), min_size=1, max_size=2),
}


def _unique(value: object) -> object:
    return Decimal(str(value)) if type(value) in (int, float, Decimal) else value


@st.composite
def _fact_types(draw: st.DrawFn) -> FactType:
    kind = draw(st.sampled_from(FactKind))
    choices = None
    if kind not in (FactKind.TRUTH, FactKind.COLLECTION) and draw(st.booleans()):
        choices = draw(st.lists(OF_KIND[kind], min_size=1, max_size=3, unique_by=_unique))
    return FactType(kind, choices=choices, optional=draw(st.booleans()))


@pytest.fixture(scope="session")
def schemas() -> st.SearchStrategy[FactSchema]:
    return st.dictionaries(FIELDS, _fact_types()).map(FactSchema)


@pytest.fixture(scope="session")
def conforming_facts() -> Callable[[FactSchema], st.SearchStrategy[Facts]]:
    """Return the strategy of facts in which nothing departs from a schema."""

    def values(found: FactType) -> st.SearchStrategy[object]:
        return OF_KIND[found.kind] if found.choices is None else st.sampled_from(found.choices)

    def facts(schema: FactSchema) -> st.SearchStrategy[Facts]:
        types = schema.types.items()
        return st.fixed_dictionaries(
            {name: values(found) for name, found in types if not found.optional},
            optional={name: st.none() | values(found) for name, found in types if found.optional},
        )

    return facts


@pytest.fixture(scope="session")
def nearly_typed(
    scalars: st.SearchStrategy[Scalar],
) -> Callable[[FactSchema], st.SearchStrategy[Condition]]:
    """Return the strategy of conditions that mostly, but not always, fit a schema."""

    def test(draw: st.DrawFn, schema: FactSchema) -> Condition:
        field = draw(st.sampled_from([*schema.types, *schema.types, *schema.types, "state"]))
        found = schema.types.get(field, FactType("text"))
        values = OF_KIND[found.kind] if found.choices is None else st.sampled_from(found.choices)
        fitting = scalars if found.kind is FactKind.COLLECTION else values
        value = draw(st.one_of(fitting, fitting, fitting, scalars))
        equality = [Operator.EQUALS, Operator.NOT_EQUALS]
        match draw(st.sampled_from(["compared", "compared", "one of", "present"])):
            case "present":
                return Presence(field)
            case "one of":
                return Membership(field, [value, draw(fitting)])
        operators = equality if isinstance(value, bool) else [*Operator, *equality]
        return Comparison(field, draw(st.sampled_from(operators)), value)

    def conditions(schema: FactSchema) -> st.SearchStrategy[Condition]:
        tests = st.composite(test)(schema)
        return tests | st.one_of(
            st.lists(tests, max_size=3).map(AllOf),
            st.lists(tests, max_size=3).map(AnyOf),
            tests.map(Not),
            st.lists(tests.map(Not), max_size=2).map(AnyOf).map(Not),
        )

    return conditions
