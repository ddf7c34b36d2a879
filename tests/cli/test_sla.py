import json
from collections.abc import Callable
from pathlib import Path
from typing import get_args
from xml.etree.ElementTree import parse

import pytest

from itsmkit.calendars import CountFrom, Landing, TimeOfDay
from itsmkit.cli._sla_app import CountFromName, LandingName, TimeOfDayName

Run = Callable[..., tuple[int, str, str]]

OFFICE = ("--hours", "Mon-Fri 09:00-17:00", "--tz", "Europe/Berlin", "--holidays", "DE-NW")
CALENDARS = """
[calendars.office]
hours = "Mon-Fri 09:00-17:00"
time_zone = "Europe/Berlin"
holidays = "DE-NW"
breaks = "12:00-13:00"
dst = "edges"
special_hours = { 2026-04-01 = "09:00-14:00" }

[calendars.always]
hours = "24x7"
time_zone = "UTC"
"""


def lines(out: str) -> list[str]:
    return [line.rstrip() for line in out.splitlines()]


def test_due_is_told_in_both_zones_with_what_kept_it(run: Run) -> None:
    status, out, err = run("sla", "due", "2026-04-01T16:00", "20h", *OFFICE)
    assert (status, err) == (0, "")
    assert lines(out) == [
        "Due     Wed 2026-04-08 12:00+02:00  Europe/Berlin",
        "        Wed 2026-04-08 10:00+00:00  UTC",
        "Start   Wed 2026-04-01 16:00+02:00, read from the clocks of Europe/Berlin",
        "Amount  20h of open time",
        "Hours   Mon-Fri 09:00-17:00, Europe/Berlin, holidays of DE-NW",
        "Closed  Fri 2026-04-03, Good Friday",
        "        Mon 2026-04-06, Easter Monday",
    ]


def test_due_as_json(run: Run) -> None:
    status, out, err = run("sla", "due", "2026-04-01T14:00Z", "1h", *OFFICE, "--json")
    assert (status, err) == (0, "")
    assert json.loads(out) == {
        "due": "2026-04-01T17:00:00+02:00",
        "due_utc": "2026-04-01T15:00:00+00:00",
        "is_open": False,
        "amount": "1h",
        "landing": "earliest",
        "calendar": {
            "hours": "Mon-Fri 09:00-17:00",
            "time_zone": "Europe/Berlin",
            "holidays": "DE-NW",
            "language": "en_US",
        },
        "start": "2026-04-01T16:00:00+02:00",
        "pauses": [],
        "elapsed": "1h",
        "elapsed_microseconds": 3_600_000_000,
        "holidays": {},
    }


@pytest.mark.parametrize(
    ("arguments", "due"),
    [
        pytest.param(("1h",), "2026-04-01T17:00:00+02:00", id="the closing itself"),
        pytest.param(("1h", "--landing", "open"), "2026-04-02T09:00:00+02:00", id="the next opening"),
        pytest.param(("1h", "--landing", "next-day"), "2026-04-02T09:00:00+02:00", id="the next day"),
        pytest.param(("1h", "--breaks", "Wed 16:30-17:00"), "2026-04-02T09:30:00+02:00", id="a break"),
        pytest.param(
            ("1h", "--pause", "2026-04-01T16:30/2026-04-07T10:00"), "2026-04-07T10:30:00+02:00", id="a pause"
        ),
        pytest.param(
            (
                "2h",
                "--pause",
                "2026-04-01T16:30/2026-04-02T10:00",
                "--pause",
                "2026-04-02T11:00/2026-04-02T12:00",
            ),
            "2026-04-02T12:30:00+02:00",
            id="two pauses",
        ),
        pytest.param(("2d",), "2026-04-13T16:00:00+02:00", id="days of 24 hours"),
        pytest.param(("2bd",), "2026-04-07T16:00:00+02:00", id="business days"),
        pytest.param(
            ("2 business days", "--time-of-day", "end-of-working-day"),
            "2026-04-07T17:00:00+02:00",
            id="the end of a business day",
        ),
        pytest.param(
            ("1bd", "--count-from", "working-date", "--time-of-day", "by-closing"),
            "2026-04-02T16:00:00+02:00",
            id="counted otherwise",
        ),
        pytest.param(("0h",), "2026-04-01T16:00:00+02:00", id="nothing"),
    ],
)
def test_what_is_due_when(run: Run, arguments: tuple[str, ...], due: str) -> None:
    status, out, _ = run("sla", "due", "2026-04-01T16:00", *arguments, *OFFICE, "--json")
    assert status == 0
    assert json.loads(out)["due"] == due


