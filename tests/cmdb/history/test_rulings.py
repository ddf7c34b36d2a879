"""Rulings are records like others, and no part of a graph; but views count with them."""

from datetime import UTC, datetime, timedelta

import pytest

from itsmkit.cmdb import CIId, ConfigurationItem, Override, Relation
from itsmkit.cmdb.history import ConfigurationEvent, ConfigurationRecord, ConfigurationTimeline, RecordKey
from itsmkit.conditions import equals
from itsmkit.errors import DefinitionError

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WEB = ConfigurationItem(CIId("web"), "application", "Web")
RULING = Override(WEB.id, "degraded", "ann", NOW + timedelta(days=1))


def said(
    value: ConfigurationItem | Relation | Override,
    since: datetime = NOW,
    sequence: int = 1,
    recorded_at: datetime = NOW,
) -> ConfigurationEvent:
    return ConfigurationEvent(ConfigurationRecord.of(value, since), sequence, recorded_at, "ann")


def test_a_ruling_has_a_key_of_its_own() -> None:
    key = RecordKey.of(RULING)
    assert key == RecordKey("override", ("web",))
    assert str(key) == "override of web"
    assert said(RULING).record.key == key


def test_a_timeline_keeps_rulings_and_its_views_leave_them_out() -> None:
    timeline = ConfigurationTimeline([said(WEB), said(RULING)])
    (version,) = timeline.spans(RecordKey.of(RULING))
    assert (version.value, version.since, version.until) == (RULING, NOW, RULING.expires)
    view = timeline.as_of(NOW)
    assert view.graph.items == (WEB,)
    assert view.graph.redundancy == ()
    assert list(view.events) == [RecordKey.of(WEB)]


def test_a_ruling_about_no_level_is_refused() -> None:
    wrong = Override(WEB.id, "dwon", "ann", RULING.expires)
    with pytest.raises(DefinitionError, match=r"override of web: no level 'dwon'; did you mean 'down'\?"):
        ConfigurationTimeline([said(wrong)])


DAY = timedelta(days=1)
HOST = ConfigurationItem(CIId("host"), "server", "Host")
RUNS = Relation(WEB.id, "runs_on", HOST.id)


def test_a_view_counts_with_the_rulings_that_hold() -> None:
    strict = Override(WEB.id, "up", "eve", NOW + 3 * DAY)
    timeline = ConfigurationTimeline([*map(said, [WEB, HOST, RUNS, RULING])])
    grown = timeline.after(said(strict, NOW + DAY / 2, 2, NOW + DAY))
    assert grown.as_of(NOW).overrides == (RULING,)
    assert grown.as_of(NOW + DAY).overrides == (strict,)
    assert grown.as_of(NOW + DAY, NOW).overrides == ()
    assert grown.as_of(NOW + 3 * DAY).overrides == grown.as_of(NOW - DAY).overrides == ()
    # What is appended stays out of sight of who was there before.
    assert timeline.as_of(NOW + DAY).overrides == ()
    assert timeline.after(said(strict, NOW + DAY / 2, 2, NOW + DAY)).as_of(NOW + DAY).overrides == (strict,)
    assert grown.as_of(NOW).impact_of([HOST.id]).levels == {"host": "down", "web": "degraded"}
    assert grown.as_of(NOW).impact_of([HOST.id]).effective_overrides == (RULING,)
    assert grown.as_of(NOW).impact_of([HOST.id], at=RULING.expires).level(WEB.id) == "down"
    assert grown.as_of(NOW).impact_of([HOST.id], overrides=()).level(WEB.id) == "down"
    assert grown.as_of(NOW).impact_of([HOST.id], overrides=[strict]).level(WEB.id) == "up"


def test_rulings_about_what_is_not_in_a_view_are_left_out() -> None:
    stray = Override(CIId("stray"), "degraded", "ann", NOW + DAY)
    timeline = ConfigurationTimeline([*map(said, [WEB, HOST, stray, RULING])])
    assert timeline.as_of(NOW).overrides == (RULING,)
    assert timeline.as_of(NOW).impact_of([HOST.id]).levels == {"host": "down"}
    part = timeline.view_of(timeline.baseline("part", NOW, NOW, equals("id", "host")))
    assert part.overrides == ()
    assert part.impact_of([HOST.id]).levels == {"host": "down"}


def test_a_timeline_that_forks_before_a_ruling_has_none() -> None:
    timeline = ConfigurationTimeline([said(WEB)])
    timeline.after(said(RULING))
    other = timeline.after(said(HOST))
    assert other.as_of(NOW).overrides == ()
    assert other.keys == (RecordKey.of(HOST), RecordKey.of(WEB))
