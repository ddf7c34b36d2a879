"""Small configurations in which everything can be wrong, and what is wrong with them by the letter."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import strategies as st

from itsmkit.cmdb import (
    AllowedRelation,
    CIClass,
    CIId,
    ClassModel,
    ConfigurationGraph,
    ConfigurationItem,
    ImpactRule,
    RedundancySet,
    Relation,
    RelationType,
)
from itsmkit.cmdb.health import HealthRules, SourceConfidence
from itsmkit.cmdb.history import ConfigurationEvent, ConfigurationRecord, ConfigurationTimeline

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)

MODEL = ClassModel(
    [
        CIClass(
            "host",
            attributes={"os": "text", "ram": "number", "tags": "collection", "duplicate_of": "text"},
            identifiers=[["os", "ram"], ["name"]],
            required=["os"],
            recommended=["ram", "tags"],
            stale_after=10 * DAY,
            orphan_rule=["runs", "linked_to"],
        ),
        CIClass("vm", "host", recommended=["name", "tags"], stale_after=5 * DAY, orphan_rule=[]),
        CIClass("blade", "host", identifiers=[["ram"]], required=["ram"]),
        CIClass("service", impact_rules=[ImpactRule("hosts", "needs", "any", "host")]),
        CIClass("paper", operational=False, impact_rules=[ImpactRule("idle", "needs", "any", "host")]),
    ],
    [
        RelationType("runs", "runs_on", "impact"),
        RelationType("needs", "needed_by", "reverse"),
        RelationType("linked_to", "linked_to", "both"),
    ],
    allowed=[
        AllowedRelation("host", "runs", "vm", at_most_targets=1),
        AllowedRelation("service", "needs", "host", at_least_targets=1),
        AllowedRelation("host", "needs", "host"),
    ],
)

IDS = [CIId(each) for each in "abcde"]
ends = st.sampled_from([*IDS, CIId("gone")])
attributes = st.fixed_dictionaries(
    {},
    optional={
        "os": st.sampled_from(["linux", "linux", "linux", "", " ", 3, None]),
        "ram": st.sampled_from([1, 2, "much"]),
        "tags": st.sampled_from([(), ("x",)]),
        "duplicate_of": st.sampled_from(["a", "zz", ""]),
        "colour": st.just("red"),
    },
)
classes = st.sampled_from(["host", "vm", *(each.name for each in MODEL.classes)])
items = st.builds(ConfigurationItem, st.sampled_from(IDS), classes, st.sampled_from(["A", "B"]), attributes)
relations = st.builds(
    Relation,
    ends,
    st.sampled_from(["runs", "needs", "linked_to"]),
    ends,
    qualifier=st.sampled_from(["", "x"]),
)


@st.composite
def redundancy_sets(draw):
    dependent, *others = draw(st.permutations(IDS))
    members = others[: draw(st.integers(1, 3))]
    rule = draw(st.sampled_from(["all", "any", f"at least {len(members)}", "50 %"]))
    return RedundancySet(dependent, draw(st.sampled_from("st")), members, rule)


SOURCES = (SourceConfidence("discovery", Fraction(9, 10), 4 * DAY), SourceConfidence("*", 1, DAY))
RULES = HealthRules(sources=SOURCES, least_confidence=Fraction(1, 3))


@pytest.fixture(scope="session")
def now():
    """Return the instant of all views."""
    return NOW


@pytest.fixture(scope="session")
def model():
    """Return a class model that asks for everything that can be asked for."""
    return MODEL


@pytest.fixture(scope="session")
def rules():
    """Return rules by which sources are believed."""
    return RULES


@pytest.fixture(scope="session")
def graphs():
    """Return small configurations with the faults of every metric."""
    return st.builds(
        lambda items, relations, sets: ConfigurationGraph(items, relations, sets, model=MODEL),
        st.lists(items, max_size=5, unique_by=lambda each: each.id),
        st.lists(relations, max_size=8, unique_by=lambda each: each.key),
        st.lists(redundancy_sets(), max_size=3, unique_by=lambda each: each.key),
    )


def view_of(graph, seen=(), at=NOW):
    """Return a view of a graph; *seen* are pairs of sources and of days ago, taken in turns."""
    values = [*graph.items, *graph.relations, *graph.redundancy]
    events = []
    for number, value in enumerate(values):
        sources, ago = seen[number % len(seen)] if seen else ((), None)
        record = ConfigurationRecord.of(
            value, sources=sources, last_seen=None if ago is None else NOW - ago * DAY
        )
        events.append(ConfigurationEvent(record, 1, NOW, "ada"))
    return ConfigurationTimeline(events, model=graph.model, levels=graph.levels).as_of(at)


@pytest.fixture(scope="session")
def a_view():
    """Make a view of a graph, with sources and when they saw things."""
    return view_of


@pytest.fixture(scope="session")
def views(graphs):
    """Return views of such configurations, seen at different times by different sources, or by none."""
    ages = st.none() | st.sampled_from([-1, 0, 1, 2, 5, 6, 7, 10, 11, 40])
    sources = st.sampled_from([(), ("discovery",), ("hand",), ("discovery", "hand")])
    return st.builds(view_of, graphs, st.lists(st.tuples(sources, ages), min_size=1, max_size=7))
