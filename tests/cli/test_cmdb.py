"""``itsmkit cmdb …``: what is printed, drawn and written, and what is refused."""

import json
import sys
from itertools import chain, pairwise
from pathlib import Path

import pytest

from itsmkit.cmdb import CIId, Provenance, Seed
from itsmkit.cmdb.diagrams import dot_text, mermaid_text, service_map_html, service_map_svg
from itsmkit.cmdb.mapping_form import load_configuration

SHOP = """
relations = [
  "shop depends_on web-1", "shop depends_on web-2", "web-1 runs_on host", "web-2 runs_on host",
  "customers depends_on shop",
]
items = [
  { id = "shop", class = "service", name = "Web shop" },
  { id = "web-1", class = "application" },
  { id = "web-2", class = "application" },
  { id = "host", class = "server" },
  { id = "customers", class = "user" },
]
[[redundancy]]
dependent = "shop"
name = "web"
members = ["web-1", "web-2"]
rule = "any"
"""
TIMED = """
[[seeds]]
ci = "web-1"
since = 2026-03-01T00:00:00Z
until = 2026-04-01T00:00:00Z
[[overrides]]
ci = "customers"
level = "up"
author = "duty manager"
expires = 2026-03-30T00:00:00Z
"""
WEBSHOP = Path(__file__).parent.parent.parent / "examples" / "webshop.toml"


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """Go to a folder that holds a configuration."""
    monkeypatch.chdir(tmp_path)
    path = Path("shop.toml")
    path.write_text(SHOP, "utf-8")
    return path


@pytest.fixture
def timed(shop):
    shop.write_text(SHOP + TIMED, "utf-8")
    return shop


def lines(text):
    return [line.rstrip() for line in text.splitlines()]


# -- check -------------------------------------------------------------------------------------------


def test_nothing_wrong_is_said(shop, run):
    assert run("cmdb", "check", shop) == (
        0,
        "shop.toml: nothing is wrong; 5 items, 5 relations, 1 redundancy set\n",
        "",
    )


def test_the_example_has_nothing_wrong(run):
    assert run("cmdb", "check", WEBSHOP)[0] == 0


def test_what_makes_impact_wrong_is_an_error(shop, run):
    shop.write_text(SHOP.replace('"customers depends_on shop"', '"customers depends_on shup"'), "utf-8")
    status, out, _ = run("cmdb", "check", shop)
    assert status == 1
    assert lines(out) == [
        (
            "shop.toml: error: relation customers depends_on shup: no configuration item 'shup'; add it, or "
            "remove the relation"
        ),
        "shop.toml: 1 error; 5 items, 5 relations, 1 redundancy set",
    ]


def test_what_the_model_does_not_want_is_a_warning_unless_strict(shop, run):
    text = SHOP.replace("relations = [", 'model = "standard"\nrelations = [\n"host depends_on shop",')
    shop.write_text(text.replace('"server"', '"physical host"').replace('"user"', '"group"'), "utf-8")
    status, out, _ = run("cmdb", "check", shop)
    assert status == 0
    assert lines(out)[-1].startswith("shop.toml: ")
    assert "warning: relation customers depends_on shop: the model does not allow" in out
    assert run("cmdb", "check", shop, "--strict")[0] == 1
    found = json.loads(run("cmdb", "check", shop, "--json")[1])
    assert (found["items"], found["relations"], found["redundancy_sets"]) == (5, 6, 1)
    assert {each["severity"] for each in found["problems"]} == {"warning"}
    assert "governance-violation" in {each["kind"] for each in found["problems"]}


def test_every_fault_of_the_file_is_told(shop, run):
    text = SHOP.replace('rule = "any"', 'rule = "some"').replace('class = "server"', 'klass = "server"')
    shop.write_text(text, "utf-8")
    status, out, _ = run("cmdb", "check", shop)
    assert status == 1
    assert "shop.toml: error: items[3]" in out
    assert "shop.toml: error: redundancy[0].rule: must be all, any" in out
    assert lines(out)[-1].endswith("; where it leads is looked at once these are mended")
    found = json.loads(run("cmdb", "check", shop, "--json")[1])
    assert {each["kind"] for each in found["problems"]} == {"unreadable"}
    assert "items" not in found


