"""The opening hours of a week."""

import re
from collections.abc import Iterable
from datetime import timedelta
from itertools import chain, groupby
from typing import Self

from attrs import field, frozen

from itsmkit.calendars._dated_hours import CLOSED_TEXT, joined_spans
from itsmkit.calendars._instants import DAY
from itsmkit.calendars.hours_span import HoursSpan
from itsmkit.errors import DefinitionError

__all__ = ["ALWAYS_TEXT", "WeeklyHours"]

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SHORT = tuple(day[:3] for day in _DAYS)
_WEEKDAYS = {name.lower(): weekday for names in (_DAYS, _SHORT) for weekday, name in enumerate(names)}
_WEEK = 7 * DAY
_CLOSED = ((),) * 7

ALWAYS_TEXT = "24x7"
"""How hours that never close are written."""


def _tidy(days: Iterable[Iterable[HoursSpan]]) -> tuple[tuple[HoursSpan, ...], ...]:
    return tuple(joined_spans(spans) for spans in days)


@frozen(repr=False)
class WeeklyHours:
    """
    The opening hours of each weekday, on the wall clock.

    Args:
        days: For each weekday, Monday first, any number of spans in any order. Within a day, spans
            that touch become one. A day without spans is closed.

    Raises:
        DefinitionError: If there are not seven days, or spans overlap; the tail of an overnight span
            may not reach into the hours of the next day either.

    >>> hours = WeeklyHours.parse("Mon-Fri 08:00-12:00,13:00-17:00; Sat 09:00-12:00")
    >>> [str(span) for span in hours.days[0]]
    ['08:00-12:00', '13:00-17:00']
    >>> print(hours)
    Mon-Fri 08:00-12:00,13:00-17:00; Sat 09:00-12:00
    """

    days: tuple[tuple[HoursSpan, ...], ...] = field(default=_CLOSED, converter=_tidy)

    def __attrs_post_init__(self) -> None:
        if len(self.days) != 7:
            problem = f"weekly hours need 7 days, Monday first, not {len(self.days)}"
            raise DefinitionError(problem)
        if problems := _overlaps(self.days):
            raise DefinitionError(*problems)

    @classmethod
    def always(cls) -> Self:
        """Return the hours that never close, 24×7: midnight is no closing."""
        return cls(((HoursSpan(timedelta(0), DAY),),) * 7)

    @classmethod
    def parse(cls, text: str) -> Self:
        """
        Return the hours written as *text*; `str` writes them so again.

        Args:
            text: Clauses of days and hours: ``"Mon-Wed,Fri 08:00-12:00,13:00-17:00; Sat
                22:00-06:00"``. English names of days, in full or by three letters. A range of days
                runs forward through the week, so that ``Sun-Thu`` is five days and ``Sat-Sun`` two.
                A day may stand in several clauses. ``"24x7"`` is always, ``"closed"`` never.

        Raises:
            DefinitionError: With every problem and the clause in which it stands.

        >>> WeeklyHours.parse("Mon-Fri 08:00-25:00; Sut 09:00-12:00")
        Traceback (most recent call last):
            ...
        itsmkit.errors.DefinitionError: 2 problems:
        - 'Mon-Fri 08:00-25:00': hours cannot close at 25:00: a day closes by 24:00, and a night ...
        - 'Sut 09:00-12:00': unknown day 'Sut'; use Mon, Tue, Wed, Thu, Fri, Sat, Sun
        """
        plain = text.strip().lower()
        if plain == ALWAYS_TEXT:
            return cls.always()
        if plain == CLOSED_TEXT:
            return cls()
        days: list[list[HoursSpan]] = [[] for _ in range(7)]
        problems: list[str] = []
        for clause in text.split(";"):
            try:
                weekdays, spans = _parse_clause(clause.strip())
            except DefinitionError as error:
                problems.extend(error.problems)
            else:
                for weekday in weekdays:
                    days[weekday].extend(spans)
        problems.extend(_overlaps(_tidy(days)))
        if problems:
            raise DefinitionError(*problems)
        return cls(days)

    @property
    def length(self) -> timedelta:
        """Return the hours of a whole week on the wall clock, from 0 to 168 hours."""
        return sum((span.length for span in chain(*self.days)), timedelta(0))

    @property
    def is_always(self) -> bool:
        """Tell whether the hours fill the week without a gap, however they are split into spans."""
        return self.length == _WEEK

    def __str__(self) -> str:
        if self == WeeklyHours.always():
            return ALWAYS_TEXT
        weekdays_by_spans: dict[tuple[HoursSpan, ...], list[int]] = {}
        for weekday, spans in enumerate(self.days):
            if spans:
                weekdays_by_spans.setdefault(spans, []).append(weekday)
        clauses = [
            f"{_write_days(weekdays)} {','.join(map(str, spans))}"
            for spans, weekdays in weekdays_by_spans.items()
        ]
        return "; ".join(clauses) or CLOSED_TEXT

    def __repr__(self) -> str:
        return f"WeeklyHours.parse({str(self)!r})"


def _overlaps(days: Iterable[Iterable[HoursSpan]]) -> list[str]:
    """Return a sentence for each two spans of a week that share a time, Sunday into Monday too."""
    week = sorted(
        (weekday * DAY + span.opens, weekday * DAY + span.ends, f"{_SHORT[weekday]} {span}")
        for weekday, spans in enumerate(days)
        for span in spans
    )
    following = [(opens + _WEEK, ends + _WEEK, label) for opens, ends, label in week]
    ahead = [*week, *following]
    return [
        f"{label} overlaps {other_label}; hours of a week may only touch"
        for place, (_, ends, label) in enumerate(week, start=1)
        for other_opens, _, other_label in ahead[place:]
        if other_opens < ends
    ]


def _parse_clause(clause: str) -> tuple[list[int], list[HoursSpan]]:
    """Return the weekdays of *clause* and their spans, or raise all that is wrong with it."""
    names, hours = re.split(r"(?=[0-9])|$", clause, maxsplit=1)
    if not names.strip() or not hours:
        problem = f"{clause!r}: write days and their hours, as in Mon-Fri 08:00-17:00"
        raise DefinitionError(problem)
    weekdays: list[int] = []
    spans: list[HoursSpan] = []
    problems: list[str] = []
    for part in names.split(","):
        try:
            weekdays.extend(_parse_days(part.strip()))
        except DefinitionError as error:
            problems.extend(error.problems)
    for part in hours.split(","):
        try:
            spans.append(HoursSpan.parse(part))
        except DefinitionError as error:
            problems.extend(error.problems)
    if problems:
        raise DefinitionError(*(f"{clause!r}: {problem}" for problem in problems))
    return weekdays, spans


def _parse_days(text: str) -> list[int]:
    """Return the weekdays of a day or of a range of days."""
    ends = [end.strip() for end in text.split("-", maxsplit=1)]
    unknown = [end for end in ends if end.lower() not in _WEEKDAYS]
    if unknown:
        raise DefinitionError(*(f"unknown day {end!r}; use {', '.join(_SHORT)}" for end in unknown))
    first, last = _WEEKDAYS[ends[0].lower()], _WEEKDAYS[ends[-1].lower()]
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)]


def _write_days(weekdays: list[int]) -> str:
    """Write ascending *weekdays* as days and ranges of days."""
    runs = [
        [weekday for _, weekday in run]
        for _, run in groupby(enumerate(weekdays), key=lambda pair: pair[1] - pair[0])
    ]
    return ",".join(
        _SHORT[run[0]] if len(run) == 1 else f"{_SHORT[run[0]]}-{_SHORT[run[-1]]}" for run in runs
    )
