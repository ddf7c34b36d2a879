"""
Alignments: what a history and the workflow have in common, at the least cost.

A run of the workflow enters the initial state and then one state after another, along declared moves. An
alignment goes through a history and a run side by side. Where both enter the same state, that is a
synchronous move; what only the history does is a log move, what only the run does a model move. A
synchronous move costs nothing, each of the others one. Of all runs and all ways to go through them, the
optimal alignment costs least.

Guards, required facts and roles are not looked at: the moves are those that some ticket may make.

Source:
    Van der Aalst, Adriansyah and van Dongen, "Replaying history on process models for conformance checking
    and performance analysis", WIREs Data Mining and Knowledge Discovery 2 (2012), with unit costs; Carmona,
    van Dongen, Solti and Weidlich, "Conformance Checking" (2018). That a run may stop in any state, unless
    the histories are said to be complete, is our choice: a desk's log is full of tickets that are open.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from attrs import frozen

from itsmkit._frozen import as_tuple
from itsmkit.errors import DefinitionError
from itsmkit.workflow.conformance._declared import DeclaredMoves
from itsmkit.workflow.definition import WorkflowDefinition

__all__ = ["Aligner", "Alignment", "AlignmentStep", "StepKind", "align"]


class StepKind(StrEnum):
    """Who makes a step."""

    SYNCHRONOUS = "synchronous"
    """The history and the run enter the same state."""

    LOG = "log"
    """Only the history enters the state: it should not have been there."""

    MODEL = "model"
    """Only the run enters the state: it was left out."""


class AlignmentStep(NamedTuple):
    """One step of an alignment."""

    kind: StepKind
    state: str


@frozen
class Alignment:
    """
    An optimal alignment.

    Args:
        steps: From the beginning to the end. Of several optimal alignments, one with the most synchronous
            moves; the same history and definition always have the same one.
        worst_cost: What it costs to have nothing in common: a log move for each state of the history, and
            a model move for each of a shortest run.
    """

    steps: tuple[AlignmentStep, ...]
    worst_cost: int

    @property
    def cost(self) -> int:
        """The number of steps that are not synchronous."""
        return sum(step.kind is not StepKind.SYNCHRONOUS for step in self.steps)

    @property
    def fitness(self) -> float:
        """``1 - cost / worst_cost``: 1 if the history is a run, 0 if they have nothing in common."""
        return 1 - self.cost / self.worst_cost


def align(definition: WorkflowDefinition, states: Iterable[str], *, complete: bool = False) -> Alignment:
    """
    Return an optimal alignment of a history with *definition*.

    Costs as many steps as the history has states, times the number of different ones among them; and before
    that, as many as the definition has states, times the number of its states and moves together.

    Args:
        definition: The workflow.
        states: The states that a ticket was in, one after another. Others than those of the definition cost
            a log move each.
        complete: Whether the ticket is done, so that the run has to come to an end: a state of category
            resolved, closed or cancelled.

    Raises:
        DefinitionError: If the run has to come to an end and no end can be reached.

    >>> from itsmkit.workflow import incident_workflow
    >>> found = align(incident_workflow(), ["New", "In Progress", "Closed"])
    >>> for step in found.steps:
    ...     print(step.kind, step.state)
    synchronous New
    synchronous In Progress
    model Resolved
    synchronous Closed
    >>> found.fitness
    0.75
    """
    return Aligner(DeclaredMoves(definition), complete=complete).align(as_tuple(states))


class _Kept(NamedTuple):
    """The states of a history that a run shares, the last one first."""

    place: int
    state: str
    before: "_Kept | None"


class _Best(NamedTuple):
    """The least cost, and of what costs as much, the most that is shared; compared by the first two."""

    cost: int
    not_shared: int
    kept: _Kept | None


class Aligner:
    """
    Aligns histories with the moves that a definition declares.

    What a run does between two states that it shares with the history is a shortest way between them, so
    that an alignment is told by the states that are shared. `align` chooses them by dynamic programming: for
    each state that the run may have shared last, it keeps the least cost so far. Counted against the
    number of states gone through, that cost does not change by a log move, so that each state of the
    history changes one figure only.

    Args:
        declared: The moves.
        complete: Whether runs have to come to an end.

    Raises:
        DefinitionError: If they have to, and no end can be reached.
    """

    def __init__(self, declared: DeclaredMoves, *, complete: bool) -> None:
        self._declared = declared
        self._complete = complete
        definition = declared.definition
        initial = definition.initial
        # By the state that a run shares: what it can have shared before it, and the model moves between.
        # None stands for the beginning, from where the initial state lies next.
        self._gaps_into: dict[str, dict[str | None, int]] = {state.name: {} for state in definition.states}
        for state in definition.states:
            for target, gap in declared.gaps(state.name).items():
                self._gaps_into[target][state.name] = gap
        for target, gap in declared.gaps(initial).items():
            self._gaps_into[target][None] = gap + 1
        self._gaps_into[initial][None] = 0
        # By the state that a run shares last: the states that it has to go on to, if it can come to an end.
        self._tails = {
            state.name: tail for state in definition.states if (tail := self._tail(state.name)) is not None
        }
        if initial not in self._tails:
            problem = (
                f"workflow {definition.name!r}: no state of category resolved, closed or cancelled can be "
                f"reached from {initial!r}, so that no history can be complete; declare the way there, or "
                "leave out complete"
            )
            raise DefinitionError(problem)
        self._shortest_run = (initial, *self._tails[initial])

    def worst_cost(self, states: tuple[str, ...]) -> int:
        """Return the cost of having nothing in common."""
        return len(states) + len(self._shortest_run)

    def cost(self, states: tuple[str, ...]) -> int:
        """Return the cost of an optimal alignment."""
        return len(states) + self._optimum(states).cost

    def align(self, states: tuple[str, ...]) -> Alignment:
        """Return an optimal alignment."""
        return Alignment(tuple(self._steps(states, self._optimum(states).kept)), self.worst_cost(states))

    def _optimum(self, states: tuple[str, ...]) -> _Best:
        """Return what is best shared; the number of *states* is taken off its cost."""
        best: dict[str | None, _Best] = {None: _Best(0, 0, None)}
        for place, state in enumerate(states):
            gaps = self._gaps_into.get(state, {})
            reached = [
                _Best(cost + gaps[last] - 1, rest - 1, kept)
                for last, (cost, rest, kept) in best.items()
                if last in gaps
            ]
            if reached:
                cost, rest, before = min(reached, key=_preference)
                found = _Best(cost, rest, _Kept(place, state, before))
                best[state] = min(best.get(state, found), found, key=_preference)
        closed = [
            _Best(cost + len(tail), rest, kept)
            for last, (cost, rest, kept) in best.items()
            if (tail := self._shortest_run if last is None else self._tails.get(last)) is not None
        ]
        return min(closed, key=_preference)

    def _tail(self, state: str) -> tuple[str, ...] | None:
        """Return the states that a run goes on to from *state*, until it may stop."""
        if not self._complete or state in self._declared.ends:
            return ()
        return self._declared.way_to_end(state)[1:] or None

    def _steps(self, states: tuple[str, ...], kept: _Kept | None) -> Iterator[AlignmentStep]:
        shared: list[_Kept] = []
        while kept is not None:
            shared.append(kept)
            kept = kept.before
        done = 0
        last: str | None = None
        for place, state, _ in reversed(shared):
            yield from (AlignmentStep(StepKind.LOG, each) for each in states[done:place])
            yield from (AlignmentStep(StepKind.MODEL, each) for each in self._between(last, state))
            yield AlignmentStep(StepKind.SYNCHRONOUS, state)
            done, last = place + 1, state
        yield from (AlignmentStep(StepKind.LOG, each) for each in states[done:])
        tail = self._shortest_run if last is None else self._tails[last]
        yield from (AlignmentStep(StepKind.MODEL, each) for each in tail)

    def _between(self, last: str | None, state: str) -> tuple[str, ...]:
        if last is not None:
            return self._declared.way(last, state)[1:-1]
        initial = self._declared.definition.initial
        return () if state == initial else self._declared.way(initial, state)[:-1]


def _preference(best: _Best) -> tuple[int, int]:
    return best.cost, best.not_shared
