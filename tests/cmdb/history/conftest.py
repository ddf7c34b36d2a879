"""Small configurations with rings and redundancy of every kind, and histories of them."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import strategies as st

from itsmkit.cmdb import (
    CIId,
    Clause,
    Clauses,
    ConfigurationGraph,
    ConfigurationItem,
    RedundancySet,
    Relation,
    WeightedNeed,
)
from itsmkit.cmdb.history import ConfigurationEvent, ConfigurationRecord, RecordKey

IDS = [CIId(each) for each in "abcd"]

attributes = st.dictionaries(
    st.sampled_from(["os", "site.x", "name"]), st.sampled_from(["x", 1, 2, None, (1, 2)]), max_size=2
)
items = st.builds(
    ConfigurationItem,
    st.sampled_from(IDS),
    st.sampled_from(["server", "service"]),
    st.sampled_from(["A", "B"]),
    attributes,
)
relations = st.builds(
    Relation,
    st.sampled_from(IDS),
    st.sampled_from(["depends_on", "used_by", "connects_to", "documented_by"]),
    st.sampled_from(IDS),
    qualifier=st.sampled_from(["", "second"]),
    effect=st.sampled_from([None, "same", "none", "at most degraded"]),
    attributes=attributes,
)


@st.composite
def redundancy_sets(draw: st.DrawFn) -> RedundancySet:
    """Draw a set with any kind of rule that its members can meet."""
    dependent, *others = draw(st.permutations(IDS))
    members = others[: draw(st.integers(1, 3))]
    clauses = [Clause("down", 1, "degraded"), Clause("degraded", len(members), "down", {members[0]: 1})]
    rules = [
        "all",
        "any",
        f"at least {len(members)}",
        "at least 1",
        "50 %",
        "influence 50 %",
        WeightedNeed({members[0]: Fraction(3, 2)}, 1),
        Clauses(clauses),
    ]
    kind = draw(st.sampled_from([None, "depends_on"]))
    return RedundancySet(dependent, draw(st.sampled_from("st")), members, draw(st.sampled_from(rules)), kind)


values = st.one_of(items, items, relations, relations, redundancy_sets())


@pytest.fixture(scope="session")
def day() -> Callable[[float], datetime]:
    """Return the instant so many days after the beginning of the tests' time."""
    return lambda number: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=number)


@pytest.fixture(scope="session")
def graphs() -> st.SearchStrategy[ConfigurationGraph]:
    """Return graphs, with relations that dangle, too."""
    return st.lists(values, max_size=8, unique_by=RecordKey.of).map(graph_of)


@pytest.fixture(scope="session")
def sides() -> Callable[[ConfigurationGraph], st.SearchStrategy[ConfigurationGraph]]:
    """Return graphs that come of another one by some edits."""

    edits = st.tuples(st.sets(st.integers(0, 7), max_size=5), st.lists(values, max_size=3))

    def strategy(base: ConfigurationGraph) -> st.SearchStrategy[ConfigurationGraph]:
        there = sorted(keyed([*base.items, *base.relations, *base.redundancy]), key=lambda each: each[0])

        def edited(edit) -> ConfigurationGraph:
            lost, news = edit
            kept = [pair for place, pair in enumerate(there) if place not in lost]
            return graph_of({**dict(kept), **dict(keyed(news))}.values())

        return edits.map(edited)

    return strategy


def keyed(each_value):
    return [(RecordKey.of(value), value) for value in each_value]


def graph_of(each_value) -> ConfigurationGraph:
    found = list(each_value)
    kinds = (ConfigurationItem, Relation, RedundancySet)
    return ConfigurationGraph(*([value for value in found if isinstance(value, kind)] for kind in kinds))


@pytest.fixture(scope="session")
def make_graph() -> Callable[..., ConfigurationGraph]:
    """Return the graph of some values."""
    return graph_of


@pytest.fixture(scope="session")
def histories(day) -> st.SearchStrategy[list[ConfigurationEvent]]:
    """Return histories: valid times in any order, late corrections, removals, clocks that are set back."""
    days = st.integers(0, 5)
    span = st.tuples(st.none() | days, st.none() | days).filter(lambda s: None in s or s[0] < s[1])
    said = st.tuples(values, st.integers(0, 3).map(bool), span, days)

    def events(sayings) -> list[ConfigurationEvent]:
        counts: Counter[RecordKey] = Counter()
        found = []
        for value, is_there, (since, until), recorded in sayings:
            key = RecordKey.of(value)
            counts[key] += 1
            bounds = [None if bound is None else day(bound) for bound in (since, until)]
            record = ConfigurationRecord(key, value if is_there else None, *bounds)
            found.append(ConfigurationEvent(record, counts[key], day(recorded), "anna"))
        return found

    return st.lists(said, max_size=14).map(events)
