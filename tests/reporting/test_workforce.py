"""What planning needs of tickets."""

from datetime import timedelta

from attrs import evolve

from itsmkit.reporting.workforce import handling_times, ticket_arrivals
from itsmkit.testing import A_MONDAY, an_incident
from itsmkit.tickets import TicketId, WorkEntry

HOUR = timedelta(hours=1)


def test_tickets_count_in_the_hour_in_which_they_were_opened_but_for_merged_ones() -> None:
    one = evolve(an_incident(), opened_at=A_MONDAY + HOUR / 2)
    merged = evolve(one, merged_into=TicketId("another"))
    late = evolve(one, opened_at=A_MONDAY + 9 * HOUR)
    found = ticket_arrivals([one, one, merged, late], A_MONDAY, A_MONDAY + 2 * HOUR)
    assert found.counts == (2, 0)


def test_what_was_logged_on_done_tickets_is_how_long_they_take() -> None:
    log = [WorkEntry("1", "ann", HOUR, "repair"), WorkEntry("2", "bob", HOUR / 2, "call")]
    worked = evolve(an_incident(), state_category="resolved", work_log=log)
    under_way = evolve(worked, state_category="active")
    untold = evolve(worked, work_log=())
    found = handling_times([worked, under_way, untold])
    assert found is not None
    assert found.times == (1.5 * HOUR,)
    assert handling_times([untold]) is None
