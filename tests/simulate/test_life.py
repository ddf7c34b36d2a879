from collections import defaultdict
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.simulate import month

COUNTERS = ("reassignment_count", "reopen_count")
months = st.builds(month, st.integers(0, 2**32), incidents=st.just(40))
thrifty = settings(max_examples=15, deadline=None)


def by_ticket(simulated):
    tickets = defaultdict(list)
    for entry in simulated.entries:
        tickets[entry.ticket].append(entry)
    return tickets.values()


@given(months)
@thrifty
def test_an_incident_is_logged_in_order_without_a_gap(simulated):
    for entries in by_ticket(simulated):
        assert [entry.order for entry in entries] == list(range(len(entries)))
        assert all(before.at <= after.at for before, after in pairwise(entries))
        assert len({entry.opened_at for entry in entries}) == 1
        assert entries[0].opened_at <= entries[0].at
        assert all(entry.effective_at == entry.at for entry in entries)


@given(months)
@thrifty
def test_every_move_is_one_that_the_workflow_allows(simulated):
    workflow = simulated.config.kinds["incident"].workflow
    for entries in by_ticket(simulated):
        assert entries[0].state == workflow.definition.initial
        for before, after in pairwise(entries):
            facts = {**after.facts, "support_group": after.group, "assignee": after.assignee}
            trigger = workflow.trigger_to(before.state, after.state)
            assert trigger is not None
            assert workflow.fire(before.state, trigger, facts).target == after.state


@given(months)
@thrifty
def test_counters_count_what_happens(simulated):
    for entries in by_ticket(simulated):
        assert all(entries[0].facts[name] == "0" for name in COUNTERS)
        for before, after in pairwise(entries):
            handed_on = before.group is not None and before.group != after.group
            reopened = (before.state, after.state) == ("Resolved", "In Progress")
            rises = [int(after.facts[name]) - int(before.facts[name]) for name in COUNTERS]
            assert rises == [handed_on, reopened]


@given(months)
@thrifty
def test_the_priority_is_that_of_the_matrix(simulated):
    matrix = simulated.config.kinds["incident"].priorities
    for entry in simulated.entries:
        assert entry.priority == matrix.priority_of(entry.impact, entry.urgency)


@given(months)
@thrifty
def test_what_a_person_told_stays_as_it_is(simulated):
    for entries in by_ticket(simulated):
        told = {(e.requester, e.channel, e.site, e.category, e.service, e.impact) for e in entries}
        assert len(told) == 1


@given(months)
@thrifty
def test_facts_are_there_for_as_long_as_they_are_true(simulated):
    for entry in simulated.entries:
        facts = entry.facts
        assert (facts["pending_reason"] is not None) == (entry.state == "Pending")
        assert (facts["resolution"] is not None) == (entry.state in {"Resolved", "Closed"})
        assert (facts["cancellation_reason"] is not None) == (entry.state == "Cancelled")


def test_everything_that_can_happen_happens_in_a_month(march):
    entries = march.entries
    definition = march.config.kinds["incident"].workflow.definition
    assert {entry.state for entry in entries} == {state.name for state in definition.states}
    assert {entry.priority for entry in entries} == set(march.config.kinds["incident"].priorities.priorities)
    assert {entry.facts["reassignment_count"] for entry in entries} == {"0", "1", "2"}
    assert {entry.facts["reopen_count"] for entry in entries} == {"0", "1"}
    assert {entry.facts["pending_reason"] for entry in entries} == {
        None,
        "waiting for the requester",
        "waiting for the supplier",
    }
    judged_anew = [es for es in by_ticket(march) if len({entry.priority for entry in es}) > 1]
    assert judged_anew
    assert any(entry.configuration_item for entry in entries)


@pytest.mark.parametrize("state", ["Closed", "Cancelled"])
def test_what_is_over_is_over(march, state):
    for entries in by_ticket(march):
        assert all(entry.state != state for entry in entries[:-1])


def test_what_is_resolved_is_closed_three_days_later(march):
    for entries in by_ticket(march):
        for before, after in pairwise(entries):
            if after.state == "Closed":
                assert (before.state, after.actor) == ("Resolved", "system")
                assert after.at - before.at == timedelta(days=3)