def test_an_empty_configuration_is_right(shop, run):
    shop.write_text("", "utf-8")
    assert run("cmdb", "check", shop)[:2] == (0, "shop.toml: nothing is wrong; nothing is in it\n")


# -- impact ------------------------------------------------------------------------------------------


def test_an_impact_is_told_with_its_reasons(shop, run):
    status, out, _ = run("cmdb", "impact", shop, "host")
    assert status == 0
    assert lines(out) == [
        "Failed: host (assumed)",
        "5 down of 5 configuration items",
        "",
        "Service or user  Name      Class    Level  Because",
        "shop             Web shop  service  down   web-1 down, web-2 down (web: any)",
        "customers                  user     down   shop down",
        "",
        "Configuration item  Name  Class        Level  Because",
        "host                      server       down   assumed",
        "web-1                     application  down   host down",
        "web-2                     application  down   host down",
    ]


def test_a_level_can_be_said_and_work_can_be_planned(shop, run):
    out = run("cmdb", "impact", shop, "web-2=degraded", "--planned", "web-1")[1]
    assert "Failed: web-2 degraded (assumed), web-1 (planned)" in out
    assert "degraded, as planned" in out
    assert "down, as planned" in out


def test_nothing_failed_and_nothing_is_affected(shop, run):
    out = run("cmdb", "impact", shop)[1]
    assert lines(out) == ["Failed: nothing", "nothing of 5 configuration items is affected"]


def test_what_the_file_says_counts_at_its_time(timed, run):
    status, out, error = run("cmdb", "impact", timed)
    assert (status, out) == (2, "")
    assert "something in it holds only for a time; say when: --at 2026-03-27T16:00Z" in error
    out = run("cmdb", "impact", timed, "--at", "2026-03-29")[1]
    assert lines(out)[:2] == ["Failed: web-1 (observed)", "1 down, 1 degraded of 5 configuration items"]
    assert "Ruled: customers is at worst up, by duty manager until 2026-03-30T00:00:00+00:00" in out
    assert "nothing of 5" in run("cmdb", "impact", timed, "--at", "2026-05-01T00:00+02:00")[1]


def test_a_long_table_says_how_many_there_are_besides(shop, run):
    users = "\n".join(f'[[items]]\nid = "till-{n}"\nclass = "till"' for n in range(42))
    relations = "".join(f'"till-{n} depends_on shop",' for n in range(42))
    plain = SHOP.replace("items = [", "", 1).split('  { id = "shop"')
    items = "\n".join(
        f'[[items]]\nid = "{ci}"\nclass = "{kind}"'
        for ci, kind in [
            ("shop", "service"),
            ("web-1", "a"),
            ("web-2", "a"),
            ("host", "s"),
            ("customers", "user"),
        ]
    )
    shop.write_text(
        plain[0].replace("relations = [", f"relations = [{relations}") + items + "\n" + users, "utf-8"
    )
    assert "and 5 others; --format json lists all" in run("cmdb", "impact", shop, "host")[1]


def test_json_holds_all_of_an_impact(shop, run):
    found = json.loads(run("cmdb", "impact", shop, "web-1", "--planned", "web-2", "--format", "json")[1])
    assert list(found) == [
        "file",
        "at",
        "levels",
        "failures",
        "items",
        "counts",
        "affected",
        "rulings",
    ]
    assert found["failures"] == [
        {"ci": "web-1", "level": "down", "provenance": "assumed"},
        {"ci": "web-2", "level": "down", "provenance": "planned"},
    ]
    assert (found["items"], found["counts"]) == (5, {"degraded": 0, "down": 4})
    [shop_] = [each for each in found["affected"] if each["ci"] == "shop"]
    assert shop_ == {
        "ci": "shop",
        "name": "Web shop",
        "class": "service",
        "level": "down",
        "is_service": True,
        "is_user": False,
        "is_suppressed": False,
        "slack": None,
        "why": {
            "ci": "shop",
            "level": "down",
            "provenance": None,
            "group": "web",
            "rule": "any",
            "because": [{"ci": "web-1", "level": "down"}, {"ci": "web-2", "level": "down"}],
        },
    }


