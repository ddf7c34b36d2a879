"""Rotas of a desk: who is there and on duty, for all rooms by one answer."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from itsmkit.calendars import TimeSpan
from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.desk._shifts import DeskShifts, is_on_shift, on_duty_for
from itsmkit.errors import DefinitionError
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Actor

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULES: Mapping[str, Any] = {
    "calendars": {"office": {"hours": "Mon-Fri 08:00-17:00", "time_zone": "Europe/Berlin"}},
    "people": [{"id": "ann", "calendar": "office"}, {"id": "bob"}, {"id": "cid"}],
    "groups": [{"id": "network", "members": ["ann", "bob"]}, {"id": "desk", "members": ["ann", "cid"]}],
    "rotas": [
        {
            "name": "network on call",
            "team": "network",
            "time_zone": "Europe/Berlin",
            "on_leave": "next person",
            "roles": [{"name": "primary"}, {"name": "secondary", "hours": "office"}],
            "layers": [
                {"name": "week", "people": ["ann", "bob"], "first": "2026-01-05T09:00"},
                {
                    "name": "helpers",
                    "people": ["cid"],
                    "first": "2026-01-05T09:00",
                    "role": "secondary",
                    "hours": "office",
                },
            ],
        }
    ],
}


def with_rota(**changes: Any) -> dict[str, Any]:
    return {**RULES, "rotas": [{**RULES["rotas"][0], **changes}]}


def test_rotas_are_read_with_the_calendars_that_they_name() -> None:
    config = DeskConfig.load(RULES)
    [rota] = config.rotas
    assert (rota.team, rota.on_leave, rota.people) == ("network", "next person", ("ann", "bob", "cid"))
    assert rota.layers[1].hours == rota.role("secondary").hours == config.calendars["office"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param(
            {"layers": [{"name": "a", "people": ["ann"], "first": "2026-01-05T09:00", "hours": "offce"}]},
            "rotas[0].layers[0].hours: there is no calendar 'offce'; did you mean 'office'?",
            id="hours",
        ),
        pytest.param(
            {"layers": [{"name": "a", "people": ["anne"], "first": "2026-01-05T09:00"}]},
            "rotas[0].layers[0].people: there is no person 'anne'; did you mean 'ann'?",
            id="person",
        ),
        pytest.param({"team": "netwrk"}, "rotas[0].team: there is no support group 'netwrk'", id="team"),
        pytest.param({"roles": [{"people": 0}]}, "rotas[0].roles[0]: DutyRole 'primary': people:", id="role"),
        pytest.param(
            {"layers": [{"name": "a", "people": [], "first": "soon"}]},
            "rotas[0].layers[0]: RotaLayer 'a': first: must be a time on the wall",
            id="layer",
        ),
        pytest.param({"layers": []}, "layers: must be at least one", id="no layers"),
        pytest.param({"on_leave": "panic"}, "rotas[0].on_leave: ", id="on leave"),
        pytest.param({"colour": "red"}, "rotas[0].colour", id="unknown"),
    ],
)
def test_what_is_wrong_with_a_rota_is_told_with_its_path(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        DeskConfig.load(with_rota(**changes))
    assert told in str(refused.value)


def test_two_rotas_of_one_name_are_refused() -> None:
    with pytest.raises(DefinitionError, match="rotas: 'network on call' stands there more than once"):
        DeskConfig.load({**RULES, "rotas": RULES["rotas"] * 2})


def test_people_of_another_directory_may_be_named() -> None:
    assert DeskConfig.load({"calendars": RULES["calendars"], "rotas": RULES["rotas"]}).rotas


@pytest.fixture
def desk() -> Desk:
    clock = ManualClock(A_MONDAY)
    return Desk.from_config(RULES, clock=clock, random=Random(1)).acting_as(Actor("ann"))


def test_appointments_know_who_is_on_duty(desk: Desk) -> None:
    ticket = desk.incidents.log("No network")
    night = A_MONDAY + 13 * HOUR
    [on_duty] = desk._runner.on_duty("network", night)
    assert on_duty in ("ann", "bob")
    asked = {"length": HOUR, "since": night, "until": night + HOUR}
    off_duty = {"ann": "bob", "bob": "ann"}[on_duty]
    shifts = desk._runner.shifts
    assert shifts.shifts_of(on_duty, night, night + HOUR) == (TimeSpan(night, night + HOUR),)
    assert shifts.shifts_of(off_duty, night, night + HOUR) == ()
    assert desk._runner.is_on_shift(on_duty, night)
    assert not desk._runner.is_on_shift(off_duty, night)
    assert desk.appointments.slots(people=[off_duty], **asked) == ()
    assert ticket.number == "INC-1"


def test_a_team_without_a_rota_has_on_duty_who_is_on_shift(desk: Desk) -> None:
    at = A_MONDAY + HOUR  # when cid is on duty for another team
    assert desk._runner.on_duty("desk", at) == ("ann", "cid")
    assert desk._runner.on_duty("desk", A_MONDAY - 8 * HOUR) == ()
    assert desk._runner.on_duty("nobody", A_MONDAY) == ()


def test_shifts_follow_the_rules_when_these_change(desk: Desk) -> None:
    night = A_MONDAY + 13 * HOUR
    before = desk._runner.on_duty("network", night)
    layers = [{"name": "week", "people": ["cid"], "first": "2026-01-05T09:00"}]
    desk.configuration.change(with_rota(layers=layers, roles=[{}]), reason="cid alone")
    assert before != desk._runner.on_duty("network", night) == ("cid",)


def test_a_batch_and_another_tenant_have_the_shifts_of_their_desk(desk: Desk) -> None:
    assert isinstance(desk.of_tenant("another")._runner.shifts, DeskShifts)
    with desk.batch() as batch:
        assert batch._runner.on_duty("network", A_MONDAY) == desk._runner.on_duty("network", A_MONDAY)


class Workforce:
    """Knows shifts alone."""

    def shifts_of(self, person: str, since: datetime, until: datetime) -> Sequence[TimeSpan]:
        return [TimeSpan(since, until)] if person == "cid" else []


def test_shifts_of_others_are_asked_for_the_members_of_a_team() -> None:
    desk = Desk.from_config(RULES, shifts=Workforce())
    assert on_duty_for(Workforce(), desk.directory, "desk", A_MONDAY) == ("cid",)
    assert on_duty_for(Workforce(), desk.directory, "network", A_MONDAY) == ()
    assert desk.of_tenant("another")._runner.on_duty("desk", A_MONDAY) == ("cid",)
    with pytest.raises(DefinitionError, match="has no time zone"):
        is_on_shift(Workforce(), "cid", A_MONDAY.replace(tzinfo=None))


def test_routing_asks_who_is_on_duty(desk: Desk) -> None:
    """At night, only who is on duty is there to be given a ticket, though another has hours by day."""
    rules = {
        **RULES,
        "routing": {"rules": [{"name": "all", "group": "network"}]},
    }
    night = A_MONDAY + 13 * HOUR
    routed = Desk.from_config(rules, clock=ManualClock(night), random=Random(1)).acting_as(Actor("cid"))
    [on_duty] = desk._runner.on_duty("network", night)
    ticket = routed.incidents.log("No network")
    assert routed.routing.assign(ticket.id).assignee == on_duty
