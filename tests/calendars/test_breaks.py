import pickle
from datetime import date

import pytest

from itsmkit.calendars import Breaks, HoursSpan, WeeklyHours
from itsmkit.errors import DefinitionError

EVE = date(2026, 12, 24)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Mon-Fri 12:00-13:00", "Mon-Fri 12:00-13:00", id="weekdays"),
        pytest.param("12:00-13:00", "Mon-Sun 12:00-13:00", id="every day"),
        pytest.param(
            "12:00-13:00,15:00-15:15; Fri 11:30-12:00",
            "Mon-Thu,Sat-Sun 12:00-13:00,15:00-15:15; Fri 11:30-13:00,15:00-15:15",
            id="every day and a weekday",
        ),
        pytest.param(" 24x7 ", "24x7", id="always"),
        pytest.param("closed", "closed", id="never"),
    ],
)
def test_weekly_breaks_are_read_from_text(text, expected):
    assert str(Breaks(text).weekly) == expected
    assert Breaks(str(Breaks(text).weekly)) == Breaks(text)


def test_breaks_without_any_are_false():
    assert not Breaks()
    assert not Breaks("closed")
    assert Breaks("12:00-13:00")
    assert Breaks(dated={EVE: "12:00-13:00"})


def test_breaks_are_values():
    one = Breaks(
        WeeklyHours.parse("Mon 12:00-13:00"), dated={EVE: "12:00-13:00", date(2026, 1, 2): "9:00-10:00"}
    )
    other = Breaks(
        "Mon 12:00-13:00",
        dated={date(2026, 1, 2): HoursSpan.parse("09:00-10:00"), EVE: ["12:30-13:00", "12:00-12:30"]},
    )
    assert one == other
    assert hash(one) == hash(other)
    assert pickle.loads(pickle.dumps(one)) == one
    with pytest.raises(TypeError, match="read-only"):
        one.dated[EVE] = ()


@pytest.mark.parametrize(
    ("weekly", "dated", "messages"),
    [
        pytest.param("Mon 12:00-25:00", {}, ["cannot close at 25:00"], id="weekly"),
        pytest.param(
            "12:00-13:00; Fri 12:30-14:00", {}, ["Fri 12:00-13:00 overlaps Fri 12:30-14:00"], id="twice"
        ),
        pytest.param(
            "closed",
            {EVE: (), date(2026, 12, 25): "closed"},
            ["2026-12-24 have no", "2026-12-25 have no"],
            id="void",
        ),
        pytest.param(None, {}, ["weekly breaks are WeeklyHours or their text"], id="nothing"),
    ],
)
def test_breaks_that_cannot_be_are_refused(weekly, dated, messages):
    with pytest.raises(DefinitionError) as refused:
        Breaks(weekly, dated=dated)
    assert len(refused.value.problems) == len(messages)
    for message, problem in zip(messages, refused.value.problems, strict=True):
        assert message in problem
