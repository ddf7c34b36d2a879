import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import (
    CIId,
    ConfigurationGraph,
    ConfigurationItem,
    LevelChain,
    Override,
    RedundancySet,
    Relation,
    Seed,
    UnknownItemError,
)
from itsmkit.cmdb.history import (
    ConfigurationEvent,
    ConfigurationRecord,
    ConfigurationTimeline,
    LevelChange,
    impact_diff,
)
from itsmkit.errors import DefinitionError

LEVELS = ["up", "degraded", "down"]


@given(data=st.data())
def test_an_impact_diff_is_what_two_impacts_differ_in(data, graphs, sides):
    a = data.draw(graphs)
    b = data.draw(sides(a))
    ids = sorted({item.id for item in (*a.items, *b.items)})
    failures = data.draw(st.dictionaries(st.sampled_from(ids), st.sampled_from(LEVELS))) if ids else {}
    before, after = (
        dict(graph.impact_of({ci: level for ci, level in failures.items() if ci in graph}).levels)
        for graph in (a, b)
    )
    found = impact_diff(a, b, failures)
    moved = {ci for ci in ids if before.get(ci, "up") != after.get(ci, "up")}
    assert {each.ci for each in found.changes} == moved
    for each in found.changes:
        assert each.before == (before.get(each.ci, "up") if each.ci in a else None)
        assert each.after == (after.get(each.ci, "up") if each.ci in b else None)
        worse = LEVELS.index(after.get(each.ci, "up")) > LEVELS.index(before.get(each.ci, "up"))
        assert each.is_worse is worse
        assert each.is_service is any(
            each.ci in graph and graph.item(each.ci).ci_class == "service" for graph in (a, b)
        )
    assert list(found.changes) == sorted(found.changes, key=lambda each: (not each.is_service, each.ci))
    assert {*found.worse, *found.better} == set(found.changes)
    assert set(found.newly_affected) == after.keys() - before.keys()
    assert set(found.no_longer_affected) == before.keys() - after.keys()
    assert found.services == tuple(each for each in found.changes if each.is_service)


@given(data=st.data())
def test_the_inverse_change_moves_everything_back(data, graphs, sides):
    a = data.draw(graphs)
    b = data.draw(sides(a))
    ids = sorted(item.id for item in a.items if item.id in b)
    failures = data.draw(st.lists(st.sampled_from(ids), unique=True)) if ids else []
    there, back = impact_diff(a, b, failures), impact_diff(b, a, failures)
    assert [each.ci for each in there.worse] == [each.ci for each in back.better]
    assert there.newly_affected == back.no_longer_affected
    assert impact_diff(a, a, failures).changes == ()


def configuration(ids, *relations, **options):
    return ConfigurationGraph(
        [ConfigurationItem(CIId(ci), "service" if ci == "shop" else "server", ci) for ci in ids.split()],
        [Relation(CIId(source), kind, CIId(target)) for source, kind, target in map(str.split, relations)],
        **options,
    )


SINGLE = configuration("h1 web shop old", "web runs_on h1", "web used_by shop", "old runs_on h1")
PAIRED = configuration(
    "h1 h2 web shop new",
    "web runs_on h1",
    "web runs_on h2",
    "web used_by shop",
    "new runs_on h1",
    redundancy=[RedundancySet(CIId("web"), "hosts", ["h1", "h2"], "any")],
)


def test_services_are_told_first():
    found = impact_diff(SINGLE, PAIRED, ["h1"])
    assert found.explain().splitlines() == [
        "service shop: was down, is degraded",
        "new: was not there, is down",
        "old: was down, is no longer there",
        "web: was down, is degraded",
    ]
    assert str(found) == "1 worse, 3 better, 1 newly affected, 1 no longer affected"
    assert found.services == (LevelChange(CIId("shop"), "down", "degraded", True, False),)
    assert (found.newly_affected, found.no_longer_affected) == (("new",), ("old",))
    assert str(impact_diff(SINGLE, SINGLE, ["h1"])) == "no difference in impact"
    assert impact_diff(SINGLE, SINGLE, ["h1"]).explain() == "no difference in impact"


def test_what_fails_need_not_be_in_both():
    assert impact_diff(SINGLE, PAIRED, ["h2"]).newly_affected == ("shop", "h2", "web")
    with pytest.raises(UnknownItemError):
        impact_diff(SINGLE, PAIRED, ["h3"])


def test_seeds_and_rulings_count_at_one_instant(day):
    seed = Seed(CIId("h1"), since=day(1), until=day(3))
    rulings = [Override(CIId("old"), "up", "anna", day(2)), Override(CIId("new"), "up", "anna", day(9))]
    found = impact_diff(SINGLE, PAIRED, [seed], overrides=rulings, at=day(1))
    assert [each.ci for each in found.changes] == ["shop", "web"]
    found = impact_diff(SINGLE, PAIRED, [seed], overrides=rulings, at=day(2))
    assert [each.ci for each in found.changes] == ["shop", "old", "web"]
    assert impact_diff(SINGLE, PAIRED, [seed], at=day(3)).changes == ()
    with pytest.raises(DefinitionError, match="give at="):
        impact_diff(SINGLE, PAIRED, [seed])
    with pytest.raises(UnknownItemError):
        impact_diff(SINGLE, PAIRED, [], overrides=[Override(CIId("h3"), "up", "anna", day(2))], at=day(1))


def test_levels_of_two_kinds_are_not_compared():
    other = configuration("h1", levels=LevelChain(("up", "down")))
    with pytest.raises(DefinitionError, match="up, degraded, down, and up, down; use the same in both"):
        impact_diff(SINGLE, other, ["h1"])


def test_views_can_be_compared(day):
    values = (*SINGLE.items, *SINGLE.relations)
    timeline = ConfigurationTimeline(
        ConfigurationEvent(ConfigurationRecord.of(value, day(number)), 1, day(0), "anna")
        for number, value in enumerate(values)
    )
    found = impact_diff(timeline.as_of(day(3)), timeline.as_of(day(4)), ["h1"])
    assert found.newly_affected == ("web",)
    assert found.after.levels == {"h1": "down", "web": "down"}
    assert found.before.levels == {"h1": "down"}
