"""How much work people have, kept in memory: always what a look at every ticket comes to."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.desk import Desk, DeskConfig, InMemoryStore, ManualClock
from itsmkit.errors import ItsmkitError
from itsmkit.practices import Resolution
from itsmkit.practices.routing import LoadWeights
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.testing.faults import Faults, InjectedError, Moment, failing_store
from itsmkit.tickets import Ticket
from itsmkit.tickets.structure import Person, Structure, SupportGroup

PEOPLE = ("ann", "bob", "cas")
OPEN = ("new", "active", "pending")
CONFIG = evolve(
    DeskConfig.standard(),
    structure=Structure(people=map(Person, PEOPLE), groups=[SupportGroup("network", members=PEOPLE)]),
)
WEIGHTS = st.builds(
    LoadWeights,
    priorities=st.just({"P1": 5, "P2": 3}),
    otherwise=st.integers(0, 2),
    pending=st.booleans(),
)


def a_desk(store: Any, seed: int = 1) -> Desk:
    return Desk(CONFIG, store=store, clock=ManualClock(A_MONDAY), random=Random(seed)).acting_as(AN_AGENT)


def loads(desk: Desk, people: Sequence[str], weights: LoadWeights) -> dict[str, int]:
    return dict(desk._runner.loads.loads(people, weights))


def counted(store: InMemoryStore, people: Sequence[str], weights: LoadWeights) -> dict[str, int]:
    """Return the same by a look at every ticket."""
    states = OPEN if weights.pending else ("new", "active")
    every = [each.ticket for each in store.tickets()]
    return {
        person: sum(
            weights.priorities.get(each.priority or "", weights.otherwise)
            for each in every
            if each.assignee == person and each.state_category in states
        )
        for person in people
    }


Work = Callable[[Desk, Ticket, str], object]
DONE: dict[str, Work] = {
    "assign": lambda desk, ticket, person: desk.tickets.assign(
        ticket.id, support_group="network", assignee=person
    ),
    "queue": lambda desk, ticket, _: desk.tickets.assign(ticket.id, support_group="network"),
    "start": lambda desk, ticket, _: desk.tickets.transition(ticket.id, "start"),
    "wait": lambda desk, ticket, _: desk.tickets.transition(ticket.id, "wait", pending_reason="parts"),
    "resume": lambda desk, ticket, _: desk.tickets.transition(ticket.id, "resume"),
    "resolve": lambda desk, ticket, _: desk.tickets.resolve(ticket.id, Resolution("fixed", "Done")),
    "reopen": lambda desk, ticket, _: desk.tickets.transition(ticket.id, "reopen", reason="again"),
    "raise": lambda desk, ticket, _: desk.tickets.describe(ticket.id, impact="high", urgency="high"),
    "comment": lambda desk, ticket, _: desk.tickets.comment(ticket.id, "Look at the plug."),
}


@given(
    steps=st.lists(
        st.tuples(
            st.integers(0, 1),
            st.sampled_from([*DONE, "log"]),
            st.integers(0, 5),
            st.sampled_from(PEOPLE),
            st.sets(st.sampled_from(PEOPLE), max_size=2).map(sorted),
        ),
        max_size=25,
    ),
    weights=WEIGHTS,
    others=WEIGHTS,
)
def test_it_is_what_all_tickets_come_to(
    steps: Sequence[tuple[int, str, int, str, list[str]]], weights: LoadWeights, others: LoadWeights
) -> None:
    store = InMemoryStore()
    desks = [a_desk(store, seed) for seed in (1, 2)]
    logged = [desks[0].incidents.log("No network").id for _ in range(3)]
    for which, work, place, person, asked in steps:
        desk = desks[which]
        if work == "log":
            logged.append(desk.incidents.log("No light").id)
        else:
            ticket = desk.tickets.get(logged[place % len(logged)])
            try:
                DONE[work](desk, ticket, person)
            except ItsmkitError:  # its state does not allow it, and then nothing has happened
                assert desk.tickets.get(ticket.id) == ticket
        for each in desks:
            assert loads(each, asked, weights) == counted(store, asked, weights)
    for each in desks:
        assert loads(each, PEOPLE, others) == counted(store, PEOPLE, others)


def work_of(desk: Desk, person: str, count: int) -> list[Ticket]:
    return [
        desk.tickets.assign(
            desk.incidents.log(f"Printer {number}").id, support_group="network", assignee=person
        )
        for number in range(count)
    ]


def test_many_changes_at_once_are_queried_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itsmkit.desk._load_book._MOST_READ", 4)
    store, weights = InMemoryStore(), LoadWeights()
    desk = a_desk(store)
    work_of(desk, "ann", 2)
    assert loads(desk, PEOPLE, weights) == {"ann": 2, "bob": 0, "cas": 0}
    for ticket in work_of(desk, "ann", 7):
        desk.tickets.assign(ticket.id, assignee="bob")
    assert loads(desk, PEOPLE, weights) == {"ann": 2, "bob": 7, "cas": 0}
    assert loads(desk, ["bob"], weights) == {"bob": 7}


def test_more_than_a_page_of_tickets_and_of_people_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itsmkit.desk._load_book.MAX_PAGE", 2)
    monkeypatch.setattr("itsmkit.desk._load_book._AT_ONCE", 2)
    desk = a_desk(InMemoryStore())
    for count, person in enumerate(PEOPLE, 3):
        work_of(desk, person, count)
    assert loads(desk, PEOPLE, LoadWeights()) == {"ann": 3, "bob": 4, "cas": 5}


@pytest.mark.parametrize("moment", Moment)
def test_what_could_not_be_read_is_read_the_next_time(moment: Moment) -> None:
    store, weights = InMemoryStore(), LoadWeights()
    desk = a_desk(store)
    (ticket,) = work_of(desk, "ann", 1)
    points = 0
    while True:
        faults = Faults()
        reader = a_desk(failing_store(store, faults))
        before = loads(reader, PEOPLE, weights)
        for person in ("bob", "ann"):
            desk.tickets.assign(ticket.id, assignee=person)
        desk.tickets.assign(ticket.id, assignee="cas")
        faults.calls.clear()
        points += 1
        faults.at, faults.moment, faults.error = points, moment, InjectedError
        try:
            loads(reader, PEOPLE, weights)
        except InjectedError:
            assert loads(reader, PEOPLE, weights) == {**before, "ann": 0, "cas": 1}
            desk.tickets.assign(ticket.id, assignee="ann")
        else:
            break
    assert points > 3
