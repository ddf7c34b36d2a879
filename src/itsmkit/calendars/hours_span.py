"""Opening hours of one day: from an hour on the wall clock to another."""

import re
from datetime import time, timedelta
from typing import Self

from attrs import field, frozen

from itsmkit.calendars._instants import DAY
from itsmkit.errors import DefinitionError

__all__ = ["HoursSpan"]

_CLOCK = r"[0-9]{1,2}:[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
_MIDNIGHT = timedelta(0)


def _since_midnight(value: time | timedelta) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if _is_local(value):
        return timedelta(
            hours=value.hour,
            minutes=value.minute,
            seconds=value.second,
            microseconds=value.microsecond,
        )
    problem = (
        f"hours are wall-clock times without a zone, not {value!r}; give datetime.time(8, 30), or "
        "a timedelta since midnight"
    )
    raise DefinitionError(problem)


def _is_local(value: object) -> bool:
    return isinstance(value, time) and value.tzinfo is None


@frozen(repr=False)
class HoursSpan:
    """
    The wall-clock times of a day from *opens* up to, but not including, *closes*.

    A *closes* that is not after *opens* lies on the following day, and all of the span belongs to
    the day on which it opens: the night shift of a holiday is dropped as a whole, the one that runs
    into a holiday is finished.

    Args:
        opens: A `time` without a zone, or a `timedelta` since midnight; kept as the latter.
        closes: As *opens*. Midnight is the one that ends the day, kept as 24 hours.

    Raises:
        DefinitionError: If a time is outside the day, or both are the same. Whether 08:00-08:00
            means nothing or a whole day cannot be told; a whole day is 00:00-24:00.

    >>> from datetime import time
    >>> str(HoursSpan(time(22), time(6)).length)
    '8:00:00'
    >>> HoursSpan(time(22), time(0)) == HoursSpan.parse("22:00-24:00")
    True
    """

    opens: timedelta = field(converter=_since_midnight)
    closes: timedelta = field(converter=_since_midnight)

    def __attrs_post_init__(self) -> None:
        problems = []
        if not _MIDNIGHT <= self.opens < DAY:
            way_out = "24:00 ends a day; the next one opens at 00:00"
            problems.append(
                f"hours cannot open at {_clock(self.opens)}: "
                f"{way_out if self.opens == DAY else 'a day opens from 00:00 to before 24:00'}"
            )
        if not _MIDNIGHT <= self.closes <= DAY:
            problems.append(
                f"hours cannot close at {_clock(self.closes)}: a day closes by 24:00, and a night "
                "shift at the time of the next morning, as in 22:00-06:00"
            )
        if self.opens == self.closes:
            problems.append(
                f"hours open and close at {_clock(self.opens)}: leave out hours that are never "
                "open, and write a whole day as 00:00-24:00"
            )
        if problems:
            raise DefinitionError(*problems)
        if self.closes == _MIDNIGHT:
            object.__setattr__(self, "closes", DAY)

    @classmethod
    def parse(cls, text: str) -> Self:
        """
        Return the span written as *text*.

        Args:
            text: ``"08:00-12:00"``; seconds and their fractions may follow the minutes.

        Raises:
            DefinitionError: If it is written otherwise, or no such span can be.
        """
        opens, dash, closes = (part.strip() for part in text.partition("-"))
        if not dash:
            problem = f"{text!r} are no hours; write when they open and close, as in 08:30-17:00"
            raise DefinitionError(problem)
        problems = [
            f"{clock!r} is no time of day; write hours and minutes, as in 08:30"
            for clock in (opens, closes)
            if not re.fullmatch(_CLOCK, clock)
        ]
        if problems:
            raise DefinitionError(*problems)
        return cls(_read(opens), _read(closes))

    @property
    def ends(self) -> timedelta:
        """Return *closes*, counted from the midnight before *opens*: past 24 hours if overnight."""
        return self.closes if self.closes > self.opens else self.closes + DAY

    @property
    def length(self) -> timedelta:
        """Return how long the span is on the wall clock; more than 0, at most 24 hours."""
        return self.ends - self.opens

    def __str__(self) -> str:
        return f"{_clock(self.opens)}-{_clock(self.closes)}"

    def __repr__(self) -> str:
        return f"HoursSpan.parse({str(self)!r})"


def _read(clock: str) -> timedelta:
    hours, minutes, seconds = f"{clock}:0".split(":")[:3]
    whole, _, fraction = seconds.partition(".")
    return timedelta(
        hours=int(hours),
        minutes=int(minutes),
        seconds=int(whole),
        microseconds=int(fraction.ljust(6, "0")),
    )


def _clock(since_midnight: timedelta) -> str:
    if since_midnight < _MIDNIGHT:
        return str(since_midnight)
    minutes, rest = divmod(since_midnight, timedelta(minutes=1))
    clock = f"{minutes // 60:02}:{minutes % 60:02}"
    if rest:
        clock += f":{rest.seconds:02}"
    if rest.microseconds:
        clock += f".{rest.microseconds:06}"
    return clock
