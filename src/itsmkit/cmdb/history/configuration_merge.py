"""Two changes of one configuration brought together, with all in which they contradict each other."""

from collections.abc import Iterator
from typing import Literal, TypeAlias

from attrs import field, frozen

from itsmkit._frozen import as_tuple
from itsmkit._problems import shown
from itsmkit.cmdb.configuration_item import CIId
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
            side is preferred.
    """

    key: RecordKey
    end: CIId
    removed_by: Literal["ours", "theirs", "both"]

    def __str__(self) -> str:
        if self.removed_by == "both":
            return f"{self.key}: needs {self.end}, which was removed in ours and theirs"
        other = _other(self.removed_by)
        return f"{self.key}: needs {self.end}, which is in {other}, but was removed in {self.removed_by}"


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


MergeConflict = FieldConflict | RemovalConflict | CombinationConflict | MissingEndConflict | SettingConflict


@frozen
class Merge:
    """
    Two changes of one configuration brought together: the answer of `merge`.

    Args:
        merged: The configuration with both changes; where they contradict each other, as *prefer* says.
        conflicts: In what they do: first by kind and key, then missing ends, then settings.
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

    Args:
        base: The configuration that both sides began with: a graph or a view.
        ours: What it became on one side.
        theirs: What it became on the other.
        prefer: Which side has its way in conflicts, ``"ours"`` or ``"theirs"``; by default, neither.

    Returns:
        The outcome. Swapping the sides, and *prefer* with them, gives the same configuration. The cost is
        that of all three.

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
        self.base, self.ours, self.theirs = map(values_of, self.graphs)
        self.preferred = {None: self.base, "ours": self.ours, "theirs": self.theirs}[prefer]
        self.prefer: Side | None = prefer
        self.merged = dict(self.base)
        self.conflicts: list[MergeConflict] = []

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
        self._mend()
        settings = self._settings()
        return Merge(graph_from(self.merged.values(), settings), self.conflicts, self.prefer)

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

    def _settings(self) -> dict[str, object]:
        base, ours, theirs = map(settings_of, self.graphs)
        settings: dict[str, object] = {}
        for name, was in base.items():
            our, their = ours[name], theirs[name]
            if same(our, their) or same(their, was):
                settings[name] = our
            elif same(our, was):
                settings[name] = their
            else:
                self.conflicts.append(SettingConflict(name, was, our, their))
                settings[name] = self._preferred(was, our, their)
        return settings

    # -- what one side removed and the other needs ---------------------------------------------------

    def _mend(self) -> None:
        """
        Resolve each missing end that is missing on neither side.

        To resolve one may bring another to light; but each step takes something to the preferred side, and
        nothing ever leaves it, so that there is an end to it.
        """
        found: set[MissingEndConflict] = set()
        while fresh := [each for each in self._missing_ends() if each not in found]:
            for conflict in fresh:
                found.add(conflict)
                end = RecordKey("item", (conflict.end,))
                if end in self.preferred:
                    self.merged[end] = self.preferred[end]
                else:
                    self._set(conflict.key, self.preferred.get(conflict.key))
        missing: list[MissingEndConflict] = sorted(found, key=lambda each: (each.key, each.end))
        self.conflicts += missing

    def _missing_ends(self) -> Iterator[MissingEndConflict]:
        for key, value in self.merged.items():
            for end in _ends(value):
                item = RecordKey("item", (end,))
                if item not in self.merged and not self._was_missing(key, item):
                    yield MissingEndConflict(key, end, self._removed_by(item))

    def _was_missing(self, key: RecordKey, item: RecordKey) -> bool:
        return any(_misses(side, key, item) for side in (self.ours, self.theirs, self.preferred))

    def _removed_by(self, item: RecordKey) -> Literal["ours", "theirs", "both"]:
        # It can be both where the base comes back, which still had it.
        if item in self.ours:
            return "theirs"
        return "ours" if item in self.theirs else "both"


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
