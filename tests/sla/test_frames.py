"""Columns and histories of polars, pandas and pyarrow, held to the scalar path."""

import importlib
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import (
    BusinessCalendar,
    BusinessDays,
    HolidayCalendar,
    Landing,
    NeverOpenError,
    OutOfRangeError,
    TimeOfDay,
)
from itsmkit.conditions import NEVER, at_least, equals, present
from itsmkit.errors import DefinitionError
from itsmkit.sla import (
    ClockEvent,
    Promise,
    Reopening,
    ServiceLevelAgreement,
    Target,
    frames,
    read_clock,
    terms_for,
)
from itsmkit.testing.strategies import business_calendars, clock_histories, targets

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
OFFICE = BusinessCalendar("Mon-Fri 09:00-17:00", "Europe/Berlin")
BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY = datetime(2026, 10, 23, 16, tzinfo=BERLIN)
MONDAY = datetime(2026, 10, 26, 10, tzinfo=BERLIN)
SATURDAY = datetime(2026, 10, 24, 10, tzinfo=BERLIN)
HOUR = timedelta(hours=1)
NAIVE_YEARS = datetime(2025, 6, 1), datetime(2027, 6, 1)  # noqa: DTZ001  # hypothesis wants them so


class Library:
    """How a test makes the columns and frames of one library, and looks into them."""

    def __init__(self, name: str, *, chunked: bool = False, arrow: bool = False) -> None:
        self.name = name
        self.chunked = chunked
        self.arrow = arrow

    @property
    def column_type(self) -> type:
        if self.name == "pyarrow":
            return pa.ChunkedArray if self.chunked else pa.Array
        return pl.Series if self.name == "polars" else pd.Series

    def instants(
        self, values: Sequence[datetime | None], unit: str = "us", zone: str | None = "Europe/Berlin"
    ) -> Any:
        if zone is None:
            values = [value and value.replace(tzinfo=None) for value in values]
        if self.name == "polars":
            utc = [value and (value.astimezone(UTC) if zone else value) for value in values]
            column = pl.Series("when", utc, pl.Datetime(unit, "UTC" if zone else None))
            return column.dt.convert_time_zone(zone) if zone else column
        column = pa.array(values, pa.timestamp(unit, zone))
        return self._of_arrow(column)

    def durations(self, values: Sequence[timedelta | None], unit: str = "us") -> Any:
        if self.name == "polars":
            return pl.Series("long", values, pl.Duration(unit))
        return self._of_arrow(pa.array(values, pa.duration(unit)))

    def plain(self, values: Sequence[object]) -> Any:
        if self.name == "polars":
            return pl.Series("plain", values, strict=False)
        return self._of_arrow(pa.array(values))

    def frame(self, columns: dict[str, Any]) -> Any:
        if self.name == "polars":
            return pl.DataFrame(columns)
        return pa.table(columns) if self.name == "pyarrow" else pd.DataFrame(columns)

    def rows(self, frame: Any) -> list[dict[str, Any]]:
        if self.name == "polars":
            return frame.to_dicts()
        if self.name == "pyarrow":
            return frame.to_pylist()
        return [
            {name: None if pd.isna(value) else value for name, value in row.items()}
            for row in frame.to_dict("records")
        ]

    def list(self, column: Any) -> list[Any]:
        if self.name == "polars":
            return column.to_list()
        if self.name == "pyarrow":
            return column.to_pylist()
        return [None if pd.isna(value) else value for value in column.tolist()]

    def kind(self, column: Any) -> str:
        return str(column.type if self.name == "pyarrow" else column.dtype)

    def _of_arrow(self, column: Any) -> Any:
        if self.name == "pyarrow":
            half = len(column) // 2
            return pa.chunked_array([column[:half], column[half:]]) if self.chunked else column
        if self.arrow:
            return pd.Series(column, dtype=pd.ArrowDtype(column.type), name="when")
        return column.to_pandas().rename("when")


