"""The usual targets: what they hear, told as a conversation on a Monday."""

from datetime import UTC, datetime, timedelta

import pytest

from itsmkit.conditions import NEVER
from itsmkit.sla import (
    ANSWERED,
    ASKED,
    BREACH,
    BusinessCalendar,
    Checkpoint,
    ClockEvent,
    Reopening,
    Target,
    advance_clock,
    next_checkpoint,
    read_clock,
)
from itsmkit.sla.target import FINISHED

HOUR = timedelta(hours=1)
ALL_DAY = BusinessCalendar.always("UTC")
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
CATEGORIES = {"opened": "new", "pending": "pending", "resolved": "resolved", "cancelled": "cancelled"}
SAID = {
    "asks": (True, True, False),
    "answers": (True, False, False),
    "notes": (False, False, False),
    "auto-answers": (True, False, True),
    "auto-replies": (True, True, True),
}


def told(*lines: str) -> list[ClockEvent]:
    """Return events such as ``9 asks``: somebody writes, or a state is entered."""
    events, category = [], "new"
    for line in lines:
        hour, what = line.split()
        at = MIDNIGHT + float(hour) * HOUR
        if what in SAID:
            facts = dict(zip(("public", "by_requester", "automated"), SAID[what], strict=True))
            events.append(ClockEvent(at, "commented", category, facts))
        else:
            back = what == "reopened"
            category = "active" if back else CATEGORIES.get(what, what)
            name = what if what in {"opened", "reopened"} else "state_changed"
            events.append(ClockEvent(at, name, category))
    return events


@pytest.mark.parametrize(
    ("target", "history", "phase", "cycles"),
    [
        pytest.param(
            Target.respond(HOUR), ("9 opened", "9.5 answers"), "stopped", [0.5], id="an answer is a response",
        ),
        pytest.param(
            Target.respond(HOUR), ("9 opened", "10 asks", "11 notes", "12 auto-answers"), "running", [],
            id="not the requester's own words, a note or a program's message",
        ),
        pytest.param(
            Target.respond(HOUR), ("9 opened", "10 pending", "11 answers"), "stopped", [2],
            id="to respond has no pause",
        ),
        pytest.param(
            Target.respond(HOUR), ("9 opened", "10 resolved"), "stopped", [1], id="a solution is a response",
        ),
        pytest.param(
            Target.respond(HOUR), ("9 opened", "10 answers", "11 resolved", "12 reopened"), "stopped", [1],
            id="there is one first response",
        ),
        pytest.param(
            Target.respond(HOUR), ("9 opened", "10 cancelled"), "cancelled", [], id="to cancel is none",
        ),
        pytest.param(
            Target.next_response(HOUR), ("9 opened", "10 answers"), "not_started", [],
            id="nothing was asked since the opening",
        ),
        pytest.param(
            Target.next_response(HOUR), ("9 opened", "10 asks", "10.5 asks", "11 notes", "12 answers"),
            "stopped", [2], id="the first question counts, not those that repeat it",
        ),
        pytest.param(
            Target.next_response(HOUR),
            ("9 opened", "10 asks", "11 answers", "12 answers", "13 asks", "13.5 answers"),
            "stopped", [1, 0.5], id="every exchange is a cycle",
        ),
        pytest.param(
            Target.next_response(HOUR), ("9 opened", "10 auto-replies"), "not_started", [],
            id="an absence note asks nothing",
        ),
        pytest.param(
            Target.next_response(HOUR), ("9 opened", "10 asks", "11 auto-answers"), "running", [],
            id="an acknowledgement answers nothing",
        ),
        pytest.param(
            Target.next_response(HOUR), ("9 opened", "10 asks", "11 resolved"), "stopped", [1],
            id="a solution is an answer",
        ),
        pytest.param(
            Target.next_response(HOUR), ("9 opened", "10 resolved", "11 asks"), "not_started", [],
            id="thanks for a solution want no answer",
        ),
        pytest.param(
            Target.update_cadence(HOUR), ("9 opened", "10 answers", "12 asks", "13 answers", "14 resolved"),
            "stopped", [1, 3, 1], id="every gap between updates is a cycle",
        ),
        pytest.param(
            Target.update_cadence(HOUR), ("9 opened", "10 pending", "13 answers"), "running", [4],
            id="who waits wants to hear of it",
        ),
        pytest.param(
            Target.update_cadence(HOUR), ("9 opened", "11 resolved", "12 reopened", "13 answers"),
            "running", [2, 1], id="after a reopening, gaps begin anew",
        ),
        pytest.param(
            Target.resolve(HOUR), ("9 opened", "10 pending", "12 active", "13 resolved"), "stopped", [2],
            id="to resolve has pauses",
        ),
    ],
)  # fmt: skip
def test_the_usual_targets_measure(
    target: Target, history: tuple[str, ...], phase: str, cycles: list[float]
) -> None:
    reading = read_clock(target, ALL_DAY, told(*history), MIDNIGHT + 15 * HOUR)
    assert reading.phase == phase
    assert [cycle.elapsed / HOUR for cycle in reading.cycles] == cycles


def test_a_silent_desk_is_reminded_once_in_each_gap() -> None:
    reminder = Checkpoint.at_share(100, name="update")
    target = Target.update_cadence(HOUR / 2, checkpoints=(reminder, BREACH))
    office = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC")
    state = advance_clock(target, office, told("8 opened"))
    due = next_checkpoint(target, office, state, ())
    assert (due.checkpoint, due.at) == (reminder, MIDNIGHT + 9.5 * HOUR)
    state = advance_clock(target, office, told("16.75 answers"), state)
    due = next_checkpoint(target, office, state, ())
    assert (due.checkpoint, due.at) == (reminder, MIDNIGHT + (24 + 9.25) * HOUR)
    assert state.cycle == 2


def test_a_log_that_does_not_tell_of_programs_is_read_as_written_by_people() -> None:
    history = [*told("9 opened"), ClockEvent(MIDNIGHT + 10 * HOUR, "commented", "new", {"public": True})]
    assert read_clock(Target.respond(HOUR), ALL_DAY, history, MIDNIGHT + 11 * HOUR).phase == "stopped"


@pytest.mark.parametrize(
    "make", [Target.respond, Target.next_response, Target.update_cadence, Target.resolve]
)
def test_the_usual_targets_take_their_time_and_checkpoints(make) -> None:
    half = Checkpoint.at_share(50)
    target = make(HOUR, checkpoints=[half])
    assert (target.clock, target.within, target.checkpoints) == (make.__name__, HOUR, (half,))
    assert make(HOUR).checkpoints == (BREACH,)
    assert not make(None).is_promised


@pytest.mark.parametrize("make", [Target.respond, Target.next_response, Target.update_cadence])
def test_who_waits_for_a_word_is_not_told_to_wait(make) -> None:
    assert make(HOUR).pause == NEVER


def test_each_exchange_is_an_own_cycle_that_begins_from_nothing() -> None:
    target = Target.next_response(HOUR)
    assert (target.start, target.reopen, target.on_reopen) == (ASKED, ASKED, Reopening.RESTART)
    assert target.stop == ANSWERED | FINISHED
    assert Target.respond(HOUR).reopen is None
    assert Target.update_cadence(HOUR).on_reopen is Reopening.RESTART
