import re
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import BusinessCalendar, BusinessTime, TimeSpan
from itsmkit.cli._reckoning import Reckoning
from itsmkit.cli.plots import open_time_plot

SVG = "{http://www.w3.org/2000/svg}"
OFFICE = BusinessCalendar.parse("Mon-Fri 09:00-17:00", tz="Europe/Berlin", holidays="DE-NW")
NIGHTS = BusinessCalendar("Mon-Fri 22:00-06:00; Sat 10:00-14:00", "Europe/Berlin", breaks="02:00-02:30")
ALWAYS = BusinessCalendar.always("Europe/Berlin")
STYLE = (files("itsmkit.cli") / "plots" / "style.css").read_text("utf-8")
MINUTE = timedelta(minutes=1)


def berlin(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=OFFICE.tz)


def picture(
    start: datetime,
    end: datetime,
    *pauses: tuple[datetime, datetime],
    calendar: BusinessCalendar = OFFICE,
    heading: str = "Due at last",
    hours: str = "office hours",
) -> Element:
    reckoning = Reckoning(
        calendar=calendar, start=start, end=end, pauses=[TimeSpan(*pause) for pause in pauses]
    )
    return fromstring(open_time_plot(reckoning, heading=heading, lead="8h from then", hours=hours, end="due"))


def drawn(svg: Element, class_: str, *, tag: str = "") -> list[Element]:
    """Return what is drawn of a class, the legend left out."""
    found = [each for each in svg.iter() if class_ in each.get("class", "").split() and tag in each.tag]
    return [
        each for each in found if number(each, "x") >= 150 or each.tag != f"{SVG}rect" or class_ == "ground"
    ]


def number(element: Element, name: str) -> float:
    return float(element.get(name, "0"))


def texts(svg: Element, class_: str) -> list[str]:
    return [each.text or "" for each in drawn(svg, class_, tag="text")]


def boxes(svg: Element, class_: str) -> list[tuple[float, float, float, float]]:
    height = min(number(each, "height") for each in drawn(svg, "ground"))
    top = max(number(each, "y") for each in drawn(svg, "ground")) + height
    found = [
        tuple(number(each, name) for name in ("x", "y", "width", "height")) for each in drawn(svg, class_)
    ]
    return [(x, y, width, tall) for x, y, width, tall in found if y < top]


def hours_of(svg: Element, class_: str) -> float:
    """Return how much time the boxes of a class stand for."""
    row = drawn(svg, "ground")[0]
    hour = number(row, "width") / 24
    return sum(width for _, _, width, _ in boxes(svg, class_)) / hour


def test_a_week_shows_what_is_open_what_runs_and_what_is_paused() -> None:
    svg = picture(berlin(4, 28, 16), berlin(4, 30, 10), (berlin(4, 29, 12), berlin(4, 29, 14)))
    assert len(drawn(svg, "ground")) == 7
    assert hours_of(svg, "open") == pytest.approx(4 * 8)  # Friday is May Day
    assert hours_of(svg, "running") == pytest.approx(1 + 6 + 1)
    assert hours_of(svg, "paused") == pytest.approx(2)
    assert texts(svg, "date") == [
        "Mon 27 Apr 2026",
        "Tue 28 Apr",
        "Wed 29 Apr",
        "Thu 30 Apr",
        "Fri 1 May",
        "Sat 2 May",
        "Sun 3 May",
    ]
    assert texts(svg, "figure") == ["1:00", "6:00", "1:00"]
    assert texts(svg, "total") == ["8:00"]
    assert texts(svg, "mark-name") == ["start 16:00", "due 10:00"]
    assert texts(svg, "note") == ["\u2068Labor Day\u2069"]


def test_marks_stand_where_the_instants_are() -> None:
    svg = picture(berlin(4, 28, 16), berlin(4, 30, 10))
    _, tuesday, _, thursday, *_ = drawn(svg, "ground")
    start = drawn(svg, "start", tag="circle")[0]  # the other one is the legend's
    hour = number(tuesday, "width") / 24
    assert number(start, "cx") == pytest.approx(number(tuesday, "x") + 16 * hour)
    assert number(tuesday, "y") < number(start, "cy") < number(tuesday, "y") + number(tuesday, "height")
    end = drawn(svg, "end", tag="path")[0]
    x, y = map(float, re.findall(r"[\d.]+", end.get("d", ""))[:2])
    assert x == pytest.approx(number(thursday, "x") + 10 * hour)
    assert number(thursday, "y") < y + 8 < number(thursday, "y") + number(thursday, "height")


