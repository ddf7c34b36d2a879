"""
The one door to `transitions`.

A definition becomes one unbound machine: it has no model, so nothing appears on anybody's objects, no
attribute of theirs can shadow a trigger, and frozen values can be in a state too. It has no automatic
transitions, since ``to_Closed()`` would lead past every guard. The machine is then compiled into moves,
which a dictionary finds some twenty times faster than the machine does; `fire_uncompiled` remains as
the reference that a property test compares them with.

`transitions` takes as long to import as the rest of the room together, and so loads on first use.
"""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from attrs import frozen

from itsmkit.conditions import Facts, Predicate, Presence, compile_condition
from itsmkit.workflow.definition import WorkflowDefinition

if TYPE_CHECKING:
    from transitions import Machine

__all__ = ["Move", "build_machine", "fire_uncompiled", "moves_of"]

# The machine refuses a trigger of the name of this attribute. No trigger has one that ends in a space.
_STATE = "state "


@frozen
class Move:
    """One transition from one state: it happens if all *tests* hold."""

    source: str
    trigger: str
    target: str
    tests: tuple[Predicate, ...]


def build_machine(definition: WorkflowDefinition) -> "Machine":
    """Return the unbound machine of *definition*, required facts being tested before guards."""
    from transitions import Machine, State  # noqa: PLC0415 - loads on first use

    # States are handed over as objects: the name "=" would stand for the source.
    states = {state.name: State(state.name) for state in definition.states}
    machine = Machine(
        model=None,
        states=list(states.values()),
        initial=definition.initial,
        auto_transitions=False,
        model_attribute=_STATE,
    )
    for transition in definition.transitions:
        conditions = [
            *map(Presence, transition.required),
            *(guard.condition for guard in transition.guards),
        ]
        machine.add_transition(
            transition.trigger,
            [states[source] for source in transition.sources],
            states[transition.target],
            conditions=[compile_condition(condition) for condition in conditions],
        )
    return machine


def moves_of(machine: "Machine") -> Iterator[Move]:
    """Compile *machine*: yield its moves, exactly one per trigger and source."""
    for trigger, event in machine.events.items():
        for source, (transition,) in event.transitions.items():
            tests = tuple(cast("Predicate", condition.func) for condition in transition.conditions)
            yield Move(source, trigger, cast("str", transition.dest), tests)


def fire_uncompiled(machine: "Machine", state: str, trigger: str, facts: Facts) -> str | None:
    """Return the state that the machine itself moves to, or ``None`` if it refuses."""
    from transitions import MachineError  # noqa: PLC0415 - loads on first use

    if trigger not in machine.events:
        return None
    model = SimpleNamespace(**{_STATE: state})
    try:
        moved = machine.events[trigger].trigger(model, facts)
    except MachineError:
        return None
    return cast("str", getattr(model, _STATE)) if moved else None
