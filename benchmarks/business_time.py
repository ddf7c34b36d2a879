"""What a question to a calendar costs, beside the subtraction of two datetimes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from zoneinfo import ZoneInfo

from benchmarks._measure import Row, interleaved, micro, table
from itsmkit.sla import BusinessCalendar, HolidayCalendar

Pair = tuple[datetime, datetime]


def pairs(zone: ZoneInfo, longest: timedelta) -> list[Pair]:
    """Return a thousand random pairs of instants, up to *longest* apart."""
    random = Random(2026)
    first = datetime(2020, 1, 1, tzinfo=UTC)
    starts = [first + timedelta(seconds=random.randrange(10 * 365 * 86_400)) for _ in range(1000)]
    return [
        (start.astimezone(zone), (start + longest * random.random()).astimezone(zone)) for start in starts
    ]


def run() -> str:
    """Return the table of single questions."""
    berlin, utc = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
    calendar = BusinessCalendar(
        "Mon-Fri 09:00-17:00", berlin, holidays=HolidayCalendar.of("DE-NW", language="de")
    )
    check(calendar, pairs(berlin, timedelta(days=20)))
    work = {
        "elapsed, up to a day, own zone": partial(_elapsed, calendar, pairs(berlin, timedelta(days=1))),
        "elapsed, up to 400 days, own zone": partial(_elapsed, calendar, pairs(berlin, timedelta(days=400))),
        "elapsed, up to 400 days, UTC": partial(_elapsed, calendar, pairs(utc, timedelta(days=400))),
        "advance by 8 hours, own zone": partial(_advance, calendar, pairs(berlin, timedelta(days=1))),
        "subtraction in UTC": partial(_subtract, pairs(utc, timedelta(days=400))),
    }
    for question in work.values():
        question()
    measures: dict[str, Callable[[], float]] = {
        name: partial(micro, question, repeats=20) for name, question in work.items()
    }
    found = interleaved(measures, rounds=9)
    floor = found.pop("subtraction in UTC")
    rows: list[Row] = [
        (
            name,
            f"{seconds * 1e6:.0f} ns",
            f"bare subtraction, {floor * 1e6:.0f} ns",
            f"{seconds / floor:.1f} ×",
        )
        for name, seconds in found.items()
    ]
    return table("One question to a calendar", rows)


def check(calendar: BusinessCalendar, some: list[Pair]) -> None:
    """Compare with the plain sum over the open spans, and refuse to measure a wrong answer."""
    for start, end in some:
        spans = calendar.open_spans(start, end)
        if calendar.elapsed(start, end) != sum((span.duration for span in spans), timedelta(0)):
            message = f"elapsed is wrong between {start} and {end}"
            raise AssertionError(message)


def _elapsed(calendar: BusinessCalendar, some: list[Pair]) -> None:
    for start, end in some:
        calendar.elapsed(start, end)


def _advance(calendar: BusinessCalendar, some: list[Pair]) -> None:
    amount = timedelta(hours=8)
    for start, _ in some:
        calendar.advance(start, amount)


def _subtract(some: list[Pair]) -> None:
    for start, end in some:
        _ = end - start
