"""``itsmkit cmdb import``: inventories of other systems become one configuration, in files."""

from json import dumps, loads
from pathlib import Path

import pytest

from itsmkit.cmdb import load_configuration
from itsmkit.cmdb.reconciliation import load_staging

MAP = """
[maps.hosts]
key = ["Name"]
ci_class = "physical host"
name = "Name"
[maps.hosts.attributes]
serial_number = "Serial"
ram_gb = { column = "RAM", type = "number" }

[maps.switches]
key = ["Name"]
ci_class = "switch"
name = "Name"
"""
HOSTS = "Name,Serial,RAM\nweb-1,X1,64\nweb-2,X2,32\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("hosts.csv").write_text(HOSTS, "utf-8")
    Path("map.toml").write_text(MAP, "utf-8")
    return tmp_path


@pytest.fixture
def take(run, folder):
    def call(*more, files=("hosts.csv",), column_map="map.toml#hosts", at="2026-03-02T09:00Z"):
        options = ["--into", "c.toml", "--seen-at", at]
        options += ["--map", column_map] if column_map else []
        return run("cmdb", "import", *files, *options, *more)

    return call


def names(path="c.toml"):
    return [each.name for each in load_configuration(Path(path)).graph().items]


def test_an_inventory_becomes_a_configuration_and_once_is_enough(take):
    status, out, err = take()
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "hosts.csv as csv: 2 records",
        "configuration item csv:web-1: added",
        "configuration item csv:web-2: added",
        "Written: c.toml",
        "Written: c.staging.jsonl",
    ]
    assert names() == ["web-1", "web-2"]
    before = Path("c.toml").read_bytes(), Path("c.staging.jsonl").read_bytes()
    status, out, _ = take()
    assert (status, out.splitlines()[1]) == (0, "no difference")
    assert (Path("c.toml").read_bytes(), Path("c.staging.jsonl").read_bytes()) == before


def test_a_dry_run_writes_nothing(take, folder):
    status, out, _ = take("--dry-run")
    assert (status, "csv:web-1: added" in out, "Written" in out) == (0, True, False)
    assert sorted(path.name for path in folder.iterdir()) == ["hosts.csv", "map.toml"]


def test_a_configuration_made_by_hand_takes_part_and_keeps_its_comments(take):
    text = '# by hand\nmodel = "standard"\n[[items]]\nid = "web"\nclass = "physical host"\nname = "web-1"\n'
    text += 'attributes = { serial_number = "X1" }\n[[items]]\nid = "db"\nclass = "physical host"\n'
    Path("c.toml").write_text(text, "utf-8")
    Path("hosts.csv").write_text("Name,Serial,RAM\n", "utf-8")
    assert take()[0] == 0
    assert Path("c.toml").read_text("utf-8") == text
    Path("hosts.csv").write_text(HOSTS, "utf-8")
    assert take()[0] == 0
    graph = load_configuration(Path("c.toml")).graph()
    assert {item.id: item.attributes.get("ram_gb") for item in graph.items} == {
        "web": 64,
        "db": None,
        "csv:web-2": 32,
    }


def test_what_cannot_be_taken_is_told_and_the_rest_goes_on(take):
    rows = "".join(f",X{number},1\n" for number in range(30))
    Path("hosts.csv").write_text(HOSTS + rows, "utf-8")
    status, out, _ = take("--full")
    assert status == 1
    assert out.splitlines()[0] == "hosts.csv as csv: 2 records, 30 left out"
    assert "line 4: column 'Name', which is part of the key, is empty" in out
    assert "  and 10 more; --json lists all" in out
    assert "csv: no full load, as some records are left out" in out
    assert load_staging("c.staging.jsonl").loads == {}


def test_all_or_nothing_is_all_or_nothing(take, folder):
    Path("hosts.csv").write_text(HOSTS + ",X3,16\n", "utf-8")
    status, _, err = take("--strict")
    assert (status, "line 4" in err) == (2, True)
    assert sorted(path.name for path in folder.iterdir()) == ["hosts.csv", "map.toml"]


