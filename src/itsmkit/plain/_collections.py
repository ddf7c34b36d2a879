"""Tuples, sets and mappings."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from itsmkit._frozen import FrozenDict
from itsmkit._problems import one, shown
from itsmkit.plain._codec import Codec, Finder, each_at
from itsmkit.plain._scalars import date_text
from itsmkit.plugin.documents._canonical_json import written
from itsmkit.plugin.documents._faults import Fault
from itsmkit.plugin.documents._plain_values import each_named, each_of

__all__ = ["mapping", "row", "sequence"]


def sequence(kind: type, items: Codec) -> Codec:
    """
    Return the codec of several values: a list.

    Args:
        kind: ``tuple``, ``frozenset`` or ``Sequence``, which is read as a list.
        items: The codec of each.
    """
    made = list if kind is Sequence else kind

    def write(value: Any) -> list[Any]:
        if not isinstance(value, kind) or isinstance(value, str):
            raise Fault.at("", f"must be {one(kind.__name__)}, not {shown(value)}")
        plain = each_of(value, items.write)  # type: ignore[arg-type]  # it has items
        return sorted(plain, key=written) if kind is frozenset else plain

    def read(plain: object) -> Any:
        values = each_of(_a_list(plain), items.read)
        found = made(values)
        if len(found) < len(values):
            raise Fault.at("", "a value stands there more than once")
        return found

    return Codec(write, read, lambda: {"type": "array", "items": items.schema()})


def row(parts: Sequence[Codec]) -> Codec:
    """Return the codec of tuples of one length, with the codec of each place."""

    def each(does: Sequence[Callable[[Any], Any]], values: Sequence[Any]) -> list[Any]:
        if len(values) != len(parts):
            raise Fault.at("", f"must be of {len(parts)} values, not {len(values)}")
        places = range(len(parts))
        return [*each_at(zip(places, does, values, strict=True)).values()]

    def write(value: Any) -> list[Any]:
        if not isinstance(value, tuple):
            raise Fault.at("", f"must be a tuple, not {shown(value)}")
        return each([part.write for part in parts], value)

    return Codec(
        write,
        lambda plain: tuple(each([part.read for part in parts], _a_list(plain))),
        lambda: {
            "type": "array",
            "prefixItems": [part.schema() for part in parts],
            "minItems": len(parts),
            "maxItems": len(parts),
        },
    )


def mapping(key_kind: Any, kind: Any, find: Finder) -> Codec:
    """Return the codec of mappings: an object, or a list of pairs where their names are no text in JSON."""
    keys = date_text() if key_kind is date else find(key_kind)
    return _named(keys, find(kind)) if keys.is_key else _pairs(keys, find(kind))


def _named(keys: Codec, items: Codec) -> Codec:
    def write(value: Any) -> dict[str, Any]:
        names = each_at((str(key), keys.write, key) for key in _a_mapping(value))
        return each_named(dict(zip(names.values(), value.values(), strict=True)), items.write)

    def read(plain: Any) -> FrozenDict[Any, Any]:
        values = each_named(plain, items.read)
        names = each_at((key, keys.read, key) for key in values)
        return FrozenDict({names[key]: value for key, value in values.items()})

    return Codec(write, read, lambda: {"type": "object", "additionalProperties": items.schema()})


def _pairs(keys: Codec, items: Codec) -> Codec:
    pairs = sequence(tuple, row([keys, items]))

    def write(value: Any) -> list[Any]:
        return sorted(pairs.write(tuple(_a_mapping(value).items())), key=written)

    def read(plain: Any) -> FrozenDict[Any, Any]:
        found = pairs.read(plain)
        values = FrozenDict(found)
        if len(values) < len(found):
            raise Fault.at("", "a name stands there more than once")
        return values

    return Codec(write, read, pairs.schema)


def _a_list(plain: Any) -> list[Any]:
    if not isinstance(plain, list):
        raise Fault.at("", f"must be a list, not {shown(plain)}")
    return plain


def _a_mapping(value: Any) -> Mapping[Any, Any]:
    if not isinstance(value, Mapping):
        raise Fault.at("", f"must be a mapping, not {shown(value)}")
    return value
