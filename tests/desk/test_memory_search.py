"""What the in-memory store finds by indexes is what a look at each ticket finds."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import Condition, Membership, equals
from itsmkit.desk import InMemoryStore
from itsmkit.desk.memory._search import MOST_ORDERS, ORDERED, _Sorted
from itsmkit.plugin import Order, StoredTicket, TicketQuery
from itsmkit.plugin.paging import page_of, where_holds
from itsmkit.testing import A_MONDAY, an_incident
from itsmkit.testing.queries import conditions_of
from itsmkit.tickets import Link, Participant, Ticket, TicketId

HOUR = timedelta(hours=1)
FIELDS = ["state_category", "requester", "priority", "updated_at", "reassignments", "colour"]
PARTS = ["tag.red", "participant.ann", "link.parent_of"]
VALUES: list[Any] = ["new", "active", "ann", "P1", "red", 1, 1.0, True, False, A_MONDAY]


def conditions() -> st.SearchStrategy[Condition]:
    return conditions_of(st.sampled_from(FIELDS + PARTS), st.sampled_from(VALUES), max_leaves=6)


def orders() -> st.SearchStrategy[list[Order]]:
    return st.lists(
        st.builds(Order, st.sampled_from([*FIELDS, "tag.red"]), st.booleans()),
        unique_by=lambda order: order.field,
        max_size=2,
    )


def drawn(dice: Random, number: int) -> Ticket:
    """Return the ticket of a number as it is at some time."""
    ann = Participant("ann", "expert")
    return evolve(
        an_incident(f"INC-{number}"),
        state_category=dice.choice(["new", "active", "closed"]),
        requester=dice.choice(["ann", "bob", None]),
        priority=dice.choice(["P1", "P2", None]),
        updated_at=A_MONDAY + HOUR * dice.randrange(4),
        reassignments=dice.randrange(3),
        tags=dice.choice([(), ("red",), ("blue", "red")]),
        participants=dice.choice([(), (ann, Participant("ann", "watcher"))]),
        links=dice.choice([(), (Link("parent_of", True, TicketId("x")),)]),
        details=dice.choice([{}, {"tag.red": "yes"}, {"tag.red": True}, {"colour": "red"}]),
    )


def save(store: InMemoryStore, ticket: Ticket, *, is_new: bool) -> None:
    with store.begin() as unit:
        expected = 0 if is_new else unit.ticket(ticket.id).ticket.version
        unit.save(StoredTicket(evolve(ticket, version=expected + 1)), [], expected=expected)


@given(
    st.lists(st.builds(TicketQuery, conditions(), orders(), st.integers(1, 3)), min_size=1, max_size=3),
    st.lists(st.integers(0, 8), max_size=16),
    st.integers(),
)
def test_what_is_found_by_indexes_is_what_a_look_at_each_finds(
    queries: list[TicketQuery], numbers: list[int], seed: int
) -> None:
    store, dice = InMemoryStore(), Random(seed)
    for done, number in enumerate(numbers):
        save(store, drawn(dice, number), is_new=number not in numbers[:done])
        for query in queries:
            every = store.tickets()
            assert store.count(query.where) == sum(1 for _ in where_holds(query.where, enumerate(every)))
            page = store.find(query)
            assert page == page_of(query, every)
            while page.next is not None:
                following = evolve(query, after=page.next)
                page = store.find(following)
                assert page == page_of(following, every)


@pytest.mark.parametrize("name", PARTS)
def test_parts_are_found_as_they_come_and_go(name: str) -> None:
    store, dice = InMemoryStore(), Random(3)
    query = TicketQuery(equals(name, True))
    for number in (0, 1, 2, *dice.choices(range(3), k=60)):
        is_new = not any(stored.ticket.number == f"INC-{number}" for stored in store.tickets())
        save(store, drawn(dice, number), is_new=is_new)
        assert store.find(query) == page_of(query, store.tickets())


def test_a_page_of_many_is_what_a_look_at_each_finds() -> None:
    store, dice = InMemoryStore(), Random(7)
    categories, people = ["new", "active", *["closed"] * 30], [f"p{n}" for n in range(40)]

    def one(number: int) -> Ticket:
        return evolve(
            drawn(dice, number),
            state_category=dice.choice(categories),
            requester=dice.choice(people),
            updated_at=A_MONDAY + HOUR * dice.randrange(500),
        )

    for number in range(600):
        save(store, one(number), is_new=True)
    newest = (Order("updated_at", descending=True),)
    queries = [
        TicketQuery(~Membership("state_category", ["closed"]) & equals("requester", "p1"), newest, 3),
        TicketQuery(~equals("state_category", "closed"), newest, 20),
        TicketQuery(~equals("state_category", "new"), newest, 20),
        TicketQuery(equals("requester", "p2"), Order("requester"), 5),
    ]
    for number in range(600):
        if number % 200 == 0:
            for query in queries:
                assert store.find(query) == page_of(query, store.tickets())
        save(store, one(number), is_new=False)
    for field in sorted(ORDERED)[: MOST_ORDERS + 1]:  # one order more than is kept
        query = TicketQuery(order_by=[Order(field), Order("updated_at", descending=field == "category")])
        assert store.find(query) == page_of(query, store.tickets())


@given(st.integers(0, 20), st.integers(0, 60), st.integers())
def test_positions_stay_in_their_order(count: int, more: int, seed: int) -> None:
    dice = Random(seed)
    there = [(dice.randrange(9), place) for place in range(count)]
    positions = _Sorted(there, length=3)
    for place in range(count, count + more):
        if there and dice.random() < 0.4:
            positions.remove(there.pop(dice.randrange(len(there))))
        else:
            there.append((dice.randrange(9), place))
            positions.add(there[-1])
    ordered = sorted(there)
    assert [*positions.places(None)] == [place for _, place in ordered]
    for behind in [(-1, 0), (4, count), (9, 0), *ordered]:
        assert [*positions.places(behind)] == [each[1] for each in ordered if each > behind]
