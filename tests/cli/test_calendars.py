from datetime import date
from pathlib import Path

import pytest

from itsmkit.calendars import BusinessCalendar, HolidayCalendar
from itsmkit.cli._calendar_options import CalendarOptions
from itsmkit.cli._calendars import read_calendar
from itsmkit.errors import DefinitionError

ONE = '[calendars.office]\nhours = "Mon-Fri 09:00-17:00"\ntime_zone = "Europe/Berlin"\n'
TWO = f'{ONE}\n[calendars.plant]\nname = "the plant"\nhours = "24x7"\ntime_zone = "UTC"\n'
WHOLE = 'name = "office"\nhours = "24x7"\ntime_zone = "UTC"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "desk.toml"


def test_options_say_it_all() -> None:
    options = CalendarOptions(
        hours="Mon-Fri 09:00-17:00", tz="Europe/Berlin", holidays="DE-NW", language="de", breaks="12:00-13:00"
    )
    assert read_calendar(options) == BusinessCalendar(
        "Mon-Fri 09:00-17:00",
        "Europe/Berlin",
        holidays=HolidayCalendar.of("DE-NW", language="de"),
        breaks="12:00-13:00",
    )


@pytest.mark.parametrize(
    ("text", "name", "called", "hours"),
    [
        pytest.param(ONE, None, "office", "Mon-Fri 09:00-17:00", id="the only one"),
        pytest.param(TWO, "office", "office", "Mon-Fri 09:00-17:00", id="named by its table"),
        pytest.param(TWO, "plant", "the plant", "24x7", id="with a name of its own"),
        pytest.param(WHOLE, None, "office", "24x7", id="the file as a whole"),
        pytest.param(WHOLE, "office", "office", "24x7", id="the file as a whole, by its name"),
        pytest.param(f"{ONE}\n[workflow]\nname = 1\n", None, "office", "Mon-Fri 09:00-17:00", id="a desk's"),
    ],
)
def test_a_file_has_it(file: Path, text: str, name: str | None, called: str, hours: str) -> None:
    file.write_text(text)
    found = read_calendar(CalendarOptions(file=file, calendar=name))
    assert (found.name, str(found)) == (called, hours)


@pytest.mark.parametrize(
    ("options", "part"),
    [
        pytest.param({}, "--hours 'Mon-Fri 09:00-17:00' --tz Europe/Berlin; or name a file", id="nothing"),
        pytest.param({"hours": "24x7"}, "--tz", id="no zone is guessed"),
        pytest.param({"tz": "UTC"}, "--hours", id="no hours"),
        pytest.param({"calendar": "office"}, "name it with --file", id="a name, and no file"),
        pytest.param(
            {"file": Path("x.toml"), "tz": "UTC", "hours": "24x7"}, "--hours, --tz", id="two calendars"
        ),
        pytest.param({"hours": "Mon-Fri 9-17", "tz": "UTC"}, "'9' is no time of day", id="wrong hours"),
        pytest.param({"hours": "24x7", "tz": "Europe/Berlyn"}, "Europe/Berlyn", id="no such zone"),
        pytest.param({"hours": "24x7", "tz": "UTC", "holidays": "DE-XX"}, "DE-XX", id="no such region"),
        pytest.param(
            {"hours": "24x7", "tz": "UTC", "language": "de"}, "without a region", id="a language alone"
        ),
        pytest.param(
            {"hours": "24x7", "tz": "UTC", "holidays": "DE", "language": "tlh"}, "tlh", id="no such language"
        ),
        pytest.param(
            {"hours": "Mon 09:00-10:00", "tz": "UTC", "breaks": "08:00-11:00"}, "never open", id="never"
        ),
        pytest.param({"file": Path("gone.toml")}, "gone.toml: there is no such file", id="no such file"),
    ],
)
def test_options_that_name_no_calendar_are_refused(options: dict[str, object], part: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read_calendar(CalendarOptions(**options))  # type: ignore[arg-type]  # a table of options
    assert part in str(caught.value)


@pytest.mark.parametrize(
    ("text", "name", "part"),
    [
        pytest.param("[desk]\n", None, "has no calendar", id="no calendar"),
        pytest.param("[calendars]\n", None, "has no calendar", id="an empty table"),
        pytest.param("calendars = 3\n", None, "has no calendar", id="no table"),
        pytest.param(TWO, None, "choose one with --calendar: office, plant", id="several"),
        pytest.param(TWO, "offce", "has no calendar 'offce'; it has office, plant", id="another"),
        pytest.param(WHOLE, "plant", "not called 'plant'", id="the file as a whole is another"),
        pytest.param("[calendars.x]\n", None, "desk.toml: calendars.x.hours: is missing", id="with its path"),
        pytest.param("[calendars\n", None, "is not valid TOML", id="no TOML"),
    ],
)
def test_files_that_have_no_such_calendar_are_refused(
    file: Path, text: str, name: str | None, part: str
) -> None:
    file.write_text(text)
    with pytest.raises(DefinitionError) as caught:
        read_calendar(CalendarOptions(file=file, calendar=name))
    assert part in str(caught.value)


def test_special_hours_of_a_file_hold(file: Path) -> None:
    file.write_text(f'{ONE}special_hours = {{ 2026-12-24 = "closed" }}\n')
    assert date(2026, 12, 24) in read_calendar(CalendarOptions(file=file)).special_hours
