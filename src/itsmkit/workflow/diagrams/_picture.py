"""What each diagram of a workflow shows, whatever it is written in."""

from collections.abc import Iterator
from functools import cached_property
from math import sqrt
from typing import Literal, TypeAlias, get_args

from attrs import evolve, frozen

from itsmkit._frozen import EMPTY
from itsmkit._problems import close_to, shown
from itsmkit.errors import DefinitionError
from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.diagrams.frequencies import Frequencies
from itsmkit.workflow.engine import Workflow
from itsmkit.workflow.state import CompositeState, State, StateCategory
from itsmkit.workflow.state_timer import StateTimer
from itsmkit.workflow.transition import Transition

__all__ = ["Arrow", "Direction", "Picture", "Way", "picture_of"]

Direction: TypeAlias = Literal["down", "right"]
"""Where the flow of a picture runs."""


@frozen
class Way:
    """
    What can take a ticket along an arrow.

    Args:
        transition: The transition.
        timers: The timers that fire it, each with the state that it stands in.
    """

    transition: Transition
    timers: tuple[tuple[State, StateTimer], ...] = ()


@frozen
class Arrow:
    """
    All ways from one place to another, drawn as one.

    Args:
        source: The name of a state, or of a composite state: then from whichever of its states.
        target: The name of a state, or of a composite state: then to its initial one.
        ways: In the order of their declaration. None, if tickets went a way that is not declared.
        count: How often it was taken; ``None`` if nothing was counted.
    """

    source: str
    target: str
    ways: tuple[Way, ...]
    count: int | None = None

    @property
    def is_declared(self) -> bool:
        """Whether the definition knows it."""
        return bool(self.ways)


