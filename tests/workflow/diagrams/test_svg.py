"""SVG: the picture is read back from the file, and its parts are where they belong."""

import re
from importlib.resources import files
from itertools import combinations
from math import dist
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from attrs import frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from itsmkit._diagrams.text_width import text_width
from itsmkit.workflow import State, StateCategory, Transition, WorkflowDefinition, incident_workflow
from itsmkit.workflow.diagrams import Frequencies, svg_text

HERE = Path(__file__).parent
SVG = "{http://www.w3.org/2000/svg}"
STYLE = (files("itsmkit.workflow.diagrams") / "style.css").read_text("utf-8")
COUNTS = Frequencies({("New", "Assigned"): 1204, ("New", "Closed"): 7}, {"New": 1300, "Closed": 7})
NEAR = 0.02  # coordinates are rounded


@frozen
class Rect:
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other):
        return (
            min(self.right, other.right) - max(self.left, other.left) > NEAR
            and min(self.bottom, other.bottom) - max(self.top, other.top) > NEAR
        )

    def holds(self, other):
        return (
            self.left - NEAR <= other.left
            and self.top - NEAR <= other.top
            and other.right <= self.right + NEAR
            and other.bottom <= self.bottom + NEAR
        )

    def on_border(self, point):
        x, y = point
        inside = self.left - NEAR <= x <= self.right + NEAR and self.top - NEAR <= y <= self.bottom + NEAR
        edges = (abs(x - self.left), abs(x - self.right), abs(y - self.top), abs(y - self.bottom))
        return inside and min(edges) <= NEAR


def rect(group):
    found = group.find(f"{SVG}rect")
    x, y, width, height = (float(found.get(each)) for each in ("x", "y", "width", "height"))
    return Rect(x, y, x + width, y + height)


def points(path):
    return [tuple(map(float, pair.split())) for pair in re.findall(r"-?[\d.e+-]+ -?[\d.e+-]+", path.get("d"))]


class Read:
    """A picture as it is drawn."""

    def __init__(self, text):
        self.svg = fromstring(text)
        groups = [*self.svg.iter(f"{SVG}g")]
        self.states = self._boxes(groups, "state")
        self.frames = self._boxes(groups, "composite")
        self.arrows = [group for group in groups if group.get("data-source") is not None]
        self.labels = [group for group in groups if "label" in group.get("class", "").split()]
        self.plain = [group for group in groups if group.get("class") == "way" and group not in self.arrows]

    def _boxes(self, groups, kind):
        found = [group for group in groups if kind in group.get("class", "").split()]
        boxes = {group.get("data-state"): rect(group) for group in found}
        assert len(boxes) == len(found)
        return boxes

    def texts(self, kind):
        return [text.text for text in self.svg.iter(f"{SVG}text") if text.get("class") == kind]

    def check_places(self):
        """Fail if something lies where it does not belong."""
        boxes = self.states | self.frames
        for one, other in combinations(self.states, 2):
            assert not self.states[one].overlaps(self.states[other]), (one, other)
        labels = [rect(label) for label in self.labels]
        for label in labels:
            for state, box in self.states.items():
                assert not label.overlaps(box), state
        for one, other in combinations(labels, 2):
            assert not one.overlaps(other)
        assert len(self.labels) == len(self.arrows)
        for arrow, label in zip(self.arrows, labels, strict=True):
            out, into = arrow.findall(f"{SVG}path[@class='edge']")
            tip = points(arrow.find(f"{SVG}path[@class='head']"))[0]
            assert boxes[arrow.get("data-source")].on_border(points(out)[0])
            assert label.on_border(points(out)[-1])
            assert label.on_border(points(into)[0])
            assert boxes[arrow.get("data-target")].on_border(tip)
            assert dist(points(into)[-1], tip) < 16

    def check_frames(self, definition, told):
        for composite in definition.composites:
            frame = self.frames[told(composite.name)]
            inside = {told(each) for each in definition.states_in(composite.name)}
            for state, box in self.states.items():
                assert frame.holds(box) if state in inside else not frame.overlaps(box)
            for each in composite.states:
                assert frame.holds((self.states | self.frames)[told(each)])


@pytest.mark.parametrize(
    ("name", "options"),
    [
        pytest.param("incident", {}, id="the standard incident"),
        pytest.param("incident-counted", {"frequencies": COUNTS}, id="with counts"),
        pytest.param("change", {"direction": "right"}, id="with composite states"),
    ],
)
def test_a_picture_has_the_parts_that_it_had(name, options, change):
    definition = change if name == "change" else incident_workflow()

    def parts(text):
        # Where they stand is for the library that lays them out, of which there will be other versions.
        return [
            (each.tag, each.get("class"), each.get("data-state"), each.get("data-source"), each.text)
            for each in fromstring(text).iter()
            if each.tag != f"{SVG}style"
        ]

    kept = (HERE / f"{name}.svg").read_text("utf-8")
    assert sorted(map(repr, parts(svg_text(definition, **options)))) == sorted(map(repr, parts(kept)))


