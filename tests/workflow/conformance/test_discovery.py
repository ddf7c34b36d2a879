from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import present
from itsmkit.errors import DefinitionError
from itsmkit.workflow import (
    Guard,
    State,
    StateCategory,
    Transition,
    Workflow,
    WorkflowDefinition,
    definition_from,
    incident_workflow,
    to_mapping,
)
from itsmkit.workflow.conformance import DeviationKind, Guess, StateSeen, conformance, discover

AT = datetime(2026, 3, 2, tzinfo=UTC)
STATES = ["New", "In Progress", "*", "a.b", "Closed", "to New"]
LOGS = st.lists(st.tuples(st.sampled_from("TUV"), st.sampled_from(STATES)), min_size=1, max_size=20)


def log_of(rows: list[tuple[str, str]]) -> list[StateSeen]:
    return [StateSeen(ticket, state, AT + timedelta(hours=n)) for n, (ticket, state) in enumerate(rows)]


def many(number: int, *states: str) -> list[tuple[str, str]]:
    """Return the rows of so many tickets with the same history."""
    return [(f"{'-'.join(states)} {n}", state) for n in range(number) for state in states]


@given(data=st.data(), rows=LOGS, with_known=st.booleans())
def test_nothing_in_the_log_is_forbidden_by_the_draft(
    data: st.DataObject, workflows, rows: list[tuple[str, str]], with_known: bool
):
    known = data.draw(workflows) if with_known else None
    log = log_of(rows)
    draft = discover(log, name="draft", known=known)
    found = conformance(draft.definition, log)
    assert set(found.counts) <= {DeviationKind.WRONG_START}
    assert (found.move_fitness, found.unused_states, found.unused_moves) in {(1.0, (), ()), (None, (), ())}
    assert found.log == draft.log
    starts = {each.target: each.count for each in found.deviations}
    assert starts == draft.other_starts
    assert (draft.left_out_states, draft.left_out_moves) == ({}, {})


@given(data=st.data(), rows=LOGS, min_share=st.floats(0, 1))
def test_a_draft_is_a_definition_that_can_be_written_down(
    data: st.DataObject, workflows, rows: list[tuple[str, str]], min_share: float
):
    draft = discover(log_of(rows), name="draft", known=data.draw(workflows), min_share=min_share)
    assert definition_from(to_mapping(draft.definition)) == draft.definition
    names = {state.name for state in draft.definition.states}
    assert names | set(draft.left_out_states) == set(draft.log.visits)
    assert names.isdisjoint(draft.left_out_states)
    moves = {(a, way.target) for way in draft.definition.transitions for a in way.sources}
    assert moves | set(draft.left_out_moves) == set(draft.log.moves)
    assert moves.isdisjoint(draft.left_out_moves)


