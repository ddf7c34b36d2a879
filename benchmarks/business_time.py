"""What one question to a calendar costs, beside the peers that a user would pick instead."""

import tracemalloc
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from time import process_time
from zoneinfo import ZoneInfo

from benchmarks._measure import Row, interleaved, micro, table
from benchmarks._workload import (
    BERLIN,
    YEARS,
    Pair,
    by_businesstimedelta,
    by_pandas,
    by_workclock,
    far_apart,
    holidays,
    log_uniform,
    log_uniform_hours,
    office,
    pairs,
)
from itsmkit.calendars import BusinessCalendar, HolidayCalendar

ROUNDS = 7
DAY, LONG = timedelta(days=1), timedelta(days=400)

Work = Callable[[], object]


def run() -> str:
    """Return the tables of single questions, and of what a calendar takes."""
    return f"{_elapsed_table()}\n{_advance_table()}\n{_size_table()}"


def _elapsed_table() -> str:
    calendar, workclock, delta = office(), by_workclock(), by_businesstimedelta()
    elapsed = calendar.elapsed
    spread, short, long = log_uniform(BERLIN), pairs(BERLIN, DAY), pairs(BERLIN, LONG)
    for some in (spread, short, long):
        check(calendar, some)
        agree(elapsed, workclock, some)
    # It drops what is less than a second.
    whole = [(start, end.replace(microsecond=0)) for start, end in spread]
    agree(elapsed, delta, whole)
    one_day, many_days = far_apart(BERLIN, DAY), far_apart(BERLIN, LONG)
    in_utc = [(start.astimezone(UTC), end.astimezone(UTC)) for start, end in spread]
    elsewhere = [_in(ZoneInfo("America/New_York"), pair) for pair in spread]
    for some in (one_day, many_days, in_utc, elsewhere):
        check(calendar, some)
    seconds = timed(
        {
            "spread": partial(_ask, elapsed, spread),
            "short": partial(_ask, elapsed, short),
            "long": partial(_ask, elapsed, long),
            "one day": partial(_ask, elapsed, one_day),
            "many days": partial(_ask, elapsed, many_days),
            "utc": partial(_ask, elapsed, in_utc),
            "elsewhere": partial(_ask, elapsed, elsewhere),
            "subtraction": partial(_ask, _subtracted, in_utc),
            "workclock spread": partial(_ask, workclock, spread),
            "workclock short": partial(_ask, workclock, short),
            "workclock long": partial(_ask, workclock, long),
        },
        questions=len(spread),
    )
    seconds |= timed(
        {"businesstimedelta": partial(_ask, delta, whole)}, questions=len(whole), rounds=3, repeats=1
    )
    rows = [
        beside(
            "elapsed, a minute to 400 days, log-uniform", "spread", "workclock spread", "workclock", seconds
        ),
        beside("elapsed, within a day", "short", "workclock short", "workclock", seconds),
        beside("elapsed, up to 400 days", "long", "workclock long", "workclock", seconds),
        beside("elapsed, log-uniform", "spread", "businesstimedelta", "businesstimedelta", seconds),
        over("elapsed, 400 days apart", "many days", "one day", "a day apart", seconds),
        over("elapsed, instants in UTC", "utc", "spread", "in the calendar's zone", seconds),
        over("elapsed, instants in New York", "elsewhere", "spread", "in the calendar's zone", seconds),
        over("elapsed, log-uniform", "spread", "subtraction", "bare subtraction in UTC", seconds),
    ]
    return table("One question: how much open time", rows)


def _advance_table() -> str:
    import pandas as pd  # noqa: PLC0415  # only for the comparison with it

    calendar, schedule = office(), by_workclock().__self__  # type: ignore[attr-defined]  # a bound method
    starts = [start for start, _ in pairs(BERLIN, DAY, 4000) if calendar.is_open(start)]
    hours, dates = log_uniform_hours(len(starts)), holidays()
    steps = {count: by_pandas(count, dates) for count in set(hours)}
    ways = [(start, timedelta(hours=count)) for start, count in zip(starts, hours, strict=True)]
    stamped = [(pd.Timestamp(start), steps[count]) for start, count in zip(starts, hours, strict=True)]
    for (start, amount), (stamp, step) in zip(ways, stamped, strict=True):
        if not schedule.add(start, amount) == calendar.advance(start, amount) == stamp + step:
            message = f"somebody is wrong about {amount} from {start}"
            raise AssertionError(message)
    seconds = timed(
        {
            "ours": lambda: [calendar.advance(start, amount) for start, amount in ways],
            "workclock": lambda: [schedule.add(start, amount) for start, amount in ways],
        },
        questions=len(ways),
    )
    some = stamped[:100]
    work: dict[str, Work] = {
        "pandas": lambda: [stamp + by_pandas(step.n, dates) for stamp, step in some],
        "pandas at hand": lambda: [stamp + step for stamp, step in some],
    }
    seconds |= timed(work, questions=len(some), rounds=3, repeats=1)
    what = "advance by 1 to 200 hours, log-uniform"
    rows = [
        beside(what, "ours", "workclock", "workclock", seconds),
        beside(what, "ours", "pandas", "pandas CustomBusinessHour", seconds),
        beside(what, "ours", "pandas at hand", "the same, with each offset made before", seconds),
    ]
    return table("One question: when so much has passed", rows)


