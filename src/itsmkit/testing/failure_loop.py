"""
The n-th failure: whatever fails, wherever it fails, all of it has happened or nothing.

A use case runs on a fresh store, and its first call fails; on another one, its second; and so on, until
nothing is left that could fail. After each failure, the store is looked at; then the same is asked for again.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import count

from attrs import frozen

from itsmkit.plugin import RowKind, Store
from itsmkit.testing.faults import Faults, InjectedError, Moment
from itsmkit.testing.use_cases import Stage, UseCase

__all__ = [
    "Failure",
    "FailuresTried",
    "Outline",
    "every_failure",
    "outline",
    "telling_failures",
    "try_failures",
]

Outline = tuple[str, ...]
"""What a store keeps, a text for each row; comparable with that of another store."""

Failure = tuple[int, Moment]
"""Which of the calls of a use case fails, counted from one, and when."""

_PASSING = ("recorded_at", "not_before", "at")
_ENDS_OF_STEPS = ("unit.commit", "store.settle", "store.forget")
_READS: dict[str, set[str]] = {
    "store": {"begin", "configuration_events", "count", "cursor", "events", "find", "find_ticket"}
    | {"record_events", "records", "staging", "tickets"},
    "unit": {"history", "record_history", "record_of", "remembered", "ticket", "timers"},
    "plugin": set(),
}
"""What only reads, of those that the use cases call; any other call is taken for a write."""


def every_failure(calls: Sequence[str]) -> list[Failure]:
    """
    Return each failure of some calls.

    >>> every_failure(["store.find"])
    [(1, <Moment.BEFORE: 'before'>), (1, <Moment.AFTER: 'after'>)]
    """
    return [(n, moment) for n in range(1, len(calls) + 1) for moment in Moment]


def telling_failures(calls: Sequence[str]) -> list[Failure]:
    """
    Return those failures of some calls that a database can tell apart.

    What only reads, or tells the time, finds and leaves it as the next call does that writes. Of a unit of
    work, the last write fails before it has happened, when the unit has been told all but that, and is to
    have kept it to itself; and its commit fails at both moments, as the writes of a store do. Without what a
    hook answers, a desk may go on and do otherwise, so hooks fail at both moments, too.

    >>> telling_failures(["unit.ticket", "unit.save", "unit.remember", "unit.commit"])
    [(3, <Moment.BEFORE: 'before'>), (4, <Moment.BEFORE: 'before'>), (4, <Moment.AFTER: 'after'>)]
    """
    return [failure for failure in every_failure(calls) if _tells(calls, *failure)]


def _tells(calls: Sequence[str], n: int, moment: Moment) -> bool:
    call = calls[n - 1]
    if not call.startswith("unit.") or call == "unit.commit":
        return _writes(call)
    later = (each for each in calls[n:] if each.startswith("unit.") and _writes(each))
    return _writes(call) and moment is Moment.BEFORE and next(later, "unit.commit") == "unit.commit"


def _writes(call: str) -> bool:
    room, _, name = call.partition(".")
    return room in _READS and name not in _READS[room]


@frozen
class FailuresTried:
    """
    What came of all failures of a use case.

    Args:
        name: The use case.
        calls: The calls that it makes when nothing fails, in their order.
        repeats: After how many of them the same was asked for again, and came to one effect.
        problems: What went wrong, each a sentence that names the call.
        left: What the store kept right after each failure.
    """

    name: str
    calls: tuple[str, ...]
    repeats: int
    problems: tuple[str, ...]
    left: Mapping[Failure, Outline]

    @property
    def points(self) -> int:
        """How many failures were tried."""
        return len(self.left)


_DRAWN = re.compile(
    r"\b(?:[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|[0-9a-f]{32})\b"
)
"""What was drawn: a UUID of version 7, or 128 random bits."""


def outline(store: Store, *, timeless: bool = False) -> Outline:
    """
    Return what *store* keeps, whatever keys and numbers it has drawn for it.

    The keys and numbers of tickets are named by the order in which the tickets came; other keys, and secrets,
    which are drawn, too, are all called the same. The series of numbers and the digests, which cover keys and
    numbers, are left out, and so are salts.

    Args:
        store: Read by its dump.
        timeless: Whether to leave out, too, when something was recorded.
    """
    rows = list(store.dump())
    names: dict[str, str] = {}
    for place, row in enumerate(each for each in rows if each.kind is RowKind.TICKET):
        ticket = _found(row.data, "number")
        names[str(ticket["id"])] = f"<ticket {place}>"
        names[str(ticket["number"])] = f"<number {place}>"
    longest_first = sorted(names, key=len, reverse=True)
    dropped = ("digest", "salt", "$sealed", *(_PASSING if timeless else ()))

    def text(kind: RowKind, data: object) -> str:
        told = json.dumps(_without(data, dropped), sort_keys=True)
        for name in longest_first:
            told = told.replace(name, names[name])
        return f"{kind}: {_DRAWN.sub('<drawn>', told)}"

    return tuple(sorted(text(row.kind, row.data) for row in rows if row.kind is not RowKind.SERIES))


def try_failures(
    use_case: UseCase,
    make: Callable[[], Store],
    *,
    moments: Sequence[Moment] = tuple(Moment),
    error: Callable[[str], BaseException] = InjectedError,
    which: Callable[[Sequence[str]], Collection[Failure]] = every_failure,
) -> FailuresTried:
    """
    Let every call of a use case fail, one run for each, and look at what is left.

    After each failure the store keeps what it kept before, or what it keeps when nothing fails; of what is
    due, and is done one by one, what it keeps after one of them. Then the same desk
    is asked again, as soon as a lease has ended: with the same idempotency key if the command takes one, or
    else if nothing has happened yet. In the end there is one effect. A command with a key is asked once more,
    by a desk that was not there before, which changes nothing.

    Args:
        use_case: What to ask for.
        make: Makes a new, empty store: perhaps that of another tenant of the same place.
        moments: When the calls fail.
        error: Makes what the calls raise. What a desk is to survive by itself, as a `ConflictError`, it may.
        which: Picks failures of the calls that are made when nothing fails, such as `telling_failures`. Calls
            that come only after a failure fail, too, whatever it picks.

    Returns:
        The number of failures, and all that went wrong.
    """
    expected = _Expected.of(use_case, make)
    problems: list[str] = []
    picked = {*which(expected.calls)}
    left: dict[Failure, Outline] = {}
    repeats = 0
    for moment in moments:
        for n in count(1):
            if n <= len(expected.calls) and (n, moment) not in picked:
                continue
            trial = _Trial(use_case, expected, Stage.on(make(), Faults()))
            if not trial.run(n, moment, error):
                break
            repeats += trial.is_repeated
            problems += trial.problems
            left[n, moment] = trial.left
    return FailuresTried(use_case.name, expected.calls, repeats, tuple(problems), left)


@frozen
class _Expected:
    """
    What a use case comes to when nothing fails.

    Args:
        calls: The calls that it makes.
        steps: What the store keeps before, and after each step; of all but what is due, there is one.
        done: What it keeps in the end, whenever that was recorded.
        told: The keys of the notifications that were delivered.
    """

    calls: tuple[str, ...]
    steps: tuple[Outline, ...]
    done: Outline
    told: frozenset[str]

    @classmethod
    def of(cls, use_case: UseCase, make: Callable[[], Store]) -> "_Expected":
        store = make()
        stage = Stage.on(store, Faults())
        given = use_case.before(stage)
        steps = [outline(store)]

        def watch(name: str) -> None:
            if name in _ENDS_OF_STEPS:
                steps.append(outline(store))

        stage.faults.watch = watch
        stage.faults.calls.clear()
        use_case.ask(stage.desk, given, use_case.once(stage.desk, _KEY))
        stage.faults.watch = bool
        done = outline(store, timeless=True)
        if len(set(steps)) == 1:
            problem = f"{use_case.name} does nothing, so that nothing is shown by its failures"
            raise AssertionError(problem)
        # What is due is done one by one; anything else, as a whole.
        whole = steps if use_case.lease else [steps[0], steps[-1]]
        return cls(tuple(stage.faults.calls), tuple(whole), done, _told(stage))


_KEY = "the same thing"


class _Trial:
    """One run of a use case in which one call fails."""

    def __init__(self, use_case: UseCase, expected: _Expected, stage: Stage) -> None:
        self.use_case = use_case
        self.expected = expected
        self.stage = stage
        self.problems: list[str] = []
        self.is_repeated = False
        self.left: Outline = ()

    def run(self, n: int, moment: Moment, error: Callable[[str], BaseException]) -> bool:
        """Let the call *n* fail, and note what went wrong; tell whether there was such a call."""
        stage, use_case = self.stage, self.use_case
        faults = stage.faults
        given = use_case.before(stage)
        once = use_case.once(stage.desk, _KEY)
        faults.calls.clear()
        faults.at, faults.moment, faults.error = n, moment, error
        ask = partial(use_case.ask, stage.desk, given, once)
        raised = self._raised_by(ask)
        if not faults.is_over:
            return False
        self.call = f"{use_case.name}: call {n}, {faults.calls[n - 1]}, failed {moment} it happened"
        left = self.left = outline(stage.store)
        if raised is None and faults.calls[n - 1] == use_case.goes_without:
            # That it was asked may be remembered. Nothing else has come of it.
            self._look("something came of it", self.expected.steps[:1], _without_ledger(left))
            return True
        if raised is None and faults.calls[n - 1] == use_case.manages_without:
            # All of it has happened; what differs is only what is told of the failure.
            if len(left) != len(self.expected.steps[-1]):
                self._look("it was done otherwise", self.expected.steps[-1:], left)
            return True
        if raised is None and faults.calls[n - 1] in use_case.does_otherwise:
            return True
        if raised is not None:
            self._look("a part was left behind", self.expected.steps, left)
        if use_case.lease or (raised is not None and (once or left == self.expected.steps[0])):
            self._again(ask)
        else:
            self._look("it was answered as if all was well", (self.expected.done,), self._timeless())
        if once:
            self._later(given)
        return True

    def _again(self, ask: Callable[[], object]) -> None:
        """Ask for the same again, as often as there may be steps, and see that there is one effect."""
        self.is_repeated = True
        lease = self.use_case.lease
        for _ in range(2 if lease else 1):
            self.stage.clock.advance(lease)
            ask()
        self._look("asked again, it did not come to one effect", (self.expected.done,), self._timeless())
        if _told(self.stage) != self.expected.told:
            self.problems.append(f"{self.call}; then not the same was delivered: {sorted(_told(self.stage))}")

    def _later(self, given: object) -> None:
        """Ask a desk that was not there before for the same, and see that nothing happens."""
        steady = self.stage.steady
        self.use_case.ask(steady, given, self.use_case.once(steady, _KEY))
        self._look("asked again later, it had another effect", (self.expected.done,), self._timeless())

    def _raised_by(self, ask: Callable[[], object]) -> BaseException | None:
        """Return what the planned failure came to; ``None`` if the answer was given in spite of it."""
        try:
            ask()
        except BaseException as error:
            if not self.stage.faults.has_caused(error):
                raise
            return error
        return None

    def _timeless(self) -> Outline:
        return outline(self.stage.store, timeless=True)

    def _look(self, problem: str, expected: Sequence[Outline], found: Outline) -> None:
        """Note a problem, unless what is kept is one of those that are expected."""
        if found not in expected:
            differences = "; ".join(_differences(expected[0], found))
            self.problems.append(f"{self.call}; {problem}: {differences}")


def _without_ledger(kept: Outline) -> Outline:
    return tuple(row for row in kept if not row.startswith(f"{RowKind.REMEMBERED}:"))


def _told(stage: Stage) -> frozenset[str]:
    return frozenset(each.key for each in stage.plugin.delivered)


def _differences(expected: Outline, found: Outline) -> Iterator[str]:
    yield from (f"missing {row}" for row in expected if row not in found)
    yield from (f"too much {row}" for row in found if row not in expected)
    if sorted(expected) != sorted(found) and set(expected) == set(found):
        yield "a row is there more often than it should be"


def _without(data: object, names: Sequence[str]) -> object:
    """Return plain data without what stands under *names*, at any depth."""
    if isinstance(data, dict):
        return {name: _without(value, names) for name, value in data.items() if name not in names}
    return [_without(value, names) for value in data] if isinstance(data, list) else data


def _found(data: object, name: str) -> dict[str, object]:
    """Return the mapping, at any depth of plain data, in which *name* stands."""
    waiting = [data]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if name in each:
                return each
            waiting += each.values()
    problem = f"no {name} in {data}"
    raise AssertionError(problem)
