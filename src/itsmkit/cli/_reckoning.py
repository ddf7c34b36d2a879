"""Open time between two instants, pauses left out: what the commands on service levels reckon with."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from attrs import evolve, field, frozen

from itsmkit._checks import in_utc
from itsmkit._documents import duration_text
from itsmkit.calendars import (
    BusinessCalendar,
    BusinessDays,
    BusinessTime,
    Cause,
    CauseKind,
    ExplainedSpan,
    Landing,
    TimeSpan,
    merge_spans,
    to_mapping,
)

__all__ = ["Reckoning", "due_at"]

_ZERO = timedelta(0)
_DAY = timedelta(days=1)
_PAUSE = Cause(CauseKind.EXCLUDED, "pause")


@frozen(kw_only=True)
class Reckoning:
    """
    The time between two instants, and what of it counts.

    Args:
        calendar: The open time.
        start: Timezone-aware; kept in UTC.
        end: Likewise; it may come first, as for `BusinessTime.elapsed`.
        pauses: What does not count, although it may be open. Kept in order, overlaps united.
    """

    calendar: BusinessCalendar
    start: datetime = field(converter=in_utc)
    end: datetime = field(converter=in_utc)
    pauses: tuple[TimeSpan, ...] = field(default=(), converter=merge_spans)

    @cached_property
    def counting(self) -> BusinessTime:
        """The time that counts: the open time without the pauses."""
        return _without(self.calendar, self.pauses)

    @property
    def elapsed(self) -> timedelta:
        """The open time from start to end; negative if the end comes first."""
        return self.counting.elapsed(self.start, self.end)

    @property
    def span(self) -> TimeSpan:
        """The time from the earlier to the later instant."""
        return TimeSpan(*sorted((self.start, self.end)))

    @cached_property
    def entries(self) -> tuple[ExplainedSpan, ...]:
        """The time from the earlier to the later instant in parts, each with its causes."""
        explained = self.counting.explain(self.start, self.end).entries
        return tuple(evolve(entry, causes=map(self._told, entry.causes)) for entry in explained)

    @cached_property
    def holidays(self) -> dict[date, str]:
        """The holidays that kept it closed, by date, with their names."""
        found = {}
        for entry in self.entries:
            for cause in entry.causes:
                if cause.kind is CauseKind.HOLIDAY:
                    day = entry.span.start.astimezone(self.calendar.tz).date()
                    last = (entry.span.end - timedelta.resolution).astimezone(self.calendar.tz).date()
                    while day <= last:
                        found[day] = cause.detail or ""
                        day += _DAY
        return found

    def local(self, instant: datetime) -> datetime:
        """Return *instant* as the clocks of the calendar's zone show it."""
        return instant.astimezone(self.calendar.tz)

    def to_plain(self) -> dict[str, object]:
        """Return all that was given and reckoned as JSON takes it; the text of durations is what is typed."""
        return {
            "calendar": to_mapping(self.calendar),
            "start": self.local(self.start).isoformat(),
            "end": self.local(self.end).isoformat(),
            "pauses": [self._plain_span(pause) for pause in self.pauses],
            **_plain_duration("elapsed", self.elapsed),
            "holidays": {day.isoformat(): name for day, name in self.holidays.items()},
        }

    def plain_entries(self) -> list[dict[str, object]]:
        """Return the parts and their causes as JSON takes them."""
        return [
            {
                **self._plain_span(entry.span),
                **_plain_duration("lasting", entry.span.duration),
                "counted": entry.counted,
                "causes": [{"kind": cause.kind.value, "detail": cause.detail} for cause in entry.causes],
            }
            for entry in self.entries
        ]

    def _plain_span(self, span: TimeSpan) -> dict[str, str]:
        return {"start": self.local(span.start).isoformat(), "end": self.local(span.end).isoformat()}

    @staticmethod
    def _told(cause: Cause) -> Cause:
        # There is one calendar here, which needs no name, and nothing is taken out of it but the pauses.
        return _PAUSE if cause.kind is CauseKind.EXCLUDED else evolve(cause, calendar=None)


def due_at(
    calendar: BusinessCalendar,
    start: datetime,
    amount: timedelta | BusinessDays,
    *,
    pauses: Iterable[TimeSpan] = (),
    landing: Landing = Landing.EARLIEST,
) -> datetime:
    """
    Return when *amount* has passed since *start*, pauses not counted.

    Business days are turned into open time first, once, as the clocks of targets do: the time from *start* to
    where the days lead. Where no pause takes any of it away, the days' own result stands.

    Args:
        calendar: The open time.
        start: Timezone-aware.
        amount: Not negative.
        pauses: What does not count.
        landing: Whether the result may be a closing, or has to be open.

    Returns:
        An instant in UTC.

    Raises:
        DefinitionError: If a landing is named for business days, or the pauses leave nothing open.
        NeverOpenError: If there is not so much open time.
        OutOfRangeError: If *start* lies outside the years that the calendar knows.
    """
    pauses = merge_spans(pauses)
    counting = _without(calendar, pauses)
    if isinstance(amount, BusinessDays):
        due = calendar.advance(start, amount, landing=landing, in_zone=UTC)
        amount = max(calendar.elapsed(start, due), _ZERO)
        if counting.elapsed(start, due) >= amount:
            return due
    return counting.advance(start, amount, landing=landing, in_zone=UTC)


def _without(calendar: BusinessCalendar, pauses: tuple[TimeSpan, ...]) -> BusinessTime:
    return calendar - pauses if pauses else calendar


def _plain_duration(name: str, duration: timedelta) -> dict[str, object]:
    """Return a duration as people type it, and as a number that is exact."""
    return {name: duration_text(duration), f"{name}_microseconds": duration // timedelta.resolution}
