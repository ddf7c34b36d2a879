"""What the fields of a class are declared to be, also where their classes load on first use."""

import sys
from inspect import get_annotations
from types import SimpleNamespace
from typing import Any, get_type_hints

__all__ = ["declared", "declared_types"]


def declared(kind: type, name: str) -> Any:
    """
    Return what one field of a class is declared to be. No other field of it is looked at.

    Args:
        kind: The class. What its annotations name is known in its module, or loads there on first use: see
            `lazily`.
        name: The name of a field of its own.
    """
    return _evaluated(kind, {name: get_annotations(kind)[name]})[name]


def declared_types(kind: type) -> dict[str, Any]:
    """Return what all fields of a class and its bases are declared to be, by their names: see `declared`."""
    found: dict[str, Any] = {}
    for each in reversed(kind.__mro__):
        found |= _evaluated(each, get_annotations(each))
    return found


def _evaluated(kind: type, annotations: dict[str, Any]) -> dict[str, Any]:
    module = sys.modules[kind.__module__]
    while True:
        try:
            return get_type_hints(SimpleNamespace(__annotations__=annotations), globalns=vars(module))
        except NameError as error:
            getattr(module, str(error.name))  # puts it there, or raises an AttributeError
