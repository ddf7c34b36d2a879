from datetime import datetime, timedelta

import pytest

from itsmkit.calendars import BusinessCalendar, Recurrence
from itsmkit.cmdb import UnknownItemError
from itsmkit.cmdb.change import ChangeCalendar, CollisionKind, collisions
from itsmkit.errors import DefinitionError


@pytest.fixture(params=["calendar", "recurrence", "span", "spans"])
def early(request, hours):
    """From two to three on that Monday, said in every way."""
    return {
        "calendar": BusinessCalendar("Mon 02:00-03:00", "UTC"),
        "recurrence": Recurrence(
            "FREQ=WEEKLY", datetime.fromisoformat("2026-05-04T02:00"), "UTC", lasting=timedelta(hours=1)
        ),
        "span": hours(2, 3),
        "spans": [hours(2, 3), hours(10, 11)],
    }[request.param]


def test_a_window_leaves_closed_what_lies_around_it(early, hours):
    calendar = ChangeCalendar(windows={"shop": early})
    assert calendar.closed("shop", hours(1, 5)) == (hours(1, 2), hours(3, 5))
    assert calendar.closed("shop", hours(2, 3)) == ()
    assert calendar.closed("web-1", hours(1, 5)) == ()


def test_a_blackout_forbids_what_lies_in_it(early, hours):
    calendar = ChangeCalendar(blackouts={None: early})
    assert calendar.forbidden(None, hours(1, 5)) == (hours(2, 3),)
    assert calendar.forbidden("shop", hours(1, 5)) == ()
    assert calendar.cis == ()


def test_a_rule_of_a_service_holds_for_what_reaches_it(a_shop, a_change, hours):
    calendar = ChangeCalendar({"shop": hours(4, 9)}, {"shop": hours(2, 3)})
    found = collisions(a_shop(1), [a_change("CHG-1", ["rack"])], calendar=calendar)
    assert [(each.kind, each.cis, each.during) for each in found] == [
        (CollisionKind.OUTSIDE_WINDOW, ("shop",), hours(1, 4)),
        (CollisionKind.BLACKOUT, ("shop",), hours(2, 3)),
    ]
    (path,) = found[1].why("shop")
    assert path.cis == ("rack", "host", "web-1", "shop")


def test_a_rule_does_not_hold_for_what_redundancy_keeps_away(a_shop, a_change, hours):
    calendar = ChangeCalendar(blackouts={"Ada": hours(0, 9)})
    standing_in = a_shop(2, "influence 100 %")
    assert collisions(standing_in, [a_change("CHG-1", {"web-1": "degraded"})], calendar=calendar) == ()


def test_a_rule_for_all_holds_even_for_what_touches_nothing(a_shop, a_change, hours):
    calendar = ChangeCalendar(blackouts={None: hours(2, 3)})
    (found,) = collisions(a_shop(1), [a_change("CHG-1", [])], calendar=calendar)
    assert found.explain() == (
        "CHG-1, 2026-05-04T02:00:00+00:00 to 2026-05-04T03:00:00+00:00: blackout: all changes"
    )


def test_a_rule_of_what_is_not_there_is_an_error(a_shop, a_change, hours):
    with pytest.raises(UnknownItemError):
        collisions(a_shop(1), [a_change("CHG-1", [])], calendar=ChangeCalendar({"shpo": hours(1, 2)}))


@pytest.mark.parametrize("times", ["Mon 02:00-03:00", 3, [3]])
def test_what_is_no_time_is_refused(times):
    with pytest.raises(DefinitionError, match="'shop': must be a calendar, a Recurrence"):
        ChangeCalendar({"shop": times})


def test_what_is_no_id_is_refused(hours):
    with pytest.raises(DefinitionError) as raised:
        ChangeCalendar({" ": hours(1, 2)}, {"": hours(1, 2)})
    assert len(raised.value.problems) == 2
