"""Collections fit for values: a read-only mapping that can be compared, hashed and pickled; converters."""

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn, TypeVar

from itsmkit._checks import is_a
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError

__all__ = ["EMPTY", "FrozenDict", "as_tuple", "changed", "deeply_frozen", "frozen_dict", "thawed"]

K = TypeVar("K")
V = TypeVar("V")


class FrozenDict(dict[K, V]):
    """
    A ``dict`` that cannot change after it is built.

    Reading costs what it costs in a plain ``dict``, and JSON writers take it as one.
    """

    # What a writer made of it stays with it: it cannot change, and a ticket hands it to its next version.
    __slots__ = ("_json",)

    _json: object

    def _refuse(self, *_args: object, **_options: object) -> NoReturn:
        message = "this mapping is read-only; build a new one with {**old, key: value}"
        raise TypeError(message)

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]  # a dict that cannot change has a hash
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenDict, (dict(self),)


EMPTY: FrozenDict[str, Any] = FrozenDict()


def frozen_dict(mapping: Mapping[str, Any]) -> FrozenDict[str, Any]:
    """
    Return *mapping* as a `FrozenDict`: itself if it is one, else a copy. Fit as an attrs converter.

    Raises:
        DefinitionError: If it is something else.
    """
    if type(mapping) is FrozenDict:
        return mapping
    try:
        return FrozenDict(mapping)
    except (TypeError, ValueError):
        if is_a(mapping, Mapping):
            raise
        problem = f"{shown(mapping)} stands where a mapping is asked for; write {{name: value}}"
    raise DefinitionError(problem)


def deeply_frozen(value: Any) -> Any:
    """Return *value* with each list in it as a tuple, each set as a frozenset, each dict read-only."""
    if type(value) in (list, tuple):
        return tuple(map(deeply_frozen, value))
    if type(value) is set:
        return frozenset(value)
    if type(value) in (dict, FrozenDict):
        return FrozenDict({key: deeply_frozen(each) for key, each in value.items()})
    return value


def thawed(plain: object) -> object:
    """Return plain data that a value keeps read-only with lists and dicts, as JSON has them."""
    if isinstance(plain, Mapping):
        return {name: thawed(each) for name, each in plain.items()}
    return [*map(thawed, plain)] if isinstance(plain, tuple) else plain


def changed(mapping: Mapping[str, Any], news: Mapping[str, Any]) -> FrozenDict[str, Any]:
    """Return *mapping* with the values of *news* in place of its own; what is ``None`` there, is left out."""
    fresh = FrozenDict(mapping)
    # Nobody else has it yet, so that it may be made in place.
    dict.update(fresh, news)
    for name, value in news.items():
        if value is None:
            dict.pop(fresh, name)
    return fresh


def as_tuple(values: Iterable[Any]) -> tuple[Any, ...]:
    """
    Return *values* as a tuple. An attrs converter that type checkers understand.

    Raises:
        DefinitionError: If it is a text, which would be taken for its letters, or a single value.
    """
    if isinstance(values, str):
        problem = f"one text stands where several are asked for: {values!r}; write ({values!r},)"
        raise DefinitionError(problem)
    try:
        return tuple(values)
    except TypeError:
        if is_a(values, Iterable):
            raise
        problem = f"{shown(values)} stands where several are asked for; write them as a list"
    raise DefinitionError(problem)