@pytest.mark.parametrize(
    ("name", "draw"),
    [
        ("a.svg", service_map_svg),
        ("a.html", service_map_html),
        ("a.dot", dot_text),
        ("a.mmd", mermaid_text),
    ],
)
def test_the_name_of_the_file_tells_the_map(shop, run, name, draw):
    status, out, _ = run("cmdb", "impact", shop, "host", "--out", name, "--direction", "right")
    assert (status, out) == (0, f"Written: {name}\n")
    graph = load_configuration(shop).graph()
    impact = graph.impact_of([Seed(CIId("host"), None, Provenance.ASSUMED)])
    assert Path(name).read_text("utf-8") == draw(graph, impact, direction="right")


def test_a_page_holds_mermaid_as_a_fenced_block(shop, run):
    run("cmdb", "impact", shop, "host", "--focus", "web-1", "--out", "a.md")
    text = Path("a.md").read_text("utf-8")
    assert text.startswith("```mermaid\n---\n")
    assert text.endswith("```\n")
    assert "web_2[" not in text


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        pytest.param(["hst"], "no configuration item 'hst'; did you mean 'host'?", id="unknown"),
        pytest.param(["host=broken"], "no level 'broken'; known: up, degraded, down", id="unknown level"),
        pytest.param(["=down"], "'=down' is no failure; write CI or CI=LEVEL", id="no id"),
        pytest.param(["host="], "'host=' is no failure", id="no level"),
        pytest.param(["host", "--at", "now"], "--at", id="no instant"),
        pytest.param(["host", "--format", "svg"], "a picture needs a file; name one", id="no file"),
        pytest.param(["host", "--out", "a.png"], "--out a.png: its name does not tell", id="suffix"),
        pytest.param(["host", "--out", "a", "--format", "table"], "a table is printed", id="a table"),
        pytest.param(["host", "--out", "shop.toml", "--format", "dot"], "is an input", id="the input"),
        pytest.param(["host", "--out", "no/a.svg"], "there is no directory", id="no directory"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence_and_nothing_is_written(shop, run, options, problem):
    status, out, error = run("cmdb", "impact", shop, *options)
    assert (status, out) == (2, "")
    assert problem in error
    assert error.count("\n") == 1
    assert list(Path().iterdir()) == [shop]
    assert shop.read_text("utf-8") == SHOP


def test_a_missing_library_is_one_sentence(shop, run, monkeypatch):
    monkeypatch.setitem(sys.modules, "graphlay", None)
    status, _, error = run("cmdb", "map", shop, "--out", "a.svg")
    assert status == 2
    assert "python -m pip install 'itsmkit[diagrams]'" in error


# -- why ---------------------------------------------------------------------------------------------


def test_a_reason_goes_step_by_step_from_what_failed(shop, run):
    out = run("cmdb", "why", shop, "shop", "--failed", "host", "web-1")[1]
    assert lines(out) == [
        "shop (Web shop) is down",
        "  web-1 is down: assumed",
        "  host is down: assumed",
        "  web-2 is down: host down (web-2 runs_on host)",
        "  shop is down: web-1 down, web-2 down (web: any)",
    ]
    out = run("cmdb", "why", shop, "shop", "--failed", "host", "--failed", "web-1", "--minimal")[1]
    assert "web-1 is down: assumed" not in out


def test_what_is_not_down_is_told_what_is_missing(shop, run):
    out = run("cmdb", "why", shop, "customers")[1]
    assert lines(out) == [
        "customers is up",
        "It would be down with any of these:",
        "  customers depends_on shop: 1 further failure of shop, down or worse",
    ]


def test_json_holds_all_of_a_reason(shop, run):
    found = json.loads(run("cmdb", "why", shop, "shop", "--failed", "web-1", "--format", "json")[1])
    assert list(found) == ["file", "at", "failures", "ci", "level", "steps", "rests_on", "missing"]
    assert (found["ci"], found["level"]) == ("shop", "degraded")
    assert found["steps"][-1]["because"] == [{"ci": "web-1", "level": "down"}]
    assert found["rests_on"] == [{"ci": "web-1", "level": "down", "provenance": "assumed"}]
    assert found["missing"] == [
        {
            "group": "web",
            "members_at": "down",
            "failures": 1,
            "candidates": [{"ci": "web-2", "weight": 1}],
        }
    ]


@pytest.mark.parametrize("minimal", [[], ["--minimal"]])
def test_a_reason_can_be_drawn(shop, run, minimal):
    drawn = run(
        "cmdb", "why", shop, "shop", "--failed", "host", "--failed", "web-1", "--format", "dot", *minimal
    )[1]
    assert drawn.startswith('digraph "Impact of ')
    assert "penwidth=3" in drawn
    assert ("web-1, assumed" in drawn or "down, assumed" in drawn) is True
    assert ('digraph "Impact of host on Web shop"' in drawn) is bool(minimal)


# -- spof --------------------------------------------------------------------------------------------


def test_single_points_and_false_redundancy_are_listed(shop, run):
    out = run("cmdb", "spof", shop)[1]
    assert lines(out) == [
        "Service  Goes down with any one of",
        "shop     host",
        "",
        "Redundant only on paper",
        "  group 'web' of shop (any of web-1, web-2): its members share host",
        "",
        "What services rest on most  Weight  Takes down",
        "host                        1       shop",
    ]


def test_pairs_are_listed_when_asked_for(shop, run):
    out = run("cmdb", "spof", shop, "shop", "customers", "--order", "2")[1]
    assert "shop goes down with both of\nweb-1 and web-2" in "\n".join(lines(out))
    assert "rest on most" not in out
    found = json.loads(run("cmdb", "spof", shop, "shop", "--order", "2", "--json")[1])
    assert found["services"] == [{"ci": "shop", "single_points": ["host"], "pairs": [["web-1", "web-2"]]}]
    assert found["false_redundancy"] == [
        {
            "dependent": "shop",
            "group": "web",
            "rule": "any",
            "members": ["web-1", "web-2"],
            "shared": ["host"],
        }
    ]
    assert found["ranking"] == [{"ci": "host", "weight": 1, "services": ["shop"]}]


def test_many_pairs_are_cut(run):
    out = run("cmdb", "spof", WEBSHOP, "web-shop", "--order", "2")[1]
    assert "other pairs; --json lists all" in out
    assert json.loads(run("cmdb", "spof", WEBSHOP, "--json")[1])["services"][0]["pairs"] == []


def test_more_pairs_than_can_be_told_are_refused(shop, run):
    halves = {half: [half, *(f"{half}-{number}" for number in range(500))] for half in ("left", "right")}
    chains = [f"{one} depends_on {next_}" for half in halves.values() for one, next_ in pairwise(half)]
    document = {
        "items": [{"id": ci, "class": "server"} for ci in ("shop", *chain(*halves.values()))],
        "relations": ["shop depends_on left", "shop depends_on right", *chains],
        "redundancy": [{"dependent": "shop", "name": "both", "members": [*halves], "rule": "any"}],
    }
    Path("large.json").write_text(json.dumps(document), "utf-8")
    status, out, err = run("cmdb", "spof", "large.json", "shop", "--order", "2")
    assert (status, out) == (2, "")
    assert "cut sets of 'shop' of order 2: there are 251,001, at most 200,000 are told" in err
    assert run("cmdb", "spof", "large.json", "shop", "--order", "1")[0] == 0


def test_nothing_alone_is_good_news(shop, run):
    shop.write_text(SHOP.replace('"web-1 runs_on host", "web-2 runs_on host",', ""), "utf-8")
    assert lines(run("cmdb", "spof", shop)[1]) == [
        "Service  Goes down with any one of",
        "shop     nothing alone",
    ]


def test_without_a_service_it_says_so(shop, run):
    shop.write_text("", "utf-8")
    assert run("cmdb", "spof", shop)[1] == "there is no service; name what to ask about\n"


# -- diff --------------------------------------------------------------------------------------------


@pytest.fixture
def after(shop):
    text = SHOP.replace('"web-2 runs_on host",', '"web-2 runs_on host-2",').replace(
        '  { id = "host"', '  { id = "host-2", class = "server" },\n  { id = "host"'
    )
    Path("after.toml").write_text(text.replace("Web shop", "Shop"), "utf-8")
    return "after.toml"


def test_a_difference_is_told_with_what_it_does(shop, after, run):
    out = run("cmdb", "diff", shop, after, "--failed", "host")[1]
    assert lines(out) == [
        "2 added, 1 removed, 1 changed",
        "  configuration item host-2: added",
        "  relation web-2 runs_on host-2: added",
        "  relation web-2 runs_on host: removed",
        "  configuration item shop: name was 'Web shop', is 'Shop'",
        "",
        "The same failures: 3 better, 1 no longer affected",
        "Configuration item  Before  After",
        "shop (service)      down    degraded",
        "customers           down    degraded",
        "web-2               down    up",
    ]


def test_without_failures_only_the_configurations_are_compared(shop, after, run):
    assert "failures" not in run("cmdb", "diff", shop, after)[1]
    assert lines(run("cmdb", "diff", shop, shop)[1]) == ["no difference"]
    assert lines(run("cmdb", "diff", shop, shop, "--failed", "host")[1])[-1].endswith(
        "no difference in impact"
    )


def test_json_holds_all_of_a_difference(shop, after, run):
    found = json.loads(run("cmdb", "diff", shop, after, "--failed", "host", "--json")[1])
    assert found["added"] == ["configuration item host-2", "relation web-2 runs_on host-2"]
    assert found["removed"] == ["relation web-2 runs_on host"]
    assert found["changed"] == [
        {"what": "configuration item shop", "fields": ["name was 'Web shop', is 'Shop'"]}
    ]
    assert found["settings"] == []
    assert found["failures"] == [{"ci": "host", "level": "down", "provenance": "assumed"}]
    assert found["impact"][0] == {
        "ci": "shop",
        "before": "down",
        "after": "degraded",
        "is_service": True,
        "is_worse": False,
    }
    assert "impact" not in json.loads(run("cmdb", "diff", shop, after, "--json")[1])


def test_one_file_is_compared_at_two_instants(shop, run):
    text = SHOP.replace(
        '{ id = "web-2", class = "application" }',
        '{ id = "web-2", class = "application", until = 2026-03-01T00:00:00Z }',
    )
    shop.write_text(text, "utf-8")
    out = run("cmdb", "diff", shop, "--from", "2026-02-01", "--to", "2026-04-01", "--failed", "web-1")[1]
    assert "configuration item web-2: removed" in out
    assert "shop (service)      degraded  down" in out
    gone = run("cmdb", "diff", shop, "--from", "2026-02-01", "--to", "2026-04-01", "--failed", "host")[1]
    assert "web-2               down    not there" in gone


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        pytest.param(["shop.toml"], "say --from and --to, or another file", id="one file"),
        pytest.param(
            ["shop.toml", "--from", "2026-01-01", "--to", "2026-01-01"], "at two instants", id="one instant"
        ),
        pytest.param([], "two configurations are compared, or one at two instants, not 0", id="no file"),
        pytest.param(["shop.toml"] * 3, "not 3", id="three files"),
        pytest.param(["shop.toml", "timed.toml"], "say when: --to", id="no time"),
    ],
)
def test_what_cannot_be_compared_is_refused(shop, run, options, problem):
    Path("timed.toml").write_text(SHOP + TIMED, "utf-8")
    status, _, error = run("cmdb", "diff", *options)
    assert status == 2
    assert problem in error


