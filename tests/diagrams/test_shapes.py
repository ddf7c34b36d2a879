from itertools import pairwise
from math import dist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit._diagrams.shapes import head_path, line_path, shortened

POINTS = st.tuples(st.integers(-50, 50), st.integers(-50, 50))
LINES = st.lists(POINTS, min_size=2, max_size=5).filter(lambda line: all(a != b for a, b in pairwise(line)))


@pytest.mark.parametrize(
    ("points", "path"),
    [
        pytest.param([(0, 0), (9, 0)], "M0 0L9 0", id="straight"),
        pytest.param([(0, 0), (0, 40), (30, 40)], "M0 0L0 32Q0 40 8 40L30 40", id="a bend"),
        pytest.param([(0, 0), (0, 6), (30, 6)], "M0 0L0 3Q0 6 3 6L30 6", id="a bend in a short piece"),
        pytest.param([(0, 0), (0, 0), (5, 0)], "M0 0L0 0Q0 0 0 0L5 0", id="a piece without length"),
    ],
)
def test_lines_are_rounded_at_their_bends(points, path):
    assert line_path(points) == path


@given(LINES, st.floats(0.5, 20))
def test_the_end_of_a_line_gives_way_to_the_head(line, length):
    short = shortened(line, length)
    last = dist(line[-2], line[-1])
    assert short[:-1] == tuple(line[:-1])
    assert dist(short[-1], line[-1]) == pytest.approx(min(length, 0.9 * last))
    assert dist(line[-2], short[-1]) + dist(short[-1], line[-1]) == pytest.approx(last)


@given(LINES, st.floats(2, 20))
def test_the_head_points_where_the_line_leads(line, length):
    tip, left, right = (tuple(map(float, pair.split())) for pair in head_path(line, length)[1:-1].split("L"))
    assert tip == line[-1]
    base = ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2)
    assert dist(tip, base) == pytest.approx(length, abs=0.1)
    assert dist(left, right) == pytest.approx(2 * 0.42 * length, abs=0.1)
    assert dist(line[-2], base) == pytest.approx(abs(dist(line[-2], tip) - length), abs=0.1)


def test_a_head_takes_its_direction_from_the_last_piece_that_has_one():
    assert head_path([(0, 0), (0, 40), (0, 40)], 10) == head_path([(0, 0), (0, 40)], 10)
