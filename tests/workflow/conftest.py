from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import strategies as st

from itsmkit.calendars import BusinessDays
from itsmkit.conditions import ALWAYS, Condition, Facts, at_least, equals, one_of, present
from itsmkit.workflow import (
    ACTOR_ROLES,
    CompositeState,
    Guard,
    GuardExpression,
    NeverWithout,
    State,
    StateCategory,
    StateTimer,
    Transition,
    Verdict,
    WorkflowDefinition,
)

# Names that state machines are known to trip over: attributes of their own, wildcards, separators.
STATES = ["New", "in_progress", "In Progress", "*", "=", "self", "state", "initial", "a.b", "None", "0"]
COMPOSITES = ["Open", "all", "1", "a"]
TRIGGERS = ["resolve", "state", "trigger", "to_New", "is_New", "may_resolve", "on_enter_New", "*", "="]
FACTS = ["state", "trigger", "resolution"]
ROLES = ["agent", "manager"]
_TICK, _LONG = timedelta(microseconds=1), timedelta(days=400)


def conditions() -> st.SearchStrategy[Condition]:
    names = st.sampled_from(FACTS)
    return st.one_of(
        st.builds(present, names),
        st.builds(equals, names, st.sampled_from(["done", True])),
        st.builds(at_least, names, st.just(3)),
        st.builds(lambda name: ~one_of(name, "done", 0), names),
    )


@st.composite
def guard_pools(draw: st.DrawFn) -> list[Guard]:
    """Single guards: throughout a definition, a name stands for one of them."""
    return [
        Guard(
            f"guard {index}",
            condition,
            f"reason {index}",
            otherwise=draw(st.sampled_from([None, f"not so {index}"])),
        )
        for index, condition in enumerate(draw(st.lists(conditions(), min_size=1, max_size=3)))
    ]


def expressions(pool: list[Guard]) -> st.SearchStrategy[GuardExpression]:
    return st.recursive(
        st.sampled_from(pool) | st.sampled_from(pool).map(lambda guard: ~guard),
        lambda inner: (
            st.builds(lambda a, b: a & b, inner, inner) | st.builds(lambda a, b: a | b, inner, inner)
        ),
        max_leaves=4,
    )


@st.composite
def definitions_(draw: st.DrawFn) -> WorkflowDefinition:
    states = draw(st.lists(st.sampled_from(STATES), min_size=1, max_size=5, unique=True))
    pool = draw(guard_pools())
    guards = st.lists(expressions(pool), max_size=2)
    facts = st.lists(st.sampled_from(FACTS), max_size=2, unique=True)
    composites = draw(_composites(states))
    places = st.sampled_from([*states, *(each.name for each in composites)])
    # A chain from the first state to the last makes all of them reachable, and the end too.
    ways = [("advance", source, target) for source, target in pairwise(states)]
    ways += draw(st.lists(st.tuples(st.sampled_from(TRIGGERS), places, places), max_size=8))
    transitions = []
    unguarded = set()
    for trigger, source, target in ways:
        if (trigger, source) in unguarded:
            continue  # it could never be taken, and so is refused
        transitions.append(
            Transition(
                trigger,
                source,
                target,
                guards=draw(guards),
                required=draw(facts),
                roles=draw(st.lists(st.sampled_from(ROLES), max_size=2, unique=True)),
                effects=draw(st.lists(st.sampled_from(["tell", "count"]), unique=True)),
            )
        )
        if not transitions[-1].guards:
            unguarded.add((trigger, source))
    amounts = st.timedeltas(min_value=_TICK, max_value=_LONG) | st.builds(BusinessDays, st.integers(1, 9))
    declared = {name: [way.trigger for way in transitions if name in way.sources] for name in states}

    def state(name: str, category: StateCategory) -> State:
        timers = st.builds(
            StateTimer,
            st.sampled_from(declared[name] or ["?"]),
            after=amounts,
            calendar=st.sampled_from([None, "office"]),
        )
        return State(
            name,
            category,
            required=draw(facts),
            guards=draw(guards),
            timers=draw(st.lists(timers, max_size=1 if declared[name] else 0)),
        )

    categories = st.sampled_from(StateCategory)
    gates = st.sampled_from([*states, *(way.trigger for way in transitions)])
    rules = (
        st.builds(NeverWithout, gates, before=places, since=st.none() | places)
        if transitions
        else st.nothing()
    )
    return WorkflowDefinition(
        draw(st.sampled_from(["incident", "small change"])),
        initial=states[0],
        states=[
            *(state(name, draw(categories)) for name in states[:-1]),
            state(states[-1], StateCategory.CLOSED),
        ],
        transitions=transitions,
        version=draw(st.sampled_from(["1", "2.0"])),
        composites=composites,
        rules=draw(st.lists(rules, max_size=2)) if transitions else (),
    )


@st.composite
def _composites(draw: st.DrawFn, states: list[str]) -> list[CompositeState]:
    """Composite states, each around some of what stands alone so far, so that they nest."""
    alone = list(states)
    found = []
    for name in draw(st.lists(st.sampled_from(COMPOSITES), max_size=3, unique=True)):
        members = draw(st.lists(st.sampled_from(alone), min_size=1, max_size=3, unique=True))
        found.append(CompositeState(name, states=members, initial=draw(st.sampled_from(members))))
        alone = [each for each in alone if each not in members] + [name]
    return found


@pytest.fixture(scope="session")
def facts() -> st.SearchStrategy[Facts]:
    values = st.sampled_from([None, "", " ", "done", 0, 3, True])
    roles = st.sampled_from([None, "agent", ["manager"], frozenset(ROLES), (), 3, [["agent"]]])
    return st.builds(
        lambda known, actor: {**known, ACTOR_ROLES: actor},
        st.dictionaries(st.sampled_from(FACTS), values),
        roles,
    )


@pytest.fixture(scope="session")
def definitions() -> st.SearchStrategy[WorkflowDefinition]:
    return definitions_()


@pytest.fixture(scope="session")
def guard_expressions() -> st.SearchStrategy[GuardExpression]:
    return guard_pools().flatmap(expressions)


@pytest.fixture(scope="session")
def foreign_guard() -> GuardExpression:
    """Return a guard of a kind that the room does not know."""

    class Foreign(GuardExpression):
        condition = ALWAYS

        def judged(self, test):
            return Verdict(holds=True)

        def guards(self):
            return iter(())

        def __invert__(self):
            return self

    return Foreign()
