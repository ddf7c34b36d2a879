from collections.abc import Callable

import pytest
from attrs import evolve

from itsmkit.conditions import equals
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices import (
    Effect,
    Incident,
    Occasion,
    assign,
    comment,
    describe,
    prioritise,
    transition,
)
from itsmkit.practices.decision import unchanged
from itsmkit.tickets import (
    STANDARD_PRIORITIES,
    Actor,
    Assigned,
    Commented,
    DetailsChanged,
    Fact,
    Prioritised,
    StateChanged,
)
from itsmkit.workflow import (
    Guard,
    State,
    Transition,
    TransitionRefusedError,
    UnknownStateError,
    Workflow,
    WorkflowDefinition,
    incident_workflow,
)

Occasions = Callable[..., Occasion]


WORKFLOW = Workflow(incident_workflow())


# -- moves -------------------------------------------------------------------------------------------


def test_a_move_is_a_fact_with_what_was_handed_in(incident: Incident, occasion: Occasions) -> None:
    assigned = evolve(incident, state="Assigned", state_category="active")
    details = {"resolution": "restarted", "service": "Mail"}
    decision = transition(assigned, WORKFLOW, "resolve", occasion(), details)
    (event,) = decision.events
    assert event.fact == StateChanged("Assigned", "Resolved", "resolved", "resolve", details)
    assert (decision.ticket.state, decision.ticket.state_category) == ("Resolved", "resolved")
    assert (decision.ticket.resolution, decision.ticket.service) == ("restarted", "Mail")


def test_a_category_is_recorded_as_plain_text(incident: Incident, occasion: Occasions) -> None:
    decision = transition(incident, WORKFLOW, "cancel", occasion(), {"cancellation_reason": "a duplicate"})
    assert type(decision.ticket.state_category) is str


@pytest.mark.parametrize(
    ("before", "details", "facts"),
    [
        pytest.param(
            (None, None),
            {"support_group": "Network"},
            [Assigned("Network"), StateChanged("New", "Assigned", "active", "assign")],
            id="to a group",
        ),
        pytest.param(
            (None, None),
            {"support_group": "Network", "assignee": "ann", "note": "urgent"},
            [
                Assigned("Network", "ann"),
                StateChanged("New", "Assigned", "active", "assign", {"note": "urgent"}),
            ],
            id="to a person in it, with a note",
        ),
        pytest.param(
            ("Network", "ann"),
            {"support_group": "Network"},
            [StateChanged("New", "Assigned", "active", "assign")],
            id="where it is already",
        ),
        pytest.param(
            ("Network", "ann"),
            {"support_group": "Desktop"},
            [Assigned("Desktop"), StateChanged("New", "Assigned", "active", "assign")],
            id="to another group, whose queue it joins",
        ),
        pytest.param(
            ("Network", "ann"),
            {"assignee": "bob"},
            [Assigned("Network", "bob"), StateChanged("New", "Assigned", "active", "assign")],
            id="to another person of the group",
        ),
    ],
)
def test_a_move_that_is_told_whom_to_give_the_work_to_gives_it_first(
    incident: Incident,
    occasion: Occasions,
    before: tuple[str | None, str | None],
    details: dict[str, object],
    facts: list[Fact],
) -> None:
    ticket = evolve(incident, support_group=before[0], assignee=before[1])
    decision = transition(ticket, WORKFLOW, "assign", occasion(), details)
    assert [event.fact for event in decision.events] == facts


def test_the_guards_see_whom_the_work_was_given_to(incident: Incident, occasion: Occasions) -> None:
    ticket = evolve(incident, support_group="Network", assignee="ann")
    with pytest.raises(TransitionRefusedError, match="assignee is missing"):
        transition(ticket, WORKFLOW, "start", occasion(), {"support_group": "Desktop"})


def test_the_guards_see_who_acts(incident: Incident, occasion: Occasions) -> None:
    by_hand = Guard("by hand", equals("automated", value=False), "a program may not do that")
    by_ann = Guard("by ann", equals("actor", "ann"), "only ann may do that")
    workflow = Workflow(
        WorkflowDefinition(
            "small",
            initial="New",
            states=[State("New", "new"), State("Done", "closed")],
            transitions=[Transition("finish", "New", "Done", guards=(by_hand, by_ann))],
        )
    )
    assert transition(incident, workflow, "finish", occasion()).ticket.state == "Done"
    with pytest.raises(TransitionRefusedError) as caught:
        transition(incident, workflow, "finish", occasion(by="robot", automated=True))
    assert caught.value.reasons == ("a program may not do that", "only ann may do that")