def test_rules_decide_who_is_believed_and_what_becomes_of_the_missing(take):
    Path("rules.toml").write_text(
        '[[precedence]]\nsources = ["scan", "*"]\n[[sources]]\nsource = "scan"\nwhen_stale = "retire"\n',
        "utf-8",
    )
    Path("scan.csv").write_text("Name,Serial,RAM\nweb-1,X1,128\nold,X9,8\n", "utf-8")
    options = ["--rules", "rules.toml"]
    assert take("--source", "scan", "--full", *options, files=["scan.csv"])[0] == 0
    assert take(*options, at="2026-03-03T09:00Z")[0] == 0
    graph = load_configuration(Path("c.toml")).graph()
    assert {item.name: item.attributes["ram_gb"] for item in graph.items} == {
        "web-1": 128,
        "old": 8,
        "web-2": 32,
    }
    Path("scan.csv").write_text("Name,Serial,RAM\nweb-1,X1,256\n", "utf-8")
    at = "2026-03-04T09:00Z"
    status, out, _ = take("--source", "scan", "--full", *options, "--json", files=["scan.csv"], at=at)
    told = loads(out)
    assert (status, told["retired"], told["dry_run"]) == (0, ["scan:old"], False)
    assert "configuration item scan:old: removed" in told["changes"]
    assert sorted(names()) == ["web-1", "web-2"]


def test_json_holds_what_nothing_was_made_of(take):
    Path("hosts.csv").write_text("Name,Serial,RAM,Colour\nweb-1,X1,64,red\n", "utf-8")
    status, out, _ = take("--json")
    [file] = loads(out)["files"]
    assert (status, file["records"], file["left_out"]) == (0, 1, 0)
    assert [(each["severity"], each["field"]) for each in file["findings"]] == [("field", "Colour")]
    assert "nothing is made of 1 field" in take("--dry-run")[1]


def test_files_of_several_formats_are_told_apart(take):
    row = {"sys_id": "a1", "sys_class_name": "cmdb_ci_linux_server", "name": "web-1"}
    Path("sn.json").write_text(dumps({"result": [row]}), "utf-8")
    status, out, _ = take(files=["sn.json"], column_map=None)
    assert (status, out.splitlines()[0]) == (0, "sn.json as servicenow: 1 record")
    Path("rows.json").write_text('[{"Name": "s-1"}]', "utf-8")
    status, out, _ = take(files=["rows.json"], column_map="map.toml#switches")
    assert (status, out.splitlines()[0]) == (0, "rows.json as json: 1 record")
    status, out, _ = take(
        "--format", "json", files=["sn.json"], column_map="map.toml#switches", at="2026-03-03"
    )
    assert (status, out.splitlines()[0]) == (1, "sn.json as json: 0 records, 1 left out")
    Path("sn.csv").write_text("sys_id,sys_class_name,Name\na,b,s-2\n", "utf-8")
    status, out, _ = take(files=["sn.csv"], column_map="map.toml#switches")
    assert (status, out.splitlines()[0]) == (0, "sn.csv as csv: 1 record")


def test_a_configuration_in_json_and_one_with_times_are_kept_so(take, run):
    assert take("--staging", "s.jsonl")[0] == 0
    assert run("cmdb", "import", "hosts.csv", "--into", "c.json", "--map", "map.toml#hosts")[0] == 0
    assert names("c.json") == ["web-1", "web-2"]
    text = 'model = "standard"\n[[items]]\nid = "web"\nclass = "physical host"\nname = "web"\n'
    Path("c.toml").write_text(text + "since = 2026-01-01T00:00:00Z\n", "utf-8")
    assert take()[0] == 0
    document = load_configuration(Path("c.toml"))
    assert [each.value.id for each in document.records if each.since] == ["web"]


BY_HAND = """
relations = [
    "web depends_on nowhere",
    { source = "web", type = "depends_on", target = "db", effect = { down = "degraded" } },
]
seeds = [{ ci = "web", level = "down" }]
overrides = [{ ci = "db", level = "degraded", author = "ann", expires = 2027-01-01T00:00:00Z }]
redundancy = [{ dependent = "web", name = "p", members = ["db", "old"], rule = "any" }]

[model]
extends = "standard"
[[model.classes]]
name = "blade"
parent = "physical host"

[[items]]
id = "web"
class = "blade"
name = "web-1"
[[items]]
id = "db"
class = "physical host"
[[items]]
id = "gone"
class = "physical host"
since = 2024-01-01T00:00:00Z
until = 2025-01-01T00:00:00Z
[[items]]
id = "old"
class = "physical host"
since = 2025-01-01T00:00:00Z
until = 2099-01-01T00:00:00Z
[[items]]
id = "old"
class = "physical host"
name = "renewed"
since = 2099-01-01T00:00:00Z
"""


