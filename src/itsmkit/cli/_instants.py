"""Instants and amounts of time as they are typed on a command line."""

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from attrs import frozen

from itsmkit._documents import duration
from itsmkit.calendars import BusinessDays, TimeSpan
from itsmkit.cli.errors import UsageError
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = ["Instant", "read_amount", "read_instant", "read_pause"]

_INSTANT = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<time>(?:[01]\d|2[0-3]):\d\d(?::\d\d(?:\.\d{1,6})?)?) ?(?P<offset>Z|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII | re.IGNORECASE,
)
_EXAMPLE = "2026-03-27T16:00 or 2026-03-27T16:00+01:00"


@frozen
class Instant:
    """
    An instant as somebody typed it.

    Args:
        at: Timezone-aware.
        in_zone_of_calendar: Whether it was typed without an offset, and so read as what the clocks of the
            calendar's zone show.
    """

    at: datetime
    in_zone_of_calendar: bool


def read_instant(text: str, what: str, tz: "ZoneInfo") -> Instant:
    """
    Return the instant that *text* names, in ISO 8601.

    Args:
        text: A date, or a date and a time of day, with or without an offset to UTC. A date alone is its
            midnight.
        what: What it is, for the error's sentence.
        tz: Whose clocks a time without an offset is read from.

    Raises:
        UsageError: If it is written otherwise; or if the clocks of *tz* show the time twice, or never, so
            that only an offset can tell what is meant.

    >>> from zoneinfo import ZoneInfo
    >>> print(read_instant("2026-03-27 16:00", "START", ZoneInfo("Europe/Berlin")).at)
    2026-03-27 16:00:00+01:00
    """
    found = _INSTANT.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError
        date, time, offset = found["date"], found["time"] or "00:00", found["offset"] or ""
        read = datetime.fromisoformat(f"{date}T{time}{offset.upper()}")
    except ValueError:
        problem = f"{what} must be an instant such as {_EXAMPLE}, not {text!r}"
        raise UsageError(problem) from None
    if offset:
        return Instant(read, in_zone_of_calendar=False)
    return Instant(_on_the_clock(read, what, tz), in_zone_of_calendar=True)


def _on_the_clock(shown: datetime, what: str, tz: "ZoneInfo") -> datetime:
    """Return the one instant at which the clocks of *tz* show the naive *shown*."""
    first, second = (shown.replace(tzinfo=tz, fold=fold) for fold in (0, 1))
    # Before a change of the clocks the one offset holds, after it the other.
    before, after = (at.utcoffset() or timedelta(0) for at in (first, second))
    if before == after:
        return first
    name = f"{what} {shown.isoformat(sep=' ', timespec='minutes')}"
    if before > after:
        problem = (
            f"{name} is shown twice by the clocks of {tz.key}; write which one: {first.isoformat()} or "
            f"{second.isoformat()}"
        )
    else:
        problem = (
            f"{name} is never shown by the clocks of {tz.key}, which are put forward there; write a time "
            f"that is, or an offset: {first.isoformat()}"
        )
    raise UsageError(problem)


def read_pause(text: str, tz: "ZoneInfo") -> TimeSpan:
    """
    Return the span that *text* names: two instants with a slash between them, as in ISO 8601.

    Args:
        text: ``START/END``; see `read_instant`.
        tz: Whose clocks times without an offset are read from.

    Raises:
        UsageError: If it is written otherwise, or ends before it starts.
    """
    start, slash, end = text.partition("/")
    if not slash:
        problem = f"--pause must be START/END, such as 2026-03-27T16:30/2026-03-30T10:00, not {text!r}"
        raise UsageError(problem)
    edges = (read_instant(start, "the start of --pause", tz), read_instant(end, "the end of --pause", tz))
    try:
        return TimeSpan(*(edge.at for edge in edges))
    except DefinitionError as error:
        problem = f"--pause {text}: {error}"
        raise UsageError(problem) from error


def read_amount(text: str) -> timedelta | BusinessDays:
    """
    Return the open time, or the number of business days, that *text* names.

    Args:
        text: Such as ``8h``, ``1h30min``, ``2d`` (48 hours of open time); or ``3bd``, ``3 business days``.

    Raises:
        UsageError: If it is written otherwise, or is negative.

    >>> read_amount("1h30min"), str(read_amount("1bd"))
    (datetime.timedelta(seconds=5400), '1 business day')
    """
    try:
        amount = _amount(text.strip())
    except DefinitionError as error:
        problem = f"AMOUNT {error}; working days are written '3bd' or '3 business days'"
        raise UsageError(problem) from error
    if (amount.number < 0) if isinstance(amount, BusinessDays) else (amount < timedelta(0)):
        problem = f"AMOUNT must not be negative, and {text!r} is"
        raise UsageError(problem)
    return amount


def _amount(text: str) -> timedelta | BusinessDays:
    try:
        return BusinessDays.parse(text)
    except DefinitionError:
        return duration(text)
