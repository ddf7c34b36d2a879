"""Access grants: nobody holds what was not approved, longer than given, or with what it excludes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import ALWAYS, equals
from itsmkit.errors import DefinitionError
from itsmkit.practices import Decision, Observation, Occasion, catch_up, describe, happen, take_over
from itsmkit.practices.access import (
    AccessRules,
    ConflictingDuties,
    Grant,
    HeldRole,
    Role,
    access_grant_kind,
    duty_conflicts,
    grant_of,
    grant_problems,
    roles_at,
)
from itsmkit.practices.effects import STANDARD_EFFECTS
from itsmkit.tickets import Actor, StateCorrected, Ticket, TicketId

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
KIND = access_grant_kind()
RULES = AccessRules(
    [Role("buyer"), Role("payer"), Role("auditor")],
    separation=[ConflictingDuties(["buyer", "payer"], "nobody pays what they bought")],
)
ROLES = ("buyer", "payer", "auditor")
PEOPLE = ("bob", "eve")
KIM = Actor("kim", roles=["access_manager", "resource_owner"])
BOB = Actor("bob", roles=["access_manager", "resource_owner"])

STEPS: tuple[tuple[str, dict[str, object]], ...] = (
    ("request_approval", {}),
    ("approve", {"approval": "approved"}),
    ("grant", {"granted_by": "kim", "duty_conflict": False}),
    ("fall_due", {}),
    ("recertify", {"recertification": "confirmed", "recertified_by": "kim", "duty_conflict": False}),
    ("revoke", {"revocation_reason": "moved on"}),
    ("remove", {"removal_evidence": "log 7"}),
)


def asked(**terms: Any) -> Decision[Ticket]:
    details = {"grantee": "bob", "resource": "buyer", "justification": "buys pens", **terms}
    return KIND.log(TicketId("g"), "ACC-1", Occasion(BOB, NINE), details=details)


def moved(
    ticket: Ticket, trigger: str, by: Actor = KIM, at: datetime = NINE, **details: Any
) -> Decision[Ticket]:
    return KIND.transition(ticket, trigger, Occasion(by, at), details, effects=STANDARD_EFFECTS)


def up_to(trigger: str, **terms: Any) -> Ticket:
    """Return a grant after all steps through *trigger*."""
    ticket = asked(**terms).ticket
    for step, details in STEPS:
        ticket = moved(ticket, step, **details).ticket
        if step == trigger:
            break
    return ticket


def problems(decision: Decision[Ticket], *held: str) -> tuple[str, ...]:
    return grant_problems(RULES, decision, lambda _person: held)


def test_a_grant_goes_its_way_and_gives_its_role_while_it_is_held() -> None:
    decision, held = asked(), []
    for trigger, details in STEPS:
        assert problems(decision) == ()
        decision = moved(decision.ticket, trigger, **details)
        held.append(grant_of(decision.ticket) is not None)
    assert problems(decision) == ()
    assert held == [False, False, True, True, True, False, False]


def test_a_grant_says_what_was_asked_for() -> None:
    ticket = up_to("grant", scope='site = "Bonn"', valid_from=NINE + DAY, valid_until=NINE + 2 * DAY)
    assert grant_of(ticket) == Grant(
        TicketId("g"),
        "bob",
        "buyer",
        scope=equals("site", "Bonn"),
        since=NINE + DAY,
        until=NINE + 2 * DAY,
        granted_by="kim",
        because="buys pens",
    )
    assert grant_of(Ticket(TicketId("t"), "incident", "INC-1", 1, "Granted", "new", NINE, NINE)) is None


@pytest.mark.parametrize("trigger", ["approve", "recertify"])
def test_nobody_decides_on_their_own_access(trigger: str) -> None:
    names = [name for name, _ in STEPS]
    before = up_to(names[names.index(trigger) - 1])
    decision = moved(before, trigger, BOB, **dict(STEPS)[trigger])
    assert problems(decision) == ("ACC-1: 'bob' cannot decide on what they get themselves; ask another",)


def test_duties_that_are_to_be_separate_never_come_together() -> None:
    decision = moved(up_to("approve"), "grant", granted_by="kim", duty_conflict=False)
    assert problems(decision, "payer") == (
        "ACC-1: role 'buyer' does not go with 'payer': nobody pays what they bought",
    )
    assert problems(decision, "auditor", "buyer") == ()
    again = moved(up_to("fall_due"), "recertify", **dict(STEPS)["recertify"])
    assert problems(again, "buyer", "payer")


def test_what_others_were_asked_about_does_not_change_any_more() -> None:
    early = describe(asked().ticket, Occasion(BOB, NINE), {"resource": "auditor"})
    assert problems(early) == ()
    late = describe(up_to("grant"), Occasion(BOB, NINE), {"resource": "auditor", "cost_centre": "7"})
    assert problems(late) == (
        "ACC-1: resource cannot change any more, as others were asked about it; ask for another",
    )
    beside = moved(up_to("approve"), "grant", granted_by="kim", duty_conflict=False, valid_until=NINE + DAY)
    assert "valid_until cannot change any more" in problems(beside)[0]
    assert problems(describe(up_to("grant"), Occasion(BOB, NINE), {"cost_centre": "7"})) == ()


def test_access_is_given_by_the_workflow_alone() -> None:
    correction = StateCorrected("Requested", "Granted", "resolved", ("so be it",))
    assert "not by a correction" in problems(happen(asked().ticket, Occasion(KIM, NINE), correction))[0]
    caught = catch_up(KIND, asked().ticket, Observation("Granted"), Occasion(KIM, NINE))
    assert "not by a correction" in problems(caught)[0]
    taken = take_over(
        KIND, TicketId("g"), "ACC-7", Observation("Granted"), Occasion(KIM, NINE), opened_at=NINE
    )
    assert problems(taken) == ("ACC-7: access is asked for first; log it in the state 'Requested'",)


def test_what_has_ended_is_not_given_and_what_nobody_declared_neither() -> None:
    over = moved(up_to("approve", valid_until=NINE), "grant", granted_by="kim", duty_conflict=False)
    assert problems(over) == ("ACC-1: it has ended at 2026-03-02T09:00:00+00:00; ask for another",)
    unknown = moved(up_to("approve", resource="king"), "grant", granted_by="kim", duty_conflict=False)
    assert problems(unknown) == ("ACC-1: there is no role 'king'",)


@pytest.mark.parametrize(
    ("terms", "problem"),
    [
        ({"grantee": " bob"}, "grantee must be a name, not ' bob'"),
        ({"resource": 3}, "resource must be a name, not 3"),
        ({"valid_until": "soon"}, "valid_until must be an instant with a time zone, not 'soon'"),
        ({"valid_from": datetime(2026, 3, 2)}, "valid_from must be an instant with a time zone"),  # noqa: DTZ001
        ({"scope": 3}, "scope must be the text of a condition, not 3"),
        ({"scope": "site ="}, "scope: "),
    ],
)
def test_terms_that_cannot_be_read_are_refused(terms: dict[str, Any], problem: str) -> None:
    [found] = problems(asked(**terms))
    assert problem in found


# -- laws --------------------------------------------------------------------------------------------------

INSTANTS = st.integers(0, 9).map(lambda days: NINE + days * DAY)
GRANTS = st.builds(
    Grant,
    st.just(TicketId("g")),
    st.sampled_from(PEOPLE),
    st.sampled_from(ROLES),
    scope=st.sampled_from([ALWAYS, equals("site", "Bonn")]),
    since=INSTANTS,
    until=st.none() | INSTANTS,
)


@given(st.lists(GRANTS, max_size=5), st.sampled_from(PEOPLE), INSTANTS, st.none() | INSTANTS)
def test_no_grant_outlives_its_end_or_the_departure_of_its_holder(
    grants: list[Grant], person: str, at: datetime, left_at: datetime | None
) -> None:
    held = roles_at(grants, person, at, left_at=left_at)
    expected = {
        HeldRole(each.role, each.scope)
        for each in grants
        if each.person == person
        and each.since <= at
        and not (each.until is not None and each.until <= at)
        and not (left_at is not None and left_at <= at)
    }
    assert set(held) == expected
    assert len(held) == len(expected)


@given(st.lists(st.sampled_from(ROLES), max_size=6))
def test_whatever_is_given_in_turn_no_excluded_pair_comes_together(wanted: list[str]) -> None:
    held: set[str] = set()
    for role in wanted:
        if not duty_conflicts(RULES, held, role):
            held.add(role)
    assert not {"buyer", "payer"} <= held


def test_a_grant_without_a_holder_cannot_be() -> None:
    with pytest.raises(DefinitionError, match="person must be a name"):
        Grant(TicketId("g"), "", "buyer", since=NINE)
