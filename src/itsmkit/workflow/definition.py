"""A whole workflow as one value, checked when it is made."""

from collections.abc import Collection, Iterable, Iterator, Mapping

import attrs
from attrs import frozen

from itsmkit.workflow._checking import instance_problems, name_problems
from itsmkit.workflow.errors import WorkflowDefinitionError
from itsmkit.workflow.state import ENDS, State
from itsmkit.workflow.transition import Transition

__all__ = ["WorkflowDefinition", "reachability_problems", "reference_problems"]


def _states(states: Iterable[State]) -> tuple[State, ...]:
    return tuple(states)


def _transitions(transitions: Iterable[Transition]) -> tuple[Transition, ...]:
    return tuple(transitions)


@frozen
class WorkflowDefinition:
    """
    The states that a kind of ticket can be in, and the ways between them.

    Args:
        name: What the workflow is called.
        initial: The name of the state that tickets begin in.
        states: In the order in which they are to be shown; names are distinct.
        transitions: In order of preference; at most one per trigger and source.
        version: What tells two definitions of the same name apart; text.

    Raises:
        WorkflowDefinitionError: With every problem, such as an unknown or doubly declared state, a trigger
            declared twice from one state, a state that cannot be reached from the initial one, or
            a state from which work can never end.

    >>> from itsmkit.workflow import State, Transition, WorkflowDefinition
    >>> WorkflowDefinition(
    ...     "small",
    ...     initial="Open",
    ...     states=[State("Open", "active"), State("Done", "closed")],
    ...     transitions=[Transition("finish", "Opne", "Done")],
    ... )
    Traceback (most recent call last):
        ...
    itsmkit.workflow.errors.WorkflowDefinitionError: 3 problems:
    - transitions[0].sources: unknown state 'Opne'; known: Open, Done
    - states['Open']: no way leads from here to a state that is resolved, closed or cancelled
    - states['Done']: cannot be reached from the initial state 'Open'
    """

    name: str
    initial: str = attrs.field(kw_only=True)
    states: tuple[State, ...] = attrs.field(converter=_states, kw_only=True)
    transitions: tuple[Transition, ...] = attrs.field(converter=_transitions, kw_only=True)
    version: str = attrs.field(default="1", kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [
            *name_problems("name", self.name),
            *name_problems("version", self.version),
            *name_problems("initial", self.initial),
        ]
        for index, state in enumerate(self.states):
            problems += instance_problems(f"states[{index}]", state, State)
        for index, transition in enumerate(self.transitions):
            problems += instance_problems(f"transitions[{index}]", transition, Transition)
        if not problems:
            transitions = dict(enumerate(self.transitions))
            problems += reference_problems(self.initial, self.states, transitions)
            problems += reachability_problems(self.initial, self.states, self.transitions)
        if problems:
            raise WorkflowDefinitionError(*problems)


def reference_problems(
    initial: str | None,
    states: Collection[State],
    transitions: Mapping[int, Transition],
    *,
    sources: str = "sources",
    target: str = "target",
) -> Iterator[str]:
    """
    List where names do not say exactly what is meant: states, and triggers from one state.

    Args:
        initial: The name of the initial state, or ``None`` if that is not known.
        states: All states.
        transitions: By their place in the definition.
        sources: What the field of that name is called where the definition comes from.
        target: As for *sources*.
    """
    known: dict[str, int] = {}
    for index, state in enumerate(states):
        if known.setdefault(state.name, index) != index:
            yield f"states[{index}]: {state.name!r} is declared already by states[{known[state.name]}]"
    listed = ", ".join(known) or "none"
    if initial is not None and initial not in known:
        yield f"initial: unknown state {initial!r}; known: {listed}"
    declared: dict[tuple[str, str], int] = {}
    for index, transition in transitions.items():
        for source in transition.sources:
            if source not in known:
                yield f"transitions[{index}].{sources}: unknown state {source!r}; known: {listed}"
            first = declared.setdefault((source, transition.trigger), index)
            if first != index:
                yield (
                    f"transitions[{index}]: {transition.trigger!r} from {source!r} is declared already "
                    f"by transitions[{first}]; give one of them another trigger"
                )
        if transition.target not in known:
            yield f"transitions[{index}].{target}: unknown state {transition.target!r}; known: {listed}"


def reachability_problems(
    initial: str | None, states: Collection[State], transitions: Iterable[Transition]
) -> Iterator[str]:
    """List the states that no ticket can get into, and those from which work can never end."""
    forward: dict[str, set[str]] = {state.name: set() for state in states}
    backward: dict[str, set[str]] = {state.name: set() for state in states}
    for transition in transitions:
        for source in transition.sources:
            if source in forward and transition.target in forward:
                forward[source].add(transition.target)
                backward[transition.target].add(source)
    ending = _closure((state.name for state in states if state.category in ENDS), backward)
    # An unknown initial state is a problem of its own, and would make a problem of every state.
    reached = _closure([initial], forward) if initial in forward else set(forward)
    for name in forward:
        if name not in reached:
            yield f"states[{name!r}]: cannot be reached from the initial state {initial!r}"
        if name not in ending:
            yield (
                f"states[{name!r}]: no way leads from here to a state that is resolved, closed or cancelled"
            )


def _closure(starts: Iterable[str], ways: Mapping[str, Iterable[str]]) -> set[str]:
    found = set(starts)
    waiting = list(found)
    while waiting:
        new = [name for name in ways[waiting.pop()] if name not in found]
        found.update(new)
        waiting += new
    return found
