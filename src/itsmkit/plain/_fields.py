"""What is made of fields, as an object with a key for each of them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from itsmkit._problems import close_to, one, shown
from itsmkit.plain._codec import Codec, Finder, Schema, each_at, tried
from itsmkit.plain._declared import DeclaredField
from itsmkit.plugin.documents._faults import Fault

__all__ = ["fields_codec"]


def fields_codec(
    kind: type,
    fields: Iterable[DeclaredField],
    find: Finder,
    head: Mapping[str, Any],
    make: Callable[..., Any],
) -> Codec:
    """
    Return the codec of what is made of fields.

    Args:
        kind: The class.
        fields: Its fields; a key may be another than the one of the class.
        find: Gives the codecs of fields.
        head: What stands in every object beside the fields, and is not looked at when it is read.
        make: Makes a value of what was read, by key.
    """
    parts = [(each.key, each.name, find(each.kind)) for each in fields]
    known = [*head, *(key for key, _, _ in parts)]

    def write(value: Any) -> dict[str, Any]:
        if type(value) is not kind:
            raise Fault.at("", f"must be {one(kind.__qualname__)}, not {shown(value)}")
        return {**head, **each_at((key, codec.write, getattr(value, name)) for key, name, codec in parts)}

    def read(plain: Any) -> Any:
        if not isinstance(plain, dict):
            raise Fault.at("", f"must be an object, not {shown(plain)}")
        values, faults = tried((key, codec.read, plain[key]) for key, _, codec in parts if key in plain)
        faults += [(key, "is missing") for key, _, _ in parts if key not in plain]
        faults += [
            (str(key), f"is not known here; {close_to(key, known)}") for key in plain if key not in known
        ]
        if faults:
            raise Fault(faults)
        try:
            return make(**values)
        except ValueError as error:
            raise Fault.of(error) from error

    def schema() -> Schema:
        return {
            "type": "object",
            "properties": {
                **{key: {"const": value} for key, value in head.items()},
                **{key: codec.schema() for key, _, codec in parts},
            },
            "required": known,
            "additionalProperties": False,
        }

    return Codec(write, read, schema)
