"""What writes a value as plain data, and what reads it back."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

from itsmkit.plugin.documents._faults import Fault

__all__ = ["Codec", "Finder", "Schema", "any_of", "each_at", "tried"]

K = TypeVar("K", bound=str | int)

Schema = dict[str, Any]
"""A JSON Schema."""


class Codec(NamedTuple):
    """
    What writes a value, and what reads it back. Both raise a `Fault`, with all that is wrong.

    Args:
        write: Writes it as plain data.
        read: Reads plain data.
        schema: Makes the JSON Schema of that plain data.
        is_key: Whether it is always text, so that it can be the name of a value in an object.
    """

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]
    schema: Callable[[], Schema]
    is_key: bool = False


Finder = Callable[[Any], Codec]
"""Gives the codec of what a field is declared to be."""


def any_of(schemas: Iterable[Schema]) -> Schema:
    """Return the JSON Schema of what is of one of several."""
    several: list[Schema] = []
    for schema in schemas:
        several += schema["anyOf"] if schema.keys() == {"anyOf"} else [schema]
    return several[0] if len(several) == 1 else {"anyOf": several}


def tried(
    parts: Iterable[tuple[K, Callable[[Any], Any], Any]],
) -> tuple[dict[K, Any], list[tuple[str, str]]]:
    """
    Return what comes of each part, by its key, and what is wrong with the others, by its path.

    Args:
        parts: A key, what is done, and to what.
    """
    done: dict[K, Any] = {}
    faults: list[tuple[str, str]] = []
    for key, do, value in parts:
        try:
            done[key] = do(value)
        except Fault as fault:
            faults += fault.below(key)
    return done, faults


def each_at(parts: Iterable[tuple[K, Callable[[Any], Any], Any]]) -> dict[K, Any]:
    """Return what comes of each part, by its key; raises one `Fault` with those of all: see `tried`."""
    done, faults = tried(parts)
    if faults:
        raise Fault(faults)
    return done
