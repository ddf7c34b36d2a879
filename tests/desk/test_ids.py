from datetime import UTC, datetime, timedelta
from random import Random
from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from itsmkit.desk._ids import uuid7
from itsmkit.testing import A_MONDAY

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=365 * 8000)).map(EPOCH.__add__)


class AllOnes(Random):
    """A source whose bits are all set: whatever is not random shows."""

    def getrandbits(self, k: int, /) -> int:
        return (1 << k) - 1


@given(INSTANTS, st.integers(0, 2**32))
def test_the_layout_is_that_of_version_7(at: datetime, seed: int) -> None:
    made = UUID(uuid7(lambda: at, Random(seed)))
    assert (made.variant, made.version) == (RFC_4122, 7)
    milliseconds = int.from_bytes(made.bytes[:6])
    since = timedelta(milliseconds=milliseconds)
    assert timedelta(0) <= at - EPOCH - since < timedelta(milliseconds=1)


def test_the_example_of_the_rfc_comes_out() -> None:
    # RFC 9562, appendix A.6: 2022-02-22T14:22:22-05:00, rand_a 0xCC3, rand_b 0b01 and 0x8C4DC0C0C07398F.
    class Example(Random):
        def getrandbits(self, k: int, /) -> int:
            assert k == 74
            return 0xCC3 << 62 | 0x18C4DC0C0C07398F

    at = datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)
    assert uuid7(lambda: at, Example()) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


def test_all_other_bits_are_random() -> None:
    fields = UUID(uuid7(lambda: A_MONDAY, AllOnes())).int & (1 << 80) - 1
    assert fields == 0x7FFF_BFFF_FFFF_FFFF_FFFF


@given(st.lists(st.timedeltas(timedelta(milliseconds=1), timedelta(days=900)), min_size=1), st.integers())
def test_identifiers_sort_by_the_millisecond_of_their_making(steps: list[timedelta], seed: int) -> None:
    random, at, made = Random(seed), A_MONDAY, []
    for step in steps:
        at += step
        made.append(uuid7(lambda at=at: at, random))
    assert made == sorted(made)


def test_the_same_seed_gives_the_same_identifiers() -> None:
    drawn = [[uuid7(lambda: A_MONDAY, random) for _ in range(3)] for random in (Random(7), Random(7))]
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0])) == 3
