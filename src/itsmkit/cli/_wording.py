"""How figures are spelled, for terminals and pages alike."""

from datetime import date, timedelta

from itsmkit.reporting import IncidentReport

__all__ = ["NOTHING", "count", "day", "hours", "percent", "period"]

NOTHING = "–"
"""Stands where there is no figure."""

_HOUR = timedelta(hours=1)


def count(number: int) -> str:
    """
    Return a whole number with its thousands apart.

    >>> count(141712)
    '141,712'
    """
    return f"{number:,}"


def hours(duration: timedelta | None) -> str:
    """
    Return a duration in hours: days would mean one thing by the calendar and another in business hours.

    >>> hours(timedelta(minutes=90)), hours(timedelta(days=52)), hours(None)
    ('1.5 h', '1,248 h', '–')
    """
    if duration is None:
        return NOTHING
    return f"{duration / _HOUR:,.1f} h" if duration < 100 * _HOUR else f"{duration / _HOUR:,.0f} h"


def percent(share: float | None) -> str:
    """
    Return a share of 0 to 1 in percent; what is not quite all, or nothing, never looks as if it were.

    >>> percent(0.9314), percent(1), percent(0.9999), percent(0.0001), percent(None)
    ('93.1%', '100%', '> 99.9%', '< 0.1%', '–')
    """
    if share is None:
        return NOTHING
    if 0 < share < 0.001:
        return "< 0.1%"
    if 0.999 < share < 1:
        return "> 99.9%"
    return f"{share:.0%}" if share in {0, 1} else f"{share:.1%}"


def day(date_: date) -> str:
    """
    Return a date as it is spelled in a sentence.

    >>> day(date(2026, 3, 9))
    '9 March 2026'
    """
    return f"{date_.day} {date_:%B} {date_.year}"


def period(report: IncidentReport) -> str:
    """Return the days that *report* is about, the first and the last, in its zone; or that there are none."""
    if not report.days:
        return "no incidents"
    first, last = report.days[0].date, report.days[-1].date
    return day(first) if first == last else f"{day(first)} – {day(last)}"
