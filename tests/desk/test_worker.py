"""A worker does what is due as long as it may, whatever fails, and leaves what it is told to leave."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import count, pairwise
from random import Random

import pytest

from itsmkit.desk import Desk, DeskConfig, InMemoryNotifier, InMemoryStore, ManualClock, Worker, WorkReport
from itsmkit.desk._turns import Turn
from itsmkit.errors import DefinitionError, ItsmkitError, RefusedError
from itsmkit.plugin import ClaimedTimer, DeliveryReceipt, Notification, OutboxEntry, hookimpl
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.tickets import CheckpointPassed, TicketEvent

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


class GoneError(ItsmkitError):
    """The database is gone."""


class WatchedStore(InMemoryStore):
    """A store in which to wait is to let time pass, and that is gone for a time."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__()
        self.clock = clock
        self.gone: list[tuple[datetime, datetime]] = []  # shared by all tenants
        self.waited: list[timedelta] = []
        self.looked_at: list[timedelta] = []
        self.on_waiting: Callable[[], bool] = lambda: False

    def wait(self, timeout: timedelta) -> None:
        self.check()
        self.waited.append(timeout)
        if not self.on_waiting():
            self.clock.advance(timeout)

    def tenants(self) -> Sequence[str]:
        self.check()
        return super().tenants()

    def next_due(self) -> datetime | None:
        self.check()
        return super().next_due()

    def claim_due(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[ClaimedTimer]:
        self.check()
        self.looked_at.append(now - A_MONDAY)
        return super().claim_due(now, lease=lease, limit=limit)

    def check(self) -> None:
        if any(begin <= self.clock() < end for begin, end in self.gone):
            raise GoneError("nobody answers")


@pytest.fixture
def store(clock: ManualClock) -> WatchedStore:  # type: ignore[override]  # another one than usual
    return WatchedStore(clock)


@pytest.fixture
def until(clock: ManualClock) -> Callable[[timedelta], Callable[[], bool]]:
    """Return what tells to stop so long after Monday nine o'clock."""
    return lambda after: lambda: clock() >= A_MONDAY + after


def urgent(desk: Desk) -> None:
    """Log an incident that is to be resolved in four office hours."""
    desk.incidents.log("No network", impact="high", urgency="high", support_group="Network", by=AN_AGENT)


def passings(desk: Desk) -> list[timedelta]:
    return [e.recorded_at - A_MONDAY for e in desk.feed() if isinstance(e.fact, CheckpointPassed)]


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(r.levelname, r.message) for r in caplog.records if r.name == "itsmkit.worker"]


@pytest.fixture(autouse=True)
def _all_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "itsmkit")


# -- what it does ------------------------------------------------------------------------------------------


