import json
import tomllib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit._documents import toml_text
from itsmkit.cmdb import (
    CIClass,
    ClassModel,
    Clause,
    Clauses,
    ConfigurationItem,
    Effect,
    Override,
    RedundancySet,
    Relation,
    Seed,
    WeightedNeed,
    capped,
)
from itsmkit.cmdb.class_model import OPEN_MODEL
from itsmkit.cmdb.class_model_form import standard_class_model
from itsmkit.cmdb.configuration_document import ConfigurationDocument
from itsmkit.cmdb.history.records import ConfigurationRecord
from itsmkit.cmdb.mapping_form import configuration_from, load_configuration, to_mapping
from itsmkit.errors import DefinitionError

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@settings(max_examples=40)
@given(data=st.data())
def test_a_configuration_that_is_written_reads_back_as_it_was(data, configurations):
    document = data.draw(configurations)
    plain = to_mapping(document)
    assert sorted_records(configuration_from(plain)) == sorted_records(document)
    assert configuration_from(json.loads(json.dumps(plain))) == configuration_from(plain)
    assert configuration_from(tomllib.loads(toml_text(plain))) == configuration_from(plain)
    assert to_mapping(configuration_from(plain)) == plain


def sorted_records(document):
    """Return a document with its records by kind, as they are written."""
    kinds = ["item", "relation", "redundancy"]
    return ConfigurationDocument(
        sorted(document.records, key=lambda each: kinds.index(each.key.kind)),
        model=document.model,
        levels=document.levels,
        seeds=document.seeds,
        overrides=document.overrides,
    )


DOCUMENT = """
model = "standard"
levels = ["up", "slow", "down"]
relations = ["shop depends_on web-1", "shop depends_on web-2"]
seeds = ["web-1"]

[[items]]
id = "web-1"
class = "virtual machine"
name = "web 1"
attributes = { ram_gb = 64, operating_system = "linux" }

[[items]]
id = "web-2"
class = "virtual machine"
since = 2026-01-01T00:00:00Z
sources = ["discovery"]
last_seen = 2026-01-02T00:00:00+01:00

[[items]]
id = "shop"
class = "business service"

[[items]]
id = "lease"
class = "contract"
attributes = { ends = "2027-01-01T00:00:00Z", notice_period = "72h" }

[[redundancy]]
dependent = "shop"
name = "web servers"
members = ["web-1", "web-2"]
rule = { need = "1/2", weights = { web-1 = "1/2", web-2 = 2 } }
relation_type = "depends_on"

[[overrides]]
ci = "shop"
level = "slow"
author = "me"
expires = 2026-01-01T00:00:00Z
reason = "a spare"
"""


def test_a_configuration_reads_as_it_is_written_by_hand(tmp_path):
    path = tmp_path / "cmdb.toml"
    path.write_text(DOCUMENT, "utf-8")
    document = load_configuration(path)
    record = ConfigurationRecord.of
    assert document == ConfigurationDocument(
        [
            record(
                ConfigurationItem(
                    "web-1", "virtual machine", "web 1", {"ram_gb": 64, "operating_system": "linux"}
                )
            ),
            record(
                ConfigurationItem("web-2", "virtual machine", "web-2"),
                NEW_YEAR,
                sources=("discovery",),
                last_seen=NEW_YEAR + timedelta(hours=23),
            ),
            record(ConfigurationItem("shop", "business service", "shop")),
            record(
                ConfigurationItem(
                    "lease",
                    "contract",
                    "lease",
                    {"ends": datetime(2027, 1, 1, tzinfo=UTC), "notice_period": timedelta(hours=72)},
                )
            ),
            record(Relation("shop", "depends_on", "web-1")),
            record(Relation("shop", "depends_on", "web-2")),
            record(
                RedundancySet(
                    "shop",
                    "web servers",
                    ["web-1", "web-2"],
                    WeightedNeed({"web-1": Fraction(1, 2), "web-2": 2}, Fraction(1, 2)),
                    "depends_on",
                )
            ),
        ],
        model=standard_class_model(),
        levels=document.levels,
        seeds=[Seed("web-1")],
        overrides=[Override("shop", "slow", "me", NEW_YEAR, "a spare")],
    )
    assert document.levels.names == ("up", "slow", "down")


def test_an_empty_document_is_an_empty_configuration():
    document = configuration_from({})
    assert document == ConfigurationDocument()
    assert document.model == OPEN_MODEL
    assert to_mapping(document) == {}