@pytest.mark.parametrize(
    ("arguments", "note"),
    [
        pytest.param(
            ("1h",),
            "Note    closed then; opens Thu 2026-04-02 09:00+02:00 (--landing open)",
            id="at a closing",
        ),
        pytest.param(
            ("1bd", "--count-from", "next-opening", "--time-of-day", "end-of-working-day"),
            "Note    closed then; opens Tue 2026-04-07 09:00+02:00",
            id="business days have no landing",
        ),
        pytest.param(
            ("2d",), "Amount  48h of open time; 2d is a duration, and 2bd would be working days", id="2d"
        ),
    ],
)
def test_what_may_surprise_is_told(run: Run, arguments: tuple[str, ...], note: str) -> None:
    _, out, _ = run("sla", "due", "2026-04-01T16:00", *arguments, *OFFICE)
    assert note in lines(out)


def test_what_is_due_when_all_has_ended_is_told(run: Run) -> None:
    status, out, _ = run("sla", "due", "2100-12-29T16:00", "9h", *OFFICE)
    assert status == 0
    assert lines(out)[0] == "Due     Thu 2100-12-30 17:00+01:00  Europe/Berlin"
    assert lines(out)[-1] == "Note    closed then; no later opening is known"


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("1h", "--landing", "open"), id="an opening is open"),
        pytest.param(("30min",), id="open"),
    ],
)
def test_nothing_is_noted_where_nothing_surprises(run: Run, arguments: tuple[str, ...]) -> None:
    _, out, _ = run("sla", "due", "2026-04-01T16:00", *arguments, *OFFICE)
    assert "Note" not in out


def test_utc_is_told_once(run: Run) -> None:
    _, out, _ = run("sla", "due", "2026-04-01T16:00Z", "1h", "--hours", "24x7", "--tz", "UTC")
    assert lines(out)[:2] == ["Due     Wed 2026-04-01 17:00+00:00  UTC", "Start   Wed 2026-04-01 16:00+00:00"]


