"""Explanations: each span of open and closed time with its cause."""

import pickle
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import (
    BusinessCalendar,
    CalendarVersions,
    Cause,
    CauseKind,
    ExplainedSpan,
    Explanation,
    HolidayCalendar,
    OutOfRangeError,
    Recurrence,
    TimeSpan,
)
from itsmkit.errors import DefinitionError
from itsmkit.testing.strategies import business_calendars, instants, time_spans, waits

DAY = timedelta(days=1)
ZERO = timedelta(0)
BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = BusinessCalendar(
    "Mon-Fri 08:00-17:00",
    BERLIN,
    holidays=HolidayCalendar({date(2026, 12, 25): "Christmas Day"}),
    special_hours={date(2026, 12, 24): "09:00-12:00", date(2026, 12, 28): "closed"},
    breaks="Wed 12:00-13:00",
    name="office",
)
SPLIT = BusinessCalendar("Mon-Fri 08:00-12:00,13:00-17:00", BERLIN, name="split")
NIGHTS = BusinessCalendar("Mon-Fri 22:00-06:00", BERLIN, breaks="02:00-03:00", name="nights")


def local(text: str, tz: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=tz)


WINDOW = TimeSpan(local("2026-11-05 09:00"), local("2026-11-05 14:00"))


def told(explanation: Explanation) -> list[tuple[str, bool, str]]:
    """When each entry ends on the clock, whether it counts, and why."""
    return [
        (f"{entry.span.end.astimezone(explanation.tz):%d %H:%M}", entry.counted, entry.cause)
        for entry in explanation.entries
    ]


