"""
All that tickets can do under a definition, explored once for all checks.

Each state that a ticket can be in and each transition that could leave it make a `Way`. A way is possible if
there are facts for which the engine takes it: its guards hold, those of what goes before do not, and all that
it and its target demand is there. A ticket's facts may change between two steps, so that a path is possible
if each of its ways is; states are therefore all that must be explored, and a graph search is exhaustive.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from functools import cached_property

from attrs import frozen

from itsmkit.conditions import Condition, Facts, Presence
from itsmkit.workflow._machine import Move, UnboundMachine
from itsmkit.workflow._satisfaction import Actor, Answer, Solver, actor_with
from itsmkit.workflow._wording import told
from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.finding import Step
from itsmkit.workflow.state import State
from itsmkit.workflow.transition import Transition

__all__ = ["Demand", "Exploration", "Way"]


@frozen
class Demand:
    """
    One thing that stands before a way.

    Args:
        told: What it is called in a sentence.
        condition: What must hold; ``None`` for the roles of the actor.
    """

    told: str
    condition: Condition | None


@frozen(eq=False)
class Way:
    """
    A transition from one state that a ticket can be in.

    Args:
        place: Where the transition stands in the definition.
        source: The state that it leaves.
        target: The state that it enters.
        transition: The transition.
        level: The name by which it leaves: of the state, or of a composite around it.
        choice: The conditions that choose it.
        demands: All that stands before it, the choice included.
        before: What is tried before it, from the first.
        answer: Whether it is possible.
    """

    place: int
    source: State
    target: State
    transition: Transition
    level: str
    choice: tuple[Condition, ...]
    demands: tuple[Demand, ...]
    before: "tuple[Way, ...]"
    answer: Answer

    @property
    def actor(self) -> Actor | None:
        """What is known of the actor who takes it."""
        return actor_with(self.transition.roles)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What must hold to take it, apart from roles and from what is tried before."""
        return tuple(each.condition for each in self.demands if each.condition is not None)

    @property
    def choices_before(self) -> tuple[tuple[Condition, ...], ...]:
        """The groups of conditions of which none may hold together, since another way would be taken."""
        return tuple(way.choice for way in self.before)

    def step(self, facts: Facts) -> Step:
        """Return the step that takes it by these *facts*."""
        return Step(self.source.name, self.transition.trigger, self.target.name, facts)


class Exploration:
    """
    The ways of a definition, and where they lead.

    Attributes:
        definition: What was explored.
        solver: Answers what conditions can hold together.
        ways: For each state and trigger, all that it could do, in the order in which the engine tries them.
        arrivals: The states that a new ticket certainly can get into, in the order of their distance, each
            with the way and the facts of the last step; ``None`` for the initial state.
    """

    def __init__(self, definition: WorkflowDefinition) -> None:
        self.definition = definition
        self.solver = Solver()
        self._answers: dict[tuple[int, ...], Answer] = {}
        self.ways: dict[str, dict[str, tuple[Way, ...]]] = {state.name: {} for state in definition.states}
        for move in UnboundMachine(definition).moves():
            triggers, trigger = self.ways[move.source.name], move.transition.trigger
            before = triggers.get(trigger, ())
            # What names both a state and the composite around it is there twice.
            if all(way.place != move.place for way in before):
                triggers[trigger] = (*before, self._way(move, before))
        self._open = {
            state: tuple(way for ways in triggers.values() for way in ways if way.answer.is_possible)
            for state, triggers in self.ways.items()
        }
        self.arrivals = self._arrivals()

    def leaving(self, state: str) -> tuple[Way, ...]:
        """Return the ways out of *state* that are possible, as far as anybody knows."""
        return self._open[state]

    def reach(self, state: str) -> frozenset[str]:
        """Return *state* and all that can be reached from there, as far as anybody knows: a closed set."""
        found, waiting = {state}, [state]
        while waiting:
            for way in self._open[waiting.pop()]:
                if way.target.name not in found:
                    found.add(way.target.name)
                    waiting.append(way.target.name)
        return frozenset(found)

    def path_to(self, state: str) -> tuple[Step, ...]:
        """Return the shortest path of a new ticket to *state*, one of `arrivals`."""
        steps: list[Step] = []
        while (step := self.arrivals[state]) is not None:
            steps.append(step)
            state = step.source
        return tuple(reversed(steps))

    def first_step(self, ways: Iterable[Way]) -> Step | None:
        """Return the step by the first of *ways* that a ticket certainly can take, if there is one."""
        steps = [
            way.step(way.answer.facts)
            for way in ways
            if way.answer.facts is not None and way.source.name in self.arrivals
        ]
        return steps[0] if steps else None

    @cached_property
    def reachable(self) -> frozenset[str]:
        """All states that tickets can get into, as far as anybody knows; no way leads out of them."""
        return self.reach(self.definition.initial)

    @cached_property
    def by_place(self) -> dict[int, tuple[Way, ...]]:
        """The ways of each transition that has any, by its place in the definition."""
        found: dict[int, list[Way]] = {}
        for triggers in self.ways.values():
            for ways in triggers.values():
                for way in ways:
                    found.setdefault(way.place, []).append(way)
        return {place: tuple(found[place]) for place in sorted(found)}

    @cached_property
    def entering(self) -> dict[str, tuple[Way, ...]]:
        """For each state, the ways into it from other states, possible or not."""
        found: dict[str, list[Way]] = {state: [] for state in self.ways}
        for ways in self.by_place.values():
            for way in ways:
                if way.source is not way.target:
                    found[way.target.name].append(way)
        return {state: tuple(ways) for state, ways in found.items()}

    def _way(self, move: Move, before: tuple[Way, ...]) -> Way:
        transition, target = move.transition, move.target
        around = self.definition.composites_around(move.source.name)
        level = next(name for name in (move.source.name, *around) if name in transition.sources)
        choice = tuple(guard.condition for guard in transition.guards)
        demands = tuple(_demands(transition, target))
        # From all states in a composite, a transition mostly has the same before it.
        question = (move.place, *(way.place for way in before))
        if question not in self._answers:
            self._answers[question] = self.solver.solve(
                (each.condition for each in demands if each.condition is not None),
                none_of=(way.choice for way in before),
                actor=actor_with(transition.roles),
            )
        answer = self._answers[question]
        return Way(move.place, move.source, target, transition, level, choice, demands, before, answer)

    def _arrivals(self) -> dict[str, Step | None]:
        found: dict[str, Step | None] = {self.definition.initial: None}
        waiting = deque(found)
        while waiting:
            for way in self._open[waiting.popleft()]:
                if way.answer.facts is not None and way.target.name not in found:
                    found[way.target.name] = way.step(way.answer.facts)
                    waiting.append(way.target.name)
        return found


def _demands(transition: Transition, target: State) -> Iterator[Demand]:
    for guard in transition.guards:
        yield Demand(f"guard {told(guard)}", guard.condition)
    if transition.roles:
        yield Demand(f"the role {' or '.join(map(repr, transition.roles))}", None)
    for name in transition.required:
        yield Demand(f"the required {name!r}", Presence(name))
    for name in target.required:
        yield Demand(f"the {name!r} that {target.name!r} requires", Presence(name))
    for guard in target.guards:
        yield Demand(f"guard {told(guard)} of {target.name!r}", guard.condition)
