"""Days gathered into weeks or months, so that a long history stays legible."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import groupby

from attrs import frozen

from itsmkit.cli._wording import day
from itsmkit.reporting import Day

__all__ = ["Bin", "Bins", "gathered"]

_MOST = 92  # a quarter of days; of more bars, each would be thinner than two pixels of a phone


@frozen
class Bin:
    """
    A day, a week or a month of the desk.

    Args:
        label: Short, for an axis.
        name: Long, for a sentence.
        opened: Incidents opened.
        resolved: Incidents resolved.
        backlog: Incidents open at its end.
    """

    label: str
    name: str
    opened: int
    resolved: int
    backlog: int


@frozen
class Bins:
    """
    A history in parts of one length; the first and the last may be cut short.

    Args:
        unit: ``day``, ``week`` (from Monday) or ``month``.
        parts: In order.
    """

    unit: str
    parts: tuple[Bin, ...]


@frozen
class _Unit:
    """A way to gather days: the first day of each part, and how the part is called by it."""

    name: str
    start: Callable[[date], date]
    short: Callable[[date], str]
    long: Callable[[date], str]


def gathered(days: Sequence[Day]) -> Bins:
    """Return *days* by the smallest unit that leaves no more than 92 parts; if none does, by month."""
    *finer, coarsest = _UNITS
    for unit in finer:
        bins = _by(unit, days)
        if len(bins.parts) <= _MOST:
            return bins
    return _by(coarsest, days)


def _by(unit: _Unit, days: Sequence[Day]) -> Bins:
    parts = []
    for start, group in groupby(days, lambda each: unit.start(each.date)):
        members = list(group)
        part = Bin(
            unit.short(start),
            unit.long(start),
            opened=sum(each.opened for each in members),
            resolved=sum(each.resolved for each in members),
            backlog=members[-1].backlog,
        )
        parts.append(part)
    return Bins(unit.name, tuple(parts))


def _day_and_month(date_: date) -> str:
    return f"{date_.day} {date_:%b}"


_UNITS = (
    _Unit("day", lambda d: d, _day_and_month, day),
    _Unit("week", lambda d: d - timedelta(d.weekday()), _day_and_month, lambda d: f"week of {day(d)}"),
    _Unit("month", lambda d: d.replace(day=1), lambda d: f"{d:%b} {d.year}", lambda d: f"{d:%B} {d.year}"),
)
