"""Workers of Procrastinate do the work of a desk."""

import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from attrs import evolve
from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import JobAborted, TaskAlreadyRegistered
from procrastinate.job_context import AbortReason
from procrastinate.jobs import Job
from procrastinate.testing import InMemoryConnector
from sqlalchemy import create_engine

from itsmkit.desk import Desk, ManualClock, system_clock
from itsmkit.errors import DefinitionError
from itsmkit.plugin import DeliveryReceipt, Notification, OutboxEntry, hookimpl
from itsmkit.testing import AN_AGENT
from itsmkit.testing.contracts import entry
from itsmkit.tickets import CheckpointPassed, TicketEvent
from itsmkit_procrastinate import DeskJobs, register
from itsmkit_sql import SQLStore

HOUR = timedelta(hours=1)
WORKER = Path(__file__).with_name("worker.py")
LONG_AGO = datetime(2020, 3, 2, 9, tzinfo=UTC)
FAR_AHEAD = datetime(2200, 3, 3, 9, tzinfo=UTC)
"""A Monday. By the clock of the server nothing of it is due."""


def log(desk: Desk, title: str = "No network") -> str:
    return desk.incidents.log(title, impact="high", urgency="high", by=AN_AGENT).number


def note(key: str) -> OutboxEntry:
    return evolve(entry(key), not_before=LONG_AGO)


def passed(desk: Desk) -> list[str]:
    facts = [event.fact for event in desk.feed()]
    return [f"{fact.clock} {fact.checkpoint}" for fact in facts if isinstance(fact, CheckpointPassed)]


class Refuser:
    """A notifier that fails, until it is told not to."""

    def __init__(self) -> None:
        self.fails = True
        self.delivered: list[str] = []

    @hookimpl
    def itsmkit_deliver(self, notification: Notification) -> DeliveryReceipt:
        if self.fails:
            raise OSError("the mail server is gone")
        self.delivered.append(notification.key)
        return DeliveryReceipt(notification.key, "mail")


class Listener:
    def __init__(self) -> None:
        self.heard: list[str] = []

    @hookimpl
    def itsmkit_on_event(self, event: TicketEvent) -> None:
        self.heard.append(event.name)


def test_a_worker_passes_the_checkpoints_and_delivers(place: Any, desk: Desk) -> None:
    log(desk)
    place.clock.advance(4 * HOUR)
    place.work()
    assert len(passed(desk)) == len(set(passed(desk))) == 4
    assert [each.subject for each in place.notifier.delivered] == ["INC-1: respond clock at breach"]
    assert Counter(job.task for job in place.jobs("succeeded"))["itsmkit.deliver"] == 1
    assert place.jobs("failed") == []


def test_there_is_one_job_for_the_next_checkpoint_until_none_is_left(place: Any) -> None:
    clock = ManualClock(FAR_AHEAD)
    desk = place.desk(clock=clock)
    log(desk)
    app = place.app(lambda: desk)
    with app.open():
        while (due := desk.next_due()) is not None:
            clock.set(due)
            before = len(passed(desk))
            for _ in range(3):
                app.tasks["itsmkit.run_due"](context(app), tenant="default")
            assert len(passed(desk)) > before
            following = [job.at for job in place.jobs() if job.task == "itsmkit.run_due" and job.at > due]
            assert following == ([] if desk.next_due() is None else [desk.next_due()])
    assert len(passed(desk)) == len(set(passed(desk)))


def test_a_job_that_comes_before_its_time_comes_again_after_a_pause(place: Any, desk: Desk) -> None:
    log(desk)
    due = desk.next_due()
    app = place.app()
    place.work(app)
    assert passed(desk) == []
    assert place.jobs("succeeded")[0].at == due
    (again,) = place.jobs()
    assert again.at > system_clock() - timedelta(days=1)
    place.clock.set(due)
    place.hurry()
    place.work(app)
    assert len(passed(desk)) == 1


