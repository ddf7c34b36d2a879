"""
The one door to `transitions`.

A definition becomes one unbound machine: it has no model, so nothing appears on anybody's objects, no
attribute of theirs can shadow a trigger, and frozen values can be in a state too. It has no automatic
transitions, since ``to_Closed()`` would lead past every guard. Its states are called by numbers, since the
machine takes some names for wildcards and parts others at a separator. The machine is then compiled into
moves, which a dictionary finds some twenty times faster than the machine does; `fire_uncompiled` remains as
the reference that a property test compares them with.

`transitions` takes as long to import as the rest of the room together, and so loads on first use.
"""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from attrs import frozen

from itsmkit.conditions import Facts, Presence, holds
from itsmkit.workflow._roles import has_one_of
from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.state import State
from itsmkit.workflow.transition import Transition

if TYPE_CHECKING:
    from transitions import Machine

__all__ = ["Move", "UnboundMachine"]

# The machine refuses a trigger of the name of this attribute. No trigger has one that ends in a space.
_STATE = "state "
_SEPARATOR = "."


@frozen
class Move:
    """
    One transition from one state that a ticket can be in, to another.

    Args:
        source: The state left.
        target: The state entered.
        transition: The transition.
        place: Where the transition stands in the definition, which may hold equal ones.
    """

    source: State
    target: State
    transition: Transition
    place: int


class UnboundMachine:
    """The machine of a definition, which answers for the name of any state."""

    def __init__(self, definition: WorkflowDefinition) -> None:
        self._definition = definition
        names = [
            *(state.name for state in definition.states),
            *(composite.name for composite in definition.composites),
        ]
        numbers = {name: str(number) for number, name in enumerate(names)}
        self._paths = {
            name: _SEPARATOR.join(
                numbers[each] for each in reversed((name, *definition.composites_around(name)))
            )
            for name in names
        }
        self._names = {path: name for name, path in self._paths.items()}
        self._machine = self._empty_machine(numbers)
        for place, transition in enumerate(definition.transitions):
            self._machine.add_transition(
                transition.trigger,
                [self._paths[source] for source in transition.sources],
                self._paths[transition.target],
                conditions=[
                    _Choice(transition, place),
                    _Demand(transition, definition.state(definition.entry_of(transition.target))),
                ],
            )

    def moves(self) -> Iterator[Move]:
        """Yield what the machine can do, for each state and trigger in the order in which it tries."""
        definition = self._definition
        for state in definition.states:
            levels = [self._paths[name] for name in (state.name, *definition.composites_around(state.name))]
            for event in self._machine.events.values():
                for level in levels:
                    for way in event.transitions.get(level, ()):
                        choice = cast("_Choice", way.conditions[0].func)
                        target = definition.entry_of(choice.transition.target)
                        yield Move(state, definition.state(target), choice.transition, choice.place)

    def fire_uncompiled(self, state: str, trigger: str, facts: Facts) -> str | None:
        """Return the name of the state that the machine itself moves to, or ``None`` if it refuses."""
        from transitions import MachineError  # noqa: PLC0415 - loads on first use

        if trigger not in self._machine.events:
            return None
        model = SimpleNamespace(**{_STATE: self._paths[state]})
        try:
            if self._definition.composites:
                moved = self._machine.trigger_event(model, trigger, facts)
            else:
                moved = self._machine.events[trigger].trigger(model, facts)
        except (MachineError, _Refused):
            return None
        return self._names[getattr(model, _STATE)] if moved else None

    def _empty_machine(self, numbers: dict[str, str]) -> "Machine":
        options: dict[str, Any] = {
            "model": None,
            "initial": self._paths[self._definition.initial],
            "auto_transitions": False,
            "model_attribute": _STATE,
        }
        if not self._definition.composites:
            from transitions import Machine  # noqa: PLC0415 - loads on first use

            return Machine(states=list(self._paths.values()), **options)
        from transitions.extensions.nesting import HierarchicalMachine, NestedState  # noqa: PLC0415 - as above

        class _State(NestedState):
            separator = _SEPARATOR

        class _Machine(HierarchicalMachine):
            state_cls = _State

        composites = {composite.name: composite for composite in self._definition.composites}

        def nested(name: str) -> str | dict[str, Any]:
            composite = composites.get(name)
            if composite is None:
                return numbers[name]
            children = [nested(each) for each in composite.states]
            return {"name": numbers[name], "initial": numbers[composite.initial], "children": children}

        outermost = [name for name in numbers if not self._definition.composites_around(name)]
        return _Machine(states=[nested(name) for name in outermost], **options)


class _Refused(Exception):  # noqa: N818 - a signal to ourselves, not an error of anybody
    """What was chosen demands what is not there: the machine shall not look for another way."""


class _Choice:
    """The guards of a transition, which choose it."""

    def __init__(self, transition: Transition, place: int) -> None:
        self.transition = transition
        self.place = place

    def __call__(self, facts: Facts) -> bool:
        return all(guard.verdict(facts).holds for guard in self.transition.guards)


class _Demand:
    """What a transition demands once it is chosen, and the state that it leads to."""

    def __init__(self, transition: Transition, target: State) -> None:
        self._transition = transition
        self._target = target

    def __call__(self, facts: Facts) -> bool:
        required = (*self._transition.required, *self._target.required)
        met = (
            all(holds(Presence(name), facts) for name in required)
            and has_one_of(self._transition.roles, facts)
            and all(guard.verdict(facts).holds for guard in self._target.guards)
        )
        if not met:
            raise _Refused
        return True
