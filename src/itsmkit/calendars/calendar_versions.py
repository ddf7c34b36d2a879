"""A calendar that changed over time: each version counts from its day on."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from attrs import field, frozen
from attrs.validators import optional

from itsmkit._checks import is_a, named, utc
from itsmkit._frozen import frozen_dict
from itsmkit.calendars._instants import DAY, EPOCH, HORIZON, day_number, since_epoch
from itsmkit.calendars._local_dates import hours_of_date, pieces_of
from itsmkit.calendars._span_sets import clipped, ever_opens
from itsmkit.calendars._timeline import Timeline
from itsmkit.calendars._wall_clock import Span
from itsmkit.calendars.business_time import BusinessTime
from itsmkit.calendars.errors import OutOfRangeError
from itsmkit.calendars.explanation import Cause, CauseKind, Reason
from itsmkit.calendars.time_span import TimeSpan, merge_spans
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = ["CalendarVersions", "ValidFrom"]

ValidFrom = date | datetime | None
"""When a version begins: on a local date of its own zone, at an instant, or (the first) ever since."""

_START = timedelta(0)
_END = HORIZON.stop * DAY


def _pairs(
    versions: Mapping[ValidFrom, BusinessTime] | Iterable[tuple[ValidFrom, BusinessTime]],
) -> tuple[tuple[ValidFrom, BusinessTime], ...]:
    pairs = versions.items() if isinstance(versions, Mapping) else versions
    return tuple(
        (utc(since, "the beginning of a version") if isinstance(since, datetime) else since, version)
        for since, version in pairs
    )


@frozen
class CalendarVersions(BusinessTime):
    """
    The versions of a calendar, each of which counts from its beginning up to that of the next one.

    A shift that runs into the beginning of another version is cut there. Results come in the zone of the
    newest version. It answers as far as each version is known in its own span; before the first one
    begins, nothing is open.

    An agreement that would rather use the newest version throughout takes `newest`.

    Args:
        versions: Each with its beginning, in order: a `date` begins at local midnight in the version's
            own zone, an aware `datetime` at that instant; the first may be ``None``, ever since.
        name: What to call the calendar.

    Raises:
        DefinitionError: If there is no version, they are out of order, a beginning is no date and no
            aware datetime, or nothing is ever open in the years 1970 to 2200.

    >>> from datetime import date, datetime, timedelta
    >>> from itsmkit.calendars import BusinessCalendar
    >>> old = BusinessCalendar("Mon-Fri 08:00-16:00", "Europe/Berlin")
    >>> new = BusinessCalendar("Mon-Fri 08:00-18:00", "Europe/Berlin")
    >>> desk = CalendarVersions([(None, old), (date(2026, 7, 1), new)])
    >>> tuesday = datetime(2026, 6, 30, tzinfo=desk.tz)
    >>> print(desk.elapsed(tuesday, tuesday + timedelta(days=2)))
    18:00:00
    >>> desk.version_at(tuesday) == old
    True
    """

    versions: tuple[tuple[ValidFrom, BusinessTime], ...] = field(converter=_pairs)
    name: str | None = field(default=None, kw_only=True, validator=optional(named))
    tz: "ZoneInfo" = field(init=False, eq=False, repr=False)
    _starts: tuple[timedelta, ...] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        problems = _faults(self.versions)
        if problems:
            raise DefinitionError(*problems)
        starts = tuple(_beginning(since, version.tz) for since, version in self.versions)
        problems = [
            f"{_from(later)} does not come after {_from(earlier)}; put the versions in order, each once"
            for (start, end), (earlier, later) in zip(
                pairwise(starts), pairwise(since for since, _ in self.versions), strict=True
            )
            if end <= start
        ]
        if problems:
            raise DefinitionError(*problems)
        object.__setattr__(self, "tz", self.newest.tz)
        object.__setattr__(self, "_starts", starts)
        days, because = _known_days(self._spans())
        openings = partial(_openings, self._spans())
        # The newest version is most likely to open, and soonest in its own days.
        recent = range(min(max(starts[-1].days, days.start), days.stop), days.stop)
        if not ever_opens(openings, recent) and not ever_opens(openings, range(days.start, recent.start)):
            problem = (
                f"{self.label} is never open in the years 1970 to 2200; give each version hours in its "
                "own span"
            )
            raise DefinitionError(problem)
        self._answering(Timeline(openings, days, because))

    @property
    def newest(self) -> BusinessTime:
        """Return the version that began last."""
        return self.versions[-1][1]

    def version_at(self, instant: datetime) -> BusinessTime:
        """
        Return the version that counts at *instant*.

        Args:
            instant: Timezone-aware, in any zone.

        Raises:
            DefinitionError: If *instant* is naive.
            OutOfRangeError: If it lies before the first version.
        """
        at = since_epoch(instant, "instant")
        for start, _, version in reversed(self._spans()):
            if start <= at:
                return version
        first = EPOCH + self._starts[0]
        because = f"the first version is valid {_from(self.versions[0][0])}"
        raise OutOfRangeError(instant, first, EPOCH + _END, because)

    def content(self) -> Mapping[str, object]:
        """Return what decides about the open time: the content of each version, and when it begins."""
        return frozen_dict(
            {
                "versions": tuple(
                    frozen_dict(
                        {
                            "valid_from": None if since is None else since.isoformat(),
                            "calendar": version.content(),
                        }
                    )
                    for since, version in self.versions
                )
            }
        )

    def hours_of(self, day: date) -> tuple[TimeSpan, ...]:
        """
        Return the openings that belong to the local date *day*: those of the versions in force on it.

        A version of another zone counts by when it opens on the clocks of the newest one.

        Args:
            day: A local date.

        Raises:
            DefinitionError: If *day* is no date.
            OutOfRangeError: If *day* is not among the days that are known.
        """
        number = self._known_day(day)
        found: list[TimeSpan] = []
        for start, end, version in self._spans():
            known = version._timeline.days
            if number not in known or not start.days - 1 <= number <= end.days + 1:
                continue
            if version.tz.key == self.tz.key:
                hours = [(span.start - EPOCH, span.end - EPOCH) for span in version.hours_of(day)]
            else:
                hours = list(hours_of_date(version._timeline.openings_in, known, number, self.tz))
            found.extend(
                TimeSpan(EPOCH + opens, EPOCH + closes) for opens, closes in clipped(hours, start, end)
            )
        return merge_spans(found)

    def _reasons(self, start: timedelta, end: timedelta) -> Iterator[Reason]:
        begins = min(max(self._starts[0], start), end)
        first = self.versions[0][0]
        yield Reason(
            start, begins, False, (Cause(CauseKind.OUTSIDE_VERSION, f"the first is valid {_from(first)}"),)
        )
        for (since, version), (opens, closes, _) in zip(self.versions, self._spans(), strict=True):
            own_start, own_end = max(opens, begins), min(closes, end)
            if own_start < own_end:
                label = version.name or f"valid {_from(since)}"
                for reason in version._reasons(own_start, own_end):
                    causes = tuple(cause.said_by(label) for cause in reason.causes)
                    yield reason._replace(causes=causes)

    def _spans(self) -> list[tuple[timedelta, timedelta, BusinessTime]]:
        """Return each version with the span in which it counts."""
        ends = (*self._starts[1:], _END)
        return [
            (start, end, version)
            for start, end, (_, version) in zip(self._starts, ends, self.versions, strict=True)
        ]

    @property
    def label(self) -> str:
        """Return what to call it in a sentence: its name, or else that of its versions."""
        return str(self)

    def __str__(self) -> str:
        versions = "; ".join(f"{_from(since)}: {version.label}" for since, version in self.versions)
        return self.name or f"[{versions}]"

    def __reduce__(self) -> "tuple[partial[CalendarVersions], tuple[object, ...]]":
        # The tables stay behind: they are made anew where they are needed.
        return partial(type(self), name=self.name), (self.versions,)


def _faults(versions: tuple[tuple[ValidFrom, BusinessTime], ...]) -> list[str]:
    """Return what is wrong with each version by itself."""
    if not versions:
        return ["a calendar needs at least one version: CalendarVersions([(None, calendar)])"]
    faults = []
    for number, (since, version) in enumerate(versions):
        if since is None and number:
            faults.append("only the first version may be valid ever since; give the others a date")
        elif since is not None and not is_a(since, date):
            faults.append(f"a version is valid from a date or an aware datetime, not from {since!r}")
        elif since is not None and not 1970 <= since.year <= 2200:
            faults.append(f"a version is valid from a date of the years 1970 to 2200, not from {since}")
        if not is_a(version, BusinessTime):
            faults.append(f"a version is a calendar, not {version!r}")
    return faults


def _beginning(since: ValidFrom, tz: "ZoneInfo") -> timedelta:
    """Return the instant at which a version begins, since 1970."""
    if since is None:
        return _START
    if isinstance(since, datetime):
        return since - EPOCH
    day = day_number(since)
    # A date that the clocks left out, when a zone crossed the date line, begins with the next one.
    return max((pieces_of(day, tz) or pieces_of(day + 1, tz))[0][0], _START)


def _from(since: ValidFrom) -> str:
    return "ever since" if since is None else f"from {since}"


def _known_days(spans: list[tuple[timedelta, timedelta, BusinessTime]]) -> tuple[range, str]:
    """
    Return the UTC days for which each version is known in its own span, and what bounds them.

    Where a version is not known up to its own end, what lies before the next one is not known at all.
    """
    start, stop = HORIZON.start, HORIZON.stop
    because = "calendars answer for the years 1970 to 2200"
    for begins, ends, version in spans:
        known = version._timeline.days
        if begins < known.start * DAY:
            start = max(start, min(known.start, -(-ends // DAY)))
            because = version._timeline.because
        if known.stop * DAY < ends:
            because = version._timeline.because
            if ends == _END:
                stop = min(stop, known.stop)
            else:
                start = max(start, -(-ends // DAY))
    return range(start, stop), because


def _openings(spans: list[tuple[timedelta, timedelta, BusinessTime]], days: range) -> Iterator[Span]:
    """Yield the openings of each version in its own span, clipped to the days and in order."""
    for start, end, version in spans:
        known = version._timeline.days
        own = range(max(start.days, days.start, known.start), min(-(-end // DAY), days.stop, known.stop))
        if own:
            yield from clipped(version._timeline.openings_in(own), start, end)