def test_two_workers_share_the_work_and_nothing_is_done_twice(place: Any, desk: Desk) -> None:
    for n in range(30):
        log(desk, f"Printer {n}")
    place.clock.advance(4 * HOUR)
    apps = [place.app() for _ in range(2)]
    together = Barrier(2)

    def work(app: App) -> None:
        together.wait(timeout=60)
        place.work(app, concurrency=2)

    threads = [Thread(target=work, args=(app,)) for app in apps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    place.work()  # what one was claiming when the other found nothing more
    facts = Counter(
        (event.ticket_id, event.fact.key) for event in desk.feed() if isinstance(event.fact, CheckpointPassed)
    )
    assert len(facts) == 30 * 4
    assert set(facts.values()) == {1}
    assert len(place.notifier.delivered) == 30
    assert place.jobs("failed") == []


def test_the_sweep_catches_up_with_what_a_lost_job_leaves(place: Any, desk: Desk) -> None:
    log(desk)
    log(desk.of_tenant("acme"))
    with desk.of_tenant("acme").store.begin() as unit:
        unit.enqueue(note("a"))
    place.rows("DELETE FROM procrastinate_jobs")
    place.clock.advance(4 * HOUR)
    place.work()
    assert passed(desk) == []
    app = place.app()
    with place.host() as host:
        host.configure_task("itsmkit.sweep", queue="itsmkit").defer(timestamp=0)
    place.work(app)
    assert len(passed(desk)) == len(passed(desk.of_tenant("acme"))) == 4
    assert len(place.notifier.delivered) == 3
    waiting = {job.args["tenant"]: job.at for job in place.jobs() if job.task == "itsmkit.run_due"}
    assert waiting.keys() == {"default", "acme"}


@pytest.mark.parametrize(
    ("seconds", "deliveries"),
    [
        pytest.param(3600, 2, id="the first unit and the end"),
        pytest.param(0, 20, id="each unit after a while"),
    ],
)
def test_what_becomes_due_together_leaves_few_jobs(
    place: Any, desk: Desk, monkeypatch: pytest.MonkeyPatch, seconds: float, deliveries: int
) -> None:
    monkeypatch.setattr("itsmkit_procrastinate._rounds._SECONDS_BETWEEN", seconds)
    with desk.batch() as batch:
        for n in range(20):
            log(batch, f"Printer {n}")
    assert len(place.jobs()) == 1
    place.clock.advance(4 * HOUR)
    app = place.app()
    with app.open():
        app.tasks["itsmkit.run_due"](context(app), tenant="default")
    assert len(passed(desk)) == 20 * 4
    left = Counter(job.task for job in place.jobs())
    assert left == {"itsmkit.run_due": 2, "itsmkit.deliver": deliveries}
    place.work(app)
    assert len(place.notifier.delivered) == 20


def test_a_sweep_comes_by_itself_and_tells_observers(place: Any, desk: Desk) -> None:
    log(desk)
    place.rows("DELETE FROM procrastinate_jobs")
    listener = Listener()
    app = place.app(lambda: place.desk(listener), sweep="* * * * * *")
    place.work_until(app, lambda: bool(listener.heard))
    assert listener.heard[0] == "TicketLogged"


def test_what_a_killed_worker_held_is_done_when_its_lease_ends(place: Any, desk: Desk) -> None:
    log(desk)
    place.clock.advance(3.5 * HOUR)
    held = desk.store.claim_due(place.clock(), lease=timedelta(minutes=1), limit=100)
    place.work()
    assert (len(held) > 0, passed(desk)) == (True, [])
    place.clock.advance(timedelta(minutes=1))
    assert place.clock() in [job.at for job in place.jobs("succeeded")]
    place.hurry()
    place.work()
    assert len(passed(desk)) == 4


def test_after_kill_9_the_sweep_of_another_does_the_rest(place: Any, desk: Desk) -> None:
    for n in range(5):
        log(desk, f"Printer {n}")
    place.clock.advance(3.5 * HOUR)
    command = [sys.executable, WORKER, place.url, place.clock().isoformat()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        in_hand = worker.stdout.readline().strip()
        worker.send_signal(signal.SIGKILL)
    assert in_hand.endswith("/service desk manager")
    assert {job.task for job in place.jobs("doing")} >= {"itsmkit.deliver"}
    place.rows("DELETE FROM procrastinate_jobs WHERE status = 'todo'")
    place.clock.advance(timedelta(minutes=2))
    app = place.app()
    with app.open():
        app.tasks["itsmkit.sweep"](context(app), 0)
    assert len(passed(desk)) == 5 * 4
    assert len({each.key for each in place.notifier.delivered}) == 5
    assert in_hand in {each.key for each in place.notifier.delivered}


def test_a_delivery_that_fails_has_a_job_for_its_next_try(place: Any, desk: Desk) -> None:
    refuser = Refuser()
    app = place.app(lambda: place.desk(refuser))
    with desk.store.begin() as unit:
        unit.enqueue(note("a"))
    place.work(app)
    first, again = place.jobs("succeeded")
    assert (first.task, first.at) == (again.task, None) == ("itsmkit.deliver", None)
    assert place.clock() < again.at <= place.clock() + timedelta(seconds=30)
    refuser.fails = False
    place.clock.advance(timedelta(seconds=30))
    with place.host() as host:
        host.configure_task("itsmkit.deliver", queue="itsmkit").defer(tenant="default")
    place.work(app)
    assert refuser.delivered == ["a"]


def test_a_job_that_fails_is_tried_again(place: Any, desk: Desk) -> None:
    log(desk)
    place.clock.advance(4 * HOUR)
    opened: list[Desk] = []

    def open_desk() -> Desk:
        if not opened:
            opened.append(desk)
            raise OSError("no route to the database")
        return place.desk()

    app = place.app(open_desk, retry=RetryStrategy(max_attempts=3))
    place.work(app)
    assert len(passed(desk)) == 4
    assert next(job.attempts for job in place.jobs("succeeded") if job.task == "itsmkit.run_due") == 2


def test_by_default_jobs_are_tried_again_after_a_while(place: Any, desk: Desk) -> None:
    log(desk)

    def open_desk() -> Desk:
        raise OSError("no route to the database")

    place.work(place.app(open_desk))
    (job,) = place.jobs()
    assert (job.task, job.attempts) == ("itsmkit.run_due", 1)
    assert place.rows("SELECT scheduled_at > now() FROM procrastinate_jobs") == [(True,)]


def test_a_timer_that_fails_is_logged_and_has_a_job_when_its_lease_ends(
    place: Any, caplog: pytest.LogCaptureFixture
) -> None:
    clock = ManualClock(FAR_AHEAD)
    desk = place.desk(clock=clock)
    number = log(desk)
    place.rows("UPDATE itsmkit_tickets SET document = '{'")
    clock.set(desk.next_due())
    app = place.app(lambda: place.desk(clock=clock))
    with app.open():
        app.tasks["itsmkit.run_due"](context(app), tenant="default")
    assert clock() + timedelta(minutes=1) in [job.at for job in place.jobs()]
    assert (number, desk.next_due()) == ("INC-1", clock() + timedelta(minutes=1))
    assert "tenant default: the timer 'respond' of ticket" in caplog.text


def test_what_is_given_up_is_logged(place: Any, desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with desk.store.begin() as unit:
        unit.enqueue(evolve(note("a"), attempts=7))
    place.work(place.app(lambda: place.desk(Refuser())))
    assert "tenant default: notification a: given up after 8 tries" in caplog.text
    assert place.jobs() == []


def test_an_observer_that_fails_is_logged_and_told_again(
    place: Any, caplog: pytest.LogCaptureFixture
) -> None:
    class Fails:
        @hookimpl
        def itsmkit_on_event(self, event: TicketEvent) -> None:
            raise OSError("the bus is gone")

    clock = ManualClock(FAR_AHEAD)
    desk = place.desk(Fails(), clock=clock)
    log(desk)
    app = place.app(lambda: desk)
    with app.open():
        app.tasks["itsmkit.deliver"](context(app), tenant="default")
    (again,) = [job for job in place.jobs() if job.task == "itsmkit.deliver"]
    assert clock() < again.at <= clock() + timedelta(seconds=30)
    assert "the bus is gone" in caplog.text


def test_two_jobs_that_end_together_leave_one_for_what_comes_next(
    place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = ManualClock(FAR_AHEAD)
    desk = place.desk(clock=clock)
    log(desk)
    place.rows("DELETE FROM procrastinate_jobs")
    app = place.app(lambda: desk)
    looked, list_jobs = Barrier(2), app.job_manager.list_jobs

    def list_together(**wanted: Any) -> list[Job]:
        found = list_jobs(**wanted)
        looked.wait(timeout=60)
        return found

    monkeypatch.setattr(app.job_manager, "list_jobs", list_together)
    run_due = partial(app.tasks["itsmkit.run_due"], context(app), tenant="default")
    with app.open(), ThreadPoolExecutor() as pool:
        for each in [pool.submit(run_due) for _ in range(2)]:
            each.result()
    assert [job.at for job in place.jobs()] == [desk.next_due()]


def test_a_tenant_whose_work_fails_keeps_no_other_waiting(place: Any, desk: Desk) -> None:
    for tenant in ("acme", "zeta"):
        with desk.of_tenant(tenant).store.begin() as unit:
            unit.enqueue(note(tenant))
    place.rows("UPDATE itsmkit_outbox SET document = '{' WHERE tenant = 'acme'")
    app = place.app()
    with pytest.raises(ExceptionGroup, match="the next sweep tries again") as caught:
        app.tasks["itsmkit.sweep"](context(app), 0)
    (failure,) = caught.value.exceptions
    assert failure.__notes__ == ["in the work of tenant acme"]
    assert [each.key for each in place.notifier.delivered] == ["zeta"]


def test_the_application_s_own_tasks_run_beside(place: Any, desk: Desk) -> None:
    app = place.app()
    shipped: list[int] = []

    @app.task(name="shop.ship")
    def ship(order: int) -> None:
        shipped.append(order)

    @app.task(name="shop.bill")
    async def bill(order: int) -> None:
        shipped.append(-order)

    log(desk)
    place.clock.advance(4 * HOUR)
    with place.host() as host:
        host.configure_task("shop.ship").defer(order=7)
        host.configure_task("shop.bill").defer(order=7)
    place.work(app)
    assert sorted(shipped) == [-7, 7]
    assert len(passed(desk)) == 4


def test_a_worker_wakes_when_a_host_commits(place: Any, desk: Desk) -> None:
    """The worker waits, with nothing to do, until a notification is committed elsewhere."""
    app = place.app()

    @app.task(name="shop.open")
    def open_shop() -> None:
        with desk.store.begin() as unit:
            unit.enqueue(note("a"))

    with place.host() as host:
        host.configure_task("shop.open").defer()
    place.work_until(app, lambda: bool(place.notifier.delivered), fetch_job_polling_interval=3600)
    assert [each.key for each in place.notifier.delivered] == ["a"]


# -- stopping ----------------------------------------------------------------------------------------


def context(app: App, reason: AbortReason | None = None, task: str = "itsmkit.run_due") -> JobContext:
    job = Job(id=1, queue="itsmkit", lock=None, queueing_lock=None, task_name=task)
    return JobContext(app=app, job=job, start_timestamp=0, abort_reason=lambda: reason)


@pytest.mark.parametrize("task", ["itsmkit.run_due", "itsmkit.deliver"])
def test_a_worker_that_stops_leaves_the_rest_to_others(place: Any, desk: Desk, task: str) -> None:
    log(desk)
    place.clock.advance(4 * HOUR)
    with pytest.raises(JobAborted):
        place.app().tasks[task](context(place.app(), AbortReason.SHUTDOWN, task), tenant="default")
    assert passed(desk) == []
    place.work()
    assert len(passed(desk)) == 4


def test_a_sweep_that_stops_goes_on_with_no_other_tenant(place: Any, desk: Desk) -> None:
    for tenant in ("a", "b"):
        log(desk.of_tenant(tenant))
    place.clock.advance(4 * HOUR)
    with pytest.raises(JobAborted):
        place.app().tasks["itsmkit.sweep"](context(place.app(), AbortReason.USER_REQUEST), 0)
    assert passed(desk.of_tenant("a")) == passed(desk.of_tenant("b")) == []


# -- what goes wrong ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opened", "problem"),
    [
        pytest.param(
            lambda _place: "sqlite:///desk.db", "open_desk must return a Desk, not str 'sqlite", id="a URL"
        ),
        pytest.param(lambda _place: Desk(), "InMemoryStore, leaves no jobs.*companions", id="in memory"),
        pytest.param(
            lambda place: Desk(store=place.stores.append(SQLStore.open(place.url)) or place.stores[-1]),
            r"SQLStore, leaves no jobs for what comes next; open it with a companion",
            id="no companion",
        ),
    ],
)
def test_a_desk_that_leaves_no_jobs_is_refused(place: Any, opened: Any, problem: str) -> None:
    app = place.app(lambda: opened(place))
    with pytest.raises(DefinitionError, match=problem):
        app.tasks["itsmkit.run_due"](context(app), tenant="default")


def test_a_desk_in_the_transaction_of_others_is_refused(place: Any) -> None:
    engine = create_engine(place.url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.connect() as connection:
        store = SQLStore.on(connection, companions=[DeskJobs()], create=True)
        app = place.app(lambda: Desk(store=store))
        with pytest.raises(DefinitionError, match="takes part in a transaction of others"):
            app.tasks["itsmkit.sweep"](context(app), 0)
    engine.dispose()


@pytest.mark.parametrize("queue", ["", "itsmkit ", None])
def test_a_queue_has_a_name(queue: Any) -> None:
    with pytest.raises(DefinitionError, match="queue: must be a name"):
        register(App(connector=InMemoryConnector()), Desk, queue=queue)


def test_an_application_has_the_tasks_of_one_desk() -> None:
    app = App(connector=InMemoryConnector())
    register(app, Desk)
    with pytest.raises(TaskAlreadyRegistered):
        register(app, Desk)


def test_registering_opens_nothing() -> None:
    def open_desk() -> Desk:
        raise AssertionError

    app = App(connector=PsycopgConnector(conninfo="postgresql://nowhere.invalid/none"))
    register(app, open_desk, queue="desk")
    names = {name for name in app.tasks if name.startswith("itsmkit")}
    assert names == {"itsmkit.run_due", "itsmkit.deliver", "itsmkit.sweep"}
    assert {app.tasks[name].queue for name in names} == {"desk"}
