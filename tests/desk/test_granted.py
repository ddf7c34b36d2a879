"""Roles that are granted by tickets: at once, on every desk of the store, and while they are held."""

from contextlib import suppress
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

import pytest
from attrs import evolve

from itsmkit.desk import Desk, DeskConfig, InMemoryDirectory, InMemoryStore, ManualClock
from itsmkit.errors import RefusedError
from itsmkit.practices.access import (
    AccessDeniedError,
    AccessRules,
    ConflictingDuties,
    Relation,
    Role,
    Scope,
    access_grant_kind,
)
from itsmkit.testing import A_MONDAY
from itsmkit.testing.faults import Faults, InjectedError, failing_store
from itsmkit.tickets import Actor, Ticket
from itsmkit.tickets.structure import Person, SupportGroup

DAY = timedelta(days=1)
RULES = AccessRules(
    [
        Role(
            "everybody",
            sees=[Scope(relations=[Relation.REQUESTER])],
            permits=[
                "access.log",
                "access.transition:request_approval",
                "incidents.log",
            ],
        ),
        Role(
            "owner",
            sees=[Scope()],
            permits=["access.*", "tickets.describe"],
        ),
        Role("agent", sees=[Scope()], permits=["tickets.*"]),
        Role("approver", groups=["board"]),
    ],
    default=["everybody"],
    separation=[ConflictingDuties(["agent", "approver"], "nobody approves their own work")],
)
STANDARD = DeskConfig.standard()
CONFIG = evolve(STANDARD, kinds=[*STANDARD.kinds.values(), access_grant_kind()], access=RULES)
KIM = Actor("kim", roles=["owner", "access_manager", "resource_owner"])
BOB, EVE = Actor("bob"), Actor("eve")


class People(InMemoryDirectory):
    def __init__(self) -> None:
        super().__init__()
        self.gone: set[str] = set()

    def person(self, person_id: str) -> Person:
        return Person(person_id, left_at=A_MONDAY if person_id in self.gone else None)

    def groups_of(self, person_id: str) -> tuple[SupportGroup, ...]:
        return (SupportGroup("board"),) if person_id == "eve" else ()


class Place:
    def __init__(self) -> None:
        self.clock, self.store, self.people = ManualClock(A_MONDAY), InMemoryStore(), People()
        self.desk = self.another()
        self.incident = self.desk.privileged("to begin").incidents.log("No network", by=KIM)

    def another(self) -> Desk:
        """Return a desk in another process, as it were."""
        random = Random(1)  # the same keys each time
        return Desk(CONFIG, store=self.store, clock=self.clock, random=random, directory=self.people)

    def asked(self, grantee: Actor = BOB, **terms: Any) -> Ticket:
        details = {"grantee": grantee.id, "resource": "agent", "justification": "he helps", **terms}
        desk = self.desk.acting_as(grantee).work("access_grant")
        return desk.transition(desk.log("Agent", details=details).id, "request_approval")  # type: ignore[no-any-return]

    def granted(self, grantee: Actor = BOB, **terms: Any) -> Ticket:
        grants = self.desk.acting_as(KIM).work("access_grant")
        ticket = grants.transition(self.asked(grantee, **terms).id, "approve", approval="approved")
        return grants.transition(ticket.id, "grant", granted_by="kim", duty_conflict=False)  # type: ignore[no-any-return]

    def bob_sees(self, desk: Desk | None = None) -> bool:
        desk = (desk or self.desk).acting_as(BOB)
        return any(each.id == self.incident.id for each in desk.tickets)


@pytest.fixture
def place() -> Place:
    return Place()


def test_a_role_is_held_from_the_grant_to_its_revocation(place: Place) -> None:
    other = place.another()
    assert not place.bob_sees()
    assert not place.bob_sees(other)
    grant = place.granted()
    assert place.bob_sees()
    assert place.bob_sees(other)
    place.desk.acting_as(BOB).tickets.comment(place.incident.id, "I am on it")
    place.desk.acting_as(KIM).work("access_grant").transition(grant.id, "revoke", revocation_reason="enough")
    assert not place.bob_sees()
    assert not place.bob_sees(other)
    assert not place.bob_sees(place.another())


def test_a_revocation_that_could_not_be_read_is_read_the_next_time() -> None:
    for point in count(1):
        place, faults = Place(), Faults()
        store = failing_store(place.store, faults)
        reader = Desk(CONFIG, store=store, clock=place.clock, directory=place.people)
        grant = place.granted()
        assert place.bob_sees(reader)
        revoked = {"revocation_reason": "enough"}
        place.desk.acting_as(KIM).work("access_grant").transition(grant.id, "revoke", **revoked)
        faults.calls.clear()
        faults.at = point
        with suppress(InjectedError):
            assert not place.bob_sees(reader)
        if not faults.is_over:
            break
        assert not place.bob_sees(reader), faults.calls[point - 1]
    assert point > 5  # the feed, the grant and the tickets are read


def test_a_role_ends_by_its_time_and_with_who_leaves(place: Place) -> None:
    place.granted(valid_until=A_MONDAY + DAY)
    assert place.bob_sees(place.another())
    place.people.gone.add("bob")
    assert not place.bob_sees()
    place.people.gone.clear()
    assert place.bob_sees()
    place.clock.advance(DAY)
    assert not place.bob_sees()


def test_a_role_may_be_given_for_some_tickets(place: Place) -> None:
    place.granted(scope='site = "Bonn"')
    assert not place.bob_sees()
    in_bonn = place.desk.privileged("to begin").incidents.log("No light", site="Bonn", by=KIM)
    assert place.desk.acting_as(BOB).tickets.get(in_bonn.id).site == "Bonn"


def test_nobody_gives_themselves_access(place: Place) -> None:
    owner = evolve(BOB, roles=KIM.roles)
    grants = place.desk.acting_as(owner).work("access_grant")
    with pytest.raises(RefusedError, match="cannot decide on what they get themselves"):
        grants.transition(place.asked().id, "approve", approval="approved")
    with pytest.raises(AccessDeniedError):
        place.desk.acting_as(BOB).work("access_grant").transition(
            place.asked().id, "approve", approval="approved"
        )
    grant = place.granted(resource="everybody")
    with pytest.raises(RefusedError, match="resource cannot change any more"):
        place.desk.acting_as(KIM).tickets.describe(grant.id, resource="owner")


def test_duties_of_the_directory_count_too(place: Place) -> None:
    with pytest.raises(RefusedError, match="'agent' does not go with 'approver'"):
        place.granted(EVE)


def test_many_grants_are_read_page_by_page(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itsmkit.desk._granted.MAX_PAGE", 1)
    for scope in ('site = "Köln"', 'title = "No network"', 'site = "Bonn"'):
        place.granted(scope=scope)
    assert place.bob_sees(place.another())


@pytest.mark.parametrize("many", [0, 1, 7])
def test_a_desk_finds_where_the_feed_ends(place: Place, many: int) -> None:
    desk = place.desk.privileged("to begin")
    for _ in range(many):
        desk.incidents.log("x", by=KIM)
    place.granted()
    assert place.bob_sees(place.another())


def test_a_tenant_knows_its_own_grants_only(place: Place) -> None:
    place.granted()
    other = place.desk.of_tenant("other")
    other.privileged("to begin").incidents.log("x", by=KIM)
    assert other.acting_as(BOB).tickets.count() == 0
