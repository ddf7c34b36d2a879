"""Open time as a picture: each day a row, each hour of its clock a step to the right."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import cached_property
from importlib.resources import files
from itertools import pairwise
from xml.etree.ElementTree import Element

from attrs import frozen

from itsmkit._documents import duration_text
from itsmkit._svg import bidi, draw, drawing, file_text
from itsmkit.calendars import CauseKind, ExplainedSpan, TimeSpan, intersect_spans
from itsmkit.cli._reckoning import Reckoning
from itsmkit.cli._wording import day_and_weekday, instant
from itsmkit.cli.plots._rows import Place, Row, rows_of

__all__ = ["open_time_plot"]

_ZERO = timedelta(0)
_TICK = timedelta.resolution
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)
_MOST_WEEKS = 6  # as many as a month can touch; of more, the first and the last three are shown

# In pixels.
_WIDTH = 960
_MARGIN = 28
_LEFT, _RIGHT = 150, 846  # the hours of a day lie between them
_TOP = 136  # of the first row
_BETWEEN = 5  # two rows
_LINE = 3  # what passes without counting
_NAME = 84  # the room that the name of a mark takes at most
_LETTER = 7  # the width of one, more or less
_MIDDLE = 4.5  # from the middle of a line of text down to its base

_KINDS = {
    "open": "open",
    "running": "the clock runs",
    "paused": "paused",
    "waiting": "closed, so it waits",
    "holding": "paused while closed",
}
"""The kinds of time, each drawn over those before it."""

_LINES = frozenset({"waiting", "holding"})  # time in which nothing happens is a thin line

_CHANGES = {"skipped": "is skipped", "twice": "comes twice"}


def open_time_plot(reckoning: Reckoning, *, heading: str, lead: str, hours: str, end: str) -> str:
    """
    Return a picture of the weeks in which *reckoning* lies, as the text of an SVG file.

    Each row is a local date of the calendar's zone, from midnight to midnight. It shows when the calendar is
    open, when the clock runs, when it is paused, and what keeps a day closed; to the right, how much counted.
    What the clocks show twice lies in two halves of its row, the first time above the second; what they
    skip is a hole. Of more than six weeks, the first and the last three are shown.

    The file needs nothing else, follows the light or dark of its viewer, and says in words what it shows.

    Args:
        reckoning: What to show.
        heading: What it says, in short.
        lead: How much of what, and from when on.
        hours: The calendar in words.
        end: What the second instant is called: ``"due"``, ``"end"``.
    """
    span, marks = reckoning.span, (("start", reckoning.start), (end, reckoning.end))
    blocks = [_Block(reckoning, rows) for rows in _rows(reckoning)]
    rows = sum(len(block.rows) for block in blocks)
    pitch = 46 if rows <= 7 else 36 if rows <= 14 else 27  # a week has room, a month just enough
    floor = _TOP + (rows + len(blocks) - 1) * pitch
    svg = drawing(
        width=_WIDTH,
        height=floor + 92,
        title=heading,
        description=_description(reckoning, lead, hours, end),
        style=(files("itsmkit.cli") / "plots" / "style.css").read_text(encoding="utf-8"),
    )
    _stripes(svg)
    _head(svg, heading, lead, hours)
    top = _TOP
    for block in blocks:
        if block is not blocks[0]:
            _left_out(svg, reckoning, blocks[0].end, block.start, top + pitch / 2)
            top += pitch
        for row in block.rows:
            band = _Band(top, pitch - _BETWEEN)
            _day(svg, row, band, first=row is block.rows[0])
            _boxes(svg, row, block, band)
            _note(svg, row, block, band)
            for name, at in marks:
                is_last = at > span.start
                _mark(svg, name, row.place_of(at, closing=is_last), band, is_last=is_last)
            if counted := _on(row, reckoning):
                _figure(svg, counted, band.base)
            top += pitch
    draw(svg, "text", "in all", x=_RIGHT, y=floor + 18, text_anchor="end")
    _figure(svg, abs(reckoning.elapsed), floor + 18, class_="total")
    kinds = {kind for block in blocks for kind, spans in block.layers if spans}
    _legend(svg, kinds, end, floor + 60)
    return file_text(svg)


# -- what is shown -----------------------------------------------------------------------------------


def _rows(reckoning: Reckoning) -> list[tuple[Row, ...]]:
    """Return the days to show, in whole weeks from Monday: all in one block, or the first and the last."""
    tz, span = reckoning.calendar.tz, reckoning.span
    # What ends at midnight belongs to the day before.
    first, last = map(_monday, map(reckoning.local, (span.start, max(span.start, span.end - _TICK))))
    if (last - first) // _WEEK < _MOST_WEEKS:
        return [rows_of(tz, first, last + _WEEK - _DAY)]
    lasting = _MOST_WEEKS // 2 * _WEEK
    end = last + _WEEK
    return [rows_of(tz, first, first + lasting - _DAY), rows_of(tz, end - lasting, end - _DAY)]


def _monday(at: datetime) -> date:
    return at.date() - at.weekday() * _DAY


@frozen
class _Block:
    """
    Days without a gap, and the time in them.

    Args:
        reckoning: What is reckoned.
        rows: The days.
    """

    reckoning: Reckoning
    rows: tuple[Row, ...]

    @property
    def start(self) -> datetime:
        """The first instant that the calendar knows."""
        return max(self._edges[0], self.reckoning.calendar.known.start)

    @property
    def end(self) -> datetime:
        """The last instant that the calendar knows."""
        return min(self._edges[1], self.reckoning.calendar.known.end - _TICK)

    @property
    def _edges(self) -> tuple[datetime, datetime]:
        spans = [span for row in self.rows for span in row.spans]
        return spans[0].start, spans[-1].end

    @cached_property
    def entries(self) -> tuple[ExplainedSpan, ...]:
        """Why it is open, and why it is not."""
        return self.reckoning.calendar.explain(self.start, self.end).entries

    @cached_property
    def layers(self) -> tuple[tuple[str, tuple[TimeSpan, ...]], ...]:
        """The kinds of time with their spans, in the order in which they are drawn."""
        calendar, counting = self.reckoning.calendar, self.reckoning.counting
        found: dict[str, tuple[TimeSpan, ...]] = dict.fromkeys(_KINDS, ())
        found["open"] = calendar.open_spans(self.start, self.end)
        asked = TimeSpan(self.start, self.end) & self.reckoning.span
        if asked is not None:
            pauses = intersect_spans([asked], self.reckoning.pauses)
            closed = intersect_spans([asked], [entry.span for entry in self.entries if not entry.counted])
            found["running"] = counting.open_spans(asked.start, asked.end)
            found["paused"] = intersect_spans(found["open"], pauses)
            found["waiting"] = closed
            found["holding"] = intersect_spans(closed, pauses)
        return tuple(found.items())


def _on(row: Row, reckoning: Reckoning) -> timedelta:
    """Return how much of *row* counts."""
    parts = (part for span in row.spans if (part := span & reckoning.span) is not None)
    return sum((reckoning.counting.elapsed(part.start, part.end) for part in parts), _ZERO)


@frozen
class _Band:
    """
    The height in which a row lies.

    Args:
        top: Where it begins, in pixels.
        height: In pixels.
    """

    top: float
    height: float

    def at(self, share: float) -> float:
        """Return where a share of the height ends."""
        return self.top + self.height * share

    @property
    def base(self) -> float:
        """The base of a line of text in the middle."""
        return self.at(0.5) + _MIDDLE


# -- drawing -----------------------------------------------------------------------------------------


def _x(at: timedelta) -> float:
    return _LEFT + (_RIGHT - _LEFT) * (at / _DAY)


def _head(svg: Element, heading: str, lead: str, hours: str) -> None:
    draw(svg, "text", heading, class_="heading", x=_MARGIN, y=46)
    draw(svg, "text", lead, class_="lead", x=_MARGIN, y=72)
    most = (_WIDTH - 2 * _MARGIN) // _LETTER
    shortened = hours if len(hours) <= most else f"{hours[: most - 1]}…"
    draw(svg, "text", bidi(shortened), x=_MARGIN, y=94)
    for hour in range(0, 25, 3):
        name = f"{hour:02}:00"
        draw(svg, "text", name, class_="hour", x=_x(hour * _HOUR), y=_TOP - 10, text_anchor="middle")
    draw(svg, "text", "counted", class_="hour", x=_WIDTH - _MARGIN, y=_TOP - 10, text_anchor="end")


def _stripes(svg: Element) -> None:
    pattern = draw(
        draw(svg, "defs"),
        "pattern",
        id="stripes",
        width=7,
        height=7,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )
    draw(pattern, "rect", class_="stripe-ground", width=7, height=7)
    draw(pattern, "line", class_="stripe", x1=0, y1=0, x2=0, y2=7)


def _day(svg: Element, row: Row, band: _Band, *, first: bool) -> None:
    """Draw the empty day and its name; of the first day of a block, and of a year, with its year."""
    if row.day.weekday() == 0 and not first:
        y = band.top - _BETWEEN / 2
        draw(svg, "line", class_="week", x1=_MARGIN, x2=_WIDTH - _MARGIN, y1=y, y2=y)
    year = f" {row.day.year}" if first or (row.day.month, row.day.day) == (1, 1) else ""
    name = f"{row.day:%a} {row.day.day} {row.day:%b}{year}"
    draw(svg, "text", name, class_="date", x=_MARGIN, y=band.base)
    draw(svg, "rect", class_="ground", x=_LEFT, y=band.top, width=_RIGHT - _LEFT, height=band.height, rx=3)
    for hour in range(3, 24, 3):
        x = _x(hour * _HOUR)
        draw(svg, "line", class_="grid", x1=x, x2=x, y1=band.top, y2=band.top + band.height)


def _boxes(svg: Element, row: Row, block: _Block, band: _Band) -> None:
    for kind, spans in block.layers:
        for span in spans:
            for place in row.places(span):
                y, bottom = band.at(place.top), band.at(place.bottom)
                if kind in _LINES:
                    y, bottom = (y + bottom - _LINE) / 2, (y + bottom + _LINE) / 2
                tip = f"{_KINDS[kind]}, {_wall(place.start)} to {_wall(place.end)}"
                x, width = _x(place.start), _x(place.end) - _x(place.start)
                draw(svg, "rect", tip=tip, class_=kind, x=x, y=y, width=width, height=bottom - y)
    for kind, walls in (("skipped", row.skipped), ("twice", row.twice)):
        for since, until in walls:
            tip = f"{_wall(since)} to {_wall(until)} {_CHANGES[kind]}"
            x, width = _x(since), _x(until) - _x(since)
            draw(svg, "rect", tip=tip, class_=kind, x=x, y=band.top, width=width, height=band.height)


def _note(svg: Element, row: Row, block: _Block, band: _Band) -> None:
    """Write what is special about a day where it has most room."""
    told = {
        bidi(cause.detail) if cause.kind is CauseKind.HOLIDAY and cause.detail else cause.kind.value: None
        for entry in block.entries
        if any(span & entry.span for span in row.spans)
        for cause in entry.causes
        if cause.kind in {CauseKind.HOLIDAY, CauseKind.SPECIAL_HOURS}
    }
    changes = [
        f"{_wall(since)} to {_wall(until)} {_CHANGES[kind]}"
        for kind, walls in (("skipped", row.skipped), ("twice", row.twice))
        for since, until in walls
    ]
    notes = [*told, *changes]
    if not notes:
        return
    taken = sorted(
        (place.start, place.end)
        for kind, spans in block.layers
        if kind not in _LINES
        for span in spans
        for place in row.places(span)
    )
    text = ", ".join(notes)
    free = ((before[1], after[0]) for before, after in pairwise([(_ZERO, _ZERO), *taken, (_DAY, _DAY)]))
    since, until = max(free, key=lambda wall: wall[1] - wall[0])
    if _x(until) - _x(since) < len(text) * _LETTER:
        since, until = _ZERO, _DAY
    x = _x((since + until) / 2)
    draw(svg, "text", text, class_="note", x=x, y=band.base, text_anchor="middle")


def _mark(svg: Element, name: str, place: Place | None, band: _Band, *, is_last: bool) -> None:
    """Draw an instant, if it is of this day, and its name beside it."""
    if place is None:
        return
    x, y = _x(place.start), band.at((place.top + place.bottom) / 2)
    tip = f"{name}, {_wall(place.start)}"
    if name == "start":
        draw(svg, "circle", tip=tip, class_="mark start", cx=x, cy=y, r=6)
    else:
        draw(svg, "path", tip=tip, class_="mark end", d=_diamond(x, y))
    # The clock runs between the two: names stand outside, where there is room.
    left = _RIGHT - x < _NAME if is_last else x - _LEFT > _NAME
    draw(
        svg,
        "text",
        f"{name} {_wall(place.start)}",
        class_="mark-name",
        x=x - 12 if left else x + 12,
        y=y + _MIDDLE,
        text_anchor="end" if left else "start",
    )


def _figure(svg: Element, counted: timedelta, base: float, class_: str = "figure") -> None:
    draw(svg, "text", _length(counted), class_=class_, x=_WIDTH - _MARGIN, y=base, text_anchor="end")


def _left_out(svg: Element, reckoning: Reckoning, since: datetime, until: datetime, y: float) -> None:
    """Say what the weeks between two blocks hold."""
    counted = abs(reckoning.counting.elapsed(since, until))
    weeks = round((until - since) / _WEEK)
    text = "1 week is left out here" if weeks == 1 else f"{weeks} weeks are left out here"
    draw(svg, "text", text, class_="note", x=(_LEFT + _RIGHT) / 2, y=y, text_anchor="middle")
    _figure(svg, counted, y)


def _legend(svg: Element, kinds: Collection[str], end: str, y: float) -> None:
    """Say what the boxes, lines and marks mean: those that are there."""
    x: float = _MARGIN
    for kind, text in _KINDS.items():
        if kind in kinds:
            height = _LINE if kind in _LINES else 14
            draw(svg, "rect", class_=kind, x=x, y=y - height / 2, width=22, height=height)
            draw(svg, "text", text, x=x + 30, y=y + _MIDDLE)
            x += 52 + _LETTER * len(text)
    draw(svg, "circle", class_="mark start", cx=x + 6, cy=y, r=6)
    draw(svg, "text", "start", x=x + 18, y=y + _MIDDLE)
    draw(svg, "path", class_="mark end", d=_diamond(x + 76, y))
    draw(svg, "text", end, x=x + 90, y=y + _MIDDLE)


def _diamond(x: float, y: float) -> str:
    return f"M{x:g} {y - 8:g}l8 8l-8 8l-8 -8z"


# -- wording -----------------------------------------------------------------------------------------


def _description(reckoning: Reckoning, lead: str, hours: str, end: str) -> str:
    """Return the picture in sentences."""
    local = reckoning.local
    sentences = [
        f"{lead}; {end} {instant(local(reckoning.end))}",
        f"Open: {hours}",
        f"Counted: {duration_text(reckoning.elapsed)}",
    ]
    sentences.extend(f"Closed on {day_and_weekday(day)}: {name}" for day, name in reckoning.holidays.items())
    sentences.extend(
        f"Paused from {instant(local(pause.start))} to {instant(local(pause.end))}"
        for pause in reckoning.pauses
    )
    return ". ".join(sentences) + "."


def _wall(at: timedelta) -> str:
    """Return a time of day; the one that ends it is 24:00."""
    seconds = at // timedelta(seconds=1)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text


def _length(counted: timedelta) -> str:
    """Return a duration in hours and minutes; what is less than a second is left out."""
    seconds = counted // timedelta(seconds=1)
    text = f"{seconds // 3600:,}:{seconds // 60 % 60:02}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text
