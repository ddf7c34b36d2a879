import pickle
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from itsmkit.calendars import BusinessCalendar, HolidayCalendar, TimeSpan
from itsmkit.errors import DefinitionError
from itsmkit.interchange import CalendarFileError, Closure, read_closures

BERLIN = ZoneInfo("Europe/Berlin")
YEAR = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}


@pytest.fixture
def file(tmp_path):
    """Return what writes events, each a list of lines, into an iCalendar file."""

    def write(*events, name="closures.ics", encoding="utf-8"):
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//a desk//"]
        for event in events:
            lines += ["BEGIN:VEVENT", *event.split(), "END:VEVENT"]
        path = tmp_path / name
        path.write_bytes("\r\n".join([*lines, "END:VCALENDAR", ""]).replace("~", " ").encode(encoding))
        return path

    return write


def test_events_of_whole_days_close_their_dates(file):
    path = file(
        "SUMMARY:Company~holiday DTSTART;VALUE=DATE:20261224 DTEND;VALUE=DATE:20261227",
        "SUMMARY:Inventory DTSTART;VALUE=DATE:20260102",
        "SUMMARY:Moving DTSTART;VALUE=DATE:20260601 DURATION:P2D",
        "SUMMARY:Christmas~Day DTSTART;VALUE=DATE:20201225 RRULE:FREQ=YEARLY",
        "DTSTART;VALUE=DATE:20260303",
        "SUMMARY:Called~off DTSTART;VALUE=DATE:20260505 STATUS:CANCELLED",
        "SUMMARY:Long~ago DTSTART;VALUE=DATE:20200101",
    )
    closures = read_closures(path, **YEAR)
    assert closures.days == {
        date(2026, 1, 2): "Inventory",
        date(2026, 3, 3): "closed",
        date(2026, 6, 1): "Moving",
        date(2026, 6, 2): "Moving",
        date(2026, 12, 24): "Company holiday",
        date(2026, 12, 25): "Company holiday, Christmas Day",
        date(2026, 12, 26): "Company holiday",
    }
    assert list(closures.days) == sorted(closures.days)
    assert closures.times == ()
    assert HolidayCalendar(closures.days).name_of(date(2026, 1, 2)) == "Inventory"
    assert pickle.loads(pickle.dumps(closures)) == closures


def test_days_are_cut_to_the_dates_that_were_asked_for(file):
    path = file("SUMMARY:Summer DTSTART;VALUE=DATE:20260701 DTEND;VALUE=DATE:20260801")
    found = read_closures(path, first=date(2026, 7, 30), last=date(2026, 8, 31)).days
    assert list(found) == [date(2026, 7, 30), date(2026, 7, 31)]
    assert read_closures(path, first=date(2026, 8, 1), last=date(2026, 8, 31)).days == {}


def test_events_with_times_close_real_time(file):
    path = file(
        "SUMMARY:Staff~meeting DTSTART;TZID=Europe/Berlin:20260323T120000 DURATION:PT3H"
        " RRULE:FREQ=WEEKLY;COUNT=3 EXDATE;TZID=Europe/Berlin:20260406T120000",
        "SUMMARY:Fire~drill DTSTART:20260323T100000Z DURATION:PT2H",
        "SUMMARY:A~thought DTSTART:20260324T100000Z",
    )
    closures = read_closures(path, **YEAR)
    drill, meeting, after_the_change = closures.times
    assert drill == Closure(
        TimeSpan(datetime(2026, 3, 23, 10, tzinfo=UTC), datetime(2026, 3, 23, 12, tzinfo=UTC)), "Fire drill"
    )
    assert meeting.span.start == datetime(2026, 3, 23, 12, tzinfo=BERLIN)
    assert after_the_change.span.start == datetime(2026, 3, 30, 12, tzinfo=BERLIN)
    assert after_the_change.span.duration == timedelta(hours=3)
    assert closures.days == {}
    assert closures.spans == (
        TimeSpan(drill.span.start, meeting.span.end),
        after_the_change.span,
    )


def test_a_closure_over_the_edge_of_the_dates_counts_by_its_own_clock(file):
    path = file(
        "SUMMARY:Kiritimati DTSTART;TZID=Pacific/Kiritimati:20260101T010000 DURATION:PT1H",
        "SUMMARY:Midway DTSTART;TZID=Pacific/Midway:20261231T220000 DURATION:PT1H",
        "SUMMARY:Overnight DTSTART:20251231T220000Z DTEND:20260101T020000Z",
        "SUMMARY:Before DTSTART;TZID=Pacific/Midway:20251231T220000 DURATION:PT1H",
        "SUMMARY:After DTSTART;TZID=Pacific/Kiritimati:20270101T010000 DURATION:PT1H",
    )
    assert [closure.name for closure in read_closures(path, **YEAR).times] == [
        "Kiritimati",
        "Overnight",
        "Midway",
    ]


def test_times_without_a_zone_are_read_in_the_one_that_is_named(file):
    path = file("SUMMARY:Lunch DTSTART:20260301T120000 DTEND:20260301T130000 RRULE:FREQ=MONTHLY;COUNT=2")
    first, second = read_closures(path, **YEAR, tz=BERLIN).times
    assert first.span.start == datetime(2026, 3, 1, 12, tzinfo=BERLIN)
    assert second.span.start == datetime(2026, 4, 1, 12, tzinfo=BERLIN)
    with pytest.raises(
        CalendarFileError, match=r"line 6: the event 'Lunch': DTSTART has no time zone; .* tz="
    ):
        read_closures(path, **YEAR)


