"""The chart of moves between states: ribbons from where incidents left to where they went."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain

from attrs import frozen
from markupsafe import Markup

from itsmkit._svg import bidi, chart, draw, plot
from itsmkit.cli._result import leading
from itsmkit.cli._svg import write
from itsmkit.cli._wording import count

__all__ = ["state_flow"]

_THICKEST = 240  # pixels for all moves together
_SLOT = 19  # the least height of a state: its name needs it
_GAP = 5
_MOST_STATES = 9
_OTHERS = "other states"

Moves = Mapping[tuple[str, str], int]


@frozen
class _Place:
    """Where a state stands on its side of the chart, in pixels: its slot, and in the middle its moves."""

    top: float
    slot: float
    moves: float

    @property
    def middle(self) -> float:
        return self.top + self.slot / 2

    @property
    def moves_top(self) -> float:
        return self.middle - self.moves / 2


def state_flow(state_changes: Moves) -> Markup:
    """
    Return the moves between states: on the left where they begin, on the right where they end.

    A ribbon is as thick as there are moves. Beyond nine states, the rarest are gathered into one.

    Args:
        state_changes: Moves by (from, to), at least one.
    """
    moves = _gathered(state_changes)
    left, right = _summed(moves, 0), _summed(moves, 1)
    order = sorted({*left, *right}, key=lambda state: (_lateness(left[state], right[state]), state))
    scale = _THICKEST / moves.total()
    sources, targets = _places(order, left, scale), _places(order, right, scale)
    height = round(max(place.top + place.slot for place in chain(sources.values(), targets.values())))
    (source, target), most = moves.most_common(1)[0]
    svg = chart(
        "moves",
        height=height,
        title="Moves between states",
        description=f"{count(moves.total())} moves; most, {count(most)}, from {source} to {target}.",
    )
    ribbons = plot(svg, (0, 0, "100%", height), (0, 0, 100, height))
    leaving = {state: place.moves_top for state, place in sources.items()}
    arriving = {state: place.moves_top for state, place in targets.items()}
    for source in sources:
        for target in targets:
            n = moves[source, target]
            if n:
                tip = f"{bidi(source)} to {bidi(target)}: {count(n)}"
                d = _ribbon(leaving[source], arriving[target], n * scale)
                draw(ribbons, "path", tip=tip, class_="ribbon", d=d)
                leaving[source] += n * scale
                arriving[target] += n * scale
    for states, counts, bar, x, anchor in (
        (sources, left, 0.0, "3%", "start"),
        (targets, right, 99.0, "97%", "end"),
    ):
        for state, place in states.items():
            draw(
                ribbons,
                "rect",
                class_="state",
                x=bar,
                y=place.moves_top,
                width=1,
                height=max(place.moves, 1.5),
            )
            label = f"{bidi(state)} {count(counts[state])}"
            draw(svg, "text", label, class_="name", x=x, y=place.middle + 4, text_anchor=anchor)
    return write(svg)


def _gathered(state_changes: Moves) -> Counter[tuple[str, str]]:
    """Return the moves among the busiest states, with all other states as one."""
    busy: Counter[str] = Counter()
    for ends, n in state_changes.items():
        busy.update(dict.fromkeys(ends, n))
    kept = {state for state, _ in leading(busy, most=_MOST_STATES)[0]}
    moves: Counter[tuple[str, str]] = Counter()
    for (source, target), n in state_changes.items():
        moves[source if source in kept else _OTHERS, target if target in kept else _OTHERS] += n
    return moves


def _lateness(left: int, entered: int) -> float:
    """Return where a state stands in the life of a ticket: -1 if it is only left, 1 if it is only entered."""
    return (entered - left) / (entered + left)


def _summed(moves: Moves, side: int) -> Counter[str]:
    sums: Counter[str] = Counter()
    for ends, n in moves.items():
        sums[ends[side]] += n
    return sums


def _places(order: Iterable[str], counts: Mapping[str, int], scale: float) -> dict[str, _Place]:
    """Return where each state that has moves stands, from top to bottom in *order*."""
    places = {}
    top = 0.0
    for state in order:
        if state in counts:
            moves = counts[state] * scale
            places[state] = _Place(top, max(moves, _SLOT), moves)
            top += places[state].slot + _GAP
    return places


def _ribbon(start: float, end: float, thickness: float) -> str:
    """Return the path of a ribbon by its upper left, its upper right and how thick it is."""
    below, under = start + thickness, end + thickness
    return (
        f"M1 {start:.2f}C50 {start:.2f} 50 {end:.2f} 99 {end:.2f}"
        f"V{under:.2f}C50 {under:.2f} 50 {below:.2f} 1 {below:.2f}Z"
    )
