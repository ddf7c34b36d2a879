"""What a desk keeps of its rotas: who may change them, what that leads to at once, and who is told."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Barrier, Thread
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import TimeSpan
from itsmkit.desk import Desk, DeskConfig, InMemoryNotifier, InMemoryStore, ManualClock, RotaShifts
from itsmkit.desk._rota_kinds import HAND_OFF_NOTE, LEAVE
from itsmkit.errors import ConflictError, DefinitionError, NotFoundError, RefusedError
from itsmkit.plugin import Store
from itsmkit.practices import EscalationPolicy
from itsmkit.practices.access import AccessDeniedError, AccessRules, Role, Scope
from itsmkit.practices.escalation import Ladder, LadderStep, Trigger
from itsmkit.practices.routing import RoutingPolicy, RoutingRule
from itsmkit.rotas import (
    Acknowledgement,
    DutyRule,
    Leave,
    LeaveApproval,
    Override,
    Rota,
    RotaLayer,
    Swap,
    SwapState,
)
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Actor
from itsmkit.tickets.structure import Person, Structure, SupportGroup

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
"""A day of ann's; then come one of bob's, one of cid's, and so on. It is nine o'clock."""

NETWORK = Rota(
    "network",
    "network",
    [RotaLayer("days", ["ann", "bob", "cid"], "2026-03-02T00:00", rule="FREQ=DAILY")],
    on_leave="next person",
)
STORAGE = Rota("storage", "storage", [RotaLayer("days", ["dee"], "2026-03-02T00:00", rule="FREQ=DAILY")])
HOUSE = Structure(
    people=[
        *map(Person, ("ann", "bob", "cid", "dee", "lee")),
        Person("fay", language="sv"),
        Person("old", left_at=MONDAY),
    ],
    groups=[
        SupportGroup("network", members=["ann", "bob", "cid"]),
        SupportGroup("storage", members=["dee"]),
    ],
)
AGENT = (
    *("rotas.on_duty", "rotas.changes", "rotas.history", "rotas.write_note", "rotas.notes_of_shift"),
    *("rotas.propose_swap", "rotas.accept_swap", "rotas.decline_swap", "rotas.withdraw_swap"),
    *("rotas.take_leave", "rotas.withdraw_leave"),
)
OVERRIDER = Role("overrider", sees=[Scope()], permits=["rotas.override", "rotas.take_leave"])
ACCESS = AccessRules(
    [
        Role("agent", sees=[Scope()], permits=AGENT),
        Role("lead", sees=[Scope()], permits=["rotas.*"]),
        Role("nobody"),
    ],
    default=["nobody"],
)


def rules(**changes: Any) -> DeskConfig:
    return evolve(DeskConfig.standard(), **{"structure": HOUSE, "rotas": [NETWORK, STORAGE], **changes})


def a_desk(
    store: Store | None = None, *plugins: object, clock: ManualClock | None = None, **changes: Any
) -> Desk:
    desk = Desk(
        rules(**changes),
        store=store,
        clock=clock or ManualClock(A_MONDAY),
        random=Random(1),
        plugins=plugins,
        pause=lambda _: None,
    )
    return desk.acting_as(Actor("lee"))


def as_(desk: Desk, person: str, *roles: str) -> Desk:
    return desk.acting_as(Actor(person, roles=roles))


def days(first: int, last: int | None = None) -> tuple[datetime, datetime]:
    """Return when a day begins, and when it, or the last of several, ends."""
    return MONDAY + first * DAY, MONDAY + (first if last is None else last) * DAY + DAY


def on_duty(desk: Desk, *, count: int = 7) -> str:
    """Return the initials of who is on duty at noon, day by day; a dot for nobody."""
    noons = [MONDAY + day * DAY + 12 * HOUR for day in range(count)]
    found = [desk.rotas.on_duty("network", noon).people for noon in noons]
    return "".join("".join(name[0] for name in people) or "." for people in found)


def propose(desk: Desk, mine: int, other: str, theirs: int, **options: Any) -> Swap:
    start, end = days(mine)
    other_start, other_end = days(theirs)
    return desk.rotas.propose_swap(
        "network", start, end, other=other, other_start=other_start, other_end=other_end, **options
    )


# -- overrides ------------------------------------------------------------


def test_an_override_holds_as_soon_as_it_is_made_and_no_longer_than_until_it_is_withdrawn() -> None:
    desk = a_desk()
    assert on_duty(desk) == "abcabca"
    made = desk.rotas.override("network", "dee", *days(1, 2), instead_of="cid", reason="ann said so")
    assert (made.version, made.made_at, made.holds) == (1, A_MONDAY, True)
    assert on_duty(desk) == "abdabca"
    whole = desk.rotas.override("network", "bob", *days(2, 3))
    assert on_duty(desk) == "abbbbca"
    desk.rotas.withdraw_override(made.id)
    assert on_duty(desk) == "abbbbca"
    desk.rotas.withdraw_override(whole.id, "it works again")
    assert on_duty(desk) == "abcabca"
    assert desk.rotas.on_duty("network").because[0].rule is DutyRule.TURN
    with pytest.raises(RefusedError, match="it is withdrawn already"):
        desk.rotas.withdraw_override(whole.id)
    [first, second] = desk.rotas.history(whole.id)
    assert (first.event, second.event) == ("OverrideMade", "OverrideWithdrawn")
    assert (second.actor.id, second.said) == ("lee", {"reason": "it works again"})


@pytest.mark.parametrize(
    ("ask", "error", "told"),
    [
        pytest.param(
            lambda rotas: rotas.override("netwrk", "dee", *days(1)),
            NotFoundError,
            "no rota 'netwrk'",
            id="rota",
        ),
        pytest.param(
            lambda rotas: rotas.override("network", "eve", *days(1)),
            NotFoundError,
            "no person 'eve'",
            id="person",
        ),
        pytest.param(
            lambda rotas: rotas.override("network", "old", *days(1)),
            RefusedError,
            "old is not there at 2026-03-03",
            id="has left",
        ),
        pytest.param(
            lambda rotas: rotas.override("network", "dee", *days(1), role="second"),
            DefinitionError,
            "has no role 'second'",
            id="role",
        ),
        pytest.param(
            lambda rotas: rotas.override("network", "dee", *reversed(days(1))),
            DefinitionError,
            "end: must be after the start",
            id="runs backward",
        ),
        pytest.param(
            lambda rotas: rotas.override("network", "dee", *days(-3)),
            RefusedError,
            "cannot put dee on duty: it is over since 2026-02-28",
            id="over",
        ),
        pytest.param(
            lambda rotas: rotas.override("network", "dee", *days(0, 366)),
            RefusedError,
            "which is more than 366 days",
            id="too long",
        ),
        pytest.param(
            lambda rotas: rotas.override("network", "dee", *days(1), instead_of="ann"),
            RefusedError,
            "ann is not on duty as primary of network from 2026-03-03",
            id="nobody to replace",
        ),
        pytest.param(
            lambda rotas: rotas.override("network", "cid", *days(4), instead_of="bob"),
            RefusedError,
            "cid is away from 2026-03-05",
            id="away",
        ),
        pytest.param(
            lambda rotas: rotas.withdraw_override("o-1"), NotFoundError, "no rota override 'o-1'", id="none"
        ),
    ],
)
def test_an_override_that_cannot_be_is_refused_and_nothing_happens(
    ask: Callable[[Any], object], error: type[Exception], told: str
) -> None:
    desk = a_desk()
    desk.rotas.take_leave(*days(3, 5), person="cid")
    before = [*desk.store.dump()]
    with pytest.raises(error, match=told):
        ask(desk.rotas)
    assert [*desk.store.dump()] == before


def test_what_is_over_is_withdrawn_no_more() -> None:
    desk = a_desk(clock=(clock := ManualClock(A_MONDAY)))
    made = desk.rotas.override("network", "dee", *days(1))
    leave = desk.rotas.take_leave(*days(1), person="cid")
    clock.advance(2 * DAY)
    for ask in (
        lambda: desk.rotas.withdraw_override(made.id),
        lambda: desk.rotas.withdraw_leave(leave.id),
    ):
        with pytest.raises(RefusedError, match="it is over since 2026-03-04"):
            ask()


# -- swaps ------------------------------------------------------------


def test_a_swap_holds_once_the_other_has_accepted_it() -> None:
    desk = a_desk()
    swap = propose(as_(desk, "bob"), 1, "cid", 2)
    assert (swap.state, swap.waits_for) == (SwapState.PROPOSED, ("cid",))
    assert on_duty(desk) == "abcabca"
    for other in ("bob", "dee"):
        with pytest.raises(RefusedError, match="cannot accept swap"):
            as_(desk, other).rotas.accept_swap(swap.id)
    agreed = as_(desk, "cid").rotas.accept_swap(swap.id)
    assert [each.person for each in agreed.consents] == ["bob", "cid"]
    assert on_duty(desk) == "acbabca"
    with pytest.raises(RefusedError, match="it is agreed already"):
        as_(desk, "cid").rotas.decline_swap(swap.id, "no")
    as_(desk, "bob").rotas.withdraw_swap(swap.id, "no need")
    assert on_duty(desk) == "abcabca"


def test_a_swap_that_is_declined_says_why_and_changes_nothing() -> None:
    desk = a_desk()
    swap = propose(as_(desk, "bob"), 1, "cid", 2)
    with pytest.raises(RefusedError, match="say why in `reason`"):
        as_(desk, "cid").rotas.decline_swap(swap.id, " ")
    declined = as_(desk, "cid").rotas.decline_swap(swap.id, "a birthday")
    assert (declined.state, declined.waits_for) == (SwapState.DECLINED, ())
    assert on_duty(desk) == "abcabca"
    assert desk.rotas.history(swap.id)[-1].said == {"reason": "a birthday"}
    with pytest.raises(RefusedError, match="it is declined already"):
        as_(desk, "bob").rotas.withdraw_swap(swap.id)


def test_a_lead_proposes_for_two_others_and_both_are_waited_for() -> None:
    desk = a_desk()
    swap = propose(desk, 1, "cid", 2, person="bob")
    assert swap.waits_for == ("bob", "cid")
    assert as_(desk, "cid").rotas.accept_swap(swap.id).waits_for == ("bob",)
    assert on_duty(desk) == "abcabca"
    assert as_(desk, "bob").rotas.accept_swap(swap.id).holds
    assert on_duty(desk) == "acbabca"
    assert [each.event for each in desk.rotas.history(swap.id)] == [
        "SwapProposed",
        "SwapAccepted",
        "SwapAgreed",
    ]


@pytest.mark.parametrize(
    ("mine", "other", "theirs", "told"),
    [
        pytest.param(
            2, "cid", 5, ["bob is not on duty as primary of network from 2026-03-04"], id="not mine"
        ),
        pytest.param(1, "ann", 2, ["ann is not on duty as primary of network"], id="not theirs"),
        pytest.param(-2, "ann", 0, ["it is over since", "it has begun at 2026-03-02"], id="over and begun"),
    ],
)
def test_a_swap_that_cannot_be_is_not_proposed(mine: int, other: str, theirs: int, told: list[str]) -> None:
    desk = a_desk()
    with pytest.raises(RefusedError) as refused:
        propose(as_(desk, "bob"), mine, other, theirs)
    for each in told:
        assert each in str(refused.value)


def test_nobody_swaps_into_a_leave_or_into_another_duty() -> None:
    desk = a_desk()
    desk.rotas.take_leave(*days(5), person="bob")
    with pytest.raises(RefusedError, match="bob is away from 2026-03-07"):
        propose(as_(desk, "bob"), 1, "cid", 5)
    desk.rotas.override("storage", "cid", *days(4))
    with pytest.raises(RefusedError, match="cid is on duty anyway from 2026-03-06"):
        propose(as_(desk, "bob"), 4, "cid", 2)
    start, end = days(4, 5)
    with pytest.raises(RefusedError, match="cid is on duty anyway"):
        as_(desk, "bob").rotas.propose_swap(
            "network", start, end, other="cid", other_start=days(2)[0], other_end=days(2)[1]
        )


@pytest.mark.parametrize(
    ("meanwhile", "told"),
    [
        pytest.param(
            lambda rotas: rotas.override("network", "ann", *days(1), instead_of="bob"),
            "bob is not on duty as primary of network",
            id="no longer on duty",
        ),
        pytest.param(
            lambda rotas: rotas.override(
                "network", "ann", MONDAY + DAY, MONDAY + 1.5 * DAY, instead_of="bob"
            ),
            "bob would give 12:00:00 of duty, and not 1 day, 0:00:00 as it was proposed",
            id="on duty for less",
        ),
        pytest.param(lambda rotas: rotas.take_leave(*days(1), person="cid"), "cid is away", id="away"),
        pytest.param(
            lambda rotas: rotas.take_leave(*days(2), person="bob"), "bob is away", id="so is the other"
        ),
        pytest.param(
            lambda rotas: rotas.override("storage", "cid", *days(1)),
            "cid is on duty anyway",
            id="twice on duty",
        ),
    ],
)
def test_a_swap_is_looked_at_again_when_it_is_accepted(meanwhile: Callable[[Any], object], told: str) -> None:
    desk = a_desk()
    swap = propose(as_(desk, "bob"), 1, "cid", 2)
    meanwhile(desk.rotas)
    before = [*desk.store.dump()]
    with pytest.raises(RefusedError, match=told):
        as_(desk, "cid").rotas.accept_swap(swap.id)
    assert [*desk.store.dump()] == before
    assert as_(desk, "cid").rotas.decline_swap(swap.id, "it cannot be").state is SwapState.DECLINED


def test_who_stands_in_for_somebody_has_no_duty_to_give_away() -> None:
    desk = a_desk()
    desk.rotas.take_leave(*days(1), person="bob")
    assert on_duty(desk) == "accabca"
    with pytest.raises(RefusedError, match="cid cannot give away the duty at 2026-03-03"):
        propose(as_(desk, "cid"), 1, "ann", 3)
    with pytest.raises(RefusedError, match="cid stands in for somebody who is away at 2026-03-03"):
        desk.rotas.override("network", "dee", *days(1), instead_of="cid")
    desk.rotas.override("network", "dee", *days(1))
    assert on_duty(desk) == "adcabca"


def test_what_came_after_a_proposal_is_not_swapped_by_it() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock=clock)
    swap = propose(as_(desk, "bob"), 1, "cid", 2)
    clock.advance(HOUR)
    desk.rotas.override("network", "bob", *days(1))
    with pytest.raises(RefusedError, match=r"bob cannot give away the duty .* came on duty after this was"):
        as_(desk, "cid").rotas.accept_swap(swap.id)
    clock.advance(HOUR)
    assert as_(desk, "cid").rotas.accept_swap(propose(as_(desk, "bob"), 1, "cid", 2).id).holds
    assert on_duty(desk) == "acbabca"


def test_a_swap_is_not_accepted_once_it_has_begun_and_not_taken_back() -> None:
    desk = a_desk(clock=(clock := ManualClock(A_MONDAY)))
    late, early = propose(as_(desk, "bob"), 1, "cid", 2), propose(as_(desk, "bob"), 4, "cid", 5)
    as_(desk, "cid").rotas.accept_swap(early.id)
    clock.advance(DAY)
    with pytest.raises(RefusedError, match="it has begun at 2026-03-03"):
        as_(desk, "cid").rotas.accept_swap(late.id)
    assert as_(desk, "bob").rotas.withdraw_swap(late.id).state is SwapState.WITHDRAWN
    clock.advance(3 * DAY)
    with pytest.raises(RefusedError, match="it holds, and has begun at 2026-03-06"):
        as_(desk, "bob").rotas.withdraw_swap(early.id)


# -- who may ------------------------------------------------------------


def test_people_dispose_of_their_own_duty_and_leads_of_that_of_all() -> None:
    desk = a_desk(access=ACCESS)
    agent, other, lead = as_(desk, "bob", "agent"), as_(desk, "cid", "agent"), as_(desk, "lee", "lead")
    denied: list[Callable[[], object]] = [
        lambda: as_(desk, "bob").rotas.take_leave(*days(1)),
        lambda: agent.rotas.override("network", "bob", *days(2)),
        lambda: agent.rotas.take_leave(*days(1), person="cid"),
        lambda: propose(agent, 2, "ann", 3, person="cid"),
        lambda: agent.rotas.gaps("network", *days(1)),
        lambda: agent.rotas.write_note("network", "not my shift"),
    ]
    for ask in denied:
        with pytest.raises(AccessDeniedError):
            ask()
    swap, leave = propose(agent, 1, "cid", 2), other.rotas.take_leave(*days(5))
    with pytest.raises(AccessDeniedError):
        as_(desk, "ann", "agent").rotas.withdraw_swap(swap.id)
    with pytest.raises(AccessDeniedError):
        agent.rotas.withdraw_leave(leave.id)
    assert lead.rotas.withdraw_swap(swap.id).state is SwapState.WITHDRAWN
    assert lead.rotas.withdraw_leave(leave.id).is_withdrawn
    assert lead.rotas.take_leave(*days(1), person="cid").person == "cid"
    assert lead.rotas.override("network", "dee", *days(1)).holds
    with pytest.raises(RefusedError):
        lead.rotas.accept_swap(propose(agent, 4, "cid", 5).id)


def test_the_agents_of_a_profile_dispose_of_their_own_duty() -> None:
    profile = DeskConfig.profile("service_desk")
    desk = Desk(evolve(profile, structure=HOUSE, rotas=[NETWORK], routing=None), clock=ManualClock(A_MONDAY))
    agent, manager = as_(desk, "bob", "agent"), as_(desk, "lee", "manager")
    swap = propose(agent, 1, "cid", 2)
    assert as_(desk, "cid", "agent").rotas.accept_swap(swap.id).holds
    assert on_duty(agent) == "acbabca"
    with pytest.raises(AccessDeniedError):
        agent.rotas.override("network", "ann", *days(1))
    assert manager.rotas.override("network", "ann", *days(1)).holds
    with pytest.raises(AccessDeniedError):
        as_(desk, "eve", "customer").rotas.on_duty("network")


def test_why_somebody_is_away_is_for_them_and_for_who_plans() -> None:
    desk = a_desk(access=ACCESS)
    agent, other, lead = as_(desk, "bob", "agent"), as_(desk, "cid", "agent"), as_(desk, "lee", "lead")
    leave = agent.rotas.take_leave(*days(1), reason="a hospital")
    agent.rotas.withdraw_leave(leave.id, "the operation is off")

    def seen_by(reader: Desk) -> tuple[str, list[str | None], list[object]]:
        [change] = reader.rotas.changes(*days(0, 2))
        assert isinstance(change, Leave)
        steps = reader.rotas.history(leave.id)
        values = [each.value.reason for each in steps if isinstance(each.value, Leave)]
        return change.reason, [*values], [each.said.get("reason") for each in steps]

    whole = ("a hospital", ["a hospital", "a hospital"], [None, "the operation is off"])
    assert seen_by(agent) == seen_by(lead) == whole
    assert seen_by(other) == ("", ["", ""], [None, None])


# -- what follows at once ------------------------------------------------------------

ON_DUTY = Ladder(name="idle", on=Trigger.IDLE, steps=[LadderStep(HOUR, ["on_duty:network"])])
FOLLOWING: dict[str, Any] = {
    "routing": RoutingPolicy(rules=[RoutingRule(name="all", group="network")]),
    "escalation": EscalationPolicy(ladders=[ON_DUTY]),
}


@pytest.mark.parametrize("another", [False, True], ids=["the same desk", "another desk"])
@pytest.mark.parametrize(
    ("change", "person"),
    [
        pytest.param(lambda rotas: rotas.take_leave(*days(0), person="ann"), "bob", id="leave"),
        pytest.param(
            lambda rotas: rotas.take_leave(*days(0), person="ann", covered_by="dee"), "dee", id="cover"
        ),
        pytest.param(lambda rotas: rotas.override("network", "cid", *days(0)), "cid", id="override"),
    ],
)
def test_what_is_kept_is_seen_by_routing_escalation_and_appointments_at_once(
    change: Callable[[Any], Any], person: str, another: bool
) -> None:
    store, notifier, clock = InMemoryStore(), InMemoryNotifier(), ManualClock(A_MONDAY)
    desk = a_desk(store, notifier, clock=clock, **FOLLOWING)
    asking = a_desk(store, notifier, clock=clock, **FOLLOWING) if another else desk

    def routed() -> str | None:
        return asking.routing.assign(asking.incidents.log("No network").id).assignee

    def offered() -> list[tuple[str, ...]]:
        everybody = ["ann", "bob", "cid", "dee"]
        found = asking.appointments.slots(
            people=everybody, length=HOUR, since=A_MONDAY + HOUR, until=A_MONDAY + 2 * HOUR
        )
        return [slot.people for slot in found]

    def escalated() -> list[str]:
        ticket = asking.incidents.log("No light")
        [standing] = asking.escalation.of(ticket.id)
        [holder] = standing.would_tell
        return [*holder.names]

    assert (routed(), escalated(), offered()) == ("ann", ["ann"], [("ann", "dee")])
    kept = change(desk.rotas)
    by_now = tuple(sorted({person, "dee"}))
    assert (escalated(), offered()) == ([person], [by_now])
    if person != "dee":  # who is no member of the group
        assert routed() == person
    waiting = asking.incidents.log("No power")
    clock.advance(HOUR)
    asking.run_due()
    asking.deliver()
    told = [each.recipient for each in notifier.delivered if each.ticket_id == waiting.id]
    assert told == [person]
    withdraw = desk.rotas.withdraw_leave if isinstance(kept, Leave) else desk.rotas.withdraw_override
    withdraw(kept.id)
    assert (routed(), escalated()) == ("ann", ["ann"])


def test_who_works_by_a_calendar_or_by_the_hours_of_the_desk_is_away_as_well() -> None:
    desk = a_desk(rotas=[], routing=RoutingPolicy(rules=[RoutingRule(name="all", group="storage")]))
    assert desk.routing.assign(desk.incidents.log("No disk").id).assignee == "dee"
    leave = desk.rotas.take_leave(*days(0, 1), person="dee")
    assert desk.routing.assign(desk.incidents.log("No disk").id).assignee is None
    desk.rotas.withdraw_leave(leave.id)
    assert desk.routing.assign(desk.incidents.log("No disk").id).assignee == "dee"


def test_a_batch_sees_what_it_has_kept_and_others_do_once_it_ends() -> None:
    desk = a_desk()
    with desk.batch() as batch:
        batch.rotas.take_leave(*days(0), person="ann")
        batch.rotas.override("network", "dee", *days(2))
        assert on_duty(batch) == "bbdabca"
        assert on_duty(desk) == "abcabca"
    assert on_duty(desk) == "bbdabca"
    assert desk.privileged("to look").audit.verify().findings == ()


def test_desks_of_other_rotas_and_tenants_are_left_alone() -> None:
    desk = a_desk()
    made = desk.rotas.override("network", "dee", *days(0))
    assert on_duty(desk.of_tenant("another")) == "abcabca"
    desk.configuration.change({}, reason="no rotas any more")
    with pytest.raises(NotFoundError, match="no rota 'network'"):
        desk.rotas.on_duty("network")
    assert [type(each) for each in desk.rotas.changes(*days(0))] == [Override]
    assert not desk.rotas.withdraw_override(made.id).holds


def test_a_desk_that_goes_by_the_shifts_of_others_keeps_none() -> None:
    config = rules()
    desk = Desk(config, shifts=RotaShifts(Desk(config).directory, {}), clock=ManualClock(A_MONDAY))
    desk = desk.acting_as(Actor("ann"))
    for ask in (lambda: desk.rotas.take_leave(*days(1)), lambda: desk.rotas.on_duty("network")):
        with pytest.raises(RefusedError, match="this desk goes by the shifts of RotaShifts: ask there"):
            ask()


# -- at the same time ------------------------------------------------------------


def test_of_two_swaps_that_cannot_both_be_one_is_refused(store: Any) -> None:
    desk = a_desk(store)
    one, two = propose(as_(desk, "ann"), 3, "bob", 1), propose(as_(desk, "cid"), 2, "bob", 1)
    other = a_desk(store)
    store.meanwhile = [lambda: as_(other, "bob").rotas.accept_swap(two.id)]
    with pytest.raises(RefusedError, match="bob is not on duty as primary of network"):
        as_(desk, "bob").rotas.accept_swap(one.id)
    assert on_duty(desk) == on_duty(other) == "acbabca"


def test_who_is_always_too_late_gives_up(store: Any) -> None:
    desk, other = a_desk(store), a_desk(store)
    swap = propose(as_(desk, "ann"), 3, "bob", 1)

    def elsewhere() -> None:
        other.rotas.take_leave(*days(9), person="dee")

    store.always(elsewhere)
    with pytest.raises(ConflictError, match="rota ledger"):
        as_(desk, "bob").rotas.accept_swap(swap.id)
    store.meanwhile = []
    assert on_duty(desk) == "abcabca"


@pytest.mark.usefixtures("busy_threads")
def test_threads_that_want_one_day_get_it_once() -> None:
    store = InMemoryStore()
    desk = a_desk(store)
    swaps = [propose(as_(desk, who), day, "bob", 4) for who, day in (("ann", 3), ("cid", 5), ("ann", 6))]
    together, refused = Barrier(len(swaps)), []

    def accept(swap: Swap) -> None:
        mine = as_(a_desk(store), "bob")
        together.wait()
        try:
            mine.rotas.accept_swap(swap.id)
        except (RefusedError, ConflictError) as error:
            refused.append(error)

    threads = [Thread(target=accept, args=(each,)) for each in swaps]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    agreed = [each for each in desk.rotas.changes(*days(0, 9)) if isinstance(each, Swap) and each.holds]
    assert len(agreed) == 1
    assert len(refused) == len(swaps) - 1


# -- who is told ------------------------------------------------------------


def told_after(change: Callable[[Desk], object]) -> list[tuple[str, str, str]]:
    """Return what who is told by a change: the recipient, the subject and the body."""
    notifier = InMemoryNotifier()
    desk = a_desk(None, notifier)
    change(desk)
    desk.deliver()
    return [(each.recipient, each.subject, each.body) for each in notifier.delivered]


def test_the_two_are_told_of_their_swap() -> None:
    def agreed(desk: Desk) -> None:
        as_(desk, "cid").rotas.accept_swap(propose(as_(desk, "bob"), 1, "cid", 2).id)

    def declined(desk: Desk) -> None:
        as_(desk, "cid").rotas.decline_swap(propose(desk, 1, "cid", 2, person="bob").id, "a birthday")

    def withdrawn(desk: Desk) -> None:
        as_(desk, "bob").rotas.withdraw_swap(propose(as_(desk, "bob"), 1, "cid", 2).id)

    asked, accepted = told_after(agreed)
    assert asked[:2] == ("cid", "network: a swap of duty is proposed to you")
    assert asked[2].startswith("bob proposes: you give Wed 04 Mar 2026")
    assert accepted[:2] == ("bob", "network: your swap of duty is agreed")
    assert accepted[2].startswith("cid has accepted: you give Tue 03 Mar 2026")
    assert [(who, subject) for who, subject, _ in told_after(declined)] == [
        ("bob", "network: a swap of duty is proposed to you"),
        ("cid", "network: a swap of duty is proposed to you"),
        ("bob", "network: your swap of duty is declined"),
    ]
    assert told_after(declined)[-1][2].endswith(": a birthday")
    assert told_after(withdrawn)[-1][:2] == ("cid", "network: your swap of duty is withdrawn")


def test_those_are_told_whose_duty_changes() -> None:
    def covered(desk: Desk) -> None:
        leave = as_(desk, "bob").rotas.take_leave(*days(1, 4), covered_by="dee", reason="a hospital")
        as_(desk, "bob").rotas.withdraw_leave(leave.id)

    def replaced(desk: Desk) -> None:
        desk.rotas.take_leave(*days(1), person="bob")

    def overridden(desk: Desk) -> None:
        made = desk.rotas.override("network", "fay", *days(1, 2))
        as_(desk, "fay").rotas.withdraw_override(made.id)

    first, last = told_after(covered)
    assert first[:2] == ("dee", "You cover for bob")
    assert last[:2] == ("dee", "You need not cover for bob")
    assert "hospital" not in str((first, last))
    assert [(who, subject) for who, subject, _ in told_after(replaced)] == [
        ("cid", "network: who is on duty has changed")
    ]
    found = told_after(overridden)
    assert [who for who, *_ in found] == ["bob", "cid", "fay", "bob", "cid"]
    assert "fay is on duty as primary from" in found[0][2]
    assert found[2][1] == "network: vem som har jour har ändrats"
    assert "fay is not on duty as primary from" in found[3][2]


# -- leaves that have to be approved ------------------------------------------------------------

STRICT = evolve(NETWORK, leaves_need_approval=True)
LED = evolve(HOUSE, groups=[evolve(HOUSE.groups[0], lead="lee"), HOUSE.groups[1]])


def a_strict_desk(
    store: Store | None = None, *plugins: object, clock: ManualClock | None = None, **changes: Any
) -> Desk:
    desk = a_desk(store, *plugins, clock=clock, **{"rotas": [STRICT, STORAGE], "structure": LED, **changes})
    return desk.acting_as(Actor("kay"))


def test_a_leave_that_has_to_be_approved_holds_once_it_is() -> None:
    clock, post = ManualClock(A_MONDAY), InMemoryNotifier()
    desk = a_strict_desk(None, post, clock=clock)
    asked = as_(desk, "bob").rotas.take_leave(*days(1), covered_by="dee", reason="a hospital")
    assert (asked.approval, asked.holds, asked.is_requested) == (LeaveApproval.REQUESTED, False, True)
    assert on_duty(desk) == "abcabca"
    clock.advance(HOUR)
    held = as_(desk, "lee").rotas.approve_leave(asked.id, idempotency_key="k")
    assert (held.approval, held.holds, held.decided_by, held.decided_at) == (
        *(LeaveApproval.APPROVED, True, "lee", A_MONDAY + HOUR),
    )
    assert as_(desk, "lee").rotas.approve_leave(asked.id, idempotency_key="k") == held
    assert on_duty(desk) == "adcabca"
    assert as_(desk, "bob").rotas.changes(*days(0, 6)) == (held,)
    assert [each.event for each in desk.rotas.history(asked.id)] == ["LeaveRequested", "LeaveApproved"]
    desk.deliver()
    told = [(each.recipient, each.subject) for each in post.delivered]
    assert sorted(told) == [
        ("bob", "Your leave is approved"),
        ("dee", "You cover for bob"),
        ("lee", "bob asks for leave"),
    ]
    assert "hospital" not in str(post.delivered)
    desk.rotas.withdraw_leave(asked.id)
    assert on_duty(desk) == "abcabca"


def test_a_leave_that_is_rejected_never_holds_and_its_reason_is_personal() -> None:
    post = InMemoryNotifier()
    desk = a_strict_desk(None, post)
    asked = as_(desk, "bob").rotas.take_leave(*days(1), covered_by="dee")
    with pytest.raises(RefusedError, match="say why in `reason`"):
        as_(desk, "lee").rotas.reject_leave(asked.id, " ")
    no = as_(desk, "lee").rotas.reject_leave(asked.id, "cid is ill")
    assert (no.approval, no.holds, no.decided_by, on_duty(desk)) == (
        *(LeaveApproval.REJECTED, False, "lee", "abcabca"),
    )
    desk.deliver()
    assert [(each.recipient, each.subject) for each in post.delivered] == [
        ("lee", "bob asks for leave"),
        ("bob", "Your leave is rejected"),
    ]
    assert "cid is ill" in post.delivered[1].body
    for again in (
        lambda: as_(desk, "lee").rotas.approve_leave(asked.id),
        lambda: as_(desk, "lee").rotas.reject_leave(asked.id, "no"),
        lambda: as_(desk, "bob").rotas.withdraw_leave(asked.id),
    ):
        with pytest.raises(RefusedError, match="it is rejected already"):
            again()
    desk.tickets.erase_person("bob", reason="asked for")
    assert "cid is ill" not in str([row.data for row in desk.store.dump()])


def test_what_is_asked_for_no_more_is_neither_approved_nor_told_of() -> None:
    post = InMemoryNotifier()
    desk = a_strict_desk(None, post)
    asked = as_(desk, "bob").rotas.take_leave(*days(1), covered_by="dee")
    as_(desk, "bob").rotas.withdraw_leave(asked.id, "it rains")
    with pytest.raises(RefusedError, match="it is withdrawn already"):
        as_(desk, "lee").rotas.approve_leave(asked.id)
    desk.deliver()
    assert [each.recipient for each in post.delivered] == ["lee"]


def test_nobody_approves_their_own_and_who_may_approve_has_by_noting_it() -> None:
    desk = a_strict_desk(access=evolve(ACCESS, roles=[*ACCESS.roles, OVERRIDER]))
    lead, agent = as_(desk, "bob", "lead"), as_(desk, "ann", "agent")
    own = lead.rotas.take_leave(*days(1))
    assert own.is_requested
    for decide in (lead.rotas.approve_leave, lambda key: lead.rotas.reject_leave(key, "no")):
        with pytest.raises(RefusedError, match="it is that of bob; somebody else decides on it"):
            decide(own.id)
    with pytest.raises(AccessDeniedError):
        agent.rotas.approve_leave(own.id)
    noted = lead.rotas.take_leave(*days(0), person="ann")
    assert (noted.approval, noted.decided_by) == (LeaveApproval.APPROVED, "bob")
    assert [each.event for each in lead.rotas.history(noted.id)] == ["LeaveTaken"]
    # Who may note it for others, and not approve it, asks for them.
    assert as_(desk, "sam", "overrider").rotas.take_leave(*days(2), person="cid").is_requested
    # Of those of other rotas, nobody has to approve any.
    free = as_(desk, "dee", "agent").rotas.take_leave(*days(3))
    assert (free.approval, free.holds) == (LeaveApproval.NOT_NEEDED, True)
    with pytest.raises(RefusedError, match="nobody has to approve it"):
        lead.rotas.approve_leave(free.id)


def test_what_is_over_is_not_approved_any_more() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_strict_desk(clock=clock)
    asked = as_(desk, "bob").rotas.take_leave(*days(1))
    clock.advance(2 * DAY)
    with pytest.raises(RefusedError, match="it is over since"):
        as_(desk, "lee").rotas.approve_leave(asked.id)
    assert not as_(desk, "lee").rotas.reject_leave(asked.id, "too late").holds


def test_a_leave_that_was_kept_before_any_had_to_be_approved_holds() -> None:
    leave = a_desk().rotas.take_leave(*days(1), person="bob")
    document = {**LEAVE.to_document(leave), "schema": 1}
    for name in ("approval", "decided_by", "decided_at"):
        del document[name]
    assert LEAVE.from_document(document, 1) == leave
    assert leave.holds


FATES = ("asked", "approved", "rejected", "withdrawn", "approved and withdrawn")
ASKED = st.tuples(
    st.sampled_from(["ann", "bob", "cid"]), st.integers(0, 5), st.integers(1, 3), st.sampled_from(FATES)
)


@settings(max_examples=30, deadline=None)
@given(st.lists(ASKED, max_size=5))
def test_only_what_is_approved_counts_for_who_is_called_gets_work_and_can_be_booked(
    asked: list[tuple[str, int, int, str]],
) -> None:
    strict, free = (
        a_strict_desk(rotas=[rota], escalation=UNTOUCHED, routing=BY_GROUP) for rota in (STRICT, NETWORK)
    )
    for person, first, length, fate in asked:
        span = days(first, first + length - 1)
        leave = as_(strict, person).rotas.take_leave(*span)
        if fate.startswith("approved"):
            as_(strict, "lee").rotas.approve_leave(leave.id)
        if fate == "rejected":
            as_(strict, "lee").rotas.reject_leave(leave.id, "no")
        if fate.endswith("withdrawn"):
            as_(strict, person).rotas.withdraw_leave(leave.id)
        if fate == "approved":
            as_(free, person).rotas.take_leave(*span)
    assert all_that_follows(strict) == all_that_follows(free)


UNTOUCHED = EscalationPolicy(
    ladders=[Ladder(name="idle", on=Trigger.IDLE, steps=[LadderStep(HOUR, ["on_duty:network"])])]
)
BY_GROUP = RoutingPolicy(rules=[RoutingRule(name="all", group="network")])


def all_that_follows(desk: Desk) -> tuple[object, ...]:
    """Return who is on duty, who would be told and get a ticket, and who can be booked."""
    until, ticket = MONDAY + 6 * DAY, desk.incidents.log("No network", requester="dee")
    [standing] = desk.escalation.of(ticket.id)
    return (
        on_duty(desk),
        [each.names for each in standing.would_tell],
        desk.routing.route(ticket.id).assignee,
        *(
            desk.appointments.slots(people=[each], since=A_MONDAY, until=until, length=HOUR)
            for each in HOUSE.groups[0].members
        ),
    )


# -- hand-off notes ------------------------------------------------------------


def test_a_note_is_for_who_comes_next() -> None:
    desk = a_desk(clock=(clock := ManualClock(A_MONDAY)))
    note = as_(desk, "ann").rotas.write_note("network", "The router is watched\nCall Kim at nine")
    assert (note.author, note.at, note.to) == ("ann", A_MONDAY, ("bob",))
    assert desk.rotas.notes_of_shift("network") == ()
    tomorrow = A_MONDAY + DAY
    assert desk.rotas.notes_of_shift("network", tomorrow) == (note,)
    assert desk.rotas.notes_of_shift("network", tomorrow + DAY) == ()
    clock.advance(DAY)
    late = as_(desk, "ann").rotas.write_note("network", "I forgot the key")
    assert late.to == ("bob",)
    assert desk.rotas.notes_of_shift("network") == (note, late)
    assert desk.rotas.notes("network", *days(0)) == (note,)
    assert desk.rotas.notes("storage", *days(0, 9)) == ()


def test_a_note_of_who_is_alone_is_for_nobody_in_particular() -> None:
    desk = a_desk()
    note = as_(desk, "dee").rotas.write_note("storage", "Disk 7 is to be changed")
    assert note.to == ()
    assert desk.rotas.notes_of_shift("storage") == (note,)
    with pytest.raises(NotFoundError, match="2300"):
        desk.rotas.notes_of_shift("storage", MONDAY.replace(year=2300))


def test_who_is_not_on_duty_and_was_not_hands_nothing_over() -> None:
    desk = a_desk(access=ACCESS)
    with pytest.raises(AccessDeniedError):
        as_(desk, "bob", "agent").rotas.write_note("network", "hm")
    assert as_(desk, "lee", "lead").rotas.write_note("network", "Mind the stairs").to == ("ann",)
    assert as_(desk, "ann", "agent").rotas.write_note("network", "All quiet").to == ("bob",)
    with pytest.raises(DefinitionError, match="text: must say something"):
        as_(desk, "ann", "agent").rotas.write_note("network", " ")


def test_who_takes_over_says_that_they_have_read_it() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock=clock)
    note = as_(desk, "ann").rotas.write_note("network", "The router is watched")
    assert (note.acknowledged, note.waits_for) == ((), ("bob",))
    clock.advance(DAY)
    read = as_(desk, "bob").rotas.acknowledge_note(note.id, idempotency_key="k")
    assert (read.acknowledged, read.waits_for) == ((Acknowledgement("bob", A_MONDAY + DAY),), ())
    clock.advance(HOUR)
    assert as_(desk, "bob").rotas.acknowledge_note(note.id, idempotency_key="k") == read
    assert as_(desk, "bob").rotas.acknowledge_note(note.id) == read
    assert (read.version, desk.rotas.notes_of_shift("network"), desk.rotas.notes("network", *days(0))) == (
        2,
        (read,),
        (read,),
    )
    # Whoever comes on in the place of another takes over what that one was left.
    with pytest.raises(RefusedError, match="for dee: it is for bob"):
        as_(desk, "dee").rotas.acknowledge_note(note.id)
    desk.rotas.override("network", "dee", clock(), clock() + HOUR, instead_of="bob")
    both = as_(desk, "dee").rotas.acknowledge_note(note.id)
    assert [each.person for each in both.acknowledged] == ["bob", "dee"]
    assert (both.version, desk.rotas.notes("network", *days(0))) == (3, (both,))


def test_a_note_that_was_kept_before_anybody_could_take_notice_is_read() -> None:
    note = as_(a_desk(), "ann").rotas.write_note("network", "The router is watched")
    document = {**HAND_OFF_NOTE.to_document(note), "schema": 1}
    del document["acknowledged"]
    assert HAND_OFF_NOTE.from_document(document, 1) == note


@pytest.mark.parametrize("person", ["ann", "cid", "lee"])
def test_nobody_takes_notice_of_what_is_for_others_or_their_own(person: str) -> None:
    desk = a_desk()
    note = as_(desk, "ann").rotas.write_note("network", "The router is watched")
    before = [*desk.store.dump()]
    why = "they have written it" if person == "ann" else "it is for bob"
    with pytest.raises(RefusedError, match=f"for {person}: {why}"):
        as_(desk, person).rotas.acknowledge_note(note.id)
    with pytest.raises(NotFoundError):
        as_(desk, person).rotas.acknowledge_note("none")
    assert [*desk.store.dump()] == before


def test_a_note_for_nobody_in_particular_is_for_who_is_on_duty() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock=clock)
    note = as_(desk, "dee").rotas.write_note("storage", "Disk 7 is to be changed")
    with pytest.raises(RefusedError, match="it is for whoever is on duty"):
        as_(desk, "ann").rotas.acknowledge_note(note.id)
    desk.rotas.override("storage", "ann", *days(0))
    assert as_(desk, "ann").rotas.acknowledge_note(note.id).acknowledged[0].person == "ann"


def test_who_is_named_takes_notice_though_the_rota_is_gone() -> None:
    store = InMemoryStore()
    desk = a_desk(store)
    note = as_(desk, "ann").rotas.write_note("network", "The router is watched")
    later = a_desk(store, rotas=[STORAGE])
    assert as_(later, "bob").rotas.acknowledge_note(note.id).waits_for == ()
    with pytest.raises(NotFoundError, match="no rota 'network'"):
        as_(later, "cid").rotas.acknowledge_note(note.id)


# -- erasing ------------------------------------------------------------


def test_what_is_personal_can_be_erased_and_all_else_stays() -> None:
    desk = a_desk()
    secret = "a hospital in Berlin"
    note = as_(desk, "ann").rotas.write_note("network", secret)
    made = desk.rotas.override("network", "dee", *days(1), reason=secret)
    desk.rotas.withdraw_override(made.id, secret)
    leave = desk.rotas.take_leave(*days(0), person="ann", reason=secret)
    swap = propose(as_(desk, "cid"), 2, "ann", 3)
    as_(desk, "ann").rotas.decline_swap(swap.id, secret)
    assert on_duty(desk) == "bbcabca"
    for each in (note, made, leave, swap):
        assert desk.rotas.erase(each.id, "asked for").id == each.id
    kept = [row for row in desk.store.dump() if row.kind != "outbox"]
    assert secret not in str([row.data for row in kept])
    assert on_duty(desk) == "bbcabca"
    assert desk.privileged("to look").audit.verify().findings == ()
    with pytest.raises(RefusedError, match="say why in `reason`"):
        desk.rotas.erase(leave.id, " ")
    with pytest.raises(NotFoundError, match="no rota record 'none'"):
        desk.rotas.erase("none", "asked for")


# -- reads ------------------------------------------------------------


def test_reads_go_by_what_has_changed() -> None:
    desk = a_desk(rotas=[evolve(NETWORK, on_leave="gap")])
    leave = desk.rotas.take_leave(*days(1), person="bob")
    override = desk.rotas.override("network", "dee", *days(2))
    rotas, week = desk.rotas, days(0, 6)
    [gap] = rotas.gaps("network", *week)
    assert (gap.span, gap.people) == (TimeSpan(*days(1)), ())
    assert rotas.overlaps("network", *week) == ()
    following = rotas.next_on_duty("network")
    assert following is not None
    assert (following.person, following.span.start) == ("dee", days(2)[0])
    assert rotas.next_on_duty("network", person="nobody") is None
    assert [each.person for each in rotas.duties("network", *week)] == [
        "ann",
        "dee",
        "ann",
        "bob",
        "cid",
        "ann",
    ]
    assert [each.span for each in rotas.duties("network", *week, person="dee")] == [TimeSpan(*days(2))]
    shares = {each.person: each.hours // DAY for each in rotas.fairness("network", *week).shares}
    assert shares == {"ann": 3, "bob": 1, "cid": 1, "dee": 1}
    assert rotas.calendar("network", *week, person="dee").count("BEGIN:VEVENT") == 1
    assert rotas.changes(*week) == (leave, override)
    assert rotas.changes(*week, rota="network") == (leave, override)
    assert rotas.changes(*days(3, 6)) == rotas.changes(week[1], week[0]) == ()
    assert rotas.history("none") == ()
    for ask in (rotas.gaps, rotas.duties, rotas.overlaps, rotas.fairness, rotas.calendar):
        with pytest.raises(NotFoundError, match="no rota 'netwrk'"):
            ask("netwrk", *week)
