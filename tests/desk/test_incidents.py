from collections.abc import Callable
from datetime import timedelta

import pytest

from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.errors import ConflictError, DefinitionError, NotFoundError, RefusedError
from itsmkit.practices import Observation
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.tickets import Actor, Prioritised, StateChanged, StateCorrected, TicketId, TicketLogged
from itsmkit.workflow import TransitionRefusedError

HOUR = timedelta(hours=1)
BOB = Actor("bob")


def test_an_incident_is_logged_with_all_that_is_known(desk: Desk) -> None:
    incident = desk.incidents.log(
        "No network",
        requester="carol",
        impact="high",
        urgency="high",
        channel="phone",
        site="floor 3",
        service="network",
        configuration_item="switch 3",
        category="outage",
        support_group="Network",
        opened_at=A_MONDAY - HOUR,
        details={"cable": "red"},
    )
    assert (incident.number, incident.version, incident.state) == ("INC-1", 1, "New")
    assert (incident.impact, incident.urgency, incident.priority) == ("high", "high", "P1")
    described = (incident.title, incident.requester, incident.channel, incident.site, incident.service)
    assert described == ("No network", "carol", "phone", "floor 3", "network")
    assert (incident.configuration_item, incident.category) == ("switch 3", "outage")
    assert (incident.support_group, dict(incident.details)) == ("Network", {"cable": "red"})
    assert (incident.opened_at, incident.updated_at) == (A_MONDAY - HOUR, A_MONDAY)
    (event,) = desk.tickets.history(incident.id)
    assert isinstance(event.fact, TicketLogged)
    assert (event.actor, event.at, event.recorded_at) == (AN_AGENT, A_MONDAY, A_MONDAY)


def test_what_is_not_said_is_the_least(desk: Desk) -> None:
    incident = desk.incidents.log("It is slow", by=BOB)
    assert (incident.requester, incident.priority) == ("bob", "P5")
    assert (incident.channel, incident.support_group, dict(incident.details)) == (None, None, {})


def test_numbers_and_keys_are_new_each_time(desk: Desk) -> None:
    incidents = [desk.incidents.log(f"Incident {n}") for n in range(3)]
    assert [incident.number for incident in incidents] == ["INC-1", "INC-2", "INC-3"]
    assert len({incident.id for incident in incidents}) == 3


def test_an_unknown_level_logs_nothing(desk: Desk) -> None:
    with pytest.raises(DefinitionError, match="unknown impact 'huge'"):
        desk.incidents.log("No network", impact="huge")
    assert not list(desk.tickets)
    assert not desk.events()


def test_an_incident_moves_through_its_workflow(desk: Desk, clock: ManualClock) -> None:
    incident = desk.incidents.log("No network", support_group="Network")
    clock.advance(HOUR)
    desk.tickets.assign(incident.id, support_group="Network", assignee="bob")
    moved = desk.incidents.transition(incident.id, "start")
    clock.advance(HOUR)
    resolved = desk.incidents.transition(incident.id, "resolve", by=BOB, resolution="plugged it in")
    assert (moved.state, resolved.state, resolved.is_open) == ("In Progress", "Resolved", False)
    assert resolved.resolution == "plugged it in"
    assert desk.tickets.get(incident.id) == resolved
    *_, last = desk.tickets.history(incident.id)
    assert (last.actor, last.at) == (BOB, A_MONDAY + 2 * HOUR)
    assert last.fact == StateChanged(
        "In Progress", "Resolved", "resolved", "resolve", {"resolution": "plugged it in"}
    )


def test_a_refused_move_says_every_reason_and_changes_nothing(desk: Desk) -> None:
    incident = desk.incidents.log("No network")
    before = desk.events()
    with pytest.raises(TransitionRefusedError) as refused:
        desk.incidents.transition(incident.id, "close")
    assert refused.value.legal == ("assign", "start", "cancel")
    with pytest.raises(TransitionRefusedError, match="assignee is missing"):
        desk.incidents.transition(incident.id, "start")
    assert desk.tickets.get(incident.id) == incident
    assert desk.events() == before


def test_a_priority_is_judged_by_the_matrix_or_with_a_reason(desk: Desk) -> None:
    incident = desk.incidents.log("No network")
    assert desk.incidents.prioritise(incident.id, impact="high", urgency="high").priority == "P1"
    raised = desk.incidents.prioritise(
        incident.id, impact="low", urgency="low", priority="P2", reason="the board meets"
    )
    assert raised.priority == "P2"
    *_, last = desk.tickets.history(incident.id)
    assert last.fact == Prioritised("low", "low", "P2", "set by agent: the board meets")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        pytest.param({"impact": "huge"}, DefinitionError, "unknown impact 'huge'", id="unknown level"),
        pytest.param({"priority": "P9"}, DefinitionError, "unknown priority 'P9'", id="unknown priority"),
        pytest.param({"priority": "P1"}, RefusedError, "say why in `reason`", id="no reason"),
    ],
)
def test_a_wrong_judgement_changes_nothing(
    desk: Desk, options: dict[str, str], error: type[Exception], message: str
) -> None:
    incident = desk.incidents.log("No network")
    with pytest.raises(error, match=message):
        desk.incidents.prioritise(incident.id, **{"impact": "low", "urgency": "low", **options})
    assert desk.tickets.get(incident.id) == incident


