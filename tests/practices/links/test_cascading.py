"""What follows along links: declared, decided ticket by ticket, told in the history of each."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from itsmkit.conditions import equals
from itsmkit.errors import RefusedError
from itsmkit.practices import Decision, Incident, Occasion, assign, happen, incident_kind, transition
from itsmkit.practices.links import (
    STANDARD_LINK_TYPES,
    Cascade,
    Course,
    LinkType,
    Milestone,
    answer,
    cascade_onto,
    courses_of,
    is_still_so,
    link,
    merge,
    was_reached,
)
from itsmkit.testing import A_MONDAY, AN_AGENT, an_incident, an_incident_logged
from itsmkit.tickets import (
    SYSTEM,
    CascadeAnswered,
    Cascaded,
    Commented,
    DetailsChanged,
    StateChanged,
    StateCorrected,
    Ticket,
    TicketEvent,
    TicketId,
)

WORKFLOW = incident_kind().workflow
LATER = Occasion(SYSTEM, A_MONDAY + timedelta(hours=2))


def a_cascade(**options: Any) -> Cascade:
    values = {"name": "resolve", "do": "transition", "on_category": "resolved", "trigger": "resolve"}
    return Cascade(**(values | {"carries": ["resolution"]} | options))


def a_type(*cascades: Cascade) -> LinkType:
    return LinkType("parent_of", "child_of", is_acyclic=True, cascades=cascades)


def at_work(number: str) -> Decision[Ticket]:
    """Return an incident on which somebody works."""
    logged = an_incident_logged(number)
    given = assign(logged.ticket, Occasion(AN_AGENT, A_MONDAY), support_group="Network", assignee="ann")
    started = transition(given.ticket, WORKFLOW, "start", Occasion(AN_AGENT, A_MONDAY))
    return Decision(None, logged.steps + given.steps + started.steps)  # type: ignore[return-value]  # an incident


def resolved(ticket: Ticket) -> Decision[Ticket]:
    return transition(ticket, WORKFLOW, "resolve", LATER, {"resolution": "a new cable"})


def parent_and_child(link_type: LinkType) -> tuple[Ticket, Ticket]:
    pair = link(
        at_work("INC-1").ticket,
        "parent_of",
        at_work("INC-2").ticket,
        LATER,
        link_types=[link_type],
        ticket_of=lambda _: an_incident("INC-0"),
    )
    return pair[0].ticket, pair[1].ticket


@pytest.mark.parametrize(
    ("options", "moved", "begins"),
    [
        pytest.param({}, StateChanged("a", "b", "resolved", "x"), True, id="by a category"),
        pytest.param({}, StateCorrected("a", "b", "resolved", ()), True, id="by a category, corrected"),
        pytest.param({}, StateChanged("a", "b", "closed", "resolve"), False, id="another category"),
        pytest.param(
            {"on_category": "active"}, StateChanged("a", "b", "active", "x"), False, id="a category it was in"
        ),
        pytest.param(
            {"on_category": None, "on_trigger": "x"},
            StateChanged("a", "b", "active", "x"),
            True,
            id="by a trigger",
        ),
        pytest.param(
            {"on_category": None, "on_trigger": "x"},
            StateChanged("a", "b", "active", "y"),
            False,
            id="another trigger",
        ),
        pytest.param(
            {"on_category": None, "on_trigger": "x"},
            StateCorrected("a", "b", "active", ()),
            False,
            id="no trigger",
        ),
        pytest.param({}, DetailsChanged({"state": "x"}), False, id="no move"),
        pytest.param(
            {"from_target": True}, StateChanged("a", "b", "resolved", "x"), False, id="the other way"
        ),
    ],
)
def test_a_cascade_begins_with_what_was_declared(options: dict[str, Any], moved: Any, begins: bool) -> None:
    link_type = a_type(a_cascade(**options))
    parent, _ = parent_and_child(link_type)
    decision = happen(parent, LATER, moved)
    expected = [Course(link_type, link_type.cascades[0], parent.version + 1)] if begins else []
    assert [*courses_of([*STANDARD_LINK_TYPES, link_type], decision)] == expected


def test_it_begins_at_the_end_from_which_it_goes() -> None:
    link_type = a_type(a_cascade(from_target=True))
    _, child = parent_and_child(link_type)
    (course,) = courses_of([link_type], resolved(child))
    assert course.goals(child, lambda _: child) == (TicketId("ticket-INC-1"),)


def test_nothing_begins_without_links_nor_with_a_logging() -> None:
    link_type = a_type(a_cascade())
    assert [*courses_of([link_type], resolved(at_work("INC-1").ticket))] == []
    assert [*courses_of([link_type], at_work("INC-1"))] == []


def test_what_went_on_in_a_ticket_has_its_links_followed() -> None:
    link_type = a_type(a_cascade())
    parent, child = parent_and_child(link_type)
    gone, took_over = merge(
        parent, at_work("INC-3").ticket, LATER, link_types=[link_type], ticket_of=lambda _: child
    )
    (course,) = courses_of([link_type], resolved(took_over.ticket))
    assert course.goals(took_over.ticket, lambda _: gone.ticket) == (child.id,)


def test_a_milestone_stands_in_the_name_of_a_timer() -> None:
    link_type = a_type(a_cascade())
    course = Course(link_type, link_type.cascades[0], 7)
    name = course.timer_name("a:b")
    assert name == "cascade:parent_of:resolve:7:a:b"
    milestone = Milestone.of_timer(name)
    assert milestone == Milestone("parent_of", "resolve", 7, "a:b")
    assert milestone.course([*STANDARD_LINK_TYPES, link_type]) == course
    assert milestone.course(STANDARD_LINK_TYPES) is None
    assert milestone.course([a_type(a_cascade(name="other"))]) is None
    assert Milestone.of_timer("resolve") is None


def test_a_child_is_resolved_as_its_parent_was() -> None:
    link_type = a_type(a_cascade(carries=["resolution", "site"]))
    parent, child = parent_and_child(link_type)
    decision = resolved(parent)
    (course,) = courses_of([link_type], decision)
    reaching = course.reaching(decision.ticket)
    assert reaching.details == {"resolution": "a new cable"}
    reached = cascade_onto(child, course, reaching, WORKFLOW, LATER)
    assert [each.fact for each in reached.events] == [
        Cascaded(
            "parent_of", "resolve", parent.id, decision.ticket.version, details={"resolution": "a new cable"}
        ),
        StateChanged("In Progress", "Resolved", "resolved", "resolve", {"resolution": "a new cable"}),
    ]
    assert reached.before == child
    assert was_reached(reached.events, reaching)
    assert not was_reached(reached.events, evolve(reaching, sequence=1))


def reach(child: Ticket, **options: Any) -> Decision[Ticket]:
    link_type = a_type(a_cascade(**options))
    course = Course(link_type, link_type.cascades[0], 9)
    return cascade_onto(child, course, course.reaching(at_work("INC-9").ticket), WORKFLOW, LATER)


@pytest.mark.parametrize(
    ("changes", "options"),
    [
        pytest.param({"state_category": "closed"}, {}, id="a closed one"),
        pytest.param({"state_category": "cancelled", "merged_into": "x"}, {}, id="a merged one"),
        pytest.param({}, {"when": equals("priority", "P1")}, id="one that it is not meant for"),
    ],
)
def test_some_are_left_alone(changes: dict[str, Any], options: dict[str, Any]) -> None:
    child = evolve(at_work("INC-2").ticket, **changes)
    assert reach(child, **options) == Decision(child, ())


def test_a_child_that_cannot_go_along_refuses() -> None:
    with pytest.raises(RefusedError, match="resolution"):
        reach(at_work("INC-2").ticket, carries=[])


def test_a_comment_is_for_the_requester() -> None:
    reached = reach(at_work("INC-2").ticket, do="comment", trigger=None, text="We found the cause.")
    assert [each.fact for each in reached.events] == [
        Cascaded("parent_of", "resolve", TicketId("ticket-INC-9"), 9, "We found the cause."),
        Commented("We found the cause.", public=True),
    ]


def asked() -> tuple[Ticket, tuple[TicketEvent, ...]]:
    child = at_work("INC-2")
    reached = reach(child.ticket, do="ask", text="Does it work again?", trigger="start", carries=["assignee"])
    assert [each.fact for each in reached.events] == [
        Cascaded(
            "parent_of",
            "resolve",
            TicketId("ticket-INC-9"),
            9,
            "Does it work again?",
            "start",
            {"assignee": "ann"},
        )
    ]
    return reached.ticket, child.events + reached.events


@pytest.mark.parametrize(("accepted", "reason"), [(True, None), (False, "still dark")])
def test_what_was_asked_is_answered_once(accepted: bool, reason: str | None) -> None:
    child, history = asked()
    child = evolve(child, state="Assigned")
    answered = answer(child, history, WORKFLOW, LATER, accepted=accepted, reason=reason)
    assert answered.events[0].fact == CascadeAnswered(child.version, accepted, reason)
    moves = [each.fact.trigger for each in answered.events if isinstance(each.fact, StateChanged)]
    assert moves == ["start"] * accepted
    assert answered.before == child
    with pytest.raises(
        RefusedError, match="cannot answer for INC-2: nothing is asked of it that was not answe"
    ):
        answer(answered.ticket, history + answered.events, WORKFLOW, LATER, accepted=True)


def test_an_answer_that_the_workflow_forbids_is_refused() -> None:
    child, history = asked()
    with pytest.raises(RefusedError):
        answer(evolve(child, state="Closed"), history, WORKFLOW, LATER, accepted=True)


def test_what_did_not_ask_needs_no_answer() -> None:
    reached = reach(at_work("INC-2").ticket, carries=[], do="comment", trigger=None, text="Found.")
    with pytest.raises(RefusedError, match="nothing is asked of it"):
        answer(reached.ticket, reached.events, WORKFLOW, LATER, accepted=True)


def test_what_was_taken_back_goes_on_no_more() -> None:
    parent, _ = parent_and_child(a_type(a_cascade()))
    done = resolved(parent)
    event = done.events[-1]
    assert is_still_so(done.ticket, event)
    closed = transition(done.ticket, WORKFLOW, "close", LATER)
    assert is_still_so(closed.ticket, event)
    reopened = transition(done.ticket, WORKFLOW, "reopen", LATER)
    assert not is_still_so(reopened.ticket, event)
    assert is_still_so(reopened.ticket, reopened.events[-1])
    assert isinstance(parent, Incident)
