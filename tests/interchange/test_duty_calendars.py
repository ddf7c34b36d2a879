from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import BusinessCalendar, TimeSpan
from itsmkit.errors import DefinitionError
from itsmkit.interchange import CalendarFileError, duties_to_ical, read_leaves, read_overrides
from itsmkit.rotas import DutyRole, Override, Roster, Rota, RotaLayer

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
DAY = timedelta(days=1)
LAYERS = [
    RotaLayer(
        "nights",
        ["ann", "bob", "Çelik, Dağ; the \\second"],
        "2026-01-05T12:00",
        rule="FREQ=DAILY",
        hours=BusinessCalendar("Mon-Sun 20:00-08:00", "Europe/Berlin"),
    ),
    RotaLayer("week", ["cid", "dee"], "2026-01-05T09:00", role="secondary"),
]
ROSTER = Roster(Rota("net", "network", LAYERS, tz="Europe/Berlin", roles=[DutyRole(), DutyRole("secondary")]))


def written(text: str, folder: str) -> Path:
    path = Path(folder, "duties.ics")
    path.write_bytes(text.encode())
    return path


def uids(text: str) -> set[str]:
    return {line for line in text.splitlines() if line.startswith("UID:")}


@settings(max_examples=25)
@given(st.integers(0, 300), st.integers(1, 30), st.sampled_from([None, "ann", "dee"]))
def test_duties_come_back_as_overrides_that_change_nothing(day: int, length: int, person: str | None) -> None:
    since = datetime(2026, 1, 5, 12, tzinfo=UTC) + day * DAY
    duties = [
        each
        for each in ROSTER.duties(since, since + length * DAY, whole=True)
        if person in (None, each.person)
    ]
    with TemporaryDirectory() as folder:
        file = written(duties_to_ical(duties, rota="net", at=NOW), folder)
        found = read_overrides(file, rota="net", first=FIRST, last=date(2027, 3, 1), at=NOW)
    assert [(each.person, each.role, each.span) for each in found] == sorted(
        ((each.person, each.role, each.span) for each in duties),
        key=lambda each: (each[2].start, each[2].end, found_uid(found, each)),
    )


def found_uid(found: tuple[Override, ...], duty: tuple[str, str, TimeSpan]) -> str:
    return next(each.id for each in found if (each.person, each.role, each.span) == duty)


def test_an_event_is_called_the_same_whenever_it_is_written() -> None:
    since = datetime(2026, 3, 26, 22, tzinfo=UTC)
    early = duties_to_ical(ROSTER.duties(since, since + DAY, whole=True), rota="net", at=NOW)
    late = duties_to_ical(ROSTER.duties(since - DAY, since + 3 * DAY, whole=True), rota="net", at=since)
    assert uids(early) < uids(late)
    assert "SUMMARY:net: dee (secondary)" in late
    other = duties_to_ical(ROSTER.duties(since, since + DAY, whole=True), rota="other", at=NOW)
    assert not uids(other) & uids(early)
    with pytest.raises(DefinitionError, match="has no time zone"):
        duties_to_ical([], rota="net", at=NOW.replace(tzinfo=None))


CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//EN
BEGIN:VEVENT
UID:skiing
DTSTART;VALUE=DATE:20260328
DTEND;VALUE=DATE:20260330
SUMMARY:Skiing
END:VEVENT
BEGIN:VEVENT
UID:course
DTSTART:20260401T080000Z
DTEND:20260401T100000Z
RRULE:FREQ=WEEKLY;COUNT=2
SUMMARY:A course
END:VEVENT
BEGIN:VEVENT
DTSTART:20260420T080000
DTEND:20260420T100000
SUMMARY:ann
END:VEVENT
END:VCALENDAR
"""


def test_leaves_are_read_with_whole_days_of_their_zone(tmp_path: Path) -> None:
    file = written(CALENDAR, str(tmp_path))
    leaves = read_leaves(file, person="ann", first=FIRST, last=LAST, tz=BERLIN)
    assert [(each.id, each.reason, each.span.duration) for each in leaves] == [
        ("skiing", "Skiing", timedelta(hours=47)),
        ("course 20260401T080000Z", "A course", timedelta(hours=2)),
        ("course 20260408T080000Z", "A course", timedelta(hours=2)),
        ("ann 20260420T060000Z", "ann", timedelta(hours=2)),
    ]
    assert {each.person for each in leaves} == {"ann"}
    assert read_leaves(file, person="ann", first=LAST, last=LAST) == ()


def test_an_override_without_our_properties_names_a_person(tmp_path: Path) -> None:
    file = written(CALENDAR, str(tmp_path))
    when = date(2026, 4, 20)
    [found] = read_overrides(file, rota="net", first=when, last=when, at=NOW, tz=BERLIN)
    assert (found.person, found.role, found.made_at) == ("ann", "primary", NOW)
    with pytest.raises(CalendarFileError):
        read_overrides(tmp_path / "none.ics", rota="net", first=when, last=when, at=NOW)
