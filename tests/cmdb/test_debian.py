"""
The packages of Debian as a configuration: real redundancy, real cycles, tens of thousands of items.

A package depends on each of its clauses, and a clause on any of its alternatives, or of what provides them.
"""

import re
import subprocess
from pathlib import Path
from random import Random

import pytest

from itsmkit.cmdb import CIId, ConfigurationGraph, ConfigurationItem, LevelChain, RedundancySet, Relation

LISTS = Path("/var/lib/apt/lists")
READER = Path("/usr/lib/apt/apt-helper")
TWO_LEVELS = LevelChain(["up", "down"])


@pytest.fixture(scope="module")
def packages():
    """Return of each package its clauses, each the set of packages of which any will do."""
    lists = sorted(LISTS.glob("*_main_binary-*_Packages*")) if LISTS.is_dir() else []
    if not lists or not READER.exists():
        pytest.skip(f"the package lists of apt are not at hand: none in {LISTS}, or no {READER}")
    told = subprocess.run([READER, "cat-file", *lists], capture_output=True, text=True, check=True).stdout
    stanzas = {}
    for stanza in told.split("\n\n"):
        fields = dict(re.findall(r"^(Package|Depends|Pre-Depends|Provides): (.*)$", stanza, re.MULTILINE))
        if fields:
            stanzas.setdefault(fields["Package"], fields)
    providers = {name: {name} for name in stanzas}
    for name, fields in stanzas.items():
        for provided in names(fields.get("Provides", ""), ","):
            providers.setdefault(provided, set()).add(name)
    found = {}
    for name, fields in stanzas.items():
        clauses = [
            frozenset().union(*(providers.get(each, ()) for each in names(clause, "|")))
            for kind in ("Pre-Depends", "Depends")
            for clause in fields.get(kind, "").split(",")
        ]
        # What no package can meet says nothing of what goes with which; nor does what a package is itself.
        found[name] = sorted({clause for clause in clauses if clause and name not in clause}, key=sorted)
    return found


def names(text, separator):
    """Return the names in a field, without versions and architectures."""
    return [each.split()[0].split(":")[0] for each in text.split(separator) if each.strip()]


def graph_of(packages, random=None):
    """Return the graph of packages, in an order of chance if there is one."""
    # The two types tell what a package needs in any case from what it may have for something else.
    relations = [
        Relation(name, kind, CIId(each))
        for name, clauses in packages.items()
        for kind, needed in (("depends_on", True), ("runs_on", False))
        for each in set().union(*(clause for clause in clauses if (len(clause) == 1) is needed))
    ]
    sets = [
        RedundancySet(name, f"clause {number}", sorted(clause), "any", relation_type="runs_on")
        for name, clauses in packages.items()
        for number, clause in enumerate(clauses)
        if len(clause) > 1
    ]
    items = [ConfigurationItem(CIId(name), "package", name) for name in packages]
    if random is not None:
        items, relations, sets = (random.sample(each, len(each)) for each in (items, relations, sets))
    return ConfigurationGraph(items, relations, sets, levels=TWO_LEVELS)


def broken_by(packages, removed):
    """Return what cannot be installed any more, looking at each package again and again."""
    broken, changed = set(removed), True
    while changed:
        found = {
            name
            for name, clauses in packages.items()
            if name not in broken and any(clause <= broken for clause in clauses)
        }
        broken |= found
        changed = bool(found)
    return broken


REMOVALS = [
    ["libc6"],
    ["default-mta", "exim4-daemon-light", "exim4-daemon-heavy", "postfix"],
    ["awk", "mawk", "gawk", "original-awk"],
]


def test_the_impact_of_removing_packages_is_the_solution_of_their_clauses(packages):
    graph, random = graph_of(packages), Random(4)
    sizes = []
    for removed in [*REMOVALS, *(random.sample(sorted(packages), 40) for _ in range(1))]:
        known = [CIId(name) for name in removed if name in packages]
        found = graph.impact_of(known).levels
        assert set(found) == broken_by(packages, known)
        sizes.append(len(found))
        reached = {*known, *graph.descendants(*known)}
        assert set(found) <= reached
    assert max(sizes) > len(packages) / 2


def test_packages_in_any_order_give_the_same(packages):
    some = set(sorted(packages)[::4]).union(*REMOVALS) & packages.keys()
    packages = {
        name: [chosen for clause in packages[name] if (chosen := clause & some)] for name in sorted(some)
    }
    one, other = graph_of(packages, Random(1)), graph_of(packages, Random(2))
    for removed in REMOVALS:
        known = [CIId(name) for name in removed if name in packages]
        assert list(one.impact_of(known).levels.items()) == list(other.impact_of(known[::-1]).levels.items())
