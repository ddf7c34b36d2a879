"""What diagrams show: arrows, where they end, and what they are counted by."""

import pytest
from hypothesis import given

from itsmkit.errors import DefinitionError
from itsmkit.workflow import CompositeState, State, Transition, WorkflowDefinition, incident_workflow
from itsmkit.workflow.diagrams import Frequencies, dot_text, mermaid_text, svg_text
from itsmkit.workflow.diagrams._picture import picture_of

NESTED = [
    CompositeState("Inner", states=["A", "B"], initial="B"),
    CompositeState("Outer", states=["Inner", "C"], initial="Inner"),
]


def workflow(*transitions):
    return WorkflowDefinition(
        "nested",
        initial="A",
        states=[State(name, "active") for name in "ABCD"],
        composites=NESTED,
        transitions=transitions,
    )


@pytest.mark.parametrize(
    ("source", "target", "arrows"),
    [
        pytest.param("A", "D", ["A D"], id="between states"),
        pytest.param("A", "A", ["A A"], id="to itself"),
        pytest.param("Inner", "D", ["Inner D"], id="from a frame outwards"),
        pytest.param("Inner", "C", ["Inner C"], id="from a frame to its neighbour in a frame"),
        pytest.param("D", "Outer", ["D Outer"], id="into a frame"),
        pytest.param("C", "Inner", ["C Inner"], id="into a frame beside it"),
        pytest.param("Inner", "A", ["A A", "B A"], id="from a frame to what it holds"),
        pytest.param("Outer", "A", ["A A", "B A", "C A"], id="from a frame to what a frame in it holds"),
        pytest.param("Outer", "C", ["Inner C", "C C"], id="from a frame past a frame in it"),
        pytest.param("A", "Inner", ["A B"], id="to the frame around it"),
        pytest.param("A", "Outer", ["A B"], id="to the outer frame around it"),
        pytest.param("C", "Outer", ["C Inner"], id="to the frame around it, whose first is a frame"),
        pytest.param("Inner", "Inner", ["A B", "B B"], id="from a frame to itself"),
        pytest.param("Outer", "Outer", ["A B", "B B", "C Inner"], id="from an outer frame to itself"),
        pytest.param("Inner", "Outer", ["A B", "B B"], id="from a frame to that around it"),
        pytest.param("Outer", "Inner", ["A B", "B B", "C Inner"], id="from a frame to a frame in it"),
    ],
)
def test_arrows_lead_from_frame_to_frame_unless_one_lies_in_the_other(source, target, arrows):
    picture = picture_of(workflow(Transition("go", source, target)), None, "down")
    assert [f"{arrow.source} {arrow.target}" for arrow in picture.arrows] == arrows


def test_ways_between_the_same_ends_share_an_arrow():
    picture = picture_of(
        workflow(Transition("go", ("A", "Inner"), "B"), Transition("run", "A", "B")), None, "down"
    )
    assert [
        (arrow.source, arrow.target, [way.transition.trigger for way in arrow.ways])
        for arrow in picture.arrows
    ] == [("A", "B", ["go", "run"]), ("B", "B", ["go"])]


def test_what_nothing_leaves_is_final():
    assert picture_of(incident_workflow(), None, "down").finals == ("Closed", "Cancelled")
    assert picture_of(workflow(Transition("go", "Outer", "D")), None, "down").finals == ("D",)


def test_a_frame_shows_where_it_is_entered_if_an_arrow_leads_to_it():
    assert picture_of(workflow(Transition("go", "D", "A")), None, "down").beginnings == ((None, "A"),)
    assert picture_of(workflow(Transition("go", "D", "Outer")), None, "down").beginnings == (
        (None, "A"),
        ("Outer", "Inner"),
    )


def test_a_count_goes_to_the_innermost_arrow_that_stands_for_the_move():
    definition = workflow(
        Transition("leave", "Outer", "D"), Transition("go", "A", "D"), Transition("back", "D", "Inner")
    )
    moves = {
        ("A", "D"): 1,
        ("B", "D"): 20,
        ("C", "D"): 300,
        ("D", "B"): 4000,
        ("D", "A"): 50_000,
        ("D", "C"): 0,
    }
    picture = picture_of(definition, Frequencies(moves), "down")
    assert {(a.source, a.target): (a.count, a.is_declared) for a in picture.arrows} == {
        ("Outer", "D"): (320, True),
        ("A", "D"): (1, True),
        ("D", "Inner"): (4000, True),
        ("D", "A"): (50_000, False),
    }


