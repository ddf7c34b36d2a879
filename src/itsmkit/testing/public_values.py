"""
Hypothesis strategies for every public value of itsmkit, to be written as JSON and read back.

This module needs hypothesis. Values are made of their fields as these are declared, and what a class refuses
is not drawn; they need not make sense. Classes whose fields must fit each other have a strategy of their own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from inspect import isabstract
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin
from zoneinfo import ZoneInfo

from hypothesis import reject
from hypothesis import strategies as st

from itsmkit.errors import ItsmkitError, PluginError
from itsmkit.money import Money
from itsmkit.plain import VALUES
from itsmkit.plain._declared import class_behind, has_fields
from itsmkit.plain._registry import Registry
from itsmkit.plugin.documents import DOCUMENTS
from itsmkit.practices.forms import AnswerComparison
from itsmkit.testing._fitting_configurations import CONFIGURED, Of
from itsmkit.testing._fitting_offers import OFFERED
from itsmkit.testing._fitting_rotas import ROTAS
from itsmkit.testing._fitting_rules import RULES
from itsmkit.testing._fitting_work import WORKED
from itsmkit.testing.stored_values import attribute_values

__all__ = ["values_named"]

_NAMES = st.sampled_from(["a", "b", "web", "db", "ann", "bob"]) | st.text(min_size=1, max_size=6).map(
    str.strip
).filter(bool)
_DEEPEST = 4
_FITTING: Mapping[type, Callable[[Of], st.SearchStrategy[Any]]] = {
    **CONFIGURED,
    **OFFERED,
    **ROTAS,
    **RULES,
    **WORKED,
}
_REGISTRY = Registry(DOCUMENTS, ())

_PLAIN: Mapping[type, st.SearchStrategy[Any]] = {
    str: _NAMES,
    bool: st.booleans(),
    int: st.integers(1, 6) | st.integers(0, 2**60),
    float: st.floats(0, 1),
    date: st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    datetime: st.integers(0, 2**31).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    timedelta: st.integers(1, 200).map(lambda steps: steps * timedelta(minutes=15)),
    Decimal: st.decimals(0, 1, places=2),
    Fraction: st.fractions(0, 1),
    ZoneInfo: st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"]).map(ZoneInfo),
    Money: st.builds(Money, st.decimals(0, 1000, places=2), st.just("EUR")),
    AnswerComparison: st.builds(
        AnswerComparison, st.just("first"), st.sampled_from(["=", "<", ">="]), st.just("last")
    ),
    object: attribute_values(),
}


def values_named(name: str) -> st.SearchStrategy[Any]:
    """
    Return values of the type that is called *name*.

    Raises:
        DefinitionError: If no type is called so.
    """
    return _of_class(VALUES.kind_of(name), 0)


@cache
def _of_class(kind: type, depth: int) -> st.SearchStrategy[Any]:
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind in _FITTING:
        return _FITTING[kind](lambda part: _of(part, depth + 1))
    if issubclass(kind, Enum):
        return st.sampled_from(kind)
    if issubclass(kind, BaseException):
        return st.builds(PluginError, _NAMES, _NAMES, _NAMES)
    return _made(kind, depth)


def _made(kind: type, depth: int, **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return values that are made of what their fields are declared to be."""

    @st.composite
    def build(draw: st.DrawFn) -> Any:
        fields = {
            each.key: draw(given[each.key] if each.key in given else _of(each.kind, depth + 1))
            for each in _REGISTRY.fields_of(kind)
        }
        try:
            return kind(**fields)
        except (ItsmkitError, ValueError):
            reject()

    return build()


def _of(kind: Any, depth: int) -> st.SearchStrategy[Any]:
    kind = class_behind(kind)
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Literal:
        return st.sampled_from(parts)
    if origin in (UnionType, Union):
        if depth > _DEEPEST and NoneType in parts:
            return st.none()
        return st.one_of([st.none() if each is NoneType else _of(each, depth) for each in parts])
    if origin is tuple and not (len(parts) == 2 and parts[1] is Ellipsis):
        return st.tuples(*(_of(each, depth) for each in parts))
    most = 2 if depth <= _DEEPEST else 0
    if origin in (tuple, Sequence):
        made = tuple if origin is tuple else list
        return st.lists(_of(parts[0], depth), max_size=most).map(made)
    if origin is frozenset:
        return st.frozensets(_of(parts[0], depth), max_size=most)
    if origin is type:
        return st.sampled_from(sorted(_below(parts[0]), key=lambda each: each.__name__))
    if origin is not None:
        return st.dictionaries(_of(parts[0], depth), _of(parts[1], depth), max_size=most)
    if kind is Any:
        return _PLAIN[object]
    return st.deferred(lambda: _of_class_or_below(kind, depth))


def _of_class_or_below(kind: type, depth: int) -> st.SearchStrategy[Any]:
    if kind in _PLAIN or kind in _FITTING or issubclass(kind, Enum | BaseException):
        return _of_class(kind, depth)
    kinds = [kind, *_below(kind)] if has_fields(kind) and not isabstract(kind) else [*_below(kind)]
    return st.one_of([_of_class(each, depth) for each in dict.fromkeys(kinds) if not isabstract(each)])


def _below(kind: Any) -> Iterable[type]:
    kind = class_behind(kind)
    every = (VALUES.kind_of(name) for name in VALUES.names)
    return [each for each in every if issubclass(each, kind)]
