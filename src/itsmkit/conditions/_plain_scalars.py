"""The plain forms of the values that a condition compares with; `mapping_form` says what they are."""

import reprlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from itsmkit.conditions._scalars import Scalar, is_decimal, plain_scalar
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from decimal import Decimal

__all__ = ["UNITS", "from_plain", "to_plain"]

UNITS = {
    "hours": timedelta(hours=1),
    "minutes": timedelta(minutes=1),
    "seconds": timedelta(seconds=1),
    "microseconds": timedelta(microseconds=1),
}
"""What durations are written in."""


def from_plain(content: object) -> Scalar:
    """
    Return the value that *content* stands for: itself, unless it is a mapping.

    Raises:
        DefinitionError: If it stands for no value that a condition can compare with.
    """
    return plain_scalar(_unpacked(content), "the value")


def to_plain(value: Scalar) -> object:
    """Return *value* as plain data: the inverse of `from_plain`."""
    if is_decimal(value):
        return {"decimal": str(value)}
    match value:
        case datetime():
            return {"instant": value.isoformat()}
        case timedelta():
            return _units(value)
    return value


def _units(duration: timedelta) -> dict[str, int]:
    sign, left = (-1, -duration) if duration < timedelta() else (1, duration)
    units = {}
    for name, unit in UNITS.items():
        count, left = divmod(left, unit)
        if count:
            units[name] = sign * count
    return units or {"seconds": 0}


def _decimal(text: str) -> "Decimal":
    from decimal import Decimal  # noqa: PLC0415  # a slow import that few conditions need

    return Decimal(text)


def _unpacked(content: object) -> object:
    if not isinstance(content, Mapping):
        return content
    try:
        match dict(content):
            case {"decimal": str(text), **others} if not others:
                return _decimal(text)
            case {"instant": str(text), **others} if not others:
                return datetime.fromisoformat(text)
            case units if units and units.keys() <= UNITS.keys():
                return _duration(units)
    except (ArithmeticError, ValueError):
        pass
    problem = (
        f"cannot read {reprlib.repr(content)}; a mapping here is a decimal or an instant as text, or a "
        f"duration in whole {', '.join(UNITS)}"
    )
    raise DefinitionError(problem)


def _duration(units: Mapping[str, object]) -> timedelta:
    duration = timedelta()
    for name, count in units.items():
        if type(count) is not int:
            raise ValueError(name)
        duration += count * UNITS[name]
    return duration
