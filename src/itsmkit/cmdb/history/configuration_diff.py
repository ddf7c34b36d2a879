"""What differs between two configurations, and how one becomes the other."""

from collections.abc import Iterator
from functools import cached_property

from attrs import evolve, field, frozen

from itsmkit._frozen import as_tuple
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
from itsmkit.cmdb.history.records import Recorded, RecordKey
from itsmkit.cmdb.history.view import Configuration, graph_of
from itsmkit.errors import DefinitionError, RefusedError

__all__ = ["ConfigurationDiff", "FieldChange", "RecordChange", "diff"]


@frozen
class FieldChange:
    """
    One field that differs.

    Args:
        field: Its name; that of an attribute is ``attributes.`` and its own name.
        before: Its value in the first configuration, or `ABSENT`.
        after: Its value in the second, or `ABSENT`.
    """

    field: str
    before: object
    after: object

    def __str__(self) -> str:
        return f"{self.field} was {told(self.before)}, is {told(self.after)}"


@frozen
class RecordChange:
    """
    Something that is in both configurations, and differs.

    Args:
        before: How it is in the first.
        after: How it is in the second.

    Raises:
        DefinitionError: If these are two things: their keys differ.
    """

    before: Recorded
    after: Recorded

    def __attrs_post_init__(self) -> None:
        if RecordKey.of(self.before) != self.key:
            problem = f"a change is of one thing, not from {RecordKey.of(self.before)} to {self.key}"
            raise DefinitionError(problem)

    @property
    def key(self) -> RecordKey:
        """Return what it is."""
        return RecordKey.of(self.after)

    @cached_property
    def fields(self) -> tuple[FieldChange, ...]:
        """The fields that differ, in the order of declaration; attributes after them, by name."""
        before, after = fields_of(self.before), fields_of(self.after)
        attributes = sorted((before.keys() | after.keys()) - _OWN)
        return tuple(
            FieldChange(name, before.get(name, ABSENT), after.get(name, ABSENT))
            for name in (*(name for name in before if name in _OWN), *attributes)
            if not same(before.get(name, ABSENT), after.get(name, ABSENT))
        )

    def __str__(self) -> str:
        return f"{self.key}: {'; '.join(map(str, self.fields))}"


_OWN = frozenset({"ci_class", "name", "effect", "members", "rule", "relation_type"})