def test_roles_are_those_of_the_actor_and_cannot_be_handed_in(
    incident: Incident, occasion: Occasions
) -> None:
    workflow = Workflow(
        WorkflowDefinition(
            "small",
            initial="New",
            states=[State("New", "new"), State("Done", "closed")],
            transitions=[Transition("finish", "New", "Done", roles=["agent", "manager"])],
        )
    )
    at = occasion()
    agent = evolve(at, actor=Actor("ann", roles=["agent"]))
    assert transition(incident, workflow, "finish", agent).ticket.state == "Done"
    with pytest.raises(TransitionRefusedError, match="needs the role agent or manager"):
        transition(incident, workflow, "finish", at)
    for name in ("actor_roles", "actor", "automated"):
        with pytest.raises(RefusedError, match=f"cannot set {name} of .* it is told by who acts"):
            transition(incident, workflow, "finish", at, {name: ("agent",)})


def test_a_move_whose_effect_stands_for_nothing_is_a_mistake_of_the_rules(
    incident: Incident, occasion: Occasions
) -> None:
    definition = WorkflowDefinition(
        "short",
        initial="New",
        states=[State("New", "new"), State("Done", "closed")],
        transitions=[Transition("close", "New", "Done", effects="thank")],
    )
    known = {"thanks": Effect(fields={"thanked": True})}
    with pytest.raises(DefinitionError, match="unknown effect 'thank'; did you mean 'thanks'"):
        transition(incident, Workflow(definition), "close", occasion(), effects=known)


def test_a_forbidden_move_is_refused(incident: Incident, occasion: Occasions) -> None:
    with pytest.raises(TransitionRefusedError, match="cannot close from New: legal here are assign, start, "):
        transition(incident, WORKFLOW, "close", occasion())


def test_a_move_that_lacks_something_is_refused(incident: Incident, occasion: Occasions) -> None:
    with pytest.raises(TransitionRefusedError, match="cannot assign from New: support_group is missing"):
        transition(incident, WORKFLOW, "assign", occasion(), {"support_group": None})


def test_a_state_that_the_workflow_lacks_is_told(incident: Incident, occasion: Occasions) -> None:
    with pytest.raises(UnknownStateError, match="no state 'Lost'"):
        transition(evolve(incident, state="Lost"), WORKFLOW, "close", occasion())


def test_a_move_cannot_set_what_other_commands_set(incident: Incident, occasion: Occasions) -> None:
    with pytest.raises(RefusedError) as caught:
        transition(incident, WORKFLOW, "assign", occasion(), {"priority": "P1", "version": 9})
    assert [reason.split(" of ")[0] for reason in caught.value.reasons] == [
        "cannot set priority",
        "cannot set version",
    ]


@pytest.mark.parametrize("field", ["support_group", "assignee"])
def test_work_is_given_to_a_name(incident: Incident, occasion: Occasions, field: str) -> None:
    with pytest.raises(DefinitionError, match=f"{field} must be a name, not 7"):
        transition(incident, WORKFLOW, "assign", occasion(), {field: 7})


# -- the rest ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [("Network", None), ("Network", "ann"), (None, "ann"), (None, None)])
def test_the_work_is_given_and_given_once(
    incident: Incident, occasion: Occasions, place: tuple[str | None, str | None]
) -> None:
    given = assign(incident, occasion(), support_group=place[0], assignee=place[1])
    assert (given.ticket.support_group, given.ticket.assignee) == place
    assert [event.fact for event in given.events] == ([] if place == (None, None) else [Assigned(*place)])
    again = assign(given.ticket, occasion(2), support_group=place[0], assignee=place[1])
    assert again == unchanged(given.ticket)