def test_what_changes_nothing_is_no_event(desk: Desk) -> None:
    incident = desk.incidents.log("No network")
    assert desk.incidents.prioritise(incident.id, impact="low", urgency="low") == incident
    assert len(desk.events()) == 1


def test_a_history_of_another_system_is_taken_over_and_followed(desk: Desk, clock: ManualClock) -> None:
    clock.advance(8 * HOUR)
    seen = Observation("Assigned", support_group="Network", priority="P2", details={"title": "No network"})
    begun = desk.incidents.take_over("OLD-7", seen, opened_at=A_MONDAY, at=A_MONDAY + HOUR, by=BOB)
    assert (begun.number, begun.state, begun.opened_at) == ("OLD-7", "Assigned", A_MONDAY)
    (first,) = desk.tickets.history(begun.id)
    assert (first.at, first.recorded_at, first.actor) == (A_MONDAY + HOUR, A_MONDAY + 8 * HOUR, BOB)
    assert isinstance(first.fact, TicketLogged)
    assert first.fact.irregular == ("the history begins in Assigned, not in New",)
    closed = Observation("Closed", support_group="Network", priority="P2", details={"title": "No network"})
    followed = desk.incidents.catch_up(begun.id, closed, at=A_MONDAY + 2 * HOUR)
    assert (followed.state, followed.version) == ("Closed", 2)
    *_, last = desk.tickets.history(begun.id)
    assert last.fact == StateCorrected(
        "Assigned", "Closed", "closed", ("no move leads from Assigned to Closed",)
    )


def test_what_another_system_shows_as_it_is_here_is_no_event(desk: Desk) -> None:
    seen = Observation("New")
    begun = desk.incidents.take_over("OLD-7", seen, opened_at=A_MONDAY)
    assert desk.incidents.catch_up(begun.id, seen) == begun


def test_an_incident_is_taken_over_once(desk: Desk) -> None:
    begun = desk.incidents.take_over("OLD-7", Observation("New"), opened_at=A_MONDAY)
    with pytest.raises(ConflictError, match="cannot save ticket number OLD-7"):
        desk.incidents.take_over("OLD-7", Observation("New"), opened_at=A_MONDAY)
    assert list(desk.tickets) == [begun]


def test_a_number_that_is_taken_is_passed_over(desk: Desk) -> None:
    desk.incidents.take_over("INC-1", Observation("New"), opened_at=A_MONDAY)
    assert desk.incidents.log("No network").number == "INC-2"


@pytest.mark.parametrize(
    "instants",
    [{"opened_at": A_MONDAY.replace(tzinfo=None)}, {"at": A_MONDAY.replace(tzinfo=None)}],
    ids=["opened_at", "at"],
)
def test_a_naive_instant_takes_nothing_over(desk: Desk, instants: dict[str, object]) -> None:
    with pytest.raises(DefinitionError, match="has no time zone"):
        desk.incidents.take_over("OLD-7", Observation("New"), **{"opened_at": A_MONDAY, **instants})
    assert not list(desk.tickets)


def test_an_unknown_state_is_not_taken_over(desk: Desk) -> None:
    with pytest.raises(NotFoundError, match="no state 'Limbo'"):
        desk.incidents.take_over("OLD-7", Observation("Limbo"), opened_at=A_MONDAY)
    begun = desk.incidents.take_over("OLD-7", Observation("New"), opened_at=A_MONDAY)
    with pytest.raises(NotFoundError, match="no state 'Limbo'"):
        desk.incidents.catch_up(begun.id, Observation("Limbo"))
    assert desk.tickets.get(begun.id) == begun


NOBODY = TicketId("nobody's")
COMMANDS: dict[str, Callable[[Desk], object]] = {
    "log": lambda desk: desk.incidents.log("No network"),
    "transition": lambda desk: desk.incidents.transition(NOBODY, "start"),
    "prioritise": lambda desk: desk.incidents.prioritise(NOBODY, impact="low", urgency="low"),
    "take_over": lambda desk: desk.incidents.take_over("OLD-7", Observation("New"), opened_at=A_MONDAY),
    "catch_up": lambda desk: desk.incidents.catch_up(NOBODY, Observation("New")),
    "assign": lambda desk: desk.tickets.assign(NOBODY, assignee="bob"),
    "comment": lambda desk: desk.tickets.comment(NOBODY, "hello"),
    "describe": lambda desk: desk.tickets.describe(NOBODY, site="floor 3"),
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_command_of_nobody_is_refused(
    config: DeskConfig, clock: ManualClock, command: Callable[[Desk], object]
) -> None:
    desk = Desk(config, clock=clock)
    with pytest.raises(RefusedError, match="nobody acts"):
        command(desk)
    assert not desk.events()


@pytest.mark.parametrize("command", [c for name, c in COMMANDS.items() if name not in ("log", "take_over")])
def test_a_command_on_no_ticket_is_told_so(desk: Desk, command: Callable[[Desk], object]) -> None:
    with pytest.raises(NotFoundError, match=r'no (ticket|incident) "nobody\'s"'):
        command(desk)
