"""What there is to draw of a graph: boxes, junctions where redundancy joins, and arrows between them."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from math import ceil
from typing import get_args

from attrs import evolve, field, frozen

from itsmkit._diagrams.layout import Direction
from itsmkit._problems import shown
from itsmkit.cmdb._program import NumberedGroup
from itsmkit.cmdb._reasons import single_relations
from itsmkit.cmdb.class_model import SERVICE, USER
from itsmkit.cmdb.configuration_item import CIId, ConfigurationItem
from itsmkit.cmdb.graph import ConfigurationGraph
from itsmkit.cmdb.impact import Impact
from itsmkit.cmdb.proof import Proof, Shortfall
from itsmkit.cmdb.redundancy import AllNeeded, AnySuffices, AtLeast, PercentUp, RedundancyRule, WeightedNeed
from itsmkit.cmdb.relation import Relation
from itsmkit.cmdb.seed import Seed
from itsmkit.errors import DefinitionError

__all__ = ["ALIKE", "Arrow", "Box", "Junction", "MOST", "Picture", "node_names", "picture_of"]

MOST = 80
"""How many boxes a picture has at most, unless another number is asked for."""

ALIKE = 4
"""From how many alike on configuration items share a box."""

_TONES = 4


@frozen
class Box:
    """
    One configuration item, or several that are alike.

    Args:
        items: At least one; the first stands for all.
        level: The number of the level that each is at; 0 is the best.
        tone: How bad that is, from 0 for not at all to 4 for the worst; ``None`` without an impact.
        status: What is said of the level; empty without an impact.
        seed: The first thing known of it by itself, or ``None``.
        is_suppressed: Whether it is affected only as planned work lets expect.
        is_ruled: Whether it would be worse, had nobody ruled otherwise.
        is_proof: Whether the proof goes through it.
        is_service: Whether it is a service.
        is_user: Whether it is a user.
    """

    items: tuple[ConfigurationItem, ...]
    level: int = 0
    tone: int | None = None
    status: str = ""
    seed: Seed | None = None
    is_suppressed: bool = False
    is_ruled: bool = False
    is_proof: bool = False
    is_service: bool = False
    is_user: bool = False

    @property
    def key(self) -> CIId:
        """Return what arrows name it by."""
        return self.items[0].id

    @property
    def others(self) -> int:
        """Return how many stand behind the first."""
        return len(self.items) - 1


@frozen
class Junction:
    """
    Where providers that can stand in for each other join.

    Args:
        dependent: Whose providers they are.
        name: What the group is called.
        need: What is needed of them, such as ``"1 of 3"``.
        rule: The same as the rule says it.
        members: The providers.
        tone: How bad what they do to the dependent is; ``None`` without an impact.
        up: How many of them are felt to work.
        spare: How many more may fail before the dependent is at the worst level; ``None`` if it is there.
        is_proof: Whether the proof goes through it.
    """

    dependent: CIId
    name: str
    need: str
    rule: str
    members: tuple[CIId, ...]
    tone: int | None = None
    up: int = 0
    spare: int | None = None
    is_proof: bool = False

    @property
    def key(self) -> "tuple[CIId, str]":
        """Return what arrows name it by."""
        return self.dependent, self.name


@frozen
class Arrow:
    """
    A way of impact, from a provider to a dependent, or to or from a junction.

    Args:
        source: The key of the box or junction where it begins.
        target: The key of the box or junction where it ends.
        relations: What it stands for.
        words: What the source does to the target, such as ``"runs"``.
        tone: How bad what comes along it is; ``None`` without an impact.
        is_both: Whether impact goes the other way too.
        is_proof: Whether the proof goes along it.
    """

    source: Hashable
    target: Hashable
    relations: tuple[Relation, ...] = ()
    words: str = ""
    tone: int | None = None
    is_both: bool = False
    is_proof: bool = False


@frozen(slots=False)
class Picture:
    """
    What there is to draw.

    Args:
        graph: The graph.
        impact: The impact, or ``None``.
        title: What it is called.
        direction: Where impact flows.
        boxes: Providers before their dependents, as far as there are no rings.
        junctions: By dependent and name.
        arrows: By source and target.
        hidden: The configuration items that were asked for, but that there is no room for, sorted.
        why: What the proof is about, or ``None``.
        proof: The proof; without steps if there is none.
    """

    graph: ConfigurationGraph
    impact: Impact | None
    title: str
    direction: Direction
    boxes: tuple[Box, ...]
    junctions: tuple[Junction, ...]
    arrows: tuple[Arrow, ...]
    hidden: tuple[CIId, ...] = ()
    why: CIId | None = None
    proof: Proof = field(factory=lambda: Proof(()))

    @cached_property
    def box_of(self) -> Mapping[CIId, Box]:
        """The box of each configuration item that has one."""
        return {item.id: box for box in self.boxes for item in box.items}

    def tone(self, level: int) -> int:
        """Return how bad a level is, from 0 to 4."""
        return _tone(self.graph, level)

    @cached_property
    def tones(self) -> tuple[tuple[int, str], ...]:
        """The levels of the boxes, the worst first: how bad each is, and its name."""
        found = {box.level for box in self.boxes if box.tone is not None}
        names = self.graph.levels.names
        return tuple((self.tone(level), names[level]) for level in sorted(found, reverse=True))


def node_names(picture: Picture) -> Mapping[Hashable, str]:
    """Return a name for the node of each box and junction, by its key; no two are the same."""
    names: dict[Hashable, str] = {box.key: box.key for box in picture.boxes}
    # No id begins with a space, and what is quoted tells where it ends.
    return names | {each.key: f" {each.dependent!r} {each.name!r}" for each in picture.junctions}


def picture_of(
    graph: ConfigurationGraph,
    impact: Impact | None,
    *,
    focus: CIId | None,
    why: CIId | None,
    title: str | None,
    direction: Direction,
    most: int,
) -> Picture:
    """
    Return what there is to draw: see `itsmkit.cmdb.diagrams.service_map_svg` for the arguments.

    Raises:
        DefinitionError: With everything that is wrong with the question.
        UnknownItemError: If *focus* or *why* is not in the graph.
    """
    _check(graph, impact, why=why, direction=direction, most=most)
    proof = Proof(()) if impact is None or why is None else impact.why(why)
    chooser = _Chooser(graph, impact, focus=focus, why=why, proof=proof)
    drawn = _Drawn(graph, impact, proof, *_gathered(chooser, most))
    about = focus or why
    return Picture(
        graph,
        impact,
        title=title or _title(impact, graph.item(about) if about else None),
        direction=direction,
        boxes=drawn.boxes,
        junctions=drawn.junctions,
        arrows=drawn.arrows,
        hidden=drawn.hidden,
        why=why,
        proof=proof,
    )


def _check(
    graph: ConfigurationGraph, impact: Impact | None, *, why: CIId | None, direction: Direction, most: int
) -> None:
    problems = []
    if direction not in get_args(Direction):
        problems.append(f"direction must be one of {', '.join(get_args(Direction))}, not {shown(direction)}")
    if type(most) is not int or most < 1:
        problems.append(f"most must be a whole number of 1 or more, not {shown(most)}")
    if why is not None and impact is None:
        problems.append(f"why={why!r} asks for the reason of a level; give an impact")
    if impact is not None and impact.graph is not graph and impact.graph != graph:
        problems.append("the impact is one on another graph; draw the graph that it was asked of")
    if problems:
        raise DefinitionError(*problems)


def _title(impact: Impact | None, about: ConfigurationItem | None) -> str:
    if impact is None or not impact.seeds:
        return "Service map" if about is None else f"Service map of {about.name}"
    failed = list(dict.fromkeys(impact.graph.item(seed.ci).name for seed in impact.seeds))
    told = ", ".join(failed[:3]) + (f" and {len(failed) - 3} more" if len(failed) > 3 else "")
    return f"Impact of {told}" if about is None else f"Impact of {told} on {about.name}"


def _tone(graph: ConfigurationGraph, level: int) -> int:
    return ceil(_TONES * level / graph.levels.top)


# -- which configuration items -----------------------------------------------------------------------


@frozen(slots=False)
class _Chooser:
    """Which configuration items are asked for, what matters most first."""

    graph: ConfigurationGraph
    impact: Impact | None
    focus: CIId | None = field(kw_only=True)
    why: CIId | None = field(kw_only=True)
    proof: Proof = field(kw_only=True)

    @cached_property
    def told(self) -> tuple[CIId, ...]:
        """What is always told by itself: what was asked about, what the proof goes through, what failed."""
        seeds = [] if self.impact is None else sorted(seed.ci for seed in self.impact.seeds)
        asked = [ci for ci in (self.focus, self.why) if ci is not None]
        return tuple(dict.fromkeys([*asked, *self.proof.cis, *seeds]))

    @cached_property
    def chosen(self) -> tuple[CIId, ...]:
        """All that is asked for."""
        graph, impact = self.graph, self.impact
        if impact is not None and impact.levels:
            found = dict.fromkeys([*self.told, *impact.affected, *self._standing_by(impact)])
        elif self.focus is None:
            found = dict.fromkeys([*self.told, *_from_the_top(graph)])
        else:
            found = dict.fromkeys([*self.told, *_alternating(graph, self.focus)])
        if self.focus is not None:
            cone = {self.focus, *graph.ancestors(self.focus), *graph.descendants(self.focus)}
            return tuple(ci for ci in found if ci in cone)
        return tuple(found)

    def _standing_by(self, impact: Impact) -> Iterator[CIId]:
        """Go through what could stand in for something affected, whether it is affected or not."""
        graph = self.graph
        affected = set(map(graph._number, impact.affected))
        for group in graph._ways.groups:
            if not affected.isdisjoint(group.members):
                yield from graph._ids((*group.members, group.dependent))


def _from_the_top(graph: ConfigurationGraph) -> Iterator[CIId]:
    """
    Go through all: those without dependents first, and then nearest to them first.

    Services and users with all that they rest on come before what nobody was said to need, so that where
    there is no room for everything, what matters is not torn from what it rests on.
    """
    tops = [item for item in graph._sorted if not graph.successors(item.id)]
    facets_of = graph.model.facets_of
    needed = [item.id for item in tops if not facets_of(item.ci_class).isdisjoint({SERVICE, USER})]
    for some in (needed, [item.id for item in tops]):
        yield from some
        yield from graph.ancestors(*some)
    yield from (item.id for item in graph._sorted)


def _alternating(graph: ConfigurationGraph, focus: CIId) -> Iterator[CIId]:
    """Go through what *focus* depends on, and what depends on it, nearest first and in turn."""
    above, below = graph.descendants(focus), graph.ancestors(focus)
    for number in range(max(len(above), len(below))):
        yield from above[number : number + 1]
        yield from below[number : number + 1]


def _gathered(chooser: _Chooser, most: int) -> tuple[tuple[tuple[CIId, ...], ...], tuple[CIId, ...]]:
    """Return who shares a box, at most *most* boxes, and whom there is no room for."""
    graph, chosen = chooser.graph, chooser.chosen
    alike: dict[Hashable, list[CIId]] = {}
    for ci in chosen:
        alike.setdefault(ci if ci in chooser.told else _likeness(graph, chooser.impact, ci), []).append(ci)
    boxes: list[tuple[CIId, ...]] = []
    done: set[CIId] = set()
    for ci in chosen:
        if ci in done:
            continue
        same = alike.get(ci) or alike[_likeness(graph, chooser.impact, ci)]
        together = tuple(sorted(same)) if len(same) >= ALIKE else (ci,)
        done.update(together)
        boxes.append(together)
    return tuple(boxes[:most]), tuple(sorted(ci for box in boxes[most:] for ci in box))


def _likeness(graph: ConfigurationGraph, impact: Impact | None, ci: CIId) -> Hashable:
    """Return what two configuration items must have in common to share a box."""
    number = graph._number(ci)
    level = None if impact is None else (impact.level(ci), impact.is_suppressed(ci))
    groups = frozenset(
        (each.dependent, name)
        for dependent in graph._dependents[number]
        for each, (name, _) in graph._ways.of_dependent.get(dependent, ())
        if number in each.members
    )
    own = any(len(group.members) > 1 for group, _ in graph._ways.of_dependent.get(number, ()))
    neighbours = (tuple(graph._dependents[number]), tuple(graph._providers[number]))
    return graph.item(ci).ci_class, level, groups, neighbours, ci if own else ""


# -- what is drawn of them -----------------------------------------------------------------------------


@frozen(slots=False)
class _Drawn:
    """The parts of a picture."""

    graph: ConfigurationGraph
    impact: Impact | None
    proof: Proof
    gathered: tuple[tuple[CIId, ...], ...]
    hidden: tuple[CIId, ...]

    @cached_property
    def boxes(self) -> tuple[Box, ...]:
        return tuple(map(self._box, sorted(self.gathered)))

    @cached_property
    def junctions(self) -> tuple[Junction, ...]:
        drawn = self._keys
        ways = self.graph._ways
        found = []
        for group, (name, rule) in zip(ways.groups, ways.names, strict=True):
            dependent, *members = self.graph._ids((group.dependent, *group.members))
            if len(members) > 1 and dependent in drawn and not drawn.keys().isdisjoint(members):
                found.append(self._junction(group, name, rule))
        return tuple(sorted(found, key=lambda each: each.key))

    @cached_property
    def arrows(self) -> tuple[Arrow, ...]:
        merged: dict[tuple[Hashable, Hashable], Arrow] = {}
        for arrow in (*self._single_arrows(), *self._group_arrows()):
            ends = (arrow.source, arrow.target)
            known = merged.get(ends)
            merged[ends] = arrow if known is None else _together(known, arrow)
        found = []
        for ends, arrow in sorted(merged.items(), key=lambda each: str(each[0])):
            back = merged.get((ends[1], ends[0]))
            if back is None:
                found.append(arrow)
            elif str(ends[0]) < str(ends[1]):
                found.append(evolve(_together(arrow, back), is_both=True, words=arrow.words))
        return tuple(found)

    @cached_property
    def _keys(self) -> Mapping[CIId, CIId]:
        """The key of the box of each configuration item that has one."""
        return {ci: together[0] for together in self.gathered for ci in together}

    @cached_property
    def _levels(self) -> Mapping[int, int]:
        return {} if self.impact is None else self.impact._all

    @cached_property
    def _ruled(self) -> Collection[CIId]:
        return () if self.impact is None else {each.ci for each in self.impact.effective_overrides}

    @cached_property
    def _proven(self) -> Collection[tuple[CIId, CIId, str]]:
        """The ways that the proof goes: provider, dependent and name of the group."""
        return {(ci, step.ci, step.group) for step in self.proof.steps for ci, _ in step.because}

    def _tone(self, level: int) -> int | None:
        return None if self.impact is None else _tone(self.graph, level)

    def _box(self, together: tuple[CIId, ...]) -> Box:
        graph, impact = self.graph, self.impact
        first = together[0]
        items = tuple(map(graph.item, together))
        facets = graph.model.facets_of(items[0].ci_class)
        box = Box(items, is_service=SERVICE in facets, is_user=USER in facets)
        if impact is None:
            return box
        level = self._levels.get(graph._number(first), 0)
        seeds = [seed for seed in impact.seeds if seed.ci == first]
        seed = max(seeds, key=lambda each: graph._level_number(each.level), default=None)
        suppressed, ruled = impact.is_suppressed(first), first in self._ruled
        told = [graph.levels.names[level]]
        told += [] if seed is None else [seed.provenance.value]
        told += ["planned"] if suppressed and seed is None else []
        told += ["by ruling"] if ruled else []
        return evolve(
            box,
            level=level,
            tone=self._tone(level),
            status=" · ".join(told),
            seed=seed,
            is_suppressed=suppressed,
            is_ruled=ruled,
            is_proof=first in self.proof.cis,
        )

    def _junction(self, group: NumberedGroup, name: str, rule: RedundancyRule) -> Junction:
        graph, levels = self.graph, self._levels
        dependent, *members = graph._ids((group.dependent, *group.members))
        felt = [table[levels.get(each, 0)] for each, table in zip(group.members, group.tables, strict=True)]
        missing = min(
            (each.failures for each in self._shortfalls(dependent) if each.group == name), default=None
        )
        return Junction(
            dependent,
            name,
            _need(rule, members),
            str(rule),
            tuple(members),
            tone=self._tone(_result(group, levels)),
            up=felt.count(0),
            spare=None if missing is None else missing - 1,
            is_proof=any((member, dependent, name) in self._proven for member in members),
        )

    def _shortfalls(self, dependent: CIId) -> tuple[Shortfall, ...]:
        return () if self.impact is None else self.impact.why_not(dependent)

    def _single_arrows(self) -> Iterator[Arrow]:
        """Go through the ways that count for themselves, and those of groups with one member."""
        graph, keys = self.graph, self._keys
        for number, together in sorted((graph._number(ci), key) for ci, key in keys.items()):
            for provider in graph._providers[number]:
                begins = keys.get(graph._sorted[provider].id)
                if begins is None or begins == together:
                    continue
                relations = single_relations(graph, provider, number)
                if relations:
                    yield self._arrow(begins, together, relations, self._passed(provider, relations))
        for group, (name, _) in zip(graph._ways.groups, graph._ways.names, strict=True):
            if len(group.members) == 1:
                source, dependent = graph._ids((*group.members, group.dependent))
                if source in keys and dependent in keys:
                    relations = graph.relations_between(source, dependent)
                    arrow = self._arrow(
                        keys[source], keys[dependent], relations, _result(group, self._levels)
                    )
                    yield evolve(arrow, is_proof=(source, dependent, name) in self._proven)

    def _group_arrows(self) -> Iterator[Arrow]:
        graph, keys = self.graph, self._keys
        groups = {
            (graph._sorted[group.dependent].id, name.name): group
            for group, name in zip(graph._ways.groups, graph._ways.names, strict=True)
        }
        for junction in self.junctions:
            group = groups[junction.key]
            for member, table, number in zip(junction.members, group.tables, group.members, strict=True):
                if member in keys:
                    relations = graph.relations_between(member, junction.dependent)
                    felt = table[self._levels.get(number, 0)]
                    arrow = self._arrow(keys[member], junction.key, relations, felt)
                    proven = (member, junction.dependent, junction.name) in self._proven
                    yield evolve(arrow, is_proof=proven)
            yield Arrow(
                junction.key, keys[junction.dependent], tone=junction.tone, is_proof=junction.is_proof
            )

    def _arrow(
        self, source: Hashable, target: Hashable, relations: tuple[Relation, ...], passed: int
    ) -> Arrow:
        keys = [(provider, dependent, str(each)) for each in relations for provider, dependent in _ends(each)]
        return Arrow(
            source,
            target,
            relations,
            ", ".join(dict.fromkeys(self._words(each, source) for each in relations)),
            self._tone(passed),
            is_proof=any(key in self._proven for key in keys if key[:2] == (source, target)),
        )

    def _passed(self, provider: int, relations: Iterable[Relation]) -> int:
        level = self._levels.get(provider, 0)
        return max(self.graph._felt(each)[level] for each in relations)

    def _words(self, relation: Relation, source: Hashable) -> str:
        """Return what the provider does, for an arrow that begins at the box of *source*."""
        kind = self.graph.model.relation_type(relation.type)
        name = kind.name if self._keys.get(relation.source) == source else kind.inverse
        return name.replace("_", " ")


def _ends(relation: Relation) -> tuple[tuple[CIId, CIId], ...]:
    return (relation.source, relation.target), (relation.target, relation.source)


def _together(one: Arrow, other: Arrow) -> Arrow:
    words = ", ".join(dict.fromkeys(each for each in (one.words, other.words) if each))
    return evolve(
        one,
        relations=tuple(dict.fromkeys([*one.relations, *other.relations])),
        words=words,
        tone=None if one.tone is None else max(one.tone, other.tone or 0),
        is_proof=one.is_proof or other.is_proof,
    )


def _result(group: NumberedGroup, levels: Mapping[int, int]) -> int:
    """Return the level that a group puts its dependent at."""
    worst = 0
    for clause in group.thresholds:
        lost = sum(
            weight
            for member, table, weight in group.votes(clause)
            if table[levels.get(member, 0)] >= clause.at
        )
        if lost >= clause.need:
            worst = max(worst, clause.then)
    return worst


def _need(rule: RedundancyRule, members: Sequence[str]) -> str:
    """Return what a rule asks of its members, in few words."""
    of = len(members)
    match rule:
        case AllNeeded():
            return f"all {of}"
        case AnySuffices():
            return f"1 of {of}"
        case AtLeast(count=count):
            return f"{min(count, of)} of {of}"
        case PercentUp(percentage=percentage):
            return f"{ceil(of * percentage / 100)} of {of}"
        case WeightedNeed(weights=weights, need=need):
            return f"weight {need} of {sum(weights.get(member, 1) for member in members)}"
        case _:
            return f"rule of {of}"
