"""The index of the in-memory store finds what going through all tickets finds."""

from datetime import UTC, datetime
from typing import Any

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import Condition, all_of, any_of, equals, holds, one_of, present
from itsmkit.desk import InMemoryStore
from itsmkit.plugin import StoredTicket, TicketQuery
from itsmkit.practices import Occasion, happen, incident_kind
from itsmkit.tickets import SYSTEM, DetailsChanged, Participant, TicketId
from itsmkit.workflow import Workflow, incident_workflow

KIND = incident_kind(Workflow(incident_workflow()))
OCCASION = Occasion(SYSTEM, datetime(2026, 3, 2, 9, tzinfo=UTC))
PEOPLE = ("ann", "bob", "eve", "kim", "sam", "yan")

CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "requester": st.none() | st.sampled_from(PEOPLE),
        "owner": st.none() | st.sampled_from(PEOPLE),
        "support_group": st.none() | st.sampled_from(PEOPLE),
        "participants": st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True).map(
            lambda people: tuple(Participant(each, "watcher") for each in people)
        ),
    },
)
WRITES = st.lists(st.tuples(st.integers(0, 30), CHANGES), max_size=40)
TESTS = st.one_of(
    st.builds(equals, st.sampled_from(["requester", "owner", "title"]), st.sampled_from(PEOPLE)),
    st.builds(lambda who: equals(f"participant.{who}", value=True), st.sampled_from(PEOPLE)),
    st.builds(lambda one, other: one_of("support_group", one, other), *[st.sampled_from((*PEOPLE, 3))] * 2),
    st.just(present("owner")),
)
CONDITIONS = st.recursive(
    TESTS,
    lambda parts: st.one_of(
        st.lists(parts, max_size=3).map(lambda each: all_of(*each)),
        st.lists(parts, max_size=3).map(lambda each: any_of(*each)),
        parts.map(lambda part: ~part),
    ),
    max_leaves=5,
)


def write(store: InMemoryStore, number: int, changes: dict[str, Any]) -> None:
    ticket_id = TicketId(f"t-{number}")
    with store.begin() as unit:
        if unit.history(ticket_id):
            before = unit.ticket(ticket_id).ticket
            decision = happen(before, OCCASION, DetailsChanged({"written": True}))
        else:
            decision = KIND.log(ticket_id, f"INC-{number}", OCCASION, details={"title": "ann"})
        ticket = evolve(decision.ticket, **changes)
        unit.save(StoredTicket(ticket), decision.events, expected=ticket.version - 1)


@given(WRITES, WRITES, st.lists(CONDITIONS, min_size=1, max_size=4), st.integers(1, 5))
def test_it_finds_what_going_through_all_tickets_finds(
    first: list[Any], second: list[Any], conditions: list[Condition], limit: int
) -> None:
    store = InMemoryStore()
    for writes in (first, second):
        for number, changes in writes:
            write(store, number, changes)
        for where in conditions:
            expected = [each for each in store.tickets() if holds(where, each.ticket.facts())]
            assert store.count(where) == len(expected)
            query = TicketQuery(where, limit=limit)
            page = store.find(query)
            found = [*page.tickets]
            while page.next is not None:
                page = store.find(evolve(query, after=page.next))
                found += page.tickets
            assert found == expected
