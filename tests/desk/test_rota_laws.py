"""
Whatever is asked of rotas in any order, a plain walk over the clock says the same.

The oracle knows no spans and no rosters. It goes through time by half hours, looks whose day it is, and goes
through what was agreed in the order in which it was asked for. It says of each command beforehand whether it
is done or refused, and after each of them who is on duty at every step of the walk.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from attrs import define, evolve, field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.desk import Desk, DeskConfig, InMemoryStore, ManualClock
from itsmkit.errors import RefusedError
from itsmkit.rotas import Leave, LeaveRule, Override, Rota, RotaLayer, Swap
from itsmkit.tickets import Actor
from itsmkit.tickets.structure import Person, Structure

MINUTE, STEP, DAY = timedelta(minutes=1), timedelta(minutes=30), timedelta(days=1)
BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
END = BEGIN + 6 * DAY
WALK = [BEGIN + n * STEP for n in range(6 * 48)]
Between = tuple[datetime, datetime]
TURNS = {"network": ("ann", "bob", "cid"), "storage": ("dee", "ann")}
PEOPLE = ("ann", "bob", "cid", "dee")


@frozen
class Away:
    key: int
    person: str
    start: datetime
    end: datetime
    cover: str | None


@frozen
class Put:
    """That somebody is on duty in place of another."""

    key: int
    rota: str
    person: str
    start: datetime
    end: datetime
    instead_of: str | None


@frozen
class Exchange:
    key: int
    rota: str
    person: str
    start: datetime
    end: datetime
    other: str
    other_start: datetime
    other_end: datetime
    lengths: tuple[int, int] = (0, 0)


@define
class Oracle:
    """What was agreed, and who is on duty by that."""

    rule: LeaveRule
    now: datetime = BEGIN
    leaves: dict[int, Away] = field(factory=dict)
    changes: dict[int, Put | Exchange] = field(factory=dict)
    proposed: dict[int, Exchange] = field(factory=dict)

    def leave_of(self, person: str, at: datetime) -> Away | None:
        found = [
            each for each in self.leaves.values() if each.person == person and each.start <= at < each.end
        ]
        return min(found, key=lambda each: (each.start, each.key), default=None)

    def on(self, rota: str, at: datetime, more: Put | Exchange | None = None) -> str | None:
        """Say who is on duty, perhaps with one change more."""
        person = self.planned(rota, at, more)
        leave = self.leave_of(person, at)
        if leave is None:
            return person
        if leave.cover is not None and self.leave_of(leave.cover, at) is None:
            return leave.cover
        if self.rule is LeaveRule.NEXT_PERSON:
            people, turn = TURNS[rota], (at - BEGIN) // DAY
            for step in range(1, len(people)):
                following = people[(turn + step) % len(people)]
                if self.leave_of(following, at) is None:
                    return following
        return None

    def planned(self, rota: str, at: datetime, more: Put | Exchange | None = None) -> str:
        """Say who would be on duty if nobody were away."""
        person = TURNS[rota][(at - BEGIN) // DAY % len(TURNS[rota])]
        every = [*self.changes.values(), *([] if more is None else [more])]
        for change in sorted(every, key=lambda each: each.key):
            if change.rota != rota:
                continue
            if isinstance(change, Put):
                if change.start <= at < change.end and change.instead_of in {None, person}:
                    person = change.person
            elif person == change.person and change.start <= at < change.end:
                person = change.other
            elif person == change.other and change.other_start <= at < change.other_end:
                person = change.person
        return person

    # -- what is done, and what is refused -------------------------------------------------------

    def may_put(self, put: Put) -> bool:
        walk = between(put.start, put.end)
        if put.end <= self.now or any(self.leave_of(put.person, at) for at in walk):
            return False
        if put.instead_of is None:
            return True
        replaced = [at for at in walk if self.on(put.rota, at) == put.instead_of]
        return bool(replaced) and all(self.on(put.rota, at, put) == put.person for at in replaced)

    def sides(self, swap: Exchange) -> Iterator[tuple[str, str, datetime, datetime]]:
        yield swap.person, swap.other, swap.start, swap.end
        yield swap.other, swap.person, swap.other_start, swap.other_end

    def given(self, swap: Exchange) -> list[list[datetime]]:
        """Say when the two are on duty in what they give."""
        return [
            [at for at in between(start, end) if self.on(swap.rota, at) == giver]
            for giver, _, start, end in self.sides(swap)
        ]

    def may_swap(self, swap: Exchange) -> bool:
        if min(swap.start, swap.other_start) < self.now:
            return False
        others = [rota for rota in TURNS if rota != swap.rota]
        for (_, taker, _, _), hours in zip(self.sides(swap), self.given(swap), strict=True):
            if not hours or any(self.leave_of(taker, at) for at in hours):
                return False
            if any(self.on(rota, at) == taker for rota in others for at in hours):
                return False
            if any(self.on(swap.rota, at, swap) != taker for at in hours):
                return False
        return True

    def may_accept(self, swap: Exchange) -> bool:
        one, other = map(len, self.given(swap))
        return self.may_swap(swap) and swap.lengths == (one, other)


def between(start: datetime, end: datetime) -> list[datetime]:
    return [start + n * STEP for n in range(int((end - start) / STEP))]


@define
class Machine:
    """A desk and the oracle, which are asked for the same."""

    rule: LeaveRule
    store: InMemoryStore = field(factory=InMemoryStore)
    clock: ManualClock = field(factory=lambda: ManualClock(BEGIN))
    oracle: Oracle = field(init=False)
    desk: Desk = field(init=False)
    other: Desk = field(init=False)
    kept: dict[int, Override | Swap | Leave] = field(factory=dict)
    count: int = 0

    def __attrs_post_init__(self) -> None:
        self.oracle = Oracle(self.rule)
        rotas = [
            Rota(
                name,
                name,
                [RotaLayer("days", people, "2026-03-02T00:00", rule="FREQ=DAILY")],
                on_leave=self.rule,
            )
            for name, people in TURNS.items()
        ]
        config = evolve(DeskConfig.standard(), structure=Structure(people=map(Person, PEOPLE)), rotas=rotas)
        self.desk, self.other = (
            Desk(config, store=self.store, clock=self.clock, random=Random(n)).acting_as(Actor("lee"))
            for n in (1, 2)
        )

    def asked(self, may: bool, ask: Callable[[], Override | Swap | Leave]) -> bool:
        """Ask the desk for what the oracle allows or not, and tell whether it is done."""
        before = len(self.store.record_events(after=0, limit=1000))
        if may:
            self.kept[self.count] = ask()
            return True
        with pytest.raises(RefusedError):
            ask()
        assert len(self.store.record_events(after=0, limit=1000)) == before
        return False

    def wait(self, length: timedelta) -> None:
        self.count += 1  # so that what is made later, comes later
        self.clock.advance(length)
        self.oracle.now = self.clock()

    def put(self, rota: str, person: str, span: Between, instead_of: str | None) -> None:
        if person != instead_of:
            put = Put(self.count, rota, person, *span, instead_of)
            if self.asked(
                self.oracle.may_put(put),
                lambda: self.desk.rotas.override(rota, person, *span, instead_of=instead_of),
            ):
                self.oracle.changes[self.count] = put

    def away(self, person: str, span: Between, cover: str | None) -> None:
        if person != cover and self.asked(
            span[1] > self.oracle.now,
            lambda: self.desk.rotas.take_leave(*span, person=person, covered_by=cover),
        ):
            self.oracle.leaves[self.count] = Away(self.count, person, *span, cover)

    def propose(
        self,
        rota: str,
        one: str,
        other: str,
        span: Between,
        second: tuple[datetime, datetime],
    ) -> None:
        if one == other:
            return
        swap = Exchange(self.count, rota, one, *span, other, *second)
        if self.asked(
            self.oracle.may_swap(swap),
            lambda: self.desk.acting_as(Actor(one)).rotas.propose_swap(
                rota, *span, other=other, other_start=second[0], other_end=second[1]
            ),
        ):
            mine, theirs = map(len, self.oracle.given(swap))
            self.oracle.proposed[self.count] = evolve(swap, lengths=(mine, theirs))

    def answer(self, which: int, agrees: bool) -> None:
        waiting = self.oracle.proposed
        if not waiting:
            return
        key = [*waiting][which % len(waiting)]
        swap = waiting[key]
        asking = self.other.acting_as(Actor(swap.other)).rotas
        if not agrees:
            asking.decline_swap(self.kept[key].id, "no")
            del waiting[key]
        elif self.asked(self.oracle.may_accept(swap), lambda: asking.accept_swap(self.kept[key].id)):
            self.oracle.changes[key] = waiting.pop(key)

    def withdraw(self, which: int) -> None:
        known = {**self.oracle.leaves, **self.oracle.changes, **self.oracle.proposed}
        if not known:
            return
        key = [*known][which % len(known)]
        found, now = known[key], self.oracle.now
        rotas, kept = self.other.rotas, self.kept[key].id
        if isinstance(found, Exchange):
            may = key in self.oracle.proposed or min(found.start, found.other_start) > now
            done = self.asked(may, lambda: rotas.withdraw_swap(kept))
        elif isinstance(found, Put):
            done = self.asked(found.end > now, lambda: rotas.withdraw_override(kept))
        else:
            done = self.asked(found.end > now, lambda: rotas.withdraw_leave(kept))
        if done:
            for each in (self.oracle.leaves, self.oracle.changes, self.oracle.proposed):
                each.pop(key, None)

    def compare(self, desk: Desk) -> None:
        working: dict[str, set[datetime]] = {person: set() for person in PEOPLE}
        for rota in TURNS:
            said: dict[datetime, str] = {}
            for duty in desk.rotas.duties(rota, BEGIN, END):
                said.update(dict.fromkeys(between(duty.span.start, duty.span.end), duty.person))
            expected = {at: who for at in WALK if (who := self.oracle.on(rota, at)) is not None}
            assert said == expected
            for at, who in expected.items():
                working[who].add(at)
        for person, hours in working.items():
            spans = desk._runner.shifts.shifts_of(person, BEGIN, END)
            assert {at for span in spans for at in between(span.start, span.end)} == hours


@st.composite
def spans(draw: st.DrawFn) -> tuple[datetime, datetime]:
    start = draw(st.integers(0, 11))
    length = draw(st.integers(1, 4))
    odd = draw(st.sampled_from([timedelta(0), timedelta(0), STEP]))
    return BEGIN + start * DAY / 2, min(END, BEGIN + (start + length) * DAY / 2 + odd)


ROTAS, NAMES, NUMBERS = st.sampled_from([*TURNS]), st.sampled_from(PEOPLE), st.integers(0, 9)
MAYBE = st.none() | NAMES


DAYS = st.integers(0, 5).map(lambda day: (BEGIN + day * DAY, BEGIN + (day + 1) * DAY))


@st.composite
def proposals(draw: st.DrawFn) -> Callable[[Machine], None]:
    """Draw a swap, as a rule of two whole days between those who have them by then."""
    rota, spoiled = draw(ROTAS), draw(st.integers(0, 5))
    span, second = (draw(spans()), draw(spans())) if spoiled == 1 else (draw(DAYS), draw(DAYS))
    stranger = draw(NAMES)

    def propose(machine: Machine) -> None:
        one = machine.oracle.on(rota, span[0]) or stranger
        other = machine.oracle.on(rota, second[0]) or stranger
        machine.propose(rota, stranger if spoiled == 0 else one, other, span, second)

    return propose


@st.composite
def replacements(draw: st.DrawFn) -> Callable[[Machine], None]:
    """Draw an override in place of who is on duty by then."""
    rota, person, span = draw(ROTAS), draw(NAMES), draw(spans())
    return lambda machine: machine.put(rota, person, span, machine.oracle.on(rota, span[0]))


def act(name: str, *arguments: st.SearchStrategy[object]) -> st.SearchStrategy[Callable[[Machine], None]]:
    return st.tuples(*arguments).map(lambda given_: lambda machine: getattr(machine, name)(*given_))


ACTS = st.one_of(
    act("put", ROTAS, NAMES, spans(), MAYBE),
    act("away", NAMES, spans(), MAYBE),
    replacements(),
    proposals(),
    proposals(),
    act("answer", NUMBERS, st.sampled_from([True, True, True, False])),
    act("answer", NUMBERS, st.just(True)),
    act("withdraw", NUMBERS),
    act("wait", st.sampled_from([MINUTE, 12 * 60 * MINUTE])),
)


@settings(deadline=None)
@given(st.sampled_from([LeaveRule.GAP, LeaveRule.NEXT_PERSON]), st.lists(ACTS, min_size=3, max_size=16))
def test_a_walk_over_the_clock_says_the_same(rule: LeaveRule, acts: list[Callable[[Machine], None]]) -> None:
    machine = Machine(rule)
    for each in acts:
        each(machine)
        machine.wait(MINUTE)
        machine.compare(machine.desk)
    machine.compare(machine.other)
    # Who comes late reads it all from the records.
    machine.compare(machine.desk._on(machine.store))
