from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from itsmkit.desk import Desk, InMemoryNotifier, ManualClock, relive
from itsmkit.errors import ConflictError, DefinitionError, NotFoundError
from itsmkit.interchange import FindingKind, LogEntry
from itsmkit.plugin import hookimpl
from itsmkit.practices import Observation
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Actor, CheckpointPassed, StateChanged, StateCorrected, TicketEvent

HOUR = timedelta(hours=1)


def entry(ticket: str, hours: float, state: str, **fields: Any) -> LogEntry:
    return LogEntry(ticket=ticket, order=0, at=A_MONDAY + hours * HOUR, state=state, **fields)


LOG = [
    entry("A", 0, "New", line=2, priority="P1", group="Network", requester="carol", facts={"cable": "red"}),
    entry("B", 1, "Assigned", line=3, priority="P2", group="Network"),
    entry("A", 2.5, "Assigned", line=4, priority="P1", group="Network", actor="bob"),
    entry("B", 3, "Closed", line=5, priority="P2", group="Network", actor="bob"),
    entry("A", 9, "Assigned", line=6, priority="P1", group="Servers", actor="bob"),
]


def test_an_empty_log_is_relived_at_once(desk: Desk, clock: ManualClock) -> None:
    lived = relive(desk, clock, [])
    assert (lived.entries, lived.checkpoints, lived.notifications, lived.findings) == (0, 0, 0, ())
    assert clock() == A_MONDAY


def test_every_entry_arrives_at_its_own_instant(desk: Desk, clock: ManualClock) -> None:
    lived = relive(desk, clock, LOG)
    assert lived.entries == 5
    assert clock() == A_MONDAY + 9 * HOUR
    instants = [event.recorded_at for event in desk.feed()]
    assert instants == sorted(instants)
    entered = [event for event in desk.feed() if not isinstance(event.fact, CheckpointPassed)]
    assert {event.recorded_at for event in entered} == {each.effective_at for each in LOG}
    moves = [e.fact for e in entered if isinstance(e.fact, StateChanged | StateCorrected)]
    assert [(move.source, move.target) for move in moves] == [("New", "Assigned"), ("Assigned", "Closed")]
    assert [event.actor.id for event in entered] == ["unknown"] * 2 + ["bob"] * 4


def test_tickets_end_as_the_log_shows_them(desk: Desk, clock: ManualClock) -> None:
    relive(desk, clock, LOG)
    first, second = desk.tickets
    assert (first.number, first.state, first.support_group) == ("A", "Assigned", "Servers")
    # A field that an entry leaves empty is emptied; a fact that it does not mention stays.
    assert (first.requester, dict(first.details)) == (None, {"cable": "red"})
    assert (second.number, second.state, second.priority) == ("B", "Closed", "P2")


def test_checkpoints_wake_the_desk_between_the_entries(
    desk: Desk, clock: ManualClock, notifier: InMemoryNotifier
) -> None:
    lived = relive(desk, clock, LOG)
    passed = [event for event in desk.feed() if isinstance(event.fact, CheckpointPassed)]
    assert [(desk.tickets.get(event.ticket_id).number, event.fact.checkpoint) for event in passed] == [
        ("A", "50%"),
        ("A", "75%"),
        ("A", "breach"),
    ]
    hours = [2 * HOUR, 3 * HOUR, 4 * HOUR + timedelta(microseconds=1)]
    assert [event.recorded_at - A_MONDAY for event in passed] == hours
    assert all(event.at == event.recorded_at for event in passed)
    assert lived.checkpoints == 3
    assert lived.notifications == len(notifier.delivered) == 2


def test_a_history_is_told_in_the_order_in_which_it_happened(desk: Desk, clock: ManualClock) -> None:
    relive(desk, clock, LOG)
    feed = list(desk.feed())
    assert all(a.recorded_at <= b.recorded_at for a, b in pairwise(feed))
    assert [event.name for event in feed] == [
        "TicketLogged",
        "TicketLogged",
        "CheckpointPassed",
        "DetailsChanged",
        "StateChanged",
        "CheckpointPassed",
        "StateCorrected",
        "CheckpointPassed",
        "Assigned",
    ]


def test_what_departs_from_the_workflow_is_a_finding(desk: Desk, clock: ManualClock) -> None:
    findings = relive(desk, clock, LOG).findings
    assert [(each.kind, each.line, each.ticket, each.message) for each in findings] == [
        (FindingKind.IRREGULAR_START, 3, "B", "the history begins in Assigned, not in New"),
        (FindingKind.FORBIDDEN_MOVE, 5, "B", "no move leads from Assigned to Closed"),
    ]


