"""Whether transitions can be taken, which of them is, and by whom."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import combinations
from typing import TypeVar

from attrs import evolve, frozen

from itsmkit.conditions import Presence
from itsmkit.workflow._exploration import Demand, Exploration, Way
from itsmkit.workflow._satisfaction import NOBODY, Answer
from itsmkit.workflow._wording import listed, place_of_state, place_of_transition, quoted, told_facts
from itsmkit.workflow.finding import Finding, FindingKind
from itsmkit.workflow.state import State

__all__ = [
    "dead_transitions",
    "helpless_timers",
    "overlaps",
    "shadowed_transitions",
    "undecided_transitions",
]

T = TypeVar("T")


def dead_transitions(explored: Exploration) -> Iterator[Finding]:
    """Find the transitions whose demands contradict each other."""
    for place, ways in explored.by_place.items():
        way = ways[0]  # all ways of a transition lead to the same state and demand the same
        if not _is_dead(way, explored):
            continue
        contrary = _needed(way.demands, partial(_contradict, way, explored))
        wrong = "never holds" if len(contrary) == 1 else "never hold together"
        problem = (
            f"{way.transition.trigger!r} to {way.target.name!r} is never taken: "
            f"{listed(demand.told for demand in contrary)} {wrong}; change that, or remove it"
        )
        yield _never_taken(place_of_transition(place), FindingKind.DEAD, problem, ways, explored)


def _is_dead(way: Way, explored: Exploration) -> bool:
    return not way.answer.is_possible and _contradict(way, explored, way.demands)


def _contradict(way: Way, explored: Exploration, demands: tuple[Demand, ...]) -> bool:
    """Tell whether some *demands* of *way* can never be met together, whatever goes before."""
    conditions = (demand.condition for demand in demands if demand.condition is not None)
    ask_for_roles = any(demand.condition is None for demand in demands)
    return not explored.solver.solve(conditions, actor=way.actor if ask_for_roles else None).is_possible


def _needed(parts: tuple[T, ...], are_enough: Callable[[tuple[T, ...]], bool]) -> tuple[T, ...]:
    """Return as few of *parts*, which are enough, as still are: without any of them, the others are not."""
    for part in parts:
        others = tuple(each for each in parts if each is not part)
        if are_enough(others):
            parts = others
    return parts


def shadowed_transitions(explored: Exploration) -> Iterator[Finding]:
    """Find the transitions, or single sources of one, where others always go before."""
    for place, ways in explored.by_place.items():
        if _is_dead(ways[0], explored):
            continue
        if not any(way.answer.is_possible for way in ways):
            yield _shadowed(place_of_transition(place), ways, explored)
            continue
        for index, source in enumerate(ways[0].transition.sources):
            states = explored.definition.states_in(source)
            from_there = [way for way in ways if way.source.name in states]
            if not any(way.answer.is_possible for way in from_there):
                yield _shadowed(f"{place_of_transition(place)}.from[{index}]", from_there, explored)


def _shadowed(path: str, ways: Sequence[Way], explored: Exploration) -> Finding:
    before = {each.place for way in ways for each in _taken_in_place_of(way, explored)}
    problem = (
        f"{ways[0].transition.trigger!r} from {quoted(dict.fromkeys(way.level for way in ways))} to "
        f"{ways[0].target.name!r} is never taken: {listed(map(place_of_transition, sorted(before)))} always "
        f"{'goes' if len(before) == 1 else 'go'} before; put it before that, or remove it"
    )
    return _never_taken(path, FindingKind.SHADOWED, problem, ways, explored)


def _taken_in_place_of(way: Way, explored: Exploration) -> tuple[Way, ...]:
    """Return as few of what goes before *way* as are enough that it is never taken."""

    def are_enough(before: tuple[Way, ...]) -> bool:
        choices = (each.choice for each in before)
        return not explored.solver.solve(way.conditions, none_of=choices, actor=way.actor).is_possible

    return _needed(way.before, are_enough)


def _never_taken(
    path: str, kind: FindingKind, problem: str, ways: Sequence[Way], explored: Exploration
) -> Finding:
    states = {way.source.name for way in ways}
    entered = [name for name in explored.arrivals if name in states]
    witness = explored.path_to(entered[0]) if entered else ()
    return Finding(path, kind, problem, witness, states)


@frozen(eq=False)
class _Rivals:
    """Two ways from one state of which the second may be chosen where the first is, if *both* says so."""

    one: Way
    other: Way
    both: Answer


def overlaps(explored: Exploration) -> Iterator[Finding]:
    """Find the transitions that can be chosen where an earlier one is, so that only their order decides."""
    for rivals in _rivals(explored):
        one, other = rivals.one, rivals.other
        taken = explored.solver.solve(
            (*one.conditions, *other.choice), none_of=one.choices_before, actor=one.actor
        )
        facts = taken.facts if taken.facts is not None else rivals.both.facts
        if facts is None:
            continue
        by = f" where {told_facts(facts)}" if facts else ""
        refusal = "" if taken.is_possible else ", and the first is refused then"
        problem = (
            f"{_named(other)} and {place_of_transition(one.place)} to {one.target.name!r} can both be "
            f"chosen{by}: their order decides{refusal}; let their guards exclude each other"
        )
        witness = explored.path_to(one.source.name)
        if taken.facts is not None:
            witness = (*witness, one.step(facts))
        yield Finding(place_of_transition(other.place), FindingKind.OVERLAP, problem, witness)


def _rivals(explored: Exploration) -> Iterator[_Rivals]:
    """Yield each transition that may be chosen where an earlier one is, with the first such."""
    found: dict[int, list[tuple[Way, Way]]] = {}
    for one, other in _pairs(explored):
        found.setdefault(other.place, []).append((one, other))
    for place in sorted(found):
        first = _first_rivals(sorted(found[place], key=lambda pair: pair[0].place), explored)
        if first is not None:
            yield first


def _first_rivals(pairs: Iterable[tuple[Way, Way]], explored: Exploration) -> _Rivals | None:
    """Return the first of *pairs* that certainly can both be chosen; if there is none, that may be."""
    doubtful = None
    for one, other in pairs:
        if not _only_order_tells(one, other):
            continue
        both = _both_chosen(one, other, explored)
        if both.facts is not None:
            return _Rivals(one, other, both)
        if both.is_possible and doubtful is None:
            doubtful = _Rivals(one, other, both)
    return doubtful


def _pairs(explored: Exploration) -> Iterator[tuple[Way, Way]]:
    """Yield each pair of ways of a trigger, where tickets get first."""
    seen: set[tuple[tuple[int, str], ...]] = set()
    for state in explored.arrivals:
        for ways in explored.ways[state].values():
            alike = tuple((way.place, way.level) for way in ways)
            if alike not in seen:  # as from most other states in the same composite
                seen.add(alike)
                yield from combinations(ways, 2)


def _only_order_tells(one: Way, other: Way) -> bool:
    """Tell whether the order of two ways means nothing, and yet makes a difference."""
    alike = evolve(one.transition, sources=other.transition.sources, guards=other.transition.guards)
    return one.level == other.level and bool(other.choice) and alike != other.transition


def _both_chosen(one: Way, other: Way, explored: Exploration) -> Answer:
    choices = (*one.choice, *other.choice)
    # Mostly they exclude each other, which is seen at once, whatever goes before.
    alone = explored.solver.solve(choices)
    return explored.solver.solve(choices, none_of=one.choices_before) if alone.is_possible else alone


def _named(way: Way) -> str:
    return f"{way.transition.trigger!r} from {way.source.name!r} to {way.target.name!r}"


def helpless_timers(explored: Exploration) -> Iterator[Finding]:
    """Find the timers whose trigger is refused unless a person gives what it demands."""
    for state in explored.definition.states:
        if state.name not in explored.arrivals:
            continue
        for index, timer in enumerate(state.timers):
            ways = explored.ways[state.name][timer.trigger]
            if not any(_fires_alone(way, explored) for way in ways):
                step = explored.first_step(ways)
                yield Finding(
                    f"{place_of_state(state.name)}.timers[{index}]",
                    FindingKind.TIMER,
                    _why_helpless(ways, explored),
                    (*explored.path_to(state.name), *([] if step is None else [step])),
                )


def _fires_alone(way: Way, explored: Exploration) -> bool:
    """Tell whether *way* can be taken without an actor, by facts that are there from its beginning."""
    alone = explored.solver.solve(way.conditions, none_of=way.choices_before, actor=NOBODY)
    return alone.is_possible and not way.transition.roles and not _unmet(way, explored)


def _unmet(way: Way, explored: Exploration) -> tuple[str, ...]:
    """Return the required facts of *way* that may be missing when its source is entered."""
    required = dict.fromkeys((*way.transition.required, *way.target.required))
    return tuple(name for name in required if _may_be_missing(name, way.source, explored))


def _may_be_missing(name: str, state: State, explored: Exploration) -> bool:
    return state.name == explored.definition.initial or any(
        explored.solver.solve(
            (*way.conditions, ~Presence(name)), none_of=way.choices_before, actor=way.actor
        ).facts
        is not None
        for way in explored.entering[state.name]
        if way.source.name in explored.reachable
    )


def _why_helpless(ways: tuple[Way, ...], explored: Exploration) -> str:
    possible = [way for way in ways if way.answer.is_possible]
    trigger = ways[0].transition.trigger
    if not possible:
        return (
            f"it fires {trigger!r}, which is never taken from here; mend the transition, or remove the timer"
        )
    way = possible[0]
    needs = [
        *([f"the role {' or '.join(map(repr, way.transition.roles))}"] if way.transition.roles else []),
        *map(repr, _unmet(way, explored)),
    ]
    return (
        f"it fires {_named(way)}, which is refused without a person, for it needs "
        f"{listed(needs or ['an actor'])}; demand less there, or give it a trigger of its own"
    )


def undecided_transitions(explored: Exploration) -> Iterator[Finding]:
    """Find the transitions of which it cannot be told whether they are ever taken, or overlap."""
    for place, ways in explored.by_place.items():
        open_ways = [way for way in ways if way.answer.doubt is not None]
        if open_ways:
            problem = f"it is open whether {_named(open_ways[0])} is ever taken: {open_ways[0].answer.doubt}"
            yield Finding(place_of_transition(place), FindingKind.UNDECIDED, problem)
    for rivals in _rivals(explored):
        one, other, doubt = rivals.one, rivals.other, rivals.both.doubt
        if doubt is not None:
            problem = (
                f"it is open whether {_named(other)} and {place_of_transition(one.place)} to "
                f"{one.target.name!r} can both be chosen: {doubt}"
            )
            yield Finding(place_of_transition(other.place), FindingKind.UNDECIDED, problem)
