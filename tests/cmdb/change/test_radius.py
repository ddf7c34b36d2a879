import pytest
from attrs import evolve

from itsmkit.cmdb import RedundancySet, UnknownItemError
from itsmkit.cmdb.change import blast_radius


def test_full_redundancy_shows_in_slack_only(a_shop, a_change, hours):
    change = a_change("CHG-1", {"web-1": "down"})
    radius = blast_radius(a_shop(3, "influence 100 %"), change)
    assert "shop" in radius
    (loss,) = radius.slack_losses
    assert (loss.ci, loss.before, loss.after, loss.during) == ("shop", 2, 1, hours(1, 5))
    assert radius.explain() == (
        "CHG-1 makes 3 configuration items worse\n"
        "down: web-1 (was up)\n"
        "degraded: shop (was up), Ada (was up)\n"
        "services: shop: up -> degraded\n"
        "users: Ada: up -> degraded\n"
        "redundancy left: shop: 2 further failures -> 1"
    )


def test_a_change_on_the_half_that_is_left_shows_what_it_really_does(a_shop, a_change):
    change, graph = a_change("CHG-1", ["web-1"]), a_shop(2)
    assert {each.ci: each.after for each in blast_radius(graph, change).worsened} == {
        "web-1": "down",
        "shop": "degraded",
        "Ada": "degraded",
    }
    radius = blast_radius(graph, change, failures=["web-2"])
    assert [str(each) for each in radius.worsened] == [
        "web-1: up -> down",
        "shop: degraded -> down",
        "Ada: degraded -> down",
    ]
    assert list(radius.by_level) == ["down"]
    assert radius.slack_losses == ()


def test_what_is_scheduled_for_a_part_of_the_window_counts_in_that_part(a_shop, a_change, hours):
    change, other = a_change("CHG-1", ["web-1"], 1, 9), a_change("CHG-2", ["web-2"], 3, 5)
    later = a_change("CHG-3", ["web-2"], 9, 12)
    radius = blast_radius(a_shop(2), change, scheduled=[change, other, later])
    assert [each.ci for each in radius.services] == ["shop"]
    assert [each.ci for each in radius.users] == ["Ada"]
    assert radius.services[0].during == hours(3, 5)
    assert radius.why("shop").cis == ("web-1", "web-2", "shop")
    assert {seed.ci for seed in radius.why("shop").seeds} == {"web-1", "web-2"}


def test_a_change_that_reaches_nothing_says_so(a_shop, a_change):
    radius = blast_radius(a_shop(1), a_change("CHG-1", ["host"]), failures=["rack"])
    assert radius.explain() == "CHG-1 makes nothing worse"
    assert not radius.cis
    assert radius.why("shop").steps == ()
    with pytest.raises(UnknownItemError):
        radius.why("shpo")


def test_an_item_that_is_not_there_is_an_error(a_shop, a_change):
    with pytest.raises(UnknownItemError):
        blast_radius(a_shop(1), a_change("CHG-1", ["hots"]))


def test_where_nothing_stands_in_for_anything_no_redundancy_is_told(a_shop, a_change):
    assert blast_radius(a_shop(1), a_change("CHG-1", ["shop"])).explain() == (
        "CHG-1 makes 2 configuration items worse\n"
        "down: shop (was up), Ada (was up)\n"
        "services: shop: up -> down\n"
        "users: Ada: up -> down"
    )


def test_the_group_with_the_least_redundancy_counts(a_shop, a_change):
    graph = a_shop(5)
    larger = evolve(
        graph,
        redundancy=[
            RedundancySet("shop", "first", ["web-1", "web-2"], "any"),
            RedundancySet("shop", "others", ["web-3", "web-4", "web-5"], "any"),
        ],
    )
    assert blast_radius(larger, a_change("CHG-1", ["web-3"])).slack_losses == ()
    (loss,) = blast_radius(larger, a_change("CHG-1", ["web-1"])).slack_losses
    assert (loss.before, loss.after) == (1, 0)
