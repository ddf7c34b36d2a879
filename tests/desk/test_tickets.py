from datetime import timedelta
from typing import Any

import pytest

from itsmkit.conditions import ALWAYS, equals
from itsmkit.desk import Desk, ManualClock
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.plugin import Order
from itsmkit.plugin.queries import MAX_PAGE
from itsmkit.sla import ClockPhase, Verdict
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Assigned, Commented, DetailsChanged, Ticket, TicketId

HOUR = timedelta(hours=1)
NOTHING = TicketId("none")


def test_a_ticket_is_found_by_its_key_and_by_its_number(desk: Desk) -> None:
    incident = desk.incidents.log("No network")
    assert desk.tickets.get(incident.id) == desk.tickets.by_number("INC-1") == incident


def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFoundError, match="no ticket 'INC-1'"):
        desk.tickets.by_number("INC-1")
    for read in (desk.tickets.get, desk.tickets.history, desk.tickets.clocks):
        with pytest.raises(NotFoundError, match="no ticket 'none'"):
            read(NOTHING)


def test_tickets_come_in_the_order_of_their_logging(desk: Desk) -> None:
    logged = [desk.incidents.log(f"Incident {n}") for n in range(3)]
    changed = desk.tickets.comment(logged[0].id, "looked at it")
    assert list(desk.tickets) == [changed, *logged[1:]]


# -- finding -------------------------------------------------------------------------------------------


@pytest.fixture
def logged(desk: Desk, clock: ManualClock) -> dict[str, Ticket]:
    """Return five tickets by their titles: two of them about e-mail, one of these resolved."""
    for title, impact, category in (
        ("No network", "high", "network"),
        ("No e-mail", "low", "e-mail"),
        ("Slow network", "low", "network"),
        ("Old e-mail", "high", "e-mail"),
        ("No coffee", "low", None),
    ):
        clock.advance(HOUR)
        desk.incidents.log(title, impact=impact, urgency=impact, category=category, details={"cost": 1.5})
    old = desk.tickets.by_number("INC-4").id
    desk.incidents.transition(old, "assign", support_group="Mail", assignee="bob")
    desk.incidents.transition(old, "start")
    desk.incidents.transition(old, "resolve", resolution="sent", resolution_code="fixed")
    return {str(ticket.title): ticket for ticket in desk.tickets}


WHERE: list[tuple[Any, str]] = [
    (ALWAYS, "No network, No e-mail, Slow network, Old e-mail, No coffee"),
    (equals("category", "network"), "No network, Slow network"),
    ('category = "e-mail" and state_category != "resolved"', "No e-mail"),
    ({"field": "priority", "equals": "P1"}, "No network, Old e-mail"),
    ({"all": ["category is missing", {"field": "cost", "at_least": 1}]}, "No coffee"),
    ("never", ""),
]


@pytest.mark.parametrize(("where", "titles"), WHERE)
def test_tickets_are_found_by_a_condition(
    desk: Desk, logged: dict[str, Ticket], where: Any, titles: str
) -> None:
    expected = tuple(logged[title] for title in filter(None, titles.split(", ")))
    assert desk.tickets.find(where) == (expected, None)
    assert tuple(desk.tickets.matching(where)) == expected
    assert desk.tickets.count(where) == len(expected)


def test_without_a_condition_all_are_found(desk: Desk, logged: dict[str, Ticket]) -> None:
    assert desk.tickets.find().tickets == tuple(desk.tickets.matching()) == tuple(logged.values())
    assert desk.tickets.count() == 5


@pytest.mark.parametrize("limit", [1, 2, 4])
def test_pages_follow_each_other(desk: Desk, logged: dict[str, Ticket], limit: int) -> None:
    order = "priority", Order("title", descending=True)
    found: list[Ticket] = []
    after, pages = None, 0
    while after is not None or not pages:
        page = desk.tickets.find(where="always", order_by=order, limit=limit, after=after)
        found += page.tickets
        after, pages = page.next, pages + 1
    titles = ["Old e-mail", "No network", "Slow network", "No e-mail", "No coffee"]
    assert [ticket.title for ticket in found] == titles
    assert found == [*desk.tickets.matching(order_by=order)]
    assert pages == -(-5 // limit)


def test_a_page_is_of_fifty_unless_it_is_said(desk: Desk) -> None:
    for number in range(51):
        desk.incidents.log(f"Incident {number}")
    page = desk.tickets.find(order_by="opened_at")
    assert len(page.tickets) == 50
    assert page.next is not None
    assert len(desk.tickets.find(order_by="opened_at", after=page.next).tickets) == 1


def test_what_goes_through_all_goes_over_many_pages(desk: Desk) -> None:
    logged = [desk.incidents.log(f"Incident {number}") for number in range(2 * MAX_PAGE + 1)]
    assert [*desk.tickets] == [*desk.tickets.matching()] == logged
    assert [ticket for ticket, _ in desk.tickets.readings()] == logged


def test_whoever_logs_a_ticket_for_each_comes_to_an_end(desk: Desk) -> None:
    desk.incidents.log("No network")
    desk.incidents.log("No light")
    for ticket in desk.tickets:
        desk.incidents.log(f"Again: {ticket.title}")
    assert desk.tickets.count() == 4


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"where": 'priority = "P1" adn vip'}, "where: column 17: expected 'and', 'or' or the end"),
        ({"where": {"field": "priority", "equal": "P1"}}, "where"),
        ({"where": {"all": ["always", {"not": 7}]}}, r"where\.all\[1\]\.not"),
        ({"where": 7}, "where"),
        ({"order_by": ("title", "title")}, "order_by: 'title' stands there more than once"),
        ({"limit": 0}, "limit must be a whole number from 1 to 1000, not int 0"),
        ({"after": "nonsense"}, "after: str 'nonsense' is no place where a page has ended"),
    ],
    ids=["text", "mapping", "deep", "neither", "order", "limit", "after"],
)
def test_what_cannot_be_asked_is_told_with_its_place(desk: Desk, asked: Any, problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        desk.tickets.find(**asked)


def test_a_page_goes_on_only_for_the_same_question(desk: Desk, logged: dict[str, Ticket]) -> None:
    page = desk.tickets.find("always", limit=2)
    with pytest.raises(DefinitionError, match="is the end of a page of another query"):
        desk.tickets.find('priority = "P1"', limit=2, after=page.next)


# -- commands ------------------------------------------------------------------------------------------


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
