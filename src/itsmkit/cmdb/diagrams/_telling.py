"""What a service map says in words: for those who do not see it, and for a pointer that rests on a part."""

from collections.abc import Iterator

from itsmkit._diagrams.wording import on_one_line
from itsmkit._figures import plural
from itsmkit.cmdb.diagrams._picture import Arrow, Box, Junction, Picture

__all__ = [
    "arrow_told",
    "box_texts",
    "box_told",
    "description",
    "junction_text",
    "junction_told",
    "name_of",
    "others_text",
    "summary",
]

_MOST_NAMED = 12
_SIGNS = ("✓", "▵", "▵", "▵", "✕")


def summary(picture: Picture) -> str:
    """Return what there is in a picture: ``"2 down, 1 degraded of 40 configuration items"``."""
    impact, graph = picture.impact, picture.graph
    everything = plural(len(graph.items), "configuration item")
    if impact is None:
        shown = sum(len(box.items) for box in picture.boxes)
        told = everything if shown == len(graph.items) else f"{shown:,} of {everything}"
    elif not impact.levels:
        told = f"nothing is affected, of {everything}"
    else:
        levels = reversed(graph.levels.names[1:])
        counts = ((len(impact.at_level(name)), name) for name in levels)
        told = f"{', '.join(f'{n:,} {on_one_line(name)}' for n, name in counts if n)} of {everything}"
        expected = len(impact.suppressed)
        told += f"; {expected:,} only as planned" if expected else ""
    return f"{told}; {len(picture.hidden):,} more not shown" if picture.hidden else told


def name_of(box: Box) -> str:
    """Return what a box is called."""
    return on_one_line(box.items[0].name)


def others_text(box: Box) -> str:
    """Return whom a box stands for besides the first: ``"and 23 alike"``; empty if it is alone."""
    return f"and {box.others:,} alike" if box.others else ""


def box_told(box: Box) -> str:
    """Return what there is to say of a box, in one sentence without its full stop."""
    first = box.items[0]
    told = f"{name_of(box)} ({on_one_line(first.ci_class)} {on_one_line(first.id)})"
    if box.others:
        names = [on_one_line(item.id) for item in box.items[1 : _MOST_NAMED + 1]]
        more = box.others - len(names)
        told += f" {others_text(box)}: {', '.join(names)}{f' and {more:,} more' if more else ''};"
    if not box.status:
        return told.rstrip(";")
    return f"{told} {'are' if box.others else 'is'} {on_one_line(box.status.replace(' · ', ', '))}"


def box_texts(box: Box) -> tuple[str, ...]:
    """Return what stands in a box where there are no signs: its name, class, who is alike, and the level."""
    sign = "" if box.tone is None else _SIGNS[box.tone]
    texts = [name_of(box), on_one_line(box.items[0].ci_class.replace("_", " ")), others_text(box)]
    status = on_one_line(box.status.replace(" · ", ", ")) if box.status else ""
    return tuple(text for text in (*texts, f"{sign} {status}".strip()) if text)


def junction_text(junction: Junction) -> str:
    """Return what stands in a junction: what is needed, and with an impact how many are up."""
    return junction.need if junction.tone is None else f"{junction.need} · {junction.up} up"


def junction_told(junction: Junction) -> str:
    """Return what there is to say of a junction."""
    members = ", ".join(map(on_one_line, junction.members))
    told = f"{on_one_line(junction.name)}: {junction.need} needed of {members}, by the rule: {junction.rule}"
    if junction.tone is None:
        return told
    told += f"; {junction.up} up"
    if junction.spare is None:
        return told
    if junction.spare == 0:
        return f"{told}; one more failure takes the dependent down"
    return f"{told}; {plural(junction.spare, 'more failure')} can be borne"


def arrow_told(arrow: Arrow) -> str:
    """Return the relations that an arrow stands for, as sentences."""
    return "; ".join(on_one_line(str(each)) for each in arrow.relations)


def description(picture: Picture) -> str:
    """Return all of a picture in sentences."""
    return " ".join(f"{sentence}." for sentence in _sentences(picture))


def _sentences(picture: Picture) -> Iterator[str]:
    flow = "Impact flows along the arrows, from what supports to what depends on it"
    yield f"A service map: {summary(picture)}"
    yield flow
    yield from map(box_told, picture.boxes)
    for junction in picture.junctions:
        yield f"{on_one_line(junction.dependent)} needs {junction_told(junction)}"
    yield from (arrow_told(arrow) for arrow in picture.arrows if arrow.relations)
    if picture.proof.steps:
        yield "The emphasised way is the reason: " + "; ".join(
            on_one_line(str(step)) for step in picture.proof.steps
        )
