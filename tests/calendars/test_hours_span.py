from datetime import UTC, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.calendars import HoursSpan
from itsmkit.errors import DefinitionError

times = st.times()


@given(times, times)
def test_text_and_span_are_the_same(opens, closes):
    if opens == closes:
        return
    span = HoursSpan(opens, closes)
    assert HoursSpan.parse(str(span)) == span
    assert timedelta(0) < span.length <= timedelta(days=1)
    assert eval(repr(span)) == span


@pytest.mark.parametrize(
    ("text", "written", "hours"),
    [
        pytest.param("08:00-17:00", "08:00-17:00", 9, id="a day"),
        pytest.param("8:00 - 17:00", "08:00-17:00", 9, id="loosely written"),
        pytest.param("22:00-06:00", "22:00-06:00", 8, id="overnight"),
        pytest.param("22:00-00:00", "22:00-24:00", 2, id="up to midnight"),
        pytest.param("00:00-24:00", "00:00-24:00", 24, id="a whole day"),
        pytest.param("08:00:30-08:01:30", "08:00:30-08:01:30", 1 / 60, id="seconds"),
        pytest.param("00:00:00.5-01:00:00.5", "00:00:00.500000-01:00:00.500000", 1, id="fractions"),
    ],
)
def test_hours_are_read_and_written(text, written, hours):
    span = HoursSpan.parse(text)
    assert str(span) == written
    assert span.length == timedelta(hours=hours)
    assert span.ends == span.opens + span.length


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        pytest.param("25:00-26:00", ["cannot open at 25:00", "cannot close at 26:00"], id="25:00"),
        pytest.param("24:00-06:00", ["24:00 ends a day; the next one opens at 00:00"], id="24:00"),
        pytest.param("08:00-08:00", ["open and close at 08:00"], id="no length"),
        pytest.param("00:00-00:00", ["a whole day as 00:00-24:00"], id="no length at midnight"),
        pytest.param("08:75-x", ["'08:75' is no time of day", "'x' is no time"], id="no times"),
        pytest.param("08:00", ["write when they open and close"], id="one time"),
        pytest.param("", ["'' are no hours"], id="nothing"),
        pytest.param("٠٨:٠٠-٠٩:٠٠", ["is no time of day", "is no time of day"], id="other digits"),  # noqa: RUF001
    ],
)
def test_hours_that_cannot_be_are_refused_with_every_problem(text, messages):
    with pytest.raises(DefinitionError) as refused:
        HoursSpan.parse(text)
    assert len(refused.value.problems) == len(messages)
    for message, problem in zip(messages, refused.value.problems, strict=True):
        assert message in problem


@pytest.mark.parametrize(
    "opens",
    [
        pytest.param(time(8, tzinfo=UTC), id="with a zone"),
        pytest.param(8, id="a number"),
        pytest.param(timedelta(hours=-1), id="negative"),
        pytest.param(timedelta(hours=24), id="past the day"),
    ],
)
def test_what_is_no_time_of_day_cannot_open(opens):
    with pytest.raises(DefinitionError, match="hours"):
        HoursSpan(opens, time(9))