@frozen(slots=False)
class Picture:
    """
    A definition as it is drawn.

    Args:
        definition: What is drawn.
        arrows: One for each pair of ends, in the order of declaration; ways that are not declared come last.
        frequencies: What was counted, if anything.
        direction: Where the flow runs.
    """

    definition: WorkflowDefinition
    arrows: tuple[Arrow, ...]
    frequencies: Frequencies | None
    direction: Direction

    @cached_property
    def composites(self) -> dict[str, CompositeState]:
        """The composite states by name."""
        return {composite.name: composite for composite in self.definition.composites}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all states, and then of all composite states."""
        return (*(state.name for state in self.definition.states), *self.composites)

    @cached_property
    def outermost(self) -> tuple[str, ...]:
        """The names of the states and composite states that lie in none, in the order to be shown."""
        around = self.definition.composites_around
        names = ((state.name, *around(state.name))[-1] for state in self.definition.states)
        return tuple(dict.fromkeys(names))

    @cached_property
    def finals(self) -> tuple[str, ...]:
        """The names of the states that nothing leaves."""
        left = {
            state
            for transition in self.definition.transitions
            for source in transition.sources
            for state in self.definition.states_in(source)
        }
        return tuple(state.name for state in self.definition.states if state.name not in left)

    @cached_property
    def beginnings(self) -> tuple[tuple[str | None, str], ...]:
        """What is entered first: outermost (``None``), and in each frame that an arrow leads to."""
        entered = {arrow.target for arrow in self.arrows}
        inner = [(each.name, each.initial) for each in self.definition.composites if each.name in entered]
        return (None, self.definition.initial), *inner

    @cached_property
    def categories(self) -> tuple[StateCategory, ...]:
        """The categories that occur, in the order in which work passes through them."""
        found = {state.category for state in self.definition.states}
        return tuple(category for category in StateCategory if category in found)

    def scope_of(self, name: str) -> str | None:
        """Return the composite state that *name* lies in, or ``None``."""
        return next(iter(self.definition.composites_around(name)), None)

    def common_scope(self, arrow: Arrow) -> str | None:
        """Return the innermost composite state that both ends of *arrow* lie in, or ``None``."""
        around = self.definition.composites_around(arrow.target)
        return next(
            (each for each in self.definition.composites_around(arrow.source) if each in around), None
        )

    def width_of(self, arrow: Arrow) -> float:
        """Return how wide *arrow* is drawn, where 1 is the least: its area grows with its count."""
        most = max((each.count or 0 for each in self.arrows), default=0)
        return 1 + 5 * sqrt((arrow.count or 0) / most) if most else 1.0

    def count_of(self, state: str) -> int | None:
        """Return the count that stands in *state*, if states were counted."""
        if self.frequencies is None or not self.frequencies.states:
            return None
        return self.frequencies.of_state(state)


def picture_of(
    definition: WorkflowDefinition, frequencies: Frequencies | None, direction: Direction
) -> Picture:
    """
    Return what a diagram of *definition* shows.

    Raises:
        DefinitionError: With every problem, if *frequencies* count states that are not there, or *direction*
            is none.
    """
    problems = [] if frequencies is None else [*_unknown_states(definition, frequencies)]
    if direction not in get_args(Direction):
        problems.append(f"direction: must be 'down' or 'right', not {shown(direction)}")
    if problems:
        raise DefinitionError(*problems)
    arrows = tuple(_declared(definition))
    if frequencies is not None:
        arrows = _counted(definition, arrows, frequencies)
    return Picture(definition, arrows, frequencies, direction)


def _declared(definition: WorkflowDefinition) -> Iterator[Arrow]:
    found: dict[tuple[str, str], list[Way]] = {}
    for transition in definition.transitions:
        pairs = (
            pair for source in transition.sources for pair in _ends(definition, source, transition.target)
        )
        for source, target in dict.fromkeys(pairs):
            timers = tuple(_timers(definition, source, transition.trigger))
            found.setdefault((source, target), []).append(Way(transition, timers))
    for (source, target), ways in found.items():
        yield Arrow(source, target, tuple(ways))


def _ends(definition: WorkflowDefinition, source: str, target: str) -> Iterator[tuple[str, str]]:
    """
    Yield the ends of the arrows for a transition: one pair, unless one end lies within the other.

    No arrow can be drawn from a frame to what it holds, or back. The first becomes one from each of the
    things in the frame; the second leads to what is entered there.
    """
    composites = {composite.name: composite for composite in definition.composites}
    if target in composites and target in (source, *definition.composites_around(source)):
        yield from _ends(definition, source, composites[target].initial)
    elif source in definition.composites_around(target):
        for each in composites[source].states:
            yield from _ends(definition, each, target)
    else:
        yield source, target


def _timers(definition: WorkflowDefinition, source: str, trigger: str) -> Iterator[tuple[State, StateTimer]]:
    for name in definition.states_in(source):
        state = definition.state(name)
        for timer in state.timers:
            if timer.trigger == trigger:
                yield state, timer


def _unknown_states(definition: WorkflowDefinition, frequencies: Frequencies) -> Iterator[str]:
    known = [state.name for state in definition.states]
    for ends in frequencies.moves:
        for name in ends:
            if name not in known:
                yield f"frequencies.moves[{ends!r}]: unknown state {name!r}; {close_to(name, known)}"
    for name in frequencies.states:
        if name not in known:
            yield f"frequencies.states[{name!r}]: unknown state; {close_to(name, known)}"


def _counted(
    definition: WorkflowDefinition, arrows: tuple[Arrow, ...], frequencies: Frequencies
) -> tuple[Arrow, ...]:
    """Return *arrows* with their counts, and one more for each move that none of them stands for."""
    workflow = Workflow(definition)
    counts = dict.fromkeys(((arrow.source, arrow.target) for arrow in arrows), 0)
    order = {state.name: place for place, state in enumerate(definition.states)}
    moves = sorted(frequencies.moves.items(), key=lambda move: (order[move[0][0]], order[move[0][1]]))
    others = []
    for (source, target), count in moves:
        ends = _standing_for(workflow, arrows, source, target)
        if ends is not None:
            counts[ends] += count
        elif count:
            others.append(Arrow(source, target, (), count))
    return (*(evolve(arrow, count=counts[arrow.source, arrow.target]) for arrow in arrows), *others)


def _standing_for(
    workflow: Workflow, arrows: tuple[Arrow, ...], source: str, target: str
) -> tuple[str, str] | None:
    """
    Return the ends of the arrow that a move between two states takes: of several, the innermost.

    A move that the engine never makes stands on an arrow only if one is drawn between its very ends.
    """
    definition = workflow.definition
    triggers = {way.trigger for way in workflow.available(source, EMPTY) if way.target == target}
    for level in (source, *definition.composites_around(source)):
        for arrow in arrows:
            if (
                arrow.source == level
                and definition.entry_of(arrow.target) == target
                and any(way.transition.trigger in triggers for way in arrow.ways)
            ):
                return arrow.source, arrow.target
    ends = (source, target)
    return ends if any((arrow.source, arrow.target) == ends for arrow in arrows) else None
