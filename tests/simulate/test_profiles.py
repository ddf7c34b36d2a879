from itertools import pairwise

from itsmkit.simulate import month
from itsmkit.simulate._profiles import AGENTS, HOURS, LIVE_CHANNELS, PACES, SITES, TOPICS, WEEKDAYS


def test_every_site_has_a_calendar_and_an_agreement_of_its_own():
    config = month(incidents=0).config
    for site in SITES:
        assert site.name in config.calendars
        terms = [agreement.calendar.name for agreement in config.agreements if site.name in agreement.name]
        assert terms == [site.name]


def test_sites_share_channels_but_no_callers():
    assert len({frozenset(site.channels) for site in SITES}) == 1
    ranges = sorted(site.callers for site in SITES)
    assert all(first <= last for first, last in ranges)
    assert all(last < first for (_, last), (first, _) in pairwise(ranges))


def test_every_site_can_write_when_nobody_answers():
    assert all(set(site.channels) - LIVE_CHANNELS for site in SITES)


def test_every_group_has_people_and_nobody_is_in_two():
    wanted = {site.service_desk for site in SITES} | {group for topic in TOPICS for group in topic.groups}
    assert set(AGENTS) == wanted
    people = [agent for group in AGENTS.values() for agent in group]
    assert len(people) == len(set(people))
    assert all(AGENTS.values())


def test_hours_and_weekdays_are_complete():
    assert (len(HOURS), len(WEEKDAYS)) == (24, 7)


def test_every_priority_has_a_pace():
    assert set(PACES) == set(month(incidents=0).config.kinds["incident"].priorities.priorities)
