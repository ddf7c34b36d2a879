from collections.abc import Callable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import present
from itsmkit.workflow import (
    CompositeState,
    Guard,
    State,
    Transition,
    TransitionRefusedError,
    Workflow,
    WorkflowDefinition,
    incident_workflow,
)
from itsmkit.workflow.conformance._declared import DeclaredMoves

CAUSE = Guard("cause known", present("cause"), "say why")


def small(*transitions: Transition, composites: tuple[CompositeState, ...] = ()) -> DeclaredMoves:
    states = [State("A", "new"), State("B", "active"), State("C", "closed")]
    return DeclaredMoves(
        WorkflowDefinition(
            "small", initial="A", states=states, transitions=transitions, composites=composites
        )
    )


@given(data=st.data())
def test_moves_are_those_that_loops_find(data: st.DataObject, workflows, moves_by_hand: Callable):
    definition = data.draw(workflows)
    declared = DeclaredMoves(definition)
    assert set(declared.transitions) == moves_by_hand(definition)
    assert {(a, b) for a, targets in declared.targets.items() for b in targets} == set(declared.transitions)
    assert declared.repeatable == {a for a, b in declared.transitions if a == b}


@given(data=st.data())
def test_whatever_the_engine_does_is_declared(data: st.DataObject, workflows):
    definition = data.draw(workflows)
    declared, workflow = DeclaredMoves(definition), Workflow(definition)
    facts = data.draw(st.sets(st.sampled_from(["cause", "owner"])))
    for state in definition.states:
        for trigger in ("go", "stop"):
            try:
                target = workflow.fire(state.name, trigger, dict.fromkeys(facts, "there")).target
            except TransitionRefusedError:
                continue
            assert trigger in declared.triggers(state.name, target)


def test_a_transition_that_never_comes_to_its_turn_declares_nothing():
    inner, outer = Transition("go", "A", "B"), Transition("go", "Open", "C")
    declared = small(inner, outer, composites=(CompositeState("Open", states=["A", "B"], initial="A"),))
    assert declared.transitions == {("A", "B"): (inner,), ("B", "C"): (outer,)}


def test_guards_leave_the_turn_to_the_next():
    inner, outer = Transition("go", "A", "B", guards=CAUSE), Transition("go", "Open", "C")
    declared = small(inner, outer, composites=(CompositeState("Open", states=["A"], initial="A"),))
    assert declared.transitions == {("A", "B"): (inner,), ("A", "C"): (outer,)}


def test_a_transition_from_a_state_and_from_the_composite_around_it_is_one():
    both = Transition("go", ["A", "Open"], "C", guards=CAUSE)
    declared = small(both, composites=(CompositeState("Open", states=["A"], initial="A"),))
    assert declared.transitions == {("A", "C"): (both,)}


@given(data=st.data())
def test_a_way_is_a_shortest_one_along_declared_moves(
    data: st.DataObject, workflows, moves_by_hand: Callable
):
    definition = data.draw(workflows)
    declared, moves = DeclaredMoves(definition), moves_by_hand(definition)
    names = [state.name for state in definition.states]
    # Floyd and Warshall, with at least one move.
    distance = {(a, b): 1 if (a, b) in moves else 99 for a in names for b in names}
    for middle in names:
        for a in names:
            for b in names:
                distance[a, b] = min(distance[a, b], distance[a, middle] + distance[middle, b])
    for (a, b), length in distance.items():
        way = declared.way(a, b)
        if length >= 99:
            assert way == ()
        else:
            assert (way[0], way[-1], len(way)) == (a, b, length + 1)
            assert set(pairwise(way)) <= moves
    for a in names:
        assert declared.gaps(a) == {b: distance[a, b] - 1 for b in names if distance[a, b] < 99}
        to_ends = [
            distance[a, state] for state in names if state in declared.ends and distance[a, state] < 99
        ]
        assert len(declared.way_to_end(a)) == (min(to_ends) + 1 if to_ends else 0)


def test_the_gaps_of_a_long_workflow_are_counted():
    names = [str(number) for number in range(800)]
    declared = DeclaredMoves(
        WorkflowDefinition(
            "long",
            initial=names[0],
            states=[State(name, "active") for name in names],
            transitions=[Transition("go", *ends) for ends in pairwise(names)],
        )
    )
    gaps = [declared.gaps(name) for name in names]
    assert gaps[0] == {name: place for place, name in enumerate(names[1:])}
    assert sum(map(len, gaps)) == 800 * 799 / 2


def test_there_is_no_way_from_or_to_what_is_unknown():
    declared = DeclaredMoves(incident_workflow())
    assert declared.way("nowhere", "New") == declared.way("New", "nowhere") == ()
    assert declared.triggers("New", "nowhere") == ()


def test_several_triggers_may_lead_the_same_way():
    declared = small(Transition("go", "A", "B"), Transition("walk", "A", "B"))
    assert declared.triggers("A", "B") == ("go", "walk")
