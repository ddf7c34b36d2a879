"""Remote sessions on a desk: nothing is opened without consent, and the time lands in the work log."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from attrs import evolve

from itsmkit.cmdb import CIId, ConfigurationItem, UnknownItemError
from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.errors import PluginError, RefusedError
from itsmkit.plugin import hookimpl
from itsmkit.practices import WorkLogPolicy
from itsmkit.practices.remote_sessions import ConsentRequiredError, SessionRef
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Actor, Ticket, TicketId

HOUR = timedelta(hours=1)
BOB = Actor("bob")


class Viewer:
    """A plugin that opens sessions on machines of metal, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, TicketId]] = []
        self.meanwhile: Any = bool

    @hookimpl
    def itsmkit_remote_session(self, ci: ConfigurationItem, agent: Actor, ticket: Ticket) -> Any:
        self.asked.append((ci.id, agent.id, ticket.id))
        self.meanwhile()
        if ci.ci_class == "physical host":
            return SessionRef("viewer", f"viewer://{len(self.asked)}")
        return None


@pytest.fixture
def viewer() -> Viewer:
    return Viewer()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(A_MONDAY)


@pytest.fixture
def desk(viewer: Viewer, clock: ManualClock) -> Desk:
    desk = Desk(plugins=[viewer], clock=clock, random=Random(1)).acting_as(Actor("ann"))
    desk.cmdb.put(
        ConfigurationItem(CIId("lap-7"), "physical host", "lap-7"),
        ConfigurationItem(CIId("web-1"), "virtual machine", "web-1"),
    )
    return desk


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    return desk.incidents.log("The screen is black", requester="bob", configuration_item="lap-7")


def test_a_session_with_consent_becomes_work(
    desk: Desk, ticket: Ticket, clock: ManualClock, viewer: Viewer
) -> None:
    given = desk.remote_sessions.give_consent(ticket.id, "to look at the driver", by=BOB)
    [consent] = given.consents
    assert (consent.person, consent.recorded_by, consent.expires_at) == ("bob", "bob", A_MONDAY + 24 * HOUR)
    clock.advance(HOUR)
    access = desk.remote_sessions.start(ticket.id)
    [session] = access.sessions
    assert (session.agent, session.ref, session.consent) == (
        "ann",
        SessionRef("viewer", "viewer://1"),
        consent.id,
    )
    assert viewer.asked == [("lap-7", "ann", ticket.id)]
    clock.advance(HOUR / 3)
    # Somebody else stops it: the work was ann's.
    stopped = desk.remote_sessions.stop(ticket.id, session.id, note="a new driver", by=Actor("kim"))
    assert stopped.sessions[0].stopped_at == clock()
    [entry] = desk.tickets.get(ticket.id).work_log
    assert (entry.person, entry.duration, entry.activity) == ("ann", HOUR / 3, "remote session")
    assert entry.note == "the remote session on lap-7 was stopped\na new driver"
    assert desk.remote_sessions.of(ticket.id) == stopped
    names = [each.name for each in desk.tickets.history(ticket.id)]
    assert names == ["TicketLogged", "InternalNote", "InternalNote", "WorkLogged"]
    assert desk.audit.verify().is_intact


def test_without_consent_nobody_is_asked(
    desk: Desk, ticket: Ticket, clock: ManualClock, viewer: Viewer
) -> None:
    def refused() -> None:
        before = [*desk.store.dump()]
        with pytest.raises(ConsentRequiredError):
            desk.remote_sessions.start(ticket.id)
        assert [*desk.store.dump()] == before

    refused()
    given = desk.remote_sessions.give_consent(ticket.id, "to look", person="bob", valid_for=HOUR)
    clock.advance(HOUR)
    refused()
    given = desk.remote_sessions.give_consent(ticket.id, "to look again", person="bob")
    desk.remote_sessions.withdraw_consent(ticket.id, given.consents[1].id)
    assert desk.remote_sessions.withdraw_consent(ticket.id, given.consents[1].id).version == 3
    refused()
    desk.remote_sessions.give_consent(ticket.id, "the server", person="bob", configuration_item="web-1")
    refused()
    assert viewer.asked == []


@pytest.mark.parametrize("valid_for", [timedelta.max, timedelta.min, timedelta(0), timedelta(days=31)])
def test_consent_holds_for_some_time(desk: Desk, ticket: Ticket, valid_for: timedelta) -> None:
    with pytest.raises(RefusedError, match="more than no time and at most 30 days"):
        desk.remote_sessions.give_consent(ticket.id, "to look", person="bob", valid_for=valid_for)
    assert desk.remote_sessions.of(ticket.id).version == 0


