"""Rulings are records like others, and no part of a graph."""

from datetime import UTC, datetime, timedelta

import pytest

from itsmkit.cmdb import CIId, ConfigurationItem, Override
from itsmkit.cmdb.history import ConfigurationEvent, ConfigurationRecord, ConfigurationTimeline, RecordKey
from itsmkit.errors import DefinitionError

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WEB = ConfigurationItem(CIId("web"), "application", "Web")
RULING = Override(WEB.id, "degraded", "ann", NOW + timedelta(days=1))


def said(value: ConfigurationItem | Override) -> ConfigurationEvent:
    return ConfigurationEvent(ConfigurationRecord.of(value, NOW), 1, NOW, "ann")


def test_a_ruling_has_a_key_of_its_own() -> None:
    key = RecordKey.of(RULING)
    assert key == RecordKey("override", ("web",))
    assert str(key) == "override of web"
    assert said(RULING).record.key == key


def test_a_timeline_keeps_rulings_and_its_views_leave_them_out() -> None:
    timeline = ConfigurationTimeline([said(WEB), said(RULING)])
    (version,) = timeline.spans(RecordKey.of(RULING))
    assert (version.value, version.since, version.until) == (RULING, NOW, None)
    view = timeline.as_of(NOW)
    assert view.graph.items == (WEB,)
    assert view.graph.redundancy == ()
    assert list(view.events) == [RecordKey.of(WEB)]


def test_a_ruling_about_no_level_is_refused() -> None:
    wrong = Override(WEB.id, "dwon", "ann", NOW)
    with pytest.raises(DefinitionError, match=r"override of web: no level 'dwon'; did you mean 'down'\?"):
        ConfigurationTimeline([said(wrong)])
