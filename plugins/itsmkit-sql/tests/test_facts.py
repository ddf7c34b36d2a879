"""What the columns of a ticket hold is written as far as it differs, and then is as if written anew."""

from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.testing import an_incident
from itsmkit.testing.stored_values import facts, incidents
from itsmkit.tickets import (
    Actor,
    Assigned,
    Commented,
    DetailsChanged,
    Fact,
    StateChanged,
    Ticket,
    TicketEvent,
)
from itsmkit_sql._facts import LONGEST, changed_columns, search_columns

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
LONG = "é" * (LONGEST + 1)
PEOPLE = st.sampled_from([None, "ann", "a" * LONGEST, LONG, LONG + "!"])
MOVES = (
    facts()
    | st.builds(lambda person: DetailsChanged({"requester": person}), PEOPLE)
    | st.builds(Assigned, PEOPLE, PEOPLE)
    | st.builds(lambda value: DetailsChanged({"weight": value}), st.sampled_from([1, True, 1.0, None, []]))
    | st.builds(
        lambda category: StateChanged("New", "Moved", category, "move"),
        st.sampled_from(["new", "active", "closed", "cancelled"]),
    )
)


def after(ticket: Ticket, fact: Fact) -> Ticket:
    """Return the ticket after *fact*."""
    version = ticket.version + 1
    return ticket.after(TicketEvent(ticket.id, version, AT, AT, AT, Actor("ann"), fact))


@given(incidents(), st.lists(MOVES, min_size=1, max_size=4))
def test_what_is_written_over_what_was_there_is_what_would_be_written_anew(
    ticket: Ticket, moves: list[Fact]
) -> None:
    before = ticket
    try:
        for fact in moves:
            ticket = after(ticket, fact)
        kept, anew = search_columns(before), search_columns(ticket)
    except DefinitionError:  # it was logged already, or a field holds what its column is not for
        assume(False)
    written = changed_columns(before, ticket)
    assert {**kept, **written} == anew
    assert [*map(type, {**kept, **written}.values())] == [*map(type, anew.values())]


@given(incidents())
def test_without_a_ticket_before_all_is_written(ticket: Ticket) -> None:
    assert changed_columns(None, ticket) == search_columns(ticket)


@pytest.mark.parametrize(
    ("fact", "written"),
    [
        pytest.param(Commented("Please look.", public=True), {"updated_at"}, id="a comment"),
        pytest.param(
            StateChanged("New", "In Progress", "active", "start"),
            {"updated_at", "state", "state_category"},
            id="a move between open states leaves the indexes of the open ones alone",
        ),
        pytest.param(
            StateChanged("New", "Closed", "closed", "close"),
            {"updated_at", "state", "state_category", "is_open"},
            id="a move that ends the work",
        ),
        pytest.param(
            Assigned("network", None), {"updated_at", "support_group"}, id="the first assignment counts none"
        ),
        pytest.param(DetailsChanged({"weight": 1}), {"updated_at", "facts"}, id="a detail without a column"),
    ],
)
def test_only_what_may_differ_is_written(fact: Fact, written: set[str]) -> None:
    incident = an_incident()
    assert changed_columns(incident, after(incident, fact)).keys() == written
