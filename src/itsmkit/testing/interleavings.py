"""
Sessions that work on one store at the same time, in every order that their steps can take.

A session is a generator function: it is given a store, and each ``yield`` ends a step. Every session has a
thread of its own, but only one moves at a time; so each order of steps is run exactly, and again whenever it
is asked for. A step that waits for another session, as for a lock, is left waiting while the others go on.

What comes of it must be what comes of the same sessions one after the other, in some order: of those that
were not refused, and so that who began after another had ended comes after it. That is run on the reference,
the store in memory.

.. code-block:: python

    def comments(store):
        with store.begin() as unit:
            ticket = unit.ticket(ticket_id).ticket
            yield
            save(unit, commented(ticket), expected=ticket.version)
            yield
"""

import json
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations, count, permutations
from threading import Condition, Thread

from attrs import field, frozen

from itsmkit._frozen import frozen_dict
from itsmkit.desk import InMemoryStore
from itsmkit.errors import ConflictError
from itsmkit.plugin import RowKind, Store, StoreRow

__all__ = [
    "Interleaving",
    "Outcome",
    "Session",
    "in_some_order",
    "orders_of_steps",
    "serial",
    "try_interleavings",
]

Session = Callable[[Store], Generator[None, None, object]]
"""Works on a store, step by step. What it returns is what it has seen; a `ConflictError` refuses it."""

PATIENCE = 0.25
"""For how many seconds a step may take the turn. One that takes longer loses nothing but its place."""

_AT_MOST = 60.0
_LONG = 500


@frozen(eq=False)
class Outcome:
    """
    What came of sessions that ran at the same time.

    Args:
        order: The names of the sessions, as they took turns.
        answers: What each has returned that was not refused, by its name.
        refused: The others, and why.
        spans: When each has begun and ended, counted in steps.
        store: The store, as it is now.
    """

    order: tuple[str, ...]
    answers: Mapping[str, object]
    refused: Mapping[str, ConflictError]
    spans: Mapping[str, tuple[int, int]]
    store: Store

    def allows(self, order: Iterable[str]) -> bool:
        """Tell whether sessions can have been in *order*: none is before one that ended before it began."""
        return all(self.spans[later][1] > self.spans[each][0] for each, later in combinations(order, 2))


Judge = Callable[["Interleaving", Outcome], str | None]
"""Returns what is wrong with an outcome, or ``None``."""


def serial(interleaving: "Interleaving", outcome: Outcome) -> str | None:
    """Return what is wrong if no order that the sessions can have been in comes to the same."""
    return _differs(interleaving, outcome, outcome.allows)


def in_some_order(interleaving: "Interleaving", outcome: Outcome) -> str | None:
    """As `serial`, for sessions that see what others hold for a while, be those refused in the end."""
    return _differs(interleaving, outcome, lambda _order: True)


def _differs(
    interleaving: "Interleaving", outcome: Outcome, allows: Callable[[tuple[str, ...]], bool]
) -> str | None:
    found = _kept(outcome.store)
    closest: list[str] | None = None
    for order, answers, rows in interleaving.one_after_the_other(frozenset(outcome.answers)):
        if not allows(order):
            continue
        differences = [
            *(
                f"{name} saw {outcome.answers[name]!r}"
                for name in order
                if answers[name] != outcome.answers[name]
            ),
            *(f"missing is {_shown(row)}" for row in rows if row not in found),
            *(f"too much is {_shown(row)}" for row in found if row not in rows),
            *(["rows are in another order"] if rows != found else ()),
        ]
        if not differences:
            return None
        if closest is None or len(differences) < len(closest):
            closest = differences
    if closest is None:
        return f"{' and '.join(sorted(outcome.answers))} cannot all be saved, whatever their order"
    return f"no order of whole sessions comes to it; closest to one, {'; '.join(closest)}"


def _shown(row: StoreRow) -> str:
    text = json.dumps(row.data, ensure_ascii=False)
    return f"{row.kind} {text if len(text) <= _LONG else text[:_LONG] + '…'}"


@frozen(eq=False)
class Interleaving:
    """
    Some sessions at the same time.

    Args:
        name: What is shown by them.
        sessions: The sessions by their names.
        before: Prepares the store.
        judge: Says what is wrong with an outcome; by default, all that `serial` finds.
        refuses: Whether a session may be refused at all.
    """

    name: str
    sessions: Mapping[str, Session] = field(converter=frozen_dict)
    before: Callable[[Store], object] = bool
    judge: Judge = serial
    refuses: bool = True
    one_after_the_other: Callable[[frozenset[str]], "Sequence[_Serial]"] = field(init=False)

    @one_after_the_other.default
    def _one_after_the_other(self) -> "Callable[[frozenset[str]], Sequence[_Serial]]":
        return cache(lambda names: tuple(_serial_outcomes(self, sorted(names))))


_Serial = tuple[tuple[str, ...], Mapping[str, object], list[StoreRow]]
"""An order, the answers, and what is kept in the end."""


