"""
The availability of a service in agreed hours, from its outages.

Only agreed service time counts: the open time of a calendar, without planned work. Outages that overlap are
one outage, and time that is planned is not down.

Source:
    ITIL 4, practice "Availability management": availability is (agreed service time - downtime) / agreed
    service time; mean time between failures (MTBF) and mean time to restore service (MTRS).
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from attrs import frozen

from itsmkit.calendars import BusinessTime, TimeSpan, intersect_spans, subtract_spans
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction

__all__ = ["Availability", "measure_availability"]

_MICROSECOND = timedelta(microseconds=1)
_ZERO = timedelta(0)


@frozen
class Availability:
    """
    How available a service was.

    Args:
        over: The time that was looked at.
        agreed: The agreed service time in it, without planned work.
        planned: The agreed service time that was taken by planned work.
        downtime: The time of *agreed* that the service was down.
        outages: How many outages took some of *agreed*; what overlaps or touches is one, also across a night
            or planned work.
    """

    over: TimeSpan
    agreed: timedelta
    planned: timedelta
    downtime: timedelta
    outages: int

    @property
    def uptime(self) -> timedelta:
        """The time of *agreed* that the service was up."""
        return self.agreed - self.downtime

    @property
    def ratio(self) -> "Fraction | None":
        """The share of *agreed* that the service was up, exactly; ``None`` if nothing was agreed."""
        if not self.agreed:
            return None
        from fractions import Fraction  # noqa: PLC0415  # a slow import that clocks do without

        return Fraction(self.uptime // _MICROSECOND, self.agreed // _MICROSECOND)

    def percent(self, digits: int = 3) -> "Decimal | None":
        """
        Return *ratio* in percent, rounded down, so that no target looks met that was missed.

        Args:
            digits: How many digits stand behind the point; from 0 to 20.

        Raises:
            DefinitionError: If there cannot be so many.
        """
        if type(digits) is not int or not 0 <= digits <= 20:
            problem = f"digits must be a whole number from 0 to 20, not {digits!r}"
            raise DefinitionError(problem)
        ratio = self.ratio
        if ratio is None:
            return None
        from decimal import Decimal  # noqa: PLC0415  # a slow import that clocks do without

        return Decimal(int(ratio * 100 * 10**digits)).scaleb(-digits)

    @property
    def mtbf(self) -> timedelta | None:
        """
        The mean time between failures: uptime for each outage; ``None`` without one.

        Rounded down to the microsecond.
        """
        return self.uptime // self.outages if self.outages else None

    @property
    def mtrs(self) -> timedelta | None:
        """
        The mean time to restore service, often called MTTR: downtime for each outage; ``None`` without one.

        Rounded down to the microsecond.
        """
        return self.downtime // self.outages if self.outages else None

    def explain(self) -> str:
        """Return the figures as a sentence."""
        percent = self.percent()
        if percent is None:
            return f"nothing was agreed; planned work took {self.planned}"
        outages = f"{self.outages} {'outage' if self.outages == 1 else 'outages'}"
        return f"{percent} % of {self.agreed} agreed; {outages}, down {self.downtime}, planned {self.planned}"


def measure_availability(
    agreed: BusinessTime,
    over: TimeSpan,
    outages: Iterable[TimeSpan],
    *,
    planned: Iterable[TimeSpan] = (),
) -> Availability:
    """
    Return how available a service was.

    Args:
        agreed: The agreed service time.
        over: The time to look at.
        outages: When the service was down, in any order. They may overlap and reach beyond *over*.
        planned: Planned work, which is not agreed service time, in any order.

    Raises:
        OutOfRangeError: If the calendar does not know all of *over*.

    >>> from datetime import UTC, datetime
    >>> from itsmkit.calendars import BusinessCalendar
    >>> office = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC")
    >>> def at(day, hour):
    ...     return datetime(2026, 3, day, hour, tzinfo=UTC)
    >>> week = measure_availability(
    ...     office,
    ...     TimeSpan(at(2, 0), at(9, 0)),
    ...     [TimeSpan(at(3, 15), at(4, 11)), TimeSpan(at(4, 10), at(4, 13))],
    ...     planned=[TimeSpan(at(4, 12), at(4, 14))],
    ... )
    >>> print(week.explain())
    86.842 % of 1 day, 14:00:00 agreed; 1 outage, down 5:00:00, planned 2:00:00
    >>> print(week.mtbf, week.mtrs, sep=", ")
    1 day, 9:00:00, 5:00:00
    """
    planned_spans = intersect_spans([over], planned)
    planned_time = _opened(agreed, planned_spans)
    total = agreed.elapsed(over.start, over.end) - planned_time
    down = intersect_spans([over], outages)
    lost = [_opened(agreed, subtract_spans((span,), planned_spans)) for span in down]
    return Availability(over, total, planned_time, sum(lost, _ZERO), sum(map(bool, lost)))


def _opened(calendar: BusinessTime, spans: Iterable[TimeSpan]) -> timedelta:
    return sum((calendar.elapsed(span.start, span.end) for span in spans), _ZERO)