@given(data=st.data(), rows=LOGS, shares=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_a_greater_share_never_leaves_more_in(
    data: st.DataObject, rows: list[tuple[str, str]], shares: tuple[float, float]
):
    less, more = (
        set(discover(log_of(rows), name="draft", min_share=share).left_out_moves) for share in sorted(shares)
    )
    assert less <= more


@given(data=st.data())
def test_the_triggers_are_those_that_are_known(data: st.DataObject, workflows, walk: Callable):
    known = data.draw(workflows)
    log = walk(data, known, "T-1")
    draft = discover(log, name="draft", known=known).definition
    drafted = Workflow(draft)
    for source, target in conformance(draft, log).log.moves:
        declared = {
            way.trigger
            for way in known.transitions
            if known.entry_of(way.target) == target and any(source in known.states_in(s) for s in way.sources)
        }
        assert drafted.trigger_to(source, target) in declared | {f"to {target}"}
        assert draft.category_of(target) == known.category_of(target)


def test_a_move_has_its_known_trigger_or_is_named_for_its_target():
    rows = [*many(2, "New", "In Progress", "Resolved", "Closed"), *many(1, "New", "Closed", "Archive")]
    draft = discover(log_of(rows), name="incident", known=incident_workflow())
    assert draft.definition == WorkflowDefinition(
        "incident",
        initial="New",
        states=[
            State("New", "new"),
            State("In Progress", "active"),
            State("Resolved", "resolved"),
            State("Closed", "closed"),
            State("Archive", "closed"),
        ],
        transitions=[
            Transition("start", "New", "In Progress"),
            Transition("resolve", "In Progress", "Resolved"),
            Transition("close", "Resolved", "Closed"),
            Transition("to Closed", "New", "Closed"),
            Transition("to Archive", "Closed", "Archive"),
        ],
        version="draft",
    )
    assert draft.guesses == (Guess("Archive", StateCategory.CLOSED, "no ticket left it"),)


def test_a_trigger_that_guards_let_lead_to_several_states_names_one_of_them():
    known = WorkflowDefinition(
        "sorting",
        initial="A",
        states=[State("A", "new"), State("B", "active"), State("C", "active")],
        transitions=[
            Transition("sort", "A", "B", guards=Guard("cause", present("cause"), "no cause")),
            Transition("sort", "A", "C"),
        ],
    )
    draft = discover(log_of([*many(1, "A", "B"), *many(1, "A", "C")]), name="sorting", known=known)
    assert [(way.trigger, way.target) for way in draft.definition.transitions] == [
        ("sort", "B"),
        ("to C", "C"),
    ]


def test_a_name_that_is_taken_for_another_way_is_not_used_twice():
    known = WorkflowDefinition(
        "odd",
        initial="A",
        states=[State("A", "new"), State("B", "active"), State("C", "active"), State("D", "active")],
        transitions=[Transition("to B", "A", "C"), Transition("to B too", "A", "D")],
    )
    rows = [*many(1, "A", "B"), *many(1, "A", "C"), *many(1, "A", "D")]
    draft = discover(log_of(rows), name="odd", known=known)
    triggers = {way.target: way.trigger for way in draft.definition.transitions}
    assert triggers == {"B": "to B too too", "C": "to B", "D": "to B too"}


def test_sources_of_the_same_trigger_share_a_transition():
    rows = [*many(1, "New", "Closed"), *many(1, "New", "Active", "Closed")]
    draft = discover(log_of(rows), name="small").definition
    assert draft.transitions == (
        Transition("to Closed", ["New", "Active"], "Closed"),
        Transition("to Active", "New", "Active"),
    )


def test_a_state_is_seen_to_be_entered_again_only_where_that_is_known():
    rows = many(1, "New", "Assigned", "Assigned")
    assert discover(log_of(rows), name="plain").log.moves == {("New", "Assigned"): 1}
    known = discover(log_of(rows), name="known", known=incident_workflow())
    assert known.log.moves == {("New", "Assigned"): 1, ("Assigned", "Assigned"): 1}


def test_most_tickets_say_where_tickets_begin():
    rows = [*many(1, "Active", "Closed"), *many(2, "New", "Active"), *many(1, "Pending", "Active")]
    draft = discover(log_of(rows), name="small")
    assert draft.definition.initial == "New"
    assert draft.other_starts == {"Active": 1, "Pending": 1}


@pytest.mark.parametrize(
    ("min_share", "states", "moves"),
    [
        pytest.param(0.0, {}, {}, id="everything"),
        pytest.param(
            0.2,
            {"-100": 1, "Limbo": 1},
            {("New", "-100"): 1, ("-100", "Active"): 1, ("Limbo", "Closed"): 1},
            id="what cannot be reached any more goes too",
        ),
        pytest.param(
            1.0,
            {"-100": 1, "Limbo": 1, "Active": 9, "Closed": 10},
            {
                ("New", "Active"): 8, ("Active", "Closed"): 9,
                ("New", "-100"): 1, ("-100", "Active"): 1, ("Limbo", "Closed"): 1,
            },
            id="the initial state stays",
        ),
    ],
)  # fmt: skip
def test_what_is_rare_is_left_out_and_told(min_share: float, states, moves):
    rows = [
        *many(8, "New", "Active", "Closed"),
        *many(1, "New", "-100", "Active", "Closed"),
        *many(1, "Limbo", "Closed"),
    ]
    draft = discover(log_of(rows), name="small", min_share=min_share)
    assert (draft.left_out_states, draft.left_out_moves) == (states, moves)


def test_exactly_as_much_is_enough():
    # 0.07 of 100 is more than 7 in binary fractions.
    rows = [*many(93, "New", "Closed"), *many(7, "Limbo", "New", "Active")]
    assert discover(log_of(rows), name="small", min_share=0.07).left_out_moves == {}


@pytest.mark.parametrize(
    ("rows", "options", "problems"),
    [
        pytest.param(
            [], {}, ["there are no entries to draft a workflow from; hand in at least one"], id="empty"
        ),
        pytest.param(
            [("T", " New"), ("T", "Done ")],
            {"min_share": 1.5, "categories": {"Dune": "closed", " New": "nwe"}},
            [
                "' New' cannot be the name of a state; take the spaces around it off first",
                "'Done ' cannot be the name of a state; take the spaces around it off first",
                "categories['Dune']: no ticket was in it; did you mean 'Done '?",
                (
                    "categories[' New']: unknown category 'nwe'; known: new, active, pending, resolved, "
                    "closed, cancelled"
                ),
                "min_share must be a share from 0 to 1, not 1.5",
            ],
            id="everything at once",
        ),
        pytest.param(
            [("T", "New")],
            {"min_share": float("nan")},
            ["min_share must be a share from 0 to 1, not nan"],
            id="no number",
        ),
    ],
)
def test_every_fault_is_told(rows, options, problems: list[str]):
    with pytest.raises(DefinitionError) as refused:
        discover(log_of(rows), name="small", **options)
    assert list(refused.value.problems) == problems


def test_the_frequencies_of_a_draft_are_those_of_its_states_and_moves():
    rows = [*many(9, "New", "Active", "Closed"), *many(1, "New", "Closed"), *many(1, "New", "-100", "Active")]
    draft = discover(log_of(rows), name="small", min_share=0.1)
    assert draft.left_out_moves == {("New", "Closed"): 1, ("New", "-100"): 1, ("-100", "Active"): 1}
    assert draft.frequencies.states == {"New": 11, "Active": 10, "Closed": 10}
    assert draft.frequencies.moves == {
        ("New", "Active"): 9,
        ("Active", "Closed"): 9,
    }


# -- categories --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "category"),
    [
        pytest.param("NEW", "new", id="in capitals"),
        pytest.param("Renewal", "active", id="a part of a word is none"),
        pytest.param("Awaiting user info", "pending", id="awaiting"),
        pytest.param("on_hold", "pending", id="underscores part words"),
        pytest.param("Pending closure", "pending", id="pending closure is not closed"),
        pytest.param("Closed - cancelled", "cancelled", id="cancelled goes before closed"),
        pytest.param("Closed/Resolved", "closed", id="closed goes before resolved"),
        pytest.param("Solved", "resolved", id="solved"),
        pytest.param("Re-opened", "active", id="no word that is known"),
        pytest.param("Unresolved", "active", id="not resolved"),
        pytest.param("در حال انجام", "active", id="in Persian"),
    ],
)
def test_a_word_of_the_name_tells_the_category(state: str, category: str):
    draft = discover(log_of(many(1, "Begin", state, "Begin")), name="small")
    assert draft.definition.category_of(state) == category


