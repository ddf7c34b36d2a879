"""What is asked of rosters before something is changed in them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from itsmkit.calendars import TimeSpan, intersect_spans, merge_spans, subtract_spans
from itsmkit.errors import NotFoundError, RefusedError
from itsmkit.rotas import Leave, Roster

__all__ = [
    "away_problems",
    "duties_of",
    "missing",
    "people_concerned",
    "refuse",
    "roster_of",
    "span_problems",
]


def roster_of(rosters: Iterable[Roster], rota: str) -> Roster:
    """Return the roster of a rota. Raises `NotFoundError` if there is no such rota."""
    for roster in rosters:
        if roster.rota.name == rota:
            return roster
    raise NotFoundError("rota", rota)


def duties_of(roster: Roster, person: str, span: TimeSpan, role: str | None = None) -> tuple[TimeSpan, ...]:
    """
    Return when somebody is on duty in *span*, in order and with a gap between neighbours.

    Args:
        roster: The rota with what has changed it.
        person: The id of the person.
        span: What is looked at.
        role: As what; ``None`` for any role.

    Raises:
        OutOfRangeError: If the roster does not know all of the span.
    """
    return merge_spans(
        duty.span
        for duty in roster.duties(span.start, span.end)
        if duty.person == person and role in (None, duty.role)
    )


def people_concerned(before: Roster, after: Roster, span: TimeSpan) -> tuple[str, ...]:
    """
    Return the ids of those who are on duty at other times in *span* by one roster than by another, sorted.

    Raises:
        OutOfRangeError: If the rosters do not know all of the span.
    """
    people = sorted(before.people | after.people)
    return tuple(each for each in people if duties_of(before, each, span) != duties_of(after, each, span))


def missing(person: str, spans: Sequence[TimeSpan], roster: Roster, role: str) -> tuple[TimeSpan, ...]:
    """
    Return what of *spans* somebody is not on duty in a role, in order.

    Args:
        person: The id of the person.
        spans: In order; at least one.
        roster: The rota with what has changed it.
        role: As what.
    """
    return subtract_spans(spans, duties_of(roster, person, TimeSpan(spans[0].start, spans[-1].end), role))


def away_problems(person: str, spans: Sequence[TimeSpan], leaves: Iterable[Leave]) -> Iterator[str]:
    """List when somebody is away in *spans*, a sentence for each leave."""
    for leave in leaves:
        if leave.person == person and leave.holds and intersect_spans(spans, [leave.span]):
            yield f"{person} is away from {leave.start} to {leave.end} by leave {leave.id}"


def span_problems(span: TimeSpan, longest: timedelta, now: datetime) -> Iterator[str]:
    """List why *span* is none in which duty can be changed: it is over, or too long."""
    if span.end <= now:
        yield f"it is over since {span.end}"
    if span.duration > longest:
        yield f"it takes {span.duration}, which is more than {longest.days} days"


def refuse(what: str, problems: Iterable[str]) -> None:
    """
    Refuse something if there are problems.

    Raises:
        RefusedError: With every problem, each after *what* cannot be done.
    """
    found = [f"{what}: {each}" for each in problems]
    if found:
        raise RefusedError(*found)
