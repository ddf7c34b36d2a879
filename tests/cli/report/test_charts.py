from datetime import date, timedelta
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.cli.report._bins import Bins, gathered
from itsmkit.cli.report._charts import backlog_chart, flow_chart, hours_chart
from itsmkit.reporting import Day

counts = st.integers(0, 10_000)
histories = st.lists(st.tuples(counts, counts, counts), min_size=1, max_size=60).map(
    lambda rows: gathered([Day(date(2026, 1, 1) + timedelta(n), *row) for n, row in enumerate(rows)])
)


def drawn(svg: Element, class_: str) -> list[Element]:
    return [element for element in svg.iter() if element.get("class") == class_]


def number(element: Element, name: str) -> float:
    return float(element.get(name, "0"))


@settings(deadline=None, max_examples=50)
@given(histories)
def test_every_count_is_a_bar_of_its_height(bins: Bins) -> None:
    svg = fromstring(flow_chart(bins))
    opened = [number(bar, "height") for bar in drawn(svg, "opened")]
    resolved = [number(bar, "height") for bar in drawn(svg, "resolved")]
    assert opened == [part.opened for part in bins.parts if part.opened]
    assert resolved == [part.resolved for part in bins.parts if part.resolved]


@settings(deadline=None, max_examples=50)
@given(histories)
def test_no_bar_leaves_the_chart(bins: Bins) -> None:
    svg = fromstring(flow_chart(bins))
    [plot] = svg.findall("svg")
    left, top, width, height = map(float, plot.get("viewBox", "").split())
    for bar in plot.iter("rect"):
        assert left <= number(bar, "x") <= left + width - number(bar, "width")
        assert top <= number(bar, "y") <= top + height - number(bar, "height")


@settings(deadline=None, max_examples=50)
@given(histories)
def test_the_backlog_is_a_step_for_each_part(bins: Bins) -> None:
    svg = fromstring(backlog_chart(bins))
    [line] = drawn(svg, "line")
    steps = [int(step.split("H")[0]) for step in line.get("d", "").split("V")[1:]]
    assert steps == [-part.backlog for part in bins.parts]


@pytest.mark.parametrize("days", [1, 2, 3, 5, 31, 92])
def test_a_few_dates_stand_below(days: int) -> None:
    bins = gathered([Day(date(2026, 1, 1) + timedelta(n), 1, 1, 1) for n in range(days)])
    labels = list(fromstring(backlog_chart(bins)).iter("text"))[1:]
    assert len(labels) == min(days, 5)
    assert labels[0].text == bins.parts[0].label
    assert labels[-1].text == bins.parts[-1].label
    assert labels[0].get("text-anchor") == "start"


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.lists(counts, min_size=24, max_size=24), min_size=7, max_size=7).filter(
        lambda w: any(map(any, w))
    )
)
def test_the_more_the_stronger(week: list[list[int]]) -> None:
    svg = fromstring(hours_chart(week))
    cells = drawn(svg, "heat")
    expected = [n for hours in week for n in hours if n]
    assert len(cells) == len(expected)
    opacities = [number(cell, "fill-opacity") for cell in cells]
    assert max(opacities) == 1
    ranked = sorted(zip(expected, opacities, strict=True))
    assert [opacity for _, opacity in ranked] == sorted(opacities)


def test_a_pointer_is_told_the_figures() -> None:
    bins = gathered([Day(date(2026, 3, 2), 1234, 2, 9)])
    svg = fromstring(flow_chart(bins))
    assert [bar.findtext("title") for bar in drawn(svg, "opened")] == [
        "2 March 2026: 1,234 opened, 2 resolved"
    ]


@pytest.mark.parametrize(
    ("most", "top"),
    [(0, "1"), (1, "1"), (7, "7"), (11, "12"), (99, "100"), (100, "100"), (138, "150"), (2210, "2,500")],
)
def test_a_scale_ends_with_a_round_number(most: int, top: str) -> None:
    svg = fromstring(backlog_chart(gathered([Day(date(2026, 3, 2), 0, 0, most)])))
    assert next(svg.iter("text")).text == f"{top} open"
