from datetime import timedelta

import pytest

from itsmkit.calendars import BusinessDays
from itsmkit.conditions import present
from itsmkit.workflow import (
    CompositeState,
    Guard,
    State,
    StateTimer,
    Transition,
    WorkflowDefinition,
)
from itsmkit.workflow.diagrams import Frequencies
from itsmkit.workflow.diagrams._picture import picture_of
from itsmkit.workflow.diagrams._telling import arrow_told, description, state_told
from itsmkit.workflow.diagrams._wording import guards_text, summary, way_text

A, B, C = (Guard(name, present(name), f"{name} is missing") for name in ("a", "b\nb", "c"))


@pytest.mark.parametrize(
    ("guards", "text"),
    [
        pytest.param([A], "a", id="one"),
        pytest.param([~A], "not a", id="negated"),
        pytest.param([A, B], "a and b b", id="several"),
        pytest.param([A & ~B], "a and not b b", id="all"),
        pytest.param([A | B], "a or b b", id="any stands alone"),
        pytest.param([A | B, C], "(a or b b) and c", id="any among others"),
        pytest.param([(A & B) | ~C], "(a and b b) or not c", id="all within any"),
        pytest.param([~((A | B) & C)], "(not a and not b b) or not c", id="negated as a whole"),
    ],
)
def test_guards_are_told_by_name(guards, text):
    assert guards_text(guards) == text


def test_no_other_kind_of_guard_is_passed_over(foreign_guard):
    with pytest.raises(TypeError, match="not a guard of this room: Foreign"):
        guards_text([foreign_guard])


def timed(*timers, source="Waiting"):
    return WorkflowDefinition(
        "timed",
        initial="Waiting",
        states=[
            State("Waiting", "pending", timers=timers),
            State("Also", "pending", timers=timers[:1]),
            State("Done", "closed"),
        ],
        composites=[CompositeState("Both", states=["Waiting", "Also"], initial="Also")],
        transitions=[Transition("close", source, "Done", guards=A), Transition("close", "Also", "Done")],
    )


@pytest.mark.parametrize(
    ("timers", "source", "text"),
    [
        pytest.param([timedelta(hours=40)], "Waiting", "close [a] after 40h", id="open time"),
        pytest.param([BusinessDays(1)], "Waiting", "close [a] after 1 business day", id="business days"),
        pytest.param(
            [timedelta(hours=4), timedelta(minutes=90)],
            "Waiting",
            "close [a] after 4h or after 1h30min",
            id="several",
        ),
        pytest.param(
            [timedelta(hours=4)], "Both", "close [a] after 4h in Waiting or after 4h in Also", id="in a frame"
        ),
        pytest.param([], "Waiting", "close [a]", id="none"),
    ],
)
def test_a_way_is_told_with_its_guards_and_timers(timers, source, text):
    definition = timed(*(StateTimer("close", after=after) for after in timers), source=source)
    arrow = picture_of(definition, None, "down").arrows[0]
    assert way_text(arrow, arrow.ways[0]) == text


def test_a_summary_counts_what_there_is(change):
    assert summary(picture_of(change, None, "down")) == "version 2.1, 9 states, 14 transitions"
    assert (
        summary(picture_of(timed(), Frequencies({("Waiting", "Done"): 1204}), "down"))
        == "version 1, 3 states, 2 transitions, 1,204 moves"
    )


def test_all_that_stands_in_a_picture_is_told_in_words(change):
    picture = picture_of(change, Frequencies({("Draft", "Closed"): 2}, {"Draft": 5}), "down")
    assert description(picture) == (
        "A workflow, version 2.1, 9 states, 14 transitions, 2 moves. Tickets begin in Draft. "
        "Draft is new; counted 5. Assessment is active; counted 0. Awaiting approval is pending; counted 0. "
        "Scheduled is active; to enter, needs window; counted 0. Implementing is active; counted 0. "
        "Backing out is active; counted 0. Review is resolved; to enter, not freeze must hold; counted 0. "
        "Closed is closed; nothing leaves it; counted 0. "
        "Cancelled is cancelled; nothing leaves it; counted 0. "
        "Planning holds Draft, Assessment, Awaiting approval. "
        "Implementation holds Scheduled, Implementing, Backing out. Open holds Planning, Implementation. "
        "submit from Draft to Assessment; needs plan. 0 moves from Draft to Assessment. "
        "ask from Assessment to Awaiting approval. 0 moves from Assessment to Awaiting approval. "
        "escalate from Awaiting approval to Awaiting approval; fired by a timer after 16h; "
        "then page_manager. "
        "0 moves from Awaiting approval to Awaiting approval. "
        "return from Awaiting approval to Draft. 0 moves from Awaiting approval to Draft. "
        "approve from Awaiting approval to Implementation; if (approved and not freeze) or emergency; "
        "by manager or board. 0 moves from Awaiting approval to Implementation. "
        "start from Scheduled to Implementing; if not freeze. 0 moves from Scheduled to Implementing. "
        "back out from Implementing to Backing out; needs reason. 0 moves from Implementing to Backing out. "
        "reschedule from Implementing to Scheduled. 0 moves from Implementing to Scheduled. "
        "reschedule from Backing out to Scheduled. 0 moves from Backing out to Scheduled. "
        "complete from Implementing to Review. 0 moves from Implementing to Review. "
        "restore from Backing out to Review. 0 moves from Backing out to Review. "
        "replan from Implementation to Planning. 0 moves from Implementation to Planning. "
        "close from Review to Closed; fired by a timer after 5 business days. "
        "accept from Review to Closed; by requester. 0 moves from Review to Closed. "
        "cancel from Open to Cancelled; needs cancellation_reason. 0 moves from Open to Cancelled. "
        "2 moves from Draft to Closed, which is not declared."
    )


def test_without_counts_none_are_told(change):
    picture = picture_of(change, None, "down")
    assert state_told(picture, change.state("Draft")) == "Draft is new"
    assert arrow_told(picture.arrows[1]) == ("ask from Assessment to Awaiting approval",)
