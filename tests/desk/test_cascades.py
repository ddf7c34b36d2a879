"""What follows along links reaches each ticket exactly once, whoever does it and whatever fails."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from random import Random

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.conditions import equals
from itsmkit.desk import Desk, DeskConfig, InMemoryNotifier, InMemoryStore, ManualClock
from itsmkit.errors import RefusedError
from itsmkit.plugin import hookimpl
from itsmkit.practices import KindOfWork, incident_kind
from itsmkit.practices.links import STANDARD_LINK_TYPES, Cascade, LinkType, Milestone
from itsmkit.testing import A_MONDAY, AN_AGENT, office_hours
from itsmkit.testing.faults import Faults, InjectedError, Moment, failing_store
from itsmkit.tickets import SYSTEM, CascadeAdvanced, Cascaded, CascadeRefusal, Ticket, TicketId

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
RESOLVE = Cascade(
    "resolve",
    "transition",
    on_category="resolved",
    trigger="resolve",
    carries=["resolution"],
    text="The cause is gone.",
    notify=["requester"],
)
REOPEN = Cascade("reopen", "transition", on_trigger="reopen", trigger="assign", carries=["support_group"])
ASK = Cascade(
    "ask",
    "ask",
    on_trigger="wait",
    trigger="resolve",
    carries=["resolution"],
    text="Does it work again?",
    notify=["requester", "assignee"],
    when=equals("channel", "phone"),
)


def rules(*cascades: Cascade) -> DeskConfig:
    own = LinkType("parent_of", "child_of", is_acyclic=True, has_one_source=True, cascades=cascades)
    return DeskConfig(
        "Desk under test",
        [incident_kind()],
        office_hours(),
        link_types=[own, *STANDARD_LINK_TYPES[1:]],
    )


class Room:
    """A desk with its store and clock."""

    def __init__(self, *cascades: Cascade, notifier: object = None) -> None:
        self.config, self.store, self.clock = rules(*cascades), InMemoryStore(), ManualClock(A_MONDAY)
        self.seeds = count()
        self.notifier = InMemoryNotifier() if notifier is None else notifier
        self.desk = self.another(self.store)

    def another(self, store: object, *plugins: object) -> Desk:
        plugins = (self.notifier, *plugins)
        desk = Desk(
            self.config,
            store=store,  # type: ignore[arg-type]  # perhaps one that fails
            clock=self.clock,
            random=Random(next(self.seeds)),
            plugins=plugins,
            pause=lambda _: None,
        )
        return desk.acting_as(AN_AGENT)

    def at_work(self, title: str, requester: str = "eve", channel: str | None = None) -> Ticket:
        found = self.desk.incidents.log(title, requester=requester, channel=channel)
        self.desk.tickets.assign(found.id, support_group="Network", assignee="ann")
        return self.desk.incidents.transition(found.id, "start")

    def family(self, count: int, *, untouched: Callable[[int], bool] = lambda _: False) -> TicketId:
        """Return a parent with children, of whom some cannot be resolved as they are."""
        parent = self.at_work("No network in the house").id
        for number in range(count):
            if untouched(number):
                child = self.desk.incidents.log(f"No network {number}", requester=f"r{number}")
            else:
                child = self.at_work(f"No network {number}", f"r{number}")
            self.desk.links.link(child.id, "child_of", parent)
        return parent

    def resolve(self, ticket: TicketId) -> None:
        self.desk.incidents.transition(ticket, "resolve", resolution="a new switch")

    def children(self, parent: TicketId) -> Iterator[Ticket]:
        return (each.ticket for each in self.desk.links.of(parent))

    def states(self, parent: TicketId) -> Counter[str]:
        return Counter(child.state for child in self.children(parent))

    def told(self) -> Counter[str]:
        self.desk.deliver()
        assert isinstance(self.notifier, InMemoryNotifier)
        return Counter(each.recipient for each in self.notifier.delivered)

    def advances(self, parent: TicketId) -> list[CascadeAdvanced]:
        history = self.desk.tickets.history(parent)
        return [event.fact for event in history if isinstance(event.fact, CascadeAdvanced)]

    def waiting(self) -> list[str]:
        """Return the names of all cascades that are not done; other timers may wait for other things."""
        with self.store.begin() as unit:
            found = [unit.timers(each.ticket.id) for each in self.store.tickets()]
        names = [timer.name for timers in found for timer in timers]
        return [name for name in names if Milestone.of_timer(name) is not None]

    def is_waiting(self, origin: TicketId) -> bool:
        """Tell whether a cascade that began at *origin* is not done."""
        with self.store.begin() as unit:
            return any(Milestone.of_timer(timer.name) is not None for timer in unit.timers(origin))

    def reached(self) -> Counter[TicketId]:
        return Counter(event.ticket_id for event in self.desk.feed() if isinstance(event.fact, Cascaded))


def assert_whole(room: Room, parent: TicketId, count: int, refusing: set[int]) -> None:
    """See that every child was reached once and told once, and those that refuse are told of once."""
    assert (
        room.states(parent) == Counter({"Resolved": count - len(refusing), "New": len(refusing)}) - Counter()
    )
    assert set(room.reached().values()) <= {1}
    assert len(room.reached()) == count - len(refusing)
    assert room.told() == Counter(f"r{number}" for number in range(count) if number not in refusing)
    advances = room.advances(parent)
    assert sum(each.reached for each in advances) == count - len(refusing)
    refused = [each for advance in advances for each in advance.refused]
    assert sorted(room.desk.tickets.get(each.ticket).title or "" for each in refused) == sorted(
        f"No network {number}" for number in refusing
    )
    assert [each.is_done for each in advances] == [False] * (len(advances) - 1) + [True]
    assert room.waiting() == []


@pytest.mark.parametrize("count", [1, 49, 50, 51, 120])
def test_children_are_resolved_as_their_parent_was(count: int) -> None:
    room = Room(RESOLVE)
    parent = room.family(count, untouched=lambda number: number % 7 == 3)
    room.resolve(parent)
    moved = room.clock()
    assert room.states(parent)["Resolved"] == 0
    assert room.desk.next_due() == moved
    room.clock.advance(HOUR)
    assert room.desk.run_due().failures == ()
    assert_whole(room, parent, count, {number for number in range(count) if number % 7 == 3})
    child = next(each for each in room.children(parent) if each.state == "Resolved")
    last = room.desk.tickets.history(child.id)[-1]
    # However late the worker came, it took effect when the parent moved.
    assert (last.actor, last.effective_at, last.recorded_at) == (SYSTEM, moved, moved + HOUR)
    assert child.details["resolution"] == "a new switch"
    assert {each.body for each in room.notifier.delivered} == {"The cause is gone."}


def test_a_child_that_refuses_is_told_of_with_every_reason() -> None:
    room = Room(evolve(RESOLVE, carries=[]))
    parent = room.family(1)
    room.resolve(parent)
    room.desk.run_due()
    [child] = room.children(parent)
    [advanced] = room.advances(parent)
    [refusal] = advanced.refused
    assert isinstance(refusal, CascadeRefusal)
    assert (refusal.ticket, refusal.number, advanced.reached) == (child.id, child.number, 0)
    assert "resolution" in refusal.reasons[0]
    assert room.told() == {}


def test_nothing_moves_along_links_that_declare_nothing() -> None:
    room = Room()
    parent = room.family(2)
    room.resolve(parent)
    assert room.waiting() == []
    assert room.states(parent) == {"In Progress": 2}


def test_a_child_of_a_kind_that_the_desk_has_no_more_is_told_of() -> None:
    room = Room(RESOLVE)
    parent = room.family(1)
    kind = KindOfWork("question", incident_kind().workflow, Ticket, prefix="Q-")
    own = room.config
    room.config = evolve(own, kinds=[*own.kinds.values(), kind])
    question = room.another(room.store).work("question").log("Where is the network?")
    room.desk.links.link(parent, "parent_of", question.id)
    room.resolve(parent)
    room.desk.run_due()
    [advanced] = room.advances(parent)
    assert (advanced.reached, [each.number for each in advanced.refused]) == (1, ["Q-1"])
    assert "question" in advanced.refused[0].reasons[0]


def test_what_is_done_or_unlinked_is_left_alone() -> None:
    room = Room(RESOLVE)
    parent = room.family(3)
    done, gone, _ = room.children(parent)
    room.resolve(done.id)
    room.resolve(parent)
    room.desk.links.unlink(gone.id, "child_of", parent)
    room.desk.run_due()
    assert len(room.reached()) == 1
    assert [each.reached for each in room.advances(parent)] == [1]


def test_where_nobody_is_reached_nothing_is_told() -> None:
    room = Room(RESOLVE)
    parent = room.family(1)
    [child] = room.children(parent)
    room.resolve(child.id)
    room.resolve(parent)
    room.desk.run_due()
    assert (room.advances(parent), room.waiting()) == ([], [])


def test_what_is_reopened_before_a_worker_comes_takes_nobody_along() -> None:
    room = Room(RESOLVE)
    parent = room.family(2)
    room.resolve(parent)
    room.desk.incidents.transition(parent, "reopen")
    room.desk.run_due()
    assert (room.states(parent), room.waiting()) == ({"In Progress": 2}, [])
    room.resolve(parent)
    room.desk.run_due()
    assert room.states(parent) == {"Resolved": 2}


def test_a_cascade_that_is_declared_no_more_ends() -> None:
    room = Room(RESOLVE)
    parent = room.family(2)
    room.resolve(parent)
    room.config = rules()
    later = room.another(room.store)
    assert later.run_due().failures == ()
    assert (room.states(parent), room.waiting()) == ({"In Progress": 2}, [])


def test_each_move_takes_them_along_anew_and_by_its_own_cascade() -> None:
    room = Room(RESOLVE, REOPEN)
    parent = room.family(2)
    for _ in range(2):
        room.resolve(parent)
        room.desk.run_due()
        assert room.states(parent) == {"Resolved": 2}
        for child in room.children(parent):
            room.desk.incidents.transition(child.id, "reopen")
        room.desk.incidents.transition(parent, "reopen")
        room.desk.run_due()
        assert room.states(parent) == {"Assigned": 2}
    assert set(room.reached().values()) == {4}


def test_grandchildren_follow_children() -> None:
    room = Room(RESOLVE)
    parent = room.family(1)
    [child] = room.children(parent)
    grandchild = room.at_work("No network on the desk", "r9")
    room.desk.links.link(child.id, "parent_of", grandchild.id)
    room.resolve(parent)
    room.desk.run_due()
    assert room.desk.tickets.get(grandchild.id).state == "Resolved"
    assert room.told() == {"r0": 1, "r9": 1}


def test_of_merged_children_the_one_that_goes_on_is_reached_once() -> None:
    room = Room(RESOLVE)
    parent = room.family(3)
    one, other, third = room.children(parent)
    outside = room.at_work("No network outside", "r9")
    room.desk.links.merge(one.id, into=other.id)
    room.desk.links.merge(third.id, into=outside.id)
    room.resolve(parent)
    room.desk.run_due()
    assert room.reached() == {other.id: 1, outside.id: 1}
    assert room.advances(parent)[0].reached == 2


def test_a_child_that_was_merged_into_its_parent_is_not_reached() -> None:
    room = Room(RESOLVE)
    parent = room.family(2)
    one, other = room.children(parent)
    room.desk.links.merge(one.id, into=parent)
    room.resolve(parent)
    room.desk.run_due()
    assert room.reached() == {other.id: 1}


def test_some_are_asked_and_go_along_if_they_confirm() -> None:
    room = Room(ASK)
    parent = room.at_work("No network in the house").id
    room.desk.tickets.describe(parent, resolution="a new switch")
    yes, no, unasked = (
        room.at_work("No network", f"r{number}", channel).id
        for number, channel in enumerate(["phone", "phone", None])
    )
    for child in (yes, no, unasked):
        room.desk.links.link(parent, "parent_of", child)
    room.desk.incidents.transition(parent, "wait", pending_reason="it seems to work")
    room.desk.run_due()
    assert room.states(parent) == {"In Progress": 3}
    assert room.told() == {"r0": 1, "r1": 1, "ann": 2}
    assert {each.body for each in room.notifier.delivered} == {"Does it work again?"}
    resolved = room.desk.links.answer(yes, accepted=True)
    assert (resolved.state, resolved.details["resolution"]) == ("Resolved", "a new switch")
    assert room.desk.links.answer(no, accepted=False, reason="still dark").state == "In Progress"
    for child in (yes, no, unasked):
        with pytest.raises(RefusedError, match="nothing is asked of it that was not answered"):
            room.desk.links.answer(child, accepted=True)


def test_a_broken_gate_holds_a_cascade_up_until_it_is_mended() -> None:
    class Gate:
        is_broken = True

        @hookimpl
        def itsmkit_before_transition(self, ticket: Ticket) -> None:
            if self.is_broken and ticket.title == "No network 1":
                raise OSError(ticket.number)

    room, gate = Room(RESOLVE), Gate()
    worker = room.another(room.store, gate)
    parent = room.family(3)
    room.resolve(parent)
    [failure] = worker.run_due().failures
    assert failure.timer.ticket_id == parent
    assert room.states(parent)["In Progress"] > 0
    room.clock.advance(MINUTE)
    gate.is_broken = False
    assert worker.run_due().failures == ()
    assert_whole(room, parent, 3, set())


# -- failures and several workers ------------------------------------------------------------------------


def killed_again_and_again(room: Room, parent: TicketId, random: Random, most: int) -> int:
    """Run what is due by workers, each of which dies at some call; return how many did."""
    died = 0
    while room.is_waiting(parent):
        moment = random.choice(list(Moment))
        faults = Faults(at=random.randint(1, most), moment=moment, error=_Killed)
        try:
            room.another(failing_store(room.store, faults)).run_due()
        except _Killed:
            died += 1
            room.clock.advance(MINUTE)
    return died


class _Killed(KeyboardInterrupt):
    """The end of a worker."""


def test_a_thousand_children_are_reached_once_however_often_workers_die() -> None:
    room = Room(RESOLVE)
    parent = room.family(1000, untouched=lambda number: number % 100 == 50)
    room.resolve(parent)
    died = killed_again_and_again(room, parent, Random(7), 2000)
    assert died > 5
    assert_whole(room, parent, 1000, set(range(50, 1000, 100)))


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32), st.integers(1, 12), st.sets(st.integers(0, 11)))
def test_whoever_dies_where_each_child_is_reached_once(seed: int, count: int, refusing: set[int]) -> None:
    room = Room(RESOLVE)
    refusing = {number for number in refusing if number < count}
    parent = room.family(count, untouched=refusing.__contains__)
    room.resolve(parent)
    killed_again_and_again(room, parent, Random(seed), 150)
    assert_whole(room, parent, count, refusing)


@pytest.mark.usefixtures("busy_threads")
def test_several_workers_reach_each_child_once() -> None:
    room = Room(RESOLVE)
    parent = room.family(150, untouched=lambda number: number == 70)
    room.resolve(parent)
    # So short that whoever holds the timer loses it, and another begins beside.
    lease = timedelta(microseconds=1)

    def work(number: int) -> None:
        worker = room.another(room.store)
        while room.is_waiting(parent):
            worker.run_due(lease=lease)
            room.clock.advance(MINUTE)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    assert_whole(room, parent, 150, {70})


def test_who_comes_too_late_changes_nothing() -> None:
    room = Room(RESOLVE)
    parent = room.family(2)
    room.resolve(parent)
    [claimed] = room.store.claim_due(room.clock(), lease=MINUTE, limit=1)
    room.clock.advance(MINUTE)
    room.desk.run_due()
    before = [*room.store.dump()]
    assert room.desk._waker._wake(claimed, room.clock(), []).name == "NOTHING"
    assert [*room.store.dump()] == before


def test_an_error_of_the_store_is_reported_and_the_rest_follows() -> None:
    room = Room(RESOLVE)
    parent = room.family(3)
    room.resolve(parent)
    faults = Faults(at=30, error=InjectedError)
    [failure] = room.another(failing_store(room.store, faults)).run_due().failures
    assert isinstance(failure.error, InjectedError)
    assert str(failure).startswith("the timer 'cascade:parent_of:resolve:")
    room.clock.advance(MINUTE)
    room.desk.run_due()
    assert_whole(room, parent, 3, set())
