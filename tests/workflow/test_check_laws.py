"""
What the checks find, held against the engine itself.

The oracle knows nothing of conditions: it fires every trigger from every state under every combination of
facts that the guards of these definitions can tell apart, and searches what came of it.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import BusinessDays
from itsmkit.conditions import at_least, equals, less, one_of, present
from itsmkit.workflow import (
    ACTOR_ROLES,
    CompositeState,
    Fired,
    Guard,
    NeverWithout,
    State,
    StateCategory,
    StateTimer,
    Transition,
    TransitionRefusedError,
    Workflow,
    WorkflowDefinition,
    check_definition,
)
from itsmkit.workflow.finding import Finding, FindingKind

Facts: TypeAlias = Mapping[str, object]
Fires: TypeAlias = Mapping[tuple[str, str], list[tuple[Facts, Fired]]]

NAMES = ["A", "B", "C", "D", "E"]
TRIGGERS = ["go", "run", "stop"]
GUARDS = [
    Guard("typed", present("type"), "no type"),
    Guard("normal", equals("type", "normal"), "not normal"),
    Guard("known", one_of("type", "normal", "urgent"), "neither"),
    Guard("calm", ~equals("type", "urgent"), "urgent"),
    Guard("heavy", at_least("impact", 2), "not heavy"),
    Guard("light", less("impact", 2), "not light"),
    Guard("acting", present(ACTOR_ROLES), "nobody"),
    Guard("agent alone", equals(ACTOR_ROLES, "agent"), "not just an agent"),
]

# One value of each class that the guards above can tell apart, and a role of each.
DOMAIN: list[Facts] = [
    {
        name: value
        for name, value in zip(("type", "impact", ACTOR_ROLES), values, strict=True)
        if value is not None
    }
    for values in product(
        (None, "normal", "urgent", "other"),
        (None, 1, 2, "much"),
        (None, ("agent",), ("boss",), "agent", "boss"),
    )
]

ENDS = {StateCategory.RESOLVED, StateCategory.CLOSED, StateCategory.CANCELLED}
OVER = {StateCategory.CLOSED, StateCategory.CANCELLED}


@st.composite
def composites(draw: st.DrawFn, names: list[str]) -> list[CompositeState]:
    """Draw none, one, or one within another."""
    depth = draw(st.integers(0, 2))
    found: list[CompositeState] = []
    inside = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    for name in ["Inner", "Outer"][:depth]:
        members = [*inside, *(each.name for each in found)]
        found.append(CompositeState(name, states=members, initial=draw(st.sampled_from(members))))
        outside = [each for each in names if each not in members]
        inside = draw(st.lists(st.sampled_from(outside), unique=True)) if outside else []
    return found


def guards(most: int) -> st.SearchStrategy[list[object]]:
    single = st.sampled_from(GUARDS)
    joined = st.one_of(
        single,
        single.map(lambda guard: ~guard),
        st.tuples(single, single).map(lambda pair: pair[0] | ~pair[1]),
        st.tuples(single, single).map(lambda pair: pair[0] & pair[1]),
    )
    return st.lists(joined, max_size=most)


@st.composite
def definitions(draw: st.DrawFn) -> WorkflowDefinition:
    """Draw a definition with all there is; each transition has an effect that tells its number."""
    names = NAMES[: draw(st.integers(2, 5))]
    around = draw(composites(names))
    anywhere = st.sampled_from([*names, *(each.name for each in around)])
    required = st.lists(st.sampled_from(["type", "impact"]), max_size=1)
    taken: set[tuple[str, str]] = set()
    transitions: list[Transition] = []
    for _ in range(draw(st.integers(1, 9))):
        trigger = draw(st.sampled_from(TRIGGERS))
        sources = draw(st.lists(anywhere, min_size=1, max_size=2, unique=True))
        asked = draw(guards(2))
        sources = [source for source in sources if (source, trigger) not in taken]
        if not sources:
            continue
        if not asked:
            taken |= {(source, trigger) for source in sources}
        transitions.append(
            Transition(
                trigger,
                sources,
                draw(anywhere),
                guards=asked,
                required=draw(required),
                roles=draw(st.lists(st.sampled_from(["agent", "boss"]), max_size=1)),
                effects=str(len(transitions)),
            )
        )
    bare = WorkflowDefinition(
        "any",
        initial="A",
        states=[
            State(
                name,
                draw(st.sampled_from(StateCategory)),
                required=draw(required),
                guards=draw(guards(1)) if draw(st.booleans()) else (),
            )
            for name in names
        ],
        transitions=transitions,
        composites=around,
    )
    gates = [*names, *(each.name for each in around), *bare.guards, *(way.trigger for way in transitions)]
    rules = draw(
        st.lists(
            st.builds(
                NeverWithout,
                st.sampled_from(gates),
                before=anywhere,
                since=st.none() | anywhere,
            ),
            max_size=3,
        )
    )
    states = []
    for state in bare.states:
        legal = sorted(
            {
                way.trigger
                for way in transitions
                if not {state.name, *bare.composites_around(state.name)}.isdisjoint(way.sources)
            }
        )
        timers = draw(st.lists(st.sampled_from(legal), max_size=1)) if legal else []
        states.append(
            State(
                state.name,
                state.category,
                required=state.required,
                guards=state.guards,
                timers=[StateTimer(each, after=BusinessDays(1)) for each in timers],
            )
        )
    return WorkflowDefinition(
        "any", initial="A", states=states, transitions=transitions, composites=around, rules=rules
    )


# -- the oracle --------------------------------------------------------------------------------------


def fired(definition: WorkflowDefinition) -> Fires:
    """Return all that happens: for each state and trigger, by which facts."""
    workflow = Workflow(definition)
    found: dict[tuple[str, str], list[tuple[Facts, Fired]]] = {}
    for state, trigger, facts in product(definition.states, TRIGGERS, DOMAIN):
        try:
            result = workflow.fire(state.name, trigger, facts)
        except TransitionRefusedError:
            continue
        found.setdefault((state.name, trigger), []).append((facts, result))
    return found


def targets(fires: Fires) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for (state, _), results in fires.items():
        found.setdefault(state, set()).update(result.target for _, result in results)
    return found


def reach(state: str, leads: Mapping[str, set[str]]) -> frozenset[str]:
    found, waiting = {state}, [state]
    while waiting:
        new = leads.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return frozenset(found)


def replayed(definition: WorkflowDefinition, finding: Finding) -> str:
    """Return the state that a new ticket is in after the witness of *finding*, step by step."""
    workflow = Workflow(definition)
    state = definition.initial
    for step in finding.witness:
        assert step.source == state
        result = workflow.fire(state, step.trigger, step.facts)
        assert (result.source, result.target) == (step.source, step.target)
        state = result.target
    return state


def of_kind(findings: Iterable[Finding], *kinds: FindingKind) -> list[Finding]:
    return [finding for finding in findings if finding.kind in kinds]


def place(finding: Finding) -> int:
    found = re.match(r"(?:transitions|rules)\[(\d+)\]", finding.path)
    assert found is not None
    return int(found[1])


def state_of(finding: Finding) -> str:
    found = re.match(r"states\['(.*?)'\]", finding.path)
    assert found is not None
    return found[1]


laws = settings(max_examples=40, deadline=None)


# -- the laws ----------------------------------------------------------------------------------------


@laws
@given(definitions())
def test_every_witness_can_be_executed_and_every_closed_region_is_closed(definition: WorkflowDefinition):
    leads = targets(fired(definition))
    for finding in check_definition(definition):
        last = replayed(definition, finding)
        if finding.kind in (FindingKind.TRAP, FindingKind.ENDLESS, FindingKind.UNREACHABLE):
            assert last in finding.region
        closed = (FindingKind.TRAP, FindingKind.ENDLESS, FindingKind.UNREACHABLE, FindingKind.CATEGORY)
        if finding.kind in closed:
            for state in finding.region:
                assert leads.get(state, set()) <= finding.region


@laws
@given(definitions())
def test_exactly_the_states_that_are_never_entered_are_unreachable(definition: WorkflowDefinition):
    reached = reach("A", targets(fired(definition)))
    found = of_kind(check_definition(definition), FindingKind.UNREACHABLE)
    assert [state_of(each) for each in found] == [
        state.name for state in definition.states if state.name not in reached
    ]
    assert all(each.region == reached for each in found)


@laws
@given(definitions())
def test_exactly_what_keeps_tickets_for_ever_is_a_trap_or_endless(definition: WorkflowDefinition):
    leads = targets(fired(definition))
    category = {state.name: state.category for state in definition.states}
    expected = set()
    for name in reach("A", leads):
        closed = reach(name, leads)
        if not {category[each] for each in closed} & ENDS and all(
            reach(each, leads) == closed for each in closed
        ):
            expected.add((FindingKind.ENDLESS if len(closed) > 1 else FindingKind.TRAP, closed))
    found = of_kind(check_definition(definition), FindingKind.TRAP, FindingKind.ENDLESS)
    assert {(each.kind, each.region) for each in found} == expected
    assert len(found) == len(expected)


@laws
@given(definitions())
def test_exactly_what_is_never_taken_is_dead_or_shadowed(definition: WorkflowDefinition):
    fires = fired(definition)
    expected = set()
    for number, way in enumerate(definition.transitions):
        taken = {
            state
            for (state, _), results in fires.items()
            if any(result.effects == way.effects for _, result in results)
        }
        target = definition.state(definition.entry_of(way.target))
        meets = any(
            all(facts.get(name) is not None for name in (*way.required, *target.required))
            and all(guard.verdict(facts).holds for guard in (*way.guards, *target.guards))
            and (not way.roles or facts.get(ACTOR_ROLES) in (way.roles[0], way.roles))
            for facts in DOMAIN
        )
        if not meets:
            expected.add((FindingKind.DEAD, f"transitions[{number}]"))
        elif not taken:
            expected.add((FindingKind.SHADOWED, f"transitions[{number}]"))
        else:
            expected |= {
                (FindingKind.SHADOWED, f"transitions[{number}].from[{index}]")
                for index, source in enumerate(way.sources)
                if taken.isdisjoint(definition.states_in(source))
            }
    found = of_kind(check_definition(definition), FindingKind.DEAD, FindingKind.SHADOWED)
    assert {(each.kind, each.path) for each in found} == expected
    assert len(found) == len(expected)


@laws
@given(definitions())
def test_exactly_what_can_be_chosen_with_an_earlier_one_overlaps_with_the_first(
    definition: WorkflowDefinition,
):
    pairs = set()
    for state, trigger in product(reach("A", targets(fired(definition))), TRIGGERS):
        levels = (state, *definition.composites_around(state))
        tried = list(
            dict.fromkeys(
                number
                for level in levels
                for number, way in enumerate(definition.transitions)
                if way.trigger == trigger and level in way.sources
            )
        )
        ways = {number: definition.transitions[number] for number in tried}

        def level_of(number: int) -> str:
            return next(level for level in levels if level in ways[number].sources)  # noqa: B023 - called at once

        for facts in DOMAIN:
            chosen = [number for number in tried if all(g.verdict(facts).holds for g in ways[number].guards)]
            pairs |= {
                (chosen[0], other)
                for other in chosen[1:]
                if ways[other].guards and level_of(other) == level_of(chosen[0])
            }
    found = of_kind(check_definition(definition), FindingKind.OVERLAP)
    firsts = []
    for finding in found:
        first = re.search(r"transitions\[(\d+)\]", finding.problem)
        assert first is not None
        firsts.append((place(finding), int(first[1])))
        if "refused" not in finding.problem:
            both = (
                *definition.transitions[int(first[1])].guards,
                *definition.transitions[place(finding)].guards,
            )
            assert all(guard.verdict(finding.witness[-1].facts).holds for guard in both)
    assert firsts == [
        (number, min(one for one, other in pairs if other == number))
        for number in sorted({other for _, other in pairs})
    ]


@laws
@given(definitions())
def test_exactly_the_gates_that_a_way_avoids_are_avoidable(definition: WorkflowDefinition):
    fires = fired(definition)
    found = {place(each): each for each in of_kind(check_definition(definition), FindingKind.AVOIDABLE_GATE)}
    for number, rule in enumerate(definition.rules):
        shortest = steps_past(definition, rule, fires)
        assert (number in found) == (shortest is not None)
        if number in found:
            assert len(found[number].witness) == shortest
            breaks(definition, rule, found[number])


def passes(
    definition: WorkflowDefinition, rule: NeverWithout, facts: Facts, trigger: str, target: str
) -> bool:
    guard = definition.guards.get(rule.gate)
    return (
        trigger == rule.gate
        or target in named(definition, rule.gate)
        or (guard is not None and guard.verdict(facts).holds)
    )


def named(definition: WorkflowDefinition, name: str | None) -> set[str]:
    """Return the states of that name, or in the composite of that name."""
    return {
        state.name
        for state in definition.states
        if name in (state.name, *definition.composites_around(state.name))
    }


def steps_past(definition: WorkflowDefinition, rule: NeverWithout, fires: Fires) -> int | None:
    """Return how many steps the shortest way takes on which the rule is broken; all facts are tried."""
    before, since = named(definition, rule.before), named(definition, rule.since)
    passed = "A" in named(definition, rule.gate)
    if "A" in before and not passed:
        return 0
    start = ("A", passed and "A" not in since)
    distance = {start: 0}
    waiting = deque([start])
    while waiting:
        state, passed = node = waiting.popleft()
        for (source, trigger), results in fires.items():
            for facts, result in results if source == state else []:
                now = passed or passes(definition, rule, facts, trigger, result.target)
                if result.target in before and not now:
                    return distance[node] + 1
                after = (result.target, now and result.target not in since)
                if after not in distance:
                    distance[after] = distance[node] + 1
                    waiting.append(after)
    return None


def breaks(definition: WorkflowDefinition, rule: NeverWithout, finding: Finding) -> None:
    """Walk the witness: at its end, the ticket is where it must not be without the gate."""
    passed = now = "A" in named(definition, rule.gate)
    state = "A"
    since = named(definition, rule.since)
    for step in finding.witness:
        passed = now and state not in since
        now = passed or passes(definition, rule, step.facts, step.trigger, step.target)
        state = step.target
    assert state in named(definition, rule.before)
    assert not now


@laws
@given(definitions())
def test_exactly_the_misused_categories_are_told(definition: WorkflowDefinition):
    fires = fired(definition)
    leads = targets(fires)
    reached = reach("A", leads)
    category = {state.name: state.category for state in definition.states}

    def leads_to(name: str, wanted: Iterable[StateCategory]) -> bool:
        return any(category[each] in wanted for each in reach(name, leads))

    expected = [] if category["A"] is StateCategory.NEW else ["initial"]
    moves = {
        (int(result.effects[0]), result.source_category, result.category)
        for (state, _), results in fires.items()
        if state in reached
        for _, result in results
    }
    for is_misuse in MISUSES:
        expected += [f"transitions[{each}]" for each in sorted({n for n, *pair in moves if is_misuse(*pair)})]
    expected += [
        f"states[{name!r}]"
        for name, own in category.items()
        if own is StateCategory.PENDING and name in reached
        if leads_to(name, ENDS) and not leads_to(name, {StateCategory.ACTIVE})
    ]
    expected += [
        f"states[{name!r}]"
        for name, own in category.items()
        if own is StateCategory.RESOLVED and name in reached
        if OVER & {*category.values()} and not leads_to(name, OVER)
    ]
    assert [each.path for each in of_kind(check_definition(definition), FindingKind.CATEGORY)] == expected


MISUSES: list[Callable[[StateCategory, StateCategory], bool]] = [
    lambda source, target: target == "new" and source not in ("new", "closed", "cancelled"),
    lambda source, target: source in ("closed", "cancelled") and target in ("new", "active", "pending"),
]


@laws
@given(definitions())
def test_exactly_the_timers_that_need_a_person_are_told(definition: WorkflowDefinition):
    fires = fired(definition)
    reached = reach("A", targets(fires))
    expected = []
    for state in definition.states:
        entering = [
            facts
            for (source, _), results in fires.items()
            if source in reached and source != state.name
            for facts, result in results
            if result.target == state.name
        ]
        given = (
            set.intersection(*({*facts} for facts in entering)) if entering and state.name != "A" else set()
        )
        for index, timer in enumerate(state.timers):
            alone = any(
                {*way.required, *definition.state(result.target).required} <= given
                for facts, result in fires.get((state.name, timer.trigger), [])
                if facts.get(ACTOR_ROLES) is None
                for way in definition.transitions
                if way.effects == result.effects
            )
            if state.name in reached and not alone:
                expected.append(f"states[{state.name!r}].timers[{index}]")
    assert [each.path for each in of_kind(check_definition(definition), FindingKind.TIMER)] == expected


@laws
@given(definitions())
def test_everything_is_decided_where_conditions_are_small(definition: WorkflowDefinition):
    assert of_kind(check_definition(definition), FindingKind.UNDECIDED) == []