@pytest.mark.parametrize(
    ("start", "end", "rows", "notes"),
    [
        pytest.param(berlin(3, 4), berlin(3, 5), 7, [], id="a week"),
        pytest.param(berlin(3, 6), berlin(3, 9, 10), 14, [], id="two weeks"),
        pytest.param(berlin(3, 2), berlin(4, 13), 42, [], id="six weeks, up to a Sunday's midnight"),
        pytest.param(berlin(3, 2), berlin(4, 13, 1), 42, ["1 week is left out here"], id="one more"),
        pytest.param(berlin(1, 5), berlin(12, 20), 42, ["44 weeks are left out here"], id="a year"),
    ],
)
def test_whole_weeks_are_shown_but_never_more_than_fit(
    start: datetime, end: datetime, rows: int, notes: list[str]
) -> None:
    svg = picture(start, end)
    assert len(drawn(svg, "ground")) == rows
    assert [note for note in texts(svg, "note") if "left out" in note] == notes
    figures = [
        sum(int(n) * f for n, f in zip(text.replace(",", "").split(":"), (60, 1), strict=True))
        for text in texts(svg, "figure")
    ]
    assert sum(figures) * MINUTE == OFFICE.elapsed(start, end)


minutes = st.integers(0, 30 * 24 * 60)


