"""Open time as a set of instants, and every question to it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import MAXYEAR, UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from itsmkit._checks import is_a
from itsmkit._frozen import frozen_dict
from itsmkit.calendars._instants import DAY, EPOCH, EPOCH_DATE, day_number, since_epoch
from itsmkit.calendars._opening_table import NOTHING_KNOWN, Opening, bin_of
from itsmkit.calendars._timeline import Timeline
from itsmkit.calendars._wall_clock import offset_changes
from itsmkit.calendars.landing import Landing
from itsmkit.calendars.time_span import TimeSpan
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from numpy import bool_
    from numpy.typing import ArrayLike, NDArray

    from itsmkit.calendars._many import ManyInstants
    from itsmkit.calendars.business_days import BusinessDays
    from itsmkit.calendars.combined_time import CombinedTime
    from itsmkit.calendars.explanation import Explanation, Reason
    from itsmkit.calendars.recurrence import Recurrence

__all__ = ["BusinessTime"]

_EARLIEST = Landing.EARLIEST  # a look-up on an Enum costs as much as the arithmetic
_NO_ZONE = object()
_NOT_AT_HAND = (KeyError, IndexError, OverflowError, AttributeError, TypeError)
"""What a look-up fails with for a day that no index has yet, or for what is no instant."""

_ZERO = timedelta(0)
_TICK = timedelta(microseconds=1)
_WORKING_KEPT = 4_096  # dates: of eleven years

_Indexes = tuple[
    object, datetime, Mapping[int, Opening], Sequence[Opening], Mapping[int, Opening], Sequence[Opening]
]
"""The zone whose wall clock the first index is for, its epoch and that index; and the index in UTC."""


class BusinessTime:
    """
    A set of instants that count: half-open spans of real time, and the arithmetic on them.

    What is open is said by its kinds; `BusinessCalendar` is the usual one. All arithmetic is exact to the
    microsecond and asks the set alone, so that no two answers contradict each other.

    It answers for the years 1970 to 2200 (in UTC), or as far as everything that it is made of is known.
    The tables behind an answer are made on first use, for what is asked and the weeks around it, in less
    than a millisecond per year, and grow as needed; an answer from them is a look-up that does not depend
    on the span. Threads may share it.
    """

    __slots__ = ("_epoch", "_indexes", "_many", "_timeline", "_working")

    tz: "ZoneInfo"
    """The zone of its results."""

    name: str | None
    """What it is called."""

    _timeline: Timeline
    _epoch: datetime
    _indexes: _Indexes
    _many: "ManyInstants | None"
    _working: dict[int, bool]

    def _answering(self, timeline: Timeline) -> None:
        """Get ready to answer from *timeline*."""
        object.__setattr__(self, "_timeline", timeline)
        object.__setattr__(self, "_many", None)
        object.__setattr__(self, "_working", {})
        object.__setattr__(self, "_epoch", datetime(1970, 1, 1, tzinfo=self.tz))
        object.__setattr__(self, "_indexes", (self.tz, self._epoch, *NOTHING_KNOWN, *NOTHING_KNOWN))

    def content(self) -> Mapping[str, object]:
        """
        Return what decides about the open time, as plain values: equal contents are open alike.

        Names are left out. The digests of terms are made of it.
        """
        raise NotImplementedError

    def expansion(self, first_year: int, last_year: int) -> Mapping[str, object]:
        """
        Return what `content` leaves to others, as it is taken for some years now, as plain values.

        Whoever publishes a calendar keeps it: the holidays of a region and the offsets of a zone come from
        others, and a new version of theirs may change them, back into the past too. A kind that does not
        know what it is made of gives its openings.

        Args:
            first_year: The first of the years, in UTC.
            last_year: The last of them.

        Raises:
            DefinitionError: If *last_year* precedes *first_year*.
            OutOfRangeError: If the calendar does not know one of the years.
        """
        years = self._known_years(first_year, last_year)
        return frozen_dict(
            {
                "openings": tuple(
                    (span.start.isoformat(), span.end.isoformat()) for span in self.open_spans(*years)
                )
            }
        )

    def expanded_digest(self, first_year: int, last_year: int) -> str:
        """
        Return what stands for the open time of some years, so that a verdict can name what it was judged by.

        Two calendars have the same one if their `content` and their `expansion` are the same, whatever their
        names, on any machine. It differs if the holidays of a region or the offsets of a zone have become
        others since.

        Args:
            first_year: The first of the years, in UTC.
            last_year: The last of them.

        Returns:
            64 hexadecimal digits.

        Raises:
            DefinitionError: If *last_year* precedes *first_year*.
            OutOfRangeError: If the calendar does not know one of the years.

        >>> from itsmkit.calendars import BusinessCalendar
        >>> office = BusinessCalendar("Mon-Fri 08:00-17:00", "Europe/Berlin", name="office")
        >>> branch = BusinessCalendar("Mon-Fri 08:00-17:00", "Europe/Berlin", name="branch")
        >>> office.expanded_digest(2025, 2026) == branch.expanded_digest(2025, 2026)
        True
        """
        from hashlib import sha256  # noqa: PLC0415  slow to load, and not needed to measure
        from json import dumps  # noqa: PLC0415  as above

        expanded = {"content": self.content(), "expansion": self.expansion(first_year, last_year)}
        return sha256(dumps(expanded, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    @property
    def known(self) -> TimeSpan:
        """Return the time for which the calendar answers: whole days in UTC."""
        days = self._timeline.days
        return TimeSpan(EPOCH + days.start * DAY, EPOCH + days.stop * DAY)

    def _known_years(self, first_year: int, last_year: int) -> tuple[datetime, datetime]:
        """Return the beginning and the end of the years, as far as they are known."""
        if not 1 <= first_year <= last_year <= MAXYEAR:
            problem = (
                f"years run forward, from a first one to a last one, not from {first_year} to {last_year}"
            )
            raise DefinitionError(problem)
        known = self.known
        for year in (first_year, last_year):
            # At its edges a year may be known in some zones and not in others.
            self.is_open(datetime(year, 7, 1, tzinfo=UTC))
        start = max(datetime(first_year, 1, 1, tzinfo=UTC), known.start)
        end = min(datetime(last_year, 12, 31, tzinfo=UTC) + DAY, known.end - _TICK)
        return start, end

    def is_open(self, at: datetime) -> bool:
        """
        Tell whether the calendar is open at *at*; at an opening it is, at a closing no longer.

        Args:
            at: Timezone-aware, in any zone.

        Raises:
            DefinitionError: If *at* is naive.
            OutOfRangeError: If *at* lies outside the years that the calendar knows.
        """
        try:
            zone, epoch, by_day, _, by_utc_day, _ = self._indexes
            if at.tzinfo is not zone:
                epoch, by_day = EPOCH, by_utc_day
            since = at - epoch
            opens, closes, _, after = by_day[since.days]
            while since >= closes:
                opens, closes, _, after = after
        except _NOT_AT_HAND:
            answer = self._timeline.is_open(since_epoch(at, "at"))
            self._index(at.tzinfo is self.tz)
            return answer
        return since >= opens

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """
        Return the open time from *start* up to, not including, *end*; negative if *end* comes first.

        Args:
            start: Timezone-aware, in any zone.
            end: Timezone-aware, in any zone.

        Raises:
            DefinitionError: If an end is naive.
            OutOfRangeError: If an end lies outside the years that the calendar knows.

        >>> from datetime import datetime
        >>> from itsmkit.calendars import BusinessCalendar
        >>> round_the_clock = BusinessCalendar.always("Europe/Berlin")
        >>> day = (
        ...     datetime(2026, 3, 29, tzinfo=round_the_clock.tz),
        ...     datetime(2026, 3, 30, tzinfo=round_the_clock.tz),
        ... )
        >>> print(round_the_clock.elapsed(*day))
        23:00:00
        """
        try:
            zone, epoch, by_day, _, by_utc_day, _ = self._indexes
            if start.tzinfo is not zone or end.tzinfo is not zone:
                epoch, by_day = EPOCH, by_utc_day
            since, until = start - epoch, end - epoch
            opens, closes, before, after = by_day[since.days]
            while since > opens:
                if since < closes:
                    before += since - opens
                    break
                opens, closes, before, after = after
            opens, closes, passed, after = by_day[until.days]
            while until > opens:
                if until < closes:
                    passed += until - opens
                    break
                opens, closes, passed, after = after
        except _NOT_AT_HAND:
            passed = self._timeline.elapsed(since_epoch(start, "start"), since_epoch(end, "end"))
            self._index(start.tzinfo is self.tz is end.tzinfo)
            return passed
        return passed - before

    def advance(
        self,
        start: datetime,
        amount: "timedelta | BusinessDays",
        *,
        landing: Landing = Landing.EARLIEST,
        in_zone: tzinfo | None = None,
    ) -> datetime:
        """
        Return the earliest instant, not before *start*, up to which *amount* of open time passes.

        What is used up exactly at a closing is reached at that closing; with `Landing.OPEN`, at the
        next opening. So no time is no move, but with `Landing.OPEN` one to the next open instant.

        Args:
            start: Timezone-aware, in any zone.
            amount: Open time, or `BusinessDays`. Negative goes back, as `retreat` does.
            landing: Whether the result may be a closing, or has to be open. Of a number of days its own
                `TimeOfDay` says so.
            in_zone: The zone of the result; that of the calendar unless given.

        Raises:
            DefinitionError: If *start* is naive, or days come with a landing.
            NeverOpenError: If there is not so much open time, or no opening to land on.
            OutOfRangeError: If *start* lies outside the years that the calendar knows.

        >>> from datetime import datetime, timedelta
        >>> from itsmkit.calendars import BusinessCalendar
        >>> office = BusinessCalendar("Mon-Fri 08:00-17:00", "Europe/Berlin")
        >>> friday = datetime(2026, 10, 23, 16, tzinfo=office.tz)
        >>> print(office.advance(friday, timedelta(hours=1)))
        2026-10-23 17:00:00+02:00
        >>> print(office.advance(friday, timedelta(hours=1), landing=Landing.OPEN))
        2026-10-26 08:00:00+01:00
        """
        try:
            zone, epoch, by_day, by_bin, by_utc_day, by_utc_bin = self._indexes
            if start.tzinfo is not zone or in_zone is not None:
                epoch, by_day, by_bin = EPOCH, by_utc_day, by_utc_bin
            since = start - epoch
            opens, closes, target, after = by_day[since.days]
            while since > opens:
                if since < closes:
                    target += since - opens
                    break
                opens, closes, target, after = after
            target += amount  # type: ignore[operator]  # days fail here, and are counted below
            if landing is _EARLIEST and amount > _ZERO:  # type: ignore[operator]  # as above
                opens, closes, opened, after = by_bin[bin_of(target)]
                landed = opens + (target - opened)
                while landed > closes:
                    opens, closes, opened, after = after
                    landed = opens + (target - opened)
                return self._shown(landed, in_zone) if epoch is EPOCH else epoch + landed
        except _NOT_AT_HAND:
            pass
        landed = self._moved(since_epoch(start, "start"), amount, landing, back=False)
        self._index(in_zone is None and start.tzinfo is self.tz)
        return self._shown(landed, in_zone)

    def retreat(
        self,
        end: datetime,
        amount: "timedelta | BusinessDays",
        *,
        landing: Landing = Landing.EARLIEST,
        in_zone: tzinfo | None = None,
    ) -> datetime:
        """
        Return the latest instant, not after *end*, from which *amount* of open time passes.

        What is used up exactly at an opening is reached at that opening; with `Landing.OPEN`, at
        the closing before, so that the calendar is open just before the result.

        Args:
            end: Timezone-aware, in any zone.
            amount: Open time, or `BusinessDays`. Negative goes forward, as `advance` does.
            landing: Whether the result may be an opening, or has to be open just before. Of a number of
                days its own `TimeOfDay` says so.
            in_zone: The zone of the result; that of the calendar unless given.

        Raises:
            DefinitionError: If *end* is naive, or days come with a landing.
            NeverOpenError: If there is not so much open time, or no opening to land on.
            OutOfRangeError: If *end* lies outside the years that the calendar knows.
        """
        since = since_epoch(end, "end")
        return self._shown(self._moved(since, amount, landing, back=True), in_zone)

    def next_open(self, at: datetime, *, in_zone: tzinfo | None = None) -> datetime:
        """
        Return the earliest open instant, not before *at*: *at* itself if the calendar is open.

        Args:
            at: Timezone-aware, in any zone.
            in_zone: The zone of the result; that of the calendar unless given.

        Raises:
            DefinitionError: If *at* is naive.
            NeverOpenError: If no opening follows.
            OutOfRangeError: If *at* lies outside the years that the calendar knows.
        """
        return self.advance(at, _ZERO, landing=Landing.OPEN, in_zone=in_zone)

    def next_close(self, at: datetime, *, in_zone: tzinfo | None = None) -> datetime:
        """
        Return the closing that follows *at*: the end of the current opening, or of the next one.

        Args:
            at: Timezone-aware, in any zone.
            in_zone: The zone of the result; that of the calendar unless given.

        Raises:
            DefinitionError: If *at* is naive.
            NeverClosesError: If the calendar stays open; round the clock, midnight is no closing.
            NeverOpenError: If no opening follows.
            OutOfRangeError: If *at* lies outside the years that the calendar knows.
        """
        return self._shown(self._timeline.next_close(since_epoch(at, "at")), in_zone)

    def open_spans(self, start: datetime, end: datetime) -> tuple[TimeSpan, ...]:
        """
        Return the openings from *start* up to *end*, clipped to them, in order and in UTC.

        Args:
            start: Timezone-aware, in any zone.
            end: Timezone-aware, not before *start*.

        Returns:
            Spans with a gap between neighbours; their durations add up to `elapsed`.

        Raises:
            DefinitionError: If an end is naive, or *end* precedes *start*.
            OutOfRangeError: If an end lies outside the years that the calendar knows.
        """
        asked = TimeSpan(start, end)
        spans = self._timeline.spans(asked.start - EPOCH, asked.end - EPOCH)
        return tuple(TimeSpan(EPOCH + opening, EPOCH + closing) for opening, closing in spans)

    def elapsed_many(
        self, starts: "ArrayLike", ends: "ArrayLike", *, unit: str | None = None
    ) -> "NDArray[Any]":
        """
        Return the open time from each of *starts* up to each of *ends*, as `elapsed` does, but for arrays.

        Needs numpy, which the extra ``numpy`` brings. Columns of data frames go through `itsmkit.sla.frames`.

        Args:
            starts: ``datetime64`` in s, ms, us or ns, in UTC; or int64, counted from 1970 UTC in *unit*.
            ends: The same. Both are broadcast together.
            unit: ``"s"``, ``"ms"``, ``"us"`` or ``"ns"``: what int64 counts.

        Returns:
            ``timedelta64``, or int64 for int64, in the finer of both units; exact. ``NaT`` (in int64: the
            smallest number, which is how numpy keeps it) where one of the two is.

        Raises:
            DefinitionError: If an array has another type, the shapes do not go together, or the calendar
                opens or closes between two instants of the unit, so that no answer in it would be exact.
            ModuleNotFoundError: If there is no numpy.
            OutOfRangeError: If an instant lies outside the years that the calendar knows; it names the first.

        >>> import numpy as np
        >>> from itsmkit.calendars import BusinessCalendar
        >>> office = BusinessCalendar("Mon-Fri 08:00-17:00", "Europe/Berlin")
        >>> starts = np.array(["2026-10-23T14:00", "NaT"], "datetime64[s]")
        >>> print(office.elapsed_many(starts, np.datetime64("2026-10-26T09:00:00")))
        [10800 'NaT']
        """
        return self._at_once().elapsed(starts, ends, unit)

    def advance_many(
        self,
        starts: "ArrayLike",
        amounts: "ArrayLike | timedelta",
        *,
        landing: Landing = Landing.EARLIEST,
        unit: str | None = None,
    ) -> "NDArray[Any]":
        """
        Return the instants that *amounts* of open time lead to, as `advance` does, but for arrays.

        Needs numpy, which the extra ``numpy`` brings. Columns of data frames go through `itsmkit.sla.frames`.

        Args:
            starts: ``datetime64`` in s, ms, us or ns, in UTC; or int64, counted from 1970 UTC in *unit*.
            amounts: ``timedelta64``, or int64 for int64, or one duration for all. Negative goes back. Both
                are broadcast together.
            landing: Whether a result may be a closing, or has to be open, or as `Landing.NEXT_DAY` says.
            unit: ``"s"``, ``"ms"``, ``"us"`` or ``"ns"``: what int64 counts.

        Returns:
            ``datetime64``, or int64 for int64, in UTC and in the finer of both units; exact. ``NaT`` where
            one of the two is.

        Raises:
            DefinitionError: If an array has another type, the shapes do not go together, or the calendar
                opens or closes between two instants of the unit, so that no answer in it would be exact.
            ModuleNotFoundError: If there is no numpy.
            NeverOpenError: If there is not so much open time, or no opening to land on; it names the first.
            OutOfRangeError: If a start lies outside the years that the calendar knows; it names the first.

        >>> import numpy as np
        >>> from itsmkit.calendars import BusinessCalendar
        >>> office = BusinessCalendar("Mon-Fri 08:00-17:00", "Europe/Berlin")
        >>> starts = np.array(["2026-10-23T14:00", "2026-10-24T14:00"], "datetime64[s]")
        >>> print(office.advance_many(starts, timedelta(hours=2)))
        ['2026-10-26T08:00:00' '2026-10-26T09:00:00']
        """
        return self._at_once().advance(starts, amounts, landing, unit)

    def is_open_many(self, instants: "ArrayLike", *, unit: str | None = None) -> "NDArray[bool_]":
        """
        Tell for each of *instants* whether the calendar is open at it, as `is_open` does, but for arrays.

        Needs numpy, which the extra ``numpy`` brings. Columns of data frames go through `itsmkit.sla.frames`.

        Args:
            instants: ``datetime64`` in s, ms, us or ns, in UTC; or int64, counted from 1970 UTC in *unit*.
            unit: ``"s"``, ``"ms"``, ``"us"`` or ``"ns"``: what int64 counts.

        Returns:
            Truth values; ``NaT`` is never open.

        Raises:
            DefinitionError: If the array has another type, or the calendar opens or closes between two
                instants of the unit, so that no answer in it would be exact.
            ModuleNotFoundError: If there is no numpy.
            OutOfRangeError: If an instant lies outside the years that the calendar knows; it names the first.
        """
        return self._at_once().is_open(instants, unit)

    def _at_once(self) -> "ManyInstants":
        many = self._many
        if many is None:
            try:
                from itsmkit.calendars._many import ManyInstants  # noqa: PLC0415  # who asks one by one needs no numpy
            except ModuleNotFoundError as missing:
                if missing.name != "numpy":
                    raise
                message = "arrays of instants need numpy: python -m pip install 'itsmkit[numpy]'"
                raise ModuleNotFoundError(message, name="numpy") from missing
            many = ManyInstants(self._timeline, self.tz)
            object.__setattr__(self, "_many", many)
        return many

    def explain(self, start: datetime, end: datetime) -> "Explanation":
        """
        Return why the time from *start* to *end* counts, or does not: each span of it with its cause.

        The spans make up the time between the two without a gap, and those that count add up to
        `elapsed`. Each date, and each gap between its openings, has a span of its own; only neighbours
        with the same causes are one.

        Args:
            start: Timezone-aware, in any zone.
            end: Timezone-aware, in any zone. If it comes first, the spans still run forward.

        Raises:
            DefinitionError: If an end is naive.
            OutOfRangeError: If an end lies outside the years that the calendar knows.

        >>> from datetime import datetime
        >>> from itsmkit.calendars import BusinessCalendar
        >>> office = BusinessCalendar("Mon-Fri 08:00-17:00", "UTC")
        >>> friday = datetime(2026, 10, 23, 16, tzinfo=office.tz)
        >>> print(office.explain(friday, datetime(2026, 10, 26, 9, tzinfo=office.tz)))
        Fri 2026-10-23 16:00:00+00:00  Fri 2026-10-23 17:00:00+00:00  + 1:00:00  open
        Fri 2026-10-23 17:00:00+00:00  Sat 2026-10-24 00:00:00+00:00    7:00:00  after closing
        Sat 2026-10-24 00:00:00+00:00  Sun 2026-10-25 00:00:00+00:00   24:00:00  closed: Saturday
        Sun 2026-10-25 00:00:00+00:00  Mon 2026-10-26 00:00:00+00:00   24:00:00  closed: Sunday
        Mon 2026-10-26 00:00:00+00:00  Mon 2026-10-26 08:00:00+00:00    8:00:00  before opening
        Mon 2026-10-26 08:00:00+00:00  Mon 2026-10-26 09:00:00+00:00  + 1:00:00  open
        open time: 2:00:00
        """
        from itsmkit.calendars.explanation import explained  # noqa: PLC0415  not needed to measure

        return explained(self, start, end)

    def hours_of(self, day: date) -> tuple[TimeSpan, ...]:
        """
        Return the openings that belong to the local date *day*, in order and in UTC.

        They include the tail of a night shift that begins on that date, and leave out that of the one
        before. An opening over several dates is cut at each midnight.

        Args:
            day: A date on the calendar's own clocks.

        Returns:
            Spans with a gap between neighbours; none where nobody works on that date.

        Raises:
            DefinitionError: If *day* is no date.
            OutOfRangeError: If *day* is not among the days that are known.
        """
        from itsmkit.calendars._local_dates import hours_of_date  # noqa: PLC0415  as above

        number = self._known_day(day)
        hours = hours_of_date(self._timeline.openings_in, self._timeline.days, number, self.tz)
        return tuple(TimeSpan(EPOCH + opening, EPOCH + closing) for opening, closing in hours)

    def is_working_date(self, day: date) -> bool:
        """
        Tell whether *day* is a working date: a local date to which hours belong, as `hours_of` says.

        The Saturday morning on which Friday's night shift ends makes no working date.

        Args:
            day: A date on the calendar's own clocks.

        Raises:
            DefinitionError: If *day* is no date.
            OutOfRangeError: If *day* is not among the days that are known.
        """
        return bool(self.hours_of(day))

    def _works_on(self, day: int) -> bool:
        """Tell whether a known day, counted from 1970, is a working date; asked again, at once."""
        works = self._working.get(day)
        if works is None:
            if len(self._working) >= _WORKING_KEPT:
                self._working.clear()
            works = self._working[day] = self.is_working_date(EPOCH_DATE + timedelta(days=day))
        return works

    def working_dates(self, first: date, end: date) -> tuple[date, ...]:
        """
        Return the working dates from *first* up to, not including, *end*.

        Cost: tens of microseconds for each date.

        Args:
            first: A date on the calendar's own clocks.
            end: Another one; if it comes before *first*, there are none.

        Raises:
            DefinitionError: If one of the two is no date.
            OutOfRangeError: If one of the dates is not among the days that are known.

        >>> from datetime import date
        >>> from itsmkit.calendars import BusinessCalendar
        >>> office = BusinessCalendar("Mon-Fri 08:00-17:00", "Europe/Berlin")
        >>> len(office.working_dates(date(2026, 10, 1), date(2026, 11, 1)))
        22
        """
        days = range(self._known_day(first), self._known_day(end))
        dates = (EPOCH_DATE + timedelta(days=day) for day in days)
        return tuple(day for day in dates if self.is_working_date(day))

    @property
    def newest(self) -> "BusinessTime":
        """Return the newest version of the calendar: itself, unless it is `CalendarVersions`."""
        return self

    def version_at(self, instant: datetime) -> "BusinessTime":
        """
        Return the version that counts at *instant*: itself, unless it is `CalendarVersions`.

        Args:
            instant: Timezone-aware, in any zone.

        Raises:
            DefinitionError: If *instant* is naive.
        """
        since_epoch(instant, "instant")
        return self

    @property
    def label(self) -> str:
        """Return what to call it in a sentence: its name, or else its hours and its zone."""
        return self.name or f"{self} {self.tz.key}"

    def __and__(self, other: "BusinessTime | Recurrence | TimeSpan | Iterable[TimeSpan]") -> "CombinedTime":
        """Return the time when this calendar and *other* are both open; see `CombinedTime`."""
        return self._combined("INTERSECTION", other)

    def __or__(self, other: "BusinessTime | Recurrence | TimeSpan | Iterable[TimeSpan]") -> "CombinedTime":
        """Return the time when this calendar or *other* is open; see `CombinedTime`."""
        return self._combined("UNION", other)

    def __sub__(self, other: "BusinessTime | Recurrence | TimeSpan | Iterable[TimeSpan]") -> "CombinedTime":
        """Return the time when this calendar is open and *other* is not; see `CombinedTime`."""
        return self._combined("DIFFERENCE", other)

    def _combined(
        self, operation: str, other: "BusinessTime | Recurrence | TimeSpan | Iterable[TimeSpan]"
    ) -> "CombinedTime":
        from itsmkit.calendars.combined_time import CombinedTime, SetOperation  # noqa: PLC0415  as above

        return CombinedTime(self, SetOperation[operation], other)

    def _reasons(self, start: timedelta, end: timedelta) -> "Iterator[Reason]":
        """
        Yield the stretches from *start* to *end* since 1970, without a gap, each with its causes.

        A kind that knows no more than its openings says that it is open or closed.
        """
        from itsmkit.calendars.explanation import Cause, CauseKind, open_and_closed  # noqa: PLC0415  as above

        return open_and_closed(self._timeline.spans(start, end), start, end, Cause(CauseKind.CLOSED))

    def _known_day(self, day: date) -> int:
        """Return the number of *day* since 1970, or raise what `hours_of` does."""
        if not is_a(day, date) or is_a(day, datetime):
            problem = f"a working date is a date without a time, not {day!r}; give local.date()"
            raise DefinitionError(problem)
        number = day_number(day)
        if number not in self._timeline.days:
            raise self._timeline.out_of_range(number * DAY)
        return number

    def _open_within(self, span: TimeSpan) -> tuple[TimeSpan, ...]:
        """Return what is open of *span*, as far as it is known."""
        known = self._timeline.days
        start = max(span.start - EPOCH, known.start * DAY)
        end = min(span.end - EPOCH, known.stop * DAY - _TICK)
        spans = self._timeline.spans(start, end) if start < end else ()
        return tuple(TimeSpan(EPOCH + opening, EPOCH + closing) for opening, closing in spans)

    def _moved(
        self, start: timedelta, amount: "timedelta | BusinessDays", landing: Landing, *, back: bool
    ) -> timedelta:
        """Return the instant that lies *amount* from *start*, for what `Timeline.move` does not know."""
        timeline = self._timeline
        if not isinstance(amount, timedelta):
            return self._days_from(start, amount, landing, back=back)
        if landing is not Landing.NEXT_DAY:
            return timeline.move(start, amount, landing, back=back)
        back = back if not amount else back is (amount > _ZERO)
        met_first = timeline.move(start, abs(amount), Landing.EARLIEST, back=back)
        next_to_more = timeline.move(met_first, _ZERO, Landing.OPEN, back=back)
        return met_first if self._reopens(met_first, next_to_more, back=back) else next_to_more

    def _reopens(self, edge: timedelta, next_to_more: timedelta, *, back: bool) -> bool:
        """Tell whether *edge* is a closing (going back, an opening) of the date on which it is open again."""
        if edge == next_to_more:
            return True
        timeline = self._timeline
        earlier, later = (next_to_more, edge) if back else (edge, next_to_more)
        before = earlier - _TICK  # a closing at 24:00 belongs to the day that it ends
        if back and not timeline.is_open(later):
            return False
        if not back and (before < timeline.days.start * DAY or not timeline.is_open(before)):
            return False
        return self._local(before).date() == self._local(later).date()

    def _days_from(
        self, start: timedelta, days: "BusinessDays", landing: Landing, *, back: bool
    ) -> timedelta:
        from itsmkit.calendars.business_days import BusinessDays, reached  # noqa: PLC0415  as above

        if not is_a(days, BusinessDays):
            problem = f"an amount of open time is a timedelta or BusinessDays, not {days!r}"
            raise DefinitionError(problem)
        if landing is not Landing.EARLIEST:
            problem = f"{days} end as their time_of_day says; leave out the landing {landing.name}"
            raise DefinitionError(problem)
        return reached(self, start, days, back=back)

    def _local(self, since: timedelta) -> datetime:
        return self.tz.fromutc(self._epoch + since)

    def _shown(self, since: timedelta, in_zone: tzinfo | None) -> datetime:
        if in_zone is None:
            # `fromutc` reads a clock face of the zone as UTC; `astimezone` takes four times as long.
            return self.tz.fromutc(self._epoch + since)
        return EPOCH + since if in_zone is UTC else (EPOCH + since).astimezone(in_zone)

    def _index(self, by_wall: bool) -> None:
        """Have the index at hand that the next question of this kind needs: by the wall clock, or in UTC."""
        table = self._timeline.table
        if by_wall:
            wall = table.index_by_wall(offset_changes(self.tz, table.days))
            by_wall = wall is not NOTHING_KNOWN
        utc = table.by_utc if by_wall else table.index_by_utc()
        # What was not asked for, or cannot be had, is that of no days.
        zone = _NO_ZONE if table.by_wall is NOTHING_KNOWN else self.tz
        indexes = (zone, self._epoch, *(table.by_wall or NOTHING_KNOWN), *(utc or NOTHING_KNOWN))
        object.__setattr__(self, "_indexes", indexes)
