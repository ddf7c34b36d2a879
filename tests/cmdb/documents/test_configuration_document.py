from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import (
    ClassModel,
    ConfigurationGraph,
    ConfigurationItem,
    LevelChain,
    Override,
    RedundancySet,
    Relation,
    RelationType,
    Seed,
)
from itsmkit.cmdb.configuration_document import ConfigurationDocument, overlaps
from itsmkit.cmdb.history.records import ConfigurationRecord, RecordKey
from itsmkit.errors import DefinitionError

START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = [None, *(START + timedelta(days=day) for day in range(4))]
spans = st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)).filter(
    lambda span: None in span or span[0] < span[1]
)
VALUES = [
    ConfigurationItem("a", "host", "a"),
    ConfigurationItem("b", "host", "b"),
    Relation("a", "runs_on", "b"),
    RedundancySet("a", "pair", ["b"], "any"),
]


def instants(span):
    """Return the days of a span among those that tell all spans apart."""
    since, until = span
    days = [START + timedelta(days=day) for day in range(-1, 5)]
    return {day for day in days if (since is None or since <= day) and (until is None or day < until)}


@given(st.lists(st.tuples(st.sampled_from(VALUES), spans), max_size=6))
def test_the_graph_is_of_what_holds_then_and_nothing_holds_twice(entries):
    times = {}
    for value, span in entries:
        times.setdefault(ConfigurationRecord.of(value).key, []).append(instants(span))
    clash = any(one & other for each in times.values() for n, one in enumerate(each) for other in each[:n])
    records = [ConfigurationRecord.of(value, *span) for value, span in entries]
    if clash:
        with pytest.raises(DefinitionError, match="it is declared before for some of the same time"):
            ConfigurationDocument(records)
        return
    document = ConfigurationDocument(records)
    for day in (START + timedelta(days=day) for day in range(-1, 5)):
        held = [value for value, span in entries if day in instants(span)]
        expected = ConfigurationGraph(
            [each for each in held if isinstance(each, ConfigurationItem)],
            [each for each in held if isinstance(each, Relation)],
            [each for each in held if isinstance(each, RedundancySet)],
        )
        assert document.graph(day) == expected


def test_without_times_no_instant_is_needed():
    document = ConfigurationDocument([ConfigurationRecord.of(VALUES[0])])
    assert not document.is_timed
    assert document.graph() == document.graph(START)


def test_with_times_an_instant_is_needed():
    document = ConfigurationDocument([ConfigurationRecord.of(VALUES[0], until=START)])
    assert document.is_timed
    with pytest.raises(DefinitionError, match="give at=…, for configuration item a"):
        document.graph()
    with pytest.raises(DefinitionError, match="at has no time zone"):
        document.graph(datetime(2026, 1, 1))  # noqa: DTZ001  # that is the point


def test_findings_are_errors_where_that_is_asked_for():
    document = ConfigurationDocument([ConfigurationRecord.of(VALUES[2])])
    assert len(document.graph().findings) == 1
    with pytest.raises(DefinitionError, match="no configuration item 'a' or 'b'"):
        document.graph(strict=True)


def test_a_model_that_speaks_of_other_levels_is_refused_as_the_graph_refuses_it():
    model = ClassModel(relation_types=[RelationType("eases", "eased_by", "impact", "at most degraded")])
    with pytest.raises(DefinitionError, match="model: relation type 'eases': effect: no level 'degraded'"):
        ConfigurationDocument(model=model, levels=LevelChain(["ok", "broken"]))
    with pytest.raises(DefinitionError, match=r"^relation type 'eases': effect: no level 'degraded'"):
        ConfigurationGraph([], model=model, levels=LevelChain(["ok", "broken"]))


days = st.none() | st.integers(0, 12).map(lambda day: START + timedelta(days=day))


@given(st.lists(st.tuples(days, days), max_size=8))
def test_of_one_thing_each_record_is_told_that_overlaps_one_before_it(times):
    times = [each for each in times if None in each or each[0] < each[1]]
    records = [ConfigurationRecord.of(VALUES[0], *each) for each in times]

    def at(record):
        """Return half a day in each day, and before and after them all, that a record speaks of."""
        return {
            day
            for day in range(-1, 13)
            if (record.since is None or record.since <= START + timedelta(days=day, hours=12))
            and (record.until is None or START + timedelta(days=day, hours=12) < record.until)
        }

    expected = [each for n, each in enumerate(records) if any(at(each) & at(other) for other in records[:n])]
    assert [each for each, _ in overlaps(tuple(records))] == expected


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(DefinitionError) as raised:
        ConfigurationDocument(
            [
                ConfigurationRecord(RecordKey("item", ("a",)), None),
                ConfigurationRecord.of(Relation("a", "runs", "b", effect="at most dead")),
            ],
            seeds=[Seed("a", "dead")],
            overrides=[Override("a", "down", "me", START)],
        )
    assert raised.value.problems == (
        (
            "record of configuration item a: says of no item, relation or redundancy set that it is there; "
            "leave it out"
        ),
        (
            "record of relation a runs b: 'runs' is the inverse of 'runs_on': swap source and target, and "
            "say that"
        ),
        "record of relation a runs b: no level 'dead'; did you mean 'degraded'?",
        "seed of a: no configuration item 'a'; known: none",
        "seed of a: no level 'dead'; did you mean 'degraded'?",
        "override of a: no configuration item 'a'; known: none",
    )