def test_a_consent_that_is_withdrawn_meanwhile_is_met(desk: Desk, ticket: Ticket, viewer: Viewer) -> None:
    given = desk.remote_sessions.give_consent(ticket.id, "to look", person="bob")
    key = given.consents[0].id
    viewer.meanwhile = lambda: desk.remote_sessions.withdraw_consent(ticket.id, key, by=BOB)
    with pytest.raises(ConsentRequiredError, match="bob has withdrawn the consent"):
        desk.remote_sessions.start(ticket.id)
    assert desk.remote_sessions.of(ticket.id).sessions == ()


def test_it_is_started_once_for_its_key(
    desk: Desk, ticket: Ticket, clock: ManualClock, viewer: Viewer
) -> None:
    desk.remote_sessions.give_consent(ticket.id, "to look", person="bob")
    first = desk.remote_sessions.start(ticket.id, idempotency_key="k")
    with pytest.raises(RefusedError, match="ann is in session"):
        desk.remote_sessions.start(ticket.id)
    clock.advance(HOUR)
    desk.remote_sessions.stop(ticket.id, first.sessions[0].id)
    assert desk.remote_sessions.start(ticket.id, idempotency_key="k") == first
    assert len(viewer.asked) == 1


def test_what_cannot_be_opened(desk: Desk, ticket: Ticket, viewer: Viewer) -> None:
    desk.remote_sessions.give_consent(ticket.id, "to look", person="bob")
    with pytest.raises(UnknownItemError):
        desk.remote_sessions.start(ticket.id, configuration_item="lap-8")
    assert viewer.asked == []
    with pytest.raises(RefusedError, match="no plugin opens one"):
        desk.remote_sessions.start(ticket.id, configuration_item="web-1")
    nowhere = desk.incidents.log("It is slow", requester="bob")
    desk.remote_sessions.give_consent(nowhere.id, "to look", person="bob")
    with pytest.raises(RefusedError, match="it names no configuration item"):
        desk.remote_sessions.start(nowhere.id)

    def fails() -> None:
        raise OSError("no route")

    viewer.meanwhile = fails
    before = [*desk.store.dump()]
    with pytest.raises(PluginError, match="no route"):
        desk.remote_sessions.start(ticket.id)
    assert [*desk.store.dump()] == before


def test_what_is_no_session_is_a_failure_of_the_plugin(clock: ManualClock) -> None:
    class Wrong:
        @hookimpl
        def itsmkit_remote_session(self) -> str:
            return "viewer://1"

    desk = Desk(plugins=[Wrong()], clock=clock).acting_as(Actor("ann"))
    desk.cmdb.put(ConfigurationItem(CIId("lap-7"), "physical host", "lap-7"))
    ticket = desk.incidents.log("The screen is black", requester="bob", configuration_item="lap-7")
    desk.remote_sessions.give_consent(ticket.id, "to look", person="bob")
    with pytest.raises(PluginError, match="returned str in place of a SessionRef or None"):
        desk.remote_sessions.start(ticket.id)


def test_no_time_is_no_work_and_words_are_those_of_the_desk(viewer: Viewer, clock: ManualClock) -> None:
    config = DeskConfig.standard()
    rules = evolve(config, tickets=evolve(config.tickets, work=WorkLogPolicy(activities=["remote"])))
    desk = Desk(rules, plugins=[viewer], clock=clock).acting_as(Actor("ann"))
    desk.cmdb.put(ConfigurationItem(CIId("lap-7"), "physical host", "lap-7"))
    ticket = desk.incidents.log("The screen is black", requester="bob", configuration_item="lap-7")
    desk.remote_sessions.give_consent(ticket.id, "to look", person="bob")
    at_once = desk.remote_sessions.start(ticket.id).sessions[0]
    desk.remote_sessions.stop(ticket.id, at_once.id)
    assert desk.tickets.get(ticket.id).work_log == ()
    longer = desk.remote_sessions.start(ticket.id).sessions[1]
    clock.advance(HOUR)
    with pytest.raises(RefusedError, match="unknown activity 'remote session'"):
        desk.remote_sessions.stop(ticket.id, longer.id)
    # Nothing is half done: it is on still.
    assert desk.remote_sessions.of(ticket.id).sessions[1].is_on
    desk.remote_sessions.stop(ticket.id, longer.id, activity="remote")
    assert [each.duration for each in desk.tickets.get(ticket.id).work_log] == [HOUR]


def test_of_two_first_consents_at_once_none_is_lost(clock: ManualClock, store: Any) -> None:
    desk = Desk(store=store, clock=clock, random=Random(1), pause=bool).acting_as(Actor("ann"))
    ticket = desk.incidents.log("The screen is black", requester="bob")

    def others() -> None:
        desk.remote_sessions.give_consent(ticket.id, "to look twice", person="bob")

    store.meanwhile = [others]
    access = desk.remote_sessions.give_consent(ticket.id, "to look", person="bob")
    assert {each.purpose for each in access.consents} == {"to look", "to look twice"}