def test_places_tell_where_names_do_not():
    draft = discover(log_of(many(1, "Ouvert", "En cours", "Ouvert", "Fin")), name="petit")
    assert draft.guesses == (
        Guess("Ouvert", StateCategory.NEW, "tickets begin in it"),
        Guess("En cours", StateCategory.ACTIVE, "tickets enter and leave it, and its name says no more"),
        Guess("Fin", StateCategory.CLOSED, "no ticket left it"),
    )


def test_categories_that_are_given_go_first_then_those_that_are_known():
    draft = discover(
        log_of(many(1, "New", "Closed", "Pending", "Elsewhere")),
        name="small",
        known=incident_workflow(),
        categories={"Pending": StateCategory.ACTIVE, "Elsewhere": "cancelled"},
    )
    categories = {state.name: state.category.value for state in draft.definition.states}
    assert categories == {"New": "new", "Pending": "active", "Closed": "closed", "Elsewhere": "cancelled"}
    assert draft.guesses == ()


# -- from a comparison, and as text ------------------------------------------------------------------


def test_a_comparison_has_the_draft_at_hand():
    log = log_of([*many(9, "New", "In Progress", "Closed"), *many(1, "Lost", "Closed")])
    draft = conformance(incident_workflow(), log).draft(min_share=0.2, categories={"Closed": "resolved"})
    assert draft == discover(
        log,
        name="incident",
        known=incident_workflow(),
        min_share=0.2,
        categories={"Closed": "resolved"},
    )
    assert conformance(incident_workflow(), log).draft(name="as lived").definition.name == "as lived"


def test_the_report_says_what_was_guessed_and_left_out():
    rows = [*many(9, "New", "Doing", "Closed"), *many(1, "Limbo", "Closed"), *many(1, "Doing", "Closed")]
    draft = discover(log_of(rows), name="small", min_share=0.2)
    assert str(draft) == draft.explain() == (
        "small draft: drafted from 11 tickets; 3 states, 2 moves\n"
        "initial: New, where 9 of them begin\n"
        "- 1 begin in Limbo\n"
        "- 1 begin in Doing\n"
        "guessed:\n"
        "- New is new: its name has the word 'New'\n"
        "- Doing is active: tickets enter and leave it, and its name says no more\n"
        "- Closed is closed: its name has the word 'Closed'\n"
        "states left out:\n"
        "- Limbo (1)\n"
        "moves left out:\n"
        "- Limbo → Closed (1)"
    )  # fmt: skip