def test_a_count_goes_only_to_an_arrow_that_the_move_can_take():
    # From A and B, the inner way of "go" is always taken before the outer one, which leads to D.
    definition = workflow(
        Transition("go", "A", "C"),
        Transition("go", "B", "C"),
        Transition("go", "Inner", "D"),
        Transition("leave", "Outer", "D"),
    )
    picture = picture_of(definition, Frequencies({("B", "D"): 7, ("B", "C"): 2}), "down")
    assert {(a.source, a.target): a.count for a in picture.arrows} == {
        ("A", "C"): 0,
        ("B", "C"): 2,
        ("Inner", "D"): 0,
        ("Outer", "D"): 7,
    }


def test_a_move_that_nothing_can_make_is_not_declared_whatever_a_frame_says():
    definition = workflow(Transition("go", "B", "C"), Transition("go", "Inner", "D"))
    picture = picture_of(definition, Frequencies({("A", "D"): 1, ("B", "D"): 7}), "down")
    assert {(a.source, a.target): (a.count, a.is_declared) for a in picture.arrows} == {
        ("B", "C"): (0, True),
        ("Inner", "D"): (1, True),
        ("B", "D"): (7, False),
    }


def test_there_is_one_arrow_between_the_same_ends_though_its_way_is_never_taken():
    definition = workflow(Transition("go", "B", "D"), Transition("go", "Inner", "A"))
    picture = picture_of(definition, Frequencies({("B", "A"): 7}), "down")
    assert [(a.source, a.target, a.count) for a in picture.arrows] == [
        ("B", "D", 0),
        ("A", "A", 0),
        ("B", "A", 7),
    ]


def test_no_move_is_lost_and_the_wider_arrow_was_taken_more_often():
    moves = {("New", "Assigned"): 70, ("Assigned", "Resolved"): 3, ("Closed", "New"): 5, ("New", "Closed"): 9}
    picture = picture_of(incident_workflow(), Frequencies(moves), "down")
    assert sum(arrow.count for arrow in picture.arrows) == 87
    by_count = sorted(picture.arrows, key=lambda arrow: arrow.count)
    widths = [picture.width_of(arrow) for arrow in by_count]
    assert widths == sorted(widths)
    assert (widths[0], widths[-1]) == (1, 6)
    assert [(a.source, a.target) for a in picture.arrows if not a.is_declared] == [
        ("New", "Closed"),
        ("Closed", "New"),
    ]


@pytest.mark.parametrize("frequencies", [None, Frequencies({}), Frequencies({("New", "Assigned"): 0})])
def test_arrows_are_narrow_if_nothing_was_counted(frequencies):
    picture = picture_of(incident_workflow(), frequencies, "down")
    assert {picture.width_of(arrow) for arrow in picture.arrows} == {1}


def test_states_show_counts_only_if_states_were_counted():
    counted = picture_of(incident_workflow(), Frequencies({}, {"New": 7}), "down")
    assert (counted.count_of("New"), counted.count_of("Closed")) == (7, 0)
    assert picture_of(incident_workflow(), Frequencies({}), "down").count_of("New") is None
    assert picture_of(incident_workflow(), None, "down").count_of("New") is None


@pytest.mark.parametrize("draw", [mermaid_text, dot_text, svg_text])
def test_every_unknown_state_is_told_by_every_diagram(draw):
    frequencies = Frequencies({("New", "Opne"): 1, ("Assinged", "New"): 1}, {"Close": 2})
    with pytest.raises(DefinitionError) as caught:
        draw(incident_workflow(), frequencies=frequencies, direction="up")
    problems = caught.value.problems
    assert len(problems) == 4
    assert problems[0].startswith("frequencies.moves[('New', 'Opne')]: unknown state 'Opne'; ")
    assert problems[1].endswith("unknown state 'Assinged'; did you mean 'Assigned'?")
    assert problems[2] == "frequencies.states['Close']: unknown state; did you mean 'Closed'?"
    assert problems[3] == "direction: must be 'down' or 'right', not str 'up'"


def test_any_definition_is_drawn_move_by_move(drawable, moves_of):
    @given(drawable)
    def law(definition):
        picture = picture_of(definition, None, "down")
        arrows = [
            (arrow.source, [way.transition.trigger for way in arrow.ways], arrow.target)
            for arrow in picture.arrows
        ]
        assert moves_of(definition, arrows) == moves_of(definition)
        ends = [(source, target) for source, _, target in arrows]
        assert len(set(ends)) == len(ends)
        for source, target in ends:
            assert source not in definition.composites_around(target)
            assert target not in definition.composites_around(source)

    law()