@pytest.mark.parametrize(
    ("asked", "fact"),
    [
        pytest.param(
            {"impact": "high", "urgency": "low"},
            Prioritised("high", "low", "P3", "matrix: impact high × urgency low"),
            id="by the matrix",
        ),
        pytest.param(
            {"impact": "high", "urgency": "low", "priority": "P3"},
            Prioritised("high", "low", "P3", "matrix: impact high × urgency low"),
            id="the priority of the matrix",
        ),
        pytest.param(
            {"impact": "low", "urgency": "low", "priority": "P1", "reason": "the board waits"},
            Prioritised("low", "low", "P1", "set by ann: the board waits"),
            id="another one with a reason",
        ),
    ],
)
def test_a_ticket_is_judged(
    incident: Incident, occasion: Occasions, asked: dict[str, str], fact: Prioritised
) -> None:
    decision = prioritise(incident, STANDARD_PRIORITIES, occasion(), **asked)
    assert [event.fact for event in decision.events] == [fact]
    assert prioritise(decision.ticket, STANDARD_PRIORITIES, occasion(2), **asked).events == ()


@pytest.mark.parametrize("reason", [None, ""])
def test_another_priority_needs_a_reason(incident: Incident, occasion: Occasions, reason: str | None) -> None:
    with pytest.raises(RefusedError) as caught:
        prioritise(
            incident,
            STANDARD_PRIORITIES,
            occasion(),
            impact="low",
            urgency="low",
            priority="P1",
            reason=reason,
        )
    assert caught.value.reasons == (
        "cannot set INC-1 to priority P1: the matrix gives P5; to set another one, say why in `reason`",
    )


@pytest.mark.parametrize(
    ("asked", "problems"),
    [
        pytest.param(
            {"impact": "huge", "urgency": "soon"},
            (
                "unknown impact 'huge'; known: high, medium, low",
                "unknown urgency 'soon'; known: high, medium, low",
            ),
            id="levels",
        ),
        pytest.param(
            {"impact": "low", "urgency": "low", "priority": "P9"},
            ("unknown priority 'P9'; known: P1, P2, P3, P4, P5",),
            id="a priority",
        ),
    ],
)
def test_what_the_matrix_does_not_know_is_refused(
    incident: Incident, occasion: Occasions, asked: dict[str, str], problems: tuple[str, ...]
) -> None:
    with pytest.raises(DefinitionError) as caught:
        prioritise(incident, STANDARD_PRIORITIES, occasion(), **asked)
    assert caught.value.problems == problems


def test_words_are_kept_as_they_are(incident: Incident, occasion: Occasions) -> None:
    decision = comment(incident, occasion(), " Hello ", public=True)
    assert [event.fact for event in decision.events] == [Commented(" Hello ", public=True)]


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_an_empty_comment_is_refused(incident: Incident, occasion: Occasions, text: str) -> None:
    with pytest.raises(RefusedError, match="cannot comment on INC-1: the text is empty"):
        comment(incident, occasion(), text, public=False)


@pytest.mark.parametrize(
    ("changes", "news"),
    [
        pytest.param({"title": "Slow mail"}, {"title": "Slow mail"}, id="a field"),
        pytest.param({"colour": "blue"}, {"colour": "blue"}, id="a detail"),
        pytest.param({"title": None, "colour": None}, {"title": None, "colour": None}, id="emptied"),
        pytest.param({"title": "No mail", "colour": "blue"}, {"colour": "blue"}, id="what is new alone"),
        pytest.param({"title": "No mail", "colour": "red"}, {}, id="nothing new"),
        pytest.param({"site": None, "size": None}, {}, id="emptying what is empty"),
        pytest.param({}, {}, id="nothing"),
    ],
)
def test_a_ticket_is_described(
    incident: Incident, occasion: Occasions, changes: dict[str, object], news: dict[str, object]
) -> None:
    decision = describe(incident, occasion(), changes)
    assert [event.fact for event in decision.events] == ([DetailsChanged(news)] if news else [])


def test_a_description_cannot_set_what_other_commands_set(incident: Incident, occasion: Occasions) -> None:
    names = (
        "assignee", "details", "id", "impact", "kind", "number", "opened_at", "priority", "reassignments",
        "reopens", "state", "state_category", "support_group", "updated_at", "urgency", "version",
    )  # fmt: skip
    with pytest.raises(RefusedError) as caught:
        describe(incident, occasion(), {"title": "allowed", **dict.fromkeys(names, "x")})
    assert [reason.split()[2] for reason in caught.value.reasons] == list(names)
    assert caught.value.reasons[0] == (
        "cannot set assignee of INC-1 as a detail: the work is given; use `assign`"
    )