LIBRARIES = [
    Library("polars"),
    Library("pandas"),
    Library("pandas", arrow=True),
    Library("pyarrow"),
    Library("pyarrow", chunked=True),
]
IDS = ["polars", "pandas", "pandas over arrow", "pyarrow", "pyarrow, chunked"]
every_library = pytest.mark.parametrize("library", LIBRARIES, ids=IDS)
UNITS = ["ms", "us", "ns"]


@every_library
@pytest.mark.parametrize("unit", UNITS)
def test_a_column_comes_back_as_a_column_of_its_library(library: Library, unit: str) -> None:
    starts = library.instants([FRIDAY, None, FRIDAY, SATURDAY], unit)
    ends = library.instants([MONDAY, MONDAY, None, FRIDAY], unit)
    spent = frames.elapsed(OFFICE, starts, ends)
    assert isinstance(spent, library.column_type)
    assert unit in library.kind(spent)
    assert "uration" in library.kind(spent) or "timedelta" in library.kind(spent)
    assert library.list(spent) == [2 * HOUR, None, None, -HOUR]
    due = frames.advance(OFFICE, starts, library.durations([2 * HOUR, HOUR, None, -HOUR], unit))
    assert isinstance(due, library.column_type)
    assert library.kind(due) == library.kind(starts)
    assert library.list(due) == [MONDAY, None, None, FRIDAY]
    open_now = frames.is_open(OFFICE, starts)
    assert isinstance(open_now, library.column_type)
    assert library.list(open_now) == [True, None, True, False]


@every_library
def test_without_a_null_it_is_the_same(library: Library) -> None:
    starts, ends = library.instants([FRIDAY, SATURDAY]), library.instants([MONDAY, FRIDAY])
    assert library.list(frames.elapsed(OFFICE, starts, ends)) == [2 * HOUR, -HOUR]
    assert library.list(frames.advance(OFFICE, starts, 2 * HOUR)) == [MONDAY, MONDAY + HOUR]
    landed = frames.advance(OFFICE, starts, HOUR, landing=Landing.OPEN)
    assert library.list(landed) == [MONDAY - HOUR, MONDAY]
    assert library.list(frames.is_open(OFFICE, starts)) == [True, False]


@every_library
def test_nothing_in_is_nothing_out(library: Library) -> None:
    nothing = library.instants([])
    assert library.list(frames.elapsed(OFFICE, nothing, nothing)) == []
    assert library.list(frames.advance(OFFICE, nothing, HOUR)) == []
    assert library.list(frames.is_open(OFFICE, nothing)) == []


@every_library
def test_one_datetime_stands_for_a_column(library: Library) -> None:
    column = library.instants([FRIDAY, None, SATURDAY])
    assert library.list(frames.elapsed(OFFICE, column, MONDAY)) == [2 * HOUR, None, HOUR]
    assert library.list(frames.elapsed(OFFICE, MONDAY, column)) == [-2 * HOUR, None, -HOUR]


@every_library
def test_of_two_units_the_finer_is_kept(library: Library) -> None:
    starts, ends = library.instants([FRIDAY], "ms"), library.instants([MONDAY], "ns")
    spent = frames.elapsed(OFFICE, starts, ends)
    assert "ns" in library.kind(spent)
    assert library.list(spent) == [2 * HOUR]


@every_library
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_columns_say_what_the_calendar_says(library: Library, data: st.DataObject) -> None:
    calendar = data.draw(business_calendars())
    instant = st.datetimes(*NAIVE_YEARS, timezones=st.just(UTC))
    starts, ends = (data.draw(st.lists(st.none() | instant, min_size=8, max_size=8)) for _ in "ab")
    amounts = [
        end and start and calendar.elapsed(start, end) for start, end in zip(starts, ends, strict=True)
    ]
    known = [start and end and (start, end) for start, end in zip(starts, ends, strict=True)]
    one, other = library.instants([*starts], zone="America/St_Johns"), library.instants([*ends])
    assert library.list(frames.elapsed(calendar, one, other)) == amounts
    moved = frames.advance(calendar, one, library.durations(amounts))
    # In UTC: to Python, an instant in a repeated hour is not equal to itself in another zone.
    assert [each and each.astimezone(UTC) for each in library.list(moved)] == [
        pair and calendar.advance(pair[0], amount).astimezone(UTC)
        for pair, amount in zip(known, amounts, strict=True)
    ]
    assert library.list(frames.is_open(calendar, one)) == [
        start and calendar.is_open(start) for start in starts
    ]


