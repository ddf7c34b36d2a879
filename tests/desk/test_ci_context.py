"""What stands beside a configuration item: its own facets, those of plugins, and who could not answer."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.cmdb import CIId, ConfigurationItem, Relation
from itsmkit.desk import CIContext, Desk, ItemFacets
from itsmkit.plugin import CIFacet, PluginError, Plugins, hookimpl
from itsmkit.testing import A_MONDAY

HOST = ConfigurationItem(CIId("host-1"), "host", "host-1")
WEB = ConfigurationItem(
    CIId("web"),
    "application",
    "web",
    {
        "health": "warning",
        "metrics_reference": "https://metrics.example/web",
        "runbook": "https://wiki.example/web",
    },
)


class Monitoring:
    """Asks a monitoring system how things are."""

    @hookimpl
    def itsmkit_ci_facets(self, ci: ConfigurationItem, at: datetime) -> Mapping[str, object]:
        return {"health": "critical", "checked": (ci.name, at)}


class Metrics:
    """Knows where measurements are kept."""

    @hookimpl
    def itsmkit_ci_facets(self, ci: ConfigurationItem) -> Mapping[str, object]:
        return {"metrics": [f"https://graphs.example/{ci.id}"]}


class Wiki:
    """Finds runbooks by class."""

    @hookimpl
    def itsmkit_ci_facets(self, ci: ConfigurationItem) -> Mapping[str, object]:
        return {"runbooks": [f"Restart every {ci.ci_class}"]}


class OtherDesk:
    """Knows the open tickets of a supplier."""

    @hookimpl
    def itsmkit_ci_facets(self) -> Mapping[str, object]:
        return {"open tickets": ["SUP-12: slow since Friday"]}


class ChangeCalendar:
    """Knows what will be changed."""

    @hookimpl
    def itsmkit_ci_facets(self, at: datetime) -> Mapping[str, object]:
        return {"upcoming changes": {"CHG-7": at + timedelta(days=1)}}


class Broken:
    """Cannot answer."""

    @hookimpl
    def itsmkit_ci_facets(self) -> Mapping[str, object]:
        message = "no connection"
        raise TimeoutError(message)


class Quiet:
    """Knows nothing."""

    @hookimpl
    def itsmkit_ci_facets(self) -> None:
        """Say nothing."""


@pytest.fixture
def context_of(make_desk: Callable[..., Desk]) -> Callable[..., CIContext]:
    def context(*plugins: object, item: ConfigurationItem = WEB) -> CIContext:
        desk = make_desk(*plugins)
        desk.cmdb.put(HOST, item, Relation(item.id, "runs_on", HOST.id))
        desk.incidents.log("disk full", configuration_item="host-1")
        return desk.cmdb.context(item.id)

    return context


def test_the_context_merges_five_plugins_tolerates_one_that_fails_and_says_so(
    context_of: Callable[..., CIContext],
) -> None:
    context = context_of(Monitoring(), Metrics(), Wiki(), Broken(), OtherDesk(), ChangeCalendar(), Quiet())
    assert context.item == WEB
    assert context.at == A_MONDAY
    assert context.by_plugin == {
        "ChangeCalendar": {"upcoming changes": {"CHG-7": A_MONDAY + timedelta(days=1)}},
        "Metrics": {"metrics": ("https://graphs.example/web",)},
        "Monitoring": {"health": "critical", "checked": ("web", A_MONDAY)},
        "OtherDesk": {"open tickets": ("SUP-12: slow since Friday",)},
        "Wiki": {"runbooks": ("Restart every application",)},
        "configuration": {
            "health": "warning",
            "metrics": ("https://metrics.example/web",),
            "runbooks": ("https://wiki.example/web",),
        },
    }
    assert context.facet("health") == {"Monitoring": "critical", "configuration": "warning"}
    assert context.facet("colour") == {}
    assert not context.is_complete
    (failure,) = context.failures
    assert isinstance(failure, PluginError)
    assert (failure.plugin, failure.problem) == ("Broken", "TimeoutError: no connection")
    assert [each.ticket.number for each in context.open_tickets] == ["INC-1"]
    lines = context.explain().splitlines()
    assert lines[0] == "web (application): web"
    assert "health: critical (Monitoring)" in lines
    assert lines[-2:] == [
        "open: INC-1: host-1 → web",
        "missing: plugin 'Broken' failed in itsmkit_ci_facets: TimeoutError: no connection",
    ]


def test_without_plugins_the_context_is_complete(context_of: Callable[..., CIContext]) -> None:
    context = context_of(item=ConfigurationItem(CIId("web"), "application", "web"))
    assert context.is_complete
    assert context.explain() == "web (application): web\nopen: INC-1: host-1 → web"


def test_what_an_item_says_of_itself_is_told_after_what_plugins_say(
    context_of: Callable[..., CIContext],
) -> None:
    assert [(each.name, each.plugin) for each in context_of(Monitoring(), Wiki()).facets] == [
        ("checked", "Monitoring"),
        ("health", "Monitoring"),
        ("health", "configuration"),
        ("metrics", "configuration"),
        ("runbooks", "Wiki"),
        ("runbooks", "configuration"),
    ]


def test_the_own_facets_can_be_kept_out_by_name(
    context_of: Callable[..., CIContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ITSMKIT_PLUGINS_DISABLE", "configuration")
    assert context_of().facets == ()


@given(
    attributes=st.fixed_dictionaries(
        {},
        optional={
            name: st.sampled_from(["x", "", None])
            for name in ("health", "metrics_reference", "runbook", "version")
        },
    )
)
@settings(max_examples=50)
def test_each_attribute_that_is_there_is_one_facet(attributes: dict[str, object]) -> None:
    item = ConfigurationItem(CIId("web"), "application", "web", attributes)
    facets, failures = Plugins([ItemFacets()]).ci_facets(item, A_MONDAY)
    assert failures == ()
    expected = [
        CIFacet(facet, "configuration", value)
        for facet, name, value in (
            ("health", "health", "x"),
            ("metrics", "metrics_reference", ("x",)),
            ("runbooks", "runbook", ("x",)),
        )
        if attributes.get(name) == "x"
    ]
    assert list(facets) == expected
