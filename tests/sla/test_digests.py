from datetime import UTC, datetime, timedelta

import pytest

from itsmkit.sla import BusinessCalendar, Target, _digests
from itsmkit.sla._digests import calendar_digest, terms_digest

HOUR = timedelta(hours=1)
START, END = (datetime(year, 3, 2, tzinfo=UTC) for year in (2026, 2027))


@pytest.fixture(params=[1, 4096], ids=["nothing is kept", "all is kept"], autouse=True)
def _kept(request, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_digests, "_MOST_KEPT", request.param)


def test_a_digest_stays_the_same_however_often_it_is_asked_for() -> None:
    calendars = [BusinessCalendar(f"Mon-Fri 09:00-{hour}:00", "Europe/Berlin") for hour in (17, 18)]
    targets = [Target("resolve", hours * HOUR) for hours in (4, 8)]
    asked = []
    for _ in range(2):
        of_terms = [terms_digest(target, calendar) for target in targets for calendar in calendars]
        of_calendars = [calendar_digest(calendar, START, END) for calendar in calendars]
        asked.append((of_terms, of_calendars))
    assert asked[0] == asked[1]
    assert len({*of_terms, *of_calendars}) == 6


def test_the_digest_of_a_calendar_is_of_the_years_of_the_cycle() -> None:
    office = BusinessCalendar("Mon-Fri 09:00-17:00", "Europe/Berlin")
    assert calendar_digest(office, START, START) != calendar_digest(office, START, END)
    named = BusinessCalendar("Mon-Fri 09:00-17:00", "Europe/Berlin", name="office")
    assert calendar_digest(office, START, END) == calendar_digest(named, START, END)
