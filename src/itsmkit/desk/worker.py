"""A worker: it does what is due on a desk, and delivers, until it is told to stop."""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from logging import ERROR, WARNING, getLogger
from random import Random, SystemRandom
from typing import TypeVar

from attrs import frozen

from itsmkit._figures import plural
from itsmkit._frozen import EMPTY
from itsmkit.desk._backoff import growing_pause
from itsmkit.desk.clock import due_clock
from itsmkit.desk.desk import Desk
from itsmkit.errors import DefinitionError, ItsmkitError, RefusedError

__all__ = ["WorkReport", "Worker"]

_log = getLogger("itsmkit.worker")

_TURN = timedelta(seconds=1)
"""How long a worker goes on with one kind of work of a tenant before it turns to the next."""

_SLICE = timedelta(seconds=1)
"""How long a worker waits at most before it asks again whether to stop."""

_FIRST_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(minutes=1)

_STORE = "the store"

Result = TypeVar("Result")


@frozen
class WorkReport:
    """
    What came of a round of a worker.

    Args:
        passed: How many checkpoints were passed.
        delivered: How many notifications were handed over.
        retried: How many will be tried again, later.
        parked: How many were given up.
        problems: How many timers, observers and schedules failed.
        failures: What the work of a tenant as a whole has failed with, by ``"tenant …"`` or ``"the store"``;
            it is tried again after a pause.
        fired: How many timers of states fired.
        changed: How many tickets have other timers, as the rules that these follow from have changed.
        logged: How many tickets were logged by schedules.
        ruled: How often rules of automation have fired.
    """

    passed: int = 0
    delivered: int = 0
    retried: int = 0
    parked: int = 0
    problems: int = 0
    failures: Mapping[str, Exception] = EMPTY
    fired: int = 0
    changed: int = 0
    logged: int = 0
    ruled: int = 0

    def __str__(self) -> str:
        told = [
            f"{plural(self.passed, 'checkpoint')} passed",
            f"{plural(self.delivered, 'notification')} delivered",
        ]
        if self.fired:
            told.append(f"{plural(self.fired, 'timer')} of states fired")
        if self.changed:
            told.append(f"{plural(self.changed, 'ticket')} set anew")
        if self.logged:
            told.append(f"{plural(self.logged, 'ticket')} logged")
        if self.ruled:
            told.append(f"{plural(self.ruled, 'rule')} fired")
        if self.retried:
            told.append(f"{self.retried} to be tried again")
        if self.parked:
            told.append(f"{self.parked} given up")
        if self.problems:
            told.append(plural(self.problems, "problem"))
        return ", ".join(told)


@frozen
class _Trouble:
    """Work that has failed so often, one time after the other, and the instant at which it is tried again."""

    tries: int
    again_at: datetime


