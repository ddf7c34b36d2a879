"""How often tickets went each way through a workflow."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import attrs
from attrs import frozen

from itsmkit._frozen import EMPTY, FrozenDict, frozen_dict
from itsmkit._problems import is_name, shown
from itsmkit.errors import DefinitionError

__all__ = ["Frequencies"]

Ends = tuple[str, str]


def _moves(moves: Mapping[Ends, int]) -> FrozenDict[Ends, int]:
    return FrozenDict(moves)


@frozen
class Frequencies:
    """
    Counts of what happened, by the names of states.

    Args:
        moves: How often tickets went from one state to another, by (from, to). Both are states that a ticket
            can be in; composite states have no moves of their own.
        states: How many tickets were in each state, or how often: whatever the reader shall be told.
            Left out, pictures show no counts in states.

    Raises:
        DefinitionError: With every problem, if a key is no name or pair of names, or a count is none.

    >>> seen = Frequencies({("New", "Done"): 1204, ("Done", "New"): 3}, {"New": 1201, "Done": 1204})
    >>> seen.total, seen.of_move("New", "Done"), seen.of_move("New", "New")
    (1207, 1204, 0)
    """

    moves: Mapping[Ends, int] = attrs.field(converter=_moves)
    states: Mapping[str, int] = attrs.field(default=EMPTY, converter=frozen_dict)

    def __attrs_post_init__(self) -> None:
        problems = [
            *_count_problems("moves", self.moves.items(), _is_pair, "a pair of names of states"),
            *_count_problems("states", self.states.items(), is_name, "the name of a state"),
        ]
        if problems:
            raise DefinitionError(*problems)

    @property
    def total(self) -> int:
        """All moves together."""
        return sum(self.moves.values())

    def of_move(self, source: str, target: str) -> int:
        """Return how often tickets went from *source* to *target*; 0 if that was not counted."""
        return self.moves.get((source, target), 0)

    def of_state(self, name: str) -> int:
        """Return the count of the state *name*; 0 if it was not counted."""
        return self.states.get(name, 0)


def _is_pair(key: object) -> bool:
    return isinstance(key, tuple) and len(key) == 2 and all(map(is_name, key))


def _count_problems(
    path: str, counts: Iterable[tuple[object, object]], is_key: Callable[[object], bool], what: str
) -> Iterator[str]:
    for key, number in counts:
        if not is_key(key):
            yield f"{path}: {shown(key)} stands for {what}, and is none"
        elif type(number) is not int or number < 0:
            yield f"{path}[{key!r}]: must be a whole number, 0 or more, not {shown(number)}"
