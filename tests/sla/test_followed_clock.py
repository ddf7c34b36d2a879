"""
Clocks whose terms change on the way, of work that is no ticket.

Histories are written as ``2 P3``: two hours after the opening, at midnight, the priority becomes P3; other
words are states.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import example, given, settings
from hypothesis import strategies as st

from itsmkit.conditions import ALWAYS, Condition, equals
from itsmkit.sla import (
    BREACH,
    BusinessCalendar,
    Checkpoint,
    CheckpointKey,
    ClockEvent,
    ClockPhase,
    FollowedClock,
    Happening,
    Promise,
    Reopening,
    ServiceLevelAgreement,
    Target,
    Terms,
    Verdict,
    after_checkpoint,
    follow_clocks,
    passed_under_other_terms,
    read_clock,
    read_followed,
    terms_for,
)
from itsmkit.testing.strategies import business_calendars, clock_histories, targets, waits

HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
OPENED = datetime(2026, 3, 2, tzinfo=UTC)
ALL_DAY = BusinessCalendar.always("UTC")
OFFICE = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC")
WATCHED = (Checkpoint.at_share(50), BREACH)


def resolve(hours: float, **options: object) -> Target:
    return Target("resolve", hours * HOUR, checkpoints=WATCHED, **options)


def agreement(
    priority: str | None, *choices: Target, calendar: BusinessCalendar = ALL_DAY
) -> ServiceLevelAgreement:
    when: Condition = ALWAYS if priority is None else equals("priority", priority)
    return ServiceLevelAgreement(priority or "rest", calendar, [Promise(each) for each in choices], when)


P1, P3 = agreement("P1", resolve(4)), agreement("P3", resolve(40))
BOTH = (P1, P3)


def told(*lines: str) -> list[ClockEvent]:
    """Return the events of some work that begins as P1; see the module."""
    events = [ClockEvent(OPENED, "opened", "new", {"priority": "P1"})]
    category, priority = "new", "P1"
    for line in lines:
        hours, what = line.split()
        name = "state_changed"
        if what.startswith("P"):
            name, priority = "prioritised", what
        elif what == "reopened":
            name, category = "reopened", "active"
        else:
            category = what
        events.append(ClockEvent(OPENED + float(hours) * HOUR, name, category, {"priority": priority}))
    return events


class Watch:
    """Wakes at every checkpoint in time, and keeps the history with what it told."""

    def __init__(self, agreements: Sequence[ServiceLevelAgreement]) -> None:
        self.agreements = agreements
        self.history: list[Happening] = []
        self.clocks: dict[str, FollowedClock] | None = None
        self.told: list[tuple[float, CheckpointKey]] = []

    def hear(self, happening: Happening) -> None:
        past = tuple(self.history)
        self.clocks = follow_clocks(self.agreements, [happening], self.clocks, lambda: past)
        self.history.append(happening)

    def live(self, events: Sequence[ClockEvent], until: datetime) -> "Watch":
        for event in events:
            if self.clocks is not None:
                self.wake(event.at)
            self.hear(event)
        self.wake(until)
        return self

    def wake(self, until: datetime) -> None:
        while due := [
            (clock.due.at, clock.key("T-1")) for clock in self.clocks.values() if clock.due is not None
        ]:
            at, key = min(due, key=lambda pair: pair[0])
            if at > until:
                return
            self.told.append(((at - OPENED) / HOUR, key))
            self.hear(key)

    @property
    def names(self) -> list[tuple[float, str]]:
        return [(round(hours, 3), key.checkpoint) for hours, key in self.told]


def reading_of(agreements: Sequence[ServiceLevelAgreement], *lines: str, at: float):
    return read_followed(agreements, told(*lines), OPENED + at * HOUR)["resolve"]


# -- retargeting -------------------------------------------------------------------------------------


def test_other_terms_read_the_open_cycle_from_its_start_with_all_its_pauses() -> None:
    reading = reading_of(BOTH, "1 pending", "3 active", "4 P3", "5 P1", at=5)
    assert (reading.within, reading.elapsed) == (4 * HOUR, 3 * HOUR)
    assert reading.due == OPENED + 6 * HOUR


def test_finished_cycles_are_never_read_again() -> None:
    reading = reading_of(BOTH, "5 resolved", "6 P3", "7 reopened", "8 resolved", at=9)
    assert [(cycle.number, cycle.verdict) for cycle in reading.cycles] == [
        (1, Verdict.BREACHED),
        (2, Verdict.MET),
    ]
    terms = [each.terms({})["resolve"].digest for each in BOTH]
    assert [cycle.terms for cycle in reading.cycles] == terms


def test_a_target_may_count_from_the_event_that_attached_it() -> None:
    own = agreement("P3", resolve(2, from_own_start=True))
    reading = reading_of((P1, own), "3 P3", at=4)
    assert (reading.elapsed, reading.due, reading.cycle) == (HOUR, OPENED + 5 * HOUR, 2)
    paused = reading_of((P1, own), "1 pending", "3 P3", "5 active", at=6)
    assert (paused.elapsed, paused.due) == (HOUR, OPENED + 7 * HOUR)
    from_the_beginning = reading_of((agreement("P1", resolve(2, from_own_start=True)),), at=1)
    assert (from_the_beginning.elapsed, from_the_beginning.cycle) == (HOUR, 1)


def test_a_target_with_its_own_start_says_nothing_of_work_that_is_not_under_way() -> None:
    waiting = agreement("P3", resolve(2, from_own_start=True, start=equals("event", "reopened")))
    reading = reading_of((P1, waiting), "3 P3", at=4)
    assert (reading.phase, reading.cycle) == (ClockPhase.NOT_STARTED, 0)


def test_a_target_with_its_own_start_warns_anew_each_time_it_is_attached() -> None:
    own = agreement("P3", resolve(2, from_own_start=True))
    watch = Watch((P1, own)).live(told("0.5 P3", "2 P1", "2.5 P3"), OPENED + 10 * HOUR)
    assert watch.names == [(1.5, "50%"), (2.0, "50%"), (3.5, "50%"), (4.5, "breach")]
    assert [key.cycle for _, key in watch.told] == [2, 1, 3, 3]
    assert len({key for _, key in watch.told}) == 4


def test_a_clock_that_begins_later_counts_from_the_opening() -> None:
    reading = reading_of((P3,), "3 P3", at=4)
    assert (reading.elapsed, reading.cycle) == (4 * HOUR, 1)


def test_a_clock_for_which_nothing_is_promised_any_more_ends() -> None:
    assert read_followed((P1,), told("1 P3"), OPENED + 2 * HOUR) == {}
    nothing = agreement("P3", Target("resolve", None), resolve(40))
    assert read_followed((P1, nothing), told("1 P3"), OPENED + 2 * HOUR) == {}


def test_work_that_comes_back_without_a_promise_keeps_its_last_verdict() -> None:
    lines = ("5 resolved", "6 P3", "7 reopened", "8 pending")
    clock = follow_clocks((P1,), told(*lines))["resolve"]
    assert (clock.withdrawn, clock.due, clock.key("T-1")) == (True, None, None)
    reading = clock.reading(OPENED + 9 * HOUR)
    assert (reading.phase, reading.verdict, reading.elapsed) == ("stopped", "breached", 5 * HOUR)
    again = reading_of((P1,), *lines, "9 P1", "10 active", at=11)
    assert (again.phase, again.cycle, again.elapsed) == ("running", 2, 7 * HOUR)


def test_a_history_that_is_read_up_to_an_instant_knows_nothing_of_what_comes_after() -> None:
    assert reading_of(BOTH, "3 resolved", at=2).phase == "running"
    history = [*told("1 pending"), CheckpointKey("T-1", "resolve", 1, "x", "50%"), *told("3 resolved")[1:]]
    assert read_followed(BOTH, history, OPENED + 2 * HOUR)["resolve"].phase == "paused"


def test_cycles_that_only_the_new_terms_can_see_do_not_count_twice() -> None:
    patient = agreement("P1", Target("resolve", HOUR, stop=equals("state_category", "closed")))
    lines = ("1 resolved", "2 reopened", "3 closed", "4 reopened", "5 P3")
    reading = reading_of((patient, P3), *lines, at=6)
    assert [(cycle.number, cycle.elapsed) for cycle in reading.cycles] == [(1, 3 * HOUR)]
    assert (reading.cycle, reading.elapsed) == (3, 4 * HOUR)


def test_cycles_that_ended_while_nothing_was_promised_are_judged_when_something_is() -> None:
    lines = ("1 resolved", "2 P3", "3 reopened", "5 resolved", "6 reopened", "7 P1")
    reading = reading_of((P1,), *lines, at=8)
    assert [(cycle.number, cycle.elapsed) for cycle in reading.cycles] == [(1, HOUR), (2, 3 * HOUR)]
    assert (reading.cycle, reading.elapsed) == (3, 5 * HOUR)


# -- checkpoints -------------------------------------------------------------------------------------


def test_there_and_back_repeats_no_checkpoint_and_swallows_no_breach() -> None:
    watch = Watch(BOTH).live(told("2.5 P3", "3 P1", "3.5 P3", "3.6 P1"), OPENED + 10 * HOUR)
    assert watch.names == [(2.0, "50%"), (4.0, "breach")]
    assert watch.told[1][1] == CheckpointKey("T-1", "resolve", 1, P1.terms({})["resolve"].digest, "breach")


def test_a_breach_that_is_real_under_new_terms_is_told_though_the_old_ones_had_one() -> None:
    watch = Watch(BOTH).live(told("5 P3"), OPENED + 41 * HOUR)
    assert watch.names == [(2.0, "50%"), (4.0, "breach"), (20.0, "50%"), (40.0, "breach")]
    assert len({key.terms for _, key in watch.told}) == 2


def test_points_already_passed_under_new_terms_collapse_into_the_latest() -> None:
    watch = Watch(BOTH).live(told("0.5 P3", "10 P1"), OPENED + 11 * HOUR)
    assert watch.names == [(4.0, "breach")]
    assert watch.clocks["resolve"].passed == {"50%", "breach"}


def test_a_reset_tells_everything_anew() -> None:
    target = resolve(2, reset=equals("event", "prioritised"))
    watch = Watch([agreement(None, target)]).live(told("1.5 P3"), OPENED + 4 * HOUR)
    assert watch.names == [(1.0, "50%"), (2.5, "50%"), (3.5, "breach")]


@pytest.mark.parametrize("reopening", Reopening)
def test_a_cycle_that_continues_tells_only_what_is_new(reopening: Reopening) -> None:
    target = resolve(4, on_reopen=reopening)
    watch = Watch([agreement(None, target)]).live(told("3 resolved", "5 reopened"), OPENED + 7.5 * HOUR)
    expected = {
        Reopening.CONTINUE: [(2.0, "50%"), (6.0, "breach")],
        Reopening.RESTART: [(2, "50%"), (7, "50%")],
    }
    assert watch.names == expected[reopening]


def test_a_passing_of_other_work_terms_or_cycles_changes_nothing() -> None:
    clocks = follow_clocks(BOTH, told())
    terms = clocks["resolve"].terms.digest
    for key in (
        CheckpointKey("T-1", "respond", 1, terms, "50%"),
        CheckpointKey("T-1", "resolve", 2, terms, "50%"),
        CheckpointKey("T-1", "resolve", 1, "other", "50%"),
    ):
        assert after_checkpoint(clocks, key) is clocks
    passed = after_checkpoint(clocks, CheckpointKey("T-1", "resolve", 1, terms, "50%"))
    assert passed["resolve"].passed == {"50%"}


def test_what_was_told_under_terms_that_hold_no_longer_is_listed() -> None:
    watch = Watch(BOTH).live(told("5 P3", "6 resolved"), OPENED + 7 * HOUR)
    listed = passed_under_other_terms(watch.clocks, watch.history)
    assert [key.checkpoint for key in listed] == ["50%", "breach"]
    assert watch.clocks["resolve"].reading(OPENED + 7 * HOUR).verdict is Verdict.MET
    kept = Watch(BOTH).live(told("5 resolved", "6 P3", "7 reopened"), OPENED + 8 * HOUR)
    assert passed_under_other_terms(kept.clocks, kept.history) == ()
    assert passed_under_other_terms({}, watch.history) == listed


# -- the laws ----------------------------------------------------------------------------------------

LADDER = (
    agreement("P1", resolve(4), Target.respond(HOUR)),
    agreement("P2", resolve(2, from_own_start=True, on_reopen=Reopening.RESTART), calendar=OFFICE),
    agreement("P3", Target("resolve", None), Target.respond(8 * HOUR)),
    agreement(None, resolve(16), calendar=OFFICE),
)


@st.composite
def prioritised_histories(draw: st.DrawFn) -> list[ClockEvent]:
    """Return histories whose priority changes with some of the events."""
    events, priority = [], "P1"
    for event in draw(clock_histories()):
        if draw(st.integers(0, 3)) == 0:
            priority = draw(st.sampled_from(["P1", "P2", "P3", "P4"]))
        events.append(ClockEvent(event.at, event.name, event.category, {"priority": priority}))
    return events


@settings(deadline=None)
@given(prioritised_histories(), st.data())
def test_carrying_clocks_on_equals_reading_them_afresh_at_every_prefix(
    events: list[ClockEvent], data: st.DataObject
) -> None:
    watch = Watch(LADDER).live(events, events[-1].at + data.draw(waits()))
    history = watch.history
    clocks: dict[str, FollowedClock] | None = None
    split = data.draw(st.integers(1, len(history)))
    for first, last in ((0, split), (split, len(history))):
        past = tuple(history[:first])
        clocks = follow_clocks(LADDER, history[first:last], clocks, lambda past=past: past)
        assert clocks == follow_clocks(LADDER, history[:last])
    assert clocks == watch.clocks


@settings(deadline=None)
@given(prioritised_histories())
def test_no_key_is_told_twice(events: list[ClockEvent]) -> None:
    keys = [key for _, key in Watch(LADDER).live(events, events[-1].at + 100 * HOUR).told]
    assert len(set(keys)) == len(keys)


@st.composite
def crowded_histories(draw: st.DrawFn) -> list[ClockEvent]:
    """Return histories most of whose events are of one instant, whatever their order."""
    at, priority, category = OPENED, "P1", "new"
    events = [ClockEvent(at, "opened", category, {"priority": priority})]
    happenings = [
        *(("state_changed", each) for each in ("active", "pending", "resolved", "closed", "cancelled")),
        *(("reopened", "active"), ("reinstated", "active"), ("reinstated", "pending"), ("commented", None)),
    ]
    for name, told in draw(st.lists(st.sampled_from(happenings), min_size=2, max_size=8)):
        at += draw(st.sampled_from([0, 0, 0, 1, 3])) * HOUR
        category = told or category
        priority = draw(st.sampled_from([priority, priority, "P1", "P2", "P3", "P4"]))
        events.append(ClockEvent(at, name, category, {"priority": priority}))
    return events


def happened(*words: str) -> list[ClockEvent]:
    """Return a history of one instant from words such as ``"reopened active P1"``."""
    told = [word.split() for word in words]
    return [ClockEvent(OPENED, name, category, {"priority": priority}) for name, category, priority in told]


@settings(deadline=None)
@given(prioritised_histories() | crowded_histories())
@example(
    happened(
        *("opened new P1", "state_changed resolved P1", "reopened active P1", "state_changed cancelled P2"),
        *("reinstated pending P2", "state_changed resolved P2"),
    )
)
@example(
    [
        *happened("opened new P1", "reinstated active P3"),
        *(
            evolve(event, at=OPENED + 3 * HOUR)
            for event in happened(
                *("reinstated pending P2", "state_changed resolved P2", "reopened active P2"),
                "state_changed resolved P4",
            )
        ),
    ]
)
def test_finished_cycles_stand_as_long_as_their_clock(events: list[ClockEvent]) -> None:
    known: dict[str, FollowedClock] = {}
    for length in range(1, len(events) + 1):
        clocks = follow_clocks(LADDER, events[:length])
        for name in known.keys() & clocks.keys():
            finished = known[name].state.cycles
            assert clocks[name].state.cycles[: len(finished)] == finished
        for clock in clocks.values():
            numbers = [cycle.number for cycle in clock.state.cycles]
            if clock.state.phase is not ClockPhase.STOPPED:
                numbers.append(clock.state.cycle)
            assert numbers == sorted(set(numbers))
            assert clock.state.cycle == numbers[-1]
        known = clocks


def test_what_is_cancelled_under_other_terms_is_another_cycle_than_the_finished_one() -> None:
    events = happened(
        "opened new P1", "state_changed resolved P1", "reopened active P1", "state_changed cancelled P2"
    )
    clock = follow_clocks(LADDER, events)["resolve"]
    assert clock.state.phase is ClockPhase.CANCELLED
    assert [cycle.number for cycle in clock.state.cycles] == [1]
    assert clock.state.cycle == 2
    again = follow_clocks(LADDER, [*events, *happened("reinstated pending P2", "state_changed resolved P2")])
    assert [cycle.number for cycle in again["resolve"].state.cycles] == [1, 2]


@settings(deadline=None)
@given(prioritised_histories(), waits())
def test_a_clock_in_its_first_cycle_shows_what_its_terms_alone_would_show(
    events: list[ClockEvent], wait: timedelta
) -> None:
    at = events[-1].at + wait
    for clock in follow_clocks(LADDER, events).values():
        terms = clock.terms
        if not clock.state.cycles and not terms.target.from_own_start:
            assert clock.reading(at) == read_clock(terms.target, terms.calendar, events, at)


@settings(deadline=None)
@given(prioritised_histories(), waits())
def test_an_own_start_counts_as_a_clock_that_began_there(events: list[ClockEvent], wait: timedelta) -> None:
    at = events[-1].at + wait
    terms_of = [terms_for(LADDER, event.view()).get("resolve") for event in events]
    attached = max(
        (i for i, terms in enumerate(terms_of) if i and differs(terms_of[i - 1], terms)), default=0
    )
    clock = follow_clocks(LADDER, events).get("resolve")
    if clock is None or not attached or clock.state.phase not in {"running", "paused"}:
        return
    target = clock.terms.target
    if not target.from_own_start or clock.state.started_at != events[attached].at:
        return
    first = events[attached]
    begun = ClockEvent(first.at, "opened", first.category, first.facts)
    again = read_clock(target, clock.terms.calendar, [begun, *events[attached + 1 :]], at)
    assert (again.elapsed, again.due, again.phase) == (
        (reading := clock.reading(at)).elapsed,
        reading.due,
        reading.phase,
    )


def differs(one: Terms | None, other: Terms | None) -> bool:
    return (one and one.digest) != (other and other.digest)


@settings(deadline=None)
@given(targets(), business_calendars(), clock_histories(), waits())
def test_work_whose_terms_never_change_shows_what_its_clock_shows(
    target: Target, calendar: BusinessCalendar, history: tuple[ClockEvent, ...], wait: timedelta
) -> None:
    at = history[-1].at + wait
    only = ServiceLevelAgreement("only", calendar, [Promise(target)])
    assert read_followed([only], history, at) == {"resolve": read_clock(target, calendar, history, at)}
