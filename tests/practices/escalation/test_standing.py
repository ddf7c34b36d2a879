"""Ladders are read from histories; what is carried on equals what is read anew."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.practices.escalation.conftest import HOUR, START, Story

from itsmkit.conditions import equals
from itsmkit.practices.escalation import (
    NO_STANDINGS,
    Ladder,
    LadderStep,
    Standing,
    Standings,
    Trigger,
    bounces_of,
    standings_after,
    standings_of,
)
from itsmkit.practices.service_levels import _steps
from itsmkit.tickets import (
    Assigned,
    CheckpointPassed,
    Commented,
    DetailsChanged,
    EscalationAcknowledged,
    EscalationStepTaken,
    Fact,
    InternalNote,
    Prioritised,
    PublicMessage,
    StateChanged,
    Tagged,
)

STEPS = [LadderStep(HOUR, ["assignee"]), LadderStep(2 * HOUR, ["group_lead"])]
IDLE = Ladder(name="idle", on=Trigger.IDLE, steps=STEPS)
SILENT = Ladder(name="silent", on=Trigger.SILENT, steps=STEPS, when=equals("priority", "P1"))
BREACH = Ladder(name="breach", on=Trigger.CHECKPOINT, clock="resolve", checkpoint="breach", steps=STEPS)
MOVED = Ladder(name="moved", on=Trigger.REASSIGNED, at_least=2, steps=STEPS)
BACK = Ladder(name="back", on=Trigger.REOPENED, at_least=1, steps=STEPS)
TOSSED = Ladder(name="tossed", on=Trigger.BOUNCED, at_least=1, steps=STEPS)
ALL = (IDLE, SILENT, BREACH, MOVED, BACK, TOSSED)
P1 = Prioritised("high", "high", "P1", "it is")
PASSED = CheckpointPassed("resolve", 1, "terms", "breach")


def at(minutes: float) -> Any:
    return START + timedelta(minutes=minutes)


def of(story: Story, ladder: Ladder) -> Standing | None:
    return standings_of([ladder], story.history).ladders.get(ladder.name)


def test_what_is_logged_is_idle_from_then_on(story: Callable[..., Story]) -> None:
    assert of(story(), IDLE) == Standing("since 1", START)


@pytest.mark.parametrize(
    ("fact", "by", "is_touched"),
    [
        (InternalNote("hm"), "ann", True),
        (Commented("hm", public=False), "ann", True),
        (PublicMessage("soon"), "ann", True),
        (Assigned("network"), "kim", True),
        (DetailsChanged({"colour": "red"}), "ann", True),
        (PublicMessage("well?"), "bob", False),
        (Tagged(("vip",)), "ann", False),
    ],
)
def test_only_work_of_the_staff_is_a_touch(
    story: Callable[..., Story], fact: Fact, by: str, is_touched: bool
) -> None:
    found = of(story().then(30, fact, by=by), IDLE)
    assert found == (Standing("since 2", at(30)) if is_touched else Standing("since 1", START))


def test_a_program_does_not_work(story: Callable[..., Story]) -> None:
    assert of(story().then(30, InternalNote("hm"), automated=True), IDLE) == Standing("since 1", START)


@pytest.mark.parametrize(
    ("fact", "by", "is_told"),
    [
        (PublicMessage("soon"), "ann", True),
        (Commented("soon", public=True), "ann", True),
        (Commented("soon", public=False), "ann", False),
        (InternalNote("soon"), "ann", False),
        (PublicMessage("well?"), "bob", False),
    ],
)
def test_only_public_words_of_the_desk_break_the_silence(
    story: Callable[..., Story], fact: Fact, by: str, is_told: bool
) -> None:
    found = of(story().then(5, P1).then(30, fact, by=by), SILENT)
    assert found == (Standing("since 3", at(30)) if is_told else Standing("since 1", at(5)))


def test_a_ladder_rests_while_it_is_not_meant_for_the_ticket_and_keeps_what_it_took(
    story: Callable[..., Story],
) -> None:
    told = story().then(5, P1).then(70, EscalationStepTaken("silent", "since 1", 1, at(65)))
    assert of(told, SILENT) == Standing("since 1", at(5), 1)
    told.then(80, Prioritised("low", "low", "P5", "not so grave"))
    assert of(told, SILENT) == Standing("since 1", None, 1)
    told.then(90, P1)
    assert of(told, SILENT) == Standing("since 1", at(90), 1)


def test_a_passed_checkpoint_sets_a_ladder_off_once_a_cycle(story: Callable[..., Story]) -> None:
    told = story().then(30, CheckpointPassed("respond", 1, "terms", "breach"))
    assert of(told, BREACH) is None
    told.then(60, PASSED)
    assert of(told, BREACH) == Standing("resolve/1/breach", at(60))
    told.then(90, CheckpointPassed("resolve", 1, "other terms", "breach"))
    assert of(told, BREACH) == Standing("resolve/1/breach", at(60))
    told.then(95, CheckpointPassed("resolve", 2, "terms", "breach"))
    assert of(told, BREACH) == Standing("resolve/2/breach", at(95))


def test_who_takes_notice_is_noted_for_that_occasion_only(story: Callable[..., Story]) -> None:
    told = story().then(60, PASSED).then(61, EscalationAcknowledged("breach", "resolve/2/breach"))
    assert of(told, BREACH) == Standing("resolve/1/breach", at(60))
    told.then(62, EscalationAcknowledged("breach", "resolve/1/breach"), by="kim")
    found = of(told, BREACH)
    assert found == Standing("resolve/1/breach", at(60), 0, "kim")
    assert not found.is_under_way
    told.then(95, CheckpointPassed("resolve", 2, "terms", "breach"))
    assert of(told, BREACH) == Standing("resolve/2/breach", at(95))


def test_what_is_counted_sets_off_when_it_is_reached_and_once(story: Callable[..., Story]) -> None:
    told = story(support_group="a").then(10, Assigned("b"))
    assert of(told, MOVED) is None
    told.then(20, Assigned("a"))
    assert of(told, MOVED) == Standing("reassigned 2 times", at(20))
    assert of(told, TOSSED) == Standing("bounced 1 times", at(20))
    told.then(30, Assigned("b"))
    assert of(told, MOVED) == Standing("reassigned 2 times", at(20))


def test_what_is_done_rests_and_what_is_reopened_begins_anew(story: Callable[..., Story]) -> None:
    done = StateChanged("New", "Resolved", "resolved", "resolve")
    again = StateChanged("Resolved", "In Progress", "active", "reopen")
    told = story().then(10, done)
    assert of(told, IDLE) == Standing("since 2", None)
    told.then(30, again, by="bob")
    assert of(told, IDLE) == Standing("since 3", at(30))
    assert of(told, BACK) == Standing("reopened 1 times", at(30))


_FACTS = st.sampled_from(
    [
        P1,
        Prioritised("low", "low", "P5", "no"),
        PASSED,
        CheckpointPassed("resolve", 2, "terms", "breach"),
        PublicMessage("soon"),
        InternalNote("hm"),
        Assigned("a"),
        Assigned("b"),
        Assigned("c"),
        Assigned(None),
        StateChanged("New", "Resolved", "resolved", "resolve"),
        StateChanged("Resolved", "In Progress", "active", "reopen"),
        EscalationStepTaken("idle", "since 1", 1, START),
        EscalationStepTaken("breach", "resolve/1/breach", 1, START),
        EscalationAcknowledged("breach", "resolve/1/breach"),
    ]
)
_WHO = st.sampled_from(["ann", "bob"])


@given(st.lists(st.tuples(_FACTS, _WHO), max_size=12), st.data())
def test_carried_on_they_equal_what_is_read_anew(
    happened: list[tuple[Fact, str]], data: st.DataObject
) -> None:
    told = Story()
    for place, (fact, by) in enumerate(happened):
        told.then(place, fact, by=by)
    steps = list(_steps(told.history))
    cut = data.draw(st.integers(0, len(steps)))
    first = standings_after(ALL, NO_STANDINGS, None, steps[:cut])
    before = steps[cut - 1][1] if cut else None
    whole = standings_of(ALL, told.history)
    assert standings_after(ALL, first, before, steps[cut:]) == whole
    assert whole.returns == bounces_of(told.history).returns
    for ladder in ALL:  # each by itself is as beside the others
        assert standings_of([ladder], told.history).ladders.get(ladder.name) == whole.ladders.get(ladder.name)


def test_without_ladders_nothing_is_kept(story: Callable[..., Story]) -> None:
    assert standings_of((), story().history) is NO_STANDINGS


def test_what_changes_nothing_gives_the_very_same(story: Callable[..., Story]) -> None:
    told = story()
    first = standings_of([IDLE], told.history)
    told.then(5, Tagged(("vip",)))
    steps = list(_steps(told.history))
    assert standings_after((IDLE,), first, steps[0][1], steps[1:]) is first
    assert isinstance(first, Standings)
