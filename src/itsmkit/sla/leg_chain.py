"""
Whether legs fit into what they are part of, in the worst case.

Four hours of a team and two days of a supplier cannot be added up: each counts in its own hours, and so does
the promise that they are part of. What they take of it depends on when the work begins. Work that is handed
on at a closing waits for an opening, on a bad day over a long weekend. So every beginning that could be the
worst is tried.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from attrs import field, frozen

from itsmkit._frozen import as_tuple
from itsmkit.calendars import BusinessTime, Landing, NeverOpenError, TimeSpan
from itsmkit.errors import DefinitionError
from itsmkit.sla.legs import OperationalLevelAgreement, UnderpinningContract

__all__ = ["LegChain", "WorstCase", "worst_case"]

_MICROSECOND = timedelta(microseconds=1)
_ZERO = timedelta(0)


@frozen
class LegChain:
    """
    Legs that some work goes through one after the other, as part of a promise.

    Args:
        clock: The name of the clock of the promise, such as ``"resolve"``.
        legs: What is promised for each leg, in order; at least one.
        agreement: The name of the agreement; ``None`` for every agreement that promises this clock.

    Raises:
        DefinitionError: If there is no leg.
    """

    clock: str
    legs: tuple[OperationalLevelAgreement | UnderpinningContract, ...] = field(converter=as_tuple)
    agreement: str | None = None

    def __attrs_post_init__(self) -> None:
        if not self.legs:
            problem = f"the chain of legs for {self.clock!r} is empty; give it at least one leg"
            raise DefinitionError(problem)


@frozen
class WorstCase:
    """
    The most that a chain of legs can take.

    Args:
        starts_at: A beginning at which it does; in the zone of the promise's calendar.
        ends_at: When the last leg then ends, each leg taking all of its time.
        takes: The open time of the promise's calendar that this takes, without what pauses its clock.
    """

    starts_at: datetime
    ends_at: datetime
    takes: timedelta


def worst_case(
    calendar: BusinessTime,
    legs: Iterable[OperationalLevelAgreement | UnderpinningContract],
    over: TimeSpan,
) -> WorstCase:
    """
    Return the most open time of *calendar* that *legs* can take, one after the other.

    Between two instants at which some calendar opens or closes under way, a later beginning changes what is
    taken at a constant rate. So only the beginnings at which the work, or one of its hand-overs, meets such
    an edge are tried, and those one microsecond beside them. The result is exact for work that begins in
    *over* and legs that are promised in durations; for legs in business days it is the worst of those tried.

    Cost: about three questions to each calendar for every leg and every opening in *over*; for a year of five
    days a week and two legs, some ten thousand questions.

    Args:
        calendar: The open time of the promise that the legs are part of.
        legs: What is promised for each leg, in order.
        over: When the work may begin.

    Raises:
        NeverOpenError: If a calendar ends before the legs do.
    """
    legs = tuple(legs)
    calendars = [calendar, *(leg.calendar for leg in legs)]
    worst: WorstCase | None = None
    for start in sorted(set(_beginnings(calendars, legs, over))):
        end, takes = _taken(calendar, legs, start)
        if worst is None or takes > worst.takes:
            worst = WorstCase(start, end, takes)
    assert worst is not None  # noqa: S101  # the ends of the span are among the beginnings
    tz = calendar.tz
    return WorstCase(worst.starts_at.astimezone(tz), worst.ends_at.astimezone(tz), worst.takes)


def _taken(
    calendar: BusinessTime,
    legs: Sequence[OperationalLevelAgreement | UnderpinningContract],
    start: datetime,
) -> tuple[datetime, timedelta]:
    """Return when *legs* end that begin at *start*, and the open time of *calendar* that they take."""
    at, takes = start, _ZERO
    for leg in legs:
        until = leg.calendar.advance(at, leg.within)
        if not (isinstance(leg, UnderpinningContract) and leg.pauses_ours):
            takes += calendar.elapsed(at, until)
        at = until
    return at, takes


def _beginnings(
    calendars: Sequence[BusinessTime],
    legs: Sequence[OperationalLevelAgreement | UnderpinningContract],
    over: TimeSpan,
) -> Iterator[datetime]:
    """Yield every instant in *over* at which the work can begin so that it meets an edge on its way."""
    last, _ = _taken(calendars[0], legs, over.end)
    edges = {
        edge
        for calendar in calendars
        for span in calendar.open_spans(over.start, max(over.end, last))
        for edge in (span.start, span.end)
    }
    yield from _beside(edges | {over.start, over.end}, over)
    # Back through the legs: when must each begin so that it ends at an edge?
    for number in range(len(legs), 0, -1):
        begun = edges
        for leg in reversed(legs[:number]):
            begun = set(_backwards(leg, begun, over.start))
        yield from _beside(begun, over)


def _backwards(
    leg: OperationalLevelAgreement | UnderpinningContract, ends: Iterable[datetime], not_before: datetime
) -> Iterator[datetime]:
    """Yield when *leg* must begin to end at each of *ends*, at the latest and at the earliest."""
    calendar, within = leg.calendar, leg.within
    for end in ends:
        try:
            latest = calendar.retreat(end, within)
        except NeverOpenError:
            continue
        if latest < not_before:
            continue
        yield latest
        with suppress(NeverOpenError):
            yield calendar.retreat(end, within, landing=Landing.OPEN)


def _beside(instants: Iterable[datetime], over: TimeSpan) -> Iterator[datetime]:
    for instant in instants:
        for near in (instant - _MICROSECOND, instant, instant + _MICROSECOND):
            if over.start <= near <= over.end:
                yield near