def test_a_model_can_be_given_beside_the_document(tmp_path):
    model = ClassModel([CIClass("host")])
    path = tmp_path / "cmdb.json"
    path.write_text('{"items": [{"id": "h", "class": "host"}]}', "utf-8")
    assert load_configuration(path, model=model).model == model
    assert configuration_from({"model": "standard"}, model=model).model == standard_class_model()


@pytest.mark.parametrize(
    ("plain", "effect"),
    [
        ("at most degraded", capped("degraded")),
        ({"down": "degraded"}, Effect({"down": "degraded"})),
        ("none", Effect()),
    ],
)
def test_an_effect_is_a_text_or_a_map(plain, effect):
    row = {"source": "a", "type": "runs_on", "target": "b", "effect": plain}
    assert configuration_from({"relations": [row]}).records[0].value.effect == effect


def test_clauses_are_a_table():
    clause = {"members_at": "down", "weight": "2/2", "then": "degraded", "weights": {"a": 2}}
    row = {"dependent": "s", "name": "n", "members": ["a", "b"], "rule": {"clauses": [clause]}}
    found = configuration_from({"redundancy": [row]}).records[0].value.rule
    assert found == Clauses([Clause("down", 1, "degraded", {"a": 2})])


def test_ids_with_spaces_are_read_where_only_one_word_is_a_type():
    document = configuration_from({"relations": ["the shop runs_on web server 1", "runs_on runs_on runs_on"]})
    assert [each.value.ends for each in document.records] == [("the shop", "web server 1"), ("runs_on",)]
    with pytest.raises(
        DefinitionError, match=r"relations\[0\]: must read as source, relation type and target"
    ):
        configuration_from({"relations": ["a runs_on b runs_on c"]})


@pytest.mark.parametrize(
    ("plain", "value"),
    [
        ({"instant": "2026-01-01T00:00:00Z"}, NEW_YEAR),
        (datetime.fromisoformat("2026-01-01T01:00:00+01:00"), NEW_YEAR),
        ({"duration": "8h"}, timedelta(hours=8)),
        ({"decimal": "1.50"}, Decimal("1.50")),
        ([1, [2.5]], (1, (2.5,))),
        ({"instant": 3}, {"instant": 3}),
        ({"a": {"b": True}}, {"a": {"b": True}}),
    ],
)
def test_attributes_are_values_lists_and_tables(plain, value):
    document = configuration_from({"items": [{"id": "a", "class": "b", "attributes": {"x": plain}}]})
    assert document.records[0].value.attributes["x"] == value


