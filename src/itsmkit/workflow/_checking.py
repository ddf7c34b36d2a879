"""The checks that the values of a workflow share. Each lists every problem that it finds, with its path."""

import reprlib
from collections.abc import Iterable, Iterator

__all__ = ["distinct_problems", "instance_problems", "is_name", "name_problems", "shown"]


def is_name(value: object) -> bool:
    """Tell whether *value* is text, not empty, and without spaces around it."""
    return isinstance(value, str) and bool(value) and value == value.strip()


def name_problems(path: str, value: object, what: str = "a name") -> Iterator[str]:
    """List what keeps *value* from being a name, or *what* else is written without spaces around it."""
    if not is_name(value):
        yield f"{path}: must be {what} without surrounding spaces, not {shown(value)}"


def instance_problems(path: str, value: object, kind: type) -> Iterator[str]:
    """List what keeps *value* from being a *kind*."""
    if not isinstance(value, kind):
        yield f"{path}: must be a {kind.__name__}, not {shown(value)}"


def distinct_problems(path: str, names: Iterable[object]) -> Iterator[str]:
    """List the names that stand more than once."""
    seen: set[str] = set()
    told: set[str] = set()
    for name in names:
        if not isinstance(name, str):
            continue  # `name_problems` tells
        if name in seen and name not in told:
            told.add(name)
            yield f"{path}: {name!r} stands there more than once"
        seen.add(name)


def shown(value: object) -> str:
    """Return *value* and its type for an error's sentence, shortened where it is long."""
    return f"{type(value).__name__} {reprlib.repr(value)}"
