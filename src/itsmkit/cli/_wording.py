"""How figures are spelled, for terminals and pages alike."""

from datetime import date, datetime, timedelta, timezone

from itsmkit._figures import NOTHING, count, percent, plural
from itsmkit.reporting import IncidentReport

__all__ = [
    "NOTHING",
    "count",
    "day",
    "day_and_weekday",
    "hours",
    "instant",
    "percent",
    "period",
    "plural",
    "time_of_day",
]

_HOUR = timedelta(hours=1)


def hours(duration: timedelta | None) -> str:
    """
    Return a duration in hours: days would mean one thing by the calendar and another in business hours.

    >>> hours(timedelta(minutes=90)), hours(timedelta(days=52)), hours(None)
    ('1.5 h', '1,248 h', '–')
    """
    if duration is None:
        return NOTHING
    return f"{duration / _HOUR:,.1f} h" if duration < 100 * _HOUR else f"{duration / _HOUR:,.0f} h"


def day(date_: date) -> str:
    """
    Return a date as it is spelled in a sentence.

    >>> day(date(2026, 3, 9))
    '9 March 2026'
    """
    return f"{date_.day} {date_:%B} {date_.year}"


def day_and_weekday(date_: date) -> str:
    """
    Return a date as it is spelled in a table.

    >>> day_and_weekday(date(2026, 3, 9))
    'Mon 2026-03-09'
    """
    return f"{date_:%a} {date_:%Y-%m-%d}"


def instant(at: datetime) -> str:
    """
    Return an instant with its offset to UTC, as exactly as it is known.

    >>> from datetime import UTC
    >>> instant(datetime(2026, 3, 9, 8, 30, tzinfo=UTC))
    'Mon 2026-03-09 08:30+00:00'
    """
    return f"{day_and_weekday(at)} {time_of_day(at)}"


def time_of_day(at: datetime) -> str:
    """
    Return the time of day of an instant, with its offset to UTC.

    >>> from datetime import UTC
    >>> time_of_day(datetime(2026, 3, 9, 8, 30, tzinfo=UTC))
    '08:30+00:00'
    """
    return (
        at.timetz()
        .replace(tzinfo=timezone(at.utcoffset() or timedelta(0)))
        .isoformat(timespec="auto" if at.second or at.microsecond else "minutes")
    )


def period(report: IncidentReport) -> str:
    """Return the days that *report* is about, the first and the last, in its zone; or that there are none."""
    if not report.days:
        return "no incidents"
    first, last = report.days[0].date, report.days[-1].date
    return day(first) if first == last else f"{day(first)} – {day(last)}"