ITEMS = [{"id": "a", "class": "host"}, {"id": "b", "class": "host"}]


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        pytest.param([], ["d: must be a table, not []"], id="no table"),
        pytest.param(
            {"itms": [], "levels": ["up"], "relations": [3], "model": 3},
            [
                "d.itms: is not known here; did you mean items?",
                "d.model: must be a table, not 3",
                "d.levels: at least two levels are needed, not ('up',)",
                "d.relations[0]: must be a table, not 3",
            ],
            id="a document of which little can be read",
        ),
        pytest.param(
            {"levels": ["up"], "seeds": ["a"], "itms": 1},
            [
                "d.itms: is not known here; did you mean items?",
                "d.levels: at least two levels are needed, not ('up',)",
            ],
            id="seeds without levels",
        ),
        pytest.param(
            {"levels": 3, "items": [{"id": "a"}]},
            ["d.levels: must be a list, not 3", "d.items[0].class: is missing"],
            id="levels that are none",
        ),
        pytest.param(
            {
                "model": {"classes": [{"name": "host", "attributes": {"at": "instant", "age": "duration"}}]},
                "items": [
                    {"id": "a", "class": "hots", "clas": 1, "ci_class": 1},
                    {"id": "b", "class": "hots", "since": "2026"},
                    {"id": " c", "class": "host"},
                    {"id": "d", "class": "hots"},
                    {"id": "e", "class": "host", "attributes": {"at": "noon", "age": "old", "x": None}},
                    {"id": "f", "class": "host", "since": "2026-01-01", "sources": ["s", "s"]},
                    {"id": "g", "class": "host", "sources": ["s", "s"]},
                    3,
                ],
            },
            [
                "d.items[0].clas: is not known here; did you mean class?",
                "d.items[0].ci_class: is not known here; did you mean class?",
                "d.items[1].since: must be a date and time such as 2026-03-29T09:00:00Z, not '2026'",
                "d.items[2]: ConfigurationItem.id must be a name without surrounding spaces, not ' c'",
                "d.items[3].class: no class 'hots'; did you mean 'host'?",
                "d.items[4].attributes.at: must be a date and time such as 2026-03-29T09:00:00Z, not 'noon'",
                (
                    "d.items[4].attributes.age: must be a duration such as '8h', '30min' or '1h30min', not "
                    "'old'"
                ),
                "d.items[4].attributes.x: has no plain form: NoneType None",
                (
                    "d.items[5].since: has no time zone: 2026-01-01 00:00:00; write 2026-01-01T00:00:00Z, or "
                    "another offset from UTC than Z"
                ),
                "d.items[6]: sources: 's' stands there more than once",
                "d.items[7]: must be a table, not 3",
            ],
            id="items",
        ),
        pytest.param(
            {
                "relations": [
                    "a runs b",
                    "a b",
                    {"source": "a", "type": "runs_on", "target": "b", "effect": "at most dead"},
                    {"source": "a", "type": "uses", "target": "b", "effect": "bad"},
                    {"source": "a", "type": "runs_on", "target": "c", "effect": {"down": 1}},
                    {"source": "a", "type": "runs_on", "target": "d", "effect": 1},
                ],
            },
            [
                (
                    "d.relations[0].type: 'runs' is the inverse of 'runs_on': swap source and target, "
                    "and say that"
                ),
                (
                    "d.relations[1]: must read as source, relation type and target, such as 'web runs_on "
                    "host', not 'a b'; write a table if a name has spaces in it"
                ),
                "d.relations[2].effect: no level 'dead'; did you mean 'degraded'?",
                "d.relations[3].effect: must be same, none, at most LEVEL, or a map of levels, not str 'bad'",
                "d.relations[4].effect: must map levels to levels, not to int 1",
                "d.relations[5].effect: must be same, none, at most LEVEL, or a map of levels, not int 1",
            ],
            id="relations",
        ),
        pytest.param(
            {
                "redundancy": [
                    {"dependent": "s", "name": "n", "members": ["a"], "rule": "at least 2"},
                    {
                        "dependent": "s",
                        "name": "n",
                        "members": ["a"],
                        "rule": {"clauses": [{"members_at": "dead", "weight": 1, "then": "down"}]},
                        "relation_type": "runs",
                    },
                    {"dependent": "s"},
                ],
            },
            [
                (
                    "d.redundancy[0]: redundancy set 'n' of s: at least 2 are asked for, but there are only "
                    "1 members"
                ),
                (
                    "d.redundancy[1].relation_type: 'runs' is the inverse of 'runs_on': swap source and "
                    "target, and say that"
                ),
                "d.redundancy[1].rule: clauses[0]: no level 'dead'; did you mean 'degraded'?",
                "d.redundancy[2].name: is missing",
                "d.redundancy[2].members: is missing",
                "d.redundancy[2].rule: is missing",
            ],
            id="redundancy",
        ),
        pytest.param(
            {
                "items": ITEMS,
                "seeds": [
                    "c",
                    {"ci": "a", "level": "dwon", "provenance": "heard"},
                    {"ci": "a", "level": "dwon"},
                ],
                "overrides": [
                    {"ci": "c", "level": "up", "author": "me", "expires": "2026-01-01T00:00:00Z"},
                    3,
                ],
            },
            [
                "d.seeds[0].ci: no configuration item 'c'; known: a, b",
                (
                    "d.seeds[1].provenance: must be one of 'observed', 'manual', 'planned', 'assumed', not "
                    "'heard'"
                ),
                "d.seeds[2].level: no level 'dwon'; did you mean 'down'?",
                "d.overrides[0].ci: no configuration item 'c'; known: a, b",
                "d.overrides[1]: must be a table, not 3",
            ],
            id="seeds and overrides",
        ),
        pytest.param(
            {"items": [*ITEMS, {"id": "a", "class": "rack", "since": "2026-01-01T00:00:00Z"}]},
            [
                (
                    "d.items[2]: configuration item a: it is declared before for some of the same time; once "
                    "is enough, or separate the times"
                )
            ],
            id="the same twice",
        ),
    ],
)
def test_all_that_is_wrong_is_told_at_once_with_its_path(document, problems):
    with pytest.raises(DefinitionError) as raised:
        configuration_from(document, where="d")
    assert list(raised.value.problems) == problems


