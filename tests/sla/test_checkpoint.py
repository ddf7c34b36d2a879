from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.sla import BREACH, Checkpoint

HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("checkpoint", "name", "point"),
    [
        pytest.param(Checkpoint.at_share(50), "50%", 4 * HOUR, id="half of it"),
        pytest.param(Checkpoint.at_share(100), "100%", 8 * HOUR, id="all of it"),
        pytest.param(Checkpoint.at_share(75, name="warning"), "warning", 6 * HOUR, id="a share by name"),
        pytest.param(Checkpoint.before_target(HOUR), "1:00:00 before", 7 * HOUR, id="an hour before"),
        pytest.param(Checkpoint.before_target(HOUR, name="soon"), "soon", 7 * HOUR, id="before by name"),
        pytest.param(Checkpoint.at_breach(), "breach", 8 * HOUR + MICROSECOND, id="the breach"),
        pytest.param(
            Checkpoint.at_breach(after=HOUR), "1:00:00 after", 9 * HOUR + MICROSECOND, id="an hour after"
        ),
        pytest.param(
            Checkpoint.at_breach(after=HOUR, name="late"), "late", 9 * HOUR + MICROSECOND, id="after by name"
        ),
        pytest.param(Checkpoint("start", 0, HOUR), "start", HOUR, id="an hour after the start"),
    ],
)
def test_a_checkpoint_lies_at_a_point_of_the_target(
    checkpoint: Checkpoint, name: str, point: timedelta
) -> None:
    assert checkpoint.name == name
    assert checkpoint.point(8 * HOUR) == point


def test_the_breach_is_one_that_needs_no_making() -> None:
    assert Checkpoint.at_breach() == BREACH


@given(st.integers(1, 10**15), st.integers(1, 100))
def test_a_share_is_rounded_up_to_the_microsecond(microseconds: int, percent: int) -> None:
    point = Checkpoint.at_share(percent).point(microseconds * MICROSECOND) // MICROSECOND
    assert 0 <= point * 100 - microseconds * percent < 100


@pytest.mark.parametrize("percent", [0, -1, 101, 50.0, True, "50", None])
def test_a_share_is_a_whole_percentage(percent: int) -> None:
    with pytest.raises(DefinitionError, match="from 1 to 100, not"):
        Checkpoint.at_share(percent)


@pytest.mark.parametrize("percent", [-1, 101, 0.5])
def test_the_constructor_lets_no_other_share_through(percent: int) -> None:
    with pytest.raises(DefinitionError, match="checkpoint 'odd': percent must be from 0 to 100"):
        Checkpoint("odd", percent, HOUR)


@pytest.mark.parametrize("remaining", [timedelta(0), -HOUR, 30])
def test_what_remains_is_more_than_nothing(remaining: timedelta) -> None:
    with pytest.raises(DefinitionError, match="more than zero, not"):
        Checkpoint.before_target(remaining)


@pytest.mark.parametrize("after", [-MICROSECOND, 30])
def test_nothing_lies_a_negative_time_after_the_breach(after: timedelta) -> None:
    with pytest.raises(DefinitionError, match="zero or more after it, not"):
        Checkpoint.at_breach(after=after)


def test_a_checkpoint_has_a_name() -> None:
    with pytest.raises(DefinitionError, match=r"Checkpoint\.name must be a name"):
        Checkpoint(" ", 50, HOUR)
