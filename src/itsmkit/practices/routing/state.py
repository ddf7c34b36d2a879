"""
Whose turn it is in a group: the one thing that routing remembers.

What it promises, for any order of arrivals and whoever else comes and goes: *of two people who could both
have had each ticket of a run, neither was given two in a row without the other being given one between them*.
So they take turns, and in any run of tickets for which both stood among the equals, what they were given
differs by at most one. Who was away, full, or not able to do it, is owed nothing for that time: who comes
back gets the next ticket, and then takes turns as before, and is not buried under what was missed.

Why: of equals, whoever was given a ticket the longest ago is next. Once *ann* has been given one, her turn is
the newest of all; so *bob*, as long as he is among the equals, comes before her until he is given one.
"""

from collections.abc import Mapping

from attrs import evolve, field, frozen

from itsmkit._checks import named
from itsmkit._frozen import EMPTY, frozen_dict
from itsmkit._problems import name_problems, shown
from itsmkit.errors import DefinitionError
from itsmkit.practices.outcome import Outcome

__all__ = ["RoutingState", "take_turn"]


@frozen
class RoutingState:
    """
    Whose turn it is in a group.

    Args:
        id: The id of the support group.
        turn: How many tickets were given to people of it.
        turns: At which of these each person was given the last one; who never was, is not in it, and is next.
        version: How many events have made it.

    Raises:
        DefinitionError: With everything that is wrong: a turn is not one from 1 to *turn*.

    >>> state = RoutingState("network").after("ann").after("bob").after("ann")
    >>> state.turn, dict(state.turns)
    (3, {'ann': 3, 'bob': 2})
    """

    id: str = field(validator=named)
    turn: int = 0
    turns: Mapping[str, int] = field(default=EMPTY, converter=frozen_dict)
    version: int = field(default=0, eq=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [problem for name in self.turns for problem in name_problems(f"turns.{name}", name)]
        if type(self.turn) is not int or self.turn < 0:
            problems.append(f"turn: must be a whole number, not negative, not {shown(self.turn)}")
        else:
            problems += (
                f"turns.{name}: must be a whole number from 1 to {self.turn}, not {shown(each)}"
                for name, each in self.turns.items()
                if type(each) is not int or not 1 <= each <= self.turn
            )
        if problems:
            raise DefinitionError(*problems)

    def after(self, person: str) -> "RoutingState":
        """Return it after *person* was given a ticket."""
        turn = self.turn + 1
        return evolve(self, turn=turn, turns={**self.turns, person: turn})


def take_turn(state: RoutingState, person: str, number: str) -> Outcome[RoutingState]:
    """Return that *person* was given the ticket of a display number."""
    return Outcome(state.after(person), "TurnTaken", {"person": person, "ticket": number})
