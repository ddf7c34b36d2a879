from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.workflow import State, Transition, WorkflowDefinition, incident_workflow
from itsmkit.workflow.conformance import AlignmentStep, StepKind, align
from itsmkit.workflow.conformance._declared import DeclaredMoves
from itsmkit.workflow.conformance.alignment import Aligner
from itsmkit.workflow.state import ENDS

S, L, M = StepKind.SYNCHRONOUS, StepKind.LOG, StepKind.MODEL

TRACES = st.lists(
    st.sampled_from(["New", "In Progress", "*", "a.b", "Closed", "nobody knows"]), min_size=1, max_size=7
)


def cheapest(
    definition: WorkflowDefinition, moves: set[tuple[str, str]], trace: list[str], *, complete: bool
) -> int | None:
    """Search the product of history and run, one step after another, as Dijkstra does."""
    ends = {state.name for state in definition.states if not complete or state.category in ENDS}
    tie = count()
    queue: list[tuple[int, int, int, str | None]] = [(0, next(tie), 0, None)]
    done = set()
    while queue:
        cost, _, place, state = heappop(queue)
        if (place, state) in done:
            continue
        done.add((place, state))
        if place == len(trace) and state in ends:
            return cost
        nexts = [definition.initial] if state is None else [b for a, b in moves if a == state]
        for target in nexts:
            heappush(queue, (cost + 1, next(tie), place, target))
            if place < len(trace) and trace[place] == target:
                heappush(queue, (cost, next(tie), place + 1, target))
        if place < len(trace):
            heappush(queue, (cost + 1, next(tie), place + 1, state))
    return None


@given(data=st.data(), trace=TRACES, complete=st.booleans())
def test_no_alignment_costs_less(
    data: st.DataObject, workflows, moves_by_hand: Callable, trace: list[str], complete: bool
):
    definition = data.draw(workflows)
    moves = moves_by_hand(definition)
    expected = cheapest(definition, moves, trace, complete=complete)
    if expected is None:
        with pytest.raises(DefinitionError, match="no history can be complete"):
            align(definition, trace, complete=complete)
        return
    found = align(definition, trace, complete=complete)
    aligner = Aligner(DeclaredMoves(definition), complete=complete)
    assert found.cost == aligner.cost(tuple(trace)) == expected
    nothing = cheapest(definition, moves, [], complete=complete)
    assert found.worst_cost == aligner.worst_cost(tuple(trace)) == len(trace) + (nothing or 0)
    assert found.fitness == pytest.approx(1 - expected / found.worst_cost)
    assert 0 <= found.fitness <= 1


@given(data=st.data(), trace=TRACES, complete=st.booleans())
def test_an_alignment_goes_through_the_history_and_through_a_run(
    data: st.DataObject, workflows, moves_by_hand: Callable, trace: list[str], complete: bool
):
    definition = data.draw(workflows)
    moves = moves_by_hand(definition)
    if cheapest(definition, moves, trace, complete=complete) is None:
        return
    steps = align(definition, trace, complete=complete).steps
    assert [step.state for step in steps if step.kind is not M] == trace
    run = [step.state for step in steps if step.kind is not L]
    assert run[0] == definition.initial
    assert set(pairwise(run)) <= moves
    assert not complete or definition.category_of(run[-1]) in ENDS


@pytest.mark.parametrize(
    ("trace", "complete", "steps"),
    [
        pytest.param(["New"], False, [(S, "New")], id="a ticket that is open"),
        pytest.param(["New"], True, [(S, "New"), (M, "Cancelled")], id="the same, and it should be done"),
        pytest.param(
            ["New", "Closed"],
            True,
            [(S, "New"), (M, "Assigned"), (M, "Resolved"), (S, "Closed")],
            id="what was left out is told, though it costs as much to leave the ticket open",
        ),
        pytest.param(["Lost"], False, [(L, "Lost"), (M, "New")], id="nothing in common"),
        pytest.param(
            ["In Progress", "Resolved", "New", "Closed"],
            False,
            [(M, "New"), (S, "In Progress"), (S, "Resolved"), (L, "New"), (S, "Closed")],
            id="begun too late, and a step back",
        ),
        pytest.param(
            ["New", "Assigned", "Assigned", "Lost"],
            False,
            [(S, "New"), (S, "Assigned"), (S, "Assigned"), (L, "Lost")],
            id="assigned again, and lost",
        ),
    ],
)
def test_an_alignment_tells_what_was_left_out_and_what_was_too_much(
    trace: list[str], complete: bool, steps: list[tuple[StepKind, str]]
):
    found = align(incident_workflow(), trace, complete=complete)
    assert list(found.steps) == [AlignmentStep(*step) for step in steps]


def test_a_workflow_without_an_end_has_no_complete_history():
    endless = WorkflowDefinition(
        "endless",
        initial="A",
        states=[State("A", "new"), State("B", "closed")],
        transitions=[Transition("go", "A", "A")],
    )
    with pytest.raises(DefinitionError) as refused:
        align(endless, ["A"], complete=True)
    assert str(refused.value) == (
        "workflow 'endless': no state of category resolved, closed or cancelled can be reached from 'A', so "
        "that no history can be complete; declare the way there, or leave out complete"
    )


def test_a_single_text_is_not_taken_for_its_letters():
    with pytest.raises(DefinitionError, match="one text stands where several are asked for: 'New'"):
        align(incident_workflow(), "New")


def test_an_empty_history_costs_the_shortest_run():
    assert align(incident_workflow(), []).steps == (AlignmentStep(M, "New"),)
