"""Attributes as a value can have them: what cannot change."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from itsmkit._checks import is_a
from itsmkit._frozen import FrozenDict, deeply_frozen, frozen_dict
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError

__all__ = ["lasting"]


def lasting(attributes: Mapping[str, object]) -> FrozenDict[str, object]:
    """
    Return *attributes* with all in them as something that cannot change. Fit as an attrs converter.

    Raises:
        DefinitionError: If they are no mapping, or for each of them that can change and has no counterpart
            that cannot.
    """
    if type(attributes) not in (dict, FrozenDict) and not is_a(attributes, Mapping):
        problem = f"attributes must be a mapping of names to values, not {shown(attributes)}"
        raise DefinitionError(problem)
    frozen = frozen_dict(attributes)
    if all(type(value) in _PLAIN for value in frozen.values()):
        return frozen
    try:
        hash(frozen)
    except TypeError:
        frozen = deeply_frozen(dict(frozen))
        problems = list(_problems(frozen))
        if problems:
            raise DefinitionError(*problems) from None
    return frozen


_PLAIN = frozenset({bool, date, datetime, float, int, str, type(None)})
"""What most attributes are, and what never changes."""


def _problems(attributes: Mapping[str, object]) -> Iterator[str]:
    for name, value in attributes.items():
        try:
            hash(value)
        except TypeError:
            yield (
                f"attribute {name!r}: must be a value that cannot change, not {shown(value)}; give it as "
                "text, a number or bytes, or as a list or mapping of such"
            )
