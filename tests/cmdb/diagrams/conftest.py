import re

import pytest
from hypothesis import strategies as st

from itsmkit.cmdb import (
    CIId,
    ConfigurationGraph,
    ConfigurationItem,
    LevelChain,
    RedundancySet,
    Relation,
    Seed,
)

# What formats are known to trip over: their own marks and words, other scripts, what is no text at all.
PIECES = [
    *"\"'`:;#%&\\{}[]<>|*$-.,/=\n\x07",
    *("<b>x</b>", "&amp;", "#quot;", "\\n", "-->", "---", "%%", "]]>", "</script>", "<!--", "style"),
    *("end", "graph", "node", "subgraph", "class", "default", "click", "o", "x"),
    *(
        "web",
        "Web Server",
        "1",
        "بسته",
        "نیم\u200cروز",
        "日本語",
        "é",
        "\u202e",
        "\u2069",
        "\ud800",
        "\ufffe",
    ),
]
CHAINS = [LevelChain(("up", "degraded", "down")), LevelChain(("fine", "ä<b>", "bad", "worse"))]
RULES = ["all", "any", "at least 2", "50 %", "influence 60 %"]
NAMES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map("".join).map(str.strip).filter(bool)


def told(name: str) -> str:
    """Return a name as a map is to tell it, found letter by letter."""
    letters = [
        " "
        if letter.isspace()
        else "\ufffd"
        if ord(letter) in {*range(32), *range(127, 160), 0xFFFE, 0xD800}
        else letter
        for letter in name
        if letter not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    ]
    return re.sub(" +", " ", "".join(letters)).strip() or "\ufffd"


@pytest.fixture(scope="session", name="told")
def told_fixture():
    return told


@st.composite
def drawable(draw, most=9):
    """Draw a graph with rings, relations of every flow, and redundancy of every kind; and failures."""
    ids = draw(st.lists(NAMES, min_size=1, max_size=most, unique=True))
    classes = ["server", "service", "user", "load balancer", *draw(st.lists(NAMES, max_size=1))]
    items = [
        ConfigurationItem(CIId(each), draw(st.sampled_from(classes)), draw(st.just(each) | NAMES))
        for each in ids
    ]
    types = ["depends_on", "runs_on", "used_by", "connects_to", "documented_by"]
    pairs = st.tuples(st.sampled_from(ids), st.sampled_from(types), st.sampled_from(ids))
    triples = draw(st.lists(pairs, max_size=2 * most, unique=True))
    relations = [Relation(CIId(a), name, CIId(b)) for a, name, b in triples]
    levels = draw(
        st.sampled_from(
            [LevelChain(("up", "degraded", "down")), LevelChain(("fine", "ä<b>", "bad", "worse"))]
        )
    )
    bare = ConfigurationGraph(items, relations)
    sets = []
    for each in ids:
        providers = [ci for ci in bare.predecessors(CIId(each)) if ci != each]
        if providers and draw(st.booleans()):
            members = draw(st.lists(st.sampled_from(providers), min_size=1, unique=True))
            rules = [rule for rule in RULES if rule != "at least 2" or len(members) > 1]
            sets.append(RedundancySet(CIId(each), draw(NAMES), members, draw(st.sampled_from(rules))))
    graph = ConfigurationGraph(items, relations, sets, levels=levels)
    seeds = [
        Seed(
            CIId(ci),
            draw(st.none() | st.sampled_from(levels.names)),
            draw(st.sampled_from(["observed", "manual", "planned", "assumed"])),
        )
        for ci in draw(st.lists(st.sampled_from(ids), max_size=3))
    ]
    return graph, seeds


@pytest.fixture(scope="session", name="drawable")
def drawable_fixture():
    return drawable


@pytest.fixture(scope="session")
def shop():
    """Return a shop with redundancy, a ring of switches, and 24 tills that are alike."""
    items = [
        ("shop", "service", "Web shop"),
        ("customers", "user", "Customers"),
        ("web-1", "web server", "Web server 1"),
        ("web-2", "web server", "Web server 2"),
        ("host-1", "server", "host-1"),
        ("host-2", "server", "host-2"),
        ("feed", "power feed", "Power feed"),
        ("switch-1", "switch", "Switch 1"),
        ("switch-2", "switch", "Switch 2"),
        *((f"till-{number:02}", "workstation", f"Till {number}") for number in range(1, 25)),
    ]
    relations = [
        "shop used_by customers",
        "shop depends_on web-1",
        "shop depends_on web-2",
        "web-1 runs_on host-1",
        "web-2 runs_on host-2",
        "host-1 powered_by feed",
        "host-2 powered_by feed",
        "host-1 depends_on switch-1",
        "switch-1 connects_to switch-2",
        *(f"till-{number:02} depends_on shop" for number in range(1, 25)),
    ]
    return ConfigurationGraph(
        [ConfigurationItem(CIId(key), ci_class, name) for key, ci_class, name in items],
        [Relation(*sentence.split()) for sentence in relations],
        [RedundancySet(CIId("shop"), "web servers", ["web-1", "web-2"], "any")],
    )