@pytest.mark.parametrize(
    ("calendar", "start", "end", "expected"),
    [
        pytest.param(
            OFFICE,
            "2026-12-23 11:00",
            "2026-12-23 18:00",
            [
                ("23 12:00", True, "open"),
                ("23 13:00", False, "break"),
                ("23 17:00", True, "open"),
                ("23 18:00", False, "after closing"),
            ],
            id="a break",
        ),
        pytest.param(
            OFFICE,
            "2026-12-24 00:00",
            "2026-12-29 09:00",
            [
                ("24 09:00", False, "before opening"),
                ("24 12:00", True, "special hours"),
                ("25 00:00", False, "after closing"),
                ("26 00:00", False, "holiday: Christmas Day"),
                ("27 00:00", False, "closed: Saturday"),
                ("28 00:00", False, "closed: Sunday"),
                ("29 00:00", False, "special hours: closed"),
                ("29 08:00", False, "before opening"),
                ("29 09:00", True, "open"),
            ],
            id="Christmas",
        ),
        pytest.param(
            SPLIT,
            "2026-11-05 11:00",
            "2026-11-05 14:00",
            [
                ("05 12:00", True, "open"),
                ("05 13:00", False, "between openings"),
                ("05 14:00", True, "open"),
            ],
            id="between two openings",
        ),
        pytest.param(
            NIGHTS,
            "2026-11-06 12:00",
            "2026-11-07 12:00",
            [
                ("06 22:00", False, "before opening"),
                ("07 02:00", True, "open"),
                ("07 03:00", False, "break"),
                ("07 06:00", True, "open"),
                ("07 12:00", False, "closed: Saturday"),
            ],
            id="a night with a break",
        ),
        pytest.param(
            BusinessCalendar("Sun 02:00-03:00; Mon 08:00-09:00", BERLIN),
            "2026-03-29 00:00",
            "2026-03-30 08:00",
            [("30 00:00", False, "clock change"), ("30 08:00", False, "before opening")],
            id="hours that the clocks skip",
        ),
        pytest.param(
            BusinessCalendar(
                "Mon-Fri 08:00-17:00",
                BERLIN,
                holidays=HolidayCalendar({date(2026, 12, 24): "Christmas Eve"}),
                special_hours={date(2026, 12, 24): "09:00-12:00"},
                holiday_beats_special=True,
            ),
            "2026-12-24 00:00",
            "2026-12-25 08:00",
            [("25 00:00", False, "holiday: Christmas Eve"), ("25 08:00", False, "before opening")],
            id="a holiday that beats special hours",
        ),
        pytest.param(
            BusinessCalendar.always(BERLIN),
            "2026-11-05 11:00",
            "2026-11-09 14:00",
            [("09 14:00", True, "open")],
            id="round the clock",
        ),
        pytest.param(
            OFFICE - SPLIT,
            "2026-12-29 07:00",
            "2026-12-29 14:00",
            [
                ("29 08:00", False, "before opening (office)"),
                ("29 12:00", False, "excluded: split"),
                ("29 13:00", True, "open"),
                ("29 14:00", False, "excluded: split"),
            ],
            id="what was taken away",
        ),
        pytest.param(
            OFFICE & SPLIT,
            "2026-12-24 07:00",
            "2026-12-24 18:00",
            [
                ("24 08:00", False, "before opening (office); before opening (split)"),
                ("24 09:00", False, "before opening (office)"),
                ("24 12:00", True, "special hours"),
                ("24 13:00", False, "after closing (office); between openings (split)"),
                ("24 17:00", False, "after closing (office)"),
                ("24 18:00", False, "after closing (office); after closing (split)"),
            ],
            id="a side that is closed",
        ),
        pytest.param(
            NIGHTS | SPLIT,
            "2026-11-06 05:00",
            "2026-11-06 09:00",
            [
                ("06 06:00", True, "open (nights)"),
                ("06 08:00", False, "before opening (nights); before opening (split)"),
                ("06 09:00", True, "open (split)"),
            ],
            id="the side that is open",
        ),
        pytest.param(
            SPLIT | NIGHTS | OFFICE,
            "2026-12-29 08:00",
            "2026-12-29 13:00",
            [
                ("29 12:00", True, "open (split); open (office)"),
                ("29 13:00", True, "open (office)"),
            ],
            id="sides of sides",
        ),
        pytest.param(
            SPLIT & WINDOW,
            "2026-11-05 08:00",
            "2026-11-05 15:00",
            [
                ("05 09:00", False, f"outside the windows ({WINDOW.start} to {WINDOW.end})"),
                ("05 12:00", True, "open"),
                ("05 13:00", False, "between openings (split)"),
                ("05 14:00", True, "open"),
                ("05 15:00", False, f"outside the windows ({WINDOW.start} to {WINDOW.end})"),
            ],
            id="within a window",
        ),
        pytest.param(
            SPLIT
            - Recurrence(
                "FREQ=DAILY",
                datetime(2026, 11, 1, 9),  # noqa: DTZ001  the clock face
                "Europe/Berlin",
                lasting=timedelta(hours=1),
            ),
            "2026-11-05 08:00",
            "2026-11-05 11:00",
            [
                ("05 09:00", True, "open"),
                ("05 10:00", False, "excluded: FREQ=DAILY"),
                ("05 11:00", True, "open"),
            ],
            id="a window that comes again",
        ),
        pytest.param(
            CalendarVersions([(date(2026, 11, 5), SPLIT), (date(2026, 11, 6), NIGHTS)]),
            "2026-11-04 12:00",
            "2026-11-06 23:00",
            [
                ("05 00:00", False, "outside version: the first is valid from 2026-11-05"),
                ("05 08:00", False, "before opening (split)"),
                ("05 12:00", True, "open (split)"),
                ("05 13:00", False, "between openings (split)"),
                ("05 17:00", True, "open (split)"),
                ("06 00:00", False, "after closing (split)"),
                ("06 02:00", True, "open (nights)"),
                ("06 03:00", False, "break (nights)"),
                ("06 06:00", True, "open (nights)"),
                ("06 22:00", False, "before opening (nights)"),
                ("06 23:00", True, "open (nights)"),
            ],
            id="versions",
        ),
    ],
)
def test_each_span_has_its_cause(calendar, start, end, expected):
    explanation = calendar.explain(local(start), local(end))
    assert told(explanation) == expected
    assert explanation.elapsed == calendar.elapsed(local(start), local(end))


def sets() -> st.SearchStrategy:
    """Calendars, combinations of them with spans and each other, and versions."""
    plain = business_calendars()
    wide = TimeSpan(datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC))
    spans = st.lists(time_spans(), max_size=5)
    return st.one_of(
        plain,
        st.builds(lambda one, other: one | other, plain, plain),
        st.builds(lambda one, other: (one | other) & wide, plain, plain),
        st.builds(lambda one, cuts: one - cuts, plain, spans),
        st.builds(lambda one, other, more: one | (other - more), plain, plain, spans),
        st.builds(
            lambda day, one, other: CalendarVersions(
                [(date(2026, 2, 1), one), (date(2026, 4, 1) + day, other)]
            ),
            waits(200 * DAY, grid=DAY),
            plain,
            plain,
        ),
    )


