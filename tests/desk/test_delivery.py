"""What waits is delivered at least once, or parked; observers hear everything in order, each on its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from itsmkit.desk import DeliveryReport, Desk, DeskConfig, InMemoryNotifier, InMemoryStore, ManualClock
from itsmkit.plugin import DamagedStoreError, DeliveryReceipt, Notification, OutboxEntry, hookimpl
from itsmkit.testing import A_MONDAY, AN_AGENT, a_notification
from itsmkit.tickets import TicketEvent

SECOND = timedelta(seconds=1)
LEASE = timedelta(minutes=1)


class FlakyNotifier:
    """A notifier that fails a number of times, and remembers when it was asked for what."""

    def __init__(self, clock: ManualClock, failures: int) -> None:
        self.failures = failures
        self.asked: list[timedelta] = []
        self.keys: list[str] = []
        self._clock = clock

    @hookimpl
    def itsmkit_deliver(self, notification: Notification) -> DeliveryReceipt:
        self.asked.append(self._clock() - A_MONDAY)
        self.keys.append(notification.key)
        if len(self.asked) <= self.failures:
            raise ConnectionError("the line is dead")
        return DeliveryReceipt(notification.key, "flaky")


class Observer:
    """An observer that hears, and fails on the events that *fails_on* says."""

    def __init__(self, fails_on: Callable[[TicketEvent], bool] = lambda _: False) -> None:
        self.fails_on = fails_on
        self.heard: list[TicketEvent] = []

    @hookimpl
    def itsmkit_on_event(self, event: TicketEvent) -> None:
        if self.fails_on(event):
            raise ValueError(f"cannot bear event {event.sequence}")
        self.heard.append(event)


class FailingObserver(Observer):
    """As `Observer`, under another name."""


def enqueue(desk: Desk, *keys: str) -> None:
    with desk.store.begin() as unit:
        for key in keys:
            unit.enqueue(OutboxEntry(a_notification(key), 0, A_MONDAY))


# -- notifications -------------------------------------------------------------------------------------


def test_nothing_to_deliver_is_told(desk: Desk) -> None:
    assert desk.deliver() == DeliveryReport()


def test_what_waits_is_delivered_oldest_first(desk: Desk, notifier: InMemoryNotifier) -> None:
    enqueue(desk, "a", "b")
    enqueue(desk, "c")
    assert desk.deliver() == DeliveryReport(delivered=3)
    assert [sent.key for sent in notifier.delivered] == ["a", "b", "c"]
    assert desk.deliver() == DeliveryReport()


def test_a_failure_is_tried_again_with_growing_pauses(
    make_desk: Callable[..., Desk], clock: ManualClock
) -> None:
    notifier = FlakyNotifier(clock, failures=4)
    desk = make_desk(notifier)
    enqueue(desk, "a")
    reports = []
    while clock() < A_MONDAY + 600 * SECOND:
        reports.append(desk.deliver())
        clock.advance(SECOND)
    pauses = [later - earlier for earlier, later in pairwise(notifier.asked)]
    # Each may be shorter by up to a quarter; the clock moves by whole seconds.
    assert [
        0.75 * most * SECOND <= pause <= most * SECOND
        for pause, most in zip(pauses, (30, 60, 120, 240), strict=True)
    ] == [True] * 4
    assert set(notifier.keys) == {"a"}
    assert (sum(r.retried for r in reports), sum(r.delivered for r in reports)) == (4, 1)


def test_what_fails_together_does_not_come_back_together(config: DeskConfig, clock: ManualClock) -> None:
    desk = Desk(config, plugins=[FlakyNotifier(clock, failures=99)], clock=clock, random=Random(1))
    enqueue(desk, *"abcdefgh")
    report = desk.deliver()
    assert report.retried == 8
    again = [clock() + n * SECOND for n in (22.5, 30)]
    instants = {each.not_before for each in desk.store.claim_outbox(again[1], lease=LEASE, limit=9)}
    assert len(instants) == 8
    assert again[0] <= min(instants) == report.again_at
    assert max(instants) <= again[1]


def test_who_is_told_to_stop_leaves_the_rest(
    make_desk: Callable[..., Desk], clock: ManualClock, notifier: InMemoryNotifier
) -> None:
    observer = Observer()
    desk, other = make_desk(notifier, observer), make_desk(notifier)
    desk.incidents.log("No network")
    desk.incidents.log("No power")
    enqueue(desk, "a", "b", "c")
    assert desk.deliver(stop=lambda: len(notifier.delivered) == 2).delivered == 2
    assert observer.heard == []
    assert other.deliver().delivered == 1  # nothing is held
    desk.deliver(stop=lambda: len(observer.heard) == 1)
    assert len(observer.heard) == 1
    desk.deliver()
    assert observer.heard == list(desk.feed())


def test_what_fails_again_and_again_is_parked(make_desk: Callable[..., Desk], clock: ManualClock) -> None:
    notifier = FlakyNotifier(clock, failures=99)
    desk = make_desk(notifier)
    enqueue(desk, "a")
    reports = []
    for _ in range(12):
        reports.append(desk.deliver())
        clock.advance(timedelta(hours=2))
    assert [report.retried for report in reports] == [1] * 7 + [0] * 5
    (entry,) = desk.store.parked()
    assert reports[7].parked == (entry,)
    assert entry.attempts == len(notifier.asked) == 8
    assert entry.parked == (
        "given up after 8 tries: plugin 'FlakyNotifier' failed in itsmkit_deliver: "
        "ConnectionError: the line is dead"
    )


def test_what_no_plugin_takes_is_parked_in_the_end(
    make_desk: Callable[..., Desk], clock: ManualClock
) -> None:
    desk = make_desk()
    enqueue(desk, "a")
    for _ in range(8):
        desk.deliver()
        clock.advance(timedelta(hours=2))
    (entry,) = desk.store.parked()
    assert entry.parked == "given up after 8 tries: no plugin delivers to 'whoever hears of a'"


def test_a_failure_does_not_hold_up_the_others(make_desk: Callable[..., Desk], clock: ManualClock) -> None:
    notifier = FlakyNotifier(clock, failures=1)
    desk = make_desk(notifier)
    enqueue(desk, "a", "b", "c")
    report = desk.deliver()
    assert (report.delivered, report.retried) == (2, 1)
    assert notifier.keys == ["a", "b", "c"]


def test_what_is_told_of_a_ticket_keeps_its_order_over_retries(
    make_desk: Callable[..., Desk], clock: ManualClock
) -> None:
    notifier = FlakyNotifier(clock, failures=3)
    desk = make_desk(notifier)
    with desk.store.begin() as unit:
        for n, recipient in enumerate(["ann", "ann", "bob", "ann"]):
            unit.enqueue(OutboxEntry(a_notification(str(n), recipient=recipient), 0, A_MONDAY))
    while desk.deliver().delivered or len(notifier.asked) < 7:
        clock.advance(SECOND)
    assert notifier.keys[:2] == ["0", "2"]  # what fails for ann does not hold up what is for bob
    delivered = notifier.keys[3:]
    assert sorted(delivered) == ["0", "1", "2", "3"]
    assert [key for key in delivered if key != "2"] == ["0", "1", "3"]


def test_a_turn_ends_and_the_rest_waits_for_the_next(
    make_desk: Callable[..., Desk], clock: ManualClock, notifier: InMemoryNotifier
) -> None:
    class Slow(Observer):
        @hookimpl
        def itsmkit_on_event(self, event: TicketEvent) -> None:
            clock.advance(SECOND)
            super().itsmkit_on_event(event)

    observer = Slow()
    desk = make_desk(notifier, observer)
    desk.incidents.log("No network")
    desk.incidents.log("No power")
    enqueue(desk, "a", "b")
    report = desk.deliver(turn=SECOND)
    assert (report.delivered, len(observer.heard), report.is_cut_short) == (2, 1, True)
    desk.deliver(turn=10 * SECOND)
    assert observer.heard == list(desk.feed())
    assert not desk.deliver(turn=SECOND).is_cut_short


@pytest.mark.parametrize("hides", [True, False], ids=["hidden once told", "told again"])
def test_what_cannot_be_read_holds_up_no_other(
    config: DeskConfig, clock: ManualClock, notifier: InMemoryNotifier, hides: bool
) -> None:
    class Damaged(InMemoryStore):
        """A store in which the entry "b" is damaged."""

        def claim_outbox(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[OutboxEntry]:
            claimed = super().claim_outbox(now, lease=lease, limit=limit)
            if [each.notification.key for each in claimed] == ["b"]:
                if not hides:
                    self.settle("b", claimed[0])
                raise DamagedStoreError("the document of notification b is no JSON")
            return claimed

    observer = Observer()
    desk = Desk(config, store=Damaged(), plugins=[notifier, observer], clock=clock).acting_as(AN_AGENT)
    desk.incidents.log("No network")
    enqueue(desk, "a", "b", "c")
    with pytest.raises(DamagedStoreError, match="notification b is no JSON"):
        desk.deliver()
    assert [sent.key for sent in notifier.delivered] == (["a", "c"] if hides else ["a"])
    assert observer.heard == list(desk.feed())


def test_the_lease_begins_with_the_attempt(make_desk: Callable[..., Desk], clock: ManualClock) -> None:
    class SlowNotifier(InMemoryNotifier):
        """Takes most of a lease; then another worker takes all that it can, and gives it back."""

        @hookimpl
        def itsmkit_deliver(self, notification: Notification) -> DeliveryReceipt:
            clock.advance(LEASE - SECOND)
            for entry in desk.store.claim_outbox(clock(), lease=LEASE, limit=9):
                assert entry.notification.key != notification.key
                desk.store.settle(entry.notification.key, entry)
            return super().itsmkit_deliver(notification)

    notifier = SlowNotifier()
    desk = make_desk(notifier)
    enqueue(desk, "a", "b", "c")
    assert desk.deliver(lease=LEASE).delivered == 3
    assert [sent.key for sent in notifier.delivered] == ["a", "b", "c"]


def test_what_a_dead_worker_held_is_delivered_when_its_lease_ends(
    desk: Desk, clock: ManualClock, notifier: InMemoryNotifier
) -> None:
    enqueue(desk, "a")
    desk.store.claim_outbox(clock(), lease=LEASE, limit=1)
    assert desk.deliver().delivered == 0
    clock.advance(LEASE)
    assert desk.deliver().delivered == 1


# -- observers -----------------------------------------------------------------------------------------


def test_an_observer_hears_every_event_in_order_and_once(make_desk: Callable[..., Desk]) -> None:
    observer = Observer()
    desk = make_desk(observer)
    incident = desk.incidents.log("No network")
    for n in range(250):
        desk.tickets.comment(incident.id, f"comment {n}")
    assert observer.heard == []
    desk.deliver()
    desk.deliver()
    assert observer.heard == list(desk.feed())


def test_an_observer_goes_on_from_its_cursor(make_desk: Callable[..., Desk]) -> None:
    first, second = Observer(), Observer()
    desk = make_desk(first)
    incident = desk.incidents.log("No network")
    desk.deliver()
    after = make_desk(second)
    after.tickets.comment(incident.id, "looked at it")
    after.deliver()
    assert [event.sequence for event in first.heard] == [1]
    assert [event.sequence for event in second.heard] == [2]


def test_an_observer_that_fails_does_not_hold_up_the_others(make_desk: Callable[..., Desk]) -> None:
    failing, observer = FailingObserver(lambda event: event.sequence == 2), Observer()
    desk = make_desk(observer, failing)
    incident = desk.incidents.log("No network")
    desk.tickets.comment(incident.id, "one")
    desk.tickets.comment(incident.id, "two")
    (failure,) = desk.deliver().observer_failures
    assert (failure.plugin, failure.hook) == ("FailingObserver", "itsmkit_on_event")
    assert failure.problem == "ValueError: cannot bear event 2"
    assert [event.sequence for event in observer.heard] == [1, 2, 3]
    assert [event.sequence for event in failing.heard] == [1]


def test_an_event_that_failed_is_offered_again_after_a_pause(
    make_desk: Callable[..., Desk], clock: ManualClock
) -> None:
    observer = Observer(lambda event: event.sequence == 2 and clock() < A_MONDAY + 40 * SECOND)
    desk = make_desk(observer)
    incident = desk.incidents.log("No network")
    desk.tickets.comment(incident.id, "one")
    desk.tickets.comment(incident.id, "two")
    failed_at = []
    for _ in range(200):
        if desk.deliver().observer_failures:
            failed_at.append(clock() - A_MONDAY)
        clock.advance(SECOND)
    first, second = failed_at
    assert first == timedelta(0)
    assert 22.5 * SECOND <= second <= 30 * SECOND
    assert [event.sequence for event in observer.heard] == [1, 2, 3]


def test_an_event_that_fails_again_and_again_is_skipped_and_reported(
    make_desk: Callable[..., Desk], clock: ManualClock
) -> None:
    observer = Observer(lambda event: event.sequence == 2)
    desk = make_desk(observer)
    incident = desk.incidents.log("No network")
    desk.tickets.comment(incident.id, "one")
    desk.tickets.comment(incident.id, "two")
    problems = []
    for _ in range(12):
        problems += [failure.problem for failure in desk.deliver().observer_failures]
        clock.advance(timedelta(hours=2))
    said = "ValueError: cannot bear event 2"
    assert problems == [*[said] * 7, f"{said}; given up after 8 tries: it misses event 2 of the feed"]
    assert [event.sequence for event in observer.heard] == [1, 3]


def test_the_tries_of_one_event_are_not_those_of_the_next(
    make_desk: Callable[..., Desk], clock: ManualClock
) -> None:
    observer = Observer(lambda event: event.sequence in (2, 3))
    desk = make_desk(observer)
    incident = desk.incidents.log("No network")
    desk.tickets.comment(incident.id, "one")
    desk.tickets.comment(incident.id, "two")
    failures = []
    for _ in range(20):
        failures += desk.deliver().observer_failures
        clock.advance(timedelta(hours=2))
    assert len(failures) == 16
    assert [event.sequence for event in observer.heard] == [1]


def test_an_event_that_another_worker_got_past_is_not_counted_on(
    make_desk: Callable[..., Desk], clock: ManualClock
) -> None:
    observer = Observer(lambda event: event.sequence in (1, 2))
    desk = make_desk(observer)
    incident = desk.incidents.log("No network")
    desk.tickets.comment(incident.id, "one")
    desk.deliver()
    with desk.store.begin() as unit:
        unit.set_cursor("observer:Observer", 1)
    failures = []
    for _ in range(12):
        clock.advance(timedelta(hours=2))
        failures += desk.deliver().observer_failures
    assert len(failures) == 8


@pytest.mark.usefixtures("busy_threads")
def test_threads_tell_an_observer_everything_in_order(make_desk: Callable[..., Desk]) -> None:
    observer = Observer()
    desk = make_desk(observer)

    def work(n: int) -> None:
        incident = desk.incidents.log(f"Incident {n}")
        desk.tickets.comment(incident.id, "looked at it")
        desk.deliver()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(100)))
    desk.deliver()
    assert observer.heard == list(desk.feed())


def test_an_observer_may_call_the_desk(make_desk: Callable[..., Desk]) -> None:
    class Meddler(Observer):
        @hookimpl
        def itsmkit_on_event(self, event: TicketEvent) -> None:
            super().itsmkit_on_event(event)
            if event.sequence < 3:
                desk.tickets.comment(event.ticket_id, "I heard that")
            assert desk.deliver() == DeliveryReport()

    observer = Meddler()
    desk = make_desk(observer)
    desk.incidents.log("No network")
    assert desk.deliver().observer_failures == ()
    assert [event.sequence for event in observer.heard] == [1, 2, 3]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_what_stops_the_program_is_not_caught_and_loses_nothing(
    make_desk: Callable[..., Desk], clock: ManualClock, error: type[BaseException]
) -> None:
    class Interrupted(InMemoryNotifier):
        stopped = False

        @hookimpl
        def itsmkit_deliver(self, notification: Notification) -> Any:
            if not self.stopped:
                self.stopped = True
                raise error
            return super().itsmkit_deliver(notification)

    notifier = Interrupted()
    desk = make_desk(notifier)
    enqueue(desk, "a")
    with pytest.raises(error):
        desk.deliver()
    clock.advance(LEASE)
    assert desk.deliver().delivered == 1
