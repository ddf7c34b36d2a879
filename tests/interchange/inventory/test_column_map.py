from pathlib import Path

import pytest

from itsmkit.cmdb import standard_class_model
from itsmkit.errors import DefinitionError
from itsmkit.interchange.inventory import (
    AttributeColumn,
    ClassColumn,
    ColumnMap,
    LookUpColumns,
    RelationColumn,
    column_map_from,
    load_column_map,
)


def problems(make):
    with pytest.raises(DefinitionError) as caught:
        make()
    return list(caught.value.problems)


def test_a_map_knows_its_columns():
    found = ColumnMap(
        key=["Site", "Host"],
        class_by=ClassColumn("Type"),
        name="Host",
        attributes={"os": "System", "ram_gb": AttributeColumn("RAM", "number", required=True)},
        lookups=[LookUpColumns("adapter", {"mac": "MAC"})],
        relations=[RelationColumn("runs_on", "On")],
        ignore="Notes",
    )
    assert found.columns == ("Site", "Host", "Type", "System", "RAM", "MAC", "On")
    assert found.needed == ("Site", "Host", "RAM", "Type")
    assert found.ignores("Notes")
    assert not found.ignores("Other")
    assert ColumnMap(key="a", ci_class="x", ignore="*").ignores("Other")
    assert hash(found) == hash(found)


def test_every_fault_of_a_map_is_told():
    assert problems(
        lambda: ColumnMap(
            key=[],
            name=" x",
            attributes={"": AttributeColumn("a"), "b": 5},
            lookups=[1],
            relations=["x"],
            ignore=["a", "a"],
            delimiter=";;",
            encoding="utf-99",
            time_zone="Mars",
        )
    ) == [
        "column map: key: at least one column is needed",
        "column map: ci_class: give either one class for all, or class_by with a column that says it",
        "column map: name: must be a column without surrounding spaces, not str ' x'",
        "column map: attributes: must be a name without surrounding spaces, not str ''",
        "column map: attributes.b: must be an AttributeColumn, not int 5",
        "column map: lookups[0]: must be a LookUpColumns, not int 1",
        "column map: relations[0]: must be a RelationColumn, not str 'x'",
        "column map: ignore: 'a' stands there more than once",
        "column map: delimiter: must be one character, not str ';;'",
        "column map: encoding: str 'utf-99' is none that Python knows; utf-8 or cp1252, for example",
        "column map: time_zone: str 'Mars' is no zone; Europe/Berlin, for example",
    ]
    assert problems(lambda: ColumnMap(key=[5, "a", "a"], ci_class="", class_by=3, time_zone=5)) == [
        "column map: key[0]: must be a name without surrounding spaces, not int 5",
        "column map: key: 'a' stands there more than once",
        "column map: ci_class: give either one class for all, or class_by with a column that says it",
        "column map: ci_class: must be a class without surrounding spaces, not str ''",
        "column map: class_by: must be a ClassColumn, not int 3",
        "column map: time_zone: int 5 is no zone; Europe/Berlin, for example",
    ]


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (
            lambda: AttributeColumn("", separator=""),
            ["column: must be a name", "separator: must be at least one"],
        ),
        (lambda: AttributeColumn("a", "colour"), ["type: must be one of text, number"]),
        (
            lambda: AttributeColumn("a", "number", time_format="%d"),
            ["time_format: is for instants and dates"],
        ),
        (lambda: AttributeColumn("a", values=[1]), ["values: must be a mapping"]),
        (
            lambda: ClassColumn(" ", {"x": ""}, ""),
            ["column: must be", "values.x: must be a class", "default: must be a class"],
        ),
        (lambda: LookUpColumns("", {}), ["kind: must be", "attributes: at least one is needed"]),
        (lambda: LookUpColumns("x", [1]), ["attributes: must be a mapping of attributes to columns"]),
        (
            lambda: RelationColumn("", "", "yes", ""),
            ["type: must be", "column: must be", "from_other: must be a bool", "separator: must be at least"],
        ),
    ],
)
def test_every_fault_of_a_column_is_told(make, told):
    found = problems(make)
    assert [problem[: len(start)] for problem, start in zip(found, told, strict=True)] == told


def test_a_map_is_checked_against_a_model():
    found = ColumnMap(
        key="a",
        class_by=ClassColumn("t", {"x": "physical host", "y": "hots"}, "host"),
        attributes={"ram_gb": "r", "serial_nummer": "s"},
        relations=[RelationColumn("runs_at", "on"), RelationColumn("runs_on", "on")],
    )
    told = list(found.model_problems(standard_class_model()))
    assert [each.partition(";")[0].partition(",")[0] for each in told] == [
        "no class 'hots'",
        "attributes.serial_nummer: no class of the map has it",
        "relations[0]: 'runs_at' is no relation type",
    ]
    assert "did you mean 'serial_number'?" in told[1]
    any_class = ColumnMap(key="a", class_by=ClassColumn("t"), attributes={"zz": "z"})
    assert list(any_class.model_problems(standard_class_model())) == []
    one = ColumnMap(key="a", ci_class="nothing", attributes={"zz": "z"})
    assert len(list(one.model_problems(standard_class_model()))) == 1


