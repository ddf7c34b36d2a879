"""What a log shows of a workflow: how often each state was entered, and followed by which other."""

from collections import Counter
from collections.abc import Collection, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs
from attrs import frozen

from itsmkit._frozen import FrozenDict

if TYPE_CHECKING:
    from itsmkit.workflow.diagrams import Frequencies

__all__ = ["DirectlyFollows", "counted", "frozen_counts"]


def frozen_counts(counts: Mapping[Any, int]) -> FrozenDict[Any, int]:
    """Return *counts* as a mapping that cannot change. Fit as an attrs converter."""
    return FrozenDict(counts)


@frozen
class DirectlyFollows:
    """
    The graph of a log: which state directly followed which, and how often.

    Mappings stand in the order in which the log first shows what they count.

    Args:
        tickets: How many tickets there are.
        visits: How often each state was entered, the first state of a ticket included.
        moves: How often each move was made, by ``(source, target)``.
        starts: How many tickets the log shows in this state first.
        ends: How many tickets the log shows in this state last.

    Source:
        The directly-follows graph of process mining, on states in place of activities.
    """

    tickets: int
    visits: Mapping[str, int] = attrs.field(converter=frozen_counts)
    moves: Mapping[tuple[str, str], int] = attrs.field(converter=frozen_counts)
    starts: Mapping[str, int] = attrs.field(converter=frozen_counts)
    ends: Mapping[str, int] = attrs.field(converter=frozen_counts)

    @property
    def moved(self) -> int:
        """How many moves there are."""
        return sum(self.moves.values())

    def frequencies(
        self, states: Collection[str], *, without: Collection[tuple[str, str]] = ()
    ) -> "Frequencies":
        """
        Return what diagrams of *states* can show: how often they were entered, and the moves among them.

        Args:
            states: The names of states.
            without: Moves that are not counted.

        >>> counted({("New", "Lost", "Done"): 3, ("New", "Done"): 1}).frequencies(["New", "Done"]).moves
        {('New', 'Done'): 1}
        """
        from itsmkit.workflow.diagrams import Frequencies  # noqa: PLC0415  only who draws needs that room

        return Frequencies(
            {
                move: count
                for move, count in self.moves.items()
                if move not in without and move[0] in states and move[1] in states
            },
            {state: count for state, count in self.visits.items() if state in states},
        )


def counted(variants: Mapping[tuple[str, ...], int]) -> DirectlyFollows:
    """Return the graph of traces, each of which so many tickets have; no trace is empty."""
    visits: Counter[str] = Counter()
    moves: Counter[tuple[str, str]] = Counter()
    starts: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    for trace, tickets in variants.items():
        starts[trace[0]] += tickets
        ends[trace[-1]] += tickets
        for state in trace:
            visits[state] += tickets
        for move in pairwise(trace):
            moves[move] += tickets
    return DirectlyFollows(sum(variants.values()), visits, moves, starts, ends)
