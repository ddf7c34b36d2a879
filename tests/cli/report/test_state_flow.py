from itertools import pairwise
from re import findall
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.cli.report._state_flow import state_flow

names = st.sampled_from(["New", "Active", "Pending", "باز", "<b>", *(f"state {n}" for n in range(12))])
moves = st.dictionaries(st.tuples(names, names), st.integers(1, 1000), min_size=1, max_size=60)


@settings(deadline=None, max_examples=50)
@given(moves)
def test_ribbons_are_as_thick_as_there_are_moves(state_changes: dict[tuple[str, str], int]) -> None:
    svg = fromstring(state_flow(state_changes))
    ribbons = [element for element in svg.iter("path") if element.get("class") == "ribbon"]
    total = sum(state_changes.values())
    thickness = {}
    for ribbon in ribbons:
        ends = [float(y) for y in findall(r"-?\d+\.\d+", ribbon.get("d", ""))]
        thickness[ribbon.findtext("title", "")] = ends[4] - ends[3]
    told = [int(tip.rpartition(": ")[2].replace(",", "")) for tip in thickness]
    assert sum(told) == total
    for tip, n in zip(thickness, told, strict=True):
        assert thickness[tip] == pytest.approx(240 * n / total, abs=0.02)


@settings(deadline=None, max_examples=50)
@given(moves)
def test_nothing_is_drawn_outside(state_changes: dict[tuple[str, str], int]) -> None:
    svg = fromstring(state_flow(state_changes))
    height = float(svg.get("height", "0"))
    for ribbon in svg.iter("path"):
        assert all(-0.5 <= float(y) <= height + 0.5 for y in findall(r"-?\d+\.\d+", ribbon.get("d", "")))
    for label in svg.iter("text"):
        assert 0 < float(label.get("y", "0")) < height


@settings(deadline=None, max_examples=50)
@given(moves)
def test_few_states_stand_on_either_side(state_changes: dict[tuple[str, str], int]) -> None:
    svg = fromstring(state_flow(state_changes))
    for anchor in ("start", "end"):
        labels = [label.text or "" for label in svg.iter("text") if label.get("text-anchor") == anchor]
        assert 1 <= len(labels) <= 11
        places = [
            float(label.get("y", "0")) for label in svg.iter("text") if label.get("text-anchor") == anchor
        ]
        assert all(below - above >= 19 for above, below in pairwise(places))


def test_states_stand_in_the_order_of_a_life() -> None:
    svg = fromstring(state_flow({("Active", "Closed"): 5, ("New", "Active"): 5, ("Active", "New"): 1}))
    left = [label.text for label in svg.iter("text") if label.get("text-anchor") == "start"]
    assert left == ["\u2068New\u2069 5", "\u2068Active\u2069 6"]
