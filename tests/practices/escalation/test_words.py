"""What people are told of a step: why, in a sentence of its own for each thing that sets a ladder off."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from itsmkit.practices.escalation import Ladder, LadderStep, NextStep, Standing, Trigger
from itsmkit.practices.escalation.words import digest_subject, line_of_digest, notice_of_step

SINCE = datetime(2026, 3, 2, 9, tzinfo=UTC)
CHECKPOINT = {"clock": "resolve", "checkpoint": "breach"}


def next_step(on: str, *, steps: int = 1, **options: Any) -> NextStep:
    rungs = [LadderStep(timedelta(hours=hour), ["assignee"]) for hour in range(steps)]
    ladder = Ladder(name="stuck", on=Trigger(on), steps=rungs, **options)
    return NextStep(ladder, Standing("1", SINCE), 1, SINCE)


@pytest.mark.parametrize(
    ("on", "options", "told"),
    [
        pytest.param(
            "checkpoint", CHECKPOINT, "INC-1: its resolve clock has been at breach", id="checkpoint"
        ),
        pytest.param("idle", {}, "INC-1: nobody has worked on it since", id="idle"),
        pytest.param("silent", {}, "INC-1: its requester has been told nothing since", id="silent"),
        pytest.param("reassigned", {"at_least": 1}, "INC-1 has been handed on 1 time or more", id="once"),
        pytest.param("reassigned", {"at_least": 3}, "INC-1 has been handed on 3 times or more", id="thrice"),
        pytest.param("reopened", {"at_least": 2}, "INC-1 has been reopened 2 times or more", id="reopened"),
        pytest.param(
            "bounced", {"at_least": 1}, "INC-1 has come back 1 time or more to a group", id="bounced"
        ),
    ],
)
def test_a_notice_says_what_has_set_the_ladder_off(
    story: Callable[..., Any], on: str, options: dict[str, Any], told: str
) -> None:
    notice = notice_of_step(story().ticket, next_step(on, **options), "kim")
    assert str(notice.body).startswith(told)
    assert str(notice.subject) == "INC-1: stuck, step 1"
    assert "acknowledges" not in str(notice.body)


def test_a_step_before_the_last_says_that_others_follow(story: Callable[..., Any]) -> None:
    notice = notice_of_step(story().ticket, next_step("idle", steps=2), "kim")
    assert str(notice.body).endswith("Until somebody acknowledges it, others will be told, too.")


def test_a_digest_has_a_line_for_each_step(story: Callable[..., Any]) -> None:
    lines = [line_of_digest(story().ticket, "stuck", step) for step in (1, 2)]
    assert [str(each) for each in lines] == ["INC-1 is New: stuck, step 1", "INC-1 is New: stuck, step 2"]
    assert (str(digest_subject(lines)), str(digest_subject(lines[:1]))) == ("2 escalations", "1 escalation")
