"""Figures of groups: each ticket counts in one, and in the one of its values."""

from collections import Counter

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.desk import Desk, ManualClock
from itsmkit.errors import DefinitionError
from itsmkit.reporting import Attainment, GroupFigures, events_of_kind, grouped_figures
from itsmkit.testing import A_MONDAY, AN_AGENT, an_incident
from itsmkit.tickets import TicketLogged

TICKETS = st.lists(
    st.builds(
        lambda site, flag, state, reopens, moves: evolve(
            an_incident(),
            site=site,
            details={} if flag is None else {"flag": flag},
            state_category=state,
            reopens=reopens,
            reassignments=moves,
        ),
        st.sampled_from([None, "Bonn", "Essen"]),
        st.sampled_from([None, True, 1, "1", [1]]),
        st.sampled_from(["new", "active", "resolved", "cancelled"]),
        st.integers(0, 2),
        st.integers(0, 2),
    ),
    max_size=12,
)


@given(TICKETS)
def test_a_group_is_what_its_tickets_are(tickets):
    def key(ticket):
        flag = ticket.fact("flag")
        return type(flag), repr(flag), ticket.site

    found = grouped_figures([(ticket, {}) for ticket in tickets], ["flag", "site"])
    assert Counter(group.tickets for group in found) == Counter(Counter(map(key, tickets)).values())
    for group in found:
        flag, site = group.values
        mine = [t for t in tickets if key(t) in ((type(flag), repr(flag), site), (list, flag, site))]
        assert group == GroupFigures(
            group.values,
            len(mine),
            sum(t.is_open for t in mine),
            sum(t.reopens > 0 for t in mine),
            sum(t.reassignments == 0 for t in mine),
            {},
        )
    assert [group.tickets for group in found] == sorted((group.tickets for group in found), reverse=True)


def test_a_group_tells_how_often_promises_were_kept():
    clock = ManualClock(A_MONDAY)
    desk = Desk(clock=clock).acting_as(AN_AGENT)
    early, late = desk.questions.log("One", site="Bonn"), desk.questions.log("Two", site="Bonn")
    desk.questions.transition(early.id, "answer", answer="Yes")
    clock.set(A_MONDAY.replace(day=A_MONDAY.day + 14))
    desk.questions.transition(late.id, "answer", answer="No")
    desk.questions.log("Three", site="Essen")
    given_up = desk.questions.log("Four", site="Essen")
    desk.questions.transition(given_up.id, "cancel", cancellation_reason="asked twice")
    bonn, essen = desk.figures("site")
    assert (bonn.values, bonn.attainment) == (
        ("Bonn",),
        {"resolve": Attainment(met=1, breached=1), "respond": Attainment(met=1, breached=1)},
    )
    assert essen.attainment == {"resolve": Attainment(open=1), "respond": Attainment(open=1)}


@pytest.mark.parametrize(
    ("by", "problem"), [([], "by: must name at least one fact"), ("", "by: must be a name")]
)
def test_there_is_something_to_group_by(by, problem):
    with pytest.raises(DefinitionError, match=problem):
        grouped_figures([], by)


def test_the_events_of_a_kind_are_those_of_its_tickets():
    desk = Desk(clock=ManualClock(A_MONDAY)).acting_as(AN_AGENT)
    incident, question = desk.incidents.log("One"), desk.questions.log("Two")
    desk.tickets.comment(question.id, "seen")
    desk.tickets.comment(incident.id, "seen")
    for ticket in (incident, question):
        found = [*events_of_kind(ticket.kind, desk.feed())]
        assert found == [event for event in desk.feed() if event.ticket_id == ticket.id]
        assert isinstance(found[0].fact, TicketLogged)
    assert [*events_of_kind("problem", desk.feed())] == []
