"""What is due on ladders: by an oracle that counts minutes, late and in time, and once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.practices.escalation.conftest import HOUR, MINUTE, START, Story

from itsmkit.calendars import BusinessCalendar
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices import Occasion
from itsmkit.practices.escalation import (
    CatchUp,
    EscalationPolicy,
    Hours,
    Ladder,
    LadderStep,
    RoleBook,
    Trigger,
    acknowledge,
    calendar_problems,
    due_on_ladders,
    next_steps,
    standings_of,
    take,
)
from itsmkit.practices.service_levels import follow_history
from itsmkit.sla import Checkpoint, Promise, ServiceLevelAgreement, Target
from itsmkit.testing import office_hours
from itsmkit.tickets import SYSTEM, CheckpointPassed, EscalationStepTaken, PublicMessage, StateChanged
from itsmkit.tickets.structure import Structure

ALWAYS_OPEN = Hours(BusinessCalendar.always())
OFFICE = Hours(office_hours())
BOOK = RoleBook(Structure())


def ladder(*minutes: float, **given: object) -> Ladder:
    steps = [LadderStep(timedelta(minutes=each), ["assignee", f"role {each}"]) for each in minutes]
    return Ladder(**{"name": "idle", "on": Trigger.IDLE, "steps": steps, **given})  # type: ignore[arg-type]


def run(
    told: Story, now: datetime, *ladders: Ladder, hours: Hours = ALWAYS_OPEN
) -> list[EscalationStepTaken]:
    """Take what is due by *now*, and note it in the history; return what was noted."""
    standings = standings_of(ladders, told.history)
    due = due_on_ladders(ladders, standings, now, hours)
    decision, taken = take(told.ticket, due, Occasion(SYSTEM, now), BOOK)
    told._after(decision)
    assert [each.fact for each in taken] == [event.fact for event in decision.events]
    return [each.fact for each in taken]


def test_a_step_is_due_at_its_minute_and_not_before(story: Callable[..., Story]) -> None:
    told = story()
    assert run(told, START + 59 * MINUTE, ladder(60)) == []
    (fact,) = run(told, START + 60 * MINUTE, ladder(60))
    assert (fact.key, fact.due) == (("idle", "since 1", 1), START + HOUR)
    assert run(told, START + 600 * MINUTE, ladder(60)) == []


def test_the_silence_of_a_grave_ticket_is_told_once_a_gap_in_open_time(story: Callable[..., Story]) -> None:
    silent = ladder(30, name="silent", on=Trigger.SILENT)
    told = story().then(8 * 60 - 15, PublicMessage("we are on it"))  # the office closes at 17:00
    next_morning = datetime(2026, 3, 3, 9, 15, tzinfo=UTC)
    assert run(told, next_morning - MINUTE, silent, hours=OFFICE) == []
    assert [each.due for each in run(told, next_morning, silent, hours=OFFICE)] == [next_morning]
    assert run(told, next_morning + HOUR, silent, hours=OFFICE) == []
    told.then(24 * 60 + 30, PublicMessage("still"))
    (fact,) = run(told, next_morning + 2 * HOUR, silent, hours=OFFICE)
    assert fact.due == datetime(2026, 3, 3, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("policy", "late", "kept"),
    [
        (CatchUp.ALL, 300, [1, 2, 3]),
        (CatchUp.LATEST, 300, [3]),
        (CatchUp.NONE, 300, []),
        (CatchUp.LATEST, 0, [1, 2, 3]),
        (CatchUp.NONE, 0, [1, 2, 3]),
    ],
)
def test_missed_steps_are_caught_up_by_the_policy(
    story: Callable[..., Story], policy: CatchUp, late: int, kept: list[int]
) -> None:
    told = story()
    taken = run(told, START + (63 + late) * MINUTE, ladder(61, 62, 63, catch_up=policy))
    assert [each.step for each in taken] == [1, 2, 3]
    assert [each.step for each in taken if not each.passed_over] == kept
    assert all(not each.told and "late" in each.passed_over for each in taken if each.step not in kept)


@given(
    st.lists(st.integers(0, 300), min_size=1, max_size=4, unique=True).map(sorted),
    st.lists(st.integers(0, 400), max_size=8).map(sorted),
    st.lists(st.integers(1, 400), max_size=4, unique=True).map(sorted),
)
def test_however_often_somebody_looks_each_step_is_taken_once_in_its_order(
    waits: list[int], looks: list[int], touches: list[int]
) -> None:
    """The oracle goes minute by minute, and knows no ladder."""
    told, rungs = Story(), ladder(*waits)
    found: list[tuple[int, int]] = []
    expected: list[tuple[int, int]] = []
    last, done = 0, 0
    for minute in sorted({*looks, *touches, 400}):
        if minute in touches:  # what is saved first wins
            told.then(minute, PublicMessage("soon"))
            last, done = minute, 0
        if minute in looks or minute == 400:
            found += [
                (round((each.due - START) / MINUTE), each.step)
                for each in run(told, START + minute * MINUTE, rungs)
            ]
            while done < len(waits) and last + waits[done] <= minute:
                expected.append((last + waits[done], done + 1))
                done += 1
    assert found == expected


def test_several_ladders_are_climbed_in_the_order_of_time(story: Callable[..., Story]) -> None:
    taken = run(story(), START + 3 * HOUR, ladder(10, 30), ladder(20, name="other"))
    assert [(each.ladder, each.step) for each in taken] == [("idle", 1), ("other", 1), ("idle", 2)]


def test_a_ladder_on_a_clock_ends_with_the_clock(story: Callable[..., Story]) -> None:
    breach = ladder(0, 30, name="breach", on=Trigger.CHECKPOINT, clock="resolve", checkpoint="breach")
    target = Target("resolve", HOUR, checkpoints=[Checkpoint.at_breach()])
    agreements = [ServiceLevelAgreement("support", BusinessCalendar.always(), [Promise(target)])]
    told = story()
    terms = follow_history(agreements, told.history)["resolve"].terms.digest
    told.then(60, CheckpointPassed("resolve", 1, terms, "breach"))

    def upcoming() -> list[int]:
        clocks = follow_history(agreements, told.history)
        standings = standings_of([breach], told.history)
        due = due_on_ladders([breach], standings, START + 2 * HOUR, ALWAYS_OPEN, clocks)
        numbers = [each.number for each in next_steps([breach], standings, ALWAYS_OPEN, clocks)]
        assert numbers == [each.next.number for each in due][:1]
        return [each.next.number for each in due]

    assert upcoming() == [1, 2]
    told.then(70, StateChanged("New", "Resolved", "resolved", "resolve"))
    assert upcoming() == []
    standings = standings_of(
        [breach], story().then(60, CheckpointPassed("resolve", 1, terms, "breach")).history
    )
    stopped = follow_history(agreements, told.history)
    assert not due_on_ladders([breach], standings, START + 2 * HOUR, ALWAYS_OPEN, stopped)


def test_who_takes_notice_stops_the_ladder(story: Callable[..., Story]) -> None:
    told, rungs = story(), ladder(10, 20)
    run(told, START + 10 * MINUTE, rungs)
    standings = standings_of([rungs], told.history)
    told._after(acknowledge(told.ticket, standings, Occasion(SYSTEM, START + 11 * MINUTE), note="on it"))
    assert run(told, START + 60 * MINUTE, rungs) == []
    again = acknowledge(told.ticket, standings_of([rungs], told.history), Occasion(SYSTEM, START + HOUR))
    assert again.events == ()


def test_there_has_to_be_something_to_take_notice_of(story: Callable[..., Story]) -> None:
    told, rungs = story(), ladder(10)
    standings = standings_of([rungs], told.history)
    with pytest.raises(
        RefusedError, match="no ladder on which a step was taken is under way; these are: idle"
    ):
        acknowledge(told.ticket, standings, Occasion(SYSTEM, START))
    with pytest.raises(RefusedError, match="no ladder 'x'"):
        acknowledge(told.ticket, standings, Occasion(SYSTEM, START), ladder="x")
    assert len(acknowledge(told.ticket, standings, Occasion(SYSTEM, START), ladder="idle").events) == 1


def test_what_comes_next_explains_itself(story: Callable[..., Story]) -> None:
    (upcoming,) = next_steps([ladder(90)], standings_of([ladder(90)], story().history), ALWAYS_OPEN)
    assert upcoming.explain() == (
        "idle: step 1 at 2026-03-02 10:30Z, 1:30:00 of open time after 2026-03-02 09:00Z (since 1); "
        "it tells assignee, role 90"
    )


def test_a_calendar_that_is_not_there_is_told(story: Callable[..., Story]) -> None:
    rungs = ladder(90, calendar="ofice")
    with pytest.raises(DefinitionError, match="unknown calendar 'ofice'"):
        [*next_steps([rungs], standings_of([rungs], story().history), ALWAYS_OPEN)]
    assert [*calendar_problems(EscalationPolicy(ladders=[rungs]), ["office"])] == [
        "ladders[0].calendar: unknown calendar 'ofice'; did you mean 'office'?"
    ]
    named = evolve(OFFICE, calendars={"ofice": office_hours()})
    assert [*next_steps([rungs], standings_of([rungs], story().history), named)]


def test_who_may_not_hear_of_it_is_not_told(story: Callable[..., Story]) -> None:
    told, rungs = story(), ladder(10)
    due = due_on_ladders([rungs], standings_of([rungs], told.history), START + HOUR, ALWAYS_OPEN)
    occasion = Occasion(SYSTEM, START + HOUR)
    _, (taken,) = take(told.ticket, due, occasion, BOOK, may_be_told=lambda name: name != "role 10")
    assert taken.fact.told == ()
    assert taken.fact.because == ("assignee: the ticket names no assignee", "role 10: a role of the house")


def test_when_nobody_has_the_roles_others_are_told(story: Callable[..., Story]) -> None:
    step = LadderStep(HOUR, ["assignee"], otherwise=["service desk manager"])
    rungs = Ladder(name="x", on=Trigger.IDLE, steps=[step])
    (fact,) = run(story(), START + HOUR, rungs)
    assert fact.told == ("service desk manager",)
    (fact,) = run(story(assignee="kim"), START + HOUR, rungs)
    assert fact.told == ("kim",)


def test_two_ladders_of_one_name_are_refused() -> None:
    with pytest.raises(DefinitionError, match="ladders"):
        EscalationPolicy(ladders=[ladder(1), ladder(2)], bounces=-1)