def test_each_checkpoint_passes_at_its_instant_and_people_are_told(
    desk: Desk,
    notifier: InMemoryNotifier,
    until: Callable[[timedelta], Callable[[], bool]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    urgent(desk)
    Worker(desk, stop=until(10 * HOUR), longest_wait=5 * HOUR).run()
    assert passings(desk) == [2 * HOUR, 3 * HOUR, 4 * HOUR + timedelta(microseconds=1)]
    assert [each.recipient for each in notifier.delivered] == ["Network", "service desk manager"]
    assert lines(caplog) == [
        ("INFO", "began to work"),
        ("INFO", "tenant default: 1 checkpoint passed, 0 notifications delivered"),
        ("INFO", "tenant default: 1 checkpoint passed, 1 notification delivered"),
        ("INFO", "tenant default: 1 checkpoint passed, 1 notification delivered"),
        ("INFO", "stopped"),
    ]


def test_with_nothing_to_do_it_looks_now_and_then_and_asks_every_second(
    desk: Desk, store: WatchedStore, until: Callable[[timedelta], Callable[[], bool]]
) -> None:
    Worker(desk, stop=until(10 * SECOND), longest_wait=2.5 * SECOND).run()
    assert store.looked_at == [n * 2.5 * SECOND for n in range(4)]
    assert store.waited == [SECOND, SECOND, SECOND / 2] * 4


def test_it_is_woken_by_what_others_do(desk: Desk, store: WatchedStore, clock: ManualClock) -> None:
    woken = []

    def arrive() -> bool:
        if len(store.waited) == 3:
            clock.advance(SECOND / 4)
            urgent(desk)
            woken.append(clock() - A_MONDAY)
            return True
        return False

    store.on_waiting = arrive
    Worker(desk, stop=lambda: len(store.looked_at) == 2, longest_wait=60 * SECOND).run()
    assert store.looked_at[1:] == woken == [2.25 * SECOND]


def test_it_comes_back_when_a_delivery_is_to_be_tried_again(
    config: DeskConfig, store: WatchedStore, clock: ManualClock
) -> None:
    class Once(InMemoryNotifier):
        failures = 1

        @hookimpl
        def itsmkit_deliver(self, notification: Notification) -> DeliveryReceipt:
            if self.failures:
                self.failures -= 1
                raise ConnectionError("the line is dead")
            return super().itsmkit_deliver(notification)

    notifier = Once()
    desk = Desk(config, store=store, plugins=[notifier], clock=clock, random=Random(1))
    urgent(desk)
    clock.advance(3 * HOUR)
    began = clock()
    Worker(desk, stop=lambda: bool(notifier.delivered), longest_wait=HOUR).run()
    assert 22.5 * SECOND <= clock() - began <= 30 * SECOND


def test_a_round_does_all_that_is_due_once(desk: Desk, clock: ManualClock) -> None:
    urgent(desk)
    urgent(desk)
    clock.advance(10 * HOUR)
    report = Worker(desk).round()
    assert report == WorkReport(passed=6, delivered=4)
    assert Worker(desk).round() == WorkReport()


def test_all_that_goes_wrong_is_told(
    make_desk: Callable[..., Desk], clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        @hookimpl
        def itsmkit_deliver(self, notification: Notification) -> DeliveryReceipt:
            raise ConnectionError("the line is dead")

        @hookimpl
        def itsmkit_on_event(self, event: TicketEvent) -> None:
            raise ValueError("cannot bear it")

    desk = make_desk(Broken())
    urgent(desk)
    clock.advance(10 * HOUR)
    worker, reports = Worker(desk), []
    for _ in range(8):
        reports.append(worker.round())
        clock.advance(2 * HOUR)
    assert reports[0] == WorkReport(passed=3, retried=2, problems=1)
    assert reports[7] == WorkReport(parked=2, problems=1)
    told = [message for level, message in lines(caplog) if level == "WARNING"]
    assert told[0] == "tenant default: plugin 'Broken' failed in itsmkit_on_event: ValueError: cannot bear it"
    assert told[-2].endswith(
        "given up after 8 tries: plugin 'Broken' failed in itsmkit_deliver: ConnectionError: the line is dead"
    )
    assert lines(caplog)[1] == (
        "INFO",
        "tenant default: 3 checkpoints passed, 0 notifications delivered, 2 to be tried again, 1 problem",
    )
    assert str(reports[7]) == "0 checkpoints passed, 0 notifications delivered, 2 given up, 1 problem"


# -- being told to stop ------------------------------------------------------------------------------------


def test_who_is_told_to_stop_finishes_what_is_in_hand_and_holds_nothing(
    make_desk: Callable[..., Desk], clock: ManualClock, notifier: InMemoryNotifier
) -> None:
    desk, other = make_desk(notifier), make_desk(notifier)
    for _ in range(4):
        urgent(desk)
    clock.advance(3 * HOUR)
    Worker(desk, stop=lambda: len(passings(desk)) == 6, lease=100 * HOUR).run()
    assert (len(passings(desk)), notifier.delivered) == (6, [])
    assert Worker(other).round() == WorkReport(passed=2, delivered=4)


def test_who_is_told_to_stop_between_tenants_leaves_the_rest(desk: Desk, clock: ManualClock) -> None:
    tenants = [desk.of_tenant(name) for name in ("acme", "bolt")]
    for each in tenants:
        urgent(each)
    clock.advance(2 * HOUR)
    first, second = tenants
    worker = Worker(desk, tenants=["acme", "bolt"], stop=lambda: len(passings(first)) == 1)
    assert worker.round() == WorkReport(passed=1)
    assert passings(second) == []


# -- tenants -----------------------------------------------------------------------------------------------


def test_the_work_of_tenants_that_are_named_is_done(desk: Desk, clock: ManualClock) -> None:
    tenants = {name: desk.of_tenant(name) for name in ("acme", "bolt", "corp")}
    for each in tenants.values():
        urgent(each)
    clock.advance(2 * HOUR)
    assert Worker(desk, tenants=["acme", "corp"]).round() == WorkReport(passed=2)
    assert {name: len(passings(each)) for name, each in tenants.items()} == {"acme": 1, "bolt": 0, "corp": 1}
    assert Worker(desk).round() == WorkReport()


def test_the_work_of_all_tenants_is_done_and_of_those_that_come_later(
    desk: Desk, clock: ManualClock, store: WatchedStore
) -> None:
    worker = Worker(desk, tenants=None)
    assert worker.round() == WorkReport()
    acme, bolt = desk.of_tenant("acme"), desk.of_tenant("bolt")
    urgent(acme)
    clock.advance(2 * HOUR)
    assert worker.round() == WorkReport(passed=1)
    urgent(bolt)
    clock.advance(2 * HOUR)
    assert worker.round() == WorkReport(passed=2, delivered=1)


def test_the_work_of_the_desks_own_tenant_is_done_by_default(desk: Desk, clock: ManualClock) -> None:
    acme = desk.of_tenant("acme")
    urgent(desk)
    urgent(acme)
    clock.advance(2 * HOUR)
    assert Worker(acme).round() == WorkReport(passed=1)
    assert (len(passings(acme)), len(passings(desk))) == (1, 0)


def test_a_tenant_whose_work_fails_keeps_nobody_waiting(
    config: DeskConfig, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    class HalfBrokenStore(InMemoryStore):
        broken = True

        def claim_due(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[ClaimedTimer]:
            if self.tenant == "acme" and HalfBrokenStore.broken:
                raise ValueError("no such timer")
            return super().claim_due(now, lease=lease, limit=limit)

    desk = Desk(config, store=HalfBrokenStore(), clock=clock)
    for name in ("acme", "bolt"):
        urgent(desk.of_tenant(name))
    clock.advance(2 * HOUR)
    worker = Worker(desk, tenants=None, random=Random(1))
    report = worker.round()
    assert report.passed == 1
    assert {what: str(error) for what, error in report.failures.items()} == {"tenant acme": "no such timer"}
    assert worker.round() == WorkReport()  # not before the pause has ended
    clock.advance(SECOND)
    assert [*worker.round().failures] == ["tenant acme"]
    HalfBrokenStore.broken = False
    clock.advance(2 * SECOND)
    assert worker.round() == WorkReport(passed=1)
    assert [each for each in lines(caplog) if "acme" in each[1]] == [
        ("ERROR", "tenant acme: no such timer; trying again"),
        ("INFO", "tenant acme: 1 checkpoint passed, 0 notifications delivered"),
        ("INFO", "tenant acme: it works again"),
    ]
    (traceback,) = [r.exc_info for r in caplog.records if r.levelname == "ERROR"]
    assert traceback is not None  # what is not foreseen is shown in full


def test_a_busy_tenant_keeps_nobody_waiting(config: DeskConfig, clock: ManualClock) -> None:
    class Slow(InMemoryNotifier):
        """Takes two thirds of a turn for each notification."""

        @hookimpl
        def itsmkit_deliver(self, notification: Notification) -> DeliveryReceipt:
            clock.advance(SECOND * 2 / 3)
            return super().itsmkit_deliver(notification)

    notifier = Slow()
    desk = Desk(config, store=InMemoryStore(), plugins=[notifier], clock=clock)
    sent = {"acme": 7, "bolt": 1, "cody": 3}
    for tenant, notes in sent.items():
        with desk.of_tenant(tenant).store.begin() as unit:
            for n in range(notes):
                note = Notification(f"{tenant}/{n}", f"reader {n}", "a subject", "a body", "ticket-1")
                unit.enqueue(OutboxEntry(note, 0, A_MONDAY))
    report = Worker(desk, tenants=None).round()
    assert report == WorkReport(delivered=11)
    assert [each.key for each in notifier.delivered] == [
        *("acme/0", "acme/1", "bolt/0", "cody/0", "cody/1"),
        *("acme/2", "acme/3", "cody/2"),
        *("acme/4", "acme/5", "acme/6"),
    ]


def test_a_turn_holds_some_of_each_kind_of_work(config: DeskConfig, clock: ManualClock) -> None:
    class Slow(InMemoryNotifier):
        """Takes more than a turn for each notification and each event."""

        heard: int = 0

        @hookimpl
        def itsmkit_deliver(self, notification: Notification) -> DeliveryReceipt:
            clock.advance(2 * SECOND)
            return super().itsmkit_deliver(notification)

        @hookimpl
        def itsmkit_on_event(self, event: TicketEvent) -> None:
            clock.advance(2 * SECOND)
            self.heard += 1

    notifier = Slow()
    desk = Desk(config, plugins=[notifier], clock=clock)
    for _ in range(3):
        urgent(desk)
    clock.advance(3 * HOUR)
    done: list[tuple[int, int]] = []

    def stop() -> bool:
        done.append((len(notifier.delivered), notifier.heard))
        return notifier.heard == 9

    Worker(desk, stop=stop).run()
    assert done[-1] == (3, 9)
    assert (1, 1) in done  # the observer has not waited until all was delivered


def test_a_clock_that_is_set_back_ends_the_turn() -> None:
    shows = [A_MONDAY, A_MONDAY - HOUR]
    turn = Turn(lambda: False, lambda: shows.pop(0), HOUR)
    assert not turn()  # something is done in any case
    turn.use()
    assert turn()
    assert turn.is_cut_short


def test_of_a_tenant_that_goes_nothing_is_left_to_come_back_to(
    config: DeskConfig, clock: ManualClock
) -> None:
    class Passing(WatchedStore):
        """A store in which what is kept of the tenant acme is soon dropped."""

        def tenants(self) -> Sequence[str]:
            there = super().tenants()
            return [name for name in there if name != "acme" or clock() < A_MONDAY + HOUR]

    passing = Passing(clock)
    desk = Desk(config, store=passing, clock=clock)
    urgent(desk.of_tenant("acme"))
    asked = count()

    def stop() -> bool:
        return clock() >= A_MONDAY + 3 * HOUR or next(asked) > 30_000

    Worker(desk, tenants=None, stop=stop, longest_wait=60 * SECOND).run()
    # Its timer would have been due after two hours: nobody looks for it all the time from then on.
    assert clock() == A_MONDAY + 3 * HOUR
    assert passings(desk.of_tenant("acme")) == []


def test_who_waits_for_a_tenant_in_trouble_is_woken_by_the_others(
    config: DeskConfig, clock: ManualClock
) -> None:
    class HalfBroken(WatchedStore):
        def claim_due(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[ClaimedTimer]:
            if self.tenant == "acme":
                raise ValueError("no such timer")
            return super().claim_due(now, lease=lease, limit=limit)

    half = HalfBroken(clock)
    desk = Desk(config, store=half, clock=clock)
    urgent(desk.of_tenant("acme"))
    urgent(desk.of_tenant("bolt"))

    def never(seconds: float) -> None:
        raise AssertionError(f"slept for {seconds} s, deaf to what others do")

    Worker(desk, tenants=None, stop=lambda: len(half.waited) == 5, longest_wait=HOUR, sleep=never).run()
    assert len(half.waited) == 5


# -- a database that is gone -------------------------------------------------------------------------------


@pytest.mark.parametrize("tenants", [(), ["acme", "default"], None], ids=["own", "named", "all"])
def test_when_the_store_is_gone_it_is_tried_again_with_growing_pauses_and_told_once(  # noqa: PLR0917
    desk: Desk,
    store: WatchedStore,
    clock: ManualClock,
    until: Callable[[timedelta], Callable[[], bool]],
    tenants: list[str] | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    urgent(desk)
    store.gone.append((A_MONDAY + HOUR, A_MONDAY + 2.5 * HOUR))
    slept: list[float] = []
    asked: list[timedelta] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.advance(timedelta(seconds=seconds))

    check = store.check

    def note() -> None:
        asked.append(clock() - A_MONDAY)
        check()

    store.check = note  # type: ignore[method-assign]
    worker = Worker(
        desk, tenants=tenants, stop=until(3 * HOUR), longest_wait=HOUR, sleep=sleep, random=Random(1)
    )
    worker.run()
    assert passings(desk)[0] == pytest.approx(2.5 * HOUR, abs=60 * SECOND)
    assert max(slept) <= 1  # it asks every second whether to stop
    tries = sorted({each for each in asked if HOUR <= each < 2.5 * HOUR})
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    longest = [min(60, 2**n) * SECOND for n in range(len(pauses))]
    assert all(0.75 * most <= pause <= most for pause, most in zip(pauses, longest, strict=True))
    assert len({*pauses[7:]}) > 50  # not all at once
    assert [each for each in lines(caplog) if "store" in each[1]] == [
        ("ERROR", "the store: nobody answers; trying again"),
        ("INFO", "the store: it works again"),
    ]
    assert [r.exc_info for r in caplog.records if r.levelname == "ERROR"] == [None]


def test_a_store_that_goes_in_the_middle_of_a_round_is_told_as_such(
    desk: Desk, store: WatchedStore, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    class Leaving:
        @hookimpl
        def itsmkit_on_event(self, event: TicketEvent) -> None:
            store.gone.append((clock(), clock() + SECOND))

    desk = Desk(desk.config, store=store, plugins=[Leaving()], clock=clock)
    urgent(desk)
    urgent(desk.of_tenant("acme"))
    worker = Worker(desk, tenants=["default", "acme"], random=Random(1))
    report = worker.round()
    assert [*report.failures] == ["the store"]
    assert lines(caplog) == [("ERROR", "the store: nobody answers; trying again")]


# -- what it is given --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["lease", "longest_wait"])
def test_its_times_are_more_than_nothing(desk: Desk, name: str) -> None:
    with pytest.raises(DefinitionError, match=f"{name} must be more than zero, not 0:00:00"):
        Worker(desk, **{name: timedelta(0)})


def test_a_desk_in_a_transaction_is_refused(desk: Desk) -> None:
    with desk.batch() as batch, pytest.raises(RefusedError, match="outside of any transaction"):
        Worker(batch)


def test_a_tenant_must_be_a_name(desk: Desk) -> None:
    with pytest.raises(DefinitionError, match="tenant"):
        Worker(desk, tenants=[""])