def test_a_long_list_of_changes_is_cut(shop, run):
    many = "\n".join(f'[[items]]\nid = "x-{n:02}"\nclass = "x"' for n in range(45))
    relations = ", ".join(f'"x-{n:02} depends_on x-00"' for n in range(1, 45))
    Path("a.toml").write_text(many, "utf-8")
    Path("b.toml").write_text(f"relations = [{relations}]\n{many}", "utf-8")
    out = run("cmdb", "diff", "a.toml", "b.toml", "--failed", "x-00")[1]
    assert "and 4 others; --json lists all" in out


# -- map, causes, schema -----------------------------------------------------------------------------


def test_a_map_is_printed_as_mermaid_or_written(shop, run):
    graph = load_configuration(shop).graph()
    assert run("cmdb", "map", shop)[1] == mermaid_text(graph)
    assert run("cmdb", "map", shop, "--focus", "web-1", "--most", "2", "--format", "dot")[1] == dot_text(
        graph, focus=CIId("web-1"), most=2
    )
    assert run("cmdb", "map", shop, "--out", "a.json")[0] == 2
    run("cmdb", "map", shop, "--out", "map.html")
    assert Path("map.html").read_text("utf-8") == service_map_html(graph)


def test_a_map_shows_what_the_file_says_to_have_failed(timed, run):
    assert "down, observed" in run("cmdb", "map", timed, "--at", "2026-03-29")[1]