def test_a_pandas_column_keeps_its_index_and_its_name() -> None:
    starts = pd.Series(pd.DatetimeIndex([FRIDAY, SATURDAY]), index=["a", "b"], name="opened")
    for column in (
        frames.elapsed(OFFICE, starts, MONDAY),
        frames.advance(OFFICE, starts, HOUR),
        frames.is_open(OFFICE, starts),
    ):
        assert column.index.tolist() == ["a", "b"]
        assert column.name == "opened"


def test_a_polars_column_keeps_its_name() -> None:
    starts = LIBRARIES[0].instants([FRIDAY])
    assert frames.elapsed(OFFICE, starts, MONDAY).name == "when"
    assert frames.advance(OFFICE, starts, HOUR).name == "when"
    assert frames.is_open(OFFICE, starts).name == "when"


@pytest.mark.parametrize("library", LIBRARIES[:4], ids=IDS[:4])
def test_a_column_without_nulls_is_read_without_a_copy(library: Library) -> None:
    from itsmkit.sla._columns import columns_of

    column = library.instants([FRIDAY, MONDAY])
    read = columns_of(column, kinds=("Series", "Array"))
    one, other = read.instants(column, "x"), read.instants(column, "x")
    assert np.shares_memory(one, other)


@every_library
def test_a_column_without_a_zone_is_refused_with_the_way_out(library: Library) -> None:
    naive = library.instants([FRIDAY], zone=None)
    with pytest.raises(
        DefinitionError, match=r"starts has no time zone: .*; attach one, for example .*UTC'\)"
    ):
        frames.elapsed(OFFICE, naive, library.instants([MONDAY]))
    with pytest.raises(DefinitionError, match="instants has no time zone"):
        frames.is_open(OFFICE, naive)


@every_library
@pytest.mark.parametrize("values", [[1, 2], ["a", "b"], [1.5, None], [True, False]], ids=repr)
def test_a_column_of_another_type_is_refused(library: Library, values: list[object]) -> None:
    column, instants = library.plain(values), library.instants([FRIDAY, MONDAY])
    with pytest.raises(DefinitionError, match=r"ends must be a column of instants .*, not "):
        frames.elapsed(OFFICE, instants, column)
    with pytest.raises(DefinitionError, match=r"amounts must be a column of durations .*, not "):
        frames.advance(OFFICE, instants, column)


@every_library
def test_columns_of_two_lengths_are_refused(library: Library) -> None:
    with pytest.raises(DefinitionError, match="have 1 and 2 rows"):
        frames.elapsed(OFFICE, library.instants([FRIDAY]), library.instants([FRIDAY, MONDAY]))


def test_pandas_columns_with_two_indexes_are_refused() -> None:
    starts = pd.Series(pd.DatetimeIndex([FRIDAY, SATURDAY]))
    with pytest.raises(DefinitionError, match="different indexes; align them first"):
        frames.elapsed(OFFICE, starts, starts[::-1])


def test_columns_of_two_libraries_are_refused() -> None:
    with pytest.raises(DefinitionError, match="come from pandas and polars"):
        frames.elapsed(OFFICE, LIBRARIES[0].instants([FRIDAY]), LIBRARIES[1].instants([FRIDAY]))


