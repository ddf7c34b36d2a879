"""A definition as a graph of states: which moves it declares, and the shortest ways along them."""

from collections import deque
from functools import cached_property

from attrs import frozen

from itsmkit.workflow._machine import UnboundMachine
from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.state import ENDS
from itsmkit.workflow.transition import Transition

__all__ = ["DeclaredMoves"]


@frozen
class DeclaredMoves:
    """
    The moves that a definition declares, whatever the guards say.

    A transition that never comes to its turn declares none: one before it, from the same state and with
    the same trigger, has no guards and so is always taken.
    """

    definition: WorkflowDefinition

    @cached_property
    def transitions(self) -> dict[tuple[str, str], tuple[Transition, ...]]:
        """For each move from a state to another, the transitions that make it, in the order of trying."""
        found: dict[tuple[str, str], list[Transition]] = {}
        taken: set[tuple[str, str]] = set()
        for move in UnboundMachine(self.definition).moves():
            transition = move.transition
            if (move.source.name, transition.trigger) in taken:
                continue
            ways = found.setdefault((move.source.name, move.target.name), [])
            if transition not in ways:  # what names a state and the composite around it is there twice
                ways.append(transition)
            if not transition.guards:
                taken.add((move.source.name, transition.trigger))
        return {move: tuple(ways) for move, ways in found.items()}

    @cached_property
    def targets(self) -> dict[str, tuple[str, ...]]:
        """The states that each state can move to, in the order of trying; empty for one that is final."""
        found: dict[str, list[str]] = {state.name: [] for state in self.definition.states}
        for source, target in self.transitions:
            found[source].append(target)
        return {source: tuple(targets) for source, targets in found.items()}

    @cached_property
    def repeatable(self) -> frozenset[str]:
        """The states that can move to themselves."""
        return frozenset(source for source, target in self.transitions if source == target)

    @cached_property
    def ends(self) -> frozenset[str]:
        """The states in which work ends, by their category."""
        return frozenset(state.name for state in self.definition.states if state.category in ENDS)

    def triggers(self, source: str, target: str) -> tuple[str, ...]:
        """Return the triggers that can lead from *source* to *target*."""
        ways = self.transitions.get((source, target), ())
        return tuple(dict.fromkeys(transition.trigger for transition in ways))

    def way(self, source: str, target: str) -> tuple[str, ...]:
        """
        Return the states of a shortest way of at least one move, both ends included.

        Empty if there is none, or the definition lacks one of the states.
        """
        before = self._before.get(source, {})
        if target not in before:
            return ()
        way = [target]
        while True:
            way.append(before[way[-1]])
            if way[-1] == source:
                return tuple(reversed(way))

    def way_to_end(self, source: str) -> tuple[str, ...]:
        """Return a shortest way, of at least one move, to a state in which work ends; empty without one."""
        gaps = self.gaps(source)
        ends = [state for state in self.targets if state in self.ends and state in gaps]
        return self.way(source, min(ends, key=gaps.__getitem__)) if ends else ()

    def gaps(self, source: str) -> dict[str, int]:
        """Return how many states lie between *source* and each state that it can reach, on a shortest way."""
        gaps: dict[str, int] = {}
        for target, before in self._before[source].items():
            gaps[target] = 0 if before == source else gaps[before] + 1
        return gaps

    @cached_property
    def _before(self) -> dict[str, dict[str, str]]:
        """For each state, and each that can be reached from it, nearest first: the one before it."""
        return {source: self._search(source) for source in self.targets}

    def _search(self, source: str) -> dict[str, str]:
        before: dict[str, str] = {}
        queue = deque([source])
        while queue:
            state = queue.popleft()
            for target in self.targets[state]:
                if target not in before:
                    before[target] = state
                    if target != source:
                        queue.append(target)
        return before