def test_likely_causes_are_ranked_with_the_next_question(shop, run):
    out = run("cmdb", "causes", shop, "--affected", "customers", "--working", "web-1")[1]
    assert lines(out)[0].startswith("Likely")
    assert "customers or shop" in out
    assert "Ask next: does shop work?" in out
    found = json.loads(run("cmdb", "causes", shop, "--affected", "customers", "shop", "--json")[1])
    assert list(found) == ["file", "at", "causes", "none_of_these", "next_question"]
    assert {"host", "shop"} <= {ci for each in found["causes"] for ci in each["cis"]}
    assert {"cis", "likelihood", "reasons", "explained", "unexplained", "silent", "contradicting"} == set(
        found["causes"][0]
    )


def test_many_causes_are_cut(shop, run):
    numbers = range(12)
    relations = ", ".join(f'"me depends_on x-{n}", "user-{n} depends_on x-{n}"' for n in numbers)
    kinds = [("me", "user"), *((f"x-{n}", "x") for n in numbers), *((f"user-{n}", "user") for n in numbers)]
    items = ", ".join(f'{{ id = "{ci}", class = "{kind}" }}' for ci, kind in kinds)
    shop.write_text(f"relations = [{relations}]\nitems = [{items}]", "utf-8")
    out = run("cmdb", "causes", shop, "--affected", "me")[1]
    assert "less likely; --json lists all" in out


