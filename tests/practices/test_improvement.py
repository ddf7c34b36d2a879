"""The register of continual improvement."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import RefusedError
from itsmkit.practices.improvement import (
    Improvement,
    WhichWay,
    begin_improvement,
    close_improvement,
    drop_improvement,
    propose_improvement,
    remeasure_improvement,
)
from itsmkit.testing import A_MONDAY

FIGURES = st.decimals(-1000, 1000, places=2)


def proposed() -> Improvement:
    return propose_improvement("i1", "Fewer calls", "kim", A_MONDAY).value


def begun(baseline: Decimal = Decimal(3), better: WhichWay = WhichWay.DOWN) -> Improvement:
    return begin_improvement(proposed(), "calls per ticket", better, baseline, "a form").value


@given(FIGURES, FIGURES, st.sampled_from(WhichWay))
def test_effective_is_what_beats_its_baseline(baseline: Decimal, now: Decimal, better: WhichWay) -> None:
    measured = remeasure_improvement(begun(baseline, better), now, A_MONDAY).value
    beats = now > baseline if better is WhichWay.UP else now < baseline
    assert measured.is_better is beats
    if beats:
        closed = close_improvement(measured, effective=True, lesson="ask first").value
        assert (closed.state, closed.baseline) == ("effective", baseline)
    else:
        with pytest.raises(RefusedError, match="measure it again, or close it as ineffective"):
            close_improvement(measured, effective=True, lesson="ask first")
    assert close_improvement(measured, effective=False, lesson="so be it").value.state == "ineffective"


def test_what_was_not_measured_again_is_not_effective() -> None:
    assert begun().is_better is None
    with pytest.raises(RefusedError, match="was not measured since"):
        close_improvement(begun(), effective=True, lesson="ask first")


@pytest.mark.parametrize("act", [0, 1, 2])
def test_each_step_has_its_place(act: int) -> None:
    steps: list[Any] = [
        lambda one: begin_improvement(one, "calls", WhichWay.UP, Decimal(1), "a form"),
        lambda one: remeasure_improvement(one, Decimal(1), A_MONDAY),
        lambda one: close_improvement(one, effective=False, lesson="none"),
    ]
    with pytest.raises(RefusedError, match="and not"):
        steps[act](begun() if act == 0 else proposed())


def test_what_is_missing_is_told_at_once() -> None:
    with pytest.raises(RefusedError) as refused:
        begin_improvement(proposed(), "", WhichWay.UP, Decimal("NaN"), " ")
    assert len(refused.value.reasons) == 3
    with pytest.raises(RefusedError, match="finite Decimal"):
        remeasure_improvement(begun(), 1.5, A_MONDAY)  # type: ignore[arg-type]
    with pytest.raises(RefusedError, match="lesson must say"):
        close_improvement(begun(), effective=False, lesson="")


def test_it_may_be_given_up_until_it_ends() -> None:
    dropped = drop_improvement(begun(), "nobody has time")
    assert (dropped.value.state, dropped.said["reason"]) == ("dropped", "nobody has time")
    with pytest.raises(RefusedError) as refused:
        drop_improvement(dropped.value, "")
    assert len(refused.value.reasons) == 2