def test_a_map_is_read_from_plain_data():
    plain = {
        "key": "Host",
        "class_by": {"column": "Type", "values": {"srv": "host"}},
        "attributes": {"os": "System", "ram_gb": {"column": "RAM", "type": "number"}},
        "lookups": [{"kind": "adapter", "attributes": {"mac": "MAC"}}],
        "relations": [{"type": "runs_on", "column": "On", "separator": ","}],
        "ignore": "*",
        "missing": "n/a",
    }
    assert column_map_from(plain) == ColumnMap(
        key="Host",
        class_by=ClassColumn("Type", {"srv": "host"}),
        attributes={"os": "System", "ram_gb": AttributeColumn("RAM", "number")},
        lookups=[LookUpColumns("adapter", {"mac": "MAC"})],
        relations=[RelationColumn("runs_on", "On", separator=",")],
        ignore="*",
        missing="n/a",
    )


def test_every_fault_of_plain_data_is_told():
    found = problems(
        lambda: column_map_from(
            {"key": 5, "attributes": [], "lookups": ["x"], "relations": [{"typ": "a"}], "colour": 1}
        )
    )
    assert any("colour" in each for each in found)
    assert any("key" in each for each in found)
    assert any("attributes" in each for each in found)
    assert any("lookups[0]" in each for each in found)
    assert any("relations[0]" in each for each in found)


BASE = """
[maps.base]
key = "Host"
ci_class = "host"
time_zone = "Europe/Berlin"
attributes = { dns_name = "FQDN", operating_system = "OS" }
"""


@pytest.fixture
def write(tmp_path):
    def write_file(name, text):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write_file


def test_a_map_builds_on_another(write):
    write("common.toml", BASE)
    path = write(
        "maps.toml",
        """
        [maps.servers]
        extends = "common.toml#base"
        name = "Host"
        attributes = { dns_name = "Name", ram_gb = { column = "RAM", type = "number" } }

        [maps.typed]
        extends = "servers"
        class_by = { column = "Type", values = { a = "host" } }

        [maps.more]
        extends = "typed"
        class_by = { values = { b = "router" } }

        [maps.back]
        extends = "more"
        ci_class = "device"
        """,
    )
    servers = load_column_map(path, "servers")
    assert servers == ColumnMap(
        key="Host",
        ci_class="host",
        name="Host",
        time_zone="Europe/Berlin",
        attributes={
            "dns_name": "Name",
            "operating_system": "OS",
            "ram_gb": AttributeColumn("RAM", "number"),
        },
    )
    assert load_column_map(path, "typed").ci_class is None
    assert load_column_map(path, "more").class_by == ClassColumn("Type", {"a": "host", "b": "router"})
    back = load_column_map(path, "back")
    assert (back.ci_class, back.class_by) == ("device", None)
    assert load_column_map(path.parent / "common.toml").ci_class == "host"


def test_a_map_may_be_json(write):
    path = write("maps.json", '{"maps": {"a": {"key": ["x"], "ci_class": "host"}}}')
    assert load_column_map(path) == ColumnMap(key="x", ci_class="host")


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        (
            '[maps.a]\nextends = "b"\n[maps.b]\nextends = "a"',
            "a",
            "maps.a: extends itself: a -> b -> a; take one",
        ),
        ('[maps.a]\nextends = "a"', None, "maps.a: extends itself: a -> a"),
        ('[maps.a]\nextends = "c"', None, "has no map 'c'; known: a"),
        ("[maps.a]\nextends = 5", None, "maps.a.extends: must be the name of a map, not int 5"),
        ("[maps]\na = 5", None, "maps.a: must be a table, not int 5"),
        ("[maps.a]\n[maps.b]", None, "has several maps; name one; known: a, b"),
        ("[maps.alpha]", "alpa", "has no map 'alpa'; did you mean 'alpha'?"),
        ("x = 1", None, "has no table maps with a column map in it; write [maps.NAME]"),
        ('[maps.a]\nkey = "x"\nclass = "y"', None, "maps.a: class: "),
        ('[maps.a]\nextends = "gone.toml#b"', None, "gone.toml: there is no such file"),
    ],
)
def test_what_is_wrong_with_a_file_of_maps_is_told(write, text, name, told):
    path = write("maps.toml", text)
    with pytest.raises(DefinitionError) as caught:
        load_column_map(path, name)
    assert told in str(caught.value)


def test_maps_of_two_files_that_build_on_each_other_are_refused(write):
    write("b.toml", '[maps.b]\nextends = "a.toml#a"')
    path = write("a.toml", '[maps.a]\nextends = "b.toml#b"')
    with pytest.raises(DefinitionError, match=r"maps\.a: extends itself: a -> b -> a"):
        load_column_map(path)


def test_the_maps_of_the_guide_can_be_read(write):
    guide = Path(__file__).parents[3] / "docs/how-to/import-an-inventory.md"
    path = write("maps.toml", guide.read_text("utf-8").split("```toml\n")[1].split("```")[0])
    found = load_column_map(path, "laptops")
    assert list(found.model_problems(standard_class_model())) == []
    assert found.ci_class == "workstation"
    assert set(found.attributes) == {"serial_number", "ram_gb", "warranty_until"}