def test_one_that_nothing_else_could_explain_leaves_nothing_to_ask(shop, run):
    shop.write_text('items = [{ id = "a", class = "b" }]', "utf-8")
    out = run("cmdb", "causes", shop, "--affected", "a")[1]
    assert lines(out)[1].endswith("explains a")
    assert "Ask next" not in out
    assert json.loads(run("cmdb", "causes", shop, "--affected", "a", "--json")[1])["next_question"] is None


def test_what_cannot_fail_explains_nothing(shop, run):
    shop.write_text('model = "standard"\nitems = [{ id = "d", class = "document" }]', "utf-8")
    out = run("cmdb", "causes", shop, "--affected", "d")[1]
    assert out == "nothing in the configuration explains this\n"


def test_alerts_count(shop, run):
    found = json.loads(
        run("cmdb", "causes", shop, "--affected", "customers", "--alerts", "host", "--json")[1]
    )
    reasons = {ci: told for each in found["causes"] for ci, told in each["reasons"].items()}
    assert list(reasons) == ["host"]


def test_without_anything_affected_there_is_no_cause(shop, run):
    status, _, error = run("cmdb", "causes", shop)
    assert status == 2
    assert "nothing is said to be affected" in error


def test_the_schema_is_printed(run):
    assert json.loads(run("cmdb", "schema")[1])["title"] == "Configuration"


def test_a_file_that_is_not_there_is_one_sentence(run):
    status, _, error = run("cmdb", "impact", "nowhere.toml", "x")
    assert status == 2
    assert "nowhere.toml" in error
