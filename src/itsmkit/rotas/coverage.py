"""Whether at every instant as many are on duty as are meant to be: no fewer, no more."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from itsmkit._checks import utc
from itsmkit.calendars import TimeSpan
from itsmkit.rotas.duty import DutyReason, Gap, Overlap, Post
from itsmkit.rotas.roster import Roster
from itsmkit.rotas.rota import DutyRole

__all__ = ["gaps", "overlaps"]


def gaps(roster: Roster, since: datetime, until: datetime) -> tuple[Gap, ...]:
    """
    Return all time in which fewer are on duty than are meant to be.

    It is exact: if there is none, then at no instant between the two anybody lacks.

    Cost: grows with what changes between the instants, some ten microseconds for each.

    Args:
        roster: The rota and what has changed it.
        since: Timezone-aware, in any zone.
        until: Timezone-aware; if it is not after *since*, there is none.

    Returns:
        By when they begin, then in the order of roles. Neighbours differ in who is on duty, or why somebody
        is not.

    Raises:
        DefinitionError: If an end is naive.
        OutOfRangeError: If an end lies outside what the roster knows.

    >>> from datetime import UTC, datetime, timedelta
    >>> from itsmkit.calendars import BusinessCalendar
    >>> from itsmkit.rotas import Rota, RotaLayer
    >>> days = BusinessCalendar("Mon-Sun 08:00-20:00", "Europe/Berlin")
    >>> layer = RotaLayer("days", ["ann", "bob"], "2026-01-05T08:00", hours=days)
    >>> roster = Roster(Rota("network", "network", [layer], tz="Europe/Berlin"))
    >>> noon = datetime(2026, 3, 28, 12, tzinfo=UTC)
    >>> [night] = gaps(roster, noon, noon + timedelta(days=1))
    >>> print(night.span.duration)  # in which the clocks are put ahead
    11:00:00
    """
    since, until = utc(since, "since"), utc(until, "until")
    if until <= since:
        return ()
    pieces = [*roster.pieces(since, until)]
    found: list[Gap] = []
    for role in roster.rota.roles:
        start = len(found)
        for span, posts in _wanted(role, pieces, TimeSpan(since, until)):
            people, because = _people(role, posts), _vacancies(role, posts)
            if len(people) < role.people:
                gap = Gap(span, role.name, role.people, people, because)
                if len(found) > start and _go_on(found[-1], gap):
                    gap = Gap(TimeSpan(found.pop().span.start, span.end), *_rest(gap))
                found.append(gap)
    return tuple(sorted(found, key=lambda each: each.span.start))


def overlaps(roster: Roster, since: datetime, until: datetime) -> tuple[Overlap, ...]:
    """
    Return all time in which more are on duty than are meant to be, also outside the hours of their role.

    It is exact: if there is none, then at no instant between the two anybody is on duty beside others without
    being meant to.

    Cost: as for `gaps`.

    Args:
        roster: The rota and what has changed it.
        since: Timezone-aware, in any zone.
        until: Timezone-aware; if it is not after *since*, there is none.

    Returns:
        By when they begin, then in the order of roles. Neighbours differ in who is on duty, or why.

    Raises:
        DefinitionError: If an end is naive.
        OutOfRangeError: If an end lies outside what the roster knows.
    """
    pieces = [*roster.pieces(since, until)]
    found: list[Overlap] = []
    for role in roster.rota.roles:
        start = len(found)
        for span, posts in pieces:
            people = _people(role, posts)
            if len(people) > role.people:
                because = tuple(
                    reason
                    for post in posts
                    if post.role == role.name and post.person is not None
                    for reason in post.because
                )
                overlap = Overlap(span, role.name, role.people, people, because)
                if len(found) > start and _go_on(found[-1], overlap):
                    overlap = Overlap(TimeSpan(found.pop().span.start, span.end), *_rest(overlap))
                found.append(overlap)
    return tuple(sorted(found, key=lambda each: each.span.start))


def _people(role: DutyRole, posts: Iterable[Post]) -> tuple[str, ...]:
    return tuple(post.person for post in posts if post.role == role.name and post.person is not None)


def _vacancies(role: DutyRole, posts: Iterable[Post]) -> tuple[DutyReason, ...]:
    vacant = (post for post in posts if post.role == role.name and post.person is None)
    return tuple(reason for post in vacant for reason in post.because)


def _wanted(
    role: DutyRole, pieces: Iterable[tuple[TimeSpan, tuple[Post, ...]]], whole: TimeSpan
) -> Iterator[tuple[TimeSpan, tuple[Post, ...]]]:
    """Yield of the pieces what lies in the hours in which somebody is meant to be on duty as a role."""
    if role.hours is None:
        yield from pieces
        return
    hours = iter(role.hours.open_spans(whole.start, whole.end))
    now = next(hours, None)
    for span, posts in pieces:
        while now is not None and now.start < span.end:
            # What ended before the piece was gone on from in the last: each begins where that ended.
            yield TimeSpan(max(span.start, now.start), min(span.end, now.end)), posts
            if now.end > span.end:
                break
            now = next(hours, None)


def _go_on(before: Gap | Overlap, after: Gap | Overlap) -> bool:
    return before.span.end == after.span.start and _rest(before) == _rest(after)


def _rest(finding: Gap | Overlap) -> tuple[str, int, tuple[str, ...], tuple[DutyReason, ...]]:
    return finding.role, finding.wanted, finding.people, finding.because
