"""What the fields of a class are declared to be, also where only a type checker imports the names."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar, get_origin, get_type_hints

import attrs

from itsmkit.plugin.documents._codecs import bare

__all__ = ["DeclaredField", "class_behind", "declared_fields", "has_fields"]


class DeclaredField(NamedTuple):
    """
    A field that a value is made of.

    Args:
        key: What it is called when a value is made.
        name: What it is called in a value.
        kind: What it is declared to be.
    """

    key: str
    name: str
    kind: Any


def has_fields(kind: Any) -> bool:
    """Tell whether *kind* is a class whose values are made of fields: of attrs, or a ``NamedTuple``."""
    return isinstance(kind, type) and (attrs.has(kind) or _is_named_tuple(kind))


def declared_fields(kind: type, look_up: Callable[[str], Any]) -> Iterator[DeclaredField]:
    """
    Yield the fields that values of *kind* are made of, in their order.

    Args:
        kind: A class that `has_fields`.
        look_up: Gives what a name means that the module of *kind* does not know at run time.
    """
    declared = _hints(kind, look_up)
    if _is_named_tuple(kind):
        for name in kind._fields:  # type: ignore[attr-defined]  # of a named tuple
            yield DeclaredField(name, name, declared[name])
        return
    for each in attrs.fields(kind):
        if each.init:
            yield DeclaredField(each.alias, each.name, declared[each.name])


def class_behind(kind: Any) -> Any:
    """Return what an annotation comes to: the class of a generic one, the bound of a type variable."""
    if isinstance(kind, TypeVar):
        kind = kind.__bound__ or object
    kind = bare(kind)
    if isinstance(kind, type) and issubclass(kind, tuple) and kind is not tuple and not has_fields(kind):
        return kind.__dict__["__orig_bases__"][0]  # it knows more than the tuple that it is made of
    origin = get_origin(kind)
    return origin if has_fields(origin) else kind


def _is_named_tuple(kind: type) -> bool:
    return issubclass(kind, tuple) and hasattr(kind, "_fields")


def _hints(kind: type, look_up: Callable[[str], Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while True:
        try:
            return get_type_hints(kind, localns=found)
        except NameError as error:
            name = str(error.name)
            found[name] = look_up(name)
