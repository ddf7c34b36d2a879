"""Whether states can be entered and left, and are used as their categories say."""

from collections.abc import Callable, Collection, Iterator

from itsmkit.workflow._exploration import Exploration, Way
from itsmkit.workflow._wording import listed, place_of_state, place_of_transition, quoted
from itsmkit.workflow.finding import Finding, FindingKind
from itsmkit.workflow.state import ENDS, State, StateCategory

__all__ = ["misused_categories", "unreachable_states", "without_end"]

_OVER = frozenset({StateCategory.CLOSED, StateCategory.CANCELLED})


def unreachable_states(explored: Exploration) -> Iterator[Finding]:
    """Find the states that no ticket gets into."""
    for state in explored.definition.states:
        if state.name not in explored.reachable:
            yield Finding(
                place_of_state(state.name),
                FindingKind.UNREACHABLE,
                _why_unreachable(state.name, explored.entering[state.name]),
                region=explored.reachable,
            )


def _why_unreachable(state: str, entering: Collection[Way]) -> str:
    if not entering:
        return f"no transition leads to {state!r}; add one, or remove the state"
    possible = [way for way in entering if way.answer.is_possible]
    if not possible:
        places = listed(map(place_of_transition, sorted({way.place for way in entering})))
        return f"what leads to {state!r} is never taken: {places}; mend that, or remove the state"
    sources = quoted(dict.fromkeys(way.source.name for way in possible))
    problem = f"{state!r} is entered only from what is not reached either: {sources}"
    return f"{problem}; add a way from elsewhere, or remove the state"


def without_end(explored: Exploration) -> Iterator[Finding]:
    """
    Find the states that keep their tickets for ever, first those that do it alone.

    Of all states without a way to an end, these are the ones that the others lead to: once they are mended,
    there is none.
    """
    lost = _without_way_to(ENDS, explored)
    reached = {name: explored.reach(name) for name in lost}
    final = dict.fromkeys(
        states for states in reached.values() if all(reached[each] == states for each in states)
    )
    for states in sorted(final, key=_are_several):
        entered = [name for name in explored.arrivals if name in states]
        if not entered:  # whether any ticket gets there could not be decided
            continue
        names = [name for name in lost if name in states]
        before = [name for name in lost if name not in states and states <= reached[name]]
        if _are_several(states):
            kind, told = FindingKind.ENDLESS, f"no way leads from {quoted(names)} to an end"
        else:
            kind, told = FindingKind.TRAP, f"{names[0]!r} is no end, and no way leads out of it"
        also = f" (nor to an end from {quoted(before)})" if before else ""
        problem = f"{told}{also}; add a transition, or name the category in which work ends there"
        yield Finding(place_of_state(entered[0]), kind, problem, explored.path_to(entered[0]), states)


def _are_several(states: Collection[str]) -> bool:
    return len(states) > 1


def _without_way_to(categories: Collection[StateCategory], explored: Exploration) -> tuple[str, ...]:
    """Return the states that tickets get into, in order, from which no way leads to *categories*."""
    states = [state for state in explored.definition.states if state.name in explored.reachable]
    waiting = [state.name for state in states if state.category in categories]
    leading = set(waiting)
    while waiting:
        for way in explored.entering[waiting.pop()]:
            if way.answer.is_possible and way.source.name not in leading:
                leading.add(way.source.name)
                waiting.append(way.source.name)
    return tuple(state.name for state in states if state.name not in leading)


def misused_categories(explored: Exploration) -> Iterator[Finding]:
    """Find the states that are used otherwise than their category says: see `check_definition`."""
    definition = explored.definition
    initial = definition.state(definition.initial)
    if initial.category is not StateCategory.NEW:
        problem = (
            f"tickets begin in {initial.name!r}, which is {initial.category}, so that nobody is seen to take "
            "them up; begin in a new state"
        )
        yield Finding("initial", FindingKind.CATEGORY, problem)
    yield from _misused_ways(
        explored, _goes_back_to_new, "what was taken up is not new again; name it active"
    )
    yield from _misused_ways(explored, _goes_on_after_the_end, "what is over was counted; name it resolved")
    lost = _without_way_to(ENDS, explored)
    for state in _states_of(StateCategory.PENDING, explored):
        if state.name in _without_way_to({StateCategory.ACTIVE}, explored) and state.name not in lost:
            problem = (
                f"{state.name!r} is pending, and no way leads from there back to work; add one to an active "
                "state, or give it another category"
            )
            yield _misused_state(state, problem, explored)
    if any(state.category in _OVER for state in definition.states):
        for state in _states_of(StateCategory.RESOLVED, explored):
            if state.name in _without_way_to(_OVER, explored):
                problem = (
                    f"{state.name!r} is resolved, and no way leads from there to a closed state; add one, or "
                    "name it closed"
                )
                yield _misused_state(state, problem, explored)


def _goes_back_to_new(source: StateCategory, target: StateCategory) -> bool:
    return target is StateCategory.NEW and source is not target and source not in _OVER


def _goes_on_after_the_end(source: StateCategory, target: StateCategory) -> bool:
    return source in _OVER and target not in ENDS


def _misused_ways(
    explored: Exploration, is_misuse: Callable[[StateCategory, StateCategory], bool], advice: str
) -> Iterator[Finding]:
    """Find the transitions that lead from a category to another as they should not."""
    for place, ways in explored.by_place.items():
        misused = [way for way in ways if is_misuse(way.source.category, way.target.category)]
        step = explored.first_step(misused)
        if step is None:
            continue
        source, target = explored.definition.state(step.source), explored.definition.state(step.target)
        problem = (
            f"{step.trigger!r} leads from {source.name!r}, which is {source.category}, to {target.name!r}, "
            f"which is {target.category}; {advice}, or lead elsewhere"
        )
        witness = (*explored.path_to(source.name), step)
        yield Finding(place_of_transition(place), FindingKind.CATEGORY, problem, witness)


def _states_of(category: StateCategory, explored: Exploration) -> Iterator[State]:
    for state in explored.definition.states:
        if state.category is category and state.name in explored.arrivals:
            yield state


def _misused_state(state: State, problem: str, explored: Exploration) -> Finding:
    return Finding(
        place_of_state(state.name),
        FindingKind.CATEGORY,
        problem,
        explored.path_to(state.name),
        explored.reach(state.name),
    )
