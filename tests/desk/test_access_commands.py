"""Roles for a time: asked for, approved, given, confirmed, taken away; and accounts elsewhere follow."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import equals
from itsmkit.desk import Desk, DeskConfig, InMemoryDirectory, InMemoryStore, ManualClock
from itsmkit.errors import DefinitionError, NotFoundError, PluginError, RefusedError
from itsmkit.plugin import hookimpl
from itsmkit.practices.access import (
    AccessDeniedError,
    AccessRules,
    ConflictingDuties,
    DutyConflict,
    Grant,
    HeldRole,
    Role,
    Scope,
    access_grant_kind,
    conflicts_of,
    kept_apart,
)
from itsmkit.testing import A_MONDAY
from itsmkit.testing.contracts import ProvisionerContract
from itsmkit.tickets import Actor, Ticket
from itsmkit.tickets.structure import Person, SupportGroup
from itsmkit.workflow import TransitionRefusedError

DAY = timedelta(days=1)
SEPARATE = ConflictingDuties(["buyer", "payer"], "nobody pays what they bought")
RULES = AccessRules(
    [
        Role("everybody", sees=[Scope(relations=["requester"])], permits=["access.log"]),
        Role("agent", sees=[Scope()], permits=["tickets.*", "incidents.*"]),
        Role("manager", sees=[Scope()], permits=["*"]),
        Role("buyer", sees=[Scope(when=equals("kind", "incident"))], permits=["incidents.*"]),
        Role("payer", groups=["books"], permits=["tickets.comment"]),
    ],
    default=["everybody"],
    separation=[SEPARATE],
)
STANDARD = DeskConfig.standard()
CONFIG = evolve(STANDARD, kinds=[*STANDARD.kinds.values(), access_grant_kind()], access=RULES)
KIM = Actor("kim", roles=["manager", "access_manager", "resource_owner"])
LEE = Actor("lee", roles=["manager"])
BOB = Actor("bob")


class People(InMemoryDirectory):
    def __init__(self) -> None:
        super().__init__()
        self.in_books: set[str] = set()
        self.gone: set[str] = set()

    def person(self, person_id: str) -> Person:
        return Person(person_id, left_at=A_MONDAY if person_id in self.gone else None)

    def groups_of(self, person_id: str) -> tuple[SupportGroup, ...]:
        return (SupportGroup("books"),) if person_id in self.in_books else ()


class Place:
    def __init__(self, *plugins: object, config: DeskConfig = CONFIG) -> None:
        self.clock, self.store, self.people = ManualClock(A_MONDAY), InMemoryStore(), People()
        self.plugins, self.config = plugins, config
        self.desk = self.another()
        self.kim = self.desk.acting_as(KIM)

    def another(self) -> Desk:
        return Desk(
            self.config,
            store=self.store,
            clock=self.clock,
            random=Random(1),  # the same keys each time
            directory=self.people,
            plugins=self.plugins,
        )

    def given(self, role: str = "agent", by: Actor = BOB, **terms: Any) -> Ticket:
        asked = self.desk.acting_as(by).access.request(role, reason="helps out", **terms)
        self.kim.access.approve(asked.id)
        return self.kim.access.grant(asked.id)


@pytest.fixture
def place() -> Place:
    return Place()


def refusals(ask: Callable[[], object]) -> tuple[str, ...]:
    with pytest.raises(RefusedError) as caught:
        ask()
    return caught.value.reasons


# -- asking ------------------------------------------------------------------------------------------------


def test_what_is_asked_for_waits_for_approval(place: Place) -> None:
    asked = place.desk.acting_as(BOB).access.request(
        "agent",
        reason="helps out",
        since=A_MONDAY + DAY,
        until=A_MONDAY + 9 * DAY,
        scope=equals("site", "Bonn"),
        details={"cost_centre": "7"},
    )
    assert (asked.number, asked.state, asked.title) == ("ACC-1", "Awaiting Approval", "Role agent for bob")
    assert dict(asked.details) == {
        "grantee": "bob",
        "resource": "agent",
        "scope": 'site = "Bonn"',
        "valid_from": A_MONDAY + DAY,
        "valid_until": A_MONDAY + 9 * DAY,
        "justification": "helps out",
        "approval": "requested",
        "cost_centre": "7",
    }
    for_eve = place.kim.access.request("agent", reason="new", for_person="eve")
    assert (for_eve.requester, for_eve.details["grantee"]) == ("kim", "eve")
    assert "scope" not in for_eve.details


def test_nothing_is_asked_for_that_cannot_be_right(place: Place) -> None:
    ask = place.desk.acting_as(BOB).access.request
    with pytest.raises(DefinitionError, match="role: unknown role 'agend'; did you mean 'agent'"):
        ask("agend", reason="x")
    for wrong in (
        {"until": A_MONDAY},
        {"until": A_MONDAY + DAY, "since": A_MONDAY + DAY},
        {"until": A_MONDAY + DAY, "since": A_MONDAY + 2 * DAY},
    ):
        with pytest.raises(DefinitionError, match="until: must be after 2026-03-"):
            ask("agent", reason="x", **wrong)
    with pytest.raises(DefinitionError, match="since"):
        ask("agent", reason="x", since=datetime(2026, 3, 2))  # noqa: DTZ001 - that is what is bad
    with pytest.raises(DefinitionError):
        ask("agent", reason="x", scope="site =")
    assert place.kim.tickets.count() == 0
    bare = Desk().acting_as(BOB)
    with pytest.raises(NotFoundError, match="no kind of work 'access_grant'"):
        bare.access.request("agent", reason="x")
    without_roles = Desk(evolve(CONFIG, access=None)).acting_as(BOB)
    with pytest.raises(DefinitionError, match="the desk declares none"):
        without_roles.access.request("agent", reason="x")
    assert without_roles.access.grants_of("bob") == ()
    with pytest.raises(RefusedError, match="no rules of access"):
        without_roles.access.conflicts()


# -- deciding ------------------------------------------------------------------------------------------------


def test_a_role_goes_its_way_from_request_to_proof(place: Place) -> None:
    incident = place.kim.incidents.log("No network")
    granted = place.given()
    assert (granted.state, granted.details["granted_by"]) == ("Granted", "kim")
    bob = place.desk.acting_as(BOB)
    assert bob.tickets.get(incident.id).number == "INC-1"
    gone = place.kim.access.revoke(granted.id, reason="moved on")
    assert gone.state == "Revoking"
    with pytest.raises(NotFoundError):
        bob.tickets.get(incident.id)
    assert place.kim.access.confirm_removal(granted.id, evidence="log 7").state == "Revoked"
    assert place.kim.audit.verify().is_intact


def test_what_is_rejected_is_never_given(place: Place) -> None:
    asked = place.desk.acting_as(BOB).access.request("agent", reason="x")
    rejected = place.kim.access.reject(asked.id, reason="no need")
    assert (rejected.state, rejected.details["rejection_reason"]) == ("Rejected", "no need")
    with pytest.raises(TransitionRefusedError):
        place.kim.access.grant(asked.id)


def test_nobody_decides_on_what_they_get(place: Place) -> None:
    own = place.kim.access.request("agent", reason="x")
    own_way = "'kim' cannot decide on what they get themselves; ask another"
    for decide in (
        lambda: place.kim.access.approve(own.id),
        lambda: place.kim.access.reject(own.id, reason="x"),
    ):
        (reason,) = refusals(decide)
        assert own_way in reason
    place.desk.acting_as(LEE).access.approve(own.id)
    # To give takes an access manager.
    with pytest.raises(TransitionRefusedError, match="access_manager"):
        place.desk.acting_as(LEE).access.grant(own.id)
    with pytest.raises(AccessDeniedError, match=r"access\.transition:approve"):
        place.desk.acting_as(BOB).access.approve(
            place.desk.acting_as(BOB).access.request("agent", reason="x").id
        )


def test_once_asked_for_with_a_key_it_is_there_once(place: Place) -> None:
    bob = place.desk.acting_as(BOB)
    first = bob.access.request("agent", reason="x", idempotency_key="7")
    assert bob.access.request("agent", reason="x", idempotency_key="7") == first
    assert place.kim.tickets.count() == 1


# -- time ----------------------------------------------------------------------------------------------------


def test_a_grant_expires_by_its_time_and_waits_for_proof(place: Place) -> None:
    granted = place.given(until=A_MONDAY + 3 * DAY)
    place.clock.advance(3 * DAY - timedelta(seconds=1))
    place.kim.run_due()
    assert place.kim.tickets.get(granted.id).state == "Granted"
    place.clock.advance(timedelta(seconds=1))
    assert place.kim.access.grants_of("bob") == ()
    place.kim.run_due()
    expired = place.kim.tickets.get(granted.id)
    assert (expired.state, expired.updated_at) == ("Revoking", A_MONDAY + 3 * DAY)


def test_what_is_not_confirmed_expires_and_what_is_goes_on(place: Place) -> None:
    one, other = place.given(), place.given("manager")
    due = place.kim.access.due_for_recertification(datetime(2027, 1, 1, tzinfo=UTC))
    assert [each.ticket.id for each in due] == [one.id, other.id]
    falls_due = due[0].due_at
    assert due[0].ends_at is None
    assert place.kim.access.due_for_recertification(falls_due) == ()
    with pytest.raises(TransitionRefusedError):
        place.kim.access.recertify(one.id)
    place.clock.set(falls_due)
    place.kim.run_due()
    waiting = place.kim.access.due_for_recertification(falls_due + timedelta(seconds=1))
    assert [(each.due_at, each.grant.role, each.ticket.state) for each in waiting] == [
        (falls_due, "agent", "Expiring"),
        (falls_due, "manager", "Expiring"),
    ]
    ends_at = waiting[0].ends_at
    assert ends_at is not None
    # Held until then.
    assert {each.role for each in place.kim.access.grants_of("bob")} == {"agent", "manager"}
    assert place.kim.access.recertify(one.id).details["recertified_by"] == "kim"
    place.clock.set(ends_at)
    place.kim.run_due()
    assert [each.role for each in place.kim.access.grants_of("bob")] == ["agent"]
    (left,) = place.kim.access.due_for_recertification(datetime(2027, 6, 1, tzinfo=UTC))
    assert left.due_at > ends_at


def test_what_falls_due_is_known_from_the_history_too(place: Place) -> None:
    place.given()
    later = datetime(2027, 1, 1, tzinfo=UTC)
    # Under other agreements, nothing that was cached counts.
    other = Desk(evolve(CONFIG, agreements=()), store=place.store, clock=place.clock).acting_as(KIM)
    due = other.access.due_for_recertification(later)
    assert due == place.kim.access.due_for_recertification(later) != ()


def test_a_grant_that_ends_before_it_falls_due_need_not_be_confirmed(place: Place) -> None:
    place.given(until=A_MONDAY + 3 * DAY)
    assert place.kim.access.due_for_recertification(datetime(2027, 1, 1, tzinfo=UTC)) == ()
    with pytest.raises(DefinitionError, match="before"):
        place.kim.access.due_for_recertification(datetime(2027, 1, 1))  # noqa: DTZ001 - that is what is bad


def test_grants_are_told_to_who_may_ask_and_may_see_them(place: Place) -> None:
    first, later = place.given(), place.given("manager", since=A_MONDAY + DAY, until=A_MONDAY + 2 * DAY)
    found = place.kim.access.grants_of("bob")
    assert [(each.ticket_id, each.role, each.granted_by) for each in found] == [
        (first.id, "agent", "kim"),
        (later.id, "manager", "kim"),
    ]
    assert [each.holds_at(A_MONDAY) for each in found] == [True, False]
    assert place.kim.access.grants_of("eve") == ()
    with pytest.raises(AccessDeniedError):
        place.desk.acting_as(Actor("eve")).access.grants_of("bob")
    buyer = evolve(RULES, roles=[*RULES.roles, Role("auditor", permits=["access.*"])])
    other = Desk(evolve(CONFIG, access=buyer), store=place.store, clock=place.clock)
    assert other.acting_as(Actor("eve", roles=["auditor"])).access.grants_of("bob") == ()


# -- duties --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["grant", "directory", "as asked", "acted before", "acted elsewhere"])
def test_a_role_that_does_not_go_with_another_is_refused(place: Place, way: str) -> None:
    bob = BOB
    if way == "grant":
        place.given("payer")
    elif way == "directory":
        place.people.in_books.add("bob")
    elif way == "as asked":
        bob = Actor("bob", roles=["payer"])
    asked = place.desk.acting_as(bob).access.request("buyer", reason="x")
    place.kim.access.approve(asked.id)
    if way == "acted before":
        place.desk.acting_as(Actor("bob", roles=["payer"])).access.request("agent", reason="y")
    elif way == "acted elsewhere":
        other = place.another().acting_as(Actor("bob", roles=["payer"]))
        other.access.request("agent", reason="y")
    giving = place.another().acting_as(KIM) if way == "as asked" else place.kim
    (reason,) = refusals(lambda: giving.access.grant(asked.id))
    assert reason == "ACC-2: role 'buyer' does not go with 'payer': nobody pays what they bought".replace(
        "ACC-2", asked.number
    )
    assert place.kim.tickets.get(asked.id).state == "Approved"


def test_a_role_that_comes_later_switches_the_grant_off_and_is_told(place: Place) -> None:
    incident = place.kim.incidents.log("Pens")
    place.given("buyer")
    bob = place.desk.acting_as(BOB)
    assert bob.tickets.get(incident.id)
    assert place.kim.access.conflicts() == ()
    # As the host hands it over:
    both = place.desk.acting_as(Actor("bob", roles=["payer"]))
    with pytest.raises(NotFoundError):
        both.tickets.get(incident.id)
    both.access.request("agent", reason="it acts, and so it is known")
    expected = DutyConflict(
        "bob", ["buyer", "payer"], ["granted by kim", "as the host has told"], SEPARATE.because
    )
    assert place.kim.access.conflicts() == (expected,)
    assert place.another().acting_as(KIM).access.conflicts() == (expected,)
    # By the directory:
    bob.access.request("agent", reason="as a plain person again")
    assert place.kim.access.conflicts() == ()
    place.people.in_books.add("bob")
    with pytest.raises(NotFoundError):
        bob.tickets.get(incident.id)
    (found,) = place.kim.access.conflicts()
    assert str(found) == (
        "bob has 'buyer' (granted by kim) and 'payer' (by the directory, or as everybody): "
        "nobody pays what they bought"
    )
    place.people.gone.add("bob")
    assert place.kim.access.conflicts() == ()


ROLES = ("a", "b", "c", "d")


@given(
    st.lists(st.lists(st.sampled_from(ROLES), min_size=2, max_size=3, unique=True), max_size=3),
    st.sets(st.sampled_from(ROLES)),
    st.lists(st.sampled_from(ROLES), max_size=5),
)
def test_no_grant_brings_separate_duties_together(
    separate: list[list[str]], own: set[str], granted: list[str]
) -> None:
    rules = AccessRules(
        [Role(each) for each in ROLES], separation=[ConflictingDuties(each, "so") for each in separate]
    )
    kept = [each.role for each in kept_apart(rules, own, map(HeldRole, granted))]
    together = own | set(kept)
    for duties in separate:
        # What is together was so without grants.
        assert not set(duties) <= together or set(duties) <= own
    for role in granted:
        if role not in kept:
            assert any(role in duties and set(duties) <= together | {role} for duties in separate)
    # Those who have them together without grants are told.
    found = conflicts_of(rules, "bob", dict.fromkeys(together, "somehow"))
    assert [list(each.roles) for each in found] == [each for each in separate if set(each) <= own]


# -- provisioning --------------------------------------------------------------------------------------------


class Accounts:
    """A system elsewhere, in which people have accounts for as long as a grant says so."""

    def __init__(self) -> None:
        self.grants: dict[str, Grant] = {}
        self.told: list[str] = []
        self.is_down = False

    @hookimpl
    def itsmkit_provision(self, grant: Grant, key: str) -> None:
        self._hear(key)
        self.grants[grant.ticket_id] = grant

    @hookimpl
    def itsmkit_deprovision(self, grant: Grant, key: str) -> None:
        self._hear(key)
        self.grants.pop(grant.ticket_id, None)

    def _hear(self, key: str) -> None:
        self.told.append(key)
        if self.is_down:
            message = "no answer"
            raise TimeoutError(message)

    def people(self) -> set[str]:
        return {each.person for each in self.grants.values()}


class TestAccounts(ProvisionerContract):
    @pytest.fixture
    def provisioner(self) -> Accounts:
        return Accounts()

    @pytest.fixture
    def people(self, provisioner: Accounts) -> Callable[[], Collection[str]]:  # type: ignore[override]
        return provisioner.people


def test_accounts_follow_what_is_granted() -> None:
    accounts = Accounts()
    place = Place(accounts)
    granted = place.given(until=A_MONDAY + 9 * DAY, scope='site = "Bonn"')
    assert accounts.people() == set()  # not before the commit, and its delivery
    place.kim.deliver()
    (grant,) = accounts.grants.values()
    assert grant == Grant(
        granted.id,
        "bob",
        "agent",
        scope=equals("site", "Bonn"),
        since=A_MONDAY,
        until=A_MONDAY + 9 * DAY,
        granted_by="kim",
        because="helps out",
    )
    assert accounts.told == [f"{granted.id}/{granted.version - 0}"] or len(accounts.told) == 1
    place.kim.deliver()
    assert len(accounts.told) == 1
    place.clock.advance(9 * DAY)
    place.kim.run_due()
    place.kim.deliver()
    assert accounts.people() == set()
    assert len(set(accounts.told)) == 2


def test_what_stays_held_is_not_told_again() -> None:
    accounts = Accounts()
    place = Place(accounts)
    granted = place.given()
    (due,) = place.kim.access.due_for_recertification(datetime(2027, 1, 1, tzinfo=UTC))
    place.clock.set(due.due_at)
    place.kim.run_due()
    place.kim.access.recertify(granted.id)
    place.kim.tickets.comment(granted.id, "still needed")
    place.kim.deliver()
    assert len(accounts.told) == 1
    assert accounts.people() == {"bob"}


def test_a_provisioner_that_fails_is_asked_again_and_holds_up_nobody() -> None:
    one, other = Accounts(), Accounts()
    one.is_down = True

    class Named:
        """The same as another, by another name."""

        itsmkit_provision = other.itsmkit_provision
        itsmkit_deprovision = other.itsmkit_deprovision

    place = Place(one, Named())
    place.given()
    report = place.kim.deliver()
    (failure,) = report.observer_failures
    assert isinstance(failure, PluginError)
    assert (failure.hook, "no answer" in str(failure)) == ("itsmkit_provision", True)
    assert report.again_at is not None
    assert (one.people(), other.people()) == (set(), {"bob"})
    place.kim.deliver()
    assert len(one.told) == 1  # not before its pause is over
    one.is_down = False
    place.clock.advance(timedelta(minutes=1))
    place.kim.deliver()
    assert one.people() == {"bob"}
    assert one.told == [one.told[0]] * 2  # the same key
    assert len(other.told) == 1


def test_a_provisioner_that_fails_for_good_is_reported_and_goes_on() -> None:
    accounts = Accounts()
    accounts.is_down = True
    place = Place(accounts)
    first = place.given()
    failures = []
    while (report := place.kim.deliver()).again_at is not None:
        failures += report.observer_failures
        place.clock.set(report.again_at)
    failures += report.observer_failures
    assert len(failures) == 8
    assert "given up after 8 tries" in str(failures[-1])
    accounts.is_down = False
    place.kim.access.revoke(first.id, reason="x")
    place.given("manager")
    place.kim.deliver()
    assert {each.role for each in accounts.grants.values()} == {"manager"}


def test_who_is_new_is_told_all_from_the_beginning() -> None:
    place = Place()
    place.kim.access.revoke(place.given().id, reason="x")
    place.given("manager")
    place.kim.incidents.log("No network")
    accounts = Accounts()
    place.plugins = (accounts,)
    place.another().acting_as(KIM).deliver()
    assert len(accounts.told) == 3
    assert {each.role for each in accounts.grants.values()} == {"manager"}


def test_a_plugin_may_only_remove() -> None:
    class Remover:
        def __init__(self) -> None:
            self.removed: list[str] = []

        @hookimpl
        def itsmkit_deprovision(self, grant: Grant) -> None:
            self.removed.append(grant.person)

    remover = Remover()
    place = Place(remover)
    place.kim.access.revoke(place.given().id, reason="x")
    assert place.kim.deliver().observer_failures == ()
    assert remover.removed == ["bob"]


def test_another_kind_with_states_of_the_same_names_grants_nothing() -> None:
    accounts = Accounts()
    kinds = [*CONFIG.kinds.values(), evolve(access_grant_kind("LOAN-"), name="loan")]
    place = Place(accounts, config=evolve(CONFIG, kinds=kinds))
    loans = place.kim.work("loan")
    details = {"grantee": "bob", "resource": "a bike", "justification": "x"}
    loan = loans.transition(loans.log("A bike", details=details).id, "request_approval")
    loans.transition(loan.id, "approve", approval="approved")
    loans.transition(loan.id, "grant", granted_by="kim", duty_conflict=False)
    place.kim.deliver()
    assert accounts.told == []
