"""
The laws of business time, to be run on a calendar of one's own.

They are checked at random instants, with random amounts of open time, and a journey that breaks one is made
as small as it can be. This module needs hypothesis.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from attrs import frozen
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from itsmkit.calendars import BusinessTime, Landing, NeverClosesError, NeverOpenError

__all__ = ["Journey", "LAWS", "Law", "calendar_laws", "journeys"]

_ZERO = timedelta(0)
_TICK = timedelta(microseconds=1)
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


@frozen
class Journey:
    """
    What a law is checked with.

    Args:
        calendar: The business time that has to keep the law.
        start: Where it begins; aware.
        ends: Two other instants; aware.
        amounts: Two amounts of open time, none negative.
        landing: Where to land on the way.
    """

    calendar: BusinessTime
    start: datetime
    ends: tuple[datetime, datetime]
    amounts: tuple[timedelta, timedelta]
    landing: Landing


Law = Callable[[Journey], None]
"""Raises an ``AssertionError`` where a journey shows that the law is broken."""


def calendar_laws(
    calendar: BusinessTime,
    *,
    begin: datetime | None = None,
    end: datetime | None = None,
    examples: int = 100,
) -> None:
    """
    Check that *calendar* keeps every law of business time.

    Call it in a test: ``def test_our_calendar(): calendar_laws(OURS)``. It takes some seconds.

    Args:
        calendar: Of any kind.
        begin: The first instant to try; aware. By default, the first one that the calendar knows.
        end: No instant is tried from here on; aware. By default, where the calendar's knowledge ends.
        examples: How many journeys to try for each law.

    Raises:
        AssertionError: If a law is broken; with the law and a journey that shows it.

    >>> from itsmkit.calendars import BusinessCalendar
    >>> calendar_laws(BusinessCalendar("Mon-Fri 08:00-17:00", "Europe/Berlin"), examples=5)
    """
    first = begin or calendar.known.start
    last = end or calendar.known.end
    tried = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
    )
    for law in LAWS:
        tried(given(journeys(calendar, first, last))(law))()


@st.composite
def journeys(draw: st.DrawFn, calendar: BusinessTime, begin: datetime, end: datetime) -> Journey:
    """
    Return journeys from the instants of *begin* to *end*, many of them from and to an opening or a closing.

    Args:
        draw: Given by Hypothesis.
        calendar: To travel in.
        begin: The first instant; aware.
        end: All instants lie before it; aware.
    """
    first, last = begin.astimezone(UTC), end.astimezone(UTC) - _TICK

    def near(instant: datetime, most: timedelta) -> datetime:
        return min(max(instant + draw(st.timedeltas(-most, most)), first), last)

    at = first + draw(st.timedeltas(_ZERO, last - first))
    if draw(st.booleans()):
        at = near(_edge_after(calendar, at), _TICK)
    ends = near(at, 400 * _DAY), near(at, 3 * _DAY)
    amounts = [draw(st.timedeltas(_ZERO, 30 * _DAY)), draw(st.timedeltas(_ZERO, _DAY))]
    if draw(st.booleans()):
        # So much that the way ends at a closing, or at an opening.
        amounts[0] = abs(calendar.elapsed(at, _edge_after(calendar, ends[1])))
    zone = draw(st.sampled_from([calendar.tz, UTC]))
    return Journey(
        calendar,
        at.astimezone(zone),
        (ends[0].astimezone(zone), ends[1].astimezone(zone)),
        (amounts[0], amounts[1]),
        draw(st.sampled_from(Landing)),
    )


def _edge_after(calendar: BusinessTime, at: datetime) -> datetime:
    """Return the next closing in UTC, or *at* where none follows."""
    try:
        return calendar.next_close(at, in_zone=UTC)
    except (NeverClosesError, NeverOpenError):
        return at


def _after(instant: datetime, span: timedelta) -> datetime:
    """Return the instant that lies *span* of real time from *instant*."""
    return (instant.astimezone(UTC) + span).astimezone(instant.tzinfo)


def _landed(journey: Journey, start: datetime, amount: timedelta, *, back: bool) -> datetime | None:
    """Return where a way ends, in UTC; ``None`` if it leads beyond what is known, and it does."""
    calendar, landing = journey.calendar, journey.landing
    move = calendar.retreat if back else calendar.advance
    try:
        return move(start, amount, landing=landing, in_zone=UTC)
    except NeverOpenError:
        known = calendar.known
        if back:
            left = calendar.elapsed(known.start, start)
        else:
            last = known.end - _TICK
            left = calendar.elapsed(start, last) + calendar.is_open(last) * _TICK
        # To the very end of what is known nothing leads: whether it is open there nobody knows.
        assert left < amount or (left == amount and (landing is not Landing.EARLIEST or not back))
        return None


def open_is_what_counts(journey: Journey) -> None:
    """It is open at an instant if the microsecond after it counts."""
    for at in (journey.start, *journey.ends):
        if _after(at, _TICK).astimezone(UTC) < journey.calendar.known.end:
            passed = journey.calendar.elapsed(at, _after(at, _TICK))
            assert passed == journey.calendar.is_open(at) * _TICK


def elapsed_adds_up(journey: Journey) -> None:
    """Open time adds up in any order, turns round with its ends, and is no more than real time."""
    a, (b, c), elapsed = journey.start, journey.ends, journey.calendar.elapsed
    assert elapsed(a, a) == _ZERO
    assert elapsed(b, a) == -elapsed(a, b)
    assert elapsed(a, b) + elapsed(b, c) == elapsed(a, c)
    assert abs(elapsed(a, b)) <= abs(b.astimezone(UTC) - a.astimezone(UTC))


def elapsed_undoes_advance_and_retreat(journey: Journey) -> None:
    """As much open time passes up to a landing as was to pass."""
    start, amount = journey.start, journey.amounts[0]
    landed = _landed(journey, start, amount, back=False)
    if landed is not None:
        assert landed >= start.astimezone(UTC)
        assert journey.calendar.elapsed(start, landed) == amount
    landed = _landed(journey, start, amount, back=True)
    if landed is not None:
        assert landed <= start.astimezone(UTC)
        assert journey.calendar.elapsed(landed, start) == amount


def nothing_nearer_would_have_done(journey: Journey) -> None:
    """`EARLIEST` is the nearest instant with so much open time, `OPEN` the nearest one that is open."""
    calendar, start, amount = journey.calendar, journey.start, journey.amounts[0]
    landed = _landed(journey, start, amount, back=False)
    if landed is not None and landed > start.astimezone(UTC):
        before = landed - _TICK
        short = calendar.elapsed(start, before) < amount
        assert short or (journey.landing is not Landing.EARLIEST and not calendar.is_open(before))
    if landed is not None and journey.landing is Landing.OPEN:
        assert calendar.is_open(landed)
    landed = _landed(journey, start, amount, back=True)
    if landed is not None and landed < start.astimezone(UTC):
        short = calendar.elapsed(landed + _TICK, start) < amount
        assert short or (journey.landing is not Landing.EARLIEST and not calendar.is_open(landed))
    if landed is not None and journey.landing is Landing.OPEN:
        assert calendar.is_open(landed - _TICK)


def two_ways_in_one_direction_are_one(journey: Journey) -> None:
    """To go on from a landing leads where the whole way would have led."""
    start, (one, other) = journey.start, journey.amounts
    for back in (False, True):
        halfway = _landed(journey, start, one, back=back)
        arrived = _landed(journey, start, one + other, back=back)
        if halfway is not None:
            assert _landed(journey, halfway, other, back=back) == arrived
        else:
            assert arrived is None


def backwards_is_retreat(journey: Journey) -> None:
    """A negative amount leads the other way, and nothing is no move."""
    start, amount = journey.start, journey.amounts[0]
    calendar = journey.calendar
    assert calendar.advance(start, _ZERO, in_zone=UTC) == start.astimezone(UTC)
    assert calendar.retreat(start, _ZERO, in_zone=UTC) == start.astimezone(UTC)
    for back in (False, True):
        there = _landed(journey, start, amount, back=back)
        if amount and there is not None:
            turned = calendar.advance if back else calendar.retreat
            assert turned(start, -amount, landing=journey.landing, in_zone=UTC) == there


def more_time_and_a_later_start_never_come_earlier(journey: Journey) -> None:
    """A landing moves with the amount and with the start, never against them."""
    less, more = sorted(journey.amounts)
    early, late = sorted((journey.start.astimezone(UTC), journey.ends[1].astimezone(UTC)))
    for back in (False, True):
        near = _landed(journey, early, less, back=back)
        far = _landed(journey, early, more, back=back)
        if near is not None and far is not None:
            assert far <= near if back else near <= far
        delayed = _landed(journey, late, less, back=back)
        if near is not None and delayed is not None:
            assert near <= delayed


def the_next_edges_are_edges(journey: Journey) -> None:
    """Up to the next opening it is closed, from there to the next closing open, and then no more."""
    calendar, at = journey.calendar, journey.start
    try:
        opens = calendar.next_open(at, in_zone=UTC)
    except NeverOpenError:
        last = calendar.known.end - _TICK
        assert calendar.elapsed(at, last) == _ZERO
        assert not calendar.is_open(last)
        return
    assert opens >= at.astimezone(UTC)
    assert calendar.elapsed(at, opens) == _ZERO
    assert calendar.is_open(opens)
    try:
        closes = calendar.next_close(at, in_zone=UTC)
    except NeverClosesError:
        last = calendar.known.end - _TICK
        assert calendar.elapsed(opens, last) == last - opens
        return
    assert calendar.elapsed(opens, closes) == closes - opens > _ZERO
    assert not calendar.is_open(closes)


def open_spans_are_the_open_time(journey: Journey) -> None:
    """Open spans lie apart, are open throughout and nowhere else, and add up to the open time."""
    calendar = journey.calendar
    start, end = sorted(instant.astimezone(UTC) for instant in (journey.start, journey.ends[0]))
    spans = calendar.open_spans(start, end)
    assert sum((span.duration for span in spans), _ZERO) == calendar.elapsed(start, end)
    for span in spans:
        assert start <= span.start < span.end <= end
        assert calendar.elapsed(span.start, span.end) == span.duration
    assert all(one.end < other.start for one, other in pairwise(spans))


def elapsed_counts_the_open_minutes(journey: Journey) -> None:
    """Step from minute to minute, and from edge to edge, and ask each time whether it is open."""
    calendar = journey.calendar
    start, end = sorted(instant.astimezone(UTC) for instant in (journey.start, journey.ends[1]))
    points = {start, end}
    for span in calendar.open_spans(start, end):
        points |= {span.start, span.end}
    points |= {start + number * _MINUTE for number in range((end - start) // _MINUTE + 1)}
    total = _ZERO
    for one, other in pairwise(sorted(points)):
        assert calendar.is_open(one) == calendar.is_open(other - _TICK)
        total += calendar.is_open(one) * (other - one)
    assert calendar.elapsed(start, end) == total


LAWS: tuple[Law, ...] = (
    open_is_what_counts,
    elapsed_adds_up,
    elapsed_undoes_advance_and_retreat,
    nothing_nearer_would_have_done,
    two_ways_in_one_direction_are_one,
    backwards_is_retreat,
    more_time_and_a_later_start_never_come_earlier,
    the_next_edges_are_edges,
    open_spans_are_the_open_time,
    elapsed_counts_the_open_minutes,
)
"""Every law of business time."""
