"""What a million questions cost, as arrays and as columns of data frames, beside what people do by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

from benchmarks._measure import Row, interleaved, micro, table
from benchmarks._workload import by_workclock, holidays, office
from itsmkit.conditions import NEVER, equals, one_of
from itsmkit.sla import ClockEvent, Promise, ServiceLevelAgreement, Target, frames, read_clock, terms_for

PAIRS = 1_000_000
FEW = 5_000
"""How many pairs the slow peer is given; its cost grows with their number."""

TICKETS, EVENTS = 1_000_000, 5
ROUNDS = 7
HOUR = timedelta(hours=1)
OPENS, CLOSES = np.timedelta64(9 * 3600, "s"), np.timedelta64(17 * 3600, "s")
FIRST = np.datetime64("2020-01-01T00:00:00", "s")
AT = datetime(2030, 1, 1, tzinfo=UTC)


def run() -> str:
    """Return the tables of arrays, of columns and of histories."""
    return f"{_arrays()}\n{_columns()}\n{_histories()}"


def _arrays() -> str:
    calendar, schedule = office(), by_workclock().__self__  # type: ignore[attr-defined]  # a bound method
    starts, ends = random_pairs()
    with_nat = starts.copy()
    with_nat[::10] = np.datetime64("NaT")
    days = np.busdaycalendar(holidays=holidays())
    local = tuple(_in_berlin(instants) for instants in (starts, ends))
    found = calendar.elapsed_many(starts, ends)
    same(found, by_hand(*local, days), "the recipe")
    same(found[:FEW], schedule.between_many(starts[:FEW], ends[:FEW]).astype("m8[s]"), "workclock")
    kept = ~np.isnat(with_nat)
    same(calendar.elapsed_many(with_nat, ends)[kept], found[kept], "the masked one")
    landed = calendar.advance_many(starts, 20 * HOUR)
    same(calendar.elapsed_many(starts, landed), np.full(PAIRS, 72_000, "m8[s]"), "advance")
    seconds = timed(
        {
            "ours": lambda: calendar.elapsed_many(starts, ends),
            "ours, NaT": lambda: calendar.elapsed_many(with_nat, ends),
            "subtract": lambda: np.subtract(ends, starts),
            "subtract, NaT": lambda: np.subtract(ends, with_nat),
            "advance": lambda: calendar.advance_many(starts, 20 * HOUR),
            "open": lambda: calendar.is_open_many(starts),
            "recipe": lambda: by_hand(*local, days),
            "recipe, UTC": lambda: by_hand(_in_berlin(starts), _in_berlin(ends), days),
        },
        PAIRS,
    )
    seconds |= timed({"workclock": lambda: schedule.between_many(starts[:FEW], ends[:FEW])}, FEW, rounds=3)
    rows: list[Row] = [
        faster("elapsed_many", "ours", "recipe, UTC", "busday recipe, from UTC", seconds),
        faster("elapsed_many", "ours", "recipe", "busday recipe, local times at hand", seconds),
        faster("elapsed_many", "ours", "workclock", "workclock between_many", seconds),
        times("elapsed_many", "ours", "subtract", "bare subtraction", seconds),
        times(
            "elapsed_many, a tenth NaT",
            "ours, NaT",
            "subtract, NaT",
            "bare subtraction, a tenth NaT",
            seconds,
        ),
        times("advance_many", "advance", "subtract", "bare subtraction", seconds),
        times("is_open_many", "open", "subtract", "bare subtraction", seconds),
    ]
    return table("A million random pairs, per pair", rows)


def by_hand(starts: Any, ends: Any, days: np.busdaycalendar) -> Any:
    """
    Return the open time between local times as people write it with numpy.

    It is right only as long as no change of the clocks lies inside the hours.
    """
    first, last = np.minimum(starts, ends), np.maximum(starts, ends)
    first_day, last_day = first.astype("M8[D]"), last.astype("M8[D]")
    whole = np.busday_count(first_day, last_day, busdaycal=days) * (CLOSES - OPENS)
    begun = np.clip(first - first_day, OPENS, CLOSES) - OPENS
    ended = np.clip(last - last_day, OPENS, CLOSES) - OPENS
    begun = begun * np.is_busday(first_day, busdaycal=days)
    ended = ended * np.is_busday(last_day, busdaycal=days)
    return (whole + ended - begun) * np.where(starts <= ends, 1, -1)


def _columns() -> str:
    calendar = office()
    starts, ends = (instants.astype("M8[us]") for instants in random_pairs())
    libraries: dict[str, Callable[[Any], Any]] = {
        "polars": lambda instants: pl.Series(instants).dt.replace_time_zone("UTC"),
        "pandas": lambda instants: pd.Series(instants).dt.tz_localize("UTC"),
        "pyarrow": lambda instants: pa.array(instants).cast(pa.timestamp("us", "UTC")),
    }
    expected = calendar.elapsed_many(starts, ends)
    work = {
        "elapsed": lambda: calendar.elapsed_many(starts, ends),
        "advance": lambda: calendar.advance_many(starts, 20 * HOUR),
    }
    for name, made in libraries.items():
        one, other = made(starts), made(ends)
        found = frames.elapsed(calendar, one, other)
        same(np.asarray(found.to_numpy()).astype("m8[us]"), expected, name)
        work[f"{name}, elapsed"] = partial(frames.elapsed, calendar, one, other)
        work[f"{name}, advance"] = partial(frames.advance, calendar, one, 20 * HOUR)
    seconds = timed(work, PAIRS)
    rows = [
        times(f"{name}: {question}", f"{name}, {question}", question, f"{question}_many", seconds)
        for name in libraries
        for question in ("elapsed", "advance")
    ]
    return table("A million rows of a data frame, per row", rows)


def _histories() -> str:
    agreement = ServiceLevelAgreement(
        "gold",
        office(),
        (
            Promise(
                Target("respond", 2 * HOUR, stop=one_of("state_category", "active", "resolved"), pause=NEVER)
            ),
            Promise(Target("resolve", 16 * HOUR), equals("priority", "P1")),
            Promise(Target("resolve", 40 * HOUR)),
        ),
    )
    told = histories(TICKETS)
    shapes: dict[str, Callable[[], Any]] = {
        "polars": lambda: told,
        "pandas": told.to_pandas,
        "pyarrow": told.to_arrow,
    }
    rows: list[Row] = []
    for name, made in shapes.items():
        frame = made()
        judge = partial(frames.judge, agreement, frame, at=AT)
        _same_clocks(agreement, told.head(200 * EVENTS), judge())
        seconds = interleaved({name: partial(micro, judge, repeats=1)}, rounds=3)[name]
        rows.append(
            (
                f"judging {TICKETS:,} histories of {EVENTS} events, {name}",
                f"{seconds:.2f} s",
                f"per event and clock, {seconds / TICKETS / EVENTS / 2 * 1e9:,.0f} ns",
                "",
            )
        )
    some = told.head(2000 * EVENTS)
    alone = interleaved({"alone": partial(micro, lambda: one_by_one(agreement, some), repeats=1)}, rounds=3)[
        "alone"
    ]
    at_once = interleaved(
        {"at once": partial(micro, lambda: frames.judge(agreement, some, at=AT), repeats=1)}, rounds=3
    )["at once"]
    rows.append(
        (
            "2,000 histories of a polars frame",
            f"{at_once * 1e3:.0f} ms",
            f"read_clock for each of them, {alone * 1e3:.0f} ms",
            f"1 / {alone / at_once:.1f}",
        )
    )
    return table("Judging a frame of histories, two clocks a ticket", rows)


def histories(count: int) -> pl.DataFrame:
    """Return the events of *count* tickets in long format: opened, begun, held up, resumed, resolved."""
    random = np.random.default_rng(2026)
    start = FIRST.astype("M8[us]") + random.integers(0, 8 * 365 * 86_400, count).astype("m8[s]")
    waits = random.integers(0, 5 * 86_400, (count, EVENTS)).astype("m8[s]").astype("m8[us]")
    waits[:, 0] = 0
    return pl.DataFrame(
        {
            "ticket": pl.Series(np.repeat(np.arange(count), EVENTS)).cast(pl.String),
            "at": pl.Series((start[:, None] + np.cumsum(waits, axis=1)).ravel()).dt.replace_time_zone("UTC"),
            "event": ["opened", *["state_changed"] * (EVENTS - 1)] * count,
            "category": ["new", "active", "pending", "active", "resolved"] * count,
            "priority": np.repeat(random.choice(["P1", "P2", "P3"], count), EVENTS),
        }
    )


def one_by_one(agreement: ServiceLevelAgreement, told: pl.DataFrame) -> list[tuple[object, ...]]:
    """Return what the clocks show, read one after the other."""
    found: list[tuple[object, ...]] = []
    history: dict[str, list[ClockEvent]] = {}
    for row in told.iter_rows(named=True):
        event = ClockEvent(row["at"], row["event"], row["category"], {"priority": row["priority"]})
        history.setdefault(row["ticket"], []).append(event)
    for ticket, events in history.items():
        for clock, terms in terms_for([agreement], events[-1].view()).items():
            reading = read_clock(terms.target, terms.calendar, events, AT)
            found.append((ticket, clock, reading.verdict.value, reading.elapsed))
    return found


def _same_clocks(agreement: ServiceLevelAgreement, told: pl.DataFrame, judged: Any) -> None:
    expected = one_by_one(agreement, told)
    columns = [judged[name][: len(expected)] for name in ("ticket", "clock", "verdict", "elapsed")]
    found = [column.to_pylist() if isinstance(judged, pa.Table) else column.to_list() for column in columns]
    if [*zip(*found, strict=True)] != expected:
        message = "the clocks differ from those that are read one by one"
        raise AssertionError(message)


def random_pairs() -> tuple[Any, Any]:
    """Return random instants of ten years, in either order, as ``datetime64`` in UTC."""
    found = np.random.default_rng(2026).integers(0, 10 * 365 * 86_400, (2, PAIRS)).astype("m8[s]") + FIRST
    return found[0].copy(), found[1].copy()


def _in_berlin(instants: Any) -> Any:
    local = pd.DatetimeIndex(instants).tz_localize("UTC").tz_convert("Europe/Berlin").tz_localize(None)
    return local.to_numpy()


def same(one: Any, other: Any, what: str) -> None:
    """Refuse to compare the speed of different answers."""
    if not np.array_equal(one, other):
        message = f"the answers of {what} differ at {np.flatnonzero(one != other)[:5]}"
        raise AssertionError(message)


def timed(work: dict[str, Callable[[], object]], count: int, *, rounds: int = ROUNDS) -> dict[str, float]:
    """Return the seconds that each of *count* answers takes, by the name of the work."""
    seconds = interleaved({name: partial(micro, one, repeats=1) for name, one in work.items()}, rounds=rounds)
    return {name: value / count for name, value in seconds.items()}


def faster(what: str, ours: str, theirs: str, peer: str, seconds: dict[str, float]) -> Row:
    """Return a row that says how many times faster than a peer *ours* is."""
    one, other = seconds[ours], seconds[theirs]
    return what, f"{one * 1e9:.1f} ns", f"{peer}, {other * 1e9:,.1f} ns", f"1 / {other / one:,.1f}"


def times(what: str, ours: str, floor: str, name: str, seconds: dict[str, float]) -> Row:
    """Return a row that says how many times as much as the bare operation *ours* takes."""
    one, other = seconds[ours], seconds[floor]
    return what, f"{one * 1e9:.1f} ns", f"{name}, {other * 1e9:.1f} ns", f"{one / other:.1f} ×"
