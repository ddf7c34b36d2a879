"""Facts as a task or a request declares them: a schema, or the kinds alone."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from itsmkit._problems import shown
from itsmkit.conditions import FactSchema, FactType
from itsmkit.errors import DefinitionError

__all__ = ["DeclaredFacts", "always_given", "declaration_problems", "perhaps_given"]

DeclaredFacts: TypeAlias = FactSchema | Mapping[str, FactType | str]
"""Facts with their types, or with the texts of their kinds."""


def always_given(facts: DeclaredFacts) -> FactSchema:
    """Return the schema of *facts*; what is declared by its kind alone is never missing. For attrs fields."""
    return _schema_unless_wrong(facts, optional=False)


def perhaps_given(facts: DeclaredFacts) -> FactSchema:
    """Return the schema of *facts*; what is declared by its kind alone may be missing. For attrs fields."""
    return _schema_unless_wrong(facts, optional=True)


def declaration_problems(path: str, facts: object) -> Iterator[str]:
    """List what keeps *facts*, as they stand in an attrs field of a task or a graph, from being a schema."""
    if isinstance(facts, FactSchema):
        return
    if not isinstance(facts, Mapping):
        yield f"{path}: must be a FactSchema, or a mapping from names to kinds, not {shown(facts)}"
        return
    types = {}
    for name, declared in facts.items():
        try:
            types[name] = _type(declared, optional=True)
        except DefinitionError as error:
            yield from (f"{path}.{name}: {problem}" for problem in error.problems)
    try:
        FactSchema(types)
    except DefinitionError as error:
        yield from (f"{path}: {problem}" for problem in error.problems)


def _schema_unless_wrong(facts: DeclaredFacts, *, optional: bool) -> FactSchema:
    """Return the schema of *facts*, or what it is instead, which `declaration_problems` tells of."""
    if isinstance(facts, FactSchema) or not isinstance(facts, Mapping):
        return facts
    try:
        return FactSchema({name: _type(each, optional=optional) for name, each in facts.items()})
    except DefinitionError:
        return facts  # type: ignore[return-value]  # it will be told of with all that is wrong besides


def _type(declared: FactType | str, *, optional: bool) -> FactType:
    """Return the type that a text names, or *declared* itself, which the schema refuses if it is none."""
    return FactType(declared, optional=optional) if isinstance(declared, str) else declared
