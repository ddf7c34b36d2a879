"""Tickets found by conditions, page by page."""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import ALWAYS, Condition, equals, holds, less, present
from itsmkit.errors import DefinitionError
from itsmkit.plugin import Order, Store, StoredTicket, TicketQuery
from itsmkit.plugin.paging import sort_key
from itsmkit.practices import Incident, Occasion, happen
from itsmkit.testing.builders import A_MONDAY, AN_AGENT, an_incident_logged
from itsmkit.testing.contracts.steps import save, saved
from itsmkit.testing.queries import orders, ticket_conditions, ticket_details
from itsmkit.tickets import DetailsChanged

__all__ = ["QueryContract"]


class QueryContract:
    """A store answers for every condition and every order what the tickets' own facts answer."""

    def test_the_pages_are_the_tickets_for_which_the_condition_holds_sorted(self, store: Store) -> None:
        places = count()

        @given(st.lists(ticket_details(), max_size=6), ticket_conditions(), orders(), st.integers(1, 4))
        def asked(details: list[dict[str, Any]], where: Condition, order_by: list[Order], limit: int) -> None:
            place = store.of_tenant(f"place {next(places)}")
            _log(place, details)
            expected = _sorted(
                [each for each in place.tickets() if holds(where, each.ticket.facts())], order_by
            )
            query = TicketQuery(where, order_by, limit)
            pages = [*_pages(place, query)]
            assert [stored for page in pages for stored in page] == expected
            assert all(len(page) == limit for page in pages[:-1])
            assert len(pages[-1]) <= limit
            assert place.count(where) == len(expected)

        asked()

    def test_a_page_that_is_just_full_is_the_last_one(self, store: Store) -> None:
        for n in range(4):
            saved(store, f"INC-{n}")
        page = store.find(TicketQuery(limit=2))
        assert page.next is not None
        last = store.find(TicketQuery(limit=2, after=page.next))
        assert (_numbers(page.tickets), _numbers(last.tickets)) == (["INC-0", "INC-1"], ["INC-2", "INC-3"])
        assert last.next is None
        assert store.find(TicketQuery(equals("number", "none"))) == ([], None)

    def test_what_is_missing_comes_last_whichever_way_is_sorted(self, store: Store) -> None:
        _log(store, [{}, {"cost": 2}, {"cost": ("no", "kind")}, {"cost": "two"}, {"cost": 10}])
        up, down = (
            _numbers(store.find(TicketQuery(order_by=[Order("cost", descending)])).tickets)
            for descending in (False, True)
        )
        assert up == ["INC-3", "INC-1", "INC-4", "INC-0", "INC-2"]
        assert down == ["INC-4", "INC-1", "INC-3", "INC-0", "INC-2"]

    def test_what_one_fact_leaves_open_the_next_decides_and_then_the_first_save(self, store: Store) -> None:
        _log(
            store,
            [{"cost": cost, "title": title} for cost, title in ((1, "b"), (2, "b"), (2, "a"), (1, "a"))],
        )
        _log(store, [{"cost": 2, "title": "a"}], "LATER")
        query = TicketQuery(order_by=[Order("cost", descending=True), "title"], limit=2)
        found = [stored for page in _pages(store, query) for stored in page]
        assert _numbers(found) == ["INC-2", "LATER-0", "INC-1", "INC-3", "INC-0"]

    def test_text_is_compared_by_code_points(self, store: Store) -> None:
        texts = [
            "10",
            "9",
            "B",
            "Red",
            "a",
            "red",
            "z",
            "\u00c4",
            "\u00e9",
            "e\u0301",
            "\uffff",
            "\U0001f600",
        ]
        _log(store, [{"title": text} for text in texts])
        for descending in (False, True):
            found = store.find(TicketQuery(order_by=[Order("title", descending)])).tickets
            assert [stored.ticket.title for stored in found] == sorted(texts, reverse=descending)
        for text in texts:
            found = store.find(TicketQuery(equals("title", text))).tickets
            assert [stored.ticket.title for stored in found] == [text]
            assert store.count(less("title", text)) == sorted(texts).index(text)

    @pytest.mark.parametrize("order_by", [(), ("title",), (Order("cost", descending=True), "title")])
    def test_what_happens_between_two_pages_moves_nothing_else(self, store: Store, order_by: Any) -> None:
        _log(store, [{"cost": n % 3, "title": f"title {n % 5}"} for n in range(12)])
        query = TicketQuery(order_by=order_by, limit=3)
        whole = _numbers([stored for page in _pages(store, evolve(query, limit=100)) for stored in page])
        seen: list[str] = []
        changed: set[str] = set()
        for turn, page in enumerate(_pages(store, query)):
            seen += _numbers(page)
            if turn < 3:
                # The last one goes elsewhere, and others come before and behind it.
                changed.add(page[-1].ticket.number)
                _retitle(store, page[-1], "title 9" if turn % 2 else "a title")
                _log(store, [{"cost": 9, "title": "a"}, {"cost": -9, "title": "z"}], f"NEW-{turn}")
        old = [number for number in seen if number.startswith("INC") and number not in changed]
        assert old == [number for number in whole if number not in changed]

    @pytest.mark.parametrize(
        "other",
        [
            pytest.param({"where": equals("state", "New")}, id="another condition"),
            pytest.param({"order_by": ["number"]}, id="no order, then one"),
            pytest.param({"order_by": [Order("title", descending=True)]}, id="another direction"),
            pytest.param({"after": ""}, id="empty"),
            pytest.param({"after": "elsewhere"}, id="no token"),
        ],
    )
    def test_the_end_of_a_page_is_good_for_its_own_query_only(self, store: Store, other: Any) -> None:
        _log(store, [{"title": "a"}, {"title": "b"}])
        query = TicketQuery(order_by=["title"], limit=1)
        after = store.find(query).next
        assert after is not None
        with pytest.raises(DefinitionError, match=r"after: .*with the same where and order_by"):
            store.find(evolve(query, **{"after": after, **other}))
        assert _numbers(store.find(evolve(query, limit=7, after=after)).tickets) == ["INC-1"]

    def test_what_a_unit_of_work_has_changed_is_found_as_it_is_now(self, store: Store) -> None:
        _log(store, [{"title": "before", "cost": 1}])
        (stored,) = store.tickets()
        _retitle(store, stored, "after")
        assert store.count(equals("title", "before")) == 0
        assert _numbers(store.find(TicketQuery(equals("title", "after") & present("cost"))).tickets) == [
            "INC-0"
        ]
        assert store.count(ALWAYS) == 1


