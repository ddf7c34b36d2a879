import pickle

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.workflow import (
    Migration,
    MigrationRefusedError,
    State,
    Transition,
    UnknownStateError,
    WorkflowDefinition,
    WorkflowDefinitionError,
)


def definition(version: str, **categories: str) -> WorkflowDefinition:
    names = list(categories)
    return WorkflowDefinition(
        "small",
        initial=names[0],
        states=[State(name, category) for name, category in categories.items()],
        transitions=[Transition(f"to {name}", names[0], name) for name in names[1:]],
        version=version,
    )


OLD = definition("1", New="new", Doing="active", Done="resolved", Gone="closed")
NEW = definition("2", New="new", Working="active", Done="closed", Gone="closed")
TICKETS = {"T-1": "New", "T-2": "Doing", "T-3": "Doing", "T-4": "Gone"}


def test_a_state_leads_to_that_of_the_same_name_and_category():
    migration = Migration(OLD, NEW)
    assert [migration.target_of(state.name) for state in OLD.states] == ["New", None, None, "Gone"]
    assert migration.unmapped == ("Doing", "Done")


def test_the_map_goes_before_the_name():
    migration = Migration(OLD, NEW, {"Doing": "Working", "Done": "Done", "Gone": "Done"})
    assert migration.unmapped == ()
    assert migration.apply({**TICKETS, "T-5": "Done"}) == {
        "T-1": "New",
        "T-2": "Working",
        "T-3": "Working",
        "T-4": "Done",
        "T-5": "Done",
    }


def test_a_dry_run_shows_what_would_move():
    preview = Migration(OLD, NEW, {"Doing": "Working", "Done": "Done"}).preview({**TICKETS, "T-5": "Done"})
    assert preview.is_possible
    assert preview.moves == {
        ("New", "New"): 1,
        ("Doing", "Working"): 2,
        ("Gone", "Gone"): 1,
        ("Done", "Done"): 1,
    }
    assert preview.changes_category == (("Done", "Done"),)
    assert str(preview).splitlines() == [
        "      1  New -> New",
        "      2  Doing -> Working",
        "      1  Gone -> Gone",
        "      1  Done -> Done *",
    ]


def test_tickets_in_states_that_lead_nowhere_are_named_all_at_once_and_none_moves():
    migration = Migration(OLD, NEW)
    tickets = {**TICKETS, "T-9": "Done"}
    with pytest.raises(MigrationRefusedError) as caught:
        migration.apply(tickets)
    error = caught.value
    assert error.tickets == (("T-2", "Doing"), ("T-3", "Doing"), ("T-9", "Done"))
    assert str(error) == (
        "cannot migrate to version 2 of workflow 'small': Doing leads nowhere, and there are T-2, T-3; "
        "Done leads nowhere, and there is T-9; map these states"
    )
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    preview = migration.preview(tickets)
    assert not preview.is_possible
    assert preview.unmapped == dict(error.tickets)
    assert "      2  Doing -> ?  leads nowhere; map it" in preview.explain()


def test_a_state_that_leads_nowhere_is_no_fault_while_nobody_is_there():
    assert Migration(OLD, NEW).apply({"T-1": "New"}) == {"T-1": "New"}


def test_a_ticket_in_a_state_that_never_was_is_told():
    with pytest.raises(UnknownStateError, match="no state 'Lost' in workflow 'small'"):
        Migration(OLD, NEW).preview({"T-1": "Lost"})


def test_a_map_that_cannot_be_right_is_refused_with_every_problem():
    with pytest.raises(WorkflowDefinitionError) as caught:
        Migration(OLD, attrs.evolve(NEW, version="1"), {"Dong": "Workin", "Gone": "Goner"})
    assert caught.value.problems == (
        "version: both definitions of 'small' are version '1'; give the new one another",
        "mapped['Dong']: the old definition has no such state; did you mean 'Doing'?",
        "mapped['Dong']: the new definition has no state 'Workin'; did you mean 'Working'?",
        "mapped['Gone']: the new definition has no state 'Goner'; did you mean 'Gone'?",
    )


@settings(max_examples=40)
@given(data=st.data())
def test_every_ticket_is_accounted_for(
    data: st.DataObject, definitions: st.SearchStrategy[WorkflowDefinition]
):
    old = attrs.evolve(data.draw(definitions), version="old")
    new = attrs.evolve(data.draw(definitions), version="new")
    names = st.sampled_from([state.name for state in old.states])
    mapped = data.draw(st.dictionaries(names, st.sampled_from([state.name for state in new.states])))
    tickets = data.draw(st.dictionaries(st.text(min_size=1), names))
    preview = Migration(old, new, mapped).preview(tickets)
    assert {*preview.states} | {*preview.unmapped} == {*tickets}
    assert {*preview.states}.isdisjoint(preview.unmapped)
    assert sum(preview.moves.values()) == len(preview.states)
    categories = {state.name: state.category for state in new.states}
    for ticket, state in tickets.items():
        if state in mapped:
            assert preview.states[ticket] == mapped[state]
        elif categories.get(state) is old.category_of(state):
            assert preview.states[ticket] == state
        else:
            assert preview.unmapped[ticket] == state
