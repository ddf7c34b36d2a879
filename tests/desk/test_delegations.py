"""Votes that are delegated on a desk: who is asked, shown and told what, and whose ballots count when."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from random import Random
from typing import Any

import pytest
from attrs import evolve, field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.desk import Desk, DeskConfig, InMemoryStore, ManualClock
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.plugin import RowKind
from itsmkit.practices.access import AccessDeniedError, AccessRules, Permit, Restriction, Role, Scope
from itsmkit.practices.catalogue import CatalogueItem
from itsmkit.practices.forms import Form, FormField
from itsmkit.testing import A_MONDAY, InMemoryNotifier
from itsmkit.tickets import Actor, ApproversAsked, BallotCast, Ticket, TicketId
from itsmkit.tickets.structure import Person, Structure, SupportGroup
from itsmkit.workflow.approvals import (
    ApprovalPolicy,
    Approver,
    BallotRefusedError,
    FactApprovers,
    InSequence,
    RoleApprovers,
    Stage,
)
from itsmkit.workflow.tasks import Task

HOUR = timedelta(hours=1)
A_MOMENT = timedelta(microseconds=1)
PEOPLE = Structure(
    people=[
        Person("ann", manager="mia"),
        *map(Person, ("mia", "lee", "sam", "kim", "zoe")),
        Person("old", left_at=A_MONDAY - HOUR),
    ],
    groups=[SupportGroup("board", members=["lee", "mia"])],
)
CONFIG = evolve(DeskConfig.standard(), structure=PEOPLE)
TWO_STAGES = ApprovalPolicy(
    "budget",
    InSequence([Stage("manager", [FactApprovers("manager")]), Stage("board", [RoleApprovers("board")])]),
)
LAPTOP = CatalogueItem(
    key="laptop",
    title="Laptop",
    form=Form("laptop", [FormField("model", "text")]),
    approval=TWO_STAGES,
    tasks=[Task("buy", group="purchasing")],
)
DESK = evolve(LAPTOP, key="desk", title="A desk")


@frozen
class Setting:
    """
    A desk with a catalogue.

    Args:
        desk: The desk, as who runs it.
        clock: Its clock.
        store: Where it keeps things.
        outbox: What it has told people.
    """

    desk: Desk
    clock: ManualClock
    store: InMemoryStore
    outbox: InMemoryNotifier

    def as_(self, person: str, *roles: str) -> Desk:
        return self.desk.acting_as(Actor(person, roles=roles))

    def told(self) -> list[str]:
        """Return who was asked for their approval, in order."""
        rows = [row.data for row in self.store.dump() if row.kind is RowKind.OUTBOX]
        told = [row["entry"]["notification"] for row in rows]
        return [each["recipient"] for each in told if "asks for your approval" in each["subject"]]

    def awaits(self, person: str) -> list[tuple[str, str, str | None]]:
        found = self.as_(person).orders.awaiting()
        return [(each.number, each.stage, each.on_behalf_of) for each in found]


def a_setting(*items: CatalogueItem, config: DeskConfig = CONFIG) -> Setting:
    store, clock, outbox = InMemoryStore(), ManualClock(A_MONDAY), InMemoryNotifier()
    desk = Desk(config, store=store, clock=clock, random=Random(1), plugins=[outbox])
    found = Setting(desk.acting_as(Actor("root", roles=["admin"])), clock, store, outbox)
    for item in items or (LAPTOP, DESK):
        found.desk.catalogue.draft(item)
        found.desk.catalogue.publish(item.key)
    return found


def an_order(on: Setting, item: str = "laptop", requester: str = "ann") -> Ticket:
    return on.desk.orders.place(item, requester=requester)


# -- while it holds ----------------------------------------------------------------------------------------


def test_who_stands_in_is_asked_and_votes_in_the_place_of_the_delegator() -> None:
    on = a_setting()
    on.as_("mia").delegations.give("sam", A_MONDAY + 8 * HOUR)
    order = an_order(on)
    assert on.awaits("mia") == [("REQ-1", "manager", None)]
    assert on.awaits("sam") == [("REQ-1", "manager", "mia")]
    assert on.told() == ["mia", "sam"]
    with pytest.raises(RefusedError, match="but for others; say for whom in `on_behalf_of`: mia"):
        on.as_("sam").orders.approve(order.id)
    on.as_("sam").orders.approve(order.id, on_behalf_of="mia", reason="as agreed")
    [event] = [each for each in on.desk.tickets.history(order.id) if isinstance(each.fact, BallotCast)]
    assert (event.actor.id, event.fact) == ("sam", BallotCast("manager", "approve", "mia", "as agreed"))
    # The next stage asks mia, and so sam for her; lee has let nobody stand in.
    assert on.awaits("sam") == [("REQ-1", "board", "mia")]
    assert sorted(on.told()[2:]) == ["lee", "mia", "sam"]


def test_the_notice_says_in_whose_place() -> None:
    on = a_setting()
    on.as_("mia").delegations.give("sam", A_MONDAY + 8 * HOUR)
    an_order(on)
    on.desk.deliver()
    told = {each.recipient: each.body for each in on.outbox.delivered if "approval" in each.subject}
    assert told == {
        "mia": "ann has ordered it. Please approve or reject REQ-1.",
        "sam": "ann has ordered it. Please approve or reject REQ-1 in the place of mia.",
    }


def test_the_delegator_keeps_the_vote_and_the_first_ballot_fills_the_seat() -> None:
    on = a_setting()
    on.as_("mia").delegations.give("sam", A_MONDAY + 8 * HOUR)
    order = an_order(on)
    on.as_("mia").orders.approve(order.id)
    with pytest.raises(BallotRefusedError, match="the seat of mia is filled already"):
        on.as_("sam").orders.approve(order.id, stage="manager", on_behalf_of="mia")


def test_it_may_be_for_some_items_and_some_stages() -> None:
    on = a_setting()
    on.as_("mia").delegations.give("sam", A_MONDAY + 8 * HOUR, items=["laptop"], stages=["manager"])
    on.as_("lee").delegations.give("zoe", A_MONDAY + 8 * HOUR, stages=["board"])
    laptop, desk = an_order(on), an_order(on, "desk")
    assert on.awaits("sam") == [("REQ-1", "manager", "mia")]
    with pytest.raises(RefusedError, match="sam is not asked to vote on it for mia now"):
        on.as_("sam").orders.approve(desk.id, on_behalf_of="mia")
    on.as_("sam").orders.approve(laptop.id, on_behalf_of="mia")
    assert on.awaits("sam") == []
    assert on.awaits("zoe") == [("REQ-1", "board", "lee")]


def test_a_requester_never_approves_their_own_order_by_delegation() -> None:
    # Not even where the policy bars nobody, and not by way of another.
    policy = ApprovalPolicy("open", Stage("boss", [Approver("mia")]), barred=[], max_chain=3)
    on = a_setting(evolve(LAPTOP, approval=policy))
    on.as_("mia").delegations.give("ann", A_MONDAY + 8 * HOUR)
    on.as_("ann").delegations.give("zoe", A_MONDAY + 8 * HOUR)
    order = an_order(on)
    assert [on.awaits(each) for each in ("ann", "zoe")] == [[], []]
    for person in ("ann", "zoe"):
        with pytest.raises(RefusedError):
            on.as_(person).orders.approve(order.id, stage="boss", on_behalf_of="mia")
    other = an_order(on, requester="kim")
    assert on.awaits("zoe") == [("REQ-2", "boss", "mia")]
    assert on.as_("ann").orders.approve(other.id, on_behalf_of="mia").state == "In Fulfilment"


def test_a_chain_is_as_long_as_the_policy_allows() -> None:
    for max_chain, expected in ((0, []), (1, ["sam"]), (2, ["sam", "zoe"])):
        policy = ApprovalPolicy("open", Stage("boss", [Approver("mia")]), max_chain=max_chain)
        on = a_setting(evolve(LAPTOP, approval=policy))
        order = an_order(on)
        on.as_("mia").delegations.give("sam", A_MONDAY + 8 * HOUR)
        on.as_("sam").delegations.give("zoe", A_MONDAY + 8 * HOUR)
        assert on.desk.run_due().failures == ()
        assert [each for each in ("sam", "zoe") if on.awaits(each)] == expected
        assert sorted({*on.told()} - {"mia"}) == expected
        shown = on.desk.orders.progress(order.id).approval
        assert shown is not None
        assert [each.person for each in shown.open_requests] == ["mia", *expected]


# -- when it begins and ends -------------------------------------------------------------------------------


def test_it_begins_and_ends_by_the_clock_alone() -> None:
    on = a_setting()
    on.as_("mia").delegations.give("sam", A_MONDAY + 2 * HOUR, since=A_MONDAY + HOUR)
    order = an_order(on)
    sam = on.as_("sam").orders
    for instant, holds in (
        (A_MONDAY, False),
        (A_MONDAY + HOUR - A_MOMENT, False),
        (A_MONDAY + HOUR, True),
        (A_MONDAY + 2 * HOUR - A_MOMENT, True),
        (A_MONDAY + 2 * HOUR, False),
    ):
        on.clock.set(instant)  # and no worker comes
        assert bool(on.awaits("sam")) is holds
        assert bool(on.desk.portal(Actor("sam")).to_approve()) is holds
        if not holds:
            with pytest.raises(RefusedError, match="has not let sam stand in"):
                sam.approve(order.id, stage="manager", on_behalf_of="mia")
    on.clock.set(A_MONDAY + 3 * HOUR)
    assert on.desk.run_due().failures == ()
    assert on.told() == ["mia"]  # who is asked no more is not told, however late the worker was


def test_people_are_told_at_its_start_without_anybodys_doing() -> None:
    on = a_setting()
    order = an_order(on)
    on.as_("mia").delegations.give("sam", A_MONDAY + 2 * HOUR, since=A_MONDAY + HOUR)
    on.as_("mia").delegations.give("sam", A_MONDAY + 4 * HOUR, since=A_MONDAY + 3 * HOUR)
    told = []
    while (due := on.desk.next_due()) is not None:
        on.clock.set(max(due, on.clock()))
        assert on.desk.run_due().failures == ()
        told.append((on.clock() - A_MONDAY, on.told()))
    assert [each for each in told if each[0] == HOUR][-1][1] == ["mia", "sam"]
    assert on.told() == ["mia", "sam", "sam"]  # once for each time
    asked = [each.fact for each in on.desk.tickets.history(order.id) if isinstance(each.fact, ApproversAsked)]
    assert [[one.person for one in each.asked] for each in asked] == [["mia", "sam"], ["mia"]] * 2


def test_it_is_withdrawn_at_once_and_what_was_voted_stays() -> None:
    on = a_setting()
    mia = on.as_("mia").delegations
    given = mia.give("sam", A_MONDAY + 8 * HOUR).given[-1]
    first, second = an_order(on), an_order(on)
    on.as_("sam").orders.approve(first.id, on_behalf_of="mia")
    on.clock.advance(HOUR)
    assert mia.withdraw(given.id, reason="back").given[-1].until == A_MONDAY + HOUR
    with pytest.raises(RefusedError, match="sam is not asked to vote on it for mia now"):
        on.as_("sam").orders.approve(second.id, on_behalf_of="mia")
    assert on.awaits("sam") == []
    shown = on.desk.orders.progress(first.id).approval
    assert shown is not None
    assert [each.status.value for each in shown.stages] == ["approved", "open"]
    with pytest.raises(RefusedError, match="mia did, at"):
        mia.withdraw(given.id)


# -- clocks that disagree ----------------------------------------------------------------------------------


def test_a_clock_that_is_late_lets_nobody_vote_before_what_happened_last() -> None:
    on = a_setting()
    late = ManualClock(A_MONDAY)
    behind = Desk(CONFIG, store=on.store, clock=late, random=Random(7))
    mia = on.as_("mia").delegations
    mia.give("sam", A_MONDAY + 2 * HOUR)
    order = an_order(on)
    on.clock.set(A_MONDAY + 3 * HOUR)
    on.desk.tickets.comment(order.id, "Is it needed?")
    # By the late clock it still holds; but the ballot comes after what was said at three.
    with pytest.raises(RefusedError):
        behind.orders.approve(order.id, on_behalf_of="mia", by=Actor("sam"))
    mia.give("sam", A_MONDAY + 4 * HOUR)
    late.set(A_MONDAY + HOUR)
    order = behind.orders.approve(order.id, on_behalf_of="mia", by=Actor("sam"))
    assert order.state == "Awaiting Approval"
    # A withdrawal by that clock is earlier than the ballot, which was let through, and counts.
    behind.delegations.withdraw(mia.mine().given[-1].id, by=Actor("mia"))
    shown = on.desk.orders.progress(order.id).approval
    assert shown is not None
    assert (shown.ignored, [each.status.value for each in shown.stages]) == ((), ["approved", "open"])


def test_a_stage_that_opens_by_its_time_tells_whom_it_asks() -> None:
    stages = [
        Stage("manager", [FactApprovers("manager")], within=2 * HOUR, on_timeout="approve"),
        Stage("board", [Approver("lee")]),
    ]
    item = evolve(LAPTOP, approval=ApprovalPolicy("silent", InSequence(stages)), hours=None)
    on = a_setting(item)
    an_order(on)
    assert on.told() == ["mia"]
    for _ in range(4):
        due = on.desk.next_due()
        if due is None:
            break
        on.clock.set(max(due, on.clock()))
        on.desk.run_due()
    assert on.told() == ["mia", "lee"]


# -- what is refused ---------------------------------------------------------------------------------------


def test_circles_are_refused_with_the_way_round() -> None:
    on = a_setting()
    end = A_MONDAY + 8 * HOUR
    on.as_("mia").delegations.give("lee", end, stages=["board"])
    on.as_("lee").delegations.give("sam", end)
    before = [*on.store.dump()]
    with pytest.raises(RefusedError, match=r"sam → mia → lee → sam from .*, in stage board; end one before"):
        on.as_("sam").delegations.give("mia", end)
    assert [*on.store.dump()] == before
    on.as_("sam").delegations.give("mia", end, stages=["manager"])
    on.as_("sam").delegations.give("mia", end + HOUR, since=end)


def test_two_who_would_close_a_circle_together_cannot_pass_each_other() -> None:
    # Four people, and two delegations that touch no record of each other: only the list is of both.
    on = a_setting()
    end = A_MONDAY + 8 * HOUR
    for who, to in (("mia", "lee"), ("sam", "kim")):
        on.as_(who).delegations.give(to, end)
    asked: list[int] = []
    conflicts: list[object] = []

    def clock() -> datetime:
        asked.append(1)
        if len(asked) == 3:  # within the unit of work: the others were looked at, and nothing is saved yet
            on.as_("kim").delegations.give("mia", end)
        return A_MONDAY

    late = Desk(CONFIG, store=on.store, clock=clock, random=Random(7), pause=conflicts.append)
    with pytest.raises(RefusedError, match="lee → sam → kim → mia → lee"):
        late.delegations.give("sam", end, by=Actor("lee"))
    assert len(conflicts) == 1
    assert late.delegations.of("lee").given == ()


@pytest.mark.parametrize(
    ("arguments", "error", "problem"),
    [
        pytest.param(("mia", 8), RefusedError, "mia cannot stand in for themselves", id="themselves"),
        pytest.param(("sam", 0), DefinitionError, "end: must be after the start", id="no time"),
        pytest.param(("sam", 8, -1), RefusedError, "it would begin in the past", id="past"),
        pytest.param(("nobody", 8), DefinitionError, "the directory knows no person 'nobody'", id="unknown"),
        pytest.param(("old", 8), RefusedError, "old has left", id="left"),
    ],
)
def test_what_cannot_be_delegated_changes_nothing(
    arguments: tuple[Any, ...], error: type[Exception], problem: str
) -> None:
    on = a_setting()
    before = [*on.store.dump()]
    delegate, end, *since = arguments
    options = {"since": A_MONDAY + since[0] * HOUR} if since else {}
    with pytest.raises(error, match=problem):
        on.as_("mia").delegations.give(delegate, A_MONDAY + end * HOUR, **options)
    assert [*on.store.dump()] == before


def test_nobody_ends_the_delegation_of_another_by_its_key() -> None:
    on = a_setting()
    given = on.as_("mia").delegations.give("sam", A_MONDAY + HOUR).given[-1]
    with pytest.raises(NotFoundError):
        on.as_("sam").delegations.withdraw(given.id)


# -- who may ------------------------------------------------------------------------------------------------

RULES = AccessRules(
    [
        Role("admin", sees=[Scope()], permits=["*"]),
        Role(
            "employee",
            sees=[Scope(relations=["requester", "participant"])],
            permits=[Permit("orders.approve", relations=["participant"]), Permit("orders.place")],
        ),
        Role("guest", sees=[Scope(relations=["requester"])]),
        Role("secretary", permits=["delegations.give_for", "delegations.withdraw_for", "delegations.of"]),
    ],
    restrictions=[Restriction("board", roles=["admin"], relations=["participant"])],
    default=[],
)
GUARDED = evolve(CONFIG, access=RULES)


def test_who_stands_in_sees_what_is_needed_and_nothing_else() -> None:
    on = a_setting(config=GUARDED)
    on.as_("mia", "employee").delegations.give("sam", A_MONDAY + HOUR)
    order, sam = an_order(on), on.as_("sam", "employee")
    [shown] = sam.orders.awaiting()
    assert (shown.order, shown.title, shown.requester, shown.on_behalf_of) == (
        order.id,
        "Laptop",
        "ann",
        "mia",
    )
    for read in (
        lambda: sam.tickets.get(order.id),
        lambda: sam.tickets.by_number(order.number),
        lambda: sam.orders.progress(order.id),
        lambda: sam.tickets.comment(order.id, "Hm"),
    ):
        with pytest.raises(NotFoundError):
            read()
    assert (sam.tickets.count(), list(sam.tickets)) == (0, [])
    [asked] = on.desk.portal(Actor("sam", roles=["employee"])).to_approve()
    assert (asked.number, asked.on_behalf_of) == ("REQ-1", "mia")
    on.clock.advance(HOUR)
    assert sam.orders.awaiting() == ()
    with pytest.raises(NotFoundError):
        sam.orders.approve(order.id, stage="manager", on_behalf_of="mia")


@pytest.mark.parametrize("role", ["guest", "secretary"])
def test_who_could_not_approve_it_as_an_approver_does_not_for_another(role: str) -> None:
    on = a_setting(config=GUARDED)
    on.as_("mia", "employee").delegations.give("sam", A_MONDAY + HOUR)
    order, sam = an_order(on), on.as_("sam", role)
    viewer = Actor("sam", roles=[role])
    assert sam.orders.awaiting() == ()
    assert on.desk.portal(viewer).to_approve() == ()
    with pytest.raises((NotFoundError, AccessDeniedError)):
        sam.orders.approve(order.id, on_behalf_of="mia")


def test_an_order_under_a_restriction_is_shown_and_told_for_as_long_as_it_holds() -> None:
    rules = evolve(RULES, default=["employee"])
    on = a_setting(evolve(LAPTOP, restriction="board"), config=evolve(CONFIG, access=rules))
    on.as_("mia").delegations.give("sam", A_MONDAY + HOUR)
    on.as_("mia").delegations.give("zoe", A_MONDAY + 3 * HOUR, since=A_MONDAY + HOUR)
    order = an_order(on)
    assert [each.number for each in on.as_("sam").orders.awaiting()] == [order.number]
    assert on.told() == ["mia", "sam"]
    for person in ("mia", "sam"):  # it is none for the portal
        portal = on.desk.portal(Actor(person))
        assert portal.to_approve() == ()
        with pytest.raises(NotFoundError, match="no order 'REQ-"):
            portal.approve(order.number)
    on.clock.advance(HOUR)  # nobody has delivered it by now
    on.desk.run_due()
    on.desk.deliver()
    assert sorted(each.recipient for each in on.outbox.delivered) == ["mia", "zoe"]
    assert on.as_("zoe").orders.approve(order.id, on_behalf_of="mia").state == "Awaiting Approval"


def test_a_vote_for_another_is_cast_once_by_its_key() -> None:
    on = a_setting(config=GUARDED)
    on.as_("mia", "employee").delegations.give("sam", A_MONDAY + HOUR)
    order, sam = an_order(on), on.as_("sam", "employee")
    first = sam.orders.approve(order.id, on_behalf_of="mia", idempotency_key="a")
    on.clock.advance(2 * HOUR)
    again = sam.orders.approve(order.id, on_behalf_of="mia", idempotency_key="a")
    assert (again.id, again.version, again.state) == (first.id, first.version, first.state)
    with pytest.raises(NotFoundError):
        sam.orders.approve(order.id, on_behalf_of="mia", idempotency_key="b")


def test_a_vote_is_not_told_again_of_an_order_that_no_approver_may_see_any_more() -> None:
    secret = Restriction("secret", roles=["admin"])
    on = a_setting(config=evolve(CONFIG, access=evolve(RULES, restrictions=[*RULES.restrictions, secret])))
    on.as_("mia", "employee").delegations.give("sam", A_MONDAY + HOUR)
    order, sam = an_order(on), on.as_("sam", "employee")
    sam.orders.approve(order.id, on_behalf_of="mia", idempotency_key="a")
    for restriction in ("board", "secret"):
        on.desk.tickets.restrict(order.id, restriction, reason="it is a surprise")
        if restriction == "board":  # which an approver may see
            assert sam.orders.approve(order.id, on_behalf_of="mia", idempotency_key="a").id == order.id
        else:
            with pytest.raises(NotFoundError):
                sam.orders.approve(order.id, on_behalf_of="mia", idempotency_key="a")


def test_own_votes_need_no_permit_and_those_of_others_do() -> None:
    on = a_setting(config=GUARDED)
    end = A_MONDAY + HOUR
    nobody, secretary = on.as_("mia"), on.as_("zoe", "secretary")
    given = nobody.delegations.give("sam", end).given[-1]
    for ask in (
        lambda: nobody.delegations.give_for("lee", "sam", end, reason="ill"),
        lambda: nobody.delegations.withdraw_for("lee", given.id, reason="ill"),
        lambda: nobody.delegations.of("mia"),
        lambda: nobody.delegations.history("mia"),
        lambda: secretary.delegations.history("mia"),
    ):
        with pytest.raises(AccessDeniedError):
            ask()
    with pytest.raises(AccessDeniedError):
        on.as_("old").delegations.give("sam", end)
    with pytest.raises(RefusedError, match="zoe cannot give themselves the votes of others"):
        secretary.delegations.give_for("lee", "zoe", end, reason="ill")
    with pytest.raises(RefusedError, match="say why"):
        secretary.delegations.give_for("lee", "sam", end, reason=" ")
    votes = secretary.delegations.give_for("lee", "sam", end, reason="ill")
    assert (votes.id, votes.given[-1].given_by) == ("lee", "zoe")
    assert secretary.delegations.of("lee") == votes == on.as_("lee").delegations.mine()
    # Why it was done is nobody else's business.
    [(mine), (hers)] = on.as_("sam").delegations.to_me()
    assert [(mine.id, mine.given[0].reason), (hers.id, hers.given[0].reason)] == [("lee", ""), ("mia", "")]
    secretary.delegations.withdraw_for("lee", votes.given[-1].id, reason="well again")
    assert [each.id for each in on.as_("sam").delegations.to_me()] == ["mia"]
    steps = on.desk.delegations.history("lee")
    assert [(each.event, each.actor.id, each.said.get("reason")) for each in steps] == [
        ("VotesDelegated", "zoe", None),
        ("DelegationOfVotesWithdrawn", "zoe", "well again"),
    ]
    erased = on.desk.delegations.erase("lee", "asked for by lee")
    assert "ill" not in {each.reason for each in erased.given}
    assert "well again" not in repr(on.desk.delegations.history("lee"))


def test_it_is_given_once_by_its_key_and_nobody_in_particular_has_any() -> None:
    on = a_setting(config=GUARDED)
    mia, end = on.as_("mia").delegations, A_MONDAY + HOUR
    first = mia.give("sam", end, idempotency_key="a")
    on.clock.advance(HOUR / 2)
    assert mia.give("sam", end, idempotency_key="a") == first == mia.mine()
    with pytest.raises(RefusedError, match="cannot withdraw a delegation of mia: say why in `reason`"):
        on.desk.delegations.withdraw_for("mia", first.given[0].id, reason=" ")
    nobody = Desk(CONFIG, store=on.store, clock=on.clock)
    assert (nobody.delegations.mine().given, nobody.delegations.to_me(), nobody.orders.awaiting()) == (
        (),
        (),
        (),
    )


def test_where_everybody_may_vote_an_order_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFoundError, match="no ticket 'absent'"):
        a_setting().as_("mia").orders.approve(TicketId("absent"))


def test_who_takes_no_part_and_stands_in_for_nobody_finds_no_order() -> None:
    on = a_setting(config=GUARDED)
    order = an_order(on)
    with pytest.raises(NotFoundError):
        on.as_("zoe", "employee").orders.approve(order.id)
    incident = on.desk.incidents.log("No network")
    with pytest.raises(NotFoundError):
        on.as_("zoe", "employee").orders.approve(incident.id)


def test_the_portal_asks_for_whom_where_there_are_several() -> None:
    policy = ApprovalPolicy("two", Stage("boss", [Approver("mia"), Approver("lee")]))
    on = a_setting(evolve(LAPTOP, approval=policy))
    an_order(on)
    for boss in ("mia", "lee"):
        on.as_(boss).delegations.give("sam", A_MONDAY + HOUR)
    portal = on.desk.portal(Actor("sam"))
    assert [each.on_behalf_of for each in portal.to_approve()] == ["mia", "lee"]
    with pytest.raises(RefusedError, match="say for whom: mia, lee"):
        portal.approve("REQ-1")
    portal.approve("REQ-1", "fine", on_behalf_of="lee")
    assert portal.to_approve() == ()  # one person has one vote
    with pytest.raises(NotFoundError):
        portal.reject("REQ-1", "no", on_behalf_of="mia")


# -- laws ---------------------------------------------------------------------------------------------------

VOTERS = ("mia", "lee", "sam", "kim")
SEATS = {"first": {"mia", "lee"}, "second": {"lee", "kim"}}


@frozen
class Given:
    """A delegation, in the words of who gives it: an oracle of its own."""

    who: str
    to: str
    start: int
    end: int
    items: tuple[str, ...]
    stages: tuple[str, ...]
    ended: int | None = None

    def holds(self, hour: int, item: str, stage: str) -> bool:
        return (
            self.start <= hour < self.end
            and (self.ended is None or hour < self.ended)
            and (not self.items or item in self.items)
            and (not self.stages or stage in self.stages)
        )


Move = tuple[Any, ...]
"""The name of a method of `Play`, and what it is handed."""


def moves() -> st.SearchStrategy[list[Move]]:
    people = st.sampled_from(VOTERS)
    start = st.integers(0, 2)
    words = start.flatmap(
        lambda begin: st.builds(
            Given,
            people,
            people,
            st.just(begin),
            st.integers(begin + 1, begin + 3),
            st.sampled_from([(), ("laptop",)]),
            st.sampled_from([(), ("first",), ("second",)]),
        )
    )
    give = st.tuples(st.just("give"), words)
    vote = st.tuples(
        st.just("vote"), people, st.none() | people, st.sampled_from([*SEATS]), st.integers(0, 1)
    )
    withdraw = st.tuples(st.just("withdraw"), st.integers(0, 3))
    others = st.sampled_from([("wait",), ("wait",), ("work",)]) | withdraw
    return st.lists(give | vote | vote | others, min_size=4, max_size=24)


BOTH = ApprovalPolicy(
    "both",
    InSequence(
        [
            Stage("first", [Approver("mia"), Approver("lee")]),
            Stage("second", [Approver("lee"), Approver("kim")]),
        ]
    ),
)


@frozen
class Oracle:
    """
    Who may vote where, by the words of the delegations and of the policy.

    Args:
        requester: Who has placed which order, by its number.
        item: What was ordered by it.
        known: What was delegated, by the keys.
        votes: Who has filled which seats, by order and stage.
    """

    requester: dict[str, str]
    item: dict[str, str]
    known: dict[str, Given] = field(factory=dict)
    votes: dict[tuple[str, str], dict[str, str]] = field(factory=dict)

    def seats(self, order: str, stage: str) -> set[str]:
        return SEATS[stage] - {self.requester[order]}

    def filled(self, order: str, stage: str) -> dict[str, str]:
        return self.votes.setdefault((order, stage), {})

    def is_done(self, order: str, stage: str) -> bool:
        return {*self.filled(order, stage)} == self.seats(order, stage)

    def is_open(self, order: str, stage: str) -> bool:
        return not self.is_done(order, stage) and (stage == "first" or self.is_done(order, "first"))

    def may(self, hour: int, order: str, stage: str, voter: str, seat: str) -> bool:
        filled, seats = self.filled(order, stage), self.seats(order, stage)
        if not self.is_open(order, stage) or seat not in seats or seat in filled:
            return False
        if voter == seat:
            return True
        if voter == self.requester[order] or voter in seats or voter in filled.values():
            return False
        item = self.item[order]
        return any(
            (each.who, each.to) == (seat, voter) and each.holds(hour, item, stage)
            for each in self.known.values()
        )

    def expected(self, hour: int, voter: str) -> Iterator[tuple[str, str, str | None]]:
        for order, stage, seat in product(self.item, SEATS, VOTERS):
            if self.may(hour, order, stage, voter, seat):
                yield order, stage, None if seat == voter else seat


@frozen
class Play:
    """What is done on a desk, and held against the oracle."""

    on: Setting
    orders: list[Ticket]
    oracle: Oracle

    @property
    def hour(self) -> int:
        return (self.on.clock() - A_MONDAY) // HOUR

    def wait(self) -> None:
        self.on.clock.advance(HOUR)

    def work(self) -> None:
        assert self.on.desk.run_due().failures == ()

    def withdraw(self, which: int) -> None:
        for key, given_ in [*self.oracle.known.items()][which : which + 1]:
            try:
                self.on.as_(given_.who).delegations.withdraw(key)
            except RefusedError:
                assert given_.ended is not None or given_.end <= self.hour
            else:
                assert given_.ended is None
                assert given_.end > self.hour
                self.oracle.known[key] = evolve(given_, ended=self.hour)

    def give(self, words: Given) -> None:
        words = evolve(words, start=self.hour + words.start, end=self.hour + words.end)
        try:
            done = self.on.as_(words.who).delegations.give(
                words.to,
                A_MONDAY + words.end * HOUR,
                since=A_MONDAY + words.start * HOUR,
                items=words.items,
                stages=words.stages,
            )
        except RefusedError:
            return  # it would close a circle: another test tells which do
        self.oracle.known[done.given[-1].id] = words

    def vote(self, voter: str, seat: str | None, stage: str, which: int) -> None:
        order = self.orders[which]
        allowed = self.oracle.may(self.hour, order.number, stage, voter, seat or voter)
        try:
            self.on.as_(voter).orders.approve(order.id, stage=stage, on_behalf_of=seat)
        except RefusedError:
            assert not allowed
        else:
            assert allowed
            self.oracle.filled(order.number, stage)[seat or voter] = voter

    def check(self) -> None:
        for voter in VOTERS:
            expected = sorted(self.oracle.expected(self.hour, voter), key=repr)
            assert sorted(self.on.awaits(voter), key=repr) == expected, (voter, self.hour)

    def check_end(self) -> None:
        self.on.clock.advance(30 * HOUR)
        self.work()
        for order in self.orders:
            is_done = all(self.oracle.is_done(order.number, stage) for stage in SEATS)
            assert (self.on.desk.tickets.get(order.id).fact("approval") == "approved") is is_done


@settings(max_examples=60, deadline=None)
@given(moves())
def test_a_ballot_counts_exactly_when_the_words_of_the_delegations_say_so(asked: list[Move]) -> None:
    """Whatever is delegated, withdrawn and voted, and however late workers are: some never come."""
    on = a_setting(evolve(LAPTOP, approval=BOTH), evolve(DESK, approval=BOTH))
    orders = [an_order(on, "laptop", "ann"), an_order(on, "desk", "kim")]
    requester = {each.number: each.requester or "" for each in orders}
    play = Play(on, orders, Oracle(requester, {"REQ-1": "laptop", "REQ-2": "desk"}))
    for verb, *terms in asked:
        getattr(play, verb)(*terms)
        play.check()
    play.check_end()
