import pickle

import pytest

from itsmkit.cmdb import Seed
from itsmkit.cmdb.change import PlannedChange, collisions
from itsmkit.errors import DefinitionError


def test_its_seeds_last_as_long_as_its_window(a_change):
    change = a_change("CHG-1", {"web-2": "degraded", "web-1": None})
    limits = {"since": change.window.start, "until": change.window.end}
    assert change.seeds == (
        Seed("web-1", None, "planned", **limits),
        Seed("web-2", "degraded", "planned", **limits),
    )
    assert str(change) == "CHG-1"


def test_it_is_a_value(a_change):
    change = a_change("CHG-1", ["web-1"], assignees=["Ada"])
    assert (
        pickle.loads(pickle.dumps(change)) == change == a_change("CHG-1", {"web-1": None}, assignees=("Ada",))
    )
    assert len({change, a_change("CHG-1", ["web-1"])}) == 2


def test_everything_that_is_wrong_is_told_at_once(hours):
    with pytest.raises(DefinitionError) as raised:
        PlannedChange("CHG-1", {"": None, "web-1": " "}, hours(3, 3), ["Ada", "Ada"])
    assert raised.value.problems == (
        "change CHG-1: cis[0]: must be a name without surrounding spaces, not str ''",
        "change CHG-1: cis['web-1']: must be a level without surrounding spaces, not str ' '",
        "change CHG-1: window: is empty at 2026-05-04 03:00:00+00:00; let it end after its start",
        "change CHG-1: assignees: 'Ada' stands there more than once",
    )


def test_a_window_is_a_span(hours):
    with pytest.raises(DefinitionError, match="window: must be a TimeSpan, not str 'tonight'"):
        PlannedChange("CHG-1", [], "tonight")
    with pytest.raises(DefinitionError, match="one text stands where several are asked for"):
        PlannedChange("CHG-1", "web-1", hours(1, 2))


def test_changes_are_changes_and_have_ids_of_their_own(a_shop, a_change):
    with pytest.raises(DefinitionError, match="a PlannedChange is asked for, not str 'CHG-1'"):
        collisions(a_shop(2), ["CHG-1"])
    with pytest.raises(DefinitionError, match="change CHG-1 is given 2 times; give each an id of its own"):
        collisions(a_shop(2), [a_change("CHG-1", []), a_change("CHG-1", ["host"])])
