"""``itsmkit cmdb health``: what is printed, and when it fails."""

import json
from pathlib import Path

import pytest

SHOP = """
relations = [
  "shop depends_on web-1", "shop depends_on web-2", "web-1 runs_on host", "web-2 runs_on host",
]
items = [
  { id = "shop", class = "service" },
  { id = "web-1", class = "web server", last_seen = 2026-03-01T00:00:00Z, sources = ["scan"] },
  { id = "web-2", class = "application" },
  { id = "host", class = "host", last_seen = 2026-01-01T00:00:00Z, sources = ["scan"] },
]
[[redundancy]]
dependent = "shop"
name = "web"
members = ["web-1", "web-2"]
rule = "any"
[[model.classes]]
name = "service"
[[model.classes]]
name = "application"
attributes = { owner = "text" }
recommended = ["owner"]
orphan_rule = ["runs_on"]
[[model.classes]]
name = "web server"
parent = "application"
[[model.classes]]
name = "host"
stale_after = "30d"
"""
RULES = """
weights = { false_redundancy = 0, recommended_attributes = "1/2" }
[[desired_states]]
name = "owned by ann"
class = "application"
must = 'owner = "ann"'
[[sources]]
source = "scan"
initial = 1
half_life = "30d"
"""
WEBSHOP = Path(__file__).parent.parent.parent / "examples" / "webshop.toml"


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """Go to a folder that holds a configuration, and rules for it."""
    monkeypatch.chdir(tmp_path)
    Path("health.toml").write_text(RULES, "utf-8")
    path = Path("shop.toml")
    path.write_text(SHOP, "utf-8")
    return path


def lines(text):
    return [line.rstrip() for line in text.splitlines()]


def test_all_is_told_by_metric_by_class_and_one_by_one(shop, run):
    status, out, _ = run("cmdb", "health", shop)
    assert status == 1
    assert lines(out) == [
        "shop.toml: 4 items, health 80.0%",
        "",
        "About         Metric                   Score  Failing  Weight",
        "completeness  recommended_attributes   0%     2 of 2   1",
        "correctness   attribute_values         100%   0 of 2   1",
        "              orphans                  100%   0 of 2   1",
        "              dangling_relations       100%   0 of 4   1",
        "              unrelated_members        100%   0 of 1   1",
        "relations     duplicate_relations      100%   0 of 4   1",
        "              relations_of_duplicates  100%   0 of 4   1",
        "topology      false_redundancy         0%     1 of 1   1",
        "              unmet_rules              100%   0 of 1   1",
        "              class_model              100%   0 of 6   1",
        "",
        "Nothing to judge for required_attributes, stale_items, duplicate_items,",
        "governance, cardinality, stale_relations, asymmetric_members, confidence,",
        "unused_items, unused_relations",
        "",
        "Class        Items  Score  Failing",
        "application  1      85.7%  1",
        "host         1      100%   0",
        "service      1      85.7%  1",
        "web server   1      85.7%  1",
        "",
        "recommended_attributes",
        "  configuration item web-1: 'owner' is recommended of class 'web server', and missing; fill in",
        "  configuration item web-2: 'owner' is recommended of class 'application', and missing; fill in",
        "",
        "false_redundancy",
        (
            "  group 'web' of shop (any of web-1, web-2): its members share host; spread them, or declare "
            "them as all needed"
        ),
        "",
        "--at says when, to judge what is stale and who is to be believed",
    ]


def test_at_an_instant_it_is_known_what_is_stale_and_doubtful(shop, run):
    out = run("cmdb", "health", shop, "--at", "2026-03-02", "--rules", "health.toml")[1]
    assert "  configuration item host: last seen 2026-01-01 00:00:00+00:00, 1440h ago, where 720h" in out
    assert "  configuration item host: scan is believed by 25.0 % only, where 50.0 % is asked for" in out
    assert "stale_items              0%     1 of 1   1" in out
    assert "confidence    confidence               50.0%  1 of 2   1" in out
    assert "compliance    owned by ann             0%     2 of 2   1" in out
    assert "--at says" not in out


