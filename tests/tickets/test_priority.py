import copy
import pickle
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.tickets import STANDARD_PRIORITIES, PriorityMatrix


@pytest.mark.parametrize(
    ("impact", "urgency", "priority"),
    [
        ("high", "high", "P1"),
        ("high", "medium", "P2"),
        ("high", "low", "P3"),
        ("medium", "high", "P2"),
        ("medium", "medium", "P3"),
        ("medium", "low", "P4"),
        ("low", "high", "P3"),
        ("low", "medium", "P4"),
        ("low", "low", "P5"),
    ],
)
def test_the_standard_matrix(impact: str, urgency: str, priority: str) -> None:
    assert STANDARD_PRIORITIES.priority_of(impact, urgency) == priority


names = st.lists(st.text("abc", min_size=1, max_size=3), min_size=1, max_size=4, unique=True)


@given(names, names, names, st.data())
def test_a_priority_stands_in_the_row_of_its_impact_and_the_column_of_its_urgency(
    impacts: list[str], urgencies: list[str], priorities: list[str], data: st.DataObject
) -> None:
    rows = [[data.draw(st.sampled_from(priorities)) for _ in urgencies] for _ in impacts]
    matrix = PriorityMatrix(impacts, urgencies, priorities, rows)
    found = [[matrix.priority_of(impact, urgency) for urgency in urgencies] for impact in impacts]
    assert found == rows


def test_every_unknown_level_is_told_at_once() -> None:
    with pytest.raises(DefinitionError) as caught:
        STANDARD_PRIORITIES.priority_of("huge", "soon")
    assert caught.value.problems == (
        "unknown impact 'huge'; known: high, medium, low",
        "unknown urgency 'soon'; known: high, medium, low",
    )


@pytest.mark.parametrize(
    ("levels", "matrix", "problems"),
    [
        pytest.param(
            (("high", "high"), ("high",), ("P1",)),
            (("P1",), ("P1",)),
            ["impacts: 'high' stands twice; every level is named once"],
            id="a level twice",
        ),
        pytest.param(
            ((), (), ()),
            (),
            [
                "impacts: there are none; name at least one level",
                "urgencies: there are none; name at least one level",
                "priorities: there are none; name at least one level",
            ],
            id="no levels at all",
        ),
        pytest.param(
            (("high", "low"), ("high", "low"), ("P1", "P2")),
            (("P1",), ("P2", "P9"), ("P1", "P2")),
            [
                "matrix: has 3 rows; it needs one for each of the 2 impacts",
                "matrix[0]: has 1 cells; it needs one for each of the 2 urgencies",
                "matrix[1][1]: unknown priority 'P9'; known: P1, P2",
            ],
            id="everything at once",
        ),
    ],
)
def test_every_problem_of_a_matrix_is_told_at_once(
    levels: tuple[Sequence[str], ...], matrix: Sequence[Sequence[str]], problems: list[str]
) -> None:
    with pytest.raises(DefinitionError) as caught:
        PriorityMatrix(*levels, matrix)
    assert list(caught.value.problems) == problems


def test_a_single_text_is_no_list_of_levels() -> None:
    with pytest.raises(DefinitionError, match=r"one text stands where several are asked for: 'high'"):
        PriorityMatrix("high", ("high",), ("P1",), (("P1",),))


def test_a_matrix_that_was_asked_still_compares_copies_and_pickles() -> None:
    assert STANDARD_PRIORITIES.priority_of("low", "low")
    copies = {
        copy.copy(STANDARD_PRIORITIES),
        copy.deepcopy(STANDARD_PRIORITIES),
        pickle.loads(pickle.dumps(STANDARD_PRIORITIES)),
    }
    assert copies == {STANDARD_PRIORITIES}
    assert copies.pop().priority_of("high", "high") == "P1"