@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        pytest.param(
            np.zeros(2, "M8[s]"), r"numpy\.ndarray is no Series or .*calendar\.elapsed_many", id="numpy"
        ),
        pytest.param(pl.col("opened"), r"Expr is no Series.*frame\['opened'\]", id="an expression"),
        pytest.param(pd.DatetimeIndex([FRIDAY]), "DatetimeIndex is no Series", id="an index"),
        pytest.param([FRIDAY], r"builtins\.list is no Series", id="a list"),
    ],
)
def test_what_is_no_column_is_refused(column: object, sentence: str) -> None:
    with pytest.raises(DefinitionError, match=sentence):
        frames.is_open(OFFICE, column)


def test_two_datetimes_are_for_the_calendar_itself() -> None:
    with pytest.raises(DefinitionError, match="ask the calendar itself"):
        frames.elapsed(OFFICE, FRIDAY, MONDAY)
    with pytest.raises(DefinitionError, match="ends has no time zone"):
        frames.elapsed(OFFICE, LIBRARIES[0].instants([FRIDAY]), NAIVE_YEARS[0])


@every_library
def test_an_instant_that_is_not_known_is_named_with_its_position(library: Library) -> None:
    column = library.instants([FRIDAY, None, datetime(1960, 1, 1, tzinfo=UTC)])
    with pytest.raises(OutOfRangeError, match=r"at 1960-01-01 .* at position 2 of starts"):
        frames.elapsed(OFFICE, column, FRIDAY)


GRID = timedelta(minutes=15)
QUICK = Target(
    "respond",
    2 * HOUR,
    stop=equals("event", "commented") | equals("state_category", "resolved"),
    pause=NEVER,
)
RESOLVE = Target("resolve", 16 * HOUR)
BY_PRIORITY = ServiceLevelAgreement(
    "by priority",
    OFFICE,
    (
        Promise(QUICK, equals("priority", "P1")),
        Promise(Target("resolve", 4 * HOUR, on_reopen=Reopening.RESTART), equals("priority", "P1")),
        Promise(RESOLVE),
        Promise(Target("respond", 8 * HOUR), present("priority")),
    ),
    when=~equals("group", "Garden"),
)
ROUND_THE_CLOCK = ServiceLevelAgreement(
    "round the clock",
    BusinessCalendar.always("Europe/Berlin"),
    (Promise(RESOLVE),),
    when=at_least("worth", 3),
)
AGREEMENTS = BY_PRIORITY, ROUND_THE_CLOCK

Told = tuple[int, ClockEvent]


@st.composite
def told_histories(draw: st.DrawFn) -> list[Told]:
    """Events of some tickets, with facts that change, told in turns."""
    found: list[list[Told]] = []
    for ticket in range(draw(st.integers(1, 5))):
        events = draw(clock_histories(orderly=draw(st.booleans())))
        history = []
        for event in events:
            facts = {
                "priority": draw(st.sampled_from(["P1", "P2", None])),
                "group": draw(st.sampled_from(["Desk", "Garden", None])),
                "worth": draw(st.sampled_from([1, 3, None])),
            }
            history.append((ticket, ClockEvent(event.at, event.name, event.category, facts)))
        found.append(history)
    turns = draw(st.permutations([ticket for ticket, history in enumerate(found) for _ in history]))
    if draw(st.booleans()):
        turns = sorted(turns)
    return [found[ticket].pop(0) for ticket in turns]


def one_by_one(
    agreements: Sequence[ServiceLevelAgreement], told: list[Told], at: datetime
) -> list[dict[str, Any]]:
    """What `judge` shall return, by the scalar path."""
    rows = []
    for ticket in dict.fromkeys(ticket for ticket, _ in told):
        history = [event for whose, event in told if whose == ticket]
        late = next((number for number, event in enumerate(history) if event.at > at), len(history))
        if not late:
            continue
        for clock, terms in terms_for(agreements, history[late - 1].view()).items():
            reading = read_clock(terms.target, terms.calendar, history, at)
            rows.append(
                {
                    "ticket": ticket,
                    "agreement": terms.agreement,
                    "clock": clock,
                    "terms": terms.digest,
                    "phase": reading.phase.value,
                    "verdict": reading.verdict.value,
                    "cycle": reading.cycle,
                    "within": reading.within,
                    "elapsed": reading.elapsed,
                    "due": reading.due,
                    "due_if_resumed_now": reading.due_if_resumed_now,
                    "was_due": reading.was_due,
                    "finished_cycles": len(reading.cycles),
                    "breached_cycles": sum(cycle.verdict == "breached" for cycle in reading.cycles),
                }
            )
    return rows


