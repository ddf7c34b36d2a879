from datetime import timedelta

import pytest

from itsmkit.cmdb.change import ChangeCalendar, NoFreeSlot, next_free_slot
from itsmkit.errors import DefinitionError


def test_a_slot_begins_where_the_last_collision_ends(a_shop, a_change, hours):
    planned = [a_change("CHG-2", ["host"], 2, 4), a_change("CHG-3", ["shop"], 5, 6)]
    change = a_change("CHG-1", ["rack"], 1, 3)
    assert next_free_slot(a_shop(1), change, planned, within=timedelta(hours=10)) == hours(6, 8)
    one_hour = {"within": timedelta(hours=10), "duration": timedelta(hours=1)}
    assert next_free_slot(a_shop(1), change, planned, **one_hour) == hours(1, 2)
    after = hours(2, 9).start
    assert next_free_slot(a_shop(1), change, planned, after=after, **one_hour) == hours(4, 5)


def test_where_there_is_none_the_obstacles_are_told(a_shop, a_change, hours):
    change = a_change("CHG-1", ["rack"], 1, 3)
    calendar = ChangeCalendar(blackouts={"shop": hours(2, 9)})
    found = next_free_slot(a_shop(1), change, [], within=timedelta(hours=5), calendar=calendar)
    assert isinstance(found, NoFreeSlot)
    assert (found.longest, found.within) == (timedelta(hours=1), hours(1, 6))
    assert found.explain() == (
        "CHG-1 finds no slot of 2:00:00 from 2026-05-04T01:00:00+00:00 to 2026-05-04T06:00:00+00:00: "
        "the longest is 1:00:00\n"
        "CHG-1, 2026-05-04T02:00:00+00:00 to 2026-05-04T06:00:00+00:00: blackout: shop"
    )


def test_times_must_be_more_than_nothing(a_shop, a_change):
    with pytest.raises(DefinitionError) as raised:
        next_free_slot(a_shop(1), a_change("CHG-1", []), [], within=timedelta(), duration=timedelta(-1))
    assert raised.value.problems == (
        "within: must be more than 0, not 0:00:00",
        "duration: must be more than 0, not -1 day, 0:00:00",
    )