@settings(max_examples=150, deadline=None)
@given(sets(), instants(), waits(12 * DAY), st.booleans())
def test_the_entries_tile_the_time_and_those_that_count_add_up(time, start, wait, back):
    ends = (start + wait, start) if back else (start, start + wait)
    explanation = time.explain(*ends)
    entries = explanation.entries
    assert explanation.elapsed == time.elapsed(*ends)
    assert (explanation.start, explanation.end) == ends
    assert sum((entry.span.duration for entry in entries), ZERO) == wait
    if wait:
        assert entries[0].span.start == start
        assert entries[-1].span.end == start + wait
    for entry in entries:
        assert entry.span.duration > ZERO
        assert entry.causes
        assert time.elapsed(entry.span.start, entry.span.end) == entry.counted * entry.span.duration
    for one, other in pairwise(entries):
        assert one.span.end == other.span.start
        assert (one.counted, one.causes) != (other.counted, other.causes)


@settings(max_examples=100, deadline=None)
@given(business_calendars(), instants(), waits(12 * DAY))
def test_the_causes_of_closed_time_are_true(calendar, start, wait):
    for entry in calendar.explain(start, start + wait).entries:
        (cause,) = entry.causes
        day = entry.span.start.astimezone(calendar.tz).date()
        hours = calendar.hours_of(day)
        match cause.kind:
            case CauseKind.CLOSED:
                assert day.strftime("%A") == cause.detail
                assert not calendar.hours.days[day.weekday()]
            case CauseKind.HOLIDAY:
                assert calendar.holidays.name_of(day) == cause.detail
            case CauseKind.BEFORE_OPENING if hours:
                assert entry.span.end <= hours[0].start
            case CauseKind.AFTER_CLOSING if hours:
                assert entry.span.start >= hours[-1].end
            case CauseKind.BETWEEN_OPENINGS if hours:
                assert hours[0].end <= entry.span.start
                assert entry.span.end <= hours[-1].start
            case CauseKind.SPECIAL_HOURS:
                assert calendar.special_hours
            case CauseKind.BREAK:
                assert calendar.breaks
            case _:
                assert entry.counted is (cause.kind is CauseKind.OPEN)


def test_as_text_it_is_a_table_in_the_zone_of_the_calendar():
    explanation = SPLIT.explain(local("2026-11-05 11:00"), local("2026-11-05 13:30:15.5"))
    assert str(explanation).splitlines() == [
        "Thu 2026-11-05 11:00:00+01:00  Thu 2026-11-05 12:00:00+01:00  +       1:00:00  open",
        "Thu 2026-11-05 12:00:00+01:00  Thu 2026-11-05 13:00:00+01:00          1:00:00  between openings",
        "Thu 2026-11-05 13:00:00+01:00  Thu 2026-11-05 13:30:15.500000+01:00  +0:30:15.500000  open",
        "open time: 1:30:15.500000",
    ]
    back = SPLIT.explain(local("2026-11-05 11:00"), local("2026-11-05 10:00"))
    assert str(back).endswith("open time: -1:00:00")
    assert str(SPLIT.explain(local("2026-11-05 11:00"), local("2026-11-05 11:00"))) == "open time: 0:00:00"


def test_a_day_of_25_hours_is_one_entry():
    (sunday,) = OFFICE.explain(local("2026-10-25 00:00"), local("2026-10-26 00:00")).entries
    assert sunday.span.duration == timedelta(hours=25)
    assert sunday.cause == "closed: Sunday"


def test_explanations_are_values():
    explanation = OFFICE.explain(local("2026-12-24 00:00"), local("2026-12-29 09:00"))
    assert pickle.loads(pickle.dumps(explanation)) == explanation
    assert hash(explanation) == hash(OFFICE.explain(local("2026-12-24 00:00"), local("2026-12-29 09:00")))
    assert str(Cause(CauseKind.OPEN)) == "open"
    assert Cause(CauseKind.OPEN, calendar="a").said_by("b") == Cause(CauseKind.OPEN, calendar="a")


def test_what_cannot_be_explained_is_refused():
    with pytest.raises(DefinitionError, match="start has no time zone"):
        OFFICE.explain(datetime(2026, 11, 5), local("2026-11-05 11:00"))  # noqa: DTZ001  that is refused
    with pytest.raises(OutOfRangeError):
        OFFICE.explain(local("2026-11-05 11:00"), local("2300-11-05 11:00"))


def test_entries_that_leave_a_gap_are_no_explanation():
    start, noon, end = local("2026-11-05 11:00"), local("2026-11-05 12:00"), local("2026-11-05 13:00")
    cause = (Cause(CauseKind.OPEN),)
    first, second = (ExplainedSpan(TimeSpan(*ends), True, cause) for ends in ((start, noon), (noon, end)))
    assert Explanation(start, end, (first, second), BERLIN).elapsed == timedelta(hours=2)
    for entries in ((first,), (second,), (second, first), (first, first), ()):
        with pytest.raises(DefinitionError, match="without a gap"):
            Explanation(start, end, entries, BERLIN)
