"""The value of a desk: contrived histories, of which the truth is known, give the exact shares."""

from datetime import timedelta
from fractions import Fraction
from random import Random

import pytest
from attrs import define, evolve, field
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.errors import DefinitionError
from itsmkit.practices import Resolution
from itsmkit.reporting.desk_value import DeskValue, desk_value
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Actor, TicketId
from itsmkit.tickets.structure import Structure, SupportGroup

LINES = {"first": 1, "second": 2, "vendor": 3}
CONFIG = evolve(
    DeskConfig.standard(),
    structure=Structure(groups=[SupportGroup(name, line=line) for name, line in LINES.items()]),
)
STEPS = st.sampled_from(["first", "second", "vendor", "nobody's", "write", "note", "visit", "solve", "again"])


@define
class Truth:
    """What has become of a ticket, noted by whoever does it."""

    ticket_id: TicketId
    group: str | None = None
    groups: list[str] = field(factory=list)
    wrote: bool = False
    visited: bool = False
    returned: bool = False
    is_solved: bool = False


def solve(desk: Desk, truth: Truth) -> None:
    """Solve a ticket, if it is not solved."""
    if truth.is_solved:
        return
    ticket = desk.tickets.get(truth.ticket_id)
    if ticket.state == "New":
        if ticket.assignee is None:
            desk.tickets.assign(ticket.id, support_group=truth.group, assignee="ann")
        desk.tickets.transition(ticket.id, "start")
    desk.tickets.resolve(ticket.id, Resolution("fixed", "a new cable"))
    truth.is_solved = True


def live(desk: Desk, truth: Truth, step: str) -> None:
    """Do a step on a ticket that lets it be done, and note it."""
    tickets, key = desk.tickets, truth.ticket_id
    if step == "again":
        if truth.is_solved:
            tickets.reopen(key, "it is back")
            truth.is_solved, truth.returned = False, True
    elif step == "solve":
        solve(desk, truth)
    elif step == "write":
        tickets.send_message(key, "Hello?", by=Actor("bob"))
        truth.wrote = True
    elif step == "note":
        tickets.send_message(key, "We are on it")
    elif step == "visit":
        tickets.log_work(key, timedelta(hours=1), "on site")
        truth.visited = True
    elif not truth.is_solved:
        tickets.assign(key, support_group=step, assignee="ann")
        truth.group = step
        if step not in truth.groups:
            truth.groups.append(step)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(STEPS, max_size=7), max_size=5), st.integers(0, 3))
def test_contrived_histories_give_the_exact_shares(lives: list[list[str]], self_service: int) -> None:
    desk = Desk(CONFIG, clock=ManualClock(A_MONDAY), random=Random(1)).acting_as(Actor("ann"))
    truths = []
    for steps in lives:
        truth = Truth(desk.incidents.log("No network", requester="bob").id)
        for step in steps:
            live(desk, truth, step)
        truths.append(truth)
    value = desk.value(self_service=self_service)
    solved = [each for each in truths if each.is_solved]
    assert value.solved == len(solved)
    first_contact = [each for each in solved if len(each.groups) < 2 and not (each.wrote or each.returned)]
    by_first_line = [each for each in solved if set(each.groups) <= {"first"}]
    levels = [0] * self_service + [1 if each.group is None else LINES.get(each.group, 3) for each in solved]
    if solved:
        assert value.first_contact_resolution == Fraction(len(first_contact), len(solved))
        assert value.first_line_resolution == Fraction(len(by_first_line), len(solved))
        assert value.dispatch_rate == Fraction(sum(each.visited for each in solved), len(solved))
    else:
        assert (value.first_contact_resolution, value.dispatch_rate) == (None, None)
    assert value.levels == {level: levels.count(level) for level in sorted(set(levels))}
    assert value.shift_left_index == (1 - Fraction(sum(levels), 3 * len(levels)) if levels else None)


def test_what_goes_on_in_another_ticket_counts_once() -> None:
    desk = Desk(CONFIG, clock=ManualClock(A_MONDAY), random=Random(1)).acting_as(Actor("ann"))
    one, other = (desk.incidents.log("No network", requester="bob") for _ in range(2))
    solve(desk, Truth(one.id))
    assert desk.value().solved == 1
    desk.links.merge(one.id, into=other.id)
    assert desk.value().solved == 0
    solve(desk, Truth(other.id))
    assert desk.value().solved == 1
    desk.links.unmerge(one.id)
    assert desk.value().solved == 2


def test_from_all_by_self_service_to_all_on_the_third_line() -> None:
    assert DeskValue(0, 0, 0, 0, {0: 5}).shift_left_index == 1
    assert DeskValue(2, 0, 0, 0, {3: 2}).shift_left_index == 0


def test_what_is_no_line_is_refused() -> None:
    with pytest.raises(DefinitionError) as refused:
        desk_value([], {"first": 0, "second": True}, self_service=-1)
    assert len(refused.value.problems) == 3
