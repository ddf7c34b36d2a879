"""
JSON Schemas (draft 2020-12) of the documents that `itsmkit._documents` reads, made of the same classes.

A schema tells editors which keys there are, what stands in them, and which may be left out. It cannot follow
names, and what the classes refuse by themselves it does not know. So what it refuses is refused when it is
read as well, but not the other way round. Dates and times, which TOML has and JSON has not, are texts to it.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import attrs

from itsmkit._checks import named
from itsmkit._declared import declared_types

__all__ = ["DIALECT", "NAME", "SchemaMaker", "embedded"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

NAME: Mapping[str, Any] = {"type": "string", "pattern": r"^[^ \t\n\r]([\s\S]*[^ \t\n\r])?$"}
"""The schema of a name."""

_SCALARS: Mapping[object, Mapping[str, Any]] = {
    Any: {},
    object: {},
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    time: {"type": "string", "format": "time"},
    timedelta: {"type": "string", "examples": ["8h", "1h30min"]},
}

_ARGUMENT = re.compile(r"^ {4,8}(\w+): (.*)$")


class SchemaMaker:
    """
    Makes the schemas of classes, and keeps those of the tables in them under ``$defs``.

    Args:
        forms: The schemas of types that have a plain form of their own.
        fields: The schemas of single fields, by class and name: of those that another room reads.
        words: For a class whose docstring does not name its fields, those whose docstrings do.
    """

    def __init__(
        self,
        forms: Mapping[type, Mapping[str, Any]],
        *,
        fields: Mapping[tuple[type, str], Mapping[str, Any]] | None = None,
        words: Mapping[type, Iterable[type]] | None = None,
    ) -> None:
        self._forms = forms
        self._fields = fields or {}
        self._words = words or {}
        self.definitions: dict[str, Any] = {}

    def of(self, kind: Any) -> dict[str, Any]:
        """
        Return the schema of a type, with references to `definitions` for the tables in it.

        Raises:
            TypeError: If the type has no plain form.
        """
        found = self._forms.get(kind) if isinstance(kind, type) else None
        if found is None:
            found = _SCALARS.get(kind)
        if found is not None:
            return {**found}
        origin, arguments = get_origin(kind), get_args(kind)
        if origin in (Union, UnionType):
            return {"anyOf": [self.of(each) for each in arguments]}
        if kind is NoneType:
            return {"type": "null"}
        if isinstance(origin, type) and issubclass(origin, tuple | frozenset):
            return {"type": "array", "items": self.of(arguments[0])}
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.of(arguments[1])}
        if isinstance(kind, type) and issubclass(kind, Enum):
            return {"enum": [member.value for member in kind]}
        if isinstance(kind, type) and attrs.has(kind):
            return self._reference(kind)
        message = f"{kind} has no plain form"
        raise TypeError(message)

    def table(self, kind: type) -> dict[str, Any]:
        """Return the schema of an attrs class itself, in place of a reference to it."""
        types = {each.name: each.type for each in attrs.fields(kind)}
        if any(isinstance(each, str) for each in types.values()):
            types = declared_types(kind)
        words = self._told(kind)
        properties: dict[str, Any] = {}
        required = []
        for each in attrs.fields(kind):
            if not each.init:
                continue
            schema = self._fields.get((kind, each.name))
            if schema is None:
                schema = NAME if each.validator is named else self.of(types[each.name])
            told = {"description": words[each.name]} if each.name in words else {}
            properties[each.alias] = {**told, **schema}
            if each.default is attrs.NOTHING:
                required.append(each.alias)
        return {
            "type": "object",
            "properties": properties,
            **({"required": required} if required else {}),
            "additionalProperties": False,
        }

    def _reference(self, kind: type) -> dict[str, Any]:
        name = kind.__name__.lstrip("_")
        if name not in self.definitions:
            self.definitions[name] = {}  # so that a class that stands in itself comes to an end
            told = _summary(kind)
            self.definitions[name] = {**({"description": told} if told else {}), **self.table(kind)}
        return {"$ref": f"#/$defs/{name}"}

    def _told(self, kind: type) -> dict[str, str]:
        """Return the first sentence that docstrings say of each field of *kind*."""
        words: dict[str, str] = {}
        for each in (kind, *self._words.get(kind, ())):
            words = {**_arguments(each), **words}
        return words


def embedded(schema: Mapping[str, Any], prefix: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """
    Return another document's schema as part of a larger one, and the definitions that come with it.

    Args:
        schema: The other schema.
        prefix: What the names of its definitions are to begin with, so that they stay apart.
    """

    def moved(part: Any) -> Any:
        if isinstance(part, Mapping):
            return {
                key: f"#/$defs/{prefix}_{value.rpartition('/')[2]}"
                if key == "$ref" and isinstance(value, str)
                else moved(value)
                for key, value in part.items()
            }
        return [moved(each) for each in part] if isinstance(part, list) else part

    whole = moved({key: value for key, value in schema.items() if key not in ("$schema", "$defs")})
    return whole, {f"{prefix}_{name}": moved(each) for name, each in schema.get("$defs", {}).items()}


def _summary(kind: type) -> str | None:
    """Return the first sentence of a docstring that somebody wrote."""
    text = kind.__dict__.get("__doc__") or ""
    first = text.strip().partition("\n\n")[0]
    return " ".join(first.split()) or None


def _arguments(kind: type) -> dict[str, str]:
    """Return what the docstring of a class says of each of its arguments, in one line."""
    _, _, rest = (kind.__doc__ or "").partition("Args:\n")
    found: dict[str, str] = {}
    name = None
    for line in rest.splitlines():
        if not line.strip() or not line.startswith("        "):
            break
        start = _ARGUMENT.match(line)
        if start is not None:
            name = start[1]
            found[name] = start[2].strip()
        elif name is not None:
            found[name] += f" {line.strip()}"
    return {key: " ".join(told.replace("`", "").split()) for key, told in found.items()}
