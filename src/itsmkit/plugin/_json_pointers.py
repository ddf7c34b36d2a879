"""JSON Pointers (RFC 6901): where something stands in plain data, and what is changed there."""

import re
from collections.abc import Callable, Mapping

from itsmkit._frozen import FrozenDict
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError

__all__ = ["Steps", "changed_at", "escaped", "item_at", "part_at", "steps_of"]

Steps = tuple[str, ...]
"""A pointer as the names and numbers that it leads through."""

_ODD = re.compile("~(?![01])")
_NUMBER = re.compile("0|[1-9][0-9]*")


def escaped(name: str) -> str:
    """Return a name as it stands in a pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def steps_of(pointer: object) -> Steps:
    """
    Return what *pointer* leads through, in order.

    Raises:
        DefinitionError: If it is no pointer, or one to the whole.

    Source:
        RFC 6901, sections 3 and 4.

    >>> steps_of("/changes/a~1b/0")
    ('changes', 'a/b', '0')
    """
    if not isinstance(pointer, str) or not pointer.startswith("/") or _ODD.search(pointer):
        problem = f"must be a JSON Pointer to a part, such as '/changes/name', not {shown(pointer)}"
        raise DefinitionError(problem)
    return tuple(each.replace("~1", "/").replace("~0", "~") for each in pointer[1:].split("/"))


def part_at(whole: object, steps: Steps) -> object:
    """
    Return the part of read-only plain data that *steps* lead to.

    Raises:
        LookupError: If they lead nowhere.

    >>> part_at({"sites": ("north", "south")}, ("sites", "1"))
    'south'
    """
    for step in steps:
        if isinstance(whole, Mapping):
            whole = whole[step]
        elif isinstance(whole, tuple):
            whole = whole[item_at(step, len(whole))]
        else:
            raise LookupError(step)
    return whole


def changed_at(whole: object, steps: Steps, change: Callable[[object], object]) -> object:
    """
    Return read-only plain data with a part of it changed; the very same if *change* returns what it is given.

    Raises:
        LookupError: If the steps lead nowhere.
    """
    if not steps:
        return change(whole)
    first, *rest = steps
    before = part_at(whole, (first,))
    after = changed_at(before, tuple(rest), change)
    if after is before:
        return whole
    if isinstance(whole, Mapping):
        return FrozenDict({**whole, first: after})
    items = [*whole]  # type: ignore[misc]  # a tuple, since there is a part of it
    items[int(first)] = after
    return tuple(items)


def item_at(step: str, length: int) -> int:
    """Return the place in a list that a step leads to. Raises `LookupError` if there is none."""
    if _NUMBER.fullmatch(step) is None or len(step) > len(str(length)) or int(step) >= length:
        raise LookupError(step)
    return int(step)
