"""Profiles: ready-made configurations, each of which works as it is, and can become the next."""

import re
import subprocess
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from itsmkit.calendars import TimeSpan
from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.desk.profiles import PROFILES, profile_text
from itsmkit.errors import DefinitionError, NotFoundError
from itsmkit.packs import Pack, combined, pack
from itsmkit.practices import STANDARD_KINDS
from itsmkit.practices.access import AccessDeniedError
from itsmkit.sla.checks import check_agreements
from itsmkit.tickets import Actor, InternalNote, PublicMessage

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
YEAR = TimeSpan(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


def a_desk(profile: str) -> Desk:
    desk = Desk(DeskConfig.profile(profile), clock=ManualClock(MONDAY), random=Random(1))
    return desk.acting_as(Actor("ann", roles=["agent"]))


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_is_sound(profile: str) -> None:
    config = DeskConfig.profile(profile)
    priorities = config.kind("incident").priorities.priorities
    assert check_agreements(config.agreements, over=YEAR, priorities=priorities) == ()
    named = {step.checkpoint for step in config.escalation.steps}
    there = {
        checkpoint.name
        for agreement in config.agreements
        for promise in agreement.promises
        for checkpoint in promise.target.checkpoints
    }
    assert named <= there


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_explains_itself(profile: str) -> None:
    lines = profile_text(profile).splitlines()
    assert lines[0].startswith("# ")
    assert sum(line.startswith("#") for line in lines) >= 5


@pytest.mark.parametrize("profile", PROFILES)
def test_a_desk_works_by_a_profile(profile: str) -> None:
    desk = a_desk(profile)
    incident = desk.incidents.log("No network", requester="bob")
    assert incident.number.startswith(desk.config.prefixes["incident"])
    assert desk.next_due() is not None
    assert all(group.members == () for group in desk.config.structure.groups)


def test_a_help_desk_loads_no_more_than_it_needs() -> None:
    program = (
        "import sys\n"
        "from itsmkit import Desk\n"
        "from itsmkit.desk import DeskConfig\n"
        "from itsmkit.tickets import Actor\n"
        "desk = Desk(DeskConfig.profile('helpdesk')).acting_as(Actor('ann'))\n"
        "incident = desk.incidents.log('No network')\n"
        "desk.tickets.comment(incident.id, 'I look at it')\n"
        "print('\\n'.join(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    rooms = ("change", "causes", "risk", "health", "diagrams", "bridges", "json_schema")
    unwanted = {f"itsmkit.cmdb.{room}" for room in rooms}
    unwanted |= {"itsmkit.desk.cmdb", "itsmkit.desk.discovery", "itsmkit.desk.json_schema"}
    unwanted |= {"itsmkit.practices.assets", "itsmkit.workflow.approvals", "itsmkit.workflow.tasks"}
    assert not {name for name in loaded if any(f"{name}.".startswith(f"{each}.") for each in unwanted)}
    # Its rules name no class model.
    assert "cmdb" not in tomllib.loads(profile_text("helpdesk"))


def test_a_desk_that_grows_keeps_its_tickets() -> None:
    desk = a_desk("helpdesk")
    first = desk.incidents.log("No network", requester="bob", impact="all", urgency="now")
    desk.incidents.transition(first.id, "assign", support_group="Help desk", assignee="ann")
    history = [*desk.tickets.history(first.id)]
    grown = desk.configuration.change(tomllib.loads(profile_text("service_desk")), reason="we have grown")
    assert any("clocks" in each for each in grown.consequences)
    assert [*desk.tickets.history(first.id)] == history
    desk.incidents.transition(first.id, "start")
    assert desk.incidents.log("No power").number == "INC-2"
    assert desk.tickets.clocks(first.id)["resolve"].within == timedelta(hours=4)


def test_hours_of_a_dispatch_desk_are_those_of_the_site() -> None:
    desk = a_desk("dispatch")
    north = desk.incidents.log("A pump", site="North yard", impact="standstill", urgency="today")
    south = desk.incidents.log("A pump", site="South yard", impact="standstill", urgency="today")
    due = [desk.tickets.clocks(each.id)["on site"].due for each in (north, south)]
    # In the north until 16:00 by the clocks of Berlin, and an hour the next day; in the south at all hours.
    assert due == [MONDAY + timedelta(days=1, hours=-1), MONDAY + timedelta(hours=8)]


KINDS = {
    "helpdesk": {"incident", "question"},
    "service_desk": {*STANDARD_KINDS, "access_grant"},
    "dispatch": {"incident", "service_request", "task"},
}


@pytest.mark.parametrize("profile", PROFILES)
def test_every_kind_of_work_has_promises_of_its_own_or_of_all(profile: str) -> None:
    desk = a_desk(profile).privileged("to see every kind")
    assert desk.config.kinds.keys() == KINDS[profile]
    for kind in desk.config.kinds:
        ticket = desk.work(kind).log("As always", requester="bob")
        clocks = desk.tickets.clocks(ticket.id)
        assert clocks
        if kind != "incident" and profile != "helpdesk":
            assert "on site" not in clocks
            planned = kind in {"problem", "change", "release", "access_grant"} or (
                kind == "task" and profile == "service_desk"
            )
            assert ("resolve" in clocks) is not planned


def test_customers_of_a_service_desk_see_their_own_and_no_more_than_is_meant_for_them() -> None:
    desk = a_desk("service_desk")
    bob, eve = (desk.acting_as(Actor(each)) for each in ("bob", "eve"))
    incident = bob.incidents.log("No network", requester="bob")
    with pytest.raises(AccessDeniedError):
        eve.incidents.log("No network", requester="bob")
    desk.tickets.add_note(incident.id, "He pulled the plug again.")
    desk.tickets.send_message(incident.id, "Please look at the plug.")
    bob.tickets.send_message(incident.id, "It was the plug.")
    facts = [event.fact for event in bob.tickets.history(incident.id)]
    assert [fact.text for fact in facts if isinstance(fact, PublicMessage)] == [
        "Please look at the plug.",
        "It was the plug.",
    ]
    assert "He pulled the plug again." in {
        fact.text
        for fact in (each.fact for each in desk.tickets.history(incident.id))
        if isinstance(fact, InternalNote)
    }
    assert not any(isinstance(fact, InternalNote) for fact in facts)
    with pytest.raises(AccessDeniedError):
        bob.incidents.transition(incident.id, "cancel")
    assert eve.tickets.count() == 0
    with pytest.raises(NotFoundError):
        eve.tickets.get(incident.id)


def test_what_is_secret_at_a_service_desk_is_seen_by_those_who_may() -> None:
    desk = a_desk("service_desk")
    sam = desk.acting_as(Actor("sam", roles=["agent", "security"]))
    incident = sam.incidents.log("Somebody reads our mail", requester="bob", restricted_to="security")
    assert incident.number == "INC-SEC-1"
    bob = desk.acting_as(Actor("bob"))
    assert (sam.tickets.count(), desk.tickets.count(), bob.tickets.count()) == (1, 0, 0)
    kim = desk.acting_as(Actor("kim", roles=["agent", "personnel"]))
    letter = kim.incidents.log("My payslip is wrong", requester="bob", restricted_to="personnel")
    assert [each.id for each in bob.tickets.matching()] == [letter.id]
    assert [each.id for each in kim.tickets.matching()] == [letter.id]


def test_agents_of_a_service_desk_do_not_decide_on_access() -> None:
    desk = a_desk("service_desk")
    bob, kim = desk.acting_as(Actor("bob")), desk.acting_as(Actor("kim", roles=["access_manager"]))
    grants = kim.work("access_grant")
    asked = {"grantee": "bob", "resource": "manager", "justification": "he runs it now"}
    grant = bob.work("access_grant").log("Bob runs the desk", requester="bob", details=asked)
    for act in (
        lambda: desk.work("access_grant").transition(grant.id, "request_approval"),
        lambda: desk.tickets.transition(grant.id, "request_approval"),
        lambda: desk.tickets.describe(grant.id, resource="agent"),
        lambda: bob.tickets.transition(grant.id, "request_approval"),
    ):
        with pytest.raises(AccessDeniedError):
            act()
    grants.transition(grant.id, "request_approval")
    grants.transition(grant.id, "approve", approval="approved")
    assert not bob.may("report").allowed
    grants.transition(grant.id, "grant", granted_by="kim", duty_conflict=False)
    assert bob.may("report").allowed


def test_another_profile_is_none() -> None:
    with pytest.raises(DefinitionError, match="unknown profile 'help_desk'; did you mean 'helpdesk'"):
        DeskConfig.profile("help_desk")


def test_a_service_desk_routes_to_the_queues_of_its_groups() -> None:
    desk = a_desk("service_desk")
    logged = [
        desk.incidents.log("It is slow", requester="bob", impact="low", urgency="low", category=category)
        for category in ("infrastructure/servers", "mail", None)
    ]
    after = [desk.routing.assign(ticket.id) for ticket in logged]
    assert [each.support_group for each in after] == ["Infrastructure", "Service desk", "Service desk"]
    assert {each.assignee for each in after} == {None}


# -- what is switched off ------------------------------------------------------------------------------


def switched_on(profile: str) -> dict[str, object]:
    """Return a profile as it reads once the `#` in front of all that is switched off is removed."""
    return tomllib.loads(re.sub(r"^#(?=[^ #\n])", "", profile_text(profile), flags=re.MULTILINE))


def an_open_desk(profile: str) -> tuple[Desk, ManualClock]:
    clock = ManualClock(MONDAY)
    return Desk.from_config(switched_on(profile), clock=clock, random=Random(1)), clock


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_switched_off_is_there_to_be_switched_on(profile: str) -> None:
    before, after = tomllib.loads(profile_text(profile)), switched_on(profile)
    assert after.keys() - before.keys() == {"classification", "conversations", "measures"}
    assert "ladders" not in before["escalation"]
    config = DeskConfig.load(after)
    assert [each.name for each in config.escalation.ladders] == ["silent P1"]
    assert config.escalation.steps == DeskConfig.profile(profile).escalation.steps
    assert config.measures.adjust_for == ("kind", "priority")
    assert config.classification.is_on
    assert "\n\n#[[escalation.ladders]]" not in profile_text(profile)  # each is explained


@pytest.mark.parametrize("profile", PROFILES)
def test_a_bot_that_is_switched_on_answers_and_hands_over(profile: str) -> None:
    desk, _ = an_open_desk(profile)
    bob, ann = desk.acting_as(Actor("bob")), desk.acting_as(Actor("ann", roles=["agent"]))
    talk = bob.conversations.begin("My password is wrong")
    assert talk.turns[-1].text.startswith("You can set a new password")
    assert bob.conversations.say(talk.id, "it works, thanks").is_open is False
    talk = bob.conversations.begin("There is smoke")
    talk = bob.conversations.hand_over(talk.id, "a person, please")
    assert [each.id for each in ann.conversations.waiting()] == [talk.id]
    ann.conversations.take(talk.id)
    ann.conversations.reply(talk.id, "I am on my way.")
    assert talk.ticket_id is not None
    assert ann.tickets.get(talk.ticket_id).support_group == desk.config.conversations.group
    assert len(bob.conversations.of("bob")) == 2


@pytest.mark.parametrize("profile", PROFILES)
def test_predictions_that_are_switched_on_are_recorded_and_change_nothing(profile: str) -> None:
    desk, _ = an_open_desk(profile)
    ann = desk.acting_as(Actor("ann", roles=["agent"]))
    groups = [each.id for each in desk.config.structure.groups]
    for number in range(6):
        for word, group in (("printer", groups[0]), ("router", groups[-1])):
            ticket = ann.incidents.log(f"the {word} {number}", requester="bob")
            ann.tickets.assign(ticket.id, support_group=group)
            ann.incidents.transition(ticket.id, "cancel", cancellation_reason="an example")
    if len(groups) > 1:  # otherwise there is nothing to learn
        desk.privileged("to train").classification.train("support_group", by=Actor("mia", roles=["manager"]))
    logged = ann.incidents.log("the printer again", requester="bob")
    told = ann.classification.of(logged.id)
    assert (told.mode, logged.support_group) == ("shadow", None)
    assert [each.field for each in told.advice] == ["support_group"][: len(groups) - 1]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_ladder_that_is_switched_on_tells_of_silence(profile: str) -> None:
    desk, clock = an_open_desk(profile)
    ann = desk.acting_as(Actor("ann", roles=["agent"]))
    levels = desk.config.kind("incident").priorities
    urgent = ann.incidents.log(
        "Nothing works", requester="bob", impact=levels.impacts[0], urgency=levels.urgencies[0]
    )
    group = desk.config.structure.groups[0].id
    first, second = ("dispatch", "arrive") if profile == "dispatch" else ("assign", "start")
    ann.incidents.transition(urgent.id, first, support_group=group, assignee="ann")
    ann.incidents.transition(urgent.id, second)
    worker = desk.privileged("to work")
    clock.advance(timedelta(minutes=31))
    worker.run_due()
    told = [event.fact for event in ann.tickets.history(urgent.id) if "silent P1" in str(event.fact)]
    assert len(told) == 1
    clock.advance(timedelta(minutes=30))
    worker.run_due()
    told = [event.fact for event in ann.tickets.history(urgent.id) if "silent P1" in str(event.fact)]
    assert len(told) == 2


def test_a_pack_of_steps_and_a_profile_with_a_ladder_are_one_desk() -> None:
    mine = Pack("mine", "Mine", {"escalation": switched_on("helpdesk")["escalation"]})
    both = combined(pack("it"), mine)
    assert isinstance(pack("it").configuration["escalation"], tuple)
    config = both.config
    assert [each.name for each in config.escalation.ladders] == ["silent P1"]
    theirs = pack("it").config.escalation.steps
    assert [*config.escalation.steps][: len(theirs)] == [*theirs]
    assert Desk(config).acting_as(Actor("ann", roles=["it_agent"])).incidents.log("No mail").number
