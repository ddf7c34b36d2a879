"""Many instants at once: the answers of the scalar path, in numpy."""

import pickle
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import (
    BusinessCalendar,
    BusinessTime,
    HolidayCalendar,
    HoursSpan,
    Landing,
    NeverOpenError,
    OutOfRangeError,
    WeeklyHours,
)
from itsmkit.calendars._day_table import CHUNK, DayTable
from itsmkit.errors import DefinitionError
from itsmkit.testing.strategies import business_calendars, holiday_calendars

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
UNITS = {"s": 10**6, "ms": 10**3, "us": 1, "ns": 1}
"""How many microseconds a test's instants must be multiples of."""

ZONES = (
    "UTC", "Africa/Casablanca", "America/Goose_Bay", "America/New_York", "America/Sao_Paulo",
    "America/St_Johns", "Antarctica/Casey", "Antarctica/Troll", "Asia/Kathmandu", "Asia/Tehran",
    "Asia/Tokyo", "Australia/Lord_Howe", "Europe/Berlin", "Pacific/Apia", "Pacific/Auckland",
    "Pacific/Chatham",
)  # fmt: skip


@st.composite
def fine_hours(draw: st.DrawFn) -> WeeklyHours:
    """Hours with up to five openings a day, to the microsecond; some of a single one."""
    days = []
    for _ in range(7):
        count = draw(st.sampled_from([0, 0, 1, 1, 2, 3, 5]))
        edges = sorted(
            draw(st.sets(st.integers(0, DAY // MICROSECOND), min_size=2 * count, max_size=2 * count))
        )
        spans = zip(edges[::2], edges[1::2], strict=True)
        days.append([HoursSpan(opens * MICROSECOND, closes * MICROSECOND) for opens, closes in spans])
    days[draw(st.integers(0, 6))] = [HoursSpan(timedelta(hours=9), timedelta(hours=17))]
    return WeeklyHours(days)


def calendars() -> st.SearchStrategy[BusinessCalendar]:
    """Calendars on the grid of the kit: split days, night shifts, around the clock; in all zones."""
    return business_calendars(st.sampled_from(ZONES))


def fine_calendars() -> st.SearchStrategy[BusinessCalendar]:
    zones = st.sampled_from(ZONES)
    return st.builds(BusinessCalendar, fine_hours(), zones, holidays=st.none() | holiday_calendars())


@st.composite
def columns(draw: st.DrawFn, step: int) -> list[datetime]:
    """Some instants within two years, on multiples of *step* microseconds; more of them near 2026."""
    begin = datetime(draw(st.one_of(st.just(2026), st.integers(1971, 2190))), 1, 1, tzinfo=UTC)
    most = 2 * 365 * DAY // MICROSECOND // step
    steps = draw(st.lists(st.integers(0, most), min_size=1, max_size=12))
    return [begin + count * step * MICROSECOND for count in steps]


def many(instants: list[datetime], unit: str) -> np.ndarray:
    """The instants as numpy has them, in *unit*."""
    micros = np.array([(instant - EPOCH) // MICROSECOND for instant in instants], np.int64)
    return micros.view("M8[us]").astype(f"M8[{unit}]")


def durations(array: np.ndarray) -> list[timedelta]:
    """Whole microseconds, told as the scalar path does."""
    return [value * MICROSECOND for value in array.astype("m8[us]").view(np.int64).tolist()]


def instants(array: np.ndarray) -> list[datetime]:
    return [EPOCH + value * MICROSECOND for value in array.astype("M8[us]").view(np.int64).tolist()]


@pytest.mark.parametrize("unit", UNITS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_elapsed_is_that_of_the_scalar_path(unit: str, data: st.DataObject) -> None:
    step = UNITS[unit]
    calendar = data.draw(fine_calendars() | calendars() if step == 1 else calendars())
    starts, ends = data.draw(columns(step)), data.draw(columns(step))
    starts, ends = zip(*[(start, end) for start in starts for end in ends], strict=True)
    found = calendar.elapsed_many(many(starts, unit), many(ends, unit))
    assert found.dtype == f"m8[{unit}]"
    assert durations(found) == list(map(calendar.elapsed, starts, ends))


@pytest.mark.parametrize("unit", UNITS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_openness_is_that_of_the_scalar_path(unit: str, data: st.DataObject) -> None:
    step = UNITS[unit]
    calendar = data.draw(fine_calendars() | calendars() if step == 1 else calendars())
    asked = data.draw(columns(step))
    spans = calendar.open_spans(asked[0], asked[0] + 20 * DAY)[:6]
    asked += [edge for span in spans for edge in (span.start, span.end - step * MICROSECOND, span.end)]
    found = calendar.is_open_many(many(asked, unit))
    assert found.dtype == np.bool_
    assert found.tolist() == list(map(calendar.is_open, asked))


@st.composite
def ways(draw: st.DrawFn, calendar: BusinessTime, start: datetime, step: int) -> timedelta:
    """An amount of open time, often one that leads up to an edge, or none."""
    if draw(st.booleans()):
        other = start + draw(st.integers(-30, 30)) * DAY
        spans = calendar.open_spans(*sorted((start, other)))
        if spans:
            edge = draw(st.sampled_from([*(span.start for span in spans), *(span.end for span in spans)]))
            return calendar.elapsed(start, edge)
    most = 400 * DAY // MICROSECOND // step
    return draw(st.one_of(st.just(0), st.integers(-most, most))) * step * MICROSECOND


def answer_or_error(ask: Callable[[], object]) -> object:
    """What *ask* returns, or that so much is never open."""
    try:
        return ask()
    except NeverOpenError as error:
        return error


@pytest.mark.parametrize("landing", [*Landing], ids=lambda landing: landing.value)
@pytest.mark.parametrize("unit", UNITS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_advancing_is_that_of_the_scalar_path(landing: Landing, unit: str, data: st.DataObject) -> None:
    step = UNITS[unit]
    calendar = data.draw(fine_calendars() | calendars() if step == 1 else calendars())
    starts = data.draw(columns(step))
    amounts = [data.draw(ways(calendar, start, step)) for start in starts]
    told = np.array([amount // MICROSECOND for amount in amounts], np.int64).view("m8[us]")

    def one_by_one() -> list[datetime]:
        return [
            calendar.advance(start, amount, landing=landing, in_zone=UTC)
            for start, amount in zip(starts, amounts, strict=True)
        ]

    expected = answer_or_error(one_by_one)
    if isinstance(expected, NeverOpenError):
        with pytest.raises(NeverOpenError) as raised:
            calendar.advance_many(many(starts, unit), told.astype(f"m8[{unit}]"), landing=landing)
        assert raised.value.sought_from == expected.sought_from
        return
    found = calendar.advance_many(many(starts, unit), told.astype(f"m8[{unit}]"), landing=landing)
    assert found.dtype == f"M8[{unit}]"
    assert instants(found) == expected


OFFICE = BusinessCalendar("Mon-Fri 09:00-17:00", "Europe/Berlin", name="office")
FRIDAY = np.datetime64("2026-10-23T14:00:00")  # an hour before it closes
MONDAY = np.datetime64("2026-10-26T09:00:00")  # an hour after it opened, the clocks having changed
NAT = np.datetime64("NaT", "s")


@pytest.mark.parametrize(
    ("hours", "zone", "length", "slots"),
    [
        pytest.param("Mon-Fri 09:00-17:00", "Europe/Berlin", 24, 1, id="one opening a day: a row a day"),
        pytest.param(
            "Mon-Fri 09:00-17:00", "Pacific/Auckland", 24, 1, id="across midnight in UTC: rows begin later"
        ),
        pytest.param("Mon-Sun 22:00-06:00", "Europe/Berlin", 24, 1, id="night shifts: rows begin in the day"),
        pytest.param("Mon-Sun 00:00-24:00", "Europe/Berlin", 24, 1, id="around the clock"),
        pytest.param(
            "Mon-Fri 08:00-12:00,13:00-17:00", "Europe/Berlin", 12, 1, id="a lunch break: rows of half a day"
        ),
        pytest.param("Mon-Fri 08:01-08:05,08:10-08:15,08:20-08:25", "UTC", 24, 3, id="three, close together"),
        pytest.param("Mon 08:01-08:05,08:08-08:10,08:15-08:20,08:22-08:25", "UTC", 0, 1, id="four: a search"),
    ],
)
def test_a_row_has_one_opening_where_that_can_be(hours: str, zone: str, length: int, slots: int) -> None:
    calendar = BusinessCalendar(hours, zone)
    start, end = np.datetime64("2026-01-01T12:00:00"), np.datetime64("2028-02-03T04:05:06")
    assert durations(calendar.elapsed_many(start, end)[None]) == [
        calendar.elapsed(datetime(2026, 1, 1, 12, tzinfo=UTC), datetime(2028, 2, 3, 4, 5, 6, tzinfo=UTC))
    ]
    table: DayTable = calendar._at_once()._tables["s"]
    assert table.length == length * 3600
    assert table.rows.shape[1] == 2 * slots + 2


def test_a_chunk_ends_where_the_next_begins() -> None:
    random = np.random.default_rng(2026)
    count = 2 * CHUNK + 17
    first = np.datetime64("2020-01-01", "s").astype(np.int64)
    starts, ends = first + random.integers(0, 10 * 365 * 86_400, (2, count))
    both = OFFICE.elapsed_many(starts, ends, unit="s")
    places = [0, CHUNK - 1, CHUNK, 2 * CHUNK - 1, 2 * CHUNK, count - 1]
    for place in places:
        assert both[place] == OFFICE.elapsed_many(starts[place], ends[place], unit="s")
    landed = OFFICE.advance_many(starts, np.abs(both), unit="s")
    assert (OFFICE.elapsed_many(starts, landed, unit="s") == np.abs(both)).all()
    assert OFFICE.is_open_many(landed, unit="s")[places].tolist() == [
        OFFICE.is_open_many(landed[place], unit="s").item() for place in places
    ]


def test_no_time_gives_no_time() -> None:
    starts, ends = np.array([FRIDAY, NAT, FRIDAY, NAT]), np.array([MONDAY, MONDAY, NAT, NAT])
    found = OFFICE.elapsed_many(starts, ends)
    assert found[0] == np.timedelta64(7200, "s")
    assert np.isnat(found).tolist() == [False, True, True, True]
    amounts = np.array([7200, "NaT", 0, 7200], "m8[s]")
    moved = OFFICE.advance_many(starts, amounts)
    assert moved[0] == MONDAY
    assert moved[2] == FRIDAY
    assert np.isnat(moved).tolist() == [False, True, False, True]
    assert OFFICE.is_open_many(starts).tolist() == [True, False, True, False]


def test_no_time_is_no_instant_of_a_table_that_begins_within_a_row() -> None:
    calendar = BusinessCalendar("Mon-Fri 09:00-17:00", "Pacific/Auckland")
    found = calendar.elapsed_many(np.array([FRIDAY, NAT]), MONDAY)
    start, end = (instant.item().replace(tzinfo=UTC) for instant in (FRIDAY, MONDAY))
    assert durations(found[:1]) == [calendar.elapsed(start, end)]
    assert np.isnat(found[1])


def test_nothing_but_no_time_asks_for_no_year() -> None:
    calendar = BusinessCalendar("Mon-Fri 09:00-17:00", "Europe/Berlin")
    assert np.isnat(calendar.elapsed_many(np.array([NAT, NAT]), NAT)).all()


def test_the_smallest_integer_is_no_time() -> None:
    smallest = np.iinfo(np.int64).min
    assert OFFICE.elapsed_many([smallest], [0], unit="s").tolist() == [smallest]


@pytest.mark.parametrize("unit", UNITS)
def test_integers_come_back_as_integers(unit: str) -> None:
    starts, ends = (instant.astype(f"M8[{unit}]").astype(np.int64) for instant in (FRIDAY, MONDAY))
    found = OFFICE.elapsed_many([starts], [ends], unit=unit)
    assert found.dtype == np.int64
    assert found.view(f"m8[{unit}]")[0] == np.timedelta64(7200, "s")
    moved = OFFICE.advance_many([starts], found, unit=unit)
    assert moved.tolist() == [ends]
    assert OFFICE.advance_many([starts], timedelta(hours=2), unit=unit).tolist() == [ends]


def test_arrays_are_broadcast() -> None:
    starts = np.array([[FRIDAY], [MONDAY]])
    ends = np.array([FRIDAY, MONDAY, MONDAY])
    found = OFFICE.elapsed_many(starts, ends)
    assert found.shape == (2, 3)
    assert found.astype(int).tolist() == [[0, 7200, 7200], [-7200, 0, 0]]
    assert OFFICE.elapsed_many(FRIDAY, MONDAY).shape == ()
    assert OFFICE.is_open_many(np.array([[FRIDAY], [NAT]])).tolist() == [[True], [False]]


@pytest.mark.parametrize("shape", [(0,), (3, 0)])
def test_nothing_in_is_nothing_out(shape: tuple[int, ...]) -> None:
    nothing = np.empty(shape, "M8[s]")
    assert OFFICE.elapsed_many(nothing, nothing).shape == shape
    assert OFFICE.advance_many(nothing, timedelta(hours=2)).shape == shape
    assert OFFICE.is_open_many(nothing).shape == shape


@pytest.mark.parametrize(
    "arrange",
    [
        pytest.param(lambda array: np.repeat(array, 2)[::2], id="every other element"),
        pytest.param(lambda array: array[::-1][::-1], id="backwards"),
        pytest.param(lambda array: array.astype(array.dtype.newbyteorder("S")), id="the other byte order"),
        pytest.param(lambda array: array.tolist() and list(array), id="a list of scalars"),
    ],
)
def test_how_an_array_lies_in_memory_does_not_matter(arrange) -> None:
    starts, ends = arrange(np.array([FRIDAY, MONDAY])), arrange(np.array([MONDAY, FRIDAY]))
    assert OFFICE.elapsed_many(starts, ends).astype(int).tolist() == [7200, -7200]
    assert OFFICE.advance_many(starts, arrange(np.array([7200, -7200], "m8[s]"))).tolist() == [
        MONDAY.item(),
        FRIDAY.item(),
    ]


@pytest.mark.parametrize(
    ("one", "other", "unit"),
    [("s", "ms", "ms"), ("ns", "s", "ns"), ("us", "us", "us"), ("ms", "us", "us")],
)
def test_of_two_units_the_finer_is_kept(one: str, other: str, unit: str) -> None:
    found = OFFICE.elapsed_many(FRIDAY.astype(f"M8[{one}]"), MONDAY.astype(f"M8[{other}]"))
    assert found.dtype == f"m8[{unit}]"
    assert found == np.timedelta64(7200, "s")
    moved = OFFICE.advance_many(FRIDAY.astype(f"M8[{one}]"), np.timedelta64(7200, "s").astype(f"m8[{other}]"))
    assert moved.dtype == f"M8[{unit}]"
    assert moved == MONDAY


def test_a_duration_finer_than_the_starts_makes_the_result_finer() -> None:
    found = OFFICE.advance_many(FRIDAY, timedelta(milliseconds=1500))
    assert found.dtype == "M8[ms]"
    assert found == np.datetime64("2026-10-23T14:00:01.500")


def test_nanoseconds_are_counted() -> None:
    closing = np.datetime64("2026-10-23T15:00:00.000000000")
    start = closing - np.timedelta64(7, "ns")
    assert OFFICE.elapsed_many(start, MONDAY) == np.timedelta64(3600 * 10**9 + 7, "ns")
    assert OFFICE.advance_many(start, np.timedelta64(7, "ns")) == closing
    assert OFFICE.advance_many(start, np.timedelta64(8, "ns")) == np.datetime64(
        "2026-10-26T08:00:00.000000001"
    )


FINE = BusinessCalendar(
    WeeklyHours([[HoursSpan(timedelta(hours=9, microseconds=500), timedelta(hours=17))]] * 7), "UTC"
)


@pytest.mark.parametrize("unit", ["s", "ms"])
def test_a_unit_that_cannot_tell_an_opening_is_refused(unit: str) -> None:
    starts = np.array(["2026-10-23T09:00:00"], f"M8[{unit}]")
    with pytest.raises(DefinitionError, match=r"09:00:00\.000500.*'m?s' cannot tell.*datetime64\[us\]"):
        FINE.elapsed_many(starts, starts)
    finer = starts.astype("M8[us]")
    assert FINE.elapsed_many(finer, finer + np.timedelta64(501, "us")).astype(int) == 1


SHAPES = np.zeros(2, "M8[s]"), np.zeros(3, "M8[s]")


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        pytest.param(
            lambda: OFFICE.elapsed_many([1.5], [2.5]), r"starts must be datetime64\[s\]", id="floats"
        ),
        pytest.param(
            lambda: OFFICE.elapsed_many([datetime(2026, 1, 1, tzinfo=UTC)], [FRIDAY]),
            "not object.*frames",
            id="objects",
        ),
        pytest.param(
            lambda: OFFICE.elapsed_many(FRIDAY, 1), "ends is int64; say what it counts", id="no unit"
        ),
        pytest.param(
            lambda: OFFICE.elapsed_many([1], [2], unit="D"), "unit must be one of s, ms", id="no such unit"
        ),
        pytest.param(
            lambda: OFFICE.elapsed_many(FRIDAY, MONDAY, unit="s"), "unit='s' is for int64", id="two units"
        ),
        pytest.param(
            lambda: OFFICE.is_open_many(np.zeros(2, "i4"), unit="s"), "not int32", id="short integers"
        ),
        pytest.param(lambda: OFFICE.is_open_many(FRIDAY.astype("M8[D]")), r"not datetime64\[D\]", id="days"),
        pytest.param(
            lambda: OFFICE.is_open_many(FRIDAY.astype("M8[25s]")), r"not datetime64\[25s\]", id="odd steps"
        ),
        pytest.param(
            lambda: OFFICE.advance_many(FRIDAY, MONDAY), r"amounts must be timedelta64", id="an instant"
        ),
        pytest.param(
            lambda: OFFICE.is_open_many(np.ma.masked_array(np.zeros(2, "M8[s]"), [0, 1])),
            "masked array; fill",
            id="a mask",
        ),
        pytest.param(
            lambda: OFFICE.elapsed_many(*SHAPES), r"\(2,\) and \(3,\) do not go together", id="shapes"
        ),
        pytest.param(
            lambda: OFFICE.advance_many(np.array([1]), timedelta(milliseconds=1), unit="s"),
            "not a whole number of unit='s'",
            id="a fine duration",
        ),
        pytest.param(
            lambda: OFFICE.advance_many(FRIDAY, np.array([1]), unit="s"),
            "unit='s' is for int64",
            id="a mixture",
        ),
    ],
)
def test_what_is_no_array_of_instants_is_refused(ask, sentence: str) -> None:
    with pytest.raises(DefinitionError, match=sentence):
        ask()


def test_dates_and_integers_do_not_mix() -> None:
    read = OFFICE._at_once()
    from itsmkit.calendars._many import instants_of

    one, other = instants_of(FRIDAY, "starts", None), instants_of([1], "ends", "s")
    with pytest.raises(DefinitionError, match=r"not datetime64\[s\] and int64"):
        read._alike(one, other)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(
    ("wrong", "shown"),
    [
        pytest.param("1969-12-31T23:59:59", "1969-12-31 23:59:59", id="before the first"),
        pytest.param("2201-01-01T00:00:00", "2201-01-01 00:00:00", id="the end, which is not included"),
    ],
)
def test_an_instant_that_is_not_known_is_named_with_its_position(unit: str, wrong: str, shown: str) -> None:
    ends = np.array([MONDAY, NAT, wrong, "1800-01-01"], "M8[s]").astype(f"M8[{unit}]")
    starts = np.full(4, FRIDAY).astype(f"M8[{unit}]")
    with pytest.raises(
        OutOfRangeError, match=rf"at {shown}\+00:00, at position 2 of ends; ask from 1970"
    ) as raised:
        OFFICE.elapsed_many(starts, ends)
    assert pickle.loads(pickle.dumps(raised.value)).where == "at position 2 of ends"
    for ask in (OFFICE.is_open_many, lambda array: OFFICE.advance_many(array, timedelta(hours=1))):
        with pytest.raises(OutOfRangeError, match="at position 2 of"):
            ask(ends)
    with pytest.raises(OutOfRangeError, match=r"at position \(1, 0\) of instants"):
        OFFICE.is_open_many(ends[1:3, None])


@pytest.mark.parametrize("value", [np.iinfo(np.int64).max, np.iinfo(np.int64).min + 1, -1])
def test_no_integer_overflows(value: int) -> None:
    for unit in UNITS:
        with pytest.raises(OutOfRangeError, match="at position 1 of ends"):
            OFFICE.elapsed_many([0, 0], [0, value], unit=unit)


def test_what_the_finer_unit_cannot_hold_is_out_of_range() -> None:
    with pytest.raises(OutOfRangeError, match=r"at 3000-01-01 00:00:00\+00:00, at position 0 of starts"):
        OFFICE.elapsed_many(np.array(["3000-01-01"], "M8[s]"), FRIDAY.astype("M8[ns]"))


ALWAYS = BusinessCalendar.always()
REGION = BusinessCalendar(
    "Mon-Fri 09:00-17:00", "Europe/Berlin", holidays=HolidayCalendar.of("DE-NW", language="de")
)


@pytest.mark.parametrize("calendar", [OFFICE, ALWAYS, REGION], ids=["office", "always", "region"])
@pytest.mark.parametrize("landing", [*Landing], ids=lambda landing: landing.value)
@pytest.mark.parametrize(
    "amount",
    [timedelta(days=90_000), timedelta(days=-90_000), timedelta.max, timedelta.min, timedelta(days=40_000)],
    ids=["much", "much, back", "all", "all, back", "centuries"],
)
def test_time_that_is_not_there_is_refused_as_the_scalar_path_does(
    calendar: BusinessCalendar, landing: Landing, amount: timedelta
) -> None:
    start = datetime(2026, 10, 23, 14, tzinfo=UTC)
    starts = np.array([NAT, FRIDAY, FRIDAY])
    amounts = np.array([1, 0, amount // timedelta(seconds=1)], "m8[s]")
    whole = amount - timedelta(microseconds=amount.microseconds)
    expected = answer_or_error(lambda: calendar.advance(start, whole, landing=landing))
    if isinstance(expected, NeverOpenError):
        with pytest.raises(NeverOpenError, match="at position 2 of starts and amounts: searched") as raised:
            calendar.advance_many(starts, amounts, landing=landing)
        found = raised.value
        assert (found.sought_from, found.limit) == (expected.sought_from, expected.limit)
        assert found.nearest == expected.nearest
        assert str(pickle.loads(pickle.dumps(found))) == str(found)
    else:
        assert instants(calendar.advance_many(starts[2:], amounts[2:], landing=landing)) == [expected]


@pytest.mark.parametrize("landing", [*Landing], ids=lambda landing: landing.value)
@pytest.mark.parametrize("amount", [-1, 0, 1, 3599, 3600, 3601])
@pytest.mark.parametrize("first", ["2200-12-31T15:00:00", "2200-12-31T23:00:00", "1970-01-01T00:00:00"])
@pytest.mark.parametrize("calendar", [OFFICE, ALWAYS], ids=["office", "always"])
def test_at_the_ends_of_what_is_known_both_paths_agree(
    calendar: BusinessCalendar, first: str, amount: int, landing: Landing
) -> None:
    start = datetime.fromisoformat(first).replace(tzinfo=UTC)

    def at_once() -> list[datetime]:
        moved = calendar.advance_many(
            np.array([first], "M8[s]"), np.array([amount], "m8[s]"), landing=landing
        )
        return instants(moved)

    try:
        expected = calendar.advance(start, timedelta(seconds=amount), landing=landing)
    except NeverOpenError:
        with pytest.raises(NeverOpenError):
            at_once()
    else:
        assert at_once() == [expected]
    assert calendar.is_open_many(np.array([first], "M8[s]")).tolist() == [calendar.is_open(start)]


def test_the_last_known_moment_counts() -> None:
    last = np.array(["2200-12-31T23:59:59.999998"], "M8[us]")
    following = last + np.timedelta64(1, "us")
    assert ALWAYS.elapsed_many(last, following).astype(int).tolist() == [1]
    nights = BusinessCalendar(
        WeeklyHours(
            [[HoursSpan(timedelta(hours=23, minutes=59, seconds=59, microseconds=999_999), DAY)]] * 7
        ),
        "UTC",
    )
    assert nights.is_open_many(last).tolist() == [False]
    assert nights.is_open_many(following).tolist() == [True]


def test_a_table_is_kept_and_grows() -> None:
    calendar = BusinessCalendar("Mon-Fri 09:00-17:00", "Europe/Berlin")
    calendar.elapsed_many(FRIDAY, MONDAY)
    table = calendar._at_once()._tables["s"]
    calendar.elapsed_many(MONDAY, FRIDAY)
    assert calendar._at_once()._tables["s"] is table
    calendar.elapsed_many(np.datetime64("2000-01-01T00:00:00"), FRIDAY)
    assert calendar._at_once()._tables["s"].covers(np.array([0]) + table.first)
    assert calendar._at_once()._tables["s"].nbytes > table.nbytes


def test_memory_is_bounded_by_what_the_calendar_knows() -> None:
    calendar = BusinessCalendar("Mon-Fri 09:00-17:00", "Europe/Berlin")
    calendar.is_open_many(np.array(["1970-01-01T00:00:00", "2200-12-31T00:00:00"], "M8[s]"))
    assert calendar._at_once()._tables["s"].nbytes < 8_000_000


def test_threads_may_share_a_calendar() -> None:
    calendar = BusinessCalendar("Mon-Fri 09:00-17:00", "Europe/Berlin")
    random = np.random.default_rng(7)
    starts = random.integers(1_500_000_000, 1_900_000_000, (16, 200))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda row: calendar.elapsed_many(row, row[::-1], unit="s"), starts))
    again = BusinessCalendar("Mon-Fri 09:00-17:00", "Europe/Berlin")
    for row, answer in zip(starts, found, strict=True):
        assert (again.elapsed_many(row, row[::-1], unit="s") == answer).all()


def test_a_break_that_begins_where_a_table_does_is_seen_as_one() -> None:
    begin = np.datetime64("1970-01-01T00:00:00") + np.timedelta64(56 * 366, "D")
    calendar = BusinessCalendar("Mon-Sun 08:00-09:00,10:00-18:00", "Asia/Tokyo")
    found = calendar.advance_many(begin, timedelta(0), landing=Landing.NEXT_DAY)
    assert found == begin
    assert found.item().replace(tzinfo=UTC) == calendar.advance(
        begin.item().replace(tzinfo=UTC), timedelta(0), landing=Landing.NEXT_DAY
    )


def test_years_without_an_opening_are_crossed() -> None:
    mondays = [datetime(2019, 12, 30, tzinfo=UTC).date() + number * 7 * DAY for number in range(8 * 53)]
    calendar = BusinessCalendar(
        "Mon 09:00-17:00", "UTC", holidays=HolidayCalendar(dict.fromkeys(mondays, "off"))
    )
    start, end = np.datetime64("2023-10-23T14:00:00"), np.datetime64("2023-11-23T14:00:00")
    assert calendar.elapsed_many(start, end) == np.timedelta64(0, "s")
    assert calendar.is_open_many(start).item() is False
    for amount in (timedelta(hours=1), timedelta(hours=-1), timedelta(0)):
        for landing in Landing:
            expected = calendar.advance(start.item().replace(tzinfo=UTC), amount, landing=landing)
            assert instants(calendar.advance_many(start[None], amount, landing=landing)) == [expected]


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("numpy", "arrays of instants need numpy: python -m pip install 'itsmkit[numpy]'"),
        ("itsmkit.calendars._day_table", "import of itsmkit.calendars._day_table halted"),
    ],
)
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, missing: str, message: str) -> None:
    for loaded in ("_many", "_day_table"):
        monkeypatch.delitem(sys.modules, f"itsmkit.calendars.{loaded}", raising=False)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ModuleNotFoundError) as raised:
        BusinessCalendar.always().is_open_many([1])
    assert raised.value.name == missing
    assert str(raised.value).startswith(message)
