"""Whether the names in a definition say exactly what is meant."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from attrs import frozen

from itsmkit._problems import close_to
from itsmkit.conditions import ALWAYS
from itsmkit.workflow.guard import Guard, GuardExpression, ambiguity_problems
from itsmkit.workflow.rule import NeverWithout
from itsmkit.workflow.state import CompositeState, State
from itsmkit.workflow.transition import Transition

__all__ = ["References", "UNREADABLE"]

UNREADABLE: GuardExpression = Guard("unreadable", ALWAYS, "cannot be read")
"""Stands for guards that cannot be read: what has them is guarded all the same. It is known by identity."""

_MOST_NESTED = 50


@frozen
class References:
    """
    The parts of a definition, as far as they are known, and what their names refer to.

    Args:
        initial: The name of the initial state, or ``None`` if that is not known.
        states: All states.
        transitions: By their place in the definition.
        composites: All composite states.
        rules: The rules, by their place.
        sources: What the field of that name is called where the definition comes from.
        target: As for *sources*.
        unread: The names of states and composite states that are there and could not be read.
        all_ways_read: Whether *transitions* are all that there are.
        guards: The names of guards that are there, whether anybody asks for them or not.
    """

    initial: str | None
    states: Collection[State]
    transitions: Mapping[int, Transition]
    composites: Collection[CompositeState]
    rules: Mapping[int, NeverWithout]
    sources: str = "sources"
    target: str = "target"
    unread: tuple[str, ...] = ()
    all_ways_read: bool = True
    guards: tuple[str, ...] = ()

    def problems(self) -> Iterator[str]:
        """List where a name is unknown or ambiguous, each with its path."""
        yield from self._doubles()
        yield from self._initial()
        yield from self._nesting()
        yield from self._ends_of_transitions()
        yield from self._declared_twice()
        if self.all_ways_read:  # a way that could not be read may have any trigger
            yield from self._timers()
        yield from ambiguity_problems(self._guards())
        yield from self._rules()

    def _names(self) -> tuple[str, ...]:
        return (*self._state_names(), *(composite.name for composite in self.composites), *self.unread)

    def _state_names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(state.name for state in self.states))

    def _doubles(self) -> Iterator[str]:
        known: dict[str, str] = {}
        places = [
            *((state.name, f"states[{index}]") for index, state in enumerate(self.states)),
            *((composite.name, f"composites[{index}]") for index, composite in enumerate(self.composites)),
        ]
        for name, place in places:
            if known.setdefault(name, place) != place:
                yield f"{place}: {name!r} is declared already by {known[name]}"

    def _initial(self) -> Iterator[str]:
        if self.initial is not None and self.initial not in (*self._state_names(), *self.unread):
            composite = self.initial in self._names()
            what = "a composite state, and tickets begin in a state" if composite else "an unknown state"
            yield f"initial: {self.initial!r} is {what}; {close_to(self.initial, self._state_names())}"

    def _nesting(self) -> Iterator[str]:
        known = self._names()
        owner: dict[str, str] = {}
        for composite in self.composites:
            path = f"composites[{composite.name!r}].states"
            for name in composite.states:
                if name not in known:
                    yield f"{path}: unknown state {name!r}; {close_to(name, known)}"
                elif owner.setdefault(name, composite.name) != composite.name:
                    yield f"{path}: {name!r} belongs to {owner[name]!r} already"
        told: set[str] = set()
        for composite in self.composites:
            around = _around(composite.name, owner)
            if len(around) > _MOST_NESTED and composite.name not in around:
                path = f"composites[{composite.name!r}]"
                yield f"{path}: it lies {len(around)} composite states deep; {_MOST_NESTED} are the most"
            if composite.name in around and told.isdisjoint(around):
                told.update(around)
                path = f"composites[{composite.name!r}]"
                yield f"{path}: it lies within itself: {' in '.join([composite.name, *around])}"

    def _ends_of_transitions(self) -> Iterator[str]:
        known = self._names()
        for index, transition in self.transitions.items():
            for source in transition.sources:
                if source not in known:
                    path = f"transitions[{index}].{self.sources}"
                    yield f"{path}: unknown state {source!r}; {close_to(source, known)}"
            if transition.target not in known:
                path = f"transitions[{index}].{self.target}"
                yield f"{path}: unknown state {transition.target!r}; {close_to(transition.target, known)}"

    def _declared_twice(self) -> Iterator[str]:
        unguarded: dict[tuple[str, str], int] = {}
        for index, transition in self.transitions.items():
            for source in transition.sources:
                first = unguarded.get((source, transition.trigger))
                if first is not None:
                    yield (
                        f"transitions[{index}]: {transition.trigger!r} from {source!r} is declared already "
                        f"by transitions[{first}], which has no guards and so is always taken; give one of "
                        "them another trigger, or the first one guards"
                    )
                elif not transition.guards:
                    unguarded[source, transition.trigger] = index

    def _timers(self) -> Iterator[str]:
        owner = {name: composite.name for composite in self.composites for name in composite.states}
        for state in self.states:
            around = {state.name, *_around(state.name, owner)}
            legal = sorted(
                {way.trigger for way in self.transitions.values() if not around.isdisjoint(way.sources)}
            )
            for index, timer in enumerate(state.timers):
                if timer.trigger not in legal:
                    path = f"states[{state.name!r}].timers[{index}].trigger"
                    yield (
                        f"{path}: {timer.trigger!r} is not declared for this state; "
                        f"{close_to(timer.trigger, legal)}"
                    )

    def _guards(self) -> Iterator[tuple[str, GuardExpression]]:
        for state in self.states:
            yield from _readable(f"states[{state.name!r}]", state.guards)
        for place, transition in self.transitions.items():
            yield from _readable(f"transitions[{place}]", transition.guards)

    def _rules(self) -> Iterator[str]:
        states = self._names()
        triggers = {transition.trigger for transition in self.transitions.values()}
        guards = {guard.name for _, expression in self._guards() for guard in expression.guards()}
        gates = tuple(dict.fromkeys((*states, *sorted(triggers), *sorted(guards), *self.guards)))
        for index, rule in self.rules.items():
            if self.all_ways_read and rule.gate not in gates:
                yield (
                    f"rules[{index}].never_without: {rule.gate!r} is no state, trigger or guard; "
                    f"{close_to(rule.gate, gates)}"
                )
            for what, name in (("before", rule.before), ("since", rule.since)):
                if name is not None and name not in states:
                    yield f"rules[{index}].{what}: unknown state {name!r}; {close_to(name, states)}"


def _readable(path: str, guards: Iterable[GuardExpression]) -> Iterator[tuple[str, GuardExpression]]:
    for index, guard in enumerate(guards):
        if guard is not UNREADABLE:
            yield f"{path}.guards[{index}]", guard


def _around(name: str, owner: Mapping[str, str]) -> list[str]:
    """Return what *name* lies in, innermost first; what lies within itself comes last."""
    found: list[str] = []
    while name in owner and owner[name] not in found:
        name = owner[name]
        found.append(name)
    return found
