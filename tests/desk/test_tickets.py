from datetime import timedelta

import pytest

from itsmkit.desk import Desk, ManualClock
from itsmkit.errors import NotFoundError, RefusedError
from itsmkit.sla import ClockPhase, Verdict
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Assigned, Commented, DetailsChanged, TicketId

HOUR = timedelta(hours=1)
NOTHING = TicketId("none")


def test_a_ticket_is_found_by_its_key_and_by_its_number(desk: Desk) -> None:
    incident = desk.incidents.log("No network")
    assert desk.tickets.get(incident.id) == desk.tickets.find("INC-1") == incident


def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFoundError, match="no ticket 'INC-1'"):
        desk.tickets.find("INC-1")
    for read in (desk.tickets.get, desk.tickets.history, desk.tickets.clocks):
        with pytest.raises(NotFoundError, match="no ticket 'none'"):
            read(NOTHING)


def test_tickets_come_in_the_order_of_their_logging(desk: Desk) -> None:
    logged = [desk.incidents.log(f"Incident {n}") for n in range(3)]
    changed = desk.tickets.comment(logged[0].id, "looked at it")
    assert list(desk.tickets) == [changed, *logged[1:]]


def test_work_is_given_and_taken_back(desk: Desk) -> None:
    incident = desk.incidents.log("No network")
    given = desk.tickets.assign(incident.id, support_group="Network", assignee="bob")
    taken = desk.tickets.assign(incident.id)
    assert (given.support_group, given.assignee) == ("Network", "bob")
    assert (taken.support_group, taken.assignee, taken.reassignments) == (None, None, 1)
    facts = [event.fact for event in desk.tickets.history(incident.id)[1:]]
    assert facts == [Assigned("Network", "bob"), Assigned(None, None)]


@pytest.mark.parametrize("public", [True, False])
def test_a_comment_is_part_of_the_history(desk: Desk, public: bool) -> None:
    incident = desk.incidents.log("No network")
    desk.tickets.comment(incident.id, "looked at it", public=public)
    *_, last = desk.tickets.history(incident.id)
    assert last.fact == Commented("looked at it", public)


def test_an_empty_comment_is_refused(desk: Desk) -> None:
    incident = desk.incidents.log("No network")
    with pytest.raises(RefusedError, match="the text is empty"):
        desk.tickets.comment(incident.id, "  ")
    assert desk.tickets.get(incident.id) == incident


def test_a_description_changes_where_it_differs(desk: Desk) -> None:
    incident = desk.incidents.log("No network", site="floor 3", details={"cable": "red"})
    described = desk.tickets.describe(incident.id, site="floor 4", title="No network", cable=None)
    assert (described.site, dict(described.details)) == ("floor 4", {})
    *_, last = desk.tickets.history(incident.id)
    assert last.fact == DetailsChanged({"site": "floor 4", "cable": None})


def test_a_description_cannot_do_the_work_of_another_command(desk: Desk) -> None:
    incident = desk.incidents.log("No network")
    with pytest.raises(RefusedError) as refused:
        desk.tickets.describe(incident.id, state="Closed", priority="P1", title="Some network")
    assert len(refused.value.reasons) == 2
    assert desk.tickets.get(incident.id) == incident


def test_clocks_show_where_the_promises_stand(desk: Desk, clock: ManualClock) -> None:
    incident = desk.incidents.log("No network", impact="high", urgency="high")
    clock.advance(HOUR)
    reading = desk.tickets.clocks(incident.id)["resolve"]
    assert (reading.at, reading.phase, reading.verdict) == (A_MONDAY + HOUR, ClockPhase.RUNNING, Verdict.OPEN)
    assert (reading.elapsed, reading.remaining, reading.due) == (HOUR, 3 * HOUR, A_MONDAY + 4 * HOUR)


def test_readings_pair_each_ticket_with_its_clocks(desk: Desk, clock: ManualClock) -> None:
    incidents = [desk.incidents.log(f"Incident {n}") for n in range(2)]
    clock.advance(HOUR)
    readings = list(desk.tickets.readings())
    assert readings == [(incident, desk.tickets.clocks(incident.id)) for incident in incidents]