def _size_table() -> str:
    dates = HolidayCalendar(dict.fromkeys(holidays(), "a holiday"))
    begin, end = (datetime(year, 1, 1, tzinfo=UTC) for year in (YEARS[0], YEARS[-1]))

    def unasked() -> BusinessCalendar:
        return BusinessCalendar("Mon-Fri 09:00-17:00", BERLIN, holidays=dates)

    def compiled() -> float:
        calendar = unasked()
        began = process_time()
        calendar.elapsed(begin, end)
        return (process_time() - began) / (len(YEARS) - 1)

    def expanded() -> float:
        from itsmkit.calendars._public_holidays import public_holidays  # noqa: PLC0415  # forgets what it knows

        public_holidays.cache_clear()
        region = HolidayCalendar.of("DE-NW", language="de")
        began = process_time()
        for year in YEARS:
            region.in_year(year)
        return (process_time() - began) / len(YEARS)

    unasked().elapsed(begin, end)
    expanded()
    seconds = interleaved(
        {"compiled": compiled, "expanded": expanded, "unasked": partial(micro, unasked, repeats=200)},
        rounds=ROUNDS,
    )
    ten_years = held(lambda: _asked(unasked(), begin, end))
    idle = held(unasked)
    rows: list[Row] = [
        (
            "compiling a year of openings, holidays apart",
            f"{seconds['compiled'] * 1e3:.2f} ms",
            f"expanding its holidays by the library, {seconds['expanded'] * 1e3:.2f} ms",
            f"{seconds['compiled'] / seconds['expanded']:.2f} ×",
        ),
        (
            "memory of ten compiled years",
            f"{ten_years / 1024:,.0f} KiB",
            f"a calendar that nobody asked, {idle / 1024:,.1f} KiB",
            f"{ten_years / idle:,.0f} ×",
        ),
        (
            "making a calendar that nobody asks",
            f"{seconds['unasked'] * 1e6:.0f} µs",
            f"compiling a year, {seconds['compiled'] * 1e6:.0f} µs",
            f"{seconds['unasked'] / seconds['compiled']:.2f} ×",
        ),
    ]
    return table("What a calendar takes", rows)


def _asked(calendar: BusinessCalendar, begin: datetime, end: datetime) -> BusinessCalendar:
    calendar.elapsed(begin.astimezone(BERLIN), end.astimezone(BERLIN))
    calendar.elapsed(begin, end)
    return calendar


def held(make: Callable[[], object]) -> int:
    """Return how many bytes the result of *make* keeps."""
    make()
    tracemalloc.start()
    kept = make()
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del kept
    return size


def check(calendar: BusinessCalendar, some: Sequence[Pair]) -> None:
    """Compare with the plain sum over the open spans, and refuse to measure a wrong answer."""
    for start, end in some:
        spans = calendar.open_spans(start, end)
        if calendar.elapsed(start, end) != sum((span.duration for span in spans), timedelta(0)):
            message = f"elapsed is wrong between {start} and {end}"
            raise AssertionError(message)


def agree(
    ours: Callable[[datetime, datetime], timedelta],
    theirs: Callable[[datetime, datetime], timedelta],
    some: Sequence[Pair],
) -> None:
    """Refuse to compare the speed of different answers."""
    for start, end in some:
        one, other = ours(start, end), theirs(start, end)
        if one != other:
            message = f"the answers between {start} and {end} differ: {one} and {other}"
            raise AssertionError(message)


def timed(
    work: dict[str, Work], *, questions: int, rounds: int = ROUNDS, repeats: int = 5
) -> dict[str, float]:
    """Return the seconds that one question takes, by the name of the work."""
    for one in work.values():
        one()
    seconds = interleaved(
        {name: partial(micro, one, repeats=repeats) for name, one in work.items()}, rounds=rounds
    )
    return {name: value / questions for name, value in seconds.items()}


def beside(what: str, ours: str, theirs: str, peer: str, seconds: dict[str, float]) -> Row:
    """Return a row that says how many times faster than a peer *ours* is."""
    return (
        what,
        told(seconds[ours]),
        f"{peer}, {told(seconds[theirs])}",
        f"1 / {seconds[theirs] / seconds[ours]:,.1f}",
    )


def over(what: str, ours: str, other: str, name: str, seconds: dict[str, float]) -> Row:
    """Return a row that says how many times as much as something of the same kind *ours* takes."""
    return (
        what,
        told(seconds[ours]),
        f"{name}, {told(seconds[other])}",
        f"{seconds[ours] / seconds[other]:.2f} ×",
    )


def told(seconds: float) -> str:
    """Return a short duration for people."""
    return f"{seconds * 1e9:,.0f} ns" if seconds < 1e-5 else f"{seconds * 1e6:,.0f} µs"


def _in(zone: ZoneInfo, pair: Pair) -> Pair:
    return pair[0].astimezone(zone), pair[1].astimezone(zone)


def _ask(question: Callable[[datetime, datetime], timedelta], some: Sequence[Pair]) -> None:
    for start, end in some:
        question(start, end)


def _subtracted(start: datetime, end: datetime) -> timedelta:
    return end - start