def framed(
    library: Library,
    told: list[Told],
    unit: str = "us",
    names: Sequence[str] = ("priority", "group", "worth"),
) -> Any:
    """The events as a frame, in long format."""
    if library.name == "polars":
        whose = pl.Series([ticket for ticket, _ in told], dtype=pl.Int64)
    else:
        whose = library.plain([ticket for ticket, _ in told])
    events = [event for _, event in told]
    return library.frame(
        {
            "ticket": whose,
            "at": library.instants([event.at for event in events], unit),
            "event": library.plain([event.name for event in events]),
            "category": library.plain([event.category for event in events]),
            **{name: library.plain([event.facts[name] for event in events]) for name in names},
        }
    )


def read_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `judge` read one clock after the other, as it does for targets that it cannot fold."""
    from itsmkit.sla import _judging

    monkeypatch.setattr(frames, "judged", partial(_judging.judged, at_once=False))


@pytest.mark.parametrize("unit", UNITS)
def test_clocks_that_are_read_apart_show_the_same(monkeypatch: pytest.MonkeyPatch, unit: str) -> None:
    story = [
        event(1, FRIDAY, "opened", "new", priority="P1"),
        event(1, MONDAY, "state_changed", "pending"),
        event(2, FRIDAY, "opened", "new", worth=3),
        event(2, FRIDAY + HOUR, "state_changed", "resolved", worth=3),
        event(3, FRIDAY, "opened", "new"),
        event(3, MONDAY + 40 * HOUR, "state_changed", "cancelled"),
        event(4, FRIDAY, "opened", "new", priority="P2"),
        event(4, MONDAY, "state_changed", "resolved", priority="P2"),
        event(4, MONDAY + 50 * HOUR, "reopened", "active", priority="P2"),
    ]
    histories = framed(LIBRARIES[0], story, unit)
    expected = LIBRARIES[0].rows(frames.judge(AGREEMENTS, histories, at=MONDAY + 60 * HOUR))
    assert len({row["phase"] for row in expected}) == 4
    read_apart(monkeypatch)
    assert LIBRARIES[0].rows(frames.judge(AGREEMENTS, histories, at=MONDAY + 60 * HOUR)) == expected


def test_clocks_that_are_read_apart_know_no_nanoseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    read_apart(monkeypatch)
    histories = framed(LIBRARIES[0], STORY, "ns")
    histories = histories.with_columns(pl.col("at") + pl.duration(nanoseconds=1, time_unit="ns"))
    with pytest.raises(DefinitionError, match="read to the microsecond only"):
        frames.judge(BY_PRIORITY, histories, at=MONDAY + HOUR)


@every_library
@settings(max_examples=30, deadline=None)
@given(told=told_histories(), wait=st.integers(-20, 200), unit=st.sampled_from(UNITS))
def test_judging_is_reading_each_clock_by_itself(
    library: Library, told: list[Told], wait: int, unit: str
) -> None:
    at = told[-1][1].at + wait * GRID
    found = frames.judge(AGREEMENTS, framed(library, told, unit), at=at)
    assert library.rows(found) == one_by_one(AGREEMENTS, told, at)


@settings(max_examples=150, deadline=None)
@given(
    calendar=business_calendars(),
    promised=targets(),
    histories=st.lists(clock_histories(orderly=False), min_size=1, max_size=6),
    wait=st.integers(-50, 400),
)
def test_any_target_is_judged_as_it_is_read(
    calendar: BusinessCalendar, promised: Target, histories: list[tuple[ClockEvent, ...]], wait: int
) -> None:
    library = LIBRARIES[0]
    told = [
        (
            ticket,
            ClockEvent(event.at, event.name, event.category, dict.fromkeys(("priority", "group", "worth"))),
        )
        for ticket, history in enumerate(histories)
        for event in history
    ]
    agreement = ServiceLevelAgreement("one", calendar, (Promise(promised),))
    at = told[-1][1].at + wait * GRID
    found = frames.judge(agreement, framed(library, told), at=at)
    assert library.rows(found) == one_by_one([agreement], told, at)


def event(ticket: int, at: datetime, name: str, category: str, **facts: object) -> Told:
    known = {"priority": None, "group": None, "worth": None, **facts}
    return ticket, ClockEvent(at, name, category, known)


STORY = [
    event(1, FRIDAY, "opened", "new", priority="P1"),
    event(1, MONDAY, "state_changed", "pending", priority="P1"),
    event(2, FRIDAY, "opened", "new", group="Garden"),
    event(3, MONDAY + 100 * HOUR, "opened", "new"),
]


@every_library
def test_a_judgement_is_a_frame_of_the_same_library(library: Library) -> None:
    histories = framed(library, STORY)
    found = frames.judge(BY_PRIORITY, histories, at=MONDAY)
    assert type(found) is type(histories)
    rows = library.rows(found)
    assert [(row["ticket"], row["clock"], row["phase"], row["verdict"]) for row in rows] == [
        (1, "respond", "running", "open"),
        (1, "resolve", "paused", "open"),
    ]
    assert rows[0]["due"] == MONDAY
    assert rows[1]["due_if_resumed_now"] == MONDAY + 2 * HOUR
    assert [row["elapsed"] for row in rows] == [2 * HOUR, 2 * HOUR]


@every_library
@pytest.mark.parametrize(
    ("told", "at"),
    [
        pytest.param([], MONDAY, id="no event"),
        pytest.param(STORY, FRIDAY - HOUR, id="none of them yet"),
        pytest.param(STORY[2:3], MONDAY, id="no agreement applies"),
    ],
)
def test_without_a_clock_there_is_no_row(library: Library, told: list[Told], at: datetime) -> None:
    whole = frames.judge(BY_PRIORITY, framed(library, STORY), at=MONDAY)
    histories = framed(library, STORY)
    chosen = [number for number, one in enumerate(STORY) if one in told]
    histories = histories.iloc[chosen] if library.name == "pandas" else _taken(histories, chosen)
    found = frames.judge(BY_PRIORITY, histories, at=at)
    assert library.rows(found) == []
    assert [library.kind(found[name]) for name in ("at", "due", "elapsed") if name in found] == [
        library.kind(whole[name]) for name in ("at", "due", "elapsed") if name in whole
    ]


def _taken(frame: Any, chosen: list[int]) -> Any:
    return frame[chosen] if isinstance(frame, pl.DataFrame) else frame.take(pa.array(chosen, pa.int64()))


def test_a_calendar_need_not_know_the_instants_of_other_tickets() -> None:
    region = BusinessCalendar(
        "Mon-Fri 09:00-17:00", BERLIN, holidays=HolidayCalendar.of("DE-NW", language="de")
    )
    agreements = (
        ServiceLevelAgreement(
            "old", BusinessCalendar.always(), (Promise(RESOLVE),), when=equals("group", "Old")
        ),
        ServiceLevelAgreement("new", region, (Promise(RESOLVE), Promise(QUICK))),
    )
    long_ago = datetime(1975, 1, 1, 12, tzinfo=UTC)
    told = [
        event(1, long_ago, "opened", "new", group="Old"),
        event(2, FRIDAY, "opened", "new"),
        event(1, long_ago + HOUR, "state_changed", "resolved", group="Old"),
    ]
    library = LIBRARIES[0]
    found = frames.judge(agreements, framed(library, told), at=MONDAY)
    assert library.rows(found) == one_by_one(agreements, told, MONDAY)
    with pytest.raises(OutOfRangeError, match="no business hours are known at 1975"):
        frames.judge(agreements[1], framed(library, told), at=MONDAY)


@every_library
@pytest.mark.parametrize("name", ["ticket", "at", "event", "category"])
def test_a_null_that_must_not_be_is_named_with_its_position(library: Library, name: str) -> None:
    histories = framed(library, STORY)
    holes = [None if number == 2 else value for number, value in enumerate(library.list(histories[name]))]
    column = library.instants(holes) if name == "at" else library.plain(holes)
    columns = {other: column if other == name else histories[other] for other in _names(histories)}
    with pytest.raises(
        DefinitionError, match=f"column '{name}' is null at position 2; every event needs one"
    ):
        frames.judge(BY_PRIORITY, library.frame(columns), at=MONDAY)


def _names(frame: Any) -> list[str]:
    return list(frame.column_names if isinstance(frame, pa.Table) else frame.columns)


@every_library
def test_every_column_that_is_missing_is_named(library: Library) -> None:
    histories = framed(library, STORY)
    some = library.frame({name: histories[name] for name in ("at", "event", "priority", "worth")})
    with pytest.raises(DefinitionError) as raised:
        frames.judge(AGREEMENTS, some, at=MONDAY)
    assert len(raised.value.problems) == 3
    assert "no column 'ticket'; its columns are at, event, priority, worth" in raised.value.problems[0]
    assert "no column 'category'" in raised.value.problems[1]
    assert "conditions ask for 'group'" in raised.value.problems[2]


@pytest.mark.parametrize(
    ("column", "values", "sentence"),
    [
        pytest.param(
            "event", ["opened", "", "opened", "opened"], "must be a name without", id="an empty event"
        ),
        pytest.param("category", [" new"] * 4, "must be a name without", id="a category with spaces"),
        pytest.param("category", [1, 2, 3, 4], "must be a name without", id="a category that is no text"),
        pytest.param("at", [1, 2, 3, 4], "at must be a column of instants", id="instants that are none"),
    ],
)
def test_a_column_that_cannot_be_an_event_is_refused(
    column: str, values: list[object], sentence: str
) -> None:
    library = LIBRARIES[0]
    histories = framed(library, STORY).with_columns(library.plain(values).alias(column))
    with pytest.raises(DefinitionError, match=sentence):
        frames.judge(BY_PRIORITY, histories, at=MONDAY)


def test_a_column_has_to_be_in_a_frame_to_be_judged() -> None:
    with pytest.raises(DefinitionError, match="is no DataFrame or Table"):
        frames.judge(BY_PRIORITY, LIBRARIES[0].instants([FRIDAY]), at=MONDAY)
    with pytest.raises(DefinitionError, match="at has no time zone"):
        frames.judge(BY_PRIORITY, framed(LIBRARIES[0], STORY), at=NAIVE_YEARS[0])


def test_columns_may_have_other_names() -> None:
    histories = framed(LIBRARIES[0], STORY).rename(
        {"ticket": "number", "at": "time", "event": "what", "category": "state"}
    )
    found = frames.judge(
        BY_PRIORITY, histories, at=MONDAY, ticket="number", instant="time", event="what", category="state"
    )
    assert found["number"].to_list() == [1, 1]


def test_a_due_instant_beyond_the_calendar_is_refused() -> None:
    late = datetime(2200, 12, 31, 15, tzinfo=UTC)
    told = [event(1, late, "opened", "new")]
    with pytest.raises(NeverOpenError, match=r"not enough open time after .*: searched up to 2201"):
        frames.judge(BY_PRIORITY, framed(LIBRARIES[0], told), at=late)


def test_a_due_instant_beyond_the_years_of_the_events_is_found() -> None:
    calendar = BusinessCalendar("Mon-Fri 09:00-17:00", "Europe/Berlin")
    long = ServiceLevelAgreement("long", calendar, (Promise(Target("resolve", timedelta(days=2000))),))
    told = [event(1, FRIDAY, "opened", "new")]
    found = frames.judge(long, framed(LIBRARIES[0], told), at=MONDAY)
    assert LIBRARIES[0].rows(found) == one_by_one([long], told, MONDAY)


def test_many_situations_are_sorted_rather_than_laid_out(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = LIBRARIES[0].rows(frames.judge(AGREEMENTS, framed(LIBRARIES[0], STORY), at=MONDAY))
    monkeypatch.setattr(frames, "_MOST_PLACES", 1)
    assert LIBRARIES[0].rows(frames.judge(AGREEMENTS, framed(LIBRARIES[0], STORY), at=MONDAY)) == expected


def test_a_block_ends_where_the_next_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    from itsmkit.sla import _judging

    told = [event(ticket, FRIDAY + ticket * HOUR, "opened", "new") for ticket in range(9)]
    told += [event(ticket, MONDAY + ticket * HOUR, "state_changed", "resolved") for ticket in range(0, 9, 2)]
    monkeypatch.setattr(_judging, "_BLOCK", 2)
    found = frames.judge(BY_PRIORITY, framed(LIBRARIES[0], told), at=MONDAY + 50 * HOUR)
    assert LIBRARIES[0].rows(found) == one_by_one([BY_PRIORITY], told, MONDAY + 50 * HOUR)


def test_without_numpy_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numpy", None)
    monkeypatch.delitem(sys.modules, "itsmkit.sla.frames")
    with pytest.raises(
        ModuleNotFoundError, match=r"frames needs numpy: python -m pip install 'itsmkit\[numpy\]'"
    ):
        importlib.import_module("itsmkit.sla.frames")


SAID = equals("event", "commented") & equals("public", value=True)
MORE_TARGETS = [
    pytest.param(Target.respond(4 * HOUR), id="respond"),
    pytest.param(Target.next_response(4 * HOUR), id="next response"),
    pytest.param(Target.update_cadence(4 * HOUR), id="update cadence"),
    pytest.param(
        Target("resolve", 9 * HOUR, resume=equals("state_category", "active")), id="resumed by an event"
    ),
    pytest.param(Target("resolve", 9 * HOUR, reset=SAID, on_reopen=Reopening.RESTART), id="reset"),
    pytest.param(Target("resolve", None), id="nothing promised"),
    pytest.param(Target("resolve", BusinessDays(2)), id="two working days"),
    pytest.param(
        Target("resolve", BusinessDays(1, time_of_day=TimeOfDay.END_OF_WORKING_DAY)),
        id="the end of the next day",
    ),
]


@pytest.mark.parametrize("promised", MORE_TARGETS)
@settings(max_examples=15, deadline=None)
@given(
    calendar=business_calendars(),
    histories=st.lists(clock_histories(orderly=False), min_size=1, max_size=4),
    facts=st.lists(st.tuples(*[st.sampled_from([True, False, None])] * 3), min_size=60, max_size=60),
    wait=st.integers(-50, 400),
)
def test_every_kind_of_target_is_judged_as_it_is_read(
    promised: Target,
    calendar: BusinessCalendar,
    histories: list[tuple[ClockEvent, ...]],
    facts: list[tuple[bool | None, ...]],
    wait: int,
) -> None:
    library, names = LIBRARIES[0], ("public", "by_requester", "automated")
    events = [(ticket, event) for ticket, history in enumerate(histories) for event in history]
    told = [
        (ticket, evolve(event, facts=dict(zip(names, known, strict=True))))
        for (ticket, event), known in zip(events, facts, strict=False)
    ]
    agreement = ServiceLevelAgreement("one", calendar, (Promise(promised),))
    at = told[-1][1].at + wait * GRID
    found = frames.judge(agreement, framed(library, told, names=names), at=at)
    assert library.rows(found) == one_by_one([agreement], told, at)
