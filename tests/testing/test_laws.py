"""The laws hold for calendars of every kind, and find out those that break them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from itsmkit.calendars import (
    BusinessCalendar,
    HolidayCalendar,
    NeverOpenError,
    TimeSpan,
)
from itsmkit.testing import calendar_laws

MICROSECOND = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
HOURS = "Mon-Fri 08:00-12:00,13:00-17:00; Sat 22:00-06:00"


@pytest.mark.parametrize(
    "calendar",
    [
        pytest.param(BusinessCalendar("Mon-Fri 08:00-12:00,13:00-17:00", "Europe/Berlin"), id="office"),
        pytest.param(BusinessCalendar.always("America/St_Johns"), id="always"),
        pytest.param(
            BusinessCalendar(
                "Mon-Fri 22:00-06:00",
                "Australia/Lord_Howe",
                holidays=HolidayCalendar.of("AU", language="en_US"),
                breaks="02:00-02:30",
                dst="edges",
            ),
            id="nights in a region",
        ),
    ],
)
def test_calendars_keep_the_laws(calendar):
    calendar_laws(calendar, examples=30)


def test_a_calendar_that_is_seldom_open_keeps_the_laws():
    fair = BusinessCalendar("closed", "Asia/Tokyo", special_hours={date(2026, 11, 6): "10:00-18:00"})
    start = datetime(2026, 11, 1, tzinfo=UTC)
    calendar_laws(fair, begin=start, end=start + timedelta(days=10), examples=30)
    calendar_laws(fair, begin=fair.known.end - timedelta(days=10), examples=5)


class Broken(BusinessCalendar):
    """A calendar that a subclass spoils."""

    def __init__(self):
        super().__init__(HOURS, "Europe/Berlin")


class CountsWholeMinutes(Broken):
    def elapsed(self, start, end):
        return super().elapsed(start, end) // MINUTE * MINUTE


IN_UTC = BusinessCalendar(HOURS, "UTC")


class CountsClockFaces(Broken):
    def elapsed(self, start, end):
        return IN_UTC.elapsed(*(at.astimezone(self.tz).replace(tzinfo=UTC) for at in (start, end)))


class OpenAtClosing(Broken):
    def is_open(self, at):
        return super().is_open(at) or super().is_open(at.astimezone(UTC) - MICROSECOND)


class NeverNegative(Broken):
    def elapsed(self, start, end):
        return abs(super().elapsed(start, end))


class LandsLate(Broken):
    def advance(self, start, amount, **options):
        landed = super().advance(start, amount, **options)
        return landed if self.is_open(landed) else self.next_open(landed, in_zone=options.get("in_zone"))


class GivesUp(Broken):
    def advance(self, start, amount, **options):
        if amount > timedelta(days=2):
            raise NeverOpenError(start, self.known.end, None)
        return super().advance(start, amount, **options)


class ForgetsToTurn(Broken):
    def retreat(self, end, amount, **options):
        return super().retreat(end, abs(amount), **options)


class ClosesAtMidnight(Broken):
    def next_close(self, at, **options):
        closes = super().next_close(at, **options)
        midnight = closes.astimezone(self.tz).replace(hour=0, minute=0)
        return midnight.astimezone(closes.tzinfo) if self.is_open(midnight) else closes


class SplitsSpans(Broken):
    def open_spans(self, start, end):
        spans = []
        for span in super().open_spans(start, end):
            noon = span.start + span.duration // 2
            spans += [TimeSpan(span.start, noon), TimeSpan(noon, span.end)]
        return tuple(spans)


class LosesSpans(Broken):
    def open_spans(self, start, end):
        return super().open_spans(start, end)[1:]


@pytest.mark.parametrize(
    "kind",
    [
        CountsWholeMinutes,
        CountsClockFaces,
        OpenAtClosing,
        NeverNegative,
        LandsLate,
        GivesUp,
        ForgetsToTurn,
        ClosesAtMidnight,
        SplitsSpans,
        LosesSpans,
    ],
)
def test_a_calendar_that_breaks_a_law_is_found_out(kind):
    begin = datetime(2026, 3, 1, tzinfo=UTC)
    with pytest.raises(AssertionError):
        calendar_laws(kind(), begin=begin, end=begin + timedelta(days=60), examples=100)
