from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import equals
from itsmkit.errors import DefinitionError
from itsmkit.sla import (
    BusinessCalendar,
    ClockEvent,
    Promise,
    Reopening,
    ServiceLevelAgreement,
    Target,
    Verdict,
    backtest,
    read_clock,
)
from itsmkit.testing.strategies import clock_histories, targets

HOUR = timedelta(hours=1)
OPENED = datetime(2026, 3, 2, 9, tzinfo=UTC)
OFFICE = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC")


def agreement(*promised: Target, calendar: BusinessCalendar = OFFICE) -> ServiceLevelAgreement:
    return ServiceLevelAgreement("any", calendar, [Promise(each) for each in promised])


def solved_after(hours: float) -> list[ClockEvent]:
    return [
        ClockEvent(OPENED, "opened", "new"),
        ClockEvent(OPENED + hours * HOUR, "state_changed", "resolved"),
    ]


HISTORIES = {"T-1": solved_after(1), "T-2": solved_after(3), "T-3": solved_after(5), "T-4": solved_after(90)}
AT = OPENED + 8 * HOUR
LONG, SHORT = agreement(Target.resolve(4 * HOUR)), agreement(Target.resolve(2 * HOUR))


def test_a_shorter_promise_would_have_been_broken_more_often() -> None:
    found = backtest([SHORT], HISTORIES, current=[LONG], at=AT)
    assert [each.ticket for each in found.differences] == ["T-1", "T-2", "T-3", "T-4"]
    assert [each.ticket for each in found.differences if each.changes_verdict] == ["T-2"]
    assert found.verdicts == {
        ("resolve", Verdict.MET, Verdict.MET): 1,
        ("resolve", Verdict.MET, Verdict.BREACHED): 1,
        ("resolve", Verdict.BREACHED, Verdict.BREACHED): 2,
    }
    assert found.count("resolve", after=Verdict.BREACHED) == 3
    assert found.count("resolve", before=Verdict.BREACHED) == 2
    assert found.count("resolve", before=Verdict.MET, after=Verdict.BREACHED) == 1
    assert (found.count("resolve"), found.count("respond")) == (4, 0)
    assert found.at == AT


def test_a_difference_tells_both_sides() -> None:
    difference = backtest([SHORT], HISTORIES, current=[LONG], at=AT).differences[1]
    assert (difference.before.was_due, difference.after.was_due) == (OPENED + 4 * HOUR, OPENED + 2 * HOUR)
    assert difference.explain() == (
        "T-2: resolve: stopped, met; 3:00:00 of 4:00:00 used, was due 2026-03-02 13:00:00+00:00 -> "
        "resolve: stopped, breached; 3:00:00 of 2:00:00 used, was due 2026-03-02 11:00:00+00:00"
    )


def test_the_same_promise_under_another_name_makes_no_difference() -> None:
    renamed = ServiceLevelAgreement("other", OFFICE, LONG.promises)
    found = backtest([renamed], HISTORIES, current=[LONG], at=AT)
    assert found.differences == ()
    assert found.count("resolve") == 4


def test_another_calendar_makes_a_difference() -> None:
    always = agreement(Target.resolve(4 * HOUR), calendar=BusinessCalendar.always("UTC"))
    night = {"T-1": [ClockEvent(OPENED + 9 * HOUR, "opened", "new")]}
    (difference,) = backtest([always], night, current=[LONG], at=OPENED + 14 * HOUR).differences
    assert (difference.before.verdict, difference.after.verdict) == (Verdict.OPEN, Verdict.BREACHED)


@pytest.mark.parametrize("turned", [False, True])
def test_a_clock_that_only_one_side_has_is_a_difference(turned: bool) -> None:
    both = agreement(Target.resolve(4 * HOUR), Target.respond(HOUR))
    sides = (LONG, both) if turned else (both, LONG)
    found = backtest([sides[0]], {"T-1": solved_after(1)}, current=[sides[1]], at=AT)
    (difference,) = found.differences
    assert difference.clock == "respond"
    assert (difference.before is None, difference.after is None) == (not turned, turned)
    assert difference.changes_verdict
    assert ("no clock -> " if not turned else " -> no clock") in difference.explain()
    assert found.count("respond", **{"before" if turned else "after": Verdict.MET}) == 1


def test_a_verdict_that_was_given_under_way_is_judged_again_too() -> None:
    twice = [
        *solved_after(3),
        ClockEvent(OPENED + 4 * HOUR, "reopened", "active"),
        ClockEvent(OPENED + 4.5 * HOUR, "state_changed", "resolved"),
    ]
    again = Target("resolve", 2 * HOUR, on_reopen=Reopening.RESTART)
    before = agreement(Target("resolve", 4 * HOUR, on_reopen=Reopening.RESTART))
    (difference,) = backtest([agreement(again)], {"T-1": twice}, current=[before], at=AT).differences
    assert (difference.before.verdict, difference.after.verdict) == (Verdict.MET, Verdict.MET)
    assert [cycle.verdict for cycle in difference.after.cycles] == [Verdict.BREACHED, Verdict.MET]
    assert difference.changes_verdict


def test_priorities_that_changed_are_judged_by_their_promises_in_turn() -> None:
    urgent = ServiceLevelAgreement("P1", OFFICE, SHORT.promises, equals("priority", "P1"))
    history = [
        ClockEvent(OPENED, "opened", "new", {"priority": "P3"}),
        ClockEvent(OPENED + HOUR, "prioritised", "new", {"priority": "P1"}),
    ]
    (difference,) = backtest([urgent, LONG], {"T-1": history}, current=[LONG], at=AT).differences
    assert (difference.before.within, difference.after.within) == (4 * HOUR, 2 * HOUR)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(DefinitionError, match="at has no time zone"):
        backtest([], {}, current=[], at=datetime(2026, 3, 2))  # noqa: DTZ001  # that is the point


@given(targets(), targets(), st.lists(clock_histories(most=5), max_size=4))
def test_each_side_is_what_reading_each_clock_shows(
    one: Target, other: Target, histories: list[tuple[ClockEvent, ...]]
) -> None:
    at = OPENED + 100 * HOUR
    named = {f"T-{i}": history for i, history in enumerate(histories)}
    found = backtest([agreement(other)], named, current=[agreement(one)], at=at)
    shown = {each.ticket: each for each in found.differences}
    for ticket, history in named.items():
        sides = [read_clock(target, OFFICE, history, at) for target in (one, other)]
        if ticket in shown:
            assert [shown[ticket].before, shown[ticket].after] == sides
        else:
            assert [side.elapsed for side in sides] == [sides[0].elapsed] * 2
            assert sides[0].within == sides[1].within or not history
    assert sum(found.verdicts.values()) == len(named)