def test_a_ticket_that_enters_late_passes_the_last_checkpoint_behind_it(
    desk: Desk, clock: ManualClock
) -> None:
    opened = entry("A", 3.5, "New", priority="P1", opened_at=A_MONDAY)
    lived = relive(desk, clock, [opened, entry("A", 3.75, "New", priority="P1")])
    (passed,) = (event for event in desk.feed() if isinstance(event.fact, CheckpointPassed))
    assert (passed.fact.checkpoint, lived.checkpoints) == ("75%", 1)
    instants = (passed.at, passed.effective_at, passed.recorded_at)
    assert [instant - A_MONDAY for instant in instants] == [3 * HOUR, 3.5 * HOUR, 3.5 * HOUR]


def test_an_entry_that_took_effect_later_keeps_its_own_time(desk: Desk, clock: ManualClock) -> None:
    relive(desk, clock, [entry("A", 0, "New", effective_at=A_MONDAY + HOUR)])
    (event,) = desk.feed()
    assert (event.at, event.recorded_at) == (A_MONDAY, A_MONDAY + HOUR)


def test_progress_is_told_after_each_entry(desk: Desk, clock: ManualClock) -> None:
    told: list[int] = []
    relive(desk, clock, LOG, progress=told.append)
    assert told == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "log",
    [LOG[::-1], [entry("A", -1, "New")]],
    ids=["out of order", "before the clock"],
)
def test_time_does_not_run_back(desk: Desk, clock: ManualClock, log: list[LogEntry]) -> None:
    with pytest.raises(DefinitionError, match="cannot be set back"):
        relive(desk, clock, log)


def test_a_state_that_the_workflow_does_not_know_ends_the_replay(desk: Desk, clock: ManualClock) -> None:
    with pytest.raises(NotFoundError, match="no state 'Limbo'"):
        relive(desk, clock, [*LOG, entry("A", 10, "Limbo")])


def test_a_ticket_is_not_relived_over_another(desk: Desk, clock: ManualClock) -> None:
    relive(desk, clock, LOG[:1])
    with pytest.raises(ConflictError, match="cannot save ticket number A"):
        relive(desk, clock, LOG[:1])


def test_what_the_desk_did_before_is_no_finding(desk: Desk, clock: ManualClock) -> None:
    relive(desk, clock, LOG[1:4:2])
    (finding,) = relive(desk, clock, [entry("C", 4, "Pending", line=7)]).findings
    assert (finding.kind, finding.line, finding.ticket) == (FindingKind.IRREGULAR_START, 7, "C")


def test_observers_are_told_on_the_way(make_desk: Callable[..., Desk], clock: ManualClock) -> None:
    class Observer:
        def __init__(self) -> None:
            self.heard: list[tuple[datetime, TicketEvent]] = []

        @hookimpl
        def itsmkit_on_event(self, event: TicketEvent) -> None:
            self.heard.append((clock(), event))

    observer = Observer()
    desk = make_desk(observer)
    relive(desk, clock, LOG)
    assert [event for _, event in observer.heard] == list(desk.feed())
    assert {heard_at - A_MONDAY for heard_at, _ in observer.heard} == {
        2 * HOUR,
        3 * HOUR,
        4 * HOUR + timedelta(microseconds=1),
        9 * HOUR,
    }


def test_many_events_between_two_entries_hide_no_finding(desk: Desk, clock: ManualClock) -> None:
    crowd = [entry(f"T{n}", 0, "New", priority="P1") for n in range(1100)]
    lived = relive(desk, clock, [*crowd, entry("last", 9, "Pending", line=1101)])
    assert lived.checkpoints == 3300
    assert [finding.line for finding in lived.findings] == [1101]


def test_what_others_do_on_the_desk_meanwhile_is_no_finding(desk: Desk, clock: ManualClock) -> None:
    def take_another_over(done: int) -> None:
        seen = Observation(state="Pending", priority="P3")
        desk.incidents.take_over(f"other {done}", seen, opened_at=clock(), by=Actor("dave"))

    findings = relive(desk, clock, LOG, progress=take_another_over).findings
    assert [(each.kind, each.ticket) for each in findings] == [
        (FindingKind.IRREGULAR_START, "B"),
        (FindingKind.FORBIDDEN_MOVE, "B"),
    ]
