"""Sort keys and the ends of pages; that pages are right is tested by the contract of stores."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import equals
from itsmkit.conditions._scalars import Kind
from itsmkit.errors import DefinitionError
from itsmkit.plugin import Order, StoredTicket, TicketPage, TicketQuery
from itsmkit.plugin.paging import PageEnd, end_before, end_of, page_of, sort_key, token_of
from itsmkit.testing import an_incident
from itsmkit.testing.queries import orders, ticket_conditions

FACTS = st.one_of(
    st.none(),
    st.text(max_size=3) | st.sampled_from(["\ud800", "\0", "x1f"]),
    st.booleans(),
    st.integers() | st.sampled_from([10**5000, -(10**5000)]),
    st.floats() | st.decimals(allow_nan=True),
    st.datetimes(timezones=st.just(UTC)),
    st.timedeltas(),
    st.lists(st.none()),
)


@given(st.lists(FACTS, max_size=5), st.integers(0, 2**63 - 1), ticket_conditions())
def test_the_end_of_a_page_is_read_as_it_was_written(facts: list[Any], place: int, where: Any) -> None:
    query = TicketQuery(where, [Order(f"fact {n}", n % 2 == 0) for n in range(len(facts))])
    end = PageEnd(tuple(map(sort_key, facts)), place)
    token = token_of(query, end)
    assert token.isascii()
    read = end_before(evolve(query, after=token))
    assert read == end
    assert [key and type(key[1]) for key in end.keys] == [key and type(key[1]) for key in read.keys]


@given(ticket_conditions(), orders(), ticket_conditions(), orders())
def test_the_end_of_a_page_belongs_to_one_query(one: Any, by: Any, other: Any, by_other: Any) -> None:
    first, second = TicketQuery(one, by), TicketQuery(other, by_other)
    token = token_of(first, end_of(first, an_incident(), 7))
    if (one, by) == (other, by_other):
        assert end_before(evolve(second, after=token)) is not None
    else:
        with pytest.raises(DefinitionError, match="of another query"):
            end_before(evolve(second, after=token))


def test_the_limit_may_change_from_page_to_page() -> None:
    tickets = [StoredTicket(an_incident(f"INC-{n}")) for n in range(4)]
    first = page_of(TicketQuery(limit=1), tickets)
    assert page_of(TicketQuery(limit=3, after=first.next), tickets).tickets == tickets[1:]


QUERY = TicketQuery(equals("state", "New"), ["title"])


def forged(**parts: Any) -> str:
    """Return the end of a page of `QUERY` with other parts."""
    token = token_of(QUERY, PageEnd(((Kind.TEXT, "a"),), 7))
    digest, keys, place = json.loads(urlsafe_b64decode(token + "=="))
    whole = {"digest": digest, "keys": keys, "place": place, **parts}
    return urlsafe_b64encode(json.dumps([*whole.values()]).encode()).decode()


def test_behind_the_last_place_of_all_there_is_nothing() -> None:
    query = TicketQuery()
    after = token_of(query, PageEnd((), 2**63 - 1))
    assert page_of(evolve(query, after=after), []) == TicketPage([], None)


def test_a_forged_end_that_could_be_one_is_one() -> None:
    assert end_before(evolve(QUERY, after=forged())) == PageEnd(((Kind.TEXT, "a"),), 7)


@pytest.mark.parametrize(
    "after",
    [
        "",
        "é",
        "\ud800",
        "abc",
        7,
        b"abc",
        urlsafe_b64encode(b"[").decode(),
        urlsafe_b64encode(b"{}").decode(),
        urlsafe_b64encode(b"[" * 100_000).decode(),
        forged(more=1),
        forged(keys=7),
        forged(keys=["t"]),
        forged(keys=[["q", "a"]]),
        forged(keys=[["t", 7]]),
        forged(keys=[["t", True]]),
        forged(keys=[["b", "a"]]),
        forged(keys=[["n", "NaN"]]),
        forged(keys=[["n", "one"]]),
        forged(keys=[["n", 7]]),
        forged(keys=[["n", "x-"]]),
        forged(keys=[["n", "x0F"]]),
        forged(keys=[["n", " 1"]]),
        forged(keys=[["i", "1.5"]]),
        forged(keys=[["d", "one"]]),
        forged(keys=[[{}, "one"]]),
        forged(place="7"),
        forged(place=True),
        forged(place=2**63),
        forged(place=-1),
        forged(place=-5),
    ],
)
def test_what_is_no_end_of_a_page_is_refused(after: Any) -> None:
    with pytest.raises(DefinitionError, match=r"after: .* is no place where a page has ended; give"):
        end_before(evolve(QUERY, after=after))


@pytest.mark.parametrize("after", [forged(digest="0"), forged(keys=[]), forged(keys=[None, None])])
def test_the_end_of_a_page_of_another_query_is_refused(after: str) -> None:
    with pytest.raises(DefinitionError, match="is the end of a page of another query"):
        end_before(evolve(QUERY, after=after))


def test_a_fact_has_the_key_of_its_kind() -> None:
    keys = [sort_key(fact) for fact in ("a", False, 1, 0.1, datetime(1970, 1, 1, tzinfo=UTC), timedelta(1))]
    assert keys == [
        (Kind.TEXT, "a"),
        (Kind.TRUTH, False),
        (Kind.NUMBER, 1),
        (Kind.NUMBER, Decimal("0.1")),
        (Kind.INSTANT, 0),
        (Kind.DURATION, 86_400_000_000),
    ]