def orders_of_steps(lengths: Mapping[str, int]) -> Iterator[tuple[str, ...]]:
    """
    Go through all orders in which sessions of so many steps can take turns.

    >>> [" ".join(order) for order in orders_of_steps({"a": 2, "b": 1})]
    ['a a b', 'a b a', 'b a a']
    """
    left = [name for name, steps in lengths.items() if steps]
    if not left:
        yield ()
    for name in left:
        for rest in orders_of_steps({**lengths, name: lengths[name] - 1}):
            yield (name, *rest)


def try_interleavings(interleaving: Interleaving, make: Callable[[], Store]) -> Iterator[str]:
    """
    Run sessions in every order of their steps, each on a new store; yield what is wrong.

    Args:
        interleaving: The sessions.
        make: Makes a new, empty store: perhaps that of another tenant of the same place.

    Yields:
        A sentence for each order that comes to what it must not: with the order, to run it again.
    """
    lengths = {name: _length(interleaving, name) for name in interleaving.sessions}
    for order in orders_of_steps(lengths):
        store = make()
        interleaving.before(store)
        outcome = _run(interleaving.sessions, order, store)
        problem = interleaving.judge(interleaving, outcome)
        if problem is None and outcome.refused and not interleaving.refuses:
            problem = "; ".join(f"{name} was refused: {error}" for name, error in outcome.refused.items())
        if problem is not None:
            yield f"{interleaving.name}: {' '.join(order)}: {problem}"


def _length(interleaving: Interleaving, name: str) -> int:
    store = InMemoryStore()
    interleaving.before(store)
    return 1 + sum(1 for _ in interleaving.sessions[name](store))


def _kept(store: Store) -> list[StoreRow]:
    """Return what is kept. Numbers that were drawn and not used leave gaps, which are no difference."""
    return [row for row in store.dump() if row.kind is not RowKind.SERIES]


def _serial_outcomes(interleaving: Interleaving, names: Iterable[str]) -> Iterator[_Serial]:
    for order in permutations(names):
        store = InMemoryStore()
        interleaving.before(store)
        try:
            answers = {name: _whole(interleaving.sessions[name](store)) for name in order}
        except ConflictError:
            continue
        yield order, answers, _kept(store)


def _whole(steps: Generator[None, None, object]) -> object:
    """Run a session to its end, and return what it returns."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


class _Actor:
    """A session with a thread of its own."""

    def __init__(self, session: Session, store: Store, changed: Condition, steps: Iterator[int]) -> None:
        self._steps = session(store)
        self._changed = changed
        self._count = steps
        self.began = self.ended = 0
        self._goes = False
        self.is_over = False
        self.answer: object = None
        self.error: BaseException | None = None
        Thread(target=self._live, daemon=True).start()

    @property
    def is_busy(self) -> bool:
        """Whether its step has not come to its end."""
        return self._goes

    def step(self) -> None:
        """Let it take a step; it ends whenever it can. The lock of what has changed is held."""
        self._goes = True
        self.began = self.began or next(self._count)
        self._changed.notify_all()

    def _live(self) -> None:
        while not self.is_over:
            with self._changed:
                self._changed.wait_for(lambda: self._goes)
            is_over = True
            try:
                next(self._steps)
                is_over = False
            except StopIteration as end:
                self.answer = end.value
            except BaseException as error:  # noqa: BLE001  # it is raised again by who runs the sessions
                self.error = error
            with self._changed:
                self.is_over, self._goes = is_over, False
                self.ended = next(self._count)
                self._changed.notify_all()


def _run(sessions: Mapping[str, Session], order: tuple[str, ...], store: Store) -> Outcome:
    """Let sessions take turns in *order*; who waits for another one makes up for it as soon as it can."""
    changed, steps = Condition(), count(1)
    actors = {name: _Actor(session, store, changed, steps) for name, session in sessions.items()}
    with changed:
        for name in order:
            actor = actors[name]
            if not (actor.is_over or actor.is_busy):
                actor.step()
                changed.wait_for(lambda actor=actor: not actor.is_busy, PATIENCE)  # type: ignore[misc]
        while left := [actor for actor in actors.values() if not actor.is_over]:
            idle = [actor for actor in left if not actor.is_busy]
            if idle:
                idle[0].step()
                changed.wait_for(lambda idle=idle: not idle[0].is_busy, PATIENCE)  # type: ignore[misc]
            elif not changed.wait_for(
                lambda left=left: any(not each.is_busy for each in left),  # type: ignore[misc]
                _AT_MOST,
            ):
                message = f"sessions wait for each other, in the order {' '.join(order)}"
                raise AssertionError(message)
    refused: dict[str, ConflictError] = {}
    for name, actor in actors.items():
        if isinstance(actor.error, ConflictError):
            refused[name] = actor.error
        elif actor.error is not None:
            actor.error.add_note(f"raised by {name}, in the order {' '.join(order)}")
            raise actor.error
    answers = {name: actor.answer for name, actor in actors.items() if name not in refused}
    spans = {name: (actor.began, actor.ended) for name, actor in actors.items()}
    return Outcome(order, answers, refused, spans, store)
