"""The organisations of the profiles fit the rules that they go by, and have months such as desks see."""

import pytest

from itsmkit.desk import Desk, DeskConfig, InMemoryNotifier, ManualClock, relive
from itsmkit.desk.profiles import PROFILES
from itsmkit.errors import DefinitionError
from itsmkit.simulate import SimulatedMonth, month
from itsmkit.simulate._worlds import world_of


@pytest.fixture(scope="module", params=PROFILES)
def march(request: pytest.FixtureRequest) -> SimulatedMonth:
    """A month by a profile."""
    return month(profile=request.param)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_world_names_what_the_profile_has(profile: str) -> None:
    world, config = world_of(profile), DeskConfig.profile(profile)
    matrix = config.kind("incident").priorities
    groups = {group.id for group in config.structure.groups}
    assert set(world.agents) == groups
    assert {site.calendar for site in world.sites} <= set(config.calendars)
    assert {site.service_desk for site in world.sites} | {site.first_line for site in world.sites} <= groups
    assert {group for topic in world.topics for group in topic.groups} <= groups
    assert set(world.paces) == set(matrix.priorities)
    assert set(world.impacts) == set(matrix.impacts)
    assert set(world.urgencies) == set(matrix.urgencies)
    assert {world.most_urgent, *world.when_it_fails} <= set(matrix.urgencies)
    assert world.gravest in matrix.impacts
    states = {state.name for state in config.kind("incident").workflow.definition.states}
    assert {world.assigned, world.waiting, *world.back} <= states
    assert not world.around_the_clock or "always" in config.calendars
    declared = {site.id for site in config.structure.sites}
    assert not declared or {site.name for site in world.sites} == declared
    assert any(topic.fails_a_site for topic in world.topics)
    busiest = max(world.lines)
    assert all(len(topic.groups) >= busiest - 1 for topic in world.topics)


def test_a_desk_of_the_profile_relives_its_month_and_finds_nothing_irregular(march: SimulatedMonth) -> None:
    clock = ManualClock(march.entries[0].effective_at)
    desk = Desk(march.config, clock=clock, plugins=[InMemoryNotifier()]).privileged("to relive")
    relived = relive(desk, clock, march.entries)
    assert relived.entries == len(march.entries)
    assert relived.findings == ()
    report = desk.report()
    assert report.incidents == len({entry.ticket for entry in march.entries})
    for clock_name, by_priority in report.attainment.items():
        met = sum(each.met for each in by_priority.values())
        breached = sum(each.breached for each in by_priority.values())
        # Most promises are kept, and not all.
        assert 0.8 <= met / (met + breached) <= 1, clock_name
    assert any(each.breached for clocks in report.attainment.values() for each in clocks.values())


def test_a_month_has_all_that_can_happen(march: SimulatedMonth) -> None:
    states = {entry.state for entry in march.entries}
    definition = march.config.kind("incident").workflow.definition
    assert states == {state.name for state in definition.states}
    assert any(entry.facts["reopen_count"] == "1" for entry in march.entries)
    sites = {entry.site for entry in march.entries}
    assert march.outage.site in sites
    assert 40 <= len(march.outage_tickets) <= 60


@pytest.mark.parametrize("profile", PROFILES)
def test_the_same_seed_gives_the_same_month_of_a_profile(profile: str) -> None:
    one, again = (month(7, profile=profile, incidents=30) for _ in range(2))
    assert one == again
    assert one.entries != month(8, profile=profile, incidents=30).entries


def test_there_is_no_month_of_an_unknown_profile() -> None:
    with pytest.raises(DefinitionError, match="unknown profile 'helpdesc'; did you mean 'helpdesk'"):
        month(profile="helpdesc")
