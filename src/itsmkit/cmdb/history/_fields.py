"""The fields of what a configuration consists of, one by one, and what it consists of by its keys."""

from collections.abc import Hashable, Iterable, Mapping
from enum import Enum
from itertools import chain
from reprlib import repr as shortened
from typing import TypeAlias

from itsmkit._figures import plural
from itsmkit._frozen import FrozenDict
from itsmkit.cmdb.class_model import ClassModel
from itsmkit.cmdb.configuration_item import CIId, ConfigurationItem
from itsmkit.cmdb.graph import ConfigurationGraph
from itsmkit.cmdb.history.records import Recorded, RecordKey
from itsmkit.cmdb.levels import Effect, LevelChain
from itsmkit.cmdb.redundancy import RedundancyRule, RedundancySet
from itsmkit.cmdb.relation import Relation

__all__ = [
    "ABSENT",
    "Absent",
    "Values",
    "fields_of",
    "graph_from",
    "same",
    "settings_of",
    "told",
    "values_of",
    "with_fields",
]


class Absent(Enum):
    """The type of `ABSENT`."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = Absent.ABSENT
"""Stands where there is nothing, where ``None`` would be a value like others."""

Values: TypeAlias = dict[RecordKey, Recorded]

_ATTRIBUTE = "attributes."


def values_of(graph: ConfigurationGraph) -> Values:
    """Return all that *graph* consists of, by its keys."""
    values: Iterable[Recorded] = chain(graph.items, graph.relations, graph.redundancy)
    return {RecordKey.of(value): value for value in values}


def settings_of(graph: ConfigurationGraph) -> dict[str, object]:
    """Return what holds for *graph* as a whole."""
    return {"model": graph.model, "levels": graph.levels, "strict": graph.strict}


def graph_from(values: Iterable[Recorded], settings: Mapping[str, object]) -> ConfigurationGraph:
    """Return the graph of *values*, by the settings that `settings_of` returns."""
    items: list[ConfigurationItem] = []
    relations: list[Relation] = []
    redundancy: list[RedundancySet] = []
    for value in values:
        match value:
            case ConfigurationItem():
                items.append(value)
            case Relation():
                relations.append(value)
            case _:
                redundancy.append(value)
    return ConfigurationGraph(items, relations, redundancy, **settings)  # type: ignore[arg-type]  # by name


def fields_of(value: Recorded) -> dict[str, object]:
    """Return what of *value* is not in its key, by names; each attribute is a field of its own."""
    match value:
        case ConfigurationItem():
            return {"ci_class": value.ci_class, "name": value.name, **_attributes(value.attributes)}
        case Relation():
            return {"effect": value.effect, **_attributes(value.attributes)}
        case _:
            return {"members": value.members, "rule": value.rule, "relation_type": value.relation_type}


def with_fields(key: RecordKey, fields: Mapping[str, object]) -> Recorded:
    """
    Return what is about *key* and has *fields*: the inverse of `fields_of`. What is `ABSENT` is left out.

    Raises:
        DefinitionError: If these fields do not go together.
    """
    own = {name: each for name, each in fields.items() if not name.startswith(_ATTRIBUTE)}
    if key.kind != "redundancy":
        own["attributes"] = {
            name.removeprefix(_ATTRIBUTE): each
            for name, each in fields.items()
            if name.startswith(_ATTRIBUTE) and each is not ABSENT
        }
    if key.kind == "item":
        return ConfigurationItem(CIId(key.parts[0]), **own)  # type: ignore[arg-type]  # by name
    if key.kind == "redundancy":
        dependent, name = key.parts
        return RedundancySet(CIId(dependent), name, **own)  # type: ignore[arg-type]  # by name
    source, kind, target, qualifier = key.parts
    return Relation(CIId(source), kind, CIId(target), qualifier=qualifier, **own)  # type: ignore[arg-type]


def _attributes(attributes: Mapping[str, object]) -> dict[str, object]:
    return {_ATTRIBUTE + name: each for name, each in attributes.items()}


def same(one: object, other: object) -> bool:
    """
    Tell whether two values are the same to whoever reads them, which is not always what Python says.

    ``1``, ``1.0`` and ``True`` are three values, also within a tuple, a mapping or a set, and in an
    attribute; all that are not a number (NaN) are one. Mappings of any two types can be the same, and so can
    sets.
    """
    if one is other:
        return True
    if type(one) in _PLAIN:
        return type(other) is type(one) and one == other
    if isinstance(one, ConfigurationItem) and isinstance(other, ConfigurationItem):
        own = one.id == other.id and one.ci_class == other.ci_class and one.name == other.name
        return own and _same_attributes(one.attributes, other.attributes)
    if isinstance(one, Relation) and isinstance(other, Relation):
        own = one.key == other.key and one.effect == other.effect
        return own and _same_attributes(one.attributes, other.attributes)
    return _marked(one) == _marked(other)


_PLAIN = frozenset({bool, int, str})


def _same_attributes(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())


def _marked(value: object) -> Hashable:
    """Return something that is equal for two values if they are the same; with a hash, if they have one."""
    match value:
        case tuple() | list():
            return type(value), tuple(map(_marked, value))
        case Mapping():
            return Mapping, FrozenDict((_marked(key), _marked(each)) for key, each in value.items())
        case frozenset() | set():
            return frozenset, frozenset(map(_marked, value))
    is_itself = value == value  # noqa: PLR0124  # no NaN is, whatever its type
    return type(value), value if is_itself else None


def told(value: object) -> str:
    """Return a value for a sentence."""
    match value:
        case Absent():
            return "absent"
        case None:
            return "not set"
        case Effect() | RedundancyRule():
            return str(value)
        case LevelChain():
            return " < ".join(value.names)
        case ClassModel():
            classes = f"{len(value.classes):,} class{'' if len(value.classes) == 1 else 'es'}"
            return f"one of {classes} and {plural(len(value.relation_types), 'relation type')}"
        case tuple():
            return f"({', '.join(map(told, value))})"
    return shortened(value)