def test_holidays_without_a_region_are_told(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "office.toml"
    file.write_text(
        'hours = "24x7"\ntime_zone = "UTC"\n'
        'extra_holidays = { 2026-04-02 = "[red]\\u001b[2JDay out[/red]" }\n'
    )
    _, out, _ = run("sla", "elapsed", "2026-04-01", "2026-04-03", "--file", file)
    assert "Hours    24x7, UTC, holidays" in lines(out)
    assert "Closed   Thu 2026-04-02, [red]\ufffd[2JDay out[/red]" in lines(out)


def test_elapsed_is_told(run: Run) -> None:
    pause = "2026-04-02T10:00/2026-04-02T12:00"
    status, out, err = run(
        "sla", "elapsed", "2026-04-01T16:00", "2026-04-08T00:00Z", *OFFICE, "--pause", pause
    )
    assert (status, err) == (0, "")
    assert lines(out) == [
        "Elapsed  15h",
        "Start    Wed 2026-04-01 16:00+02:00, read from the clocks of Europe/Berlin",
        "End      Wed 2026-04-08 02:00+02:00",
        "Hours    Mon-Fri 09:00-17:00, Europe/Berlin, holidays of DE-NW",
        "Closed   Fri 2026-04-03, Good Friday",
        "         Mon 2026-04-06, Easter Monday",
        "Paused   Thu 2026-04-02 10:00+02:00 to Thu 2026-04-02 12:00+02:00",
    ]


def test_many_holidays_are_not_all_told(run: Run) -> None:
    _, out, _ = run("sla", "elapsed", "2026-01-01", "2027-01-01", *OFFICE)
    assert lines(out)[-1].split() == ["and", "5", "more", "holidays"]
    assert out.count("2026-") == 1 + 6  # the start, and six holidays
    plain = json.loads(run("sla", "elapsed", "2026-01-01", "2027-01-01", *OFFICE, "--json")[1])
    assert len(plain["holidays"]) == 11


def test_elapsed_is_negative_backwards(run: Run) -> None:
    _, out, _ = run("sla", "elapsed", "2026-04-02", "2026-04-01", *OFFICE, "--json")
    plain = json.loads(out)
    assert (plain["elapsed"], plain["elapsed_microseconds"]) == ("-8h", -28_800_000_000)


def test_explain_tells_every_part(run: Run) -> None:
    pause = "2026-04-02T10:00/2026-04-02T12:00"
    status, out, err = run("sla", "explain", "2026-04-01T16:00", "2026-04-03", *OFFICE, "--pause", pause)
    assert (status, err) == (0, "")
    assert lines(out) == [
        "Day             From                      To  Counts  Why",
        "Wed 2026-04-01  16:00+02:00      17:00+02:00      1h  open",
        "                17:00+02:00  Thu 00:00+02:00          after closing",
        "Thu 2026-04-02  00:00+02:00      09:00+02:00          before opening",
        "                09:00+02:00      10:00+02:00      1h  open",
        "                10:00+02:00      12:00+02:00          paused",
        "                12:00+02:00      17:00+02:00      5h  open",
        "                17:00+02:00  Fri 00:00+02:00          after closing",
        "",
        "Open time: 7h",
        "Mon-Fri 09:00-17:00, Europe/Berlin, holidays of DE-NW",
    ]


def test_explain_as_json_adds_up(run: Run) -> None:
    _, out, _ = run("sla", "explain", "2026-04-01T16:00", "2026-04-03T12:00", *OFFICE, "--json")
    plain = json.loads(out)
    counted = [part["lasting_microseconds"] for part in plain["entries"] if part["counted"]]
    assert sum(counted) == plain["elapsed_microseconds"]
    assert plain["entries"][-1]["causes"] == [{"kind": "holiday", "detail": "Good Friday"}]
    edges = [plain["start"], *(part["end"] for part in plain["entries"])]
    assert [part["start"] for part in plain["entries"]] == edges[:-1]
    assert edges[-1] == plain["end"]


@pytest.mark.parametrize("word", ["due", "elapsed", "explain"])
def test_a_calendar_may_come_from_a_file(run: Run, tmp_path: Path, word: str) -> None:
    file = tmp_path / "desk.toml"
    file.write_text(CALENDARS)
    amount = "8h" if word == "due" else "2026-04-03"
    arguments = ("sla", word, "2026-04-01", amount, "--file", file, "--calendar", "office")
    status, out, err = run(*arguments)
    assert (status, err) == (0, "")
    told = (
        "office: Mon-Fri 09:00-17:00, Europe/Berlin, holidays of DE-NW, special hours, breaks, dst by edges"
    )
    assert told in " ".join(out.split())
    assert json.loads(run(*arguments, "--json")[1])["calendar"]["special_hours"] == {
        "2026-04-01": "09:00-14:00"
    }


@pytest.mark.parametrize("word", ["due", "elapsed", "explain"])
def test_a_plot_is_written_and_told(run: Run, tmp_path: Path, word: str) -> None:
    plot = tmp_path / "out.svg"
    amount = "8h" if word == "due" else "2026-04-08"
    status, out, err = run("sla", word, "2026-04-01T16:00", amount, *OFFICE, "--plot", plot)
    assert (status, err) == (0, "")
    assert lines(out)[-1] == f"Written: {plot}"
    svg = parse(plot).getroot()
    assert svg.tag == "{http://www.w3.org/2000/svg}svg"
    headings = [each.text for each in svg.iter() if each.get("class") in {"heading", "lead"}]
    assert (
        headings
        == {
            "due": ["Due Thursday 2 April 2026, 16:00", "8h of open time from Wednesday 1 April 2026, 16:00"],
            "elapsed": [
                "17h of open time",
                "From Wednesday 1 April 2026, 16:00 to Wednesday 8 April 2026, 00:00",
            ],
            "explain": [
                "17h of open time",
                "From Wednesday 1 April 2026, 16:00 to Wednesday 8 April 2026, 00:00",
            ],
        }[word]
    )


@pytest.mark.parametrize("word", ["due", "elapsed", "explain"])
def test_json_stays_json_beside_a_plot(run: Run, tmp_path: Path, word: str) -> None:
    plot = tmp_path / "out.svg"
    amount = "8h" if word == "due" else "2026-04-08"
    _, out, _ = run("sla", word, "2026-04-01T16:00", amount, *OFFICE, "--json", "--plot", plot)
    assert json.loads(out)["start"] == "2026-04-01T16:00:00+02:00"
    assert plot.exists()


def test_a_plot_never_overwrites_the_calendars(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "desk.toml"
    file.write_text(CALENDARS)
    arguments = ("--file", file, "--calendar", "always", "--plot", file)
    status, out, err = run("sla", "due", "2026-04-01", "8h", *arguments)
    assert (status, out) == (2, "")
    assert "is an input already" in err
    assert file.read_text() == CALENDARS


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        pytest.param(("due", "2026-04-01T16:00", "8h"), "say when it is open", id="no calendar"),
        pytest.param(("due", "soon", "8h", *OFFICE), "START must be an instant", id="no instant"),
        pytest.param(("due", "2026-03-29T02:30", "8h", *OFFICE), "never shown", id="a skipped hour"),
        pytest.param(
            ("elapsed", "2026-03-29", "2026-10-25T02:30", *OFFICE), "shown twice", id="a repeated hour"
        ),
        pytest.param(("due", "2026-04-01", "8", *OFFICE), "AMOUNT must be a duration", id="no unit"),
        pytest.param(("due", "2026-04-01", *OFFICE), "AMOUNT", id="no amount"),
        pytest.param(("due", "2026-04-01", "-8h", *OFFICE), "-8", id="a negative amount"),
        pytest.param(("due", "2026-04-01", "--", "-8h"), "say when it is open", id="after two hyphens"),
        pytest.param(
            ("due", "2026-04-01", "8h", *OFFICE, "--count-from", "working-date"),
            "for business days",
            id="days only",
        ),
        pytest.param(("due", "2026-04-01", "8h", *OFFICE, "--landing", "late"), "late", id="no such landing"),
        pytest.param(
            ("due", "2026-04-01", "1bd", *OFFICE, "--landing", "open"),
            "leave out the landing",
            id="days and landing",
        ),
        pytest.param(("due", "2026-04-01", "8h", *OFFICE, "--pause", "now"), "--pause", id="no pause"),
        pytest.param(
            ("due", "2026-04-01", "8h", *OFFICE, "--pause", "1970-01-01/2201-01-01"),
            "never open",
            id="always paused",
        ),
        pytest.param(("due", "2026-04-01", "9999999h", *OFFICE), "not enough open time", id="out of reach"),
        pytest.param(("due", "1969-04-01", "8h", *OFFICE), "1969", id="before the calendar"),
        pytest.param(
            ("explain", "2026-04-01", "2300-01-01", *OFFICE),
            "known for the years 1991 to 2100",
            id="after the calendar",
        ),
        pytest.param(("elapsed", "0001-01-01T00:00+14:00", "2026-01-01", *OFFICE), "years", id="year 0"),
        pytest.param(("due", "9999-12-31T23:59-14:00", "8h", *OFFICE), "9999", id="year 10000"),
        pytest.param(("elapsed", "2026-04-01", "then", *OFFICE), "END must be an instant", id="no end"),
        pytest.param(
            ("explain", "2026-04-01", "2026-04-02", "--file", "gone.toml"), "gone.toml", id="no file"
        ),
        pytest.param(("due", "2026-04-01", "8h", "--hours", "24x7", "--tz", "Mars"), "Mars", id="no zone"),
        pytest.param(("due", "2026-04-01", "8h", *OFFICE, "--plot", "gone/out.svg"), "gone", id="no folder"),
        pytest.param(("duo",), 'Did you mean "due"', id="no such command"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(
    run: Run, arguments: tuple[str, ...], part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = run("sla", *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert part in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        pytest.param(LandingName, Landing, id="landings"),
        pytest.param(CountFromName, CountFrom, id="where business days count from"),
        pytest.param(TimeOfDayName, TimeOfDay, id="when business days end"),
    ],
)
def test_every_choice_is_offered(names: object, kind: type[Landing]) -> None:
    assert [name.replace("-", "_") for name in get_args(names)] == [member.value for member in kind]