@pytest.mark.parametrize("direction", ["down", "right"])
@pytest.mark.parametrize("frequencies", [None, COUNTS])
def test_the_standard_workflow_is_drawn_clearly(direction, frequencies):
    read = Read(svg_text(incident_workflow(), direction=direction, frequencies=frequencies))
    assert list(read.states) == [state.name for state in incident_workflow().states]
    assert len(read.arrows) == 18 + (frequencies is not None)
    read.check_places()


@pytest.mark.parametrize("direction", ["down", "right"])
def test_a_workflow_with_composite_states_is_drawn_clearly(change, told, direction):
    read = Read(svg_text(change, direction=direction))
    read.check_places()
    read.check_frames(change, told)


def test_the_flow_runs_where_it_is_told_to():
    boxes = Read(svg_text(incident_workflow())).states
    assert boxes["New"].bottom < boxes["Assigned"].top < boxes["In Progress"].top < boxes["Resolved"].top
    boxes = Read(svg_text(incident_workflow(), direction="right")).states
    assert boxes["New"].right < boxes["Assigned"].left < boxes["In Progress"].left < boxes["Resolved"].left


def bends(arrow):
    return sum(path.get("d").count("Q") for path in arrow.findall(f"{SVG}path[@class='edge']"))


def test_what_runs_with_the_flow_is_straighter_than_what_runs_back(change):
    read = Read(svg_text(change, direction="right"))
    found = {(arrow.get("data-source"), arrow.get("data-target")): bends(arrow) for arrow in read.arrows}
    onwards = [("Draft", "Assessment"), ("Assessment", "Awaiting approval"), ("Scheduled", "Implementing")]
    back = [("Awaiting approval", "Draft"), ("Implementing", "Scheduled"), ("Backing out", "Scheduled")]
    assert [found[ends] for ends in onwards] == [0, 0, 0]
    assert all(found[ends] > 0 for ends in back)


def test_any_definition_is_drawn_clearly(drawable, told, moves_of):
    @settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(drawable, st.sampled_from(["down", "right"]))
    def law(definition, direction):
        text = svg_text(definition, direction=direction)
        assert text == svg_text(definition, direction=direction)
        read = Read(text)
        assert sorted(read.states) == sorted(told(state.name) for state in definition.states)
        assert sorted(read.frames) == sorted(told(composite.name) for composite in definition.composites)
        arrows = [(arrow.get("data-source"), ["any"], arrow.get("data-target")) for arrow in read.arrows]
        assert len({(source, target) for source, _, target in arrows}) == len(arrows)
        assert {(source, target) for source, _, target in moves_of(definition, arrows)} == {
            (source, target) for source, _, target in moves_of(definition)
        }
        read.check_places()
        read.check_frames(definition, told)

    law()


def test_everything_lies_within_the_picture(change):
    read = Read(svg_text(change))
    width, height = float(read.svg.get("width")), float(read.svg.get("height"))
    moved = next(group for group in read.svg if group.get("transform"))
    x, y = map(float, re.findall(r"-?[\d.]+", moved.get("transform")))
    paths = [points(path) for path in moved.iter(f"{SVG}path") if path.get("class") != "sign"]
    places = [(px + x, py + y) for path in paths for px, py in path]
    places += [(box.left + x, box.top + y) for box in (*read.states.values(), *read.frames.values())]
    places += [(box.right + x, box.bottom + y) for box in (*read.states.values(), *read.frames.values())]
    assert all(0 <= px <= width and 80 <= py <= height for px, py in places)


def test_what_is_written_fits_into_its_box():
    long = "Waiting for the supplier to send the spare part that was ordered in spring"
    definition = WorkflowDefinition(
        "long", initial=long, states=[State(long, "pending"), State("W" * 60, "closed")], transitions=[]
    )
    read = Read(svg_text(definition))
    assert [name.strip("\u2068\u2069") for name in read.texts("name")] == [
        "Waiting for the",
        "supplier to send the",
        "spare part that was",
        "ordered in spring",
        *["W" * 13] * 4,
        "W" * 8,
    ]
    assert all(box.right - box.left <= 220 for box in read.states.values())


def test_the_sign_of_a_timer_stands_left_of_its_text_and_on_the_label(change):
    for label in Read(svg_text(change)).labels:
        for sign in label.findall(f"{SVG}path[@class='sign']"):
            left = points(sign)[0][0] - 5
            [text] = label.findall(f"{SVG}text[@class='timer']")
            width = text_width(text.text.strip("\u2068\u2069"), 12)
            assert rect(label).left <= left
            assert left + 10 <= float(text.get("x")) - 0.9 * width / 2
            assert float(text.get("x")) + width / 2 <= rect(label).right + NEAR


