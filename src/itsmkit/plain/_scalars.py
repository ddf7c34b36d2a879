"""Text, numbers, instants, members of enumerations and the like."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from itsmkit._problems import one, shown
from itsmkit.calendars._zones import zone
from itsmkit.errors import DefinitionError
from itsmkit.plain._anything import Anything
from itsmkit.plain._codec import Codec, Schema, any_of
from itsmkit.plugin.documents._faults import Fault
from itsmkit.plugin.documents._scalars import instant_from, instant_to_text

__all__ = ["date_text", "literal", "of_class", "scalars"]

_EXPECTED = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}
_SCHEMAS: dict[type, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": ["integer", "object"]},  # one that JSON may round is an object
}
_TAGGED: Schema = {"type": "object", "minProperties": 1, "maxProperties": 1}


def of_class(kind: type, anything: Anything) -> Codec | None:
    """Return the codec of the values of a class, if they are scalars."""
    if issubclass(kind, Enum):
        return _enum(kind)
    if kind in (str, bool):
        return _same(kind)
    if kind is datetime:
        schema = {"type": "string", "format": "date-time"}
        return Codec(instant_to_text, instant_from, lambda: schema, is_key=True)
    if kind is ZoneInfo:
        return _zone()
    return scalars((kind,), anything) if anything.knows(kind) else None


def scalars(kinds: tuple[type, ...], anything: Anything) -> Codec:
    """Return the codec of what is of one of several classes, and carries a tag where JSON does not tell."""
    return Codec(
        lambda value: anything.write(_checked(value, kinds)),
        lambda plain: _checked(anything.read(plain), kinds),
        lambda: any_of(_SCHEMAS.get(kind, _TAGGED) for kind in kinds),
    )


def literal(choices: tuple[Any, ...]) -> Codec:
    """Return the codec of what is one of a few texts or numbers."""

    def same(value: object) -> object:
        for choice in choices:
            if type(value) is type(choice) and value == choice:
                return value
        raise Fault.at("", f"must be one of {', '.join(map(repr, choices))}, not {shown(value)}")

    return Codec(same, same, lambda: {"enum": list(choices)}, is_key=_are_texts(choices))


def date_text() -> Codec:
    """Return the codec of dates as names in an object."""

    def write(value: object) -> str:
        checked: Any = _checked(value, (date,))
        return str(checked.isoformat())

    def read(plain: Any) -> date:
        try:
            found = date.fromisoformat(plain)
        except ValueError:
            found = None
        if found is None or found.isoformat() != plain:
            raise Fault.at("", f"must be a date such as 2026-03-29, not {shown(plain)}")
        return found

    return Codec(write, read, lambda: {"type": "string", "format": "date"}, is_key=True)


def _checked(value: object, kinds: Sequence[type]) -> object:
    if type(value) not in kinds:
        names = " or ".join(_EXPECTED.get(kind, one(kind.__name__)) for kind in kinds)
        raise Fault.at("", f"must be {names}, not {shown(value)}")
    return value


def _same(kind: type) -> Codec:
    def same(value: object) -> object:
        return _checked(value, (kind,))

    return Codec(same, same, lambda: _SCHEMAS[kind], is_key=kind is str)


def _zone() -> Codec:
    def write(value: object) -> str:
        if not isinstance(value, ZoneInfo) or value.key is None:
            raise Fault.at("", f"must be a time zone with a name, not {shown(value)}")
        return value.key

    def read(plain: Any) -> ZoneInfo:
        try:
            return zone(str(_checked(plain, (str,))))
        except DefinitionError as error:
            raise Fault.of(error) from error

    return Codec(write, read, lambda: {"type": "string"})


def _enum(kind: type[Enum]) -> Codec:
    members = {(type(member.value), member.value): member for member in kind}
    values = [member.value for member in kind]

    def write(value: object) -> object:
        checked: Any = _checked(value, (kind,))
        return checked.value

    def read(plain: object) -> object:
        if isinstance(plain, str | int) and (type(plain), plain) in members:
            return members[type(plain), plain]
        raise Fault.at("", f"must be one of {', '.join(map(repr, values))}, not {shown(plain)}")

    return Codec(write, read, lambda: {"enum": values}, is_key=_are_texts(values))


def _are_texts(values: Sequence[object]) -> bool:
    return all(type(value) is str for value in values)