@frozen
class ConfigurationDiff:
    """
    What differs between two configurations: the answer of `diff`.

    Args:
        added: What only the second has, sorted by kind and key.
        removed: What only the first has, sorted by kind and key.
        changed: What is not the same in both, sorted by kind and key.
        settings: What differs in the class model (``"model"``), the levels (``"levels"``), or in whether
            findings are errors (``"strict"``).
    """

    added: tuple[Recorded, ...] = field(default=(), converter=as_tuple)
    removed: tuple[Recorded, ...] = field(default=(), converter=as_tuple)
    changed: tuple[RecordChange, ...] = field(default=(), converter=as_tuple)
    settings: tuple[FieldChange, ...] = field(default=(), converter=as_tuple)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing differs. ``1``, ``1.0`` and ``True`` differ, also within an attribute."""
        return not (self.added or self.removed or self.changed or self.settings)

    @property
    def inverse(self) -> "ConfigurationDiff":
        """Return what leads back, from the second configuration to the first."""
        return ConfigurationDiff(
            self.removed,
            self.added,
            [RecordChange(each.after, each.before) for each in self.changed],
            [evolve(each, before=each.after, after=each.before) for each in self.settings],
        )

    def apply_to(self, configuration: Configuration) -> ConfigurationGraph:
        """
        Return *configuration* with these changes, which need not be the one that they were found in.

        Only the fields that differ are touched. What is already as it shall be is left as it is, so that to
        apply a diff twice is the same as once. The cost is that of *configuration*.

        Raises:
            RefusedError: If something in the way of a change is neither as it was before nor as it is after;
                with everything that is.
            DefinitionError: If the outcome cannot be a graph, as where the class of something new is unknown
                to the class model.
        """
        graph = graph_of(configuration)
        values, settings = values_of(graph), settings_of(graph)
        reasons = [
            *self._removing(values),
            *self._adding(values),
            *self._changing(values),
            *_patched(settings, self.settings),
        ]
        if reasons:
            raise RefusedError(*reasons)
        return graph_from(values.values(), settings)

    def _removing(self, values: Values) -> Iterator[str]:
        for value in self.removed:
            key = RecordKey.of(value)
            if same(found := values.pop(key, value), value):
                continue
            change = "; ".join(map(str, RecordChange(value, found).fields))
            yield f"cannot remove {key}: it is no longer as it was: {change}"

    def _adding(self, values: Values) -> Iterator[str]:
        for value in self.added:
            key = RecordKey.of(value)
            if same(found := values.setdefault(key, value), value):
                continue
            change = "; ".join(map(str, RecordChange(value, found).fields))
            yield f"cannot add {key}: it is there already, and differs: {change}"

    def _changing(self, values: Values) -> Iterator[str]:
        for change in self.changed:
            key = change.key
            if key not in values:
                yield f"cannot change {key}: it is not there"
                continue
            fields = fields_of(values[key])
            reasons = list(_patched(fields, change.fields))
            if not reasons:
                try:
                    values[key] = with_fields(key, fields)
                except DefinitionError as error:
                    reasons = list(error.problems)
            yield from (f"cannot change {key}: {reason}" for reason in reasons)

    def explain(self) -> str:
        """Return it as text, one line for each thing that differs."""
        lines = [f"{RecordKey.of(value)}: added" for value in self.added]
        lines += [f"{RecordKey.of(value)}: removed" for value in self.removed]
        lines += [*map(str, self.changed), *map(str, self.settings)]
        return "\n".join(lines) or "no difference"

    def __str__(self) -> str:
        counts = [(len(self.added), "added"), (len(self.removed), "removed"), (len(self.changed), "changed")]
        settings = [f"{each.field} changed" for each in self.settings]
        return ", ".join([f"{count:,} {what}" for count, what in counts if count] + settings) or (
            "no difference"
        )


def _patched(fields: dict[str, object], changes: tuple[FieldChange, ...]) -> Iterator[str]:
    """Make the changes to *fields*, and list what is in their way."""
    for change in changes:
        found = fields.get(change.field, ABSENT)
        if same(found, change.before):
            fields[change.field] = change.after
        elif not same(found, change.after):
            yield (
                f"{change.field} is {told(found)}, neither {told(change.before)} as before nor "
                f"{told(change.after)} as after"
            )


def diff(a: Configuration, b: Configuration) -> ConfigurationDiff:
    """
    Return what differs between two configurations, by the keys of what they consist of.

    An item that has another id is another one. The cost is that of both configurations; what they share, as
    views of one history do, is passed over without looking into it.

    Args:
        a: The first: a graph or a view.
        b: The second.

    Example:
        >>> from itsmkit.cmdb import CIId, ConfigurationItem
        >>> before = ConfigurationGraph([ConfigurationItem(CIId("web"), "server", "Web", {"cores": 4})])
        >>> after = ConfigurationGraph([ConfigurationItem(CIId("web"), "server", "Web", {"cores": 8})])
        >>> print(diff(before, after).explain())
        configuration item web: attributes.cores was 4, is 8
        >>> diff(before, after).apply_to(before) == after
        True
    """
    first, second = graph_of(a), graph_of(b)
    if first is second:
        return ConfigurationDiff()
    added: list[Recorded] = []
    removed: list[Recorded] = []
    changed: list[RecordChange] = []
    for before, after in zip(_by_keys(first), _by_keys(second), strict=True):
        for key, value in before.items():
            other = after.get(key)
            if other is None:
                removed.append(value)
            elif not same(value, other):
                changed.append(RecordChange(value, other))
        added += [value for key, value in after.items() if key not in before]
    settings = settings_of(second)
    return ConfigurationDiff(
        sorted(added, key=RecordKey.of),
        sorted(removed, key=RecordKey.of),
        sorted(changed, key=lambda change: change.key),
        [
            FieldChange(name, value, settings[name])
            for name, value in settings_of(first).items()
            if not same(value, settings[name])
        ],
    )


def _by_keys(graph: ConfigurationGraph) -> Iterator[dict[object, Recorded]]:
    # Plain keys: to make a `RecordKey` of each would cost more than all the comparing.
    yield {item.id: item for item in graph.items}
    yield {relation.key: relation for relation in graph.relations}
    yield {group.key: group for group in graph.redundancy}
