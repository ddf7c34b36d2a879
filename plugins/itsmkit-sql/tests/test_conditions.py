"""A database answers every condition as `holds` does, on tickets of any content."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from itertools import count
from typing import Any, cast
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite

from itsmkit.conditions import (
    MAX_DEPTH,
    MAX_SIZE,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Membership,
    Not,
    Operator,
    Presence,
    Scalar,
    holds,
)
from itsmkit.errors import DefinitionError
from itsmkit.plugin.documents import DOCUMENTS
from itsmkit.plugin.paging import Kind, SortKey, sort_key
from itsmkit.testing.queries import conditions_of
from itsmkit.tickets import Ticket, TicketId
from itsmkit_sql._conditions import Translation, Unkept
from itsmkit_sql._database import PooledDatabase
from itsmkit_sql._facts import COLUMNS, LONGEST, fact_text, search_columns
from itsmkit_sql._schema import tickets
from itsmkit_sql._texts import escaped, unescaped
from itsmkit_sql._url import Address, address_of

BLANK, LONG = "\u3000" * LONGEST, "é" * (LONGEST - 1)
TEXTS = st.sampled_from(
    ["", " ", "\x1c\x85", "P1", "P2", "p1", "1", "\0", "\1", "\1\0", "\2", "\ud7ff", "\ue000", "𝄞", "'\"\\%"]
) | st.text(st.characters(exclude_categories=["Cs"]), max_size=3)
LONG_TEXTS = st.builds(str.__add__, st.sampled_from([BLANK, LONG, LONG + "\0", "\0" * LONGEST]), TEXTS)
NUMBERS = (
    st.integers(-2, 3)
    | st.sampled_from([0.1, 1.0, -0.0, 1e23, Decimal("0.10"), Decimal("1E+3"), Decimal(1), 10**30, -(10**30)])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.builds(
        lambda digits, power: Decimal(digits).scaleb(power), st.integers(-120, 120), st.integers(-3, 3)
    )
)
BEGIN = datetime(2026, 3, 29, tzinfo=UTC)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=14)), ZoneInfo("Europe/Berlin")])
SOON = st.integers(0, 3).map(lambda hours: BEGIN + timedelta(hours=hours))
INSTANTS = SOON | st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES)  # noqa: DTZ001 - drawn
DURATIONS = (
    st.sampled_from([timedelta(0), timedelta(hours=8), timedelta.min, timedelta.max]) | st.timedeltas()
)
SCALARS: st.SearchStrategy[Scalar] = st.one_of(TEXTS, LONG_TEXTS, st.booleans(), NUMBERS, INSTANTS, DURATIONS)
LITERALS = SCALARS | st.sampled_from(["\ud800", "\udfff", LONG + "\udc00", 10**4000, -(10**4000)])

FIELDS = ["priority", "support_group", "opened_at", "number", "reassignments", "id", "details"]
NAMES = st.sampled_from([*FIELDS, "cost", "due at", 'a."b"\\', "$", "ü%'", "\0", "is_open", "facts"])
NAMES_ASKED = NAMES | st.sampled_from(["\ud800", "nobody has it"])

ANYTHING = st.one_of(
    SCALARS,
    st.none(),
    st.floats(),
    st.decimals(),
    st.datetimes(),
    st.datetimes(timezones=ZONES),
    st.binary(max_size=1),
    st.lists(st.integers(), max_size=1).map(tuple),
    st.frozensets(st.integers(), max_size=1),
    st.dictionaries(st.just("name"), st.none(), max_size=1),
)


def some_tickets() -> st.SearchStrategy[list[Ticket]]:
    """Return tickets that have a few names and values in common, and anything among their details."""
    names = TEXTS | LONG_TEXTS
    ticket = st.builds(
        Ticket,
        id=st.just(TicketId("")),
        kind=st.just("incident"),
        number=st.uuids().map(str) | st.builds(f"{LONG}{{}}".format, st.uuids()),
        version=st.just(1),
        state=names,
        state_category=names,
        opened_at=INSTANTS,
        updated_at=INSTANTS,
        title=st.none() | names,
        priority=st.none() | names,
        support_group=st.none() | names,
        reassignments=st.integers(0, 3) | st.sampled_from([2**53 - 1]),
        details=st.dictionaries(NAMES, ANYTHING, max_size=5),
    )
    return st.lists(ticket, min_size=1, max_size=4)


def some_conditions() -> st.SearchStrategy[Condition]:
    return conditions_of(NAMES_ASKED, LITERALS, max_leaves=12)


@pytest.fixture(scope="module")
def connection(module_url: str) -> Iterator[Connection]:
    """Return a connection to a database with the table of tickets, of each kind."""
    database = PooledDatabase(cast("Address", address_of(module_url)), DOCUMENTS)
    with database.writing() as connection:
        tickets.create(connection)
        yield connection
    database.close()


def found(
    connection: Connection, all_tickets: Sequence[Ticket], asked: Sequence[Condition]
) -> list[set[int]]:
    """Return the indexes of the tickets that a database finds for each of some conditions."""
    translation = Translation(connection.dialect.name == "sqlite")
    rows = [
        {
            "tenant": "acme",
            "id": str(index),
            "place": index,
            "kind": ticket.kind,
            "version": 1,
            "document": "",
            **search_columns(ticket),
        }
        for index, ticket in enumerate(all_tickets)
    ]
    with connection.begin_nested() as transaction:
        connection.execute(insert(tickets), rows)
        answers = [
            set(connection.scalars(select(tickets.c.place).where(Unkept(translation.of(condition)))))
            for condition in asked
        ]
        transaction.rollback()
    return answers


def expected(all_tickets: Sequence[Ticket], asked: Sequence[Condition]) -> list[set[int]]:
    return [
        {index for index, ticket in enumerate(all_tickets) if holds(condition, ticket.facts())}
        for condition in asked
    ]


@settings(max_examples=150, deadline=None)
@given(all_tickets=some_tickets(), asked=st.lists(some_conditions(), min_size=1, max_size=6))
def test_a_database_answers_as_an_interpreter_of_conditions_does(
    connection: Connection, all_tickets: list[Ticket], asked: list[Condition]
) -> None:
    assert found(connection, all_tickets, asked) == expected(all_tickets, asked)


def a_ticket(**fields: Any) -> Ticket:
    given = {"id": TicketId("1"), "kind": "incident", "number": "INC-1", "version": 1, "state": "New"}
    times = {"opened_at": BEGIN, "updated_at": BEGIN + timedelta(hours=1)}
    return Ticket(**{**given, **times, "state_category": "new", **fields})


COUNTED = a_ticket(priority="P1", details={"count": 5, "due": BEGIN})


def balanced(depth: int, counts: Iterator[int]) -> Condition:
    """Return a tree with as many leaves as there can be, each of another answer than its neighbour."""
    if not depth:
        count = next(counts)
        return Comparison("count", Operator.LESS if count % 2 else Operator.EQUALS, count)
    join = AllOf if depth % 2 else AnyOf
    return join([balanced(depth - 1, counts), balanced(depth - 1, counts)])


def chain(depth: int) -> Condition:
    """Return what nests as deeply as it can, and depends on its innermost part."""
    found: Condition = Comparison("count", Operator.EQUALS, 5)
    for level in range(depth - 1):
        match level % 3:
            case 0:
                found = Not(found)
            case 1:
                found = AllOf([Comparison("priority", Operator.LESS, f"P2{level}"), found])
            case _:
                found = AnyOf([found, Presence("nobody has it")])
    return found


LARGE = {
    "deep": lambda: chain(MAX_DEPTH),
    "deep, the other way": lambda: Not(chain(MAX_DEPTH - 1)),
    "balanced": lambda: balanced(12, count()),
    "all of many": lambda: AllOf([Comparison("count", "less", 6 + n) for n in range(MAX_SIZE - 1)]),
    "not any of many long texts": lambda: Not(
        AnyOf([Comparison("priority", "greater", f"{LONG}{n}") for n in range(MAX_SIZE - 2)])
    ),
    "one of many texts": lambda: Membership("priority", [f"P{n}" for n in range(100_000)]),
    "one of many long texts": lambda: Membership("priority", [f"{LONG}{n}" for n in range(100_000)]),
    "one of many instants": lambda: Membership("opened_at", [BEGIN - timedelta(n) for n in range(100_000)]),
    "one of many numbers": lambda: Membership("count", range(100_000)),
    "a number of many digits": lambda: Comparison("count", "less", 10**5000),
}


@pytest.mark.parametrize("large", LARGE.values(), ids=LARGE)
def test_no_condition_is_too_large(connection: Connection, large: Callable[[], Condition]) -> None:
    condition = large()
    assert found(connection, [COUNTED], [condition]) == expected([COUNTED], [condition])


def test_a_field_with_a_column_is_never_of_another_kind(connection: Connection) -> None:
    asked: list[Condition] = [
        Comparison("opened_at", "not_equals", "2026"),
        Comparison("priority", "less", 2),
        Membership("opened_at", ["2026", 5]),
        Membership("priority", [True, BEGIN]),
        Membership("priority", ["P1", True, BEGIN, f"{LONG}a"]),
        Membership("opened_at", ["2026", BEGIN, BEGIN + timedelta(1)]),
    ]
    both = [*asked, *map(Not, asked)]
    assert found(connection, [COUNTED], both) == expected([COUNTED], both)


def test_postgresql_does_not_compile_what_it_runs_once(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        assert connection.scalar(text("SHOW jit")) == "off"


SIGNS = ["", " ", "a", "Z", "\0", "\0\0", "\1", "\1\0", "\2", "\ud7ff", "\ud7ff\1", "\ue000", "𝄞", "\uffff"]


def test_text_is_ordered_by_code_points_in_columns_and_beside_them(connection: Connection) -> None:
    all_tickets = [
        a_ticket(number=f"INC-{n}", priority=sign, details={"of": sign}) for n, sign in enumerate(SIGNS)
    ]
    asked = [
        Comparison(name, each, literal)
        for name in ("priority", "of")
        for each in Operator
        for literal in [*SIGNS, "\ud800", "\udfff", "\ud800\0"]
    ]
    assert found(connection, all_tickets, asked) == expected(all_tickets, asked)


NUMBERS_IN_ORDER = [
    float("-inf"), -(10**400), Decimal("-1.5E+30"), -12, Decimal("-11.99"), -2, -1.5, -1, Decimal("-0.15"),
    -0.1, Decimal("-1E-999999"), 0, Decimal("1E-999999"), 0.1, Decimal("0.15"), 1, 1.5, 2, 10, 12, 2**70,
    1e300, 10**400, Decimal("1E+999999999"), float("inf"),
]  # fmt: skip


def test_numbers_of_any_size_are_ordered_exactly() -> None:
    texts = [fact_text(*cast("SortKey", sort_key(number))) for number in NUMBERS_IN_ORDER]
    assert texts == sorted(texts)
    assert len({*texts}) == len(texts)
    assert fact_text(Kind.NUMBER, 1) == fact_text(Kind.NUMBER, Decimal("1.00"))


@given(numbers=st.lists(NUMBERS, max_size=6))
def test_the_order_of_numbers_is_that_of_their_texts(numbers: list[Any]) -> None:
    keys = [cast("SortKey", sort_key(number)) for number in numbers]
    by_text = sorted(keys, key=lambda key: fact_text(*key))
    assert [key[1] for key in by_text] == sorted(cast("int", key[1]) for key in keys)
    assert len({fact_text(*key) for key in keys}) == len({key[1] for key in keys})


@given(
    texts=st.lists(
        st.text(st.characters() | st.sampled_from("\0\1\2\ud7ff\ud800\udfff"), max_size=4), max_size=6
    )
)
def test_escaped_texts_are_different_and_in_order_and_read_back(texts: list[str]) -> None:
    assert sorted(texts, key=escaped) == sorted(texts)
    for each in texts:
        held = escaped(each)
        assert unescaped(held) == each
        assert "\0" not in held
        held.encode()  # as UTF-8 can


def test_every_searched_column_is_one_of_the_table_and_a_field_of_tickets() -> None:
    fields = {each.name for each in attrs.fields(Ticket)}
    assert {*COLUMNS} <= {*tickets.c.keys()} & fields
    of_their_own = {"tenant", "id", "place", "version", "is_open", "facts", "head", "document"}
    assert {*tickets.c.keys()} - of_their_own == {*COLUMNS}


def test_a_field_that_holds_something_else_is_refused_by_name() -> None:
    odd = a_ticket(priority=3)
    with pytest.raises(DefinitionError, match="ticket INC-1: priority is kept as text, and 3 is none"):
        search_columns(odd)


def test_what_is_no_condition_is_refused() -> None:
    class Stranger(Condition):
        __slots__ = ()

    with pytest.raises(TypeError, match="not a condition of this language: Stranger"):
        Translation(is_sqlite=True).of(Stranger())


def test_values_and_names_are_parameters() -> None:
    asked = AnyOf(
        [
            Comparison("co'st", "equals", "Wagner's"),
            Membership("priority", ["Wagner's", "P1"]),
            Presence("Wagner's"),
            Comparison("priority", "less", f"{LONG}Wagner's"),
        ]
    )
    for is_sqlite in (True, False):
        dialect = sqlite.dialect() if is_sqlite else postgresql.dialect()
        statement = str(Translation(is_sqlite).of(asked).compile(dialect=dialect))
        assert "priority" in statement
        assert not any(each in statement for each in ("Wagner", "co'st", "P1", LONG))