def test_one_class_is_told_with_those_below_it(shop, run):
    status, out, _ = run("cmdb", "health", shop, "--class", "application", "--failing", "1")
    assert status == 1
    assert lines(out)[0] == "shop.toml: 2 items of class 'application', health 85.7%"
    assert lines(out)[-7:-1] == [
        "recommended_attributes",
        "  configuration item web-1: 'owner' is recommended of class 'web server', and missing; fill in",
        "  and 1 more",
        "",
        "--failing all lists everything",
        "",
    ]
    assert run("cmdb", "health", shop, "--class", "host")[0] == 0
    assert "no class 'hots'; did you mean 'host'?" in run("cmdb", "health", shop, "--class", "hots")[2]


def test_what_has_no_weight_does_not_fail(shop, run):
    shop.write_text(SHOP.replace('recommended = ["owner"]', ""), "utf-8")
    assert run("cmdb", "health", shop)[0] == 1
    Path("health.toml").write_text("weights = { false_redundancy = 0 }", "utf-8")
    assert run("cmdb", "health", shop, "--rules", "health.toml")[0] == 0


@pytest.mark.parametrize(("failing", "listed"), [("0", 0), ("2", 2), ("all", 39)])
def test_as_many_are_listed_as_asked_for(run, failing, listed):
    out = run("cmdb", "health", WEBSHOP, "--failing", failing)[1]
    assert sum("recommended of class" in line for line in lines(out)) == listed
    assert ("lists everything" in out) == (failing == "2")


@pytest.mark.parametrize("failing", ["some", "-1", "1.5", "²"])
def test_what_is_no_number_to_list_is_refused(run, failing):
    status, _, err = run("cmdb", "health", WEBSHOP, f"--failing={failing}")
    assert status == 2
    assert "must be a whole number, such as 5, or all" in err


def test_json_holds_everything(shop, run):
    status, out, _ = run("cmdb", "health", shop, "--json", "--rules", "health.toml")
    found = json.loads(out)
    assert status == 1
    assert {name: found[name] for name in ("file", "at", "class", "items")} == {
        "file": "shop.toml",
        "at": None,
        "class": None,
        "items": 4,
    }
    assert found["metrics"][1] == {
        "metric": "recommended_attributes",
        "about": "completeness",
        "score": "0",
        "eligible": 2,
        "weight": "1/2",
        "failing": [
            {
                "kind": "item",
                "key": [ci],
                "class": name,
                "problem": f"configuration item {ci}: 'owner' is recommended of class {name!r}, and missing; "
                "fill in",
            }
            for ci, name in [("web-1", "web server"), ("web-2", "application")]
        ],
    }
    assert found["metrics"][4]["score"] is None
    assert [each["class"] for each in found["classes"]] == ["application", "host", "service", "web server"]
    assert found["classes"][0]["metrics"][1]["failing"] == 1
    one = json.loads(run("cmdb", "health", shop, "--json", "--class", "host")[1])
    assert (one["class"], one["items"], one["classes"]) == ("host", 1, [])


def test_a_finding_of_the_class_model_is_about_no_record(shop, run):
    unkeepable = """orphan_rule = ["used_by"]
    [[model.allowed]]
    source = ["service"]
    type = "used_by"
    target = ["service"]
    """
    shop.write_text(SHOP + unkeepable, "utf-8")
    found = json.loads(run("cmdb", "health", shop, "--json", "--at", "2026-03-02")[1])
    (metric,) = (each for each in found["metrics"] if each["metric"] == "class_model")
    assert found["at"] == "2026-03-02T00:00:00+00:00"
    assert {each["kind"] for each in metric["failing"]} == {None}
    assert any("its orphan rule asks for used_by" in each["problem"] for each in metric["failing"])


def test_nothing_is_healthy(shop, run):
    shop.write_text("items = []", "utf-8")
    assert lines(run("cmdb", "health", shop)[1])[0] == "shop.toml: 0 items, health –"
    assert run("cmdb", "health", shop)[0] == 0


def test_a_fault_of_the_rules_names_their_file(shop, run):
    Path("health.toml").write_text("weights = { orphan = 1 }", "utf-8")
    status, _, err = run("cmdb", "health", shop, "--rules", "health.toml")
    assert status == 2
    assert "health.toml: weights.orphan: no such metric; did you mean 'orphans'?" in err
