from collections.abc import Callable

import pytest
from tests.practices.escalation.conftest import HOUR, START, Story

from itsmkit.practices.escalation import RoleBook
from itsmkit.tickets.structure import Person, Structure, SupportGroup

HOUSE = Structure(
    people=[
        Person("ann", manager="kim"),
        Person("kim", manager="lee"),
        Person("lee", manager="zoe"),
        Person("zoe"),
        Person("tom", manager="gone"),
        Person("gone", manager="lee", left_at=START),
    ],
    groups=[SupportGroup("network", lead="kim"), SupportGroup("old", lead="gone"), SupportGroup("flat")],
)
BOOK = RoleBook(HOUSE, lambda team, at: ["zoe"] if team == "network" and at == START + HOUR else [])


@pytest.mark.parametrize(
    ("role", "details", "names", "because"),
    [
        ("assignee", {"assignee": "ann"}, ("ann",), "ann, as the ticket says"),
        ("assignee", {}, (), "the ticket names no assignee"),
        ("assignee", {"assignee": "gone"}, (), "gone has left"),
        ("support_group", {"support_group": "network"}, ("network",), "network, as the ticket says"),
        ("group_lead", {"support_group": "network"}, ("kim",), "kim leads network"),
        ("group_lead", {"support_group": "old"}, (), "gone, who leads old, has left"),
        ("group_lead", {"support_group": "flat"}, (), "nobody is known to lead flat"),
        ("group_lead", {"support_group": "nowhere"}, (), "nobody is known to lead nowhere"),
        ("group_lead", {}, (), "the ticket is with no support group"),
        ("group_lead:network", {}, ("kim",), "kim leads network"),
        ("on_duty", {"support_group": "network"}, ("zoe",), "zoe for network"),
        ("on_duty:network", {}, ("zoe",), "zoe for network"),
        ("on_duty:flat", {}, (), "nobody is on duty for flat"),
        ("assignee.manager", {"assignee": "ann"}, ("kim",), "kim, up from ann"),
        ("assignee.manager.manager", {"assignee": "ann"}, ("lee",), "lee, up from ann to kim"),
        ("assignee.manager", {"assignee": "tom"}, ("lee",), "lee, up from tom to gone"),
        ("assignee.manager", {"assignee": "gone"}, ("lee",), "lee, up from gone"),
        ("group_lead.manager", {"support_group": "network"}, ("lee",), "lee, up from kim"),
        ("assignee.manager", {"assignee": "stranger"}, (), "nobody is known above stranger"),
        ("assignee.manager.manager.manager.manager", {"assignee": "ann"}, (), "nobody is known above zoe"),
        ("assignee.manager", {}, (), "nobody is assignee of the ticket"),
        ("duty.manager", {}, (), "nobody is duty of the ticket"),
        ("the boss", {}, ("the boss",), "a role of the house"),
    ],
)
def test_a_role_is_looked_up_when_it_is_asked(
    story: Callable[..., Story], role: str, details: dict[str, str], names: tuple[str, ...], because: str
) -> None:
    found = BOOK.holder(role, story(**details).ticket, START + HOUR)
    assert (found.names, found.because) == (names, because)
    assert found.explain() == f"{role}: {because}"


def test_without_a_rota_nobody_is_on_duty(story: Callable[..., Story]) -> None:
    assert RoleBook(HOUSE).holder("on_duty:network", story().ticket, START).names == ()
