"""Two changes of one configuration brought together, with all in which they contradict each other."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain
from typing import Literal, TypeAlias

from attrs import evolve, field, frozen

from itsmkit._frozen import as_tuple
from itsmkit._problems import shown
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.findings import (
    AttributeFault,
    BrokenCardinality,
    DanglingRelation,
    GovernanceViolation,
    GraphFinding,
    UnmetRule,
    UnrelatedMembers,
)
from itsmkit.cmdb.graph import ConfigurationGraph
from itsmkit.cmdb.history._fields import (
    ABSENT,
    Values,
    fields_of,
    graph_from,
    same,
    settings_of,
    told,
    values_of,
    with_fields,
)
from itsmkit.cmdb.history.configuration_diff import diff
from itsmkit.cmdb.history.records import Recorded, RecordKey
from itsmkit.cmdb.history.view import Configuration, graph_of
from itsmkit.cmdb.redundancy import RedundancySet
from itsmkit.cmdb.relation import Relation
from itsmkit.errors import DefinitionError

__all__ = [
    "CombinationConflict",
    "FieldConflict",
    "FindingConflict",
    "Merge",
    "MergeConflict",
    "MissingEndConflict",
    "RemovalConflict",
    "SettingConflict",
    "Side",
    "merge",
]

Side: TypeAlias = Literal["ours", "theirs"]
"""One of two changes."""


@frozen
class FieldConflict:
    """
    Both sides gave one field another value, and not the same; or both added one thing that differs in it.

    Args:
        key: What it is a field of.
        field: Its name, as in a `FieldChange`.
        base: Its value before, or `ABSENT`.
        ours: Its value on our side, or `ABSENT`.
        theirs: Its value on their side, or `ABSENT`.
    """

    key: RecordKey
    field: str
    base: object
    ours: object
    theirs: object

    def __str__(self) -> str:
        sides = f"{told(self.ours)} in ours and {told(self.theirs)} in theirs"
        return f"{self.key}: {self.field} was {told(self.base)}, is {sides}"


@frozen
class RemovalConflict:
    """
    One side removed what the other changed.

    Args:
        key: What it is.
        removed_by: The side that removed it.
        base: How it was.
        changed: How it is on the other side.
    """

    key: RecordKey
    removed_by: Side
    base: Recorded
    changed: Recorded

    def __str__(self) -> str:
        return f"{self.key}: removed in {self.removed_by}, but changed in {_other(self.removed_by)}"


@frozen
class CombinationConflict:
    """
    Both sides changed different fields of one thing, and these do not go together.

    Args:
        key: What it is.
        base: How it was.
        ours: How it is on our side.
        theirs: How it is on their side.
        problems: Why not, each a sentence.
    """

    key: RecordKey
    base: Recorded
    ours: Recorded
    theirs: Recorded
    problems: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.key}: the changes of ours and theirs do not go together: {'; '.join(self.problems)}"


@frozen
class MissingEndConflict:
    """
    One side removed a configuration item that something on the other side speaks of.

    Args:
        key: The relation or redundancy set that speaks of it.
        end: The id of the item.
        removed_by: The side that removed the item; ``"both"``, if what speaks of it is only there as neither
            side is preferred; ``"neither"``, if both added it, each in another way, so that none is there.
    """

    key: RecordKey
    end: CIId
    removed_by: Literal["ours", "theirs", "both", "neither"]

    def __str__(self) -> str:
        if self.removed_by == "neither":
            return f"{self.key}: needs {self.end}, which ours and theirs added, each in another way"
        if self.removed_by == "both":
            return f"{self.key}: needs {self.end}, which was removed in ours and theirs"
        other = _other(self.removed_by)
        return f"{self.key}: needs {self.end}, which is in {other}, but was removed in {self.removed_by}"


@frozen
class FindingConflict:
    """
    The changes of both sides, each right on its own, are questionable together.

    Say, one side removed the relation that a redundancy set of the other side counts on, or each added one
    more than the class model allows.

    Args:
        finding: What would be questionable, as in `ConfigurationGraph.findings`.
        reverted: What is as on the preferred side because of it: keys, and names of settings.
    """

    finding: GraphFinding
    reverted: tuple[RecordKey | str, ...]

    def __str__(self) -> str:
        return f"only with the changes of both sides: {self.finding}"


@frozen
class SettingConflict:
    """
    Both sides changed what holds for the configuration as a whole, and not in the same way.

    Args:
        setting: ``"model"``, ``"levels"`` or ``"strict"``.
        base: Its value before.
        ours: Its value on our side.
        theirs: Its value on their side.
    """

    setting: str
    base: object
    ours: object
    theirs: object

    def __str__(self) -> str:
        return f"{self.setting}: changed in ours, and otherwise in theirs"


MergeConflict = (
    FieldConflict
    | RemovalConflict
    | CombinationConflict
    | MissingEndConflict
    | SettingConflict
    | FindingConflict
)


@frozen
class Merge:
    """
    Two changes of one configuration brought together: the answer of `merge`.

    Args:
        merged: The configuration with both changes; where they contradict each other, as *prefer* says.
        conflicts: In what they do: first by kind and key, then missing ends, then settings, then findings.
        prefer: The side that was preferred, or ``None``.
    """

    merged: ConfigurationGraph
    conflicts: tuple[MergeConflict, ...] = field(default=(), converter=as_tuple)
    prefer: Side | None = None

    @property
    def is_clean(self) -> bool:
        """Tell whether there is no conflict."""
        return not self.conflicts

    def explain(self) -> str:
        """Return the conflicts as text, one line for each."""
        return "\n".join(map(str, self.conflicts)) or "no conflict"


def merge(
    base: Configuration,
    ours: Configuration,
    theirs: Configuration,
    *,
    prefer: Side | None = None,
) -> Merge:
    """
    Return *base* with what was changed on both sides.

    Fields are merged one by one, so that changes of different fields of one item do not get into each other's
    way. Nothing is chosen in silence: what contradicts each other is a conflict, and there the outcome is as
    on the side of *prefer*, or as in *base*.

    Where one side removed an item that a relation or a redundancy set of the other needs, the item is kept
    if the preferred side has it, or *base*, if none is preferred; else the relation or the set is as on the
    preferred side. An end that is missing on one side already is a finding of its graph and no conflict.

    So it is with all `ConfigurationGraph.findings`: one that is on neither side, nor in *base* if none is
    preferred, is a conflict. What stands around is then taken as it is on the preferred side, such as the
    relations that a redundancy set counts on; if that is of no use, the thing itself; if that is of none, the
    settings, and at the very last everything.

    Args:
        base: The configuration that both sides began with: a graph or a view.
        ours: What it became on one side.
        theirs: What it became on the other.
        prefer: Which side has its way in conflicts, ``"ours"`` or ``"theirs"``; by default, neither.

    Returns:
        The outcome. Swapping the sides, and *prefer* with them, gives the same configuration. The cost is
        that of all three, once more for each round of findings of which one brings the next to light.

    Raises:
        DefinitionError: If *prefer* is none of these, or the outcome cannot be a graph: say, as one side took
            from the class model a class that the other uses.

    Example:
        >>> from itsmkit.cmdb import ConfigurationItem
        >>> def configuration(**servers):
        ...     return ConfigurationGraph(
        ...         ConfigurationItem(CIId(ci), "server", name) for ci, name in servers.items()
        ...     )
        >>> found = merge(configuration(a="A"), configuration(a="A1", b="B"), configuration(a="A2"))
        >>> print(found.explain())
        configuration item a: name was 'A', is 'A1' in ours and 'A2' in theirs
        >>> found.merged == configuration(a="A", b="B")
        True
    """
    if prefer not in ("ours", "theirs", None):
        problem = f"prefer must be 'ours', 'theirs' or None, not {shown(prefer)}"
        raise DefinitionError(problem)
    return _Merging(graph_of(base), graph_of(ours), graph_of(theirs), prefer).merge()


def _other(side: Side) -> Side:
    return "theirs" if side == "ours" else "ours"


class _Merging:
    """A merge under way."""

    def __init__(
        self,
        base: ConfigurationGraph,
        ours: ConfigurationGraph,
        theirs: ConfigurationGraph,
        prefer: Side | None,
    ) -> None:
        self.graphs = base, ours, theirs
        self.preferred_graph = {None: base, "ours": ours, "theirs": theirs}[prefer]
        self.base, self.ours, self.theirs = map(values_of, self.graphs)
        self.preferred = {None: self.base, "ours": self.ours, "theirs": self.theirs}[prefer]
        self.prefer: Side | None = prefer
        self.merged = dict(self.base)
        self.conflicts: list[MergeConflict] = []
        self.missing: set[MissingEndConflict] = set()
        self.disputes: dict[frozenset[object], FindingConflict] = {}

    def merge(self) -> Merge:
        base, ours, theirs = self.graphs
        by_us, by_them = _touched(base, ours), _touched(base, theirs)
        for key in sorted(by_us | by_them):
            if key not in by_them:
                self._set(key, self.ours.get(key))
            elif key not in by_us:
                self._set(key, self.theirs.get(key))
            else:
                self._set(key, self._together(key))
        setting_conflicts = self._settle_settings()
        self._mend()
        graph = self._graph(self.settings)
        while fresh := self._fresh(graph):
            self._revert(fresh)
            self._mend()
            graph = self._graph(self.settings)
        if self.settings["strict"]:
            graph = evolve(graph, strict=True)
        missing = sorted(self.missing, key=lambda each: (each.key, each.end))
        conflicts = [*self.conflicts, *missing, *setting_conflicts, *self.disputes.values()]
        return Merge(graph, conflicts, self.prefer)

    def _graph(self, settings: Mapping[str, object]) -> ConfigurationGraph:
        """Return what there is so far; its findings are yet to be judged, and so no errors."""
        return graph_from(self.merged.values(), {**settings, "strict": False})

    def _set(self, key: RecordKey, value: Recorded | None) -> None:
        if value is None:
            self.merged.pop(key, None)
        else:
            self.merged[key] = value

    def _preferred(self, base: object, ours: object, theirs: object) -> object:
        return {None: base, "ours": ours, "theirs": theirs}[self.prefer]

    # -- what both sides touched ---------------------------------------------------------------------

    def _together(self, key: RecordKey) -> Recorded | None:
        """Return what is to become of something that is, on both sides, not as in the base."""
        base, ours, theirs = self.base.get(key), self.ours.get(key), self.theirs.get(key)
        if same(ours, theirs):
            return ours
        if base is None or ours is None or theirs is None:
            return self._whole(key, base, ours, theirs)
        fields = self._merged_fields(key, fields_of(base), fields_of(ours), fields_of(theirs))
        try:
            return with_fields(key, fields)
        except DefinitionError as error:
            self.conflicts.append(CombinationConflict(key, base, ours, theirs, error.problems))
            return self.preferred[key]

    def _whole(
        self, key: RecordKey, base: Recorded | None, ours: Recorded | None, theirs: Recorded | None
    ) -> Recorded | None:
        """Return what is to become of something that was added on both sides, or removed on one."""
        if base is None:
            # Whatever differs in it is a conflict.
            self._merged_fields(key, {}, _fields(ours), _fields(theirs))
            return self.preferred.get(key)
        sides: tuple[tuple[Side, Recorded | None], ...] = (("theirs", ours), ("ours", theirs))
        self.conflicts += [
            RemovalConflict(key, removed_by, base, changed)
            for removed_by, changed in sides
            if changed is not None
        ]
        return self.preferred.get(key)

    def _merged_fields(
        self,
        key: RecordKey,
        base: dict[str, object],
        ours: dict[str, object],
        theirs: dict[str, object],
    ) -> dict[str, object]:
        fields: dict[str, object] = {}
        for name in sorted(base.keys() | ours.keys() | theirs.keys()):
            was, our, their = (each.get(name, ABSENT) for each in (base, ours, theirs))
            if same(our, their) or (base and same(their, was)):
                fields[name] = our
            elif base and same(our, was):
                fields[name] = their
            else:
                self.conflicts.append(FieldConflict(key, name, was, our, their))
                fields[name] = self._preferred(was, our, their)
        return fields

    def _settle_settings(self) -> list[MergeConflict]:
        base, ours, theirs = map(settings_of, self.graphs)
        settings = self.settings = dict[str, object]()
        conflicts: list[MergeConflict] = []
        for name, was in base.items():
            our, their = ours[name], theirs[name]
            if same(our, their) or same(their, was):
                settings[name] = our
            elif same(our, was):
                settings[name] = their
            else:
                conflicts.append(SettingConflict(name, was, our, their))
                settings[name] = self._preferred(was, our, their)
        return conflicts

    # -- what one side removed and the other needs ---------------------------------------------------

    def _mend(self) -> None:
        """
        Resolve each missing end that is missing on neither side.

        To resolve one may bring another to light; but each step takes something to the preferred side, and
        nothing ever leaves it, so that there is an end to it.
        """
        while fresh := [each for each in self._missing_ends() if each not in self.missing]:
            for conflict in fresh:
                self.missing.add(conflict)
                end = _item(conflict.end)
                if end in self.preferred:
                    self.merged[end] = self.preferred[end]
                else:
                    self._set(conflict.key, self.preferred.get(conflict.key))

    def _missing_ends(self) -> Iterator[MissingEndConflict]:
        for key, value in self.merged.items():
            for end in _ends(value):
                item = _item(end)
                if item not in self.merged and not self._was_missing(key, item):
                    yield MissingEndConflict(key, end, self._removed_by(item))

    def _was_missing(self, key: RecordKey, item: RecordKey) -> bool:
        return any(_misses(side, key, item) for side in (self.ours, self.theirs, self.preferred))

    def _removed_by(self, item: RecordKey) -> Literal["ours", "theirs", "both", "neither"]:
        # It can be both where the base comes back, which still had it; and neither where the base never did.
        if item in self.ours:
            return "neither" if item in self.theirs else "theirs"
        return "ours" if item in self.theirs else "both"

    # -- what is questionable only with both ---------------------------------------------------------

    def _fresh(self, graph: ConfigurationGraph) -> list[GraphFinding]:
        """Return the findings that are on neither side, nor on the preferred one."""
        if not graph.findings:
            return []
        return [each for each in graph.findings if not self._known.issuperset(_facts(each))]

    @cached_property
    def _known(self) -> set[object]:
        _, ours, theirs = self.graphs
        graphs = (ours, theirs, self.preferred_graph)
        return {fact for graph in graphs for finding in graph.findings for fact in _facts(finding)}

    def _revert(self, findings: list[GraphFinding]) -> None:
        """
        Take, for each finding, something to the preferred side.

        As nothing ever leaves that side, there is an end to it. What is reverted is found for all findings
        before the first is: or else those that share a relation would each cost something more.
        """
        settings, touching = self._other_settings(), self._touching()
        wanted: dict[RecordKey | str, None] = {}
        for finding in findings:
            around, own = _concerned(finding, touching)
            ways: tuple[Iterable[RecordKey | str], ...] = (
                self._unlike(around),
                self._unlike(own),
                settings,
                chain(_FINDING_SETTINGS, self._unlike(chain(self.merged, self.preferred))),
            )
            reverted = next(filter(None, map(tuple, ways)))
            wanted.update(dict.fromkeys(reverted))
            facts = frozenset(_facts(finding))
            earlier = self.disputes[facts].reverted if facts in self.disputes else ()
            self.disputes[facts] = FindingConflict(finding, (*earlier, *reverted))
        preferred = settings_of(self.preferred_graph)
        for each in wanted:
            if isinstance(each, RecordKey):
                self._set(each, self.preferred.get(each))
            else:
                self.settings[each] = preferred[each]

    def _unlike(self, keys: Iterable[RecordKey]) -> Iterator[RecordKey]:
        """Go through those of *keys* of which there is something else than on the preferred side."""
        for key in sorted(set(keys)):
            if not same(self.merged.get(key), self.preferred.get(key)):
                yield key

    def _other_settings(self) -> tuple[str, ...]:
        """Return the settings that are not as on the preferred side; none, if only all or nothing can be."""
        preferred = settings_of(self.preferred_graph)
        names = [name for name in _FINDING_SETTINGS if not same(self.settings[name], preferred[name])]
        if not names:
            return ()
        try:
            self._graph(preferred)
        except DefinitionError:
            return ()
        return tuple(names)

    def _touching(self) -> Mapping[CIId, list[RecordKey]]:
        """Return for each item its relations and redundancy sets, as they are or on the preferred side."""
        touching: dict[CIId, list[RecordKey]] = {}
        for key in chain(self.merged, self.preferred):
            ends = {"relation": (0, 2), "redundancy": (0,)}.get(key.kind, ())
            for end in ends:
                touching.setdefault(CIId(key.parts[end]), []).append(key)
        return touching


_FINDING_SETTINGS = ("model", "levels")


def _facts(finding: GraphFinding) -> Iterator[object]:
    """
    Yield what a finding says, bit by bit, each of which can be new.

    The values that things have beside are left out: of a redundancy set that is merged of two, nothing is new
    if each of its members was unrelated before.
    """
    match finding:
        case DanglingRelation():
            for end in finding.missing:
                yield DanglingRelation, finding.relation.key, end
        case UnrelatedMembers():
            for member in finding.unrelated:
                yield UnrelatedMembers, finding.redundancy_set.key, member
        case GovernanceViolation():
            yield GovernanceViolation, finding.relation.key
        case BrokenCardinality():
            least, _ = finding.allowed.bounds(finding.end)
            kind = str(finding.allowed), finding.end, len(finding.others) < least
            yield BrokenCardinality, finding.ci, kind
        case AttributeFault():
            yield AttributeFault, finding.ci, finding.attribute, finding.problem
        case _:
            yield UnmetRule, finding.dependent, finding.name


def _concerned(
    finding: GraphFinding, touching: Mapping[CIId, list[RecordKey]]
) -> tuple[list[RecordKey], list[RecordKey]]:
    """Return what stands around that which *finding* is about, and that itself."""
    match finding:
        case UnrelatedMembers():
            group = finding.redundancy_set
            relations = [
                each
                for each in touching.get(group.dependent, [])
                if each.kind == "relation" and _other_end(each, group.dependent) in finding.unrelated
            ]
            return relations, [RecordKey.of(group)]
        case DanglingRelation() | GovernanceViolation():
            return list(map(_item, finding.relation.ends)), [RecordKey.of(finding.relation)]
        case AttributeFault():
            return [], [_item(finding.ci)]
    ci = finding.ci if isinstance(finding, BrokenCardinality) else finding.dependent
    around = touching.get(ci, [])
    relations = [each for each in around if each.kind == "relation"]
    others = [_item(_other_end(each, ci)) for each in relations]
    return relations, [_item(ci), *others, *(each for each in around if each.kind == "redundancy")]


def _item(ci: CIId) -> RecordKey:
    return RecordKey("item", (ci,))


def _other_end(key: RecordKey, ci: CIId) -> CIId:
    """Return what the relation of *key* relates *ci* to."""
    source, _, target, _ = key.parts
    return CIId(target if source == ci else source)


def _touched(base: ConfigurationGraph, side: ConfigurationGraph) -> set[RecordKey]:
    found = diff(base, side)
    return {*map(RecordKey.of, (*found.added, *found.removed)), *(each.key for each in found.changed)}


def _fields(value: Recorded | None) -> dict[str, object]:
    return {} if value is None else fields_of(value)


def _ends(value: Recorded | None) -> tuple[CIId, ...]:
    match value:
        case Relation():
            return value.ends
        case RedundancySet():
            return value.dependent, *value.members
    return ()


def _misses(side: Values, key: RecordKey, item: RecordKey) -> bool:
    """Tell whether on one side something speaks of an item that is not there."""
    return item not in side and item.parts[0] in _ends(side.get(key))
