"""That the stages of a lead time add up to it, whatever has happened; where an order is while tasks run."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.calendars import BusinessCalendar
from itsmkit.conditions import ALWAYS, NEVER, equals
from itsmkit.desk import Desk, ManualClock
from itsmkit.errors import DefinitionError
from itsmkit.reporting import ELSEWHERE, STANDARD_STAGES, StageOfWork, lead_time
from itsmkit.testing import A_MONDAY
from itsmkit.testing.strategies import incident_histories
from itsmkit.testing.use_cases import LAPTOP
from itsmkit.tickets import Actor, Ticket, replay

HOUR = timedelta(hours=1)
OFFICE = BusinessCalendar("Mon-Fri 09:00-17:00", "Europe/Berlin")
STAGES = (*STANDARD_STAGES, StageOfWork("impact", equals("impact", "high")))


@given(
    st.lists(incident_histories(), min_size=1, max_size=3),
    st.integers(-5, 400).map(lambda hours: hours * HOUR),
    st.sampled_from([None, OFFICE]),
    st.sampled_from([STANDARD_STAGES, STAGES, STAGES[::-1], ()]),
)
def test_the_stages_add_up_to_the_whole(histories, after, calendar, stages):
    history, *tasks = histories
    at = history[0].fact.opened_at + after
    found = lead_time(history, at=at, tasks=tasks, stages=stages, calendar=calendar)
    took = found.ended_at - found.began_at
    if calendar is not None:
        took = calendar.elapsed(found.began_at, found.ended_at)
    assert found.total == took == sum(found.stages.values(), timedelta(0))
    edges = [found.began_at, *(span.end for _, span in found.spans)]
    assert [span.start for _, span in found.spans] == edges[:-1]
    assert edges[-1] == found.ended_at
    assert set(found.stages) == {ELSEWHERE, *(each.name for each in stages)}


@given(incident_histories(), st.integers(1, 10**6))
def test_a_ticket_by_itself_is_where_its_first_stage_says(history, micro):
    """Held against the ticket as it was, replayed up to the middle of each span."""
    at = history[-1].effective_at + timedelta(microseconds=micro)
    found = lead_time(history, at=at, stages=[StageOfWork("queue", equals("state_category", "new"))])
    for stage, span in found.spans:
        middle = span.start + span.duration / 2
        past = [event for event in history if event.effective_at <= middle] or history[:1]
        assert (replay(past, Ticket).state_category == "new") is (stage == "queue")


def test_an_order_is_where_its_busiest_task_is():
    clock = ManualClock(A_MONDAY)
    desk = Desk(clock=clock, random=Random(1)).acting_as(Actor("agent"))
    desk.catalogue.draft(LAPTOP)
    desk.catalogue.publish("laptop")
    order = desk.orders.place("laptop", {"model": "strong"})
    clock.advance(5 * HOUR)
    desk.orders.approve(order.id)
    clock.advance(3 * HOUR)

    def task(name):
        return desk.orders.progress(order.id).tickets[name].id

    desk.tickets.transition(task("buy"), "start", assignee="bob")
    clock.advance(2 * HOUR)
    desk.tickets.transition(task("buy"), "wait", pending_reason="delivery", supplier="ACME")
    clock.advance(7 * HOUR)
    desk.tickets.transition(task("buy"), "complete", resolution="bought")
    desk.run_due()
    clock.advance(HOUR)
    desk.tickets.transition(task("hand over"), "complete", resolution="there")
    desk.run_due()
    history = desk.tickets.history(order.id)
    tasks = [desk.tickets.history(task(name)) for name in ("buy", "hand over")]
    found = lead_time(history, at=clock() + 9 * HOUR, tasks=tasks)
    assert found.is_done
    assert {stage: took / HOUR for stage, took in found.stages.items() if took} == {
        "waiting approval": 5,
        "queue": 4,
        "work": 2,
        "supplier": 7,
    }
    assert found.total == 18 * HOUR


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        pytest.param({"at": A_MONDAY.replace(tzinfo=None)}, "at has no time zone", id="naive"),
        pytest.param({"at": A_MONDAY}, "an empty history has no lead time", id="empty"),
        pytest.param(
            {"at": A_MONDAY, "stages": [StageOfWork("a", ALWAYS), StageOfWork("a", NEVER)]},
            "stages: 'a' stands there more than once",
            id="twice",
        ),
    ],
)
def test_what_has_no_lead_time_is_refused(arguments, problem):
    with pytest.raises(DefinitionError, match=problem):
        lead_time([], **arguments)


def test_a_stage_has_a_condition():
    with pytest.raises(DefinitionError, match="when: must be a Condition"):
        StageOfWork("a", "b = 1")