class Worker:
    """
    Does what is due on a desk, and delivers, for one tenant or many.

    Any number of workers share the work of one place: what one that is killed has held, others take over when
    its lease ends. Tenants take turns, so that a busy one keeps no other waiting. What happens is logged
    under the name ``itsmkit.worker``. A worker belongs to one thread.

    If the work of a tenant fails as a whole, as it does when the database is gone, it is tried again with
    pauses that grow up to a minute. That is logged once, and so is that it works again.

    Args:
        desk: The desk.
        tenants: Whose work to do, all by the rules of *desk*; ``None`` for all that the store has at the time
            of each round. By default, only that of the desk itself.
        lease: How long a timer or a notification is this worker's alone: longer than one takes.
        stop: Asked again and again whether to stop: before each timer and each delivery, and once a second
            while there is nothing to do.
        longest_wait: How long to wait at most before looking again. Where the store tells of it, what others
            set or send is done sooner.
        sleep: Waits for so many seconds while the store cannot be asked.
        random: Draws by how much pauses differ; by default, the operating system.

    Raises:
        DefinitionError: If *lease* or *longest_wait* is not more than zero, or a tenant is no name.
        RefusedError: If the desk is a batch, or its store takes part in the transaction of its host.

    >>> from datetime import UTC
    >>> from itsmkit.desk import InMemoryNotifier, ManualClock
    >>> from itsmkit.tickets import Actor
    >>> clock = ManualClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
    >>> desk = Desk(plugins=[InMemoryNotifier()], clock=clock)
    >>> incident = desk.incidents.log("No network", impact="high", urgency="high", by=Actor("ann"))
    >>> clock.advance(timedelta(hours=4))
    >>> print(Worker(desk).round())
    4 checkpoints passed, 1 notification delivered
    """

    def __init__(
        self,
        desk: Desk,
        *,
        tenants: Iterable[str] | None = (),
        lease: timedelta = timedelta(minutes=1),
        stop: Callable[[], bool] = lambda: False,
        longest_wait: timedelta = timedelta(seconds=5),
        sleep: Callable[[float], None] = time.sleep,
        random: Random | None = None,
    ) -> None:
        for what, value in (("lease", lease), ("longest_wait", longest_wait)):
            if value <= timedelta(0):
                problem = f"{what} must be more than zero, not {value}"
                raise DefinitionError(problem)
        if desk.is_batch or desk.store.is_joined:
            refusal = "a worker saves each piece of work by itself: give it a desk outside of any transaction"
            raise RefusedError(refusal)
        self._desk = desk
        self._lease = lease
        self._stop = stop
        self._longest_wait = longest_wait
        self._sleep = sleep
        self._random = random or SystemRandom()
        self._of_all = tenants is None
        given = () if tenants is None else tuple(tenants)
        self._desks = {name: desk.of_tenant(name) for name in given} or {desk.store.tenant: desk}
        self._next: dict[str, datetime] = {}
        self._troubles: dict[str, _Trouble] = {}
        self._is_cut_short = False

    def run(self) -> None:
        """Work until told to stop. What is in hand then is finished, the rest is left to others."""
        _log.info("began to work")
        while not self._stop():
            self._take_turns({})
            if not self._is_cut_short:
                self._rest()
        _log.info("stopped")

    def round(self) -> WorkReport:
        """Do once all that is due, deliver what waits, and tell what came of it."""
        failures: dict[str, Exception] = {}
        done = self._take_turns(failures)
        while self._is_cut_short and not self._stop():
            done += self._take_turns(failures)
        return WorkReport(
            passed=sum(each.passed for each in done),
            delivered=sum(each.delivered for each in done),
            retried=sum(each.retried for each in done),
            parked=sum(each.parked for each in done),
            problems=sum(each.problems for each in done),
            failures=failures,
            fired=sum(each.fired for each in done),
            changed=sum(each.changed for each in done),
            logged=sum(each.logged for each in done),
            ruled=sum(each.ruled for each in done),
        )

    # -- the work --------------------------------------------------------------------------------

    def _take_turns(self, failures: dict[str, Exception]) -> list[WorkReport]:
        """Give each tenant a turn, and return what came of each."""
        self._is_cut_short = False
        done = []
        for tenant, desk in self._attempt(_STORE, self._all, failures) or ():
            if self._stop() or _STORE in self._troubles:
                break
            report = self._attempt(_work_of(tenant), partial(self._work, tenant, desk), failures)
            if report is not None:
                done.append(report)
        return done

    def _all(self) -> list[tuple[str, Desk]]:
        """Return the desks whose work to do, each with its tenant."""
        store, known = self._desk.store, self._desks
        if self._of_all:
            self._desks = {name: known.get(name) or self._desk.of_tenant(name) for name in store.tenants()}
            for name in known.keys() - self._desks.keys():  # nothing is left of it to come back to
                self._next.pop(name, None)
                self._troubles.pop(_work_of(name), None)
        else:
            store.next_due()  # to see whether it is there
        return [*self._desks.items()]

    def _work(self, tenant: str, desk: Desk) -> WorkReport:
        """Do the work of one tenant, as far as there is any, and its turn lasts."""
        self._next.pop(tenant, None)
        desk.configuration.refresh()
        reread = desk.reread_agreements(stop=self._stop, turn=_TURN)
        scheduled = desk.schedules.run(stop=self._stop, turn=_TURN)
        for schedule, because in scheduled.refused.items():
            _log.warning("tenant %s: schedule %s: %s", tenant, schedule, because)
        due = desk.run_due(lease=self._lease, stop=self._stop, turn=_TURN)
        for failure in due.failures:
            _log.warning("tenant %s: %s", tenant, failure, exc_info=failure.error)
        for timer in due.parked:
            _log.error(
                "tenant %s: timer %r of ticket %s: %s", tenant, timer.name, timer.ticket_id, timer.parked
            )
        for trouble in due.rules.troubles:
            _log.log(ERROR if trouble.is_parked else WARNING, "tenant %s: %s", tenant, trouble)
        surveys = desk.surveys.send(stop=self._stop, turn=_TURN)
        desk.search.refresh()
        sent = desk.deliver(lease=self._lease, stop=self._stop, turn=_TURN)
        is_done = reread.is_done and surveys.is_done and scheduled.is_done
        self._is_cut_short |= not is_done or due.is_cut_short or sent.is_cut_short
        for entry in sent.parked:
            _log.warning("tenant %s: notification %s: %s", tenant, entry.notification.key, entry.parked)
        for problem in sent.observer_failures:
            _log.warning("tenant %s: %s", tenant, problem, exc_info=problem)
        problems = len(due.failures) + len(sent.observer_failures) + len(scheduled.refused)
        problems += len(due.rules.troubles)
        report = WorkReport(
            due.passed,
            sent.delivered,
            sent.retried,
            len(sent.parked),
            problems,
            fired=due.fired,
            changed=reread.changed,
            logged=scheduled.logged,
            ruled=due.rules.fired,
        )
        if report != WorkReport():
            _log.info("tenant %s: %s", tenant, report)
        instants = [each for each in (desk.next_due(), sent.again_at) if each is not None]
        upcoming = [] if scheduled.next_at is None else [scheduled.next_at]
        if instants:
            upcoming.append(_by_own_clock(desk, min(instants)))
        if upcoming:
            self._next[tenant] = min(upcoming)
        return report

    def _attempt(
        self, what: str, work: Callable[[], Result], failures: dict[str, Exception]
    ) -> Result | None:
        """Return what *work* does; ``None`` if it fails, or has failed and is not to be tried again yet."""
        trouble = self._troubles.get(what)
        now = self._desk.clock()
        if trouble is not None and now < trouble.again_at:
            return None
        try:
            done = work()
        except Exception as error:  # noqa: BLE001  whatever it is, it may be over later, and the others go on
            if what != _STORE and self._attempt(_STORE, self._all, failures) is None:
                return None  # nothing works
            if what == _STORE:
                self._next.clear()  # what is due is done when the store is back
            failures[what] = error
            tries = 1 if trouble is None else trouble.tries + 1
            pause = growing_pause(tries, _FIRST_PAUSE, _LONGEST_PAUSE, self._random)
            self._troubles[what] = _Trouble(tries, now + pause)
            if trouble is None:
                foreseen = isinstance(error, ItsmkitError)
                _log.error("%s: %s; trying again", what, error, exc_info=None if foreseen else error)
            return None
        if trouble is not None:
            del self._troubles[what]
            _log.info("%s: it works again", what)
        return done

    # -- between rounds --------------------------------------------------------------------------

    def _rest(self) -> None:
        """Wait until there may be something to do."""
        clock = self._desk.clock
        again = (trouble.again_at for trouble in self._troubles.values())
        until = min([clock() + self._longest_wait, *self._next.values(), *again])
        while not self._stop() and (left := until - (began := clock())) > timedelta(0):
            wait = min(left, _SLICE)
            if _STORE in self._troubles:
                self._sleep(wait.total_seconds())
                continue
            # Of many tenants, the first one's store may wake it; what others set is seen in time.
            store = next(iter(self._desks.values()), self._desk).store
            self._attempt(_STORE, partial(store.wait, wait), {})
            if clock() - began < wait:
                return  # it was woken


def _by_own_clock(desk: Desk, instant: datetime) -> datetime:
    """Return what the clock of a desk shows when that which says what is due shows *instant*."""
    due_now = due_clock(desk.clock, desk.store)
    # In this order, so that it is rather a moment late than early, and awake for nothing.
    return instant if due_now is desk.clock else instant - due_now() + desk.clock()


def _work_of(tenant: str) -> str:
    """Return what the work of a tenant is called."""
    return f"tenant {tenant}"
