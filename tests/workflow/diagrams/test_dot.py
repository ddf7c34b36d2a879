"""DOT text, read by a small parser of its own, which follows the grammar of Graphviz."""

import re
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given

from itsmkit.workflow import State, WorkflowDefinition, incident_workflow
from itsmkit.workflow.diagrams import Frequencies, dot_text

HERE = Path(__file__).parent
COUNTS = Frequencies({("New", "Assigned"): 1204, ("New", "Closed"): 7}, {"New": 1300, "Closed": 7})

TOKEN = re.compile(
    r'\s*(?:(?P<text>"(?:[^"\\]|\\["\\nlr])*")|(?P<id>[A-Za-z_][A-Za-z0-9_]*|[0-9.]+)|(?P<mark>->|[][{}=;,]))',
)
KEYWORDS = {"node", "edge", "graph", "digraph", "subgraph", "strict"}


class Reader:
    """Reads a directed graph: nodes and clusters with their attributes and what they lie in, and edges."""

    def __init__(self, text):
        self.tokens = []
        at = 0
        while at < len(text.rstrip()):
            match = TOKEN.match(text, at)
            assert match, text[at : at + 40]
            self.tokens.append(match[match.lastgroup])
            at = match.end()
        self.nodes, self.clusters, self.edges, self.graph = {}, {}, [], {}
        assert self.take() == "digraph"
        self.name = self.take()
        self.block(())
        assert self.tokens == []

    def take(self, expected=None):
        token = self.tokens.pop(0)
        assert expected in {None, token}
        return token

    def block(self, around):
        self.take("{")
        while self.tokens[0] != "}":
            self.statement(around)
        self.take("}")

    def statement(self, around):
        head = self.take()
        if head == "subgraph":
            name = self.take()
            assert name.startswith("cluster_")
            self.clusters[name] = {"around": around}
            self.block((name, *around))
            return
        if self.tokens[0] == "->":
            self.take("->")
            self.edges.append((head, self.identifier(self.take()), self.attributes()))
        elif head == "graph":
            (self.clusters[around[0]] if around else self.graph).update(self.attributes())
        elif head in {"node", "edge"}:
            self.attributes()
        else:
            assert self.identifier(head) not in self.nodes
            self.nodes[head] = {"around": around, **self.attributes()}
        self.take(";")

    def identifier(self, token):
        assert token.lower() not in KEYWORDS
        assert token[0] not in '"]['
        return token

    def attributes(self):
        found = {}
        if self.tokens[0] == "[":
            self.take("[")
            while self.tokens[0] != "]":
                key = self.take()
                self.take("=")
                assert key not in found
                found[key] = self.take()
                if self.tokens[0] == ",":
                    self.take(",")
            self.take("]")
        return found


def shown(label):
    """Return the lines that Graphviz shows for a label in quotes."""
    lines = re.split(r"(?<!\\)((?:\\\\)*)\\n", label[1:-1])
    joined = ["".join(pair) for pair in zip(lines[::2], [*lines[1::2], ""], strict=True)]
    return [unescape(re.sub(r"\\(.)", r"\1", line)) for line in joined]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        pytest.param("incident", {}, id="the standard incident"),
        pytest.param("incident-counted", {"frequencies": COUNTS}, id="with counts"),
        pytest.param("change", {"direction": "right"}, id="with composite states"),
    ],
)
def test_a_diagram_is_what_it_was(name, options, change):
    definition = change if name == "change" else incident_workflow()
    assert dot_text(definition, **options) == (HERE / f"{name}.dot").read_text("utf-8")


def test_names_that_mean_something_to_graphviz_are_shown_all_the_same():
    names = ['say "hi"', "\\N", "back\\", "&amp;", "&#955;", "\\n", "node", "Digraph", '\\"', "<b>x</b>"]
    definition = WorkflowDefinition(
        "x", initial=names[0], states=[State(name, "active") for name in names], transitions=[]
    )
    reader = Reader(dot_text(definition))
    states = [node["label"] for key, node in reader.nodes.items() if "__" not in key]
    assert [shown(label) for label in states] == [[name] for name in names]
    assert "node [" in dot_text(definition)


def test_an_arrow_to_or_from_a_frame_is_cut_at_its_border(change):
    reader = Reader(dot_text(change))
    found = {(source, target): told for source, target, told in reader.edges if "label" in told}
    assert found["Draft", "Cancelled"]["ltail"] == "cluster_Open"
    assert "lhead" not in found["Draft", "Cancelled"]
    replan = found["Scheduled", "Draft"]
    assert (replan["ltail"], replan["lhead"]) == ("cluster_Implementation", "cluster_Planning")
    [start] = [told for source, _, told in reader.edges if source == "start__Implementation"]
    assert start == {}


def test_counts_are_shown_and_make_arrows_wide_faint_or_dashed():
    reader = Reader(dot_text(incident_workflow(), frequencies=COUNTS))
    assert shown(reader.nodes["New"]["label"]) == ["New", "1,300"]
    assert shown(reader.nodes["Pending"]["label"]) == ["Pending", "0"]
    found = {(source, target): told for source, target, told in reader.edges}
    assert shown(found["New", "Assigned"]["label"]) == ["assign", "1,204"]
    assert found["New", "Assigned"]["penwidth"] == "6.00"
    assert (found["Pending", "Resolved"]["penwidth"], found["Pending", "Resolved"]["color"]) == (
        "1.00",
        '"#a9b3ba"',
    )
    assert shown(found["New", "Closed"]["label"]) == ["not declared", "7"]
    assert found["New", "Closed"]["style"] == "dashed"


def test_any_definition_is_read_back_with_every_state_and_move_once(drawable, told, moves_of):
    @given(drawable)
    def law(definition):
        reader = Reader(dot_text(definition))
        assert shown(reader.graph["label"])[0] == told(definition.name)
        states = {key: node for key, node in reader.nodes.items() if "__" not in key}
        names = {key: shown(node["label"])[0] for key, node in states.items()}
        assert sorted(names.values()) == sorted(told(state.name) for state in definition.states)
        frames = {key: shown(cluster["label"])[0] for key, cluster in reader.clusters.items()}
        assert sorted(frames.values()) == sorted(told(each.name) for each in definition.composites)
        assert {
            names[key]: tuple(frames[each] for each in node["around"]) for key, node in states.items()
        } == {
            told(state.name): tuple(map(told, definition.composites_around(state.name)))
            for state in definition.states
        }

        arrows = [
            (
                frames[attributes["ltail"]] if "ltail" in attributes else names[source],
                shown(attributes["label"]),
                frames[attributes["lhead"]] if "lhead" in attributes else names[target],
            )
            for source, target, attributes in reader.edges
            if "label" in attributes
        ]
        assert moves_of(definition, arrows) == moves_of(definition)
        assert len({(source, target) for source, _, target in arrows}) == len(arrows)

        assert {names[t] for s, t, _ in reader.edges if s == "start__"} == {told(definition.initial)}
        left = {source for source, _, _ in moves_of(definition)}
        finals = {names[source] for source, target, _ in reader.edges if target.startswith("end__")}
        assert finals == {told(state.name) for state in definition.states} - left

    law()
