from collections import Counter
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.simulate import month

# Told apart from the desk's own calendars on purpose: zone, opening and closing.
OFFICES = {
    "Utrecht": (ZoneInfo("Europe/Amsterdam"), time(8), time(18)),
    "Jakarta": (ZoneInfo("Asia/Jakarta"), time(8), time(17)),
    "Denver": (ZoneInfo("America/Denver"), time(7), time(17)),
}
LIVE = {"phone", "chat", "walk-in"}


def logged(simulated):
    return [entry for entry in simulated.entries if entry.order == 0]


def local(entry):
    return entry.at.astimezone(OFFICES[entry.site][0])


def in_office(entry):
    at = local(entry)
    _, opens, closes = OFFICES[entry.site]
    return at.weekday() < 5 and opens <= at.time() < closes


@pytest.mark.parametrize("site", OFFICES)
def test_people_get_in_touch_mostly_in_their_own_office_hours(march, site):
    arrivals = [in_office(entry) for entry in logged(march) if entry.site == site]
    assert len(arrivals) > 300
    assert sum(arrivals) > 0.85 * len(arrivals)


def test_nobody_answers_out_of_hours_also_where_clocks_have_changed(march):
    assert all(in_office(entry) for entry in logged(march) if entry.channel in LIVE)
    after = {
        "Utrecht": date(2026, 3, 29),
        "Denver": date(2026, 3, 8),
    }
    for site, changed in after.items():
        answered = [
            entry
            for entry in logged(march)
            if entry.site == site and entry.channel in LIVE and local(entry).date() > changed
        ]
        assert answered


def test_a_holiday_is_as_quiet_as_a_weekend(march):
    days = Counter(local(entry).date() for entry in logged(march) if entry.site == "Jakarta")
    nyepi = date(2026, 3, 19)
    others = [days[nyepi + timedelta(weeks=weeks)] for weeks in (-2, -1, 1)]
    assert days[nyepi] < min(others) / 3


def test_sites_differ_in_how_people_get_in_touch(march):
    by_site = {site: Counter(e.channel for e in logged(march) if e.site == site) for site in OFFICES}
    assert {site: channels.most_common(1)[0][0] for site, channels in by_site.items()} == {
        "Utrecht": "portal",
        "Jakarta": "chat",
        "Denver": "phone",
    }
    assert all(len(channels) == 5 for channels in by_site.values())


def test_what_is_taken_down_in_a_talk_began_with_it(march):
    for entry in logged(march):
        talk = entry.at - entry.opened_at
        if entry.channel in LIVE:
            assert timedelta(0) < talk < timedelta(minutes=3)
        else:
            assert talk == timedelta(0)


@given(st.integers(0, 2**32))
@settings(max_examples=15, deadline=None)
def test_the_outage_is_a_burst_through_all_channels(seed):
    simulated = month(seed, incidents=20)
    outage = simulated.outage
    began = outage.began_at.astimezone(OFFICES[outage.site][0])
    assert (began.time(), began.weekday() < 5) == (time(10), True)
    tickets = set(simulated.outage_tickets)
    first = [entry for entry in logged(simulated) if entry.ticket in tickets]
    assert 40 <= len(first) == len(tickets) <= 60
    assert {(entry.site, entry.service, entry.impact) for entry in first} == {
        (outage.site, outage.service, "high")
    }
    assert {entry.priority for entry in first} <= {"P1", "P2"}
    assert {entry.channel for entry in first} == LIVE | {"email", "portal"}
    for entry in first:
        assert outage.began_at <= entry.opened_at <= entry.at < outage.began_at + timedelta(minutes=45)
    resolved = [entry for entry in simulated.entries if entry.ticket in tickets and entry.state == "Resolved"]
    assert Counter(entry.ticket for entry in resolved) == Counter(tickets)
    assert {entry.at for entry in resolved} == {outage.restored_at}


def test_the_outage_stands_out_from_all_other_days(march):
    outage = march.outage
    zone = OFFICES[outage.site][0]

    def reported_on(day):
        ten = datetime.combine(day, time(10), zone)
        window = (ten, ten + timedelta(minutes=45))
        return sum(entry.site == outage.site and window[0] <= entry.at < window[1] for entry in logged(march))

    began = outage.began_at.astimezone(zone).date()
    days = [march.begins_at.astimezone(zone).date() + timedelta(days=n) for n in range(31)]
    assert reported_on(began) >= 40
    assert max(reported_on(day) for day in days if day != began) < 15
    tickets = set(march.outage_tickets)
    assert {entry.priority for entry in logged(march) if entry.ticket in tickets} == {"P1", "P2"}
