"""
The clocks of tickets: what they hear of, and that following them equals reading them afresh.

The desk of these tests wakes in time: whenever a checkpoint is due before the next event, it is passed first.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import ALWAYS, Condition, equals, one_of
from itsmkit.practices import (
    Decision,
    FollowedClock,
    Incident,
    Occasion,
    clock_events,
    follow,
    follow_history,
    happen,
    read_clocks,
)
from itsmkit.sla import (
    BREACH,
    BusinessCalendar,
    Checkpoint,
    ClockPhase,
    DueCheckpoint,
    Promise,
    Reopening,
    ServiceLevelAgreement,
    Target,
    Verdict,
    read_clock,
)
from itsmkit.testing.strategies import incident_histories
from itsmkit.tickets import (
    SYSTEM,
    Actor,
    Assigned,
    CheckpointPassed,
    Commented,
    DetailsChanged,
    Fact,
    Prioritised,
    StateChanged,
    StateCorrected,
    Ticket,
    TicketEvent,
    TicketId,
    TicketLogged,
)

Clocks = dict[str, FollowedClock]

OPENED = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
ANN = Actor("ann")
OFFICE = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC")
ALL_DAY = BusinessCalendar.always("UTC")
HALF, MOST = Checkpoint.at_share(50), Checkpoint.at_share(75)
WATCHED = (HALF, MOST, BREACH)


def agreement(
    name: str, calendar: BusinessCalendar, *targets: Target, when: Condition = ALWAYS
) -> ServiceLevelAgreement:
    return ServiceLevelAgreement(name, calendar, [Promise(target) for target in targets], when)


def resolve(hours: int, **options: object) -> Target:
    return Target("resolve", hours * HOUR, checkpoints=WATCHED, **options)


def respond(hours: int) -> Target:
    taken_up = ~equals("state_category", "new")
    return Target("respond", hours * HOUR, stop=taken_up, reopen=None, checkpoints=WATCHED)


URGENT = agreement("urgent", ALL_DAY, resolve(4), respond(1), when=equals("priority", "P1"))
USUAL = agreement("usual", ALL_DAY, resolve(40), respond(8))
AGREEMENTS = (URGENT, USUAL)


class Desk:
    """As much of a desk as clocks need: it keeps a history, follows the clocks and wakes in time."""

    def __init__(self, agreements: Sequence[ServiceLevelAgreement], priority: str | None = "P1") -> None:
        self.agreements = agreements
        logged = TicketLogged("incident", "INC-1", "New", "new", OPENED, {"priority": priority})
        self._begin(TicketEvent(TicketId("t1"), 1, OPENED, OPENED, OPENED, ANN, logged))

    @classmethod
    def reliving(cls, agreements: Sequence[ServiceLevelAgreement], events: Sequence[TicketEvent]) -> "Desk":
        desk = cls.__new__(cls)
        desk.agreements = agreements
        desk._begin(events[0])
        for event in events[1:]:
            desk.wake(until=event.at)
            desk.save(Occasion(event.actor, event.recorded_at, event.at), event.fact)
        desk.wake(until=desk.incident.updated_at + 10 * 24 * HOUR)
        return desk

    def _begin(self, logged: TicketEvent) -> None:
        self.incident = Incident.logged(logged)
        self.history = [logged]
        self.told: list[tuple[datetime, CheckpointPassed]] = []
        self.woken = self.incident.updated_at
        self.clocks = follow(self.agreements, {}, Decision(None, ((logged, self.incident),)), list)

    def save(self, occasion: Occasion, *facts: Fact) -> None:
        decision = happen(self.incident, occasion, *facts)
        self.clocks = follow(self.agreements, self.clocks, decision, self.history.copy)
        self.history += decision.events
        self.incident = decision.ticket

    def wake(self, until: datetime) -> None:
        self.woken = until
        while waiting := [
            (clock.due.at, name, clock.due.checkpoint)
            for name, clock in self.clocks.items()
            if clock.due is not None and clock.due.at <= until
        ]:
            at, name, checkpoint = min(waiting, key=lambda each: each[:2])
            clock = self.clocks[name]
            assert clock.reading(at).elapsed >= checkpoint.point(clock.terms.target.within)
            passed = CheckpointPassed(name, clock.state.cycle, clock.terms.digest, checkpoint.name)
            self.told.append((at, passed))
            self.save(Occasion(SYSTEM, max(at, self.incident.updated_at), at), passed)

    def after(self, hours: float, *facts: Fact) -> None:
        """Let *facts* happen some hours after the opening."""
        at = OPENED + hours * HOUR
        self.wake(until=at)
        self.save(Occasion(ANN, at), *facts)

    @property
    def told_names(self) -> list[str]:
        return [f"{passed.clock} {passed.checkpoint}" for _, passed in self.told]


def priority(name: str | None) -> Prioritised:
    return Prioritised(None, None, name, "as agreed")


def state(category: str, source: str = "any") -> StateChanged:
    return StateChanged(source, category.title(), category, "move")


# -- what clocks hear --------------------------------------------------------------------------------


def heard(before: Ticket | None, event: TicketEvent, ticket: Ticket) -> list[tuple[str, str]]:
    return [(told.name, told.category) for told in clock_events(before, event, ticket)]


def test_a_ticket_was_opened_before_it_was_logged() -> None:
    logged = TicketLogged("incident", "INC-1", "Pending", "pending", OPENED, {"priority": "P1"})
    event = TicketEvent(TicketId("t1"), 1, OPENED + HOUR, OPENED + HOUR, OPENED + HOUR, ANN, logged)
    opened, then = clock_events(None, event, Incident.logged(event))
    assert (opened.at, opened.name, opened.category) == (OPENED, "opened", "new")
    assert (then.at, then.name, then.category) == (OPENED + HOUR, "logged", "pending")
    assert opened.facts["priority"] == then.facts["priority"] == "P1"
    assert "state" not in opened.facts
    assert then.facts["state"] == "Pending"


@pytest.mark.parametrize(
    ("fact", "name"),
    [
        pytest.param(state("active"), "state_changed", id="moved"),
        pytest.param(StateCorrected("New", "Active", "active", ()), "state_changed", id="corrected"),
        pytest.param(Assigned("A"), "assigned", id="assigned"),
        pytest.param(priority("P1"), "prioritised", id="prioritised"),
        pytest.param(Commented("Hello", public=True), "commented", id="commented"),
        pytest.param(DetailsChanged({"title": "x"}), "details_changed", id="described"),
    ],
)
def test_clocks_hear_of_what_happens(incident: Incident, fact: Fact, name: str) -> None:
    decision = happen(incident, Occasion(ANN, OPENED + 2 * HOUR, OPENED + HOUR), fact)
    ((event, after),) = decision.steps
    (told,) = clock_events(incident, event, after)
    assert (told.at, told.name, told.category) == (OPENED + HOUR, name, after.state_category)
    if not isinstance(fact, Commented):
        assert told.facts == after.facts()


def test_clocks_do_not_hear_of_themselves(incident: Incident) -> None:
    ((event, after),) = happen(incident, Occasion(SYSTEM, OPENED), CheckpointPassed("a", 1, "b", "c")).steps
    assert heard(incident, event, after) == []


@pytest.mark.parametrize(
    ("by", "facts"),
    [
        pytest.param(
            Actor("caller"), {"public": True, "by_requester": True, "automated": False}, id="the requester"
        ),
        pytest.param(ANN, {"public": True, "by_requester": False, "automated": False}, id="somebody else"),
        pytest.param(SYSTEM, {"public": True, "by_requester": False, "automated": True}, id="a program"),
    ],
)
def test_clocks_hear_who_wrote(incident: Incident, by: Actor, facts: dict[str, bool]) -> None:
    ((event, after),) = happen(incident, Occasion(by, OPENED), Commented("Hello", public=True)).steps
    (told,) = clock_events(incident, event, after)
    assert told.facts == after.facts() | facts


@pytest.mark.parametrize("corrected", [False, True], ids=["moved", "corrected"])
@pytest.mark.parametrize(
    ("source", "target", "name"),
    [
        ("resolved", "active", "reopened"),
        ("closed", "pending", "reopened"),
        ("resolved", "closed", "state_changed"),
        ("active", "cancelled", "state_changed"),
    ],
)
def test_a_move_out_of_resolved_or_closed_is_a_reopening(
    incident: Incident, source: str, target: str, name: str, corrected: bool
) -> None:
    done = happen(incident, Occasion(ANN, OPENED), state(source)).ticket
    back = StateCorrected("x", "y", target, ()) if corrected else state(target)
    ((event, after),) = happen(done, Occasion(ANN, OPENED), back).steps
    assert heard(done, event, after) == [(name, target)]


@pytest.mark.parametrize(
    ("target", "names"), [("active", ["reinstated", "reopened"]), ("resolved", ["reinstated"])]
)
def test_a_move_out_of_cancelled_takes_the_cancellation_back(
    incident: Incident, target: str, names: list[str]
) -> None:
    gone = happen(incident, Occasion(ANN, OPENED), state("cancelled")).ticket
    ((event, after),) = happen(gone, Occasion(ANN, OPENED), state(target)).steps
    assert heard(gone, event, after) == [(name, target) for name in names]


# -- which clocks there are --------------------------------------------------------------------------


def test_a_ticket_has_the_clocks_of_the_first_agreement_that_applies() -> None:
    desk = Desk(AGREEMENTS)
    assert {name: clock.terms.agreement for name, clock in desk.clocks.items()} == {
        "resolve": "urgent",
        "respond": "urgent",
    }
    readings = read_clocks(desk.clocks, OPENED + HOUR)
    assert {name: reading.elapsed for name, reading in readings.items()} == {"resolve": HOUR, "respond": HOUR}
    assert Desk([]).clocks == {}


def test_the_history_is_not_asked_for_as_long_as_the_terms_stay() -> None:
    desk = Desk(AGREEMENTS)

    def never() -> Sequence[TicketEvent]:
        pytest.fail("the history was asked for")

    for number, fact in enumerate([state("active"), priority("P1"), state("resolved")], start=1):
        decision = happen(desk.incident, Occasion(ANN, OPENED + number * HOUR), fact)
        desk.clocks = follow(AGREEMENTS, desk.clocks, decision, never)
        desk.incident = decision.ticket
    assert desk.clocks["resolve"].reading(OPENED + 5 * HOUR).phase is ClockPhase.STOPPED


def test_a_clock_that_begins_later_counts_from_the_opening() -> None:
    desk = Desk([URGENT], priority="P3")
    assert desk.clocks == {}
    desk.after(2, priority("P1"))
    assert desk.clocks["resolve"].reading(OPENED + 3 * HOUR).elapsed == 3 * HOUR


def test_a_running_clock_for_which_nothing_is_promised_any_more_ends() -> None:
    desk = Desk([URGENT])
    desk.after(2, priority("P3"))
    assert desk.clocks == {}


def test_equal_terms_of_an_agreement_of_another_name_carry_the_clock_on() -> None:
    gold = agreement("gold", ALL_DAY, resolve(4), when=equals("priority", "P1"))
    silver = agreement("silver", ALL_DAY, resolve(4))
    desk = Desk([gold, silver])
    desk.after(2.5)
    before = desk.clocks["resolve"]
    desk.after(2.5, priority("P2"))
    after = desk.clocks["resolve"]
    assert (before.terms.agreement, after.terms.agreement) == ("gold", "silver")
    assert (before.due, before.passed) == (after.due, after.passed)


@pytest.mark.parametrize(
    ("pause", "facts", "elapsed"),
    [
        pytest.param(
            equals("waits_for", "a supplier"),
            [DetailsChanged({"waits_for": "a supplier"}), DetailsChanged({"waits_for": None})],
            2 * HOUR,
            id="a detail that is asked for",
        ),
        pytest.param(
            equals("waits_for", "a supplier"),
            [DetailsChanged({"colour": "red"}), DetailsChanged({"title": "Slow mail"})],
            3 * HOUR,
            id="details that nobody asks for",
        ),
        pytest.param(
            equals("event", "commented"),
            [Commented("Hello", public=True), DetailsChanged({"colour": "red"})],
            2 * HOUR,
            id="any other event",
        ),
        pytest.param(
            equals("public", value=True),
            [Commented("Hello", public=True), DetailsChanged({"colour": "red"})],
            2 * HOUR,
            id="what is there for a comment alone",
        ),
    ],
)
def test_a_change_of_details_counts_where_it_is_asked_for(
    pause: Condition, facts: Sequence[Fact], elapsed: timedelta
) -> None:
    desk = Desk([agreement("usual", ALL_DAY, resolve(8, pause=pause))])
    for hours, fact in enumerate(facts, start=1):
        desk.after(hours, fact)
    assert desk.clocks["resolve"].reading(OPENED + 3 * HOUR).elapsed == elapsed


@pytest.mark.parametrize("asked", ["when", "promise"])
def test_a_change_of_details_may_change_the_terms(asked: str) -> None:
    gold = equals("customer", "gold")
    promises = [Promise(resolve(4), gold if asked == "promise" else ALWAYS), Promise(resolve(40))]
    first = ServiceLevelAgreement("first", ALL_DAY, promises, gold if asked == "when" else ALWAYS)
    desk = Desk([first, USUAL])
    desk.after(1, DetailsChanged({"customer": "gold"}))
    assert desk.clocks["resolve"].terms.target.within == 4 * HOUR
    desk.after(2, DetailsChanged({"customer": None}))
    assert desk.clocks["resolve"].terms.target.within == 40 * HOUR


def test_a_change_of_details_may_start_a_clock() -> None:
    desk = Desk([agreement("usual", ALL_DAY, resolve(8, start=equals("colour", "red")))])
    desk.after(1, DetailsChanged({"title": "Slow mail"}))
    assert desk.clocks["resolve"].state.phase is ClockPhase.NOT_STARTED
    desk.after(2, DetailsChanged({"colour": "red"}))
    assert desk.clocks["resolve"].reading(OPENED + 3 * HOUR).elapsed == HOUR


def test_a_change_of_details_may_bring_the_work_back() -> None:
    objected = equals("objected", value=True)
    done = equals("state_category", "resolved") & ~objected
    desk = Desk([agreement("usual", ALL_DAY, resolve(8, stop=done, reopen=objected))])
    desk.after(1, state("resolved"))
    desk.after(2, DetailsChanged({"colour": "red"}))
    assert desk.clocks["resolve"].state.phase is ClockPhase.STOPPED
    desk.after(3, DetailsChanged({"objected": True}))
    assert desk.clocks["resolve"].state.phase is ClockPhase.RUNNING


# -- other terms -------------------------------------------------------------------------------------


def test_other_terms_read_the_cycle_again_with_all_its_pauses() -> None:
    desk = Desk(AGREEMENTS, priority="P3")
    desk.after(1, state("pending"))
    desk.after(3, state("active"))
    desk.after(4, priority("P1"))
    reading = desk.clocks["resolve"].reading(OPENED + 4 * HOUR)
    assert (reading.within, reading.elapsed, reading.due) == (4 * HOUR, 2 * HOUR, OPENED + 6 * HOUR)


def test_another_calendar_counts_the_cycle_again() -> None:
    office = agreement("office", OFFICE, resolve(8))
    desk = Desk([URGENT, office], priority="P1")
    desk.after(2, state("pending"))
    desk.after(3, priority("P4"), state("active"))
    assert desk.clocks["resolve"].reading(OPENED + 24 * HOUR).elapsed == 7 * HOUR


def test_points_that_lie_behind_under_new_terms_collapse_into_the_latest() -> None:
    desk = Desk(AGREEMENTS, priority="P3")
    desk.after(3.5, priority("P1"), state("active"))
    clock = desk.clocks["resolve"]
    assert clock.due == DueCheckpoint(MOST, OPENED + 3 * HOUR)
    assert clock.passed == {"50%"}
    desk.wake(until=OPENED + 4 * HOUR)
    assert desk.told_names == ["resolve 75%"]
    desk.wake(until=OPENED + 5 * HOUR)
    assert desk.told_names == ["resolve 75%", "resolve breach"]


def test_a_breach_under_new_terms_is_told() -> None:
    desk = Desk(AGREEMENTS, priority="P3")
    desk.after(0, state("active"))
    desk.after(6, priority("P1"))
    desk.wake(until=OPENED + 6 * HOUR)
    assert desk.told_names == ["resolve breach"]


def test_there_and_back_repeats_no_checkpoint() -> None:
    desk = Desk(AGREEMENTS)
    desk.after(0, state("active"))
    desk.after(3.5, priority("P3"))
    desk.after(3.6, priority("P1"))
    desk.after(5, priority("P3"))
    desk.after(5.1, priority("P1"))
    desk.wake(until=OPENED + 39 * HOUR)
    assert desk.told_names == ["resolve 50%", "resolve 75%", "resolve breach"]
    assert [at for at, _ in desk.told] == [
        OPENED + 2 * HOUR,
        OPENED + 3 * HOUR,
        OPENED + 4 * HOUR + MICROSECOND,
    ]


def test_there_and_back_in_a_cycle_that_continues_repeats_no_checkpoint_of_the_one_before() -> None:
    desk = Desk(AGREEMENTS)
    desk.after(3.5, state("resolved"))
    desk.after(10, state("active"))
    desk.after(10.1, priority("P3"))
    desk.after(10.2, priority("P1"))
    desk.wake(until=OPENED + 20 * HOUR)
    assert [name for name in desk.told_names if "resolve" in name] == [
        "resolve 50%",
        "resolve 75%",
        "resolve breach",
    ]
    assert [passed.cycle for _, passed in desk.told if passed.clock == "resolve"] == [1, 1, 2]


def test_there_and_back_in_a_cycle_that_restarts_tells_what_lies_behind_in_it() -> None:
    urgent = agreement(
        "urgent", ALL_DAY, resolve(4, on_reopen=Reopening.RESTART), when=equals("priority", "P1")
    )
    desk = Desk([urgent, USUAL])
    desk.after(3.5, state("resolved"))
    desk.after(10, state("active"))
    desk.after(11, priority("P3"))
    desk.after(12.5, priority("P1"))
    desk.wake(until=OPENED + 20 * HOUR)
    told = [(passed.cycle, passed.checkpoint) for _, passed in desk.told if passed.clock == "resolve"]
    assert told == [(1, "50%"), (1, "75%"), (2, "50%"), (2, "75%"), (2, "breach")]


# -- cycles ------------------------------------------------------------------------------------------


def test_a_finished_clock_keeps_the_terms_that_it_was_judged_by() -> None:
    desk = Desk(AGREEMENTS, priority="P3")
    desk.after(2, state("active"))
    desk.after(3, priority("P1"))
    respond, resolve = desk.clocks["respond"], desk.clocks["resolve"]
    assert (respond.terms.agreement, resolve.terms.agreement) == ("usual", "urgent")
    assert respond.reading(OPENED + 9 * HOUR).verdict is Verdict.MET
    assert respond.due is None


def test_a_finished_clock_stays_though_nothing_is_promised_any_more() -> None:
    desk = Desk([URGENT])
    desk.after(0.5, state("active"))
    desk.after(1, priority("P3"))
    assert list(desk.clocks) == ["respond"]
    assert desk.clocks["respond"].reading(OPENED + 9 * HOUR).verdict is Verdict.MET


def test_a_cancelled_clock_stays_cancelled_under_other_terms() -> None:
    desk = Desk(AGREEMENTS)
    desk.after(1, state("cancelled"))
    desk.after(2, priority("P3"))
    reading = desk.clocks["resolve"].reading(OPENED + 9 * HOUR)
    assert (reading.phase, reading.elapsed, reading.within) == (ClockPhase.CANCELLED, HOUR, 4 * HOUR)


@pytest.mark.parametrize(
    ("before", "back", "phase"),
    [
        pytest.param("active", "active", ClockPhase.RUNNING, id="to work"),
        pytest.param("active", "pending", ClockPhase.PAUSED, id="to waiting"),
        pytest.param("active", "resolved", ClockPhase.STOPPED, id="to its end, which is judged"),
        pytest.param("resolved", "active", ClockPhase.RUNNING, id="after it had been resolved"),
    ],
)
def test_a_clock_goes_on_when_a_cancellation_is_taken_back(before: str, back: str, phase: ClockPhase) -> None:
    desk = Desk(AGREEMENTS)
    desk.after(1, state(before))
    desk.after(2, state("cancelled"))
    desk.after(30, StateCorrected("Cancelled", back.title(), back, ("no move leads there",)))
    clock = desk.clocks["resolve"]
    counted = {"active": 2 * HOUR, "resolved": HOUR}[before]  # and nothing while it was cancelled
    assert (clock.state.phase, clock.reading(OPENED + 30 * HOUR).elapsed) == (phase, counted)
    assert follow_history(AGREEMENTS, desk.history) == desk.clocks


def test_work_that_comes_back_is_measured_by_the_terms_of_the_day_and_its_old_verdict_stays() -> None:
    desk = Desk(AGREEMENTS, priority="P3")
    desk.after(6, state("resolved"))
    desk.after(7, priority("P1"))
    met = desk.clocks["resolve"].reading(OPENED + 8 * HOUR)
    assert (met.verdict, met.within) == (Verdict.MET, 40 * HOUR)
    desk.after(8, state("active"))
    again = desk.clocks["resolve"].reading(OPENED + 9 * HOUR)
    assert (again.verdict, again.within, again.elapsed) == (Verdict.BREACHED, 4 * HOUR, 7 * HOUR)
    assert again.cycles == met.cycles
    assert again.cycle == 2


def test_work_that_comes_back_when_nothing_is_promised_any_more_keeps_its_verdict_and_runs_no_clock() -> None:
    desk = Desk([URGENT])
    desk.after(1, state("resolved"))
    desk.after(2, priority("P3"))
    desk.after(3, state("active"))
    clock = desk.clocks["resolve"]
    reading = clock.reading(OPENED + 100 * HOUR)
    assert (reading.phase, reading.verdict, reading.elapsed) == (ClockPhase.STOPPED, Verdict.MET, HOUR)
    assert (clock.withdrawn, clock.due) == (True, None)
    desk.after(4, priority("P1"))
    assert desk.clocks["resolve"].reading(OPENED + 4 * HOUR).elapsed == 2 * HOUR
    assert desk.clocks["resolve"].state.cycle == 2
    desk.after(5, state("resolved"))
    assert [cycle.elapsed for cycle in desk.clocks["resolve"].state.cycles] == [HOUR, 3 * HOUR]


def test_finished_cycles_stay_though_the_new_terms_would_have_seen_fewer() -> None:
    patient = agreement(
        "patient", ALL_DAY, Target("resolve", 9 * HOUR, stop=one_of("state_category", "closed"))
    )
    desk = Desk([URGENT, patient])
    desk.after(1, state("resolved"))
    desk.after(2, state("active"))
    desk.after(3, priority("P3"))
    reading = desk.clocks["resolve"].reading(OPENED + 4 * HOUR)
    assert [(cycle.number, cycle.elapsed) for cycle in reading.cycles] == [(1, HOUR)]
    assert (reading.cycle, reading.phase, reading.elapsed) == (2, ClockPhase.RUNNING, 4 * HOUR)
    desk.after(5, state("closed"))
    reading = desk.clocks["resolve"].reading(OPENED + 6 * HOUR)
    assert [(cycle.number, cycle.elapsed) for cycle in reading.cycles] == [(1, HOUR), (2, 5 * HOUR)]


def test_terms_without_a_second_cycle_leave_a_clock_as_the_first_one_left_it() -> None:
    once = agreement("once", ALL_DAY, Target("resolve", HOUR / 2, reopen=None))
    desk = Desk([URGENT, once])
    desk.after(1, state("resolved"))
    desk.after(2, state("active"))
    desk.after(3, priority("P3"))
    reading = desk.clocks["resolve"].reading(OPENED + 4 * HOUR)
    assert (reading.phase, reading.verdict, reading.cycle) == (ClockPhase.STOPPED, Verdict.MET, 1)


def test_what_was_told_in_a_cycle_is_not_told_again_in_the_one_that_continues_it() -> None:
    desk = Desk(AGREEMENTS)
    desk.after(3.5, state("resolved"))
    desk.after(10, state("active"))
    assert desk.clocks["resolve"].passed == {"50%", "75%"}
    assert desk.clocks["resolve"].due == DueCheckpoint(BREACH, OPENED + 10.5 * HOUR + MICROSECOND)


def test_what_was_missed_in_a_cycle_is_told_in_the_one_that_continues_it() -> None:
    desk = Desk(AGREEMENTS)
    desk.save(Occasion(ANN, OPENED + 5 * HOUR), state("resolved"))
    desk.after(10, state("active"))
    desk.wake(until=OPENED + 11 * HOUR)
    assert desk.told_names == ["resolve breach"]


def test_a_restarted_cycle_tells_everything_anew() -> None:
    desk = Desk([agreement("again", ALL_DAY, resolve(4, on_reopen=Reopening.RESTART))])
    desk.after(3.5, state("resolved"))
    desk.after(10, state("active"))
    desk.wake(until=OPENED + 13.5 * HOUR)
    assert desk.told_names == ["resolve 50%", "resolve 75%", "resolve 50%", "resolve 75%"]


@pytest.mark.parametrize(
    "passed",
    [
        pytest.param(("respite", 1, "breach"), id="a clock that is not there"),
        pytest.param(("resolve", 2, "breach"), id="another cycle"),
        pytest.param(("resolve", 1, "breach"), id="other terms"),
    ],
)
def test_a_passing_that_is_not_of_this_cycle_and_these_terms_changes_nothing(
    passed: tuple[str, int, str],
) -> None:
    desk = Desk(AGREEMENTS)
    before = desk.clocks
    terms = "other" if passed[:2] == ("resolve", 1) else before["resolve"].terms.digest
    desk.save(Occasion(SYSTEM, OPENED), CheckpointPassed(passed[0], passed[1], terms, passed[2]))
    assert desk.clocks == before


# -- the laws ----------------------------------------------------------------------------------------

LADDER = (
    agreement("urgent", ALL_DAY, resolve(4), respond(1), when=equals("priority", "P1")),
    agreement(
        "network",
        OFFICE,
        resolve(8, on_reopen=Reopening.RESTART),
        when=equals("support_group", "Network"),
    ),
    agreement("usual", OFFICE, resolve(16), respond(8)),
)
histories = incident_histories()


def chunks(events: Sequence[TicketEvent], sizes: Iterable[int]) -> Iterable[Sequence[TicketEvent]]:
    edges = sorted({0, len(events), *(size for size in sizes if size < len(events))})
    return (events[first:last] for first, last in pairwise(edges))


@given(histories, st.sets(st.integers(1, 40), max_size=8))
def test_following_equals_reading_afresh(events: tuple[TicketEvent, ...], sizes: set[int]) -> None:
    desk = Desk.reliving(LADDER, events)
    assert follow_history(LADDER, desk.history) == desk.clocks
    clocks, past, incident = {}, [], None
    for chunk in chunks(desk.history, sizes):
        steps = []
        before = incident
        for event in chunk:
            incident = Incident.logged(event) if incident is None else incident.after(event)
            steps.append((event, incident))
        clocks = follow(LADDER, clocks, Decision(before, tuple(steps)), past.copy)
        past.extend(chunk)
    assert clocks == desk.clocks


@given(histories)
def test_no_checkpoint_is_passed_twice(events: tuple[TicketEvent, ...]) -> None:
    keys = [passed.key for _, passed in Desk.reliving(LADDER, events).told]
    assert len(set(keys)) == len(keys)


@given(histories)
def test_every_point_that_a_running_clock_went_by_is_passed(events: tuple[TicketEvent, ...]) -> None:
    desk = Desk.reliving(LADDER, events)
    for clock in desk.clocks.values():
        if clock.state.phase is ClockPhase.RUNNING:
            elapsed = clock.reading(desk.woken).elapsed
            assert {
                each.name
                for point, each in clock.terms.target.points_for(clock.state.within)
                if point <= elapsed
            } <= clock.passed
            assert clock.due is None or clock.due.at > desk.woken


@given(histories)
def test_a_clock_in_its_first_cycle_shows_what_all_of_its_history_tells(
    events: tuple[TicketEvent, ...],
) -> None:
    desk = Desk.reliving(LADDER, events)
    told, before = [], None
    for event in desk.history:
        ticket = Incident.logged(event) if before is None else before.after(event)
        told.extend(clock_events(before, event, ticket))
        before = ticket
    for clock in desk.clocks.values():
        if not clock.state.cycles:
            terms = clock.terms
            fresh = read_clock(terms.target, terms.calendar, told, desk.woken)
            assert clock.reading(desk.woken) == fresh


@given(histories)
def test_finished_cycles_are_never_read_again(events: tuple[TicketEvent, ...]) -> None:
    history = Desk.reliving(LADDER, events).history
    known: Clocks = {}
    for length in range(1, len(history) + 1):
        clocks = dict(follow_history(LADDER, history[:length]))
        for name in known.keys() & clocks.keys():
            finished = known[name].state.cycles
            assert clocks[name].state.cycles[: len(finished)] == finished
        for clock in clocks.values():
            numbers = [cycle.number for cycle in clock.state.cycles]
            assert numbers == list(range(1, len(numbers) + 1))
        known = clocks
