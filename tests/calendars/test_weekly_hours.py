import pickle
from datetime import time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.calendars import HoursSpan, WeeklyHours
from itsmkit.errors import DefinitionError

DAY = timedelta(days=1)
WEEK = 7 * DAY


@st.composite
def weeks(draw: st.DrawFn) -> tuple[WeeklyHours, list[tuple[timedelta, timedelta]]]:
    """Hours, and their spans since Monday, which may reach into the Monday after."""
    edges = draw(st.lists(st.integers(0, 7 * 24 * 60 - 1), unique=True, max_size=24).map(sorted))
    days: list[list[HoursSpan]] = [[] for _ in range(7)]
    spans = []
    for opens, closes in pairwise(edges):
        if draw(st.booleans()):
            start = timedelta(minutes=opens)
            end = min(timedelta(minutes=closes), start + timedelta(hours=23, minutes=59))
            days[start // DAY].append(HoursSpan(start % DAY, end % DAY))
            spans.append((start, end))
    return WeeklyHours(draw(st.permutations(day)) for day in days), spans


@given(weeks())
def test_text_and_hours_are_the_same(drawn):
    hours, spans = drawn
    assert WeeklyHours.parse(str(hours)) == hours
    assert eval(repr(hours)) == hours
    assert pickle.loads(pickle.dumps(hours)) == hours
    assert hours.length == sum((end - start for start, end in spans), timedelta(0))


@pytest.mark.parametrize(
    ("text", "written", "length"),
    [
        pytest.param(
            "Mon-Fri 08:00-12:00,13:00-17:00; Sat 09:00-12:00",
            "Mon-Fri 08:00-12:00,13:00-17:00; Sat 09:00-12:00",
            43,
            id="lunch and a short Saturday",
        ),
        pytest.param("monday, WED 8:00-9:00", "Mon,Wed 08:00-09:00", 2, id="names in full"),
        pytest.param("Sun-Thu 08:00-16:00", "Mon-Thu,Sun 08:00-16:00", 40, id="a week from Sunday"),
        pytest.param("Sat-Sun 10:00-12:00", "Sat-Sun 10:00-12:00", 4, id="weekend"),
        pytest.param("Fri-Mon 10:00-11:00", "Mon,Fri-Sun 10:00-11:00", 4, id="over the weekend"),
        pytest.param("Mon-Mon 10:00-11:00", "Mon 10:00-11:00", 1, id="a range of one day"),
        pytest.param("Mon 12:00-13:00, 08:00-12:00", "Mon 08:00-13:00", 5, id="touching"),
        pytest.param("Mon 20:00-22:00,22:00-06:00", "Mon 20:00-06:00", 10, id="touching at night"),
        pytest.param("Mon 00:00-12:00,12:00-24:00", "Mon 00:00-24:00", 24, id="a whole day"),
        pytest.param("Mon 08:00-22:00,22:00-08:00", "Mon 08:00-22:00,22:00-08:00", 24, id="a day from 08:00"),
        pytest.param("Mon 08:00-22:00,22:00-10:00", "Mon 08:00-22:00,22:00-10:00", 26, id="over a day"),
        pytest.param("Mon 22:00-06:00; Tue 06:00-08:00", None, 10, id="days that touch"),
        pytest.param("Mon 08:00-09:00; Mon 10:00-11:00", "Mon 08:00-09:00,10:00-11:00", 2, id="union"),
        pytest.param("24x7", "24x7", 168, id="always"),
        pytest.param("Mon-Sun 00:00-24:00", "24x7", 168, id="seven whole days"),
        pytest.param("closed", "closed", 0, id="never"),
    ],
)
def test_hours_are_read_and_written(text, written, length):
    hours = WeeklyHours.parse(text)
    assert str(hours) == (text if written is None else written)
    assert hours.length == timedelta(hours=length)
    assert hours.is_always == (length == 168)


def test_hours_that_fill_the_week_in_pieces_are_always():
    hours = WeeklyHours.parse("Mon-Sun 06:00-18:00,18:00-06:00")
    assert hours.is_always
    assert str(hours) == "Mon-Sun 06:00-18:00,18:00-06:00"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        pytest.param(
            "Mon-Fri 08:00-25:00; Sut 09:00-12:00; Tue",
            [
                "'Mon-Fri 08:00-25:00': hours cannot close at 25:00",
                "'Sut 09:00-12:00': unknown day 'Sut'; use Mon, Tue",
                "'Tue': write days and their hours",
            ],
            id="each clause with its own",
        ),
        pytest.param("Mo-Fry 08:00-09:00", ["unknown day 'Mo'", "unknown day 'Fry'"], id="days"),
        pytest.param("Mon-Tue-Wed 08:00-09:00", ["unknown day 'Tue-Wed'"], id="half a range"),
        pytest.param("08:00-09:00", ["write days and their hours"], id="no day"),
        pytest.param("Mon 08:00-09:00;", ["'': write days"], id="nothing after a semicolon"),
        pytest.param("", ["'': write days"], id="nothing"),
        pytest.param(
            "Mon 08:00-12:00,11:00-13:00",
            ["Mon 08:00-12:00 overlaps Mon 11:00-13:00"],
            id="overlap within a day",
        ),
        pytest.param(
            "Mon 22:00-06:00; Tue 05:00-08:00",
            ["Mon 22:00-06:00 overlaps Tue 05:00-08:00"],
            id="a night shift into the next opening",
        ),
        pytest.param(
            "Mon 05:00-08:00; Sun 22:00-06:00",
            ["Sun 22:00-06:00 overlaps Mon 05:00-08:00"],
            id="from Sunday into Monday",
        ),
        pytest.param(
            "Mon 08:00-16:00,09:00-10:00,11:00-12:00; Xyz 01:00-02:00",
            ["unknown day 'Xyz'", "overlaps Mon 09:00-10:00", "overlaps Mon 11:00-12:00"],
            id="every overlap, beside the rest",
        ),
    ],
)
def test_hours_that_cannot_be_are_refused_with_every_problem(text, problems):
    with pytest.raises(DefinitionError) as refused:
        WeeklyHours.parse(text)
    assert len(refused.value.problems) == len(problems)
    for expected, problem in zip(problems, refused.value.problems, strict=True):
        assert expected in problem


def test_overlapping_values_are_refused_too():
    with pytest.raises(DefinitionError, match="overlaps"):
        WeeklyHours([[HoursSpan(time(8), time(10)), HoursSpan(time(9), time(11))], *[()] * 6])


def test_a_week_has_seven_days():
    with pytest.raises(DefinitionError, match="7 days, Monday first, not 2"):
        WeeklyHours([[HoursSpan(time(8), time(10))], []])