def test_all_that_a_configuration_says_stays_but_for_what_is_imported(take):
    Path("c.toml").write_text(BY_HAND, "utf-8")
    before = load_configuration(Path("c.toml"))
    status, out, _ = take()
    assert (status, "web: attributes.ram_gb was absent, is 64" in out) == (0, True)
    after = load_configuration(Path("c.toml"))
    assert (after.model, after.seeds, after.overrides) == (before.model, before.seeds, before.overrides)
    kept = {each for each in after.records if not each.sources}
    assert kept == {each for each in before.records if each.key.parts != ("web",)}
    bytes_before = Path("c.toml").read_bytes(), Path("c.staging.jsonl").read_bytes()
    assert take()[1].splitlines()[1] == "no difference"
    assert (Path("c.toml").read_bytes(), Path("c.staging.jsonl").read_bytes()) == bytes_before


def test_what_people_change_in_the_file_is_news(take):
    text = 'model = "standard"\n[[items]]\nid = "db"\nclass = "physical host"\n'
    Path("c.toml").write_text(text, "utf-8")
    assert take()[0] == 0
    [seen] = [each.seen_at for each in load_staging("c.staging.jsonl").records.values() if each.key == "db"]
    Path("c.toml").write_text(
        Path("c.toml").read_text("utf-8").replace('"db"', '"db"\nname = "base"'), "utf-8"
    )
    assert take()[0] == 0
    record = load_staging("c.staging.jsonl").records["desk", "db"]
    assert (record.name, record.seen_at > seen) == ("base", True)


def test_what_is_said_of_items_that_are_gone_goes_with_them(take):
    Path("rules.toml").write_text('[[sources]]\nsource = "csv"\nwhen_stale = "retire"\n', "utf-8")
    assert take("--full")[0] == 0
    states = 'seeds = [{ ci = "csv:web-1", level = "down" }, { ci = "csv:web-2", level = "down" }]\n'
    states += (
        'overrides = [{ ci = "csv:web-2", level = "up", author = "ann", expires = 2099-01-01T00:00:00Z }]\n'
    )
    text = Path("c.toml").read_text("utf-8")
    Path("c.toml").write_text(states + text, "utf-8")
    Path("hosts.csv").write_text("Name,Serial,RAM\nweb-1,X1,64\n", "utf-8")
    options = ["--full", "--rules", "rules.toml"]
    status, out, _ = take(*options, "--dry-run", "--json", at="2026-03-03")
    lines = ["seed of csv:web-2: left out; it is gone", "override of csv:web-2: left out; it is gone"]
    assert (status, loads(out)["dropped"]) == (0, lines)
    status, out, _ = take(*options, at="2026-03-03")
    assert (status, [line in out for line in lines]) == (0, [True, True])
    document = load_configuration(Path("c.toml"))
    assert ([each.ci for each in document.seeds], document.overrides) == (["csv:web-1"], ())


@pytest.mark.parametrize("name", ["ev\x1b[31mil\nhosts.csv", "\u202eev\udcffil hosts.csv"])
def test_hostile_names_stay_on_their_line(take, name):
    Path(name).write_text("Name,Serial,RAM\nweb-1,X1,64\n,X2,1\n", "utf-8")
    status, out, _ = take(files=[name])
    assert (status, "\x1b" in out) == (1, False)
    assert out.splitlines()[0].endswith("hosts.csv as csv: 1 record, 1 left out")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["hosts.csv", "--into", "c.toml"], "rows of csv need a column map"),
        (["--into", "c.toml"], "name one inventory or more"),
        (["none.csv", "--into", "c.toml", "--map", "map.toml#hosts"], "none.csv"),
        (
            ["hosts.csv", "--into", "hosts.csv", "--map", "map.toml#hosts"],
            "--into hosts.csv is an input already",
        ),
        (["hosts.csv", "--into", "map.toml", "--map", "map.toml#hosts"], "map.toml is an input already"),
        (
            ["hosts.csv", "--into", "c.toml", "--map", "map.toml#hosts", "--source", "desk"],
            "--source desk stands for what people write themselves",
        ),
        (["hosts.csv", "--into", "c.toml", "--map", "map.toml#hosts", "--seen-at", "noon"], "--seen-at"),
        (["hosts.csv", "--into", "c.toml", "--map", "map.toml#hosts", "--rules", "none.toml"], "none.toml"),
    ],
)
def test_whoever_asks_wrongly_is_told_the_way_out(run, folder, arguments, problem):
    status, _, err = run("cmdb", "import", *arguments)
    assert (status, problem in err) == (2, True), err
    assert sorted(path.name for path in folder.iterdir()) == ["hosts.csv", "map.toml"]
