"""
Duties as iCalendar files, and overrides and leaves from them.

What reads and writes them comes with the extra ``ical``: ``pip install 'itsmkit[ical]'``.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, tzinfo
from hashlib import sha256
from os import PathLike, fspath

from itsmkit._checks import utc
from itsmkit.interchange._ical import CalendarFile, Event, Occurrence, calendar_text
from itsmkit.rotas import PRIMARY, Duty, Leave, Override

__all__ = ["duties_to_ical", "read_leaves", "read_overrides"]

_PERSON, _ROLE = "X-ITSMKIT-PERSON", "X-ITSMKIT-ROLE"


def duties_to_ical(duties: Iterable[Duty], *, rota: str, at: datetime) -> str:
    """
    Return duties as the text of an iCalendar file.

    An event is called by the rota, the role, the person and its start, so that one that was written before is
    found again, and ends when it does now. Give it whole duties (see `Roster.duties`): what is cut off at
    the beginning begins elsewhere each time.

    Args:
        duties: Those of a team, or of one person.
        rota: The name of the rota.
        at: When they were read; aware.

    Raises:
        DefinitionError: If *at* is naive.
        ModuleNotFoundError: If the library is not installed.

    Source:
        RFC 5545, section 3.6.1; RFC 7986, section 5.3, on what an event is called by.
    """
    return calendar_text(rota, (_event(rota, each) for each in duties), utc(at, "at"))


def _event(rota: str, duty: Duty) -> Event:
    start = duty.span.start.isoformat()
    digest = sha256(f"{rota}\0{duty.role}\0{duty.person}\0{start}".encode()).hexdigest()
    return Event(
        f"{digest[:32]}@duties.itsmkit",
        duty.span.start,
        duty.span.end,
        f"{rota}: {duty.person} ({duty.role})",
        "\n".join(reason.explain() for reason in duty.because),
        {_PERSON: duty.person, _ROLE: duty.role},
    )


def read_overrides(
    path: str | PathLike[str], *, rota: str, first: date, last: date, at: datetime, tz: tzinfo = UTC
) -> tuple[Override, ...]:
    """
    Return the overrides that the events of an iCalendar file are.

    Who is on duty says the property ``X-ITSMKIT-PERSON``, as which ``X-ITSMKIT-ROLE``; in an event without
    them its summary is the id of the person, who is on duty as primary.

    Args:
        path: A file in UTF-8.
        rota: The name of the rota.
        first: The first date to ask for.
        last: The last date to ask for.
        at: When they are made; aware.
        tz: The zone of whole days, and of times that the file gives without one.

    Returns:
        By when they begin. The id of each is that of the event, with its start if the event comes again.

    Raises:
        CalendarFileError: As for `read_closures`.
        DefinitionError: If an event can be no override, or *at* is naive.
        ModuleNotFoundError: If the libraries are not installed.
    """
    made_at = utc(at, "at")
    return tuple(
        Override(
            id=each_id,
            rota=rota,
            person=each.extra.get(_PERSON, each.name),
            start=start,
            end=end,
            made_at=made_at,
            role=each.extra.get(_ROLE, PRIMARY),
        )
        for each_id, each, start, end in _events(path, first, last, tz)
    )


def read_leaves(
    path: str | PathLike[str], *, person: str, first: date, last: date, tz: tzinfo = UTC
) -> tuple[Leave, ...]:
    """
    Return the leaves that the events of somebody's iCalendar file are.

    Args:
        path: A file in UTF-8: a calendar of absences, not of everything.
        person: The id of whose it is.
        first: The first date to ask for.
        last: The last date to ask for.
        tz: The zone of whole days, which last from midnight to midnight, and of times that the file gives
            without one.

    Returns:
        By when they begin. The id of each is that of the event, with its start if the event comes again; its
        summary is the reason.

    Raises:
        CalendarFileError: As for `read_closures`.
        ModuleNotFoundError: If the libraries are not installed.
    """
    return tuple(
        Leave(id=each_id, person=person, start=start, end=end, reason=each.name)
        for each_id, each, start, end in _events(path, first, last, tz)
    )


def _events(
    path: str | PathLike[str], first: date, last: date, tz: tzinfo
) -> Iterator[tuple[str, Occurrence, datetime, datetime]]:
    """Yield the events of a file by when they begin, each with an id, its start and its end."""
    found = [
        (_instant(each.begin, tz), _instant(each.end, tz), each)
        for each in CalendarFile(fspath(path), tz).occurrences(first, last)
    ]
    for start, end, each in sorted(found, key=lambda event: (event[0], event[1], event[2].uid)):
        written = f"{start:%Y%m%dT%H%M%SZ}"
        if not each.uid:
            each_id = f"{each.name} {written}"
        else:
            each_id = f"{each.uid} {written}" if each.recurs else each.uid
        yield each_id, each, start, end


def _instant(edge: date, tz: tzinfo) -> datetime:
    whole = edge if isinstance(edge, datetime) else datetime.combine(edge, time(0), tz)
    return whole.astimezone(UTC)