def test_a_timer_has_a_sign_and_the_legend_says_so(change):
    read = Read(svg_text(change))
    assert read.texts("timer") == ["\u2068after 16h\u2069", "\u2068after 5 business days\u2069"]
    signs = [path for path in read.svg.iter(f"{SVG}path") if path.get("class") == "sign"]
    assert len(signs) == 3
    assert "fired by a timer" in legend(read)
    small = WorkflowDefinition("x", initial="A", states=[State("A", "closed")], transitions=[])
    assert "fired by a timer" not in legend(Read(svg_text(small)))


def legend(read):
    groups = [group for group in read.svg.iter(f"{SVG}g") if "legend" in group.get("class", "").split()]
    return [group.find(f"{SVG}text").text for group in groups]


def test_the_legend_names_what_is_there():
    categories = [category.value for category in StateCategory]
    assert legend(Read(svg_text(incident_workflow()))) == [*categories, "fired by a timer"]
    counted = Read(svg_text(incident_workflow(), frequencies=COUNTS))
    told = ["fired by a timer", "the wider, the more often", "never taken", "not declared"]
    assert legend(counted) == [*categories, *told]
    small = WorkflowDefinition("x", initial="A", states=[State("A", "closed")], transitions=[])
    assert legend(Read(svg_text(small))) == ["closed"]


def test_counts_stand_in_states_and_on_arrows_and_make_them_wide():
    read = Read(svg_text(incident_workflow(), frequencies=COUNTS))
    assert read.texts("times")[:7] == [
        "\u20681,300\u2069",
        *["\u20680\u2069"] * 4,
        "\u20687\u2069",
        "\u20680\u2069",
    ]
    kinds = {(each.get("data-source"), each.get("data-target")): each.get("class") for each in read.arrows}
    assert kinds["New", "Assigned"] == "way"
    assert kinds["New", "Closed"] == "undeclared"
    assert {kind for ends, kind in kinds.items() if ends not in {("New", "Assigned"), ("New", "Closed")}} == {
        "unused"
    }
    widths = {
        each.get("data-target"): {
            float(path.get("stroke-width")) for path in each.findall(f"{SVG}path[@class='edge']")
        }
        for each in read.arrows
        if each.get("data-source") == "New"
    }
    assert widths["Assigned"] == {6.4}
    assert widths["Cancelled"] == {1.4}
    assert 1.4 < min(widths["Closed"]) < 6.4


def test_tickets_begin_at_a_dot_and_end_in_rings(change):
    read = Read(svg_text(change))
    circles = [circle.get("class") for circle in read.svg.iter(f"{SVG}circle")]
    assert sorted(circles) == ["dot"] * 3 + ["ring"] * 2 + ["ring-dot"] * 2
    assert len(read.plain) == 5


def test_it_says_in_words_what_it_shows():
    svg = fromstring(svg_text(incident_workflow()))
    assert svg.get("role") == "img"
    assert svg.find(f"{SVG}title").text == "incident"
    assert "close from Resolved to Closed" in svg.find(f"{SVG}desc").text
    tips = [title.text for title in svg.iter(f"{SVG}title")]
    assert "start from New to In Progress; needs assignee" in tips


def test_text_of_either_direction_is_fenced_off():
    definition = WorkflowDefinition(
        "گردش کار",
        initial="رسید (2)",
        states=[State("رسید (2)", "closed")],
        transitions=[Transition("نیم", "رسید (2)", "رسید (2)")],
    )
    read = Read(svg_text(definition))
    assert read.texts("heading") == ["\u2068گردش کار\u2069"]
    assert read.texts("name") == ["\u2068رسید (2)\u2069"]
    assert read.texts("trigger") == ["\u2068نیم\u2069"]


def test_every_class_has_a_style_and_every_style_a_use(change):
    texts = [svg_text(change), svg_text(incident_workflow(), frequencies=COUNTS)]
    used = {
        each
        for text in texts
        for element in fromstring(text).iter()
        for each in element.get("class", "").split()
        if element.tag != f"{SVG}style"
    }
    styled = set(re.findall(r"\.([a-z][a-z-]*)", re.sub(r"/\*.*?\*/", "", STYLE)))
    assert used - styled <= {"state", "composite", "label", "way", "legend", "bare", "clock"}
    assert styled <= used
    light, dark = STYLE.split("@media (prefers-color-scheme: dark)")
    colours = re.compile(r"^ *([., a-z-]+?) \{[^}]*(?:fill|stroke|background): #", re.MULTILINE)
    assert {name for rule in colours.findall(light) for name in rule.split(", ")} == {
        name for rule in colours.findall(dark) for name in rule.split(", ")
    }
