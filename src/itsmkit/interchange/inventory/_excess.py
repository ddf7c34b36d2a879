"""What is too much in one value."""

import re
from typing import Any

from itsmkit.interchange.inventory.limits import ImportLimits

__all__ = ["excess", "value_excess"]

_SURROGATE = re.compile("[\ud800-\udfff]")


def excess(value: object, limits: ImportLimits, text: str, start: int, end: int) -> list[str]:
    """
    Return what is too much in *value*, which was decoded from this part of a text.

    Most texts are too short for anything to be too much, and are not walked.
    """
    opened = text.count("[", start, end) + text.count("{", start, end)
    is_harmless = (
        end - start <= min(limits.text_length, 2 * limits.items)
        and opened <= limits.depth
        and text.find("\\u", start, end) < 0
    )
    return [] if is_harmless else value_excess(value, limits)


def value_excess(value: object, limits: ImportLimits) -> list[str]:
    """Return what is too much in *value*, or cannot be text: the first thing that is found."""
    items = 0
    waiting: list[tuple[Any, int]] = [(value, 1)]
    while waiting:
        each, depth = waiting.pop()
        items += 1
        if items > limits.items:
            return [f"it has more than {limits.items} values"]
        if isinstance(each, str):
            if len(each) > limits.text_length:
                return [f"a text is longer than {limits.text_length} characters"]
            if _SURROGATE.search(each):
                return [f"the text {each!r:.60} has half of a surrogate pair"]
        elif isinstance(each, dict | list):
            if depth > limits.depth:
                return [f"lists and objects lie more than {limits.depth} deep"]
            inner = [*each, *each.values()] if isinstance(each, dict) else each
            waiting += [(item, depth + 1) for item in inner]
    return []
