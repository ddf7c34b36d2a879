import pickle

import pytest

from itsmkit.errors import DefinitionError
from itsmkit.workflow.diagrams import Frequencies


def test_moves_and_states_are_counted():
    seen = Frequencies({("New", "Done"): 1204, ("Done", "New"): 3}, {"Done": 7})
    assert seen.total == 1207
    assert (seen.of_move("Done", "New"), seen.of_move("New", "New")) == (3, 0)
    assert (seen.of_state("Done"), seen.of_state("New")) == (7, 0)


def test_they_are_values():
    moves = {("New", "Done"): 1}
    seen = Frequencies(moves)
    moves["New", "Done"] = 2
    assert seen == Frequencies({("New", "Done"): 1})
    assert hash(seen) == hash(Frequencies({("New", "Done"): 1}))
    assert pickle.loads(pickle.dumps(seen)) == seen
    with pytest.raises(TypeError, match="read-only"):
        seen.moves["New", "Done"] = 3


def test_every_problem_is_told():
    with pytest.raises(DefinitionError) as caught:
        Frequencies(
            {("New",): 1, "New": 1, ("New", ""): 1, ("New", "Done"): -1}, {"": 2, "New": True, "Done": 1.0}
        )
    assert caught.value.problems == (
        "moves: tuple ('New',) stands for a pair of names of states, and is none",
        "moves: str 'New' stands for a pair of names of states, and is none",
        "moves: tuple ('New', '') stands for a pair of names of states, and is none",
        "moves[('New', 'Done')]: must be a whole number, 0 or more, not int -1",
        "states: str '' stands for the name of a state, and is none",
        "states['New']: must be a whole number, 0 or more, not bool True",
        "states['Done']: must be a whole number, 0 or more, not float 1.0",
    )