def test_a_zone_that_the_file_describes_is_known(tmp_path):
    path = tmp_path / "own.ics"
    path.write_text(
        "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
        "TZOFFSETFROM:+0300\nTZOFFSETTO:+0300\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\n"
        "DTSTART;TZID=Ours:20260101T120000\nDTEND;TZID=Ours:20260101T130000\nEND:VEVENT\nEND:VCALENDAR\n",
        encoding="utf-8-sig",
    )
    (closure,) = read_closures(path, **YEAR).times
    assert closure.span.start == datetime(2026, 1, 1, 9, tzinfo=UTC)


def test_imported_days_close_a_calendar(file):
    path = file("SUMMARY:Company~day DTSTART;VALUE=DATE:20261224")
    holidays = HolidayCalendar.of("DE", language="en_US", dates=read_closures(path, **YEAR).days)
    office = BusinessCalendar("Mon-Fri 08:00-17:00", BERLIN, holidays=holidays)
    assert not office.is_open(datetime(2026, 12, 24, 12, tzinfo=BERLIN))


@pytest.mark.parametrize(
    ("event", "line", "message"),
    [
        pytest.param("DTSTART:20260101T250000", 5, "DTSTART cannot be read: Wrong datetime", id="no time"),
        pytest.param("SUMMARY:Never", None, "the event 'Never': No DTSTART given", id="no start"),
        pytest.param(
            "DTSTART;VALUE=DATE:20260101 DTEND:20260101T100000Z", None, "must be of the same type", id="mixed"
        ),
        pytest.param(
            "DTSTART:20260101T100000Z DTEND:20260101T090000Z", 5, "ends at 2026-01-01 09:00", id="reversed"
        ),
        pytest.param(
            "DTSTART;TZID=Mars/Olympus:20260101T100000 DTEND;TZID=Mars/Olympus:20260101T110000",
            5,
            "the time zone 'Mars/Olympus' and does not say what it is",
            id="unknown zone",
        ),
        pytest.param("DTSTART;VALUE=DATE:20260101 RRULE:FREQ=SECONDLY", 6, "recurs SECONDLY", id="too often"),
        pytest.param(
            "DTSTART;VALUE=DATE:20260101 RRULE:FREQ=YEARLY;INTERVAL=0",
            6,
            "INTERVAL of its rule counts from 1",
            id="no step",
        ),
        pytest.param(
            "DTSTART;VALUE=DATE:20260101 RRULE:FREQ=DAILY RRULE:FREQ=WEEKLY;COUNT=0",
            7,
            "COUNT of its rule counts from 1",
            id="the second of two rules",
        ),
        pytest.param("DTSTART;VALUE=DATE:20260101 RRULE:FREQ=NEVER", 6, "RRULE cannot be read", id="no rule"),
        pytest.param(
            "DTSTART;VALUE=DATE:20260101 RRULE:INTERVAL=2",
            6,
            "recurs at no",
            id="half a rule",
        ),
        pytest.param(
            "DTSTART;VALUE=DATE:20260101 nonsense", 6, "a line cannot be read: Content line", id="no property"
        ),
        pytest.param(
            "BEGIN:VALARM DTSTART;VALUE=DATE:20260101", None, "was cut off: 3 parts begin", id="cut off"
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(file, event, line, message):
    path = file(event)
    with pytest.raises(CalendarFileError) as refused:
        read_closures(path, **YEAR)
    error = refused.value
    assert message in error.problem
    assert error.line == line
    assert str(error).startswith(f"{path}, line {line}: " if line else f"{path}: ")
    assert pickle.loads(pickle.dumps(error)).args == error.args


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        pytest.param(b"", None, "holds no calendar", id="empty"),
        pytest.param(
            b"BEGIN:VEVENT\nDTSTART:20260101T100000Z\nEND:VEVENT\n", None, "holds no calendar", id="bare"
        ),
        pytest.param(
            b"BEGIN:VCALENDAR\nnonsense\nEND:VCALENDAR\n", 2, "cannot be read: Content", id="no property"
        ),
        pytest.param(b"BEGIN:VCALENDAR\nSUMMARY:\xff\n", 2, "is not UTF-8", id="encoding"),
    ],
)
def test_a_file_that_is_no_calendar_is_refused(tmp_path, content, line, message):
    path = tmp_path / "closures.ics"
    path.write_bytes(content)
    with pytest.raises(CalendarFileError, match=message) as refused:
        read_closures(path, **YEAR)
    assert refused.value.line == line


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(CalendarFileError, match="cannot be read: No such file"):
        read_closures(tmp_path / "closures.ics", **YEAR)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        pytest.param(date(2026, 2, 1), date(2026, 1, 1), id="reversed"),
        pytest.param(date(1969, 12, 31), date(2026, 1, 1), id="too early"),
        pytest.param(date(2026, 1, 1), date(2201, 1, 1), id="too late"),
    ],
)
def test_dates_out_of_order_are_refused(file, first, last):
    with pytest.raises(DefinitionError, match="ask for dates in order"):
        read_closures(file(), first=first, last=last)


def test_the_libraries_load_on_first_use():
    program = "import sys, itsmkit.interchange; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"icalendar", "recurring_ical_events"} & set(done.stdout.split())


def test_where_the_libraries_lack_the_extra_is_named(file, monkeypatch):
    monkeypatch.setitem(sys.modules, "icalendar", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'itsmkit\[ical\]'"):
        read_closures(file(), **YEAR)