@settings(deadline=None, max_examples=25)
@given(
    st.sampled_from([OFFICE, NIGHTS, ALWAYS]),
    st.sampled_from([datetime(2026, 3, 20, tzinfo=UTC), datetime(2026, 10, 12, tzinfo=UTC)]),
    minutes,
    minutes,
    st.lists(minutes, max_size=4).map(sorted),
)
def test_areas_are_as_large_as_the_time_that_they_show(
    calendar: BusinessCalendar, begins: datetime, start: int, end: int, edges: list[int]
) -> None:
    marks = [begins + edge * MINUTE for edge in edges[: len(edges) // 2 * 2]]
    pauses = list(zip(marks[::2], marks[1::2], strict=True))
    first, last = sorted((begins + start * MINUTE, begins + end * MINUTE))
    svg = picture(first, last, *pauses, calendar=calendar)
    spans = [TimeSpan(*pause) for pause in pauses]
    counting: BusinessTime = calendar - spans if any(each.duration for each in spans) else calendar
    counted = counting.elapsed(first, last)
    assert hours_of(svg, "running") == pytest.approx(counted / timedelta(hours=1), abs=0.01)
    assert hours_of(svg, "paused") == pytest.approx(
        (calendar.elapsed(first, last) - counted) / timedelta(hours=1), abs=0.01
    )


def test_no_two_boxes_that_run_overlap() -> None:
    svg = picture(berlin(10, 24, 12), berlin(10, 26, 12), calendar=ALWAYS)
    found = boxes(svg, "running")
    for place, (x, y, width, height) in enumerate(found):
        for left, top, wide, tall in found[place + 1 :]:
            assert x + width <= left + 0.01 or left + wide <= x + 0.01 or y + height <= top or top + tall <= y


@pytest.mark.parametrize(
    ("start", "class_", "note"),
    [
        pytest.param(berlin(3, 28), "skipped", "02:00 to 03:00 is skipped", id="put forward"),
        pytest.param(berlin(10, 24), "twice", "02:00 to 03:00 comes twice", id="put back"),
    ],
)
def test_a_change_of_the_clocks_is_drawn_and_told(start: datetime, class_: str, note: str) -> None:
    svg = picture(start, start + timedelta(days=1))
    [box] = drawn(svg, class_)
    row = drawn(svg, "ground")[6]
    hour = number(row, "width") / 24
    assert number(box, "x") == pytest.approx(number(row, "x") + 2 * hour, abs=0.01)
    assert number(box, "width") == pytest.approx(hour, abs=0.01)
    assert note in texts(svg, "note")


def test_a_day_that_the_clocks_skip_is_an_empty_row() -> None:
    apia = BusinessCalendar("Mon-Fri 09:00-17:00", "Pacific/Apia")
    start = datetime(2011, 12, 28, 12, tzinfo=apia.tz)
    svg = picture(start, datetime(2011, 12, 31, 12, tzinfo=apia.tz), calendar=apia)
    assert texts(svg, "date")[4] == "Fri 30 Dec"
    assert "00:00 to 24:00 is skipped" in texts(svg, "note")
    assert texts(svg, "figure") == ["5:00", "8:00"]


def test_a_new_year_is_told_where_it_begins() -> None:
    svg = picture(berlin(12, 30), berlin(12, 31))
    assert texts(svg, "date")[4] == "Fri 1 Jan 2027"


def test_special_hours_are_told() -> None:
    eve = datetime(2026, 12, 24, tzinfo=OFFICE.tz)
    calendar = BusinessCalendar(
        "Mon-Fri 09:00-17:00", "Europe/Berlin", special_hours={eve.date(): "09:00-12:00"}
    )
    assert texts(picture(eve, eve + timedelta(days=1), calendar=calendar), "note") == ["special hours"]


def test_names_stand_outside_unless_there_is_no_room() -> None:
    early = drawn(picture(berlin(4, 28, 1), berlin(4, 29, 12)), "mark-name")
    late = drawn(picture(berlin(4, 28, 12), berlin(4, 29, 23)), "mark-name")
    assert [each.get("text-anchor") for each in early] == ["start", "start"]
    assert [each.get("text-anchor") for each in late] == ["end", "end"]


def test_what_is_due_at_midnight_closes_the_day_before() -> None:
    svg = picture(berlin(4, 28, 12), berlin(4, 29), calendar=ALWAYS)
    assert texts(svg, "mark-name") == ["start 12:00", "due 24:00"]


def test_nothing_at_all_is_a_week_with_two_marks() -> None:
    svg = picture(berlin(4, 28, 12), berlin(4, 28, 12))
    assert texts(svg, "total") == ["0:00"]
    assert texts(svg, "figure") == []
    assert len(texts(svg, "mark-name")) == 2


def test_an_end_before_the_start_is_drawn_with_its_own_names() -> None:
    there = picture(berlin(4, 28, 12), berlin(4, 30, 13))
    back = picture(berlin(4, 30, 13), berlin(4, 28, 12))
    assert boxes(there, "running") == boxes(back, "running")
    assert texts(there, "mark-name") == ["start 12:00", "due 13:00"]
    assert texts(back, "mark-name") == ["due 12:00", "start 13:00"]


def test_seconds_are_told_where_there_are_some() -> None:
    svg = picture(berlin(4, 28, 12), berlin(4, 28, 12) + timedelta(seconds=90, microseconds=7))
    assert texts(svg, "total") == ["0:01:30"]
    assert "due 12:01:30" in texts(svg, "mark-name")


def test_it_says_in_words_what_it_shows() -> None:
    pause = (berlin(4, 2, 16), berlin(4, 7, 9))
    svg = picture(berlin(4, 2, 15), berlin(4, 7, 16), pause, hours="Mon-Fri 09:00-17:00, Europe/Berlin")
    title, description = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert title.text == "Due at last"
    assert description.text == (
        "8h from then; due Tue 2026-04-07 16:00+02:00. Open: Mon-Fri 09:00-17:00, Europe/Berlin. Counted: "
        "8h. Closed on Fri 2026-04-03: Good Friday. Closed on Mon 2026-04-06: Easter Monday. Paused "
        "from Thu 2026-04-02 16:00+02:00 to Tue 2026-04-07 09:00+02:00."
    )
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


def test_the_file_needs_nothing_else() -> None:
    reckoning = Reckoning(calendar=OFFICE, start=berlin(4, 2), end=berlin(4, 7))
    text = open_time_plot(reckoning, heading="x", lead="y", hours="z", end="due")
    outside = re.findall(r"(?:href|src|url\(|@import|<script|<image)[^>]{0,40}", text)
    assert [each for each in outside if not each.startswith("url(#stripes)")] == []
    assert re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]


def test_text_is_no_markup() -> None:
    svg = picture(berlin(4, 2), berlin(4, 3), heading="<script>alert(1)</script>", hours="</style>&amp;")
    assert texts(svg, "heading") == ["<script>alert(1)</script>"]
    assert svg.findall(f".//{SVG}script") == []


def test_hours_that_are_too_long_for_a_line_are_cut_and_told_in_full_to_readers() -> None:
    hours = "; ".join(f"Mon {hour:02}:00-{hour:02}:30" for hour in range(24))
    svg = picture(berlin(4, 2), berlin(4, 3), hours=hours)
    [cut] = [each.text or "" for each in svg.iter(f"{SVG}text") if (each.text or "").startswith("\u2068Mon")]
    assert cut.endswith("…\u2069")
    assert hours in (svg.findtext(f"{SVG}desc") or "")


def test_every_class_has_a_colour_in_light_and_in_dark() -> None:
    svg = picture(berlin(3, 27, 16), berlin(4, 1, 12), (berlin(3, 30, 10), berlin(3, 31, 10)))
    twice = picture(berlin(10, 24), berlin(10, 26))
    classes = {name for each in (*svg.iter(), *twice.iter()) for name in each.get("class", "").split()}
    light, dark = STYLE.split("@media (prefers-color-scheme: dark)")
    plain = {"figure", "start"}  # as all text, and as all marks
    assert {name for name in classes - plain if f".{name}" not in light} == set()
    coloured = set(re.findall(r"\.([\w-]+)[^{}]*\{[^}]*(?:fill|stroke): #", light))
    assert {name for name in coloured if f".{name}" not in dark} == set()


def test_what_the_calendar_does_not_know_is_left_empty() -> None:
    first = datetime(1970, 1, 1, 9, tzinfo=UTC)
    utc = BusinessCalendar.always("UTC")
    svg = picture(first, first + timedelta(hours=3), calendar=utc)
    assert hours_of(svg, "open") == pytest.approx(4 * 24)  # from Thursday on
    last = datetime(2200, 12, 31, 9, tzinfo=UTC)
    svg = picture(last, last + timedelta(hours=3), calendar=utc)
    assert hours_of(svg, "open") == pytest.approx(3 * 24, abs=0.01)