def test_an_instant_without_a_zone_is_told_what_to_write():
    for since in ("2026-01-01", date(2026, 1, 1), "2026-01-01T00:00:00", datetime(2026, 1, 1)):  # noqa: DTZ001
        with pytest.raises(DefinitionError, match=r"items\[0\]\.since: .* write 2026-01-01T00:00:00Z, or"):
            configuration_from({"items": [{"id": "a", "class": "b", "since": since}]})


def test_text_under_a_declared_instant_or_duration_stays_text():
    kinds = {"bought": "instant", "lasts": "duration", "label": "text"}
    model = ClassModel([CIClass("host", attributes=kinds)], OPEN_MODEL.relation_types)
    said = {"bought": "2026-01-01T00:00:00Z", "lasts": "8h", "label": "8h", "other": "soon"}
    document = ConfigurationDocument(
        [ConfigurationRecord.of(ConfigurationItem("a", "host", "a", said))], model=model
    )
    plain = to_mapping(document)
    assert plain["items"][0]["attributes"] == {
        "bought": {"text": "2026-01-01T00:00:00Z"},
        "lasts": {"text": "8h"},
        "label": "8h",
        "other": "soon",
    }
    assert configuration_from(plain) == document


def test_a_model_that_speaks_of_other_levels_is_told_with_its_path():
    model = {
        "relation_types": [
            {"name": "eases", "inverse": "eased_by", "flow": "impact", "effect": "at most degraded"}
        ],
        "classes": [
            {
                "name": "host",
                "impact_rules": [
                    {
                        "name": "pair",
                        "relation_type": "eases",
                        "rule": {"clauses": [{"members_at": "down", "weight": 1, "then": "broken"}]},
                    }
                ],
            }
        ],
    }
    with pytest.raises(DefinitionError) as raised:
        configuration_from({"model": model, "levels": ["ok", "broken"]}, where="d")
    assert raised.value.problems == (
        "d.model: relation type 'eases': effect: no level 'degraded'; known: ok, broken",
        "d.model: class 'host': impact rule 'pair': clauses[0]: no level 'down'; known: ok, broken",
    )


def test_a_date_alone_is_no_instant():
    day = tomllib.loads("x = 2026-01-01")
    with pytest.raises(
        DefinitionError, match=r"attributes.x: must be an instant .* 2026-01-01 has no time zone"
    ):
        configuration_from({"items": [{"id": "a", "class": "b", "attributes": day}]})
    with pytest.raises(DefinitionError, match=r"attributes.x: must be a number such as '1.50', not 'nan'"):
        configuration_from({"items": [{"id": "a", "class": "b", "attributes": {"x": {"decimal": "nan"}}}]})
    with pytest.raises(DefinitionError, match=r"attributes.x: must be a number such as '1.50', not 'one'"):
        configuration_from({"items": [{"id": "a", "class": "b", "attributes": {"x": {"decimal": "one"}}}]})


def test_a_file_with_problems_is_named(tmp_path):
    path = tmp_path / "cmdb.toml"
    path.write_text('relations = ["a runs b"]\nitems = [{ id = "a" }]\n', "utf-8")
    with pytest.raises(DefinitionError) as raised:
        load_configuration(path)
    assert [problem.split(":")[0:2] for problem in raised.value.problems] == [
        ["cmdb.toml", " items[0].class"],
        ["cmdb.toml", " relations[0].type"],
    ]


def test_a_defect_is_not_taken_for_a_fault_of_the_document(monkeypatch):
    class Odd(dict):
        def items(self):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        configuration_from({"items": [{"id": "a", "class": "b", "attributes": {"x": Odd(a=1, b=2)}}]})


@pytest.mark.parametrize(
    "value",
    [frozenset({1}), None, float("nan"), object(), {"instant": "soon"}, {1: 2}, datetime(2026, 1, 1)],  # noqa: DTZ001
)
def test_what_has_no_plain_form_is_told(value):
    record = ConfigurationRecord.of(ConfigurationItem("a", "host", "a", {"x": (value,)}))
    relation = ConfigurationRecord.of(Relation("a", "runs_on", "a", attributes={"x": value}))
    with pytest.raises(DefinitionError) as raised:
        to_mapping(ConfigurationDocument([record, relation]))
    assert [problem.split(": ")[:3] for problem in raised.value.problems] == [
        ["configuration item a", "attribute 'x'", "has no plain form"],
        ["relation a runs_on a", "attribute 'x'", "has no plain form"],
    ]
