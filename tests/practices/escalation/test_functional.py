from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.practices.escalation.conftest import HOUR, START, Story

from itsmkit.conditions import equals
from itsmkit.errors import RefusedError
from itsmkit.practices import Occasion
from itsmkit.practices.escalation import LineRoute, bounces_of, escalate, group_for
from itsmkit.tickets import Actor, Assigned, Escalated, StateChanged
from itsmkit.tickets.structure import SupportGroup

LATER = Occasion(Actor("ann"), START + HOUR)


def test_the_work_goes_to_another_group_and_the_owner_stays(story: Callable[..., Story]) -> None:
    told = story(support_group="desk", assignee="ann", owner="ann")
    decision = escalate(told.ticket, LATER, to_group="network", reason="a switch", note="pings", to_line=2)
    after = decision.ticket
    assert (after.support_group, after.assignee, after.owner) == ("network", None, "ann")
    assert decision.events[0].fact == Escalated("network", "desk", 2, None, "a switch", "pings")


def test_every_reason_is_told_at_once(story: Callable[..., Story]) -> None:
    told = story(support_group="network").then(5, StateChanged("New", "Resolved", "resolved", "resolve"))
    with pytest.raises(RefusedError) as refused:
        escalate(told.ticket, LATER, to_group="network", reason=" ", note="")
    assert refused.value.reasons == (
        "cannot escalate INC-1: it is Resolved",
        "cannot escalate INC-1 to network: it has the work already",
        "cannot escalate INC-1: say why in `reason`",
        "cannot escalate INC-1: tell those who go on what was found and done, in `note`",
    )


def test_a_desk_may_do_without_a_note(story: Callable[..., Story]) -> None:
    assert escalate(story().ticket, LATER, to_group="network", reason="so", needs_note=False).events


GROUPS = [SupportGroup("a", line=1), SupportGroup("b", line=2), SupportGroup("c", line=2)]
ROUTES = [LineRoute(line=2, group="c", when=equals("category", "mail")), LineRoute(line=3, group="z")]


@pytest.mark.parametrize(("line", "category", "group"), [(1, None, "a"), (2, "mail", "c"), (3, None, "z")])
def test_a_route_leads_to_a_group(
    story: Callable[..., Story], line: int, category: str | None, group: str
) -> None:
    assert group_for(line, story(category=category).ticket, ROUTES, GROUPS) == group


def test_several_groups_of_a_line_need_a_route(story: Callable[..., Story]) -> None:
    with pytest.raises(RefusedError, match="line 2: several groups are in it: b, c; name the group"):
        group_for(2, story().ticket, ROUTES, GROUPS)
    with pytest.raises(RefusedError, match="line 4: no group is in it"):
        group_for(4, story().ticket, ROUTES, GROUPS)


@given(st.lists(st.sampled_from(["a", "b", "c", None]), max_size=10))
def test_each_way_back_is_counted(groups: list[str | None]) -> None:
    told = Story(support_group="a")
    for place, group in enumerate(groups):
        told.then(place, Assigned(group))
    path = ["a"]
    for group in groups:
        if group and group != path[-1]:
            path.append(group)
    found = bounces_of(told.history, limit=1)
    assert found.path == tuple(path)
    assert found.returns == len([1 for one, other in zip(path, path[2:], strict=False) if one == other])
    assert found.is_flagged == (found.returns > 1)
    assert ("more often than 1" in found.explain()) == found.is_flagged
    assert bounces_of([]).explain() == "no group: came back 0 times"
