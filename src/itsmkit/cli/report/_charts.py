"""Charts of the passing of time: pure functions from figures to SVG."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from markupsafe import Markup

from itsmkit._svg import chart, draw, plot
from itsmkit.cli._svg import write
from itsmkit.cli._wording import count
from itsmkit.cli.report._bins import Bin, Bins

__all__ = ["WEEKDAYS", "backlog_chart", "flow_chart", "hours_chart"]

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_STEPS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100)
_TICKS = 5
_LINE = 20  # the height of a line of text, in pixels
_BAR = 0.72  # the width of a bar, of its place
_CELL = 0.92  # that of an hour, likewise


def flow_chart(bins: Bins) -> Markup:
    """
    Return what came in and what was done: bars upwards for opened, downwards for resolved incidents.

    The direction tells one from the other, so that no colour has to.

    Args:
        bins: At least one.
    """
    top = _round_up(max(max(part.opened, part.resolved) for part in bins.parts))
    ceiling, floor = _LINE, _LINE + 180
    middle = (ceiling + floor) / 2
    svg = chart(
        "flow",
        height=floor + 2 * _LINE,
        title=f"Incidents opened and resolved by {bins.unit}",
        description=(
            f"{_peak(bins, 'opened')}; {_peak(bins, 'resolved')}. Bars upwards are opened incidents, bars "
            "downwards resolved ones."
        ),
    )
    draw(svg, "text", f"{count(top)} opened", y=ceiling - 6)
    draw(svg, "text", f"{count(top)} resolved", y=floor + 14)
    _across(svg, ceiling, "grid")
    _across(svg, floor, "grid")
    bars = plot(svg, (0, ceiling, "100%", floor - ceiling), (0, -top, len(bins.parts), 2 * top))
    for place, part in enumerate(bins.parts):
        x = place + (1 - _BAR) / 2
        tip = f"{part.name}: {count(part.opened)} opened, {count(part.resolved)} resolved"
        if part.opened:
            draw(bars, "rect", tip=tip, class_="opened", x=x, y=-part.opened, width=_BAR, height=part.opened)
        if part.resolved:
            draw(bars, "rect", tip=tip, class_="resolved", x=x, width=_BAR, height=part.resolved)
    _across(svg, middle, "axis")
    _dates(svg, bins.parts, y=floor + _LINE + 14)
    return write(svg)


def backlog_chart(bins: Bins) -> Markup:
    """
    Return how many incidents were open at the end of each part of the history.

    Args:
        bins: At least one.
    """
    backlogs = [part.backlog for part in bins.parts]
    top = _round_up(max(backlogs))
    ceiling, floor = _LINE, _LINE + 80
    svg = chart(
        "backlog",
        height=floor + _LINE,
        title=f"Incidents open at the end of each {bins.unit}",
        description=f"{_peak(bins, 'backlog')}; {count(backlogs[-1])} at the end.",
    )
    draw(svg, "text", f"{count(top)} open", y=ceiling - 6)
    _across(svg, ceiling, "grid")
    area = plot(svg, (0, ceiling, "100%", floor - ceiling), (0, -top, len(backlogs), top))
    # A backlog stands until the next is known: steps, each as wide as its part.
    steps = "".join(f"V{-backlog}H{place + 1}" for place, backlog in enumerate(backlogs))
    draw(area, "path", class_="area", d=f"M0 0{steps}V0Z")
    draw(area, "path", class_="line", d=f"M0 {-backlogs[0]}{steps}")
    _across(svg, floor, "axis")
    _dates(svg, bins.parts, y=floor + 14)
    return write(svg)


def hours_chart(opened_by_hour: Sequence[Sequence[int]]) -> Markup:
    """
    Return when incidents come in: the stronger the colour of an hour of the week, the more.

    Args:
        opened_by_hour: Openings by weekday, from Monday, and hour.
    """
    row = 26
    margin, width = 10, 90  # percent: the names of the days, and the hours
    floor = 7 * row
    most, weekday, hour = max(
        (n, weekday, hour) for weekday, hours in enumerate(opened_by_hour) for hour, n in enumerate(hours)
    )
    svg = chart(
        "hours",
        height=floor + _LINE,
        title="Incidents opened by weekday and hour",
        description=f"Most, {count(most)}, on {WEEKDAYS[weekday]} from {_hour(hour)}.",
    )
    draw(svg, "rect", class_="ground", x=f"{margin}%", width=f"{width}%", height=floor)
    cells = plot(svg, (f"{margin}%", 0, f"{width}%", floor), (0, 0, 24, 7))
    for weekday, hours in enumerate(opened_by_hour):
        name = WEEKDAYS[weekday]
        draw(svg, "text", name[:3], y=(weekday + 0.5) * row + 4)
        for hour, n in enumerate(hours):
            if n:
                tip = f"{name}, {_hour(hour)}: {count(n)}"
                draw(
                    cells,
                    "rect",
                    tip=tip,
                    class_="heat",
                    x=hour + (1 - _CELL) / 2,
                    y=weekday + (1 - _CELL) / 2,
                    width=_CELL,
                    height=_CELL,
                    fill_opacity=0.1 + 0.9 * n / most,
                )
    for hour in range(0, 24, 6):
        draw(svg, "text", _hour(hour), x=f"{margin + width * hour / 24:g}%", y=floor + 14)
    return write(svg)


def _across(svg: Element, y: float, class_: str) -> None:
    draw(svg, "line", class_=class_, x1=0, x2="100%", y1=y, y2=y)


def _round_up(most: int) -> int:
    """Return the end of a scale that holds *most*, a round number."""
    power: int = 10 ** max(len(str(most)) - 2, 0)
    return next(step * power for step in _STEPS if step * power >= most)


def _peak(bins: Bins, what: str) -> str:
    part: Bin = max(bins.parts, key=lambda part: int(getattr(part, what)))
    return f"at most {count(getattr(part, what))} {what} ({part.name})"


def _hour(hour: int) -> str:
    return f"{hour:02}:00"


def _dates(svg: Element, parts: Sequence[Bin], *, y: float) -> None:
    """Write a few of the dates below a chart: as many as a phone has room for."""
    last = len(parts) - 1
    for place in sorted({round(last * tick / (_TICKS - 1)) for tick in range(_TICKS)}):
        anchor = "start" if place == 0 else "end" if place == last else "middle"
        x = {"start": 0.0, "middle": place + 0.5, "end": place + 1.0}[anchor] / len(parts)
        label = parts[place].label
        draw(svg, "text", label, x=f"{x:.4%}", y=y, text_anchor=anchor)
