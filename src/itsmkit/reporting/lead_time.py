"""
Lead times: how long something took from when it was asked for until it was done, and who had it meanwhile.

The lead time of an order is parted among stages, each instant going to exactly one of them: so what the
stages took adds up to the whole, to the microsecond. A ticket is at each moment in the first stage whose
condition holds for it; while tasks of an order are open, the order is where its busiest task is.

===================  =================================================================================
Stage                Holds while
===================  =================================================================================
waiting approval     somebody is asked to approve it
work                 somebody works on it
supplier             it waits for a supplier
waiting              it waits for something else
queue                nobody has taken it up
===================  =================================================================================
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import NamedTuple

from attrs import field, frozen

from itsmkit._checks import named, utc
from itsmkit._frozen import as_tuple, frozen_dict
from itsmkit._problems import distinct_problems, instance_problems
from itsmkit.calendars import BusinessTime, TimeSpan
from itsmkit.conditions import Condition, Predicate, compile_condition, parse_condition
from itsmkit.errors import DefinitionError
from itsmkit.tickets import DONE_CATEGORIES, Ticket, TicketEvent

__all__ = ["ELSEWHERE", "LeadTime", "STANDARD_STAGES", "StageOfWork", "lead_time"]

ELSEWHERE = "elsewhere"
"""The stage of whatever is in no other."""

_ZERO = timedelta(0)


@frozen
class StageOfWork:
    """
    A part of a lead time.

    Args:
        name: What it is called.
        when: When a ticket is in it: a condition on the ticket.

    Raises:
        DefinitionError: If the name is none, or *when* no condition.
    """

    name: str = field(validator=named)
    when: Condition

    def __attrs_post_init__(self) -> None:
        problems = [*instance_problems("when", self.when, Condition)]
        if problems:
            raise DefinitionError(*problems)


STANDARD_STAGES = (
    StageOfWork("waiting approval", parse_condition('state_category = "pending" and approval = "requested"')),
    StageOfWork("work", parse_condition('state_category = "active" and assignee is present')),
    StageOfWork("supplier", parse_condition('state_category = "pending" and supplier is present')),
    StageOfWork("waiting", parse_condition('state_category = "pending"')),
    StageOfWork("queue", parse_condition('state_category in ["new", "active"]')),
)
"""The stages that the table of this module names, the busiest first."""


@frozen
class LeadTime:
    """
    How long something took, and where it was meanwhile.

    Args:
        began_at: When it was asked for; in UTC.
        ended_at: When it was done, or the time of the question; in UTC.
        is_done: Whether it was done.
        spans: Where it was, one span after the other, without a gap from the beginning to the end.
        stages: How long it was in each stage in all; every stage is there. They add up to *total*.
    """

    began_at: datetime
    ended_at: datetime
    is_done: bool
    spans: tuple[tuple[str, TimeSpan], ...] = field(converter=as_tuple)
    stages: Mapping[str, timedelta] = field(converter=frozen_dict)

    @property
    def total(self) -> timedelta:
        """How long it took: in open time, if it was measured so."""
        return sum(self.stages.values(), _ZERO)


def lead_time(
    history: Sequence[TicketEvent],
    *,
    at: datetime,
    tasks: Iterable[Sequence[TicketEvent]] = (),
    stages: Sequence[StageOfWork] = STANDARD_STAGES,
    calendar: BusinessTime | None = None,
) -> LeadTime:
    """
    Return the lead time of a ticket, such as an order, parted among stages.

    It begins when the need arose, and ends when the ticket was last resolved, closed or cancelled; if it is
    open, at *at*. Where it was done in between, and taken up again, that time is in the stage `ELSEWHERE`
    unless another stage holds.

    Args:
        history: All events of the ticket, in order.
        at: The time of the question; aware. What is after it is not looked at.
        tasks: The histories of its tasks. While any is open, and the ticket is in work or in a queue, it is
            in the first of *stages* that one of them is in.
        stages: The stages; of several that hold, the first counts. What is in none is `ELSEWHERE`.
        calendar: What counts as time; by default, all of it does.

    Raises:
        DefinitionError: If *at* is naive, the history is empty, or a stage stands twice.

    >>> from itsmkit.desk import Desk, ManualClock
    >>> from itsmkit.testing import A_MONDAY
    >>> from itsmkit.tickets import Actor
    >>> clock = ManualClock(A_MONDAY)
    >>> desk = Desk(clock=clock).acting_as(Actor("ann"))
    >>> task = desk.work_tasks.log("Move a desk")
    >>> _ = clock.advance(timedelta(hours=2))
    >>> _ = desk.work_tasks.transition(task.id, "start", assignee="ann")
    >>> _ = clock.advance(timedelta(hours=1))
    >>> found = lead_time(desk.tickets.history(task.id), at=clock())
    >>> {stage: str(span) for stage, span in found.stages.items() if span}
    {'work': '1:00:00', 'queue': '2:00:00'}
    """
    now = utc(at, "at")
    problems = [*distinct_problems("stages", (each.name for each in stages))]
    if not history:
        problems.append("an empty history has no lead time")
    if problems:
        raise DefinitionError(*problems)
    tests = [(each.name, compile_condition(each.when)) for each in stages]
    own = [*_course(history, tests)]
    began = own[0].since
    until = max(began, now)
    last = [each for each in own if each.since <= until][-1]
    ended = until if last.done_since is None else max(began, last.done_since)
    others = [[*_course(each, tests)] for each in tasks if each]
    order = {name: place for place, (name, _) in enumerate(tests)}
    spans = [*_merged(_spans(own, others, began, ended, order))]
    took = dict.fromkeys((*order, ELSEWHERE), _ZERO)
    for stage, span in spans:
        took[stage] += span.duration if calendar is None else calendar.elapsed(span.start, span.end)
    return LeadTime(began, ended, last.done_since is not None, spans, took)


class _At(NamedTuple):
    """Where a ticket is from an instant on."""

    since: datetime
    stage: str
    category: str
    done_since: datetime | None


def _course(history: Sequence[TicketEvent], tests: Sequence[tuple[str, Predicate]]) -> Iterator[_At]:
    """Go through where a ticket was, from one event to the next."""
    ticket: Ticket | None = None
    done_since: datetime | None = None
    for event in history:
        since = event.effective_at
        if ticket is None:
            ticket = Ticket.logged(event)
            since = ticket.opened_at
        else:
            ticket = ticket.after(event)
        if ticket.state_category not in DONE_CATEGORIES:
            done_since = None
        elif done_since is None:
            done_since = since
        facts = ticket.facts()
        stage = next((name for name, holds in tests if holds(facts)), ELSEWHERE)
        yield _At(since, stage, ticket.state_category, done_since)


def _spans(
    own: Sequence[_At],
    others: Sequence[Sequence[_At]],
    began: datetime,
    ended: datetime,
    order: Mapping[str, int],
) -> Iterator[tuple[str, TimeSpan]]:
    """Go through the stages between any two instants at which something may have changed."""
    changes = {each.since for course in (own, *others) for each in course}
    edges = sorted({began, ended, *(each for each in changes if began < each < ended)})
    for start, end in pairwise(edges):
        here = _when(own, start)
        assert here is not None  # noqa: S101  # it begins with the ticket
        at_tasks = [
            found.stage
            for course in others
            if (found := _when(course, start)) is not None and found.done_since is None
        ]
        stage = here.stage
        if at_tasks and here.category != "pending":
            stage = min(at_tasks, key=lambda name: order.get(name, len(order)))
        yield stage, TimeSpan(start, end)


def _when(course: Sequence[_At], instant: datetime) -> _At | None:
    """Return where a ticket is at an instant; ``None`` if it was not there yet."""
    place = bisect_right(course, instant, key=lambda each: each.since)
    return course[place - 1] if place else None


def _merged(spans: Iterable[tuple[str, TimeSpan]]) -> Iterator[tuple[str, TimeSpan]]:
    """Join neighbours of one stage."""
    for stage, group in groupby(spans, key=lambda each: each[0]):
        joined = [span for _, span in group]
        yield stage, TimeSpan(joined[0].start, joined[-1].end)
