from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st

from itsmkit.conditions import present
from itsmkit.workflow import (
    CompositeState,
    Guard,
    State,
    StateCategory,
    Transition,
    Workflow,
    WorkflowDefinition,
)
from itsmkit.workflow.conformance import StateSeen

NAMES = ["New", "In Progress", "*", "a.b", "Closed"]
FACTS = ["cause", "owner"]
BEGIN = datetime(2026, 3, 2, tzinfo=UTC)


def seen(ticket: str, *states: str, begin: datetime = BEGIN) -> list[StateSeen]:
    """Return the history of a ticket that is in each of *states* for an hour."""
    return [StateSeen(ticket, state, begin + timedelta(hours=place)) for place, state in enumerate(states)]


@pytest.fixture(scope="session")
def history() -> Callable[..., list[StateSeen]]:
    return seen


@pytest.fixture(scope="session")
def workflows() -> st.SearchStrategy[WorkflowDefinition]:
    """Return definitions with composite states, guards that choose, and moves that go nowhere."""
    guards = {name: Guard(f"has {name}", present(name), f"{name} is missing") for name in FACTS}

    @st.composite
    def workflow(draw: st.DrawFn) -> WorkflowDefinition:
        names = NAMES[: draw(st.integers(1, len(NAMES)))]
        composites = []
        if len(names) > 1 and draw(st.booleans()):
            composites = [CompositeState("Open", states=names[:2], initial=names[draw(st.integers(0, 1))])]
        places = st.sampled_from([*names, *(each.name for each in composites)])
        ways = draw(
            st.lists(
                st.tuples(
                    st.sampled_from(["go", "stop"]), places, places, st.sampled_from([None, None, *FACTS])
                ),
                max_size=10,
            )
        )
        always: set[tuple[str, str]] = set()
        transitions = []
        for trigger, source, target, fact in ways:
            if (trigger, source) not in always:
                guarded = [] if fact is None else [guards[fact]]
                transitions.append(Transition(trigger, source, target, guards=guarded))
                if fact is None:
                    always.add((trigger, source))
        return WorkflowDefinition(
            "random",
            initial=names[0],
            states=[State(name, draw(st.sampled_from(StateCategory))) for name in names],
            transitions=transitions,
            composites=composites,
        )

    return workflow()


@pytest.fixture(scope="session")
def walk() -> Callable[[st.DataObject, WorkflowDefinition, str], list[StateSeen]]:
    """Return what makes the history of a ticket that only the engine moved, with the facts then."""

    def made(data: st.DataObject, definition: WorkflowDefinition, ticket: str) -> list[StateSeen]:
        workflow = Workflow(definition)
        entries = [StateSeen(ticket, definition.initial, BEGIN)]
        for place in range(data.draw(st.integers(0, 6))):
            facts = dict.fromkeys(data.draw(st.sets(st.sampled_from(FACTS))), "there")
            state = entries[-1].state
            ways = [way for way in workflow.available(state, facts) if way.is_allowed]
            if not ways:
                break
            trigger = data.draw(st.sampled_from(ways)).trigger
            at = BEGIN + timedelta(hours=place + 1)
            entries.append(StateSeen(ticket, workflow.fire(state, trigger, facts).target, at, facts))
        return entries

    return made


@pytest.fixture(scope="session")
def moves_by_hand() -> Callable[[WorkflowDefinition], set[tuple[str, str]]]:
    """Return what lists the moves of a definition with nothing but loops, whatever the guards say."""

    def moves(definition: WorkflowDefinition) -> set[tuple[str, str]]:
        return {
            (state.name, definition.entry_of(way.target))
            for state in definition.states
            for trigger in {way.trigger for way in definition.transitions}
            for way in tried(definition, state.name, trigger)
        }

    def tried(definition: WorkflowDefinition, state: str, trigger: str) -> Iterator[Transition]:
        for level in (state, *definition.composites_around(state)):
            for way in definition.transitions:
                if way.trigger == trigger and level in way.sources:
                    yield way
                    if not way.guards:
                        return

    return moves
