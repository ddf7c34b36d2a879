"""The n-th failure: every use case in memory, and stores and desks that the loop must catch."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from itsmkit.desk import Desk, InMemoryStore
from itsmkit.errors import ConflictError
from itsmkit.plugin import LedgerEntry, OutboxEntry, StoredTicket, Timer, UnitOfWork
from itsmkit.testing.failure_loop import (
    Failure,
    every_failure,
    outline,
    telling_failures,
    try_failures,
)
from itsmkit.testing.faults import Faults, InjectedError, Moment
from itsmkit.testing.use_cases import USE_CASES, Stage, UseCase
from itsmkit.tickets import TicketEvent

COMMENT, DUE, DELIVER = (
    next(each for each in USE_CASES if each.command == command)
    for command in ("tickets.comment", "run_due", "deliver")
)


def conflict(message: str) -> ConflictError:
    return ConflictError(message, "as a whole", 0, None)


every_use_case = pytest.mark.parametrize("use_case", USE_CASES, ids=lambda each: each.name)


@pytest.mark.no_cover  # each goes a hundred times through what other tests of the use cases cover
@every_use_case
def test_whatever_fails_all_of_it_has_happened_or_nothing(use_case: UseCase) -> None:
    tried = try_failures(use_case, InMemoryStore)
    assert tried.problems == ()
    assert {*every_failure(tried.calls)} <= tried.left.keys()
    # What a database is spared, leaves it as something that it is not spared.
    spared = {*every_failure(tried.calls)} - {*telling_failures(tried.calls)}
    told = {kept for failure, kept in tried.left.items() if failure not in spared}
    assert {*tried.left.values()} == told


@pytest.mark.no_cover  # as above
@every_use_case
@pytest.mark.parametrize(
    "error",
    [pytest.param(KeyboardInterrupt, id="the end of the program"), pytest.param(conflict, id="a conflict")],
)
def test_so_it_is_when_the_program_ends_and_when_others_save_first(
    use_case: UseCase, error: Callable[[str], BaseException], thorough: bool
) -> None:
    which = every_failure if thorough else telling_failures
    tried = try_failures(use_case, InMemoryStore, moments=[Moment.BEFORE], error=error, which=which)
    assert tried.problems == ()
    assert {n for n, moment in which(tried.calls) if moment is Moment.BEFORE} <= {n for n, _ in tried.left}


def test_the_calls_are_told_in_their_order() -> None:
    tried = try_failures(COMMENT, InMemoryStore, moments=[Moment.BEFORE])
    assert (tried.name, tried.points) == ("tickets.comment", len(tried.calls))
    assert tried.calls[-2:] == ("unit.save", "unit.commit") or "unit.remember" in tried.calls


# -- what must be caught -------------------------------------------------------------------------


class Unit:
    """A unit of work that hands on whatever a subclass does not spoil."""

    def __init__(self, unit: UnitOfWork, store: InMemoryStore) -> None:
        self._unit = unit
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)


class StoreOf(InMemoryStore):
    unit: type[Unit]

    @contextmanager
    def begin(self) -> Iterator[Any]:
        with super().begin() as unit:
            yield self.unit(unit, self)


class SavesAtOnce(StoreOf):
    """Does not wait for the end of the unit of work."""

    class unit(Unit):  # noqa: N801  # it stands for the attribute
        def save(self, stored: StoredTicket, events: Sequence[TicketEvent], *, expected: int) -> None:
            with InMemoryStore.begin(self._store) as unit:
                unit.save(stored, events, expected=expected)


class SetsTimersAtOnce(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def set_timer(self, timer: Timer) -> None:
            with InMemoryStore.begin(self._store) as unit:
                unit.set_timer(timer)


class CommitsWhatFailed(InMemoryStore):
    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        raised = None
        with super().begin() as unit:
            try:
                yield unit
            except BaseException as error:  # noqa: BLE001  # whatever it is, it commits
                raised = error
        if raised is not None:
            raise raised


class LosesWhatFailed(InMemoryStore):
    """Settles an entry before it is delivered: at most once, where at least once was promised."""

    def claim_outbox(self, now: Any, *, lease: Any, limit: int) -> Sequence[OutboxEntry]:
        found = super().claim_outbox(now, lease=lease, limit=limit)
        for each in found:
            self.settle(each.notification.key, None)
        return found


class Forgetful(StoreOf):
    """Has no memory of what was done."""

    class unit(Unit):  # noqa: N801  # as above
        def remember(self, entry: LedgerEntry) -> None:
            pass


LOG = next(each for each in USE_CASES if each.command == "incidents.log")
TOLD = next(each for each in USE_CASES if each.variant == "people are told")


both_ways = pytest.mark.parametrize(
    "which", [every_failure, telling_failures], ids=["all", "as on databases"]
)


@both_ways
@pytest.mark.parametrize(
    ("broken", "use_case", "problem"),
    [
        (SavesAtOnce, LOG, "a part was left behind"),
        (SavesAtOnce, DUE, "a part was left behind"),
        (SetsTimersAtOnce, LOG, "a part was left behind"),
        (CommitsWhatFailed, TOLD, "a part was left behind"),
        (LosesWhatFailed, DELIVER, "not the same was delivered"),
    ],
)
def test_a_broken_store_is_caught(
    broken: type[InMemoryStore],
    use_case: UseCase,
    problem: str,
    which: Callable[[Sequence[str]], list[Failure]],
) -> None:
    assert any(problem in each for each in try_failures(use_case, broken, which=which).problems)


@both_ways
def test_what_is_saved_in_two_units_is_caught(which: Callable[[Sequence[str]], list[Failure]]) -> None:
    def ask(desk: Desk, incident: Any, _once: object) -> None:
        desk.tickets.comment(incident.id, "one")
        desk.tickets.comment(incident.id, "two")

    twice = UseCase("tickets.comment", ask, COMMENT.before, variant="twice")
    problems = try_failures(twice, InMemoryStore, which=which).problems
    assert any("a part was left behind: missing" in each or "too much" in each for each in problems)


@both_ways
def test_an_error_that_is_kept_from_the_caller_is_caught(
    which: Callable[[Sequence[str]], list[Failure]],
) -> None:
    def ask(desk: Desk, incident: Any, _once: object) -> None:
        try:
            desk.tickets.comment(incident.id, "one")
        except InjectedError:
            return

    silent = UseCase("tickets.comment", ask, COMMENT.before, variant="silent")
    problems = try_failures(silent, InMemoryStore, which=which).problems
    assert any("it was answered as if all was well: missing" in each for each in problems)


def test_what_comes_of_a_failed_answer_is_caught() -> None:
    def ask(desk: Desk, _given: object, _once: object) -> None:
        found, _ = desk.discovery.run()
        if found.failures:
            desk.incidents.log("Discovery failed")

    curious = UseCase("discovery.run", ask, goes_without="plugin.discover")
    problems = try_failures(curious, InMemoryStore).problems
    assert any("something came of it: too much" in each for each in problems)


def test_a_use_case_that_does_nothing_shows_nothing() -> None:
    idle = UseCase("run_due", lambda desk, _, __: desk.run_due())
    with pytest.raises(AssertionError, match="run_due does nothing"):
        try_failures(idle, InMemoryStore)


def test_an_error_of_the_use_case_itself_is_raised() -> None:
    def ask(_desk: Desk, given: list[int], _once: object) -> None:
        given.append(1)
        raise LookupError

    with pytest.raises(LookupError):
        try_failures(UseCase("run_due", ask, lambda _stage: []), InMemoryStore)


# -- the outline ---------------------------------------------------------------------------------


def test_an_outline_does_not_tell_keys_and_numbers_that_were_drawn() -> None:
    outlines = []
    for skipped in (0, 7):
        stage = Stage.on(InMemoryStore(), Faults())
        with stage.store.begin() as unit:
            unit.skip_numbers("incident", skipped)
        for _ in range(skipped):
            stage.desk._runner.new_id()
        stage.desk.incidents.log("No network", impact="high", urgency="high")
        stage.desk.incidents.log("No mail")
        outlines.append(outline(stage.store))
    assert outlines[0] == outlines[1]


def test_an_outline_tells_all_else() -> None:
    def kept(text: str) -> object:
        stage = Stage.on(InMemoryStore(), Faults())
        stage.desk.tickets.comment(stage.desk.incidents.log("No network").id, text)
        return outline(stage.store)

    assert kept("one") == kept("one") != kept("two")


def test_an_outline_may_leave_out_when_something_was_recorded() -> None:
    stages = [Stage.on(InMemoryStore(), Faults()) for _ in range(2)]
    for minutes, stage in enumerate(stages):
        DUE.before(stage)
        stage.clock.advance(timedelta(minutes=minutes))
        stage.desk.run_due()
    one, other = (outline(stage.store) for stage in stages)
    assert one != other
    one, other = (outline(stage.store, timeless=True) for stage in stages)
    assert one == other
