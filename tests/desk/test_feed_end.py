"""The end of a feed: the position of what came last, whatever positions are left out before it."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from itsmkit.desk._feed_end import end_of


@given(positions=st.sets(st.integers(1, 5000), max_size=30))
def test_it_is_where_the_last_one_stands(positions: set[int]) -> None:
    asked = 0

    def read(*, after: int, limit: int) -> Sequence[int]:
        nonlocal asked
        asked += 1
        return sorted(each for each in positions if each > after)[:limit]

    end = end_of(read)
    assert end == max(positions, default=0)
    assert asked <= 2 + 2 * end.bit_length()