def _log(store: Store, details: Iterable[dict[str, Any]], prefix: str = "INC") -> None:
    with store.begin() as unit:
        for n, each in enumerate(details):
            save(unit, an_incident_logged(f"{prefix}-{n}", details=each), expected=0)


def _retitle(store: Store, stored: StoredTicket, title: str) -> None:
    incident = stored.ticket
    assert isinstance(incident, Incident)
    decision = happen(incident, Occasion(AN_AGENT, A_MONDAY), DetailsChanged({"title": title}))
    with store.begin() as unit:
        save(unit, decision, expected=incident.version)


def _pages(store: Store, query: TicketQuery) -> Iterator[list[StoredTicket]]:
    while True:
        page = store.find(query)
        yield [*page.tickets]
        if page.next is None:
            return
        query = evolve(query, after=page.next)


def _sorted(tickets: list[StoredTicket], order_by: list[Order]) -> list[StoredTicket]:
    """Sort by one fact after the other, the last first: each sorting leaves what is equal as it was."""
    for order in reversed(order_by):
        keyed = [(sort_key(each.ticket.facts().get(order.field)), each) for each in tickets]
        known = [(key, each) for key, each in keyed if key is not None]
        known.sort(key=lambda pair: (_KINDS.index(pair[0][0].value), pair[0][1]), reverse=order.descending)
        tickets = [each for _, each in known] + [each for key, each in keyed if key is None]
    return tickets


_KINDS = ["text", "true or false", "number", "instant", "duration"]


def _numbers(tickets: Iterable[StoredTicket]) -> list[str]:
    return [stored.ticket.number for stored in tickets]
