"""A whole workflow as one value, checked when it is made."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import attrs
from attrs import frozen

from itsmkit._problems import close_to, items_problems, name_problems
from itsmkit.workflow._references import References
from itsmkit.workflow.errors import UnknownStateError, WorkflowDefinitionError
from itsmkit.workflow.guard import Guard
from itsmkit.workflow.rule import NeverWithout
from itsmkit.workflow.state import CompositeState, State, StateCategory
from itsmkit.workflow.transition import Transition

__all__ = ["WorkflowDefinition", "effect_problems", "resolve_effects", "unknown_state"]


def _states(states: Iterable[State]) -> tuple[State, ...]:
    return tuple(states)


def _transitions(transitions: Iterable[Transition]) -> tuple[Transition, ...]:
    return tuple(transitions)


def _composites(composites: Iterable[CompositeState]) -> tuple[CompositeState, ...]:
    return tuple(composites)


def _rules(rules: Iterable[NeverWithout]) -> tuple[NeverWithout, ...]:
    return tuple(rules)


@frozen
class WorkflowDefinition:
    """
    The states that a kind of ticket can be in, and the ways between them.

    A definition is valid if its names say what is meant. Whether it makes sense (that each state can be
    reached, that work can always end, that no way leads past an approval) is another question, which
    `check_definition` answers with the ways that show it.

    Args:
        name: What the workflow is called.
        initial: The name of the state that tickets begin in.
        states: In the order in which they are to be shown; names are distinct.
        transitions: In order of preference. Of those that share a trigger and a source, each but the last
            has guards, for they choose.
        version: What tells two definitions of the same name apart; text.
        composites: States that belong together.
        rules: What holds whichever way is taken.

    Raises:
        WorkflowDefinitionError: With every problem, such as an unknown or doubly declared state, a trigger
            declared twice from one state, or a timer whose trigger is not declared there.

    >>> from itsmkit.workflow import State, Transition, WorkflowDefinition
    >>> WorkflowDefinition(
    ...     "small",
    ...     initial="open",
    ...     states=[State("Open", "active"), State("Done", "closed")],
    ...     transitions=[Transition("finish", "Opne", "Done")],
    ... )
    Traceback (most recent call last):
        ...
    itsmkit.workflow.errors.WorkflowDefinitionError: 2 problems:
    - initial: 'open' is an unknown state; did you mean 'Open'?
    - transitions[0].sources: unknown state 'Opne'; did you mean 'Open'?
    """

    name: str
    initial: str = attrs.field(kw_only=True)
    states: tuple[State, ...] = attrs.field(converter=_states, kw_only=True)
    transitions: tuple[Transition, ...] = attrs.field(converter=_transitions, kw_only=True)
    version: str = attrs.field(default="1", kw_only=True)
    composites: tuple[CompositeState, ...] = attrs.field(default=(), converter=_composites, kw_only=True)
    rules: tuple[NeverWithout, ...] = attrs.field(default=(), converter=_rules, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [
            *name_problems("name", self.name),
            *name_problems("version", self.version),
            *name_problems("initial", self.initial),
        ]
        for what, kind in _PARTS.items():
            problems += items_problems(what, getattr(self, what), kind)
        if not problems:
            problems += References(
                self.initial,
                self.states,
                dict(enumerate(self.transitions)),
                self.composites,
                dict(enumerate(self.rules)),
            ).problems()
        if problems:
            raise WorkflowDefinitionError(*problems)

    def category_of(self, state: str) -> StateCategory:
        """
        Return the category of *state*.

        Raises:
            UnknownStateError: If there is no such state.
        """
        return self.state(state).category

    def state(self, name: str) -> State:
        """
        Return the state called *name*.

        Raises:
            UnknownStateError: If there is none; a composite state is none.
        """
        state = self._by_name.get(name)
        if state is None:
            raise unknown_state(self, name)
        return state

    def states_in(self, name: str) -> tuple[str, ...]:
        """
        Return the names of the states in the composite state *name*, or the state itself.

        Raises:
            UnknownStateError: If there is neither.
        """
        composite = self._composites_by_name.get(name)
        if composite is None:
            return (self.state(name).name,)
        return tuple(state for each in composite.states for state in self.states_in(each))

    def entry_of(self, name: str) -> str:
        """
        Return the name of the state that is entered by a transition to *name*: itself, if it is a state.

        Raises:
            UnknownStateError: If there is neither a state nor a composite of that name.
        """
        composite = self._composites_by_name.get(name)
        return self.state(name).name if composite is None else self.entry_of(composite.initial)

    def composites_around(self, name: str) -> tuple[str, ...]:
        """Return the names of the composite states that the state *name* lies in, innermost first."""
        around = []
        while (above := self._owner.get(name)) is not None:
            around.append(above)
            name = above
        return tuple(around)

    @property
    def guards(self) -> Mapping[str, Guard]:
        """All guards by name, in the order in which they are first asked for."""
        expressions = [
            *(guard for state in self.states for guard in state.guards),
            *(guard for transition in self.transitions for guard in transition.guards),
        ]
        return {guard.name: guard for expression in expressions for guard in expression.guards()}

    @cached_property
    def _by_name(self) -> dict[str, State]:
        return {state.name: state for state in self.states}

    @cached_property
    def _composites_by_name(self) -> dict[str, CompositeState]:
        return {composite.name: composite for composite in self.composites}

    @cached_property
    def _owner(self) -> dict[str, str]:
        return {name: composite.name for composite in self.composites for name in composite.states}


def unknown_state(definition: WorkflowDefinition, name: str) -> UnknownStateError:
    """Return the error for *name*, which is none of the states of *definition*."""
    return UnknownStateError(definition.name, name, tuple(state.name for state in definition.states))


_PARTS: Mapping[str, type[Any]] = {
    "states": State,
    "transitions": Transition,
    "composites": CompositeState,
    "rules": NeverWithout,
}


def resolve_effects(definition: WorkflowDefinition, effects: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return what the names of *definition*'s effects stand for.

    Args:
        definition: Whose transitions name effects.
        effects: What the caller has for each name, such as a function; more than needed is no fault.

    Raises:
        WorkflowDefinitionError: With every name that stands for nothing, and its path.

    >>> from itsmkit.workflow import Transition, incident_workflow
    >>> resolve_effects(incident_workflow(), {})
    {}
    """
    problems = list(effect_problems(dict(enumerate(definition.transitions)), effects))
    if problems:
        raise WorkflowDefinitionError(*problems)
    named = dict.fromkeys(name for transition in definition.transitions for name in transition.effects)
    return {name: effects[name] for name in named}


def effect_problems(transitions: Mapping[int, Transition], known: Iterable[str]) -> Iterator[str]:
    """List the effects of *transitions* whose names are not among *known*."""
    known = tuple(known)
    for index, transition in transitions.items():
        for place, name in enumerate(transition.effects):
            if name not in known:
                path = f"transitions[{index}].effects[{place}]"
                yield f"{path}: unknown effect {name!r}; {close_to(name, known)}"
